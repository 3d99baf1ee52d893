"""Duty lines in words: what each is, what is owed, and why a duty is not known."""

import numpy as np
import pytest

from exposure.axes import COMPONENTS
from exposure.law.question import Crossings
from exposure.law.rates import rates
from exposure.law.words import LINE_COLUMNS

USMCA = {"claim": "usmca", "approved": True}


def asked(rulebook, *rows, value=np.nan, quantity=np.nan):
    """Rates of rows (code, origin, importer, day, facts)."""
    hts, origin, importer, on, facts = zip(*rows, strict=True)
    count = len(rows)
    given = Crossings(
        hts, origin, importer, on, [""] * count, np.full(count, value), np.full(count, quantity),
        facts,
    )  # fmt: skip
    return rates(rulebook, given)


def told(found):
    """Lines as (action, clause, rate as written, duty, status)."""
    names = ["action", "clause", "rate", "duty_rate", "status"]
    return [
        (action, clause, rate, round(duty, 9), status)
        for action, clause, rate, duty, status in found.lines[names].itertuples(
            index=False, name=None
        )
    ]


def test_an_all_in_rate_fills_up_and_displaces_by_hand(rulebook):
    """15 % all in over 2.5 %: 12.5; the blanket and steel have nothing left to charge."""
    found = asked(rulebook, ("87032301", "KOR", "USA", "2025-11-05", {}))
    assert told(found) == [
        ("column-1", "", 0.025, 0.025, "owed"),
        ("us-cars", "kor", 0.15, 0.125, "owed"),
        ("us-reciprocal", "base", 0.1, 0.0, "displaced"),
        ("us-steel", "content", 0.5, 0.0, "displaced"),
    ]
    assert found.lines["left_share"].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert found.lines["base"].tolist() == ["full", "full", "full", "content:steel"]
    assert found.total[0] == pytest.approx(0.15)


def test_an_exemption_is_a_line_of_its_own(rulebook):
    found = asked(rulebook, ("85171300", "VNM", "USA", "2025-05-05", {}))
    assert told(found) == [
        ("column-1", "", 0.0, 0.0, "free"),
        ("us-reciprocal", "phones", 0.0, 0.0, "exempt"),
    ]
    assert found.lines["kind"].tolist() == ["rate", "exempt"]


def test_an_importers_own_ordinary_rate_is_named_as_its_file_names_it(rulebook):
    found = asked(rulebook, ("87082951", "USA", "MEX", "2025-05-05", {}))
    (row,) = found.lines.to_dict("records")
    assert (row["component"], row["action"], row["clause"]) == ("mfn", "mex-mfn", "all")
    assert (row["instrument"], row["source"]) == ("LIGIE", "LIGIE")
    assert (row["effective_from"], row["duty_rate"]) == ("2018-01-01", 0.05)


def test_column_1_of_the_schedule_is_cited_by_its_edition(rulebook):
    found = asked(rulebook, ("87082951", "MEX", "USA", "2025-03-01", {}))
    (row,) = found.lines.to_dict("records")
    assert (row["action"], row["instrument"]) == ("column-1", "HTSUS column 1 or 2")
    assert row["source"] == "HTSUS, edition in force on the day"


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (("87032301", "KOR", "USA", "2025-11-05", {}), ""),
        # A rate by the barrel; what fills it up is then open too.
        (
            ("27101215", "DEU", "USA", "2025-11-05", {}),
            "column 1 is not a plain ad valorem rate: 52.5c/bbl; us-reciprocal fills up column 1",
        ),
        # A duty by weight without a weight.
        (
            ("72083900", "KOR", "USA", "2025-11-05", {}),
            "us-specific/kg: code too short, or content, value or quantity not given",
        ),
        # A fact on which shipment and default are silent.
        (("87082951", "VNM", "USA", "2025-05-05", {}), "us-reciprocal depends on use"),
        # Content outside of the United States is not stated; what is left for steel hangs on it.
        (
            ("87032301", "MEX", "USA", "2025-07-05", USMCA),
            "us-cars/usmca: code too short, or content, value or quantity not given; "
            "us-steel is owed on what the others leave",
        ),
    ],
)
def test_why_a_duty_is_not_known(rulebook, row, note):
    found = asked(rulebook, row)
    assert found.table["note"].tolist() == [note]
    assert found.table["status"].tolist() == ["unknown" if note else "known"]
    assert bool(np.isnan(found.total[0])) == bool(note)


