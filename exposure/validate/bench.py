"""Our rates beside those of another engine: equal, explained by a ledger, or open.

A cluster of the ledger names differences of one cause and says who is right by the text of the law.
Where the cause is something that the other engine takes for granted, the cluster states it as facts
of the shipment, and only rows count on which our answer to those facts is the other's.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from exposure.axes import COMPONENTS, USA
from exposure.errors import DataError
from exposure.facts.documents import Component, Hts, Slug
from exposure.facts.strict_yaml import read_document
from exposure.facts.world import World
from exposure.frames import records
from exposure.law.book import LawBook
from exposure.law.column1 import read_rate
from exposure.law.question import Crossings
from exposure.law.rates import Rates, rates
from exposure.model.compile import law_book
from exposure.model.trade_rates import EUROPE, EUROPEAN

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
TOLERANCE = 0.0005
"""Fractions of customs value that count as equal: 0.05 percentage points."""
ADDED = tuple(name for name in COMPONENTS if name != "mfn")
"""Components on top of column 1."""
KEYS = ("hts10", "iso3", "date")
VERDICTS = {
    "theirs": "The other engine errs",
    "assumption": "The other engine assumes a fact; told it, ours agrees",
    "unknown": "Ours says unknown: the answer depends on what the sample does not state",
    "doubt": "The law is open; both readings stand",
}


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Cluster(BaseModel):
    """Differences of one cause.

    A row belongs here if it differs in no component but ``components``, and if its day, origin,
    code, one of our clauses (``action/clause``) and the other's figures are those named. ``facts``
    are what the other engine takes for granted; ``column1_too_low`` asks for a column 1 of theirs
    that lies below the printed ad valorem part.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    verdict: Literal["theirs", "assumption", "unknown", "doubt"]
    components: Annotated[list[Component], BeforeValidator(_listed), Field(min_length=1)]
    first: Annotated[dt.date | None, Field(alias="from")] = None
    until: dt.date | None = None
    origins: Annotated[list[str], BeforeValidator(_listed)] = []
    hts: Annotated[list[Hts], BeforeValidator(_listed)] = []
    clauses: Annotated[list[str], BeforeValidator(_listed)] = []
    theirs: dict[Component, float] = {}
    facts: dict[str, bool | float | str] = {}
    column1_too_low: bool = False
    reason: Annotated[str, Field(min_length=20)]
    source: Annotated[str, Field(min_length=3)]


