"""Built tables: which files mark them, whether they still match, and when a world takes them."""

import json
import shutil

import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.facts.build import (
    BUILT,
    FORMAT,
    MANIFEST,
    build,
    damaged,
    manifest_matches,
    raw_fingerprint,
)
from exposure.facts.files import parquet_bytes
from exposure.facts.world import World, load
from tests import tiny


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder that is built, and its rows by table; tests work on copies."""
    root = tiny.write(tmp_path_factory.mktemp("whole"))
    return root, build(root)


@pytest.fixture
def root(whole, tmp_path):
    shutil.copytree(whole[0], tmp_path / "data")
    return tmp_path / "data"


# --- the mark of the raw files ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("law/us/cars.yaml", True),
        ("law/us/lists/exempt.csv", True),
        ("firms/car.yaml", True),
        ("economy/mrio/flows.csv", True),
        ("parameters.yaml", True),
        ("sources.csv", True),
        ("conflicts.csv", True),
        ("scenarios/tariff.yaml", False),
        ("sweeps/grid.yaml", False),
    ],
)
def test_only_what_makes_the_world_marks_it(root, name, counts):
    before = raw_fingerprint(root)
    path = root / "raw" / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert (raw_fingerprint(root) != before) is counts
    assert manifest_matches(root, raw_fingerprint(root)) is not counts


def test_files_of_other_kinds_and_folders_do_not_count(root):
    before = raw_fingerprint(root)
    (root / "raw" / "law" / "notes.txt").write_text("x")
    (root / "raw" / "law" / "odd.csv").mkdir()
    assert raw_fingerprint(root) == before
    (root / "raw" / "law" / "new.csv").write_text("x")
    assert raw_fingerprint(root) != before


# --- the manifest ----------------------------------------------------------------------------


def test_the_manifest_says_what_was_built(whole):
    root, rows = whole
    said = json.loads((root / BUILT / MANIFEST).read_text())
    assert said["format"] == FORMAT and said["raw"] == raw_fingerprint(root)
    assert said["rows"] == rows
    assert rows["countries"] == 6 and rows["products"] == 1 and rows["stated_jobs"] == 0
    files = {path.name for path in (root / BUILT).iterdir()}
    assert files == {MANIFEST, *(f"{name}.parquet" for name in rows)}
    assert set(said["sha256"]) == files - {MANIFEST}
    assert damaged(root) == []


def test_what_is_changed_or_gone_is_named(root):
    (root / BUILT / "clauses.parquet").write_bytes(b"x")
    (root / BUILT / "sites.parquet").unlink()
    assert damaged(root) == ["clauses.parquet", "sites.parquet"]


@pytest.mark.parametrize("text", ["", "[]", "{", "null", json.dumps({"format": FORMAT})])
def test_a_manifest_that_is_none_matches_nothing_and_harms_nothing(root, text):
    (root / BUILT / MANIFEST).write_text(text)
    assert not manifest_matches(root, raw_fingerprint(root))
    assert damaged(root) == []


def test_tables_of_an_older_form_do_not_match(root):
    path = root / BUILT / MANIFEST
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {"format": FORMAT - 1}))
    assert not manifest_matches(root, said["raw"])


# --- the world -------------------------------------------------------------------------------


def test_built_tables_are_taken_where_they_match(root):
    # A table that no raw file holds shows which way was gone.
    table = pd.read_parquet(root / BUILT / "countries.parquet").head(1)
    (root / BUILT / "countries.parquet").write_bytes(parquet_bytes(table))
    assert len(load(root).tables["countries"]) == 1
    (root / BUILT / "countries.parquet").unlink()
    with pytest.raises(DataError, match=r"countries\.parquet: no such file"):
        load(root)


def test_a_world_is_frozen_and_hands_out_copies(example_small):
    world = example_small
    with pytest.raises(TypeError):
        world.tables["countries"] = pd.DataFrame()
    copy = world.table("countries")
    copy.loc[0, "iso3"] = "XXX"
    assert world.tables["countries"].loc[0, "iso3"] == "USA"
    assert repr(world) == f"World({len(world.tables)} tables, {world.fingerprint[:12]})"


def test_a_world_by_itself_has_nothing_added():
    made = World({}, "f" * 64, None)
    assert (made.added, made.kept) == ((), {})
    assert World({}, "f" * 64, None, kept={1: 2}) == made  # what is kept is no part of it
