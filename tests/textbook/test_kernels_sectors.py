"""Sectors, labour, closing and moving: benchmark rows by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from exposure.economy.closure import PricePath, exit_trigger, shut_down
from exposure.economy.jobs import own_wage_elasticity, wage_and_output
from exposure.economy.relocation import Move, annuity, break_even_survival, present_value
from exposure.economy.sectors import coefficients, duty_cost, leontief, multipliers
from exposure.errors import DataError

ONE = np.ones(1)
TABLE = np.array([[0.15, 0.25], [0.20, 0.05]])
"""Miller and Blair's two sectors; det(I - A) = 0.85 * 0.95 - 0.25 * 0.20 = 0.7575."""
FORMS = (np.asarray, csr_array)


@pytest.mark.parametrize("form", FORMS)
def test_leo01_output_that_a_final_demand_needs(form):
    """L = [[0.95, 0.25], [0.20, 0.85]] / 0.7575; x = (570 + 375, 120 + 1275) / 0.7575."""
    system = leontief(form(TABLE))
    np.testing.assert_allclose(
        system.inverse(), np.array([[0.95, 0.25], [0.20, 0.85]]) / 0.7575, rtol=1e-12
    )
    output = system.output(np.array([[600.0, 1500.0], [0.0, 0.0]]))
    np.testing.assert_allclose(output, [[945 / 0.7575, 1395 / 0.7575], [0, 0]], rtol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_leo_1_coefficients_from_flows(form):
    """150 / 1000, 500 / 2000, 200 / 1000, 100 / 2000; a sector without output has none."""
    flows = form(np.array([[150.0, 500.0, 0.0], [200.0, 100.0, 0.0], [0.0, 0.0, 0.0]]))
    found = coefficients(flows, np.array([1000.0, 2000.0, 0.0]))
    dense = found if form is np.asarray else found.toarray()
    np.testing.assert_allclose(dense[:2, :2], TABLE)
    assert (dense[2] == 0).all()
    assert (dense[:, 2] == 0).all()


@pytest.mark.parametrize("form", FORMS)
def test_leo03_prices_after_a_cost(form):
    """v = (0.65, 0.70) makes prices of 1; 0.1 more in sector 1: + 0.095 / 0.7575, 0.025 / 0.7575."""
    system = leontief(form(TABLE))
    cost = np.array([[0.65, 0.70], [0.75, 0.70]])
    expected = [[1, 1], [1 + 0.095 / 0.7575, 1 + 0.025 / 0.7575]]
    np.testing.assert_allclose(system.price(cost), expected, rtol=1e-12)


def test_leo_2_wages_up_by_30_per_cent():
    """Labour of 0.30 and 0.25 a unit: v rises by 0.09 and 0.075."""
    cost = np.array([[0.65 + 0.3 * 0.30, 0.70 + 0.3 * 0.25]])
    found = leontief(TABLE).price(cost)
    np.testing.assert_allclose(found, [[1.132673, 1.113861]], atol=1e-6)


def test_leo04_jobs_per_unit_and_per_job():
    """(0.30 * 0.95 + 0.25 * 0.20) / 0.7575 = 0.44224 and over 0.30 1.47415."""
    total, type_one = multipliers(leontief(TABLE), np.array([[0.30, 0.25], [0.0, 0.25]]))
    np.testing.assert_allclose(total[0], [0.335 / 0.7575, 0.2875 / 0.7575], rtol=1e-12)
    np.testing.assert_allclose(type_one[0], [0.335 / 0.7575 / 0.3, 1.15 / 0.7575], rtol=1e-12)
    # A sector without jobs has jobs behind it, but no multiple of its own.
    np.testing.assert_allclose(total[1, 0], 0.05 / 0.7575, rtol=1e-12)
    assert np.isnan(type_one[1, 0])


@pytest.mark.parametrize("form", FORMS)
def test_leo05_duty_on_imported_inputs(form):
    """Direct: 0.25 * 0.1 + 0.1 * 0.2 = 0.045 and 0.1 * 0.1 = 0.01. With det = 0.9 * 0.85 - 0.01 =
    0.755 total (0.045 * 0.85 + 0.01 * 0.05) / det and (0.045 * 0.2 + 0.01 * 0.9) / det."""
    home, imported = (
        form(np.array([[0.1, 0.2], [0.05, 0.15]])),
        form(np.array([[0.1, 0], [0.2, 0.1]])),
    )
    direct = duty_cost(imported, np.array([[0.25, 0.1]]))
    np.testing.assert_allclose(direct, [[0.045, 0.01]], rtol=1e-12)
    total = leontief(home).price(direct)
    np.testing.assert_allclose(total, [[0.03875 / 0.755, 0.018 / 0.755]], rtol=1e-12)


def test_duty_on_duty_is_a_table_of_its_own():
    """One sector that uses 0.5 of itself across a border under 20 %: p = 0.6 p + 0.5, so 1.25;
    the duty on the first flow alone gives 0.1 / 0.5 = 0.2 more."""
    table = np.array([[0.5]])
    np.testing.assert_allclose(leontief(table * 1.2).price(np.array([[0.5]])), [[1.25]])
    np.testing.assert_allclose(leontief(table).price(duty_cost(table, np.array([[0.2]]))), [[0.2]])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "table",
    [
        # Exactly singular; an inverse with negative entries; a circle of two that feeds on itself.
        [[1.0, 0.0], [0.0, 0.5]],
        [[1.2, 0.0], [0.1, 0.5]],
        [[0.0, 1.1], [1.1, 0.0]],
        [[0.5, 0.5], [0.5, 0.5]],
    ],
)
def test_a_table_that_eats_more_than_it_makes(form, table):
    with pytest.raises(DataError, match="a unit or more of itself"):
        leontief(form(np.array(table)))