class Ledger(BaseModel):
    """All clusters; a row belongs to the first that fits.

    ``mended`` are errors of ours that the comparison found.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    mended: list[str] = []
    clusters: list[Cluster]


@dataclass(frozen=True)
class Comparison:
    """Rows of a sample with our answers.

    Attributes
    ----------
    rows
        ``hts10, iso3, date``; by component ``theirs_*`` and ``ours_*`` [fraction of customs value];
        ``equal``; ``cluster`` (empty where equal or not explained).
    ledger
        The clusters.
    """

    rows: pd.DataFrame
    ledger: Ledger

    def shares(self, by: Sequence[str] = ("iso3", "date")) -> pd.DataFrame:
        """Shares of rows by country and day.

        Columns ``rows``; ``equal``; one for each verdict, the share of rows in its clusters;
        ``explained``, the sum of these.
        """
        verdict = self.rows["cluster"].map({c.id: c.verdict for c in self.ledger.clusters})
        marked = self.rows.assign(
            **{name: verdict == name for name in VERDICTS},
            explained=self.rows["equal"] | (self.rows["cluster"] != ""),
        )
        share = {name: (name, "mean") for name in ("equal", *VERDICTS, "explained")}
        made = marked.groupby(list(by)).agg(rows=("equal", "size"), **share)
        return made.reset_index()

    def clusters(self) -> pd.DataFrame:
        """Rows of each cluster, in the order of the ledger, with its verdict."""
        count = self.rows["cluster"].value_counts()
        return pd.DataFrame(
            [
                {"cluster": c.id, "verdict": c.verdict, "rows": int(count.get(c.id, 0))}
                for c in self.ledger.clusters
            ]
        )

    def weighted(self, imports: pd.DataFrame) -> pd.DataFrame:
        """Import-weighted differences by country and day.

        Parameters
        ----------
        imports
            ``hts`` (eight digits), ``iso3``, ``usd``; a line's imports count in equal parts for its
            ten-digit rows of a day.

        Returns
        -------
        DataFrame
            ``iso3, date``; ``difference`` and ``absolute``: mean of ours less theirs, and of its
            size [fraction of customs value], over rows whose total both know; ``imports_usd`` of
            these rows.
        """
        rows = self.rows.assign(hts=self.rows["hts10"].str[:8])
        rows = rows.merge(imports, on=["hts", "iso3"], how="left").fillna({"usd": 0.0})
        rows["usd"] /= rows.groupby(["hts", "iso3", "date"])["hts"].transform("size")
        rows = rows[rows["ours_total"].notna() & rows["theirs_total"].notna()]
        gap = rows["ours_total"] - rows["theirs_total"]
        rows = rows.assign(difference=gap * rows["usd"], absolute=gap.abs() * rows["usd"])
        made = rows.groupby(["iso3", "date"])[["difference", "absolute", "usd"]].sum()
        made = made.rename(columns={"usd": "imports_usd"})
        for name in ("difference", "absolute"):
            made[name] /= made["imports_usd"].where(made["imports_usd"] > 0)
        return made.reset_index()

    def spans(self) -> pd.DataFrame:
        """Where each cluster lies: ``cluster, components, countries, first, last``."""
        found = []
        for item in self.ledger.clusters:
            mine = self.rows[self.rows["cluster"] == item.id]
            dates = mine["date"].astype(str)
            found.append(
                {
                    "cluster": item.id,
                    "components": ", ".join(item.components),
                    "countries": ", ".join(sorted(mine["iso3"].unique())),
                    "first": dates.min() if len(mine) else "",
                    "last": dates.max() if len(mine) else "",
                }
            )
        return pd.DataFrame(found)

    @property
    def open_rows(self) -> pd.DataFrame:
        """Rows that differ and that no cluster explains."""
        return self.rows[~self.rows["equal"] & (self.rows["cluster"] == "")]


def read_ledger(path: Path) -> Ledger:
    """A ledger from its YAML file.

    Raises
    ------
    Problems, DataError
        If it is not well formed, or an id stands twice.
    """
    ledger = read_document(Ledger, path)
    names = [cluster.id for cluster in ledger.clusters]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"cluster {twice[0]!r} stands twice", str(path))
    return ledger


def compare(book: LawBook, sample: pd.DataFrame, ledger: Ledger) -> Comparison:
    """Our rates of a sample beside the other engine's.

    A row is equal if the totals differ by ``TOLERANCE`` at most. Where column 1 is a specific or
    compound rate, the sample gives an ad valorem equivalent of its own: our question states the
    quantity that makes it so. Where there is none (a rate by degree, an equivalent below the ad
    valorem part), every component but column 1 must be known and equal.

    Parameters
    ----------
    book
        The law.
    sample
        Columns ``hts10, iso3, date, column1_general``, components and ``total`` [fraction].
    ledger
        Explained differences.

    Raises
    ------
    Problems
        If a row names what does not exist.
    """
    silent = _ask(book, sample, {}, np.full(len(sample), np.nan))
    quantity, too_low = _quantity(sample, silent), _too_low(sample, silent)
    made = _ask(book, sample, {}, quantity)
    different = _different(sample, made)
    equal = _equal(sample, made)
    cluster = np.full(len(sample), "", dtype=object)
    clauses = _clauses(made)
    for item in ledger.clusters:
        fits = _fits(item, sample, different, clauses)
        if item.verdict == "unknown":
            fits &= np.isnan(made.total)
        if item.column1_too_low:
            fits &= too_low
        at = np.flatnonzero(~equal & (cluster == "") & fits)
        if item.facts and len(at):
            told = _ask(book, sample.iloc[at], item.facts, quantity[at])
            at = at[_equal(sample.iloc[at], told)]
        cluster[at] = item.id
    rows = sample[list(KEYS)].assign(
        theirs_total=sample["total"], ours_total=made.total, equal=equal, cluster=cluster
    )
    for place, name in enumerate(COMPONENTS):
        other = "column1_general" if name == "mfn" else name
        rows[f"theirs_{name}"] = sample.get(other, 0.0)
        rows[f"ours_{name}"] = made.components[:, place]
    return Comparison(rows.reset_index(drop=True), ledger)


def _quantity(sample: pd.DataFrame, made: Rates) -> Floats:
    """Units in a shipment of one dollar that make column 1 the sample's (row,); else NaN."""
    found = np.full(len(sample), np.nan)
    theirs = sample["column1_general"].to_numpy()
    for rows, stack in made.stacks:
        text = stack.lines.column1.text
        for printed in set(text) - {""}:
            share, usd = read_rate(printed)
            mine = rows[text == printed]
            if usd > 0:
                found[mine] = (theirs[mine] - share) / usd
    return np.where(found >= 0, found, np.nan)


