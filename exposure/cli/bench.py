"""The command that runs the open bench."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.common import plain_errors

if TYPE_CHECKING:
    from exposure.validate.answers import Score

FELL_SHORT = 1


@click.command()
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    help="CSV of another engine: case_id, component (or total), amount_usd.",
)
@click.option(
    "--bench",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder with cases.csv; default ours.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@plain_errors
def bench(answers: Path | None, folder: Path | None, as_json: bool) -> None:
    """Worked cases of the law, scored to the cent: our engine, or the --answers of another."""
    from exposure.validate.answers import (
        find_bench,
        our_answers,
        read_answers,
        read_bench,
        score,
    )

    rows = read_bench(find_bench(folder))
    if answers is None:
        from exposure import api
        from exposure.model.compile import law_book

        made = score(rows, our_answers(law_book(api.load()), rows))
    else:
        made = score(rows, read_answers(answers, rows))
    click.echo(_json(made) if as_json else _text(made))
    if answers is None and len(made.failures):
        sys.exit(FELL_SHORT)


FAILURE = ["case_id", "component", "amount_usd", "given", "outcome", "source"]


def _json(made: Score) -> str:
    found = {
        "cases": made.lines["case_id"].nunique(),
        "lines": len(made.lines),
        "by_component": made.by().to_dict("records"),
        "failures": made.failures[FAILURE].to_dict("records"),
    }
    return json.dumps(found, indent=1)


def _text(made: Score) -> str:
    table = made.by()
    table["share"] = [f"{share:.1%}" for share in table["share"]]
    lines = [f"{made.lines['case_id'].nunique()} cases, {len(made.lines)} lines, to the cent", ""]
    lines.append(table.to_string(index=False))
    if len(made.failures):
        lines += ["", f"not right: {len(made.failures)}"]
    for row in made.failures[FAILURE].astype(str).to_numpy().tolist():
        case, line, expected, given, outcome, source = row
        told = f"{given or 'no answer'}, expected {expected or 'unknown'}, {outcome}"
        lines.append(f"{case} {line}: {told} ({source})")
    return "\n".join(lines)
