"""Products as graphs: sites make parts, legs carry them, some legs cross a customs border.

A node is one part made at one site on one route of one product; the last node of a route is the
market. Nodes are numbered so that what a node needs comes before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.frames import records

if TYPE_CHECKING:
    import networkx as nx

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Row = dict[str, Any]
MARKET = "market"
OTHER = "other"
FIRM_TABLES = (
    "products",
    "sites",
    "parts",
    "makings",
    "routes",
    "transformations",
    "crossing_rules",
)
"""What a graph is made of."""


@dataclass(frozen=True)
class Network:
    """Nodes, edges and tags of all products.

    Attributes
    ----------
    nodes
        ``product, route, part, part_title, hts, industry, site, site_title, country, maker, lat,
        lon, indexed, origin, origin_part, origin_reason, level, units``; ``units`` is the number of
        the part in one finished product, ``indexed`` says whether the route's cost index applies,
        ``origin`` is the country of the last stage that made it a new article, ``origin_part``.
    edges
        ``product, route, part, from, to, weight, crosses, dispatch, origin, importer, hts, facts,
        drawback, level, last``; ``weight`` is units of ``from`` in one unit of ``to``; ``level``
        that of ``to``; ``dispatch`` is where the leg begins, ``origin`` what customs calls it.
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
        Those of `FIRM_TABLES` as the firm documents give them.
    products
        Which of them, in this order.

    Raises
    ------
    DataError
        If parts go into one another in a circle, or a stage keeps the origin of a part that comes
        from several countries.
    """
    nodes: list[dict[str, object]] = []
    edges: list[dict[str, object]] = []
    rows = {name: _by_product(tables[name]) for name in FIRM_TABLES}
    for product in products:
        mine = {name: groups.get(product, []) for name, groups in rows.items()}
        for route in mine["routes"]:
            _add_route(mine, route, nodes, edges)
    node_table, edge_table = pd.DataFrame(nodes), pd.DataFrame(edges)
    _number(node_table, edge_table)
    tags, own = _own_content(node_table)
    return Network(node_table.drop(columns="materials"), edge_table, tags, own)


def _by_product(table: pd.DataFrame) -> dict[str, list[Row]]:
    """Rows of a table by product: a frame that is filtered row by row is slow."""
    groups: dict[str, list[Row]] = {}
    for row in records(table):
        groups.setdefault(str(row["product"]), []).append(row)
    return groups


def _add_route(
    mine: Mapping[str, list[Row]],
    route: Row,
    nodes: list[dict[str, object]],
    edges: list[dict[str, object]],
) -> None:
    """Add the nodes and edges of one route; ``mine`` holds the tables of its product."""
    head, name = mine["products"][0], str(route["route"])
    product, market = str(head["product"]), str(head["market"])
    where = f"firm {product}, route {name}"
    parts = {str(row["part"]): row for row in mine["parts"]}
    sites = {str(row["site"]): row for row in mine["sites"]}
    made = _making(mine["makings"], name)
    rules = _crossing_rules(mine["crossing_rules"], name)
    kept = _kept_origins(mine["transformations"], name)
    assembly = str(sites[route["assembly"]]["country"])
    at: dict[str, list[int]] = {}
    split: dict[int, float] = {}
    for part in _order({part: str(row["into"]) for part, row in parts.items()}, product):
        root = parts[part]["into"] == ""
        for site, share in [(str(route["assembly"]), 1.0)] if root else made[part]:
            country = str(sites[site]["country"])
            split[len(nodes)] = share
            at.setdefault(part, []).append(len(nodes))
            nodes.append(
                {
                    "product": product,
                    "route": name,
                    "part": part,
                    "part_title": parts[part]["title"],
                    **{key: parts[part][key] for key in ("hts", "industry", "materials")},
                    "site": site,
                    "site_title": sites[site]["title"],
                    **{key: sites[site][key] for key in ("country", "maker", "lat", "lon")},
                    "indexed": root or country == assembly,
                    **_origin(part, country, kept, at, nodes, where),
                }
            )
    at[MARKET] = [len(nodes)]
    nodes.append(
        dict.fromkeys(nodes[-1], "")
        | {"product": product, "route": name, "part": MARKET, "part_title": head["title"]}
        | {"site": MARKET, "site_title": "Market", "country": market, "maker": market}
        | {"materials": "{}", "lat": np.nan, "lon": np.nan, "indexed": False, "origin": market}
    )
    for part, row in parts.items():
        into = str(row["into"]) or MARKET
        for source in at[part]:
            for target in at[into]:
                edges.append(
                    _edge(nodes, source, target, split[source], rules) | {"last": into == MARKET}
                )


def _making(rows: list[Row], route: str) -> dict[str, list[tuple[str, float]]]:
    """Sites and splits by part; what a route says of a part replaces what holds on all routes."""
    general: dict[str, list[tuple[str, float]]] = {}
    special: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        if row["route"] in ("", route):
            into = special if row["route"] else general
            into.setdefault(str(row["part"]), []).append((str(row["site"]), float(row["split"])))
    return general | special


def _crossing_rules(rows: list[Row], route: str) -> dict[tuple[str, str, str], Row]:
    """Rules of a route by part, importing country and country of dispatch (empty: any)."""
    return {
        (str(row["part"]), str(row["into_country"]), str(row["from_country"])): row
        for row in rows
        if row["route"] == route
    }


def _kept_origins(rows: list[Row], route: str) -> dict[str, tuple[str, str]]:
    """Stages that confer no origin on a route: the part that they keep it of, and the reason."""
    general = {str(row["part"]): row for row in rows if row["route"] == ""}
    special = {str(row["part"]): row for row in rows if row["route"] == route}
    return {
        part: (str(row["keeps"]), str(row["reason"]))
        for part, row in (general | special).items()
        if not row["done"]
    }


def _origin(
    part: str,
    country: str,
    kept: Mapping[str, tuple[str, str]],
    at: Mapping[str, list[int]],
    nodes: list[dict[str, object]],
    where: str,
) -> dict[str, object]:
    """Origin of a node: its country, or that of the part whose character it keeps.

    Raises
    ------
    DataError
        If that part comes from several countries on this route.
    """
    if part not in kept:
        return {"origin": country, "origin_part": part, "origin_reason": ""}
    whose, reason = kept[part]
    found = {str(nodes[number]["origin"]) for number in at.get(whose, [])}
    if len(found) != 1:
        raise DataError(
            f"{part} keeps the origin of {whose}, which comes from "
            f"{', '.join(sorted(found)) or 'nowhere'}",
            where,
            "one country: make a route of each",
        )
    first = nodes[at[whose][0]]
    return {
        "origin": found.pop(),
        "origin_part": str(first["origin_part"]),
        "origin_reason": reason,
    }


def _edge(
    nodes: list[dict[str, object]],
    source: int,
    target: int,
    weight: float,
    rules: Mapping[tuple[str, str, str], Row],
) -> dict[str, object]:
    sender, receiver = nodes[source], nodes[target]
    dispatch, importer = str(sender["country"]), str(receiver["country"])
    part = str(sender["part"])
    # A rule for one country of dispatch is more special than one for all.
    rule = rules.get((part, importer, dispatch)) or rules.get((part, importer, ""))
    return {
        "product": sender["product"],
        "route": sender["route"],
        "part": part,
        "from": source,
        "to": target,
        "weight": weight,
        "crosses": dispatch != importer,
        "dispatch": dispatch,
        "origin": sender["origin"],
        "importer": importer,
        "hts": sender["hts"],
        "facts": json.loads(str(rule["attributes"])) if rule else {},
        "drawback": float(rule["drawback"]) if rule else 0.0,
    }


def _order(into: Mapping[str, str], product: str) -> list[str]:
    """Parts so that each comes before what it goes into.

    Raises
    ------
    DataError
        If they go into one another in a circle.
    """
    order: list[str] = []
    waiting = dict(into)
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
    for index, row in enumerate(records(nodes)):
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
