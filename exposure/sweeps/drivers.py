"""What moves the outputs of a sweep: swings, boxes around the worst tenth, shares of variance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.sweeps.analysis import known_values, sobol, tornado
from exposure.sweeps.discovery import Box, discover
from exposure.sweeps.reading import ID, SweepTable
from exposure.sweeps.survey import Survey
from exposure.sweeps.turns import LEAST_SHARE

TENTH: Final = 0.1
"""Part of the scenarios whose inputs are put into boxes."""
LOWEST: Final = frozenset(
    {"route_units", "volume_change_share", "operating_profit_change_usd", "jobs_predicted_fte",
     "country_jobs_predicted_fte"}
)  # fmt: skip
"""Outputs of which the lowest tenth is put into boxes; of all others it is the highest."""


SWINGS: Final = ("name", "input", "low", "high", "low_word", "high_word", "at_low", "at_high",
                 "swing", "moves")  # fmt: skip


def swings_of_outputs(
    sample: pd.DataFrame, moved: Sequence[str], shown: Sequence[str], grid: pd.DataFrame
) -> pd.DataFrame:
    """Swing of each output by each input; ``moves`` is false where the picture stays the same."""
    frames = []
    for name in shown if moved and len(sample) else ():
        swings = tornado(sample, moved, name, TENTH, 1 - TENTH)
        frame = pd.DataFrame({"name": name, "input": swings["input"]})
        for end in ("low", "high"):
            frame[end] = [np.nan if isinstance(v, str) else float(v) for v in swings[end]]
            frame[f"{end}_word"] = [v if isinstance(v, str) else "" for v in swings[end]]
        for column in ("at_low", "at_high", "swing"):
            frame[column] = swings[column].astype(float)
        frame["moves"] = [not len(grid) or _moves(grid, moved, one, name) for one in frame["input"]]
        frames.append(frame[list(SWINGS)])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(SWINGS))


def _moves(grid: pd.DataFrame, inputs: Sequence[str], one: str, output: str) -> bool:
    """Whether an output differs anywhere between two scenarios that differ in one input alone."""
    others = [name for name in inputs if name != one]
    values = grid[output]
    least = LEAST_SHARE * float(values.abs().max())
    if not others:
        return float(values.max() - values.min()) > least
    groups = values.groupby([grid[name] for name in others], sort=False)
    return bool((groups.max() - groups.min() > least).any())


def worst_tenth(outputs: pd.DataFrame, found: Survey, shown: Sequence[str]) -> tuple[str, float]:
    """Which tenth of the first output is put into boxes, and where it begins."""
    if not shown:
        return "", np.nan
    kind = str(outputs.loc[outputs["name"] == shown[0], "kind"].iloc[0])
    below = kind in LOWEST
    values, known = known_values(found.sample, shown[0])
    start = np.quantile(values[known], TENTH if below else 1 - TENTH) if known.any() else np.nan
    return "below" if below else "above", float(start)


BOXES: Final = ("box", "input", "side", "low", "high", "low_word", "high_word", "coverage",
                "density", "support")  # fmt: skip


def boxes_of_worst(
    found: Survey, inputs: pd.DataFrame, shown: Sequence[str], side: str, worst: float
) -> pd.DataFrame:
    """Limits of the inputs within which most of the worst tenth of the first output lies."""
    sample = found.sample
    if not shown or not np.isfinite(worst):
        return pd.DataFrame(columns=list(BOXES))
    columns: dict[str, NDArray[np.float64]] = {}
    meant: dict[str, tuple[str, str]] = {}
    for name, kind in zip(inputs["name"], inputs["kind"], strict=True):
        for word, values in _searched(sample[name], kind, found):
            # Under a number of its own: names of inputs are the user's.
            key = str(len(columns))
            columns[key], meant[key] = values, (name, word)
    frame = pd.DataFrame({**columns, "value": sample[shown[0]]})
    below, above = (worst, None) if side == "below" else (None, worst)
    boxes = discover(frame, list(columns), "value", below, above) if columns else []
    rows = [
        row
        for number, box in enumerate(boxes)
        for row in _limits(box, number + 1, meant, inputs, found)
    ]
    return pd.DataFrame(rows, columns=list(BOXES))


def _searched(
    column: pd.Series, kind: str, found: Survey
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """An input as numbers: days by their order, of options each as yes or no."""
    name = str(column.name)
    if kind == "draw":
        return
    if kind == "number":
        yield "", column.to_numpy(dtype=float)
        return
    words = found.of_grid(name).tolist()
    if kind == "day":
        order = {word: number for number, word in enumerate(sorted(words))}
        yield "", column.map(order).to_numpy(dtype=float)
        return
    for word in words[:1] if len(words) == 2 else words:
        yield word, (column == word).to_numpy(dtype=float)


def _limits(
    box: Box,
    number: int,
    meant: Mapping[str, tuple[str, str]],
    inputs: pd.DataFrame,
    found: Survey,
) -> Iterator[dict[str, object]]:
    kind = dict(zip(inputs["name"], inputs["kind"], strict=True))
    for key, (low, high) in box.limits.items():
        name, word = meant[key]
        row: dict[str, object] = {
            "box": number, "input": name, "low": np.nan, "high": np.nan, "low_word": "",
            "high_word": "", "coverage": box.coverage, "density": box.density,
            "support": box.support,
        }  # fmt: skip
        row["side"] = (
            "least" if np.isinf(high) else "most" if np.isinf(low)
            else "at" if low == high else "between"
        )  # fmt: skip
        if kind[name] == "option":
            words = found.of_grid(name).tolist()
            yes = low > 0
            if not yes and len(words) == 2:
                yes, word = True, next(other for other in words if other != word)
            row |= {"side": "is" if yes else "is_not", "low_word": word}
        elif kind[name] == "day":
            days = sorted(found.of_grid(name).tolist())
            for end, at in (("low", low), ("high", high)):
                row[f"{end}_word"] = "" if np.isinf(at) else days[int(at)]
        else:
            row |= {
                "low": np.nan if np.isinf(low) else low,
                "high": np.nan if np.isinf(high) else high,
            }
        yield row


SOBOL: Final = ("name", "input", "first", "first_low", "first_high", "total", "total_low",
                "total_high")  # fmt: skip


def shares_of_variance(table: SweepTable, shown: Sequence[str]) -> pd.DataFrame:
    """Shares of the variance, of a design that was laid for them."""
    frames = []
    for name in shown if table.design.kind == "saltelli" and len(table) else ():
        rows = table.frame([ID, name])
        found = sobol(rows, table.design.inputs, table.design.samples, name, seed=table.seed)
        found = found.sort_values("total", ascending=False, kind="stable")
        frames.append(found.assign(name=name)[list(SOBOL)])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(SOBOL))
