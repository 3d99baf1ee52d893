"""Duty lines: one row for each crossing and action that has something to say about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import ALL_IN, RATE, SPECIFIC
from exposure.errors import DataError
from exposure.law.base import Bases, Tag, bases
from exposure.law.book import LawBook
from exposure.law.column1 import column1_rates
from exposure.law.scope import Matcher
from exposure.law.select import Selection, Shipments, select
from exposure.law.stack import Structure

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
KINDS = {"rate": RATE, "exempt": RATE, "all_in": ALL_IN, "specific": SPECIFIC}
COLUMN1 = "mfn"


@dataclass(frozen=True)
class DutyLines:
    """Lines of the crossings of one law state.

    Attributes
    ----------
    crossing, clause (line,)
        Crossing, and row of the book's clauses (of the clause that may hold, if not known).
    known (line,)
        False where a missing fact would change the result.
    rate, cap (line,) [fraction, or USD per unit]
        As written in the clause.
    structure, base
        What the kernel needs.
    column1 (crossing,) [fraction], column1_text
        Ordinary rate, NaN where not known, and its text where it is not plain.
    column1_clause (crossing,)
        Clause that gives it for importers other than the United States, -1 for the schedule.
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
    column1: Floats
    column1_text: list[str]
    column1_clause: Ints
    uncovered: list[str]


def duty_lines(
    book: LawBook, matcher: Matcher, ships: Shipments, tags: list[Tag], on: str, known: str
) -> DutyLines:
    """Lines of crossings on a day, as known on a day.

    Raises
    ------
    DataError
        If authorities displace one another in a circle.
    """
    picked = select(book, matcher, ships, on, known)
    ordinary = _is_column1(book, picked)
    column1, texts, own = _column1(book, matcher, ships, picked, ordinary, on)
    holds = np.where(picked.unknown >= 0, picked.unknown, picked.clause)
    action, crossing = np.nonzero((holds >= 0) & ~ordinary[:, None])
    clause = holds[action, crossing]
    sure = (picked.unknown < 0)[action, crossing]
    rows = book.clauses.iloc[clause]
    level, displacer, displaced = _order(rows, picked.actions, action, crossing, len(ships))
    kind: Ints = np.array([KINDS[str(name)] for name in rows["kind"]], dtype=np.int64)
    structure = Structure(
        crossing=crossing.astype(np.int64),
        kind=kind,
        level=level,
        displacer=displacer,
        displaced=displaced,
        covers_base=(rows["covers"] == "base").to_numpy(dtype=bool),
        crossings=len(ships),
    )
    rate = rows["rate"].to_numpy(dtype=float)
    return DutyLines(
        crossing=structure.crossing,
        clause=clause,
        known=sure,
        rate=np.where(sure, rate, np.nan),
        cap=rows["cap"].to_numpy(dtype=float),
        structure=structure,
        base=_bases(book, clause, tags),
        column1=column1,
        column1_text=texts,
        column1_clause=own,
        uncovered=_uncovered(book, ships),
    )


def _bases(book: LawBook, clause: Ints, tags: list[Tag]) -> Bases:
    """Bases of lines; made once for each clause, then dealt out."""
    distinct, of = np.unique(clause, return_inverse=True)
    made = bases([dict(book.clauses.iloc[int(row)]) for row in distinct], tags)
    return Bases(made.part[of], made.weights[of])


def _is_column1(book: LawBook, picked: Selection) -> NDArray[np.bool_]:
    authority = book.clauses.drop_duplicates("action").set_index("action")["authority"]
    return np.array([authority[name] == COLUMN1 for name in picked.actions], dtype=bool)


