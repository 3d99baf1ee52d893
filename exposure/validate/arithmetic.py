"""What cells of a result's tables follow from other cells, worked out in plain numbers.

One function a table, each a loop that a reader can follow with a pencil; none shares a line with
the functions that made the tables. A check yields (row, column, what it must be).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pandas as pd

from exposure.frames import records

Rows = list[dict[str, Any]]
All = Mapping[str, Rows]
Found = Iterator[tuple[int, str, float]]
ROUTE = ("scenario", "case", "product", "route")


def rows_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, Rows]:
    """Tables as rows."""
    return {name: records(table) for name, table in tables.items()}


def sums(rows: Rows, keys: tuple[str, ...], column: str) -> dict[tuple[Any, ...], float]:
    """Sums of a column by keys; a sum with a part that is not known is not known."""
    parts: dict[tuple[Any, ...], list[float]] = {}
    for row in rows:
        parts.setdefault(tuple(row[key] for key in keys), []).append(float(row[column]))
    return {key: math.fsum(found) if not any(map(math.isnan, found)) else math.nan
            for key, found in parts.items()}  # fmt: skip


def key_of(row: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Any, ...]:
    """A row's key."""
    return tuple(row[key] for key in keys)


def landed_cost(t: All) -> Found:
    """Value added, freight and duty are the landed cost; the ledger's sums stand beside it."""
    freight = sums(t["legs"], ROUTE, "freight_usd_per_unit")
    duty = sums(t["legs"], ROUTE, "duty_usd_per_unit")
    ledger = {
        name: sums(t["ledger"], ROUTE, f"{name}_usd")
        for name in ("duty_on_duty", "suspended", "drawn_back", "fees")
    }
    added = sums(t["nodes"], ("product", "route"), "value_added_central")
    first = t["scenarios"][0]["scenario"]
    for n, row in enumerate(t["landed_cost"]):
        key = key_of(row, ROUTE)
        yield n, "freight_usd_per_unit", freight[key]
        yield n, "duty_usd_per_unit", duty[key]
        yield n, "landed_central", math.fsum(
            row[f"{name}_usd_per_unit"] for name in ("value_added", "freight", "duty"))  # fmt: skip
        if row["case"] == "baseline" and row["scenario"] == first:
            yield n, "value_added_usd_per_unit", added[row["product"], row["route"]]
        for name, found in ledger.items():
            yield n, f"{name}_usd_per_unit", found.get(key, 0.0)
        once = row["duty_usd_per_unit"] - ledger["duty_on_duty"].get(key, 0.0)
        yield n, "cascade_factor", row["duty_usd_per_unit"] / once if once > 0 else math.nan


def crossings(t: All) -> Found:
    """A duty is customs value times rate; a rate is the sum of its lines."""
    keys = (*ROUTE, "part", "hts", "origin", "importer")
    lines = sums(t["duty_lines"], keys, "duty_rate")
    count: dict[tuple[Any, ...], int] = {}
    for row in t["crossings"]:
        count[key_of(row, keys)] = count.get(key_of(row, keys), 0) + 1
    back = {(*key_of(row, keys), round(row["customs_value_usd"], 9)): row for row in t["ledger"]}
    for n, row in enumerate(t["crossings"]):
        key, value = key_of(row, keys), row["customs_value_usd_per_unit"]
        yield n, "duty_rate_central", lines[key] / count[key]
        entry = back.get((*key, round(value, 9)))
        if entry is not None:
            charged = value * row["duty_rate_central"]
            yield n, "duty_usd_per_unit_central", charged - entry["drawn_back_usd"]


def duty_lines(t: All) -> Found:
    """Rate of the clause, base and what is left to it make the duty of a line."""
    ordinary = {key_of(row, (*ROUTE, "part", "hts", "origin", "importer")): row["rate"]
                for row in t["duty_lines"] if row["component"] == "mfn"}  # fmt: skip
    for n, row in enumerate(t["duty_lines"]):
        if row["kind"] == "all_in" and row["component"] != "mfn":
            key = key_of(row, (*ROUTE, "part", "hts", "origin", "importer"))
            if key in ordinary and not math.isnan(row["rate"] + ordinary[key]):
                adds = max(0.0, row["rate"] - ordinary[key])
                yield n, "duty_rate", adds * row["base_share"] * row["left_share"]


def ledger(t: All) -> Found:
    """What is charged less what is given back stays paid."""
    for n, row in enumerate(t["ledger"]):
        yield n, "duty_usd", row["duty_charged_usd"] - row["drawn_back_usd"]


