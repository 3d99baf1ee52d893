"""Tables as plain text for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.frames import records
from exposure.law.sheet import Sheet
from exposure.reports.backtest_blocks import stated, verdict
from exposure.reports.page import Page
from exposure.reports.style import COMPONENTS, count, country, metric_text, percent, usd
from exposure.reports.words import as_line, words

WIDTH = 110
"""Characters of a line."""
KNOWN = (
    "Known: the part of an origin's imports, by customs, whose rate the law gives from what the "
    "goods are taken to state; rates are means over every line of it."
)
"""What the mean rate of an origin rests on."""
OF_MARKET = (
    "Change: of all that an origin sells of this industry in this market, at prices before duty; "
    "any product of exposure run is a part of these sales (its table firms_in_sectors says how "
    "large). A product moves by its own duty and its own buyers' answer, a country's industry by "
    "its mean duty; here prices of exporters answer as well, and American plants are an origin. So "
    "the three do not agree, and need not."
)
"""What the change of a market is of."""
NO_RANGE = "\N{EN DASH}"
"""In a column of ranges, where there were no draws."""
TITLES = {
    "claim": "Preference not claimed",
    "fact": "If the shipment were otherwise",
    "beaten": "Another clause goes before it",
    "status": "Not in force",
    "later": "Begins later",
    "not_known": "Not public on the day",
}
"""Headings of kinds of reason that are shown clause by clause; the others come in one line."""
OTHERS = {
    "ended": "Ended",
    "absent": "Not in force on the day",
    "goods": "Other goods, or more digits needed",
    "origin": "Other origins",
}
"""Headings of the others where only names are shown."""


def sheet_text(
    made: Sheet, head: str, value_usd: float | None = None, *, whole: bool = True
) -> str:
    """A sheet of duties: the answer, its lines, and what does not apply.

    Parameters
    ----------
    made
        The sheet.
    head
        What was asked, in a line.
    value_usd
        Customs value that was stated [USD].
    whole
        Each clause that does not apply with its reason, the known limits of the rules in words and
        all sources; else their names only, and the sources of the duties.
    """
    sources: dict[str, int] = {}

    def cite(source: str) -> str:
        return f"[{sources.setdefault(source, len(sources) + 1)}]"

    rows = [_duty_cells(row, cite(row["source"]), value_usd) for row in records(made.duties)]
    title = ["component", "heading", "action/clause", "rate", "base", "USD/100"]
    title += ["USD"] if value_usd is not None else []
    title += ["status", "since", "source"]
    total = ["total", "", "", "", "", _amount(made.total * 100)]
    total += [_amount(made.amount_usd)] if value_usd is not None else []
    lines = [head, *_answer(made)]
    lines += ["", *aligned([title, *rows, [*total, "", "", ""]], right={5, 6})]
    if len(made.considered):
        lines += ["", "Considered, and does not apply"]
        lines += _considered(made.considered, cite) if whole else _named(made.considered)
    if len(made.gaps) and whole:
        lines += ["", "Known limits of the rules"]
        for row in records(made.gaps):
            text = f"{row['action']} ({_limit(row['bias'])}): {row['gap']} {cite(row['source'])}"
            lines += _wrapped(text)
    elif len(made.gaps):
        count = made.gaps["action"].value_counts(sort=False)
        names = ", ".join(f"{action} ({number})" for action, number in count.items())
        lines += ["", f"Known limits of the rules: {names}"]
    lines += ["", "Sources", *(f"  [{number}] {text}" for text, number in sources.items())]
    lines += [] if whole else ["", "With --all: the reason of each clause, the limits in words."]
    return "\n".join(lines)


def _answer(made: Sheet) -> list[str]:
    """The total and what it is made of, in a line; what is missing, and on what it depends."""
    shares = made.duties.groupby("component", sort=False)["duty_rate"].sum(min_count=1)
    owed = shares[shares > 0].sort_values(ascending=False, kind="stable")
    parts = ", ".join(f"{COMPONENTS[str(name)]} {share_text(part)}" for name, part in owed.items())
    made_of = f": {parts}" if parts else ""
    if pd.isna(made.total):
        lines = [f"Duty not known, {share_text(made.at_least)} or more of customs value{made_of}"]
    else:
        amount = "" if pd.isna(made.amount_usd) else f", USD {_amount(made.amount_usd)}"
        lines = [f"Duty {share_text(made.total)} of customs value{amount}{made_of}"]
    lines += [f"Not known: {made.unknown}"] if made.unknown else []
    if made.provisional:
        lines.append("Provisional: depends on a list that is known from a proposal only")
    return lines


def _named(table: pd.DataFrame) -> list[str]:
    """What does not apply, by kind of reason: names, and what a user may act on."""
    # What has no day on which it ended may be ahead and not yet public.
    dated = table["reason"].str.contains(r"\d{4}-\d\d-\d\d")
    kind = table["why"].mask((table["why"] == "ended") & ~dated, "absent")
    lines: list[str] = []
    for why, title in {**TITLES, **OTHERS}.items():
        part = records(table[kind == why])
        names = dict.fromkeys(str(row["action"]) for row in part)
        said = list(names)
        if why == "claim":
            said = [f"{row['clause']} {_rate(row['kind'], row['rate'])}" for row in part]
        if why == "later":
            # The reason ends with the day.
            days = [(str(row["reason"]).split()[-1], row["action"]) for row in part]
            said = [f"{name} ({min(day for day, of in days if of == name)})" for name in names]
        lines += _wrapped(f"{title}: {', '.join(said)}") if said else []
    return lines


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )


def _duty_cells(row: dict[str, object], source: str, value_usd: float | None) -> list[str]:
    clause = f"/{row['clause']}" if row["clause"] else ""
    share = float(str(row["base_share"]))
    base = str(row["base"]) if share == 1 else f"{row['base']} {_number(share)}"
    cells = [
        COMPONENTS[str(row["component"])],
        str(row["heading"]),
        f"{row['action']}{clause}",
        _rate(str(row["kind"]), float(str(row["rate"]))),
        base,
        _amount(float(str(row["usd_per_100"]))),
    ]
    cells += [_amount(float(str(row["amount_usd"])))] if value_usd is not None else []
    return [*cells, str(row["status"]), str(row["effective_from"]), source]


def _limit(bias: str) -> str:
    words = {"not known": "unknown where so", "either way": "may err either way"}
    return words.get(bias, f"may be {bias}")


def share_text(share: float) -> str:
    """A fraction as per cent without idle zeros.

    Examples
    --------
    >>> share_text(0.125), share_text(0.5), share_text(float("nan"))
    ('12.5 %', '50 %', 'not known')
    """
    if pd.isna(share):
        return "not known"
    return f"{share:.6%}".rstrip("%").rstrip("0").rstrip(".") + " %"


def _rate(kind: str, rate: float) -> str:
    if kind == "exempt":
        return "exempt"
    if kind == "specific" and not pd.isna(rate):
        return f"USD {rate:g} a unit"
    return share_text(rate) + (" all in" if kind == "all_in" else "")


def _amount(value: float) -> str:
    return "not known" if pd.isna(value) else f"{value:,.2f}"


def _number(value: float) -> str:
    return "not known" if pd.isna(value) else f"{value:.4g}"


def _considered(table: pd.DataFrame, cite: Callable[[str], str]) -> list[str]:
    lines: list[str] = []
    for why, title in TITLES.items():
        part = records(table[table["why"] == why])
        if part:
            cells = [
                [
                    f"    {row['action']}/{row['clause']}",
                    _rate(row["kind"], row["rate"]),
                    row["reason"],
                    cite(row["source"]),
                ]
                for row in part
            ]
            lines += [f"  {title}", *aligned(cells)]
    rest = table[~table["why"].isin(list(TITLES))]
    for reason, same in rest.groupby("reason", sort=False):
        text = str(reason)
        names = ", ".join(f"{r['action']} {cite(r['source'])}" for r in records(same))
        lines += _wrapped(f"{text[:1].upper()}{text[1:]}: {names}")
    return lines


def aligned(rows: list[list[str]], right: frozenset[int] | set[int] = frozenset()) -> list[str]:
    """Rows of cells in columns as wide as their widest cell."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def timing_text(table: pd.DataFrame) -> str:
    """Duty by month at the border and in the goods sold."""
    head = (
        f"{table['product'].iloc[0]}/{table['route'].iloc[0]}: duty, USD a unit; last column: "
        "of the month, on the units that enter, before any response"
    )
    cells = [
        [
            "month",
            "at the border",
            "in goods sold",
            "shortest stock",
            "longest stock",
            "units",
            "duty, USD",
        ]
    ]
    cells += [
        [
            row["month"],
            *(
                _amount(row[name])
                for name in ("border_usd_per_unit", "sold_central", "sold_low", "sold_high")
            ),
            count(row["entries"]),
            count(row["bill_usd"]),
        ]
        for row in records(table)
    ]
    return "\n".join([head, "", *aligned(cells, right=set(range(1, 7)))])


