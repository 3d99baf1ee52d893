"""Where an output of a sweep changes its sign, and where two routes change places in cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import prod
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.sweeps.analysis import tornado
from exposure.sweeps.reading import SweepTable
from exposure.sweeps.survey import Survey, own_levels

TURN_LEVELS: Final = 5
"""Levels of the second axis at which it is looked where an output turns."""
MOST_LINES: Final = 30
"""Combinations of the other inputs at which it is looked."""
MOST_ALONG: Final = 2_000
"""Levels along which it is looked."""
MOST_ROUTES: Final = 3
"""Routes of a product whose landed costs are compared with one another."""
LEAST_SHARE: Final = 1e-9
"""Part of an output's size that counts as nothing where its sign is asked for."""
AT: Final = "at/"
"""Beginning of the columns that hold a value of an input."""
LANDED: Final = "route_landed_usd_per_unit"


def turns_of_outputs(
    table: SweepTable,
    found: Survey,
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    swings: pd.DataFrame,
) -> pd.DataFrame:
    """Where an output changes its sign, and where two routes of a product change places in cost.

    Each is followed along the number that swings it most, through all of its levels. A turn lies
    between two computed levels, ``turns_from`` and ``turns_to``; nothing is interpolated.
    """
    kind = dict(zip(inputs["name"], inputs["kind"], strict=True))
    shown = swings["name"].drop_duplicates().tolist()
    extremes = outputs.set_index("name")[["min", "max"]].loc[shown].to_numpy(dtype=float)
    pairs = [
        (str(name), "")
        for name, (low, high) in zip(shown, extremes.tolist(), strict=True)
        if _turns(low, high)
    ]
    pairs += _routes(outputs, found.sample)
    numbers = [str(name) for name in inputs["name"] if kind[name] == "number"]
    frames = [no_turns(inputs)]
    for first, second in pairs if numbers and len(found.sample) else ():
        along = str(tornado(found.sample, numbers, first)["input"].iloc[0])
        axes = [along, *(other for other in numbers if other != along)][:2]
        others = {other: found.of_grid(other) for other in inputs["name"] if other != along}
        kept = _few(others, axes, kind)
        where = {**kept, along: own_levels(found.of_grid(along), MOST_ALONG)}
        columns = [*where, first, *([second] if second else [])]
        rows = table.frame(columns, where={key: found.tolist() for key, found in where.items()})
        gap = rows[first] - rows[second] if second else rows[first]
        size = rows[[first, second] if second else [first]].abs().max().max()
        turns = _crossed(rows, list(kept), along, gap.where(gap.abs() > LEAST_SHARE * size, 0.0))
        for other, levels in kept.items():
            turns = _same_at_all(turns, f"{AT}{other}", len(levels))
        if (turns["always"] == "").any():
            frames.append(turns.assign(name=first, other=second, along=along))
    columns = list(frames[0].columns)
    filled = [frame.reindex(columns=columns) for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def no_turns(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return the table of turns without a row."""
    names = ["name", "other", "along", *(f"{AT}{name}" for name in inputs["name"]), "turns_from",
             "turns_to", "always"]  # fmt: skip
    return pd.DataFrame(columns=names)


def _turns(low: float, high: float) -> bool:
    """Whether an output changes its sign by more than rounding."""
    dust = LEAST_SHARE * max(abs(low), abs(high))
    return low < -dust and high > dust


def _routes(outputs: pd.DataFrame, sample: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of routes of a product: those that land cheapest most often, then by their median."""
    landed = outputs[outputs["kind"] == LANDED].sort_values("median", kind="stable")
    groups: dict[str, list[str]] = {}
    for name in landed["name"]:
        groups.setdefault(str(name).split("/")[0], []).append(str(name))
    pairs: list[tuple[str, str]] = []
    for group in groups.values():
        costs = sample[group].to_numpy(dtype=float)
        costs = costs[np.isfinite(costs).all(axis=1)]
        wins = np.bincount(costs.argmin(axis=1), minlength=len(group))
        order = np.argsort(-wins, kind="stable")[:MOST_ROUTES].tolist()
        pairs += combinations([group[place] for place in order], 2)
    return pairs


def _few(
    others: Mapping[str, NDArray[Any]], axes: Sequence[str], kind: Mapping[str, str]
) -> dict[str, NDArray[Any]]:
    """Levels of the other inputs at which it is looked: options whole, the second axis at a few."""
    for levels, options in [*((n, None) for n in range(TURN_LEVELS, 0, -1)), (1, 1)]:
        kept = {}
        for name, values in others.items():
            if kind[name] == "option":
                kept[name] = values[:options]
            elif name in axes and levels > 1:
                kept[name] = own_levels(values, levels)
            else:
                kept[name] = values[len(values) // 2 :][:1]
        if prod(map(len, kept.values())) <= MOST_LINES:
            break
    return kept


def _crossed(
    rows: pd.DataFrame, others: Sequence[str], along: str, values: pd.Series
) -> pd.DataFrame:
    """Levels between which values change their sign, a row a turn; one where a line has none.

    What is nothing has the sign of what follows, so that a line that only ends in nothing does not
    turn there.
    """
    frame = rows[list(others)].add_prefix(AT).assign(level=rows[along], value=values)
    frame = frame[np.isfinite(frame["value"])]
    keys = [f"{AT}{name}" for name in others]
    made: list[dict[str, object]] = []
    lines = frame.groupby(keys, sort=False) if keys else [((), frame)]
    for key, line in lines:
        line = line.sort_values("level", kind="stable")
        line = line[line["value"] != 0]
        side = (line["value"] > 0).to_numpy()
        level = line["level"].to_numpy()
        at = dict(zip(keys, key, strict=True))
        turns = np.flatnonzero(side[1:] != side[:-1])
        made += [
            {**at, "turns_from": level[turn], "turns_to": level[turn + 1], "always": ""}
            for turn in turns.tolist()
        ]
        if not len(turns) and len(side):
            always = "above" if side[0] else "below"
            made.append({**at, "turns_from": np.nan, "turns_to": np.nan, "always": always})
    return pd.DataFrame(made, columns=[*keys, "turns_from", "turns_to", "always"])


def _same_at_all(turns: pd.DataFrame, column: str, levels: int) -> pd.DataFrame:
    """Rows that are the same at all levels of an input that were looked at, once and without it."""
    if levels < 2 or turns.empty:
        return turns
    rest = [name for name in turns if name != column]
    count = turns.groupby(rest, dropna=False)[column].transform("nunique")
    alike = turns[count == levels].drop_duplicates(rest)
    empty = "" if turns[column].dtype.kind not in "fiu" else np.nan
    whole = [alike.assign(**{column: empty}), turns[count < levels]]
    return pd.concat([part for part in whole if len(part)]).sort_index(kind="stable")
