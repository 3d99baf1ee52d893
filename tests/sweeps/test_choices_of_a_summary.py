"""What the report of a sweep shows: which outputs, which axes, which levels; and its small tables."""

import numpy as np
import pandas as pd
import pytest

import exposure.sweeps.views as views
from exposure.errors import QueryError
from exposure.sweeps.reading import ID, Column, open_sweep
from exposure.sweeps.summary import _axes, _kind, _ranked, sweep_tables
from exposure.sweeps.survey import Survey
from exposure.sweeps.views import MEDIANS, _one_map, _thinned, medians_of_bins, no_grid, no_medians
from tests.reports import made_sweep

NAN = float("nan")


def outputs(**spans):
    """Outputs named kind_number with their least and greatest value."""
    rows = [(name, name.split("_")[0], "", low, high) for name, (low, high) in spans.items()]
    return pd.DataFrame(rows, columns=["name", "kind", "unit", "min", "max"])


# --- outputs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spans", "first", "shown"),
    [
        # Of each kind in turn the one that varies most; those of a kind stand together.
        ({"a_1": (0, 1), "a_2": (0, 5), "b_1": (0, 100)}, None, ["a_2", "a_1", "b_1"]),
        # The one that is wanted leads, with its kind.
        ({"a_1": (0, 1), "b_1": (0, 2), "b_2": (0, 9)}, "b_1", ["b_1", "b_2", "a_1"]),
        # What stays is left out, unless nothing varies.
        ({"a_1": (3, 3), "b_1": (0, 1)}, None, ["b_1"]),
        ({"a_1": (3, 3), "b_1": (4, 4)}, None, ["a_1", "b_1"]),
        # A billionth of a billionth is the rounding of a constant.
        ({"a_1": (1.0, 1.0 + 1e-13), "b_1": (0, 1)}, None, ["b_1"]),
        # Of equal widths the first in the file.
        ({"a_1": (0, 1), "a_2": (5, 6)}, None, ["a_1", "a_2"]),
        # What is not known at all does not vary.
        ({"a_1": (NAN, NAN), "b_1": (0, 1)}, None, ["b_1"]),
        ({"a_1": (NAN, NAN)}, None, []),
        # Wanted though it stays.
        ({"a_1": (3, 3), "b_1": (0, 1)}, "a_1", ["a_1", "b_1"]),
        # Six at most, of two kinds three each.
        ({f"{k}_{n}": (0, n) for k in "ab" for n in range(1, 6)}, None,
         ["a_5", "a_4", "a_3", "b_5", "b_4", "b_3"]),
    ],
)  # fmt: skip
def test_outputs_that_are_shown(spans, first, shown):
    assert _ranked(outputs(**spans), first, "sweep s") == shown


def test_outputs_of_no_kind_are_kept_apart_by_their_units():
    table = outputs(x=(0, 1), y=(0, 9), z=(0, 2)).assign(kind="", unit=["USD", "USD", "persons"])
    assert _ranked(table, None, "s") == ["y", "x", "z"]


def test_an_output_that_is_not_there_is_refused_with_those_near_it():
    with pytest.raises(QueryError) as caught:
        _ranked(outputs(duty=(0, 1)), "dutty", "sweep s")
    assert str(caught.value) == "sweep s: no column 'dutty' (nearest: duty)"


# --- axes ------------------------------------------------------------------------------------

