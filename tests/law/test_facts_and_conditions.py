"""Facts of a shipment and conditions on them: yes, no, and not known."""

import numpy as np
import pandas as pd
import pytest

from exposure.law.attributes import Register, register
from exposure.law.scope import NO, UNKNOWN, YES

RULES = Register({"claim": "none", "approved": False, "use": None, "melt": 0.0, "share": None})


@pytest.mark.parametrize(
    ("wanted", "facts", "state"),
    [
        ({}, {}, YES),  # nothing is asked
        ({"claim": "usmca"}, {"claim": "usmca"}, YES),
        ({"claim": "usmca"}, {}, NO),  # by default none is claimed
        ({"approved": True}, {"approved": True}, YES),
        ({"approved": True}, {}, NO),
        ({"approved": False}, {}, YES),
        # A number is the least that is enough.
        ({"melt": 0.95}, {"melt": 0.95}, YES),
        ({"melt": 0.95}, {"melt": 0.949}, NO),
        ({"melt": 0.0}, {}, YES),
        # On some facts shipments and defaults are silent.
        ({"use": "car"}, {}, UNKNOWN),
        ({"share": 0.2}, {}, UNKNOWN),
        ({"use": "car"}, {"use": None}, UNKNOWN),
        ({"never heard of": True}, {}, UNKNOWN),
        # One that fails is enough, in whatever order; one that is open leaves the rest open.
        ({"use": "car", "claim": "usmca"}, {}, NO),
        ({"claim": "usmca", "use": "car"}, {}, NO),
        ({"use": "car", "claim": "none"}, {}, UNKNOWN),
    ],
)
def test_whether_conditions_hold(wanted, facts, state):
    assert RULES.holds(wanted, facts) == state


@pytest.mark.parametrize("name", ["claim", "use", "melt"])
def test_what_is_stated_goes_before_the_default(name):
    assert RULES.fact({name: 7}, name) == 7
    assert RULES.fact({}, name) == RULES.defaults[name]
    # Silence that is stated is not the default.
    assert RULES.fact({name: None}, name) is None


def test_numbers_of_shipments_and_what_is_not_known():
    stated = [{"share": 0.25}, {}, {"share": 0}, {"share": None}]
    np.testing.assert_array_equal(RULES.numbers(stated, "share"), [0.25, np.nan, 0.0, np.nan])
    np.testing.assert_array_equal(RULES.numbers(stated, "melt"), [0.0] * 4)
    assert RULES.numbers([], "share").shape == (0,)


def test_what_is_missing_is_named_in_the_order_of_the_conditions():
    wanted = {"use": "car", "claim": "usmca", "share": 0.5}
    assert RULES.missing(wanted, {}) == ["use", "share"]
    assert RULES.missing(wanted, {"share": 0.1}) == ["use"]
    assert RULES.missing({}, {}) == []


def test_conditions_on_more_facts_are_never_easier():
    facts = {"claim": "usmca", "use": "car", "melt": 0.5}
    wanted = {"claim": "usmca", "use": "car", "melt": 0.6}
    for name in wanted:
        fewer = {key: value for key, value in wanted.items() if key != name}
        assert RULES.holds(fewer, facts) == (YES if name == "melt" else NO)


def test_the_register_is_read_from_its_defaults_as_json():
    rows = pd.DataFrame(
        {"id": ["claim", "approved", "use", "melt"],
         "default": ['"none"', "false", "null", "0.5"]}
    )  # fmt: skip
    assert register(rows).defaults == {"claim": "none", "approved": False, "use": None, "melt": 0.5}
    assert register(rows.iloc[:0]).defaults == {}
