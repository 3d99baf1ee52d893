"""How files are read: bytes, CSV and Parquet, with what is wrong in one line; their fingerprint."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exposure.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_SHOWN = 80
"""Letters of a wrong value that a message repeats."""


def plain_number(text: str) -> float | None:
    """The number of a text; None where it is none, or too large or too small to be held."""
    try:
        number = float(text)
    except ValueError:
        return None
    digits = re.match(r"[^eE]*", text.strip())
    lost = number == 0 and digits is not None and any(c in "123456789" for c in digits[0])
    grown = number in (math.inf, -math.inf) and any(c.isdigit() for c in text)
    return None if lost or grown else number


def shown(value: object) -> str:
    """A value as a message shows it: short, in quotes where it is text."""
    # A number of a table is a number, not its class in numpy.
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def read_bytes(path: Path) -> bytes:
    """Bytes of a file.

    Raises
    ------
    DataError
        If it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DataError("no such file", str(path)) from error
    except (OSError, ValueError) as error:
        # A name with a NUL in it is a ValueError.
        raise DataError(f"cannot be read: {reason(error)}", str(path)) from error


def reason(error: Exception) -> str:
    """Why a file could not be read or written, in a few words and one line."""
    said = error.strerror if isinstance(error, OSError) else None
    return " ".join((said or str(error) or type(error).__name__).split())


def read_text_table(path: Path) -> pd.DataFrame:
    """A CSV file as it stands: every cell text, empty ones empty.

    "NA" is the code of Namibia, not a hole.

    Raises
    ------
    DataError
        If the file is missing or no table, a column stands twice, or a row has too many cells.
    """
    return _csv(path, dtype=str)


def read_typed_table(path: Path, texts: Iterable[str] = ()) -> pd.DataFrame:
    """The same with columns of numbers as numbers; an empty cell is not known.

    Columns named in ``texts`` are text, whatever they hold.
    """
    return _csv(path, na_values=[""], dtype=dict.fromkeys(texts, str))


def _csv(path: Path, **options: Any) -> pd.DataFrame:
    first = read_bytes(path)
    try:
        head = next(csv.reader(io.StringIO(first.decode("utf-8-sig"), newline="")), [])
        twice = sorted({name for name in head if head.count(name) > 1})
        if twice:
            raise DataError(f"column {shown(twice[0])} stands twice", str(path), "each once")
        with warnings.catch_warnings():
            # Rows longer than the head: without this, their first cells would be left aside.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table: pd.DataFrame = pd.read_csv(
                io.BytesIO(first), keep_default_na=False, index_col=False, low_memory=False,
                encoding="utf-8", **options,
            )  # fmt: skip
        return table
    except pd.errors.ParserWarning as error:
        raise DataError("a row has more cells than the head", str(path)) from error
    except UnicodeDecodeError as error:
        line = first.count(b"\n", 0, error.start) + 1
        raise DataError("not UTF-8", f"{path}: row {line}") from error
    except (ValueError, csv.Error) as error:
        raise DataError(f"not a CSV table: {reason(error)}", str(path)) from error


def read_csv(path: Path, columns: Iterable[str]) -> pd.DataFrame:
    """A CSV file as strings; ``columns`` must be there, in any order.

    Raises
    ------
    DataError
        As `read_text_table`, and if a column is missing.
    """
    wanted = list(columns)
    table = read_text_table(path)
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise DataError(f"column missing: {', '.join(missing)}", str(path), f"needs {wanted}")
    return table[wanted]


def numbers(table: pd.DataFrame, column: str, path: Path) -> pd.Series[float]:
    """A column of numbers; an empty cell is NaN (not known).

    Raises
    ------
    DataError
        Naming the first row that holds something else, or a number that cannot be held.
    """
    text = table[column]
    values = pd.to_numeric(text, errors="coerce").astype(float)
    wrong = np.array(~np.isfinite(values) & (text != ""), dtype=bool)
    # What is too small to be held has become nought.
    nought = np.flatnonzero(values == 0)
    wrong[nought] = [plain_number(cell) is None for cell in text.iloc[nought].tolist()]
    if wrong.any():
        row = int(wrong.argmax())
        said = f"{column} {shown(text.iloc[row])} is not a number"
        raise DataError(said, f"{path}: row {row + 2}")
    return values


def whole_numbers(table: pd.DataFrame, column: str, path: Path) -> pd.Series[int]:
    """A column of whole numbers, each of them known.

    Raises
    ------
    DataError
        As `numbers`, and naming the first row that is empty or holds a fraction.
    """
    values = numbers(table, column, path)
    wrong = np.asarray(values != values.round(), dtype=bool)
    if wrong.any():
        row = int(wrong.argmax())
        said = f"{column} {shown(table[column].iloc[row])} is not a whole number"
        raise DataError(said, f"{path}: row {row + 2}")
    return values.astype("int64")


def fingerprint(paths: Iterable[Path], root: Path) -> str:
    """Hash of files' names and bytes, independent of the order of the names and of the place."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


SEAL = b"exposure"
"""Note of a Parquet file of ours: what its columns are, so that a spoilt name is found."""


def read_parquet(path: Path) -> pd.DataFrame:
    """A Parquet table.

    Values are held against the checksums of their pages, and columns and rows against the seal of
    `parquet_bytes`, where a file has them.

    Raises
    ------
    DataError
        If it is missing, cut off, spoilt or no Parquet.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
        seal = (schema.metadata or {}).get(SEAL)
        if seal is not None and seal != _seal(schema, rows):
            raise DataError("not as it was written", str(path), "make it anew")
        return pd.read_parquet(path, page_checksum_verification=True)
    except FileNotFoundError as error:
        raise DataError("no such file", str(path)) from error
    except (OSError, ValueError, KeyError, TypeError, ArrowException) as error:
        # Notes of pandas inside a file may be broken as well.
        raise DataError(f"not a Parquet table: {reason(error)}", str(path)) from error


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """A table as Parquet; the same table gives the same bytes.

    Notes on a table (``attrs``, where `exposure.model.results.Result.table` says the units) are for
    its reader in Python and do not enter the file.
    """
    import pyarrow as pa
    from pyarrow.parquet import write_table

    bare = table.copy(deep=False)
    bare.attrs = {}
    made = pa.Table.from_pandas(bare, preserve_index=False)
    notes = {**(made.schema.metadata or {}), SEAL: _seal(made.schema, len(made))}
    stream = io.BytesIO()
    write_table(
        made.replace_schema_metadata(notes), stream, compression="zstd", write_page_checksum=True
    )
    return stream.getvalue()


def _seal(schema: pa.Schema, rows: int) -> bytes:
    """Hash of the names and types of columns, of the notes of pandas on them, and of the rows."""
    pandas = (schema.metadata or {}).get(b"pandas", b"").decode("utf-8", "replace")
    columns = [(field.name, str(field.type), field.nullable) for field in schema]
    return hashlib.sha256(repr((columns, pandas, rows)).encode()).hexdigest().encode()


def inside(top: Path, place: Path) -> Path:
    """A place with all its links followed, if it lies in the folder ``top``.

    Raises
    ------
    DataError
        If it lies elsewhere.
    """
    try:
        real, held = place.resolve(), top.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"no place of a file: {reason(error)}", str(place)) from None
    if not real.is_relative_to(held):
        raise DataError("lies outside", str(place), f"a file in {top}")
    return real
