"""On which days' law a standing question is answered, of the documents and commands that do it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from exposure.facts.documents import LawDate, Scenario, Solve, Sweep
from exposure.facts.documents.deals import Deal, Frontier, Stance, Wait
from exposure.facts.read_deals import read_deal
from exposure.facts.scenario import read_scenario
from exposure.facts.world import World

TODAY = "law-today"
"""The scenario that stands on the latest day that the shipped law knows."""
ASKING = ("run", "compare")
"""Commands whose words are names of scenarios, up to their options."""
MOST = 6
"""More days than this are told by the first and the last."""


def of_scenario(scenario: Scenario) -> LawDate:
    """The day whose law a scenario changes."""
    return scenario.law_on or scenario.baseline


def of_document(world: World, item: Any) -> Iterator[LawDate]:
    """Days of a scenario, sweep, solve or deal; a sweep over days has each of its own."""
    if isinstance(item, Scenario):
        yield of_scenario(item)
        return
    axes = item.dimensions if isinstance(item, Sweep) else ()
    days = [day for axis in axes for day in axis.law_on or ()]
    yield from (LawDate(effective_on=day) for day in days)
    for name in () if days else _scenarios(world, item):
        yield of_scenario(read_scenario(world, name))


def _scenarios(world: World, item: Any) -> Iterator[str]:
    """Names of the scenarios that a document asks."""
    match item:
        case Sweep() | Solve():
            yield item.scenario
        case Deal():
            yield from (item.under, item.instead)
        case Frontier():
            yield item.base
        case Wait():
            yield from _scenarios(world, read_deal(world, item.settle))
            yield item.meanwhile
            for branch in item.branches:
                yield branch.scenario
                yield from filter(None, [branch.settled])
        case Stance():
            yield item.base
            yield from (outcome.scenario for cell in item.cells for outcome in cell.outcomes)


def of_command(world: World, command: str) -> Iterator[LawDate]:
    """Days that a command names, or those of the scenarios that it names."""
    verb, *rest = command.split()
    given = dict(pairwise(rest))
    if verb in ASKING:
        names = rest[: next((n for n, word in enumerate(rest) if word.startswith("-")), len(rest))]
        yield from (of_scenario(read_scenario(world, name)) for name in names)
    if verb == "conflicts":
        yield from _of_conflicts(world)
    if "--on" in given:
        known = given.get("--known")
        yield LawDate(
            effective_on=dt.date.fromisoformat(given["--on"]),
            known_on=dt.date.fromisoformat(known) if known else None,
        )
    if "--from" in given:
        first, last = (dt.date.fromisoformat(given[end]) for end in ("--from", "--until"))
        for number in range((last - first).days + 1):
            yield LawDate(effective_on=first + dt.timedelta(number))


def _of_conflicts(world: World) -> Iterator[LawDate]:
    """Days of the scenarios and deals in which statements are tried."""
    tried = world.tables["conflicts"][["kind", "scenario"]].drop_duplicates()
    for kind, name in tried[tried["scenario"] != ""].itertuples(index=False, name=None):
        read = read_deal if kind == "deal" else read_scenario
        yield from of_document(world, read(world, name))


def days_text(world: World, days: Iterable[LawDate]) -> str:
    """Days in a line, the earliest first; many are told by the first and the last.

    Examples
    --------
    >>> days_text(world, [LawDate(effective_on="2025-08-07")])
    'Law of 2025-08-07.'
    >>> days_text(world, [])
    'No day of the law is asked.'
    """
    today = of_scenario(read_scenario(world, TODAY))
    once = sorted(
        {str(day): day for day in days}.values(),
        key=lambda day: (day.effective_on, day.known_on or dt.date.max),
    )
    named = [f"{day} (today's)" if day == today else str(day) for day in once]
    if not named:
        return "No day of the law is asked."
    if len(named) > MOST:
        return f"Law of {len(named)} days, from {named[0]} to {named[-1]}."
    *others, last = named
    return f"Law of {', '.join(others)} and {last}." if others else f"Law of {last}."


def document_text(world: World, item: Any) -> str:
    """The line of one document: of a scenario also what it is against."""
    line = days_text(world, of_document(world, item))
    if not isinstance(item, Scenario):
        return line
    if item.baseline == of_scenario(item):
        return f"{line[:-1]}, with the change and without it."
    return f"{line[:-1]}, against {item.baseline}."
