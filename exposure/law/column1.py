"""Column 1 (or 2) of the Harmonized Tariff Schedule: the rate to which all else is added.

General, or the special rate of the program that is claimed where the line has one (HTSUS General
Notes 11, 33 and 36), or column 2 for the countries of General Note 3(b).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.frames import records

PROGRAMS = ("korus", "usmca", "japan")
ORIGINS = {"korus": ("KOR",), "usmca": ("CAN", "MEX"), "japan": ("JPN",)}


def column1_rates(
    lines: pd.DataFrame,
    codes: NDArray[np.str_],
    claims: NDArray[np.str_],
    origins: NDArray[np.str_],
    column2: NDArray[np.bool_],
    on: str,
) -> tuple[NDArray[np.float64], list[str]]:
    """Ad valorem rate (crossing,) [fraction] and its text; NaN where it is not ad valorem.

    A six-digit code has a rate where all its lines agree. A claim of a program counts for goods of
    its countries only, and on a line without its symbol the general rate holds.
    """
    live = lines[(lines["from"] <= on) & (lines["until"] >= on)]
    rate = np.full(len(codes), np.nan)
    texts = [""] * len(codes)
    programs = np.where(
        column2,
        "column2",
        [c if o in ORIGINS.get(c, ()) else "mfn" for c, o in zip(claims, origins, strict=True)],
    )
    keys = pd.DataFrame({"code": codes, "program": programs})
    # A shipment table repeats few codes and programs: each pair is looked up once.
    for index in keys.groupby(["code", "program"], sort=False).indices.values():
        first = keys.iloc[index[0]]
        value, text = _one(live, str(first["code"])[:8], str(first["program"]))
        rate[index] = value
        for row in index:
            texts[row] = text
    return rate, texts


def _one(live: pd.DataFrame, code: str, program: str) -> tuple[float, str]:
    starts = live["hts8"].to_numpy(dtype=str)
    low = np.searchsorted(starts, code)
    high = np.searchsorted(starts, code + "~")
    found = live.iloc[low:high]
    if found.empty:
        return float("nan"), "no such line on this day"
    pairs = [_rate(row, program) for row in records(found)]
    if len({(str(rate), text) for rate, text in pairs}) > 1:
        return float("nan"), "its lines differ; give 8 digits"
    return pairs[0]


def _rate(row: dict[str, object], program: str) -> tuple[float, str]:
    """Special rate if the line has one, else the general one; a text marks what is not plain."""
    for name in dict.fromkeys((program, "mfn")):
        value, text = float(str(row[f"{name}_rate"])), str(row[f"{name}_text"])
        if not np.isnan(value) or text:
            return value, text
    return float("nan"), "no rate"
