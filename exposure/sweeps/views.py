"""What the picture of a sweep shows: computed scenarios of a grid, else medians of bins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import prod
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.sweeps.analysis import heat_map, tornado
from exposure.sweeps.reading import ID, SweepTable
from exposure.sweeps.survey import Survey, own_levels

MOST_LEVELS: Final = 25
"""Levels of an axis that a picture shows, of those that were computed."""
MOST_DAYS: Final = 60
"""Days of an axis that a picture shows."""
MOST_CELLS: Final = 40_000
"""Numbers behind all positions of the sliders together."""
MOST_AXES: Final = 5
"""Inputs among which the axes of a map of medians can be chosen."""


def _thinned(
    found: Survey, inputs: pd.DataFrame, axes: Sequence[str], outputs: int
) -> tuple[dict[str, NDArray[Any]], int]:
    """Levels of each input that the picture and its sliders show, and how many outputs.

    Options stay whole as long as that is possible; first the sliders lose levels, then the axes,
    then outputs are left out.
    """
    whole = {name: found.of_grid(name) for name in inputs["name"]}
    kind = dict(zip(inputs["name"], inputs["kind"], strict=True))

    def kept(on_axes: int, on_sliders: int, options: int) -> dict[str, NDArray[Any]]:
        found = {}
        for name, levels in whole.items():
            most = on_axes if name in axes else on_sliders
            if kind[name] == "day" and most == MOST_LEVELS:
                most = MOST_DAYS
            found[name] = levels[:options] if kind[name] == "option" else own_levels(levels, most)
        return found

    every = max((len(whole[name]) for name in whole if kind[name] == "option"), default=1)
    tries = [(MOST_LEVELS, most, every, outputs) for most in range(MOST_LEVELS, 2, -1)]
    tries += [(most, 3, every, outputs) for most in range(MOST_LEVELS - 1, 4, -1)]
    tries += [(5, 3, every, count) for count in range(outputs - 1, 0, -1)]
    tries += [(5, 3, most, 1) for most in range(every - 1, 0, -1)]
    for on_axes, on_sliders, options, count in tries:
        chosen = kept(on_axes, on_sliders, options)
        if prod(map(len, chosen.values())) * count <= MOST_CELLS:
            return chosen, count
    # More sliders than any picture can have: the last stay where they are in the middle.
    chosen = kept(5, 3, 1)
    for name in reversed(list(chosen)):
        if name not in axes and prod(map(len, chosen.values())) > MOST_CELLS:
            chosen[name] = chosen[name][len(chosen[name]) // 2 :][:1]
    return chosen, 1


def computed_grid(
    table: SweepTable,
    found: Survey,
    inputs: pd.DataFrame,
    shown: Sequence[str],
    axes: Sequence[str],
) -> tuple[pd.DataFrame, dict[str, NDArray[Any]]]:
    """Computed scenarios at some of the levels of every input, the last input fastest.

    A scenario that failed has its row, and no outputs.
    """
    kept, count = _thinned(found, inputs, axes, len(shown))
    names, outputs = list(kept), list(shown[:count])
    where = {
        name: levels.tolist()
        for name, levels in kept.items()
        if len(levels) < len(found.of_grid(name))
    }
    rows = table.frame([ID, *names, *outputs], where=where or None)
    if table.rows > len(table):
        failed = table.quarantine[[ID, *names]]
        # A level at which everything failed is not shown.
        for name, levels in kept.items():
            failed = failed[failed[name].isin(levels.tolist())]
        rows = pd.concat([rows, failed], ignore_index=True) if len(failed) else rows
    code = np.zeros(len(rows), dtype=np.int64)
    for name, levels in kept.items():
        place = {level: number for number, level in enumerate(levels.tolist())}
        code = code * len(levels) + rows[name].map(place).to_numpy(dtype=np.int64)
    rows = rows.iloc[np.argsort(code, kind="stable")].reset_index(drop=True)
    return rows, kept


def no_grid(table: SweepTable, shown: Sequence[str]) -> pd.DataFrame:
    """Return the table of computed scenarios without a row."""
    names = [ID, *table.inputs, *shown]
    return pd.DataFrame({name: pd.Series(dtype=float) for name in names})


MEDIANS: Final = ("x", "y", "name", "x_value", "x_word", "y_value", "y_word", "median")


def no_medians() -> pd.DataFrame:
    """Return the table of medians without a row."""
    words = ("x", "y", "name", "x_word", "y_word")
    return pd.DataFrame(
        {name: pd.Series(dtype=object if name in words else float) for name in MEDIANS}
    )


def medians_of_bins(
    sample: pd.DataFrame, inputs: pd.DataFrame, shown: Sequence[str], axes: Sequence[str]
) -> pd.DataFrame:
    """Medians of bins over each pair of inputs that can be the axes; all else as it comes."""
    kind = dict(zip(inputs["name"], inputs["kind"], strict=True))
    others = [n for n in inputs["name"] if kind[n] == "number" and n not in axes]
    if others:
        widest = tornado(sample, others, shown[0])["input"].tolist()
        others = [name for name in others if name in widest[: MOST_AXES - len(axes)]]
    numbers = all(kind[name] == "number" for name in axes)
    free = [*axes, *(others if numbers else ())]
    frames: list[pd.DataFrame] = []
    cells = 0
    for across, up in combinations(free, 2):
        maps = [_one_map(sample, across, up, name) for name in shown]
        cells += sum(map(len, maps))
        if frames and cells > MOST_CELLS:
            break
        frames += maps
    return pd.concat(frames, ignore_index=True) if frames else no_medians()


def _one_map(sample: pd.DataFrame, x: str, y: str, output: str) -> pd.DataFrame:
    cells = heat_map(sample, x, y, output)
    across, up = list(cells.columns), list(cells.index)
    frame = pd.DataFrame({"x": x, "y": y, "name": output}, index=range(cells.size))
    for side, values in (("x", across * len(up)), ("y", np.repeat(up, len(across)).tolist())):
        words = bool(values) and isinstance(values[0], str)
        frame[f"{side}_value"] = np.nan if words else np.array(values, dtype=float)
        frame[f"{side}_word"] = values if words else ""
    frame["median"] = cells.to_numpy(dtype=float).ravel()
    return frame[list(MEDIANS)]
