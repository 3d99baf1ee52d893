"""Commands about bargains and about statements that contradict one another."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.common import draws_option, plain_errors, seed_option


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME|FILE...")
@draws_option(200)
@seed_option
@click.option("--json", "as_json", is_flag=True, help="Print all tables as JSON.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for the tables.")
@plain_errors
def deal(names: tuple[str, ...], draws: int, seed: int, as_json: bool, out: Path | None) -> None:
    """What a deal costs and saves; several deals side by side, or one frontier, wait or stance.

    Shipped: korea-350, korea-350-today, japan-550; korea-frontier; korea-wait;
    korea-japan-stance. The name `formula` gives the formula of 2 April 2025 by country.
    """
    from exposure import api
    from exposure.model.formula import formula
    from exposure.reports.deal_text import formula_text

    if names == ("formula",):
        click.echo(formula_text(formula(api.load())))
        return
    from exposure.facts.user_tables import write_tables
    from exposure.reports.deal_text import bargain_text, tables_json

    made = api.deal(api.load(), *names, draws=draws, seed=seed)
    click.echo(tables_json(made) if as_json else bargain_text(made))
    if out:
        write_tables(dict(made), out)
        if not as_json:
            click.echo(f"\n{len(made)} tables in {out}")


@click.command()
@click.argument("topic", required=False, default="")
@draws_option(200)
@seed_option
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for the table.")
@plain_errors
def conflicts(topic: str, draws: int, seed: int, as_json: bool, out: Path | None) -> None:
    """Figures that sources state differently, and what each of them does to the answer.

    TOPIC chooses one dispute; without it, all.
    """
    from exposure import api
    from exposure.facts.user_tables import write_tables
    from exposure.reports.deal_text import conflicts_text, tables_json

    table = api.conflicts(api.load(), topic, draws=draws, seed=seed)
    click.echo(tables_json({"conflicts": table}) if as_json else conflicts_text(table))
    if out:
        write_tables({"conflicts": table}, out)
