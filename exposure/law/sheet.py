"""One crossing as a customs broker would write it: duties, amounts, citations, and what was left.

Amounts are rounded half up to the cent for each duty, as on an entry summary (19 CFR 159.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from exposure.axes import USA
from exposure.law.book import LawBook
from exposure.law.codes import dotted, unpack
from exposure.law.considered import considered
from exposure.law.rates import Rates
from exposure.law.timeline import iso

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Sheet:
    """Duties of one crossing.

    Attributes
    ----------
    duties
        A row for each duty line: ``component, heading, action, clause, kind, rate, base,
        base_share, left_share, duty_rate`` [fractions], ``usd_per_100``, ``amount_usd`` (NaN where
        no value is stated or the duty is not known), ``status, effective_from, source, note``.
    total, at_least [fraction of customs value]
        The sum, NaN where not known, and its known part.
    amount_usd
        Sum of the amounts; NaN where not known.
    provisional
        Whether it depends on a list that is known from a proposal only.
    unknown
        What is missing; empty where nothing is.
    considered
        What does not apply and why, see `exposure.law.considered`.
    gaps
        What the rules of the actions above are known to miss: ``action, gap, bias, as_of, source``.
    """

    duties: pd.DataFrame
    total: float
    at_least: float
    amount_usd: float
    provisional: bool
    unknown: str
    considered: pd.DataFrame
    gaps: pd.DataFrame


def sheet(found: Rates, row: int = 0) -> Sheet:
    """Sheet of one row of an answer."""
    rows, made = next((rows, made) for rows, made in found.stacks if row in rows)
    place = int(rows.tolist().index(row))
    ships, state = made.ships, made.state
    value = float(ships.value_usd[place])
    lines = found.lines[found.lines["row"] == row].drop(columns=["row", "title", "instrument"])
    lines = lines.reset_index(drop=True)
    code = unpack(int(ships.number[place]), int(ships.length[place]))
    schedule = state.schedule
    spell = schedule.start[schedule.number == int(code.ljust(10, "0")) // 100 * 100]
    own = (lines["component"] == "mfn") & (lines["heading"] == "")
    american = str(state.book.iso3[ships.importer[place]]) == USA
    lines.loc[own, "heading"] = dotted(code)
    lines.loc[
        own & (lines["effective_from"] == "") & american & (len(spell) > 0), "effective_from"
    ] = iso(int(spell[0])) if len(spell) else ""
    lines.insert(10, "usd_per_100", lines["duty_rate"] * 100)
    amounts = [_cents(value, rate) for rate in lines["duty_rate"]]
    lines.insert(11, "amount_usd", amounts)
    table = found.table.iloc[row]
    owed = sum(Decimal(str(amount)) for amount in amounts) if table["status"] == "known" else None
    return Sheet(
        duties=lines,
        total=float(table["total"]),
        at_least=float(table["at_least"]),
        amount_usd=float("nan") if owed is None else float(owed),
        provisional=bool(table["provisional"]),
        unknown=str(table["note"]),
        considered=considered(state, ships, made.lines, place),
        gaps=_gaps(state.book, str(state.book.iso3[ships.importer[place]]), lines),
    )


def _gaps(book: LawBook, importer: str, lines: pd.DataFrame) -> pd.DataFrame:
    gaps = book.gaps
    speaking = lines.loc[lines["status"] != "displaced", "action"]
    mine = (gaps["importer"] == importer) & gaps["action"].isin(set(speaking))
    mine &= gaps["bias"] != "none"
    return gaps.loc[mine, ["action", "gap", "bias", "as_of", "source"]].reset_index(drop=True)


def _cents(value_usd: float, rate: float) -> float:
    """Duty in dollars, rounded half up to the cent; NaN if either is not known."""
    if pd.isna(value_usd) or pd.isna(rate):
        return float("nan")
    # Twelve places hold every rate of the law; beyond them lies the dust of binary fractions.
    exact = Decimal(str(value_usd)) * Decimal(str(round(rate, 12)))
    return float(exact.quantize(CENT, rounding=ROUND_HALF_UP))
