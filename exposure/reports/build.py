"""Writes a report's folder whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from exposure.reports import html, pdf
from exposure.reports.claims import claims
from exposure.reports.contents import describe
from exposure.reports.words import harmless

FORMULA = frozenset("=+-@")
"""With these a spreadsheet begins a formula."""


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
    report = describe(tables, kind, language)
    files = {
        "report.html": html.render(report, tables, fingerprints).encode(),
        "report.pdf": pdf.render(report, fingerprints),
    }
    files["claims.parquet"] = parquet(claims(report))
    for name, table in sorted(tables.items()):
        files[f"tables/{name}.parquet"] = parquet(table)
        files[f"tables/{name}.csv"] = safe_csv(table).encode()
    if asked:
        files["asked.json"] = (json.dumps(dict(asked), indent=1, sort_keys=True) + "\n").encode()
    manifest = {
        "report": {"kind": kind, "language": language},
        "fingerprints": dict(fingerprints),
        "rows": {name: len(table) for name, table in tables.items()},
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files["manifest.json"] = (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
    write_folder(out, files)
    return [out / name for name in files]


def parquet(table: pd.DataFrame) -> bytes:
    """A table as Parquet; the same table gives the same bytes."""
    stream = io.BytesIO()
    table.to_parquet(stream, index=False, compression="zstd")
    return stream.getvalue()


def safe_csv(table: pd.DataFrame) -> str:
    """A table as CSV in which no text is a formula to a spreadsheet.

    Text that begins with ``= + - @`` gets an apostrophe in front, as OWASP advises against CSV
    injection; numbers stay as they are.
    """
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(
                lambda cell: _safe_cell(cell) if isinstance(cell, str) else cell
            )
    return safe.to_csv(index=False, lineterminator="\n")


def _safe_cell(cell: str) -> str:
    text = harmless(cell)
    return f"'{text}" if text[:1] in FORMULA else text


def write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """A folder with these files, whole or not at all; one that is there is replaced."""
    out.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        for name, content in files.items():
            path = made / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        made.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        made.rename(out)
    finally:
        shutil.rmtree(made, ignore_errors=True)
