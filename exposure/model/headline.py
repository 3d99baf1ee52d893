"""Headline numbers by product: what a scenario changes, in every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exposure.axes import group_sums
from exposure.model.compiled import Compiled, Values
from exposure.model.firms import FirmEffects, firm_effects
from exposure.model.run import Evaluated

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Metric:
    """One number by product: ``values`` (row, market) in ``unit``.

    ``sign`` says whether it is a change, whose direction can be asked about.
    """

    name: str
    unit: str
    values: Floats
    sign: bool = True


def by_product(compiled: Compiled, values: Floats, weight: Floats) -> Floats:
    """Sums of values by weights over the routes of each product (row, market).

    A route of no weight adds nothing, known or not; on any other, what is not known spreads.
    """
    market, count = compiled.labels.market, len(compiled.products)
    rows = max(len(values), len(weight))
    parts = (value * by for value, by in zip(values.T, weight.T, strict=True))
    total = group_sums(parts, market, count, rows)
    # A product with nothing is nothing, and costs the comparison only where it is not a number.
    if np.isnan(total).any():
        kept = np.where(weight == 0, 0.0, values * weight)
        total = group_sums(kept.T, market, count, rows)
    return total


@dataclass(frozen=True)
class Sides:
    """Rows ``new`` of an evaluation against the rows ``old`` of the same inputs.

    ``old`` has as many rows as ``new``, or one for all.
    """

    compiled: Compiled
    done: Evaluated
    values: Values
    old: slice
    new: slice

    @cached_property
    def effects(self) -> FirmEffects:
        """What the change of duty does to the firms, by route."""
        return firm_effects(self.compiled, self.done, self.values, self.old, self.new)

    def summed(self, values: Floats, weight: Floats) -> Floats:
        """Sums by weights over the routes of each product (row, market)."""
        return by_product(self.compiled, values, weight)

    def paid(self, name: str) -> Floats:
        """Sum of a firm effect over the routes of each product (row, market)."""
        effect = getattr(self.effects, name)
        return self.summed(effect, np.ones_like(effect))

    def exposed(self, group: Ints, count: int) -> Floats:
        """Jobs exposed (row, group) [persons] by groups (worker,) of the workers."""
        workers = self.done.exposed[self.new]
        return group_sums(workers.T, group, count, len(workers))

    def predicted(self, group: Ints, count: int) -> Floats:
        """Jobs predicted, likewise."""
        rows = len(self.done.volume[self.new])
        return group_sums(self.done.jobs(self.new), group, count, rows)


def _duty_change(sides: Sides) -> Floats:
    done, old, new = sides.done, sides.old, sides.new
    return sides.summed(done.duty[new] - done.duty[old], done.share_before[new])


def _bill(sides: Sides) -> Floats:
    return sides.summed(sides.done.duty[sides.new], sides.done.units_after[sides.new])


def _bill_change(sides: Sides) -> Floats:
    old = sides.summed(sides.done.duty[sides.old], sides.done.units_before[sides.new])
    return _bill(sides) - old


def _duty(sides: Sides) -> Floats:
    return sides.summed(sides.done.duty[sides.new], sides.done.share_before[sides.new])


def _products(sides: Sides) -> tuple[Ints, int]:
    return sides.compiled.work.market, len(sides.compiled.products)


def _paid(name: str, sides: Sides) -> Floats:
    return sides.paid(name)


A_YEAR, A_UNIT = "USD a year", "USD per unit"
PAYERS = (
    "buyer_pays_usd", "importer_pays_usd", "exporter_pays_usd", "operating_profit_change_usd",
)  # fmt: skip
"""Numbers of `FirmEffects` that stand in the headline."""
assert set(PAYERS) <= set(FirmEffects.__dataclass_fields__)
METRICS: Final[Mapping[str, tuple[str, bool, Callable[[Sides], Floats]]]] = {
    "duty_bill_usd": (A_YEAR, False, _bill),
    "duty_bill_change_usd": (A_YEAR, True, _bill_change),
    "duty_usd_per_unit": (A_UNIT, False, _duty),
    "duty_change_usd_per_unit": (A_UNIT, True, _duty_change),
    "cost_change_share": ("share", True, lambda sides: sides.done.cost_index[sides.new] - 1.0),
    "buyer_price_change_share": ("share", True, lambda sides: sides.done.price[sides.new] - 1.0),
    "volume_change_share": ("share", True, lambda sides: sides.done.volume[sides.new] - 1.0),
    **{name: (A_YEAR, True, partial(_paid, name)) for name in PAYERS},
    "jobs_exposed": ("persons", False, lambda sides: sides.exposed(*_products(sides))),
    "jobs_predicted": ("persons", True, lambda sides: sides.predicted(*_products(sides))),
}
"""Headline numbers by product: unit, whether it is a change, and the function that gives it."""


def headline(
    compiled: Compiled, done: Evaluated, values: Values, old: slice, new: slice
) -> list[Metric]:
    """Metrics of the rows ``new`` against the rows ``old`` of the same inputs."""
    sides = Sides(compiled, done, values, old, new)
    return [Metric(name, unit, of(sides), sign) for name, (unit, sign, of) in METRICS.items()]
