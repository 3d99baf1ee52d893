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
from exposure.reports.contents import describe


def build(
    tables: Mapping[str, pd.DataFrame], fingerprints: Mapping[str, str], out: Path
) -> list[Path]:
    """Write ``report.html``, ``report.pdf``, ``tables/`` and ``manifest.json`` to ``out``.

    Everything is made in a folder beside it, which then takes its place; an older report is
    replaced whole. The same tables give the same bytes.
    """
    report = describe(tables)
    files = {
        "report.html": html.render(report, fingerprints).encode(),
        "report.pdf": pdf.render(report),
    }
    for name, table in sorted(tables.items()):
        stream = io.BytesIO()
        table.to_parquet(stream, index=False, compression="zstd")
        files[f"tables/{name}.parquet"] = stream.getvalue()
        files[f"tables/{name}.csv"] = table.to_csv(index=False, lineterminator="\n").encode()
    manifest = {
        "fingerprints": dict(fingerprints),
        "rows": {name: len(table) for name, table in tables.items()},
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files["manifest.json"] = (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
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
    return [out / name for name in files]
