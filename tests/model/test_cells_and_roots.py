"""Cells, breaks, roots and bands of curves by hand: what is straight, where it bends, who is least."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import DataError
from exposure.model.cells import NODES, _cross, _cut, _line, cell_points, off_line, off_polynomial
from exposure.model.parity import Envelope, lower_envelope, winners
from exposure.model.pieces import breakpoints
from exposure.model.roots import _brackets, _near, crossings, roots_by_row

few = settings(max_examples=25, deadline=None)
SIDES = np.array([1.0, -1.0])


def curves(*functions):
    return lambda t: np.stack([np.broadcast_to(f(t), t.shape) for f in functions], axis=1)


# --- cells ---------------------------------------------------------------------------------------


def test_points_of_a_cell_keep_its_ends_to_the_last_bit_and_rise():
    ends = np.array([[0.1, 0.7], [-3.0, 1e-20]])
    points = cell_points(ends)
    assert (points[:, 0] == ends[:, 0]).all()
    assert (points[:, -1] == ends[:, 1]).all()
    assert (np.diff(points, axis=1) > 0).all()
    assert points[0, len(NODES) // 2] == pytest.approx(0.4)


def test_how_far_a_curve_lies_from_the_line_through_its_ends():
    """t squared between 0 and 2: 1 below the line in the middle; a line not at all."""
    points = cell_points(np.array([[0.0, 2.0]]))
    values = np.stack([points**2, 3 * points - 1], axis=2)
    np.testing.assert_allclose(off_line(points, values), [[1.0, 0.0]], atol=1e-12)


def test_a_point_without_width_is_straight():
    points = np.full((1, len(NODES)), 0.5)
    assert off_line(points, np.full((1, len(NODES), 1), 7.0)).tolist() == [[0.0]]


@pytest.mark.parametrize(("degree", "polynomial"), [(1, True), (5, True), (8, True), (9, False)])
def test_eight_degrees_are_a_polynomial_and_nine_are_not(degree, polynomial):
    values = (2 * NODES - 1)[None, :, None] ** degree
    assert (off_polynomial(values) < 1e-12).all() == polynomial


def test_a_kink_is_no_polynomial():
    assert off_polynomial(np.abs(NODES - 0.37)[None, :, None]).min() > 0.005


def test_lines_cross_where_they_meet_and_parallels_do_not():
    """2 t and 3 - t meet at 1."""
    x, other = np.array([0.0, 0.5]), np.array([2.0, 3.0])
    assert _cross(x, 2 * x, other, 3 - other) == pytest.approx(1.0)
    assert _cross(x, 2 * x, other, 2 * other - 5) is None


def test_a_line_through_two_points_of_each_curve():
    found = _line(np.array([1.0, 3.0]), np.array([[0.0, 5.0], [4.0, 5.0]]), 2.5)
    assert found.tolist() == [3.0, 5.0]


def test_a_cell_with_one_kink_is_cut_at_it():
    points = cell_points(np.array([[0.0, 1.0]]))[0]
    values = np.maximum(points, 0.3)[:, None]
    [left, right] = _cut(points, values, np.array([1e-14]), 1e-16, halve=False)
    assert left == (0.0, pytest.approx(0.3, abs=1e-12))
    assert right[1] == 1.0


def test_pieces_of_a_cut_cell_follow_one_another():
    points = cell_points(np.array([[0.0, 1.0]]))[0]
    values = np.sin(40 * points)[:, None]
    for halve in (False, True):
        parts = _cut(points, values, np.array([1e-14]), 1e-16, halve=halve)
        assert parts[0][0] == 0.0
        assert parts[-1][1] == 1.0
        assert all(a[1] == b[0] for a, b in pairwise(parts))
        assert len(parts) >= 2
        assert (0.5 in [end for _, end in parts]) == halve


# --- breaks --------------------------------------------------------------------------------------


def test_a_line_is_one_piece_whatever_its_points():
    pieces = breakpoints(curves(lambda t: 3 - 2 * t), -1.0, 4.0, known=[0.0, 1.0, 9.0])
    assert (len(pieces), pieces.kinks.tolist(), pieces.jumps.tolist()) == (1, [], [])
    assert (pieces.start[0], pieces.stop[0]) == (-1.0, 4.0)
    assert pieces.linear.all()


@few
@given(st.lists(st.integers(1, 99), min_size=1, max_size=4, unique=True))
def test_every_kink_is_found_and_no_other(places):
    at = np.sort(np.array(places) / 100)
    pieces = breakpoints(lambda t: np.abs(t[:, None] - at).sum(axis=1)[:, None], 0.0, 1.0)
    np.testing.assert_allclose(pieces.kinks, at, atol=1e-9)
    assert not len(pieces.jumps)
    assert (pieces.stop[:-1] == pieces.start[1:]).all()


def test_all_curves_have_the_pieces_of_each():
    pieces = breakpoints(
        curves(lambda t: np.maximum(t, 0.2), lambda t: np.minimum(t, 0.6)), 0.0, 1.0
    )
    np.testing.assert_allclose(pieces.kinks, [0.2, 0.6], atol=1e-9)
    assert pieces.linear.all()


@pytest.mark.parametrize("jump", [lambda t: t >= 0.25, lambda t: t > 0.25])
def test_a_jump_at_a_known_point_is_told_by_it(jump):
    """Whether the point itself lies before the jump or after it."""
    pieces = breakpoints(curves(lambda t: np.where(jump(t), 2.0, 1.0)), 0.0, 1.0, known=[0.25])
    assert pieces.jumps.tolist() == [0.25]
    assert len(pieces) == 2
    assert (0.25 in pieces.start) == bool(jump(0.25))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_not_known_is_told_with_its_place(bad):
    with pytest.raises(DataError) as caught:
        breakpoints(curves(lambda t: np.where(t > 0.9, bad, t)), 0.0, 1.0)
    assert str(caught.value).startswith("at 0.9")
    assert str(caught.value).endswith(": a value is not known or not finite")


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (np.nan, 1.0)])
def test_an_empty_range_is_told(low, high):
    with pytest.raises(DataError) as caught:
        breakpoints(curves(lambda t: t), low, high)
    assert str(caught.value) == f"parity: a range from {low} to {high} (from low to high)"


# --- levels --------------------------------------------------------------------------------------


def reach(function, target, low=0.0, high=1.0):
    f = curves(function)
    return crossings(f, target, breakpoints(f, low, high))


def test_a_level_far_away_is_not_reached():
    assert reach(lambda t: 1 + t, 5.0) == []
    assert not _near(np.array([[1.0, 1.5, 2.0], [2.0, 2.5, 3.0]]) + 10)
    assert _near(np.array([[1.0, 1.5], [-1.5, -1.0]]))  # on two sides, with a jump between


def test_a_wave_reaches_its_middle_as_often_as_it_turns():
    """sin of 5 pi t: at 0 (an end), 0.2, 0.4, 0.6, 0.8 and 1 (an end)."""
    found = reach(lambda t: np.sin(5 * np.pi * t), 0.0)
    np.testing.assert_allclose([one.at for one in found], np.arange(6) / 5, atol=1e-12)
    assert [one.kind for one in found] == ["end", *["crossing"] * 4, "end"]
    assert [(one.before, one.after) for one in found[1:5]] == [(1, -1), (-1, 1)] * 2


def test_a_wave_touches_its_crest_from_below():
    found = reach(lambda t: np.sin(np.pi * t), 1.0)
    assert [one.kind for one in found] == ["touch"]
    assert (found[0].before, found[0].after) == (-1, -1)
    assert found[0].at == pytest.approx(0.5, abs=1e-6)


def test_a_stretch_on_the_level_is_told_with_both_its_ends():
    [one] = reach(lambda t: np.clip(t, 0.3, 0.6), 0.3)
    assert (one.kind, one.before, one.after) == ("stretch", 0, 1)
    assert (one.at, one.until) == (pytest.approx(0.0), pytest.approx(0.3))


@few
@given(st.floats(-3, 3), st.floats(0.1, 5), st.booleans())
def test_a_line_is_crossed_where_its_formula_says(intercept, slope, falls):
    slope = -slope if falls else slope
    found = reach(lambda t: intercept + slope * t, 0.0, -1.0, 1.0)
    root = -intercept / slope
    if abs(abs(root) - 1) < 1e-6:
        return
    inside = [root] if -1 < root < 1 else []
    assert [one.at for one in found] == pytest.approx(inside, abs=1e-12)
    assert all(one.after == (-1 if falls else 1) for one in found)


# --- roots of many rows --------------------------------------------------------------------------


def bracket(values, near=0.0, side=0):
    grid = np.arange(len(values), dtype=float)
    return int(_brackets(np.array([values], dtype=float), grid, near, side)[0])


@pytest.mark.parametrize(
    ("values", "near", "side", "gap"),
    [
        ([1, -1, -1], 0.0, 0, 0),
        ([1, 1, 1], 0.0, 0, -1),
        ([1, -1, 1, -1], 2.9, 0, 2),
        ([1, -1, 1, -1], 0.1, 0, 0),
        ([1, -1, 1, -1], 0.1, -1, 1),  # the curve lies below on the left of it
        ([1, 0, -1], 0.0, 0, 0),  # on the level itself
        ([1, 0, -1], 0.0, -1, -1),  # it falls through the level: never from below
        ([np.nan, -1, 1], 0.0, 0, 1),  # what is not known brackets nothing
    ],
)
def test_the_gap_of_the_nearest_root(values, near, side, gap):
    with np.errstate(invalid="ignore"):
        assert bracket(values, near, side) == gap


def test_roots_of_rows_are_those_of_each_alone():
    slope = np.array([1.0, 2.0, 5.0])

    def f(points, rows):
        return slope[rows] * points**2 - 0.5

    rows, grid = np.arange(3), np.linspace(0.0, 1.0, 5)
    asked = np.stack([f(grid, np.full(5, row)) for row in rows])
    together = roots_by_row(f, rows, grid, asked, 0.0)
    np.testing.assert_allclose(together, np.sqrt(0.5 / slope), atol=1e-13)
    for row in rows:
        alone = roots_by_row(f, rows[[row]], grid, asked[[row]], 0.0)
        assert alone[0] == pytest.approx(together[row], abs=1e-14)


# --- the least of curves -------------------------------------------------------------------------


def least(*functions, low=0.0, high=1.0):
    f = curves(*functions)
    found = winners(f, breakpoints(f, low, high))
    return found.winner.tolist(), found.start.round(9).tolist(), list(found.kind)


def test_who_is_least_from_where():
    assert least(lambda t: t, lambda t: 0.5) == ([0, 1], [0.0, 0.5], ["end", "crossing"])


def test_of_curves_that_are_the_same_the_first_is_named():
    assert least(lambda t: t, lambda t: t, lambda t: t + 1)[0] == [0]


def test_of_curves_that_run_together_the_first_is_named_until_they_part():
    """The second comes down to the first at 0.4, runs with it up to 0.6 and falls below it."""
    winner, start, _ = least(
        lambda t: 0.0 * t, lambda t: np.maximum(0.4 - t, 0.0) + np.minimum(0.6 - t, 0.0)
    )
    assert (winner, start) == ([0, 1], [0.0, 0.6])


def test_a_jump_hands_over_without_a_crossing():
    winner, start, kind = least(lambda t: np.where(t > 0.5, 2.0, 0.0), lambda t: 1.0)
    assert (winner, kind) == ([0, 1], ["end", "jump"])
    assert start[1] == pytest.approx(0.5)


def test_who_only_touches_the_least_does_not_win():
    assert least(lambda t: 0.2, lambda t: 0.2 + (t - 0.5) ** 2)[0] == [0]


def test_the_nearest_kink_lies_on_either_side():
    """10 + t, 12 + t / 2 and 15 change at 4 and 6: from 5.4 it is 6, from 4.5 it is 4."""
    done = lower_envelope(np.array([[10.0, 12, 15]] * 2), np.array([[1.0, 0.5, 0]] * 2), 0.0, 10.0)
    kink, way = done.nearest(np.array([5.4, 4.5]))
    assert kink.tolist() == [6.0, 4.0]
    np.testing.assert_allclose(way, [0.6, -0.5])
    none = Envelope(np.zeros((1, 1)), np.zeros((1, 0)), np.zeros((1, 0)), np.zeros((1, 2)))
    assert np.isnan(none.nearest(np.array([3.0]))).all()
