"""Tracing on random graphs of suppliers: against dense solution, the level kernel, networkx."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exposure.errors import DataError
from exposure.routes import landed
from exposure.routes import trace as kernel
from exposure.routes.trace import SupplierGraph, cycles, name_cycle, trace

SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module", autouse=True)
def small_blocks():
    """Blocks of three rows, so that small graphs have several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "_ROWS", 3)
        yield


def edges_of(random, count, density, acyclic=False):
    """Edges in random order; some pairs twice. Without circles, inputs have lower ranks."""
    rank = random.permutation(count)
    pairs = [
        (a, b)
        for a in range(count)
        for b in range(count)
        if (not acyclic or rank[a] < rank[b]) and random.random() < density
    ]
    pairs += [pair for pair in pairs if random.random() < 0.1]
    random.shuffle(pairs)
    source = np.array([a for a, _ in pairs], dtype=np.int64)
    target = np.array([b for _, b in pairs], dtype=np.int64)
    return source, target, random.random(len(pairs))


def dense(source, target, weight, count):
    matrix = np.zeros((count, count))
    np.add.at(matrix, (target, source), weight)
    return matrix


@st.composite
def circular(draw):
    """A graph with circles of spectral radius below 1; row sums may be far above."""
    count = draw(st.integers(1, 14))
    random = np.random.default_rng(draw(SEEDS))
    source, target, weight = edges_of(random, count, draw(st.floats(0.05, 0.5)))
    rate = random.random(len(source)) * 0.3 - 0.05
    radius = max(abs(np.linalg.eigvals(dense(source, target, weight * (1 + rate), count))))
    if radius > 0:
        weight *= draw(st.floats(0.05, 0.97)) / max(radius, 0.1)
    # Other units: similar matrices have the same radius, and quite other row sums.
    unit = 10.0 ** random.uniform(-2, 2, count) if draw(st.booleans()) else np.ones(count)
    weight *= unit[source] / unit[target]
    return count, source, target, weight, rate, random


@settings(max_examples=300, deadline=None)
@given(circular(), st.sampled_from([1e-12, 1e-3]), st.integers(0, 3))
def test_equals_the_dense_solution_within_the_error_it_states(case, tolerance, columns):
    count, source, target, weight, rate, random = case
    graph = SupplierGraph.from_edges(source, target, weight, count)
    own = random.random((count, columns) if columns else count) * 100
    done = trace(graph, own, markup=graph.in_order(rate), cycles="solve", tolerance=tolerance)
    matrix = dense(source, target, weight * (1 + rate), count)
    right = np.linalg.solve(np.eye(count) - matrix, own)
    off = np.abs(done.value - right).max(axis=0) / np.abs(right).max(axis=0)
    assert np.all(off <= done.error + 1e-10)
    assert done.error <= max(tolerance, 1e-9)
    assert max(abs(np.linalg.eigvals(matrix))) <= done.radius + 1e-4
    assert done.radius < 1
    assert done.value.shape == own.shape


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 12), SEEDS, st.sampled_from(["refuse", "solve"]), st.booleans())
def test_equals_the_level_kernel_where_rates_are_constant(count, seed, treatment, cif):
    random = np.random.default_rng(seed)
    source, target, weight = edges_of(random, count, 0.4, acyclic=True)
    assume(len(source))
    level = np.zeros(count, dtype=np.int64)
    for _ in range(count):
        np.maximum.at(level, target, level[source] + 1)
    turn = np.argsort(level[target], kind="stable")
    source, target, weight = source[turn], target[turn], weight[turn]
    crosses = random.random(len(source)) < 0.7
    freight = random.random(len(source)) * 0.2
    duty = random.random(len(source)) * 0.5
    content = random.random((count, 4))
    content /= content.sum(axis=1, keepdims=True)
    small = landed.Graph(
        source,
        target,
        weight,
        level,
        crosses,
        np.full(len(source), cif),
        content,
        np.zeros(len(source)),
    )
    own = random.random((1, count)) * 100
    border = np.flatnonzero(crosses)

    def rates(height, shares):
        return duty[border[level[target[border]] == height]][None, :]

    right = landed.accumulate(small, own, freight[None, :], rates)
    graph = SupplierGraph.from_edges(source, target, weight, count)
    markup = freight + crosses * duty * (1 + cif * freight)
    done = trace(graph, own[0], markup=graph.in_order(markup), cycles=treatment)
    held = trace(graph, own[0][:, None] * content, cycles=treatment)
    np.testing.assert_allclose(done.value, right.value[0], rtol=1e-11)
    np.testing.assert_allclose(held.value, right.content[0], rtol=1e-11)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), SEEDS, st.booleans())
