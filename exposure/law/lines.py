"""Duty lines: one row for each crossing and action that has something to say about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exposure.axes import SPECIFIC, USA
from exposure.errors import CircleError
from exposure.law.base import Bases, Tag
from exposure.law.codes import SPAN
from exposure.law.column1 import Column1, column1_rates, programs
from exposure.law.select import Selection, Shipments, select
from exposure.law.stack import Structure
from exposure.law.state import LawState

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
COLUMN1 = "mfn"
"""Authority of an importer's own ordinary rates."""
NONE_HELD = -2
"""In place of a clause: an importer's own rules hold no ordinary rate for the good."""


@dataclass(frozen=True)
class DutyLines:
    """Lines of the crossings of one law state.

    Attributes
    ----------
    crossing, clause (line,)
        Crossing, and row of the book's clauses (of the clause that may hold, if not known); sorted
        by crossing.
    known (line,)
        False where a missing fact would change the result.
    rate, cap (line,) [fraction]
        As written in the clause; specific ones as a fraction of value, NaN without quantity.
    structure, base
        What the kernel needs.
    column1
        Ordinary rates, by crossing.
    column1_clause (crossing,)
        Clause that gives it for importers other than the United States, -1 for the schedule,
        `NONE_HELD` where no clause of the importer gives one.
    uncovered
        Authority that is not encoded and may apply, by crossing; empty where none.
    """

    crossing: Ints
    clause: Ints
    known: NDArray[np.bool_]
    rate: Floats
    cap: Floats
    structure: Structure
    base: Bases
    column1: Column1
    column1_clause: Ints
    uncovered: NDArray[np.object_]


def duty_lines(state: LawState, ships: Shipments, tags: tuple[Tag, ...]) -> DutyLines:
    """Lines of crossings.

    Raises
    ------
    CircleError
        If authorities displace one another in a circle.
    """
    clauses = state.clauses
    picked = select(state, ships)
    ordinary = _is_column1(state, picked)
    column1, own = _column1(state, ships, picked, ordinary)
    holds = np.where(picked.unknown >= 0, picked.unknown, picked.clause)
    holds[:, ordinary] = -1
    crossing, action = np.nonzero(holds >= 0)
    clause = holds[crossing, action]
    known = picked.unknown[crossing, action] < 0
    displacer, displaced = _pairs(state, crossing, clause)
    kind = clauses.kind[clause]
    structure = Structure(
        crossing=crossing,
        kind=kind,
        level=_levels(state, clause, displacer, displaced),
        displacer=displacer,
        displaced=displaced,
        covers_base=clauses.covers_base[clause],
        crossings=len(ships),
    )
    rate = np.where(known, clauses.rate[clause], np.nan)
    specific = kind == SPECIFIC
    if specific.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            per_value = ships.quantity[crossing] / ships.value_usd[crossing]
        rate = np.where(specific, rate * per_value, rate)
    base = state.book.bases(tags)
    return DutyLines(
        crossing=crossing,
        clause=clause,
        known=known,
        rate=rate,
        cap=clauses.cap[clause],
        structure=structure,
        base=Bases(base.part[clause], base.weights[clause]),
        column1=column1,
        column1_clause=own,
        uncovered=_uncovered(state, ships),
    )


def some_crossings(found: DutyLines, wanted: Ints, tags: Ints) -> tuple[DutyLines, Ints]:
    """Lines of some crossings, with the bases of some tags.

    Parameters
    ----------
    found
        Lines of all crossings.
    wanted (crossing,)
        Numbers of crossings, rising.
    tags (tag,)
        Numbers of the tags that are kept.

    Returns
    -------
    lines, numbers (line,) that they had
    """
    mine = np.flatnonzero(np.isin(found.crossing, wanted))
    place = np.full(len(found.crossing), -1, dtype=np.int64)
    place[mine] = np.arange(len(mine))
    old = found.structure
    pair = place[old.displaced] >= 0
    crossing = np.searchsorted(wanted, found.crossing[mine])
    structure = Structure(
        crossing=crossing,
        kind=old.kind[mine],
        level=old.level[mine],
        displacer=place[old.displacer[pair]],
        displaced=place[old.displaced[pair]],
        covers_base=old.covers_base[mine],
        crossings=len(wanted),
    )
    ordinary = found.column1
    lines = DutyLines(
        crossing=crossing,
        clause=found.clause[mine],
        known=found.known[mine],
        rate=found.rate[mine],
        cap=found.cap[mine],
        structure=structure,
        base=Bases(found.base.part[mine], found.base.weights[np.ix_(mine, tags)]),
        column1=Column1(ordinary.rate[wanted], ordinary.known_part[wanted], ordinary.text[wanted]),
        column1_clause=found.column1_clause[wanted],
        uncovered=found.uncovered[wanted],
    )
    return lines, mine


