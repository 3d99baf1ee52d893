"""The command that asks the model for what is known by now, and prints its errors."""

from __future__ import annotations

from pathlib import Path

from exposure.cli.commands import command
from exposure.cli.common import Say, answers, draws_option, out_option, seed_option


@command(
    examples={
        "exposure backtest": "how near we came to what is known by now",
        "exposure backtest --draws 0 --json": "the same without ranges, for another program",
        "exposure backtest -o reports/backtest": "tables and a report as well",
    }
)
@draws_option(400)
@seed_option
@out_option("Folder: tables and report.")
@answers
def backtest(draws: int, seed: int, out: Path | None, say: Say) -> None:
    """Predict every bill, export and rate that is known, and score it against what was promised."""
    from exposure import api
    from exposure.reports.build import build_backtest
    from exposure.reports.text import backtest_text
    from exposure.version import __version__

    world = api.load()
    made = api.backtest(world, draws=draws, seed=seed)
    paths = []
    if out:
        marks = {"data": world.fingerprint, "version": __version__, "draws": str(draws),
                 "seed": str(seed)}  # fmt: skip
        paths = build_backtest(made, marks, out)
    say.json({**made, "files": paths})
    for verdict, line in backtest_text(made):
        say.text(line, {"met": "green", "missed": "red"}.get(verdict))
    if out:
        say.text(f"\n{len(paths)} files in {out}; open {out / 'report.html'}")
