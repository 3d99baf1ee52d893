"""What moves an output: swings, the worst tenth and its boxes in the words of the inputs."""

import numpy as np
import pandas as pd
import pytest

from exposure.sweeps.discovery import Box
from exposure.sweeps.drivers import (
    BOXES,
    SOBOL,
    SWINGS,
    _limits,
    _moves,
    _searched,
    boxes_of_worst,
    shares_of_variance,
    swings_of_outputs,
    worst_tenth,
)
from exposure.sweeps.reading import open_sweep
from exposure.sweeps.survey import Survey
from tests.reports import made_sweep

NAN, ENDLESS = float("nan"), float("inf")
KINDS = pd.DataFrame(
    {"name": ["rate", "way", "flag", "day", "draw"],
     "kind": ["number", "option", "option", "day", "draw"]}
)  # fmt: skip
DAYS = ["2025-12-15", "2025-04-10", "2026-03-01"]
LEVELS = {
    "rate": np.array([0.0, 0.1, 0.2]), "way": np.array(["a", "b", "c"], dtype=object),
    "flag": np.array(["on", "off"], dtype=object), "day": np.array(DAYS, dtype=object),
    "draw": np.array([0, 1]),
}  # fmt: skip


def surveyed(sample):
    return Survey(LEVELS, pd.DataFrame(), sample)


# --- swings ----------------------------------------------------------------------------------

GRID = pd.DataFrame(
    {
        "rate": [0.0, 0.1, 0.2] * 2, "way": ["a"] * 3 + ["b"] * 3,
        "cost": [10.0, 20.0, 30.0, 11.0, 21.0, 31.0], "flat": [5.0] * 6,
        "dusty": [1e9, 1e9 + 0.1, 1e9] * 2, "part": [1.0, NAN, 1.0, 1.0, 2.0, NAN],
    }
)  # fmt: skip


def test_swings_of_numbers_and_of_words():
    found = swings_of_outputs(GRID, ["way", "rate"], ["cost"], GRID)
    assert list(found.columns) == list(SWINGS)
    number, words = found.to_dict("records")
    # At the ends of the rate the medians are 10.5 and 30.5; of the words 20 and 21.
    assert (number["input"], number["low"], number["high"]) == ("rate", 0.0, 0.2)
    assert (number["at_low"], number["at_high"], number["swing"]) == (10.5, 30.5, 20.0)
    assert (number["low_word"], number["high_word"]) == ("", "")
    assert (words["low_word"], words["high_word"], words["swing"]) == ("a", "b", 1.0)
    assert np.isnan([words["low"], words["high"]]).all()


def test_each_output_has_all_inputs_and_none_without_a_row():
    found = swings_of_outputs(GRID, ["way", "rate"], ["cost", "flat"], GRID)
    assert found["name"].tolist() == ["cost"] * 2 + ["flat"] * 2
    assert found.loc[found["name"] == "flat", "moves"].tolist() == [False, False]
    for sample, moved, shown in ((GRID.iloc[:0], ["rate"], ["cost"]), (GRID, [], ["cost"]),
                                 (GRID, ["rate"], [])):  # fmt: skip
        empty = swings_of_outputs(sample, moved, shown, GRID)
        assert list(empty.columns) == list(SWINGS)
        assert len(empty) == 0


@pytest.mark.parametrize(
    ("one", "output", "moves"),
    [
        ("rate", "cost", True), ("way", "cost", True), ("rate", "flat", False),
        # Less than a billionth of the size is rounding.
        ("rate", "dusty", False), ("way", "dusty", False),
        # Two known values that differ are enough; what is not known says nothing.
        ("way", "part", False), ("rate", "part", True),
    ],
)  # fmt: skip
def test_an_input_moves_an_output_where_it_alone_changes_it(one, output, moves):
    assert _moves(GRID, ["rate", "way"], one, output) == moves


def test_the_only_input_moves_what_is_not_flat():
    assert _moves(GRID, ["rate"], "rate", "cost")
    assert not _moves(GRID, ["rate"], "rate", "flat")


def test_without_a_grid_every_input_may_move():
    found = swings_of_outputs(GRID, ["rate", "way"], ["flat"], GRID.iloc[:0])
    assert found["moves"].tolist() == [True, True]


# --- the worst tenth -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values", "found"),
    [
        # Of 0 to 10 the highest tenth begins at 9, of what should be high the lowest ends at 1.
        ("duty_bill_usd", range(11), ("above", 9.0)),
        ("volume_change_share", range(11), ("below", 1.0)),
        ("jobs_predicted_fte", [*range(11), NAN], ("below", 1.0)),
        ("", [3.0], ("above", 3.0)),
        ("", [NAN, NAN], ("above", NAN)),
    ],
)
def test_the_worst_tenth_lies_where_it_hurts(kind, values, found):
    outputs = pd.DataFrame({"name": ["other", "out"], "kind": ["x", kind]})
    sample = pd.DataFrame({"out": np.array(list(values), dtype=float)})
    side, start = worst_tenth(outputs, surveyed(sample), ["out", "other"])
    assert side == found[0]
    assert start == pytest.approx(found[1], nan_ok=True)


