"""Sweeps to files: chunks of scenarios, each evaluated once, each file whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from exposure.errors import QueryError
from exposure.facts.added import noted
from exposure.facts.documents import Sweep
from exposure.facts.files import parquet_bytes
from exposure.facts.scenario import fingerprint, read_scenario, read_sweep
from exposure.facts.world import World
from exposure.facts.writing import replace_file
from exposure.sweeps.executors import CHUNK, evaluate_chunk, run_chunks
from exposure.sweeps.prepare import Prepared, Way, prepare, stretch_part
from exposure.sweeps.reading import FORMAT, SweepTable, open_sweep
from exposure.version import __version__

PLAN, MANIFEST = "plan.json", "manifest.json"
CHUNKS, FAILED = "chunks", "quarantine"
PROBE = 2_000
"""Scenarios that are evaluated to tell how long a sweep will take."""
SPARE = 0.95
"""Part of the free disk that a sweep may fill."""


@dataclass(frozen=True)
class Estimate:
    """What a sweep will take.

    Attributes
    ----------
    rows, ways, states
        Scenarios; combinations of options and days; laws that differ.
    seconds
        Of evaluation, on ``workers`` processes of this machine.
    bytes
        Of its files.
    """

    rows: int
    ways: int
    states: int
    seconds: float
    bytes: int
    workers: int


def sweep(
    world: World,
    name: str | Path | Sweep,
    out: str | Path,
    *,
    workers: int | None = None,
    scheduler: str = "",
    resume: bool = False,
    progress: bool = False,
    chunk: int = CHUNK,
) -> SweepTable:
    """Evaluate a sweep to Parquet.

    Every row is what `exposure.run` gives of the scenario with that row's inputs, compared with the
    scenario's baseline; ``docs/sweeps.md`` says what stands in the files.

    Parameters
    ----------
    world
        From `load`.
    name
        Name of a shipped sweep, path, or document.
    out
        Folder; it must not hold another sweep.
    workers
        Processes; by default as many as the machine has processors.
    scheduler
        Address of a Dask scheduler, or ``dask://local``; the files are the same.
    resume
        Go on where an interrupted sweep stopped: finished chunks are kept.
    progress
        Show how far it is, on a terminal.
    chunk
        Scenarios a file.

    Returns
    -------
    SweepTable
        The finished folder, of which only what is asked for is read.

    Raises
    ------
    Problems, QueryError
        If the sweep names what does not exist, its folder holds another one, or the disk is too
        small; before the first row.

    Examples
    --------
    >>> table = ex.sweep(small, "grid", folder, workers=1)
    >>> len(table), table.inputs
    (6, ('us-cars/usmca', 'pass_through'))
    >>> columns = ["us-cars/usmca", "car/mexico/duty_usd_per_unit"]
    >>> table.frame(columns, where={"pass_through": 0}).round(1).values.tolist()
    [[0.0, 1107.0], [0.1, 856.7], [0.2, 1606.2]]
    """
    spec = name if isinstance(name, Sweep) else read_sweep(world, name)
    folder = Path(out)
    mark = fingerprint_of(world, spec, chunk)
    _clear(folder, mark, resume=resume)
    prepared = prepare(world, spec)
    count = len(prepared.layout)
    workers = workers or os.cpu_count() or 1
    _must_fit(estimate(prepared, workers), folder)
    _write(folder / PLAN, {"format": FORMAT, "mark": mark, "sweep": spec.id})
    numbers = range(-(-count // chunk))
    missing = [number for number in numbers if not _finished(folder, number, mark)]
    with _Progress(count, min(count, chunk * (len(numbers) - len(missing))), progress) as told:
        for done in run_chunks(prepared, missing, chunk, mark, workers, scheduler):
            failed = folder / FAILED / _name(done.number)
            # First those that failed: a chunk whose file is there is finished.
            if len(done.failed):
                replace_file(failed, parquet_bytes(done.failed))
            else:
                failed.unlink(missing_ok=True)
            replace_file(folder / CHUNKS / _name(done.number), done.data)
            told.more(done.rows + len(done.failed), len(done.failed))
    _finish(world, prepared, folder, mark, chunk)
    return open_sweep(folder)


def fingerprint_of(world: World, spec: Sweep, chunk: int = CHUNK) -> str:
    """What makes a sweep's files: its document, its scenario, the world, the version."""
    marks = [
        fingerprint(spec), fingerprint(read_scenario(world, spec.scenario)), world.fingerprint,
        __version__, str(FORMAT), str(chunk),
    ]  # fmt: skip
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


