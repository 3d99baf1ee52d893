"""The law between two laws: some measures as the one has them, the others as the other.

To ask whose doing a change is, every measure must be put into force by itself. A blend holds the
clauses that act under the old law and under the new one side by side; a coalition names the
measures that stand as in the new. Lists of goods and ordinary rates are those of the new day: what
they alone change is told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import CircleError
from exposure.law.base import Tag
from exposure.law.book import LawBook
from exposure.law.state import LawState, law_state
from exposure.law.timeline import HINDSIGHT, days
from exposure.model.compile import Border, borders, compiled_law
from exposure.model.compiled import CompiledLaw

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Version:
    """A law: its book, its day and the day from which it is seen (ISO; empty: hindsight)."""

    book: LawBook
    on: str
    known: str

    @property
    def state(self) -> LawState:
        """What acts."""
        return law_state(self.book, *self.clock)

    @property
    def clock(self) -> tuple[int, int]:
        """The two days as whole numbers."""
        return int(days([self.on])[0]), int(days([self.known], HINDSIGHT)[0])


@dataclass(frozen=True)
class Blend:
    """Two laws in one book.

    Attributes
    ----------
    book
        Clauses of both, those of the old law first.
    old, new
        The laws.
    edges, tags
        Crossings and tracked content of the network that is asked.
    """

    book: LawBook
    old: Version
    new: Version
    edges: pd.DataFrame
    tags: Sequence[Tag]

    @cached_property
    def _borders(self) -> Sequence[Border]:
        return borders(self.edges)

    @cached_property
    def _rows(self) -> tuple[Ints, Ints]:
        """Rows of the book that act under the old and under the new law."""
        shift = 0 if self.old.book is self.new.book else len(self.old.book.clauses)
        return self.old.state.live, self.new.state.live + shift

    @cached_property
    def _ends(self) -> tuple[Mapping[int, tuple[Mapping[str, object], ...]], ...]:
        """Endings under both laws, by the number of the action in the book."""
        place = {name: number for number, name in enumerate(self.book.arrays.actions)}
        return tuple(
            {
                place[version.book.arrays.actions[n]]: whens
                for n, whens in version.state.ends.items()
            }
            for version in (self.old, self.new)
        )

    @cached_property
    def _gentle(self) -> LawBook:
        """The book in which old clauses do not displace what the new law sets above them.

        Who goes before whom has changed over time: an old and a new clause may each displace the
        other. Where they would run in a circle, the new order holds.
        """
        arrays = self.book.arrays
        old, new = self._rows
        number = {name: n for n, name in enumerate(arrays.authorities)}
        above = np.zeros(len(number), dtype=np.int64)
        for row in new.tolist():
            bit = 1 << int(arrays.authority[row])
            for authority in number.values():
                if int(arrays.displaces[row]) >> authority & 1:
                    above[authority] |= bit
        displaces = arrays.displaces.copy()
        displaces[old] &= ~above[arrays.authority[old]]
        made = replace(self.book, kept={})
        for name, value in vars(self.book).items():
            if name not in made.__dataclass_fields__:
                vars(made)[name] = value
        vars(made)["arrays"] = replace(arrays, displaces=displaces)
        return made

    def law(self, names: Collection[str], without: Collection[str] = ()) -> CompiledLaw:
        """The law in which the actions ``names`` are as in the new law, all others as in the old.

        Clauses ``without`` (``action/clause``) do not act.
        """
        try:
            return self._law(self.book, names, without)
        except CircleError:
            return self._law(self._gentle, names, without)

    def _law(self, book: LawBook, names: Collection[str], without: Collection[str]) -> CompiledLaw:
        arrays = book.arrays
        chosen = np.array([name in names for name in arrays.actions], dtype=bool)
        old, new = self._rows
        live = np.concatenate([old[~chosen[arrays.action[old]]], new[chosen[arrays.action[new]]]])
        if without:
            live = live[~np.isin(book.clause_keys[live], list(without))]
        live = live[np.argsort(arrays.action[live], kind="stable")]
        ends = {
            action: whens
            for side, found in enumerate(self._ends)
            for action, whens in found.items()
            if chosen[action] == bool(side)
        }
        state = replace(law_state(book, *self.new.clock), live=live, ends=ends)
        return compiled_law(
            "blend", book, self._borders, self.tags, self.new.on, self.new.known,
            state=state, strict=False,
        )  # fmt: skip

    def changed(self) -> list[str]:
        """Actions that charge a crossing otherwise under the new law, in the order of the book."""
        every = self.book.arrays.actions
        sides = [self.charges(self.law(names)) for names in ((), every)]
        touched = {action for action, _, _ in sides[0] ^ sides[1]}
        return [name for name in every if name in touched]

    def charges(self, law: CompiledLaw) -> set[tuple[str, int, int]]:
        """(Action, edge, number of its effect) of every line that may charge something."""
        arrays = self.book.arrays
        found = set()
        for level in law.levels.values():
            for crossing, clause in zip(
                level.lines.crossing.tolist(), level.lines.clause.tolist(), strict=True
            ):
                effect = int(arrays.effect[clause])
                if effect:
                    edge = int(level.edges[crossing])
                    found.add((arrays.actions[int(arrays.action[clause])], edge, effect))
        return found


def blend(old: Version, new: Version, edges: pd.DataFrame, tags: Sequence[Tag]) -> Blend:
    """Two laws in one book."""
    if old.book is new.book:
        return Blend(new.book, old, new, edges, tags)
    clauses = pd.concat([old.book.clauses, new.book.clauses], ignore_index=True)
    scopes = pd.concat([old.book.scopes, new.book.scopes], ignore_index=True).drop_duplicates(
        ignore_index=True
    )
    return Blend(new.book.with_rows(clauses, scopes, new.book.ends), old, new, edges, tags)
