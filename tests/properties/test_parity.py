"""Kinks, jumps, crossings and the least of curves: by hand, and beside brute force on 1,000 graphs."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from exposure.errors import DataError
from exposure.model.parity import lower_envelope, winners
from exposure.model.pieces import breakpoints
from exposure.model.roots import crossings, roots_by_row
from exposure.routes.landed import Graph, accumulate

GRAPHS = 1000
SIDES = np.array([1.0, -1.0])


def stack(*curves):
    return np.stack(np.broadcast_arrays(*curves), axis=1)


# --- by hand ----------------------------------------------------------------------------------


def korea_and_japan(t):
    """Landed costs of cars of 20,000 from Korea (agreement: 0) and from Japan (ordinary 2.5 %) under
    one all-in rate: Korea pays t, Japan no less than 2.5 %."""
    return stack(20000 * (1 + t), 20000 * (1 + np.maximum(t, 0.025)))


def test_an_all_in_rate_bends_at_the_ordinary_rate():
    for known in ((), (0.0, 0.025)):
        pieces = breakpoints(korea_and_japan, 0.0, 1.0, known)
        np.testing.assert_allclose(pieces.at, [0.0, 0.025], atol=1e-15)
        assert not pieces.jump.any()
        assert pieces.linear.all()
        # From 2.5 % on both cost the same: a stretch, not a crossing.
        [found] = crossings(korea_and_japan, 0.0, pieces, SIDES)
        assert (found.kind, found.before, found.after) == ("stretch", -1, 0)
        np.testing.assert_allclose([found.at, found.until], [0.025, 1.0], atol=1e-15)
        best = winners(korea_and_japan, pieces)
        assert best.winner.tolist() == [0]


def test_parity_of_changes_by_hand():
    """Korea fell from 0 and Japan from 2.5 % to 15 % all in: (1 + t) = 1.15 / 1.025."""

    def changes(t):
        return stack(t, np.full(len(t), 1.15 / 1.025 - 1.0))

    [found] = crossings(changes, 0.0, breakpoints(changes, 0.0, 0.5), SIDES)
    assert found.at == pytest.approx(0.12195121951219512, abs=1e-15)
    assert (found.kind, found.before, found.after) == ("crossing", -1, 1)


def test_a_cap_bends_where_the_rate_meets_it():
    def capped(t):
        return stack(1 + 0.025 + np.minimum(t, max(0.0, 0.125 - 0.025)))

    pieces = breakpoints(capped, 0.0, 0.5)
    np.testing.assert_allclose(pieces.kinks, [0.1], atol=1e-15)
    found = crossings(capped, 1.125, pieces)
    assert [one.kind for one in found] == ["stretch"]
    assert not crossings(capped, 1.13, pieces)


def test_lines_that_do_not_cross_touch_or_cross_at_an_end():
    def lines(t):
        return stack(3 + t, 4 + t, 5 - t, 2 + 3 * t)

    pieces = breakpoints(lines, 0.0, 1.0)
    assert len(pieces) == 1
    assert not crossings(lines, 0.0, pieces, np.array([1.0, -1, 0, 0]))
    [end] = crossings(lines, 0.0, pieces, np.array([1.0, 0, -1, 0]))
    assert (end.at, end.kind, end.before, end.after) == (1.0, "end", -1, 0)
    [inside] = crossings(lines, 0.0, pieces, np.array([1.0, 0, 0, -1]))
    assert (inside.at, inside.kind) == (0.5, "crossing")
    [start] = crossings(lines, 3.0, pieces)
    assert (start.at, start.kind, start.after) == (0.0, "end", 1)


def test_what_touches_does_not_cross():
    for curve in (lambda t: stack(np.abs(t - 0.3)), lambda t: stack((t - 0.3) ** 2)):
        pieces = breakpoints(curve, 0.0, 1.0)
        [found] = crossings(curve, 0.0, pieces)
        assert (found.kind, found.before, found.after) == ("touch", 1, 1)
        assert found.at == pytest.approx(0.3, abs=1e-7)


def test_two_roots_between_two_points_are_both_found():
    def curve(t):
        return stack((t - 0.3) * (t - 0.3001))

    found = crossings(curve, 0.0, breakpoints(curve, 0.0, 1.0))
    np.testing.assert_allclose([one.at for one in found], [0.3, 0.3001], rtol=0, atol=1e-12)


def test_a_duty_that_displaces_another_jumps_above_nothing():
    """25 % of metals holds at 0 and gives way to any rate above: the curve is never at 1.1 but at
    10 %, and lies below 1.25 from there up to 25 %."""

    def curve(t):
        return stack(1 + np.where(t > 0, t, 0.25))

    for known in ((0.0,), ()):
        pieces = breakpoints(curve, 0.0, 1.0, known)
        assert pieces.jump.tolist() == [False, True]
        assert (pieces.start[0], pieces.stop[0], pieces.at[1]) == (0.0, 0.0, 0.0)
        assert 0 < pieces.start[1] < 1e-14
        found = crossings(curve, 1.1, pieces)
        assert [one.kind for one in found] == ["jump", "crossing"]
        assert [one.at for one in found] == pytest.approx([0.0, 0.1], abs=1e-15)


def test_a_jump_that_nobody_knows_is_closed_in_to_the_last_bits():
    def curve(t):
        return stack(np.where(t > 0.3141592653589793, 2 + t, t), t)

    pieces = breakpoints(curve, 0.0, 1.0)
    assert pieces.jumps == pytest.approx([0.3141592653589793], abs=2e-15)
    [found] = crossings(curve, 1.0, pieces)
    assert (found.kind, found.before, found.after) == ("jump", -1, 1)


def test_a_point_that_stands_alone_is_a_piece():
    def curve(t):
        return stack(np.where(t == 0.5, 3.0, 1 + t), np.full(len(t), 2.9))

    pieces = breakpoints(curve, 0.0, 1.0, [0.5])
    assert pieces.at.tolist() == [0.0, 0.5, 0.5]
    best = winners(curve, pieces)
    assert best.winner.tolist() == [0, 1, 0]
    assert (best.start[1], best.stop[1]) == (0.5, 0.5)


def test_smooth_curves_with_a_kink():
    """Constant elasticity between a route that pays from the start and one from 20 % on."""

    def curve(t):
        first, second = 1 + t, 1 + 0.3 * np.maximum(0.2, t)
        return stack((0.3 * first**-6.0 + 0.7 * second**-6.0) ** (-1 / 6))

    pieces = breakpoints(curve, 0.0, 1.0)
    assert pieces.kinks == pytest.approx([0.2], abs=1e-12)
    assert not pieces.linear.any()
    [found] = crossings(curve, 1.1, pieces)
    assert curve(np.array([found.at]))[0, 0] == pytest.approx(1.1, abs=1e-15)


def test_what_is_not_known_or_upside_down_is_refused():
    with pytest.raises(DataError, match="not known"):
        breakpoints(lambda t: stack(np.where(t > 0.5, np.nan, t)), 0.0, 1.0)
    with pytest.raises(DataError, match="from low to high"):
        breakpoints(korea_and_japan, 1.0, 0.0)


def test_the_same_root_in_many_rows():
    """A line in each row; a jump in one; none in another; two in a third, of which the side says
    which."""
    slope = np.array([1.0, 2.0, 4.0, 0.5, 1.0])

    def rows(t, row):
        line = slope[row] * t - 0.5
        line = np.where(row == 4, np.where(t > 0.7, 1.0, -1.0), line)
        return np.where(row == 3, (t - 0.2) * (t - 0.9), line)

    grid = np.linspace(0.0, 0.95, 12)
    every = np.arange(5)

    def roots(grid, near, side=0):
        asked = rows(np.tile(grid, 5), np.repeat(every, len(grid))).reshape(5, -1)
        return roots_by_row(rows, every, grid, asked, near, side)

    found = roots(grid, 0.5)
    np.testing.assert_allclose(found, [0.5, 0.25, 0.125, 0.2, 0.7], atol=1e-14)
    found = roots(grid, 0.3, side=-1)
    np.testing.assert_allclose(found, [0.5, 0.25, 0.125, 0.9, 0.7], atol=1e-14)
    assert np.isnan(roots(grid[:3], 0.1, side=1)).tolist() == [1, 1, 1, 1, 1]


def test_the_least_of_straight_lines_is_their_lower_envelope():
    random = np.random.default_rng(20250204)
    for _ in range(100):
        intercept, slope = random.random(5) * 10, random.random(5) * 4

        def lines(t, intercept=intercept, slope=slope):
            return intercept + slope * t[:, None]

        best = winners(lines, breakpoints(lines, -2.0, 3.0))
        exact = lower_envelope(intercept[None], slope[None], -2.0, 3.0)
        assert best.winner.tolist() == [number for number in exact.winner[0] if number >= 0]
        np.testing.assert_allclose(best.start[1:], exact.kinks[0], atol=1e-12)


# --- 1,000 random graphs -----------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Two to five routes: chains and branches whose borders charge by the same number."""

    graph: Graph
    own: np.ndarray
    freight: np.ndarray
    sinks: np.ndarray
    kind: np.ndarray
    level: np.ndarray
    other: np.ndarray

    def rate(self, edges, t):
        """Duty (point, edge): added up to a cap, all in, or in the place of another once owed."""
        t, kind, at, other = t[:, None], self.kind[edges], self.level[edges], self.other[edges]
        added = other + np.minimum(t, at)
        all_in = np.maximum(other, t)
        instead = np.where(t > at, t, other + at)
        return np.where(kind == 0, other, np.where(kind == 1, added,
                        np.where(kind == 2, all_in, instead)))  # fmt: skip

    def __call__(self, t):
        arrival = self.graph.level[self.graph.target]

        def duty(level, content):
            edges = np.flatnonzero((arrival == level) & self.graph.crosses)
            return self.rate(edges, t)

        own = np.broadcast_to(self.own, (len(t), len(self.own)))
        done = accumulate(self.graph, own, self.freight[None], duty)
        return done.value[:, self.sinks]

    def thresholds(self, low, high):
        """Where the duty of some border bends or jumps, and which of these are jumps."""
        live = self.graph.crosses & (self.kind > 0)
        where = np.where(self.kind == 2, self.other, self.level)
        # In the place of another: at 0 what was owed is other + 0, and t only above.
        jump = (self.kind == 3) & live & (self.other > 0)
        inside = live & (where >= low) & (where < high) & ((where > low) | jump)
        kind3 = self.kind == 3
        bends = inside & (~kind3 | jump | (where > low))
        return where[bends], jump[bends]


