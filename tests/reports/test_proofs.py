"""What stands behind a number on a page: its cell, its meaning, the law and the inputs, by hand."""

import pandas as pd
import pytest

from exposure.reports.description import ALL_ROWS, Ref, Value
from exposure.reports.proofs import Proofs
from exposure.reports.words import Words, words

NAN = float("nan")


def line(**changes):
    """A line of the law at the market's border."""
    made = {
        "scenario": "today", "case": "scenario", "product": "car", "importer": "USA",
        "component": "s232", "title": "Cars", "action": "us-cars", "clause": "kor",
        "status": "in_force", "effective_from": "2025-11-01", "rate": 0.15, "kind": "all_in",
        "base": "full", "base_share": 1.0, "duty_rate": 0.125, "source": "90 FR",
    }  # fmt: skip
    return {**made, **changes}


def tables(lines=None, **more):
    return {
        "headline": pd.DataFrame(
            {
                "scenario": ["today", "today"], "product": ["car", "van"],
                "metric": ["duty_bill_usd", "duty_bill_usd"], "median": [2668.4123456789012, NAN],
                "unit": ["USD", ""], "rank": [1, 2], "input": [None, ""],
            }
        ),
        "products": pd.DataFrame({"product": ["car", "van"], "market": ["USA", "KOR"]}),
        "duty_lines": pd.DataFrame([line()] if lines is None else lines),
        "assumptions": pd.DataFrame(
            {
                "id": ["pass", "idle"], "low": [0.2, 0.0], "central": [0.5, 0.0],
                "high": [NAN, 0.0], "unit": ["share", "1"], "grade": ["C", "D"],
                "source": ["paper", "us"],
            }
        ),
        "drivers": pd.DataFrame(
            {
                "scenario": ["today"] * 3, "product": ["car", "car", "van"],
                "metric": ["duty_bill_usd"] * 3, "input": ["pass", "unnamed", "pass"],
                "title": ["Pass-through", "x", "Pass-through"],
            }
        ),
        **more,
    }  # fmt: skip


def value(row=0, column="median", table="headline"):
    return Value("as printed", "usd", Ref(table, row, column))


def data(*values, **more):
    proofs = Proofs(tables(**more), words())
    for one in values:
        proofs.number(one)
    return proofs.data()


def test_a_cell_has_one_number_however_often_it_is_printed():
    proofs = Proofs(tables(), words())
    places = [proofs.number(one) for one in (value(0), value(1), value(0), value(0, "rank"))]
    assert places == [0, 1, 0, 2]
    assert list(proofs.cells) == [value(0).ref, value(1).ref, value(0, "rank").ref]


def test_a_page_that_prints_nothing_proves_nothing():
    empty = {"tables": [], "columns": [], "cells": [], "rows": {}, "defined": {}, "law": {},
             "inputs": {}}  # fmt: skip
    assert data() == empty


@pytest.mark.parametrize(
    ("row", "column", "exact"),
    [
        # Twelve digits are exact enough for money, and free of the dust of sums.
        (0, "median", 2668.41234568),
        (1, "median", None),
        (0, "rank", 1.0),
        # A quotation stands on the page itself; an empty cell is no number.
        (0, "unit", None),
        (0, "input", None),
        (ALL_ROWS, "rows", 2.0),
    ],
)
def test_the_exact_number_of_a_cell(row, column, exact):
    found = data(value(row, column))
    assert found["cells"] == [[0, row, 0, exact]]
    assert (found["tables"], found["columns"]) == (["headline"], [column])


def test_tables_and_columns_are_named_once():
    found = data(value(0), value(1), value(0, "rank"), value(1, "market", "products"))
    assert found["tables"] == ["headline", "products"]
    assert found["columns"] == ["median", "rank", "market"]
    assert [cell[:3] for cell in found["cells"]] == [[0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 2]]


def test_a_row_is_known_by_its_keys_without_those_that_are_empty():
    shown = (value(0), value(1), value(ALL_ROWS, "rows"), value(1, "market", "products"))
    assert data(*shown)["rows"] == {
        "headline": {
            "0": "scenario today · product car · metric duty_bill_usd",
            "1": "scenario today · product van · metric duty_bill_usd",
            "-1": "",
        },
        "products": {"1": "product van"},
    }