def _too_low(sample: pd.DataFrame, made: Rates) -> Flags:
    """Rows whose column 1 lies below the ad valorem part of the printed rate."""
    least = np.zeros(len(sample))
    for rows, stack in made.stacks:
        least[rows] = stack.lines.column1.known_part
    return np.asarray(sample["column1_general"].to_numpy() < least - TOLERANCE)


def _ask(book: LawBook, sample: pd.DataFrame, facts: dict[str, Any], quantity: Floats) -> Rates:
    count = len(sample)
    return rates(
        book,
        Crossings(
            hts=list(sample["hts10"]),
            origin=list(sample["iso3"]),
            importer=[USA] * count,
            on=list(sample["date"].astype(str)),
            known_on=[""] * count,
            value_usd=np.ones(count),
            quantity=quantity,
            facts=[facts] * count,
        ),
    )


def _different(sample: pd.DataFrame, made: Rates) -> dict[str, Flags]:
    """Rows on which a component is another, or not known."""
    unknown = unknown_components(made)
    found = {}
    for name in ADDED:
        ours = made.components[:, COMPONENTS.index(name)]
        theirs = sample[name].to_numpy() if name in sample else np.zeros(len(sample))
        gap = np.abs(np.nan_to_num(ours) - theirs) > TOLERANCE
        found[name] = gap | unknown[:, COMPONENTS.index(name)]
    return found


def unknown_components(made: Rates) -> Flags:
    """Components of which a measure's duty is not known (row, component)."""
    found = np.zeros(made.components.shape, dtype=bool)
    for rows, stack in made.stacks:
        lines = stack.lines
        at = np.isnan(stack.duty)
        component = stack.state.clauses.component[lines.clause[at]]
        found[rows[lines.crossing[at]], component] = True
    return found


def _equal(sample: pd.DataFrame, made: Rates) -> Flags:
    close = np.abs(made.total - sample["total"].to_numpy()) <= TOLERANCE
    specific = np.isnan(made.components[:, COMPONENTS.index("mfn")])
    same = ~np.any(list(_different(sample, made).values()), axis=0)
    return np.asarray(np.where(specific, same, close), dtype=bool)


def _clauses(made: Rates) -> pd.Series:
    """Our clauses of each row: ``action/clause`` words between blanks."""
    lines = made.lines
    words = lines["action"] + "/" + lines["clause"]
    joined = words.groupby(lines["row"]).agg(" ".join)
    return " " + joined.reindex(range(len(made.total)), fill_value="") + " "


def _fits(
    item: Cluster, sample: pd.DataFrame, different: dict[str, Flags], clauses: pd.Series
) -> Flags:
    fits = np.ones(len(sample), dtype=bool)
    for name, flags in different.items():
        if name not in item.components:
            fits &= ~flags
    fits &= np.any([different[name] for name in item.components], axis=0)
    date = sample["date"].astype(str)
    if item.first:
        fits &= (date >= item.first.isoformat()).to_numpy()
    if item.until:
        fits &= (date <= item.until.isoformat()).to_numpy()
    if item.origins:
        fits &= sample["iso3"].isin(item.origins).to_numpy()
    if item.hts:
        fits &= sample["hts10"].str.startswith(tuple(item.hts)).to_numpy()
    if item.clauses:
        spoken = [clauses.str.contains(f" {name} ", regex=False) for name in item.clauses]
        fits &= np.any(spoken, axis=0)
    for name, value in item.theirs.items():
        fits &= (np.abs(sample[name] - value) <= TOLERANCE).to_numpy()
    return fits


# --- the page that the ledger and a sample make --------------------------------------------------


