"""Time of the shipped solves: central answers against the limit, and with their draws.

Usage::

    python benchmarks/solve.py

Loading the world and preparing its law is start-up, which every command has; it is told apart.
Leaves with code 1 if a central answer takes longer than the limit.
"""

from __future__ import annotations

import sys
import time

import exposure as ex
from exposure.model.compile import law_book
from exposure.sweeps.solve import solve

LIMIT = 1.0
"""Seconds of a central answer after start-up."""


def main() -> int:
    """Print a line for each shipped solve."""
    start = time.perf_counter()
    world = ex.load()
    law_book(world)
    names = sorted(path.stem for path in (world.root / "raw" / "solves").glob("*.yaml"))
    solve(world, names[0], draws=0)
    print(f"start-up {time.perf_counter() - start:.2f} s (world, law, first solve)")
    slow = 0
    for name in names:
        spent = []
        for draws in (0, None):
            start = time.perf_counter()
            made = solve(world, name, draws=draws)
            spent.append(time.perf_counter() - start)
        found = made.table("solutions")
        slow += spent[0] > LIMIT
        print(
            f"{name:<32} central {spent[0]:5.2f} s (limit {LIMIT} s), {made.document.draws} draws "
            f"{spent[1]:5.2f} s, {len(found)} rows, {len(made.table('pieces'))} pieces"
        )
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
