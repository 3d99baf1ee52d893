"""Where the parts of a product are made and which borders they cross, on a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures import land
from exposure.reports.figures.draw import render
from exposure.reports.style import COLOURS, DUTY_COLOUR, count, country, is_unknown, percent, usd
from exposure.routes.graph import MARKET

Floats = NDArray[np.float64]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

WIDTH, HEIGHT, STRIP = 7.2, 3.8, 0.3
"""Inches; the strip below the map holds the legend."""
NEAR = 6.0
"""Sites of a country closer than this [degrees] share the ends of their lines."""
LABELS = 9
LABEL_SIZE = 7.5
THICKEST, THINNEST = 6.5, 0.8
# Colour and dashes say the same: one is enough to tell them apart.
STATES: dict[str, tuple[str, Any, str]] = {
    "free": (COLOURS[0], "solid", "Border, no duty"),
    "paid": (DUTY_COLOUR, (0, (1.6, 0.7)), "Border, duty paid"),
    "unknown": ("#777777", (0, (0.6, 0.9)), "Border, duty not known"),
}
SEA, LAND, INK = "#F3F6F9", "#DADDD8", "#222222"


@dataclass(frozen=True)
class Site:
    """A place where value is added, or the market."""

    country: str
    place: Point
    value: float


@dataclass(frozen=True)
class Line:
    """All legs between two places that cross a border and are alike in duty."""

    start: Point
    end: Point
    state: str
    value: float


def crossings(tables: Mapping[str, pd.DataFrame], scenario: str, product: str, route: str) -> Any:
    """Legs that cross a border, with the state of their duty: free, paid or unknown."""
    legs = tables["legs"]
    legs = legs[
        (legs["scenario"] == scenario)
        & (legs["case"] == "scenario")
        & (legs["product"] == product)
        & (legs["route"] == route)
        & legs["crosses"]
    ]
    states = [
        "unknown" if is_unknown(duty) else "paid" if duty > 0 else "free"
        for duty in legs["duty_usd_per_unit"].astype(float)
    ]
    return legs.assign(state=states)


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, product: str, route: str) -> Figure:
    """Map of one route under the scenario's law."""
    legs = crossings(tables, scenario, product, route)
    nodes = tables["nodes"]
    nodes = nodes[(nodes["product"] == product) & (nodes["route"] == route)]
    row = records(tables["products"].query(f"product == {product!r}"))[0]
    cost = tables["landed_cost"]
    cost = cost[(cost["product"] == product) & (cost["route"] == route)]
    market = str(row["market"])
    way = f"on the way to {_the(country(market))}"
    title = f"{row['title']}, {cost['route_title'].iloc[0]}: " + (
        f"parts and product cross a border {_times(len(legs))} {way}; {_costs(legs['state'])}"
        if len(legs)
        else f"parts and product cross no border {way}"
    )
    added = nodes.groupby("country")["value_added_central"].sum()
    shares = (added / added.sum()).sort_values(ascending=False, kind="stable")
    rows = [
        (
            country(str(start)),
            country(str(end)),
            count(len(group)),
            count(int((group["state"] == "paid").sum())),
            usd(float(group["value_usd_per_unit"].sum())),
            usd(float(group["duty_usd_per_unit"].sum(skipna=False))),
        )
        for (start, end), group in legs.groupby(["from_country", "to_country"])
    ]
    names = ("From", "To", "Crossings", "With duty", "Value, USD a unit", "Duty, USD a unit")
    told = ", ".join(f"{country(str(code))} {percent(share)}" for code, share in shares.items())
    return Figure(
        id=f"map-{scenario}-{product}-{route}",
        title=title,
        alt=f"Value added: {told}. Crossings: "
        + "; ".join(f"{a} to {b} {n}, with duty {m}" for a, b, n, m, *_ in rows),
        svg=render(WIDTH, HEIGHT, lambda figure: _paint(figure, nodes, legs, market, shares)),
        source="Firm documents and tariff law; per cent: share of value added; width of lines by "
        "the square root of the value carried, central values. Lines do not show the way of a "
        f"ship. Land: {land.SOURCE}.",
        table=Table(title, names, tuple(rows), numeric=frozenset({2, 3, 4, 5})),
    )


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _costs(states: pd.Series[str]) -> str:
    paid, unknown = int((states == "paid").sum()), int((states == "unknown").sum())
    told = f"{paid or 'none'} of the crossings {'costs' if paid == 1 else 'cost'} a duty"
    return f"{told}, {unknown} not known" if unknown else told


def _the(name: str) -> str:
    return f"the {name}" if name.startswith(("United", "European")) else name


