"""Conservation along random graphs: value added + freight + duties = landed cost."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.routes.landed import Given, Graph, accumulate


@st.composite
def graphs(draw):
    """A random DAG of up to 12 nodes whose last node needs all others, with random shares."""
    count = draw(st.integers(2, 12))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pairs = [(a, b) for b in range(1, count) for a in range(b) if random.random() < 0.4]
    for node in range(count - 1):
        if not any(a == node for a, _ in pairs):
            pairs.append((node, count - 1))
    source = np.array([a for a, _ in pairs])
    target = np.array([b for _, b in pairs])
    level = np.zeros(count, dtype=np.int64)
    for _ in range(count):
        np.maximum.at(level, target, level[source] + 1)
    own = random.random((3, count)) * 100
    content = random.random((count, 4))
    content /= content.sum(axis=1, keepdims=True)
    graph = Graph(
        source=source,
        target=target,
        weight=random.random(len(pairs)),
        level=level,
        crosses=random.random(len(pairs)) < 0.7,
        cif=random.random(len(pairs)) < 0.5,
        own_content=content,
        drawback=np.where(random.random(len(pairs)) < 0.3, random.random(len(pairs)), 0.0),
    )
    return graph, own, random.random((3, len(pairs))) * 0.2, random


def units_of(graph):
    units = np.zeros(len(graph.level))
    units[-1] = 1.0
    for level in range(int(graph.level.max()), 0, -1):
        for edge in np.flatnonzero(graph.level[graph.target] == level):
            units[graph.source[edge]] += graph.weight[edge] * units[graph.target[edge]]
    return units


def rates_by_content(level, content):
    return 0.1 * level + 0.5 * content[:, :, 0]


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_value_added_freight_and_duties_make_up_landed_cost(case):
    graph, own, freight, _ = case
    done = accumulate(graph, own, freight, rates_by_content)
    units = units_of(graph)
    carried = graph.weight * units[graph.target]
    parts = (own * units).sum(1) + ((done.freight + done.duty) * carried).sum(1)
    np.testing.assert_allclose(parts, done.value[:, -1], rtol=1e-12, atol=1e-9)


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_content_is_all_value_added(case):
    graph, own, freight, _ = case
    done = accumulate(graph, own, freight, rates_by_content)
    units = units_of(graph)
    np.testing.assert_allclose(done.content[:, -1].sum(1), (own * units).sum(1), rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.floats(0.01, 100))
def test_scaling_all_values_scales_all_costs(case, factor):
    graph, own, freight, _ = case
    one = accumulate(graph, own, freight, rates_by_content)
    two = accumulate(graph, own * factor, freight, rates_by_content)
    np.testing.assert_allclose(two.value, one.value * factor, rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_a_higher_rate_never_makes_anything_cheaper(case):
    graph, own, freight, _ = case
    low = accumulate(graph, own, freight, lambda _, c: np.full(c.shape[:2], 0.1))
    high = accumulate(graph, own, freight, lambda _, c: np.full(c.shape[:2], 0.2))
    assert (high.value >= low.value).all()


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_one_row_alone_equals_that_row_among_many_bit_for_bit(case):
    graph, own, freight, _ = case
    many = accumulate(graph, own, freight, rates_by_content)
    alone = accumulate(graph, own[1:2], freight[1:2], rates_by_content)
    assert (alone.value[0] == many.value[1]).all()
    assert (alone.duty[0] == many.duty[1]).all()


def test_duty_on_duty_by_hand():
    """Value 100 at 10 %, then 50 more, then 20 %: (110 + 50) * 1.2 = 192, duty 42."""
    graph = Graph(
        source=np.array([0, 1]),
        target=np.array([1, 2]),
        weight=np.ones(2),
        level=np.array([0, 1, 2]),
        crosses=np.array([True, True]),
        cif=np.array([False, False]),
        own_content=np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]),
        drawback=np.zeros(2),
    )
    rates = {1: 0.1, 2: 0.2}

    def run(graph):
        return accumulate(
            graph,
            np.array([[100.0, 50.0, 0.0]]),
            np.zeros((1, 2)),
            lambda level, content: np.full(content.shape[:2], rates[level]),
        )

    done = run(graph)
    assert done.value[0, -1] == 192.0
    assert done.duty.sum() == 42.0
    # 10 of duty paid upstream stand in the base of the second border: 2 of its 32 are duty on duty.
    np.testing.assert_allclose(done.paid[0], [0.0, 10.0, 42.0])
    # With the first duty given back: 150 * 1.2 = 180.
    back = run(replace(graph, drawback=np.array([1.0, 0.0])))
    assert back.value[0, -1] == 180.0
    np.testing.assert_allclose(back.paid[0], [0.0, 0.0, 30.0])


def test_cif_border_charges_freight():
    """100 with 8.5 of freight at 10 %: FOB 10, CIF 10.85."""
    for cif, expected in ((False, 10.0), (True, 10.85)):
        graph = Graph(
            source=np.array([0]),
            target=np.array([1]),
            weight=np.ones(1),
            level=np.array([0, 1]),
            crosses=np.array([True]),
            cif=np.array([cif]),
            own_content=np.array([[1.0], [0.0]]),
            drawback=np.zeros(1),
        )
        done = accumulate(
            graph, np.array([[100.0, 0.0]]), np.array([[0.085]]), lambda _, c: c[:, :, 0] * 0 + 0.1
        )
        assert abs(done.duty[0, 0] - expected) < 1e-12


@settings(max_examples=100, deadline=None)
@given(graphs(), st.booleans())
def test_what_is_known_beforehand_may_be_given(case, one_freight):
    """Some sources of the same value in all rows, given or worked out: the same costs."""
    graph, own, freight, random = case
    freight = freight[:1] if one_freight else freight
    leaves = np.flatnonzero(graph.level == 0)
    chosen = leaves[random.random(len(leaves)) < 0.6]
    own[:, chosen] = own[0, chosen]
    plain = accumulate(graph, own, freight, rates_by_content)
    known = Given(
        node=chosen,
        value=own[0, chosen],
        paid=np.zeros(len(chosen)),
        content=own[0, chosen, None] * graph.own_content[chosen],
    )
    done = accumulate(graph, own, freight, rates_by_content, known)
    np.testing.assert_allclose(done.value, plain.value, rtol=1e-13)
    np.testing.assert_allclose(done.paid, plain.paid, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(done.content, plain.content, rtol=1e-12)
    np.testing.assert_allclose(done.freight, np.broadcast_to(plain.freight, done.freight.shape))
