"""Why an action or a clause does not apply to a crossing, in one reason each, the telling first."""

import numpy as np
import pytest

from exposure.law.considered import COLUMNS, WHYS
from exposure.law.question import Crossings
from exposure.law.rates import rates
from exposure.law.sheet import sheet


def table(rulebook, hts, origin, on, known="", importer="USA", **facts):
    none = np.full(1, np.nan)
    given = Crossings([hts], [origin], [importer], [on], [known], none, none, [facts])
    return sheet(rates(rulebook, given)).considered


def reasons(*asked, **more):
    made = table(*asked, **more)
    names = ["action", "clause", "why", "reason"]
    return list(made[names].itertuples(index=False, name=None))


def test_a_korean_car_of_november(rulebook):
    """A claim, a clause that another beats, an action of other goods: in this order."""
    assert reasons(rulebook, "87032301", "KOR", "2025-11-05") == [
        ("column-1", "korus", "claim", "claim = korus is not stated"),
        ("us-cars", "all", "beaten", "kor goes before it"),
        ("us-specific", "", "goods", "the code is not among its goods"),
    ]


def test_a_phone_that_an_exemption_frees(rulebook):
    assert reasons(rulebook, "85171300", "VNM", "2025-05-05") == [
        ("us-reciprocal", "base", "beaten", "phones goes before it"),
        ("us-reciprocal", "vnm-threat", "status", "announced from 2025-07-01, not in force"),
        ("us-reciprocal", "vnm", "later", "begins on 2025-08-07"),
        ("us-cars", "", "goods", "the code is not among its goods"),
        ("us-specific", "", "goods", "the code is not among its goods"),
    ]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            {},
            "asks for approved = true (assumed: false), claim = usmca (assumed: none)",
        ),
        ({"claim": "usmca"}, "asks for approved = true (assumed: false)"),
        ({"claim": "usmca", "approved": False}, "asks for approved = true (stated: false)"),
        ({"approved": True, "claim": "korus"}, "asks for claim = usmca (stated: korus)"),
    ],
)
def test_facts_that_a_clause_asks_for(rulebook, facts, reason):
    """Those that hold are not named; those that fail say what they are and who said so."""
    found = reasons(rulebook, "87032301", "MEX", "2025-05-05", **facts)
    assert ("us-cars", "usmca", "fact", reason) in found


@pytest.mark.parametrize(
    ("melt", "applies"), [(0.94, False), (0.95, True), (1.0, True)]
)  # fmt: skip
def test_a_number_asks_for_that_much_or_more(rulebook, melt, applies):
    found = reasons(rulebook, "87082951", "DEU", "2025-06-04", melt=melt)
    said = ("us-steel", "uk", "fact", f"asks for melt = 0.95 or more (stated: {melt})")
    assert (said in found) != applies
    assert (("us-steel", "content", "beaten", "uk goes before it") in found) == applies


def test_goods_before_origin_where_both_are_not_meant(rulebook):
    """Steel of Mexico is not meant by the blanket, which means all goods but Mexico's."""
    found = {action: (why, text) for action, _, why, text in
             reasons(rulebook, "72083900", "MEX", "2025-05-01")}  # fmt: skip
    assert found["us-reciprocal"] == ("origin", "goods of MEX are not meant")
    assert found["us-cars"] == ("goods", "the code is not among its goods")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2027-01-01", True),
    ],
)
def test_an_action_that_is_void_is_one_line_about_the_whole(rulebook, on, said):
    made = table(rulebook, "87032301", "DEU", on)
    mine = made[made["action"] == "us-reciprocal"]
    assert ("ended" in set(mine["why"])) == said
    if said:
        (row,) = mine.to_dict("records")
        assert row["reason"] == "void since 2026-02-24"
        assert (row["clause"], row["source"]) == ("", "ruling")
        assert np.isnan(row["rate"])


def test_what_is_not_public_yet_is_told_where_it_is_already_in_force(rulebook):
    """Korea's 15 % held from 1 November and was published on 4 December."""
    known = {
        day: [row for row in reasons(rulebook, "87032301", "KOR", "2025-11-05", known=day)
              if row[1] == "kor"]
        for day in ("2025-11-10", "2025-12-03", "2025-12-04")
    }  # fmt: skip
    told = [("us-cars", "kor", "not_known", "public since 2025-12-04 only")]
    assert known == {"2025-11-10": told, "2025-12-03": told, "2025-12-04": []}


def test_what_is_neither_public_nor_in_force_is_not_told(rulebook):
    found = reasons(rulebook, "85171300", "VNM", "2025-05-05", known="2025-05-05")
    assert not [row for row in found if row[1] in {"vnm", "vnm-threat"}]


@pytest.mark.parametrize(
    ("origin", "facts", "claims"),
    [
        ("KOR", {}, ["korus"]),
        ("KOR", {"claim": "korus"}, []),
        ("MEX", {"claim": "korus"}, ["usmca"]),
        ("DEU", {}, []),
        ("USA", {}, []),
    ],
)
def test_preferences_that_an_origin_could_claim(rulebook, origin, facts, claims):
    made = table(rulebook, "87032301", origin, "2025-01-05", **facts)
    mine = made[made["why"] == "claim"]
    assert mine["clause"].tolist() == claims
    assert mine["rate"].tolist() == [0.0] * len(claims)


def test_a_preference_that_changes_nothing_is_not_told(rulebook):
    """Steel is free for all: KORUS gives no more."""
    made = table(rulebook, "72083900", "KOR", "2025-01-05")
    assert "claim" not in set(made["why"])


def test_another_importer_has_its_own_law_and_no_american_preference(rulebook):
    made = table(rulebook, "87082951", "KOR", "2025-05-05", importer="MEX")
    assert made.empty
    assert list(made.columns) == list(COLUMNS)


@pytest.mark.parametrize("on", ["2025-06-15", "2026-03-01"])
@pytest.mark.parametrize("origin", ["KOR", "MEX", "VNM", "RUS"])
@pytest.mark.parametrize("code", ["87032301", "72083900", "87082951"])
def test_reasons_stand_in_order_and_every_row_is_whole(rulebook, code, origin, on):
    made = table(rulebook, code, origin, on)
    places = [WHYS.index(why) for why in made["why"]]
    assert places == sorted(places)
    assert (made["reason"] != "").all()
    assert (made["source"] != "").all()
    # Of one clause there is one reason.
    clauses = made[made["clause"] != ""]
    assert not clauses.duplicated(["action", "clause"]).any()
