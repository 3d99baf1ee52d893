"""Pictures of a result or a sweep on axes of matplotlib, for notebooks and scripts.

Every picture takes ``ax`` and gives it back; without it a figure of its own is opened by pyplot.
What is drawn stands in a table of the result, and what is not known is written, never drawn as 0.
matplotlib is imported when a picture is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exposure.errors import QueryError
from exposure.frames import records
from exposure.reports.style import COLOURS, DUTY_COLOUR, country, metric_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exposure.model.results import Result
    from exposure.sweeps.reading import SweepTable

PARTS = (
    ("value_added_usd_per_unit", "Value added at the sites", COLOURS[0]),
    ("freight_usd_per_unit", "Freight", COLOURS[4]),
    ("duty_usd_per_unit", "Duties of all borders", DUTY_COLOUR),
)
CHANGES = ("cost_change_share", "buyer_price_change_share", "volume_change_share")
JOBS = (("exposed", "Exposed", COLOURS[0]), ("predicted", "Predicted change", COLOURS[5]))
BILL, PROFIT = "duty_bill_usd", "operating_profit_change_usd"
INK = "#777777"
"""Of whiskers and lines of zero: read on light and on dark paper."""
OTHERS = COLOURS[7]
MOST_MEASURES = 6
"""Measures that have a colour of their own; the smaller ones share one."""
MOST_LEVELS, BINS = 200, 40
"""Levels of a sweep's input that are drawn one by one; more are put into bins of equal width."""
MOST_TICKS = 10
UNKNOWN = "not known"
RANGE = "10 % to 90 % of the draws"


