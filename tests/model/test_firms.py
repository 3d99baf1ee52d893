"""Firm results: what is collected is borne by someone, levels add up, quotas and duties meet."""

import numpy as np
import pytest

import exposure as ex
from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.facts.scenario import read_scenario
from tests import tiny
from tests.model.test_volumes import write


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def result(world):
    return ex.run(world, "tariff", draws=40)


def changed(world, **fields):
    document = read_scenario(world, "tariff").model_dump(by_alias=True, mode="json")
    return Scenario.model_validate({**document, **fields})


def effects(result, level="product"):
    table = result.table("firm_results").query(f"level == {level!r}")
    return table.set_index(["route", "metric"])["central"]


def test_what_is_collected_more_is_borne_by_buyer_importer_and_exporter(result):
    """Per unit sold now: the duty collected less the old duty is what the three bear."""
    for route in ("mexico", "germany"):
        found = effects(result, "route")[route]
        old = result.table("landed_cost").query("case == 'baseline'").set_index("route")
        paid = found[["buyer_pays_usd", "importer_pays_usd", "exporter_pays_usd"]].sum()
        before = old.loc[route, "duty_usd_per_unit"] * found["units"]
        assert paid == pytest.approx(found["duty_collected_usd"] - before)
        assert found["duty_collected_usd"] < found["duty_bill_usd"]


def test_routes_add_up_to_the_product_and_products_to_the_firm_and_to_the_headline(result):
    table = result.table("firm_results")
    sums = [m for m in set(table["metric"]) if "per_unit" not in m]
    for metric in sums:
        mine = table[table["metric"] == metric].set_index("level")["central"]
        assert mine[["route"]].sum() == pytest.approx(mine["product"], abs=1e-6)
        if metric != "units":
            assert mine["firm"] == pytest.approx(mine["product"])
    headline = result.table("headline").set_index("metric")
    product = table.query("level == 'product'").set_index("metric")
    for metric in set(headline.index) & set(product.index):
        for column in ("low", "central", "high"):
            assert product.loc[metric, column] == pytest.approx(headline.loc[metric, column])


def test_today_is_today(result):
    table = result.table("firm_results").query("level == 'product'").set_index("metric")
    assert table.loc["units", "baseline"] == pytest.approx(120_000)
    for metric in ("buyer_pays_usd", "importer_pays_usd", "operating_profit_change_usd"):
        assert table.loc[metric, "baseline"] == 0
    # Landed cost over the border's share of the buyer's price, 0.8.
    old = result.table("landed_cost").query("case == 'baseline'").set_index("route")
    mean = (old["landed_central"] * [100_000, 20_000]).sum() / 120_000
    assert table.loc["buyer_price_usd_per_unit", "baseline"] == pytest.approx(mean / 0.8)


def test_an_importer_of_its_own_bears_on_the_firm(tmp_path):
    """The importer's 0.3 of the change is the firm's loss only where it is the firm's company."""
    path = tmp_path / "raw" / "firms" / "car.yaml"
    found = {}
    for owner in ("own", "independent"):
        tiny.write(tmp_path)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("sector: cars", f"sector: cars\nimporter: {owner}"), "utf-8")
        found[owner] = effects(ex.run(ex.load(tmp_path), "tariff", draws=0))[""]
    apart = (found["independent"] - found["own"])["operating_profit_change_usd"]
    assert apart == pytest.approx(found["own"]["importer_pays_usd"])


def test_complete_pass_through_leaves_nothing_to_the_firm_but_volume(world):
    still = {"currency_offset": 0.0}
    result = ex.run(world, changed(world, incidence="complete", parameters=still), draws=20)
    table = result.table("firm_results").query("level == 'product'").set_index("metric")
    assert (table.loc[["importer_pays_usd", "exporter_pays_usd"], ["low", "high"]] == 0).all(
        axis=None
    )
    assert table.loc["operating_profit_change_usd", "high"] < 0


def test_the_dollar_takes_its_part(world):
    """Offset 0.2 at an exchange pass-through of 0.2: 4 % of the change is not felt at the border."""
    plain, moved = (
        ex.run(world, changed(world, parameters={"currency_offset": part}), draws=0)
        .table("headline")
        .set_index("metric")["central"]
        for part in (0.0, 0.2)
    )
    rise = "buyer_price_change_share"
    assert moved[rise] == pytest.approx(0.96 * plain[rise])


def test_a_quota_and_its_equivalent_duty_bring_the_same(world):
    """Mexico capped at 60,000; a duty of the rent a unit on top brings 60,000 of its own accord."""
    limit = {"product": "car", "route": "mexico", "units": 60_000.0}
    capped = ex.run(world, changed(world, limits=[limit]), draws=0)
    quota = capped.table("quotas").iloc[0]
    assert quota["units_central"] == pytest.approx(60_000)
    assert quota["binding_share"] == 1.0
    assert quota["holder"] == "exporter"
    assert quota["rent_usd_central"] == pytest.approx(quota["rent_usd_per_unit_central"] * 60_000)
    measure = {"id": "more", "from": "2025-01-01", "known": "2025-01-01", "origin": "MEX",
               "rate": float(quota["equivalent_rate_central"]), "source": "test"}  # fmt: skip
    action = {"id": "own-duty", "importer": "USA", "authority": "own", "component": "s338",
              "title": "Own", "instrument": "test", "scope": {"hts": ["8703.23"]},
              "measures": [measure]}  # fmt: skip
    taxed = ex.run(world, changed(world, law=[{"new": action}]), draws=0)
    units = [r.table("volumes").set_index("route")["units_central"] for r in (capped, taxed)]
    np.testing.assert_allclose(units[0], units[1], rtol=1e-7)
    price = [
        r.table("headline").set_index("metric")["central"]["buyer_price_change_share"]
        for r in (capped, taxed)
    ]
    assert price[0] == pytest.approx(price[1], rel=1e-7)


