"""Settling or waiting, acting jointly or alone: chances, best replies and switches by hand."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.facts.documents.deals import Stance, Wait
from exposure.facts.world import World
from exposure.model.deals import Relief
from exposure.model.stance import _chances as stance_chances
from exposure.model.stance import _rows
from exposure.model.wait import Setting, _branches, _chances, _present, _spread, _values
from tests.bargains import deal, investment, own, sure

WORLD = World({"us_imports": pd.DataFrame({"year": [2026]})}, "mark", Path("data"))
NONE = Relief(*[np.zeros(1)] * 6)


def branch(name, probability=0.5, given=None, start="2027-01-01"):
    form = {"id": name, "title": name.title(), "probability": sure(probability), "scenario": "a",
            "from": start}  # fmt: skip
    return form if given is None else form | {"probability_if": sure(given)}


def wait(*branches, rival=None):
    form = {"id": "w", "title": "W", "question": "Q", "party": "KOR", "settle": "pact",
            "meanwhile": "a", "branches": list(branches)}  # fmt: skip
    if rival is not None:
        form["rival"] = {"country": "JPN", "title": "J", "probability": sure(rival)}
    return Wait.model_validate(form)


def setting(asked, settle=None, draws=0, **parameters):
    return Setting(WORLD, asked, settle or deal(), {}, own(**parameters), draws, 1)


# --- chances ---------------------------------------------------------------------------------------


def test_chances_are_scaled_to_one():
    """1, 2 and 5 tenths are 1/8, 1/4 and 5/8."""
    asked = wait(branch("a", 0.1), branch("b", 0.2), branch("c", 0.5))
    [(name, found)] = _chances(setting(asked)).items()
    assert name == "all"
    np.testing.assert_allclose(found, [[0.125, 0.25, 0.625]])


def test_a_rival_that_settles_moves_the_chances_by_the_law_of_total_probability():
    """0.3 of (0.8, 0.2) and 0.7 of (0.4, 0.6): 0.52 and 0.48."""
    asked = wait(branch("a", 0.4, 0.8), branch("b", 0.6, 0.2), rival=0.3)
    found = _chances(setting(asked))
    np.testing.assert_allclose(found["all"], [[0.52, 0.48]])
    np.testing.assert_allclose(found["rival settles"], [[0.8, 0.2]])
    np.testing.assert_allclose(found["rival does not"], [[0.4, 0.6]])


def test_in_every_draw_chances_add_up():
    wide = [branch(name) | {"probability": sure(0.4, low=0.1, high=0.9)} for name in "abc"]
    found = _chances(setting(wait(*wide), draws=30))["all"]
    assert found.shape == (31, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    assert np.ptp(found[1:, 0]) > 0


# --- present values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "value"),
    [
        ((0.0, np.inf), 10 + 8 + 6.4),  # three years at 25 %
        ((0.0, 1.0), 10.0),
        ((1.0, np.inf), 8 + 6.4),
        ((0.5, 1.5), 5 + 4),  # half of the first year and half of the second
        ((0.0, 0.0), 0.0),
        ((9.0, np.inf), 0.0),
    ],
)
def test_a_law_is_worth_its_relief_within_its_span(span, value):
    of = setting(wait(branch("a"), branch("b")), deal(years=3), rate=0.25)
    year = Relief(np.array([10.0]), *[np.zeros(1)] * 5)
    assert _present(of, of.settle, year, "duty", span)[0] == pytest.approx(value)


def test_two_spans_that_meet_are_worth_the_whole_and_payments_stand_elsewhere():
    costly = deal(investment(), years=4)
    of = setting(wait(branch("a"), branch("b")), costly, rate=0.1, kept=0.3)
    year = Relief(*[np.array([value]) for value in (10.0, 3.0, 0.0, 10.0, 0.0, 0.0)])
    for reading, first in (("duty", 10.0), ("gain", 6.0)):
        whole = _present(of, costly, year, reading, (0.0, np.inf))
        parts = [_present(of, costly, year, reading, span) for span in ((0, 2.2), (2.2, np.inf))]
        assert sum(parts)[0] == pytest.approx(whole[0])
        assert _present(of, costly, year, reading, (0.0, 1.0))[0] == pytest.approx(first)


# --- tables ----------------------------------------------------------------------------------------

EVEN = wait(branch("good", 0.5), branch("bad", 0.5))


def worth(settled, waited, draws=0):
    """The same in the central row and in every draw."""
    return {"duty": (np.array([settled] * (1 + draws)), np.array([waited] * (1 + draws)))}


def test_the_chance_of_the_first_turn_at_which_both_are_equal():
    """Waiting brings 8 more in the good turn and 2 less in the bad: even at a fifth."""
    row = _values(setting(EVEN, draws=2), worth([5.0, 5.0], [13.0, 3.0], draws=2)).iloc[0]
    assert row["settle_usd_central"] == 5.0
    assert row["wait_usd_central"] == 8.0
    assert row["settle_less_wait_usd_central"] == -3.0
    assert row["settle_better_share"] == 0.0
    assert row["switch_chance"] == pytest.approx(0.2)
    assert row["switch_exists_share"] == 1.0
    assert row["chance_first"] == 0.5


def test_where_one_always_wins_there_is_no_switch():
    row = _values(setting(EVEN, draws=1), worth([9.0, 9.0], [3.0, 2.0], draws=1)).iloc[0]
    assert np.isnan(row["switch_chance"])
    assert row["switch_exists_share"] == 0.0
    assert row["settle_better_share"] == 1.0


def test_a_tie_is_not_better():
    row = _values(setting(EVEN, draws=1), worth([5.0, 5.0], [5.0, 5.0], draws=1)).iloc[0]
    assert row["settle_better_share"] == 0


def test_without_draws_no_share_of_them_is_known():
    row = _values(setting(EVEN), worth([9.0, 9.0], [3.0, 2.0])).iloc[0]
    assert row[["settle_better_share", "switch_exists_share"]].isna().all()


def test_each_turn_has_the_chance_at_which_it_would_tip_the_scales():
    """The others keep their odds: of the bad turn, 8 / 10."""
    rows = _branches(setting(EVEN), worth([5.0, 5.0], [13.0, 3.0])).set_index("branch")
    assert rows["switch_chance_duty"].to_dict() == pytest.approx({"good": 0.2, "bad": 0.8})
    assert rows.loc["good", "waited_duty_usd_central"] == 13.0
    assert rows.loc["good", "title"] == "Good"
    assert rows.loc["good", "from"] == dt.date(2027, 1, 1).isoformat()
    assert rows["chance_all_central"].sum() == 1.0


def test_a_spread_names_its_ends():
    found = _spread("x", np.array([2.0, 1.0, 3.0]))
    assert found == pytest.approx({"x_low": 1.2, "x_central": 2.0, "x_high": 2.8})


# --- two countries -----------------------------------------------------------------------------------


def stance(**cells):
    actions = ("settle", "fight")
    form = {"id": "g", "title": "G", "question": "Q", "players": ("KOR", "JPN"),
            "actions": actions, "base": "a"}  # fmt: skip
    form["cells"] = [
        {"actions": (a, b), "outcomes": [{"scenario": "a", "probability": sure(1.0)}]}
        for a in actions for b in actions
    ]  # fmt: skip
    return Stance.model_validate(form)


def rows(row, column, draws=()):
    """Payoffs (row action, column action) of both, central and of draws."""
    pay = np.array([[row, *(d[0] for d in draws)], [column, *(d[1] for d in draws)]], dtype=float)
    return pd.DataFrame(_rows(stance(), "duty", pay))


DILEMMA = [[-1, -9], [0, -6]], [[-1, 0], [-9, -6]]


def test_a_dilemma_has_one_equilibrium_and_a_row_a_player_and_cell():
    table = rows(*DILEMMA)
    assert len(table) == 8
    assert table["player"].tolist() == ["KOR", "JPN"] * 4
    held = table[table["equilibrium"]]
    assert held[["first_action", "second_action"]].drop_duplicates().to_numpy().tolist() == [
        ["fight", "fight"]]  # fmt: skip
    assert held["best_reply"].all()
    korea = table[(table["player"] == "KOR") & table["best_reply"]]
    assert set(korea["first_action"]) == {"fight"}


def test_best_replies_are_each_players_own():
    """To `settle` Japan answers with `fight` (5 over 1), to `fight` with `settle`; Korea settles
    where Japan does, and fights where it fights."""
    table = rows([[3, 0], [2, 2]], [[1, 5], [2, 0]]).query("best_reply")
    best = {name: set(zip(part["first_action"], part["second_action"], strict=True))
            for name, part in table.groupby("player")}  # fmt: skip
    assert best["KOR"] == {("settle", "settle"), ("fight", "fight")}
    assert best["JPN"] == {("settle", "fight"), ("fight", "settle")}


def test_how_often_a_cell_holds_is_counted_in_the_draws_alone():
    """The centre is a dilemma; of two draws one is, the other has none in pure actions."""
    pennies = [[1, -1], [-1, 1]], [[-1, 1], [1, -1]]
    table = rows(*DILEMMA, draws=[DILEMMA, pennies])
    share = table.drop_duplicates(["first_action", "second_action"]).set_index(
        ["first_action", "second_action"])["equilibrium_share"]  # fmt: skip
    assert share["fight", "fight"] == 0.5
    assert share.sum() == 0.5
    assert rows(*DILEMMA)["equilibrium_share"].isna().all()  # without draws: not known


def test_payoffs_have_a_range_that_holds_the_centre():
    table = rows(*DILEMMA, draws=[DILEMMA, ([[9, 9], [9, 9]], [[9, 9], [9, 9]])])
    first = table.iloc[0]
    ends = [first[f"payoff_usd_{end}"] for end in ("low", "central", "high")]
    assert ends == pytest.approx([-1.0, -1.0, 8.0])


def test_chances_of_outcomes_stand_in_columns_in_their_order():
    cell = SimpleNamespace(
        actions=("settle", "fight"),
        outcomes=[SimpleNamespace(probability=wait(branch("a", p), branch("b")).branches[0]
                                  .probability) for p in (0.25, 0.75)],
    )  # fmt: skip
    assert stance_chances(stance(), cell, 0, 1).tolist() == [[0.25, 0.75]]
