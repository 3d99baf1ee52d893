"""A back-test in words: held, missed, too few to say; what is not known, and who is shown."""

import pandas as pd
import pytest

from exposure.reports.backtest_blocks import (
    collected,
    diagnoses,
    exports,
    forecasts,
    of_kind,
    promised,
    score_blocks,
    scores,
    stated,
    verdict,
)
from exposure.reports.description import plain
from exposure.reports.page import Page
from exposure.reports.text import WIDTH, backtest_text
from exposure.reports.words import words

NAN = float("nan")


def score(**changes):
    made = {
        "title": "Bills", "n": 9, "least": 5, "coverage": 0.8, "coverage_low": 0.6,
        "coverage_high": 0.95, "bias": -0.05, "bias_most": 0.2, "mape": 0.125,
        "naive_statutory": 0.4, "naive_unchanged": NAN, "judged": True, "met": True, "missed": "",
        "diagnosis": "",
    }  # fmt: skip
    return {**made, **changes}


def outcome(**changes):
    made = {
        "kind": "bill", "who": "Firm", "outcome": "Firm 2025", "period": "2025", "unit": "USD",
        "scored": True, "observed_central": 1e9, "predicted_low": 8e8, "predicted_median": 9e8,
        "predicted_high": 1.1e9, "naive_unchanged": 0.01, "error_share": -0.1, "inside": "yes",
    }  # fmt: skip
    return {**made, **changes}


ARITHMETIC = {"units": 1000.0, "unit_value_usd": 20000.0, "rate": 0.25, "bill_usd": 5e6,
              "stated_usd": 1e7, "needed_usd": 40000.0, "value_low": 18000.0,
              "value_high": 22000.0}  # fmt: skip


def page(scored=(), outcomes=(), arithmetic=(), heard=()):
    made = {
        "backtest_scores": pd.DataFrame(list(scored), columns=list(score())),
        "backtest": pd.DataFrame(list(outcomes), columns=list(outcome())),
        "backtest_arithmetic": pd.DataFrame(list(arithmetic), columns=list(ARITHMETIC)),
        "backtest_forecasts": pd.DataFrame(
            list(heard),
            columns=["forecaster", "about", "forecast_central", "observed", "predicted_median"],
        ),
    }
    return Page(made, words())


def said(text):
    return plain(text).replace("\u00a0", " ")


def rows(table):
    return [[said(cell) for cell in row] for row in table.rows]


# --- scores ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words_of_it"),
    [
        ({}, "held"),
        ({"met": False, "missed": "bias"}, "missed: bias"),
        # Of too few outcomes nothing is judged, whatever they say.
        ({"judged": False, "met": False, "n": 3}, "shown, not judged: fewer than 5"),
    ],
)
def test_a_verdict_in_words(changes, words_of_it):
    made = page([score(**changes)])
    assert said(verdict(made, made.rows("backtest_scores")[0])) == words_of_it


def test_scores_show_what_was_promised_and_alarm_where_it_was_missed():
    made = page([score(), score(met=False, missed="bias"), score(judged=False, met=False),
                 score(coverage_low=NAN, coverage=NAN)])  # fmt: skip
    table = scores(made)
    assert rows(table)[0] == [
        "Bills", "9", "80.0 %", "60.0 % to 95.0 %", "-5.0 %", "20.0 %", "12.5 %", "40.0 %",
        "not known", "held",
    ]  # fmt: skip
    assert table.alerts == {(1, 9)}, "what is not judged is no alarm"
    # Without an interval nothing was promised of it.
    assert rows(table)[3][2:4] == ["not known", ""]
    assert len(table.columns) == len(table.rows[0])
    assert promised(made, made.rows("backtest_scores")[3]) == ()


def test_every_report_has_the_box_where_there_are_scores():
    assert score_blocks(page()) == []
    text, table = score_blocks(page([score()]))
    assert "missed stays missed" in said(text)
    assert table.id == "backtest-scores"


def test_kinds_without_a_diagnosis_are_left_out():
    made = page([score(), score(title="Exports", diagnosis="Stocks were drawn down.")])
    assert [said(text) for text in diagnoses(made)] == ["Exports: Stocks were drawn down."]


# --- outcomes --------------------------------------------------------------------------------


def test_only_outcomes_that_came_and_were_predicted_are_shown():
    made = page(
        outcomes=[
            outcome(), outcome(kind="price_index", observed_central=0.02, predicted_low=0.01,
                               predicted_median=0.02, predicted_high=0.03),
            outcome(kind="exports_value", observed_central=NAN),
            outcome(kind="exports_units", predicted_median=NAN),
        ]
    )  # fmt: skip
    assert [row.usd("observed_central").ref.row for row in of_kind(made, "bill")] == [0]
    assert rows(exports(made)) == [
        ["Firm", "price", "2025", "2.0 %", "2.0 % (1.0 % to 3.0 %)", "-10.0 %", "yes"]
    ]
    assert rows(collected(made)) == []


def test_rates_and_forecasts_stand_beside_ours():
    rate = outcome(
        kind="duties_collected", who="Korea", observed_central=0.1, predicted_median=0.12
    )
    made = page(
        outcomes=[rate], heard=[("Lab", "Korea", 0.15, 0.1, 0.12), ("Lab", "x", 0.1, NAN, 0.1)]
    )
    assert rows(collected(made)) == [["Korea", "2025", "10.0 %", "12.0 %", "1.0 %"]]
    assert rows(forecasts(made)) == [["Lab", "Korea", "15.0 %", "10.0 %", "12.0 %"]]


def test_a_bill_that_was_stated_is_held_against_units_times_value():
    """1,000 units of 20,000 at 25 % are 5 million; 10 million need a value of 40,000."""
    [text] = stated(page(arithmetic=[ARITHMETIC]))
    for number in ("1,000", "USD 20,000", "25 %", "USD 5.0 m", "USD 10.0 m", "USD 40,000"):
        assert number in said(text), number


# --- the terminal ----------------------------------------------------------------------------


def told(made):
    return backtest_text(made.tables)


def test_the_terminal_shows_outcomes_then_scores_then_stated_bills():
    made = page(
        [score(), score(title="Exports", met=False, missed="bias", diagnosis="Because " * 40)],
        [outcome(), outcome(outcome="Share", unit="share", observed_central=0.1, predicted_low=NAN,
                            predicted_high=NAN, predicted_median=0.2, error_share=NAN),
         outcome(outcome="hidden", scored=False)],
        [ARITHMETIC],
    )  # fmt: skip
    lines = [line for _, line in told(made)]
    assert [cell for cell in lines[1].split("  ") if cell.strip()][1].strip() == "USD 1.00 bn"
    assert "USD 800.0 m to USD 1.10 bn" in lines[1]
    assert lines[2].split() == ["Share", "10.0", "%", "20.0", "%", "not", "known", "yes"], (
        "without an interval none is told"
    )
    assert not any("hidden" in line for line in lines)
    states = [state for state, _ in told(made)]
    assert states.count("met") == states.count("missed") == 1
    held = lines[states.index("met")]
    assert held == (
        "Bills: 9 outcomes, inside 80.0 %, bias -5.0 %, mean error 12.5 % (without a model 40.0 %, "
        "no change not known): held"
    )
    why = lines[states.index("missed") + 1 :]
    assert why[0].startswith("  Because") and len(why[0]) <= WIDTH
    assert not any("\u00a0" in line or "nan" in line for line in lines)


def test_a_diagnosis_is_told_of_what_was_missed_only():
    lines = [line for _, line in told(page([score(diagnosis="Because")], [outcome()]))]
    assert not any("Because" in line for line in lines)
