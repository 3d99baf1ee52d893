"""HTS codes as whole numbers: digits padded to ten, and how many of them were given.

Prefix questions become comparisons of numbers: a code of length ``n`` begins with a prefix when
its number, cut to the prefix's length, is the prefix's.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
DIGITS = 10
SPAN = 10 ** np.arange(DIGITS, -1, -1, dtype=np.int64)
"""Width of a prefix by its length: how many ten-digit codes begin with it."""


def pack(codes: Iterable[str]) -> tuple[Ints, Ints]:
    """Number (code,) of ten digits and length (code,) of each code.

    Examples
    --------
    >>> pack(["870323", ""])
    (array([8703230000,          0]), array([6, 0]))
    """
    given = codes if isinstance(codes, pd.Series) else np.array(list(codes), dtype=object)
    # The same code stands in many lists.
    place, unique = pd.factorize(given)
    length = np.array([len(code) for code in unique], dtype=np.int64)
    number = np.array([int(code.ljust(DIGITS, "0") or 0) for code in unique], dtype=np.int64)
    return number[place], length[place]


def unpack(number: int, length: int) -> str:
    """Digits of a code.

    Examples
    --------
    >>> unpack(8703230000, 6), unpack(101210000, 8)
    ('870323', '01012100')
    """
    return f"{number:010d}"[:length]


def dotted(code: str) -> str:
    """A code as the schedule prints it.

    Examples
    --------
    >>> dotted("8703230190"), dotted("870323")
    ('8703.23.0190', '8703.23')
    """
    parts = (code[:4], code[4:6], code[6:])
    return ".".join(part for part in parts if part)
