"""Inter-country input-output tables as their publishers give them: OECD ICIO and WIOD.

A user downloads a table; this module reads and checks it. The OECD's layout is read here, as labels
say it: the library ``pymrio`` drops the published output, against which we check. WIOD is read by
``pymrio``, an optional dependency.

Other tables that ``pymrio`` knows are left out on purpose. EXIOBASE 3 is in euro; of Eora 26 it
drops the statistical discrepancy, so that rows and columns do not meet; GLORIA holds supply and
use tables, which must first be made into one.
"""

from __future__ import annotations

import importlib
import re
import shutil
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError, QueryError
from exposure.facts.inter_country import OfficialTable, summed

Figures = NDArray[np.float64]
Labels = NDArray[np.str_]

FINAL_USES = ("HFCE", "NPISH", "NPS", "GGFC", "GFCF", "INVNT", "INV", "DPABR", "DIRP", "P33", "FD")
"""Ends of the labels of final demand in editions of the ICIO."""
OUTPUT = ("OUT", "TOTAL", "OUTPUT")
VALUE_ADDED = ("VA", "VALU")
TAXES = ("TLS", "TAXSUB")
EDITIONS = {"C24A": "2025", "A01_02": "2023", "01T02": "2021"}
"""An industry's code that only one edition of the ICIO has."""
SUB_REGIONS = (("CN", "CHN"), ("MX", "MEX"))
"""Parts of a country in extended editions, as CN1 and CN2: first letters, and the country."""

SHARE = 0.001
FLOOR_MUSD = 1.0
"""A row may miss the published output by this share of it, or by so many million USD."""
EXTENSIONS_MISSING = "(SEA extension|Extension) .*not (found|included)"
"""What pymrio warns of where a workbook of WIOD stands alone."""


def read_official(path: Path, kind: str, year: int) -> OfficialTable:
    """Read a table that a user has downloaded.

    Parameters
    ----------
    path
        Of ``icio``: a CSV file of one year, or the publisher's zip archive of several years
        (editions 2021, 2023 and 2025, regular or extended). Of ``wiod``: a workbook of the release
        of 2013, as ``wiot09_row_apr12.xlsx``.
    kind
        ``icio`` or ``wiod``.
    year
        Year of the figures, which must be that of the file.

    Raises
    ------
    QueryError
        If the kind is not known, or needs a library that is not installed.
    DataError
        If the file is missing, is not of the kind, is of another year, holds something that is no
        finite number, or its rows do not sum to the output.
    """
    if kind not in READERS:
        raise QueryError(f"kind {kind!r} is not known", "", f"one of {', '.join(READERS)}")
    if not path.is_file():
        raise DataError("no such file", str(path), "download it from its publisher first")
    return READERS[kind](path, year)


def _read_icio(path: Path, year: int) -> OfficialTable:
    """Read a table of the OECD: CSV, rows and columns labelled ``COUNTRY_INDUSTRY``."""
    table, where = _labelled(path, year)
    rows, columns = list(table.index), list(table.columns)
    out = _one_of(OUTPUT, columns, "column", where)
    for needed in (OUTPUT, VALUE_ADDED):
        _one_of(needed, rows, "row", where)
    # In the edition of 2021 net taxes stand by country, as AUS_TAXSUB.
    if not any(label.rpartition("_")[2] in TAXES for label in rows):
        raise DataError(f"row {TAXES[0]} is missing", where, "layout of an ICIO table")
    sectors = [row for row in rows if "_" in row and row.rpartition("_")[2] not in TAXES]
    finals = [name for name in columns if name.rpartition("_")[2] in FINAL_USES and "_" in name]
    if not sectors:
        raise DataError("no row COUNTRY_INDUSTRY", where, "layout of an ICIO table")
    if not finals:
        raise DataError(f"column COUNTRY_{FINAL_USES[0]} is missing", where, "no final demand")
    _check_square(rows, columns, sectors, [*finals, *OUTPUT], where)
    chosen = table.loc[sectors, [*sectors, *finals, out]]
    figures = _finite(chosen, where)
    flows, final = figures[:, : len(sectors)], figures[:, len(sectors) : -1]
    output = final.sum(axis=1) + flows.sum(axis=1)
    _check_sums(sectors, output, figures[:, -1], where, "the row sums to", "OUT")
    country = [label.partition("_")[0] for label in sectors]
    industry = [label.partition("_")[2] for label in sectors]
    edition = next((name for code, name in EDITIONS.items() if code in industry), "")
    title = f"OECD ICIO, edition {edition}" if edition else "OECD ICIO"
    buyer = [label.partition("_")[0] for label in finals]
    return _own_labels(country, industry, buyer, flows, final, title, year)


