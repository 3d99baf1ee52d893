"""Duty lines of one crossing by hand: precedence, what is not known, and their sum."""

import numpy as np

from exposure.axes import RATE
from exposure.law.stack import Structure, duty_shares, per_crossing


def structure(pairs, count, crossing=None, covers=()):
    """Lines 0 ... count - 1, each charged by its rate; ``pairs`` are (displacer, displaced)."""
    level = np.zeros(count, dtype=np.int64)
    for displacer, displaced in pairs:
        level[displaced] = max(level[displaced], level[displacer] + 1)
    pairs = np.array(sorted(pairs, key=lambda pair: pair[1]), dtype=np.int64).reshape(-1, 2)
    crossing = np.zeros(count, dtype=np.int64) if crossing is None else np.array(crossing)
    return Structure(
        crossing=crossing,
        kind=np.full(count, RATE),
        level=level,
        displacer=pairs[:, 0],
        displaced=pairs[:, 1],
        covers_base=np.isin(np.arange(count), covers),
        crossings=int(crossing.max()) + 1,
    )


def test_a_displacer_takes_its_part_and_the_rest_is_charged():
    """50 % on 0.3 of value leaves 0.7 to a blanket of 10 %: 15 % and 7 %."""
    made = structure([(0, 1)], 2, covers=[0])
    duty, left = duty_shares(made, np.array([[0.5, 0.1]]), np.array([[0.3, 1.0]]))
    np.testing.assert_allclose(duty, [[0.15, 0.07]])
    np.testing.assert_allclose(left, [[1.0, 0.7]])


def test_two_displacers_leave_what_neither_covers_and_never_less_than_nothing():
    """Parts of 0.3 and 0.5 leave 0.2; parts of 0.6 and 0.5 leave 0."""
    made = structure([(0, 2), (1, 2)], 3, covers=[0, 1])
    rate = np.array([[0.5, 0.25, 0.1]] * 2)
    _, left = duty_shares(made, rate, np.array([[0.3, 0.5, 1.0], [0.6, 0.5, 1.0]]))
    np.testing.assert_allclose(left, [[1, 1, 0.2], [1, 1, 0]], atol=1e-15)


def test_what_is_displaced_displaces_with_what_it_still_charges():
    """0 takes all of 1, which then owes nothing and leaves 2 whole."""
    made = structure([(0, 1), (1, 2)], 3)
    duty, left = duty_shares(made, np.array([[0.25, 0.5, 0.1]]), np.ones((1, 3)))
    np.testing.assert_allclose(duty, [[0.25, 0.0, 0.1]])
    np.testing.assert_allclose(left, [[1.0, 0.0, 1.0]])


def test_what_is_not_known_spreads_where_it_matters():
    """Row by row: a part not known; the same beside one that covers all; a rate of 0."""
    made = structure([(0, 2), (1, 2)], 3, covers=[0, 1])
    rate = np.array([[0.5, 0.25, 0.1], [0.5, 0.25, 0.1], [0.5, 0.25, 0.0], [0.5, 0.25, 0.1]])
    nan = np.nan
    share = np.array([[nan, 0.4, 1.0], [nan, 1.0, 1.0], [nan, 0.4, 1.0], [0.3, 0.4, 1.0]])
    duty, left = duty_shares(made, rate, share)
    np.testing.assert_allclose(left[:, 2], [nan, 0.0, nan, 0.3])
    np.testing.assert_allclose(duty[:, 2], [nan, 0.0, 0.0, 0.03])
    np.testing.assert_allclose(duty[:, 0], [nan, nan, nan, 0.15])


def test_column_1_and_all_lines_of_a_crossing_add_up():
    made = structure([], 4, crossing=[0, 1, 0, 0])
    duty = np.array([[0.1, 0.2, 0.05, 0.25], [0.0, np.nan, 0.05, 0.0]])
    total = per_crossing(made, duty, np.array([0.025, 0.01]))
    np.testing.assert_allclose(total, [[0.425, 0.21], [0.075, np.nan]])
