"""Kernel: whether a good originates under a trade agreement, and how far it is from the line.

The tests are those of the United States' agreements: change of tariff classification, regional
value content by net cost, transaction value, build-up or build-down, and the tests of vehicles
(core parts, labour value, steel and aluminum). A material that originates counts in full
(roll-up); inside one that does not, what was made in the area is still taken out of the foreign
value (USMCA article 4.8; KORUS article 6.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Test = Mapping[str, Any]
Alternatives = Sequence[Sequence[Test]]


@dataclass(frozen=True)
class Stages:
    """The stages of products, each after what goes into it.

    Attributes
    ----------
    source, target (edge,), weight (edge,)
        Units of ``source`` in one unit of ``target``.
    units (node,)
        Units in one finished product.
    route (node,)
        Which way of making which product a node belongs to.
    hts, country (node,)
        Code, and country of work.
    materials
        By material, its share of each node's own value (node,) [fraction].
    """

    source: Ints
    target: Ints
    weight: Floats
    units: Floats
    route: Ints
    hts: tuple[str, ...]
    country: tuple[str, ...]
    materials: Mapping[str, Floats]


@dataclass(frozen=True)
class Area:
    """A trade area and its rules.

    Attributes
    ----------
    name
        The agreement.
    members, high_wage
        Countries.
    de_minimis
        Share of value that may fail a change of classification.
    rules
        Prefix of the code -> (name of the rule, its alternatives); the longest prefix holds.
    """

    name: str
    members: frozenset[str]
    high_wage: frozenset[str]
    de_minimis: float
    rules: Mapping[str, tuple[str, Alternatives]]

    def rule(self, hts: str) -> tuple[str, Alternatives] | None:
        """The rule of a code."""
        for length in range(len(hts), -1, -1):
            if hts[:length] in self.rules:
                return self.rules[hts[:length]]
        return None


@dataclass(frozen=True)
class Measured:
    """One test of one node: what was measured (scenario,), the line, and whether it holds."""

    node: int
    alternative: int
    test: Test
    value: Floats
    threshold: float
    held: Bools


@dataclass(frozen=True)
class Origins:
    """Origin of every node under an agreement.

    Attributes
    ----------
    value (scenario, node) [USD per unit]
        Value of the node, duties and freight left out.
    foreign (scenario, node) [USD per unit]
        Value of the materials in it that do not originate, after roll-up.
    brought (scenario, node) [USD per unit]
        What it counts as foreign material where it is used: nothing if it originates; where it
        was made outside the area, its own value as well.
    originates (scenario, node)
    rule
        Name of the rule by node; empty outside the area.
    measured
        Every test of every node inside the area.
    """

    value: Floats
    foreign: Floats
    brought: Floats
    originates: Bools
    rule: tuple[str, ...]
    measured: tuple[Measured, ...]


def origins(stages: Stages, area: Area, own: Floats, net_cost_share: Floats) -> Origins:
    """Try the rules of an agreement on every stage.

    Parameters
    ----------
    stages
        The graph.
    area
        The agreement.
    own (scenario, node) [USD per unit]
        Value added.
    net_cost_share (scenario, node) [fraction]
        Net cost over transaction value.

    Returns
    -------
    Origins
    """
    value, foreign = own.copy(), np.zeros_like(own)
    brought = np.zeros_like(own)
    inside = np.array([country in area.members for country in stages.country])
    originates = np.zeros(own.shape, dtype=bool)
    names: list[str] = []
    measured: list[Measured] = []
    inputs: dict[int, list[int]] = {}
    for edge, target in enumerate(stages.target):
        inputs.setdefault(int(target), []).append(edge)
    for node, hts in enumerate(stages.hts):
        for edge in inputs.get(node, []):
            weight, source = stages.weight[edge], stages.source[edge]
            value[:, node] += weight * value[:, source]
            foreign[:, node] += weight * brought[:, source]
        rule = area.rule(hts) if inside[node] else None
        names.append(rule[0] if rule else "")
        # Outside the area its own work is foreign too; what the area put in is not.
        brought[:, node] = foreign[:, node] + (0.0 if inside[node] else own[:, node])
        if rule is None:
            continue
        scene = _Scene(stages, area, own, value, foreign, brought, originates, net_cost_share)
        for number, tests in enumerate(rule[1]):
            done = [_try(scene, node, number, test, inputs.get(node, [])) for test in tests]
            measured.extend(done)
            originates[:, node] |= np.logical_and.reduce([item.held for item in done])
        brought[:, node] = np.where(originates[:, node], 0.0, brought[:, node])
    return Origins(value, foreign, brought, originates, tuple(names), tuple(measured))


@dataclass(frozen=True)
class _Scene:
    """What a test can look at; arrays are filled up to the node that is tried."""

    stages: Stages
    area: Area
    own: Floats
    value: Floats
    foreign: Floats
    brought: Floats
    originates: Bools
    net_cost_share: Floats


def _try(scene: _Scene, node: int, alternative: int, test: Test, edges: list[int]) -> Measured:
    """Measure one test; a share of nothing is not known and does not stand in the way."""
    line = test.get("threshold", scene.area.de_minimis)
    found = {
        "regional_value": lambda: regional_value(
            test["method"],
            scene.value[:, node],
            scene.foreign[:, node],
            scene.own[:, node],
            scene.net_cost_share[:, node],
        ),
        "core_parts": lambda: _core_parts(scene, node, test),
        "labour_value": lambda: _labour_value(scene, node),
        "material_share": lambda: _material_share(scene, node, test["material"]),
        "tariff_shift": lambda: _unshifted(scene, node, test["level"], edges),
    }[test["kind"]]()
    held = found <= line if test["kind"] == "tariff_shift" else ~(found < line)
    return Measured(node, alternative, test, found, float(line), held)


def regional_value(
    method: str, value: Floats, foreign: Floats, own: Floats, net_cost_share: Floats
) -> Floats:
    """Regional value content [fraction] by method, each array (scenario,).

    ``transaction_value`` and ``build_down``: (V - VNM) / V; ``net_cost``: (NC - VNM) / NC with the
    net cost a share of V; ``build_up``: VOM / V, where VOM is what originates of the materials.
    USMCA article 4.5; KORUS article 6.2.
    """
    if method in ("transaction_value", "build_down"):
        return 1.0 - foreign / value
    if method == "net_cost":
        return 1.0 - foreign / (value * net_cost_share)
    return (value - own - foreign) / value


def _route(scene: _Scene, node: int) -> Ints:
    return np.flatnonzero(scene.stages.route == scene.stages.route[node])


def _core_parts(scene: _Scene, node: int, test: Test) -> Floats:
    """Regional value of the parts under some codes, taken as one group (averaging)."""
    prefixes = tuple(test["hts"])
    mine = [n for n in _route(scene, node) if scene.stages.hts[n].startswith(prefixes) and n < node]
    units = scene.stages.units[mine]
    inside = np.array([scene.stages.country[n] in scene.area.members for n in mine], dtype=bool)
    # A core part is judged by what is foreign in it, even where it originates as a good.
    inner = scene.foreign[:, mine] + np.where(inside, 0.0, scene.own[:, mine])
    net = (scene.value[:, mine] * scene.net_cost_share[:, [node]] * units).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Floats = 1.0 - (inner * units).sum(axis=1) / net
    return share


def _labour_value(scene: _Scene, node: int) -> Floats:
    """Share of net cost that members with high wages add."""
    mine = _route(scene, node)
    paid = np.array([scene.stages.country[n] in scene.area.high_wage for n in mine], dtype=bool)
    added = scene.own[:, mine] * scene.stages.units[mine]
    share: Floats = added[:, paid].sum(axis=1) / (added.sum(axis=1) * scene.net_cost_share[:, node])
    return share


def _material_share(scene: _Scene, node: int, material: str) -> Floats:
    """Share of a material that was made in the area."""
    mine = _route(scene, node)
    inside = np.array([scene.stages.country[n] in scene.area.members for n in mine], dtype=bool)
    part = scene.stages.materials.get(material, np.zeros(len(scene.stages.hts)))[mine]
    used = scene.own[:, mine] * scene.stages.units[mine] * part
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Floats = used[:, inside].sum(axis=1) / used.sum(axis=1)
    return share


def _unshifted(scene: _Scene, node: int, level: int, edges: list[int]) -> Floats:
    """Share of value of foreign materials under the chapter, heading or subheading of the good."""
    stages = scene.stages
    left = np.zeros(len(scene.own))
    for edge in edges:
        source = int(stages.source[edge])
        if stages.hts[source][:level] == stages.hts[node][:level]:
            used = stages.weight[edge] * scene.value[:, source]
            left += np.where(scene.originates[:, source], 0.0, used)
    return left / scene.value[:, node]


MOST_LISTED = 36
"""Up to so many parts all combinations are looked at, in two halves."""


def cheapest_change(gain: Floats, cost: Floats, needed: float) -> Ints:
    """Parts to change so that the gains reach what is needed at the least cost.

    A knapsack in its covering form, solved exactly: all combinations of two halves of the parts,
    matched by their sums (Horowitz and Sahni 1974); for longer lists branch and bound (HiGHS).

    Parameters
    ----------
    gain (part,) [USD per unit], cost (part,) [USD per unit]
        What a change of each part moves, and what it costs; both >= 0.
    needed
        Sum of gains that has to be reached [USD per unit].

    Returns
    -------
    part numbers
        Ascending; empty where nothing is needed.

    Raises
    ------
    DataError
        If all parts together do not reach it.
    """
    if needed <= 0:
        return np.zeros(0, dtype=np.int64)
    useful = np.flatnonzero(gain > 0)
    if float(gain[useful].sum()) < needed:
        raise DataError(
            f"all {len(gain)} parts together move {gain.sum():,.2f} of {needed:,.2f} USD", "origin"
        )
    pick = _by_halves if len(useful) <= MOST_LISTED else _by_branching
    found: Ints = useful[pick(gain[useful], cost[useful], needed)]
    return found


def _sums(values: Floats) -> Floats:
    """Sum of every combination; bit i of its number says whether value i is in it."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def _by_halves(gain: Floats, cost: Floats, needed: float) -> Ints:
    half = len(gain) // 2
    gains, costs = ((_sums(array[:half]), _sums(array[half:])) for array in (gain, cost))
    # The second half by descending gain, with the cheapest so far: what reaches at least so much.
    order = np.argsort(-gains[1], kind="stable")
    reached, price = gains[1][order], costs[1][order]
    best = np.minimum.accumulate(price)
    first = np.concatenate([[0], np.flatnonzero(np.diff(best) < 0) + 1])
    # A sum of floats may miss what the same parts reach in another order by a rounding.
    short = needed - gains[0] - 1e-12 * needed
    count = np.searchsorted(-reached, -short, side="right")
    total = np.where(count > 0, costs[0] + best[np.maximum(count, 1) - 1], np.inf)
    one = int(np.argmin(total))
    two = int(order[first[np.searchsorted(first, count[one], side="left") - 1]])
    bits = one | (two << half)
    return np.array([part for part in range(len(gain)) if bits >> part & 1], dtype=np.int64)


def _by_branching(gain: Floats, cost: Floats, needed: float) -> Ints:
    from scipy.optimize import Bounds, LinearConstraint, milp

    # In shares of what is needed, so that the solver's tolerances mean the same for every product.
    reach = LinearConstraint(gain[None] / needed, lb=1.0, ub=np.inf)
    size = max(float(cost.max()), np.finfo(float).tiny)
    found = milp(cost / size, integrality=np.ones(len(gain)), bounds=Bounds(0, 1),
                 constraints=reach, options={"mip_rel_gap": 0.0})  # fmt: skip
    return np.flatnonzero(found.x > 0.5).astype(np.int64)
