"""Names and order of array axes, and the component names of a duty.

Arrays of the model have the scenario first, always, then one of the labels below, then a tag.
Docstrings write ``rate (scenario, line) [fraction]``.
"""

from __future__ import annotations

from typing import Final

SCENARIO: Final = 0
"""First axis of every array of the model: one row per scenario and draw."""

NODE: Final = 1
EDGE: Final = 1
CROSSING: Final = 1
LINE: Final = 1
ROUTE: Final = 1
MARKET: Final = 1
TAG: Final = 2
"""Tracked content: material, country of making and nationality of the maker."""

COMPONENTS: Final = (
    "mfn",
    "s201",
    "s232",
    "s301",
    "ieepa_fentanyl",
    "ieepa_reciprocal",
    "s122",
    "s338",
    "retaliation",
)
"""Components of a duty, in the order in which they are shown; their sum is the duty."""

RATE: Final = 0
"""Rate kind: an additional fraction of the base."""

ALL_IN: Final = 1
"""Rate kind: total with column 1 brought up to this fraction; never below column 1."""

SPECIFIC: Final = 2
"""Rate kind: US dollars per unit of quantity."""