INPUTS = pd.DataFrame(
    {"name": ["way", "day", "rate", "years", "draw"],
     "kind": ["option", "day", "number", "number", "draw"]}
)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "x", "y", "axes"),
    [
        (slice(0, 5), None, None, ["rate", "years"]),
        (slice(0, 3), None, None, ["rate", "day"]),
        (slice(0, 2), None, None, ["day", "way"]),
        (slice(0, 1), None, None, ["way"]),
        (slice(4, 5), None, None, []),
        (slice(0, 5), "years", None, ["years", "rate"]),
        (slice(0, 5), None, "rate", ["years", "rate"]),
        (slice(0, 5), "way", "day", ["way", "day"]),
        (slice(0, 1), None, "way", ["way"]),
    ],
)
def test_axes_are_numbers_then_days_then_options(rows, x, y, axes):
    assert _axes(INPUTS.iloc[rows], x, y) == axes


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ("rate", "rate", "axes: 'rate' on both axes (two inputs)"),
        ("yaers", None, "axes: no column 'yaers' (nearest: years)"),
        # A draw is no axis.
        (None, "draw", "axes: no column 'draw' (nearest: day, rate)"),
    ],
)
def test_axes_that_cannot_be_are_refused(x, y, said):
    with pytest.raises(QueryError) as caught:
        _axes(INPUTS, x, y)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("name", "levels", "kind"),
    [
        ("draw", np.array([0, 1]), "draw"), ("rate", np.array([0.0, 1.0]), "number"),
        ("rate", None, "number"), ("way", np.array(["a", "b"], dtype=object), "option"),
        ("law_on", np.array(["2025-01-15", "2026-03-01"], dtype=object), "day"),
        # One word that is no day makes all of them options; so does a day that is none.
        ("way", np.array(["2025-01-15", "later"], dtype=object), "option"),
        ("way", np.array(["2025-02-30"], dtype=object), "option"),
    ],
)  # fmt: skip
def test_kinds_of_inputs(name, levels, kind):
    assert _kind(Column(name, "input", "", ""), levels) == kind


# --- levels of a picture ---------------------------------------------------------------------


def thinned(axes, outputs=1, **sizes):
    """How many levels of each input are kept; a name's first letter is its kind."""
    kinds = {"n": "number", "o": "option", "d": "day"}
    inputs = pd.DataFrame({"name": list(sizes), "kind": [kinds[name[0]] for name in sizes]})
    levels = {name: np.arange(float(size)) for name, size in sizes.items()}
    kept, count = _thinned(Survey(levels, pd.DataFrame(), pd.DataFrame()), inputs, axes, outputs)
    return {name: len(found) for name, found in kept.items()}, count


@pytest.mark.parametrize(
    ("axes", "outputs", "sizes", "kept"),
    [
        # 25 levels an axis, 60 of days; what is smaller stays whole.
        (["n1", "n2"], 6, {"n1": 61, "n2": 3}, ({"n1": 25, "n2": 3}, 6)),
        (["d1", "n1"], 6, {"d1": 100, "n1": 61}, ({"d1": 60, "n1": 25}, 6)),
        # First the sliders lose levels: 25 x 25 x 10 x 6 = 37,500 fit, with 11 they do not.
        (["n1", "n2"], 6, {"n1": 61, "n2": 61, "n3": 61}, ({"n1": 25, "n2": 25, "n3": 10}, 6)),
        # Then the axes: 3 x 3 x 12 options x 6 = 648, so 7 x 7 = 49 and not 8 x 8 = 64 fit.
        (["n1", "n2"], 6, {"n1": 61, "n2": 61, "n3": 61, "n4": 61, "o1": 12},
         ({"n1": 7, "n2": 7, "n3": 3, "n4": 3, "o1": 12}, 6)),
        # Days of a slider are levels like others.
        (["n1", "n2"], 6, {"n1": 61, "n2": 61, "d1": 99}, ({"n1": 25, "n2": 25, "d1": 10}, 6)),
        # Axes of five levels are the last that lose none of the outputs: 5 x 5 x 250 x 6.
        (["n1", "n2"], 6, {"n1": 61, "n2": 61, "o1": 250}, ({"n1": 5, "n2": 5, "o1": 250}, 6)),
        # Then outputs: 5 x 5 x 400 options are 10,000 numbers each.
        (["n1", "n2"], 6, {"n1": 61, "n2": 61, "o1": 400}, ({"n1": 5, "n2": 5, "o1": 400}, 4)),
        # Then options.
        (["n1", "n2"], 6, {"n1": 61, "n2": 61, "o1": 2000}, ({"n1": 5, "n2": 5, "o1": 1600}, 1)),
    ],
)  # fmt: skip
def test_a_picture_holds_at_most_forty_thousand_numbers(axes, outputs, sizes, kept):
    found = thinned(axes, outputs, **sizes)
    assert found == kept
    assert np.prod(list(found[0].values())) * found[1] <= views.MOST_CELLS


def test_more_sliders_than_a_picture_can_have_stay_in_the_middle():
    sizes = {f"n{number}": 9 for number in range(12)}
    kept, count = thinned(["n0", "n1"], 6, **sizes)
    # 5 x 5 x 3^6 = 18,225 fit, 3^7 do not; the last four sliders stay.
    assert list(kept.values()) == [5, 5, 3, 3, 3, 3, 3, 3, 1, 1, 1, 1]
    assert count == 1


