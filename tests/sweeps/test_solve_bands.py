"""What a solve says of curves in closed form: points, bands between them, pieces, draws."""

from types import SimpleNamespace

import numpy as np
import pytest

from exposure.facts.documents import Solve
from exposure.model.cases import HIGH, LOW
from exposure.model.pieces import breakpoints
from exposure.sweeps.reading import Column
from exposure.sweeps.solve import (
    POINTS,
    _curve,
    _Drawn,
    _found,
    _piece_table,
    _range,
    _said,
    _solutions,
)

NAN = float("nan")
EQUAL = {"equal": ["car/a/landed_usd_per_unit", "car/b/landed_usd_per_unit"]}
SWITCH = {"switch": "car"}


def level(value):
    return {"level": {"of": "car/a/landed_usd_per_unit", "is": value}}


def asked(find, *curves, between=(0.0, 0.4)):
    """Curves of functions over the number, with names of routes a, b, c."""
    spec = Solve.model_validate(
        {"id": "s", "title": "S", "question": "Q", "scenario": "t", "find": find,
         "vary": {"action": "x", "clause": "y", "between": list(between)}}
    )  # fmt: skip
    names = [f"car/{letter}/landed_usd_per_unit" for letter in "abc"][: len(curves)]
    columns = tuple(Column(name, "output", "USD per unit", name) for name in names)

    def central(points):
        return np.stack([np.broadcast_to(curve(points), points.shape) for curve in curves], axis=1)

    return SimpleNamespace(
        spec=spec, names=tuple(names), columns=columns, central=central,
        variable=Column("rate", "input", "fraction", "Rate"),
    )  # fmt: skip


def solved(find, *curves, known=(0.0,), **more):
    made = asked(find, *curves, **more)
    pieces = breakpoints(made.central, *made.spec.vary.between, known)
    return made, pieces, _found(made, pieces)


def rows(find, *curves, **more):
    return _solutions(*solved(find, *curves, **more), None)


def up(points):
    return 100.0 + 100.0 * points


def flat(value):
    return lambda points: np.full(points.shape, value)


# --- points ----------------------------------------------------------------------------------


def test_two_lines_meet_where_they_should():
    """100 + 100 x is 110 at 0.1."""
    [row] = rows(EQUAL, up, flat(110.0)).to_dict("records")
    assert row["value"] == pytest.approx(0.1, abs=1e-12)
    assert (row["kind"], row["number"], row["draws"]) == ("crossing", 1, 0)
    assert (row["left"], row["right"]) == (
        "car/b/landed_usd_per_unit higher", "car/a/landed_usd_per_unit higher",
    )  # fmt: skip
    assert (row["holds_from"], row["holds_to"]) == (0.0, 0.4)
    assert row["quantity"] == row["quantity_after"] == pytest.approx(110.0)
    assert (row["quantity_unit"], row["unit"]) == ("USD per unit", "fraction")


def test_two_points_share_the_ground_between_them():
    """A hat of slopes 100 and -100 with its top of 120 at 0.2 is 110 at 0.1 and at 0.3."""
    found = rows(level(110.0), lambda x: 120.0 - 100.0 * np.abs(x - 0.2), known=(0.2,))
    assert found["value"].tolist() == pytest.approx([0.1, 0.3])
    assert found["number"].tolist() == [1, 2]
    assert found[["left", "right"]].to_numpy().tolist() == [["below", "above"], ["above", "below"]]
    assert found["holds_from"].tolist() == pytest.approx([0.0, 0.1])
    assert found["holds_to"].tolist() == pytest.approx([0.3, 0.4])


def test_a_jump_over_the_level_has_both_quantities():
    [row] = rows(level(115.0), lambda x: np.where(x < 0.2, 100.0, 130.0), known=(0.2,)).to_dict(
        "records"
    )
    assert (row["kind"], row["value"]) == ("jump", 0.2)
    assert (row["quantity"], row["quantity_after"]) == (100.0, 130.0)
    assert (row["left"], row["right"]) == ("below", "above")


