"""The form of every table of the World: key, columns with their units, and what is allowed.

Read by `exposure.facts.build` when tables are made from the raw files; tables that are loaded as
built were checked then. Pandera is slow to import, so this module is imported inside the functions
that need it. ``python -m exposure.facts.tables > docs/tables.md`` writes the column reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from exposure.errors import DataError, Problems
from exposure.facts.files import shown
from exposure.facts.tables.economy import ECONOMY
from exposure.facts.tables.firm import FIRMS
from exposure.facts.tables.forms import KINDS
from exposure.facts.tables.law import LAW
from exposure.facts.tables.outcome import OUTCOMES
from exposure.facts.tables.sector import SECTORS
from exposure.frames import records

SCHEMAS: Mapping[str, pa.DataFrameSchema] = {
    **LAW,
    **FIRMS,
    **ECONOMY,
    **SECTORS,
    **OUTCOMES,
}
"""Form of each table of the World by its name."""


# --- checks --------------------------------------------------------------------------------


def _kind(column: Any) -> str:
    """Name of a column's pandas type; text is kept in more than one way."""
    name = str(column.dtype)
    return "str" if name.startswith("str") else name


def with_columns(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table, or one with all columns and no row where no document gave a row."""
    return table if len(table.columns) else _empty(name).copy()


@cache
def _empty(name: str) -> pd.DataFrame:
    columns = SCHEMAS[name].columns
    return pd.DataFrame({key: pd.Series(dtype=_kind(c)) for key, c in columns.items()})


def check_forms(tables: Mapping[str, pd.DataFrame]) -> None:
    """Check every table against its schema.

    Raises
    ------
    Problems
        All offenders of all tables: file, table, row by its key, column, and what is allowed.
    """
    problems = [problem for name, table in tables.items() for problem in _offenders(name, table)]
    if problems:
        raise Problems(problems)


def fits(schema: pa.DataFrameSchema, table: pd.DataFrame) -> bool:
    """Whether a table holds all that its schema asks, by the schema's own columns and rules.

    Says yes only where pandera finds nothing, and in a small part of its time; a no may be too
    strict, and pandera has the word. So a world without faults does not wait for the machinery
    that describes them.
    """
    if set(table.columns) != set(schema.columns):
        return False
    if not all(_column_fits(column, table[name]) for name, column in schema.columns.items()):
        return False
    if table.empty:
        return True
    try:
        return not table.duplicated(schema.unique).any() and all(
            rule._check_fn(table).all() for rule in schema.checks
        )
    except (TypeError, ValueError, KeyError):
        return False


def _column_fits(column: Any, values: pd.Series[Any]) -> bool:
    kind, test = _kind(column), column.metadata["test"]
    if str(values.dtype) != kind:
        return False
    if kind == "str":
        texts = [text for text in values.unique().tolist() if isinstance(text, str)]
        whole = column.nullable or not values.hasnans
        return whole and all(map(test, texts))
    numbers = values.to_numpy()
    if kind == "float64" and (missing := np.isnan(numbers)).any():
        if not column.nullable:
            return False
        numbers = numbers[~missing]
    return test is None or bool(test(numbers).all())


def _offenders(name: str, table: pd.DataFrame) -> Iterator[DataError]:
    schema = SCHEMAS[name]
    if fits(schema, table):
        return
    try:
        schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        rows = cases[cases["index"].notna()]
        whole = cases[cases["index"].isna()]
        yield from _whole_columns(schema, name, whole, alone=rows.empty)
        yield from _rows(schema, name, table, rows)


def _whole_columns(
    schema: pa.DataFrameSchema, name: str, cases: pd.DataFrame, *, alone: bool
) -> Iterator[DataError]:
    """Columns that are missing, not known or of another type."""
    where = f"{schema.title}: table {name}"
    for case in records(cases):
        column, check, given = case["column"], str(case["check"]), case["failure_case"]
        if check == "column_in_dataframe":
            yield DataError(f"column {given} is missing", where)
        elif check == "column_in_schema":
            known = ", ".join(schema.columns)
            yield DataError(f"column {given} is not known", where, f"known: {known}")
        elif check.startswith("dtype"):
            wanted = KINDS[_kind(schema.columns[column])]
            given = KINDS.get(str(given), given)
            yield DataError(f"holds {given}", f"{where}, column {column}", f"must hold {wanted}")
        elif alone and len(cases) == 1:
            # A rule that could not be asked; elsewhere it fell with a column that is told.
            yield DataError(f"{check}: {given}", where)


def _rows(
    schema: pa.DataFrameSchema, name: str, table: pd.DataFrame, cases: pd.DataFrame
) -> Iterator[DataError]:
    """Cells that are not allowed, in the order of the rows; each is told once."""
    rules = {check.error: check.name for check in schema.checks}
    told = set()
    for case in records(cases.sort_values("index", kind="stable")):
        row, check = int(case["index"]), str(case["check"])
        twice = check == "multiple_fields_uniqueness"
        column = "" if twice else str(rules.get(check, case["column"]))
        if (row, column) in told:
            continue
        told.add((row, column))
        key = "/".join(str(table[part].iloc[row]) for part in schema.unique)
        where = f"{schema.title}: table {name}, row {key}"
        if twice:
            yield DataError("stands twice", where, f"key: {', '.join(schema.unique)}")
            continue
        value = table[column].iloc[row]
        what = "is empty" if pd.isna(value) or value == "" else f"{shown(value)} is not allowed"
        allowed = _allowed(schema.columns[column], check)
        yield DataError(what, f"{where}, column {column}", allowed)


def _allowed(column: Any, check: str) -> str:
    """What a column takes; an empty cell is told by what should stand there."""
    if check != "not_nullable":
        return check
    return str(column.checks[0].error) if column.checks else KINDS[_kind(column)]


# --- the column reference ------------------------------------------------------------------


def reference() -> str:
    """All schemas as Markdown: what ``docs/tables.md`` holds."""
    lines = [
        "# The tables of the World",
        "",
        "Made from `exposure/facts/tables/` by `python -m exposure.facts.tables`; do not edit.",
        "Rates and shares are fractions; dates are ISO text; files are those of `data/raw/`.",
    ]
    for name, schema in SCHEMAS.items():
        lines += ["", f"## {name}", "", f"{schema.description} From `{schema.title}`."]
        lines += [f"Key: {', '.join(f'`{part}`' for part in schema.unique)}.", ""]
        lines += ["| column | type | what | allowed |", "|---|---|---|---|"]
        lines += [_reference_row(key, column) for key, column in schema.columns.items()]
        rules = [f"* `{check.name}`: {check.error}" for check in schema.checks]
        lines += ["", *rules] if rules else []
    return "\n".join(lines) + "\n"


def _reference_row(name: str, column: Any) -> str:
    allowed = str(column.checks[0].error) if column.checks else KINDS["bool"]
    allowed += ", or not known" if column.nullable else ""
    return f"| `{name}` | {KINDS[_kind(column)]} | {column.description} | {allowed} |"
