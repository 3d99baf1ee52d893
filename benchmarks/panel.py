"""Time and memory of the panel, of its history and of one line, beside stated limits.

Usage::

    python benchmarks/panel.py

Prints a table: seconds, megabytes, limit, and the ratio to the limit; for the panel also the ratio
to merely reading the finished panel back from Parquet. Figures of one machine say little by
themselves; the ratios are for comparing before and after a change.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

import exposure as ex
from exposure.facts.user_tables import write_pieces, write_tables
from exposure.model.compile import law_book

DAY = "2026-11-23"
FIRST = "2025-01-01"
LIMITS = {
    "panel of a day": (2.0, "s"),
    "panel of a day, peak memory of the command": (1024.0, "MB"),
    "history of all days since 2025": (90.0, "s"),
    "history, size on disk": (60.0, "MB"),
    "one line, warm": (0.001, "s"),
}


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Least of some measurements."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def peak_of_command(*arguments: str) -> float:
    """Peak memory [MB] of a command of its own; asked before this process has grown."""
    command = [sys.executable, "-m", "exposure.cli", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found["panel of a day, peak memory of the command"] = peak_of_command(
            "panel", "--on", DAY, "-o", str(folder / "again.parquet")
        )
        world = ex.load()
        law_book(world).arrays  # noqa: B018 - what start-up makes is not part of a panel
        path = folder / "panel.parquet"
        start = time.perf_counter()
        made = ex.panel(world, DAY)
        found["panel of a day"] = time.perf_counter() - start
        start = time.perf_counter()
        rows = write_pieces(made.pieces(), path)
        writing = time.perf_counter() - start
        reading = seconds(lambda: pd.read_parquet(path))
        start = time.perf_counter()
        kept = ex.history(world, FIRST, DAY)
        found["history of all days since 2025"] = time.perf_counter() - start
        write_tables(kept.tables(), folder / "history")
        size = sum(item.stat().st_size for item in (folder / "history").iterdir())
        found["history, size on disk"] = size / 2**20
        megabytes = path.stat().st_size / 2**20
    ask = {"hts": "8703.23.01", "origin": "KOR", "on": DAY}
    ex.rate(world, **ask)
    found["one line, warm"] = seconds(lambda: ex.rate(world, **ask), 200)
    print(f"{'':<46}{'found':>10}{'limit':>10}    ratio")
    for what, value in found.items():
        limit, unit = LIMITS[what]
        print(f"{what:<46}{value:>10.4g}{limit:>10.4g} {unit:<3}{value / limit:>6.2f}")
    made_in = found["panel of a day"]
    print(f"\npanel: {rows:,} rows, {megabytes:.0f} MB; written in {writing:.2f} s")
    print(f"reading it back takes {reading:.2f} s: making it takes {made_in / reading:.2f} as long")
    print(f"history: {len(kept.days)} law states, {len(kept.stack):,} intervals")


if __name__ == "__main__":
    main()
