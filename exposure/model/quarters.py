"""What a firm pays and bears by quarter: duty at the border, and in the goods that it sold."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.stock import lagged
from exposure.facts.documents import Scenario
from exposure.facts.world import World
from exposure.model.cases import Case
from exposure.model.compiled import Compiled
from exposure.model.run import Evaluated
from exposure.model.timing import duty_by_day

Floats = NDArray[np.float64]
YEAR = 365
COLUMNS = (
    "scenario", "firm", "product", "route", "quarter", "units", "duty_border_usd", "duty_sold_low",
    "duty_sold_central", "duty_sold_high", "borne_by_firm_usd",
)  # fmt: skip


def quarters(
    world: World,
    compiled: Compiled,
    scenario: Scenario,
    cases: tuple[Case, Case],
    done: Evaluated,
) -> pd.DataFrame:
    """Duty by route and quarter, central values.

    A scenario that only moves the day is followed through the law as it was, from its earlier day
    to its later one, with the units that are known of each calendar year, else today's. Any other
    is followed for the year after its day, with the units that it leads to. Entries are steady
    within a quarter.

    Returns
    -------
    pandas.DataFrame
        ``units`` entered and ``duty_border_usd`` on them; ``duty_sold_*``, the duty in the goods
        sold, first in first out, with the shortest, central and longest stock, NaN where the stock
        is not known; ``borne_by_firm_usd`` of its change against the first day: the exporter's part
        and that of an importer of its own.
    """
    law = scenario.law_on or scenario.baseline
    first, last = sorted((scenario.baseline.effective_on, law.effective_on))
    old, new = cases[0].rows.start, cases[1].rows.start
    changed = (
        scenario.law or scenario.crossings or scenario.limits or scenario.rates
        or scenario.currencies
    )  # fmt: skip
    if changed or first == last:
        first, last = law.effective_on, law.effective_on + dt.timedelta(days=YEAR - 1)
        duty = np.repeat(done.duty[new][None], YEAR, axis=0)
        known: pd.DataFrame | None = None
    else:
        duty = duty_by_day(world, list(compiled.products["product"]), first, last)[1]
        known = world.tables["volumes_by_year"]
    names = pd.Series(pd.date_range(first, last, freq="D")).dt.to_period("Q").astype(str)
    years = names.str.slice(0, 4).to_numpy()
    figures = world.tables["figures"].set_index("id")
    stock = {end: figures[end].astype(float).to_dict() for end in ("low", "central", "high")}
    market = compiled.labels.market
    firm = compiled.products.set_index("product")
    who = done.burden
    frames = []
    for number, route in enumerate(compiled.routes.itertuples()):
        units = float(done.units_after[new, number])
        a_year = dict.fromkeys(set(years), units)
        if known is not None:
            units = float(done.units_before[new, number])
            mine = known[(known["product"] == route.product) & (known["route"] == route.route)]
            a_year = dict.fromkeys(set(years), units) | dict(
                zip(mine["year"].astype(str), mine["units"].astype(float), strict=True)
            )
        daily = np.array([a_year[year] for year in years]) / YEAR
        before = float(duty[0, number] if known is not None else done.duty[old, number])
        own = firm.at[route.product, "importer"] == "own"
        at = market[number]
        borne = float(who.exporter[new, at] + (who.importer[new, at] if own else 0.0))
        frame = pd.DataFrame({"quarter": names, "units": daily})
        # A route that ships nothing pays nothing, known or not.
        frame["duty_border_usd"] = np.where(daily > 0, duty[:, number] * daily, 0.0)
        for end, days in stock.items():
            held = days.get(f"{route.product}/stock_days", float("nan"))
            sold = _sold(duty[:, number], held, before)
            frame[f"duty_sold_{end}"] = np.where(daily > 0, sold * daily, 0.0)
        frame["borne_by_firm_usd"] = borne * (
            frame["duty_sold_central"] - np.where(daily > 0, before * daily, 0.0)
        )
        total = frame.groupby("quarter", sort=True).sum(min_count=1).reset_index()
        head = {
            "scenario": scenario.id,
            "firm": str(firm.at[route.product, "firm"]),
            "product": str(route.product),
            "route": str(route.route),
        }
        frames.append(total.assign(**head))
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)]


def _sold(duty: Floats, days: float, before: float) -> Floats:
    """Duty in the goods sold on each day; NaN where the days in stock are not known."""
    if np.isnan(days) or np.isnan(duty).any():
        return np.full(len(duty), np.nan)
    return lagged(duty, days, before)
