"""The fifty standing questions, each with the command that answers it and its answer today.

``python -m exposure.reports.questions_page > docs/questions.md`` writes it: questions from
``data/raw/questions.yaml``, scenarios, sweeps, solves and deals that name them, answers from runs.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from exposure.facts.documents import Questions, Scenario
from exposure.facts.documents.questions import Question
from exposure.facts.scenario import read_scenario, read_sweep
from exposure.facts.strict_yaml import read_document
from exposure.facts.world import World, load
from exposure.frames import records
from exposure.model.pipeline import run
from exposure.model.results import Result
from exposure.reports.page import Page
from exposure.reports.question_days import days_text, document_text, of_command, of_document
from exposure.reports.style import metric_text, metric_title
from exposure.reports.sure import drivers_text, sure_text
from exposure.reports.words import as_line, words

DRAWS = 200
METRICS = ("duty_usd_per_unit", "duty_bill_change_usd", "cost_change_share", "volume_change_share",
           "jobs_predicted")  # fmt: skip
HEAD = ("product", "duty a unit", "change of the duty a year", "landed cost", "volume",
        "jobs predicted")  # fmt: skip
COMMANDS = {"scenarios": "run", "sweeps": "sweep", "solves": "solve", "deals": "deal"}
"""Folder of the documents of a kind, and the command that answers by them."""
OUT = ("run", "compare")
"""Commands that write a folder."""
WIDTH = 150
"""Letters of a line of what a command prints."""


def documents(world: World) -> list[tuple[str, Any]]:
    """Pairs (kind, document) of all that answer a standing question, by its number."""
    found: list[tuple[str, Any]] = []
    readers: Mapping[str, Callable[[World, Path], Any]] = {
        "scenarios": read_scenario, "sweeps": read_sweep, **_more_readers(),
    }  # fmt: skip
    for kind, read in readers.items():
        for path in sorted((world.root / "raw" / kind).glob("*.yaml")):
            item = read(world, path)
            if item.answers:
                found.append((kind, item))
    return sorted(found, key=lambda pair: (_number(pair[1]), list(readers).index(pair[0])))


def _more_readers() -> dict[str, Callable[[World, Path], Any]]:
    from exposure.facts.read_deals import read_bargain
    from exposure.facts.scenario import read_solve

    return {"solves": read_solve, "deals": read_bargain}


def _number(item: Any) -> int:
    return min(int(name[1:]) for name in item.answers)


def page(world: World, only: str = "") -> str:
    """The page as Markdown; ``only`` answers one question and leaves the others unanswered."""
    asked = read_document(Questions, world.root / "raw" / "questions.yaml").questions
    answers = documents(world)
    lines = [
        "# Fifty questions, and what answers them",
        "",
        "Made by `python -m exposure.reports.questions_page`; do not edit. Tables: median with the "
        f"range that holds 80 % of {DRAWS} draws; changes against the scenario's own baseline, the "
        "duty a year on the units sold after buyers and routes have answered. A unit's duty is "
        "that of all borders on the way, at the routes of today. What is behind a number: "
        "`exposure explain FOLDER duty:PRODUCT/ROUTE`, or `origin:` or `landed_cost:`. Under each "
        "question stands the day whose law answers it.",
    ]
    group = ""
    seen: dict[tuple[str, str], str] = {}
    for question in asked:
        if question.group != group:
            group = question.group
            lines += ["", f"## {group}"]
        number = question.id.upper()
        lines += ["", f"### {number}. {question.question}"]
        if question.cannot:
            lines += ["", f"No answer. {question.cannot}"]
        else:
            lines += ["", days_line(world, question, answers)]
        for command in question.commands:
            lines += ["", f"```sh\nexposure {command}\n```"]
            if only in ("", question.id):
                lines += ["", *_printed(command, question.lines)]
        for kind, item in answers:
            if question.id not in item.answers:
                continue
            key = (kind, item.id)
            if key in seen:
                lines += ["", f"See {seen[key]}: `exposure {COMMANDS[kind]} {item.id}`."]
                continue
            seen[key] = number
            lines += _document(world, kind, item, answered=only in ("", question.id))
        if question.note:
            lines += ["", question.note.strip()]
    return "\n".join(lines) + "\n"


def days_line(world: World, question: Question, answers: Sequence[tuple[str, Any]]) -> str:
    """On which days' law all that answers a question stands."""
    days = [day for command in question.commands for day in of_command(world, command)]
    for _, item in answers:
        if question.id in item.answers:
            days += of_document(world, item)
    return days_text(world, days)


def _document(world: World, kind: str, item: Any, *, answered: bool) -> list[str]:
    """One document: its title, its command, its answer."""
    where = f" -o data/processed/sweeps/{item.id}" if kind == "sweeps" else ""
    command = f"{COMMANDS[kind]} {item.id}"
    lines = ["", f"**{item.title}**", "", f"```sh\nexposure {command}{where}\n```"]
    lines += ["", document_text(world, item)]
    if answered and kind == "scenarios":
        lines += ["", *_answers(world, item)]
    elif answered and kind != "sweeps":
        lines += ["", *_printed(command, 40)]
    if item.note:
        lines += ["", item.note.strip()]
    return lines


def _printed(command: str, most: int) -> list[str]:
    """What a command prints, at most so many lines of it, as a block."""
    from exposure.cli import main

    with tempfile.TemporaryDirectory() as folder:
        words_of = command.replace("reports/", f"{folder}/").split()
        if words_of[0] in OUT:
            words_of += ["--out", f"{folder}/{words_of[1]}"]
        if words_of[0] == "explain":
            # The folder that the command before it wrote.
            _quietly(["run", "law-today", "--product", words_of[2].split(":")[1].split("/")[0],
                      "--draws", "200", "--out", words_of[1]])  # fmt: skip
        stream = io.StringIO()
        with contextlib.redirect_stdout(stream):
            main(words_of, standalone_mode=False)
    shown = [line for line in stream.getvalue().splitlines() if folder not in line]
    shown = [line.rstrip()[:WIDTH] for line in shown]
    while shown and not shown[0]:
        shown = shown[1:]
    more = ["..."] if len(shown) > most else []
    return ["```text", *shown[:most], *more, "```"]


def _quietly(arguments: Sequence[str]) -> None:
    from exposure.cli import main

    with contextlib.redirect_stdout(io.StringIO()):
        main(list(arguments), standalone_mode=False)


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
