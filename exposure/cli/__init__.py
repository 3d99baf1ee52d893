"""The command line; imports stand inside commands so that ``exposure --help`` answers at once."""

from __future__ import annotations

import click

from exposure.cli.backtest import backtest
from exposure.cli.bench import bench
from exposure.cli.commands import Group
from exposure.cli.compare import compare
from exposure.cli.completion import completion
from exposure.cli.deal import conflicts, deal
from exposure.cli.doctor import doctor
from exposure.cli.estimate import estimate
from exposure.cli.files import build, check, data, new
from exposure.cli.law import panel, rate, rates
from exposure.cli.market import market
from exposure.cli.model import explain, run, sweep, timing
from exposure.cli.report import report
from exposure.cli.solve import solve
from exposure.cli.verify import verify
from exposure.version import __version__


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    examples={
        "exposure run": "law today against 3 February 2025",
        "exposure run vietnam-20-phones usmca-cars-withdrawn": "two scenarios in one report",
        "exposure rate 8703.23.01 --origin KOR --on 2025-12-05 --claim korus":
            "the duty of a Korean car",
        "exposure explain reports/law-today duty:kia-k4/pesqueria": "how a number came about",
    },
)  # fmt: skip
@click.version_option(__version__, prog_name="exposure")
def main() -> None:
    """Answer what a tariff does to a named product, its firm, its sector and its workers.

    Exit codes: 0 fine, 1 a check fell short, 2 bad input (one line a problem).
    """


main.add_section("What happens to products, firms and jobs", run, compare, market, timing)
main.add_section("What the law says", rate, rates, panel)
main.add_section("Many scenarios, and where something turns", sweep, solve, estimate)
main.add_section("Bargains and disputed figures", deal, conflicts)
main.add_section("What a result says, and whether it is right", report, explain, verify)
main.add_section("How far to trust the model", backtest, bench)
main.add_section("Data", check, new, data, build)
main.add_section("This installation", doctor, completion)
