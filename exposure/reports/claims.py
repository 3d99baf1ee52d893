"""Whether a finished report says what its tables say: nothing more, nothing else.

While a report is made, every piece of its text is listed: a label of the strings, or a value with
its cell and form. The checker begins at the finished files. It takes the text out of HTML and PDF
and compares it, letter by letter, with the list; it makes each value anew from its cell, and looks
each label up in the strings. So a changed digit, a drifted rounding, a lost unit, a turned
direction or a word that nobody wrote shows, wherever in the chain it came in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from string import Formatter
from typing import Any

import pandas as pd

from exposure.errors import DataError
from exposure.reports.description import (
    ALL_ROWS,
    Block,
    Figure,
    Heading,
    Report,
    Table,
    Text,
    Value,
    text_of,
)
from exposure.reports.words import Words, words

COLUMNS = ("place", "role", "text", "form", "table", "row", "column")
Piece = tuple[str, str, str, str, str, int, str]
FRONT = "front"
SHOWN = 60
"""Letters of context in a fault."""
NUMBER = re.compile(r"\d[\d,.]*")
ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
PLAIN_ACRONYMS = frozenset({"FOLDER", "SCENARIO", "PRODUCT", "ROUTE", "NAME", "GATT", "OECD"})
"""Capitals that stand for something to type, or that everybody knows."""
SKIPPED = {"style", "script", "nav", "dialog", "footer", "title", "select", "summary"}
VOID = {"meta", "br", "img", "link", "hr", "input"}


@dataclass(frozen=True)
class Fault:
    """Something that a report says and should not.

    Attributes
    ----------
    where
        ``html``, ``pdf``, ``cell``, ``label`` or ``term``.
    place
        Block of the report, or its part.
    text
        What is wrong, in a line.
    """

    where: str
    place: str
    text: str

    def __str__(self) -> str:
        """Return the fault in a line."""
        return f"{self.where}, {self.place}: {self.text}"


def claims(report: Report) -> pd.DataFrame:
    """All pieces of a report's text in the order of reading.

    Returns
    -------
    pandas.DataFrame
        Columns ``place`` (block), ``role`` (``heading``, ``heading2``, ``heading3``,
        ``text``, ``caption``, ``alt``, ``drawn``, ``other`` (drawn in a second view), ``tick``,
        ``column``, ``cell``, ``source``, ``cited``, ``behind``: a cell of the table behind a
        picture), ``text``, ``form`` (empty for a label), ``table``, ``row``, ``column``.
    """
    return pd.DataFrame(list(_pieces(report)), columns=list(COLUMNS))


def _pieces(report: Report) -> Iterator[tuple[str, str, str, str, str, int, str]]:
    def said(
        place: str, role: str, text: Text
    ) -> Iterator[tuple[str, str, str, str, str, int, str]]:
        for piece in text:
            if isinstance(piece, Value):
                yield (place, role, piece.text, piece.form, *piece.ref)
            else:
                yield place, role, piece, "", "", ALL_ROWS, ""

    yield from said(FRONT, "heading", report.title)
    yield from said(FRONT, "text", report.question)
    for answer, cited in zip(report.answers, report.citations, strict=True):
        yield from said(FRONT, "text", answer)
        yield from said(FRONT, "cited", cited)
    for name, value in report.key_figures:
        yield from said(FRONT, "text", name)
        yield from said(FRONT, "text", value)
    for notice in report.notices:
        yield from said(FRONT, "text", notice)
    for section in report.sections:
        yield from said(section.id, "heading", section.title)
        for block in section.blocks:
            for place, role, text in _texts(section.id, block):
                yield from said(place, role, text)


def _texts(section: str, block: Block) -> Iterator[tuple[str, str, Text]]:
    if isinstance(block, tuple):
        yield section, "text", block
    elif isinstance(block, Heading):
        yield section, f"heading{block.level}", block.text
    elif isinstance(block, Table):
        yield block.id, "caption", block.title
        yield from _table(block, "cell")
        yield block.id, "source", block.source
    elif isinstance(block, Figure):
        yield block.id, "caption", block.title
        for place, (_, svg) in enumerate(block.views):
            yield block.id, "alt", block.alt
            for tick, text in drawn(svg):
                # The second view is not printed, with all that is drawn in it.
                yield block.id, ("other" if place else "tick" if tick else "drawn"), (text,)
        yield block.id, "source", block.source
        yield from _table(block.table, "behind")


def _table(table: Table, role: str) -> Iterator[tuple[str, str, Text]]:
    for column in table.columns:
        yield table.id, "column" if role == "cell" else role, text_of(column)
    for row in table.rows:
        for cell in row:
            yield table.id, role, cell


def drawn(svg: str) -> list[tuple[bool, str]]:
    """Texts of a picture, and whether each is a number of a scale."""
    reader = _Drawn()
    reader.feed(svg)
    return reader.found


class _Drawn(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[bool, str]] = []
        self._tick: bool | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "text":
            self._tick = dict(attrs).get("class") == "tick"

    def handle_data(self, data: str) -> None:
        if self._tick is not None:
            self.found.append((self._tick, data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "text":
            self._tick = None


def check(
    listed: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    language: str,
    html: str,
    pdf: bytes,
    *,
    numbered: bool = True,
) -> list[Fault]:
    """Faults of a finished report; none if it says what its tables say.

    Parameters
    ----------
    listed
        From `claims`.
    tables
        Those of the result, as they lie in the report's folder.
    language
        ``en``, ``ko`` or ``ja``.
    html, pdf
        The finished files.
    numbered
        Whether the headings of the PDF have numbers: those of a full report have.
    """
    return [
        *check_list(listed, tables, language),
        *check_html(html, listed),
        *check_pdf(pdf, listed, language, numbered=numbered),
    ]


def check_list(
    listed: pd.DataFrame, tables: Mapping[str, pd.DataFrame], language: str
) -> list[Fault]:
    """Faults of the list itself: values that are not their cells', labels that nobody wrote."""
    said = words(language)
    return [
        *_cells(listed, tables, said),
        *_labels(listed, said),
        *_terms(listed, said),
        *_pictures(listed),
    ]


