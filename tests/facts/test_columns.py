"""Columns and rules of which forms of tables are made: what each lets through, and its line."""

import numpy as np
import pandas as pd
import pytest

from exposure.errors import Problems
from exposure.facts.tables import SCHEMAS, check_forms, fits, forms, with_columns


def passes(column, value):
    """Whether a value passes the check of a column, as text or number."""
    kind = "float64" if isinstance(value, float) else "str"
    (check,) = column.checks
    return bool(check._check_fn(pd.Series([value], dtype=kind)).all())


TAKES = [
    # column, what it takes, what it does not
    (forms.slug("x"), ["a", "9-a_b"], ["", "A", "-a", "a b", "a.b"]),
    (forms.slug("x", empty=True), ["", "a"], [" "]),
    (forms.day("x"), ["2025-02-28", "2024-12-01"], ["", "2025-13-01", "2025-1-01", "2025-00-10", "2025-01-32", "2025-01-01T00:00"]),
    (forms.day("x", empty=True), ["", "2025-01-01"], [" ", "2025"]),
    (forms.country("x"), ["KOR"], ["", "kor", "KO", "KORE"]),
    (forms.hts("x"), ["87", "8703230110"], ["", "8", "870", "8703.23", "870323011012"]),
    (forms.hts("x", r"\d{8}", "8 digits"), ["87032301"], ["8703", "8703230110"]),
    (forms.words("x"), ["", "a", "a b-c"], [" a", "a  b", "a ", "a\tb"]),
    (forms.words("x", empty=False), ["a"], [""]),
    (forms.json_object("x"), ["{}", '{"a": [1, {"b": 2}]}'],
     ["", "[]", "1", "{", "{a: 1}", "{'a': 1}", '{"a": 1} x', '{"a":' * 5000]),
    (forms.choice("x", ("CIF", "FOB")), ["CIF"], ["", "cif", "CI"]),
    (forms.text("x"), ["a", " "], [""]),
    (forms.text("x", empty=True), ["", "a"], []),
    (forms.number("x", 0, 1), [0.0, 1.0, 0.5], [-1e-9, 1.0000001, np.inf, np.nan]),
    (forms.number("x", 0, forms.INF), [0.0, 1e300], [-0.1, np.inf]),
    (forms.number("x", -forms.INF, forms.INF), [-1e300], [np.inf, -np.inf]),
    (forms.form("x", forms.YEAR_ON, "y"), ["2025", "2025-05", "2025-05-31"],
     ["25", "2025-13", "2025-5", "May 2025", ""]),
]  # fmt: skip


@pytest.mark.parametrize(("column", "takes", "refuses"), TAKES)
def test_a_column_takes_whole_cells_of_its_form(column, takes, refuses):
    assert [value for value in takes if not passes(column, value)] == []
    assert [value for value in refuses if passes(column, value)] == []


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (forms.number("x", 0, 10_000), "0 to 10,000"),
        (forms.number("x", -90, 90), "-90 to 90"),
        (forms.number("x", 1, forms.INF), "1 or more"),
        (forms.choice("x", ("CIF", "FOB")), "CIF, FOB"),
        (forms.day("x", empty=True), "a date YYYY-MM-DD or empty"),
        (forms.text("x"), "a text, not empty"),
        (forms.hts("x"), "2, 4, 6, 8 or 10 digits"),
    ],
)
def test_a_column_says_what_is_allowed(column, says):
    assert column.checks[0].error == says


# --- rules over a row ------------------------------------------------------------------------


def held(rule, **columns):
    """For each row whether it keeps a rule."""
    return [bool(kept) for kept in rule._check_fn(pd.DataFrame(columns))]


def test_a_window_ends_on_or_after_its_first_day():
    since = ["2025-01-02", "2025-01-02", "2025-01-02", ""]
    until = ["2025-01-02", "2025-01-01", "", "2025-01-01"]
    found = held(forms.until_after_from(), **{"from": since, "until": until})
    assert found == [True, False, True, True]


def test_windows_of_one_key_are_apart_whatever_the_order_of_rows():
    rule = forms.apart("key")
    key = ["a", "b", "a", "a"]
    since = ["2026-01-01", "2025-06-01", "2025-01-01", "2025-06-01"]
    until = ["", "", "2025-05-31", "2025-12-31"]
    assert held(rule, key=key, **{"from": since, "until": until}) == [True] * 4
    # Of two that overlap the later one is told, where it stands.
    until[3] = "2026-01-01"
    assert held(rule, key=key, **{"from": since, "until": until}) == [False, True, True, True]
    # One without an end leaves no room for another.
    until = ["", "", "", "2025-12-31"]
    assert held(rule, key=key, **{"from": since, "until": until}) == [True, True, True, False]