def headlines_text(headline: pd.DataFrame) -> str:
    """Headline numbers of many products, a line each; ranges stand in the report.

    The duty a year is on volumes after the response, as the line below says.
    """
    metrics = ("duty_usd_per_unit", "duty_bill_usd", "cost_change_share", "volume_change_share")
    middle = headline.set_index(["product", "metric"])["median"]
    cells = [["product", "duty a unit", "duty a year", "landed cost", "volume"]]
    for product in headline["product"].unique():
        values = [float(middle[(product, metric)]) for metric in metrics]
        cells.append(
            [str(product), *(metric_text(m, v, v, v) for m, v in zip(metrics, values, strict=True))]
        )
    beside = words().label("beside.duty_bill_usd")
    return "\n".join([*aligned(cells, right={1, 2, 3, 4}), f"Duty a year: {beside}."])


def market_text(tables: Mapping[str, pd.DataFrame], title: str) -> str:
    """A market by origin, the largest flows between rivals, and who gains."""
    cells = [["origin", "rate", "then", "known", "sales", "change", "of sales", "80 % range",
              "creation", "diversion", "flat supply"]]  # fmt: skip
    for row in records(tables["market_origins"].sort_values("change_usd_central")):
        cells.append(
            [
                row["exporter"], share_text(round(row["rate_before"], 4)),
                share_text(round(row["rate_after"], 4)), _known(row["rate_known_share"]),
                usd(row["sales_before_usd"]),
                usd(row["change_usd_central"]), _part(row["change_usd_central"],
                                                      row["sales_before_usd"]),
                _ends(row["change_usd_low"], row["change_usd_high"]),
                usd(row["creation_usd"]), usd(row["diversion_usd"]), usd(row["ces_change_usd"]),
            ]
        )  # fmt: skip
    lines = [f"{title}: what is bought instead, a year", ""]
    lines += aligned(cells, right=set(range(1, 11)))
    lines += ["", *textwrap.wrap(KNOWN, WIDTH), "", *textwrap.wrap(OF_MARKET, WIDTH)]
    flows = records(tables["market_rivals"].head(6))
    if flows:
        named = "; ".join(f"{row['from']} to {row['to']} {usd(row['usd'])}" for row in flows)
        lines += ["", *textwrap.wrap(f"Diversion between rivals, largest: {named}.", WIDTH)]
    who = [["country", "consumer", "producer", "revenue", "welfare"]]
    who += [
        [row["country"], *(usd(row[f"{name}_usd_central"]) for name in who[0][1:4]),
         usd(row["welfare_usd_central"])]
        for row in records(tables["market_countries"].sort_values("producer_usd_central"))
    ]  # fmt: skip
    return "\n".join([*lines, "", *aligned(who, right={1, 2, 3, 4})])


