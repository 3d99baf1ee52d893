"""Equations as MathML, made when the site is built: pages need no script and no font for them."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.errors import SphinxError
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)
LEFT_OVER = re.compile(r">\s*\\\w*\s*<|>&<|<merror|linebreak=")
"""How the converter leaves a command that it does not know, and marks outside of a table."""
ALIGNED = re.compile(r"(?<=\\begin\{)aligned(?=\})|(?<=\\end\{)aligned(?=\})")
"""The converter knows the environment under another name."""
MENDED = {
    # A bar is no operator between two things: it stands close to what it holds.
    ">&#x0007C;</mo>": ' lspace="0" rspace="0">&#x0007C;</mo>',
    # Few fonts have the sign of a set less another that the converter takes.
    "<mi>&#x029F5;</mi>": "<mo>&#x0005C;</mo>",
}
"""What the converter writes, and what browsers show well without a font of their own."""
PARTS = {"mfrac": 2, "msup": 2, "msub": 2, "mover": 2, "munder": 2, "mroot": 2,
         "msubsup": 3, "munderover": 3}  # fmt: skip
"""Children that an element must have."""


def mathml(latex: str, display: str) -> str:
    """MathML of an equation.

    Parameters
    ----------
    latex
        As it stands between dollars.
    display
        ``inline`` or ``block``.

    Raises
    ------
    SphinxError
        If the equation cannot be read whole.
    """
    try:
        made = convert(ALIGNED.sub("split", latex), display=display)
    except Exception as error:
        # The converter's own errors have no common parent.
        msg = f"equation cannot be read: {latex!r}: {error or type(error).__name__}"
        raise SphinxError(msg) from error
    for written, better in MENDED.items():
        made = made.replace(written, better)
    unknown = LEFT_OVER.search(made)
    if unknown:
        msg = f"equation holds what the converter does not know: {latex!r}: {unknown.group()}"
        raise SphinxError(msg)
    try:
        elements = list(ElementTree.fromstring(made).iter())  # noqa: S314 (we made it)
    except ElementTree.ParseError as error:
        msg = f"equation cannot be written: {latex!r}: {error}"
        raise SphinxError(msg) from error
    for element in elements:
        name = element.tag.rpartition("}")[2]
        if len(element) != PARTS.get(name, len(element)):
            msg = f"equation lacks a part of a {name}: {latex!r}"
            raise SphinxError(msg)
    return made


def _written(node: nodes.Element, display: str) -> str:
    """MathML of a node; where it cannot be read, its source and a warning that names its place."""
    try:
        return mathml(node.astext(), display)
    except SphinxError as error:
        logger.warning("%s", error, location=node)
        return f"<code>{escape(node.astext())}</code>"


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_written(node, "inline"))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    number = f'<span class="eqno">({node["number"]})</span>' if node["number"] else ""
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    translator.body.append(f"{_written(node, 'block')}{number}</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer; pages are independent of one another."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.config.html_math_renderer = "mathml"
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