def test_a_limit_that_does_not_bind_has_no_rent(world):
    limit = {"product": "car", "route": "mexico", "units": 500_000.0, "holder": "treasury"}
    quota = ex.run(world, changed(world, limits=[limit]), draws=30).table("quotas").iloc[0]
    assert quota["rent_usd_high"] == 0
    assert quota["binding_share"] == 0
    assert quota["equivalent_rate_high"] == 0


def test_quarters_are_the_year_and_lag_by_the_stock(tmp_path):
    """A duty from the scenario's day, 73 days of stock: a year's entries pay it for 365 days, its
    sales for 292."""
    root = tiny.write(tmp_path)
    path = root / "raw" / "firms" / "car.yaml"
    text = path.read_text(encoding="utf-8")
    days = "stock_days: {low: 0, central: 73, high: 365, grade: D, source: s}\n"
    path.write_text(text.replace("sector: cars", days + "sector: cars"), encoding="utf-8")
    world = ex.load(root)
    fixed = changed(world, limits=[{"product": "car", "route": "mexico", "units": 1e6}])
    result = ex.run(world, fixed, draws=0)
    quarters = result.table("quarters")
    assert list(quarters["quarter"]) == ["2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    table = result.table("firm_results").query("level == 'product'").set_index("metric")
    assert quarters["units"].sum() == pytest.approx(table.loc["units", "central"])
    bill = table.loc["duty_bill_usd", "central"]
    assert quarters["duty_border_usd"].sum() == pytest.approx(bill)
    old = result.table("landed_cost").query("case == 'baseline'")["duty_usd_per_unit"].iloc[0]
    before = old * table.loc["units", "central"]
    assert quarters["duty_sold_low"].sum() == pytest.approx(bill)
    assert quarters["duty_sold_central"].sum() == pytest.approx(0.8 * bill + 0.2 * before)
    assert quarters["duty_sold_high"].sum() == pytest.approx(before)
    # Exporter and own importer bear half of what is more than before.
    assert quarters["borne_by_firm_usd"].sum() == pytest.approx(0.5 * 0.8 * (bill - before))


def test_quarters_follow_the_law_where_only_the_day_moves(tmp_path):
    """From 2025-01-15 to 2025-12-15: nothing on cars before 3 April, then 25 % of the content that
    is not American. No stock is stated, so the duty in the goods sold is not known."""
    world = ex.load(tiny.write(tmp_path))
    result = ex.run(world, "tariff", draws=0)
    quarters = result.table("quarters").set_index("quarter")
    assert list(quarters.index) == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
    assert quarters["units"].sum() == pytest.approx(100_000 * 335 / 365)
    unit = quarters["duty_border_usd"] / quarters["units"]
    upstream = 7000 * 1.02 * 0.05
    full = upstream + 0.25 * (3000 + 7000 * 1.02 * 1.05 - 5500)
    assert unit["2025Q1"] == pytest.approx(upstream)
    assert unit["2025Q3"] == pytest.approx(full)
    assert unit["2025Q2"] == pytest.approx((2 * upstream + 89 * full) / 91)
    assert quarters["duty_sold_central"].isna().all()


def test_rivals_are_asked_only_of_products_with_a_category(tmp_path):
    root = tiny.write(tmp_path)
    world = ex.load(root)
    with pytest.raises(QueryError, match="car: no category"):
        ex.run(world, changed(world, demand="nested_logit"), draws=0)
    path = root / "raw" / "firms" / "car.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("sector: cars", "sector: cars\ncategory: us-cars"), "utf-8")
    world = ex.load(root)
    found = {
        demand: ex.run(world, changed(world, demand=demand), draws=0)
        .table("headline")
        .set_index("metric")["central"]["volume_change_share"]
        for demand in ("constant_elasticity", "linear", "logit", "nested_logit")
    }
    assert all(-0.9 < change < 0 for change in found.values())
    assert len({round(change, 9) for change in found.values()}) == 4
    # Rivals that are not modelled rise by half of it, so that a tenth of the market loses less.
    assert found["nested_logit"] > found["constant_elasticity"]


def test_more_years_carry_routes_further(tmp_path):
    """A row of the long run makes routes move more; without time it is not read."""
    root = write(tmp_path)
    path = root / "raw" / "parameters.yaml"
    row = ("  - {id: route_elasticity, horizon: long, title: L, unit: '1', low: 6, central: 8, "
           "high: 9, grade: C, source: s}\n")  # fmt: skip
    text = path.read_text(encoding="utf-8")
    path.write_text(text.rstrip() + "\n" + row, encoding="utf-8")
    world = ex.load(root)
    share = [
        ex.run(world, changed(world, years=years), draws=0)
        .table("volumes")
        .set_index("route")["share_central"]["germany"]
        for years in (1.0, 4.0, 30.0)
    ]
    assert share[0] > share[1] > share[2]
