"""Where the data is looked for: argument, environment variable, checkout, copy in the package."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import DataError
from exposure.facts import place as search
from exposure.facts.place import BUNDLE, VARIABLE, data_root, is_bundled
from tests import tiny

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def places(tmp_path, monkeypatch):
    """All four places with data, the package a made-up one; none is shadowed by the real one."""
    package = tmp_path / "site" / "exposure"
    found = {
        "argument": tmp_path / "argument",
        "variable": tmp_path / "variable",
        "checkout": package.parent / "data",
        "bundle": package / BUNDLE,
    }
    for place in found.values():
        (place / "raw").mkdir(parents=True)
    monkeypatch.setattr(search, "PACKAGE", package)
    monkeypatch.setenv(VARIABLE, str(found["variable"]))
    return found


def test_each_place_is_taken_where_those_before_it_are_not_there(places, monkeypatch):
    assert data_root(places["argument"]) == places["argument"]
    assert data_root(str(places["argument"])) == places["argument"]
    assert data_root() == places["variable"]
    monkeypatch.delenv(VARIABLE)
    assert data_root() == places["checkout"]
    (places["checkout"] / "raw").rmdir()
    assert data_root() == places["bundle"]
    assert is_bundled(data_root())
    (places["bundle"] / "raw").rmdir()
    with pytest.raises(DataError, match="no data folder") as caught:
        data_root()
    assert str(places["checkout"]) in str(caught.value)
    assert str(places["bundle"]) in str(caught.value)
    assert VARIABLE in str(caught.value)


def test_an_empty_variable_names_nothing(places, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    assert data_root() == places["checkout"]


@pytest.mark.parametrize("named", ["argument", "variable"])
def test_a_place_that_is_named_is_not_replaced_by_another(places, named):
    """A wrong path is told; the shipped data in its place would be a wrong answer."""
    (places[named] / "raw").rmdir()
    with pytest.raises(DataError, match=re.escape(str(places[named]))):
        data_root(places["argument"] if named == "argument" else None)


def test_load_takes_the_same_order(tmp_path, monkeypatch):
    one, other = tiny.write(tmp_path / "one"), tmp_path / "site" / "exposure" / BUNDLE
    monkeypatch.setattr(search, "PACKAGE", other.parent)
    monkeypatch.setenv(VARIABLE, str(one))
    assert ex.load().root == one
    assert ex.load(tiny.write(other)).root == other
    monkeypatch.delenv(VARIABLE)
    assert ex.load().root == other


def seen(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def test_an_installed_package_is_checked_and_never_written_to(tmp_path, monkeypatch):
    bundle = tiny.write(tmp_path / "site" / "exposure" / BUNDLE)
    monkeypatch.setattr(search, "PACKAGE", bundle.parent)
    monkeypatch.delenv(VARIABLE, raising=False)
    before = seen(tmp_path)
    told = CliRunner().invoke(main, ["build"])
    assert told.exit_code == 0, told.output
    assert "tables of the installed package are well formed; nothing was written" in told.output
    assert CliRunner().invoke(main, ["build", "--quiet"]).output == ""
    told = CliRunner().invoke(main, ["data", "get", "icio", "--year", "2022", "--file", "x.zip"])
    assert (told.exit_code, told.output.count("\n")) == (2, 1)
    assert "is not changed" in told.output and VARIABLE in told.output
    assert seen(tmp_path) == before
    # What is wrong in it is still told.
    (bundle / "raw" / "sources.csv").write_text("source_id\n", encoding="utf-8")
    assert CliRunner().invoke(main, ["build", "--quiet"]).exit_code == 2
    # A copy of one's own is built as any other.
    mine = tiny.write(tmp_path / "mine")
    monkeypatch.setenv(VARIABLE, str(mine))
    assert CliRunner().invoke(main, ["build", "--quiet"]).exit_code == 0
    assert (mine / "processed" / "MANIFEST.json").is_file()


def test_the_wheel_brings_the_raw_data_to_where_it_is_looked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    brought = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert brought["data/raw"] == f"exposure/{BUNDLE}/raw"
    assert all(target.startswith(f"exposure/{BUNDLE}/") for target in brought.values())
