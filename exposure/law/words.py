"""Duty lines in words: clause, base, citation, and why a duty is not known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import ALL_IN
from exposure.law.book import LawBook
from exposure.law.lines import NONE_HELD, DutyLines, provisional_lines
from exposure.law.select import Shipments
from exposure.law.state import LawState

Floats = NDArray[np.float64]
LINE_COLUMNS = (
    "row", "component", "authority", "action", "clause", "title", "instrument", "heading", "kind",
    "rate", "base", "base_share", "left_share", "duty_rate", "status", "provisional",
    "effective_from", "source", "note",
)  # fmt: skip


def line_table(
    state: LawState, found: DutyLines, duty: Floats, share: Floats, left: Floats
) -> pd.DataFrame:
    """Lines in words; ``row`` numbers the crossing within the state, column 1 comes first."""
    rows = state.book.clauses.iloc[found.clause].reset_index(drop=True)
    exempt = rows["exempt"].to_numpy(dtype=bool)
    status = np.select(
        [np.isnan(duty), left <= 0, ~found.known & (duty > 0), exempt, duty > 0],
        ["unknown", "displaced", "unknown", "exempt", "owed"],
        "free",
    )
    table = rows[
        ["component", "authority", "action", "clause", "title", "instrument", "heading", "kind"]
    ].assign(
        row=found.crossing,
        rate=rows["rate"],
        base=np.where(rows["material"] == "", rows["base"], "content:" + rows["material"]),
        base_share=share,
        left_share=left,
        duty_rate=np.where(exempt & found.known, 0.0, duty),
        status=status,
        provisional=provisional_lines(state, found, duty, left),
        effective_from=rows["from"],
        source=rows["source"],
        note=rows["note"],
    )
    both = [_column1_table(state.book, found), table]
    return pd.concat(both, ignore_index=True)[list(LINE_COLUMNS)]


def _column1_table(book: LawBook, found: DutyLines) -> pd.DataFrame:
    own = found.column1_clause >= 0
    rows = book.clauses.iloc[np.maximum(found.column1_clause, 0)].reset_index(drop=True)
    rate = found.column1.rate
    words = {
        "action": "column-1",
        "clause": "",
        "title": "Ordinary rate of the tariff schedule",
        "instrument": "HTSUS column 1 or 2",
        "heading": "",
        "effective_from": "",
        "source": "HTSUS, edition in force on the day",
    }
    held = found.column1_clause != NONE_HELD
    absent = {
        "title": "Ordinary rate of the importer",
        "instrument": "",
        "source": "none: no encoded rule gives it",
    }
    columns = {
        name: np.where(
            own,
            rows[name if name != "effective_from" else "from"],
            np.where(held, text, absent.get(name, text)),
        )
        for name, text in words.items()
    }
    owed = np.where(rate > 0, "owed", "free")
    return pd.DataFrame(
        {
            "row": np.arange(len(rate)),
            "component": "mfn",
            "authority": "mfn",
            **columns,
            "kind": "rate",
            "rate": rate,
            "base": "full",
            "base_share": 1.0,
            "left_share": 1.0,
            "duty_rate": rate,
            "status": np.where(np.isnan(rate), "unknown", owed),
            "provisional": False,
            "note": found.column1.text,
        }
    )


def why_unknown(
    state: LawState, ships: Shipments, found: DutyLines, duty: Floats, left: Floats
) -> dict[int, str]:
    """What is missing, for each crossing whose duty is not known."""
    notes: dict[int, list[str]] = {}
    for row in np.flatnonzero(np.isnan(found.column1.rate)).tolist():
        text = str(found.column1.text[row])
        if found.column1_clause[row] != NONE_HELD:
            text = f"column 1 is not a plain ad valorem rate: {text}"
        notes.setdefault(row, []).append(text)
    for line in np.flatnonzero(np.isnan(duty)).tolist():
        row = int(found.crossing[line])
        clause = int(found.clause[line])
        action = int(state.clauses.action[clause])
        if np.isnan(left[line]) and found.known[line]:
            text = f"{state.clauses.actions[action]} is owed on what the others leave"
        elif state.clauses.kind[clause] == ALL_IN and np.isnan(found.column1.rate[row]):
            text = f"{state.clauses.actions[action]} fills up column 1"
        else:
            text = _why(state, ships, clause, row)
        notes.setdefault(row, []).append(text)
    for row in np.flatnonzero(found.uncovered != "").tolist():
        notes.setdefault(row, []).append(f"not encoded yet: {found.uncovered[row]}")
    return {row: "; ".join(dict.fromkeys(texts)) for row, texts in notes.items()}


def _why(state: LawState, ships: Shipments, clause: int, row: int) -> str:
    action, name = state.book.clauses["action"].iloc[clause], state.book.clauses["clause"]
    when = state.clauses.whens[state.clauses.when[clause]]
    missing = state.register.missing(when, ships.facts[ships.facts_of[row]])
    if missing:
        return f"{action} depends on {', '.join(missing)}"
    return f"{action}/{name.iloc[clause]}: code too short, or content, value or quantity not given"
