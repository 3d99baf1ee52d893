"""The description as one HTML file: no script, no request, a strict content policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from exposure.reports.description import Figure, Report, Table


def render(report: Report, fingerprints: Mapping[str, str]) -> str:
    """HTML text of a report."""
    import jinja2

    folder = Path(__file__).parent / "templates"
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, trim_blocks=True
    )
    sections = tuple(
        replace(section, blocks=tuple(_own_ids(block) for block in section.blocks))
        for section in report.sections
    )
    template = engine.get_template("report.html.j2")
    return template.render(
        report=replace(report, sections=sections),
        version=fingerprints.get("version", ""),
        data=fingerprints.get("data", "")[:12],
    )


def _own_ids(block: str | Table | Figure) -> str | Table | Figure:
    """Ids inside a picture are made its own: several pictures share one page."""
    if not isinstance(block, Figure):
        return block
    svg = re.sub(r'\bid="', f'id="{block.id}-', block.svg)
    svg = re.sub(r'href="#', f'href="#{block.id}-', svg)
    return replace(block, svg=re.sub(r"url\(#", f"url(#{block.id}-", svg))
