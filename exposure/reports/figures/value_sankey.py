"""Value, freight and duty of one route as they join on the way to the market, to scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import COLOURS, DUTY_COLOUR, country, is_unknown, usd
from exposure.routes.graph import MARKET

SMALL = 0.03
"""Countries and parts below this share of value are drawn together; the tables keep them apart."""
MOST = 9
OTHER_COUNTRIES, OTHER_PARTS = "Other countries", "All other parts"
# The two oranges are left out: orange means duty.
COUNTRY_COLOURS = (*(COLOURS[place] for place in (0, 2, 3, 4, 6)), "#332288", "#F0E442")
OTHER_COLOUR, FREIGHT_COLOUR, INK, FAINT = "#777777", "#BBBBBB", "#333333", "#666666"
COLUMNS, BLOCK = (0.0, 0.9, 2.25, 3.17), 0.03
"""Where countries, parts, assembly and market stand, and how wide their blocks are."""


@dataclass(frozen=True)
class Flows:
    """What joins on the way [USD per unit of the product].

    Attributes
    ----------
    added
        (country, part) -> value added there; small ones merged, in the order drawn.
    parts_freight, parts_duty
        Of all legs before the last: paid upstream, carried in the product's price.
    last_freight, last_duty
        Of the legs that bring the finished product to the market.
    crosses
        Whether a border lies before the market.
    """

    added: Mapping[tuple[str, str], float]
    parts_freight: float
    parts_duty: float
    last_freight: float
    last_duty: float
    crosses: bool

    @property
    def gate(self) -> float:
        """What the product costs as it leaves the assembly."""
        return sum(self.added.values()) + self.parts_freight + known(self.parts_duty)

    @property
    def landed(self) -> float:
        """Sum of all that enters."""
        return self.gate + self.last_freight + known(self.last_duty)

    def by(self, place: int) -> dict[str, float]:
        """Value added by country (0), the merged ones last, or by part (1)."""
        sums: dict[str, float] = {}
        for pair, value in self.added.items():
            sums[pair[place]] = sums.get(pair[place], 0.0) + value
        if place == 0:
            names = sorted(sums, key=lambda name: (name == OTHER_COUNTRIES, -sums[name]))
            return {name: sums[name] for name in names}
        return sums


def known(value: float) -> float:
    """The value, or nothing where it is not known: no band can be drawn then."""
    return 0.0 if is_unknown(value) else value


def flows(tables: Mapping[str, pd.DataFrame], scenario: str, product: str, route: str) -> Flows:
    """Sums of one route under the scenario's law, central values."""
    nodes, legs = (
        table[(table["product"] == product) & (table["route"] == route)]
        for table in (tables["nodes"], tables["legs"])
    )
    legs = legs[(legs["scenario"] == scenario) & (legs["case"] == "scenario")]
    last = legs["to_part"] == MARKET
    final = nodes.loc[nodes["part"].isin(legs.loc[last, "part"]), "part_title"]
    value = nodes["value_added_central"]
    countries = _merged(value, nodes["country"].map(country), OTHER_COUNTRIES, ())
    parts = _merged(value, nodes["part_title"], OTHER_PARTS, tuple(final))
    sums = value.groupby([countries, parts]).sum()
    orders = [_order(value, labels, tuple(final)) for labels in (countries, parts)]
    pairs = [(c, p) for p in orders[1] for c in orders[0] if (c, p) in sums.index]
    return Flows(
        added={pair: float(sums[pair]) for pair in pairs},
        parts_freight=float(legs.loc[~last, "freight_usd_per_unit"].sum()),
        parts_duty=float(legs.loc[~last, "duty_usd_per_unit"].sum(skipna=False)),
        last_freight=float(legs.loc[last, "freight_usd_per_unit"].sum()),
        last_duty=float(legs.loc[last, "duty_usd_per_unit"].sum(skipna=False)),
        crosses=bool(legs.loc[last, "crosses"].any()),
    )


def _merged(
    value: pd.Series[float], labels: pd.Series[str], other: str, always: tuple[str, ...]
) -> pd.Series[str]:
    """Labels with the small ones under one name; a single small one keeps its own."""
    sums = value.groupby(labels).sum().sort_values(ascending=False, kind="stable")
    large = [str(name) for name in sums.index[sums >= SMALL * sums.sum()]][:MOST]
    kept = {*large, *always}
    small = [name for name in sums.index if name not in kept]
    return labels if len(small) < 2 else labels.where(labels.isin(kept), other)


