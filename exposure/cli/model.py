"""Commands that run the model: run, explain, timing, sweep."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.commands import command
from exposure.cli.common import (
    DEFAULT_SCENARIO,
    Say,
    answers,
    draws_option,
    kind_option,
    laid_text,
    language_option,
    law_option,
    must_act,
    out_option,
    product_option,
    seed_option,
    with_products,
    world_with,
)
from exposure.cli.names import PRODUCTS, ShippedName

if TYPE_CHECKING:
    from exposure.model.results import Result
    from exposure.reports.page import Page

LONGEST = 120
"""Letters of the name of a report's folder."""
MANY = 6
"""More products than this are told in a line each."""


@command(
    examples={
        "exposure run": "law today against 3 February 2025",
        "exposure run vietnam-20-phones usmca-cars-withdrawn": "two scenarios in one report",
        "exposure run --product kia-k4": "one product with its map, bands, borders and origin",
        "exposure run usmca-cars-withdrawn --kind brief --language ko": "a few pages in Korean",
        "exposure run --law announced.yaml --product kia-k4": "under a rule file of your own",
    }
)
@click.argument("scenarios", nargs=-1, type=ShippedName("scenarios"))
@out_option("Folder; default reports/<id>.")
@draws_option(400)
@seed_option
@product_option
@law_option
@kind_option("full", "Of report: all of it, or a few pages.")
@language_option
@answers
def run(
    scenarios: tuple[str, ...],
    out: Path | None,
    draws: int,
    seed: int,
    products: tuple[str, ...],
    law: Path | None,
    kind: str,
    language: str,
    say: Say,
) -> None:
    """Run SCENARIOS (names or .yaml files) and write the report; default: law today.

    A rule file of --law is law in baseline and scenario alike, on the days that it says.
    """
    from exposure import api
    from exposure.facts.scenario import check_names, read_scenario
    from exposure.reports.text import industries_text

    world, products = with_products(world_with(law), products)
    names = scenarios or (DEFAULT_SCENARIO,)
    check_names(world, products, {}, "--product")
    read = [read_scenario(world, name) for name in names]
    must_act(world, read)
    result = api.run(world, *read, products=products, draws=draws, seed=seed)
    folder = out or Path("reports") / folder_name([item.id for item in read])
    paths = api.report(result, folder, kind=kind, language=language)
    tables = {name: result.table(name) for name in ("scenarios", "headline")}
    say.json({**tables, "files": paths})
    for line in [*laid_text(world), *_summary(result)]:
        say.text(line)
    for item in read:
        # Of several scenarios each says whose countries these are.
        told = industries_text(result.tables, item.id, item.title if len(read) > 1 else "")
        if told:
            say.text(f"\n{told}")
    say.text(f"\n{len(paths)} files in {folder}; open {folder / 'report.html'}")


def folder_name(names: list[str]) -> str:
    """Name of the folder of several scenarios; many are counted, for names of files have an end."""
    whole = "+".join(names)
    return whole if len(whole) <= LONGEST else f"{names[0]}+{len(names) - 1}-more"


def _summary(result: Result) -> Iterator[str]:
    from exposure.frames import records
    from exposure.reports.blocks import same_law
    from exposure.reports.page import Page
    from exposure.reports.style import metric_text, metric_title
    from exposure.reports.text import WIDTH, headlines_text
    from exposure.reports.words import as_line, words

    headline = result.table("headline")
    page = Page(result.tables, words())
    for place, scenario in enumerate(page.rows("scenarios")):
        yield f"\n{scenario['title']}"
        law = f"law of {scenario['law_on']}"
        yield (f"{law}, with the change and without it" if same_law(scenario)
               else f"{law} against {scenario['baseline_on']}")  # fmt: skip
        if not scenario["draws"]:
            yield words().label("report.no_draws")
        elif not place:
            # What medians and drivers are is said once, above all of them.
            ranges = as_line(page.say("report.ranges", draws=scenario.count("draws")))
            yield from textwrap.wrap(f"{ranges} {words().label('report.drivers')}", WIDTH)
        mine = headline[headline["scenario"] == scenario["scenario"]]
        if mine["product"].nunique() > MANY:
            yield headlines_text(mine)
            continue
        for product in mine["product"].unique():
            yield f"  {product}"
            yield from _grades(result, str(product))
            for row in records(mine[mine["product"] == product]):
                text = metric_text(row["metric"], row["low"], row["median"], row["high"])
                yield f"    {metric_title(row['metric']):<44} {text}"
                beside = f"beside.{row['metric']}"
                if words().has(beside):
                    yield from textwrap.wrap(
                        words().label(beside), WIDTH, initial_indent=" " * 8,
                        subsequent_indent=" " * 8,
                    )  # fmt: skip
                yield from _at_home(page, scenario["scenario"], product, row["metric"])
                for said in _sureness(result, scenario["scenario"], product, row["metric"]):
                    yield f"        {said}"


def _at_home(page: Page, scenario: str, product: str, metric: str) -> Iterator[str]:
    """Of jobs in all countries, those where most is assembled."""
    from exposure.reports.blocks import home_row
    from exposure.reports.words import as_line

    row = home_row(page, scenario, product) if metric.startswith("jobs_") else None
    if row is not None:
        jobs = row.count(f"{metric.removeprefix('jobs_')}_central")
        country = row.name("country", "country")
        yield " " * 8 + as_line(page.say("beside.home", country=country, jobs=jobs))


