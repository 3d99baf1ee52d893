"""Form of an estimation: which table, what is regressed on what, and what it informs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from exposure.facts.documents.base import Document, Number, Slug, Text, Whole


def _columns(joined: str) -> str:
    if not joined or not all(joined.split("^")):
        msg = f"{joined!r} is no column or interaction `one^other`"
        raise ValueError(msg)
    return joined


def _regressor(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _text(value: Any) -> Any:
    """Cells of a table are compared as text; YAML may have read a number or a date."""
    return str(value) if isinstance(value, int | float) or hasattr(value, "isoformat") else value


def _values(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Columns = Annotated[str, AfterValidator(_columns)]
Cell = Annotated[str, BeforeValidator(_text)]
Cells = Annotated[list[Cell], BeforeValidator(_values), Field(min_length=1)]


class EstimationRegressor(Document):
    """A column; ``log1p`` of a rate (a fraction) is ``ln(1 + t)``."""

    column: Text
    transform: Literal["none", "log", "log1p"] = "none"


class EstimationEvent(Document):
    """Leads and lags of the rows with ``treated`` 1 around the first period ``on``.

    ``window``: first and last period counted from ``on``; the one before it is left out.
    """

    time: Text
    treated: Text
    on: Cell
    window: tuple[Whole, Whole] = (-99, 99)

    @model_validator(mode="after")
    def _around(self) -> EstimationEvent:
        if not self.window[0] <= -1 < 0 <= self.window[1]:
            msg = f"window {list(self.window)} must begin at -1 or before and end at 0 or after"
            raise ValueError(msg)
        return self


class Estimation(Document):
    """A question to a table of trade.

    Attributes
    ----------
    table
        CSV or Parquet file; its path is seen from the folder of this document.
    outcome, regressors, effects, cluster, weights, unit
        Columns; effects and clusters may be interactions ``origin^month``. The first regressor is
        the one that is asked for, unless there is an ``event``.
    model
        ``ppml`` takes the outcome as it is, ``ols`` its log.
    errors, factor
        See ``docs/estimation.md``.
    where
        Column to the values that are kept.
    expect
        Sign that theory expects.
    informs, sector, unit_of_parameter, pass_through
        The parameter that the result is a row for; with ``pass_through`` it is 1 + slope.
    percent_at
        A rate (fraction) at which the slope is told as a change in per cent as well.
    source
        Row of ``data/raw/sources.csv``, or any name for a table of one's own.
    """

    id: Slug
    title: Text
    question: Text
    table: Text
    outcome: Text
    regressors: list[Annotated[EstimationRegressor, BeforeValidator(_regressor)]] = []
    effects: list[Columns] = []
    cluster: Annotated[list[Columns], BeforeValidator(_values), Field(max_length=2)] = []
    model: Literal["ppml", "ols"] = "ppml"
    errors: Literal["cluster", "hc0", "hc1", "iid"] = "cluster"
    factor: Literal["dummies", "nested", "clusters"] = "nested"
    event: EstimationEvent | None = None
    where: dict[Text, Cells] = {}
    weights: str = ""
    unit: str = ""
    expect: Literal["", "positive", "negative"] = ""
    informs: Slug
    sector: Slug | Literal[""] = ""
    unit_of_parameter: Text = "elasticity"
    pass_through: bool = False
    percent_at: Annotated[Number, Field(gt=0, le=10)] | None = None
    source: Slug
    note: str = ""

    @model_validator(mode="after")
    def _asks(self) -> Estimation:
        if not self.regressors and self.event is None:
            msg = "`regressors` or an `event` must be given"
            raise ValueError(msg)
        if self.errors == "cluster" and not self.cluster:
            msg = "`cluster` is missing (or say `errors: hc1`)"
            raise ValueError(msg)
        names = [item.column for item in self.regressors]
        if len(set(names)) < len(names):
            msg = f"a regressor stands twice: {', '.join(names)}"
            raise ValueError(msg)
        if self.percent_at is not None and (
            self.event or self.regressors[0].transform != "log1p" or self.pass_through
        ):
            msg = "`percent_at` needs a slope on `log1p` of a rate"
            raise ValueError(msg)
        if self.pass_through and self.event:
            msg = "`pass_through` needs a slope on `log1p` of a rate, not an event"
            raise ValueError(msg)
        return self
