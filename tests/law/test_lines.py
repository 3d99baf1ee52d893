"""Duty lines of many crossings are those of each of them, and chains of displacers have levels."""

import textwrap

import numpy as np
import pytest

import exposure as ex
from exposure.law.base import Tag
from exposure.law.lines import NONE_HELD, duty_lines, joined_lines, some_crossings
from exposure.law.question import Crossings, ask
from exposure.law.state import law_state
from exposure.model.compile import law_book
from tests import tiny

DAY = "2025-07-15"
TAGS = (Tag("steel", "KOR"), Tag("steel"), Tag("aluminum"))
ROWS = [
    # code, origin, importer, facts
    ("87032301", "KOR", "USA", {}),
    ("85171300", "VNM", "USA", {}),
    ("87082951", "DEU", "USA", {"use": "other"}),
    ("87082951", "USA", "MEX", {}),
    ("72083900", "MEX", "USA", {}),
    ("87082951", "VNM", "USA", {}),
    ("87032301", "MEX", "USA", {"claim": "usmca", "approved": True}),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    # Cars displace steel, and steel the blanket: a chain, and a pair across it.
    return law_book(ex.load(tiny.write(tmp_path_factory.mktemp("data"))))


def asked(book, rows):
    codes, origins, importers, facts = zip(*rows, strict=True)
    count = len(rows)
    values, units = np.full(count, 500.0), np.full(count, 1000.0)
    given = Crossings(
        codes, origins, importers, [DAY] * count, [""] * count, values, units, list(facts)
    )
    return ask(book, given).ships


def lines(book, rows, tags=TAGS):
    return duty_lines(law_state(book, int(DAY.replace("-", ""))), asked(book, rows), tags)


def same(one, other):
    for name in ("crossing", "clause", "known", "rate", "cap", "column1_clause", "uncovered"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for name in ("crossing", "kind", "level", "displacer", "displaced", "covers_base", "crossings"):
        first, second = getattr(one.structure, name), getattr(other.structure, name)
        np.testing.assert_array_equal(first, second, err_msg=name)
    for name in ("part", "weights"):
        np.testing.assert_array_equal(getattr(one.base, name), getattr(other.base, name))
    for name in ("rate", "known_part", "text"):
        np.testing.assert_array_equal(getattr(one.column1, name), getattr(other.column1, name))


def named(book, found, crossing):
    """Lines of a crossing: action, level, and the actions that displace it."""
    actions = [book.arrays.actions[a] for a in book.arrays.action[found.clause]]
    shape = found.structure
    return {
        actions[line]: (
            int(shape.level[line]),
            sorted(
                actions[d]
                for d, by in zip(shape.displacer, shape.displaced, strict=True)
                if by == line
            ),
        )
        for line in np.flatnonzero(found.crossing == crossing)
    }


def test_levels_and_displacers_by_hand(book):
    found = lines(book, ROWS)
    assert named(book, found, 0) == {
        "us-cars": (0, []),
        "us-steel": (1, ["us-cars"]),
        "us-reciprocal": (2, ["us-cars", "us-steel"]),
    }
    assert named(book, found, 1) == {"us-reciprocal": (0, [])}
    assert named(book, found, 2) == {"us-steel": (0, []), "us-reciprocal": (1, ["us-steel"])}
    # An importer's own ordinary rate is column 1 and no line; so are all lines of the schedule.
    assert named(book, found, 3) == {}
    np.testing.assert_allclose(found.column1.rate[[0, 2, 3]], [0.025, 0.025, 0.05])
    assert (found.column1_clause >= 0).tolist() == [False] * 3 + [True] + [False] * 3
    assert named(book, found, 4) == {"us-specific": (0, []), "us-steel": (0, [])}


def test_rates_known_and_not(book):
    """1,000 kg at 0.10 USD on 500 USD are 20 %; a use that is not stated leaves the blanket open."""
    found = lines(book, ROWS)
    actions = np.array([book.arrays.actions[a] for a in book.arrays.action[found.clause]])
    specific = actions == "us-specific"
    np.testing.assert_allclose(found.rate[specific], [0.2])
    blanket = (actions == "us-reciprocal") & (found.crossing == 5)
    assert not found.known[blanket].any()
    assert np.isnan(found.rate[blanket]).all()
    assert found.known[~blanket].all()
    assert np.isfinite(found.rate[~blanket]).all()


@pytest.mark.parametrize("cuts", [(7,), (1, 6), (3, 1, 3), (4, 3)])
def test_lists_of_crossings_join_to_one(book, cuts):
    ends = np.cumsum(cuts)
    parts = [lines(book, ROWS[end - size : end]) for end, size in zip(ends, cuts, strict=True)]
    same(joined_lines(parts), lines(book, ROWS))


@pytest.mark.parametrize("wanted", [[0], [5], [0, 2, 6], [1, 3, 4], list(range(7))])
def test_some_crossings_are_those_alone(book, wanted):
    tags = np.array([0, 2])
    whole = lines(book, ROWS)
    found, numbers = some_crossings(whole, np.array(wanted), tags)
    same(found, lines(book, [ROWS[row] for row in wanted], tuple(TAGS[t] for t in tags)))
    np.testing.assert_array_equal(whole.clause[numbers], found.clause)
    assert set(whole.crossing[numbers]) <= set(wanted)


@pytest.mark.parametrize(
    ("when", "facts", "known"),
    [
        ("", {}, True),
        ("when: {use: car}, ", {"use": "car"}, True),
        ("when: {use: car}, ", {}, False),
    ],
)
def test_the_first_clause_of_all_is_a_line_too(tmp_path, when, facts, known):
    """A duty beside column 1 in the first row of the book, certain or not; no ordinary rate."""
    old = textwrap.dedent(tiny.FILES["law/mex/mfn.yaml"])
    new = old.replace("authority: mfn", "authority: s201").replace(
        "component: mfn", "component: s201"
    )
    new = new.replace("rate: 0.05", when + "rate: 0.05")
    book = law_book(ex.load(tiny.write(tmp_path, law__mex__mfn__yaml=(old, new))))
    found = lines(book, [("87082951", "USA", "MEX", facts)])
    assert found.clause.tolist() == [0]
    assert found.known.tolist() == [known]
    np.testing.assert_array_equal(found.rate, [0.05 if known else np.nan])
    assert np.isnan(found.column1.rate).all()
    assert found.column1_clause.tolist() == [NONE_HELD]
    assert found.column1.text.tolist() == ["no ordinary rate of MEX is encoded for this code"]


OWN = (
    "scope: {all: true}\nmeasures:",
    """scope: {hts: ["72", "8708.29"]}
measures:
  - {id: export, from: 2018-01-01, known: 2018-01-01, when: {claim: usmca}, scope: {all: true},
     rate: 0, source: "LIGIE"}
  - {id: asked, from: 2018-01-01, known: 2018-01-01, when: {use: car}, scope: {hts: ["90"]},
     rate: 0.02, source: "LIGIE"}""",
)


@pytest.mark.parametrize(
    ("code", "facts", "rate", "text"),
    [
        ("56031100", {"claim": "usmca"}, 0.0, ""),
        ("87082951", {"claim": "usmca"}, 0.0, ""),
        ("87082951", {}, 0.05, ""),
        ("56031100", {}, np.nan, "no ordinary rate of MEX is encoded for this code, only for goods"
                                 " of chapters 72, 87"),
        ("90021100", {}, np.nan, "the ordinary rate of MEX depends on use"),
    ],
)  # fmt: skip
def test_an_exemption_of_every_good_is_known_without_its_ordinary_rate(
    tmp_path, code, facts, rate, text
):
    old = textwrap.dedent(tiny.FILES["law/mex/mfn.yaml"])
    assert OWN[0] in old
    book = law_book(ex.load(tiny.write(tmp_path, law__mex__mfn__yaml=OWN)))
    found = lines(book, [(code, "KOR", "MEX", facts)])
    np.testing.assert_array_equal(found.column1.rate, [rate])
    assert found.column1.text.tolist() == [text]
    assert (found.column1_clause.tolist() == [NONE_HELD]) == np.isnan(rate)


def test_law_that_is_not_encoded_is_named_for_its_goods_and_importer(tmp_path):
    change = ("hts_prefix,note\n", "hts_prefix,note\ns301,8703,\ns201,87,\n")
    book = law_book(ex.load(tiny.write(tmp_path, law__us__coverage__csv=change)))
    rows = [*ROWS, ("870323", "KOR", "USA", {})]
    named = ["s301, s201", "", "s201", "", "", "s201", "s301, s201", "s301, s201"]
    assert lines(book, rows).uncovered.tolist() == named
