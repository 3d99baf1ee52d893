"""What one action changes: the duties of its last day with it and without it."""

import numpy as np
import pytest

import exposure as ex
from exposure.law.trial import trial
from exposure.model.compile import law_book
from tests import tiny


def without(folder, file):
    """The tiny rulebook less one file of rules, and less what is said of its gaps."""
    root = tiny.write(folder)
    (root / "raw" / "law" / "us" / file).unlink()
    gaps = "importer,action,gap,bias,as_of,source\n"
    (root / "raw" / "law" / "gaps.csv").write_text(gaps, encoding="utf-8")
    return law_book(ex.load(root))


@pytest.fixture(scope="module")
def carless(tmp_path_factory):
    return without(tmp_path_factory.mktemp("carless"), "cars.yaml")


@pytest.fixture(scope="module")
def feeless(tmp_path_factory):
    return without(tmp_path_factory.mktemp("feeless"), "fee.yaml")


def rows(found):
    assert list(found.examples.columns) == ["hts", "origin", "before", "after"]
    return [
        (hts, origin, round(before, 9), round(after, 9))
        for hts, origin, before, after in found.examples.itertuples(index=False, name=None)
    ]


def test_duties_on_cars_by_hand(carless, rulebook):
    """Without them a car pays 2.5 % and steel's 50 % on all of it. From 1 November 2025 Korea pays
    15 % all in, the others 25 % beside 2.5 %: changes of -37.5 and -25 points. Of the five countries
    with the second, Mexico has a law of its own in the book and is shown; Russia's column 2 of 10 %
    is on both sides. Two codes and six countries change."""
    found = trial(carless, rulebook, "us-cars")
    assert (found.on, found.lines, found.changed) == ("2025-11-01", 2, 12)
    assert rows(found) == [
        ("8703230110", "KOR", 0.525, 0.15),
        ("8703230110", "MEX", 0.525, 0.275),
    ]


def test_only_so_many_examples_are_shown_and_the_greatest_stays(carless, rulebook):
    found = trial(carless, rulebook, "us-cars", show=1)
    assert rows(found) == [("8703230110", "KOR", 0.525, 0.15)]
    assert found.changed == 12
    assert rows(trial(carless, rulebook, "us-cars", show=0)) == []


def test_the_way_back_has_the_same_pairs_with_their_sides_changed(carless, rulebook):
    """Asked about steel, the books show what cars change among the goods of steel. Steel begins on
    4 June 2025, when Korea still paid 25 % on cars."""
    there = trial(carless, rulebook, "us-steel")
    back = trial(rulebook, carless, "us-steel")
    assert (there.on, there.lines, there.changed) == ("2025-06-04", 4, 12)
    assert (back.on, back.lines, back.changed) == ("2025-06-04", 4, 12)
    assert rows(there) == [("8703230110", "MEX", 0.525, 0.275)]
    assert rows(back) == [("8703230110", "MEX", 0.275, 0.525)]


@pytest.mark.parametrize(
    ("action", "on", "lines"),
    [
        ("us-cars", "2025-11-01", 2),
        ("us-specific", "2025-01-01", 1),
        ("us-reciprocal", "2026-01-01", 6),  # its last measure in force; what was announced is none
        ("us-steel", "2025-06-04", 4),
    ],
)
def test_a_law_beside_itself_changes_nothing(rulebook, action, on, lines):
    """Duties that are not known on both sides are no change."""
    found = trial(rulebook, rulebook, action)
    assert (found.on, found.lines, found.changed) == (on, lines, 0)
    assert rows(found) == []


def test_another_importers_action_is_not_tried(rulebook):
    assert trial(rulebook, rulebook, "mex-mfn") is None


def test_a_duty_that_becomes_not_known_is_a_change_and_comes_once(feeless, rulebook):
    """10 cents a kilogram without a quantity: what was 0, or Russia's 20 %, is not known."""
    found = trial(feeless, rulebook, "us-specific")
    assert (found.on, found.lines, found.changed) == ("2025-01-01", 1, 6)
    ((hts, origin, before, after),) = found.examples.itertuples(index=False, name=None)
    assert (hts, origin, before) == ("7208390000", "MEX", 0.0)
    assert np.isnan(after)


def test_a_duty_that_becomes_known_comes_before_the_greatest_change(carless, feeless):
    """Steel was not known for its duty by weight, and is 50 %; cars fall by 25 points."""
    found = trial(carless, feeless, "us-steel")
    assert found.changed == 6 + 12
    np.testing.assert_equal(
        rows(found), [("7208390000", "MEX", np.nan, 0.5), ("8703230110", "MEX", 0.525, 0.275)]
    )


def test_goods_that_no_line_of_the_day_holds_are_none(tmp_path, rulebook):
    """The line begins a year after the duty."""
    line = "72083900,2018-01-01,,0,,,,,,,,0.2,,kg,x\n"
    later = "72083990,2026-01-01,,0,,,,,,,,0.2,,kg,x\n"
    root = tiny.write(
        tmp_path,
        law__us__lines__csv=(line, line + later),
        law__us__fee__yaml=('["7208.39"]', '["7208.39.90"]'),
    )
    found = trial(rulebook, law_book(ex.load(root)), "us-specific")
    assert (found.on, found.lines, found.changed) == ("2025-01-01", 0, 0)
    assert rows(found) == []
