"""Sums that reports show, each from tables of a result: none is made while a page is set."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import pandas as pd

from exposure.axes import COMPONENTS

Key = TypeVar("Key")
Tables = Mapping[str, pd.DataFrame]
KEYS = ["scenario", "product", "route"]
SMALL_SHARE = 0.03
"""Countries and parts below this share of value are drawn together."""
GRADES = ("A", "B", "C", "D")
"""From disclosed to illustrative."""
MOST = 9
SMALL_STEP = 0.005
"""A component that moves by less than half a cent is no step [USD a unit]."""


def summaries(tables: Tables) -> dict[str, pd.DataFrame]:
    """All of them, by name."""
    return {
        "duty_steps": duty_steps(tables),
        "product_duty": product_duty(tables),
        "product_jobs": product_jobs(tables),
        "product_quarters": product_quarters(tables),
        "value_flows": value_flows(tables),
        "value_countries": value_countries(tables),
        "border_counts": border_counts(tables),
        "border_pairs": border_pairs(tables),
        "input_grades": input_grades(tables),
    }


def input_grades(tables: Tables) -> pd.DataFrame:
    """How good the numbers of each product's own file are.

    Returns
    -------
    pandas.DataFrame
        Columns ``product, inputs`` (uncertain numbers of its file), ``a, b, c, d`` (how many of
        each grade) and ``d_share`` [fraction of ``inputs``, NaN where there are none]. Parameters
        and jobs per value added, which products share, are left out.
    """
    known = tables["assumptions"]
    facts = known[known["kind"] == "fact"]
    rows = []
    for product in tables["products"]["product"]:
        grades = facts.loc[facts["id"].str.startswith(f"{product}/"), "grade"]
        count = {grade.lower(): int((grades == grade).sum()) for grade in GRADES}
        share = count["d"] / len(grades) if len(grades) else float("nan")
        rows.append({"product": product, "inputs": len(grades), **count, "d_share": share})
    names = ["product", "inputs", *map(str.lower, GRADES), "d_share"]
    return pd.DataFrame(rows, columns=names)


def value_flows(tables: Tables) -> pd.DataFrame:
    """What joins on the way of a route to the market, and what it comes to.

    Countries and parts below `SMALL_SHARE` of value are one row, as are those beyond `MOST`; a
    single small one keeps its name, and the final stage always does.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, case, product, route, stage, country, part, usd_per_unit``. Stages:
        ``added`` (value added in a country for a part; ``other_countries``, ``other_parts`` where
        merged), ``country`` and ``part`` (its sums), ``upstream`` (``freight_upstream,
        duty_upstream``, paid on parts), ``gate`` (``gate``: their sum), ``last`` (``freight_last,
        duty_last``), ``landed`` (``landed``: the sum of all). A sum with a duty that is not known
        is NaN. What the row is stands in ``part``, but for ``country``.
    """
    nodes, legs = tables["nodes"], tables["legs"]
    added = {
        key: _added_rows(rows) for key, rows in nodes.groupby(["product", "route"], sort=False)
    }
    paid = ["freight_usd_per_unit", "duty_usd_per_unit"]
    keys = [*KEYS, "case"]
    ends = [
        legs[paid].where(legs["to_part"].eq("market") == end, 0.0).add_suffix(name)
        for end, name in ((False, "_upstream"), (True, "_last"))
    ]
    sums = pd.concat([legs[keys], *ends], axis=1).groupby(keys, sort=False).sum(skipna=False)
    rows: list[tuple[object, ...]] = []
    for (scenario, product, route, case), freight, duty, freight_last, duty_last in zip(
        sums.index, *(sums[name].tolist() for name in sums), strict=True
    ):
        own = added[product, route]
        gate = sum(value for stage, *_, value in own if stage == "added") + freight + duty
        mine = [
            *own,
            ("upstream", "", "freight_upstream", freight),
            ("upstream", "", "duty_upstream", duty),
            ("gate", "", "gate", gate),
            ("last", "", "freight_last", freight_last),
            ("last", "", "duty_last", duty_last),
            ("landed", "", "landed", gate + freight_last + duty_last),
        ]
        rows += [(scenario, case, product, route, *row) for row in mine]
    head = ["scenario", "case", "product", "route"]
    return pd.DataFrame(rows, columns=[*head, "stage", "country", "part", "usd_per_unit"])


def _added_rows(nodes: pd.DataFrame) -> list[tuple[str, str, str, float]]:
    """Rows (stage, country, part, value) of one route's value added: each, by country, by part.

    Small ones together, in the order drawn.
    """
    value = nodes["value_added_central"].tolist()
    total = sum(value)
    # The final stage is the one whose part no leg carries further than the market.
    final = nodes["part_title"].iloc[-1]
    labels, places = [], []
    for column, other, always in (
        ("country", "other_countries", ()), ("part_title", "other_parts", (final,)),
    ):  # fmt: skip
        names = nodes[column].tolist()
        sums = _sums(names, value)
        largest = [name for name in _ranked(sums) if sums[name] >= SMALL_SHARE * total][:MOST]
        kept = {*largest, *always}
        if len(sums.keys() - kept) > 1:
            names = [name if name in kept else other for name in names]
            sums = _sums(names, value)
        labels.append(names)
        places.append(sorted(_ranked(sums), key=lambda n: (n in always, n == other)))
    each = _sums(zip(*labels, strict=True), value)
    found = [(c, p, each[c, p]) for p in places[1] for c in places[0] if (c, p) in each]
    return [
        *(("added", country, part, number) for country, part, number in found),
        *(("country", name, "", number) for name, number in _sums_of(found, 0).items()),
        *(("part", "", name, number) for name, number in _sums_of(found, 1).items()),
    ]


def _ranked(sums: Mapping[str, float]) -> list[str]:
    """Names by value, the largest first; equal ones by name."""
    return sorted(sums, key=lambda name: (-sums[name], name))


def _sums_of(found: Sequence[tuple[str, str, float]], place: int) -> dict[str, float]:
    return _sums([str(row[place]) for row in found], [row[-1] for row in found])


def _sums(keys: Iterable[Key], values: Iterable[float]) -> dict[Key, float]:
    """Sums by key, in the order in which keys come."""
    sums: dict[Key, float] = {}
    for key, value in zip(keys, values, strict=True):
        sums[key] = sums.get(key, 0.0) + value
    return sums


def value_countries(tables: Tables) -> pd.DataFrame:
    """Shares of countries in the value added of a route, the largest first.

    Returns
    -------
    pandas.DataFrame
        Columns ``product, route, country, share`` [fraction].
    """
    nodes = tables["nodes"]
    keys = ["product", "route", "country"]
    sums = nodes.groupby(keys, sort=False)["value_added_central"].sum()
    share = sums / sums.groupby(keys[:2], sort=False).transform("sum")
    return (
        share.rename("share")
        .reset_index()
        .sort_values("share", ascending=False, kind="stable", ignore_index=True)
    )


def border_counts(tables: Tables) -> pd.DataFrame:
    """How many borders a route crosses, and how many of the crossings cost a duty.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, case, product, route, crossings, paid, unknown, finished``: the last
        counts those of the finished product.
    """
    legs = tables["legs"]
    duty = legs["duty_usd_per_unit"].astype(float)
    flags = legs[[*KEYS, "case"]].assign(
        crossings=legs["crosses"],
        paid=legs["crosses"] & (duty > 0),
        unknown=legs["crosses"] & duty.isna(),
        finished=legs["crosses"] & (legs["to_part"] == "market"),
    )
    return flags.groupby([*KEYS, "case"], sort=False).sum().reset_index()


def border_pairs(tables: Tables) -> pd.DataFrame:
    """The same by pair of countries, with value and duty.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, case, product, route, from_country, to_country, crossings, paid,
        value_usd_per_unit, duty_usd_per_unit`` (NaN where one of them is not known).
    """
    legs = tables["legs"]
    legs = legs[legs["crosses"]]
    keys = [*KEYS, "case", "from_country", "to_country"]
    duty = legs["duty_usd_per_unit"].astype(float)
    groups = legs.assign(paid=duty > 0, known=duty.notna()).groupby(keys)
    sums = groups.agg(
        crossings=("part", "size"), paid=("paid", "sum"), known=("known", "all"),
        value_usd_per_unit=("value_usd_per_unit", "sum"),
        duty_usd_per_unit=("duty_usd_per_unit", "sum"),
    )  # fmt: skip
    sums["duty_usd_per_unit"] = sums["duty_usd_per_unit"].where(sums["known"])
    return sums.drop(columns="known").reset_index()


def product_duty(tables: Tables) -> pd.DataFrame:
    """Duty over landed cost by product, at the routes of today, the largest first.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, product, title, baseline_share, scenario_share`` [fraction of landed
        cost; all borders, central values]; NaN where a route that ships has a duty that is not
        known.
    """
    cost = tables["landed_cost"]
    weight = tables["volumes"].set_index(KEYS)["share_baseline"]
    part = weight.reindex(pd.MultiIndex.from_frame(cost[KEYS])).fillna(0.0).to_numpy()
    parts = cost[["scenario", "product", "case"]].assign(
        duty=cost["duty_usd_per_unit"].to_numpy() * part,
        landed=cost["landed_central"].to_numpy() * part,
    )
    # What ships nothing has no say, known or not; of what ships, all must be known.
    parts.loc[part == 0, ["duty", "landed"]] = 0.0
    sums = parts.groupby(["scenario", "product", "case"], sort=False).sum(skipna=False)
    share = (sums["duty"] / sums["landed"]).unstack("case")
    share = share.rename(columns=lambda case: f"{case}_share").reset_index()
    titles = tables["products"].set_index("product")["title"]
    share["title"] = share["product"].map(titles)
    order = {name: place for place, name in enumerate(tables["scenarios"]["scenario"])}
    share["order"] = share["scenario"].map(order)
    share = share.sort_values(["order", "scenario_share"], ascending=[True, False], kind="stable")
    columns = ["scenario", "product", "title", "baseline_share", "scenario_share"]
    return share[columns].reset_index(drop=True)


def product_jobs(tables: Tables) -> pd.DataFrame:
    """Jobs of a product by country, the most exposed first.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, product, country, exposed_central, predicted_central`` [persons]; the
        two are never added. NaN where a stage is not known.
    """
    names = ["exposed_central", "predicted_central"]
    by = tables["jobs"].groupby(["scenario", "product", "country"], sort=False)[names]
    sums = by.sum(skipna=False).reset_index()
    return sums.sort_values("exposed_central", ascending=False, kind="stable").reset_index(
        drop=True
    )


def product_quarters(tables: Tables) -> pd.DataFrame:
    """Duty by quarter over all routes of a product; what is not known on one is not known of all.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, product, quarter, duty_border_usd, duty_sold_central,
        borne_by_firm_usd``.
    """
    names = ["duty_border_usd", "duty_sold_central", "borne_by_firm_usd"]
    keys = ["scenario", "product", "quarter"]
    rows = tables["quarters"]
    if not len(rows):
        return pd.DataFrame(columns=[*keys, *names])
    by = rows.groupby(keys)[names].sum(min_count=1)
    dark = rows[names].isna().groupby([rows[key] for key in keys]).any()
    return by.where(~dark).reset_index()


def duty_steps(tables: Tables) -> pd.DataFrame:
    """From the baseline's duty to the scenario's, a row a component that moves.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, product, route, route_title, step`` (``baseline``, a component,
        ``scenario``), ``from_usd_per_unit, to_usd_per_unit, change_usd_per_unit``; all borders of
        the route, central values. A route with a component that is not known has NaN from there.
    """
    lines, cost = tables["duty_lines"], tables["landed_cost"]
    by = lines.groupby([*KEYS, "case", "component"])["duty_usd_per_unit"]
    sums: dict[Hashable, float] = by.sum(skipna=False).to_dict()
    rows = []
    for *key, title in cost[[*KEYS, "route_title"]].drop_duplicates().itertuples(index=False):
        head = dict(zip(KEYS, key, strict=True)) | {"route_title": title}

        def of(case: str, name: str, key: list[str] = key) -> float:
            return sums.get((*key, case, name), 0.0)

        level = sum(of("baseline", name) for name in COMPONENTS)
        steps = [("baseline", 0.0, level)]
        for name in COMPONENTS:
            change = of("scenario", name) - of("baseline", name)
            if not abs(change) <= SMALL_STEP:
                steps.append((name, level, level + change))
                level += change
        steps.append(("scenario", 0.0, sum(of("scenario", name) for name in COMPONENTS)))
        rows += [
            {**head, "step": step, "from_usd_per_unit": start, "to_usd_per_unit": end,
             "change_usd_per_unit": end - start}
            for step, start, end in steps
        ]  # fmt: skip
    return pd.DataFrame(rows)
