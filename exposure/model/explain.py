"""Any duty or landed-cost cell, down to measure, clause, base, inputs and grades.

Works on the tables of a result alone, so that a folder on disk explains itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from exposure.errors import QueryError
from exposure.frames import records

CELLS = ("duty", "landed_cost")


@dataclass(frozen=True)
class Trace:
    """Why a number is what it is.

    Attributes
    ----------
    cell
        Address of the cell.
    value
        The number, in USD per unit of the product.
    steps
        Lines of the derivation; ``depth`` orders them as a tree, ``amount_usd`` is what each adds.
    """

    cell: str
    value: float
    steps: pd.DataFrame

    def __str__(self) -> str:
        """Return the derivation as an indented text."""
        lines = [f"{self.cell} = {self.value:,.2f} USD per unit"]
        for row in records(self.steps):
            indent = "  " * (row["depth"] + 1)
            lines.append(f"{indent}{row['text']}  [{row['amount_usd']:,.2f} USD]")
        return "\n".join(lines)


def explain(
    tables: Mapping[str, pd.DataFrame],
    cell: str,
    product: str,
    route: str,
    scenario: str = "",
    case: str = "scenario",
) -> Trace:
    """Derivation of a cell.

    Parameters
    ----------
    tables
        Those of a result.
    cell
        ``duty`` (all borders of the route) or ``landed_cost``.
    product, route
        Which.
    scenario
        Which; may be left out where the result holds one.
    case
        ``scenario`` or ``baseline``.

    Raises
    ------
    QueryError
        If the cell, product, route or scenario is not in the result; what is there is listed.
    """
    if cell not in CELLS:
        raise QueryError(f"no cell {cell!r}", "", f"known: {', '.join(CELLS)}")
    names = list(tables["scenarios"]["scenario"])
    chosen = scenario or names[0]
    for what, name, known in (
        ("scenario", chosen, names),
        ("product", product, sorted(set(tables["landed_cost"]["product"]))),
        ("case", case, ["baseline", "scenario"]),
    ):
        if name not in known:
            raise QueryError(f"no {what} {name!r}", "", f"known: {', '.join(known)}")
    key = {"scenario": chosen, "case": case, "product": product, "route": route}
    cost = _pick(tables["landed_cost"], key)
    if cost.empty:
        here = tables["landed_cost"]
        routes = sorted(set(here.loc[here["product"] == product, "route"]))
        raise QueryError(f"no route {route!r}", f"product {product}", f"known: {', '.join(routes)}")
    steps: list[dict[str, object]] = []
    head = cost.iloc[0]
    if cell == "landed_cost":
        _value_steps(tables, key, steps, head)
        value = float(head["landed_central"])
    else:
        value = float(head["duty_usd_per_unit"])
    _duty_steps(tables, key, steps, depth=1 if cell == "landed_cost" else 0)
    address = f"{cell}:{product}/{route}@{chosen}/{case}"
    return Trace(address, value, pd.DataFrame(steps, columns=["depth", "text", "amount_usd"]))


def parse_cell(text: str) -> dict[str, str]:
    """Address ``cell:product/route[@scenario[/case]]`` as arguments of `explain`.

    Examples
    --------
    >>> parse_cell("duty:kia-k4/pesqueria")
    {'cell': 'duty', 'product': 'kia-k4', 'route': 'pesqueria'}

    Raises
    ------
    QueryError
        If it has another form.
    """
    place, _, where = text.partition("@")
    cell, _, rest = place.partition(":")
    product, _, route = rest.partition("/")
    if not (cell and product and route):
        raise QueryError(
            f"cell {text!r}", "", "form: duty:PRODUCT/ROUTE[@SCENARIO[/baseline|/scenario]]"
        )
    found = {"cell": cell, "product": product, "route": route}
    if where:
        scenario, _, case = where.partition("/")
        found["scenario"] = scenario
        if case:
            found["case"] = case
    return found


def _pick(table: pd.DataFrame, key: Mapping[str, str]) -> pd.DataFrame:
    mask = pd.Series(True, index=table.index)
    for name, value in key.items():
        if name in table:
            mask &= table[name] == value
    return table[mask]


def _add(steps: list[dict[str, object]], depth: int, text: str, amount: float) -> None:
    steps.append({"depth": depth, "text": text, "amount_usd": amount})


def _value_steps(
    tables: Mapping[str, pd.DataFrame],
    key: Mapping[str, str],
    steps: list[dict[str, object]],
    head: pd.Series[float],
) -> None:
    _add(steps, 0, "value added at the sites", float(head["value_added_usd_per_unit"]))
    for row in records(_pick(tables["nodes"], key)):
        text = (
            f"{row['part_title']}: {row['site_title']} ({row['country']}), {row['units']:g} per "
            f"unit; grade {row['grade']}, source {row['source']}"
        )
        _add(steps, 1, text, row["value_added_central"])
    _add(steps, 0, "freight", float(head["freight_usd_per_unit"]))
    _add(steps, 0, "duties at the borders", float(head["duty_usd_per_unit"]))


def _duty_steps(
    tables: Mapping[str, pd.DataFrame],
    key: Mapping[str, str],
    steps: list[dict[str, object]],
    depth: int,
) -> None:
    lines = _pick(tables["duty_lines"], key)
    for row in records(_pick(tables["crossings"], key)):
        text = (
            f"{row['part_title']} ({row['hts']}) crosses {row['origin']} -> {row['importer']}: "
            f"customs value {row['customs_value_usd_per_unit']:,.2f} USD "
            f"at {row['duty_rate_central']:.4%}"
        )
        _add(steps, depth, text, row["duty_usd_per_unit_central"])
        here = {name: row[name] for name in ("part", "origin", "importer")}
        for line in records(_pick(lines, here)):
            _add(steps, depth + 1, _line_text(line), line["duty_usd_per_unit"])


def _line_text(line: Mapping[str, Any]) -> str:
    """One duty line: component, clause, status, rate x base x what is left, citation."""
    clause = f"{line['action']}/{line['clause']}" if line["clause"] else line["action"]
    since = f" since {line['effective_from']}" if line["effective_from"] else ""
    kind = {"all_in": "all-in ", "specific": "USD per unit "}.get(line["kind"], "")
    formula = (
        f"{kind}{line['rate']:.4%} x base {line['base']} {line['base_share']:.4f} "
        f"x left {line['left_share']:.4f} = {line['duty_rate']:.4%}"
    )
    heading = f", {line['heading']}" if line["heading"] else ""
    head = f"{line['component']} [{line['status']}] {clause}{since}"
    return f"{head}: {formula}; {line['source']}{heading}"
