"""Duties of the slow second way by hand: kinds of rates, parts of value, who displaces whom."""

import math

import numpy as np
import pytest

from exposure.axes import ALL_IN, RATE, SPECIFIC
from exposure.law.base import CONTENT, FULL, OUTSIDE_US, OUTSIDE_US_IF_20, US_CONTENT_MINIMUM
from exposure.validate.plain_price import Border, Line, at, charged_share, duty_at, extra, owed

NAN = math.nan


def line(place=0, kind=RATE, rate=0.25, **more):
    form = {"cap": NAN, "key": f"act/{place}", "part": FULL, "weights": (), "covers_base": False,
            "level": 0, "displacers": ()}  # fmt: skip
    return Line(place=place, kind=kind, rate=rate, **form | more)


def border(*lines, column1=0.025, us_content=NAN):
    return Border(column1, us_content, lines, where=1, number=0)


def duties(of, content=(), american=0.0, rates=None):
    """Total, and (duty, share, left) of each line."""
    total, lines = duty_at(of, np.array(content, dtype=float), american, rates or {})
    return total, [lines[number] for number in sorted(lines)]


# --- inputs ------------------------------------------------------------------------------------


def test_an_input_is_that_of_the_row_or_the_same_for_all_or_not_known():
    values = {"a": np.array([1.0, 2.0]), "b": np.array([3.0])}
    assert at(values, "a", 1) == 2.0
    assert at(values, "b", 1) == 3.0
    assert math.isnan(at(values, "c", 0))
    assert at(values, "c", 0, 1.0) == 1.0


# --- what a clause adds to column 1 --------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "column1", "adds"),
    [
        (line(rate=0.25), 0.025, 0.25),  # on top
        (line(rate=0.25), NAN, 0.25),  # whatever column 1 is
        (line(kind=ALL_IN, rate=0.15), 0.025, 0.125),  # brings column 1 up to 15 %
        (line(kind=ALL_IN, rate=0.15), 0.15, 0.0),
        (line(kind=ALL_IN, rate=0.15), 0.2, 0.0),  # never below column 1
        (line(kind=RATE, rate=0.1, cap=0.11), 0.025, 0.085),  # up to 11 % in all
        (line(kind=RATE, rate=0.1, cap=0.15), 0.025, 0.1),  # the cap is not reached
        (line(kind=RATE, rate=0.1, cap=0.11), 0.2, 0.0),  # column 1 is beyond the cap by itself
        (line(kind=SPECIFIC, rate=0.07), 0.025, 0.07),
    ],
)
def test_what_a_clause_adds(one, column1, adds):
    assert extra(one, one.rate, column1) == pytest.approx(adds)


def test_an_all_in_rate_on_an_unknown_column_1_is_not_known():
    assert math.isnan(duties(border(line(kind=ALL_IN), column1=NAN))[0])


# --- part of the value ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "american", "share"),
    [
        (FULL, 0.4, 1.0),
        (OUTSIDE_US, 0.4, 0.6),
        (OUTSIDE_US, 0.0, 1.0),
        (OUTSIDE_US, 1.0, 0.0),
        (OUTSIDE_US, NAN, NAN),
    ],
)
def test_part_outside_of_american_content(part, american, share):
    found = charged_share(line(part=part), np.zeros(0), american)
    assert found == pytest.approx(share, nan_ok=True)


@pytest.mark.parametrize(
    ("content", "share"),
    [
        ((0.3, 0.2, 0.9), 0.3 + 0.5 * 0.2),  # the third tag is no steel
        ((0.0, 0.0, 1.0), 0.0),
        ((0.9, 0.9, 0.0), 1.0),  # never more than the whole value
    ],
)
def test_content_is_weighed_and_never_more_than_all(content, share):
    steel = line(part=CONTENT, weights=((0, 1.0), (1, 0.5)))
    assert charged_share(steel, np.array(content), 0.0) == pytest.approx(share)


def test_a_base_outside_us_content_asks_for_the_least_content():
    """The rule of 5 April 2025: at least a fifth American, else the whole value."""
    rule = line(part=OUTSIDE_US_IF_20)
    assert pytest.approx(0.2) == US_CONTENT_MINIMUM
    assert charged_share(rule, np.zeros(0), 0.2) == pytest.approx(0.8)
    assert charged_share(rule, np.zeros(0), 0.1999) == 1.0


def test_an_unknown_share_of_a_material_is_charged_in_full_as_customs_does():
    steel = line(part=CONTENT, weights=((0, 1.0),))
    assert charged_share(steel, np.array([NAN, 0.0]), 0.0) == 1.0
    assert charged_share(steel, np.array([0.3, NAN]), 0.0) == 0.3  # unknown of another material


def test_who_cannot_prove_american_content_pays_on_the_whole_value():
    assert charged_share(line(part=OUTSIDE_US_IF_20), np.zeros(0), NAN) == 1.0


