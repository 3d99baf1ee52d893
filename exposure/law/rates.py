"""The duty stack of every row of a table of crossings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import COMPONENTS, SPECIFIC
from exposure.errors import ExposureError, Problems, QueryError
from exposure.frames import records
from exposure.law.base import Tag, base_shares
from exposure.law.book import LawBook
from exposure.law.lines import DutyLines, duty_lines
from exposure.law.scope import Matcher
from exposure.law.select import Shipments
from exposure.law.stack import duty_shares, extra_rate
from exposure.law.timeline import state_keys

Floats = NDArray[np.float64]
FIRST_DAY = "2018-01-01"
"""First day of the encoded law."""

CROSSING_COLUMNS = ("hts", "origin", "importer", "on", "known_on", "value_usd", "quantity", "facts")
LINE_COLUMNS = (
    "row", "component", "authority", "action", "clause", "title", "instrument", "heading", "kind",
    "rate", "base", "base_share", "left_share", "duty_rate", "status", "effective_from", "source",
    "note",
)  # fmt: skip


@dataclass(frozen=True)
class Rates:
    """Duty stacks.

    Attributes
    ----------
    table
        Row by row of the question: a column a component (NaN where no measure speaks), ``total``,
        ``status`` (``known``, ``unknown``) and ``note``. Fractions of customs value.
    lines
        One row for each crossing and action, with the clause, its base and its citation.
    """

    table: pd.DataFrame
    lines: pd.DataFrame


def rates(book: LawBook, crossings: pd.DataFrame) -> Rates:
    """Duty stacks of crossings (columns ``CROSSING_COLUMNS``; ``facts`` holds dicts).

    Raises
    ------
    Problems
        One line a row that names an unknown code, country, date or attribute.
    """
    check_crossings(book, crossings)
    matcher = book.matcher
    crossings = crossings.reset_index(drop=True)
    crossings["hts"] = _only_line(book, crossings["hts"])
    tables = (book.clauses, book.scopes, book.ends, book.lines, book.groups)
    states = state_keys(tables, crossings["on"], crossings["known_on"])
    table = pd.DataFrame(np.nan, index=crossings.index, columns=[*COMPONENTS, "total"])
    notes = np.full(len(crossings), "", dtype=object)
    lines = []
    for state in np.unique(states):
        rows = np.flatnonzero(states == state)
        part = crossings.iloc[rows]
        wide, note, long = _one_state(book, matcher, part)
        table.iloc[rows] = wide
        notes[rows] = note
        lines.append(long.assign(row=rows[long["row"].to_numpy(dtype=int)]))
    table["status"] = np.where(table["total"].isna(), "unknown", "known")
    table["note"] = notes
    empty = pd.DataFrame(columns=list(LINE_COLUMNS))
    return Rates(table, pd.concat(lines, ignore_index=True) if lines else empty)


def _only_line(book: LawBook, codes: pd.Series[str]) -> pd.Series[str]:
    """A code of six digits with one line under it means that line."""
    lines = book.lines["hts8"].drop_duplicates()
    stems = lines.str[:6]
    single = lines[~stems.duplicated(keep=False)]
    only = dict(zip(single.str[:6], single, strict=True))
    return codes.map(lambda code: only.get(code, code))


def _one_state(
    book: LawBook, matcher: Matcher, part: pd.DataFrame
) -> tuple[Floats, list[str], pd.DataFrame]:
    on, known = str(part["on"].iloc[0]), str(part["known_on"].iloc[0])
    ships = shipments(part)
    materials = sorted(set(book.clauses["material"]) - {""})
    tags = [Tag(name) for name in materials]
    found = duty_lines(book, matcher, ships, tags, on, known)
    at = found.crossing
    content = _stated_content(matcher, ships, materials)
    us = _fact(matcher, ships, "us_content")
    share = base_shares(found.base, content[at][None], us[at][None])
    rate = extra_rate(
        found.structure.kind,
        _ad_valorem(found, part),
        found.cap,
        found.column1[at],
    )[None]
    duty, left = duty_shares(found.structure, rate, share)
    long = line_table(book, found, duty[0], share[0], left[0])
    return *_wide(found, long, matcher, ships, book), long


def shipments(part: pd.DataFrame) -> Shipments:
    """Crossings of a table, with equal sets of facts put together."""
    texts = [json.dumps(facts, sort_keys=True) for facts in part["facts"]]
    distinct, facts_of = np.unique(np.array(texts, dtype=str), return_inverse=True)
    return Shipments(
        codes=part["hts"].to_numpy(dtype=str),
        origins=part["origin"].to_numpy(dtype=str),
        importers=part["importer"].to_numpy(dtype=str),
        facts=[json.loads(text) for text in distinct],
        facts_of=facts_of.astype(np.int64),
    )


def _fact(matcher: Matcher, ships: Shipments, name: str) -> Floats:
    """A numeric attribute (crossing,); NaN where not known."""
    values = [matcher.fact(facts, name) for facts in ships.facts]
    numbers = [np.nan if value is None else float(str(value)) for value in values]
    return np.array(numbers, dtype=float)[ships.facts_of]


def _stated_content(matcher: Matcher, ships: Shipments, materials: list[str]) -> Floats:
    """Content (crossing, material); a shipment that states one material has declared them all."""
    content = np.stack([_fact(matcher, ships, f"{name}_share") for name in materials], axis=1)
    declared = ~np.isnan(content).all(axis=1, keepdims=True)
    return np.where(declared & np.isnan(content), 0.0, content)


def _ad_valorem(found: DutyLines, part: pd.DataFrame) -> Floats:
    """Rates with specific ones turned into fractions of value; NaN without value and quantity."""
    value = part["value_usd"].to_numpy(dtype=float)[found.crossing]
    quantity = part["quantity"].to_numpy(dtype=float)[found.crossing]
    with np.errstate(divide="ignore", invalid="ignore"):
        specific = found.rate * quantity / value
    return np.where(found.structure.kind == SPECIFIC, specific, found.rate)


def line_table(
    book: LawBook, found: DutyLines, duty: Floats, share: Floats, left: Floats
) -> pd.DataFrame:
    """Lines in words; ``row`` numbers the crossing within the state."""
    rows = book.clauses.iloc[found.clause].reset_index(drop=True)
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
        effective_from=rows["from"],
        source=rows["source"],
        note=rows["note"],
    )
    return pd.concat([_column1_table(book, found), table], ignore_index=True)[list(LINE_COLUMNS)]


def _column1_table(book: LawBook, found: DutyLines) -> pd.DataFrame:
    own = found.column1_clause >= 0
    rows = book.clauses.iloc[np.maximum(found.column1_clause, 0)].reset_index(drop=True)
    known = ~np.isnan(found.column1)
    words = {
        "action": "column-1",
        "clause": "",
        "title": "Ordinary rate of the tariff schedule",
        "instrument": "HTSUS column 1 or 2",
        "heading": "",
        "effective_from": "",
        "source": "HTSUS, edition in force on the day",
    }
    columns = {
        name: np.where(own, rows[name if name != "effective_from" else "from"], text)
        for name, text in words.items()
    }
    return pd.DataFrame(
        {
            "row": np.arange(len(found.column1)),
            "component": "mfn",
            "authority": "mfn",
            **columns,
            "kind": "rate",
            "rate": found.column1,
            "base": "full",
            "base_share": 1.0,
            "left_share": 1.0,
            "duty_rate": found.column1,
            "status": np.where(known, np.where(found.column1 > 0, "owed", "free"), "unknown"),
            "note": found.column1_text,
        }
    )


def _wide(
    found: DutyLines, long: pd.DataFrame, matcher: Matcher, ships: Shipments, book: LawBook
) -> tuple[Floats, list[str]]:
    """Components and total (crossing, component + 1), and notes on what is not known."""
    wide = np.full((len(ships), len(COMPONENTS) + 1), np.nan)
    place = long["component"].map({name: i for i, name in enumerate(COMPONENTS)}).to_numpy()
    row, duty = long["row"].to_numpy(dtype=int), long["duty_rate"].to_numpy(dtype=float)
    cells = np.zeros((len(ships), len(COMPONENTS)))
    said = np.zeros(cells.shape, dtype=bool)
    np.add.at(cells, (row, place), duty)
    said[row, place] = True
    wide[:, :-1] = np.where(said, cells, np.nan)
    covered = np.array([not name for name in found.uncovered], dtype=bool)
    wide[:, -1] = np.where(covered, np.where(said, cells, 0.0).sum(axis=1), np.nan)
    notes = ["" for _ in range(len(ships))]
    for line in records(long[long["status"] == "unknown"]):
        _add(notes, line["row"], _why(line, book, matcher, ships))
    for index in np.flatnonzero(~covered):
        _add(notes, int(index), f"not encoded yet: {found.uncovered[index]}")
    return wide, notes


def _why(line: Mapping[str, Any], book: LawBook, matcher: Matcher, ships: Shipments) -> str:
    action, clause = line["action"], line["clause"]
    if action == "column-1":
        return f"column 1 is not a plain ad valorem rate: {line['note']}"
    match = book.clauses[(book.clauses["action"] == action) & (book.clauses["clause"] == clause)]
    facts = ships.facts[ships.facts_of[line["row"]]]
    missing = matcher.missing(str(match["when"].iloc[0]), facts)
    if missing:
        return f"{action} depends on {', '.join(missing)}"
    return f"{action}/{clause}: code too short, or content, value or quantity not given"


def _add(notes: list[str], row: int, text: str) -> None:
    if text not in notes[row]:
        notes[row] = f"{notes[row]}; {text}" if notes[row] else text


def check_crossings(book: LawBook, crossings: pd.DataFrame) -> None:
    """Refuse rows that name what does not exist.

    Raises
    ------
    Problems
        One line a row.
    """
    problems: list[ExposureError] = []
    countries = set(book.countries["iso3"])
    importers = set(book.clauses["importer"])
    attributes = book.attributes.set_index("id")
    lines = set(book.lines["hts8"])
    stems = lines | {code[:6] for code in lines}
    statistical = set(book.statistical["hts10"])
    where = [f"row {number}" for number in range(1, len(crossings) + 1)]
    for place, row in zip(where, records(crossings), strict=True):
        code = str(row["hts"])
        if row["importer"] == "USA" and not _exists(code, stems, statistical):
            problems.append(QueryError(f"HTS {code!r} is not in the US schedule", place))
        for name, known in (("origin", countries), ("importer", importers)):
            if row[name] not in known:
                mend = "ISO 3166-1 alpha-3" if name == "origin" else ", ".join(sorted(known))
                problems.append(QueryError(f"{name} {row[name]!r} is not known", place, mend))
        problems.extend(_date_problems(row, place))
        problems.extend(_fact_problems(row["facts"], attributes, place))
    if problems:
        raise Problems(problems)


def _exists(code: str, stems: set[str], statistical: set[str]) -> bool:
    if len(code) == 10:
        return code in statistical or (code.endswith("00") and code[:8] in stems)
    return code in stems


def _date_problems(row: Mapping[str, object], place: str) -> list[ExposureError]:
    found: list[ExposureError] = []
    for name in ("on", "known_on"):
        text = str(row[name])
        if name == "known_on" and not text:
            continue
        if pd.isna(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")):
            found.append(QueryError(f"{name} {text!r} is not a date", place, "YYYY-MM-DD"))
        elif name == "on" and text < FIRST_DAY:
            found.append(QueryError(f"{name} {text} lies before the first day", place, FIRST_DAY))
    return found


def _fact_problems(
    facts: Mapping[str, object], attributes: pd.DataFrame, place: str
) -> list[ExposureError]:
    found: list[ExposureError] = []
    for name, value in facts.items():
        if name not in attributes.index:
            allowed = ", ".join(attributes.index)
            found.append(QueryError(f"attribute {name!r} is not known", place, allowed))
            continue
        kind = attributes.loc[name, "kind"]
        choices = str(attributes.loc[name, "choices"]).split()
        good = {
            "bool": isinstance(value, bool),
            "number": isinstance(value, int | float) and not isinstance(value, bool),
            "choice": value in choices,
        }[str(kind)]
        if not good:
            allowed = ", ".join(choices) or str(kind)
            found.append(QueryError(f"attribute {name}={value!r}", place, f"allowed: {allowed}"))
    return found
