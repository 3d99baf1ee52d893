"""Built tables: which files they come from, whether they still match, and what is laid over them."""

import json
import shutil

import pandas as pd
import pytest

from exposure.errors import DataError, Problems, QueryError
from exposure.facts.added import add_action, add_product, lay_again
from exposure.facts.build import (
    BUILT,
    FORMAT,
    MANIFEST,
    build,
    damaged,
    manifest_matches,
    raw_fingerprint,
    read_built,
)
from exposure.facts.files import parquet_bytes
from exposure.facts.template import PRODUCT, write_product
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


@pytest.fixture(scope="module")
def world(whole):
    return load(whole[0])


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


def test_built_anew_the_same_files_give_the_same_bytes(root):
    before = {path.name: path.read_bytes() for path in (root / BUILT).iterdir()}
    shutil.rmtree(root / BUILT)
    build(root)
    assert {path.name: path.read_bytes() for path in (root / BUILT).iterdir()} == before


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
    table = read_built(root / BUILT)["countries"].head(1)
    (root / BUILT / "countries.parquet").write_bytes(parquet_bytes(table))
    assert len(load(root).tables["countries"]) == 1
    (root / BUILT / "countries.parquet").unlink()
    with pytest.raises(DataError, match=r"countries\.parquet: no such file"):
        load(root)


def test_a_world_is_frozen_and_hands_out_copies(world):
    with pytest.raises(TypeError):
        world.tables["countries"] = pd.DataFrame()
    copy = world.table("countries")
    copy.loc[0, "iso3"] = "XXX"
    assert world.tables["countries"].loc[0, "iso3"] == "USA"
    assert repr(world) == f"World({len(world.tables)} tables, {world.fingerprint[:12]})"


# --- laid over it ----------------------------------------------------------------------------

MORNING = """
id: us-robots
importer: USA
authority: s232_robots
component: s232
title: Robots
instrument: P
scope: {hts: ["8517.13"]}
measures: [{id: all, from: 2025-12-01, known: 2025-11-23, rate: 0.25, source: "cl. 2"}]
"""


@pytest.fixture
def morning(tmp_path):
    path = tmp_path / "morning.yaml"
    path.write_text(MORNING, encoding="utf-8")
    return path


def test_a_document_is_laid_over_and_the_world_stays(world, morning):
    before = {name: len(table) for name, table in world.tables.items()}
    new, action = add_action(world, morning)
    assert {name: len(new.tables[name]) - count for name, count in before.items()
            if len(new.tables[name]) != count} == {"clauses": 1, "scopes": 1}  # fmt: skip
    assert (action.id, [kind for kind, _ in new.added]) == ("us-robots", ["action"])
    assert {name: len(table) for name, table in world.tables.items()} == before
    assert world.added == () and new.fingerprint != world.fingerprint


def test_what_another_world_had_is_laid_over_again(world, morning, tmp_path):
    path = tmp_path / "own.yaml"
    text = (world.root / "raw" / "firms" / "car.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("id: car", "id: own", 1), encoding="utf-8")
    new, _ = add_product(add_action(world, morning)[0], path)
    again = lay_again(world, new.added)
    assert (again.fingerprint, again.added) == (new.fingerprint, new.added)
    for name, table in new.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    # In another order it is another world.
    assert lay_again(world, new.added[::-1]).fingerprint != new.fingerprint


@pytest.mark.parametrize(
    ("added", "says"),
    [
        (("scenario", "{}"), "scenario of the run: not a document: 'scenario'"),
        (("action", "{"), "action of the run: not a document: 1 validation error for Action"),
        (("product", "{}"), "product of the run: not a document: "),
    ],
)
def test_what_is_no_document_of_a_run_is_one_line(world, added, says):
    with pytest.raises(DataError) as caught:
        lay_again(world, [added])
    line = str(caught.value)
    assert line.startswith(says) and line.endswith("(as the run wrote it)") and "\n" not in line


def test_the_file_is_named_in_every_line_of_what_is_wrong_with_it(world, morning):
    text = MORNING.replace("8517.13", "8517.99").replace("rate: 0.25", "origin: KRO, rate: 0.25")
    morning.write_text(text)
    with pytest.raises(Problems) as caught:
        add_action(world, morning)
    assert str(caught.value).split("\n") == [
        f"{morning}: action us-robots, clause all, origin: 'KRO' is no country or group",
        f"{morning}: goods of us-robots: hts '851799' begins no line of any edition of the "
        "schedule (a prefix of a line of 8 or 10 digits)",
    ]


# --- the file to begin with ------------------------------------------------------------------


def test_the_template_is_written_under_its_name(tmp_path):
    path = write_product("heater-2", tmp_path / "deep" / "h.yaml")
    text = path.read_text(encoding="utf-8")
    assert "id: heater-2\n" in text and "@" not in text
    assert text == PRODUCT.replace("@ID@", "heater-2")


@pytest.mark.parametrize("name", ["", "Heater", "-a", "a b", "a/b", "ä", "a\n"])
def test_a_name_that_is_no_id_writes_nothing(tmp_path, name):
    with pytest.raises(QueryError) as caught:
        write_product(name, tmp_path / "h.yaml")
    said = f"name {name!r} (lower-case letters, digits, '-' and '_')"
    assert str(caught.value) == said
    assert list(tmp_path.iterdir()) == []


def test_a_world_by_itself_has_nothing_added():
    made = World({}, "f" * 64, None)
    assert (made.added, made.kept) == ((), {})
    assert World({}, "f" * 64, None, kept={1: 2}) == made  # what is kept is no part of it
