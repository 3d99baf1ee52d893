"""Estimation: by hand, against statsmodels called alone, and against published tables."""

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from exposure.economy.absorb import Absorber, nested, rank
from exposure.economy.covariance import covariance, wild_bootstrap
from exposure.economy.derived import delta, percent_effect
from exposure.economy.design import Design, Regressor, panel
from exposure.economy.estimate import estimate
from exposure.economy.panel_fit import Sample, fit_dummies, fit_ols, fit_ppml
from tests.textbook.estimate_rows import ROWS

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("EXPOSURE_SHARED", ROOT.parent / "shared" / "data"))

GRAVITY = {
    "y": [4.32, 5.34, 4.74, 4.4, 2.98, 2.86, 3.9, 8.52, 5.65, 8.1, 4.88, 4.47, 7.95, 14.33, 6.26,
          6.26, 8.94, 5.84, 13.38, 17.16, 7.0, 13.15, 14.16, 10.77],
    "tariff": [0.25, 0.1, 0.1, 0.25, 0.1, 0.25, 0.25, 0, 0, 0.025, 0.025, 0.25, 0.25, 0, 0.025,
               0.25, 0, 0.25, 0, 0.025, 0.25, 0.025, 0.025, 0.025],
    "exporter": [0] * 6 + [1] * 6 + [2] * 6 + [3] * 6,
    "importer": [0, 0, 1, 1, 2, 2] * 4,
    "year": [0, 1] * 12,
}  # fmt: skip


def gravity():
    """Row PPM03: exporter, importer and year effects as columns beside ln(1 + tariff)."""
    table = pd.DataFrame(GRAVITY)
    columns = [np.log1p(table["tariff"]), np.ones(24)]
    columns += [(table["exporter"] == k).astype(float) for k in (1, 2, 3)]
    columns += [(table["importer"] == k).astype(float) for k in (1, 2)]
    columns += [table["year"].astype(float)]
    pairs = (table["exporter"] * 3 + table["importer"]).tolist()
    return {"y": GRAVITY["y"], "X": np.column_stack(columns).tolist(), "groups": pairs}


def test_ppml_by_hand():
    """Row PPM01. One 0/1 regressor: coefficients are logs of group means. (2 + 4)/2 = 3 and
    (6 + 9 + 11)/3 = 26/3, so ln 3 and ln(26/9)."""
    row = {"y": [2, 4, 6, 9, 11], "X": [[1, 0], [1, 0], [1, 1], [1, 1], [1, 1]]}
    np.testing.assert_allclose(
        ROWS["ppml"](row)["beta"], [math.log(3), math.log(26 / 9)], atol=1e-9
    )


def test_ppml_gravity():
    """Row PPM03: coefficients and both kinds of error to 1e-6."""
    found = ROWS["ppml"](gravity())
    beta = [-2.1008215415364995, 1.8137313752187765, 0.19199026997669263, 0.5915596738451957,
            0.8849168612718339, -0.23284356070972723, -0.27489703128308934, 0.17000982864156944]  # fmt: skip
    np.testing.assert_allclose(found["beta"], beta, atol=1e-6)
    hc0 = [0.2787068035630565, 0.08502600404070738, 0.08863352291136785, 0.08593600589374312,
           0.09010032725123474, 0.06380994550732051, 0.08233585928318937, 0.06280963094180197]  # fmt: skip
    np.testing.assert_allclose(found["se_hc0"], hc0, atol=1e-6)
    cluster = [0.26472694448385115, 0.11544929310827703, 0.1268549891552394, 0.1336817638994111,
               0.1163595595118215, 0.08693605863740095, 0.06373716702968953, 0.09034428887875148]  # fmt: skip
    np.testing.assert_allclose(found["se_cluster"], cluster, atol=1e-6)


