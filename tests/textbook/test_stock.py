"""First in, first out: by hand, and what it must always keep."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import exposure as ex
from exposure.cli import main
from exposure.economy.stock import first_in_first_out, lagged
from exposure.errors import DataError, QueryError
from tests import tiny


def test_by_hand():
    """150 in stock without duty; 100 enter a month and are sold; 20 USD from the second month. The
    first 250 units to leave carry none: month 3 sells 50 of them and 50 with 20, so 10 a unit."""
    duty = np.array([0.0, 20.0, 20.0, 20.0])
    hundred = np.full(4, 100.0)
    sold, left = first_in_first_out(duty, hundred, hundred, 150.0, 0.0)
    np.testing.assert_allclose(sold, [0.0, 0.0, 10.0, 20.0])
    np.testing.assert_allclose(left, 150.0)


def test_front_loading_puts_the_duty_off():
    """300 enter before the duty: sales of 100 a month carry it first in month 4."""
    duty = np.array([0.0, 20.0, 20.0, 20.0])
    entries, sales = np.array([300.0, 0.0, 0.0, 100.0]), np.full(4, 100.0)
    sold, left = first_in_first_out(duty, entries, sales, 0.0, 0.0)
    np.testing.assert_allclose(sold, [0.0, 0.0, 0.0, 20.0])
    np.testing.assert_allclose(left, [200.0, 100.0, 0.0, 0.0])


def test_steady_stock_is_a_lag_of_days():
    duty = np.where(np.arange(200) < 50, 0.0, 8.0)
    sold = lagged(duty, 62.0, 0.0)
    assert sold[111] == pytest.approx(0.0)
    assert sold[112] == pytest.approx(8.0)
    half = lagged(duty, 61.5, 0.0)
    assert half[111] == pytest.approx(4.0)


def test_no_more_is_sold_than_there_is():
    with pytest.raises(DataError, match="5 units more are sold than there are"):
        first_in_first_out(np.zeros(2), np.array([10.0, 0.0]), np.array([5.0, 15.0]), 5.0, 0.0)
    # Later entries do not help: what is sold must be there.
    with pytest.raises(DataError, match="period 1: 1 units more are sold"):
        first_in_first_out(np.zeros(2), np.array([0.0, 10.0]), np.array([6.0, 0.0]), 5.0, 0.0)
    # Rounding is no sale: a billionth of all that entered.
    large = np.array([1e9, 1e9])
    first_in_first_out(np.zeros(2), large, np.array([1e9, 1e9 + 1.5]), 0.0, 0.0)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 24))
def test_all_duty_paid_is_sold_or_in_stock(seed, months):
    random = np.random.default_rng(seed)
    duty, entries = random.random(months) * 100, random.random(months) * 50
    stock, stock_duty = random.random() * 50, random.random() * 100
    sales = np.diff(
        np.concatenate([[0.0], np.cumsum(entries) + stock])[: months + 1]
    ) * random.random(months)
    sold, left = first_in_first_out(duty, entries, sales, stock, stock_duty)
    paid = stock * stock_duty + (duty * entries).sum()
    booked = np.nansum(sold * sales)
    assert booked <= paid + 1e-6
    # All that is left is sold next, at no further entry.
    rest, end = first_in_first_out(
        np.append(duty, 0.0), np.append(entries, 0.0), np.append(sales, left[-1]), stock, stock_duty
    )
    assert np.nansum(rest * np.append(sales, left[-1])) == pytest.approx(paid)
    assert end[-1] == pytest.approx(0.0, abs=1e-9)
    lo, hi = min(*duty, stock_duty), max(*duty, stock_duty)
    assert ((sold[sales > 0] >= lo - 1e-6) & (sold[sales > 0] <= hi + 1e-6)).all()


def test_the_cut_of_november_reaches_results_within_the_range_of_stock():
    """Korea's car duty fell from 25 to 15 % from 1 November 2025. After 10 days in stock it is in
    what is sold from 11 November on, after 55 from 26 December, as Kia said."""
    table = ex.timing(ex.load(), "kia-cars", "korea", "2025-10-01", "2026-01-31")
    by_month = table.set_index("month")
    border = by_month["border_usd_per_unit"]
    old, new = border["2025-10"], border["2025-11"]
    assert new / old == pytest.approx(15 / 25, abs=0.01)
    short, long = by_month["sold_low"], by_month["sold_high"]
    assert short["2025-11"] == pytest.approx((10 * old + 20 * new) / 30)
    assert long["2025-11"] == pytest.approx(old)
    assert long["2025-12"] == pytest.approx((25 * old + 6 * new) / 31)
    assert by_month.loc["2026-01", "sold_high"] == pytest.approx(new)


def test_a_firm_pays_its_units_of_the_year_times_the_duty_at_the_border():
    table = ex.timing(ex.load(), "kia-k4", "pesqueria", "2024-12-16", "2025-12-31")
    by_month = table.set_index("month")
    # 167,111 cars in 2024 and 142,337 in 2025; 16 of the 31 days of December 2024.
    assert by_month.loc["2024-12", "entries"] == pytest.approx(167_111 / 12 * 16 / 31)
    assert by_month["entries"].iloc[1:].sum() == pytest.approx(142_337)
    np.testing.assert_allclose(
        table["bill_usd"], table["border_usd_per_unit"] * table["entries"], rtol=1e-12
    )
    assert by_month.loc["2025-01", "bill_usd"] == 0
    # From April on 25 % on what is not American: 15 % of about 17,800 USD.
    assert by_month.loc["2025-07", "border_usd_per_unit"] == pytest.approx(2668, abs=5)


def test_flows_of_a_user_are_taken_as_they_are(tmp_path):
    flows = tmp_path / "flows.csv"
    flows.write_text(
        "month,entries,sales,stock\n2025-03,30,10,5\n2025-04,0,10,\n2025-05,10,10,\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(
        main, ["timing", "kia-cars/korea", "--from", "2025-03-01", "--until", "2025-05-31",
               "--flows", str(flows), "-o", str(tmp_path / "out.csv")]
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "out.csv")
    # 35 on hand before the duty of April, 30 sold to the end of May: none of it carries the duty.
    assert table["sold_central"].tolist() == [0.0, 0.0, 0.0]
    assert table["entries"].tolist() == [30, 0, 10]
    flows.write_text("month,entries,sales,stock\n2025-03,30,-1,5\n", encoding="utf-8")
    bad = CliRunner().invoke(main, ["timing", "kia-cars/korea", "--flows", str(flows)])
    assert bad.exit_code == 2
    assert "row 2: sales is missing or negative (0 or more)" in bad.output


def test_wrong_questions_are_answered_in_a_line(tmp_path):
    world = ex.load()
    for product, route, first, last, said in (
        ("nothing", "korea", "2025-01-01", "2025-02-01", "'nothing' is not known"),
        ("kia-cars", "nowhere", "2025-01-01", "2025-02-01", "no route"),
        ("kia-cars", "korea", "2025-03-01", "2025-02-01", "lies before"),
    ):
        with pytest.raises(QueryError, match=said):
            ex.timing(world, product, route, first, last)
    small = ex.load(tiny.write(tmp_path))
    with pytest.raises(QueryError, match="no `stock_days` is known"):
        ex.timing(small, "car", "mexico", "2025-01-01", "2025-02-01")
