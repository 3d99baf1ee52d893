"""Sums that reports show, by hand from tables of a few rows; what is not known stays so."""

import numpy as np
import pandas as pd
import pytest

from exposure.model.summaries import (
    MOST,
    _added_rows,
    border_counts,
    border_pairs,
    duty_steps,
    product_duty,
    product_jobs,
    product_quarters,
    value_countries,
    value_flows,
)

NAN = np.nan
KEYS = ("scenario", "product", "route")


def table(columns, *rows):
    return pd.DataFrame(rows, columns=columns.split())


# --- borders -------------------------------------------------------------------------------------

LEGS = table(
    "scenario case product route part to_part crosses from_country to_country "
    "value_usd_per_unit freight_usd_per_unit duty_usd_per_unit",
    ("s", "scenario", "car", "sea", "body", "car", True, "KOR", "MEX", 30.0, 1.0, 3.0),
    ("s", "scenario", "car", "sea", "body", "car", True, "KOR", "MEX", 10.0, 1.0, 0.0),
    ("s", "scenario", "car", "sea", "seat", "car", False, "MEX", "MEX", 5.0, 0.5, 0.0),
    ("s", "scenario", "car", "sea", "car", "market", True, "MEX", "USA", 90.0, 2.0, NAN),
)


def test_a_crossing_of_unknown_duty_is_neither_paid_nor_free():
    row = border_counts({"legs": LEGS}).iloc[0]
    assert row[["crossings", "paid", "unknown", "finished"]].tolist() == [3, 1, 1, 1]


def test_pairs_of_countries_add_up_and_a_part_that_is_not_known_hides_the_sum():
    pairs = border_pairs({"legs": LEGS}).set_index("from_country")
    assert pairs.loc["KOR", ["crossings", "paid"]].tolist() == [2, 1]
    assert pairs.loc["KOR", ["value_usd_per_unit", "duty_usd_per_unit"]].tolist() == [40.0, 3.0]
    assert pairs.loc["MEX", "value_usd_per_unit"] == 90.0
    assert np.isnan(pairs.loc["MEX", "duty_usd_per_unit"])
    mixed = LEGS.assign(duty_usd_per_unit=[3.0, NAN, 0.0, 4.0])
    assert np.isnan(border_pairs({"legs": mixed})["duty_usd_per_unit"].iloc[0])


def test_a_route_without_borders_is_counted_and_has_no_pairs():
    home = LEGS.iloc[[2]]
    assert border_counts({"legs": home})["crossings"].tolist() == [0]
    assert border_pairs({"legs": home}).empty


# --- duty over cost and jobs ---------------------------------------------------------------------


def costs(duties, landed, shares, case="scenario"):
    routes = [f"r{number}" for number in range(len(duties))]
    head = {"scenario": "s", "product": "car", "route": routes}
    return {
        "landed_cost": pd.DataFrame(
            {**head, "case": case, "duty_usd_per_unit": duties, "landed_central": landed}
        ),
        "volumes": pd.DataFrame({**head, "share_baseline": shares}),
        "products": table("product title", ("car", "Car")),
        "scenarios": table("scenario", ("s",)),
    }


def share_of(tables):
    return product_duty({**tables, "landed_cost": pd.concat([
        tables["landed_cost"], tables["landed_cost"].assign(case="baseline")
    ])})["scenario_share"].iloc[0]  # fmt: skip


def test_duty_over_landed_cost_is_weighted_by_todays_shares():
    """0.75 * 8 over 0.75 * 108 + 0.25 * 120."""
    assert share_of(costs([8.0, 0.0], [108.0, 120.0], [0.75, 0.25])) == pytest.approx(6 / 111)


def test_a_route_that_ships_nothing_has_no_say_though_its_duty_is_unknown():
    assert share_of(costs([8.0, NAN], [108.0, NAN], [1.0, 0.0])) == pytest.approx(8 / 108)


def test_a_route_that_ships_under_an_unknown_duty_makes_the_share_unknown():
    """The known routes do not stand for all."""
    assert np.isnan(share_of(costs([8.0, NAN], [108.0, NAN], [0.5, 0.5])))


