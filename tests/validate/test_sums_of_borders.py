"""Sums of cells at borders: cost, duty, lines and legs added up with a pencil."""

import math

import pandas as pd
import pytest

from exposure.validate import arithmetic
from exposure.validate.arithmetic import key_of, rows_of, sums

NAN = math.nan
HERE = {"scenario": "s", "case": "scenario", "product": "car", "route": "sea"}


def made(check, tables):
    """What a check yields, as {(row, column): number}; a cell that is asked twice must agree."""
    found = {}
    for row, column, number in check(tables):
        assert (row, column) not in found or found[row, column] == pytest.approx(number)
        found[row, column] = number
    return found


# --- sums by keys ------------------------------------------------------------------------------


def test_sums_are_by_key_and_keep_keys_apart():
    rows = [{"a": "x", "b": 1, "v": 2}, {"a": "x", "b": 2, "v": 3}, {"a": "x", "b": 1, "v": 5}]
    assert sums(rows, ("a", "b"), "v") == {("x", 1): 7.0, ("x", 2): 3.0}
    assert sums(rows, (), "v") == {(): 10.0}


def test_no_rows_have_no_sums():
    assert sums([], ("a",), "v") == {}


def test_a_sum_with_an_unknown_part_is_unknown_and_others_are_not():
    rows = [{"a": "x", "v": 1.0}, {"a": "x", "v": NAN}, {"a": "y", "v": 4.0}]
    found = sums(rows, ("a",), "v")
    assert math.isnan(found["x",])
    assert found["y",] == 4.0


def test_a_sum_does_not_hang_on_the_order_of_its_parts():
    """0.1 ten times and large numbers that cancel: exactly 1, whichever comes first."""
    parts = [1e17, *[0.1] * 10, -1e17]
    for order in (parts, parts[::-1], sorted(parts)):
        assert sums([{"v": part} for part in order], (), "v")[()] == 1.0


def test_a_key_is_in_the_order_asked_for():
    assert key_of({"a": 1, "b": 2, "c": 3}, ("c", "a")) == (3, 1)
    with pytest.raises(KeyError):
        key_of({"a": 1}, ("b",))


def test_an_empty_table_has_no_rows():
    assert rows_of({"t": pd.DataFrame(columns=["a"])}) == {"t": []}


def test_rows_keep_what_is_not_known_apart_from_nought():
    [row, other] = rows_of({"t": pd.DataFrame({"a": ["", "0"], "b": [0.0, NAN]})})["t"]
    assert (row["a"], row["b"]) == ("", 0.0)
    assert math.isnan(other["b"])


# --- landed cost -------------------------------------------------------------------------------

COST = {
    **HERE, "value_added_usd_per_unit": 100.0, "freight_usd_per_unit": 7.0,
    "duty_usd_per_unit": 30.0, "landed_central": 137.0, "duty_on_duty_usd_per_unit": 5.0,
    "suspended_usd_per_unit": 2.0, "drawn_back_usd_per_unit": 1.0, "fees_usd_per_unit": 0.5,
    "cascade_factor": 1.2,
}  # fmt: skip
LEG = {**HERE, "freight_usd_per_unit": 3.0, "duty_usd_per_unit": 10.0}
ENTRY = {**HERE, "duty_on_duty_usd": 5.0, "suspended_usd": 2.0, "drawn_back_usd": 1.0,
         "fees_usd": 0.5}  # fmt: skip


def costs(**changes):
    tables = {
        "landed_cost": [COST],
        "legs": [LEG, {**LEG, "freight_usd_per_unit": 4.0, "duty_usd_per_unit": 20.0}],
        "ledger": [ENTRY],
        "nodes": [{"product": "car", "route": "sea", "value_added_central": 60.0},
                  {"product": "car", "route": "sea", "value_added_central": 40.0}],
        "scenarios": [{"scenario": "s"}],
    }  # fmt: skip
    return tables | changes


def test_landed_cost_by_hand():
    """Two legs: 3 + 4 and 10 + 20; 100 + 7 + 30; duty 30 of which 5 is on duty: 30 / 25."""
    assert made(arithmetic.landed_cost, costs()) == pytest.approx({
        (0, "freight_usd_per_unit"): 7.0, (0, "duty_usd_per_unit"): 30.0,
        (0, "landed_central"): 137.0, (0, "duty_on_duty_usd_per_unit"): 5.0,
        (0, "suspended_usd_per_unit"): 2.0, (0, "drawn_back_usd_per_unit"): 1.0,
        (0, "fees_usd_per_unit"): 0.5, (0, "cascade_factor"): 1.2,
    })  # fmt: skip


