"""The list of what a report says: in the order of reading, and each kind of fault in it by hand."""

import pandas as pd
import pytest

from exposure.reports.claims import Fault, check_list, claims, drawn, fragments
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
from exposure.reports.words import words

NAN = float("nan")
DATA = {"costs": pd.DataFrame({"route": ["sea", "air"], "share": [0.125, NAN]})}
SHARE = Value("12.5\u00a0%", "percent", Ref("costs", 0, "share"))
GONE = Value("not known", "percent", Ref("costs", 1, "share"))
ROWS = Value("2", "count", Ref("costs", ALL_ROWS, "rows"))
SVG = (
    '<svg><text class="tick">10</text><text>12.5&#160;%</text><g>no text</g>'
    "<text>sea &amp; air</text></svg>"
)
HEAD = "Route"
"""A label that the strings have."""


def picture(svg=SVG, **more):
    made = {
        "id": "bars", "title": (HEAD, SHARE), "alt": (HEAD, " ", SHARE), "views": (("", svg),),
        "source": (), "table": Table("bars-table", (), (HEAD,), (((SHARE,),),)),
    }  # fmt: skip
    return Figure(**{**made, **more})


def report(*blocks, **more):
    made = {
        "kind": "brief", "language": "en", "title": (HEAD,), "question": (), "answers": (),
        "citations": (), "key_figures": (), "sections": (Section("s", (HEAD,), blocks),),
    }  # fmt: skip
    return Report(**{**made, **more})


def faults(*blocks, tables=DATA, **more):
    return [str(fault) for fault in check_list(claims(report(*blocks, **more)), tables, "en")]


# --- the list --------------------------------------------------------------------------------


def test_the_front_is_read_answer_by_answer_with_its_citation():
    listed = claims(
        report(
            question=("q",), answers=(("a", SHARE), ("b",)), citations=(("c",), ()),
            key_figures=((("k",), (ROWS,)),), notices=(("n",),), sections=(),
        )
    )  # fmt: skip
    assert list(zip(listed["role"], listed["text"], strict=True)) == [
        ("heading", HEAD), ("text", "q"), ("text", "a"), ("text", "12.5\u00a0%"), ("cited", "c"),
        ("text", "b"), ("text", "k"), ("text", "2"), ("text", "n"),
    ]  # fmt: skip
    assert set(listed["place"]) == {"front"}
    value = listed.iloc[3]
    assert (value["form"], value["table"], value["row"], value["column"]) == (
        "percent", "costs", 0, "share",
    )  # fmt: skip
    label = listed.iloc[0]
    assert (label["form"], label["table"], label["row"], label["column"]) == ("", "", ALL_ROWS, "")


def test_every_answer_has_its_citation():
    with pytest.raises(ValueError, match="zip"):
        claims(report(answers=(("a",), ("b",)), citations=(("c",),)))


def test_blocks_have_roles_of_their_kinds():
    table = Table("t", (HEAD,), (HEAD, SHARE), (((SHARE,), ()),), source=("Law",))
    listed = claims(report(("text",), Heading(("H",), 2), Heading(("I",), 3), table, picture()))
    found = list(listed[["place", "role", "text"]].itertuples(index=False, name=None))[1:]
    share = "12.5\u00a0%"
    assert found == [
        ("s", "heading", HEAD), ("s", "text", "text"), ("s", "heading2", "H"),
        ("s", "heading3", "I"), ("t", "caption", HEAD), ("t", "column", HEAD),
        ("t", "column", share), ("t", "cell", share), ("t", "source", "Law"),
        ("bars", "caption", HEAD), ("bars", "caption", share), ("bars", "alt", HEAD),
        ("bars", "alt", " "), ("bars", "alt", share), ("bars", "tick", "10"),
        ("bars", "drawn", share), ("bars", "drawn", "sea & air"), ("bars-table", "behind", HEAD),
        ("bars-table", "behind", share),
    ]  # fmt: skip


def test_what_a_second_view_draws_is_told_apart_for_it_is_not_printed():
    listed = claims(report(picture(views=(("one", SVG), ("two", SVG)))))
    roles = listed.loc[listed["place"] == "bars", "role"].tolist()
    assert roles.count("alt") == 2 * 3, "each view has its words"
    assert roles.count("other") == 3, "ticks of a second view are not ticks"
    assert roles.count("tick") == 1


def test_texts_of_a_picture_and_whether_each_is_of_a_scale():
    assert drawn(SVG) == [(True, "10"), (False, "12.5\u00a0%"), (False, "sea & air")]
    assert drawn("<svg><title>t</title></svg>") == []
    assert drawn('<text class="label">5</text>') == [(False, "5")]


