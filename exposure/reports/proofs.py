"""What stands behind a printed number: cell, definition, law and inputs, for the page's script.

Everything is looked up in the tables of the result; a proof shows no number that is not there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from exposure.frames import records
from exposure.reports.description import ALL_ROWS, Ref, Value
from exposure.reports.words import Words, is_unknown
from exposure.sweeps.reading import ID

Tables = Mapping[str, pd.DataFrame]
KEYS = ("scenario", "case", "product", "route", "level", "firm", "plant", "country", "origin",
        "dispatch", "importer", "industry", "board", "part", "component", "action", "metric",
        "step", "stage", "quarter", "agreement", "test", "input", "id", "source_id", "name",
        "kind", "view", "key", "from_country", "to_country", "end", "box", ID)  # fmt: skip
"""Columns that say which row it is, in the order in which they are shown."""
LAW = ("component", "title", "action", "clause", "status", "effective_from", "rate", "kind",
       "base", "base_share", "duty_rate", "source")  # fmt: skip

OF_METRICS = ("headline", "country_results", "firm_results")
"""Tables in which a row is one number and its range, named by ``metric``."""
ENDS = ("low", "median", "central", "high", "baseline")
"""Columns, and last words of columns, that say which value of a number it is."""


class Proofs:
    """Proofs of all values that a page prints; each cell is kept once.

    Attributes
    ----------
    cells
        Cells in the order in which they first appear; a value's number is its place.
    """

    def __init__(self, tables: Tables, words: Words) -> None:
        self._tables, self._words = tables, words
        self._records: dict[str, list[dict[str, Any]]] = {}
        self.cells: dict[Ref, int] = {}
        asked = tables.get("scenarios")
        self._draws = asked is None or bool((asked["draws"] > 0).any())

    def number(self, value: Value) -> int:
        """Place of a value's cell among all."""
        return self.cells.setdefault(value.ref, len(self.cells))

    def data(self) -> dict[str, Any]:
        """All that the page's script needs, as plain lists and dictionaries.

        ``cells`` has (table, row, column, exact value) by places in ``tables`` and ``columns``;
        ``rows`` the key of each row; ``defined`` what a column means; ``law`` the lines of the law
        by scenario and product, ``inputs`` the drivers by scenario, product and metric.
        """
        tables = list(dict.fromkeys(ref.table for ref in self.cells))
        columns = list(dict.fromkeys(ref.column for ref in self.cells))
        rows: dict[str, dict[str, str]] = {}
        cells = []
        for ref in self.cells:
            cells.append(
                [tables.index(ref.table), ref.row, columns.index(ref.column), self._exact(ref)]
            )
            rows.setdefault(ref.table, {}).setdefault(str(ref.row), self._key(ref))
        about = {
            (str(r["scenario"]), str(r["product"]))
            for ref in self.cells
            if (r := self._row(ref)) is not None and {"scenario", "product"} <= set(r)
        }
        law = {" ".join(pair): self._law(*pair) for pair in sorted(about)}
        return {
            "tables": tables,
            "columns": columns,
            "cells": cells,
            "rows": rows,
            "defined": self._definitions(),
            "law": {key: lines for key, lines in law.items() if lines},
            "inputs": self._inputs(),
        }

    def _row(self, ref: Ref) -> dict[str, Any] | None:
        if ref.row == ALL_ROWS:
            return None
        if ref.table not in self._records:
            self._records[ref.table] = records(self._tables[ref.table])
        return self._records[ref.table][ref.row]

    def _exact(self, ref: Ref) -> Any:
        row = self._row(ref)
        value = len(self._tables[ref.table]) if row is None else row[ref.column]
        if isinstance(value, str):
            # A quotation is its own proof: it stands on the page.
            return None
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        return float(f"{float(value):.12g}")

    def _key(self, ref: Ref) -> str:
        row = self._row(ref)
        if row is None:
            return ""
        held = {name: row[name] for name in KEYS if not is_unknown(row.get(name))}
        return " · ".join(f"{name} {value}" for name, value in held.items() if value != "")

    def _definitions(self) -> dict[str, str]:
        """Meaning of a column, and of the metrics in tables that have one a row."""
        found = {}
        for ref in self.cells:
            row = self._row(ref)
            metric = "" if row is None else str(row.get("metric", ""))
            if meaning := self._meaning(ref, metric):
                found[f"{ref.table}.{ref.column}.{metric}".rstrip(".")] = meaning
        return found

    def _meaning(self, ref: Ref, metric: str) -> str:
        """Meaning of a cell, the most special one first, and which end of its range it is."""
        stem, end = ref.column, ""
        if (last := ref.column.rpartition("_")[2]) in ENDS:
            stem, end = ref.column.removesuffix(last).rstrip("_"), last
        of_row = (f"{ref.table}.{metric}", f"metric.{metric}")
        # In other tables a metric says what a row is about, and not what its cells are.
        whole = of_row if end and not stem and ref.table in OF_METRICS else ()
        for key in (f"{ref.table}.{ref.column}", *whole, ref.column):
            if self._words.has(f"defined.{key}"):
                return self._with_end(key, end if key in whole else "")
        for key in (f"{ref.table}.{stem}", stem):
            if end and stem and self._words.has(f"defined.{key}"):
                return self._with_end(key, end)
        return ""

    def _with_end(self, key: str, end: str) -> str:
        meaning = self._words.label(f"defined.{key}")
        if end == "median" and not self._draws:
            # The median of a run without draws is its one value.
            end = "central"
        return f"{meaning} {self._words.label(f'defined.end.{end}')}" if end else meaning

    def _law(self, scenario: str, product: str) -> list[dict[str, Any]]:
        """Lines of the law at the market's border: rule, status on the day, base, rate, source."""
        products, lines = self._tables["products"], self._tables["duty_lines"]
        market = products.loc[products["product"] == product, "market"]
        mine = lines[
            (lines["scenario"] == scenario)
            & (lines["case"] == "scenario")
            & (lines["product"] == product)
            & lines["importer"].isin(market)
        ]
        words = self._words
        return [
            {
                "rule": f"{row['title'] or words.name('component', row['component'])} "
                f"({row['action']} {row['clause']})".replace(" )", ")"),
                "status": words.name("status", row["status"]),
                "since": row["effective_from"],
                "rate": words.percent(row["rate"]) + (" all-in" if row["kind"] == "all_in" else ""),
                "base": f"{row['base']} {words.percent(row['base_share'])}",
                "duty": words.percent(row["duty_rate"]),
                "source": row["source"],
            }
            for row in records(mine[list(LAW)].drop_duplicates())
        ]

    def _inputs(self) -> dict[str, list[list[str]]]:
        """Drivers of each headline number that is printed: name, range, unit, grade, source."""
        printed = {
            (str(row["scenario"]), str(row["product"]), str(row["metric"]))
            for ref in self.cells
            if ref.table == "headline" and (row := self._row(ref)) is not None
        }
        if not printed:
            # The tables of a sweep have no drivers and no register.
            return {}
        register = {row["id"]: row for row in records(self._tables["assumptions"])}
        found: dict[str, list[list[str]]] = {}
        for driver in records(self._tables["drivers"]):
            key = (driver["scenario"], driver["product"], driver["metric"])
            if key not in printed or driver["input"] not in register:
                continue
            held = register[driver["input"]]
            number = self._words.number
            found.setdefault(" ".join(map(str, key)), []).append(
                [driver["title"], f"{number(held['low'])} – {number(held['central'])} – "
                 f"{number(held['high'])}", held["unit"], held["grade"], held["source"]]
            )  # fmt: skip
        return found
