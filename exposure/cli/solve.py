"""The command that solves: a question in, the value at which it holds out."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.commands import command
from exposure.cli.common import (
    Say,
    answers,
    laid_text,
    law_option,
    must_act,
    out_option,
    world_with,
)
from exposure.cli.names import ShippedName


@command(
    examples={
        "exposure solve korea-japan-change": "the rate at which two are equal, with its interval",
        "exposure solve k4-leaves-mexico --draws 0": "the exact value alone",
        "exposure solve k4-leaves-mexico -o reports/k4-leaves-mexico": "tables and a picture too",
    }
)
@click.argument("file", type=ShippedName("solves"))
@click.option("--draws", type=click.IntRange(0), help="Behind the range; default: the file's.")
@law_option
@out_option("Folder for tables and the picture.")
@answers
def solve(file: str, draws: int | None, law: Path | None, out: Path | None, say: Say) -> None:
    """Find the value at which what FILE (.yaml, or a shipped name) asks for holds."""
    from exposure import api
    from exposure.facts.scenario import read_scenario, read_solve
    from exposure.reports.solve_text import solve_text

    world = world_with(law)
    spec = read_solve(world, file)
    must_act(world, [read_scenario(world, spec.scenario)])
    made = api.solve(world, spec, draws=draws)
    paths = []
    if out:
        from exposure.reports.solve_files import write_solve

        paths = list(write_solve(made, out))
    head = {"solve": made.document.id, "title": made.document.title, "today": made.today}
    tables = {name: made.table(name) for name in ("solutions", "pieces")}
    say.json({**head, **tables, "files": paths})
    for line in laid_text(world):
        say.text(line)
    say.text(solve_text(made))
    if out:
        say.text(f"\n{len(paths)} files in {out}")
