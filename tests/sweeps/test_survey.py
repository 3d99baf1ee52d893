"""One pass over a sweep: extremes, levels and a sample; piece by piece as all at once."""

from math import gcd

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exposure.sweeps.survey as module
from exposure.sweeps.reading import open_sweep
from exposure.sweeps.survey import Survey, _Ends, _more, _smaller, _step, own_levels, survey
from tests.reports import made_sweep

NAN = float("nan")
FEW = settings(max_examples=25, deadline=None)


# --- extremes --------------------------------------------------------------------------------


def ends(*pieces):
    """Extremes of an output after pieces of (value, id) have gone by."""
    held = _Ends(["out"])
    for piece in pieces:
        values, ids = zip(*piece, strict=True)
        held.more("out", np.array(values, dtype=float), np.array(ids, dtype=np.int64))
    return tuple(held.frame().loc["out"].tolist())


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([[(2.0, 0), (5.0, 1), (-1.0, 2)]], (-1, 5, 2, 1, 0)),
        ([[(2.0, 0)]], (2, 2, 0, 0, 0)),
        # Of equal values the scenario with the least number has it, in whatever piece it comes.
        ([[(7.0, 5), (7.0, 3)], [(7.0, 4)]], (7, 7, 3, 3, 0)),
        ([[(7.0, 5)], [(7.0, 1)]], (7, 7, 1, 1, 0)),
        # What is not known is counted, and no extreme.
        ([[(NAN, 0), (3.0, 1)], [(np.inf, 2), (-np.inf, 3)]], (3, 3, 1, 1, 3)),
        # A larger value later takes the place, a smaller one does not.
        ([[(1.0, 0)], [(4.0, 1)], [(2.0, 2)]], (1, 4, 0, 1, 0)),
        # Nothing is an extreme like any other.
        ([[(0.0, 0), (-0.0, 1)]], (0, 0, 0, 0, 0)),
    ],
)
def test_extremes_by_hand(pieces, found):
    assert ends(*pieces) == found


def test_an_output_of_which_nothing_is_known_has_no_extreme():
    low, high, low_id, high_id, unknown = ends([(NAN, 0), (NAN, 1)])
    assert np.isnan([low, high]).all()
    assert (low_id, high_id, unknown) == (-1, -1, 2)


@given(values=st.lists(st.integers(-3, 3), min_size=1, max_size=12), cut=st.integers(0, 12))
@FEW
def test_extremes_do_not_depend_on_how_the_rows_are_cut(values, cut):
    rows = list(zip(values, range(len(values)), strict=True))
    pieces = [piece for piece in (rows[:cut], rows[cut:]) if piece]
    assert ends(*pieces) == ends(rows) == ends(*reversed(pieces))
    assert ends(rows)[2] == values.index(min(values))


# --- levels ----------------------------------------------------------------------------------


def test_numbers_go_upwards_and_words_come_as_they_appear():
    known = _more(np.empty(0), pa.array([3.0, 1.0, 3.0]))
    assert known.tolist() == [1.0, 3.0]
    assert _more(known, pa.array([2.0, 1.0])).tolist() == [1.0, 2.0, 3.0]
    words = _more(np.empty(0), pa.array(["sea", "air", "sea"]))
    assert words.tolist() == ["sea", "air"]
    assert _more(words, pa.array(["rail", "air"])).tolist() == ["sea", "air", "rail"]


def test_very_many_numbers_are_not_counted_any_more(monkeypatch):
    monkeypatch.setattr(module, "MANY", 3)
    known = _more(np.empty(0), pa.array([1.0, 2.0, 3.0]))
    assert len(known) == 3
    assert _more(known, pa.array([4.0])) is None
    assert _more(None, pa.array([1.0])) is None, "and never again"


def test_of_very_many_levels_those_of_the_sample_count():
    sample = pd.DataFrame({"rate": [0.3, 0.1, 0.3], "route": ["b", "a", "b"]})
    found = Survey({"rate": None, "route": np.array(["b", "a"])}, pd.DataFrame(), sample)
    assert found.of_grid("rate").tolist() == [0.1, 0.3]
    assert found.of_grid("route").tolist() == ["b", "a"]


