"""Mean duties by origin and industry: the law's rates on every line, weighted by real imports.

Weights are US imports by line and country of one year, the same on both sides of a scenario, so
that a change of a mean is a change of law and not of what is bought.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.facts.documents import LawDate, Scenario
from exposure.facts.world import World
from exposure.law.book import LawBook
from exposure.law.panel import VALUES, panel, preferences
from exposure.law.timeline import HINDSIGHT, days
from exposure.model.compile import law_book
from exposure.model.sector_table import region_of_origin

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KNOWN = 0.5
"""Part of a flow whose rate must be known, or the flow's is not."""
EUROPE = "EU"
EUROPEAN = "DEU"
"""Whose rates stand for those of the European Union, whose imports are given as one."""
UNASSIGNED = "unassigned"
REST = "ROW"
"""All countries that no region is named for."""
COLUMNS = ["origin", "industry", "imports_usd", "known_share", "rate_before", "rate_after"]


@dataclass(frozen=True)
class Lines:
    """Imports by line with the rates of both sides, all (line,).

    Attributes
    ----------
    hts, origin, industry
        Labels; ``origin`` is a country or EU.
    imports_usd
        A year.
    before, after [fraction of customs value]
        Rates; not known where the law asks for what is not stated.
    """

    hts: NDArray[np.str_]
    origin: NDArray[np.str_]
    industry: NDArray[np.str_]
    imports_usd: Floats
    before: Floats
    after: Floats

    def mean(self, chosen: NDArray[np.bool_], total_usd: float) -> tuple[float, float, float]:
        """Mean rates before and after of some lines, and the known part of ``total_usd``.

        Both means are over the lines whose rates are known on both sides; they are not known where
        these make up less than ``KNOWN`` of the total.
        """
        clear = chosen & ~np.isnan(self.before) & ~np.isnan(self.after)
        weight = self.imports_usd[clear]
        part = float(weight.sum() / total_usd) if total_usd > 0 else 0.0
        if part < KNOWN:
            return np.nan, np.nan, part
        whole = weight.sum()
        before, after = (float((rate[clear] * weight).sum() / whole) for rate in self._rates)
        return before, after, part

    @property
    def _rates(self) -> tuple[Floats, Floats]:
        return self.before, self.after


def longest_prefix(codes: NDArray[np.str_], table: pd.DataFrame, column: str) -> NDArray[np.str_]:
    """Value of the longest ``prefix`` of a table that each code begins with; else empty."""
    # Many partners sell the same line.
    place, distinct = pd.factorize(np.asarray(codes, dtype=object))
    found = np.full(len(distinct), "", dtype=object)
    lengths = table["prefix"].str.len()
    for length in sorted(set(lengths)):
        rows = table[lengths == length]
        known = dict(zip(rows["prefix"], rows[column], strict=True))
        hit = np.array([known.get(code[:length], "") for code in distinct], dtype=object)
        found = np.where(hit != "", hit, found)
    return found.astype(str)[place]


def line_rates(world: World, scenario: Scenario) -> Lines:
    """Rates of both sides of a scenario on every line of the table ``us_imports``."""
    trade = world.tables["us_imports"]
    hts = trade["hts"].to_numpy(dtype=str)
    industry = longest_prefix(hts, world.tables["mrio_hts"], "industry")
    rows = [delta.model_dump(mode="json") for delta in scenario.law]
    before = _side(world, None, "", scenario.baseline)
    after = _side(
        world, scenario, json.dumps([rows, scenario.rates]), scenario.law_on or scenario.baseline
    )
    return Lines(
        hts=hts,
        origin=trade["origin"].to_numpy(dtype=str),
        industry=np.where(industry == "", UNASSIGNED, industry),
        imports_usd=trade["imports_kusd"].to_numpy(dtype=float) * 1e3,
        before=before,
        after=after,
    )


def _side(world: World, scenario: Scenario | None, mark: str, day: LawDate) -> Floats:
    """Rates (line,) of one law on one day; kept with the world."""
    key = ("line rates", mark, day.effective_on, day.known_on)
    if key not in world.kept:
        world.kept[key] = import_rates(world, law_book(world, scenario), day)
    kept = world.kept[key]
    assert isinstance(kept, np.ndarray)
    return kept


