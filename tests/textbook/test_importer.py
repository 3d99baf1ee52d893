"""One importer's duties in an inter-country table, beside plain solutions of the whole table."""

import numpy as np
import pytest

from exposure.economy.embodied import by_exporter, home_multiplier, in_final_demand, linked, without
from exposure.economy.one_importer import (
    compounded_change,
    importer,
    output_change,
    price_change,
    wedge,
)
from exposure.economy.sectors import coefficients, leontief

COUNTRIES, INDUSTRIES = 4, 5
SIZE = COUNTRIES * INDUSTRIES
HERE = 2
COUNTRY = np.repeat(np.arange(COUNTRIES), INDUSTRIES)
USERS = np.flatnonzero(COUNTRY == HERE)


def world(seed=7):
    """Flows, final demand by country, output and value added that balance."""
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0.0, 1.0, (SIZE, SIZE))
    final = rng.lognormal(2.0, 1.0, (SIZE, COUNTRIES))
    output = flows.sum(axis=1) + final.sum(axis=1)
    return flows, final, output, output - flows.sum(axis=0)


FLOWS, FINAL, OUTPUT, ADDED = world()
A = coefficients(FLOWS, OUTPUT)
SYSTEM = leontief(A)
HOME = importer(SYSTEM, USERS)


def rates(count=3, seed=1):
    """Duties of the importer on other countries' sectors."""
    found = np.random.default_rng(seed).uniform(0.0, 0.5, (count, SIZE))
    found[:, USERS] = 0.0
    return found


def with_duty(rate):
    """Coefficients with the duty on each flow into the importer, written out."""
    taxed = A.copy()
    for supplier in range(SIZE):
        for user in USERS:
            taxed[supplier, user] *= 1.0 + rate[supplier]
    return taxed


def test_two_countries_by_hand():
    """One sector each: A = [[.2, .1], [.1, .3]], duty 20 % of country 2 on country 1: w = 0.02.

    det(I - A) = 0.8 * 0.7 - 0.01 = 0.55, L[2, :] = [0.1, 0.8] / 0.55; dp = 0.02 L[2, :].
    Compounded: p1 (1 - .2) - p2 .1 = v1; p2 (1 - .3) - p1 .12 = v2 with v = (0.7, 0.6):
    p = (0.7 * 0.7 + 0.6 * 0.1, 0.8 * 0.6 + 0.12 * 0.7) / (0.56 - 0.012).
    """
    home = importer(leontief(np.array([[0.2, 0.1], [0.1, 0.3]])), np.array([1]))
    rate = np.array([[0.2, 0.0]])
    np.testing.assert_allclose(wedge(home, rate), [[0.02]], rtol=1e-14)
    np.testing.assert_allclose(
        price_change(home, wedge(home, rate)), [[0.002 / 0.55, 0.016 / 0.55]], rtol=1e-13
    )
    np.testing.assert_allclose(
        compounded_change(home, rate), [[0.55 / 0.548 - 1, 0.564 / 0.548 - 1]], rtol=1e-12
    )


def test_rows_and_columns_are_those_of_the_inverse():
    inverse = np.linalg.inv(np.eye(SIZE) - A)
    np.testing.assert_allclose(HOME.rows, inverse[USERS], rtol=1e-10)
    np.testing.assert_array_equal(HOME.bought, A[:, USERS])


def test_linear_prices_are_those_of_the_whole_table():
    rate = rates()
    plain = np.stack([(A * one[:, None])[:, USERS].sum(axis=0) for one in rate])
    cost = np.zeros((len(rate), SIZE))
    cost[:, USERS] = plain
    found = price_change(HOME, wedge(HOME, rate))
    np.testing.assert_allclose(found, SYSTEM.price(cost), rtol=1e-12)


def test_compounded_prices_are_those_of_the_table_with_duty():
    """Woodbury's answer against a new factorisation, to 1e-12."""
    value = ADDED / OUTPUT
    for one in rates():
        plain = leontief(with_duty(one)).price(value[None])[0] - 1.0
        np.testing.assert_allclose(compounded_change(HOME, one[None])[0], plain, atol=1e-12)


