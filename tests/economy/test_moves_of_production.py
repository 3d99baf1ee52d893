"""Whether to run, to go, or to move: plants at break-even, annuities year by year, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.economy.closure import PricePath, exit_trigger, shut_down
from exposure.economy.relocation import Move, annuity, break_even_survival, present_value
from exposure.errors import DataError


def one(*numbers):
    return [np.array([number], dtype=float) for number in numbers]


@pytest.mark.parametrize(
    ("price", "profit", "stops"),
    [
        (12.0, 100.0, False),
        (11.0, 0.0, False),  # just at break-even a plant runs
        (10.0, -100.0, True),
    ],
)
def test_a_plant_runs_while_its_margin_pays_what_stopping_saves(price, profit, stops):
    """8 USD of variable cost, 300 a year saved, 100 units: 8 + 3 = 11 is the price to run at."""
    found = shut_down(*one(price, 8.0, 300.0, 100.0))
    assert (found.profit[0], found.break_even[0], found.stops[0]) == (profit, 11.0, stops)


def test_a_plant_without_output_has_no_price_to_run_at_and_stops_if_that_saves():
    found = shut_down(*(np.array(x) for x in ([9.0, 9.0], [8.0, 8.0], [300.0, 0.0], [0.0, 0.0])))
    assert np.isnan(found.break_even).all()
    assert found.stops.tolist() == [True, False]


@pytest.mark.parametrize(
    ("survival", "discount", "years", "worth"),
    [
        (1.0, 0.0, 3, 3.0),  # a dollar a year
        (0.5, 0.0, 3, 0.875),  # 1/2 + 1/4 + 1/8
        (1.0, 1.0, 2, 0.75),  # halved each year by the discount instead
        (0.5, 1.0, 2, 0.3125),  # both: 1/4 + 1/16
        (0.0, 0.1, 9, 0.0),  # it ends before the first year is over
        (0.9, 0.1, 0, 0.0),
        (1.0, -0.5, 2, 6.0),  # a discount below 0: 2 + 4
    ],
)
def test_an_annuity_year_by_year(survival, discount, years, worth):
    assert annuity(*one(survival, discount, years))[0] == pytest.approx(worth)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 1), st.floats(-0.2, 0.3), st.integers(0, 40))
def test_one_year_more_is_worth_that_year(survival, discount, years):
    shorter, longer = (annuity(*one(survival, discount, n))[0] for n in (years, years + 1))
    factor = survival / (1 + discount)
    assert longer - shorter == pytest.approx(factor ** (years + 1), rel=1e-6, abs=1e-9)


def test_an_annuity_goes_through_the_point_where_nothing_is_discounted():
    """A hair beside no discount at all it is a hair beside the number of years."""
    beside = [annuity(*one(1.0, hair, 20))[0] for hair in (-1e-12, 0.0, 1e-12)]
    np.testing.assert_allclose(beside, 20.0, rtol=1e-10)


@pytest.mark.parametrize(
    ("survival", "discount", "years", "line"),
    [
        (1.01, 0.1, 5, "survival: a chance that the tariff survives is out of range (0 to 1)"),
        (-0.1, 0.1, 5, "survival: a chance that the tariff survives is out of range (0 to 1)"),
        (0.9, -1.0, 5, "move: a discount or a number of years is out of range "
                       "(a discount above -1, whole years from 0 up)"),
        (0.9, 0.1, 2.5, "move: a discount or a number of years is out of range "
                        "(a discount above -1, whole years from 0 up)"),
        (0.9, 0.1, -1, "move: a discount or a number of years is out of range "
                       "(a discount above -1, whole years from 0 up)"),
    ],
)  # fmt: skip
def test_an_annuity_out_of_range_is_refused(survival, discount, years, line):
    with pytest.raises(DataError) as caught:
        annuity(*one(survival, discount, years))
    assert str(caught.value) == line


@pytest.mark.parametrize(("tax", "worth"), [(0.0, 20.0), (0.25, -10.0), (1.0, -100.0)])
def test_tax_is_on_what_is_saved_and_not_on_the_outlay(tax, worth):
    """40 a year for 3 years without discount: 120, less 100 today."""
    assert present_value(Move(*one(100, 40, 3, 0, tax)), np.ones(1))[0] == pytest.approx(worth)


@pytest.mark.parametrize(
    ("outlay", "saving", "chance"),
    [
        (60.0, 80.0, 0.5),  # x + x^2 = 3/4 at x = 1/2
        (160.0, 80.0, 1.0),  # only a tariff that surely stays pays
        (161.0, 80.0, np.nan),
        (0.0, 80.0, 0.0),  # what costs nothing pays even if the tariff ends
        (-5.0, 0.0, 0.0),
    ],
)
def test_the_chance_at_which_a_move_pays(outlay, saving, chance):
    """Two years without discount."""
    found = break_even_survival(Move(*one(outlay, saving, 2, 0, 0)))
    np.testing.assert_allclose(found, [chance], rtol=1e-12)


@pytest.mark.parametrize(
    ("drift", "spread", "discount", "units"),
    [(0.1, 0.2, 0.1, 1), (-0.2, 0.2, 0.0, 1), (0.0, -0.1, 0.1, 1), (0.0, 0.2, 0.1, 0)],
)
def test_a_price_to_go_at_that_does_not_exist_is_refused(drift, spread, discount, units):
    with pytest.raises(DataError) as caught:
        exit_trigger(PricePath(*one(drift, spread, discount)), *one(10, 0, units))
    assert str(caught.value) == (
        "price path: no exit price (a discount above 0 and above the drift, a spread of 0 or more, "
        "units above 0)"
    )


def test_a_plant_goes_below_break_even_by_hand():
    """No drift, s^2 = 0.1, r = 0.1: b (b - 1) / 20 = 1/10, so b = -1 and the trigger is half of
    the price of break-even, 0.1 * (10 / 0.1) = 10."""
    found = exit_trigger(PricePath(*one(0.0, 0.1**0.5, 0.1)), *one(10, 0, 1))
    assert found.root[0] == pytest.approx(-1.0)
    assert found.break_even[0] == pytest.approx(10.0)
    assert found.trigger[0] == pytest.approx(5.0)


@pytest.mark.parametrize(("scrap", "trigger"), [(100.0, 10.0), (0.0, 5.0), (-50.0, 2.5)])
def test_what_going_brings_raises_the_price_at_which_it_is_best(scrap, trigger):
    found = exit_trigger(PricePath(*one(0.0, 0.1**0.5, 0.1)), *one(10, scrap, 1))
    assert found.trigger[0] == pytest.approx(trigger)
