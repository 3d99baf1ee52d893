"""Where the points of a sweep lie: how many, in which order, in which blocks; by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.facts.documents import Dimension, Sweep
from exposure.sweeps.layout import labels_of, layout, values_of

FEW = settings(max_examples=25, deadline=None)
PASS = {"parameter": "pass_through", "values": [0.1, 0.2]}
ENGINE = {"figure": "car/part/engine", "range": {"from": 0, "to": 1, "steps": 3}}
DAYS = {"law_on": ["2025-01-15", "2025-12-15"]}
WAYS = {"name": "way", "options": {"a": {}, "b": {}, "c": {}}}


def laid(*dimensions, **more):
    return layout(
        Sweep.model_validate(
            {"id": "s", "title": "S", "scenario": "t", "dimensions": list(dimensions), **more}
        )
    )


def between(name, low=0.0, high=1.0):
    return {"parameter": name, "between": [low, high]}


# --- values and labels -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dimension", "values"),
    [
        (PASS, [0.1, 0.2]),
        (ENGINE, [0.0, 0.5, 1.0]),
        ({**PASS, "values": [0.3, -1.0]}, [0.3, -1.0]),
        ({"parameter": "p", "range": {"from": 2, "to": 3, "steps": 2}}, [2.0, 3.0]),
        (between("p"), []),
    ],
)
def test_values_of_a_number_come_as_written(dimension, values):
    assert values_of(Dimension.model_validate(dimension)).tolist() == values


def test_labels_of_a_choice_are_options_in_their_order_or_days_as_written():
    assert labels_of(Dimension.model_validate(WAYS)) == ("a", "b", "c")
    assert labels_of(Dimension.model_validate(DAYS)) == ("2025-01-15", "2025-12-15")
    assert labels_of(Dimension.model_validate(PASS)) == ()


# --- how many --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dimensions", "more", "points", "scenarios"),
    [
        ([PASS], {}, 2, 2),
        ([PASS, ENGINE, WAYS, DAYS], {}, 2 * 3 * 3 * 2, 36),
        ([PASS], {"draws": 5}, 2, 2 * 6),
        ([], {"draws": 5}, 1, 6),
        ([], {"draws": 5, "design": "list"}, 1, 6),
        ([PASS, DAYS], {"design": "list"}, 2, 2),
        ([WAYS], {"design": "list"}, 3, 3),
        ([between("a"), WAYS], {"design": "sobol", "size": 8}, 8, 8),
        ([between("a")], {"design": "latin_hypercube", "size": 7, "draws": 1}, 7, 14),
        # A block A, a block B, and one for each of three numbers.
        ([between("a"), between("b"), between("c")], {"design": "saltelli", "size": 4}, 20, 20),
    ],
)
def test_points_are_counted_without_a_table_of_them(dimensions, more, points, scenarios):
    made = laid(*dimensions, **more)
    assert (made.points, len(made)) == (points, scenarios)
    whole = made.stretch(0, 10**9)
    assert whole.id.tolist() == list(range(scenarios)), "a stretch ends with the sweep"
    assert whole.number.shape == (scenarios, len(made.numbers))
    assert len(made.stretch(scenarios, scenarios + 5).id) == 0


# --- which -----------------------------------------------------------------------------------


def test_every_combination_of_a_grid_stands_once():
    made = laid(PASS, WAYS, ENGINE, DAYS)
    whole = made.stretch(0, len(made))
    seen = {
        (way, *number)
        for way, number in zip(whole.way.tolist(), whole.number.tolist(), strict=True)
    }
    assert len(seen) == len(made)
    # The choices in their order, the last fastest.
    assert made.ways[:3] == (("a", "2025-01-15"), ("a", "2025-12-15"), ("b", "2025-01-15"))
    assert [item.column for item in made.numbers] == ["pass_through", "car/part/engine"]


@given(place=st.integers(0, 35))
@FEW
def test_a_number_of_a_grid_is_read_off_its_digits(place):
    """Ways of 6, pass-through of 2 and engine of 3 are the digits, the last the lowest."""
    one = laid(PASS, WAYS, ENGINE, DAYS).stretch(place, place + 1)
    rest, engine = divmod(place, 3)
    way, share = divmod(rest, 2)
    assert one.way.tolist() == [way]
    assert one.number.tolist() == [[[0.1, 0.2][share], [0.0, 0.5, 1.0][engine]]]


def test_draws_of_a_point_follow_one_another_the_central_first():
    found = laid(PASS, draws=2).stretch(0, 6)
    assert found.draw.tolist() == [0, 1, 2, 0, 1, 2]
    assert found.number[:, 0].tolist() == [0.1] * 3 + [0.2] * 3


def test_a_list_goes_through_all_its_columns_at_once():
    options = {"name": "way", "options": {"a": {}, "b": {}}}
    found = laid(PASS, DAYS, {**PASS, "parameter": "q", "values": [9.0, 8.0]}, options,
                 design="list").stretch(0, 2)  # fmt: skip
    assert found.number.tolist() == [[0.1, 9.0], [0.2, 8.0]]
    # Ways are all combinations of days and options; the list takes the first and the last.
    assert found.way.tolist() == [0, 3]


def test_a_list_of_days_alone_has_no_numbers():
    found = laid(DAYS, design="list").stretch(0, 2)
    assert found.number.shape == (2, 0)
    assert found.way.tolist() == [0, 1]


# --- spread ----------------------------------------------------------------------------------


def test_a_hypercube_has_each_part_of_each_dimension_once():
    found = laid(between("a"), WAYS, between("b"), design="latin_hypercube", size=9).stretch(0, 9)
    for column in found.number.T:
        assert sorted(np.floor(column * 9).astype(int)) == list(range(9))
    # Nine points over three options: three each.
    assert np.bincount(found.way).tolist() == [3, 3, 3]


def test_a_sampled_way_is_read_off_its_choices():
    """Six points: of three options two each, of two days three each, counted as the ways are."""
    found = laid(WAYS, DAYS, between("a"), design="latin_hypercube", size=6).stretch(0, 6)
    option, day = np.divmod(found.way, 2)
    assert np.bincount(option).tolist() == [2, 2, 2]
    assert np.bincount(day).tolist() == [3, 3]


def test_even_points_are_the_same_for_a_seed_and_others_for_another():
    def points(seed):
        return (
            laid(between("a"), between("b"), design="sobol", size=8, seed=seed).stretch(0, 8).number
        )

    assert (points(1) == points(1)).all()
    assert not (points(1) == points(2)).any()
    assert ((points(1) > 0) & (points(1) < 1)).all(), "the ends of a law lie at infinity"


def test_even_points_fill_the_square():
    """Of 16 Sobol points in two dimensions each quarter square holds four."""
    found = laid(between("a"), between("b"), design="sobol", size=16).stretch(0, 16).number
    quarters = np.floor(found * 2).astype(int)
    assert np.bincount(quarters[:, 0] * 2 + quarters[:, 1]).tolist() == [4, 4, 4, 4]


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c")])
def test_blocks_of_saltelli_differ_in_one_column(names):
    size = 4
    made = laid(*(between(name) for name in names), design="saltelli", size=size)
    found = made.stretch(0, len(made)).number.reshape(2 + len(names), size, len(names))
    a, b = found[:2]
    assert (a != b).all()
    for place, mixed in enumerate(found[2:]):
        assert (mixed[:, place] == b[:, place]).all()
        others = [column for column in range(len(names)) if column != place]
        assert (mixed[:, others] == a[:, others]).all()
    assert math.isclose(found[:2].mean(), 0.5, abs_tol=0.2)


@pytest.mark.parametrize("design", ["sobol", "latin_hypercube", "saltelli"])
@pytest.mark.parametrize("start", [0, 3, 7])
def test_a_stretch_in_the_middle_is_that_of_the_whole(design, start):
    made = laid(between("a"), between("b"), design=design, size=8)
    whole = made.stretch(0, len(made))
    assert (made.stretch(start, start + 4).number == whole.number[start : start + 4]).all()
