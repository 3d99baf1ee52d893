"""What of the law is encoded, action by action, as it stands on a day."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.law.book import LawBook
from exposure.law.codes import pack
from exposure.law.panel import schedule_codes
from exposure.law.scope import NO, match
from exposure.law.state import LawState, law_state
from exposure.law.timeline import days, iso, next_day

COLUMNS = (
    "importer", "action", "authority", "component", "title", "instrument", "status", "since",
    "until", "low", "high", "lines", "countries", "measures", "exemptions",
)  # fmt: skip


def coverage(book: LawBook, day: int) -> pd.DataFrame:
    """Actions of the book.

    Parameters
    ----------
    book
        The law.
    day
        As a whole number, see `exposure.law.timeline.days`.

    Returns
    -------
    DataFrame
        ``status`` on the day: ``in_force``, ``later``, ``ended``, ``void``, or that of a measure
        that does not act; ``since, until`` of the measures that say so (ISO, empty if open);
        ``low, high`` rates as written [fraction, or USD for a specific duty]; ``lines`` ten-digit
        lines of the US schedule (NaN for other importers) and ``countries`` that they mean;
        ``measures, exemptions`` in the file.
    """
    state = law_state(book, day)
    codes = schedule_codes(book, iso(day))
    listed = match(state.scopes, *pack(codes))[0] != NO
    rows = []
    for number, action in enumerate(book.arrays.actions):
        own = book.arrays.action == number
        first = book.clauses[own].iloc[0]
        said, which, over = _status(state, own)
        mine = book.clauses[which]
        american = first["importer"] == USA
        scopes = np.unique(book.arrays.scope[which])
        meant = state.ranks[:, np.unique(book.arrays.origin[which])] > 0
        rates = mine["rate"].where(mine["rate"] > 0) if said != "in_force" else mine["rate"]
        until = min(over or "9999-12-31", mine["until"].max() if len(mine) else "")
        rows.append(
            (
                *(first[name] for name in ("importer", "action", "authority", "component")),
                first["title"], first["instrument"], said, mine["from"].min(),
                "" if until == "9999-12-31" else until, rates.min(), rates.max(),
                int(listed[:, scopes].any(axis=1).sum()) if american else np.nan,
                int(meant.any(axis=1).sum()),
                int((own & ~book.arrays.exempt).sum()), int((own & book.arrays.exempt).sum()),
            )
        )  # fmt: skip
        assert action == first["action"]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _status(state: LawState, own: NDArray[np.bool_]) -> tuple[str, NDArray[np.bool_], str]:
    """Status of an action on the day, the measures that say so, and its last day if it ended."""
    clauses, book = state.clauses, state.book
    measures = own & ~clauses.exempt
    action = int(clauses.action[np.flatnonzero(own)[0]])
    live = np.zeros(len(own), dtype=bool)
    live[state.live] = True
    if any(not when for when in state.ends.get(action, ())):
        ends = book.ends[book.ends["action"] == clauses.actions[action]]
        eve = next_day(days([ends["from"].iloc[-1]]), -1)
        return str(ends["status"].iloc[-1]), measures & clauses.in_force, iso(int(eve[0]))
    if (measures & live).any():
        return "in_force", measures & live, ""
    later = measures & clauses.in_force & (clauses.clock.start > state.on)
    if later.any():
        return "later", later, ""
    words = measures & ~clauses.in_force & (clauses.clock.end >= state.on)
    past = measures & clauses.in_force
    if words.any() and not past.any():
        newest = np.flatnonzero(words)[np.argmax(clauses.clock.start[words])]
        return str(book.clauses["status"].iloc[newest]), words, ""
    return "ended", past if past.any() else measures, ""
