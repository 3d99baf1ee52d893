"""How the files of the data are read and written: CSV, strict YAML, Parquet.

Reading is strict: a duplicate YAML key, an unquoted HTS code or an unknown field is one clear
line, never a guess. Writing goes to a temporary name first and is then renamed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ValidationError

from exposure.errors import DataError, Problems, QueryError

Model = TypeVar("Model", bound=BaseModel)

LARGEST = 4_000_000
"""Bytes of a YAML document; the largest of ours has thirty thousand."""
DEEPEST = 41
"""Levels of a YAML document, with the one that holds it."""
MOST_VALUES = 200_000
"""Values of a YAML document, those that names stand for counted each time."""
MOST_DIGITS = 400
"""Digits of a whole number: beyond them no float is finite."""
HIDDEN = 60
"""Letters of a name that a temporary name repeats: names of files have an end."""
LONGEST_SHOWN = 80
"""Letters of a wrong value that a message repeats."""


class _StrictLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Safe loader that refuses duplicate keys and reads words and numbers as they are written."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _refused("a key is a list or a mapping", key_node)
            if key_node.value in seen:
                raise _refused(f"key {shown(key_node.value)} stands twice", key_node)
            seen.add(key_node.value)
        return dict(super().construct_mapping(node, deep=deep))

    def construct_number(self, node: Any) -> float:
        number = plain_number(node.value.replace(".inf", "inf").replace(".nan", "nan"))
        if number is None:
            raise _refused(f"{shown(node.value)} does not fit a number", node)
        return number

    def construct_day(self, node: Any) -> Any:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError as error:
            raise _refused(f"{shown(node.value)} is no date: {error}", node) from None

    def construct_whole(self, node: Any) -> int:
        if len(node.value) > MOST_DIGITS:
            raise _refused(f"{shown(node.value)} has more than {MOST_DIGITS} digits", node)
        return int(node.value)


def _refused(what: str, node: Any) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


# YAML 1.1 reads NO as false, 010 as eight, 1:30 as ninety; here they are words, and 1e-3 a number.
_NUMBERS = {
    "tag:yaml.org,2002:int": re.compile(r"[-+]?[0-9]+\Z"),
    "tag:yaml.org,2002:float": re.compile(
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?\Z"
        r"|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z"
    ),
}
_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, _NUMBERS.get(tag, pattern))
        for tag, pattern in resolvers
        if not (tag == "tag:yaml.org,2002:bool" and first not in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_constructor("tag:yaml.org,2002:float", _StrictLoader.construct_number)
_StrictLoader.add_constructor("tag:yaml.org,2002:int", _StrictLoader.construct_whole)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.construct_day)


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
    text = repr(value)
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


def read_yaml(path: Path) -> Any:
    """Plain data of a YAML file.

    Raises
    ------
    DataError
        If the file is missing, is not well-formed YAML, or is larger, deeper or more woven than a
        document may be; the line is named.
    """
    content = read_bytes(path)
    if len(content) > LARGEST:
        mend = f"{LARGEST // 1_000_000} MB at most"
        raise DataError(f"has {len(content):,} bytes", str(path), mend)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError("not UTF-8", f"{path}:{line}") from error
    try:
        _bounded(text)
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        said = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise DataError(str(said), place) from error


def _bounded(text: str) -> None:
    """Walk through a document without building it, and see that it is a small tree.

    Raises
    ------
    yaml.YAMLError
        At a tag, at a name that stands for itself, or where it is too deep or has too many values
        once names are put in.
    """
    sizes: dict[str, int] = {}
    open_: list[list[Any]] = [[None, 0]]
    for event in yaml.parse(text, Loader=_StrictLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_.pop()
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise _refused(f"*{event.anchor} stands for nothing, or for itself", event)
            anchor, size = None, sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.tag is not None:
                raise _refused(f"tag {shown(event.tag)}: a document has no tags", event)
            anchor, size = event.anchor, 1
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append([anchor, 1])
                if len(open_) > DEEPEST:
                    raise _refused(f"more than {DEEPEST - 1} levels deep", event)
                continue
        else:
            continue
        if anchor is not None:
            sizes[anchor] = size
        open_[-1][1] += size
        if open_[-1][1] > MOST_VALUES:
            raise _refused(f"more than {MOST_VALUES:,} values", event)


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
    told = f", given {shown(given)}" if isinstance(given, str | int | float | bool) else ""
    return DataError(f"{field}: {message}{told}", str(path))


def read_text_table(path: Path) -> pd.DataFrame:
    """A CSV file as it stands: every cell text, empty ones empty.

    "NA" is the code of Namibia, not a hole.

    Raises
    ------
    DataError
        If the file is missing or no table, a column stands twice, or a row has too many cells.
    """
    return _csv(path, dtype=str)


def read_typed_table(path: Path) -> pd.DataFrame:
    """The same with columns of numbers as numbers; an empty cell is not known."""
    return _csv(path, na_values=[""])


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
    values = pd.to_numeric(text.where(text != ""), errors="coerce").astype(float)
    # What is too small to be held has become nought.
    lost = (values == 0) & text.str.contains(r"^[^eE]*[1-9]")
    wrong = np.asarray((~np.isfinite(values) & (text != "")) | lost, dtype=bool)
    if wrong.any():
        row = int(wrong.argmax())
        said = f"{column} {shown(text.iloc[row])} is not a number"
        raise DataError(said, f"{path}: row {row + 2}")
    return values


def fingerprint(paths: Iterable[Path], root: Path) -> str:
    """Hash of files' names and bytes, independent of the order of the names and of the place."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_parquet(path: Path) -> pd.DataFrame:
    """A Parquet table.

    Raises
    ------
    DataError
        If it is missing, cut off or no Parquet.
    """
    from pyarrow import ArrowException

    try:
        return pd.read_parquet(path)
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
    bare = table.copy(deep=False)
    bare.attrs = {}
    stream = io.BytesIO()
    bare.to_parquet(stream, index=False, compression="zstd")
    return stream.getvalue()


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Name the file or folder that could not be written, whatever its temporary name was.

    Raises
    ------
    DataError
        If the system refuses: a full disk, a folder that may not be written, a file in its place.
    """
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be written: {reason(error)}", str(place)) from error


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary name first, then a rename."""
    temporary = _temporary(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name[:HIDDEN]}.{os.getpid()}.tmp")


