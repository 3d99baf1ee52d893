"""The report of a sweep: its tables are the sweep's own rows, and its words say what they hold."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import DataError, QueryError
from exposure.reports import html, pdf
from exposure.reports.build import build_sweep, rebuild
from exposure.reports.claims import check, check_list, claims
from exposure.reports.description import Value, plain
from exposure.reports.figures import sweep_heat
from exposure.reports.sweep_contents import describe_sweep, heat_of
from exposure.reports.words import LANGUAGES, words
from exposure.sweeps import survey, views
from exposure.sweeps.analysis import flip, heat_map, tornado
from exposure.sweeps.reading import SweepTable
from exposure.sweeps.summary import sweep_tables
from exposure.sweeps.survey import own_levels
from exposure.sweeps.views import MOST_CELLS, MOST_LEVELS
from tests import tiny
from tests.reports import made_sweep
from tests.reports.made_sweep import AIR, BILL, INPUTS, JOBS, SEA, WAYS

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT = 1_500_000


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return ex.open_sweep(made_sweep.write(tmp_path_factory.mktemp("grid") / "sweep"))


@pytest.fixture(scope="module")
def tables(table):
    return sweep_tables(table)


@pytest.fixture(scope="module")
def scattered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("points") / "sweep"
    return ex.open_sweep(made_sweep.write(folder, made_sweep.points(), kind="points"))


def one_input():
    return {"korea_rate": ("fraction", "Rate of cars, korea", np.array([0.0, 0.1, 0.25]))}


def one_output(frame):
    return {BILL: 1e9 * frame["korea_rate"]}


# --- the tables --------------------------------------------------------------------------------


def test_every_cell_of_the_picture_is_a_row_of_the_sweep(table, tables):
    cells = tables["sweep_grid"]
    rows = table.frame().set_index("scenario_id").loc[cells["scenario_id"]].reset_index()
    assert 1000 < len(cells) <= MOST_CELLS
    for name in cells.columns:
        assert cells[name].tolist() == rows[name].tolist(), name
    assert set(cells.columns) == {"scenario_id", *table.inputs, BILL, JOBS, SEA, AIR}


def test_thinned_axes_keep_their_own_levels_and_both_ends(tables):
    cells = tables["sweep_grid"]
    shown = tables["sweep_inputs"].set_index("name")
    for name, (_, _, values) in INPUTS.items():
        kept = cells[name].drop_duplicates().tolist()
        assert set(kept) <= set(values)
        assert kept[0] == values[0]
        assert kept[-1] == values[-1]
        assert shown.loc[name, "shown"] == len(kept) <= max(MOST_LEVELS, len(WAYS))
        assert shown.loc[name, "levels"] == len(values)
    assert list(cells["way"].unique()) == list(WAYS)
    assert len(cells) == np.prod(shown["shown"])


@pytest.mark.parametrize(("count", "most"), [(1, 25), (25, 25), (26, 25), (1000, 25), (7, 2)])
def test_own_levels(count, most):
    levels = np.linspace(0, 1, count)
    kept = own_levels(levels, most)
    assert len(kept) == min(count, most)
    assert set(kept) <= set(levels)
    assert kept[0] == levels[0]
    assert kept[-1] == levels[-1]
    places = np.searchsorted(levels, kept)
    assert count <= most or np.ptp(np.diff(places)) <= 1


def test_pictures_with_many_inputs_stay_within_their_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(views, "MOST_CELLS", 3000)
    found = sweep_tables(ex.open_sweep(made_sweep.write(tmp_path / "sweep")))
    cells = found["sweep_grid"]
    outputs = len(cells.columns) - 1 - len(INPUTS)
    assert len(cells) * outputs <= 3000
    assert outputs == 4
    assert cells["way"].nunique() == 2
    monkeypatch.setattr(views, "MOST_CELLS", 60)
    cells = sweep_tables(ex.open_sweep(tmp_path / "sweep"))["sweep_grid"]
    assert len(cells) * (len(cells.columns) - 1 - len(INPUTS)) <= 60
    assert cells["korea_rate"].nunique() == 5


def test_extremes_are_those_of_all_rows(table, tables):
    rows = table.frame()
    for end in tables["sweep_extremes"].to_dict("records"):
        values = rows[end["name"]]
        at = rows.loc[values.idxmin() if end["end"] == "min" else values.idxmax()]
        assert end["value"] == at[end["name"]]
        assert end["scenario_id"] == at["scenario_id"]
        for name in table.inputs:
            assert end[f"at/{name}"] == at[name]


def test_outputs_have_their_quantiles_and_what_is_not_known(tmp_path):
    frame = made_sweep.grid()
    found = made_sweep.outputs(frame)
    found[JOBS] = found[JOBS].where(frame["korea_rate"] < 0.3)
    table = ex.open_sweep(made_sweep.write(tmp_path / "sweep", frame, given=found))
    said = sweep_tables(table)["sweep_outputs"].set_index("name")
    for name in (BILL, JOBS):
        assert said.loc[name, "median"] == found[name].median()
        assert said.loc[name, "low"] == pytest.approx(found[name].quantile(0.1))
        assert said.loc[name, "max"] == found[name].max()
        assert said.loc[name, "unknown"] == found[name].isna().sum()
    assert said.loc[JOBS, "kind"] == "country_jobs_predicted_fte"
    assert said.loc[JOBS, "thing"] == "KOR"
    report = describe_sweep(sweep_tables(table))
    assert "not known" in plain(report.sections[0].blocks[0].source) or BILL in str(report)


def test_swings_are_those_of_analysis_and_say_what_does_not_move(table, tables):
    swings = tables["sweep_tornado"]
    whole = tornado(table.frame(), list(table.inputs), BILL)
    mine = swings[swings["name"] == BILL]
    assert mine["input"].tolist() == whole["input"].tolist()
    np.testing.assert_allclose(mine["swing"], whole["swing"].astype(float))
    still = swings[~swings["moves"]]
    assert set(zip(still["name"], still["input"], strict=True)) == {
        (BILL, "s232/japan"), (JOBS, "way"), (JOBS, "years"), (SEA, "way"), (SEA, "s232/japan"),
        (SEA, "years"), (AIR, "way"), (AIR, "s232/japan"),
    }  # fmt: skip


def test_turns_lie_between_neighbouring_levels(table, tables):
    """Jobs turn where 10 times the rate of Korea is 4 times Japan's and 1.5; routes at one rate."""
    turns = tables["sweep_flip"]
    jobs = turns[turns["name"] == JOBS]
    assert (jobs["along"] == "korea_rate").all()
    assert len(jobs) == 5
    for row in jobs.to_dict("records"):
        at = 0.4 * row["at/s232/japan"] + 0.15
        assert row["turns_from"] <= at <= row["turns_to"] + 1e-12
        assert row["turns_to"] - row["turns_from"] <= 0.02 + 1e-12
    rows = table.frame(where={"way": "as it is", "years": 1.0})
    crossed = flip(rows, ["s232/japan", "korea_rate"], JOBS, 0.0).set_index("s232/japan")
    for row in jobs.to_dict("records"):
        exact = crossed.loc[row["at/s232/japan"], "korea_rate"]
        assert row["turns_from"] - 1e-9 <= exact <= row["turns_to"] + 1e-9
    routes = turns[turns["other"] != ""]
    # 20,000 + 9,000 r = 22,000 + 300 + 1,000 r at three years, whatever the option and Japan.
    assert len(routes) == 1
    assert set(routes[["name", "other"]].iloc[0]) == {SEA, AIR}
    assert routes["turns_from"].iloc[0] == pytest.approx(0.28)
    assert routes["turns_to"].iloc[0] == pytest.approx(0.29)