def test_low_central_and_high_stand_in_order_and_the_unknown_is_in_no_order():
    low, high = forms.ordered("jobs_")
    assert (low.name, low.error) == ("jobs_low", "at most `jobs_central`")
    assert (high.name, high.error) == ("jobs_high", "at least `jobs_central`")
    columns = {
        "jobs_low": [1.0, 3.0, 2.0, np.nan],
        "jobs_central": [2.0, 2.0, 2.0, np.nan],
        "jobs_high": [3.0, 3.0, 1.0, np.nan],
    }
    assert held(low, **columns) == [True, False, True, True]
    assert held(high, **columns) == [True, True, False, True]


def test_a_share_is_one_where_the_unit_says_so():
    found = held(
        forms.shares_up_to_one(),
        unit=["share", "share of value", "share", "USD", "1"],
        low=[0.0, 0.0, -0.1, -5.0, 2.0],
        high=[1.0, 1.1, 1.0, 5.0, 3.0],
    )
    assert found == [True, False, False, True, True]


def test_a_rate_is_a_number_or_words_and_never_both_or_neither():
    found = held(forms.rate_or_text("mfn"), mfn_rate=[0.0, np.nan, 0.1, np.nan],
                 mfn_text=["", "5c/kg", "5c/kg", ""])  # fmt: skip
    assert found == [True, True, False, False]


# --- whole tables ----------------------------------------------------------------------------

LABOUR = pd.DataFrame(
    {
        "country": ["KOR", "MEX"],
        "industry": ["cars", "cars"],
        "jobs_low": [8.0, 20.0],
        "jobs_central": [9.0, 25.0],
        "jobs_high": [10.0, 30.0],
        "grade": ["C", "D"],
        "source": ["s", "s"],
        "note": ["", ""],
    }
).astype(dict.fromkeys(("country", "industry", "grade", "source", "note"), "str"))


def told(table, name="labour"):
    with pytest.raises(Problems) as caught:
        check_forms({name: table})
    return str(caught.value).split("\n")


WHERE = "economy/labour.csv: table labour"


def test_a_table_fits_and_so_does_its_head_alone():
    for table in (LABOUR, LABOUR.head(0), LABOUR.iloc[::-1], LABOUR[LABOUR.columns[::-1]]):
        assert fits(SCHEMAS["labour"], table)
        check_forms({"labour": table})


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("jobs_low", -20.0, "column jobs_low: -20.0 is not allowed (0 to 10,000)"),
        ("jobs_low", 26.0, "column jobs_low: 26.0 is not allowed (at most `jobs_central`)"),
        ("jobs_high", 24.0, "column jobs_high: 24.0 is not allowed (at least `jobs_central`)"),
        ("jobs_central", np.nan, "column jobs_central: is empty (0 to 10,000)"),
        ("grade", "E", "column grade: 'E' is not allowed (A, B, C, D)"),
        ("grade", "", "column grade: is empty (A, B, C, D)"),
        ("source", "x" * 90 + " y", f"column source: '{'x' * 79}... is not allowed "
         "(lower-case letters, digits, '-' and '_')"),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_fit_is_one_plain_line(column, value, says):
    table = LABOUR.copy()
    table.loc[1, column] = value
    assert told(table) == [f"{WHERE}, row MEX/cars, {says}"]


def test_offenders_are_told_in_the_order_of_rows_each_once():
    table = LABOUR.copy()
    table["grade"] = ["E", "F"]
    table.loc[0, "jobs_low"] = 1e9  # out of bounds, and above the centre
    rows = [line.split(", row ")[1].split(":")[0] for line in told(table)]
    assert sorted(rows[:2]) == ["KOR/cars, column grade", "KOR/cars, column jobs_low"]
    assert rows[2:] == ["MEX/cars, column grade"]


def test_a_row_that_stands_three_times_is_told_twice():
    table = pd.concat([LABOUR, LABOUR.head(1), LABOUR.head(1)], ignore_index=True)
    assert set(told(table)) == {f"{WHERE}, row KOR/cars: stands twice (key: country, industry)"}


def test_a_whole_column_is_told_once_and_not_by_its_rows():
    assert told(LABOUR.drop(columns=["note"])) == [f"{WHERE}: column note is missing"]
    texts = LABOUR.assign(jobs_low=LABOUR["jobs_low"].astype("str"))
    assert told(texts) == [f"{WHERE}, column jobs_low: holds text (must hold number)"]


def test_a_table_of_which_no_document_gave_a_row_has_its_columns():
    made = with_columns("labour", pd.DataFrame())
    assert list(made) == list(SCHEMAS["labour"].columns)
    assert made["jobs_low"].dtype == float and len(made) == 0
    assert fits(SCHEMAS["labour"], made)
    # One that has columns of its own is as it came.
    assert with_columns("labour", LABOUR) is LABOUR
