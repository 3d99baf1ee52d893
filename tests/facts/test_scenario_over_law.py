"""A scenario laid over the law: what is suspended, what is added, and what is charged."""

from dataclasses import replace

import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.facts.documents import Delta
from exposure.facts.scenario import (
    apply,
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


def test_a_new_clause_of_an_action_that_only_exempts_displaces_nothing(world):
    clauses_of = world.tables["clauses"]
    only = (clauses_of["action"] != "us-cars") | clauses_of["exempt"]
    exempt = clauses_of[clauses_of["action"] == "us-cars"].head(1).assign(exempt=True)
    law = {"clauses": pd.concat([clauses_of[only], exempt], ignore_index=True)}
    bare = replace(world, tables={**world.tables, **law})
    row = clauses(laid(bare, {"action": "us-cars", "measures": [MEASURE]})).loc["more"]
    assert (row["displaces"], row["authority"]) == ("", "s232_autos")


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
