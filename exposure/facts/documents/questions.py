"""Form of the standing questions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from exposure.facts.documents.base import Document, Slug, Text, Whole


class Question(Document):
    """A question that users ask of a negotiation.

    It is answered by the documents that name it under ``answers``, by ``commands`` of this program
    (without its name), of which ``lines`` lines are shown; or ``cannot`` says why it is not.
    """

    id: Slug
    group: Text
    question: Text
    commands: list[Text] = []
    lines: Annotated[Whole, Field(ge=1, le=80)] = 20
    note: str = ""
    cannot: str = ""

    @model_validator(mode="after")
    def _either(self) -> Question:
        if self.cannot and self.commands:
            msg = "a question that cannot be answered has no `commands`"
            raise ValueError(msg)
        return self


class Questions(Document):
    """All of them, in their order."""

    questions: list[Question]
