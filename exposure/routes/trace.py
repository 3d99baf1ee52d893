"""Kernel: value traced through a graph of suppliers of any size, circles among them included.

What a unit of a node costs is its own value added and what its inputs cost: ``x = own + A x``.
The sum over all rounds of suppliers, ``own + A own + A A own + ...``, solves it (Miller and Blair
2009, Input-Output Analysis, ch. 2); without circles it ends by itself, with circles it needs the
spectral radius of A below 1. That is shown before anything is summed, by the bound of Collatz and
Wielandt: ``rho(A) <= max (A v)_i / v_i`` for A >= 0 and any v > 0 (Berman and Plemmons 1994,
Nonnegative Matrices in the Mathematical Sciences, ch. 2).

`landed` walks a small graph border by border and asks for duties that depend on content; here
rates are given, and the graph may have millions of nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from exposure.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Csr = Any  # scipy.sparse.csr_array; SciPy ships no types

_MOST = int(np.iinfo(np.int32).max)
_ROWS = 1 << 14
"""Rows of a block: its part of the matrix fits the cache, and a sweep calls SciPy rarely."""
_SURE = 1.0 - 1e-9
"""A bound counts as below 1 if it stays clear of 1 by far more than rounding."""
_PLAIN = 0.95
"""Largest bound that is taken at once; nearer to 1 it would bound the error too weakly."""
_TRIES = 8
_ULPS = 4.0 * float(np.finfo(float).eps)
"""A change of so few units in the last place is rounding."""
_STARTS = 64


@dataclass(frozen=True)
class SupplierGraph:
    """Who needs how much of whom.

    Attributes
    ----------
    inputs (node, node) [units of the input per unit of the user]
        CSR; ``inputs[j, i]``: units of i in one unit of j, at least 0, so a row lists a node's
        suppliers. If a unit is one dollar of output, these are value shares. Two entries of one
        row and column are two edges.
    order (edge,)
        Which of the given edges stands at each place of the CSR data; None if they were given in
        that order.
    names (node,)
        What messages call the nodes; None for their numbers.

    Raises
    ------
    DataError
        If the matrix is not square, or a weight is negative or not finite.
    """

    inputs: Csr
    order: Ints | None = None
    names: Sequence[str] | None = None

    def __post_init__(self) -> None:
        rows, columns = self.inputs.shape
        if rows != columns:
            raise DataError(f"matrix of {rows} by {columns} nodes", "inputs", "must be square")
        if self.names is not None and len(self.names) != rows:
            raise DataError(f"{len(self.names)} names for {rows} nodes", "names", "one a node")
        try:
            self.inputs.check_format(full_check=True)
        except ValueError as error:
            raise DataError(f"not a CSR matrix: {error}", "inputs") from error
        _check_weights(self.inputs.data)

    @classmethod
    def from_edges(
        cls,
        source: NDArray[np.integer[Any]],
        target: NDArray[np.integer[Any]],
        weight: Floats,
        n_nodes: int,
        names: Sequence[str] | None = None,
    ) -> SupplierGraph:
        """Graph of a list of edges in any order.

        Parameters
        ----------
        source, target (edge,)
            Numbers of nodes, from 0: the supplier and its user.
        weight (edge,) [units of the source per unit of the target]
            At least 0.
        n_nodes
            How many nodes there are.
        names (node,)
            What messages call them.

        Raises
        ------
        DataError
            If lengths differ, a number is no node, or a weight is negative or not finite.
        """
        source, target = np.asarray(source), np.asarray(target)
        weight = np.asarray(weight, dtype=float)
        if not (source.ndim == 1 and source.shape == target.shape == weight.shape):
            shapes = f"{source.shape}, {target.shape}, {weight.shape}"
            raise DataError(f"source, target and weight have shapes {shapes}", "edges", "one list")
        if max(n_nodes, len(source)) > _MOST:
            raise DataError("too many nodes or edges", "edges", f"at most {_MOST}")
        for what, ends in (("source", source), ("target", target)):
            if len(ends) == 0:
                continue
            if not np.issubdtype(ends.dtype, np.integer):
                raise DataError(f"{what} holds {ends.dtype}", "edges", "numbers of nodes")
            if ends.min() < 0 or ends.max() >= n_nodes:
                place = int(np.flatnonzero((ends < 0) | (ends >= n_nodes))[0])
                mend = f"nodes are 0 to {n_nodes - 1}"
                raise DataError(f"{what} {ends[place]} is no node", f"edge {place}", mend)
        _check_weights(weight)
        order = np.lexsort((source, target))
        start = np.zeros(n_nodes + 1, dtype=np.int32)
        if len(target):
            np.cumsum(np.bincount(target, minlength=n_nodes), out=start[1:])
        # SciPy's own conversion would merge two edges of the same pair, whose rates may differ.
        parts = (weight[order], source[order].astype(np.int32), start)
        return cls(csr_array(parts, shape=(n_nodes, n_nodes)), order, names)

    def in_order(self, per_edge: Floats) -> Floats:
        """Values of the edges as given, (edge,), in the order of the CSR data."""
        return per_edge if self.order is None else per_edge[self.order]


@dataclass(frozen=True)
class Traced:
    """What a unit costs by node, and how well that is known.

    Attributes
    ----------
    value (node,) or (node, column) [unit of own]
        Solution of ``x = own + A x``.
    steps
        Sweeps through the graph.
    error [fraction]
        No value is further from the solution of the series than this times the largest value of
        its column; rounding, of the order of 1e-15, comes on top. 0 where the series ended.
    radius
        Proven bound on the spectral radius of A, below 1; 0 where it is known that
        there are no circles.
    """

    value: Floats
    steps: int
    error: float
    radius: float


@dataclass(frozen=True)
class _Proof:
    """``A v <= shrink * v`` with v > 0 and shrink < 1; no v for a graph without circles."""

    radius: float
    shrink: float
    v: Floats | None


def cycles(graph: SupplierGraph) -> list[Ints]:
    """Groups of nodes that supply one another in a circle.

    Parameters
    ----------
    graph
        An edge of weight 0 carries nothing and closes no circle.

    Returns
    -------
    list of (node,)
        Strongly connected components of more than one node, or of one node that supplies itself;
        node numbers ascending, the largest component first.
    """
    inputs = _carrying(graph.inputs)
    _, label = connected_components(inputs, directed=True, connection="strong")
    circular = np.bincount(label, minlength=1)[label] > 1
    circular |= inputs.diagonal() > 0
    nodes = np.flatnonzero(circular)
    nodes = nodes[np.argsort(label[nodes], kind="stable")]
    groups = np.split(nodes, np.flatnonzero(np.diff(label[nodes])) + 1) if len(nodes) else []
    return sorted(groups, key=lambda group: (-len(group), int(group[0])))


def name_cycle(graph: SupplierGraph, component: Ints) -> list[int]:
    """One circle of a component, as short as any through its first nodes.

    Parameters
    ----------
    graph
        The graph that the component was found in.
    component (node,)
        One of the groups that `cycles` gives. The circle is the shortest one of a component of up
        to 64 nodes; of a larger one it is the shortest through one of the first 64.

    Returns
    -------
    list of int
        Nodes in the direction in which goods go, the first again at the end.

    Raises
    ------
    DataError
        If there is no circle among these nodes.
    """
    among = _carrying(graph.inputs)[component][:, component]
    onward = among.T.tocsr()
    best: list[int] = []
    for start in range(min(len(component), _STARTS)):
        suppliers = among.indices[among.indptr[start] : among.indptr[start + 1]]
        reached, before = breadth_first_order(onward, start, directed=True)
        closing = reached[np.isin(reached, suppliers)]
        if not len(closing):
            continue
        way = [int(closing[0])]
        while way[-1] != start:
            way.append(int(before[way[-1]]))
        if not best or len(way) < len(best) - 1:
            best = [*reversed(way), start]
    if not best:
        raise DataError("no circle among these nodes", "component")
    return [int(component[node]) for node in best]


def trace(
    graph: SupplierGraph,
    own: Floats,
    *,
    markup: Floats | None = None,
    cycles: Literal["refuse", "solve"] = "refuse",
    tolerance: float = 1e-12,
    steps: int = 10_000,
) -> Traced:
    """Solve ``x = own + A x``: what a unit of every node costs, or holds.

    Parameters
    ----------
    graph
        Units of inputs in a unit of each node.
    own (node,) or (node, column) [USD per unit, or any other unit]
        What each node adds: value, or content of several kinds in columns.
    markup (edge,) [fraction of the value carried]
        Freight and duty of each edge, in the order of the CSR data (see
        `SupplierGraph.in_order`), at least -1: ``A = inputs * (1 + markup)``. Content is traced
        without it: freight and duties are content of no kind.
    cycles
        ``refuse`` any circle, or ``solve`` graphs that have some.
    tolerance [fraction]
        Error at which a graph with circles is left, in the measure of `Traced.error`.
    steps
        Most sweeps through a graph with circles, and most steps of its proof.

    Notes
    -----
    A graph known to have no circles (its nodes stand in an order in which all inputs come first
    or all come last, or circles are refused) is swept until nothing changes: the exact solution
    but for rounding. Else the sweeps end when the remainder is bounded: with ``A v <= s v``,
    ``v > 0``, ``s < 1``, and d the change in the last sweep, the error is at most
    ``s / (1 - s) * max(|d| / v) * v``.

    A sweep takes the rows in blocks and uses at once what it has found, so it never needs more
    rounds than the series.

    Raises
    ------
    DataError
        If own or markup do not fit; if there is a circle and circles are refused; if a circle
        amplifies itself, so that no bound below 1 can be shown; if the steps do not suffice.
    """
    if cycles not in ("refuse", "solve"):
        raise DataError(f"unknown treatment {cycles!r}", "cycles", "refuse, solve")
    value = _own(own, graph.inputs.shape[0])
    matrix = _marked_up(graph.inputs, markup)
    ordered, backward = _directions(graph.inputs)
    if cycles == "refuse" and not ordered:
        _refuse(graph)
    free = ordered or cycles == "refuse"
    proof = _Proof(0.0, 0.0, None) if free else _prove(graph, matrix, steps)
    done, error = _sweep(matrix, value, proof, tolerance, steps, backward)
    return Traced(value.reshape(np.shape(own)), done, error, proof.radius)


def _check_weights(weight: Floats) -> None:
    # The least and the largest tell of NaN too, without an array as long as the edges.
    if len(weight) and not (weight.min() >= 0 and weight.max() < np.inf):
        place = int(np.flatnonzero(~((weight >= 0) & (weight < np.inf)))[0])
        mend = "weights are finite and at least 0"
        raise DataError(f"weight {weight[place]}", f"edge {place}", mend)


def _own(own: Floats, n_nodes: int) -> Floats:
    """Copy of own as (node, column), each column contiguous."""
    given = np.asarray(own, dtype=float)
    if given.ndim not in (1, 2) or len(given) != n_nodes:
        raise DataError(f"shape {given.shape}", "own", f"({n_nodes},) or ({n_nodes}, columns)")
    if not np.isfinite(given).all():
        place = int(np.argwhere(~np.isfinite(given))[0][0])
        raise DataError("a value is not finite", f"own, node {place}")
    return np.array(given.reshape(n_nodes, given.size // max(n_nodes, 1)), order="F")


def _marked_up(inputs: Csr, markup: Floats | None) -> Csr:
    if markup is None:
        return inputs
    rate = np.asarray(markup, dtype=float)
    if rate.shape != inputs.data.shape:
        raise DataError(f"shape {rate.shape}", "markup", f"one rate an edge: {inputs.data.shape}")
    if len(rate) and not (rate.min() >= -1 and rate.max() < np.inf):
        place = int(np.flatnonzero(~((rate >= -1) & (rate < np.inf)))[0])
        raise DataError(f"rate {rate[place]}", f"markup, place {place}", "finite, at least -1")
    data = np.empty_like(rate)
    for _, places, _ in _blocks(inputs):
        np.add(rate[places], 1.0, out=data[places])
        data[places] *= inputs.data[places]
    return _like(inputs, data)


def _like(inputs: Csr, data: Floats) -> Csr:
    return csr_array((data, inputs.indices, inputs.indptr), shape=inputs.shape, copy=False)


def _carrying(inputs: Csr) -> Csr:
    """Each pair of nodes once, without edges of weight 0; no copy where that holds already."""
    # SciPy's search for components never ends on a row that lists one column twice.
    once = bool(inputs.has_canonical_format)
    if once and (not inputs.nnz or inputs.data.min() > 0):
        return inputs
    kept = inputs.copy()
    kept.sum_duplicates()
    kept.eliminate_zeros()
    return kept


def _blocks(matrix: Csr) -> Iterator[tuple[slice, slice, Ints]]:
    """Rows of each block, places of its data, and where its rows begin among these."""
    for first in range(0, matrix.shape[0], _ROWS):
        last = min(first + _ROWS, matrix.shape[0])
        start = matrix.indptr[first : last + 1]
        yield slice(first, last), slice(int(start[0]), int(start[-1])), start - start[0]


def _directions(inputs: Csr) -> tuple[bool, bool]:
    """Whether nodes are numbered without a circle in sight, and whether most inputs come after.

    The first is exact. The second only guides the sweeps: it is judged on the rows up to the
    first block that settles the first.
    """
    before = after = seen = 0
    for rows, places, start in _blocks(inputs):
        user = np.repeat(np.arange(rows.start, rows.stop, dtype=np.int32), np.diff(start))
        supplier = inputs.indices[places]
        before += int(np.count_nonzero(supplier < user))
        after += int(np.count_nonzero(supplier > user))
        seen += len(user)
        if seen not in (before, after):
            return False, after > before
    return True, after > before


def _words(graph: SupplierGraph, component: Ints) -> str:
    names = graph.names
    way = name_cycle(graph, component)
    return " -> ".join(str(node) if names is None else names[node] for node in way)


def _refuse(graph: SupplierGraph) -> None:
    found = cycles(graph)
    if found:
        circle = _words(graph, found[0])
        what = f"suppliers go into one another in a circle: {circle}"
        raise DataError(what, f"1 of {len(found)} groups", 'no circles, or cycles="solve"')


def _prove(graph: SupplierGraph, matrix: Csr, steps: int) -> _Proof:
    """Show that the series dies down, with the vector that bounds its remainder.

    Raises
    ------
    DataError
        If a circle amplifies itself, or nothing was shown within the steps.
    """
    rows = np.flatnonzero(np.diff(matrix.indptr))
    v = np.ones(matrix.shape[0])
    carried = np.zeros(matrix.shape[0])
    if len(rows):
        carried[rows] = np.add.reduceat(matrix.data, matrix.indptr[rows])
    # Row sums, or a few rounds more, mostly show it, and cost less than to look for circles.
    for _ in range(_TRIES):
        reached = float((carried / v).max())
        if reached <= _PLAIN:
            return _Proof(reached, reached, v)
        v = 1.0 + carried
        carried = matrix @ v
    found = cycles(graph)
    if not found:
        return _Proof(0.0, 0.0, None)
    radius = _radius(graph, matrix, found, steps)
    # v = 1 + (A / s) v has A v = s (v - 1) < s v, whatever the parts without circles multiply.
    shrink = (1.0 + radius) / 2.0
    v = np.ones(matrix.shape[0])
    for _ in range(steps):
        carried = matrix @ v
        reached = float((carried / v).max())
        if 1.0 - reached >= (1.0 - shrink) / 2.0:
            return _Proof(radius, reached, v)
        carried /= shrink
        carried += 1.0
        v = carried
    raise DataError(f"the error cannot be bounded within {steps} steps", "steps", "allow more")


def _radius(graph: SupplierGraph, matrix: Csr, components: list[Ints], steps: int) -> float:
    """Collatz-Wielandt bound over all components; the spectral radius is the largest of theirs."""
    nodes = np.concatenate(components)
    sizes = np.array([len(group) for group in components])
    owner = np.repeat(np.arange(len(components)), sizes)
    first = np.cumsum(sizes) - sizes
    inner = matrix[nodes][:, nodes].tocoo()
    same = owner[inner.row] == owner[inner.col]
    inner = csr_array((inner.data[same], (inner.row[same], inner.col[same])), shape=inner.shape)
    v = np.ones(len(nodes))
    upper = np.full(len(components), np.inf)
    for _ in range(steps):
        carried = inner @ v
        ratio = carried / v
        upper = np.minimum(upper, np.maximum.reduceat(ratio, first))
        lower = np.minimum.reduceat(ratio, first)
        worst = int(lower.argmax())
        if lower[worst] >= _SURE:
            raise _amplifies(graph, components[worst])
        # Half of the best distance from 1 is enough: the last digits of the radius gain nothing.
        if (1.0 - upper >= (1.0 - lower) / 2.0).all():
            return float(upper.max())
        # One step of 1 + A instead of A: a circle that returns in step never settles under A.
        v += carried
        v /= np.maximum.reduceat(v, first)[owner]
    if (upper < _SURE).all():
        return float(upper.max())
    what = f"not shown to die down: {_words(graph, components[int(upper.argmax())])}"
    raise DataError(what, "steps", f"allow more than {steps}")


def _amplifies(graph: SupplierGraph, component: Ints) -> DataError:
    what = f"the circle amplifies itself: {_words(graph, component)}"
    where = f"group of {len(component)} nodes"
    return DataError(what, where, "what comes back round it must be less than what set out")


def _sweep(
    matrix: Csr, value: Floats, proof: _Proof, tolerance: float, steps: int, backward: bool
) -> tuple[int, float]:
    """Sweep ``value``, which begins as own, to the solution; sweeps taken and error bound."""
    own = value.copy(order="F")
    shape = matrix.shape
    blocks = []
    for rows, places, start in _blocks(matrix):
        block = csr_array((rows.stop - rows.start, shape[1]))
        # Set one by one they stay views; the constructor would copy parts of a larger array.
        block.data, block.indices = matrix.data[places], matrix.indices[places]
        block.indptr = start
        blocks.append((rows, block))
    if backward:
        blocks.reverse()
    v, columns = proof.v, range(value.shape[1])
    factor = proof.shrink / (1.0 - proof.shrink) * (1.0 if v is None else float(v.max()))
    error = np.inf
    # Without circles every sweep finishes one more round of suppliers, so it ends by itself.
    limit = shape[0] + 1 if v is None else steps
    for done in range(1, limit + 1):
        change = np.zeros(value.shape[1])
        settled = True
        for column in columns:
            x = value[:, column]
            for rows, block in blocks:
                new = block @ x
                new += own[rows, column]
                moved = np.abs(new - x[rows])
                x[rows] = new
                if v is None:
                    settled = settled and not moved.any()
                    continue
                settled = settled and bool((moved <= _ULPS * np.abs(new)).all())
                moved /= v[rows]
                change[column] = max(change[column], moved.max())
        size = np.abs(value).max(axis=0, initial=0.0)
        if not np.isfinite(size).all():
            raise DataError("values grow beyond what a number holds", "own or inputs")
        if v is None:
            if settled:
                return done, 0.0
            continue
        error = float(np.max(factor * change / np.where(size > 0, size, 1.0), initial=0.0))
        # Nothing moves by more than rounding: further sweeps could not make it better.
        if error <= tolerance or settled:
            return done, error
    what = f"{limit} steps leave an error of {error:.1e}"
    raise DataError(what, "steps", "allow more, or a larger tolerance")