def _paint(
    figure: Any, nodes: pd.DataFrame, legs: pd.DataFrame, market: str, shares: pd.Series[float]
) -> None:
    # The map fills the canvas to its edges; the legend has the strip below it.
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, STRIP / HEIGHT, 1.0, 1 - STRIP / HEIGHT))
    sites, goal = _sites(nodes, market)
    west = _seam([site.place[0] for site in sites.values()] + ([goal[0]] if goal else []))
    sites = {
        key: Site(site.country, _east(site.place, west), site.value) for key, site in sites.items()
    }
    if goal:
        goal = _east(goal, west)
    ends = _clusters(sites)
    lines = _lines(legs, ends, goal)
    curves = [_curve(line) for line in lines]
    points = np.array([*(site.place for site in sites.values()), *([goal] if goal else [])])
    view = _view(np.vstack([points, *curves]))
    stretch = 1 / np.cos(np.radians((view[1] + view[3]) / 2))
    _paint_land(axes, view)
    _paint_lines(axes, lines, curves)
    largest = max(site.value for site in sites.values())
    for site in sorted(sites.values(), key=lambda site: -site.value):
        axes.plot(*site.place, "o", ms=2.0 + 6.0 * np.sqrt(site.value / largest), mfc=INK,
                  mec="white", mew=0.5, zorder=5)  # fmt: skip
    if goal:
        axes.plot(*goal, "*", ms=13, mfc="#F0E442", mec="black", mew=0.8, zorder=6)
    axes.set_xlim(view[0], view[2])
    axes.set_ylim(view[1], view[3])
    axes.set_aspect(stretch, adjustable="box")
    axes.set_facecolor(SEA)
    axes.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _paint_labels(axes, view, sites, goal, shares, curves)
    _paint_legend(figure, {line.state for line in lines}, bool(goal))


def _sites(nodes: pd.DataFrame, market: str) -> tuple[dict[str, Site], Point | None]:
    """Sites by name with what they add, and the middle of the market if it is known."""
    found: dict[str, Site] = {}
    middles = land.middles()
    for row in records(nodes):
        site = found.get(row["site"])
        value = row["value_added_central"] + (site.value if site else 0.0)
        place = (row["lon"], row["lat"])
        if is_unknown(row["lon"]) or is_unknown(row["lat"]):
            place = middles.get(row["country"], (0.0, 0.0))
        found[row["site"]] = Site(row["country"], place, value)
    return found, middles.get(market)


def _seam(longitudes: list[float]) -> float:
    """Where the map is cut: in the middle of the widest empty stretch of longitude."""
    ordered = np.unique(np.mod(longitudes, 360.0))
    gaps = np.diff([*ordered, ordered[0] + 360.0])
    widest = int(np.argmax(gaps))
    seam = float(ordered[widest] + gaps[widest] / 2)
    return seam - 360.0 if seam > 180.0 else seam


def _east(place: Point, west: float) -> Point:
    """The place with its longitude counted eastward from the seam."""
    return (west + (place[0] - west) % 360.0, place[1])


def _clusters(sites: Mapping[str, Site]) -> dict[str, Point]:
    """Where lines of each site end: at the largest site of its country nearby."""
    heads: list[Site] = []
    found = {}
    for name, site in sorted(sites.items(), key=lambda item: (-item[1].value, item[0])):
        near = [
            head
            for head in heads
            if head.country == site.country
            and np.hypot(head.place[0] - site.place[0], head.place[1] - site.place[1]) < NEAR
        ]
        if not near:
            heads.append(site)
        found[name] = (near or [site])[0].place
    return found


def _lines(legs: pd.DataFrame, ends: Mapping[str, Point], goal: Point | None) -> list[Line]:
    """Legs summed by their ends and their duty, the thickest first."""
    sums: dict[tuple[Point, Point, str], float] = {}
    for leg in records(legs):
        end = goal if leg["to_part"] == MARKET else ends[leg["to_site"]]
        if end is not None:
            key = (ends[leg["from_site"]], end, leg["state"])
            sums[key] = sums.get(key, 0.0) + leg["value_usd_per_unit"]
    lines = [Line(*key, value) for key, value in sums.items()]
    return sorted(lines, key=lambda line: (-line.value, line.start, line.end))


def _curve(line: Line) -> Floats:
    """A bent line (point, longitude and latitude); the two ways between places bend apart."""
    start, end = np.array(line.start), np.array(line.end)
    along = end - start
    bend = 0.22 if line.state == "paid" else 0.14
    middle = (start + end) / 2 + bend * np.array([-along[1], along[0]])
    t = np.linspace(0, 1, 25)[:, None]
    curve: Floats = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
    return curve


