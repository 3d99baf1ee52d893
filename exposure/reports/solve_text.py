"""Answers of a solve in sentences and a small table, for the terminal and for pages of docs."""

from __future__ import annotations

import textwrap
from typing import Any

from exposure.frames import records
from exposure.reports.style import count, percent, usd
from exposure.reports.text import WIDTH, aligned
from exposure.reports.words import as_line, is_unknown, words
from exposure.sweeps.solve import Solved

SHARES = ("fraction", "share")
ALL = 0.9995
"""Share of draws from which on all are said to have an answer."""
LETTERS = ("A", "B")
"""Names of two sides in sentences."""


def value_text(value: float, unit: str) -> str:
    """A value of a unit: shares as per cent with two places at most, money as money.

    Examples
    --------
    >>> value_text(0.122398, "fraction"), value_text(0.15, "share"), value_text(1.0, "ratio")
    ('12.24 %', '15 %', '1')
    """
    if unit in SHARES:
        return as_line(words().rate(round(value, 4) + 0.0))
    if unit.startswith("USD"):
        return usd(value)
    if unit in ("persons", "units a year"):
        return count(value)
    return words().number(value)


def solve_text(made: Solved) -> str:
    """Title, what varies, the sides, a sentence for each solution, and the table of them."""
    unit = made.variable.unit
    today = "" if is_unknown(made.today) else f", today {value_text(made.today, unit)}"
    low, high = (value_text(end, unit) for end in made.document.vary.between)
    lines = [made.document.title, f"{made.variable.title}, from {low} to {high}{today}"]
    lines += [*sides(made), ""]
    for said in sentences(made):
        lines += textwrap.wrap(said.replace(" %", "\u00a0%"), WIDTH, subsequent_indent="  ")
    return as_line("\n".join([*lines, "", *_table(made)]))


def sides(made: Solved) -> list[str]:
    """What A and B are, a line each; none where routes are compared."""
    if made.document.find.switch is not None:
        return []
    pairs = zip(LETTERS, made.curves, strict=False)
    return [f"{letter}: {curve.title}" for letter, curve in pairs]


def sentences(made: Solved) -> list[str]:
    """What each row of the table of solutions says."""
    rows = records(made.table("solutions"))
    return [" ".join(filter(None, [f"{_claim(made, row)}.", _drawn(made, row)])) for row in rows]


def _claim(made: Solved, row: dict[str, Any]) -> str:
    unit = made.variable.unit
    start, stop = (value_text(row[name], unit) for name in ("holds_from", "holds_to"))
    left, right = (side_text(made, row[name]) for name in ("left", "right"))
    if row["kind"] == "none":
        return f"No such value between {start} and {stop}: {left} throughout"
    if row["kind"] == "stretch":
        return f"{_holds(made)} from {start} to {stop}"
    parts = []
    if left:
        alone = row["holds_from"] == row["value"]
        parts.append(f"only there {left}" if alone else f"below, from {start}, {left}")
    if right:
        parts.append(f"above, up to {stop}, {right}")
    return ": ".join(filter(None, [_event(made, row), "; ".join(parts)]))


def _event(made: Solved, row: dict[str, Any]) -> str:
    unit = row["quantity_unit"]
    at = value_text(row["value"], made.variable.unit)
    there = value_text(row["quantity"], unit)
    if row["kind"] == "jump":
        after = value_text(row["quantity_after"], unit)
        what = "the cheapest landed cost" if made.document.find.switch else "A"
        return f"At {at} a rule begins or ends, and {what} jumps from {there} to {after}"
    if row["kind"] == "switch":
        return f"At {at} the cheapest route changes ({there} a unit)"
    more = {"touch": ", touching and not crossing", "end": ", the end of the range"}
    level = "" if made.document.find.level else f" (both {there})"
    return f"{_holds(made)} at {at}{level}{more.get(row['kind'], '')}"


def _holds(made: Solved) -> str:
    level = made.document.find.level
    if level is not None:
        return f"A is {value_text(level.value, made.curves[0].unit)}"
    return "A and B are equal"


def side_text(made: Solved, said: str) -> str:
    """What is said on one side of a value, in few words."""
    if not said or said == "equal":
        return "both are equal" if said else ""
    if made.document.find.switch is not None:
        return f"{said} lands cheapest"
    if made.document.find.level is not None:
        return f"A is {said}"
    names = made.table("curve").columns[1:]
    place = [f"{name} higher" for name in names].index(said)
    return f"{LETTERS[place]} is higher"


def _drawn(made: Solved, row: dict[str, Any]) -> str:
    """The range of the same value in draws, and how many have none."""
    if not row["draws"]:
        return ""
    unit, share, draws = made.variable.unit, row["root_share"], row["draws"]
    if share == 0:
        return f"None of {draws} draws has one."
    low, median, high = (value_text(row[name], unit) for name in ("low", "median", "high"))
    if row["kind"] == "none":
        return f"In {percent(share)} of {draws} draws there is one: {low} to {high}."
    missing = "" if share > ALL else f"; none in {percent(1 - share)} of {draws} draws"
    if low == high:
        return f"The same in all draws{missing}." if not missing else f"{missing[2:].capitalize()}."
    return f"In 80 % of draws {low} to {high}, median {median}{missing}."


def _table(made: Solved) -> list[str]:
    unit = made.variable.unit
    cells = [["value", "kind", "below", "above", "from", "to", "80 % of draws", "no such value"]]
    for row in records(made.table("solutions")):
        low, high = (value_text(row[name], unit) for name in ("low", "high"))
        drawn = bool(row["draws"])
        some = drawn and row["root_share"] > 0
        cells.append(
            [
                "none" if row["kind"] == "none" else value_text(row["value"], unit),
                row["kind"],
                side_text(made, row["left"]),
                side_text(made, row["right"]),
                value_text(row["holds_from"], unit),
                value_text(row["holds_to"], unit),
                f"{low} to {high}" if some else "",
                percent(1 - row["root_share"]) if drawn else "",
            ]
        )
    return aligned(cells, right={0, 4, 5, 6, 7})
