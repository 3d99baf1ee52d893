"""The form of every table of the World: key, columns with their units, and what is allowed.

Read by `exposure.facts.build` when tables are made from the raw files; tables that are loaded as
built were checked then. Pandera is slow to import, so this module is imported inside the functions
that need it. ``python -m exposure.facts.tables > docs/tables.md`` writes the column reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

import pandas as pd
import pandera.pandas as pa

from exposure.axes import COMPONENTS
from exposure.errors import DataError, Problems
from exposure.facts.documents import Attribute, Base, Distribution, Grade, Status
from exposure.facts.read_law import LINE_RATES
from exposure.frames import records

SLUG = r"[a-z0-9][a-z0-9_-]*"
DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
YEAR_ON = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
PREFIX = r"(\d\d){1,5}"

INF = float("inf")
BIASES = ("too high", "too low", "either way", "not known", "none")
"""``not known``: the answer says so; ``none``: no gap is known."""
DISTRIBUTIONS = get_args(Distribution)
KINDS = {"str": "text", "float64": "number", "int64": "whole number", "bool": "true or false"}

Test = Callable[[Any], Any]


# --- columns -------------------------------------------------------------------------------


def _column(kind: Any, what: str, says: str, test: Test, *, nullable: bool = False) -> Any:
    """A column; ``says`` is what a person reads when a value fails ``test``."""
    return pa.Column(kind, pa.Check(test, error=says), description=what, nullable=nullable)


def _text(what: str, *, empty: bool = False) -> Any:
    says = "any text" if empty else "a text, not empty"
    return _column("str", what, says, lambda s: s.notna() if empty else s.str.len() > 0)


def _form(what: str, form: str, says: str, *, empty: bool = False) -> Any:
    """Text that fits a pattern as a whole."""
    pattern = f"(?:{form})?" if empty else form
    says += " or empty" if empty else ""
    return _column("str", what, says, lambda s: s.str.fullmatch(pattern))


def _slug(what: str, *, empty: bool = False) -> Any:
    return _form(what, SLUG, "lower-case letters, digits, '-' and '_'", empty=empty)


def _day(what: str, *, empty: bool = False) -> Any:
    return _form(what, DAY, "a date YYYY-MM-DD", empty=empty)


def _country(what: str, *, empty: bool = False) -> Any:
    return _form(what, "[A-Z]{3}", "ISO 3166-1 alpha-3", empty=empty)


def _hts(what: str, form: str = PREFIX, says: str = "2, 4, 6, 8 or 10 digits", **more: bool) -> Any:
    return _form(what, form, says, **more)


def _words(what: str, *, empty: bool = True) -> Any:
    return _form(what, r"\S+( \S+)*", "words with one space between", empty=empty)


def _json(what: str) -> Any:
    return _form(what, r"\{.*\}", "a JSON object")


def _choice(what: str, values: tuple[str, ...]) -> Any:
    return _column("str", what, ", ".join(values), lambda s: s.isin(values))


def _number(what: str, low: float, high: float, *, nullable: bool = False) -> Any:
    """A finite number in a closed range; its unit stands in ``what``."""
    says = f"{low:g} or more" if high == INF else f"{low:g} to {high:,.0f}"
    return _column(
        float,
        what,
        says,
        lambda s: s.between(low, high) & (s.abs() < INF),
        nullable=nullable,
    )


def _flag(what: str) -> Any:
    return pa.Column(bool, description=what)


def _grade() -> Any:
    return _choice("A disclosed, B derived, C estimated, D illustrative", get_args(Grade))


def _cited() -> Any:
    return _slug("`source_id` of the table `sources`")


def _triple(name: str, what: str, low: float, high: float) -> dict[str, Any]:
    """Columns low, central, high; ``name`` goes before, if there is one."""
    ends = {"low": "low end", "central": "centre", "high": "high end"}
    return {f"{name}{key}": _number(f"{what}, {end}", low, high) for key, end in ends.items()}


# --- rules over several columns of a row -----------------------------------------------------


def _rule(column: str, says: str, test: Test) -> Any:
    """A rule of a row; its offenders are told as those of ``column``."""
    return pa.Check(test, name=column, error=says)


def _until_after_from() -> Any:
    return _rule(
        "until",
        "not before `from`",
        lambda t: (t["until"] == "") | (t["from"] <= t["until"]),
    )


def _apart(*key: str) -> Any:
    """Windows of one key do not overlap."""

    def test(table: pd.DataFrame) -> pd.Series[bool]:
        ordered = table.sort_values([*key, "from"], kind="stable")
        before = ordered.groupby(list(key))["until"].shift()
        return (before.isna() | ((before != "") & (before < ordered["from"]))).reindex(table.index)

    return _rule("from", f"after the end of the window before, of the same {key[0]}", test)


def _ordered(name: str = "") -> list[Any]:
    low, central, high = (f"{name}{key}" for key in ("low", "central", "high"))
    return [
        _rule(low, f"at most `{central}`", lambda t: ~(t[low] > t[central])),
        _rule(high, f"at least `{central}`", lambda t: ~(t[central] > t[high])),
    ]


def _shares_up_to_one() -> Any:
    return _rule(
        "high",
        "0 to 1 where the unit is a share",
        lambda t: ~t["unit"].str.startswith("share") | ((t["low"] >= 0) & (t["high"] <= 1)),
    )


def _rate_or_text(name: str) -> Any:
    return _rule(
        f"{name}_text",
        f"given where `{name}_rate` is empty, and only there",
        lambda t: t[f"{name}_rate"].isna() == (t[f"{name}_text"] != ""),
    )


# --- tables --------------------------------------------------------------------------------


def _schema(
    files: str, row: str, key: list[str], columns: dict[str, Any], *rules: Any
) -> pa.DataFrameSchema:
    """Form of a table: the raw files behind it, what a row is, its key, columns and rules."""
    return pa.DataFrameSchema(
        columns,
        checks=list(rules),
        strict=True,
        ordered=False,
        unique=key,
        report_duplicates="exclude_first",
        title=files,
        description=row,
    )


def _line_columns() -> dict[str, Any]:
    titles = {
        "mfn": "General rate of column 1",
        "korus": "Rate under the agreement with Korea",
        "usmca": "Rate under the agreement with Mexico and Canada",
        "japan": "Rate under the agreement with Japan",
        "column2": "Rate of column 2",
    }
    columns: dict[str, Any] = {}
    for name in LINE_RATES:
        what = f"{titles[name]} [fraction of value]"
        columns[f"{name}_rate"] = _number(what, 0, 10, nullable=True)
        columns[f"{name}_text"] = _text(f"{titles[name]} in words, where no fraction", empty=True)
    return columns


_WINDOW_FROM = "First day; empty: from the start"

LAW = {
    "clauses": _schema(
        "law/*/*.yaml",
        "One measure or exemption of an action.",
        ["action", "clause"],
        {
            "action": _slug("Action: a family of legal instruments"),
            "clause": _slug("Name of the clause in its action"),
            "exempt": _flag("An exemption: beats every measure of the action"),
            "importer": _country("Importing country"),
            "authority": _slug("What other clauses name in `displaces`"),
            "component": _choice(
                "Column in which the duty is shown",
                COMPONENTS,
            ),
            "title": _text("Title of the action"),
            "instrument": _text("Legal instrument of the action"),
            "heading": _text("Headings of chapter 99", empty=True),
            "from": _day("First day on which it holds"),
            "until": _day("Last day; 9999-12-31: no end"),
            "known": _day("Day on which the public could know it"),
            "until_known": _day("Day on which its end became public", empty=True),
            "withdrawn": _day("Day on which it became public that it never acts", empty=True),
            "status": _choice("Only `in_force` acts", get_args(Status)),
            "origin": _words("Countries, groups or `*`", empty=False),
            "not_origin": _words("Countries or groups left out"),
            "when": _json("Conditions: attribute and value, or minimum of a number"),
            "scope_id": _form("Goods, in the table `scopes`", r"\S+", "a word"),
            "kind": _choice("How the rate works", ("rate", "all_in", "specific", "exempt")),
            "rate": _number("Rate [fraction of the base; USD per unit if specific]", 0, INF),
            "cap": _number(
                "Most that column 1 and this are together [fraction]", 0, 10, nullable=True
            ),
            "base": _choice(
                "Part of value that is charged", get_args(Base.model_fields["part"].annotation)
            ),
            "material": _slug("Material of a content base", empty=True),
            "made_in": _words("Content made in these countries only"),
            "not_made_in": _words("Content made in these countries left out"),
            "maker": _words("Content of makers of these countries only"),
            "not_maker": _words("Content of makers of these countries left out"),
            "covers": _choice("Part of value taken out of what it displaces", ("base", "full")),
            "displaces": _words("Authorities that give way"),
            "source": _text("Citation with its place in the text"),
            "note": _text("In our words", empty=True),
            "provisional": _flag("Rests on a list known from a proposal only"),
            "added": _flag("Row of a scenario: beats the law's own"),
        },
        _until_after_from(),
        _rule(
            "rate",
            "0 to 10 unless specific",
            lambda t: (t["kind"] == "specific") | (t["rate"] <= 10),
        ),
        _rule(
            "kind", "`exempt` for an exemption", lambda t: t["exempt"] == (t["kind"] == "exempt")
        ),
        _rule(
            "material",
            "given with base `content`, and only there",
            lambda t: (t["base"] == "content") == (t["material"] != ""),
        ),
    ),
    "scopes": _schema(
        "law/*/*.yaml, law/us/lists/*.csv",
        "One HTS prefix of a scope, with the days on which it is listed.",
        ["scope_id", "prefix", "include", "from", "until"],
        {
            "scope_id": _form("Action, or action/clause", r"\S+", "a word"),
            "prefix": _hts("Beginning of the code; empty: all goods", empty=True),
            "include": _flag("Meant, or excepted"),
            "from": _day(_WINDOW_FROM, empty=True),
            "until": _day("Last day; 9999-12-31: no end"),
        },
        _until_after_from(),
    ),
    "ends": _schema(
        "law/*/*.yaml",
        "One ending of a whole action.",
        ["action", "from", "when"],
        {
            "action": _slug("Action that ends"),
            "from": _day("First day without it"),
            "known": _day("Day on which the public could know it"),
            "status": _choice("How it ended", ("suspended", "void", "ended")),
            "when": _json("Conditions under which it ended"),
            "source": _text("Citation"),
            "note": _text("In our words", empty=True),
        },
    ),
    "lines": _schema(
        "law/us/lines.csv",
        "Column 1 and column 2 of one US tariff line, with the days on which they hold.",
        ["hts8", "from"],
        {
            "hts8": _hts("Tariff line", r"\d{8}", "8 digits"),
            "from": _day("First day"),
            "until": _day("Last day; 9999-12-31: no end"),
            "unit": _text("Units of quantity", empty=True),
            "revision": _text("Edition of the schedule"),
            **_line_columns(),
        },
        _until_after_from(),
        _apart("hts8"),
        _rate_or_text("mfn"),
        _rate_or_text("column2"),
    ),
    "statistical": _schema(
        "law/us/statistical.csv",
        "One 10-digit code that exists, with the days on which it does.",
        ["hts10", "from"],
        {
            "hts10": _hts("Statistical code", r"\d{10}", "10 digits"),
            "from": _day(_WINDOW_FROM, empty=True),
            "until": _day("Last day; empty: no end", empty=True),
        },
        _until_after_from(),
        _apart("hts10"),
    ),
    "utilisation": _schema(
        "law/us/utilisation.csv",
        "Share of imports for which a preference is claimed: one country and prefix; the longest "
        "prefix counts.",
        ["origin", "prefix"],
        {
            "origin": _country("Country of origin"),
            "program": _choice("Preference program", LINE_RATES[1:-1]),
            "prefix": _hts("Beginning of the code"),
            "share": _number("Share of imports by customs value that claims it", 0, 1),
            "period": _text("Period of the observation"),
            "grade": _choice("Grade of the fact", get_args(Grade)),
            "source": _slug("Row of sources.csv"),
            "note": _text("What stands for what", empty=True),
        },
    ),
    "gaps": _schema(
        "law/gaps.csv",
        "One thing that an action's rules are known to miss, and which way answers err.",
        ["importer", "action", "gap"],
        {
            "importer": _country("Whose law"),
            "action": _form(
                "Action; `*`: the importer's law as a whole; another id: not encoded",
                rf"\*|{SLUG}", "an id or *",
            ),
            "gap": _text("What is missing or assumed"),
            "bias": _choice("Which way answers err", BIASES),
            "as_of": _day("Day to which the law was seen"),
            "source": _text("Where it stands"),
        },
    ),
    "coverage": _schema(
        "law/us/coverage.csv",
        "One prefix for which an authority exists in the law and is not encoded.",
        ["authority", "hts_prefix"],
        {
            "authority": _slug("Authority that is not encoded"),
            "hts_prefix": _hts("Beginning of the code; empty: all goods", empty=True),
            "note": _text("What is missing", empty=True),
        },
    ),
    "groups": _schema(
        "law/groups.csv",
        "One member of a group of countries.",
        ["group", "country", "from"],
        {
            "group": _form("Name of the group", r"[A-Za-z][\w-]*", "a word"),
            "country": _country("Member"),
            "from": _day(_WINDOW_FROM, empty=True),
            "until": _day("Last day; empty: no end", empty=True),
            "source": _text("Citation"),
        },
        _until_after_from(),
        _apart("group", "country"),
    ),
    "countries": _schema(
        "law/countries.csv",
        "One country.",
        ["iso3"],
        {
            "iso3": _country("Country"),
            "name": _text("Name in English"),
            "valuation": _choice("Customs value with freight (CIF) or without", ("CIF", "FOB")),
        },
    ),
    "fees": _schema(
        "law/us/fees.csv",
        "One fee of the United States on an entry, beside the duties.",
        ["fee", "from"],
        {
            "fee": _slug("Fee"),
            "rate": _number("Rate [fraction of customs value]", 0, 1),
            "min_usd": _number("Least an entry [USD]", 0, INF),
            "max_usd": _number("Most an entry [USD]", 0, INF, nullable=True),
            "from": _day("First day"),
            "until": _day("Last day"),
            "free_claims": _words("Preferences under which nothing is due"),
            "arrives_by": _words("How the good has to arrive; empty: in any way"),
            "source": _text("Citation with its place in the text"),
            "note": _text("In our words", empty=True),
        },
        _until_after_from(),
    ),
    "agreements": _schema(
        "law/origin.yaml",
        "One trade agreement with rules of origin.",
        ["agreement"],
        {
            "agreement": _slug("Agreement, as it is claimed"),
            "title": _text("Name"),
            "members": _words("Countries of the area", empty=False),
            "high_wage": _words("Members whose value counts as labour value"),
            "de_minimis": _number("Share of value that may fail a tariff shift", 0, 1),
            "source": _text("Citation with its place in the text"),
        },
    ),
    "origin_rules": _schema(
        "law/origin.yaml",
        "One prefix of the scope of a rule of origin.",
        ["rule", "prefix"],
        {
            "rule": _slug("Rule"),
            "agreement": _slug("Agreement"),
            "title": _text("Goods"),
            "prefix": _hts("HTS prefix; empty: all goods that no longer prefix takes", empty=True),
            "from": _day("First day"),
            "until": _day("Last day"),
            "alternatives": _form(
                "Alternatives, each a list of tests that must all hold, as JSON", r"\[.*\]",
                "a JSON list",
            ),
            "grade": _grade(),
            "source": _text("Citation with its place in the text"),
            "note": _text("In our words", empty=True),
        },
        _until_after_from(),
    ),
    "attributes": _schema(
        "law/attributes.yaml",
        "One fact that the law may ask of a shipment.",
        ["id"],
        {
            "id": _slug("Attribute"),
            "kind": _choice(
                "Kind of value", get_args(Attribute.model_fields["kind"].annotation)
            ),
            "choices": _words("What a choice may be"),
            "default": _text("Value if nothing is stated, as JSON; null: not known"),
            "title": _text("What it says"),
            "source": _text("Rule that asks for it"),
        },
        _rule(
            "choices",
            "given for a choice, and only there",
            lambda t: (t["kind"] == "choice") == (t["choices"] != ""),
        ),
    ),
}  # fmt: skip

FIRMS = {
    "products": _schema(
        "firms/*.yaml",
        "One product of a firm.",
        ["product"],
        {
            "product": _slug("Product"),
            "title": _text("Name"),
            "firm": _text("Firm"),
            "market": _country("Country of the buyers"),
            "unit": _text("What one is called: vehicle, phone"),
            "year": _column(
                int, "Year of the figures", "1990 to 2100", lambda s: s.between(1990, 2100)
            ),
            "sector": _slug("Sector of the behavioural parameters"),
            "category": _slug("Category in which it has its rivals", empty=True),
            "importer": _choice("Whose company enters it", ("own", "independent")),
            "reference_route": _slug("Route to which shares and cost indices refer"),
            "note": _text("In our words", empty=True),
        },
    ),
    "sites": _schema(
        "firms/*.yaml",
        "One place where work is done for a product.",
        ["product", "site"],
        {
            "product": _slug("Product"),
            "site": _slug("Site"),
            "title": _text("Name"),
            "country": _country("Country in which it stands"),
            "maker": _country("Country of the owner's headquarters"),
            "lat": _number("Latitude [degrees north]; empty: not stated", -90, 90, nullable=True),
            "lon": _number("Longitude [degrees east]; empty: not stated", -180, 180, nullable=True),
        },
    ),
    "parts": _schema(
        "firms/*.yaml",
        "One stage of a product: a part, or the final assembly.",
        ["product", "part"],
        {
            "product": _slug("Product"),
            "part": _slug("Part"),
            "title": _text("Name"),
            "hts": _hts("Code under which it crosses a border"),
            "into": _slug("Part into which it goes; empty: the final assembly", empty=True),
            "industry": _slug("Industry, in the table `labour`"),
            "materials": _json("Make-up of its own value by material [fraction]"),
        },
    ),
    "makings": _schema(
        "firms/*.yaml",
        "One site that makes a part.",
        ["product", "route", "part", "site"],
        {
            "product": _slug("Product"),
            "route": _slug("Route; empty: all that do not say otherwise", empty=True),
            "part": _slug("Part"),
            "site": _slug("Site"),
            "split": _number("Share of the part's units [fraction]", 0, 1),
            "grade": _grade(),
            "source": _cited(),
            "note": _text("In our words", empty=True),
        },
    ),
    "routes": _schema(
        "firms/*.yaml",
        "One way to make a product and bring it to its market.",
        ["product", "route"],
        {
            "product": _slug("Product"),
            "route": _slug("Route"),
            "title": _text("Name"),
            "assembly": _slug("Site of the final assembly"),
            "arrives_by": _choice(
                "How the product reaches the market's border; empty: not stated",
                ("sea", "air", "land", ""),
            ),
            "pool": _slug("Pool whose capacity it shares with others", empty=True),
        },
    ),
    "volumes_by_year": _schema(
        "firms/*.yaml",
        "Units that a route brought to its market in a calendar year.",
        ["product", "route", "year"],
        {
            "product": _slug("Product"),
            "route": _slug("Route"),
            "year": _column(int, "Year", "1990 to 2100", lambda s: s.between(1990, 2100)),
            "units": _number("Units", 0, INF),
            "grade": _grade(),
            "source": _cited(),
            "note": _text("In our words", empty=True),
        },
    ),
    "transformations": _schema(
        "firms/*.yaml",
        "Whether a stage makes a new article, so that its origin is where it is done.",
        ["product", "route", "part"],
        {
            "product": _slug("Product"),
            "route": _slug("Route; empty: all that do not say otherwise", empty=True),
            "part": _slug("Part that leaves the stage"),
            "done": _flag("Whether the stage confers origin"),
            "keeps": _slug("Part whose origin it keeps, where it does not", empty=True),
            "reason": _text("Why, in our words"),
            "grade": _grade(),
            "source": _cited(),
        },
    ),
    "crossing_rules": _schema(
        "firms/*.yaml",
        "What a part claims, and under which regime it enters, at a border.",
        ["product", "route", "part", "into_country", "from_country"],
        {
            "product": _slug("Product"),
            "route": _slug("Route"),
            "part": _slug("Part"),
            "into_country": _country("Importing country"),
            "from_country": _country("Country of dispatch; empty: any", empty=True),
            "drawback": _number("Share of the duty that is given back [fraction]", 0, 1),
            "attributes": _json("Facts of the law: attribute and value"),
            "source": _cited(),
            "note": _text("In our words", empty=True),
        },
    ),
    "figures": _schema(
        "firms/*.yaml",
        "One number of a product with its range.",
        ["id"],
        {
            "product": _slug("Product"),
            "id": _form("Name of the figure", r"\S+", "a word"),
            "title": _text("What it is"),
            "unit": _text("Unit of low, central and high"),
            **_triple("", "Value [see `unit`]", 0, INF),
            "distribution": _choice("How it is drawn", DISTRIBUTIONS),
            "grade": _grade(),
            "source": _cited(),
            "note": _text("In our words", empty=True),
        },
        *_ordered(),
        _shares_up_to_one(),
    ),
}

ECONOMY = {
    "parameters": _schema(
        "parameters.yaml",
        "One behavioural number with its range, for a sector or for all.",
        ["id", "sector", "horizon"],
        {
            "id": _slug("Parameter"),
            "sector": _slug("Sector; empty: all without a row of their own", empty=True),
            "horizon": _choice("Empty: in the first year; long: after 7 to 10", ("", "long")),
            "title": _text("What it is"),
            "short": _text("What it is called within a sentence", empty=True),
            "unit": _text("Unit of low, central and high"),
            **_triple("", "Value [see `unit`]", -1e9, 1e9),
            "distribution": _choice("How it is drawn", DISTRIBUTIONS),
            "grade": _grade(),
            "source": _cited(),
            "note": _text("In our words", empty=True),
        },
        *_ordered(),
        _shares_up_to_one(),
    ),
    "labour": _schema(
        "economy/labour.csv",
        "Jobs of one industry in one country.",
        ["country", "industry"],
        {
            "country": _country("Country"),
            "industry": _slug("Industry"),
            **_triple("jobs_", "Persons per million USD of value added", 0, 10_000),
            "grade": _grade(),
            "source": _cited(),
            "note": _text("In our words", empty=True),
        },
        *_ordered("jobs_"),
    ),
    "correlations": _schema(
        "economy/correlations.csv",
        "How two uncertain numbers move together when they are drawn.",
        ["first", "second"],
        {
            "first": _form("Name, or pattern with *, of a number", r"\S+", "a word"),
            "second": _form("The same of the other", r"\S+", "a word"),
            "correlation": _number("Rank correlation of the draws, nearly", -1, 1),
            "grade": _grade(),
            "source": _cited(),
            "note": _text("In our words", empty=True),
        },
    ),
    "categories": _schema(
        "economy/categories.csv",
        "All goods between which a buyer chooses: the market in which a product has its rivals.",
        ["category"],
        {
            "category": _slug("Category"),
            "title": _text("What it is"),
            "unit": _text("What is counted"),
            **_triple("units_", "Units a year, all makers", 0, INF),
            "grade": _grade(),
            "source": _cited(),
            "note": _text("In our words", empty=True),
        },
        *_ordered("units_"),
    ),
    "markets": _schema(
        "economy/markets.csv",
        "One industry's market, for what is bought instead.",
        ["market"],
        {
            "market": _slug("Market"),
            "title": _text("What it is"),
            "sector": _slug("Sector of the behavioural parameters"),
            "importer": _country("Country whose duties change"),
            "note": _text("In our words", empty=True),
        },
    ),
    "market_flows": _schema(
        "economy/market_flows.csv",
        "What one region sells to another, own sales included.",
        ["market", "exporter", "importer"],
        {
            "market": _slug("Market"),
            "exporter": _form("Country, or EU, or ROW", "[A-Z]{2,3}", "two or three letters"),
            "importer": _form("The same", "[A-Z]{2,3}", "two or three letters"),
            "value_musd": _number("Million USD", 0, INF),
            "year": _column(int, "Year", "1990 to 2100", lambda s: s.between(1990, 2100)),
            "grade": _grade(),
            "source": _cited(),
        },
    ),
    "market_lines": _schema(
        "economy/market_lines.csv",
        "Imports by tariff line behind the mean rate of a region.",
        ["market", "region", "origin", "hts"],
        {
            "market": _slug("Market"),
            "region": _form("Region of `market_flows`", "[A-Z]{2,3}", "two or three letters"),
            "origin": _country("Country of origin"),
            "hts": _hts("Code"),
            "imports_usd": _number("USD", 0, INF),
            "facts": _json("What the law asks for, as shipments of this kind state it"),
            "year": _column(int, "Year", "1990 to 2100", lambda s: s.between(1990, 2100)),
            "grade": _grade(),
            "source": _cited(),
        },
    ),
    "sources": _schema(
        "sources.csv",
        "One citation.",
        ["source_id"],
        {
            "source_id": _slug("Name by which figures cite it"),
            "title": _text("Title"),
            "publisher": _text("Publisher"),
            "date": _form("Date of publication", YEAR_ON, "YYYY, YYYY-MM or YYYY-MM-DD"),
            "address": _form("Where to read it", r"https?://\S+", "an address", empty=True),
            "note": _text("What it says, in our words", empty=True),
        },
    ),
}

SCHEMAS: Mapping[str, pa.DataFrameSchema] = {**LAW, **FIRMS, **ECONOMY}
"""Form of each table of the World by its name."""


# --- checks --------------------------------------------------------------------------------


def _kind(column: Any) -> str:
    """Name of a column's pandas type; text is kept in more than one way."""
    name = str(column.dtype)
    return "str" if name.startswith("str") else name


