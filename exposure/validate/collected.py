"""Our mean rates by country beside the duties that customs collected, and the gap in named parts.

The law of each day of a month is weighted by the imports of 2024. What stands between it and the
rate collected is split into the parts that the data can tell; what they cannot is the remainder,
and is called so.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.facts.documents import LawDate
from exposure.facts.files import numbers, read_csv
from exposure.facts.world import World
from exposure.frames import records
from exposure.law.book import LawBook
from exposure.law.state import state_keys
from exposure.law.timeline import days
from exposure.model.compile import law_book
from exposure.model.trade_rates import import_rates

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
GIVEN = ("country", "period", "imports_musd", "duties_musd", "rate_printed", "source")
GROUPS = ("group", "iso3", "month", "imports_usd")
PARTS = ("part_timing", "part_preference", "part_composition", "remainder")
"""From the law of the first day to the rate collected, in this order; they add up to the gap."""
COLUMNS = (
    "country", "period", "statutory_no_preference", "day_weighted", "with_preferences",
    "collected", *PARTS, "in_transit_at_most", "known_share",
)  # fmt: skip


def read_collected(path: Path) -> pd.DataFrame:
    """Imports and duties of a month by country, with ``collected`` [fraction of customs value].

    Raises
    ------
    DataError
        If a rate is not that of the source to the digits that it prints, or a month stands twice.
    """
    table = read_csv(path, GIVEN)
    for name in ("imports_musd", "duties_musd", "rate_printed"):
        table[name] = numbers(table, name, path)
    table["collected"] = table["duties_musd"] / table["imports_musd"]
    off = (table["collected"].round(3) - table["rate_printed"]).abs() > 1e-9
    for row in table[off | table.duplicated(["country", "period"])].itertuples():
        raise DataError(f"{row.country} {row.period}: twice, or not the rate printed", str(path))
    return table


@dataclass(frozen=True)
class _Month:
    """Rates (line,) of a month on the imports of 2024 [fraction of customs value]."""

    first_day: Floats
    day_weighted: Floats
    with_preferences: Floats
    in_transit: Floats


def collected(world: World) -> pd.DataFrame:
    """The table ``collected``.

    Returns
    -------
    DataFrame
        ``country, period``; ``statutory_no_preference``: the law of the first day, nobody claims;
        ``day_weighted``: the mean over the days of the month; ``with_preferences``: claimed as in
        the table of utilisation; ``collected``. ``part_timing``: changes of the law inside the
        month; ``part_preference``; ``part_composition``: imports of the month in place of those of
        2024, by groups of headings where they are known, else not known; ``remainder``: exemptions
        and facts that the schedule does not show, goods in transit, the lag of payment, and
        composition where it is not known. ``in_transit_at_most``: what it would change if all goods
        had been in transit. All fractions of customs value. ``known_share`` of the imports of 2024
        have a rate that is known throughout, and the means are over these.
    """
    raw = world.root / "raw"
    given = read_collected(raw / "validate" / "collected.csv")
    groups = read_csv(raw / "outcomes" / "usmca_claims.csv", GROUPS)
    groups["imports_usd"] = groups["imports_usd"].astype(float)
    book = law_book(world)
    months = {period: _month(world, book, str(period)) for period in given["period"].unique()}
    rows = []
    for row in records(given):
        mine = groups[(groups["iso3"] == row["country"]) & (groups["month"] == row["period"])]
        rows.append(_row(world, months[row["period"]], row, mine))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _month(world: World, book: LawBook, period: str) -> _Month:
    """Each law state of the month once, weighted by its days; as known on the last day."""
    year, month = (int(part) for part in period.split("-"))
    count = calendar.monthrange(year, month)[1]
    dates = [dt.date(year, month, day) for day in range(1, count + 1)]
    texts = [date.isoformat() for date in dates]
    keys = state_keys(book, days(texts), days([texts[-1]] * count))
    _, first, lengths = np.unique(keys, return_index=True, return_counts=True)

    def rates(claims: str, **more: object) -> list[Floats]:
        asked = [LawDate(effective_on=dates[place], known_on=dates[-1]) for place in first]
        return [import_rates(world, book, day, claims, more) for day in asked]

    def mean(parts: list[Floats]) -> Floats:
        return np.asarray(np.average(parts, axis=0, weights=lengths))

    plain = rates("none")
    return _Month(
        first_day=plain[int(np.argmin(first))],
        day_weighted=mean(plain),
        with_preferences=mean(rates("weighted")),
        in_transit=mean(rates("weighted", in_transit=True)),
    )


def _row(
    world: World, month: _Month, given: dict[str, object], groups: pd.DataFrame
) -> dict[str, object]:
    trade = world.tables["us_imports"]
    usd = trade["imports_kusd"].to_numpy(dtype=float) * 1e3
    here = trade["origin"].to_numpy(dtype=str) == given["country"]
    ways = (month.first_day, month.day_weighted, month.with_preferences, month.in_transit)
    known = here & ~np.isnan(ways).any(axis=0)
    first, weighted, claimed, transit = (float(np.average(r[known], weights=usd[known]))
                                         for r in ways)  # fmt: skip
    hts = trade["hts"].to_numpy(dtype=str)
    rate, total = float(str(given["collected"])), float(str(given["imports_musd"])) * 1e6
    moved = composition(hts[here], usd[here], month.with_preferences[here], groups, total)
    return {
        "country": given["country"],
        "period": given["period"],
        "statutory_no_preference": first,
        "day_weighted": weighted,
        "with_preferences": claimed,
        "collected": rate,
        "part_timing": weighted - first,
        "part_preference": claimed - weighted,
        "part_composition": moved,
        "remainder": rate - claimed - (0.0 if np.isnan(moved) else moved),
        "in_transit_at_most": transit - claimed,
        "known_share": float(usd[known].sum() / usd[here].sum()),
    }


def composition(
    hts: NDArray[np.str_], usd: Floats, rate: Floats, groups: pd.DataFrame, total_usd: float
) -> float:
    """What other imports by group would do to a mean rate [fraction of customs value].

    Parameters
    ----------
    hts, usd, rate (line,)
        Imports of the year that weighs, and rates; NaN where not known.
    groups
        ``group`` (a name with its headings: ``engines_8407_8408``) and ``imports_usd`` of the
        month, in any number of rows a group; without rows the answer is not known.
    total_usd
        All imports of the month.
    """
    if groups.empty:
        return float("nan")
    month = groups.groupby("group")["imports_usd"].sum()
    rest = np.ones(len(hts), dtype=bool)
    moved, shift = 0.0, 0.0
    for group, month_usd in month.items():
        heads = tuple(part for part in str(group).split("_") if part.isdigit())
        mine = np.array([code.startswith(heads) for code in hts], dtype=bool)
        rest &= ~mine
        change = float(month_usd) / total_usd - usd[mine].sum() / usd.sum()
        moved += change * _mean(rate[mine], usd[mine])
        shift += change
    return float(moved - shift * _mean(rate[rest], usd[rest]))


def _mean(rate: Floats, usd: Floats) -> float:
    known = ~np.isnan(rate)
    return float(np.average(rate[known], weights=usd[known])) if usd[known].sum() else np.nan


def section(table: pd.DataFrame) -> list[str]:
    """The table as lines of Markdown, per cent."""
    head = ["country", "month", "first day, no preference", "days weighted", "with preferences",
            "collected", "timing", "preference", "composition", "remainder", "in transit, at most",
            "known"]  # fmt: skip
    lines = [
        "## Beside rates collected, per cent of customs value",
        "",
        "Our law weighted by the imports of 2024, with the facts of `shipment_facts`, beside the "
        "duties of a month over its imports (`data/raw/validate/collected.csv`). Timing: changes "
        "of the law inside the month. Preference: claims as in the table of utilisation, in place "
        "of none. Composition: imports of the month by groups of headings, known for Canada and "
        "Mexico only. The remainder is what the schedule does not show: exemptions and facts that "
        "shipments state, goods in transit, other imports than those of 2024 where composition is "
        "not known. The parts add up to the gap between the first column and the rate collected. "
        "*Known*: imports of 2024 whose rate is known. India is left out, because duties, imports "
        "and rate of the source do not agree, and Germany, whose imports we have with the "
        "European Union only.",
        "",
        "| " + " | ".join(head) + " |",
        "|---|---|" + "---:|" * (len(head) - 2),
    ]
    for row in table.itertuples(index=False):
        cells = [
            "–" if np.isnan(value) else f"{round(value * 100, 1) + 0.0:.1f}" for value in row[2:]
        ]
        lines.append("| " + " | ".join([row[0], row[1], *cells]) + " |")
    return [*lines, ""]
