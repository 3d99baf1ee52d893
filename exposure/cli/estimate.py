"""The command that estimates: a table of trade in, a number with its verdict out."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.common import plain_errors


@click.command()
@click.argument("file")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Folder for tables, row and picture."
)
@plain_errors
def estimate(file: str, out: Path | None) -> None:
    r"""Estimate what FILE (.yaml, or a shipped name) asks of its table of trade.

    \b
    exposure estimate usmca-claims-event -o reports/usmca-claims
    """
    from exposure import api
    from exposure.reports.estimate_text import estimate_text

    made = api.estimate(file)
    click.echo(estimate_text(made))
    if out:
        from exposure.reports.estimate_files import write_estimate

        paths = write_estimate(made, out)
        click.echo(f"\n{len(paths)} files in {out}")
