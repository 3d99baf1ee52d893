"""Back-test: what the model says beside what came, with scores and the bands that were promised.

``python -m exposure.validate.backtest`` writes the scores into ``data/raw/outcomes/scores.csv``,
which every run carries.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.facts.world import World
from exposure.frames import records
from exposure.validate import bills
from exposure.validate.scores import coverage, crps_ensemble, mape

Floats = NDArray[np.float64]
DRAWS = 400
SEED = 20250204
ONE = 1.0
"""Exports are scored as what they are of the year before: 1 and the change."""
NAIVE = ("statutory", "unchanged")
COLUMNS = (
    "outcome", "kind", "who", "products", "covers", "period", "unit", "observed_low",
    "observed_central", "observed_high", "predicted_low", "predicted_median", "predicted_high",
    "naive_statutory", "naive_unchanged", "error_share", "inside", "scored", "known_on",
    "hindsight", "grade", "source", "note",
)  # fmt: skip
Outcome = tuple[dict[str, Any], Floats]
"""A row of the table, and the model's draws behind it in the unit that is scored."""


def backtest(world: World, draws: int = DRAWS, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Ask the model for every outcome that is known, and score it.

    Parameters
    ----------
    world
        From `load`; its tables ``firm_bills``, ``observed`` and ``duties_collected``.
    draws
        How many draws give the intervals; 0 gives central values and no coverage.
    seed
        Seed of the draws.

    Returns
    -------
    dict of DataFrame
        ``backtest`` (a row an outcome), ``backtest_scores`` (a row a kind), ``backtest_forecasts``
        (what others said of the same), ``backtest_arithmetic`` (bills that were stated against
        units and unit values) and ``backtest_revisions`` (what was changed after a comparison).

    Raises
    ------
    DataError
        If the world has no outcomes, or no bands to judge them by.
    """
    for name, file in (("backtest_bands", "bands.yaml"), ("firm_bills", "firm_bills.csv")):
        if world.tables[name].empty:
            where = str(world.root / "raw" / "outcomes" / file)
            raise DataError("the back-test has nothing to compare", where, "it must hold a row")
    level = float(world.tables["backtest_bands"]["interval"].iloc[0])
    found = [
        *_firm_bills(world, draws, seed),
        *_exports(world, draws, seed),
        *_collected(world),
    ]
    rows = [_row(row, members, level) for row, members in found]
    table = pd.DataFrame(rows)[list(COLUMNS)]
    members = {row["outcome"]: values for row, values in found}
    return {
        "backtest": table,
        "backtest_scores": scored(world, table, members),
        "backtest_forecasts": _forecasts(world, table),
        "backtest_arithmetic": arithmetic(world),
        "backtest_revisions": _revisions(world),
    }


def _revisions(world: World) -> pd.DataFrame:
    """What was changed after a comparison, with the title of its kind."""
    titles = world.tables["backtest_bands"][["kind", "title"]]
    told = world.table("backtest_revisions")
    return told.merge(titles, on="kind", how="left") if len(told) else told


def _known(published: str) -> dt.date:
    """Last day before an outcome was known: a fact of tomorrow does not enter."""
    return dt.date.fromisoformat(published) - bills.ONE_DAY


def _firm_bills(world: World, draws: int, seed: int) -> Iterator[Outcome]:
    rates = world.tables["exchange_rates"].set_index("exchange_rate")
    for row in records(world.tables["firm_bills"]):
        known, products = _known(row["known_on"]), row["products"].split()
        first, last = bills.period_days(row["period"])
        made: Floats = np.array([math.nan])
        naive = math.nan
        if products:
            path = bills.course(world, products, last, known, draws, seed, first)
            made = bills.bill(world, path, first, sold=True)
            naive = bills.statutory_bill(world, path, first)
        low, central, high = (
            _in_dollars(row, f"value_{end}", rates, other)
            for end, other in (("low", "high"), ("central", "central"), ("high", "low"))
        )
        quarter = "Q" in row["period"]
        yield {
            **_common(row),
            "kind": "firm_bill_quarter" if quarter else "firm_bill_year",
            "who": row["firm"],
            "covers": row["covers"],
            "unit": "USD",
            "observed_low": low, "observed_central": central, "observed_high": high,
            "naive_statutory": naive,
            "naive_unchanged": 0.0,
            "scored": row["covers"] == "all" and row["definition"] == "profit",
            "hindsight": " ".join(bills.hindsight(world, products, last.year, known, sold=True)),
        }, made  # fmt: skip


def _in_dollars(row: Mapping[str, Any], value: str, rates: pd.DataFrame, end: str) -> float:
    """A value in US dollars; a low one at the dearest dollar."""
    name = row["exchange_rate"]
    return float(row[value]) / (float(rates[end][name]) if name else 1.0)


def _exports(world: World, draws: int, seed: int) -> Iterator[Outcome]:
    for row in records(world.tables["observed"]):
        known, products = _known(row["known_on"]), row["products"].split()
        _, last = bills.period_days(row["period"])
        made: Floats = np.array([math.nan])
        if products:
            made = ONE + bills.exports_change(world, row, known, draws, seed)
        yield {
            **_common(row),
            "kind": row["kind"],
            "who": f"{row['exporter']} {row['goods']}",
            "covers": "part" if products else "none",
            "unit": "of the year before",
            **{f"observed_{end}": ONE + float(row[f"change_{end}"])
               for end in ("low", "central", "high")},
            "naive_statutory": math.nan,
            "naive_unchanged": ONE,
            "scored": bool(products),
            "hindsight": " ".join(bills.hindsight(world, products, last.year, known, sold=False)),
        }, made  # fmt: skip


def _collected(world: World) -> Iterator[Outcome]:
    """Rates collected, beside ours; those of the year before the duties are the naive rule."""
    table = world.tables["duties_collected"]
    whole = table[(table["goods"] == "all") & table["rate"].notna()]
    old = whole[whole["period"].str.endswith("FY")].set_index("country")["rate"]
    for row in records(whole[~whole["period"].str.endswith("FY")]):
        ours = bills.collected_rate(world, row["country"], row["period"], _known(row["known_on"]))
        yield {
            **_common(row),
            "kind": "duties_collected",
            "who": row["country"],
            "products": "",
            "covers": "all",
            "unit": "share of imports",
            **{f"observed_{end}": float(row["rate"]) for end in ("low", "central", "high")},
            "naive_statutory": math.nan,
            "naive_unchanged": float(old.get(row["country"], math.nan)),
            "scored": True,
            "hindsight": "",
        }, np.array([ours])  # fmt: skip


def _common(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("outcome", "products", "period", "known_on", "grade", "source", "note")
    return {name: row.get(name, "") for name in names}


def _row(row: dict[str, Any], members: Floats, level: float) -> dict[str, Any]:
    """A row with the model's median and interval; without draws there is none."""
    drawn = members[1:] if len(members) > 1 else members
    edge = (1.0 - level) / 2.0
    low, median, high = np.quantile(drawn, [edge, 0.5, 1.0 - edge])
    if len(members) == 1:
        low = high = np.nan
    seen = row["observed_central"]
    known = not (math.isnan(seen) or math.isnan(median))
    inside = ("yes" if low <= seen <= high else "no") if known and not math.isnan(low) else ""
    return {
        **row,
        "predicted_low": float(low),
        "predicted_median": float(median),
        "predicted_high": float(high),
        "error_share": float(median / seen - 1.0) if known else math.nan,
        "inside": inside,
        "scored": bool(row["scored"] and known),
    }


# --- scores --------------------------------------------------------------------------------


def scored(world: World, table: pd.DataFrame, members: Mapping[str, Floats]) -> pd.DataFrame:
    """A row a kind of outcome: scores beside the band that was promised.

    Errors are those of the medians; the naive rules are scored on the outcomes on which they say
    something, and so is the model where it is compared with them.
    """
    said = world.tables["backtest_diagnoses"].set_index("kind")["diagnosis"]
    rows = []
    for band in records(world.tables["backtest_bands"]):
        mine = table[(table["kind"] == band["kind"]) & table["scored"]]
        made = _scores(mine, members)
        missed = _missed(band, mine, made)
        judged = len(mine) >= band["least"]
        rows.append(
            {
                "kind": band["kind"],
                "title": band["title"],
                "n": len(mine),
                "least": band["least"],
                "coverage": made["coverage"],
                "coverage_low": band["coverage_low"],
                "coverage_high": band["coverage_high"],
                "bias": made["bias"],
                "bias_most": band["bias_most"],
                "mape": made["mape"],
                "naive_statutory": made["naive_statutory"],
                "naive_unchanged": made["naive_unchanged"],
                "crps": made["crps"],
                "judged": judged,
                "met": judged and not missed,
                "missed": " ".join(missed) if judged else "",
                "diagnosis": str(said.get(band["kind"], "")),
            }
        )
    return pd.DataFrame(rows)


def _scores(mine: pd.DataFrame, members: Mapping[str, Floats]) -> dict[str, float]:
    if mine.empty:
        names = ("coverage", "bias", "mape", "crps", *(f"naive_{rule}" for rule in NAIVE))
        return dict.fromkeys(names, math.nan)
    seen = mine["observed_central"].to_numpy(dtype=float)
    median = mine["predicted_median"].to_numpy(dtype=float)
    low, high = (mine[f"predicted_{end}"].to_numpy(dtype=float) for end in ("low", "high"))
    ranked = [
        float(crps_ensemble(members[name][1:], np.array(at), fair=True))
        if len(members[name]) > 2
        else math.nan
        for name, at in zip(mine["outcome"], seen, strict=True)
    ]
    return {
        "coverage": float(coverage(low, high, seen)),
        "bias": float((median - seen).sum() / seen.sum()),
        "mape": float(mape(median, seen)),
        "crps": float(np.mean(ranked) / seen.mean()),
        **{
            f"naive_{rule}": _naive(mine[f"naive_{rule}"].to_numpy(dtype=float), seen)
            for rule in NAIVE
        },
    }


def _naive(said: Floats, seen: Floats) -> float:
    known = ~np.isnan(said)
    return float(mape(said[known], seen[known])) if known.any() else math.nan


def _missed(band: Mapping[str, Any], mine: pd.DataFrame, made: Mapping[str, float]) -> list[str]:
    """Names of the bands that are not held; what is not known does not hold."""
    missed = []
    if not math.isnan(band["coverage_low"]):
        held = band["coverage_low"] <= made["coverage"] <= band["coverage_high"]
        missed += [] if held else ["coverage"]
    if not abs(made["bias"]) <= band["bias_most"]:
        missed.append("bias")
    seen, median = (mine[name].to_numpy(dtype=float)
                    for name in ("observed_central", "predicted_median"))  # fmt: skip
    for rule in band["beats"].split():
        said = mine[f"naive_{rule}"].to_numpy(dtype=float)
        known = ~np.isnan(said)
        if not (known.any() and mape(median[known], seen[known]) < made[f"naive_{rule}"]):
            missed.append(rule)
    return missed


# --- others' forecasts, and bills that were stated -------------------------------------------


def _forecasts(world: World, table: pd.DataFrame) -> pd.DataFrame:
    """What others said beforehand of the same outcomes, and their error beside ours."""
    known = table.set_index("outcome")
    rows = []
    for said in records(world.tables["forecasts"]):
        name = said["outcome"]
        change = said["unit"].startswith("change")
        seen = float(known["observed_central"].get(name, math.nan)) - (ONE if change else 0.0)
        ours = float(known["predicted_median"].get(name, math.nan)) - (ONE if change else 0.0)
        rows.append(
            {
                "forecast": said["forecast"],
                "forecaster": said["forecaster"],
                "outcome": name,
                "about": said["about"],
                "unit": said["unit"],
                "forecast_low": said["low"],
                "forecast_central": said["central"],
                "forecast_high": said["high"],
                "observed": seen,
                "predicted_median": ours,
                "error": said["central"] - seen,
                "our_error": ours - seen,
                "published_on": said["published_on"],
                "source": said["source"],
            }
        )
    return pd.DataFrame(rows)


def arithmetic(world: World) -> pd.DataFrame:
    """Whether a bill that was stated can be true: units times unit value times rate, for a year.

    Returns
    -------
    DataFrame
        ``units`` a year, ``unit_value_usd`` of exports, ``rate`` highest of the year,
        ``bill_usd`` of the three, ``stated_usd``, ``needed_usd`` a unit for it, and
        ``value_low, value_high``: the range of customs values of the product. ``consistent`` says
        whether the value that is needed lies within them.
    """
    figures = world.tables["figures"].set_index("id")
    stated = world.tables["forecasts"].set_index("forecast")
    years = world.tables["volumes_by_year"]
    columns = ["unit_value", "product", "units", "unit_value_usd", "rate", "bill_usd", "stated_usd",
               "needed_usd", "value_low", "value_high", "consistent"]  # fmt: skip
    rows = []
    for row in records(world.tables["unit_values"]):
        mine = years[(years["product"] == row["product"]) & (years["year"] == row["year"])]
        known = _known(str(stated["published_on"][row["forecast"]]))
        path = bills.course(world, [row["product"]], known, known, 0, SEED)
        rate = float(path.of("last_rate")[:, 0].max())
        units, value = float(mine["units"].sum()), row["value_usd"] / row["units"]
        claim = float(stated["central"][row["forecast"]])
        low, high = (float(figures[end][f"{row['product']}/customs_value_usd"])
                     for end in ("low", "high"))  # fmt: skip
        needed = claim / (units * rate)
        rows.append(
            (row["unit_value"], row["product"], units, value, rate, units * value * rate, claim,
             needed, low, high, low <= needed <= high)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def main() -> None:
    """Write the scores beside the outcomes."""
    from exposure.facts.read_outcomes import SCORES
    from exposure.facts.world import load
    from exposure.facts.writing import replace_file

    world = load()
    table = backtest(world)["backtest_scores"]
    replace_file(world.root / "raw" / "outcomes" / SCORES, scores_csv(table).encode())


def scores_csv(table: pd.DataFrame) -> str:
    """Scores as the file holds them: four places, truth as words."""
    text = table.copy()
    for name in ("judged", "met"):
        text[name] = text[name].map({True: "true", False: "false"})
    return text.to_csv(index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    main()