def test_boxes_hold_the_highest_tenth(table, tables):
    start = tables["sweep"]["tenth_from"].iloc[0]
    rows = table.frame()
    assert start == pytest.approx(rows[BILL].quantile(0.9))
    boxes = tables["sweep_boxes"]
    first = boxes[boxes["box"] == 1]
    inside = pd.Series(data=True, index=rows.index)
    for limit in first.to_dict("records"):
        column = rows[limit["input"]]
        if limit["side"] == "is":
            inside &= column == limit["low_word"]
        elif limit["side"] == "least":
            inside &= column >= limit["low"]
        else:
            assert limit["side"] in ("most", "between", "at"), limit
    hit = rows[BILL] > start
    assert first["density"].iloc[0] == pytest.approx(hit[inside].mean())
    assert first["coverage"].iloc[0] == pytest.approx((hit & inside).sum() / hit.sum())
    assert "no claim" in first["low_word"].tolist()


def test_medians_where_the_points_are_no_grid(scattered):
    found = sweep_tables(scattered)
    assert not found["sweep"]["exact"].iloc[0]
    assert found["sweep_grid"].empty
    mine = found["sweep_medians"]
    mine = mine[(mine["x"] == "korea_rate") & (mine["y"] == "years") & (mine["name"] == JOBS)]
    cells = heat_map(scattered.frame(), "korea_rate", "years", JOBS)
    np.testing.assert_array_equal(mine["median"], cells.to_numpy().ravel())
    np.testing.assert_array_equal(mine["x_value"].unique(), cells.columns)
    assert len(found["sweep_medians"]) <= MOST_CELLS
    report = describe_sweep(found)
    figure = report.sections[0].blocks[0]
    assert "median of the scenarios" in plain(figure.source)
    assert heat_of(found)["sweep-heat"]["exact"] is False


