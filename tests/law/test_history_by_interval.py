"""Duties over time, kept where they change: intervals by hand, and the day they give back."""

import numpy as np
import pandas as pd
import pytest

from exposure.law.history import History, history
from exposure.law.panel import VALUES, panel, schedule_codes
from exposure.law.timeline import HINDSIGHT

FIRST, LAST = 20250101, 20260331
TOTAL, AT_LEAST = VALUES.index("total"), VALUES.index("at_least")


@pytest.fixture(scope="module")
def codes(rulebook):
    return schedule_codes(rulebook, "2025-01-01")


@pytest.fixture(scope="module")
def kept(rulebook, codes):
    return history(rulebook, FIRST, LAST, HINDSIGHT, codes)


def intervals(found, code, country, value="total"):
    """First day, last day and a value of each interval of one line and country."""
    line = found.line_class[found.hts.tolist().index(code)]
    origin = found.origin_class[found.origin.tolist().index(country)]
    mine = (found.line_number == line) & (found.origin_number == origin)
    numbers = found.values[found.stack[mine], VALUES.index(value)].round(9)
    return list(
        zip(found.start[mine].tolist(), found.end[mine].tolist(), numbers.tolist(), strict=True)
    )


def test_a_korean_car_by_hand(kept):
    """2.5 %; 25 % more; the blanket speaks and steps back; 15 % all in; 2 % and 13 points of
    addition; the blanket is void, which leaves the sum as it was."""
    assert intervals(kept, "8703230190", "KOR") == [
        (20250101, 20250402, 0.025),
        (20250403, 20250404, 0.275),
        (20250405, 20251031, 0.275),
        (20251101, 20251231, 0.15),
        (20260101, 20260223, 0.15),
        (20260224, 20260331, 0.15),
    ]
    assert [rate for _, _, rate in intervals(kept, "8703230190", "KOR", "mfn")] == [
        0.025, 0.025, 0.025, 0.025, 0.02, 0.02,
    ]  # fmt: skip


def test_a_mexican_car_is_not_meant_by_the_blanket_and_has_fewer_intervals(kept):
    assert intervals(kept, "8703230190", "MEX") == [
        (20250101, 20250402, 0.025),
        (20250403, 20251231, 0.275),
        (20260101, 20260331, 0.27),
    ]


def test_column_2_does_not_move_with_the_ordinary_rate(kept):
    """Column 2 stays at 10 % when the ordinary rate falls to 2 %: Russia has no turn in January."""
    assert [start for start, _, _ in intervals(kept, "8703230190", "RUS")] == [
        20250101, 20250403, 20250405, 20260224,
    ]  # fmt: skip


def test_a_line_with_a_duty_by_weight_is_not_known_and_its_known_part_is(kept):
    assert [(start, end) for start, end, _ in intervals(kept, "7208390000", "DEU", "at_least")] == [
        (20250101, 20250404),
        (20250405, 20250603),
        (20250604, 20260223),
        (20260224, 20260331),
    ]
    totals = [rate for _, _, rate in intervals(kept, "7208390000", "DEU")]
    assert np.isnan(totals).all()
    known = [rate for _, _, rate in intervals(kept, "7208390000", "DEU", "at_least")]
    assert known == [0.0, 0.1, 0.5, 0.5]


def test_codes_that_the_law_never_tells_apart_are_one_class(kept):
    """Both codes of the car: one stands in a list, but no clause asks for its class of goods."""
    of = dict(zip(kept.hts.tolist(), kept.line_class.tolist(), strict=True))
    assert of["8703230110"] == of["8703230190"]
    assert len(set(of.values())) == 5
    assert len(set(kept.origin_class.tolist())) == len(kept.origin) == 6


def test_days_on_which_the_law_changes(kept):
    assert kept.days.tolist() == [
        20250101, 20250403, 20250405, 20250604, 20250701, 20250807, 20251101, 20260101, 20260224,
    ]  # fmt: skip


@pytest.mark.parametrize("day", [FIRST, 20250404, 20250405, 20250720, 20251231, 20260101, LAST])
def test_a_day_of_the_history_is_the_panel_of_that_day(rulebook, codes, kept, day):
    made = panel(rulebook, day, HINDSIGHT, codes).frame()
    pd.testing.assert_frame_equal(kept.on(day).frame(), made)


def test_equal_stacks_are_kept_once(kept):
    rows = np.concatenate([kept.values, kept.provisional[:, None]], axis=1)
    assert len(pd.DataFrame(rows).drop_duplicates()) == len(rows)
    assert sorted(set(kept.stack.tolist())) == list(range(len(rows)))


def test_intervals_of_each_pair_follow_one_another_from_the_first_day_to_the_last(kept):
    table = kept.tables()["intervals"]
    for _, mine in table.groupby(["line_class", "origin_class"]):
        assert mine["from"].iloc[0] == FIRST
        assert mine["until"].iloc[-1] == LAST
        assert (mine["from"].to_numpy()[1:] > mine["until"].to_numpy()[:-1]).all()
        assert (np.diff(mine["stack"]) != 0).all()


def test_a_history_and_its_tables_are_one(kept):
    again = History.of(kept.tables())
    for name, table in kept.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], table)
    # On days without any turn nothing begins, and they are no turns any more.
    assert set(again.days.tolist()) <= set(kept.days.tolist())
    pd.testing.assert_frame_equal(again.on(20250601).frame(), kept.on(20250601).frame())


def test_one_day_has_one_interval_a_pair(rulebook, codes):
    found = history(rulebook, 20250604, 20250604, HINDSIGHT, codes)
    assert len(found.start) == (found.line_class.max() + 1) * (found.origin_class.max() + 1)
    assert set(found.start.tolist()) == set(found.end.tolist()) == {20250604}
    assert found.days.tolist() == [20250604]


def test_an_earlier_end_cuts_the_last_interval_and_nothing_else(rulebook, codes, kept):
    short = history(rulebook, FIRST, 20250815, HINDSIGHT, codes)
    whole = intervals(kept, "8703230190", "KOR")
    assert intervals(short, "8703230190", "KOR") == [*whole[:2], (20250405, 20250815, 0.275)]


def test_a_turn_on_the_last_day_has_an_interval_of_that_day(rulebook, codes):
    found = history(rulebook, FIRST, 20250403, HINDSIGHT, codes)
    assert found.days.tolist() == [FIRST, 20250403]
    assert intervals(found, "8703230190", "KOR") == [
        (FIRST, 20250402, 0.025),
        (20250403, 20250403, 0.275),
    ]


def test_what_was_not_public_is_not_in_the_history(rulebook, codes):
    """Seen from 1 April 2025 cars are known since 26 March, and the blanket of 2 April is not."""
    early = history(rulebook, FIRST, LAST, 20250401, codes)
    assert intervals(early, "8703230190", "DEU") == [
        (20250101, 20250402, 0.025),
        (20250403, 20251231, 0.275),
        (20260101, 20260331, 0.27),
    ]
    assert intervals(early, "8517130000", "VNM") == [(FIRST, LAST, 0.0)]


def test_a_line_alone_has_the_intervals_that_it_has_among_others(rulebook, kept):
    for code in ("8708295100", "8703230190"):
        alone = history(rulebook, FIRST, LAST, HINDSIGHT, [code])
        for country in ("KOR", "RUS", "MEX"):
            np.testing.assert_equal(intervals(alone, code, country), intervals(kept, code, country))
