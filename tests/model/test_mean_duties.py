"""Mean duties by hand: weights, what is not known, unions of countries, boards of exports."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.facts.world import World
from exposure.model.boards import _duties
from exposure.model.deal_sides import between
from exposure.model.sector_table import region_of_origin
from exposure.model.trade_rates import Lines, longest_prefix, sector_rates

NAN = np.nan
few = settings(max_examples=25, deadline=None)


def lines(*rows):
    """hts, origin, industry, imports, before, after."""
    columns = list(zip(*rows, strict=True))
    texts = [np.array(column, dtype=str) for column in columns[:3]]
    return Lines(*texts, *(np.array(column, dtype=float) for column in columns[3:]))


LINES = lines(
    ("87032301", "MEX", "cars", 60.0, 0.0, 0.25), ("87032302", "MEX", "cars", 20.0, 0.025, 0.15),
    ("87032303", "MEX", "cars", 20.0, 0.0, NAN), ("72083900", "KOR", "steel", 50.0, 0.0, 0.5),
)  # fmt: skip
CARS = LINES.industry == "cars"

# --- mean duties ---------------------------------------------------------------------------------


def test_a_mean_is_weighted_and_over_lines_known_on_both_sides():
    """60 at 25 % and 20 at 15 %: 22.5 %; before 0.625 %; 80 of 100 are known."""
    assert LINES.mean(CARS, 100.0) == pytest.approx((0.00625, 0.225, 0.8))


@pytest.mark.parametrize(
    ("total", "part", "known"), [(160.0, 0.5, True), (161.0, 80 / 161, False), (0.0, 0.0, False)]
)
def test_a_mean_of_less_than_half_is_not_known(total, part, known):
    before, after, found = LINES.mean(CARS, total)
    assert found == pytest.approx(part)
    assert np.isnan([before, after]).any() != known


def test_no_lines_have_no_mean():
    assert np.isnan(LINES.mean(np.zeros(4, dtype=bool), 10.0)[1])


@few
@given(st.floats(1e-3, 1e9))
def test_a_mean_does_not_hang_on_the_unit_of_money(unit):
    scaled = Lines(LINES.hts, LINES.origin, LINES.industry, LINES.imports_usd * unit,
                   LINES.before, LINES.after)  # fmt: skip
    assert scaled.mean(CARS, 100.0 * unit) == pytest.approx(LINES.mean(CARS, 100.0))


def test_the_longest_prefix_names_a_code():
    table = pd.DataFrame({"prefix": ["87", "8703", "7"], "name": ["parts", "cars", "metal"]})
    codes = np.array(["87032301", "87082951", "72083900", "01012100"])
    assert longest_prefix(codes, table, "name").tolist() == ["cars", "parts", "metal", ""]
    other_way = table.iloc[::-1]
    assert longest_prefix(codes, other_way, "name").tolist() == ["cars", "parts", "metal", ""]
    assert longest_prefix(codes[:0], table, "name").tolist() == []


def world(**tables):
    return World({name: pd.DataFrame(rows) for name, rows in tables.items()}, "mark", Path("data"))


REGIONS = {"region": ["DEU", "FRA", "MEX", "REST", "USA"], "imports_of": ["EU", "EU", "MEX", "ROW", ""]}  # fmt: skip
TOTALS = {
    "origin": ["MEX", "MEX", "EU", "KOR", "VNM"],
    "industry": ["cars", "unassigned", "cars", "steel", "steel"],
    "imports_kusd": [0.1, 0.005, 0.4, 0.06, 0.04],
}


def test_members_of_a_union_share_one_row_of_imports_and_others_are_the_rest():
    here = world(mrio_regions=REGIONS, us_import_totals=TOTALS)
    assert region_of_origin(here) == {"EU": ["DEU", "FRA"], "MEX": ["MEX"], "ROW": ["REST"]}
    made = sector_rates(here, LINES).set_index(["origin", "industry"])
    assert made.loc[("MEX", "cars"), ["imports_usd", "known_share", "rate_after"]].tolist() == (
        pytest.approx([100.0, 0.8, 0.225])
    )
    for member in ("DEU", "FRA"):
        assert made.loc[(member, "cars"), ["imports_usd", "known_share"]].tolist() == [400.0, 0.0]
        assert np.isnan(made.loc[(member, "cars"), "rate_after"])
    # Korea has no row of its own: 50 of 100 of the rest are known, just enough.
    assert made.loc[("REST", "steel"), ["imports_usd", "rate_after"]].tolist() == [100.0, 0.5]
    assert made.loc[("MEX", "unassigned"), "known_share"] == 0.0


def test_rates_of_one_origin_are_its_rows_of_the_whole():
    here = world(mrio_regions=REGIONS, us_import_totals=TOTALS)
    whole = sector_rates(here, LINES)
    one = sector_rates(here, LINES, "MEX")
    mine = whole[whole["origin"] == "MEX"].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, mine)


# --- boards --------------------------------------------------------------------------------------


def test_duties_of_a_board_are_of_its_known_part():
    """80 known of 100: 0.5 before and 18 after; their change over half of value added at home."""
    made = _duties(LINES, CARS, 100.0, 0.5)
    assert made["duty_before_usd"] == pytest.approx(0.5)
    assert made["duty_after_usd"] == pytest.approx(18.0)
    assert made["duty_change_usd"] == pytest.approx(17.5)
    assert made["duty_over_value_added"] == pytest.approx(17.5 / 40.0)


def test_a_board_without_known_rates_has_no_duty_rather_than_nought():
    made = _duties(LINES, np.zeros(4, dtype=bool), 100.0, 0.5)
    assert np.isnan([made["duty_change_usd"], made["duty_over_value_added"]]).all()
    assert made["known_share"] == 0.0


def test_a_board_of_which_nobody_exports_anything():
    made = _duties(LINES, np.zeros(4, dtype=bool), 0.0, 0.5)
    assert made["exports_usd"] == 0.0
    assert np.isnan(made["duty_change_usd"])


# --- laws side by side --------------------------------------------------------------------------


def test_between_two_laws_the_first_ones_after_is_before():
    one, other = (SimpleNamespace(lines=lines(("1", "MEX", "cars", 1.0, 0.0, rate)))
                  for rate in (0.25, 0.15))  # fmt: skip
    made = between(one, other)
    assert (made.before.tolist(), made.after.tolist()) == ([0.25], [0.15])
