"""The loader of the official schedule: the shipped tables byte for byte, and newer editions."""

import gzip
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import DataError
from exposure.facts.files import read_csv
from exposure.facts.place import data_root
from exposure.facts.usitc import (
    EDITION_COLUMNS,
    Tables,
    ad_valorem,
    read_export,
    read_rows,
    read_tables,
    rebuild,
    write_tables,
)
from tests import tiny

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("EXPOSURE_SHARED", ROOT.parent / "shared" / "data"))
ARCHIVES = SHARED / "hts" / "archives"
US = data_root() / "raw" / "law" / "us"
needs_archives = pytest.mark.skipif(
    not ARCHIVES.is_dir(), reason="the official exports are not on this machine"
)


@needs_archives
def test_shipped_tables_are_those_of_the_official_exports(tmp_path):
    editions = read_csv(US / "editions.csv", EDITION_COLUMNS)
    write_tables(rebuild(ARCHIVES, editions), tmp_path)
    for name in ("lines.csv", "statistical.csv"):
        assert (tmp_path / name).read_bytes() == (US / name).read_bytes()


@needs_archives
def test_an_edition_laid_over_written_tables_is_the_same(tmp_path):
    editions = read_csv(US / "editions.csv", EDITION_COLUMNS)
    last = editions.iloc[-1]
    write_tables(rebuild(ARCHIVES, editions.iloc[:-1]), tmp_path)
    made = read_tables(tmp_path)
    path = ARCHIVES / f"hts_{last['revision']}.json.gz"
    days = (last["lines_from"], last["codes_from"])
    made.add(read_export(path), last["revision"], *days, {})
    write_tables(made, tmp_path)
    for name in ("lines.csv", "statistical.csv"):
        assert (tmp_path / name).read_bytes() == (US / name).read_bytes()


def row(code, general="", special="", other="", units=()):
    return {
        "htsno": code, "general": general, "special": special, "other": other,
        "units": list(units),
    }  # fmt: skip


FIRST = [
    row("8703"),
    row("8703.23.01", "2.5%", "Free (A+,AU,S) 1% (KR)", "10%"),
    row("8703.23.01.10", units=["No."]),
    row("8703.23.01.90", units=["No."]),
    row("2710.12.15", "52.5¢/bbl", "Free (KR,S+)", "$1.05/bbl", ["bbl"]),
    row("9903.88.03", "The duty provided", "", ""),
]
SECOND = [
    row("8703.23.01", "2%", "Free (A+,AU,S,KR)", "10%"),
    row("8703.23.01.10", units=["No."]),
    row("8703.23.01.95", units=["No."]),
    row("8517.13.00", "Free 1/", "", "35%", ["No."]),
    row("8517.13.00.00", units=["No."]),
]


def two():
    made = Tables()
    made.add(read_rows(FIRST, "first"), "one", "2018-01-01", "2018-01-01", {})
    count = made.add(read_rows(SECOND, "second"), "two", "2026-01-01", "2026-02-01", {})
    return made, count


def test_editions_follow_one_another_by_hand():
    made, count = two()
    frames = made.frames()
    lines = frames["lines"].set_index(["hts8", "from"])
    assert list(lines.index) == [
        ("27101215", "2018-01-01"),
        ("85171300", "2026-01-01"),
        ("87032301", "2018-01-01"),
        ("87032301", "2026-01-01"),
    ]
    assert lines.loc[("87032301", "2018-01-01"), "until"] == "2025-12-31"
    assert lines.loc[("27101215", "2018-01-01"), "until"] == "2025-12-31"
    assert lines.loc[("87032301", "2018-01-01"), "korus_rate"] == "0.01"
    assert lines.loc[("87032301", "2026-01-01"), "korus_rate"] == "0"
    assert lines.loc[("27101215", "2018-01-01"), "usmca_rate"] == "0"
    assert lines.loc[("27101215", "2018-01-01"), "mfn_text"] == "52.5¢/bbl"
    assert lines.loc[("27101215", "2018-01-01"), "unit"] == "bbl"
    assert frames["statistical"].to_numpy().tolist() == [
        ["8703230110", "2018-01-01", ""],
        ["8703230190", "2018-01-01", "2026-01-31"],
        ["8703230195", "2026-02-01", ""],
    ]
    assert count == {
        "lines changed": 1, "lines new": 1, "lines gone": 1, "codes new": 2, "codes gone": 1,
    }  # fmt: skip


def test_an_edition_that_says_the_same_changes_nothing():
    made, _ = two()
    before = {name: frame.copy() for name, frame in made.frames().items()}
    count = made.add(read_rows(SECOND, "again"), "three", "2026-07-01", "2026-07-01", {})
    assert not any(count.values())
    for name, frame in made.frames().items():
        pd.testing.assert_frame_equal(frame, before[name])


@pytest.mark.parametrize(
    ("text", "rate"),
    [("Free", "0"), ("2.5% 1/", "0.025"), ("6 1/2%", "0.065"), ("3.4% + 1¢/kg", ""), ("", "")],
)
def test_plain_rates(text, rate):
    assert ad_valorem(text) == rate


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, "no list"),
        ([{"htsno": "8703"}], "row 1: a field is missing"),
        ([row("8703")], "no line of eight digits"),
    ],
)
def test_rows_that_are_no_export(rows, said):
    with pytest.raises(DataError, match=said):
        read_rows(rows, "file.json")


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A tiny data folder whose schedule is the first edition, and the second as a file."""
    root = tiny.write(tmp_path / "data")
    us = root / "raw" / "law" / "us"
    shutil.copy(US.parents[1] / "downloads.csv", root / "raw" / "downloads.csv")
    (us / "editions.csv").write_text(
        ",".join(EDITION_COLUMNS) + "\none,,2018-01-01,2018-01-01,USITC\n", encoding="utf-8"
    )
    shown = [
        row(f"{c[:4]}.{c[4:6]}.{c[6:]}", "5%", "", "10%")
        for c in read_csv(us / "lines.csv", ["hts8", "until"]).query("until == ''")["hts8"]
    ]
    export = tmp_path / "export.json.gz"
    export.write_bytes(gzip.compress(json.dumps(shown).encode()))
    monkeypatch.setenv("EXPOSURE_DATA", str(root))
    return root, export


def get(export, *more):
    asked = ["data", "get", "hts", "--revision", "two", "--from", "2026-07-01"]
    return CliRunner().invoke(main, [*asked, "--file", str(export), *more])


def test_get_lays_an_edition_over_the_data_folder(folder):
    root, export = folder
    done = get(export)
    assert done.exit_code == 0, done.output
    assert "5 lines changed" in done.output
    world = ex.load(root)
    for on, rate in (("2026-06-30", 0.0), ("2026-07-01", 0.05)):
        assert ex.rate(world, "8517.13.00", "VNM", on).components[0, 0] == pytest.approx(rate)
    again = get(export)
    assert again.exit_code == 2
    assert "stands already" in again.output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--revision", "Two!"], "form: 2026_rev_11"),
        (["--from", "July"], "'July' is no date"),
        (["--from", "2017-01-01"], "not after 2018-01-01"),
        (["--file", "nowhere.json"], "no such file"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(folder, more, said):
    root, export = folder
    before = {path: path.read_bytes() for path in root.rglob("*.csv")}
    done = get(export, *more)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output
    assert {path: path.read_bytes() for path in root.rglob("*.csv")} == before


def test_list_says_what_can_be_fetched(folder):
    done = CliRunner().invoke(main, ["data", "list"])
    assert done.exit_code == 0
    assert "hts: Harmonized Tariff Schedule" in done.output
