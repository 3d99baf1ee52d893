"""Inputs moved in groups: who is moved with whom, over which values, and what turns a number."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.model.asking import (
    POINTS,
    TITLES,
    Asked,
    Group,
    _points,
    cheapest_routes,
    described,
    dust_of,
    families,
    grid_of,
    groups_of,
    name_read,
    sign_of,
    slots_of,
)
from exposure.model.drivers import _swing, chosen_slots
from exposure.model.turning import Crossing, _nearest, _packed, _turns

NAN = np.nan
SCENARIO = SimpleNamespace(parameters={}, figures={}, demand="constant_elasticity", id="s")


def ranges(**rows):
    """low, central, high[, unit] by name; in a name ``__`` is ``@``, ``_in_`` a stroke."""
    table = {}
    for name, row in rows.items():
        key = name.replace("__", "@").replace("_in_", "/").replace("_long", ":long")
        table[key] = (*row, "USD")[:4]
    made = pd.DataFrame.from_dict(table, orient="index", columns=["low", "central", "high", "unit"])
    return made.assign(title="Title", short="")


RANGES = ranges(
    pass_through=(0.2, 0.5, 0.8, "share"), pass_through__cars=(0.3, 0.6, 0.9, "share"),
    fixed=(1, 1, 1), labour_in_MEX_in_cars=(1, 2, 3), labour_in_KOR_in_cars=(1, 2, 3),
    category_in_us=(8, 9, 10), car_in_value=(90, 100, 130), van_in_value=(40, 50, 60),
    van_in_stock=(1, 2, 3),
)  # fmt: skip


def compiled(products=("car", "van"), market=(0, 0, 1), pool=(0, 1, 2), category=("", ""),
             sector=("cars", "vans")):  # fmt: skip
    return SimpleNamespace(
        products=pd.DataFrame({"product": products, "category": category, "sector": sector}),
        labels=SimpleNamespace(market=np.array(market), pool=np.array(pool)), ranges=RANGES,
    )  # fmt: skip


CENTRAL = RANGES["central"].to_dict()


# --- groups --------------------------------------------------------------------------------------


def grouped(scenario=SCENARIO, central=CENTRAL):
    return {group.label: group for group in groups_of(compiled(), scenario, central)}


def test_inputs_are_grouped_by_what_a_reader_would_move():
    found = grouped()
    assert list(found) == ["pass_through", "labour", "category", "car/value", "van/value",
                           "van/stock"]  # fmt: skip
    assert found["pass_through"].names == ("pass_through", "pass_through@cars")
    assert found["labour"].names == ("labour/MEX/cars", "labour/KOR/cars")
    assert [found[name].market for name in found] == [-1, -1, -1, 0, 1, 1]
    assert [found[name].prices for name in found] == [False] * 3 + [True] * 3


def test_what_has_no_range_is_fixed_or_not_read_is_not_asked_about():
    scenario = SimpleNamespace(parameters={"pass_through": 0.5}, figures={"car/value": 99.0})
    assert set(grouped(scenario)) == {"labour", "category", "van/value", "van/stock"}
    assert "fixed" not in grouped()
    less = {name: value for name, value in CENTRAL.items() if name != "van/stock"}
    assert "van/stock" not in grouped(central=less)


@pytest.mark.parametrize(
    ("pool", "category", "rivals", "wanted"),
    [
        ((0, 1, 2), ("", ""), False, [0, 1]),
        ((0, 1, 1), ("", ""), False, [0, 0]),  # a capacity that both use
        ((0, 1, 2), ("us", "us"), True, [0, 0]),
        ((0, 1, 2), ("us", "us"), False, [0, 1]),  # rivals that do not answer one another
        ((0, 1, 2), ("", ""), True, [0, 1]),  # no category is not a common one
    ],
)
def test_families_share_a_capacity_or_are_rivals(pool, category, rivals, wanted):
    assert families(compiled(pool=pool, category=category), rivals=rivals).tolist() == wanted


@pytest.mark.parametrize("market", [(0, 1, 1, 2), (1, 2, 0, 1)])
def test_families_join_in_chains(market):
    """The first shares with the second, the second with the third, in whatever order."""
    three = compiled(("a", "b", "c"), market, (0, 0, 1, 1), ("", "", ""), ("x", "x", "x"))
    assert families(three, rivals=False).tolist() == [0, 0, 0]


def test_a_row_moves_a_figure_of_each_family_and_common_groups_alone():
    groups = groups_of(compiled(), SCENARIO, CENTRAL)
    slots = [[group.label for group in slot] for slot in slots_of(compiled(), SCENARIO, groups)]
    assert slots == [["pass_through"], ["labour"], ["category"], ["car/value", "van/value"],
                     ["van/stock"]]  # fmt: skip
    one = compiled(pool=(0, 1, 1))
    assert [len(slot) for slot in slots_of(one, SCENARIO, groups)] == [1] * 6
    assert slots_of(compiled(), SCENARIO, []) == []


def test_every_group_stands_in_one_slot():
    groups = groups_of(compiled(), SCENARIO, CENTRAL)
    slots = slots_of(compiled(), SCENARIO, groups)
    held = [group for slot in slots for group in slot]
    assert len(held) == len(groups)
    assert set(held) == set(groups)


def test_the_cheapest_route_of_each_product_is_one_whose_cost_is_known():
    assert cheapest_routes(compiled(), np.array([NAN, 7.0, 5.0])).tolist() == [1, 2]
    assert cheapest_routes(compiled(), np.array([7.0, 7.0, 5.0])).tolist() == [0, 2]  # a tie


# --- values --------------------------------------------------------------------------------------


def points(central=None, **row):
    [name] = row
    table = ranges(**row)
    asked = Asked(SimpleNamespace(ranges=table), SCENARIO, (0, 0),
                  {name: table["central"].iloc[0] if central is None else central}, np.zeros(1))  # fmt: skip
    return _points(asked, name).tolist()


def test_values_go_beyond_the_range_on_both_sides():
    """A third of the low end, the ends, halfway to the centre, and three times the high end."""
    assert points(a=(90, 100, 130)) == [30.0, 90.0, 95.0, 115.0, 130.0, 390.0]


def test_a_share_goes_from_nothing_to_all():
    assert points(a=(0.2, 0.5, 0.8, "share")) == pytest.approx([0.0, 0.2, 0.35, 0.65, 0.8, 1.0])
    assert points(a=(0.2, 0.5, 1.4, "share of sales"))[-1] == 1.4


def test_what_is_below_0_stays_there():
    assert points(a=(-6, -3, -1.5)) == [-18.0, -6.0, -4.5, -2.25, -1.5, -0.5]


def test_the_ends_of_a_parameter_on_its_way_to_the_long_run_go_with_it():
    """Halfway from 2 to 4: ends halfway from 1 to 3 and from 3 to 9."""
    table = ranges(a=(1, 2, 3), a_long=(3, 4, 9))
    asked = Asked(SimpleNamespace(ranges=table), SCENARIO, (0, 0), {"a": 3.0}, np.zeros(1))
    assert _points(asked, "a")[[1, 4]].tolist() == [2.0, 6.0]


@pytest.mark.parametrize(("unit", "dust"), [("share", 1e-9), ("USD", 1e-6), ("persons", 1e-6)])
def test_a_change_that_is_none(unit, dust):
    assert dust_of(unit) == dust
    assert sign_of(np.array([-2, -1, 0, 1, 2]) * dust, dust).tolist() == [-1, 0, 0, 0, 1]


def test_names_and_titles_are_those_that_a_product_reads():
    common = Group("pass_through", ("pass_through", "pass_through@cars"), -1, prices=False)
    assert name_read(common, RANGES, "cars") == "pass_through@cars"
    assert name_read(common, RANGES, "vans") == "pass_through"
    assert described(common, RANGES.assign(short="P"), "cars") == (
        "pass_through@cars",
        "P",
        "share",
    )
    assert described(common, RANGES, "cars")[1] == "Title"
    labour = Group("labour", ("labour/MEX/cars",), -1, prices=False)
    assert described(labour, RANGES, "cars") == ("labour/*", TITLES["labour"], "")


# --- a grid --------------------------------------------------------------------------------------


class Linear(Asked):
    """Metric 0 of a product is what is left of 100 after its own value and the common number."""

    def all(self, values):
        own = np.stack([values["car/value"], values["van/value"]], axis=1)
        return (100.0 - own - values["pass_through"][:, None])[:, None, :]


GROUPS = {label: Group(label, (label,), market, prices=market >= 0)
          for label, market in (("pass_through", -1), ("car/value", 0), ("van/value", 1))}  # fmt: skip
ASKED = Linear(compiled(), SCENARIO, (0, 0), CENTRAL, np.zeros(2, dtype=np.int64))
SLOTS = [[GROUPS["pass_through"]], [GROUPS["car/value"], GROUPS["van/value"]]]


def test_a_grid_moves_one_slot_at_a_time_and_keeps_the_centre():
    """At the centre 100 - 100 - 0.5 and 100 - 50 - 0.5; the high end of the car takes 30 more."""
    grid = grid_of(ASKED, SLOTS, POINTS)
    assert grid.centre.tolist() == [[-0.5, 49.5]]
    assert [group.label for group in grid.groups] == list(GROUPS)
    high = int(np.flatnonzero(POINTS == 1.0)[0])
    assert grid.metric[1, high, 0, 0] == -30.5
    assert grid.metric[0, high, 0].tolist() == pytest.approx([-0.8, 49.2])
    assert grid.values[1]["car/value"][high] == 130.0
    np.testing.assert_allclose(_swing(grid)[:, 0], [[0.6, 0.6], [40, 20], [40, 20]])


def test_a_grid_of_nothing_has_its_centre():
    grid = grid_of(ASKED, [], POINTS)
    assert grid.metric.shape == (0, len(POINTS), 1, 2)
    assert grid.centre.tolist() == [[-0.5, 49.5]]


def test_slots_that_move_nothing_but_dust_are_left_aside():
    grid = grid_of(ASKED, SLOTS, POINTS)
    kept = chosen_slots(ASKED, grid, SLOTS, np.array([1e-6]))
    assert [[group.label for group in slot] for slot in kept] == [
        ["pass_through"], ["car/value", "van/value"]]  # fmt: skip
    kept = chosen_slots(ASKED, grid, SLOTS, np.array([0.7]))
    assert [[group.label for group in slot] for slot in kept] == [["car/value", "van/value"]]
    assert chosen_slots(ASKED, grid, SLOTS, np.array([99.0])) == []


# --- what turns a number -------------------------------------------------------------------------


def nearest(cell, line):
    grid = grid_of(ASKED, SLOTS, POINTS)
    return _nearest(ASKED, grid, cell, line, "reverses")


def test_the_input_that_turns_a_number_nearest_to_its_centre():
    """The car's -0.5 turns where its value falls below 99.5: before the end of its range, 90."""
    found = nearest((0, 0), 0.0)
    assert (found.group.label, found.name, found.within) == ("car/value", "car/value", True)
    assert (found.inner, found.outer) == (100.0, 95.0)