def estimate(prepared: Prepared, workers: int) -> Estimate:
    """How long a sweep will take and how much it will write, from a few of its scenarios."""
    rows = len(prepared.layout)
    probe = min(rows, PROBE)
    # From the middle: the ends of a range are often alike.
    start = (rows - probe) // 2
    stretch_part(prepared, start, start + 1)
    began = time.perf_counter()
    chunk = evaluate_chunk(prepared, start // probe, probe, "")
    spent = time.perf_counter() - began
    states = {state for way in prepared.ways for state in _laws(way)}
    each = max(1, chunk.rows + len(chunk.failed))
    return Estimate(
        rows=rows,
        ways=len(prepared.ways),
        states=len(states),
        seconds=spent * rows / each / min(workers, max(1, rows // CHUNK)),
        bytes=int(len(chunk.data) * rows / each),
        workers=workers,
    )


def _laws(way: Way) -> Iterator[tuple[str, str]]:
    """The law of a way's baseline and its own: a day, and what is changed of it."""
    scenario = way.scenario
    changes = scenario.model_dump(mode="json", include={"law", "crossings", "rates"})
    yield scenario.baseline.model_dump_json(), ""
    day = scenario.law_on or scenario.baseline
    yield day.model_dump_json(), json.dumps(changes) if any(changes.values()) else ""


def _must_fit(said: Estimate, folder: Path) -> None:
    """Refuse a sweep that is larger than the disk.

    Raises
    ------
    QueryError
        With what is needed and what is free.
    """
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if said.bytes > SPARE * free:
        what = f"{said.rows:,} scenarios need about {said.bytes / 1e9:,.1f} GB"
        mend = f"{free / 1e9:,.1f} GB are free; fewer scenarios or outputs"
        raise QueryError(what, str(folder), mend)


def _clear(folder: Path, mark: str, *, resume: bool) -> None:
    """See to it that a folder holds nothing, or the beginning of this very sweep.

    Raises
    ------
    QueryError
        If it holds another sweep, or this one and it is not asked to go on.
    """
    plan = folder / PLAN
    if not plan.is_file():
        if folder.is_dir() and any(folder.iterdir()):
            raise QueryError("the folder is not empty", str(folder), "another folder")
        return
    try:
        held = json.loads(plan.read_text(encoding="utf-8")).get("mark")
    except (ValueError, AttributeError):
        held = None
    if held != mark:
        what = "the folder holds another sweep, or this one of other data or another version"
        raise QueryError(what, str(folder), "another folder, or empty this one")
    if not resume:
        raise QueryError("the folder holds this sweep", str(folder), "go on with --resume")
    for left in folder.rglob("*.tmp*"):
        left.unlink()


def _finished(folder: Path, number: int, mark: str) -> bool:
    """Whether a chunk is there, whole and of this sweep."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / CHUNKS / _name(number)
    if not path.is_file():
        return False
    try:
        notes = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        return False
    return bool(notes.get(b"sweep", b"").decode() == mark)


def _name(number: int) -> str:
    return f"part-{number:05d}.parquet"


def _finish(world: World, prepared: Prepared, folder: Path, mark: str, chunk: int) -> None:
    """Gather what failed, and write the manifest: the sweep is whole."""
    spec, laid = prepared.layout.spec, prepared.layout
    parts = sorted((folder / FAILED).glob("*.parquet"))
    empty = stretch_part(prepared, 0, 0).failed
    failed = pd.concat([empty, *map(pd.read_parquet, parts)]) if parts else empty
    replace_file(folder / "quarantine.parquet", parquet_bytes(failed.reset_index(drop=True)))
    kinds = {"grid": "grid", "saltelli": "saltelli"}
    names = [item.column for item in (*laid.choices, *laid.numbers)]
    manifest = {
        "format": FORMAT,
        "id": spec.id,
        "title": spec.title,
        "question": spec.question,
        "note": noted(spec.note, world),
        "rows": len(laid),
        "failed": len(failed),
        "seed": spec.seed,
        "chunk_rows": chunk,
        "columns": [asdict(column) for column in prepared.columns],
        "design": {
            "kind": kinds.get(spec.design, "points"),
            "inputs": names,
            "samples": spec.size or laid.points,
        },
        "ways": [list(labels) for labels in laid.ways],
        "mark": mark,
        "sweep": fingerprint(spec),
        "scenario": fingerprint(read_scenario(world, spec.scenario)),
        "data": world.fingerprint,
        "version": __version__,
        "added": [list(document) for document in world.added],
        "document": spec.model_dump(mode="json", by_alias=True, exclude_defaults=True),
    }
    _write(folder / MANIFEST, manifest)


def _write(path: Path, content: object) -> None:
    replace_file(path, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())


class _Progress:
    """How far a sweep is, with rate and time left; silent where nobody watches."""

    def __init__(self, count: int, done: int, shown: bool) -> None:
        from tqdm import tqdm

        self.bar = tqdm(
            total=count, initial=done, unit=" scenarios", unit_scale=True, disable=not shown
        )
        self.failed = 0

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def more(self, rows: int, failed: int) -> None:
        self.bar.update(rows)
        self.failed += failed
        if self.failed:
            self.bar.set_postfix_str(f"{self.failed:,} failed")
