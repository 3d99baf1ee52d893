"""A scenario laid over the law: what is suspended, added and charged, and names that are known."""

from pathlib import Path

import pandas as pd
import pytest

from exposure.errors import DataError, ExposureError, Problems, QueryError
from exposure.facts.check_changes import check_changes, check_days
from exposure.facts.documents import Delta, Scenario, Solve, Sweep
from exposure.facts.scenario import (
    apply,
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


def laid(world, *deltas, rates=None):
    return apply(world, [parse(Delta, delta, "s.yaml") for delta in deltas], rates)


def clauses(tables, action="us-cars"):
    table = tables["clauses"]
    return table[table["action"] == action].set_index("clause")


# --- nothing, suspended ----------------------------------------------------------------------


def test_nothing_laid_over_the_law_is_the_law(world):
    tables = laid(world)
    assert all(tables[name] is world.tables[name] for name in ("clauses", "scopes", "ends"))


@pytest.mark.parametrize(
    ("chosen", "suspended"),
    [
        ({}, {"all", "kor", "usmca"}),
        ({"clause": ["kor"]}, {"kor"}),
        ({"clause": ["kor", "usmca"]}, {"kor", "usmca"}),
        ({"origin": ["KOR"]}, {"kor"}),  # the clause that names it, not the one for all
        ({"origin": ["KOR", "MEX"]}, {"kor", "usmca"}),
        ({"clause": ["kor", "all"], "origin": ["KOR"]}, {"kor"}),
    ],
)
def test_what_is_chosen_is_suspended_and_nothing_else(world, chosen, suspended):
    before = world.tables["clauses"].copy()
    tables = laid(world, {"action": "us-cars", "suspend": True, **chosen})
    found = clauses(tables)["status"]
    assert set(found[found == "suspended"].index) == suspended
    others = tables["clauses"][tables["clauses"]["action"] != "us-cars"]
    assert not (others["status"] == "suspended").any()
    assert others["status"].equals(before.loc[others.index, "status"])
    # The world itself stays as it was.
    pd.testing.assert_frame_equal(world.tables["clauses"], before)


@pytest.mark.parametrize(
    ("delta", "says"),
    [
        ({"action": "us-carz", "suspend": True}, "action 'us-carz' does not exist"),
        ({"action": "us-carz", "measures": [MEASURE]}, "action 'us-carz' does not exist"),
        (
            {"action": "us-cars", "suspend": True, "clause": ["kor", "jpn"]},
            "us-cars has no clause 'jpn'",
        ),
        (
            {"action": "us-cars", "suspend": True, "clause": ["capped"]},  # another action's
            "us-cars has no clause 'capped'",
        ),
        (
            {"action": "us-cars", "suspend": True, "origin": ["VNM", "DEU"]},
            "us-cars has no clause for ['DEU', 'VNM']",
        ),
        (
            {"action": "us-cars", "suspend": True, "clause": ["all"], "origin": ["KOR"]},
            "us-cars has no clause for ['KOR']",
        ),
    ],
)
def test_what_cannot_be_changed_is_named(world, delta, says):
    with pytest.raises(DataError) as caught:
        laid(world, delta)
    assert str(caught.value) == f"scenario, law: {says}"


# --- added -----------------------------------------------------------------------------------


def test_a_new_clause_of_an_action_has_its_head_and_newest_precedence(world):
    tables = laid(world, {"action": "us-cars", "measures": [{**MEASURE, "origin": "KOR"}]})
    mine = clauses(tables)
    assert list(mine.index) == ["all", "kor", "usmca", "more"]
    row = mine.loc["more"]
    assert (row["authority"], row["component"], row["title"]) == ("s232_autos", "s232", "Cars")
    assert row["instrument"] == "Proc 1 (scenario)"
    assert row["displaces"] == "reciprocal steel"
    assert row["scope_id"] == "us-cars"  # the goods of the action itself
    assert mine["added"].tolist() == [False, False, False, True]
    # Its goods stand already: no scope is doubled.
    assert tables["scopes"].equals(world.tables["scopes"].reset_index(drop=True))


def test_goods_of_a_new_clause_come_beside_the_actions_own(world):
    own = {**MEASURE, "scope": {"hts": ["8708"]}}
    tables = laid(world, {"action": "us-cars", "measures": [own]})
    assert clauses(tables).loc["more", "scope_id"] == "us-cars/more+"
    more = tables["scopes"].iloc[len(world.tables["scopes"]) :]
    assert more[["scope_id", "prefix"]].to_numpy().tolist() == [["us-cars/more+", "8708"]]


def test_a_whole_new_action_comes_with_goods_and_endings(world):
    new = {"id": "us-robots", "importer": "USA", "authority": "s232_robots", "component": "s232",
           "title": "Robots", "instrument": "P", "scope": {"hts": ["8517.13"]},
           "measures": [MEASURE], "ends": [{"from": "2026-01-01", "known": "2025-12-01",
                                            "source": "x"}]}  # fmt: skip
    tables = laid(world, {"new": new})
    assert {name: len(tables[name]) - len(world.tables[name]) for name in tables} == {
        "clauses": 1, "scopes": 1, "ends": 1,
    }  # fmt: skip
    assert bool(clauses(tables, "us-robots").loc["more", "added"])


def test_changes_are_laid_one_after_another(world):
    tables = laid(world, {"action": "us-cars", "measures": [MEASURE]},
                  {"action": "us-cars", "suspend": True, "clause": ["more"]})  # fmt: skip
    assert clauses(tables).loc["more", "status"] == "suspended"
    # What suspends and adds at once leaves what it adds in force.
    both = laid(world, {"action": "us-cars", "suspend": True, "measures": [MEASURE]})
    assert clauses(both)["status"].tolist() == ["suspended"] * 3 + ["in_force"]


# --- rates -----------------------------------------------------------------------------------


def test_a_rate_is_set_for_its_clause_alone(world):
    tables = laid(world, rates={"us-cars/usmca": 0.1, "us-cars/kor": 0.0})
    assert clauses(tables)["rate"].tolist() == [0.25, 0.0, 0.1]
    assert clauses(tables)["kind"].tolist() == ["rate", "all_in", "rate"]
    rest = tables["clauses"]["action"] != "us-cars"
    assert tables["clauses"].loc[rest].equals(world.tables["clauses"].loc[rest])


def test_a_clause_that_a_scenario_brings_has_a_rate_to_set(world):
    tables = laid(world, {"action": "us-cars", "measures": [MEASURE]}, rates={"us-cars/more": 0.5})
    assert clauses(tables).loc["more", "rate"] == 0.5


@pytest.mark.parametrize("key", ["us-cars/jpn", "us-cars", "us-reciprocal/phones", "/all", ""])
def test_a_rate_of_no_measure_is_refused_with_those_there_are(world, key):
    # `phones` is an exemption: it has no rate.
    with pytest.raises(DataError) as caught:
        laid(world, rates={key: 0.1})
    line = str(caught.value)
    assert line.startswith(f"scenario, rates: no clause {key!r} (known: mex-mfn/all, us-cars/all, ")
    assert "phones" not in line.split("(known")[1]


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
