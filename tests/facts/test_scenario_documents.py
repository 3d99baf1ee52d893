"""A scenario as a document: one change at a time, told in a line each, on paper and in HTML."""

import pytest

from exposure.errors import Problems
from exposure.facts.documents import Delta, LawDate, Question, Scenario
from exposure.facts.scenario import fingerprint
from exposure.facts.strict_yaml import parse

MEASURE = {"id": "more", "from": "2025-06-01", "known": "2025-06-01", "rate": 0.3, "source": "x"}
EXEMPTION = {"id": "phones", "from": "2025-06-01", "known": "2025-06-01", "source": "x"}
NEW = {
    "id": "us-robots",
    "importer": "USA",
    "authority": "s232",
    "component": "s232",
    "title": "Robots",
    "instrument": "Proc",
    "scope": {"all": True},
    "measures": [MEASURE],
}
SCENARIO = {
    "id": "tariff",
    "title": "A tariff",
    "question": "What does it do?",
    "baseline": {"effective_on": "2025-01-15"},
}


def made(form, given):
    return parse(form, given, "asked.yaml")


def refusal(form, given):
    with pytest.raises(Problems) as caught:
        made(form, given)
    (line,) = str(caught.value).split("\n")
    return line.removeprefix("asked.yaml: ")


def changes(**given):
    return list(made(Scenario, {**SCENARIO, **given}).changes())


# --- one change of the law -------------------------------------------------------------------

EITHER = "document: give either `action` (an existing one) or `new` (a whole action)"
CHOOSE = "document: `clause` and `origin` choose what `suspend: true` switches off"
SAYS = "document: a change of an action says `suspend: true`, `measures` or `exemptions`"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, EITHER),
        ({"action": "a", "new": NEW}, EITHER),
        ({"suspend": True}, EITHER),
        ({"new": NEW, "suspend": True}, "document: `new` stands alone"),
        ({"new": NEW, "measures": [MEASURE]}, "document: `new` stands alone"),
        ({"new": NEW, "exemptions": [EXEMPTION]}, "document: `new` stands alone"),
        ({"action": "a"}, SAYS),
        ({"action": "a", "clause": ["all"]}, SAYS),
        ({"action": "a", "measures": [MEASURE], "clause": ["all"]}, CHOOSE),
        ({"action": "a", "exemptions": [EXEMPTION], "origin": ["KOR"]}, CHOOSE),
        ({"new": NEW, "origin": ["KOR"]}, CHOOSE),
    ],
)
def test_a_change_of_the_law_is_one_change(given, says):
    assert refusal(Delta, given) == says


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"new": NEW}, "new action us-robots: Robots, on top of the others"),
        (
            {"new": {**NEW, "displaces": ["s301", "s122"]}},
            "new action us-robots: Robots, in the place of s122, s301",
        ),
        # A measure's own word beats the action's.
        (
            {"new": {**NEW, "displaces": ["s301"], "measures": [{**MEASURE, "displaces": []}]}},
            "new action us-robots: Robots, on top of the others",
        ),
        (
            {
                "new": {
                    **NEW,
                    "displaces": ["s301"],
                    "measures": [MEASURE, {**MEASURE, "id": "top", "displaces": []}],
                }
            },
            "new action us-robots: Robots, in the place of s301 in part of its measures",
        ),
        (
            {"new": {**NEW, "importer": "VNM", "authority": "mfn", "component": "mfn"}},
            "new action us-robots: Robots, an ordinary rate",
        ),
        ({"action": "a", "suspend": True}, "a: suspend all"),
        ({"action": "a", "suspend": True, "clause": ["x", "y"]}, "a: suspend x, y"),
        ({"action": "a", "suspend": True, "origin": ["KOR", "EU"]}, "a: suspend KOR, EU"),
        (
            {"action": "a", "suspend": True, "clause": ["x"], "origin": ["KOR"]},
            "a: suspend x for KOR",
        ),
        ({"action": "a", "measures": [MEASURE]}, "a: measure more (0.3)"),
        ({"action": "a", "exemptions": [EXEMPTION]}, "a: exemption phones"),
        (
            {"action": "a", "suspend": True, "measures": [MEASURE], "exemptions": [EXEMPTION]},
            "a: suspend all; measure more (0.3); exemption phones",
        ),
    ],
)
def test_a_change_of_the_law_in_a_line(given, says):
    assert str(made(Delta, given)) == says


# --- what a scenario changes -----------------------------------------------------------------