def test_without_circles_the_result_is_exact(count, seed, sorted_nodes):
    """Whole numbers have no rounding: the traced values are the sums over all ways, exactly."""
    random = np.random.default_rng(seed)
    source, target, _ = edges_of(random, count, 0.15, acyclic=True)
    if sorted_nodes:
        source, target = np.minimum(source, target), np.maximum(source, target)
    weight = random.integers(0, 3, len(source)).astype(float)
    own = random.integers(0, 100, count).astype(float)
    done = trace(SupplierGraph.from_edges(source, target, weight, count), own)
    matrix = dense(source, target, weight, count)
    right = term = own
    for _ in range(count):
        term = matrix @ term
        right = right + term
    assert (done.value == right).all()
    assert (done.error, done.radius) == (0.0, 0.0)


@settings(max_examples=100, deadline=None)
@given(circular())
def test_contents_add_up_to_value(case):
    count, source, target, weight, _, random = case
    graph = SupplierGraph.from_edges(source, target, weight, count)
    own = random.random(count)
    content = random.dirichlet(np.ones(4), count)
    try:
        value = trace(graph, own, cycles="solve").value
    except DataError:
        assume(False)
    held = trace(graph, own[:, None] * content, cycles="solve").value
    np.testing.assert_allclose(held.sum(axis=1), value, rtol=1e-6, atol=1e-9 * value.max())


@settings(max_examples=100, deadline=None)
@given(circular())
def test_value_shares_conserve_all_that_was_added(case):
    """What a dollar holds of every node's own value adds up to the dollar."""
    count, source, target, weight, _, _ = case
    sums = np.bincount(target, weight, minlength=count)
    weight = weight / np.maximum(sums, 1.0)[target] * 0.8
    graph = SupplierGraph.from_edges(source, target, weight, count)
    share = 1 - np.bincount(target, weight, minlength=count)
    done = trace(graph, np.diag(share), cycles="solve")
    np.testing.assert_allclose(done.value.sum(axis=1), 1.0, rtol=1e-11)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 15), SEEDS, st.floats(0.02, 0.3))
def test_cycles_are_those_of_networkx_and_each_is_named_by_a_real_one(count, seed, density):
    random = np.random.default_rng(seed)
    source, target, weight = edges_of(random, count, density)
    weight[random.random(len(weight)) < 0.2] = 0.0
    graph = SupplierGraph.from_edges(source, target, weight, count)
    view = nx.DiGraph()
    view.add_nodes_from(range(count))
    view.add_edges_from((a, b) for a, b, w in zip(source, target, weight, strict=True) if w > 0)
    right = {
        tuple(sorted(group))
        for group in nx.strongly_connected_components(view)
        if len(group) > 1 or view.has_edge(*(2 * tuple(group)))
    }
    found = cycles(graph)
    assert {tuple(group.tolist()) for group in found} == right
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)
    for group in found:
        way = name_cycle(graph, group)
        inner = view.subgraph(group.tolist())
        assert way[0] == way[-1]
        assert len(set(way)) == len(way) - 1
        assert all(inner.has_edge(a, b) for a, b in pairwise(way))
        back = dict(nx.all_pairs_shortest_path_length(inner))
        assert len(way) - 1 == min(1 + back[b][a] for a, b in inner.edges)
    own = np.ones(count)
    if not found:
        assert trace(graph, own).error == 0.0
        return
    with pytest.raises(DataError) as caught:
        trace(graph, own)
    said = str(caught.value).split("circle: ")[1].split(" (")[0]
    assert said == " -> ".join(map(str, name_cycle(graph, found[0])))


@settings(max_examples=150, deadline=None)
@given(circular(), st.floats(1.0001, 20))
def test_an_amplifying_circle_is_refused(case, radius):
    count, source, target, weight, _, _ = case
    now = max(abs(np.linalg.eigvals(dense(source, target, weight, count))))
    assume(now > 0.04)
    graph = SupplierGraph.from_edges(source, target, weight * radius / now, count)
    with pytest.raises(DataError, match="the circle amplifies itself: \\d+ -> "):
        trace(graph, np.ones(count), cycles="solve")


def chain(weights, names=None):
    """A circle of as many nodes as weights."""
    count = len(weights)
    nodes = np.arange(count)
    return SupplierGraph.from_edges(nodes, (nodes + 1) % count, np.array(weights), count, names)


def test_a_circle_by_hand():
    """Two firms: a dollar of each holds half of the other: 1 + 0.5 x, so 2 each."""
    done = trace(chain([0.5, 0.5]), np.ones(2), cycles="solve")
    np.testing.assert_allclose(done.value, [2.0, 2.0], rtol=1e-12)
    assert done.radius == 0.5
    assert done.error <= 1e-12


def test_a_circle_of_lengthy_rows_is_shown_to_die_down():
    """The row sum is 40, yet what goes round comes back as 0.4."""
    done = trace(chain([40.0, 0.01]), np.ones(2), cycles="solve")
    np.testing.assert_allclose(done.value, [1.01 / 0.6, 41 / 0.6], rtol=1e-12)
    assert 0.4**0.5 <= done.radius < 1


