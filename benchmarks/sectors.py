"""Speed of the table of industries beside a matrix product measured in the same process.

Usage::

    python benchmarks/sectors.py [SECTORS]

On a table of 3,500 industries (45 of them the importer's): the factorisation and batched solves as
parts of the speed of ``dgemm``, 10,000 scenarios of one importer's duties beside full solves, the
same with duty on duty, and the memory of it all. Prints each with its limit and the ratio to it.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from exposure.economy.one_importer import compounded_change, importer, price_change, wedge
from exposure.economy.sectors import factored, leontief

SCENARIOS, USERS = 10_000, 45
COMPOUNDED = 2_000
"""Scenarios with duty on duty that are measured; the time of 10,000 is told from them."""


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Least of some measurements."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def table(size: int) -> np.ndarray:
    """Dense coefficients, lognormal, with columns that use 0.35 to 0.7 of their output."""
    rng = np.random.default_rng(0)
    flows = rng.lognormal(0.0, 2.5, (size, size))
    flows *= rng.uniform(0.35, 0.7, size) / flows.sum(axis=0)
    return flows


def main() -> None:
    """Measure and print."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 3500
    # Products first: threads and memory are awake when the clock starts.
    left, right = (np.random.default_rng(k).random((3000, 3000)) for k in (1, 2))
    product = 2 * 3000**3 / seconds(lambda: left @ right)
    given = table(size)
    factor = seconds(lambda: factored(given))
    system = leontief(given)
    cost = np.random.default_rng(3).random((SCENARIOS, size))
    full = seconds(lambda: system.price(cost, overwrite=True), 3)
    home = importer(system, np.arange(USERS))
    rate = np.clip(cost, 0.0, 0.5, out=cost)  # in place: two would not fit the memory
    rate[:, :USERS] = 0.0
    rows = seconds(lambda: importer(system, np.arange(USERS)), 3)
    one = seconds(lambda: price_change(home, wedge(home, rate)), 3)
    small = rate[:COMPOUNDED]
    twice = seconds(lambda: compounded_change(home, small), 2) * SCENARIOS / COMPOUNDED
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    speed = {"factor": 2 / 3 * size**3 / factor, "solve": 2 * size**2 * SCENARIOS / full}
    lines = (
        ("factorisation, part of dgemm", speed["factor"] / product, 0.80, "at least"),
        (f"{SCENARIOS:,} full solves, part of dgemm", speed["solve"] / product, 0.85, "at least"),
        (f"{SCENARIOS:,} of one importer, part of full", (rows + one) / full, 0.10, "at most"),
        (f"{SCENARIOS:,} compounded, part of full", (rows + twice) / full, 1.0, "at most"),
        ("memory at its peak, GB", memory, 1.0, "at most"),
    )
    print(f"{size:,} sectors; dgemm {product / 1e9:.0f} GFLOP/s; factor {factor:.2f} s")
    print(f"full solves {full:.2f} s, rows {rows:.3f} s, one importer {one:.3f} s")
    print(f"compounded {twice:.1f} s")
    for name, value, limit, word in lines:
        print(f"{name:<44} {value:7.3f}   {word} {limit:g}   ratio {value / limit:.2f}")


if __name__ == "__main__":
    main()
