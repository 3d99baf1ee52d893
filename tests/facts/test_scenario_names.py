"""Names in scenarios, sweeps and solves are known, and new measures can act on the day asked."""

from pathlib import Path

import pytest

from exposure.errors import ExposureError, Problems, QueryError
from exposure.facts.check_changes import check_changes, check_days
from exposure.facts.documents import Scenario, Solve, Sweep
from exposure.facts.scenario import (
    check_scenario,
    check_solve,
    check_sweep,
    find,
    read_solve,
    read_sweep,
)
from exposure.facts.strict_yaml import parse

MEASURE = {"id": "more", "from": "2025-06-01", "known": "2025-06-01", "rate": 0.3, "source": "x"}


@pytest.fixture
def world(example_small):
    return example_small


# --- names -----------------------------------------------------------------------------------

SCENARIO = {"id": "s", "title": "S", "question": "Q", "baseline": {"effective_on": "2025-01-15"}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"products": ["cart"]}, "products: 'cart' is not known (known: car)"),
        (
            {"crossings": [{"product": "bus", "part": "body", "attributes": {}}]},
            "crossings: 'bus' is not known (known: car)",
        ),
        ({"limits": [{"product": "bus", "route": "x", "units": 1}]},
         "limits: 'bus' is not known (known: car)"),
        ({"limits": [{"product": "car", "route": "sea", "units": 1}]},
         "limits: 'sea' is not known (known: mexico)"),
        ({"currencies": {"WON": 0.1}},
         "currencies: 'WON' is not known (known: DEU, KOR, MEX, RUS, USA, VNM)"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_known_is_told_with_those_that_are(world, change, says):
    scenario = parse(Scenario, {**SCENARIO, **change}, "s.yaml")
    with pytest.raises(QueryError) as caught:
        check_scenario(world, scenario, "s.yaml")
    assert str(caught.value) == f"s.yaml: {says}"


def test_a_figure_is_looked_for_among_those_of_its_product(world):
    near = parse(Scenario, {**SCENARIO, "figures": {"car/customs_value": 1}}, "s.yaml")
    with pytest.raises(QueryError, match="figures: 'car/customs_value' is not known") as caught:
        check_scenario(world, near, "s.yaml")
    assert "car/customs_value_usd" in str(caught.value)
    right = {**SCENARIO, "figures": {"car/customs_value_usd": 1}, "currencies": {"KOR": 0.1},
             "limits": [{"product": "car", "route": "mexico", "units": 1}]}  # fmt: skip
    check_scenario(world, parse(Scenario, right, "s.yaml"), "s.yaml")


SWEEP = {"id": "g", "title": "G", "scenario": "tariff"}


@pytest.mark.parametrize(
    ("dimension", "says"),
    [
        ({"parameter": "passes", "values": [1]}, "dimensions: 'passes' is not known (near: pass_"),
        ({"figure": "van/x", "values": [1]}, "dimensions: 'van/x' is not known (known: car/"),
        ({"currency": "WON", "values": [1]}, "dimensions: 'WON' is not known (known: DEU, "),
        ({"action": "us-car", "clause": "all", "values": [1]},
         "dimensions: 'us-car' is not known (known: mex-mfn, us-cars, "),
    ],
)  # fmt: skip
def test_a_sweep_moves_what_there_is(world, dimension, says):
    sweep = parse(Sweep, {**SWEEP, "dimensions": [dimension]}, "g.yaml")
    with pytest.raises(QueryError) as caught:
        check_sweep(world, sweep, "g.yaml")
    assert str(caught.value).startswith(f"g.yaml: {says}")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"scenario": "none"}, "no scenario 'none'"),
        ({"find": {"equal": ["a", {"of": "b", "scenario": "none"}]}}, "no scenario 'none'"),
        ({"products": ["bus"]}, "s.yaml: products: 'bus' is not known"),
        ({"vary": {"parameter": "x", "between": [0, 1]}}, "s.yaml: dimensions: 'x' is not known"),
        ({"vary": {"mix": {"product": "bus", "routes": ["a"]}, "between": [0, 1]}},
         "s.yaml: vary: products: 'bus' is not known"),
        ({"vary": {"mix": {"product": "car", "routes": ["mexico", "sea"]}, "between": [0, 1]}},
         "s.yaml: vary: 'sea' is not known (known: mexico)"),
        ({"find": {"switch": "bus"}}, "s.yaml: find: products: 'bus' is not known"),
    ],
)  # fmt: skip
def test_a_solve_asks_of_what_there_is(world, change, says):
    given = {"id": "s", "title": "S", "question": "Q", "scenario": "tariff",
             "vary": {"parameter": "pass_through", "between": [0, 1]}, "find": {"switch": "car"}}  # fmt: skip
    check_solve(world, parse(Solve, given, "s.yaml"), "s.yaml")
    with pytest.raises(QueryError) as caught:
        check_solve(world, parse(Solve, {**given, **change}, "s.yaml"), "s.yaml")
    assert str(caught.value).startswith(says)


