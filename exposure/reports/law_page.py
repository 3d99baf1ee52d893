"""What of the law is encoded, as a page: ``python -m exposure.reports.law_page docs``.

Writes ``law.md`` and its picture ``law-timeline.svg`` to a folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from exposure.axes import USA
from exposure.facts.world import World, load
from exposure.facts.writing import replace_file
from exposure.frames import records
from exposure.law.coverage import coverage
from exposure.law.spans import law_spans
from exposure.law.timeline import days
from exposure.model.compile import law_book
from exposure.reports.description import Figure, plain
from exposure.reports.figures.law_timeline import picture
from exposure.reports.page import Page
from exposure.reports.style import COMPONENTS, country
from exposure.reports.text import share_text
from exposure.reports.words import words

FIRST_SHOWN, LAST_SHOWN = "2025-01-01", "2026-12-31"
SHOWN = ("*", "CHN", "CAN", "MEX", "EU", "JPN", "KOR", "GBR", "VNM", "IND", "BRA")
"""Origins with lanes in the picture."""


def timeline(world: World) -> Figure:
    """The picture of American actions that name all countries or one of ``SHOWN``."""
    spans = law_spans(law_book(world))
    spans = spans[spans["origin"].isin(SHOWN)].reset_index(drop=True)
    made = Page({"law_timeline": spans}, words())
    title = made.say("timeline.law_page")
    return picture(made, made.rows("law_timeline"), "law-timeline", title, FIRST_SHOWN, LAST_SHOWN)


def page(world: World) -> str:
    """The page as Markdown."""
    gaps = world.tables["gaps"]
    as_of = str(gaps["as_of"].max())
    made = coverage(law_book(world), int(days([as_of])[0]))
    lines = [
        "# What of the law is encoded",
        "",
        "Made by `python -m exposure.reports.law_page docs` from `data/raw/law`; do not edit.",
        "",
        f"Status as of {as_of}; later days assume no change that was not public by then. Rates are "
        "those written in measures, from the least to the greatest; lines are ten-digit lines of "
        "the schedule; what bites on a good is asked by `exposure rate`.",
        "",
        f"![{plain(timeline(world).title)}](law-timeline.svg)",
        "",
        "Solid: in force; dashed: announced, threatened or suspended. A bar may hold several "
        "rates, for different goods or conditions.",
    ]
    importers = [USA, *sorted(set(made["importer"]) - {USA})]
    for importer in importers:
        rows = made[made["importer"] == importer]
        lines += ["", f"## Importer: {country(importer)}", ""]
        lines += ["| action | shown as | status | rates | lines | countries | clauses |"]
        lines += ["|---|---|---|---|---:|---:|---:|"]
        lines += [_row(row) for row in records(rows)]
    lines += [
        "",
        "## Known limits, and which way answers err",
        "",
        "An answer that depends on what is not stated is `unknown` with its known part; a limit is "
        'what the rules themselves miss or assume. "Too high": the duty shown may be too high.',
        "",
        "| importer | action | what is missing or assumed | answers may be | as of | source |",
        "|---|---|---|---|---|---|",
    ]
    words = {"not known": "unknown where so", "none": "right: no limit is known"}
    lines += [
        f"| {row['importer']} | {row['action'].replace('*', 'all')} | {row['gap']} | "
        f"{words.get(row['bias'], row['bias'])} | {row['as_of']} | {row['source']} |"
        for row in records(gaps)
    ]
    return "\n".join(lines) + "\n"


def _row(row: dict[str, object]) -> str:
    low, high = float(str(row["low"])), float(str(row["high"]))
    rates = (
        share_text(high)
        if low == high or pd.isna(high)
        else f"{_bare(low)}\u2013{share_text(high)}"
    )
    if high > 5 or pd.isna(high):
        rates = "not known" if pd.isna(high) else "specific"
    count = float(str(row["lines"]))
    lines = "" if pd.isna(count) else f"{count:,.0f}"
    span = f"{str(row['status']).replace('_', ' ')} since {row['since']}"
    if row["status"] in {"ended", "void", "suspended"} and row["until"]:
        span = f"{row['status']} after {row['until']}"
    elif row["status"] == "later":
        span = f"begins {row['since']}"
    return (
        f"| **{row['action']}**: {row['title']} | {COMPONENTS[str(row['component'])]} | {span} | "
        f"{rates} | {lines} | {row['countries']} | {row['measures']} + {row['exemptions']} |"
    )


def _bare(share: float) -> str:
    return share_text(share).removesuffix(" %")


def main(folder: Path) -> None:
    """Write page and picture."""
    world = load()
    replace_file(folder / "law-timeline.svg", timeline(world).views[0][1].encode())
    replace_file(folder / "law.md", page(world).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
