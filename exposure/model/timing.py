"""When a change of duty at the border reaches profit and loss, with the stock in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.stock import first_in_first_out, lagged
from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.facts.scenario import known_product
from exposure.facts.world import World
from exposure.law.timeline import days, iso
from exposure.model.compile import compile_scenarios, law_book
from exposure.model.compiled import Compiled
from exposure.model.draws import draw
from exposure.model.rows import side_rows
from exposure.model.run import evaluate

Floats = NDArray[np.float64]


def timing(
    world: World,
    product: str,
    route: str,
    first: dt.date,
    last: dt.date,
    flows: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Duty of a route by month: at the border, and in the goods that were sold.

    Parameters
    ----------
    world
        Facts and law, as known today (hindsight).
    product, route
        Which; the product needs ``stock_days`` where no flows are given.
    first, last
        First and last day.
    flows
        Columns ``month`` (as 2025-04), ``entries`` and ``sales`` [units] for every month, and
        ``stock`` [units] on hand before the first of them in its row. Without them entries and
        sales are steady, and the stock is that of the product's ``stock_days``.

    Returns
    -------
    pandas.DataFrame
        ``month, border_usd_per_unit`` (mean of the month's days, all borders on the way) and
        ``sold_low, sold_central, sold_high`` [USD per unit sold]: with the shortest, central and
        longest stock; the three are equal where flows are given. The stock before the first day
        carries that day's duty. ``entries`` [units] of the month are those of the flows, or a
        twelfth of the year's where it is known, else of the route's volume, and less in a month
        that is not whole; ``bill_usd`` is the duty on them.

    Raises
    ------
    QueryError
        If the product, route, days or flows do not fit.
    """
    if last < first:
        raise QueryError(f"{last} lies before {first}", "", "first day, then last day")
    by_day = _border(world, product, route, first, last)
    start = np.datetime64(first.isoformat())
    month = pd.Series(start + np.arange(len(by_day))).dt.strftime("%Y-%m")
    border = pd.Series(by_day).groupby(month.to_numpy()).mean()
    if flows is not None:
        central = _with_flows(border, flows)
        sold = dict.fromkeys(("low", "central", "high"), central)
    else:
        stock = _stock_days(world, product)
        sold = {
            name: pd.Series(lagged(by_day, stock[name], by_day[0]))
            .groupby(month.to_numpy())
            .mean()
            .to_numpy()
            for name in ("low", "central", "high")
        }
    table = pd.DataFrame({"product": product, "route": route, "month": border.index})
    table["border_usd_per_unit"] = border.to_numpy()
    for name, values in sold.items():
        table[f"sold_{name}"] = values
    days_held = pd.Series(by_day).groupby(month.to_numpy()).size().to_numpy(dtype=float)
    whole = pd.PeriodIndex(border.index, freq="M").days_in_month.to_numpy(dtype=float)
    entries = _entries(world, product, route, [str(name) for name in border.index], flows)
    table["entries"] = entries if flows is not None else entries * days_held / whole
    table["bill_usd"] = table["border_usd_per_unit"] * table["entries"]
    return table


def _entries(
    world: World, product: str, route: str, months: list[str], flows: pd.DataFrame | None
) -> Floats:
    """Units that enter in each month."""
    if flows is not None:
        given = flows.set_index(flows["month"].astype(str))["entries"]
        return given.loc[months].to_numpy(dtype=np.float64)
    years = world.tables["volumes_by_year"]
    mine = years[(years["product"] == product) & (years["route"] == route)]
    known = dict(zip(mine["year"].astype(str), mine["units"], strict=True))
    usual = world.tables["figures"].set_index("id")["central"].astype(float)
    volume = float(usual[f"{product}/route/{route}/volume"])
    return np.array([float(known.get(month[:4], volume)) / 12.0 for month in months])


def _border(world: World, product: str, route: str, first: dt.date, last: dt.date) -> Floats:
    """Duty of all borders of a route on each day [USD per unit], central values."""
    known_product(world, product, "product")
    routes = world.tables["routes"]
    mine = list(routes.loc[routes["product"] == product, "route"])
    if route not in mine:
        raise QueryError(f"no route {route!r}", f"product {product}", f"known: {', '.join(mine)}")
    compiled, duty = duty_by_day(world, [product], first, last)
    by_day: Floats = duty[:, list(compiled.routes["route"]).index(route)]
    return by_day


def duty_by_day(
    world: World, products: Sequence[str], first: dt.date, last: dt.date
) -> tuple[Compiled, Floats]:
    """Duty of all borders of every route (day, route) [USD per unit], central values, hindsight."""
    start, end = (int(day) for day in days([first.isoformat(), last.isoformat()]))
    changes = law_book(world).changes.tolist()
    turns = [start, *(day for day in changes if start < day <= end)]
    asked = [
        Scenario.model_validate(
            {"id": f"on-{iso(day)}", "title": "day", "question": "day",
             "baseline": {"effective_on": iso(day)}}
        )
        for day in turns
    ]  # fmt: skip
    compiled, pairs = compile_scenarios(world, asked, products)
    count = len(asked)
    values = {
        name: np.repeat(column, count) for name, column in draw(compiled.ranges, 0, 0).items()
    }
    state = np.array([pair[0] for pair in pairs], dtype=np.int64)
    rows = side_rows(compiled, None, 0, np.arange(count, dtype=np.int64), values)
    done = evaluate(compiled, replace(rows, state=state))
    dates = np.array([*(iso(day) for day in turns), last.isoformat()], dtype="datetime64[D]")
    spans = np.diff(dates).astype(np.int64)
    spans[-1] += 1  # the last day counts
    by_day: Floats = np.repeat(done.duty, spans, axis=0)
    return compiled, by_day


def _stock_days(world: World, product: str) -> dict[str, float]:
    figures = world.tables["figures"].set_index("id")
    name = f"{product}/stock_days"
    if name not in figures.index:
        raise QueryError(
            "no `stock_days` is known", f"product {product}", "state it, or give flows"
        )
    return {key: float(figures[key].astype(float)[name]) for key in ("low", "central", "high")}


def _with_flows(border: pd.Series[float], flows: pd.DataFrame) -> Floats:
    names = ("month", "entries", "sales", "stock")
    missing = [name for name in names if name not in flows]
    if missing:
        raise QueryError(f"column missing: {', '.join(missing)}", "flows", ", ".join(names))
    table = flows.set_index(flows["month"].astype(str))
    absent = [str(name) for name in border.index if name not in table.index]
    if absent:
        raise QueryError(f"month missing: {', '.join(absent)}", "flows", "every month once")
    twice = [str(name) for name in table.index[table.index.duplicated()]]
    if twice:
        raise QueryError(f"month stands twice: {', '.join(twice)}", "flows", "every month once")
    table = table.loc[border.index]
    stock = float(table["stock"].iloc[0])
    if not stock >= 0:
        raise QueryError(f"no stock before {border.index[0]}", "flows", "0 or more units")
    sold, _ = first_in_first_out(
        np.asarray(border, dtype=np.float64),
        table["entries"].to_numpy(dtype=float),
        table["sales"].to_numpy(dtype=float),
        stock,
        float(border.iloc[0]),
    )
    return sold
