"""What all documents share: types of fields, a frozen form, a figure with its range.

A typo is named with its path because every model forbids extra fields. Rates and shares are
fractions (0.25 is 25 per cent), dates are ISO dates, countries ISO 3166-1 alpha-3, HTS codes
quoted strings with or without dots.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from exposure.axes import COMPONENTS, HYPOTHESIS
from exposure.facts.files import plain_number

Grade = Literal["A", "B", "C", "D"]
"""A disclosed, B derived from disclosed, C estimated, D illustrative."""

Distribution = Literal["triangle", "uniform", "normal", "lognormal"]

Status = Literal["threatened", "announced", "in_force", "suspended", "void", "ended"]


LONGEST = 100
"""Letters of an id: it becomes the name of a folder."""


def _hts(code: Any) -> str:
    """Digits of an HTS code; dots are dropped."""
    if not isinstance(code, str):
        msg = f"HTS code {code!r} must be a quoted string"
        raise ValueError(msg)
    digits = code.replace(".", "")
    if not re.fullmatch(r"\d{2,10}", digits) or len(digits) % 2:
        msg = f"HTS code {code!r} must have 2, 4, 6, 8 or 10 digits"
        raise ValueError(msg)
    return digits


def _iso3(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        msg = f"country {code!r} must be an ISO 3166-1 alpha-3 code"
        raise ValueError(msg)
    return code


def _slug(name: str) -> str:
    if not re.fullmatch(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST - 1}}}", name):
        shown = name if len(name) <= LONGEST else f"{name[:LONGEST]}..."
        msg = (
            f"id {shown!r} may hold lower-case letters, digits, '-' and '_' only, {LONGEST} at most"
        )
        raise ValueError(msg)
    return name


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _component(name: str) -> str:
    if name not in COMPONENTS:
        msg = f"component {name!r} is none of {', '.join(COMPONENTS)}"
        raise ValueError(msg)
    return name


def _enacted(name: str) -> str:
    if name == HYPOTHESIS:
        msg = f"component {name!r} is in no law"
        raise ValueError(msg)
    return name


def _number(value: Any) -> Any:
    """A finite number; a truth value is none, nor a text that no number can hold."""
    if isinstance(value, bool):
        msg = "a truth value is no number"
        raise ValueError(msg)
    if isinstance(value, str) and plain_number(value) is None:
        msg = "is no number"
        raise ValueError(msg)
    return value


def _day(value: Any) -> Any:
    """A date; a number would be read as seconds since 1970."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    msg = "must be a date, YYYY-MM-DD"
    raise ValueError(msg)


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Whole = Annotated[int, BeforeValidator(_number)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Hts = Annotated[str, BeforeValidator(_hts)]
Iso3 = Annotated[str, AfterValidator(_iso3)]
Slug = Annotated[str, AfterValidator(_slug)]
Component = Annotated[str, AfterValidator(_component)]
EnactedComponent = Annotated[Component, AfterValidator(_enacted)]
Text = Annotated[str, Field(min_length=1)]
Fraction = Annotated[Number, Field(ge=0, le=1)]
MOST_RATE = 5.0
"""A rate above it is meant as per cent: the law's highest is 2, that of Russian aluminum."""


def _fraction_meant(value: float) -> float:
    if value > MOST_RATE:
        msg = f"is {value:.0%}; a rate is a fraction, 0.10 for 10 %, {MOST_RATE:g} at most"
        raise ValueError(msg)
    return value


Rate = Annotated[Number, Field(ge=0), AfterValidator(_fraction_meant)]
Origins = Annotated[list[str], BeforeValidator(_as_list)]
AttributeValue = bool | Annotated[float, Field(allow_inf_nan=False)] | str


class Document(BaseModel):
    """Base of all documents: frozen, and a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(Document):
    """Base of what a user asks: a name, the question in words, what it assumes.

    ``answers`` names the standing questions that the document is there for.
    """

    id: Slug
    title: Text
    question: Text
    answers: list[Slug] = []
    note: str = ""


class Figure(Document):
    """A number with its range, its grade and its source.

    ``low <= central <= high``. ``distribution`` says how it is drawn: `triangle` and `uniform` lie
    between low and high; of `normal` and `lognormal` low and high are the ends of a 95 per cent
    interval; the median is always ``central``. ``source`` names a row of ``data/raw/sources.csv``;
    ``note`` says in our words what was assumed or derived.
    """

    low: Number
    central: Number
    high: Number
    distribution: Distribution = "triangle"
    grade: Grade
    source: Slug
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Figure:
        if not self.low <= self.central <= self.high:
            msg = f"low {self.low} <= central {self.central} <= high {self.high} does not hold"
            raise ValueError(msg)
        if self.distribution == "lognormal" and self.low * self.high <= 0:
            msg = f"a lognormal number has one sign: low {self.low}, high {self.high}"
            raise ValueError(msg)
        return self
