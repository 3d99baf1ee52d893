"""Files from anywhere laid over a world: an action of this morning, a product of one's own."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from pydantic import ValidationError

from exposure.errors import DataError, ExposureError, Problems, QueryError
from exposure.facts.checks import check_tables
from exposure.facts.documents import Action, Measure, Product
from exposure.facts.kinds import read_as
from exposure.facts.read_firms import product_problems, product_rows
from exposure.facts.read_law import action_tables
from exposure.facts.world import World


def add_action(world: World, path: Path) -> tuple[World, Action]:
    """A world in which the action of a rule file stands, and the action.

    An action of the same id is replaced. Lists are those of the world's own folder.

    Raises
    ------
    Problems
        Everything that is wrong with the file, by itself and beside the rest of the law.
    """
    return lay_action(world, read_as("action", Action, path), path)


def lay_action(world: World, action: Action, path: Path) -> tuple[World, Action]:
    """The same of a document; ``path`` is where problems are said to be."""
    try:
        made = action_tables(action, world.root / "raw" / "law", {})
        keys = {name: "scope_id" if name == "scopes" else "action" for name in made}
        # Under the names that a file has, so that it can be read again: `lay_again`.
        document = ("action", action.model_dump_json(by_alias=True))
        return _with(world, made, keys, action.id, document), action
    except Problems as error:
        raise Problems(_in_file(item, path) for item in error.problems) from error


def add_product(world: World, path: Path) -> tuple[World, Product]:
    """A world in which the product of a file stands, and the product.

    A product of the same id is replaced.

    Raises
    ------
    Problems
        Everything that is wrong with the file, by itself and beside the rest of the world.
    """
    return lay_product(world, read_as("product", Product, path), path)


def lay_product(world: World, product: Product, path: Path) -> tuple[World, Product]:
    """The same of a document; ``path`` is where problems are said to be."""
    found = list(product_problems(product, path))
    if found:
        raise Problems(found)
    made = {name: pd.DataFrame(rows) for name, rows in product_rows(product).items()}
    keys = dict.fromkeys(made, "product")
    if product.sources:
        own = [source.model_dump() for source in product.sources]
        made["sources"] = pd.DataFrame(own).rename(columns={"id": "source_id"})
        keys["sources"] = "source_id"
    try:
        document = ("product", product.model_dump_json(by_alias=True))
        return _with(world, made, keys, product.id, document), product
    except Problems as error:
        raise Problems(_in_file(item, path) for item in error.problems) from error


def _with(
    world: World,
    made: Mapping[str, pd.DataFrame],
    keys: Mapping[str, str],
    name: str,
    document: tuple[str, str],
) -> World:
    """A world with rows added; those of the same action or product are replaced.

    Raises
    ------
    Problems
        What is wrong with the new rows, and with the tables as a whole.
    """
    # Pandera is slow to import.
    from exposure.facts.tables import check_forms, with_columns

    tables = dict(world.tables)
    for table, rows in made.items():
        old, key = tables[table], keys[table]
        others = old[old[key].str.split("/").str[0] != name]
        both = pd.concat([others, with_columns(table, rows)], ignore_index=True)
        tables[table] = both.drop_duplicates(ignore_index=True).astype(old.dtypes.to_dict())
    check_forms({table: tables[table] for table in made})
    check_tables(tables)
    mark = hashlib.sha256((world.fingerprint + document[1]).encode()).hexdigest()
    return replace(
        world,
        tables=MappingProxyType(tables),
        fingerprint=mark,
        added=(*world.added, document),
        kept={},
    )


def laid(world: World) -> list[str]:
    """The actions that were laid over a world, by id and title."""
    actions = (Action.model_validate_json(text) for kind, text in world.added if kind == "action")
    return [f"{action.id} ({action.title})" for action in actions]


def noted(note: str, world: World) -> str:
    """A note that names as well the actions that were laid over a world."""
    names = laid(world)
    said = f"Laid over the law: {'; '.join(names)}." if names else ""
    return f"{note} {said}".strip()


def check_acting(world: World, spans: Iterable[tuple[dt.date, dt.date, dt.date | None]]) -> None:
    """Each action that was laid over a world acts at some time that is asked.

    Parameters
    ----------
    world
        With its added documents.
    spans
        First and last day, and the day from which we look (None: hindsight).

    Raises
    ------
    QueryError
        Naming an action that could not act: its answer would be a silent zero.
    """
    asked = list(spans)
    for kind, text in world.added:
        if kind != "action":
            continue
        action = Action.model_validate_json(text)
        if not any(_acts(item, *span) for item in action.measures for span in asked):
            days = sorted({span[1] for span in asked})
            starts = sorted({item.from_ for item in action.measures})
            raise QueryError(
                f"no measure is in force and known on {', '.join(map(str, days))}",
                f"law {action.id}",
                f"they begin on {', '.join(map(str, starts))}; ask of a later day",
            )


def _acts(item: Measure, first: dt.date, last: dt.date, known: dt.date | None) -> bool:
    public = known is None or item.known <= known
    ended = item.until is not None and item.until < first
    return item.status == "in_force" and public and item.from_ <= last and not ended


def lay_again(world: World, added: Sequence[tuple[str, str]]) -> World:
    """A world with the documents that another one had (`World.added`).

    Raises
    ------
    DataError, Problems
        If a document is none, or what is wrong with it.
    """
    forms: dict[str, type[Action | Product]] = {"action": Action, "product": Product}
    for kind, text in added:
        where = Path(f"{kind} of the run")
        try:
            document = forms[kind].model_validate_json(text)
        except (KeyError, ValidationError) as error:
            first = str(error).splitlines()[0]
            raise DataError(f"not a document: {first}", str(where), "as the run wrote it") from None
        if isinstance(document, Action):
            world = lay_action(world, document, where)[0]
        elif isinstance(document, Product):
            world = lay_product(world, document, where)[0]
    return world


def _in_file(problem: ExposureError, path: Path) -> ExposureError:
    if str(path) in problem.where:
        return problem
    where = f"{path}: {problem.where}" if problem.where else str(path)
    return type(problem)(problem.what, where, problem.mend)