def check_html(html: str, listed: pd.DataFrame) -> list[Fault]:
    """Where a finished page says something other than the list."""
    expected = squeezed("".join(listed.loc[listed["role"] != "alt", "text"]))
    return [*_same("html", html_stream(html), expected), *_alts(html, listed)]


def check_pdf(
    pdf: bytes, listed: pd.DataFrame, language: str, *, numbered: bool = True
) -> list[Fault]:
    """Where a finished PDF says something other than the list."""
    return list(_pdf(pdf, listed, words(language), numbered=numbered))


def _cells(
    listed: pd.DataFrame, tables: Mapping[str, pd.DataFrame], said: Words
) -> Iterator[Fault]:
    """Each value anew from its cell; the same cell in the same form is made once."""
    values = listed[listed["form"] != ""]
    once = values.drop_duplicates(["text", "form", "table", "row", "column"])
    columns: dict[tuple[str, str], list[object]] = {}
    for place, _, text, form, table, row, column in once[list(COLUMNS)].itertuples(index=False):
        where = f"{table} row {row} column {column}"
        if table not in tables or (row != ALL_ROWS and column not in tables[table].columns):
            yield Fault("cell", place, f"{text!r} stands on {where}, which is not there")
            continue
        if row == ALL_ROWS:
            value: object = len(tables[table])
        else:
            if (table, column) not in columns:
                columns[table, column] = tables[table][column].tolist()
            if row >= len(columns[table, column]):
                yield Fault("cell", place, f"{text!r} stands on {where}, which is not there")
                continue
            value = columns[table, column][row]
        made = said.form(form, value)
        if made != text:
            yield Fault("cell", place, f"says {text!r}, {where} says {made!r}")


def _labels(listed: pd.DataFrame, said: Words) -> Iterator[Fault]:
    """Each label is a part of the strings."""
    known = fragments(said)
    labels = listed[(listed["form"] == "") & ~listed["role"].isin(["drawn", "tick", "other"])]
    for place, text in labels[["place", "text"]].drop_duplicates("text").itertuples(index=False):
        if text.strip() and text.strip() not in known:
            yield Fault("label", place, f"{text!r} is no part of the strings")


