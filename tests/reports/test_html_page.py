"""The description as a page: numbers that open their proofs, own ids, and data that stays data."""

import base64
import hashlib
import json
import re

import pandas as pd
import pytest

from exposure.reports.description import (
    ALL_ROWS,
    Figure,
    Heading,
    Ref,
    Report,
    Section,
    Table,
    Value,
)
from exposure.reports.html import _glued, _own_ids, _proven, render

CELL = Ref("costs", 0, "share")
SHARE = Value("12.5\u00a0%", "percent", CELL)
QUOTE = Value("Kia", "quote", Ref("costs", 0, "route"))
NAMED = Value("Korea", "name.country", Ref("costs", 0, "route"))
EVIL = '</script><img src="http://a.b/c" onerror=alert(1)>'
DATA = {"costs": pd.DataFrame({"route": [EVIL], "share": [0.125], "id": [EVIL]})}
TABLE = Table("t", ("Costs",), ("Route", "Share"), (((QUOTE,), (SHARE,)),), ("Law",),
              frozenset({1}), frozenset())  # fmt: skip


def page(*blocks, heat=None, tables=DATA, **more):
    made = {
        "kind": "brief", "language": "en", "title": ("Title",), "question": (), "answers": (),
        "citations": (), "key_figures": (), "sections": (Section("s", ("Part",), blocks),),
    }  # fmt: skip
    report = Report(**{**made, **more})
    return render(report, tables, {"version": "9.9", "data": "0123456789abcdef"}, heat)


def facts(html):
    [text] = re.findall(r'<script type="application/json" id="facts">(.*?)</script>', html, re.S)
    return json.loads(text)


# --- pieces ----------------------------------------------------------------------------------


def glued(*text):
    """Pieces as they stand: a value between what stays on its line with it."""
    return [
        (before, None if value is None else value.text, after)
        for before, value, after in _glued(text)
    ]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (("costs ", SHARE, " more"), [("costs ", None, ""), ("", SHARE.text, ""), (" more", None, "")]),
        # A bracket before and a mark after a number stay on its line.
        (("up (", SHARE, "), then"), [("up ", None, ""), ("(", SHARE.text, "),"), (" then", None, "")]),
        ((SHARE, "."), [("", SHARE.text, "."), ("", None, "")]),
        # Of two brackets only the last one is the number's.
        (("((", SHARE, "))"), [("(", None, ""), ("(", SHARE.text, "))"), ("", None, "")]),
        ((SHARE, SHARE), [("", SHARE.text, ""), ("", SHARE.text, "")]),
        # Names and quotations are their own proof: plain words.
        (("of ", QUOTE, ", ", NAMED, "."), [("of ", None, ""), ("Kia", None, ""), (", ", None, ""),
                                            ("Korea", None, ""), (".", None, "")]),
        (("\uff08", SHARE, "\uff09\u3002"), [("", None, ""), ("\uff08", SHARE.text, "\uff09\u3002"), ("", None, "")]),
        ((), []),
    ],
)  # fmt: skip
def test_marks_stay_on_the_line_of_their_number(text, made):
    assert glued(*text) == made
    assert "".join(before + (said or "") + after for before, said, after in glued(*text)) == (
        "".join(map(str, text))
    ), "nothing is lost and nothing is said twice"


@pytest.mark.parametrize(
    ("form", "proven"),
    [("usd", True), ("count", True), ("direction.jobs", True), ("short", True), ("quote", False),
     ("name.country", False)],
)  # fmt: skip
def test_what_opens_its_proof(form, proven):
    assert _proven(Value("x", form, CELL)) == proven


def test_pictures_on_one_page_have_ids_of_their_own():
    svg = '<svg><g id="a"/><use href="#a"/><path fill="url(#a)"/><b grid="a"/></svg>'
    figure = Figure("map ü", (), (), (("one", svg), ("two", svg)), (), TABLE)
    (first, one), (second, two) = _own_ids(figure)
    assert (first, second) == ("one", "two")
    assert one == (
        '<svg><g id="map---0-a"/><use href="#map---0-a"/><path fill="url(#map---0-a)"/>'
        '<b grid="a"/></svg>'
    )
    assert two == one.replace("map---0-", "map---1-")


# --- pages -----------------------------------------------------------------------------------


def test_a_number_is_a_button_to_its_cell_and_a_name_is_a_word():
    html = page((NAMED, " pays ", SHARE, "."), TABLE)
    assert "Korea pays " in html
    button = f'<button class="v" data-c="0">{SHARE.text}</button>'
    assert f'<span class="g">{button}.</span>' in html
    assert html.count('data-c="0"') == 2, "the same cell has the same number"
    found = facts(html)
    assert found["cells"] == [[0, 0, 0, 0.125]]
    assert found["tables"] == ["costs"]