def test_compounded_is_above_linear_by_the_square_of_the_duty():
    rate = rates(1)
    big = compounded_change(HOME, rate) - price_change(HOME, wedge(HOME, rate))
    small = compounded_change(HOME, rate / 10) - price_change(HOME, wedge(HOME, rate / 10))
    assert (big > 0).all()
    np.testing.assert_allclose(small / big, 0.01, rtol=0.15)


def test_no_duty_no_shock_and_linear_in_the_wedge():
    none = np.zeros((1, SIZE))
    assert not price_change(HOME, wedge(HOME, none)).any()
    assert not compounded_change(HOME, none).any()
    rate = rates(2)
    parts = price_change(HOME, wedge(HOME, rate))
    both = price_change(HOME, wedge(HOME, (2 * rate[0] + rate[1])[None]))[0]
    np.testing.assert_allclose(both, 2 * parts[0] + parts[1], rtol=1e-12)


def test_no_price_falls_as_a_duty_rises():
    rate = rates(1)
    more = rate.copy()
    more[0, 0] += 0.1
    for answer in (
        lambda r: price_change(HOME, wedge(HOME, r)),
        lambda r: compounded_change(HOME, r),
    ):
        assert (answer(more) >= answer(rate)).all()


def test_the_order_of_sectors_does_not_matter():
    order = np.random.default_rng(3).permutation(SIZE)
    place = np.argsort(order)
    mixed = importer(leontief(A[np.ix_(order, order)]), np.sort(place[USERS]))
    rate = rates(2)
    found = compounded_change(mixed, rate[:, order])
    np.testing.assert_allclose(found[:, place], compounded_change(HOME, rate), rtol=1e-11)


def test_a_row_alone_equals_that_row_among_many():
    many = rates(70)
    for answer in (
        lambda r: price_change(HOME, wedge(HOME, r)),
        lambda r: compounded_change(HOME, r),
    ):
        np.testing.assert_allclose(answer(many)[[41]], answer(many[[41]]), rtol=1e-13)


def test_output_change_is_that_of_the_table_with_other_columns():
    rng = np.random.default_rng(5)
    ratio = rng.uniform(0.6, 1.1, (3, SIZE))
    change = rng.normal(0.0, 1.0, (3, SIZE))
    found = output_change(HOME, OUTPUT, ratio, change)
    for one, final, answer in zip(ratio, change, found, strict=True):
        other = A.copy()
        other[:, USERS] *= one[:, None]
        plain = np.linalg.solve(np.eye(SIZE) - other, FINAL.sum(axis=1) + final)
        np.testing.assert_allclose(answer, plain - OUTPUT, rtol=1e-9, atol=1e-9)


def test_nothing_changes_where_nobody_buys_otherwise():
    none = output_change(HOME, OUTPUT, np.ones((1, SIZE)), np.zeros((1, SIZE)))
    np.testing.assert_allclose(none, 0.0, atol=1e-12)


def test_value_added_in_final_demand_is_final_demand():
    """Columns add up to what the country spends: no dollar is lost or counted twice."""
    share = ADDED / OUTPUT
    for country in range(COUNTRIES):
        made = in_final_demand(SYSTEM, share, FINAL[:, country][None])
        assert made.sum() == pytest.approx(FINAL[:, country].sum(), rel=1e-12)
    assert ADDED.sum() == pytest.approx(FINAL.sum(), rel=1e-12)


def test_home_multiplier_is_the_local_inverse():
    share = ADDED / OUTPUT
    found = home_multiplier(A, share, COUNTRY)
    for country in range(COUNTRIES):
        mine = country == COUNTRY
        plain = share[mine] @ np.linalg.inv(np.eye(INDUSTRIES) - A[np.ix_(mine, mine)])
        np.testing.assert_allclose(found[mine], plain, rtol=1e-12)
    assert (found < 1.0).all()