def test_a_product_that_nobody_sells_has_no_share():
    assert np.isnan(share_of(costs([8.0], [108.0], [NAN])))


JOBS = table(
    "scenario product country part exposed_central predicted_central",
    ("s", "car", "USA", "seat", 5.0, -1.0),
    ("s", "car", "MEX", "body", 20.0, -2.0),
    ("s", "car", "MEX", "car", 30.0, 1.0),
)


def test_jobs_by_country_the_most_exposed_first_and_never_added():
    made = product_jobs({"jobs": JOBS})
    assert made["country"].tolist() == ["MEX", "USA"]
    assert made["exposed_central"].tolist() == [50.0, 5.0]
    assert made["predicted_central"].tolist() == [-1.0, -1.0]


def test_jobs_of_a_country_with_an_unknown_stage_are_not_known():
    hazy = JOBS.assign(exposed_central=[5.0, NAN, 30.0])
    made = product_jobs({"jobs": hazy}).set_index("country")
    assert np.isnan(made.loc["MEX", "exposed_central"])
    assert made.loc["USA", "exposed_central"] == 5.0


def test_quarters_of_a_product_are_known_where_all_its_routes_are():
    rows = table(
        "scenario product quarter route duty_border_usd duty_sold_central borne_by_firm_usd",
        ("s", "car", "2025Q1", "a", 1.0, NAN, NAN), ("s", "car", "2025Q1", "b", 2.0, 3.0, 1.0),
        ("s", "car", "2025Q2", "a", 4.0, 5.0, 0.0), ("s", "car", "2025Q2", "b", 6.0, 7.0, 1.0),
    )  # fmt: skip
    made = product_quarters({"quarters": rows}).set_index("quarter")
    assert made["duty_border_usd"].tolist() == [3.0, 10.0]
    assert np.isnan(made.loc["2025Q1", "duty_sold_central"])
    assert made.loc["2025Q2", ["duty_sold_central", "borne_by_firm_usd"]].tolist() == [12.0, 1.0]
    none = product_quarters({"quarters": rows.iloc[:0]})
    assert none.columns.tolist() == made.reset_index().columns[[1, 2, 0, 3, 4, 5]].tolist()


# --- steps ---------------------------------------------------------------------------------------


def steps(**components):
    """Steps of one route: components as (baseline, scenario)."""
    lines = [
        {"scenario": "s", "product": "car", "route": "sea", "case": case, "component": name,
         "duty_usd_per_unit": usd}
        for name, pair in components.items()
        for case, usd in zip(("baseline", "scenario"), pair, strict=True)
    ]  # fmt: skip
    cost = table("scenario product route route_title case", ("s", "car", "sea", "Sea", "scenario"))
    made = duty_steps({"duty_lines": pd.DataFrame(lines), "landed_cost": cost})
    columns = ["step", "from_usd_per_unit", "to_usd_per_unit", "change_usd_per_unit"]
    return made[columns].to_numpy().tolist()


def test_steps_lead_from_one_duty_to_the_other_in_the_order_of_components():
    """Reciprocal 15 ends, 232 brings 40, column 1 stays."""
    assert steps(ieepa_reciprocal=(15.0, 0.0), mfn=(10.0, 10.0), s232=(0.0, 40.0)) == [
        ["baseline", 0.0, 25.0, 25.0],
        ["s232", 25.0, 65.0, 40.0],
        ["ieepa_reciprocal", 65.0, 50.0, -15.0],
        ["scenario", 0.0, 50.0, 50.0],
    ]


@pytest.mark.parametrize(("change", "told"), [(0.005, False), (0.0051, True), (-0.0051, True)])
def test_less_than_half_a_cent_is_no_step(change, told):
    found = steps(mfn=(1.0, 1.0 + change))
    assert ("mfn" in [row[0] for row in found]) is told
    assert found[-1][2] == pytest.approx(1.0 + change)


