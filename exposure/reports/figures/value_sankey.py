"""Value, freight and duty of one route as they join on the way to the market, to scale."""

from __future__ import annotations

from collections.abc import Iterable

from exposure.reports.description import Figure, Table, Value, joined, text_of
from exposure.reports.figures.canvas import INK, SOFT, Canvas, clipped
from exposure.reports.page import Page, Row
from exposure.reports.style import COLOURS, DUTY_COLOUR
from exposure.reports.words import is_unknown

OTHERS = ("other_countries", "other_parts")
# The two oranges are left out: orange means duty.
COUNTRY_COLOURS = (*(COLOURS[place] for place in (0, 2, 3, 4, 6)), "#332288", "#F0E442")
OTHER_COLOUR, FREIGHT_COLOUR, GATE_COLOUR = "#888888", "#BBBBBB", "#CFCFCF"
COLUMNS, BLOCK = (112.0, 244.0, 424.0, 572.0), 5.0
"""Where countries, parts, assembly and market stand, and how wide their blocks are [px]."""
HEIGHT, HEAD = 360.0, 30.0
PRINTED = ("scenario", "baseline")


def draw(page: Page, scenario: str, product: str, route: str) -> Figure:
    """Countries, parts, assembly and market of one route, with duty and freight as own bands."""
    where = {"scenario": scenario, "product": product, "route": route}
    found = {case: page.rows("value_flows", case=case, **where) for case in PRINTED}
    rows = [row for row in found["scenario"] if row["stage"] != "added"]
    head = page.rows("landed_cost", case="scenario", **where)[0]
    made = page.rows("products", product=product)[0]
    crosses = page.rows("border_counts", case="scenario", **where)[0]["finished"] > 0
    value = {row["part"]: row for row in rows if row["stage"] in ("upstream", "last", "landed")}
    title = page.say(
        "sankey.title" if crosses else "sankey.title_home",
        product=made.value("title", "quote"), route=head.value("route_title", "quote"),
        landed=value["landed"].usd("usd_per_unit"),
        upstream=value["duty_upstream"].usd("usd_per_unit"),
        last=value["duty_last"].usd("usd_per_unit"),
    )  # fmt: skip
    cells = tuple(
        ((row.name("stage", "stage"),), (_name(row),), (row.usd("usd_per_unit"),)) for row in rows
    )
    name = f"flow-{scenario}-{product}-{route}"
    colours = _colours(page, product)
    return Figure(
        id=name,
        title=title,
        alt=joined("; ", (text_of(a, " ", b, ": ", c) for a, b, c in cells)),
        views=tuple(
            (page.label(f"component.{case}"),
             _paint(page, found[case], colours, made["market"], head["assembly_country"]))
            for case in PRINTED
        ),
        source=page.say("sankey.source"),
        table=Table(f"{name}-table", title, page.labels("sankey.columns"), cells,
                    numeric=frozenset({2})),
    )  # fmt: skip


def _name(row: Row) -> Value:
    return (
        row.name("country", "flow_country")
        if row["stage"] == "country"
        else row.name("part", "flow")
    )


def _colours(page: Page, product: str) -> dict[str, str]:
    """A colour a country, the same on every route of the product."""
    ranked = list(
        dict.fromkeys(r["country"] for r in page.rows("value_countries", product=product))
    )
    return dict(zip(ranked, COUNTRY_COLOURS, strict=False))


def _known(value: float) -> float:
    """The value, or nothing where it is not known: no band can be drawn then."""
    return 0.0 if is_unknown(value) else value


