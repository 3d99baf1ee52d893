"""The command that runs the open bench."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exposure.cli.commands import FELL_SHORT, command
from exposure.cli.common import Say, answers

if TYPE_CHECKING:
    from exposure.validate.answers import Score


@command(
    examples={
        "exposure bench": "our engine, case by case, to the cent",
        "exposure bench --answers theirs.csv": "another engine's answers",
    }
)
@click.option(
    "--answers",
    "given",
    type=click.Path(path_type=Path),
    help="CSV of another engine: case_id, component (or total), amount_usd.",
)
@click.option(
    "--bench",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder with cases.csv; default ours.",
)
@answers
def bench(given: Path | None, folder: Path | None, say: Say) -> None:
    """Worked cases of the law, scored to the cent: our engine, or the --answers of another."""
    from exposure.validate.answers import (
        find_bench,
        our_answers,
        read_answers,
        read_bench,
        score,
    )

    rows = read_bench(find_bench(folder))
    if given is None:
        from exposure import api
        from exposure.model.compile import law_book

        made = score(rows, our_answers(law_book(api.load()), rows))
    else:
        made = score(rows, read_answers(given, rows))
    say.json(_document(made))
    say.text(_text(made))
    if given is None and len(made.failures):
        sys.exit(FELL_SHORT)


FAILURE = ["case_id", "component", "amount_usd", "given", "outcome", "source"]


def _document(made: Score) -> dict[str, Any]:
    return {
        "cases": made.lines["case_id"].nunique(),
        "lines": len(made.lines),
        "by_component": made.by(),
        "failures": made.failures[FAILURE],
    }


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
