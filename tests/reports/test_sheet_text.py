"""A sheet of duties as a broker reads it: amounts, what is not known, what was left, the sources."""

import pandas as pd
import pytest

from exposure.law.sheet import Sheet
from exposure.reports.text import WIDTH, aligned, share_text, sheet_text

NAN = float("nan")


def duty(**changes):
    made = {
        "component": "s232", "heading": "9903.94.05", "action": "us-cars", "clause": "kor",
        "kind": "all_in", "rate": 0.15, "base": "full", "base_share": 1.0, "left_share": 0.0,
        "duty_rate": 0.125, "usd_per_100": 12.5, "amount_usd": 1250.0, "status": "in_force",
        "effective_from": "2025-11-01", "source": "90 FR 1", "note": "",
    }  # fmt: skip
    return {**made, **changes}


MFN = duty(component="mfn", heading="8703.23.01", action="column1", clause="", kind="add", rate=0.025,
           duty_rate=0.025, usd_per_100=2.5, amount_usd=250.0, source="HTS", effective_from="")  # fmt: skip
REASONS = ["action", "clause", "why", "kind", "rate", "reason", "source"]
GAPS = ["action", "gap", "bias", "as_of", "source"]


def sheet(*duties, considered=(), gaps=(), **changes):
    made = {
        "duties": pd.DataFrame(list(duties or [MFN, duty()])), "total": 0.15, "at_least": 0.15,
        "amount_usd": 1500.0, "provisional": False, "unknown": "",
        "considered": pd.DataFrame(list(considered), columns=REASONS),
        "gaps": pd.DataFrame(list(gaps), columns=GAPS),
    }  # fmt: skip
    return Sheet(**{**made, **changes})


def lines(made, value_usd=None):
    return sheet_text(made, "A car from Korea", value_usd).split("\n")


def words(line):
    return [word for word in line.split("  ") if word.strip()]


# --- the table -------------------------------------------------------------------------------


def test_duties_stand_line_by_line_and_their_total_last():
    told = lines(sheet(), 10_000.0)
    assert told[:3] == [
        "A car from Korea",
        "Duty 15 % of customs value, USD 1,500.00: Section 232 12.5 %, "
        "Column 1 or ordinary rate 2.5 %",
        "",
    ]
    told = told[1:]
    assert [cell.strip() for cell in words(told[2])] == [
        "component", "heading", "action/clause", "rate", "base", "USD/100", "USD", "status",
        "since", "source",
    ]  # fmt: skip
    assert [cell.strip() for cell in words(told[3])] == [
        "Column 1 or ordinary rate", "8703.23.01", "column1", "2.5 %", "full", "2.50", "250.00", "in_force", "[1]",
    ]  # fmt: skip
    assert [cell.strip() for cell in words(told[4])] == [
        "Section 232", "9903.94.05", "us-cars/kor", "15 % all in", "full", "12.50", "1,250.00", "in_force",
        "2025-11-01", "[2]",
    ]  # fmt: skip
    assert told[5].split() == ["total", "15.00", "1,500.00"]
    assert told[6:] == ["", "Sources", "  [1] HTS", "  [2] 90 FR 1"]


def test_without_a_value_there_is_no_column_of_amounts():
    told = lines(sheet())[1:]
    assert "USD " not in told[2].replace("USD/100", "")
    assert told[5].split() == ["total", "15.00"]
    assert not any("1,250.00" in line for line in told)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "exempt", "rate": NAN}, "exempt"),
        ({"kind": "specific", "rate": 0.1}, "USD 0.1 a unit"),
        ({"kind": "specific", "rate": NAN}, "not known"),
        ({"kind": "add", "rate": NAN, "usd_per_100": NAN}, "not known"),
        ({"kind": "all_in", "rate": 0.00001}, "0.001 % all in"),
        ({"base": "content", "base_share": 0.4}, "content 0.4"),
        ({"base": "content", "base_share": NAN}, "content not known"),
        ({"base": "content", "base_share": 1.0}, "content"),
    ],
)
def test_a_rate_and_its_base_say_their_kind(change, said):
    assert said in [cell.strip() for cell in words(lines(sheet(duty(**change)))[4])]


