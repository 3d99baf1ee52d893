"""Outlines of land and the middles of countries, shipped beside the reports; no request is made."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ASSETS = Path(__file__).resolve().parent.parent / "assets"
SOURCE = "Natural Earth 5.1, 1:110m, public domain"


def _lines(name: str) -> list[str]:
    text = (ASSETS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


@cache
def rings() -> tuple[Floats, ...]:
    """Closed outlines (point, longitude and latitude) [degrees]; 180 is passed, never wrapped."""
    found = []
    for line in _lines("land.txt"):
        ring = np.array([point.split() for point in line.split(",")], dtype=float) / 10
        found.append(np.vstack([ring, ring[:1]]))
    return tuple(found)


@cache
def middles() -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the middle of each country [degrees]."""
    table = pd.read_csv(io.StringIO("\n".join(_lines("middles.csv"))), keep_default_na=False)
    columns = (table[name] for name in ("iso3", "lon", "lat"))
    return {str(code): (float(lon), float(lat)) for code, lon, lat in zip(*columns, strict=True)}
