"""Whether every cell of a finished report is what it says: all of it is made again, another way.

Four ways, each of which sees what the others cannot:

* *files*: each is, byte for byte, what the manifest names;
* *words*: every number and word of the finished pages is a cell or a string (`reports.claims`);
* *cells*: the run is asked again from the raw files, row by row and leg by leg, by
  `exposure.validate.plain`, and every cell of every table is compared;
* *sums*: what follows from other cells is added up anew (`exposure.validate.arithmetic`).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ValidationError

from exposure.errors import DataError
from exposure.facts.added import lay_again
from exposure.facts.documents import Scenario
from exposure.facts.files import inside, read_parquet
from exposure.facts.user_tables import read_result_tables
from exposure.facts.world import World, load
from exposure.model.pipeline import run
from exposure.reports.claims import check
from exposure.validate.arithmetic import CHECKS, rows_of
from exposure.validate.plain import plain_engine

RELATIVE = 1e-9
"""Part of a number by which two ways of adding it up may part."""
DUST = 1e-13
"""Part of the largest number of a column below which a difference of large numbers is rounding."""
KEYS = ("scenario", "case", "level", "firm", "product", "route", "country", "industry", "part",
        "action", "clause", "metric", "step", "stage", "quarter", "id", "source_id")  # fmt: skip
KEPT = ("scenarios", "added", "products", "draws", "seed", "by_quarter", "by_sector", "attribute")


@dataclass(frozen=True)
class Mismatch:
    """A cell, file or word that is not what it should be.

    Attributes
    ----------
    where
        ``file``, ``words``, ``cells``, ``sums`` or ``data``.
    place
        File, or table with row and column.
    text
        What stands there, and what should.
    """

    where: str
    place: str
    text: str

    def __str__(self) -> str:
        """Return the mismatch in a line."""
        return f"{self.where}: {self.place}: {self.text}"


@dataclass(frozen=True)
class Verification:
    """What a verification found.

    Attributes
    ----------
    counts
        By table: ``table, rows, cells`` (made again), ``sums`` (cells that are also added up from
        others), ``mismatches``.
    files, words
        How many files were read, and how many pieces of text of the pages were checked.
    mismatches
        All that is wrong; nothing should be.
    """

    counts: pd.DataFrame
    files: int
    words: int
    mismatches: tuple[Mismatch, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.mismatches


def verify(folder: Path, world: World | None = None) -> Verification:
    """Verify the folder of a report that `exposure run` wrote.

    Parameters
    ----------
    folder
        With ``manifest.json``, ``asked.json``, ``tables/``, pages and their claims.
    world
        Whose facts are taken; by default the shipped ones, read anew from the raw files.

    Raises
    ------
    DataError
        If it is no such folder, or a file of it cannot be read.
    """
    manifest, asked = _manifest(folder), _json(folder / "asked.json")
    found = [*_files(folder, manifest)]
    tables = read_result_tables(folder)
    listed = read_parquet(folder / "claims.parquet")
    found += _words(folder, manifest, tables, listed)
    facts = world or load(anew=True)
    again, marks = _again(facts, asked)
    found += _marks(manifest, marks)
    rows = []
    cells = {name: list(_cells(name, tables.get(name), table)) for name, table in again.items()}
    sums, added = _sums(tables)
    for name, table in again.items():
        found += cells[name]
        found += sums.get(name, [])
        rows.append((name, len(table), table.size, added.get(name, 0),
                     len(cells[name]) + len(sums.get(name, []))))  # fmt: skip
    found += [Mismatch("cells", name, "a table that no run makes")
              for name in tables if name not in again]  # fmt: skip
    counts = pd.DataFrame(rows, columns=["table", "rows", "cells", "sums", "mismatches"])
    return Verification(counts, len(manifest["sha256"]), len(listed), tuple(found))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        mend = "a folder that `exposure run` wrote"
        raise DataError("no such file", str(path), mend) from None
    except (OSError, ValueError) as error:
        raise DataError(f"not JSON: {error}", str(path), "as the run wrote it") from None


def _manifest(folder: Path) -> Any:
    """The manifest of a report, with what is asked of it here."""
    path = folder / "manifest.json"
    said = _json(path)
    try:
        about = said["report"]
        whole = all(isinstance(about[name], str) for name in ("kind", "language"))
        whole &= all(isinstance(mark, str) for mark in said["fingerprints"].values())
        whole &= all(isinstance(mark, str) for mark in said["sha256"].values())
    except (KeyError, TypeError, ValueError, AttributeError):
        whole = False
    if not whole:
        raise DataError("not a manifest", str(path), "of a report")
    return said


def _files(folder: Path, manifest: Any) -> Iterator[Mismatch]:
    """Files that are not those of the manifest."""
    for name, mark in manifest["sha256"].items():
        path = folder / name
        try:
            inside(folder, path)
        except DataError as error:
            yield Mismatch("file", name, error.what)
            continue
        if not path.is_file():
            yield Mismatch("file", name, "is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != mark:
            yield Mismatch("file", name, "is not what the manifest names")


def _words(
    folder: Path, manifest: Any, tables: Mapping[str, pd.DataFrame], listed: pd.DataFrame
) -> Iterator[Mismatch]:
    """Words of the finished pages that no cell and no string stands behind."""
    about = manifest["report"]
    try:
        page = (folder / "report.html").read_text(encoding="utf-8")
        document = (folder / "report.pdf").read_bytes()
    except OSError as error:
        yield Mismatch("file", str(error.filename), "cannot be read")
        return
    numbered = about["kind"] != "brief"
    for fault in check(listed, tables, about["language"], page, document, numbered=numbered):
        yield Mismatch("words", fault.place, f"{fault.where}: {fault.text}")


def _again(world: World, asked: Any) -> tuple[Mapping[str, pd.DataFrame], Mapping[str, str]]:
    """Tables and fingerprints of the same question, asked of the slow way."""
    try:
        given = {name: asked[name] for name in KEPT}
        scenarios = [Scenario.model_validate(item) for item in given["scenarios"]]
        added = [(str(kind), str(text)) for kind, text in given["added"]]
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise DataError(
            f"not what was asked: {first}", "asked.json", "as the run wrote it"
        ) from None
    made = run(
        lay_again(world, added),
        *scenarios,
        products=[str(name) for name in given["products"]],
        draws=int(given["draws"]),
        seed=int(given["seed"]),
        by_quarter=bool(given["by_quarter"]),
        by_sector=bool(given["by_sector"]),
        attribute=[str(name) for name in given["attribute"]],
        engine=plain_engine(),
    )
    return made.tables, made.fingerprints


def _marks(manifest: Any, marks: Mapping[str, str]) -> Iterator[Mismatch]:
    """Fingerprints that are others today: data, scenarios, version."""
    stated = manifest["fingerprints"]
    for name in sorted({*stated, *marks}):
        old, new = stated.get(name, "none"), marks.get(name, "none")
        if old != new:
            yield Mismatch("data", name, f"the report was made of {old[:12]}, here is {new[:12]}")


def _cells(name: str, stored: pd.DataFrame | None, again: pd.DataFrame) -> Iterator[Mismatch]:
    """Cells of a table that are others when they are made again."""
    if stored is None:
        yield Mismatch("cells", name, "the table is missing")
        return
    if list(stored.columns) != list(again.columns):
        yield Mismatch("cells", name, f"columns {', '.join(map(str, stored))}")
        return
    if len(stored) != len(again):
        yield Mismatch("cells", name, f"{len(stored)} rows; there should be {len(again)}")
        return
    for column in again:
        for row in np.flatnonzero(~alike(stored[column], again[column])):
            was, now = stored[column].iloc[row], again[column].iloc[row]
            yield Mismatch("cells", _address(name, again, int(row), str(column)),
                           f"{was}; made again it is {now}")  # fmt: skip


def alike(stored: pd.Series, again: pd.Series) -> NDArray[np.bool_]:
    """Where two columns hold the same (row,): text to the letter, numbers but for rounding."""
    left, right = _numbers(stored), _numbers(again)
    if left is None or right is None:
        same = stored.astype(object) == again.astype(object)
        return np.asarray(same | (stored.isna() & again.isna()), dtype=bool)
    size = np.maximum(np.abs(left), np.abs(right))
    finite = size[np.isfinite(size)]
    dust = DUST * (finite.max() if len(finite) else 0.0)
    with np.errstate(invalid="ignore"):
        near = np.abs(left - right) <= RELATIVE * size + dust
    both: NDArray[np.bool_] = near | (left == right) | (np.isnan(left) & np.isnan(right))
    # Infinite is near to nothing else.
    kept: NDArray[np.bool_] = both & (np.isfinite(size) | (left == right) | np.isnan(size))
    return kept


def _numbers(column: pd.Series) -> NDArray[np.float64] | None:
    """A column as numbers, if it holds nothing else."""
    try:
        if pd.api.types.is_bool_dtype(column) or pd.api.types.is_string_dtype(column.dropna()):
            return None
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        return None


def _sums(
    tables: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, list[Mismatch]], dict[str, int]]:
    """Cells that are not what others add up to, and how many were added up, by table."""
    rows = rows_of(tables)
    wrong: dict[str, list[Mismatch]] = {}
    count: dict[str, int] = {}
    for name, work in CHECKS.items():
        wrong[name], count[name] = [], 0
        try:
            for row, column, expected in work(rows):
                count[name] += 1
                stated = float(rows[name][row][column])
                size = max((abs(float(r[column])) for r in rows[name]
                            if math.isfinite(float(r[column]))), default=0.0)  # fmt: skip
                near = abs(stated - expected) <= RELATIVE * abs(expected) + DUST * size
                if not near and not (math.isnan(stated) and math.isnan(expected)):
                    place = _address(name, tables[name], row, column)
                    text = f"{stated}; added up it is {expected}"
                    wrong[name].append(Mismatch("sums", place, text))
        except (KeyError, IndexError, TypeError) as error:
            wrong[name].append(Mismatch("sums", name, f"{error} has nothing to be added up from"))
    return wrong, count


def _address(name: str, table: pd.DataFrame, row: int, column: str) -> str:
    """Where a cell stands, by the keys of its row."""
    keys = (
        str(table[key].iloc[row]) for key in KEYS if key in table and table[key].iloc[row] != ""
    )
    return f"{name}[{', '.join(keys)}].{column}"
