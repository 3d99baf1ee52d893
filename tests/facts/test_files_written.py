"""What is written stands whole or not at all: files, folders with a seal, folders, tables."""

import errno
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError, QueryError
from exposure.facts.user_tables import (
    read_result_tables,
    read_tables,
    write_pieces,
    write_table,
    write_tables,
)
from exposure.facts.writing import (
    must_be_ours,
    replace_file,
    replace_files,
    replace_folder,
    writing,
)


def seen(folder):
    """Every file below a folder with what it holds; what is left over shows here as well."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refuse(monkeypatch, name, when):
    """Let a method of paths fail where ``when`` says so of its two paths; gives what it did."""
    real, done = getattr(Path, name), []

    def method(path, target):
        done.append(Path(target).name)
        if when(path, Path(target)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return real(path, target)

    monkeypatch.setattr(Path, name, method)
    return done


# --- one file --------------------------------------------------------------------------------


def test_a_file_is_made_with_its_folders_and_replaced(tmp_path):
    path = tmp_path / "a" / "b" / "t.csv"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert seen(tmp_path) == {"a/b/t.csv": "two"}


def test_a_name_as_long_as_a_name_may_be_is_written(tmp_path):
    name = "x" * 251 + ".csv"
    replace_file(tmp_path / name, b"one")
    assert seen(tmp_path) == {name: "one"}


def test_a_folder_in_the_place_of_a_file_is_told_and_left(tmp_path):
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "mine").write_text("mine")
    with pytest.raises(DataError) as caught:
        replace_file(tmp_path / "t", b"one")
    assert str(caught.value) == f"{tmp_path / 't'}: cannot be written: Is a directory"
    assert seen(tmp_path) == {"t/mine": "mine"}


def test_only_what_the_system_says_is_told_as_its_refusal(tmp_path):
    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        raise ZeroDivisionError


# --- files of a folder with a seal -----------------------------------------------------------

OLD = {"a": b"1", "b": b"1", "seal": b"1"}
NEW = {"seal": b"2", "a": b"2", "b": b"2"}


def test_the_seal_is_taken_away_first_and_comes_last(tmp_path, monkeypatch):
    replace_files(tmp_path, OLD, "seal")
    (tmp_path / "mine").write_text("mine")
    there = []
    done = refuse(monkeypatch, "replace", lambda *_: there.append((tmp_path / "seal").exists()))
    replace_files(tmp_path, NEW, "seal")
    assert done == ["a", "b", "seal"]
    assert there == [False, False, False]
    assert seen(tmp_path) == {"a": "2", "b": "2", "seal": "2", "mine": "mine"}


def test_whoever_is_interrupted_between_files_leaves_no_seal(tmp_path, monkeypatch):
    replace_files(tmp_path, OLD, "seal")
    refuse(monkeypatch, "replace", lambda _, target: target.name == "b")
    with pytest.raises(DataError) as caught:
        replace_files(tmp_path, NEW, "seal")
    assert str(caught.value) == f"{tmp_path}: cannot be written: No space left on device"
    assert seen(tmp_path) == {"a": "2", "b": "1"}


def test_whoever_fails_before_the_seal_is_gone_leaves_all_that_was(tmp_path, monkeypatch):
    replace_files(tmp_path, OLD, "seal")
    real = Path.write_bytes

    def full(path, content):
        if ".b." in path.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="cannot be written"):
        replace_files(tmp_path, NEW, "seal")
    assert seen(tmp_path) == {"a": "1", "b": "1", "seal": "1"}


# --- a folder --------------------------------------------------------------------------------


def test_a_folder_holds_what_is_given_and_nothing_of_before(tmp_path):
    out = tmp_path / "out"
    replace_folder(out, {"a": b"1", "deep/er/b": b"1"})
    assert seen(tmp_path) == {"out/a": "1", "out/deep/er/b": "1"}
    replace_folder(out, {"c": b"2"})
    assert seen(tmp_path) == {"out/c": "2"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_old_folder_comes_back_where_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    out = tmp_path / "out"
    replace_folder(out, {"a": b"1"})
    refuse(monkeypatch, "rename", lambda path, _: path.name == "new")
    with pytest.raises(DataError) as caught:
        replace_folder(out, {"a": b"2"})
    assert str(caught.value) == f"{out}: cannot be written: No space left on device"
    assert seen(tmp_path) == {"out/a": "1"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_is_not_ours_is_told_by_the_first_name(tmp_path):
    for name in ("zebra", "mine", "ours"):
        (tmp_path / name).write_text("")
    with pytest.raises(QueryError) as caught:
        must_be_ours(tmp_path, ["ours"])
    assert str(caught.value) == (
        f"{tmp_path}: holds 'mine' (an empty folder, or one that the same command wrote)"
    )


# --- tables ----------------------------------------------------------------------------------

TABLE = pd.DataFrame({"name": ["a", "b"], "usd": [0.5, np.nan]})


def test_the_ending_says_how_a_table_is_written(tmp_path):
    write_table(TABLE, tmp_path / "t.csv")
    # What is not known is an empty cell, and no word.
    assert (tmp_path / "t.csv").read_bytes() == b"name,usd\na,0.5\nb,\n"
    write_table(TABLE, tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "t.parquet"), TABLE)


@pytest.mark.parametrize(
    ("write", "allowed"),
    [
        (lambda path: write_table(TABLE, path), ".parquet or .csv"),
        (lambda path: write_pieces([TABLE], path), ".parquet"),
    ],
)
def test_another_ending_is_refused_before_anything_is_written(tmp_path, write, allowed):
    path = tmp_path / "deep" / "t.xlsx"
    with pytest.raises(DataError) as caught:
        write(path)
    assert str(caught.value) == f"{path}: ending '.xlsx' ({allowed})"
    assert list(tmp_path.iterdir()) == []


def test_pieces_make_one_table_and_are_counted(tmp_path):
    path = tmp_path / "deep" / "t.parquet"
    whole = pd.concat([TABLE, TABLE.head(1)], ignore_index=True)
    assert write_pieces(iter([TABLE, TABLE.head(1)]), path) == 3
    pd.testing.assert_frame_equal(pd.read_parquet(path), whole)
    # Pieces take the types of the first: whole numbers become what the column holds.
    assert write_pieces([TABLE, TABLE.assign(usd=[1, 2])], path) == 4
    assert pd.read_parquet(path)["usd"].tolist()[2:] == [1.0, 2.0]
    assert [item.name for item in path.parent.iterdir()] == ["t.parquet"]


def test_a_piece_that_fails_leaves_the_old_table(tmp_path):
    path = tmp_path / "t.parquet"
    write_pieces([TABLE], path)
    before = path.read_bytes()

    def pieces():
        yield TABLE.head(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_pieces(pieces(), path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["t.parquet"]


def test_tables_of_a_folder_come_back_by_name(tmp_path):
    out = tmp_path / "out"
    paths = write_tables({"one": TABLE, "two": TABLE.head(0)}, out, {"note.txt": b"x"})
    assert paths == [out / "one.parquet", out / "two.parquet", out / "note.txt"]
    back = read_tables(out, ["two", "one"])
    assert list(back) == ["two", "one"]
    pd.testing.assert_frame_equal(back["one"], TABLE)
    assert list(back["two"]) == list(TABLE)
    # A command that does not write the note does not take it away either.
    with pytest.raises(QueryError, match="out: holds 'note.txt'"):
        write_tables({"one": TABLE, "two": TABLE}, out)


def test_a_table_that_is_not_there_is_named_with_who_writes_it(tmp_path):
    write_tables({"one": TABLE}, tmp_path)
    with pytest.raises(DataError) as caught:
        read_tables(tmp_path, ["one", "lines"])
    said = f"{tmp_path / 'lines.parquet'}: no such table (a folder that `exposure panel` wrote)"
    assert str(caught.value) == said


def test_a_result_is_the_tables_of_its_folder(tmp_path):
    with pytest.raises(DataError) as caught:
        read_result_tables(tmp_path)
    said = f"{tmp_path}: no result tables (a folder that `exposure run` wrote)"
    assert str(caught.value) == said
    write_tables({"b": TABLE, "a": TABLE}, tmp_path / "tables")
    assert list(read_result_tables(tmp_path)) == ["a", "b"]
