"""Form of the register of parameters."""

from __future__ import annotations

from typing import Literal

from exposure.facts.documents.base import Document, Figure, Slug, Text


class Parameter(Figure):
    """A behavioural parameter with its range; ``sector`` empty holds for all sectors."""

    id: Slug
    sector: Slug | Literal[""] = ""
    title: Text
    unit: Text


class Parameters(Document):
    """The register of behavioural parameters."""

    parameters: list[Parameter]