def rates_of_origin(world: World, scenario: Scenario, origin: str, others: Lines) -> Lines:
    """The same where a scenario moves the rates of one origin only: the others are taken over."""
    day = scenario.law_on or scenario.baseline
    mine = others.origin == origin
    own = import_rates(world, law_book(world, scenario), day, only=origin)
    return replace(others, after=np.where(mine, own, others.after))


def import_rates(
    world: World,
    book: LawBook,
    day: LawDate,
    claims: str = "weighted",
    more: Mapping[str, object] | None = None,
    only: str = "",
) -> Floats:
    """Rates (line,) [fraction of customs value] of the table ``us_imports`` on one day.

    Shipments state the table ``shipment_facts`` and, on top of it, ``more``; ``claims`` is the word
    for `exposure.law.panel.preferences`. Rates of other origins than ``only`` are not known where
    it names one.
    """
    trade = world.tables["us_imports"]
    origin = trade["origin"].replace(EUROPE, EUROPEAN).to_numpy(dtype=str)
    hts = trade["hts"].to_numpy(dtype=str)
    stated = world.tables["shipment_facts"]
    own = [name for name in stated["origin"].unique() if name]
    found = np.full(len(trade), np.nan)
    on = int(days([day.effective_on.isoformat()])[0])
    known = int(days([day.known_on.isoformat()])[0]) if day.known_on else HINDSIGHT
    for who in ("", *own):
        mine = ~np.isin(origin, own) if who == "" else origin == who
        mine &= (origin == only) | (only == "")
        if not mine.any():
            continue
        facts = {
            str(row.attribute): json.loads(str(row.value))
            for row in stated[stated["origin"].isin(["", who])].itertuples()
        } | dict(more or {})
        codes = sorted(set(hts[mine]))
        countries = np.unique(origin[mine])
        numbers = book.country(list(countries))
        made = panel(
            book, on, known, codes, origins=numbers, facts=facts,
            claimed=preferences(book, claims, codes),
        )  # fmt: skip
        total = made.values[:, :, VALUES.index("total")]
        line = np.searchsorted(np.array(codes), hts[mine])
        column = np.searchsorted(countries, origin[mine])
        found[mine] = total[made.line_class[line], made.origin_class[column]]
    return found


def rates_by_origin(
    world: World, lines: Lines, named: Collection[str], only: str = ""
) -> pd.DataFrame:
    """Mean rates by origin and industry; origins that are not ``named`` stand together as ROW.

    Returns
    -------
    DataFrame
        ``origin, industry, imports_usd`` (all lines, also those that are not listed),
        ``known_share, rate_before, rate_after``, as `Lines.mean` gives them. The industry
        ``unassigned`` is that of goods of no industry. ``only`` leaves one origin.
    """
    totals = world.tables["us_import_totals"]
    of_total = totals["origin"].where(totals["origin"].isin(named), REST)
    of_line = np.where(np.isin(lines.origin, list(named)), lines.origin, REST)
    rows = []
    summed = totals.groupby([of_total, totals["industry"]])["imports_kusd"].sum() * 1e3
    for key, usd in summed.items():
        origin, industry = (str(part) for part in key)  # type: ignore[attr-defined]
        if only not in ("", origin):
            continue
        chosen = (of_line == origin) & (lines.industry == industry)
        before, after, part = lines.mean(chosen, float(usd))
        rows.append((origin, industry, float(usd), part, before, after))
    return pd.DataFrame(rows, columns=COLUMNS)


def sector_rates(world: World, lines: Lines, only: str = "") -> pd.DataFrame:
    """Mean rates by region of the input-output table and industry: `rates_by_origin`.

    Regions whose imports stand under one origin (members of the European Union) share its row; what
    no region is named for stands under ROW, where the table has it.
    """
    named = region_of_origin(world)
    rest = named.get(REST, [])
    found = rates_by_origin(world, lines, named, only)
    rows = [
        (region, *row[1:])
        for row in found.itertuples(index=False, name=None)
        for region in named.get(row[0], rest)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
