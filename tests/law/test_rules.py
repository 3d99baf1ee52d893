"""Every rule of docs/law-engine.md on a tiny rulebook, by hand."""

import pandas as pd
import pytest

import exposure as ex
from exposure.errors import Problems
from exposure.law.state import law_state
from exposure.model.compile import law_book
from tests import tiny


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


def total(world, hts, origin, on, **more):
    return float(ex.rate(world, hts, origin, on, **more).table["total"].iloc[0])


CASES = [
    # code, origin, day, what is stated, duty by hand
    ("87032301", "KOR", "2025-04-02", {}, 0.025),
    ("87032301", "KOR", "2025-04-03", {}, 0.275),
    ("87032301", "KOR", "2025-04-03", {"claim": "korus"}, 0.25),
    # 15 % all-in: column 1 counts towards it, with and without the preference.
    ("87032301", "KOR", "2025-11-01", {}, 0.15),
    ("87032301", "KOR", "2025-11-01", {"claim": "korus"}, 0.15),
    # The Korean rate of 1 November became public on 4 December.
    ("87032301", "KOR", "2025-11-01", {"known": "2025-11-30"}, 0.275),
    ("87032301", "KOR", "2025-11-01", {"known": "2025-12-04"}, 0.15),
    # 25 % of the part that is not of US content, if qualifying and approved.
    ("87032301", "MEX", "2025-07-15", {"claim": "usmca", "approved": True, "us_content": 0.4}, 0.15),
    ("87032301", "MEX", "2025-07-15", {"claim": "usmca"}, 0.25),
    ("87032301", "MEX", "2025-07-15", {}, 0.275),
    # A program counts for goods of its own countries only.
    ("87032301", "DEU", "2025-07-15", {"claim": "korus"}, 0.275),
    # Column 1 by date of the schedule.
    ("87032301", "DEU", "2026-03-01", {}, 0.27),
    # Steel content: half on 0.3 of value; the blanket takes the rest: 0.025 + 0.15 + 0.07.
    ("87082951", "VNM", "2025-07-15", {"steel_share": 0.3, "use": "other"}, 0.245),
    # A share that is not stated is charged in full, and nothing is left for the blanket.
    ("87082951", "VNM", "2025-07-15", {"use": "other"}, 0.525),
    # Floor on the part that steel leaves: 0.025 + 0.15 + (0.15 - 0.025) * 0.7.
    ("87082951", "DEU", "2025-08-07", {"steel_share": 0.3, "use": "other"}, 0.2625),
    # An exempt use takes the blanket off and leaves steel.
    ("87082951", "DEU", "2025-08-07", {"steel_share": 0.3, "use": "car"}, 0.175),
    # A minimum in `when`: more conditions win over fewer.
    ("87082951", "DEU", "2025-08-07", {"melt": 0.95, "use": "car"}, 0.275),
    ("87082951", "DEU", "2025-08-07", {"melt": 0.94, "use": "car"}, 0.525),
    # Cap: 10 % unless column 1 and it pass 11 %.
    ("87082951", "KOR", "2026-01-15", {"steel_share": 0.0, "use": "other"}, 0.11),
    ("87082951", "KOR", "2026-01-15", {"steel_share": 0.0, "use": "other", "claim": "korus"}, 0.10),
    # Phones are exempt; what was only announced never acts; country beats all.
    ("85171300", "VNM", "2025-07-15", {}, 0.0),
    ("85171300", "VNM", "2025-04-05", {"known": "2025-04-10"}, 0.1),
    # The whole action ended, and that was public on 20 February.
    ("87082951", "VNM", "2026-02-23", {"steel_share": 0.0, "use": "other"}, 0.225),
    ("87082951", "VNM", "2026-02-24", {"steel_share": 0.0, "use": "other"}, 0.025),
    ("87082951", "VNM", "2026-02-24", {"steel_share": 0.0, "use": "other", "known": "2026-02-19"}, 0.225),
    # Column 2.
    ("85171300", "RUS", "2025-01-15", {}, 0.35),
    # Specific: 0.1 USD a kg on 1,000 kg worth 500 USD = 20 %.
    ("72083900", "MEX", "2025-01-15", {"value_usd": 500, "quantity": 1000}, 0.2),
    # Another importer's own ordinary rate.
    ("87082951", "USA", "2025-01-15", {"importer": "MEX"}, 0.05),
]  # fmt: skip


