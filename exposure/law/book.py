"""The law as tables: what the engine is given, and the same as arrays."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import ALL_IN, COMPONENTS, RATE, SPECIFIC
from exposure.errors import DataError
from exposure.frames import records
from exposure.law.attributes import Register, register
from exposure.law.base import Bases, Tag, bases
from exposure.law.column1 import Schedule, schedule
from exposure.law.scope import Scopes, scopes
from exposure.law.timeline import HINDSIGHT, Clock, clock, days, turns

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
KINDS = {"rate": RATE, "exempt": RATE, "all_in": ALL_IN, "specific": SPECIFIC}
EFFECT = [
    "kind", "rate", "cap", "base", "material", "made_in", "not_made_in", "maker", "not_maker",
    "covers", "displaces",
]  # fmt: skip
"""Columns that say what a clause does: two clauses alike in them have the same result."""


@dataclass(frozen=True)
class Clauses:
    """Clauses as arrays, row by row those of ``LawBook.clauses``.

    Attributes
    ----------
    actions, authorities, origins, whens
        What the numbers below stand for: action ids; authorities; pairs of texts of origins meant
        and not meant; conditions.
    action, authority, component, scope, origin, when, importer (clause,)
        Numbers; an importer's is that of the country.
    clock
        Dates.
    in_force, exempt, covers_base, provisional (clause,)
        Truth values; provisional rests on a list that was only proposed.
    order (clause,)
        Preference among the clauses of an action without origin, prefix and place.
    effect (clause,)
        Equal numbers have equal results; 0 is no duty.
    displaces (clause,)
        Bit ``n`` is set if authority number ``n`` is displaced.
    kind (clause,), rate (clause,), cap (clause,) [fraction or USD per unit]
        As written.
    """

    actions: tuple[str, ...]
    authorities: tuple[str, ...]
    origins: tuple[tuple[str, str], ...]
    whens: tuple[Mapping[str, object], ...]
    action: Ints
    authority: Ints
    component: Ints
    scope: Ints
    origin: Ints
    when: Ints
    importer: Ints
    clock: Clock
    in_force: NDArray[np.bool_]
    exempt: NDArray[np.bool_]
    covers_base: NDArray[np.bool_]
    provisional: NDArray[np.bool_]
    order: Ints
    effect: Ints
    displaces: Ints
    kind: Ints
    rate: Floats
    cap: Floats


@dataclass(frozen=True)
class LawBook:
    """All law rows of one world or scenario.

    Attributes
    ----------
    clauses
        One row per measure or exemption of an action.
    scopes
        One row per HTS prefix of a scope: ``scope_id, prefix, include, from, until``.
    ends
        One row per ending of an action.
    lines
        Column 1 of the United States by 8-digit line, with dates.
    statistical
        The 10-digit codes that exist.
    coverage
        Prefixes for which an authority exists in the law and is not encoded: answers are unknown.
    utilisation
        Shares of imports for which a preference is claimed, by country and prefix.
    gaps
        What the rules are known to miss, by action.
    groups, countries, attributes
        Groups of countries; countries with their basis of customs value; legal attributes.
    kept
        What was made of these tables on the way, by key.
    """

    clauses: pd.DataFrame
    scopes: pd.DataFrame
    ends: pd.DataFrame
    lines: pd.DataFrame
    statistical: pd.DataFrame
    coverage: pd.DataFrame
    utilisation: pd.DataFrame
    gaps: pd.DataFrame
    groups: pd.DataFrame
    countries: pd.DataFrame
    attributes: pd.DataFrame
    kept: dict[object, object] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def arrays(self) -> Clauses:
        """The clauses as arrays."""
        return _clauses(self.clauses, self.listed, self.country(self.clauses["importer"]))

    @cached_property
    def clause_keys(self) -> NDArray[np.str_]:
        """``action/clause`` of each clause."""
        return (self.clauses["action"] + "/" + self.clauses["clause"]).to_numpy(dtype=str)

    @cached_property
    def listed(self) -> Scopes:
        """The scopes as arrays."""
        return scopes(self.scopes)

    @cached_property
    def register(self) -> Register:
        """The legal attributes."""
        return register(self.attributes)

    @cached_property
    def schedule(self) -> Schedule:
        """Column 1 and 2 of the United States as arrays."""
        return schedule(self.lines)

    @cached_property
    def iso3(self) -> NDArray[np.str_]:
        """Country codes, sorted: a country's number is its place here."""
        return np.sort(self.countries["iso3"].to_numpy(dtype=str))

    def country(self, codes: Iterable[str]) -> Ints:
        """Numbers of countries.

        Raises
        ------
        DataError
            If one is not in the table of countries.
        """
        given = np.array(list(codes), dtype=str)
        place = np.searchsorted(self.iso3, given)
        wrong = self.iso3[np.minimum(place, len(self.iso3) - 1)] != given
        if wrong.any():
            raise DataError(f"country {given[wrong][0]!r} is not known", "countries.csv")
        return place.astype(np.int64)

    @cached_property
    def end_clock(self) -> Clock:
        """Dates of the endings."""
        return clock(self.ends)

    @cached_property
    def turns(self) -> Mapping[str, Ints]:
        """Days on which lists, lines, groups and clauses change, and on which news comes out."""
        listed, lines, mine = self.listed, self.schedule, self.arrays.clock
        from_, until = days(self.groups["from"]), days(self.groups["until"], HINDSIGHT)
        news = (mine.known, mine.end_known, mine.withdrawn, self.end_clock.known)
        return {
            "lists": turns([listed.start], [listed.end]),
            "lines": turns([lines.start], [lines.end]),
            "groups": turns([from_], [until]),
            "clauses": turns([mine.start, self.end_clock.start], [mine.end]),
            "news": np.unique(np.concatenate(news)),
        }

    @cached_property
    def changes(self) -> Ints:
        """Days, sorted, on which anything in the law changes."""
        parts = ("lists", "lines", "groups", "clauses")
        return np.unique(np.concatenate([self.turns[name] for name in parts]))

    def with_rows(self, clauses: pd.DataFrame, scopes: pd.DataFrame, ends: pd.DataFrame) -> LawBook:
        """Law with other clauses; what does not hang on them is taken over as it is."""
        other = replace(self, clauses=clauses, scopes=scopes, ends=ends, kept={})
        names = ["register", "schedule", "iso3", *(["listed"] if scopes is self.scopes else [])]
        for name in names:
            # Where a cached property keeps what it has made.
            vars(other)[name] = getattr(self, name)
        return other

    def bases(self, tags: tuple[Tag, ...]) -> Bases:
        """Bases of all clauses, given the tags of content that are tracked."""
        key = ("bases", tags)
        if key not in self.kept:
            self.kept[key] = bases(records(self.clauses), tags)
        made = self.kept[key]
        assert isinstance(made, Bases)
        return made


