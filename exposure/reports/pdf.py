"""The same description as PDF, set by typst; data goes in as JSON, never as markup."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exposure.facts.writing import writing
from exposure.reports.description import Block, Figure, Heading, Report, Table, Text, plain
from exposure.reports.figures.canvas import NARROW, text_width
from exposure.reports.words import words

HERE = Path(__file__).parent
FONTS = HERE / "assets" / "fonts"
"""The only fonts of the PDF, with Korean and Japanese letters."""
WIDEST, LEAST = 34.0, 6.0
"""Bounds of a column's weight [letters]."""
PIECE = 12
"""Letters of a long word between two places where it may break."""
WIDE_LETTERS = "\u2e80"
"""From here on letters are Korean, Japanese or Chinese."""
WHOLE = 16.0
"""Length of the longest word of a head for which a column is widened [letters]."""
LABELS = ("contents", "figure", "table", "made", "caveat")


def render(report: Report, fingerprints: Mapping[str, str]) -> bytes:
    """PDF bytes of a report, tagged as PDF/UA-1; the same report gives the same bytes.

    Raises
    ------
    DataError
        If the folder of temporary files is full.
    """
    import typst

    said = words(report.language)
    with tempfile.TemporaryDirectory() as name, writing(Path(name)):
        folder = Path(name)
        labels = {key: said.label(f"report.{key}") for key in LABELS}
        labels["made"] = labels["made"].format(
            version=fingerprints.get("version", ""), data=fingerprints.get("data", "")[:12]
        )
        data = {
            "kind": report.kind,
            "language": report.language,
            "labels": labels,
            "title": plain(report.title),
            "question": plain(report.question),
            "answers": [
                {"text": plain(text), "citation": plain(cited)}
                for text, cited in zip(report.answers, report.citations, strict=True)
            ],
            "key_figures": [[plain(name), plain(value)] for name, value in report.key_figures],
            "notices": [plain(text) for text in report.notices],
            "sections": [
                {"title": plain(s.title), "blocks": [_block(b, folder) for b in s.blocks]}
                for s in report.sections
            ],
        }
        (folder / "report.json").write_text(json.dumps(data), encoding="utf-8")
        (folder / "report.typ").write_bytes((HERE / "templates" / "report.typ").read_bytes())
        # A fixed time: no clock stands in an output.
        made: bytes = typst.compile(
            str(folder / "report.typ"),
            root=str(folder),
            format="pdf",
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            pdf_standards="ua-1",
            timestamp=0,
        )
    return made


def _block(block: Block, folder: Path) -> dict[str, Any]:
    if isinstance(block, tuple):
        return {"kind": "text", "text": plain(block)}
    if isinstance(block, Heading):
        return {"kind": "heading", "text": plain(block.text), "level": block.level}
    if isinstance(block, Figure):
        file = f"{len(list(folder.glob('*.svg')))}.svg"
        (folder / file).write_text(block.views[0][1], encoding="utf-8")
        return {"kind": "figure", "file": file, "title": plain(block.title),
                "alt": plain(block.alt), "source": plain(block.source)}  # fmt: skip
    return {
        "kind": "table",
        "title": plain(block.title),
        "columns": [plain(head) for head in block.columns],
        "rows": [[_breakable(cell) for cell in row] for row in block.rows],
        "numeric": sorted(block.numeric),
        "alerts": [row * len(block.columns) + column for row, column in sorted(block.alerts)],
        "widths": _widths(block),
        "source": plain(block.source),
    }


def _breakable(cell: Text) -> str:
    """A cell's text in which a very long word may break, with marks that print nothing.

    Korean and Japanese break by themselves, and not inside numbers.
    """
    return " ".join(
        "\u200b".join(word[at : at + PIECE] for at in range(0, len(word), PIECE))
        if len(word) > 2 * PIECE and max(word) < WIDE_LETTERS
        else word
        for word in plain(cell).split(" ")
    )


def _widths(table: Table) -> list[float]:
    """Relative widths of columns by their text, within bounds [narrow letters]."""
    widths = []
    for column, head in enumerate(table.columns):
        # Empty cells need no room, and take none from the others.
        texts = [text for row in table.rows if (text := plain(row[column]))]
        cells = [_letters(text) for text in texts] or [1.0]
        mean = sum(cells) / len(cells)
        if column in table.numeric:
            # A number and its unit do not break: too narrow, they run into the column before.
            pieces = [_letters(piece) for text in texts for piece in text.split(" ")]
            mean = max([mean, *(min(piece, WHOLE) for piece in pieces)])
        longest = max(map(_letters, plain(head).split()))
        # A word of the head stays whole; a Korean or Japanese one may break after a few letters.
        widths.append(min(max(mean, min(longest, WHOLE) * 0.9, LEAST), WIDEST))
    return widths


def _letters(text: str) -> float:
    return text_width(text, 1.0) / NARROW
