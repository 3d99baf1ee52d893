"""Words, numbers and colours of reports; the only place where a share becomes per cent."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

COMPONENTS = {
    "mfn": "Column 1 or ordinary rate",
    "s201": "Section 201",
    "s232": "Section 232",
    "s301": "Section 301",
    "ieepa_fentanyl": "IEEPA, fentanyl",
    "ieepa_reciprocal": "IEEPA, reciprocal",
    "s122": "Section 122",
    "s338": "Section 338",
    "retaliation": "Retaliation",
}
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
)
COMPONENT_COLOURS = dict(zip(COMPONENTS, COLOURS, strict=True))
DUTY_COLOUR = "#D55E00"
COUNTRIES = {
    "USA": "United States", "KOR": "Korea", "MEX": "Mexico", "VNM": "Viet Nam", "CHN": "China",
    "TWN": "Taiwan", "JPN": "Japan", "IND": "India", "BRA": "Brazil", "CAN": "Canada",
    "DEU": "Germany", "GBR": "United Kingdom", "CHE": "Switzerland", "THA": "Thailand",
    "IDN": "Indonesia", "AUS": "Australia", "ARE": "United Arab Emirates", "PHL": "Philippines",
    "MYS": "Malaysia", "EUX": "Other European Union", "ROW": "Rest of the world",
    "EU": "European Union", "---": "Duties and freight upstream",
}  # fmt: skip
METRICS = {
    "duty_bill_usd": "Duty a year",
    "duty_bill_change_usd": "Change of the duty a year",
    "duty_usd_per_unit": "Duty a unit, all borders",
    "duty_change_usd_per_unit": "Change of the duty a unit",
    "cost_change_share": "Change of landed cost",
    "buyer_price_change_share": "Change of the buyer's price",
    "volume_change_share": "Change of volume",
    "buyer_pays_usd": "Of the change of duty, buyers pay a year",
    "importer_pays_usd": "Importers pay a year",
    "exporter_pays_usd": "Exporters pay a year, by lower prices",
    "operating_profit_change_usd": "Change of the firm's operating profit a year",
    "jobs_exposed": "Jobs exposed",
    "jobs_predicted": "Jobs predicted (change)",
    "shipped_usd": "Sold to the United States a year",
    "shipped_change_usd": "Its change",
    "borne_abroad_usd": "Duty that exporters bear",
    "value_added_change_usd": "Change of value added",
    "value_added_change_share": "Change of value added",
    "final_price_direct_share": "Price of final goods, by duties on them",
    "final_price_inputs_share": "Price of final goods, by duties on inputs",
}
UNKNOWN = "not known"


def is_unknown(value: Any) -> bool:
    """Whether a number is not known."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def usd(value: float) -> str:
    """Dollars: cents below 10, whole above, millions and billions in words."""
    if is_unknown(value):
        return UNKNOWN
    size = abs(value)
    if size >= 1e9:
        return f"USD {value / 1e9:,.2f} bn"
    if size >= 1e6:
        return f"USD {value / 1e6:,.1f} m"
    if size >= 1000 or size < 0.005:
        return f"USD {value + 0.0:,.0f}".replace("-0", "0") if size < 0.5 else f"USD {value:,.0f}"
    return f"USD {value:,.2f}"


def percent(value: float) -> str:
    """A fraction as per cent with one decimal."""
    if is_unknown(value):
        return UNKNOWN
    text = f"{value * 100:,.1f} %"
    return "0.0 %" if text == "-0.0 %" else text


def count(value: float) -> str:
    """A whole number with separators."""
    if is_unknown(value):
        return UNKNOWN
    text = f"{value:,.0f}"
    return "0" if text == "-0" else text


def number(value: float) -> str:
    """Any number: whole with separators from 10,000 on, else up to five digits.

    Examples
    --------
    >>> number(150000.0), number(17500.0), number(0.0855), number(24.0)
    ('150,000', '17,500', '0.0855', '24')
    """
    if is_unknown(value):
        return UNKNOWN
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.5g}"


def span(form: Callable[[float], str], low: float, central: float, high: float) -> str:
    """Central value with its range, or alone where there is none."""
    middle, left, right = form(central), form(low), form(high)
    if middle == UNKNOWN or left == right == middle:
        return middle
    return f"{middle} ({left} to {right})"


def metric_title(metric: str) -> str:
    """Name of a headline number."""
    return METRICS.get(metric, metric)


def metric_text(metric: str, low: float, central: float, high: float) -> str:
    """A headline number with its range."""
    if metric.endswith("_share"):
        return span(percent, low, central, high)
    return span(usd if "usd" in metric else count, low, central, high)


def country(code: str) -> str:
    """Name of a country, or its code."""
    return COUNTRIES.get(code, code)


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
