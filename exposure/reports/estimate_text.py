"""An estimate for the terminal."""

from __future__ import annotations

import math
import textwrap

from exposure.economy.verdict import Diagnostics
from exposure.frames import records
from exposure.model.estimation import Estimated
from exposure.reports.style import percent

MODELS = {"ppml": "PPML (Poisson pseudo maximum likelihood)", "ols": "least squares on logs"}
ERRORS = {
    "hc0": "robust (HC0)", "hc1": "robust (HC1)", "iid": "as if independent and equal",
}  # fmt: skip
MOST_TERMS = 14
WIDTH = 96


def number(value: float) -> str:
    """An estimate with four digits behind the point, or a dash.

    Examples
    --------
    >>> number(-2.10082), number(float("nan"))
    ('-2.1008', '-')
    """
    return "-" if math.isnan(value) else f"{value:.4f}"


def p_text(value: float) -> str:
    """A p-value.

    Examples
    --------
    >>> p_text(0.0001), p_text(0.0371)
    ('p < 0.001', 'p = 0.037')
    """
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def estimate_text(made: Estimated) -> str:
    """Estimate, error, interval, diagnostics and verdict in about 25 lines."""
    found, document = made.estimate, made.document
    headline, design = found.headline, found.design
    effects = ", ".join(design.effects) or "none (a constant)"
    rows = [
        ("outcome", f"{design.outcome}, {MODELS[design.model]}"),
        ("asked for", found.quantity),
        ("fixed effects", effects),
        ("errors", ERRORS.get(design.errors, "clustered by " + " and ".join(design.cluster))),
        ("", ""),
        ("estimate", number(headline.value)),
        ("standard error", number(headline.error)),
        ("95 % interval", f"{number(headline.low)} to {number(headline.high)}"),
    ]
    change = made.percent()
    if change is not None and not math.isnan(change[0]):
        what = "as a change" if found.event_time else f"of a duty of {document.percent_at:.0%}"
        rows.append((what, f"{percent(change[0])} ({percent(change[2])} to {percent(change[3])})"))
    if document.pass_through:
        ends = f"{number(1 + headline.low)} to {number(1 + headline.high)}"
        rows.append(("pass-through, 1 + b", f"{number(1 + headline.value)} ({ends})"))
    if found.diagnostics:
        rows += [("", ""), *_diagnostics(found.diagnostics)]
    lines = [document.title, document.question, ""]
    lines += [f"  {name:<20} {value}".rstrip() for name, value in rows]
    lines += ["", *_terms(made), f"VERDICT: {found.verdict}"]
    told = (*found.reasons, *(f"note: {note}" for note in found.notes), document.note)
    for reason in filter(None, told):
        lines += textwrap.wrap(reason, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    return "\n".join(lines)


def _diagnostics(facts: Diagnostics) -> list[tuple[str, str]]:
    lost = {
        "empty cells": facts.unknown, "zeros": facts.zeros, "alone in a group": facts.singletons,
        "separated": facts.separated,
    }  # fmt: skip
    out = ", ".join(f"{count:,} {name}" for name, count in lost.items() if count)
    rows = [("rows", f"{facts.observations:,} of {facts.given:,}" + (f" ({out})" if out else ""))]
    if facts.clusters:
        few = (
            ""
            if math.isnan(facts.effective)
            else f" (they weigh as {facts.effective:.1f} equal ones)"
        )
        rows.append(("clusters", " x ".join(map(str, facts.clusters)) + few))
    rows.append(("variation", f"{percent(facts.variation)} of the regressor's variance is left "
                 f"after effects; {facts.distinct} values"))  # fmt: skip
    rows.append(("units that change", f"{facts.switchers} of {facts.units}"))
    tests = {
        "leads are 0": facts.pretrend_p, "form (RESET)": facts.reset_p,
        "wild bootstrap": facts.wild_p,
    }  # fmt: skip
    rows += [(name, p_text(value)) for name, value in tests.items() if not math.isnan(value)]
    if not math.isnan(facts.dispersion):
        rows.append(("dispersion", f"{facts.dispersion:.3g} (in units of the outcome; PPML needs "
                     "no 1)"))  # fmt: skip
    if not math.isnan(facts.leave_low):
        way = "" if facts.leave_exact else ", by a step of Newton"
        rows.append(("without a cluster", f"{number(facts.leave_low)} to "
                     f"{number(facts.leave_high)}{way}"))  # fmt: skip
    return rows


def _terms(made: Estimated) -> list[str]:
    """Leads and lags; of a slope alone the headline says all."""
    if not made.estimate.event_time:
        return []
    table = made.table().dropna(subset=["event_time"]).head(MOST_TERMS)
    lines = ["  period   estimate   95 % interval"]
    for term in records(table):
        lines.append(f"  {term['event_time']:+6d} {number(term['estimate']):>10}   "
                     f"{number(term['low'])} to {number(term['high'])}")  # fmt: skip
    return [*lines, ""]
