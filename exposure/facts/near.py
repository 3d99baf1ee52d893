"""Names that look like one that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

FEW = 12
"""So many names are told in full."""


def nearest(name: str, known: Sequence[str]) -> str:
    """Those of the known names that look most like one that is not; all where they are few."""
    if len(known) <= FEW:
        return f"known: {', '.join(known)}"
    near = get_close_matches(name, known, n=5, cutoff=0.3)
    return f"near: {', '.join(near)}" if near else f"known: {', '.join(known)}"
