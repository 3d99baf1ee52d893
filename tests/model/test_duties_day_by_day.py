"""Duties of a small world day by day: when they turn, what they are by month, what is refused."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.errors import QueryError
from exposure.facts.scenario import read_scenario
from exposure.model.attribution import _version
from exposure.model.blend import blend
from exposure.model.compile import compile_scenarios, law_book
from exposure.model.timeline import COLUMNS, law_timeline
from exposure.model.timing import duty_by_day, timing
from tests import tiny

# Duties on cars of the small world begin on 3 April 2025.
FIRST, TURN, LAST = dt.date(2025, 3, 22), dt.date(2025, 4, 3), dt.date(2025, 4, 12)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def by_day(world):
    return duty_by_day(world, ["car"], FIRST, LAST)[1][:, 0]


def flows(**changes):
    form = {"month": ["2025-03", "2025-04"], "entries": [30.0, 20.0], "sales": [30.0, 20.0],
            "stock": [0.0, np.nan]}  # fmt: skip
    return pd.DataFrame(form | changes)


def test_both_ends_count_and_a_duty_holds_until_the_law_turns(by_day):
    assert len(by_day) == 22
    turn = (TURN - FIRST).days
    assert len(set(by_day[:turn])) == len(set(by_day[turn:])) == 1
    # Of 10,000 and freight, the 4,000 of the engine and half of the body are American.
    assert by_day[turn] - by_day[turn - 1] > 0.25 * (10_000 - 5_500)


def test_a_law_that_turns_on_the_last_day_holds_on_it(world, by_day):
    until = duty_by_day(world, ["car"], FIRST, TURN)[1][:, 0]
    np.testing.assert_array_equal(until, by_day[: len(until)])


def test_one_day_is_a_period(world, by_day):
    assert duty_by_day(world, ["car"], TURN, TURN)[1][:, 0].tolist() == [by_day[-1]]


@pytest.mark.parametrize("day", [TURN - dt.timedelta(1), TURN])
def test_a_day_does_not_hang_on_the_days_around_it(world, by_day, day):
    alone = duty_by_day(world, ["car"], day, day)[1][0, 0]
    assert alone == by_day[(day - FIRST).days]


def test_a_month_is_the_mean_of_its_days(world, by_day):
    """April has 12 days of the period: 2 at the old duty and 10 at the new."""
    table = timing(world, "car", "mexico", FIRST, LAST, flows()).set_index("month")
    old, new = by_day[0], by_day[-1]
    assert table.loc["2025-03", "border_usd_per_unit"] == pytest.approx(old)
    assert table.loc["2025-04", "border_usd_per_unit"] == pytest.approx((2 * old + 10 * new) / 12)
    # Each month sells what it lets in; the three are one where flows are given.
    for end in ("low", "central", "high"):
        np.testing.assert_allclose(table[f"sold_{end}"], table["border_usd_per_unit"])


def test_a_bill_is_the_duty_on_what_entered(world):
    table = timing(world, "car", "mexico", FIRST, LAST, flows())
    assert table["entries"].tolist() == [30.0, 20.0]
    np.testing.assert_allclose(table["bill_usd"], table["border_usd_per_unit"] * [30.0, 20.0])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("mexico", LAST, FIRST),
         "2025-03-22 lies before 2025-04-12 (first day, then last day)"),
        (("korea", FIRST, LAST), "product car: no route 'korea' (known: mexico)"),
        (("mexico", FIRST, LAST),
         "product car: no `stock_days` is known (state it, or give flows)"),
    ],
    ids=["days", "route", "stock"],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(world, asked, told):
    with pytest.raises(QueryError) as caught:
        timing(world, "car", *asked)
    assert str(caught.value) == told


# --- spans of duties, and a law between two laws -------------------------------------------------


@pytest.fixture(scope="module")
def compiled(world):
    return compile_scenarios(world, [read_scenario(world, "tariff")])[0]


@pytest.fixture(scope="module")
def between(world, compiled):
    scenario, book = read_scenario(world, "tariff"), law_book(world)
    sides = [_version(book, day) for day in (scenario.baseline, scenario.law_on)]
    return blend(*sides, compiled.network.edges, compiled.tags)


def test_spans_are_of_the_good_that_is_sold_and_begin_with_the_law(world, compiled):
    spans = law_timeline(world, [read_scenario(world, "tariff")], compiled.network.edges)
    assert list(spans) == list(COLUMNS)
    assert {code.replace(".", "") for code in spans["hts"]} == {"87032301"}
    assert set(spans["origin"]) == {"MEX"}
    cars = spans[spans["action"] == "us-cars"]
    assert set(cars["from"].astype(str)) == {"2025-04-03"}


def test_spans_of_a_scenario_named_twice_stand_once_for_each_name(world, compiled):
    one = read_scenario(world, "tariff")
    both = law_timeline(
        world, [one, one.model_copy(update={"id": "again"})], compiled.network.edges
    )
    assert both["scenario"].value_counts().nunique() == 1
    assert len(law_timeline(world, [one, one], compiled.network.edges)) * 2 == len(both)


def test_only_actions_that_charge_a_crossing_otherwise_have_changed(between):
    """Duties on cars and on their steel; the reciprocal one began as well, but spares Mexico."""
    assert between.changed() == ["us-cars", "us-steel"]


def test_a_blend_is_the_old_law_without_names_and_the_new_one_with_all(between):
    old, new = (between.charges(between.law(names)) for names in ((), between.changed()))
    assert {action for action, *_ in new - old} == {"us-cars", "us-steel"}
    assert not old - new
    cars = between.charges(between.law(["us-cars"]))
    assert {action for action, *_ in cars - old} == {"us-cars"}
    assert between.charges(between.law(between.book.arrays.actions)) == new


def test_a_clause_that_is_left_out_does_not_act(between):
    without = between.law(["us-cars"], ["us-cars/usmca", "us-cars/all"])
    assert between.charges(without) == between.charges(between.law(()))
