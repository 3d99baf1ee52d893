"""Form of the register of parameters."""

from __future__ import annotations

from typing import Literal

from exposure.facts.documents.base import Document, Figure, Slug, Text


class Parameter(Figure):
    """A behavioural parameter with its range; ``sector`` empty holds for all sectors.

    ``short`` is what it is called within a sentence. Rows of ``horizon`` `long` hold after seven
    to ten years; the others in the first year.
    """

    id: Slug
    sector: Slug | Literal[""] = ""
    horizon: Literal["", "long"] = ""
    title: Text
    short: str = ""
    unit: Text


class Parameters(Document):
    """The register of behavioural parameters."""

    parameters: list[Parameter]