def volumes(t: All) -> Found:
    """Shares are units over their sum."""
    keys = ("scenario", "product")
    before, after = (sums(t["volumes"], keys, f"units_{end}") for end in ("baseline", "central"))
    for n, row in enumerate(t["volumes"]):
        key = key_of(row, keys)
        if before[key] > 0:
            yield n, "share_baseline", row["units_baseline"] / before[key]
        if after[key] > 0:
            yield n, "share_central", row["units_central"] / after[key]


def headline(t: All) -> Found:
    """Central headline numbers from routes, stages and the firm's account."""
    duty = {key_of(row, ROUTE): row["duty_usd_per_unit"] for row in t["landed_cost"]}
    routes: dict[tuple[str, str], Rows] = {}
    for row in t["volumes"]:
        routes.setdefault((row["scenario"], row["product"]), []).append(row)
    jobs = {name: sums(t["jobs"], ("scenario", "product"), f"{name}_central")
            for name in ("exposed", "predicted")}  # fmt: skip
    account = {(row["scenario"], row["product"], row["metric"]): row["central"]
               for row in t["firm_results"] if row["level"] == "product"}  # fmt: skip

    def weighted(key: tuple[str, str], case: str, weight: str) -> float:
        parts = ((row[weight], duty[key[0], case, key[1], row["route"]]) for row in routes[key])
        return math.fsum(w * d for w, d in parts if w != 0)

    for n, row in enumerate(t["headline"]):
        key, metric = (row["scenario"], row["product"]), row["metric"]
        sold, now = (sum(r[f"units_{end}"] for r in routes[key]) for end in ("baseline", "central"))
        if math.isnan(sold) or not sold > 0:
            continue
        by_metric: dict[str, Callable[[], float]] = {
            "duty_bill_usd": lambda key=key: weighted(key, "scenario", "units_central"),  # type: ignore[misc]
            "duty_bill_change_usd": lambda key=key: weighted(key, "scenario", "units_central")  # type: ignore[misc]
            - weighted(key, "baseline", "units_baseline"),
            "duty_usd_per_unit": lambda key=key: weighted(key, "scenario", "share_baseline"),  # type: ignore[misc]
            "duty_change_usd_per_unit": lambda key=key: weighted(  # type: ignore[misc]
                key, "scenario", "share_baseline") - weighted(key, "baseline", "share_baseline"),
            "volume_change_share": lambda now=now, sold=sold: now / sold - 1.0,  # type: ignore[misc]
            "jobs_exposed": lambda key=key: jobs["exposed"].get(key, 0.0),  # type: ignore[misc]
            "jobs_predicted": lambda key=key: jobs["predicted"].get(key, 0.0),  # type: ignore[misc]
        }  # fmt: skip
        if metric in by_metric:
            yield n, "central", by_metric[metric]()
        elif metric.endswith("_pays_usd") or metric == "operating_profit_change_usd":
            yield n, "central", account[(*key, metric)]


def firm_results(t: All) -> Found:
    """Products are sums of routes, firms of products; means are weighted by units sold."""
    means = ("landed_usd_per_unit", "buyer_price_usd_per_unit")
    below: dict[tuple[str, ...], Rows] = {}
    units: dict[tuple[str, ...], float] = {}
    for row in t["firm_results"]:
        where = (row["scenario"], row["firm"], row["product"])
        if row["level"] == "route":
            below.setdefault((*where, row["metric"]), []).append(row)
            if row["metric"] == "units":
                units[(*where, row["route"])] = row["central"]
        elif row["level"] == "product":
            below.setdefault((row["scenario"], row["firm"], "", row["metric"]), []).append(row)
    for n, row in enumerate(t["firm_results"]):
        if row["level"] == "route":
            continue
        product = row["product"] if row["level"] == "product" else ""
        parts = below[row["scenario"], row["firm"], product, row["metric"]]
        if row["metric"] not in means:
            for column in ("baseline", "central"):
                yield n, column, math.fsum(part[column] for part in parts)
        elif row["level"] == "product":
            weight = [units[row["scenario"], row["firm"], product, p["route"]] for p in parts]
            if sum(weight) > 0:
                spent = math.fsum(w * p["central"] for w, p in zip(weight, parts, strict=True) if w)
                yield n, "central", spent / math.fsum(weight)


def jobs_whole(t: All) -> Found:
    """Jobs of a product by country are the sums of its stages."""
    keys = ("scenario", "product", "country")
    for name in ("exposed_central", "predicted_central"):
        found = sums(t["jobs"], keys, name)
        for n, row in enumerate(t["product_jobs"]):
            yield n, name, found[key_of(row, keys)]


