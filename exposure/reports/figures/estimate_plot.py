"""An estimate in two panels: the coefficients, and the comparison that they come from."""

from __future__ import annotations

import io
import math
import textwrap
from typing import Any, cast

import numpy as np

from exposure.frames import records
from exposure.model.estimation import Estimated
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import plot_settings

ESTIMATE, OTHER, QUIET = "#0072B2", "#E69F00", "#666666"
SIZE = (8.2, 4.2)
MOST_COEFFICIENTS = 12


def draw(made: Estimated) -> Figure:
    """The figure with the table of what is drawn."""
    table = made.table()
    rows = tuple(
        (row["term"], *(f"{row[name]:.4f}" for name in ("estimate", "low", "high")))
        for row in records(table)
    )
    title = title_of(made)
    told = "; ".join(f"{n}: {v} ({low} to {high})" for n, v, low, high in rows)
    name = f"estimate-{made.document.id}"
    return Figure(
        id=name,
        title=(title,),
        alt=(f"{title}. {told}",),
        views=(("", render(*SIZE, lambda figure: _paint(figure, made))),),
        source=(source_of(made),),
        table=Table(f"{name}-table", (title,), ("Term", "Estimate", "Low", "High"),
                    tuple(tuple((cell,) for cell in row) for row in rows),
                    numeric=frozenset({1, 2, 3})),
    )  # fmt: skip


def picture(made: Estimated) -> bytes:
    """The same figure as PNG, 150 dots an inch."""
    import matplotlib as mpl

    with mpl.rc_context(cast("Any", plot_settings())):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Canvas

        figure = Canvas(figsize=SIZE, layout="constrained")
        FigureCanvasAgg(figure)
        _paint(figure, made)
        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=150, metadata={"Software": None})
    return stream.getvalue()


def title_of(made: Estimated) -> str:
    """What the picture shows, with the number and the verdict."""
    found = made.estimate.headline
    if math.isnan(found.value):
        return f"{made.document.title}: no estimate, not identified"
    return (f"{made.document.title}: {found.value:.2f} ({found.low:.2f} to {found.high:.2f}), "
            f"{made.verdict}")  # fmt: skip


def source_of(made: Estimated) -> str:
    """Under the picture: data, model, errors."""
    design, facts = made.estimate.design, made.estimate.diagnostics
    rows = f"{facts.observations:,} rows, " if facts else ""
    model = "PPML" if design.model == "ppml" else "least squares on logs"
    errors = "clustered by " + " and ".join(design.cluster) if design.cluster else "robust errors"
    effects = f"effects {', '.join(design.effects)}; " if design.effects else "no fixed effects; "
    return f"{made.document.source}; {rows}{model}; {effects}{errors}; bars: 95 % intervals."


def _paint(figure: Any, made: Estimated) -> None:
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1.0))
    figure.suptitle("\n".join(textwrap.wrap(title_of(made), 88)), x=0.01, ha="left",
                    fontsize=10, fontweight="bold")  # fmt: skip
    figure.supxlabel("\n".join(textwrap.wrap("Source: " + source_of(made), 118)), x=0.01, ha="left",
                     fontsize=7, color=QUIET)  # fmt: skip
    if made.estimate.event_time:
        _event(left, made)
        _paths(right, made)
    else:
        _coefficients(left, made)
        _scatter(right, made)