def draw(random):
    """A random case; borders that stand behind one another among them."""
    routes = int(random.integers(2, 6))
    source, target, sinks, count = [], [], [], 0
    for _ in range(routes):
        size = int(random.integers(2, 5))
        nodes = list(range(count, count + size))
        for place, node in enumerate(nodes[1:], 1):
            before = nodes[max(0, place - 1)]
            source.append(before)
            target.append(node)
            if place > 1 and random.random() < 0.4:
                source.append(nodes[int(random.integers(0, place - 1))])
                target.append(node)
        sinks.append(nodes[-1])
        count += size
    source, target = np.array(source), np.array(target)
    level = np.zeros(count, dtype=np.int64)
    for _ in range(6):
        np.maximum.at(level, target, level[source] + 1)
    edges = len(source)
    graph = Graph(
        source=source,
        target=target,
        weight=0.5 + random.random(edges),
        level=level,
        crosses=random.random(edges) < 0.7,
        cif=random.random(edges) < 0.5,
        own_content=np.zeros((count, 0)),
        drawback=np.where(random.random(edges) < 0.2, random.random(edges), 0.0),
    )
    own = 1000 * (0.2 + random.random(count))
    rates = np.array([0.0, 0.025, 0.05, 0.1, 0.15, 0.2])
    # Levels at round rates, as laws have them, or anywhere; some of them are nothing.
    odd = random.random(edges) < 0.5
    at = np.where(odd, 0.01 + 0.48 * random.random(edges), random.choice(rates[1:], edges))
    at = np.where(random.random(edges) < 0.15, 0.0, at)
    made = Case(
        graph, own, 0.1 * random.random(edges), np.array(sinks),
        kind=random.choice([0, 1, 2, 3], edges, p=[0.3, 0.3, 0.3, 0.1]),
        level=at, other=random.choice(rates, edges),
    )  # fmt: skip
    # Routes of much the same cost, so that they cross.
    cost = made(np.array([0.25]))[0]
    route = np.searchsorted(np.array(sinks), np.arange(count))
    near = 1000 * (0.97 + 0.06 * random.random(routes))
    return replace(made, own=own * (near / cost)[route])