def test_a_column_above_1_alone_is_no_fault():
    """Sector 2 buys 1.5 of sector 1, which buys nothing: a loss, but every demand can be met."""
    system = leontief(np.array([[0.0, 1.5], [0.0, 0.0]]))
    np.testing.assert_allclose(system.output(np.array([[0.0, 2.0]])), [[3.0, 2.0]])


def test_tables_that_are_none():
    with pytest.raises(DataError, match="as many rows as columns"):
        leontief(np.zeros((2, 3)))
    for wrong in (-0.1, np.nan):
        with pytest.raises(DataError, match="negative or not known"):
            leontief(np.array([[wrong]]))
    with pytest.raises(DataError, match="sector 2: a sector without output has inputs"):
        coefficients(TABLE, np.array([1.0, 0.0]))


def test_an_unknown_cost_spreads_to_those_who_buy():
    for form in FORMS:
        chain = leontief(form(np.array([[0.0, 0.5], [0.0, 0.0]])))
        price = chain.price(np.array([[np.nan, 1.0], [1.0, 1.0]]))
        assert np.isnan(price[0]).all()
        np.testing.assert_allclose(price[1], [1.0, 1.5])


# --- labour ----------------------------------------------------------------------------------


def test_lab01_hicks_marshall():
    """-(0.6 * 0.5 + 0.4 * 1.5) = -0.9; ln L = -0.1 - 0.9 * 0.02 = -0.118; 1000 (e^-0.118 - 1)."""
    elasticity = own_wage_elasticity(0.5 * ONE, 0.4 * ONE, 1.5 * ONE)
    np.testing.assert_allclose(elasticity, -0.9, rtol=1e-12)
    change = wage_and_output(1000 * ONE, -0.1 * ONE, 0.02 * ONE, elasticity)
    np.testing.assert_allclose(change, -111.30394738538263, rtol=1e-12)


# --- closing ---------------------------------------------------------------------------------


def test_cls01_short_run():
    """(10 - 8) * 100 - 300 = -100; 8 + 300 / 100 = 11; at 11 the plant runs, without output there
    is no price."""
    price, units = np.array([10.0, 11.0, 11.0]), np.array([100.0, 100.0, 0.0])
    done = shut_down(price, np.full(3, 8.0), np.full(3, 300.0), units)
    np.testing.assert_allclose(done.profit, [-100.0, 0.0, -300.0])
    np.testing.assert_allclose(done.break_even, [11.0, 11.0, np.nan])
    assert done.stops.tolist() == [True, False, True]


def test_cls02_option_to_wait():
    """0.02 b (b - 1) = 0.05: b = (1 - sqrt 11) / 2; break-even (8 * 100 + 100) / 100 = 9."""
    path = PricePath(0 * ONE, 0.2 * ONE, 0.05 * ONE)
    done = exit_trigger(path, 900 * ONE, 0 * ONE, 100 * ONE)
    root = (1 - np.sqrt(11)) / 2
    np.testing.assert_allclose(done.root, root, rtol=1e-12)
    np.testing.assert_allclose(done.break_even, 9.0, rtol=1e-12)
    np.testing.assert_allclose(done.trigger, 9 * root / (root - 1), rtol=1e-12)
    np.testing.assert_allclose(done.trigger, 4.83007537736028, rtol=1e-12)


