"""Answers to the open bench: what counts as an answer, and what an engine is given for it."""

import itertools
from decimal import Decimal

import pandas as pd
import pytest

from exposure.errors import DataError, Problems
from exposure.validate.answers import (
    ANSWER,
    OUTCOMES,
    _amount,
    _given,
    _outcome,
    find_bench,
    read_answers,
    read_bench,
    score,
)
from exposure.validate.cases import COLUMNS

ONE, TWO = Decimal("1.00"), Decimal("2.00")


def bench(*rows):
    table = pd.DataFrame(rows, columns=list(ANSWER))
    return table.reindex(columns=list(COLUMNS), fill_value="")


def said(*rows):
    return pd.DataFrame(rows, columns=list(ANSWER))


# --- amounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [("25", "25.00"), ("24.995", "25.00"), ("24.9949", "24.99"), ("1e3", "1000.00"),
     (" 7.5 ", "7.50"), ("-3", "-3.00"), ("0", "0.00"), ("1_000", "1000.00")],
)  # fmt: skip
def test_amounts_are_read_to_the_cent(text, amount):
    assert str(_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "much", "nan", "inf", "-Infinity", "$5", "1,000", "1e5000000", "1e-5000000"],
)
def test_what_is_no_amount_of_money(text):
    assert _amount(text) is None


def test_a_power_of_ten_in_the_millions_is_refused_at_once(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("case_id,component,amount_usd\ncar,mfn,1e9999999\n")
    with pytest.raises(Problems) as caught:
        read_answers(path, bench(("car", "mfn", "1.00")))
    assert str(caught.value) == f"{path}:2: amount '1e9999999' is neither dollars nor unknown"


# --- lines that are given -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "component", "wanted"),
    [
        ({}, "mfn", (False, None)),  # nothing said of the case
        ({"mfn": ONE}, "mfn", (True, ONE)),
        ({"mfn": None}, "mfn", (True, None)),  # not known is an answer
        ({"mfn": ONE}, "s232", (True, Decimal("0.00"))),  # left out among others: nought
        ({"mfn": ONE, "s232": TWO}, "total", (True, Decimal("3.00"))),
        ({"mfn": ONE, "s232": None}, "total", (True, None)),  # unknown is not nought
        ({"total": TWO}, "mfn", (False, None)),  # a total alone says nothing of lines
        ({"total": TWO, "mfn": ONE}, "total", (True, TWO)),  # what is said beats the sum
    ],
)
def test_what_a_case_gives_for_a_line(case, component, wanted):
    assert _given(case, component) == wanted


@pytest.mark.parametrize(
    ("answered", "given", "expected", "outcome"),
    [
        (True, ONE, ONE, "right"),
        (True, None, None, "right"),
        (True, ONE, TWO, "wrong"),
        (True, None, ONE, "abstained"),
        (True, ONE, None, "guessed"),
        (False, None, ONE, "missing"),
        (False, None, None, "missing"),  # silence is not to say that it is unknown
    ],
)
def test_outcomes(answered, given, expected, outcome):
    assert _outcome(answered, given, expected) == outcome
    assert outcome in OUTCOMES


# --- the score ------------------------------------------------------------------------------------

ASKED = bench(("car", "mfn", "25.00"), ("car", "s232", "125.00"), ("car", "total", "150.00"),
              ("wire", "mfn", ""), ("wire", "total", ""))  # fmt: skip
ANSWERS = said(("car", "mfn", "25"), ("car", "s232", "120"), ("wire", "mfn", "unknown"))


def test_a_score_does_not_hang_on_the_order_of_answers():
    wanted = list(score(ASKED, ANSWERS).lines["outcome"])
    assert wanted == ["right", "wrong", "wrong", "right", "right"]
    for order in itertools.permutations(range(len(ANSWERS))):
        assert list(score(ASKED, ANSWERS.iloc[list(order)]).lines["outcome"]) == wanted


