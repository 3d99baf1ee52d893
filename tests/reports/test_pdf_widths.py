"""Widths of the columns of a table on paper: by what stands in them, and no number out of its own."""

from exposure.reports.description import Table
from exposure.reports.pdf import LEAST, WIDEST, _letters, _widths

IMPORTS, STATED = "USD\u00a036.86\u00a0bn", "USD\u00a010.70\u00a0bn"


def table(*columns, numeric=()):
    heads = tuple("ABCDEF"[: len(columns)])
    rows = tuple(
        tuple((text,) if text else () for text in row) for row in zip(*columns, strict=True)
    )
    return Table("t", ("T",), heads, rows, numeric=frozenset(numeric))


def test_a_column_of_few_numbers_is_as_wide_as_they_are():
    """Goods with a stated value are few; it ran into the imports before it."""
    full, few = [IMPORTS] * 8, [*[""] * 7, STATED]
    widths = _widths(table(full, few, numeric={0, 1}))
    assert widths[0] >= _letters(IMPORTS) > LEAST
    assert widths[1] >= _letters(STATED) > LEAST


def test_the_longest_number_counts_and_not_the_mean():
    assert _widths(table(["1", "1", IMPORTS], numeric={0})) == [_letters(IMPORTS)]


def test_a_range_may_break_at_its_spaces_and_a_text_anywhere():
    ranges = [f"{IMPORTS} (30 to 40)", "1"]
    mean = sum(map(_letters, ranges)) / 2
    assert _widths(table(ranges, numeric={0})) == [max(mean, _letters(IMPORTS))]
    words = ["short", "w" * 30]
    assert _widths(table(words)) == [sum(map(_letters, words)) / 2]


def test_a_column_keeps_its_bounds():
    assert _widths(table(["", ""], ["x" * 200, "x"])) == [LEAST, WIDEST]
