"""An inter-country table on its way into the data: summed by a concordance, and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.facts.files import read_csv
from exposure.facts.writing import replace_file

Figures = NDArray[np.float64]
Labels = NDArray[np.str_]
CONCORDANCE = ["kind", "code", "to", "note"]


@dataclass(frozen=True)
class OfficialTable:
    """An inter-country table as published, summed to countries and industries of its own.

    Rows sell, columns use: ``output = flows.sum(axis=1) + final.sum(axis=1)`` and
    ``value_added = output - flows.sum(axis=0)``.

    Attributes
    ----------
    country, industry
        Labels of the rows of ``flows``, and of its columns, (sector,).
    flows
        Intermediate uses, (sector, sector) [million USD].
    final
        Final demand, all its categories as one, (sector, final country) [million USD].
    final_country
        Labels of the columns of ``final``, (final country,).
    value_added
        Output minus intermediate inputs, (sector,) [million USD]. Net taxes on inputs, which the
        tables book apart, are inside; so are margins of transport between countries in WIOD. It
        may be negative.
    output
        Sum of the row, (sector,) [million USD]; zero where a country has no such industry.
    title
        Name of the table and its edition.
    year
        Year of the figures.
    """

    country: Labels
    industry: Labels
    flows: Figures
    final: Figures
    final_country: Labels
    value_added: Figures
    output: Figures
    title: str
    year: int


def aggregated(
    table: OfficialTable, country_of: Mapping[str, str], industry_of: Mapping[str, str]
) -> OfficialTable:
    """Sum a table to other countries and industries; totals stay.

    Parameters
    ----------
    table
        What is summed.
    country_of, industry_of
        Each code of the table -> the new one. New codes stand in the order in which these mappings
        name them first, countries before industries; pairs without any old sector do not appear.

    Raises
    ------
    DataError
        Naming the first five codes that a mapping lacks.
    """
    _check_mapped("country", [*table.country, *table.final_country], country_of, table)
    _check_mapped("industry", [*table.industry], industry_of, table)
    order = {
        pair: place
        for place, pair in enumerate(
            (country, industry)
            for country in dict.fromkeys(country_of.values())
            for industry in dict.fromkeys(industry_of.values())
        )
    }
    pairs = [
        (country_of[country], industry_of[industry])
        for country, industry in zip(table.country, table.industry, strict=True)
    ]
    made = sorted(set(pairs), key=order.__getitem__)
    names = [country_of[country] for country in table.final_country]
    buyers = [name for name in dict.fromkeys(country_of.values()) if name in set(names)]
    return summed(table, pairs, made, names, buyers)


def concordance(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Mappings of countries and of industries in a file with the columns ``CONCORDANCE``.

    Raises
    ------
    DataError
        If the file or a column is missing, a kind is not known, or a code stands twice.
    """
    found: dict[str, dict[str, str]] = {"country": {}, "industry": {}}
    rows = read_csv(path, CONCORDANCE).itertuples(index=False, name=None)
    for place, (kind, code, to, _) in enumerate(rows, 2):
        where = f"{path}: row {place}"
        if kind not in found:
            raise DataError(f"kind {kind!r} is not known", where, "country or industry")
        if code in found[kind]:
            raise DataError(f"{kind} {code} stands twice", where)
        if not to:
            raise DataError(f"{kind} {code} goes nowhere", where, "column to")
        found[kind][code] = to
    return found["country"], found["industry"]


def write_tables(
    table: OfficialTable,
    folder: Path,
    source: str,
    pairs: Sequence[tuple[str, str]] = (),
    jobs: pd.DataFrame | None = None,
) -> None:
    """Write ``flows.csv`` and ``accounts.csv``, figures in million USD to one decimal.

    Flows and final demand are rounded first; output and value added follow from what is written,
    so that the files balance to the decimal.

    Parameters
    ----------
    table
        What is written.
    folder
        Where to; it is made if it is not there.
    source
        Name of the source, for the column of that name.
    pairs
        Countries and industries that the files must hold, in order; those that the table lacks
        make nothing. By default those of the table.
    jobs
        ``country, industry, jobs_low, jobs_central, jobs_high, jobs_grade`` as text; where there is
        no row, jobs are not known.
    """
    own = list(zip(map(str, table.country), map(str, table.industry), strict=True))
    whole = list(pairs) or own
    buyers = list(dict.fromkeys([country for country, _ in whole]))
    place = {pair: number for number, pair in enumerate(whole)}
    at = np.array([place[pair] for pair in own])
    to = np.array([buyers.index(str(name)) for name in table.final_country])
    tenths = np.zeros((len(whole), len(whole) + len(buyers)), dtype=np.int64)
    tenths[np.ix_(at, at)] = np.rint(table.flows * 10)
    tenths[np.ix_(at, len(whole) + to)] = np.rint(table.final * 10)
    output = tenths.sum(axis=1)
    value_added = output - tenths[:, : len(whole)].sum(axis=0)
    keys = pd.DataFrame(whole, columns=["country", "industry"])
    users = [f"{country}.{industry}" for country, industry in whole]
    users += [f"{country}.final" for country in buyers]
    flows = pd.concat([keys, pd.DataFrame(tenths / 10, columns=users)], axis=1)
    accounts = keys.assign(output_musd=output / 10, value_added_musd=value_added / 10)
    counted = ["jobs_low", "jobs_central", "jobs_high", "jobs_grade"]
    if jobs is None:
        jobs = pd.DataFrame(columns=["country", "industry", *counted])
    accounts = accounts.merge(jobs[["country", "industry", *counted]], how="left")
    accounts[counted] = accounts[counted].fillna("")
    accounts["jobs_grade"] = accounts["jobs_grade"].replace("", "D")
    accounts["source"] = source
    accounts["note"] = f"{table.title}, {table.year}"
    content = {
        name: made.to_csv(index=False, lineterminator="\n", float_format="%.1f").encode()
        for name, made in (("flows.csv", flows), ("accounts.csv", accounts))
    }
    for name, text in content.items():
        replace_file(folder / name, text)


def _check_mapped(
    what: str, codes: list[str], mapping: Mapping[str, str], table: OfficialTable
) -> None:
    lacking = [str(code) for code in dict.fromkeys(codes) if code not in mapping]
    if lacking:
        more = ", ..." if len(lacking) > 5 else ""
        text = f"{what} not mapped: {', '.join(lacking[:5])}{more}"
        raise DataError(text, table.title, "each code of the table needs a row in the concordance")


def summed(
    table: OfficialTable,
    pairs: list[tuple[str, str]],
    made: list[tuple[str, str]],
    names: list[str],
    buyers: list[str],
) -> OfficialTable:
    """Sum sectors, whose new labels are ``pairs``, to ``made``, and buyers likewise."""
    place = {pair: index for index, pair in enumerate(made)}
    sector = np.array([place[pair] for pair in pairs])
    buyer = np.array([buyers.index(name) for name in names])
    return replace(
        table,
        country=np.array([country for country, _ in made]),
        industry=np.array([industry for _, industry in made]),
        flows=_added(_added(table.flows, sector, len(made)).T, sector, len(made)).T,
        final=_added(_added(table.final, sector, len(made)).T, buyer, len(buyers)).T,
        final_country=np.array(buyers),
        value_added=_added(table.value_added, sector, len(made)),
        output=_added(table.output, sector, len(made)),
    )


def _added(figures: Figures, place: NDArray[np.int_], count: int) -> Figures:
    """Sum entries along the first axis into ``count`` places."""
    summed = np.zeros((count, *figures.shape[1:]))
    np.add.at(summed, place, figures)
    return summed
