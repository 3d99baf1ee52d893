"""What the picture of duty by quarter says first."""

import pandas as pd
import pytest

from exposure.reports.description import plain
from exposure.reports.figures.quarter_bars import draw
from exposure.reports.page import Page
from exposure.reports.words import words

NAN = float("nan")
LEVEL = [3e7, 6.38e7, 6.45e7, 6.52e7, 3.7e7]
RISING = [1e7, 5e7, 6e7, 7e7, 3e7]


def title(border, sold):
    names = [f"2027Q{n}" for n in range(1, len(border) + 1)]
    table = pd.DataFrame({
        "scenario": "a", "product": "car", "quarter": names, "duty_border_usd": border,
        "duty_sold_central": sold, "borne_by_firm_usd": 0.0,
    })  # fmt: skip
    return plain(draw(Page({"product_quarters": table}, words()), "a", "car").title)


@pytest.mark.parametrize(
    ("border", "sold", "told"),
    [
        (LEVEL, LEVEL, "Duty is about the same in each whole quarter"),
        (LEVEL, [NAN] * 5, "Duty is about the same in each whole quarter"),
        (LEVEL, RISING, "Duty at the border is about the same in each whole quarter; in the goods "
                        "sold it first comes near its largest in 2027Q4"),
        (RISING, LEVEL, "Duty at the border is largest in 2027Q4, in the goods sold in 2027Q4"),
        (RISING, [NAN] * 5, "Duty at the border is largest in 2027Q4"),
        (LEVEL, [1e7, 5e7, 6.45e7, 6.52e7, 3.7e7],
         "Duty at the border is about the same in each whole quarter; in the goods sold it first "
         "comes near its largest in 2027Q3"),
        # One whole quarter tells nothing of the others; what is not known is not level.
        ([3e7, 6e7, 5e7], [NAN] * 3, "Duty at the border is largest in 2027Q2"),
        (LEVEL, [3e7, 6e7, NAN, 6e7, 7e7],
         "Duty at the border is about the same in each whole quarter; in the goods sold it first "
         "comes near its largest in 2027Q5"),
    ],
)  # fmt: skip
def test_level_quarters_are_not_ranked(border, sold, told):
    assert title(border, sold) == told
