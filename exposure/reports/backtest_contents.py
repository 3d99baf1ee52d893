"""The report of the back-test, in one kind: what was promised, what came, and why it errs."""

from __future__ import annotations

from exposure.reports import backtest_blocks as made
from exposure.reports.description import Block, Report, Section
from exposure.reports.figures import backtest_bars
from exposure.reports.page import Page, Tables
from exposure.reports.words import words


def describe_backtest(tables: Tables, language: str = "en") -> Report:
    """The report of the tables of `exposure.validate.backtest.backtest`."""
    page = Page(tables, words(language))
    rows = [row for row in page.rows("backtest_scores") if row["n"]]
    parts: dict[str, list[Block]] = {
        "promised": [made.scores(page)],
        "bills": [backtest_bars.draw(page), *made.stated(page)],
        "exports": [made.exports(page)],
        "rates": [made.collected(page)],
        "others": [made.forecasts(page)],
        "diagnosis": made.diagnoses(page),
        "revisions": made.revisions(page),
    }
    return Report(
        kind="full",
        language=language,
        title=page.say("backtest.title"),
        question=page.say("backtest.question"),
        answers=tuple(
            page.say("backtest.answer", kind=row.value("title", "quote"), n=row.count("n"),
                     mape=row.percent("mape"), bias=row.percent("bias"))
            for row in rows
        ),
        citations=tuple(() for _ in rows),
        key_figures=tuple((row.quote("title"), made.verdict(page, row)) for row in rows),
        sections=tuple(
            Section(key, page.say(f"backtest_section.{key}"), tuple(blocks))
            for key, blocks in parts.items()
            if blocks
        ),
        notices=(page.say("backtest.notice"),),
    )  # fmt: skip