def test_difference_in_differences_by_hand():
    """Row TWF01: (7 - 3) - (2 - 1) = 3."""
    row = {"y": [1, 2, 3, 7], "x": [0, 0, 0, 1], "unit": [0, 0, 1, 1], "time": [0, 1, 0, 1]}
    np.testing.assert_allclose(ROWS["twfe"](row)["beta"], [3.0], atol=1e-10)


TWO_WAY = {
    "y": [0.992, 0.493, 0.675, 0.212, 1.124, 1.024, 0.732, 0.493, 1.608, 1.74, 1.447, 1.287, 1.976,
          2.059, 1.896, 1.674, 2.78, 2.645, 2.658, 2.101],
    "x": [0.001, 0.249, 0.046, 0.08, 0.264, 0.153, 0.254, 0.192, 0.223, 0.027, 0.162, 0.152, 0.261,
          0.108, 0.179, 0.018, 0.116, 0.097, 0.045, 0.245],
    "unit": [unit for unit in range(5) for _ in range(4)],
    "time": [0, 1, 2, 3] * 5,
}  # fmt: skip


def test_two_way_effects():
    """Row TWF02: G/(G-1) (n-1)/(n-K) with G = 5, n = 20, K = 1 + 5 + 4 - 1 = 9."""
    found = ROWS["twfe"](TWO_WAY)
    np.testing.assert_allclose(found["beta"], [-1.212689224689584], atol=1e-6)
    np.testing.assert_allclose(found["se_iid"], [0.19663188736346415], atol=1e-6)
    np.testing.assert_allclose(found["se_cluster"], [0.10784304454930943], atol=1e-6)


