"""Units of columns: by their names, on the copy that a user gets, and in no file."""

import io

import pandas as pd
import pyarrow.parquet as pq
import pytest

import exposure as ex
from exposure.facts.files import parquet_bytes as parquet
from exposure.frames import ENDS, OF_TABLE, UNITS, units_of
from tests import tiny


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    world = ex.load(tiny.write(tmp_path_factory.mktemp("data")))
    return ex.run(world, "tariff", draws=2)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("duty_usd", "USD"),
        ("duty_usd_per_unit", "USD per unit"),
        ("rent_usd_per_unit_low", "USD per unit"),
        ("coverage_before_low", "fraction"),
        ("predicted_low_share", "fraction"),
        ("equivalent_rate_high", "fraction"),
        ("units_baseline", "units"),
        ("sector_jobs_exposed", "persons"),
        ("law_known_on", "date"),
        ("stock_days", "days"),
    ],
)
def test_the_last_words_say_the_unit(name, unit):
    assert units_of([name]) == {name: unit}


def test_a_name_that_says_no_unit_has_none():
    assert units_of(["product", "option", "low", "rate_known", "usda", ""]) == {}


NUMBERS_OF_MANY_UNITS = {
    "scenarios": {"draws"},
    "duty_lines": {"rate"},  # `kind` says whether it is a fraction
    "origin_tests": {"alternative", "measured_low", "measured_central", "measured_high",
                     "threshold"},  # of what the column `test` says
    "conclusions": {"flip_value", "low", "high"},  # `flip_unit`
    "boards": {"rank"},
    "law_timeline": {"low", "high"},  # `kind`
    "backtest_scores": {"n", "least", "bias", "bias_most", "mape", "naive_statutory",
                        "naive_unchanged", "crps"},
    "border_counts": {"crossings", "paid", "unknown", "finished"},
    "border_pairs": {"crossings", "paid"},
}  # fmt: skip
"""Counts, and numbers of which another column of the row says the unit."""


def test_every_number_of_a_result_has_a_unit_or_a_column_that_says_it(result):
    left = {}
    for name in result.tables:
        table = result.table(name)
        numbers = set(table.select_dtypes("number").columns) - set(table.attrs["units"])
        if numbers and "unit" not in table:
            left[name] = numbers
    assert left == NUMBERS_OF_MANY_UNITS


def test_what_stands_for_one_table_names_columns_that_it_has(result):
    for name, own in OF_TABLE.items():
        columns = {str(column) for column in result.tables[name]}
        for words in own:
            assert any(words in column for column in columns), (name, words)
    assert not set(ENDS) & set(UNITS)


def test_units_stay_on_the_copy_and_enter_no_file(result):
    before = parquet(result.tables["landed_cost"])
    copy = result.table("landed_cost")
    assert copy.attrs["units"]["duty_usd_per_unit"] == "USD per unit"
    copy.attrs["units"]["duty_usd_per_unit"] = "changed"
    assert result.table("landed_cost").attrs["units"]["duty_usd_per_unit"] == "USD per unit"
    assert parquet(result.tables["landed_cost"]) == before
    for table in (result.tables["landed_cost"], copy):
        written = parquet(table)
        assert written == before
        assert b"PANDAS_ATTRS" not in pq.read_schema(io.BytesIO(written)).metadata
    assert all(not table.attrs for table in result.tables.values())
    pd.testing.assert_frame_equal(copy, result.tables["landed_cost"])
