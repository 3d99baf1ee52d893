"""A grid of rates and parameters through the one evaluation, to Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import QueryError
from exposure.facts.documents import Scenario, Sweep
from exposure.facts.files import replace_file
from exposure.facts.scenario import fingerprint, read_scenario, read_sweep
from exposure.facts.world import World
from exposure.model.compile import Compiled, compile_scenarios
from exposure.model.inputs import draws_of
from exposure.model.rows import Rows, joined, side_rows
from exposure.model.run import Evaluated, evaluate
from exposure.version import __version__

Floats = NDArray[np.float64]
BLOCK = 250
"""Rows evaluated at once: small enough for the arrays to stay in the cache."""
CHUNK = 10_000
"""Rows a file."""


def grid(sweep: Sweep) -> pd.DataFrame:
    """One row a scenario, one column a dimension, the last dimension fastest.

    Shape: product of the numbers of values x number of dimensions.
    """
    axes = [np.array(item.values, dtype=float) for item in sweep.dimensions]
    mesh = np.meshgrid(*axes, indexing="ij")
    names = [item.name for item in sweep.dimensions]
    return pd.DataFrame({name: m.ravel() for name, m in zip(names, mesh, strict=True)})


def sweep(world: World, name: str | Path | Sweep, out: str | Path) -> list[Path]:
    """Evaluate a sweep and write ``part-*.parquet`` and ``manifest.json`` to ``out``.

    Columns: ``row``, the dimensions, and for every product and route landed cost, duty, units,
    and for every product volume change and predicted jobs; units stand in the names. Every row is
    at central values but for the dimensions, against the scenario's baseline.

    Raises
    ------
    Problems, QueryError
        If the sweep names a scenario, clause or parameter that does not exist.
    """
    spec = name if isinstance(name, Sweep) else read_sweep(world, name)
    scenario = read_scenario(world, spec.scenario)
    compiled, [(baseline, state)] = compile_scenarios(world, [scenario], spec.products)
    _check(compiled, spec, state)
    points = grid(spec)
    central = draws_of(compiled, scenario, 0, 0)
    task = _Task(compiled, spec, scenario, central, baseline, state)
    folder = Path(out)
    written = []
    for number, start in enumerate(range(0, len(points), CHUNK)):
        chunk = points.iloc[start : start + CHUNK]
        frames = list(_blocks(task, chunk))
        path = folder / f"part-{number:05d}.parquet"
        stream = io.BytesIO()
        pd.concat(frames, ignore_index=True).to_parquet(stream, index=False, compression="zstd")
        replace_file(path, stream.getvalue())
        written.append(path)
    manifest = {
        "sweep": fingerprint(spec),
        "scenario": fingerprint(scenario),
        "data": world.fingerprint,
        "version": __version__,
        "rows": len(points),
        "files": [path.name for path in written],
    }
    path = folder / "manifest.json"
    replace_file(path, (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())
    return [*written, path]


def _check(compiled: Compiled, spec: Sweep, state: int) -> None:
    """Clauses of a sweep act on some crossing of the scenario's law.

    Raises
    ------
    QueryError
        If one does not; those that act are listed.
    """
    acting: set[str] = set()
    for level in compiled.states[state].levels.values():
        acting.update(level.clause_keys.tolist())
    for item in spec.dimensions:
        if item.action is not None and item.name not in acting:
            raise QueryError(
                f"clause {item.name!r} acts on no crossing",
                f"sweep {spec.id}",
                f"acting: {', '.join(sorted(acting))}",
            )


@dataclass(frozen=True)
class _Task:
    """A sweep, compiled: central inputs, and the law states of baseline and scenario."""

    compiled: Compiled
    spec: Sweep
    scenario: Scenario
    central: dict[str, Floats]
    baseline: int
    state: int


def _blocks(task: _Task, points: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(points), BLOCK):
        block = points.iloc[start : start + BLOCK]
        yield _columns(task.compiled, evaluate(task.compiled, _rows(task, block)), block)


def _rows(task: _Task, block: pd.DataFrame) -> Rows:
    """Row 0 is the baseline; the points of the block follow."""
    size = 1 + len(block)
    values = {name: np.full(size, array[0]) for name, array in task.central.items()}
    rates = {}
    for item in task.spec.dimensions:
        column = block[item.name].to_numpy(dtype=float)
        if item.parameter is None:
            rates[item.name] = np.concatenate([[np.nan], column])
            continue
        for name, array in values.items():
            if name.split("@")[0] == item.parameter:
                array[1:] = column
    first = np.zeros(1, dtype=np.int64)
    one = {name: array[:1] for name, array in values.items()}
    rest = {name: array[1:] for name, array in values.items()}
    same = np.zeros(len(block), dtype=np.int64)
    parts = [
        side_rows(task.compiled, None, task.baseline, first, one),
        side_rows(task.compiled, task.scenario, task.state, same, rest),
    ]
    return replace(joined(parts, [0, 0]), rates=rates)


def _columns(compiled: Compiled, done: Evaluated, block: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, object] = {"row": block.index.to_numpy(dtype=np.int64)}
    columns |= {str(name): block[name].to_numpy() for name in block}
    for number, route in enumerate(compiled.routes.itertuples()):
        label = f"{route.product}/{route.route}"
        columns[f"{label}/landed_usd_per_unit"] = done.cost[1:, number]
        columns[f"{label}/duty_usd_per_unit"] = done.duty[1:, number]
        columns[f"{label}/units"] = done.units_after[1:, number]
    nodes = compiled.network.nodes["product"].to_numpy(dtype=str)
    for number, product in enumerate(compiled.products["product"]):
        columns[f"{product}/volume_change_share"] = done.volume[1:, number] - 1.0
        mine = nodes == product
        columns[f"{product}/jobs_predicted_fte"] = done.predicted[1:, mine].sum(axis=1)
    return pd.DataFrame(columns)
