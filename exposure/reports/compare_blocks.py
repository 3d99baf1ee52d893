"""The part of a report about scenarios and rivals side by side, and whose doing a change is."""

from __future__ import annotations

import pandas as pd

from exposure.reports.description import Block, Table, Text
from exposure.reports.figures import attribution_bars
from exposure.reports.page import Page, Row, metric_form

SHOWN = ("duty_bill_usd", "cost_change_share", "volume_change_share",
         "operating_profit_change_usd", "jobs_predicted")  # fmt: skip
SPLIT = ("duty_usd_per_unit", "cost_change_share", "jobs_predicted")
"""Numbers whose change is told factor by factor; all stand in the table of the result."""
GAPS = ("cost_gap_share", "buyer_price_gap_share", "duty_gap_usd_per_unit",
        "pair_share_change_share")  # fmt: skip
INDUSTRIES = ("shipped_change_usd", "value_added_change_share", "jobs_exposed", "jobs_predicted")
"""Numbers of a country's industries that are told; the two of jobs are never added."""
MOST, FULL = 15, 4
"""Pairs of rivals that are told; products of which each factor is."""
DUST = 1e-9
"""Part of a change below which a factor is not told."""


def compare_blocks(page: Page) -> list[Block]:
    """Differences, rivals and revenue of a report with several scenarios."""
    blocks: list[Block] = [differences(page, name) for name in _pairs(page)]
    if len(page.tables["rivals"]):
        blocks.append(rivals(page))
    blocks.append(revenue(page))
    if len(page.tables["country_results"]) and len(page.rows("scenarios")) > 1:
        blocks.append(countries(page))
    return blocks


def attribution_blocks(page: Page) -> list[Block]:
    """Whose doing the change is, product by product; nothing where it was not asked."""
    table = page.tables["attribution"]
    keys = ["old", "new", "by", "product"]
    blocks: list[Block] = []
    for key in list(dict.fromkeys(table[keys].itertuples(index=False, name=None)))[: 2 * FULL]:
        where = dict(zip(keys, key, strict=True))
        told = [page.of("attribution", acting(page.frame("attribution", metric=metric, **where)))
                for metric in SPLIT]  # fmt: skip
        if not told[0]:
            continue
        blocks.append(attribution_bars.draw(page, told[0]))
        blocks.append(parts(page, told, "-".join(map(str, key))))
    return blocks


def acting(rows: pd.DataFrame) -> pd.DataFrame:
    """Factors that move a number, the largest first."""
    size = rows[["part_central", "sequential"]].abs().max(axis=1)
    least = DUST * max(float(rows["total"].abs().max()), 1.0) if len(rows) else 0.0
    order = size[size > least].sort_values(ascending=False, kind="stable").index
    return rows.loc[order]


def _pairs(page: Page) -> list[str]:
    return [str(name) for name in page.tables["differences"]["scenario"].unique()]


def _titles(page: Page) -> dict[str, Row]:
    return {row["scenario"]: row for row in page.rows("scenarios")}


def differences(page: Page, scenario: str) -> Table:
    """A scenario less the first, product by product and firm by firm."""
    titles = _titles(page)
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in page.rows("differences", scenario=scenario):
        if row["metric"] in SHOWN:
            key = (row["level"], row["product"] or row["firm"])
            found.setdefault(key, {})[row["metric"]] = row
    products = {row["product"]: row for row in page.rows("products")}
    cells: list[tuple[Text, ...]] = []
    for (level, name), mine in found.items():
        any_row = next(iter(mine.values()))
        label = products[name].quote("title") if level == "product" else page.say(
            "differences.firm", firm=any_row.value("firm", "quote"))  # fmt: skip
        cells.append((label, *(page.metric(mine[m]) if m in mine else () for m in SHOWN)))
    against = page.rows("differences", scenario=scenario)[0]["against"]
    title = page.say("differences.title", scenario=titles[scenario].value("title", "quote"),
                     against=titles[against].value("title", "quote"))  # fmt: skip
    columns = (page.label("all_products.product"), *(page.words.name("metric", m) for m in SHOWN))
    return Table(f"differences-{scenario}", title, columns, tuple(cells),
                 page.say("differences.source"), frozenset(range(1, 6)))  # fmt: skip


