"""Checks across tables: what one table names stands in another, and each offender has its line."""

import pandas as pd
import pytest

from exposure.errors import Problems
from exposure.facts import checks


def frame(columns, *rows):
    """A table of text and numbers: ``columns`` in a word, a row a tuple."""
    return pd.DataFrame(list(rows), columns=columns.split())


def told(check, tables):
    return [str(problem) for problem in check(tables)]


# --- places ----------------------------------------------------------------------------------

PLACES = "action clause origin not_origin made_in not_made_in maker not_maker"


@pytest.mark.parametrize("column", PLACES.split()[2:])
def test_a_place_that_no_table_knows_is_named_with_its_column(column):
    row = dict.fromkeys(PLACES.split(), "") | {"action": "a", "clause": "c"}
    tables = {
        "countries": frame("iso3", ("KOR",)),
        "groups": frame("group", ("EU",)),
        "clauses": pd.DataFrame([row | {column: "KOR EU"}, row | {column: "KOR KR ROK"}]),
    }
    assert told(checks.origins_exist, tables) == [
        f"action a, clause c, {column}: 'KR' is no country or group",
        f"action a, clause c, {column}: 'ROK' is no country or group",
    ]
    tables["clauses"] = pd.DataFrame([row | {column: "*"}, row])
    assert told(checks.origins_exist, tables) == []


def test_a_site_stands_in_a_country():
    tables = {
        "countries": frame("iso3", ("KOR",)),
        "sites": frame("product site country", ("car", "ulsan", "KOR"), ("car", "x", "PRK")),
    }
    assert told(checks.sites_known, tables) == ["car: x: country 'PRK' is not known"]


def test_an_agreement_is_a_claim_between_countries():
    tables = {
        "attributes": frame("id choices", ("use", "a b"), ("claim", "none usmca korus")),
        "countries": frame("iso3", ("USA",), ("KOR",)),
        "agreements": frame(
            "agreement members high_wage", ("korus", "USA KOR", "USA"), ("nafta", "USA KOR", "CAN")
        ),
    }
    assert told(checks.agreements_known, tables) == [
        "law/origin.yaml: agreement nafta: no such claim (allowed: korus, none, usmca)",
        "law/origin.yaml: agreement nafta: country 'CAN' is not known",
    ]


# --- facts -----------------------------------------------------------------------------------

REGISTER = frame(
    "id kind choices", ("claim", "choice", "none usmca"), ("approved", "bool", ""),
    ("melt", "number", ""),
)  # fmt: skip


def facts(clauses="{}", ends="{}", crossings="{}"):
    return {
        "attributes": REGISTER,
        "clauses": frame("action clause when", ("a", "c", clauses)),
        "ends": frame("action from when", ("a", "2026-01-01", ends)),
        "crossing_rules": frame("product part attributes", ("car", "body", crossings)),
    }


@pytest.mark.parametrize(
    "fact", ['{"claim": "usmca"}', '{"approved": false}', '{"melt": 0}', '{"melt": 0.95}', "{}"]
)
def test_facts_of_the_register_are_allowed(fact):
    assert told(checks.attributes_exist, facts(fact, fact, fact)) == []


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ('{"claims": "usmca"}', "attribute 'claims' is not known (add it to attributes.yaml)"),
        ('{"claim": "korus"}', "attribute claim = 'korus' (allowed: none usmca)"),
        ('{"claim": true}', "attribute claim = True (allowed: none usmca)"),
        ('{"approved": "yes"}', "attribute approved = 'yes' (allowed: bool)"),
        ('{"approved": 1}', "attribute approved = 1 (allowed: bool)"),
        ('{"melt": "much"}', "attribute melt = 'much' (allowed: a share, 0 to 1)"),
        # A truth value counts as a number in Python, and not in the law.
        ('{"melt": true}', "attribute melt = True (allowed: a share, 0 to 1)"),
        ('{"melt": null}', "attribute melt = None (allowed: a share, 0 to 1)"),
    ],
)
def test_a_fact_that_the_register_does_not_have_is_named_wherever_it_stands(fact, says):
    assert told(checks.attributes_exist, facts(fact)) == [f"a c: {says}"]
    assert told(checks.attributes_exist, facts(ends=fact)) == [f"a 2026-01-01: {says}"]
    assert told(checks.attributes_exist, facts(crossings=fact)) == [f"car body: {says}"]


