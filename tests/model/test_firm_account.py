"""A firm's account by hand: who pays a change of duty, what is lost with sales, sums and means."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.economy.incidence import Burden
from exposure.model.cases import Case
from exposure.model.firms import PER_UNIT, _mean_cost, firm_effects, firm_results
from exposure.model.headline import METRICS, Sides, by_product, headline

NAN = np.nan
OLD, NEW = slice(0, 1), slice(1, 2)


def compiled(importer="own"):
    """Two routes of a car of firm F, one of a van of firm G; all of 100 a unit at the gate."""
    products = pd.DataFrame({"product": ["car", "van"], "firm": ["F", "G"],
                             "importer": [importer, "other"]})  # fmt: skip
    routes = pd.DataFrame({"product": ["car", "car", "van"], "route": ["sea", "air", "sea"],
                           "market": [0, 0, 1]})  # fmt: skip
    market = np.array([0, 0, 1])
    return SimpleNamespace(products=products, routes=routes, sectors=("cars", "cars"),
                           labels=SimpleNamespace(market=market),
                           work=SimpleNamespace(market=np.array([0, 1])))  # fmt: skip


VALUES = {"contribution_margin": np.array([0.2]), "border_price_share": np.array([0.5])}
UNITS = [[60.0, 40.0, 10.0]]
SHARES = [[0.6, 0.4, 1.0]]


def done(**changes):
    """Sea pays 25 more on 100; a third of its cars are no longer sold; the van stays as it was."""
    both = {
        "duty": [[0.0, 0.0, 5.0], [25.0, 0.0, 5.0]],
        "last_rate": [[0.0, 0.0, 0.05], [0.25, 0.0, 0.05]],
        "gate": [[100.0] * 3] * 2,
        "cost": [[100.0, 110.0, 105.0], [125.0, 110.0, 105.0]],
        "units_before": UNITS * 2,
        "units_after": [*UNITS, [40.0, 40.0, 10.0]],
        "share_before": SHARES * 2,
        "price": [[1.0, 1.0], [1.1, 1.0]],
        "volume": [[1.0, 1.0], [0.8, 1.0]],
        "cost_index": [[1.0, 1.0], [1.15, 1.0]],
        "exposed": [[7.0, 3.0]] * 2,
    } | changes
    arrays = {name: np.array(value, dtype=float) for name, value in both.items()}
    # Of a dollar the buyer bears 40 cents, the importer 20, the exporter 30, its currency 10.
    parts = {"buyer": 0.4, "importer": 0.2, "exporter": 0.3, "currency": 0.1}
    who = Burden(**{name: np.full((2, 2), part) for name, part in parts.items()})
    jobs = lambda rows: np.array([[-1.0], [0.5]])  # noqa: E731
    return SimpleNamespace(**arrays, burden=who, jobs=jobs)


def effects(of=None, old=OLD, new=NEW, importer="own", **changes):
    return firm_effects(of or compiled(importer), done(**changes), VALUES, old, new)


def sea(values):
    return float(values[0, 0])


# --- by route ------------------------------------------------------------------------------------


def test_who_pays_a_change_of_duty():
    """25 on each of 40: buyers 400, the importer 200; the exporter and its currency cut 10 / 1.25 =
    8 off the price: 320."""
    found = effects()
    assert sea(found.buyer_pays_usd) == pytest.approx(400.0)
    assert sea(found.importer_pays_usd) == pytest.approx(200.0)
    assert sea(found.exporter_pays_usd) == pytest.approx(320.0)


def test_what_is_paid_together_is_what_is_collected_more():
    """A price cut of 8 saves 2 of duty on each: 1,000 less 80 is what the three pay."""
    found = effects()
    assert sea(found.duty_bill_usd) == 1000.0
    assert sea(found.duty_collected_usd) == pytest.approx(920.0)
    paid = found.buyer_pays_usd + found.importer_pays_usd + found.exporter_pays_usd
    assert sea(paid) == pytest.approx(920.0)


def test_profit_of_a_firm_that_imports_itself():
    """The exporter's own cut of 7.5 / 1.25 = 6 on 40, the importer's 200, and a margin of a fifth of
    100 on 20 cars that are not sold; what the currency bears is no loss at home."""
    assert sea(effects().operating_profit_change_usd) == pytest.approx(-240.0 - 200.0 - 400.0)


def test_an_importer_of_its_own_is_not_the_firms_loss():
    assert sea(effects(importer="other").operating_profit_change_usd) == pytest.approx(-640.0)


def test_prices_and_sales_are_those_of_the_shop():
    """Mean cost 0.6 * 100 + 0.4 * 110 = 104 is half of the price; a tenth more is 228.8."""
    found = effects()
    assert found.buyer_price_usd_per_unit[0].tolist() == pytest.approx([228.8, 228.8, 210.0])
    assert sea(found.sales_usd) == pytest.approx(40 * 228.8)


def test_today_against_itself_nothing_is_paid_more():
    found = effects(old=OLD, new=OLD)
    for name in ("buyer_pays_usd", "exporter_pays_usd", "operating_profit_change_usd"):
        assert (getattr(found, name) == 0).all(), name
    assert found.units.tolist() == UNITS
    assert found.duty_bill_usd[0].tolist() == [0.0, 0.0, 50.0]
    assert found.buyer_price_usd_per_unit[0, 0] == pytest.approx(208.0)


def test_a_route_that_ships_nothing_has_no_effect_known_or_not():
    found = effects(duty=[[0.0, NAN, 5.0], [25.0, NAN, 5.0]],
                    units_before=[[60.0, 0.0, 10.0]] * 2,
                    units_after=[[60.0, 0.0, 10.0], [40.0, 0.0, 10.0]])  # fmt: skip
    for name in ("duty_bill_usd", "duty_collected_usd", "buyer_pays_usd", "exporter_pays_usd",
                 "operating_profit_change_usd"):  # fmt: skip
        assert getattr(found, name)[0, 1] == 0.0, name


def test_an_unknown_duty_of_a_route_that_ships_is_not_nought():
    found = effects(duty=[[0.0, 0.0, 5.0], [NAN, 0.0, 5.0]])
    assert np.isnan(sea(found.duty_bill_usd))
    assert np.isnan(sea(found.operating_profit_change_usd))
    assert found.duty_bill_usd[0, 2] == 50.0


def test_last_bits_of_a_volume_are_no_loss():
    """By air no duty changes: a volume that moves by rounding alone earns what it did."""
    found = effects(units_after=[*UNITS, [40.0, 40.0 * (1 + 1e-15), 10.0]])
    assert found.operating_profit_change_usd[0, 1] == 0.0


def test_relief_is_the_mirror_of_a_duty_where_volumes_stand_still():
    """25 more or 25 less on the same sales: everything turns its sign but the price cut's rate."""
    up = effects(units_after=UNITS * 2)
    down = effects(units_after=UNITS * 2, duty=[[25.0, 0.0, 5.0], [0.0, 0.0, 5.0]],
                   last_rate=[[0.0] * 3, [0.25, 0.0, 0.05]])  # fmt: skip
    for name in ("buyer_pays_usd", "importer_pays_usd", "exporter_pays_usd"):
        assert sea(getattr(down, name)) == pytest.approx(-sea(getattr(up, name))), name


