"""From uniform numbers to inputs: quantiles by hand, names, the long run, ranges that are printed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from exposure.errors import DataError
from exposure.model.cases import median, three
from exposure.model.draws import EDGE, LAWS, _joint, draw, quantiles, uniforms
from exposure.model.inputs import plant_draws, plant_input

few = settings(max_examples=25, deadline=None)
ENDS = {"above": (1.0, 2.0, 6.0), "below": (-6.0, -3.0, -1.5), "point": (2.0, 2.0, 4.0)}


def at(law, ends, chance):
    low, central, high = (np.array([end]) for end in ends)
    return float(LAWS[law](low, central, high, np.array([chance]))[0])


def ranges(**rows):
    """Rows ``low, central, high[, law]`` by name; in a name ``__`` is ``@`` and ``_long`` ``:long``."""
    table = {
        name.replace("__", "@").replace("_long", ":long"): (*row, "triangle")[:4]
        for name, row in rows.items()
    }
    columns = ["low", "central", "high", "distribution"]
    return pd.DataFrame.from_dict(table, orient="index", columns=columns)


# --- quantiles by hand ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "chance", "value"),
    [
        ("triangle", 0.0, 1.0),
        ("triangle", 0.125, 1.5),  # sqrt(2 * 0.125) = half of the way up
        ("triangle", 0.875, 4.0),  # half of the way down from 6
        ("uniform", 0.0, 1.0),
        ("uniform", 0.25, 1.5),
        ("uniform", 0.75, 4.0),
        ("uniform", 1.0, 6.0),
        ("normal", float(ndtr(EDGE)), 6.0),  # ends of 95 per cent
        ("normal", float(ndtr(-EDGE)), 1.0),
        ("normal", float(ndtr(EDGE / 2)), 4.0),
        ("lognormal", float(ndtr(EDGE)), 6.0),
        ("lognormal", float(ndtr(-EDGE)), 1.0),
        ("lognormal", float(ndtr(EDGE / 2)), 12**0.5),  # halfway between the logarithms of 2 and 6
    ],
)
def test_quantiles_of_1_to_2_to_6(law, chance, value):
    assert at(law, ENDS["above"], chance) == pytest.approx(value)


@pytest.mark.parametrize(
    ("chance", "value"), [(float(ndtr(-EDGE)), -6.0), (0.5, -3.0), (float(ndtr(EDGE)), -1.5)]
)
def test_a_lognormal_number_below_0_runs_from_low_to_high_as_well(chance, value):
    assert at("lognormal", ENDS["below"], chance) == pytest.approx(value)


def test_a_normal_number_below_0_stays_there():
    assert at("normal", (-1.0, -0.1, 0.5), 0.99) == 0.0


@pytest.mark.parametrize("law", sorted(LAWS))
def test_a_side_without_width_stays_at_its_centre(law):
    assert at(law, ENDS["point"], 0.2) == 2.0
    assert at(law, ENDS["point"], 0.8) > 2.0


@few
@given(st.sampled_from(sorted(LAWS)), st.floats(1e-6, 1 - 1e-6), st.floats(0.01, 1e6))
def test_a_law_moves_with_the_unit_of_its_number(law, chance, unit):
    scaled = at(law, [end * unit for end in ENDS["above"]], chance)
    assert scaled == pytest.approx(unit * at(law, ENDS["above"], chance))


@few
@given(st.sampled_from(sorted(LAWS)), st.floats(1e-6, 1 - 1e-6))
def test_a_law_turned_round_is_its_mirror(law, chance):
    """The quantile of -x at p is minus that of x at 1 - p."""
    mirrored = at(law, [-end for end in ENDS["above"][::-1]], chance)
    assert mirrored == pytest.approx(-at(law, ENDS["above"], 1 - chance), rel=1e-9)


# --- names ---------------------------------------------------------------------------------------


def test_no_draws_are_the_central_values():
    assert {name: list(v) for name, v in draw(ranges(a=(1, 2, 6), b=(0, 5, 9)), 0, 1).items()} == {
        "a": [2.0], "b": [5.0]}  # fmt: skip


def test_a_middle_that_no_formula_gives_to_the_last_bit_is_central_to_the_last_bit():
    third = ranges(a=(0.1, 1 / 3, 1e3, "uniform"), b=(0.1, 1 / 3, 1e3, "triangle"))
    assert 1e3 - (1e3 - 1 / 3) != 1 / 3
    found = quantiles(third, {name: np.array([0.5]) for name in "ab"})
    assert [found[name][0] for name in "ab"] == [1 / 3, 1 / 3]


def test_what_is_fixed_does_not_draw_and_names_of_others_do_not_matter():
    table = ranges(a=(1, 2, 6), a__cars=(1, 3, 6), b=(0, 5, 9))
    found = draw(table, 5, 1, {"a": 9.0, "c": 1.0})
    assert set(found["a"]) == set(found["a@cars"]) == {9.0}
    assert len(set(found["b"])) == 6


def test_streams_are_by_name_and_seed_not_by_place():
    first = uniforms(["a", "b"], 8, 3, None)
    second = uniforms(["b", "c", "a"], 8, 3, None)
    np.testing.assert_array_equal(first["a"], second["a"])
    assert (uniforms(["a"], 8, 4, None)["a"] != first["a"]).all()
    assert (first["a"] != first["b"]).all()
    assert ((first["a"] >= 0) & (first["a"] < 1)).all()


def test_fewer_draws_are_the_first_of_more():
    few_, many = (uniforms(["a"], count, 3, None)["a"] for count in (4, 9))
    np.testing.assert_array_equal(few_, many[:4])


def test_the_long_run_has_no_numbers_of_its_own():
    assert set(uniforms(["a", "a:long"], 2, 1, None)) == {"a"}


# --- moving together -----------------------------------------------------------------------------


def pairs(*rows):
    return pd.DataFrame(rows, columns=["first", "second", "correlation"])


def matrix(names, *rows):
    joined, root = _joint(list(names), pairs(*rows))
    return joined, np.round(root @ root.T, 12).tolist()


def test_a_pattern_joins_every_pair_that_it_fits_but_no_name_with_itself():
    joined, found = matrix(["x@a", "x@b", "y"], ("x@*", "x@*", 0.5))
    assert joined == ["x@a", "x@b"]
    assert found == [[1.0, 0.5], [0.5, 1.0]]


def test_a_later_row_beats_an_earlier_one_in_either_direction():
    _, found = matrix(["a", "b"], ("a", "b", 0.5), ("b", "a", -0.2))
    assert found == [[1.0, -0.2], [-0.2, 1.0]]


def test_names_that_are_not_there_join_nothing():
    joined, found = matrix(["a"], ("a", "b", 0.5))
    assert joined == []
    assert found == []
    free = draw(ranges(a=(1, 2, 6)), 5, 1)
    kept = draw(ranges(a=(1, 2, 6)), 5, 1, correlations=pairs(("a", "b", 0.5)))
    np.testing.assert_array_equal(free["a"], kept["a"])


def test_numbers_that_move_as_one_are_refused_in_a_line():
    with pytest.raises(DataError) as caught:
        _joint(["a", "b"], pairs(("a", "b", 1.0)))
    assert str(caught.value) == (
        "economy/correlations.csv: these correlations cannot hold together (the matrix is not "
        "positive definite) (smaller numbers)"
    )


# --- the long run --------------------------------------------------------------------------------

LATER = ranges(e=(0, 1, 4), e_long=(2, 5, 8), adjustment_years=(2, 2, 2))


@pytest.mark.parametrize(
    ("years", "way"), [(1.0, 0.0), (3.0, 1 - np.exp(-1)), (1 + 2 * np.log(2), 0.5), (1e6, 1.0)]
)
def test_a_parameter_goes_its_way_to_the_long_run(years, way):
    found = draw(LATER, 0, 1, years=years)
    assert found["e"][0] == pytest.approx(1 + 4 * way)
    assert "e:long" not in found


def test_a_parameter_that_is_fixed_is_so_at_all_times():
    assert set(draw(LATER, 6, 1, {"e": 2.0}, years=9.0)["e"]) == {2.0}


def test_a_slow_market_goes_less_far():
    slow = LATER.copy()
    slow.loc["adjustment_years", ["low", "central", "high"]] = 8.0
    assert draw(slow, 0, 1, years=4.0)["e"][0] < draw(LATER, 0, 1, years=4.0)["e"][0]


# --- plants --------------------------------------------------------------------------------------


def test_numbers_of_a_plant_are_drawn_by_its_site():
    plant = {"site": "ulsan"}
    for name, ends in (("jobs", (90, 100, 130)), ("us_share", (0.5, 0.6, 0.7)),
                       ("fixed_share", (0.1, 0.1, 0.1))):  # fmt: skip
        plant |= {f"{name}_{end}": value for end, value in zip(("low", "central", "high"), ends,
                                                               strict=True)}  # fmt: skip
    found = plant_draws(pd.DataFrame([plant]), 20, 1)
    assert set(found) == {plant_input("ulsan", n) for n in ("jobs", "us_share", "fixed_share")}
    jobs = found["plant/ulsan/jobs"]
    assert jobs[0] == 100
    assert ((jobs >= 90) & (jobs <= 130)).all()
    assert len(set(jobs)) == 21
    assert set(found["plant/ulsan/fixed_share"]) == {0.1}
    assert plant_draws(pd.DataFrame(), 20, 1) == {}


# --- ranges that are printed -----------------------------------------------------------------------


def test_a_range_is_the_middle_80_per_cent_of_the_draws_and_holds_the_centre():
    """Draws 0 to 100: 10 and 90; a centre of 3 or 95 widens one end."""
    draws = np.arange(101.0)
    for centre, wanted in ((50.0, (10, 50, 90)), (3.0, (3, 3, 90)), (95.0, (10, 95, 95))):
        found = three(np.r_[centre, draws][:, None])
        assert [float(end[0]) for end in found] == pytest.approx(wanted)
        assert float(median(np.r_[centre, draws][:, None])[0]) == 50.0


def test_one_row_has_no_range_and_is_its_own_median():
    row = np.array([[7.0, np.nan]])
    low, central, high = three(row)
    for end in (central, median(row)):
        np.testing.assert_array_equal(end, [7.0, np.nan])
    assert np.isnan([low, high]).all()


def test_a_range_with_a_draw_that_is_not_known_is_not_known():
    low, central, high = three(np.array([[2.0], [1.0], [np.nan]]))
    assert central == 2.0
    assert np.isnan([low, high]).all()


def test_a_median_of_an_unknown_draw_is_not_known():
    assert np.isnan(median(np.array([[1.0], [2.0], [np.nan]]))[0])