# --- files -----------------------------------------------------------------------------------


def test_a_file_is_itself_and_a_name_is_a_shipped_one(world):
    assert find(world, "scenarios", "nowhere/x.yml") == Path("nowhere/x.yml")
    assert find(world, "scenarios", "tariff") == world.root / "raw" / "scenarios" / "tariff.yaml"
    with pytest.raises(QueryError) as caught:
        find(world, "scenarios", "tarif")
    assert str(caught.value) == "no scenario 'tarif' (a .yaml file or: relief, tariff)"
    for read, kind in ((read_sweep, "sweep"), (read_solve, "solve")):
        with pytest.raises(QueryError, match=f"^no {kind} 'x'"):
            read(world, "x")
    assert read_sweep(world, "grid").dimensions[0].column == "us-cars/usmca"


# --- new measures ----------------------------------------------------------------------------


def changed(**measure):
    law = [{"action": "us-cars", "measures": [{**MEASURE, **measure}]}]
    return parse(Scenario, {**SCENARIO, "law": law, "law_on": {
        "effective_on": "2025-06-01", "known_on": "2025-06-01"}}, "s.yaml")  # fmt: skip


def test_a_measure_acts_from_the_day_on_which_it_begins_and_is_known(world):
    check_days(changed())
    for change, says in (
        ({"from": "2025-06-02"}, "begins on 2025-06-02, after the day that is asked"),
        ({"known": "2025-06-02"}, "is known from 2025-06-02 on, after the day from which we look"),
    ):
        with pytest.raises(Problems) as caught:
            check_days(changed(**change))
        said = f"scenario s: law: us-cars/more {says} (2025-06-01 or earlier)"
        assert str(caught.value) == said


@pytest.mark.parametrize("origin", ["*", "KOR", "EU", ["MEX", "column2"]])
def test_a_measure_for_places_that_are_known_is_whole(world, origin):
    check_changes(world, changed(origin=origin, displaces=["steel"]), "s.yaml")


def test_goods_of_other_importers_are_not_looked_for_in_our_schedule(world):
    action = {"id": "mex-x", "importer": "MEX", "authority": "x", "component": "mfn", "title": "X",
              "instrument": "I", "scope": {"hts": ["2203"]}, "measures": [MEASURE]}  # fmt: skip
    scenario = parse(Scenario, {**SCENARIO, "law": [{"new": action}]}, "s.yaml")
    check_changes(world, scenario, "s.yaml")
    american = parse(Scenario, {**SCENARIO, "law": [{"new": {**action, "importer": "USA"}}]}, "s")
    with pytest.raises(ExposureError) as caught:
        check_changes(world, american, "s.yaml")
    assert str(caught.value) == (
        "s.yaml: law: mex-x: hts '2203' is in no schedule "
        "(a heading, subheading or line of the tariff)"
    )
