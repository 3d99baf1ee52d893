"""Our mean rates beside the duties collected: parts by hand, sums that add up, the page current."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.errors import ExposureError
from exposure.facts.documents import LawDate
from exposure.model.compile import law_book
from exposure.model.trade_rates import import_rates
from exposure.validate.collected import (
    COLUMNS,
    PARTS,
    collected,
    composition,
    read_collected,
    section,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def table():
    return collected(ex.load())


def test_parts_add_up_to_the_gap(table):
    assert list(table.columns) == list(COLUMNS)
    parts = table[list(PARTS)].fillna(0.0).sum(axis=1)
    gap = table["collected"] - table["statutory_no_preference"]
    np.testing.assert_allclose(parts, gap, atol=1e-15)
    assert (table["known_share"] > 0.5).all()


def test_rates_collected_are_those_of_the_source(table):
    rate = (table.set_index("country")["collected"] * 100).round(1)
    wanted = {"KOR": 12.4, "JPN": 15.9, "CHN": 40.3, "VNM": 9.3, "MEX": 4.0}
    assert rate[list(wanted)].to_dict() == wanted


def test_parts_have_the_signs_that_law_gives_them(table):
    rows = table.set_index("country")
    # Steel rose to 50 % on 4 June; preferences lower a rate; nobody claims one for China.
    assert (rows["part_timing"] > 0).all()
    assert rows.loc["MEX", "part_preference"] < -0.1
    assert rows.loc["CHN", "part_preference"] == 0.0
    assert rows["part_composition"].notna().to_dict() == {
        name: name in ("MEX", "CAN") for name in rows.index
    }
    # The last goods in transit of April had to enter by 26 May.
    assert (rows["in_transit_at_most"].abs() < 1e-12).all()


def test_days_are_weighted(table):
    """June 2025 has four states of the law: from the 1st, the 4th, the 23rd and the 30th."""
    world = ex.load()
    last = dt.date(2025, 6, 30)
    trade = world.tables["us_imports"]
    here = (trade["origin"] == "JPN").to_numpy()
    usd = trade["imports_kusd"].to_numpy(dtype=float)
    rates = [
        import_rates(
            world,
            law_book(world),
            LawDate(effective_on=dt.date(2025, 6, day), known_on=last),
            "none",
        )
        for day in (1, 4, 23, 30)
    ]
    mean = (3 * rates[0] + 19 * rates[1] + 7 * rates[2] + 1 * rates[3]) / 30
    known = here & ~np.isnan(mean)
    by_hand = (mean[known] * usd[known]).sum() / usd[known].sum()
    row = table.set_index("country").loc["JPN"]
    assert row["day_weighted"] == pytest.approx(by_hand, abs=2e-4)


def test_composition_by_hand():
    """Cars 20 of 100 at 25 %, the rest at 5 %; cars are 10 of 40 in the month: up by 5 of 100."""
    hts = np.array(["87032301", "61091000", "61099010"])
    usd, rate = np.array([20.0, 50.0, 30.0]), np.array([0.25, 0.05, 0.05])
    groups = pd.DataFrame({"group": ["cars_8703", "cars_8703"], "imports_usd": [4.0, 6.0]})
    assert composition(hts, usd, rate, groups, 40.0) == pytest.approx(0.05 * (0.25 - 0.05))
    assert np.isnan(composition(hts, usd, rate, groups.iloc[:0], 40.0))
    assert np.isnan(composition(hts, usd, np.array([np.nan, 0.05, 0.05]), groups, 40.0))


HEAD = "country,period,imports_musd,duties_musd,rate_printed,source\n"


@pytest.mark.parametrize(
    "rows", ["KOR,2025-06,100,12,0.125,s\n", "KOR,2025-06,100,12,0.12,s\n" * 2]
)
def test_a_rate_that_is_not_the_sources(tmp_path, rows):
    (tmp_path / "c.csv").write_text(HEAD + rows)
    with pytest.raises(ExposureError, match="not the rate printed"):
        read_collected(tmp_path / "c.csv")


def test_page_holds_the_table(table):
    page = (ROOT / "docs" / "second-engine.md").read_text(encoding="utf-8")
    assert "\n".join(section(table)) in page
