"""Gathers one description from the tables of a result; html and pdf give it form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from exposure.frames import records
from exposure.reports.blocks import (
    all_products,
    assumptions,
    borders,
    comparison,
    every_route,
    firm_account,
    headline_texts,
    jobs_by_stage,
    law_that_speaks,
    limits,
    numbers,
    origin_blocks,
    provisional,
    sources,
)
from exposure.reports.description import Figure, Report, Section, Table
from exposure.reports.figures import (
    drivers,
    duty_waterfall,
    jobs_bars,
    law_timeline,
    overview,
    quarter_bars,
    route_map,
    value_sankey,
)
from exposure.reports.industry_blocks import industry_blocks
from exposure.reports.style import metric_title
from exposure.reports.sure import NO_DRAWS, drivers_text, sure_text

Tables = Mapping[str, pd.DataFrame]
FULL = 6
"""Up to so many products each has its pictures; beyond, one picture holds all of them."""
LAW_SOURCE = "Rules of data/raw/law with their citations."


def describe(tables: Tables) -> Report:
    """The report of a result with one scenario or several."""
    scenarios = records(tables["scenarios"])
    first = scenarios[0]
    sections: list[Section] = []
    if len(scenarios) > 1:
        sections.append(Section("The scenarios side by side", (comparison(tables),)))
    if len(tables["products"]) > FULL:
        for scenario in scenarios:
            blocks = (
                overview.draw(tables, scenario["scenario"]),
                all_products(tables, scenario),
            )
            sections.append(Section(f"All products: {scenario['title']}", blocks))
    for scenario in scenarios:
        sections.extend(_scenario_sections(tables, scenario["scenario"], len(scenarios) > 1))
    for scenario in scenarios:
        of_industries = tuple(industry_blocks(tables, scenario["scenario"]))
        if of_industries:
            prefix = f"{scenario['title']}: i" if len(scenarios) > 1 else "I"
            sections.append(Section(f"{prefix}ndustries, plants and workers", of_industries))
    sections.append(Section("What was assumed", (_assumption_text(tables), assumptions(tables))))
    sections.append(Section("Sources", (sources(tables),)))
    return Report(
        title=first["title"] if len(scenarios) == 1 else f"{len(scenarios)} scenarios",
        question=" ".join(scenario["question"] for scenario in scenarios),
        answers=tuple(
            answer for scenario in scenarios for answer in _answers(tables, scenario["scenario"])
        ),
        key_figures=tuple(_key_figures(tables, first["scenario"])),
        sections=tuple(sections),
    )


def _answers(tables: Tables, scenario: str) -> list[str]:
    head = records(tables["scenarios"].query(f"scenario == {scenario!r}"))[0]
    found = []
    for product in _foremost(tables, scenario):
        text = headline_texts(tables, scenario, product["product"])
        found.append(
            f"{head['title']}: on a {product['title']} the duty is {text['duty_usd_per_unit']} a "
            f"{product['unit']}, a change of {text['duty_change_usd_per_unit']} against the law "
            f"of {head['baseline_on']}; landed cost changes by {text['cost_change_share']}, "
            f"volume by {text['volume_change_share']}, and the jobs predicted change by "
            f"{text['jobs_predicted']}; {text['jobs_exposed']} are exposed."
            + _certainty(tables, scenario, product["product"])
        )
    return found


def _certainty(tables: Tables, scenario: str, product: str) -> str:
    """Drivers and reversal of the change of volume, or of the first number that changes."""
    for metric in ("volume_change_share", "cost_change_share", "jobs_predicted"):
        drivers = drivers_text(tables, scenario, product, metric)
        if drivers:
            name = metric_title(metric)
            turn = sure_text(tables, scenario, product, metric)
            return f" {name}: driven by {drivers}; {turn}."
    turn = sure_text(tables, scenario, product, "volume_change_share")
    return f" Change of volume: {turn}." if turn else ""


def _foremost(tables: Tables, scenario: str) -> list[dict[str, Any]]:
    """All products, or of many those with the largest duty a year."""
    rows = records(tables["products"])
    if len(rows) <= FULL:
        return rows
    bills = tables["headline"].query(f"scenario == {scenario!r} and metric == 'duty_bill_usd'")
    first = bills.sort_values("central", ascending=False, kind="stable")["product"].head(3)
    return [row for name in first for row in rows if row["product"] == name]


def _key_figures(tables: Tables, scenario: str) -> list[tuple[str, str]]:
    found = []
    for product in _foremost(tables, scenario):
        text = headline_texts(tables, scenario, product["product"])
        for metric in ("duty_bill_usd", "cost_change_share", "volume_change_share"):
            found.append((f"{product['title']}: {metric_title(metric).lower()}", text[metric]))
    return found


def _scenario_sections(tables: Tables, scenario: str, several: bool) -> list[Section]:
    head = records(tables["scenarios"].query(f"scenario == {scenario!r}"))[0]
    prefix = f"{head['title']}: " if several else ""
    known = f", as known on {head['law_known_on']}" if head["law_known_on"] else ""
    intro = (
        f"Law of {head['law_on']}{known}, against the law of {head['baseline_on']}. "
        f"{_ranges_text(head['draws'])} {head['note']}"
    ).strip()
    sections = []
    for product in records(tables["products"]):
        name = product["product"]
        blocks: list[str | Table | Figure] = [intro]
        if product["note"]:
            blocks.append(product["note"])
        blocks += provisional(tables, scenario, name)
        if len(tables["products"]) > FULL:
            blocks = [
                *blocks,
                numbers(tables, scenario, name),
                *limits(tables, scenario, name),
                every_route(tables, scenario, name),
            ]
            sections.append(Section(f"{prefix}{product['title']}", tuple(blocks)))
            continue
        blocks += [
            numbers(tables, scenario, name),
            *_drawn(drivers.draw(tables, scenario, name)),
            firm_account(tables, scenario, name),
            *_drawn(quarter_bars.draw(tables, scenario, name)),
            *limits(tables, scenario, name),
            duty_waterfall.draw(tables, scenario, name),
            every_route(tables, scenario, name),
        ]
        shown = _shown_routes(tables, scenario, name)
        blocks += [route_map.draw(tables, scenario, name, route) for route in shown[:1]]
        blocks += [value_sankey.draw(tables, scenario, name, route) for route in shown]
        blocks += [
            jobs_bars.draw(tables, scenario, name),
            jobs_by_stage(tables, scenario, name),
        ]
        blocks += [borders(tables, scenario, name, route) for route in shown[:1]]
        blocks += origin_blocks(tables, scenario, name, shown)
        timeline = law_timeline.draw(tables, scenario, name)
        blocks += [timeline] if timeline else []
        blocks.append(law_that_speaks(tables, scenario, name))
        sections.append(Section(f"{prefix}{product['title']}", tuple(blocks)))
    return sections


def _drawn(figure: Figure | None) -> list[Figure]:
    return [figure] if figure else []


def _ranges_text(draws: int) -> str:
    if not draws:
        return NO_DRAWS
    return (
        f"Headline numbers are medians of {draws} draws, with the range that holds 80 % of them; "
        "tables of routes, borders and stages are at central inputs, and add up."
    )


def _shown_routes(tables: Tables, scenario: str, product: str) -> list[str]:
    """The routes that ship, at most two; the rest stand in the table."""
    volumes = tables["volumes"]
    volumes = volumes[(volumes["scenario"] == scenario) & (volumes["product"] == product)]
    ranked = volumes[volumes["units_baseline"] > 0].sort_values("units_baseline", ascending=False)
    return [str(route) for route in ranked["route"][:2]]


def _assumption_text(tables: Tables) -> str:
    grades = tables["assumptions"]["grade"].value_counts().to_dict()
    listed = ", ".join(f"{grades.get(grade, 0)} of grade {grade}" for grade in "ABCD")
    return (
        f"Every uncertain number: {listed}. A is disclosed, B derived from what is disclosed, C "
        "estimated, D illustrative. Draws lie half below and half above the central value; volumes "
        "of today stand for the baseline's."
    )
