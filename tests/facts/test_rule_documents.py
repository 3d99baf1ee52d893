"""A rule file as a document: its goods, its base, its days, one kind of rate, rules of origin."""

import pytest

from exposure.errors import Problems
from exposure.facts.documents import (
    Action,
    Agreement,
    Attribute,
    Base,
    Ending,
    Exemption,
    Measure,
    OriginRule,
    OriginTest,
    Scenario,
    Scope,
)
from exposure.facts.strict_yaml import parse

MEASURE = {"id": "all", "from": "2025-04-03", "known": "2025-03-26", "rate": 0.25, "source": "cl"}
EXEMPTION = {"id": "use", "from": "2025-04-03", "known": "2025-03-26", "source": "cl"}
ACTION = {
    "id": "us-cars",
    "importer": "USA",
    "authority": "s232",
    "component": "s232",
    "title": "Cars",
    "instrument": "Proc",
    "scope": {"hts": ["8703"]},
    "measures": [MEASURE],
}


def refusal(form, given):
    with pytest.raises(Problems) as caught:
        parse(form, given, "rule.yaml")
    (line,) = str(caught.value).split("\n")
    return line


def without(given, *names):
    return {name: value for name, value in given.items() if name not in names}


# --- goods -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", [{"all": True}, {"hts": ["87"]}, {"lists": ["exempt"]}, {"all": True, "hts": ["87"]}]
)
def test_a_scope_names_its_goods(given):
    assert parse(Scope, given, "rule.yaml").model_dump(exclude_unset=True) == given


@pytest.mark.parametrize(
    "given", [{}, {"all": False}, {"except_hts": ["87"]}, {"use": ["car"]}, {"hts": []}]
)
def test_a_scope_that_names_none_is_empty(given):
    assert refusal(Scope, given) == (
        "rule.yaml: document: scope is empty: give `all: true`, `hts` or `lists`"
    )


# --- the part of value -----------------------------------------------------------------------

CONTENT = "`material` goes with `part: content`, and only with it"
PLACES = "`made_in`, `not_made_in`, `maker`, `not_maker` go with `part: content`"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"part": "content"}, CONTENT),
        ({"material": "steel"}, CONTENT),
        ({"part": "outside_us_content", "material": "steel"}, CONTENT),
        *(({name: ["USA"]}, PLACES) for name in ("made_in", "not_made_in", "maker", "not_maker")),
    ],
)
def test_only_a_base_of_content_has_a_material_and_places(given, says):
    assert refusal(Base, given) == f"rule.yaml: document: {says}"


def test_a_base_of_content_is_whole_with_its_material():
    given = {"part": "content", "material": "steel", "not_made_in": ["USA"], "maker": ["KOR"]}
    assert parse(Base, given, "rule.yaml").not_made_in == ["USA"]
    assert parse(Base, {}, "rule.yaml").part == "full"


# --- days ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"until": "2025-04-02"}, "until 2025-04-02 lies before from 2025-04-03"),
        ({"until_known": "2025-05-01"}, "`until_known` goes with `until`"),
        (
            {"until": "2025-06-01", "until_known": "2025-03-25"},
            "until_known 2025-03-25 lies before known 2025-03-26",
        ),
    ],
)
@pytest.mark.parametrize(("form", "given"), [(Measure, MEASURE), (Exemption, EXEMPTION)])
def test_days_of_a_clause_follow_one_another(form, given, days, says):
    assert refusal(form, {**given, **days}) == f"rule.yaml: document: {says}"


@pytest.mark.parametrize(
    "days",
    [
        {"until": "2025-04-03"},  # one day
        {"known": "2025-12-01"},  # made public after it began: a ruling for days past
        {"until": "2025-06-01", "until_known": "2025-03-26"},
        {"withdrawn": "2025-04-01"},
    ],
)
def test_a_clause_may_last_a_day_and_be_known_late(days):
    made = parse(Measure, {**MEASURE, **days}, "rule.yaml")
    assert made.model_dump(by_alias=True, mode="json", include=set(days)) == days


# --- what a measure charges ------------------------------------------------------------------

ONE = "give exactly one of `rate`, `all_in`, `specific_usd_per_unit`"


@pytest.mark.parametrize(
    ("charge", "says"),
    [
        ({}, ONE),
        ({"rate": 0.1, "all_in": 0.15}, ONE),
        ({"all_in": 0.15, "specific_usd_per_unit": 1}, ONE),
        ({"rate": 0.1, "all_in": 0.15, "specific_usd_per_unit": 1}, ONE),
        ({"all_in": 0.15, "cap": 0.2}, "`cap` goes with `rate`"),
        ({"specific_usd_per_unit": 1, "cap": 0.2}, "`cap` goes with `rate`"),
    ],
)
def test_a_measure_charges_in_one_way(charge, says):
    given = {**without(MEASURE, "rate"), **charge}
    assert refusal(Measure, given) == f"rule.yaml: document: {says}"


@pytest.mark.parametrize(
    ("charge", "says"),
    [
        ({"rate": 0.25}, "0.25"),
        ({"rate": 0}, "0"),  # a nought is a rate: an action may suspend by it
        ({"rate": 0.1, "cap": 0.15}, "0.1, at most 0.15 in all"),
        ({"all_in": 0.15}, "0.15 all in"),
        ({"all_in": 0}, "0 all in"),
        ({"specific_usd_per_unit": 1.5}, "1.5 USD per unit"),
        ({"rate": 1 / 3}, "0.333333"),
    ],
)
def test_what_a_measure_charges_in_a_few_words(charge, says):
    assert parse(Measure, {**without(MEASURE, "rate"), **charge}, "rule.yaml").charged == says


