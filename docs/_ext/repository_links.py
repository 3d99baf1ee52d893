"""Links to pages of the repository that are no pages of the site, as those beside the data.

In the repository such a link leads to the file. The site holds no copy of it; there the link
becomes the file's path. A file that does not exist is a warning, as any broken link.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)


def paths_for_links(app: Sphinx, doctree: nodes.document) -> None:
    """Put the path in the place of each link to a page outside of the site's folder."""
    root = Path(app.srcdir).parent
    for link in list(doctree.findall(pending_xref)):
        if link.get("refdomain") != "doc" or link["reftarget"] in app.env.found_docs:
            continue
        target = Path(app.srcdir, link["reftarget"] + ".md").resolve()
        if not target.is_file() or not target.is_relative_to(root):
            logger.warning("link to %s: no such file", target, location=link)
            continue
        path = target.relative_to(root).as_posix()
        place = nodes.inline("", "", *(child.deepcopy() for child in link.children))
        place += [nodes.Text(" ("), nodes.literal(path, path), nodes.Text(")")]
        link.replace_self(place)


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at each page once it is read."""
    app.connect("doctree-read", paths_for_links)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
