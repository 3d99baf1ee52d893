"""Two countries that act jointly or alone: payoffs, best replies and Nash equilibria.

Illustrative: the laws and chances of each cell are ours.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy import deals as money
from exposure.facts.documents.deals import Cell, Stance
from exposure.facts.read_deals import read_deal
from exposure.facts.scenario import read_scenario
from exposure.facts.world import World
from exposure.model.cases import share_of_draws, three
from exposure.model.deal_sides import Law, between, deal_parameters, laws, need_table
from exposure.model.deals import cost_of, drawn, flows_of, no_relief, relief

Floats = NDArray[np.float64]
READINGS = ("duty", "gain")
ENDS = ("low", "central", "high")


def stance_tables(world: World, asked: Stance, draws: int, seed: int) -> dict[str, pd.DataFrame]:
    """``stance``: a row a reading, cell and player, payoffs in USD a year against the base law."""
    names = [asked.base, *(end.scenario for cell in asked.cells for end in cell.outcomes)]
    unique = list(dict.fromkeys(names))
    found = laws(world, [read_scenario(world, name) for name in unique], draws, seed)
    by_name = dict(zip(unique, found, strict=True))
    rows = []
    for reading in READINGS:
        payoff = _payoffs(world, asked, by_name, reading, draws, seed)
        rows += _rows(asked, reading, payoff)
    return {"stance": pd.DataFrame(rows)}


def _payoffs(
    world: World, asked: Stance, found: Mapping[str, Law], reading: str, draws: int, seed: int
) -> Floats:
    """Payoffs (player, scenario, first action, second action) [USD a year]."""
    table = need_table(world)
    own = deal_parameters(world, draws, seed)
    base = found[asked.base]
    pay = np.zeros((2, 1 + draws, 2, 2))
    for cell in asked.cells:
        at = tuple(asked.actions.index(action) for action in cell.actions)
        chance = _chances(asked, cell, draws, seed)
        cost = _costs(world, cell, own, draws, seed)
        for player, country in enumerate(asked.players):
            values = []
            for end in cell.outcomes:
                law = found[end.scenario]
                year = relief(table, country, base, law, between(base, law))
                gain = year.exporters_saved + own["value_kept"] * year.value_added
                values.append(year.duty_saved if reading == "duty" else gain)
            expected = money.expected(np.stack(values, axis=1), chance)
            pay[player, :, at[0], at[1]] = expected - cost.get(country, 0.0)
    return pay


def _chances(asked: Stance, cell: Cell, draws: int, seed: int) -> Floats:
    name = f"stance/{asked.id}/{'/'.join(cell.actions)}"
    columns = [
        drawn(f"{name}/{number}", end.probability, draws, seed)
        for number, end in enumerate(cell.outcomes)
    ]
    return np.stack(columns, axis=1)


def _costs(
    world: World, cell: Cell, own: Mapping[str, Floats], draws: int, seed: int
) -> dict[str, Floats]:
    """Equal yearly cost of the deals that are paid in a cell, by who pays [USD a year]."""
    found: dict[str, Floats] = {}
    for name in cell.deals:
        deal = read_deal(world, name)
        flows = flows_of(world, deal, no_relief(draws), own, draws, seed)
        rate = own["discount_rate"]
        cost = money.annual_equivalent(cost_of(flows, rate), rate, deal.horizon_years)
        found[deal.party] = found.get(deal.party, np.zeros(1 + draws)) + cost
    return found


def _rows(asked: Stance, reading: str, pay: Floats) -> list[dict[str, object]]:
    """Best replies and equilibria of the central payoffs, and how often in the draws."""
    games = [money.game(pay[0, row], pay[1, row]) for row in range(pay.shape[1])]
    stable = np.array([one.equilibria for one in games])
    rows: list[dict[str, object]] = []
    for first, a in enumerate(asked.actions):
        for second, b in enumerate(asked.actions):
            for player, country in enumerate(asked.players):
                best = games[0].row_best if player == 0 else games[0].column_best
                ends = three(pay[player, :, first, second][:, None])
                rows.append(
                    {
                        "stance": asked.id,
                        "reading": reading,
                        "first_action": a,
                        "second_action": b,
                        "player": country,
                        **{
                            f"payoff_usd_{end}": float(value[0])
                            for end, value in zip(ENDS, ends, strict=True)
                        },
                        "best_reply": bool(best[first, second]),
                        "equilibrium": bool(games[0].equilibria[first, second]),
                        "equilibrium_share": share_of_draws(stable[:, first, second]),
                    }
                )
    return rows
