"""Fields that all documents share: what each takes, and the one line that says what it does not."""

import datetime as dt

import pytest
from pydantic import Field

from exposure.errors import Problems
from exposure.facts.documents.base import (
    LONGEST,
    Asked,
    AttributeValue,
    Component,
    Day,
    Document,
    Figure,
    Fraction,
    Hts,
    Iso3,
    Number,
    Origins,
    Rate,
    Slug,
    Text,
    Whole,
)
from exposure.facts.strict_yaml import parse
from exposure.near import FEW, nearest


class Form(Document):
    hts: Hts = "01"
    country: Iso3 = "USA"
    name: Slug = "a"
    component: Component = "mfn"
    day: Day = dt.date(2025, 1, 1)
    number: Number = 0.0
    whole: Whole = 0
    share: Fraction = 0.0
    rate: Rate = 0.0
    origin: Origins = Field(default=["*"])
    fact: AttributeValue = False
    text: Text = "x"


def refusal(form, given):
    """The lines of what is wrong with a document."""
    with pytest.raises(Problems) as caught:
        parse(form, given, "own.yaml")
    return str(caught.value).split("\n")


@pytest.mark.parametrize(
    ("field", "given", "held"),
    [
        ("hts", "8703.23.01", "87032301"),
        ("hts", "87", "87"),
        ("hts", "8703.23.01.10", "8703230110"),
        ("name", "a" * LONGEST, "a" * LONGEST),
        ("name", "9-a_b", "9-a_b"),
        ("day", "2025-02-28", dt.date(2025, 2, 28)),
        ("day", dt.date(2024, 2, 29), dt.date(2024, 2, 29)),
        ("number", "-1.5e3", -1500.0),
        ("whole", 3.0, 3),
        ("share", 1, 1.0),
        ("rate", 5, 5.0),  # the most that is meant as a fraction
        ("origin", "KOR", ["KOR"]),  # one alone is a list of one
        ("origin", ["KOR", "EU"], ["KOR", "EU"]),
        ("fact", True, True),
        ("fact", 0.4, 0.4),
        ("fact", "usmca", "usmca"),
    ],
)
def test_a_field_holds_what_is_written(field, given, held):
    found = getattr(parse(Form, {field: given}, "own.yaml"), field)
    assert found == held
    assert type(found) is type(held)


RATES = "a rate is a fraction, 0.10 for 10 %, 5 at most"
DIGITS = "must have 2, 4, 6, 8 or 10 digits"
SLUG = "may hold lower-case letters, digits, '-' and '_' only, 100 at most"
REFUSED = [
    ("hts", 87032301, "HTS code 87032301 must be a quoted string, given 87032301"),
    ("hts", "870", f"HTS code '870' {DIGITS}, given '870'"),
    ("hts", "8703.23.01.10.99", f"HTS code '8703.23.01.10.99' {DIGITS}, given '8703.23.01.10.99'"),
    ("hts", "", f"HTS code '' {DIGITS}, given ''"),
    ("hts", "87O3", f"HTS code '87O3' {DIGITS}, given '87O3'"),
    ("country", "US", "country 'US' must be an ISO 3166-1 alpha-3 code, given 'US'"),
    ("country", "usa", "country 'usa' must be an ISO 3166-1 alpha-3 code, given 'usa'"),
    ("name", "", f"id '' {SLUG}, given ''"),
    ("name", "-a", f"id '-a' {SLUG}, given '-a'"),
    ("name", "A", f"id 'A' {SLUG}, given 'A'"),
    ("name", "a b", f"id 'a b' {SLUG}, given 'a b'"),
    ("day", "2025-2-28", "must be a date, YYYY-MM-DD, given '2025-2-28'"),
    ("day", dt.datetime(2025, 1, 1, 12), "must be a date, YYYY-MM-DD"),
    ("number", True, "a truth value is no number, given True"),
    ("number", "5 %", "is no number, given '5 %'"),
    ("whole", "1e999", "is no number, given '1e999'"),
    ("rate", 5.5, f"is 550%; {RATES}, given 5.5"),
    ("rate", 25, f"is 2500%; {RATES}, given 25"),
]


@pytest.mark.parametrize(("field", "given", "says"), REFUSED)
def test_what_a_field_does_not_take_is_one_line(field, given, says):
    assert refusal(Form, {field: given}) == [f"own.yaml: {field}: {says}"]


