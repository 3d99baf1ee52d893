"""Concessions and the formula of April 2025: what an offer lays over the law, and who beats whom."""

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exposure.facts.documents import Scenario
from exposure.facts.documents.deals import Concession, Frontier
from exposure.facts.documents.sweeps import Option
from exposure.facts.world import World
from exposure.model.formula import formula
from exposure.model.frontier import _clauses, _marked, laid_over, only_of, per_dollar

NAN = np.nan


def measure(origin, name="low"):
    return {"id": name, "from": "2025-01-01", "known": "2025-01-01", "rate": 0.1, "source": "s",
            "origin": origin}  # fmt: skip


def concession(name, **option):
    return Concession.model_validate({"id": name, "title": name.title(), "option": option})


BASE = Scenario.model_validate({
    "id": "base", "title": "B", "question": "Q", "baseline": {"effective_on": "2025-01-15"},
    "law": [{"action": "us-cars", "measures": [measure(["MEX"], "own")]}],
})  # fmt: skip
CARS = concession("cars", law=[{"action": "us-cars", "measures": [measure(["KOR"])]}])
LATER = concession("later", law_on={"effective_on": "2026-01-01"}, years=5)


# --- an offer over the law -----------------------------------------------------------------------


def test_clauses_come_on_top_and_all_else_takes_the_place():
    made = laid_over(BASE, (CARS, LATER))
    assert [delta.measures[0].id for delta in made.law] == ["own", "low"]
    assert made.law_on.effective_on.isoformat() == "2026-01-01"
    assert made.years == 5
    assert made.id == "base+cars+later"
    assert made.baseline == BASE.baseline
    assert len(BASE.law) == 1, "the base itself is left as it was"


def test_an_option_that_says_nothing_leaves_the_base_but_for_its_name():
    made = laid_over(BASE, (concession("nothing"),))
    assert made.model_copy(update={"id": BASE.id}) == BASE


def test_the_later_of_two_options_has_the_last_word():
    sooner = concession("sooner", years=2)
    assert laid_over(BASE, (LATER, sooner)).years == 2
    assert laid_over(BASE, (sooner, LATER)).years == 5


def test_no_two_offers_have_one_name():
    """Rates are kept by it: `a-b` is not `a` and `b`, and long names part at their end alone."""
    long = "x" * 90
    items = [concession(name) for name in ("a", "b", "a-b", "b-a", f"{long}1", f"{long}2")]
    names = [laid_over(BASE, offer).id for count in range(1, len(items) + 1)
             for offer in combinations(items, count)]  # fmt: skip
    assert len(set(names)) == len(names) == 2 ** len(items) - 1
    assert BASE.id not in names


@pytest.mark.parametrize(
    ("option", "alone"),
    [
        ({}, True),
        ({"law": [{"action": "a", "measures": [measure(["KOR"])]}]}, True),
        ({"law": [{"action": "a", "measures": [measure(["KOR", "JPN"])]}]}, False),
        ({"law": [{"action": "a", "measures": [measure(["KOR"]), measure(["MEX"], "b")]}]}, False),
        ({"law": [{"action": "a", "suspend": True, "origin": ["KOR"]}]}, False),
        ({"law_on": {"effective_on": "2026-01-01"}}, False),
        ({"baseline": {"effective_on": "2026-01-01"}}, False),
        ({"years": 3}, True),
    ],
)
def test_whether_an_option_moves_one_origin_alone(option, alone):
    assert only_of(Option.model_validate(option), "KOR") is alone


def test_relief_a_dollar_is_not_known_where_nothing_is_forgone():
    found = per_dollar(np.array([10.0, 10.0, 10.0]), np.array([4.0, 0.0, -5.0]))
    assert found.tolist() == pytest.approx([2.5, NAN, NAN], nan_ok=True)


# --- who beats whom --------------------------------------------------------------------------------


def offers(**numbers):
    return pd.DataFrame(
        [{"offer": name, "relief_usd": gain, "revenue_forgone_usd_central": cost,
          "relief_per_dollar_low": gain / cost, "relief_per_dollar_central": gain / cost,
          "relief_per_dollar_high": gain / cost}
         for name, (gain, cost) in numbers.items()]
    )  # fmt: skip


def test_offers_stand_in_the_order_of_relief_with_what_beats_each():
    """b gives as much as a for less; c gives most; d gives less than b for more."""
    made = _marked(offers(a=(5.0, 4.0), b=(5.0, 3.0), c=(9.0, 8.0), d=(4.0, 5.0)))
    assert made["offer"].tolist() == ["d", "a", "b", "c"]
    assert made["dominated_by"].tolist() == ["b", "b", "", ""]
    assert made["dominated"].tolist() == [True, True, False, False]


