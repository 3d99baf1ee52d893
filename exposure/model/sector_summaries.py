"""Sums over industries that reports show, from the tables of a result."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exposure.axes import USA

Tables = Mapping[str, pd.DataFrame]
SHOWN_INDUSTRIES = 16
PARTS = ("direct", "home", "abroad")


def sector_summaries(tables: Tables) -> dict[str, pd.DataFrame]:
    """All of them, by name."""
    return {
        "import_coverage": import_coverage(tables),
        "board_totals": board_totals(tables),
        "sectors_abroad": sectors_abroad(tables),
        "country_jobs": country_jobs(tables),
    }


def country_jobs(tables: Tables) -> pd.DataFrame:
    """Jobs exposed and predicted as shares of all jobs of a country, the most exposed first.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, country, jobs`` [persons], ``direct_share, home_share, abroad_share,
        exposed_share`` (their sum), ``predicted_share, predicted_low_share, predicted_high_share``
        [fraction of ``jobs``]. Countries without a count of jobs or without exports are left out.
    """
    jobs = tables["sector_jobs"]
    keys = ["scenario", "country"]
    shares_of = [*PARTS, "exposed", "predicted", "predicted_low", "predicted_high"]
    if not len(jobs):
        return pd.DataFrame(columns=[*keys, "jobs", *(f"{name}_share" for name in shares_of)])
    jobs = jobs[jobs["jobs_central"].notna()]
    names = ["jobs_central", *(f"exposed_{part}_central" for part in PARTS), "predicted_central"]
    by = jobs.groupby(keys, sort=False)[names].sum()
    by = by[(by["jobs_central"] > 0) & (by["exposed_direct_central"] > 0)]
    all_jobs = by["jobs_central"]
    shares = pd.DataFrame({"jobs": all_jobs})
    for part in PARTS:
        shares[f"{part}_share"] = by[f"exposed_{part}_central"] / all_jobs
    shares["exposed_share"] = shares[[f"{part}_share" for part in PARTS]].sum(axis=1)
    shares["predicted_share"] = by["predicted_central"] / all_jobs
    results = tables["country_results"]
    found = results[results["metric"] == "jobs_predicted"].set_index(keys)
    for end in ("low", "high"):
        shares[f"predicted_{end}_share"] = found[end].reindex(by.index) / all_jobs
    return shares.reset_index().sort_values("exposed_share", ascending=False, kind="stable",
                                            ignore_index=True)  # fmt: skip


def import_coverage(tables: Tables) -> pd.DataFrame:
    """How much of the imports has a known rate.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, imports_usd, unknown_usd`` (no known rate or no industry).
    """
    rates = tables["sector_rates"]
    if not len(rates):
        return pd.DataFrame(columns=["scenario", "imports_usd", "unknown_usd"])
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
    if not len(tables["boards"]):
        return pd.DataFrame(columns=["scenario", "country", "exports_usd", "duty_change_usd"])
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
    columns = ["scenario", "country", "industry", "shipped_usd"]
    columns += [
        f"{stem}_{end}"
        for stem in ("shipped_change_usd", "output_change_share", "predicted")
        for end in ("low", "central", "high")
    ]
    if not len(output):
        return pd.DataFrame(columns=columns)
    found = output.merge(jobs, on=["scenario", "country", "industry"])
    found = found[~found["country"].isin([USA, "ROW"])]
    size = found["value_added_change_usd_central"].abs()
    found = found.loc[size.sort_values(ascending=False, kind="stable").index]
    return (
        found.groupby("scenario", sort=False).head(SHOWN_INDUSTRIES)[columns].reset_index(drop=True)
    )
