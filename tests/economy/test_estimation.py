"""What estimation must always keep: coverage, invariance, honest verdicts, clear errors."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.stats import t as t_law

from exposure.economy.covariance import covariance
from exposure.economy.design import Design, Event, Regressor
from exposure.economy.estimate import estimate
from exposure.economy.panel_fit import Sample, fit_ols, fit_ppml, informative, separated
from exposure.errors import DataError, QueryError

TRUE = -1.5
SLOPE = (Regressor("rate", "log1p"),)


def draw(random, model, units=40, periods=5):
    """A panel with unit and period effects, errors that hang together in a unit, true slope -1.5."""
    unit, time = np.divmod(np.arange(units * periods), periods)
    rate = random.choice([0.0, 0.05, 0.1, 0.25, 0.5], len(unit))
    level = random.normal(0, 0.7, units)[unit] + 0.1 * time + TRUE * np.log1p(rate)
    # A random walk in each unit: neither independent nor taken up by the unit's effect.
    shock = random.normal(0, 0.2, (units, periods)).cumsum(axis=1).ravel()
    if model == "ols":
        y = level + shock
    else:
        y = random.poisson(np.exp(1.0 + level + shock - 0.04 * (time + 1) / 2)).astype(float)
    table = pd.DataFrame({"unit": unit, "time": time, "rate": rate, "y": y})
    return table.assign(y=np.exp(y)) if model == "ols" else table


@pytest.mark.parametrize("model", ["ols", "ppml"])
def test_intervals_cover_the_truth(model):
    """95 % intervals of 500 panels with 40 clusters hold the true slope in 92 to 98 %."""
    random = np.random.default_rng(20250204)
    inside = 0
    unit, time = (code.astype(np.intp) for code in np.divmod(np.arange(200), 5))
    for _ in range(500):
        table = draw(random, model)
        y, x = table["y"].to_numpy(), np.log1p(table[["rate"]].to_numpy())
        y = np.log(y) if model == "ols" else y
        sample = Sample(y, x, ("rate",), (unit, time), (unit,), np.ones(200))
        if model == "ols":
            fit = fit_ols(sample)
        else:
            sample = sample.keep(informative(sample, model)[0])
            fit = fit_ppml(sample)
        error = float(np.sqrt(covariance(sample, fit, "cluster")[0, 0]))
        inside += abs(fit.slopes[0] - TRUE) <= t_law.ppf(0.975, 39) * error
    assert 0.92 <= inside / 500 <= 0.98


def test_intervals_are_those_of_the_coverage_test():
    table = draw(np.random.default_rng(1), "ppml")
    found = estimate(table, Design("y", SLOPE, ("unit", "time"), ("unit",)), diagnose=False)
    assert found.freedom == 39
    half = t_law.ppf(0.975, 39) * found.headline.error
    assert found.headline.high - found.headline.value == pytest.approx(half)
    assert found.headline.low == pytest.approx(found.table()["low"][0])


@pytest.fixture(scope="module")
def table():
    return draw(np.random.default_rng(7), "ppml")


DESIGN = Design("y", SLOPE, ("unit", "time"), ("unit",), route="absorb")


@pytest.fixture(scope="module")
def found(table):
    return estimate(table, DESIGN)


def same(one, other, tolerance=1e-8):
    assert one.headline.value == pytest.approx(other.headline.value, rel=tolerance)
    assert one.headline.error == pytest.approx(other.headline.error, rel=tolerance)


def test_scale_of_the_outcome_moves_nothing(table, found):
    for scale in (1e-9, 1e9):
        same(estimate(table.assign(y=table["y"] * scale), DESIGN, diagnose=False), found)


def test_order_of_rows_and_names_of_groups_move_nothing(table, found):
    mixed = table.sample(frac=1.0, random_state=3)
    mixed["unit"] = "firm " + (997 - 7 * mixed["unit"]).astype(str)
    same(estimate(mixed, DESIGN, diagnose=False), found)


@pytest.mark.parametrize("model", ["ols", "ppml"])
def test_the_data_twice_halve_the_variance_of_robust_errors(table, model):
    design = Design("y", SLOPE, ("unit", "time"), (), model, errors="hc0", route="absorb")
    once = estimate(table, design, diagnose=False)
    twice = estimate(pd.concat([table, table]), design, diagnose=False)
    assert twice.headline.value == pytest.approx(once.headline.value, abs=1e-8)
    assert twice.spread[0, 0] == pytest.approx(once.spread[0, 0] / 2, rel=1e-7)


def test_the_data_twice_in_the_same_clusters_add_nothing(table):
    """Copies in a cluster are no news: only the factor (n-1)/(n-K) moves."""
    design = Design("y", SLOPE, ("unit", "time"), ("unit",), factor="clusters", route="absorb")
    once = estimate(table, design, diagnose=False)
    same(estimate(pd.concat([table, table]), design, diagnose=False), once, 1e-7)


def test_a_constant_within_groups_added_to_a_log_moves_nothing(table):
    design = Design("y", SLOPE, ("unit", "time"), ("unit",), "ols")
    positive = table[table["y"] > 0]
    once = estimate(positive, design, diagnose=False)
    moved = positive.assign(y=positive["y"] * np.exp(positive["unit"] / 7))
    same(estimate(moved, design, diagnose=False), once, 1e-7)


def test_weights_are_rows_counted_several_times():
    rows = draw(np.random.default_rng(6), "ols")
    times = np.random.default_rng(2).integers(1, 4, len(rows))
    weighted = Design(
        "y", SLOPE, ("unit", "time"), ("unit",), "ols", weights="w", factor="clusters"
    )
    plain = Design("y", SLOPE, ("unit", "time"), ("unit",), "ols", factor="clusters")
    one = estimate(rows.assign(w=times), weighted, diagnose=False)
    many = estimate(rows.loc[rows.index.repeat(times)], plain, diagnose=False)
    same(one, many, 1e-7)


def test_zeros_stay_in_ppml_and_are_counted_out_of_logs(table, found):
    zeros = int((table["y"] == 0).sum())
    assert zeros > 0
    logs = estimate(table, Design("y", SLOPE, ("unit", "time"), ("unit",), "ols"), diagnose=False)
    assert logs.diagnostics.zeros == zeros
    assert found.diagnostics.zeros == 0


def test_separated_groups_and_single_rows_are_dropped_again_and_again(table, found):
    """Unit 100 is zero throughout; without it period 9 is seen once; so both go, and nothing
    else."""
    more = pd.DataFrame(
        {"unit": [100, 100, 100, 3], "time": [0, 9, 1, 9], "rate": [0.1, 0.2, 0.0, 0.1],
         "y": [0.0, 0.0, 0.0, 4.0]}
    )  # fmt: skip
    again = estimate(pd.concat([table, more]), DESIGN, diagnose=False)
    same(again, found)
    assert again.diagnostics.separated == 3
    assert again.diagnostics.singletons == 1
    assert again.diagnostics.observations == found.diagnostics.observations


def test_separation_by_a_regressor():
    """x is above 0 at zeros only, so its slope would run to minus infinity; the rows with it say
    nothing of anything else."""
    y = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0])
    x = np.array([2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    z = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 2.0])
    constant = (np.zeros(7, dtype=np.intp),)
    sample = Sample(y, np.column_stack([z, x]), ("z", "x"), constant, (), np.ones(7))
    assert separated(sample).tolist() == [True, True, False, False, False, False, False]
    # With x on a positive outcome as well there is nothing to run away.
    x[6] = 1.0
    sample = sample.with_regressors(np.column_stack([z, x]), ("z", "x"))
    assert not separated(sample).any()


def test_separation_by_two_effects_together():
    """No group is zero throughout, but a level of the first effect less one of the second is zero
    where the outcome is not: only the row with both is predicted."""
    first = np.array([0, 0, 0, 1, 1, 1], dtype=np.intp)
    second = np.array([0, 1, 1, 0, 0, 1], dtype=np.intp)
    y = np.array([0.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    x = np.array([0.3, 0.1, 0.7, 0.2, 0.5, 0.4])[:, None]
    assert not separated(Sample(y, x, ("x",), (first, second), (), np.ones(6))).any()
    # Without the row (1, 1): first = 1 only with second = 0, so (0, 0) alone is off the fit.
    keep = np.array([True, True, True, True, True, False])
    part = Sample(y, x, ("x",), (first, second), (), np.ones(6)).keep(keep)
    assert separated(part).tolist() == [True, False, False, False, False]


def test_a_collinear_control_is_left_out_with_a_note(table, found):
    more = table.assign(twice=2 * np.log1p(table["rate"]), fixed=table["unit"] * 3.0)
    design = Design(
        "y", (*SLOPE, Regressor("twice"), Regressor("fixed")), DESIGN.effects, ("unit",)
    )
    again = estimate(more, design)
    assert again.names == ("ln(1 + rate)",)
    assert any("twice, fixed" in note for note in again.notes)
    assert again.headline.value == pytest.approx(found.headline.value, abs=1e-8)


def test_diagnostics(table, found):
    facts = found.diagnostics
    assert (facts.given, facts.observations) == (200, 200 - facts.separated - facts.singletons)
    assert facts.clusters[0] == facts.units
    assert facts.switchers <= facts.units
    assert facts.distinct == 5
    assert facts.reach == pytest.approx(np.log(1.5))
    assert facts.leave_low < found.headline.value < facts.leave_high
    assert facts.leave_exact
    assert found.verdict == "identified"
    assert found.reasons == ()
    kept = table[table.groupby("unit")["y"].transform("sum") > 0]
    without = [
        estimate(kept[kept["unit"] != unit], DESIGN, diagnose=False).headline.value
        for unit in kept["unit"].unique()
    ]
    assert (facts.leave_low, facts.leave_high) == pytest.approx((min(without), max(without)))


def test_newton_steps_of_many_clusters_are_near_the_refits():
    table = draw(np.random.default_rng(5), "ols", units=60)
    design = Design("y", SLOPE, ("unit",), ("unit",), "ols", route="absorb")
    found = estimate(table, design)
    assert not found.diagnostics.leave_exact
    without = [
        estimate(table[table["unit"] != unit], design, diagnose=False).headline.value
        for unit in range(60)
    ]
    # Effects inside clusters: the step is exact.
    assert found.diagnostics.leave_low == pytest.approx(min(without), abs=1e-9)
    assert found.diagnostics.leave_high == pytest.approx(max(without), abs=1e-9)


def did(units=20, periods=6, effect=0.5, trend=0.0, treated=None, seed=0, noise=0.1):
    random = np.random.default_rng(seed)
    unit, time = np.divmod(np.arange(units * periods), periods)
    inside = unit < (units // 2 if treated is None else treated)
    log = unit / 5 + 0.1 * time + inside * (effect * (time >= 3) + trend * time)
    y = np.exp(log + random.normal(0, noise, len(unit)))
    return pd.DataFrame({"unit": unit, "time": time, "treated": inside.astype(int), "y": y})


EVENT = Design(
    "y", (), ("unit", "time"), ("unit",), "ols", Event("time", "treated", "3"), route="absorb"
)


def test_verdict_of_an_event():
    found = estimate(did(), EVENT)
    assert found.verdict == "identified"
    assert found.event_time == (-3, -2, 0, 1, 2)
    assert found.headline.value == pytest.approx(found.slopes[2:].mean())
    assert found.headline.low < 0.5 < found.headline.high
    assert found.diagnostics.leads == 2
    last = found.paths[-1]
    assert last[0] == 2
    assert last[1] > last[2]


def test_mean_of_lags_is_the_plain_regression_if_leads_are_joined():
    """With one period before, the mean of equal shares of lags is the 0/1 slope of 2 x 2 cells."""
    table = did()
    table = table[table["time"] >= 2]
    plain = table.assign(after=table["treated"] * (table["time"] >= 3))
    one = estimate(table, EVENT, diagnose=False)
    two = estimate(plain, Design("y", (Regressor("after"),), ("unit", "time"), ("unit",), "ols"))
    assert one.headline.value == pytest.approx(two.headline.value, abs=1e-9)


def reasons(table, design):
    found = estimate(table, design)
    return found.verdict, " | ".join(found.reasons)


def test_verdict_on_leads():
    verdict, said = reasons(did(trend=0.2), EVENT)
    assert verdict == "not identified"
    assert "moved apart before the event" in said


def test_verdict_on_one_treated_unit_and_on_one_that_is_not():
    verdict, said = reasons(did(treated=1), EVENT)
    assert verdict == "not identified"
    assert "only one unit has a regressor that changes" in said
    assert "only one unit is not treated" in reasons(did(treated=19), EVENT)[1]


def test_verdict_where_all_are_treated_at_once():
    found = estimate(did(treated=20), EVENT)
    assert found.verdict == "not identified"
    assert np.isnan(found.headline.value)
    assert "take up the regressor" in found.reasons[0]
    with pytest.raises(QueryError, match="no estimate, so no parameter"):
        found.parameter_row("x", "X", "s")


def test_verdict_on_a_rate_that_is_the_same_for_all(table):
    common = table.assign(rate=table["time"] / 20)
    found = estimate(common, DESIGN)
    assert found.verdict == "not identified"
    assert "fixed effects take up the regressor" in found.reasons[0]


def test_verdict_on_few_clusters():
    for units, verdict, words in ((5, "not identified", "no test"), (8, "weak", "too small")):
        got, said = reasons(did(units=units, effect=2.0), EVENT)
        assert got == verdict
        assert words in said


def test_verdict_without_leads_and_with_one():
    table = did()
    assert "cannot be checked" in reasons(table[table["time"] >= 2], EVENT)[1]
    verdict, said = reasons(table[table["time"] >= 1], EVENT)
    assert verdict == "weak"
    assert "one lead only" in said


def test_verdict_on_both_signs():
    verdict, said = reasons(did(effect=0.0, noise=2.0, seed=4), EVENT)
    assert verdict == "not identified"
    assert "falls and rises agree" in said
    verdict, said = reasons(did(effect=0.0, noise=0.05, seed=2), EVENT)
    assert verdict == "weak"
    assert "both signs" in said


def test_verdict_on_a_sign_that_was_not_expected():
    design = Design(**{**EVENT.__dict__, "expect": "negative"})
    verdict, said = reasons(did(), design)
    assert verdict == "weak"
    assert "not negative, as expected" in said


def test_verdict_on_form():
    """The log is quadratic in the regressor and the regression linear."""
    random = np.random.default_rng(8)
    unit = np.repeat(np.arange(40), 5)
    x = random.uniform(-1, 3, 200)
    y = np.exp(0.5 * x + 0.5 * x**2 + random.normal(0, 0.1, 200))
    table = pd.DataFrame({"unit": unit, "x": x, "y": y})
    design = Design("y", (Regressor("x"),), ("unit",), ("unit",), "ols")
    assert "the form is rejected" in reasons(table, design)[1]


def test_few_clusters_are_said_and_offered_the_bootstrap():
    table = draw(np.random.default_rng(3), "ols", units=12)
    found = estimate(table, Design("y", SLOPE, ("unit", "time"), ("unit",), "ols"))
    assert any("12 clusters: critical value 2.20 of t(11)" in note for note in found.notes)
    assert 0.0 < found.diagnostics.wild_p < 0.05


def test_months_are_counted_by_the_calendar():
    """A month that is missing from the table still counts."""
    table = did(periods=4)
    months = ["2024-11", "2024-12", "2025-02", "2025-03"]
    table["month"] = table["time"].map(dict(enumerate(months)))
    design = Design(
        "y", (), ("unit", "month"), ("unit",), "ols", Event("month", "treated", "2025-01-15")
    )
    assert estimate(table, design, diagnose=False).event_time == (-2, 1, 2)


def test_window_joins_what_lies_beyond():
    event = Event("time", "treated", "3", (-2, 1))
    found = estimate(did(), Design("y", (), ("unit", "time"), ("unit",), "ols", event))
    assert found.event_time == (-2, 0, 1)
    assert any("40 rows beyond the window" in note for note in found.notes)


def test_parameter_row(found):
    row = found.parameter_row("demand_elasticity", "Elasticity", "my-table", sector="cars")
    assert row["low"] <= row["central"] <= row["high"]
    assert row["central"] == pytest.approx(found.headline.value, rel=1e-5)
    assert (row["grade"], row["distribution"]) == ("B", "normal")
    passed = found.parameter_row("pass_through", "P", "s", pass_through=True)
    assert passed["central"] == pytest.approx(1 + found.headline.value, rel=1e-4)


WRONG = [
    ({"outcome": "z"}, r"column missing: z \(outcome\)"),
    ({"effects": ("unit^tim",)}, r"column missing: tim \(effects\)"),
    ({"regressors": ()}, "nothing to estimate"),
    ({"cluster": ()}, "clusters are missing"),
    ({"cluster": ("unit", "time", "rate")}, "clusters are missing"),
    ({"regressors": (Regressor("rate", "log"),)}, "rate has values of 0 or less"),
    ({"regressors": (Regressor("many", "log1p"),)}, "0.25 for 25 %"),
    ({"regressors": (Regressor("word"),)}, "'duty' is not a number"),
    ({"outcome": "minus"}, "minus is negative"),
    ({"outcome": "nought"}, "zero everywhere"),
    ({"weights": "minus"}, "weights: minus has values of 0 or less"),
    ({"event": Event("time", "unit", "3"), "regressors": ()}, "not 0 or 1"),
    ({"event": Event("time", "treated", "30"), "regressors": ()}, "event on 30"),
    ({"cluster": ("one",)}, "only one cluster"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_what_is_wrong_is_named(table, change, said):
    given = table.assign(
        many=25.0,
        word="duty",
        minus=-1.0,
        nought=0.0,
        one=1,
        treated=(table["unit"] > 20).astype(int),
    )
    with pytest.raises(DataError, match=said):
        estimate(given, Design(**{**DESIGN.__dict__, **change}))


def test_empty_cells_are_left_out_and_counted(table, found):
    holes = pd.concat(
        [table, pd.DataFrame({"unit": [1], "time": [1], "rate": [np.nan], "y": [3.0]})]
    )
    again = estimate(holes, DESIGN, diagnose=False)
    assert again.diagnostics.unknown == 1
    same(again, found)


def by_linear_programme(sample):
    """Rows that some z = Xc + Da predicts: z is 0 where the outcome is not, never below 0 where it
    is, and as many as can be are above 0 (each counts up to 1). Slow and plain."""
    dummies = [np.eye(int(code.max()) + 1)[code] for code in sample.effects]
    x = np.column_stack([sample.regressors, *dummies])
    zero = sample.outcome == 0
    count, size = int(zero.sum()), x.shape[1]
    # Unknowns: the coefficients, and u = min(z, 1) of each zero, so u <= z and 0 <= u <= 1.
    done = linprog(
        np.r_[np.zeros(size), -np.ones(count)],
        A_ub=np.column_stack([-x[zero], np.eye(count)]), b_ub=np.zeros(count),
        A_eq=np.column_stack([x[~zero], np.zeros((int((~zero).sum()), count))]),
        b_eq=np.zeros(int((~zero).sum())),
        bounds=[(None, None)] * size + [(0, 1)] * count,
    )  # fmt: skip
    found = np.zeros(len(zero), dtype=bool)
    found[zero] = done.x[size:] > 0.5
    return found


def test_separation_against_a_linear_programme():
    """Nothing is named that is not separated, and hardly a sample is missed."""
    random = np.random.default_rng(12)
    some = missed = 0
    for _ in range(150):
        count = int(random.integers(8, 30))
        effects = tuple(
            np.unique(random.integers(0, size, count), return_inverse=True)[1].astype(np.intp)
            for size in (4, 3)
        )
        x = random.choice([0.0, 0.0, 1.0, 2.5], (count, 2))
        y = np.where(random.random(count) < 0.65, 0.0, 1.0 + random.integers(0, 5, count))
        if not y.any():
            continue
        sample = Sample(y, x, ("a", "b"), effects, (), np.ones(count))
        expected = by_linear_programme(sample)
        some += bool(expected.any())
        found = separated(sample)
        assert not (found & ~expected).any()
        missed += bool((expected & ~found).any())
    assert some > 50
    assert missed <= 1
