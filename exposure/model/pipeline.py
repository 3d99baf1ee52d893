"""Runs scenarios: compile, draw, evaluate, tabulate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.facts.scenario import fingerprint, read_scenario
from exposure.facts.world import World
from exposure.model.compile import compile_scenarios, route_limits
from exposure.model.draws import draw
from exposure.model.ledger import ledger, with_totals
from exposure.model.origin import content_views, origin_tables, origin_worth
from exposure.model.results import Case, Result, tables
from exposure.model.run import Rows, evaluate
from exposure.model.timeline import law_timeline
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

    Returns
    -------
    Result
        Tables with a baseline and a scenario case each.

    Raises
    ------
    Problems, QueryError
        If a scenario is not well formed, or a crossing has no known rate.
    """
    if not scenarios:
        raise QueryError("no scenario given", "", "for example law-today")
    if draws < 0:
        raise QueryError(f"draws {draws}", "", "0 or more")
    read = [s if isinstance(s, Scenario) else read_scenario(world, s) for s in scenarios]
    compiled, pairs = compile_scenarios(world, read, products, unclaimed=True)
    size = 1 + draws
    cases: list[Case] = []
    state, baseline, blocks, planned, limits = [], [], [], [], []
    for scenario, pair in zip(read, pairs, strict=True):
        block = draw(compiled.ranges, draws, seed, {**scenario.parameters, **scenario.figures})
        start = len(cases) * size
        for place, (case, number) in enumerate(zip(("baseline", "scenario"), pair, strict=True)):
            first = start + place * size
            cases.append(Case(scenario.id, case, number, slice(first, first + size)))
            state.append(np.full(size, number, dtype=np.int64))
            baseline.append(np.arange(start, start + size, dtype=np.int64))
            blocks.append(block)
            fill = case == "scenario" and scenario.route_choice == "cheapest"
            planned.append(np.full(size, fill))
            capped = route_limits(compiled, scenario if case == "scenario" else None)
            limits.append(np.repeat(capped[None], size, axis=0))
    values = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    rows = Rows(
        np.concatenate(state),
        np.concatenate(baseline),
        values,
        {},
        np.concatenate(planned),
        np.concatenate(limits),
    )
    done = evaluate(compiled, rows, keep_lines=True)
    marks = {
        "data": world.fingerprint,
        **{f"scenario {item.id}": fingerprint(item) for item in read},
        "version": __version__,
        "draws": str(draws),
        "seed": str(seed),
    }
    made = dict(tables(compiled, read, cases, done, values, world.table("sources")))
    made["ledger"] = ledger(compiled, cases, done, rows, world.tables)
    made["landed_cost"] = with_totals(made["landed_cost"], made["ledger"])
    of_scenario = list(zip(cases[::2], cases[1::2], strict=True))
    made |= origin_tables(compiled, of_scenario, done, values, world.tables)
    made["origin_worth"] = origin_worth(made)
    made["content_views"] = content_views(compiled, cases[0], done)
    made["law_timeline"] = law_timeline(world, read, compiled.network.edges)
    return Result(MappingProxyType(made), marks)
