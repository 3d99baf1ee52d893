"""How the files of the data are read and written: CSV, strict YAML, Parquet.

Reading is strict: a duplicate YAML key, an unquoted HTS code or an unknown field is one clear
line, never a guess. Writing goes to a temporary name first and is then renamed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import yaml
from pydantic import BaseModel, ValidationError

from exposure.errors import DataError, Problems

Model = TypeVar("Model", bound=BaseModel)


class _StrictLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Safe loader that refuses duplicate keys and reads only true/false as truth values."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key_node.value!r} stands twice", key_node.start_mark
                )
            seen.add(key_node.value)
        return dict(super().construct_mapping(node, deep=deep))


# YAML 1.1 reads NO as false and 8_500 as a number; country codes are words here.
_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not (tag == "tag:yaml.org,2002:bool" and first not in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> Any:
    """Plain data of a YAML file.

    Raises
    ------
    DataError
        If the file is missing or is not well-formed YAML; the line is named.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            return yaml.load(stream, Loader=_StrictLoader)  # noqa: S506 - a safe loader
    except FileNotFoundError as error:
        raise DataError("no such file", str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"{path}:{mark.line + 1}" if mark else str(path)
        raise DataError(getattr(error, "problem", None) or "not YAML", line) from error


def read_document(model: type[Model], path: Path) -> Model:
    """A YAML file as a checked document.

    Raises
    ------
    Problems
        One line a field: path in the document, what is wrong, what is allowed.
    """
    return parse(model, read_yaml(path), path)


def parse(model: type[Model], data: Any, path: Path | str) -> Model:
    """Plain data as a checked document; ``path`` is named in the messages."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise Problems(_problem(item, path) for item in error.errors()) from error


def _problem(item: Any, path: Path | str) -> DataError:
    field = ".".join(str(step) for step in item["loc"]) or "document"
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        message = "unknown field"
    if item["type"] == "missing":
        message = "is missing"
    given = item.get("input")
    shown = f", given {given!r}" if isinstance(given, str | int | float | bool) else ""
    return DataError(f"{field}: {message}{shown}", str(path))


def read_csv(path: Path, columns: Iterable[str]) -> pd.DataFrame:
    """A CSV file as strings; ``columns`` must be there, in any order.

    Empty cells are empty strings, and "NA" is the code of Namibia, not a hole.

    Raises
    ------
    DataError
        If the file or a column is missing, or a row has too many cells.
    """
    wanted = list(columns)
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError("no such file", str(path)) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"not a table: {error}", str(path)) from error
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise DataError(f"column missing: {', '.join(missing)}", str(path), f"needs {wanted}")
    return table[wanted]


def numbers(table: pd.DataFrame, column: str, path: Path) -> pd.Series[float]:
    """A column of numbers; an empty cell is NaN (not known).

    Raises
    ------
    DataError
        Naming the first row that holds something else.
    """
    text = table[column]
    values = pd.to_numeric(text.where(text != ""), errors="coerce")
    wrong = values.isna() & (text != "")
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise DataError(f"{column} {text.iloc[row]!r} is not a number", f"{path}: row {row + 2}")
    return values.astype(float)


def fingerprint(paths: Iterable[Path], root: Path) -> str:
    """Hash of files' names and bytes, independent of the order of the names and of the place."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary name first, then a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
