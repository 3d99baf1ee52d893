"""The 'reciprocal' formula of 2 April 2025, and what promised purchases do to it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exposure.economy.deals import reciprocal_rate
from exposure.facts.world import World

COLUMNS = (
    "country", "exports_usd", "imports_usd", "deficit_usd", "formula_rate", "rounded_rate",
    "announced_rate", "purchases_usd", "rate_with_purchases", "change", "usd_per_point", "source",
)  # fmt: skip
POINT = 0.01
NEAR = 1e-9
"""Of a per cent: a whole number of them is not rounded up."""


def formula(world: World, purchases_usd: float = 0.0, country: str = "") -> pd.DataFrame:
    """Half of deficit over imports, 10 % at least, by country.

    Parameters
    ----------
    world
        From `load`.
    purchases_usd
        Goods that a country buys more in a year, as a party to a deal.
    country
        Which buys; all of them, each by itself, if it is empty.

    Returns
    -------
    DataFrame
        ``COLUMNS``: what the formula gives, rounded up to whole per cents as in the annex of the
        order, and what was announced; the rate after the purchases; and how many dollars of
        purchases a year take a point off it: two hundredths of imports.
    """
    table = world.tables["reciprocal_formula"].reset_index(drop=True)
    exports, imports, part, floor = (
        table[name].to_numpy(dtype=float)
        for name in ("exports_usd", "imports_usd", "part", "floor")
    )
    bought = np.where((table["country"] == country) | (country == ""), purchases_usd, 0.0)
    rate = reciprocal_rate(exports, imports, part, floor)
    after = reciprocal_rate(exports + bought, imports, part, floor)
    made = table[["country", "exports_usd", "imports_usd", "announced_rate", "source"]].assign(
        deficit_usd=imports - exports,
        formula_rate=rate,
        rounded_rate=np.ceil(rate / POINT - NEAR) * POINT,
        purchases_usd=bought,
        rate_with_purchases=after,
        change=after - rate,
        usd_per_point=POINT * imports / part,
    )
    return made[list(COLUMNS)]