def test_mean_cost_is_of_routes_that_ship():
    mean = _mean_cost(compiled(), done(cost=[[100.0, 110.0, 105.0]] * 2), OLD)
    assert mean[0].tolist() == pytest.approx([104.0, 105.0])
    closed = done(cost=[[100.0, NAN, 105.0]] * 2, units_before=[[60.0, 0.0, 0.0]] * 2)
    mean = _mean_cost(compiled(), closed, OLD)
    assert mean[0, 0] == 100.0
    assert np.isnan(mean[0, 1]), "nobody sells a van, so that it has no mean"


# --- by product and firm ---------------------------------------------------------------------------


def account(**changes):
    cases = Case("s", "baseline", 0, OLD), Case("s", "scenario", 1, NEW)
    table = firm_results(compiled(), done(**changes), VALUES, *cases)
    return table.set_index(["level", "firm", "product", "route", "metric"])


def test_products_and_firms_are_sums_and_means_are_weighted_by_what_is_sold():
    table = account()
    assert table.loc[("product", "F", "car", "", "duty_bill_usd"), "central"] == 1000.0
    assert table.loc[("firm", "G", "", "", "duty_bill_usd"), ["baseline", "central"]].tolist() == [
        50.0, 50.0]  # fmt: skip
    landed = table.loc[("product", "F", "car", "", "landed_usd_per_unit")]
    assert landed["baseline"] == pytest.approx(104.0)
    assert landed["central"] == pytest.approx((40 * 125 + 40 * 110) / 80)


