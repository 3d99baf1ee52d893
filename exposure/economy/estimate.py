"""Estimation: a table and a design give an estimate, its error, its diagnostics and a verdict.

The slope on ``ln(1 + t)`` is the elasticity to the price with duty, if the duty is passed on; of
border prices on ``ln(1 + t)`` it is the pass-through less one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from exposure.economy.covariance import covariance, leave_one_out, wald, wild_bootstrap
from exposure.economy.design import Design, Panel, panel, without
from exposure.economy.panel_fit import (
    Fit,
    Floats,
    Sample,
    absorbed_share,
    collinear,
    fit_dummies,
    fit_ols,
    fit_ppml,
    informative,
)
from exposure.economy.verdict import FEW_CLUSTERS, LEVEL, Diagnostics, Interval, Verdict, judge
from exposure.errors import DataError, QueryError

MOST_DUMMIES: Final = 60
"""So many levels of effects go through statsmodels' dummies; more are absorbed."""
MOST_REFITS: Final = 40
"""So many clusters are left out one by one with a new fit; else by a Newton step."""
GRADES: Final = {"identified": "B", "weak": "C", "not identified": "D"}


@dataclass(frozen=True)
class Estimate:
    """An estimated effect with everything that its reader needs.

    Attributes
    ----------
    design
        What was estimated.
    names, slopes (regressor,), spread (regressor, regressor)
        All regressors; NaN where the effect cannot be separated from the fixed effects.
    focus, event_time
        Places of the slopes asked for, and their periods from the event.
    headline
        The slope, or the mean of the slopes from the event on.
    freedom
        Degrees of freedom of the t law; infinite for the normal one.
    diagnostics, verdict, reasons, notes
        See `exposure.economy.verdict`.
    bins (bin, 3)
        Regressor and outcome after effects, and rows, by twentieths; for the picture.
    paths (period, 3)
        Event time, and mean outcome of treated rows and of others [period -1 = 1].
    route
        How it was fitted.
    """

    design: Design
    names: tuple[str, ...]
    slopes: Floats
    spread: Floats
    focus: tuple[int, ...]
    event_time: tuple[int, ...]
    headline: Interval
    freedom: float
    diagnostics: Diagnostics | None
    verdict: Verdict
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    bins: Floats
    paths: Floats
    route: str

    @property
    def quantity(self) -> str:
        """What the headline measures."""
        if self.event_time:
            return "mean effect from the event on [log points]"
        return f"slope of {self.names[0]}" if self.names else "slope"

    @property
    def critical(self) -> float:
        """Critical value of 95 % intervals."""
        return critical_value(self.freedom)

    def table(self) -> pd.DataFrame:
        """Coefficients: ``term, event_time, estimate, standard_error, low, high, p``."""
        from scipy.stats import t

        error = np.sqrt(np.diag(self.spread))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.abs(self.slopes) / error
        time: list[int | None] = [None] * len(self.names)
        for place, period in zip(self.focus, self.event_time, strict=False):
            time[place] = period
        return pd.DataFrame({
            "term": list(self.names),
            "event_time": pd.array(time, dtype="Int64"),
            "estimate": self.slopes,
            "standard_error": error,
            "low": self.slopes - self.critical * error,
            "high": self.slopes + self.critical * error,
            "p": 2.0 * t.sf(ratio, self.freedom),
        })  # fmt: skip

    def parameter_row(
        self, id: str, title: str, source: str, *, sector: str = "", unit: str = "elasticity",
        pass_through: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """A row for ``parameters.yaml``; low and high are the ends of the 95 % interval.

        Grade B where the effect is identified, C where weak, D where not: then the note says so,
        and the row must not be used as evidence.

        Raises
        ------
        QueryError
            If there is no number at all.
        """
        low, central, high = self.headline.low, self.headline.value, self.headline.high
        if not np.isfinite([low, central, high]).all():
            raise QueryError("no estimate, so no parameter", id, "; ".join(self.reasons))
        shift = 1.0 if pass_through else 0.0
        facts = self.diagnostics
        size = f", {facts.observations:,} rows" if facts else ""
        grouped = (
            f", clustered by {' and '.join(self.design.cluster)}" if self.design.cluster else ""
        )
        said = f"; {self.verdict}: {'; '.join(self.reasons)}" if self.reasons else ""
        form = {"ppml": "PPML", "ols": "Least squares on logs"}[self.design.model]
        effects = f" with effects {', '.join(self.design.effects)}" if self.design.effects else ""
        return {
            "id": id, "sector": sector, "title": title, "unit": unit,
            "low": _rounded(low + shift), "central": _rounded(central + shift),
            "high": _rounded(high + shift), "distribution": "normal",
            "grade": GRADES[self.verdict], "source": source,
            "note": f"{form}{effects}{size}{grouped}; 95 % interval; "
                    f"standard error {self.headline.error:.4g}{said}.",
        }  # fmt: skip


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def critical_value(freedom: float) -> float:
    """Value that 95 % of a t law lie within."""
    from scipy.stats import t

    return float(t.ppf(1.0 - LEVEL / 2.0, freedom))


def estimate(table: pd.DataFrame, design: Design, *, diagnose: bool = True) -> Estimate:
    """Estimate a design on a table.

    Parameters
    ----------
    table
        A row an observation; other columns are left aside.
    design
        What is regressed on what.
    diagnose
        Whether to refit for diagnostics; without them there is no verdict beyond ``weak``.

    Raises
    ------
    DataError
        If the table does not fit the design, or the regression cannot be computed.
    """
    found = panel(table, design)
    notes = list(found.notes)
    gone = collinear(found.sample)
    if set(gone) & set(found.focus) or not found.focus:
        return _unidentified(found, design, gone)
    if gone:
        names = ", ".join(found.sample.names[place] for place in gone)
        notes.append(f"left out, as others or the effects say it already: {names}")
        found = without(found, gone)
    sample = found.sample
    fit = fitted(sample, design)
    spread = covariance(sample, fit, design.errors, design.factor)
    freedom = _freedom(sample, fit, design)
    contrast = _contrast(found)
    headline = _interval(float(contrast @ fit.slopes), contrast, spread, freedom)
    if not fit.exact:
        notes.append("the number of free effects is a bound, so errors are slightly too large")
    facts = _diagnostics(found, design, fit, spread, freedom, refit=diagnose)
    verdict, reasons = judge(facts, headline, event=bool(found.event_time), expect=design.expect)
    if facts.clusters and min(facts.clusters) < FEW_CLUSTERS:
        notes.append(f"{min(facts.clusters)} clusters: critical value {critical_value(freedom):.2f} "
                     f"of t({freedom:.0f}), not 1.96")  # fmt: skip
    return Estimate(
        design, sample.names, fit.slopes, spread, found.focus, found.event_time, headline, freedom,
        facts, verdict, reasons, tuple(notes), _bins(found, fit), _paths(found, table, design),
        fit.route,
    )  # fmt: skip


def fitted(sample: Sample, design: Design) -> Fit:
    """The fit by the route that the design asks for."""
    levels = sum(int(code.max()) + 1 for code in sample.effects)
    route = design.route
    if route == "auto":
        route = "dummies" if levels <= MOST_DUMMIES else "absorb"
    if route == "dummies":
        return fit_dummies(sample, design.model)
    return fit_ols(sample) if design.model == "ols" else fit_ppml(sample)


def _freedom(sample: Sample, fit: Fit, design: Design) -> float:
    """t(G-1) with clusters, t(n-K) for least squares without, else normal."""
    if design.errors == "cluster":
        return float(min(int(way.max()) for way in sample.clusters))
    return float(len(sample.outcome) - fit.parameters) if design.model == "ols" else float("inf")


def _contrast(found: Panel) -> Floats:
    """Weights of the slopes in the headline: one, or equal ones from the event on."""
    weights = np.zeros(len(found.sample.names))
    if not found.event_time:
        weights[found.focus[0]] = 1.0
        return weights
    after = [place for place, time in zip(found.focus, found.event_time, strict=True) if time >= 0]
    weights[after] = 1.0 / max(1, len(after))
    return weights


def _interval(value: float, contrast: Floats, spread: Floats, freedom: float) -> Interval:
    error = float(np.sqrt(contrast @ spread @ contrast))
    half = critical_value(freedom) * error
    return Interval(value, error, value - half, value + half)


def _unidentified(found: Panel, design: Design, gone: tuple[int, ...]) -> Estimate:
    """No number: what is asked for cannot be told from the effects."""
    sample = found.sample
    count = len(sample.names)
    nothing = float("nan")
    names = ", ".join(sample.names[place] for place in gone if place in found.focus)
    facts = _counts(found, design, Fit(
        np.full(count, nothing), sample.regressors, sample.outcome, sample.weights,
        sample.outcome, sample.outcome, 0, True, "none",
    ))  # fmt: skip
    interval = Interval(nothing, nothing, nothing, nothing)
    _, reasons = judge(facts, interval, event=bool(found.event_time))
    if not any("take up" in reason for reason in reasons):
        what = names or "the event"
        reasons = (f"{what} cannot be told from the fixed effects and one another", *reasons)
    return Estimate(
        design, sample.names, np.full(count, nothing), np.full((count, count), nothing),
        found.focus, found.event_time, interval, float("inf"), facts, "not identified", reasons,
        found.notes, np.zeros((0, 3)), np.zeros((0, 3)), "none",
    )  # fmt: skip


def _counts(found: Panel, design: Design, fit: Fit) -> Diagnostics:
    """Diagnostics that need no other fit."""
    sample, counts = found.sample, found.counts
    after = [p for p, time in zip(found.focus, found.event_time, strict=False) if time >= 0]
    places = after or list(found.focus)
    share = absorbed_share(sample, sample.weights)[places] if places else np.zeros(1)
    asked = sample.regressors[:, list(found.focus)]
    nothing = float("nan")
    return Diagnostics(
        counts.given, counts.unknown, counts.zeros, counts.dropped.singletons,
        counts.dropped.separated, len(sample.outcome),
        tuple(int(way.max()) + 1 for way in sample.clusters) if design.errors == "cluster" else (),
        fit.parameters, fit.exact, float(share.min()),
        len(np.unique(asked)) if asked.size else 0, len(np.unique(found.units)),
        _switchers(asked, found.units),
        float(asked.max() - asked.min()) if asked.size else 0.0,
        sum(time < -1 for time in found.event_time), nothing, nothing, nothing, nothing, nothing,
        False, nothing,
    )  # fmt: skip


def _switchers(asked: Floats, units: Any) -> int:
    """Units in which the regressor changes; where it changes in none, those off the usual value."""
    if not asked.size:
        return 0
    by = pd.DataFrame(asked).groupby(units)
    changes = int((by.max() > by.min()).any(axis=1).sum())
    if changes:
        return changes
    values = by.first().round(12).apply(tuple, axis=1)
    return int(len(values) - values.value_counts().iloc[0])


def _diagnostics(
    found: Panel, design: Design, fit: Fit, spread: Floats, freedom: float, *, refit: bool
) -> Diagnostics:
    from dataclasses import replace

    sample = found.sample
    facts = _counts(found, design, fit)
    leads = [p for p, time in zip(found.focus, found.event_time, strict=False) if time < -1]
    facts = replace(
        facts,
        pretrend_p=wald(fit.slopes[leads], spread[np.ix_(leads, leads)], freedom),
        dispersion=_dispersion(sample, fit) if design.model == "ppml" else float("nan"),
    )
    if not refit:
        return facts
    low, high, exact = _leave_one_out(found, design, fit)
    single = design.errors == "cluster" and len(sample.clusters) == 1 and not found.event_time
    few = single and int(sample.clusters[0].max()) + 1 < FEW_CLUSTERS
    return replace(
        facts,
        reset_p=_reset(sample, design, fit),
        leave_low=low,
        leave_high=high,
        leave_exact=exact,
        wild_p=wild_bootstrap(sample, fit, found.focus[0])
        if few and design.model == "ols"
        else float("nan"),
    )


def _dispersion(sample: Sample, fit: Fit) -> float:
    free = max(1, len(sample.outcome) - fit.parameters)
    return float((sample.weights * fit.residual**2 / fit.fitted).sum() / free)


def _plain(sample: Sample, model: str) -> Fit:
    return fit_ols(sample) if model == "ols" else fit_ppml(sample)


def _reset(sample: Sample, design: Design, fit: Fit) -> float:
    """p-value of the squared fitted log as one more regressor (Ramsey 1969)."""
    log = np.log(fit.fitted) if design.model == "ppml" else fit.fitted
    spread = float(log.std())
    square = ((log - log.mean()) / spread) ** 2 if spread > 0 else np.zeros_like(log)
    more = sample.with_regressors(
        np.column_stack([sample.regressors, square]), (*sample.names, "square")
    )
    place = len(sample.names)
    if place in collinear(more):
        return float("nan")
    try:
        again = _plain(more, design.model)
        wider = covariance(more, again, design.errors, design.factor)
    except DataError:
        return float("nan")
    freedom = _freedom(more, again, design)
    return wald(again.slopes[place:], wider[place:, place:], freedom)


def _leave_one_out(found: Panel, design: Design, fit: Fit) -> tuple[float, float, bool]:
    sample = found.sample
    if design.errors != "cluster":
        return float("nan"), float("nan"), False
    way = sample.clusters[0]
    contrast = _contrast(found)
    groups = int(way.max()) + 1
    if groups > MOST_REFITS:
        each = np.column_stack([
            leave_one_out(sample, fit, place) for place in np.flatnonzero(contrast)
        ]) @ contrast[contrast != 0]  # fmt: skip
        return float(np.nanmin(each)), float(np.nanmax(each)), False
    values = []
    for group in range(groups):
        rest = sample.keep(way != group)
        rest = rest.keep(informative(rest, design.model)[0])
        if len(rest.outcome) > len(contrast) + 1 and not collinear(rest):
            try:
                values.append(float(contrast @ _plain(rest, design.model).slopes))
            except DataError:
                continue
    if not values:
        return float("nan"), float("nan"), True
    return min(values), max(values), True


def _bins(found: Panel, fit: Fit, count: int = 20) -> Floats:
    """Regressor and outcome after effects and other regressors, by equal shares of rows."""
    if found.event_time:
        return np.zeros((0, 3))
    place, root = found.focus[0], np.sqrt(fit.weights)
    others = np.delete(fit.x_left, place, axis=1)
    own, outcome = fit.x_left[:, place], fit.y_left
    if others.shape[1]:
        pair = np.column_stack([own, outcome])
        part = np.linalg.lstsq(others * root[:, None], pair * root[:, None], rcond=None)[0]
        own, outcome = (pair - others @ part).T
    order = np.argsort(own, kind="stable")
    rows = []
    for part in np.array_split(order, min(count, len(order))):
        weight = fit.weights[part]
        rows.append((np.average(own[part], weights=weight),
                     np.average(outcome[part], weights=weight), len(part)))  # fmt: skip
    return np.array(rows, dtype=float)


def _paths(found: Panel, table: pd.DataFrame, design: Design) -> Floats:
    """Mean outcome of treated rows and others by period, period -1 as 1."""
    if design.event is None:
        return np.zeros((0, 3))
    from exposure.economy.design import event_time

    rows = table.dropna(subset=[design.outcome, design.event.time, design.event.treated])
    since, _ = event_time(rows[design.event.time], design.event)
    treated = rows[design.event.treated].astype(float).to_numpy() == 1.0
    values = pd.to_numeric(rows[design.outcome]).to_numpy(dtype=float)
    means = pd.DataFrame({"time": since, "treated": treated, "value": values}).pivot_table(
        index="time", columns="treated", values="value", aggfunc="mean"
    )
    if -1 not in means.index:
        return np.zeros((0, 3))
    means = means.reindex(columns=[True, False]) / means.loc[-1]
    return np.column_stack([means.index.to_numpy(dtype=float), means.to_numpy(dtype=float)])
