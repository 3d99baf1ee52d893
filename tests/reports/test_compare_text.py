"""Scenarios side by side in the terminal: differences, rivals, revenue, whose doing; by hand."""

import pandas as pd
import pytest

from exposure.reports.compare_blocks import acting
from exposure.reports.compare_text import MOST, compare_text

NAN = float("nan")
TABLES = {
    "differences": ["scenario", "against", "level", "product", "firm", "metric", "unit", "median"],
    "rivals": ["scenario", "product", "rival", "metric", "unit", "low", "median", "high", "central"],
    "revenue": ["scenario", "importer", "product", "baseline_usd", "scenario_usd", "change_usd"],
    "attribution": ["old", "new", "by", "product", "metric", "title", "part_low", "part_central",
                    "part_high", "sequential", "total"],
}  # fmt: skip


def told(**rows):
    """Lines of the text of tables of which only some have rows."""
    made = {
        name: pd.DataFrame(rows.get(name, []), columns=columns) for name, columns in TABLES.items()
    }
    return compare_text(made).split("\n")


def cells(line):
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_nothing_to_compare_is_nothing_to_say():
    assert told() == [""]


# --- differences -----------------------------------------------------------------------------


def differ(metric, unit, median, name="car", level="product", scenario="b"):
    product, firm = (name, "") if level == "product" else ("", name)
    return (scenario, "a", level, product, firm, metric, unit, median)


def test_differences_stand_product_by_product_then_firm_by_firm():
    found = told(
        differences=[
            differ("duty_bill_usd", "USD", 1e6, "Firm", "firm"),
            differ("duty_bill_usd", "USD", 2e6), differ("duty_usd_per_unit", "USD per unit", 12.5),
            differ("cost_change_share", "share", 0.05), differ("jobs_predicted", "persons", -1234.0),
            differ("duty_bill_usd", "USD", NAN, "van"), differ("not_shown", "USD", 9e9, "van"),
        ]
    )  # fmt: skip
    assert found[0] == "b less a, medians; ranges stand in the report"
    assert found[1] == "duty a year: on the units sold after buyers and routes have answered"
    del found[1]
    assert cells(found[1]) == ["duty a year", "duty a unit", "landed cost", "volume",
                               "operating profit", "jobs predicted"]  # fmt: skip
    assert cells(found[2]) == ["car", "USD 2.0 m", "USD 12.50", "5.0 %", "-1,234"]
    assert cells(found[3]) == ["van", "not known"]
    assert cells(found[4]) == ["Firm", "USD 1.0 m"]
    # A number that was not made is an empty cell: the jobs stand below their head.
    end = found[1].index("jobs predicted") + len("jobs predicted")
    assert found[2].index("-1,234") + len("-1,234") == end


def test_each_scenario_has_its_own_table():
    found = told(
        differences=[differ("duty_bill_usd", "USD", 1.0, scenario=name) for name in ("z", "b")]
    )
    heads = [line for line in found if "less" in line]
    assert [head.split(" ")[0] for head in heads] == ["z", "b"]


# --- rivals ----------------------------------------------------------------------------------


def pair(rival, gap, duty=100.0, share=-0.01, scenario="b"):
    """The three numbers of a pair; low and high an eighth around."""
    values = {"cost_gap_share": ("share", gap), "duty_gap_usd_per_unit": ("USD per unit", duty),
              "pair_share_change_share": ("share", share)}  # fmt: skip
    return [
        (scenario, "car", rival, metric, unit, value - abs(value) / 8, value, value + abs(value) / 8,
         value)
        for metric, (unit, value) in values.items()
    ]  # fmt: skip


def test_the_widest_gap_between_rivals_stands_first_whatever_its_sign():
    found = told(rivals=[*pair("near", 0.08), *pair("far", -0.16), *pair("like", 0.0, 0.0, 0.0)])
    assert found[0] == "b: change of landed cost, product less rival"
    assert [cells(line)[1] for line in found[2:]] == ["far", "near", "like"]
    assert cells(found[2])[2:] == [
        "-16.0 % (-18.0 % to -14.0 %)", "USD 100.00 (USD 87.50 to USD 112.50)",
        "-1.0 % (-1.1 % to -0.9 %)",
    ]  # fmt: skip
    assert cells(found[4])[2:] == ["0.0 %", "USD 0", "0.0 %"]