def test_event_study_by_hand():
    """Row EVT01: differences of mean differences against event time -1."""
    row = {
        "y": [1.0, 1.2, 1.1, 1.3, 2.0, 2.1, 2.0, 2.2, 1.5, 1.6, 1.1, 0.9, 2.5, 2.6, 2.2, 1.8],
        "unit": [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4, "time": [0, 1, 2, 3] * 4,
        "treated": [2, 3], "event": 2,
    }  # fmt: skip
    found = ROWS["event_study"](row)
    assert found["event_time"] == [-2, 0, 1]
    np.testing.assert_allclose(found["coef"], [0.05, -0.35, -0.85], atol=1e-9)


def test_delta_method():
    """Rows DLT01, DLT02. es = 4, ed = 1: gradient (1, -4)/25, se = sqrt(0.04^2 0.25 + 0.16^2 0.04)
    = sqrt(0.0004 + 0.001024)."""
    found = ROWS["delta_ratio"]({"mean": [4, 1], "cov": [[0.25, 0], [0, 0.04]]})
    assert found["value"] == pytest.approx(0.8, abs=1e-12)
    assert found["grad"] == pytest.approx([0.04, -0.16], abs=1e-12)
    assert found["se"] == pytest.approx(math.sqrt(0.001424), abs=1e-12)
    both = delta(np.array([0.04, -0.16]), np.array([[0.25, 0.05], [0.05, 0.04]]))
    assert both == pytest.approx(math.sqrt(0.001424 + 2 * 0.04 * -0.16 * 0.05), abs=1e-12)
    skew = ROWS["lognormal_mean"]({"mu": 0, "s": 0.5})
    expected = {"exact_mean": 1.1331484530668263, "delta_mean": 1, "delta_sd": 0.5,
                "exact_sd": 0.6039005332108811}  # fmt: skip
    assert skew == pytest.approx(expected, abs=1e-12)


def test_percent_effect():
    """Row UNC-01: b = -1.5 (0.3) at 15 %: exact interval by its ends (1.96), against draws."""
    found = percent_effect(-1.5, 0.3, 0.15, 1.96)
    assert found == pytest.approx((-0.189126, 0.033999, -0.253099, -0.119674), abs=1e-6)
    draws = np.random.default_rng(1).normal(-1.5, 0.3, 400_000)
    assert np.expm1(draws * math.log(1.15)).mean() == pytest.approx(-0.188413, abs=1e-3)


def unbalanced(seed, model):
    """A panel with holes, two regressors, interacted effects and weights."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        [(unit, time, unit % 4) for unit in range(15) for time in range(6)],
        columns=["unit", "time", "region"],
    )
    table = table[random.random(len(table)) > 0.15].reset_index(drop=True)
    table["rate"] = random.choice([0.0, 0.1, 0.25], len(table))
    table["other"] = random.normal(size=len(table)) + table["unit"] / 5
    mean = np.exp(1 + table["unit"] / 9 - 2 * np.log1p(table["rate"]) + 0.3 * table["other"])
    table["y"] = (
        random.poisson(mean) if model == "ppml" else mean * random.lognormal(0, 0.4, len(table))
    )
    table["weight"] = random.uniform(0.5, 2.0, len(table))
    return table


@pytest.mark.parametrize("model", ["ols", "ppml"])
@pytest.mark.parametrize("seed", range(3))
def test_demeaning_and_dummies_agree(model, seed):
    """Slopes of both routes to 1e-8, errors too, and statsmodels' own clustered error."""
    table = unbalanced(seed, model)
    design = Design(
        "y", (Regressor("rate", "log1p"), Regressor("other")), ("unit", "region^time"), ("unit",),
        model, weights="weight" if model == "ols" else "",
    )  # fmt: skip
    sample = panel(table, design).sample
    absorbed = fit_ols(sample) if model == "ols" else fit_ppml(sample)
    dummies = fit_dummies(sample, model)
    assert absorbed.parameters == dummies.parameters
    np.testing.assert_allclose(absorbed.slopes, dummies.slopes, rtol=0, atol=1e-8)
    one, other = (
        np.sqrt(np.diag(covariance(sample, fit, "cluster", "dummies")))
        for fit in (absorbed, dummies)
    )
    np.testing.assert_allclose(one, other, rtol=1e-7)
    # statsmodels alone, from columns that are made here.
    columns = pd.concat(
        [pd.get_dummies(pd.Series(code), dtype=float).iloc[:, place:]
         for place, code in enumerate(sample.effects)], axis=1,
    )  # fmt: skip
    columns = np.column_stack([sample.regressors, columns])
    columns = columns[:, _independent(columns)]
    theirs = (
        sm.WLS(sample.outcome, columns, weights=sample.weights)
        if model == "ols"
        else sm.GLM(sample.outcome, columns, family=sm.families.Poisson())
    )
    tight = {} if model == "ols" else {"tol": 1e-12, "tol_criterion": "params", "maxiter": 100}
    theirs = theirs.fit(cov_type="cluster", cov_kwds={"groups": sample.clusters[0]}, **tight)
    np.testing.assert_allclose(absorbed.slopes, theirs.params[:2], rtol=0, atol=1e-8)
    np.testing.assert_allclose(one, theirs.bse[:2], rtol=1e-6)


def _independent(columns):
    """Columns from the left that add to the rank: slow and plain."""
    kept = []
    for place in range(columns.shape[1]):
        if np.linalg.matrix_rank(columns[:, [*kept, place]]) == len(kept) + 1:
            kept.append(place)
    return kept


def test_demeaned_columns_are_residuals_of_all_dummies():
    random = np.random.default_rng(3)
    codes = [random.integers(0, size, 200).astype(np.intp) for size in (12, 9, 7)]
    weights = random.uniform(0.2, 3.0, 200)
    columns = random.normal(size=(200, 2))
    dummies = np.concatenate([np.eye(int(code.max()) + 1)[code] for code in codes], axis=1)
    root = np.sqrt(weights)[:, None]
    slopes = np.linalg.lstsq(dummies * root, columns * root, rcond=None)[0]
    left = Absorber(codes, weights).demean(columns)
    np.testing.assert_allclose(left, columns - dummies @ slopes, atol=1e-10)
    assert rank(codes) == (np.linalg.matrix_rank(dummies), True)


def test_rank_of_effects_in_two_pieces():
    """Units 0 and 1 in years 0 and 1, units 2 and 3 in years 2 and 3: 4 + 4 - 2 pieces."""
    unit = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    year = np.array([0, 1, 0, 1, 2, 3, 2, 3])
    assert rank([unit, year]) == (6, True)


def test_two_way_clusters_are_the_sum_less_the_both():
    table = unbalanced(1, "ols")
    design = Design("y", (Regressor("rate", "log1p"),), ("unit",), ("unit", "time"), "ols",
                    factor="dummies")  # fmt: skip
    found = estimate(table, design, diagnose=False)
    sample = panel(table, design).sample
    fit = fit_ols(sample)
    each = fit.x_left[:, 0] * fit.residual
    meat = 0.0
    for sign, keys in ((1, ["unit"]), (1, ["time"]), (-1, ["unit", "time"])):
        meat += sign * (pd.Series(each).groupby([table[key] for key in keys]).sum() ** 2).sum()
    count, groups = len(table), table["time"].nunique()
    factor = groups / (groups - 1) * (count - 1) / (count - fit.parameters)
    assert found.spread[0, 0] == pytest.approx(
        factor * meat / (fit.x_left[:, 0] ** 2).sum() ** 2, rel=1e-9
    )
    assert found.freedom == groups - 1


def test_wild_bootstrap_of_all_patterns_against_a_loop():
    """Five clusters have 32 patterns of signs: the p-value by 32 plain regressions is the same."""
    table = pd.DataFrame(TWO_WAY)
    table["y"] = np.exp(table["y"])
    design = Design("y", (Regressor("x"),), ("unit", "time"), ("unit",), "ols")
    sample = panel(table, design).sample
    fit = fit_ols(sample)
    dummies = np.column_stack([np.eye(5)[table["unit"]], np.eye(4)[table["time"]][:, 1:]])
    full = np.column_stack([table["x"], dummies])
    y = np.log(table["y"].to_numpy())
    restricted = y - dummies @ np.linalg.lstsq(dummies, y, rcond=None)[0]

    def ratio(outcome):
        slopes = np.linalg.lstsq(full, outcome, rcond=None)[0]
        inverse = np.linalg.inv(full.T @ full)
        scores = full * (outcome - full @ slopes)[:, None]
        sums = np.array([scores[table["unit"] == unit].sum(axis=0) for unit in range(5)])
        return abs(slopes[0]) / math.sqrt((inverse @ sums.T @ sums @ inverse)[0, 0])

    patterns = [[1 if number >> k & 1 else -1 for k in range(5)] for number in range(32)]
    drawn = [
        ratio(y - restricted + restricted * np.array(signs)[table["unit"]]) for signs in patterns
    ]
    expected = np.mean(np.array(drawn) >= ratio(y) * (1 - 1e-9))
    assert wild_bootstrap(sample, fit, 0) == pytest.approx(expected)
    assert wild_bootstrap(sample, fit, 0, draws=20, seed=1) == wild_bootstrap(
        sample, fit, 0, draws=20, seed=1
    )


@pytest.mark.parametrize("seed", range(3))
def test_wild_bootstrap_with_weights_and_other_regressors_against_a_loop(seed):
    """Six clusters, weights that are no 1, and a second regressor that hangs on the first."""
    random = np.random.default_rng(seed)
    unit = np.repeat(np.arange(6), 5)
    x = random.normal(size=(30, 2))
    x[:, 1] += 0.8 * x[:, 0]
    weights = random.uniform(0.2, 5.0, 30)
    y = x @ [0.3, -0.2] + random.normal(size=6)[unit] + random.normal(size=30)
    sample = Sample(y, x, ("a", "b"), (unit,), (unit,), weights)
    full = np.column_stack([x, np.eye(6)[unit]])
    root = np.sqrt(weights)[:, None]

    def fitted(columns, outcome):
        return np.linalg.lstsq(columns * root, outcome * root[:, 0], rcond=None)[0]

    def ratio(outcome):
        slopes = fitted(full, outcome)
        inverse = np.linalg.inv(full.T @ (full * weights[:, None]))
        scores = full * ((outcome - full @ slopes) * weights)[:, None]
        sums = np.array([scores[unit == number].sum(axis=0) for number in range(6)])
        return abs(slopes[0]) / math.sqrt((inverse @ sums.T @ sums @ inverse)[0, 0])

    null = full[:, 1:] @ fitted(full[:, 1:], y)
    drawn = [
        ratio(null + (y - null) * np.array([1 if number >> k & 1 else -1 for k in range(6)])[unit])
        for number in range(64)
    ]
    expected = np.mean(np.array(drawn) >= ratio(y) * (1 - 1e-9))
    assert wild_bootstrap(sample, fit_ols(sample), 0) == pytest.approx(expected)


def test_levels_within_levels():
    firm, country = np.array([0, 0, 1, 2, 2]), np.array([0, 0, 0, 1, 1])
    assert nested(firm, country)
    assert not nested(country, firm)
    assert nested(firm, firm)
    assert not nested(np.array([0, 1, 0]), np.array([0, 1, 1]))


def test_rank_of_many_levels_is_a_bound_by_connected_pieces(monkeypatch):
    """Two pieces: units 0 and 1 by times 0 and 1, unit 2 by times 2 and 3: 3 + 4 - 2."""
    monkeypatch.setattr("exposure.economy.absorb.EXACT_RANK", 0)
    unit, time = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 2, 3])
    assert rank([unit, time]) == (5, False)
    # A third effect that says nothing new: one is taken off for each of its pieces, here two.
    assert rank([unit, time, unit]) == (6, False)


