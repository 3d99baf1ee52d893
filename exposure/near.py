"""Names that look like one that is not known, and those whose words are meant by it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

FEW = 12
"""So many names are told in full."""
SHORT = 3
"""Letters of a word whose ending is kept: of longer ones a plural is meant as well."""


def nearest(name: str, known: Sequence[str]) -> str:
    """Those of the known names that look most like one that is not; all where they are few."""
    if len(known) <= FEW:
        return f"known: {', '.join(known)}"
    near = get_close_matches(name, known, n=5, cutoff=0.3)
    return f"near: {', '.join(near)}" if near else f"known: {', '.join(known)}"


def matching(asked: str, texts: Mapping[str, str]) -> list[str]:
    """Names whose text has, for every word that is asked, a word that begins so.

    Where there is none, those that have the rarest of the words.

    Parameters
    ----------
    asked
        Words; dots between digits are dropped, so that a tariff code is one word.
    texts
        What is said of each name.

    Examples
    --------
    >>> texts = {"serum": "Korean face serum, cosmetic", "k4": "Compact car 8703", "cr-v": "Car"}
    >>> matching("Cosmetics", texts), matching("87.03", texts), matching("korean cars", texts)
    (['serum'], ['k4'], ['serum'])
    """
    stems = [word.rstrip("s") if len(word) > SHORT else word for word in _words(asked)]
    words = {name: _words(text) for name, text in texts.items()}
    having = [
        [name for name, own in words.items() if any(word.startswith(stem) for word in own)]
        for stem in stems
    ]
    every = [name for name in texts if having and all(name in names for names in having)]
    return every or min(filter(None, having), key=len, default=[])


def some(names: Sequence[str], most: int, joint: str = ", ") -> str:
    """The first names, and how many more there are.

    Examples
    --------
    >>> some(["a", "b", "c"], 2), some(["a"], 2)
    ('a, b and 1 more', 'a')
    """
    more = len(names) - most
    return joint.join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"(?<=\d)\.(?=\d)", "", text.lower()))
