"""How each action of the law stands on a day, and how much it means."""

import numpy as np
import pytest

import exposure as ex
from exposure.law.coverage import COLUMNS, coverage
from exposure.model.compile import law_book
from tests import tiny


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """The duty by weight ended in June 2025; that on steel was only threatened, in part without a
    rate."""
    root = tiny.write(
        tmp_path_factory.mktemp("other"),
        law__us__fee__yaml=("known: 2025-01-01,", "known: 2025-01-01, until: 2025-06-30,"),
        law__us__steel__yaml=(
            "known: 2025-06-03, rate: 0.5,",
            "known: 2025-06-03, rate: 0, status: threatened,",
        ),
    )
    path = root / "raw" / "law" / "us" / "steel.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("origin: DEU, rate: 0.25,", "origin: DEU, rate: 0.25, status: announced,")
    path.write_text(text, encoding="utf-8")
    return law_book(ex.load(root))


def row(book, day, action):
    return coverage(book, day).set_index("action").loc[action]


@pytest.mark.parametrize(
    ("day", "action", "status", "since", "until", "low", "high"),
    [
        # Before its first measure all that will be in force counts, of Korea's 15 % too.
        (20250402, "us-cars", "later", "2025-04-03", "", 0.15, 0.25),
        (20250403, "us-cars", "in_force", "2025-04-03", "", 0.25, 0.25),
        (20251101, "us-cars", "in_force", "2025-04-03", "", 0.15, 0.25),
        # The rates of the day: 10 % alone, then 15 % all in and 20 %; what is announced is none.
        (20250405, "us-reciprocal", "in_force", "2025-04-05", "", 0.1, 0.1),
        (20250807, "us-reciprocal", "in_force", "2025-04-05", "", 0.1, 0.2),
        # Void from 24 February 2026: the day before was its last.
        (20260223, "us-reciprocal", "in_force", "2025-04-05", "", 0.1, 0.2),
        (20260224, "us-reciprocal", "void", "2025-04-05", "2026-02-23", 0.1, 0.2),
        # 10 cents a kilogram are dollars a unit and no fraction.
        (20241231, "us-specific", "later", "2025-01-01", "", 0.1, 0.1),
        (20250101, "us-specific", "in_force", "2025-01-01", "", 0.1, 0.1),
    ],
)
def test_how_an_action_stands(rulebook, day, action, status, since, until, low, high):
    found = row(rulebook, day, action)
    assert (found["status"], found["since"], found["until"]) == (status, since, until)
    assert (found["low"], found["high"]) == (low, high)


@pytest.mark.parametrize(
    ("day", "status"), [(20250630, "in_force"), (20250701, "ended"), (20301231, "ended")]
)
def test_an_action_whose_measures_all_ended_has_ended(other, day, status):
    found = row(other, day, "us-specific")
    assert (found["status"], found["until"]) == (status, "2025-06-30")
    assert found["high"] == 0.1


@pytest.mark.parametrize("day", [20250101, 20250604, 20270101])
def test_an_action_that_never_acted_has_the_status_of_its_newest_measure(other, day):
    """Of two that began on one day the first; a rate of 0 stands for one that nobody stated."""
    found = row(other, day, "us-steel")
    assert found["status"] == "threatened"
    assert (found["since"], found["until"]) == ("2025-06-04", "")
    assert (found["low"], found["high"]) == (0.25, 0.25)


def test_lines_and_countries_that_an_action_means(rulebook):
    """Of six codes and six countries: two of cars; steel 7208, 8703 and 8708.29; all."""
    table = coverage(rulebook, 20250701).set_index("action")
    lines = {"us-cars": 2, "us-specific": 1, "us-reciprocal": 6, "us-steel": 4}
    assert table.loc[list(lines), "lines"].to_dict() == lines
    # Nothing is known of the lines of other schedules.
    assert np.isnan(table.loc["mex-mfn", "lines"])
    assert table["countries"].to_dict() == {
        "mex-mfn": 6, "us-cars": 6, "us-specific": 6, "us-reciprocal": 5, "us-steel": 6,
    }  # fmt: skip


def test_clauses_are_counted_whatever_the_day(rulebook):
    counts = {"mex-mfn": (1, 0), "us-cars": (3, 0), "us-specific": (1, 0),
              "us-reciprocal": (5, 2), "us-steel": (2, 0)}  # fmt: skip
    for day in (20240101, 20250701, 20270101):
        table = coverage(rulebook, day).set_index("action")
        found = table[["measures", "exemptions"]].apply(tuple, axis=1).to_dict()
        assert found == counts


def test_every_action_has_its_row_on_every_day(rulebook):
    for day in (20180101, 20250701, 20991231):
        table = coverage(rulebook, day)
        assert list(table.columns) == list(COLUMNS)
        assert table["action"].tolist() == list(rulebook.arrays.actions)
        assert not table.drop(columns="lines").isna().any(axis=None)
        assert (table["low"] <= table["high"]).all()
