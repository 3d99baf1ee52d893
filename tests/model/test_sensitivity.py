"""Sobol indices: closed forms, another library, and what must hold of any."""

import numpy as np
import pytest

from exposure.model.sensitivity import base_samples, even_samples, sobol

BOX = np.pi
FIRST = [0.313905, 0.442411, 0.0]
TOTAL = [0.557589, 0.442411, 0.243684]


def ishigami(uniform):
    """Ishigami and Homma (1990): sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on (-pi, pi)."""
    x = (2 * uniform - 1) * BOX
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sob01_ishigami():
    found = sobol(ishigami, 2**14, 3, seed=1)
    np.testing.assert_allclose(found.first, FIRST, atol=0.005)
    np.testing.assert_allclose(found.total, TOTAL, atol=0.005)


def test_another_library_agrees():
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}
    points = sample.sample(problem, 4096, calc_second_order=False, seed=5)
    theirs = analyze.analyze(problem, ishigami(points), calc_second_order=False, seed=5)
    ours = sobol(ishigami, 4096, 3, seed=1)
    np.testing.assert_allclose(ours.first, theirs["S1"], atol=0.02)
    np.testing.assert_allclose(ours.total, theirs["ST"], atol=0.02)


def test_a_sum_has_the_shares_of_its_variances():
    """Uniform numbers times 1, 2 and 0: variances 1 to 4, and no joint effects."""
    found = sobol(lambda u: u @ np.array([1.0, 2.0, 0.0]), 2**12, 3)
    np.testing.assert_allclose(found.first, [0.2, 0.8, 0.0], atol=0.01)
    np.testing.assert_allclose(found.total, [0.2, 0.8, 0.0], atol=0.01)


def test_scale_and_shift_do_not_matter_and_what_does_not_vary_has_none():
    def model(uniform):
        plain = ishigami(uniform)
        return np.stack([plain, 1e6 * plain - 3e6, np.full(len(plain), 2.0)], axis=1)

    found = sobol(model, 512, 3)
    np.testing.assert_allclose(found.total[:, 0], found.total[:, 1], rtol=1e-9)
    assert np.isnan(found.total[:, 2]).all()


@pytest.mark.parametrize("make", [base_samples, even_samples])
def test_samples_are_even_and_repeatable(make):
    a, b = make(256, 5, 3)
    for sample in (a, b):
        assert ((sample > 0) & (sample < 1)).all()
        counts = np.apply_along_axis(lambda x: np.histogram(x, 16, (0, 1))[0], 0, sample)
        assert (counts == 16).all()
    assert (make(256, 5, 3)[0] == a).all()
    assert not (a == b).any()