def test_a_stretch_has_its_own_ends():
    """Until 0.2 nothing is charged: the level of 100 holds there, and above it does not."""
    [row] = rows(level(100.0), lambda x: np.maximum(100.0, 80.0 + 100.0 * x), known=(0.2,)).to_dict(
        "records"
    )
    assert row["kind"] == "stretch"
    assert [row["holds_from"], row["holds_to"]] == pytest.approx([0.0, 0.2])
    assert (row["left"], row["right"]) == ("", "above")


def test_a_touch_parts_no_bands():
    """The hat reaches its top of 120 at 0.2 and stays below on both sides."""
    made, pieces, found = solved(
        level(120.0), lambda x: 120.0 - 100.0 * np.abs(x - 0.2), known=(0.2,)
    )
    assert [point.kind for point in found.points] == ["touch"]
    assert found.said == ("below",)
    assert found.ends.tolist() == [0.0, 0.4]
    assert set(_piece_table(made, pieces, found)["winner"]) == {"below"}


@pytest.mark.parametrize(("target", "side"), [(99.0, "above"), (141.0, "below")])
def test_where_the_level_is_never_reached_the_side_is_told(target, side):
    [row] = rows(level(target), up).to_dict("records")
    assert (row["kind"], row["number"], row["left"], row["right"]) == ("none", 0, side, side)
    assert np.isnan([row["value"], row["quantity"]]).all()
    assert (row["holds_from"], row["holds_to"]) == (0.0, 0.4)


def test_curves_that_are_the_same_are_equal_all_along():
    found = rows(EQUAL, up, up)
    assert found["kind"].tolist() == ["stretch"]
    assert found[["holds_from", "holds_to"]].to_numpy().tolist() == [[0.0, 0.4]]


# --- switches --------------------------------------------------------------------------------


def test_a_switch_names_who_is_ahead_on_each_side():
    """a costs 100 + 100 x, b 110, c 112 - 10 x: a until 0.1, b until 0.2, then c."""
    found = rows(SWITCH, up, flat(110.0), lambda x: 112.0 - 10.0 * x)
    assert found["value"].tolist() == pytest.approx([0.1, 0.2])
    assert found["kind"].tolist() == ["switch", "switch"]
    assert found[["left", "right"]].to_numpy().tolist() == [["a", "b"], ["b", "c"]]
    assert found["quantity"].tolist() == pytest.approx([110.0, 110.0])


def test_one_route_ahead_all_along_is_no_switch():
    [row] = rows(SWITCH, up, flat(200.0)).to_dict("records")
    assert (row["kind"], row["left"]) == ("none", "a")


def test_a_switch_by_a_jump_has_the_cost_before_and_after():
    [row] = rows(SWITCH, lambda x: np.where(x < 0.2, 100.0, 130.0), flat(115.0), known=(0.2,)
                 ).to_dict("records")  # fmt: skip
    assert (row["kind"], row["left"], row["right"]) == ("jump", "a", "b")
    # The cheapest costs 100 before, and after it is the other's 115.
    assert (row["quantity"], row["quantity_after"]) == (100.0, 115.0)


# --- pieces and curves -----------------------------------------------------------------------


def test_pieces_are_cut_at_breaks_and_where_the_answer_changes():
    made, pieces, found = solved(
        level(110.0), lambda x: 120.0 - 100.0 * np.abs(x - 0.2), known=(0.2,)
    )
    table = _piece_table(made, pieces, found)
    assert table["from"].tolist() == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert table["to"].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert table["begins"].tolist() == ["end", "change", "kink", "change"]
    assert table["winner"].tolist() == ["below", "above", "above", "below"]
    assert set(table["form"]) == {"linear"}
    assert table["number"].tolist() == [1, 2, 3, 4]


