"""Tariff codes as numbers: ten digits, how many were given, and back to what is printed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.law.codes import SPAN, dotted, pack, unpack

DIGITS = st.text("0123456789", max_size=10)


@pytest.mark.parametrize(
    ("code", "number", "length"),
    [
        ("", 0, 0),  # all goods
        ("87", 8_700_000_000, 2),
        ("01", 100_000_000, 2),  # the zero in front is a digit
        ("0101210010", 101_210_010, 10),
        ("9999999999", 9_999_999_999, 10),
    ],
)
def test_digits_are_padded_behind_and_counted(code, number, length):
    numbers, lengths = pack([code])
    assert (numbers.tolist(), lengths.tolist()) == ([number], [length])


def test_codes_keep_their_order_and_how_often_they_come():
    numbers, lengths = pack(["8703", "01", "870300", "8703"])
    assert numbers.tolist() == [8_703_000_000, 100_000_000, 8_703_000_000, 8_703_000_000]
    # One number, but four digits or six: only the length tells them apart.
    assert lengths.tolist() == [4, 2, 6, 4]


def test_no_codes_are_two_empty_columns_of_whole_numbers():
    for codes in ([], pd.Series([], dtype=object), iter(())):
        numbers, lengths = pack(codes)
        assert (len(numbers), len(lengths)) == (0, 0)
        assert numbers.dtype == lengths.dtype == np.int64


def test_a_column_of_a_table_is_read_by_place_and_not_by_label():
    column = pd.Series(["8703", "72"], index=[7, 3])
    numbers, lengths = pack(column)
    assert numbers.tolist() == [8_703_000_000, 7_200_000_000]
    assert lengths.tolist() == [4, 2]


@settings(max_examples=25, deadline=None)
@given(st.lists(DIGITS, max_size=8))
def test_what_is_packed_is_unpacked(codes):
    numbers, lengths = pack(codes)
    back = [unpack(int(n), int(size)) for n, size in zip(numbers, lengths, strict=True)]
    assert back == codes


@settings(max_examples=25, deadline=None)
@given(DIGITS, DIGITS)
def test_a_code_begins_with_a_prefix_where_its_number_lies_in_the_prefixs_span(code, prefix):
    (number, low), (length, size) = pack([code, prefix])
    within = length >= size and low <= number < low + SPAN[size]
    assert bool(within) == code.startswith(prefix)


def test_a_span_is_how_many_ten_digit_codes_begin_so():
    """All of ten digits, a hundredth for a chapter, a hundred under a line, one of itself."""
    assert SPAN[[0, 2, 8, 10]].tolist() == [10**10, 10**8, 100, 1]


@pytest.mark.parametrize(
    ("code", "printed"),
    [("", ""), ("87", "87"), ("870323", "8703.23"), ("01012100", "0101.21.00"),
     ("0101210010", "0101.21.0010")],
)  # fmt: skip
def test_dots_stand_as_in_the_schedule(code, printed):
    assert dotted(code) == printed


@settings(max_examples=25, deadline=None)
@given(DIGITS)
def test_dots_add_nothing_else(code):
    assert dotted(code).replace(".", "") == code
    assert ".." not in dotted(code)
    assert not dotted(code).endswith(".")
