"""The doctor: what it finds whole, what it finds wanting, and what mends it."""

import importlib.metadata
import json
import sys
from email.message import Message
from pathlib import Path

import pytest
from click.testing import CliRunner

from exposure.cli import main
from exposure.facts.build import build
from exposure.facts.place import data_root
from tests import tiny

doctor = sys.modules["exposure.cli.doctor"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tiny.write(tmp_path_factory.mktemp("data"))
    build(root)
    return root


@pytest.fixture
def data(built, tmp_path, monkeypatch):
    """A tiny data folder of its own, built; the folder beside it is the current one."""
    import shutil

    root = tmp_path / "data"
    shutil.copytree(built, root)
    monkeypatch.setenv("EXPOSURE_DATA", str(root))
    monkeypatch.chdir(tmp_path)
    return root


def ask():
    """Exit code, and findings by (part, name); of several with one name the first."""
    done = CliRunner().invoke(main, ["doctor", "--json"])
    told = json.loads(done.stdout)
    assert told["ok"] == (done.exit_code == 0)
    assert (done.exit_code == 1) == any(row["state"] == "bad" for row in told["findings"])
    found = {}
    for row in told["findings"]:
        found.setdefault((row["part"], row["name"]), row)
        assert bool(row["mend"]) == (row["state"] != "ok"), "what is wrong comes with what mends it"
    return done.exit_code, found


def test_all_is_well(data):
    code, found = ask()
    assert code == 0
    assert found["data", "folder"]["found"] == f"{data}, by EXPOSURE_DATA"
    assert len(found["data", "fingerprint"]["found"]) == 64
    assert found["data", "built tables"]["found"].startswith("current")
    assert found["software", "pandas"]["found"] == (
        f"{importlib.metadata.version('pandas')} (needs >=3.0)"
    )
    assert {"ok", "note"} >= {row["state"] for row in found.values()}
    assert found["fonts", "PDF"]["state"] == found["output", str(data.parent / "reports")]["state"]
    text = CliRunner().invoke(main, ["doctor"])
    assert text.exit_code == 0
    assert text.stdout.endswith("all that is needed is there\n")


def test_the_step_that_found_the_data_is_named(monkeypatch):
    monkeypatch.delenv("EXPOSURE_DATA", raising=False)
    folder = next(iter(doctor.data()))
    assert folder.found.startswith(str(data_root()))
    assert folder.found.endswith(("by checkout", "by installed package"))


def test_a_folder_that_holds_no_data(data, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(data / "raw"))
    code, found = ask()
    assert code == 1
    assert "it must hold raw/" in found["data", "folder"]["mend"]


def test_data_that_is_broken(data):
    path = data / "raw" / "law" / "us" / "cars.yaml"
    path.write_text(path.read_text().replace("authority:", "autority:"))
    code, found = ask()
    assert code == 1
    assert "cars.yaml" in found["data", "checks"]["found"]
    text = CliRunner().invoke(main, ["doctor"])
    assert text.exit_code == 1
    assert "Traceback" not in text.output
    path.unlink()
    (data / "raw" / "parameters.yaml").unlink()
    code, found = ask()
    assert code == 1
    assert "parameters.yaml: no such file" in found["data", "checks"]["found"]


def test_stale_tables_are_told_and_the_data_is_checked(data):
    path = data / "raw" / "law" / "countries.csv"
    path.write_text(path.read_text().replace("Viet Nam", "Vietnam"))
    code, found = ask()
    assert code == 0
    assert found["data", "built tables"]["found"].startswith("stale")
    assert found["data", "built tables"]["mend"] == "`exposure build`"
    assert found["data", "checks"]["found"].endswith("tables passed")
    for table in (data / "processed").glob("*.parquet"):
        table.unlink()
    assert ask()[1]["data", "built tables"]["found"].startswith("none")


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_damaged_tables_are_bad(data, harm):
    path = data / "processed" / "clauses.parquet"
    if harm == "changed":
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    else:
        path.unlink()
    code, found = ask()
    assert code == 1
    assert found["data", "built tables"]["state"] == "bad"
    assert "clauses.parquet" in found["data", "built tables"]["found"]


def test_tables_with_a_broken_manifest_do_not_count(data):
    path = data / "processed" / "MANIFEST.json"
    path.write_text(path.read_text()[:40])
    code, found = ask()
    assert code == 0
    assert found["data", "built tables"]["found"].startswith("stale")


@pytest.fixture
def without(monkeypatch):
    """Packages that are not there, or are of another version."""
    real = importlib.metadata.version

    def set_versions(**versions):
        def version(name):
            found = versions.get(name, ...)
            if found is None:
                raise importlib.metadata.PackageNotFoundError(name)
            return real(name) if found is ... else found

        monkeypatch.setattr(importlib.metadata, "version", version)

    return set_versions


def test_an_optional_package_that_is_missing_is_a_note(data, without, monkeypatch):
    monkeypatch.setattr(doctor, "in_checkout", lambda: False)
    without(duckdb=None, pymrio="0.7.1")
    code, found = ask()
    assert code == 0
    row = found["optional", "duckdb"]
    assert (row["state"], row["found"]) == ("note", "missing: no SQL over a sweep's files")
    assert row["mend"] == 'pip install "exposure[duckdb]"'
    assert found["optional", "tables"]["found"] == "pymrio 0.7.1"


@pytest.mark.parametrize("version", [None, "2.3.1"])
def test_a_needed_package_that_is_missing_or_old_is_bad(data, without, monkeypatch, version):
    monkeypatch.setattr(doctor, "in_checkout", lambda: False)
    without(pandas=version)
    code, found = ask()
    assert code == 1
    row = found["software", "pandas"]
    assert row["found"] == f"{version or 'missing'} (needs >=3.0)"
    assert row["mend"] == 'pip install "pandas>=3.0"'


@pytest.mark.parametrize(
    ("part", "name", "mend"),
    [
        ("software", "pandas", "make -B .venv/run.stamp"),
        ("optional", "duckdb", "make -B .venv/dev.stamp"),
        ("optional", "furo", "make docs"),
        ("optional", "jupytext", '.venv/bin/python -m pip install "jupytext>=1.16"'),
    ],
)
def test_in_a_checkout_the_makefile_mends_what_it_can(data, without, monkeypatch, part, name, mend):
    monkeypatch.setattr(doctor, "in_checkout", lambda: True)
    without(**{name: None, "jupyterlab": "9.0"})
    _, found = ask()
    assert found[part, name]["mend"] == mend


def test_a_checkout_is_one_whose_own_environment_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "PACKAGE", tmp_path / "exposure")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert not doctor.in_checkout()
    (tmp_path / ".venv").mkdir()
    (tmp_path / "Makefile").touch()
    assert doctor.in_checkout()
    # What the Makefile sets up is then not what runs.
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "other"))
    assert not doctor.in_checkout()