def rivals(page: Page) -> Table:
    """Who gains against whom: pairs of a category under each scenario, the widest gaps first."""
    table = page.frame("rivals", metric=GAPS[0])
    order = table["central"].abs().sort_values(ascending=False, kind="stable").index[:MOST]
    titles = {row["product"]: row for row in page.rows("products")}
    scenarios = _titles(page)
    cells = []
    for row in page.of("rivals", table.loc[order]):
        where = {name: row[name] for name in ("scenario", "product", "rival")}
        by = {found["metric"]: found for found in page.rows("rivals", **where)}
        cells.append(
            (
                scenarios[row["scenario"]].quote("title"),
                titles[row["product"]].quote("title"),
                titles[row["rival"]].quote("title"),
                *(by[gap].span(_form(gap), "low", "median", "high") for gap in GAPS),
            )
        )
    return Table("rivals", page.say("rivals.title"), page.labels("rivals.columns"), tuple(cells),
                 page.say("rivals.source"), frozenset(range(3, 7)))  # fmt: skip


def _form(metric: str) -> str:
    form = metric_form(metric)
    return "points" if form == "percent" else form


def revenue(page: Page) -> Table:
    """What the importing states collect on each product."""
    titles = {row["product"]: row for row in page.rows("products")}
    scenarios = _titles(page)
    table = page.tables["revenue"]
    # A change that is not known is told as such: it is no change of nothing.
    moved = table[table["change_usd"] != 0]
    cells = tuple(
        (
            scenarios[row["scenario"]].quote("title"), (row.name("importer", "country"),),
            titles[row["product"]].quote("title"), (row.usd("baseline_usd"),),
            (row.usd("scenario_usd"),), (row.usd("change_usd"),),
        )
        for row in page.of("revenue", moved)
    )  # fmt: skip
    return Table("revenue", page.say("revenue.title"), page.labels("revenue.columns"), cells,
                 page.say("revenue.source"), frozenset({3, 4, 5}))  # fmt: skip


def countries(page: Page) -> Table:
    """Industries and workers of each country, scenario beside scenario."""
    scenarios = page.rows("scenarios")
    found = {
        (row["scenario"], row["country"], row["metric"]): row
        for row in page.rows("country_results")
    }
    codes = dict.fromkeys(code for _, code, _ in found)
    cells = []
    for code in codes:
        for metric in INDUSTRIES:
            rows = [found.get((row["scenario"], code, metric)) for row in scenarios]
            first = next((row for row in rows if row is not None), None)
            if first is None:
                continue
            told = [() if row is None else page.metric(row) for row in rows]
            cells.append(
                ((first.name("country", "country"),), (first.name("metric", "metric"),), *told)
            )
    titles = [row.quote("title") for row in scenarios]
    return Table("countries-compared", page.say("countries_compared.title"),
                 (*page.labels("countries_compared.columns"), *titles), tuple(cells),
                 page.say("countries_compared.source"),
                 frozenset(range(2, 2 + len(scenarios))))  # fmt: skip


def parts(page: Page, told: list[list[Row]], name: str) -> Table:
    """Every factor of a product's change, number by number."""
    cells = [
        (
            (row.name("metric", "metric"),),
            attribution_bars.factor(row),
            row.span(metric_form(row["metric"]), "part_low", "part_central", "part_high"),
            (row.value("sequential", metric_form(row["metric"])),),
            (row.value("total", metric_form(row["metric"])),),
        )
        for rows in told
        for row in rows
    ]
    return Table(f"parts-{name}", page.say("parts.title"), page.labels("parts.columns"),
                 tuple(cells), page.say("parts.source"), frozenset({2, 3, 4}))  # fmt: skip