# --- rate times share times what is left -----------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "share", "left", "due"),
    [
        (0.25, 0.5, 0.4, 0.05),
        (0.0, NAN, 1.0, 0.0),  # nothing is charged, whatever is not known
        (0.25, NAN, 0.0, 0.0),
        (NAN, 0.5, 0.0, 0.0),
        (NAN, 0.0, 1.0, NAN),  # an unknown rate of nothing is not told apart from one of something
        (0.25, NAN, 1.0, NAN),
        (0.25, 1.0, NAN, NAN),
        (0.0, 1.0, NAN, 0.0),
    ],
)
def test_unknown_is_nought_only_where_nothing_is_charged(rate, share, left, due):
    assert owed(rate, share, left) == pytest.approx(due, nan_ok=True)


# --- a crossing ------------------------------------------------------------------------------------


def test_without_clauses_a_crossing_pays_column_1():
    assert duties(border()) == (0.025, [])


def test_clauses_that_do_not_displace_add_up():
    total, lines = duties(border(line(0, rate=0.25), line(1, rate=0.1)))
    assert total == pytest.approx(0.025 + 0.25 + 0.1)
    assert lines == [(0.25, 1.0, 1.0), (0.1, 1.0, 1.0)]


def test_a_displacer_of_the_whole_value_leaves_nothing():
    total, lines = duties(border(line(0), line(1, rate=0.1, displacers=(0,))))
    assert total == pytest.approx(0.275)
    assert lines[1] == (0.0, 1.0, 0.0)


def test_a_displacer_that_is_not_owed_displaces_nothing():
    total, _ = duties(border(line(0, rate=0.0), line(1, rate=0.1, displacers=(0,))))
    assert total == pytest.approx(0.125)


def test_a_displacer_of_content_leaves_the_rest():
    """50 % on steel of 0.3; the reciprocal 10 % is left the other 0.7."""
    steel = line(0, rate=0.5, part=CONTENT, weights=((0, 1.0),), covers_base=True)
    total, lines = duties(border(steel, line(1, rate=0.1, displacers=(0,)), column1=0.0), [0.3])
    assert lines[0] == pytest.approx((0.15, 0.3, 1.0))
    assert lines[1] == pytest.approx((0.07, 1.0, 0.7))
    assert total == pytest.approx(0.22)


def test_a_displacer_that_takes_the_whole_value_does_so_by_a_part_of_it():
    """Charged on steel alone, but made to displace the whole: the other is left nothing."""
    steel = line(0, rate=0.5, part=CONTENT, weights=((0, 1.0),))
    _, lines = duties(border(steel, line(1, rate=0.1, displacers=(0,))), [0.3])
    assert lines[1] == (0.0, 1.0, 0.0)


def test_two_displacers_take_their_parts_and_never_more_than_all():
    metals = [line(n, rate=0.5, part=CONTENT, weights=((n, 1.0),), covers_base=True)
              for n in (0, 1)]  # fmt: skip
    last = line(2, rate=0.1, displacers=(0, 1))
    _, lines = duties(border(*metals, last), [0.3, 0.2])
    assert lines[2][2] == pytest.approx(0.5)
    _, lines = duties(border(*metals, last), [0.7, 0.6])
    assert lines[2][2] == 0.0


def test_an_unknown_displacer_hides_what_is_left_but_not_behind_one_that_takes_all():
    unknown = line(0, rate=NAN)
    total, lines = duties(border(unknown, line(1, rate=0.1, displacers=(0,))))
    assert math.isnan(total)
    assert math.isnan(lines[1][2])
    _, lines = duties(border(unknown, line(1), line(2, rate=0.1, displacers=(0, 1))))
    assert lines[2] == (0.0, 1.0, 0.0)


def test_a_rate_of_a_sweep_takes_the_place_of_the_laws_and_one_that_is_not_set_does_not():
    one = border(line(0, rate=0.25))
    assert duties(one, rates={"act/0": 0.1})[0] == pytest.approx(0.125)
    assert duties(one, rates={"act/0": NAN, "act/1": 0.9})[0] == pytest.approx(0.275)


def test_american_content_of_the_document_beats_that_of_the_graph():
    outside = line(0, part=OUTSIDE_US)
    stated, graph = (border(outside, column1=0.0, us_content=stated) for stated in (0.4, NAN))
    assert duties(stated, american=0.9)[0] == pytest.approx(0.25 * 0.6)
    assert duties(graph, american=0.9)[0] == pytest.approx(0.25 * 0.1)


@pytest.mark.parametrize("column1", [0.0, 0.025, 0.2])
def test_a_duty_is_column_1_and_its_lines(column1):
    lines = (line(0, kind=ALL_IN, rate=0.15), line(1, rate=0.1, displacers=(0,)), line(2, rate=0.3))
    total, found = duties(border(*lines, column1=column1))
    assert total == pytest.approx(column1 + sum(due for due, _, _ in found))
