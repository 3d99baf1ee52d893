"""The standing questions on routes, each with the scenario that answers it.

``python -m exposure.reports.questions_page > docs/questions.md`` writes it: the question and the
command from the files of ``data/raw/scenarios`` and ``data/raw/sweeps``, the answers from runs.
"""

from __future__ import annotations

import sys

import pandas as pd

from exposure.facts.documents import Scenario, Sweep
from exposure.facts.scenario import read_scenario, read_sweep
from exposure.facts.world import World, load
from exposure.frames import records
from exposure.model.pipeline import run
from exposure.model.results import Result
from exposure.reports.page import Page
from exposure.reports.style import metric_text, metric_title
from exposure.reports.sure import drivers_text, sure_text
from exposure.reports.words import as_line, words

DRAWS = 200
METRICS = ("duty_usd_per_unit", "duty_bill_change_usd", "cost_change_share", "volume_change_share",
           "jobs_predicted")  # fmt: skip
HEAD = ("product", "duty a unit", "change of the duty a year", "landed cost", "volume",
        "jobs predicted")  # fmt: skip


def documents(world: World) -> list[Scenario | Sweep]:
    """Scenarios and sweeps that answer a standing question, by its number."""
    folder = world.root / "raw"
    found: list[Scenario | Sweep] = [
        read_scenario(world, path) for path in sorted((folder / "scenarios").glob("*.yaml"))
    ]
    found += [read_sweep(world, path) for path in sorted((folder / "sweeps").glob("*.yaml"))]
    return sorted((item for item in found if item.answers), key=_order)


def _order(item: Scenario | Sweep) -> tuple[int, bool, str]:
    return min(int(name[1:]) for name in item.answers), isinstance(item, Sweep), item.id


def page(world: World, only: str = "") -> str:
    """The page as Markdown; ``only`` runs one scenario and leaves the others without answers."""
    lines = [
        "# Questions on routes, and the scenarios that answer them",
        "",
        "Made by `python -m exposure.reports.questions_page`; do not edit. Median with the "
        f"range that holds 80 % of {DRAWS} draws; changes against the scenario's own baseline. A "
        "unit's duty is that of all borders on the way, at the routes of today. What is behind a "
        "number: `exposure explain reports/SCENARIO duty:PRODUCT/ROUTE`, or `origin:` or "
        "`landed_cost:`.",
        "",
        "Two questions need no scenario: when a change reaches profit, `exposure timing "
        "kia-cars/korea` answers (a cut of 1 November 2025 shows at the turn of the year); how far "
        "the Kia K4 is from failing the agreement's test, `exposure explain reports/law-today "
        "origin:kia-k4/pesqueria`.",
    ]
    for item in documents(world):
        lines += ["", f"## {item.title}", "", f"{item.question} ({', '.join(item.answers)})", ""]
        if isinstance(item, Sweep):
            lines += [f"```sh\nexposure sweep {item.id} -o data/processed/sweeps/{item.id}\n```"]
        else:
            lines += [f"```sh\nexposure run {item.id}\n```"]
            if only in ("", item.id):
                lines += ["", *_answers(world, item)]
        if item.note:
            lines += ["", item.note.strip()]
    return "\n".join(lines) + "\n"


def _answers(world: World, scenario: Scenario) -> list[str]:
    result = run(world, scenario, draws=DRAWS, by_sector=False)
    headline: pd.DataFrame = result.tables["headline"]
    lines = [f"| {' | '.join(HEAD)} |", "|---|" + "---:|" * (len(HEAD) - 1)]
    for row in records(result.tables["products"]):
        mine = {
            item["metric"]: metric_text(item["metric"], item["low"], item["median"], item["high"])
            for item in records(headline[headline["product"] == row["product"]])
        }
        lines.append(f"| `{row['product']}` | {' | '.join(mine[name] for name in METRICS)} |")
    return [*lines, "", *_sureness(result, scenario.id)]


def _sureness(result: Result, scenario: str) -> list[str]:
    """What drives the change of volume of each product, or else of cost, and what would turn it."""
    lines = []
    page = Page(result.tables, words())
    for product in result.tables["products"]["product"]:
        for metric in ("volume_change_share", "cost_change_share"):
            drivers = as_line(drivers_text(page, scenario, product, metric))
            turn = as_line(sure_text(page, scenario, product, metric))
            if drivers:
                break
        said = "; ".join(filter(None, [f"driven by {drivers}" if drivers else "", turn]))
        lines.append(f"- `{product}`: {metric_title(metric).lower()} {said}.")
    return lines


if __name__ == "__main__":
    sys.stdout.write(page(load()))