def joined_lines(parts: Sequence[DutyLines]) -> DutyLines:
    """Lines of several lists of crossings, as of one list after the other."""
    if len(parts) == 1:
        return parts[0]
    crossings = np.cumsum([0, *(part.structure.crossings for part in parts)])
    lines = np.cumsum([0, *(len(part.clause) for part in parts)])

    def put(name: str, of: Callable[[DutyLines], object], shift: Ints | None = None) -> Any:
        columns = [getattr(of(part), name) for part in parts]
        if shift is not None:
            columns = [column + by for column, by in zip(columns, shift, strict=False)]
        return np.concatenate(columns)

    def own(part: DutyLines) -> DutyLines:
        return part

    def shape(part: DutyLines) -> Structure:
        return part.structure

    crossing = put("crossing", own, crossings)
    return DutyLines(
        crossing=crossing,
        **{name: put(name, own) for name in ("clause", "known", "rate", "cap")},
        structure=Structure(
            crossing=crossing,
            kind=put("kind", shape),
            level=put("level", shape),
            displacer=put("displacer", shape, lines),
            displaced=put("displaced", shape, lines),
            covers_base=put("covers_base", shape),
            crossings=int(crossings[-1]),
        ),
        base=Bases(*(put(name, lambda part: part.base) for name in ("part", "weights"))),
        column1=Column1(
            *(put(name, lambda part: part.column1) for name in ("rate", "known_part", "text"))
        ),
        column1_clause=put("column1_clause", own),
        uncovered=put("uncovered", own),
    )


def provisional_lines(
    state: LawState, found: DutyLines, duty: Floats, left: Floats
) -> NDArray[np.bool_]:
    """Lines that depend on a list that is known from a proposal only (line,).

    Not to be on such a list is as uncertain as to be on it: an exemption marked so is provisional,
    and so is a duty of its action that is charged or not known.
    """
    clauses, live = state.clauses, state.live
    hazy = np.unique(clauses.action[live[clauses.provisional[live]]])
    says = clauses.provisional[found.clause] | (duty != 0)
    marked: NDArray[np.bool_] = np.isin(clauses.action[found.clause], hazy) & says & ~(left <= 0)
    return marked


def _is_column1(state: LawState, picked: Selection) -> NDArray[np.bool_]:
    clauses = state.clauses
    if COLUMN1 not in clauses.authorities:
        return np.zeros(len(picked.actions), dtype=bool)
    number = clauses.authorities.index(COLUMN1)
    of_action = np.zeros(len(clauses.actions), dtype=np.int64)
    of_action[clauses.action] = clauses.authority
    return np.equal(of_action[picked.actions], number)


def _column1(
    state: LawState, ships: Shipments, picked: Selection, ordinary: NDArray[np.bool_]
) -> tuple[Column1, Ints]:
    """Ordinary rate by crossing: the US schedule, or an importer's own action."""
    rate = np.full(len(ships), np.nan)
    part = np.zeros(len(ships))
    text = np.full(len(ships), "", dtype=object)
    own = np.full(len(ships), -1, dtype=np.int64)
    for column in np.flatnonzero(ordinary):
        has = (picked.clause[:, column] >= 0) & (picked.unknown[:, column] < 0)
        own[has] = picked.clause[has, column]
        for row in np.flatnonzero(picked.unknown[:, column] >= 0).tolist():
            text[row] = _hangs_on(state, ships, int(picked.unknown[row, column]), row)
        rate[has] = part[has] = state.clauses.rate[own[has]]
        text[has] = ""
    american = state.book.iso3[ships.importer] == USA
    own[(own < 0) & ~american] = NONE_HELD
    silent = (own == NONE_HELD) & (text == "")
    for importer in np.unique(ships.importer[silent]).tolist():
        text[silent & (ships.importer == importer)] = _not_encoded(state, importer)
    if american.any():
        claims = np.array([str(state.register.fact(f, "claim")) for f in ships.facts])
        us = np.flatnonzero(american)
        found = column1_rates(
            state.schedule,
            ships.number[us],
            ships.length[us],
            programs(
                claims[ships.facts_of[us]],
                state.book.iso3[ships.origin[us]],
                state.column2[ships.origin[us]],
            ),
            ships.value_usd[us],
            ships.quantity[us],
        )
        rate[us], part[us], text[us] = found.rate, found.known_part, found.text
    return Column1(rate, part, text), own


