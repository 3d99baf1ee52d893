"""The command line; imports stand inside commands so that ``exposure --help`` answers at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exposure.errors import ExposureError, QueryError
from exposure.version import __version__

if TYPE_CHECKING:
    from exposure.api import Rates
    from exposure.facts.world import World
    from exposure.law.sheet import Sheet
    from exposure.model.results import Result

BAD_INPUT = 2
DEFAULT_SCENARIO = "law-today"
MANY = 6
"""More products than this are told in a line each."""


def plain_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the errors that exposure raises on purpose into lines on standard error and code 2."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ExposureError as error:
            click.echo(str(error), err=True)
            sys.exit(BAD_INPUT)

    return wrapped


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


@main.command()
@click.argument("scenarios", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default reports/<id>.")
@click.option("--draws", default=400, show_default=True, help="Draws behind the ranges; 0: none.")
@click.option("--seed", default=20250204, show_default=True, help="Seed of the draws.")
@click.option(
    "--product", "products", multiple=True, help="Only this product, or .yaml; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="Print the headline numbers as JSON.")
@plain_errors
def run(
    scenarios: tuple[str, ...],
    out: Path | None,
    draws: int,
    seed: int,
    products: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run SCENARIOS (names or .yaml files) and write the report; default: law today."""
    from exposure import api
    from exposure.facts.scenario import check_names, read_scenario

    world, products = _with_products(api.load(), products)
    names = scenarios or (DEFAULT_SCENARIO,)
    check_names(world, products, {}, "--product")
    read = [read_scenario(world, name) for name in names]
    result = api.run(world, *read, products=products, draws=draws, seed=seed)
    folder = out or Path("reports") / "+".join(item.id for item in read)
    paths = api.report(result, folder)
    if as_json:
        click.echo(result.table("headline").to_json(orient="records", indent=1))
        return
    _print_summary(result)
    click.echo(f"\n{len(paths)} files in {folder}; open {folder / 'report.html'}")


def _with_products(world: World, products: tuple[str, ...]) -> tuple[World, tuple[str, ...]]:
    """The world with the products of files among ``products``, and the ids of all."""
    from exposure.facts.added import add_product

    names = []
    for name in products:
        if name.endswith((".yaml", ".yml")):
            world, product = add_product(world, Path(name))
            names.append(product.id)
        else:
            names.append(name)
    return world, tuple(names)


def _print_summary(result: Result) -> None:
    from exposure.frames import records
    from exposure.reports.style import metric_text, metric_title
    from exposure.reports.text import headlines_text

    headline = result.table("headline")
    for scenario in records(result.table("scenarios")):
        click.echo(f"\n{scenario['title']}")
        click.echo(f"law of {scenario['law_on']} against {scenario['baseline_on']}")
        mine = headline[headline["scenario"] == scenario["scenario"]]
        if mine["product"].nunique() > MANY:
            click.echo(headlines_text(mine))
            continue
        for product in mine["product"].unique():
            click.echo(f"  {product}")
            for row in records(mine[mine["product"] == product]):
                text = metric_text(row["metric"], row["low"], row["central"], row["high"])
                click.echo(f"    {metric_title(row['metric']):<44} {text}")


