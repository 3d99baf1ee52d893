"""Routes, effective protection, quotas and a duty on straight lines: benchmark rows by hand."""

import numpy as np
import pytest

from exposure.economy.border_tax import Lines, linear_market
from exposure.economy.demand import buyers_of
from exposure.economy.demand import constant_elasticity as ratio_of_volume
from exposure.economy.demand import constant_elasticity_price as ratio_of_price
from exposure.economy.protection import effective_protection
from exposure.economy.quota import (
    AT_QUOTA,
    IN_QUOTA,
    OVER_QUOTA,
    Demand,
    import_quota,
    linear_demand,
    tariff_rate_quota,
)
from exposure.economy.stock import first_in_first_out
from exposure.errors import DataError
from tests.chains import chain


def constant_elasticity(price, elasticity):
    return ratio_of_volume(price, buyers_of(elasticity))


def constant_elasticity_price(volume, elasticity):
    """Elasticities by scenario; volumes may have points as well."""
    wide = elasticity.reshape(elasticity.shape + (1,) * (volume.ndim - elasticity.ndim))
    return ratio_of_price(volume, buyers_of(wide))


ONE = np.ones(1)
LINE = linear_demand(100 * ONE, 2 * ONE)


def near(found, *expected):
    np.testing.assert_allclose(np.ravel(found), expected, rtol=1e-12, atol=1e-12)


# --- routes ----------------------------------------------------------------------------------


def test_rte01_duty_on_duty():
    """(100 * 1.1 + 50) * 1.2 = 192; 42 of duty on 150 of value added is 28 %."""
    done = chain([100, 50], [0.1, 0.2])
    near(done.value[0, -1], 192.0)
    near(done.duty, 10.0, 32.0)
    near(done.duty.sum() / 150, 0.28)


def test_rte02_drawback_of_the_first_duty():
    """The 10 of the first border come back: (100 + 50) * 1.2 = 180, net duty 30."""
    done = chain([100, 50], [0.1, 0.2], drawback=[1.0, 0.0])
    near(done.value[0, -1], 180.0)
    near(done.duty, 0.0, 30.0)
    near(done.customs_value[0, 0] * done.rate[0, 0] - done.duty[0, 0], 10.0)


def test_rte03_duty_on_foreign_content_only():
    """60 of home content are exempt: 25 % of 40 is 10, landed 110."""
    done = chain([60, 40], [0.0, 0.25], exempt_home=True)
    near(done.value[0, -1], 110.0)
    near(done.duty, 0.0, 10.0)


@pytest.mark.parametrize(("cif", "duty", "landed"), [(False, 100, 1185), (True, 108.5, 1193.5)])
def test_lnd01_lnd02_customs_value(cif, duty, landed):
    """1000 and 85 of freight and insurance at 10 %: of 1000 (LND01), of 1085 (LND02)."""
    done = chain([1000], [0.1], freight=[0.085], cif=cif)
    near(done.duty, duty)
    near(done.value[0, -1], landed)


# --- effective protection --------------------------------------------------------------------


def test_erp01_erp02_by_hand():
    """ERP01: (0.20 - 0.05) / 0.5 = 0.30. ERP02: (0 - 0.075 - 0.03) / 0.4 = -0.2625."""
    near(effective_protection(np.array([0.2]), np.array([0.5]), np.array([[0.1]])), 0.3)
    shares, rates = np.array([[0.3, 0.3]]), np.array([[0.25, 0.1]])
    near(effective_protection(np.array([0.0]), shares, rates), -0.2625)


def test_erp_1_and_erp_4_of_the_second_file():
    """ERP-01: a car of which half is steel under 25 %: 0.25 / 0.5 = 0.5, with steel at 20 % 0.3.
    ERP-04: (0.25 - 0.3 / 6) / 0.4 = 0.5."""
    car = effective_protection(np.full(2, 0.25), np.array([0.5]), np.array([[0.0], [0.2]]))
    near(car, 0.5, 0.3)
    cloth = np.array([[0.3, 0.3]]), np.array([[1 / 6, 0.0]])
    near(effective_protection(np.array([0.25]), *cloth), 0.5)


def test_no_value_added_has_no_protection():
    with pytest.raises(DataError, match="scenario 2: inputs cost as much"):
        effective_protection(np.zeros(2), np.array([[0.5, 0.4], [0.5, 0.5]]), np.zeros((2, 2)))
    unknown = effective_protection(np.zeros(1), np.array([[np.nan]]), np.zeros((1, 1)))
    assert np.isnan(unknown).all()


# --- quotas ----------------------------------------------------------------------------------


def test_qta01_a_quota_that_binds():
    """100 - 2 P at 20 would be 60 units; 40 sell at 30: 10 a unit or 50 %, rent 10 * 40 = 400,
    triangle 10 * 20 / 2 = 100."""
    done = import_quota(20 * ONE, 40 * ONE, LINE)
    assert done.binds.tolist() == [True]
    near(done.price, 30.0)
    near(done.specific, 10.0)
    near(done.ad_valorem, 0.5)
    near(done.rent, 400.0)
    near(done.deadweight, 100.0)