def test_value_added_is_that_of_the_stages_in_the_first_baseline_alone():
    """Currencies move it in a scenario, so only the baseline of the first one is added up."""
    base = {**COST, "case": "baseline"}
    other = {**base, "scenario": "t"}
    legs = [{**LEG, "case": "baseline", "scenario": name} for name in "st"]
    found = made(arithmetic.landed_cost, costs(landed_cost=[base, other], legs=legs))
    assert found[0, "value_added_usd_per_unit"] == 100.0
    assert (1, "value_added_usd_per_unit") not in found


def test_a_route_without_entries_has_noughts_of_the_ledger_and_no_cascade_of_no_duty():
    free = {**COST, "duty_usd_per_unit": 0.0}
    found = made(arithmetic.landed_cost, costs(landed_cost=[free], ledger=[]))
    assert found[0, "fees_usd_per_unit"] == 0.0
    assert math.isnan(found[0, "cascade_factor"])


def test_an_unknown_duty_of_a_leg_makes_the_sum_unknown():
    found = made(arithmetic.landed_cost, costs(legs=[LEG, {**LEG, "duty_usd_per_unit": NAN}]))
    assert math.isnan(found[0, "duty_usd_per_unit"])
    assert found[0, "freight_usd_per_unit"] == 6.0


# --- crossings, lines, ledger ------------------------------------------------------------------

BORDER = {**HERE, "part": "body", "hts": "87", "origin": "KOR", "importer": "USA"}


def test_a_rate_is_the_sum_of_its_lines_and_a_duty_is_value_times_rate():
    """2.5 % and 15 % of 200 are 35; 4 are given back."""
    crossing = {**BORDER, "customs_value_usd_per_unit": 200.0, "duty_rate_central": 0.175}
    lines = [{**BORDER, "duty_rate": rate} for rate in (0.025, 0.15)]
    entry = {**BORDER, "customs_value_usd": 200.0, "drawn_back_usd": 4.0}
    found = made(arithmetic.crossings,
                 {"crossings": [crossing], "duty_lines": lines, "ledger": [entry]})  # fmt: skip
    assert found[0, "duty_rate_central"] == pytest.approx(0.175)
    assert found[0, "duty_usd_per_unit_central"] == pytest.approx(31.0)


def test_crossings_alike_share_their_lines_and_a_value_without_an_entry_is_not_checked():
    """Two shipments of the same part by the same border have the lines twice."""
    crossing = {**BORDER, "customs_value_usd_per_unit": 200.0, "duty_rate_central": 0.1}
    lines = [{**BORDER, "duty_rate": 0.1}] * 2
    found = made(arithmetic.crossings,
                 {"crossings": [crossing] * 2, "duty_lines": lines, "ledger": []})  # fmt: skip
    assert found == pytest.approx({(0, "duty_rate_central"): 0.1, (1, "duty_rate_central"): 0.1})


LINE = {**BORDER, "kind": "all_in", "component": "s232", "base_share": 0.5, "left_share": 1.0}
MFN = {**LINE, "kind": "rate", "component": "mfn", "rate": 0.025}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"rate": 0.15}, 0.0625),  # (15 - 2.5) % on half of the value
        ({"rate": 0.01}, 0.0),  # an all-in rate below column 1 adds nothing
        ({"rate": 0.15, "left_share": 0.2}, 0.0125),
    ],
)
def test_an_all_in_rate_adds_what_column_1_lacks(changes, wanted):
    found = made(arithmetic.duty_lines, {"duty_lines": [MFN, LINE | changes]})
    assert found == pytest.approx({(1, "duty_rate"): wanted})


@pytest.mark.parametrize(
    "rows",
    [
        [MFN, {**LINE, "kind": "rate", "rate": 0.15}],  # no all-in rate
        [{**MFN, "rate": NAN}, {**LINE, "rate": 0.15}],  # column 1 is not known
        [{**MFN, "importer": "MEX"}, {**LINE, "rate": 0.15}],  # column 1 of another border
        [{**MFN, "kind": "all_in"}],  # column 1 itself
    ],
)
def test_lines_of_which_nothing_follows_are_left_alone(rows):
    assert made(arithmetic.duty_lines, {"duty_lines": rows}) == {}


def test_what_is_charged_less_what_is_given_back_stays():
    rows = [{"duty_charged_usd": 10.0, "drawn_back_usd": 8.0},
            {"duty_charged_usd": 3.0, "drawn_back_usd": 0.0}]  # fmt: skip
    assert made(arithmetic.ledger, {"ledger": rows}) == {(0, "duty_usd"): 2.0, (1, "duty_usd"): 3.0}


