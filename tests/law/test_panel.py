"""The panel of a day and the history by interval, against answers line by line and by hand."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.axes import COMPONENTS
from exposure.cli import main
from exposure.errors import Problems
from exposure.law.panel import VALUES
from tests import tiny
from tests.night import part

DAYS = ["2025-01-15", "2025-04-05", "2025-07-04", "2025-08-07", "2025-12-15", "2026-07-24"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def world():
    return ex.load()


@pytest.fixture(scope="module")
def kept(world):
    return ex.history(world, "2025-01-01", "2025-04-30")


def rows(panel, of):
    """Rows of a panel for pairs (hts, origin), in their order."""
    table = panel.frame().set_index(["hts", "origin"])
    return table.loc[pd.MultiIndex.from_frame(of[["hts", "origin"]])].reset_index(drop=True)


def test_tiny_panel_by_hand(small):
    table = ex.panel(small, "2025-12-15").frame().set_index(["hts", "origin"])
    car = "8703230190"
    assert len(table) == 6 * 6  # six codes, the car's two among them, and six countries
    # Korea: 15 % all in, ordinary 2.5 % within; the steel of the car is covered by the car duty.
    assert table.loc[(car, "KOR"), "s232"] == pytest.approx(0.125)
    assert table.loc[(car, "KOR"), "total"] == pytest.approx(0.15)
    # Germany: 2.5 % + 25 %; the reciprocal duty steps back.
    assert table.loc[(car, "DEU"), "total"] == pytest.approx(0.275)
    # Viet Nam's phone is on the exempt list; Russia pays column 2.
    assert table.loc[("8517130000", "VNM"), "total"] == 0
    assert table.loc[("8517130000", "RUS"), "mfn"] == pytest.approx(0.35)


def test_tiny_preferences_by_hand(small):
    line = ("8708295100", "KOR")
    price = {
        how: ex.panel(small, "2025-03-01", preferences=how).frame().set_index(["hts", "origin"])
        for how in ("none", "claimed", "weighted")
    }
    assert price["none"].loc[line, "total"] == pytest.approx(0.025)
    assert price["claimed"].loc[line, "total"] == 0
    assert price["weighted"].loc[line, "total"] == pytest.approx(0.0125)  # 50 % of 87
    car = ("8703230190", "KOR")
    assert price["weighted"].loc[car, "mfn"] == pytest.approx(0.2 * 0.025)  # 80 % of 8703.23
    # Nothing is said of Mexican phones; they are free with and without the claim: known.
    assert price["weighted"].loc[("8517130000", "MEX"), "total"] == 0
    # A country without a program pays the same whatever others claim.
    assert price["weighted"].loc[("8708295100", "DEU"), "total"] == pytest.approx(0.025)


def test_weight_that_is_not_known_leaves_the_mean_not_known(tmp_path):
    old = "KOR,korus,87,0.5,2025,D,s,\n"
    small = ex.load(tiny.write(tmp_path, law__us__utilisation__csv=(old, "")))
    table = ex.panel(small, "2025-03-01", preferences="weighted").frame()
    cell = table.set_index(["hts", "origin"]).loc[("8708295100", "KOR")]
    assert np.isnan(cell["total"])
    assert cell["at_least"] == 0


@pytest.mark.parametrize("on", DAYS)
def test_a_cell_is_the_answer_for_its_line(world, on):
    made = ex.panel(world, on)
    random = np.random.default_rng(len(DAYS) + DAYS.index(on))
    count = 3000
    asked = pd.DataFrame(
        {
            "hts": random.choice(made.hts, count),
            "origin": random.choice(made.origin, count),
            "on": on,
        }
    )
    answer = ex.rates(world, asked)
    mine = rows(made, asked)
    np.testing.assert_array_equal(mine["total"], answer.total)
    np.testing.assert_array_equal(mine["at_least"], answer.at_least)
    np.testing.assert_array_equal(mine[list(COMPONENTS)], answer.components)


def test_weighted_is_the_mean_of_the_answers_with_and_without_the_claim(world):
    on = "2025-09-15"
    made = ex.panel(world, on, preferences="weighted")
    pairs = pd.DataFrame({"hts": ["8703230190", "8708295160", "7208390020"] * 2})
    pairs["origin"] = ["MEX"] * 3 + ["CAN"] * 3
    pairs["on"] = on
    none = ex.rates(world, pairs.assign(facts=[{}] * 6)).total
    claimed = ex.rates(world, pairs.assign(facts=[{"claim": "usmca"}] * 6)).total
    weighted = rows(made, pairs)["total"].to_numpy()
    known = ~np.isnan(weighted)
    assert known.sum() >= 4
    low, high = np.fmin(none, claimed)[known], np.fmax(none, claimed)[known]
    assert ((weighted[known] >= low - 1e-12) & (weighted[known] <= high + 1e-12)).all()
    assert (weighted[known] < high).any()


def test_what_rests_on_a_proposed_list_is_marked(world):
    table = ex.panel(world, "2026-09-15").frame()
    assert table["provisional"].any()
    assert not ex.panel(world, "2026-03-01").frame()["provisional"].any()
    # The mark reaches the answer for a line, too.
    marked = table[table["provisional"]].iloc[:50][["hts", "origin"]].astype(str)
    assert ex.rates(world, marked.assign(on="2026-09-15")).table["provisional"].all()


def test_history_of_a_day_is_the_panel_of_the_day(world, kept):
    days = ("2025-04-05", "2025-01-01", "2025-02-04", "2025-03-12", "2025-04-09", "2025-04-30")
    for on in part(days, 3):
        made = ex.panel(world, on)
        mine = kept.on(int(on.replace("-", "")))
        at = np.searchsorted(mine.hts, made.hts)
        np.testing.assert_array_equal(mine.hts[at], made.hts)
        ours = mine.values[mine.line_class[at]][:, mine.origin_class]
        theirs = made.values[made.line_class][:, made.origin_class]
        np.testing.assert_array_equal(ours, theirs, err_msg=on)


def test_intervals_of_a_pair_fill_the_time_without_overlap(kept):
    table = kept.tables()["intervals"]
    pair = table[["line_class", "origin_class"]].apply(tuple, axis=1)
    first, last = ~pair.duplicated(), ~pair.duplicated(keep="last")
    assert (table.loc[first, "from"] == 20250101).all()
    assert (table.loc[last, "until"] == 20250430).all()
    again = np.flatnonzero(~first)
    eve = pd.to_datetime(table["until"].astype(str)).to_numpy()[again - 1]
    begin = pd.to_datetime(table["from"].astype(str)).to_numpy()[again]
    assert (begin - eve == np.timedelta64(1, "D")).all()
    # Only what changes: neighbours differ.
    stack = table["stack"].to_numpy()
    assert (stack[again] != stack[again - 1]).all()


def test_history_by_command_is_the_history(small, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(small.root))
    folder = tmp_path / "kept"
    asked = ["panel", "--on", "2025-01-01", "--until", "2026-03-01", "-o", str(folder)]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    mine, theirs = ex.read_history(folder), ex.history(small, "2025-01-01", "2026-03-01")
    for name, table in mine.tables().items():
        pd.testing.assert_frame_equal(table, theirs.tables()[name])


def test_panel_by_command_holds_all_rows(small, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(small.root))
    out = tmp_path / "panel.parquet"
    done = CliRunner().invoke(main, ["panel", "--on", "2025-12-15", "-o", str(out)])
    assert done.exit_code == 0, done.output
    table = pd.read_parquet(out)
    assert list(table.columns) == ["hts", "origin", *VALUES, "provisional"]
    pd.testing.assert_series_equal(
        table["total"], ex.panel(small, "2025-12-15").frame()["total"], check_names=False
    )


BAD = [
    (["--on", "yesterday"], "yesterday"),
    (["--on", "2025-12-15", "--preferences", "most"], "none, claimed or weighted"),
    (["--on", "2025-12-15", "--until", "2025-12-01"], "lies before"),
    (["--on", "2025-12-15", "--until", "2026-12-01", "--preferences", "claimed"], "one day"),
    (["--on", "1815-06-18"], "1815-06-18"),
]


@pytest.mark.parametrize(("given", "said"), BAD)
def test_bad_input_is_one_line_and_leaves_nothing(small, tmp_path, monkeypatch, given, said):
    monkeypatch.setenv("EXPOSURE_DATA", str(small.root))
    out = tmp_path / "out.parquet"
    done = CliRunner().invoke(main, ["panel", *given, "-o", str(out)])
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_panel_asked_for_a_fact_that_is_none(small):
    with pytest.raises(Problems, match="colour"):
        ex.panel(small, "2025-12-15", colour="red")