def test_without_risk_there_is_nothing_to_wait_for():
    """At a drift of 0 the trigger is break-even. Where price falls for certain by 5 % at a discount
    of 5 %, b = -1: a plant stays until price is down at cost, C = (p* / q) itself."""
    certain = PricePath(np.array([0.0, -0.05]), np.zeros(2), np.full(2, 0.05))
    done = exit_trigger(certain, np.full(2, 900.0), np.zeros(2), np.full(2, 100.0))
    np.testing.assert_allclose(done.root, [-np.inf, -1.0])
    np.testing.assert_allclose(done.trigger, [9.0, 9.0])


def test_price_paths_without_an_answer():
    for drift, spread, rate, units in ((0.05, 0.2, 0.05, 1), (-0.1, 0.2, 0.0, 1),
                                       (0.0, -0.1, 0.05, 1), (0.0, 0.1, 0.05, 0)):  # fmt: skip
        path = PricePath(drift * ONE, spread * ONE, rate * ONE)
        with pytest.raises(DataError, match="no exit price"):
            exit_trigger(path, ONE, ONE, units * ONE)


# --- moving ----------------------------------------------------------------------------------


def move(outlay, saving, years, discount, tax):
    return Move(*(value * ONE for value in (outlay, saving, years, discount, tax)))


def test_npv02_a_tariff_that_stays():
    """40 (1 - 1.08^-5) / 0.08 - 100 = 59.708."""
    value = present_value(move(100, 40, 5, 0.08, 0.0), ONE)
    np.testing.assert_allclose(value, 40 * (1 - 1.08**-5) / 0.08 - 100, rtol=1e-12)


def test_npv03_a_tariff_that_may_end():
    """x = 0.8 / 1.1: annuity 2.55627; 40 * 0.79 * 2.55627 - 100 = -19.2218; it pays from 0.8517."""
    deal = move(100, 40, 10, 0.1, 0.21)
    np.testing.assert_allclose(
        annuity(0.8 * ONE, 0.1 * ONE, 10 * ONE), 2.556273612047193, rtol=1e-12
    )
    np.testing.assert_allclose(present_value(deal, 0.8 * ONE), -19.221753859308706, rtol=1e-12)
    least = break_even_survival(deal)
    np.testing.assert_allclose(least, 0.8517033915046135, rtol=1e-12)
    np.testing.assert_allclose(present_value(deal, least), 0.0, atol=1e-9)


def test_moves_that_always_or_never_pay():
    assert break_even_survival(move(0, 40, 10, 0.1, 0.0)).tolist() == [0.0]
    assert np.isnan(break_even_survival(move(1000, 40, 10, 0.1, 0.0))).all()
    assert np.isnan(break_even_survival(move(np.nan, 40, 10, 0.1, 0.0))).all()


def test_annuities_at_the_edges():
    """x = 1 pays n; survival 0 and 0 years pay nothing; x above 1 by a negative real rate."""
    survival, rate = np.array([1.0, 0.0, 1.0, 1.0]), np.array([0.0, 0.1, 0.1, -0.5])
    found = annuity(survival, rate, np.array([7.0, 7.0, 0.0, 3.0]))
    np.testing.assert_allclose(found, [7.0, 0.0, 0.0, 2 + 4 + 8])


def test_moves_out_of_range():
    for survival, rate, years in ((1.1, 0.1, 5), (0.5, -1.0, 5), (0.5, 0.1, 2.5), (0.5, 0.1, -1)):
        with pytest.raises(DataError, match="out of range"):
            annuity(survival * ONE, rate * ONE, years * ONE)
        # One of two scenarios is enough.
        with pytest.raises(DataError, match="out of range"):
            annuity(np.array([0.5, survival]), np.array([0.1, rate]), np.array([5, years]))


def test_an_answer_may_take_the_memory_of_its_question():
    """And leaves the question alone unless it is told so; blocks do not matter."""
    system = leontief(TABLE)
    cost = np.random.default_rng(0).random((5000, 2))
    kept = cost.copy()
    found = system.price(cost)
    np.testing.assert_array_equal(cost, kept)
    inside = system.price(cost, overwrite=True)
    assert np.shares_memory(inside, cost)
    np.testing.assert_array_equal(inside, found)
    np.testing.assert_allclose(found, kept @ system.inverse(), rtol=1e-13)
