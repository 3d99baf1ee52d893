"""The command that asks a whole market: what is bought instead, and who gains."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.commands import command
from exposure.cli.common import Say, answers, draws_option, out_option, seed_option
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
@out_option("Folder: tables and picture.")
@answers
def market(scenario: str, name: str, draws: int, seed: int, out: Path | None, say: Say) -> None:
    """What is bought instead under SCENARIO in a whole market, by origin: GSIM and Armington."""
    from exposure import api
    from exposure.facts.user_tables import write_tables
    from exposure.reports.text import market_text

    world = api.load()
    made = dict(api.market(world, scenario, name, draws=draws, seed=seed))
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
    say.text(market_text(made, title))
    if out:
        say.text(f"\n{len(made)} tables and market.svg in {out}")
