"""Numbers, lines and cells of the small HTML in a notebook, and units by names: at their edges."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.frames import records, units_of
from exposure.html_view import LONGEST, MOST, UNKNOWN, card, line, lines, number, table

NAN, INF = float("nan"), float("inf")
FEW = settings(max_examples=25, deadline=None)


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"), (-0.0, "0"), (0.5, "0.5"), (-0.12345, "-0.1235"), (999.96, "1000"),
        (1000.4, "1,000"), (-1234567.8, "-1,234,568"), (1e-9, "1e-09"), (123.456, "123.5"),
        (NAN, UNKNOWN), (INF, "no limit"), (-INF, "-no limit"),
    ],
)  # fmt: skip
def test_a_number_has_four_digits_or_is_whole(value, said):
    assert number(value) == said


@given(value=st.floats(allow_nan=False, allow_infinity=False))
@FEW
def test_a_number_reads_back_nearly_as_it_was(value):
    told = float(number(value).replace(",", ""))
    assert told == pytest.approx(value, rel=5.1e-4, abs=0)
    assert number(-value) in (number(value), f"-{number(value)}", number(value).removeprefix("-"))


# --- cells -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "side", "said"),
    [
        (1500, "right", "1,500"), (0, "right", "0"), (NAN, "right", UNKNOWN),
        (None, "right", UNKNOWN),
        # A flag is a word, and so is a number in quotation marks.
        (True, "left", "True"), ("1500", "left", "1500"), ("<b>", "left", "&lt;b&gt;"),
        ("it's", "left", "it&#x27;s"), ("", "left", ""),
    ],
)  # fmt: skip
def test_a_cell_stands_right_where_it_is_a_number(value, side, said):
    html = table(["c"], [[value]])
    [cell] = html.split("<td ")[1:]
    assert f"text-align:{side}" in cell
    assert cell.split(">", 1)[1].startswith(f"{said}</td>")


def test_a_table_without_rows_has_its_head():
    html = table(["a", "<b>"], [])
    assert html.count("<th ") == 2
    assert "&lt;b&gt;" in html
    assert "<td" not in html
    assert html.endswith("</tbody></table>")


@pytest.mark.parametrize(("count", "more"), [(MOST, ""), (MOST + 1, "… and 1 more"),
                                             (MOST + 1500, "… and 1,500 more")])  # fmt: skip
def test_rows_and_lines_beyond_the_most_are_counted(count, more):
    for html in (
        table(["c"], ([n] for n in range(count))),
        lines((0, str(n)) for n in range(count)),
    ):
        assert ("more" in html) == bool(more)
        assert more in html


def test_lines_stand_in_by_their_depth():
    html = lines([(0, "a"), (1, "<b>"), (3, "c")])
    assert [part.split("em")[0] for part in html.split("padding-left:")[1:]] == ["0", "1.2", "3.6"]
    assert "&lt;b&gt;" in html
    assert lines([]) == ""


def test_a_text_is_cut_before_it_is_escaped():
    """No half of an escape is left at the end."""
    html = line("<" * (LONGEST + 1))
    assert html.count("&lt;") == LONGEST - 1
    assert html.endswith("…</div>")
    assert "…" not in line("x" * LONGEST)
    assert line("") == ""


def test_a_card_holds_its_parts_in_their_order():
    html = card("Title", line("one"), line("two"))
    assert html.index("Title") < html.index("one") < html.index("two")
    assert html.startswith("<div ") and html.endswith("</div></div>")


# --- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "table_name", "unit"),
    [
        # The longest ending that fits counts.
        ("duty_usd_per_unit", "", "USD per unit"), ("duty_usd", "", "USD"),
        ("usd", "", "USD"), ("landed_baseline_low", "", "USD per unit"),
        # Words that say which of several values it is are passed over, but only at the end.
        ("low_share", "", "fraction"), ("share_low_high", "", "fraction"),
        # What the same words mean in one table.
        ("value_usd", "ledger", "USD per unit"), ("value_usd", "volumes", "USD"),
        ("rate", "duty_lines", None), ("duty_rate", "duty_lines", "fraction"),
        ("compounded_high", "sector_costs", "per cent"), ("direct", "export_jobs", "persons"),
        ("direct", "sector_costs", "fraction"), ("direct", "", None),
        # A word is whole: a part of it is none.
        ("operate", "", None), ("share_of_value", "", None), ("low", "", None), ("_", "", None),
    ],
)  # fmt: skip
def test_a_unit_by_the_name_of_a_column(name, table_name, unit):
    assert units_of([name], table_name) == ({} if unit is None else {name: unit})


def test_units_of_a_table_are_those_of_its_columns_in_their_order():
    frame = pd.DataFrame(columns=["b_usd", "word", "a_share", 7])
    assert list(units_of(frame)) == ["b_usd", "a_share"]


def test_rows_are_plain_dictionaries_by_text():
    frame = pd.DataFrame({1: [1.5, 2.5], "a": ["x", None]})
    found = records(frame)
    assert found[0] == {"1": 1.5, "a": "x"}
    assert records(frame.iloc[:0]) == []
    assert pd.isna(found[1]["a"])
