"""Writes docs/backtest.md: ``python -m exposure.reports.backtest_page > docs/backtest.md``."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exposure.facts.world import World
from exposure.frames import records
from exposure.reports import backtest_blocks as made
from exposure.reports.description import Table, plain
from exposure.reports.figures import backtest_bars
from exposure.reports.page import Page
from exposure.reports.words import as_line, words

HEAD = """# How this model did on what is known

Made by `python -m exposure.reports.backtest_page > docs/backtest.md`; do not edit.
The same at any time: `exposure backtest`, with `-o` as a report, or `ex.backtest(world)`.

A model of tariffs that has never met a real bill is an opinion. This one is asked for every bill of
a firm, every change of exports and every rate collected that `data/raw/outcomes/` knows, and its
errors are printed. What is promised stands in `bands.yaml`, committed before the first comparison;
no band was moved. No input was fitted to an outcome; what was changed after a comparison, from
facts that were published before the outcomes, stands below with the scores of before.

**How.** A prediction knows the law as it was known on the last day before its outcome was
published. The bill of a firm is the duty of every border (cars, and parts for its plants) of each
day that was added since 1 January 2025, less the offset that vehicles assembled in the United
States earn, on what was sold to dealers in the period: first in, first out, after the days in
stock. Units are those of the last year that was published by then; facts of the product files that
were published later than the outcome are counted below and named in the column `hindsight`.
Intervals are 80 % of the draws of all uncertain inputs. A bill is scored where our products are all
that it is about: GM, Toyota, Honda and Nissan tell one sum for all models, of which a product of
ours is one. Exports follow from the response of the first year and are scored as what they are of
the year before. "Rule without a model": rate of the law times last year's units times customs
value, no stock, no parts. "No change": the year before, for a bill nothing.
"""


def page(world: World, tables: Mapping[str, pd.DataFrame]) -> str:
    """The page as Markdown."""
    read = Page(tables, words())
    scores = tables["backtest_scores"]
    judged = scores[scores["judged"]]
    bands = world.tables["backtest_bands"]
    late = tables["backtest"]
    late = late[late["scored"] & (late["products"] != "")]
    many = int((late["hindsight"] != "").sum())
    lines = [
        HEAD,
        f"**Held: {int(judged['met'].sum())} of {len(judged)} kinds that have enough outcomes.** "
        f"Of {len(late)} scored predictions from product files {many} use a fact that was "
        "published later than the outcome, so they are no forecasts in the strict sense.",
        "",
        "## What was promised",
        "",
        "| kind | inside the interval | bias at most | must err less than | why |",
        "|---|---|---:|---|---|",
        *(_band(row) for row in records(bands)),
        "",
        "## What was held",
        "",
        *_table(made.scores(read)),
        "",
        "## Why it errs",
        "",
        *(f"* **{row['title']}.** {row['diagnosis']}" for row in read.rows("backtest_scores")),
        "",
        *_revised(read),
        "## Bills of firms",
        "",
        *_table(backtest_bars.draw(read).table),
        "",
        *_unpublished(tables["backtest"]),
        "",
        "### GM Korea's two billion",
        "",
        *(as_line(text) for text in made.stated(read) if isinstance(text, tuple)),
        *(_verdict(row) for row in records(tables["backtest_arithmetic"])),
        "",
        "## Exports and prices",
        "",
        "Of the year before; 100 % is no change.",
        "",
        *_table(made.exports(read)),
        "",
        "## Duties collected over imports",
        "",
        *_table(made.collected(read)),
        "",
        "## What others said",
        "",
        *_table(made.forecasts(read)),
    ]
    return "\n".join(lines) + "\n"


def _table(table: Table) -> list[str]:
    rule = ["---:" if place in table.numeric else "---" for place in range(len(table.columns))]
    rows = [[plain(column) for column in table.columns], rule]
    rows += [[as_line(cell).replace("|", "/") for cell in row] for row in table.rows]
    return ["| " + " | ".join(row).replace("\u00a0", " ") + " |" for row in rows]


def _revised(read: Page) -> list[str]:
    """What was changed after a comparison; nothing where nothing was."""
    lines = [f"* {as_line(text)}" for text in made.revisions(read) if isinstance(text, tuple)]
    return ["## What was changed after a comparison", "", *lines, ""] if lines else []


def _band(row: Mapping[str, object]) -> str:
    low, high = float(str(row["coverage_low"])), float(str(row["coverage_high"]))
    inside = "no interval" if pd.isna(low) else f"{low:.0%} to {high:.0%}"
    return (
        f"| {row['title']} | {inside} | {float(str(row['bias_most'])):.0%} | "
        f"{str(row['beats']).replace(' ', ', ')} | {row['reason']} |"
    )


def _unpublished(table: pd.DataFrame) -> list[str]:
    """Firms that told no figure; what is not told is not zero."""
    mine = table[table["kind"].str.startswith("firm_bill") & table["observed_central"].isna()]
    told = "; ".join(f"{row['who']} ({row['period']})" for row in records(mine))
    return [f"No figure was published, which is not zero: {told}."] if told else []


def _verdict(row: Mapping[str, object]) -> str:
    said = "is" if row["consistent"] else "is not"
    return (
        f"The bill that was stated **{said} consistent** with units and values. It needs a value "
        "at the very top of the product file's range, a top that was itself taken from this "
        "statement, and a whole year at the full rate; the duty ran for nine months of 2025 and "
        "fell in November. It can be read as a yearly pace, or as more than the duty on finished "
        "cars."
    )


def main() -> None:
    """Print the page."""
    from exposure.facts.world import load
    from exposure.validate.backtest import backtest

    world = load()
    print(page(world, backtest(world)), end="")


if __name__ == "__main__":
    main()