def quotas(t: All) -> Found:
    """The rent a year is that of a unit times units."""
    for n, row in enumerate(t["quotas"]):
        yield n, "rent_usd_central", row["rent_usd_per_unit_central"] * row["units_central"]


def border_counts(t: All) -> Found:
    """Crossings of a route, those that cost a duty, and those of the finished product."""
    counts: dict[tuple[Any, ...], dict[str, int]] = {}
    for leg in t["legs"]:
        one = counts.setdefault(
            key_of(leg, ROUTE), {"crossings": 0, "paid": 0, "unknown": 0, "finished": 0}
        )
        if leg["crosses"]:
            one["crossings"] += 1
            one["paid"] += leg["duty_usd_per_unit"] > 0
            one["unknown"] += math.isnan(leg["duty_usd_per_unit"])
            one["finished"] += leg["to_part"] == "market"
    for n, row in enumerate(t["border_counts"]):
        for name, count in counts[key_of(row, ROUTE)].items():
            yield n, name, float(count)


def border_pairs(t: All) -> Found:
    """The same by pair of countries, with value and duty."""
    keys = (*ROUTE, "from_country", "to_country")
    crossing = [leg for leg in t["legs"] if leg["crosses"]]
    for name in ("value_usd_per_unit", "duty_usd_per_unit"):
        found = sums(crossing, keys, name)
        for n, row in enumerate(t["border_pairs"]):
            yield n, name, found[key_of(row, keys)]


def value_flows(t: All) -> Found:
    """What joins on the way comes to the landed cost."""
    landed = {key_of(row, ROUTE): row["landed_central"] for row in t["landed_cost"]}
    parts: dict[tuple[Any, ...], list[float]] = {}
    for row in t["value_flows"]:
        if row["stage"] in ("added", "upstream"):
            parts.setdefault(key_of(row, ROUTE), []).append(row["usd_per_unit"])
    first = t["scenarios"][0]["scenario"]
    for n, row in enumerate(t["value_flows"]):
        key = key_of(row, ROUTE)
        if row["stage"] == "gate":
            yield n, "usd_per_unit", math.fsum(parts[key])
        elif row["stage"] == "landed" and row["scenario"] == first and row["case"] == "baseline":
            yield n, "usd_per_unit", landed[key]


def value_countries(t: All) -> Found:
    """Shares of countries in the value added of a route."""
    by = sums(t["nodes"], ("product", "route", "country"), "value_added_central")
    whole = sums(t["nodes"], ("product", "route"), "value_added_central")
    for n, row in enumerate(t["value_countries"]):
        key = (row["product"], row["route"])
        yield n, "share", by[(*key, row["country"])] / whole[key]


def duty_steps(t: All) -> Found:
    """Each step is the change of a component; they lead from one duty to the other."""
    parts = sums(t["duty_lines"], (*ROUTE, "component"), "duty_usd_per_unit")
    for n, row in enumerate(t["duty_steps"]):
        yield n, "change_usd_per_unit", row["to_usd_per_unit"] - row["from_usd_per_unit"]
        if row["step"] not in ("baseline", "scenario"):
            old, new = (
                parts.get((row["scenario"], case, row["product"], row["route"], row["step"]), 0.0)
                for case in ("baseline", "scenario")
            )
            yield n, "change_usd_per_unit", new - old


def product_duty(t: All) -> Found:
    """Duty over landed cost at the routes of today."""
    share = {(r["scenario"], r["product"], r["route"]): r["share_baseline"] for r in t["volumes"]}
    parts: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    for row in t["landed_cost"]:
        weight = share[row["scenario"], row["product"], row["route"]]
        if weight > 0:
            parts.setdefault((row["scenario"], row["product"], row["case"]), []).append(
                (weight * row["duty_usd_per_unit"], weight * row["landed_central"])
            )
    for n, row in enumerate(t["product_duty"]):
        for case in ("baseline", "scenario"):
            found = parts.get((row["scenario"], row["product"], case))
            if found:
                duty, landed = (math.fsum(column) for column in zip(*found, strict=True))
                yield n, f"{case}_share", duty / landed


def board_totals(t: All) -> Found:
    """All goods of a board together."""
    keys = ("scenario", "country")
    for name in ("exports_usd", "duty_change_usd"):
        known = [row for row in t["boards"] if not math.isnan(row[name])]
        found = sums(known, keys, name)
        for n, row in enumerate(t["board_totals"]):
            yield n, name, found.get(key_of(row, keys), math.nan)