@pytest.mark.parametrize("weights", [[40.0, 0.01], [30.0, 0.01, 2.0, 1.5]])
def test_what_too_few_steps_do_not_show_is_not_called_a_circle_that_amplifies(weights):
    """0.4 and 0.9 come back round; one step shows neither."""
    with pytest.raises(DataError, match="not shown to die down: .* [(]allow more than 1[)]"):
        trace(chain(weights), np.ones(len(weights)), cycles="solve", steps=1)


def test_a_circle_that_returns_all_is_refused_and_a_duty_can_make_it_so():
    with pytest.raises(DataError, match="amplifies itself: steel -> engine -> steel"):
        trace(chain([2.0, 0.5], ["steel", "engine"]), np.ones(2), cycles="solve")
    graph = chain([0.9, 0.9])
    assert trace(graph, np.ones(2), cycles="solve").radius <= 0.9
    with pytest.raises(DataError, match="amplifies itself"):
        trace(graph, np.ones(2), markup=np.full(2, 0.25), cycles="solve")


def test_a_node_that_supplies_itself_is_a_circle():
    graph = SupplierGraph.from_edges(np.array([0]), np.array([0]), np.array([0.5]), 1)
    assert name_cycle(graph, cycles(graph)[0]) == [0, 0]
    assert abs(trace(graph, np.ones(1), cycles="solve").value[0] - 2.0) < 1e-11


def test_too_few_steps_are_said():
    graph = chain([0.9, 0.9])
    with pytest.raises(DataError, match="3 steps leave an error"):
        trace(graph, np.ones(2), cycles="solve", steps=3)


@pytest.mark.parametrize("inputs_after", [False, True])
@pytest.mark.parametrize("treatment", ["refuse", "solve"])
def test_sweeps_go_the_way_goods_go(monkeypatch, inputs_after, treatment):
    """A line of 50 firms, one a block: one sweep finds all of it and another that nothing moves."""
    monkeypatch.setattr("exposure.routes.trace._ROWS", 1)
    source, target = np.arange(49), np.arange(1, 50)
    if inputs_after:
        source, target = 49 - source, 49 - target
    graph = SupplierGraph.from_edges(source, target, np.full(49, 0.5), 50)
    done = trace(graph, np.ones(50), cycles=treatment)
    right = np.array([2.0 - 0.5**place for place in range(50)])
    assert (done.value == (right[::-1] if inputs_after else right)).all()
    assert done.steps == 2
    assert (done.error, done.radius) == (0.0, 0.0)


def test_values_that_no_number_holds_are_refused():
    nodes = np.arange(4)
    graph = SupplierGraph.from_edges(nodes[:-1], nodes[1:], np.full(3, 1e150), 4)
    assert trace(graph, np.full(4, 1e-150)).value[-1] == pytest.approx(1e300)
    with pytest.raises(DataError, match="grow beyond what a number holds"):
        trace(graph, np.ones(4))


def test_an_empty_graph_and_one_without_edges():
    none = np.zeros(0, dtype=np.int64)
    assert trace(SupplierGraph.from_edges(none, none, np.zeros(0), 0), np.zeros(0)).value.size == 0
    lone = SupplierGraph.from_edges(none, none, np.zeros(0), 2)
    assert trace(lone, np.array([1.0, 2.0])).value.tolist() == [1.0, 2.0]
    assert cycles(lone) == []


def build(source=(0, 1), target=(1, 2), weight=(0.5, 0.5), count=3, names=None):
    return SupplierGraph.from_edges(
        np.array(source), np.array(target), np.array(weight), count, names
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": (0.5, -1.0)}, "edge 1: weight -1.0 (weights are finite and at least 0)"),
        ({"weight": (np.nan, 1.0)}, "edge 0: weight nan"),
        ({"weight": (1.0, np.inf)}, "edge 1: weight inf"),
        ({"source": (0, 3)}, "edge 1: source 3 is no node (nodes are 0 to 2)"),
        ({"target": (-1, 2)}, "edge 0: target -1 is no node"),
        ({"source": (0.0, 1.0)}, "source holds float64"),
        ({"weight": (0.5,)}, "have shapes (2,), (2,), (1,)"),
        ({"names": ["a"]}, "1 names for 3 nodes"),
    ],
)
def test_a_graph_that_is_none_is_refused(change, said):
    with pytest.raises(DataError) as caught:
        build(**change)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"own": np.ones(2)}, "own: shape (2,)"),
        ({"own": np.array([1.0, np.nan, 1.0])}, "own, node 1: a value is not finite"),
        ({"markup": np.ones(3)}, "markup: shape (3,)"),
        ({"markup": np.array([0.0, -1.5])}, "markup, place 1: rate -1.5"),
        ({"markup": np.array([np.nan, 0.0])}, "markup, place 0: rate nan"),
        ({"markup": np.array([-1.0, np.inf])}, "markup, place 1: rate inf"),
        ({"cycles": "ignore"}, "unknown treatment 'ignore'"),
    ],
)
def test_input_that_does_not_fit_is_refused(change, said):
    with pytest.raises(DataError) as caught:
        trace(build(), **({"own": np.ones(3)} | change))
    assert said in str(caught.value)
