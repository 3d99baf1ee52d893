"""Duties over time: a lane for each action and origin, a bar for each rate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from exposure.axes import COMPONENTS
from exposure.reports.description import Figure, Table, Text, joined
from exposure.reports.figures.canvas import INK, LINE, PAPER, SOFT, Canvas, clipped, text_width
from exposure.reports.page import Page, Row
from exposure.reports.style import COMPONENT_COLOURS

LANE, TOP = 24.0, 6.0
LEFT, RIGHT = 230.0, 672.0
MOST_TICKS = 9
ALL = "*"
TOLD = 40
"""So many spans are told in the alternative text; all stand in the table."""


def draw(page: Page, scenario: str, product: str) -> Figure | None:
    """Lanes of a product's border; None where no action ever spoke."""
    spans = page.rows("law_timeline", scenario=scenario, product=product)
    head = page.rows("scenarios", scenario=scenario)[0]
    early = "baseline_on" if head["baseline_on"] <= head["law_on"] else "law_on"
    first, last = sorted([str(head["baseline_on"]), str(head["law_on"])])
    if not spans or first == last:
        return None
    once = {row["origin"]: row for row in spans}
    origins = joined(", ", (_origin(page, row) for row in once.values()))
    title = page.say("timeline.title", origins=origins, day=head.value(early, "quote"))
    return picture(page, spans, f"timeline-{scenario}-{product}", title, first, last)


def picture(
    page: Page, spans: Sequence[Row], name: str, title: Text, first: str, last: str
) -> Figure:
    """Lanes of spans, cut to the days shown.

    Parameters
    ----------
    page
        Tables and words.
    spans
        Rows with the columns of ``exposure.law.spans``.
    name
        Id of the figure.
    title
        What it shows.
    first, last
        Days (ISO) at the left and the right edge.
    """
    order = {component: place for place, component in enumerate(COMPONENTS)}
    shown = [row for row in spans if row["from"] <= last and (row["until"] or "9") >= first]
    shown.sort(key=lambda r: (order[r["component"]], r["title"], r["origin"], r["from"]))
    rows = tuple(
        (
            page.say("timeline.lane", title=row.value("title", "quote"), origin=_origin(page, row)),
            _rate(page, row),
            (row.name("status", "status"),),
            row.quote("from"),
            row.quote("until") or (page.label("timeline.open"),),
        )
        for row in shown
    )
    return Figure(
        id=name,
        title=title,
        alt=joined("; ", (joined(", ", row) for row in rows[:TOLD])),
        views=(("", _paint(page, shown, first, last)),),
        source=page.say("timeline.source"),
        table=Table(f"{name}-table", title, page.labels("timeline.columns"), rows),
    )


def _origin(page: Page, row: Row) -> Text:
    if row["origin"] == ALL:
        return (page.label("timeline.all"),)
    return (row.name("origin", "country"),)


def _rate(page: Page, row: Row) -> Text:
    form = "usd" if row["kind"] == "specific" else "rate"
    low, high = row.value("low", form), row.value("high", form)
    key = "all_in" if row["kind"] == "all_in" else "rate"
    if low.text == high.text:
        return page.say(f"timeline.{key}", low=high)
    return page.say(f"timeline.{key}_range", low=low, high=high)


def _paint(page: Page, shown: Sequence[Row], first: str, last: str) -> str:
    lanes = list(dict.fromkeys((row["title"], row["origin"]) for row in shown))
    bottom = TOP + LANE * len(lanes)
    canvas = Canvas(bottom + 40)
    start, end = (dt.date.fromisoformat(day).toordinal() for day in (first, last))

    def at(day: float) -> float:
        return LEFT + (min(max(day, start), end) - start) / (end - start) * (RIGHT - LEFT)

    for day, label in _ticks(start, end):
        canvas.line(at(day), TOP, at(day), bottom, LINE)
        canvas.text(at(day), bottom + 11, label, size=9.5, anchor="middle", fill=SOFT, tick=True)
    canvas.text((LEFT + RIGHT) / 2, bottom + 29, page.label("timeline.axis"), size=10.5,
                anchor="middle", fill=SOFT)  # fmt: skip
    for row in shown:
        x = at(dt.date.fromisoformat(row["from"]).toordinal())
        until = row["until"]
        to = at(dt.date.fromisoformat(until).toordinal() + 1) if until else RIGHT
        top = TOP + LANE * lanes.index((row["title"], row["origin"]))
        colour = COMPONENT_COLOURS[row["component"]]
        text = "".join(map(str, _rate(page, row)))
        origin = "".join(map(str, _origin(page, row)))
        status = str(row.name("status", "status"))
        dates = f"{row['from']} – {until or page.label('timeline.open')}"
        tip = f"{row['title']}: {origin}, {text}, {status}, {dates}"
        if row["status"] == "in_force":
            canvas.rect(x, top + 4, to - x, LANE - 8, colour, stroke=PAPER, tip=tip)
            if to - x > text_width(text, 9) + 4:
                canvas.text((x + to) / 2, top + LANE / 2, text, size=9, anchor="middle",
                            fill=_ink(colour))  # fmt: skip
            continue
        hatched = row["status"] == "unknown"
        box = f"M{x:.1f} {top + 13:.1f}H{to:.1f}V{top + 21:.1f}H{x:.1f}Z"
        canvas.path(box, colour if hatched else "none", stroke=colour, hatch=hatched,
                    dash="" if hatched else "4 3", tip=tip)  # fmt: skip
    for place, (title, origin) in enumerate(lanes):
        row = next(row for row in shown if (row["title"], row["origin"]) == (title, origin))
        where = ": " + "".join(map(str, _origin(page, row)))
        name = clipped(title, 10, LEFT - 10 - text_width(where, 10)) + where
        canvas.text(LEFT - 8, TOP + LANE * (place + 0.5), name, size=10, anchor="end", fill=INK)
    return canvas.svg()


def _ticks(start: int, end: int) -> list[tuple[int, str]]:
    """First days of months, at most `MOST_TICKS`, evenly spaced."""
    first, last = dt.date.fromordinal(start), dt.date.fromordinal(end)
    months = [
        dt.date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if start <= dt.date(year, month, 1).toordinal() <= end
    ]
    for step in (1, 2, 3, 6, 12, 24, 60):
        kept = [day for day in months if (12 * day.year + day.month - 1) % step == 0]
        if len(kept) <= MOST_TICKS:
            break
    return [(day.toordinal(), day.isoformat()[:7]) for day in kept]


def _ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour (relative luminance, WCAG 2.1)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#fffffe"
