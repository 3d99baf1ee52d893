"""Chooses, for every crossing and action, the clause that holds on a day.

The order of preference is that of ``docs/law-engine.md``: exemption, a scenario's own row, more
conditions, origin, longer prefix, later date, later place. It is written into one whole number
for each clause and crossing; the greatest holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.law.attributes import Facts
from exposure.law.scope import NO, UNKNOWN, YES, States, match
from exposure.law.state import PLACE_BITS, LawState

Ints = NDArray[np.int64]
BLOCK = 1 << 21
"""Cells (crossing, clause) that are looked at in one go: they fit the cache of a processor."""


@dataclass(frozen=True)
class Shipments:
    """Crossings of one law state.

    Attributes
    ----------
    number, length (crossing,)
        HTS codes as `exposure.law.codes.pack` gives them.
    origin, importer (crossing,)
        Numbers of countries, see ``LawBook.iso3``.
    facts
        Distinct sets of attributes.
    facts_of (crossing,)
        Which set each crossing has.
    value_usd, quantity (crossing,)
        NaN where not stated.
    """

    number: Ints
    length: Ints
    origin: Ints
    importer: Ints
    facts: Sequence[Facts]
    facts_of: Ints
    value_usd: NDArray[np.float64]
    quantity: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the crossings."""
        return len(self.number)

    def take(self, rows: Ints) -> Shipments:
        """Some of the crossings, with the facts that they state."""
        names = ("number", "length", "origin", "importer")
        arrays = {name: getattr(self, name)[rows] for name in names}
        used, facts_of = np.unique(self.facts_of[rows], return_inverse=True)
        return Shipments(
            **arrays,
            facts=[self.facts[place] for place in used],
            facts_of=facts_of,
            value_usd=self.value_usd[rows],
            quantity=self.quantity[rows],
        )


@dataclass(frozen=True)
class Selection:
    """What holds: for each action a clause, none, or not known.

    Attributes
    ----------
    actions (action,)
        Numbers of the actions that have a live clause for one of the crossings.
    clause (crossing, action)
        Row of ``LawBook.clauses`` that holds, -1 for none.
    unknown (crossing, action)
        Row of a clause that would change the result if a fact that is not known were so; -1 none.
    """

    actions: Ints
    clause: Ints
    unknown: Ints


@dataclass(frozen=True)
class _Parts:
    """States of the distinct codes, origins, importers and facts, clause by clause."""

    code: States
    length: States
    rank: States
    importer: NDArray[np.bool_]
    fact: States
    code_of: Ints
    origin_of: Ints
    importer_of: Ints
    facts_of: Ints


def select(state: LawState, ships: Shipments) -> Selection:
    """Clause of every action for every crossing."""
    live, parts = _candidates(state, ships)
    clauses = state.clauses
    action = clauses.action[live]
    starts = np.flatnonzero(np.r_[True, action[1:] != action[:-1]])[: len(live)]
    actions = action[starts]
    chosen = np.full((len(ships), len(actions)), -1, dtype=np.int64)
    unknown = np.full_like(chosen, -1)
    if not len(live):
        return Selection(actions, chosen, unknown)
    of_action = np.cumsum(np.r_[0, action[1:] != action[:-1]])
    fixed = clauses.order[live] + np.arange(len(live))
    effect = clauses.effect[live]
    step = max(1, BLOCK // len(live))
    for first in range(0, len(ships), step):
        rows = slice(first, first + step)
        sure, maybe, score = _scores(parts, fixed, rows)
        best = np.maximum.reduceat(np.where(sure, score, -1), starts, axis=1)
        place = _place(best)
        chosen[rows] = np.where(best >= 0, live[place], -1)
        if maybe.any():
            settled = np.where(best >= 0, effect[place], 0)[:, of_action]
            could = maybe & (score > best[:, of_action]) & (effect != settled)
            top = np.maximum.reduceat(np.where(could, score, -1), starts, axis=1)
            unknown[rows] = np.where(top >= 0, live[_place(top)], -1)
    _end(state, ships, actions, chosen, unknown)
    return Selection(actions, chosen, unknown)


def _place(score: Ints) -> Ints:
    """Place of a clause in a score; 0 for a score of none."""
    return np.where(score >= 0, score & ((1 << PLACE_BITS) - 1), 0)


def _candidates(state: LawState, ships: Shipments) -> tuple[Ints, _Parts]:
    """Live clauses that may concern one of the crossings, and what decides about them."""
    clauses, live = state.clauses, state.live
    keys = ships.number * 16 + ships.length
    codes, code_of = np.unique(keys, return_inverse=True)
    origins, origin_of = np.unique(ships.origin, return_inverse=True)
    importers, importer_of = np.unique(ships.importer, return_inverse=True)
    inside, length = match(state.scopes, codes // 16, codes % 16)
    rank = state.ranks[origins]
    wanted: NDArray[np.bool_] = np.equal(clauses.importer[live], importers[:, None])
    live_scope, live_origin = clauses.scope[live], clauses.origin[live]
    kept = (
        np.any(inside != NO, axis=0)[live_scope]
        & np.any(rank > 0, axis=0)[live_origin]
        & np.any(wanted, axis=0)
    )
    live, wanted = live[kept], wanted[:, kept]
    whens, when_of = np.unique(clauses.when[live], return_inverse=True)
    holds = np.array(
        [[state.register.holds(clauses.whens[when], facts) for when in whens]
         for facts in ships.facts],
        dtype=np.int8,
    ).reshape(len(ships.facts), len(whens))  # fmt: skip
    fact = holds[:, when_of]
    kept = (fact != NO).any(axis=0)
    live = live[kept]
    return live, _Parts(
        code=inside[:, clauses.scope[live]],
        length=np.maximum(length, 0)[:, clauses.scope[live]],
        rank=rank[:, clauses.origin[live]],
        importer=wanted[:, kept],
        fact=fact[:, kept],
        code_of=code_of,
        origin_of=origin_of,
        importer_of=importer_of,
        facts_of=ships.facts_of,
    )


def _scores(
    parts: _Parts, fixed: Ints, rows: slice
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Ints]:
    """Whether each clause holds, whether it may, and its score: all (crossing, clause)."""
    code, fact = parts.code[parts.code_of[rows]], parts.fact[parts.facts_of[rows]]
    rank = parts.rank[parts.origin_of[rows]]
    meant = (rank > 0) & parts.importer[parts.importer_of[rows]] & (code != NO) & (fact != NO)
    sure = meant & (code == YES) & (fact == YES)
    score = (
        fixed
        + (parts.length[parts.code_of[rows]].astype(np.int64) << 40)
        + (rank.astype(np.int64) << 44)
    )
    return sure, meant & ~sure, score


def _end(state: LawState, ships: Shipments, actions: Ints, chosen: Ints, unknown: Ints) -> None:
    """Take out actions that have ended; mark those of which it is not known."""
    for column, action in enumerate(actions.tolist()):
        for when in state.ends.get(action, ()):
            held = [state.register.holds(when, facts) for facts in ships.facts]
            over = np.array(held, dtype=np.int8)[ships.facts_of]
            mine = chosen[:, column]
            charges = (mine >= 0) & (state.clauses.effect[mine] != 0)
            hazy = (over == UNKNOWN) & charges & (unknown[:, column] < 0)
            unknown[hazy, column] = mine[hazy]
            chosen[over == YES, column] = -1
            unknown[over == YES, column] = -1
