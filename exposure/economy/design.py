"""What is estimated: a design, and the columns that a table gives it.

Effects and clusters are names of columns, ``origin^month`` their interaction. A tariff enters as
``ln(1 + t)``, so that its slope is the elasticity to the price with duty.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.absorb import Codes
from exposure.economy.covariance import Errors, Factor
from exposure.economy.panel_fit import Dropped, Floats, Sample, informative
from exposure.errors import DataError

Transform = Literal["none", "log", "log1p"]
Model = Literal["ols", "ppml"]


@dataclass(frozen=True)
class Regressor:
    """A column, and how it enters: as it is, as its log, or ``log1p`` of a rate (a fraction)."""

    column: str
    transform: Transform = "none"

    @property
    def name(self) -> str:
        """As it is shown."""
        forms = {"none": "{}", "log": "ln {}", "log1p": "ln(1 + {})"}
        return forms[self.transform].format(self.column)


@dataclass(frozen=True)
class Event:
    """Leads and lags of a treatment that begins at one date.

    Attributes
    ----------
    time
        Column of periods that sort by time: ``2025-03``, ``2025-03-04`` or whole numbers.
    treated
        Column of 0 and 1: whether the row belongs to what was treated.
    on
        First period of the treatment; it need not stand in the table.
    window
        First and last period, counted from ``on``; periods beyond are put into the end ones.
    """

    time: str
    treated: str
    on: str
    window: tuple[int, int] = (-99, 99)


@dataclass(frozen=True)
class Design:
    """A regression of an outcome on regressors with fixed effects.

    Attributes
    ----------
    outcome
        Column; PPML takes its level, least squares its log.
    regressors
        The first is the one that is asked for, if there is no event.
    effects, cluster
        Columns or interactions; no effect is a constant, at most two ways of clustering.
    errors, factor
        See `exposure.economy.covariance.covariance`.
    unit
        Column of what is treated or not; by default the first cluster.
    route
        ``dummies``, ``absorb`` or by the number of effects.
    expect
        Sign that theory expects, or none.
    """

    outcome: str
    regressors: tuple[Regressor, ...] = ()
    effects: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()
    model: Model = "ppml"
    event: Event | None = None
    weights: str = ""
    errors: Errors = "cluster"
    factor: Factor = "nested"
    unit: str = ""
    route: Literal["auto", "dummies", "absorb"] = "auto"
    expect: Literal["", "positive", "negative"] = ""


@dataclass(frozen=True)
class Counts:
    """Rows on the way from the table to the sample.

    Attributes
    ----------
    given
        In the table.
    unknown
        With an empty cell.
    zeros
        With an outcome of zero that has no log.
    dropped
        Alone in a group, or separated.
    """

    given: int
    unknown: int
    zeros: int
    dropped: Dropped


@dataclass(frozen=True)
class Panel:
    """A sample and what belongs to it.

    Attributes
    ----------
    sample
        Columns of the regression.
    focus
        Places of the slopes that are asked for: one, or all leads and lags.
    event_time (focus,)
        Period counted from the event; empty without one.
    units (observation,)
        Codes of what is treated or not.
    counts
        Rows on the way.
    """

    sample: Sample
    focus: tuple[int, ...]
    event_time: tuple[int, ...]
    units: Codes
    counts: Counts
    notes: tuple[str, ...] = field(default=())

    def contrast(self) -> Floats:
        """Weights of the slopes in the headline (regressor,): one, or equal from the event on."""
        weights = np.zeros(len(self.sample.names))
        if not self.event_time:
            weights[self.focus[0]] = 1.0
            return weights
        times = zip(self.focus, self.event_time, strict=True)
        after = [place for place, time in times if time >= 0]
        weights[after] = 1.0 / max(1, len(after))
        return weights


def columns_of(design: Design) -> dict[str, str]:
    """Columns that a design reads, each with the part that names it."""
    found = {design.outcome: "outcome"}
    found |= {item.column: "regressors" for item in design.regressors}
    for names, part in ((design.effects, "effects"), (design.cluster, "cluster"),
                        ((design.unit,), "unit"), ((design.weights,), "weights")):  # fmt: skip
        found |= {name: part for joined in names for name in joined.split("^") if name}
    if design.event:
        found |= {design.event.time: "event", design.event.treated: "event"}
    return found


def panel(table: pd.DataFrame, design: Design) -> Panel:
    """The sample of a design.

    Rows with an empty cell are left out and counted, never filled.

    Raises
    ------
    DataError
        If a column is missing or holds what cannot be used, or nothing is left.
    """
    if not design.regressors and design.event is None:
        raise DataError("nothing to estimate", "regressors", "at least one, or an event")
    if design.errors == "cluster" and not 1 <= len(design.cluster) <= 2:
        raise DataError("clusters are missing", "cluster", "one or two columns")
    needed = columns_of(design)
    missing = [f"{name} ({part})" for name, part in needed.items() if name not in table]
    if missing:
        raise DataError(f"column missing: {', '.join(missing)}", "table",
                        f"has {', '.join(map(str, table.columns))}")  # fmt: skip
    known = table[list(needed)].notna().all(axis=1).to_numpy()
    rows = table.loc[known].reset_index(drop=True)
    outcome, usable = _outcome(rows, design)
    zeros = int((~usable).sum())
    rows, outcome = rows.loc[usable].reset_index(drop=True), outcome[usable]
    if len(rows) < 2:
        raise DataError(f"{len(rows)} rows are left", "table", "at least 2 with all cells known")
    regressors, names, times, notes = _regressors(rows, design)
    unit = design.unit or (design.cluster[0] if design.cluster else "")
    units = _codes(rows, unit) if unit else np.arange(len(rows), dtype=np.intp)
    sample = Sample(
        outcome,
        regressors,
        names,
        tuple(_codes(rows, name) for name in design.effects)
        or (np.zeros(len(rows), dtype=np.intp),),
        tuple(_codes(rows, name) for name in design.cluster),
        _weights(rows, design),
    )
    kept, dropped = informative(sample, design.model)
    counts = Counts(len(table), int((~known).sum()), zeros, dropped)
    if int(kept.sum()) < 2:
        raise DataError("no row is left after groups of one row and separated zeros", "effects",
                        "fewer effects")  # fmt: skip
    focus = tuple(range(len(times))) if design.event else (0,)
    whole = Panel(sample.keep(kept), focus, times, units[kept], counts, notes)
    return _without_empty(whole)


def _without_empty(whole: Panel) -> Panel:
    """Without leads and lags of which no treated row is left in the sample."""
    empty = [place for place in range(len(whole.event_time))
             if not whole.sample.regressors[:, place].any()]  # fmt: skip
    if not empty:
        return whole
    return without(whole, tuple(empty))


def without(whole: Panel, places: tuple[int, ...]) -> Panel:
    """The panel without some regressors; places and event times follow."""
    sample = whole.sample
    rest = [place for place in range(len(sample.names)) if place not in places]
    number = {place: new for new, place in enumerate(rest)}
    names = tuple(sample.names[place] for place in rest)
    times = tuple(time for place, time in enumerate(whole.event_time) if place in number)
    return replace(
        whole,
        sample=sample.with_regressors(sample.regressors[:, rest], names),
        focus=tuple(number[place] for place in whole.focus if place in number),
        event_time=times,
    )


def _outcome(rows: pd.DataFrame, design: Design) -> tuple[Floats, NDArray[np.bool_]]:
    values = _numbers(rows, design.outcome)
    if (values < 0).any():
        raise DataError(f"{design.outcome} is negative", "outcome", "0 or more")
    if design.model == "ppml":
        if not (values > 0).any():
            raise DataError(f"{design.outcome} is zero everywhere", "outcome", "some above 0")
        return values, np.ones(len(values), dtype=bool)
    with np.errstate(divide="ignore"):
        return np.log(values), values > 0


def _regressors(
    rows: pd.DataFrame, design: Design
) -> tuple[Floats, tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
    columns: list[Floats] = []
    names: list[str] = []
    times: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    if design.event:
        since, notes = event_time(rows[design.event.time], design.event)
        treated = _numbers(rows, design.event.treated)
        if not np.isin(treated, (0.0, 1.0)).all():
            raise DataError(f"{design.event.treated} is not 0 or 1", "event.treated")
        times = tuple(sorted(set(since.tolist()) - {-1}))
        columns += [treated * (since == time) for time in times]
        names += [f"event {time:+d}" for time in times]
    for item in design.regressors:
        columns.append(_transformed(_numbers(rows, item.column), item))
        names.append(item.name)
    return np.column_stack(columns), tuple(names), times, notes


def event_time(periods: pd.Series, event: Event) -> tuple[NDArray[np.int_], tuple[str, ...]]:
    """Periods counted from the first of the treatment (row,); the one before it is -1.

    Months written ``YYYY-MM`` are counted by the calendar, all else by its order in the table.

    Raises
    ------
    DataError
        If no period lies before the event, or none from it on.
    """
    if pd.api.types.is_float_dtype(periods) and bool((periods % 1 == 0).all()):
        # A column of whole numbers with an empty cell comes as 2025.0.
        periods = periods.astype(int)
    text = periods.astype(str)
    on = event.on
    if text.str.fullmatch(r"\d{4}-\d{2}").all() and len(on) >= 7:
        counted = text.str[:4].astype(int) * 12 + text.str[5:7].astype(int)
        since = (counted - (int(on[:4]) * 12 + int(on[5:7]))).to_numpy()
    else:
        whole = bool(text.str.fullmatch(r"-?\d+").all()) and on.lstrip("-").isdigit()
        order = sorted(text.unique(), key=int) if whole else sorted(text.unique())
        first = sum(int(item) < int(on) if whole else item < on for item in order)
        since = text.map({item: place - first for place, item in enumerate(order)}).to_numpy()
    since = since.astype(int)
    if since.min() >= 0 or since.max() < 0:
        raise DataError(f"event on {on}: table has {min(text)} to {max(text)}", "event.on",
                        "periods before and from it on")  # fmt: skip
    low, high = event.window
    beyond = int(((since < low) | (since > high)).sum())
    notes = (f"{beyond} rows beyond the window count in its end periods",) if beyond else ()
    return np.clip(since, low, high), notes


def _transformed(values: Floats, item: Regressor) -> Floats:
    least = {"none": -np.inf, "log": 0.0, "log1p": -1.0}[item.transform]
    if not (values > least).all():
        raise DataError(f"{item.column} has values of {least:g} or less", "regressors",
                        f"{item.name} needs more")  # fmt: skip
    if item.transform == "log1p" and values.max() > 10:
        raise DataError(f"{item.column} reaches {values.max():g}", "regressors",
                        "a rate is a fraction: 0.25 for 25 %")  # fmt: skip
    if item.transform == "none":
        return values
    changed: Floats = np.log(values) if item.transform == "log" else np.log1p(values)
    return changed


def _numbers(rows: pd.DataFrame, name: str) -> Floats:
    values = pd.to_numeric(rows[name], errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(values).all():
        row = int((~np.isfinite(values)).argmax())
        raise DataError(f"{name} {rows[name].iloc[row]!r} is not a number", "table")
    return values


def _weights(rows: pd.DataFrame, design: Design) -> Floats:
    if not design.weights:
        return np.ones(len(rows))
    values = _numbers(rows, design.weights)
    if not (values > 0).all():
        raise DataError(f"{design.weights} has values of 0 or less", "weights", "above 0")
    return values


def _codes(rows: pd.DataFrame, joined: str) -> Codes:
    """Groups of one column, or of the combinations of several."""
    groups = rows.groupby(joined.split("^"), sort=True, observed=True).ngroup()
    return groups.to_numpy().astype(np.intp)