def _known(share: float) -> str:
    """Part of imports whose rate is known; home sales are none."""
    return NO_RANGE if pd.isna(share) else f"{share:.0%}".replace("%", " %")


def _ends(low: float, high: float) -> str:
    """A range in dollars; a dash where there were no draws."""
    return NO_RANGE if pd.isna(low) else f"{usd(low)} to {usd(high)}"


def _part(change: float, whole: float) -> str:
    """A change as a part of what it is of; a dash where there is nothing."""
    return percent(change / whole) if whole else NO_RANGE


def industries_text(tables: Mapping[str, pd.DataFrame], scenario: str, title: str = "") -> str:
    """Countries of a scenario under its title, each with its ranges; empty if none were asked.

    Countries in which nothing moves are counted in a line.
    """
    found = tables["country_results"]
    if not len(found):
        return ""
    found = found[found["scenario"] == scenario]
    rows = {(row["country"], row["metric"]): row for row in records(found)}
    cells = [["all goods of", "sales to the US, change", "value added", "jobs exposed",
              "jobs predicted"]]  # fmt: skip
    still = 0
    for code in found["country"].unique():
        mine = [rows.get((code, metric)) for metric in HARDLY]
        if not any(_moves(row) for row in mine):
            still += 1
            continue
        # The importer sells nothing to itself: that is no gap of knowledge.
        cells.append([country(str(code)), *(_middle(row) for row in mine)])
        ranges = [_range(row) for row in mine]
        cells += [["", *ranges]] if any(ranges) else []
    lines = aligned(cells, right={1, 2, 3, 4}) if len(cells) > 1 else []
    if still:
        who = "other moves" if still == 1 else "others move"
        lines.append(f"{still} {who} by {STILL}")
    drawn = found["low"].notna().any()
    said = f"{OF_COUNTRIES} {OF_RANGES}" if drawn else OF_COUNTRIES
    head = [title] if title else []
    return "\n".join([*head, *lines, *textwrap.wrap(said, WIDTH)])