def test_a_firm_has_no_units_and_no_mean_price():
    table = account().reset_index()
    firm = set(table[table["level"] == "firm"]["metric"])
    assert not firm & {"units", *PER_UNIT}
    assert set(table[table["unit"] == "USD per unit"]["metric"]) == set(PER_UNIT)


def test_a_mean_of_a_product_that_is_no_longer_sold_is_by_todays_units():
    table = account(units_after=[*UNITS, [0.0, 0.0, 10.0]])
    landed = table.loc[("product", "F", "car", "", "landed_usd_per_unit"), "central"]
    assert landed == pytest.approx(0.6 * 125 + 0.4 * 110)
    assert table.loc[("product", "F", "car", "", "units"), "central"] == 0.0


def test_a_route_that_is_given_up_has_no_say_in_the_mean():
    table = account(units_after=[*UNITS, [0.0, 40.0, 10.0]])
    assert table.loc[("product", "F", "car", "", "landed_usd_per_unit"), "central"] == 110.0


# --- the headline ----------------------------------------------------------------------------------


def test_sums_over_routes_leave_out_what_has_no_weight_and_spread_what_is_not_known():
    found = by_product(compiled(), np.array([[2.0, NAN, NAN]]), np.array([[3.0, 0.0, 1.0]]))
    assert found[0, 0] == 6.0
    assert np.isnan(found[0, 1])


@pytest.mark.parametrize(
    ("metric", "car"),
    [
        ("duty_bill_usd", 1000.0),
        ("duty_bill_change_usd", 1000.0),
        ("duty_usd_per_unit", 15.0),  # 0.6 of 25, at the routes of today
        ("duty_change_usd_per_unit", 15.0),
        ("cost_change_share", 0.15),
        ("buyer_price_change_share", 0.1),
        ("volume_change_share", -0.2),
        ("buyer_pays_usd", 400.0),
        ("operating_profit_change_usd", -840.0),
        ("jobs_exposed", 7.0),
        ("jobs_predicted", -1.0),
    ],
)
def test_headline_by_hand(metric, car):
    found = {one.name: one for one in headline(compiled(), done(), VALUES, OLD, NEW)}
    assert found[metric].values[0, 0] == pytest.approx(car)
    assert found[metric].unit == METRICS[metric][0]


def test_changes_of_what_does_not_change_are_nought():
    found = {one.name: one for one in headline(compiled(), done(), VALUES, OLD, NEW)}
    for name in ("duty_change_usd_per_unit", "volume_change_share", "buyer_pays_usd"):
        assert found[name].values[0, 1] == 0.0, name
        assert found[name].sign, name
    assert not found["jobs_exposed"].sign, "a level has no direction"


def test_sides_price_the_firm_once():
    sides = Sides(compiled(), done(), VALUES, OLD, NEW)
    assert sides.effects is sides.effects
    np.testing.assert_allclose(sides.paid("buyer_pays_usd"), [[400.0, 0.0]])
