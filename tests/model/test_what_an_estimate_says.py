"""An estimate in per cent and as one row, by hand, without estimating anything."""

from math import e
from types import SimpleNamespace

import pytest

from exposure.errors import QueryError
from exposure.model.estimation import Estimated, design_of


def estimated(slope=-1.0, error=0.0, event_time=False, percent_at=0.25, diagnostics=None):
    found = SimpleNamespace(value=slope, error=error, low=slope - error, high=slope + error)
    made = SimpleNamespace(
        headline=found, event_time=event_time, critical=2.0, verdict="weak", quantity="slope",
        reasons=("few clusters", "one lead only"), notes=(), route="ols", diagnostics=diagnostics,
    )  # fmt: skip
    return Estimated(SimpleNamespace(id="cars", percent_at=percent_at), made)


@pytest.mark.parametrize(
    ("slope", "rate", "effect"),
    [(-1.0, 0.25, -0.2), (1.0, 0.25, 0.25), (-2.0, 0.25, -0.36), (0.0, 0.25, 0.0), (-1.0, 0, 0.0)],
)
def test_a_slope_is_the_effect_of_a_duty(slope, rate, effect):
    """``1.25 ** -1 - 1`` is -20 %."""
    assert estimated(slope, percent_at=rate).percent()[0] == pytest.approx(effect)


def test_both_ends_of_the_interval_are_turned_into_per_cent():
    """A slope of -1 and twice an error of 0.5: from -2 to 0, so from -36 % to nothing; the error
    is 0.8 x ln 1.25 x 0.5."""
    _, error, low, high = estimated(error=0.5).percent()
    assert (low, high) == pytest.approx((-0.36, 0.0))
    assert error == pytest.approx(0.8 * 0.22314355 * 0.5)


def test_a_step_of_an_event_is_a_change_of_the_log_and_asks_for_no_rate():
    found = estimated(-1.0, event_time=True, percent_at=None).percent()
    assert found[0] == pytest.approx(1 / e - 1)


def test_without_a_rate_there_is_no_per_cent():
    assert estimated(percent_at=None).percent() is None


def test_a_summary_is_one_row_with_all_reasons():
    made = estimated(error=0.5)
    row = made.summary()
    assert len(row) == 1
    assert row.loc[0, ["id", "verdict", "reasons", "notes"]].tolist() == [
        "cars", "weak", "few clusters; one lead only", "",
    ]  # fmt: skip
    assert row.loc[0, ["estimate", "low", "high"]].tolist() == [-1.0, -1.5, -0.5]
    assert made.verdict == "weak"


def document(transform, pass_through):
    regressor = SimpleNamespace(column="rate", transform=transform)
    return SimpleNamespace(
        id="cars", outcome="price", regressors=[regressor], effects=["good"], cluster=["good"],
        model="ols", event=None, weights=None, errors="cluster", factor="", unit="", expect=None,
        pass_through=pass_through,
    )  # fmt: skip


@pytest.mark.parametrize("transform", ["none", "log"])
def test_pass_through_needs_the_log_of_one_and_the_rate(transform):
    with pytest.raises(QueryError) as caught:
        design_of(document(transform, True))
    assert str(caught.value) == "cars: pass_through needs a slope on log1p of a rate"
    assert design_of(document(transform, False)).outcome == "price"


def test_columns_of_a_document_are_those_of_its_design():
    made = design_of(document("log1p", True))
    assert (made.regressors[0].column, made.regressors[0].transform) == ("rate", "log1p")
    assert (made.effects, made.cluster, made.event) == (("good",), ("good",), None)
