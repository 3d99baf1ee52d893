"""Commands that ask the law: rate, rates, panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exposure.cli.commands import command
from exposure.cli.common import Say, answers, law_option, out_option, pair, share, world_with
from exposure.errors import QueryError

if TYPE_CHECKING:
    from exposure.api import Rates
    from exposure.law.sheet import Sheet


@command(
    examples={
        "exposure rate 8703.23.01 --origin KOR --on 2025-12-05 --value 20000": "a Korean car",
        "exposure rate 8703.23.01 --origin MEX --claim usmca --content us=0.4": "today, of content",
        "exposure rate 3304.99.50 --origin KOR --all": "and why each other clause does not apply",
        "exposure rate 7208.39.00 --origin KOR --on 2025-12-05 --json": "the same as JSON",
    }
)
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
@click.option("--all", "whole", is_flag=True, help="Each clause that does not apply, and why.")
@law_option
@answers
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
    whole: bool,
    law: Path | None,
    say: Say,
) -> None:
    """Duty stack of one tariff line as a broker would sign it, and what does not apply and why."""
    import datetime as dt

    from exposure import api
    from exposure.law.codes import dotted
    from exposure.law.sheet import sheet
    from exposure.reports.text import sheet_text

    given = {f"{name}_share" if name != "us" else "us_content": share(name, number)
             for name, number in map(pair, contents)}  # fmt: skip
    given |= dict(map(pair, facts))
    if claim:
        given["claim"] = claim
    day = on or dt.date.today().isoformat()
    found = api.rate(world_with(law), hts, origin, day, importer, known, value, quantity, **given)
    made = sheet(found)
    said = " ".join(f"{name}={word}" for name, word in given.items())
    head = f"{dotted(hts.replace('.', ''))} from {origin} into {importer}, entered {day}"
    say.json(_rate_document(found, made))
    asked = " ".join([head, *([f"({said})"] if said else [])])
    say.text(sheet_text(made, asked, value, whole=whole))


def _rate_document(answer: Rates, made: Sheet) -> dict[str, Any]:
    from exposure.frames import records

    return {
        **records(answer.table)[0],
        "amount_usd": made.amount_usd,
        "lines": made.duties,
        "considered": made.considered,
        "known_limits": made.gaps,
    }


@command(
    examples={
        "exposure rates shipments.csv -o rated.parquet": "a row a shipment, in their order",
        "exposure rates shipments.csv -o rated.csv --law announced.yaml": "under your own rule",
    }
)
@click.argument("table", type=click.Path(path_type=Path))
@out_option("Parquet or CSV.", required=True)
@law_option
@answers
def rates(table: Path, out: Path, law: Path | None, say: Say) -> None:
    """Duty stacks for a CSV TABLE with hts, origin, on and optional columns, in its order.

    Columns of your own are kept beside those of the answer, and must not have their names.
    """
    from exposure import api
    from exposure.facts.user_tables import read_crossings, write_table
    from exposure.law.rates import ANSWER

    given, crossings = read_crossings(table)
    taken = [name for name in given if name in ANSWER]
    if taken:
        what = f"columns of the answer stand there already: {', '.join(taken)}"
        raise QueryError(what, str(table), "give them other names")
    found = api.rates(world_with(law), crossings).table
    for name in found:
        given[name] = found[name].to_numpy()
    write_table(given, out)
    unknown = int((found["status"] == "unknown").sum())
    say.json({"rows": len(given), "unknown": unknown, "files": [out]})
    say.text(f"{len(given)} rows in {out}, {unknown} unknown")


@command(
    examples={
        "exposure panel --on 2026-11-23 -o panel.parquet": "every line from every country on a day",
        "exposure panel --on 2025-01-01 --until 2026-11-23 -o history": "every day, by interval",
    }
)
@click.option("--on", required=True, help="Date of entry, YYYY-MM-DD.")
@click.option("--until", help="Last day: every day since --on, by interval, to a folder.")
@click.option("--known", help="As known on this day; default hindsight.")
@click.option(
    "--preferences",
    default="none",
    show_default=True,
    help="none, claimed, or weighted by the shares of imports that claim.",
)
@law_option
@out_option("Parquet file; with --until a folder.", required=True)
@answers
def panel(
    on: str,
    until: str | None,
    known: str | None,
    preferences: str,
    law: Path | None,
    out: Path,
    say: Say,
) -> None:
    """Duty stacks of every line of the US schedule from every country, on a day or by interval."""
    from exposure import api
    from exposure.facts.user_tables import write_pieces, write_tables

    world = world_with(law)
    if until is None:
        found = api.panel(world, on, known, preferences)
        rows = write_pieces(found.pieces(), out)
        say.json({"rows": rows, "files": [out]})
        say.text(f"{rows:,} rows in {out}")
        return
    if preferences != "none":
        raise QueryError(f"--preferences {preferences} goes with one day", "", "leave --until out")
    kept = api.history(world, on, until, known)
    files = write_tables(kept.tables(), out)
    say.json({"law_states": len(kept.days), "intervals": len(kept.stack), "files": files})
    say.text(f"{len(kept.days)} law states, {len(kept.stack):,} intervals in {out}")
