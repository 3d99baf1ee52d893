"""Industries by hand: where buyers turn, whose jobs they are, and the sums that reports show."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError, QueryError
from exposure.facts.world import World
from exposure.model.deal_sides import need_table, of_country, sector_number
from exposure.model.job_numbers import _row, of_plants
from exposure.model.sector_results import _abroad, spread
from exposure.model.sector_summaries import (
    SHOWN_INDUSTRIES,
    board_totals,
    country_jobs,
    import_coverage,
    sectors_abroad,
)
from exposure.model.sectors import (
    SectorRates,
    _sourced,
    _summing,
    borne_of_imports,
    job_draws,
    known_imports,
    rates_by_sector,
)

NAN = np.nan


def world(**tables):
    return World({name: pd.DataFrame(rows) for name, rows in tables.items()}, "mark", Path("data"))


# --- sourcing ------------------------------------------------------------------------------------


class Sized(SimpleNamespace):
    """A table of four sectors."""

    def __len__(self):
        return 4


TABLE = Sized(
    regions=("MEX", "USA"), industries=("cars", "steel"), industry=np.array([0, 1, 0, 1]),
    region=np.array([0, 0, 1, 1]), here=1, shipped=np.array([10.0, 0.0, 90.0, 5.0]),
    jobs=np.array([[1.0, 2, 3, NAN], [2.0, 4, 6, NAN], [3.0, 6, 9, NAN]]),
)  # fmt: skip


HOW = SimpleNamespace(substitution=np.full((1, 2), 2.0), demand=np.full((1, 2), 1.0))


def rates(before, after):
    return SectorRates(np.array(before), np.array(after), np.ones(4, dtype=bool), np.zeros(4))


def sourced(after, price, fixed, value=(50.0, 8.0, 50.0, 8.0)):
    found = _sourced(TABLE, rates([0.0] * 4, after), HOW, np.array([price]), np.array(value),
                     fixed=fixed)  # fmt: skip
    return found[0].tolist()


def test_buyers_turn_to_the_origin_that_has_not_become_dearer():
    """Halves at prices 1.25 and 1, elasticity 2: the index is 1 / (0.4 + 0.5); a quantity is its
    square over that of the price."""
    index = 1 / 0.9
    found = sourced([0.25, 0.0, 0.0, 0.0], [1.25, 1.0, 1.0, 1.0], fixed=True)
    assert found == pytest.approx([index**2 / 1.25**2, 1.0, index**2, 1.0])


def test_final_buyers_take_less_of_what_is_dearer_as_a_whole():
    """By an elasticity of 1 as much is spent as before: index over squared price."""
    index = 1 / 0.9
    found = sourced([0.25, 0.0, 0.0, 0.0], [1.25, 1.0, 1.0, 1.0], fixed=False)
    assert found == pytest.approx([index / 1.25**2, 1.0, index, 1.0])


def test_a_product_without_a_change_of_duty_is_bought_as_before_whatever_its_price():
    assert sourced([0.0] * 4, [2.0, 3.0, 1.0, 1.0], fixed=True) == [1.0] * 4


def test_a_product_that_nobody_buys_is_not_divided():
    found = sourced([0.25] * 4, [1.25] * 4, True, (0.0, 8.0, -1.0, 8.0))
    assert found == [1.0, pytest.approx(1.0), 1.0, pytest.approx(1.0)]


def test_rates_stand_at_their_sector_and_unknown_goods_count_as_unchanged():
    regions = {"region": ["MEX", "USA"], "imports_of": ["MEX", ""]}
    here = world(mrio_industries={"goods": [True, True]}, mrio_regions=regions)
    table = pd.DataFrame(
        [("MEX", "cars", 12e6, 0.5, 0.0, 0.25), ("MEX", "unassigned", 1e6, 1.0, 0.0, 0.9)],
        columns=["origin", "industry", "imports_usd", "known_share", "rate_before", "rate_after"],
    )
    made = rates_by_sector(TABLE, here, table)
    assert made.after.tolist() == [0.25, 0.0, 0.0, 0.0]
    assert made.imports.tolist() == [6e6, 0.0, 0.0, 0.0]  # half of 12 m are known
    # Of 10 m that the table says are shipped exporters bear 1 m: of 6 m that pay, 0.6 m.
    assert borne_of_imports(TABLE, made, np.array([[1.0, 0, 0, 0]])).tolist() == [[6e5, 0, 0, 0]]
    assert made.known.tolist() == [True, True, True, True]  # nothing is shipped of Mexican steel
    dark = rates_by_sector(TABLE, here, table.assign(rate_after=NAN))
    assert dark.known.tolist() == [False, True, True, True]
    services = world(mrio_industries={"goods": [False, True]}, mrio_regions=regions)
    assert rates_by_sector(TABLE, services, table.iloc[:0]).known.all()


def test_ones_sum_sectors_to_industries():
    assert (np.array([1.0, 2.0, 4.0, 8.0]) @ _summing(TABLE)).tolist() == [5.0, 10.0]


def test_counts_of_a_country_err_together_and_those_that_nobody_made_stay_unknown():
    drawn = job_draws(TABLE, 20, 1)
    assert drawn[0, :3].tolist() == [2.0, 4.0, 6.0]
    np.testing.assert_allclose(drawn[:, 1], 2 * drawn[:, 0])
    assert np.isnan(drawn[:, 3]).all()
    assert ((drawn[:, 0] >= 1) & (drawn[:, 0] <= 3)).all()
    assert not np.allclose(drawn[1:, 2], 3 * drawn[1:, 0])


def test_a_sector_of_the_importer_ships_nothing_to_it():
    kept = _abroad(np.array([[1.0, 2.0]]), np.array([True, False]))
    assert np.isnan(kept[0, 0])
    assert kept[0, 1] == 2.0


def test_a_spread_has_three_columns():
    made = spread("x", np.array([[2.0, 5.0], [1.0, 5.0], [3.0, 5.0]]))
    assert list(made) == ["x_low", "x_central", "x_high"]
    assert made["x_low"].tolist() == pytest.approx([1.2, 5.0])


# --- laws of a deal ------------------------------------------------------------------------------


def test_sectors_of_a_country_and_one_that_is_not_there():
    assert sector_number(TABLE, "USA").tolist() == [2, 3]
    assert of_country(TABLE, np.array([[1.0, 2, 4, 8], [0, 0, NAN, 1]]), "USA").tolist() == (
        pytest.approx([12.0, NAN], nan_ok=True)
    )
    with pytest.raises(QueryError) as caught:
        sector_number(TABLE, "KOR")
    assert str(caught.value) == "no exports of 'KOR' (known: MEX, USA)"


def test_a_deal_needs_a_table_of_industries():
    with pytest.raises(DataError) as caught:
        need_table(world(mrio_flows=[]))
    assert str(caught.value) == "economy/mrio: no table of industries (a deal needs one)"


def test_known_imports_of_a_union_are_shared_by_what_its_members_sell():
    """400 of the union, half known: 200, of which the one sells 30 and the other 10."""
    two = Sized(regions=("DEU", "FRA"), industries=("cars", "steel"),
                shipped=np.array([30.0, 0.0, 10.0, 0.0]))  # fmt: skip
    here = world(mrio_regions={"region": ["DEU", "FRA"], "imports_of": ["EU", "EU"]})
    mean = pd.DataFrame(
        [(name, industry, 400.0, 0.5, 0.1) for name in ("DEU", "FRA")
         for industry in ("cars", "steel")],
        columns=["origin", "industry", "imports_usd", "known_share", "rate_after"],
    )  # fmt: skip
    found = known_imports(here, two, mean)
    # Of steel neither is said to sell any: they share alike.
    assert found.tolist() == [150.0, 100.0, 50.0, 100.0]
    assert known_imports(here, two, mean.assign(rate_after=NAN)).tolist() == [0.0] * 4


# --- jobs ----------------------------------------------------------------------------------------


def plant(title, region, own, suppliers):
    row = {"scenario": "s", "country": "MEX", "title": title, "region": region}
    for name, value in (("tail_plant", own), ("tail_suppliers", suppliers)):
        row |= {f"{name}_{end}": value * by for end, by in zip(("low", "central", "high"),
                                                               (0.5, 1.0, 2.0), strict=True)}  # fmt: skip
    return row


def test_a_region_holds_what_its_plants_hold():
    made = of_plants(pd.DataFrame([plant("A", "Puebla", 100.0, 40.0),
                                   plant("B", "Puebla", 10.0, 4.0)]))  # fmt: skip
    found = {(row[1], row[3], row[5]): row[6:] for row in made}
    assert found["region", "Puebla", "plant"] == (55.0, 110.0, 220.0)
    assert found["region", "Puebla", "suppliers at home"] == (22.0, 44.0, 88.0)
    assert found["plant", "B", "plant"] == (5.0, 10.0, 20.0)
    assert {row[4] for row in made} == {"tail"}


def test_suppliers_of_a_region_with_an_uncounted_plant_are_not_known():
    made = of_plants(pd.DataFrame([plant("A", "Puebla", 100.0, 40.0),
                                   plant("B", "Puebla", 10.0, NAN)]))  # fmt: skip
    found = {(row[1], row[3], row[5]): row[7] for row in made}
    assert found["plant", "A", "suppliers at home"] == 40.0
    assert np.isnan(found["region", "Puebla", "suppliers at home"])
    assert found["region", "Puebla", "plant"] == 110.0


def test_no_plants_hold_nothing():
    assert of_plants(pd.DataFrame(columns=list(plant("A", "P", 1.0, 1.0)))) == []


def test_a_row_has_its_head_and_three_numbers():
    assert _row(("s", "firm"), np.array([2.0, 1.0, 3.0])) == pytest.approx(
        ("s", "firm", 1.2, 2.0, 2.8)
    )


def sector_jobs(*rows):
    columns = ["country", "jobs_central", "exposed_direct_central", "exposed_home_central",
               "exposed_abroad_central", "predicted_central"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).assign(scenario="s")


def test_shares_of_all_jobs_of_a_country():
    """Of 100 jobs 10 direct, 5 at home, 1 abroad: 16 %; who is not counted is left out."""
    jobs = sector_jobs(("MEX", 60.0, 10.0, 2.0, 1.0, -3.0), ("MEX", 40.0, 0.0, 3.0, 0.0, -1.0),
                       ("KOR", 50.0, 20.0, 0.0, 0.0, -5.0), ("VNM", NAN, 9.0, 9.0, 9.0, NAN),
                       ("USA", 70.0, NAN, NAN, NAN, 1.0))  # fmt: skip
    results = pd.DataFrame({"scenario": "s", "country": ["MEX"], "metric": ["jobs_predicted"],
                            "low": [-8.0], "high": [-2.0]})  # fmt: skip
    made = country_jobs({"sector_jobs": jobs, "country_results": results})
    assert made["country"].tolist() == ["KOR", "MEX"]
    rows = made.set_index("country")
    assert rows.loc["MEX", ["jobs", "exposed_share", "predicted_share"]].tolist() == pytest.approx(
        [100.0, 0.16, -0.04]
    )
    assert rows.loc["MEX", "predicted_low_share"] == pytest.approx(-0.08)
    assert np.isnan(rows.loc["KOR", "predicted_low_share"])


def test_coverage_counts_a_union_once():
    rates_ = pd.DataFrame({"scenario": "s", "origin": ["DEU", "EUX", "MEX"],
                           "imports_usd": [100.0, 100.0, 50.0], "known_share": [0.9, 0.9, 0.0]})  # fmt: skip
    made = import_coverage({"sector_rates": rates_}).iloc[0]
    assert made[["imports_usd", "unknown_usd"]].tolist() == pytest.approx([150.0, 60.0])


def test_the_industries_abroad_that_change_most():
    count = SHOWN_INDUSTRIES + 3
    output = pd.DataFrame({
        "scenario": "s", "country": ["USA", "ROW", *["MEX"] * count], "shipped_usd": 1.0,
        "industry": [f"i{number}" for number in range(count + 2)],
        "value_added_change_usd_central": [1e9, 1e9, *[(-1.0) ** n * n for n in range(count)]],
    })  # fmt: skip
    for stem in ("shipped_change_usd", "output_change_share"):
        for end in ("low", "central", "high"):
            output[f"{stem}_{end}"] = 0.0
    jobs = output[["scenario", "country", "industry"]].assign(
        predicted_low=0.0, predicted_central=0.0, predicted_high=0.0
    )
    made = sectors_abroad({"sector_output": output, "sector_jobs": jobs})
    assert len(made) == SHOWN_INDUSTRIES
    assert set(made["country"]) == {"MEX"}
    # By size, rise or fall.
    assert made["industry"].tolist()[:2] == [f"i{count + 1}", f"i{count}"]


@pytest.mark.parametrize(
    ("make", "table"),
    [(import_coverage, "sector_rates"), (board_totals, "boards"), (country_jobs, "sector_jobs")],
)
def test_a_run_without_industries_has_empty_sums(make, table):
    made = make({table: pd.DataFrame()})
    assert made.empty
    assert "scenario" in made.columns
