"""The steps of a search for boxes: a slice, a peel, what chance explains, the words of a limit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.sweeps.analysis import Levels
from exposure.sweeps.discovery import (
    _between,
    _box,
    _Edges,
    _parts,
    _pasted,
    _peeled,
    _share,
    _significant,
    _slice,
    _tally,
    _value,
    discover,
)

INF = np.inf
FEW = settings(max_examples=25, deadline=None)


def edges(*pairs):
    low, high = zip(*pairs, strict=True)
    return _Edges(np.array(low), np.array(high))


def ends(box):
    return list(zip(box.low.tolist(), box.high.tolist(), strict=True))


# --- slices ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "side", "quota", "found"),
    [
        # Steps of 2, 3, 5 rows: as many as the quota holds, from the first or from the last.
        ([2, 3, 5], 0, 5, (2, 5)), ([2, 3, 5], 0, 4, (1, 2)), ([2, 3, 5], 1, 9, (2, 8)),
        # One step at least, however thick.
        ([2, 3, 5], 0, 1, (1, 2)), ([2, 3, 5], 1, 1, (1, 5)),
        # Empty steps are gone over for nothing, but one that is not is taken.
        ([0, 0, 3, 1], 0, 1, (3, 3)), ([4, 0, 0], 1, 2, (3, 4)), ([1, 0, 0, 9], 0, 1, (3, 1)),
        ([0, 0], 0, 5, (0, 0)), ([], 0, 5, (0, 0)), ([2, 3], 0, 100, (2, 5)),
    ],
)  # fmt: skip
def test_a_slice_holds_its_quota_or_one_step(counts, side, quota, found):
    rows = np.array(counts, dtype=int)
    levels, held, wins = _slice((rows, rows // 2), side, quota)
    assert (levels, held) == found
    part = (rows[::-1] if side else rows)[:levels]
    assert held == part.sum()
    assert wins == (part // 2).sum()


def test_rows_and_hits_are_counted_step_by_step():
    codes, hit = np.array([0, 2, 2, 0], dtype=np.int16), np.array([True, False, True, True])
    counts, wins = _tally(codes, hit, 3)
    assert counts.tolist() == [2, 0, 2, 0]
    assert wins.tolist() == [2, 0, 1, 0]


# --- edges -----------------------------------------------------------------------------------


def test_edges_know_what_lies_outside_and_which_inputs_they_limit():
    box, codes = edges((1, 2), (0, 3)), np.array([[0, 1, 3], [3, 0, 4]], dtype=np.int16)
    assert box.outside(codes).tolist() == [[True, False, True], [False, False, True]]
    assert box.limited(np.array([3, 3])).tolist() == [0]
    assert box.limited(np.array([3, 9])).tolist() == [0, 1]
    moved = box.moved(1, 0, 2)
    assert ends(moved) == [(1, 2), (2, 3)]
    assert ends(box) == [(1, 2), (0, 3)], "edges are made anew"


def test_parts_of_a_box_by_hand():
    codes = np.array([[0, 0, 1, 1, 1]], dtype=np.int16)
    hit = np.array([True, False, True, True, False])
    # Inside are three of five rows and two of three hits.
    assert _parts(codes, hit, edges((1, 1))) == pytest.approx((2 / 3, 2 / 3, 3 / 5))
    assert _parts(codes, hit, edges((0, 1))) == pytest.approx((1.0, 3 / 5, 1.0))


@given(low=st.integers(0, 4), high=st.integers(0, 4), bits=st.integers(1, 2**10 - 1))
@FEW
def test_parts_hang_together(low, high, bits):
    """Coverage times all hits is density times the rows inside."""
    low, high = sorted((low, high))
    codes = np.tile(np.arange(5, dtype=np.int16), 2)[None, :]
    hit = np.array([bool(bits >> place & 1) for place in range(10)])
    coverage, density, support = _parts(codes, hit, edges((low, high)))
    assert coverage * hit.sum() == pytest.approx(density * support * 10)
    assert support == 2 * (high - low + 1) / 10


# --- peel, paste, chance ---------------------------------------------------------------------


def line(size, hits):
    """Rows with one input, a step a row; ``hits`` are the steps of interest."""
    codes = np.arange(size, dtype=np.int16)[None, :]
    return codes, np.isin(np.arange(size), hits), np.array([size - 1])


def test_a_peel_stops_at_the_best_box_and_never_below_the_least_support():
    codes, hit, tops = line(20, range(10, 15))
    found = _peeled(codes, hit, tops, 0.05, 1)
    assert ends(found) == [(10, 14)]
    # A support of ten rows: five without a hit stay, and all hits do.
    [(low, high)] = ends(_peeled(codes, hit, tops, 0.05, 10))
    assert high - low + 1 == 10
    assert low <= 10 and high >= 14


def test_a_peel_is_judged_by_its_rise_for_each_row():
    """Ten rows raise the share from 15/20 to 1, 0.025 a row; one row to 15/19, by 0.039."""
    codes = np.stack([np.repeat([0, 1], 10), np.arange(20) > 0]).astype(np.int16)
    hit = np.arange(20) >= 5
    found = _peeled(codes, hit, np.array([1, 1]), 0.05, 1)
    assert ends(found) == [(1, 1), (1, 1)], "the single row goes first, then the ten"


def test_a_box_of_hits_only_is_not_peeled():
    codes, hit, tops = line(8, range(8))
    assert ends(_peeled(codes, hit, tops, 0.5, 1)) == [(0, 7)]


def test_pasting_adds_what_does_not_lower_the_density():
    codes, hit, tops = line(20, range(10, 15))
    assert ends(_pasted(codes, hit, tops, 0.05, edges((12, 13)))) == [(10, 14)]
    # Without a limit there is nothing to paste.
    assert ends(_pasted(codes, hit, tops, 0.05, edges((0, 19)))) == [(0, 19)]


def test_limits_that_chance_explains_are_dropped_the_weakest_first():
    """The first input decides; the second leaves out two rows of forty, of which one is hit."""
    first = np.repeat([0, 1], 20).astype(np.int16)
    second = np.tile(np.arange(20), 2).astype(np.int16)
    hit = first == 1
    tops = np.array([1, 19])
    found = _significant(np.stack([first, second]), hit, tops, edges((1, 1), (1, 19)))
    assert ends(found) == [(1, 1), (0, 19)]
    # With one row in the box, even that which decides may be chance: 1 of 2 without the limit.
    few = np.array([[0, 1]], dtype=np.int16)
    found = _significant(few, np.array([False, True]), np.array([1]), edges((1, 1)))
    assert ends(found) == [(0, 1)]


def test_limits_are_values_of_the_input_and_open_ends_are_endless():
    steps = [
        Levels(np.array([0, 1, 2]), np.array([1.0, 2.0, 4.0]), np.array([1.5, 3.0, 5.0])),
        Levels(np.array([0, 0, 1]), np.array([0.0, 9.0]), np.array([0.0, 9.0])),
    ]
    box = _box(["a", "b"], steps, edges((1, 2), (0, 1)), (0.5, 0.75, 0.25), 2)
    assert box.limits == {"a": (2.0, INF)}
    assert (box.coverage, box.density, box.support) == (0.5, 0.75, 0.25)
    assert (box.rows, box.dropped) == (3, 2)
    assert _box(["a", "b"], steps, edges((0, 1), (1, 1)), (1, 1, 1), 0).limits == {
        "a": (-INF, 3.0), "b": (9.0, INF),
    }  # fmt: skip


@given(shift=st.integers(-5, 5), times=st.sampled_from([0.5, 2.0, 1000.0]))
@settings(max_examples=6, deadline=None)
def test_a_box_does_not_hang_on_the_unit_of_the_output(shift, times):
    value = np.tile(np.arange(10.0), 20)
    frame = pd.DataFrame({"rate": value, "out": times * (value >= 7) + shift})
    [box] = discover(frame, ["rate"], "out", above=shift + times / 2, boxes=1)
    assert box.limits == {"rate": (7.0, INF)}
    assert (box.coverage, box.density, box.support) == (1.0, 1.0, 0.3)
    # Less than a level of the mirror image is more than it.
    [mirror] = discover(frame.assign(out=-frame["out"]), ["rate"], "out",
                        below=-shift - times / 2, boxes=1)  # fmt: skip
    assert mirror == box


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "unit", "said"),
    [
        ((0.1, INF), "fraction", "at 10 % or more"), ((-INF, 0.1), "fraction", "at 10 % or less"),
        ((2.0, 2.0), "years", "at 2 years"), ((2.0, 5.0), "1", "between 2 and 5"),
        ((0.0, 1234.5), "USD", "between 0 USD and 1,234 USD"),
    ],
)  # fmt: skip
def test_a_limit_in_words(limits, unit, said):
    assert _between(limits, unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.12345, "fraction", "12.35 %"), (-0.5, "fraction", "-50 %"), (999.4, "", "999.4"),
        (1000.0, "", "1,000"), (-12345.6, "USD", "-12,346 USD"), (0.00012345, "1", "0.0001234"),
    ],
)  # fmt: skip
def test_a_value_of_a_limit_in_words(value, unit, said):
    assert _value(value, unit) == said


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (0.0, "0 %"), (1.0, "100 %"), (0.0049, "less than 1 %"), (0.005, "less than 1 %"), (0.0051, "1 %"),
        (0.994, "99 %"), (0.995, "more than 99 %"), (0.9999, "more than 99 %"),
    ],
)  # fmt: skip
def test_a_share_is_neither_rounded_to_all_nor_to_none(part, said):
    assert _share(part) == said
