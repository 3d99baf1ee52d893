"""Concessions one by one and together: relief for the party against revenue that is forgone.

Relief is duty saved at unchanged trade; revenue forgone is what the importer collects less from
all origins at the volumes that follow. The two are different numbers: volumes answer, and goods of
others are replaced.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.economy.deals import dominated_by
from exposure.facts.documents import Option, Scenario
from exposure.facts.documents.deals import Concession, Frontier
from exposure.facts.scenario import check_scenario, read_scenario
from exposure.facts.world import World
from exposure.frames import records
from exposure.model.cases import three
from exposure.model.compile import compile_scenarios
from exposure.model.deal_sides import between, laws, need_table, of_country
from exposure.model.deals import Relief, relief
from exposure.model.inputs import draws_of
from exposure.model.rows import joined, paired_rows
from exposure.model.run import ARRAYS
from exposure.model.trade_rates import Lines, line_rates, rates_of_origin

Floats = NDArray[np.float64]
JOIN = "+"


def frontier_tables(
    world: World, asked: Frontier, draws: int, seed: int
) -> dict[str, pd.DataFrame]:
    """``frontier``, an offer a row, and ``frontier_clauses``, a concession a row.

    An offer is dominated if another gives at least as much relief for at most as much revenue, and
    beats it in one of the two. See ``docs/deals.md`` for columns and units.
    """
    base = read_scenario(world, asked.base)
    offers = [
        offer
        for count in range(1, len(asked.concessions) + 1)
        for offer in combinations(asked.concessions, count)
    ]
    variants = [laid_over(base, offer) for offer in offers]
    for variant in variants:
        check_scenario(world, variant, f"frontier {asked.id}")
    alone = all(only_of(item.option, asked.party) for item in asked.concessions)
    rates = _rates(world, asked, base, variants, alone=alone)
    only = asked.party if alone else ""
    first, *found = laws(world, [base, *variants], draws, seed, rates, only)
    table = need_table(world)
    of_products = _products(world, asked, [base, *variants])
    rows = []
    for offer, law, saved in zip(offers, found, of_products, strict=True):
        year = relief(table, asked.party, first, law, between(first, law))
        jobs = law.response.jobs_change - first.response.jobs_change
        people = {
            "jobs_predicted_home": of_country(table, jobs, asked.party),
            "jobs_predicted_importer": of_country(table, jobs, USA),
        }
        rows.append(_row(asked, offer, year, saved, people))
    made = _marked(pd.DataFrame(rows))
    return {"frontier": made, "frontier_clauses": _clauses(asked, made)}


def laid_over(base: Scenario, offer: tuple[Concession, ...]) -> Scenario:
    """The base with the options of an offer laid over it, as a sweep does."""
    lists = {name: list(getattr(base, name)) for name in ("law", "crossings", "limits")}
    changes: dict[str, object] = {}
    for item in offer:
        for name, rows in lists.items():
            rows += getattr(item.option, name)
        for name in ("law_on", "baseline", "route_choice", "demand", "incidence", "years"):
            if getattr(item.option, name) is not None:
                changes[name] = getattr(item.option, name)
    # No id holds the sign between them, and none is cut: rates are kept by this name.
    name = JOIN.join([base.id, *(item.id for item in offer)])
    return base.model_copy(update={**changes, **lists, "id": name})


def _rates(
    world: World, asked: Frontier, base: Scenario, variants: list[Scenario], *, alone: bool
) -> dict[str, Lines]:
    """Rates by line of every variant: of the party alone where no option can move others."""
    lines = line_rates(world, base)
    rates = {base.id: lines}
    for variant in variants:
        rates[variant.id] = (
            rates_of_origin(world, variant, asked.party, lines)
            if alone
            else line_rates(world, variant)
        )
    return rates


def only_of(option: Option, party: str) -> bool:
    """Whether an option moves the rates of one origin and nothing else."""
    if option.law_on is not None or option.baseline is not None:
        return False
    return all(
        not delta.suspend
        and delta.new is None
        and all(rule.origin == [party] for rule in (*delta.measures, *delta.exemptions))
        for delta in option.law
    )


def _products(world: World, asked: Frontier, scenarios: list[Scenario]) -> list[float]:
    """Duty saved on modelled products by offer [USD a year], at today's volumes, central."""
    compiled, states = compile_scenarios(world, scenarios, tuple(asked.products))
    # An option moves no input: the central values are those of the base in every offer.
    central = draws_of(compiled, scenarios[0], 0, 0)
    parts = [
        paired_rows(compiled, scenario, pair, central)
        for scenario, pair in zip(scenarios, states, strict=True)
    ]
    rows = joined(parts, [2 * number for number in range(len(parts))])
    done = ARRAYS.respond(compiled, rows, ARRAYS.price(compiled, rows, False))
    units, duty = done.units_before[1::2], done.duty[1::2]
    bill = np.where(units > 0, units * duty, 0.0).sum(axis=1)
    return [float(bill[0] - other) for other in bill[1:]]


def _row(
    asked: Frontier, offer: tuple[Concession, ...], year: Relief, products: float,
    people: dict[str, Floats],
) -> dict[str, object]:  # fmt: skip
    row: dict[str, object] = {
        "frontier": asked.id,
        "offer": JOIN.join(item.id for item in offer),
        "clauses": len(offer),
        "relief_usd": float(year.duty_saved[0]),
        "relief_products_usd": products,
    }
    ranges = {
        "exporters_saved_usd": year.exporters_saved,
        "revenue_forgone_usd": year.revenue_forgone,
        "others_duty_usd": year.others_duty,
        "relief_per_dollar": per_dollar(year.duty_saved, year.revenue_forgone),
        **people,
    }
    for name, values in ranges.items():
        for end, value in zip(("low", "central", "high"), three(values[:, None]), strict=True):
            row[f"{name}_{end}"] = float(value[0])
    return row


def per_dollar(saved: Floats, forgone: Floats) -> Floats:
    """Relief a dollar of revenue; not known where no revenue is forgone."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Floats = np.where(forgone > 0, saved / forgone, np.nan)
    return ratio


def _marked(made: pd.DataFrame) -> pd.DataFrame:
    """With what dominates each offer, in the order of relief."""
    best = dominated_by(
        made["relief_usd"].to_numpy(dtype=float),
        made["revenue_forgone_usd_central"].to_numpy(dtype=float),
    )
    names = made["offer"].to_numpy(dtype=object)
    made = made.assign(dominated=best >= 0, dominated_by=[names[b] if b >= 0 else "" for b in best])
    return made.sort_values("relief_usd", kind="stable", ignore_index=True)


def _clauses(asked: Frontier, made: pd.DataFrame) -> pd.DataFrame:
    """Each concession alone, and as the last one when all others are granted."""
    by = {row["offer"]: row for row in records(made)}
    ids = [item.id for item in asked.concessions]
    rows = []
    for item in asked.concessions:
        alone, whole = by[item.id], by[JOIN.join(ids)]
        rest = JOIN.join(name for name in ids if name != item.id)
        row: dict[str, object] = {"frontier": asked.id, "clause": item.id, "title": item.title}
        for name in ("relief_usd", "revenue_forgone_usd_central"):
            left = float(by[rest][name]) if rest else 0.0
            short = name.removesuffix("_central")
            row[f"alone_{short}"] = float(alone[name])
            row[f"last_{short}"] = float(whole[name]) - left
        for end in ("low", "central", "high"):
            row[f"relief_per_dollar_{end}"] = float(alone[f"relief_per_dollar_{end}"])
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.sort_values(
        "relief_per_dollar_central", ascending=False, kind="stable", ignore_index=True
    )
