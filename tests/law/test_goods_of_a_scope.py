"""Which goods a scope means: yes, no, and not known, code by code and day by day."""

import numpy as np
import pandas as pd
import pytest

from exposure.law.codes import pack
from exposure.law.scope import NO, UNKNOWN, YES, in_days, match, scopes

DAY = 20250601


def listed(*rows):
    """Scopes of rows (scope, prefix, listed or excepted), in force all of 2025."""
    table = pd.DataFrame(rows, columns=["scope_id", "prefix", "include"])
    return scopes(table.assign(**{"from": "2025-01-01", "until": "2025-12-31"}))


def seen(found, *codes):
    """State and length by code of the first scope."""
    state, length = match(in_days(found, DAY), *pack(codes))
    return list(zip(state[:, 0].tolist(), length[:, 0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("code", "state", "length"),
    [
        # More digits may bring a short code into the exception, or out of it again.
        ("8708", UNKNOWN, 4),
        ("870810", UNKNOWN, 8),
        ("87082951", YES, 4),
        # Excepted; the length is that of the listed prefix around it.
        ("8708103030", NO, 4),
        ("87081060", YES, 8),  # listed again within the exception
        ("8708106010", YES, 8),
        ("8709", NO, -1),
    ],
)
def test_the_longest_prefix_counts_whether_listed_or_excepted(code, state, length):
    """8708 without 8708.10, but with 8708.10.60."""
    cars = listed(("a", "8708", True), ("a", "870810", False), ("a", "87081060", True))
    assert seen(cars, code) == [(state, length)]


def test_a_code_too_short_may_be_meant_and_says_by_how_many_digits():
    bodies = listed(("a", "87082951", True), ("a", "8708295160", True))
    assert seen(bodies, "87") == [(UNKNOWN, 10)]
    assert seen(bodies, "870829") == [(UNKNOWN, 10)]
    assert seen(bodies, "87082951") == [(YES, 8)]
    assert seen(bodies, "87082950") == [(NO, -1)]


def test_an_exception_below_makes_a_short_code_open_and_a_long_one_certain():
    steel = listed(("a", "72", True), ("a", "7208", False))
    assert seen(steel, "72", "7209", "7208", "720839") == [
        (UNKNOWN, 2),
        (YES, 2),
        (NO, 2),
        (NO, 2),
    ]


def test_an_exception_with_nothing_around_it_excepts_nothing():
    """Only what is listed is meant: a code beside the exception is not."""
    assert seen(listed(("a", "8703", False)), "8703", "8704", "87") == [(NO, -1)] * 3


def test_the_empty_prefix_means_every_good_and_is_the_shortest_of_all():
    every = listed(("a", "", True), ("a", "98", False))
    assert seen(every, "0101", "98010010", "9801") == [(YES, 0), (NO, 0), (NO, 0)]
    assert seen(every, "") == [(UNKNOWN, 0)]


def test_of_one_prefix_listed_and_excepted_the_exception_holds():
    assert seen(listed(("a", "8703", True), ("a", "8703", False)), "8703") == [(NO, -1)]
    # So it does in whatever order the rows stand, and in no other scope.
    both = listed(("b", "8703", True), ("a", "8703", False), ("a", "8703", True))
    state, _ = match(in_days(both, DAY), *pack(["870323"]))
    assert state.tolist() == [[NO, YES]]


def test_a_prefix_listed_twice_counts_once():
    assert seen(listed(("a", "8703", True), ("a", "8703", True)), "8703", "87") == [
        (YES, 4),
        (UNKNOWN, 4),
    ]


def test_scopes_are_numbered_by_name_and_keep_their_place_on_days_without_goods():
    table = pd.DataFrame(
        {
            "scope_id": ["z", "a"],
            "prefix": ["87", "72"],
            "include": True,
            "from": ["2025-01-01", "2025-07-01"],
            "until": ["2025-06-30", "2025-12-31"],
        }
    )
    found = scopes(table)
    assert found.ids == ("a", "z")
    for day, states in {
        20241231: [NO, NO], 20250101: [NO, YES], 20250630: [NO, YES], 20250701: [NO, NO],
    }.items():  # fmt: skip
        state, _ = match(in_days(found, day), *pack(["8703"]))
        assert state.tolist() == [states]
    steel, _ = match(in_days(found, 20250701), *pack(["7208"]))
    assert steel.tolist() == [[YES, NO]]


def test_an_exception_outlives_the_listing_it_cut_only_in_its_own_days():
    """Excepted until June: listed and excepted is excepted; from July on the listing is alone."""
    table = pd.DataFrame(
        {
            "scope_id": "a",
            "prefix": "8703",
            "include": [True, False],
            "from": "2025-01-01",
            "until": ["2025-12-31", "2025-06-30"],
        }
    )
    found = scopes(table)
    june, july = (match(in_days(found, day), *pack(["8703"]))[0] for day in (20250630, 20250701))
    assert (june.tolist(), july.tolist()) == ([[NO]], [[YES]])


def test_the_order_of_rows_and_of_codes_does_not_matter():
    rows = [("a", "87", True), ("a", "8708", False), ("b", "870829", True), ("b", "", False),
            ("a", "87082951", True)]  # fmt: skip
    codes = ["87", "8703", "8708", "870829", "87082951", "8708295160", "01"]
    state, length = match(in_days(listed(*rows), DAY), *pack(codes))
    turned, other = match(in_days(listed(*rows[::-1]), DAY), *pack(codes[::-1]))
    np.testing.assert_array_equal(turned[::-1], state)
    np.testing.assert_array_equal(other[::-1], length)


def test_no_codes_and_no_prefixes_have_no_matches():
    none = match(in_days(listed(("a", "87", True)), DAY), *pack([]))
    assert [part.shape for part in none] == [(0, 1), (0, 1)]
    state, length = match(in_days(listed(), DAY), *pack(["8703"]))
    assert state.shape == length.shape == (1, 0)
