"""Costs of American industries: which are drawn, and what is said of the others."""

import pandas as pd
import pytest

from exposure.reports.description import plain
from exposure.reports.figures import cost_bars
from exposure.reports.page import Page
from exposure.reports.words import words

NAN = float("nan")
ENDS = ("low", "central", "high")


def drawn(language="en", **totals):
    """The figure of industries with these low, central and high changes of cost."""
    rows = [
        {
            "scenario": "s", "country": "USA", "industry": industry,
            **{f"total_{end}": value for end, value in zip(ENDS, ends, strict=True)},
            **{f"direct_{end}": 0.0 for end in ENDS},
            "full_total": 0.0, "compounded": 0.0,
        }
        for industry, ends in totals.items()
    ]  # fmt: skip
    page = Page({"sector_costs": pd.DataFrame(rows)}, words(language))
    return cost_bars.draw(page, "s")


def industries(figure):
    return [plain(row[0]) for row in figure.table.rows]


@pytest.mark.parametrize(
    ("ends", "shown"),
    [
        ((0.001, 0.002, 0.003), True),
        ((-0.003, -0.002, -0.001), True),
        # 0.00 % as it is printed, at the central value and at both ends.
        ((0.00001, 0.00002, 0.00004), False),
        ((-0.00004, -0.00002, 0.0), False),
        # An end that is printed as 0.01 % is a change.
        ((0.0, 0.00002, 0.00006), True),
        # Without draws the central value alone counts.
        ((NAN, 0.00002, NAN), False),
        ((NAN, 0.002, NAN), True),
    ],
)
def test_an_industry_is_drawn_if_its_change_is_printed_as_one(ends, shown):
    figure = drawn(food=(0.01, 0.02, 0.03), glass=ends)
    assert ("glass and ceramics" in industries(figure)) is shown
    assert ("glass and ceramics" in figure.views[0][1]) is shown
    told = "Left out, for their change rounds to 0: glass and ceramics."
    assert plain(figure.source).endswith(told) is not shown


@pytest.mark.parametrize("language", ["en", "ko", "ja"])
def test_where_no_industry_moves_a_line_says_so(language):
    still = (0.0, 0.00001, 0.00002)
    assert plain(drawn(language, food=still, glass=still)) == words(language).label("costs.none")


def test_the_largest_twelve_are_drawn_and_a_small_change_is_no_nothing():
    named = words().keys("industry")[:14]
    sizes = {name: ((place + 1) * 1e-3,) * 3 for place, name in enumerate(named)}
    figure = drawn(**sizes)
    assert len(industries(figure)) == cost_bars.SHOWN
    assert "Left out" not in plain(figure.source), "those beyond the twelve are small, not still"
