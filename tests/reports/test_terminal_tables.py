"""Small tables in the terminal: months, many products, a market, industries; each by hand."""

import pandas as pd
import pytest

from exposure.reports.style import metric_text, metric_title, span, usd
from exposure.reports.text import headlines_text, industries_text, market_text, timing_text

NAN = float("nan")


def cells(line):
    """Cells of a line of columns, which stand two spaces apart at least."""
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


# --- a number with its range -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "ends", "said"),
    [
        ("cost_change_share", (0.1, 0.125, 0.2), "12.5 % (10.0 % to 20.0 %)"),
        ("duty_bill_usd", (1e6, 2e6, 3e6), "USD 2.0 m (USD 1.0 m to USD 3.0 m)"),
        ("duty_usd_per_unit", (5.0, 5.0, 5.0), "USD 5.00"),
        ("jobs_exposed", (-20.4, -10.0, 0.2), "-10 (-20 to 0)"),
        # Ends that read alike are no range.
        ("cost_change_share", (0.1001, 0.1, 0.1004), "10.0 %"),
        # Of what is not known no range is told; an end that is not known is told as such.
        ("duty_bill_usd", (1.0, NAN, 2.0), "not known"),
        ("jobs_exposed", (1.0, 2.0, NAN), "2 (1 to not known)"),
    ],
)
def test_a_headline_number_reads_by_its_name(metric, ends, said):
    assert metric_text(metric, *ends) == said


def test_a_span_takes_any_form():
    assert span(usd, 1.0, 2.0, 3.0) == "USD 2.00 (USD 1.00 to USD 3.00)"
    assert metric_title("jobs_exposed") != "jobs_exposed", "it has a title"
    assert metric_title("of_nobody") == "of nobody"


# --- months ----------------------------------------------------------------------------------


def months(**changes):
    made = {
        "product": "car", "route": "mexico", "month": ["2025-04", "2025-05"],
        "border_usd_per_unit": [100.0, 2500.0], "sold_central": [0.0, 1250.5],
        "sold_low": [0.0, 1000.0], "sold_high": [0.0, 2500.0], "entries": [8333.3, 8333.3],
        "bill_usd": [833330.0, 20833250.0],
    }  # fmt: skip
    return pd.DataFrame({**made, **changes})


def test_months_of_duty_at_the_border_and_in_what_is_sold():
    told = timing_text(months()).split("\n")
    assert told[:2] == [
        "car/mexico: duty, USD a unit; last column: of the month, on the units that enter, "
        "before any response", "",
    ]  # fmt: skip
    assert cells(told[2]) == ["month", "at the border", "in goods sold", "shortest stock",
                              "longest stock", "units", "duty, USD"]  # fmt: skip
    assert cells(told[3]) == ["2025-04", "100.00", "0.00", "0.00", "0.00", "8,333", "833,330"]
    assert cells(told[4]) == ["2025-05", "2,500.00", "1,250.50", "1,000.00", "2,500.00", "8,333",
                              "20,833,250"]  # fmt: skip
    assert len({len(line) for line in told[2:]}) == 1, "numbers end at the same place"


def test_a_month_whose_duty_is_not_known_says_so():
    told = timing_text(months(border_usd_per_unit=[NAN, 1.0], bill_usd=[NAN, 1.0])).split("\n")
    assert cells(told[3])[1] == "not known"
    assert cells(told[3])[-1] == "not known"
    assert "nan" not in "".join(told)


# --- many products ---------------------------------------------------------------------------

METRICS = ("duty_usd_per_unit", "duty_bill_usd", "cost_change_share", "volume_change_share")


def test_headlines_of_many_products_are_a_line_each():
    rows = [
        (product, metric, median)
        for product, medians in {
            "van": (NAN, NAN, NAN, -0.1), "car": (2668.4, 3.13e8, 0.085, -0.0004),
        }.items()
        for metric, median in zip(METRICS, medians, strict=True)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["product", "metric", "median"])
    told = headlines_text(table).split("\n")
    assert cells(told[0]) == ["product", "duty a unit", "duty a year", "landed cost", "volume"]
    # In the order of the table, not of the alphabet.
    assert cells(told[1]) == ["van", "not known", "not known", "not known", "-10.0 %"]
    assert cells(told[2]) == ["car", "USD 2,668", "USD 313.0 m", "8.5 %", "0.0 %"]
    mixed = table.iloc[::-1]
    assert sorted(headlines_text(mixed).split("\n")) == sorted(told), "by name, not by place"


# --- a market --------------------------------------------------------------------------------


def market(**changes):
    """Korea loses 10 m, of which 6 m to Mexico and 4 m to buyers who buy less."""
    origins = {
        "exporter": ["MEX", "KOR"], "rate_before": [0.0, 0.025], "rate_after": [0.0, 0.15],
        "rate_known_share": [NAN, 0.25], "sales_before_usd": [5e7, 8e7], "change_usd_central": [6e6, -1e7],
        "change_usd_low": [5e6, -2e7], "change_usd_high": [7e6, -5e6],
        "creation_usd": [0.0, -4e6], "diversion_usd": [6e6, -6e6], "ces_change_usd": [7e6, -1.2e7],
    }  # fmt: skip
    rivals = {"from": ["KOR"], "to": ["MEX"], "usd": [6e6]}
    welfare = {"country": ["USA", "KOR"]} | {
        f"{name}_usd_central": [value, -value]
        for name, value in (("consumer", -2e6), ("producer", 1e6), ("revenue", 3e6), ("welfare", 2e6))
    }  # fmt: skip
    made = {
        "market_origins": pd.DataFrame(origins), "market_rivals": pd.DataFrame(rivals),
        "market_countries": pd.DataFrame(welfare),
    }  # fmt: skip
    return {**made, **changes}


