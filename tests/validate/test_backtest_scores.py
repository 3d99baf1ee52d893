"""From predictions to scores and bands, by hand on tables of a few rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.facts.world import World
from exposure.validate.backtest import (
    _common,
    _forecasts,
    _in_dollars,
    _known,
    _missed,
    _naive,
    _revisions,
    _row,
    _scores,
    backtest,
    scored,
    scores_csv,
)

NAN = np.nan
LEVEL = 0.8


def world(**tables):
    return World(tables, "mark", Path("data"))


# --- a row ---------------------------------------------------------------------------------------


def row(members, seen=100.0, *, wanted=True):
    head = {"outcome": "a", "observed_central": seen, "scored": wanted}
    return _row(head, np.array(members, dtype=float), LEVEL)


def test_the_interval_is_of_the_draws_alone():
    """Draws 0 to 100; the central value in front of them does not count: 10, 50, 90 at 80 %."""
    made = row([1e9, *range(101)], seen=60.0)
    ends = [made[f"predicted_{end}"] for end in ("low", "median", "high")]
    assert ends == pytest.approx([10, 50, 90])
    assert made["error_share"] == pytest.approx(50 / 60 - 1)
    assert made["inside"] == "yes"
    assert made["scored"]


@pytest.mark.parametrize(
    ("seen", "inside"), [(10.0, "yes"), (90.0, "yes"), (9.99, "no"), (90.01, "no"), (NAN, "")]
)
def test_ends_of_the_interval_belong_to_it_and_unknown_lies_nowhere(seen, inside):
    assert row([50.0, *range(101)], seen=seen)["inside"] == inside


def test_a_central_value_alone_has_no_interval():
    made = row([80.0])
    assert np.isnan([made["predicted_low"], made["predicted_high"]]).all()
    assert made["predicted_median"] == 80.0
    assert made["inside"] == ""
    assert made["error_share"] == pytest.approx(-0.2)
    assert made["scored"]


@pytest.mark.parametrize(("members", "seen"), [([NAN], 100.0), ([80.0], NAN)])
def test_what_is_not_known_is_not_scored_and_has_no_error(members, seen):
    made = row(members, seen)
    assert np.isnan(made["error_share"])
    assert not made["scored"]


def test_what_is_not_to_be_scored_is_not_though_known():
    assert not row([80.0], wanted=False)["scored"]


def test_a_row_takes_its_words_from_the_outcome_and_has_none_where_there_are_none():
    assert _common({"outcome": "a", "period": "2025Q2", "extra": 1}) == {
        "outcome": "a", "period": "2025Q2", "products": "", "known_on": "", "grade": "",
        "source": "", "note": ""}  # fmt: skip


# --- clocks and dollars --------------------------------------------------------------------------


def test_a_prediction_knows_the_day_before_and_no_more():
    assert _known("2025-03-01").isoformat() == "2025-02-28"
    assert _known("2024-03-01").isoformat() == "2024-02-29"
    with pytest.raises(ValueError, match="2025"):
        _known("2025")


def test_a_low_value_is_told_at_the_dearest_dollar():
    """90 of won at 900 to 1,250 a dollar."""
    rates = pd.DataFrame({"low": [900.0], "central": [1000.0], "high": [1250.0]}, index=["krw"])
    won = {"value": 9e4, "exchange_rate": "krw"}
    assert _in_dollars(won, "value", rates, "high") == pytest.approx(72.0)
    assert _in_dollars(won, "value", rates, "low") == pytest.approx(100.0)
    assert _in_dollars({"value": 9e4, "exchange_rate": ""}, "value", rates, "high") == 9e4
    with pytest.raises(KeyError):
        _in_dollars({"value": 1.0, "exchange_rate": "yen"}, "value", rates, "low")


# --- scores ----------------------------------------------------------------------------------------

MINE = pd.DataFrame({
    "outcome": ["a", "b"], "kind": "bill", "scored": True, "observed_central": [100.0, 300.0],
    "predicted_low": [90.0, 310.0], "predicted_median": [110.0, 330.0],
    "predicted_high": [120.0, 350.0], "naive_statutory": [200.0, NAN],
    "naive_unchanged": [0.0, 0.0],
})  # fmt: skip
MEMBERS = {"a": np.array([0.0, 90.0, 130.0]), "b": np.array([0.0, 330.0, 330.0])}


def test_scores_of_two_outcomes():
    """One of two inside; bias 40 / 400; errors 10 % each; ranked: mean of |90 - 100| and |130 -
    100| less half of the distance 40 is 0 (two members, fair), and 30: 15 over a mean of 200."""
    made = _scores(MINE, MEMBERS)
    assert made["coverage"] == 0.5
    assert made["bias"] == pytest.approx(0.1)
    assert made["mape"] == pytest.approx(0.1)
    assert made["crps"] == pytest.approx((20.0 - 20.0 + 30.0) / 2 / 200)
    assert made["naive_statutory"] == 1.0  # of the one outcome on which it says something
    assert made["naive_unchanged"] == 1.0


def test_bias_is_of_sums_so_that_a_small_outcome_weighs_little():
    """10 told as 20 and 990 as 990: a hundredth too high in all, half too high on average."""
    two = MINE.assign(observed_central=[10.0, 990.0], predicted_median=[20.0, 990.0])
    made = _scores(two, MEMBERS)
    assert made["bias"] == pytest.approx(0.01)
    assert made["mape"] == pytest.approx(0.5)


def test_scores_of_nothing_are_not_known():
    made = _scores(MINE.iloc[:0], {})
    assert np.isnan(list(made.values())).all()
    assert set(made) == set(_scores(MINE, MEMBERS))


def test_a_law_of_one_draw_cannot_be_ranked():
    assert np.isnan(_scores(MINE, {**MEMBERS, "b": np.array([0.0, 330.0])})["crps"])


@pytest.mark.parametrize("unit", [1e-6, 1350.0])
def test_scores_do_not_hang_on_the_unit_of_money(unit):
    names = [name for name in MINE if MINE[name].dtype == float]
    other = MINE.assign(**{name: MINE[name] * unit for name in names})
    again = _scores(other, {name: values * unit for name, values in MEMBERS.items()})
    assert again == pytest.approx(_scores(MINE, MEMBERS))


def test_a_naive_rule_that_says_nothing_has_no_score():
    assert np.isnan(_naive(np.array([NAN, NAN]), np.array([1.0, 2.0])))
    assert _naive(np.array([NAN, 3.0]), np.array([1.0, 2.0])) == 0.5


# --- bands -----------------------------------------------------------------------------------------

BAND = {"kind": "bill", "title": "Bills", "least": 2, "coverage_low": 0.5, "coverage_high": 1.0,
        "bias_most": 0.1, "beats": "unchanged statutory"}  # fmt: skip


def missed(mine=MINE, **changes):
    made = _scores(mine, MEMBERS)
    return _missed(BAND | changes, mine, made)


def test_bands_hold_at_their_ends():
    assert missed(bias_most=0.1 + 1e-12) == []


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"bias_most": 0.09}, ["bias"]),
        ({"coverage_low": 0.6}, ["coverage"]),
        ({"coverage_high": 0.4, "coverage_low": 0.0}, ["coverage"]),
        ({"coverage_low": NAN, "coverage_high": NAN}, []),  # no coverage is promised
        ({"beats": ""}, []),
    ],
)
def test_what_is_missed_is_named(changes, names):
    assert missed(**({"bias_most": 0.2} | changes)) == names


def test_a_rule_is_beaten_on_the_outcomes_on_which_it_speaks():
    """It is right on the first, where we err by a tenth; nothing is said of the second."""
    sharp = MINE.assign(naive_statutory=[105.0, NAN])
    assert missed(sharp, bias_most=0.2) == ["statutory"]
    silent = MINE.assign(naive_statutory=[NAN, NAN])
    assert missed(silent, bias_most=0.2) == ["statutory"]  # silence cannot be beaten
    assert missed(MINE.assign(naive_statutory=[110.0, NAN]), bias_most=0.2) == ["statutory"]


def test_what_is_not_known_does_not_hold():
    unknown = MINE.assign(predicted_low=NAN, predicted_median=NAN)
    assert missed(unknown) == ["coverage", "bias", "unchanged", "statutory"]


def test_too_few_outcomes_are_not_judged_and_miss_nothing():
    bands = pd.DataFrame([BAND | {"bias_most": 0.0}, BAND | {"least": 3, "bias_most": 0.0}])
    said = pd.DataFrame({"kind": ["bill"], "diagnosis": ["Because"]})
    table = scored(world(backtest_bands=bands, backtest_diagnoses=said), MINE, MEMBERS)
    assert table["judged"].tolist() == [True, False]
    assert table["met"].tolist() == [False, False]
    assert table["missed"].tolist() == ["bias", ""]
    assert table["diagnosis"].tolist() == ["Because", "Because"]
    assert table["n"].tolist() == [2, 2]


def test_a_kind_counts_only_what_is_scored_and_of_its_kind():
    other = pd.concat([MINE, MINE.assign(outcome=["c", "d"], kind="price"),
                       MINE.assign(outcome=["e", "f"], scored=False)])  # fmt: skip
    bands = pd.DataFrame([BAND])
    empty = pd.DataFrame({"kind": [], "diagnosis": []})
    table = scored(world(backtest_bands=bands, backtest_diagnoses=empty), other, MEMBERS)
    assert table["n"].tolist() == [2]
    assert table["diagnosis"].tolist() == [""]


def test_scores_are_written_with_four_places_and_words_for_truth():
    table = pd.DataFrame({"kind": ["a"], "bias": [0.123456], "crps": [NAN], "n": [3],
                          "judged": [True], "met": [False]})  # fmt: skip
    assert scores_csv(table) == "kind,bias,crps,n,judged,met\na,0.1235,,3,true,false\n"
    assert table["judged"].tolist() == [True], "the table itself is left as it was"


# --- what others said ------------------------------------------------------------------------------


def forecast(outcome, unit, central):
    return {"forecast": "f", "forecaster": "W", "outcome": outcome, "about": "it", "unit": unit,
            "low": NAN, "central": central, "high": NAN, "published_on": "2025-04-01",
            "source": "s"}  # fmt: skip


def test_changes_are_told_as_changes_and_levels_as_levels():
    """Exports are scored as 1 and the change: 0.9 is a fall of a tenth, ours one of 20 %."""
    known = pd.DataFrame(
        {
            "outcome": ["cars", "bill"],
            "observed_central": [0.9, 5e8],
            "predicted_median": [0.8, 4e8],
        }
    )
    said = pd.DataFrame(
        [forecast("cars", "change, share", -0.3), forecast("bill", "USD", 6e8),
         forecast("else", "USD", 1.0)]
    )  # fmt: skip
    made = _forecasts(world(forecasts=said), known)
    assert made["observed"].tolist() == pytest.approx([-0.1, 5e8, NAN], nan_ok=True)
    assert made["error"].tolist() == pytest.approx([-0.2, 1e8, NAN], nan_ok=True)
    assert made["our_error"].tolist() == pytest.approx([-0.1, -1e8, NAN], nan_ok=True)


def test_what_was_changed_carries_the_title_of_its_kind():
    bands = pd.DataFrame([BAND])
    told = pd.DataFrame({"kind": ["bill", "gone"], "what": ["x", "y"]})
    made = _revisions(world(backtest_bands=bands, backtest_revisions=told))
    assert made["title"].fillna("").tolist() == ["Bills", ""]
    assert _revisions(world(backtest_bands=bands, backtest_revisions=told.iloc[:0])).empty


@pytest.mark.parametrize(
    ("empty", "file"), [("backtest_bands", "bands.yaml"), ("firm_bills", "firm_bills.csv")]
)
def test_nothing_to_compare_is_refused_with_the_file_that_is_empty(empty, file):
    full = pd.DataFrame({"interval": [0.8]})
    tables = {"backtest_bands": full, "firm_bills": full} | {empty: full.iloc[:0]}
    with pytest.raises(DataError) as caught:
        backtest(world(**tables))
    place = Path("data") / "raw" / "outcomes" / file
    assert str(caught.value) == (
        f"{place}: the back-test has nothing to compare (it must hold a row)"
    )
