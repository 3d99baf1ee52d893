"""The tables behind the report of a finished sweep: all of its sums are made here.

Nothing is held that grows with the rows: one pass over them (`exposure.sweeps.survey`), then the
few thousand scenarios that a picture shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import prod
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import QueryError
from exposure.sweeps.analysis import DUST, heat_map, known_values, sobol, tornado
from exposure.sweeps.discovery import Box, discover
from exposure.sweeps.outputs import kind_of
from exposure.sweeps.reading import ID, Column, SweepTable, require
from exposure.sweeps.survey import Survey, own_levels, survey

MOST_OUTPUTS: Final = 6
"""Outputs that a report shows; all stand in the table of outputs."""
MOST_LEVELS: Final = 25
"""Levels of an axis that a picture shows, of those that were computed."""
MOST_DAYS: Final = 60
"""Days of an axis that a picture shows."""
MOST_CELLS: Final = 40_000
"""Numbers behind all positions of the sliders together."""
MOST_AXES: Final = 5
"""Inputs among which the axes of a map of medians can be chosen."""
TURN_LEVELS: Final = 5
"""Levels of the second axis at which it is looked where an output turns."""
MOST_LINES: Final = 30
"""Combinations of the other inputs at which it is looked."""
MOST_ALONG: Final = 2_000
"""Levels along which it is looked."""
MOST_ROUTES: Final = 3
"""Routes of a product whose landed costs are compared with one another."""
TENTH: Final = 0.1
"""Part of the scenarios whose inputs are put into boxes."""
LEAST_SHARE: Final = 1e-9
"""Part of an output's size that counts as nothing where its sign is asked for."""
AT: Final = "at/"
"""Beginning of the columns that hold a value of an input."""
LANDED: Final = "route_landed_usd_per_unit"
LOWEST: Final = frozenset(
    {"route_units", "volume_change_share", "operating_profit_change_usd", "jobs_predicted_fte",
     "country_jobs_predicted_fte"}
)  # fmt: skip
"""Outputs of which the lowest tenth is put into boxes; of all others it is the highest."""


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
    grid, medians = _no_grid(table, shown), _no_medians()
    if exact and len(found.sample):
        grid, kept = _grid(table, found, inputs, shown, axes)
        inputs["shown"] = [len(kept.get(name, ())) for name in inputs["name"]]
        shown = [name for name in shown if name in grid]
        outputs.loc[~outputs["name"].isin(shown), "rank"] = 0
    elif len(found.sample) and len(axes) == 2:
        medians = _medians(found.sample, inputs, shown, axes)
    side, worst = _worst(outputs, found, shown)
    moved = inputs.loc[inputs["kind"] != "draw", "name"].tolist()
    swings = _tornado(found.sample, moved, shown, grid)
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
        "sweep_flip": _flips(table, found, inputs, outputs, swings) if exact else _no_flips(inputs),
        "sweep_boxes": _boxes(found, inputs, shown, side, worst),
        "sweep_sobol": _sobol(table, shown),
    }  # fmt: skip


# --- what was varied, what was computed --------------------------------------------------------


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


# --- the picture -------------------------------------------------------------------------------


def _thinned(
    found: Survey, inputs: pd.DataFrame, axes: Sequence[str], outputs: int
) -> tuple[dict[str, NDArray[Any]], int]:
    """Levels of each input that the picture and its sliders show, and how many outputs.

    Options stay whole as long as that is possible; first the sliders lose levels, then the axes,
    then outputs are left out.
    """
    whole = {name: _levels(found, name) for name in inputs["name"]}
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


def _levels(found: Survey, name: str) -> NDArray[Any]:
    """Values of an input of a grid."""
    levels = found.levels[name]
    return np.unique(found.sample[name].to_numpy()) if levels is None else levels


def _grid(
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
        if len(levels) < len(_levels(found, name))
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


def _no_grid(table: SweepTable, shown: Sequence[str]) -> pd.DataFrame:
    names = [ID, *table.inputs, *shown]
    return pd.DataFrame({name: pd.Series(dtype=float) for name in names})


MEDIANS: Final = ("x", "y", "name", "x_value", "x_word", "y_value", "y_word", "median")


def _no_medians() -> pd.DataFrame:
    words = ("x", "y", "name", "x_word", "y_word")
    return pd.DataFrame(
        {name: pd.Series(dtype=object if name in words else float) for name in MEDIANS}
    )


def _medians(
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
    return pd.concat(frames, ignore_index=True) if frames else _no_medians()


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


# --- what moves it, where it turns, where it lies ----------------------------------------------


SWINGS: Final = ("name", "input", "low", "high", "low_word", "high_word", "at_low", "at_high",
                 "swing", "moves")  # fmt: skip


def _tornado(
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
        frames.append(frame)
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


def _flips(
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
    frames = [_no_flips(inputs)]
    for first, second in pairs if numbers and len(found.sample) else ():
        along = str(tornado(found.sample, numbers, first)["input"].iloc[0])
        axes = [along, *(other for other in numbers if other != along)][:2]
        others = {other: _levels(found, other) for other in inputs["name"] if other != along}
        kept = _few(others, axes, kind)
        where = {**kept, along: own_levels(_levels(found, along), MOST_ALONG)}
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


def _no_flips(inputs: pd.DataFrame) -> pd.DataFrame:
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


def _worst(outputs: pd.DataFrame, found: Survey, shown: Sequence[str]) -> tuple[str, float]:
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


def _boxes(
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
    words = _levels(found, name).tolist()
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
            words = _levels(found, name).tolist()
            yes = low > 0
            if not yes and len(words) == 2:
                yes, word = True, next(other for other in words if other != word)
            row |= {"side": "is" if yes else "is_not", "low_word": word}
        elif kind[name] == "day":
            days = sorted(_levels(found, name).tolist())
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


def _sobol(table: SweepTable, shown: Sequence[str]) -> pd.DataFrame:
    """Shares of the variance, of a design that was laid for them."""
    frames = []
    for name in shown if table.design.kind == "saltelli" and len(table) else ():
        rows = table.frame([ID, name])
        found = sobol(rows, table.design.inputs, table.design.samples, name, seed=table.seed)
        found = found.sort_values("total", ascending=False, kind="stable")
        frames.append(found.assign(name=name)[list(SOBOL)])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(SOBOL))
