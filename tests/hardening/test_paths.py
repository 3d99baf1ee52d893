"""A document reaches for no file outside of its folder; a name is a name and no path."""

import json
import shutil
import textwrap

import pytest

import exposure as ex
from exposure.errors import DataError, ExposureError, QueryError
from exposure.facts.files import inside
from exposure.facts.place import data_root
from exposure.facts.read_estimation import read_estimation
from exposure.facts.writing import must_be_ours, replace_folder
from tests import tiny
from tests.economy.test_estimation_files import border


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


def test_a_table_lies_beside_its_document(tmp_path):
    (tmp_path / "mine").mkdir()
    table = border(tmp_path / "mine").parent / "prices.csv"
    other = tmp_path / "other.csv"
    shutil.copy(table, other)
    (tmp_path / "mine" / "link.csv").symlink_to(other)
    (tmp_path / "mine" / "way").symlink_to(tmp_path)
    (tmp_path / "mine" / "below").mkdir()
    shutil.copy(table, tmp_path / "mine" / "below")
    for name in ("../other.csv", str(other), "link.csv", "way/other.csv", "below/../../other.csv"):
        with pytest.raises(DataError, match="lies outside.*a file in"):
            read_estimation(border(tmp_path / "mine", table=name))
    with pytest.raises(DataError, match="no place of a file|cannot be read"):
        read_estimation(border(tmp_path / "mine", table="a\0b.csv"))
    for name in ("prices.csv", "below/prices.csv", "./below/../prices.csv"):
        assert len(read_estimation(border(tmp_path / "mine", table=name))[1]) == 320


def test_a_shipped_document_reaches_no_further_than_the_data(tmp_path):
    for path in sorted((data_root() / "raw" / "estimations").glob("*.yaml")):
        assert len(read_estimation(path)[1])
    folder = tmp_path / "raw" / "estimations"
    folder.mkdir(parents=True)
    border(folder, table="../prices.csv")
    shutil.move(folder / "prices.csv", tmp_path / "raw" / "prices.csv")
    assert len(read_estimation(folder / "border.yaml", tmp_path)[1]) == 320
    with pytest.raises(DataError, match="lies outside"):
        read_estimation(folder / "border.yaml")  # of another data folder
    shutil.move(tmp_path / "raw" / "prices.csv", tmp_path / "prices.csv")
    border(folder, table="../../prices.csv")
    with pytest.raises(DataError, match="lies outside"):
        read_estimation(folder / "border.yaml", tmp_path)


@pytest.mark.parametrize(
    "name", ["../tariff", "../scenarios/tariff", "./tariff", "/x/y", "", "..", "a/b"]
)
def test_a_shipped_name_is_no_path(world, name):
    for ask in (
        lambda: ex.run(world, name),
        lambda: ex.sweep(world, name, "nowhere"),
        lambda: ex.solve(world, name),
        lambda: ex.deal(world, name),
        lambda: ex.estimate(name, world),
    ):
        with pytest.raises(QueryError, match="^no (scenario|sweep|solve|deal|estimation) "):
            ask()


@pytest.mark.parametrize(
    "change",
    [
        ("law__us__reciprocal__yaml", "lists: [exempt]", "lists: [../lines]", "id '../lines'"),
        (
            "law__us__reciprocal__yaml",
            "lists: [exempt]",
            "lists: [/etc/passwd]",
            "id '/etc/passwd'",
        ),
        ("scenarios__tariff__yaml", "id: tariff", "id: ../tariff", "id '../tariff'"),
        ("sweeps__grid__yaml", "scenario: tariff", "scenario: ../scenarios/tariff", "id '../"),
        ("firms__car__yaml", "id: car\n", "id: ../car\n", "id '../car'"),
    ],
)
def test_a_name_in_a_document_is_no_path(tmp_path, change):
    name, old, new, said = change
    root = tiny.write(tmp_path, **{name: (old, new)})
    with pytest.raises(ExposureError, match=said):
        ex.sweep(ex.load(root), "grid", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_manifest_names_no_file_elsewhere(world, tmp_path):
    out = tmp_path / "out"
    ex.report(ex.run(world, "tariff", draws=0, by_sector=False, by_quarter=False), out)
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    said = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    said["sha256"] |= {"../secret": "0", str(tmp_path / "secret"): "0"}
    (out / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    found = [str(item) for item in ex.verify(out, world).mismatches]
    assert found[:2] == [f"file: {name}: lies outside" for name in list(said["sha256"])[-2:]]
    for part in ("report", "fingerprints", "sha256"):
        for value in (None, [], "x", {"kind": 1}):
            (out / "manifest.json").write_text(json.dumps(said | {part: value}), encoding="utf-8")
            with pytest.raises(DataError, match="manifest.json: not a manifest"):
                ex.verify(out, world)


def test_inside(tmp_path):
    (tmp_path / "a").mkdir()
    assert (
        inside(tmp_path / "a", tmp_path / "a" / "b" / ".." / "c")
        == (tmp_path / "a" / "c").resolve()
    )
    for place in ("../ab", "..", "../a/../c"):
        with pytest.raises(DataError, match="lies outside"):
            inside(tmp_path / "a", tmp_path / "a" / place)
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(DataError, match="no place of a file|lies outside"):
        inside(tmp_path / "a", tmp_path / "round")


def test_only_ones_own_folder_is_replaced(tmp_path):
    must_be_ours(tmp_path / "none", [])
    must_be_ours(tmp_path, [])
    replace_folder(tmp_path / "out", {"a": b"1", "b/c": b"2"})
    replace_folder(tmp_path / "out", {"a": b"3"})
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a"]
    must_be_ours(tmp_path / "out", ["a", "b"])
    with pytest.raises(QueryError, match="holds 'a' .an empty folder, or one"):
        must_be_ours(tmp_path / "out", ["b"])
    with pytest.raises(QueryError, match="is no folder"):
        must_be_ours(tmp_path / "out" / "a", ["a"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    with pytest.raises(DataError, match="a/out: cannot be written"):
        replace_folder(tmp_path / "out" / "a" / "out", textwrap and {"a": b"1"})
