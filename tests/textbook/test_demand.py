"""Demand and incidence against hand-computed cases, and what every registered model keeps to."""

import numpy as np
import pytest

from exposure.economy.demand import (
    MODELS,
    Buyers,
    buyers_of,
    chosen,
    consumer_loss,
    facing,
    logit_shares,
    logit_surplus,
    nested_logit_elasticities,
)
from exposure.economy.incidence import (
    PASS_THROUGH,
    burden,
    buyer_price_ratio,
    log_incidence,
    price_cut,
)


def alone(elasticity, rows=1):
    return buyers_of(np.full((rows, 1), float(elasticity)))


def category(shares, elasticity=-4.0, together=-0.6, outside=0.88, rest=0.0):
    """Buyers of goods of one category (1, good)."""
    shape = (1, len(shares))
    return Buyers(
        elasticity=np.full(shape, elasticity),
        together=np.full(shape, together),
        outside=np.full(shape, outside),
        category=np.zeros(len(shares), dtype=np.int64),
        share=np.array([shares], dtype=float),
        rest_response=np.full(shape, rest),
        rivals=np.ones(shape),
    )


def bought(name, price, buyers):
    price = np.array([price], dtype=float)
    return MODELS[name].volume(price, facing(buyers, price))[0]


def test_dem01_constant_elasticity():
    """100 at 10, elasticity -2, 11: 100 / 1.1**2 = 82.6446; the surplus lost is the area
    1000 (1 - 1/1.1) = 90.909."""
    ratio = np.array([[1.1]])
    volume = MODELS["constant_elasticity"].volume(ratio, alone(-2))
    assert 100 * volume[0, 0] == pytest.approx(82.64462809917356, abs=1e-12)
    loss = consumer_loss("constant_elasticity", 10.0, 100.0, ratio, np.array([[-2.0]]))
    assert loss[0, 0] == pytest.approx(90.90909090909093, abs=1e-10)


def test_dem02_linear():
    """The same on a line: 80, and a trapezoid of 1 times (100 + 80) / 2 = 90."""
    ratio = np.array([[1.1]])
    assert MODELS["linear"].volume(ratio, alone(-2))[0, 0] == pytest.approx(0.8, abs=1e-12)
    loss = consumer_loss("linear", 10.0, 100.0, ratio, np.array([[-2.0]]))
    assert loss[0, 0] == pytest.approx(90.0, abs=1e-12)


def test_consumer_loss_at_unit_elasticity_and_beyond_the_choke_price():
    """Elasticity -1: 1000 ln 1.1. On a line of elasticity -2 the choke price is 1.5: the triangle
    1000 * 0.5 / 2 = 250 is all that there is to lose."""
    one = np.array([[-1.0]])
    loss = consumer_loss("constant_elasticity", 10.0, 100.0, np.array([[1.1]]), one)
    assert loss[0, 0] == pytest.approx(1000 * np.log(1.1))
    loss = consumer_loss("linear", 10.0, 100.0, np.array([[1.5], [3.0]]), np.array([[-2.0]]))
    np.testing.assert_allclose(loss, 250.0)


def test_dem04_logit_in_levels():
    """Two equal goods and none: 1/3 each. One rises by ln 2 in utility: exp 0.5, 1, 1."""
    before, nothing = logit_shares(np.zeros((1, 2)))
    np.testing.assert_allclose(before, 1 / 3)
    after, none = logit_shares(np.array([[-np.log(2), 0.0]]))
    np.testing.assert_allclose(after, [[0.2, 0.4]], atol=1e-12)
    assert none[0] == pytest.approx(0.4, abs=1e-12)
    assert logit_surplus(nothing, none, 1.0)[0] == pytest.approx(-0.1823215567939546, abs=1e-12)


def test_dem06_nested_logit_in_levels():
    """Nests of two and of one with r 0.5 (Berry 1994): inclusive values 2 and 1."""
    inside, none = logit_shares(np.zeros((1, 3)), np.array([0, 0, 1]), 0.5)
    root = 2**0.5
    np.testing.assert_allclose(
        inside, [[1 / root / (2 + root), 1 / root / (2 + root), 1 / (2 + root)]]
    )
    assert none[0] == pytest.approx(0.2928932188134525, abs=1e-12)