# --- an action -------------------------------------------------------------------------------


def test_clauses_of_an_action_have_names_of_their_own():
    twice = {**ACTION, "measures": [MEASURE, {**MEASURE, "from": "2026-01-01"}]}
    assert refusal(Action, twice) == "rule.yaml: document: clause id used twice: all"
    # An exemption stands beside the measures: its name is told in the same breath.
    both = [{**EXEMPTION, "id": "z"}, {**EXEMPTION, "id": "all"}, {**EXEMPTION, "id": "z"}]
    given = {**ACTION, "exemptions": both}
    assert refusal(Action, given) == "rule.yaml: document: clause id used twice: all, z"


@pytest.mark.parametrize(
    "field", ["id", "importer", "authority", "component", "title", "instrument"]
)
def test_an_action_is_whole(field):
    assert refusal(Action, without(ACTION, field)) == f"rule.yaml: {field}: is missing"


def test_an_action_without_goods_is_told_how_to_say_all():
    mend = "(`scope: {all: true}` for all goods, or `scope: {hts: [...]}`)"
    assert refusal(Action, without(ACTION, "scope")) == f"rule.yaml: scope: is missing {mend}"
    # Within a scenario too.
    asked = {"id": "s", "title": "S", "question": "Q", "baseline": {"effective_on": "2025-01-15"}}
    given = {**asked, "law": [{"new": without(ACTION, "scope")}]}
    assert refusal(Scenario, given) == f"rule.yaml: law.0.new.scope: is missing {mend}"


@pytest.mark.parametrize("field", ["id", "from", "known", "source"])
def test_every_clause_says_when_it_holds_and_where_it_stands(field):
    given = {**ACTION, "measures": [without(MEASURE, field)]}
    assert refusal(Action, given) == f"rule.yaml: measures.0.{field}: is missing"


def test_a_clause_by_itself_holds_for_all_without_end():
    (made,) = parse(Action, ACTION, "rule.yaml").measures
    assert (made.origin, made.until, made.status, made.when) == (["*"], None, "in_force", {})
    assert not made.provisional


def test_an_ending_ends_unless_it_says_how():
    given = {"from": "2026-02-24", "known": "2026-02-20", "source": "ruling"}
    assert parse(Ending, given, "rule.yaml").status == "ended"
    line = refusal(Ending, {**given, "status": "in_force"})
    assert line.startswith("rule.yaml: status: Input should be 'suspended', 'void' or 'ended'")


def test_a_fact_that_nobody_states_may_be_not_known():
    given = {"id": "claim", "kind": "bool", "title": "Claim", "source": "GN", "default": None}
    assert parse(Attribute, given, "rule.yaml").default is None
    # To leave the default out is no way to say that.
    line = refusal(Attribute, without(given, "default"))
    assert line == "rule.yaml: default: is missing"


# --- rules of origin -------------------------------------------------------------------------

TESTS = [
    {"kind": "regional_value", "method": "net_cost", "threshold": 0.75},
    {"kind": "core_parts", "method": "net_cost", "threshold": 0.75, "hts": ["8708.40"]},
    {"kind": "labour_value", "threshold": 0.4},
    {"kind": "material_share", "threshold": 0.7, "material": "steel"},
    {"kind": "tariff_shift", "level": 4},
]


@pytest.mark.parametrize("given", TESTS, ids=lambda given: given["kind"])
def test_a_test_of_origin_takes_what_its_kind_asks_and_nothing_else(given):
    assert parse(OriginTest, given, "rule.yaml").kind == given["kind"]
    asked = [name for name in given if name != "kind"]
    order = ("method", "threshold", "level", "material", "hts")
    wanted = ", ".join(sorted(asked, key=order.index))
    says = f"rule.yaml: document: a test of kind {given['kind']} takes {wanted}"
    for name in asked:
        assert refusal(OriginTest, without(given, name)) == says
    more = {"method": "build_up", "threshold": 0.5, "level": 2, "material": "x", "hts": ["87"]}
    for name in set(more) - set(asked):
        assert refusal(OriginTest, {**given, name: more[name]}) == says


def test_a_threshold_of_nought_is_a_threshold():
    given = {"kind": "labour_value", "threshold": 0}
    assert parse(OriginTest, given, "rule.yaml").threshold == 0


@pytest.mark.parametrize("level", [1, 3, 8, "heading"])
def test_a_shift_is_of_chapter_heading_or_subheading(level):
    line = refusal(OriginTest, {"kind": "tariff_shift", "level": level})
    assert line.startswith("rule.yaml: level: Input should be 2, 4 or 6")


def test_a_rule_of_origin_may_hold_for_all_other_goods():
    given = {"id": "other", "agreement": "usmca", "title": "All else", "scope": ["", "8703"],
             "from": "2020-07-01", "alternatives": [[TESTS[4]]], "source": "annex", "grade": "C"}  # fmt: skip
    assert parse(OriginRule, given, "rule.yaml").scope == ["", "8703"]


def test_an_agreement_is_between_countries():
    given = {"id": "usmca", "title": "Area", "members": ["USA", "Mexico"], "source": "s"}
    assert refusal(Agreement, given) == (
        "rule.yaml: members.1: country 'Mexico' must be an ISO 3166-1 alpha-3 code, given 'Mexico'"
    )
