"""What commands share: plain errors, options, and the world with what a user brings."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exposure.errors import ExposureError, QueryError, visible

if TYPE_CHECKING:
    from exposure.facts.world import World

BAD_INPUT = 2
DEFAULT_SCENARIO = "law-today"

Command = Callable[..., Any]

language_option = click.option(
    "--language",
    type=click.Choice(["en", "ko", "ja"]),
    default="en",
    show_default=True,
    help="Of the report's headings, labels and numbers.",
)
product_option = click.option(
    "--product", "products", multiple=True, help="Only this product, or .yaml; may be repeated."
)
seed_option = click.option("--seed", default=20250204, show_default=True, help="Seed of the draws.")


def draws_option(default: int) -> Callable[[Command], Command]:
    """``--draws``; what takes long by itself draws less."""
    return click.option(
        "--draws", default=default, show_default=True, help="Draws behind the ranges; 0: none."
    )


def kind_option(default: str | None, text: str) -> Callable[[Command], Command]:
    """``--kind`` of report, with ``text`` for help; without a default none is shown."""
    return click.option(
        "--kind",
        type=click.Choice(["full", "brief"]),
        default=default,
        show_default=default is not None,
        help=text,
    )


def plain_errors(command: Command) -> Command:
    """Turn errors that a user can mend into lines on standard error and code 2.

    They are those that exposure raises on purpose, and what the system says of files and memory: a
    full disk, a folder that may not be written.
    """

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ExposureError as error:
            click.echo(str(error), err=True)
            sys.exit(BAD_INPUT)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever read the output has gone; click leaves quietly
            click.echo(_system_line(error), err=True)
            sys.exit(BAD_INPUT)
        except MemoryError:
            click.echo("more memory is needed than there is (fewer draws or scenarios)", err=True)
            sys.exit(BAD_INPUT)

    return wrapped


def _system_line(error: OSError) -> str:
    """What the system says of a file, in a line that names it."""
    said = error.strerror or str(error) or type(error).__name__
    place = error.filename2 or error.filename
    return visible(f"{place}: {said}" if place else said)


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
