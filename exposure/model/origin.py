"""Origin of what crosses: by substantial transformation, and by the rules of trade agreements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.frames import records
from exposure.law.origin import Area, Measured, Origins, Stages, cheapest_change, origins
from exposure.model.cases import Case, three
from exposure.model.compiled import Compiled, Values, parameter
from exposure.model.run import Evaluated
from exposure.routes.graph import MARKET

Floats = NDArray[np.float64]
Tables = Mapping[str, pd.DataFrame]
TEST_COLUMNS = (
    "scenario", "product", "route", "part", "part_title", "hts", "dispatch", "importer",
    "agreement", "claimed", "rule", "alternative", "test", "measured_low", "measured_central",
    "measured_high", "threshold", "outcome", "held_share", "originates_share", "slack_usd",
    "source",
)  # fmt: skip
CHANGE_COLUMNS = (
    "scenario", "product", "route", "agreement", "rule", "test", "direction", "part",
    "part_title", "site", "country", "value_usd", "moved_usd", "cost_usd", "needed_usd",
)  # fmt: skip


def areas(facts: Tables, day: str) -> list[Area]:
    """Trade areas with the rules of a day; ``facts`` holds ``agreements`` and ``origin_rules``."""
    rules = facts["origin_rules"]
    rules = rules[(rules["from"] <= day) & (day <= rules["until"])]
    found = []
    for row in records(facts["agreements"]):
        mine = rules[rules["agreement"] == row["agreement"]]
        found.append(
            Area(
                name=row["agreement"],
                members=frozenset(row["members"].split()),
                high_wage=frozenset(row["high_wage"].split()),
                de_minimis=row["de_minimis"],
                rules={
                    rule["prefix"]: (rule["rule"], json.loads(rule["alternatives"]))
                    for rule in records(mine)
                },
            )
        )
    return found


def stages(compiled: Compiled) -> Stages:
    """The graph without its markets' borders, as the kernel takes it."""
    nodes, tags = compiled.network.nodes, compiled.full.tags
    keys = nodes["product"] + "/" + nodes["route"]
    work = nodes["part"] != MARKET
    inner = ~compiled.network.edges["last"].to_numpy(dtype=bool)
    graph = compiled.graph
    return Stages(
        source=graph.source[inner],
        target=graph.target[inner],
        weight=graph.weight[inner],
        units=np.where(work, nodes["units"], 0.0).astype(float),
        route=pd.factorize(keys)[0].astype(np.int64),
        hts=tuple(nodes["hts"]),
        country=tuple(nodes["country"].where(work, "")),
        materials={
            str(name): compiled.full.own_content[:, (tags["material"] == name).to_numpy()].sum(
                axis=1
            )
            for name in tags["material"].unique()
        },
    )


def origin_tables(
    compiled: Compiled,
    pairs: Sequence[tuple[Case, Case]],
    done: Evaluated,
    values: Values,
    facts: Tables,
) -> dict[str, pd.DataFrame]:
    """Tables ``origin_tests`` and ``origin_changes`` of each scenario's law.

    Parameters
    ----------
    compiled, done, values
        Of the evaluation.
    pairs
        Baseline and scenario case of each scenario.
    facts
        The world's tables.
    """
    graph = stages(compiled)
    parts = records(compiled.network.nodes[["part", "part_title", "site", "country"]])
    tests: list[dict[str, object]] = []
    changes: list[dict[str, object]] = []
    for _, case in pairs:
        kept = {name: column[case.rows] for name, column in values.items()}
        own = done.own[case.rows]
        net_cost = _by_node(compiled, parameter(compiled, kept, "net_cost_share"))
        premium = _by_node(compiled, parameter(compiled, kept, "resourcing_premium"))[0]
        for area in areas(facts, compiled.states[case.state].effective_on):
            found = origins(graph, area, own, net_cost)
            sources = _sources(facts, area.name)
            measured: dict[int, list[Measured]] = {}
            for item in found.measured:
                measured.setdefault(item.node, []).append(item)
            for edge, leg in _inside(compiled, area).items():
                mine = measured.get(int(compiled.graph.source[edge]), [])
                rows = _tests(compiled, found, area, leg, mine, sources)
                tests += [{"scenario": case.scenario, **row} for row in rows]
                if leg["last"]:
                    changed = _changes(parts, graph, found, area, leg, mine, net_cost[0], premium)
                    changes += [{"scenario": case.scenario, **row} for row in changed]
    return {
        "origin_tests": pd.DataFrame(tests, columns=list(TEST_COLUMNS)),
        "origin_changes": pd.DataFrame(changes, columns=list(CHANGE_COLUMNS)),
    }


