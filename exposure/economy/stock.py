"""Kernel: duty paid at entry reaches profit and loss at sale, first in, first out.

Stock at the start of a duty was entered without it, so results lag the border by the days of
stock that are not yet sold to dealers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]


def first_in_first_out(
    duty: Floats, entries: Floats, sales: Floats, stock: float, stock_duty: float
) -> tuple[Floats, Floats]:
    """Duty in the goods sold in each period.

    Parameters
    ----------
    duty (period,) [USD per unit]
        Paid at entry.
    entries, sales (period,) [units]
        Within a period goods enter before they are sold, evenly.
    stock [units], stock_duty [USD per unit]
        On hand before the first period, and the duty that was paid on it.

    Returns
    -------
    duty in sales (period,) [USD per unit sold], closing stock (period,) [units]
        NaN where nothing is sold.

    Raises
    ------
    DataError
        If more is sold than there is.

    Examples
    --------
    One period's sales in stock: a duty of the second period shows in the third.

    >>> sold, left = first_in_first_out(np.array([0., 5., 5.]), np.ones(3), np.ones(3), 1., 0.)
    >>> sold.tolist(), left.tolist()
    ([0.0, 0.0, 5.0], [1.0, 1.0, 1.0])
    """
    units = np.concatenate([[stock], entries])
    entered = np.cumsum(units)
    paid = np.concatenate([[0.0], np.cumsum(units * np.concatenate([[stock_duty], duty]))])
    sold = np.cumsum(sales)
    left = entered[1:] - sold
    if (left < -1e-9 * max(1.0, float(entered[-1]))).any():
        period = int(np.argmax(left < 0))
        raise DataError(f"{-left[period]:,.0f} units more are sold than there are",
                        f"period {period + 1}")  # fmt: skip
    # What has been paid on the first n units to enter; goods leave in that order.
    borne = np.interp(np.concatenate([[0.0], sold]), np.concatenate([[0.0], entered]), paid)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sales > 0, np.diff(borne) / sales, np.nan), np.maximum(left, 0.0)


def lagged(duty: Floats, days: float, before: float) -> Floats:
    """Duty in sales day by day (day,) where stock is steady: that of ``days`` days earlier.

    ``before`` [USD per unit] was paid on what entered before the first day. The same as
    `first_in_first_out` with equal entries and sales; a part of a day is divided.
    """
    steady = np.ones(len(duty))
    return first_in_first_out(duty, steady, steady, days, before)[0]
