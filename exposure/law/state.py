"""The law of one day as known on one day, ready to be asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

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
PLACE_BITS = 12
"""Bits of a clause's score that hold its place among the live ones."""


@dataclass(frozen=True)
class LawState:
    """Live rows of a book. All days between the same turns of the law share one.

    Attributes
    ----------
    book
        The law of all days.
    live (clause,)
        Rows of ``book.arrays`` that act, by action and place.
    ends
        Conditions of the endings that have taken effect, by number of the action.
    scopes, schedule
        Prefixes and lines of the day.
    ranks (country, pair of origins)
        How a clause's origins mean a country: 0 not, 1 by ``*``, 2 by a group, 3 by itself; the
        numbers of countries are those of ``book.iso3``.
    column2 (country,)
        Countries without normal trade relations.
    """

    book: LawBook
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
    turns, publics = book.turns
    day = np.searchsorted(turns, on, "right")
    seen = np.searchsorted(publics, known, "right")
    return (day * (len(publics) + 1) + seen).astype(np.int64)


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
    live = np.flatnonzero(clauses.in_force & clauses.clock.acts(on, known))
    live = live[np.argsort(clauses.action[live], kind="stable")]
    if len(live) >= 1 << PLACE_BITS:
        raise DataError(f"{len(live)} clauses act at once", str(on), f"at most {1 << PLACE_BITS}")
    over: dict[int, list[Mapping[str, object]]] = {}
    for row in records(book.ends[book.end_clock.acts(on, known)]):
        action = clauses.actions.index(str(row["action"]))
        over.setdefault(action, []).append(json.loads(str(row["when"])))
    members = _members(book, on)
    return LawState(
        book=book,
        live=live,
        ends={action: tuple(whens) for action, whens in over.items()},
        scopes=in_days(book.listed, on),
        schedule=book.schedule.on(on),
        ranks=_ranks(book, members),
        column2=members.get("column2", np.zeros(len(book.iso3), dtype=bool)),
    )


def _members(book: LawBook, on: int) -> dict[str, NDArray[np.bool_]]:
    """Members (country,) of each group on a day."""
    groups = book.groups
    live = (days(groups["from"]) <= on) & (days(groups["until"], HINDSIGHT) >= on)
    found = groups[live].groupby("group")["country"]
    return {str(name): np.isin(book.iso3, rows.to_numpy(dtype=str)) for name, rows in found}


def _ranks(book: LawBook, members: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.int8]:
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
    return np.stack(columns, axis=1) if columns else np.zeros((len(book.iso3), 0), dtype=np.int8)
