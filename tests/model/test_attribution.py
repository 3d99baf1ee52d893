"""Whose doing a change is: parts add up to what runs give, a blend of two laws is each at its ends."""

import re

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.errors import QueryError
from exposure.facts.added import add_product
from exposure.facts.documents import LawDate
from exposure.facts.scenario import read_scenario
from exposure.model import attribution as module
from exposure.model.attribution import GAMES, REST, attribution
from exposure.model.compare import over_one_baseline
from exposure.model.pipeline import run
from tests import tiny

PRODUCTS = ["hyundai-cars", "samsung-refrigerator"]
KEYS = ["product", "metric"]


@pytest.fixture(scope="module")
def shipped():
    return ex.load()


@pytest.fixture(scope="module")
def today(shipped):
    return run(shipped, "law-today", products=PRODUCTS, draws=0, by_sector=False, by_quarter=False)


def central(result, scenario):
    table = result.table("headline")
    return table[table["scenario"] == scenario].set_index(KEYS)["central"]


def split(world, names, by, products=PRODUCTS, **more):
    return attribution(world, [read_scenario(world, n) for n in names], by, products, **more)


def near(left, right):
    pd.testing.assert_series_equal(
        left.sort_index(), right.sort_index(), check_names=False, rtol=1e-9, atol=1e-6
    )


@pytest.mark.parametrize("by", [name for name in GAMES if name != "exemption"])
def test_parts_add_up_to_the_change_that_a_run_gives(shipped, today, by):
    table = split(shipped, ["law-today"], by)
    whole = table.groupby(KEYS)["part_central"].sum()
    near(whole, table.groupby(KEYS)["total"].first())
    near(whole, table.groupby(KEYS)["sequential"].sum())
    duty = central(today, "law-today").unstack("metric")["duty_change_usd_per_unit"]
    near(whole.unstack("metric")["duty_change_usd_per_unit"], duty)
    volume = central(today, "law-today").unstack("metric")["volume_change_share"]
    near(whole.unstack("metric")["volume_change_share"], volume)
    assert (table["standard_error"] == 0).all()


def test_a_measure_alone_is_the_run_in_which_all_others_are_suspended(shipped):
    """One after another, the first step is that measure by itself, over the lists of the day."""
    table = split(shipped, ["law-today"], "measure", ["samsung-refrigerator"])
    mine = table[table["metric"] == "duty_usd_per_unit"].set_index("factor")
    base = read_scenario(shipped, "law-today")
    others = [n for n in mine.index if n not in ("s232-metals", REST)]
    alone = base.model_copy(
        update={"law": [type(base).model_fields["law"].annotation.__args__[0](
            action=name, suspend=True) for name in others]}
    )  # fmt: skip
    result = run(shipped, alone, products=["samsung-refrigerator"], draws=0, by_sector=False,
                 by_quarter=False)  # fmt: skip
    change = central(result, "law-today")["samsung-refrigerator", "duty_change_usd_per_unit"]
    assert mine.at["s232-metals", "sequential"] == pytest.approx(change, rel=1e-9)
    # The duty on metals and that on forced labor stand in one another's way.
    assert mine.at["s232-metals", "part_central"] < mine.at["s232-metals", "sequential"]


def test_an_exemption_is_worth_what_its_end_costs(shipped):
    table = split(shipped, ["law-today"], "exemption", ["kia-k4"])
    mine = table[table["metric"] == "duty_usd_per_unit"].set_index("factor")
    base = read_scenario(shipped, "law-today")
    delta = type(base).model_fields["law"].annotation.__args__[0]
    gone = base.model_copy(
        update={"id": "gone", "law": [delta(action=name.split("/")[0], clause=[name.split("/")[1]],
                                            suspend=True) for name in mine.index]}
    )  # fmt: skip
    both = [run(shipped, s, products=["kia-k4"], draws=0, by_sector=False, by_quarter=False)
            for s in (base, gone)]  # fmt: skip
    values = [central(r, s)["kia-k4", "duty_usd_per_unit"]
              for r, s in zip(both, ("law-today", "gone"), strict=True)]  # fmt: skip
    assert mine["total"].iloc[0] == pytest.approx(values[0] - values[1], rel=1e-9)
    assert mine["part_central"].sum() == pytest.approx(values[0] - values[1], rel=1e-9)


