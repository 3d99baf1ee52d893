"""Form of what the back-test promises: a band for each kind of outcome."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from exposure.facts.documents.base import Day, Document, Number, Text, Whole

Share = Annotated[Number, Field(ge=0, le=1)]
Naive = Literal["statutory", "unchanged"]
Outcome = Literal[
    "firm_bill_quarter",
    "firm_bill_year",
    "exports_value",
    "exports_units",
    "price_index",
    "duties_collected",
]


class Band(Document):
    """What is promised for one kind of outcome.

    ``coverage`` is the least and largest share of outcomes inside the intervals, or none where the
    model gives one number; ``beats`` names rules that err more; fewer than ``least`` outcomes are
    shown and not judged.
    """

    kind: Outcome
    title: Text
    coverage: tuple[Share, Share] | None
    bias: Share
    beats: list[Naive]
    least: Annotated[Whole, Field(ge=1)]
    reason: Text


class Bands(Document):
    """``outcomes/bands.yaml``: bands, the day of their writing, level of the intervals."""

    written: Day
    interval: Annotated[Number, Field(gt=0, lt=1)]
    bands: list[Band]
