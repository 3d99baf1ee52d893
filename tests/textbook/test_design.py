"""From a table to columns: periods around an event, what is dropped, and what cannot be used."""

import numpy as np
import pandas as pd
import pytest

from exposure.economy.design import Design, Event, Regressor, event_time, panel, without
from exposure.economy.estimate import estimate
from exposure.economy.panel_fit import Sample, absorbed_share, fit_dummies, fit_ppml, informative
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


def larger():
    random = np.random.default_rng(2)
    unit, time = np.divmod(np.arange(80), 8)
    x = random.normal(size=80)
    made = pd.DataFrame({"unit": unit, "time": time, "x": x, "even": unit % 2})
    return made.assign(y=np.exp(0.5 * x + random.normal(0, 0.1, 80)), same=unit)


def estimated(**more):
    given = {"effects": ("unit", "time"), "cluster": ("unit",), "model": "ols"} | more
    regressors = given.pop("regressors", (Regressor("x"),))
    return estimate(larger(), Design("y", regressors, **given), diagnose=False)


def test_what_an_estimate_without_an_event_shows():
    found = estimated()
    assert found.quantity == "slope of x"
    assert found.paths.shape == (0, 3)
    assert found.bins.shape == (20, 3)
    assert found.bins[:, 2].sum() == 80
    assert np.isnan(found.diagnostics.dispersion)
    # Ten units in which x changes, 80 values of it.
    assert (found.diagnostics.units, found.diagnostics.switchers, found.diagnostics.distinct) == (
        10,
        10,
        80,
    )


def test_what_an_estimate_with_an_event_shows():
    found = estimated(regressors=(), event=Event("time", "even", "4"))
    assert found.quantity == "mean effect from the event on [log points]"
    assert found.bins.shape == (0, 3)
    assert found.paths[:, 0].tolist() == [-4, -3, -2, -1, 0, 1, 2, 3]
    np.testing.assert_allclose(found.paths[3, 1:], 1.0)


def test_what_cannot_be_told_has_no_number_and_no_picture():
    """The regressor is a number of the unit, which its effect takes up."""
    found = estimated(regressors=(Regressor("same"),))
    assert found.verdict == "not identified"
    assert np.isnan(found.headline.value)
    assert found.bins.shape == found.paths.shape == (0, 3)
    assert (found.diagnostics.parameters, found.diagnostics.exact) == (0, True)
    # It changes in no unit: nine of ten have another value than the most common one.
    assert (found.diagnostics.switchers, found.diagnostics.distinct) == (9, 10)


def test_dispersion_of_counts_is_pearson_over_freedom():
    random = np.random.default_rng(3)
    given = larger()
    given["y"] = random.poisson(np.exp(1.0 + 0.3 * given["x"])).astype(float)
    found = estimate(given, Design("y", (Regressor("x"),), ("unit",), ("unit",)), diagnose=False)
    whole = panel(given, Design("y", (Regressor("x"),), ("unit",), ("unit",)))
    fit = fit_ppml(whole.sample)
    pearson = (fit.residual**2 / fit.fitted).sum()
    count = len(whole.sample.outcome)
    assert found.diagnostics.dispersion == pytest.approx(
        pearson / (count - fit.parameters), rel=1e-6
    )
    assert 0.5 < found.diagnostics.dispersion < 2.0


def sample(outcome, column, *effects, weights=None):
    count = len(outcome)
    return Sample(
        np.array(outcome, dtype=float),
        np.array(column, dtype=float)[:, None],
        ("x",),
        tuple(np.array(code, dtype=np.intp) for code in effects),
        (np.arange(count, dtype=np.intp),),
        np.ones(count) if weights is None else np.array(weights, dtype=float),
    )


def test_share_of_variance_that_effects_leave():
    """1 and 3 against 11 and 13: 1 each of within, 26 each of all; a constant has none."""
    given = sample([0] * 4, [1, 3, 11, 13], [0, 0, 1, 1])
    np.testing.assert_allclose(absorbed_share(given, np.ones(4)), [1 / 26])
    # Weights 3 and 1: the mean of the first pair is 1.5, of the second 11.5, of all 6.5.
    weights = np.array([3.0, 1.0, 3.0, 1.0])
    np.testing.assert_allclose(absorbed_share(given, weights), [6 / (6 + 8 * 25)])
    constant = sample([0] * 4, [7.1] * 4, [0, 0, 1, 1])
    assert absorbed_share(constant, np.ones(4)).tolist() == [0.0]


def test_a_row_alone_in_one_of_two_groups_says_nothing():
    kept, dropped = informative(sample([1, 2, 3, 4], [1, 2, 4, 3], [0, 0, 0, 1]), "ols")
    assert kept.tolist() == [True, True, True, False]
    assert (dropped.singletons, dropped.separated) == (1, 0)
    # One group of all is no group: a row is never alone in it.
    kept, dropped = informative(sample([5.0], [1.0], [0]), "ols")
    assert kept.tolist() == [True]


def test_rank_by_dummies_is_exact():
    given = sample([1, 2, 4, 3, 6, 1], [1, 2, 4, 3, 0, 1], [0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1])
    fit = fit_dummies(given, "ols")
    assert (fit.parameters, fit.exact) == (5, True)
