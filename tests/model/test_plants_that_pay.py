"""Whether a plant still pays, by hand: what it earns over what closing would save, and its tail."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.economy.incidence import Burden
from exposure.model.cases import Case
from exposure.model.headline import Sides
from exposure.model.inputs import plant_input
from exposure.model.plants import COLUMNS, coverage, plants

NAN = np.nan
few = settings(max_examples=25, deadline=None)
OLD, NEW = slice(0, 1), slice(1, 2)
NUMBERS = {"jobs": 100.0, "us_share": 0.5, "fixed_share": 0.1}


def sides(sites=("plant",), before=(100.0,), after=(80.0,), duty=(20.0,), own=0.5, **numbers):
    """One product; a landed cost of 100 without duty. ``own`` is borne by firms, halves each."""
    numbers = NUMBERS | numbers
    compiled = SimpleNamespace(
        routes=pd.DataFrame({"product": "car", "site": sites, "market": 0}),
        sectors=("cars",),
        plants=pd.DataFrame(
            [("plant", "Plant", "Firm", "MEX", "Puebla", "cars", "D", "s")],
            columns=["site", "title", "firm", "country", "region", "industry", "grade", "source"],
        ),
    )
    half, none = np.full((2, 1), own / 2), np.zeros((2, 1))
    paid = np.array([np.zeros(len(duty)), duty])
    done = SimpleNamespace(
        units_before=np.array([before, before]),
        units_after=np.array([before, after]),
        burden=Burden(1 - 2 * half, half, half, none),
        duty=paid,
        cost=100.0 + paid,
    )
    values = {"contribution_margin": np.array([numbers.pop("margin", 0.2)])}
    values |= {plant_input("plant", name): np.full(2, by) for name, by in numbers.items()}
    return Sides(compiled, done, values, OLD, NEW)


def test_coverage_by_hand():
    """A margin of 20 % on sales, half of them American. Firms bear half of 20 on 100: 10 %. Of a
    dollar 0.5 x 0.2 is earned elsewhere and 0.5 x 0.8 x (0.2 - 0.1) in the United States: 14 %,
    against 10 % that closing saves."""
    found = coverage(sides(), "plant")
    assert found.used.tolist() == [True]
    assert found.before.tolist() == pytest.approx([2.0])
    assert found.after.tolist() == pytest.approx([1.4])
    assert not found.stops_before[0]
    assert not found.stops[0]


@pytest.mark.parametrize(
    ("fixed", "stops_before", "stops", "bearable"),
    [
        (0.1, False, False, 0.2),  # what is earned elsewhere pays: all of the margin can go
        (0.12, False, False, 0.15),  # 0.2 - (0.12 - 0.1) / 0.4
        (0.15, False, True, 0.075),
        (0.25, True, True, -0.175),  # it does not pay today; the price would have to rise
    ],
)
def test_a_plant_stops_where_the_cut_is_more_than_it_can_bear(fixed, stops_before, stops, bearable):
    found = coverage(sides(fixed_share=fixed), "plant")
    assert found.bearable.tolist() == pytest.approx([bearable])
    assert (found.stops_before[0], found.stops[0]) == (stops_before, stops)


@few
@given(st.floats(0.11, 0.19), st.floats(0.3, 0.9), st.floats(20.0, 100.0))
def test_at_the_cut_that_it_can_just_bear_a_plant_just_pays(fixed, share, after):
    bearable = float(coverage(sides(after=(after,), fixed_share=fixed, us_share=share), "plant")
                     .bearable[0])  # fmt: skip
    # A duty of twice the cut in per cent, of which firms bear half.
    duty = (200.0 * bearable,)
    at = coverage(sides(after=(after,), duty=duty, fixed_share=fixed, us_share=share), "plant")
    assert at.after[0] == pytest.approx(1.0)


@few
@given(st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_a_higher_duty_never_covers_more(one, more):
    less, rest = (coverage(sides(duty=(duty,)), "plant").after[0] for duty in (one + more, one))
    assert less <= rest + 1e-12


def test_what_is_sold_elsewhere_does_not_hang_on_the_duty():
    """A plant that sells nothing to the United States covers what it did."""
    found = coverage(sides(duty=(90.0,), after=(0.0,), us_share=0.0), "plant")
    assert found.after == pytest.approx(found.before)


def test_without_american_sales_left_the_rest_alone_pays():
    found = coverage(sides(after=(0.0,)), "plant")
    assert found.after.tolist() == pytest.approx([0.5 * 0.2 / 0.1])


def test_routes_of_a_plant_count_by_what_they_ship_today():
    """Three of four units pay 20 on 100, one none: firms bear half of 15 %."""
    both = sides(("plant", "plant"), (75.0, 25.0), (75.0, 25.0), (20.0, 0.0))
    assert coverage(both, "plant").after[0] == pytest.approx((0.1 + 0.5 * (0.2 - 0.075)) / 0.1)


def test_routes_of_other_plants_have_no_say():
    alone, beside = sides(), sides(("other", "plant"), (900.0, 100.0), (0.0, 80.0), (99.0, 20.0))
    for name in ("before", "after", "bearable"):
        assert getattr(coverage(beside, "plant"), name) == pytest.approx(
            getattr(coverage(alone, "plant"), name)
        )


def test_a_duty_that_buyers_and_currencies_bear_cuts_nothing():
    found = coverage(sides(own=0.0, after=(100.0,)), "plant")
    assert found.after == pytest.approx(found.before)


# --- the table -----------------------------------------------------------------------------------


def listed(made, table=None):
    """Plants of a run of one row a side."""
    pair = Case("s", "baseline", 0, OLD), Case("s", "scenario", 1, NEW)
    return plants(made.compiled, pair, made.done, made.values, table)


def industries(**changes):
    """One sector with 10 own jobs and 15 at home in a million of exports."""
    form = {
        "regions": ("MEX",), "industries": ("cars",), "output": np.array([100.0]),
        "jobs": np.array([[900.0], [1000.0], [1100.0]]),
        "home_jobs": np.array([[13.0], [15.0], [17.0]]),
    }  # fmt: skip
    return SimpleNamespace(**form | changes)


def test_a_row_says_what_goes_if_the_plant_closes():
    """15 jobs at home for each 10 of its own: 0.5 at suppliers for each of its 100."""
    made = listed(sides(), industries())
    assert list(made) == list(COLUMNS)
    row = made.iloc[0]
    assert row["tail_plant_central"] == row["jobs_central"] == 100.0
    assert row["tail_suppliers_central"] == pytest.approx(50.0)
    # Without draws no share of them is known.
    assert row[["stops_before_share", "stops_share"]].isna().all()
    assert (row["scenario"], row["firm"], row["products"]) == ("s", "Firm", "car")


def test_one_row_has_no_range():
    row = listed(sides(), industries()).iloc[0]
    for name in ("jobs", "coverage_before", "coverage", "tail_plant", "tail_suppliers"):
        assert np.isnan(row[f"{name}_low"])
        assert np.isnan(row[f"{name}_high"])


@pytest.mark.parametrize(
    "table",
    [
        None,
        industries(regions=("KOR",)),
        industries(industries=("steel",)),
        industries(jobs=np.full((3, 1), NAN), home_jobs=np.full((3, 1), NAN)),
    ],
    ids=["no table", "another country", "another industry", "nobody counted"],
)
def test_suppliers_that_nobody_counted_are_not_known_and_the_plant_is(table):
    row = listed(sides(), table).iloc[0]
    assert np.isnan(row["tail_suppliers_central"])
    assert row["tail_plant_central"] == 100.0


@pytest.mark.parametrize(
    "made",
    [sides(before=(0.0,), after=(0.0,)), sides(("other",))],
    ids=["ships nothing", "of no route"],
)
def test_a_plant_that_no_product_uses_today_has_no_row(made):
    found = listed(made)
    assert len(found) == 0
    assert list(found) == list(COLUMNS)


def test_how_often_it_stops_is_counted_in_the_draws_and_not_in_the_central_row():
    """Central 10 % of fixed cost, draws 15, 12, 30 and 16 %: at 14 % earned, three of four stop;
    30 % did not pay before either."""
    fixed = np.array([0.1, 0.15, 0.12, 0.3, 0.16])
    one = sides()
    count = len(fixed)
    done = one.done
    many = SimpleNamespace(
        **{name: np.repeat(getattr(done, name), count, axis=0)
           for name in ("units_before", "units_after", "duty", "cost")},
        burden=Burden(*(np.repeat(part, count, axis=0) for part in vars(done.burden).values())),
    )  # fmt: skip
    values = {
        "contribution_margin": np.array([0.2]),
        plant_input("plant", "jobs"): np.tile([100.0, 90, 110, 80, 120], 2),
        plant_input("plant", "us_share"): np.full(2 * count, 0.5),
        plant_input("plant", "fixed_share"): np.tile(fixed, 2),
    }
    pair = (
        Case("s", "baseline", 0, slice(0, count)),
        Case("s", "scenario", 1, slice(count, 2 * count)),
    )
    row = plants(one.compiled, pair, many, values, None).iloc[0]
    assert (row["stops_before_share"], row["stops_share"]) == (0.25, 0.75)
    assert row["coverage_central"] == pytest.approx(1.4)
    # Tenths between 80, 90, 110, 120: 80 + 0.3 x 10, 110 + 0.7 x 10.
    assert (row["jobs_low"], row["jobs_high"]) == (pytest.approx(83.0), pytest.approx(117.0))
