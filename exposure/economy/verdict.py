"""Can these data identify the effect? Rules that anyone can check, each with its reason.

A verdict is about the data and the design, not about the truth: ``identified`` means that no rule
found a fault, with the comparison that the design makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

Verdict = Literal["identified", "weak", "not identified"]

LEVEL: Final = 0.05
"""Size of tests and of what intervals leave out."""
FEW_CLUSTERS: Final = 30
"""Below this the normal law is too narrow for clustered errors: t(G-1), and the bootstrap."""
WEAK_CLUSTERS: Final = 10
"""Below this t(G-1) rejects too often as well (Cameron, Gelbach and Miller 2008)."""
LEAST_CLUSTERS: Final = 6
"""With five, the rarest pattern of signs has a chance of 2/32 > 5 %: no test can reject."""
LEAST_SWITCHERS: Final = 2
"""What happens to the only treated unit cannot be told from its treatment."""
WEAK_SWITCHERS: Final = 4
"""With fewer treated units clustered errors are far too small (MacKinnon and Webb 2018)."""
LEAST_VARIATION: Final = 0.001
"""Share of the regressor's variance after effects: below, rounding of rates is as large."""
WEAK_VARIATION: Final = 0.01
"""Below this small errors in the rates weigh ten times as much as without effects."""
EACH_WAY: Final = float(np.log(1.2))
"""Log points over the range of the regressor that occurs: where both a fall and a rise by more
than a fifth agree with the data, they do not answer the question."""
LEAST_LEADS: Final = 2
"""One lead is one month against another: a trend before the event would hardly show (Roth 2022)."""
RESET_LEVEL: Final = 0.01
"""Stricter than other tests: the form of a regression is never quite right."""


@dataclass(frozen=True)
class Diagnostics:
    """What a reader must know before believing an estimate.

    Attributes
    ----------
    given, unknown, zeros, singletons, separated, observations
        Rows of the table; with an empty cell; without a log; alone in a group; separated; used.
    clusters (way,)
    effective
        Clusters that the comparison rests on: one over the sum of squares of their shares in the
        variation that identifies the effect, as if all had equal ones (after Carter, Schnepel and
        Steigerwald 2017).
    parameters, exact
        K of the small-sample factor, and whether the rank of the effects is exact.
    variation
        Share of the variance of the regressor that is left after effects; of leads and lags the
        least of those after the event.
    distinct
        Different values of the regressor.
    units, switchers
        Units, and those in which the regressor changes (in a cross-section: differs from the most
        common value).
    reach
        Largest less smallest value of the regressor: for an event 1.
    leads, pretrend_p
        Number of leads, and p-value that all are 0; NaN without leads or clusters enough.
    reset_p
        That the square of the fitted log adds nothing.
    dispersion
        Pearson's statistic over its degrees of freedom [units of the outcome]; NaN for logs.
        PPML needs no 1 here, only clustered errors.
    leave_low, leave_high, leave_exact
        Least and largest estimate without one cluster, and whether each was fitted anew.
    wild_p
        That the slope is 0, by wild cluster bootstrap; NaN where it is not offered.
    """

    given: int
    unknown: int
    zeros: int
    singletons: int
    separated: int
    observations: int
    clusters: tuple[int, ...]
    effective: float
    parameters: int
    exact: bool
    variation: float
    distinct: int
    units: int
    switchers: int
    reach: float
    leads: int
    pretrend_p: float
    reset_p: float
    dispersion: float
    leave_low: float
    leave_high: float
    leave_exact: bool
    wild_p: float


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    error: float
    low: float
    high: float


def judge(
    facts: Diagnostics, found: Interval, *, event: bool, expect: str = ""
) -> tuple[Verdict, tuple[str, ...]]:
    """Verdict and its reasons, the gravest first; identified with none."""
    fatal = [*_no_comparison(facts), *_no_answer(facts, found, event)]
    weak = [*_thin(facts, event), *_doubtful(facts, found, expect)]
    if fatal:
        return "not identified", tuple(fatal + weak)
    return ("weak", tuple(weak)) if weak else ("identified", ())


def _no_comparison(facts: Diagnostics) -> list[str]:
    found = []
    if facts.variation < LEAST_VARIATION:
        found.append(f"the fixed effects take up the regressor: {facts.variation:.2%} of its "
                     "variance is left")  # fmt: skip
    if facts.switchers < LEAST_SWITCHERS:
        number = {0: "no unit has", 1: "only one unit has"}[facts.switchers]
        found.append(f"{number} a regressor that changes: nothing tells it from what else happened")
    if facts.clusters and min(facts.clusters) < LEAST_CLUSTERS:
        found.append(f"{min(facts.clusters)} clusters: with fewer than {LEAST_CLUSTERS} no test "
                     "at 5 % can reject")  # fmt: skip
    return found


def _both_ways(facts: Diagnostics, found: Interval) -> bool:
    return min(-found.low, found.high) * facts.reach > EACH_WAY


def _no_answer(facts: Diagnostics, found: Interval, event: bool) -> list[str]:
    reasons = []
    if event and facts.pretrend_p < LEVEL:
        reasons.append(f"treated and others moved apart before the event (leads: "
                       f"p = {facts.pretrend_p:.3f})")  # fmt: skip
    if _both_ways(facts, found):
        low, high = np.exp(np.array([found.low, found.high]) * facts.reach)
        reasons.append(f"falls and rises agree with the data: over the range of the regressor the "
                       f"interval goes from a factor of {low:.2f} to {high:,.2f}")  # fmt: skip
    return reasons


def _thin(facts: Diagnostics, event: bool) -> list[str]:
    found = []
    if LEAST_VARIATION <= facts.variation < WEAK_VARIATION:
        found.append(
            f"only {facts.variation:.2%} of the regressor's variance is left after effects"
        )
    if LEAST_SWITCHERS <= facts.switchers < WEAK_SWITCHERS:
        found.append(f"only {facts.switchers} units have a regressor that changes")
    if facts.clusters and LEAST_CLUSTERS <= min(facts.clusters) < WEAK_CLUSTERS:
        found.append(f"{min(facts.clusters)} clusters: errors are likely too small")
    elif facts.clusters and facts.effective < LEAST_CLUSTERS:
        found.append(f"the comparison rests on few of the {min(facts.clusters)} clusters, as if "
                     f"there were {facts.effective:.1f}: errors are likely too small")  # fmt: skip
    if event and facts.leads == 0:
        found.append("no period before the omitted one: whether the paths were parallel cannot "
                     "be checked")  # fmt: skip
    elif event and facts.leads < LEAST_LEADS:
        found.append("one lead only: paths that were not parallel would hardly be seen")
    elif event and np.isnan(facts.pretrend_p):
        found.append("too few clusters to test the leads together")
    if event and facts.units - facts.switchers == 1:
        found.append("only one unit is not treated")
    return found


def _doubtful(facts: Diagnostics, found: Interval, expect: str) -> list[str]:
    reasons = []
    if found.low < 0 < found.high and not _both_ways(facts, found):
        reasons.append("the interval holds both signs")
    if (expect == "negative" and found.low > 0) or (expect == "positive" and found.high < 0):
        reasons.append(f"the sign is not {expect}, as expected: the design may miss something")
    if facts.leave_low < 0 < facts.leave_high and not found.low < 0 < found.high:
        reasons.append("the sign hangs on a single cluster")
    if facts.reset_p < RESET_LEVEL:
        reasons.append(f"the form is rejected (RESET: p = {facts.reset_p:.3f})")
    return reasons