MEANINGS = {
    "defined.median": "of the column",
    "defined.metric.duty_bill_usd": "of the metric",
    "defined.headline.rank": "of the table's column",
    "defined.rank": "of any rank",
    "defined.products.weight": "of a weight",
    "defined.end.median": "the median",
    "defined.end.low": "the low end",
}


@pytest.mark.parametrize(
    ("column", "table", "found"),
    [
        ("median", "headline", {"headline.median.duty_bill_usd": "of the metric the median"}),
        ("rank", "headline", {"headline.rank.duty_bill_usd": "of the table's column"}),
        ("market", "products", {}),
        # An end of a range is told beside what the range is of.
        ("weight_low", "products", {"products.weight_low": "of a weight the low end"}),
        # Where a row is only about a metric, its cells are something else.
        ("low", "drivers", {}),
        ("low", "assumptions", {"assumptions.low": "of an input"}),
    ],
)
def test_the_most_special_meaning_of_a_column_counts(column, table, found):
    said = Words("en")
    others = {key: text for key, text in said._own.items() if not key.startswith("defined.")}
    said._own = {**others, **MEANINGS, "defined.assumptions.low": "of an input"}
    said._english = said._own
    made = tables()
    made["products"] = made["products"].assign(weight_low=1.0)
    made["drivers"] = made["drivers"].assign(low=0.1)
    proofs = Proofs(made, said)
    proofs.number(value(0, column, table))
    assert proofs.data()["defined"] == found


@pytest.mark.parametrize(("draws", "end"), [(0, "central"), (20, "median")])
def test_without_draws_no_number_is_called_their_median(draws, end):
    proofs = Proofs(tables(scenarios=pd.DataFrame({"draws": [draws]})), words())
    proofs.number(value(0))
    told = proofs.data()["defined"]["headline.median.duty_bill_usd"]
    assert told.endswith(words().label(f"defined.end.{end}"))


# --- the law ---------------------------------------------------------------------------------


def law(*lines):
    return data(value(0), lines=list(lines))["law"]


def test_a_line_of_the_law_in_the_forms_of_the_page():
    assert law(line()) == {
        "today car": [
            {
                "rule": "Cars (us-cars kor)", "status": words().name("status", "in_force"),
                "since": "2025-11-01", "rate": "15.0\u00a0% all-in", "base": "full 100.0\u00a0%",
                "duty": "12.5\u00a0%", "source": "90 FR",
            }
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        ({"title": ""}, "rule", "Section 232 (us-cars kor)"),
        ({"clause": ""}, "rule", "Cars (us-cars)"),
        ({"kind": "add"}, "rate", "15.0\u00a0%"),
        ({"duty_rate": NAN}, "duty", "not known"),
        ({"base_share": 0.6}, "base", "full 60.0\u00a0%"),
    ],
)
def test_what_a_line_lacks_is_left_out_or_said(change, key, said):
    assert law(line(**change))["today car"][0][key] == said


@pytest.mark.parametrize(
    "change",
    [{"case": "baseline"}, {"scenario": "other"}, {"product": "van"}, {"importer": "MEX"}],
)
def test_only_lines_of_the_scenario_at_the_market_stand_behind_a_number(change):
    assert law(line(**change)) == {}


def test_a_line_of_several_crossings_stands_once():
    assert len(law(line(), line(), line(duty_rate=0.1))["today car"]) == 2


def test_law_is_gathered_for_each_product_that_is_printed():
    lines = [line(), line(product="van", importer="KOR")]
    assert list(data(value(1), value(0), lines=lines)["law"]) == ["today car", "today van"]
    assert list(data(value(1), lines=lines)["law"]) == ["today van"]
    assert data(value(ALL_ROWS, "rows"), lines=lines)["law"] == {}


# --- the inputs ------------------------------------------------------------------------------


def test_drivers_come_with_range_unit_grade_and_source():
    found = data(value(0))["inputs"]
    assert found == {
        "today car duty_bill_usd": [
            ["Pass-through", "0.2 – 0.5 – not known", "share", "C", "paper"]
        ]
    }


def test_inputs_stand_behind_headlines_only():
    assert data(value(0, "market", "products"))["inputs"] == {}
    without = {name: table for name, table in tables().items() if name != "assumptions"}
    proofs = Proofs(without, words())
    proofs.number(value(0, "market", "products"))
    assert proofs.data()["inputs"] == {}, "the tables of a sweep have no register"
