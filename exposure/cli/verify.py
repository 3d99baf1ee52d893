"""Command that checks a finished report: verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exposure.cli.commands import FELL_SHORT, command
from exposure.cli.common import Say, answers

SHOWN = 20
"""Mismatches that are told; their number is told always."""


@command(
    examples={
        "exposure verify reports/law-today": "every cell of a report made again",
        "exposure verify reports/law-today --quiet": "the same, for the exit code alone",
    }
)
@click.argument("folder", type=click.Path(path_type=Path))
@answers
def verify(folder: Path, say: Say) -> None:
    """Make every cell of a report FOLDER again, the slow way, and print what differs.

    Files against the manifest, every word of the pages against cells and strings, every cell of
    every table against a second evaluation row by row, and sums against their parts. Code 1 if
    anything differs.
    """
    from exposure import api

    found = api.verify(folder)
    told = [str(item) for item in found.mismatches]
    say.json({"files": found.files, "words": found.words, "tables": found.counts,
              "mismatches": told})  # fmt: skip
    for line in told[:SHOWN]:
        say.text(line)
    if len(told) > SHOWN:
        say.text(f"and {len(told) - SHOWN:,} more")
    cells, sums = int(found.counts["cells"].sum()), int(found.counts["sums"].sum())
    say.text(
        f"{folder}: {found.files} files, {found.words:,} pieces of text, {cells:,} cells of "
        f"{len(found.counts)} tables made again, {sums:,} sums added up: "
        f"{len(told):,} mismatches"
    )
    if not found.ok:
        sys.exit(FELL_SHORT)