OTHERS = without(A, OUTPUT, FINAL[:, HERE], USERS)


def test_the_world_without_the_importer_makes_all_that_it_made():
    """Exports to it are a final demand like any other, so output is what it was."""
    rest = FINAL[OTHERS.others].sum(axis=1) - FINAL[OTHERS.others, HERE]
    made = OTHERS.system.output((rest + OTHERS.exports)[None])[0]
    np.testing.assert_allclose(made, OUTPUT[OTHERS.others], rtol=1e-10)


def test_extraction_written_out():
    """Without the importer's purchases the others make so much less (Dietzenbacher and Lahr)."""
    share = ADDED / OUTPUT
    rest = FINAL[OTHERS.others].sum(axis=1) - FINAL[OTHERS.others, HERE]
    block = A[np.ix_(OTHERS.others, OTHERS.others)]
    left = np.linalg.solve(np.eye(len(rest)) - block, rest)
    lost = share[OTHERS.others] * (OUTPUT[OTHERS.others] - left)
    found = linked(OTHERS, share[OTHERS.others], COUNTRY[OTHERS.others])
    np.testing.assert_allclose(found.total, lost, rtol=1e-9)


def test_parts_never_exceed_the_whole_and_add_up_both_ways():
    jobs = np.random.default_rng(8).uniform(0.1, 2.0, SIZE)[OTHERS.others]
    where = linked(OTHERS, jobs, COUNTRY[OTHERS.others])
    whose = by_exporter(OTHERS, jobs, COUNTRY[OTHERS.others])
    for part in (where.direct, where.home, where.abroad, whose.direct, whose.home, whose.abroad):
        assert (part >= -1e-12).all()
    assert (where.total <= jobs * OUTPUT[OTHERS.others]).all()
    assert where.total.sum() == pytest.approx(whose.total.sum(), rel=1e-12)
    np.testing.assert_array_equal(where.direct, whose.direct)


def test_jobs_that_are_not_known_stay_unknown_where_they_are():
    jobs = np.ones(len(OTHERS.others))
    jobs[0] = np.nan
    found = linked(OTHERS, jobs, COUNTRY[OTHERS.others]).total
    assert np.isnan(found[0])
    assert not np.isnan(found[1:]).any()
    counted = by_exporter(OTHERS, jobs, COUNTRY[OTHERS.others]).total
    assert not np.isnan(counted).any()


def test_pymrio_finds_the_same_inverse_and_multipliers():
    pymrio = pytest.importorskip("pymrio")
    import pandas as pd

    labels = pd.MultiIndex.from_arrays([COUNTRY, np.tile(np.arange(INDUSTRIES), COUNTRIES)])
    table = pymrio.calc_A(pd.DataFrame(FLOWS, labels, labels), pd.Series(OUTPUT, labels))
    inverse = pymrio.calc_L(table)
    np.testing.assert_allclose(table.to_numpy(), A, rtol=1e-12)
    np.testing.assert_allclose(SYSTEM.inverse(), inverse.to_numpy(), rtol=1e-10)
    found = HOME.rows
    np.testing.assert_allclose(found, inverse.to_numpy()[USERS], rtol=1e-10)


def test_rows_in_blocks_are_the_rows_at_once(monkeypatch):
    """Blocks of 2 of 5 scenarios, and products of two rows at a time, change no number."""
    rate = rates(5)
    output = np.random.default_rng(3).uniform(0.9, 1.1, (5, SIZE))
    final = np.random.default_rng(4).normal(0.0, 1.0, (5, SIZE))
    whole = compounded_change(HOME, rate), output_change(HOME, OUTPUT, output, final)
    monkeypatch.setattr("exposure.economy.one_importer.BLOCK", 2)
    monkeypatch.setattr("exposure.economy.one_importer.PRODUCTS", 2 * SIZE * INDUSTRIES)
    parts = compounded_change(HOME, rate), output_change(HOME, OUTPUT, output, final)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-12)
