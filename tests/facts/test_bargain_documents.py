"""Bargains and estimations as documents: bounds of their figures, years, chances, and cells."""

import pytest

from exposure.errors import Problems
from exposure.facts.documents.deals import (
    Branch,
    Deal,
    Frontier,
    Investment,
    Purchase,
    Rival,
    Stance,
    Wait,
)
from exposure.facts.documents.estimations import Estimation
from exposure.facts.kinds import kind_of
from exposure.facts.read_deals import figures_of
from exposure.facts.strict_yaml import parse


def figure(low, central=None, high=None):
    central = low if central is None else central
    high = central if high is None else high
    return {"low": low, "central": central, "high": high, "grade": "D", "source": "s"}


HALF = figure(0.4, 0.5, 0.6)
INVESTMENT = {
    "id": "cash",
    "title": "Cash",
    "kind": "cash",
    "total_usd": figure(100),
    "from": 2026,
    "paid_share": HALF,
    "return_share": HALF,
    "return_delay_years": figure(2),
    "return_years": figure(5),
}
PURCHASE = {"title": "Gas", "usd": figure(10), "from": 2026, "to": 2028, "extra_share": HALF}
ASKED = {"id": "d", "title": "D", "question": "Worth it?"}
DEAL = {
    **ASKED, "party": "KOR", "instead": "one", "under": "other", "investments": [INVESTMENT],
    "probability": HALF, "first_year": 2026, "horizon_years": 10,
}  # fmt: skip
BRANCH = {"id": "good", "title": "Good", "probability": HALF, "scenario": "one",
          "from": "2026-07-01"}  # fmt: skip
WAIT = {**ASKED, "party": "KOR", "settle": "d", "meanwhile": "one",
        "branches": [BRANCH, {**BRANCH, "id": "bad"}]}  # fmt: skip
RIVAL = {"country": "JPN", "title": "Japan", "probability": HALF}


def made(form, given):
    return parse(form, given, "deal.yaml")


def refusal(form, given):
    with pytest.raises(Problems) as caught:
        made(form, given)
    (line,) = str(caught.value).split("\n")
    return line.removeprefix("deal.yaml: ").removeprefix("document: ")


# --- figures of a bargain --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "given", "field", "low", "high", "shown"),
    [
        (Purchase, PURCHASE, "usd", -1, 10, "0 and inf, not -1 to 10"),
        (Purchase, PURCHASE, "extra_share", 0.5, 1.5, "0 and 1, not 0.5 to 1.5"),
        (Investment, INVESTMENT, "total_usd", -5, 5, "0 and inf, not -5 to 5"),
        (Investment, INVESTMENT, "paid_share", -0.1, 1, "0 and 1, not -0.1 to 1"),
        (Investment, INVESTMENT, "return_share", 0, 11, "0 and 10, not 0 to 11"),
        (Investment, INVESTMENT, "return_delay_years", 0, 51, "0 and 50, not 0 to 51"),
        (Investment, INVESTMENT, "return_years", 0, 5, "1 and 50, not 0 to 5"),
        (Deal, DEAL, "probability", 0, 1.1, "0 and 1, not 0 to 1.1"),
        (Branch, BRANCH, "probability", -0.2, 1, "0 and 1, not -0.2 to 1"),
        (Branch, BRANCH, "probability_if", 0, 2, "0 and 1, not 0 to 2"),
        (Rival, RIVAL, "probability", -1, 0, "0 and 1, not -1 to 0"),
    ],
)
def test_both_ends_of_a_figure_lie_within_its_bounds(form, given, field, low, high, shown):
    line = refusal(form, {**given, field: figure(low, high)})
    assert line == f"{field} lies between {shown}"


@pytest.mark.parametrize(
    ("form", "given", "field", "low", "high"),
    [
        (Purchase, PURCHASE, "extra_share", 0, 1),
        (Investment, INVESTMENT, "return_share", 0, 10),
        (Investment, INVESTMENT, "return_years", 1, 50),
        (Rival, RIVAL, "probability", 0, 1),
    ],
)
def test_the_bounds_themselves_are_allowed(form, given, field, low, high):
    found = getattr(made(form, {**given, field: figure(low, high)}), field)
    assert (found.low, found.high) == (low, high)


