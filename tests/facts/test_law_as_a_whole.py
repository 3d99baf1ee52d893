"""Checks of the law as a whole: goods, groups, clauses that agree, time without holes."""

import pandas as pd
import pytest

from exposure.facts.law_checks import (
    LAW_CHECKS,
    goods_exist,
    groups_have_members,
    importers_exist,
    measures_agree,
    no_holes,
)

FAR = "9999-12-31"
CLAUSE = {
    "action": "us-cars", "clause": "a", "exempt": False, "importer": "USA", "from": "2025-01-01",
    "until": FAR, "known": "2025-01-01", "status": "in_force", "origin": "*", "not_origin": "",
    "when": "{}", "scope_id": "us-cars", "added": False,
}  # fmt: skip


def clauses(*changes):
    return {"clauses": pd.DataFrame([{**CLAUSE, **change} for change in changes])}


def told(check, tables):
    return [str(problem) for problem in check(tables)]


# --- goods -----------------------------------------------------------------------------------

MEND = "(a prefix of a line of 8 or 10 digits)"


def goods(*prefixes, importer="USA", lines=("87032301", "87082951"), codes=("8703230110",)):
    tables = clauses({"importer": importer})
    tables["scopes"] = pd.DataFrame({"scope_id": "us-cars", "prefix": list(prefixes)})
    tables["lines"] = pd.DataFrame({"hts8": list(lines)}, dtype="str")
    tables["statistical"] = pd.DataFrame({"hts10": list(codes)}, dtype="str")
    return told(goods_exist, tables)


@pytest.mark.parametrize(
    "prefix",
    ["", "87", "8703", "870323", "87032301", "8703230110", "8703230100", "8708295100"],
)
def test_a_prefix_begins_a_line_a_code_or_a_line_as_its_own_code(prefix):
    assert goods(prefix) == []


@pytest.mark.parametrize("prefix", ["01", "8704", "870329", "87032302", "8703230190", "99"])
def test_a_prefix_that_begins_none_is_named(prefix):
    said = f"hts {prefix!r} begins no line of any edition of the schedule {MEND}"
    assert goods("8703", prefix) == [f"goods of us-cars: {said}"]


def test_the_goods_of_other_importers_stand_in_no_table_of_ours():
    assert goods("2203", importer="MEX") == []


def test_without_a_schedule_every_prefix_is_named():
    assert len(goods("87", "88", lines=(), codes=())) == 2


def test_a_prefix_that_many_name_is_told_once_with_the_first_three():
    tables = clauses(*({"scope_id": f"s{n}"} for n in range(4)))
    tables["scopes"] = pd.DataFrame({"scope_id": [f"s{n}" for n in range(4)], "prefix": "9999"})
    tables["lines"] = pd.DataFrame({"hts8": ["87032301"]})
    tables["statistical"] = pd.DataFrame({"hts10": []}, dtype="str")
    (line,) = told(goods_exist, tables)
    assert line.startswith("goods of s0, s1, s2 ...: hts '9999'")


def test_an_importer_is_a_country_and_told_once():
    tables = clauses({"importer": "USB"}, {"importer": "USB"}, {"action": "x", "importer": "KOR"})
    tables["countries"] = pd.DataFrame({"iso3": ["KOR"]})
    assert told(importers_exist, tables) == ["action us-cars: importer 'USB' is not known"]


# --- groups ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "empty"),
    [
        ("", "", False),
        ("", "2025-12-31", False),  # to the last day of the group
        ("", "2025-03-01", False),  # the day on which the clause begins
        ("", "2025-02-28", True),
        ("2025-06-30", "", False),  # the day on which the clause ends
        ("2025-07-01", "", True),
        ("2026-01-01", "2026-12-31", True),
    ],
)
def test_a_group_has_members_while_a_clause_names_it(since, until, empty):
    tables = clauses({"origin": "KOR EU", "from": "2025-03-01", "until": "2025-06-30"})
    row = {"group": "EU", "from": since, "until": until}
    tables["groups"] = pd.DataFrame([row])
    says = "action us-cars, clause a: group 'EU' has no member from 2025-03-01 on"
    assert told(groups_have_members, tables) == ([says] if empty else [])
    # One member is enough.
    tables["groups"] = pd.DataFrame([row, {"group": "EU", "from": "", "until": ""}])
    assert told(groups_have_members, tables) == []


