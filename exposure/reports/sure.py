"""How sure a headline number is, in words: what drives it, and what would turn it."""

from __future__ import annotations

from exposure.reports.description import Text, joined, text_of
from exposure.reports.page import Page, Row

LEAD = "route_lead_usd_per_unit"


def drivers_text(page: Page, scenario: str, product: str, metric: str) -> Text:
    """The inputs that drive a number, with their shares of its variance."""
    rows = page.rows("drivers", scenario=scenario, product=product, metric=metric)
    return joined(
        "; ",
        (
            text_of(row.value("title", "short"), " ", row.value("total_share", "whole_percent"))
            for row in rows
        ),
    )


def sure_text(page: Page, scenario: str, product: str, metric: str) -> Text:
    """In how many draws a direction holds, and the nearest reversal."""
    rows = page.rows("conclusions", scenario=scenario, product=product, metric=metric)
    return turn_text(page, rows[0]) if rows else ()


def turn_text(page: Page, row: Row) -> Text:
    """The same of one row of conclusions."""
    held = page.say("sure.holds", share=row.value("holds_share", "whole_percent"))
    if row["statement"] == "does not change":
        return page.say("sure.still", held=held)
    if row["flip"] == "reverses":
        return page.say("sure.reverses", held=held, turn=_turn(page, row))
    if row["flip"] == "halves":
        return page.say("sure.halves", held=held, turn=_turn(page, row))
    return page.say("sure.none", held=held)


def _turn(page: Page, row: Row) -> Text:
    """Input, side and value, and where its range lies."""
    form = "percent" if str(row["flip_unit"]).startswith("share") else "rough"
    return page.say(
        "sure.within" if row["flip_within"] else "sure.outside",
        title=row.value("flip_title", "short"),
        side=row.name("flip_side", "side"),
        value=row.value("flip_value", form),
        low=row.value("low", form),
        high=row.value("high", form),
    )
