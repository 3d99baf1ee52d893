"""Paragraphs and tables about products: grades, digits, days of law, jobs where most is made."""

import pandas as pd
import pytest

from exposure.reports.blocks import firm_account, grades, jobs_at_home, same_law
from exposure.reports.page import Page
from exposure.reports.words import LANGUAGES, as_line, words


def line(d, c, language="en"):
    tables = {
        "products": pd.DataFrame({"product": ["car"], "title": ["Car"], "composite": [""]}),
        "input_grades": pd.DataFrame(
            {"product": ["car"], "inputs": [8], "d": [d], "d_share": [d / 8], "c": [c]}
        ),
    }
    page = Page(tables, words(language))
    return as_line(grades(page, page.rows("products")[0]))


@pytest.mark.parametrize(
    ("d", "c", "told"),
    [
        (2, 1, "2 are of grade D, illustrative (25 %), and 1 of grade C, estimated."),
        (2, 0, "2 are of grade D, illustrative (25 %)."),
        (0, 3, "3 are of grade C, estimated."),
        (0, 0, "none is of grade C, estimated, or D, illustrative."),
    ],
)
def test_only_grades_that_occur_are_counted(d, c, told):
    assert line(d, c) == f"Car: of the 8 numbers of its own file {told}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_counts_a_grade_that_does_not_occur(language):
    assert "0" not in line(2, 0, language).replace("25", "")
    assert "0" not in line(0, 3, language)


def test_a_small_change_of_the_account_shows_in_its_digits():
    rows = pd.DataFrame(
        [("sales_usd", 2_412_345.0, 2_438_000.0), ("duty_bill_usd", 2.4e6, 9.9e6)],
        columns=["metric", "baseline", "central"],
    ).assign(scenario="a", product="car", level="product", low=float("nan"), high=float("nan"))
    table = firm_account(Page({"firm_results": rows}, words()), "a", "car")
    assert [[as_line(cell) for cell in row[1:]] for row in table.rows] == [
        ["USD 2,412,345", "USD 2,438,000"], ["USD 2.4 m", "USD 9.9 m"]
    ]  # fmt: skip


def home(units, jobs):
    """Sentence of the jobs at home: routes ``one`` and ``two`` begin in Korea, ``far`` in China."""
    where = {"scenario": "a", "product": "car"}
    routes = ["one", "two", "far"]
    tables = {
        "volumes": pd.DataFrame({"route": routes, "units_baseline": units}).assign(**where),
        "landed_cost": pd.DataFrame(
            {"route": routes, "assembly_country": ["KOR", "KOR", "CHN"]}
        ).assign(case="scenario", **where),
        "product_jobs": pd.DataFrame(
            [(country, *numbers) for country, numbers in jobs.items()],
            columns=["country", "exposed_central", "predicted_central"],
        ).assign(**where),
    }
    return as_line(jobs_at_home(Page(tables, words()), "a", "car")).strip()


JOBS = {"CHN": (5000.0, -90.0), "KOR": (2939.0, -219.0)}


def test_jobs_at_home_are_those_where_most_units_are_assembled():
    # Two routes of Korea together are more than the one of China, which has more jobs.
    assert home([60.0, 60.0, 100.0], JOBS) == (
        "Of these in Korea, where most is assembled: 2,939 exposed, -219 predicted, central values."
    )
    assert home([20.0, 20.0, 100.0], JOBS).startswith("Of these in China")


def test_nothing_is_said_of_jobs_at_home_where_nothing_ships_or_none_are_counted():
    assert home([0.0, 0.0, 0.0], JOBS) == ""
    assert home([60.0, 60.0, 100.0], {"CHN": (1.0, 1.0)}) == ""


@pytest.mark.parametrize(
    ("law", "known", "same"),
    [("2026-11-23", "", True), ("2026-11-24", "", False), ("2026-11-23", "2026-11-01", False)],
)
def test_laws_are_the_same_on_the_same_day_as_known_on_the_same_day(law, known, same):
    days = {"law_on": law, "law_known_on": known, "baseline_on": "2026-11-23",
            "baseline_known_on": ""}  # fmt: skip
    page = Page({"scenarios": pd.DataFrame([days])}, words())
    assert same_law(page.rows("scenarios")[0]) is same
