"""Any duty or landed-cost cell, down to measure, clause, base, inputs and grades.

Works on the tables of a result alone, so that a folder on disk explains itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from exposure import html_view
from exposure.errors import QueryError
from exposure.frames import records

CELLS = ("duty", "landed_cost", "origin")


@dataclass(frozen=True)
class Trace:
    """Why a number is what it is.

    Attributes
    ----------
    cell
        Address of the cell.
    value
        The number, in USD per unit of the product; of an origin, NaN.
    steps
        Lines of the derivation; ``depth`` orders them as a tree, ``amount_usd`` is what each adds
        (NaN where a line adds nothing).
    answer
        The answer in words, where it is no number.
    """

    cell: str
    value: float
    steps: pd.DataFrame
    answer: str = ""

    def __str__(self) -> str:
        """Return the derivation as an indented text."""
        steps = (f"{'  ' * (depth + 1)}{text}" for depth, text in self._lines())
        return "\n".join([f"{self.cell} = {self._result()}", *steps])

    def _repr_html_(self) -> str:
        """Return the cell, its value and the lines of the derivation."""
        return html_view.card(
            self.cell, html_view.line(self._result()), html_view.lines(self._lines())
        )

    def _result(self) -> str:
        if self.answer:
            return self.answer
        return html_view.UNKNOWN if pd.isna(self.value) else f"{self.value:,.2f} USD per unit"

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Depth and text of each step, with what it adds where it adds something."""
        for row in records(self.steps):
            amount = "" if pd.isna(row["amount_usd"]) else f"  [{row['amount_usd']:,.2f} USD]"
            yield int(row["depth"]), f"{row['text']}{amount}"


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
        ``duty`` (all borders of the route), ``landed_cost``, or ``origin`` (of the finished
        product: where it was last made into a new article, and the agreements that it meets).
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
    address = f"{cell}:{product}/{route}@{chosen}/{case}"
    if cell == "origin":
        answer = _origin_steps(tables, key, steps)
        frame = pd.DataFrame(steps, columns=["depth", "text", "amount_usd"])
        return Trace(address, float("nan"), frame, answer)
    if cell == "landed_cost":
        _value_steps(tables, key, steps, head)
        value = float(head["landed_central"])
    else:
        value = float(head["duty_usd_per_unit"])
    _duty_steps(tables, key, steps, depth=1 if cell == "landed_cost" else 0)
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
            f"{text!r} is no cell that can be explained", "",
            f"{', '.join(f'{name}:PRODUCT/ROUTE' for name in CELLS)}, each also with "
            "@SCENARIO[/baseline|/scenario]; jobs, volumes and other numbers stand in the "
            "folder's tables, as tables/jobs.csv",
        )  # fmt: skip
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
            f"at {_said(row['duty_rate_central'], '.4%')}"
        )
        _add(steps, depth, text, row["duty_usd_per_unit_central"])
        here = {name: row[name] for name in ("part", "origin", "importer")}
        for line in records(_pick(lines, here)):
            _add(steps, depth + 1, _line_text(line), line["duty_usd_per_unit"])
        given_back = float(_pick(_pick(tables["ledger"], key), here)["drawn_back_usd"].sum())
        if given_back:
            _add(steps, depth + 1, "given back when the product left (drawback)", -given_back)


def _origin_steps(
    tables: Mapping[str, pd.DataFrame], key: Mapping[str, str], steps: list[dict[str, object]]
) -> str:
    """Steps of an origin; gives the answer in words."""
    nodes = _pick(tables["nodes"], key)
    legs = _pick(tables["legs"], key)
    last = records(legs[legs["to_part"] == "market"])[0]
    made = records(nodes[nodes["part"] == last["part"]])[0]
    none = float("nan")
    _add(steps, 0, "where it was last made into a new article (19 CFR 134.1(b))", none)
    _add(
        steps,
        1,
        f"{made['part_title']} at {made['site_title']} ({made['country']}): "
        + (
            f"origin stays with {made['origin_part']}, {made['origin']}: {made['origin_reason']}"
            if made["origin_reason"]
            else f"confers origin {made['origin']}"
        ),
        none,
    )
    tests = _pick(tables["origin_tests"], key)
    met = []
    for (agreement, part), rows in tests.groupby(["agreement", "part"], sort=False):
        first = records(rows)[0]
        passed = any(
            (group["outcome"] != "not met").all() for _, group in rows.groupby("alternative")
        )
        if passed and part == last["part"]:
            met.append(str(agreement))
        claimed = "claimed" if first["claimed"] else "not claimed"
        _add(
            steps,
            0,
            f"{agreement} ({claimed}): {first['part_title']} {first['hts']} crosses "
            f"{first['dispatch']} -> {first['importer']}, rule {first['rule']}: "
            f"{'originates' if passed else 'does not originate'}; {first['source']}",
            none,
        )
        # A part that originates is told in a line; what fails, and the product, in every test.
        if part == last["part"] or not passed:
            for row in records(rows):
                _add(steps, 1, _test_text(row), row["slack_usd"])
    for (agreement, direction), rows in _pick(tables["origin_changes"], key).groupby(
        ["agreement", "direction"], sort=False
    ):
        parts = ", ".join(
            f"{row['part_title']} from {row['site']} ({row['country']})" for row in records(rows)
        )
        where = "outside" if direction == "to fail" else "inside"
        _add(
            steps,
            0,
            f"{agreement}: the cheapest change {direction} is to buy {where} the area: {parts}; "
            f"{rows['needed_usd'].iloc[0]:,.2f} USD have to move",
            float(rows["moved_usd"].sum()),
        )
    under = f"originates under {', '.join(met)}" if met else "originates under no agreement tested"
    return f"{made['origin']}; {under}"


def _test_text(row: Mapping[str, Any]) -> str:
    """One test of origin: what was measured, the line, and the outcome."""
    if row["outcome"] == "not asked":
        return f"alternative {row['alternative']}: {row['test']}: nothing to measure"
    line = "at most" if row["test"].startswith("tariff_shift") else "at least"
    low, high = row["measured_low"], row["measured_high"]
    # No draws, no range.
    span = "" if math.isnan(low) else f" ({low:.4f} to {high:.4f})"
    return (
        f"alternative {row['alternative']}: {row['test']} {row['measured_central']:.4f}{span}, "
        f"{line} {row['threshold']:.2f}: {row['outcome']}"
    )


def _said(value: float, form: str) -> str:
    """A number in its form; words where it is not known."""
    return html_view.UNKNOWN if pd.isna(value) else format(value, form)


def _line_text(line: Mapping[str, Any]) -> str:
    """One duty line: component, clause, status, rate x base x what is left, citation."""
    clause = f"{line['action']}/{line['clause']}" if line["clause"] else line["action"]
    since = f" since {line['effective_from']}" if line["effective_from"] else ""
    kind = {"all_in": "all-in ", "specific": "USD per unit "}.get(line["kind"], "")
    # A specific rate is an amount of money, no fraction.
    rate = _said(line["rate"], ",.4f" if line["kind"] == "specific" else ".4%")
    formula = (
        f"{kind}{rate} x base {line['base']} {_said(line['base_share'], '.4f')} "
        f"x left {_said(line['left_share'], '.4f')} = {_said(line['duty_rate'], '.4%')}"
    )
    heading = f", {line['heading']}" if line["heading"] else ""
    head = f"{line['component']} [{line['status']}] {clause}{since}"
    return f"{head}: {formula}; {line['source']}{heading}"