def test_what_is_known_of_an_unknown_duty_is_its_floor(rulebook):
    """Steel's 50 % stands whatever the weight."""
    found = asked(rulebook, ("72083900", "KOR", "USA", "2025-11-05", {}))
    assert found.at_least.tolist() == [0.5]


@pytest.mark.parametrize(
    ("value", "quantity", "duty"),
    [(500.0, 1000.0, 0.2), (1000.0, 1000.0, 0.1), (500.0, 0.0, 0.0)],
)
def test_a_duty_by_weight_over_the_value(rulebook, value, quantity, duty):
    """10 cents a kilogram: 100 USD on 1,000 kg, whatever they are worth."""
    row = ("72083900", "MEX", "USA", "2025-03-01", {})
    found = asked(rulebook, row, value=value, quantity=quantity)
    assert found.total[0] == pytest.approx(duty)


def test_content_of_the_united_states_is_not_charged(rulebook):
    """A quarter on the 60 % that are not American is 15 %; a car without steel pays none of its."""
    facts = USMCA | {"us_content": 0.4, "steel_share": 0.0}
    found = asked(rulebook, ("87032301", "MEX", "USA", "2025-07-05", facts))
    assert told(found)[:2] == [
        ("column-1", "", 0.0, 0.0, "free"),
        ("us-cars", "usmca", 0.25, 0.15, "owed"),
    ]
    assert found.total[0] == pytest.approx(0.15)


def test_lines_stand_by_row_of_the_question_whatever_the_days(rulebook):
    """Days far apart are several states of the law; answers keep the order of the question."""
    rows = [
        ("87032301", "KOR", "USA", "2025-11-05", {}),
        ("87032301", "KOR", "USA", "2025-01-05", {}),
        ("87032301", "KOR", "USA", "2025-05-05", {}),
        ("87032301", "KOR", "USA", "2025-01-05", {}),
    ]
    found = asked(rulebook, *rows)
    assert found.total.round(9).tolist() == [0.15, 0.025, 0.275, 0.025]
    assert found.lines["row"].tolist() == [0, 0, 0, 0, 1, 2, 2, 2, 3]
    assert list(found.lines.columns) == list(LINE_COLUMNS)
    alone = asked(rulebook, rows[2])
    assert told(alone) == told(found)[5:8]


def test_components_add_up_to_what_is_known(rulebook):
    found = asked(
        rulebook,
        ("87032301", "KOR", "USA", "2025-11-05", {}),
        ("87032301", "RUS", "USA", "2025-05-05", {}),
        ("85171300", "RUS", "USA", "2025-05-05", {}),
    )
    np.testing.assert_allclose(np.nansum(found.components, axis=1), found.total)
    np.testing.assert_allclose(found.at_least, found.total)
    # Column 2 for Russia: 10 % and 25 % on cars; 35 % on phones, which are exempt from the blanket.
    np.testing.assert_allclose(found.total, [0.15, 0.35, 0.35])
    assert list(found.table.columns[: len(COMPONENTS)]) == list(COMPONENTS)


def test_what_a_notebook_shows_of_rates(rulebook):
    found = asked(
        rulebook,
        ("87032301", "KOR", "USA", "2025-11-05", {}),
        ("87082951", "VNM", "USA", "2025-05-05", {}),
    )
    assert repr(found) == "Rates(2 crossings, 1 known)"
    shown = found._repr_html_()
    assert "fractions of customs value" in shown
    assert "us-reciprocal depends on use" in shown
    # A component in which no measure speaks has no column.
    assert "s301" not in shown
    for word in (">nan<", ">None<", ">inf<"):
        assert word not in shown
