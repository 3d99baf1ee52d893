"""Tables as plain text for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping

import pandas as pd

from exposure.frames import records
from exposure.law.sheet import Sheet
from exposure.reports.backtest_blocks import stated, verdict
from exposure.reports.page import Page
from exposure.reports.style import country, metric_text, usd
from exposure.reports.words import as_line, words

WIDTH = 110
"""Characters of a line."""
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


def sheet_text(made: Sheet, head: str, value_usd: float | None = None) -> str:
    """A sheet of duties, amounts and citations."""
    sources: dict[str, int] = {}

    def cite(source: str) -> str:
        return f"[{sources.setdefault(source, len(sources) + 1)}]"

    rows = [_duty_cells(row, cite(row["source"]), value_usd) for row in records(made.duties)]
    title = ["component", "heading", "action/clause", "rate", "base", "USD/100"]
    title += ["USD"] if value_usd is not None else []
    title += ["status", "since", "source"]
    total = ["total", "", "", "", "", _amount(made.total * 100)]
    total += [_amount(made.amount_usd)] if value_usd is not None else []
    lines = [head, "", *aligned([title, *rows, [*total, "", "", ""]], right={5, 6})]
    if made.unknown:
        known = f"; {made.at_least:.4%} is known" if made.at_least else ""
        lines += ["", f"Not known: {made.unknown}{known}"]
    if made.provisional:
        lines += ["", "Provisional: depends on a list that is known from a proposal only"]
    if len(made.considered):
        lines += ["", "Considered, and does not apply", *_considered(made.considered, cite)]
    if len(made.gaps):
        lines += ["", "Known limits of the rules"]
        for row in records(made.gaps):
            text = f"{row['action']} ({_limit(row['bias'])}): {row['gap']} {cite(row['source'])}"
            lines += textwrap.wrap(
                text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
            )
    lines += ["", "Sources", *(f"  [{number}] {text}" for text, number in sources.items())]
    return "\n".join(lines)


def _duty_cells(row: dict[str, object], source: str, value_usd: float | None) -> list[str]:
    clause = f"/{row['clause']}" if row["clause"] else ""
    share = float(str(row["base_share"]))
    base = str(row["base"]) if share == 1 else f"{row['base']} {_number(share)}"
    cells = [
        str(row["component"]),
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
        words = f"{text[:1].upper()}{text[1:]}: {names}"
        lines += textwrap.wrap(
            words, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
        )
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
    head = f"{table['product'].iloc[0]}/{table['route'].iloc[0]}: duty, USD a unit"
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
                f"{row[name]:,.2f}"
                for name in ("border_usd_per_unit", "sold_central", "sold_low", "sold_high")
            ),
            f"{row['entries']:,.0f}",
            f"{row['bill_usd']:,.0f}",
        ]
        for row in records(table)
    ]
    return "\n".join([head, "", *aligned(cells, right=set(range(1, 7)))])


def headlines_text(headline: pd.DataFrame) -> str:
    """Headline numbers of many products, a line each; ranges stand in the report."""
    metrics = ("duty_usd_per_unit", "duty_bill_usd", "cost_change_share", "volume_change_share")
    middle = headline.set_index(["product", "metric"])["median"]
    cells = [["product", "duty a unit", "duty a year", "landed cost", "volume"]]
    for product in headline["product"].unique():
        values = [float(middle[(product, metric)]) for metric in metrics]
        cells.append(
            [str(product), *(metric_text(m, v, v, v) for m, v in zip(metrics, values, strict=True))]
        )
    return "\n".join(aligned(cells, right={1, 2, 3, 4}))


def market_text(tables: Mapping[str, pd.DataFrame], title: str) -> str:
    """A market by origin, the largest flows between rivals, and who gains."""
    cells = [["origin", "rate", "then", "sales", "change", "80 % range", "creation", "diversion",
              "flat supply"]]  # fmt: skip
    for row in records(tables["market_origins"].sort_values("change_usd_central")):
        cells.append(
            [
                row["exporter"], share_text(round(row["rate_before"], 4)),
                share_text(round(row["rate_after"], 4)), usd(row["sales_before_usd"]),
                usd(row["change_usd_central"]),
                _ends(row["change_usd_low"], row["change_usd_high"]),
                usd(row["creation_usd"]), usd(row["diversion_usd"]), usd(row["ces_change_usd"]),
            ]
        )  # fmt: skip
    lines = [f"{title}: what is bought instead, a year", ""]
    lines += aligned(cells, right=set(range(1, 9)))
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


def _ends(low: float, high: float) -> str:
    """A range in dollars; a dash where there were no draws."""
    return NO_RANGE if pd.isna(low) else f"{usd(low)} to {usd(high)}"


def industries_text(tables: Mapping[str, pd.DataFrame], scenario: str) -> str:
    """Countries of a scenario, a line each; empty where the run did not ask the industries."""
    found = tables["country_results"]
    if not len(found):
        return ""
    found = found[found["scenario"] == scenario]
    middle = found.set_index(["country", "metric"])["median"]
    names = ("shipped_change_usd", "value_added_change_share", "jobs_exposed", "jobs_predicted")
    cells = [["industries", "sold to the US", "value added", "jobs exposed", "jobs predicted"]]
    for code in found["country"].unique():
        # The importer sells nothing to itself: that is no gap of knowledge.
        cells.append([country(str(code)), *(_middle(middle, str(code), name) for name in names)])
    return "\n".join(aligned(cells, right={1, 2, 3, 4}))


def _middle(middle: pd.Series[float], code: str, metric: str) -> str:
    if (code, metric) not in middle.index:
        return ""
    value = float(middle[(code, metric)])
    return metric_text(metric, value, value, value)


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