def shared(name):
    path = SHARED / "econ" / name
    if not path.is_file():
        pytest.skip(f"{name} is not on this machine")
    return pd.read_csv(path)


@pytest.fixture(scope="module")
def europe():
    return shared("eu_trade_gravity.csv.gz")


FOUR = ("Origin", "Destination", "Product", "Year")
DISTANCE = (Regressor("dist_km", "log"),)


@pytest.mark.parametrize(
    ("cluster", "error"),
    [(("Origin",), 0.115678), (("Product",), 0.098294), (("Origin", "Destination"), 0.130734)],
)
def test_gravity_of_europe_by_ppml(europe, cluster, error):
    """Row REG-01: as printed in the walkthrough of the R package fixest (38,325 flows)."""
    design = Design("Euros", DISTANCE, FOUR, cluster, route="absorb")
    found = estimate(europe, design, diagnose=False)
    assert found.headline.value == pytest.approx(-1.52787, abs=1e-5)
    assert found.headline.error == pytest.approx(error, abs=1e-6)


def test_gravity_of_europe_without_effects(europe):
    """Row REG-01: -1.02896 and constant 24.70889; PPML fits the sum, which gives the constant."""
    found = estimate(europe, Design("Euros", DISTANCE, (), ("Origin",)), diagnose=False)
    slope = found.headline.value
    assert slope == pytest.approx(-1.02896, abs=1e-5)
    level = math.log(europe["Euros"].sum() / (europe["dist_km"] ** slope).sum())
    assert level == pytest.approx(24.70889, abs=1e-4)