@pytest.mark.parametrize(
    ("field", "given"),
    [("share", -0.001), ("share", 1.001), ("rate", -0.1), ("whole", 2.5), ("text", ""),
     ("day", "2025-02-29"), ("number", float("inf")), ("fact", float("nan"))],
)  # fmt: skip
def test_what_lies_outside_of_a_field_is_named_with_it(field, given):
    lines = refusal(Form, {field: given})
    assert all(line.startswith(f"own.yaml: {field}") for line in lines)


def test_an_id_that_is_too_long_is_not_repeated_in_full():
    (line,) = refusal(Form, {"name": "a" * 101})
    assert f"id '{'a' * 100}...' {SLUG}" in line


def test_every_field_that_is_wrong_has_its_line():
    lines = refusal(Form, {"hts": "870", "country": "US", "rate": 25})
    assert [line.split(": ")[1] for line in lines] == ["hts", "country", "rate"]


# --- the form of a document ------------------------------------------------------------------


class Whose(Document):
    owner: Text
    form: Form = Form()


def test_a_field_that_is_not_known_is_told_with_what_looks_like_it():
    assert refusal(Form, {"hst": "87"})[0].startswith(
        "own.yaml: hst: unknown field, given '87' (known: component, country, "
    )
    # Within another document the names of the outer one would mislead.
    (line,) = refusal(Whose, {"owner": "x", "form": {"hst": "87"}})
    assert line == "own.yaml: form.hst: unknown field, given '87'"


def test_a_field_that_is_missing_says_so():
    assert refusal(Whose, {}) == ["own.yaml: owner: is missing"]


def test_a_document_that_is_a_list_is_no_document():
    (line,) = refusal(Whose, ["owner"])
    assert line.startswith("own.yaml: document: ")


def test_a_document_does_not_change():
    made = parse(Whose, {"owner": "x"}, "own.yaml")
    with pytest.raises(ValueError, match="frozen"):
        made.owner = "y"


def test_what_is_asked_has_a_name_a_title_and_a_question():
    fields = [line.split(": ")[1] for line in refusal(Asked, {"answers": []})]
    assert fields == ["id", "title", "question"]


# --- a figure --------------------------------------------------------------------------------

FIGURE = {"low": 1, "central": 2, "high": 3, "grade": "C", "source": "s"}


@pytest.mark.parametrize(
    "change",
    [
        {"low": 2, "high": 2},  # known without doubt
        {"low": -3, "central": -2, "high": -1, "distribution": "lognormal"},
        {"low": 0, "distribution": "uniform"},
        {"low": -1, "distribution": "normal"},
    ],
)
def test_a_figure_may_be_a_point_and_of_any_sign(change):
    assert parse(Figure, {**FIGURE, **change}, "own.yaml").central in (2, -2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"low": 2.5}, "low 2.5 <= central 2.0 <= high 3.0 does not hold"),
        ({"high": 1.5}, "low 1.0 <= central 2.0 <= high 1.5 does not hold"),
        (
            {"low": -1, "distribution": "lognormal"},
            "a lognormal number has one sign: low -1.0, high 3.0",
        ),
        (
            {"low": 0, "distribution": "lognormal"},  # the logarithm of a nought is not there
            "a lognormal number has one sign: low 0.0, high 3.0",
        ),
    ],
)
def test_a_figure_stands_in_order(change, says):
    assert refusal(Figure, {**FIGURE, **change}) == [f"own.yaml: document: {says}"]


@pytest.mark.parametrize("field", ["low", "central", "high", "grade", "source"])
def test_a_figure_without_its_range_grade_or_source_is_none(field):
    given = {name: value for name, value in FIGURE.items() if name != field}
    assert refusal(Figure, given) == [f"own.yaml: {field}: is missing"]


# --- names that are near ---------------------------------------------------------------------

MANY = [f"country-{number:02d}" for number in range(FEW)] + ["pass_through"]


@pytest.mark.parametrize(
    ("name", "known", "says"),
    [
        ("passthrough", ["b", "a"], "known: b, a"),  # few are told in full, as they stand
        ("country-99", MANY[:FEW], f"known: {', '.join(MANY[:FEW])}"),
        ("passthrough", MANY, "near: pass_through"),
        ("zzzz", MANY, f"known: {', '.join(MANY)}"),
        ("x", [], "known: "),
    ],
)
def test_a_name_that_is_not_known_meets_those_that_are(name, known, says):
    assert nearest(name, known) == says


def test_at_most_five_near_names_are_told():
    assert nearest("country-99", MANY).count(",") == 4
