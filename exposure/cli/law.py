"""Commands that ask the law: rate, rates, panel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.common import pair, plain_errors, world_with
from exposure.errors import QueryError

if TYPE_CHECKING:
    from exposure.api import Rates
    from exposure.law.sheet import Sheet


@click.command()
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
             for name, number in map(pair, contents)}  # fmt: skip
    given |= dict(map(pair, facts))
    if claim:
        given["claim"] = claim
    day = on or dt.date.today().isoformat()
    found = api.rate(world_with(law), hts, origin, day, importer, known, value, quantity, **given)
    made = sheet(found)
    if as_json:
        click.echo(_rate_json(found, made))
    else:
        said = " ".join(f"{name}={word}" for name, word in given.items())
        head = f"{dotted(hts.replace('.', ''))} from {origin} into {importer}, entered {day}"
        click.echo(sheet_text(made, " ".join([head, *([f"({said})"] if said else [])]), value))


def _rate_json(answer: Rates, made: Sheet) -> str:
    row = json.loads(answer.table.to_json(orient="records"))[0]
    lines = json.loads(made.duties.to_json(orient="records"))
    left = json.loads(made.considered.to_json(orient="records"))
    gaps = json.loads(made.gaps.to_json(orient="records"))
    amount = None if made.amount_usd != made.amount_usd else made.amount_usd
    found = {"amount_usd": amount, "lines": lines, "considered": left, "known_limits": gaps}
    return json.dumps({**row, **found}, indent=1)


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Parquet or CSV.")
@click.option("--law", type=click.Path(path_type=Path), help="A rule file laid over the law.")
@plain_errors
def rates(table: Path, out: Path, law: Path | None) -> None:
    """Duty stacks for a CSV TABLE with hts, origin, on and optional columns, in its order."""
    from exposure import api
    from exposure.facts.user_tables import read_crossings, write_table

    given, crossings = read_crossings(table)
    found = api.rates(world_with(law), crossings).table
    for name in found:
        given[name] = found[name].to_numpy()
    write_table(given, out)
    click.echo(f"{len(given)} rows in {out}, {int((found['status'] == 'unknown').sum())} unknown")


@click.command()
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

    world = world_with(law)
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
