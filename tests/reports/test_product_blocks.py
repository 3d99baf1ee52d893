"""Tables and paragraphs about products: which grades are counted, how many digits stand."""

import pandas as pd
import pytest

from exposure.reports.blocks import firm_account, grades
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
