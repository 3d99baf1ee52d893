"""exposure: what a tariff does to a named product, its firms, their sectors and their workers.

The verbs (`load`, `run`, `compare`, `explain`, `sweep`, `report`, `verify` and their kin; for lines
of a tariff `rate`, `rates`, `panel`, `history`) are loaded on first use: importing the package
costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exposure.version import __version__

if TYPE_CHECKING:
    from exposure.api import (
        add_action,
        add_product,
        backtest,
        compare,
        conflicts,
        deal,
        estimate,
        explain,
        history,
        load,
        market,
        open_sweep,
        panel,
        rate,
        rates,
        read_history,
        report,
        run,
        solve,
        sweep,
        timing,
        verify,
    )

__all__ = [
    "__version__", "add_action", "add_product", "backtest", "compare", "conflicts", "deal",
    "estimate", "explain", "history", "load", "market", "open_sweep", "panel", "rate", "rates",
    "read_history", "report", "run", "solve", "sweep", "timing", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a verb on first use."""
    if name in __all__:
        return getattr(import_module("exposure.api"), name)
    msg = f"module 'exposure' has no attribute {name!r}"
    raise AttributeError(msg)
