"""A text is a row of pieces, and what a report says is read off it in order; rows hand out cells."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.reports.description import (
    ALL_ROWS,
    Figure,
    Heading,
    Ref,
    Table,
    Value,
    joined,
    plain,
    text_of,
    texts,
)
from exposure.reports.page import Page, metric_form
from exposure.reports.words import words

NAN = float("nan")
TEN = Value("10 %", "percent", Ref("t", 0, "rate"))
FEW = settings(max_examples=25, deadline=None)
WORDS = st.text("ab ", max_size=3)
PIECES = st.one_of(WORDS, st.just(TEN), st.lists(WORDS, max_size=3).map(tuple))


# --- texts -----------------------------------------------------------------------------------


def test_pieces_and_texts_become_one_flat_text_without_empty_pieces():
    assert text_of("a", ("b", TEN), "", (), "c") == ("a", "b", TEN, "c")
    assert text_of() == ()


@pytest.mark.parametrize(
    ("given_texts", "made"),
    [
        ([], ()),
        ([("a",)], ("a",)),
        ([("a",), TEN, "c"], ("a", "; ", TEN, "; ", "c")),
        # A text of nothing between two others keeps both marks: the maker leaves it out.
        ([("a",), (), ("c",)], ("a", "; ", "; ", "c")),
    ],
)
def test_texts_are_joined_by_a_mark_between_them_only(given_texts, made):
    assert joined("; ", given_texts) == made


@given(pieces=st.lists(PIECES, max_size=5))
@FEW
def test_a_text_reads_as_its_pieces_one_after_another(pieces):
    made = text_of(*pieces)
    assert plain(made) == "".join(map(plain, pieces))
    assert text_of(made) == made
    assert all(not isinstance(piece, tuple) and piece != "" for piece in made)


def test_a_value_reads_as_it_is_printed():
    assert f"{TEN}" == plain(TEN) == plain((TEN,)) == "10 %"
    assert plain("as it is") == "as it is"


TABLE = Table(
    "t", ("Title",), ("", ("Rate ", TEN)), ((("a",), (TEN,)), (("b",), ())), source=("Law",)
)  # fmt: skip


def test_a_block_is_read_from_its_title_to_its_source():
    assert list(texts(("one", TEN))) == [("one", TEN)]
    assert list(texts(Heading(("Head",), 2))) == [("Head",)]
    of_table = [("Title",), (), ("Rate ", TEN), ("a",), (TEN,), ("b",), (), ("Law",)]
    assert list(texts(TABLE)) == of_table
    figure = Figure("f", ("Picture",), ("seen",), (("", "<svg/>"),), ("Drawn",), TABLE)
    assert list(texts(figure)) == [("Picture",), ("seen",), ("Drawn",), *of_table]


# --- rows and pages --------------------------------------------------------------------------


@pytest.fixture
def page():
    headline = pd.DataFrame(
        {
            "product": ["car", "car", "van"],
            "metric": ["duty_bill_usd", "volume_change_share", "duty_bill_usd"],
            "low": [1e6, -0.2, NAN], "median": [2e6, -0.1, NAN], "high": [3e6, -0.1, NAN],
            "low_x": [1.0, 2.0, 3.0], "x_low": [1.0, 2.0, 3.0], "x_central": [1.0, 2.5, 3.0],
            "x_high": [1.0, 3.0, 4.0],
            "note": ["<b>", "", None],
        }
    )  # fmt: skip
    return Page({"headline": headline, "empty": headline.iloc[:0]}, words())


def test_a_cell_is_printed_with_the_place_it_comes_from(page):
    row = page.rows("headline", metric="volume_change_share")[0]
    assert row.percent("median") == Value("-10.0\u00a0%", "percent", Ref("headline", 1, "median"))
    assert row.usd("low_x").text == "USD\u00a02.00"
    assert row.count("x_high") == Value("3", "count", Ref("headline", 1, "x_high"))
    assert row.direction("median", "volume").text == "falls by"
    assert row.name("metric", "metric").form == "name.metric"
    assert row["median"] == -0.1
    with pytest.raises(KeyError, match="mean"):
        row.value("mean", "percent")


@pytest.mark.parametrize(("place", "said"), [(0, "<b>"), (1, ""), (2, "")])
def test_an_empty_cell_is_quoted_as_nothing(page, place, said):
    row = page.rows("headline")[place]
    assert plain(row.quote("note")) == said
    assert [piece.form for piece in row.quote("note")] == ["quote"] * bool(said)


def test_a_range_is_that_of_its_three_cells(page):
    first, second, third = page.rows("headline")
    assert plain(second.ends("number", "x")) == "2.5 (2 to 3)"
    assert plain(first.ends("number", "x")) == "1", "all alike: no range"
    assert plain(third.ends("number", "x")) == "3 (3 to 4)"
    assert (
        plain(page.metric(first))
        == "USD\u00a02.0\u00a0m (USD\u00a01.0\u00a0m to USD\u00a03.0\u00a0m)"
    )
    assert plain(page.metric(second)) == "-10.0\u00a0% (-20.0\u00a0% to -10.0\u00a0%)"
    assert plain(page.metric(third)) == "not known", "a range of what is not known is none"
    cells = [(piece.ref.row, piece.ref.column) for piece in page.metric(first)
             if isinstance(piece, Value)]  # fmt: skip
    assert cells == [(0, "median"), (0, "low"), (0, "high")]


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ({}, [0, 1, 2]),
        ({"product": "car"}, [0, 1]),
        ({"product": "car", "metric": "duty_bill_usd"}, [0]),
        ({"product": "bus"}, []),
        # What is not known equals nothing, itself neither.
        ({"median": NAN}, []),
    ],
)
def test_rows_are_chosen_by_what_stands_in_them_and_keep_their_places(page, where, places):
    assert list(page.frame("headline", **where).index) == places
    rows = page.rows("headline", **where)
    assert [row.value("low", "number").ref.row for row in rows] == places


def test_rows_of_another_order_keep_their_places(page):
    turned = page.frame("headline").iloc[::-1]
    assert [row.count("x_low").ref.row for row in page.of("headline", turned)] == [2, 1, 0]
    assert [row["x_low"] for row in page.of("headline", turned)] == [3.0, 2.0, 1.0]


def test_asking_twice_gives_the_same_rows(page):
    first = page.frame("headline", product="car", metric="duty_bill_usd")
    pd.testing.assert_frame_equal(
        page.frame("headline", metric="duty_bill_usd", product="car"), first
    )
    with pytest.raises(KeyError, match="colour"):
        page.frame("headline", colour="red")


def test_the_length_of_a_table_is_a_value_of_all_its_rows(page):
    assert page.length("headline") == Value("3", "count", Ref("headline", ALL_ROWS, "rows"))
    assert page.length("empty").text == "0"
    assert page.rows("empty") == []


def test_labels_of_columns_stand_in_one_string(page):
    assert page.labels("waterfall.columns") == ("Route", "Step", "USD a unit")
    assert page.label("form.unknown") == "not known"


@pytest.mark.parametrize(
    ("metric", "form"),
    [
        ("volume_change_share", "percent"),
        ("duty_bill_usd", "usd"),
        ("duty_usd_per_unit", "usd"),
        # A share of dollars is a share.
        ("duty_usd_share", "percent"),
        ("jobs_exposed", "count"),
    ],
)
def test_the_name_of_a_metric_says_its_form(metric, form):
    assert metric_form(metric) == form
