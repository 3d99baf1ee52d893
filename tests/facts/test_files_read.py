"""How a file is read: numbers as they are written, tables as text, and marks of what was read."""

import errno
import math
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import DataError
from exposure.facts.files import (
    fingerprint,
    numbers,
    parquet_bytes,
    plain_number,
    read_csv,
    read_parquet,
    read_text_table,
    read_typed_table,
    reason,
    shown,
)


@pytest.fixture
def write(tmp_path):
    def written(text, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return written


# --- a number in a text ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.25", 0.25),
        (" 7 ", 7.0),
        ("-0", 0.0),
        ("0e-400", 0.0),  # a nought, however it is written
        ("00.00", 0.0),
        ("5e-324", 5e-324),  # the smallest that is held
        ("2e-324", None),  # would become a nought
        ("-1e-400", None),
        ("1.7976931348623157e308", 1.7976931348623157e308),
        ("1.8e308", None),  # would become infinite
        ("-1e999", None),
        ("inf", math.inf),  # is meant to be infinite; who asks refuses it
        ("-Infinity", -math.inf),
        ("", None),
        ("five", None),
        ("2.5%", None),
        ("1,5", None),
    ],
)
def test_a_number_is_held_as_it_is_written_or_not_at_all(text, number):
    assert plain_number(text) == number


def test_what_is_no_number_by_its_name_stays_so():
    assert math.isnan(plain_number("nan"))


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_from_its_text(number):
    assert plain_number(repr(number)) == number


# --- words of a message ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("steel", "'steel'"),
        (0.25, "0.25"),
        (np.float64(-20), "-20.0"),
        (np.int64(7), "7"),
        ("a\nb", r"'a\nb'"),
        ("x" * 78, f"'{'x' * 78}'"),  # 80 letters with its quotes
        ("x" * 79, f"'{'x' * 79}..."),
    ],
)
def test_a_wrong_value_is_shown_in_quotes_and_cut_at_80_letters(value, says):
    assert shown(value) == says


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x"), "No space left on device"),
        (OSError("odd"), "odd"),
        (ValueError("two\n  lines"), "two lines"),
        (ValueError(), "ValueError"),
    ],
)
def test_why_a_file_was_not_read_is_a_few_words_in_one_line(error, says):
    assert reason(error) == says


# --- tables ----------------------------------------------------------------------------------


def test_every_cell_is_text_and_an_empty_one_is_empty(write):
    table = read_text_table(write('iso3,hts,note\nNA,0101,"a, b"\n,nan,\n'))
    assert table.to_numpy().tolist() == [["NA", "0101", "a, b"], ["", "nan", ""]]


def test_a_row_that_ends_early_has_empty_cells(write):
    table = read_text_table(write("a,b,c\n1,2\n1,2,3\n"))
    assert table["c"].tolist() == ["", "3"]


def test_a_mark_of_order_is_no_part_of_the_first_column(write):
    path = write("\ufeffa,b\r\n1,2\r\n")
    assert list(read_text_table(path)) == ["a", "b"]
    assert read_csv(path, ["a"])["a"].tolist() == ["1"]
    with pytest.raises(DataError, match="column 'a' stands twice"):
        read_text_table(write("\ufeffa,b,a\r\n1,2,3\r\n"))


def test_a_head_alone_is_a_table_without_rows(write):
    table = read_csv(write("b,a\n"), ["a", "b"])
    assert (list(table), len(table)) == (["a", "b"], 0)


def test_columns_come_in_the_order_that_is_asked_and_no_others(write):
    table = read_csv(write("c,b,a\n3,2,1\n"), ["a", "b"])
    assert table.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_all_columns_that_are_missing_are_named(write):
    path = write("a,d\n1,2\n")
    with pytest.raises(DataError) as caught:
        read_csv(path, ["a", "b", "c"])
    assert str(caught.value) == f"{path}: column missing: b, c (needs ['a', 'b', 'c'])"


def test_columns_of_numbers_are_numbers_where_that_is_asked(write):
    table = read_typed_table(write("whole,part,word\n1,0.5,NA\n2,,\n"))
    assert table["whole"].tolist() == [1, 2]
    assert table["part"].isna().tolist() == [False, True]
    assert table["word"].iloc[0] == "NA"
    assert pd.isna(table["word"].iloc[1])


@pytest.mark.parametrize(("cells", "wrong"), [("1,x,y", 3), ("x,1,y", 2), (",0,1e999", 4)])
def test_the_first_cell_that_is_no_number_is_named_by_its_row(write, cells, wrong):
    path = write("n,m\n" + "".join(f"{cell},\n" for cell in cells.split(",")))
    given_ = cells.split(",")[wrong - 2]
    with pytest.raises(DataError) as caught:
        numbers(read_csv(path, ["n"]), "n", path)
    assert str(caught.value) == f"{path}: row {wrong}: n '{given_}' is not a number"


def test_numbers_keep_the_rows_of_their_table(write):
    path = write("n,m\n3,a\n,b\n-1.5e1,c\n")
    table = read_csv(path, ["n", "m"])
    found = numbers(table.iloc[::-1], "n", path)
    assert list(found.index) == [2, 1, 0]
    np.testing.assert_array_equal(found, [-15.0, np.nan, 3.0])
    none = numbers(table.head(0), "n", path)
    assert (len(none), none.dtype) == (0, float)


# --- marks of files --------------------------------------------------------------------------


def folder(place, **files):
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sorted(place.rglob("*.*"))


def test_a_fingerprint_hangs_on_names_and_bytes_and_on_nothing_else(tmp_path):
    first = folder(tmp_path / "one", **{"a.csv": "ab", "b.csv": "c"})
    mark = fingerprint(first, tmp_path / "one")
    assert fingerprint(reversed(first), tmp_path / "one") == mark
    again = folder(tmp_path / "two" / "deep", **{"b.csv": "c", "a.csv": "ab"})
    assert fingerprint(again, tmp_path / "two" / "deep") == mark
    others = {
        "bytes that moved": {"a.csv": "a", "b.csv": "bc"},
        "names that changed places": {"a.csv": "c", "b.csv": "ab"},
        "another name": {"a.csv": "ab", "c.csv": "c"},
        "a file more": {"a.csv": "ab", "b.csv": "c", "c.csv": ""},
        "a file less": {"a.csv": "ab"},
    }
    marks = {
        fingerprint(folder(tmp_path / what, **files), tmp_path / what)
        for what, files in others.items()
    }
    assert len(marks | {mark}) == len(others) + 1


TABLE = pd.DataFrame(
    {
        "word": pd.array(["a", "", "NA"], dtype="str"),
        "number": [0.1 + 0.2, np.nan, -0.0],
        "whole": [1, 2, 3],
        "flag": [True, False, True],
    }
)


def test_a_table_comes_back_from_its_bytes_and_the_bytes_from_the_table(tmp_path):
    content = parquet_bytes(TABLE)
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    back = read_parquet(path)
    pd.testing.assert_frame_equal(back, TABLE)
    assert parquet_bytes(back) == content
    assert parquet_bytes(TABLE.iloc[::-1]) != content


def test_a_parquet_table_that_is_none_is_one_line(tmp_path):
    path = tmp_path / "t.parquet"
    with pytest.raises(DataError) as caught:
        read_parquet(path)
    assert str(caught.value) == f"{path}: no such file"
    path.write_bytes(parquet_bytes(TABLE)[:-9])
    with pytest.raises(DataError, match="not a Parquet table: ") as caught:
        read_parquet(path)
    assert "\n" not in str(caught.value)