def test_what_was_given_is_shown_as_it_counts():
    shown = score(ASKED, ANSWERS).lines["given"]
    assert list(shown) == ["25.00", "120.00", "145.00", "unknown", "unknown"]
    nothing = score(ASKED, ANSWERS.iloc[:0])
    assert set(nothing.lines["given"]) == {""}
    assert set(nothing.lines["outcome"]) == {"missing"}


def test_answers_to_other_cases_change_nothing():
    more = pd.concat([ANSWERS, said(("bus", "mfn", "9"))])
    pd.testing.assert_frame_equal(score(ASKED, more).lines, score(ASKED, ANSWERS).lines)


def test_the_bench_answered_by_itself_is_right():
    whole = ASKED[list(ANSWER)].assign(amount_usd=lambda t: t["amount_usd"].replace("", "unknown"))
    made = score(ASKED, whole)
    assert made.failures.empty
    assert (made.by()["share"] == 1.0).all()


def test_counts_of_a_table_add_up_and_keep_its_order():
    made = score(ASKED, ANSWERS)
    by = made.by()
    assert list(by.columns) == ["component", "lines", *OUTCOMES, "share"]
    assert list(by["component"]) == ["mfn", "s232", "total"]
    assert (by[list(OUTCOMES)].sum(axis=1) == by["lines"]).all()
    assert by["lines"].sum() == len(ASKED)
    assert by["share"].tolist() == [1.0, 0.0, 0.5]
    assert len(made.failures) == 2


def test_a_table_by_case():
    by = score(ASKED, ANSWERS).by("case_id").set_index("case_id")
    assert by.loc["car", ["lines", "right", "wrong"]].tolist() == [3, 1, 2]
    assert by.loc["wire", "share"] == 1.0


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("bus,mfn,1", "case 'bus' is not in the bench"),
        ("car,vat,1", "component 'vat' is none of mfn, s201, s232, s301, ieepa_fentanyl, "
         "ieepa_reciprocal, s122, s338, retaliation, total"),
        ("car,mfn,much", "amount 'much' is neither dollars nor unknown"),
        ("car,s232,2", "car s232 stands twice"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_with_its_line(tmp_path, row, told):
    path = tmp_path / "a.csv"
    path.write_text(f"case_id,component,amount_usd\ncar,s232,1\n{row}\n")
    with pytest.raises(Problems) as caught:
        read_answers(path, ASKED)
    assert str(caught.value) == f"{path}:3: {told}"


def test_all_bad_rows_are_told_at_once(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("case_id,component,amount_usd\nbus,mfn,1\ncar,mfn,\ncar,vat,1\n")
    with pytest.raises(Problems) as caught:
        read_answers(path, ASKED)
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        f"{path}:2", f"{path}:4"]  # fmt: skip


def test_columns_may_stand_in_any_order_and_empty_is_not_known(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("note,amount_usd,component,case_id\nx,,mfn,car\n")
    read = read_answers(path, ASKED)
    assert read.to_dict("records") == [{"case_id": "car", "component": "mfn", "amount_usd": ""}]
    assert score(ASKED, read).lines["outcome"].iloc[0] == "abstained"


def test_a_folder_without_a_bench_is_named(tmp_path):
    with pytest.raises(DataError) as caught:
        find_bench(tmp_path)
    assert str(caught.value) == f"{tmp_path}: no cases.csv (name the folder of the bench)"
    (tmp_path / "cases.csv").write_text(",".join(COLUMNS) + "\n")
    assert find_bench(tmp_path) == tmp_path
    assert read_bench(tmp_path).empty


def test_a_bench_that_lacks_a_column_is_named(tmp_path):
    (tmp_path / "cases.csv").write_text("case_id,title\n")
    with pytest.raises(DataError, match=r"cases\.csv: column missing: importer, hts, origin"):
        read_bench(tmp_path)
