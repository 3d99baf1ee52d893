"""What must be known of a fit before it is believed: see `exposure.economy.verdict.Diagnostics`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from exposure.economy.covariance import (
    covariance,
    effective_clusters,
    leave_one_out,
    wald,
    wild_bootstrap,
)
from exposure.economy.design import Design, Panel
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
from exposure.economy.verdict import FEW_CLUSTERS, Diagnostics
from exposure.errors import DataError

MOST_DUMMIES: Final = 60
"""So many levels of effects go through statsmodels' dummies; more are absorbed."""
MOST_REFITS: Final = 40
"""So many clusters are left out one by one with a new fit; else by a Newton step."""


def fitted(sample: Sample, design: Design) -> Fit:
    """The fit by the route that the design asks for."""
    levels = sum(int(code.max()) + 1 for code in sample.effects)
    route = design.route
    if route == "auto":
        route = "dummies" if levels <= MOST_DUMMIES else "absorb"
    if route == "dummies":
        return fit_dummies(sample, design.model)
    return fit_ols(sample) if design.model == "ols" else fit_ppml(sample)


def freedom_of(sample: Sample, fit: Fit, design: Design) -> float:
    """t(G-1) with clusters, t(n-K) for least squares without, else normal."""
    if design.errors == "cluster":
        return float(min(int(way.max()) for way in sample.clusters))
    return float(len(sample.outcome) - fit.parameters) if design.model == "ols" else float("inf")


def count_facts(found: Panel, design: Design, fit: Fit) -> Diagnostics:
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
        nothing, fit.parameters, fit.exact, float(share.min()),
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


def diagnose_fit(
    found: Panel, design: Design, fit: Fit, spread: Floats, freedom: float, *, refit: bool
) -> Diagnostics:
    """What `count_facts` tells, and what needs errors or, with ``refit``, new fits."""
    sample = found.sample
    facts = count_facts(found, design, fit)
    leads = [p for p, time in zip(found.focus, found.event_time, strict=False) if time < -1]
    facts = replace(
        facts,
        pretrend_p=wald(fit.slopes[leads], spread[np.ix_(leads, leads)], freedom),
        effective=effective_clusters(sample, fit, found.contrast())
        if design.errors == "cluster"
        else float("nan"),
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
    freedom = freedom_of(more, again, design)
    return wald(again.slopes[place:], wider[place:, place:], freedom)


def _leave_one_out(found: Panel, design: Design, fit: Fit) -> tuple[float, float, bool]:
    sample = found.sample
    if design.errors != "cluster":
        return float("nan"), float("nan"), False
    way = sample.clusters[0]
    contrast = found.contrast()
    groups = int(way.max()) + 1
    if groups > MOST_REFITS:
        each = np.column_stack([
            leave_one_out(sample, fit, int(place)) for place in np.flatnonzero(contrast)
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