def fragments(said: Words) -> set[str]:
    """All literal parts of the strings of a language, and of English for what it lacks."""
    found: set[str] = set()
    for template in said.templates():
        for part in template.split(" | "):
            pieces = [literal.strip() for literal, *_ in _parsed(part)]
            found.update(pieces)
            found.add(part.strip())
    # What joins texts, and stands in no template.
    return found | {",", ";", ":", "(", ")", "→", "–", ""}


def _parsed(template: str) -> Iterable[tuple[str, object, object, object]]:
    return Formatter().parse(template)


def _terms(listed: pd.DataFrame, said: Words) -> Iterator[Fault]:
    """Each abbreviation of the labels has its line in the glossary."""
    meant = " ".join(
        said.label(f"glossary.{key}").split(" | ")[0] for key in said.keys("glossary")
    )  # fmt: skip
    known = set(ACRONYM.findall(meant)) | PLAIN_ACRONYMS
    shown = ~listed["role"].isin(["drawn", "tick", "other"])
    labels = listed[(listed["form"] == "") & shown & (listed["place"] != "glossary")]
    for place, text in labels[["place", "text"]].drop_duplicates("text").itertuples(index=False):
        for term in ACRONYM.findall(text):
            if term not in known:
                yield Fault("term", place, f"{term} is not in the glossary")


def _pictures(listed: pd.DataFrame) -> Iterator[Fault]:
    """Each number drawn in a picture stands in its title, its alternative text or its table."""
    for place, rows in listed.groupby("place", sort=False):
        drawn_here = rows.loc[rows["role"].isin(["drawn"]), "text"]
        if drawn_here.empty:
            continue
        behind = listed["place"].isin([place, f"{place}-table"]) & listed["role"].isin(
            ["caption", "alt", "behind", "source"]
        )
        known = {n for text in listed.loc[behind, "text"] for n in _numbers(text)}
        for text in drawn_here:
            for number in _numbers(text):
                if number not in known:
                    yield Fault("drawn", str(place), f"{text!r} has no cell behind it")


def _numbers(text: str) -> list[str]:
    return [number.rstrip(".,") for number in NUMBER.findall(text)]


def _alts(html: str, listed: pd.DataFrame) -> Iterator[Fault]:
    """Alternative texts are attributes: they have a stream of their own."""
    reader = _Texts()
    reader.feed(html)
    stated = squeezed("".join(listed.loc[listed["role"] == "alt", "text"]))
    yield from _same("alt", squeezed("".join(reader.alts)), stated)


def html_stream(html: str) -> str:
    """The text of a finished page without what only a screen shows, without spaces."""
    reader = _Texts()
    reader.feed(html)
    return squeezed("".join(reader.found))


