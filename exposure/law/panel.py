"""The duty of every line from every country on a day.

Lines that every scope of the day treats alike and that pay the same ordinary rate form a class, and
so do countries that every clause treats alike. A stack is worked out for each pair of classes; the
panel is that table, looked up line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import COMPONENTS
from exposure.law.book import LawBook
from exposure.law.codes import pack
from exposure.law.column1 import ORIGINS, PROGRAMS
from exposure.law.rates import stack
from exposure.law.scope import NO, match
from exposure.law.select import Shipments
from exposure.law.state import LawState, law_state

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
VALUES = (*COMPONENTS, "total", "at_least")
"""Columns of a panel with numbers, fractions of customs value."""


@dataclass(frozen=True)
class Panel:
    """Rates of lines by countries, in classes.

    Attributes
    ----------
    hts, origin
        Ten-digit codes and ISO3 countries, in order.
    line_class (line,), origin_class (country,)
        Class of each.
    values (line class, origin class, value) [fraction of customs value]
        ``VALUES``; a component is NaN where no measure speaks and where it is not known, the total
        where a part of it is not known.
    provisional (line class, origin class)
        Whether a measure that rests on a proposed list has a say.
    """

    hts: NDArray[np.str_]
    origin: NDArray[np.str_]
    line_class: Ints
    origin_class: Ints
    values: Floats
    provisional: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the rows: lines times countries."""
        return len(self.hts) * len(self.origin)

    def frame(self, origins: slice = slice(None)) -> pd.DataFrame:
        """Rows ``hts, origin``, components, ``total, at_least, provisional``, by country."""
        chosen, count = self.origin[origins], len(self.hts)
        pair = self.line_class + self.origin_class[origins, None] * len(self.values)
        at = pair.ravel()
        line = np.tile(np.arange(count, dtype=np.int32), len(chosen))
        country = np.repeat(np.arange(len(chosen), dtype=np.int16), count)
        columns: dict[str, object] = {
            "hts": pd.Categorical.from_codes(line, dtype=_words(self.hts)),
            "origin": pd.Categorical.from_codes(country, dtype=_words(chosen)),
        }
        # One column after another, so that each is read from a small table in the cache.
        for place, name in enumerate(VALUES):
            columns[name] = self.values[:, :, place].T.ravel()[at]
        return pd.DataFrame({**columns, "provisional": self.provisional.T.ravel()[at]})

    def pieces(self, countries: int = 30) -> Iterator[pd.DataFrame]:
        """The frame in pieces, to be written one after another."""
        for first in range(0, len(self.origin), countries):
            yield self.frame(slice(first, first + countries))


def _words(words: NDArray[np.str_]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(words, dtype=object))


def schedule_codes(book: LawBook, on: str) -> list[str]:
    """Every ten-digit code of the US schedule on a day; a line without any ends in 00."""
    known = book.statistical
    live = (known["from"] <= on) & ((known["until"] == "") | (known["until"] >= on))
    codes = known.loc[live, "hts10"]
    lines = book.lines
    eight = lines.loc[(lines["from"] <= on) & (lines["until"] >= on), "hts8"]
    alone = eight[~eight.isin(set(codes.str[:8]))]
    return sorted([*codes, *(alone + "00")])


def panel(
    book: LawBook,
    on: int,
    known: int,
    codes: Sequence[str],
    facts: Mapping[str, object] | None = None,
    *,
    claimed: bool = False,
) -> Panel:
    """Rates of codes from every country into the United States.

    Parameters
    ----------
    book
        The law.
    on, known
        Days as whole numbers, see `exposure.law.timeline.days`.
    codes
        HTS codes, sorted.
    facts
        What all shipments state.
    claimed
        Whether preferences are claimed wherever a country has a program (then the rate holds for
        goods that qualify); otherwise by nobody.

    Raises
    ------
    DataError
        If authorities displace one another in a circle.
    """
    state = law_state(book, on, known)
    number, length = pack(codes)
    claims = _claims(book) if claimed else np.zeros(len(book.iso3), dtype=np.int64)
    line_class, line_of = _line_classes(state, number, length, claimed=claimed)
    origin_class, origin_of = _origin_classes(state, claims)
    lines, origins = len(line_of), len(origin_of)
    ships = Shipments(
        number=np.repeat(number[line_of], origins),
        length=np.repeat(length[line_of], origins),
        origin=np.tile(origin_of, lines),
        importer=np.repeat(book.country(["USA"]), lines * origins),
        facts=[{**(facts or {}), "claim": name} for name in ("none", *PROGRAMS[1:])],
        facts_of=np.tile(claims[origin_of], lines),
        value_usd=np.full(lines * origins, np.nan),
        quantity=np.full(lines * origins, np.nan),
    )
    made = stack(state, ships)
    components, total, at_least = made.components()
    values = np.concatenate([components, total[:, None], at_least[:, None]], axis=1)
    return Panel(
        hts=np.array(codes, dtype=str),
        origin=book.iso3,
        line_class=line_class,
        origin_class=origin_class,
        values=values.reshape(lines, origins, len(VALUES)),
        provisional=made.provisional().reshape(lines, origins),
    )


def _claims(book: LawBook) -> Ints:
    """Program that each country's goods may claim (country,): its place in ``PROGRAMS``; 0 none."""
    claims = np.zeros(len(book.iso3), dtype=np.int64)
    for name, countries in ORIGINS.items():
        claims[np.isin(book.iso3, countries)] = PROGRAMS.index(name)
    return claims


def _line_classes(
    state: LawState, number: Ints, length: Ints, *, claimed: bool
) -> tuple[Ints, Ints]:
    """Class of each line, and a line of each class."""
    clauses, live = state.clauses, state.live
    american = clauses.importer[live] == state.book.country(["USA"])[0]
    used = np.unique(clauses.scope[live[american]])
    states, sizes = (array[:, used] for array in match(state.scopes, number, length))
    signs = np.where(states == NO, 0, states.astype(np.int64) * 16 + sizes)
    first = np.searchsorted(state.schedule.number, number - number % 100)
    first = np.minimum(first, len(state.schedule.number) - 1)
    columns = range(len(PROGRAMS)) if claimed else (0, PROGRAMS.index("column2"))
    ordinary = state.schedule.alike[first][:, list(columns)]
    # A code that is no line of the day stands alone.
    absent = state.schedule.number[first] != number - number % 100
    return _classes([*signs.T, *ordinary.T, np.where(absent, np.arange(len(number)) + 1, 0)])


def _origin_classes(state: LawState, claims: Ints) -> tuple[Ints, Ints]:
    """Class of each country, and a country of each class."""
    used = np.unique(state.clauses.origin[state.live])
    return _classes([*state.ranks[:, used].T.astype(np.int64), state.column2, claims])


def _classes(columns: Sequence[NDArray[np.generic]]) -> tuple[Ints, Ints]:
    """Class of each row of columns with whole numbers, and the first row of each class."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        code, seen = pd.factorize(column)
        key = pd.factorize(key * len(seen) + code)[0].astype(np.int64)
    first = np.unique(key, return_index=True)[1]
    return key, first
