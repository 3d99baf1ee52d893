"""What holds of maps, bands, swings and flips whatever the rows: sums, order, scale, mirror."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import QueryError
from exposure.sweeps.analysis import (
    BINS,
    MOST,
    _swing,
    bands,
    flip,
    heat_map,
    known_values,
    levels_of,
    must_be_filled,
    tornado,
)

NAN = float("nan")
FEW = settings(max_examples=12, deadline=None)
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.sampled_from([0.0, 1.0, 2.5, NAN])),
    min_size=1, max_size=20,
).map(lambda rows: pd.DataFrame(rows, columns=["x", "way", "out"]))  # fmt: skip


def inner(table):
    return table.to_numpy(dtype=float)


# --- maps and bands --------------------------------------------------------------------------


@given(frame=ROWS)
@FEW
def test_counts_of_a_map_are_all_rows_that_are_known(frame):
    found = heat_map(frame, "x", "way", "out", "count")
    assert found.to_numpy().sum() + found.attrs["dropped"] == len(frame)
    assert found.attrs["dropped"] == frame["out"].isna().sum()
    turned = heat_map(frame, "way", "x", "out", "count")
    assert (turned.to_numpy() == found.to_numpy().T).all()


@given(frame=ROWS)
@FEW
def test_a_cell_lies_between_its_ends(frame):
    low, middle, mean, high = (
        inner(heat_map(frame, "x", "way", "out", name)) for name in ("min", "median", "mean", "max")
    )
    empty = np.isnan(low)
    for values in (middle, mean, high):
        assert (np.isnan(values) == empty).all()
    assert (low[~empty] <= middle[~empty]).all() and (middle[~empty] <= high[~empty]).all()
    assert (mean[~empty] <= high[~empty] + 1e-12).all()


@given(frame=ROWS)
@FEW
def test_bands_hold_every_row_once_and_rise_with_their_quantiles(frame):
    found = bands(frame, "x", "out", (0.0, 0.5, 1.0))
    assert found["rows"].sum() + found["dropped"].sum() == len(frame)
    assert found.attrs["dropped"] == found["dropped"].sum()
    known = found[found["rows"] > 0]
    assert ((known["p0"] <= known["p50"]) & (known["p50"] <= known["p100"])).all()
    # A value of which no row is known is kept, and its quantiles are not known.
    assert found["x"].tolist() == sorted(set(frame["x"]))
    assert found.loc[found["rows"] == 0, "p50"].isna().all()


@pytest.mark.parametrize("times", [2.0, -1.0, 1000.0])
def test_a_larger_unit_makes_larger_swings_and_no_other_order(times):
    stream = np.random.default_rng(5)
    frame = pd.DataFrame(stream.random((200, 2)), columns=["a", "b"])
    frame["out"] = 5 * frame["a"] - 2 * frame["b"]
    found = tornado(frame, ["a", "b"], "out")
    scaled = tornado(frame.assign(out=times * frame["out"] + 7), ["a", "b"], "out")
    assert scaled["input"].tolist() == found["input"].tolist() == ["a", "b"]
    assert scaled["swing"].tolist() == pytest.approx((times * found["swing"]).tolist())


# --- levels ----------------------------------------------------------------------------------


@given(values=st.lists(st.integers(0, 300), min_size=1, max_size=120), bins=st.integers(2, 20))
@FEW
def test_bins_are_parts_of_the_line_in_order(values, bins):
    frame = pd.DataFrame({"x": values})
    found = levels_of(frame, "x", 5, bins)
    column = frame["x"].to_numpy()
    assert (found.low[found.codes] <= column).all()
    assert (column <= found.high[found.codes]).all()
    assert (found.high[:-1] < found.low[1:]).all(), "a value lies in one bin"
    assert (np.bincount(found.codes) > 0).all(), "none is empty"
    assert len(found.low) <= max(bins, 5)
    assert (found.low <= found.labels).all() and (found.labels <= found.high).all()


def test_forty_values_are_steps_and_forty_one_are_bins():
    for count in (MOST, MOST + 1):
        found = levels_of(pd.DataFrame({"x": np.arange(count)}), "x", MOST, BINS)
        assert len(found.low) == (MOST if count == MOST else BINS)


def test_words_are_steps_however_many_and_in_the_order_of_the_alphabet():
    words = [f"w{number:02}" for number in range(60)][::-1]
    found = levels_of(pd.DataFrame({"x": words}), "x", MOST, BINS)
    assert found.labels.tolist() == sorted(words)
    assert found.codes.tolist() == list(range(60))[::-1]


# --- swings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "values", "found"),
    [
        ([0.0, 1.0, 2.0], [5.0, 9.0, 3.0], (0.0, 2.0, 5.0, 3.0)),
        # One value is both ends.
        ([4.0, 4.0], [1.0, 3.0], (4.0, 4.0, 2.0, 2.0)),
        (["b", "a", "b"], [1.0, 9.0, 3.0], ("b", "a", 2.0, 9.0)),
        # Of words with equal medians the first of the alphabet.
        (["b", "a"], [1.0, 1.0], ("a", "a", 1.0, 1.0)),
    ],
)
def test_ends_of_an_input_by_hand(column, values, found):
    assert _swing(pd.Series(column), np.array(values), (0.1, 0.9)) == found


def test_an_input_without_a_known_row_has_no_ends():
    assert np.isnan(_swing(pd.Series([], dtype=float), np.empty(0), (0.1, 0.9))).all()


# --- flips -----------------------------------------------------------------------------------


@given(values=st.lists(st.sampled_from([-2.0, -1.0, 1.0, 2.0, NAN]), min_size=2, max_size=8))
@FEW
def test_a_flip_of_the_mirror_image_is_at_the_same_place(values):
    frame = pd.DataFrame({"x": np.arange(len(values)), "out": values})
    found, mirror = (flip(frame.assign(out=sign * frame["out"]), ["x"], "out", 0.0).iloc[0]
                     for sign in (1, -1))  # fmt: skip
    assert found["crossings"] == mirror["crossings"]
    assert found["dropped"] == frame["out"].isna().sum()
    assert found["x"] == pytest.approx(mirror["x"], nan_ok=True)
    other = {"above": "below", "below": "above", "": ""}
    assert other[found["always"]] == mirror["always"]


@given(level=st.sampled_from([0.25, 1.0, 2.5]), times=st.sampled_from([0.5, 3.0]))
@FEW
def test_a_flip_does_not_hang_on_the_units(level, times):
    """Of out = x the level is crossed where x is the level."""
    frame = pd.DataFrame({"x": np.arange(5.0), "out": np.arange(5.0)})
    found = flip(frame.assign(x=times * frame["x"]), ["x"], "out", level)["x"].iloc[0]
    assert found == pytest.approx(times * level)
    scaled = flip(frame.assign(out=times * frame["out"]), ["x"], "out", times * level)["x"].iloc[0]
    assert scaled == pytest.approx(level)


def test_lines_of_a_flip_stand_in_the_order_of_the_others():
    frame = pd.DataFrame({"way": ["b", "b", "a", "a"], "x": [1.0, 0.0, 0.0, 1.0],
                          "out": [1.0, -1.0, 5.0, 6.0]})  # fmt: skip
    found = flip(frame, ["way", "x"], "out", 0.0)
    assert found["way"].tolist() == ["a", "b"]
    assert found["always"].tolist() == ["above", ""]
    assert found["x"].tolist()[1] == 0.5


# --- what is read ----------------------------------------------------------------------------


def test_known_values_are_finite_whatever_the_type():
    for column in ([1, 2], [1.5, NAN], [np.inf, 0.0], pd.array([1, None], dtype="Int64"),
                   [True, False]):  # fmt: skip
        values, known = known_values(pd.DataFrame({"out": column}), "out")
        assert values.dtype == np.float64
        assert known.tolist() == np.isfinite(values).tolist()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda f: known_values(f, "outt"), "output: no column 'outt' (nearest: out)"),
        (lambda f: known_values(f, "way"), "way: 'way' holds words (a column of numbers)"),
        (lambda f: must_be_filled(f, ["x"]), "x: 2 empty cells (an input has none)"),
        (lambda f: must_be_filled(f, ["z"]), "inputs: no column 'z' (known: x, way, out)"),
        (lambda f: bands(f, "out", "out", ()), "bands: quantiles () (from 0 to 1)"),
        (lambda f: bands(f, "out", "out", (0.5, 1.5)), "bands: quantiles (0.5, 1.5) (from 0 to 1)"),
        (lambda f: tornado(f, ["out"], "out", 0.9, 0.1),
         "tornado: ends 0.9 and 0.1 (0 <= low < high <= 1)"),
        (lambda f: heat_map(f, "way", "way", "out"),
         "heat map: 'way' on both sides (two inputs)"),
        (lambda f: heat_map(f, "way", "out", "out", "mode"),
         "heat map: no statistic 'mode' (median, mean, min, max, std, count)"),
        (lambda f: flip(f, [], "out", 0.0), "flip: no input (one or more)"),
        (lambda f: flip(f, ["way"], "out", 0.0), "way: 'way' holds words (a column of numbers)"),
        (lambda f: flip(f.assign(x=[1, 2, 3]).iloc[[0, 0]], ["x"], "out", 0.0),
         "flip: several rows with the same inputs (more inputs than x)"),
        (lambda f: flip(f, ["way", "out"], "out", 0.0),
         "flip: no two rows differ in out alone (rows of a grid)"),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wrong_and_what_is_allowed(call, said):
    frame = pd.DataFrame({"x": [1.0, NAN, NAN], "way": ["a", "b", "c"], "out": [0.0, 1.0, 2.0]})
    with pytest.raises(QueryError) as caught:
        call(frame)
    assert str(caught.value) == said