def test_draws_make_no_exact_picture(tmp_path):
    frame = pd.DataFrame(
        [(rate, japan, draw) for rate in (0.0, 0.1, 0.2) for japan in (0.0, 0.3)
         for draw in range(6)], columns=["korea_rate", "s232/japan", "draw"],
    )  # fmt: skip
    given = {BILL: 1e9 * frame["korea_rate"] + frame["draw"]}
    found = sweep_tables(ex.open_sweep(made_sweep.write(tmp_path / "sweep", frame, given=given)))
    assert not found["sweep"]["exact"].iloc[0]
    assert set(found["sweep_tornado"]["input"]) == {"korea_rate", "s232/japan"}
    medians = found["sweep_medians"].set_index(["x_value", "y_value"])["median"]
    assert medians.loc[(0.1, 0.3)] == 1e8 + 2.5
    assert "5 draws" in plain(describe_sweep(found).notices[0])


def test_sobol_indices_of_a_design_that_was_laid_for_them(tmp_path):
    stream = np.random.default_rng(5)
    a, b = stream.uniform(0, 0.6, (1024, 2)), stream.uniform(0, 0.6, (1024, 2))
    first, second = a.copy(), a.copy()
    first[:, 0], second[:, 1] = b[:, 0], b[:, 1]
    rows = np.vstack([a, b, first, second])
    frame = pd.DataFrame(rows, columns=["korea_rate", "s232/japan"])
    given = {BILL: 3e9 * frame["korea_rate"] + 1e9 * frame["s232/japan"]}
    folder = made_sweep.write(tmp_path / "sweep", frame, kind="saltelli", given=given, samples=1024)
    found = sweep_tables(ex.open_sweep(folder))
    shares = found["sweep_sobol"].set_index("input")["first"]
    assert shares["korea_rate"] == pytest.approx(0.9, abs=0.1)
    page = describe_sweep(found)
    assert any("Sobol" in plain(b.source) for s in page.sections for b in s.blocks
               if hasattr(b, "rows"))  # fmt: skip


