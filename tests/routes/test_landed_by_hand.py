"""Landed cost along small graphs by hand: duty on duty, content, drawback, and joins."""

import numpy as np
import pytest

from exposure.routes.landed import Given, Graph, accumulate
from tests.chains import chain


def market(found):
    return found.value[0, -1]


def test_two_borders_by_hand():
    """100 at 10 %: 110; 50 more, 160 at 25 %: 40 of duty and 200. Duties 10 + 40."""
    found = chain([100.0, 50.0], [0.10, 0.25])
    np.testing.assert_allclose(found.value, [[100.0, 160.0, 200.0]])
    np.testing.assert_allclose(found.paid, [[0.0, 10.0, 50.0]])
    np.testing.assert_allclose(found.duty, [[10.0, 40.0]])
    np.testing.assert_allclose(found.customs_value, [[100.0, 160.0]])
    np.testing.assert_allclose(found.rate, [[0.10, 0.25]])


@pytest.mark.parametrize(
    ("cif", "base", "landed"),
    [
        (False, 100.0, 125.0),  # free on board: 100 + 5 of freight + 20 of duty
        (True, 105.0, 126.0),  # with freight in the value: 105 * 1.2
    ],
)
def test_freight_is_paid_and_is_taxed_only_where_the_border_values_cif(cif, base, landed):
    found = chain([100.0], [0.2], freight=[0.05], cif=cif)
    np.testing.assert_allclose(found.freight, [[5.0]])
    np.testing.assert_allclose(found.customs_value, [[base]])
    assert market(found) == pytest.approx(landed)


@pytest.mark.parametrize(("back", "kept"), [(0.0, 10.0), (0.5, 5.0), (1.0, 0.0)])
def test_drawback_gives_back_its_share_and_leaves_the_rate(back, kept):
    found = chain([100.0, 0.0], [0.10, 0.0], drawback=[back, 0.0])
    assert found.duty[0, 0] == pytest.approx(kept)
    assert found.rate[0, 0] == 0.10
    assert market(found) == pytest.approx(100.0 + kept)


def test_content_is_value_added_and_no_duty_or_freight():
    """100 of the first tag and 50 of the second, however much is paid on the way."""
    found = chain([100.0, 50.0], [0.10, 0.25], freight=[0.1, 0.2])
    np.testing.assert_allclose(found.content[0, -1], [100.0, 50.0])
    assert market(found) > 150.0


def test_a_duty_may_hang_on_the_content_that_has_arrived():
    """At the second border 100 of 150 are home content and exempt: 30 % of 50 is 15."""
    found = chain([100.0, 50.0], [0.0, 0.3], exempt_home=True)
    assert found.duty[0, 1] == pytest.approx(15.0)
    # With a first duty paid the value is 160, of which 100 are exempt: 30 % of 60.
    taxed = chain([100.0, 50.0], [0.10, 0.3], exempt_home=False)
    assert taxed.duty[0, 1] == pytest.approx(48.0)


def test_shares_of_content_are_of_the_customs_value():
    """Freight in the value makes the home share 100 / 125."""
    found = chain([100.0], [0.5], freight=[0.25], cif=True, exempt_home=True)
    assert found.rate[0, 0] == pytest.approx(0.5 * (1 - 100 / 125))
    assert found.duty[0, 0] == pytest.approx(12.5)


def test_nothing_worth_nothing_pays_nothing_and_has_no_content():
    found = chain([0.0], [0.5], exempt_home=True)
    assert (market(found), found.duty[0, 0]) == (0.0, 0.0)
    assert found.rate[0, 0] == 0.5


def test_rows_are_scenarios_of_their_own():
    found = chain([100.0, 50.0], [[0.0, 0.0], [0.1, 0.25], [0.1, np.nan]])
    np.testing.assert_allclose(found.value[:, -1], [150.0, 200.0, np.nan])
    # What is not known at one border leaves what was paid before it known.
    np.testing.assert_allclose(found.value[:, 1], [150.0, 160.0, 160.0])
    np.testing.assert_allclose(found.duty[:, 0], [0.0, 10.0, 10.0])


def graph(edges, levels, weights=None, crosses=None, tags=None):
    source, target = (np.array(ends, dtype=np.int64) for ends in zip(*edges, strict=True))
    count = len(edges)
    return Graph(
        source=source,
        target=target,
        weight=np.ones(count) if weights is None else np.array(weights, dtype=float),
        level=np.array(levels),
        crosses=np.zeros(count, dtype=bool) if crosses is None else np.array(crosses),
        cif=np.zeros(count, dtype=bool),
        own_content=np.zeros((len(levels), 0)) if tags is None else np.array(tags, dtype=float),
        drawback=np.zeros(count),
    )


