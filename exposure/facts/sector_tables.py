"""Forms of the tables of industries: the input-output table, trade by line, boards and plants."""

from __future__ import annotations

from exposure.facts.forms import (
    INF,
    cited,
    column,
    country,
    flag,
    form,
    grade,
    hts,
    number,
    ordered,
    schema,
    slug,
    text,
    triple,
    words,
)

YEAR = (int, "Year", "1990 to 2100", lambda s: s.between(1990, 2100))

SECTORS = {
    "mrio_industries": schema(
        "economy/mrio/industries.csv",
        "One industry of the inter-country table.",
        ["industry"],
        {
            "industry": slug("Industry"),
            "title": text("What it makes"),
            "isic": text("Divisions and groups of ISIC revision 4"),
            "goods": flag("Whether its products cross customs"),
            "sector": slug("Sector of the behavioural parameters; empty: all", empty=True),
            "note": text("In our words", empty=True),
        },
    ),
    "mrio_regions": schema(
        "economy/mrio/regions.csv",
        "One country or group of countries of the inter-country table.",
        ["region"],
        {
            "region": country("Region"),
            "title": text("Its name"),
            "members": words("Countries; empty: all that no other region names"),
            "rate_origin": country(
                "Country whose rates hold for it; empty: the mean over origins", empty=True
            ),
            "imports_of": form(
                "Origin of `us_imports` whose lines weigh its rates",
                "[A-Z]{2,3}",
                "two or three letters",
                empty=True,
            ),
            "note": text("In our words", empty=True),
        },
    ),
    "mrio_flows": schema(
        "economy/mrio/flows.csv",
        "What an industry sells to another, or to final demand; what is not there is 0.",
        ["country", "industry", "user_country", "user"],
        {
            "country": country("Region that sells"),
            "industry": slug("Industry that sells"),
            "user_country": country("Region that buys"),
            "user": slug("Industry that buys, or `final`"),
            # Stocks may fall, so that final demand may be negative.
            "value_musd": number("Million USD at basic prices", -INF, INF),
        },
    ),
    "mrio_accounts": schema(
        "economy/mrio/accounts.csv",
        "One industry of one country: what it makes, and who works there.",
        ["country", "industry"],
        {
            "country": country("Region"),
            "industry": slug("Industry"),
            "output_musd": number("Output [million USD]", 0, INF),
            "value_added_musd": number("Output less inputs [million USD]", -INF, INF),
            "jobs_low": number("Persons, low end", 0, INF, nullable=True),
            "jobs_central": number("Persons, centre", 0, INF, nullable=True),
            "jobs_high": number("Persons, high end", 0, INF, nullable=True),
            "jobs_grade": grade(),
            "source": cited(),
            "note": text("In our words", empty=True),
        },
        *ordered("jobs_"),
    ),
    "mrio_hts": schema(
        "economy/mrio/hts.csv",
        "The industry of goods by the beginning of their code; the longest that fits holds.",
        ["prefix"],
        {
            "prefix": hts("Beginning of a code"),
            "industry": slug("Industry"),
            "source": cited(),
        },
    ),
    "us_imports": schema(
        "economy/mrio/us_imports.csv",
        "US imports of a line from a country; lines of less than a million USD are left out.",
        ["hts", "origin"],
        {
            "hts": hts("Line", r"\d{8}", "8 digits"),
            "origin": form("Country, or EU", "[A-Z]{2,3}", "two or three letters"),
            "imports_kusd": number("Imports for consumption, customs value [thousand USD]", 0, INF),
            "year": column(*YEAR),
            "source": cited(),
        },
    ),
    "us_import_totals": schema(
        "economy/mrio/us_import_totals.csv",
        "US imports of all lines of an industry from a country.",
        ["origin", "industry"],
        {
            "origin": form("Country, or EU", "[A-Z]{2,3}", "two or three letters"),
            "industry": slug("Industry; `unassigned`: goods of no industry, as those returned"),
            "imports_kusd": number("Imports for consumption, customs value [thousand USD]", 0, INF),
            "year": column(*YEAR),
            "source": cited(),
        },
    ),
    "shipment_facts": schema(
        "economy/mrio/shipment_facts.csv",
        "What goods of a country state where the law asks for a fact.",
        ["origin", "attribute"],
        {
            "origin": form("Country; empty: all others", "[A-Z]{3}", "a country", empty=True),
            "attribute": slug("Attribute of the law's register"),
            "value": text("Value, as JSON"),
            "grade": grade(),
            "source": cited(),
            "note": text("In our words", empty=True),
        },
    ),
    "boards": schema(
        "economy/mrio/boards.csv",
        "A group of goods on a country's board of exports to the United States.",
        ["country", "board"],
        {
            "country": country("Country that exports"),
            "board": slug("Group of goods"),
            "title": text("What it holds"),
            "industry": slug("Industry that makes most of it"),
            "prefixes": words("Beginnings of codes; the longest of a board that fits holds"),
            "stated_usd": number("Exports as the source states them [USD]", 0, INF, nullable=True),
            "stated_year": number("Year of that", 1990, 2100, nullable=True),
            "source": cited(),
            "note": text("In our words", empty=True),
        },
    ),
    "plants": schema(
        "economy/plants.csv",
        "A plant of a site of the products: who works there and what its closure hangs on.",
        ["site"],
        {
            "site": slug("Site of a product"),
            "title": text("Plant"),
            "firm": text("Who owns it"),
            "country": country("Where"),
            "region": text("Province, state or city"),
            "industry": slug("Industry"),
            **triple("jobs_", "Persons at work there", 0, INF),
            **triple("us_share_", "Share of its output that goes to the United States", 0, 1),
            **triple("fixed_share_", "Fixed cost that closing saves, over sales", 0, 1),
            "grade": grade(),
            "source": cited(),
            "note": text("In our words", empty=True),
        },
        *ordered("jobs_"),
        *ordered("us_share_"),
        *ordered("fixed_share_"),
    ),
}
