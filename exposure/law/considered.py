"""What was considered for a crossing and does not apply, and why.

For a crossing with its duty lines, every action of the importer has one answer or a few: clauses
that would hold if a fact were otherwise, that another clause beats, that begin later; or, where no
clause of the action concerns the crossing, the one reason that keeps all of them away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.law.column1 import ORIGINS, PROGRAMS
from exposure.law.lines import COLUMN1, DutyLines
from exposure.law.scope import NO, YES, match
from exposure.law.select import Shipments
from exposure.law.state import LawState
from exposure.law.timeline import iso

Ints = NDArray[np.int64]
COLUMNS = (
    "component", "action", "clause", "heading", "kind", "rate", "why", "reason", "source",
)  # fmt: skip
WHYS = ("claim", "fact", "beaten", "status", "later", "ended", "not_known", "goods", "origin")
"""Kinds of reason, the most telling first."""


@dataclass(frozen=True)
class _Case:
    """One crossing, clause by clause of the book."""

    state: LawState
    facts: dict[str, object]
    origin: str
    mine: Ints
    meant: NDArray[np.bool_]
    listed: NDArray[np.bool_]
    acts: NDArray[np.bool_]
    public: NDArray[np.bool_]


def considered(state: LawState, ships: Shipments, lines: DutyLines, row: int) -> pd.DataFrame:
    """Actions and clauses that do not apply to a crossing.

    Parameters
    ----------
    state, ships, lines
        Law, crossings and what was found for them.
    row
        Which crossing.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``; ``why`` is one of ``WHYS``, ``reason`` says it in words.
    """
    case = _case(state, ships, row)
    holds = lines.clause[lines.crossing == row]
    rows = list(_unclaimed(case, ships, row))
    for action in dict.fromkeys(state.clauses.action[case.mine].tolist()):
        own = case.mine[state.clauses.action[case.mine] == action]
        rows += _about_action(case, action, own, np.intersect1d(own, holds))
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    order = made["why"].map({why: place for place, why in enumerate(WHYS)})
    return made.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _case(state: LawState, ships: Shipments, row: int) -> _Case:
    clauses, clock = state.clauses, state.clauses.clock
    ordinary = np.zeros(len(clauses.action), dtype=bool)
    if COLUMN1 in clauses.authorities:
        ordinary = clauses.authority == clauses.authorities.index(COLUMN1)
    listed = match(state.scopes, ships.number[[row]], ships.length[[row]])[0][0]
    acts = np.zeros(len(clauses.action), dtype=bool)
    acts[state.live] = True
    return _Case(
        state=state,
        facts=dict(ships.facts[ships.facts_of[row]]),
        origin=str(state.book.iso3[ships.origin[row]]),
        mine=np.flatnonzero((clauses.importer == ships.importer[row]) & ~ordinary),
        meant=state.ranks[ships.origin[row]][clauses.origin] > 0,
        listed=listed[clauses.scope] != NO,
        acts=acts,
        public=(clock.known <= state.known) & (clock.withdrawn > state.known),
    )


def _about_action(case: _Case, action: int, own: Ints, holds: Ints) -> Iterator[tuple[object, ...]]:
    """Rows of one action; ``holds`` are those of its clauses that have a duty line."""
    over = _ending(case, action)
    if over:
        yield _row(case, own[-1], "ended", *over)
        return
    near = own[case.meant[own] & case.listed[own]]
    measure = ~case.state.clauses.exempt
    if not (measure[near] & case.acts[near]).any():
        # Without a measure there is nothing to be exempt from.
        near, own = near[measure[near]], own[measure[own]]
    said = False
    for clause in near[case.acts[near]]:
        if clause not in holds:
            yield _row(case, clause, *_why_not(case, clause, holds))
            said = True
    for clause in near[~case.acts[near]]:
        reason = _not_yet(case, clause)
        if reason:
            yield _row(case, clause, *reason)
            said = True
    if said or len(holds):
        return
    live = own[case.acts[own]]
    if len(near):
        last = near[np.argmax(case.state.clauses.clock.end[near])]
        yield _row(case, last, "ended", _past(case, last), _instrument(case, last))
    elif len(live) and case.listed[live].any():
        text = f"goods of {case.origin} are not meant"
        yield _row(case, live[0], "origin", text, _instrument(case, live[0]))
    elif len(live):
        text = "the code is not among its goods"
        yield _row(case, live[0], "goods", text, _instrument(case, live[0]))


def _why_not(case: _Case, clause: int, holds: Ints) -> tuple[str, str]:
    """Why a clause that acts, and means the good and its origin, does not hold."""
    clauses, register = case.state.clauses, case.state.register
    wanted = clauses.whens[clauses.when[clause]]
    failed = {n: v for n, v in wanted.items() if register.holds({n: v}, case.facts) == NO}
    if failed:
        return "fact", "asks for " + ", ".join(_asked(case, n, v) for n, v in failed.items())
    if register.holds(wanted, case.facts) == YES and len(holds):
        names = ", ".join(case.state.book.clauses["clause"].iloc[holds])
        return "beaten", f"{names} goes before it"
    open_ = [n for n in wanted if register.fact(case.facts, n) is None]
    if open_:
        return "fact", "depends on " + ", ".join(open_)
    return "goods", "whether the code is among its goods is open: give more digits"


def _asked(case: _Case, name: str, value: object) -> str:
    given = case.state.register.fact(case.facts, name)
    how = "stated" if name in case.facts else "assumed"
    more = "" if isinstance(value, bool | str) else " or more"
    return f"{name} = {_word(value)}{more} ({how}: {_word(given)})"


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _not_yet(case: _Case, clause: int) -> tuple[str, str] | None:
    """Why a clause that does not act on the day may be of interest; None for the past."""
    clauses, state = case.state.clauses, case.state
    clock, row = clauses.clock, case.state.book.clauses.iloc[clause]
    ahead = clock.start[clause] > state.on
    if not case.public[clause]:
        current = clock.start[clause] <= state.on <= clock.end[clause]
        if current and clauses.in_force[clause] and clock.withdrawn[clause] > state.known:
            return "not_known", f"public since {row['known']} only"
        return None
    if clock.end[clause] < state.on:
        return None
    span = f"from {row['from']}" if ahead else f"since {row['from']}"
    if not clauses.in_force[clause]:
        return "status", f"{row['status'].replace('_', ' ')} {span}, not in force"
    return ("later", f"begins on {row['from']}") if ahead else None


def _ending(case: _Case, action: int) -> tuple[str, str] | None:
    """In words, the ending of an action that holds for the crossing, and its source."""
    state = case.state
    for when in state.ends.get(action, ()):
        if state.register.holds(when, case.facts) == YES:
            ends = state.book.ends
            mine = ends[ends["action"] == state.clauses.actions[action]]
            mine = mine[mine["from"] <= iso(state.on)]
            row = mine.iloc[-1]
            return f"{row['status']} since {row['from']}", str(row["source"])
    return None


def _past(case: _Case, clause: int) -> str:
    row = case.state.book.clauses.iloc[clause]
    if row["until"] < iso(case.state.on):
        return f"ended on {row['until']}"
    return "not in force on the day"


def _instrument(case: _Case, clause: int) -> str:
    return str(case.state.book.clauses["instrument"].iloc[clause])


def _row(case: _Case, clause: int, why: str, reason: str, source: str = "") -> tuple[object, ...]:
    """A row about a clause, or, with a source of its own, about the whole action."""
    row = case.state.book.clauses.iloc[clause]
    if source:
        return (row["component"], row["action"], "", "", "", np.nan, why, reason, source)
    # A rate of 0 that is only threatened or announced holds the place of one that is not known.
    rate = np.nan if why == "status" and row["rate"] == 0 else row["rate"]
    kind, rate = ("exempt", 0.0) if row["exempt"] else (row["kind"], rate)
    return (
        row["component"], row["action"], row["clause"], row["heading"], kind, float(rate), why,
        reason, row["source"],
    )  # fmt: skip


def _unclaimed(case: _Case, ships: Shipments, row: int) -> Iterator[tuple[object, ...]]:
    """Special rates that the origin could claim and the shipment does not."""
    state = case.state
    if state.book.iso3[ships.importer[row]] != USA:
        return
    lines = state.schedule
    eight = ships.number[row] - ships.number[row] % 100
    at = int(np.searchsorted(lines.number, eight))
    if at >= len(lines.number) or lines.number[at] != eight:
        return
    claim = state.register.fact(case.facts, "claim")
    for place, name in enumerate(PROGRAMS):
        same = lines.alike[at, place] == lines.alike[at, 0]
        if case.origin not in ORIGINS.get(name, ()) or same or claim == name:
            continue
        text = f"claim = {name} is not stated"
        yield (
            COLUMN1, "column-1", name, "", "rate", float(lines.ad_valorem[at, place]), "claim",
            text, "HTSUS column 1 special",
        )  # fmt: skip
