"""Time and memory of tracing a large graph of suppliers, beside a bare power series.

Usage::

    python benchmarks/graph.py [--nodes 1000000] [--edges 10000000] [--seed 1]

Makes graphs of firms in ten tiers, each buying from the three tiers before its own, and prints for
each: seconds of the trace with its proof of convergence, until the proven error is 1e-12; seconds
of the bare series ``x = own + A @ x`` on the same matrix until its relative change is 1e-12, with
neither proof nor bound; their ratio beside its limit; seconds of finding the circles, of trace and
circles together, and of a trace that first lays a rate on every edge. Then the peak memory of this
process.

The limits are those of the full size; a small graph is traced in milliseconds of fixed cost.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from exposure.routes.trace import SupplierGraph, Traced, cycles, trace

Floats = NDArray[np.float64]
TIERS = 10
REACH = 3
TOLERANCE = 1e-12
MOST_RATIO = 1.5
MOST_MEGABYTES = 1024.0
ROWS = 50_000
TIMES = 7
CASES = {
    # name: whether nodes are numbered tier by tier, late firms that supply earlier ones, top duty
    "tiers in order, no circles": (True, 0, 0.25),
    "numbered at random, no circles": (False, 0, 0.25),
    "numbered at random, circles": (False, 2_000, 0.25),
    "the same, some inputs above the price": (False, 2_000, 1.0),
}


def make(
    nodes: int, edges: int, seed: int, in_order: bool, circles: int, top: float
) -> tuple[SupplierGraph, Floats, Floats]:
    """Synthetic graph.

    Parameters
    ----------
    nodes, edges
        How many; a small graph may hold fewer edges, since no pair stands twice.
    seed
        Of all random numbers.
    in_order
        Whether nodes are numbered tier by tier, or at random.
    circles
        How many firms of early tiers buy one input from the last tier.
    top [fraction]
        Largest duty.

    Returns
    -------
    graph, own (node,) [USD per dollar of output], markup (edge,) [fraction]
        Without freight and duties every node's value is one dollar.
    """
    random = np.random.default_rng(seed)
    tier_begins = np.linspace(0, nodes, TIERS + 1).astype(np.int64)
    by_rank = np.arange(nodes) if in_order else random.permutation(nodes)
    rank = np.empty(nodes, dtype=np.int64)
    rank[by_rank] = np.arange(nodes)
    tier = np.searchsorted(tier_begins, rank, side="right") - 1
    begin = tier_begins[np.maximum(tier - REACH, 0)]
    pool = tier_begins[tier] - begin
    # Few firms have very many suppliers: log-normal numbers of them.
    wish = np.where(tier > 0, random.lognormal(0.0, 1.0, nodes), 0.0)
    degree = (tier > 0) + random.multinomial(edges - np.count_nonzero(tier), wish / wish.sum())
    degree = np.minimum(degree, pool)
    starts = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(degree, out=starts[1:])
    inputs = np.empty(starts[-1], dtype=np.int32)
    weight = np.empty(starts[-1])
    own = np.ones(nodes)
    for first in range(0, nodes, ROWS):
        rows = slice(first, min(first + ROWS, nodes))
        count, places = degree[rows], slice(starts[rows.start], starts[rows.stop])
        of_row = np.repeat(np.arange(len(count)), count)
        nth = np.arange(len(of_row)) - np.repeat(np.cumsum(count) - count, count)
        # One supplier from each of as many parts of the pool: sorted, and none twice.
        low = nth * pool[rows][of_row] // count[of_row]
        high = (nth + 1) * pool[rows][of_row] // count[of_row]
        drawn = low + (random.random(len(of_row)) * (high - low)).astype(np.int64)
        inputs[places] = by_rank[begin[rows][of_row] + drawn]
        parts = random.lognormal(0.0, 1.0, len(of_row))
        bought = random.uniform(0.3, 0.8, len(count)) * (count > 0)
        sums = np.bincount(of_row, parts, minlength=len(count))
        weight[places] = parts * (bought / np.where(count > 0, sums, 1.0))[of_row]
        own[rows] -= bought
    if circles:
        early = np.flatnonzero((tier > 0) & (tier < TIERS // 2))
        buyers = random.choice(early, min(circles, len(early)), replace=False)
        last = random.integers(tier_begins[-2], nodes, len(buyers))
        inputs[starts[buyers + 1] - 1] = by_rank[last]
    matrix = csr_array((weight, inputs, starts), shape=(nodes, nodes))
    matrix.sort_indices()
    markup = random.random(matrix.nnz)
    markup *= 2.0 * top
    markup -= top  # half of the edges cross no border
    np.maximum(markup, 0.0, out=markup)
    return SupplierGraph(matrix), own, markup


def bare(matrix: csr_array, own: Floats) -> tuple[Floats, int]:
    """Sum the series until it changes by less than the tolerance, and trust that it converges."""
    x = own
    change, steps = np.inf, 0
    while change > TOLERANCE:
        new = own + matrix @ x
        change = np.abs(new - x).max() / np.abs(new).max()
        x = new
        steps += 1
    return x, steps


def seconds(*works: Callable[[], object]) -> list[float]:
    """Least of some measurements of each, taken in turn."""
    found = [np.inf] * len(works)
    for _ in range(TIMES):
        for place, work in enumerate(works):
            start = time.perf_counter()
            work()
            found[place] = min(found[place], time.perf_counter() - start)
    return found


def measure(graph: SupplierGraph, own: Floats, markup: Floats) -> tuple[list[float], str]:
    """Seconds of the four works, and what was found, in words."""
    matrix = graph.inputs.copy()
    matrix.data *= 1.0 + markup
    ready = SupplierGraph(matrix)

    def traced() -> Traced:
        return trace(ready, own, cycles="solve", tolerance=TOLERANCE)

    def with_rates() -> Traced:
        return trace(graph, own, markup=markup, cycles="solve", tolerance=TOLERANCE)

    done, (plain, steps) = traced(), bare(matrix, own)
    apart = np.abs(done.value - plain).max() / plain.max()
    row = (matrix @ np.ones(len(own))).max()
    found = cycles(graph)
    words = (
        f"{graph.inputs.nnz:,} edges; largest row sum {row:.3f}, radius at most {done.radius:.2f};"
        f" {done.steps} sweeps, error {done.error:.0e}; {steps} steps of the bare series,"
        f" apart {apart:.0e}; {len(found)} groups with circles"
        + (f", the largest of {len(found[0]):,} nodes" if found else "")
    )
    return seconds(traced, lambda: bare(matrix, own), lambda: cycles(graph), with_rates), words


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--edges", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    notes = []
    print(
        f"{asked.nodes:,} nodes, {asked.edges:,} edges asked for; least of {TIMES} measurements\n"
    )
    names = ("trace", "bare", "ratio", "limit", "circles", "both", "rates")
    print(f"{'seconds':<40}" + "".join(f"{name:>9}" for name in names))
    for name, (in_order, circles, top) in CASES.items():
        parts = make(asked.nodes, asked.edges, asked.seed, in_order, circles, top)
        (traced, plain, circle, rates), words = measure(*parts)
        del parts
        ratio = traced / plain
        row = (traced, plain, ratio, MOST_RATIO, circle, traced + circle, rates)
        print(f"{name:<40}" + "".join(f"{value:>9.3f}" for value in row), flush=True)
        notes.append(f"{name}: {words}")
    print("\n" + "\n".join(notes))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:.0f} MB, limit {MOST_MEGABYTES:.0f} MB")


if __name__ == "__main__":
    main()