@pytest.mark.parametrize(("hts", "origin", "on", "more", "expected"), CASES)
def test_by_hand(world, hts, origin, on, more, expected):
    assert total(world, hts, origin, on, **more) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("hts", "origin", "on", "more", "word"),
    [
        # A use that is not stated: the exemption may hold.
        ("87082951", "VNM", "2025-07-15", {"steel_share": 0.3}, "use"),
        # A specific column 1, and a specific extra duty without quantity.
        ("27101215", "DEU", "2025-01-15", {}, "52.5c/bbl"),
        ("72083900", "MEX", "2025-01-15", {}, "quantity"),
        # The non-US part cannot be known without the US content.
        ("87032301", "MEX", "2025-07-15", {"claim": "usmca", "approved": True}, "content"),
    ],
)
def test_not_known_is_never_zero(world, hts, origin, on, more, word):
    row = ex.rate(world, hts, origin, on, **more).table.iloc[0]
    assert row["status"] == "unknown"
    assert row["total"] != row["total"]
    assert word in row["note"]


def test_displaced_and_exempt_are_said(world):
    lines = ex.rate(world, "87032301", "KOR", "2025-07-15", steel_share=0.2).lines
    status = lines.set_index("authority")["status"].to_dict()
    assert status == {
        "mfn": "owed",
        "s232_autos": "owed",
        "steel": "displaced",
        "reciprocal": "displaced",
    }


def test_a_measure_at_zero_displaces_nothing(tmp_path):
    change = ("rate: 0.25, source", "rate: 0.0, source")
    world = ex.load(tiny.write(tmp_path, law__us__cars__yaml=change))
    # Column 1 2.5, steel 50 % on 0.2, blanket 10 % on the rest.
    assert total(world, "87032301", "VNM", "2025-07-15", steel_share=0.2) == pytest.approx(
        0.025 + 0.1 + 0.08
    )


@pytest.mark.parametrize("exceptions", ["except_hts: ['8708.29']", "except_lists: [exempt]"])
def test_what_a_scope_excepts_is_not_meant(tmp_path, exceptions):
    change = ('["7208", "8703", "8708.29"]}', f'["7208", "8703", "8708", "8517"], {exceptions}}}')
    world = ex.load(tiny.write(tmp_path, law__us__steel__yaml=change))
    assert world.table("scopes")["include"].dtype == bool
    code = "87082951" if "hts" in exceptions else "85171300"
    lines = ex.rate(world, code, "VNM", "2025-07-15", steel_share=0.5, use="other").lines
    assert "steel" not in set(lines["authority"])
    lines = ex.rate(world, "72083900", "VNM", "2025-07-15", steel_share=0.5).lines
    assert "steel" in set(lines["authority"])


def test_components_and_lines_add_up_to_the_total(world):
    found = ex.rate(world, "87082951", "DEU", "2025-08-07", steel_share=0.3, use="other")
    row = found.table.iloc[0]
    parts = row.drop(["total", "at_least", "status", "note"]).astype(float).sum()
    assert parts == pytest.approx(row["total"])
    assert found.lines["duty_rate"].sum() == pytest.approx(row["total"])


@pytest.mark.parametrize(("on", "expected"), [("2025-08-31", 0.15), ("2025-09-01", 0.1)])
def test_a_group_counts_its_members_to_their_last_day(tmp_path, on, expected):
    """15 % all-in for the group; the day after, 10 % for all origins. Column 1 is free."""
    change = ("EU,DEU,,,treaty", "EU,DEU,,2025-08-31,treaty")
    world = ex.load(tiny.write(tmp_path, law__groups__csv=change))
    found = total(world, "72083900", "DEU", on, steel_share=0.0, value_usd=500, quantity=0)
    assert found == pytest.approx(expected)


