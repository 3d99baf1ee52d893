"""The duty stack of every row of a table of crossings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure import html_view
from exposure.axes import COMPONENTS
from exposure.law.base import METALS, Tag, base_shares
from exposure.law.book import LawBook
from exposure.law.lines import DutyLines, duty_lines, provisional_lines
from exposure.law.question import Crossings, ask
from exposure.law.select import Shipments
from exposure.law.stack import duty_shares, extra_rate
from exposure.law.state import LawState, law_state, state_keys
from exposure.law.words import LINE_COLUMNS, line_table, why_unknown

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


ANSWER = (*COMPONENTS, "total", "at_least", "status", "provisional", "note")
"""Columns of `Rates.table`."""


@dataclass(frozen=True)
class Stack:
    """Duties of the crossings of one law state.

    Attributes
    ----------
    state, ships, lines
        Where they come from.
    duty, share, left (line,) [fraction of customs value]
        Duty; part of value charged before displacement; part left after it.
    """

    state: LawState
    ships: Shipments
    lines: DutyLines
    duty: Floats
    share: Floats
    left: Floats

    def components(self) -> tuple[Floats, Floats, Floats]:
        """Components (crossing, component), total (crossing,) and its known part (crossing,).

        A component is NaN where no measure speaks, and where it is not known; the total is NaN
        where a part of it is not known, or where an authority is not encoded.
        """
        count, width = len(self.ships), len(COMPONENTS)
        cell = self.lines.crossing * width + self.state.clauses.component[self.lines.clause]

        def spread(values: Floats | None) -> Floats:
            return np.bincount(cell, values, count * width).astype(float).reshape(count, width)

        column1 = self.lines.column1
        sums, said = spread(self.duty), spread(None) > 0
        sums[:, 0] += column1.rate
        said[:, 0] = True
        total = np.where(said, sums, 0.0).sum(axis=1)
        known = spread(np.nan_to_num(self.duty)).sum(axis=1) + column1.known_part
        total[self.lines.uncovered != ""] = np.nan
        return np.where(said, sums, np.nan), total, known

    def provisional(self) -> NDArray[np.bool_]:
        """Whether the duty depends on a list that is known from a proposal only (crossing,)."""
        found = np.zeros(len(self.ships), dtype=bool)
        lines = provisional_lines(self.state, self.lines, self.duty, self.left)
        found[self.lines.crossing[lines]] = True
        return found


def stack(state: LawState, ships: Shipments) -> Stack:
    """Duties of crossings on their stated content.

    Raises
    ------
    DataError
        If authorities displace one another in a circle.
    """
    materials = _materials(state.book)
    tags = tuple(Tag(name) for name in materials)
    lines = duty_lines(state, ships, tags)
    at = lines.crossing
    content = _stated_content(state, ships, materials)[at][None]
    us = state.register.numbers(ships.facts, "us_content")[ships.facts_of]
    share = base_shares(lines.base, content, us[at][None])
    rate = extra_rate(lines.structure.kind, lines.rate[None], lines.cap, lines.column1.rate[at])
    duty, left = duty_shares(lines.structure, rate, share)
    return Stack(state, ships, lines, duty[0], share[0], left[0])


def _materials(book: LawBook) -> list[str]:
    if "materials" not in book.kept:
        book.kept["materials"] = sorted(set(book.clauses["material"]) - {""})
    made = book.kept["materials"]
    assert isinstance(made, list)
    return made


def _stated_content(state: LawState, ships: Shipments, materials: list[str]) -> Floats:
    """Content (crossing, material); a shipment that states one metal has declared them all."""
    share = {
        name: state.register.numbers(ships.facts, f"{name}_share") for name in {*materials, *METALS}
    }
    declared = ~np.isnan([share[name] for name in METALS]).all(axis=0)
    content = np.empty((len(ships.facts), len(materials)))
    for column, name in enumerate(materials):
        silent = declared & np.isnan(share[name]) & (name in METALS)
        content[:, column] = np.where(silent, 0.0, share[name])
    return content[ships.facts_of]


@dataclass(frozen=True)
class Rates:
    """Duty stacks, in the order of the question.

    Attributes
    ----------
    components (crossing, component) [fraction of customs value]
        By ``exposure.axes.COMPONENTS``; NaN where no measure speaks and where it is not known.
    total (crossing,) [fraction of customs value]
        NaN where not known.
    at_least (crossing,) [fraction of customs value]
        The known part of the total.
    stacks
        Rows of the question, and their stack, by law state.
    """

    components: Floats
    total: Floats
    at_least: Floats
    stacks: tuple[tuple[Ints, Stack], ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Row by row, columns ``ANSWER``: a component each, and what they come to."""
        table = pd.DataFrame(self.components, columns=list(COMPONENTS))
        table["total"], table["at_least"] = self.total, self.at_least
        table["status"] = np.where(np.isnan(self.total), "unknown", "known")
        provisional = np.zeros(len(table), dtype=bool)
        notes = np.full(len(table), "", dtype=object)
        for rows, made in self.stacks:
            provisional[rows] = made.provisional()
            why = why_unknown(made.state, made.ships, made.lines, made.duty, made.left)
            for row, text in why.items():
                notes[rows[row]] = text
        table["provisional"], table["note"] = provisional, notes
        return table

    def __repr__(self) -> str:
        """Return how many crossings there are, and of how many the rate is known."""
        known = int((~np.isnan(self.total)).sum())
        return f"Rates({len(self.total)} crossings, {known} known)"

    def _repr_html_(self) -> str:
        """Return a row a crossing: its total, the components that speak, and what is not known."""
        table = self.table
        speaks = [name for name in COMPONENTS if table[name].notna().any()]
        # Of a known total, a component in which no measure speaks is nothing, and not unknown.
        known = table["status"] == "known"
        spoken = table[speaks].astype(object).mask(table[speaks].isna().mul(known, axis=0), "")
        shown = table.assign(**spoken)[
            ["total", "at_least", *speaks, "status", "provisional", "note"]
        ]
        return html_view.card(
            repr(self),
            html_view.line("fractions of customs value"),
            html_view.table(["crossing", *shown], shown.itertuples(name=None)),
        )

    @cached_property
    def lines(self) -> pd.DataFrame:
        """A row for each crossing and action, with the clause, its base and its citation."""
        parts = []
        for rows, made in self.stacks:
            part = line_table(made.state, made.lines, made.duty, made.share, made.left)
            parts.append(part.assign(row=rows[part["row"].to_numpy(dtype=np.int64)]))
        if not parts:
            return pd.DataFrame(columns=list(LINE_COLUMNS))
        return pd.concat(parts, ignore_index=True).sort_values(
            "row", kind="stable", ignore_index=True
        )


def rates(book: LawBook, given: Crossings) -> Rates:
    """Duty stacks of crossings.

    Raises
    ------
    Problems
        One line a row that names an unknown code, country, date or attribute.
    DataError
        If authorities displace one another in a circle.
    """
    asked = ask(book, given)
    keys = state_keys(book, asked.on, asked.known)
    components = np.full((len(given), len(COMPONENTS)), np.nan)
    total, at_least = np.full(len(given), np.nan), np.zeros(len(given))
    stacks = []
    order = np.argsort(keys, kind="stable")
    changes = np.flatnonzero(np.diff(keys[order])) + 1
    for rows in np.split(order, changes) if len(order) else []:
        state = law_state(book, int(asked.on[rows[0]]), int(asked.known[rows[0]]))
        made = stack(state, asked.ships.take(rows))
        components[rows], total[rows], at_least[rows] = made.components()
        stacks.append((rows, made))
    return Rates(components, total, at_least, tuple(stacks))
