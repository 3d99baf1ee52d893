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

from exposure.axes import COMPONENTS, USA
from exposure.errors import QueryError
from exposure.frames import records
from exposure.law.book import LawBook
from exposure.law.codes import SPAN, pack
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
    *,
    origins: Ints | None = None,
    facts: Mapping[str, object] | None = None,
    claimed: Mapping[str, Floats] | None = None,
) -> Panel:
    """Rates of codes into the United States.

    Parameters
    ----------
    book
        The law.
    on, known
        Days as whole numbers, see `exposure.law.timeline.days`.
    codes
        HTS codes, sorted.
    origins
        Numbers of countries, see ``LawBook.iso3``; all if left out.
    facts
        What all shipments state.
    claimed
        By country with a program, the share (line,) [fraction] of imports for which it is claimed;
        nobody claims if left out. A rate is the mean of those with and without the claim.

    Raises
    ------
    DataError
        If authorities displace one another in a circle.
    """
    state = law_state(book, on, known)
    number, length = pack(codes)
    wanted = np.arange(len(book.iso3)) if origins is None else origins
    claimed = claimed or {}
    used = np.unique(state.clauses.origin[state.live])
    signs = scope_signs(state, number, length, american_scopes(state))
    line_class, line_of = classes(
        [*signs.T, *ordinary_signs(state, number, claimed=bool(claimed)).T, *claimed.values()]
    )
    claims = np.isin(book.iso3[wanted], list(claimed)) * (wanted + 1)
    origin_class, origin_of = classes(
        [*state.ranks[wanted][:, used].T, state.column2[wanted], claims]
    )
    grid = _Grid(number[line_of], length[line_of], wanted[origin_of])
    values, provisional = grid.values(state, facts or {}, "none")
    for country, share in claimed.items():
        mine = book.iso3[grid.origin] == country
        if mine.any():
            program = next(name for name, who in ORIGINS.items() if country in who)
            own = _Grid(grid.number, grid.length, grid.origin[mine])
            given, _ = own.values(state, facts or {}, program)
            values[:, mine] = _mix(values[:, mine], given, share[line_of][:, None, None])
    return Panel(
        hts=np.array(codes, dtype=str),
        origin=book.iso3[wanted],
        line_class=line_class,
        origin_class=origin_class,
        values=values,
        provisional=provisional,
    )


def preferences(book: LawBook, how: str, codes: Sequence[str]) -> dict[str, Floats] | None:
    """Shares that claim a preference, for `panel`.

    Parameters
    ----------
    book
        The law, with its table of utilisation.
    how
        ``none``; ``claimed``, wherever a country has a program (then a rate is that of goods that
        qualify); ``weighted``, as imports did in the period of the table. A line of which the table
        says nothing has no known share: its rate is known only if the claim makes no difference.
    codes
        HTS codes.

    Raises
    ------
    QueryError
        If ``how`` is another word.
    """
    countries = [country for who in ORIGINS.values() for country in who]
    if how == "none":
        return None
    if how == "claimed":
        return {country: np.ones(len(codes)) for country in countries}
    if how != "weighted":
        raise QueryError(f"preferences {how!r}", "", "none, claimed or weighted")
    number, _ = pack(codes)
    shares = {country: np.full(len(codes), np.nan) for country in countries}
    table = book.utilisation
    # Longer prefixes come later and count more.
    for row in records(table.iloc[table["prefix"].str.len().argsort(kind="stable")]):
        prefix = str(row["prefix"])
        fits = number // SPAN[len(prefix)] == int(prefix)
        shares[str(row["origin"])][fits] = float(str(row["share"]))
    return shares


def _mix(without: Floats, claimed: Floats, share: Floats) -> Floats:
    """Mean of values without and with a claim, weighted by the share that claims.

    A component about which one side is silent counts as 0 there; one that is not known there
    leaves the mean not known, unless nobody ships so. Where the claim makes no difference, the
    share does not matter; where it does and the share is not known, the lesser known part counts.
    """

    def part(values: Floats, weight: Floats) -> Floats:
        known = ~np.isnan(values[..., [VALUES.index("total")]])
        filled = np.where(np.isnan(values) & known, 0.0, values)
        return np.where(weight == 0, 0.0, filled * weight)

    mean = part(without, 1.0 - share) + part(claimed, share)
    mean = np.where(without == claimed, without, mean)
    mean[np.isnan(without) & np.isnan(claimed)] = np.nan
    floor = VALUES.index("at_least")
    least = np.minimum(without[..., floor], claimed[..., floor])
    mean[..., floor] = np.where(np.isnan(mean[..., floor]), least, mean[..., floor])
    return mean


@dataclass(frozen=True)
class _Grid:
    """Every one of some lines from every one of some countries."""

    number: Ints
    length: Ints
    origin: Ints

    def values(
        self, state: LawState, facts: Mapping[str, object], claim: str
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """``Panel.values`` and ``Panel.provisional`` of these lines and countries."""
        lines, origins = len(self.number), len(self.origin)
        count = lines * origins
        nothing = np.full(count, np.nan)
        made = stack(
            state,
            Shipments(
                number=np.repeat(self.number, origins),
                length=np.repeat(self.length, origins),
                origin=np.tile(self.origin, lines),
                importer=np.repeat(state.book.country([USA]), count),
                facts=[{**facts, "claim": claim}],
                facts_of=np.zeros(count, dtype=np.int64),
                value_usd=nothing,
                quantity=nothing,
            ),
        )
        components, total, at_least = made.components()
        values = np.concatenate([components, total[:, None], at_least[:, None]], axis=1)
        return values.reshape(lines, origins, -1), made.provisional().reshape(lines, origins)


def scope_signs(state: LawState, number: Ints, length: Ints, used: Ints) -> Ints:
    """How scopes see codes (code, scope): equal numbers are treated alike."""
    states, sizes = (array[:, used] for array in match(state.scopes, number, length))
    return np.where(states == NO, 0, states.astype(np.int64) * 16 + sizes)


def ordinary_signs(state: LawState, number: Ints, *, claimed: bool = False) -> Ints:
    """Ordinary rates of ten-digit codes (code, column): equal numbers are equal rates.

    The columns are those of all programs if preferences are claimed, else columns 1 and 2.

    A code that is no line of the day has no rate: -1.
    """
    lines = state.schedule
    eight = number - number % 100
    first = np.minimum(np.searchsorted(lines.number, eight), len(lines.number) - 1)
    here = lines.number[first] == eight
    columns = slice(None) if claimed else [PROGRAMS.index("mfn"), PROGRAMS.index("column2")]
    return np.where(here[:, None], lines.alike[first][:, columns], -1)


def american_scopes(state: LawState) -> Ints:
    """Numbers of the scopes of live clauses of the United States."""
    clauses, live = state.clauses, state.live
    american = clauses.importer[live] == state.book.country([USA])[0]
    return np.unique(clauses.scope[live[american]])


def classes(columns: Sequence[NDArray[np.generic]]) -> tuple[Ints, Ints]:
    """Class of each row of columns, and the first row of each class."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        code, seen = pd.factorize(column, use_na_sentinel=False)
        key = pd.factorize(key * len(seen) + code)[0].astype(np.int64)
    first = np.unique(key, return_index=True)[1]
    return key, first