def _by_node(compiled: Compiled, values: Floats) -> Floats:
    """Values by product (scenario, market) spread over nodes (scenario, node)."""
    names = list(compiled.products["product"])
    place = [names.index(product) for product in compiled.network.nodes["product"]]
    return values[:, place]


def _sources(facts: Tables, agreement: str) -> dict[str, str]:
    rules = facts["origin_rules"]
    mine = rules[rules["agreement"] == agreement]
    return dict(zip(mine["rule"], mine["source"], strict=True))


def _inside(compiled: Compiled, area: Area) -> dict[int, dict[str, Any]]:
    """Borders between two members, by number; one for all users of a part in the same country."""
    edges = compiled.network.edges
    both = edges["dispatch"].isin(area.members) & edges["importer"].isin(area.members)
    mine = edges[both & edges["crosses"]].drop_duplicates(["from", "importer"])
    return dict(zip(mine.index.tolist(), records(mine), strict=True))


def _tests(
    compiled: Compiled,
    found: Origins,
    area: Area,
    leg: Mapping[str, Any],
    measured: Sequence[Measured],
    sources: Mapping[str, str],
) -> list[dict[str, object]]:
    """Rows of one crossing: every test of every alternative of its rule."""
    if not measured:
        return []
    node = measured[0].node
    passed = float(np.mean(found.originates[1:, node])) if len(found.value) > 1 else np.nan
    head = {
        **{name: leg[name] for name in ("product", "route", "part")},
        "part_title": compiled.network.nodes["part_title"].iloc[node],
        **{name: leg[name] for name in ("hts", "dispatch", "importer")},
        "agreement": area.name,
        "claimed": leg["facts"].get("claim", "") == area.name,
        "rule": found.rule[node],
    }
    rows = []
    for item in measured:
        low, central, high = three(item.value[:, None])
        known = not np.isnan(central[0])
        rows.append(
            {
                **head,
                "alternative": item.alternative + 1,
                "test": test_name(item),
                "measured_low": low[0],
                "measured_central": central[0],
                "measured_high": high[0],
                "threshold": item.threshold,
                "outcome": ("met" if item.held[0] else "not met") if known else "not asked",
                "held_share": float(np.mean(item.held[1:])) if len(item.held) > 1 else np.nan,
                "originates_share": float(found.originates[0, node])
                if np.isnan(passed)
                else passed,
                "slack_usd": _slack(found, item),
                "source": sources[found.rule[node]],
            }
        )
    return rows


def test_name(item: Measured) -> str:
    """A test in a few words: kind, method, material or level."""
    more = [str(item.test[name]) for name in ("method", "material") if name in item.test]
    level = {2: "chapter", 4: "heading", 6: "subheading"}.get(item.test.get("level", 0))
    return " ".join([item.test["kind"], *more, *([level] if level else [])])


def _slack(found: Origins, item: Measured) -> float:
    """USD of a unit by which the measured share stands above its line; below it, negative."""
    away = float(item.value[0] - item.threshold)
    if item.test["kind"] == "tariff_shift":
        away = -away
    return away * float(found.value[0, item.node])


def _changes(
    parts: Sequence[Mapping[str, Any]],
    graph: Stages,
    found: Origins,
    area: Area,
    leg: Mapping[str, Any],
    measured: Sequence[Measured],
    net_cost: Floats,
    premium: Floats,
) -> list[dict[str, object]]:
    """The cheapest change of directly used parts that crosses the line of regional value.

    Where the good passes, the least value that, bought outside the area, makes it fail; where it
    fails, what to buy inside at the least extra cost. Other tests of the rule are not looked at.
    """
    tests = [item for item in measured if item.test["kind"] == "regional_value"]
    if not tests:
        return []
    node = tests[0].node
    item = max(tests, key=lambda test: float(test.value[0] - test.threshold))
    value, foreign = float(found.value[0, node]), float(found.foreign[0, node])
    scale = value * (float(net_cost[node]) if item.test["method"] == "net_cost" else 1.0)
    passes = bool(item.held[0])
    into = np.flatnonzero(graph.target == node)
    used = graph.weight[into] * found.value[0, graph.source[into]]
    outside = graph.weight[into] * found.brought[0, graph.source[into]]
    if item.test["method"] == "build_up":
        room = (value - float(own_value(found, graph, node)) - foreign) - item.threshold * value
    else:
        room = (1.0 - item.threshold) * scale - foreign
    gain = used - outside if passes else outside
    cost = used if passes else used * premium[graph.source[into]]
    # To fail is to fall below the line, so a little more than the room has to move.
    needed = room * (1 + 1e-9) if passes else -room
    try:
        chosen = cheapest_change(gain, cost, needed)
    except DataError:
        return []
    return [
        {
            **{name: leg[name] for name in ("product", "route")},
            "agreement": area.name,
            "rule": found.rule[node],
            "test": test_name(item),
            "direction": "to fail" if passes else "to pass",
            **parts[graph.source[into[number]]],
            "value_usd": float(used[number]),
            "moved_usd": float(gain[number]),
            "cost_usd": float(cost[number]) if not passes else np.nan,
            "needed_usd": abs(room),
        }
        for number in chosen
    ]