def test_quotas_that_do_not_bind_that_forbid_and_that_are_not_known():
    line = linear_demand(np.full(4, 100.0), np.full(4, 2.0))
    quota = np.array([60.0, 80.0, 0.0, np.nan])
    done = import_quota(np.full(4, 20.0), quota, line)
    assert done.binds.tolist() == [False, False, True, False]
    near(done.price[:3], 20.0, 20.0, 50.0)
    near(done.rent[:3], 0.0, 0.0, 0.0)
    # Nothing comes: the whole triangle under the line, 30 * 60 / 2.
    near(done.deadweight[:3], 0.0, 0.0, 900.0)
    assert np.isnan([done.units[3], done.price[3], done.rent[3], done.deadweight[3]]).all()


def test_a_quota_on_a_curve():
    """Constant elasticity -2 through (1, 100): 25 units sell at 2, rent 25. Under the curve lies
    10 * integral of q^-1/2 = 20 (sqrt 100 - sqrt 25) = 100 for units that cost 75: 25 are lost."""
    demand = Demand(
        volume=lambda price: 100 * constant_elasticity(price, np.array(-2.0)),
        price=lambda volume: constant_elasticity_price(volume / 100, np.array(-2.0)),
    )
    done = import_quota(ONE, 25 * ONE, demand)
    near(done.price, 2.0)
    near(done.rent, 25.0)
    near(done.deadweight, 25.0)


def test_a_ban_on_a_curve_without_choke_price_and_a_very_small_quota():
    """At elasticity -1/2 price is (100 / q)^2. Nothing sells at no finite price: no rent, the loss
    not known. 0.1 units: the area is 100^2 (1 / 0.1 - 1 / 100) = 99,900 less 99.9 at 1."""
    demand = Demand(
        volume=lambda price: 100 * constant_elasticity(price, np.array(-0.5)),
        price=lambda volume: constant_elasticity_price(volume / 100, np.array(-0.5)),
    )
    done = import_quota(np.ones(2), np.array([0.0, 0.1]), demand)
    np.testing.assert_allclose(done.price, [np.inf, 1e6], rtol=1e-12)
    np.testing.assert_allclose(done.rent, [0.0, 99_999.9], rtol=1e-12)
    np.testing.assert_allclose(done.deadweight, [np.nan, 99_800.1], rtol=1e-8)
    limited = tariff_rate_quota(ONE, 0 * ONE, 0 * ONE, ONE, demand)
    near(limited.price, 2.0)
    assert limited.regime.tolist() == [OVER_QUOTA]


@pytest.mark.parametrize(
    ("quota", "regime", "units", "price", "rent", "revenue"),
    [
        (90, IN_QUOTA, 78, 11, 0, 78),
        (60, AT_QUOTA, 60, 20, 540, 60),
        (30, OVER_QUOTA, 40, 30, 570, 230),
    ],
)
def test_qta03_qta04_qta05_three_regimes(quota, regime, units, price, rent, revenue):
    """100 - 2 P at 10, 10 % within the quota and 200 % over it: 11 or 30 with duty. 90 units are
    more than the 78 that 11 sells (QTA03); 60 sell at 20, rent 9 * 60 (QTA04); 30 would sell at
    35, so 40 come at 30, rent 19 * 30, duty 1 * 30 + 20 * 10 (QTA05)."""
    done = tariff_rate_quota(10 * ONE, quota * ONE, 0.1 * ONE, 2 * ONE, LINE)
    assert done.regime.tolist() == [regime]
    near(done.units, units)
    near(done.price, price)
    near(done.rent, rent)
    near(done.revenue, revenue)


def test_a_quota_just_at_the_end_of_a_regime():
    """78 sell at 11 and 40 at 30: with just so many, no one pays more than 11, and no one 30."""
    two, line = np.ones(2), linear_demand(np.full(2, 100.0), np.full(2, 2.0))
    done = tariff_rate_quota(10 * two, np.array([78.0, 40.0]), 0.1 * two, 2 * two, line)
    assert done.regime.tolist() == [IN_QUOTA, AT_QUOTA]
    near(done.units, 78.0, 40.0)
    near(done.revenue, 78.0, 40.0)


def test_a_rate_quota_that_is_not_known_has_no_regime():
    done = tariff_rate_quota(np.array([np.nan]), 60 * ONE, 0.1 * ONE, 2 * ONE, LINE)
    assert done.regime.tolist() == [0]
    assert np.isnan([done.price, done.rent, done.revenue]).all()


@pytest.mark.parametrize("place", range(4))
def test_each_thing_that_is_not_known_leaves_the_regime_open(place):
    given = [10 * ONE, 60 * ONE, 0.1 * ONE, 2 * ONE]
    given[place] = np.array([np.nan])
    assert tariff_rate_quota(*given, LINE).regime.tolist() == [0]


