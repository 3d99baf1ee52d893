"""Which clauses are in force on a day, seen from a day: the two clocks of the law.

``effective_on`` is the date of entry; ``known_on`` the day from which one looks. Dates are ISO
text, which orders as dates do; an empty ``known_on`` is hindsight.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HINDSIGHT = "9999-12-31"


def in_force(clauses: pd.DataFrame, effective_on: str, known_on: str = "") -> NDArray[np.bool_]:
    """Mask (clause,) of clauses that act on ``effective_on`` as known on ``known_on``.

    A clause acts when its status is ``in_force``, it has begun and not ended, and it was known by
    then. An end that was not yet public on ``known_on`` is ignored.
    """
    seen_from = known_on or HINDSIGHT
    end_unknown = (clauses["until_known"] != "") & (clauses["until_known"] > seen_from)
    mask = (
        (clauses["status"] == "in_force")
        & (clauses["from"] <= effective_on)
        & ((clauses["until"] >= effective_on) | end_unknown)
        & (clauses["known"] <= seen_from)
    )
    return mask.to_numpy(dtype=bool)


def ended(ends: pd.DataFrame, effective_on: str, known_on: str = "") -> pd.DataFrame:
    """Rows of ``ends`` that have taken effect; whether their ``when`` holds is asked later."""
    seen_from = known_on or HINDSIGHT
    return ends[(ends["from"] <= effective_on) & (ends["known"] <= seen_from)]


def state_keys(
    tables: tuple[pd.DataFrame, ...], effective_on: pd.Series[str], known_on: pd.Series[str]
) -> NDArray[np.int64]:
    """Number of the law state of each row: equal numbers see equal law.

    The law changes only on the dates that stand in ``tables`` (columns ``from``, ``until``,
    ``known``, ``until_known``), so rows between the same dates share one state.
    """
    starts: set[str] = set()
    publics: set[str] = set()
    for table in tables:
        starts.update(table["from"])
        if "until" in table:
            # The day after the last day; a suffix sorts just behind it.
            starts.update(table["until"] + "~")
        for name in ("known", "until_known"):
            if name in table:
                publics.update(table[name])
    on = np.searchsorted(np.array(sorted(starts)), effective_on.to_numpy(dtype=str), "right")
    seen = known_on.replace("", HINDSIGHT).to_numpy(dtype=str)
    known = np.searchsorted(np.array(sorted(publics)), seen, "right")
    return on.astype(np.int64) * (len(publics) + 1) + known