def test_an_amount_that_is_not_known_is_no_zero():
    made = sheet(duty(usd_per_100=NAN, amount_usd=NAN), total=NAN, amount_usd=NAN, at_least=0.025,
                 unknown="use is not stated")  # fmt: skip
    told = lines(made, 10_000.0)
    assert told[1] == "Duty not known, 2.5 % or more of customs value: Section 232 12.5 %"
    assert told[2] == "Not known: use is not stated"
    assert [cell.strip() for cell in words(told[6])] == ["total", "not known", "not known"]
    assert not any("nan" in line or "0.00" in line for line in told)


def test_where_nothing_is_known_no_part_is_told():
    told = lines(sheet(total=NAN, at_least=0.0, unknown="all"))
    assert "Not known: all" in told


def test_a_proposal_is_told_and_what_is_law_is_not():
    said = "Provisional: depends on a list that is known from a proposal only"
    assert said in lines(sheet(provisional=True))
    assert said not in lines(sheet())


# --- what was left, and sources --------------------------------------------------------------


def left(why, reason, **changes):
    made = {"action": "us-steel", "clause": "uk", "why": why, "kind": "add", "rate": 0.25,
            "reason": reason, "source": "90 FR 2"}  # fmt: skip
    return {**made, **changes}


def test_what_does_not_apply_stands_by_kind_of_reason():
    told = lines(
        sheet(
            considered=[
                left("later", "begins 2026-01-01"),
                left("claim", "usmca is not claimed", clause="usmca"),
                left("scope", "outside its scope"),
                left("scope", "outside its scope", action="us-chips", source="HTS"),
            ]
        )
    )
    start = told.index("Considered, and does not apply")
    assert told[start + 1 : start + 6] == [
        "  Preference not claimed",
        "    us-steel/usmca  25 %  usmca is not claimed  [3]",
        "  Begins later",
        "    us-steel/uk  25 %  begins 2026-01-01  [3]",
        "  Outside its scope: us-steel [3], us-chips [1]",
    ]


def test_long_reasons_are_wrapped_and_no_word_is_cut():
    many = [left("scope", "outside", action=f"us-action-{number}") for number in range(40)]
    told = lines(sheet(considered=many))
    assert max(map(len, told)) <= WIDTH
    said = " ".join(line.strip() for line in told)
    assert all(f"us-action-{number} [3]" in said for number in range(40))


def test_each_source_has_one_number_wherever_it_is_cited():
    told = lines(sheet(considered=[left("scope", "no", source="HTS")],
                       gaps=[{"action": "us-cars", "gap": "Vans", "bias": "too low",
                              "as_of": "2026-10-10", "source": "note"}]))  # fmt: skip
    assert told[told.index("Sources") :] == [
        "Sources", "  [1] HTS", "  [2] 90 FR 1", "  [3] note",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bias", "said"),
    [
        ("too low", "us-cars (may be too low): Vans [3]"),
        ("either way", "us-cars (may err either way): Vans [3]"),
        ("not known", "us-cars (unknown where so): Vans [3]"),
    ],
)
def test_a_known_limit_says_to_which_side_it_errs(bias, said):
    gap = {"action": "us-cars", "gap": "Vans", "bias": bias, "as_of": "2026-10-10", "source": "n"}
    told = lines(sheet(gaps=[gap]))
    assert told[told.index("Known limits of the rules") + 1] == f"  {said}"
    assert "Known limits of the rules" not in lines(sheet())


# --- columns ---------------------------------------------------------------------------------


def test_columns_are_as_wide_as_their_widest_cell():
    rows = [["a", "1", "x"], ["bbb", "22", ""], ["", "333", "yy"]]
    assert aligned(rows) == ["a    1    x", "bbb  22", "     333  yy"]
    assert aligned(rows, right={1}) == ["a      1  x", "bbb   22", "     333  yy"]
    assert aligned([["one"]]) == ["one"]


def test_rows_of_unequal_length_are_refused():
    with pytest.raises((ValueError, IndexError)):
        aligned([["a", "b"], ["c"]])


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"), (1.0, "100 %"), (0.1, "10 %"), (0.0325, "3.25 %"), (1e-8, "0.000001 %"),
        (1e-10, "0 %"), (-0.25, "-25 %"), (10.0, "1000 %"), (NAN, "not known"),
    ],
)  # fmt: skip
def test_a_share_has_no_idle_zeros(share, text):
    assert share_text(share) == text
