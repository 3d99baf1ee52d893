"""The command that estimates: a table of trade in, a number with its verdict out."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.commands import command
from exposure.cli.common import Say, answers, out_option
from exposure.cli.names import ShippedName


@command(
    examples={
        "exposure estimate usmca-claims-event": "an elasticity with its verdict",
        "exposure estimate usmca-claims-event -o reports/usmca-claims": "tables and a picture too",
    }
)
@click.argument("file", type=ShippedName("estimations"))
@out_option("Folder for tables, row and picture.")
@answers
def estimate(file: str, out: Path | None, say: Say) -> None:
    """Estimate what FILE (.yaml, or a shipped name) asks of its table of trade."""
    from exposure import api
    from exposure.reports.estimate_text import estimate_text

    made = api.estimate(file)
    paths = []
    if out:
        from exposure.reports.estimate_files import write_estimate

        paths = list(write_estimate(made, out))
    say.json({"summary": made.summary(), "coefficients": made.table(), "files": paths})
    say.text(estimate_text(made))
    if out:
        say.text(f"\n{len(paths)} files in {out}")
