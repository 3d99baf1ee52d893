"""exposure: what a tariff does to a named product, its firms, their sectors and their workers.

The verbs `load`, `run`, `explain`, `sweep`, `report` and, for one tariff line, `rate` and `rates`
are loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exposure.version import __version__

if TYPE_CHECKING:
    from exposure.api import explain, load, rate, rates, report, run, sweep

_VERBS = ("explain", "load", "rate", "rates", "report", "run", "sweep")
__all__ = ["__version__", "explain", "load", "rate", "rates", "report", "run", "sweep"]


def __getattr__(name: str) -> Any:
    """Load a verb on first use."""
    if name in _VERBS:
        return getattr(import_module("exposure.api"), name)
    msg = f"module 'exposure' has no attribute {name!r}"
    raise AttributeError(msg)