@dataclass(frozen=True)
class ResultPlots:
    """Pictures of a result: ``result.plot``."""

    result: Result

    def landed_cost(self, product: str, ax: Axes | None = None) -> Axes:
        """Landed cost of every route before and after: its parts, and the range of the whole.

        Parameters
        ----------
        product
            Which.
        ax
            Where to draw; a new figure without it.

        Returns
        -------
        Axes
            Bars of central values of ``landed_cost`` [USD per unit], whiskers to its ends.

        Raises
        ------
        QueryError
            If there is no such product; those that there are, are listed.
        """
        table = self._of("landed_cost", product)
        table = _without_twins(table, ["route", *(name for name, _, _ in PARTS)])
        about = self._about(product)
        labels = _labels(table, table["route_title"])
        ax = _axes(ax, len(table))
        place = np.arange(len(table))
        left = np.zeros(len(table))
        for column, title, colour in PARTS:
            width = table[column].to_numpy(dtype=float)
            ax.barh(place, width, left=left, color=colour, label=title)
            left = left + width
        ends = [table[f"landed_{end}"].to_numpy(dtype=float) for end in ("low", "central", "high")]
        _whiskers(ax, place, *ends)
        _rows(ax, labels)
        ax.set_xlabel(f"Landed cost, central [USD per {about['unit']}]")
        _title(ax, f"Landed cost by route: {about['title']}", ends)
        _legend(ax)
        return ax

    def duty_by_measure(self, product: str, ax: Axes | None = None) -> Axes:
        """Duty of every route before and after, by the measure that charges it.

        Parameters
        ----------
        product
            Which.
        ax
            Where to draw; a new figure without it.

        Returns
        -------
        Axes
            Bars of central values of ``duty_lines`` [USD per unit]: what is charged at all borders,
            before any is given back.

        Raises
        ------
        QueryError
            If there is no such product; those that there are, are listed.
        """
        lines = self._of("duty_lines", product)
        about = self._about(product)
        titles = lines.drop_duplicates("action").set_index("action")["title"]
        wide = lines.pivot_table(
            index=["scenario", "case", "route"], columns="action", values="duty_usd_per_unit",
            aggfunc="sum", sort=False,
        ).fillna(0.0)  # fmt: skip
        unknown = lines["duty_usd_per_unit"].isna()
        keys = pd.MultiIndex.from_frame(lines.loc[unknown, ["scenario", "case", "route"]])
        table = wide.reset_index()
        table[UNKNOWN] = wide.index.isin(keys)
        table = _without_twins(table, ["route", *wide.columns, UNKNOWN])
        names = self._of("landed_cost", product).drop_duplicates("route")
        routes = table["route"].map(names.set_index("route")["route_title"])
        ax = _axes(ax, len(table))
        place, left = np.arange(len(table)), np.zeros(len(table))
        for title, width, colour in _by_size(table[list(wide.columns)], titles):
            ax.barh(place, width, left=left, color=colour, label=title)
            left = left + width
        for row in np.flatnonzero(table[UNKNOWN]):
            ax.text(left[row], place[row], f" and a part that is {UNKNOWN}", va="center")
        _rows(ax, _labels(table, routes))
        ax.set_xlabel(f"Duty charged at all borders, central [USD per {about['unit']}]")
        ax.set_title(f"Duty by measure: {about['title']}", fontsize="medium")
        if ax.patches:
            _legend(ax)
        return ax

    def headlines(self, ax: Axes | None = None) -> Axes:
        """Change of landed cost, of the buyer's price and of volume, with their ranges.

        Parameters
        ----------
        ax
            Where to draw; a new figure without it.

        Returns
        -------
        Axes
            Medians of ``headline`` in per cent, whiskers to its ends; a row a product.
        """
        table = self.result.tables["headline"]
        table = table[table["metric"].isin(CHANGES)]
        rows = table.drop_duplicates(["scenario", "product"])[["scenario", "product"]]
        titles = self.result.tables["products"].set_index("product")["title"]
        series = [
            (metric_title(name), colour, _aligned(rows, table[table["metric"] == name], 100.0))
            for name, colour in zip(CHANGES, COLOURS, strict=False)
        ]
        ax = _points(ax, series, _labels(rows, rows["product"].map(titles)))
        ax.set_xlabel("Change against the baseline, median [per cent]")
        _title(ax, "Landed cost, buyer's price and volume", *(ends for _, _, ends in series))
        return ax

    def jobs(self, ax: Axes | None = None) -> Axes:
        """Jobs exposed, and the change of jobs predicted: side by side, for they never add up.

        Parameters
        ----------
        ax
            Where to draw; a new figure without it.

        Returns
        -------
        Axes
            Central values of ``job_numbers`` at the level ``firm`` [persons], whiskers to its ends;
            a row a firm and country.
        """
        table = self.result.tables["job_numbers"]
        table = table[table["level"] == "firm"]
        keys = ["scenario", "name", "country"]
        rows = table.drop_duplicates(keys)[keys]
        places = [f"{row['name']}, {country(row['country'])}" for row in records(rows)]
        series = [
            (title, colour, _aligned(rows, table[table["kind"] == kind], 1.0, "central"))
            for kind, title, colour in JOBS
        ]
        ax = _points(ax, series, _labels(rows, places))
        ax.set_xlabel("Jobs, central [persons]")
        _title(ax, "Jobs exposed, and jobs predicted to change", *(ends for _, _, ends in series))
        return ax

    def firms(self, ax: Axes | None = None) -> Axes:
        """Duty of each firm before and after, and the change of its operating profit.

        Parameters
        ----------
        ax
            Where to draw; a new figure without it.

        Returns
        -------
        Axes
            Central values of ``firm_results`` at the level ``firm`` [USD million a year], whiskers
            to its ends.
        """
        table = self.result.tables["firm_results"]
        table = table[table["level"] == "firm"]
        rows = table.drop_duplicates(["scenario", "firm"])[["scenario", "firm"]]
        bill = _aligned(rows, table[table["metric"] == BILL], 1e-6, "central")
        profit = _aligned(rows, table[table["metric"] == PROFIT], 1e-6, "central")
        before = _aligned(rows, table[table["metric"] == BILL], 1e-6, "baseline")[1]
        series = [
            ("Duties, baseline", COLOURS[4], [before] * 3),
            ("Duties, scenario", DUTY_COLOUR, bill),
            ("Operating profit, change", COLOURS[2], profit),
        ]
        ax = _points(ax, series, _labels(rows, rows["firm"]))
        ax.set_xlabel("Central [USD million a year]")
        _title(ax, "Duties and operating profit of firms", *(ends for _, _, ends in series))
        return ax

    def _of(self, name: str, product: str) -> pd.DataFrame:
        table = self.result.tables[name]
        known = list(dict.fromkeys(self.result.tables["products"]["product"]))
        if product not in known:
            raise QueryError(f"no product {product!r}", "plot", f"known: {', '.join(known)}")
        return table[table["product"] == product].reset_index(drop=True)

    def _about(self, product: str) -> dict[str, Any]:
        return records(self._of("products", product))[0]