# --- clauses that agree ----------------------------------------------------------------------

LATER = {"clause": "b", "from": "2025-06-01"}
OVERLAP = ("action us-cars: clauses a and b overlap from 2025-06-01 on (end one before the other "
           "begins, or tell their goods or origins apart)")  # fmt: skip


@pytest.mark.parametrize("first", [{}, {"until": "2025-06-01"}])
def test_two_clauses_of_one_day_for_the_same_goods_do_not_overlap(first):
    assert told(measures_agree, clauses(first, LATER)) == [OVERLAP]
    # The order of the file does not count.
    assert told(measures_agree, clauses(LATER, first)) == [OVERLAP]


@pytest.mark.parametrize(
    "second",
    [
        {"known": "2025-05-01"},  # known later, it amends the first
        {"action": "us-steel"},
        {"exempt": True},
        {"origin": "KOR"},
        {"not_origin": "MEX"},
        {"when": '{"claim": "usmca"}'},
        {"scope_id": "us-cars/b"},
        {"status": "announced"},
        {"status": "suspended"},
        {"added": True},  # a scenario's own row beats the law's
    ],
)
def test_clauses_that_differ_may_stand_side_by_side(second):
    assert told(measures_agree, clauses({}, {**LATER, **second})) == []


def test_a_clause_may_follow_on_the_day_after():
    assert told(measures_agree, clauses({"until": "2025-05-31"}, LATER)) == []


def test_each_pair_of_three_is_told():
    third = {"clause": "c", "from": "2025-07-01"}
    lines = told(measures_agree, clauses({}, LATER, third))
    assert [line.split("clauses ")[1].split(" overlap")[0] for line in lines] == [
        "a and b", "a and c", "b and c",
    ]  # fmt: skip


# --- time without holes ----------------------------------------------------------------------


def hole(until="2025-05-30", *more, first=None, second=None):
    rows = [{"until": until, **(first or {})}, {**LATER, **(second or {})}, *more]
    return told(no_holes, clauses(*rows))


def test_days_of_which_nothing_is_said_are_named():
    assert hole() == [
        "action us-cars, clause a: nothing is said from 2025-05-31 until b begins on 2025-06-01 "
        "(close the gap, or add a row with status: suspended)"
    ]
    assert hole("2024-12-31")[0].startswith(
        "action us-cars, clause a: nothing is said from 2025-01-01 until b begins on 2025-06-01"
    )


@pytest.mark.parametrize(
    ("asked", "holes"),
    [
        ((), {"until": "2025-05-31"}),
        ((), {"until": FAR}),
        # Other clauses of the action speak of the days between, for whatever goods.
        (({"clause": "c", "from": "2025-05-31", "until": "2025-05-31", "status": "suspended",
           "origin": "KOR"},), {}),
        ((), {"first": {"exempt": True}, "second": {"exempt": True}}),
        ((), {"second": {"origin": "KOR"}}),
    ],
)  # fmt: skip
def test_days_of_which_something_is_said_are_no_hole(asked, holes):
    rows = {"until": "2025-05-30", **holes}
    assert hole(rows.pop("until"), *asked, **rows) == []


def test_an_exemption_does_not_fill_a_hole():
    exemption = {"clause": "c", "exempt": True, "from": "2025-05-01", "until": "2025-06-30"}
    assert len(hole("2025-05-30", exemption)) == 1


def test_the_end_of_a_year_and_a_leap_day_are_days():
    lines = hole("2023-12-31", first={"from": "2023-01-01"}, second={"from": "2024-03-01"})
    assert "from 2024-01-01 until b begins on 2024-03-01" in lines[0]
    assert hole("2024-02-28", first={"from": "2024-01-01"}, second={"from": "2024-02-29"}) == []
    (line,) = hole("2024-02-28", first={"from": "2024-01-01"}, second={"from": "2024-03-01"})
    assert "from 2024-02-29 until b" in line


def test_all_checks_of_the_law_are_asked():
    assert set(LAW_CHECKS) == {
        goods_exist, importers_exist, groups_have_members, measures_agree, no_holes,
    }  # fmt: skip
