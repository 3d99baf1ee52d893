"""Column 1 (or 2) of the Harmonized Tariff Schedule: the rate to which all else is added.

General, or the special rate of the program that is claimed where the line has one (HTSUS General
Notes 11, 33 and 36), or column 2 for the countries of General Note 3(b).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.law.codes import SPAN, pack
from exposure.law.timeline import days

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
PROGRAMS = ("mfn", "korus", "usmca", "japan", "column2")
"""Columns of the schedule; a program's number is its place here."""
ORIGINS = {"korus": ("KOR",), "usmca": ("CAN", "MEX"), "japan": ("JPN",)}
"""Whose goods may claim a program."""

_PER_CENT = re.compile(r"([\d.]+)\s*%")
_MONEY = re.compile(
    r"(?:\$\s*([\d.]+)|([\d.]+)\s*¢)\s*(?:/|\s)\s*"
    r"(each|kg|clean kg|g|t|m|m2|m²|m3|m³|liters?|pf\.? ?liters?|bbl|gross|doz\.?|prs?\.?|head)"
)


@dataclass(frozen=True)
class Schedule:
    """Rates of lines, sorted by code.

    Attributes
    ----------
    number (line,)
        Code as `pack` gives it.
    start, end (line,)
        First and last day of a spell of equal rates.
    ad_valorem (line, program) [fraction]
        The whole rate where it is plain, its ad valorem part where it is compound; NaN where it is
        of another form.
    specific (line, program) [USD per unit]
        0 where the rate is plain.
    text (line, program)
        The rate as printed where it is not plain: its place in ``texts``.
    alike (line, program)
        Equal numbers are equal rates.
    change (line, program)
        Grows by one wherever the rate differs from that of the line before.
    texts
        Printed rates.
    """

    number: Ints
    start: Ints
    end: Ints
    ad_valorem: Floats
    specific: Floats
    text: Ints
    alike: Ints
    change: Ints
    texts: NDArray[np.object_]

    def on(self, day: int) -> Schedule:
        """The lines of one day."""
        live = (self.start <= day) & (self.end >= day)
        names = ("number", "start", "end", "ad_valorem", "specific", "text", "alike")
        parts = {name: getattr(self, name)[live] for name in names}
        return Schedule(**parts, change=_changes(parts["alike"]), texts=self.texts)


def _changes(alike: Ints) -> Ints:
    change = np.zeros_like(alike)
    change[1:] = np.cumsum(alike[1:] != alike[:-1], axis=0)
    return change


def schedule(lines: pd.DataFrame) -> Schedule:
    """Schedule of rows ``hts8, from, until`` and ``<program>_rate``, ``<program>_text``.

    A line without a program's special rate has the general one there.
    """
    number, _ = pack(lines["hts8"])
    order = np.argsort(number, kind="stable")
    shape = (len(lines), len(PROGRAMS))
    rate, specific = np.full(shape, np.nan), np.zeros(shape)
    text = np.full(shape, "", dtype=object)
    for place, name in enumerate(PROGRAMS):
        own = lines[f"{name}_rate"].to_numpy(dtype=float, copy=True)
        worded = lines[f"{name}_text"].to_numpy(dtype=object)
        has = ~np.isnan(own) | (worded != "")
        parsed = {printed: read_rate(printed) for printed in pd.unique(worded[np.isnan(own)])}
        for row in np.flatnonzero(np.isnan(own) & (worded != "")):
            own[row], specific[row, place] = parsed[worded[row]]
        rate[:, place] = np.where(has, own, rate[:, 0])
        specific[:, place] = np.where(has, specific[:, place], specific[:, 0])
        text[:, place] = np.where(has, worded, text[:, 0])
    text[np.isnan(rate) & (text == "")] = "no rate"
    place_of, texts = pd.factorize(text.ravel(), sort=True)
    keys = pd.DataFrame({"rate": rate.ravel(), "specific": specific.ravel(), "text": text.ravel()})
    groups = keys.groupby(["rate", "specific", "text"], dropna=False, sort=False).ngroup()
    alike = np.asarray(groups, dtype=np.int64).reshape(shape)
    return Schedule(
        number=number[order],
        start=days(lines["from"])[order],
        end=days(lines["until"])[order],
        ad_valorem=rate[order],
        specific=specific[order],
        text=place_of.reshape(shape)[order],
        alike=alike[order],
        change=_changes(alike[order]),
        texts=texts,
    )


