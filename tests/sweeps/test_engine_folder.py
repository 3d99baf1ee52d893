"""The folder of a sweep: when it may be written, what counts as finished, and who evaluates it."""

import json
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exposure.errors import QueryError
from exposure.facts.documents import Sweep
from exposure.sweeps import engine, executors
from exposure.sweeps.engine import Estimate, _clear, _finished, _laws, _must_fit, _name
from exposure.sweeps.executors import Chunk, arrow_table, parquet, run_chunks
from exposure.sweeps.layout import layout
from exposure.sweeps.reading import Column, is_sweep

# --- may it be written -----------------------------------------------------------------------


def plan(folder, mark="mine", text=None):
    folder.mkdir(exist_ok=True)
    (folder / "plan.json").write_text(json.dumps({"mark": mark}) if text is None else text)
    return folder


def test_an_empty_folder_and_none_may_be_written(tmp_path):
    _clear(tmp_path, "mine", resume=False)
    _clear(tmp_path / "none", "mine", resume=True)
    assert list(tmp_path.iterdir()) == [], "asking makes nothing"


def test_a_folder_of_anything_else_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    for resume in (False, True):
        with pytest.raises(QueryError) as caught:
            _clear(tmp_path, "mine", resume=resume)
        assert str(caught.value) == f"{tmp_path}: the folder is not empty (another folder)"


@pytest.mark.parametrize("text", ['{"mark": "other"}', "{", "{}", "[1]"])
@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_of_another_sweep_is_refused(tmp_path, text, resume):
    plan(tmp_path, text=text)
    with pytest.raises(QueryError) as caught:
        _clear(tmp_path, "mine", resume=resume)
    assert str(caught.value) == (
        f"{tmp_path}: the folder holds another sweep, or this one of other data or another version"
        " (another folder, or empty this one)"
    )


def test_the_same_sweep_goes_on_only_where_that_is_asked_and_without_what_was_half_written(
    tmp_path,
):
    (plan(tmp_path) / "chunks").mkdir()
    half, whole = tmp_path / "chunks" / ".part.tmp9", tmp_path / "chunks" / "part-00000.parquet"
    half.write_text("half")
    whole.write_text("whole")
    with pytest.raises(QueryError) as caught:
        _clear(tmp_path, "mine", resume=False)
    assert str(caught.value) == f"{tmp_path}: the folder holds this sweep (go on with --resume)"
    assert half.exists(), "nothing is taken away before it is asked"
    _clear(tmp_path, "mine", resume=True)
    assert not half.exists()
    assert whole.read_text() == "whole"


def test_a_folder_is_that_of_a_sweep_by_its_plan_its_chunks_or_its_columns(tmp_path):
    assert not is_sweep(tmp_path)
    assert is_sweep(plan(tmp_path / "planned"))
    (tmp_path / "begun" / "chunks").mkdir(parents=True)
    assert is_sweep(tmp_path / "begun")
    for text, found in (
        ('{"columns": []}', True),
        ('{"report": 1}', False),
        ("[1]", False),
        ("{", False),
    ):
        (tmp_path / "manifest.json").write_text(text)
        assert is_sweep(tmp_path) == found, text


@pytest.mark.parametrize(("size", "fits"), [(94, True), (95, True), (96, False)])
def test_a_sweep_may_fill_nineteen_twentieths_of_what_is_free(tmp_path, monkeypatch, size, fits):
    monkeypatch.setattr(engine.shutil, "disk_usage", lambda _: SimpleNamespace(free=100 * 10**9))
    said = Estimate(rows=1_200_000, ways=1, states=1, seconds=1.0, bytes=size * 10**9, workers=1)
    if fits:
        _must_fit(said, tmp_path / "not" / "there")
        return
    with pytest.raises(QueryError) as caught:
        _must_fit(said, tmp_path / "not" / "there")
    assert str(caught.value) == (
        f"{tmp_path / 'not' / 'there'}: 1,200,000 scenarios need about 96.0 GB"
        " (100.0 GB are free; fewer scenarios or outputs)"
    )


# --- what is finished ------------------------------------------------------------------------


def chunk_file(folder, mark, number=3):
    (folder / "chunks").mkdir(exist_ok=True)
    schema = pa.schema([("a", pa.int64())], metadata={} if mark is None else {"sweep": mark})
    path = folder / "chunks" / _name(number)
    pq.write_table(pa.table([[1]], schema=schema), path)
    return path


def test_a_chunk_is_finished_where_it_is_whole_and_of_this_sweep(tmp_path):
    assert not _finished(tmp_path, 3, "mine"), "not there"
    path = chunk_file(tmp_path, "mine")
    assert path.name == "part-00003.parquet"
    assert _finished(tmp_path, 3, "mine")
    assert not _finished(tmp_path, 3, "another")
    assert not _finished(tmp_path, 4, "mine")
    path.write_bytes(path.read_bytes()[:-8])
    assert not _finished(tmp_path, 3, "mine"), "torn"
    chunk_file(tmp_path, None)
    assert not _finished(tmp_path, 3, "mine"), "of nobody"


