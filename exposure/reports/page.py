"""What the makers of blocks work with: the tables of a result and the words of a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.reports.description import ALL_ROWS, Piece, Ref, Text, Value
from exposure.reports.words import Words

Tables = Mapping[str, pd.DataFrame]


class Row:
    """A row of a table that hands out its cells as `Value`.

    ``row["column"]`` is the bare value: to choose and to draw, not to print.
    """

    __slots__ = ("_cells", "_place", "_table", "_words")

    def __init__(self, words: Words, table: str, place: int, cells: Mapping[str, Any]) -> None:
        self._words, self._table, self._place, self._cells = words, table, place, cells

    def __getitem__(self, column: str) -> Any:
        """Return the bare value of a cell."""
        return self._cells[column]

    def value(self, column: str, form: str) -> Value:
        """A cell in a form: see `Words.form`."""
        text = self._words.form(form, self._cells[column])
        return Value(text, form, Ref(self._table, self._place, column))

    def quote(self, column: str) -> Text:
        """A cell's text as it stands; nothing where it is empty."""
        text = self._cells[column]
        return () if pd.isna(text) or text == "" else (self.value(column, "quote"),)

    def name(self, column: str, group: str) -> Value:
        """The label of the code in a cell, ``group.code`` of the strings."""
        return self.value(column, f"name.{group}")

    def usd(self, column: str) -> Value:
        """A cell in dollars."""
        return self.value(column, "usd")

    def percent(self, column: str) -> Value:
        """A fraction as per cent."""
        return self.value(column, "percent")

    def count(self, column: str) -> Value:
        """A whole number."""
        return self.value(column, "count")

    def span(self, form: str, low: str, central: str, high: str) -> Text:
        """Central value with its range, of three cells."""
        return self._words.range(
            self.value(central, form), self.value(low, form), self.value(high, form)
        )

    def ends(self, form: str, stem: str) -> Text:
        """Central value with its range, of the cells ``stem_low``, ``_central``, ``_high``."""
        return self.span(form, f"{stem}_low", f"{stem}_central", f"{stem}_high")

    def direction(self, column: str, name: str) -> Value:
        """Word for the sign of a cell."""
        return self.value(column, f"direction.{name}")


@dataclass(frozen=True)
class Page:
    """Tables and words, read together.

    Attributes
    ----------
    tables
        Those of a result: see ``docs/result-tables.md``. Their rows are counted from 0 on.
    words
        Labels and forms of the report's language.
    """

    tables: Tables
    words: Words
    _found: dict[tuple[str, str, Any], NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    def frame(self, name: str, /, **where: Any) -> pd.DataFrame:
        """Rows of a table in which columns have the given values, under their positions."""
        table = self.tables[name]
        if not where:
            return table
        mask = np.ones(len(table), dtype=bool)
        for column, value in where.items():
            mask &= self._is(name, column, value)
        return table[mask]

    def _is(self, name: str, column: str, value: Any) -> NDArray[np.bool_]:
        """Where a column has a value; remembered, for the same few values are asked for often."""
        key = (name, column, value)
        if key not in self._found:
            self._found[key] = (self.tables[name][column] == value).to_numpy(dtype=bool)
        return self._found[key]

    def rows(self, name: str, /, **where: Any) -> list[Row]:
        """The same as `Row`."""
        return self.of(name, self.frame(name, **where))

    def of(self, name: str, frame: pd.DataFrame) -> list[Row]:
        """Rows of a frame that came from `frame`, in its order."""
        columns = [str(column) for column in frame.columns]
        places = [int(place) for place in frame.index]
        return [
            Row(self.words, name, place, dict(zip(columns, cells, strict=True)))
            for place, cells in zip(places, frame.itertuples(index=False, name=None), strict=True)
        ]

    def length(self, name: str) -> Value:
        """How many rows a table has."""
        text = self.words.count(len(self.tables[name]))
        return Value(text, "count", Ref(name, ALL_ROWS, "rows"))

    def label(self, key: str) -> str:
        """A label of the strings."""
        return self.words.label(key)

    def labels(self, keys: str) -> tuple[str, ...]:
        """Labels of several columns: one string, parted by a bar."""
        return tuple(self.words.label(keys).split(" | "))

    def say(self, key: str, **values: Piece | Text) -> Text:
        """A template with its values in their places."""
        return self.words.say(key, **values)

    def metric(self, row: Row) -> Text:
        """The median of a headline number with its range; ``row`` is of a table of metrics."""
        return row.span(metric_form(row["metric"]), "low", "median", "high")


def metric_form(metric: str) -> str:
    """The form of a headline number."""
    if metric.endswith("_share"):
        return "percent"
    return "usd" if "usd" in metric else "count"
