"""Makes ``data/raw/law/us/lines.csv`` and ``statistical.csv`` from USITC exports of the schedule.

Usage::

    python scripts/make_law_tables.py FOLDER [--out data/raw/law/us]

``FOLDER`` holds the JSON exports of the Harmonized Tariff Schedule as the USITC publishes them
(https://hts.usitc.gov, "Export"), named ``hts_<revision>.json`` or ``hts_<revision>.json.gz``. The
revisions used, and the day from which a difference between one and the next is taken to hold, are
in ``REVISIONS``. Rates that stand in the first revision are taken to hold from ``FIRST_DAY``.

A rate is a fraction where it is plain ad valorem or free; any other rate is kept as text. A program
that a line does not name has neither.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import json
import re
from collections import defaultdict
from pathlib import Path

FIRST_DAY = "2018-01-01"
REVISIONS = {"2025_basic": FIRST_DAY, "2025_rev_32": "2025-07-01", "2026_rev_10": "2026-01-01"}
"""Revision -> first day of what is new in it (8-digit lines)."""

STATISTICAL_FROM = {
    "2025_basic": FIRST_DAY,
    "2025_rev_32": "2025-07-01",
    "2026_rev_10": "2026-02-01",
}
"""Revision -> first day of what is new in it (10-digit codes: section 484(f) changes)."""

LINE_FROM = {"44201900": "2025-01-27"}
"""Lines that came in on another day than their revision in ``REVISIONS``."""

PROGRAMS = {"korus": ["KR"], "usmca": ["S", "S+"], "japan": ["JP"]}
"""Program -> its symbols in the special column, the first that a line names counts."""
CHAPTERS_LEFT_OUT = ("98", "99")


def main() -> None:
    """Read the exports and write both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/raw/law/us"))
    arguments = parser.parse_args()
    lines: dict[str, dict[str, dict[str, str]]] = {}
    codes: dict[str, set[str]] = {}
    for revision in REVISIONS:
        lines[revision], codes[revision] = read_revision(arguments.folder, revision)
    write(arguments.out / "lines.csv", dated_lines(lines))
    write(arguments.out / "statistical.csv", dated_codes(codes))


def read_revision(folder: Path, revision: str) -> tuple[dict[str, dict[str, str]], set[str]]:
    """Lines by 8-digit code, and the 10-digit codes, of one export."""
    path = folder / f"hts_{revision}.json"
    text = path.read_bytes() if path.exists() else gzip.open(f"{path}.gz").read()
    lines: dict[str, dict[str, str]] = {}
    units: dict[str, list[str]] = defaultdict(list)
    codes: set[str] = set()
    for row in json.loads(text):
        code = str(row.get("htsno") or "").replace(".", "")
        if len(code) < 8 or code.startswith(CHAPTERS_LEFT_OUT):
            continue
        if len(code) == 10:
            codes.add(code)
        named = [unit.strip() for unit in row["units"] if unit.strip()]
        units[code[:8]] += [unit for unit in named if unit not in units[code[:8]]]
        # Rates stand on the first row of a line; rows below it inherit them.
        if code[:8] not in lines and (row["general"] or row["special"] or row["other"]):
            lines[code[:8]] = parse(row["general"], row["special"], row["other"])
    for code, line in lines.items():
        line["unit"] = units[code][0] if len(units[code]) == 1 else " ".join(units[code])
    return lines, codes


def parse(general: str, special: str, other: str) -> dict[str, str]:
    """Rate and text columns of one line."""
    found: dict[str, str] = {}
    rates = {"mfn": general, "column2": other}
    listed = [
        (rate.strip(), {symbol.strip() for symbol in symbols.split(",")})
        for rate, symbols in re.findall(r"([^()]+)\(([^()]*)\)", special)
    ]
    for program, symbols in PROGRAMS.items():
        rates[program] = next((r for s in symbols for r, named in listed if s in named), "")
    for name, text in rates.items():
        rate = ad_valorem(text)
        found[f"{name}_rate"] = rate
        found[f"{name}_text"] = "" if rate else " ".join(text.split())
    return found


def ad_valorem(text: str) -> str:
    """Fraction as text for a plain rate, else the empty string."""
    plain = re.sub(r"\s*\d+/\s*$", "", text.strip())
    if plain.lower() == "free":
        return "0"
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(?: (\d)/(\d))?\s*%", plain)
    if not match:
        return ""
    percent = float(match[1]) + (int(match[2]) / int(match[3]) if match[2] else 0.0)
    return f"{percent / 100:.8g}"


def dated_lines(lines: dict[str, dict[str, dict[str, str]]]) -> list[dict[str, str]]:
    """One row a line and spell of equal rates."""
    rows: list[dict[str, str]] = []
    open_rows: dict[str, dict[str, str]] = {}
    for revision, start in REVISIONS.items():
        for code in sorted(set(open_rows) | set(lines[revision])):
            now = lines[revision].get(code)
            row = open_rows.get(code)
            if row is not None and now is not None and same_rates(row, now):
                continue
            day = LINE_FROM.get(code, start)
            if row is not None:
                row["until"] = day_before(day)
                del open_rows[code]
            if now is not None:
                made = {"hts8": code, "from": day, "until": "", **now, "revision": revision}
                open_rows[code] = made
                rows.append(made)
    names = ["mfn", *PROGRAMS, "column2"]
    columns = ["hts8", "from", "until", *(f"{n}_{w}" for n in names for w in ("rate", "text"))]
    columns += ["unit", "revision"]
    rows.sort(key=lambda row: (row["hts8"], row["from"]))
    return [{name: row[name] for name in columns} for row in rows]


def same_rates(row: dict[str, str], other: dict[str, str]) -> bool:
    """Whether all rates and texts agree."""
    return all(row[name] == value for name, value in other.items() if name != "unit")


def dated_codes(codes: dict[str, set[str]]) -> list[dict[str, str]]:
    """10-digit codes with their spell; without those that only repeat an 8-digit line."""
    spells: dict[str, list[str]] = {}
    for revision, start in STATISTICAL_FROM.items():
        for code in codes[revision]:
            if code not in spells or spells[code][1]:
                spells[code] = [LINE_FROM.get(code[:8], start), ""]
        for code, spell in spells.items():
            if code not in codes[revision] and not spell[1]:
                spell[1] = day_before(start)
    children: dict[str, int] = defaultdict(int)
    for code in spells:
        children[code[:8]] += 1
    return [
        {"hts10": code, "from": start, "until": until}
        for code, (start, until) in sorted(spells.items())
        if not (code.endswith("00") and children[code[:8]] == 1)
    ]


def day_before(day: str) -> str:
    """ISO date of the day before."""
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows as CSV with ``\\n`` line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
