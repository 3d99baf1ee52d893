"""What may be asked of the law, and the one line that says why something else may not."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.errors import Problems, QueryError
from exposure.law.question import Crossings, ask, check_day, check_facts, only_lines

CAR = {"hts": "87032301", "origin": "KOR", "importer": "USA", "on": "2025-05-01", "known_on": "",
       "value_usd": np.nan, "quantity": np.nan, "facts": {}}  # fmt: skip


def crossings(*changes, file=""):
    rows = [CAR | change for change in changes]
    columns = {name: [row[name] for row in rows] for name in CAR}
    for name in ("value_usd", "quantity"):
        columns[name] = np.array(columns[name], dtype=float)
    return Crossings(**columns, file=file)


def refused(rulebook, *changes, file=""):
    with pytest.raises(Problems) as caught:
        ask(rulebook, crossings(*changes, file=file))
    return str(caught.value).splitlines()


UNKNOWN = [
    # What is no code, a code that is too short, and codes near lines that are there.
    ({"hts": "87.03"}, "HTS '87.03' is no tariff code (6 to 10 digits, with or without dots)"),
    ({"hts": ""}, "HTS '' is no tariff code (6 to 10 digits, with or without dots)"),
    ({"hts": "8703"},
     "HTS '8703' has 4 digits (a code has 6 to 10 digits; under 8703: 8703.23.01)"),
    (
        {"hts": "8"},
        "HTS '8' has 1 digit (a code has 6 to 10 digits; under 8: 8517.13.00, 8703.23.01, "
        "8708.29.51)",
    ),
    ({"hts": "87032399"}, "HTS '87032399' is not in the US schedule (under 8703.23: 8703.23.01)"),
    ({"hts": "8703230199"}, "HTS '8703230199' is not in the US schedule (under 8703.23.01: "
                            "8703.23.0110, 8703.23.0190)"),
    ({"hts": "87089999"}, "HTS '87089999' is not in the US schedule (under 8708: 8708.29.51)"),
    ({"hts": "99999999"}, "HTS '99999999' is not in the US schedule (no line begins with 9999)"),
    # A country by its two letters, its name, its name as one word, in small letters, or none.
    ({"origin": "KR"}, "origin 'KR' is not known (KOR is Korea)"),
    ({"origin": "Korea"}, "origin 'Korea' is not known (KOR is Korea)"),
    ({"origin": "vietnam"}, "origin 'vietnam' is not known (VNM is Viet Nam)"),
    ({"origin": "kor"}, "origin 'kor' is not known (KOR is Korea)"),
    ({"origin": "XYZ"}, "origin 'XYZ' is not known (ISO 3166-1 alpha-3)"),
    # A country without a law of its own is no importer; those that have one are named.
    ({"importer": "DEU"}, "importer 'DEU' is not known (MEX, USA)"),
    ({"importer": "MX"}, "importer 'MX' is not known (MEX is Mexico)"),
    ({"value_usd": -1.5}, "value_usd -1.5 (0 or more)"),
    ({"quantity": np.inf}, "quantity inf (0 or more)"),
    ({"on": "2025-02-29"}, "on '2025-02-29' is not a date (YYYY-MM-DD)"),
    ({"on": "20250501"}, "on '20250501' is not a date (YYYY-MM-DD)"),
    ({"on": ""}, "on '' is not a date (YYYY-MM-DD)"),
    ({"on": "2017-12-31"}, "on 2017-12-31 lies before the first day (2018-01-01)"),
    ({"known_on": "soon"}, "known_on 'soon' is not a date (YYYY-MM-DD)"),
    ({"facts": {"claim": "nafta"}}, "attribute claim='nafta' (allowed: none, usmca, korus)"),
    ({"facts": {"approved": "yes"}}, "attribute approved='yes' (allowed: bool)"),
    ({"facts": {"melt": True}}, "attribute melt=True (allowed: a share, 0 to 1)"),
    ({"facts": {"melt": "0.5"}}, "attribute melt='0.5' (allowed: a share, 0 to 1)"),
    # Not known is not stated: it would pass every condition that asks for a least number.
    ({"facts": {"melt": np.nan}}, "attribute melt=nan (allowed: a share, 0 to 1)"),
    ({"facts": {"melt": -np.inf}}, "attribute melt=-inf (allowed: a share, 0 to 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "line"), UNKNOWN)
def test_one_thing_wrong_is_one_line(rulebook, change, line):
    assert refused(rulebook, change) == [line]


def test_a_fact_that_nobody_knows_is_answered_with_all_that_there_are(rulebook):
    (line,) = refused(rulebook, {"facts": {"colour": "red"}})
    assert line.startswith("attribute 'colour' is not known (claim, approved, use, us_content")
    assert line.endswith("melt)")


@pytest.mark.parametrize(
    "change",
    [
        {"hts": "870323"},  # six digits
        {"hts": "8703230110"},  # with its statistical suffix
        {"hts": "8517130000"},  # a line without any
        {"hts": "12345678", "importer": "MEX"},  # a code of another schedule is not checked
        {"value_usd": 0.0, "quantity": 0.0},
        {"on": "2018-01-01"},
        {"known_on": "2010-01-01"},  # one may look from before the first day
        {"facts": {"melt": 1, "claim": "usmca", "approved": False}},
    ],
)
def test_what_may_be_asked(rulebook, change):
    assert len(ask(rulebook, crossings(change)).ships) == 1


@pytest.mark.parametrize("value", [-0.01, 1.01, 15, -3, 10**400])
def test_a_share_lies_between_none_and_all(rulebook, value):
    (line,) = refused(rulebook, {"facts": {"melt": value}})
    assert line == f"attribute melt={value!r} (allowed: a share, 0 to 1)"
    for end in (0, 0.0, 1, 1.0):
        assert len(ask(rulebook, crossings({"facts": {"melt": end}})).ships) == 1


def test_all_that_is_wrong_is_said_at_once_row_by_row(rulebook):
    found = refused(rulebook, {"origin": "XYZ", "hts": "87"}, {}, {"on": "never"})
    assert found == [
        "row 1: HTS '87' has 2 digits (a code has 6 to 10 digits; under 87: 8703.23.01, 8708.29.51)",
        "row 1: origin 'XYZ' is not known (ISO 3166-1 alpha-3)",
        "row 3: on 'never' is not a date (YYYY-MM-DD)",
    ]


def test_a_file_is_named_with_the_row_below_its_head_and_the_column(rulebook):
    found = refused(rulebook, {}, {"quantity": -2, "facts": {"use": "boat"}}, file="mine.csv")
    assert found == [
        "mine.csv: row 3, quantity: quantity -2 (0 or more)",
        "mine.csv: row 3, attributes: attribute use='boat' (allowed: car, other)",
    ]
    # An amount of nothing beside one below nothing is fine.
    (line,) = refused(rulebook, {"value_usd": 0.0}, {"value_usd": -1.0}, file="mine.csv")
    assert line == "mine.csv: row 3, value_usd: value_usd -1 (0 or more)"
    # One row of a file has a place too.
    assert refused(rulebook, {"on": "x"}, file="a.csv")[0].startswith("a.csv: row 2, on: ")


def test_a_bad_name_cannot_break_the_line_that_names_it(rulebook):
    (line,) = refused(rulebook, {"origin": "K\nR\x1b[2J"})
    assert "\\n" in line
    assert "\x1b" not in line


def test_codes_become_numbers_and_six_digits_with_one_line_are_that_line(rulebook):
    ships = ask(rulebook, crossings({"hts": "870323"}, {"hts": "8703230110"})).ships
    assert ships.number.tolist() == [8703230100, 8703230110]
    assert ships.length.tolist() == [8, 10]
    assert only_lines(rulebook)["870323"] == "87032301"


def test_a_stem_of_two_lines_means_neither_and_a_line_of_two_spells_is_one():
    lines = pd.DataFrame({"hts8": ["87032301", "87032301", "87082951", "87082960", "87083050"]})
    book = SimpleNamespace(lines=lines, kept={})
    assert only_lines(book) == {"870323": "87032301", "870830": "87083050"}


def test_equal_facts_are_kept_once_whatever_their_order(rulebook):
    one, other = {"claim": "usmca", "melt": 0.5}, {"melt": 0.5, "claim": "usmca"}
    ships = ask(rulebook, crossings({"facts": one}, {}, {"facts": other})).ships
    assert ships.facts == [one, {}]
    assert ships.facts_of.tolist() == [0, 1, 0]


def test_no_seeing_day_is_hindsight(rulebook):
    asked = ask(rulebook, crossings({}, {"known_on": "2025-04-01"}))
    assert asked.on.tolist() == [20250501, 20250501]
    assert asked.known.tolist() == [99991231, 20250401]


def test_nothing_asked_is_nothing(rulebook):
    asked = ask(rulebook, crossings())
    assert (len(asked.ships), len(asked.on), len(asked.known)) == (0, 0, 0)


@pytest.mark.parametrize("day", ["2025-04-03", dt.date(2025, 4, 3)])
def test_a_day_is_a_text_or_a_date(day):
    assert check_day(day) == 20250403


def test_a_day_that_is_none_is_named_by_what_was_asked():
    with pytest.raises(QueryError) as caught:
        check_day("2025-13-01", "until")
    assert str(caught.value) == "until '2025-13-01' is not a date (YYYY-MM-DD)"
    # Only the day of entry has a first one.
    assert check_day("2017-12-31", "known_on") == 20171231
    with pytest.raises(QueryError, match="lies before the first day"):
        check_day("2017-12-31")


def test_every_wrong_fact_has_its_line(rulebook):
    check_facts(rulebook, {"claim": "korus", "melt": 0.5})
    with pytest.raises(Problems) as caught:
        check_facts(rulebook, {"claim": "x", "melt": 0.5, "approved": 1})
    assert str(caught.value).splitlines() == [
        "attribute claim='x' (allowed: none, usmca, korus)",
        "attribute approved=1 (allowed: bool)",
    ]
