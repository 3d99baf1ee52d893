"""Spans of the law over time: what joins, what overlaps, what ends with its action."""

import numpy as np
import pytest

import exposure as ex
from exposure.law.question import Crossings
from exposure.law.spans import COLUMNS, crossing_spans, law_spans
from exposure.model.compile import law_book
from tests import tiny

RULES = """id: us-specific
importer: USA
authority: s201
component: s201
title: Fee
instrument: Proc 3
scope: {hts: ["7208.39"]}
measures:
"""
MEASURES = [
    # Two that follow one another at one rate, and one more after a gap.
    ("a", "2025-01-01", "2025-03-31", "DEU", "rate: 0.1"),
    ("b", "2025-04-01", "2025-06-30", "DEU", "rate: 0.1"),
    ("c", "2025-09-01", "2025-09-30", "DEU", "rate: 0.1"),
    # Two at one time: from the least to the greatest.
    ("d", "2025-01-01", "2025-12-31", "KOR", "rate: 0.1"),
    ("e", "2025-07-01", "2025-12-31", "KOR", "all_in: 0.3, when: {use: car}"),
    # Threatened without a rate, and with one.
    ("f", "2025-02-01", "2025-02-28", "VNM", "rate: 0, status: threatened"),
    ("g", "2025-03-01", "", "VNM", "rate: 0.2, status: announced"),
    ("h", "2025-05-01", "2025-05-01", "RUS", "rate: 0.05"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    text = RULES
    for name, start, end, origin, charge in MEASURES:
        until = f"until: {end}, " if end else ""
        text += (
            f"  - {{id: {name}, from: {start}, known: 2025-01-01, {until}origin: {origin}, "
            f'{charge}, source: "Proc 3"}}\n'
        )
    root = tiny.write(tmp_path_factory.mktemp("spans"))
    (root / "raw" / "law" / "us" / "fee.yaml").write_text(text, encoding="utf-8")
    return law_book(ex.load(root))


@pytest.fixture(scope="module")
def table(book):
    made = law_spans(book)
    return made[made["action"] == "us-specific"]


def spans(table, origin):
    names = ["status", "from", "until", "low", "high", "kind"]
    return list(table.loc[table["origin"] == origin, names].itertuples(index=False, name=None))


def test_measures_of_one_rate_that_follow_one_another_are_one_span(table):
    assert spans(table, "DEU") == [
        ("in_force", "2025-01-01", "2025-06-30", 0.1, 0.1, "rate"),
        ("in_force", "2025-09-01", "2025-09-30", 0.1, 0.1, "rate"),
    ]


def test_measures_of_one_time_are_one_span_of_the_kind_of_the_greatest(table):
    assert spans(table, "KOR") == [
        ("in_force", "2025-01-01", "2025-06-30", 0.1, 0.1, "rate"),
        ("in_force", "2025-07-01", "2025-12-31", 0.1, 0.3, "all_in"),
    ]


def test_what_does_not_act_has_spans_of_its_own_and_no_rate_where_none_is_stated(table):
    threat, plan = spans(table, "VNM")
    assert threat[:3] == ("threatened", "2025-02-01", "2025-02-28")
    assert np.isnan(threat[3])
    assert np.isnan(threat[4])
    assert plan == ("announced", "2025-03-01", "", 0.2, 0.2, "rate")


def test_a_single_day_is_a_span(table):
    assert spans(table, "RUS") == [("in_force", "2025-05-01", "2025-05-01", 0.05, 0.05, "rate")]


def test_each_span_says_what_it_is_of(table):
    assert list(table.columns) == list(COLUMNS)
    assert set(table["title"]) == {"Fee"}
    assert set(table["component"]) == {"s201"}


def test_an_action_that_ended_cuts_spans_and_leaves_none_that_begin_later(rulebook):
    made = law_spans(rulebook)
    mine = made[made["action"] == "us-reciprocal"]
    assert set(mine["until"]) == {"2026-02-23"}
    assert mine["from"].max() == "2026-01-01"
    # Actions without an end are open.
    assert set(made.loc[made["action"] != "us-reciprocal", "until"]) == {""}


def test_ordinary_rates_are_no_spans(rulebook):
    made = law_spans(rulebook, "MEX")
    assert made.empty
    assert list(made.columns) == list(COLUMNS)


# --- of crossings --------------------------------------------------------------------------------


def charged(book, code, origin, first, last, known="", on="2025-01-01"):
    one = np.full(1, np.nan)
    given = Crossings([code], [origin], ["USA"], [on], [known], one, one, [{"steel_share": 0.0}])
    made = crossing_spans(book, given, first, last)
    made = made[made["component"] == "s201"]
    names = ["status", "from", "until", "high"]
    return list(made[names].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        # The days that are asked cut the spans.
        ("2025-02-01", "2025-09-15", [("2025-02-01", "2025-06-30"), ("2025-09-01", "2025-09-15")]),
        ("2025-06-30", "2025-07-01", [("2025-06-30", "2025-06-30")]),
        ("2025-06-30", "2025-06-30", [("2025-06-30", "2025-06-30")]),
        ("2025-07-01", "2025-08-31", []),
    ],
)
def test_a_crossing_is_charged_within_the_days_asked(book, first, last, found):
    made = charged(book, "72083900", "DEU", first, last)
    assert made == [("in_force", begin, end, 0.1) for begin, end in found]


def test_the_day_on_which_the_crossing_is_asked_does_not_matter(book):
    asked = [
        charged(book, "72083900", "DEU", "2025-01-01", "2025-12-31", on=on)
        for on in ("2025-01-01", "2026-03-01")
    ]
    assert asked[0] == asked[1] != []


def test_what_never_acted_is_cut_to_the_days_and_has_no_rate_where_none_is_stated(book):
    threat, plan = charged(book, "72083900", "VNM", "2025-02-10", "2025-04-30")
    assert threat[:3] == ("threatened", "2025-02-10", "2025-02-28")
    assert np.isnan(threat[3])
    assert plan == ("announced", "2025-03-01", "2025-04-30", 0.2)
    assert charged(book, "72083900", "VNM", "2025-01-01", "2025-01-31") == []


def test_a_duty_is_charged_only_to_goods_and_origins_that_are_meant(book):
    assert charged(book, "72083900", "MEX", "2025-01-01", "2025-12-31") == []
    assert charged(book, "87082951", "DEU", "2025-01-01", "2025-12-31") == []


def test_the_same_crossing_twice_has_the_same_spans_by_row(rulebook):
    none = np.full(2, np.nan)
    given = Crossings(
        ["87032301"] * 2, ["DEU", "DEU"], ["USA"] * 2, ["2025-01-01"] * 2, [""] * 2, none, none,
        [{}, {}],
    )  # fmt: skip
    made = crossing_spans(rulebook, given, "2025-01-01", "2025-12-31")
    first, second = (made[made["row"] == row].drop(columns="row").to_dict("list") for row in (0, 1))
    assert first == second
    assert first["from"] == ["2025-04-03"]
