"""How sure a headline is: the tables of what drives it and of what would turn it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.facts.documents import Scenario
from exposure.model import drivers, turning
from exposure.model.asking import (
    ENDS,
    POINTS,
    Asked,
    cheapest_routes,
    dust_of,
    grid_of,
    groups_of,
    metrics_of,
    slots_of,
)
from exposure.model.cases import Case
from exposure.model.compiled import Compiled
from exposure.model.run import ARRAYS, Engine, Evaluated

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = Mapping[str, Floats]


def uncertainty(
    compiled: Compiled,
    scenario: Scenario,
    cases: tuple[Case, Case],
    done: Evaluated,
    values: Values,
    seed: int,
    engine: Engine = ARRAYS,
) -> dict[str, pd.DataFrame]:
    """Tables ``drivers`` and ``conclusions`` of one scenario; empty where there are no draws."""
    old, new = cases[0].rows, cases[1].rows
    draws = new.stop - new.start - 1
    if not draws:
        return {
            "drivers": pd.DataFrame(columns=list(drivers.COLUMNS)),
            "conclusions": pd.DataFrame(columns=list(turning.COLUMNS)),
        }
    best = cheapest_routes(compiled, done.cost[new.start])
    central = {name: float(column[new.start]) for name, column in values.items()}
    asked = Asked(compiled, scenario, (cases[0].state, cases[1].state), central, best, engine)
    metrics = metrics_of(compiled, done, values, old, new, best)
    groups = groups_of(compiled, scenario, central)
    slots = slots_of(compiled, scenario, groups)
    # The ends of every range first, then more points of what matters.
    dust = np.array([dust_of(metric.unit) for metric in metrics])
    chosen = drivers.chosen_slots(asked, grid_of(asked, slots, ENDS), slots, dust)
    grid = grid_of(asked, chosen, POINTS)
    size = 2 ** int(np.log2(max(16, draws // 3)))
    found = drivers.indices_of(asked, chosen, size, seed)
    rows = drivers.driver_rows(asked, metrics, chosen, found, grid)
    return {
        "drivers": pd.DataFrame(rows, columns=list(drivers.COLUMNS)),
        "conclusions": turning.conclusions(asked, metrics, grid),
    }
