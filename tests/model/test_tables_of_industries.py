"""A table of two countries and two industries by hand: shares, what is shipped, what hangs on it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.facts.read_sectors import FINAL
from exposure.facts.world import World
from exposure.model.sector_results import export_jobs
from exposure.model.sector_table import region_of_origin, sector_table

NAN = np.nan
# Million USD. Mexico uses nothing from abroad; American car makers buy 10 of Mexican cars.
FLOWS = [
    ("MEX", "cars", "MEX", "cars", 20.0), ("MEX", "cars", "USA", "cars", 10.0),
    ("MEX", "cars", "MEX", FINAL, 30.0), ("MEX", "cars", "USA", FINAL, 40.0),
    ("MEX", "services", "MEX", "cars", 20.0), ("MEX", "services", "MEX", "services", 10.0),
    ("MEX", "services", "MEX", FINAL, 70.0),
    ("USA", "cars", "USA", "cars", 40.0), ("USA", "cars", "USA", "services", 10.0),
    ("USA", "cars", "USA", FINAL, 150.0),
    ("USA", "services", "USA", "cars", 50.0), ("USA", "services", "USA", "services", 100.0),
    ("USA", "services", "USA", FINAL, 250.0),
]  # fmt: skip
JOBS = {("MEX", "cars"): 1000.0, ("MEX", "services"): 2500.0, ("USA", "cars"): 500.0}


def world(flows=FLOWS, jobs=JOBS, regions=("MEX", "USA"), unit=1.0, imports_of=None):
    """A world of nothing but the table; ``unit`` multiplies all money."""
    accounts = [(*key, 0.8 * count, count, 1.2 * count) for key, count in jobs.items()]
    tables = {
        "mrio_regions": pd.DataFrame(
            {"region": regions, "imports_of": imports_of or ["MEX", *[""] * (len(regions) - 1)]}
        ),
        "mrio_industries": pd.DataFrame({"industry": ["cars", "services"]}),
        "mrio_flows": pd.DataFrame(
            flows, columns=["country", "industry", "user_country", "user", "value_musd"]
        ),
        "mrio_accounts": pd.DataFrame(
            accounts, columns=["country", "industry", "jobs_low", "jobs_central", "jobs_high"]
        ),
    }
    tables["mrio_flows"]["value_musd"] *= unit
    return World(tables, "mark", Path("data"))


def by_sector(table, values):
    return dict(zip(table.labels().itertuples(index=False, name=None), values, strict=True))


def test_output_is_all_that_is_sold_and_value_added_what_was_not_bought():
    table = sector_table(world())
    assert table.output.tolist() == [100.0, 100.0, 200.0, 400.0]
    # 100 - 40, 100 - 10, 200 - (10 + 40 + 50), 400 - (10 + 100).
    assert table.value_added.tolist() == [60.0, 90.0, 100.0, 290.0]
    # All that is made ends as somebody's income: value added is final demand.
    assert table.value_added.sum() == table.final.sum() == 540.0


def test_what_a_sector_ships_is_bought_by_makers_and_by_final_buyers():
    """Cars of Mexico: 10 + 40. The importer's own sales at home are part of what it buys."""
    table = sector_table(world())
    assert by_sector(table, table.shipped) == {
        ("MEX", "cars"): 50.0, ("MEX", "services"): 0.0,
        ("USA", "cars"): 200.0, ("USA", "services"): 400.0,
    }  # fmt: skip


def test_value_added_at_home_is_what_is_left_of_exports_without_imports():
    """Mexico imports nothing: all of a unit is its own. A unit of American cars needs
    0.75 / 0.59375 units of cars in all, each with 0.05 of Mexican ones; services 0.025 / 0.59375.

    The determinant is 0.8 x 0.75 - 0.25 x 0.025.
    """
    table = sector_table(world())
    expected = [1.0, 1.0, 1 - 0.05 * 0.75 / 0.59375, 1 - 0.05 * 0.025 / 0.59375]
    np.testing.assert_allclose(table.home_value, expected, rtol=1e-12)


def test_jobs_at_home_count_suppliers_of_suppliers():
    """Services: 25 a million and 0.1 of themselves, 250 / 9; cars (10 + 0.2 x 250 / 9) / 0.8."""
    table = sector_table(world())
    np.testing.assert_allclose(table.home_jobs[1, :2], [175 / 9, 250 / 9], rtol=1e-12)
    np.testing.assert_allclose(table.home_jobs[0, :2], [140 / 9, 200 / 9], rtol=1e-12)


def test_jobs_that_nobody_counted_are_unknown_with_all_that_hangs_on_them():
    table = sector_table(world())
    assert np.isnan(table.jobs[:, 3]).all()
    # American cars buy services, whose workers nobody has counted.
    assert np.isnan(table.home_jobs[:, 2:]).all()
    assert not np.isnan(table.home_jobs[:, :2]).any()


