"""Lines of an explanation: every number with its unit, nothing that is not known as a number."""

import numpy as np
import pandas as pd
import pytest

from exposure.errors import QueryError
from exposure.model.explain import Trace, _line_text, _test_text, explain, parse_cell

NAN = np.nan
LINE = {
    "action": "us-cars", "clause": "all", "effective_from": "2025-04-03", "kind": "rate",
    "rate": 0.25, "base": "full", "base_share": 1.0, "left_share": 0.5, "duty_rate": 0.125,
    "heading": "", "component": "s232", "status": "owed", "source": "Proc 1",
}  # fmt: skip


# --- a duty line ---------------------------------------------------------------------------------


def test_a_line_says_rate_base_and_what_is_left():
    assert _line_text(LINE) == (
        "s232 [owed] us-cars/all since 2025-04-03: 25.0000% x base full 1.0000 x left 0.5000 = "
        "12.5000%; Proc 1"
    )


def test_a_line_without_clause_day_or_heading_leaves_them_out():
    bare = LINE | {"clause": "", "effective_from": "", "action": "column-1"}
    assert _line_text(bare).startswith("s232 [owed] column-1: 25.0000%")
    assert _line_text(LINE | {"heading": "9903.94.01"}).endswith("; Proc 1, 9903.94.01")


@pytest.mark.parametrize(
    ("kind", "rate", "said"),
    [
        ("rate", 0.25, ": 25.0000% x"),
        ("all_in", 0.15, ": all-in 15.0000% x"),
        ("specific", 0.1, ": USD per unit 0.1000 x"),  # an amount of money is no per cent
        ("specific", 1234.5, ": USD per unit 1,234.5000 x"),
    ],
)
def test_a_rate_is_shown_in_its_own_unit(kind, rate, said):
    assert said in _line_text(LINE | {"kind": kind, "rate": rate})


@pytest.mark.parametrize("name", ["rate", "base_share", "left_share", "duty_rate"])
def test_what_is_not_known_is_said_in_words(name):
    text = _line_text(LINE | {name: NAN})
    assert "not known" in text
    assert "nan" not in text


# --- tests of origin -----------------------------------------------------------------------------

TEST = {
    "alternative": 1, "test": "regional_value net_cost", "measured_central": 0.8333,
    "measured_low": 0.81, "measured_high": 0.86, "threshold": 0.75, "outcome": "met",
}  # fmt: skip


def test_a_test_of_origin_says_what_was_measured_and_the_line():
    assert _test_text(TEST) == (
        "alternative 1: regional_value net_cost 0.8333 (0.8100 to 0.8600), at least 0.75: met"
    )
    assert "at most 0.10" in _test_text(TEST | {"test": "tariff_shift 4", "threshold": 0.1})


def test_a_test_that_was_not_asked_shows_no_number():
    text = _test_text(TEST | {"outcome": "not asked", "measured_central": NAN})
    assert text == "alternative 1: regional_value net_cost: nothing to measure"


# --- a trace -------------------------------------------------------------------------------------


def trace(value=1234.5, answer="", *steps):
    return Trace("duty:car/sea@s/scenario", value,
                 pd.DataFrame(steps, columns=["depth", "text", "amount_usd"]), answer)  # fmt: skip


def test_a_trace_is_a_text_indented_by_depth():
    found = trace(1234.5, "", (0, "a border", 1234.5), (1, "a clause", NAN))
    assert str(found) == (
        "duty:car/sea@s/scenario = 1,234.50 USD per unit\n  a border  [1,234.50 USD]\n    a clause"
    )


def test_a_trace_of_an_unknown_number_says_so_and_one_of_words_has_its_answer():
    assert str(trace(NAN)) == "duty:car/sea@s/scenario = not known"
    assert str(trace(NAN, "MEX; originates under usmca")).endswith("= MEX; originates under usmca")


def test_a_view_escapes_what_it_is_given():
    html = trace(1.0, "", (0, "<b>a & b</b>", 1.0))._repr_html_()
    assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in html
    assert "<b>" not in html


# --- cells that are asked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("duty:car/sea", {}),
        ("duty:car/sea@s", {"scenario": "s"}),
        ("duty:car/sea@s/baseline", {"scenario": "s", "case": "baseline"}),
        ("duty:car/sea@", {}),
        ("duty:car/sea@s/", {"scenario": "s"}),
    ],
)
def test_addresses(text, wanted):
    assert parse_cell(text) == {"cell": "duty", "product": "car", "route": "sea"} | wanted