HARDLY: Mapping[str, float] = {
    "shipped_change_usd": 1e6, "value_added_change_share": 5e-4, "jobs_exposed": float("inf"),
    "jobs_predicted": 10.0,
}  # fmt: skip
"""Numbers of a country, and from what on each moves; exposed jobs are no change."""
STILL = "less than USD 1 m of sales, 0.05 % of value added and 10 jobs."
OF_COUNTRIES = (
    "Of all that a country sells to the United States, not of these products alone: jobs exposed "
    "hang on all of these sales, those of a product above on its own routes."
)
"""What the numbers of countries are of."""
OF_RANGES = "Medians, and what holds 80 % of draws."


def _moves(row: Mapping[str, Any] | None) -> bool:
    """Whether a number of a country moves; one that is not known is not said to stand still."""
    if row is None or np.isinf(HARDLY[row["metric"]]):
        return False
    return not abs(float(row["median"])) < HARDLY[row["metric"]]


def _middle(row: Mapping[str, Any] | None) -> str:
    return "" if row is None else metric_text(row["metric"], *[row["median"]] * 3)


def _range(row: Mapping[str, Any] | None) -> str:
    """The range of a number of a country; nothing without draws."""
    if row is None or pd.isna(row["low"]) or row["low"] == row["high"]:
        return ""
    low, high = (metric_text(row["metric"], *[row[end]] * 3) for end in ("low", "high"))
    return f"({low} to {high})"


def backtest_text(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str]]:
    """Lines of a back-test with the verdict that each is about: met, missed, or empty."""
    page = Page(tables, words())
    rows = [row for row in page.rows("backtest") if row["scored"]]
    cells = [["outcome", "came", "predicted", "80 % interval", "error", "inside"]]
    for row in rows:
        form = "usd" if row["unit"] == "USD" else "percent"
        low, high = (str(row.value(f"predicted_{end}", form)) for end in ("low", "high"))
        span = "" if pd.isna(row["predicted_low"]) else f"{low} to {high}"
        cells.append([row["outcome"], str(row.value("observed_central", form)),
                      str(row.value("predicted_median", form)), span,
                      str(row.percent("error_share")), row["inside"]])  # fmt: skip
    lines = [("", line.replace("\u00a0", " ")) for line in aligned(cells, {1, 2, 3, 4})]
    lines.append(("", ""))
    for row in page.rows("backtest_scores"):
        told = (
            f"{row['title']}: {row['n']} outcomes, inside {row.percent('coverage')}, "
            f"bias {row.percent('bias')}, mean error {row.percent('mape')} "
            f"(without a model {row.percent('naive_statutory')}, "
            f"no change {row.percent('naive_unchanged')}): {as_line(verdict(page, row))}"
        ).replace("\u00a0", " ")
        state = "met" if row["met"] else "missed" if row["judged"] else ""
        lines.append((state, told))
        lines += [("", f"  {part}") for part in textwrap.wrap(row["diagnosis"], WIDTH - 2)
                  if state == "missed"]  # fmt: skip
    lines += [("", ""), *(("", as_line(part)) for part in stated(page))]
    return lines
