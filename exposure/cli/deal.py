"""Commands about bargains and about statements that contradict one another."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.commands import command
from exposure.cli.common import (
    Say,
    answers,
    draws_option,
    laid_text,
    law_option,
    must_act,
    out_option,
    seed_option,
    world_with,
)
from exposure.cli.names import ShippedName

FORMULA = "formula"


@command(
    examples={
        "exposure deal korea-350 japan-550": "what two deals cost and save, side by side",
        "exposure deal korea-frontier": "which concession buys most relief per dollar",
        "exposure deal korea-wait --draws 0": "settle now or wait, without ranges",
        "exposure deal formula": "the formula of 2 April 2025 by country",
    }
)
@click.argument(
    "names", nargs=-1, required=True, metavar="NAME|FILE...",
    type=ShippedName("deals", more=(FORMULA,)),
)  # fmt: skip
@draws_option(200)
@seed_option
@law_option
@out_option("Folder for the tables.")
@answers
def deal(
    names: tuple[str, ...], draws: int, seed: int, law: Path | None, out: Path | None, say: Say
) -> None:
    """What a deal costs and saves; several deals side by side, or one frontier, wait or stance.

    Shipped: korea-350, korea-350-today, japan-550; korea-frontier; korea-wait;
    korea-japan-stance. The name `formula` gives the formula of 2 April 2025 by country.
    """
    from exposure import api
    from exposure.errors import QueryError
    from exposure.facts.read_deals import laws_of, read_bargain
    from exposure.facts.user_tables import write_tables
    from exposure.model.formula import formula
    from exposure.reports.deal_text import bargain_text, formula_text

    world = world_with(law)
    if names == (FORMULA,):
        if law is not None:
            raise QueryError("--law", FORMULA, "the formula is of trade in 2024, not of a law")
        made = {FORMULA: formula(world)}
        said = formula_text(made[FORMULA])
    else:
        read = [read_bargain(world, name) for name in names]
        must_act(world, [item for one in read for item in laws_of(world, one)])
        made = dict(api.deal(world, *read, draws=draws, seed=seed))
        said = "\n".join([*laid_text(world), bargain_text(made)])
    paths = write_tables(made, out) if out else []
    say.json({**made, "files": paths})
    say.text(said)
    if out:
        say.text(f"\n{len(made)} tables in {out}")


@command(
    examples={
        "exposure conflicts korea-deficit": "one dispute, and what each figure does",
        "exposure conflicts --draws 0": "all of them, without ranges",
    }
)
@click.argument("topic", required=False, default="")
@draws_option(200)
@seed_option
@out_option("Folder for the table.")
@answers
def conflicts(topic: str, draws: int, seed: int, out: Path | None, say: Say) -> None:
    """Figures that sources state differently, and what each of them does to the answer.

    TOPIC chooses one dispute; without it, all.
    """
    from exposure import api
    from exposure.facts.user_tables import write_tables
    from exposure.reports.deal_text import conflicts_text

    table = api.conflicts(api.load(), topic, draws=draws, seed=seed)
    paths = write_tables({"conflicts": table}, out) if out else []
    say.json({"conflicts": table, "files": paths})
    say.text(conflicts_text(table))
    if out:
        say.text(f"\n1 table in {out}")
