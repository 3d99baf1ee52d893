"""Where an output changes its sign and routes change places: between computed levels, by hand."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exposure.sweeps.turns as module
from exposure.sweeps.reading import open_sweep
from exposure.sweeps.summary import sweep_tables
from exposure.sweeps.turns import (
    AT,
    LANDED,
    _crossed,
    _few,
    _routes,
    _same_at_all,
    _turns,
    no_turns,
)
from tests.reports import made_sweep

NAN = float("nan")
FEW = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize(
    ("low", "high", "turns"),
    [
        (-1.0, 1.0, True), (0.0, 1.0, False), (-1.0, 0.0, False), (1.0, 2.0, False),
        # Less than a billionth of the size is the rounding of nothing.
        (-1e-10, 1.0, False), (-1.0, 1e-10, False), (-2e-9, 1.0, True), (0.0, 0.0, False),
        (NAN, NAN, False),
    ],
)  # fmt: skip
def test_an_output_turns_where_it_has_both_signs(low, high, turns):
    assert _turns(low, high) == turns


# --- along one line --------------------------------------------------------------------------


def crossed(levels, values):
    rows = pd.DataFrame({"rate": levels})
    found = _crossed(rows, [], "rate", pd.Series(values, dtype=float))
    return [
        (row.always,) if row.always else (row.turns_from, row.turns_to)
        for row in found.itertuples(index=False)
    ]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([-1, -1, 1, 1], [(1, 2)]),
        ([1, -1, 1, -1], [(0, 1), (1, 2), (2, 3)]),
        ([1, 2, 3, 4], [("above",)]),
        ([-1, -2, -3, -4], [("below",)]),
        # Nothing has the sign of what follows: a turn over it spans it.
        ([-1, 0, 0, 1], [(0, 3)]),
        # A line that only ends in nothing, or begins with it, does not turn.
        ([1, 1, 0, 0], [("above",)]),
        ([0, -1, -1, 0], [("below",)]),
        ([1, 0, 1, 1], [("above",)]),
        ([0, 0, 0, 0], []),
        # What is not known is passed over.
        ([-1, NAN, 1, 1], [(0, 2)]),
        ([NAN, NAN, NAN, 2], [("above",)]),
        ([NAN] * 4, []),
        ([np.inf, -1, -1, 1], [(2, 3)]),
    ],
)
def test_turns_by_hand(values, found):
    assert crossed(range(4), values) == found


def test_levels_are_followed_upwards_whatever_the_order_of_rows():
    assert crossed([3, 0, 2, 1], [1, -1, 1, -1]) == crossed([0, 1, 2, 3], [-1, -1, 1, 1])


@given(values=st.lists(st.integers(-2, 2), min_size=1, max_size=8))
@FEW
def test_turns_are_those_of_the_signs_that_are_not_nothing(values):
    signs = [value for value in np.sign(values) if value]
    turns = sum(a != b for a, b in pairwise(signs))
    found = crossed(range(len(values)), values)
    if not signs:
        assert found == []
    elif turns:
        assert len(found) == turns
    else:
        assert found == [("above" if signs[0] > 0 else "below",)]
    # The mirror image of an output turns at the same places.
    mirror = crossed(range(len(values)), [-value for value in values])
    assert [pair for pair in mirror if len(pair) == 2] == [pair for pair in found if len(pair) == 2]


def test_each_combination_of_the_others_is_a_line_of_its_own():
    rows = pd.DataFrame({"way": ["a", "b", "a", "b"], "rate": [0.0, 0.0, 1.0, 1.0]})
    found = _crossed(rows, ["way"], "rate", pd.Series([-1.0, 1.0, 1.0, 1.0]))
    assert found[f"{AT}way"].tolist() == ["a", "b"]
    assert found["always"].tolist() == ["", "above"]
    assert found["turns_from"].tolist()[0] == 0.0
    assert np.isnan(found["turns_from"].tolist()[1])


# --- the same everywhere ---------------------------------------------------------------------


def table_of(*rows):
    return pd.DataFrame(rows, columns=[f"{AT}years", "turns_from", "turns_to", "always"])


def test_turns_that_are_the_same_at_all_levels_are_told_once_without_the_level():
    found = _same_at_all(
        table_of((1.0, 0.1, 0.2, ""), (3.0, 0.1, 0.2, ""), (1.0, 0.5, 0.6, "")), f"{AT}years", 2
    )
    assert found["turns_from"].tolist() == [0.1, 0.5]
    assert np.isnan(found[f"{AT}years"].iloc[0])
    assert found[f"{AT}years"].iloc[1] == 1.0


def test_a_line_that_never_turns_at_any_level_is_told_once():
    """Two unknown ends are the same ends."""
    found = _same_at_all(
        table_of((1.0, NAN, NAN, "above"), (3.0, NAN, NAN, "above")), f"{AT}years", 2
    )
    assert found["always"].tolist() == ["above"]


def test_words_are_left_empty_and_a_single_level_stays():
    words = table_of(("a", 0.1, 0.2, ""), ("b", 0.1, 0.2, ""))
    assert _same_at_all(words, f"{AT}years", 2)[f"{AT}years"].tolist() == [""]
    assert _same_at_all(words, f"{AT}years", 3)[f"{AT}years"].tolist() == ["a", "b"]
    one = table_of((1.0, 0.1, 0.2, ""))
    assert _same_at_all(one, f"{AT}years", 1)[f"{AT}years"].tolist() == [1.0]
    assert _same_at_all(one.iloc[:0], f"{AT}years", 2).empty


# --- where it is looked ----------------------------------------------------------------------

KIND = {"way": "option", "day": "day", "up": "number", "rest": "number"}


def others(**sizes):
    return {name: np.arange(float(size)) for name, size in sizes.items()}


def kept(axes, **sizes):
    return {name: len(v) for name, v in _few(others(**sizes), axes, KIND).items()}


@pytest.mark.parametrize(
    ("axes", "sizes", "found"),
    [
        # The second axis at five levels, all else in the middle, options whole.
        (["up"], {"way": 3, "up": 9, "rest": 9}, {"way": 3, "up": 5, "rest": 1}),
        (["up"], {"way": 6, "up": 2, "rest": 9}, {"way": 6, "up": 2, "rest": 1}),
        # 15 ways: 15 x 5 = 75 lines are too many, 15 x 2 = 30 are not.
        (["up"], {"way": 15, "up": 9, "rest": 9}, {"way": 15, "up": 2, "rest": 1}),
        (["up"], {"way": 20, "up": 9, "rest": 9}, {"way": 20, "up": 1, "rest": 1}),
        # More options than lines: one of them.
        (["up"], {"way": 31, "up": 9, "rest": 9}, {"way": 1, "up": 1, "rest": 1}),
        (["day"], {"day": 4, "up": 9}, {"day": 4, "up": 1}),
    ],
)
def test_at_most_thirty_lines_are_followed(axes, sizes, found):
    assert kept(axes, **sizes) == found


def test_an_input_that_stays_stays_in_the_middle():
    found = _few(others(rest=9, up=9), ["up"], KIND)
    assert found["rest"].tolist() == [4.0]
    assert found["up"].tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert _few(others(rest=4), [], KIND)["rest"].tolist() == [2.0]


def routes(**costs):
    sample = pd.DataFrame(costs)
    outputs = pd.DataFrame(
        {"name": list(costs), "kind": LANDED, "median": sample.median().tolist()}
    )
    return _routes(outputs, sample)


def test_routes_of_a_product_are_paired_those_that_win_first():
    assert routes(**{"car/a": [3.0, 3.0, 1.0], "car/b": [2.0, 2.0, 2.0], "van/c": [1.0] * 3}) == [
        ("car/b", "car/a")
    ]
    assert routes(**{"car/a": [1.0]}) == []


def test_three_routes_of_four_are_compared():
    found = routes(
        **{"car/a": [9.0, 9.0, 9.0], "car/b": [1.0, 5.0, 5.0], "car/c": [5.0, 1.0, 5.0],
           "car/d": [6.0, 6.0, 2.0]}
    )  # fmt: skip
    assert found == [("car/b", "car/c"), ("car/b", "car/d"), ("car/c", "car/d")]


def test_a_scenario_in_which_a_route_is_not_known_decides_nothing():
    # Known in one scenario only, and there it loses; the other scenarios are no win.
    assert routes(**{"car/a": [NAN, NAN, 3.0], "car/b": [1.0, 1.0, 2.0]}) == [("car/b", "car/a")]


def test_a_table_without_a_turn_has_all_columns():
    empty = no_turns(pd.DataFrame({"name": ["way", "rate"]}))
    assert list(empty.columns) == ["name", "other", "along", f"{AT}way", f"{AT}rate", "turns_from",
                                   "turns_to", "always"]  # fmt: skip


def test_turns_of_a_sweep_by_closed_form(tmp_path, monkeypatch):
    """Jobs are 4000 japan - 10000 korea + 1500; at japan 0.1 they turn at korea 0.19."""
    monkeypatch.setattr(module, "TURN_LEVELS", 2)
    inputs = {
        "korea_rate": ("fraction", "Korea", np.linspace(0, 0.6, 31)),
        "s232/japan": ("fraction", "Japan", np.array([0.1, 0.4])),
        "years": ("years", "Years", np.array([1.0])),
    }
    table = open_sweep(made_sweep.write(tmp_path / "out", made_sweep.grid(inputs)))
    found = sweep_tables(table, output=made_sweep.JOBS)["sweep_flip"]
    jobs = found[found["name"] == made_sweep.JOBS]
    # 0.19 lies between 0.18 and 0.20; with japan 0.4 it is 0.31, between 0.30 and 0.32.
    assert jobs["turns_from"].tolist() == pytest.approx([0.18, 0.30])
    assert jobs["turns_to"].tolist() == pytest.approx([0.20, 0.32])
    assert jobs[f"{AT}s232/japan"].tolist() == [0.1, 0.4]
    # By sea 20000 + 9000 korea, by air 22100 + 1000 korea: equal at 0.2625, wherever japan stands.
    # Air wins above, 17 of 31 levels, and is named first.
    routes = found[found["name"] == made_sweep.AIR]
    assert routes["other"].tolist() == [made_sweep.SEA]
    assert routes["turns_from"].tolist() == pytest.approx([0.26])
    assert routes[f"{AT}s232/japan"].isna().all()
