"""Draws: laws keep their median and range, numbers move together as stated, and time passes."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from exposure.errors import DataError
from exposure.model.draws import LAWS, draw

RANGES = pd.DataFrame(
    [
        ("a", 1.0, 2.0, 6.0, "triangle"),
        ("b@x", -6.0, -3.0, -1.5, "lognormal"),
        ("b@y", 0.5, 1.0, 3.0, "normal"),
        ("c", 0.0, 1.0, 4.0, "uniform"),
        ("c:long", 2.0, 5.0, 8.0, "uniform"),
        ("still", 3.0, 3.0, 3.0, "triangle"),
        ("adjustment_years", 3.0, 3.0, 3.0, "triangle"),
    ],
    columns=["id", "low", "central", "high", "distribution"],
).set_index("id")
PAIRS = pd.DataFrame(
    [("a", "c", 0.8), ("b@*", "b@*", -0.5)], columns=["first", "second", "correlation"]
)


@pytest.mark.parametrize("name", sorted(LAWS))
@pytest.mark.parametrize("ends", [(1.0, 2.0, 6.0), (-6.0, -3.0, -1.5), (0.5, 0.5, 2.0)])
def test_every_law_has_its_median_rises_and_keeps_its_sign(name, ends):
    chance = np.linspace(0.0005, 0.9995, 2001)
    low, central, high = (np.array([end]) for end in ends)
    drawn = LAWS[name](low, central, high, chance)
    assert drawn[1000] == pytest.approx(ends[1])
    assert (np.diff(drawn) >= -1e-12).all()
    assert (np.sign(drawn) == np.sign(ends[1])).all() or name == "normal"
    if name in ("triangle", "uniform"):
        assert drawn.min() >= ends[0] - 1e-12
        assert drawn.max() <= ends[2] + 1e-12
    elif ends[0] < ends[1]:
        # 95 % between the ends: 2.5 % below low.
        share = (drawn < ends[0]).mean()
        assert share == pytest.approx(0.025, abs=0.002)


def test_a_normal_number_does_not_change_its_sign():
    far = LAWS["normal"](np.array([0.1]), np.array([1.0]), np.array([2.0]), np.array([1e-6]))
    assert far[0] == 0.0


def test_row_0_is_central_and_marginals_do_not_hang_on_correlations():
    apart, joined = (draw(RANGES, 4000, 7, correlations=pairs) for pairs in (None, PAIRS))
    for name in ("a", "b@x", "b@y", "c"):
        assert joined[name][0] == RANGES.loc[name, "central"]
        np.testing.assert_allclose(
            np.quantile(apart[name], [0.1, 0.5, 0.9]),
            np.quantile(joined[name], [0.1, 0.5, 0.9]),
            rtol=0.12,
        )
    assert "c:long" not in apart


def test_numbers_move_together_as_the_table_says():
    """The rank correlation of a normal copula of 0.8 is 6 / pi * asin(0.4) = 0.786."""
    values = draw(RANGES, 6000, 7, correlations=PAIRS)
    together = spearmanr(values["a"], values["c"]).statistic
    assert together == pytest.approx(6 / np.pi * np.arcsin(0.4), abs=0.02)
    against = spearmanr(values["b@x"], values["b@y"]).statistic
    assert against == pytest.approx(-6 / np.pi * np.arcsin(0.25), abs=0.03)
    free = spearmanr(values["a"], values["b@x"]).statistic
    assert abs(free) < 0.04


def test_correlations_that_cannot_hold_are_refused():
    pairs = pd.DataFrame(
        [("a", "c", 0.9), ("a", "b@y", 0.9), ("c", "b@y", -0.9)], columns=PAIRS.columns
    )
    with pytest.raises(DataError, match="cannot hold together"):
        draw(RANGES, 5, 1, correlations=pairs)


def test_a_name_that_is_added_does_not_move_the_others():
    less = draw(RANGES.drop("c").drop("c:long"), 20, 5)
    more = draw(RANGES, 20, 5)
    for name in less:
        assert (less[name] == more[name]).all()


def test_a_fixed_number_is_the_same_in_all_sectors():
    values = draw(RANGES, 3, 1, {"b": 9.0})
    assert (values["b@x"] == 9.0).all()
    assert (values["b@y"] == 9.0).all()


def test_time_carries_a_parameter_to_its_long_run():
    """In the first year 1, in the end 5; after 4 years 1 - exp(-3 / 3) of the way: 3.528."""
    first, later, end = (draw(RANGES, 50, 3, years=years)["c"] for years in (1.0, 4.0, 60.0))
    assert first[0] == 1.0
    assert later[0] == pytest.approx(1 + 4 * (1 - np.exp(-1)))
    assert end[0] == pytest.approx(5.0, abs=1e-6)
    # One number at two times: who draws high early draws high late.
    assert spearmanr(first, end).statistic == pytest.approx(1.0)