def test_between_two_scenarios_it_is_their_difference(shipped):
    names = ("chip-duty-by-origin", "vietnam-20-phones")
    result = ex.compare(shipped, *names, products=["samsung-galaxy-s"], draws=0)
    table, apart = result.table("attribution"), result.table("differences")
    apart = apart[apart["level"] == "product"].set_index(KEYS)["central"]
    near(table.groupby(KEYS)["part_central"].sum(), apart)
    assert {"scenario-chips-korea", "ieepa-reciprocal"} <= set(table["factor"])
    korea = table[(table["factor"] == "scenario-chips-korea")
                  & (table["metric"] == "duty_usd_per_unit")]  # fmt: skip
    assert korea["part_central"].iloc[0] < 0


def canadian_steel(world, folder):
    """The shipped world with a coil that is Canadian in all its parts and claims nothing."""
    text = (world.root / "raw/firms/korean-flat-steel.yaml").read_text(encoding="utf-8")
    text = re.sub(r"    crossings:\n(?:      - .*\n)+", "", text)
    for old, new in {
        "id: korean-flat-steel": "id: canadian-flat-steel", "KOR": "CAN", "AUS": "CAN",
        "industry: mining": "industry: basic_metals",
        "{site: us-scrap, split: 0.5}, {site: posco-pohang, split: 0.5}":
            "{site: posco-pohang, split: 1}",
    }.items():  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    path = folder / "canadian-flat-steel.yaml"
    path.write_text(text, encoding="utf-8")
    return add_product(world, path)[0]


def test_orders_of_precedence_that_changed_do_not_run_in_a_circle(shipped, tmp_path):
    """On 4 June 2025 duties on steel and those over fentanyl changed places (Proc. 10947 s. 5).

    Before, 25 % over fentanyl displaced 25 % on steel (EO 14289 s. 3); after, 50 % on steel
    displaces fentanyl. With the new steel duty alone each clause would displace the other; the new
    order holds, 50 %. With the new fentanyl duty alone, which displaces nothing, both are owed,
    50 %. So 25 % of 780 USD is parted in halves.
    """
    world = canadian_steel(shipped, tmp_path)
    moved = read_scenario(world, "law-today").model_copy(
        update={"id": "june", "baseline": LawDate(effective_on="2025-05-20"),
                "law_on": LawDate(effective_on="2025-07-01")}
    )  # fmt: skip
    table = attribution(world, [moved], "measure", ["canadian-flat-steel"])
    duty = table[table["metric"] == "duty_usd_per_unit"].set_index("factor")["part_central"]
    assert duty["s232-steel"] == pytest.approx(0.125 * 780)
    assert duty["ieepa-fentanyl-can"] == pytest.approx(0.125 * 780)
    assert duty.sum() == pytest.approx(0.25 * 780)


def test_drawn_orders_are_near_the_exact_ones_within_their_error(shipped, monkeypatch):
    exact = split(shipped, ["law-today"], "measure", ["hyundai-cars"])
    monkeypatch.setattr("exposure.model.attribute.EXACT_UP_TO", 1)
    monkeypatch.setattr(module, "shapley", lambda value, n, **more: _drawn(value, n, more))
    drawn = split(shipped, ["law-today"], "measure", ["hyundai-cars"], seed=7)
    both = exact.merge(drawn, on=["metric", "factor"], suffixes=("", "_drawn"))
    apart = (both["part_central"] - both["part_central_drawn"]).abs()
    assert (both["standard_error_drawn"] > 0).any()
    assert (apart <= 4.5 * both["standard_error_drawn"] + 1e-6 * both["total"].abs() + 1e-9).all()


def _drawn(value, factors, more):
    from exposure.model.attribute import shapley

    return shapley(value, factors, exact_up_to=0, **more)


def test_draws_give_ranges_that_hold_the_central_part(shipped):
    table = split(shipped, ["law-today"], "component", ["hyundai-cars"], draws=40)
    assert (table["part_low"] <= table["part_central"] + 1e-9).all()
    assert (table["part_high"] >= table["part_central"] - 1e-9).all()
    assert (table["part_high"] > table["part_low"]).any()


