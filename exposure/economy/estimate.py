"""Estimation: a table and a design give an estimate, its error, its diagnostics and a verdict.

The slope on ``ln(1 + t)`` is the elasticity to the price with duty, if the duty is passed on; of
border prices on ``ln(1 + t)`` it is the pass-through less one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from exposure.economy.covariance import covariance
from exposure.economy.design import Design, Panel, event_time, panel, without
from exposure.economy.diagnose import count_facts, diagnose_fit, fitted, freedom_of
from exposure.economy.panel_fit import Fit, Floats, collinear
from exposure.economy.verdict import FEW_CLUSTERS, LEVEL, Diagnostics, Interval, Verdict, judge
from exposure.errors import QueryError

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
    freedom = freedom_of(sample, fit, design)
    contrast = found.contrast()
    headline = _interval(float(contrast @ fit.slopes), contrast, spread, freedom)
    if not fit.exact:
        notes.append("the number of free effects is a bound, so errors are slightly too large")
    facts = diagnose_fit(found, design, fit, spread, freedom, refit=diagnose)
    verdict, reasons = judge(facts, headline, event=bool(found.event_time), expect=design.expect)
    if facts.clusters and min(facts.clusters) < FEW_CLUSTERS:
        value = critical_value(freedom)
        notes.append(f"{min(facts.clusters)} clusters: critical value {value:.2f} of "
                     f"t({freedom:.0f}), not 1.96")  # fmt: skip
    return Estimate(
        design, sample.names, fit.slopes, spread, found.focus, found.event_time, headline, freedom,
        facts, verdict, reasons, tuple(notes), _bins(found, fit), _paths(found, table, design),
        fit.route,
    )  # fmt: skip


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
    facts = count_facts(found, design, Fit(
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
    rows = table.dropna(subset=[design.outcome, design.event.time, design.event.treated])
    since, _ = event_time(rows[design.event.time], design.event)
    treated = rows[design.event.treated].astype(float).to_numpy() == 1.0
    values = pd.to_numeric(rows[design.outcome]).to_numpy(dtype=float)
    means = pd.DataFrame({"time": since, "treated": treated, "value": values}).pivot_table(
        index="time", columns="treated", values="value", aggfunc="mean"
    )
    if -1 not in means.index:
        return np.zeros((0, 3))
    # Dividing sorts the columns, so their order is set last.
    means = (means / means.loc[-1]).reindex(columns=[True, False])
    return np.column_stack([means.index.to_numpy(dtype=float), means.to_numpy(dtype=float)])
