"""Inputs of a scenario: its draws, with what it fixes and the time that it gives; of its plants."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.facts.documents import Scenario
from exposure.frames import records
from exposure.model.compiled import Compiled
from exposure.model.draws import MIDDLE, draw, quantiles, two_sided, uniforms

Floats = NDArray[np.float64]


def draws_of(compiled: Compiled, scenario: Scenario, count: int, seed: int) -> dict[str, Floats]:
    """Inputs by name, each (1 + draw,); the first is central."""
    found = draw(
        compiled.ranges, count, seed, fixed(scenario), compiled.correlations, scenario.years
    )
    return found | plant_draws(compiled.plants, count, seed)


OF_PLANT = ("jobs", "us_share", "fixed_share")
"""Numbers of a plant that have a range."""


def plant_input(site: str, name: str) -> str:
    """Name of a plant's number among the inputs."""
    return f"plant/{site}/{name}"


def plant_draws(plants: pd.DataFrame, count: int, seed: int) -> dict[str, Floats]:
    """Persons and shares of plants by name, each (1 + draw,)."""
    found = {}
    for row in records(plants):
        for name in OF_PLANT:
            key = plant_input(row["site"], name)
            low, central, high = (
                np.array([row[f"{name}_{e}"]]) for e in ("low", "central", "high")
            )
            chance = uniforms([key], count, seed)[key]
            found[key] = two_sided(low, central, high, np.concatenate([[MIDDLE], chance]))
    return found


def values_at(
    compiled: Compiled, scenario: Scenario, chances: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Inputs by name at uniform numbers (row,); 0.5 is central."""
    return quantiles(compiled.ranges, chances, fixed(scenario), scenario.years)


def fixed(scenario: Scenario) -> dict[str, float]:
    """What a scenario sets to one value: parameters in all sectors, and figures."""
    return {**scenario.parameters, **scenario.figures}
