"""Headline numbers by product: what a scenario changes, in every row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.model.compile import Compiled, Values
from exposure.model.firms import FirmEffects, firm_effects
from exposure.model.run import Evaluated

Floats = NDArray[np.float64]


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
    total = np.zeros((len(values), len(compiled.products)))
    for route, owner in enumerate(compiled.routes["market"].to_numpy(dtype=int)):
        part = weight[:, route]
        total[:, owner] += np.where(part == 0, 0.0, values[:, route] * part)
    return total


def headline(
    compiled: Compiled, done: Evaluated, values: Values, old: slice, new: slice
) -> list[Metric]:
    """Metrics of the rows ``new`` against the rows ``old`` of the same inputs."""
    before, after, share = done.units_before[new], done.units_after[new], done.share_before[new]
    duty_old, duty_new = done.duty[old], done.duty[new]
    bill_old = by_product(compiled, duty_old, before)
    bill_new = by_product(compiled, duty_new, after)
    effects = firm_effects(compiled, done, values, old, new)
    nodes = compiled.network.nodes["product"].to_numpy(dtype=str)
    exposed, predicted = (
        np.stack(
            [array[new][:, nodes == name].sum(axis=1) for name in compiled.products["product"]],
            axis=1,
        )
        for array in (done.exposed, done.predicted)
    )
    a_year, a_unit = "USD a year", "USD per unit"
    return [
        Metric("duty_bill_usd", a_year, bill_new, sign=False),
        Metric("duty_bill_change_usd", a_year, bill_new - bill_old),
        Metric("duty_usd_per_unit", a_unit, by_product(compiled, duty_new, share), sign=False),
        Metric(
            "duty_change_usd_per_unit", a_unit, by_product(compiled, duty_new - duty_old, share)
        ),
        Metric("cost_change_share", "share", done.cost_index[new] - 1.0),
        Metric("buyer_price_change_share", "share", done.price[new] - 1.0),
        Metric("volume_change_share", "share", done.volume[new] - 1.0),
        *(
            Metric(name, a_year, by_product(compiled, getattr(effects, name), np.ones_like(after)))
            for name in PAYERS
        ),
        Metric("jobs_exposed", "persons", exposed, sign=False),
        Metric("jobs_predicted", "persons", predicted),
    ]


PAYERS = (
    "buyer_pays_usd", "importer_pays_usd", "exporter_pays_usd", "operating_profit_change_usd",
)  # fmt: skip
"""Numbers of `FirmEffects` that stand in the headline."""
assert set(PAYERS) <= set(FirmEffects.__dataclass_fields__)
