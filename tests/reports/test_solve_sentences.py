"""Answers of a solve in sentences: each kind of point, both sides, draws, and the small table."""

import pandas as pd
import pytest

from exposure.errors import QueryError
from exposure.facts.documents import Solve
from exposure.reports.solve_text import sentences, side_text, sides, solve_text, value_text
from exposure.sweeps.reading import Column
from exposure.sweeps.solve import SOLUTIONS, Solved

NAN = float("nan")
LANDED = ["car/mexico/landed_usd_per_unit", "car/home/landed_usd_per_unit"]
EQUAL = {"equal": LANDED}
SWITCH = {"switch": "car"}
LEVEL = {"level": {"of": "car/volume_change_share", "is": -0.1}}
CURVES = (
    Column(LANDED[0], "output", "USD per unit", "Landed cost, Car (mexico)"),
    Column(LANDED[1], "output", "USD per unit", "Landed cost, Car (home)"),
)
SHARE = (Column("car/volume_change_share", "output", "share", "Change of the volume sold, Car"),)


def row(**changes):
    """A crossing at 15 % in a range of 0 to 40 %, without draws."""
    made = {
        "solve": "s", "number": 1, "variable": "rate", "unit": "fraction", "value": 0.15,
        "kind": "crossing", "holds_from": 0.0, "holds_to": 0.4, "left": f"{LANDED[1]} higher",
        "right": f"{LANDED[0]} higher", "quantity": 21000.0, "quantity_after": 21000.0,
        "quantity_unit": "USD per unit", "low": NAN, "median": NAN, "high": NAN,
        "root_share": NAN, "draws": 0,
    }  # fmt: skip
    return {**made, **changes}


def solved(*rows, find=EQUAL, today=NAN):
    document = Solve.model_validate(
        {
            "id": "s", "title": "The car leaves Mexico", "question": "Q", "scenario": "tariff",
            "vary": {"action": "us-cars", "clause": "usmca", "between": [0, 0.4]}, "find": find,
        }
    )  # fmt: skip
    curves = SHARE if "level" in find else CURVES
    tables = {
        "solutions": pd.DataFrame(list(rows), columns=list(SOLUTIONS)),
        "curve": pd.DataFrame(columns=["rate", *(column.name for column in curves)]),
    }
    variable = Column("rate", "input", "fraction", "Rate of us-cars, usmca")
    return Solved(document, variable, curves, today, tables)


def said(*rows, **more):
    return sentences(solved(*rows, **more))


# --- values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.12346, "fraction", "12.35 %"), (0.15, "share", "15 %"), (-0.00001, "share", "0 %"),
        (2668.4, "USD per unit", "USD 2,668"), (3.13e8, "USD", "USD 313.0 m"),
        (-12.6, "persons", "-13"), (90000.4, "units a year", "90,000"), (1.25, "ratio", "1.25"),
        (3.0, "years", "3"), (NAN, "fraction", "not known"), (NAN, "USD", "not known"),
        (NAN, "years", "not known"), (NAN, "persons", "not known"),
    ],
)  # fmt: skip
def test_a_value_reads_by_its_unit(value, unit, text):
    assert value_text(value, unit) == text


# --- points ----------------------------------------------------------------------------------


def test_a_crossing_tells_which_side_is_higher_below_and_above():
    assert said(row()) == [
        "A and B are equal at 15 % (both USD 21,000): below, from 0 %, B is higher; above, up to "
        "40 %, A is higher."
    ]


def test_a_switch_tells_who_lands_cheapest():
    assert said(row(kind="switch", left="mexico", right="home"), find=SWITCH) == [
        "At 15 % the cheapest route changes (USD 21,000 a unit): below, from 0 %, mexico lands "
        "cheapest; above, up to 40 %, home lands cheapest."
    ]


def test_a_level_tells_the_number_that_is_reached():
    found = said(row(left="above", right="below", quantity=-0.1, quantity_unit="share"), find=LEVEL)
    assert found == [
        "A is -10 % at 15 %: below, from 0 %, A is above; above, up to 40 %, A is below."
    ]


@pytest.mark.parametrize(
    ("find", "what"),
    [(SWITCH, "the cheapest landed cost"), (EQUAL, "A")],
)
def test_a_jump_tells_both_of_its_ends(find, what):
    left, right = ("mexico", "home") if find == SWITCH else (row()["left"], row()["right"])
    [found] = said(row(kind="jump", quantity_after=22500.0, left=left, right=right), find=find)
    assert found.startswith(
        f"At 15 % a rule begins or ends, and {what} jumps from USD 21,000 to USD 22,500: below"
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [("touch", ", touching and not crossing"), ("end", ", the end of the range")],
)
def test_what_is_no_crossing_says_so(kind, words):
    [found] = said(row(kind=kind, left="", right=""))
    assert found == f"A and B are equal at 15 % (both USD 21,000){words}."


