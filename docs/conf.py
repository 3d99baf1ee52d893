"""How the site is built: `make docs`. No network is asked, neither by the build nor by a page."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

from exposure.version import __version__  # noqa: E402

project = "exposure"
author = "exposure developers"
project_copyright = "exposure developers"
version = release = __version__

extensions = [
    "mathml",
    "myst_parser",
    "repository_links",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]

myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
# Anchors of headings, as a repository's pages give them.
myst_heading_anchors = 3

# Types stand in the signature; a class of results is described by its own docstring.
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_rtype = False
# Docstrings name functions by single backquotes.
default_role = "code"

html_theme = "furo"
html_title = f"exposure {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
# Search is the one that Sphinx builds into the site: an index and a script beside the pages.
# Without excerpts, which a browser would have to fetch and may not on pages opened from disk.
html_show_search_summary = False
html_copy_source = False
copybutton_exclude = ".linenos, .gp, .go"
