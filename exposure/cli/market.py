"""The command that asks a whole market: what is bought instead, and who gains."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.common import draws_option, plain_errors, seed_option


@click.command()
@click.argument("scenario")
@click.option("--market", "name", required=True, help="us-cars, us-steel ...; see markets.csv.")
@draws_option(400)
@seed_option
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder: tables and picture.")
@plain_errors
def market(scenario: str, name: str, draws: int, seed: int, out: Path | None) -> None:
    """What is bought instead under SCENARIO in a whole market, by origin: GSIM and Armington."""
    from exposure import api
    from exposure.facts.user_tables import write_tables
    from exposure.reports.text import market_text

    world = api.load()
    made = api.market(world, scenario, name, draws=draws, seed=seed)
    title = str(world.tables["markets"].set_index("market").at[name, "title"])
    click.echo(market_text(made, title))
    if out:
        from exposure.reports.figures.diversion import draw
        from exposure.reports.page import Page
        from exposure.reports.words import words

        picture = draw(Page(made, words()), title)
        write_tables(dict(made), out, {"market.svg": picture.views[0][1].encode()})
        click.echo(f"\n{len(made)} tables and market.svg in {out}")
