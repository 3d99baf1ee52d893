"""Duty in the goods sold: flows of a user, days in stock, and what is told when they do not fit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import QueryError
from exposure.model.quarters import _sold
from exposure.model.timing import _with_flows

NAN = np.nan
few = settings(max_examples=25, deadline=None)

BORDER = pd.Series([0.0, 10.0], index=["2025-03", "2025-04"])


def flows(**changes):
    form = {"month": ["2025-03", "2025-04"], "entries": [10.0, 10.0], "sales": [5.0, 15.0],
            "stock": [5.0, NAN]}  # fmt: skip
    return pd.DataFrame(form | changes)


def test_goods_are_sold_in_the_order_in_which_they_entered():
    """5 of old stock in March; in April the 10 of March at nothing and 5 at 10: a third of 10."""
    assert _with_flows(BORDER, flows()).tolist() == pytest.approx([0.0, 10 / 3])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (flows().drop(columns=["sales", "stock"]),
         "flows: column missing: sales, stock (month, entries, sales, stock)"),
        (flows().iloc[:1], "flows: month missing: 2025-04 (every month once)"),
        (pd.concat([flows(), flows().iloc[1:]]),
         "flows: month stands twice: 2025-04 (every month once)"),
        (flows(stock=[NAN, 5.0]), "flows: no stock before 2025-03 (0 or more units)"),
        (flows(stock=[-1.0, NAN]), "flows: no stock before 2025-03 (0 or more units)"),
    ],
)  # fmt: skip
def test_flows_that_do_not_fit_are_told(table, told):
    with pytest.raises(QueryError) as caught:
        _with_flows(BORDER, table)
    assert str(caught.value) == told


def test_flows_may_stand_in_any_order_and_hold_more_months():
    more = pd.concat([flows(), flows(month=["2025-01", "2025-02"])]).iloc[::-1]
    np.testing.assert_allclose(_with_flows(BORDER, more), _with_flows(BORDER, flows()))


def test_duty_in_goods_sold_is_not_known_without_days_in_stock_or_a_duty():
    duty = np.array([10.0, 10.0, 10.0])
    assert _sold(duty, 1.0, 4.0).tolist() == [4.0, 10.0, 10.0]
    assert np.isnan(_sold(duty, NAN, 4.0)).all()
    assert np.isnan(_sold(np.array([10.0, NAN, 10.0]), 1.0, 4.0)).all()


@few
@given(st.floats(0, 10), st.floats(0, 100))
def test_a_duty_that_does_not_change_is_sold_as_it_is(held, duty):
    np.testing.assert_allclose(_sold(np.full(5, duty), held, duty), duty)