def way(baseline="2025-01-15", law_on="2025-12-15", **changes):
    """A way of which only its scenario counts."""
    from exposure.facts.documents import Scenario

    days = {"baseline": {"effective_on": baseline}}
    days |= {"law_on": {"effective_on": law_on}} if law_on else {}
    said = {"id": "a", "title": "A", "question": "Q", **days, **changes}
    return SimpleNamespace(scenario=Scenario.model_validate(said))


@pytest.mark.parametrize(
    ("ways", "laws"),
    [
        ([way()], 2),
        # The law of one day alone; the same day twice.
        ([way(law_on=None)], 1), ([way(), way()], 2),
        # Parameters are no law, rates and suspensions are.
        ([way(), way(parameters={"pass_through": 1.0})], 2),
        ([way(), way(rates={"us-cars/all": 0.1})], 3),
        ([way(law_on=None, law=[{"action": "us-cars", "suspend": True}])], 2),
        ([way(), way(baseline="2025-02-01")], 3),
    ],
)  # fmt: skip
def test_laws_that_differ_are_counted(ways, laws):
    assert len({law for one in ways for law in _laws(one)}) == laws


# --- who evaluates ---------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch):
    """Numbers that were evaluated in this process, in their order."""
    seen = []

    def evaluate(prepared, number, size, mark):
        seen.append((prepared, number, size, mark))
        return Chunk(number, b"", size, pd.DataFrame())

    monkeypatch.setattr(executors, "evaluate_chunk", evaluate)
    return seen


@pytest.mark.parametrize(("numbers", "workers"), [([4, 2, 7], 1), ([5], 8)])
def test_one_worker_or_one_chunk_stays_in_this_process(asked, numbers, workers):
    made = list(run_chunks("sweep", numbers, 10, "mine", workers, ""))
    assert [chunk.number for chunk in made] == numbers
    assert asked == [("sweep", number, 10, "mine") for number in numbers]


def test_chunks_are_evaluated_when_they_are_taken(asked):
    stream = run_chunks("sweep", [0, 1, 2], 10, "mine", 1, "")
    next(stream)
    assert len(asked) == 1


def test_nothing_to_do_asks_nobody(asked):
    assert list(run_chunks("sweep", [], 10, "mine", 2, "tcp://nowhere:1")) == []
    assert asked == []


def test_more_workers_than_chunks_are_not_started(monkeypatch):
    started = []
    monkeypatch.setattr(executors, "_processes", lambda *given: started.append(given[-1]) or [])
    list(run_chunks("sweep", [0, 1], 10, "mine", 16, ""))
    list(run_chunks("sweep", [0, 1, 2], 10, "mine", 2, ""))
    assert started == [2, 2]


# --- files -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def prepared():
    spec = Sweep.model_validate(
        {"id": "s", "title": "S", "scenario": "tariff",
         "dimensions": [{"law_on": ["2025-01-15", "2025-12-15"]},
                        {"parameter": "pass_through", "values": [0.0]}]}
    )  # fmt: skip
    columns = (
        Column("scenario_id", "id", "", "Number"), Column("law_on", "input", "", "Day"),
        Column("pass_through", "input", "share", "Pass-through"),
        Column("car/units", "output", "units a year", "Units"),
    )  # fmt: skip
    return SimpleNamespace(layout=layout(spec), columns=columns)


CELLS = {"car/units": [1.5, None], "scenario_id": [0, 1], "law_on": ["2025-01-15", "2025-12-15"],
         "not asked": [0, 0], "pass_through": [0.0, 0.0]}  # fmt: skip


def test_columns_have_types_units_and_titles_of_the_sweep(prepared):
    made = arrow_table(CELLS, {"sweep": "mine"}, prepared)
    assert made.schema.names == ["scenario_id", "law_on", "pass_through", "car/units"]
    assert list(map(str, made.schema.types)) == ["int64", "string", "double", "double"]
    notes = made.schema.field("pass_through").metadata
    assert notes == {b"unit": b"share", b"title": b"Pass-through", b"role": b"input"}
    assert made.schema.metadata == {b"sweep": b"mine"}
    assert made["car/units"].null_count == 1, "what is not known stays unknown"


def test_a_column_that_a_chunk_does_not_have_is_left_out(prepared):
    made = arrow_table({"scenario_id": [3]}, {}, prepared)
    assert made.schema.names == ["scenario_id"]


def test_a_file_is_read_back_as_it_was_and_is_the_same_bytes_twice(prepared):
    first = parquet(CELLS, {"sweep": "mine"}, prepared)
    assert first == parquet(CELLS, {"sweep": "mine"}, prepared)
    back = pq.read_table(pa.BufferReader(first))
    assert back.equals(arrow_table(CELLS, {"sweep": "mine"}, prepared))
    assert back.schema.metadata[b"sweep"] == b"mine"
