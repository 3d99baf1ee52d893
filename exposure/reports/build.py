"""Writes a report's folder whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from exposure.errors import DataError, QueryError
from exposure.facts.files import parquet_bytes
from exposure.facts.user_tables import read_result_tables
from exposure.facts.writing import replace_folder
from exposure.reports import html, pdf
from exposure.reports.backtest_contents import describe_backtest
from exposure.reports.claims import claims
from exposure.reports.contents import describe
from exposure.reports.description import Report
from exposure.reports.sweep_contents import KIND as SWEEP
from exposure.reports.sweep_contents import describe_sweep, heat_of
from exposure.reports.words import harmless, words
from exposure.sweeps.reading import SweepTable
from exposure.sweeps.summary import sweep_tables

FORMULA = frozenset("=+-@")
"""With these a spreadsheet begins a formula."""
RESULT = "a folder that `exposure run` or `exposure report` wrote"


def build(
    tables: Mapping[str, pd.DataFrame],
    fingerprints: Mapping[str, str],
    out: Path,
    kind: str = "full",
    language: str = "en",
    asked: Mapping[str, object] | None = None,
) -> list[Path]:
    """Write ``report.html``, ``report.pdf``, ``claims.parquet``, ``tables/``, ``manifest.json``.

    ``asked`` is what the run was given; it comes into ``asked.json``, from which `exposure verify`
    asks again.

    Everything is made in a folder beside it, which then takes its place; an older report is
    replaced whole. The same tables give the same bytes.

    Raises
    ------
    QueryError
        If there is no such kind or language.
    """
    return _written(describe(tables, kind, language), tables, fingerprints, out, asked=asked)


def build_backtest(
    tables: Mapping[str, pd.DataFrame],
    fingerprints: Mapping[str, str],
    out: Path,
    language: str = "en",
) -> list[Path]:
    """Write the report of a back-test, with the same files as `build`."""
    return _written(describe_backtest(tables, language), tables, fingerprints, out)


def build_sweep(
    table: SweepTable,
    out: Path,
    language: str = "en",
    *,
    x: str | None = None,
    y: str | None = None,
    output: str | None = None,
) -> list[Path]:
    """Write the report of a finished sweep, with the same files as `build`.

    Parameters
    ----------
    table
        From `exposure.sweeps.reading.open_sweep`.
    out
        Folder; a report that is there is replaced whole. It may lie inside the sweep's.
    language
        ``en``, ``ko`` or ``ja``.
    x, y, output
        As in `exposure.sweeps.summary.sweep_tables`.

    Raises
    ------
    QueryError
        If there is no such language, input or output, or ``out`` holds anything but a report.
    DataError
        If a file of the sweep is broken.
    """
    words(language)
    _may_replace(out)  # before the rows are read
    return build_sweep_tables(sweep_tables(table, x, y, output), table.fingerprints, out, language)


def build_sweep_tables(
    tables: Mapping[str, pd.DataFrame],
    fingerprints: Mapping[str, str],
    out: Path,
    language: str = "en",
) -> list[Path]:
    """Write the report of a sweep from its tables, as `build_sweep` made them."""
    report = describe_sweep(tables, language)
    return _written(report, tables, fingerprints, out, heat_of(tables, language))


def rebuild(folder: Path, out: Path | None, kind: str, language: str) -> list[Path]:
    """Write the report of a folder anew, from its tables, in another kind or language.

    Parameters
    ----------
    folder
        That a run or `build_sweep` wrote.
    out
        Folder; by default one beside it with kind and language in its name.
    kind, language
        As in `build`; the report of a sweep has one kind only.

    Raises
    ------
    DataError
        If it is no such folder.
    QueryError
        If there is no such kind or language.
    """
    path = folder / "manifest.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        made, fingerprints = said["report"]["kind"], dict(said["fingerprints"])
    except FileNotFoundError:
        raise DataError("no manifest", str(path), RESULT) from None
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise DataError(f"not the manifest of a report: {error}", str(path), RESULT) from None
    try:
        tables = read_result_tables(folder)
    except (OSError, ValueError) as error:
        raise DataError(f"a table cannot be read: {error}", str(folder), RESULT) from None
    named = folder if folder.name else folder.resolve()
    place = out or named.with_name(f"{named.name}-{kind or made}-{language}")
    _may_replace(place)
    try:
        if made == SWEEP:
            one_kind(kind)
            return build_sweep_tables(tables, fingerprints, place, language)
        return build(tables, fingerprints, place, kind or made, language, _asked(folder))
    except KeyError as error:
        # A folder of an older version, or one whose tables someone has moved.
        raise DataError(f"no {error} in its tables", str(folder), RESULT) from None


def _asked(folder: Path) -> Mapping[str, object] | None:
    """What the run of a folder was given, where it says so."""
    try:
        found = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _may_replace(out: Path) -> None:
    """Check that a folder holds a report or nothing: the one of a sweep must not be lost.

    Raises
    ------
    QueryError
        If it holds anything else.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        said = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        said = None
    if not (isinstance(said, dict) and "report" in said):
        raise QueryError("holds something other than a report", str(out), "another folder")


def one_kind(kind: str) -> None:
    """Check that the report of a sweep is not asked for in a kind that only runs have.

    Raises
    ------
    QueryError
        If it is.
    """
    if kind not in ("", "full"):
        raise QueryError(f"no kind {kind!r} of the report of a sweep", "", "it has one kind")


def _written(
    report: Report,
    tables: Mapping[str, pd.DataFrame],
    fingerprints: Mapping[str, str],
    out: Path,
    heat: Mapping[str, Any] | None = None,
    asked: Mapping[str, object] | None = None,
) -> list[Path]:
    _may_replace(out)
    files = {
        "report.html": html.render(report, tables, fingerprints, heat).encode(),
        "report.pdf": pdf.render(report, fingerprints),
    }
    files["claims.parquet"] = parquet_bytes(claims(report))
    for name, table in sorted(tables.items()):
        files[f"tables/{name}.parquet"] = parquet_bytes(table)
        files[f"tables/{name}.csv"] = safe_csv(table).encode()
    if asked:
        files["asked.json"] = (json.dumps(dict(asked), indent=1, sort_keys=True) + "\n").encode()
    manifest = {
        "report": {"kind": report.kind, "language": report.language},
        "fingerprints": dict(fingerprints),
        "rows": {name: len(table) for name, table in tables.items()},
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files["manifest.json"] = (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
    replace_folder(out, files)
    return [out / name for name in files]


def safe_csv(table: pd.DataFrame) -> str:
    """A table as CSV in which no text and no head of a column is a formula to a spreadsheet.

    Text that begins with ``= + - @`` gets an apostrophe in front, as OWASP advises against CSV
    injection; numbers stay as they are.
    """
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(_plain)
    safe.columns = [_plain(name) for name in safe.columns]
    return safe.to_csv(index=False, lineterminator="\n")


def _plain(cell: Any) -> Any:
    """A cell that no spreadsheet computes, without marks that turn the direction of reading."""
    if not isinstance(cell, str):
        return cell
    text = harmless(cell)
    return f"'{text}" if text[:1] in FORMULA else text
