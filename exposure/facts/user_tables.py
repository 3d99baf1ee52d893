"""Tables that a user brings or keeps: crossings to be rated, and result folders."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from exposure.errors import DataError, ExposureError, Problems
from exposure.facts.files import numbers, read_csv, replace_file

NEEDED = ("hts", "origin", "on")


def read_crossings(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A CSV of crossings as given, and as the engine takes it.

    ``attributes`` holds a JSON object a row; empty cells are defaults.

    Raises
    ------
    DataError, Problems
        If the file, a column or a cell is not well formed; the row is named.
    """
    try:
        given = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError("no such file", str(path)) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(f"not a CSV table: {error}", str(path)) from error
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
        try:
            value = json.loads(text or "{}")
        except json.JSONDecodeError:
            value = None
        if not isinstance(value, dict):
            where = f"{path}: row {row + 2}"
            problems.append(DataError(f"attributes {text!r}", where, "a JSON object"))
            value = {}
        facts.append(value)
    if problems:
        raise Problems(problems)
    engine["facts"] = pd.Series(facts, index=engine.index, dtype=object)
    return given, engine


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
    stream = io.BytesIO()
    if path.suffix == ".parquet":
        table.to_parquet(stream, index=False, compression="zstd")
    elif path.suffix == ".csv":
        table.to_csv(stream, index=False, lineterminator="\n")
    else:
        raise DataError(f"ending {path.suffix!r}", str(path), ".parquet or .csv")
    replace_file(path, stream.getvalue())


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
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}.part")
    rows = 0
    writer: pq.ParquetWriter | None = None
    try:
        for piece in pieces:
            table = pa.Table.from_pandas(piece, preserve_index=False)
            writer = writer or pq.ParquetWriter(hidden, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
            rows += len(piece)
        if writer is not None:
            writer.close()
            hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)
    return rows


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Tables as Parquet files of a folder, all or none of them; gives their paths.

    Raises
    ------
    DataError
        If the folder holds other files.
    """
    strange = [p.name for p in folder.glob("*") if p.stem not in tables]
    if strange:
        raise DataError(f"holds {strange[0]}", str(folder), "an empty folder, or an older panel")
    streams = {}
    for name, table in tables.items():
        streams[name] = io.BytesIO()
        table.to_parquet(streams[name], index=False, compression="zstd")
    paths = {name: folder / f"{name}.parquet" for name in tables}
    for name, path in paths.items():
        replace_file(path, streams[name].getvalue())
    return list(paths.values())


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
        found[name] = pd.read_parquet(path)
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
    return {path.stem: pd.read_parquet(path) for path in paths}