def replace_files(folder: Path, files: Mapping[str, bytes], seal: str) -> None:
    """Write files of a folder among others; without the one named ``seal`` they do not count.

    All are written beside their places first. Then the old seal goes, the files take their places,
    and the new seal comes last: whoever is interrupted leaves the old files, or no seal.
    """
    names = sorted(files, key=lambda name: name == seal)
    waiting = {name: _temporary(folder / name) for name in names}
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for name, temporary in waiting.items():
                temporary.write_bytes(files[name])
            (folder / seal).unlink(missing_ok=True)
            for name, temporary in waiting.items():
                temporary.replace(folder / name)
        finally:
            for temporary in waiting.values():
                temporary.unlink(missing_ok=True)


def replace_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """A folder with these files and no others, whole or not at all; one that is there goes.

    Whoever is interrupted leaves the old folder or the new one, or, between two renames, none.
    """
    with writing(out):
        place = out.resolve()
        place.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{place.name[:HIDDEN]}.", dir=place.parent))
        try:
            _put(files, work, place)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _put(files: Mapping[str, bytes], work: Path, place: Path) -> None:
    """Write files to a folder inside ``work``, and let it change places with ``place``."""
    made, old = work / "new", work / "old"
    for name, content in files.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if place.exists():
        place.rename(old)
    try:
        made.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise


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


def must_be_ours(folder: Path, names: Collection[str]) -> None:
    """See that a folder may be replaced: it is not there, is empty, or holds files of these names.

    Raises
    ------
    QueryError
        If it holds another file, or is no folder.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise QueryError("is no folder", str(folder), "another place")
    strange = sorted(path.name for path in folder.iterdir() if path.name not in names)
    if strange:
        mend = "an empty folder, or one that the same command wrote"
        raise QueryError(f"holds {shown(strange[0])}", str(folder), mend)