# --- medians ---------------------------------------------------------------------------------


def test_a_map_is_a_row_a_cell_with_its_value_or_its_word():
    sample = pd.DataFrame({"rate": [0.0, 0.0, 0.1, 0.1], "way": ["a", "b", "a", "a"],
                           "out": [1.0, 2.0, 3.0, 5.0]})  # fmt: skip
    found = _one_map(sample, "rate", "way", "out")
    assert list(found.columns) == list(MEDIANS)
    assert found["x_value"].tolist() == [0.0, 0.1, 0.0, 0.1]
    assert found["y_word"].tolist() == ["a", "a", "b", "b"]
    assert found["x_word"].tolist() == [""] * 4
    assert found["y_value"].isna().all()
    assert found["median"].tolist()[:3] == [1.0, 4.0, 2.0]
    assert np.isnan(found["median"].tolist()[3]), "an empty cell is not known"


def test_maps_come_for_each_pair_of_numbers_and_no_other_where_an_axis_is_a_word():
    stream = np.random.default_rng(1)
    sample = pd.DataFrame({name: stream.random(50) for name in ("a", "b", "c", "out")})
    sample["way"] = "x"
    inputs = pd.DataFrame({"name": ["a", "b", "c", "way"], "kind": ["number"] * 3 + ["option"]})
    found = medians_of_bins(sample, inputs, ["out"], ["a", "b"])
    assert set(zip(found["x"], found["y"], strict=True)) == {("a", "b"), ("a", "c"), ("b", "c")}
    found = medians_of_bins(sample, inputs, ["out"], ["a", "way"])
    assert set(zip(found["x"], found["y"], strict=True)) == {("a", "way")}


def test_empty_tables_have_their_columns():
    assert list(no_medians().columns) == list(MEDIANS)


# --- the small tables ------------------------------------------------------------------------

SMALL = {
    "way": ("", "Option", made_sweep.WAYS),
    "korea_rate": ("fraction", "Rate", np.array([0.0, 0.5])),
    "years": ("years", "Years", np.array([1.0, 3.0])),
}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Eight scenarios, of which number 6 failed."""
    frame = made_sweep.grid(SMALL).assign(**{"s232/japan": 0.1})
    return open_sweep(made_sweep.write(tmp_path_factory.mktemp("sweep") / "out", frame, failed=[6]))


@pytest.fixture(scope="module")
def tables(table):
    return sweep_tables(table)


def test_the_sweep_in_one_row(tables):
    row = tables["sweep"].iloc[0]
    assert (row["rows"], row["failed"], row["sampled"]) == (8, 1, 7)
    assert (row["x"], row["y"], row["output"]) == ("korea_rate", "years", made_sweep.BILL)
    assert bool(row["exact"])
    assert row["tenth"] == "above"


def test_inputs_have_their_ends_or_their_words(tables):
    inputs = tables["sweep_inputs"].set_index("name")
    assert inputs.loc["korea_rate", ["low", "high", "levels", "shown"]].tolist() == [0, 0.5, 2, 2]
    assert inputs.loc["way", "values"] == "as it is; no claim"
    assert np.isnan(inputs.loc["way", "low"])
    assert inputs.loc["s232/japan", ["low", "high", "levels"]].tolist() == [0.1, 0.1, 1]


def test_a_failed_scenario_has_its_row_in_the_grid_and_no_output(tables):
    grid = tables["sweep_grid"]
    assert grid[ID].tolist() == list(range(8))
    assert grid.loc[grid[made_sweep.BILL].isna(), ID].tolist() == [6]


def test_extremes_name_their_scenario_and_where_it_stands(tables):
    ends = tables["sweep_extremes"].set_index(["name", "end"])
    low, high = (ends.loc[(made_sweep.BILL, end)] for end in ("min", "max"))
    assert (low[ID], low["value"], low["at/way"]) == (0, 1e6, "as it is")
    # 1e9 (0.5 + 0.5) + 3e6 at the last scenario.
    assert (high[ID], high["value"], high["at/years"]) == (7, 1.003e9, 3.0)


def test_tables_without_rows_have_the_columns_of_the_sweep(table):
    empty = no_grid(table, [made_sweep.BILL])
    assert list(empty.columns) == [ID, *table.inputs, made_sweep.BILL]
    assert len(empty) == 0