def test_outputs_and_axes_can_be_chosen(table):
    found = sweep_tables(table, x="years", y="s232/japan", output=JOBS)
    head = found["sweep"].iloc[0]
    assert (head["x"], head["y"], head["output"]) == ("years", "s232/japan", JOBS)
    assert (head["tenth"], found["sweep_outputs"]["rank"].max()) == ("below", 4)
    for wrong in ({"x": "year"}, {"y": "draw"}, {"output": "jobs"}, {"x": "years", "y": "years"}):
        with pytest.raises(QueryError):
            sweep_tables(table, **wrong)


def test_of_each_kind_the_outputs_that_vary_most_are_shown(tmp_path):
    frame = made_sweep.grid(one_input())
    given, titles = {}, {}
    for number, width in enumerate((1, 0, 5, 3)):
        for kind, title in (("duty_bill_usd", "Duties of all borders"),
                            ("volume_change_share", "Change of the volume sold")):  # fmt: skip
            given[f"p{number}/{kind}"] = 1 + width * frame["korea_rate"]
            titles[f"p{number}/{kind}"] = f"{title}: Product {number}"
    folder = made_sweep.write(tmp_path / "sweep", frame, given=given, titles=titles)
    outputs = sweep_tables(ex.open_sweep(folder))["sweep_outputs"]
    shown = outputs[outputs["rank"] > 0].sort_values("rank")["name"].tolist()
    assert shown == [f"p{n}/{kind}" for kind in ("duty_bill_usd", "volume_change_share")
                     for n in (2, 3, 0)]  # fmt: skip


def test_scenarios_that_failed_are_grey_and_told(tmp_path):
    table = ex.open_sweep(made_sweep.write(tmp_path / "sweep", failed=range(200, 300)))
    found = sweep_tables(table)
    grid = found["sweep_grid"]
    lost = grid[grid[BILL].isna()]
    assert 0 < len(lost) < 100
    assert lost["scenario_id"].between(200, 299).all()
    assert found["sweep"]["failed"].iloc[0] == 100
    report = describe_sweep(found)
    assert any("100 of 15,006 scenarios failed" in plain(text) for text in report.notices)
    # A whole option that could not be evaluated is not in the picture.
    half = ex.open_sweep(made_sweep.write(tmp_path / "half", failed=range(7503)))
    found = sweep_tables(half)
    assert found["sweep_grid"]["way"].unique().tolist() == ["no claim"]
    assert not check_of(found)


def test_a_sweep_of_which_all_failed_still_has_a_report(tmp_path):
    table = ex.open_sweep(made_sweep.write(tmp_path / "sweep", failed=range(15006)))
    found = sweep_tables(table)
    report = describe_sweep(found)
    assert "could be evaluated" in plain(report.answers[0])
    assert not check_of(found)
    assert heat_of(found) == {}


def test_a_big_sweep_is_not_read_whole(tmp_path, monkeypatch):
    """Frames that are held stay small, and rows go by in pieces."""
    monkeypatch.setattr(survey, "SAMPLE", 500)
    monkeypatch.setattr(survey, "PIECE", 700)
    monkeypatch.setattr(views, "MOST_CELLS", 2000)
    held, pieces = [], []
    frame, reading = SweepTable.frame, SweepTable.pieces

    def small_frame(self, *args, **kwargs):
        found = frame(self, *args, **kwargs)
        held.append((len(found), len(found.columns)))
        return found

    def small_pieces(self, columns, rows):
        for piece in reading(self, columns, rows):
            pieces.append(piece.num_rows)
            yield piece

    monkeypatch.setattr(SweepTable, "frame", small_frame)
    monkeypatch.setattr(SweepTable, "pieces", small_pieces)
    table = ex.open_sweep(made_sweep.write(tmp_path / "sweep"))
    found = sweep_tables(table)
    assert sum(pieces) == 15006
    assert max(pieces) <= 700
    assert max(rows for rows, _ in held) <= 610
    assert found["sweep"]["sampled"].iloc[0] <= 500
    # Of a grid, the sample is a smaller grid: no input is mixed up with another.
    still = found["sweep_tornado"].set_index(["name", "input"]).loc[(BILL, "s232/japan")]
    assert still["swing"] == 0
    assert not still["moves"]


