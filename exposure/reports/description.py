"""What a report says, before any form: sections of texts, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """A table of formatted cells; ``numeric`` names the columns set to the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source: str = ""
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A picture: its title says what it shows, its table holds what is drawn."""

    id: str
    title: str
    alt: str
    svg: str
    source: str
    table: Table


@dataclass(frozen=True)
class Section:
    """A titled part: paragraphs and blocks in their order."""

    title: str
    blocks: tuple[str | Table | Figure, ...]


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes
    ----------
    title, question
        Of the scenario, or of all of them.
    answers
        One sentence a product, with its range.
    key_figures
        Pairs (name, number with range) for the box at the top.
    """

    title: str
    question: str
    answers: tuple[str, ...]
    key_figures: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...] = field(default=())
