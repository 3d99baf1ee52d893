"""Labels, units and forms of numbers of a language: one file of strings each.

The only place where a fraction becomes per cent and a dollar gets its sign.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from exposure.errors import QueryError
from exposure.reports.description import Piece, Text, plain, text_of

FOLDER = Path(__file__).parent / "strings"
LANGUAGES = ("en", "ko", "ja")
FINER = {"usd": "whole_usd", "percent": "fine_percent", "count": "times"}
"""Forms with more digits, for two numbers that would read the same."""
DIRECTION = "direction."
"""Forms of this beginning are words for the sign of a number."""


class Words:
    """One language.

    Attributes
    ----------
    code
        ``en``, ``ko`` or ``ja``.
    missing
        Keys that were asked for and that only English has; a report says so.
    """

    def __init__(self, code: str) -> None:
        if code not in LANGUAGES:
            raise QueryError(f"no language {code!r}", "", f"known: {', '.join(LANGUAGES)}")
        self.code = code
        self._own = _strings(code)
        self._english = _strings("en")
        self.missing: set[str] = set()

    def label(self, key: str) -> str:
        """A label or a template.

        Raises
        ------
        KeyError
            If English does not have it either.
        """
        found = self._own.get(key)
        if found is None:
            self.missing.add(key)
            found = self._english[key]
        return found

    def has(self, key: str) -> bool:
        """Whether there is such a label, in English at least."""
        return key in self._own or key in self._english

    def keys(self, group: str) -> list[str]:
        """Names of a group, in the order of the English file."""
        return [key.partition(".")[2] for key in self._english if key.startswith(f"{group}.")]

    def own_keys(self) -> list[str]:
        """Keys that the language's own file has."""
        return list(self._own)

    def templates(self) -> list[str]:
        """All strings of the language, and those of English."""
        return [*self._own.values(), *self._english.values()]

    def name(self, group: str, code: str) -> str:
        """Label ``group.code``, or the code itself in words where nobody named it."""
        if group == "flow_country":
            # A country, or all the small ones together.
            group = "flow" if code.startswith("other_") else "country"
        if group == "flow" and not self.has(f"flow.{code}"):
            # A part has the name that its file gives it.
            return harmless(code)
        key = f"{group}.{code}"
        return self.label(key) if self.has(key) else harmless(code.replace("_", " "))

    def say(self, key: str, **values: Piece | Text) -> Text:
        """A template with its values in their places."""
        made: list[Piece | Text] = []
        for literal, name, _, _ in Formatter().parse(self.label(key)):
            made.append(literal)
            if name:
                made.append(values[name])
        return text_of(*made)

    def form(self, form: str, value: Any) -> str:
        """Text of a value by the name of its form.

        ``quote`` gives text as it is, but for marks that turn it (`harmless`); ``direction.X`` the
        word for the value's sign; ``name.GROUP`` the label of a code; others are methods of this
        class.
        """
        if form == "quote":
            return harmless(str(value))
        if form.startswith("name."):
            return self.name(form.removeprefix("name."), str(value))
        if form.startswith(DIRECTION):
            return self.direction(form.removeprefix(DIRECTION), value)
        made: str = _FORMS[form](self, value)
        return made

    def direction(self, name: str, value: float) -> str:
        """Word for the sign of a number, ``direction.NAME``: up | none | down."""
        up, none, down = self.label(f"{DIRECTION}{name}").split(" | ")
        if is_unknown(value):
            return self.unknown
        return none if abs(value) < 5e-7 else up if value > 0 else down

    @property
    def unknown(self) -> str:
        """Word for what is not known."""
        return self.label("form.unknown")

    def usd(self, value: float) -> str:
        """Dollars: cents below 1,000, whole above, millions and billions in words."""
        if is_unknown(value):
            return self.unknown
        size = abs(value)
        for step in self.label("form.usd_steps").split(" | "):
            least, places, template = step.split(" ", 2)
            if size >= float(least):
                return template.format(_signed(value / float(least), int(places)))
        digits = 0 if size >= 1000 or size < 0.005 else 2
        return self.label("form.usd").format(_signed(value, digits))

    def whole_usd(self, value: float) -> str:
        """Dollars to the last one; below 1,000 to a hundredth of a cent."""
        if is_unknown(value):
            return self.unknown
        digits = 0 if abs(value) >= 1000 else 4
        return self.label("form.usd").format(_signed(value, digits))

    def apart(self, form: str, before: float, after: float) -> str:
        """The form of two numbers, or a finer one where both would read the same and are not.

        Where the finer one does not part them either, the difference is dust: the form stays.
        """
        finer = FINER.get(form, form)
        if self.form(form, before) != self.form(form, after):
            return form
        return form if self.form(finer, before) == self.form(finer, after) else finer

    def percent(self, value: float) -> str:
        """A fraction as per cent with one decimal."""
        if is_unknown(value):
            return self.unknown
        return self.label("form.percent").format(_signed(value * 100, 1))

    def points(self, value: float) -> str:
        """A difference of fractions as percentage points with one decimal."""
        if is_unknown(value):
            return self.unknown
        return self.label("form.points").format(_signed(value * 100, 1))

    def fine_percent(self, value: float) -> str:
        """A fraction as per cent with two decimals."""
        if is_unknown(value):
            return self.unknown
        return self.label("form.percent").format(_signed(value * 100, 2))

    def size_fine_percent(self, value: float) -> str:
        """The same without its sign."""
        return self.fine_percent(abs(value))

    def rate(self, value: float) -> str:
        """A rate as the law writes it: per cent with no more digits than it has."""
        if is_unknown(value):
            return self.unknown
        return self.label("form.percent").format(_unsigned(f"{value * 100:g}"))

    def level(self, value: float) -> str:
        """A fraction that was set, as per cent with up to four digits and three decimals."""
        if is_unknown(value):
            return self.unknown
        part = round(value * 100, 3) or value * 100
        return self.label("form.percent").format(_unsigned(f"{part:.4g}"))

    def whole_percent(self, value: float) -> str:
        """A fraction as whole per cent, between 0 and 100: a few hundred draws know no more."""
        if is_unknown(value):
            return self.unknown
        return self.label("form.percent").format(_signed(min(1.0, max(0.0, value)) * 100, 0))

    def size_percent(self, value: float) -> str:
        """The size of a fraction without its sign: the word before it says the direction."""
        return self.percent(abs(value))

    def size_count(self, value: float) -> str:
        """The size of a whole number without its sign."""
        return self.count(abs(value))

    def size_usd(self, value: float) -> str:
        """The size of an amount without its sign."""
        return self.usd(abs(value))

    def short(self, title: str) -> str:
        """A title up to its first comma, as it stands in the middle of a sentence."""
        first = title.split(",")[0]
        if "(" in first and ")" not in first:
            first = first[: first.index("(")].rstrip()
        return first[:1].lower() + first[1:] if first[1:2].islower() else first

    def route(self, statement: str) -> str:
        """The route of a conclusion that it lands cheapest."""
        return statement.removesuffix(" lands cheapest")

    def plain_name(self, code: str) -> str:
        """A code in words."""
        return code.replace("_", " ")

    def heading(self, code: str) -> str:
        """A code in words, as a name begins."""
        said = self.plain_name(code)
        return said[:1].upper() + said[1:]

    def count(self, value: float) -> str:
        """A whole number with separators."""
        return self.unknown if is_unknown(value) else _signed(value, 0)

    def whole(self, value: float) -> str:
        """A whole number as it is typed, without separators."""
        return self.unknown if is_unknown(value) else _unsigned(f"{value:.0f}")

    def times(self, value: float) -> str:
        """A ratio with two decimals."""
        return self.unknown if is_unknown(value) else _signed(value, 2)

    def number(self, value: float) -> str:
        """Any number: whole with separators from 10,000 on, else up to five digits."""
        if is_unknown(value):
            return self.unknown
        return _signed(value, 0) if abs(value) >= 10_000 else _unsigned(f"{value:,.5g}")

    def rough(self, value: float) -> str:
        """Any number with three digits."""
        return self.unknown if is_unknown(value) else self.number(float(f"{value:.3g}"))

    def range(self, central: Piece | Text, low: Piece, high: Piece) -> Text:
        """Central value with its range, or alone where there is none: no draws, or no spread."""
        ends = str(low), str(high)
        if ends == (str(central), str(central)) or ends == (self.unknown, self.unknown):
            return text_of(central)
        return self.say("form.range", central=central, low=low, high=high)


