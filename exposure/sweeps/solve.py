"""The value of one number at which something holds: all such values, exactly, and their range.

Where curves bend, jump and meet is found by `exposure.model.pieces` and its kin, on the curves of
`exposure.sweeps.curves`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure import html_view
from exposure.errors import QueryError
from exposure.facts.documents import Solve
from exposure.facts.scenario import check_solve, read_solve
from exposure.facts.world import World
from exposure.frames import records
from exposure.model.cases import HIGH, LOW
from exposure.model.cells import LAST_BITS
from exposure.model.parity import winners
from exposure.model.pieces import Pieces, breakpoints
from exposure.model.roots import Crossing, crossings, roots_by_row
from exposure.sweeps.curves import Asked, curves_of, known_points
from exposure.sweeps.reading import Column

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
POINTS, COARSE = 121, 17
"""Points of the drawn curve, and of the grid between whose points the roots of draws lie."""
SOLUTIONS = (
    "solve", "number", "variable", "unit", "value", "kind", "holds_from", "holds_to", "left",
    "right", "quantity", "quantity_after", "quantity_unit", "low", "median", "high", "root_share",
    "draws",
)  # fmt: skip
PIECES = ("solve", "number", "from", "to", "form", "begins", "winner")


@dataclass(frozen=True)
class Solved:
    """An answered solve.

    Attributes
    ----------
    document
        What was asked.
    variable
        The number that varies: name, unit, title.
    curves
        What is compared: name, unit, title of each; of a switch, the routes' landed costs.
    today
        Value of the number under the scenario as it stands (central).
    tables
        ``solutions``: each value with its ``kind`` (``crossing``, ``switch``, ``jump`` where a
        curve leaps and is never equal, ``touch``, ``end`` of the range, ``stretch`` up to
        ``holds_to``; ``none`` if there is none), the interval in which what is said of ``left`` and
        ``right`` holds, the ``quantity`` there, and the range of the same value in draws, with the
        share of draws that have one. ``pieces``: ``form`` ``linear``, ``smooth`` or ``point``, and
        who is ahead. ``curve``: points of all curves, both sides of a jump.
    """

    document: Solve
    variable: Column
    curves: tuple[Column, ...]
    today: float
    tables: Mapping[str, pd.DataFrame]

    def table(self, name: str) -> pd.DataFrame:
        """A table by name.

        Raises
        ------
        QueryError
            If there is none of this name.
        """
        if name not in self.tables:
            raise QueryError(f"no table {name!r}", "", f"known: {', '.join(self.tables)}")
        return self.tables[name]

    def __repr__(self) -> str:
        """Return what was asked and how many values there are, in a line."""
        found = self.tables["solutions"]
        return f"Solved({self.document.id}: {(found['kind'] != 'none').sum()} values)"

    def _repr_html_(self) -> str:
        """Return what was asked, the number as it stands, and each value with its range."""
        low, high = (html_view.number(end) for end in self.document.vary.between)
        unit = f" [{self.variable.unit}]" if self.variable.unit else ""
        found = self.tables["solutions"]
        columns = ["kind", "value", "left", "right", "quantity", "quantity_unit"]
        if found["draws"].any():
            columns[2:2] = ["low", "median", "high"]
        return html_view.card(
            f"Solve {self.document.id}",
            html_view.line(self.document.title),
            html_view.line(self.document.question),
            html_view.line(f"{self.variable.title}{unit}: from {low} to {high}, "
                           f"today {html_view.number(self.today)}"),
            html_view.table(columns, ([row[name] for name in columns] for row in records(found))),
            html_view.line(f"{len(self.tables)} tables: {', '.join(self.tables)}"),
        )  # fmt: skip


def solve(world: World, name: str | Path | Solve, draws: int | None = None) -> Solved:
    """Find all values at which what a solve asks for holds.

    Parameters
    ----------
    world
        From `load`.
    name
        Name of a shipped solve, path, or document.
    draws
        How many draws give the range; by default those of the document, 0 for none.

    Returns
    -------
    Solved
        Its tables ``solutions`` (a row a value), ``pieces`` and ``curve``.

    Raises
    ------
    Problems, QueryError, DataError
        If the document is not well formed, a name in it is not known, a clause acts on no crossing,
        or a quantity is not known somewhere in the range.

    Examples
    --------
    >>> found = ex.solve(world, "k4-leaves-mexico", draws=0).table("solutions")
    >>> found[["value", "left", "right"]].round(3).values.tolist()
    [[0.184, 'pesqueria', 'west-point']]
    """
    spec = name if isinstance(name, Solve) else read_solve(world, name)
    check_solve(world, spec, f"solve {spec.id}")
    count = spec.draws if draws is None else draws
    if count < 0:
        raise QueryError(f"draws {count}", "", "0 or more")
    asked = curves_of(world, spec, 0)
    low, high = spec.vary.between
    pieces = breakpoints(asked.central, low, high, known_points(asked))
    found = _found(asked, pieces)
    drawn = _drawn(world, spec, count, pieces, found)
    tables = {
        "solutions": _solutions(asked, pieces, found, drawn),
        "pieces": _piece_table(asked, pieces, found),
        "curve": _curve(asked, pieces),
    }
    return Solved(
        document=spec,
        variable=asked.variable,
        curves=asked.columns,
        today=asked.today,
        tables=MappingProxyType(tables),
    )


def check(world: World, spec: Solve) -> None:
    """Everything in a solve is known, and what varies acts.

    Raises
    ------
    QueryError
        Naming the first that is not, and those that are near it.
    """
    check_solve(world, spec, f"solve {spec.id}")
    curves_of(world, spec, 0)


# --- what holds where ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """Points at which something holds, and what is said between them.

    Attributes
    ----------
    points
        Crossings, from the left.
    sides
        What is said left and right of each.
    ends (band + 1,)
        Between which points the same is said; a band without width is a point.
    said (band,)
        What is said there.
    winner (band,)
        Of a switch, the cheapest route; else empty.
    """

    points: tuple[Crossing, ...]
    sides: tuple[tuple[str, str], ...]
    ends: Floats
    said: tuple[str, ...]
    winner: Ints


def _weights(asked: Asked) -> tuple[Floats, float]:
    """Weights of the curves and the level that their sum reaches."""
    level = asked.spec.find.level
    if level is not None:
        return np.array([1.0]), level.value
    return np.array([1.0, -1.0]), 0.0


def _found(asked: Asked, pieces: Pieces) -> _Found:
    if asked.spec.find.switch is not None:
        return _switches(asked, pieces)
    weights, target = _weights(asked)
    points = crossings(asked.central, target, pieces, weights)
    names = asked.names
    words = {1: "above", -1: "below", 0: ""}
    if asked.spec.find.equal is not None:
        words = {1: f"{names[0]} higher", -1: f"{names[1]} higher", 0: "equal"}
    low, high = asked.spec.vary.between
    ends, said = [low], []
    for point in (point for point in points if point.kind != "touch"):
        # Before a jump at the low end stands the end alone.
        if point.at > ends[-1] or point.before:
            ends.append(point.at)
            said.append(words[point.before])
        if point.until > point.at:
            ends.append(point.until)
            said.append(words[0])
    if high > ends[-1]:
        # Where nothing is reached, any point tells the side; a touch may lie at any of them.
        middle = np.array([(ends[-1] + high) / 2.0])
        side = points[-1].after if points else (asked.central(middle) @ weights)[0] - target
        ends.append(high)
        said.append(words[int(np.sign(side))])
    sides = tuple((words[point.before], words[point.after]) for point in points)
    return _Found(tuple(points), sides, np.array(ends), tuple(said), np.empty(0, dtype=np.int64))


def _switches(asked: Asked, pieces: Pieces) -> _Found:
    bands = winners(asked.central, pieces)
    said = tuple(asked.names[winner].split("/")[1] for winner in bands.winner)
    points = tuple(
        Crossing(float(at), kind, 0, -1, 1, float(at))
        for at, kind in zip(bands.start[1:], bands.kind[1:], strict=True)
    )
    sides = tuple(pairwise(said))
    return _Found(points, sides, np.r_[bands.start, bands.stop[-1:]], said, bands.winner)


def _solutions(asked: Asked, pieces: Pieces, found: _Found, drawn: _Drawn | None) -> pd.DataFrame:
    """Table ``solutions``; one row of kind ``none`` where there is none."""
    spec = asked.spec
    low, high = spec.vary.between
    unit = {"quantity_unit": asked.columns[0].unit}
    head = {"solve": spec.id, "variable": asked.variable.name, "unit": asked.variable.unit}
    rows: list[dict[str, object]] = []
    for number, point in enumerate(found.points):
        before, after = _quantities(asked, pieces, found, number)
        kind = "switch" if len(found.winner) and point.kind != "jump" else point.kind
        rows.append(
            {
                **head, **unit, **_range(drawn, found, point, number), "number": number + 1,
                "value": point.at, "kind": kind,
                "holds_from": found.points[number - 1].until if number else low,
                "holds_to": found.points[number + 1].at if number + 1 < len(found.points) else high,
                "left": found.sides[number][0], "right": found.sides[number][1],
                "quantity": before, "quantity_after": after,
            }
        )  # fmt: skip
        if point.kind == "stretch":
            rows[-1]["holds_from"], rows[-1]["holds_to"] = point.at, point.until
    if not rows:
        middle = Crossing((low + high) / 2.0, "crossing", 0, 0, 0, low)
        rows.append(
            {
                **head, **unit, **_range(drawn, found, middle, 0), "number": 0, "value": np.nan,
                "kind": "none", "holds_from": low, "holds_to": high, "left": found.said[0],
                "right": found.said[0], "quantity": np.nan, "quantity_after": np.nan,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(SOLUTIONS))


def _quantities(asked: Asked, pieces: Pieces, found: _Found, number: int) -> tuple[float, float]:
    """The first quantity, or the cost of the cheapest route, at a point and just after it."""
    point = found.points[number]
    ends = [point.at, point.at]
    if point.kind == "jump":
        piece = _begun(pieces, point.at)
        ends = [float(pieces.stop[piece - 1]), float(pieces.start[piece])]
    values = asked.central(np.array(ends))
    who = found.winner[number : number + 2] if len(found.winner) else (0, 0)
    return float(values[0, who[0]]), float(values[1, who[1]])


def _begun(pieces: Pieces, at: float) -> int:
    """Number of the last piece that begins with the break at a point."""
    return int(np.flatnonzero(pieces.at == at)[-1])


# --- the same in all draws -------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawn:
    """The curves in all draws.

    Attributes
    ----------
    asked
        With draws.
    rows (row,)
        Numbers of the draws.
    grid (point,)
        Points at which all are asked.
    values (row, point, curve)
        What they are there.
    """

    asked: Asked
    rows: Ints
    grid: Floats
    values: Floats


def _drawn(world: World, spec: Solve, count: int, pieces: Pieces, found: _Found) -> _Drawn | None:
    if not count:
        return None
    asked = curves_of(world, spec, count)
    rows = np.arange(1, 1 + count, dtype=np.int64)
    low, high = spec.vary.between
    own = [point.at for point in found.points]
    grid = np.unique(np.r_[np.linspace(low, high, COARSE), pieces.start, pieces.stop, own])
    values = asked.at(np.tile(grid, count), np.repeat(rows, len(grid)))
    return _Drawn(asked, rows, grid, values.reshape(count, len(grid), -1))


def _range(drawn: _Drawn | None, found: _Found, point: Crossing, number: int) -> dict[str, object]:
    """The same root in all draws: an 80 per cent range, and how many have one."""
    if drawn is None or point.kind in ("touch", "stretch"):
        nothing = dict.fromkeys(("low", "median", "high", "root_share"), np.nan)
        return {**nothing, "draws": 0}
    if len(found.winner):
        winner = int(found.winner[number])

        def off(values: Floats) -> Floats:
            """How far the cheapest route left of the point is above the least of the others."""
            others = np.delete(values, winner, axis=-1).min(axis=-1)
            above: Floats = values[..., winner] - others
            return above
    else:
        weights, target = _weights(drawn.asked)

        def off(values: Floats) -> Floats:
            above: Floats = values @ weights - target
            return above

    roots = roots_by_row(
        lambda points, rows: off(drawn.asked.at(points, rows)),
        drawn.rows, drawn.grid, off(drawn.values), point.at, point.before or -point.after,
    )  # fmt: skip
    # The break of a law lies at the same point in every draw, but for its last bits.
    tight = 4 * LAST_BITS * np.spacing(np.abs(drawn.grid).max())
    roots = np.where(np.abs(roots - point.at) <= tight, point.at, roots)
    known = roots[~np.isnan(roots)]
    spread = np.quantile(known, [LOW, 0.5, HIGH]) if len(known) else np.full(3, np.nan)
    low, median, high = (float(value) for value in spread)
    return {"low": low, "median": median, "high": high,
            "root_share": len(known) / len(roots), "draws": len(roots)}  # fmt: skip


# --- tables of the curves --------------------------------------------------------------------


def _piece_table(asked: Asked, pieces: Pieces, found: _Found) -> pd.DataFrame:
    """Table ``pieces``: cut where the curves break, and where what is said changes."""
    rows: list[dict[str, object]] = []
    for piece in range(len(pieces)):
        start, stop = float(pieces.start[piece]), float(pieces.stop[piece])
        form = "linear" if pieces.linear[piece].all() else "smooth"
        if start == stop:
            cuts, form = [start, stop], "point"
        else:
            inside = found.ends[(found.ends > start) & (found.ends < stop)]
            cuts = np.unique(np.r_[start, inside, stop]).tolist()
        begins = "end" if not piece else "jump" if pieces.jump[piece] else "kink"
        for place, (a, b) in enumerate(pairwise(cuts)):
            rows.append(
                {
                    "solve": asked.spec.id, "number": len(rows) + 1, "from": a, "to": b,
                    "form": form, "begins": begins if not place else "change",
                    "winner": _said(found, (a + b) / 2.0, alone=a == b),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(PIECES))


def _said(found: _Found, at: float, *, alone: bool) -> str:
    """What is said at a point."""
    if not found.said:
        return ""
    if alone:
        narrow = np.flatnonzero((found.ends[:-1] == at) & (found.ends[1:] == at))
        if len(narrow):
            return found.said[int(narrow[0])]
    band = int(np.searchsorted(found.ends, at, side="right")) - 1
    return found.said[min(max(band, 0), len(found.said) - 1)]


def _curve(asked: Asked, pieces: Pieces) -> pd.DataFrame:
    """Table ``curve``: even points, and both ends of every piece."""
    low, high = asked.spec.vary.between
    points = np.unique(np.r_[np.linspace(low, high, POINTS), pieces.start, pieces.stop])
    values = asked.central(points)
    columns = dict(zip(asked.names, values.T, strict=True))
    return pd.DataFrame({asked.variable.name: points, **columns})
