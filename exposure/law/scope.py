"""Matches crossings with clauses: HTS prefix, origin, and the facts that the law asks for.

Every match has three values: yes, no, and *not known* (a code shorter than the listed prefix, an
attribute that the shipment does not state). See ``docs/law-engine.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NO, YES, UNKNOWN = 0, 1, 2
LENGTHS = (2, 4, 6, 8, 10)
MISSING = object()


@dataclass(frozen=True)
class Matcher:
    """Scopes, groups and attribute defaults of one law, ready to be asked.

    Parameters
    ----------
    scopes
        Rows ``scope_id, prefix, include, from, until``.
    groups
        Rows ``group, country, from, until``.
    attributes
        Rows ``id, kind, default`` (JSON text).
    """

    scopes: pd.DataFrame
    groups: pd.DataFrame
    attributes: pd.DataFrame
    _scope_of: dict[str, pd.DataFrame] = field(default_factory=dict)
    _defaults: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._scope_of.update({str(k): rows for k, rows in self.scopes.groupby("scope_id")})
        for row in self.attributes.itertuples():
            self._defaults[str(row.id)] = json.loads(str(row.default))

    def codes(
        self, scope_id: str, codes: NDArray[np.str_], on: str
    ) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Match of codes with a scope: state (code,) and length of the longest prefix (code,).

        A code that is a proper beginning of a listed prefix may or may not be meant: not known.
        """
        rows = self._scope_of[scope_id]
        rows = rows[(rows["from"] <= on) & (rows["until"] >= on)]
        include = rows["include"].to_numpy(dtype=bool)
        prefixes = rows["prefix"].to_numpy(dtype=str)
        inside, inside_maybe = _longest(prefixes[include], codes)
        outside, outside_maybe = _longest(prefixes[~include], codes)
        state = np.where((inside >= 0) & (inside > outside), YES, NO).astype(np.int8)
        state[(state == NO) & inside_maybe] = UNKNOWN
        state[(state == YES) & outside_maybe] = UNKNOWN
        return state, inside

    def origins(
        self, wanted: str, unwanted: str, origins: NDArray[np.str_], on: str
    ) -> NDArray[np.int8]:
        """Rank (origin,): 0 not meant, 1 by ``*``, 2 by a group, 3 by the country itself."""
        live = self.groups[(self.groups["from"] <= on) & _open(self.groups["until"], on)]
        members = live.groupby("group")["country"].agg(set).to_dict()

        def rank(names: str) -> NDArray[np.int8]:
            best = np.zeros(len(origins), dtype=np.int8)
            for name in names.split():
                if name == "*":
                    best = np.maximum(best, np.int8(1))
                elif name in members:
                    best = np.maximum(best, 2 * np.isin(origins, list(members[name])))
                else:
                    best = np.maximum(best, 3 * (origins == name))
            return best.astype(np.int8)

        return np.where(rank(unwanted) > 0, np.int8(0), rank(wanted))

    def conditions(self, when: str, shipments: list[Mapping[str, object]]) -> NDArray[np.int8]:
        """State (shipment,) of a clause's conditions, given as JSON text."""
        wanted: dict[str, object] = json.loads(when)
        if not wanted:
            return np.full(len(shipments), YES, dtype=np.int8)
        return np.array([self._holds(wanted, facts) for facts in shipments], dtype=np.int8)

    def _holds(self, wanted: Mapping[str, object], facts: Mapping[str, object]) -> int:
        state = YES
        for name, value in wanted.items():
            given = facts.get(name, self._defaults.get(name))
            if given is None:
                state = UNKNOWN
            elif isinstance(value, bool | str):
                if given != value:
                    return NO
            elif float(str(given)) < float(str(value)):
                return NO
        return state

    def missing(self, when: str, facts: Mapping[str, object]) -> list[str]:
        """Names of the conditions on which ``facts`` and the defaults are silent."""
        return [
            name for name in json.loads(when) if facts.get(name, self._defaults.get(name)) is None
        ]

    def fact(self, facts: Mapping[str, object], name: str) -> object:
        """Value of an attribute of a shipment, or its default; None is not known."""
        return facts.get(name, self._defaults.get(name))


def _open(until: pd.Series[str], on: str) -> pd.Series[bool]:
    return (until == "") | (until >= on)


def _longest(
    prefixes: NDArray[np.str_], codes: NDArray[np.str_]
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Length of the longest prefix that each code begins with (-1: none), and 'maybe' beyond it."""
    best = np.full(len(codes), -1, dtype=np.int8)
    maybe = np.zeros(len(codes), dtype=bool)
    if not len(prefixes):
        return best, maybe
    size = np.char.str_len(prefixes)
    if (size == 0).any():
        best[:] = 0
    code_size = np.char.str_len(codes)
    for length in LENGTHS:
        listed = prefixes[size == length]
        if len(listed):
            fits = (code_size >= length) & np.isin(codes.astype(f"U{length}"), listed)
            best[fits] = length
    for length in np.unique(code_size):
        longer = prefixes[size > length]
        if len(longer):
            short = code_size == length
            maybe[short] = np.isin(codes[short], longer.astype(f"U{length}"))
    return best, maybe