class _Texts(HTMLParser):
    """Texts of the report: not those of navigation, dialogue, script and control."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.alts: list[str] = []
        self._inside = 0
        self._body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "body":
            self._body = True
        if named.get("class") == "art":
            self.alts.append(named.get("aria-label") or "")
        if tag in VOID:
            return
        classes = (named.get("class") or "").split()
        hidden = (
            tag in SKIPPED or "skip" in classes or "hint" in classes or named.get("id") == "tip"
        )
        if self._inside or hidden:
            self._inside += 1

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag not in VOID:
            self._inside -= 1

    def handle_data(self, data: str) -> None:
        if self._body and not self._inside:
            self.found.append(data)


def _pdf(pdf: bytes, listed: pd.DataFrame, said: Words, *, numbered: bool) -> Iterator[Fault]:
    """Front and sections letter by letter; between them, in a full report, the contents."""
    try:
        stream = pdf_stream(pdf)
    except DataError as error:
        yield Fault("pdf", FRONT, str(error))
        return
    front, notes = "", 0
    for (_, role), texts in _runs(listed[listed["place"] == FRONT]):
        text = squeezed("".join(texts))
        if role != "cited":
            front += text
            continue
        # A note stands at the foot of its page, wherever that falls in the order of reading; in
        # the text stands its number.
        notes += 1
        front += str(notes)
        note = f"{notes}{text}"
        if note not in stream:
            yield Fault("pdf", FRONT, f"does not cite {text[:SHOWN]!r}")
        stream = stream.replace(note, "", 1)
    sections = _expected_pdf(listed, said, numbered=numbered)
    yield from _same("pdf", stream[-len(sections) :], sections)
    before = stream[: -len(sections)]
    yield from _same("pdf", before[: len(front)], front)
    heads = listed.loc[listed["role"].isin(["heading", "heading2"]), "text"]
    contents = squeezed(said.label("report.contents"))
    left = before[len(front) :]
    for text in sorted([contents, *map(squeezed, heads)], key=len, reverse=True):
        left = left.replace(text, " ") if text else left
    # What is left are the numbers of headings and pages, and the dots between.
    stray = re.sub(r"\d{1,3}|[.\s]", "", left)
    if stray:
        yield Fault("pdf", FRONT, f"says {stray[:SHOWN]!r}")


def _expected_pdf(listed: pd.DataFrame, said: Words, *, numbered: bool) -> str:
    rest = listed[listed["place"] != FRONT]
    figures = set(listed.loc[listed["role"] == "alt", "place"])
    parts: list[str] = []
    counts = {"figure": 0, "table": 0}
    number = [0, 0, 0]
    for (place, role), texts in _runs(rest):
        text = "".join(texts)
        if role == "caption":
            kind = "figure" if place in figures else "table"
            counts[kind] += 1
            text = f"{said.label(f'report.{kind}')} {counts[kind]}: {text}"
        if role.startswith("heading") and numbered:
            level = int(role.removeprefix("heading") or 1)
            number[level - 1] += 1
            number[level:] = [0] * (3 - level)
            text = ".".join(map(str, number[:level])) + text
        if role not in ("alt", "behind", "other"):
            parts.append(text)
    return squeezed("".join(parts))


def _runs(listed: pd.DataFrame) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Pieces of the same place and role, one after another."""
    at: tuple[str, str] | None = None
    texts: list[str] = []
    for place, role, text in listed[["place", "role", "text"]].itertuples(index=False):
        if (place, role) != at and at is not None:
            yield at, texts
            texts = []
        at = (place, role)
        texts.append(text)
    if at is not None:
        yield at, texts


def pdf_stream(pdf: bytes) -> str:
    """The text of a PDF in the order in which it is written, without page furniture and spaces.

    Raises
    ------
    DataError
        If it is no PDF that can be read.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        return squeezed("".join(_page_text(page) for page in pypdf.PdfReader(BytesIO(pdf)).pages))
    except (PyPdfError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"not a PDF that can be read: {error}") from None


def _page_text(page: Any) -> str:
    """Text of a page of `pypdf`, of what is not furniture."""
    found: list[str] = []
    marks: list[str] = []

    def before(operator: bytes, operands: list[object], _m: object, _t: object) -> None:
        if operator in (b"BMC", b"BDC"):
            marks.append(str(operands[0]))
        elif operator == b"EMC" and marks:
            marks.pop()

    def text(piece: str, _m: object, _t: object, _f: object, _s: object) -> None:
        # Running heads, page numbers and repeated heads of tables are artifacts by their tag.
        if "/Artifact" not in marks:
            found.append(piece)

    page.extract_text(visitor_operand_before=before, visitor_text=text)
    return "".join(found)


def squeezed(text: str) -> str:
    """Text without spaces and invisible marks, in one form of each letter."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "-")
    return "".join(
        letter
        for letter in text
        if not letter.isspace() and unicodedata.category(letter) not in ("Cf", "Cc", "Cn", "Co")
    )


def _same(where: str, found: str, expected: str) -> Iterator[Fault]:
    """The first place at which two texts part."""
    if found == expected:
        return
    at = next(
        (i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b),
        min(len(found), len(expected)),
    )
    start = max(0, at - 20)
    yield Fault(
        where, f"letter {at}",
        f"says {found[start : at + SHOWN]!r} where {expected[start : at + SHOWN]!r} is meant",
    )  # fmt: skip