def test_an_axis_of_very_many_levels_is_shown_by_those_of_the_sample(tmp_path, monkeypatch):
    monkeypatch.setattr(survey, "MANY", 50)
    monkeypatch.setattr(survey, "SAMPLE", 500)
    table = ex.open_sweep(made_sweep.write(tmp_path / "sweep"))
    found = sweep_tables(table)
    assert len(survey.survey(table).sample) <= 500
    inputs = found["sweep_inputs"].set_index("name")
    assert np.isnan(inputs.loc["korea_rate", "levels"])
    assert inputs.loc["korea_rate", "shown"] == MOST_LEVELS
    assert set(found["sweep_grid"]["korea_rate"]) <= set(INPUTS["korea_rate"][2])
    assert check_of(found) == []


def test_the_page_of_documents_names_every_column(tables):
    text = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    for name, table in tables.items():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        said = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", line))))
        own = set(table.columns) - set(INPUTS) - {BILL, JOBS, SEA, AIR}
        assert {column for column in own if not column.startswith("at/")} <= said, name


# --- the report --------------------------------------------------------------------------------


def check_of(tables, language="en"):
    report = describe_sweep(tables, language)
    page = html.render(report, tables, {}, heat_of(tables, language))
    document = pdf.render(report, {})
    found = check(claims(report), tables, language, page, document, numbered=False)
    return [str(fault) for fault in found]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["grid", "points", "line"])
def test_reports_say_what_their_tables_say(tables, scattered, tmp_path, name, language):
    if name == "line":
        frame = made_sweep.grid(one_input())
        folder = made_sweep.write(tmp_path / "sweep", frame, given=one_output(frame))
        tables = sweep_tables(ex.open_sweep(folder))
        assert describe_sweep(tables).sections[0].blocks[0].id == "sweep-line"
    elif name == "points":
        tables = sweep_tables(scattered)
    assert check_of(tables, language) == []


def test_a_changed_cell_is_caught(tables):
    listed = claims(describe_sweep(tables))
    assert check_list(listed, tables, "en") == []
    for name, column in (
        ("sweep_grid", BILL), ("sweep_extremes", "value"), ("sweep_tornado", "at_low"),
        ("sweep_outputs", "median"), ("sweep_boxes", "density"), ("sweep_flip", "turns_from"),
    ):  # fmt: skip
        changed = tables[name].copy()
        changed[column] = changed[column] * 1.5 + 3
        assert check_list(listed, {**tables, name: changed}, "en"), name


def test_every_number_of_the_prose_is_a_cell(tables):
    report = describe_sweep(tables)
    texts = [*report.answers, *(value for _, value in report.key_figures), *report.notices]
    texts += [block for section in report.sections for block in section.blocks
              if isinstance(block, tuple)]  # fmt: skip
    for text in texts:
        for piece in text:
            assert isinstance(piece, Value) or not re.search(r"\d", piece), piece
    figure = report.sections[0].blocks[0]
    assert plain(figure.title) == (
        "Duties of all borders: Kia car: from USD\u00a03.0\u00a0m (Korea rate 0\u00a0%) to "
        "USD\u00a0603.0\u00a0m (Korea rate 60\u00a0%)"
    )
    assert "does not depend on: Rate of cars, japan" in plain(report.answers[0])


def test_the_script_gets_the_texts_of_the_cells_and_their_scenarios(tables):
    made = heat_of(tables)["sweep-heat"]
    cells = tables["sweep_grid"]
    said = words("en")
    shape = [len(item["levels"]) for item in made["inputs"]]
    assert np.prod(shape) == len(cells)
    for output, name, form in (
        (made["outputs"][0], BILL, "usd"),
        (next(o for o in made["outputs"] if o["label"].startswith("Jobs")), JOBS, "count"),
    ):
        texts = [output["texts"][place] for place in output["cells"]]
        unit = "\u00a0persons" if form == "count" else ""
        assert texts == [said.form(form, value) + unit for value in cells[name]]
    places = np.array(np.unravel_index(np.arange(len(cells)), shape))
    ids = sum(np.array(numbers)[places[axis]] for axis, numbers in enumerate(made["ids"]))
    assert ids.tolist() == cells["scenario_id"].tolist()
    assert made["outputs"][0]["scale"] == "sequential"
    signed = next(o for o in made["outputs"] if o["label"].startswith("Jobs"))
    assert signed["scale"] == "diverging"
    assert signed["low"] == -signed["high"]


