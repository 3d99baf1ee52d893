"""The library of products as a page.

``python -m exposure.reports.products_page > docs/products.md`` writes it.
Every figure with its range, its grade and its source stands in ``data/raw/firms``; the page shows
what a reader needs to choose a product and to judge it.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pandas as pd

from exposure.facts.world import World, load
from exposure.frames import records
from exposure.law.codes import dotted
from exposure.reports.style import count, country, span, usd

GRADES = "ABCD"


def page(world: World) -> str:
    """The page as Markdown."""
    tables = world.tables
    lines = [
        "# Products",
        "",
        "Made from `data/raw/firms` by `python -m exposure.reports.products_page`; do not edit. "
        "Grades: A disclosed, B derived from what is disclosed, C estimated, D illustrative. "
        "`exposure run --product NAME` runs one; `exposure new product NAME` begins your own.",
        "",
        "| product | firm | routes | figures of grade A, B, C, D |",
        "|---|---|---|---|",
    ]
    for product in records(tables["products"]):
        name = product["product"]
        routes = "; ".join(_own(world, "routes", name)["title"])
        grades = Counter(_own(world, "figures", name)["grade"])
        held = ", ".join(str(grades[grade]) for grade in GRADES)
        lines.append(f"| `{name}` | {product['firm']} | {routes} | {held} |")
    for product in records(tables["products"]):
        lines += ["", *_product(tables["figures"], world, product)]
    return "\n".join(lines) + "\n"


def _product(figures: pd.DataFrame, world: World, product: dict[str, object]) -> list[str]:
    name = product["product"]
    found = {str(row["id"]): row for row in records(figures[figures["product"] == name])}
    value = found[f"{name}/customs_value_usd"]
    grades = Counter(str(row["grade"]) for row in found.values())
    listed = ", ".join(f"{grades[grade]} {grade}" for grade in GRADES)
    parts, sites = _own(world, "parts", name), _own(world, "sites", name)
    makers = ", ".join(country(str(code)) for code in dict.fromkeys(sites["country"]))
    worth = span(usd, value["low"], value["central"], value["high"])
    lines = [
        f"## {product['title']}",
        "",
        f"`{name}`: {product['firm']}, sold in {country(str(product['market']))}, "
        f"{product['year']}. Customs value {worth} a {product['unit']} (grade "
        f"{value['grade']}). {len(parts)} stages in {makers}. "
        f"Figures by grade: {listed}.",
        "",
        "| route | assembled in | units a year | grade | capacity | days to entry |",
        "|---|---|---:|---|---:|---:|",
    ]
    where = sites.set_index("site")["country"]
    for route in records(_own(world, "routes", name)):
        volume = found[f"{name}/route/{route['route']}/volume"]
        units = span(count, volume["low"], volume["central"], volume["high"])
        lines.append(
            f"| {route['title']} | {country(str(where[route['assembly']]))} | {units} | "
            f"{volume['grade']} | {_known(found, name, route, 'capacity')} | "
            f"{_known(found, name, route, 'transit_days')} |"
        )
    years = _own(world, "volumes_by_year", name)
    if len(years):
        told = "; ".join(
            f"`{row['route']}` {row['year']}: {count(row['units'])} (grade {row['grade']})"
            for row in records(years)
        )
        lines += ["", f"By calendar year: {told}."]
    kept = _own(world, "transformations", name)
    for row in records(kept[~kept["done"]]):
        where_text = f"On the route `{row['route']}`, " if row["route"] else ""
        lines += [
            "",
            f"{where_text}`{row['part']}` keeps the origin of `{row['keeps']}`: {row['reason']} "
            f"(grade {row['grade']}, {row['source']})",
        ]
    lines += [
        "",
        "| stage | HTS | share of customs value | grade | source |",
        "|---|---|---:|---|---|",
    ]
    for part in records(parts):
        share = found[f"{name}/part/{part['part']}"]
        text = span(_percent, share["low"], share["central"], share["high"])
        cells = (part["title"], dotted(str(part["hts"])), text, share["grade"], share["source"])
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def _known(
    found: dict[str, dict[str, Any]], name: object, route: dict[str, object], what: str
) -> str:
    """A figure that a route may have, with its range; empty where it has none."""
    figure = found.get(f"{name}/route/{route['route']}/{what}")
    return span(count, figure["low"], figure["central"], figure["high"]) if figure else ""


def _own(world: World, table: str, product: object) -> pd.DataFrame:
    rows = world.tables[table]
    return rows[rows["product"] == product]


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %"


if __name__ == "__main__":
    sys.stdout.write(page(load()))