def test_dem08_nested_logit_elasticities():
    """-0.5 * 6 * (1/0.4 - 0.6/0.4 * 0.4 - 0.1) = -5.4; 3 * (0.6 + 0.1) = 2.1; 3 * 0.1 = 0.3."""
    found = nested_logit_elasticities(np.array(0.1), np.array(0.4), 0.5, np.array(6.0), 0.6)
    np.testing.assert_allclose(found, [-5.4, 2.1, 0.3], atol=1e-12)


def test_the_ratio_form_of_logit_is_the_form_in_levels():
    """Shares 0.2, 0.3 of the category, half of the buyers take none; own elasticity of a small good
    -4. In levels: utility ln(share / outside share), a price that rises by x lowers it by 4 x."""
    share, outside = np.array([0.2, 0.3, 0.5]), 0.5
    buyers = category(share, elasticity=-4.0, together=-2.0, outside=outside)
    price = np.array([1.1, 0.95, 1.0])
    utility = np.log(share * (1 - outside) / outside)[None]
    before, _ = logit_shares(utility)
    after, _ = logit_shares(utility - 4.0 * (price - 1.0))
    np.testing.assert_allclose(bought("logit", price, buyers), (after / before)[0], rtol=1e-12)


def test_the_ratio_form_of_nested_logit_is_the_form_in_levels():
    """One nest; together -0.6 at an outside share of 0.88: 1 - r = 0.6 / 0.88 / 4 = 0.17045."""
    share, outside = np.array([0.2, 0.3, 0.5]), 0.88
    within = 0.6 / 0.88 / 4.0
    r = 1.0 - within
    price = np.array([1.1, 0.95, 1.0])
    # ln s_j - ln s_0 = utility + r ln(share in the nest), Berry (1994).
    utility = (np.log(share * (1 - outside) / outside) - r * np.log(share))[None]
    nest = np.zeros(3, dtype=int)
    before, _ = logit_shares(utility, nest, r)
    np.testing.assert_allclose(before[0], share * (1 - outside))
    after, _ = logit_shares(utility - 4.0 * within * (price - 1.0), nest, r)
    found = bought("nested_logit", price, category(share))
    np.testing.assert_allclose(found, (after / before)[0], rtol=1e-12)


def test_nested_logit_has_both_elasticities():
    """A good of 0.1 % of the category loses 4 % for 1 %; where all prices rise by 1 % each loses
    0.6 %."""
    buyers = category([0.001, 0.999])
    step = 1e-6
    own = (bought("nested_logit", [1 + step, 1], buyers)[0] - 1) / step
    assert own == pytest.approx(-4.0, rel=2e-3)
    alike = (bought("nested_logit", [1 + step, 1 + step], buyers) - 1) / step
    np.testing.assert_allclose(alike, -0.6, rtol=1e-4)


@pytest.mark.parametrize("name", ["logit", "nested_logit"])
def test_rivals_gain_and_what_is_sold_adds_up(name):
    buyers = category([0.2, 0.3, 0.5])
    volume = bought(name, [1.2, 1.0, 1.0], buyers)
    assert volume[0] < 1
    assert (volume[1:] > 1).all()
    sold = float((buyers.share[0] * volume).sum())
    assert 0.9 < sold < 1
    # Of what the dearer good loses, its rivals take most, as buyers stay with the category.
    if name == "nested_logit":
        assert sold > 1 - 0.2 * (1 - volume[0]) * 0.5


def test_rivals_that_are_not_modelled_follow_the_mean_rise():
    """Half of the category is modelled and rises by 10 %; the rest by 0.4 of that. At 1.0 the
    price of all moves alike, so that no good loses to another."""
    none, some, all_ = (
        bought("nested_logit", [1.1], category([0.5], rest=part))[0] for part in (0.0, 0.4, 1.0)
    )
    assert none < some < all_
    apart = bought("nested_logit", [1.1, 1.1], category([0.5, 0.5]))
    assert all_ == pytest.approx(apart[0], rel=1e-12)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model_keeps_volume_at_the_old_price_falls_and_has_its_inverse(name):
    price = np.linspace(0.8, 1.4, 40)[:, None]
    for buyers in (alone(-1.7, 40), chosen(category([0.3]), np.zeros(40, dtype=int))):
        kept = facing(buyers, np.ones((40, 1)))
        volume = MODELS[name].volume(price, kept)
        assert MODELS[name].volume(np.ones((40, 1)), kept) == pytest.approx(1.0, abs=1e-15)
        assert (np.diff(volume[:, 0]) <= 0).all()
        assert (volume >= 0).all()
        some = volume > 0
        found = MODELS[name].price(volume, kept)
        np.testing.assert_allclose(found[some], price[some], rtol=1e-9)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_one_row_is_that_row_of_many(name):
    draws = np.random.default_rng(3)
    shape = (7, 3)
    share = draws.dirichlet([1, 1, 1, 1], 7)[:, :3]
    many = Buyers(
        elasticity=-draws.uniform(1, 6, shape),
        together=-draws.uniform(0.3, 0.9, shape),
        outside=draws.uniform(0.6, 0.95, shape),
        category=np.zeros(3, dtype=np.int64),
        share=share,
        rest_response=draws.uniform(0, 1, shape),
        rivals=np.ones(shape),
    )
    price = draws.uniform(0.8, 1.3, shape)
    whole = MODELS[name].volume(price, facing(many, price))
    for row in range(7):
        pick = np.array([row])
        one = MODELS[name].volume(price[pick], facing(chosen(many, pick), price[pick]))
        assert (one[0] == whole[row]).all()


