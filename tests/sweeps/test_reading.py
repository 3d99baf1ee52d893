"""A finished sweep: what is refused, what is read, and that no more is read than is asked for."""

import json
import re
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from exposure.errors import DataError, QueryError
from exposure.sweeps.reading import open_sweep

COLUMNS = [
    {"name": "scenario_id", "role": "id", "unit": "", "title": "Scenario"},
    {"name": "duty_korea", "role": "input", "unit": "fraction", "title": "duty on Korea"},
    {"name": "years", "role": "input", "unit": "years", "title": "years after"},
    {"name": "route", "role": "input", "unit": "", "title": "route"},
    {"name": "landed", "role": "output", "unit": "USD", "title": "landed cost"},
    {"name": "jobs", "role": "output", "unit": "FTE", "title": ""},
]
FAILED = 4
"""The scenario in quarantine."""


def rows():
    """Ten scenarios; landed = 100 + id, not known for scenario 7; jobs = -id."""
    ids = np.arange(10)
    return pd.DataFrame(
        {
            "scenario_id": ids,
            "duty_korea": ids / 20,
            "years": ids % 3 + 1,
            "route": np.where(ids % 2, "sea", "air"),
            "landed": np.where(ids == 7, np.nan, 100.0 + ids),
            "jobs": -1.0 * ids,
        }
    )


def write(folder, changes=None, chunks=None):
    """A sweep of ten scenarios in two chunks that stand in the wrong order, one failed."""
    table = rows()
    inputs = ["scenario_id", "duty_korea", "years", "route"]
    done = table[table["scenario_id"] != FAILED]
    if chunks is None:
        chunks = [done.iloc[5:], done.iloc[:5]]
    (folder / "chunks").mkdir(parents=True)
    for number, chunk in enumerate(chunks):
        chunk.to_parquet(folder / "chunks" / f"part-{number:05d}.parquet", index=False)
    failed = table[~table["scenario_id"].isin(pd.concat([*chunks, done[:0]])["scenario_id"])]
    failed = failed[failed["scenario_id"] == FAILED] if len(chunks) else failed
    failed[inputs].assign(reason="no route").to_parquet(folder / "quarantine.parquet", index=False)
    manifest = {
        "format": 1, "id": "korea", "title": "Korea", "rows": 10, "seed": 3, "columns": COLUMNS,
        "design": {"kind": "points", "inputs": ["duty_korea", "years", "route"], "samples": 10},
        "code": "ignored",
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest | (changes or {})), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "out")


@pytest.fixture
def table(folder):
    return open_sweep(folder)


def test_the_manifest_says_what_the_columns_are(table):
    assert (table.id, table.title, table.seed, table.rows) == ("korea", "Korea", 3, 10)
    assert table.inputs == ("duty_korea", "years", "route")
    assert table.outputs == ("landed", "jobs")
    assert table.units["duty_korea"] == "fraction"
    assert table.titles["landed"] == "landed cost"
    assert table.titles["jobs"] == "jobs", "a column without a title goes by its name"
    assert table.design.kind == "points"
    assert table.design.inputs == table.inputs
    assert table.design.samples == 10


def test_rows_are_those_of_the_chunks_and_the_failed_one_is_apart(table):
    assert len(table) == 9
    assert list(table.quarantine["scenario_id"]) == [FAILED]
    assert list(table.quarantine["reason"]) == ["no route"]
    expected = rows().query("scenario_id != @FAILED").reset_index(drop=True)
    pd.testing.assert_frame_equal(table.frame(), expected)