def test_an_origin_by_name_beats_a_longer_prefix_and_a_later_day(tmp_path):
    """The order of preference: Germany for all goods (12 %) before its group by the line (30 %)."""
    change = (
        "exemptions:",
        '  - {id: deu, from: 2025-08-07, known: 2025-07-31, origin: DEU, rate: 0.12, source: "EO"}\n'
        "  - {id: line, from: 2025-08-08, known: 2025-07-31, origin: EU, rate: 0.3,"
        ' scope: {hts: ["8708.29.51"]}, source: "EO"}\n'
        "exemptions:",
    )
    world = ex.load(tiny.write(tmp_path, law__us__reciprocal__yaml=change))
    stated = {"steel_share": 0.0, "use": "other"}
    assert total(world, "87082951", "DEU", "2025-08-10", **stated) == pytest.approx(0.025 + 0.12)


def test_the_law_of_a_day_is_made_once(world):
    book = law_book(world)
    assert law_state(book, 20250715) is law_state(book, 20250716)
    assert law_state(book, 20250715) is not law_state(book, 20250715, 20250601)


def test_a_circle_of_displacers_is_refused(tmp_path):
    change = ("scope: {all: true}", "scope: {all: true}\ndisplaces: [steel]")
    world = ex.load(tiny.write(tmp_path, law__us__reciprocal__yaml=change))
    with pytest.raises(ex_error(), match=r"circle.*"):
        total(world, "87082951", "VNM", "2025-07-15", steel_share=0.3, use="other")


def ex_error():
    from exposure.errors import DataError

    return DataError


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hts": "99999999"}, "HTS '99999999' is not in the US schedule"),
        ({"origin": "XYZ"}, "origin 'XYZ' is not known"),
        ({"on": "2017-12-31"}, "before the first day"),
        ({"on": "yesterday"}, "is not a date"),
        ({"importer": "DEU"}, "importer 'DEU' is not known"),
        ({"colour": "red"}, "attribute 'colour' is not known"),
        ({"claim": "nafta"}, "allowed: none, usmca, korus"),
        ({"steel_share": "much"}, "allowed: a share, 0 to 1"),
    ],
)
def test_bad_questions(world, change, word):
    question = {"hts": "87032301", "origin": "KOR", "on": "2025-05-01"} | change
    with pytest.raises(Problems, match=word):
        ex.rate(world, **question)


def test_nothing_asked_is_nothing_answered(world):
    found = ex.rates(world, pd.DataFrame({"hts": [], "origin": [], "on": []}))
    assert len(found.table) == len(found.lines) == 0
    one = ex.rate(world, "87032301", "KOR", "2025-07-15")
    assert list(found.table.columns) == list(one.table.columns)
    assert set(one.lines.columns) == set(found.lines.columns)


def test_one_metal_that_is_stated_declares_them_all(tmp_path):
    """20 % of steel stated: no aluminium, so its duty of 50 % charges nothing; else all of it."""
    change = (
        'base: {part: content, material: steel}, source: "Proc 2"}',
        'base: {part: content, material: aluminum}, source: "Proc 2"}',
    )
    world = ex.load(tiny.write(tmp_path, law__us__steel__yaml=change))
    cases = [({"steel_share": 0.2}, 0.0), ({"aluminum_share": 0.2}, 0.1), ({}, 0.5)]
    for stated, duty in cases:
        lines = ex.rate(world, "72083900", "VNM", "2025-07-15", **stated).lines
        mine = lines.set_index("authority").loc["steel"]
        assert mine["duty_rate"] == pytest.approx(duty)


def test_a_list_that_was_only_proposed_marks_what_rests_on_it(tmp_path):
    """Phones are exempt by a proposed list, so 10 % on other goods rest on not being listed."""
    change = ('source: "memo"}', 'provisional: true, source: "memo"}')
    world = ex.load(tiny.write(tmp_path, law__us__reciprocal__yaml=change))
    days = {"85171300": "2025-04-20", "72083900": "2025-04-20", "87032301": "2025-01-15"}
    rows = pd.DataFrame({"hts": list(days), "origin": "DEU", "on": list(days.values())})
    found = ex.rates(world, rows.assign(facts=[{"steel_share": 0.0}] * 3)).table
    assert found["provisional"].tolist() == [True, True, False]
