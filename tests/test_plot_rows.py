"""What the pictures of a result draw, before they draw it: rows, their names, ranges and levels."""

import numpy as np
import pandas as pd
import pytest

from exposure.plots import (
    BINS,
    MOST_LEVELS,
    MOST_MEASURES,
    OTHERS,
    _aligned,
    _by_size,
    _labels,
    _level,
    _levels,
    _ranged,
    _without_twins,
)

NAN = float("nan")


def cases(*rows):
    return pd.DataFrame(rows, columns=["scenario", "case", "route", "cost"])


BOTH = [("a", "baseline", "sea", 1.0), ("a", "scenario", "sea", 2.0),
        ("b", "baseline", "sea", 1.0), ("b", "scenario", "sea", 2.0)]  # fmt: skip


def test_a_baseline_that_scenarios_share_has_one_row():
    found = _without_twins(cases(*BOTH), ["route", "cost"])
    # Scenarios that come out alike stay: they are answers of their own.
    assert found["case"].tolist() == ["baseline", "scenario", "scenario"]
    assert found.index.tolist() == [0, 1, 2]
    other = [*BOTH[:2], ("b", "baseline", "sea", 1.5), BOTH[3]]
    assert len(_without_twins(cases(*other), ["route", "cost"])) == 4
    unknown = [("a", "baseline", "sea", NAN), ("b", "baseline", "sea", NAN)]
    assert len(_without_twins(cases(*unknown), ["route", "cost"])) == 1


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        # One scenario needs no name, one baseline neither.
        (BOTH[:2], ["sea: baseline", "sea: scenario"]),
        ([BOTH[0], BOTH[1], BOTH[3]], ["sea: baseline", "sea: a", "sea: b"]),
        (BOTH, ["sea: baseline of a", "sea: a", "sea: baseline of b", "sea: b"]),
        ([], []),
    ],
)
def test_rows_are_named_by_what_tells_them_apart(rows, labels):
    table = cases(*rows)
    assert _labels(table, table["route"]) == labels


def test_rows_without_cases_are_named_by_scenario_only_where_there_are_several():
    table = cases(*BOTH).drop(columns="case")
    assert _labels(table.iloc[:2], ["x", "y"]) == ["x", "y"]
    assert _labels(table.iloc[1:3], ["x", "y"]) == ["x: a", "y: b"]


@pytest.mark.parametrize(
    ("low", "high", "ranged"),
    [([1.0, 2.0], [1.0, 2.0], False), ([1.0, 2.0], [1.0, 2.5], True), ([NAN, 1.0], [5.0, 1.0], False),
     ([NAN], [NAN], False), ([3.0], [1.0], True)],
)  # fmt: skip
def test_a_range_is_there_where_known_ends_differ(low, high, ranged):
    assert _ranged([low, [NAN] * len(low), high]) == ranged


def test_ends_stand_beside_the_rows_that_were_asked_for():
    rows = pd.DataFrame({"firm": ["x", "y", "z"]})
    table = pd.DataFrame(
        {"firm": ["y", "x"], "low": [0.1, 0.2], "median": [0.2, 0.3], "high": [0.4, NAN]}
    )
    low, middle, high = _aligned(rows, table, 100.0)
    np.testing.assert_allclose(low, [20.0, 10.0, NAN])
    np.testing.assert_allclose(middle, [30.0, 20.0, NAN])
    np.testing.assert_allclose(high, [NAN, 40.0, NAN])
    with pytest.raises(pd.errors.MergeError):
        _aligned(rows, pd.concat([table, table]), 1.0)


def measures(**columns):
    wide = pd.DataFrame(columns)
    titles = pd.Series({name: name.upper() for name in columns})
    return [(title, values.tolist(), colour) for title, values, colour in _by_size(wide, titles)]


def test_measures_stand_by_their_size_and_those_that_charge_nothing_do_not():
    found = measures(small=[1.0, 1.0], none=[0.0, 0.0], large=[-5.0, 0.0], unknown=[NAN, NAN])
    assert [title for title, _, _ in found] == ["LARGE", "SMALL"]
    assert found[0][1] == [-5.0, 0.0]


@pytest.mark.parametrize(("more", "title"), [(1, "M6"), (2, "2 other measures")])
def test_the_small_measures_are_one_and_nothing_is_lost(more, title):
    wide = {f"m{n}": [100.0 - n, 1.0] for n in range(MOST_MEASURES + more)}
    found = measures(**wide)
    assert len(found) == MOST_MEASURES + 1
    assert found[-1][0] == title
    assert found[-1][2] == OTHERS
    total = np.sum([values for _, values, _ in found], axis=0)
    assert total == pytest.approx(np.sum(list(wide.values()), axis=0))


def test_many_numbers_become_middles_of_equal_bins_and_words_never_do():
    few = pd.Series(np.arange(float(MOST_LEVELS)))
    assert _levels(few) is few
    many = pd.Series(np.arange(MOST_LEVELS + 1.0))
    found = _levels(many)
    assert found.nunique() == BINS
    width = MOST_LEVELS / BINS
    assert (found - many).abs().max() <= width / 2 + 0.2
    assert np.diff(np.unique(found)) == pytest.approx(width, abs=0.2)
    words = pd.Series([f"w{n}" for n in range(MOST_LEVELS + 1)])
    assert _levels(words) is words


@pytest.mark.parametrize(("level", "said"), [(0.123456, "0.1235"), (3, "3"), ("sea", "sea")])
def test_a_level_in_few_letters(level, said):
    assert _level(level) == said
