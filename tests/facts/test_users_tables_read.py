"""Tables that a user brings: crossings with their facts, units by month, rows of an estimation."""

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError, Problems, QueryError
from exposure.facts.files import parquet_bytes
from exposure.facts.read_estimation import find_estimation, read_estimation
from exposure.facts.user_tables import read_crossings, read_flows


@pytest.fixture
def write(tmp_path):
    def written(text, name="t.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


# --- crossings -------------------------------------------------------------------------------


def test_crossings_are_shown_as_given_and_read_as_the_engine_takes_them(write):
    given, engine = read_crossings(write(
        'mine,on,origin,hts,value_usd,attributes\n'
        'b,2025-11-01,KOR,8703.23.01,20000,"{""claim"": ""korus"", ""steel_share"": 0.5}"\n'
        "a,2025-05-01,NA,0101,,\n"
    ))  # fmt: skip
    assert list(given) == ["mine", "on", "origin", "hts", "value_usd", "attributes"]
    assert given["value_usd"].tolist() == ["20000", ""]
    # Only what the engine knows, and only where it is given.
    assert list(engine) == ["hts", "origin", "on", "value_usd", "facts"]
    assert engine["hts"].tolist() == ["8703.23.01", "0101"]
    np.testing.assert_array_equal(engine["value_usd"], [20000, np.nan])
    assert engine["facts"].tolist() == [{"claim": "korus", "steel_share": 0.5}, {}]


def test_crossings_without_facts_or_rows_are_whole(write):
    _, engine = read_crossings(write("hts,origin,on,importer,known_on\n1,KOR,2025-01-01,MEX,\n"))
    assert list(engine) == ["hts", "origin", "on", "importer", "known_on", "facts"]
    assert engine["facts"].tolist() == [{}]
    given, engine = read_crossings(write("hts,origin,on\n"))
    assert len(given) == len(engine) == 0


def test_every_row_whose_facts_are_none_is_told(write):
    path = write('hts,origin,on,attributes\n1,K,d,[]\n1,K,d,{}\n1,K,d,"{""a"": Infinity}"\n')
    with pytest.raises(Problems) as caught:
        read_crossings(path)
    assert str(caught.value).split("\n") == [
        f"{path}: row 2: attributes '[]' (a JSON object)",
        f"""{path}: row 4: attributes '{{"a": Infinity}}' (a JSON object)""",
    ]


def test_columns_that_are_missing_are_named_together(write):
    path = write("origin,mine\nKOR,a\n")
    with pytest.raises(DataError) as caught:
        read_crossings(path)
    assert str(caught.value) == f"{path}: column missing: hts, on (hts, origin, on)"


# --- units by month --------------------------------------------------------------------------

HEAD = "month,entries,sales,stock\n"


def test_only_the_first_month_says_what_was_on_hand(write):
    flows = read_flows(write(f"{HEAD}2025-01,100,90,50\n2025-02,0,95.5,\n"))
    assert flows["month"].tolist() == ["2025-01", "2025-02"]
    np.testing.assert_array_equal(flows["entries"], [100, 0])
    np.testing.assert_array_equal(flows["stock"], [50, np.nan])


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("2025-01,,90,50\n", "row 2: entries is missing or negative (0 or more)"),
        ("2025-01,1,1,1\n2025-02,1,-1,\n", "row 3: sales is missing or negative (0 or more)"),
        ("2025-01,1,1,\n", "row 2: stock is missing or negative (0 or more)"),
        ("2025-01,1,1,-5\n", "row 2: stock is missing or negative (0 or more)"),
        ("2025-01,1,1,1\n2025-02,many,1,\n", "row 3: entries 'many' is not a number"),
    ],
)
def test_units_that_are_missing_or_negative_are_named(write, rows, says):
    path = write(HEAD + rows)
    with pytest.raises(DataError) as caught:
        read_flows(path)
    assert str(caught.value) == f"{path}: {says}"


# --- rows of an estimation -------------------------------------------------------------------

DOCUMENT = """
id: pass
title: Pass
question: How much?
table: {table}
outcome: price
regressors: [rate]
cluster: origin
informs: pass_through
source: own
where: {where}
"""
TABLE = "origin,year,kept,price\nKOR,2024,1,10\nKOR,2025,1,11\nMEX,2025,yes,\n"


@pytest.fixture
def rows(write):
    def read(where="{}", table="t.csv"):
        write(TABLE)
        return read_estimation(write(DOCUMENT.format(where=where, table=table), "own.yaml"))[1]

    return read


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("{}", [0, 1, 2]),
        ("{year: 2025}", [1, 2]),
        ("{origin: [KOR, MEX]}", [0, 1, 2]),
        ("{origin: KOR, year: [2025]}", [1]),
        ("{kept: 1}", [0, 1]),
        ("{kept: [1, yes]}", [0, 1, 2]),
    ],
)
def test_rows_are_kept_by_what_their_cells_say(rows, where, kept):
    found = rows(where)
    everything = rows()
    pd.testing.assert_frame_equal(found, everything.iloc[kept].reset_index(drop=True))
    assert pd.isna(everything["price"].iloc[2])  # an empty cell is no nought


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("{country: KOR}", ["where: no column 'country' (has origin, year, kept, price)"]),
        ("{origin: [KOR, JPN, USA]}",
         ["where: origin 'JPN' does not occur in the table",
          "where: origin 'USA' does not occur in the table"]),
        ("{origin: MEX, year: 2024}", ["where: no row is left"]),
        ("{country: KOR, year: 2030}",
         ["where: no column 'country' (has origin, year, kept, price)",
          "where: year '2030' does not occur in the table"]),
    ],
)  # fmt: skip
def test_what_chooses_no_row_is_named(rows, tmp_path, where, says):
    with pytest.raises((Problems, DataError)) as caught:
        rows(where)
    assert str(caught.value).split("\n") == [f"{tmp_path / 'own.yaml'}: {line}" for line in says]


def test_a_table_is_csv_or_parquet(rows, tmp_path):
    plain = rows()
    (tmp_path / "t.parquet").write_bytes(parquet_bytes(plain))
    pd.testing.assert_frame_equal(rows(table="t.parquet"), plain)
    with pytest.raises(DataError) as caught:
        rows(table="t.xlsx")
    assert str(caught.value).endswith("t.xlsx: ending '.xlsx' (.csv or .parquet)")


def test_an_estimation_is_a_file_or_a_shipped_name(tmp_path):
    folder = tmp_path / "raw" / "estimations"
    folder.mkdir(parents=True)
    (folder / "one.yaml").write_text("x")
    (folder / "two.yaml").write_text("x")
    assert find_estimation("one", tmp_path) == folder / "one.yaml"
    assert find_estimation("mine/one.yaml", tmp_path).parent.name == "mine"
    with pytest.raises(QueryError) as caught:
        find_estimation("three", tmp_path)
    assert str(caught.value) == "no estimation 'three' (a .yaml file, or one of: one, two)"
