"""Scopes beside a plain reading of their rule, code by code."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.law.codes import pack
from exposure.law.scope import NO, UNKNOWN, YES, in_days, match, scopes

# Few digits, so that codes often begin with one another.
CODES = [""] + [a + b + c for a in ("01", "87") for b in ("", "02", "87") for c in ("", "01", "10")]
CODES = sorted({*CODES, "87870101", "8787010110", "8787010101", "0102100101"})
# The same number, more digits.
CODES += ["8700", "870000", "0100000000"]


@st.composite
def tables(draw):
    """Rows of scopes with days: 2025 or part of it."""
    row = st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(CODES),
        st.booleans(),
        st.sampled_from(["2025-01-01", "2025-06-01"]),
        st.sampled_from(["2025-05-31", "2025-12-31"]),
    )
    rows = draw(st.lists(row, min_size=1, max_size=25))
    return pd.DataFrame(rows, columns=["scope_id", "prefix", "include", "from", "until"])


def on_day(table, day):
    """Rows of the day as sets (listed, excepted) of prefixes by scope."""
    live = table[(table["from"] <= day) & (table["until"] >= day)]
    return {
        name: tuple(
            set(live["prefix"][(live["scope_id"] == name) & (live["include"] == listed)])
            for listed in (True, False)
        )
        for name in sorted(table["scope_id"].unique())
    }


def plain(listed, excepted, code):
    """State and length by the words of `match`, one code and one scope."""
    listed = listed - excepted
    inside = max((len(p) for p in listed if code.startswith(p)), default=-1)
    outside = max((len(p) for p in excepted if code.startswith(p)), default=-1)
    longer = [len(p) for p in listed if p.startswith(code) and p != code]
    if inside > outside:
        carved = any(p.startswith(code) and p != code for p in excepted)
        return (UNKNOWN if carved else YES), inside
    return (UNKNOWN, max(longer)) if longer else (NO, inside)


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from(["2025-05-31", "2025-06-01", "2025-12-31", "2026-01-01"]))
def test_states_and_lengths_are_those_of_the_plain_rule(table, day):
    number, length = pack(CODES)
    state, size = match(in_days(scopes(table), int(day.replace("-", ""))), number, length)
    for column, (listed, excepted) in enumerate(on_day(table, day).values()):
        for row, code in enumerate(CODES):
            wanted = plain(listed, excepted, code)
            assert (state[row, column], size[row, column]) == wanted, (code, listed, excepted)


def test_what_is_listed_and_excepted_is_excepted_in_its_own_scope_alone():
    table = pd.DataFrame(
        [("a", "87", True), ("a", "87", False), ("b", "87", True), ("a", "8702", True)],
        columns=["scope_id", "prefix", "include"],
    ).assign(**{"from": "2025-01-01", "until": "2025-12-31"})
    state, size = match(in_days(scopes(table), 20250401), *pack(["87", "8702", "8787"]))
    np.testing.assert_array_equal(state, [[UNKNOWN, YES], [YES, YES], [NO, YES]])
    np.testing.assert_array_equal(size, [[4, 2], [4, 2], [-1, 2]])
