"""The law over time: from when until when something was charged, announced or suspended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from exposure.axes import USA
from exposure.frames import records
from exposure.law.book import LawBook
from exposure.law.question import Crossings, ask
from exposure.law.rates import Rates, rates
from exposure.law.scope import NO, match
from exposure.law.select import Shipments
from exposure.law.state import law_state
from exposure.law.timeline import HINDSIGHT, days, iso, next_day

COLUMNS = (
    "action",
    "title",
    "component",
    "origin",
    "status",
    "from",
    "until",
    "low",
    "high",
    "kind",
)
"""``origin`` is a country or group, ``*`` for all; ``low, high`` are the least and greatest rate as
written [fraction], ``kind`` is that of the greatest; ``until`` is empty where no end is known."""


def law_spans(book: LawBook, importer: str = USA) -> pd.DataFrame:
    """Measures by action and origin: what is written, whatever the goods.

    Measures in force at one time under one action for one origin make one span, from the least to
    the greatest rate; one that is announced, threatened or suspended makes a span of its own.
    """
    measures = book.clauses[(book.clauses["importer"] == importer) & ~book.clauses["exempt"]]
    measures = measures[measures["component"] != "mfn"]
    rows = []
    for action, own in measures.groupby("action", sort=False):
        over = _over(book, str(action))
        lanes: dict[str, list[dict[str, Any]]] = {}
        for row in records(own):
            row["until"] = min(str(row["until"]), over)
            if row["from"] <= row["until"]:
                for name in str(row["origin"]).split():
                    lanes.setdefault(name, []).append(row)
        for origin, mine in lanes.items():
            head = (action, mine[0]["title"], mine[0]["component"], origin)
            rows += [(*head, *span) for span in _spans(mine)]
    return _table(rows)


def crossing_spans(book: LawBook, given: Crossings, first: str, last: str) -> pd.DataFrame:
    """What each of some crossings was charged on each day from ``first`` to ``last``.

    Columns ``row`` (of ``given``) and ``COLUMNS``; ``low`` and ``high`` are the rate as written.
    Measures for the good and its origin that were announced, threatened or suspended in that time
    make spans of their own. The days on which the crossings are asked do not matter.
    """
    start, end = int(days([first])[0]), int(days([last])[0])
    turns = [start, *(d for d in book.changes.tolist() if start < d <= end)]
    count = len(given)
    asked = Crossings(
        hts=list(given.hts) * len(turns),
        origin=list(given.origin) * len(turns),
        importer=list(given.importer) * len(turns),
        on=[iso(day) for day in turns for _ in range(count)],
        known_on=list(given.known_on) * len(turns),
        value_usd=np.tile(given.value_usd, len(turns)),
        quantity=np.tile(given.quantity, len(turns)),
        facts=list(given.facts) * len(turns),
    )
    lines = _charged(rates(book, asked))
    lines = lines.assign(crossing=lines["row"] % count, place=lines["row"] // count)
    lines = lines.sort_values(["crossing", "action", "place"], kind="stable")
    ends = [*(iso(day) for day in next_day(np.array(turns[1:]), -1).tolist()), last]
    rows: list[tuple[object, ...]] = []
    for (crossing, action), group in groupby(records(lines), itemgetter("crossing", "action")):
        own = list(group)
        pieces = [(*_said(line), iso(turns[line["place"]]), ends[line["place"]]) for line in own]
        head = (crossing, action, own[0]["title"], own[0]["component"], given.origin[crossing])
        rows += [
            (*head, status, begin, finish, rate, rate, kind)
            for status, rate, kind, begin, finish in _joined(pieces)
        ]
    rows += _words_only(book, ask(book, given).ships, first, last)
    made = pd.DataFrame(rows, columns=["row", *COLUMNS])
    return made.astype({"low": float, "high": float})


def _said(line: dict[str, Any]) -> tuple[object, ...]:
    """Status, rate and kind of a line; what may or may not hold has no rate."""
    if line["status"] == "unknown":
        return "unknown", None, ""
    return line["status"], line["rate"], line["kind"]


def _charged(found: Rates) -> pd.DataFrame:
    """Lines that are owed, or that may be: columns of clauses, ``row`` and ``status``.

    A clause that holds and whose base is not known (it hangs on content) counts as in force.
    """
    parts = []
    for rows, made in found.stacks:
        lines = made.lines
        open_ = np.isnan(made.duty)
        at = np.flatnonzero((made.duty > 0) | open_)
        names = ["action", "title", "component", "kind", "rate"]
        part = made.state.book.clauses[names].iloc[lines.clause[at]].reset_index(drop=True)
        holds = lines.known[at] & ~np.isnan(lines.rate[at])
        parts.append(
            part.assign(row=rows[lines.crossing[at]], status=np.where(holds, "in_force", "unknown"))
        )
    return pd.concat(parts, ignore_index=True)


def _words_only(
    book: LawBook, ships: Shipments, first: str, last: str
) -> Iterator[tuple[object, ...]]:
    """Spans of measures that never acted, for the good and the origin of each crossing."""
    clauses = book.arrays
    idle = np.flatnonzero(~clauses.in_force & ~clauses.exempt)
    measures = records(book.clauses.iloc[idle])
    over = {action: _over(book, action) for action in {str(item["action"]) for item in measures}}
    state = law_state(book, int(days([last])[0]))
    listed = match(book.listed, ships.number, ships.length)[0]
    for row in range(len(ships)):
        hit = clauses.importer[idle] == ships.importer[row]
        hit &= listed[row][clauses.scope[idle]] != NO
        hit &= state.ranks[ships.origin[row]][clauses.origin[idle]] > 0
        for place in np.flatnonzero(hit):
            item = measures[place]
            begin = max(str(item["from"]), first)
            finish = min(str(item["until"]), last, over[str(item["action"])])
            if begin <= finish and item["component"] != "mfn":
                rate = item["rate"] or np.nan  # A rate of 0 holds the place of one not known.
                head = (row, item["action"], item["title"], item["component"])
                origin = str(book.iso3[ships.origin[row]])
                yield (*head, origin, item["status"], begin, finish, rate, rate, item["kind"])


def _joined(pieces: Sequence[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    """Pieces (..., from, until) of equal meaning that follow one another, as one."""
    last: tuple[object, ...] | None = None
    for piece in pieces:
        if last and last[:-2] == piece[:-2] and _next(str(last[-1])) == piece[-2]:
            last = (*last[:-1], piece[-1])
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


@cache
def _next(day: str) -> str:
    return iso(int(next_day(days([day]))[0]))


def _over(book: LawBook, action: str) -> str:
    """Last day of an action that has ended for all goods; else the end of days."""
    mine = book.ends[(book.ends["action"] == action) & (book.ends["when"] == "{}")]
    if mine.empty:
        return iso(HINDSIGHT)
    return iso(int(next_day(days([mine["from"].min()]), -1)[0]))


def _spans(mine: Sequence[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Spans (status, from, until, low, high, kind) of the measures of one lane."""
    force = [row for row in mine if row["status"] == "in_force"]
    over = {_next(str(row["until"])) for row in force if str(row["until"]) < iso(HINDSIGHT)}
    turns = sorted(over | {str(row["from"]) for row in force})
    pieces = []
    for start, end in pairwise([*turns, ""]):
        live = [r for r in force if str(r["from"]) <= start and str(r["until"]) >= start]
        if live:
            top = max(live, key=lambda row: float(str(row["rate"])))
            low = min(float(str(row["rate"])) for row in live)
            until = iso(int(next_day(days([end]), -1)[0])) if end else iso(HINDSIGHT)
            pieces.append(("in_force", low, top["rate"], top["kind"], start, until))
    for status, least, most, kind, begin, finish in _joined(pieces):
        yield status, begin, finish, least, most, kind
    for row in mine:
        if row["status"] != "in_force":
            written = row["rate"] or np.nan  # A rate of 0 holds the place of one not known.
            yield row["status"], row["from"], row["until"], written, written, row["kind"]


def _table(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    far = table["until"] == iso(HINDSIGHT)
    return table.assign(until=table["until"].mask(far, ""))
