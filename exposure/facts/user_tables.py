"""Tables that a user brings or keeps: crossings to be rated, and result folders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from exposure.errors import DataError, ExposureError, Problems
from exposure.facts.files import (
    numbers,
    parquet_bytes,
    plain_number,
    read_csv,
    read_parquet,
    read_text_table,
    shown,
)
from exposure.facts.writing import must_be_ours, replace_file, replace_folder, replacing

NEEDED = ("hts", "origin", "on")


def read_crossings(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A CSV of crossings as given, and as the engine takes it.

    ``attributes`` holds a JSON object a row; empty cells are defaults.

    Raises
    ------
    DataError, Problems
        If the file, a column or a cell is not well formed; the row is named.
    """
    given = read_text_table(path)
    missing = [name for name in NEEDED if name not in given]
    if missing:
        raise DataError(f"column missing: {', '.join(missing)}", str(path), "hts, origin, on")
    engine = given[[n for n in (*NEEDED, "importer", "known_on") if n in given]].copy()
    for name in ("value_usd", "quantity"):
        if name in given:
            engine[name] = numbers(given, name, path)
    texts = given["attributes"] if "attributes" in given else [""] * len(given)
    problems: list[ExposureError] = []
    facts: list[dict[str, object]] = []
    for row, text in enumerate(texts):
        value = _facts(text)
        if value is None:
            where = f"{path}: row {row + 2}"
            problems.append(DataError(f"attributes {shown(text)}", where, "a JSON object"))
            value = {}
        facts.append(value)
    if problems:
        raise Problems(problems)
    engine["facts"] = pd.Series(facts, index=engine.index, dtype=object)
    # What does not exist is found by the engine, and named with the file.
    engine.attrs["file"] = str(path)
    return given, engine


def _facts(text: str) -> dict[str, object] | None:
    """A JSON object with each name once and finite numbers; None of another text."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        value = json.loads(
            text or "{}", object_pairs_hook=once, parse_constant=_no_number, parse_float=_number
        )
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _no_number(text: str) -> float:
    raise ValueError(text)


def _number(text: str) -> float:
    number = plain_number(text)
    return _no_number(text) if number is None else number


def read_flows(path: Path) -> pd.DataFrame:
    """Units that enter and are sold by month: ``month, entries, sales, stock``.

    ``stock`` is what was on hand before the first month; later rows may leave it empty.

    Raises
    ------
    DataError
        If the file, a column or a cell is not well formed.
    """
    given = read_csv(path, ["month", "entries", "sales", "stock"])
    names = ("entries", "sales", "stock")
    table = given.assign(**{name: numbers(given, name, path) for name in names})
    for name in names:
        needed = table[name].head(1) if name == "stock" else table[name]
        if not (needed >= 0).all():
            row = int((~(needed >= 0)).to_numpy().argmax()) + 2
            raise DataError(f"{name} is missing or negative", f"{path}: row {row}", "0 or more")
    return table


def write_table(table: pd.DataFrame, path: Path) -> None:
    """A table as Parquet or CSV, by the ending of its name.

    Raises
    ------
    DataError
        If the ending is another.
    """
    if path.suffix == ".parquet":
        content = parquet_bytes(table)
    elif path.suffix == ".csv":
        content = table.to_csv(index=False, lineterminator="\n").encode()
    else:
        raise DataError(f"ending {path.suffix!r}", str(path), ".parquet or .csv")
    replace_file(path, content)


def write_pieces(pieces: Iterable[pd.DataFrame], path: Path) -> int:
    """A long table as Parquet, piece by piece; gives its rows.

    Nothing is left behind if a piece fails.

    Raises
    ------
    DataError
        If the ending is not ``.parquet``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix != ".parquet":
        raise DataError(f"ending {path.suffix!r}", str(path), ".parquet")
    rows = 0
    writer: pq.ParquetWriter | None = None
    with replacing(path) as hidden:
        for piece in pieces:
            table = pa.Table.from_pandas(piece, preserve_index=False)
            writer = writer or pq.ParquetWriter(
                hidden, table.schema, compression="zstd", write_page_checksum=True
            )
            writer.write_table(table.cast(writer.schema))
            rows += len(piece)
        if writer is not None:
            writer.close()
    return rows


def write_tables(
    tables: Mapping[str, pd.DataFrame], folder: Path, more: Mapping[str, bytes] | None = None
) -> list[Path]:
    """Tables as Parquet files of a folder, and ``more`` files; all or none; gives their paths.

    Raises
    ------
    QueryError
        If the folder holds other files.
    """
    files = {f"{name}.parquet": parquet_bytes(table) for name, table in tables.items()}
    files |= more or {}
    must_be_ours(folder, files)
    replace_folder(folder, files)
    return [folder / name for name in files]


def read_tables(folder: Path, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Tables of a folder by name.

    Raises
    ------
    DataError
        If one is missing.
    """
    found = {}
    for name in names:
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise DataError("no such table", str(path), "a folder that `exposure panel` wrote")
        found[name] = read_parquet(path)
    return found


def read_result_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a result folder by name.

    Raises
    ------
    DataError
        If it is no result folder.
    """
    paths = sorted((folder / "tables").glob("*.parquet"))
    if not paths:
        raise DataError("no result tables", str(folder), "a folder that `exposure run` wrote")
    return {path.stem: read_parquet(path) for path in paths}