def test_an_industry_that_makes_nothing_divides_nothing():
    """Without services of Mexico: its output, value added and jobs a unit are nought."""
    flows = [row for row in FLOWS if row[:2] != ("MEX", "services")]
    table = sector_table(world(flows, {("MEX", "cars"): 1000.0, ("MEX", "services"): 0.0}))
    assert (table.output[1], table.value_added[1], table.home_value[1]) == (0.0, 0.0, 0.0)
    assert table.home_jobs[:, 1].tolist() == [0.0, 0.0, 0.0]
    assert np.isfinite(table.coefficients).all()


def test_rows_may_stand_in_any_order():
    table, other = sector_table(world()), sector_table(world(FLOWS[::-1]))
    for name in ("flows", "final", "home_value", "jobs"):
        np.testing.assert_array_equal(getattr(table, name), getattr(other, name))


@pytest.mark.parametrize("unit", [1e-3, 1e3])
def test_shares_do_not_hang_on_the_unit_of_money_and_jobs_a_unit_do(unit):
    table, other = sector_table(world()), sector_table(world(unit=unit))
    np.testing.assert_allclose(other.coefficients, table.coefficients, rtol=1e-12)
    np.testing.assert_allclose(other.home_value, table.home_value, rtol=1e-12)
    np.testing.assert_allclose(other.home_jobs * unit, table.home_jobs, rtol=1e-12)


def test_a_world_without_flows_has_no_table():
    empty = world(FLOWS[:0])
    assert sector_table(empty) is None
    assert empty.kept == {}


def test_a_table_is_made_once_and_nothing_else_is_taken_for_it():
    here = world()
    assert sector_table(here) is sector_table(here)
    here.kept["sector table"] = "a text"
    with pytest.raises(DataError) as caught:
        sector_table(here)
    assert str(caught.value) == "World.kept: not a table of sectors"


def test_labels_number_industries_within_regions():
    table = sector_table(world())
    assert len(table) == 4
    assert (table.here, table.region.tolist(), table.industry.tolist()) == (
        1, [0, 0, 1, 1], [0, 1, 0, 1],
    )  # fmt: skip


def test_a_region_that_is_nobodys_imports_stands_under_no_origin():
    here = world(regions=("DEU", "FRA", "USA"), imports_of=["EU", "EU", ""])
    assert region_of_origin(here) == {"EU": ["DEU", "FRA"]}


# --- jobs in exports -----------------------------------------------------------------------------


def exported(**changes):
    return export_jobs("s", sector_table(world(**changes))).set_index("industry")


def test_jobs_in_exports_by_hand():
    """50 million of cars: 10 a million in making them, 175 / 9 - 10 at suppliers, none abroad."""
    made = exported()
    assert set(made["country"]) == {"MEX"}
    assert made.loc["cars", "shipped_usd"] == 50e6
    assert made.loc["cars", "direct_central"] == pytest.approx(500.0)
    assert made.loc["cars", "home_central"] == pytest.approx((175 / 9 - 10) * 50)
    assert made.loc["cars", "abroad_central"] == pytest.approx(0.0, abs=1e-9)
    assert made.loc["cars", "home_value_share"] == pytest.approx(1.0)


@pytest.mark.parametrize(("end", "factor"), [("low", 0.8), ("central", 1.0), ("high", 1.2)])
def test_ends_of_the_range_are_those_of_the_counts(end, factor):
    made = exported()
    assert made.loc["cars", f"direct_{end}"] == pytest.approx(500.0 * factor)
    assert made.loc["cars", f"home_{end}"] == pytest.approx((175 / 9 - 10) * 50 * factor)


def test_an_industry_that_ships_nothing_has_no_jobs_in_it():
    row = exported().loc["services"]
    assert (row["shipped_usd"], row["direct_central"], row["home_central"]) == (0.0, 0.0, 0.0)


def test_suppliers_that_nobody_counted_make_the_figure_a_floor_and_not_unknown():
    """With services uncounted, cars have the jobs of cars in cars: 10 / 0.8 - 10 a million."""
    made = exported(jobs={("MEX", "cars"): 1000.0})
    assert made.loc["cars", "home_central"] == pytest.approx(125.0)
    assert np.isnan(made.loc["services", ["direct_central", "home_central"]].astype(float)).all()


def test_suppliers_in_a_third_country_are_abroad():
    """A third country sells services worth 20 to Mexican car makers, at 5 jobs a million: each
    million of cars takes 0.2 / 0.8 of them, so that 50 million take 12.5, made by 62.5 persons."""
    flows = [row for row in FLOWS if row[:4] != ("MEX", "services", "MEX", "cars")]
    flows.append(("KOR", "services", "MEX", "cars", 20.0))
    jobs = {("MEX", "cars"): 1000.0, ("MEX", "services"): 2000.0, ("KOR", "services"): 100.0,
            ("KOR", "cars"): 0.0}  # fmt: skip
    made = export_jobs("s", sector_table(world(flows, jobs, ("KOR", "MEX", "USA"))))
    row = made.set_index(["country", "industry"]).loc[("MEX", "cars")]
    assert row["abroad_central"] == pytest.approx(62.5)
    assert row["home_central"] == pytest.approx((10 / 0.8 - 10) * 50)
    # A fourth of each dollar of cars is Korean.
    assert row["home_value_share"] == pytest.approx(0.75)
