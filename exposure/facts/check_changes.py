"""What a scenario changes of the law names what there is, and can act on the day that is asked."""

from __future__ import annotations

from collections.abc import Iterator

from exposure.axes import USA
from exposure.errors import DataError, Problems
from exposure.facts.documents import Delta, Exemption, Measure, Scenario
from exposure.facts.world import World
from exposure.near import nearest


def check_changes(world: World, scenario: Scenario, where: str) -> None:
    """Origins, goods, authorities and clauses that a scenario's changes of the law name are known.

    Raises
    ------
    Problems
        A line each, with what is near it.
    """
    problems = list(_problems(world, scenario, f"{where}: law"))
    problems += _rate_problems(world, scenario, f"{where}: rates")
    if problems:
        raise Problems(problems)


def check_days(scenario: Scenario) -> None:
    """Each measure that a scenario brings has begun, and is known, on the day that it asks for.

    Raises
    ------
    Problems
        Naming the measures that could not act.
    """
    asked = scenario.law_on or scenario.baseline
    where, problems = f"scenario {scenario.id}: law", []
    for delta in scenario.law:
        for clause in _clauses(delta):
            name = f"{delta.new.id if delta.new else delta.action}/{clause.id}"
            if clause.from_ > asked.effective_on:
                what = f"{name} begins on {clause.from_}, after the day that is asked"
                problems.append(DataError(what, where, f"{asked.effective_on} or earlier"))
            elif asked.known_on and clause.known and clause.known > asked.known_on:
                what = f"{name} is known from {clause.known} on, after the day from which we look"
                problems.append(DataError(what, where, f"{asked.known_on} or earlier"))
    if problems:
        raise Problems(problems)


def _clauses(delta: Delta) -> list[Measure | Exemption]:
    of = delta.new or delta
    return [*of.measures, *of.exemptions]


def _problems(world: World, scenario: Scenario, where: str) -> Iterator[DataError]:
    clauses = world.tables["clauses"]
    places = {"*", *world.tables["countries"]["iso3"], *world.tables["groups"]["group"]}
    places |= {name for text in set(clauses["origin"]) for name in str(text).split()}
    authorities = set(clauses["authority"])
    authorities |= {str(delta.new.authority) for delta in scenario.law if delta.new}
    for delta in scenario.law:
        head = delta.new.id if delta.new else str(delta.action)
        displaced = set(delta.new.displaces) if delta.new else set()
        scopes = [delta.new.scope] if delta.new and delta.new.scope else []
        importer = delta.new.importer if delta.new else USA
        for clause in _clauses(delta):
            for name in sorted(set(clause.origin) - places):
                yield DataError(f"{head}/{clause.id}: origin {name!r} is not known", where,
                                nearest(name, sorted(places)))  # fmt: skip
            if isinstance(clause, Measure):
                displaced |= set(clause.displaces or ())
            if clause.scope:
                scopes.append(clause.scope)
        for name in sorted(displaced - authorities):
            yield DataError(f"{head} displaces {name!r}, which no action has", where,
                            nearest(name, sorted(authorities)))  # fmt: skip
        for code in sorted({code for scope in scopes for code in scope.hts}):
            if importer == USA and not _listed(_codes(world), code):
                yield DataError(f"{head}: hts {code!r} is in no schedule", where,
                                "a heading, subheading or line of the tariff")  # fmt: skip


def _rate_problems(world: World, scenario: Scenario, where: str) -> Iterator[DataError]:
    """Rates of clauses that there are not, those that the scenario itself brings among them."""
    clauses = world.tables["clauses"]
    measures = clauses[~clauses["exempt"]]
    known = set(measures["action"] + "/" + measures["clause"])
    for delta in scenario.law:
        head = delta.new.id if delta.new else delta.action
        known |= {f"{head}/{item.id}" for item in (delta.new or delta).measures}
    for name in scenario.rates:
        if name not in known:
            yield DataError(f"no clause {name!r}", where, nearest(name, sorted(known)))


def _codes(world: World) -> list[str]:
    """Codes of the American tariff, in order; kept with the world."""
    if "codes" not in world.kept:
        listed = (world.tables["lines"]["hts8"], world.tables["statistical"]["hts10"])
        world.kept["codes"] = sorted({code for column in listed for code in column.unique()})
    kept = world.kept["codes"]
    assert isinstance(kept, list)
    return kept


def _listed(codes: list[str], code: str) -> bool:
    """Whether some line begins so; ``codes`` are in order."""
    from bisect import bisect_left

    place = bisect_left(codes, code)
    return place < len(codes) and codes[place].startswith(code)