def test_gravity_of_europe_on_logs(europe):
    """Row REG-02: -2.16988, two-way error 0.1714."""
    found = estimate(
        europe,
        Design("Euros", DISTANCE, FOUR, ("Origin", "Destination"), "ols", route="absorb"),
        diagnose=False,
    )
    assert found.headline.value == pytest.approx(-2.16988, abs=1e-5)
    assert found.headline.error == pytest.approx(0.1714, abs=5e-5)


@pytest.mark.parametrize("model", ["ols", "ppml"])
def test_gravity_of_europe_by_three_routes(europe, model):
    """Absorbed, statsmodels' dummies, and weighted normal equations written here; two years."""
    europe = europe[europe["Year"] >= 2015]
    design = Design("Euros", DISTANCE, FOUR, ("Origin",), model)
    sample = panel(europe, design).sample
    absorbed = fit_ols(sample) if model == "ols" else fit_ppml(sample)
    columns = [
        np.eye(int(code.max()) + 1)[code][:, bool(k) :] for k, code in enumerate(sample.effects)
    ]
    x = np.column_stack([sample.regressors, *columns])
    if model == "ols":
        slope = np.linalg.solve(x.T @ x, x.T @ sample.outcome)[0]
    else:
        y = sample.outcome / sample.outcome.mean()
        mean, beta = (y + 1.0) / 2.0, np.zeros(x.shape[1])
        for _ in range(60):
            working = np.log(mean) + (y - mean) / mean
            weighted = mean[:, None] * x
            last, beta = beta, np.linalg.solve(x.T @ weighted, weighted.T @ working)
            mean = np.exp(x @ beta)
            if np.abs(beta - last).max() < 1e-11:
                break
        slope = beta[0]
    assert absorbed.slopes[0] == pytest.approx(slope, abs=1e-8)
    assert fit_dummies(sample, model).slopes[0] == pytest.approx(slope, abs=1e-8)


