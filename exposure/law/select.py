"""Chooses, for every crossing and action, the clause that holds on a day.

The order of preference is that of ``docs/law-engine.md``: exemption, a scenario's own row, more
conditions, origin, longer prefix, later date, later place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.frames import records
from exposure.law.book import LawBook
from exposure.law.scope import NO, UNKNOWN, YES, Matcher
from exposure.law.timeline import ended, in_force

Ints = NDArray[np.int64]
EFFECT = (
    "kind", "rate", "cap", "base", "material", "made_in", "not_made_in", "maker", "not_maker",
    "covers", "displaces",
)  # fmt: skip
"""Columns that say what a clause does: two clauses alike in them have the same result."""


@dataclass(frozen=True)
class Shipments:
    """Crossings of one law state.

    Attributes
    ----------
    codes, origins, importers (crossing,)
        HTS digits and ISO3 codes.
    facts
        Distinct sets of attributes.
    facts_of (crossing,)
        Which set each crossing has.
    """

    codes: NDArray[np.str_]
    origins: NDArray[np.str_]
    importers: NDArray[np.str_]
    facts: list[Mapping[str, object]]
    facts_of: Ints

    def __len__(self) -> int:
        """Count the crossings."""
        return len(self.codes)


@dataclass(frozen=True)
class Selection:
    """What holds: for each action a clause, none, or not known.

    Attributes
    ----------
    actions
        Action ids, in the order of the rows below.
    clause (action, crossing)
        Row of ``LawBook.clauses`` that holds, -1 for none.
    unknown (action, crossing)
        Row of a clause that would change the result if a fact that is not known were so; -1 none.
    """

    actions: list[str]
    clause: Ints
    unknown: Ints


def select(book: LawBook, matcher: Matcher, ships: Shipments, on: str, known: str) -> Selection:
    """Clause of every action for every crossing on a day, as known on a day."""
    live = book.clauses[in_force(book.clauses, on, known)]
    live = live[live["importer"].isin(set(ships.importers.tolist()))]
    over = ended(book.ends, on, known)
    effects = pd.Series(
        live.groupby(list(EFFECT), dropna=False, sort=False).ngroup().to_numpy() + 1,
        index=live.index,
    )
    effects[live["exempt"] | ((live["kind"] == "rate") & (live["rate"] == 0))] = 0
    codes, code_of = np.unique(ships.codes, return_inverse=True)
    origins, origin_of = np.unique(ships.origins, return_inverse=True)
    actions: list[str] = []
    chosen: list[Ints] = []
    unknown: list[Ints] = []
    for action, rows in live.groupby("action", sort=False):
        states = _Matches(matcher, rows, ships, codes, code_of, origins, origin_of, on)
        if not states.any():
            continue
        best, maybe = _choose(rows, states, effects)
        gone = _gone(matcher, over[over["action"] == action], ships)
        best[gone == YES], maybe[gone == YES] = -1, -1
        if (best >= 0).any() or (maybe >= 0).any():
            actions.append(str(action))
            chosen.append(best)
            unknown.append(maybe)
    empty = np.empty((0, len(ships)), dtype=np.int64)
    return Selection(
        actions, np.array(chosen) if chosen else empty, np.array(unknown) if unknown else empty
    )


class _Matches:
    """States and scores of the clauses of one action, made one by one to keep memory low."""

    def __init__(
        self,
        matcher: Matcher,
        rows: pd.DataFrame,
        ships: Shipments,
        codes: NDArray[np.str_],
        code_of: Ints,
        origins: NDArray[np.str_],
        origin_of: Ints,
        on: str,
    ) -> None:
        self.ships, self.code_of, self.origin_of = ships, code_of, origin_of
        scopes = {s: matcher.codes(s, codes, on) for s in rows["scope_id"].unique()}
        self.rows: list[tuple[int, NDArray[np.int8], NDArray[np.int8], NDArray[np.int8], Ints]] = []
        self.importer = ships.importers == rows["importer"].iloc[0]
        for place, row in enumerate(records(rows)):
            state, length = scopes[row["scope_id"]]
            rank = matcher.origins(str(row["origin"]), str(row["not_origin"]), origins, on)
            if not ((state != NO).any() and (rank > 0).any()):
                continue
            facts = matcher.conditions(str(row["when"]), ships.facts)
            if (facts == NO).all():
                continue
            fixed = _fixed_score(row, place)
            score = fixed[0] + (np.maximum(length, 0).astype(np.int64) << 40) + fixed[1]
            self.rows.append((int(rows.index[place]), state, rank, facts, score))

    def any(self) -> bool:
        """Whether some clause may match some crossing."""
        return bool(self.rows)

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.int64], Ints]]:
        """Yield clause row, state (crossing,), score (crossing,)."""
        for index, code_state, rank, facts, score in self.rows:
            code = code_state[self.code_of]
            origin = rank[self.origin_of]
            fact = facts[self.ships.facts_of]
            state = np.where((code == UNKNOWN) | (fact == UNKNOWN), UNKNOWN, YES).astype(np.int64)
            state[(code == NO) | (origin == 0) | (fact == NO) | ~self.importer] = NO
            yield index, state, score[self.code_of] + (origin.astype(np.int64) << 44)


def _fixed_score(row: dict[str, object], place: int) -> tuple[int, int]:
    """Part of the score above and below origin and prefix length.

    Bits: exempt 58, added 57, conditions 48-56, origin 44-47, prefix 40-43, date 12-39, place 0-11.
    """
    conditions = len(json.loads(str(row["when"])))
    high = (bool(row["exempt"]) << 58) + (bool(row["added"]) << 57) + (conditions << 48)
    return high, (int(str(row["from"]).replace("-", "")) << 12) + place


def _choose(rows: pd.DataFrame, states: _Matches, effects: pd.Series[int]) -> tuple[Ints, Ints]:
    count = len(states.ships)
    best = np.full(count, -1, dtype=np.int64)
    best_score = np.full(count, -1, dtype=np.int64)
    effect = np.zeros(count, dtype=np.int64)
    for index, state, score in states:
        wins = (state == YES) & (score > best_score)
        best[wins], effect[wins] = index, effects.loc[index]
        best_score[wins] = score[wins]
    maybe = np.full(count, -1, dtype=np.int64)
    for index, state, score in states:
        could = (state == UNKNOWN) & (score > best_score) & (effect != effects.loc[index])
        maybe[could] = index
    return best, maybe


def _gone(matcher: Matcher, over: pd.DataFrame, ships: Shipments) -> NDArray[np.int8]:
    """Whether the action has ended for each crossing."""
    state = np.full(len(ships), NO, dtype=np.int8)
    for when in over["when"]:
        held = matcher.conditions(str(when), ships.facts)[ships.facts_of]
        state[held == YES] = YES
    return state
