"""Jobs that are exposed and jobs that are predicted: by hand, at their ends, and what they keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.economy.jobs import (
    exposed,
    own_wage_elasticity,
    per_unit,
    predicted,
    response,
    wage_and_output,
)


def one(*numbers):
    return [np.array(number) for number in numbers]


def test_work_in_a_product_adds_up_over_its_stages():
    """Stages of 2,000 and 500 USD at 5 and 20 persons a million: 0.01 and 0.01 persons."""
    work = per_unit(np.array([[2000.0, 500.0]]), np.array([[5.0, 20.0]]))
    np.testing.assert_allclose(work, [[0.01, 0.01]])
    np.testing.assert_allclose(exposed(work, np.array([[30_000.0]])), [[300.0, 300.0]])


def test_a_stage_without_known_jobs_is_not_a_stage_without_jobs():
    work = per_unit(np.array([[2000.0, 500.0]]), np.array([[5.0, np.nan]]))
    found = exposed(work, np.array([[1000.0]]))
    np.testing.assert_array_equal(np.isnan(found), [[False, True]])
    # Nobody works on what is not sold, but where it is not known how many, it stays so.
    np.testing.assert_array_equal(exposed(work, np.array([[0.0]])), [[0.0, np.nan]])


@pytest.mark.parametrize(
    ("ratio", "elasticity", "change"),
    [
        (1.0, 0.7, 0.0),
        (0.81, 0.5, -0.1),  # the root of 0.81 is 0.9
        (1.21, 0.5, 0.1),
        (0.8, 1.0, -0.2),  # as volume does
        (0.8, 0.0, 0.0),  # jobs that do not follow volume
        (0.0, 0.7, -1.0),  # all go with the last unit
    ],
)
def test_jobs_follow_volume_by_their_elasticity(ratio, elasticity, change):
    assert response(*one(ratio, elasticity)) == pytest.approx(change)
    assert predicted(*one(250.0, ratio, elasticity)) == pytest.approx(250.0 * change)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 2), st.floats(0.1, 1), st.floats(0.5, 2))
def test_two_changes_one_after_the_other_are_their_product(first, elasticity, second):
    both = 1 + response(*one(first * second, elasticity))
    apart = (1 + response(*one(first, elasticity))) * (1 + response(*one(second, elasticity)))
    assert both == pytest.approx(apart)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 0.99), st.floats(0.0, 1.0), st.floats(0.0, 1e6))
def test_a_fall_of_volume_costs_no_more_jobs_than_there_are(ratio, elasticity, jobs):
    lost = float(predicted(*one(jobs, ratio, elasticity)))
    # At an elasticity of 1 or less jobs fall by no more than volume does.
    assert -jobs * (1 - ratio) * (1 + 1e-9) <= lost <= 0.0


@pytest.mark.parametrize(
    ("substitution", "share", "demand", "elasticity"),
    [
        (0.5, 0.4, 1.5, -0.9),  # 0.6 * 0.5 + 0.4 * 1.5
        (0.5, 0.0, 1.5, -0.5),  # labour is a small part: firms only replace it
        (0.5, 1.0, 1.5, -1.5),  # labour is all: only sales fall
        (0.7, 0.3, 0.7, -0.7),  # replacing and selling less weigh alike
    ],
)
def test_hicks_and_marshall(substitution, share, demand, elasticity):
    assert own_wage_elasticity(*one(substitution, share, demand)) == pytest.approx(elasticity)


@pytest.mark.parametrize(
    ("output", "wage", "elasticity", "change"),
    [
        (0.0, 0.0, -0.9, 0.0),
        (np.log(0.9), 0.0, -0.9, -100.0),  # output alone
        (0.0, np.log(2.0), -1.0, -500.0),  # wages double at an elasticity of -1
        (np.log(2.0), np.log(2.0), -1.0, 0.0),  # one undoes the other
        (np.log(1.1), np.log(0.5), -1.0, 1200.0),
    ],
)
def test_output_and_wage_move_jobs_together(output, wage, elasticity, change):
    found = wage_and_output(*one(1000.0, output, wage, elasticity))
    assert found == pytest.approx(change, abs=1e-9)


def test_a_small_change_keeps_its_digits():
    """A billion jobs and a fall of 1e-12: a thousandth of a job, not a rounding of 1."""
    found = float(wage_and_output(*one(1e9, -1e-12, 0.0, -0.9)))
    assert found == pytest.approx(-1e-3, rel=1e-9)