def test_quotas_that_make_no_sense():
    # One of two scenarios is enough, and the first that is wrong is named.
    with pytest.raises(DataError, match="scenario 2: a quota is negative"):
        import_quota(np.full(2, 20.0), np.array([1.0, -1.0]), LINE)
    with pytest.raises(DataError, match="scenario 2: a world price is not above 0"):
        import_quota(np.array([20.0, 0.0]), np.ones(2), LINE)
    with pytest.raises(DataError, match="scenario 2: .*below the rate within it"):
        tariff_rate_quota(np.ones(2), np.ones(2), np.full(2, 0.2), np.array([0.2, 0.1]), LINE)
    with pytest.raises(DataError, match="a quota is negative"):
        import_quota(20 * ONE, -ONE, LINE)
    with pytest.raises(DataError, match="a world price is not above 0"):
        import_quota(0 * ONE, ONE, LINE)
    with pytest.raises(DataError, match="below the rate within it"):
        tariff_rate_quota(ONE, ONE, 0.2 * ONE, 0.1 * ONE, LINE)


# --- straight lines --------------------------------------------------------------------------


def test_inc04_a_large_country():
    """D = 100 - 2 P, S = -20 + 2 P: 30 and 40 units; 10 a unit: 35, exporters 25, 30 units. Revenue
    300, triangle 10 * 10 / 2, exporters pay 5 * 30, buyers lose 5 * (40 + 30) / 2."""
    none = 0 * ONE
    done = linear_market(Lines(100 * ONE, 2 * ONE, none, none, 10 * ONE, 0.5 * ONE), 10 * ONE, none)
    near(done.free_price, 30.0)
    near(done.price, 35.0)
    near(done.exporter_price, 25.0)
    near(done.free_imports, 40.0)
    near(done.imports, 30.0)
    near(done.pass_through, 0.5)
    near(done.revenue, 300.0)
    near(done.deadweight, 50.0)
    near(done.terms_of_trade, 150.0)
    near(done.consumers, -175.0)
    near(done.deadweight_home, 25.0)


def test_pe_1_a_small_country():
    """D = 240 - 2 P, S = 20 + P at 50 under 20 %: 60; imports 120 - 80 = 40 of 70; revenue 400;
    buyers lose 10 * (140 + 120) / 2, makers gain 10 * (70 + 80) / 2; triangles 10 * 30 / 2."""
    lines = Lines(240 * ONE, 2 * ONE, 20 * ONE, ONE, 50 * ONE, 0 * ONE)
    done = linear_market(lines, 0 * ONE, 0.2 * ONE)
    near(done.price, 60.0)
    near(done.imports, 40.0)
    near(done.revenue, 400.0)
    near(done.consumers, -1300.0)
    near(done.producers, 750.0)
    near(done.deadweight, 150.0)
    near(done.deadweight_home, 150.0)
    near(done.terms_of_trade, 0.0)


def test_pe_3_pass_through_by_elasticities():
    """With lines of elasticity e and n at a price of 1, buyers bear e / (e + n): 10 / 12.5,
    1.5 / 2.75, 2 / 3."""
    supply, demand = np.array([10.0, 1.5, 2.0]), np.array([2.5, 1.25, 1.0])
    none = np.zeros(3)
    lines = Lines(1 + demand, demand, none, none, 1 - 1 / supply, 1 / supply)
    done = linear_market(lines, np.full(3, 0.01), none)
    near(done.free_price, 1.0, 1.0, 1.0)
    np.testing.assert_allclose(done.pass_through, [0.8, 6 / 11, 2 / 3], rtol=1e-10)


def test_a_duty_that_ends_imports_is_as_good_as_any_higher_one():
    """D = 240 - 2 P and S = 20 + P meet at 220 / 3; 70 units came at 50: all of it is lost."""
    lines = Lines(*(value * np.ones(2) for value in (240, 2, 20, 1, 50, 0)))
    done = linear_market(lines, np.array([30.0, 300.0]), np.zeros(2))
    near(done.price, 220 / 3, 220 / 3)
    near(done.imports, 0.0, 0.0)
    near(done.deadweight, *[70 * (220 / 3 - 50) / 2] * 2)
    near(done.revenue, 0.0, 0.0)


def test_lines_that_do_not_hold():
    lines = Lines(*(value * ONE for value in (100, 2, -30, 1, 20, 0)))
    with pytest.raises(DataError, match="below 0 at the price that clears"):
        linear_market(lines, 1 * ONE, 0 * ONE)
    with pytest.raises(DataError, match="a duty is negative"):
        linear_market(lines, -ONE, 0 * ONE)


# --- stock -----------------------------------------------------------------------------------


def test_inv01_stock_delays_the_cost():
    """150 at 10 in stock, 100 a month at 12.50, 100 sold a month: 10, then 50 * 10 + 50 * 12.50,
    then 12.50; 150 are left, all at 12.50."""
    cost, hundred = np.full(3, 12.5), np.full(3, 100.0)
    sold, left = first_in_first_out(cost, hundred, hundred, 150.0, 10.0)
    near(sold, 10.0, 11.25, 12.5)
    near(left, 150.0, 150.0, 150.0)
    near(150 * 10 + (cost * hundred).sum() - (sold * hundred).sum(), 1875.0)
