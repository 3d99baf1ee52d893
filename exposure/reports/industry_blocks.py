"""The part of a report about industries, plants and workers, from the tables of a result."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures import board_bars, cost_bars, jobs_three
from exposure.reports.style import count, country, metric_text, percent, span, usd

Tables = Mapping[str, pd.DataFrame]
INTRO = (
    "Three numbers of jobs, of three kinds, which are never added. Exposed: at work today on what "
    "goes to the American market, directly or as suppliers. Predicted: how many more or fewer "
    "work as volumes answer to the duty. Tail: at stake at a plant if it closes, with how often "
    "it would in the draws. The table of industries is of 2022 and estimated (trade and output of "
    "2022, input structures of 2011), its jobs are of 2018 and 2019, and incomes, wages and "
    "currencies stand still: exposed jobs are an upper bound, and predicted ones hold for this "
    "duty alone."
)
SHOWN = 8
"""Industries in a table of many."""


def _of(tables: Tables, name: str, scenario: str) -> pd.DataFrame:
    table = tables[name]
    return table[table["scenario"] == scenario] if len(table) else table


def industry_blocks(tables: Tables, scenario: str) -> list[str | Table | Figure]:
    """Blocks of the section; none where the run did not ask the industries."""
    if not len(_of(tables, "country_results", scenario)):
        return []
    blocks: list[str | Table | Figure] = [INTRO, _unmatched(tables, scenario)]
    blocks.append(countries(tables, scenario))
    figure = jobs_three.draw(tables, scenario)
    blocks += [figure] if figure else []
    for name in _of(tables, "boards", scenario)["country"].unique():
        blocks += [board_bars.draw(tables, scenario, str(name)), board(tables, scenario, str(name))]
    blocks += [cost_bars.draw(tables, scenario), abroad(tables, scenario)]
    if len(_of(tables, "plants", scenario)):
        blocks.append(plants(tables, scenario))
    if len(_of(tables, "stated_jobs", scenario)):
        blocks.append(stated(tables, scenario))
    if len(_of(tables, "firms_in_sectors", scenario)):
        blocks.append(inside(tables, scenario))
    return blocks


def _unmatched(tables: Tables, scenario: str) -> str:
    """How much of the imports has no known rate, in words."""
    rates = _of(tables, "sector_rates", scenario)
    # Members of the European Union share one row of imports.
    once = rates[rates["origin"] != "EUX"]
    total = float(once["imports_usd"].sum())
    part = float((once["imports_usd"] * (1.0 - once["known_share"])).sum())
    dark = once[once["rate_after"].isna()].sort_values("imports_usd", ascending=False)
    most = ", ".join(
        f"{row['industry'].replace('_', ' ')} of {country(row['origin'])}"
        for row in records(dark[dark["industry"] != "unassigned"].head(3))
    )
    prices = _of(tables, "country_results", scenario).query("country == 'USA'")
    value = prices.set_index("metric")
    direct, inputs = (
        span(percent, *value.loc[name, ["low", "median", "high"]])
        for name in ("final_price_direct_share", "final_price_inputs_share")
    )
    return (
        f"Rates are those of every tariff line, weighted by imports of 2024 ({usd(total)}). Of "
        f"these {usd(part)} have no known rate or no industry, and count as unchanged"
        + (f" (largest: {most})." if most else ".")
        + f" What American buyers use in the end becomes dearer by {direct} through duties on "
        f"final goods and by {inputs} through duties on inputs."
    )


def countries(tables: Tables, scenario: str) -> Table:
    """A line a country."""
    found = _of(tables, "country_results", scenario)
    metrics = ("shipped_usd", "shipped_change_usd", "value_added_change_share", "jobs_exposed",
               "jobs_predicted")  # fmt: skip
    rows = []
    for code in found["country"].unique():
        mine = found[found["country"] == code].set_index("metric")
        cells = []
        for metric in metrics:
            if metric in mine.index:
                low, middle, high = (float(mine.at[metric, n]) for n in ("low", "median", "high"))
                alone = metric == "value_added_change_share"
                ends = (middle, middle) if alone else (low, high)
                cells.append(metric_text(metric, ends[0], middle, ends[1]))
            else:
                cells.append("")
        rows.append((country(str(code)), *cells))
    columns = ("Country", "Sold to the US a year", "Its change", "Change of value added",
               "Jobs exposed", "Jobs predicted (change)")  # fmt: skip
    return Table("Countries", columns, tuple(rows),
                 "Medians with 80 % range. Sales and jobs of the table of 2022; exposed jobs count "
                 "suppliers at home and those of exporters elsewhere. No count of jobs exists for "
                 "the rest of the world.", frozenset(range(1, 6)))  # fmt: skip


def board(tables: Tables, scenario: str, code: str) -> Table:
    """Exports to the United States by group of goods."""
    found = _of(tables, "boards", scenario)
    rows = [
        (
            str(row["rank"]), row["title"], usd(row["exports_usd"]),
            "" if pd.isna(row["stated_usd"]) else usd(row["stated_usd"]),
            percent(row["rate_before"]), percent(row["rate_after"]), usd(row["duty_change_usd"]),
            percent(row["duty_over_value_added"]),
            "" if row["board"] == "other"
            else span(count, row["jobs_low"], row["jobs_central"], row["jobs_high"]),
        )
        for row in records(found[found["country"] == code])
    ]  # fmt: skip
    total = float(found.loc[found["country"] == code, "exports_usd"].sum())
    columns = ("Rank", "Goods", "US imports 2024", "As stated", "Duty before", "Duty after",
               "More duty a year", "Over value added", "Jobs at home")  # fmt: skip
    return Table(f"{country(code)}: the board of exports to the United States", columns,
                 tuple(rows),
                 f"All goods together {usd(total)} (US Census, imports for consumption). As "
                 "stated: by the source of the board, in the exporter's terms. Duty at unchanged "
                 "quantities, on lines with known rates; over the value added at home in these "
                 "exports. Jobs at home: in making them and with suppliers at home.",
                 frozenset({0, *range(2, 9)}))  # fmt: skip


def abroad(tables: Tables, scenario: str) -> Table:
    """Sectors of other countries that lose or gain most output."""
    output = _of(tables, "sector_output", scenario)
    jobs = _of(tables, "sector_jobs", scenario)
    found = output.merge(jobs, on=["scenario", "country", "industry"])
    found = found[(found["country"] != "USA") & (found["country"] != "ROW")]
    size = found["value_added_change_usd_central"].abs()
    found = found.loc[size.sort_values(ascending=False, kind="stable").index].head(2 * SHOWN)
    rows = [
        (
            country(row["country"]), row["industry"].replace("_", " "), usd(row["shipped_usd"]),
            span(usd, *(row[f"shipped_change_usd_{end}"] for end in ("low", "central", "high"))),
            span(percent, *(row[f"output_change_share_{end}"]
                            for end in ("low", "central", "high"))),
            span(count, *(row[f"predicted_{end}"] for end in ("low", "central", "high"))),
        )
        for row in records(found)
    ]  # fmt: skip
    columns = ("Country", "Industry", "Sold to the US", "Its change", "Change of output",
               "Jobs predicted (change)")  # fmt: skip
    return Table("The industries abroad whose value added changes most", columns, tuple(rows),
                 "Central values with 80 % range; output and jobs include what suppliers lose.",
                 frozenset(range(2, 6)))  # fmt: skip


def plants(tables: Tables, scenario: str) -> Table:
    """Plants and how near they are to closing."""
    ends = ("low", "central", "high")
    rows = [
        (
            row["title"], row["region"],
            span(count, *(row[f"tail_plant_{end}"] for end in ends)),
            span(count, *(row[f"tail_suppliers_{end}"] for end in ends)),
            span(_times, *(row[f"coverage_before_{end}"] for end in ends)),
            span(_times, *(row[f"coverage_{end}"] for end in ends)),
            percent(row["stops_before_share"]), percent(row["stops_share"]),
        )
        for row in records(_of(tables, "plants", scenario))
    ]  # fmt: skip
    columns = ("Plant", "Region", "At stake: plant", "Suppliers at home", "Coverage before",
               "Coverage after", "Closes in draws before", "After")  # fmt: skip
    return Table("The tail: plants whose earnings may not pay what closing saves", columns,
                 tuple(rows),
                 "Coverage: what sales bring over variable cost, per dollar of fixed cost that "
                 "closing saves; below 1 a plant stops. The firm bears what neither buyers nor "
                 "currency do. At stake is not predicted: these jobs go only if the plant does.",
                 frozenset(range(2, 8)))  # fmt: skip


def _times(value: float) -> str:
    return f"{value:.2f}"


def stated(tables: Tables, scenario: str) -> Table:
    """Numbers of jobs that others state, beside ours."""
    titles = {"employment": "at work", "tail": "at stake if the plants close"}
    rows = [
        (
            f"{country(row['country'])}: {row['name'].replace('_', ' ')}, {titles[row['kind']]}",
            count(row["stated"]), span(count, row["low"], row["central"], row["high"]),
            count(row["exposed"]), count(row["predicted"]),
            "" if pd.isna(row["suppliers"]) else count(row["suppliers"]), row["note"],
        )
        for row in records(_of(tables, "stated_jobs", scenario))
    ]  # fmt: skip
    columns = ("Number", "As stated", "Ours of this kind", "Of it exposed", "Predicted (change)",
               "Suppliers, apart", "Why they differ")  # fmt: skip
    return Table("Numbers in the news, beside ours", columns, tuple(rows),
                 "Exposed, predicted and at stake are three answers; none is a part of another.",
                 frozenset(range(1, 6)))  # fmt: skip


def inside(tables: Tables, scenario: str) -> Table:
    """Firms inside their sectors."""
    found = _of(tables, "firms_in_sectors", scenario)
    found = found[found["firm_exports_usd"] > 0]
    rows = [
        (
            f"{country(row['country'])}: {row['industry'].replace('_', ' ')}",
            usd(row["firm_exports_usd"]), usd(row["sector_exports_usd"]),
            percent(row["exports_share"]), count(row["firm_jobs"]),
            count(row["sector_jobs_exposed"]), percent(row["jobs_share"]),
        )
        for row in records(found)
    ]  # fmt: skip
    columns = ("Sector", "Products modelled", "All of the sector", "Part", "Jobs on their routes",
               "All exposed", "Part")  # fmt: skip
    over = "; ".join(
        f"{country(row['country'])} {row['industry'].replace('_', ' ')}"
        for row in records(_of(tables, "firms_in_sectors", scenario))
        if not row["within"]
    )
    source = "American sales at customs value; jobs of the industry itself, central. "
    source += f"The part exceeds the whole in: {over}." if over else "No part exceeds its whole."
    return Table("Firms inside their sectors", columns, tuple(rows), source,
                 frozenset(range(1, 7)))  # fmt: skip
