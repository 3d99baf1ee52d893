"""Every rule of the verdict at its limit, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from exposure.economy.verdict import Diagnostics, Interval, judge

GOOD = Diagnostics(
    given=1000, unknown=0, zeros=0, singletons=0, separated=0, observations=1000,
    clusters=(40,), effective=30.0, parameters=60, exact=True, variation=0.2, distinct=20,
    units=40, switchers=20, reach=1.0, leads=4, pretrend_p=0.5, reset_p=0.5, dispersion=1.0,
    leave_low=-0.7, leave_high=-0.3, leave_exact=True, wild_p=0.01,
)  # fmt: skip
FALL = Interval(-0.5, 0.1, -0.7, -0.3)
BOTH = Interval(0.0, 0.05, -0.1, 0.1)


def said(found=FALL, event=True, expect="", **changes):
    verdict, reasons = judge(replace(GOOD, **changes), found, event=event, expect=expect)
    return verdict, " | ".join(reasons)


def test_nothing_to_say():
    assert said(expect="negative") == ("identified", "")
    assert said(event=False, leads=0, pretrend_p=np.nan) == ("identified", "")
    assert said(clusters=()) == ("identified", "")


LIMITS = [
    # a change at the limit that makes no fault, one beyond it that does, the verdict and its words
    ({"variation": 0.01}, {"variation": 0.0099}, "weak", "0.99% of the regressor's variance"),
    ({"variation": 0.01}, {"variation": 0.001}, "weak", "0.10% of the regressor's variance"),
    ({"variation": 0.01}, {"variation": 0.0009}, "not identified", "effects take up the regressor"),
    ({"switchers": 4}, {"switchers": 3}, "weak", "only 3 units"),
    ({"switchers": 4}, {"switchers": 2}, "weak", "only 2 units"),
    ({"switchers": 4}, {"switchers": 1}, "not identified", "only one unit has"),
    ({"switchers": 4}, {"switchers": 0}, "not identified", "no unit has"),
    ({"clusters": (10, 40)}, {"clusters": (40, 9)}, "weak", "9 clusters: errors"),
    ({"clusters": (10,)}, {"clusters": (6,)}, "weak", "6 clusters: errors"),
    ({"clusters": (10,)}, {"clusters": (5,)}, "not identified", "5 clusters: with fewer than 6"),
    ({"effective": 6.0}, {"effective": 5.9}, "weak", "rests on few of the 40"),
    ({"leads": 2}, {"leads": 1}, "weak", "one lead only"),
    ({"leads": 2}, {"leads": 0}, "weak", "no period before"),
    ({"pretrend_p": 0.05}, {"pretrend_p": 0.049}, "not identified", "p = 0.049"),
    ({"pretrend_p": 0.05}, {"pretrend_p": np.nan}, "weak", "too few clusters to test"),
    ({"units": 22}, {"units": 21}, "weak", "only one unit is not treated"),
    ({"units": 22}, {"units": 20}, "identified", ""),
    ({"reset_p": 0.01}, {"reset_p": 0.009}, "weak", "RESET: p = 0.009"),
    ({"leave_high": -0.1}, {"leave_high": 0.1}, "weak", "single cluster"),
]


@pytest.mark.parametrize(("fine", "fault", "verdict", "words"), LIMITS)
def test_a_rule_at_its_limit(fine, fault, verdict, words):
    assert said(**fine) == ("identified", "")
    found, reasons = said(**fault)
    assert found == verdict
    assert words in reasons
    # One fault is one reason.
    assert reasons.count(" | ") == 0


@pytest.mark.parametrize(
    "changes", [{"leads": 0}, {"leads": 1}, {"pretrend_p": 0.001}, {"units": 21}]
)
def test_rules_of_events_are_for_events(changes):
    assert said(event=False, **changes) == ("identified", "")


def test_both_signs_are_weak_and_no_answer_beyond_a_fifth():
    """20 % each way is log(1.2) = 0.1823 over the range that occurs."""
    assert said(BOTH) == ("weak", "the interval holds both signs")
    wide = Interval(0.0, 0.1, -0.3, 0.2)
    verdict, reasons = said(wide)
    assert verdict == "not identified"
    assert reasons == (
        "falls and rises agree with the data: over the range of the regressor the interval goes "
        "from a factor of 0.74 to 1.22"
    )
    # Over half the range both ways stay within a fifth; over twice of it the small one does not.
    assert said(wide, reach=0.5)[0] == "weak"
    verdict, reasons = said(BOTH, reach=2.0)
    assert verdict == "not identified"
    assert reasons.endswith("a factor of 0.82 to 1.22")


def test_one_way_alone_is_an_answer():
    assert said(Interval(0.0, 0.1, -0.9, 0.01)) == ("weak", "the interval holds both signs")


@pytest.mark.parametrize(
    ("low", "high", "expect", "verdict"),
    [
        (-0.7, -0.3, "negative", "identified"),
        (-0.7, -0.3, "positive", "weak"),
        (0.3, 0.7, "negative", "weak"),
        (0.3, 0.7, "positive", "identified"),
        (0.3, 0.7, "", "identified"),
    ],
)
def test_signs_that_were_expected(low, high, expect, verdict):
    found, reasons = said(
        Interval(0.5, 0.1, low, high), expect=expect, leave_low=low, leave_high=high
    )
    assert found == verdict
    assert ("as expected" in reasons) == (verdict == "weak")


def test_a_sign_that_was_not_sure_hangs_on_no_cluster():
    assert said(BOTH, leave_low=-0.1, leave_high=0.1) == ("weak", "the interval holds both signs")


def test_the_gravest_comes_first():
    verdict, reasons = said(BOTH, switchers=1)
    assert verdict == "not identified"
    assert reasons.startswith("only one unit has")
    assert reasons.endswith("the interval holds both signs")
