"""Time of a run with its draws, drivers and turning points, and of a market, beside limits.

Usage::

    python benchmarks/response.py

Prints seconds, the limit and the ratio to it; for the drivers also the ratio to the run without
them. Figures of one machine say little by themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

import exposure as ex
from exposure.model.sensitivity import sobol

LIMITS = {
    "one product, 400 draws": 5.0,
    "one product, central values only": 2.0,
    "seven rivals, 400 draws, nested logit": 20.0,
    "all products, 400 draws": 25.0,
    "a market, 400 draws": 3.0,
    "indices of three inputs, 40,960 rows": 0.5,
}


def seconds(work: Callable[[], object], times: int = 2) -> float:
    """Least of some measurements."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def ishigami(uniform: np.ndarray) -> np.ndarray:
    """The usual trial of indices."""
    x = (2 * uniform - 1) * np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def main() -> None:
    """Measure and print."""
    world = ex.load()
    one = ["kia-k4"]
    found = {
        "one product, 400 draws": seconds(lambda: ex.run(world, "law-today", products=one)),
        "one product, central values only": seconds(
            lambda: ex.run(world, "law-today", products=one, draws=0)
        ),
        "seven rivals, 400 draws, nested logit": seconds(
            lambda: ex.run(world, "law-today-long-run"), 1
        ),
        "all products, 400 draws": seconds(lambda: ex.run(world, "law-today"), 1),
        "a market, 400 draws": seconds(lambda: ex.market(world, "law-today", "us-cars")),
        "indices of three inputs, 40,960 rows": seconds(lambda: sobol(ishigami, 8192, 3)),
    }
    print(f"{'what':<40} {'seconds':>8} {'limit':>8} {'ratio':>6}")
    for name, value in found.items():
        print(f"{name:<40} {value:>8.2f} {LIMITS[name]:>8.1f} {value / LIMITS[name]:>6.2f}")
    ratio = found["one product, 400 draws"] / found["one product, central values only"]
    print(f"\nranges, drivers and turning points cost {ratio:.1f} times the run without them")


if __name__ == "__main__":
    main()
