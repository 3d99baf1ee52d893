"""How sure a number is, in words: what drives it, what turns it, and where that value lies."""

import pandas as pd
import pytest

from exposure.reports.description import Value, plain
from exposure.reports.page import Page
from exposure.reports.sure import drivers_text, sure_text
from exposure.reports.words import words

KEY = {"scenario": "b", "product": "car", "metric": "duty_bill_usd"}


def page(drivers=(), **conclusion):
    made = {
        **KEY, "statement": "rises", "flip": "reverses", "holds_share": 0.974,
        "flip_title": "Pass-through of duty, share", "flip_unit": "share", "flip_side": "below",
        "flip_value": 0.25, "low": 0.2, "high": 0.8, "flip_within": True, **conclusion,
    }  # fmt: skip
    columns = [*KEY, "title", "total_share"]
    rows = [(*KEY.values(), *row) for row in drivers]
    tables = {"conclusions": pd.DataFrame([made]), "drivers": pd.DataFrame(rows, columns=columns)}
    return Page(tables, words())


def said(**conclusion):
    return plain(sure_text(page(**conclusion), *KEY.values())).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("conclusion", "text"),
    [
        (
            {},
            "holds in 97 % of draws; reverses if pass-through of duty is below 25.0 % "
            "(range 20.0 % to 80.0 %)",
        ),
        (
            {"flip": "halves", "flip_within": False, "flip_side": "above"},
            "holds in 97 % of draws; no single input reverses it; halves if pass-through of duty is "
            "above 25.0 % (outside its range 20.0 % to 80.0 %)",
        ),
        ({"flip": ""}, "holds in 97 % of draws; no single input reverses it"),
        # What does not change cannot reverse, whatever else the row holds.
        ({"statement": "does not change"}, "no change; holds in 97 % of draws"),
        # A number that is no share keeps three digits.
        (
            {"flip_unit": "USD", "flip_value": 12345.0, "low": 9000.0, "high": 11000.0,
             "flip_title": "Value"},
            "holds in 97 % of draws; reverses if value is below 12,300 (range 9,000 to 11,000)",
        ),
        (
            {"flip_unit": "share of value", "holds_share": float("nan")},
            "holds in not known of draws; reverses if pass-through of duty is below 25.0 % "
            "(range 20.0 % to 80.0 %)",
        ),
    ],
)  # fmt: skip
def test_a_conclusion_in_words(conclusion, text):
    assert said(**conclusion) == text


def test_every_number_of_it_is_a_cell():
    values = [piece for piece in sure_text(page(), *KEY.values()) if isinstance(piece, Value)]
    assert [value.ref.column for value in values] == [
        "holds_share", "flip_title", "flip_side", "flip_value", "low", "high",
    ]  # fmt: skip


def test_a_number_without_a_conclusion_says_nothing():
    assert sure_text(page(), "b", "van", "duty_bill_usd") == ()


def test_drivers_stand_in_their_order_with_whole_per_cents():
    drivers = [("Pass-through, share", 0.614), ("US content", 0.0), ("Value", float("nan"))]
    found = plain(drivers_text(page(drivers), *KEY.values())).replace("\u00a0", " ")
    assert found == "pass-through 61 %; US content 0 %; value not known"
    assert drivers_text(page(), *KEY.values()) == ()
    assert drivers_text(page(drivers), "b", "car", "volume_change_share") == ()
