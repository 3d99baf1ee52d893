"""Days of the back-test: periods, goods in stock, and what was published when."""

import datetime as dt
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.facts.world import World
from exposure.validate import bills

few = settings(max_examples=25, deadline=None)


# --- periods -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024Q1", "2024-01-01", "2024-03-31"),  # a leap year
        ("2025Q4", "2025-10-01", "2025-12-31"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2024-11/2025-02", "2024-11-01", "2025-02-28"),  # over the turn of a year
        ("2025-06/2025-06", "2025-06-01", "2025-06-30"),
    ],
)
def test_periods(period, first, last):
    assert [day.isoformat() for day in bills.period_days(period)] == [first, last]


@pytest.mark.parametrize("year", [2023, 2024])
def test_quarters_and_months_follow_one_another_and_fill_the_year(year):
    quarters = [bills.period_days(f"{year}Q{n}") for n in range(1, 5)]
    months = [bills.period_days(f"{year}-{n:02d}") for n in range(1, 13)]
    for parts in (quarters, months):
        assert (parts[0][0], parts[-1][1]) == bills.period_days(f"{year}FY")
        for (_, end), (start, _) in pairwise(parts):
            assert start - end == bills.ONE_DAY


@pytest.mark.parametrize("period", ["2025Q0", "2025Q5", "2025-13", "2025-00", "2025"])
def test_what_is_no_period_is_not_taken_for_one(period):
    with pytest.raises(ValueError, match="."):
        bills.period_days(period)


# --- goods in stock ------------------------------------------------------------------------------

DUTY = np.array([0.0, 0.0, 10.0, 10.0, 4.0, 4.0])


@pytest.mark.parametrize(
    ("start", "held", "mean"),
    [
        (2, 0.0, 7.0),  # (10 + 10 + 4 + 4) / 4
        (2, 1.0, 6.0),  # sold are entries of days 2 to 5: 0, 10, 10, 4
        (2, 2.0, 5.0),  # 0, 0, 10, 10
        (2, 0.5, 6.5),  # half of the way between 7 and 6
        (0, 0.0, 28 / 6),
        (5, 0.0, 4.0),
        (2, 99.0, 0.0),  # all of it entered before there was a duty
    ],
)
def test_mean_duty_of_what_is_sold(start, held, mean):
    assert bills.mean_sold(DUTY, start, held) == pytest.approx(mean)


@few
@given(st.floats(0, 50), st.integers(0, 29))
def test_a_steady_duty_is_sold_at_its_rate_after_the_stock_is_gone(held, start):
    """What is not yet sold of the old stock pays nothing: the share of the days left to it."""
    found = bills.mean_sold(np.full(30, 7.0), start, held)
    days = 30 - start
    old = min(max(held - start, 0.0), days)
    assert found == pytest.approx(7.0 * (days - old) / days, abs=1e-9)


@few
@given(st.lists(st.floats(0, 100), min_size=2, max_size=20), st.floats(0, 5), st.floats(0.1, 9))
def test_duty_sold_is_linear_in_the_duty_and_periods_add_up(duty, held, scale):
    table = np.array(duty)
    whole = bills.mean_sold(table, 0, held) * len(table)
    assert bills.mean_sold(scale * table, 0, held) * len(table) == pytest.approx(scale * whole)
    half = len(table) // 2
    first = bills.mean_sold(table[:half], 0, held) * half
    later = bills.mean_sold(table, half, held) * (len(table) - half)
    assert first + later == pytest.approx(whole, abs=1e-7)


@few
@given(st.floats(0, 20), st.floats(0, 5))
def test_more_stock_puts_a_rising_duty_off(held, more):
    duty = np.arange(30.0)
    assert bills.mean_sold(duty, 10, held + more) <= bills.mean_sold(duty, 10, held) + 1e-12


# --- what was published --------------------------------------------------------------------------

YEARS = pd.DataFrame(
    [("car", "sea", 2022, 40.0, "day"), ("car", "sea", 2023, 50.0, "month"),
     ("car", "sea", 2024, 60.0, "year"), ("van", "sea", 2024, 7.0, "day")],
    columns=["product", "route", "year", "units", "source"],
)  # fmt: skip
SOURCES = pd.DataFrame(
    {"source_id": ["day", "month", "year"], "date": ["2023-03-05", "2024-02", "2025"]}
)


def figure(name, source="day", central=1.0):
    return {"id": name, "product": name.split("/")[0], "source": source, "central": central,
            "high": 2 * central}  # fmt: skip


def world(*figures, sources=SOURCES):
    columns = ["id", "product", "source", "central", "high"]
    tables = {"volumes_by_year": YEARS, "sources": sources,
              "figures": pd.DataFrame(figures, columns=columns)}  # fmt: skip
    return World(tables, "mark", Path("data"))


@pytest.mark.parametrize(
    ("year", "known_on", "wanted"),
    [
        (2025, dt.date(2023, 3, 4), None),
        (2025, dt.date(2023, 3, 5), (2022, 40.0)),  # on its day
        (2025, dt.date(2024, 2, 29), (2022, 40.0)),  # of a month only its last day is sure
        (2025, dt.date(2024, 3, 1), (2023, 50.0)),
        (2025, dt.date(2025, 12, 30), (2023, 50.0)),  # of a year only the last of December
        (2025, dt.date(2025, 12, 31), (2024, 60.0)),
        (2023, dt.date(2026, 1, 1), (2023, 50.0)),  # a later year does not enter
        (2021, dt.date(2026, 1, 1), None),
    ],
)
def test_the_last_year_that_was_known(year, known_on, wanted):
    assert bills.volume_known(world(), "car", "sea", year, known_on) == wanted


