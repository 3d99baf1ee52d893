"""The law of one day as known on one day, ready to be asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.frames import records
from exposure.law.attributes import Register
from exposure.law.book import Clauses, LawBook
from exposure.law.column1 import Schedule
from exposure.law.scope import Scopes, in_days
from exposure.law.timeline import HINDSIGHT, days

Ints = NDArray[np.int64]
Made = TypeVar("Made")
PLACE_BITS = 12
"""Bits of a clause's score that hold its place among the live ones."""


@dataclass(frozen=True)
class LawState:
    """Live rows of a book. All days between the same turns of the law share one.

    Attributes
    ----------
    book
        The law of all days.
    on, known
        A day of the state, and a day from which it is seen, as whole numbers.
    live (clause,)
        Rows of ``book.arrays`` that act, by action and place; none of an action that is over.
    ends
        Conditions of the endings that have taken effect, by number of the action; one without
        conditions ends the action for every good.
    scopes, schedule
        Prefixes and lines of the day.
    ranks (country, pair of origins)
        How a clause's origins mean a country: 0 not, 1 by ``*``, 2 by a group, 3 by itself; the
        numbers of countries are those of ``book.iso3``.
    column2 (country,)
        Countries without normal trade relations.
    """

    book: LawBook
    on: int
    known: int
    live: Ints
    ends: Mapping[int, tuple[Mapping[str, object], ...]]
    scopes: Scopes
    schedule: Schedule
    ranks: NDArray[np.int8]
    column2: NDArray[np.bool_]

    @property
    def clauses(self) -> Clauses:
        """All clauses as arrays; ``live`` names rows of them."""
        return self.book.arrays

    @property
    def register(self) -> Register:
        """The legal attributes."""
        return self.book.register


def state_keys(book: LawBook, on: Ints, known: Ints) -> Ints:
    """Number of the law state of each row: equal numbers see equal law."""
    news = book.turns["news"]
    day = np.searchsorted(book.changes, on, "right")
    seen = np.searchsorted(news, known, "right")
    return (day * (len(news) + 1) + seen).astype(np.int64)


def law_state(book: LawBook, on: int, known: int = HINDSIGHT) -> LawState:
    """State of the law; kept with the book.

    Parameters
    ----------
    book
        The law.
    on, known
        Days as whole numbers, see `exposure.law.timeline.days`.

    Raises
    ------
    DataError
        If more clauses act than a score can tell apart.
    """
    key = ("state", int(state_keys(book, np.array([on]), np.array([known]))[0]))
    if key not in book.kept:
        book.kept[key] = _state(book, on, known)
    state = book.kept[key]
    assert isinstance(state, LawState)
    return state


def _state(book: LawBook, on: int, known: int) -> LawState:
    clauses = book.arrays
    over: dict[int, list[Mapping[str, object]]] = {}
    for row in records(book.ends[book.end_clock.acts(on, known)]):
        action = clauses.actions.index(str(row["action"]))
        over.setdefault(action, []).append(json.loads(str(row["when"])))
    gone = [action for action, whens in over.items() if not all(whens)]
    acts = clauses.in_force & clauses.clock.acts(on, known) & ~np.isin(clauses.action, gone)
    live = np.flatnonzero(acts)
    live = live[np.argsort(clauses.action[live], kind="stable")]
    if len(live) >= 1 << PLACE_BITS:
        raise DataError(f"{len(live)} clauses act at once", str(on), f"at most {1 << PLACE_BITS}")
    ranks, column2 = _between(book, "groups", on, _ranks)
    return LawState(
        book=book,
        on=on,
        known=known,
        live=live,
        ends={action: tuple(whens) for action, whens in over.items()},
        scopes=_between(book, "lists", on, lambda law, day: in_days(law.listed, day)),
        schedule=_between(book, "lines", on, lambda law, day: law.schedule.on(day)),
        ranks=ranks,
        column2=column2,
    )


def _between(book: LawBook, part: str, on: int, make: Callable[[LawBook, int], Made]) -> Made:
    """What ``make`` gives for a day; made once between two turns of a part of the law."""
    key = (part, int(np.searchsorted(book.turns[part], on, "right")))
    if key not in book.kept:
        book.kept[key] = make(book, on)
    return cast("Made", book.kept[key])


def _members(book: LawBook, on: int) -> dict[str, NDArray[np.bool_]]:
    """Members (country,) of each group on a day."""
    groups = book.groups
    live = (days(groups["from"]) <= on) & (days(groups["until"], HINDSIGHT) >= on)
    found = groups[live].groupby("group")["country"]
    return {str(name): np.isin(book.iso3, rows.to_numpy(dtype=str)) for name, rows in found}


def _ranks(book: LawBook, on: int) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """``LawState.ranks`` and ``LawState.column2``."""
    members = _members(book, on)

    def rank(names: str) -> NDArray[np.int8]:
        best = np.zeros(len(book.iso3), dtype=np.int8)
        for name in names.split():
            if name == "*":
                best = np.maximum(best, np.int8(1))
            elif name in members:
                best = np.maximum(best, 2 * members[name].astype(np.int8))
            else:
                best = np.maximum(best, 3 * (book.iso3 == name).astype(np.int8))
        return best.astype(np.int8)

    columns = [
        np.where(rank(unwanted) > 0, np.int8(0), rank(wanted))
        for wanted, unwanted in book.arrays.origins
    ]
    column2 = members.get("column2", np.zeros(len(book.iso3), dtype=bool))
    return np.array(columns, dtype=np.int8).reshape(-1, len(book.iso3)).T.copy(), column2