def _view(points: Floats) -> Box:
    """West, south, east and north: all points with a margin, in the shape of the canvas."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    middle, width = (west + east) / 2, max(1.16 * (east - west) + 8, 60.0)
    centre, height = (south + north) / 2, 1.16 * (north - south) + 6
    shape = (HEIGHT - STRIP) / WIDTH * np.cos(np.radians(centre))
    width, height = max(width, height / shape), max(height, width * shape)
    # No map needs the poles.
    centre = float(np.clip(centre, min(-60 + height / 2, 0), max(84 - height / 2, 0)))
    return (middle - width / 2, centre - height / 2, middle + width / 2, centre + height / 2)


def _paint_land(axes: Any, view: Box) -> None:
    from matplotlib.collections import PolyCollection

    seen = []
    for ring in land.rings():
        for turn in (-360.0, 0.0, 360.0):
            moved = ring + np.array([turn, 0.0])
            (west, south), (east, north) = moved.min(axis=0), moved.max(axis=0)
            if west < view[2] and east > view[0] and south < view[3] and north > view[1]:
                seen.append(moved)
    axes.add_collection(
        PolyCollection(seen, facecolor=LAND, edgecolor="#A9AFA6", linewidth=0.35, zorder=1)
    )


def _paint_lines(axes: Any, lines: list[Line], curves: list[Floats]) -> None:
    largest = max((line.value for line in lines), default=1.0)
    for line, curve in zip(lines, curves, strict=True):
        colour, dashes, _ = STATES[line.state]
        width = max(THINNEST, THICKEST * float(np.sqrt(line.value / largest)))
        order = 4 if line.state == "paid" else 3
        axes.plot(curve[:, 0], curve[:, 1], color=colour, linestyle=dashes, linewidth=width,
                  alpha=0.8, solid_capstyle="butt", dash_capstyle="butt", zorder=order)  # fmt: skip
        # The head stands where the line is free of the places at its ends.
        tail, tip = curve[15], curve[16]
        axes.annotate("", tip, tail, zorder=order, arrowprops={
            "arrowstyle": "-|>", "color": colour, "linewidth": 0, "shrinkA": 0, "shrinkB": 0,
            "mutation_scale": 8 + 2.2 * width})  # fmt: skip


def _paint_labels(
    axes: Any,
    view: Box,
    sites: Mapping[str, Site],
    goal: Point | None,
    shares: pd.Series[float],
    curves: list[Floats],
) -> None:
    """Names of countries at their largest site, each where it covers the least."""
    scale = np.array([WIDTH / (view[2] - view[0]), (HEIGHT - STRIP) / (view[3] - view[1])]) * 72

    def points(place: Any) -> Floats:
        found: Floats = (np.asarray(place) - view[:2]) * scale
        return found

    dots = points([site.place for site in sites.values()] + ([goal] if goal else []))
    drawn = points(np.vstack(curves)) if curves else dots
    taken: list[Box] = []
    for code, share in list(shares.items())[:LABELS]:
        own = [site for site in sites.values() if site.country == code]
        head = max(own, key=lambda site: site.value)
        text = f"{country(str(code))} {percent(float(share))}"
        width, height = 0.6 * LABEL_SIZE * len(text), 1.35 * LABEL_SIZE
        x, y = points(head.place)
        options: list[tuple[float, int, Box]] = []
        for ring, far in enumerate((9.0, 20.0, 34.0)):
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
                left = x + dx * far + (dx - 1) * width / 2
                low = y + dy * far + (dy - 1) * height / 2
                box = (left, low, left + width, low + height)
                cost = 1000.0 * sum(_overlap(box, other) for other in taken)
                cost += 1000.0 * (1 - _within(box))
                cost += 40 * _inside(box, dots) + 3 * _inside(box, drawn) + 6 * ring
                options.append((cost, len(options), box))
        box = min(options)[2]
        taken.append(box)
        place = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]) / scale + view[:2]
        # A thin line leads a name that stands off to its site.
        axes.plot(*zip(place, head.place, strict=True), color=INK, linewidth=0.5, zorder=4.5)
        back = {"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.8}
        axes.text(*place, text, ha="center", va="center", size=LABEL_SIZE, zorder=7, bbox=back)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _within(box: Box) -> bool:
    return (
        box[0] > 2 and box[1] > 2 and box[2] < WIDTH * 72 - 2 and box[3] < (HEIGHT - STRIP) * 72 - 2
    )


def _inside(box: Box, points: Floats) -> int:
    x, y = points[:, 0], points[:, 1]
    return int(((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).sum())


def _paint_legend(figure: Any, states: set[str], market: bool) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, linestyle=dashes, linewidth=2.5, label=label)
        for state, (colour, dashes, label) in STATES.items()
        if state in states
    ]
    handles.append(Line2D([], [], marker="o", linestyle="", mfc=INK, mec="white", ms=6,
                          label="Site, by value added"))  # fmt: skip
    if market:
        handles.append(Line2D([], [], marker="*", linestyle="", mfc="#F0E442", mec="black", ms=11,
                              mew=0.8, label="Market"))  # fmt: skip
    figure.legend(handles=handles, loc="lower center", ncol=len(handles), frameon=False,
                  fontsize=8, borderpad=0.2, handlelength=2.6, columnspacing=1.4)  # fmt: skip
