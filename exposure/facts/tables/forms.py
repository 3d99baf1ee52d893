"""Columns, and rules over columns, of which the forms of tables are made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, get_args

import pandas as pd
import pandera.pandas as pa

from exposure.facts.documents import Distribution, Grade

SLUG = r"[a-z0-9][a-z0-9_-]*"
DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
YEAR_ON = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
PREFIX = r"(\d\d){1,5}"

INF = float("inf")
BIASES = ("too high", "too low", "either way", "not known", "none")
"""``not known``: the answer says so; ``none``: no gap is known."""
DISTRIBUTIONS = get_args(Distribution)
KINDS = {"str": "text", "float64": "number", "int64": "whole number", "bool": "true or false"}


Test = Callable[[Any], Any]


# --- columns -------------------------------------------------------------------------------


def column(kind: Any, what: str, says: str, test: Test, *, nullable: bool = False) -> Any:
    """A column; ``says`` is what a person reads when a value fails ``test``.

    ``test`` is asked of one text where the column holds texts, and each text of a column but once;
    it is asked of an array where the column holds numbers.
    """
    check = pa.Check(_of_each(test) if kind == "str" else test, error=says)
    notes = {"test": test}
    return pa.Column(kind, check, description=what, nullable=nullable, metadata=notes)


def _of_each(test: Test) -> Test:
    """The test of a text, asked of a series of them."""
    return lambda texts: texts.map({text: test(text) for text in texts.unique()}).astype(bool)


def text(what: str, *, empty: bool = False) -> Any:
    """A text."""
    says = "any text" if empty else "a text, not empty"
    return column("str", what, says, lambda value: empty or value != "")


def form(what: str, form: str, says: str, *, empty: bool = False) -> Any:
    """Text that fits a pattern as a whole."""
    # Digits and letters of other alphabets are none here.
    whole = re.compile(f"(?:{form})?" if empty else form, re.ASCII).fullmatch
    says += " or empty" if empty else ""
    return column("str", what, says, lambda value: whole(value) is not None)


def slug(what: str, *, empty: bool = False) -> Any:
    """A name of ours."""
    return form(what, SLUG, "lower-case letters, digits, '-' and '_'", empty=empty)


def day(what: str, *, empty: bool = False) -> Any:
    """A date as ISO text."""
    return form(what, DAY, "a date YYYY-MM-DD", empty=empty)


def country(what: str, *, empty: bool = False) -> Any:
    """A country by its three letters."""
    return form(what, "[A-Z]{3}", "ISO 3166-1 alpha-3", empty=empty)


def hts(
    what: str, digits: str = PREFIX, says: str = "2, 4, 6, 8 or 10 digits", **more: bool
) -> Any:
    """A code, or the beginning of one."""
    return form(what, digits, says, **more)


def words(what: str, *, empty: bool = True) -> Any:
    """Words with one space between."""
    return form(what, r"\S+( \S+)*", "words with one space between", empty=empty)


def json_object(what: str) -> Any:
    """A JSON object as text."""
    return column("str", what, "a JSON object", _is_object)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def choice(what: str, values: tuple[str, ...]) -> Any:
    """One of some words."""
    return column("str", what, ", ".join(values), lambda value: value in values)


def number(what: str, low: float, high: float, *, nullable: bool = False) -> Any:
    """A finite number in a closed range; its unit stands in ``what``."""
    says = f"{low:g} or more" if high == INF else f"{low:g} to {high:,.0f}"
    return column(
        float,
        what,
        says,
        lambda v: (v >= low) & (v <= high) & (abs(v) < INF),
        nullable=nullable,
    )


def year(what: str = "Year") -> Any:
    """A year."""
    return column(int, what, "1990 to 2100", lambda v: (v >= 1990) & (v <= 2100))


def flag(what: str) -> Any:
    """True or false."""
    return pa.Column(bool, description=what, metadata={"test": None})


def grade() -> Any:
    """How sure a figure is."""
    return choice("A disclosed, B derived, C estimated, D illustrative", get_args(Grade))


def cited() -> Any:
    """The source of a row."""
    return slug("`source_id` of the table `sources`")


def triple(name: str, what: str, low: float, high: float) -> dict[str, Any]:
    """Columns low, central, high; ``name`` goes before, if there is one."""
    ends = {"low": "low end", "central": "centre", "high": "high end"}
    return {f"{name}{key}": number(f"{what}, {end}", low, high) for key, end in ends.items()}


# --- rules over several columns of a row -----------------------------------------------------


def rule(column: str, says: str, test: Test) -> Any:
    """A rule of a row; its offenders are told as those of ``column``."""
    return pa.Check(test, name=column, error=says)


def until_after_from() -> Any:
    """A window ends after it begins."""
    return rule(
        "until",
        "not before `from`",
        lambda t: (t["until"] == "") | (t["from"] <= t["until"]),
    )


def apart(*key: str) -> Any:
    """Windows of one key do not overlap."""

    def test(table: pd.DataFrame) -> pd.Series[bool]:
        ordered = table.sort_values([*key, "from"], kind="stable")
        before = ordered.groupby(list(key))["until"].shift()
        return (before.isna() | ((before != "") & (before < ordered["from"]))).reindex(table.index)

    return rule("from", f"after the end of the window before, of the same {key[0]}", test)


def ordered(name: str = "") -> list[Any]:
    """Low, central and high stand in this order."""
    low, central, high = (f"{name}{key}" for key in ("low", "central", "high"))
    return [
        rule(low, f"at most `{central}`", lambda t: ~(t[low] > t[central])),
        rule(high, f"at least `{central}`", lambda t: ~(t[central] > t[high])),
    ]


def shares_up_to_one() -> Any:
    """A share lies between 0 and 1."""
    return rule(
        "high",
        "0 to 1 where the unit is a share",
        lambda t: ~t["unit"].str.startswith("share") | ((t["low"] >= 0) & (t["high"] <= 1)),
    )


def rate_or_text(name: str) -> Any:
    """A rate is a number, or words where it is none."""
    return rule(
        f"{name}_text",
        f"given where `{name}_rate` is empty, and only there",
        lambda t: t[f"{name}_rate"].isna() == (t[f"{name}_text"] != ""),
    )


# --- tables --------------------------------------------------------------------------------


def schema(
    files: str, row: str, key: list[str], columns: dict[str, Any], *rules: Any
) -> pa.DataFrameSchema:
    """Form of a table: the raw files behind it, what a row is, its key, columns and rules."""
    return pa.DataFrameSchema(
        columns,
        checks=list(rules),
        strict=True,
        ordered=False,
        unique=key,
        report_duplicates="exclude_first",
        title=files,
        description=row,
    )
