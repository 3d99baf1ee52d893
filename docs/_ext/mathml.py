"""Equations as MathML, made when the site is built: pages need no script and no font for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.errors import SphinxError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

LEFT_OVER = re.compile(r"<mi>\\\w*</mi>|<merror")
"""How the converter leaves a command that it does not know."""


def mathml(latex: str, display: str) -> str:
    r"""MathML of an equation.

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

    Examples
    --------
    >>> mathml("x^2", "inline").count("<msup>")
    1
    """
    try:
        made = convert(latex, display=display)
    except Exception as error:
        # The converter's own errors have no common parent.
        msg = f"equation cannot be read: {latex!r}: {error or type(error).__name__}"
        raise SphinxError(msg) from error
    unknown = LEFT_OVER.search(made)
    if unknown:
        msg = f"equation holds what the converter does not know: {latex!r}: {unknown.group()}"
        raise SphinxError(msg)
    return made


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    number = ""
    if node["number"]:
        number = f'<span class="eqno">({node["number"]})</span>'
    made = mathml(node.astext(), "block")
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    translator.body.append(f"{made}{number}</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer; pages are independent of one another."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.config.html_math_renderer = "mathml"
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