def test_offers_that_are_alike_do_not_beat_one_another_and_keep_their_order():
    made = _marked(offers(b=(5.0, 3.0), a=(5.0, 3.0)))
    assert made["offer"].tolist() == ["b", "a"]
    assert not made["dominated"].any()


def frontier(*items):
    form = {"id": "f", "title": "F", "question": "Q", "party": "KOR", "base": "base"}
    return Frontier.model_validate(form | {"concessions": [item.model_dump() for item in items]})


def test_a_clause_by_itself_and_as_the_last_one():
    """Cars save 10 alone and 7 beside chips; chips 5 alone and 2 last: 12 together."""
    both = frontier(concession("cars"), concession("chips"))
    made = _clauses(both, offers(**{"cars": (10.0, 5.0), "chips": (5.0, 1.0),
                                    "cars+chips": (12.0, 5.5)}))  # fmt: skip
    assert made["clause"].tolist() == ["chips", "cars"]  # most relief a dollar first
    rows = made.set_index("clause")
    assert rows.loc["cars", ["alone_relief_usd", "last_relief_usd"]].tolist() == [10.0, 7.0]
    assert rows.loc["chips", ["alone_relief_usd", "last_relief_usd"]].tolist() == [5.0, 2.0]
    assert rows.loc["chips", "last_revenue_forgone_usd"] == 0.5
    assert rows.loc["cars", "relief_per_dollar_low"] == 2.0


def test_a_lone_clause_is_its_own_last():
    made = _clauses(frontier(concession("cars")), offers(cars=(10.0, 5.0)))
    assert made.loc[0, ["alone_relief_usd", "last_relief_usd"]].tolist() == [10.0, 10.0]


# --- the formula of 2 April 2025 ---------------------------------------------------------------------


def april(*rows):
    columns = ["country", "exports_usd", "imports_usd", "part", "floor", "announced_rate", "source"]
    table = pd.DataFrame([(*row, 0.5, 0.1, 0.25, "s") for row in rows], columns=columns)
    return World({"reciprocal_formula": table}, "mark", Path("data"))


TWO = april(("KOR", 50.0, 100.0), ("GBR", 90.0, 80.0))


def test_half_of_the_deficit_over_imports_and_the_floor_by_hand():
    table = formula(TWO).set_index("country")
    assert table.loc["KOR", ["deficit_usd", "formula_rate", "rounded_rate"]].tolist() == [
        50.0, 0.25, 0.25]  # fmt: skip
    assert table.loc["GBR", ["deficit_usd", "formula_rate", "rounded_rate"]].tolist() == [
        -10.0, 0.1, 0.1]  # fmt: skip


@pytest.mark.parametrize(
    ("exports", "rounded"),
    [(50.0, 0.25), (49.99, 0.26), (48.0, 0.26), (50.01, 0.25), (44.0, 0.28), (0.0, 0.5)],
)
def test_a_part_of_a_per_cent_is_a_whole_one(exports, rounded):
    assert formula(april(("KOR", exports, 100.0)))["rounded_rate"][0] == pytest.approx(rounded)


def test_purchases_of_one_country_move_its_rate_alone():
    """10 more of exports are 5 points of a rate at imports of 100; two hundredths are one point."""
    table = formula(TWO, 10.0, "KOR").set_index("country")
    assert table.loc["KOR", ["purchases_usd", "rate_with_purchases"]].tolist() == [
        10.0, pytest.approx(0.2)]  # fmt: skip
    assert table.loc["KOR", "change"] == pytest.approx(-0.05)
    assert table.loc["KOR", "usd_per_point"] == pytest.approx(2.0)
    assert table.loc["GBR", ["purchases_usd", "change"]].tolist() == [0.0, 0.0]


def test_purchases_of_all_are_each_by_itself_and_stop_at_the_floor():
    table = formula(TWO, 1000.0)
    assert table["rate_with_purchases"].tolist() == [0.1, 0.1]
    assert table["change"].tolist() == pytest.approx([-0.15, 0.0])


def test_what_a_point_costs_is_what_takes_it_off():
    cost = float(formula(TWO)["usd_per_point"][0])
    assert formula(TWO, cost, "KOR")["change"][0] == pytest.approx(-0.01)


def test_no_countries_have_an_empty_table():
    assert formula(april()).empty
    assert math.isclose(float(formula(TWO)["announced_rate"][0]), 0.25)