def test_colours_have_zero_in_the_middle_where_there_are_both_signs():
    both = sweep_heat.colours(np.array([-4.0, 1.0, np.nan]))
    assert both(0.0) == sweep_heat.DIVERGING[4]
    assert both(-4.0) == sweep_heat.DIVERGING[0]
    up, down = sweep_heat.colours(np.array([0.0, 5.0])), sweep_heat.colours(np.array([-5.0, 0.0]))
    assert up(5.0) == down(-5.0) == sweep_heat.SEQUENTIAL[-1]
    assert up(float("nan")) == sweep_heat.UNKNOWN
    same = sweep_heat.colours(np.array([3.0, 3.0]))
    assert same(3.0) == sweep_heat.SEQUENTIAL[0]


def test_the_same_sweep_gives_the_same_bytes(table, tmp_path):
    paths = build_sweep(table, tmp_path / "one")
    build_sweep(table, tmp_path / "two")
    assert {path.name for path in paths} >= {"report.html", "report.pdf", "claims.parquet"}
    for path in paths:
        other = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert other.read_bytes() == path.read_bytes(), path.name
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["one", "two"]


EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def test_hostile_titles_are_inert(tmp_path):
    frame = made_sweep.grid().rename(columns={"korea_rate": "=1+1", "way": "at/name"})
    frame["at/name"] = frame["at/name"].replace("no claim", EVIL)
    found = {"name": 1e9 * frame["=1+1"] + (frame["at/name"] == EVIL), f"{EVIL}/x": frame["=1+1"]}
    folder = made_sweep.write(
        tmp_path / "sweep", frame, given=found, titles={"name": EVIL, "=1+1": "$#1 *_x_*"},
        title=EVIL, question=EVIL, note=EVIL,
    )  # fmt: skip
    out = tmp_path / "report"
    ex.report(ex.open_sweep(folder), out)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<img" not in page
    assert "alert(1)" in page
    assert page.count("<script") == 2
    assert not re.search(r'(?:src|href)="(?!#)', page)
    head = (out / "tables" / "sweep_grid.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "'=1+1" in head.split(",")
    assert check_of(sweep_tables(ex.open_sweep(folder))) == []


def test_nothing_but_a_report_is_replaced(table, tmp_path):
    for place in (table.folder, table.folder / "chunks", table.folder.parent):
        with pytest.raises(QueryError, match="something other than a report"):
            build_sweep(table, place)
    assert len(ex.open_sweep(table.folder)) == 15006
    build_sweep(table, tmp_path / "report")
    build_sweep(table, tmp_path / "report", "ko")


def test_kinds_and_languages(table, tmp_path):
    with pytest.raises(QueryError, match="brief"):
        ex.report(table, tmp_path / "x", kind="brief")
    with pytest.raises(QueryError, match="'de'"):
        ex.report(table, tmp_path / "x", language="de")
    assert not (tmp_path / "x").exists()


SHIPPED = {"autos-korea-japan": ("steps: 1000", "steps: 60"), "phones-vietnam-chips": ("", "")}


@pytest.mark.parametrize("name", SHIPPED)
def test_reports_of_shipped_sweeps(tmp_path, name):
    text = (ROOT / "data" / "raw" / "sweeps" / f"{name}.yaml").read_text(encoding="utf-8")
    small = tmp_path / "small.yaml"
    small.write_text(text.replace(*SHIPPED[name]), encoding="utf-8")
    table = ex.sweep(ex.load(), small, tmp_path / "sweep", workers=1)
    paths = ex.report(table, tmp_path / "report")
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert len(page.encode()) < LIMIT
    assert all(path.is_file() for path in paths)
    found = sweep_tables(table)
    rows = table.frame().set_index("scenario_id").loc[found["sweep_grid"]["scenario_id"]]
    for output in found["sweep_grid"].columns[1 + len(table.inputs) :]:
        assert found["sweep_grid"][output].tolist() == rows[output].tolist()
    assert check_of(found) == []


# --- the command -------------------------------------------------------------------------------


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(tiny.write(tmp_path / "data")))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, [str(a) for a in arguments])


