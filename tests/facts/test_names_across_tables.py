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
        ('{"melt": "much"}', "attribute melt = 'much' (allowed: number)"),
        # A truth value counts as a number in Python, and not in the law.
        ('{"melt": true}', "attribute melt = True (allowed: number)"),
        ('{"melt": null}', "attribute melt = None (allowed: number)"),
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
        ("claim", '"usmca"', ""),
        ("approved", "12", "12 (allowed: bool)"),
        ("approved", '"true"', "'true' (allowed: bool)"),
        ("melt", "true", "True (allowed: number)"),
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
        "market_lines": frame("market region hts facts"),
    }
    where = f"economy/mrio/shipment_facts.csv: MEX {attribute}"
    says = [f"{where}: attribute {attribute} = {allowed}"] if allowed else []
    assert told(checks.stated_values_allowed, tables) == says
    facts = f'{{"{attribute}": {value}}}'
    tables["shipment_facts"] = tables["shipment_facts"].head(0)
    tables["market_lines"] = frame("market region hts facts", ("cars", "DEU", "87032301", facts))
    says = [line.replace(where, "economy/market_lines.csv: cars DEU 87032301") for line in says]
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


# --- jobs of parts ---------------------------------------------------------------------------


def labour(*pairs):
    return {
        "labour": frame("country industry", *pairs),
        "sites": frame("product site country", ("car", "ulsan", "KOR"), ("car", "puebla", "MEX")),
        "parts": frame("product part into industry", ("car", "final", "", "cars"),
                       ("car", "body", "final", "steel")),
        "routes": frame("product route assembly", ("car", "home", "ulsan"), ("car", "m", "puebla")),
        "makings": frame("product part site", ("car", "body", "ulsan"), ("car", "body", "ulsan")),
    }  # fmt: skip


def test_where_a_part_is_made_and_finished_there_are_jobs():
    whole = [("KOR", "steel"), ("KOR", "cars"), ("MEX", "cars")]
    assert told(checks.labour_covers_parts, labour(*whole)) == []
    mend = "(add a row to economy/labour.csv)"
    assert told(checks.labour_covers_parts, labour(*whole[1:])) == [
        f"car: body: no jobs per value added for steel in KOR {mend}"
    ]
    # The final assembly is made where its route says.
    assert told(checks.labour_covers_parts, labour(*whole[:2])) == [
        f"car: final: no jobs per value added for cars in MEX {mend}"
    ]


# --- categories ------------------------------------------------------------------------------


def categories(units, *products):
    return {
        "categories": frame("category units_central", ("cars", units)),
        "products": frame("product category", *products),
        "figures": frame(
            "id central", ("car/route/home/volume", 60.0), ("car/route/sea/volume", 30.0),
            ("car/route/home/capacity", 500.0), ("van/route/home/volume", 11.0),
            ("car2/route/home/volume", 900.0),
        ),
    }  # fmt: skip


def test_products_do_not_sell_more_than_their_whole_category():
    pair = [("car", "cars"), ("van", "cars"), ("car2", "")]
    # 60 + 30 of the car and 11 of the van; a capacity is no volume, and car2 is no car.
    assert told(checks.categories_known, categories(101.0, *pair)) == []
    assert told(checks.categories_known, categories(100.0, *pair)) == [
        "economy/categories.csv: cars: products sell 101 units, more than all 100"
    ]
    assert told(checks.categories_known, categories(101.0, ("car", "boats"))) == [
        "product car: category 'boats' is not known (known: cars)"
    ]


# --- parameters ------------------------------------------------------------------------------


def register(*rows):
    return frame("id sector horizon", *rows)


@pytest.mark.parametrize(
    ("pattern", "meets"),
    [
        ("pass_through", True),
        ("pass_through@cars", True),
        ("pass_through@*", True),
        ("labour/KOR/*", True),
        ("category/us-cars", True),
        ("car/route/*/volume", True),
        ("*", True),
        ("pass_through@", False),
        ("labour/MEX/*", False),
        ("Pass_through", False),  # letters count
    ],
)
def test_a_pattern_of_a_correlation_meets_a_number(pattern, meets):
    tables = {
        "parameters": register(("pass_through", "", ""), ("pass_through", "cars", "")),
        "labour": frame("country industry", ("KOR", "cars")),
        "figures": frame("id", ("car/route/home/volume",)),
        "categories": frame("category", ("us-cars",)),
        "correlations": frame("first second", ("*", pattern), (pattern, pattern)),
    }
    says = f"{pattern!r} is the name of no uncertain number"
    where = "economy/correlations.csv:"
    expected = [] if meets else [f"{where} *, {pattern}: {says}", f"{where} {pattern}, {pattern}: {says}"]  # fmt: skip
    assert told(checks.correlations_meet_names, tables) == expected


def test_a_long_run_has_a_first_year_of_its_own_sector():
    rows = [("a", "", ""), ("a", "", "long"), ("b", "", ""), ("b", "cars", "long")]
    says = "a row of the long run without one of the first year"
    tables = {"parameters": register(*rows)}
    assert told(checks.long_run_beside_short, tables) == [f"parameters.yaml: b cars: {says}"]
    tables = {"parameters": register(("c", "", "long"))}
    assert told(checks.long_run_beside_short, tables) == [f"parameters.yaml: c: {says}"]


def test_every_parameter_that_is_read_is_there_for_all_sectors_and_no_other():
    rows = [(name, "", "") for name in checks.REQUIRED]
    assert told(checks.parameters_complete, {"parameters": register(*rows)}) == []
    # One sector alone leaves the others without a number.
    rows[0] = ("pass_through", "cars", "")
    lines = told(checks.parameters_complete, {"parameters": register(*rows, ("mine", "", ""))})
    assert lines[0] == "parameters.yaml: pass_through has no row for all sectors"
    assert lines[1].startswith("parameters.yaml: mine is read by no model (known: pass_through, ")
    assert len(lines) == 2


# --- markets ---------------------------------------------------------------------------------


def market(flows, lines=(("cars", "DEU", "{}"),), markets=(("cars", "USA"),)):
    return told(checks.markets_whole, {
        "markets": frame("market importer", *markets),
        "market_flows": frame("market exporter importer", *flows),
        "market_lines": frame("market region facts", *lines),
        "attributes": REGISTER,
    })  # fmt: skip


BOTH = [("cars", "USA", "USA"), ("cars", "DEU", "USA"), ("cars", "USA", "DEU")]
UNEVEN = ("economy/market_flows.csv: cars: regions that sell and those that buy are not the same, "
          "or lack the importer")  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (market(BOTH), []),
        (market(BOTH[:2]), [UNEVEN]),  # DEU sells and buys nothing
        (market([("cars", "DEU", "DEU")]), [UNEVEN]),  # the importer is not there
        (market([]), [UNEVEN]),
        (market(BOTH, lines=[]), ["economy/market_lines.csv: cars: no tariff line of DEU"]),
        (
            market([*BOTH, ("boats", "USA", "USA")]),
            ["economy/market_flows.csv: market 'boats' is not in markets.csv"],
        ),
        (
            market(BOTH, lines=[("cars", "DEU", '{"clam": 1}')]),
            ["economy/market_lines.csv: facts: attribute 'clam' is not known"],
        ),
    ],
)
def test_a_market_has_the_same_regions_on_both_sides(lines, says):
    assert lines == says


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
