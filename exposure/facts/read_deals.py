"""Reads bargains: found by name or path, told apart by their fields, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from exposure.errors import DataError, ExposureError, Problems, QueryError
from exposure.facts.documents import Scenario
from exposure.facts.documents.base import Figure
from exposure.facts.documents.deals import FORMS, Bargain, Deal, Frontier, Stance, Wait
from exposure.facts.kinds import expect
from exposure.facts.scenario import check_names, find, read_scenario
from exposure.facts.strict_yaml import parse, read_yaml
from exposure.facts.world import World
from exposure.near import nearest


def read_bargain(world: World, name: str | Path) -> Bargain:
    """A deal, frontier, wait or stance, its names checked against the world.

    Raises
    ------
    Problems, QueryError
        If the document is not well formed or names a scenario, deal or source that is not there.
    """
    path = find(world, "deals", name)
    plain = read_yaml(path)
    expect("deal", plain, path)
    keys = set(plain) if isinstance(plain, dict) else set()
    form = next((form for key, form in FORMS.items() if key in keys), None)
    if form is None:
        raise DataError("no bargain", str(path), f"it has one of: {', '.join(FORMS)}")
    read: Bargain = parse(form, plain, path)
    problems = list(_offenders(world, read, str(path)))
    if problems:
        raise Problems(problems)
    return read


def read_deal(world: World, name: str | Path) -> Deal:
    """A deal; another bargain of that name is an error."""
    read = read_bargain(world, name)
    if not isinstance(read, Deal):
        raise QueryError(f"{name} is a {type(read).__name__.lower()}", "", "name a deal")
    return read


def laws_of(world: World, read: Bargain) -> list[Scenario]:
    """The scenarios that a bargain names, those of its deals among them; each once."""
    deals = [read_deal(world, name) for name in _deals(read)]
    names = dict.fromkeys(name for item in (read, *deals) for name in _scenarios(item))
    return [read_scenario(world, name) for name in names]


def figures_of(document: BaseModel, at: str = "") -> Iterator[tuple[str, Figure]]:
    """Every figure of a document with its place in it, as ``cash/total_usd``."""
    for name in type(document).model_fields:
        value: Any = getattr(document, name)
        for number, item in enumerate(value if isinstance(value, list | tuple) else [value]):
            if isinstance(item, Figure):
                yield f"{at}{name}", item
            elif isinstance(item, BaseModel):
                part = str(getattr(item, "id", "") or number)
                yield from figures_of(item, f"{at}{part if isinstance(value, list) else name}/")


def _offenders(world: World, read: Bargain, where: str) -> Iterator[ExposureError]:
    known = set(world.tables["sources"]["source_id"])
    for at, figure in figures_of(read):
        if figure.source not in known:
            yield DataError(f"{at}: source {figure.source!r} is not in sources.csv", where)
    for scenario in _scenarios(read):
        try:
            read_scenario(world, scenario)
        except QueryError as error:
            yield QueryError(error.what, where, error.mend)
    for deal in _deals(read):
        try:
            find(world, "deals", deal)
        except QueryError as error:
            yield QueryError(error.what, where, error.mend)
    countries = sorted(world.tables["countries"]["iso3"])
    for code in _countries(read):
        if code not in countries:
            yield QueryError(f"country {code!r} is not known", where, nearest(code, countries))
    try:
        check_names(world, getattr(read, "products", []), {}, where)
    except QueryError as error:
        yield error


def _scenarios(read: Bargain) -> list[str]:
    if isinstance(read, Deal):
        return [read.instead, read.under]
    if isinstance(read, Frontier):
        return [read.base]
    if isinstance(read, Wait):
        named = [name for item in read.branches for name in (item.scenario, item.settled) if name]
        return [read.meanwhile, *named]
    return [read.base, *(end.scenario for cell in read.cells for end in cell.outcomes)]


def _deals(read: Bargain) -> list[str]:
    if isinstance(read, Wait):
        return [read.settle, *(item.deal for item in read.branches if item.deal)]
    if isinstance(read, Stance):
        return [name for cell in read.cells for name in cell.deals]
    return []


def _countries(read: Bargain) -> list[str]:
    if isinstance(read, Stance):
        return list(read.players)
    rival = read.rival if isinstance(read, Wait) else None
    return [read.party, *([rival.country] if rival else [])]
