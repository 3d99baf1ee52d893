"""Forms of the tables of the law."""

from __future__ import annotations

from typing import Any, get_args

from exposure.axes import COMPONENTS
from exposure.facts.documents import Attribute, Base, Grade, Status
from exposure.facts.read_law import LINE_RATES
from exposure.facts.tables.forms import (
    BIASES,
    INF,
    SLUG,
    apart,
    choice,
    country,
    day,
    flag,
    form,
    grade,
    hts,
    json_object,
    number,
    rate_or_text,
    rule,
    schema,
    slug,
    text,
    until_after_from,
    words,
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
        columns[f"{name}_rate"] = number(what, 0, 10, nullable=True)
        columns[f"{name}_text"] = text(f"{titles[name]} in words, where no fraction", empty=True)
    return columns


_WINDOW_FROM = "First day; empty: from the start"

LAW = {
    "clauses": schema(
        "law/*/*.yaml",
        "One measure or exemption of an action.",
        ["action", "clause"],
        {
            "action": slug("Action: a family of legal instruments"),
            "clause": slug("Name of the clause in its action"),
            "exempt": flag("An exemption: beats every measure of the action"),
            "importer": country("Importing country"),
            "authority": slug("What other clauses name in `displaces`"),
            "component": choice(
                "Column in which the duty is shown",
                COMPONENTS,
            ),
            "title": text("Title of the action"),
            "instrument": text("Legal instrument of the action"),
            "heading": text("Headings of chapter 99", empty=True),
            "from": day("First day on which it holds"),
            "until": day("Last day; 9999-12-31: no end"),
            "known": day("Day on which the public could know it"),
            "until_known": day("Day on which its end became public", empty=True),
            "withdrawn": day("Day on which it became public that it never acts", empty=True),
            "status": choice("Only `in_force` acts", get_args(Status)),
            "origin": words("Countries, groups or `*`", empty=False),
            "not_origin": words("Countries or groups left out"),
            "when": json_object("Conditions: attribute and value, or minimum of a number"),
            "scope_id": form("Goods, in the table `scopes`", r"\S+", "a word"),
            "kind": choice("How the rate works", ("rate", "all_in", "specific", "exempt")),
            "rate": number("Rate [fraction of the base; USD per unit if specific]", 0, INF),
            "cap": number(
                "Most that column 1 and this are together [fraction]", 0, 10, nullable=True
            ),
            "base": choice(
                "Part of value that is charged", get_args(Base.model_fields["part"].annotation)
            ),
            "material": slug("Material of a content base", empty=True),
            "made_in": words("Content made in these countries only"),
            "not_made_in": words("Content made in these countries left out"),
            "maker": words("Content of makers of these countries only"),
            "not_maker": words("Content of makers of these countries left out"),
            "covers": choice("Part of value taken out of what it displaces", ("base", "full")),
            "displaces": words("Authorities that give way"),
            "source": text("Citation with its place in the text"),
            "note": text("In our words", empty=True),
            "provisional": flag("Rests on a list known from a proposal only"),
            "added": flag("Row of a scenario: beats the law's own"),
        },
        until_after_from(),
        rule(
            "rate",
            "0 to 10 unless specific",
            lambda t: (t["kind"] == "specific") | (t["rate"] <= 10),
        ),
        rule(
            "kind", "`exempt` for an exemption", lambda t: t["exempt"] == (t["kind"] == "exempt")
        ),
        rule(
            "material",
            "given with base `content`, and only there",
            lambda t: (t["base"] == "content") == (t["material"] != ""),
        ),
    ),
    "scopes": schema(
        "law/*/*.yaml, law/us/lists/*.csv",
        "One HTS prefix of a scope, with the days on which it is listed.",
        ["scope_id", "prefix", "include", "from", "until"],
        {
            "scope_id": form("Action, or action/clause", r"\S+", "a word"),
            "prefix": hts("Beginning of the code; empty: all goods", empty=True),
            "include": flag("Meant, or excepted"),
            "from": day(_WINDOW_FROM, empty=True),
            "until": day("Last day; 9999-12-31: no end"),
        },
        until_after_from(),
    ),
    "ends": schema(
        "law/*/*.yaml",
        "One ending of a whole action.",
        ["action", "from", "when"],
        {
            "action": slug("Action that ends"),
            "from": day("First day without it"),
            "known": day("Day on which the public could know it"),
            "status": choice("How it ended", ("suspended", "void", "ended")),
            "when": json_object("Conditions under which it ended"),
            "source": text("Citation"),
            "note": text("In our words", empty=True),
        },
    ),
    "lines": schema(
        "law/us/lines.csv",
        "Column 1 and column 2 of one US tariff line, with the days on which they hold.",
        ["hts8", "from"],
        {
            "hts8": hts("Tariff line", r"\d{8}", "8 digits"),
            "from": day("First day"),
            "until": day("Last day; 9999-12-31: no end"),
            "unit": text("Units of quantity", empty=True),
            "revision": text("Edition of the schedule"),
            **_line_columns(),
        },
        until_after_from(),
        apart("hts8"),
        rate_or_text("mfn"),
        rate_or_text("column2"),
    ),
    "statistical": schema(
        "law/us/statistical.csv",
        "One 10-digit code that exists, with the days on which it does.",
        ["hts10", "from"],
        {
            "hts10": hts("Statistical code", r"\d{10}", "10 digits"),
            "from": day(_WINDOW_FROM, empty=True),
            "until": day("Last day; empty: no end", empty=True),
        },
        until_after_from(),
        apart("hts10"),
    ),
    "utilisation": schema(
        "law/us/utilisation.csv",
        "Share of imports for which a preference is claimed: one country and prefix; the longest "
        "prefix counts.",
        ["origin", "prefix"],
        {
            "origin": country("Country of origin"),
            "program": choice("Preference program", LINE_RATES[1:-1]),
            "prefix": hts("Beginning of the code"),
            "share": number("Share of imports by customs value that claims it", 0, 1),
            "period": text("Period of the observation"),
            "grade": choice("Grade of the fact", get_args(Grade)),
            "source": slug("Row of sources.csv"),
            "note": text("What stands for what", empty=True),
        },
    ),
    "gaps": schema(
        "law/gaps.csv",
        "One thing that an action's rules are known to miss, and which way answers err.",
        ["importer", "action", "gap"],
        {
            "importer": country("Whose law"),
            "action": form(
                "Action; `*`: the importer's law as a whole; another id: not encoded",
                rf"\*|{SLUG}", "an id or *",
            ),
            "gap": text("What is missing or assumed"),
            "bias": choice("Which way answers err", BIASES),
            "as_of": day("Day to which the law was seen"),
            "source": text("Where it stands"),
        },
    ),
    "coverage": schema(
        "law/us/coverage.csv",
        "One prefix for which an authority exists in the law and is not encoded.",
        ["authority", "hts_prefix"],
        {
            "authority": slug("Authority that is not encoded"),
            "hts_prefix": hts("Beginning of the code; empty: all goods", empty=True),
            "note": text("What is missing", empty=True),
        },
    ),
    "groups": schema(
        "law/groups.csv",
        "One member of a group of countries.",
        ["group", "country", "from"],
        {
            "group": form("Name of the group", r"[A-Za-z][\w-]*", "a word"),
            "country": country("Member"),
            "from": day(_WINDOW_FROM, empty=True),
            "until": day("Last day; empty: no end", empty=True),
            "source": text("Citation"),
        },
        until_after_from(),
        apart("group", "country"),
    ),
    "countries": schema(
        "law/countries.csv",
        "One country.",
        ["iso3"],
        {
            "iso3": country("Country"),
            "name": text("Name in English"),
            "also": words("Other codes and names: what a person may have meant"),
            "valuation": choice("Customs value with freight (CIF) or without", ("CIF", "FOB")),
        },
    ),
    "fees": schema(
        "law/us/fees.csv",
        "One fee of the United States on an entry, beside the duties.",
        ["fee", "from"],
        {
            "fee": slug("Fee"),
            "rate": number("Rate [fraction of customs value]", 0, 1),
            "min_usd": number("Least an entry [USD]", 0, INF),
            "max_usd": number("Most an entry [USD]", 0, INF, nullable=True),
            "from": day("First day"),
            "until": day("Last day"),
            "free_claims": words("Preferences under which nothing is due"),
            "arrives_by": words("How the good has to arrive; empty: in any way"),
            "source": text("Citation with its place in the text"),
            "note": text("In our words", empty=True),
        },
        until_after_from(),
    ),
    "agreements": schema(
        "law/origin.yaml",
        "One trade agreement with rules of origin.",
        ["agreement"],
        {
            "agreement": slug("Agreement, as it is claimed"),
            "title": text("Name"),
            "members": words("Countries of the area", empty=False),
            "high_wage": words("Members whose value counts as labour value"),
            "de_minimis": number("Share of value that may fail a tariff shift", 0, 1),
            "source": text("Citation with its place in the text"),
        },
    ),
    "origin_rules": schema(
        "law/origin.yaml",
        "One prefix of the scope of a rule of origin.",
        ["rule", "prefix"],
        {
            "rule": slug("Rule"),
            "agreement": slug("Agreement"),
            "title": text("Goods"),
            "prefix": hts("HTS prefix; empty: all goods that no longer prefix takes", empty=True),
            "from": day("First day"),
            "until": day("Last day"),
            "alternatives": form(
                "Alternatives, each a list of tests that must all hold, as JSON", r"\[.*\]",
                "a JSON list",
            ),
            "grade": grade(),
            "source": text("Citation with its place in the text"),
            "note": text("In our words", empty=True),
        },
        until_after_from(),
    ),
    "attributes": schema(
        "law/attributes.yaml",
        "One fact that the law may ask of a shipment.",
        ["id"],
        {
            "id": slug("Attribute"),
            "kind": choice(
                "Kind of value", get_args(Attribute.model_fields["kind"].annotation)
            ),
            "choices": words("What a choice may be"),
            "default": text("Value if nothing is stated, as JSON; null: not known"),
            "title": text("What it says"),
            "source": text("Rule that asks for it"),
        },
        rule(
            "choices",
            "given for a choice, and only there",
            lambda t: (t["kind"] == "choice") == (t["choices"] != ""),
        ),
    ),
}  # fmt: skip
