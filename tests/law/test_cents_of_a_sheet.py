"""Amounts of an entry: each duty to the cent, half up; what is not known has none."""

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.law.question import Crossings
from exposure.law.rates import rates
from exposure.law.sheet import sheet
from exposure.model.compile import law_book
from tests import tiny

CAR = ("87032301", "DEU", "2025-05-05")
STATED = {"use": "other", "steel_share": 0.0}


def filed(rulebook, *rows, value=np.nan, facts=STATED, importer="USA"):
    hts, origin, on = zip(*rows, strict=True)
    count = len(rows)
    value = np.broadcast_to(np.asarray(value, dtype=float), count)
    given = Crossings(
        hts, origin, [importer] * count, on, [""] * count, value, np.full(count, np.nan),
        [facts] * count,
    )  # fmt: skip
    return rates(rulebook, given)


def amounts(made):
    return dict(zip(made.duties["action"], made.duties["amount_usd"], strict=True))


@pytest.mark.parametrize(
    ("value", "column1", "addition"),
    [
        (100.0, 2.5, 25.0),
        (10.0, 0.25, 2.5),
        # 2.5 % of 0.2 is half a cent: up. Of 0.6, a cent and a half: up, and not to the even one.
        (0.2, 0.01, 0.05),
        (0.6, 0.02, 0.15),
        (1.0, 0.03, 0.25),
        # Just below half a cent: down.
        (0.19, 0.0, 0.05),
        # 2.5 % of 20,000.60 is 500.015 exactly, which binary fractions would put below.
        (20_000.60, 500.02, 5000.15),
        (0.0, 0.0, 0.0),
    ],
)  # fmt: skip
def test_each_duty_is_rounded_half_up_to_the_cent(rulebook, value, column1, addition):
    found = amounts(sheet(filed(rulebook, CAR, value=value)))
    assert (found["column-1"], found["us-cars"]) == (column1, addition)


@pytest.mark.parametrize("value", [0.2, 19.99, 12_345.67, 987_654.32])
def test_the_whole_is_the_sum_of_rounded_amounts_to_the_cent(rulebook, value):
    made = sheet(filed(rulebook, CAR, value=value))
    cents = [round(amount * 100) for amount in made.duties["amount_usd"]]
    assert made.amount_usd == sum(cents) / 100


def test_without_a_value_there_are_rates_and_no_amounts(rulebook):
    made = sheet(filed(rulebook, CAR))
    assert np.isnan(made.amount_usd)
    assert made.duties["amount_usd"].isna().all()
    assert made.total == pytest.approx(0.275)
    assert made.duties["usd_per_100"].tolist() == pytest.approx([2.5, 25.0, 0.0])


def test_a_part_that_is_not_known_leaves_the_whole_without_an_amount(rulebook):
    """A duty by weight without a weight; steel's half of the value is known, and shown."""
    made = sheet(filed(rulebook, ("72083900", "KOR", "2025-11-05"), value=1000.0, facts={}))
    found = amounts(made)
    assert found["us-steel"] == 500.0
    assert np.isnan(found["us-specific"])
    assert np.isnan(made.amount_usd)
    assert np.isnan(made.total)
    assert made.at_least == 0.5
    assert made.unknown.startswith("us-specific/kg: ")


def test_law_that_is_not_encoded_leaves_the_whole_without_an_amount(tmp_path):
    """All that is encoded is known; what may come on top is not, so there is no sum."""
    change = ("hts_prefix,note\n", "hts_prefix,note\ns301,8703,\n")
    book = law_book(ex.load(tiny.write(tmp_path, law__us__coverage__csv=change)))
    made = sheet(filed(book, CAR, value=100.0))
    assert amounts(made) == {"column-1": 2.5, "us-cars": 25.0, "us-reciprocal": 0.0}
    assert np.isnan(made.amount_usd)
    assert made.at_least == pytest.approx(0.275)
    assert made.unknown == "not encoded yet: s301"


def test_a_row_of_many_is_the_sheet_of_that_row(rulebook):
    rows = [("85171300", "KOR", "2025-05-05"), CAR, ("87032301", "KOR", "2025-01-05")]
    found = filed(rulebook, *rows, value=[10.0, 20.0, 30.0])
    for number, (row, value) in enumerate(zip(rows, (10.0, 20.0, 30.0), strict=True)):
        alone, among = sheet(filed(rulebook, row, value=value)), sheet(found, number)
        assert alone.amount_usd == among.amount_usd
        for mine, theirs in ((alone.duties, among.duties), (alone.considered, among.considered)):
            pd.testing.assert_frame_equal(mine, theirs, check_dtype=False)


@pytest.mark.parametrize(
    ("code", "printed"), [("87032301", "8703.23.01"), ("8703230190", "8703.23.0190")]
)
def test_column_1_stands_under_the_code_that_was_given(rulebook, code, printed):
    made = sheet(filed(rulebook, (code, "DEU", "2025-05-05")))
    assert made.duties["heading"].iloc[0] == printed


@pytest.mark.parametrize(
    ("on", "since"), [("2025-12-31", "2018-01-01"), ("2026-01-01", "2026-01-01")]
)
def test_column_1_begins_with_the_spell_of_its_line(rulebook, on, since):
    made = sheet(filed(rulebook, ("87032301", "DEU", on)))
    assert made.duties["effective_from"].iloc[0] == since


def test_gaps_are_those_of_actions_that_charge(rulebook):
    """Cars are known to miss vans; goods that are no cars miss nothing of it."""
    made = sheet(filed(rulebook, CAR))
    assert made.gaps[["action", "gap"]].values.tolist() == [["us-cars", "Vans"]]
    assert sheet(filed(rulebook, ("85171300", "KOR", "2025-05-05"))).gaps.empty
    assert sheet(filed(rulebook, ("87032301", "DEU", "2025-04-02"))).gaps.empty
