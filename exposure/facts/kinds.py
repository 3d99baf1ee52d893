"""What a YAML file seems to be, by the fields that only such files have, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from exposure.errors import QueryError
from exposure.facts.documents.deals import FORMS
from exposure.facts.strict_yaml import parse, read_yaml

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    name
        In words, with its article.
    marks
        Fields of which it has one, and files of other kinds none.
    goes
        The commands that take it.
    """

    name: str
    marks: frozenset[str]
    goes: str


KINDS = {
    "solve": Kind("a solve", frozenset({"vary", "find"}), "`exposure solve FILE`"),
    "sweep": Kind("a sweep", frozenset({"dimensions", "design"}), "`exposure sweep FILE`"),
    "product": Kind(
        "a product", frozenset({"parts", "sites", "routes"}), "`exposure run --product FILE`"
    ),
    "deal": Kind("a deal", frozenset(FORMS), "`exposure deal FILE`"),
    "estimation": Kind("an estimation", frozenset({"outcome"}), "`exposure estimate FILE`"),
    "action": Kind(
        "a rule file",
        frozenset({"authority", "measures", "importer"}),
        "`exposure rate ... --law FILE` or `run --law FILE`",
    ),
    "scenario": Kind(
        "a scenario",
        frozenset({"baseline", "law_on", "law", "rates", "crossings", "figures", "currencies"}),
        "`exposure run FILE`",
    ),
}
"""Kinds of file, those first whose fields tell the most."""


def kind_of(plain: Any) -> str | None:
    """Kind of a document by its fields; None where no field tells.

    Examples
    --------
    >>> kind_of({"id": "mine", "baseline": {}}), kind_of({"measures": []}), kind_of("text")
    ('scenario', 'action', None)
    """
    keys = set(plain) if isinstance(plain, dict) else set()
    if {"scenario", "draws"} <= keys and not keys & KINDS["solve"].marks:
        # A sweep of draws alone.
        return "sweep"
    return next((name for name, kind in KINDS.items() if keys & kind.marks), None)


def read_as(kind: str, model: type[Model], path: Path) -> Model:
    """A YAML file as a checked document of a kind.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    model
        Its form.
    path
        The file.

    Raises
    ------
    QueryError
        If it is plainly a file of another kind; where that goes is said.
    Problems, DataError
        Everything else that is wrong with it, a line a field.
    """
    plain = read_yaml(path)
    expect(kind, plain, path)
    return parse(model, plain, path)


def expect(kind: str, plain: Any, path: Path) -> None:
    """See that a document has a field of its kind, or at least none of another.

    Raises
    ------
    QueryError
        If it is plainly of another kind.
    """
    seems, wanted = kind_of(plain), KINDS[kind]
    if seems is None or seems == kind or set(plain) & wanted.marks:
        return
    found = KINDS[seems]
    raise QueryError(
        f"is {found.name}, not {wanted.name}",
        str(path),
        f"{found.name} goes to {found.goes}, {wanted.name} to {wanted.goes}",
    )
