"""What one action changes: the panel of its day with it and without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.law.book import LawBook
from exposure.law.codes import pack
from exposure.law.panel import VALUES, Panel, panel, schedule_codes
from exposure.law.scope import NO, match
from exposure.law.state import law_state
from exposure.law.timeline import HINDSIGHT, iso

TOTAL = VALUES.index("total")


@dataclass(frozen=True)
class Trial:
    """Duties with an action and without it, on one day, for goods of the United States.

    Attributes
    ----------
    on
        Day (ISO) on which the last of its measures begins.
    lines
        Ten-digit lines among its goods.
    changed
        Pairs (line, country) whose duty differs, or becomes known or not known.
    examples
        Columns ``hts, origin, before, after`` [fraction of customs value]: the greatest changes,
        one of each size.
    """

    on: str
    lines: int
    changed: int
    examples: pd.DataFrame


def trial(before: LawBook, after: LawBook, action: str, show: int = 5) -> Trial | None:
    """Changes that an action of ``after`` makes; None where it has no measure in force here.

    Raises
    ------
    DataError
        If authorities displace one another in a circle.
    """
    clauses = after.arrays
    mine = clauses.in_force & ~clauses.exempt
    mine &= clauses.action == clauses.actions.index(action)
    mine &= clauses.importer == after.country([USA])[0]
    if not mine.any():
        return None
    day = int(clauses.clock.start[mine].max())
    codes = schedule_codes(after, iso(day))
    number, length = pack(codes)
    state = law_state(after, day)
    meant = match(state.scopes, number, length)[0][:, np.unique(clauses.scope[mine])] != NO
    codes = [code for code, hit in zip(codes, meant.any(axis=1), strict=True) if hit]
    if not codes:
        return Trial(iso(day), 0, 0, pd.DataFrame(columns=["hts", "origin", "before", "after"]))
    old, new = (panel(book, day, HINDSIGHT, codes) for book in (before, after))
    was, now = _totals(old), _totals(new)
    differs = ~np.isclose(was, now, rtol=0, atol=1e-12, equal_nan=True)
    line, country = np.nonzero(differs)
    table = pd.DataFrame(
        {
            "hts": np.array(codes)[line],
            "origin": old.origin[country],
            "before": was[line, country],
            "after": now[line, country],
        }
    )
    return Trial(iso(day), len(codes), len(table), _examples(after, table, show))


def _examples(book: LawBook, table: pd.DataFrame, show: int) -> pd.DataFrame:
    """One row for each change of another size, the greatest first.

    Countries whose own law is in the book are those that readers know: they go first.
    """
    change = (table["after"] - table["before"]).round(6)
    known = table["origin"].isin(book.clauses["importer"].unique())
    size = change.abs().fillna(np.inf)
    order = np.lexsort((np.arange(len(table)), ~known, -size))
    few = table.assign(change=change).iloc[order].drop_duplicates("change")
    return few.drop(columns="change").head(show).reset_index(drop=True)


def _totals(made: Panel) -> NDArray[np.float64]:
    """Total (line, country)."""
    return made.values[:, :, TOTAL][made.line_class][:, made.origin_class]
