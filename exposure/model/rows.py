"""Rows to evaluate: which law, which baseline, which inputs, and how volume and price answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from exposure.economy.demand import MODELS
from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.model.compiled import Compiled, Values, route_limits
from exposure.model.labels import currency_name

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Rows to evaluate.

    Attributes
    ----------
    state (scenario,)
        Law state of each row.
    baseline (scenario,)
        Row that each is compared with; a baseline names itself.
    values
        Inputs by name, each (scenario,), or (1,) where it is the same in all.
    rates
        Rates of clauses by ``action/clause``, each (scenario,); NaN leaves the law's.
    cheapest (scenario,)
        Rows whose routes a planner fills by cost; the others divide by constant elasticity. This
        and what follows may stand in one row for all.
    limits (scenario, route) [units a year]
        Caps beside the capacities; infinite where there is none.
    demand, incidence (scenario,)
        Names of models in `exposure.economy.demand.MODELS` and
        `exposure.economy.incidence.PASS_THROUGH`.
    """

    state: Ints
    baseline: Ints
    values: Values
    rates: Values
    cheapest: NDArray[np.bool_]
    limits: Floats
    demand: NDArray[np.str_]
    incidence: NDArray[np.str_]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.state)


def side_rows(
    compiled: Compiled, scenario: Scenario | None, state: int, baseline: Ints, values: Values
) -> Rows:
    """Rows of one side of a comparison; without a scenario, those of a baseline.

    ``baseline`` (scenario,) holds the numbers of the rows with which these are compared. Currencies
    are those of today in a baseline.

    Raises
    ------
    QueryError
        If a product without a category is to be chosen among rivals.
    """
    count = len(baseline)
    demand = scenario.demand if scenario else "constant_elasticity"
    if scenario is not None and MODELS[demand].between_rivals:
        # Beside other scenarios a product may run that this one does not name.
        table = compiled.products
        asked = table["product"].isin(scenario.products or list(table["product"]))
        alone = table.loc[asked & (table["category"] == ""), "product"]
        if len(alone):
            raise QueryError(
                f"{', '.join(alone)}: no category",
                f"demand {demand}",
                "give the product a category, name products that have one, or another demand",
            )
    moved = scenario.currencies if scenario else {}
    currencies = {currency_name(name): np.full(count, by) for name, by in moved.items()}
    fill = scenario is not None and scenario.route_choice == "cheapest"
    return Rows(
        state=np.full(count, state, dtype=np.int64),
        baseline=baseline,
        values={**values, **currencies},
        rates={},
        cheapest=np.full(count, fill),
        limits=np.repeat(route_limits(compiled, scenario)[None], count, axis=0),
        demand=np.full(count, demand),
        incidence=np.full(count, scenario.incidence if scenario else "stated"),
    )


def paired_rows(
    compiled: Compiled, scenario: Scenario, pair: tuple[int, int], values: Values
) -> Rows:
    """A baseline row for every row of inputs, then a scenario row for each."""
    count = len(next(iter(values.values())))
    first = np.arange(count, dtype=np.int64)
    sides = [
        side_rows(compiled, source, state, first, values)
        for source, state in zip((None, scenario), pair, strict=True)
    ]
    return joined([sides[0], sides[1]], [0, 0])


def joined(parts: Sequence[Rows], shift: Sequence[int]) -> Rows:
    """All rows of the parts; ``shift`` is added to the baseline numbers of each."""
    kept: dict[str, object] = {}
    for field in fields(Rows):
        columns = [getattr(part, field.name) for part in parts]
        if field.name == "baseline":
            columns = [column + by for column, by in zip(columns, shift, strict=True)]
        if isinstance(columns[0], Mapping):
            names = dict.fromkeys(name for column in columns for name in column)
            # Only a scenario moves a currency, or a rate.
            none = np.nan if field.name == "rates" else 0.0
            kept[field.name] = {
                name: np.concatenate(
                    [
                        column.get(name, np.full(len(part), none))
                        for column, part in zip(columns, parts, strict=True)
                    ]
                )
                for name in names
            }
        else:
            kept[field.name] = np.concatenate(columns)
    return Rows(**kept)  # type: ignore[arg-type]
