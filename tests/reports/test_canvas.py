"""The pen of pictures: coordinates, scales and their ticks, texts in their room, marks escaped."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.reports.figures.canvas import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    _n,
    _round_step,
    axis,
    clipped,
    legend,
    text_width,
    tick,
    wrapped,
)
from exposure.reports.figures.sweep_heat import (
    DIVERGING,
    SEQUENTIAL,
    UNKNOWN,
    Colours,
    blend,
    colours,
)

NAN = float("nan")
FEW = settings(max_examples=25, deadline=None)
EVIL = '<b onclick="x">&\u202e'


def drawn(canvas):
    """Elements of a picture by tag and attributes; the text must be XML."""
    root = ET.fromstring(canvas.svg())
    return [(part.tag.split("}")[1], part.attrib, part.text) for part in root.iter()][1:]


# --- scales ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rough", "step"),
    [(1.0, 1.0), (1.1, 2.0), (2.1, 2.5), (2.6, 5.0), (5.1, 10.0), (0.03, 0.05), (240.0, 250.0),
     (10.0, 10.0)],
)  # fmt: skip
def test_a_step_is_the_next_larger_round_one(rough, step):
    assert _round_step(rough) == pytest.approx(step)


@pytest.mark.parametrize(
    ("domain", "ticks"),
    [
        ((0.0, 10.0), [0, 2, 4, 6, 8, 10]), ((-1.0, 1.0), [-1, -0.5, 0, 0.5, 1]),
        # Only what lies inside: of 3 to 17 by steps of 5 two ticks.
        ((3.0, 17.0), [5, 10, 15]),
        # Without a width the axis is one unit wide.
        ((4.0, 4.0), [4, 4.2, 4.4, 4.6, 4.8, 5]), ((4.0, 1.0), [4, 4.2, 4.4, 4.6, 4.8, 5]),
    ],
)  # fmt: skip
def test_ticks_are_round_and_inside(domain, ticks):
    assert Scale(domain, (0.0, 100.0)).ticks == pytest.approx(ticks)


@given(low=st.integers(-1000, 1000), width=st.integers(1, 1000))
@FEW
def test_a_scale_takes_its_ends_to_its_ends_and_keeps_the_order(low, width):
    scale = Scale((low, low + width), (500.0, 100.0))
    assert scale(low) == pytest.approx(500.0)
    assert scale(low + width) == pytest.approx(100.0)
    pixels = [scale(value) for value in scale.ticks]
    assert pixels == sorted(pixels, reverse=True)
    assert all(100.0 - 1e-6 <= pixel <= 500.0 + 1e-6 for pixel in pixels)


@pytest.mark.parametrize(
    ("value", "step", "said"),
    [
        (0.5, 0.25, "0.50"), (0.25, 0.25, "0.25"), (7.5, 2.5, "7.5"), (250.0, 250.0, "250"),
        (1.0, 1.0, "1"), (1500.0, 500.0, "1,500"), (-0.0, 0.1, "0"), (0.05, 0.05, "0.05"),
        (-2.0, 0.5, "\N{MINUS SIGN}2.0"), (0.30000000000000004, 0.1, "0.3"),
    ],
)  # fmt: skip
def test_a_tick_has_the_places_of_its_step(value, step, said):
    assert tick(value, step) == said


@given(low=st.integers(-50, 50), width=st.integers(1, 400), power=st.sampled_from([0.001, 1, 1000]))
@FEW
def test_ticks_read_back_as_the_values_where_they_stand(low, width, power):
    scale = Scale((low * power, (low + width) * power), (0.0, 100.0))
    for value in scale.ticks:
        told = tick(value, scale.step).replace("\N{MINUS SIGN}", "-").replace(",", "")
        assert float(told) == pytest.approx(value, rel=1e-9, abs=1e-9 * power)


def test_ticks_of_one_axis_have_equally_many_places():
    scale = Scale((0.0, 0.6), (0.0, 100.0))
    assert [tick(value, scale.step) for value in scale.ticks[1:]] == ["0.2", "0.4", "0.6"]


# --- texts -----------------------------------------------------------------------------------


def test_korean_letters_are_wider():
    assert text_width("ab", 10.0) == pytest.approx(2 * NARROW * 10)
    assert text_width("관세", 10.0) == pytest.approx(2 * WIDE * 10)
    assert text_width("", 10.0) == 0


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        # Ten letters fit into 55 pixels of size 10.
        ("one two", ["one two"]), ("one two three", ["one two", "three"]),
        ("a b c d e f", ["a b c d e", "f"]), ("", [""]),
        # A word that is too long is cut where it stands.
        ("extraordinary", ["extraordi…"]), ("an extraordinary", ["an", "extraordi…"]),
        # More than two lines end in a dot-dot-dot.
        ("one two three four five six", ["one two", "three fou…"]),
        # Five Japanese letters a line; they break anywhere, and none is lost.
        ("日本語の関税です", ["日本語の関", "税です"]), ("関税 車", ["関税 車"]),
        ("関税 自動車です", ["関税", "自動車です"]),
    ],
)  # fmt: skip
def test_a_text_is_wrapped_into_its_room(text, lines):
    assert wrapped(text, 10.0, 55.0, lines=2) == lines


@given(text=st.text("ab 日本", max_size=30), width=st.integers(20, 120))
@FEW
def test_no_line_is_wider_than_its_room_and_nothing_is_lost_without_a_mark(text, width):
    lines = wrapped(text, 10.0, width, lines=3)
    assert len(lines) <= 3
    assert all(text_width(line, 10.0) <= width for line in lines)
    if "…" not in "".join(lines):
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "width", "said"),
    [("abc", 16.5, "abc"), ("abc", 16.4, "a…"), ("a bcd", 16.5, "a…"), ("abc", 1.0, "…")],
)
def test_a_text_is_cut_to_a_width(text, width, said):
    assert clipped(text, 10.0, width) == said


# --- shapes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (1.234, "1.23"), (-0.001, "0"), (0.0, "0"), (100.0, "100"), (-2.5, "-2.5"),
     (0.005, "0.01")],
)  # fmt: skip
def test_a_coordinate_has_two_places_at_most(value, text):
    assert _n(value) == text


def test_a_negative_width_reaches_to_the_left():
    canvas = Canvas(50.0)
    canvas.rect(10.0, 20.0, -4.0, -6.0, "#000000", tip=EVIL)
    [(tag, given, _)] = drawn(canvas)
    assert tag == "rect"
    assert [given[key] for key in ("x", "y", "width", "height")] == ["6", "14", "4", "6"]
    assert given["data-tip"] == '<b onclick="x">&', "marks that turn letters are gone"


def test_texts_and_marks_are_escaped():
    canvas = Canvas(50.0)
    with canvas.group(tip=EVIL, name=EVIL.removesuffix("\u202e")):
        canvas.text(1.0, 2.0, EVIL, tick=True, bold=True, turn=-90.0)
    group, text = drawn(canvas)
    assert group[1]["data-name"] == group[1]["data-tip"] == text[2] == '<b onclick="x">&'
    assert text[1]["class"] == "tick"
    assert text[1]["transform"] == "rotate(-90 1 2)"


def test_stripes_are_defined_only_where_something_is_striped():
    plain, striped = Canvas(10.0), Canvas(10.0)
    legend(plain, 0.0, 5.0, [("#111111", "one"), ("#222222", "two")])
    legend(striped, 0.0, 5.0, [("#111111", "one"), ("#222222", "two")], hatched="two")
    assert "pattern" not in plain.svg()
    assert striped.svg().count("url(#hatch)") == 1
    squares = [float(given["x"]) for tag, given, _ in drawn(plain) if tag == "rect"]
    assert squares == pytest.approx([0.0, 15 + 3 * NARROW * 10.5 + 18], abs=0.01)


def test_an_axis_has_a_number_for_each_tick_and_its_title():
    canvas = Canvas(50.0)
    axis(canvas, Scale((0.0, 10.0), (0.0, 100.0)), 0.0, 30.0, "USD a unit", grid=False)
    found = drawn(canvas)
    assert [text for _, _, text in found] == ["0", "2", "4", "6", "8", "10", "USD a unit"]
    assert all(given.get("class") == "tick" for _, given, _ in found[:-1])
    assert "class" not in found[-1][1]


# --- colours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "colour"), [(0.0, "#000000"), (0.25, "#800000"), (0.5, "#ff0000"), (1.0, "#ff00ff")]
)
def test_a_colour_between_two_others(part, colour):
    assert blend(("#000000", "#ff0000", "#ff00ff"), part) == colour


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1.0, 3.0], ("sequential", 1, 3)), ([0.0, 3.0], ("sequential", 0, 3)),
        ([-3.0, -1.0], ("reversed", -3, -1)), ([-3.0, 0.0], ("reversed", -3, 0)),
        ([-1.0, 3.0], ("diverging", -3, 3)), ([NAN, -1.0, 3.0, np.inf], ("diverging", -3, 3)),
        # A sign that is only rounding does not count.
        ([-1e-10, 1.0], ("sequential", -1e-10, 1)),
        # A constant has a colour, and nothing too.
        ([2.0, 2.0], ("sequential", 2, 4)), ([0.0], ("sequential", 0, 1)), ([NAN], ("sequential", 0, 1)),
    ],
)  # fmt: skip
def test_colours_by_what_is_known(values, found):
    made = colours(np.array(values))
    assert (made.kind, made.low, made.high) == found
    assert made(NAN) == UNKNOWN


def test_what_lies_beyond_the_ends_has_their_colour_and_dark_is_far_from_nothing():
    up, down = Colours("sequential", 0.0, 1.0), Colours("reversed", -1.0, 0.0)
    assert up(5.0) == up(1.0) == down(-1.0) == down(-9.0) == SEQUENTIAL[-1]
    assert up(0.0) == down(0.0) == SEQUENTIAL[0]
    both = Colours("diverging", -1.0, 1.0)
    assert [both(-1.0), both(0.0), both(1.0)] == [DIVERGING[0], DIVERGING[4], DIVERGING[-1]]