def test_columns_come_as_asked_and_sorted_by_scenario(table):
    found = table.frame(["jobs", "years"])
    assert list(found.columns) == ["jobs", "years"]
    assert list(found["jobs"]) == [-0.0, -1, -2, -3, -5, -6, -7, -8, -9]


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"route": "air"}, [0, 2, 6, 8]),
        ({"duty_korea": (0.1, 0.25)}, [2, 3, 5]),
        ({"duty_korea": (None, 0.1)}, [0, 1, 2]),
        ({"duty_korea": (0.4, None)}, [8, 9]),
        ({"years": [1, 3], "route": "sea"}, [3, 5, 9]),
        ({"years": np.int64(2)}, [1, 7]),
        ({"duty_korea": 0}, [0]),
        ({"duty_korea": [0, 0.25]}, [0, 5]),
        ({"duty_korea": [0, 1]}, [0]),
        ({"years": [1.0, 2.5]}, [0, 3, 6, 9]),
        ({"years": 1.5}, []),
        ({"years": []}, []),
        ({"landed": (0, 1e9)}, [0, 1, 2, 3, 5, 6, 8, 9]),
        ({"landed": (None, None)}, [0, 1, 2, 3, 5, 6, 8, 9]),
        ({"route": (None, None), "duty_korea": (None, None), "years": 3}, [2, 5, 8]),
        ({"route": ("b", None)}, [1, 3, 5, 7, 9]),
        ({}, [0, 1, 2, 3, 5, 6, 7, 8, 9]),
        (ds.field("landed") > 107.5, [8, 9]),
        ({"duty_korea": (2.0, 3.0)}, []),
    ],
)
def test_where_by_hand(table, where, ids):
    assert list(table.frame(["scenario_id"], where)["scenario_id"]) == ids


def test_a_number_that_is_none_lies_in_no_range_either(folder):
    """Pandas writes an empty cell; another writer may write NaN."""
    path = folder / "chunks" / "part-00000.parquet"
    chunk = pq.read_table(path)
    place = chunk.schema.get_field_index("landed")
    values = pa.array(chunk["landed"].to_numpy(), type=pa.float64(), from_pandas=False)
    assert values.null_count == 0
    pq.write_table(chunk.set_column(place, "landed", values), path)
    table = open_sweep(folder)
    for ends in ((None, None), (0.0, None), (None, 1e9)):
        found = table.frame(["scenario_id"], {"landed": ends, "duty_korea": (0.3, None)})
        assert list(found["scenario_id"]) == [6, 8, 9]
    assert table.frame(["landed"])["landed"].isna().sum() == 1


def test_an_unknown_column_names_the_nearest(table):
    with pytest.raises(QueryError, match=r"no column 'duty_corea' \(nearest: duty_korea\)"):
        table.frame(["duty_corea"])
    with pytest.raises(QueryError, match=r"where: no column 'yaers' \(nearest: years\)"):
        table.frame(["jobs"], {"yaers": 1})
    with pytest.raises(QueryError, match=r"where: no column 'rout' \(nearest: route\)"):
        table.frame(["jobs"], ds.field("rout") == "air")
    with pytest.raises(QueryError, match=r"no column 'q' \(known: scenario_id, duty_korea"):
        table.frame(["q"])


@pytest.mark.parametrize("where", [{"route": 3}, {"years": "two"}, {"years": [1.5, "x"]}])
def test_a_value_of_another_kind_is_refused(table, where):
    with pytest.raises(QueryError, match="does not fit its column"):
        table.frame(["jobs"], where)


def test_a_range_has_two_ends(table):
    with pytest.raises(QueryError, match="3 ends for 'years'"):
        table.frame(["jobs"], {"years": (1, 2, 3)})


def spoil(path, column):
    """Overwrite the data of a column, so that reading it fails."""
    place = pq.read_metadata(path).row_group(0).column(column)
    start = place.data_page_offset
    if place.dictionary_page_offset is not None:
        start = min(start, place.dictionary_page_offset)
    content = bytearray(path.read_bytes())
    size = place.total_compressed_size
    content[start : start + size] = b"\xff" * size
    path.write_bytes(bytes(content))


def test_only_the_columns_asked_for_are_read(folder):
    for path in sorted((folder / "chunks").iterdir()):
        spoil(path, 5)
    table = open_sweep(folder)
    assert len(table.frame(["landed", "route"], {"years": 1})) == 4
    with pytest.raises(DataError, match="cannot be read"):
        table.frame(["jobs"])