def with_columns(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table, or one with all columns and no row where no document gave a row."""
    if len(table.columns):
        return table
    columns = SCHEMAS[name].columns
    return pd.DataFrame({key: pd.Series(dtype=_kind(c)) for key, c in columns.items()})


def check_forms(tables: Mapping[str, pd.DataFrame]) -> None:
    """Check every table against its schema.

    Raises
    ------
    Problems
        All offenders of all tables: file, table, row by its key, column, and what is allowed.
    """
    problems = [problem for name, table in tables.items() for problem in _offenders(name, table)]
    if problems:
        raise Problems(problems)


def _offenders(name: str, table: pd.DataFrame) -> Iterator[DataError]:
    schema = SCHEMAS[name]
    try:
        schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        rows = cases[cases["index"].notna()]
        whole = cases[cases["index"].isna()]
        yield from _whole_columns(schema, name, whole, alone=rows.empty)
        yield from _rows(schema, name, table, rows)


def _whole_columns(
    schema: pa.DataFrameSchema, name: str, cases: pd.DataFrame, *, alone: bool
) -> Iterator[DataError]:
    """Columns that are missing, not known or of another type."""
    where = f"{schema.title}: table {name}"
    for case in records(cases):
        column, check, given = case["column"], str(case["check"]), case["failure_case"]
        if check == "column_in_dataframe":
            yield DataError(f"column {given} is missing", where)
        elif check == "column_in_schema":
            known = ", ".join(schema.columns)
            yield DataError(f"column {given} is not known", where, f"known: {known}")
        elif check.startswith("dtype"):
            wanted = KINDS[_kind(schema.columns[column])]
            given = KINDS.get(str(given), given)
            yield DataError(f"holds {given}", f"{where}, column {column}", f"must hold {wanted}")
        elif alone and len(cases) == 1:
            # A rule that could not be asked; elsewhere it fell with a column that is told.
            yield DataError(f"{check}: {given}", where)


def _rows(
    schema: pa.DataFrameSchema, name: str, table: pd.DataFrame, cases: pd.DataFrame
) -> Iterator[DataError]:
    """Cells that are not allowed, in the order of the rows; each is told once."""
    rules = {check.error: check.name for check in schema.checks}
    told = set()
    for case in records(cases.sort_values("index", kind="stable")):
        row, check = int(case["index"]), str(case["check"])
        twice = check == "multiple_fields_uniqueness"
        column = "" if twice else str(rules.get(check, case["column"]))
        if (row, column) in told:
            continue
        told.add((row, column))
        key = "/".join(str(table[part].iloc[row]) for part in schema.unique)
        where = f"{schema.title}: table {name}, row {key}"
        if twice:
            yield DataError("stands twice", where, f"key: {', '.join(schema.unique)}")
            continue
        value = table[column].iloc[row]
        what = "is empty" if pd.isna(value) or value == "" else f"{value!r} is not allowed"
        allowed = _allowed(schema.columns[column], check)
        yield DataError(what, f"{where}, column {column}", allowed)


def _allowed(column: Any, check: str) -> str:
    """What a column takes; an empty cell is told by what should stand there."""
    if check != "not_nullable":
        return check
    return str(column.checks[0].error) if column.checks else KINDS[_kind(column)]


# --- the column reference ------------------------------------------------------------------


def reference() -> str:
    """All schemas as Markdown: what ``docs/tables.md`` holds."""
    lines = [
        "# The tables of the World",
        "",
        "Made from `exposure/facts/tables.py` by `python -m exposure.facts.tables`; do not edit.",
        "Rates and shares are fractions; dates are ISO text; files are those of `data/raw/`.",
    ]
    for name, schema in SCHEMAS.items():
        lines += ["", f"## {name}", "", f"{schema.description} From `{schema.title}`."]
        lines += [f"Key: {', '.join(f'`{part}`' for part in schema.unique)}.", ""]
        lines += ["| column | type | what | allowed |", "|---|---|---|---|"]
        lines += [_reference_row(key, column) for key, column in schema.columns.items()]
        rules = [f"* `{check.name}`: {check.error}" for check in schema.checks]
        lines += ["", *rules] if rules else []
    return "\n".join(lines) + "\n"


def _reference_row(name: str, column: Any) -> str:
    allowed = str(column.checks[0].error) if column.checks else KINDS["bool"]
    allowed += ", or not known" if column.nullable else ""
    return f"| `{name}` | {KINDS[_kind(column)]} | {column.description} | {allowed} |"


if __name__ == "__main__":
    print(reference(), end="")
