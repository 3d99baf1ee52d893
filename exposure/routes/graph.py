"""Products as graphs: sites make parts, legs carry them, some legs cross a customs border.

A node is one part made at one site on one route of one product; the last node of a route is the
market. Nodes are numbered so that what a node needs comes before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.frames import records

if TYPE_CHECKING:
    import networkx as nx

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
MARKET = "market"
OTHER = "other"


@dataclass(frozen=True)
class Network:
    """Nodes, edges and tags of all products.

    Attributes
    ----------
    nodes
        ``product, route, part, part_title, hts, industry, site, site_title, country, maker, lat,
        lon, indexed, level, units``; ``units`` is the number of the part in one finished product,
        ``indexed`` says whether the route's cost index applies.
    edges
        ``product, route, part, from, to, weight, crosses, origin, importer, hts, facts, level,
        last``; ``weight`` is units of ``from`` in one unit of ``to``; ``level`` that of ``to``.
    tags
        ``material, country, maker`` of tracked content.
    own_content (node, tag) [fraction]
        Make-up of a node's own value; rows add up to 1 (the market's to 0).
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    tags: pd.DataFrame
    own_content: Floats


def build_network(tables: Mapping[str, pd.DataFrame], products: list[str]) -> Network:
    """Graph of the named products.

    Parameters
    ----------
    tables
        ``products, sites, parts, makings, routes, crossing_rules`` as the firm documents give them.
    products
        Which of them, in this order.

    Raises
    ------
    DataError
        If parts go into one another in a circle.
    """
    nodes: list[dict[str, object]] = []
    edges: list[dict[str, object]] = []
    for product in products:
        for route in _of(tables["routes"], product)["route"]:
            _add_route(tables, product, str(route), nodes, edges)
    node_table, edge_table = pd.DataFrame(nodes), pd.DataFrame(edges)
    _number(node_table, edge_table)
    tags, own = _own_content(node_table)
    return Network(node_table.drop(columns="materials"), edge_table, tags, own)


def _of(table: pd.DataFrame, product: str) -> pd.DataFrame:
    return table[table["product"] == product]


def _add_route(
    tables: Mapping[str, pd.DataFrame],
    product: str,
    route: str,
    nodes: list[dict[str, object]],
    edges: list[dict[str, object]],
) -> None:
    head = _of(tables["products"], product).iloc[0]
    parts = _of(tables["parts"], product).set_index("part")
    sites = _of(tables["sites"], product).set_index("site")
    chosen = _of(tables["routes"], product).set_index("route").loc[route]
    made = _of(tables["makings"], product)
    rules = _of(tables["crossing_rules"], product)
    rules = rules[rules["route"] == route]
    assembly = str(sites.loc[chosen["assembly"], "country"])
    at: dict[str, list[int]] = {}
    split: dict[int, float] = {}
    for part in _order(parts, product):
        own = made[(made["part"] == part) & (made["route"] == route)]
        own = own if len(own) else made[(made["part"] == part) & (made["route"] == "")]
        root = parts.loc[part, "into"] == ""
        places = (
            [(str(chosen["assembly"]), 1.0)]
            if root
            else list(zip(own["site"], own["split"], strict=True))
        )
        for site, share in places:
            country = str(sites.loc[site, "country"])
            split[len(nodes)] = float(share)
            at.setdefault(part, []).append(len(nodes))
            nodes.append(
                {
                    "product": product,
                    "route": route,
                    "part": part,
                    "part_title": parts.loc[part, "title"],
                    "hts": parts.loc[part, "hts"],
                    "industry": parts.loc[part, "industry"],
                    "materials": parts.loc[part, "materials"],
                    "site": site,
                    "site_title": sites.loc[site, "title"],
                    "country": country,
                    "maker": sites.loc[site, "maker"],
                    "lat": sites.loc[site, "lat"],
                    "lon": sites.loc[site, "lon"],
                    "indexed": root or country == assembly,
                }
            )
    at[MARKET] = [len(nodes)]
    market = str(head["market"])
    nodes.append(
        dict.fromkeys(nodes[-1], "")
        | {"product": product, "route": route, "part": MARKET, "part_title": head["title"]}
        | {"site": MARKET, "site_title": "Market", "country": market, "maker": market}
        | {"materials": "{}", "lat": np.nan, "lon": np.nan, "indexed": False}
    )
    for part in parts.index:
        into = str(parts.loc[part, "into"]) or MARKET
        for source in at[part]:
            for target in at[into]:
                edges.append(
                    _edge(nodes, source, target, split[source], rules) | {"last": into == MARKET}
                )