def _column1(
    book: LawBook,
    matcher: Matcher,
    ships: Shipments,
    picked: Selection,
    ordinary: NDArray[np.bool_],
    on: str,
) -> tuple[Floats, list[str], Ints]:
    """Ordinary rate by crossing: the US schedule, or an importer's own action."""
    rate = np.full(len(ships), np.nan)
    texts = ["no ordinary rate known for this importer and good"] * len(ships)
    own = np.full(len(ships), -1, dtype=np.int64)
    for action in np.flatnonzero(ordinary):
        clause = picked.clause[action]
        has = (clause >= 0) & (picked.unknown[action] < 0)
        own[has] = clause[has]
        rate[has] = book.clauses["rate"].to_numpy(dtype=float)[clause[has]]
        for row in np.flatnonzero(has):
            texts[row] = ""
    us = np.flatnonzero(ships.importers == "USA")
    if len(us):
        claims = np.array([str(matcher.fact(facts, "claim")) for facts in ships.facts])
        column2 = matcher.origins("column2", "", ships.origins[us], on) > 0
        rate[us], found = column1_rates(
            book.lines, ships.codes[us], claims[ships.facts_of[us]], ships.origins[us], column2, on
        )
        for row, text in zip(us, found, strict=True):
            texts[row] = text
    return rate, texts, own


def _order(
    rows: pd.DataFrame, actions: list[str], action: Ints, crossing: Ints, crossings: int
) -> tuple[Ints, Ints, Ints]:
    """Levels of lines, and the pairs (displacer, displaced), sorted by the displaced line."""
    at = np.full((len(actions), crossings), -1, dtype=np.int64)
    at[action, crossing] = np.arange(len(action))
    authority = rows["authority"].to_numpy(dtype=str)
    authority_of = {int(a): authority[np.flatnonzero(action == a)[0]] for a in np.unique(action)}
    displaces = rows["displaces"].to_numpy(dtype=str)
    first: list[Ints] = []
    second: list[Ints] = []
    edges: set[tuple[int, int]] = set()
    for source in authority_of:
        mine = np.flatnonzero(action == source)
        for text in np.unique(displaces[mine]):
            named = set(str(text).split())
            lines = mine[displaces[mine] == text]
            for target, name in authority_of.items():
                if target == source or name not in named:
                    continue
                other = at[target, crossing[lines]]
                both = other >= 0
                if both.any():
                    edges.add((source, target))
                    first.append(lines[both])
                    second.append(other[both])
    level = _levels(edges, actions)[action] if len(action) else np.empty(0, dtype=np.int64)
    if not first:
        none = np.empty(0, dtype=np.int64)
        return level, none, none
    displacer, displaced = np.concatenate(first), np.concatenate(second)
    order = np.lexsort((displacer, displaced))
    return level, displacer[order], displaced[order]


def _levels(edges: set[tuple[int, int]], actions: list[str]) -> Ints:
    """Longest chain of displacers above each action.

    Raises
    ------
    DataError
        If the chain is a circle.
    """
    level = np.zeros(len(actions), dtype=np.int64)
    for _ in range(len(actions) + 1):
        moved = False
        for source, target in edges:
            if level[target] <= level[source]:
                level[target] = level[source] + 1
                moved = True
        if not moved:
            return level
    names = sorted({actions[a] for edge in edges for a in edge})
    raise DataError("actions displace one another in a circle", ", ".join(names))


def _uncovered(book: LawBook, ships: Shipments) -> list[str]:
    """Authority that exists and is not encoded, for each US crossing."""
    if book.coverage.empty:
        return [""] * len(ships)
    names = book.coverage["authority"].to_numpy(dtype=str)
    prefixes = book.coverage["hts_prefix"].to_numpy(dtype=str)
    found: dict[str, str] = {}
    for code in np.unique(ships.codes).tolist():
        hit = [n for n, p in zip(names, prefixes, strict=True) if code.startswith(p)]
        found[code] = ", ".join(sorted(set(hit)))
    return [
        found[code] if importer == "USA" else ""
        for code, importer in zip(ships.codes.tolist(), ships.importers, strict=True)
    ]