def _order(value: pd.Series[float], labels: pd.Series[str], final: tuple[str, ...]) -> list[str]:
    """Largest first, then the merged ones, then the final stage."""
    sums = value.groupby(labels).sum().sort_values(ascending=False, kind="stable")
    names = [str(name) for name in sums.index]
    return sorted(names, key=lambda n: (n in final, n in (OTHER_COUNTRIES, OTHER_PARTS)))


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, product: str, route: str) -> Figure:
    """Countries, parts, assembly and market of one route, with duty and freight as own bands."""
    found = flows(tables, scenario, product, route)
    cost = tables["landed_cost"].query(f"scenario == {scenario!r} and case == 'scenario'")
    head = records(cost[(cost["product"] == product) & (cost["route"] == route)])[0]
    row = records(tables["products"].query(f"product == {product!r}"))[0]
    site, market = country(head["assembly_country"]), country(row["market"])
    border = (
        f" and {usd(found.last_duty)} duty on the finished product"
        if found.crosses
        else "; the finished product crosses no border"
    )
    title = (
        f"{row['title']}, {head['route_title']}: {usd(head['landed_central'])} landed, of it "
        f"{usd(found.parts_duty)} duty on parts upstream{border}"
    )
    rows = (
        *(("Value added in", name, usd(value)) for name, value in found.by(0).items()),
        *(("Value added for", name, usd(value)) for name, value in found.by(1).items()),
        ("Enters before assembly", "Freight of parts", usd(found.parts_freight)),
        ("Enters before assembly", "Duties on parts", usd(found.parts_duty)),
        ("Leaves assembly", site, usd(found.gate)),
        ("Enters after assembly", "Freight to the market", usd(found.last_freight)),
        ("Enters after assembly", "Duty on the finished product", usd(found.last_duty)),
        ("Landed", market, usd(head["landed_central"])),
    )
    colours = _colours(tables, product)
    return Figure(
        id=f"flow-{scenario}-{product}-{route}",
        title=title,
        alt="; ".join(" ".join(row) for row in rows),
        svg=render(7.2, 4.3, lambda figure: _paint(figure, found, colours, (site, market))),
        source="Firm documents and tariff law; US dollars a unit, central values; widths to scale.",
        table=Table(title, ("Stage", "What", "USD a unit"), rows, numeric=frozenset({2})),
    )


def _colours(tables: Mapping[str, pd.DataFrame], product: str) -> dict[str, str]:
    """A colour a country, the same on every route of the product."""
    nodes = tables["nodes"][tables["nodes"]["product"] == product]
    sums = nodes.groupby("country")["value_added_central"].sum()
    ranked = sums.sort_values(ascending=False, kind="stable").index
    return {country(str(c)): colour for c, colour in zip(ranked, COUNTRY_COLOURS, strict=False)}