@main.command()
@click.argument("hts")
@click.option("--origin", required=True, help="Country of origin, ISO 3166-1 alpha-3.")
@click.option("--importer", default="USA", show_default=True)
@click.option("--on", help="Date of entry, YYYY-MM-DD; default today.")
@click.option("--known", help="As known on this day; default hindsight.")
@click.option("--claim", help="Preference claimed: korus, usmca, japan.")
@click.option("--content", "contents", multiple=True, help="Value share: steel=0.3, us=0.4.")
@click.option("--fact", "facts", multiple=True, help="Another fact: commerce_approved=true.")
@click.option("--value", type=float, help="Customs value in USD, for specific rates.")
@click.option("--quantity", type=float, help="Quantity in the line's unit, for specific rates.")
@click.option("--law", type=click.Path(path_type=Path), help="A rule file laid over the law.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@plain_errors
def rate(
    hts: str,
    origin: str,
    importer: str,
    on: str | None,
    known: str | None,
    claim: str | None,
    contents: tuple[str, ...],
    facts: tuple[str, ...],
    value: float | None,
    quantity: float | None,
    law: Path | None,
    as_json: bool,
) -> None:
    """Duty stack of one tariff line as a broker would sign it, and what does not apply and why."""
    import datetime as dt

    from exposure import api
    from exposure.law.sheet import dotted, sheet
    from exposure.reports.text import sheet_text

    given = {f"{name}_share" if name != "us" else "us_content": number
             for name, number in map(_pair, contents)}  # fmt: skip
    given |= dict(map(_pair, facts))
    if claim:
        given["claim"] = claim
    day = on or dt.date.today().isoformat()
    found = api.rate(_world(law), hts, origin, day, importer, known, value, quantity, **given)
    made = sheet(found)
    if as_json:
        click.echo(_rate_json(found, made))
    else:
        said = " ".join(f"{name}={word}" for name, word in given.items())
        head = f"{dotted(hts.replace('.', ''))} from {origin} into {importer}, entered {day}"
        click.echo(sheet_text(made, " ".join([head, *([f"({said})"] if said else [])]), value))


def _world(law: Path | None) -> World:
    """The shipped world, with the action of a rule file if one is given."""
    from exposure import api

    world = api.load()
    return world if law is None else api.add_action(world, law)


def _pair(text: str) -> tuple[str, Any]:
    """NAME=VALUE, the value as number or truth value where it is one."""
    name, sign, value = text.partition("=")
    if not (sign and name and value):
        raise QueryError(f"{text!r}", "", "form: NAME=VALUE")
    if value in {"true", "false"}:
        return name, value == "true"
    try:
        return name, float(value)
    except ValueError:
        return name, value


def _rate_json(answer: Rates, made: Sheet) -> str:
    row = json.loads(answer.table.to_json(orient="records"))[0]
    lines = json.loads(made.duties.to_json(orient="records"))
    left = json.loads(made.considered.to_json(orient="records"))
    gaps = json.loads(made.gaps.to_json(orient="records"))
    amount = None if made.amount_usd != made.amount_usd else made.amount_usd
    found = {"amount_usd": amount, "lines": lines, "considered": left, "known_limits": gaps}
    return json.dumps({**row, **found}, indent=1)


@main.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Parquet or CSV.")
@click.option("--law", type=click.Path(path_type=Path), help="A rule file laid over the law.")
@plain_errors
def rates(table: Path, out: Path, law: Path | None) -> None:
    """Duty stacks for a CSV TABLE with hts, origin, on and optional columns, in its order."""
    from exposure import api
    from exposure.facts.user_tables import read_crossings, write_table

    given, crossings = read_crossings(table)
    found = api.rates(_world(law), crossings).table
    for name in found:
        given[name] = found[name].to_numpy()
    write_table(given, out)
    click.echo(f"{len(given)} rows in {out}, {int((found['status'] == 'unknown').sum())} unknown")


@main.command()
@click.option("--on", required=True, help="Date of entry, YYYY-MM-DD.")
@click.option("--until", help="Last day: every day since --on, by interval, to a folder.")
@click.option("--known", help="As known on this day; default hindsight.")
@click.option(
    "--preferences",
    default="none",
    show_default=True,
    help="none, claimed, or weighted by the shares of imports that claim.",
)
@click.option("--law", type=click.Path(path_type=Path), help="A rule file laid over the law.")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Parquet file.")
@plain_errors
def panel(
    on: str, until: str | None, known: str | None, preferences: str, law: Path | None, out: Path
) -> None:
    """Duty stacks of every line of the US schedule from every country, on a day or by interval."""
    from exposure import api
    from exposure.facts.user_tables import write_pieces, write_tables

    world = _world(law)
    if until is None:
        found = api.panel(world, on, known, preferences)
        rows = write_pieces(found.pieces(), out)
        click.echo(f"{rows:,} rows in {out}")
        return
    if preferences != "none":
        raise QueryError(f"--preferences {preferences} goes with one day", "", "leave --until out")
    kept = api.history(world, on, until, known)
    write_tables(kept.tables(), out)
    click.echo(f"{len(kept.days)} law states, {len(kept.stack):,} intervals in {out}")


@main.command()
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


@main.command()
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


@main.command()
@click.argument("file")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder.")
@plain_errors
def sweep(file: str, out: Path) -> None:
    """Evaluate a sweep FILE (name or .yaml) to Parquet."""
    from exposure import api

    paths = api.sweep(api.load(), file, out)
    click.echo(f"{len(paths)} files in {out}")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@plain_errors
def check(paths: tuple[Path, ...]) -> None:
    """Validate the data, and PATHS: rule files of the law, scenarios, sweeps.

    A rule file need not lie in the data folder: it is laid over the law, and what it changes on the
    day on which it begins is shown.
    """
    from exposure import api
    from exposure.errors import ExposureError, Problems

    world = api.load(anew=True)
    shipped = sorted((world.root / "raw" / "scenarios").glob("*.yaml"))
    shipped += sorted((world.root / "raw" / "sweeps").glob("*.yaml"))
    problems: list[ExposureError] = []
    for path in paths or shipped:
        try:
            said = _check_file(world, path)
        except Problems as error:
            problems += error.problems
        except ExposureError as error:
            problems.append(error)
        else:
            if paths:
                click.echo(said)
    if problems:
        raise Problems(problems)
    click.echo(f"data and {len(paths or shipped)} files are well formed")


def _check_file(world: World, path: Path) -> str:
    """What a file says, in a line or a few; raises what is wrong with it."""
    from exposure.facts.added import add_action
    from exposure.facts.files import read_yaml
    from exposure.facts.scenario import apply, read_scenario, read_sweep
    from exposure.law.trial import trial
    from exposure.model.compile import law_book
    from exposure.reports.text import share_text

    plain = read_yaml(path)
    keys = set(plain) if isinstance(plain, dict) else set()
    if "dimensions" in keys:
        return f"{path}: sweep of {len(read_sweep(world, path).dimensions)} dimensions"
    if keys & {"parts", "sites", "routes"}:
        return _check_product(world, path)
    if not keys & {"authority", "measures", "importer"}:
        scenario = read_scenario(world, path)
        apply(world, scenario.law)
        return f"{path}: scenario {scenario.id}"
    with_it, action = add_action(world, path)
    found = trial(law_book(world), law_book(with_it), action.id)
    clauses = f"{len(action.measures)} measures, {len(action.exemptions)} exemptions"
    lines = [f"{path}: action {action.id}, {clauses}"]
    if found is not None:
        lines.append(f"  on {found.on}: {found.lines:,} lines, {found.changed:,} duties changed")
        for row in found.examples.to_dict("records"):
            was, now = (share_text(row[name]) for name in ("before", "after"))
            lines.append(f"  {row['hts']} from {row['origin']}: {was} -> {now}")
    return "\n".join(lines)


def _check_product(world: World, path: Path) -> str:
    """Checks a product file and prices its routes under the law of today."""
    from exposure import api
    from exposure.facts.added import add_product
    from exposure.facts.read_firms import product_hints
    from exposure.model.origin import unsupported
    from exposure.reports.style import usd
    from exposure.reports.text import share_text

    with_it, product = add_product(world, path)
    result = api.run(with_it, DEFAULT_SCENARIO, products=[product.id], draws=0)
    cost = result.table("landed_cost").query("case == 'scenario'")
    lines = [f"{path}: product {product.id}, {len(product.parts)} parts, law of today:"]
    for row in cost.to_dict("records"):
        landed, duty = row["landed_central"], row["duty_usd_per_unit"]
        share = share_text(round(duty / landed, 4))
        route = f"  {row['route']}: landed {usd(landed)} a {product.unit}"
        lines.append(f"{route}, duty {usd(duty)} ({share} of it)")
    for row in unsupported(result.table("origin_tests")).to_dict("records"):
        lines.append(
            f"  note: {row['route']}: {row['part']} claims {row['agreement']} from "
            f"{row['dispatch']} into {row['importer']}, but its parts fail rule {row['rule']}"
        )
    lines += [f"  note: {hint}" for hint in product_hints(product)]
    return "\n".join(lines)


@main.group()
def new() -> None:
    """Templates to begin with."""


@new.command("product")
@click.argument("name")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File; default NAME.yaml.")
@click.option("--parts", type=click.Path(path_type=Path), help="A list of parts, .csv or .xlsx.")
@click.option("--market", default="USA", show_default=True, help="With --parts: where it is sold.")
@click.option("--sector", default="own", show_default=True, help="With --parts: of parameters.")
@click.option("--unit", default="unit", show_default=True, help="With --parts: what one is called.")
@click.option("--firm", default="Own firm", show_default=True, help="With --parts.")
@click.option("--volume", default=1000.0, show_default=True, help="With --parts: units a year.")
@click.option("--price", type=float, help="With --parts of shares: USD a unit, ex works.")
@plain_errors
def new_product(
    name: str,
    out: Path | None,
    parts: Path | None,
    market: str,
    sector: str,
    unit: str,
    firm: str,
    volume: float,
    price: float | None,
) -> None:
    """Write a commented product file that runs as it is, or one made from a list of parts.

    A list has a row a part: part, hts, country, and price_usd (ex works, with all inputs) or share
    (of value); the row without `into` is the final assembly. Optional: title, into, quantity, site,
    split, maker, industry, steel, aluminum, copper, semiconductor, lat, lon, note.
    """
    path = out or Path(f"{name}.yaml")
    if parts is None:
        from exposure.facts.template import write_product

        write_product(name, path)
    else:
        import datetime as dt

        from exposure.facts.files import data_root
        from exposure.facts.parts_list import Head, write_from_parts

        head = Head(name, name, firm, market, sector, unit, volume, price)
        economy = data_root() / "raw" / "economy"
        product = write_from_parts(head, parts, economy, path, dt.date.today())
        click.echo(f"{len(product.parts)} parts from {parts}")
    click.echo(f"{path}: replace its figures, then `exposure check {path}`")
    click.echo(f"and `exposure run --product {path}`")


@main.group()
def data() -> None:
    """Official sources that can be fetched into the data folder."""


@data.command("list")
@plain_errors
def list_data() -> None:
    """What can be fetched, and the tables that it makes."""
    from exposure.facts.downloads import sources
    from exposure.facts.files import data_root
    from exposure.frames import records

    for row in records(sources(data_root())):
        click.echo(f"{row['name']}: {row['title']}, {row['publisher']}")
        click.echo(f"  {row['address']}\n  makes {row['makes']}")


@data.command("get")
@click.argument("name", type=click.Choice(["hts"]))
@click.option("--revision", required=True, help="Name of the edition: 2026_rev_11.")
@click.option("--from", "lines_from", required=True, help="First day of its new rates, YYYY-MM-DD.")
@click.option("--codes-from", default="", help="First day of its new 10-digit codes, if another.")
@click.option("--file", type=click.Path(path_type=Path), help="An export fetched by hand.")
@plain_errors
def get_data(name: str, revision: str, lines_from: str, codes_from: str, file: Path | None) -> None:
    """Lay a newer edition of the schedule over the tables of the data folder."""
    from exposure.facts.downloads import get_hts
    from exposure.facts.files import data_root

    root = data_root()
    count = get_hts(root, revision, lines_from, codes_from, file)
    click.echo(f"{name} {revision}: " + ", ".join(f"{n:,} {kind}" for kind, n in count.items()))
    click.echo(f"written to {root / 'raw' / 'law' / 'us'}; check it with `exposure check`")


@main.command()
@click.option("--quiet", is_flag=True, help="Print nothing.")
@plain_errors
def build(quiet: bool) -> None:
    """Make data/processed from data/raw."""
    from exposure.facts.build import build as make
    from exposure.facts.files import data_root

    rows = make(data_root())
    if not quiet:
        for name, count in rows.items():
            click.echo(f"{name:<16} {count:>8,} rows")


if __name__ == "__main__":
    main()
