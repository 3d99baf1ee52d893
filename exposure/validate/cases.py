"""The open bench: worked cases of the law, as people write them and as any engine reads them.

``bench/cases/**/*.yaml`` is the one place where cases are written; ``bench/cases.csv`` and
``bench/cases.yaml`` are made from it by ``python -m exposure.validate.cases``. Rates are exact
fractions, because half a cent must fall on its side; amounts are rounded half up.
"""

from __future__ import annotations

import ast
import csv
import datetime as dt
import io
import json
import operator
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from exposure.axes import ENACTED
from exposure.errors import DataError, Problems
from exposure.facts.documents import EnactedComponent
from exposure.facts.strict_yaml import parse, read_document, read_yaml

TOTAL = "total"
LINES = (*ENACTED, TOTAL)
"""What a line of a case may ask."""
COLUMNS = (
    "case_id", "title", "importer", "hts", "origin", "on", "known_on", "value_usd", "quantity",
    "facts", "topics", "component", "rate", "amount_usd", "arithmetic", "source", "derivation",
)  # fmt: skip
_SIGNS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
METAL_FACTS = ("steel_share", "aluminum_share", "copper_share", "metal_weight_share", "us_metal")


class Written(BaseModel):
    """One case as it is written.

    A rate is a number, or arithmetic on rates that ``source`` cites; a total of null is not known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: str
    hts: str
    origin: str
    importer: str = "USA"
    on: dt.date
    known: dt.date | None = None
    value_usd: float | None = None
    quantity: float | None = None
    attributes: dict[str, bool | float | str] = {}
    about: Literal["in force", "announced", "threatened", "suspended", "void"] = "in force"
    components: dict[EnactedComponent, float | str]
    total: float | str | None
    source: str = Field(min_length=3)
    derivation: list[Literal["hand", "reference", "filed entry"]] = Field(min_length=1)


class _Defaults(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    value_usd: float


@dataclass(frozen=True)
class Line:
    """One expected line of a case.

    Attributes
    ----------
    component
        One of ``LINES``.
    rate [fraction of customs value], amount [USD]
        None where the stated facts do not decide.
    arithmetic
        How the rate was worked out by hand; empty where the law prints it.
    """

    component: str
    rate: Fraction | None
    amount: Decimal | None
    arithmetic: str


@dataclass(frozen=True)
class Case:
    """Facts with the duty lines that they lead to."""

    id: str
    written: Written
    value_usd: Fraction
    lines: tuple[Line, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """What the case is about, beside the authorities that its lines name."""
        facts = self.written.attributes
        holds = {
            self.written.about: self.written.about != "in force",
            "preference": facts.get("claim", "none") != "none",
            "in transit": "in_transit" in facts,
            "quota": "quota" in facts or "commerce_quota" in facts,
            "content": bool({*METAL_FACTS, "us_content", "third_country_content"} & set(facts)),
            "as known": self.written.known is not None,
            "specific rate": self.written.quantity is not None,
            "unknown": self.lines[-1].rate is None,
        }
        return tuple(name for name, is_so in holds.items() if is_so)


def worked(text: float | str) -> Fraction:
    """A rate, or arithmetic on rates, exactly.

    Examples
    --------
    >>> worked(0.15), worked("0.15 * (1 - 0.3)"), worked("max(0, 0.15 - 0.165)")
    (Fraction(3, 20), Fraction(21, 200), Fraction(0, 1))

    Raises
    ------
    DataError
        If it holds anything but numbers, ``+ - * /``, brackets, ``min`` and ``max``.
    """
    try:
        return _value(ast.parse(str(text), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, KeyError, RecursionError) as error:
        raise DataError(
            f"{text!r} is not arithmetic", "", "numbers, + - * / ( ) min max"
        ) from error


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Fraction(str(node.value))
    if isinstance(node, ast.BinOp):
        return _SIGNS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return {"min": min, "max": max}[node.func.id](_value(part) for part in node.args)
    raise KeyError


def cents(amount_usd: Fraction) -> Decimal:
    """Dollars rounded half up to the cent, as on an entry summary (19 CFR 159.3).

    Examples
    --------
    >>> cents(Fraction("1.005")), cents(Fraction("410.988"))
    (Decimal('1.01'), Decimal('410.99'))
    """
    return Decimal(floor(amount_usd * 100 + Fraction(1, 2))).scaleb(-2)


def slug(text: str) -> str:
    """Small letters, digits and dashes.

    Examples
    --------
    >>> slug("Japan, 15 % on top")
    'japan-15-on-top'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def read_cases(folder: Path) -> tuple[Case, ...]:
    """All cases of ``folder/cases``, by file and in the order of each.

    Raises
    ------
    Problems, DataError
        If a case is not well formed, an id stands twice, or lines do not add up to the total.
    """
    default = read_document(_Defaults, folder / "bench.yaml").value_usd
    paths = sorted((folder / "cases").rglob("*.yaml"))
    found = [_case(path, plain, default) for path in paths for plain in _listed(path)]
    names = [case.id for case in found]
    wrong = [DataError(f"{name}: stands twice", "cases") for name in sorted(_twice(names))] + [
        DataError(f"{case.id}: lines do not add up", "cases") for case in found if not _sums(case)
    ]
    if wrong:
        raise Problems(wrong)
    return tuple(found)