def test_volumes_of_other_products_and_routes_do_not_enter():
    late = dt.date(2026, 1, 1)
    assert bills.volume_known(world(), "van", "sea", 2025, late) == (2024, 7.0)
    assert bills.volume_known(world(), "car", "air", 2025, late) is None
    assert bills.volume_known(world(), "bus", "sea", 2025, late) is None


def path(known_on, **values):
    return SimpleNamespace(known_on=known_on, values={k: np.array(v) for k, v in values.items()})


def test_units_a_day_are_the_known_year_with_the_range_of_the_volume():
    """2023 sold 50; the drawn volume lies 10 % around its centre of 80; 365 days."""
    volume = {"car/route/sea/volume": [80.0, 72.0, 88.0]}
    later = path(dt.date(2024, 6, 1), **volume)
    found = bills.units_a_day(world(), later, "car", "sea", 2025)
    np.testing.assert_allclose(found, np.array([50.0, 45.0, 55.0]) / 365)
    leap = bills.units_a_day(world(), later, "car", "sea", 2024)
    np.testing.assert_allclose(leap, np.array([50.0, 45.0, 55.0]) / 366)


def test_units_a_day_are_those_of_the_file_where_no_year_was_known_or_none_is_made():
    early = path(dt.date(2020, 1, 1), **{"car/route/sea/volume": [73.0, 36.5]})
    np.testing.assert_allclose(bills.units_a_day(world(), early, "car", "sea", 2025), [0.2, 0.1])
    idle = path(dt.date(2026, 1, 1), **{"car/route/sea/volume": [0.0, 0.0]})
    assert (bills.units_a_day(world(), idle, "car", "sea", 2025) == 0).all()


def test_hindsight_names_facts_that_came_later_in_order():
    figures = [
        figure("car/stock_days", "year"), figure("car/customs_value_usd", "month"),
        figure("car/route/air/volume", "year"), figure("car/route/sea/volume", "year"),
        figure("car/route/rail/volume", "year", 0.0), figure("car/other", "year"),
        figure("van/customs_value_usd", "year"),
    ]  # fmt: skip
    day = dt.date(2024, 1, 1)
    found = bills.hindsight(world(*figures), ["car"], 2025, day, sold=True)
    # By sea a year's volume was known; by rail nothing is shipped; the van was not asked.
    assert found == ["car/customs_value_usd", "car/route/air/volume", "car/stock_days"]
    found = bills.hindsight(world(*figures), ["car"], 2025, day, sold=False)
    assert "car/stock_days" not in found
    assert bills.hindsight(world(*figures), ["car"], 2025, dt.date(2025, 12, 31), sold=True) == []
    assert bills.hindsight(world(*figures), [], 2025, day, sold=True) == []


def test_the_longest_stock_of_the_products_and_a_day_more():
    both = world(figure("car/stock_days", central=40.2), figure("van/stock_days", central=10.0))
    assert bills._longest_stock(both, ["car", "van"]) == 82  # high end 80.4: 81 days, and one more
    assert bills._longest_stock(both, ["van"]) == 22
    assert bills._longest_stock(both, ["bus"]) == 2


# --- what an offset meets --------------------------------------------------------------------------


def test_an_offset_is_earned_by_route_and_nothing_elsewhere():
    routes = pd.DataFrame({"product": ["car", "car"], "route": ["home", "sea"]})
    drawn = {"car/route/home/parts_offset_usd": np.array([1312.0, 1300.0])}
    found = bills._offsets(SimpleNamespace(routes=routes), drawn)
    assert found.tolist() == [[1312.0, 0.0], [1300.0, 0.0]]


def test_changes_of_exports_in_units_value_and_price_by_hand():
    """Two routes from Mexico, 60 at 100 and 40 at 50; 30 and 10 are left; a duty of 20 on
    the first, of which the exporter bears half, is met by a cut of the price at the border."""
    routes = pd.DataFrame({"country": ["MEX", "MEX", "KOR"], "market": [0, 0, 0]})
    done = SimpleNamespace(
        burden=SimpleNamespace(exporter=np.array([[0.0], [0.5]]), currency=np.zeros((2, 1))),
        duty=np.array([[0.0, 0.0, 9.0], [20.0, 0.0, 9.0]]),
        gate=np.array([[100.0, 50.0, 7.0]] * 2),
        last_rate=np.zeros((2, 3)),
        units_before=np.array([[60.0, 40.0, 1.0]] * 2),
        units_after=np.array([[60.0, 40.0, 1.0], [30.0, 10.0, 1.0]]),
    )
    old, new = slice(0, 1), slice(1, 2)

    def ratio(kind):
        outcome = {"exporter": "MEX", "kind": kind}
        return bills._ratio(SimpleNamespace(routes=routes), done, old, new, outcome).tolist()

    assert ratio("exports_units") == [0.4]
    assert ratio("price_index") == pytest.approx([(60 * 90 + 40 * 50) / 8000])
    assert ratio("exports_value") == pytest.approx([(30 * 90 + 10 * 50) / 8000])