def _grades(result: Result, product: str) -> Iterator[str]:
    """How good the numbers of a product's file are, and whether it is a composite."""
    from exposure.reports.blocks import grades
    from exposure.reports.page import Page
    from exposure.reports.text import WIDTH
    from exposure.reports.words import as_line, words

    page = Page(result.tables, words())
    line = as_line(grades(page, page.rows("products", product=product)[0]))
    yield from textwrap.wrap(line, WIDTH, initial_indent="    ", subsequent_indent="    ")


def _sureness(result: Result, scenario: str, product: str, metric: str) -> list[str]:
    """Drivers and reversal of a number, a line each where there is something to say."""
    from exposure.reports.page import Page
    from exposure.reports.sure import drivers_text, sure_text
    from exposure.reports.words import as_line, words

    page = Page(result.tables, words())
    drivers = as_line(drivers_text(page, scenario, product, metric))
    said = [f"driven by {drivers}"] if drivers else []
    return [*said, *filter(None, [as_line(sure_text(page, scenario, product, metric))])]


@command(
    examples={
        "exposure explain reports/law-today duty:kia-k4/pesqueria": "how a duty came about",
        "exposure explain reports/law-today origin:kia-k4/pesqueria": "what would flip it",
    }
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("cell")
@answers
def explain(folder: Path, cell: str, say: Say) -> None:
    """Derivation of a CELL of a result FOLDER: duty:PRODUCT/ROUTE[@SCENARIO[/baseline]]."""
    from exposure.facts.user_tables import read_result_tables
    from exposure.model.explain import explain as derive
    from exposure.model.explain import parse_cell

    trace = derive(read_result_tables(folder), **parse_cell(cell))
    say.json({"cell": trace.cell, "value": trace.value, "steps": trace.steps})
    say.text(str(trace))


@command(
    examples={
        "exposure timing kia-cars/korea --from 2025-03-01": "when duty reaches profit and loss",
        "exposure timing kia-cars/korea -o timing.csv": "as a table",
    }
)
@click.argument("route", metavar="PRODUCT/ROUTE", type=ShippedName(PRODUCTS, ending="/"))
@click.option("--from", "first", default="2025-01-01", show_default=True, help="First day.")
@click.option("--until", "last", default="2026-10-10", show_default=True, help="Last day.")
@click.option(
    "--flows",
    type=click.Path(path_type=Path),
    help="CSV: month, entries, sales, and stock [units].",
)
@law_option
@out_option("File, .csv or .parquet.")
@answers
def timing(
    route: str,
    first: str,
    last: str,
    flows: Path | None,
    law: Path | None,
    out: Path | None,
    say: Say,
) -> None:
    """When duty at the border reaches profit and loss: by month, first in, first out."""
    import datetime as dt

    from exposure import api
    from exposure.facts.added import check_acting
    from exposure.facts.user_tables import read_flows, write_table
    from exposure.reports.text import timing_text

    product, _, way = route.partition("/")
    given = read_flows(flows) if flows else None
    world = world_with(law)
    table = api.timing(world, product, way, first, last, given)
    check_acting(world, [(dt.date.fromisoformat(first), dt.date.fromisoformat(last), None)])
    if out:
        write_table(table, out)
    say.json({"timing": table, "files": [out] if out else []})
    say.text(f"{len(table)} months in {out}" if out else timing_text(table))


@command(
    examples={
        "exposure sweep autos-korea-japan -o autos": "a million scenarios to Parquet",
        "exposure sweep autos-korea-japan -o autos --resume": "goes on after an interruption",
        "exposure sweep autos-korea-japan -o autos --scheduler dask://local": "by Dask",
    }
)
@click.argument("file", type=ShippedName("sweeps"))
@out_option("Folder.", required=True)
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
@law_option
@answers
def sweep(
    file: str,
    out: Path,
    workers: int | None,
    scheduler: str,
    resume: bool,
    chunk: int,
    law: Path | None,
    say: Say,
) -> None:
    """Evaluate a sweep FILE (name or .yaml) to Parquet, a row a scenario.

    `exposure check FILE` says beforehand what it will take.
    """
    from exposure import api
    from exposure.facts.scenario import read_scenario, read_sweep
    from exposure.reports.sweep_text import sweep_text

    world = world_with(law)
    spec = read_sweep(world, file)
    days = [day for item in spec.dimensions for day in item.law_days]
    must_act(world, [read_scenario(world, spec.scenario)], days)
    table = api.sweep(
        world, spec, out, workers=workers, scheduler=scheduler, resume=resume,
        progress=say.progress, chunk=chunk,
    )  # fmt: skip
    reasons = table.quarantine["reason"].value_counts()
    say.json(
        {
            "sweep": table.id,
            "title": table.title,
            "folder": table.folder,
            "scenarios": table.rows,
            "failed": int(reasons.sum()),
            "reasons": [{"reason": name, "count": count} for name, count in reasons.items()],
            "inputs": table.inputs,
            "outputs": table.outputs,
        }
    )
    for line in laid_text(world):
        say.text(line)
    say.text(sweep_text(table))
