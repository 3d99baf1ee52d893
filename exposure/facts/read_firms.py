"""Reads ``data/raw/firms``: product documents become tables, every figure with its range."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from exposure.errors import DataError, ExposureError, Problems
from exposure.facts.documents import Figure, Making, Product, Transformation
from exposure.facts.strict_yaml import read_document

SUM_TOLERANCE = 1e-6
TABLES = (
    "products",
    "sites",
    "parts",
    "makings",
    "routes",
    "volumes_by_year",
    "transformations",
    "crossing_rules",
    "figures",
)


def read_firms(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of all products: those of `TABLES`.

    Raises
    ------
    Problems
        All documents that are not well formed, a line each.
    """
    problems: list[ExposureError] = []
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    for path in sorted(folder.glob("*.yaml")):
        try:
            product = read_document(Product, path)
            found = list(product_problems(product, path))
            problems.extend(found)
            if not found:
                for name, rows in product_rows(product).items():
                    tables[name].extend(rows)
        except Problems as error:
            problems.extend(error.problems)
        except ExposureError as error:
            problems.append(error)
    if problems:
        raise Problems(problems)
    return {name: pd.DataFrame(rows) for name, rows in tables.items()}


def product_problems(product: Product, path: Path) -> list[ExposureError]:
    """Everything that the form alone cannot hold: names that match, splits and shares that add."""
    found: list[ExposureError] = []

    def say(field: str, what: str, mend: str = "") -> None:
        found.append(DataError(f"{field}: {what}", str(path), mend))

    sites = {site.id for site in product.sites}
    parts = {part.id for part in product.parts}
    routes = {route.id for route in product.routes}
    if product.reference_route not in routes:
        say("reference_route", f"{product.reference_route!r} is no route", ", ".join(routes))
    roots = [part.id for part in product.parts if part.into is None]
    if len(roots) != 1:
        say("parts", f"one part has no `into` (the final assembly), here {len(roots)}")
    total = sum(part.share.central for part in product.parts)
    if abs(total - 1) > SUM_TOLERANCE:
        say("parts", f"shares add up to {total:.6f}", "they must add up to 1")
    for part in product.parts:
        if part.into is not None and part.into not in parts:
            say(f"parts.{part.id}.into", f"{part.into!r} is no part", ", ".join(sorted(parts)))
        if sum(part.materials.values()) > 1 + SUM_TOLERANCE:
            say(f"parts.{part.id}.materials", "shares add up to more than 1")
    circle = _circle({part.id: part.into for part in product.parts})
    if circle:
        say("parts", f"circle: {' -> '.join(circle)}", "a part must lead to the final assembly")
    for route in product.routes:
        if route.capacity is not None and route.volume.central > route.capacity.central:
            say(
                f"routes.{route.id}.capacity",
                f"volume {route.volume.central:,.0f} lies above it: {route.capacity.central:,.0f}",
                "at least the volume of today",
            )
        if route.pool is not None and route.capacity is None:
            say(f"routes.{route.id}.pool", "a pool has a `capacity`, which each route states")
        if route.assembly not in sites:
            say(f"routes.{route.id}.assembly", f"{route.assembly!r} is no site")
        for part in product.parts:
            making = route.makings.get(part.id, part.making)
            if part.into is None:
                continue
            field = f"routes.{route.id}.makings.{part.id}"
            if making is None:
                say(field, "is made nowhere", "give `making` on the part or the route")
                continue
            added = sum(item.split for item in making.made_at)
            if abs(added - 1) > SUM_TOLERANCE:
                say(field, f"splits add up to {added:.6f}", "they must add up to 1")
            for item in making.made_at:
                if item.site not in sites:
                    say(field, f"{item.site!r} is no site")
        named = [*route.makings, *route.transformations, *(rule.part for rule in route.crossings)]
        for name in named:
            if name not in parts:
                say(f"routes.{route.id}", f"{name!r} is no part", ", ".join(sorted(parts)))
    for place, stage, change in _transformations(product):
        field = f"routes.{place}.transformations.{stage}" if place else f"parts.{stage}"
        inputs = sorted(item.id for item in product.parts if item.into == stage)
        if change.keeps is not None and change.keeps not in inputs:
            say(f"{field}.keeps", f"{change.keeps!r} does not go into {stage}", ", ".join(inputs))
    return found


def _transformations(product: Product) -> list[tuple[str, str, Transformation]]:
    """Route (empty for all), part and what is said of its transformation."""
    general = [("", part.id, part.transformation) for part in product.parts if part.transformation]
    return general + [
        (route.id, part, change)
        for route in product.routes
        for part, change in route.transformations.items()
    ]


def product_hints(product: Product) -> list[str]:
    """What a product file may state and does not, and what is taken instead; not errors."""
    hints = []
    if product.stock_days is None:
        hints.append("stock_days is not stated: `exposure timing` needs it, or flows")
    for part in product.parts:
        if not part.materials:
            hints.append(f"parts.{part.id}.materials is not stated: no metal or chip content")
    for site in product.sites:
        if site.lat is None or site.lon is None:
            hints.append(
                f"sites.{site.id} has no place: the map shows the middle of {site.country}"
            )
    for route in product.routes:
        absent = {
            "capacity": (route.capacity, "no limit"),
            "switching_cost_usd": (route.switching_cost_usd, "moving costs nothing"),
            "transit_days": (route.transit_days, "not shown"),
            "arrives_by": (route.arrives_by, "no harbor fee"),
        }
        hints += [
            f"routes.{route.id}.{name} is not stated: {taken}"
            for name, (value, taken) in absent.items()
            if value is None
        ]
    illustrative = [
        name
        for name, figure in (
            ("customs_value_usd", product.customs_value_usd),
            *((f"parts.{part.id}.share", part.share) for part in product.parts),
        )
        if figure.grade == "D"
    ]
    if illustrative:
        hints.append(f"grade D (illustrative): {', '.join(illustrative)}")
    return hints