# --- borders counted ---------------------------------------------------------------------------


def leg(to_part, crosses, duty, countries=("KOR", "MEX"), value=50.0):
    return {**HERE, "to_part": to_part, "crosses": crosses, "duty_usd_per_unit": duty,
            "value_usd_per_unit": value, "from_country": countries[0],
            "to_country": countries[1]}  # fmt: skip


LEGS = [leg("body", True, 5.0), leg("body", True, 0.0), leg("body", False, 0.0, ("MEX", "MEX")),
        leg("market", True, NAN, ("MEX", "USA"), 90.0)]  # fmt: skip


def test_crossings_are_counted_by_what_they_cost():
    """Three borders: one with duty, one free, the last with a duty that nobody knows."""
    found = made(arithmetic.border_counts, {"legs": LEGS, "border_counts": [HERE]})
    assert found == {(0, "crossings"): 3.0, (0, "paid"): 1.0, (0, "unknown"): 1.0,
                     (0, "finished"): 1.0}  # fmt: skip


def test_a_route_at_home_crosses_nothing():
    found = made(arithmetic.border_counts, {"legs": [LEGS[2]], "border_counts": [HERE]})
    assert set(found.values()) == {0.0}


def test_pairs_of_countries_have_the_sums_of_their_crossings():
    pairs = [{**HERE, "from_country": "KOR", "to_country": "MEX"},
             {**HERE, "from_country": "MEX", "to_country": "USA"}]  # fmt: skip
    found = made(arithmetic.border_pairs, {"legs": LEGS, "border_pairs": pairs})
    assert found[0, "value_usd_per_unit"] == 100.0
    assert found[0, "duty_usd_per_unit"] == 5.0
    assert found[1, "value_usd_per_unit"] == 90.0
    assert math.isnan(found[1, "duty_usd_per_unit"])


def test_a_pair_that_no_leg_crosses_has_nothing_to_stand_on():
    pair = {**HERE, "from_country": "MEX", "to_country": "MEX"}
    with pytest.raises(KeyError):
        made(arithmetic.border_pairs, {"legs": LEGS, "border_pairs": [pair]})


# --- value on its way --------------------------------------------------------------------------


def test_what_joins_comes_to_the_gate_and_what_lands_is_the_landed_cost():
    """60 added and 47 from upstream; in a scenario the landed row has its own check elsewhere."""
    base = {**HERE, "case": "baseline"}
    flows = [{**case, "stage": stage, "usd_per_unit": usd} for case in (base, HERE)
             for stage, usd in (("added", 60.0), ("upstream", 47.0), ("gate", 0.0),
                                ("landed", 0.0))]  # fmt: skip
    tables = {"value_flows": flows, "scenarios": [{"scenario": "s"}],
              "landed_cost": [{**base, "landed_central": 137.0}, {**HERE, "landed_central": 140.0}]}  # fmt: skip
    assert made(arithmetic.value_flows, tables) == {
        (2, "usd_per_unit"): 107.0, (3, "usd_per_unit"): 137.0, (6, "usd_per_unit"): 107.0}  # fmt: skip


def test_shares_of_countries_are_of_the_value_added_of_a_route():
    nodes = [{"product": "car", "route": "sea", "country": country, "value_added_central": value}
             for country, value in (("KOR", 15.0), ("KOR", 15.0), ("MEX", 90.0))]  # fmt: skip
    rows = [{"product": "car", "route": "sea", "country": name} for name in ("KOR", "MEX")]
    found = made(arithmetic.value_countries, {"nodes": nodes, "value_countries": rows})
    assert found == {(0, "share"): 0.25, (1, "share"): 0.75}


def test_steps_are_changes_of_components_and_a_component_that_ends_takes_its_duty_along():
    """From 10 of column 1 to 10 and 25: the step of s232 is 25; one that ends is -4."""
    lines = [{**HERE, "case": case, "component": name, "duty_usd_per_unit": usd}
             for case, name, usd in (("baseline", "mfn", 10.0), ("scenario", "mfn", 10.0),
                                     ("scenario", "s232", 25.0), ("baseline", "s122", 4.0))]  # fmt: skip
    steps = [{**HERE, "step": name, "from_usd_per_unit": old, "to_usd_per_unit": new}
             for name, old, new in (("baseline", 0.0, 14.0), ("s232", 14.0, 39.0),
                                    ("s122", 39.0, 35.0), ("s301", 35.0, 35.0))]  # fmt: skip
    found = made(arithmetic.duty_steps, {"duty_lines": lines, "duty_steps": steps})
    assert found == {(n, "change_usd_per_unit"): usd for n, usd in enumerate((14, 25, -4, 0))}
