"""Blocks of the back-test: scores beside what was promised, bills, exports, rates, diagnosis."""

from __future__ import annotations

from exposure.reports.description import Block, Table, Text
from exposure.reports.page import Page, Row

MIDDLE, RATES = frozenset({3, 4, 5}), frozenset({2, 3, 4})
"""Columns set to the right."""


def score_blocks(page: Page) -> list[Block]:
    """The box that every report carries; nothing where no scores are shipped."""
    if page.tables["backtest_scores"].empty:
        return []
    return [page.say("backtest.box"), scores(page)]


def scores(page: Page) -> Table:
    """Scores by kind of outcome, with the band of each and whether it is held: missed ones red."""
    found = page.rows("backtest_scores")
    missed = [n for n, row in enumerate(found) if row["judged"] and not row["met"]]
    cells: list[tuple[Text, ...]] = [
        (
            row.quote("title"),
            (row.count("n"),),
            (row.percent("coverage"),),
            promised(page, row),
            (row.percent("bias"),),
            (row.percent("bias_most"),),
            (row.percent("mape"),),
            (row.percent("naive_statutory"),),
            (row.percent("naive_unchanged"),),
            verdict(page, row),
        )
        for row in found
    ]
    return Table("backtest-scores", page.say("backtest.scores"), page.labels("backtest.columns"),
                 tuple(cells), numeric=frozenset({1, 2, 4, 5, 6, 7, 8}),
                 alerts=frozenset((n, 9) for n in missed))  # fmt: skip


def promised(page: Page, row: Row) -> Text:
    """The band of coverage; nothing where the model gives no interval."""
    if row["coverage_low"] != row["coverage_low"]:
        return ()
    return page.say("backtest.promised", low=row.percent("coverage_low"),
                    high=row.percent("coverage_high"))  # fmt: skip


def verdict(page: Page, row: Row) -> Text:
    """Held, missed with the bands that are, or too few outcomes to say."""
    if not row["judged"]:
        return page.say("backtest.few", least=row.count("least"))
    if row["met"]:
        return page.say("backtest.met")
    return page.say("backtest.missed", what=row.value("missed", "quote"))


def diagnoses(page: Page) -> list[Block]:
    """Why the model errs, kind by kind."""
    return [
        page.say("backtest.why", kind=row.value("title", "quote"),
                 diagnosis=row.value("diagnosis", "quote"))
        for row in page.rows("backtest_scores")
        if row["diagnosis"]
    ]  # fmt: skip


def revisions(page: Page) -> list[Block]:
    """What was changed after a comparison, with the scores before it."""
    return [
        page.say("backtest.revised", day=row.value("revised_on", "quote"),
                 kind=row.value("title", "quote"), what=row.value("what", "quote"),
                 reason=row.value("reason", "quote"), mape=row.percent("mape"),
                 bias=row.percent("bias"), coverage=row.percent("coverage"))
        for row in page.rows("backtest_revisions")
    ]  # fmt: skip


def of_kind(page: Page, *kinds: str) -> list[Row]:
    """Outcomes of some kinds that were reported and predicted."""
    table = page.tables["backtest"]
    mine = table[table["kind"].isin(kinds) & table["observed_central"].notna()]
    return page.of("backtest", mine[mine["predicted_median"].notna()])


def exports(page: Page) -> Table:
    """Exports and prices."""
    cells = tuple(
        (
            row.quote("who"),
            (row.name("kind", "outcome_kind"),),
            row.quote("period"),
            (row.percent("observed_central"),),
            row.span("percent", "predicted_low", "predicted_median", "predicted_high"),
            (row.percent("error_share"),),
            row.quote("inside"),
        )
        for row in of_kind(page, "exports_value", "exports_units", "price_index")
    )
    return Table("backtest-exports", page.say("backtest.exports"),
                 page.labels("backtest.exports_columns"), cells, numeric=MIDDLE)  # fmt: skip


def collected(page: Page) -> Table:
    """Rates by country."""
    cells = tuple(
        (
            row.quote("who"),
            row.quote("period"),
            (row.percent("observed_central"),),
            (row.percent("predicted_median"),),
            (row.percent("naive_unchanged"),),
        )
        for row in of_kind(page, "duties_collected")
    )
    return Table("backtest-rates", page.say("backtest.rates"),
                 page.labels("backtest.rates_columns"), cells, numeric=RATES)  # fmt: skip


def forecasts(page: Page) -> Table:
    """What others said of the same outcomes, where it came to be known."""
    table = page.tables["backtest_forecasts"]
    known = page.of("backtest_forecasts", table[table["observed"].notna()])
    cells = tuple(
        (
            row.quote("forecaster"),
            row.quote("about"),
            (row.percent("forecast_central"),),
            (row.percent("observed"),),
            (row.percent("predicted_median"),),
        )
        for row in known
    )
    return Table("backtest-forecasts", page.say("backtest.forecasts"),
                 page.labels("backtest.forecasts_columns"), cells, numeric=RATES)  # fmt: skip


def stated(page: Page) -> list[Text]:
    """Bills that were stated against units and unit values."""
    return [
        page.say(
            "backtest.stated",
            units=row.count("units"), value=row.usd("unit_value_usd"),
            rate=row.value("rate", "rate"), bill=row.usd("bill_usd"),
            stated=row.usd("stated_usd"), needed=row.usd("needed_usd"), low=row.usd("value_low"),
            high=row.usd("value_high"),
        )
        for row in page.rows("backtest_arithmetic")
    ]  # fmt: skip
