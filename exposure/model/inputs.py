"""Inputs of a scenario: its draws, with what it fixes and the time that it gives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from exposure.facts.documents import Scenario
from exposure.model.compile import Compiled
from exposure.model.draws import draw, quantiles

Floats = NDArray[np.float64]


def draws_of(compiled: Compiled, scenario: Scenario, count: int, seed: int) -> dict[str, Floats]:
    """Inputs by name, each (1 + draw,); the first is central."""
    return draw(
        compiled.ranges, count, seed, fixed(scenario), compiled.correlations, scenario.years
    )


def values_at(
    compiled: Compiled, scenario: Scenario, chances: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Inputs by name at uniform numbers (row,); 0.5 is central."""
    return quantiles(compiled.ranges, chances, fixed(scenario), scenario.years)


def fixed(scenario: Scenario) -> dict[str, float]:
    """What a scenario sets to one value: parameters in all sectors, and figures."""
    return {**scenario.parameters, **scenario.figures}