def test_a_market_stands_by_origin_those_that_lose_first():
    told = market_text(market(), "Cars").split("\n")
    assert told[0] == "Cars: what is bought instead, a year"
    korea, mexico = told[3], told[4]
    assert cells(korea) == [
        "KOR", "2.5 %", "15 %", "25 %", "USD 80.0 m", "USD -10.0 m", "-12.5 %",
        "USD -20.0 m to USD -5.0 m", "USD -4.0 m", "USD -6.0 m", "USD -12.0 m",
    ]  # fmt: skip
    assert cells(mexico)[:3] == ["MEX", "0 %", "0 %"]
    assert "Diversion between rivals, largest: KOR to MEX USD 6.0 m." in told
    who = told[told.index(next(line for line in told if line.startswith("country"))) :]
    assert cells(who[0]) == ["country", "consumer", "producer", "revenue", "welfare"]
    assert cells(who[1]) == ["KOR", "USD 2.0 m", "USD -1.0 m", "USD -3.0 m", "USD -2.0 m"]
    assert cells(who[2])[0] == "USA"


def test_six_flows_are_told_at_most_and_none_where_there_are_none():
    flows = pd.DataFrame({"from": list("ABCDEFGH"), "to": "Z", "usd": 1.0})
    told = market_text(market(market_rivals=flows), "Cars")
    assert "F to Z" in told
    assert "G to Z" not in told
    assert "Diversion" not in market_text(market(market_rivals=flows.iloc[:0]), "Cars")


def test_a_rate_of_an_origin_that_is_not_known_is_no_zero():
    origins = market()["market_origins"].assign(
        rate_after=[0.0, NAN], change_usd_central=[6e6, NAN]
    )
    told = market_text(market(market_origins=origins), "Cars").split("\n")
    # What is not known is sorted to the end.
    assert cells(told[4])[:6] == ["KOR", "2.5 %", "not known", "25 %", "USD 80.0 m", "not known"]


# --- industries ------------------------------------------------------------------------------


def countries():
    rows = [
        ("a", "KOR", "shipped_change_usd", -1e9), ("a", "KOR", "value_added_change_share", -0.002),
        ("a", "KOR", "jobs_exposed", 12345.0), ("a", "KOR", "jobs_predicted", NAN),
        # Below a million of sales, half a thousandth of value added and ten jobs.
        ("a", "JPN", "shipped_change_usd", -9e5), ("a", "JPN", "value_added_change_share", 4e-4),
        ("a", "JPN", "jobs_exposed", 99.0), ("a", "JPN", "jobs_predicted", -9.0),
        ("a", "VNM", "shipped_change_usd", NAN), ("a", "VNM", "value_added_change_share", 0.0),
        ("a", "USA", "value_added_change_share", 0.001), ("b", "KOR", "jobs_exposed", 1.0),
    ]  # fmt: skip
    made = pd.DataFrame(rows, columns=["scenario", "country", "metric", "median"])
    return {"country_results": made.assign(low=NAN, high=NAN)}


def test_industries_of_a_scenario_are_a_line_a_country_that_moves():
    told = industries_text(countries(), "a").split("\n")
    assert cells(told[0]) == ["all goods of", "sales to the US, change", "value added",
                              "jobs exposed", "jobs predicted"]  # fmt: skip
    assert cells(told[1]) == ["Korea", "USD -1.00 bn", "-0.2 %", "12,345", "not known"]
    # What is not known is not said to stand still.
    assert cells(told[2]) == ["Viet Nam", "not known", "0.0 %"]
    # The importer sells nothing to itself: an empty cell, and not what is not known.
    assert cells(told[3]) == ["United States", "0.1 %"]
    assert told[4].startswith("1 other moves by less than USD 1 m of sales")
    assert "80 %" not in " ".join(told[5:]), "there are no draws"


def test_industries_of_one_of_several_scenarios_stand_under_its_title():
    told = industries_text(countries(), "a", "Ten per cent more").split("\n")
    assert told[0] == "Ten per cent more"
    assert told[1:] == industries_text(countries(), "a").split("\n")


def test_a_country_has_its_ranges_below():
    rows = countries()["country_results"]
    moved = rows["metric"] == "shipped_change_usd"
    drawn = rows.assign(low=rows["low"].mask(moved, -2e9), high=rows["high"].mask(moved, -5e8))
    told = industries_text({"country_results": drawn}, "a").split("\n")
    assert cells(told[2]) == ["(USD -2.00 bn to USD -500.0 m)"]
    assert "80 %" in " ".join(told)


def test_a_run_that_did_not_ask_the_industries_says_nothing():
    assert industries_text({"country_results": countries()["country_results"].iloc[:0]}, "a") == ""
