"""Runs scenarios: compile, draw, evaluate, tabulate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from exposure.errors import QueryError
from exposure.facts.added import noted
from exposure.facts.check_changes import check_days
from exposure.facts.documents import Scenario
from exposure.facts.scenario import fingerprint, read_scenario
from exposure.facts.world import World
from exposure.model.attribution import COLUMNS as ATTRIBUTION
from exposure.model.attribution import attribution
from exposure.model.cases import Case
from exposure.model.compare import differences, revenue, rivals
from exposure.model.compile import compile_scenarios
from exposure.model.compiled import Compiled
from exposure.model.industries import industry_tables
from exposure.model.inputs import draws_of
from exposure.model.ledger import ledger, with_totals
from exposure.model.origin import content_views, origin_tables, origin_worth
from exposure.model.quarters import COLUMNS as QUARTERS
from exposure.model.quarters import quarters
from exposure.model.results import Result, tables
from exposure.model.rows import Rows, joined, paired_rows
from exposure.model.run import ARRAYS, Engine, Evaluated
from exposure.model.sector_summaries import sector_summaries
from exposure.model.summaries import summaries
from exposure.model.timeline import law_timeline
from exposure.model.uncertainty import uncertainty
from exposure.version import __version__

DRAWS = 400
SEED = 20250204
"""Seed of the draws: any number does; the same number gives the same bytes."""


def run(
    world: World,
    *scenarios: str | Path | Scenario,
    products: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = SEED,
    by_quarter: bool = True,
    by_sector: bool = True,
    attribute: Sequence[str] = (),
    engine: Engine = ARRAYS,
) -> Result:
    """Run one or more scenarios.

    Parameters
    ----------
    world
        From `load`.
    scenarios
        Names of shipped scenarios, paths, or documents.
    products
        Which products; by default those of the scenarios, or all.
    draws
        How many draws give the ranges; 0 gives central values only.
    seed
        Seed of the draws.
    by_quarter
        Whether to follow the duty by quarter; a scenario that only moves the day then needs every
        law state between its two days. Without it the table ``quarters`` is empty.
    by_sector
        Whether to ask the industries: their costs, output and jobs, and the boards of exports.
    attribute
        How the change is split among those whose doing it is (`exposure.model.attribution`): of
        one scenario from its baseline, of several from the first to each other.
    engine
        Who evaluates; another than the usual one only to check it.

    Returns
    -------
    Result
        Tables with a baseline and a scenario case each.

    Raises
    ------
    Problems, QueryError
        If a scenario is not well formed or stands twice, or a crossing has no known rate.

    Examples
    --------
    >>> result = ex.run(world, "usmca-cars-withdrawn", products=["kia-k4"], draws=0,
    ...                 by_quarter=False, by_sector=False)
    >>> cost = result.table("landed_cost").query("case == 'scenario'")
    >>> cost.set_index("route")["duty_usd_per_unit"].round(2).to_dict()
    {'pesqueria': 4446.85, 'hwaseong': 2751.75, 'west-point': 1170.67}
    >>> cost.attrs["units"]["duty_usd_per_unit"]
    'USD per unit'
    """
    read = _read(world, scenarios, draws)
    compiled, pairs = compile_scenarios(world, read, products, unclaimed=True)
    cases, rows = _cases(compiled, read, pairs, draws, seed)
    done = engine.respond(compiled, rows, engine.price(compiled, rows, True))
    of_scenario = list(zip(read, zip(cases[::2], cases[1::2], strict=True), strict=True))
    made = _of_products(world, compiled, read, cases, done, rows)
    made |= _by_scenario(
        uncertainty(compiled, scenario, pair, done, rows.values, seed, engine)
        for scenario, pair in of_scenario
    )
    made |= {"quarters": pd.DataFrame(columns=list(QUARTERS))}
    if by_quarter:
        made |= _by_scenario(
            {"quarters": quarters(world, compiled, scenario, pair, done)}
            for scenario, pair in of_scenario
        )
    made |= _by_scenario(
        industry_tables(
            world, compiled, scenario, pair, done, rows.values, made, seed, by_sector=by_sector
        )
        for scenario, pair in of_scenario
    )
    made["revenue"] = revenue(made)
    made["attribution"] = _attributions(world, read, attribute, products, draws, seed, engine)
    made["backtest_scores"] = world.table("backtest_scores")
    made |= summaries(made)
    made |= sector_summaries(made)
    asked = _documents(world, read) | {
        "products": list(products),
        "draws": draws,
        "seed": seed,
        "by_quarter": by_quarter,
        "by_sector": by_sector,
        "attribute": list(attribute),
    }
    marks = _fingerprints(world, read, draws, seed)
    return Result(MappingProxyType(made), marks, MappingProxyType(asked))


def _read(world: World, scenarios: Sequence[str | Path | Scenario], draws: int) -> list[Scenario]:
    """Scenarios as documents, their days checked.

    Raises
    ------
    QueryError
        If there is none, one stands twice, or draws are below 0.
    """
    if not scenarios:
        raise QueryError("no scenario given", "", "for example law-today")
    if draws < 0:
        raise QueryError(f"draws {draws}", "", "0 or more")
    read = [s if isinstance(s, Scenario) else read_scenario(world, s) for s in scenarios]
    ids = [scenario.id for scenario in read]
    if len(set(ids)) < len(ids):
        raise QueryError(f"{', '.join(ids)}: one stands twice", "", "each once")
    for scenario in read:
        check_days(scenario)
    return read


def _fingerprints(
    world: World, scenarios: Sequence[Scenario], draws: int, seed: int
) -> dict[str, str]:
    """What made a result: data, scenarios, version, draws and seed."""
    return {
        "data": world.fingerprint,
        **{f"scenario {item.id}": fingerprint(item) for item in scenarios},
        "version": __version__,
        "draws": str(draws),
        "seed": str(seed),
    }


def _documents(world: World, scenarios: Sequence[Scenario]) -> dict[str, object]:
    """Scenarios and what a user laid over the world, as plain values for JSON."""
    return {
        "scenarios": [
            item.model_dump(mode="json", by_alias=True, exclude_unset=True) for item in scenarios
        ],
        "added": [list(document) for document in world.added],
    }


def _cases(
    compiled: Compiled,
    scenarios: Sequence[Scenario],
    pairs: Sequence[tuple[int, int]],
    draws: int,
    seed: int,
) -> tuple[list[Case], Rows]:
    """Baseline and scenario of each scenario in turn, and the rows of all: central, then draws."""
    size = 1 + draws
    cases: list[Case] = []
    parts: list[Rows] = []
    for scenario, pair in zip(scenarios, pairs, strict=True):
        block = draws_of(compiled, scenario, draws, seed)
        start = len(cases) * size
        for place, (case, number) in enumerate(zip(("baseline", "scenario"), pair, strict=True)):
            first = start + place * size
            cases.append(Case(scenario.id, case, number, slice(first, first + size)))
        parts.append(paired_rows(compiled, scenario, pair, block))
    return cases, joined(parts, [2 * size * number for number in range(len(parts))])


def _of_products(
    world: World,
    compiled: Compiled,
    scenarios: Sequence[Scenario],
    cases: Sequence[Case],
    done: Evaluated,
    rows: Rows,
) -> dict[str, pd.DataFrame]:
    """Tables of products, their routes, borders and origin, of all scenarios at once."""
    pairs = list(zip(cases[::2], cases[1::2], strict=True))
    made = dict(tables(compiled, scenarios, cases, done, rows.values, world.table("sources")))
    made["ledger"] = ledger(compiled, cases, done, rows, world.tables)
    made["landed_cost"] = with_totals(made["landed_cost"], made["ledger"])
    made |= origin_tables(compiled, pairs, done, rows.values, world.tables)
    made["origin_worth"] = origin_worth(made)
    made["content_views"] = content_views(compiled, cases[0], done)
    if world.added:
        notes = [noted(note, world) for note in made["scenarios"]["note"]]
        made["scenarios"] = made["scenarios"].assign(note=notes)
    made["differences"] = differences(compiled, pairs, done, rows.values)
    made["rivals"] = rivals(compiled, pairs, done, rows.values)
    made["law_timeline"] = law_timeline(world, scenarios, compiled.network.edges)
    return made


def _by_scenario(parts: Iterable[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """Tables that are made scenario by scenario, one after another."""
    found = list(parts)
    return {name: pd.concat([part[name] for part in found], ignore_index=True) for name in found[0]}


def _attributions(
    world: World,
    scenarios: Sequence[Scenario],
    ways: Sequence[str],
    products: Sequence[str],
    draws: int,
    seed: int,
    engine: Engine,
) -> pd.DataFrame:
    """Splits of the change: of one scenario, or from the first to each other one."""
    first = scenarios[0]
    asked = [[first]] if len(scenarios) == 1 else [[first, other] for other in scenarios[1:]]
    found = [
        attribution(world, one, way, products, draws, seed, engine) for one in asked for way in ways
    ]
    none = pd.DataFrame(columns=list(ATTRIBUTION))
    return pd.concat(found, ignore_index=True) if found else none
