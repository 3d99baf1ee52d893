"""The command that asks the model for what is known by now, and prints its errors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from exposure.cli.common import draws_option, plain_errors, seed_option


@click.command()
@draws_option(400)
@seed_option
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder: tables and report.")
@click.option("--json", "as_json", is_flag=True, help="Print scores and outcomes as JSON.")
@plain_errors
def backtest(draws: int, seed: int, out: Path | None, as_json: bool) -> None:
    """Predict every bill, export and rate that is known, and score it against what was promised."""
    from exposure import api
    from exposure.reports.build import build_backtest
    from exposure.reports.text import backtest_text
    from exposure.version import __version__

    world = api.load()
    made = api.backtest(world, draws=draws, seed=seed)
    if as_json:
        tables = {name: json.loads(table.to_json(orient="records")) for name, table in made.items()}
        click.echo(json.dumps(tables, indent=1))
    else:
        for verdict, line in backtest_text(made):
            # click leaves colours out where the output is no terminal.
            click.secho(line, fg={"met": "green", "missed": "red"}.get(verdict))
    if out:
        marks = {"data": world.fingerprint, "version": __version__, "draws": str(draws),
                 "seed": str(seed)}  # fmt: skip
        paths = build_backtest(made, marks, out)
        click.echo(f"\n{len(paths)} files in {out}; open {out / 'report.html'}", err=as_json)
