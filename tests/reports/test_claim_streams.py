"""The text of a finished page or PDF, letter by letter, and where it parts from the list."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import DataError
from exposure.reports import pdf
from exposure.reports.claims import (
    SHOWN,
    Fault,
    _runs,
    _same,
    check_html,
    check_pdf,
    claims,
    html_stream,
    pdf_stream,
    squeezed,
)
from exposure.reports.description import Figure, Ref, Report, Section, Table, Value

FEW = settings(max_examples=25, deadline=None)
SHARE = Value("12.5\u00a0%", "percent", Ref("costs", 0, "share"))


def page(body):
    return f"<html><head><title>not read</title></head><body>{body}</body></html>"


def report(*blocks, **more):
    made = {
        "kind": "brief", "language": "en", "title": ("Route",), "question": (), "answers": (),
        "citations": (), "key_figures": (), "sections": (Section("s", ("Step",), blocks),),
    }  # fmt: skip
    return Report(**{**made, **more})


# --- letters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("12.5\u00a0%  of \n all", "12.5%ofall"),
        # One form of each letter: a ligature, a full-width digit, a letter with its accent apart.
        ("\ufb01rm \uff15 e\u0301", "firm5\u00e9"),
        # A soft hyphen is how a PDF breaks a word that has one.
        ("all\u00adin", "all-in"),
        ("a\u202eb\u200bc\x00d", "abcd"),
        ("", ""),
    ],
)
def test_only_letters_that_are_seen_are_compared(text, letters):
    assert squeezed(text) == letters


LETTERS = st.text("a1\u00e9\ufb01\u00ad\u200b \n", max_size=8)


@given(left=LETTERS, right=LETTERS)
@FEW
def test_spaces_do_not_count_wherever_they_stand(left, right):
    one = squeezed(left + " " + right)
    assert squeezed(left + "\n\t " + right) == one
    assert squeezed(one) == one


@pytest.mark.parametrize(
    ("found", "expected", "faults"),
    [
        ("abc", "abc", []),
        ("abd", "abc", ["html, letter 2: says 'abd' where 'abc' is meant"]),
        # What is missing at the end, and what is too much there.
        ("ab", "abc", ["html, letter 2: says 'ab' where 'abc' is meant"]),
        ("abcd", "abc", ["html, letter 3: says 'abcd' where 'abc' is meant"]),
        ("", "x", ["html, letter 0: says '' where 'x' is meant"]),
    ],
)
def test_the_first_letter_at_which_two_texts_part_is_told(found, expected, faults):
    assert [str(fault) for fault in _same("html", found, expected)] == faults


def test_a_fault_shows_what_stands_around_and_no_more():
    [fault] = _same("html", "a" * 100 + "b" + "c" * 200, "a" * 100 + "x" + "c" * 200)
    assert fault.place == "letter 100"
    said = fault.text.split("'")[1]
    assert said == "a" * 20 + "b" + "c" * (SHOWN - 1)


# --- pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>Duty <b>12.5&nbsp;%</b></p>", "Duty12.5%"),
        # What only a screen shows is no part of the report.
        ("<nav>Contents</nav><p>a</p>", "a"),
        ("<script>5</script><style>6</style><p>a</p>", "a"),
        ("<dialog><div><p>proof</p></div></dialog>a<footer>9.9</footer>", "a"),
        ("<select><option>one</option></select><details><summary>more</summary>b</details>", "b"),
        ('<p class="hint wide">click</p><a class="skip" href="#m">skip</a>c', "c"),
        ('<div id="tip"><span>1</span></div>d', "d"),
        # Elements without an end do not hide what follows.
        ('<nav><img src="x"><br>e</nav><p>f<br>g<input></p>', "fg"),
        ('<p class="hints">h</p>', "h"),
        ("a &lt;b&gt; &amp; c", "a<b>&c"),
    ],
)
def test_the_text_of_a_page_is_what_is_read(body, text):
    assert html_stream(page(body)) == text


def test_what_stands_before_the_body_is_not_read():
    assert html_stream("<title>t</title><p>x</p><body>y</body>") == "y"


def test_a_page_is_held_against_the_list():
    listed = claims(report(("at", SHARE)))
    assert check_html(page("<h1>Route</h1><h2>Step</h2><p>at 12.5 %</p>"), listed) == []
    faults = check_html(page("<h1>Route</h1><h2>Step</h2><p>at 12.6 %</p>"), listed)
    assert [str(fault) for fault in faults] == [
        "html, letter 14: says 'RouteStepat12.6%' where 'RouteStepat12.5%' is meant"
    ]


def test_words_for_a_picture_are_attributes_with_a_stream_of_their_own():
    table = Table("bars-table", (), (), ())
    listed = claims(report(Figure("bars", (), ("seen", SHARE), (("", "<svg/>"),), (), table)))
    body = '<h1>Route</h1><h2>Step</h2><div class="art" aria-label="{}"></div>'
    assert check_html(page(body.format("seen 12.5 %")), listed) == []
    [fault] = check_html(page(body.format("seen")), listed)
    assert fault == Fault("alt", "letter 4", "says 'seen' where 'seen12.5%' is meant")
    [fault] = check_html(page(body.replace(' aria-label="{}"', "")), listed)
    assert fault.text == "says '' where 'seen12.5%' is meant"


# --- PDF -------------------------------------------------------------------------------------


def test_pieces_of_one_place_and_role_are_one_run():
    listed = claims(report(("a", SHARE), ("b",), sections=(Section("s", ("S",), (("a",),)),)))
    assert list(_runs(listed)) == [
        (("front", "heading"), ["Route"]), (("s", "heading"), ["S"]), (("s", "text"), ["a"]),
    ]  # fmt: skip
    assert list(_runs(listed.iloc[:0])) == []


def test_bytes_that_are_no_pdf_are_one_fault():
    with pytest.raises(DataError, match=r"^not a PDF that can be read: ") as caught:
        pdf_stream(b"PDF? no")
    assert "\n" not in str(caught.value)
    [fault] = check_pdf(b"", claims(report()), "en")
    assert (fault.where, fault.place) == ("pdf", "front")
    assert fault.text.startswith("not a PDF that can be read")


@pytest.fixture(scope="module")
def cited():
    """A brief report with an answer, its citation and a table."""
    table = Table("t", ("Law",), ("Route", "Step"), ((("sea",), (SHARE,)),), ("Source",))
    return report(
        ("Some text",), table, question=("Who pays?",), answers=(("They pay ", SHARE),),
        citations=(("Proclamation 1",),), key_figures=((("Duty",), (SHARE,)),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def document(cited):
    return pdf.render(cited, {"version": "9.9", "data": "abc"})


def test_a_pdf_that_says_what_is_listed_has_no_fault(cited, document):
    assert check_pdf(document, claims(cited), "en", numbered=False) == []
    stream = pdf_stream(document)
    assert "Table1:Law" in stream
    assert "1Proclamation1" in stream, "a citation is a note with its number"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("They pay ", "They paid ", "letter"),
        ("Proclamation 1", "Proclamation 2", "front"),
        ("sea", "air", "letter"),
        ("Some text", "No text", "letter"),
    ],
)
def test_a_pdf_that_says_something_else_is_caught(cited, document, old, new, told):
    listed = claims(cited)
    listed.loc[listed["text"] == old, "text"] = new
    found = check_pdf(document, listed, "en", numbered=False)
    assert found
    assert found[0].where == "pdf"
    assert found[0].place.startswith(told)


def test_a_pdf_without_a_part_of_the_list_is_caught(cited, document):
    listed = claims(cited)
    more = pd.concat([listed, listed.iloc[[-1]].assign(text="and more")])
    for changed in (listed.iloc[:-1], more):
        assert check_pdf(document, changed, "en", numbered=False)
