"""The command that solves: a question in, the value at which it holds out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from exposure.cli.common import plain_errors


@click.command()
@click.argument("file")
@click.option("--draws", type=click.IntRange(0), help="Behind the range; default: the file's.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Folder for tables and the picture."
)
@plain_errors
def solve(file: str, draws: int | None, as_json: bool, out: Path | None) -> None:
    r"""Find the value at which what FILE (.yaml, or a shipped name) asks for holds.

    \b
    exposure solve korea-japan-change
    exposure solve k4-leaves-mexico -o reports/k4-leaves-mexico
    """
    from exposure import api

    made = api.solve(api.load(), file, draws=draws)
    paths = []
    if out:
        from exposure.reports.solve_files import write_solve

        paths = write_solve(made, out)
    if as_json:
        tables = {
            name: json.loads(made.table(name).to_json(orient="records"))
            for name in ("solutions", "pieces")
        }
        head = {"solve": made.document.id, "title": made.document.title}
        today = made.today if made.today == made.today else None
        click.echo(json.dumps({**head, "today": today, **tables}, indent=1, ensure_ascii=False))
        return
    from exposure.reports.solve_text import solve_text

    click.echo(solve_text(made))
    if out:
        click.echo(f"\n{len(paths)} files in {out}")