def page(made: Comparison, imports: pd.DataFrame, more: Sequence[str] = ()) -> str:
    """The comparison as Markdown: what ``docs/second-engine.md`` holds.

    ``imports`` are the weights of `Comparison.weighted`; ``more`` are lines before the clusters.
    """
    rows, ledger = made.rows, made.ledger
    count, equal = len(rows), int(rows["equal"].sum())
    by_verdict = made.clusters().groupby("verdict")["rows"].sum()
    lines = [
        "# A second engine",
        "",
        "Made by `python -m exposure.validate.bench SAMPLE` and `data/raw/validate/`; do not edit.",
        "",
        f"{ledger.title}. Neither engine copies the other; the law decides.",
        "",
        f"Equal within {TOLERANCE * 100:g} percentage points: **{equal:,} of {count:,} rows, "
        f"{equal / count:.2%}**. Explained below: {int((rows['cluster'] != '').sum()):,}. "
        f"Open: {len(made.open_rows):,}.",
        "",
        "| verdict | rows | share |",
        "|---|---:|---:|",
    ]
    lines += [
        f"| {text} | {by_verdict.get(name, 0):,} | {by_verdict.get(name, 0) / count:.2%} |"
        for name, text in VERDICTS.items()
    ]
    lines += [
        "",
        "Column 1 of the sample is an ad valorem equivalent where the printed rate is specific; we "
        "state the quantity that makes it so. Where there is none, every component but column 1 "
        "must be equal. A cluster that rests on an assumption holds only rows on which ours, told "
        "the fact, gives the other's answer.",
        "",
        "## Equal rows by country and day, per cent",
        "",
        *_cross_table(made.shares(), "equal"),
        "",
        f"Equal or explained, the least of these cells: {made.shares()['explained'].min():.2%}.",
        "",
        *_weighted_lines(made, imports),
        "## Errors of ours that the comparison found, mended",
        "",
        *[f"* {text}" for text in ledger.mended],
        "",
        *more,
        "## Clusters",
    ]
    spans = {row["cluster"]: row for row in records(made.spans())}
    counts = made.clusters().set_index("cluster")["rows"]
    for item in ledger.clusters:
        facts = ", ".join(f"`{name}` = {value}" for name, value in item.facts.items())
        lines += [
            "",
            f"### {item.id}",
            "",
            f"{VERDICTS[item.verdict]}. {counts[item.id]:,} rows. {_where(spans[item.id])}",
            "",
            item.reason + (f" Fact told: {facts}." if facts else ""),
            "",
            f"Source: {item.source}.",
        ]
    return "\n".join(lines) + "\n"


def _weighted_lines(made: Comparison, imports: pd.DataFrame) -> list[str]:
    table = made.weighted(imports)
    return [
        "## Import-weighted difference by country and day, percentage points",
        "",
        "Ours less theirs, weighted by the imports of 2024 (those of the European Union for "
        "Germany); rows whose total either leaves open are left out. The sample is drawn by line "
        f"and not by trade: its lines hold {_covered(made, imports):.0%} of these imports, and a "
        "few large lines carry a mean.",
        "",
        *_cross_table(table, "difference", digits=2),
        "",
        "The mean size of the difference, signs left out:",
        "",
        *_cross_table(table, "absolute", digits=2),
        "",
    ]


def _covered(made: Comparison, imports: pd.DataFrame) -> float:
    """Share of the imports of the sample's countries that its lines hold [fraction]."""
    lines = made.rows["hts10"].str[:8] + made.rows["iso3"]
    ours = imports[imports["iso3"].isin(set(made.rows["iso3"]))]
    mine = (ours["hts"] + ours["iso3"]).isin(set(lines))
    return float(ours.loc[mine, "usd"].sum() / ours["usd"].sum())


def _where(span: dict[str, Any]) -> str:
    return (
        f"Components: {span['components']}. Countries: {span['countries']}. "
        f"Days: {span['first']} to {span['last']}."
    )


def import_weights(world: World) -> pd.DataFrame:
    """Imports of 2024 for `Comparison.weighted`; Germany stands for the European Union."""
    trade = world.tables["us_imports"]
    return pd.DataFrame(
        {
            "hts": trade["hts"].astype(str),
            "iso3": trade["origin"].astype(str).replace(EUROPE, EUROPEAN),
            "usd": trade["imports_kusd"].astype(float) * 1e3,
        }
    )


def _cross_table(shares: pd.DataFrame, name: str, digits: int = 1) -> list[str]:
    table = shares.pivot(index="date", columns="iso3", values=name)
    head = " | ".join(table.columns)
    lines = [f"| day | {head} |", "|---|" + "---:|" * len(table.columns)]
    for day, row in table.iterrows():
        lines.append(f"| {day} | " + " | ".join(_number(value, digits) for value in row) + " |")
    return lines


def _number(value: float, digits: int) -> str:
    """A fraction in per cent; what rounds to nought has no sign."""
    return f"{round(value * 100, digits) + 0.0:.{digits}f}"


def main(sample: Path) -> None:
    """Print the page for a sample."""
    from exposure.facts.world import load
    from exposure.validate.collected import collected, section

    world = load()
    ledger = read_ledger(world.root / "raw" / "validate" / "second-engine.yaml")
    made = compare(law_book(world), pd.read_parquet(sample), ledger)
    sys.stdout.write(page(made, import_weights(world), section(collected(world))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
