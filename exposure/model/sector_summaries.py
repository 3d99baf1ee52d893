"""Sums over industries that reports show, from the tables of a result."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

Tables = Mapping[str, pd.DataFrame]
SHOWN_INDUSTRIES = 16


def sector_summaries(tables: Tables) -> dict[str, pd.DataFrame]:
    """All of them, by name."""
    return {
        "import_coverage": import_coverage(tables),
        "board_totals": board_totals(tables),
        "sectors_abroad": sectors_abroad(tables),
    }


def import_coverage(tables: Tables) -> pd.DataFrame:
    """How much of the imports has a known rate.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, imports_usd, unknown_usd`` (no known rate or no industry).
    """
    rates = tables["sector_rates"]
    # Members of the European Union share one row of imports.
    once = rates[rates["origin"] != "EUX"]
    unknown = once["imports_usd"] * (1.0 - once["known_share"])
    sums = once.assign(unknown_usd=unknown).groupby("scenario", sort=False)
    return sums[["imports_usd", "unknown_usd"]].sum().reset_index()


def board_totals(tables: Tables) -> pd.DataFrame:
    """All goods of a country's board together.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, country, exports_usd, duty_change_usd``.
    """
    sums = tables["boards"].groupby(["scenario", "country"], sort=False)
    return sums[["exports_usd", "duty_change_usd"]].sum(min_count=1).reset_index()


def sectors_abroad(tables: Tables) -> pd.DataFrame:
    """The industries abroad whose value added changes most, in this order.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, country, industry, shipped_usd, shipped_change_usd_low`` (and
        ``_central, _high``), ``output_change_share_low`` (and its kin), ``predicted_low`` (and its
        kin): at most `SHOWN_INDUSTRIES` rows a scenario.
    """
    output, jobs = tables["sector_output"], tables["sector_jobs"]
    found = output.merge(jobs, on=["scenario", "country", "industry"])
    found = found[~found["country"].isin(["USA", "ROW"])]
    size = found["value_added_change_usd_central"].abs()
    found = found.loc[size.sort_values(ascending=False, kind="stable").index]
    columns = ["scenario", "country", "industry", "shipped_usd"]
    columns += [
        f"{stem}_{end}"
        for stem in ("shipped_change_usd", "output_change_share", "predicted")
        for end in ("low", "central", "high")
    ]
    return found.groupby("scenario", sort=False).head(SHOWN_INDUSTRIES)[columns].reset_index(
        drop=True
    )
