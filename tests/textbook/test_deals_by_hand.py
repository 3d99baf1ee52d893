"""Bargains by hand, to the cent, and what must hold of any of them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from exposure.economy import deals as money
from exposure.errors import DataError

CENT = 0.005


def test_schedule_under_a_ceiling_by_hand():
    """200 bn at once under 20 bn a year are ten years; 15 bn a year never meet the ceiling."""
    planned = np.zeros((2, 12))
    planned[0, 0] = 200e9
    planned[1] = 15e9
    paid = money.schedule(planned, np.array([20e9, 20e9]))
    np.testing.assert_allclose(paid[0], [20e9] * 10 + [0.0] * 2, atol=CENT)
    np.testing.assert_allclose(paid[1], planned[1], atol=CENT)


def test_schedule_carries_what_a_year_puts_off():
    """30, 5, 5 under 12 a year: 12, 12, 12 and the last 4."""
    paid = money.schedule(np.array([[30.0, 5.0, 5.0, 0.0, 0.0]]), np.array([12.0]))
    np.testing.assert_allclose(paid, [[12.0, 12.0, 12.0, 4.0, 0.0]], atol=CENT)


def test_a_ceiling_of_nothing_is_refused():
    with pytest.raises(DataError, match="ceiling of 0"):
        money.schedule(np.ones((1, 2)), np.zeros(1))


@settings(max_examples=60)
@given(
    planned=arrays(float, (2, 9), elements=st.floats(0, 1e12)),
    ceiling=arrays(float, 2, elements=st.floats(1.0, 1e12)),
)
def test_a_schedule_stays_under_its_ceiling_and_pays_no_more_than_is_due(planned, ceiling):
    paid = money.schedule(planned, ceiling)
    assert (paid <= ceiling[:, None] * (1 + 1e-12)).all()
    due, given_out = np.cumsum(planned, axis=1), np.cumsum(paid, axis=1)
    assert (given_out <= due * (1 + 1e-9) + CENT).all()
    waits = due[:, -1] - given_out[:, -1] > CENT + 1e-9 * due[:, -1]
    # Money is left over only where the last year met the ceiling.
    np.testing.assert_allclose(paid[waits, -1], ceiling[waits], rtol=1e-9)


def test_returns_by_hand():
    """100 and 200 paid in the first two years; 90 % back over three years, two years later."""
    paid = np.array([[100.0, 200.0]])
    back = money.returned(paid, np.array([0.9]), np.array([2.0]), np.array([3.0]), 7)
    np.testing.assert_allclose(back, [[0.0, 0.0, 30.0, 90.0, 90.0, 60.0, 0.0]], atol=CENT)
    assert back.sum() == pytest.approx(0.9 * paid.sum(), abs=CENT)


def test_present_value_and_annual_equivalent_are_exact_fractions():
    """-100, then 60 twice at 20 %: -100 + 50 + 41.666..; spread over three years."""
    flows, rate = np.array([[-100.0, 60.0, 60.0]]), np.array([0.2])
    worth = Fraction(-100) + Fraction(60) / Fraction(12, 10) + Fraction(60) / Fraction(144, 100)
    assert money.present_value(flows, rate)[0] == pytest.approx(float(worth), abs=1e-9)
    factors = 1 + Fraction(10, 12) + Fraction(100, 144)
    equal = money.annual_equivalent(money.present_value(flows, rate), rate, 3)
    assert equal[0] == pytest.approx(float(worth / factors), abs=1e-9)


def test_a_deal_by_hand_to_the_cent():
    """Saves 12 a year for three years; 50 paid under 20 a year; half comes back evenly over two
    years, a year later. Net: 12-20, 12-20+5, 12-10+5+5, 5+2.5, 2.5 at 10 %."""
    paid = money.schedule(np.array([[50.0, 0.0, 0.0]]), np.array([20.0]))
    back = money.returned(paid, np.array([0.5]), np.array([1.0]), np.array([2.0]), 5)
    saved = np.array([[12.0, 12.0, 12.0, 0.0, 0.0]])
    net = saved - np.pad(paid, ((0, 0), (0, 2))) + back
    np.testing.assert_allclose(net, [[-8.0, -3.0, 12.0, 7.5, 2.5]], atol=CENT)
    rate = np.array([0.1])
    worth = -8 - 3 / 1.1 + 12 / 1.21 + 7.5 / 1.331 + 2.5 / 1.4641
    assert money.present_value(net, rate)[0] == pytest.approx(worth, abs=CENT)
    running = np.cumsum(net * money.discount_factors(rate, 5), axis=1)
    assert money.break_even(running)[0] == 3.0  # -8, -10.73, -0.81, 4.83


def test_break_even_is_the_first_year_that_stays():
    running = np.array([[1.0, -1.0, 2.0], [-1.0, -2.0, -3.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 1.0]])
    assert money.break_even(running).tolist() == [2.0, np.inf, 0.0, 1.0]


@settings(max_examples=60)
@given(
    saved=st.floats(0, 1e11), paid=st.floats(1e6, 1e12), rate=st.floats(0.0, 0.2),
    years=st.integers(1, 30),
)  # fmt: skip
def test_the_return_that_is_needed_makes_nothing_of_the_worth(saved, paid, rate, years):
    one = np.ones(1)
    outlay = np.zeros((1, 1 + years))
    outlay[0, 0] = paid
    back = money.returned(outlay[:, :1], one, one, years * one, 1 + years)
    benefit = np.zeros((1, 1 + years))
    benefit[0, 0] = saved
    bare = money.present_value(benefit - outlay, rate * one)
    share = money.root_share(bare, money.present_value(back, rate * one))
    net = money.present_value(benefit - outlay + share[:, None] * back, rate * one)
    if saved < paid:
        assert net[0] == pytest.approx(0.0, abs=1e-6 * paid)
    else:
        assert share[0] == 0.0


offers = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=40
).map(lambda pairs: np.array(pairs, dtype=float).T)  # fmt: skip


@settings(max_examples=200)
@given(offers=offers)
def test_a_dominated_offer_never_stands_on_the_frontier(offers):
    gain, cost = offers
    by = money.dominated_by(gain, cost)
    for one in range(len(gain)):
        beaten = [
            other
            for other in range(len(gain))
            if gain[other] >= gain[one]
            and cost[other] <= cost[one]
            and (gain[other] > gain[one] or cost[other] < cost[one])
        ]
        assert (by[one] >= 0) == bool(beaten)
        if beaten:
            assert by[one] in beaten
            assert by[by[one]] == -1  # who is named is itself on the frontier
    assert (by < 0).any()


def test_switch_chance_by_hand():
    """5 for sure against 8 or 2: even. 9 for sure: no chance does it. All alike: none is told."""
    found = money.switch_chance(
        np.array([5.0, 9.0, 3.0]), np.array([8.0, 8.0, 3.0]), np.array([2.0, 2.0, 3.0])
    )
    assert found[0] == 0.5
    assert np.isnan(found[1:]).all()


@settings(max_examples=60)
@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(-10, 10))
def test_at_the_switch_chance_both_are_worth_the_same(sure, good, bad):
    chance = money.switch_chance(*(np.array([value]) for value in (sure, good, bad)))[0]
    if not np.isnan(chance):
        worth = money.expected(np.array([[good, bad]]), np.array([[chance, 1 - chance]]))[0]
        assert worth == pytest.approx(sure, abs=1e-9)


def test_chances_are_scaled():
    worth = money.expected(np.array([[8.0, 2.0]]), np.array([[0.2, 0.2]]))
    assert worth[0] == pytest.approx(5.0)


GAMES = [
    # row's payoffs, column's payoffs, equilibria
    ([[-1, -9], [0, -6]], [[-1, 0], [-9, -6]], {(1, 1)}),  # prisoners' dilemma
    ([[3, 0], [2, 2]], [[3, 2], [0, 2]], {(0, 0), (1, 1)}),  # stag hunt
    ([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], set()),  # matching pennies: none in pure actions
    ([[2, 0], [0, 1]], [[1, 0], [0, 2]], {(0, 0), (1, 1)}),  # battle of the sexes
    ([[1, 1], [1, 1]], [[1, 1], [1, 1]], {(0, 0), (0, 1), (1, 0), (1, 1)}),
]


@pytest.mark.parametrize(("row", "column", "wanted"), GAMES)
def test_equilibria_by_hand(row, column, wanted):
    found = money.game(np.array(row, dtype=float), np.array(column, dtype=float)).equilibria
    assert set(map(tuple, np.argwhere(found).tolist())) == wanted


APRIL = [
    # exports, imports in bn USD, rate of the annex: half of deficit over imports, rounded up
    (65.5, 131.5, 0.26),  # Korea; announced on the chart as 25 %
    (79.7, 148.2, 0.24),  # Japan
    (13.1, 136.6, 0.46),  # Viet Nam
    (79.9, 68.1, 0.10),  # United Kingdom: the floor
]


@pytest.mark.parametrize(("exports", "imports", "rate"), APRIL)
def test_the_formula_of_april_2025(exports, imports, rate):
    found = money.reciprocal_rate(*(np.array(x) for x in (exports, imports, 0.5, 0.1)))
    assert np.ceil(float(found) * 100 - 1e-9) / 100 == pytest.approx(rate)


def test_best_replies_of_a_game_that_is_not_square():
    """The row player has two actions, the column player three; ties are both best."""
    row = np.array([[3.0, 0.0, 2.0], [1.0, 4.0, 2.0]])
    column = np.array([[1.0, 5.0, 5.0], [2.0, 0.0, 1.0]])
    found = money.game(row, column)
    assert found.row_best.tolist() == [[True, False, True], [False, True, True]]
    assert found.column_best.tolist() == [[False, True, True], [True, False, False]]
    assert found.equilibria.tolist() == [[False, False, True], [False, False, False]]
