"""The law over time: spans by hand on the tiny rulebook, the page and the picture of the shipped."""

from pathlib import Path

import numpy as np
import pytest

import exposure as ex
from exposure.law.coverage import coverage
from exposure.law.question import Crossings
from exposure.law.spans import crossing_spans, law_spans
from exposure.model.compile import law_book
from exposure.reports import law_page
from tests import tiny

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return law_book(ex.load(tiny.write(tmp_path_factory.mktemp("data"))))


def crossings(*rows):
    none = np.full(len(rows), np.nan)
    return Crossings(
        hts=[hts for hts, _, _ in rows],
        origin=[origin for _, origin, _ in rows],
        importer=["USA"] * len(rows),
        on=["2025-01-01"] * len(rows),
        known_on=[""] * len(rows),
        value_usd=none,
        quantity=none,
        facts=[facts for _, _, facts in rows],
    )


def spans(book, *rows):
    table = crossing_spans(book, crossings(*rows), "2025-01-01", "2026-03-31")
    names = ["row", "action", "status", "from", "until", "low"]
    return sorted(table[names].itertuples(index=False, name=None))


def test_what_a_car_was_charged(small):
    assert spans(small, ("87032301", "KOR", {}), ("87032301", "DEU", {})) == [
        (0, "us-cars", "in_force", "2025-04-03", "2025-10-31", 0.25),
        (0, "us-cars", "in_force", "2025-11-01", "2026-03-31", 0.15),
        (1, "us-cars", "in_force", "2025-04-03", "2026-03-31", 0.25),
    ]


def test_what_was_only_announced_and_what_ended(small):
    found = spans(small, ("87082951", "VNM", {"use": "other", "steel_share": 0.0}))
    assert found == [
        (0, "us-reciprocal", "announced", "2025-07-01", "2026-02-23", 0.46),
        (0, "us-reciprocal", "in_force", "2025-04-05", "2025-08-06", 0.1),
        (0, "us-reciprocal", "in_force", "2025-08-07", "2026-02-23", 0.2),
    ]


def test_a_duty_that_hangs_on_a_fact_is_not_known_and_one_on_content_holds(small):
    facts = {"claim": "usmca", "approved": True}
    assert spans(small, ("87032301", "MEX", facts)) == [
        (0, "us-cars", "in_force", "2025-04-03", "2026-03-31", 0.25),
        (0, "us-steel", "in_force", "2025-06-04", "2026-03-31", 0.5),
    ]
    found = spans(small, ("87082951", "VNM", {"steel_share": 0.0}))
    acting = [row for row in found if row[2] != "announced"]
    assert [row[:5] for row in acting] == [
        (0, "us-reciprocal", "unknown", "2025-04-05", "2026-02-23")
    ]
    assert np.isnan(acting[0][5])


def test_spans_are_the_answers_of_each_day():
    """Between two turns of the shipped law, a span is what `rate` answers."""
    world = ex.load()
    asked = crossings(("72083900", "KOR", {}), ("39021000", "CHN", {}))
    table = crossing_spans(law_book(world), asked, "2025-01-01", "2026-11-01")
    table = table[table["status"] == "in_force"]
    for on in ("2025-02-10", "2025-03-12", "2025-04-10", "2025-08-20", "2026-03-01", "2026-08-01"):
        for row, (hts, origin) in enumerate((("7208.39.00", "KOR"), ("3902.10.00", "CHN"))):
            live = table[(table["row"] == row) & (table["from"] <= on) & (table["until"] >= on)]
            lines = ex.rate(world, hts, origin, on).lines
            owed = lines[(lines["status"] == "owed") & (lines["component"] != "mfn")]
            assert dict(zip(live["action"], live["high"], strict=True)) == dict(
                zip(owed["action"], owed["rate"], strict=True)
            )


def test_spans_of_the_law_itself(small):
    table = law_spans(small).set_index(["action", "origin", "status", "from"])
    cars = table.loc["us-cars"]
    assert list(cars.loc["*"]["high"]) == [0.25]
    assert cars.loc[("KOR", "in_force", "2025-11-01"), "kind"] == "all_in"
    vietnam = table.loc["us-reciprocal"].loc["VNM"]
    assert vietnam.loc[("in_force", "2025-08-07"), "until"] == "2026-02-23"
    assert vietnam.loc[("announced", "2025-07-01"), "high"] == 0.46
    assert table.loc[("us-steel", "*", "in_force", "2025-06-04"), "until"] == ""


def test_coverage_says_how_each_action_stands(small):
    def status(day):
        return coverage(small, day).set_index("action")[["status", "until"]].agg(" ".join, axis=1)

    assert status(20250101)["us-cars"] == "later "
    assert status(20250701)["us-cars"] == "in_force "
    assert status(20260301)["us-reciprocal"] == "void 2026-02-23"
    table = coverage(small, 20250701).set_index("action")
    assert table.loc["us-cars", "lines"] == 2
    assert table.loc["us-reciprocal", "countries"] == 5  # not Mexico
    assert np.isnan(table.loc["mex-mfn", "lines"])


def test_every_shipped_action_says_what_it_is_known_to_miss():
    world = ex.load()
    clauses, gaps = world.tables["clauses"], world.tables["gaps"]
    assert set(clauses["action"]) <= set(gaps["action"])
    for action, biases in gaps.groupby("action")["bias"]:
        assert "none" not in set(biases) or len(biases) == 1, action


def test_page_and_picture_are_current():
    world = ex.load()
    docs = ROOT / "docs"
    assert law_page.page(world) == (docs / "law.md").read_text(encoding="utf-8")
    assert law_page.timeline(world).views[0][1] == (docs / "law-timeline.svg").read_text(
        encoding="utf-8"
    )
