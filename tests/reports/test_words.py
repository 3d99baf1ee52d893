"""Forms of numbers and words of each language: by hand, at their edges, and what they refuse."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import QueryError
from exposure.reports.description import Ref, Value
from exposure.reports.words import LANGUAGES, Words, as_line, harmless, is_unknown, words

NAN = float("nan")
FEW = settings(max_examples=25, deadline=None)
NUMBERS = st.floats(-1e13, 1e13, allow_nan=False)


@pytest.fixture(scope="module")
def english():
    return words("en")


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        # Cents end at a thousand; half a cent is the least that is shown as cents.
        ("usd", 0.005, "USD 0.01"),
        ("usd", 0.0049, "USD 0"),
        ("usd", -0.0049, "USD 0"),
        ("usd", 999.994, "USD 999.99"),
        ("usd", 1000.4, "USD 1,000"),
        ("usd", -1234.5678e3, "USD -1.2 m"),
        ("usd", 1e9, "USD 1.00 bn"),
        ("usd", -2.345e12, "USD -2,345.00 bn"),
        # A difference of fractions is in points, a fraction in per cent: never the same word.
        ("points", 0.025, "2.5 pp"),
        ("points", -0.0004, "0.0 pp"),
        ("percent", 12.5, "1,250.0 %"),
        ("fine_percent", 0.00346, "0.35 %"),
        ("fine_percent", -0.00004, "0.00 %"),
        ("size_fine_percent", -0.00346, "0.35 %"),
        # As the law writes it: 2.5 %, not 2.50 %; 0.9 cents of a per cent stay.
        ("rate", 0.025, "2.5 %"),
        ("rate", 0.145, "14.5 %"),
        ("rate", 0.00009, "0.009 %"),
        ("rate", -0.0, "0 %"),
        ("level", 1 / 3, "33.33 %"),
        ("level", 0.1, "10 %"),
        ("level", -0.0, "0 %"),
        # What would round to nothing is told with the digits that it has.
        ("level", 1.2e-7, "1.2e-05 %"),
        # A few hundred draws know whole per cents, from none to all.
        ("whole_percent", 0.994, "99 %"),
        ("whole_percent", 1.0000001, "100 %"),
        ("whole_percent", -1e-9, "0 %"),
        ("size_percent", -0.125, "12.5 %"),
        ("size_count", -1500.4, "1,500"),
        ("size_usd", -3.5e6, "USD 3.5 m"),
        ("count", 1234567.5, "1,234,568"),
        ("whole", 20250402.0, "20250402"),
        ("whole", -0.2, "0"),
        ("times", 1.005e3, "1,005.00"),
        ("times", -0.004, "0.00"),
        # Whole from ten thousand on, else up to five digits.
        ("number", 9999.96, "10,000"),
        ("number", 10000.4, "10,000"),
        ("number", 1234.5678, "1,234.6"),
        ("number", -0.0, "0"),
        ("rough", 12345.0, "12,300"),
        ("rough", -0.0123456, "-0.0123"),
        ("rough", -0.0, "0"),
    ],
)
def test_a_number_in_english(english, form, value, text):
    assert as_line(english.form(form, value)) == text


@pytest.mark.parametrize(
    ("language", "form", "value", "text"),
    [
        # Steps of ten thousands: 1 억 is 100 million, 1 조 a million millions.
        ("ko", "usd", 1.5e8, "1.50억 달러"),
        ("ko", "usd", 99.4e6, "99백만 달러"),
        ("ko", "usd", -2.5e12, "-2.50조 달러"),
        ("ko", "usd", 999.0, "999.00달러"),
        ("ko", "percent", 0.15, "15.0%"),
        ("ko", "points", -0.1, "-10.0%p"),
        ("ja", "usd", 5.5e11, "5,500.00億ドル"),
        ("ja", "usd", 1e12, "1.00兆ドル"),
        ("ja", "points", 0.1, "10.0ポイント"),
    ],
)
def test_a_number_of_another_language_has_its_own_steps(language, form, value, text):
    assert words(language).form(form, value) == text


@pytest.mark.parametrize(
    ("form", "before", "after", "told"),
    [
        ("usd", 2_412_345.0, 2_438_000.0, ["USD 2,412,345", "USD 2,438,000"]),
        ("usd", 2_412_345.0, 2_500_000.0, ["USD 2.4 m", "USD 2.5 m"]),
        ("usd", 8.3581, 8.3612, ["USD 8.3581", "USD 8.3612"]),
        ("percent", 0.0501, 0.0504, ["5.01 %", "5.04 %"]),
        ("count", 10.2, 10.4, ["10.20", "10.40"]),
        # The same, dust, and what is not known have no more digits.
        ("usd", 2_412_345.0, 2_412_345.0, ["USD 2.4 m", "USD 2.4 m"]),
        ("usd", 2_412_345.0, 2_412_345.1, ["USD 2.4 m", "USD 2.4 m"]),
        ("usd", NAN, NAN, ["not known", "not known"]),
    ],
)
def test_two_numbers_that_differ_do_not_read_the_same(english, form, before, after, told):
    finer = english.apart(form, before, after)
    assert [as_line(english.form(finer, value)) for value in (before, after)] == told


def test_a_number_and_its_unit_stay_on_one_line(english):
    for form in ("usd", "percent", "points", "rate", "level", "whole_percent"):
        assert " " not in english.form(form, 0.25), form
        assert "\u00a0" in english.form(form, 0.25), form
    assert as_line((english.usd(2e6), " and ", english.usd(3e6))) == "USD 2.0 m and USD 3.0 m"


FORMS = ("usd", "whole_usd", "percent", "points", "fine_percent", "size_fine_percent", "rate", "level",
         "whole_percent", "whole", "count", "times", "number", "rough", "size_percent",
         "size_count", "size_usd")  # fmt: skip


@pytest.mark.parametrize("form", [*FORMS, "direction.jobs"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_known_is_a_word_and_no_number(language, form):
    said = words(language)
    for value in (NAN, None):
        if value is None and form.startswith("size_"):
            continue
        assert said.form(form, value) == said.unknown
    assert not any(letter.isdigit() for letter in said.unknown)
    assert said.form(form, 0.0) != said.unknown


@pytest.mark.parametrize("form", FORMS)
def test_nothing_has_no_sign(english, form):
    assert english.form(form, -0.0) == english.form(form, 0.0)
    assert "-" not in english.form(form, -0.0)


@pytest.mark.parametrize("form", ["usd", "percent", "points", "count", "number"])
@given(value=NUMBERS)
@FEW
def test_a_loss_reads_as_the_gain_with_a_sign(form, value):
    said = words("en")
    gain, loss = said.form(form, abs(value)), said.form(form, -abs(value))
    assert loss.replace("-", "", 1) == gain
    assert ("-" in loss) == (loss != gain)


@given(value=st.floats(0, 1e12), other=st.floats(0, 1e12))
@FEW
def test_dollars_that_read_alike_are_nearly_alike(value, other):
    """The last digit shown is at most a twentieth of a step: 0.1 of 1 m, 0.01 of 1 bn."""
    said = words("en")
    if said.usd(value) == said.usd(other):
        assert abs(value - other) <= max(1.0, 0.1 * max(value, other))


def test_only_none_and_nan_are_unknown():
    assert is_unknown(None)
    assert is_unknown(NAN)
    for value in (0, 0.0, False, "", math.inf, "nan"):
        assert not is_unknown(value), value


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.2, "added"), (-0.2, "lost"), (0.0, "unchanged"), (4e-7, "unchanged"),
     (-4e-7, "unchanged"), (6e-7, "added"), (-6e-7, "lost")],
)  # fmt: skip
def test_a_direction_is_the_word_for_a_sign(english, value, word):
    assert english.form("direction.jobs", value) == word


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Pass-through of duty, share", "pass-through of duty"),
        ("US content of the car", "US content of the car"),
        ("Rate (of all, by law), central", "rate"),
        ("Rate (all) of steel, central", "rate (all) of steel"),
        ("A, b", "A"),
        ("", ""),
    ],
)
def test_a_title_inside_a_sentence_is_short_and_small(english, title, short):
    assert english.form("short", title) == short


def test_names_come_from_the_strings_or_are_the_code_in_words(english):
    assert english.form("name.country", "KOR") == "Korea"
    assert english.name("country", "ATL_ANTIS") == "ATL ANTIS"
    assert english.name("component", "s232") == "Section 232"
    # A country on the way, or all small ones together.
    assert english.name("flow_country", "KOR") == english.name("country", "KOR")
    # A part of a product is called what its file calls it, underlines and all.
    assert english.name("flow", "left_door") == "left_door"
    assert english.form("plain_name", "left_door") == "left door"
    assert english.form("heading", "left_door") == "Left door"
    assert english.form("heading", "") == ""
    assert english.form("route", "Mexico lands cheapest") == "Mexico"
    assert english.form("route", "Mexico") == "Mexico"


def test_a_quotation_keeps_its_letters_but_no_mark_that_turns_them(english):
    assert english.form("quote", "exe.\u202egnp\u2066") == "exe.gnp"
    assert harmless("a\tb\nc\rd") == "a b c d"
    assert harmless("a\x00\x1b[2Jb\x7f") == "a[2Jb"
    assert harmless("한국 – 日本 <b>") == "한국 – 日本 <b>"
    assert english.name("country", "X\u202eY") == "XY"


@given(text=st.text("ab\t\n\x00\x1b\u202e\u2066\u200f한 ", max_size=20))
@FEW
def test_a_text_made_harmless_stays_so(text):
    assert harmless(harmless(text)) == harmless(text)
    assert len(harmless(text)) <= len(text)


# --- templates -------------------------------------------------------------------------------


def test_a_template_takes_its_values_in_their_places(english):
    share = Value("80 %", "percent", Ref("t", 0, "c"))
    assert english.say("sure.holds", share=share) == ("holds in ", share, " of draws")
    nested = english.say("sure.still", held=english.say("sure.holds", share=share))
    assert nested == ("no change; ", "holds in ", share, " of draws")
    with pytest.raises(KeyError, match="share"):
        english.say("sure.holds")


def test_a_range_stands_behind_the_central_value_unless_all_are_alike(english):
    assert "".join(english.range("5", "4", "6")) == "5 (4 to 6)"
    assert "".join(english.range("5", "5", "6")) == "5 (5 to 6)"
    assert english.range("5", "5", "5") == ("5",)
    assert "".join(words("ko").range("5", "4", "6")) == "5 (4 ~ 6)"


# --- languages -------------------------------------------------------------------------------


def test_a_language_that_is_not_there_is_refused_in_one_line():
    with pytest.raises(QueryError) as caught:
        Words("de")
    assert str(caught.value) == "no language 'de' (known: en, ko, ja)"


def test_a_label_that_only_english_has_is_told_as_missing():
    said = Words("ko")
    # The file of strings is read once for all.
    said._own = {key: text for key, text in said._own.items() if key != "form.unknown"}
    assert said.has("form.unknown")
    assert said.unknown == "not known"
    assert said.missing == {"form.unknown"}
    with pytest.raises(KeyError, match=r"form\.nothing"):
        said.label("form.nothing")
    assert not said.has("form.nothing")


def test_names_of_a_group_come_without_the_group(english):
    assert english.keys("form") == ["unknown", "range", "points", "percent", "usd", "usd_steps"]
    assert english.keys("for") == []
    assert words("ja").keys("direction") == english.keys("direction")


BACKTEST_PAGE = {
    f"backtest.{name}"
    for name in (
        "title", "question", "answer", "notice", "why", "revised", "bills", "bills_columns",
        "bills_alt", "bills_source", "axis", "seen", "said", "exports", "exports_columns", "rates",
        "rates_columns", "forecasts", "forecasts_columns", "arithmetic", "arithmetic_columns",
        "stated",
    )
}  # fmt: skip
"""The page of the back-test is English only; the table of it in a report is not."""


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_a_language_has_every_string_but_those_of_the_back_test_page(language):
    english = set(words("en").own_keys())
    of_page = {key for key in english if key.startswith(("backtest_section.", "outcome_kind."))}
    assert english - set(words(language).own_keys()) == of_page | BACKTEST_PAGE
