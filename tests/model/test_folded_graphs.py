"""A graph cut down to what is moved gives what the whole graph gives, to the last bit."""

from dataclasses import replace

import numpy as np
import pytest

import exposure as ex
from exposure.facts.scenario import read_scenario
from exposure.model.compile import compile_scenarios
from exposure.model.draws import draw
from exposure.model.fold import fold
from exposure.model.rows import paired_rows
from exposure.model.run import landed_costs
from tests import tiny

CLAUSE = "us-cars/usmca"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Arrays of the small world, and its central rows of both sides."""
    world = ex.load(tiny.write(tmp_path_factory.mktemp("data")))
    scenario = read_scenario(world, "tariff")
    compiled, (pair,) = compile_scenarios(world, [scenario])
    return compiled, paired_rows(compiled, scenario, pair, draw(compiled.ranges, 0, 0))


def names(compiled):
    return [str(name) for name in compiled.ranges.index]


def both(asked, moved=(), keys=(), **changes):
    """Landed cost and duty of the whole graph and of the folded one, in rows that differ so."""
    compiled, central = asked
    folded = fold(compiled, central, moved, keys)
    rows = replace(central, **changes)
    return [landed_costs(graph, rows) for graph in (compiled, folded)], folded


def same(found):
    for name in ("cost", "duty", "gate", "last_rate"):
        np.testing.assert_array_equal(getattr(found[0], name), getattr(found[1], name))


@pytest.mark.parametrize("factor", [0.5, 1.25])
def test_every_input_may_be_moved_by_itself(asked, factor):
    compiled, central = asked
    for name in names(compiled):
        values = {**central.values, name: central.values[name] * factor}
        same(both(asked, [name], values=values)[0])


@pytest.mark.parametrize("rate", [0.0, 0.1, 1.0])
def test_the_rate_of_a_clause_may_be_moved(asked, rate):
    found, _ = both(asked, keys=[CLAUSE], rates={CLAUSE: np.array([np.nan, rate])})
    same(found)
    # At a rate of nought the clause charges nothing; at a higher one the car pays more.
    assert found[1].duty[1, 0] >= found[1].duty[0, 0]


def test_what_nothing_moves_is_not_kept(asked):
    compiled, _ = asked
    found, folded = both(asked)
    same(found)
    assert len(folded.network.nodes) < len(compiled.network.nodes)
    assert len(folded.network.nodes) == len(folded.graph.level)
    assert len(folded.network.edges) == len(folded.graph.source)


def test_a_rate_keeps_the_edges_on_which_it_is_charged_and_no_more(asked):
    compiled, central = asked
    narrow = fold(compiled, central, [], [CLAUSE])
    wide = fold(compiled, central, names(compiled), [CLAUSE])
    assert 0 < len(narrow.network.edges) < len(wide.network.edges) <= len(compiled.network.edges)


def test_a_folded_graph_of_all_that_moves_is_the_whole(asked):
    compiled, _ = asked
    found, folded = both(asked, names(compiled))
    same(found)
    assert len(folded.network.nodes) == len(compiled.network.nodes)
