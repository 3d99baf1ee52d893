"""Cases of the open bench as they are written and as any engine reads them: exact, to the cent."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from fractions import Fraction

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import DataError, Problems
from exposure.validate.cases import (
    COLUMNS,
    Case,
    Line,
    Written,
    cents,
    csv_text,
    read_cases,
    rows,
    slug,
    worked,
    write,
    yaml_text,
)

few = settings(max_examples=25, deadline=None)

# --- arithmetic on rates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        (0.1, Fraction(1, 10)),  # as it is written, not as a binary fraction
        (0, Fraction(0)),
        ("1 / 3", Fraction(1, 3)),
        ("0.5 - 0.2 - 0.1", Fraction(1, 5)),  # from the left
        ("0.1 + 0.2 * 3", Fraction(7, 10)),  # products first
        ("(0.1 + 0.2) * 3", Fraction(9, 10)),
        ("min(0.15, 0.1 + 0.025, 1)", Fraction(1, 8)),
        ("max(0, 0.15 - 0.165)", Fraction(0)),
        ("0.1 - 0.3", Fraction(-1, 5)),
        ("1e-07", Fraction(1, 10**7)),  # as YAML writes a small number
    ],
)
def test_rates_are_exact(text, rate):
    assert worked(text) == rate


@pytest.mark.parametrize(
    "text",
    ["", " 0.25", "-0.1", "0.1 0.2", "1 % 2", "sum(1, 2)", "max.real(1)", "max()", "min(x=1)", "True", "1j",
     "1e999", "inf", "nan", "[0.1]", "lambda: 1", "1 < 2", "0.1 if 1 else 0", "1+" * 6000 + "1"],
)  # fmt: skip
def test_what_is_no_arithmetic_is_refused_in_one_line(text):
    with pytest.raises(DataError) as caught:
        worked(text)
    told = str(caught.value)
    assert told.endswith("is not arithmetic (numbers, + - * / ( ) min max)")
    assert len(told.splitlines()) == 1


@few
@given(st.decimals(-(10**6), 10**6, places=4), st.decimals(1, 100, places=3))
def test_arithmetic_is_that_of_fractions(a, b):
    a = abs(a)
    assert worked(f"{a} / {b} + {a} * {b}") == Fraction(a) / Fraction(b) + Fraction(a) * Fraction(b)


# --- cents ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),  # half a cent goes up
        ("0.0049999999", "0.00"),
        ("2.675", "2.68"),  # which binary fractions would round down
        ("1000", "1000.00"),
        ("-0.005", "0.00"),  # up is towards more
        ("-0.006", "-0.01"),
    ],
)
def test_half_a_cent_goes_up(amount, rounded):
    assert str(cents(Fraction(amount))) == rounded


@few
@given(st.fractions(0, 10**9))
def test_cents_are_the_nearest_and_stay_where_they_are(amount):
    found = cents(amount)
    assert abs(Fraction(found) - amount) <= Fraction(1, 200)
    assert cents(Fraction(found)) == found
    assert found.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("text", "name"),
    [("Japan, 15 % on top", "japan-15-on-top"), ("--A  b--", "a-b"), ("é", ""), ("§ 232", "232")],
)
def test_slugs(text, name):
    assert slug(text) == name
    assert slug(name) == name


# --- what a case is about --------------------------------------------------------------------------


def written(**more):
    form = {
        "case": "a car", "hts": "8703.23.01", "origin": "DEU", "on": dt.date(2025, 11, 1),
        "components": {"mfn": 0.025}, "total": 0.025, "source": "note", "derivation": ["hand"],
    }  # fmt: skip
    return Written.model_validate(form | more)


def case(**more):
    rate = Fraction(1, 40)
    lines = (Line("mfn", rate, Decimal("25.00"), ""), Line("total", rate, Decimal("25.00"), ""))
    return Case("one/a-car", written(**more), Fraction(1000), lines)


@pytest.mark.parametrize(
    ("more", "topics"),
    [
        ({}, ()),
        ({"about": "announced"}, ("announced",)),
        ({"attributes": {"claim": "none"}}, ()),
        ({"attributes": {"claim": "usmca"}}, ("preference",)),
        ({"attributes": {"in_transit": False}}, ("in transit",)),
        ({"attributes": {"commerce_quota": True}}, ("quota",)),
        ({"attributes": {"us_content": 0.3, "steel_share": 0.1}}, ("content",)),
        ({"known": dt.date(2025, 12, 1), "quantity": 3.0}, ("as known", "specific rate")),
    ],
)
def test_topics_follow_from_the_facts(more, topics):
    assert case(**more).topics == topics


def test_a_case_without_a_total_is_about_what_is_unknown():
    one = case()
    open_ = Case(
        one.id, one.written, one.value_usd, (*one.lines[:-1], Line("total", None, None, ""))
    )
    assert open_.topics == ("unknown",)
    last = rows([open_])[-1]
    assert (last["component"], last["rate"], last["amount_usd"]) == ("total", "", "")


# --- plain forms -----------------------------------------------------------------------------------


def test_a_row_holds_every_column_as_text():
    first, last = rows([case(quantity=1500.0, attributes={"claim": "usmca", "approved": True})])
    assert set(first) == set(COLUMNS)
    assert all(isinstance(cell, str) for cell in first.values())
    assert first["hts"] == "87032301"  # without dots
    assert first["value_usd"] == "1000.00"
    assert first["quantity"] == "1500"
    assert first["known_on"] == ""
    assert json.loads(first["facts"]) == {"approved": True, "claim": "usmca"}
    assert first["facts"].index("approved") < first["facts"].index("claim")
    assert (first["rate"], first["amount_usd"]) == ("0.025", "25.00")
    assert last["component"] == "total"


def test_a_rate_of_a_third_has_twelve_places_and_a_whole_one_none():
    third = Line("mfn", Fraction(1, 3), Decimal("333.33"), "1 / 3")
    whole = Line("total", Fraction(1), Decimal("1000.00"), "")
    made = rows([Case("a", written(), Fraction(1000), (third, whole))])
    assert [row["rate"] for row in made] == ["0.333333333333", "1"]
    assert made[0]["arithmetic"] == "1 / 3"


def test_csv_and_yaml_hold_quotes_commas_and_line_ends_of_a_title():
    title = 'said "so", and\nso; ü'
    one = case(case=title, source="90 FR 1, 2")
    [first, _] = csv.DictReader(io.StringIO(csv_text([one])))
    assert first["title"] == title
    [entry] = yaml.safe_load(yaml_text([one]))
    assert entry["title"] == title
    assert entry["lines"][0]["rate"] == 0.025
    assert entry["quantity"] is None
    assert entry["topics"] == []


def test_no_cases_are_a_head_alone():
    assert csv_text([]) == ",".join(COLUMNS) + "\n"
    assert yaml.safe_load(yaml_text([])) == []


# --- files -----------------------------------------------------------------------------------------

HEAD = '{case: "a car", hts: "8703.23.01", origin: DEU, "on": 2025-11-01, derivation: [hand], source: note, '


def folder(tmp_path, *cases, value="value_usd: 100\n"):
    (tmp_path / "cases" / "deep").mkdir(parents=True)
    (tmp_path / "bench.yaml").write_text(value)
    for number, text in enumerate(cases):
        (tmp_path / "cases" / "deep" / f"f{number}.yaml").write_text(f"- {text}\n")
    return tmp_path


def test_a_total_is_the_sum_of_rounded_lines_as_an_entry_has_it(tmp_path):
    """Thirds of a cent: 33.33 and 33.33 make 66.66, though two thirds of 100 are 66.67."""
    text = HEAD + 'components: {mfn: "1 / 3", s232: "1 / 3"}, total: "2 / 3"}'
    [one] = read_cases(folder(tmp_path, text))
    assert [str(line.amount) for line in one.lines] == ["33.33", "33.33", "66.66"]
    assert one.lines[-1].rate == Fraction(2, 3)
    assert one.id == "f0/a-car"


def test_lines_stand_in_the_order_of_a_duty_and_a_value_of_its_own_beats_the_usual(tmp_path):
    text = HEAD + "components: {s232: 0.25, mfn: 0.025}, total: 0.275, value_usd: 40}"
    [one] = read_cases(folder(tmp_path, text))
    assert [line.component for line in one.lines] == ["mfn", "s232", "total"]
    assert str(one.lines[-1].amount) == "11.00"


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    short = HEAD + "components: {mfn: 0.025}, total: 0.03}"
    place = folder(tmp_path, short, short.replace("a car", "a van"))
    (place / "cases" / "f0.yaml").write_text(f"- {short}\n")
    with pytest.raises(Problems) as caught:
        read_cases(place)
    assert str(caught.value).splitlines() == [
        "cases: f0/a-car: stands twice",
        "cases: f0/a-car: lines do not add up",
        "cases: f1/a-van: lines do not add up",
        "cases: f0/a-car: lines do not add up",
    ]


def test_a_case_without_a_total_need_not_add_up(tmp_path):
    [one] = read_cases(folder(tmp_path, HEAD + "components: {mfn: 0.025}, total: null}"))
    assert one.lines[-1] == Line("total", None, None, "")


def test_a_bench_without_a_usual_value_is_refused(tmp_path):
    with pytest.raises((DataError, Problems), match="value_usd"):
        read_cases(folder(tmp_path, value="value: 100\n"))


def test_writing_twice_gives_the_same_bytes(tmp_path):
    place = folder(tmp_path, HEAD + "components: {mfn: 0.025}, total: 0.025}")
    assert [one.id for one in write(place)] == ["f0/a-car"]
    first = [(place / f"cases.{kind}").read_bytes() for kind in ("csv", "yaml")]
    write(place)
    assert first == [(place / f"cases.{kind}").read_bytes() for kind in ("csv", "yaml")]