_FORMS: dict[str, Callable[[Words, Any], str]] = {
    name: getattr(Words, name)
    for name in (
        "usd", "whole_usd", "percent", "points", "fine_percent", "size_fine_percent", "rate",
        "level", "whole_percent", "whole", "count", "times", "number", "rough",
        "size_percent", "size_count", "size_usd", "short", "route", "plain_name",
        "heading",
    )
}  # fmt: skip


TURNING = dict.fromkeys(
    [*range(0x20), 0x7F, 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)],
    None,
) | dict.fromkeys(map(ord, "\t\n\r"), " ")
"""Control characters, and marks that turn the direction of what follows: a name that holds one may
read as another name (Unicode Technical Report 36, 2.2)."""


def harmless(text: str) -> str:
    """Text as it stands, without what only changes how other letters are shown."""
    return text.translate(TURNING)


def as_line(text: Piece | Text) -> str:
    """A text for the terminal and for Markdown, with spaces that may break."""
    return plain(text).replace("\u00a0", " ")


def is_unknown(value: Any) -> bool:
    """Whether a number is not known."""
    return value is None or (isinstance(value, float) and math.isnan(value))


@cache
def words(code: str = "en") -> Words:
    """The words of a language.

    Raises
    ------
    QueryError
        If there is no such language; those that there are, are listed.
    """
    return Words(code)


@cache
def _strings(code: str) -> dict[str, str]:
    """Flat keys ``group.name`` of a file of strings."""
    read = yaml.load((FOLDER / f"{code}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {
        f"{group}.{name}": str(text)
        for group, found in read.items()
        for name, text in found.items()
    }


def _signed(value: float, places: int) -> str:
    """A number with separators; what rounds to nothing has no sign."""
    return _unsigned(f"{value:,.{places}f}")


def _unsigned(text: str) -> str:
    """A number as it is written; nothing has no sign."""
    return text.removeprefix("-") if not float(text.replace(",", "")) else text