def _hangs_on(state: LawState, ships: Shipments, clause: int, row: int) -> str:
    """What an importer's ordinary rate hangs on that a crossing does not state."""
    when = state.clauses.whens[state.clauses.when[clause]]
    missing = state.register.missing(when, ships.facts[ships.facts_of[row]])
    importer = state.book.iso3[ships.importer[row]]
    asked = ", ".join(missing) or "more digits of the code"
    return f"the ordinary rate of {importer} depends on {asked}"


def _not_encoded(state: LawState, importer: int) -> str:
    """What to say of a good whose ordinary rate an importer's rules do not hold."""
    clauses, live, listed = state.clauses, state.live, state.scopes
    # A clause with conditions is no ordinary rate: a regime frees goods whose rate nobody knows.
    plain = np.array([not when for when in clauses.whens], dtype=bool)[clauses.when[live]]
    mine = live[plain & (clauses.importer[live] == importer)]
    mine = mine[[clauses.authorities[number] == COLUMN1 for number in clauses.authority[mine]]]
    held = listed.include & (listed.length > 0) & np.isin(listed.scope, clauses.scope[mine])
    chapters = np.unique(listed.number[held] // SPAN[2])
    said = f"no ordinary rate of {state.book.iso3[importer]} is encoded for this code"
    if not len(chapters):
        return said
    return f"{said}, only for goods of chapters {', '.join(f'{c:02d}' for c in chapters.tolist())}"


def _pairs(state: LawState, crossing: Ints, clause: Ints) -> tuple[Ints, Ints]:
    """Pairs (displacer, displaced) of lines of one crossing, sorted by the displaced line."""
    clauses = state.clauses
    displaces, authority = clauses.displaces[clause], clauses.authority[clause]
    first = np.searchsorted(crossing, crossing, "left")
    count = np.searchsorted(crossing, crossing, "right") - first
    displaced = np.repeat(np.arange(len(crossing)), count)
    start = np.cumsum(count) - count
    displacer = np.arange(len(displaced)) - start[displaced] + first[displaced]
    hit = (displaces[displacer] >> authority[displaced]) & 1 == 1
    hit &= displacer != displaced
    return displacer[hit], displaced[hit]


def _levels(state: LawState, clause: Ints, displacer: Ints, displaced: Ints) -> Ints:
    """Longest chain of displacers above each line.

    Raises
    ------
    CircleError
        If the chain is a circle.
    """
    level = np.zeros(len(clause), dtype=np.int64)
    if not len(displaced):
        return level
    starts = np.flatnonzero(np.r_[True, displaced[1:] != displaced[:-1]])
    lower = displaced[starts]
    for _ in range(len(state.clauses.actions) + 1):
        raised = np.maximum.reduceat(level[displacer] + 1, starts)
        if (raised == level[lower]).all():
            return level
        level[lower] = raised
    circle = level > len(state.clauses.actions)
    names = sorted({state.clauses.actions[a] for a in state.clauses.action[clause[circle]]})
    raise CircleError("actions displace one another in a circle", ", ".join(names))


def _uncovered(state: LawState, ships: Shipments) -> NDArray[np.object_]:
    """Authority that exists and is not encoded, for each US crossing."""
    found = np.full(len(ships), "", dtype=object)
    coverage = state.book.coverage
    if not len(coverage):
        return found
    for authority, prefix in zip(coverage["authority"], coverage["hts_prefix"], strict=True):
        scale = 10 ** (10 - len(prefix))
        hit = (ships.number // scale == int(prefix)) & (ships.length >= len(prefix))
        hit &= state.book.iso3[ships.importer] == USA
        named = found[hit]
        found[hit] = [f"{text}, {authority}" if text else str(authority) for text in named]
    return found
