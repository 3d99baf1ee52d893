"""Where the parts of a product are made and which borders they cross, on a map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.reports.description import Figure, Table, joined, text_of
from exposure.reports.figures import land
from exposure.reports.figures.canvas import PAPER, Canvas, text_width
from exposure.reports.page import Page, Row
from exposure.reports.style import COLOURS, DUTY_COLOUR
from exposure.reports.words import is_unknown
from exposure.routes.graph import MARKET

Floats = NDArray[np.float64]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

WIDTH, HEIGHT, STRIP = 680.0, 372.0, 26.0
"""Pixels; the strip below the map holds the legend."""
NEAR = 6.0
"""Sites of a country closer than this [degrees] share the ends of their lines."""
LABELS = 9
LABEL_SIZE = 10.0
THICKEST, THINNEST = 6.5, 1.0
# Colour and dashes say the same: one is enough to tell them apart.
STATES = {
    "free": (COLOURS[0], ""),
    "paid": (DUTY_COLOUR, "5 2.5"),
    "unknown": ("#777777", "2 3"),
}
SEA, LAND, COAST, DOT = "#eef3f8", "#dadcd7", "#a9afa6", "#222222"
STAR = "#F0E442"
VIEWS = ("scenario", "baseline")
SPECK = 1.5
"""Land smaller than this [px] is left out."""


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


def draw(page: Page, scenario: str, product: str, route: str) -> Figure:
    """Map of one route under the scenario's law; the other view is the baseline's."""
    where = {"scenario": scenario, "product": product, "route": route}
    made = page.rows("products", product=product)[0]
    head = page.rows("landed_cost", case="scenario", **where)[0]
    counts = page.rows("border_counts", case="scenario", **where)[0]
    shares = page.rows("value_countries", product=product, route=route)
    pairs = page.rows("border_pairs", case="scenario", **where)
    title = page.say(
        "map.title_none"
        if not counts["crossings"]
        else "map.title_unknown" if counts["unknown"] else "map.title",
        product=made.value("title", "quote"), route=head.value("route_title", "quote"),
        count=counts.count("crossings"), paid=counts.count("paid"), unknown=counts.count("unknown"),
    )  # fmt: skip
    rows = tuple(
        (
            (row.name("from_country", "country"),), (row.name("to_country", "country"),),
            (row.count("crossings"),), (row.count("paid"),), (row.usd("value_usd_per_unit"),),
            (row.usd("duty_usd_per_unit"),),
        )
        for row in pairs
    )  # fmt: skip
    added = joined(
        ", ", (text_of(row.name("country", "country"), " ", row.percent("share")) for row in shares)
    )
    crossed = joined(
        "; ",
        (page.say("map.crossing", start=a, end=b, count=n, paid=m) for a, b, n, m, *_ in rows),
    )
    name = f"map-{scenario}-{product}-{route}"
    views = []
    for case in VIEWS:
        legs = page.rows("legs", case=case, **where)
        svg = _paint(page, product, route, [leg for leg in legs if leg["crosses"]], made["market"])
        views.append((page.label(f"component.{case}"), svg))
    return Figure(
        id=name,
        title=title,
        alt=page.say("map.alt", added=added, crossings=crossed),
        views=tuple(views),
        source=page.say("map.source"),
        table=Table(f"{name}-table", title, page.labels("map.columns"), rows,
                    numeric=frozenset({2, 3, 4, 5})),
    )  # fmt: skip


def _state(leg: Row) -> str:
    duty = leg["duty_usd_per_unit"]
    return "unknown" if is_unknown(duty) else "paid" if duty > 0 else "free"


def _paint(page: Page, product: str, route: str, legs: list[Row], market: str) -> str:
    canvas = Canvas(HEIGHT)
    sites, goal = _sites(page.rows("nodes", product=product, route=route), market)
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
    scale = np.array([WIDTH / (view[2] - view[0]), -(HEIGHT - STRIP) / (view[3] - view[1])])
    corner = np.array([view[0], view[3]])

    def pixels(places: object) -> Floats:
        found: Floats = (np.asarray(places, dtype=float) - corner) * scale
        return found

    canvas.rect(0, 0, WIDTH, HEIGHT - STRIP, SEA)
    canvas.path(_land(pixels), LAND, stroke=COAST, width=0.5)
    drawn = [pixels(curve) for curve in curves]
    names = {site.place: site.country for site in sites.values()}
    _paint_lines(page, canvas, lines, drawn, names, market)
    largest = max(site.value for site in sites.values())
    for site in sorted(sites.values(), key=lambda site: -site.value):
        x, y = pixels(site.place)
        canvas.circle(x, y, 1.5 + 4.5 * float(np.sqrt(site.value / largest)), DOT, stroke="#fffffe")
    if goal:
        x, y = pixels(goal)
        _star(canvas, float(x), float(y), 9.0)
    dots = pixels([site.place for site in sites.values()] + ([goal] if goal else []))
    shares = page.rows("value_countries", product=product, route=route)[:LABELS]
    _paint_labels(page, canvas, {n: (s, pixels(s.place)) for n, s in sites.items()}, dots, shares,
                  drawn)  # fmt: skip
    _paint_legend(page, canvas, {line.state for line in lines}, market=bool(goal))
    return canvas.svg()


def _sites(nodes: list[Row], market: str) -> tuple[dict[str, Site], Point | None]:
    """Sites by name with what they add, and the middle of the market if it is known."""
    found: dict[str, Site] = {}
    middles = land.middles()
    for row in nodes:
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


def _lines(legs: list[Row], ends: Mapping[str, Point], goal: Point | None) -> list[Line]:
    """Legs drawn as one by their ends and their duty, the thickest first."""
    sums: dict[tuple[Point, Point, str], float] = {}
    for leg in legs:
        end = goal if leg["to_part"] == MARKET else ends[leg["to_site"]]
        if end is not None:
            key = (ends[leg["from_site"]], end, _state(leg))
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


def _land(pixels: Callable[[object], Floats]) -> str:
    """Outlines of land in view as one path; points closer than a pixel are one."""
    parts = []
    for ring in land.rings():
        for turn in (-360.0, 0.0, 360.0):
            found = pixels(ring + np.array([turn, 0.0]))
            low, high = found.min(axis=0), found.max(axis=0)
            if high[0] < 0 or low[0] > WIDTH or high[1] < 0 or low[1] > HEIGHT - STRIP:
                continue
            if max(high - low) < SPECK:
                continue
            # What lies outside is drawn at the edge: the shape inside stays the same.
            found = np.clip(found, (-2, -2), (WIDTH + 2, HEIGHT - STRIP)).round(1)
            moved = np.abs(np.diff(found, axis=0)).max(axis=1) > 0.7
            kept = found[np.concatenate([[True], moved])]
            if len(kept) > 2:
                parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z")
    return "".join(parts)


def _paint_lines(
    page: Page, canvas: Canvas, lines: list[Line], curves: list[Floats],
    names: Mapping[Point, str], market: str,
) -> None:  # fmt: skip
    largest = max((line.value for line in lines), default=1.0)
    # Lines with duty lie on top.
    order = sorted(range(len(lines)), key=lambda at: lines[at].state == "paid")
    for at in order:
        line, curve = lines[at], curves[at]
        colour, dash = STATES[line.state]
        width = max(THINNEST, THICKEST * float(np.sqrt(line.value / largest)))
        start = page.words.name("country", names[line.start])
        end = page.words.name("country", names.get(line.end, market))
        with canvas.group(tip=f"{start} → {end}: {page.label(f'map.{line.state}')}"):
            d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in curve)
            canvas.path(d, stroke=colour, width=width, dash=dash, opacity=0.8)
            # The head stands where the line is free of the places at its ends.
            tail, tip = curve[15], curve[17]
            along = (tip - tail) / max(float(np.hypot(*(tip - tail))), 1e-9)
            across = np.array([-along[1], along[0]])
            size = 4.0 + 1.1 * width
            corners = (tip + along * size, tip + across * size * 0.6, tip - across * size * 0.6)
            canvas.path("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z", colour)


def _star(canvas: Canvas, x: float, y: float, size: float) -> None:
    turns = np.pi * (np.arange(10) / 5 - 0.5)
    radii = np.where(np.arange(10) % 2 == 0, size, 0.42 * size)
    corners = zip(x + radii * np.cos(turns), y + radii * np.sin(turns), strict=True)
    canvas.path("M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in corners) + "Z", STAR, stroke=DOT)


def _paint_labels(
    page: Page, canvas: Canvas, sites: Mapping[str, tuple[Site, Floats]], dots: Floats,
    shares: list[Row], curves: list[Floats],
) -> None:  # fmt: skip
    """Names of countries at their largest site, each where it covers the least."""
    drawn = np.vstack(curves) if curves else dots
    taken: list[Box] = []
    for row in shares:
        own = [pair for pair in sites.values() if pair[0].country == row["country"]]
        head = max(own, key=lambda pair: pair[0].value)[1]
        text = f"{row.name('country', 'country')} {row.percent('share')}"
        width, height = text_width(text, LABEL_SIZE) + 4, 1.35 * LABEL_SIZE
        x, y = float(head[0]), float(head[1])
        options: list[tuple[float, int, Box]] = []
        for ring, far in enumerate((9.0, 20.0, 34.0, 50.0)):
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
                left = x + dx * far + (dx - 1) * width / 2
                top = y + dy * far + (dy - 1) * height / 2
                box = (left, top, left + width, top + height)
                cost = 1000.0 * sum(_overlap(box, other) for other in taken)
                cost += 1000.0 * (1 - _within(box))
                cost += 40 * _inside(box, dots) + 3 * _inside(box, drawn) + 6 * ring
                options.append((cost, len(options), box))
        box = min(options)[2]
        taken.append(box)
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        # A thin line leads a name that stands off to its site.
        canvas.line(*middle, x, y, DOT, width=0.6)
        canvas.rect(box[0], box[1], width, height, PAPER, radius=2)
        canvas.text(*middle, text, size=LABEL_SIZE, anchor="middle", fill=DOT)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _within(box: Box) -> bool:
    return box[0] > 2 and box[1] > 2 and box[2] < WIDTH - 2 and box[3] < HEIGHT - STRIP - 2


def _inside(box: Box, points: Floats) -> int:
    x, y = points[:, 0], points[:, 1]
    return int(((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).sum())


def _paint_legend(page: Page, canvas: Canvas, states: set[str], *, market: bool) -> None:
    x, y = 6.0, HEIGHT - STRIP / 2 + 2
    for state, (colour, dash) in STATES.items():
        if state in states:
            canvas.path(f"M{x:.1f} {y:.1f}h26", stroke=colour, width=3, dash=dash)
            canvas.text(x + 32, y, page.label(f"map.{state}"), size=10)
            x += 32 + text_width(page.label(f"map.{state}"), 10) + 18
    canvas.circle(x + 4, y, 4, DOT)
    canvas.text(x + 13, y, page.label("map.site"), size=10)
    x += 13 + text_width(page.label("map.site"), 10) + 18
    if market:
        _star(canvas, x + 6, y, 7.0)
        canvas.text(x + 18, y, page.label("map.market"), size=10)
