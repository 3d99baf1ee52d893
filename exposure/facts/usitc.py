"""The schedule of the United States from exports of the USITC: column 1 and 2, and the codes.

An export is the JSON file of one edition, as https://hts.usitc.gov gives it. Editions follow one
another: what is new in one holds from a stated day, and what is alike goes on.

``python -m exposure.facts.usitc FOLDER`` makes the shipped tables from ``hts_<revision>.json[.gz]``
of all editions in ``data/raw/law/us/editions.csv``.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from exposure.errors import DataError
from exposure.facts.files import read_csv
from exposure.facts.place import data_root
from exposure.facts.read_law import LINE_RATES
from exposure.facts.writing import replace_file
from exposure.frames import records

PROGRAMS = {"korus": ["KR"], "usmca": ["S", "S+"], "japan": ["JP"]}
"""Program -> its symbols in the special column, the first that a line names counts."""
COLUMNS = ("general", "special", "other")
"""Fields of an export that hold rates."""
CHAPTERS_LEFT_OUT = ("98", "99")
RATES = [f"{name}_{what}" for name in LINE_RATES for what in ("rate", "text")]
LINE_COLUMNS = ["hts8", "from", "until", *RATES, "unit", "revision"]
CODE_COLUMNS = ["hts10", "from", "until"]
EDITION_COLUMNS = ["revision", "line", "lines_from", "codes_from", "source"]

Row = dict[str, str]


@dataclass(frozen=True)
class Edition:
    """One export: rates and unit by 8-digit line, and the 10-digit codes."""

    lines: Mapping[str, Row]
    codes: frozenset[str]


@dataclass
class Tables:
    """Dated lines and codes, edition by edition.

    Attributes
    ----------
    lines
        Rows ``LINE_COLUMNS``; an open one has no ``until``.
    codes
        First and last day of each 10-digit code.
    """

    lines: list[Row] = field(default_factory=list)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(
        self,
        edition: Edition,
        revision: str,
        lines_from: str,
        codes_from: str,
        exceptions: Mapping[str, str],
    ) -> dict[str, int]:
        """Lay an edition over those before it; gives how many lines and codes came and went.

        ``exceptions`` are lines that came in on a day of their own.
        """
        old = {row["hts8"]: row for row in self.lines if not row["until"]}
        count = {"lines changed": 0, "lines new": 0, "lines gone": 0, "codes new": 0}
        count["codes gone"] = 0
        for code in sorted({*old, *edition.lines}):
            row, now = old.get(code), edition.lines.get(code)
            if row is not None and now is not None and all(row[n] == now[n] for n in RATES):
                continue
            day = exceptions.get(code, lines_from)
            if row is not None:
                row["until"] = _eve(day)
            if now is not None:
                made = {"hts8": code, "from": day, "until": "", **now, "revision": revision}
                self.lines.append(made)
            kind = "gone" if now is None else "new" if row is None else "changed"
            count[f"lines {kind}"] += 1
        for code in edition.codes:
            if code not in self.codes or self.codes[code][1]:
                self.codes[code] = (exceptions.get(code[:8], codes_from), "")
                count["codes new"] += 1
        for code, (start, until) in self.codes.items():
            if code not in edition.codes and not until:
                self.codes[code] = (start, _eve(codes_from))
                count["codes gone"] += 1
        return count

    def frames(self) -> dict[str, pd.DataFrame]:
        """Tables ``lines`` and ``statistical``; codes that only repeat a line are left out."""
        lines = sorted(self.lines, key=lambda row: (row["hts8"], row["from"]))
        children: dict[str, int] = defaultdict(int)
        for code in self.codes:
            children[code[:8]] += 1
        codes = [
            (code, start, until)
            for code, (start, until) in sorted(self.codes.items())
            if not (code.endswith("00") and children[code[:8]] == 1)
        ]
        return {
            "lines": pd.DataFrame(lines, columns=LINE_COLUMNS),
            "statistical": pd.DataFrame(codes, columns=CODE_COLUMNS),
        }


def read_tables(folder: Path) -> Tables:
    """The tables of a folder ``law/us``, to be gone on with."""
    lines = read_csv(folder / "lines.csv", LINE_COLUMNS)
    codes = read_csv(folder / "statistical.csv", CODE_COLUMNS)
    found = {code: (start, until) for code, start, until in codes.itertuples(index=False)}
    open_lines = lines.loc[lines["until"] == "", ["hts8", "from"]]
    for line, start in open_lines.itertuples(index=False):
        # A line without codes of its own is its own code.
        if not any(f"{line}{n:02d}" in found for n in range(100)):
            found[f"{line}00"] = (start, "")
    rows = [{key: str(value) for key, value in row.items()} for row in records(lines)]
    return Tables(rows, found)


def write_tables(made: Tables, folder: Path) -> None:
    """Write ``lines.csv`` and ``statistical.csv``, both or none."""
    content = {
        f"{name}.csv": table.to_csv(index=False, lineterminator="\n").encode()
        for name, table in made.frames().items()
    }
    for name, text in content.items():
        replace_file(folder / name, text)


def read_export(path: Path) -> Edition:
    """One export, plain or packed with gzip.

    Raises
    ------
    DataError
        If it is no such file.
    """
    try:
        text = path.read_bytes()
        rows = json.loads(gzip.decompress(text) if path.suffix == ".gz" else text)
    except FileNotFoundError as error:
        raise DataError("no such file", str(path)) from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"not JSON: {error}", str(path), "an export of the USITC") from error
    return read_rows(rows, str(path))


def read_rows(rows: Any, where: str) -> Edition:
    """Rows of an export.

    Raises
    ------
    DataError
        If they lack a field, or hold no line at all.
    """
    needed = {"htsno", "units", "general", "special", "other"}
    lines: dict[str, Row] = {}
    units: dict[str, list[str]] = defaultdict(list)
    codes: set[str] = set()
    if not isinstance(rows, list):
        raise DataError("no list of rows", where, "an export of the USITC")
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict) or needed - set(row):
            raise DataError("a field is missing", f"{where}: row {place}", ", ".join(needed))
        code = str(row["htsno"] or "").replace(".", "")
        if len(code) < 8 or code.startswith(CHAPTERS_LEFT_OUT):
            continue
        if len(code) == 10:
            codes.add(code)
        named = [unit.strip() for unit in row["units"] or [] if unit.strip()]
        units[code[:8]] += [unit for unit in named if unit not in units[code[:8]]]
        # Rates stand on the first row of a line; rows below it inherit them.
        if code[:8] not in lines and any(row[n] for n in COLUMNS):
            lines[code[:8]] = _rates(*(str(row[n] or "") for n in COLUMNS))
    if not lines:
        raise DataError("no line of eight digits with a rate", where, "an export of the USITC")
    for code, line in lines.items():
        line["unit"] = " ".join(units[code])
    return Edition(lines, frozenset(codes))


def _rates(general: str, special: str, other: str) -> Row:
    """Rate and text columns of one line."""
    rates = {"mfn": general, "column2": other}
    listed = [
        (rate.strip(), {symbol.strip() for symbol in symbols.split(",")})
        for rate, symbols in re.findall(r"([^()]+)\(([^()]*)\)", special)
    ]
    for program, symbols in PROGRAMS.items():
        rates[program] = next((r for s in symbols for r, named in listed if s in named), "")
    found: Row = {}
    for name, text in rates.items():
        rate = ad_valorem(text)
        found[f"{name}_rate"] = rate
        found[f"{name}_text"] = "" if rate else " ".join(text.split())
    return found


def ad_valorem(text: str) -> str:
    """Fraction as text for a plain rate, else the empty string.

    Examples
    --------
    >>> ad_valorem("2.5%"), ad_valorem("Free 1/"), ad_valorem("6 1/2%"), ad_valorem("52.5¢/bbl")
    ('0.025', '0', '0.065', '')
    """
    plain = re.sub(r"\s*\d+/\s*$", "", text.strip())
    if plain.lower() == "free":
        return "0"
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(?: (\d)/(\d))?\s*%", plain)
    if not match:
        return ""
    percent = float(match[1]) + (int(match[2]) / int(match[3]) if match[2] else 0.0)
    return f"{percent / 100:.8g}"


def rebuild(exports: Path, editions: pd.DataFrame) -> Tables:
    """Tables of all editions, in the order of the table ``EDITION_COLUMNS``."""
    made = Tables()
    for revision, rows in editions.groupby("revision", sort=False):
        path = exports / f"hts_{revision}.json"
        path = path if path.exists() else path.with_name(f"{path.name}.gz")
        table = records(rows)
        own = {str(row["line"]): str(row["lines_from"]) for row in table if row["line"]}
        whole = next(row for row in table if not row["line"])
        made.add(read_export(path), str(revision), whole["lines_from"], whole["codes_from"], own)
    return made


def _eve(day: str) -> str:
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()


if __name__ == "__main__":
    us = data_root() / "raw" / "law" / "us"
    write_tables(rebuild(Path(sys.argv[1]), read_csv(us / "editions.csv", EDITION_COLUMNS)), us)