def _listed(path: Path) -> list[Any]:
    plain = read_yaml(path)
    TypeAdapter(list[dict[str, Any]]).validate_python(plain)
    return list(plain)


def _twice(names: Sequence[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def _sums(case: Case) -> bool:
    """Whether the total is the sum of the lines; components that are left out are then nought."""
    total = case.lines[-1].rate
    return total is None or total == sum(line.rate or 0 for line in case.lines[:-1])


def _case(path: Path, plain: dict[str, Any], default: float) -> Case:
    written = parse(Written, plain, path)
    value = Fraction(str(default if written.value_usd is None else written.value_usd))
    asked = [(name, written.components[name]) for name in ENACTED if name in written.components]
    lines = [_line(name, rate, value) for name, rate in asked]
    total = _line(TOTAL, written.total, value)
    if total.amount is not None:
        # A sum of rounded lines, as an entry has it.
        owed = sum((line.amount for line in lines if line.amount is not None), Decimal("0.00"))
        total = Line(TOTAL, total.rate, owed, total.arithmetic)
    return Case(f"{path.stem}/{slug(written.case)}", written, value, (*lines, total))


def _line(component: str, rate: float | str | None, value_usd: Fraction) -> Line:
    if rate is None:
        return Line(component, None, None, "")
    exact = worked(rate)
    return Line(component, exact, cents(exact * value_usd), rate if isinstance(rate, str) else "")


# --- the plain forms -----------------------------------------------------------------------------


def rows(cases: Sequence[Case]) -> list[dict[str, str]]:
    """A row for each case and expected line, as text: what ``cases.csv`` holds."""
    return [
        {**_facts_text(case), **_line_text(line), **_origin_text(case)}
        for case in cases
        for line in case.lines
    ]


def _facts_text(case: Case) -> dict[str, str]:
    given = case.written
    return {
        "case_id": case.id,
        "title": given.case,
        "importer": given.importer,
        "hts": given.hts.replace(".", ""),
        "origin": given.origin,
        "on": given.on.isoformat(),
        "known_on": given.known.isoformat() if given.known else "",
        "value_usd": f"{float(case.value_usd):.2f}",
        "quantity": "" if given.quantity is None else f"{given.quantity:g}",
        "facts": json.dumps(given.attributes, sort_keys=True),
        "topics": "; ".join(case.topics),
    }


def _line_text(line: Line) -> dict[str, str]:
    rate = "" if line.rate is None else f"{float(line.rate):.12f}".rstrip("0").rstrip(".")
    amount = "" if line.amount is None else f"{line.amount:.2f}"
    return {
        "component": line.component,
        "rate": rate,
        "amount_usd": amount,
        "arithmetic": line.arithmetic,
    }


def _origin_text(case: Case) -> dict[str, str]:
    return {"source": case.written.source, "derivation": "; ".join(case.written.derivation)}


def csv_text(cases: Sequence[Case]) -> str:
    """``cases.csv``."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(cases))
    return stream.getvalue()


def yaml_text(cases: Sequence[Case]) -> str:
    """``cases.yaml``: the rows of ``cases.csv``, one entry a case with its list ``lines``."""
    found = []
    for case in cases:
        entry: dict[str, Any] = {**_facts_text(case), **_origin_text(case)}
        entry["value_usd"] = float(case.value_usd)
        entry["quantity"] = case.written.quantity
        entry["facts"] = dict(sorted(case.written.attributes.items()))
        entry["topics"] = list(case.topics)
        entry["derivation"] = list(case.written.derivation)
        entry["lines"] = [_plain_line(line) for line in case.lines]
        found.append(entry)
    head = "# Made by python -m exposure.validate.cases from cases/; do not edit.\n"
    return head + yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100)


def _plain_line(line: Line) -> dict[str, Any]:
    text = _line_text(line)
    number = {name: float(text[name]) if text[name] else None for name in ("rate", "amount_usd")}
    return {**text, **number}


def write(folder: Path) -> tuple[Case, ...]:
    """Make the plain forms anew; the cases they hold."""
    cases = read_cases(folder)
    (folder / "cases.csv").write_text(csv_text(cases), encoding="utf-8")
    (folder / "cases.yaml").write_text(yaml_text(cases), encoding="utf-8")
    return cases


if __name__ == "__main__":
    made = write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("bench"))
    sys.stdout.write(f"{len(made)} cases, {sum(len(case.lines) for case in made)} lines\n")