@pytest.mark.parametrize("stamp", ["run", "dev"])
def test_what_is_told_is_in_the_makefile(stamp):
    text = (Path(__file__).parents[2] / "Makefile").read_text()
    assert f"\n.venv/{stamp}.stamp: " in text
    assert "\ndocs: .venv/dev.stamp\n" in text


def test_a_package_that_cannot_be_imported_leaves_the_rest_told(data, monkeypatch):
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)
    monkeypatch.setitem(sys.modules, "exposure.facts.build", None)
    code, found = ask()
    assert code == 1
    assert found["software", "packaging"]["state"] == "bad"
    assert found["data", "checks"]["state"] == "bad"
    assert ("output", str(data.parent / "reports")) in found


def test_an_installed_package_says_itself_what_it_needs(monkeypatch, tmp_path):
    about = Message()
    about["Requires-Python"] = ">=3.99"
    about["Provides-Extra"] = "dask"
    lines = ["click>=8.1", 'distributed>=2025.1; extra == "dask"', 'x; python_version < "3"']
    monkeypatch.setattr(doctor, "PACKAGE", tmp_path / "exposure")
    monkeypatch.setattr(importlib.metadata, "metadata", lambda _: about)
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: lines)
    python, asked = doctor.requirements()
    assert str(python) == "Python>=3.99"
    assert {extra: [need.name for need in needs] for extra, needs in asked.items()} == {
        "": ["click"], "dask": ["distributed"],
    }  # fmt: skip
    first = next(iter(doctor.software()))
    assert (first.name, first.state, first.mend) == ("Python", "bad", "install it")


def test_every_optional_package_has_its_loss():
    _, asked = doctor.requirements()
    assert set(asked) - {"", doctor.DEVELOPERS} == set(doctor.LOST)


def test_a_place_that_cannot_be_written(data):
    (data.parent / "reports").write_text("a file, no folder")
    code, found = ask()
    assert code == 1
    row = found["output", str(data.parent / "reports")]
    assert (row["state"], row["found"]) == ("bad", "not a directory")


def test_missing_fonts(data, monkeypatch, tmp_path):
    monkeypatch.setattr("exposure.reports.pdf.FONTS", tmp_path)
    code, found = ask()
    assert code == 1
    assert found["fonts", "PDF"]["mend"] == "install exposure anew"