def test_two_measures_by_hand(tmp_path):
    """Of two that displace one another each has half of what it does alone and what it adds last."""
    world = ex.load(tiny.write(tmp_path / "data"))
    base = read_scenario(world, "tariff")
    delta = type(base).model_fields["law"].annotation.__args__[0]
    table = attribution(world, [base], "measure")
    mine = table[table["metric"] == "duty_change_usd_per_unit"].set_index("factor")["part_central"]
    players = [name for name in mine.index if name != REST and abs(mine[name]) > 1e-9]
    assert len(players) == 2

    def alone(*names):
        gone = [delta(action=name, suspend=True) for name in mine.index
                if name not in names and name != REST]  # fmt: skip
        result = run(world, base.model_copy(update={"law": gone}), draws=0, by_sector=False)
        return central(result, "tariff")["car", "duty_change_usd_per_unit"]

    both, none = alone(*players), alone()
    first, second = alone(players[0]), alone(players[1])
    assert mine[REST] == pytest.approx(none, abs=1e-9)
    assert mine[players[0]] == pytest.approx(((first - none) + (both - second)) / 2)
    assert mine[players[1]] == pytest.approx(((second - none) + (both - first)) / 2)


def test_an_unknown_way_is_refused(shipped):
    with pytest.raises(QueryError, match="measure, component"):
        split(shipped, ["law-today"], "colour")


# --- scenarios and rivals side by side ---------------------------------------------------------


@pytest.fixture(scope="module")
def compared(shipped):
    return ex.compare(shipped, "korea-25-japan-15", "korea-15-japan-15", draws=30,
                      products=["hyundai-cars", "toyota-rav4", "kia-k4"], by=())  # fmt: skip


def test_all_scenarios_stand_over_one_baseline(shipped, compared):
    rows = compared.table("scenarios").set_index("scenario")
    assert rows["baseline_on"].nunique() == 1
    alone = read_scenario(shipped, "korea-15-japan-15")
    day = alone.law_on or alone.baseline
    assert rows.at["korea-15-japan-15", "law_on"] == day.effective_on.isoformat()
    assert [s.baseline for s in over_one_baseline([alone, alone])] == [alone.baseline] * 2


def test_differences_have_the_range_of_paired_draws(compared):
    apart = compared.table("differences")
    mine = apart[(apart["level"] == "product") & (apart["metric"] == "cost_change_share")]
    mine = mine.set_index("product")
    for product in mine.index:
        one, other = (central(compared, s)[product, "cost_change_share"]
                      for s in ("korea-15-japan-15", "korea-25-japan-15"))  # fmt: skip
        assert mine.at[product, "central"] == pytest.approx(one - other, abs=1e-12)
    # Toyota's duty hardly moves, and so its difference hardly varies, whatever the two numbers do.
    assert mine.at["toyota-rav4", "high"] - mine.at["toyota-rav4", "low"] < 0.005
    firms = apart[(apart["level"] == "firm") & (apart["metric"] == "duty_bill_usd")]
    assert set(firms["firm"]) == {"Hyundai Motor", "Kia", "Toyota"}
    assert not ((apart["level"] == "firm") & (apart["unit"] == "share")).any()


def test_rivals_are_differences_of_two_products(compared):
    gaps = compared.table("rivals")
    one = gaps[(gaps["scenario"] == "korea-25-japan-15") & (gaps["product"] == "hyundai-cars")
               & (gaps["rival"] == "toyota-rav4")].set_index("metric")["central"]  # fmt: skip
    cost = central(compared, "korea-25-japan-15")
    wanted = cost["hyundai-cars", "cost_change_share"] - cost["toyota-rav4", "cost_change_share"]
    assert one["cost_gap_share"] == pytest.approx(wanted, abs=1e-12)
    # Korea pays more than Japan here, and loses part of what the two sell.
    assert one["cost_gap_share"] > 0.03
    assert one["pair_share_change_share"] < 0


def test_revenue_is_the_duty_bill_by_importer(compared):
    money = compared.table("revenue")
    sums = money.groupby(["scenario", "product"])["scenario_usd"].sum()
    for (scenario, product), value in sums.items():
        bill = central(compared, scenario)[product, "duty_bill_usd"]
        assert value == pytest.approx(bill, rel=1e-9, abs=1e-3)
    assert np.allclose(money["change_usd"], money["scenario_usd"] - money["baseline_usd"])
