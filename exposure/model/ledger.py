"""Every border on the way: value, base, duty, what was suspended or given back, freight, fees.

Central values in USD per finished product. What enters a route adds up: value added, freight and
the duties that stay paid are its landed cost; `tests/model` holds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.frames import records
from exposure.model.cases import Case
from exposure.model.compiled import Compiled, parameter
from exposure.model.rows import Rows
from exposure.model.run import Evaluated, edge_units, level_duty

Floats = NDArray[np.float64]


def ledger(
    compiled: Compiled,
    cases: Sequence[Case],
    done: Evaluated,
    rows: Rows,
    facts: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """The ledger of all cases: a row a crossing.

    Parameters
    ----------
    compiled
        With the law without preferences and regimes (`Compiled.unclaimed`).
    cases, done, rows
        Of the evaluation.
    facts
        The world's tables ``fees`` and ``routes``.

    Returns
    -------
    pandas.DataFrame
        ``suspended_usd`` is what would be owed without the preference claimed and the regime used,
        less what is charged; ``duty_on_duty_usd`` the part of the duty that is charged on duties
        paid upstream; both per finished product.
    """
    frames = [_case(compiled, case, done, rows, facts) for case in cases]
    return pd.concat(frames).reset_index(drop=True)


def _case(
    compiled: Compiled, case: Case, done: Evaluated, rows: Rows, facts: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    first, edges = case.rows.start, compiled.network.edges
    border = np.flatnonzero(compiled.graph.crosses)
    units = edge_units(compiled)[border]
    landed, source = done.landed, compiled.graph.source
    within = landed.paid[first, source[border]]
    back = compiled.graph.drawback[border]
    rate, base = landed.rate[first, border], landed.customs_value[first, border]
    frame = edges.iloc[border][
        ["product", "route", "part", "hts", "dispatch", "origin", "importer"]
    ].reset_index(drop=True)
    titles = compiled.network.nodes["part_title"].to_numpy()[source[border]]
    frame.insert(3, "part_title", titles)
    for place, (name, value) in enumerate((("scenario", case.scenario), ("case", case.case))):
        frame.insert(place, name, value)
    for name in ("claim", "regime"):
        frame[name] = [str(fact.get(name, "")) for fact in edges["facts"].iloc[border]]
    bare = _unclaimed_rates(compiled, case, done, rows)[border]
    gross = base * rate
    frame["units"] = units
    frame["value_usd"] = landed.value[first, source[border]] * units
    frame["freight_usd"] = landed.freight[first, border] * units
    frame["customs_value_usd"] = base * units
    frame["duty_upstream_usd"] = within * units
    frame["duty_charged_usd"] = gross * units
    frame["drawn_back_usd"] = gross * back * units
    frame["duty_usd"] = landed.duty[first, border] * units
    frame["suspended_usd"] = (bare - rate) * base * units
    frame["duty_on_duty_usd"] = rate * (1.0 - back) * within * units
    frame["fees_usd"] = _fees(compiled, case, rows, facts, border, base) * units
    return frame


def _unclaimed_rates(compiled: Compiled, case: Case, done: Evaluated, rows: Rows) -> Floats:
    """Duty of each crossing as it stands, if nothing were claimed (edge,) [fraction]."""
    found = np.full(len(compiled.network.edges), np.nan)
    state = compiled.unclaimed[case.state]
    first = np.array([case.rows.start])
    for level in state.levels.values():
        source = compiled.graph.source[level.edges]
        base = done.landed.customs_value[np.ix_(first, level.edges)]
        content = done.landed.content[first][:, source] / np.where(base > 0, base, 1.0)[..., None]
        found[level.edges] = level_duty(compiled, level, content, rows, first)[0][0]
    return found


def _fees(
    compiled: Compiled,
    case: Case,
    rows: Rows,
    facts: Mapping[str, pd.DataFrame],
    border: NDArray[np.int64],
    base: Floats,
) -> Floats:
    """Fees on entries into the United States (crossing,) [USD per unit of the part].

    A fee with a least and a most amount is that of an entry of the usual size.
    """
    edges = compiled.network.edges.iloc[border]
    day = compiled.states[case.state].effective_on
    kept = {name: column[[case.rows.start]] for name, column in rows.values.items()}
    size = dict(
        zip(compiled.products["product"], parameter(compiled, kept, "consignment_usd")[0],
            strict=True)
    )  # fmt: skip
    routes = facts["routes"].set_index(["product", "route"])["arrives_by"]
    entry = edges["product"].map(size).to_numpy(dtype=float)
    last = edges["last"].to_numpy(dtype=bool)
    ways = [
        str(routes[pair]) if final else ""
        for pair, final in zip(
            zip(edges["product"], edges["route"], strict=True), last, strict=True
        )
    ]
    claims = [str(fact.get("claim", "")) for fact in edges["facts"]]
    american = (edges["importer"] == USA).to_numpy(dtype=bool)
    total = np.zeros(len(edges))
    for fee in records(facts["fees"]):
        if not fee["from"] <= day <= fee["until"]:
            continue
        free, arrives = fee["free_claims"].split(), fee["arrives_by"].split()
        due = np.array([claim not in free for claim in claims]) & american
        due &= np.array([not arrives or way in arrives for way in ways])
        most = np.inf if np.isnan(fee["max_usd"]) else fee["max_usd"]
        amount = np.clip(fee["rate"] * entry, fee["min_usd"], most)
        total += np.where(due, amount / entry * base, 0.0)
    return total


def with_totals(landed_cost: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Landed cost with the sums of the ledger by route.

    ``cascade_factor`` is the duty over what it would be if none were charged on duties paid
    upstream: 1 where no border stands behind another, NaN where no duty is paid. A sum with a part
    that is not known is not known.
    """
    keys = ["scenario", "case", "product", "route"]
    names = ["duty_on_duty_usd", "suspended_usd", "drawn_back_usd", "fees_usd"]
    sums = table.groupby(keys, sort=False)[names].sum(skipna=False)
    # A route that crosses no border has no row: nothing was charged or suspended there.
    joined = landed_cost.join(sums.add_suffix("_per_unit"), on=keys)
    added = [f"{name}_per_unit" for name in names]
    none = ~pd.MultiIndex.from_frame(joined[keys]).isin(sums.index)
    joined.loc[none, added] = 0.0
    paid = joined["duty_usd_per_unit"]
    once = paid - joined["duty_on_duty_usd_per_unit"]
    joined["cascade_factor"] = (paid / once).where(once > 0)
    return joined