def test_a_report_in_the_folder_of_a_sweep_leaves_the_sweep_as_it_is(call, tmp_path):
    assert call("sweep", "grid", "-o", "out").exit_code == 0
    done = call("report", "out")
    assert done.exit_code == 0, done.output
    assert "open out/report/report.html" in done.output.replace("\\", "/")
    assert len(ex.open_sweep("out").frame()) == 6
    assert call("sweep", "grid", "-o", "out", "--resume").exit_code == 0
    assert (tmp_path / "out" / "report" / "report.pdf").is_file()
    manifest = json.loads((tmp_path / "out" / "report" / "manifest.json").read_text("utf-8"))
    assert manifest["report"] == {"kind": "sweep", "language": "en"}
    assert manifest["fingerprints"]["sweep"]
    # Its own tables suffice for another language, and for the same one give the same page.
    assert call("report", "out/report", "--language", "ko", "--out", "ko").exit_code == 0
    assert 'lang="ko"' in (tmp_path / "ko" / "report.html").read_text(encoding="utf-8")
    assert call("report", "out/report", "--out", "again").exit_code == 0
    for path in (tmp_path / "out" / "report").glob("report.*"):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_a_run_is_told_anew_in_another_kind_and_language(call, tmp_path):
    assert call("run", "tariff", "--draws", 10).exit_code == 0
    done = call("report", "reports/tariff", "--kind", "brief", "--language", "ja")
    assert done.exit_code == 0, done.output
    folder = tmp_path / "reports" / "tariff-brief-ja"
    assert 'lang="ja"' in (folder / "report.html").read_text(encoding="utf-8")
    assert call("report", "reports/tariff", "--out", "same").exit_code == 0
    for name in ("report.html", "report.pdf", "claims.parquet"):
        mine = (tmp_path / "same" / name).read_bytes()
        assert mine == (tmp_path / "reports" / "tariff" / name).read_bytes(), name


def test_a_bad_folder_is_one_line_and_code_2(call, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "manifest.json").write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{", encoding="utf-8")
    assert call("sweep", "grid", "-o", "unfinished").exit_code == 0
    (tmp_path / "unfinished" / "manifest.json").unlink()
    assert call("run", "tariff", "--draws", 0, "--out", "lost").exit_code == 0
    (tmp_path / "lost" / "tables" / "headline.parquet").unlink()
    assert call("run", "tariff", "--draws", 0, "--out", "torn").exit_code == 0
    (tmp_path / "torn" / "tables" / "headline.parquet").write_bytes(b"PAR1")
    for arguments, said in (
        (("none",), "no manifest"), (("empty",), "no manifest"), (("broken",), "not the manifest"),
        (("other",), "not the manifest"), (("unfinished",), "no manifest"),
        (("lost",), "no 'headline'"), (("torn",), "not a Parquet table"),
        (("unfinished", "--kind", "brief"), "it has one kind"),
    ):  # fmt: skip
        done = call("report", *arguments)
        assert done.exit_code == 2, arguments
        assert said in done.stderr, done.stderr
        assert "Traceback" not in done.output
        assert len(done.stderr.strip().splitlines()) == 1


def test_rebuild_names_what_is_missing(tmp_path):
    with pytest.raises(DataError, match="no manifest"):
        rebuild(tmp_path, None, "", "en")
