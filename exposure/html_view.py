"""Small views for notebooks: a title, a few lines, tables. Plain HTML of the standard library.

A view brings no colour of its own: text takes that of the page, lines are ``currentColor`` and
grounds are transparent, so that it reads on light and on dark paper. It has no script and fetches
nothing, and all that it is given is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

UNKNOWN = "not known"
MOST = 60
"""Lines that a list or a table shows; the others are counted."""
LONGEST = 1200
"""Letters of a text that are shown."""

_CARD = (
    "color:inherit;background:transparent;border:1px solid currentColor;border-radius:4px;"
    "padding:0.6em 0.9em;max-width:60em;max-height:32em;overflow:auto;font-size:0.9em"
)
_TABLE = "border-collapse:collapse;color:inherit;background:transparent"
_ROW = "background:transparent"
_CELL = "padding:0.1em 0.8em 0.1em 0;text-align:"
_LINE = "border-bottom:1px solid currentColor"


def card(title: str, *parts: str) -> str:
    """A view: its title and parts made by the other functions; at most a screen, then it scrolls.

    Examples
    --------
    >>> "&lt;b&gt;" in card("<b>")
    True
    """
    return f'<div style="{_CARD}"><strong>{_text(title)}</strong>{"".join(parts)}</div>'


def line(text: str) -> str:
    """A line of text; nothing where it is empty."""
    return f'<div style="margin:0.2em 0">{_text(text)}</div>' if text else ""


def lines(rows: Iterable[tuple[int, str]]) -> str:
    """Lines, each with its depth; those beyond `MOST` are counted."""
    told = list(rows)
    made = [
        f'<div style="padding-left:{1.2 * depth:g}em">{_text(text)}</div>'
        for depth, text in told[:MOST]
    ]
    return "".join(made) + _more(len(told))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table: numbers to the right and as `number` writes them, text as it stands.

    Examples
    --------
    >>> table(["duty"], [[float("nan")]]).count(UNKNOWN)
    1
    """
    told = list(rows)
    head = "".join(f'<th style="{_CELL}left;{_LINE}">{_text(name)}</th>' for name in columns)
    row_of = f'<tr style="{_ROW}">'
    body = "".join(f"{row_of}{''.join(map(_cell, row))}</tr>" for row in told[:MOST])
    return (
        f'<table style="{_TABLE}"><thead>{row_of}{head}</tr></thead><tbody>{body}</tbody></table>'
        + _more(len(told))
    )


def number(value: float) -> str:
    """A number as a reader wants it; what is not known is said in words, and never 0.

    Examples
    --------
    >>> number(17787.394), number(0.08551234), number(-0.0), number(float("nan"))
    ('17,787', '0.08551', '0', 'not known')
    >>> number(float("inf"))
    'no limit'
    """
    if math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "no limit" if value > 0 else "-no limit"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return "0" if text == "-0" else text


def _cell(value: object) -> str:
    if value is None:
        return f'<td style="{_CELL}right">{UNKNOWN}</td>'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td style="{_CELL}right">{number(float(value))}</td>'
    return f'<td style="{_CELL}left">{_text(str(value))}</td>'


def _more(count: int) -> str:
    return line(f"… and {count - MOST:,} more") if count > MOST else ""


def _text(text: str) -> str:
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return escape(shown, quote=True)
