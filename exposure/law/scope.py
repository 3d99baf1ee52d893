"""Matches codes with scopes: which goods a clause means, by HTS prefix.

Every match has three values: yes, no, and *not known* (a code shorter than the listed prefix may
or may not be meant). See ``docs/law-engine.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.law.codes import SPAN, pack
from exposure.law.timeline import days

Ints = NDArray[np.int64]
States = NDArray[np.int8]
NO, YES, UNKNOWN = 0, 1, 2
LENGTHS = (2, 4, 6, 8, 10)


@dataclass(frozen=True)
class Scopes:
    """All listed prefixes, sorted by their number.

    Attributes
    ----------
    ids
        Scope ids; a scope's number is its place here.
    number, length (prefix,)
        As `pack` gives them, sorted.
    scope (prefix,)
        Number of the scope that lists it.
    include (prefix,)
        True: listed; False: excepted.
    start, end (prefix,)
        First and last day as whole numbers, see `days`.
    """

    ids: tuple[str, ...]
    number: Ints
    length: Ints
    scope: Ints
    include: NDArray[np.bool_]
    start: Ints
    end: Ints


def scopes(table: pd.DataFrame) -> Scopes:
    """Scopes of rows ``scope_id, prefix, include, from, until``."""
    scope, ids = pd.factorize(table["scope_id"], sort=True)
    number, length = pack(table["prefix"])
    order = np.lexsort((length, number))
    return Scopes(
        ids=tuple(str(name) for name in ids),
        number=number[order],
        length=length[order],
        scope=scope[order].astype(np.int64),
        include=table["include"].to_numpy(dtype=bool)[order],
        start=days(table["from"])[order],
        end=days(table["until"])[order],
    )


def in_days(listed: Scopes, day: int) -> Scopes:
    """The prefixes that stand in their lists on a day, without those that are excepted as well."""
    live = (listed.start <= day) & (listed.end >= day)
    key = (listed.number * (len(SPAN)) + listed.length) * len(listed.ids) + listed.scope
    live &= ~(listed.include & np.isin(key, key[live & ~listed.include]))
    return Scopes(
        ids=listed.ids,
        number=listed.number[live],
        length=listed.length[live],
        scope=listed.scope[live],
        include=listed.include[live],
        start=listed.start[live],
        end=listed.end[live],
    )


def match(listed: Scopes, number: Ints, length: Ints) -> tuple[States, States]:
    """Match of codes with scopes: state (code, scope), length of the longest prefix (code, scope).

    The longest prefix that the code begins with counts, whether it is listed or excepted; of the
    same length, the exception does. The length is -1 where no listed prefix fits, and that of the
    longest listed one where more digits may bring the code under it.
    """
    shape = (len(number), len(listed.ids))
    inside, outside = np.full(shape, -1, dtype=np.int8), np.full(shape, -1, dtype=np.int8)
    whole = listed.length == 0
    inside[:, listed.scope[whole & listed.include]] = 0
    outside[:, listed.scope[whole & ~listed.include]] = 0
    for size in LENGTHS:
        code, row = _beginnings(listed, number, length, size)
        kept = listed.include[row]
        inside[code[kept], listed.scope[row[kept]]] = size
        outside[code[~kept], listed.scope[row[~kept]]] = size
    state = np.where(inside > outside, YES, NO).astype(np.int8)
    more_in, more_out = _longer(listed, number, length)
    perhaps = (state == NO) & (more_in > 0)
    state[(state == YES) & (more_out > 0)] = UNKNOWN
    state[perhaps] = UNKNOWN
    return state, np.where(perhaps, more_in, inside)


def _beginnings(listed: Scopes, number: Ints, length: Ints, size: int) -> tuple[Ints, Ints]:
    """Pairs (code, row of ``listed``) where a prefix of that size begins the code."""
    low = number - number % SPAN[size]
    first = np.searchsorted(listed.number, low, "left")
    last = np.searchsorted(listed.number, low, "right")
    code, row = _spread(first, np.where(length >= size, last - first, 0))
    fits = listed.length[row] == size
    return code[fits], row[fits]


def _longer(listed: Scopes, number: Ints, length: Ints) -> tuple[States, States]:
    """Length of the longest code that begins with this one and is listed, or excepted.

    Both (code, scope); 0 where there is none.
    """
    first = np.searchsorted(listed.number, number, "left")
    last = np.searchsorted(listed.number, number + SPAN[length], "left")
    code, row = _spread(first, last - first)
    fits = listed.length[row] > length[code]
    code, row = code[fits], row[fits]
    more = np.zeros((2, len(number), len(listed.ids)), dtype=np.int8)
    place = (listed.include[row].astype(np.int64), code, listed.scope[row])
    np.maximum.at(more, place, listed.length[row].astype(np.int8))
    return more[1], more[0]


def _spread(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Pairs (i, first[i] + 0 ... count[i] - 1) for every i."""
    owner = np.repeat(np.arange(len(first)), count)
    start = np.cumsum(count) - count
    return owner, np.arange(len(owner)) - start[owner] + first[owner]
