"""Settling now or waiting: the worth of both in every turn of events, and where they are equal.

Illustrative: the chances are ours. A turn of events changes the law for who has settled as well, so
that both are compared in the same world.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy import deals as money
from exposure.facts.documents.deals import Deal, Wait
from exposure.facts.read_deals import read_deal
from exposure.facts.scenario import read_scenario
from exposure.facts.world import World
from exposure.model.cases import share_of_draws, three
from exposure.model.deal_sides import Law, between, deal_parameters, laws, need_table
from exposure.model.deals import Relief, cost_of, drawn, flows_of, no_relief, relief

Floats = NDArray[np.float64]
YEAR_DAYS = 365.25
READINGS = ("duty", "gain")
ENDS = ("low", "central", "high")


@dataclass(frozen=True)
class Setting:
    """What the worth of any law is worked out with."""

    world: World
    asked: Wait
    settle: Deal
    found: Mapping[str, Law]
    own: Mapping[str, Floats]
    draws: int
    seed: int

    def year(self, scenario: str) -> Relief:
        """A year under a law, against that of who waits."""
        before, after = self.found[self.asked.meanwhile], self.found[scenario]
        table = need_table(self.world)
        return relief(table, self.asked.party, before, after, between(before, after))


def wait_tables(world: World, asked: Wait, draws: int, seed: int) -> dict[str, pd.DataFrame]:
    """``wait_branches``, a turn of events a row, and ``wait``, a reading and condition a row."""
    settle = read_deal(world, asked.settle)
    names = [asked.meanwhile, settle.under]
    for item in asked.branches:
        names += [item.scenario, item.settled or settle.under]
    unique = list(dict.fromkeys(names))
    found = laws(world, [read_scenario(world, name) for name in unique], draws, seed)
    setting = Setting(
        world, asked, settle, dict(zip(unique, found, strict=True)),
        deal_parameters(world, draws, seed), draws, seed,
    )  # fmt: skip
    worth = {reading: _worth(setting, reading) for reading in READINGS}
    return {"wait_branches": _branches(setting, worth), "wait": _values(setting, worth)}


def _worth(setting: Setting, reading: str) -> tuple[Floats, Floats]:
    """Present value of having settled, and of having waited (scenario, branch) [USD]."""
    asked, settle = setting.asked, setting.settle
    rate = setting.own["discount_rate"]
    settled, waited = [], []
    paid = setting.year(settle.under)
    for item in asked.branches:
        late = max(0.0, (item.start - dt.date(settle.first_year, 1, 1)).days / YEAR_DAYS)
        law = item.settled or settle.under
        first = _present(setting, settle, paid, reading, (0.0, late))
        after = _present(setting, settle, setting.year(law), reading, (late, np.inf))
        settled.append(first + after - _cost(setting, settle))
        deal = read_deal(setting.world, item.deal) if item.deal else settle
        value = _present(setting, deal, setting.year(item.scenario), reading, (late, np.inf))
        if item.deal:
            value = value - _cost(setting, deal) * (1.0 + rate) ** -late
        waited.append(value)
    return np.stack(settled, axis=1), np.stack(waited, axis=1)


def _present(
    setting: Setting, deal: Deal, year: Relief, reading: str, span: tuple[float, float]
) -> Floats:
    """Present value of a law's relief within a span of years from the first (scenario,) [USD]."""
    bare = deal.model_copy(
        update={"investments": [], "purchases": [], "first_year": setting.settle.first_year}
    )
    flows = flows_of(setting.world, bare, year, setting.own, setting.draws, setting.seed)
    benefit = flows.duty_saved if reading == "duty" else flows.home_gain
    years = np.arange(benefit.shape[1], dtype=np.float64)
    part = np.clip(np.minimum(years + 1.0, span[1]) - np.maximum(years, span[0]), 0.0, 1.0)
    return money.present_value(benefit * part, setting.own["discount_rate"])


def _cost(setting: Setting, deal: Deal) -> Floats:
    nothing = no_relief(setting.draws)
    flows = flows_of(setting.world, deal, nothing, setting.own, setting.draws, setting.seed)
    return cost_of(flows, setting.own["discount_rate"])


def _chances(setting: Setting) -> dict[str, Floats]:
    """Chances of the branches (scenario, branch), by condition; each row adds up to 1."""
    asked, draws, seed = setting.asked, setting.draws, setting.seed

    def of(field: str) -> Floats:
        columns = [
            drawn(f"wait/{asked.id}/{item.id}/{field}", getattr(item, field), draws, seed)
            for item in asked.branches
        ]
        raw = np.stack(columns, axis=1)
        scaled: Floats = raw / raw.sum(axis=1, keepdims=True)
        return scaled

    without = of("probability")
    if asked.rival is None:
        return {"all": without}
    given = of("probability_if")
    name = f"wait/{asked.id}/rival/probability"
    chance = drawn(name, asked.rival.probability, draws, seed)[:, None]
    # The law of total probability.
    return {
        "all": chance * given + (1.0 - chance) * without,
        "rival settles": given,
        "rival does not": without,
    }


def _branches(setting: Setting, worth: Mapping[str, tuple[Floats, Floats]]) -> pd.DataFrame:
    rows = []
    chances = _chances(setting)
    for number, item in enumerate(setting.asked.branches):
        row: dict[str, object] = {
            "wait": setting.asked.id,
            "branch": item.id,
            "title": item.title,
            "from": item.start.isoformat(),
        }
        for given, values in chances.items():
            row |= _spread(f"chance_{given.replace(' ', '_')}", values[:, number])
        rest = np.arange(len(setting.asked.branches)) != number
        for reading, (settled, waited) in worth.items():
            better, chance = waited - settled, chances["all"]
            others = money.expected(better[:, rest], chance[:, rest])
            switch = money.switch_chance(np.zeros(len(better)), better[:, number], others)
            row[f"switch_chance_{reading}"] = float(switch[0])
            row |= _spread(f"settled_{reading}_usd", settled[:, number])
            row |= _spread(f"waited_{reading}_usd", waited[:, number])
        rows.append(row)
    return pd.DataFrame(rows)


def _values(setting: Setting, worth: Mapping[str, tuple[Floats, Floats]]) -> pd.DataFrame:
    """Expected worth of both, and of the first branch the chance at which they are equal."""
    rows = []
    for reading, (settled, waited) in worth.items():
        for given, chance in _chances(setting).items():
            now, later = money.expected(settled, chance), money.expected(waited, chance)
            better = waited - settled
            rest = money.expected(better[:, 1:], chance[:, 1:])
            switch = money.switch_chance(np.zeros(len(now)), better[:, 0], rest)
            rows.append(
                {
                    "wait": setting.asked.id,
                    "reading": reading,
                    "given": given,
                    **_spread("settle_usd", now),
                    **_spread("wait_usd", later),
                    **_spread("settle_less_wait_usd", now - later),
                    "settle_better_share": share_of_draws(now > later),
                    "chance_first": float(chance[0, 0]),
                    "switch_chance": float(switch[0]),
                    "switch_exists_share": share_of_draws(np.isfinite(switch)),
                }
            )
    return pd.DataFrame(rows)


def _spread(name: str, values: Floats) -> dict[str, float]:
    return {
        f"{name}_{end}": float(part[0])
        for end, part in zip(ENDS, three(values[:, None]), strict=True)
    }