def bisected(case, weights, low, high, breaks):
    """Roots by brute force: 200 points between breaks, then halving of every change of sign."""
    ends = np.unique(np.r_[low, breaks, high])
    points = np.linspace(ends[:-1] + 1e-13, ends[1:] - 1e-13, 200)
    value = (case(points.ravel()) @ weights).reshape(points.shape)
    place = np.nonzero(np.sign(value[1:]) * np.sign(value[:-1]) < 0)
    left, right, under = points[:-1][place], points[1:][place], value[:-1][place]
    for _ in range(32 if len(left) else 0):
        middle = (left + right) / 2
        same = np.sign(case(middle) @ weights) == np.sign(under)
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return left


@pytest.mark.parametrize("part", range(4))
def test_random_graphs_beside_brute_force(part):
    """Every kink and jump with and without being told of it, every crossing, and the cheapest."""
    low, high = 0.0, 0.5
    crossed = jumped = 0
    for number in range(part * GRAPHS // 4, (part + 1) * GRAPHS // 4):
        case = draw(np.random.default_rng([20250204, number]))
        where, jump = case.thresholds(low, high)
        alone = breakpoints(case, low, high)
        # Being told makes it easier: that, and who is least, need not be tried on each.
        ways = [alone] if number % 4 else [alone, breakpoints(case, low, high, where)]
        wanted = np.unique(where)
        for pieces in ways:
            breaks = np.unique(pieces.at[1:].round(11))
            assert breaks.shape == wanted.shape, (number, breaks, wanted)
            np.testing.assert_allclose(breaks, wanted, rtol=0, atol=1e-9, err_msg=str(number))
            leaps = np.unique(pieces.jumps.round(9))
            np.testing.assert_allclose(leaps, np.unique(where[jump].round(9)), atol=2e-9)
        weights = np.zeros(len(case.sinks))
        weights[:2] = SIDES
        brute = bisected(case, weights, low, high, where)
        for pieces in ways:
            found = crossings(case, 0.0, pieces, weights)
            exact = np.array([one.at for one in found if one.kind == "crossing"])
            np.testing.assert_allclose(case(exact) @ weights if len(exact) else [], 0, atol=1e-8)
            assert all(np.abs(exact - root).min(initial=1.0) < 1e-9 for root in brute), number
            assert len(exact) >= len(brute)
        crossed += len(exact)
        jumped += int(jump.sum())
        if number % 4:
            continue
        best = winners(case, alone)
        points = np.linspace(low, high, 997)[1:-1]
        inside = np.searchsorted(best.start, points, side="right") - 1
        cost = case(points)
        mine = np.take_along_axis(cost, best.winner[inside][:, None], axis=1)[:, 0]
        np.testing.assert_allclose(mine, cost.min(axis=1), rtol=1e-12)
    assert crossed > 100
    assert jumped > 30