def _event(axis: Any, made: Estimated) -> None:
    table = made.table().dropna(subset=["event_time", "estimate"])
    time = np.append(table["event_time"].to_numpy(dtype=float), -1.0)
    value = np.append(table["estimate"].to_numpy(dtype=float), 0.0)
    half = np.append(((table["high"] - table["low"]) / 2.0).to_numpy(dtype=float), 0.0)
    axis.axhline(0.0, color=QUIET, linewidth=0.8)
    axis.axvline(-0.5, color=QUIET, linewidth=0.8, linestyle=":")
    axis.errorbar(time, value, yerr=half, fmt="o", color=ESTIMATE, capsize=2, markersize=4)
    axis.annotate("set to 0", (-1.0, 0.0), xytext=(0, -12), textcoords="offset points",
                  ha="center", size=7, color=QUIET)  # fmt: skip
    event = made.estimate.design.event
    axis.set_xlabel(f"Periods from {event.on if event else ''} (first treated)")
    axis.set_ylabel("Effect on the outcome, log points")
    axis.locator_params(axis="x", integer=True)
    if not len(table):
        _nothing(axis)


def _paths(axis: Any, made: Estimated) -> None:
    paths = made.estimate.paths
    event = made.estimate.design.event
    name = event.treated if event else ""
    labels = ((1, f"{name} = 1 (treated)", ESTIMATE, "o"), (2, f"{name} = 0", OTHER, "s"))
    for column, label, colour, mark in labels:
        if len(paths) and np.isfinite(paths[:, column]).any():
            axis.plot(paths[:, 0], 100 * paths[:, column], color=colour, marker=mark, markersize=4,
                      linewidth=1.2, label=label)  # fmt: skip
    axis.axvline(-0.5, color=QUIET, linewidth=0.8, linestyle=":")
    axis.set_xlabel("Periods from the event")
    axis.set_ylabel(f"Mean {made.estimate.design.outcome}, period -1 = 100")
    axis.locator_params(axis="x", integer=True)
    if len(paths):
        axis.set_ylim(bottom=0)
        axis.legend(frameon=False, fontsize=8)
    else:
        _nothing(axis)


def _coefficients(axis: Any, made: Estimated) -> None:
    table = made.table().head(MOST_COEFFICIENTS).iloc[::-1]
    value = table["estimate"].to_numpy(dtype=float)
    half = ((table["high"] - table["low"]) / 2.0).to_numpy(dtype=float)
    places = np.arange(len(table))
    axis.axvline(0.0, color=QUIET, linewidth=0.8)
    axis.errorbar(value, places, xerr=half, fmt="o", color=ESTIMATE, capsize=2, markersize=5)
    axis.set_yticks(places, ["\n".join(textwrap.wrap(str(t), 18)) for t in table["term"]])
    axis.set_ylim(-0.8, len(table) - 0.2)
    axis.set_xlabel(f"Slope, log points of {made.estimate.design.outcome} per unit")
    if not np.isfinite(value).any():
        _nothing(axis)


def _scatter(axis: Any, made: Estimated) -> None:
    bins = made.estimate.bins
    if not len(bins):
        _nothing(axis)
        axis.set_axis_off()
        return
    slope = made.estimate.slopes[made.estimate.focus[0]]
    line = np.array([bins[:, 0].min(), bins[:, 0].max()])
    middle = np.average(bins[:, :2], axis=0, weights=bins[:, 2])
    axis.plot(line, middle[1] + slope * (line - middle[0]), color=OTHER, linewidth=1.5,
              label=f"slope {slope:.2f}")  # fmt: skip
    many = int(bins[:, 2].max())
    label = "rows" if many == 1 else f"means of up to {many} rows"
    axis.scatter(bins[:, 0], bins[:, 1], s=18, color=ESTIMATE, label=label, zorder=3)
    how = "after fixed effects" if made.estimate.design.effects else "less its mean"
    axis.set_xlabel(f"{made.estimate.names[made.estimate.focus[0]]}, {how}")
    axis.set_ylabel(f"ln {made.estimate.design.outcome}, {how}")
    axis.locator_params(axis="x", nbins=5)
    axis.legend(frameon=False, fontsize=8)


def _nothing(axis: Any) -> None:
    axis.text(0.5, 0.5, "no estimate:\nthe effects take up the regressor", ha="center",
              va="center", transform=axis.transAxes, color=QUIET)  # fmt: skip