def _read_wiod(path: Path, year: int) -> OfficialTable:
    """Read a workbook of WIOD's release of 2013."""
    where = str(path)
    short = re.search(r"wiot(\d\d)", path.stem, re.IGNORECASE)
    named = [(1900 if int(short[1]) > 50 else 2000) + int(short[1])] if short else []
    _check_year(named, year, where)
    try:
        pymrio: Any = importlib.import_module("pymrio")
    except ImportError as error:
        mend = 'pip install "exposure[tables]"'
        raise QueryError("tables of WIOD are read by pymrio, which is missing", "", mend) from error
    try:
        with TemporaryDirectory() as alone, warnings.catch_warnings():
            # In a folder of its own: the parser reads accounts that stand beside the workbook,
            # and warns if there are none.
            warnings.filterwarnings("ignore", message=EXTENSIONS_MISSING)
            system = pymrio.parse_wiod(shutil.copy(path, alone), names="c_codes")
    except Exception as error:
        # The parser has no errors of its own for a wrong layout.
        text = f"not read: {type(error).__name__}: {error}".splitlines()[0]
        raise DataError(text, where, "a workbook of WIOD, release of 2013") from error
    inputs = system.factor_inputs
    _check_year(_years(str(inputs.year)), year, where)
    unit = str(system.unit["unit"].iloc[0])
    if not re.search("million.*US", unit, re.IGNORECASE):
        raise DataError(f"figures are in {unit!r}", where, "millions of US$")
    flows, final = _finite(system.Z, where), _finite(system.Y, where)
    country, industry = (list(map(str, system.Z.index.get_level_values(n))) for n in (0, 1))
    buyer = list(map(str, system.Y.columns.get_level_values(0)))
    if len(set(zip(country, industry, strict=True))) != len(country):
        raise DataError("a country and industry stand twice", where)
    inward = flows.sum(axis=0) + inputs.F.sum(axis=0).to_numpy(float)
    labels = [f"{c}_{i}" for c, i in zip(country, industry, strict=True)]
    output = flows.sum(axis=1) + final.sum(axis=1)
    _check_sums(labels, output, inward, where, "the row sums to", "the column to")
    title = "WIOD, release of 2013"
    return _own_labels(country, industry, buyer, flows, final, title, year)


READERS: Mapping[str, Callable[[Path, int], OfficialTable]] = {
    "icio": _read_icio,
    "wiod": _read_wiod,
}
"""Kind of a table -> what reads it."""


def _labelled(path: Path, year: int) -> tuple[pd.DataFrame, str]:
    """Give the sheet of a year with its labels, and where it stands."""
    where = str(path)
    try:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                names = [n for n in archive.namelist() if n.lower().endswith(".csv")]
                fitting = [n for n in names if _years(Path(n).stem) == [year]]
                if len(fitting) != 1:
                    held = ", ".join(names) or "no CSV file"
                    raise DataError(f"no one file of {year}", where, f"it holds {held}")
                where = f"{path}: {fitting[0]}"
                with archive.open(fitting[0]) as stream:
                    table = pd.read_csv(stream, index_col=0, low_memory=False)
        else:
            _check_year(_years(path.stem), year, where)
            table = pd.read_csv(path, index_col=0, low_memory=False)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        text = f"not a table: {error}".splitlines()[0]
        raise DataError(text, where, "a CSV file of the OECD") from error
    table.index, table.columns = table.index.astype(str), table.columns.astype(str)
    if table.index.has_duplicates:
        twice = table.index[table.index.duplicated()][0]
        raise DataError(f"row {twice} stands twice", where)
    return table, where


