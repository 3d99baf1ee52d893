"""Commands about data: check, new, data, build."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.commands import Group, command
from exposure.cli.common import (
    DEFAULT_SCENARIO,
    Say,
    answers,
    law_option,
    must_act,
    out_option,
    product_option,
    with_products,
)
from exposure.cli.names import shipped

if TYPE_CHECKING:
    from exposure.facts.documents import Scenario, Solve, Sweep
    from exposure.facts.world import World


KINDS = ("scenarios", "sweeps", "solves", "estimations", "deals")
"""Folders of shipped documents that are checked with the data."""


@command(
    examples={
        "exposure check": "the data, and all that is shipped with it",
        "exposure check announced-today.yaml": "a rule file: what is wrong, or what it changes",
        "exposure check data/raw/sweeps/autos-korea-japan.yaml": "what a sweep will take",
        "exposure check heater.yaml": "a product of your own, priced under the law of today",
        "exposure check ask.yaml --product heater.yaml": "a scenario on a product of your own",
    }
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@product_option
@law_option
@answers
def check(paths: tuple[Path, ...], products: tuple[str, ...], law: Path | None, say: Say) -> None:
    """Validate the data, and PATHS: rules of the law, scenarios, sweeps, solves, deals and more.

    A rule file need not lie in the data folder: it is laid over the law, and what it changes on the
    day on which it begins is shown. PATHS are read on top of what --law and --product bring.
    """
    from exposure import api
    from exposure.errors import ExposureError, Problems
    from exposure.facts.scenario import check_names

    world = api.load(anew=True)
    world = world if law is None else api.add_action(world, law)
    world, products = with_products(world, products)
    check_names(world, products, {}, "--product")
    ours = [world.root / "raw" / kind / f"{name}.yaml" for kind in KINDS for name in shipped(kind)]
    problems: list[ExposureError] = []
    said: list[dict[str, object]] = []
    for path in paths or ours:
        try:
            said.append({"path": path, "says": _check_file(world, path)})
        except Problems as error:
            problems += error.problems
        except ExposureError as error:
            problems.append(error)
    # What is well formed is told beside what is not.
    if not problems:
        say.json({"checked": said})
    for row in said if paths else []:
        say.text(str(row["says"]))
    if problems:
        raise Problems(problems)
    say.text(f"data and {len(said)} files are well formed")


def _check_file(world: World, path: Path) -> str:
    """What a file says, in a line or a few; raises what is wrong with it."""
    from exposure.errors import DataError
    from exposure.facts.added import add_action
    from exposure.facts.kinds import KINDS, kind_of
    from exposure.facts.read_deals import read_bargain
    from exposure.facts.read_estimation import read_estimation
    from exposure.facts.scenario import apply, read_scenario, read_solve, read_sweep
    from exposure.facts.strict_yaml import read_yaml
    from exposure.law.trial import trial
    from exposure.model.compile import law_book
    from exposure.reports.text import share_text

    plain = read_yaml(path)
    kind = kind_of(plain)
    if kind is None and isinstance(plain, dict) and "question" in plain:
        # Whoever mistypes a field is told so.
        kind = "scenario"
    if kind is None:
        *some, last = (item.name for item in KINDS.values())
        raise DataError("no field says what it is", str(path), f"{', '.join(some)} or {last}")
    if kind == "sweep":
        return f"{path}: {_check_sweep(world, read_sweep(world, path))}"
    if kind == "solve":
        return f"{path}: {_check_solve(world, read_solve(world, path))}"
    if kind == "product":
        return _check_product(world, path)
    if kind == "deal":
        bargain = read_bargain(world, path)
        return f"{path}: {type(bargain).__name__.lower()} {bargain.id}"
    if kind == "estimation":
        document, rows = read_estimation(path, world.root)
        return f"{path}: estimation {document.id} on {len(rows):,} rows"
    if kind == "scenario":
        scenario = read_scenario(world, path)
        must_act(world, [scenario])
        apply(world, scenario.law, scenario.rates)
        return "\n".join([f"{path}: scenario {scenario.id}", *_scenario_lines(world, scenario)])
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


def _check_sweep(world: World, spec: Sweep) -> str:
    """What a sweep will take, told from a few of its scenarios."""
    from exposure.reports.sweep_text import estimate_text
    from exposure.sweeps.engine import estimate
    from exposure.sweeps.prepare import prepare

    prepared = prepare(world, spec)
    return estimate_text(spec.id, estimate(prepared, os.cpu_count() or 1), prepared.columns)


def _check_solve(world: World, spec: Solve) -> str:
    """What a solve varies, once its quantities are known."""
    from exposure.sweeps.solve import check as ask

    ask(world, spec)
    low, high = spec.vary.between
    return f"solve {spec.id} on {spec.vary.column}, {low:g} to {high:g}"


def _scenario_lines(world: World, scenario: Scenario) -> list[str]:
    """What a scenario changes; a rate of the law moves for all whom its clause names."""
    clauses = world.tables["clauses"]
    of = dict(zip(clauses["action"] + "/" + clauses["clause"], clauses["origin"], strict=True))
    lines = []
    for text in scenario.changes():
        named = of.get(text.split(" charges ")[0])
        whom = "everyone" if named == "*" else named
        lines.append(f"  {text}" + (f", of all its goods from {whom}" if whom else ""))
    return lines or ["  changes nothing but the day"]


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


@click.group(
    cls=Group,
    examples={
        "exposure new product heater": "a commented product file to begin with",
    },
)
def new() -> None:
    """Templates to begin with."""


@new.command(
    "product",
    examples={
        "exposure new product heater": "a commented file that runs as it is",
        "exposure new product heater --parts list.xlsx": "made from a list of parts, CSV or Excel",
        "exposure new product heater --parts list.csv --volume 50000": "with units a year",
    },
)
@click.argument("name")
@out_option("File; default NAME.yaml.")
@click.option("--parts", type=click.Path(path_type=Path), help="A list of parts, .csv or .xlsx.")
@click.option("--market", default="USA", show_default=True, help="With --parts: where it is sold.")
@click.option("--sector", default="own", show_default=True, help="With --parts: of parameters.")
@click.option("--unit", default="unit", show_default=True, help="With --parts: what one is called.")
@click.option("--firm", default="Own firm", show_default=True, help="With --parts.")
@click.option("--volume", default=1000.0, show_default=True, help="With --parts: units a year.")
@click.option("--price", type=float, help="With --parts of shares: USD a unit, ex works.")
@answers
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
    say: Say,
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

        from exposure.facts.parts_list import Head, write_from_parts
        from exposure.facts.place import data_root

        head = Head(name, name, firm, market, sector, unit, volume, price)
        economy = data_root() / "raw" / "economy"
        product = write_from_parts(head, parts, economy, path, dt.date.today())
        say.text(f"{len(product.parts)} parts from {parts}")
    say.json({"product": name, "files": [path]})
    say.text(f"{path}: replace its figures, then `exposure check {path}`")
    say.text(f"and `exposure run --product {path}`")


@click.group(
    cls=Group,
    examples={
        "exposure data list": "what can be fetched, and from where",
        "exposure data get hts --revision 2026_rev_11 --from 2026-07-01": "a newer schedule",
    },
)
def data() -> None:
    """Official sources that can be fetched into the data folder."""


@data.command("list", examples={"exposure data list": "what can be fetched, and from where"})
@answers
def list_data(say: Say) -> None:
    """What can be fetched, and the tables that it makes."""
    from exposure.facts.downloads import sources
    from exposure.facts.place import data_root
    from exposure.frames import records

    table = sources(data_root())
    say.json({"downloads": table})
    for row in records(table):
        say.text(f"{row['name']}: {row['title']}, {row['publisher']}")
        say.text(f"  {row['address']}\n  makes {row['makes']}")


@data.command(
    "get",
    examples={
        "exposure data get hts --revision 2026_rev_11 --from 2026-07-01": "a newer schedule",
        "exposure data get icio --year 2022 --file 2022.csv": "official industries",
    },
)
@click.argument("name", type=click.Choice(["hts", "icio", "wiod"]))
@click.option("--revision", default="", help="hts: name of the edition, as 2026_rev_11.")
@click.option("--from", "lines_from", default="", help="hts: first day of its rates, YYYY-MM-DD.")
@click.option("--codes-from", default="", help="hts: first day of its 10-digit codes, if another.")
@click.option("--year", type=int, help="icio, wiod: year of the figures.")
@click.option("--file", type=click.Path(path_type=Path), help="What was fetched by hand.")
@answers
def get_data(
    name: str,
    revision: str,
    lines_from: str,
    codes_from: str,
    year: int | None,
    file: Path | None,
    say: Say,
) -> None:
    """Lay official data over the tables of the data folder.

    hts: a newer edition of the schedule. icio, wiod: an inter-country table, summed to our regions
    and industries, in the place of the shipped one.
    """
    from exposure.errors import QueryError
    from exposure.facts.downloads import get_hts, get_table
    from exposure.facts.place import VARIABLE, data_root, is_bundled

    root = data_root()
    if is_bundled(root):
        mend = f"copy {root} and set {VARIABLE} to the copy"
        raise QueryError("the data of an installed package is not changed", "", mend)
    if name == "hts":
        if not (revision and lines_from):
            raise QueryError("hts needs --revision and --from", "", "as 2026_rev_11, 2026-11-01")
        count = get_hts(root, revision, lines_from, codes_from, file)
        folder = root / "raw" / "law" / "us"
        say.json({"source": name, "revision": revision, "changed": count, "folder": folder})
        say.text(f"{name} {revision}: " + ", ".join(f"{n:,} {k}" for k, n in count.items()))
    else:
        if year is None or file is None:
            what = f"{name} needs --year and --file"
            raise QueryError(what, "", "`exposure data list` says where")
        table = get_table(root, name, year, file)
        folder = root / "raw" / "economy" / "mrio"
        sectors = len(table.country)
        say.json({"source": name, "year": year, "sectors": sectors, "folder": folder})
        say.text(f"{table.title}, {year}: {sectors} sectors with figures")
    say.text(f"written to {folder}; check it with `exposure check`")


@command(
    examples={
        "exposure build": "the checked tables, so that all else begins at once",
        "exposure build --quiet": "the same, silent",
    }
)
@answers
def build(say: Say) -> None:
    """Make data/processed from data/raw; the data of an installed package is only checked."""
    from exposure.facts.build import build as make
    from exposure.facts.build import raw_tables
    from exposure.facts.place import VARIABLE, data_root, is_bundled

    root = data_root()
    bundled = is_bundled(root)
    # An installed package is not written to: others may share it, and an update replaces it.
    rows = {name: len(table) for name, table in raw_tables(root).items()} if bundled else make(root)
    say.json({"tables": [{"table": name, "rows": count} for name, count in rows.items()]})
    if bundled:
        say.text(
            f"{len(rows)} tables of the installed package are well formed; nothing was written. "
            f"Copy {root} and set {VARIABLE} to the copy, to keep built tables there."
        )
        return
    for name, count in rows.items():
        say.text(f"{name:<16} {count:>8,} rows")