def test_row_groups_that_cannot_hold_a_row_are_passed_over(folder):
    spoil(folder / "chunks" / "part-00000.parquet", 4)
    table = open_sweep(folder)
    # The first file holds scenarios 6 to 9.
    assert list(table.frame(["landed"], {"scenario_id": (0, 3)})["landed"]) == [100, 101, 102, 103]
    with pytest.raises(DataError, match="cannot be read"):
        table.frame(["landed"], {"scenario_id": (0, 6)})


def test_a_sweep_of_which_all_failed_has_columns_and_no_row(tmp_path):
    table = open_sweep(write(tmp_path / "out", chunks=[]))
    assert len(table) == 0
    assert len(table.quarantine) == 10
    found = table.frame(["route", "landed"], {"route": "air"})
    assert list(found.columns) == ["route", "landed"]
    assert len(found) == 0


def test_no_folder(tmp_path):
    with pytest.raises(QueryError, match="no such folder"):
        open_sweep(tmp_path / "none")


def test_no_manifest(tmp_path):
    with pytest.raises(DataError, match="no manifest"):
        open_sweep(str(tmp_path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[1]", r"format None \(format 1\)"),
        ('{"format": 2}', r"format 2 \(format 1\)"),
        ('{"format": true}', r"format True \(format 1\)"),
        ('{"format": 1}', "key 'columns' is missing"),
        ('{"format": 1, "columns": 3}', "not a manifest"),
        ('{"format": 1, "columns": ["a"]}', "not a manifest"),
        ('{"format": 1, "columns": [{"name": "a"}]}', "key 'role' is missing"),
    ],
)
def test_a_manifest_that_is_none(folder, content, said):
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=said) as caught:
        open_sweep(folder)
    assert "manifest.json" in str(caught.value)


def test_a_sweep_that_is_not_finished_says_how_many_are_missing(tmp_path, folder):
    (folder / "chunks" / "part-00000.parquet").unlink()
    with pytest.raises(DataError, match=r"4 of 10 scenarios are missing \(resume with --resume\)"):
        open_sweep(folder)
    with pytest.raises(DataError, match="1,190 of 1,200 scenarios are missing"):
        open_sweep(write(tmp_path / "other", {"rows": 1200}))


def test_more_rows_than_the_manifest_has(tmp_path):
    with pytest.raises(
        DataError, match=r"10 scenarios in chunks and quarantine \(the manifest has 8\)"
    ):
        open_sweep(write(tmp_path / "out", {"rows": 8}))


def test_quarantine_is_always_there(folder):
    (folder / "quarantine.parquet").unlink()
    with pytest.raises(DataError, match=r"no quarantine\.parquet"):
        open_sweep(folder)


def test_a_file_that_was_cut_off(folder):
    path = folder / "chunks" / "part-00001.parquet"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(DataError, match="cannot be read"):
        open_sweep(folder)


def test_a_column_that_the_chunks_do_not_have(tmp_path):
    more = [*COLUMNS, {"name": "co2", "role": "output", "unit": "t", "title": "CO2"}]
    with pytest.raises(DataError, match="columns missing in chunks: co2"):
        open_sweep(write(tmp_path / "out", {"columns": more}))


def test_sql(table):
    found = table.sql(
        "select route, count(*) as rows, max(jobs) as jobs from sweep"
        " where duty_korea >= 0.1 group by route order by route"
    )
    assert list(found["route"]) == ["air", "sea"]
    assert list(found["rows"]) == [3, 4]
    assert list(found["jobs"]) == [-2.0, -3.0]


def test_sql_refuses_in_one_line(table):
    for query in ("select nothing from sweep", "select * from sweeps", "selec"):
        with pytest.raises(QueryError, match=r"sql: .*view sweep with scenario_id") as caught:
            table.sql(query)
        assert "\n" not in str(caught.value)


def test_sql_without_duckdb_says_how_to_install_it(table, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(QueryError, match=re.escape('pip install "exposure[duckdb]"')):
        table.sql("select 1")
