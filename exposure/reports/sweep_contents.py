"""Gathers one description from the tables of a sweep; html and pdf give it form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exposure.reports.contents import glossary
from exposure.reports.description import (
    Block,
    Report,
    Section,
    Table,
    Text,
    joined,
    text_of,
)
from exposure.reports.figures import sweep_heat, sweep_line, sweep_swings
from exposure.reports.page import Page, Row, Tables
from exposure.reports.sweep_page import SweepPage, form_of, sweep_page
from exposure.reports.words import words
from exposure.sweeps.turns import AT

KIND = "sweep"


def describe_sweep(tables: Tables, language: str = "en") -> Report:
    """The report of a finished sweep.

    Parameters
    ----------
    tables
        From `exposure.sweeps.summary.sweep_tables`.
    language
        ``en``, ``ko`` or ``ja``.

    Raises
    ------
    QueryError
        If there is no such language.
    """
    page = Page(tables, words(language))
    told = sweep_page(page)
    sections: list[tuple[str, list[Block]]] = [
        ("picture", _picture(told)),
        ("moves", _moves(told)),
        ("turns", _turns(told)),
        ("boxes", _boxes(told)),
        ("inputs", [_inputs(told)]),
        ("outputs", [_outputs(told)]),
        ("caveat", _caveat(told)),
        ("glossary", [glossary(page, brief=True)]),
    ]
    return Report(
        kind=KIND,
        language=language,
        title=told.head.quote("title") or told.head.quote("id"),
        question=told.head.quote("question"),
        answers=(_answer(told),),
        citations=((),),
        key_figures=tuple(_key_figures(told)),
        sections=tuple(
            Section(key, page.say(f"sweep_section.{key}"), tuple(blocks))
            for key, blocks in sections
            if blocks
        ),
        notices=tuple(_notices(told)),
    )


def heat_of(tables: Tables, language: str = "en") -> Mapping[str, Any]:
    """Data of the pictures with sliders by their ids, as `exposure.reports.html` takes it."""
    return sweep_heat.data(sweep_page(Page(tables, words(language))))


def _answer(told: SweepPage) -> Text:
    """Lowest and highest value of the first output, where they are, and what does not matter."""
    page = told.page
    name = told.shown[0] if told.shown else ""
    ends = {row["end"]: row for row in page.rows("sweep_extremes", name=name)}
    if not ends:
        return page.say("sweep.none", rows=told.head.count("rows"))
    moving = told.moving(name)
    values: dict[str, Any] = {
        "rows": told.head.count("rows"), "output": told.output(name),
        "low": told.amount(name, ends["min"], "value"),
        "high": told.amount(name, ends["max"], "value"),
    }  # fmt: skip
    if not moving:
        return page.say("sweep.answer_plain", **values)
    answer = page.say(
        "sweep.answer", **values, low_at=told.where(ends["min"], moving),
        high_at=told.where(ends["max"], moving),
    )  # fmt: skip
    still = told.still(name)
    if still:
        answer = text_of(answer, " ", page.say("sweep.still", inputs=told.listed(still)))
    return answer


def _key_figures(told: SweepPage) -> list[tuple[Text, Text]]:
    """Median of each output that is shown, from the lowest to the highest."""
    found = []
    for name in told.shown:
        row = told.outputs[name]
        form = form_of(row["unit"])
        value = told.page.words.range(
            row.value("median", form), row.value("min", form), row.value("max", form)
        )
        found.append((told.output(name), value))
    return found


def _notices(told: SweepPage) -> list[Text]:
    page, head = told.page, told.head
    rows = head.count("rows")
    moved = [name for name, row in told.inputs.items() if row["kind"] != "draw"]
    intro = (
        page.say("sweep.intro", rows=rows, design=head.name("design", "sweep_design"),
                 inputs=told.listed(moved))
        if moved else page.say("sweep.intro_draws", rows=rows)
    )  # fmt: skip
    draws = [row for row in told.inputs.values() if row["kind"] == "draw" and moved]
    found = [
        text_of(intro, *(text_of(" ", page.say("sweep.with_draws", draws=row.count("high")))
                         for row in draws))
    ]  # fmt: skip
    if head["failed"]:
        found.append(page.say("sweep.failed", failed=head.count("failed"), rows=rows))
    if head["note"]:
        found.append(head.quote("note"))
    if page.words.code != "en":
        found.append(page.say("report.language"))
    return found


def _picture(told: SweepPage) -> list[Block]:
    figure = sweep_heat.draw(told) or sweep_line.draw(told)
    return [figure] if figure else []


def _moves(told: SweepPage) -> list[Block]:
    figure = sweep_swings.draw(told)
    blocks: list[Block] = [figure] if figure else []
    shares = told.page.rows("sweep_sobol")
    if not shares:
        return blocks
    rows = tuple(
        (
            told.output(row["name"]),
            told.input(row["input"]),
            row.span("percent", "first_low", "first", "first_high"),
            row.span("percent", "total_low", "total", "total_high"),
        )
        for row in shares
    )
    page = told.page
    blocks.append(
        Table("sweep-sobol", page.say("sobol.title"), page.labels("sobol.columns"), rows,
              page.say("sobol.source"), frozenset({2, 3}))
    )  # fmt: skip
    return blocks


def _turns(told: SweepPage) -> list[Block]:
    """Where an output changes its sign, or one route becomes dearer than another."""
    page = told.page
    if not told.head["exact"] or not told.shown:
        return []
    turns = page.rows("sweep_flip")
    if not turns:
        return [page.say("flips.none")]
    rows = tuple(
        (
            _what_turns(told, row), told.input(row["along"]), _with(told, row),
            _between(told, row),
        )
        for row in turns
    )  # fmt: skip
    return [
        Table("sweep-turns", page.say("flips.title"), page.labels("flips.columns"), rows,
              page.say("flips.source"))
    ]  # fmt: skip


def _what_turns(told: SweepPage, row: Row) -> Text:
    if not row["other"]:
        return told.page.say("flips.sign", output=told.output(row["name"]))
    return told.page.say("flips.routes", first=told.outputs[row["name"]].quote("thing"),
                         second=told.outputs[row["other"]].quote("thing"))  # fmt: skip


def _with(told: SweepPage, row: Row) -> Text:
    """Where the other inputs stand; those that make no difference are left out."""
    names = [
        name for name in told.inputs
        if name != row["along"] and row[f"{AT}{name}"] not in ("", None)
        and row[f"{AT}{name}"] == row[f"{AT}{name}"]
    ]  # fmt: skip
    return told.where(row, names) or (told.page.label("flips.any"),)


def _between(told: SweepPage, row: Row) -> Text:
    if row["always"]:
        kind = "sign" if not row["other"] else "routes"
        return (told.page.label(f"flips.{kind}_{row['always']}"),)
    return told.page.say("flips.between", low=told.level(row["along"], row, "turns_from"),
                         high=told.level(row["along"], row, "turns_to"))  # fmt: skip


def _boxes(told: SweepPage) -> list[Block]:
    """In which scenarios the first output is in its highest or lowest tenth, in words."""
    page, head = told.page, told.head
    if not told.shown or not told.moving(told.shown[0]):
        return []
    output = told.shown[0]
    blocks: list[Block] = [
        page.say(f"boxes.{head['tenth']}", output=told.output(output),
                 start=told.amount(output, head, "tenth_from"))
    ]  # fmt: skip
    limits = page.rows("sweep_boxes")
    for number in dict.fromkeys(row["box"] for row in limits):
        rows = [row for row in limits if row["box"] == number]
        blocks.append(
            page.say(
                "boxes.one",
                limits=joined("; ", (_limit(told, row) for row in rows)),
                density=rows[0].percent("density"),
                support=rows[0].percent("support"),
                coverage=rows[0].percent("coverage"),
            )
        )
    return blocks if limits else [*blocks, page.say("boxes.none")]


def _limit(told: SweepPage, row: Row) -> Text:
    """One limit of a box."""
    name = row["input"]
    word = "low_word" if row["side"] in ("is", "is_not") else ""
    ends = {
        "low": row.quote("low_word") if word else told.level(name, row, "low", "low_word"),
        "high": told.level(name, row, "high", "high_word"),
    }
    needed = {"between": ("low", "high"), "most": ("high",)}.get(row["side"], ("low",))
    return told.page.say(f"limit.{row['side']}", input=told.input(name),
                         **{end: ends[end] for end in needed})  # fmt: skip


def _inputs(told: SweepPage) -> Table:
    page = told.page
    rows = []
    for name, row in told.inputs.items():
        word = told.is_word(name)
        values = row.quote("values") if word else page.say(
            "sweep_inputs.span", low=told.level(name, row, "low"),
            high=told.level(name, row, "high"))  # fmt: skip
        rows.append(
            (
                told.input(name),
                row.quote("title"),
                values,
                (row.count("levels"),),
                (row.count("shown"),) if told.head["exact"] else (page.label("sweep_inputs.all"),),
            )
        )
    return Table("sweep-inputs", page.say("sweep_inputs.title"),
                 page.labels("sweep_inputs.columns"), tuple(rows),
                 page.say("sweep_inputs.source"), frozenset({3, 4}))  # fmt: skip


def _outputs(told: SweepPage) -> Table:
    page = told.page
    rows = tuple(
        (
            told.output(name),
            (row.name("unit", "sweep_unit"),),
            *((row.value(column, form_of(row["unit"])),)
              for column in ("min", "low", "median", "high", "max")),
            (row.count("unknown"),),
        )
        for name, row in told.outputs.items()
    )  # fmt: skip
    return Table("sweep-outputs", page.say("sweep_outputs.title"),
                 page.labels("sweep_outputs.columns"), rows,
                 page.say("sweep_outputs.source", sampled=told.head.count("sampled"),
                          rows=told.head.count("rows")), frozenset(range(2, 8)))  # fmt: skip


def _caveat(told: SweepPage) -> list[Block]:
    page, head = told.page, told.head
    return [
        page.say("report.caveat"),
        page.say("sweep.sources", id=head.value("id", "quote"), seed=head.value("seed", "whole")),
    ]
