"""Command that checks a finished report: verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exposure.cli.common import plain_errors

FELL_SHORT = 1
SHOWN = 20
"""Mismatches that are told; their number is told always."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print counts and mismatches as JSON.")
@plain_errors
def verify(folder: Path, as_json: bool) -> None:
    r"""Make every cell of a report FOLDER again, the slow way, and print what differs.

    Files against the manifest, every word of the pages against cells and strings, every cell of
    every table against a second evaluation row by row, and sums against their parts. Code 1 if
    anything differs.

    \b
    exposure verify reports/law-today
    """
    import json

    from exposure import api

    found = api.verify(folder)
    if as_json:
        counts = json.loads(found.counts.to_json(orient="records"))
        said = {"files": found.files, "words": found.words, "tables": counts,
                "mismatches": [str(item) for item in found.mismatches]}  # fmt: skip
        click.echo(json.dumps(said, indent=1))
    else:
        for item in found.mismatches[:SHOWN]:
            click.echo(str(item))
        if len(found.mismatches) > SHOWN:
            click.echo(f"and {len(found.mismatches) - SHOWN:,} more")
        cells, sums = int(found.counts["cells"].sum()), int(found.counts["sums"].sum())
        click.echo(
            f"{folder}: {found.files} files, {found.words:,} pieces of text, {cells:,} cells of "
            f"{len(found.counts)} tables made again, {sums:,} sums added up: "
            f"{len(found.mismatches):,} mismatches"
        )
    if not found.ok:
        sys.exit(FELL_SHORT)
