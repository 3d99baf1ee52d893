"""Sweeps beside a bare loop of the same arithmetic, and their speed and memory to Parquet.

Usage::

    python benchmarks/sweep.py [MILLIONS]

Prints scenarios a second of the engine's kernel and of a bare loop over blocks (NumPy, no labels,
no checks, the arrays laid ready by hand) on the shipped sweep of car duties and on 200 routes; then
the shipped sweep to Parquet, and MILLIONS (default 10) of rows written and read back filtered, with
the memory of all processes together. Each beside its limit.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil

import exposure as ex
from exposure.axes import ALL_IN, RATE
from exposure.facts.documents import Sweep
from exposure.facts.scenario import read_sweep
from exposure.model.compiled import parameter
from exposure.model.headline import Sides
from exposure.model.run import evaluate
from exposure.sweeps.outputs import values_of
from exposure.sweeps.prepare import Prepared, block_rows, prepare

SHIPPED = "autos-korea-japan"
ROWS = 48_000
COPIES = 33
BLOCKS = (250, 500, 1000, 2000, 4000)


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Least of some measurements."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


# --- the bare loop ---------------------------------------------------------------------------


def laid_ready(prepared: Prepared) -> SimpleNamespace:
    """Constants of the shipped sweep's arithmetic: only the last border moves."""
    way = prepared.ways[0]
    compiled = way.compiled
    assert compiled is not None
    graph, labels = compiled.graph, compiled.labels
    rows, old, _ = block_rows(prepared, way, np.array([[0.1, 0.1]]), np.zeros(1, dtype=np.int64))
    done = evaluate(compiled, rows)
    given = compiled.given[way.pair[1]]
    value, paid = np.zeros(len(graph.level)), np.zeros(len(graph.level))
    value[given.node], paid[given.node] = given.value, given.paid
    edge = labels.last
    market = compiled.routes["market"].to_numpy()
    levels = []
    for level in compiled.states[way.pair[1]].levels.values():
        lines = level.lines
        keys = [f"{d.action}/{d.clause}" for d in prepared.layout.numbers]
        if len(level.open):
            place = {int(e): number for number, e in enumerate(edge)}
            order = np.argsort(lines.crossing, kind="stable")
            assert (order == np.arange(len(order))).all()
            levels.append(
                SimpleNamespace(
                    rate=lines.rate[:, None], cap=lines.cap[:, None],
                    no_cap=np.isnan(lines.cap)[:, None],
                    all_in=(lines.structure.kind == ALL_IN)[:, None],
                    plain=(lines.structure.kind == RATE)[:, None],
                    column1=lines.column1.rate[:, None], at=lines.crossing,
                    share=level.share[:, None], structure=lines.structure,
                    covers=np.where(lines.structure.covers_base, level.share, 1.0)[:, None],
                    hit=[np.flatnonzero(level.clause_keys == key) for key in keys],
                    starts=np.flatnonzero(np.r_[True, np.diff(lines.crossing) > 0]),
                    has=np.unique(lines.crossing),
                    route=np.array([place[int(e)] for e in level.edges[level.open]]),
                )
            )  # fmt: skip
    known = np.zeros(len(edge))
    for level in compiled.states[way.pair[1]].levels.values():
        for number, e in enumerate(level.edges):
            known[np.flatnonzero(edge == e)] = level.rate[number]
    freight = labels.freight.of(way.values, 0.0)[0, edge]
    sent = value[labels.gate]
    one = {name: parameter(compiled, way.values, name)[0] for name in
           ("route_elasticity", "demand_elasticity", "employment_elasticity",
            "border_price_share")}  # fmt: skip
    before = done.units_before[0]
    total = np.bincount(market, before)
    work = compiled.work
    names = sorted(set(work.country.tolist()))
    return SimpleNamespace(
        levels=levels, known=known[:, None], sent=sent[:, None],
        freight=(sent * freight)[:, None],
        base=(sent + np.where(graph.cif[edge], sent * freight, 0.0))[:, None],
        kept=(1.0 - graph.drawback[edge])[:, None], weight=graph.weight[edge][:, None],
        paid=paid[labels.gate][:, None], old=done.cost[old][0][:, None], market=market,
        route_e=one["route_elasticity"][:, None], demand_e=one["demand_elasticity"][:, None],
        jobs_e=one["employment_elasticity"][market][:, None],
        pass_border=(done.burden.buyer[0] * one["border_price_share"])[:, None],
        before=before[:, None], ships=np.where(before > 0, before, 1.0)[:, None],
        total=total[:, None], share=(before / total[market])[:, None],
        limit=done.capacity[0][:, None], work_route=work.route,
        at_work=(work.per_unit[0] * before[work.route])[:, None],
        country=np.array([names.index(c) for c in work.country]), countries=len(names),
        markets=len(total),
    )  # fmt: skip


