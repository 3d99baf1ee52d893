"""What commands share: how they answer, options, and the world with what a user brings."""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exposure.cli.names import PRODUCTS, ShippedName
from exposure.errors import QueryError

if TYPE_CHECKING:
    from exposure.facts.documents import LawDate, Scenario
    from exposure.facts.world import World

DEFAULT_SCENARIO = "law-today"

Callback = Callable[..., Any]

language_option = click.option(
    "--language",
    type=click.Choice(["en", "ko", "ja"]),
    default="en",
    show_default=True,
    help="Of the report's headings, labels and numbers.",
)
product_option = click.option(
    "--product", "products", multiple=True, type=ShippedName(PRODUCTS),
    help="Only this product, or .yaml; may be repeated.",
)  # fmt: skip
seed_option = click.option(
    "--seed", default=20250204, type=click.IntRange(0), show_default=True, help="Seed of the draws."
)
law_option = click.option(
    "--law", type=click.Path(path_type=Path), help="A rule file laid over the law."
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document, tables as lists of rows."
)
quiet_option = click.option("--quiet", is_flag=True, help="Print nothing but errors.")


class Say:
    """What a command prints on standard output: text, or one JSON document, or nothing.

    A command says both, `text` and `json`; what was not asked for is left out. Nothing is printed
    before all work is done and all files are written, so that an error leaves no half an answer.
    """

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json = as_json
        self.quiet = quiet

    @property
    def progress(self) -> bool:
        """Whether to show how far the work is: to a person at a terminal."""
        return not self.quiet and sys.stderr.isatty()

    def text(self, line: str = "", colour: str | None = None) -> None:
        """Print text for people."""
        if not (self.as_json or self.quiet):
            click.echo(click.style(line, fg=colour) if colour else line)

    def json(self, document: Any) -> None:
        """Print the one document; see `plain`."""
        if self.as_json and not self.quiet:
            import json

            click.echo(json.dumps(plain(document), indent=1, ensure_ascii=False, allow_nan=False))


def plain(value: Any) -> Any:
    """What JSON can hold: a table as a list of rows, what is not known (or never comes) as null.

    Tables and their numbers are known by what they can do: nothing heavy is imported for a document
    that has none.

    Examples
    --------
    >>> plain({"hours": float("nan"), "folder": Path("reports")})
    {'hours': None, 'folder': 'reports'}
    """
    if hasattr(value, "to_dict"):
        from exposure.frames import records

        return [plain(row) for row in records(value)]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, dt.date):
        # A moment is a day here: no table knows hours.
        return value.isoformat()[: len("YYYY-MM-DD")]
    return str(value) if isinstance(value, Path) else value


def answers(callback: Callback) -> Callback:
    """``--json`` and ``--quiet``; the command is given `Say` as ``say``."""

    @json_option
    @quiet_option
    @wraps(callback)
    def wrapped(*args: Any, as_json: bool, quiet: bool, **kwargs: Any) -> Any:
        return callback(*args, say=Say(as_json=as_json, quiet=quiet), **kwargs)

    return wrapped


def draws_option(default: int) -> Callable[[Callback], Callback]:
    """``--draws``; what takes long by itself draws less."""
    return click.option(
        "--draws", default=default, show_default=True, help="Draws behind the ranges; 0: none."
    )


def kind_option(default: str | None, text: str) -> Callable[[Callback], Callback]:
    """``--kind`` of report, with ``text`` for help; without a default none is shown."""
    return click.option(
        "--kind",
        type=click.Choice(["full", "brief"]),
        default=default,
        show_default=default is not None,
        help=text,
    )


def out_option(text: str, *, required: bool = False) -> Callable[[Callback], Callback]:
    """``-o``, ``--out``: the file or folder that is written, with ``text`` for help."""
    return click.option(
        "-o", "--out", required=required, type=click.Path(path_type=Path), help=text
    )


def with_products(world: World, products: tuple[str, ...]) -> tuple[World, tuple[str, ...]]:
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


def world_with(law: Path | None) -> World:
    """The shipped world, with the action of a rule file if one is given."""
    from exposure import api

    world = api.load()
    return world if law is None else api.add_action(world, law)


def must_act(world: World, scenarios: Iterable[Scenario], more: Iterable[LawDate] = ()) -> None:
    """See that the rule file laid over a world acts on a day of the scenarios, or on one more."""
    from exposure.facts.added import check_acting

    days = [day for item in scenarios for day in (item.baseline, item.law_on) if day]
    days += more
    check_acting(world, ((day.effective_on, day.effective_on, day.known_on) for day in days))


def laid_text(world: World) -> list[str]:
    """Lines that name the rule files laid over the law."""
    from exposure.facts.added import laid

    return [f"with {text}, laid over the law" for text in laid(world)]


def pair(text: str) -> tuple[str, Any]:
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


def share(name: str, value: Any) -> Any:
    """A value share as it is given; one in per cent is refused, a word is for the law to judge."""
    if isinstance(value, float) and not 0 <= value <= 1:
        raise QueryError(f"{name}={value:g}", "", "a share of value, 0 to 1")
    return value
