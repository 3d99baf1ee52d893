"""Boards of exports by hand: whose goods are on them, what is left, and who comes first."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.facts.world import World
from exposure.model.boards import COLUMNS, OTHER, boards
from exposure.model.trade_rates import Lines

NAN = np.nan
# hts, origin, imports in USD, rates before and after.
LINES = [
    ("87032301", "MEX", 600.0, 0.0, 0.25), ("87082951", "MEX", 200.0, 0.0, 0.05),
    ("72083900", "MEX", 100.0, 0.0, 0.5), ("87032301", "KOR", 400.0, 0.0, 0.15),
]  # fmt: skip
LISTED = [("MEX", "parts", "87"), ("MEX", "cars", "8703")]
TABLE = SimpleNamespace(
    regions=("KOR", "MEX"), industries=("steel", "cars"),
    home_value=np.array([0.1, 0.8, 0.2, 0.5]),
    home_jobs=np.array([[1.0, 2, 3, 4e4], [2.0, 4, 6, 5e4], [3.0, 6, 9, 6e4]]),
)  # fmt: skip


def board(lines=LINES, listed=LISTED, totals=(("MEX", 0.7), ("MEX", 0.5), ("KOR", 0.4))):
    """Boards by country and name; ``totals`` in thousand USD."""
    columns = list(zip(*lines, strict=True))
    texts = [np.array(column, dtype=str) for column in columns[:2]]
    numbers = [np.array(column, dtype=float) for column in columns[2:]]
    rows = [
        {"country": country, "board": name, "title": name.title(), "industry": "cars",
         "prefixes": prefixes, "stated_usd": 650.0, "source": "s", "note": ""}
        for country, name, prefixes in listed
    ]  # fmt: skip
    tables = {
        "boards": pd.DataFrame(rows),
        "us_import_totals": pd.DataFrame(totals, columns=["origin", "imports_kusd"]),
    }
    found = Lines(*texts, np.full(len(lines), "cars"), *numbers)
    return boards("s", World(tables, "mark", Path("data")), TABLE, found)


def named(made):
    return made.set_index("board")


def test_goods_stand_on_the_board_of_their_longest_prefix():
    """Cars are of 87 as well, but 8703 says more; steel is on none."""
    made = named(board())
    assert made["exports_usd"].to_dict() == {"cars": 600.0, "parts": 200.0, OTHER: 400.0}


def test_what_no_board_holds_is_the_rest_of_all_imports_and_not_of_the_lines():
    """1,200 in all, of which 800 stand on boards; of the 400 only 100 of steel have a rate, too
    few to be the mean of them."""
    other = named(board()).loc[OTHER]
    assert other["exports_usd"] == 400.0
    assert other["known_share"] == 0.25
    assert np.isnan(other[["rate_after", "duty_change_usd"]].astype(float)).all()


def test_boards_hold_all_exports_of_a_country_once():
    made = board(listed=[*LISTED, ("KOR", "cars", "8703")])
    assert made.groupby("country")["exports_usd"].sum().to_dict() == {"MEX": 1200.0, "KOR": 400.0}


def test_duty_of_a_board_beside_the_value_added_at_home_in_it():
    """600 at 25 %: 150, of 300 that cars of Mexico add at home."""
    cars = named(board()).loc["cars"]
    assert cars["duty_change_usd"] == pytest.approx(150.0)
    assert cars["duty_over_value_added"] == pytest.approx(0.5)


def test_jobs_of_a_board_are_those_of_its_country_and_industry():
    """600 USD at 40, 50 and 60 thousand a million."""
    cars = named(board()).loc["cars"]
    assert cars[["jobs_low", "jobs_central", "jobs_high"]].tolist() == pytest.approx([24, 30, 36])


def test_jobs_and_value_added_of_the_rest_are_not_known():
    other = named(board()).loc[OTHER]
    names = ["duty_over_value_added", "jobs_low", "jobs_central", "jobs_high", "stated_usd"]
    assert other[names].astype(float).isna().all()


@pytest.mark.parametrize(
    ("rates", "order"),
    [
        ((0.25, 0.05), ["cars", "parts"]),  # 150 against 10
        ((0.01, 0.05), ["parts", "cars"]),  # 6 against 10
        ((0.01, -0.05), ["parts", "cars"]),  # a fall of 10 moves more than a rise of 6
        ((0.0, 0.0), ["cars", "parts"]),  # nothing moves: the larger first
        ((NAN, 0.05), ["parts", "cars"]),  # what is not known moves nothing that is known
    ],
)
def test_the_board_that_moves_most_comes_first_and_the_rest_last(rates, order):
    lines = [(*line[:4], rate) for line, rate in zip(LINES, (*rates, 0.5, 0.15), strict=True)]
    made = board(lines)
    assert made["board"].tolist() == [*order, OTHER]
    assert made["rank"].tolist() == [1, 2, 3]


def test_each_country_is_ranked_by_itself():
    made = board(listed=[*LISTED, ("KOR", "cars", "8703")])
    assert made.groupby("country")["rank"].apply(list).to_dict() == {
        "MEX": [1, 2, 3],
        "KOR": [1, 2],
    }


def test_several_prefixes_make_one_board():
    made = named(board(listed=[("MEX", "goods", "8703 7208")]))
    assert made["exports_usd"].to_dict() == {"goods": 700.0, OTHER: 500.0}


def test_a_board_of_goods_that_nobody_ships_is_empty_and_has_no_rate():
    made = named(board(listed=[("MEX", "ships", "8906")]))
    assert (made.loc["ships", "exports_usd"], made.loc["ships", "known_share"]) == (0.0, 0.0)
    assert np.isnan(made.loc["ships", "rate_after"])
    assert made.loc[OTHER, "exports_usd"] == 1200.0


def test_what_is_left_of_a_total_that_is_not_known_is_not_known():
    other = named(board(totals=[("KOR", 0.4)])).loc[OTHER]
    assert other["known_share"] == 0.0
    assert other[["exports_usd", "duty_change_usd"]].isna().all()


def test_lines_may_stand_in_any_order():
    pd.testing.assert_frame_equal(board(), board(LINES[::-1]))


def test_columns_are_those_that_are_told():
    assert list(board()) == list(COLUMNS)
