"""Official sources that a user can fetch, and the tables that they make."""

from __future__ import annotations

import datetime as dt
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from exposure.errors import DataError, QueryError
from exposure.facts.files import read_csv
from exposure.facts.inter_country import OfficialTable, aggregated, concordance
from exposure.facts.inter_country import write_tables as write_inter_country
from exposure.facts.official_tables import read_official
from exposure.facts.usitc import (
    EDITION_COLUMNS,
    read_export,
    read_tables,
    write_tables,
)
from exposure.facts.writing import replace_file

COLUMNS = ["name", "title", "publisher", "address", "makes"]
SOURCES = {"icio": "oecd-icio", "wiod": "wiod-2013"}
"""Citation of each inter-country table."""
SECONDS = 120
"""After so long without an answer a source counts as out of reach."""


def sources(root: Path) -> pd.DataFrame:
    """Table ``COLUMNS`` of what can be fetched into a data folder."""
    return read_csv(root / "raw" / "downloads.csv", COLUMNS)


def get_hts(
    root: Path,
    revision: str,
    lines_from: str,
    codes_from: str = "",
    file: Path | None = None,
) -> Mapping[str, int]:
    """Lay an edition of the schedule over those of a data folder; gives what changed.

    Parameters
    ----------
    root
        Data folder, the one that holds ``raw/``.
    revision
        Name of the edition, as ``2026_rev_11``.
    lines_from, codes_from
        First day (ISO) of what is new in its rates, and in its 10-digit codes (else the same).
    file
        An export that was fetched by hand; without it, the official one is fetched.

    Raises
    ------
    DataError, QueryError
        If the edition stands already, a day is none or lies before those that stand, or the export
        cannot be had or read. Nothing is written then.
    """
    folder = root / "raw" / "law" / "us"
    editions = read_csv(folder / "editions.csv", EDITION_COLUMNS)
    codes_from = codes_from or lines_from
    _check(editions, revision, lines_from, codes_from)
    made = read_tables(folder)
    if file is None:
        with TemporaryDirectory() as place:
            file = _fetch(root, "hts", Path(place) / "hts.json")
            edition = read_export(file)
    else:
        edition = read_export(file)
    count = made.add(edition, revision, lines_from, codes_from, {})
    source = f"Edition {revision}, USITC export, laid over on {dt.date.today().isoformat()}"
    editions.loc[len(editions)] = [revision, "", lines_from, codes_from, source]
    write_tables(made, folder)
    content = editions.to_csv(index=False, lineterminator="\n").encode()
    replace_file(folder / "editions.csv", content)
    return count


def get_table(root: Path, name: str, year: int, file: Path) -> OfficialTable:
    """Put an official inter-country table in the place of that of a data folder.

    It is summed to the regions and industries of the folder by
    ``raw/economy/concordances/<name>.csv``; jobs by country and industry stay those of the folder.

    Parameters
    ----------
    root
        Data folder, the one that holds ``raw/``.
    name
        ``icio`` or ``wiod``.
    year
        Of the figures.
    file
        The table, as fetched by hand: publishers ask for a form, or hold large archives.

    Raises
    ------
    DataError, QueryError
        If the file cannot be read, or a code has no place. Nothing is written then.
    """
    economy = root / "raw" / "economy"
    given = read_official(file, name, year)
    table = aggregated(given, *concordance(economy / "concordances" / f"{name}.csv"))
    folder = economy / "mrio"
    regions = read_csv(folder / "regions.csv", ["region"])["region"]
    industries = read_csv(folder / "industries.csv", ["industry"])["industry"]
    pairs = [(region, industry) for region in regions for industry in industries]
    strange = sorted(
        set(zip(map(str, table.country), map(str, table.industry), strict=True)) - set(pairs)
    )
    if strange:
        raise DataError(
            f"{strange[0][0]} {strange[0][1]} has no place",
            f"economy/concordances/{name}.csv",
            "regions and industries of economy/mrio",
        )
    columns = ["country", "industry", "jobs_low", "jobs_central", "jobs_high", "jobs_grade"]
    write_inter_country(
        table, folder, SOURCES[name], pairs, read_csv(folder / "accounts.csv", columns)
    )
    return table


def _check(editions: pd.DataFrame, revision: str, lines_from: str, codes_from: str) -> None:
    if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", revision):
        raise QueryError(f"--revision {revision!r}", "", "form: 2026_rev_11")
    if revision in set(editions["revision"]):
        known = ", ".join(editions["revision"].unique())
        raise QueryError(f"edition {revision} stands already", "", f"known: {known}")
    for name, day in (("lines_from", lines_from), ("codes_from", codes_from)):
        try:
            # Days are compared as text: 20260701 would stand after every other.
            written = dt.date.fromisoformat(day).isoformat() == day
        except ValueError:
            written = False
        if not written:
            raise QueryError(f"{day!r} is no date", "", "YYYY-MM-DD")
        last = editions[name].max()
        if day <= last:
            raise QueryError(f"{day} is not after {last}", "", "editions follow one another")


def _fetch(root: Path, name: str, path: Path) -> Path:
    known = sources(root).set_index("name")["address"]
    if name not in known.index:
        raise DataError(f"no source {name!r}", str(root / "raw" / "downloads.csv"), "give --file")
    address = str(known[name])
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - https
            path.write_bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        mend = "fetch it by hand and give it by --file"
        raise DataError(f"out of reach: {error}", address, mend) from error
    return path
