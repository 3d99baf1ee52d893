"""The tables behind the report of a finished sweep: all of its sums are made here.

Nothing is held that grows with the rows: one pass over them (`exposure.sweeps.survey`), then the
few thousand scenarios that a picture shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import QueryError
from exposure.sweeps.analysis import DUST
from exposure.sweeps.drivers import (
    TENTH,
    boxes_of_worst,
    shares_of_variance,
    swings_of_outputs,
    worst_tenth,
)
from exposure.sweeps.outputs import kind_of
from exposure.sweeps.reading import ID, Column, SweepTable, require
from exposure.sweeps.survey import Survey, survey
from exposure.sweeps.turns import AT, no_turns, turns_of_outputs
from exposure.sweeps.views import computed_grid, medians_of_bins, no_grid, no_medians

MOST_OUTPUTS: Final = 6
"""Outputs that a report shows; all stand in the table of outputs."""


def sweep_tables(
    table: SweepTable, x: str | None = None, y: str | None = None, output: str | None = None
) -> dict[str, pd.DataFrame]:
    """Tables of the report of a sweep; ``docs/sweeps.md`` says what stands in each.

    Parameters
    ----------
    table
        From `open_sweep`.
    x, y
        Inputs of the two axes; by default the first numbers, then days, then options.
    output
        The output that is told first; by default of the first kind that was asked for the one that
        varies most.

    Returns
    -------
    dict of DataFrame
        ``sweep``, ``sweep_inputs``, ``sweep_outputs``, ``sweep_extremes``, ``sweep_grid``,
        ``sweep_medians``, ``sweep_tornado``, ``sweep_flip``, ``sweep_boxes``, ``sweep_sobol``.

    Raises
    ------
    QueryError
        If an input or the output is not known, or both axes are the same.
    DataError
        If a file is broken.
    """
    found = survey(table)
    inputs = _inputs(table, found)
    outputs = _outputs(table, found, output)
    shown = outputs.loc[outputs["rank"] > 0].sort_values("rank")["name"].tolist()
    axes = _axes(inputs, x, y)
    exact = table.design.kind == "grid" and "draw" not in table.inputs
    grid, medians = no_grid(table, shown), no_medians()
    if exact and len(found.sample):
        grid, kept = computed_grid(table, found, inputs, shown, axes)
        inputs["shown"] = [len(kept.get(name, ())) for name in inputs["name"]]
        shown = [name for name in shown if name in grid]
        outputs.loc[~outputs["name"].isin(shown), "rank"] = 0
    elif len(found.sample) and len(axes) == 2:
        medians = medians_of_bins(found.sample, inputs, shown, axes)
    side, worst = worst_tenth(outputs, found, shown)
    moved = inputs.loc[inputs["kind"] != "draw", "name"].tolist()
    swings = swings_of_outputs(found.sample, moved, shown, grid)
    return {
        "sweep": pd.DataFrame(
            {
                "id": [table.id], "title": [table.title], "question": [table.question],
                "note": [table.note], "design": [table.design.kind], "rows": [table.rows],
                "failed": [table.rows - len(table)], "seed": [table.seed], "exact": [exact],
                "x": [axes[0] if axes else ""], "y": [axes[1] if len(axes) > 1 else ""],
                "output": [shown[0] if shown else ""], "sampled": [len(found.sample)],
                "tenth": [side], "tenth_from": [worst],
            }
        ),
        "sweep_inputs": inputs,
        "sweep_outputs": outputs,
        "sweep_extremes": _extremes(table, found, shown),
        "sweep_grid": grid,
        "sweep_medians": medians,
        "sweep_tornado": swings,
        "sweep_flip": (
            turns_of_outputs(table, found, inputs, outputs, swings) if exact else no_turns(inputs)
        ),
        "sweep_boxes": boxes_of_worst(found, inputs, shown, side, worst),
        "sweep_sobol": shares_of_variance(table, shown),
    }  # fmt: skip


def _inputs(table: SweepTable, found: Survey) -> pd.DataFrame:
    rows = []
    for item in table.columns:
        if item.role != "input":
            continue
        levels = found.levels[item.name]
        kind = _kind(item, levels)
        words = kind in ("option", "day")
        rows.append(
            {
                "name": item.name,
                "title": item.title or item.name,
                "unit": item.unit,
                "kind": kind,
                "low": np.nan if words or levels is None or not len(levels) else levels[0],
                "high": np.nan if words or levels is None or not len(levels) else levels[-1],
                "levels": np.nan if levels is None else float(len(levels)),
                "shown": 0,
                "values": "; ".join(map(str, levels)) if words and levels is not None else "",
            }
        )
        if levels is None and not words:
            column = found.sample[item.name]
            rows[-1] |= {"low": column.min(), "high": column.max()}
    names = ["name", "title", "unit", "kind", "low", "high", "levels", "shown", "values"]
    return pd.DataFrame(rows, columns=names).astype({"low": float, "high": float})


def _kind(item: Column, levels: NDArray[Any] | None) -> str:
    if item.name == "draw":
        return "draw"
    if levels is None or levels.dtype.kind != "O":
        return "number"
    days = pd.to_datetime(pd.Series(levels, dtype=object), format="%Y-%m-%d", errors="coerce")
    return "day" if days.notna().all() else "option"


def _outputs(table: SweepTable, found: Survey, output: str | None) -> pd.DataFrame:
    columns = [item for item in table.columns if item.role == "output"]
    kinds = [kind_of(item) for item in columns]
    quantiles = found.sample[[item.name for item in columns]].quantile([TENTH, 0.5, 1 - TENTH])
    frame = pd.DataFrame(
        {
            "name": [item.name for item in columns],
            "title": [item.title or item.name for item in columns],
            "unit": [item.unit for item in columns],
            "kind": [kind for kind, _ in kinds],
            "thing": [thing for _, thing in kinds],
        }
    )
    for place, name in enumerate(("low", "median", "high")):
        frame[name] = quantiles.iloc[place].to_numpy(dtype=float)
    for name in ("min", "max", "unknown"):
        frame[name] = found.extremes[name].to_numpy()
    ranked = _ranked(frame, output, f"sweep {table.id}")
    frame["rank"] = [ranked.index(name) + 1 if name in ranked else 0 for name in frame["name"]]
    return frame


def _ranked(outputs: pd.DataFrame, first: str | None, where: str) -> list[str]:
    """The outputs that are shown.

    In turn from each kind, in the order in which they were asked for, the one that varies most.

    Raises
    ------
    QueryError
        If the one that is wanted first is not known.
    """
    if first is not None:
        require([first], outputs["name"], where)
    spread = (outputs["max"] - outputs["min"]).to_numpy()
    size = outputs[["min", "max"]].abs().max(axis=1).to_numpy()
    varies = spread > DUST * size
    if not varies.any():
        varies = np.isfinite(spread)
    queues: dict[str, list[tuple[float, str]]] = {}
    for row, width, moves in zip(outputs.itertuples(index=False), spread, varies, strict=True):
        if moves:
            queues.setdefault(str(row.kind or row.unit), []).append((-width, str(row.name)))
    turns = [sorted(queue, key=lambda pair: pair[0]) for queue in queues.values()]
    longest = max(map(len, turns), default=0)
    chosen = [] if first is None else [first]
    for turn in range(longest):
        chosen += [queue[turn][1] for queue in turns if turn < len(queue)]
    chosen = list(dict.fromkeys(chosen))[:MOST_OUTPUTS]
    # Those of a kind stand together, the one that is told first leads.
    kinds = list(queues)
    kind = {str(row.name): str(row.kind or row.unit) for row in outputs.itertuples(index=False)}
    order = {name: place for place, name in enumerate(chosen)}
    lead = kind[chosen[0]] if chosen else ""
    return sorted(
        chosen,
        key=lambda name: (kind[name] != lead, kinds.index(kind[name]) if kind[name] in kinds
                          else -1, order[name]),
    )  # fmt: skip


def _axes(inputs: pd.DataFrame, x: str | None, y: str | None) -> list[str]:
    """Inputs across and up; one or none where there are no more.

    Raises
    ------
    QueryError
        If one is not known, or both are the same.
    """
    free = inputs[inputs["kind"] != "draw"]
    require([name for name in (x, y) if name is not None], free["name"], "axes")
    if x is not None and x == y:
        raise QueryError(f"{x!r} on both axes", "axes", "two inputs")
    names = [
        str(name) for kind in ("number", "day", "option") for name in
        free.loc[free["kind"] == kind, "name"]
    ]  # fmt: skip
    rest = [name for name in names if name not in (x, y)]
    chosen = [x or (rest.pop(0) if rest else None), y or (rest.pop(0) if rest else None)]
    return [name for name in chosen if name is not None]


def _extremes(table: SweepTable, found: Survey, shown: Sequence[str]) -> pd.DataFrame:
    """The scenarios with the lowest and with the highest value of each output that is shown."""
    mine = found.extremes.loc[list(shown)]
    ends = [
        pd.DataFrame({"end": end, ID: mine[f"{end}_id"], "value": mine[end]})
        for end in ("min", "max")
    ]
    frame = pd.concat(ends).rename_axis("name").reset_index()
    order = {name: place for place, name in enumerate(shown)}
    frame = frame[frame[ID] >= 0].sort_values("name", key=lambda n: n.map(order), kind="stable")
    frame = frame.reset_index(drop=True)
    ids = sorted(set(frame[ID].tolist()))
    at = table.frame([ID, *table.inputs], where={ID: ids}).set_index(ID)
    for name in table.inputs:
        frame[f"{AT}{name}"] = at[name].reindex(frame[ID]).to_numpy()
    return frame