def test_what_turns_a_number_beyond_a_range_says_so_and_what_nothing_turns_has_none():
    """The van's 49.5 turns at a value of 99.5: beyond 60, before three times that."""
    found = nearest((0, 1), 0.0)
    assert (found.name, found.within) == ("van/value", False)
    assert (found.inner, found.outer) == (60.0, 180.0)
    assert nearest((0, 1), 1e9) is None


def crossing(label, market, inner, outer, line=0.0):
    return Crossing(0, market, line, "reverses", GROUPS[label], label, inner, outer, within=True)


def test_brackets_are_halved_until_the_line_is_near():
    """99.5 for both, from either side, to a thousandth of the bracket."""
    found = [crossing("car/value", 0, 100.0, 95.0), crossing("van/value", 1, 60.0, 180.0)]
    values = _turns(ASKED, found)
    assert values[0] == pytest.approx(99.5, abs=5 / 1000)
    assert values[1] == pytest.approx(99.5, abs=120 / 1000)
    # The end that is told lies beyond the line.
    assert values[0] <= 99.5 <= values[1]
    assert _turns(ASKED, []).tolist() == []


def test_crossings_of_products_that_do_not_see_each_other_share_a_row():
    car, van = crossing("car/value", 0, 1.0, 2.0), crossing("van/value", 1, 1.0, 2.0)
    common = crossing("pass_through", 0, 1.0, 2.0)
    assert _packed(ASKED, [car, van]).tolist() == [0, 0]
    assert _packed(ASKED, [car, car, van]).tolist() == [0, 1, 0]
    # The common number is read by vans alone: cars have one of their own.
    assert _packed(ASKED, [common, car, van]).tolist() == [0, 0, 1]
    one = Linear(compiled(pool=(0, 1, 1)), SCENARIO, (0, 0), CENTRAL, np.zeros(2))
    assert _packed(one, [car, van]).tolist() == [0, 1]
