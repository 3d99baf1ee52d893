"""Figures that sources state differently, each with what it does to the answer.

``python -m exposure.reports.conflicts_page > docs/conflicts.md`` writes it from
``data/raw/conflicts.csv`` and runs of the model; central values, for speed.
"""

from __future__ import annotations

import sys

import pandas as pd

from exposure.facts.world import World, load
from exposure.frames import records
from exposure.model.conflicts import conflicts
from exposure.reports.deal_text import answer


def page(world: World, table: pd.DataFrame | None = None) -> str:
    """The page as Markdown; ``table`` if the ledger has been run already."""
    made = conflicts(world, draws=0) if table is None else table
    titles = world.tables["sources"].set_index("source_id")["title"]
    lines = [
        "# Figures that contradict one another",
        "",
        "Made by `python -m exposure.reports.conflicts_page`; do not edit. The statements are rows "
        "of `data/raw/conflicts.csv`: numbers with who stated them, none of them thrown away. Each "
        "is put into the model by itself, all else unchanged, and the number of the product or "
        "country concerned is shown, central; `exposure conflicts [TOPIC]` gives ranges.",
    ]
    for topic, mine in made.groupby("topic", sort=False):
        rows = records(mine)
        lines += ["", f"## {rows[0]['title']}", "", f"`exposure conflicts {topic}`", ""]
        lines += ["| stated | by | what follows | in the model | remark |", "|---|---|---|---|---|"]
        for row in rows:
            by = f"{row['stated_by']} ({titles[row['source']]})"
            cells = [row["stated"], by, answer(row), place(row), row["note"]]
            lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def place(row: dict[str, object]) -> str:
    """Where the model takes a statement."""
    kind, scenario, key = str(row["kind"]), str(row["scenario"]), str(row["key"])
    if kind == "nothing":
        return "nothing"
    if kind == "deal":
        return f"deal `{scenario}`"
    if kind == "formula":
        return f"formula, {key}"
    if kind == "scenario":
        return f"scenario `{scenario}`"
    return f"{kind} `{key}` in `{scenario}`"


if __name__ == "__main__":
    sys.stdout.write(page(load()))
