"""The same description as PDF, set by typst; data goes in as JSON, never as markup."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from exposure.reports.description import Figure, Report, Table


def render(report: Report) -> bytes:
    """PDF bytes of a report; the same report gives the same bytes."""
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sections = [
            {"title": s.title, "blocks": [_block(b, folder) for b in s.blocks]}
            for s in report.sections
        ]
        data = {
            "title": report.title,
            "question": report.question,
            "answers": report.answers,
            "key_figures": report.key_figures,
            "sections": sections,
        }
        (folder / "report.json").write_text(json.dumps(data), encoding="utf-8")
        template = Path(__file__).parent / "templates" / "report.typ"
        (folder / "report.typ").write_bytes(template.read_bytes())
        # A fixed time: no clock stands in an output.
        made: bytes = typst.compile(
            str(folder / "report.typ"),
            root=str(folder),
            format="pdf",
            ignore_system_fonts=True,
            timestamp=0,
        )
    return made


def _block(block: str | Table | Figure, folder: Path) -> dict[str, Any]:
    if isinstance(block, str):
        return {"kind": "text", "text": block}
    if isinstance(block, Figure):
        file = f"{len(list(folder.glob('*.svg')))}.svg"
        (folder / file).write_text(block.svg, encoding="utf-8")
        return {"kind": "figure", "file": file, "title": block.title, "alt": block.alt,
                "source": block.source}  # fmt: skip
    return {
        "kind": "table",
        "title": block.title,
        "columns": block.columns,
        "rows": block.rows,
        "numeric": sorted(block.numeric),
        "widths": _widths(block),
        "source": block.source,
    }


def _widths(table: Table) -> list[float]:
    """Relative widths of columns by their text, within bounds."""
    widths = []
    for column, head in enumerate(table.columns):
        cells = [len(row[column]) for row in table.rows] or [1]
        mean = sum(cells) / len(cells)
        widths.append(min(max(mean, max(map(len, head.split())) * 0.9, 6.0), 34.0))
    return widths
