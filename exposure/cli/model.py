"""Commands that run the model: run, explain, timing, sweep."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.common import (
    DEFAULT_SCENARIO,
    draws_option,
    kind_option,
    language_option,
    plain_errors,
    product_option,
    seed_option,
    with_products,
)

if TYPE_CHECKING:
    from exposure.model.results import Result

LONGEST = 120
"""Letters of the name of a report's folder."""
MANY = 6
"""More products than this are told in a line each."""


@click.command()
@click.argument("scenarios", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default reports/<id>.")
@draws_option(400)
@seed_option
@product_option
@kind_option("full", "Of report: all of it, or a few pages.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print the headline numbers as JSON.")
@plain_errors
def run(
    scenarios: tuple[str, ...],
    out: Path | None,
    draws: int,
    seed: int,
    products: tuple[str, ...],
    kind: str,
    language: str,
    as_json: bool,
) -> None:
    """Run SCENARIOS (names or .yaml files) and write the report; default: law today."""
    from exposure import api
    from exposure.facts.scenario import check_names, read_scenario
    from exposure.reports.text import industries_text

    world, products = with_products(api.load(), products)
    names = scenarios or (DEFAULT_SCENARIO,)
    check_names(world, products, {}, "--product")
    read = [read_scenario(world, name) for name in names]
    result = api.run(world, *read, products=products, draws=draws, seed=seed)
    folder = out or Path("reports") / folder_name([item.id for item in read])
    paths = api.report(result, folder, kind=kind, language=language)
    if as_json:
        click.echo(result.table("headline").to_json(orient="records", indent=1))
        return
    _print_summary(result)
    for item in read:
        told = industries_text(result.tables, item.id)
        if told:
            click.echo(f"\n{told}")
    click.echo(f"\n{len(paths)} files in {folder}; open {folder / 'report.html'}")


def folder_name(names: list[str]) -> str:
    """Name of the folder of several scenarios; many are counted, for names of files have an end."""
    whole = "+".join(names)
    return whole if len(whole) <= LONGEST else f"{names[0]}+{len(names) - 1}-more"


def _print_summary(result: Result) -> None:
    from exposure.frames import records
    from exposure.reports.style import metric_text, metric_title
    from exposure.reports.text import headlines_text
    from exposure.reports.words import words

    headline = result.table("headline")
    for scenario in records(result.table("scenarios")):
        click.echo(f"\n{scenario['title']}")
        click.echo(f"law of {scenario['law_on']} against {scenario['baseline_on']}")
        if not scenario["draws"]:
            click.echo(words().label("report.no_draws"))
        mine = headline[headline["scenario"] == scenario["scenario"]]
        if mine["product"].nunique() > MANY:
            click.echo(headlines_text(mine))
            continue
        for product in mine["product"].unique():
            click.echo(f"  {product}")
            for row in records(mine[mine["product"] == product]):
                text = metric_text(row["metric"], row["low"], row["median"], row["high"])
                click.echo(f"    {metric_title(row['metric']):<44} {text}")
                for said in _sureness(result, scenario["scenario"], product, row["metric"]):
                    click.echo(f"        {said}")


def _sureness(result: Result, scenario: str, product: str, metric: str) -> list[str]:
    """Drivers and reversal of a number, a line each where there is something to say."""
    from exposure.reports.page import Page
    from exposure.reports.sure import drivers_text, sure_text
    from exposure.reports.words import as_line, words

    page = Page(result.tables, words())
    drivers = as_line(drivers_text(page, scenario, product, metric))
    said = [f"driven by {drivers}"] if drivers else []
    return [*said, *filter(None, [as_line(sure_text(page, scenario, product, metric))])]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("cell")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@plain_errors
def explain(folder: Path, cell: str, as_json: bool) -> None:
    """Derivation of a CELL of a result FOLDER: duty:PRODUCT/ROUTE[@SCENARIO[/baseline]]."""
    from exposure.facts.user_tables import read_result_tables
    from exposure.model.explain import explain as derive
    from exposure.model.explain import parse_cell

    trace = derive(read_result_tables(folder), **parse_cell(cell))
    if as_json:
        steps = json.loads(trace.steps.to_json(orient="records"))
        click.echo(json.dumps({"cell": trace.cell, "value": trace.value, "steps": steps}, indent=1))
    else:
        click.echo(str(trace))


@click.command()
@click.argument("route", metavar="PRODUCT/ROUTE")
@click.option("--from", "first", default="2025-01-01", show_default=True, help="First day.")
@click.option("--until", "last", default="2026-10-10", show_default=True, help="Last day.")
@click.option(
    "--flows",
    type=click.Path(path_type=Path),
    help="CSV: month, entries, sales, and stock [units].",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File, .csv or .parquet.")
@plain_errors
def timing(route: str, first: str, last: str, flows: Path | None, out: Path | None) -> None:
    """When duty at the border reaches profit and loss: by month, first in, first out."""
    from exposure import api
    from exposure.facts.user_tables import read_flows, write_table
    from exposure.reports.text import timing_text

    product, _, way = route.partition("/")
    given = read_flows(flows) if flows else None
    table = api.timing(api.load(), product, way, first, last, given)
    if out:
        write_table(table, out)
        click.echo(f"{len(table)} months in {out}")
    else:
        click.echo(timing_text(table))


@click.command()
@click.argument("file")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder.")
@click.option("--workers", type=click.IntRange(1), help="Processes; default: every processor.")
@click.option("--scheduler", default="", help="dask://local, or a Dask scheduler: tcp://host:8786.")
@click.option("--resume", is_flag=True, help="Go on where it was interrupted.")
@click.option(
    "--chunk",
    default=50_000,
    show_default=True,
    type=click.IntRange(1),
    help="Scenarios a file, and a task.",
)
@plain_errors
def sweep(
    file: str, out: Path, workers: int | None, scheduler: str, resume: bool, chunk: int
) -> None:
    """Evaluate a sweep FILE (name or .yaml) to Parquet, a row a scenario.

    `exposure check FILE` says beforehand what it will take.
    """
    from exposure import api
    from exposure.reports.sweep_text import sweep_text

    table = api.sweep(
        api.load(), file, out, workers=workers, scheduler=scheduler, resume=resume,
        progress=sys.stderr.isatty(), chunk=chunk,
    )  # fmt: skip
    click.echo(sweep_text(table))
