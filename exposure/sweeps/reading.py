"""The finished output of a sweep, opened as one table of which only what is asked for is read.

A folder holds ``manifest.json``, ``chunks/part-*.parquet`` and ``quarantine.parquet``, the
scenarios that failed. Ten million rows do not fit into memory, two of their columns do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from exposure.errors import DataError, QueryError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds

    from exposure.plots import SweepPlots

FORMAT: Final = 1
ID: Final = "scenario_id"
MARKS: Final = ("version", "data", "sweep", "scenario")
"""Keys of the manifest that say what made a sweep."""
VIEW: Final = "sweep"
"""Name of the table in SQL."""
SHOWN: Final = 12
"""Names that a message lists where none is near."""


@dataclass(frozen=True)
class Column:
    """A column of a sweep: its role is ``id``, ``input`` or ``output``."""

    name: str
    role: str
    unit: str
    title: str


@dataclass(frozen=True)
class Plan:
    """How the scenarios were chosen.

    Attributes
    ----------
    kind
        ``grid``, ``points`` or ``saltelli``.
    inputs
        Inputs that vary, in the order of the blocks of a ``saltelli`` design.
    samples
        Rows of one block of a ``saltelli`` design; what the manifest says for the others.
    """

    kind: str
    inputs: tuple[str, ...]
    samples: int


@dataclass(frozen=True)
class SweepTable:
    """A finished sweep; nothing of its rows is held.

    Attributes
    ----------
    folder
        Where it lies.
    id, title, seed
        As the manifest names them.
    rows
        Scenarios, those in quarantine counted.
    columns
        Of the chunks, as the manifest describes them.
    design
        How the scenarios were chosen.
    question, note
        What it asks, and what a reader must know; often empty.
    fingerprints
        Of what made it: ``version``, ``data``, ``sweep``, ``scenario``, as far as they are known.
    """

    folder: Path
    id: str
    title: str
    seed: int
    rows: int
    columns: tuple[Column, ...]
    design: Plan
    question: str = ""
    note: str = ""
    fingerprints: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what was varied."""
        return tuple(item.name for item in self.columns if item.role == "input")

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what was computed."""
        return tuple(item.name for item in self.columns if item.role == "output")

    @property
    def units(self) -> dict[str, str]:
        """Unit of every column."""
        return {item.name: item.unit for item in self.columns}

    @property
    def titles(self) -> dict[str, str]:
        """Title of every column, its name where it has none."""
        return {item.name: item.title or item.name for item in self.columns}

    @property
    def plot(self) -> SweepPlots:
        """Pictures of the sweep, each on axes of matplotlib: see `exposure.plots.SweepPlots`."""
        # matplotlib comes with it: nobody else waits for it.
        from exposure.plots import SweepPlots

        return SweepPlots(self)

    def __len__(self) -> int:
        """Scenarios that were computed: the rows of the chunks, without the quarantine."""
        return int(self.dataset.count_rows())

    @cached_property
    def dataset(self) -> ds.Dataset:
        """The chunks as one lazy table."""
        import pyarrow as pa
        import pyarrow.dataset as ds
        import pyarrow.parquet as pq

        files = sorted((self.folder / "chunks").glob("part-*.parquet"))
        if files:
            return ds.dataset([str(path) for path in files], format="parquet")
        # All scenarios failed: there are columns, and no row.
        failed = pq.read_schema(self.folder / "quarantine.parquet")
        fields = [
            pa.field(item.name, failed.field(item.name).type)
            if item.name in failed.names
            else pa.field(item.name, pa.float64())
            for item in self.columns
        ]
        return ds.dataset(pa.schema(fields).empty_table())

    @property
    def quarantine(self) -> pd.DataFrame:
        """Scenarios that failed: ``scenario_id``, the inputs and ``reason``; often no row."""
        return pd.read_parquet(self.folder / "quarantine.parquet")

    def frame(
        self,
        columns: Sequence[str] | None = None,
        where: ds.Expression | Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Rows and columns that are asked for, by ``scenario_id``.

        Only the columns asked for and those of ``where`` are read, and row groups that cannot hold
        a row of it are passed over, so that memory is that of the answer.

        Parameters
        ----------
        columns
            Names in the order of the answer; all without it. `exposure.sweeps.analysis.sobol`
            needs ``scenario_id`` among them.
        where
            An expression of `pyarrow.dataset`, or conditions that all hold: a value, a tuple
            ``(low, high)`` with both ends counted, or a list of values. None leaves an end open;
            what is not known lies in no range.

        Returns
        -------
        DataFrame (row that meets ``where``, column)
            Units as in `units`; an output that is not known is NaN.

        Raises
        ------
        QueryError
            If a column is not known (the nearest names are given), or ``where`` does not fit it.
        DataError
            If a file is broken.
        """
        import pyarrow as pa

        known = list(self.dataset.schema.names)
        asked = known if columns is None else list(columns)
        require(asked, known, f"sweep {self.id}")
        read = asked if ID in asked else [*asked, ID]
        try:
            scanner = self.dataset.scanner(columns=read, filter=self._condition(where))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
            raise self._unfit(error) from None
        try:
            table = scanner.to_table()
        except (pa.ArrowInvalid, OSError) as error:
            raise _broken(self.folder, error) from None
        found: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
        del table
        if not found[ID].is_monotonic_increasing:
            found = found.sort_values(ID, kind="stable")
        return found[asked].reset_index(drop=True)

    def pieces(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Columns of all rows, at most ``rows`` at a time, as they lie in the files.

        Raises
        ------
        QueryError
            If a column is not known.
        DataError
            If a file is broken.
        """
        import pyarrow as pa

        require(columns, self.dataset.schema.names, f"sweep {self.id}")
        # Nothing is read ahead of the one who reads: memory is that of a piece.
        scanner = self.dataset.scanner(
            columns=list(columns), batch_size=rows, batch_readahead=1, fragment_readahead=1
        )
        try:
            yield from scanner.to_batches()
        except (pa.ArrowInvalid, OSError) as error:
            raise _broken(self.folder, error) from None

    def sql(self, query: str) -> pd.DataFrame:
        """Answer of a query in SQL to the view ``sweep``, by DuckDB.

        Raises
        ------
        QueryError
            If DuckDB is not installed, or cannot answer the query.
        """
        try:
            import duckdb
        except ImportError:
            raise QueryError(
                "DuckDB is not installed", "sql", 'pip install "exposure[duckdb]"'
            ) from None
        with duckdb.connect() as connection:
            connection.register(VIEW, self.dataset)
            try:
                return connection.execute(query).df()
            except duckdb.Error as error:
                first = str(error).strip().splitlines()[0]
                raise QueryError(
                    first, "sql", f"view {VIEW} with {_listed(self.dataset.schema.names)}"
                ) from None

    def _condition(self, where: ds.Expression | Mapping[str, Any] | None) -> ds.Expression | None:
        if not isinstance(where, Mapping):
            return where
        require(where, self.dataset.schema.names, f"sweep {self.id}, where")
        condition = None
        for name, wanted in where.items():
            one = _holds(name, wanted)
            condition = one if condition is None else condition & one
        return condition

    def _unfit(self, error: Exception) -> QueryError:
        """A refusal of the reader in the words of the sweep."""
        place = f"sweep {self.id}, where"
        missing = re.search(r"FieldRef\.Name\((.*?)\)", str(error))
        if missing:
            return _unknown(missing[1], self.dataset.schema.names, place)
        types = zip(self.dataset.schema.names, self.dataset.schema.types, strict=True)
        return QueryError(
            f"a condition does not fit its column: {str(error).splitlines()[0]}",
            place,
            ", ".join(f"{name}: {kind}" for name, kind in types),
        )


def open_sweep(folder: str | Path) -> SweepTable:
    """Open the folder of a finished sweep; only the heads of its files are read.

    Parameters
    ----------
    folder
        Which `exposure.sweep` wrote.

    Returns
    -------
    SweepTable
        Its inputs, outputs and units; rows are read when they are asked for.

    Raises
    ------
    QueryError
        If there is no such folder.
    DataError
        If the manifest is missing, is not JSON or of another format, a file cannot be read, or the
        sweep is not finished.

    Examples
    --------
    >>> _ = ex.sweep(small, "grid", folder, workers=1)
    >>> table = ex.open_sweep(folder)
    >>> table.id, table.rows, table.units["us-cars/usmca"]
    ('grid', 6, 'fraction')
    """
    place = Path(folder)
    if not place.is_dir():
        raise QueryError("no such folder", str(place), "the output folder of a sweep")
    table = _described(place)
    _check_rows(table)
    return table


def is_sweep(folder: str | Path) -> bool:
    """Whether a folder is that of a sweep, finished or not, and no other."""
    place = Path(folder)
    # A report has no plan, and its manifest no columns.
    if (place / "plan.json").is_file() or (place / "chunks").is_dir():
        return True
    try:
        said = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and "columns" in said


def require(names: Iterable[str], known: Iterable[object], where: str) -> None:
    """Check that columns are known.

    Raises
    ------
    QueryError
        If one is not; the nearest names are given.
    """
    allowed = [str(name) for name in known]
    for name in names:
        if name not in allowed:
            raise _unknown(str(name), allowed, where)


def _unknown(name: str, known: Iterable[str], where: str) -> QueryError:
    allowed = list(known)
    near = get_close_matches(name, allowed, n=3, cutoff=0.5)
    mend = f"nearest: {', '.join(near)}" if near else f"known: {_listed(allowed)}"
    return QueryError(f"no column {name!r}", where, mend)


def _listed(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _holds(name: str, wanted: Any) -> ds.Expression:
    """One condition of a dictionary.

    Raises
    ------
    QueryError
        If a tuple has not two ends.
    """
    import pyarrow.dataset as ds

    column = ds.field(name)
    if isinstance(wanted, list):
        return column.isin([_plain(value) for value in wanted])
    if not isinstance(wanted, tuple):
        return column == _plain(wanted)
    if len(wanted) != 2:
        raise QueryError(
            f"{len(wanted)} ends for {name!r}", "where", "(low, high), or a list of values"
        )
    low, high = (_plain(end) for end in wanted)
    condition = ~column.is_null(nan_is_null=True)
    if low is not None:
        condition &= column >= low
    if high is not None:
        condition &= column <= high
    return condition


def _plain(value: Any) -> Any:
    """A value of Python: a number of NumPy would be of a type that columns do not have."""
    return value.item() if hasattr(value, "item") else value


def _described(folder: Path) -> SweepTable:
    """A table as its manifest describes it.

    Raises
    ------
    DataError
        If the manifest is missing or is not one.
    """
    path = folder / "manifest.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("no manifest", str(path), "the output folder of a sweep") from None
    except (ValueError, OSError) as error:
        raise DataError(f"not JSON: {error}", str(path), "as the sweep wrote it") from None
    form = said.get("format") if isinstance(said, dict) else None
    if form != FORMAT or isinstance(form, bool):
        raise DataError(f"format {form!r}", str(path), f"format {FORMAT}")
    try:
        columns = tuple(
            Column(item["name"], item["role"], item.get("unit", ""), item.get("title", ""))
            for item in said["columns"]
        )
        design = said["design"]
        plan = Plan(design["kind"], tuple(design["inputs"]), int(design.get("samples", 0)))
        # Sweeps of before these keys have the texts in their document.
        texts = {**said.get("document", {}), **said}
        return SweepTable(
            folder, said["id"], said.get("title", ""), int(said["seed"]), int(said["rows"]),
            columns, plan, str(texts.get("question", "")), str(texts.get("note", "")),
            {name: str(said[name]) for name in MARKS if name in said},
        )  # fmt: skip
    except KeyError as error:
        raise DataError(f"key {error} is missing", str(path), "as the sweep wrote it") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise DataError(f"not a manifest: {error}", str(path), "as the sweep wrote it") from None


def _broken(folder: Path, error: Exception) -> DataError:
    first = str(error).splitlines()[0]
    return DataError(f"cannot be read: {first}", str(folder), "delete the file, then --resume")


def _check_rows(table: SweepTable) -> None:
    """Columns and rows are those of the manifest.

    Raises
    ------
    DataError
        If they are not, or a file cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = table.folder / "quarantine.parquet"
    if not path.is_file():
        raise DataError("no quarantine.parquet", str(table.folder), "resume with --resume")
    try:
        failed = int(pq.read_metadata(path).num_rows)
        done = len(table)
        names = set(table.dataset.schema.names)
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(table.folder, error) from None
    absent = [item.name for item in table.columns if item.name not in names]
    if absent or ID not in names:
        missing = ", ".join(absent or [ID])
        raise DataError(f"columns missing in chunks: {missing}", str(table.folder))
    missing_rows = table.rows - done - failed
    if missing_rows > 0:
        raise DataError(
            f"not finished: {missing_rows:,} of {table.rows:,} scenarios are missing",
            str(table.folder),
            "resume with --resume",
        )
    if missing_rows < 0:
        raise DataError(
            f"{done + failed:,} scenarios in chunks and quarantine",
            str(table.folder),
            f"the manifest has {table.rows:,}",
        )