def test_a_stretch_has_two_ends_and_no_sides():
    assert said(row(kind="stretch", holds_from=0.1, holds_to=0.2, left="", right="")) == [
        "A and B are equal from 10 % to 20 %."
    ]


def test_where_there_is_no_value_the_range_is_told():
    none = row(kind="none", value=NAN, left="mexico", right="mexico", quantity=NAN)
    assert said(none, find=SWITCH) == [
        "No such value between 0 % and 40 %: mexico lands cheapest throughout."
    ]


def test_what_holds_at_the_very_point_only_is_told_as_such():
    at_the_end = row(value=0.0, holds_from=0.0)
    [found] = said(at_the_end)
    assert "only there B is higher; above, up to 40 %, A is higher" in found
    assert "below" not in found


@pytest.mark.parametrize(
    ("find", "word", "text"),
    [
        (EQUAL, f"{LANDED[0]} higher", "A is higher"), (EQUAL, f"{LANDED[1]} higher", "B is higher"),
        (EQUAL, "equal", "both are equal"), (SWITCH, "home", "home lands cheapest"),
        (LEVEL, "below", "A is below"), (EQUAL, "", ""), (LEVEL, "", ""),
    ],
)  # fmt: skip
def test_a_side_in_few_words(find, word, text):
    assert side_text(solved(row(), find=find), word) == text


# --- draws -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"low": 0.12, "median": 0.15, "high": 0.2, "root_share": 1.0, "draws": 500},
            "In 80 % of draws 12 % to 20 %, median 15 %.",
        ),
        (
            {"low": 0.12, "median": 0.15, "high": 0.2, "root_share": 0.75, "draws": 500},
            "In 80 % of draws 12 % to 20 %, median 15 %; none in 25.0 % of 500 draws.",
        ),
        (
            {"low": 0.15, "median": 0.15, "high": 0.15, "root_share": 1.0, "draws": 20},
            "The same in all draws.",
        ),
        (
            {"low": 0.15, "median": 0.15, "high": 0.15, "root_share": 0.5, "draws": 20},
            "None in 50.0 % of 20 draws.",
        ),
        ({"root_share": 0.0, "draws": 20}, "None of 20 draws has one."),
        (
            {
                "kind": "none",
                "low": 0.3,
                "median": 0.35,
                "high": 0.4,
                "root_share": 0.1,
                "draws": 20,
            },
            "In 10.0 % of 20 draws there is one: 30 % to 40 %.",
        ),
    ],
)
def test_the_same_value_in_draws(changes, told):
    [found] = said(row(**changes))
    assert found.endswith(f". {told}")


def test_without_draws_nothing_is_said_of_them():
    [found] = said(row())
    assert "draw" not in found


# --- the whole -------------------------------------------------------------------------------


def test_the_text_begins_with_what_varies_and_ends_with_the_table():
    told = solve_text(
        solved(row(low=0.12, median=0.15, high=0.2, root_share=0.75, draws=4), today=0.25)
    )
    lines = told.split("\n")
    assert lines[:5] == [
        "The car leaves Mexico",
        "Rate of us-cars, usmca, from 0 % to 40 %, today 25 %",
        "A: Landed cost, Car (mexico)", "B: Landed cost, Car (home)", "",
    ]  # fmt: skip
    cells = [cell.strip() for cell in lines[-1].split("  ") if cell.strip()]
    assert cells == ["15 %", "crossing", "B is higher", "A is higher", "0 %", "40 %",
                     "12 % to 20 %", "25.0 %"]  # fmt: skip
    assert "\u00a0" not in told


def test_a_number_and_its_per_cent_stay_on_one_line():
    """Names of routes of every length move the ends of the lines."""
    drawn = row(kind="switch", low=0.12, median=0.15, high=0.2, root_share=0.75, draws=4)
    for size in range(1, 30):
        told = solve_text(solved({**drawn, "left": "m" * size, "right": "home"}, find=SWITCH))
        assert not any(line.lstrip().startswith("%") for line in told.split("\n"))


def test_no_range_is_told_where_no_draw_has_the_value():
    line = solve_text(solved(row(root_share=0.0, draws=20))).split("\n")[-1]
    cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
    assert cells[4:] == ["0 %", "40 %", "100.0 %"]
    assert "not known" not in line


def test_what_today_is_is_left_out_where_it_is_not_known():
    assert "today" not in solve_text(solved(row()))
    assert sides(solved(row(), find=SWITCH)) == []
    assert sides(solved(row(), find=LEVEL)) == ["A: Change of the volume sold, Car"]


def test_a_table_without_a_value_says_none_and_nothing_of_draws_where_there_are_none():
    none = row(kind="none", value=NAN, left="equal", right="equal", quantity=NAN)
    line = solve_text(solved(none)).split("\n")[-1]
    cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
    assert cells == ["none", "none", "both are equal", "both are equal", "0 %", "40 %"]
    assert "nan" not in line


def test_a_table_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(QueryError) as caught:
        solved(row()).table("solution")
    assert str(caught.value) == "no table 'solution' (known: solutions, curve)"
