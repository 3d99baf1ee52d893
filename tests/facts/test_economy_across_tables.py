"""Checks across tables of the economy: jobs, categories, parameters and markets that are whole."""

import pytest

from exposure.facts import checks
from tests.facts.test_names_across_tables import frame, told

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
    mend = "else add a row to economy/labour.csv)"
    assert told(checks.labour_covers_parts, labour(*whole[1:])) == [
        f"car: body: no jobs per value added for steel in KOR (known there: cars; {mend}"
    ]
    # The final assembly is made where its route says.
    assert told(checks.labour_covers_parts, labour(*whole[:2])) == [
        f"car: final: no jobs per value added for cars in MEX (known there: none; {mend}"
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


def market(flows, industries=(("motor_vehicles", "cars"), ("services", ""))):
    return told(checks.markets_whole, {
        "markets": frame("market sector importer", ("cars", "cars", "USA")),
        "market_flows": frame("market exporter importer", *flows),
        "mrio_industries": frame("industry sector", *industries),
    })  # fmt: skip


BOTH = [("cars", "USA", "USA"), ("cars", "DEU", "USA"), ("cars", "USA", "DEU")]
UNEVEN = ("economy/market_flows.csv: cars: regions that sell and those that buy are not the same, "
          "or lack the importer")  # fmt: skip
INDUSTRIES = ("economy/markets.csv: cars, sector 'cars': sector of {} industries "
              "(that of one in industries.csv)")  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (market(BOTH), []),
        (market(BOTH[:2]), [UNEVEN]),  # DEU sells and buys nothing
        (market([("cars", "DEU", "DEU")]), [UNEVEN]),  # the importer is not there
        (market([]), [UNEVEN]),
        (market(BOTH, []), []),  # a world without the table of industries
        (market(BOTH, [("services", "")]), [INDUSTRIES.format(0)]),
        (market(BOTH, [("cars", "cars"), ("parts", "cars")]), [INDUSTRIES.format(2)]),
        (
            market([*BOTH, ("boats", "USA", "USA")]),
            ["economy/market_flows.csv: market 'boats' is not in markets.csv"],
        ),
    ],
)
def test_a_market_has_one_industry_and_the_same_regions_on_both_sides(lines, says):
    assert lines == says