def test_twelve_pairs_are_told_at_most():
    found = told(rivals=[row for n in range(MOST + 3) for row in pair(f"r{n:02}", n / 100)])
    assert len(found) == 2 + MOST
    assert cells(found[-1])[1] == "r03"


def test_pairs_without_a_gap_are_not_told():
    assert told(rivals=pair("x", 0.1)[1:]) == [""]


# --- revenue ---------------------------------------------------------------------------------


def test_revenue_is_the_sum_over_products_of_an_importer():
    found = told(
        revenue=[
            ("b", "USA", "car", 1e6, 3e6, 2e6), ("b", "USA", "van", 5e5, 1e6, 5e5),
            ("b", "MEX", "car", 1e3, 2e3, 1e3), ("c", "USA", "car", 1e6, 1e6, 0.0),
        ]
    )  # fmt: skip
    assert found[0] == "Duties collected on these products, a year"
    assert [cells(line) for line in found[2:]] == [
        ["b", "USA", "USD 1.5 m", "USD 4.0 m", "USD 2.5 m"],
        ["b", "MEX", "USD 1,000", "USD 2,000", "USD 1,000"],
    ], "an importer whose revenue stays is not told"


def test_revenue_of_which_a_part_is_not_known_is_not_told_as_if_it_were_nothing():
    found = told(
        revenue=[("b", "USA", "car", 1e6, 3e6, 2e6), ("b", "USA", "van", 5e5, NAN, NAN)]
    )  # fmt: skip
    assert [cells(line) for line in found[2:]] == [
        ["b", "USA", "USD 1.5 m", "not known", "not known"]
    ]


@pytest.mark.parametrize("change", [0.0, 1e-4])
def test_the_dust_of_a_sum_is_no_revenue(change):
    assert told(revenue=[("b", "USA", "car", 1e6, 1e6 + change, change)]) == [""]


# --- whose doing -----------------------------------------------------------------------------


def part(title, central, sequential, total=0.12, metric="cost_change_share"):
    return ("a", "b", "action", "car", metric, title, central - 0.01, central, central + 0.01,
            sequential, total)  # fmt: skip


def test_factors_stand_by_size_and_add_up_to_all():
    found = told(attribution=[part("Steel", 0.02, 0.03), part("Cars", 0.1, 0.09)])
    assert found[0].startswith("car, ")
    assert found[0].endswith(", from a to b, by action")
    assert [cells(line) for line in found[2:]] == [
        ["Cars", "10.0 % (9.0 % to 11.0 %)", "9.0 %"],
        ["Steel", "2.0 % (1.0 % to 3.0 %)", "3.0 %"],
        ["all", "12.0 %", "12.0 %"],
    ]


def test_a_factor_that_moves_nothing_is_not_told_and_nor_is_a_metric_of_none():
    still = part("Idle", 0.0, 0.0)
    assert [cells(line)[0] for line in told(attribution=[part("Cars", 0.1, 0.1), still])[2:]] == [
        "Cars", "all",
    ]  # fmt: skip
    assert told(attribution=[still]) == [""]
    assert told(attribution=[part("Cars", 0.1, 0.1, metric="jobs_exposed")]) == [""]


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        # By the larger of the two ways to count, and ties as they come.
        ([("a", 0.1, -0.5), ("b", 0.3, 0.3), ("c", -0.3, 0.0)], ["a", "b", "c"]),
        # Less than a billionth of the change, or of one where the change is smaller, is dust.
        ([("a", 2e-9, 0.0), ("b", 0.7e-9, 0.0)], ["a"]),
        ([("a", NAN, 0.2), ("b", NAN, NAN)], ["a"]),
        ([], []),
    ],
)
def test_acting_factors_the_largest_first(rows, order):
    table = pd.DataFrame(rows, columns=["title", "part_central", "sequential"]).assign(total=0.5)
    assert acting(table)["title"].tolist() == order


def test_dust_is_a_part_of_the_change():
    table = pd.DataFrame({"title": ["a", "b"], "part_central": [50.0, 500.0],
                          "sequential": 0.0, "total": -1e11})  # fmt: skip
    assert acting(table)["title"].tolist() == ["b"]
