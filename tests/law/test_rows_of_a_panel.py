"""A panel as a table: its rows, in pieces, of some countries, and with claims for a part."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.errors import QueryError
from exposure.law.panel import VALUES, Panel, panel, preferences, schedule_codes
from exposure.law.timeline import HINDSIGHT

MARCH, MAY = 20250301, 20250501


def small():
    """Three lines in two classes, two countries in one class."""
    values = np.full((2, 1, len(VALUES)), np.nan)
    values[0, 0, [0, -2, -1]] = 0.1
    values[1, 0, [-1]] = 0.05
    return Panel(
        hts=np.array(["0101", "0102", "0103"]),
        origin=np.array(["DEU", "KOR"]),
        line_class=np.array([0, 1, 0]),
        origin_class=np.array([0, 0]),
        values=values,
        provisional=np.array([[False], [True]]),
    )


def test_a_row_for_each_line_and_country_by_country():
    made = small()
    table = made.frame()
    assert len(made) == len(table) == 6
    assert list(table.columns) == ["hts", "origin", *VALUES, "provisional"]
    assert table["hts"].tolist() == ["0101", "0102", "0103"] * 2
    assert table["origin"].tolist() == ["DEU"] * 3 + ["KOR"] * 3
    np.testing.assert_array_equal(table["total"], [0.1, np.nan, 0.1] * 2)
    np.testing.assert_array_equal(table["at_least"], [0.1, 0.05, 0.1] * 2)
    assert table["provisional"].tolist() == [False, True, False] * 2


@pytest.mark.parametrize("countries", [1, 2, 30])
def test_pieces_are_the_table_cut_between_countries(countries):
    made = small()
    pieces = list(made.pieces(countries))
    assert [len(piece) for piece in pieces] == ([3, 3] if countries == 1 else [6])
    whole = pd.concat([piece.astype({"origin": str}) for piece in pieces], ignore_index=True)
    pd.testing.assert_frame_equal(whole, made.frame().astype({"origin": str}))


def test_some_countries_keep_their_own_names():
    assert small().frame(slice(1, 2))["origin"].tolist() == ["KOR"] * 3


@pytest.mark.parametrize(
    ("on", "codes"),
    [
        # Its statistical codes stand for the car; every other line ends in 00.
        ("2025-01-01", ["2710121500", "7208390000", "8517130000", "8703230110", "8703230190",
                        "8708295100"]),
        # Before the first edition only what has no first day is there.
        ("2017-12-31", ["8703230110", "8703230190"]),
    ],
)  # fmt: skip
def test_codes_of_the_schedule_on_a_day(rulebook, on, codes):
    assert schedule_codes(rulebook, on) == codes


@pytest.mark.parametrize(
    ("on", "codes"),
    [
        ("2025-01-01", ["0101010110", "0102020200"]),
        ("2025-06-30", ["0101010110", "0102020200"]),
        # The second suffix begins as the first ends; the other line ends and has no code at all.
        ("2025-07-01", ["0101010120"]),
        ("2025-12-31", ["0101010120"]),
        # A line whose suffixes are all over ends in 00 again.
        ("2026-01-01", ["0101010100"]),
        ("2024-12-31", []),
    ],
)
def test_suffixes_and_lines_have_first_and_last_days(on, codes):
    lines = [("01010101", "2025-01-01", "9999-12-31"), ("01020202", "2025-01-01", "2025-06-30")]
    suffixes = [("0101010110", "2025-01-01", "2025-06-30"),
                ("0101010120", "2025-07-01", "2025-12-31")]  # fmt: skip
    book = SimpleNamespace(
        lines=pd.DataFrame(lines, columns=["hts8", "from", "until"]),
        statistical=pd.DataFrame(suffixes, columns=["hts10", "from", "until"]),
    )
    assert schedule_codes(book, on) == codes


def rates(rulebook, codes, claimed=None, on=MARCH, **more):
    made = panel(rulebook, on, HINDSIGHT, codes, claimed=claimed, **more)
    return made.frame().set_index(["hts", "origin"])["total"].round(9)


def test_a_claim_for_a_part_of_imports_takes_that_part_of_the_rate(rulebook):
    """2.5 % without KORUS, 0 with it: a fifth that claims leaves 2 %; other countries pay all."""
    codes = ["8703230190", "8708295100"]
    found = rates(rulebook, codes, {"KOR": np.array([0.2, 1.0])})
    assert found["8703230190", "KOR"] == 0.02
    assert found["8708295100", "KOR"] == 0.0
    assert found["8703230190", "DEU"] == found["8708295100", "DEU"] == 0.025


def test_lines_with_different_shares_are_no_class(rulebook):
    codes = ["8703230110", "8703230190"]
    same = panel(rulebook, MARCH, HINDSIGHT, codes, claimed={"KOR": np.array([0.5, 0.5])})
    other = panel(rulebook, MARCH, HINDSIGHT, codes, claimed={"KOR": np.array([0.5, 0.25])})
    assert same.line_class.tolist() == [0, 0]
    assert other.line_class.tolist() == [0, 1]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_mean_rate_is_linear_in_the_share_that_claims(rulebook, share):
    found = rates(rulebook, ["8708295100"], {"KOR": np.array([share])})
    assert found["8708295100", "KOR"] == pytest.approx((1 - share) * 0.025)


def test_some_countries_have_the_rates_that_they_have_among_all(rulebook):
    codes = schedule_codes(rulebook, "2025-05-01")
    whole = rates(rulebook, codes, on=MAY)
    wanted = rulebook.country(["RUS", "KOR"])
    some = panel(rulebook, MAY, HINDSIGHT, codes, origins=wanted)
    assert some.origin.tolist() == ["RUS", "KOR"]
    found = some.frame().set_index(["hts", "origin"])["total"].round(9)
    np.testing.assert_array_equal(found, whole.loc[list(found.index)])


def test_facts_are_stated_for_all_shipments(rulebook):
    """The blanket exempts parts for cars: 10 % for another use, none for a car; open if silent."""
    silent, car, other = (
        rates(rulebook, ["8708295100"], on=MAY, facts=facts)["8708295100", "VNM"]
        for facts in (None, {"use": "car"}, {"use": "other"})
    )
    assert np.isnan(silent)
    assert (car, other) == (0.025, 0.125)


def test_shares_that_claim_by_the_longest_prefix_of_the_table(rulebook):
    """Chapter 87 of Korea at 50 %, cars at 80 %; of all else nothing is known."""
    found = preferences(rulebook, "weighted", ["8703230190", "8708295100", "8517130000"])
    np.testing.assert_array_equal(found["KOR"], [0.8, 0.5, np.nan])
    np.testing.assert_array_equal(found["MEX"], [1.0, 1.0, np.nan])
    # Canada has a program, and the table says nothing of it.
    np.testing.assert_array_equal(found["CAN"], [np.nan] * 3)
    assert "DEU" not in found


def test_nobody_and_everybody_claims(rulebook):
    assert preferences(rulebook, "none", ["8703230190"]) is None
    found = preferences(rulebook, "claimed", ["8703230190", "8708295100"])
    assert {tuple(share) for share in found.values()} == {(1.0, 1.0)}
    assert {"KOR", "MEX", "CAN", "JPN"} <= set(found)


@pytest.mark.parametrize("how", ["most", "", "Weighted"])
def test_another_way_to_claim_is_refused(rulebook, how):
    with pytest.raises(QueryError) as caught:
        preferences(rulebook, how, [])
    assert str(caught.value) == f"preferences {how!r} (none, claimed or weighted)"
