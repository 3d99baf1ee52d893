"""The command that asks a whole market: what is bought instead, and who gains."""

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


@command(
    examples={
        "exposure market law-today --market us-cars": "what is bought instead, from whom",
        "exposure market law-today --market us-steel --draws 0 --json": "tables, without ranges",
    }
)
@click.argument("scenario", type=ShippedName("scenarios"))
@click.option("--market", "name", required=True, help="us-cars, us-steel ...; see markets.csv.")
@draws_option(400)
@seed_option
@law_option
@out_option("Folder: tables and picture.")
@answers
def market(
    scenario: str,
    name: str,
    draws: int,
    seed: int,
    law: Path | None,
    out: Path | None,
    say: Say,
) -> None:
    """What is bought instead under SCENARIO in a whole market, by origin: GSIM and Armington."""
    from exposure import api
    from exposure.facts.scenario import read_scenario
    from exposure.facts.user_tables import write_tables
    from exposure.reports.text import market_text

    world = world_with(law)
    read = read_scenario(world, scenario)
    must_act(world, [read])
    made = dict(api.market(world, read, name, draws=draws, seed=seed))
    title = str(world.tables["markets"].set_index("market").at[name, "title"])
    paths = []
    if out:
        from exposure.reports.figures.diversion import draw
        from exposure.reports.page import Page
        from exposure.reports.words import words

        picture = draw(Page(made, words()), title)
        files = {"market.svg": picture.views[0][1].encode()}
        paths = write_tables(made, out, files)
    say.json({**made, "files": paths})
    for line in laid_text(world):
        say.text(line)
    say.text(market_text(made, title))
    if out:
        say.text(f"\n{len(made)} tables and market.svg in {out}")
