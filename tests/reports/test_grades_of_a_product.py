"""What a report says of the grades of a product's own numbers."""

import pandas as pd
import pytest

from exposure.reports.blocks import grades
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