def test_without_an_output_there_is_no_worst():
    side, start = worst_tenth(pd.DataFrame(), surveyed(pd.DataFrame()), [])
    assert side == ""
    assert np.isnan(start)


# --- inputs as numbers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "column", "found"),
    [
        ("rate", "number", [0.2, 0.0], [("", [0.2, 0.0])]),
        # Days by their order in time, not by that in which they appear.
        ("day", "day", ["2026-03-01", "2025-04-10", "2025-12-15"], [("", [2.0, 0.0, 1.0])]),
        # Of two options one says all; of three each is asked for.
        ("flag", "option", ["on", "off"], [("on", [1.0, 0.0])]),
        ("way", "option", ["a", "c"], [("a", [1.0, 0.0]), ("b", [0.0, 0.0]), ("c", [0.0, 1.0])]),
        # The number of a draw is no input.
        ("draw", "draw", [0, 1], []),
    ],
)
def test_inputs_are_searched_as_numbers(name, kind, column, found):
    made = _searched(pd.Series(column, name=name), kind, surveyed(pd.DataFrame()))
    assert [(word, values.tolist()) for word, values in made] == found


def limited(name, word, low, high):
    box = Box({"0": (low, high)}, coverage=0.5, density=0.75, support=0.25, rows=8, dropped=0)
    [row] = _limits(box, 1, {"0": (name, word)}, KINDS, surveyed(pd.DataFrame()))
    return row


@pytest.mark.parametrize(
    ("ends", "side", "low", "high"),
    [
        ((0.1, ENDLESS), "least", 0.1, NAN), ((-ENDLESS, 0.1), "most", NAN, 0.1),
        ((0.1, 0.2), "between", 0.1, 0.2), ((0.1, 0.1), "at", 0.1, 0.1),
    ],
)  # fmt: skip
def test_a_limit_of_a_number_has_a_side_and_no_endless_end(ends, side, low, high):
    row = limited("rate", "", *ends)
    assert row["side"] == side
    assert [row["low"], row["high"]] == pytest.approx([low, high], nan_ok=True)
    assert (row["low_word"], row["high_word"]) == ("", "")
    assert (row["coverage"], row["density"], row["support"]) == (0.5, 0.75, 0.25)


@pytest.mark.parametrize(
    ("name", "word", "ends", "side", "said"),
    [
        ("flag", "on", (1.0, ENDLESS), "is", "on"),
        # Not on is off where there is no third.
        ("flag", "on", (-ENDLESS, 0.0), "is", "off"),
        ("way", "b", (1.0, ENDLESS), "is", "b"),
        ("way", "b", (-ENDLESS, 0.0), "is_not", "b"),
    ],
)
def test_a_limit_of_an_option_is_its_name(name, word, ends, side, said):
    row = limited(name, word, *ends)
    assert (row["side"], row["low_word"]) == (side, said)
    assert np.isnan([row["low"], row["high"]]).all()


@pytest.mark.parametrize(
    ("ends", "side", "low", "high"),
    [
        ((1.0, ENDLESS), "least", "2025-12-15", ""), ((-ENDLESS, 1.0), "most", "", "2025-12-15"),
        ((0.0, 1.0), "between", "2025-04-10", "2025-12-15"),
    ],
)  # fmt: skip
def test_a_limit_of_days_is_days(ends, side, low, high):
    row = limited("day", "", *ends)
    assert (row["side"], row["low_word"], row["high_word"]) == (side, low, high)


def test_boxes_by_hand():
    """Of 200 rows the 30 that cost most are those with way c and a rate of 0.2."""
    rate = np.repeat([0.0, 0.1, 0.2, 0.2, 0.2], 40)
    way = np.tile(["c", "a", "b", "a"], 50)
    cost = np.where((rate == 0.2) & (way == "c"), 100.0, 1.0)
    sample = pd.DataFrame({"rate": rate, "way": way, "cost": cost})
    found = boxes_of_worst(surveyed(sample), KINDS.iloc[:2], ["cost"], "above", 50.0)
    assert list(found.columns) == list(BOXES)
    assert found["input"].tolist() == ["rate", "way"]
    assert found["side"].tolist() == ["least", "is"]
    assert found["low"].iloc[0] == 0.2
    assert found["low_word"].tolist() == ["", "c"]
    # All of them lie inside, and nothing else: 30 of 200.
    assert set(zip(found["coverage"], found["density"], found["support"], strict=True)) == {
        (1.0, 1.0, 0.15)
    }


def test_where_nothing_is_worst_there_is_no_box():
    sample = pd.DataFrame({"rate": [0.0, 0.1], "cost": [1.0, 1.0]})
    for shown, start in (([], 1.0), (["cost"], NAN), (["cost"], 5.0)):
        found = boxes_of_worst(surveyed(sample), KINDS.iloc[:1], shown, "above", start)
        assert list(found.columns) == list(BOXES)
        assert len(found) == 0


def test_shares_of_variance_come_only_from_a_design_for_them(tmp_path):
    table = open_sweep(made_sweep.write(tmp_path / "out", made_sweep.points(30), kind="points"))
    found = shares_of_variance(table, [made_sweep.BILL])
    assert list(found.columns) == list(SOBOL)
    assert len(found) == 0