def test_a_scenario_may_change_nothing_but_the_day():
    assert changes() == []
    assert changes(law_on={"effective_on": "2025-12-15"}) == []
    # What is said as it is by itself is no change.
    assert changes(route_choice="ces", demand="constant_elasticity", years=1) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"law": [{"action": "a", "suspend": True}]}, "a: suspend all"),
        ({"rates": {"us-cars/usmca": 0.1}}, "us-cars/usmca charges 0.1"),
        ({"rates": {"us-cars/usmca": 0}}, "us-cars/usmca charges 0"),
        (
            {"crossings": [{"product": "car", "part": "body", "attributes": {"claim": "none"}}]},
            "car/every route, body: claim = none",
        ),
        (
            {"crossings": [{"product": "car", "route": "home", "part": "body",
                            "attributes": {"claim": "none", "approved": True}}]},
            "car/home, body: claim = none, approved = True",
        ),
        ({"parameters": {"pass_through": 0.6}}, "pass_through = 0.6"),
        ({"figures": {"car/customs_value_usd": 9500}}, "car/customs_value_usd = 9500"),
        ({"currencies": {"KOR": -0.1}}, "currency of KOR: -0.1 of its value in dollars"),
        ({"currencies": {"KOR": 0.1}}, "currency of KOR: +0.1 of its value in dollars"),
        (
            {"limits": [{"product": "car", "route": "home", "units": 80000}]},
            "car/home: at most 80,000 units a year, held by the exporter",
        ),
        (
            {"limits": [{"product": "car", "route": "home", "units": 0, "holder": "treasury"}]},
            "car/home: at most 0 units a year, held by the treasury",
        ),
        ({"route_choice": "cheapest"}, "route_choice = cheapest"),
        ({"demand": "logit"}, "demand = logit"),
        ({"incidence": "complete"}, "incidence = complete"),
        ({"years": 7}, "years = 7.0"),
    ],
)  # fmt: skip
def test_each_kind_of_change_has_its_line(given, says):
    assert changes(**given) == [says]


def test_changes_are_told_in_one_order_whatever_that_of_the_file():
    given = {"years": 3, "parameters": {"p": 1}, "rates": {"a/b": 0.1},
             "law": [{"action": "a", "suspend": True}]}  # fmt: skip
    assert changes(**given) == ["a: suspend all", "a/b charges 0.1", "p = 1", "years = 3.0"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("rates", {"a/b": -0.1}),
        ("rates", {"a/b": 21}),
        ("currencies", {"KOR": -1}),  # a currency without any value
        ("currencies", {"KOR": 11}),
        ("years", 0.5),
        ("years", 31),
        ("limits", [{"product": "car", "route": "home", "units": -1}]),
    ],
)
def test_numbers_of_a_scenario_lie_within_their_bounds(field, given):
    assert refusal(Scenario, {**SCENARIO, field: given}).startswith(field)


# --- days ------------------------------------------------------------------------------------


def test_a_day_says_from_when_it_is_seen():
    assert str(made(LawDate, {"effective_on": "2025-01-15"})) == "2025-01-15"
    both = {"effective_on": "2025-01-15", "known_on": "2025-01-20"}
    assert str(made(LawDate, both)) == "2025-01-15 as known on 2025-01-20"


# --- in a notebook ---------------------------------------------------------------------------


def test_a_notebook_shows_what_is_asked_the_days_and_the_changes():
    shown = made(
        Scenario,
        {**SCENARIO, "title": "A <b> & c", "law_on": {"effective_on": "2025-12-15"},
         "products": ["car"], "years": 3},
    )._repr_html_()  # fmt: skip
    for text in ("Scenario tariff", "A &lt;b&gt; &amp; c", "What does it do?", "years = 3.0",
                 "law of 2025-12-15 against 2025-01-15", "products: car"):  # fmt: skip
        assert text in shown
    assert "<b>" not in shown
    plain = made(Scenario, SCENARIO)._repr_html_()
    assert "law of 2025-01-15 against 2025-01-15" in plain
    assert "nothing but the day" in plain
    assert "products: all" in plain
    assert "None" not in plain


# --- the mark of a document ------------------------------------------------------------------


def test_the_mark_of_a_document_is_what_it_says_and_not_how():
    one = made(Scenario, {**SCENARIO, "parameters": {"a": 1, "b": 2}})
    same = [
        made(Scenario, {"parameters": {"b": 2.0, "a": 1.0}, **SCENARIO}),
        made(Scenario, {**SCENARIO, "parameters": {"a": 1, "b": 2}, "years": 1}),
    ]
    assert {fingerprint(item) for item in same} == {fingerprint(one)}
    others = [
        made(Scenario, {**SCENARIO, "parameters": {"a": 1, "b": 2.5}}),
        made(Scenario, {**SCENARIO, "parameters": {"a": 2, "b": 1}}),
        made(Scenario, {**SCENARIO, "parameters": {"a": 1, "b": 2}, "title": "Another"}),
    ]
    assert len({fingerprint(item) for item in [one, *others]}) == 4


# --- standing questions ----------------------------------------------------------------------


def test_a_question_is_answered_or_says_why_not():
    given = {"id": "q", "group": "Duties", "question": "How much?"}
    assert made(Question, {**given, "commands": ["run"]}).lines == 20
    assert made(Question, {**given, "cannot": "No data."}).commands == []
    both = {**given, "commands": ["run"], "cannot": "No data."}
    assert refusal(Question, both) == (
        "document: a question that cannot be answered has no `commands`"
    )
    for lines in (0, 81):
        assert refusal(Question, {**given, "lines": lines}).startswith("lines: Input should be")
