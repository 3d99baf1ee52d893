"""Documents of YAML, read strictly: no tags, small trees, words and numbers as they are written.

A key that stands twice, an unquoted HTS code or an unknown field is one clear line, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from exposure.errors import DataError, Problems
from exposure.facts.files import plain_number, read_bytes, shown
from exposure.near import nearest

Model = TypeVar("Model", bound=BaseModel)
LARGEST = 4_000_000
"""Bytes of a YAML document; the largest of ours has thirty thousand."""
DEEPEST = 41
"""Levels of a YAML document, with the one that holds it."""
MOST_VALUES = 200_000
"""Values of a YAML document, those that names stand for counted each time."""
MOST_DIGITS = 400
"""Digits of a whole number: beyond them no float is finite."""


class _StrictLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Safe loader that refuses duplicate keys and reads words and numbers as they are written."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _refused("a key is a list or a mapping", key_node)
            if key_node.value in seen:
                raise _refused(f"key {shown(key_node.value)} stands twice", key_node)
            seen.add(key_node.value)
        return dict(super().construct_mapping(node, deep=deep))

    def construct_number(self, node: Any) -> float:
        number = plain_number(node.value.replace(".inf", "inf").replace(".nan", "nan"))
        if number is None:
            raise _refused(f"{shown(node.value)} does not fit a number", node)
        return number

    def construct_day(self, node: Any) -> Any:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError as error:
            raise _refused(f"{shown(node.value)} is no date: {error}", node) from None

    def construct_whole(self, node: Any) -> int:
        if len(node.value) > MOST_DIGITS:
            raise _refused(f"{shown(node.value)} has more than {MOST_DIGITS} digits", node)
        return int(node.value)


def _refused(what: str, node: Any) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


# YAML 1.1 reads NO as false, 010 as eight, 1:30 as ninety; here they are words, and 1e-3 a number.
_NUMBERS = {
    "tag:yaml.org,2002:int": re.compile(r"[-+]?[0-9]+\Z"),
    "tag:yaml.org,2002:float": re.compile(
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?\Z"
        r"|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z"
    ),
}
_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, _NUMBERS.get(tag, pattern))
        for tag, pattern in resolvers
        if not (tag == "tag:yaml.org,2002:bool" and first not in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_constructor("tag:yaml.org,2002:float", _StrictLoader.construct_number)
_StrictLoader.add_constructor("tag:yaml.org,2002:int", _StrictLoader.construct_whole)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.construct_day)


def read_yaml(path: Path) -> Any:
    """Plain data of a YAML file.

    Raises
    ------
    DataError
        If the file is missing, is not well-formed YAML, or is larger, deeper or more woven than a
        document may be; the line is named.
    """
    content = read_bytes(path)
    if len(content) > LARGEST:
        mend = f"{LARGEST // 1_000_000} MB at most"
        raise DataError(f"has {len(content):,} bytes", str(path), mend)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError("not UTF-8", f"{path}:{line}") from error
    try:
        _bounded(text)
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        said = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise DataError(str(said), place) from error


def _bounded(text: str) -> None:
    """Walk through a document without building it, and see that it is a small tree.

    Raises
    ------
    yaml.YAMLError
        At a tag, at a name that stands for itself, or where it is too deep or has too many values
        once names are put in.
    """
    sizes: dict[str, int] = {}
    open_: list[list[Any]] = [[None, 0]]
    for event in yaml.parse(text, Loader=_StrictLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_.pop()
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise _refused(f"*{event.anchor} stands for nothing, or for itself", event)
            anchor, size = None, sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.tag is not None:
                raise _refused(f"tag {shown(event.tag)}: a document has no tags", event)
            anchor, size = event.anchor, 1
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append([anchor, 1])
                if len(open_) > DEEPEST:
                    raise _refused(f"more than {DEEPEST - 1} levels deep", event)
                continue
        else:
            continue
        if anchor is not None:
            sizes[anchor] = size
        open_[-1][1] += size
        if open_[-1][1] > MOST_VALUES:
            raise _refused(f"more than {MOST_VALUES:,} values", event)


def read_document(model: type[Model], path: Path) -> Model:
    """A YAML file as a checked document.

    Raises
    ------
    Problems
        One line a field: path in the document, what is wrong, what is allowed.
    """
    return parse(model, read_yaml(path), path)


SCOPE = "`scope: {all: true}` for all goods, or `scope: {hts: [...]}`"
"""The mend where an action does not say which goods it means."""


def parse(model: type[Model], data: Any, path: Path | str) -> Model:
    """Plain data as a checked document; ``path`` is named in the messages."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        known = sorted(field.alias or name for name, field in model.model_fields.items())
        raise Problems(_problem(item, path, known) for item in error.errors()) from error


def _problem(item: Any, path: Path | str, known: Sequence[str]) -> DataError:
    """One line of a field; ``known`` are the fields of the document itself."""
    field = ".".join(str(step) for step in item["loc"]) or "document"
    message = item["msg"].removeprefix("Value error, ")
    mend = ""
    if item["type"] == "extra_forbidden":
        message = "unknown field"
        mend = nearest(field, known) if len(item["loc"]) == 1 else ""
    if item["type"] == "missing":
        message = "is missing"
        # What is given is the document that lacks the field: only an action has an importer.
        if item["loc"][-1] == "scope" and "importer" in item["input"]:
            mend = SCOPE
    given = item.get("input")
    told = f", given {shown(given)}" if isinstance(given, str | int | float | bool) else ""
    return DataError(f"{field}: {message}{told}", str(path), mend)
