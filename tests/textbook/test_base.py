"""The part of value on which a line is charged, by hand."""

import numpy as np
import pytest

from exposure.law.base import Tag, base_shares, bases

NAN = np.nan


def clause(part, material="", made_in="", not_made_in="", maker="", not_maker=""):
    return {
        "base": part,
        "material": material,
        "made_in": made_in,
        "not_made_in": not_made_in,
        "maker": maker,
        "not_maker": not_maker,
    }


TAGS = (
    Tag("steel", "USA", "USA"),
    Tag("steel", "KOR", "USA"),
    Tag("steel", "KOR", "KOR"),
    Tag("steel"),
    Tag("copper", "KOR", "KOR"),
)


@pytest.mark.parametrize(
    ("more", "weights"),
    [
        ({}, [1, 1, 1, 1, 0]),
        ({"not_made_in": "USA"}, [0, 1, 1, NAN, 0]),
        ({"made_in": "KOR MEX"}, [0, 1, 1, NAN, 0]),
        ({"maker": "KOR"}, [0, 0, 1, NAN, 0]),
        ({"not_maker": "KOR"}, [1, 1, 0, NAN, 0]),
        # Known to be made elsewhere: whoever made it does not matter.
        ({"made_in": "KOR", "not_maker": "USA"}, [0, 0, 1, NAN, 0]),
    ],
)
def test_tags_that_a_clause_means(more, weights):
    made = bases([clause("content", "steel", **more)], TAGS)
    np.testing.assert_array_equal(made.weights, [weights])


def test_a_known_country_decides_although_the_maker_is_not_known():
    made = bases(
        [clause("content", "steel", made_in="KOR", maker="KOR")],
        (Tag("steel", "USA", ""), Tag("steel", "KOR", ""), Tag("steel", "", "USA")),
    )
    np.testing.assert_array_equal(made.weights, [[0, NAN, 0]])


def test_shares_by_kind_of_base():
    """Content 0.3 of steel and 0.1 of copper; US content 0.15, 0.2 and not known."""
    lines = [clause(p) for p in ("full", "outside_us_content", "outside_us_content_if_20")]
    made = bases([*lines, clause("content", "steel")], (Tag("steel", "KOR"), Tag("copper", "KOR")))
    content = np.tile([0.3, 0.1], (3, 4, 1))
    us_content = np.repeat([[0.15], [0.2], [NAN]], 4, axis=1)
    np.testing.assert_allclose(
        base_shares(made, content, us_content),
        [[1, 0.85, 1, 0.3], [1, 0.8, 0.8, 0.3], [1, NAN, 1, 0.3]],
    )


def test_content_that_is_not_known_is_charged_in_full_and_never_more_than_all():
    made = bases(
        [clause("content", "steel")], (Tag("steel", "KOR"), Tag("steel", "USA"), Tag("copper"))
    )
    content = np.array([[[0.2, NAN, 0.1]], [[0.7, 0.6, 0.1]], [[0.2, 0.3, NAN]]])
    np.testing.assert_allclose(base_shares(made, content, np.zeros((3, 1))), [[1.0], [1.0], [0.5]])


def test_content_of_a_maker_who_is_not_known_leaves_the_part_not_known():
    made = bases([clause("content", "steel", maker="KOR")], (Tag("steel", "KOR", ""),))
    assert np.isnan(base_shares(made, np.array([[[0.2]]]), np.zeros((1, 1)))).all()