@pytest.fixture(scope="module")
def agreements():
    table = shared("trade_fta_panel.csv.gz")
    return table[table["category"] == "TOTAL"]


THREE = ("isoimp^year", "isoexp^year", "isoexp^isoimp")


def test_trade_agreements(agreements):
    """The third example of Correia, Guimaraes and Zylkin (2020, Stata Journal), as the output of
    ppmlhdfe prints it: fta 0.1924455 (0.0419527), 5,950 rows, 1,190 clusters."""
    design = Design("trade", (Regressor("fta"),), THREE, ("isoexp^isoimp",), factor="clusters")
    found = estimate(agreements, design, diagnose=False)
    assert found.headline.value == pytest.approx(0.1924455, abs=5e-7)
    assert found.headline.error == pytest.approx(0.0419527, abs=5e-6)
    assert found.diagnostics.observations == 5950
    assert found.diagnostics.clusters == (1190,)


def test_trade_agreements_of_some_countries_with_dummies(agreements):
    """Seven countries, every effect a column of statsmodels' GLM made here."""
    some = sorted(agreements["isoexp"].unique())[:7]
    part = agreements[agreements["isoexp"].isin(some) & agreements["isoimp"].isin(some)]
    design = Design("trade", (Regressor("fta"),), THREE, ("isoexp^isoimp",), route="absorb",
                    factor="dummies")  # fmt: skip
    found = estimate(part, design, diagnose=False)
    sample = panel(part, design).sample
    columns = np.column_stack(
        [sample.regressors, *(np.eye(int(code.max()) + 1)[code] for code in sample.effects)]
    )
    _, size, right = np.linalg.svd(columns[:, 1:], full_matrices=False)
    basis = columns[:, 1:] @ right[size > 1e-9 * size[0]].T
    theirs = sm.GLM(sample.outcome / sample.outcome.mean(), np.column_stack([columns[:, 0], basis]),
                    family=sm.families.Poisson())  # fmt: skip
    theirs = theirs.fit(tol=1e-11, tol_criterion="params", maxiter=200, cov_type="cluster",
                        cov_kwds={"groups": sample.clusters[0]})  # fmt: skip
    assert found.headline.value == pytest.approx(theirs.params[0], abs=1e-8)
    assert found.headline.error == pytest.approx(theirs.bse[0], rel=1e-5)