def _circle(into: dict[str, str | None]) -> list[str]:
    """A way through the parts that comes back to itself; empty if there is none."""
    for start in into:
        way = [start]
        while (following := into.get(way[-1])) is not None:
            if following in way:
                return [*way[way.index(following) :], following]
            way.append(following)
    return []


def product_rows(product: Product) -> dict[str, list[dict[str, object]]]:
    """Rows of one product for every table."""
    key = {"product": product.id}
    makings = [
        key | row
        for part in product.parts
        if part.making
        for row in _making_rows("", part.id, part.making)
    ]
    makings += [
        key | row
        for route in product.routes
        for part, making in route.makings.items()
        for row in _making_rows(route.id, part, making)
    ]
    head = product.model_dump(
        include={
            "title", "firm", "market", "unit", "year", "sector", "category", "importer",
            "reference_route", "composite", "note",
        }
    )  # fmt: skip
    return {
        "products": [key | head],
        "sites": [
            key
            | {"site": site.id}
            | site.model_dump(exclude={"id", "lat", "lon"})
            | {"lat": _degrees(site.lat), "lon": _degrees(site.lon)}
            for site in product.sites
        ],
        "parts": [
            key
            | {
                "part": part.id,
                "title": part.title,
                "hts": part.hts,
                "into": part.into or "",
                "industry": part.industry,
                "materials": json.dumps(part.materials, sort_keys=True),
            }
            for part in product.parts
        ],
        "makings": makings,
        "routes": [
            key
            | {"route": route.id, "title": route.title, "assembly": route.assembly}
            | {"arrives_by": route.arrives_by or "", "pool": route.pool or ""}
            for route in product.routes
        ],
        "volumes_by_year": [
            key | {"route": route.id} | item.model_dump()
            for route in product.routes
            for item in route.volumes_by_year
        ],
        "transformations": [
            key
            | {"route": route, "part": part, "keeps": change.keeps or ""}
            | change.model_dump(include={"done", "reason", "grade", "source"})
            for route, part, change in _transformations(product)
        ],
        "crossing_rules": [
            key
            | {
                "route": route.id,
                "part": rule.part,
                "into_country": rule.into_country,
                "from_country": rule.from_country or "",
                "drawback": rule.drawback,
                "attributes": json.dumps(rule.attributes, sort_keys=True),
                "source": rule.source,
                "note": rule.note,
            }
            for route in product.routes
            for rule in route.crossings
        ],
        "figures": _figures(product),
    }


def _degrees(value: float | None) -> float:
    return float("nan") if value is None else value


def _making_rows(route: str, part: str, making: Making) -> list[dict[str, object]]:
    return [
        {
            "route": route,
            "part": part,
            "site": item.site,
            "split": item.split,
            "grade": making.grade,
            "source": making.source,
            "note": making.note,
        }
        for item in making.made_at
    ]


def _figures(product: Product) -> list[dict[str, object]]:
    """Every figure of the product under a name that says whose it is."""
    unit = product.unit
    named: list[tuple[str, str, str, Figure]] = [
        ("customs_value_usd", f"Customs value of the {product.title}", f"USD per {unit}",
         product.customs_value_usd),
        ("parts_freight_share", "Freight of parts across borders", "share of value",
         product.parts_freight_share),
    ]  # fmt: skip
    if product.stock_days is not None:
        named.append(("stock_days", f"Days in stock before sale, {product.title}", "days",
                      product.stock_days))  # fmt: skip
    named += [
        (f"part/{part.id}", f"Value added in {part.title}", "share of customs value", part.share)
        for part in product.parts
    ]
    for route in product.routes:
        named += [
            (f"route/{route.id}/volume", f"Volume: {route.title}", f"{unit} a year", route.volume),
            (f"route/{route.id}/cost_index", f"Cost index: {route.title}", "reference route = 1",
             route.cost_index),
            (f"route/{route.id}/freight_share", f"Freight to market: {route.title}",
             "share of value", route.freight_share),
        ]  # fmt: skip
        optional = [
            ("capacity", "Capacity", f"{unit} a year", route.capacity),
            ("switching_cost_usd", "Cost of moving one more unit a year", f"USD per {unit}",
             route.switching_cost_usd),
            ("transit_days", "Days from loading to entry", "days", route.transit_days),
            ("parts_offset_usd", "Credit against duty on parts", f"USD per {unit}",
             route.parts_offset_usd),
        ]  # fmt: skip
        named += [
            (f"route/{route.id}/{name}", f"{title}: {route.title}", text, figure)
            for name, title, text, figure in optional
            if figure is not None
        ]
    return [
        {"product": product.id, "id": f"{product.id}/{name}", "title": title, "unit": text}
        | figure.model_dump()
        for name, title, text, figure in named
    ]