# --- when money falls due --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            {"schedule": {2026: 1}, "until": 2027},
            "give `schedule` or `until`, not both",
        ),
        ({"schedule": {2026: 0.5, 2027: 0.4}}, "shares of schedule add up to 0.9, not to 1"),
        ({"schedule": {2025: 0.5, 2026: 0.5}}, "nothing falls due before `from` 2026"),
        ({"until": 2025}, "nothing falls due before `from` 2026"),
    ],
)
def test_a_schedule_is_whole_and_begins_when_it_says(more, says):
    assert refusal(Investment, {**INVESTMENT, **more}) == says


@pytest.mark.parametrize(
    "more",
    [
        {"until": 2026},
        {"schedule": {2026: 0.1, 2027: 0.2, 2030: 0.7}},  # 0.1 + 0.2 + 0.7 is 1 but for rounding
        {"schedule": {2030: 1}},
    ],
)
def test_money_may_fall_due_in_one_year_or_with_a_break(more):
    assert made(Investment, {**INVESTMENT, **more}).first == 2026


def test_a_ceiling_pays_something():
    says = "a ceiling_usd_a_year of 0 pays nothing; leave it out where there is none"
    given = {**INVESTMENT, "ceiling_usd_a_year": figure(0, 10)}
    assert refusal(Investment, given) == says
    assert made(Investment, {**INVESTMENT, "ceiling_usd_a_year": figure(1)}).ceiling_usd_a_year


def test_goods_are_bought_forwards_in_time():
    assert made(Purchase, {**PURCHASE, "to": 2026}).last == 2026
    given = {**PURCHASE, "to": 2025}
    assert refusal(Purchase, given) == "`from` 2026 lies after `to` 2025"


def test_payments_of_a_deal_begin_with_it_and_have_names():
    assert made(Deal, {**DEAL, "investments": []}).investments == []
    early = {**DEAL, "purchases": [{**PURCHASE, "from": 2025}]}
    assert refusal(Deal, early) == "a payment begins before first_year 2026"
    twice = {**DEAL, "investments": [INVESTMENT, INVESTMENT]}
    assert refusal(Deal, twice) == "ids of investments stand twice: cash, cash"


# --- turns of events -------------------------------------------------------------------------


def branches(**change):
    return {**WAIT, "branches": [BRANCH, {**BRANCH, "id": "bad", **change}]}


IF = "`probability_if` stands in every branch beside a `rival`, and in none without"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (branches(id="good"), "ids of branches stand twice: good, good"),
        (
            branches(probability=figure(0, 0.5)),
            "every branch has a chance above 0; leave out one that has none",
        ),
        (branches(probability_if=HALF), IF),
        ({**WAIT, "rival": RIVAL}, IF),
        ({**branches(probability_if=HALF), "rival": RIVAL}, IF),
    ],
)
def test_branches_are_apart_possible_and_alike(given, says):
    assert refusal(Wait, given) == says


def test_beside_a_rival_every_branch_has_two_chances():
    both = [{**branch, "probability_if": HALF} for branch in WAIT["branches"]]
    assert made(Wait, {**WAIT, "branches": both, "rival": RIVAL}).rival.country == "JPN"


@pytest.mark.parametrize("count", [1, 13])
def test_a_wait_has_two_turns_at_least_and_twelve_at_most(count):
    given = {**WAIT, "branches": [{**BRANCH, "id": f"b{n}"} for n in range(count)]}
    assert refusal(Wait, given).startswith("branches: ")


# --- concessions and cells -------------------------------------------------------------------


def test_concessions_have_names_of_their_own():
    one = {"id": "a", "title": "A", "option": {}}
    given = {**ASKED, "party": "KOR", "base": "one", "concessions": [one, one]}
    assert refusal(Frontier, given) == "ids of concessions stand twice: a, a"


