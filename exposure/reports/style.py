"""Colours of pictures, and the English forms of numbers for the terminal and for pages of docs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exposure.axes import COMPONENTS as COMPONENT_IDS
from exposure.reports.words import as_line, words

# Okabe and Ito (2008): told apart by colour-blind readers.
COLOURS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#8C7A00",
    "#555555",
    "#000000",
    "#6A3D9A",
)
COMPONENT_COLOURS = dict(zip(COMPONENT_IDS, COLOURS, strict=True))
DUTY_COLOUR = "#D55E00"
COMPONENTS = {name: words().label(f"component.{name}") for name in COMPONENT_IDS}
UNKNOWN = words().unknown


def usd(value: float) -> str:
    """Dollars: cents below 1,000, whole above, millions and billions in words."""
    return as_line(words().usd(value))


def percent(value: float) -> str:
    """A fraction as per cent with one decimal."""
    return as_line(words().percent(value))


def count(value: float) -> str:
    """A whole number with separators."""
    return words().count(value)


def number(value: float) -> str:
    """Any number: whole with separators from 10,000 on, else up to five digits.

    Examples
    --------
    >>> number(150000.0), number(17500.0), number(0.0855), number(24.0)
    ('150,000', '17,500', '0.0855', '24')
    """
    return words().number(value)


def span(form: Callable[[float], str], low: float, central: float, high: float) -> str:
    """Central value with its range, or alone where there is none: no draws, or no spread.

    Examples
    --------
    >>> span(percent, 0.1, 0.2, 0.3), span(percent, float("nan"), 0.2, float("nan"))
    ('20.0 % (10.0 % to 30.0 %)', '20.0 %')
    """
    middle, left, right = form(central), form(low), form(high)
    if middle == UNKNOWN or left == right == middle or left == right == UNKNOWN:
        return middle
    return f"{middle} ({left} to {right})"


def metric_title(metric: str) -> str:
    """Name of a headline number."""
    return words().name("metric", metric)


def metric_text(metric: str, low: float, central: float, high: float) -> str:
    """A headline number with its range."""
    if metric.endswith("_share"):
        return span(percent, low, central, high)
    return span(usd if "usd" in metric else count, low, central, high)


def country(code: str) -> str:
    """Name of a country, or its code."""
    return words().name("country", code)


def plot_settings() -> dict[str, Any]:
    """Settings of matplotlib that make the same bytes every time."""
    return {
        "svg.hashsalt": "exposure",
        "svg.fonttype": "path",
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#666666",
        "figure.facecolor": "white",
    }
