"""Command that sets scenarios side by side: compare."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.common import (
    draws_option,
    kind_option,
    language_option,
    plain_errors,
    product_option,
    seed_option,
    with_products,
)
from exposure.cli.model import folder_name

WAYS = ("measure", "component", "exemption", "origin", "border", "part", "firm")


@click.command()
@click.argument("scenarios", nargs=-1, required=True)
@click.option("--by", "ways", multiple=True, type=click.Choice(WAYS), default=("measure",),
              show_default=True, help="Whose doing the change is; may be repeated.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default reports/A+B.")
@draws_option(200)
@seed_option
@product_option
@kind_option("brief", "Of report: all of it, or a few pages.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print differences and parts as JSON.")
@plain_errors
def compare(
    scenarios: tuple[str, ...],
    ways: tuple[str, ...],
    out: Path | None,
    draws: int,
    seed: int,
    products: tuple[str, ...],
    kind: str,
    language: str,
    as_json: bool,
) -> None:
    r"""Set SCENARIOS side by side, and split what parts them among measures, origins, firms.

    All stand over the baseline of the first; one alone is compared with its own baseline.

    \b
    exposure compare korea-25-japan-15 korea-15-japan-15
    exposure compare law-today --product hyundai-cars --by measure --by exemption
    """
    import json

    from exposure import api
    from exposure.facts.scenario import check_names, read_scenario
    from exposure.reports.compare_text import compare_text

    world, products = with_products(api.load(), products)
    check_names(world, products, {}, "--product")
    read = [read_scenario(world, name) for name in scenarios]
    result = api.compare(world, *read, by=ways, products=products, draws=draws, seed=seed)
    if as_json:
        names = ("differences", "rivals", "revenue", "attribution")
        told = {name: json.loads(result.table(name).to_json(orient="records")) for name in names}
        click.echo(json.dumps(told, indent=1))
        return
    folder = out or Path("reports") / folder_name([item.id for item in read])
    paths = api.report(result, folder, kind=kind, language=language)
    click.echo(compare_text(result.tables))
    click.echo(f"\n{len(paths)} files in {folder}; open {folder / 'report.html'}")