def _paint(figure: Any, found: Flows, colours: Mapping[str, str], ends: tuple[str, str]) -> None:
    # Labels stand beside the bands on purpose, so the canvas is laid out by hand.
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.01, 1.0, 0.98))
    axes.set_axis_off()
    countries, parts = found.by(0), found.by(1)
    upstream = {"Freight of parts": found.parts_freight, "Duties on parts": found.parts_duty}
    duty = "Border duty" if found.crosses else "No border"
    border = {"Freight": found.last_freight, duty: found.last_duty}
    # A row of labels needs room however thin its band.
    row = found.landed * 0.05
    columns = [
        _tops(countries.values(), row * 1.7, row * 0.4),
        _tops([*parts.values(), *upstream.values()], row, row * 0.12),
        _tops([found.gate, *border.values()], row, row * 0.5),
        _tops([found.landed], row, 0.0),
    ]
    full = max(tops[-1] for tops in columns)
    left, middle, right, end = (
        [top + (full - tops[-1]) / 2 for top in tops[:-1]] for tops in columns
    )

    leave, arrive = dict(zip(countries, left, strict=True)), dict(zip(parts, middle, strict=False))
    gate = right[0]
    for (name, part), value in found.added.items():
        colour = colours.get(name, OTHER_COLOUR)
        _band(axes, 0, leave[name], arrive[part], value, colour)
        _band(axes, 1, arrive[part], gate, value, colour)
        leave[name], arrive[part], gate = leave[name] + value, arrive[part] + value, gate + value
    for (name, value), top in zip(countries.items(), left, strict=True):
        _block(axes, 0, top, value, colours.get(name, OTHER_COLOUR))
        axes.text(-0.04, top + value / 2, _label(name, value, "\n"), ha="right", va="center")
    for (name, value), top in zip(parts.items(), middle, strict=False):
        _block(axes, 1, top, value, INK)
        _beside(axes, 1, top + value / 2, name, value)
    for (name, value), top in zip(upstream.items(), middle[len(parts) :], strict=True):
        gate = _enter(axes, 1, top, gate, name, value)

    _block(axes, 2, right[0], found.gate, INK)
    _band(axes, 2, right[0], end[0], found.gate, "#D9D9D9")
    axes.text(COLUMNS[2] + 0.07, right[0] + found.gate / 2, _label(ends[0], found.gate, "\n"),
              va="center")  # fmt: skip
    arrival = end[0] + found.gate
    for (name, value), top in zip(border.items(), right[1:], strict=True):
        arrival = _enter(axes, 2, top, arrival, name, value)
    _block(axes, 3, end[0], found.landed, INK)
    unknown = is_unknown(found.parts_duty) or is_unknown(found.last_duty)
    text = _label(ends[1], float("nan") if unknown else found.landed, "\n")
    axes.text(COLUMNS[3] + 0.07, end[0] + found.landed / 2, text, va="center", fontweight="bold")
    heads = ("Value added in", "for part or stage", "Leaves assembly in", "Landed in")
    for x, text, side in zip(COLUMNS, heads, ("right", "left", "left", "left"), strict=True):
        place = x + BLOCK if side == "right" else x
        axes.text(place, -row * 0.5, text, ha=side, va="bottom", color=FAINT, size=8)
    axes.set_xlim(-0.72, 3.9)
    axes.set_ylim(full, -row * 1.4)


def _tops(values: Iterable[float], least: float, gap: float) -> list[float]:
    """Where each block begins, counted downwards, and at last where the column ends.

    A block thinner than ``least`` stands in the middle of a row of that height.
    """
    tops, at = [], 0.0
    for value in map(known, values):
        slot = max(value, least)
        tops.append(at + (slot - value) / 2)
        at += slot + gap
    return [*tops, at - gap]


def _band(
    axes: Any, column: int, start: float, end: float, value: float, colour: str, **look: Any
) -> None:
    """A band of constant height from a block to the next column."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x, to = COLUMNS[column] + BLOCK, COLUMNS[column + 1]
    mid = (x + to) / 2
    upper = [(x, start), (mid, start), (mid, end), (to, end)]
    lower = [(a, y + value) for a, y in upper[::-1]]
    curve = [Path.CURVE4] * 3
    path = Path([*upper, *lower, upper[0]],
                [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])  # fmt: skip
    look = {"alpha": 0.6, "linewidth": 0, **look}
    axes.add_artist(PathPatch(path, facecolor=colour, **look))


def _block(axes: Any, column: int, top: float, value: float, colour: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_artist(Rectangle((COLUMNS[column], top), BLOCK, value, facecolor=colour, linewidth=0))


def _enter(axes: Any, column: int, top: float, end: float, name: str, value: float) -> float:
    """Freight or duty joins the product; returns where the next one joins."""
    size = known(value)
    if size > 0:
        freight = name.startswith("Freight")
        # Hatching is the second cue beside the colour.
        look = {} if freight else {"hatch": "///", "edgecolor": "white", "alpha": 0.85}
        colour = FREIGHT_COLOUR if freight else DUTY_COLOUR
        _band(axes, column, top, end, size, colour, **look)
        _block(axes, column, top, size, colour)
    _beside(axes, column, top + size / 2, name, value, boxed=size > 0)
    return end + size


def _beside(axes: Any, column: int, y: float, name: str, value: float, boxed: bool = False) -> None:
    nothing = known(value) == 0
    box = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.0} if boxed else None
    axes.text(COLUMNS[column] + BLOCK + 0.02, y, _label(name, value, "  "), va="center", size=7,
              color=FAINT if nothing else "black", bbox=box)  # fmt: skip


def _label(name: str, value: float, between: str) -> str:
    """Name, up to its first comma, and value; a dollar sign is no formula."""
    name = shorten(name.split(",")[0], 24, placeholder="…")
    return f"{name}{between}{usd(value)}".replace("$", r"\$")
