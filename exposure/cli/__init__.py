"""The command line; imports stand inside commands so that ``exposure --help`` answers at once."""

from __future__ import annotations

import click

from exposure.cli.backtest import backtest
from exposure.cli.bench import bench
from exposure.cli.compare import compare
from exposure.cli.deal import conflicts, deal
from exposure.cli.estimate import estimate
from exposure.cli.files import build, check, data, new
from exposure.cli.law import panel, rate, rates
from exposure.cli.market import market
from exposure.cli.model import explain, run, sweep, timing
from exposure.cli.report import report
from exposure.cli.solve import solve
from exposure.cli.verify import verify
from exposure.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="exposure")
def main() -> None:
    r"""Answer what a tariff does to a named product, its firm, its sector and its workers.

    \b
    exposure run                                  law today against 3 February 2025
    exposure run vietnam-20-phones usmca-cars-withdrawn
    exposure rate 8703.23.01 --origin KOR --on 2025-12-05 --claim korus
    exposure explain reports/law-today duty:kia-k4/pesqueria
    """


for _command in (
    run,
    compare,
    market,
    rate,
    rates,
    panel,
    explain,
    verify,
    bench,
    backtest,
    timing,
    sweep,
    report,
    solve,
    estimate,
    deal,
    conflicts,
    check,
    new,
    data,
    build,
):
    main.add_command(_command)
