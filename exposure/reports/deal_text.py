"""Bargains, and statements that contradict one another, as plain text for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.frames import records
from exposure.reports.style import (
    UNKNOWN,
    count,
    country,
    metric_text,
    metric_title,
    percent,
    span,
    usd,
)
from exposure.reports.text import WIDTH, aligned

Tables = Mapping[str, pd.DataFrame]
SUMMARY = {
    "rate_instead": "mean rate without the deal",
    "rate_under": "mean rate with it",
    "duty_saved_usd": "duty saved a year, trade as it is",
    "exporters_saved_usd": "  of it, kept by exporters",
    "exports_change_usd": "exports won back a year",
    "home_gain_usd": "gain at home a year",
    "revenue_forgone_usd": "revenue the importer forgoes a year",
    "pledged_usd": "pledged",
    "paid_usd": "paid in all, chances counted",
    "cost_usd": "cost today: paid less what comes back",
    "annual_cost_usd": "cost as an equal sum a year",
    "pledged_per_point_usd": "pledged per percentage point",
    "cost_per_point_usd": "cost per percentage point",
    "npv_duty_usd": "net worth, duty saved",
    "duty_per_dollar": "duty saved per dollar of cost",
    "break_even_duty": "paid for by duty saved from",
    "return_needed_duty": "return needed, duty saved",
    "npv_gain_usd": "net worth, gain at home",
    "break_even_gain": "paid for by gain at home from",
    "return_needed_gain": "return needed, gain at home",
    "npv_gain_positive_share": "draws in which the gain pays for it",
    "jobs_exposed_home": "jobs exposed at home",
    "jobs_predicted_home": "jobs predicted at home",
    "jobs_predicted_importer": "jobs predicted in the United States",
}
"""Rows of the summary that are shown, in order."""
OF_DRAWS = ("npv_gain_positive_share",)
"""Those that are shares of the draws."""
FREE = 1e3
"""Dollars per dollar of cost above which there is hardly a cost to speak of."""


def bargain_text(tables: Tables) -> str:
    """All that a bargain says, by its kind."""
    head = []
    for row in records(tables["bargains"]):
        head += [f"{row['bargain']}: {row['title']}", *_wrapped(str(row["question"]))]
    kinds = {"deal": _deals, "frontier": _frontier, "wait": _wait, "stance": _stance}
    body = kinds[str(tables["bargains"]["kind"].iloc[0])](tables)
    notes = [line for row in records(tables["bargains"]) for line in _wrapped(str(row["note"]))]
    return "\n".join([*head, "", *body, "", *notes])


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _range(form: Callable[[float], str], row: Mapping[str, Any], name: str = "") -> str:
    ends = [float(row[f"{name}_{end}" if name else end]) for end in ("low", "central", "high")]
    # No draws, no range; not every form has a word for what is not known.
    return form(ends[1]) if pd.isna(ends[0]) and pd.isna(ends[2]) else span(form, *ends)


def _share_of_draws(share: float) -> str:
    """A share of the draws in words; nothing in a run without draws."""
    return "" if pd.isna(share) else percent(share)


def _year(value: float) -> str:
    if pd.isna(value):
        return UNKNOWN
    return "never" if np.isinf(value) else f"{value:.0f}"


def _ratio(value: float) -> str:
    if pd.isna(value):
        return UNKNOWN
    return "no cost" if value > FREE else f"{value:.2f}"


def _form(row: Mapping[str, Any]) -> Callable[[float], str]:
    unit = str(row["unit"])
    if unit == "year":
        return _year
    if unit == "share":
        return lambda value: "any" if np.isinf(value) else percent(value)
    if unit == "USD per USD":
        return _ratio
    return count if unit == "persons" else usd


# --- deals -----------------------------------------------------------------------------------


def _deals(tables: Tables) -> list[str]:
    summary = tables["deal_summary"]
    names = list(summary["deal"].unique())
    by = {(row["deal"], row["metric"]): row for row in records(summary)}
    cells = [["", *names]]
    for metric, title in SUMMARY.items():
        rows = [by[name, metric] for name in names]
        if metric in OF_DRAWS and all(pd.isna(row["central"]) for row in rows):
            # Without draws there is no share of them.
            continue
        cells.append([title, *(_range(_form(row), row) for row in rows)])
    lines = aligned(cells, right=set(range(1, len(cells[0]))))
    for name in names:
        lines += ["", *_firms(tables, name), "", *_industries(tables, name)]
        lines += _formula(tables, name)
    return lines


def _firms(tables: Tables, deal: str) -> list[str]:
    mine = tables["deal_firms"].query("deal == @deal")
    mine = mine.sort_values("duty_saved_usd_central", ascending=False)
    cells = [[f"{deal}: products", "duty saved a year", "buyers keep", "importers", "exporters",
              "profit"]]  # fmt: skip
    for row in records(mine.head(8)):
        saved = _range(usd, row, "duty_saved_usd")
        keep = [usd(row[f"{n}_keep_usd_central"]) for n in ("buyers", "importers", "exporters")]
        cells.append([row["product"], saved, *keep, usd(row["profit_change_usd_central"])])
    return aligned(cells, right={1, 2, 3, 4, 5})


def _industries(tables: Tables, deal: str) -> list[str]:
    mine = tables["deal_sectors"].query("deal == @deal and duty_saved_usd.notna()")
    mine = mine.sort_values("duty_saved_usd", ascending=False)
    cells = [[f"{deal}: industries", "duty saved a year", "rate known of", "sold more",
              "jobs predicted"]]  # fmt: skip
    for row in records(mine.head(8)):
        cells.append(
            [
                row["industry"], usd(row["duty_saved_usd"]), percent(row["known_share"]),
                _range(usd, row, "shipped_change_usd"), _range(count, row, "jobs_predicted"),
            ]
        )  # fmt: skip
    return aligned(cells, right={1, 2, 3, 4})


def formula_text(table: pd.DataFrame) -> str:
    """The formula of 2 April 2025, a line a country."""
    cells = [["goods of 2024", "deficit", "imports", "formula", "annex", "announced",
              "purchases a point"]]  # fmt: skip
    for row in records(table):
        cells.append(
            [country(row["country"]), usd(row["deficit_usd"]), usd(row["imports_usd"]),
             percent(row["formula_rate"]), percent(row["rounded_rate"]),
             percent(row["announced_rate"]), usd(row["usd_per_point"])]
        )  # fmt: skip
    return "\n".join(aligned(cells, right=set(range(1, 7))))


def _formula(tables: Tables, deal: str) -> list[str]:
    mine = tables["deal_formula"].query("deal == @deal and purchases_usd > 0")
    lines = []
    for row in records(mine):
        where, more = country(row["country"]), usd(row["purchases_usd"])
        text = (
            f"Formula of 2 April 2025 for {where}: {percent(row['formula_rate'])}, announced "
            f"{percent(row['announced_rate'])}; with purchases of {more} more in a year, all of "
            f"them new: {percent(row['rate_with_purchases'])}. {usd(row['usd_per_point'])} a year "
            "take off one percentage point."
        )
        lines += ["", *textwrap.wrap(text, WIDTH)]
    return lines


# --- the others ------------------------------------------------------------------------------


def _frontier(tables: Tables) -> list[str]:
    cells = [["clause by itself", "relief a year", "revenue forgone", "relief per dollar",
              "as the last of all"]]  # fmt: skip
    for row in records(tables["frontier_clauses"]):
        cells.append(
            [
                row["title"], usd(row["alone_relief_usd"]), usd(row["alone_revenue_forgone_usd"]),
                _range(_ratio, row, "relief_per_dollar"),
                f"{usd(row['last_relief_usd'])} for {usd(row['last_revenue_forgone_usd'])}",
            ]
        )  # fmt: skip
    lines = aligned(cells, right={1, 2, 3, 4})
    offers = tables["frontier"]
    best = offers[~offers["dominated"]]
    cells = [["offers that no other beats", "relief a year", "revenue forgone", "modelled products",
              "jobs predicted at home", "in the US"]]  # fmt: skip
    for row in records(best):
        cells.append(
            [
                row["offer"], usd(row["relief_usd"]), _range(usd, row, "revenue_forgone_usd"),
                usd(row["relief_products_usd"]), count(row["jobs_predicted_home_central"]),
                count(row["jobs_predicted_importer_central"]),
            ]
        )  # fmt: skip
    told = f"{len(offers)} offers, {len(offers) - len(best)} of them beaten by another"
    return [*lines, "", *aligned(cells, right={1, 2, 3, 4, 5}), "", told]


def _wait(tables: Tables) -> list[str]:
    cells = [["turn of events", "from", "chance", "settled", "waited", "settled, at home",
              "waited, at home"]]  # fmt: skip
    for row in records(tables["wait_branches"]):
        worth = [usd(row[f"{side}_{reading}_usd_central"])
                 for reading in ("duty", "gain") for side in ("settled", "waited")]  # fmt: skip
        chance = _range(percent, row, "chance_all")
        cells.append([row["title"], str(row["from"]), chance, *worth])
    lines = aligned(cells, right={2, 3, 4, 5, 6})
    cells = [["net worth today", "settle", "wait", "settle less wait", "settling better in",
              "equal at a chance of"]]  # fmt: skip
    for row in records(tables["wait"]):
        switch = row["switch_chance"]
        cells.append(
            [
                f"{READINGS[row['reading']]}, {row['given']}", usd(row["settle_usd_central"]),
                usd(row["wait_usd_central"]), _range(usd, row, "settle_less_wait_usd"),
                _share_of_draws(row["settle_better_share"]),
                "none" if pd.isna(switch) else percent(switch),
            ]
        )  # fmt: skip
    first = tables["wait_branches"]["title"].iloc[0]
    told = f"The chance at which both are equal is that of: {first}. None: one always wins."
    return [*lines, "", *aligned(cells, right={1, 2, 3, 4, 5}), "", told]


READINGS = {"duty": "duty saved", "gain": "gain at home"}


def _stance(tables: Tables) -> list[str]:
    table = tables["stance"]
    players = list(table["player"].unique())
    lines: list[str] = []
    for reading, title in READINGS.items():
        mine = table[table["reading"] == reading]
        cells = [[title, *(country(player) for player in players), "best replies", "equilibrium"]]
        pairs = mine[["first_action", "second_action"]].drop_duplicates()
        for first, second in pairs.itertuples(index=False):
            cell = mine[(mine["first_action"] == first) & (mine["second_action"] == second)]
            rows = records(cell)
            best = ", ".join(country(row["player"]) for row in rows if row["best_reply"])
            even = "yes" if rows[0]["equilibrium"] else "no"
            often = _share_of_draws(rows[0]["equilibrium_share"])
            even += f", {often} of draws" if often else ""
            pay = [_range(usd, row, "payoff_usd") for row in rows]
            cells.append([f"{first} / {second}", *pay, best, even])
        lines += [*([""] if lines else []), *aligned(cells, right={1, 2})]
    return [*lines, "", "Payoffs are USD a year; illustrative."]


# --- conflicts -------------------------------------------------------------------------------


def conflicts_text(table: pd.DataFrame) -> str:
    """Each dispute with its statements and what each does to the answer."""
    lines: list[str] = []
    for _, topic in table.groupby("topic", sort=False):
        rows = records(topic)
        lines += ["", str(rows[0]["title"])]
        cells = [["  stated", "by", "gives"]]
        cells += [[f"  {row['stated']}", str(row["stated_by"]), answer(row)] for row in rows]
        lines += aligned(cells)
    return "\n".join(lines[1:])


def answer(row: Mapping[str, Any]) -> str:
    """The number of a statement in words: what it is, of what, and its range."""
    if row["kind"] == "nothing":
        return "nothing in the model reads it"
    metric = str(row["metric"])
    ends = [float(row[end]) for end in ("low", "central", "high")]
    if metric.startswith("break_even"):
        text = _range(_year, row)
    elif metric.endswith(("_rate", "_share")):
        text = _range(percent, row)
    else:
        text = metric_text(metric, ends[0], ends[1], ends[2])
    return f"{TITLES.get(metric) or metric_title(metric)}, {row['subject']}: {text}"


TITLES = {
    "formula_rate": "Rate by the formula",
    "duty_change_usd": "Change of duty a year",
    "annual_cost_usd": "Cost of the deal a year",
    "break_even_duty": "Paid for by duty saved from",
}