def test_pieces_leave_no_gap():
    made, pieces, found = solved(SWITCH, lambda x: np.where(x < 0.2, 100.0, 130.0), flat(115.0),
                                 known=(0.2,))  # fmt: skip
    table = _piece_table(made, pieces, found)
    assert table["begins"].tolist() == ["end", "jump"]
    gaps = table["from"].to_numpy()[1:] - table["to"].to_numpy()[:-1]
    assert (gaps >= 0).all() and gaps.max() < 1e-12
    assert table["winner"].tolist() == ["a", "b"]


def test_a_bent_curve_is_smooth():
    made, pieces, found = solved(level(2.0), np.exp, between=(0.0, 1.0))
    assert set(_piece_table(made, pieces, found)["form"]) == {"smooth"}
    assert _solutions(made, pieces, found, None)["value"].tolist() == pytest.approx([np.log(2.0)])


def test_the_curve_has_even_points_and_both_sides_of_a_jump():
    made, pieces, _ = solved(level(115.0), lambda x: np.where(x < 0.2, 100.0, 130.0), known=(0.2,))
    table = _curve(made, pieces)
    assert list(table.columns) == ["rate", *made.names]
    assert table["rate"].is_monotonic_increasing
    assert table["rate"].is_unique
    assert len(table) >= POINTS
    near = table[np.abs(table["rate"] - 0.2) < 1e-9]
    assert near[made.names[0]].tolist() == [100.0, 130.0]


@pytest.mark.parametrize(
    ("at", "alone", "said"),
    [(0.0, False, "a"), (0.05, False, "a"), (0.15, False, "b"), (0.4, False, "b"), (0.2, True, "c"),
     (0.2, False, "b")],
)  # fmt: skip
def test_what_is_said_at_a_point(at, alone, said):
    """a up to 0.1, b up to 0.2, c at 0.2 alone, then b again."""
    found = SimpleNamespace(ends=np.array([0.0, 0.1, 0.2, 0.2, 0.4]), said=("a", "b", "c", "b"))
    assert _said(found, at, alone=alone) == said
    assert _said(SimpleNamespace(ends=found.ends, said=()), at, alone=alone) == ""


# --- draws -----------------------------------------------------------------------------------


def drawn(made, tops):
    """Draws in which the flat curve lies elsewhere: 110 in the middle."""
    grid = np.linspace(0.0, 0.4, 9)

    def at(points, draws):
        return np.stack([up(points), np.array(tops)[draws - 1]], axis=1)

    every = np.arange(1, 1 + len(tops))
    values = at(np.tile(grid, len(tops)), np.repeat(every, 9)).reshape(len(tops), 9, 2)
    more = SimpleNamespace(**{**vars(made), "at": at})
    return _Drawn(more, every, grid, values)


def test_the_same_root_in_draws_and_how_many_have_none():
    """Roots lie at (top - 100) / 100; a top of 90 or 190 has none in the range."""
    made, _, found = solved(EQUAL, up, flat(110.0))
    tops = [105.0, 110.0, 115.0, 120.0, 90.0, 190.0]
    said = _range(drawn(made, tops), found, found.points[0], 0)
    assert said["draws"] == 6
    assert said["root_share"] == pytest.approx(4 / 6)
    low, median, high = np.quantile([0.05, 0.1, 0.15, 0.2], [LOW, 0.5, HIGH])
    assert [said["low"], said["median"], said["high"]] == pytest.approx([low, median, high])


def test_where_no_draw_has_a_root_nothing_is_known_of_it():
    made, _, found = solved(EQUAL, up, flat(110.0))
    said = _range(drawn(made, [90.0, 190.0]), found, found.points[0], 0)
    assert said["root_share"] == 0
    assert np.isnan([said["low"], said["median"], said["high"]]).all()


def test_a_stretch_and_no_draws_have_no_range():
    made, _, found = solved(EQUAL, up, up)
    for held in (None, drawn(made, [110.0])):
        said = _range(held, found, found.points[0], 0)
        assert said["draws"] == 0
        assert np.isnan([said["low"], said["root_share"]]).all()
