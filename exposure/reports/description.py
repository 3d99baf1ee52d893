"""What a report says, before any form: sections of texts, tables and figures.

A text is a row of pieces. A piece that is a plain string is a label: it comes from the file of
strings. A piece that is a `Value` stands for one cell of a result's tables, and says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

ALL_ROWS = -1
"""Row of a `Ref` that means how many rows the table has."""


class Ref(NamedTuple):
    """A cell of a result's table: its name, the row's position from 0 on, the column."""

    table: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Value:
    """A number, word or quotation that a cell stands behind.

    Attributes
    ----------
    text
        As printed, unit included.
    form
        Name of the form that gives ``text`` from the cell: see `exposure.reports.words.Words`.
    ref
        The cell.
    """

    text: str
    form: str
    ref: Ref

    def __str__(self) -> str:
        """Return the printed text."""
        return self.text


Piece = str | Value
Text = tuple[Piece, ...]


def text_of(*pieces: Piece | Text) -> Text:
    """Pieces and texts as one text."""
    made: list[Piece] = []
    for piece in pieces:
        made += piece if isinstance(piece, tuple) else (piece,)
    return tuple(piece for piece in made if piece != "")


def joined(between: str, texts: Iterable[Piece | Text]) -> Text:
    """Texts one after another with ``between`` between them."""
    made: list[Piece | Text] = []
    for text in texts:
        made += [between, text] if made else [text]
    return text_of(*made)


def plain(text: Piece | Text) -> str:
    """A text as one string."""
    return "".join(map(str, text)) if isinstance(text, tuple) else str(text)


@dataclass(frozen=True)
class Table:
    """A table; ``numeric`` names the columns set to the right.

    Heads of columns are labels, or levels that cells stand behind. ``alerts`` are cells
    (row, column) that must not be passed over: they are set in red.
    """

    id: str
    title: Text
    columns: tuple[Piece | Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    source: Text = ()
    numeric: frozenset[int] = frozenset()
    alerts: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A picture: its title says what it shows, its table holds what is drawn.

    Attributes
    ----------
    views
        Pairs (name, SVG): the first is printed, a page with a choice shows the others.
    alt
        What is seen, in words; made of the table's cells.
    """

    id: str
    title: Text
    alt: Text
    views: tuple[tuple[str, str], ...]
    source: Text
    table: Table


@dataclass(frozen=True)
class Heading:
    """A heading inside a section: of a scenario (level 2) or of a product (level 3)."""

    text: Text
    level: int


Block = Text | Heading | Table | Figure


@dataclass(frozen=True)
class Section:
    """A titled part: paragraphs and blocks in their order."""

    id: str
    title: Text
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes
    ----------
    kind, language
        ``brief``, ``full`` or ``sweep``; ``en``, ``ko`` or ``ja``.
    title, question
        Of the scenario, or of all of them.
    answers
        One sentence a product, with its range.
    citations
        For each answer, what the law it rests on is cited from.
    key_figures
        Pairs (name, number with range) for the box at the top.
    notices
        What a reader must know before the first number.
    """

    kind: str
    language: str
    title: Text
    question: Text
    answers: tuple[Text, ...]
    citations: tuple[Text, ...]
    key_figures: tuple[tuple[Text, Text], ...]
    sections: tuple[Section, ...] = field(default=())
    notices: tuple[Text, ...] = ()


def texts(block: Block) -> Iterator[Text]:
    """All texts of a block in the order in which they are read."""
    if isinstance(block, tuple):
        yield block
        return
    if isinstance(block, Heading):
        yield block.text
        return
    yield block.title
    if isinstance(block, Figure):
        yield block.alt
        yield block.source
        yield from texts(block.table)
        return
    for column in block.columns:
        yield text_of(column)
    for row in block.rows:
        yield from row
    yield block.source