@pytest.mark.parametrize(
    ("attribute", "value", "allowed"),
    [
        ("approved", "true", ""),
        ("melt", "0.4", ""),
        ("melt", "1.4", "1.4 (allowed: a share, 0 to 1)"),
        ("melt", "-0.1", "-0.1 (allowed: a share, 0 to 1)"),
        ("claim", '"usmca"', ""),
        ("approved", "12", "12 (allowed: bool)"),
        ("approved", '"true"', "'true' (allowed: bool)"),
        ("melt", "true", "True (allowed: a share, 0 to 1)"),
        ("claim", '"korus"', "'korus' (allowed: none usmca)"),
        ("claim", "null", "None (allowed: none usmca)"),
        ("clam", "1", ""),  # a name that is not known is told by another check
        ("melt", "much", ""),  # and so is what is no JSON
    ],
)
def test_goods_state_what_a_fact_may_be(attribute, value, allowed):
    tables = {
        "attributes": REGISTER,
        "shipment_facts": frame("origin attribute value", ("MEX", attribute, value)),
    }
    where = f"economy/mrio/shipment_facts.csv: MEX {attribute}"
    says = [f"{where}: attribute {attribute} = {allowed}"] if allowed else []
    assert told(checks.stated_values_allowed, tables) == says


def test_an_authority_that_gives_way_exists_or_is_said_to_be_missing():
    tables = {
        "coverage": frame("authority", ("antidumping",)),
        "clauses": frame(
            "action authority displaces",
            ("a", "steel", "cars antidumping"), ("a", "steel", "cars antidumping"),
            ("b", "cars", "iron steel wood"),
        ),
    }  # fmt: skip
    assert told(checks.displaced_exist, tables) == [
        "action b: displaces 'iron', which no action has",
        "action b: displaces 'wood', which no action has",
    ]


# --- sources ---------------------------------------------------------------------------------


def test_every_table_that_cites_is_asked_for_its_sources():
    cited = frame("origin program prefix source", ("KOR", "korus", "87", "s"))
    tables = dict.fromkeys(checks.CITED, cited)
    tables["sources"] = frame("source_id", ("s",))
    assert told(checks.sources_exist, tables) == []
    tables["sources"] = frame("source_id")
    lines = told(checks.sources_exist, tables)
    assert lines == [
        f"{name}: KOR korus 87: source 's' is not in sources.csv" for name in checks.CITED
    ]
    # A row with a name is told by it.
    tables = dict.fromkeys(checks.CITED, frame("product id source"))
    tables |= {
        "sources": frame("source_id"),
        "figures": frame("product id source", ("c", "i", "t")),
    }
    assert told(checks.sources_exist, tables) == ["figures: i: source 't' is not in sources.csv"]


# --- outcomes --------------------------------------------------------------------------------


def outcomes(**change):
    tables = {
        "products": frame("product", ("car",), ("van",)),
        "exchange_rates": frame("exchange_rate", ("krw-q1",)),
        "firm_bills": frame("outcome products exchange_rate", ("bill", "car van", "krw-q1")),
        "observed": frame("outcome products", ("exports", "")),
        "duties_collected": frame("outcome", ("duties",)),
        "forecasts": frame("forecast outcome", ("own", "bill exports duties")),
        "unit_values": frame("unit_value product forecast", ("v", "car", "own")),
    }
    return told(checks.outcomes_fit, tables | change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, []),
        (
            {"firm_bills": frame("outcome products exchange_rate", ("bill", "car bus", "usd"))},
            ["firm_bills: bill, column products: 'bus' is not known",
             "firm_bills: bill, column exchange_rate: 'usd' is not known"],
        ),
        (
            {"observed": frame("outcome products", ("exports", "bus"))},
            ["observed: exports, column products: 'bus' is not known"],
        ),
        (
            {"forecasts": frame("forecast outcome", ("own", "bill sales"))},
            ["forecasts: own, column outcome: 'sales' is not known"],
        ),
        (
            {"unit_values": frame("unit_value product forecast", ("v", "", "theirs"))},
            ["unit_values: v, column forecast: 'theirs' is not known"],
        ),
    ],
)  # fmt: skip
def test_outcomes_name_what_there_is(change, says):
    assert outcomes(**change) == says


# --- all of them -----------------------------------------------------------------------------


def test_all_checks_are_asked_before_anything_is_told(monkeypatch):
    asked = []

    def check(name, count):
        def ask(tables):
            asked.append(name)
            yield from (ValueError(f"{name}{n}") for n in range(count))

        return ask

    monkeypatch.setattr(checks, "CHECKS", (check("a", 2), check("b", 0), check("c", 1)))
    with pytest.raises(Problems) as caught:
        checks.check_tables({})
    assert asked == ["a", "b", "c"]
    assert str(caught.value).split("\n") == ["a0", "a1", "c0"]
