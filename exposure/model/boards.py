"""A country's board of exports to the United States: values, duty then and now, jobs, rank."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exposure.facts.world import World
from exposure.model.sector_table import SectorTable
from exposure.model.trade_rates import Lines, longest_prefix

OTHER = "other"
COLUMNS = (
    "scenario", "country", "rank", "board", "title", "industry", "exports_usd", "stated_usd",
    "known_share", "rate_before", "rate_after", "duty_before_usd", "duty_after_usd",
    "duty_change_usd", "duty_over_value_added", "jobs_low", "jobs_central", "jobs_high", "source",
    "note",
)  # fmt: skip


def boards(scenario: str, world: World, table: SectorTable, lines: Lines) -> pd.DataFrame:
    """Groups of goods of every country with a board, and what is left.

    Returns
    -------
    DataFrame
        ``COLUMNS``: exports are US imports by line of their year, of which ``stated_usd`` is what a
        source says in its own terms; duties are those of lines with known rates, at unchanged
        quantities; ``duty_over_value_added`` is their change over the value added at home in these
        exports; jobs are those at home in them, suppliers included. ``rank`` goes by the size of
        the change of duty; ``other`` is all that no group holds, and comes last.
    """
    rows = []
    listed = world.tables["boards"]
    totals = world.tables["us_import_totals"].groupby("origin")["imports_kusd"].sum() * 1e3
    for country in listed["country"].unique():
        of_country = listed[listed["country"] == country].set_index("board")
        rules = [
            {"prefix": prefix, "board": board}
            for board, prefixes in of_country["prefixes"].items()
            for prefix in str(prefixes).split()
        ]
        mine = lines.origin == country
        group = longest_prefix(lines.hts, pd.DataFrame(rules), "board")
        width = len(table.industries)
        first = table.regions.index(str(country)) * width
        left = float(totals.get(country, np.nan))
        found = []
        for board, row in of_country.iterrows():
            chosen = mine & (group == board)
            usd = float(lines.imports_usd[chosen].sum())
            left -= usd
            at = first + table.industries.index(str(row["industry"]))
            jobs = table.home_jobs[:, at] * usd / 1e6
            found.append(
                {
                    **_duties(lines, chosen, usd, float(table.home_value[at])),
                    "board": board,
                    **row[["title", "industry", "stated_usd", "source", "note"]],
                    "jobs_low": jobs[0],
                    "jobs_central": jobs[1],
                    "jobs_high": jobs[2],
                }
            )
        found.sort(key=lambda item: (-abs(np.nan_to_num(item["duty_change_usd"])),
                                     -item["exports_usd"]))  # fmt: skip
        chosen = mine & (group == "")
        # Small lines are not listed, so that less than all of the rest has a rate.
        found.append(
            {
                **_duties(lines, chosen, left, np.nan),
                "board": OTHER,
                "title": "All other goods",
                "industry": "",
                "source": "census-imports-2024",
                "note": "",
            }
        )
        rows += [
            {**item, "scenario": scenario, "country": country, "rank": rank}
            for rank, item in enumerate(found, start=1)
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _duties(lines: Lines, chosen: np.ndarray, usd: float, value_share: float) -> dict[str, float]:
    before, after, part = lines.mean(chosen, usd)
    known = part * usd
    change = (after - before) * known
    return {
        "exports_usd": usd,
        "known_share": part,
        "rate_before": before,
        "rate_after": after,
        "duty_before_usd": before * known,
        "duty_after_usd": after * known,
        "duty_change_usd": change,
        "duty_over_value_added": change / (value_share * known) if known > 0 else np.nan,
    }