def bare(c: SimpleNamespace, rates: np.ndarray) -> tuple[np.ndarray, ...]:
    """Bill, volume and jobs (thing, row) of rates (dimension, row)."""
    count = rates.shape[1]
    rate = np.repeat(c.known, count, axis=1)
    for level in c.levels:
        law = np.repeat(level.rate, count, axis=1)
        for number, hit in enumerate(level.hit):
            law[hit] = rates[number]
        column1 = level.column1[level.at]
        room = np.maximum(0.0, np.where(level.all_in, law, level.cap) - column1)
        capped = np.where(level.no_cap, law, np.minimum(law, room))
        extra = np.where(level.all_in, room, np.where(level.plain, capped, law))
        left = np.ones_like(extra)
        shape = level.structure
        for step in range(1, int(shape.level.max(initial=0)) + 1):
            pick = shape.level[shape.displaced] == step
            above, below = shape.displacer[pick], shape.displaced[pick]
            if not len(below):
                continue
            due = extra[above] * level.share[above] * left[above]
            covered = np.where(due > 0, level.covers[above], 0.0)
            starts = np.flatnonzero(np.r_[True, below[1:] != below[:-1]])
            taken = np.add.reduceat(covered, starts, axis=0)
            left[below[starts]] = np.maximum(0.0, 1.0 - taken)
        duty = extra * level.share * left
        whole = np.repeat(level.column1, count, axis=1)
        whole[level.has] += np.add.reduceat(duty, level.starts, axis=0)
        rate[level.route] = whole
    duty = c.base * rate * c.kept
    cost = c.weight * (c.sent + c.freight + duty)
    paid = c.weight * (c.paid + duty)
    ratio = cost / c.old
    weight = c.share * ratio ** -c.route_e[c.market]
    level = np.zeros((c.markets, count))
    for route, owner in enumerate(c.market):
        level[owner] += weight[route]
    new = weight / level[c.market]
    price = 1.0 + c.pass_border * (level ** (-1.0 / c.route_e) - 1.0)
    volume = price**c.demand_e
    assert not (new > c.limit / (c.total * volume)[c.market]).any()
    units = (c.total * volume)[c.market] * new
    grown = np.where(c.before > 0, units / c.ships, 1.0)
    change = grown**c.jobs_e - 1.0
    moved = c.at_work * change[c.work_route]
    jobs, bill = np.zeros((c.countries, count)), np.zeros((c.markets, count))
    for worker, country in enumerate(c.country):
        jobs[country] += moved[worker]
    for route, owner in enumerate(c.market):
        bill[owner] += paid[route] * units[route]
    return bill, volume - 1.0, jobs


def kernels(prepared: Prepared) -> tuple[float, float]:
    """Scenarios a second of the engine's kernel and of the bare loop, each at its best block."""
    constants = laid_ready(prepared)
    way = prepared.ways[0]
    assert way.compiled is not None
    rates = np.random.default_rng(1).uniform(0.01, 0.35, (ROWS, 2))
    draw = np.zeros(ROWS, dtype=np.int64)

    def engine(block: int) -> list[np.ndarray]:
        columns = []
        for start in range(0, ROWS, block):
            part = slice(start, start + block)
            rows, old, new = block_rows(prepared, way, rates[part], draw[part])
            sides = Sides(
                way.compiled, evaluate(way.compiled, rows, known=way.terms), rows.values, old, new
            )
            columns.append(np.stack(values_of(sides, prepared.outputs)))
        return columns

    def loop(block: int) -> list[np.ndarray]:
        return [
            np.concatenate(bare(constants, rates[start : start + block].T.copy()))
            for start in range(0, ROWS, block)
        ]

    first, second = engine(1000)[0], loop(1000)[0]
    assert first.shape == second.shape
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-6)
    ours = min(seconds(partial(engine, block), 3) for block in BLOCKS)
    other = min(seconds(partial(loop, block), 3) for block in BLOCKS)
    return ROWS / ours, ROWS / other