def own_value(found: Origins, graph: Stages, node: int) -> float:
    """Own value of a node: its value less that of what goes into it."""
    into = np.flatnonzero(graph.target == node)
    return float(
        found.value[0, node] - (graph.weight[into] * found.value[0, graph.source[into]]).sum()
    )


def origin_worth(tables: Tables) -> pd.DataFrame:
    """What a claim and a point of content are worth at the last border of each route.

    Parameters
    ----------
    tables
        Of a result: ``ledger``, ``duty_lines`` and ``legs``.

    Returns
    -------
    pandas.DataFrame
        ``claim_worth_usd`` [USD per unit] is what the preference or regime of the finished product
        saves; ``us_content_point_usd`` what one more point of American content saves where a duty
        leaves it out of its base (0 where none does), the threshold not looked at.
    """
    keys = ["scenario", "case", "product", "route"]
    legs, lines = tables["legs"], tables["duty_lines"]
    last = legs.loc[(legs["to_part"] == MARKET) & legs["crosses"], [*keys, "part"]]
    worth = tables["ledger"].merge(last, on=[*keys, "part"])
    netted = lines.merge(last, on=[*keys, "part"])
    netted = netted[netted["base"].str.startswith("outside_us_content")]
    points = (netted["rate"] * netted["left_share"] * 0.01).groupby(
        [netted[name] for name in keys]
    ).sum()  # fmt: skip
    out = worth[[*keys, "claim", "regime", "customs_value_usd", "suspended_usd"]].rename(
        columns={"suspended_usd": "claim_worth_usd"}
    )
    share = out.join(points.rename("point"), on=keys)["point"].fillna(0.0)
    return out.assign(us_content_point_usd=share * out["customs_value_usd"])


def content_views(compiled: Compiled, case: Case, done: Evaluated) -> pd.DataFrame:
    """Make-up of each product's value added by country, by maker's nationality and by material.

    Value added only: duties and freight belong to no view. Shares of a view add up to 1.
    """
    nodes, tags = compiled.network.nodes, compiled.full.tags
    units = nodes["units"].to_numpy(dtype=float)
    added = done.own[case.rows] * units
    frames = []
    for (product, route), group in nodes.groupby(["product", "route"], sort=False):
        index = group.index.to_numpy(dtype=np.int64)
        content = added[:, index] @ compiled.full.own_content[index]
        total = content.sum(axis=1, keepdims=True)
        for view in ("country", "maker", "material"):
            keys, place = np.unique(tags[view].to_numpy(dtype=str), return_inverse=True)
            sums = np.zeros((len(content), len(keys)))
            np.add.at(sums.T, place, content.T)
            low, central, high = three(sums / total)
            frame = pd.DataFrame(
                {"product": product, "route": route, "view": view, "key": keys,
                 "share_low": low, "share_central": central, "share_high": high}
            )  # fmt: skip
            frames.append(frame[frame["share_high"].fillna(frame["share_central"]) > 0])
    return pd.concat(frames).reset_index(drop=True)


def unsupported(tests: pd.DataFrame) -> pd.DataFrame:
    """Claims that the parts list does not support at central values.

    Parameters
    ----------
    tests
        Table ``origin_tests``.

    Returns
    -------
    pandas.DataFrame
        ``scenario, product, route, part, part_title, dispatch, importer, agreement, rule,
        originates_share`` of each claimed border at which no alternative holds.
    """
    keys = ["scenario", "product", "route", "part", "part_title", "dispatch", "importer",
            "agreement", "rule"]  # fmt: skip
    claimed = tests[tests["claimed"].astype(bool)]
    if claimed.empty:
        return claimed[[*keys, "originates_share"]]
    failed = claimed.assign(failed=claimed["outcome"] == "not met")
    each = failed.groupby([*keys, "alternative", "originates_share"], sort=False)["failed"].any()
    every = each.groupby([*keys, "originates_share"], sort=False).all()
    return every[every].reset_index()[[*keys, "originates_share"]]