def test_an_unknown_component_is_a_step_and_hides_what_follows():
    found = {row[0]: row[1:] for row in steps(mfn=(10.0, 10.0), s232=(0.0, NAN), s301=(5.0, 7.0))}
    assert found["baseline"][1] == 15.0
    assert np.isnan(found["s232"][1:]).all()
    assert np.isnan(found["s301"][0])
    assert np.isnan(found["scenario"][1])


# --- value on its way ----------------------------------------------------------------------------


def nodes(*rows):
    return table("product route country part_title value_added_central",
                 *(("car", "sea", *row) for row in rows))  # fmt: skip


def merged(*rows):
    made = _added_rows(nodes(*rows))
    return {(country, part): usd for stage, country, part, usd in made if stage == "added"}


def test_small_countries_and_parts_are_drawn_together_but_a_single_one_keeps_its_name():
    """Of 1,000: two parts and countries of 1 % and 2 % are others; alone, 2 % is shown."""
    found = merged(("MEX", "Body", 500.0), ("VNM", "Wire", 10.0), ("THA", "Lamp", 20.0),
                   ("MEX", "Assembly", 470.0))  # fmt: skip
    assert found == {("MEX", "Body"): 500.0, ("MEX", "Assembly"): 470.0,
                     ("other_countries", "other_parts"): 30.0}  # fmt: skip
    found = merged(("MEX", "Body", 500.0), ("THA", "Lamp", 10.0), ("MEX", "Assembly", 490.0))
    assert ("THA", "Lamp") in found


def test_the_final_stage_is_shown_however_small():
    found = merged(("MEX", "Body", 900.0), ("KOR", "Seat", 15.0), ("KOR", "Lamp", 15.0),
                   ("KOR", "Engine", 60.0), ("MEX", "Assembly", 10.0))  # fmt: skip
    assert ("MEX", "Assembly") in found
    assert ("KOR", "other_parts") in found


def test_at_most_so_many_are_drawn_and_nothing_is_lost():
    rows = [("MEX", f"P{number:02d}", 100.0 - number) for number in range(MOST + 4)]
    found = merged(*rows)
    names = {part for _, part in found}
    # The largest, the last one because it is the final stage, and the others together.
    assert len(names) == MOST + 2
    assert "other_parts" in names
    assert sum(found.values()) == pytest.approx(sum(row[2] for row in rows))


def flows(duty_last):
    legs = LEGS.assign(duty_usd_per_unit=[3.0, 0.0, 0.0, duty_last])
    made = value_flows({"nodes": nodes(("KOR", "Body", 40.0), ("MEX", "Assembly", 60.0)),
                        "legs": legs})  # fmt: skip
    return {(row.stage, row.country or row.part): row.usd_per_unit for row in made.itertuples()}


def test_what_joins_on_the_way_comes_to_the_landed_cost():
    """100 of value; 2.5 of freight and 3 of duty upstream; 2 and 9 on the last leg."""
    found = flows(9.0)
    assert found["upstream", "freight_upstream"] == 2.5
    assert found["upstream", "duty_upstream"] == 3.0
    assert found["gate", "gate"] == 105.5
    assert found["last", "duty_last"] == 9.0
    assert found["landed", "landed"] == 116.5
    assert found["country", "MEX"] == 60.0


def test_an_unknown_duty_hides_the_landed_cost_and_not_the_gate():
    found = flows(NAN)
    assert found["gate", "gate"] == 105.5
    assert np.isnan(found["last", "duty_last"])
    assert np.isnan(found["landed", "landed"])


def test_shares_of_countries_the_largest_first():
    both = pd.concat([nodes(("KOR", "Body", 30.0), ("MEX", "Seat", 50.0), ("KOR", "Lamp", 20.0)),
                      nodes(("USA", "Body", 8.0)).assign(route="air")])  # fmt: skip
    made = value_countries({"nodes": both})
    assert made[["route", "country", "share"]].to_numpy().tolist() == [
        ["air", "USA", 1.0], ["sea", "KOR", 0.5], ["sea", "MEX", 0.5]]  # fmt: skip