def _years(stem: str) -> list[int]:
    """Years that a file's name holds, without the year of the edition."""
    found = [int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", stem)]
    return found[1:] if stem.upper().startswith("ICIO") else found


def _check_year(named: list[int], year: int, where: str) -> None:
    if named and year not in named:
        said = ", ".join(map(str, named))
        raise DataError(f"not the year {year}", where, f"it is of {said}")


def _one_of(names: tuple[str, ...], given: list[str], what: str, where: str) -> str:
    for name in names:
        if name in given:
            return name
    raise DataError(f"{what} {names[0]} is missing", where, "layout of an ICIO table")


def _check_square(
    rows: list[str], columns: list[str], sectors: list[str], others: list[str], where: str
) -> None:
    """Each sector has a row and a column, and nothing else stands beside them."""
    for row in sectors:
        if row not in columns:
            raise DataError(f"not square: row {row} has no column of its own", where)
    known = {*sectors, *others}
    for column in columns:
        if column not in known:
            mend = f"other columns end in {', '.join(FINAL_USES)}"
            raise DataError(f"not square: column {column} has no row of its own", where, mend)
    known = {*sectors, *OUTPUT, *VALUE_ADDED}
    for row in rows:
        if row not in known and row.rpartition("_")[2] not in TAXES:
            raise DataError(f"row {row} is not known", where, "layout of an ICIO table")


def _finite(table: pd.DataFrame, where: str) -> Figures:
    """Figures of a table; the first that is no finite number is named."""
    try:
        figures = table.to_numpy(dtype=float)
    except ValueError:
        figures = table.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    wrong = np.argwhere(~np.isfinite(figures))
    if len(wrong):
        row, column = wrong[0]
        names = [table.index[row], table.columns[column]]
        shown = ", column ".join(n if isinstance(n, str) else "_".join(map(str, n)) for n in names)
        given = str(table.iat[row, column])
        raise DataError(f"{given!r} is no finite number", f"{where}: row {shown}")
    return figures


def _check_sums(
    labels: list[str], summed: Figures, given: Figures, where: str, first: str, second: str
) -> None:
    """Refuse the sector that misses its output most, by more than is allowed."""
    apart = np.abs(summed - given)
    excess = apart - np.maximum(SHARE * np.abs(given), FLOOR_MUSD)
    worst = int(excess.argmax())
    if excess[worst] > 0:
        text = f"{labels[worst]}: {first} {summed[worst]:.1f}, {second} {given[worst]:.1f}"
        allowed = f"{SHARE:.1%} or {FLOOR_MUSD:.0f} million USD is allowed"
        raise DataError(f"{text}, {summed[worst] - given[worst]:+.1f} apart", where, allowed)


def _own_labels(
    country: list[str],
    industry: list[str],
    buyer: list[str],
    flows: Figures,
    final: Figures,
    title: str,
    year: int,
) -> OfficialTable:
    """Sum parts of countries to them, and categories of final demand to one a country."""
    country, buyer = [_whole(code) for code in country], [_whole(code) for code in buyer]
    pairs = list(zip(country, industry, strict=True))
    read = OfficialTable(
        np.array(country),
        np.array(industry),
        flows,
        final,
        np.array(buyer),
        np.zeros(len(pairs)),
        np.zeros(len(pairs)),
        title,
        year,
    )
    made = summed(read, pairs, list(dict.fromkeys(pairs)), buyer, list(dict.fromkeys(buyer)))
    output = made.flows.sum(axis=1) + made.final.sum(axis=1)
    return replace(made, output=output, value_added=output - made.flows.sum(axis=0))


def _whole(code: str) -> str:
    """Give the country of which a code is a part: CN1 -> CHN."""
    for first, country in SUB_REGIONS:
        if re.fullmatch(rf"{first}\d", code):
            return country
    return code