def flat(rate):
    def duty(level, content):
        return np.full(content.shape[:2], rate)

    return duty


def carried(made, own, rate=0.0, freight=0.0, given=None):
    own = np.atleast_2d(np.array(own, dtype=float))
    share = np.full((1, len(made.source)), freight)
    return accumulate(made, own, share, flat(rate), given)


def test_units_of_a_part_count_by_weight():
    """Two coils of 10 in a body, a quarter of whose 30 comes to the car: 7.5 and its own 5."""
    tags = [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    for content in (None, tags):
        made = graph([(0, 1), (1, 2)], [0, 1, 2], weights=[2.0, 0.25], tags=content)
        found = carried(made, [10.0, 10.0, 5.0])
        np.testing.assert_allclose(found.value, [[10.0, 30.0, 12.5]])
    # A quarter of two coils is 5 of the first tag; the rest is of the second.
    np.testing.assert_allclose(found.content[0], [[10.0, 0.0], [20.0, 10.0], [5.0, 7.5]])


def test_two_inputs_of_one_stage_add_up_and_only_what_crosses_is_taxed():
    """One from abroad, 40 at 25 %; one at home, 60; 20 of its own: 50 + 60 + 20."""
    made = graph([(0, 2), (1, 2)], [0, 0, 1], crosses=[True, False])
    found = carried(made, [40.0, 60.0, 20.0], rate=0.25)
    assert found.value[0, 2] == pytest.approx(130.0)
    np.testing.assert_allclose(found.duty, [[10.0, 0.0]])
    np.testing.assert_allclose(found.customs_value, [[40.0, 0.0]])
    assert found.paid[0, 2] == pytest.approx(10.0)


def test_one_part_in_two_places_is_counted_in_both():
    """A part of 10 goes into two others of 1 each, and both into the last: 11 + 11."""
    made = graph([(0, 1), (0, 2), (1, 3), (2, 3)], [0, 1, 1, 2])
    found = carried(made, [10.0, 1.0, 1.0, 0.0])
    assert found.value[0, 3] == pytest.approx(22.0)


def test_an_input_that_skips_a_level_arrives_with_what_it_was_worth():
    made = graph([(0, 1), (1, 2), (0, 2)], [0, 1, 2], crosses=[True, True, True])
    found = carried(made, [100.0, 0.0, 0.0], rate=0.1)
    # 110 after one border, 121 after two; beside them 110 straight.
    assert found.value[0, 2] == pytest.approx(231.0)


def test_the_order_of_edges_does_not_matter():
    edges, levels = [(0, 2), (1, 2), (2, 3), (0, 3)], [0, 0, 1, 2]
    crosses, weights = [True, False, True, True], [2.0, 1.0, 0.5, 3.0]
    own = [7.0, 11.0, 13.0, 17.0]
    one = carried(graph(edges, levels, weights, crosses), own, rate=0.2, freight=0.05)
    turned = graph(edges[::-1], levels, weights[::-1], crosses[::-1])
    other = carried(turned, own, rate=0.2, freight=0.05)
    np.testing.assert_allclose(other.value, one.value)
    for name in ("duty", "freight", "customs_value", "rate"):
        np.testing.assert_allclose(getattr(other, name)[:, ::-1], getattr(one, name))


def test_a_node_that_is_given_is_taken_as_it_is():
    """120, of which 20 of duty, whatever its own value would be: 10 % more and 30."""
    made = graph([(0, 1)], [0, 1], crosses=[True], tags=[[1.0], [1.0]])
    known = Given(np.array([0]), np.array([120.0]), np.array([20.0]), np.array([[100.0]]))
    found = carried(made, [[1.0, 30.0], [2.0, 40.0]], rate=0.1, given=known)
    np.testing.assert_allclose(found.value, [[120.0, 162.0], [120.0, 172.0]])
    np.testing.assert_allclose(found.paid[:, 1], [32.0, 32.0])
    np.testing.assert_allclose(found.content[:, 1, 0], [130.0, 140.0])


def test_a_graph_without_edges_is_its_nodes():
    made = Graph(*(np.zeros(0, dtype=t) for t in (int, int, float)), level=np.zeros(2, dtype=int),
                 crosses=np.zeros(0, dtype=bool), cif=np.zeros(0, dtype=bool),
                 own_content=np.zeros((2, 0)), drawback=np.zeros(0))  # fmt: skip
    found = accumulate(made, np.array([[3.0, 4.0]]), np.zeros((1, 0)), flat(0.5))
    np.testing.assert_array_equal(found.value, [[3.0, 4.0]])
    assert found.duty.shape == (1, 0)