def country_results(t: All) -> Found:
    """A country is the sum of its industries."""
    keys = ("scenario", "country")
    of = {
        "shipped_usd": sums(t["sector_output"], keys, "shipped_usd"),
        "shipped_change_usd": sums(t["sector_output"], keys, "shipped_change_usd_central"),
        "value_added_change_usd": sums(t["sector_output"], keys, "value_added_change_usd_central"),
    }
    for n, row in enumerate(t["country_results"]):
        found = of.get(row["metric"], {}).get(key_of(row, keys))
        if found is not None and not math.isnan(found):
            yield n, "central", found


def country_jobs(t: All) -> Found:
    """Jobs exposed are of three kinds of workers, which add up."""
    for n, row in enumerate(t["country_jobs"]):
        parts = (row["direct_share"], row["home_share"], row["abroad_share"])
        yield n, "exposed_share", math.fsum(parts)


def differences(t: All) -> Found:
    """A scenario's central number less the first one's; a firm is the sum of its products."""
    central = {(r["scenario"], r["product"], r["metric"]): r["central"] for r in t["headline"]}
    parts: dict[tuple[str, ...], list[float]] = {}
    for row in t["differences"]:
        if row["level"] == "product":
            key = (row["scenario"], row["firm"], row["metric"])
            parts.setdefault(key, []).append(row["central"])
    for n, row in enumerate(t["differences"]):
        product, metric = row["product"], row["metric"]
        if row["level"] == "product":
            new, old = (
                central[name, product, metric] for name in (row["scenario"], row["against"])
            )
            yield n, "central", new - old
        else:
            yield n, "central", math.fsum(parts[row["scenario"], row["firm"], metric])


def rivals(t: All) -> Found:
    """A gap is one product's number less the other's."""
    central = {(r["scenario"], r["product"], r["metric"]): r["central"] for r in t["headline"]}
    of = {"duty_gap_usd_per_unit": "duty_usd_per_unit", "cost_gap_share": "cost_change_share",
          "buyer_price_gap_share": "buyer_price_change_share",
          "volume_gap_share": "volume_change_share"}  # fmt: skip
    for n, row in enumerate(t["rivals"]):
        if row["metric"] in of:
            mine, other = (
                central[row["scenario"], row[who], of[row["metric"]]]
                for who in ("product", "rival")
            )
            yield n, "central", mine - other


def revenue(t: All) -> Found:
    """Duties of the ledger times units."""
    units = {(r["scenario"], r["product"], r["route"]): r for r in t["volumes"]}
    paid: dict[tuple[str, ...], list[float]] = {}
    for entry in t["ledger"]:
        end = "baseline" if entry["case"] == "baseline" else "central"
        sold = units[entry["scenario"], entry["product"], entry["route"]][f"units_{end}"]
        head = (entry["scenario"], entry["importer"], entry["product"], entry["case"])
        paid.setdefault(head, []).append(entry["duty_usd"] * sold if sold else 0.0)
    for n, row in enumerate(t["revenue"]):
        key = (row["scenario"], row["importer"], row["product"])
        for case in ("baseline", "scenario"):
            yield n, f"{case}_usd", math.fsum(paid.get((*key, case), [0.0]))
        yield n, "change_usd", row["scenario_usd"] - row["baseline_usd"]


def attribution(t: All) -> Found:
    """The parts of a change add up to it, by Shapley and step by step."""
    keys = ("old", "new", "by", "product", "metric")
    for name in ("part_central", "sequential"):
        whole = sums(t["attribution"], keys, name)
        for n, row in enumerate(t["attribution"]):
            yield n, "total", whole[key_of(row, keys)]


CHECKS: Final[Mapping[str, Callable[[All], Found]]] = {
    "landed_cost": landed_cost,
    "crossings": crossings,
    "duty_lines": duty_lines,
    "ledger": ledger,
    "volumes": volumes,
    "headline": headline,
    "firm_results": firm_results,
    "product_jobs": jobs_whole,
    "quotas": quotas,
    "border_counts": border_counts,
    "border_pairs": border_pairs,
    "value_flows": value_flows,
    "value_countries": value_countries,
    "duty_steps": duty_steps,
    "product_duty": product_duty,
    "board_totals": board_totals,
    "country_results": country_results,
    "country_jobs": country_jobs,
    "differences": differences,
    "rivals": rivals,
    "revenue": revenue,
    "attribution": attribution,
}
"""The check of each table that has one."""