def _paint(
    page: Page, rows: list[Row], colours: dict[str, str], market: str, site: str
) -> str:  # fmt: skip
    canvas = Canvas(HEIGHT)
    by: dict[str, list[Row]] = {}
    for row in rows:
        by.setdefault(row["stage"], []).append(row)
    countries = sorted(by["country"], key=lambda r: (r["country"] in OTHERS, -r["usd_per_unit"]))
    parts, upstream, last = by["part"], by["upstream"], by["last"]
    gate, landed = by["gate"][0], by["landed"][0]
    gate_value = sum(row["usd_per_unit"] for row in countries) + sum(
        _known(row["usd_per_unit"]) for row in upstream
    )
    full_value = gate_value + sum(_known(row["usd_per_unit"]) for row in last)
    # Rows of labels need room however thin their bands: the scale leaves them that much.
    room = HEIGHT - HEAD - 12.0
    scale = room / max(full_value, 1e-9)
    for _ in range(40):
        columns = [
            _tops([r["usd_per_unit"] * scale for r in countries], 26.0, 6.0),
            _tops([_known(r["usd_per_unit"]) * scale for r in (*parts, *upstream)], 15.0, 2.0),
            _tops([gate_value * scale, *(_known(r["usd_per_unit"]) * scale for r in last)], 28, 6),
            _tops([full_value * scale], 15.0, 0.0),
        ]
        full = max(tops[-1] for tops in columns)
        if full <= room:
            break
        scale *= 0.94
    left, middle, right, end = (
        [HEAD + top + (room - tops[-1]) / 2 for top in tops[:-1]] for tops in columns
    )
    leave = {row["country"]: top for row, top in zip(countries, left, strict=True)}
    arrive = {row["part"]: top for row, top in zip(parts, middle, strict=False)}
    join = right[0]
    order = {row["country"]: place for place, row in enumerate(countries)}
    added = sorted(by["added"], key=lambda r: (list(arrive).index(r["part"]), order[r["country"]]))
    for row in added:
        value = row["usd_per_unit"] * scale
        colour = colours.get(row["country"], OTHER_COLOUR)
        country, part = str(row.name("country", "flow_country")), str(row.name("part", "flow"))
        with canvas.group(flow=row["country"]):
            tip = f"{country} → {part}: {row.usd('usd_per_unit')}"
            _band(canvas, 0, leave[row["country"]], arrive[row["part"]], value, colour, tip)
            _band(canvas, 1, arrive[row["part"]], join, value, colour, tip)
        leave[row["country"]] += value
        arrive[row["part"]] += value
        join += value
    for row, top in zip(countries, left, strict=True):
        value = row["usd_per_unit"] * scale
        canvas.rect(COLUMNS[0], top, BLOCK, value, colours.get(row["country"], OTHER_COLOUR))
        name = str(row.name("country", "flow_country"))
        canvas.text(COLUMNS[0] - 6, top + value / 2 - 6.5, clipped(name, 10.5, 104), size=10.5,
                    anchor="end")  # fmt: skip
        canvas.text(COLUMNS[0] - 6, top + value / 2 + 6.5, str(row.usd("usd_per_unit")), size=10,
                    anchor="end", fill=SOFT)  # fmt: skip
    for row, top in zip(parts, middle, strict=False):
        value = row["usd_per_unit"] * scale
        canvas.rect(COLUMNS[1], top, BLOCK, value, INK)
        _beside(
            canvas,
            1,
            top + value / 2,
            str(row.name("part", "flow")),
            str(row.usd("usd_per_unit")),
            160,
        )
    for row, top in zip(upstream, middle[len(parts) :], strict=True):
        join = _enter(canvas, 1, top, join, row, scale)
    canvas.rect(COLUMNS[2], right[0], BLOCK, gate_value * scale, INK)
    _band(canvas, 2, right[0], end[0], gate_value * scale, GATE_COLOUR,
          f"{gate.name('part', 'flow')}: {gate.usd('usd_per_unit')}")  # fmt: skip
    _ends(canvas, 2, right[0] + gate_value * scale / 2, page.words.name("country", site),
          str(gate.usd("usd_per_unit")))  # fmt: skip
    arrival = end[0] + gate_value * scale
    for row, top in zip(last, right[1:], strict=True):
        arrival = _enter(canvas, 2, top, arrival, row, scale)
    canvas.rect(COLUMNS[3], end[0], BLOCK, full_value * scale, INK)
    _ends(canvas, 3, end[0] + full_value * scale / 2, page.words.name("country", market),
          str(landed.usd("usd_per_unit")), bold=True)  # fmt: skip
    for x, key, anchor in zip(COLUMNS, ("country", "part", "gate", "market"),
                              ("end", "start", "start", "start"), strict=True):  # fmt: skip
        place = x + (BLOCK if anchor == "end" else 0)
        canvas.text(place, 10, page.label(f"sankey.{key}"), size=9.5, anchor=anchor, fill=SOFT)
    return canvas.svg()


def _tops(sizes: Iterable[float], least: float, gap: float) -> list[float]:
    """Where each block begins, counted downwards, and at last where the column ends [px].

    A block thinner than ``least`` stands in the middle of a row of that height.
    """
    tops, at = [], 0.0
    for size in sizes:
        slot = max(size, least)
        tops.append(at + (slot - size) / 2)
        at += slot + gap
    return [*tops, at - gap]


def _band(
    canvas: Canvas, column: int, start: float, end: float, size: float, colour: str, tip: str,
    *, opacity: float = 0.6, hatch: bool = False,
) -> None:  # fmt: skip
    """A band of constant height from a block to the next column."""
    x, to = COLUMNS[column] + BLOCK, COLUMNS[column + 1]
    mid = (x + to) / 2
    d = (
        f"M{x:.1f} {start:.1f}C{mid:.1f} {start:.1f} {mid:.1f} {end:.1f} {to:.1f} {end:.1f}"
        f"V{end + size:.1f}C{mid:.1f} {end + size:.1f} {mid:.1f} {start + size:.1f} {x:.1f} "
        f"{start + size:.1f}Z"
    )
    canvas.path(d, colour, opacity=opacity, hatch=hatch, tip=tip)


def _enter(canvas: Canvas, column: int, top: float, end: float, row: Row, scale: float) -> float:
    """Freight or duty joins the product; returns where the next one joins."""
    size = _known(row["usd_per_unit"]) * scale
    name, text = str(row.name("part", "flow")), str(row.usd("usd_per_unit"))
    if size > 0:
        duty = row["part"].startswith("duty")
        colour = DUTY_COLOUR if duty else FREIGHT_COLOUR
        _band(canvas, column, top, end, size, colour, f"{name}: {text}", opacity=0.85, hatch=duty)
        canvas.rect(COLUMNS[column], top, BLOCK, size, colour)
    if column == 1:
        _beside(canvas, column, top + size / 2, name, text, 160)
    else:
        _ends(canvas, column, top + size / 2, name, text, room=COLUMNS[3] - COLUMNS[2] - 14)
    return end + size


def _beside(canvas: Canvas, column: int, y: float, name: str, text: str, width: float) -> None:
    label = f"{clipped(name.split(',')[0], 9.5, width - 55)}  {text}"
    canvas.text(COLUMNS[column] + BLOCK + 3, y, label, size=9.5, halo=True)


def _ends(
    canvas: Canvas, column: int, y: float, name: str, text: str, *, bold: bool = False,
    room: float = 100.0,
) -> None:  # fmt: skip
    x = COLUMNS[column] + BLOCK + 5
    canvas.text(x, y - 7, clipped(name, 10.5, room), size=10.5, bold=bold, halo=True)
    canvas.text(x, y + 7, text, size=10.5, bold=bold, halo=True)
