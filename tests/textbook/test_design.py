"""From a table to columns: periods around an event, what is dropped, and what cannot be used."""

import numpy as np
import pandas as pd
import pytest

from exposure.economy.design import Design, Event, Regressor, event_time, panel, without
from exposure.errors import DataError

PERIODS = [
    # periods, on, time since
    (["2025-02", "2025-03", "2025-04", "2026-01"], "2025-04", [-2, -1, 0, 9]),
    (["2024-12", "2025-01", "2025-06"], "2025-04-03", [-4, -3, 2]),
    # Whole numbers by their size, and only periods that the table has.
    ([8, 9, 10, 12], "10", [-2, -1, 0, 1]),
    ([-2, -1, 1], "-1", [-1, 0, 1]),
    ([2023.0, 2024.0, 2025.0], "2025", [-2, -1, 0]),
    # All else by its order as text.
    (["2024Q3", "2024Q4", "2025Q1"], "2024Q4", [-1, 0, 1]),
    (["9", "10", "b"], "9", [0, -1, 1]),
    # The last period is the first of the treatment.
    (["2025-03", "2025-04"], "2025-04", [-1, 0]),
]


@pytest.mark.parametrize(("periods", "on", "since"), PERIODS)
def test_periods_around_an_event(periods, on, since):
    found, notes = event_time(pd.Series(periods), Event("time", "treated", on, (-20, 20)))
    assert found.tolist() == since
    assert notes == ()


def test_periods_beyond_the_window_count_in_its_ends():
    months = pd.Series(["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"])
    found, notes = event_time(months, Event("time", "treated", "2025-04", (-2, 1)))
    assert found.tolist() == [-2, -2, -1, 0, 1, 1]
    assert notes == ("2 rows beyond the window count in its end periods",)
    assert event_time(months[1:5], Event("time", "treated", "2025-04", (-2, 1)))[1] == ()


@pytest.mark.parametrize("on", ["2025-01", "2024-12", "2025-05"])
def test_an_event_needs_periods_on_both_sides(on):
    months = pd.Series(["2025-01", "2025-02", "2025-04"])
    with pytest.raises(DataError, match=f"event on {on}: table has 2025-01 to 2025-04"):
        event_time(months, Event("time", "treated", on, (-5, 5)))


def table(**columns):
    made = {"unit": [0, 0, 1, 1, 2, 2], "time": [0, 1] * 3, "x": [0, 1, 1, 3, 2, 1]}
    return pd.DataFrame({**made, "z": [1, 0, 4, 2, 5, 9], "y": [1.0, 2, 3, 5, 4, 2], **columns})


def design(model="ols", **more):
    given = {"effects": ("unit",), "cluster": ("unit",), "model": model} | more
    return Design("y", (Regressor("x"), Regressor("z")), **given)


def test_regressors_that_are_taken_out_leave_the_places_of_the_others():
    whole = panel(table(), design())
    assert whole.sample.names == ("x", "z")
    assert whole.focus == (0,)
    one = without(whole, [1])
    assert (one.sample.names, one.focus) == (("x",), (0,))
    other = without(whole, [0])
    assert (other.sample.names, other.focus) == (("z",), ())


def test_rows_that_are_left_out_are_counted():
    given = table(y=[0.0, 2, 3, np.nan, 4, 2])
    found = panel(given, design()).counts
    # One cell is empty, one has no log; the rows beside them are then alone in their units.
    assert (found.given, found.unknown, found.zeros) == (6, 1, 1)
    assert len(panel(given, design()).sample.outcome) == 2


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        ({"y": [0.0] * 6}, {"model": "ppml"}, "y is zero everywhere"),
        ({"y": [1.0, -1, 1, 1, 1, 1]}, {}, "y is negative"),
        ({"unit": [0, 1, 2, 3, 4, 5]}, {}, "no row is left after groups of one row"),
        ({"y": [np.nan] * 5 + [1.0]}, {}, "1 rows are left"),
        ({}, {"cluster": ()}, "clusters are missing"),
        ({}, {"cluster": ("unit", "time", "x")}, "clusters are missing"),
        ({}, {"effects": ("unit", "place")}, r"column missing: place \(effects\)"),
    ],
)
def test_tables_that_cannot_be_used(change, more, said):
    with pytest.raises(DataError, match=said):
        panel(table(**change), design(**more))


def test_two_ways_of_clusters_are_fine():
    assert len(panel(table(), design(cluster=("unit", "time"))).sample.clusters) == 2
