"""The description as one HTML file: no request, a strict content policy, whole without script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from exposure.reports.description import Figure, Heading, Report, Table, Text, Value, plain
from exposure.reports.proofs import Proofs
from exposure.reports.words import words

HERE = Path(__file__).parent
LABELS = ("report.view", "report.sort", "proof.exact", "proof.cell", "proof.meaning", "proof.law",
          "proof.inputs", "proof.rule", "proof.input", "proof.rows", "form.unknown")  # fmt: skip
"""Labels that the script writes."""
HEAT = ("heat.output", "heat.across", "heat.up", "heat.live", "heat.live_plain",
        "heat.live_median", "heat.level", "heat.option", "heat.title", "heat.title_same",
        "heat.corner", "heat.none", "heat.keys")  # fmt: skip
"""Those of pictures with sliders."""


def render(
    report: Report, tables: Mapping[str, pd.DataFrame], fingerprints: Mapping[str, str],
    heat: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """HTML text of a report.

    Parameters
    ----------
    report
        What it says.
    tables
        Those that its values point to.
    fingerprints
        Of the result: version and data are printed at the end.
    heat
        Data of pictures with sliders, by the figure's id: see
        `exposure.reports.figures.sweep_heat`.
    """
    import jinja2

    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True
    )
    said = words(report.language)
    proofs = Proofs(tables, said)
    style = (HERE / "assets" / "report.css").read_text(encoding="utf-8")
    script = (HERE / "assets" / "report.js").read_text(encoding="utf-8")
    template = engine.get_template("report.html.j2")
    page = template.render(
        report=report,
        say=said.label,
        version=fingerprints.get("version", ""),
        data=fingerprints.get("data", "")[:12],
        number=proofs.number,
        glued=_glued,
        plain=plain,
        kind_of=_kind,
        views=_own_ids,
        style=style,
        script=script,
        policy=_policy(style, script),
    )
    labels = {key: said.label(key) for key in (*LABELS, *(HEAT if heat else ()))}
    facts = {**proofs.data(), "labels": labels, "heat": dict(heat or {})}
    # A closing tag inside the data would end the element that holds it.
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # The last mark is that of the element: a title may read the same.
    before, _, after = page.rpartition("@@FACTS@@")
    return before + text.replace("<", "\\u003c") + after


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded; one style sheet and one script, known by their hashes, may act."""

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; "
        f"script-src 'sha256-{digest(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _kind(block: object) -> str:
    if isinstance(block, tuple):
        return "text"
    if isinstance(block, Heading):
        return "heading"
    return "table" if isinstance(block, Table) else "figure"


BEFORE, AFTER = re.compile("[(\uff08]$"), re.compile("^[)\uff09.,;:%\u3001\u3002]+")
"""Marks that stay on the line of the number that they stand beside."""


def _glued(text: Text) -> Iterator[tuple[str, Value | None, str]]:
    """Pieces as (before, value that opens its proof, after); without one, ``before`` is all."""
    pieces = [piece if isinstance(piece, Value) and _proven(piece) else str(piece)
              for piece in text]  # fmt: skip
    for place, piece in enumerate(pieces):
        if isinstance(piece, str):
            follows = place + 1 < len(pieces) and isinstance(pieces[place + 1], Value)
            led = place > 0 and isinstance(pieces[place - 1], Value)
            left = AFTER.sub("", piece) if led else piece
            yield BEFORE.sub("", left) if follows else left, None, ""
            continue
        around = ["", ""]
        for side, mark, other in ((0, BEFORE, place - 1), (1, AFTER, place + 1)):
            near = pieces[other] if 0 <= other < len(pieces) else ""
            found = mark.search(near) if isinstance(near, str) else None
            around[side] = found.group() if found else ""
        yield around[0], piece, around[1]


def _proven(value: Value) -> bool:
    """Whether a value opens its proof; a quotation or a name is its own."""
    return not (value.form == "quote" or value.form.startswith("name."))


def _own_ids(figure: Figure) -> list[tuple[str, str]]:
    """Views of a picture with ids of its own: several pictures share one page."""
    made = []
    for place, (name, svg) in enumerate(figure.views):
        mark = f"{re.sub(r'[^a-zA-Z0-9-]', '-', figure.id)}-{place}-"
        text = re.sub(r'\bid="', f'id="{mark}', svg)
        made.append(
            (name, text.replace("url(#", f"url(#{mark}").replace('href="#', f'href="#{mark}'))
        )
    return made