@given(count=st.integers(1, 60), most=st.integers(2, 30))
@FEW
def test_levels_that_are_kept_are_own_and_hold_both_ends(count, most):
    levels = np.arange(count) ** 2.0
    kept = own_levels(levels, most)
    assert len(kept) <= most
    assert set(kept) <= set(levels)
    assert (kept[0], kept[-1]) == (levels[0], levels[-1])
    assert own_levels(kept, most).tolist() == kept.tolist()
    # Evenly: of neighbours the gaps in place differ by one at most.
    gaps = np.diff(np.sqrt(kept))
    assert gaps.max(initial=0) - gaps.min(initial=count) <= 1


# --- the sample ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "sample", "step"),
    [
        (10, 10, 1), (0, 10, 1), (11, 10, 2),
        # 100 rows, 30 held: every 4th would do, but 4 to 6 share a factor with 100.
        (100, 30, 7),
        (101, 30, 4),
        # Twelve points of ten draws: every 11th goes through all draws.
        (120, 12, 11),
    ],
)  # fmt: skip
def test_a_sample_goes_through_every_draw_and_axis(monkeypatch, rows, sample, step):
    monkeypatch.setattr(module, "SAMPLE", sample)
    found = _step(rows)
    assert found == step
    assert gcd(found, rows) <= 1 or found == 1
    assert -(-rows // found) <= max(sample, 1)


def test_a_smaller_grid_keeps_its_words_and_both_ends(monkeypatch):
    monkeypatch.setattr(module, "SAMPLE", 20)
    levels = {
        "way": np.array(["a", "b"], dtype=object), "rate": np.linspace(0, 1, 11),
        "many": None, "years": np.array([1.0, 5.0]),
    }  # fmt: skip
    kept = _smaller(levels)
    assert kept["way"] == ["a", "b"]
    assert "many" not in kept
    assert (kept["rate"][0], kept["rate"][-1]) == (0.0, 1.0)
    assert kept["years"] == [1.0, 5.0]
    # 2 x 5 x 2 = 20 is the largest that fits.
    assert len(kept["rate"]) == 5


def test_words_that_alone_are_too_many_are_kept(monkeypatch):
    monkeypatch.setattr(module, "SAMPLE", 2)
    kept = _smaller({"way": np.array(list("abc"), dtype=object), "rate": np.arange(9.0)})
    assert kept["way"] == ["a", "b", "c"]
    assert len(kept["rate"]) == 1


SMALL = {
    "way": ("", "Option", made_sweep.WAYS),
    "korea_rate": ("fraction", "Rate", np.array([0.0, 0.25, 0.5])),
    "years": ("years", "Years", np.array([1.0, 3.0])),
}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Twelve scenarios in three files, of which the first and the last failed."""
    frame = made_sweep.grid(SMALL).assign(**{"s232/japan": 0.1})
    folder = tmp_path_factory.mktemp("sweep") / "out"
    return open_sweep(made_sweep.write(folder, frame, failed=[0, 11], chunk=4))


def test_a_survey_by_hand(table):
    found = survey(table)
    assert found.levels["way"].tolist() == list(made_sweep.WAYS)
    assert found.levels["korea_rate"].tolist() == [0.0, 0.25, 0.5]
    # The bill is 1e9 (rate + 0.5 without a claim) + 1e6 years: least at 1, most at 10.
    bill = found.extremes.loc[made_sweep.BILL]
    assert (bill["min_id"], bill["max_id"]) == (1, 10)
    assert bill[["min", "max"]].tolist() == [3e6, 1.001e9]
    assert bill["unknown"] == 0
    assert found.sample["scenario_id"].tolist() == list(range(1, 11))
    assert list(found.sample.columns) == ["scenario_id", *table.inputs, *table.outputs]


def test_pieces_of_one_row_find_the_same(table, monkeypatch):
    whole = survey(table)
    monkeypatch.setattr(module, "PIECE", 1)
    found = survey(table)
    pd.testing.assert_frame_equal(found.extremes, whole.extremes)
    pd.testing.assert_frame_equal(found.sample, whole.sample)


def test_a_grid_is_thinned_to_a_grid_and_points_to_some_of_them(table, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SAMPLE", 8)
    found = survey(table)
    # 2 x 3 x 2 is too many; of three rates two are kept, and the failed rows are missing.
    assert sorted(set(found.sample["korea_rate"])) == [0.0, 0.5]
    assert len(found.sample) == 8 - 2
    points = made_sweep.write(tmp_path / "out", made_sweep.points(21), kind="points")
    found = survey(open_sweep(points))
    # Every third would share a factor with 21 rows, so every fourth.
    assert found.sample["scenario_id"].tolist() == [0, 4, 8, 12, 16, 20]