def stance(*pairs, actions=("settle", "hold")):
    chance = [{"scenario": "one", "probability": HALF}]
    cells = [{"actions": list(pair), "outcomes": chance} for pair in pairs]
    return {**ASKED, "players": ["KOR", "JPN"], "actions": list(actions), "base": "one",
            "cells": cells}  # fmt: skip


ALL = [("settle", "settle"), ("settle", "hold"), ("hold", "settle"), ("hold", "hold")]


def test_two_who_act_in_two_ways_have_four_cells():
    assert len(made(Stance, stance(*ALL[::-1])).cells) == 4
    says = "one cell for each of hold/hold, hold/settle, settle/hold, settle/settle"
    for wrong in (ALL[:3], [*ALL, ALL[0]], [*ALL[:3], ("hold", "leave")], []):
        assert refusal(Stance, stance(*wrong)) == says


# --- the kind of a bargain, and its figures --------------------------------------------------


def test_a_bargain_is_told_by_the_field_that_only_it_has():
    for given in (DEAL, WAIT, stance(*ALL), {"concessions": []}):
        assert kind_of(given) == "deal"
    for keys in (set(), {"id", "title", "question", "party"}, {"dimensions", "draws"}):
        assert kind_of(dict.fromkeys(keys)) != "deal"


def test_every_figure_is_found_with_its_place():
    found = dict(figures_of(made(Deal, {**DEAL, "purchases": [PURCHASE]})))
    assert list(found) == [
        "0/usd", "0/extra_share",
        "cash/total_usd", "cash/paid_share", "cash/return_share", "cash/return_delay_years",
        "cash/return_years", "probability",
    ]  # fmt: skip
    assert found["cash/total_usd"].central == 100
    chances = dict(figures_of(made(Wait, WAIT)))
    assert list(chances) == ["good/probability", "bad/probability"]


# --- estimations -----------------------------------------------------------------------------

ESTIMATION = {**ASKED, "table": "t.csv", "outcome": "price", "regressors": ["rate"],
              "cluster": "origin", "informs": "pass_through", "source": "own"}  # fmt: skip
EVENT = {"time": "month", "treated": "treated", "on": "2025-04"}
RATE = [{"column": "rate", "transform": "log1p"}]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"regressors": []}, "`regressors` or an `event` must be given"),
        ({"cluster": []}, "`cluster` is missing (or say `errors: hc1`)"),
        ({"regressors": ["rate", *RATE]}, "a regressor stands twice: rate, rate"),
        ({"percent_at": 0.25}, "`percent_at` needs a slope on `log1p` of a rate"),
        (
            {"percent_at": 0.25, "regressors": RATE, "pass_through": True},
            "`percent_at` needs a slope on `log1p` of a rate",
        ),
        (
            {"event": EVENT, "pass_through": True},
            "`pass_through` needs a slope on `log1p` of a rate, not an event",
        ),
        (
            {"effects": ["origin^"]},
            "effects.0: 'origin^' is no column or interaction `one^other`, given 'origin^'",
        ),
        (
            {"event": {**EVENT, "window": [0, 3]}},
            "event: window [0, 3] must begin at -1 or before and end at 0 or after",
        ),
        (
            {"event": {**EVENT, "window": [-3, -1]}},
            "event: window [-3, -1] must begin at -1 or before and end at 0 or after",
        ),
    ],
)
def test_an_estimation_that_cannot_be_asked_is_one_line(change, says):
    assert refusal(Estimation, {**ESTIMATION, **change}) == says


def test_one_alone_is_a_list_of_one_and_cells_are_text():
    found = made(Estimation, {**ESTIMATION, "where": {"year": 2024, "kept": [1, "yes"]}})
    assert [(item.column, item.transform) for item in found.regressors] == [("rate", "none")]
    assert found.cluster == ["origin"]
    assert found.where == {"year": ["2024"], "kept": ["1", "yes"]}
    assert made(Estimation, {**ESTIMATION, "errors": "iid", "cluster": []}).cluster == []
    event = made(Estimation, {**ESTIMATION, "regressors": [], "event": {**EVENT, "on": 5}}).event
    assert (event.on, event.window) == ("5", (-99, 99))