def _edge(
    nodes: list[dict[str, object]], source: int, target: int, weight: float, rules: pd.DataFrame
) -> dict[str, object]:
    sender, receiver = nodes[source], nodes[target]
    origin, importer = str(sender["country"]), str(receiver["country"])
    fitting = rules[
        (rules["part"] == sender["part"])
        & (rules["into_country"] == importer)
        & rules["from_country"].isin(["", origin])
    ].sort_values("from_country")
    # A rule for one country of dispatch is more special than one for all: it sorts last.
    facts = json.loads(str(fitting["attributes"].iloc[-1])) if len(fitting) else {}
    return {
        "product": sender["product"],
        "route": sender["route"],
        "part": sender["part"],
        "from": source,
        "to": target,
        "weight": weight,
        "crosses": origin != importer,
        "origin": origin,
        "importer": importer,
        "hts": sender["hts"],
        "facts": facts,
    }


def _order(parts: pd.DataFrame, product: str) -> list[str]:
    """Parts so that each comes before what it goes into.

    Raises
    ------
    DataError
        If they go into one another in a circle.
    """
    order: list[str] = []
    waiting = {str(part): str(into) for part, into in parts["into"].items()}
    while waiting:
        needed = set(waiting.values())
        ready = [part for part in waiting if part not in needed]
        if not ready:
            circle = " -> ".join(_circle(waiting))
            raise DataError(f"parts go into one another in a circle: {circle}", f"firm {product}")
        for part in ready:
            order.append(part)
            del waiting[part]
    return order


def _circle(into: Mapping[str, str]) -> list[str]:
    """Parts of one circle in their order, the first again at the end; there must be one."""
    import networkx as nx

    steps = nx.find_cycle(nx.DiGraph(list(into.items())))
    return [steps[0][0], *(target for _, target in steps)]


def _number(nodes: pd.DataFrame, edges: pd.DataFrame) -> None:
    """Fill ``level`` (longest way from a source) and ``units`` (how many in one product)."""
    level = np.zeros(len(nodes), dtype=np.int64)
    source, target = edges["from"].to_numpy(), edges["to"].to_numpy()
    weight = edges["weight"].to_numpy(dtype=float)
    for _ in range(len(nodes)):
        reached = level.copy()
        np.maximum.at(reached, target, level[source] + 1)
        if (reached == level).all():
            break
        level = reached
    units = np.where(nodes["part"] == MARKET, 1.0, 0.0)
    for height in range(int(level.max()), 0, -1):
        here = level[target] == height
        np.add.at(units, source[here], weight[here] * units[target[here]])
    nodes["level"], nodes["units"] = level, units
    edges["level"] = level[target]


def _own_content(nodes: pd.DataFrame) -> tuple[pd.DataFrame, Floats]:
    entries: list[tuple[int, tuple[str, str, str], float]] = []
    for index, row in enumerate(nodes.to_dict("records")):
        if row["part"] == MARKET:
            continue
        materials = {str(k): float(v) for k, v in json.loads(str(row["materials"])).items()}
        rest = 1.0 - sum(materials.values())
        for material, share in {**materials, OTHER: rest}.items():
            entries.append((index, (material, str(row["country"]), str(row["maker"])), share))
    keys = sorted({key for _, key, share in entries if share > 0})
    place = {key: i for i, key in enumerate(keys)}
    own = np.zeros((len(nodes), len(keys)))
    for index, key, share in entries:
        if share > 0:
            own[index, place[key]] = share
    return pd.DataFrame(keys, columns=["material", "country", "maker"]), own


def to_networkx(nodes: pd.DataFrame, legs: pd.DataFrame) -> nx.DiGraph[tuple[str, str]]:
    """One route as a networkx graph, for people: to draw, and to ask for paths and neighbours.

    Parameters
    ----------
    nodes
        Rows of one route: ``part, part_title, site, site_title, country, maker`` and
        ``value_added_central`` [USD per finished product].
    legs
        Rows of one route, each once: ``part, from_site, to_part, to_site, from_country,
        to_country, crosses``.

    Returns
    -------
    networkx.DiGraph
        A node is a pair (part, site) with ``part, part_title, site, site_title, country, maker``
        and ``value_added_usd``; the last is the market, which adds nothing. An edge has
        ``from_country, to_country, crosses``.
    """
    import networkx as nx

    view: nx.DiGraph[tuple[str, str]] = nx.DiGraph()
    names = ("part", "part_title", "site", "site_title", "country", "maker")
    for row in records(nodes):
        facts = {name: row[name] for name in names}
        view.add_node(
            (row["part"], row["site"]), **facts, value_added_usd=float(row["value_added_central"])
        )
    for row in records(legs):
        source, target = (row["part"], row["from_site"]), (row["to_part"], row["to_site"])
        if row["to_part"] == MARKET:
            market = {
                "part": MARKET,
                "part_title": "Market",
                "site": MARKET,
                "site_title": "Market",
            }
            country = {"country": row["to_country"], "maker": row["to_country"]}
            view.add_node(target, **market, **country, value_added_usd=0.0)
        ends = {name: row[name] for name in ("from_country", "to_country")}
        view.add_edge(source, target, **ends, crosses=bool(row["crosses"]))
    return view