def many_routes(folder: Path) -> Prepared:
    """The same sweep on copies of two cars, one from Korea and one from Japan."""
    root = folder / "data"
    shutil.copytree(ex.load().root / "raw", root / "raw")
    names = []
    for number in range(COPIES):
        for car in ("kia-k4", "toyota-rav4"):
            text = (root / "raw" / "firms" / f"{car}.yaml").read_text(encoding="utf-8")
            names.append(f"{car}-{number:02d}")
            # A category of its own: so many cars are more than the country buys.
            text = re.sub(r"\ncategory: .*", "", text)
            copy = text.replace(f"\nid: {car}\n", f"\nid: {names[-1]}\n")
            (root / "raw" / "firms" / f"{names[-1]}.yaml").write_text(copy, encoding="utf-8")
    world = ex.load(root)
    spec = read_sweep(world, SHIPPED).model_copy(update={"products": names})
    return prepare(world, spec)


# --- to Parquet ------------------------------------------------------------------------------


class Memory(threading.Thread):
    """Peak of the memory of this process and its children, shared pages counted once [GB]."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.over = 0.0, threading.Event()

    def run(self) -> None:
        """Look every twentieth of a second."""
        me = psutil.Process()
        while not self.over.wait(0.05):
            whole = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    whole += process.memory_full_info().pss
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            self.peak = max(self.peak, whole / 1e9)


def to_parquet(spec: Sweep, out: Path) -> tuple[float, float]:
    """Scenarios a second from the loaded world to the finished folder; peak memory [GB]."""
    world = ex.load()
    memory = Memory()
    memory.start()
    start = time.perf_counter()
    table = ex.sweep(world, spec, out)
    spent = time.perf_counter() - start
    memory.over.set()
    return table.rows / spent, memory.peak


def in_own_process(what: str, *words: str) -> list[float]:
    """Numbers that this file prints when it is asked for ``what`` alone."""
    command = [sys.executable, __file__, what, *words]
    said = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return [float(word) for word in said.stdout.split()]


def main() -> None:
    """Measure and print."""
    words = sys.argv[1:]
    world = ex.load()
    if words[:1] == ["parquet"]:
        print(*to_parquet(read_sweep(world, SHIPPED), Path(words[1])))
        return
    if words[:1] == ["many"]:
        steps = int(float(words[2]) * 1000)
        spec = read_sweep(world, SHIPPED)
        first = spec.dimensions[0]
        wide = first.range.model_copy(update={"steps": steps})
        dimensions = [first.model_copy(update={"range": wide}), *spec.dimensions[1:]]
        changes = {"id": "many", "dimensions": dimensions, "outputs": ["volume_change_share"]}
        print(*to_parquet(spec.model_copy(update=changes), Path(words[1])))
        return
    if words[:1] == ["read"]:
        memory = Memory()
        memory.start()
        start = time.perf_counter()
        table = ex.open_sweep(words[1])
        found = table.frame(
            ["korea_rate", "hyundai-cars/volume_change_share"], {"korea_rate": (0.149, 0.151)}
        )
        spent = time.perf_counter() - start
        memory.over.set()
        print(len(found), spent, memory.peak)
        return
    millions = words[0] if words else "10"
    with tempfile.TemporaryDirectory() as folder:
        shipped = kernels(prepare(world, read_sweep(world, SHIPPED)))
        copies = many_routes(Path(folder))
        routes = len(copies.ways[0].limits[0])
        wide = kernels(copies)
        speed, memory = in_own_process("parquet", f"{folder}/one")
        fast, much = in_own_process("many", f"{folder}/many", millions)
        rows, spent, read = in_own_process("read", f"{folder}/many")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for name, (ours, loop) in (("shipped sweep, 23 routes", shipped), (f"{routes} routes", wide)):
        print(f"{name}: kernel {ours:,.0f} a second on one core, bare loop {loop:,.0f}")
    print(f"shipped sweep to Parquet: {speed:,.0f} a second, preparing included")
    print(f"{millions} million to Parquet: {fast:,.0f} a second")
    print(f"read back: {rows:,.0f} rows of one rate in {spent:.2f} s, {read:.2f} GB")
    lines = (
        ("bare loop over kernel, 23 routes", shipped[1] / shipped[0], 1.3, "at most"),
        (f"bare loop over kernel, {routes} routes", wide[1] / wide[0], 1.3, "at most"),
        ("a million to Parquet, scenarios a second", speed, 250_000, "at least"),
        ("memory of all processes, GB", memory, 0.5, "at most"),
        ("ten million, memory to write, GB", much, 1.0, "at most"),
        ("ten million, memory to read, GB", read, 1.0, "at most"),
    )
    for name, value, limit, word in lines:
        print(f"{name:<42} {value:12,.2f}   {word} {limit:g}   ratio {value / limit:.2f}")


if __name__ == "__main__":
    main()