@dataclass(frozen=True)
class SweepPlots:
    """Pictures of a finished sweep: ``table.plot``."""

    table: SweepTable

    def line(self, x: str, y: str, ax: Axes | None = None) -> Axes:
        """An output along an input: the median of all scenarios at a level, and their spread.

        Parameters
        ----------
        x
            An input.
        y
            An output.
        ax
            Where to draw; a new figure without it.

        Returns
        -------
        Axes
            Medians in the units of the sweep; whiskers from 10 to 90 per cent of the scenarios,
            where other inputs move the output too.

        Raises
        ------
        QueryError
            If ``x`` is no input or ``y`` is no output; the nearest names are given.
        """
        self._check([x], [y])
        frame = self.table.frame([x, y])
        levels = _levels(frame[x])
        groups = frame.groupby(levels, sort=True, observed=True)[y]
        middle = groups.median()
        low, high = groups.quantile(0.1), groups.quantile(0.9)
        words = not pd.api.types.is_numeric_dtype(middle.index)
        place = np.arange(len(middle)) if words else middle.index.to_numpy(dtype=float)
        ax = _axes(ax, 8)
        ax.plot(place, middle.to_numpy(), marker="o", color=COLOURS[0])
        if _ranged([low.to_numpy(), high.to_numpy()]):
            reach = [(middle - low).to_numpy(), (high - middle).to_numpy()]
            ax.errorbar(place, middle.to_numpy(), reach, fmt="none", ecolor=INK, capsize=3)
        if words:
            ax.set_xticks(place, [str(level) for level in middle.index])
        ax.set_xlabel(self._label(x))
        ax.set_ylabel(self._label(y))
        ax.set_title(self._said(f"{self.table.titles[y]} along {self.table.titles[x]}", frame[y]),
                     fontsize="medium")  # fmt: skip
        return ax

    def heat(self, x: str, y: str, value: str, ax: Axes | None = None) -> Axes:
        """An output over two inputs: the median of all scenarios of a cell.

        Parameters
        ----------
        x, y
            Inputs across and up.
        value
            An output.
        ax
            Where to draw; a new figure without it.

        Returns
        -------
        Axes
            Cells by level, the lowest at the left and at the bottom; grey is not known. The bar of
            colours stands beside it.

        Raises
        ------
        QueryError
            If a name is not known, or both inputs are the same; the nearest names are given.
        """
        from matplotlib.colors import LinearSegmentedColormap

        from exposure.reports.figures.sweep_heat import DIVERGING, SEQUENTIAL, colours

        self._check([x, y], [value])
        if x == y:
            others = ", ".join(name for name in self.table.inputs if name != x)
            raise QueryError(f"{x!r} stands on both axes", "plot", f"another of: {others}")
        frame = self.table.frame([x, y, value])
        cells = (
            frame[value].groupby([_levels(frame[y]), _levels(frame[x])], observed=True).median()
        ).unstack()
        shade = colours(cells.to_numpy(dtype=float))
        hues = DIVERGING if shade.kind == "diverging" else SEQUENTIAL
        hues = hues[::-1] if shade.kind == "reversed" else hues
        ax = _axes(ax, 8)
        ax.set_facecolor("#bbbbbb")
        mesh = ax.pcolormesh(
            np.ma.masked_invalid(cells.to_numpy(dtype=float)), vmin=shade.low, vmax=shade.high,
            cmap=LinearSegmentedColormap.from_list("sweep", hues),
        )  # fmt: skip
        # The title says what it is; a long name would stretch the bar beside it.
        ax.figure.colorbar(mesh, ax=ax, label=self.table.units[value])
        for levels, put in ((cells.columns, ax.set_xticks), (cells.index, ax.set_yticks)):
            every = max(1, -(-len(levels) // MOST_TICKS))
            shown = range(0, len(levels), every)
            put([place + 0.5 for place in shown], [_level(levels[place]) for place in shown])
        ax.set_xlabel(self._label(x))
        ax.set_ylabel(self._label(y))
        ax.set_title(self._said(self.table.titles[value], frame[value]), fontsize="medium")
        return ax

    def _check(self, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        from exposure.sweeps.reading import require

        require(inputs, self.table.inputs, f"sweep {self.table.id}, inputs")
        require(outputs, self.table.outputs, f"sweep {self.table.id}, outputs")

    def _label(self, name: str) -> str:
        unit = self.table.units[name]
        return self.table.titles[name] + (f" [{unit}]" if unit else "")

    def _said(self, title: str, values: pd.Series[float]) -> str:
        """A title that says how many scenarios are not in the picture."""
        absent = int(values.isna().sum()) + self.table.rows - len(values)
        told = f"{title}: median of the scenarios"
        return f"{told}; of {absent:,} it is {UNKNOWN}" if absent else told


def _title(ax: Axes, text: str, *ends: Sequence[Any]) -> None:
    """A title; what whiskers are stands below where some (low, central, high) has a range."""
    ranged = f"\nwhiskers: {RANGE}" if any(map(_ranged, ends)) else ""
    ax.set_title(f"{text}{ranged}", fontsize="medium")


def _axes(ax: Axes | None, rows: int) -> Axes:
    """The axes that were given, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, made = plt.subplots(figsize=(10.0, 1.6 + 0.36 * max(rows, 3)), layout="constrained")
    return made


def _without_twins(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows of a table without baselines that another scenario has as well."""
    twins = table.duplicated(["case", *columns]) & (table["case"] == "baseline")
    return table[~twins].reset_index(drop=True)


def _labels(table: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """Names of rows; with the case and, where there are several, the scenario."""
    several = table["scenario"].nunique() > 1
    cases = table["case"] if "case" in table else pd.Series("", index=table.index)
    baselines = table.loc[cases == "baseline", "scenario"].nunique()
    made = []
    for name, scenario, case in zip(names, table["scenario"], cases, strict=True):
        said = scenario if several else case
        if case == "baseline":
            said = f"baseline of {scenario}" if baselines > 1 else "baseline"
        made.append(f"{name}: {said}" if said else str(name))
    return made


def _rows(ax: Axes, labels: Sequence[str]) -> None:
    """Names of the rows, the first on top."""
    ax.set_yticks(np.arange(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)


def _legend(ax: Axes) -> None:
    """Names of the colours, beside the picture and not over it."""
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize="small", frameon=False)


def _ranged(ends: Sequence[Any]) -> bool:
    """Whether anything of a low, central and high end differs."""
    known = np.stack([np.asarray(end, dtype=float) for end in (ends[0], ends[-1])])
    return bool(np.nansum(np.abs(known[1] - known[0])) > 0)


def _whiskers(ax: Axes, place: Any, low: Any, middle: Any, high: Any) -> None:
    """Ranges across the rows; a row that is not known says so."""
    if _ranged([low, high]):
        # From end to end: the value at central inputs may lie outside the ends of the draws.
        ax.errorbar((low + high) / 2, place, xerr=(high - low) / 2, fmt="none", ecolor=INK,
                    capsize=3)  # fmt: skip
    for row in np.flatnonzero(np.isnan(middle)):
        ax.text(0.0, place[row], f" {UNKNOWN}", va="center")


def _aligned(
    rows: pd.DataFrame, table: pd.DataFrame, times: float, middle: str = "median"
) -> list[Any]:
    """Low, middle and high of each row, in a larger or smaller unit; NaN where there is none."""
    found = rows.merge(table, on=list(rows.columns), how="left", validate="one_to_one")
    return [found[end].to_numpy(dtype=float) * times for end in ("low", middle, "high")]


def _points(
    ax: Axes | None, series: Sequence[tuple[str, str, Sequence[Any]]], labels: Sequence[str]
) -> Axes:
    """Points with whiskers, a colour and a mark a series, side by side in each row."""
    ax = _axes(ax, len(labels) * (1 + len(series)) // 2)
    step = 0.7 / len(series)
    for number, (title, colour, (low, middle, high)) in enumerate(series):
        place = np.arange(len(labels)) + step * (number - (len(series) - 1) / 2)
        ax.plot(middle, place, "osD"[number % 3], color=colour, label=title, zorder=3)
        _whiskers(ax, place, low, middle, high)
    ax.axvline(0.0, color=INK, linewidth=0.8)
    _rows(ax, labels)
    _legend(ax)
    return ax


def _by_size(
    wide: pd.DataFrame, titles: pd.Series[str]
) -> Iterable[tuple[str, np.ndarray[Any, Any], str]]:
    """Title, values and colour of each measure that charges anything, the largest first."""
    size = wide.abs().sum().sort_values(ascending=False, kind="stable")
    names = [str(name) for name in size[size > 0].index]
    for name, colour in zip(names[:MOST_MEASURES], COLOURS, strict=False):
        yield str(titles[name]), wide[name].to_numpy(dtype=float), colour
    if names[MOST_MEASURES:]:
        rest = wide[names[MOST_MEASURES:]].sum(axis=1).to_numpy(dtype=float)
        others = names[MOST_MEASURES:]
        title = f"{len(others)} other measures" if others[1:] else str(titles[others[0]])
        yield title, rest, OTHERS


def _levels(column: pd.Series[Any]) -> pd.Series[Any]:
    """Levels of an input; many numbers become the middles of bins of equal width."""
    if column.nunique() <= MOST_LEVELS or not pd.api.types.is_numeric_dtype(column):
        return column
    cut = pd.cut(column, BINS)
    return cut.map(lambda span: span.mid).astype(float)


def _level(level: Any) -> str:
    return f"{level:.4g}" if isinstance(level, float) else str(level)
