"""Classes of the panel and the mean with and without a claim, by hand."""

import numpy as np
import pytest

from exposure.law.panel import VALUES, _mix, classes

NAN = np.nan


def test_rows_alike_in_all_columns_share_a_class():
    columns = [
        np.array([5, 5, 7, 5, 7, 7, 5]),
        np.array(["a", "b", "a", "a", "b", "a", "c"]),
        np.array([1.0, 1.0, NAN, 1.0, 1.0, NAN, 1.0]),
    ]
    key, first = classes(columns)
    assert key.tolist() == [0, 1, 2, 0, 3, 2, 4]
    assert first.tolist() == [0, 1, 2, 4, 6]


def test_classes_of_random_columns_are_those_of_their_rows():
    random = np.random.default_rng(5)
    columns = [random.integers(0, most, 400) for most in (3, 7, 2, 5)]
    key, first = classes(columns)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    names = {}
    assert key.tolist() == [names.setdefault(row, len(names)) for row in rows]
    assert [rows[place] for place in first] == list(names)


def values(mfn, total, at_least):
    """One cell with a single component."""
    cell = np.full((1, 1, len(VALUES)), NAN)
    cell[..., 0] = mfn
    cell[..., VALUES.index("total")] = total
    cell[..., VALUES.index("at_least")] = at_least
    return cell


MEANS = [
    # without the claim, with it, share that claims, their mean: column 1, total, known part
    ((0.1, 0.1, 0.1), (0.02, 0.02, 0.02), 0.25, (0.08, 0.08, 0.08)),
    # A side that is silent counts as 0.
    ((0.1, 0.1, 0.1), (NAN, 0.0, 0.0), 0.25, (0.075, 0.075, 0.075)),
    ((NAN, 0.3, 0.3), (NAN, 0.1, 0.1), 0.5, (NAN, 0.2, 0.2)),
    # One that is not known leaves the mean not known, unless nobody ships so.
    ((NAN, NAN, 0.05), (0.02, 0.02, 0.02), 0.5, (NAN, NAN, 0.035)),
    ((NAN, NAN, 0.05), (0.02, 0.02, 0.02), 1.0, (0.02, 0.02, 0.02)),
    ((0.1, 0.1, 0.1), (NAN, NAN, 0.05), 0.0, (0.1, 0.1, 0.1)),
    # A share that is not known: the same on both sides stays, else the lesser known part.
    ((0.1, 0.1, 0.1), (0.1, 0.1, 0.1), NAN, (0.1, 0.1, 0.1)),
    ((0.1, 0.1, 0.1), (0.02, 0.02, 0.02), NAN, (NAN, NAN, 0.02)),
    ((0.02, 0.02, 0.02), (0.1, 0.1, 0.1), NAN, (NAN, NAN, 0.02)),
]


@pytest.mark.parametrize(("without", "claimed", "share", "mean"), MEANS)
def test_mean_with_and_without_a_claim(without, claimed, share, mean):
    found = _mix(values(*without), values(*claimed), np.full((1, 1, 1), share))
    places = [0, VALUES.index("total"), VALUES.index("at_least")]
    np.testing.assert_allclose(found[0, 0, places], mean, rtol=1e-12)