def test_numbers_stand_right_and_alerts_are_marked():
    alarmed = Table("t", (), ("a", "b"), ((("x",), ("y",)), (("v",), ("w",))), (),
                    frozenset({1}), frozenset({(1, 1)}))  # fmt: skip
    html = page(alarmed)
    assert '<th scope="col">a</th><th scope="col" class="n">b</th>' in html
    assert '<td>x</td><td class="n">y</td>' in html
    assert '<td>v</td><td class="alert">w</td>' in html


def test_blocks_come_in_their_order_with_their_own_elements():
    figure = Figure("f", ("Bars ", SHARE), ("seen ", SHARE), (("a", "<svg>1</svg>"),
                    ("b", "<svg>2</svg>")), ("Drawn",), TABLE)  # fmt: skip
    html = page(("text",), Heading(("Head",), 2), Heading(("Sub",), 3), figure)
    order = ["<p>text</p>", "<h3>Head</h3>", "<h4>Sub</h4>", '<figure id="f">', "<svg>1</svg>",
             "<svg>2</svg>", '<table id="t">']  # fmt: skip
    assert sorted(order, key=html.index) == order
    assert f'aria-label="seen {SHARE.text}" data-view="a">' in html
    assert 'data-view="b" hidden>' in html, "only the first view is open"
    assert '<li><a href="#s-s">Part</a></li>' in html


def test_the_front_is_left_out_where_there_is_none():
    bare = page()
    assert 'class="question"' not in bare
    assert 'class="said"' not in bare
    whole = page(question=("Who pays?",), answers=(("All",), ("None",)), citations=((), ("Law",)),
                 key_figures=((("Duty",), (SHARE,)),), notices=(("Beware",),))  # fmt: skip
    assert '<p class="question">Who pays?</p>' in whole
    assert '<p class="said">All</p>\n<p class="said">None</p>\n<p class="source">Law</p>' in whole
    assert "<dt>Duty</dt>" in whole
    assert '<p class="notice">Beware</p>' in whole
    assert "9.9" in whole and "0123456789ab" in whole
    assert "0123456789abc" not in whole, "twelve letters of a fingerprint"


def test_hostile_titles_stay_text_everywhere():
    html = page((EVIL,), Table("t", (EVIL,), (EVIL,), (((EVIL,),),)), title=(EVIL,))
    assert "<img" not in html
    assert html.count("</script>") == 2
    assert html.count("&lt;/script&gt;") >= 6


def test_hostile_cells_stay_inside_the_data():
    html = page((SHARE,))
    assert "<img" not in html
    assert facts(html)["rows"] == {"costs": {"0": f"route {EVIL} · id {EVIL}"}}


def test_a_title_that_reads_like_the_mark_of_the_data_is_a_title():
    html = page((SHARE,), TABLE, title=("@@FACTS@@",))
    assert "<h1>@@FACTS@@</h1>" in html
    assert facts(html)["cells"] == [[0, 0, 0, 0.125]]


def test_one_style_and_one_script_are_allowed_and_nothing_is_fetched():
    html = page((SHARE,))
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    policy = policy.replace("&#39;", "'")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for name, element in (("style-src", "style"), ("script-src", "script")):
        [inside] = re.findall(rf"<{element}>(.*?)</{element}>", html, re.S)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"


def test_labels_of_sliders_come_only_with_sliders():
    plain, heat = facts(page((SHARE,))), facts(page((SHARE,), heat={"sweep-heat": {"low": 1}}))
    assert plain["heat"] == {}
    assert heat["heat"] == {"sweep-heat": {"low": 1}}
    assert set(heat["labels"]) - set(plain["labels"]) > {"heat.output", "heat.across"}


def test_what_is_not_known_is_null_in_the_data_and_an_endless_number_is_refused():
    rows = (Value(str(ALL_ROWS), "count", Ref("costs", ALL_ROWS, "rows")),)
    unknown = {"costs": DATA["costs"].assign(share=float("nan"))}
    found = facts(page((SHARE,), rows, tables=unknown))
    assert found["cells"] == [[0, 0, 0, None], [0, ALL_ROWS, 1, 1.0]]
    with pytest.raises(ValueError, match="JSON"):
        page((SHARE,), tables={"costs": DATA["costs"].assign(share=float("inf"))})
