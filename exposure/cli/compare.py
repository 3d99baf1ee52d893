"""Command that sets scenarios side by side: compare."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.commands import command
from exposure.cli.common import (
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
from exposure.cli.model import folder_name
from exposure.cli.names import ShippedName

WAYS = ("measure", "component", "exemption", "origin", "border", "part", "firm")


@command(
    examples={
        "exposure compare korea-25-japan-15 korea-15-japan-15": "two scenarios and rivals in them",
        "exposure compare law-today --product kia-k4 --by exemption": "whose doing the change is",
    }
)
@click.argument("scenarios", nargs=-1, required=True, type=ShippedName("scenarios"))
@click.option("--by", "ways", multiple=True, type=click.Choice(WAYS), default=("measure",),
              show_default=True, help="Whose doing the change is; may be repeated.")  # fmt: skip
@out_option("Folder; default reports/A+B.")
@draws_option(200)
@seed_option
@product_option
@law_option
@kind_option("brief", "Of report: all of it, or a few pages.")
@language_option
@answers
def compare(
    scenarios: tuple[str, ...],
    ways: tuple[str, ...],
    out: Path | None,
    draws: int,
    seed: int,
    products: tuple[str, ...],
    law: Path | None,
    kind: str,
    language: str,
    say: Say,
) -> None:
    """Set SCENARIOS side by side, and split what parts them among measures, origins, firms.

    All stand over the baseline of the first; one alone is compared with its own baseline.
    """
    from exposure import api
    from exposure.facts.scenario import check_names, read_scenario
    from exposure.reports.compare_text import compare_text

    world, products = with_products(world_with(law), products)
    check_names(world, products, {}, "--product")
    read = [read_scenario(world, name) for name in scenarios]
    must_act(world, read)
    result = api.compare(world, *read, by=ways, products=products, draws=draws, seed=seed)
    folder = out or Path("reports") / folder_name([item.id for item in read])
    paths = api.report(result, folder, kind=kind, language=language)
    names = ("differences", "rivals", "revenue", "attribution")
    say.json({**{name: result.table(name) for name in names}, "files": paths})
    for line in laid_text(world):
        say.text(line)
    say.text(compare_text(result.tables))
    say.text(f"\n{len(paths)} files in {folder}; open {folder / 'report.html'}")
