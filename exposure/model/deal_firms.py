"""Firms under a deal: duty saved by product, who keeps it, and profit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.facts.documents import Scenario
from exposure.facts.documents.deals import Deal
from exposure.facts.world import World
from exposure.model.cases import Case, three
from exposure.model.compile import compile_scenarios
from exposure.model.firms import firm_effects
from exposure.model.inputs import draws_of
from exposure.model.rows import Rows, joined, paired_rows
from exposure.model.run import ARRAYS

Floats = NDArray[np.float64]
METRICS = (
    "duty_saved_usd", "buyers_keep_usd", "importers_keep_usd", "exporters_keep_usd",
    "profit_change_usd",
)  # fmt: skip
ENDS = ("low", "central", "high")
COLUMNS = ("deal", "firm", "product", "title",
           *(f"{metric}_{end}" for metric in METRICS for end in ENDS))  # fmt: skip
LEAST = 1.0
"""Dollars a year below which a product is not told."""


def deal_firms(
    world: World, deal: Deal, pair: Sequence[Scenario], draws: int, seed: int
) -> pd.DataFrame:
    """Products whose duty or profit a deal changes.

    Returns
    -------
    DataFrame
        ``COLUMNS``, USD a year. Duty saved is at today's volumes; what buyers, importers and
        exporters (their currency included) keep of it adds up to it. Profit is the firm's, with the
        units that are won back.
    """
    wanted = tuple(deal.products)
    compiled, states = compile_scenarios(world, list(pair), wanted)
    parts: list[Rows] = []
    cases: list[tuple[Case, Case]] = []
    size = 1 + draws
    for number, (scenario, state) in enumerate(zip(pair, states, strict=True)):
        block = draws_of(compiled, scenario, draws, seed)
        start = 2 * number * size
        parts.append(paired_rows(compiled, scenario, state, block))
        cases.append(
            (
                Case(scenario.id, "baseline", state[0], slice(start, start + size)),
                Case(scenario.id, "scenario", state[1], slice(start + size, start + 2 * size)),
            )
        )
    rows = joined(parts, [0, 2 * size])
    done = ARRAYS.respond(compiled, rows, ARRAYS.price(compiled, rows, False))
    old, new = (case[1].rows for case in cases)
    market = compiled.routes["market"].to_numpy(dtype=np.int64)
    # A route that ships nothing saves nothing, known or not.
    units = done.units_before[new]
    saved = np.where(units > 0, units * (done.duty[old] - done.duty[new]), 0.0)
    who = {name: share[new][:, market] for name, share in vars(done.burden).items()}
    effects = [
        firm_effects(compiled, done, rows.values, base.rows, side.rows).operating_profit_change_usd
        for base, side in cases
    ]
    by_route = {
        "duty_saved_usd": saved,
        "buyers_keep_usd": saved * who["buyer"],
        "importers_keep_usd": saved * who["importer"],
        "exporters_keep_usd": saved * (who["exporter"] + who["currency"]),
        "profit_change_usd": effects[1] - effects[0],
    }
    table = compiled.products[["firm", "product", "title"]].reset_index(drop=True)
    columns = {}
    for name, values in by_route.items():
        total = np.zeros((size, len(table)))
        for route, owner in enumerate(market):
            total[:, owner] += values[:, route]
        for end, column in zip(ENDS, three(total), strict=True):
            columns[f"{name}_{end}"] = column
    made = pd.concat([table, pd.DataFrame(columns)], axis=1)
    moved = made[["duty_saved_usd_central", "profit_change_usd_central"]].abs().max(axis=1)
    made = made[(moved >= LEAST) | moved.isna()].assign(deal=deal.id)
    return made[list(COLUMNS)].reset_index(drop=True)
