"""Days and turns of the law by hand."""

import numpy as np
import pytest

from exposure.law.timeline import HINDSIGHT, Clock, next_day, turns

DAYS = np.array


def test_turns_are_beginnings_and_days_after_ends():
    """What never ends turns nothing; a day named twice counts once; 0 stands before all law."""
    found = turns([DAYS([20250403, 20250101])], [DAYS([20251231, HINDSIGHT, 20251231])])
    assert found.tolist() == [0, 20250101, 20250403, 20260101]
    assert turns([], []).tolist() == [0]


def test_days_follow_one_another_over_months_and_leap_years():
    given = DAYS([20240228, 20250228, 20251231])
    assert next_day(given).tolist() == [20240229, 20250301, 20260101]
    assert next_day(given, -1).tolist() == [20240227, 20250227, 20251230]
    assert next_day(given, 30).tolist() == [20240329, 20250330, 20260130]


@pytest.mark.parametrize(
    ("on", "seen_from", "acts"),
    [
        # From 3 April to 31 July, known on 26 March; its end was known on 1 June.
        (20250402, HINDSIGHT, False),
        (20250403, HINDSIGHT, True),
        (20250731, HINDSIGHT, True),
        (20250801, HINDSIGHT, False),
        (20250403, 20250325, False),
        (20250403, 20250326, True),
        # An end that was not public yet is not seen.
        (20250801, 20250531, True),
        (20250801, 20250601, False),
    ],
)
def test_two_clocks(on, seen_from, acts):
    row = Clock(*(DAYS([day]) for day in (20250403, 20250731, 20250326, 20250601, HINDSIGHT + 1)))
    assert row.acts(on, seen_from).tolist() == [acts]


@pytest.mark.parametrize(("seen_from", "acts"), [(20250519, True), (20250520, False)])
def test_what_was_withdrawn_acts_until_that_was_known(seen_from, acts):
    row = Clock(*(DAYS([day]) for day in (20250601, HINDSIGHT, 20250401, 0, 20250520)))
    assert row.acts(20250701, seen_from).tolist() == [acts]