def _clauses(table: pd.DataFrame, listed: Scopes, importer: Ints) -> Clauses:
    actions = tuple(dict.fromkeys(str(name) for name in table["action"]))
    named = " ".join(table["displaces"]).split()
    authorities = tuple(sorted({*table["authority"], *named}))
    bit = {name: 1 << place for place, name in enumerate(authorities)}
    pairs = list(zip(table["origin"], table["not_origin"], strict=True))
    origins = tuple(dict.fromkeys(pairs))
    texts = tuple(dict.fromkeys(table["when"]))
    whens = tuple(json.loads(text) for text in texts)
    when = _numbers(table["when"], texts)
    conditions = np.array([len(wanted) for wanted in whens], dtype=np.int64)[when]
    exempt = table["exempt"].to_numpy(dtype=bool)
    start = days(table["from"])
    effect = table.groupby(EFFECT, dropna=False, sort=False).ngroup().to_numpy() + 1
    rate = table["rate"].to_numpy(dtype=float)
    nothing = exempt | ((table["kind"] == "rate").to_numpy(dtype=bool) & (rate == 0))
    return Clauses(
        actions=actions,
        authorities=authorities,
        origins=origins,
        whens=whens,
        action=_numbers(table["action"], actions),
        authority=_numbers(table["authority"], authorities),
        component=_numbers(table["component"], COMPONENTS),
        scope=_numbers(table["scope_id"], listed.ids),
        origin=_numbers(pairs, origins),
        when=when,
        importer=importer,
        clock=clock(table),
        in_force=(table["status"] == "in_force").to_numpy(dtype=bool),
        exempt=exempt,
        covers_base=(table["covers"] == "base").to_numpy(dtype=bool),
        provisional=table["provisional"].to_numpy(dtype=bool),
        # Bits: exempt 58, added 57, conditions 48-56, origin 44-47, prefix 40-43, date 12-39.
        order=(exempt.astype(np.int64) << 58)
        + (table["added"].to_numpy(dtype=np.int64) << 57)
        + (conditions << 48)
        + (start << 12),
        effect=np.where(nothing, 0, effect).astype(np.int64),
        displaces=np.array(
            [sum(bit[name] for name in set(text.split())) for text in table["displaces"]],
            dtype=np.int64,
        ),
        kind=_numbers(table["kind"], KINDS, list(KINDS.values())),
        rate=rate,
        cap=table["cap"].to_numpy(dtype=float),
    )


def _numbers(column: object, names: object, values: list[int] | None = None) -> Ints:
    """Place of each entry among ``names``, or the value that belongs to it."""
    listed = list(names)  # type: ignore[call-overload]
    place = dict(zip(listed, values if values is not None else range(len(listed)), strict=True))
    return np.array([place[name] for name in column], dtype=np.int64)  # type: ignore[attr-defined]
