"""The panel of every day between two days, kept by interval: only what changes.

Lines that the law never tells apart in that time form a class, and so do countries. On each day on
which the law changes, the stacks of those pairs are worked out anew that a changed clause, list or
line concerns; a pair's interval ends where its stack becomes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.law.book import LawBook
from exposure.law.codes import pack
from exposure.law.panel import (
    VALUES,
    Panel,
    american_scopes,
    classes,
    ordinary_signs,
    panel,
    scope_signs,
)
from exposure.law.scope import NO, match
from exposure.law.state import LawState, law_state
from exposure.law.timeline import next_day

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """Stacks by interval.

    Attributes
    ----------
    hts, origin
        Ten-digit codes and ISO3 countries, in order.
    line_class (line,), origin_class (country,)
        Class of each.
    line_number, origin_number (interval,)
        Classes of the pair; intervals are in order of pair and day.
    start, end (interval,)
        First and last day.
    stack (interval,)
        Row of ``values``.
    values (stack, value) [fraction of customs value]
        Columns of a panel, see ``exposure.law.panel.VALUES``.
    provisional (stack,)
        Whether a measure that rests on a proposed list has a say.
    days
        Days on which the law changes, the first included.
    """

    hts: NDArray[np.str_]
    origin: NDArray[np.str_]
    line_class: Ints
    origin_class: Ints
    line_number: Ints
    origin_number: Ints
    start: Ints
    end: Ints
    stack: Ints
    values: Floats
    provisional: NDArray[np.bool_]
    days: Ints

    def on(self, day: int) -> Panel:
        """The panel of one day."""
        live = (self.start <= day) & (self.end >= day)
        shape = (int(self.line_class.max()) + 1, int(self.origin_class.max()) + 1)
        values = np.full((*shape, len(VALUES)), np.nan)
        provisional = np.zeros(shape, dtype=bool)
        at = (self.line_number[live], self.origin_number[live])
        values[at] = self.values[self.stack[live]]
        provisional[at] = self.provisional[self.stack[live]]
        return Panel(self.hts, self.origin, self.line_class, self.origin_class, values, provisional)

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame]) -> History:
        """A history from its tables."""
        lines, origins, intervals = (tables[n] for n in ("lines", "origins", "intervals"))
        stacks = tables["stacks"]
        return cls(
            hts=lines["hts"].to_numpy(dtype=str),
            origin=origins["origin"].to_numpy(dtype=str),
            line_class=lines["line_class"].to_numpy(dtype=np.int64),
            origin_class=origins["origin_class"].to_numpy(dtype=np.int64),
            line_number=intervals["line_class"].to_numpy(dtype=np.int64),
            origin_number=intervals["origin_class"].to_numpy(dtype=np.int64),
            start=intervals["from"].to_numpy(dtype=np.int64),
            end=intervals["until"].to_numpy(dtype=np.int64),
            stack=intervals["stack"].to_numpy(dtype=np.int64),
            values=stacks[list(VALUES)].to_numpy(dtype=float),
            provisional=stacks["provisional"].to_numpy(dtype=bool),
            days=np.unique(intervals["from"].to_numpy(dtype=np.int64)),
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        """Frames ``lines``, ``origins``, ``intervals`` and ``stacks``, joined by their numbers."""
        return {
            "lines": pd.DataFrame({"hts": self.hts, "line_class": self.line_class}),
            "origins": pd.DataFrame({"origin": self.origin, "origin_class": self.origin_class}),
            "intervals": pd.DataFrame(
                {
                    "line_class": self.line_number.astype(np.int32),
                    "origin_class": self.origin_number.astype(np.int16),
                    "from": self.start.astype(np.int32),
                    "until": self.end.astype(np.int32),
                    "stack": self.stack.astype(np.int32),
                }
            ),
            "stacks": pd.DataFrame(self.values, columns=list(VALUES)).assign(
                provisional=self.provisional
            ),
        }


def history(book: LawBook, first: int, last: int, known: int, codes: Sequence[str]) -> History:
    """Stacks of codes from every country on every day from ``first`` to ``last``.

    Nobody claims a preference, and shipments state nothing.

    Raises
    ------
    DataError
        If authorities displace one another in a circle.
    """
    changes = book.changes[(book.changes > first) & (book.changes <= last)]
    days = np.concatenate([[first], changes])
    states = [law_state(book, int(day), known) for day in days]
    number, length = pack(codes)
    line_class, line_of = _line_classes(states, number, length)
    origin_class, origin_of = _origin_classes(states)
    reps = [codes[line] for line in line_of]
    number, length = number[line_of], length[line_of]
    kept = _Stacks()
    current = np.full((len(line_of), len(origin_of)), -1, dtype=np.int64)
    changed: list[tuple[Ints, Ints]] = []
    before: LawState | None = None
    for day, state in zip(days.tolist(), states, strict=True):
        lines, origins = _concerned(before, state, number, length, origin_of)
        before = state
        if not (len(lines) and len(origins)):
            changed.append((np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)))
            continue
        part = panel(book, day, known, [reps[line] for line in lines], origins=origin_of[origins])
        fresh = kept.numbers(part)[part.line_class[:, None], part.origin_class[None, :]]
        where = np.ix_(lines, origins)
        row, column = np.nonzero(current[where] != fresh)
        current[where] = fresh
        changed.append((lines[row] * len(origin_of) + origins[column], fresh[row, column]))
    pair, start, end, stack = _intervals(days, last, changed)
    return History(
        hts=np.array(codes, dtype=str),
        origin=book.iso3,
        line_class=line_class,
        origin_class=origin_class,
        line_number=pair // len(origin_of),
        origin_number=pair % len(origin_of),
        start=start,
        end=end,
        stack=stack,
        values=kept.values(),
        provisional=kept.provisional(),
        days=days,
    )


def _line_classes(states: Sequence[LawState], number: Ints, length: Ints) -> tuple[Ints, Ints]:
    """Classes of lines that no state tells apart."""
    used = np.unique(np.concatenate([american_scopes(state) for state in states]))
    seen: Ints | None = None
    rates: Ints | None = None
    key = np.zeros(len(number), dtype=np.int64)
    before: LawState | None = None
    for state in states:
        columns: list[Ints] = []
        if before is None or before.scopes is not state.scopes:
            signs = scope_signs(state, number, length, used)
            columns += _moved_columns(seen, signs)
            seen = signs
        if before is None or before.schedule is not state.schedule:
            ordinary = ordinary_signs(state, number)
            columns += _moved_columns(rates, ordinary)
            rates = ordinary
        key, _ = classes([key, *columns])
        before = state
    return classes([key])


def _moved_columns(before: Ints | None, now: Ints) -> list[Ints]:
    """Columns that differ from those of the state before: the others tell nothing new."""
    if before is None:
        return list(now.T)
    return list(now.T[(before != now).any(axis=0)])


def _origin_classes(states: Sequence[LawState]) -> tuple[Ints, Ints]:
    """Classes of countries that no state tells apart."""
    used = np.unique(np.concatenate([s.clauses.origin[s.live] for s in states]))
    key = np.zeros(len(states[0].book.iso3), dtype=np.int64)
    before: LawState | None = None
    for state in states:
        if before is None or before.ranks is not state.ranks:
            key, _ = classes([key, *state.ranks[:, used].T, state.column2])
        before = state
    return classes([key])


def _concerned(
    before: LawState | None, state: LawState, number: Ints, length: Ints, origin: Ints
) -> tuple[Ints, Ints]:
    """Lines and countries that the difference between two states may concern."""
    if before is None:
        return np.arange(len(number)), np.arange(len(origin))
    scope, meant = _changed_clauses(before, state)
    used = np.union1d(american_scopes(before), american_scopes(state))
    lines = np.zeros(len(number), dtype=bool)
    origins = np.zeros(len(origin), dtype=bool)
    for one in (before, state):
        lines |= (match(one.scopes, number, length)[0][:, scope] != NO).any(axis=1)
        origins |= (one.ranks[origin][:, meant] > 0).any(axis=1)
    moved = np.zeros(len(number), dtype=bool)
    if before.scopes is not state.scopes:
        old, new = (scope_signs(one, number, length, used) for one in (before, state))
        moved |= (old != new).any(axis=1)
    if before.schedule is not state.schedule:
        moved |= (ordinary_signs(before, number) != ordinary_signs(state, number)).any(axis=1)
    # A list or a line that changes may concern every country, and a group every line.
    if moved.any():
        lines, origins = lines | moved, np.ones_like(origins)
    if before.ranks is not state.ranks:
        joined = (before.ranks != state.ranks).any(axis=1) | (before.column2 != state.column2)
        if joined.any():
            lines, origins = np.ones_like(lines), origins | joined[origin]
    return np.flatnonzero(lines), np.flatnonzero(origins)


def _changed_clauses(before: LawState, state: LawState) -> tuple[Ints, Ints]:
    """Scopes and origins of American clauses that came, went, or whose action ended or revived."""
    clauses = state.clauses
    changed = np.setxor1d(before.live, state.live)
    ended = [a for a in {*before.ends, *state.ends} if before.ends.get(a) != state.ends.get(a)]
    over = state.live[np.isin(clauses.action[state.live], ended)]
    changed = np.union1d(changed, over).astype(np.int64)
    changed = changed[clauses.importer[changed] == state.book.country([USA])[0]]
    return np.unique(clauses.scope[changed]), np.unique(clauses.origin[changed])


class _Stacks:
    """Distinct stacks, numbered as they come."""

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}
        self._rows: list[Floats] = []

    def numbers(self, part: Panel) -> Ints:
        """Number of the stack of each pair of classes."""
        flags = part.provisional[..., None].astype(float)
        rows = np.concatenate([part.values, flags], axis=2).reshape(-1, len(VALUES) + 1)
        rows[np.isnan(rows)] = np.nan
        key, first = classes(list(rows.view(np.int64).T))
        of_class = np.empty(len(first), dtype=np.int64)
        for place, row in enumerate(rows[first]):
            number = self._known.setdefault(row.tobytes(), len(self._rows))
            if number == len(self._rows):
                self._rows.append(row)
            of_class[place] = number
        return of_class[key].reshape(part.provisional.shape)

    def values(self) -> Floats:
        """All stacks (stack, value)."""
        return np.array(self._rows).reshape(-1, len(VALUES) + 1)[:, :-1]

    def provisional(self) -> NDArray[np.bool_]:
        """Flags of all stacks (stack,)."""
        return np.array(self._rows).reshape(-1, len(VALUES) + 1)[:, -1] > 0


def _intervals(
    days: Ints, last: int, changed: Sequence[tuple[Ints, Ints]]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Pair, first day, last day and stack of every interval, in order of pair and day."""
    pair = np.concatenate([one for one, _ in changed])
    stack = np.concatenate([one for _, one in changed])
    place = np.repeat(np.arange(len(days)), [len(one) for one, _ in changed])
    order = np.lexsort((place, pair))
    pair, stack, place = pair[order], stack[order], place[order]
    eve = next_day(days, -1)
    end = np.full(len(pair), last, dtype=np.int64)
    again = np.flatnonzero(pair[1:] == pair[:-1])
    end[again] = eve[place[again + 1]]
    return pair, days[place], end, stack
