"""Who evaluates the chunks: this process, others of this machine, or a Dask cluster.

All have one shape: prepared sweep and numbers of chunks in, finished chunks out, in any order. Only
the process that asked writes files, so that workers need no disk in common and leave nothing half
written.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from exposure.errors import DataError, QueryError
from exposure.sweeps.prepare import Prepared, stretch_part

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 50_000
"""Scenarios a file, and a task."""
AHEAD = 3
"""Chunks in flight for each worker."""
TRIES = 3
"""Times that a chunk is tried again after its worker is lost."""
LOCAL = "dask://local"
WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Chunk:
    """A finished chunk: the bytes of its file, and the scenarios that failed."""

    number: int
    data: bytes
    rows: int
    failed: pd.DataFrame


def evaluate_chunk(prepared: Prepared, number: int, size: int, mark: str) -> Chunk:
    """Evaluate a chunk and lay it out as Parquet; ``mark`` says of which sweep it is."""
    part = stretch_part(prepared, number * size, (number + 1) * size)
    rows = len(part.columns["scenario_id"])
    return Chunk(number, parquet(part.columns, {"sweep": mark}, prepared), rows, part.failed)


def parquet(columns: Mapping[str, Any], metadata: Mapping[str, str], prepared: Prepared) -> bytes:
    """Columns as a Parquet file, types and units as the columns of the sweep say."""
    import pyarrow.parquet as pq

    table = arrow_table(columns, metadata, prepared)
    stream = io.BytesIO()
    repeating = [column.name for column in prepared.columns if column.role == "input"]
    pq.write_table(table, stream, compression="zstd", use_dictionary=repeating)
    return stream.getvalue()


def arrow_table(
    columns: Mapping[str, Any], metadata: Mapping[str, str], prepared: Prepared
) -> pa.Table:
    """Columns as an Arrow table; each field carries its unit and title."""
    import pyarrow as pa

    choices = {item.column for item in prepared.layout.choices}
    fields, arrays = [], []
    for column in prepared.columns:
        if column.name not in columns:
            continue
        whole = column.name in ("scenario_id", "draw")
        kind = pa.string() if column.name in choices else pa.int64() if whole else pa.float64()
        notes = {"unit": column.unit, "title": column.title, "role": column.role}
        fields.append(pa.field(column.name, kind, metadata=notes))
        arrays.append(pa.array(columns[column.name], type=kind))
    return pa.table(arrays, schema=pa.schema(fields, metadata=dict(metadata)))


# --- executors -----------------------------------------------------------------------------


def run_chunks(
    prepared: Prepared, numbers: Sequence[int], size: int, mark: str, workers: int, scheduler: str
) -> Iterator[Chunk]:
    """Evaluate chunks, by whoever is asked for.

    Parameters
    ----------
    prepared
        The sweep.
    numbers
        Chunks, of ``size`` scenarios each.
    mark
        Fingerprint of the sweep.
    workers
        Processes of this machine; 1 is this one itself.
    scheduler
        Empty, ``dask://local``, or the address of a Dask scheduler, as ``tcp://host:8786``.

    Raises
    ------
    QueryError
        If the scheduler does not answer, or Dask is not installed.
    """
    if not numbers:
        return
    if scheduler:
        yield from _dask(prepared, numbers, size, mark, workers, scheduler)
    elif workers == 1 or len(numbers) == 1:
        for number in numbers:
            yield evaluate_chunk(prepared, number, size, mark)
    else:
        yield from _processes(prepared, numbers, size, mark, min(workers, len(numbers)))


_held: dict[str, Prepared] = {}
"""In a worker process: the sweep that it works on."""


def _start(prepared: Prepared, parent: int) -> None:
    _held["sweep"] = prepared
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """End this process once its parent is gone: nobody would take what it makes."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)


def _task(number: int, size: int, mark: str) -> Chunk:
    return evaluate_chunk(_held["sweep"], number, size, mark)


def _processes(
    prepared: Prepared, numbers: Sequence[int], size: int, mark: str, workers: int
) -> Iterator[Chunk]:
    # A fork takes over what is prepared without copying it.
    kind = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context(kind),
        initializer=_start,
        initargs=(prepared, os.getpid()),
    )
    with pool:
        waiting = iter(numbers)
        running: set[Future[Chunk]] = set()
        try:
            while True:
                for number in waiting:
                    running.add(pool.submit(_task, number, size, mark))
                    if len(running) >= AHEAD * workers:
                        break
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _client(scheduler: str, workers: int) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        what = "Dask is not installed"
        raise QueryError(what, "--scheduler", 'pip install "exposure[dask]"') from None
    if scheduler == LOCAL:
        cluster = LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, processes=True
        )
        with cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(scheduler, timeout=5)
    except (OSError, ValueError) as error:
        what = f"no scheduler answers at {scheduler}"
        raise QueryError(
            what, "--scheduler", f"dask://local, or tcp://host:port ({error})"
        ) from None
    with client:
        yield client


def _dask(
    prepared: Prepared, numbers: Sequence[int], size: int, mark: str, workers: int, scheduler: str
) -> Iterator[Chunk]:
    with _client(scheduler, workers) as client:
        from distributed import CancelledError, KilledWorker, wait

        # Sent to every worker; one that joins later takes it from another.
        held = client.scatter(prepared, broadcast=True, hash=False)
        ahead = AHEAD * max(1, sum(client.nthreads().values()))
        waiting = list(reversed(numbers))
        tries = dict.fromkeys(numbers, 0)
        running: dict[Any, int] = {}
        while waiting or running:
            while waiting and len(running) < ahead:
                number = waiting.pop()
                future = client.submit(evaluate_chunk, held, number, size, mark, pure=False)
                running[future] = number
            for future in wait(list(running), return_when="FIRST_COMPLETED").done:
                number = running.pop(future)
                try:
                    chunk = future.result()
                except (CancelledError, KilledWorker, OSError):
                    # Its worker is gone, and what it had made with it.
                    tries[number] += 1
                    if tries[number] > TRIES:
                        what = f"chunk {number} was lost {TRIES + 1} times with its workers"
                        raise DataError(what, scheduler, "go on with --resume") from None
                    waiting.append(number)
                    continue
                future.release()
                yield chunk