def test_inc01_and_inc03_in_logs():
    """4 / (4 + 1) = 0.8 of ln 1.25; 3 / 4.5 of ln 1.2 less 0.3 of an appreciation of 0.05."""
    passed = PASS_THROUGH["supply_and_demand"](np.array(0.0), np.array(4.0), np.array(-1.0))
    assert passed == pytest.approx(0.8)
    buyer, exporter = log_incidence((np.array(0.0), np.array(0.25)), passed)
    assert buyer == pytest.approx(0.17851484105136783, abs=1e-12)
    assert exporter == pytest.approx(-0.04462871026284196, abs=1e-12)
    passed = PASS_THROUGH["supply_and_demand"](np.array(0.0), np.array(3.0), np.array(-1.5))
    buyer, _ = log_incidence((np.array(0.0), np.array(0.2)), passed, 0.05, 0.3)
    assert passed == pytest.approx(2 / 3)
    assert buyer == pytest.approx(0.10654770452930305, abs=1e-12)


@pytest.mark.parametrize(("supply", "demand", "share"), [(10, 2.5, 0.8), (1.5, 1.25, 6 / 11), (2, 1, 2 / 3)])  # fmt: skip
def test_pass_through_of_supply_and_demand(supply, demand, share):
    found = PASS_THROUGH["supply_and_demand"](np.array(0.1), np.array(supply), np.array(-demand))
    assert found == pytest.approx(share)


@pytest.mark.parametrize("name", sorted(PASS_THROUGH))
def test_every_pass_through_is_a_share(name):
    draws = np.random.default_rng(1)
    stated, supply, demand = (
        draws.random(50),
        draws.uniform(0.5, 30, 50),
        -draws.uniform(0.2, 6, 50),
    )
    found = PASS_THROUGH[name](stated, supply, demand)
    assert ((found >= 0) & (found <= 1)).all()


def test_the_burden_adds_up_and_ends():
    draws = np.random.default_rng(2).random((4, 100))
    who = burden(*draws)
    whole = who.buyer + who.importer + who.exporter + who.currency
    np.testing.assert_allclose(whole, 1.0, rtol=0, atol=1e-15)
    one, none = np.array(1.0), np.array(0.0)
    assert burden(one, none, none, none).buyer == 1.0
    assert burden(none, one, none, none).exporter == 1.0
    assert burden(none, none, none, none).importer == 1.0
    # Lerner: a dollar that rises by the whole tariff, and prices that follow it wholly.
    assert burden(one, one, one, one).currency == 1.0


def test_a_price_cut_takes_its_share_and_the_treasury_its_loss():
    """25 on 100: the exporter takes 40 %, 10. A cut of 8 saves 8 and 2 of duty. The treasury gets
    23 on 92: 15 from the importer and 8 from the exporter."""
    cut = float(price_cut(np.array(25.0), np.array(0.4), np.array(0.25)))
    assert cut == pytest.approx(8.0)
    assert 0.25 * (100 - cut) == pytest.approx(0.6 * 25 + cut)


def test_pass_through_ends():
    ratio = np.array([[1.25]])
    one, none, half = np.array([[1.0]]), np.array([[0.0]]), np.array([[0.5]])
    assert buyer_price_ratio(ratio, none, one)[0, 0] == 1.0
    assert buyer_price_ratio(ratio, one, one)[0, 0] == 1.25
    # A landed cost of 10 in a price of 20 rises by 2.50, all passed on: 22.50 over 20.
    assert buyer_price_ratio(ratio, one, half)[0, 0] == 1.125
