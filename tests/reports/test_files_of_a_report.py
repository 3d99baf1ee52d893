"""The folder of a report: text that no spreadsheet computes, what may be replaced, what is kept."""

import hashlib
import io
import json

import pandas as pd
import pytest

from exposure.errors import DataError, QueryError
from exposure.reports import build as module
from exposure.reports.build import (
    _asked,
    _may_replace,
    _plain,
    _written,
    one_kind,
    rebuild,
    safe_csv,
)
from exposure.reports.description import Report

NAN = float("nan")
RESULT = "a folder that `exposure run` or `exposure report` wrote"


# --- CSV -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("a=1", "a=1"), ("", ""),
        # A mark that nobody sees does not hide a formula behind it.
        ("\u202e=1", "'=1"), ("\x00=1", "'=1"),
        (-1.5, -1.5), (None, None), (True, True),
    ],
)  # fmt: skip
def test_a_cell_that_no_spreadsheet_computes(cell, safe):
    assert _plain(cell) == safe


def test_numbers_stay_as_they_are_and_heads_are_texts_too():
    table = pd.DataFrame(
        {"=a": [-1.5, NAN], "b": ["-x", "y"], "day": pd.to_datetime(["2025-01-15"] * 2)}
    )
    told = safe_csv(table)
    assert told.splitlines() == ["'=a,b,day", "-1.5,'-x,2025-01-15", ",y,2025-01-15"]
    assert list(table.columns) == ["=a", "b", "day"], "the table itself stays"
    assert table["b"].tolist() == ["-x", "y"]


def test_a_table_of_plain_words_is_read_back_as_it_was():
    table = pd.DataFrame({"a": ["x, y", 'say "no"', "line\u2028end"], "n": [1, 2, 3]})
    back = pd.read_csv(io.StringIO(safe_csv(table)), lineterminator="\n")
    assert back["n"].tolist() == [1, 2, 3]
    assert back["a"].tolist()[:2] == ["x, y", 'say "no"']
    assert safe_csv(table.iloc[:0]) == "a,n\n"


# --- what may be replaced --------------------------------------------------------------------


@pytest.mark.parametrize("manifest", [None, '{"report": {}}'])
def test_nothing_an_empty_folder_and_a_report_may_be_replaced(tmp_path, manifest):
    _may_replace(tmp_path / "none")
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
        (tmp_path / "report.html").write_text("x")
    _may_replace(tmp_path)
    held = [] if manifest is None else ["manifest.json", "report.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == held, "asking takes nothing away"


@pytest.mark.parametrize("manifest", [None, "{", '{"columns": []}', "[]", '"report"'])
def test_anything_else_may_not(tmp_path, manifest):
    (tmp_path / "mine.txt").write_text("x")
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(QueryError) as caught:
        _may_replace(tmp_path)
    assert str(caught.value) == f"{tmp_path}: holds something other than a report (another folder)"


def test_a_file_is_no_folder_of_a_report(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(QueryError, match="holds something other than a report"):
        _may_replace(tmp_path / "file")


@pytest.mark.parametrize(("kind", "one"), [("", True), ("full", True), ("brief", False)])
def test_the_report_of_a_sweep_has_one_kind(kind, one):
    if one:
        one_kind(kind)
        return
    with pytest.raises(QueryError) as caught:
        one_kind(kind)
    assert str(caught.value) == "no kind 'brief' of the report of a sweep (it has one kind)"


# --- what is written -------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A report of one table, of which the pictures and the PDF are left out."""
    monkeypatch.setattr(module.html, "render", lambda *_: "<p>page</p>")
    monkeypatch.setattr(module.pdf, "render", lambda *_: b"%PDF")
    report = Report("brief", "ja", ("T",), (), (), (), ())
    tables = {"costs": pd.DataFrame({"route": ["=sea"], "usd": [1.5]})}
    out = tmp_path / "out"
    return out, _written(report, tables, {"data": "abc"}, out, asked={"draws": 3})


def test_every_file_is_there_with_its_fingerprint(written):
    out, paths = written
    names = {"report.html", "report.pdf", "claims.parquet", "tables/costs.parquet",
             "tables/costs.csv", "asked.json", "manifest.json"}  # fmt: skip
    assert {path.relative_to(out).as_posix() for path in paths} == names
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["report"] == {"kind": "brief", "language": "ja"}
    assert manifest["rows"] == {"costs": 1}
    assert manifest["fingerprints"] == {"data": "abc"}
    assert set(manifest["sha256"]) == names - {"manifest.json"}
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest, name


def test_tables_are_kept_as_they_are_and_as_text(written):
    out, _ = written
    assert pd.read_parquet(out / "tables" / "costs.parquet")["route"].tolist() == ["=sea"]
    assert (out / "tables" / "costs.csv").read_text() == "route,usd\n'=sea,1.5\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [('{"draws": 3}', {"draws": 3}), ("{", None), ("[1]", None), (None, None)],
)
def test_what_a_run_was_given_is_read_where_it_says_so(tmp_path, text, found):
    if text is not None:
        (tmp_path / "asked.json").write_text(text)
    assert _asked(tmp_path) == found


# --- made anew -------------------------------------------------------------------------------


def test_a_report_is_made_anew_beside_its_folder_with_kind_and_language_in_the_name(
    written, monkeypatch
):
    out, _ = written
    asked = []
    monkeypatch.setattr(module, "build", lambda *given: asked.append(given) or [])
    rebuild(out, None, "", "ko")
    rebuild(out, out.parent / "mine", "full", "en")
    (tables, marks, place, kind, language, given), second = asked
    assert tables["costs"]["usd"].tolist() == [1.5]
    assert (marks, place, kind, language, given) == (
        {"data": "abc"}, out.parent / "out-brief-ko", "brief", "ko", {"draws": 3},
    )  # fmt: skip
    assert second[2:5] == (out.parent / "mine", "full", "en")


def test_a_folder_whose_tables_are_gone_is_refused(written, monkeypatch):
    out, _ = written

    def lacking(*_):
        raise KeyError("headline")

    monkeypatch.setattr(module, "build", lacking)
    with pytest.raises(DataError) as caught:
        rebuild(out, None, "", "en")
    assert str(caught.value) == f"{out}: no 'headline' in its tables ({RESULT})"


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, "no manifest"),
        ("{", "not the manifest of a report: Expecting property name"),
        ('{"report": {}}', "not the manifest of a report: 'kind'"),
        ('{"report": {"kind": "full"}}', "not the manifest of a report: 'fingerprints'"),
        ('{"report": 3}', "not the manifest of a report: "),
    ],
)
def test_a_folder_that_no_run_wrote_is_refused(tmp_path, manifest, said):
    path = tmp_path / "manifest.json"
    if manifest is not None:
        path.write_text(manifest)
    with pytest.raises(DataError) as caught:
        rebuild(tmp_path, None, "", "en")
    assert str(caught.value).startswith(f"{path}: {said}")
    assert str(caught.value).endswith(f"({RESULT})")
    assert "\n" not in str(caught.value)