# --- faults ----------------------------------------------------------------------------------


def test_a_report_that_says_what_its_tables_say_has_no_fault():
    table = Table("t", (HEAD,), (HEAD,), (((SHARE,),), ((GONE,),)))
    assert faults((ROWS,), table, picture()) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            Value("12.6\u00a0%", "percent", Ref("costs", 0, "share")),
            "cell, s: says '12.6\\xa0%', costs row 0 column share says '12.5\\xa0%'",
        ),
        (
            Value("0.0\u00a0%", "percent", Ref("costs", 1, "share")),
            "cell, s: says '0.0\\xa0%', costs row 1 column share says 'not known'",
        ),
        (
            Value("3", "count", Ref("costs", ALL_ROWS, "rows")),
            "cell, s: says '3', costs row -1 column rows says '2'",
        ),
        (
            Value("x", "quote", Ref("costs", 2, "route")),
            "cell, s: 'x' stands on costs row 2 column route, which is not there",
        ),
        (
            Value("x", "quote", Ref("costs", 0, "rout")),
            "cell, s: 'x' stands on costs row 0 column rout, which is not there",
        ),
        (
            Value("x", "quote", Ref("cost", ALL_ROWS, "rows")),
            "cell, s: 'x' stands on cost row -1 column rows, which is not there",
        ),
    ],
)
def test_a_value_that_is_not_its_cell_is_told_with_both(value, said):
    assert faults((value,)) == [said]


def test_a_value_is_held_against_the_tables_of_the_day():
    assert faults((SHARE,)) == []
    changed = {"costs": DATA["costs"].assign(share=0.13)}
    assert len(faults((SHARE,), tables=changed)) == 1


def test_a_label_that_nobody_wrote_is_a_fault_once():
    invented = "Prices doubled"
    said = f"label, s: {invented!r} is no part of the strings"
    assert faults((invented,), (SHARE, invented), (invented,)) == [said]


@pytest.mark.parametrize("text", [" of draws", "holds in", "; ", " (", "→", "  ", "Route | Step"])
def test_parts_of_templates_and_what_joins_them_are_labels(text):
    found = faults((text,))
    assert (found == []) == (text != "Route | Step")


def test_fragments_hold_what_stands_between_places_of_values():
    found = fragments(words("ko"))
    # The language's own, and that of English for what it lacks.
    assert {"of draws", "holds in", "시나리오", "Scenario", "Step"} <= found
    assert not any("{" in text and "}" not in text for text in found)


def test_an_abbreviation_needs_its_line_in_the_glossary():
    known = words("en")
    label = known.label("metric.jobs_exposed")
    listed = claims(report((label,)))
    listed.loc[listed["text"] == label, "text"] = "NAIRU of the GATT"
    found = [fault for fault in check_list(listed, DATA, "en") if fault.where == "term"]
    assert found == [Fault("term", "s", "NAIRU is not in the glossary")]
    # The glossary itself explains, and what is drawn is not prose.
    for column, value in (("place", "glossary"), ("role", "drawn")):
        moved = listed.assign(**{column: value})
        assert [fault for fault in check_list(moved, DATA, "en") if fault.where == "term"] == []


@pytest.mark.parametrize(
    ("svg", "alt", "said"),
    [
        ("<text>12.5 %</text>", (SHARE,), []),
        ("<text>12.6 %</text>", (SHARE,), ["drawn, bars: '12.6 %' has no cell behind it"]),
        # A number of the scale needs no cell.
        ('<text class="tick">99</text>', (SHARE,), []),
        # The dot that ends a sentence is no part of the number.
        ("<text>at 12.5.</text>", (SHARE,), []),
        ("<text>1,250</text>", (SHARE,), ["drawn, bars: '1,250' has no cell behind it"]),
    ],
)
def test_a_number_in_a_picture_stands_in_its_words_or_its_table(svg, alt, said):
    assert faults(picture(svg, alt=alt)) == said


def test_a_number_may_stand_in_the_table_behind_the_picture_and_in_no_other():
    bare = {"title": (HEAD,), "alt": (HEAD,)}
    assert faults(picture("<text>12.5 %</text>", **bare)) == []
    empty = Table("bars-table", (), (HEAD,), ())
    other = Table("t", (HEAD,), (HEAD,), (((SHARE,),),))
    assert faults(picture("<text>12.5 %</text>", table=empty, **bare), other) == [
        "drawn, bars: '12.5 %' has no cell behind it"
    ]