def read_rate(text: str) -> tuple[float, float]:
    """Ad valorem part [fraction] and specific part [USD per unit] of a printed rate.

    NaN, NaN for what has another form: two units, a part on a part of the value, a rate by degree.

    Examples
    --------
    >>> read_rate("36¢/kg + 16.3%")
    (0.163, 0.36)
    >>> read_rate("$1.61 each + 4.4% on the case")
    (nan, nan)
    """
    share, money, units = 0.0, 0.0, set()
    for term in text.split("+"):
        per_cent, amount = _PER_CENT.fullmatch(term.strip()), _MONEY.fullmatch(term.strip())
        if per_cent:
            share += float(per_cent[1]) / 100
        elif amount:
            money += float(amount[1]) if amount[1] else float(amount[2]) / 100
            units.add(amount[3])
        else:
            return float("nan"), float("nan")
    if len(units) > 1:
        return float("nan"), float("nan")
    return round(share, 12), round(money, 12)


@dataclass(frozen=True)
class Column1:
    """Ordinary rates of crossings.

    Attributes
    ----------
    rate (crossing,) [fraction]
        NaN where it is not known.
    known_part (crossing,) [fraction]
        The rate, or the part of it that is known.
    text
        Why it is not known; empty where it is.
    """

    rate: Floats
    known_part: Floats
    text: NDArray[np.object_]


def column1_rates(
    live: Schedule,
    number: Ints,
    length: Ints,
    program: Ints,
    value_usd: Floats,
    quantity: Floats,
) -> Column1:
    """Ordinary rates of crossings on a day.

    A code of less than eight digits has a rate where all its lines agree.

    Parameters
    ----------
    live
        Lines of the day.
    number, length (crossing,)
        Codes as `pack` gives them.
    program (crossing,)
        Which column holds.
    value_usd, quantity (crossing,)
        Needed for specific rates; quantity in the unit that the rate names.
    """
    if not len(live.number):
        none = np.full(len(number), np.nan)
        text = np.full(len(number), "no schedule on this day", dtype=object)
        return Column1(none, np.zeros(len(number)), text)
    size = np.minimum(length, 8)
    low = number - number % SPAN[size]
    first = np.searchsorted(live.number, low, "left")
    last = np.searchsorted(live.number, low + SPAN[size], "left")
    found = last > first
    at = np.minimum(first, len(live.number) - 1)
    same = live.change[np.maximum(last - 1, 0), program] == live.change[at, program]
    good = found & same
    share, money = live.ad_valorem[at, program], live.specific[at, program]
    with np.errstate(divide="ignore", invalid="ignore"):
        extra = np.where(money == 0, 0.0, money * quantity / value_usd)
    rate = np.where(good, share + extra, np.nan)
    printed = live.texts[live.text[at, program]]
    text = np.where(good, printed, "its lines differ; give 8 digits")
    text = np.where(found, text, "no such line on this day")
    return Column1(
        rate=rate,
        known_part=np.where(good & ~np.isnan(share), share + np.nan_to_num(extra), 0.0),
        text=np.where(np.isnan(rate), text, ""),
    )


def programs(
    claims: NDArray[np.str_], origins: NDArray[np.str_], column2: NDArray[np.bool_]
) -> Ints:
    """Which column holds (crossing,): a claim counts for goods of the program's countries only."""
    program = np.zeros(len(claims), dtype=np.int64)
    for name, countries in ORIGINS.items():
        program[(claims == name) & np.isin(origins, countries)] = PROGRAMS.index(name)
    program[column2] = PROGRAMS.index("column2")
    return program