@pytest.mark.parametrize(
    "text", ["", "duty", "duty:", "duty:car", "duty:/sea", ":car/sea", "duty:car/", "jobs:car"]
)
def test_what_is_no_address_is_told_with_what_can_be_explained(text):
    with pytest.raises(QueryError) as caught:
        parse_cell(text)
    assert str(caught.value) == (
        f"{text!r} is no cell that can be explained (duty:PRODUCT/ROUTE, "
        "landed_cost:PRODUCT/ROUTE, origin:PRODUCT/ROUTE, each also with "
        "@SCENARIO[/baseline|/scenario]; jobs, volumes and other numbers stand in the folder's "
        "tables, as tables/jobs.csv)"
    )


COST = pd.DataFrame(
    [("s", case, product, route, duty, 100.0 + duty, 100.0, 0.0)
     for case, duty in (("baseline", 1.0), ("scenario", 9.0))
     for product, route in (("car", "sea"), ("car", "air"), ("van", "rail"))],
    columns=["scenario", "case", "product", "route", "duty_usd_per_unit", "landed_central",
             "value_added_usd_per_unit", "freight_usd_per_unit"],
)  # fmt: skip
CROSSING = {
    "scenario": "s", "case": "scenario", "product": "car", "route": "sea", "part": "car",
    "part_title": "Car", "hts": "87032301", "origin": "KOR", "importer": "USA",
    "customs_value_usd_per_unit": 60.0, "duty_rate_central": 0.15,
    "duty_usd_per_unit_central": 9.0,
}  # fmt: skip
KEYS = ("scenario", "case", "product", "route", "part", "origin", "importer")


def tables(crossing=CROSSING, back=0.0):
    head = {name: crossing[name] for name in KEYS}
    return {
        "scenarios": pd.DataFrame({"scenario": ["s"]}),
        "landed_cost": COST,
        "crossings": pd.DataFrame([crossing]),
        "duty_lines": pd.DataFrame([LINE | head | {"duty_usd_per_unit": 9.0}]),
        "ledger": pd.DataFrame([head | {"drawn_back_usd": back}]),
        "nodes": pd.DataFrame([{"product": "car", "route": "sea", "part_title": "Car",
                                "site_title": "Ulsan", "country": "KOR", "units": 1.0,
                                "grade": "B", "source": "s", "value_added_central": 100.0}]),
    }  # fmt: skip


def test_a_duty_goes_down_to_its_borders_and_their_clauses():
    found = explain(tables(), "duty", "car", "sea")
    assert found.value == 9.0
    assert found.steps["depth"].tolist() == [0, 1]
    assert found.steps["text"][0] == (
        "Car (87032301) crosses KOR -> USA: customs value 60.00 USD at 15.0000%"
    )


def test_what_was_given_back_is_taken_off():
    steps = explain(tables(back=2.5), "duty", "car", "sea").steps
    assert steps.iloc[-1].tolist() == [1, "given back when the product left (drawback)", -2.5]


def test_a_landed_cost_has_value_freight_and_duties_above_them():
    found = explain(tables(), "landed_cost", "car", "sea")
    top = found.steps[found.steps["depth"] == 0]
    assert top["amount_usd"].sum() == found.value == 109.0
    assert "Car: Ulsan (KOR), 1 per unit; grade B, source s" in set(found.steps["text"])


def test_a_border_of_unknown_duty_says_so():
    dark = CROSSING | {"duty_rate_central": NAN, "duty_usd_per_unit_central": NAN}
    text = str(explain(tables(dark), "duty", "car", "sea"))
    assert "at not known" in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("price", "car", "sea"), "no cell 'price' (known: duty, landed_cost, origin)"),
        (("duty", "bus", "sea"), "no product 'bus' (known: car, van)"),
        (("duty", "car", "rail"), "product car: no route 'rail' (known: air, sea)"),
        (("duty", "car", "sea", "t"), "no scenario 't' (known: s)"),
        (("duty", "car", "sea", "s", "now"), "no case 'now' (known: baseline, scenario)"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(asked, told):
    with pytest.raises(QueryError) as caught:
        explain(tables(), *asked)
    assert str(caught.value) == told
