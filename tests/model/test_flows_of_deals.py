"""Money of a deal by year, by hand: what falls due, what a ceiling puts off, what comes back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exposure.facts.world import World
from exposure.model.deals import (
    Flows,
    Relief,
    _due,
    _longest,
    _slowest,
    _three,
    _worth,
    _years,
    cost_of,
    drawn,
    extra_purchases,
    flows_of,
    no_relief,
)
from tests.bargains import deal, investment, own, purchase, sure

WORLD = World({"us_imports": pd.DataFrame({"year": [2024, 2023]})}, "mark", Path("data"))
INF = np.inf


def relief(saved=0.0, exporters=0.0, added=0.0, forgone=0.0):
    one = [np.array([value]) for value in (saved, exporters, 0.0, added, forgone, 0.0)]
    return Relief(*one)


def flows(of, year=None, **parameters):
    return flows_of(WORLD, of, year or no_relief(0), own(**parameters), 0, 1)


def listed(column):
    return column[0].tolist()


# --- when money falls due ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "first", "last", "due"),
    [
        ({}, 2026, None, [1.0, 0.0, 0.0, 0.0]),  # at once
        ({}, 2027, None, [0.0, 1.0, 0.0, 0.0]),
        ({}, 2027, 2028, [0.0, 0.5, 0.5, 0.0]),  # evenly
        ({}, 2029, 2029, [0.0, 0.0, 0.0, 1.0]),
        ({2026: 0.25, 2029: 0.75}, 2026, None, [0.25, 0.0, 0.0, 0.75]),
    ],
)
def test_when_an_investment_falls_due(schedule, first, last, due):
    found = _due(schedule, first, last, 2026, 4)
    assert found.tolist() == due
    assert found.sum() == 1.0


# --- benefits by year ------------------------------------------------------------------------------


def test_relief_is_counted_for_its_horizon_and_no_longer():
    made = flows(deal(years=3), relief(saved=10.0, forgone=4.0))
    assert listed(made.duty_saved) == [10.0, 10.0, 10.0]
    assert listed(made.revenue_forgone) == [4.0, 4.0, 4.0]
    assert listed(made.outlay) == [0.0, 0.0, 0.0]


def test_gain_is_what_exporters_save_and_the_part_of_value_added_that_is_kept():
    made = flows(deal(years=1), relief(exporters=3.0, added=10.0), kept=0.3)
    assert listed(made.home_gain) == pytest.approx([6.0])


def test_trade_grows_from_the_last_year_of_the_imports():
    """Imports are of 2024: by 2026 they have grown twice at 10 %."""
    made = flows(deal(years=2), relief(saved=100.0), growth=0.1)
    assert listed(made.duty_saved) == pytest.approx([121.0, 133.1])


def test_a_deal_that_may_end_is_worth_less_each_year():
    """Half of the deals that held the year before still hold."""
    made = flows(deal(years=3, probability=0.5), relief(saved=8.0))
    assert listed(made.duty_saved) == [8.0, 4.0, 2.0]


# --- payments and returns ----------------------------------------------------------------------------


def test_a_ceiling_puts_payments_off_beyond_the_horizon():
    """90 under 40 a year: 40, 40 and 10, though relief is counted for a year."""
    made = flows(deal(investment(ceiling_usd_a_year=sure(40.0)), years=1), relief(saved=5.0))
    assert listed(made.outlay)[:3] == [40.0, 40.0, 10.0]
    assert made.outlay.sum() == 90.0
    assert listed(made.duty_saved)[:3] == [5.0, 0.0, 0.0]


def test_what_is_put_off_is_paid_only_while_the_deal_holds():
    """40, then 40 in half of the cases, then 10 in a quarter."""
    one = deal(investment(ceiling_usd_a_year=sure(40.0)), years=1, probability=0.5)
    assert listed(flows(one).outlay)[:3] == [40.0, 20.0, 2.5]


def test_only_a_part_of_a_promise_is_paid():
    assert flows(deal(investment(paid_share=sure(0.2)))).outlay.sum() == pytest.approx(18.0)


def test_returns_come_late_evenly_and_go_on_when_the_deal_has_ended():
    """90 at once; two thirds come back in two halves, after two years, whatever becomes of it."""
    more = {"return_share": sure(2 / 3), "return_delay_years": sure(2.0), "return_years": sure(2.0)}
    made = flows(deal(investment(**more), years=1, probability=0.5))
    assert listed(made.returned) == pytest.approx([0.0, 0.0, 30.0, 30.0, 0.0])
    assert listed(made.returned_of_one) == pytest.approx([0.0, 0.0, 45.0, 45.0, 0.0])
    assert made.outlay.shape == made.returned.shape == made.duty_saved.shape


def test_investments_add_up():
    both = deal(investment(), investment(id="loan", total_usd=sure(10.0), **{"from": 2028}))
    assert listed(flows(both).outlay)[:3] == [90.0, 0.0, 10.0]


def test_years_that_a_ceiling_and_returns_may_take():
    """At most 100 at 30 a year: four years, from the second on. The last return is 3 + 2 late."""
    wide = deal(
        investment(**{"from": 2027}, total_usd=sure(90.0, high=100.0),
                   ceiling_usd_a_year=sure(40.0, low=30.0),
                   return_delay_years=sure(1.0, high=2.5), return_years=sure(1.0, high=2.0)),
    )  # fmt: skip
    assert _slowest(wide, "cash") == 5
    assert _longest(wide) == 5  # 4.5, whole years
    assert _slowest(deal(investment()), "cash") == 0
    assert _longest(deal()) == 0


# --- purchases ---------------------------------------------------------------------------------------


def test_goods_that_would_have_been_bought_anyway_cost_nothing_more():
    """60 over three years, half of it extra, at 10 % too much: one a year."""
    made = flows(deal(purchases=[purchase()]), premium=0.1)
    assert listed(made.premium) == pytest.approx([1.0, 1.0, 1.0])
    assert flows(deal(purchases=[purchase(extra=0.0)]), premium=0.1).premium.sum() == 0.0


def test_purchases_beyond_the_horizon_are_paid_for_like_investments():
    """Relief for a year, goods for three: nothing of the promise is lost."""
    made = flows(deal(purchases=[purchase(last=2028)], years=1), premium=0.1)
    assert listed(made.premium) == pytest.approx([1.0, 1.0, 1.0])
    late = flows(deal(purchases=[purchase(first=2029, last=2029)], years=1), premium=0.1)
    assert listed(late.premium) == pytest.approx([0.0, 0.0, 0.0, 3.0])


def test_the_year_that_buys_most_within_the_horizon():
    """20 a year for three years, and 30 in the second: 50; in 2031 nobody counts any more."""
    two = deal(purchases=[purchase(), purchase(30.0, 2027, 2027), purchase(900.0, 2031, 2031)])
    assert extra_purchases(two) == 50.0
    assert extra_purchases(deal()) == 0.0


# --- worth -------------------------------------------------------------------------------------------


def money(**columns):
    names = ("duty_saved", "home_gain", "revenue_forgone", "outlay", "returned", "premium",
             "returned_of_one")  # fmt: skip
    width = len(next(iter(columns.values())))
    return Flows(**{name: np.array([columns.get(name, [0.0] * width)]) for name in names})


def test_net_is_benefit_less_what_does_not_come_back():
    made = money(outlay=[50.0, 0.0], returned=[0.0, 20.0], premium=[1.0, 1.0])
    assert listed(made.net(np.array([[10.0, 10.0]]))) == [-41.0, 29.0]


def test_cost_is_discounted_from_the_second_year_on():
    """50 + 1, less (20 - 1) / 1.25."""
    made = money(outlay=[50.0, 0.0], returned=[0.0, 20.0], premium=[1.0, 1.0])
    assert cost_of(made, np.array([0.25])).tolist() == pytest.approx([51.0 - 19.0 / 1.25])


def worth(benefit, rate=0.0, **columns):
    made, column = money(**columns), np.array([benefit])
    discount = np.array([rate])
    found = _worth(deal(), "duty", column, made, discount, cost_of(made, discount))
    return {name: float(values[0]) for name, (_, values) in found.items()}


def test_worth_of_a_deal_by_hand():
    """Pays 30 for 20 a year: even in the second year, 40 for 30, and no return is needed."""
    found = worth([20.0, 20.0], outlay=[30.0, 0.0], returned_of_one=[0.0, 30.0])
    assert found["npv_duty_usd"] == 10.0
    assert found["duty_per_dollar"] == pytest.approx(4 / 3)
    assert found["break_even_duty"] == 2027.0
    assert found["return_needed_duty"] == 0.0


def test_worth_of_a_deal_that_needs_its_money_back():
    """Pays 60 for 40 in all: a third of what was paid has to come back."""
    found = worth([20.0, 20.0], outlay=[60.0, 0.0], returned_of_one=[0.0, 60.0])
    assert found["npv_duty_usd"] == -20.0
    assert found["break_even_duty"] == INF
    assert found["return_needed_duty"] == pytest.approx(1 / 3)


def shares(*benefits):
    """Shares of the draws of a deal that pays 30; the first row is central."""
    rows = len(benefits)
    flows = Flows(**{name: np.zeros((rows, 1)) for name in vars(money(outlay=[0.0]))})
    discount, column = np.zeros(rows), np.array(benefits)[:, None]
    found = _worth(deal(), "duty", column, flows, discount, np.full(rows, 30.0))
    return [found[f"{name}_share"][1].tolist() for name in SHARES]


SHARES = ("npv_duty_positive", "break_even_duty")


def test_a_share_of_draws_leaves_the_central_row_out():
    """Of two draws one pays for the 30, and one never turns from a loss to a gain."""
    positive, even = shares(40.0, 30.0, -5.0)
    assert positive == [0.5] * 3
    assert even == [0.5] * 3


def test_without_draws_no_share_of_them_is_known():
    for share in shares(40.0):
        assert np.isnan(share).all(), share


def test_what_costs_nothing_brings_any_number_of_dollars_a_dollar():
    assert worth([20.0, 20.0], outlay=[0.0, 0.0])["duty_per_dollar"] == INF
    earns = worth([0.0, 0.0], outlay=[10.0, 0.0], returned=[0.0, 12.0])
    assert earns["duty_per_dollar"] == INF


def test_a_range_with_never_in_it_lies_on_draws():
    """Of ten draws two never: the range runs from a year to never, and to no year between."""
    low, central, high = _three(np.array([2030.0, 2028.0, *[2031.0] * 7, INF, INF]))
    assert (low[0], central[0], high[0]) == (2028.0, 2030.0, INF)
    alone = _three(np.array([INF]))
    # Without draws there is no range.
    assert alone[1][0] == INF and np.isnan([alone[0][0], alone[2][0]]).all()
    known = _three(np.array([5.0, 1.0, 3.0]))
    assert [end[0] for end in known] == pytest.approx([1.2, 5.0, 5.0])


def test_a_table_of_years_ends_with_the_last_money_that_moves():
    made = money(duty_saved=[4.0, 0.0, 0.0, 0.0], premium=[0.0, 0.0, 2.0, 0.0])
    table = _years(deal(), made, np.array([0.0]))
    assert sorted(set(table["year"])) == [2026, 2027, 2028]
    by = table.pivot_table(index="year", columns="metric", values="central")
    assert by["net_duty_usd"].tolist() == [4.0, 0.0, -2.0]
    assert by["cumulative_duty_usd"].tolist() == [4.0, 4.0, 2.0]


def test_a_deal_in_which_nothing_moves_has_one_year():
    table = _years(deal(), money(duty_saved=[0.0, 0.0]), np.array([0.1]))
    assert set(table["year"]) == {2026}
    assert (table["central"] == 0.0).all()


def test_a_figure_is_drawn_by_its_name_and_its_centre_comes_first():
    figure = deal(investment(total_usd=sure(90.0, low=80.0, high=100.0))).investments[0].total_usd
    one, same, other = (drawn(name, figure, 50, 7) for name in ("a", "a", "b"))
    assert one[0] == other[0] == 90.0
    assert (one == same).all()
    assert (one[1:] != other[1:]).all()
    assert ((one >= 80.0) & (one <= 100.0)).all()
