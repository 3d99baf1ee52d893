"""What the blocks of a sweep's report work with: inputs and outputs by name, told with units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exposure.reports.description import Text, joined, plain
from exposure.reports.page import Page, Row
from exposure.sweeps.turns import AT

PER_CENT = ("fraction", "share")
PLAIN = ("", "1", "elasticity")
"""Units of numbers that stand alone."""
WORDS = ("option", "day")
"""Kinds of inputs that have words for values."""


@dataclass(frozen=True)
class SweepPage:
    """The tables of `exposure.sweeps.summary`, read together.

    Attributes
    ----------
    page
        Tables and words.
    head
        The row of ``sweep``.
    inputs, outputs
        Rows of ``sweep_inputs`` and ``sweep_outputs`` by name.
    """

    page: Page
    head: Row
    inputs: dict[str, Row]
    outputs: dict[str, Row]

    @property
    def shown(self) -> list[str]:
        """Names of the outputs that are shown, the first leads."""
        ranked = [(row["rank"], name) for name, row in self.outputs.items() if row["rank"] > 0]
        return [name for _, name in sorted(ranked)]

    @property
    def axes(self) -> list[str]:
        """Inputs across and up, as far as there are any."""
        return [self.head[axis] for axis in ("x", "y") if self.head[axis]]

    def input(self, name: str) -> Text:
        """An input: its name in words, or what it moves where nobody named it."""
        row = self.inputs[name]
        # A name with a stroke was made from an action and its clause, or from a file.
        return row.quote("title") if "/" in name else (row.value("name", "heading"),)

    def output(self, name: str) -> Text:
        """An output: what it is, and of what."""
        row = self.outputs[name]
        if not row["kind"]:
            return row.quote("title")
        thing = row.name("thing", "country") if row["kind"].startswith("country_") else (
            row.value("thing", "quote"))  # fmt: skip
        return self.page.say("sweep.output", what=row.name("kind", "sweep_output"), thing=thing)

    def heading(self, name: str) -> str:
        """An output with its unit, to stand above a picture."""
        unit = self.unit(self.outputs[name])
        return plain(self.output(name)) + (f", {unit}" if unit else "")

    def is_word(self, name: str) -> bool:
        """Whether an input has words for values."""
        return self.inputs[name]["kind"] in WORDS

    def level(self, name: str, row: Row, column: str, word: str = "") -> Text:
        """A value of an input with its unit, from a cell of ``row``.

        ``word`` is the column in which a word stands, where numbers and words have one each.
        """
        if self.is_word(name):
            return row.quote(word or column)
        about = self.inputs[name]
        form = "level" if per_cent(about["unit"]) else "number"
        return self._with_unit((row.value(column, form),), about)

    def level_at(self, name: str, row: Row) -> Text:
        """A value of an input with its unit, from the column that holds it."""
        return self.level(name, row, f"{AT}{name}")

    def amount(self, name: str, row: Row, column: str) -> Text:
        """A value of an output with its unit, from a cell of ``row``."""
        about = self.outputs[name]
        form = form_of(about["unit"])
        value = (row.value(column, form),)
        return value if form in ("percent", "usd") else self._with_unit(value, about)

    def _with_unit(self, value: Text, about: Row) -> Text:
        unit = about["unit"]
        if unit in PLAIN or per_cent(unit):
            return value
        return self.page.say("sweep.with_unit", value=value, unit=about.name("unit", "sweep_unit"))

    def unit(self, about: Row) -> str:
        """Unit of an input or output in words; per cent for fractions."""
        unit = "share" if per_cent(about["unit"]) else about["unit"]
        return "" if unit in PLAIN else self.page.words.name("sweep_unit", unit)

    def where(self, row: Row, names: Iterable[str]) -> Text:
        """Inputs and their values in a row that has them in columns of their own."""
        return joined("; ", (self.set(name, self.level_at(name, row)) for name in names))

    def set(self, name: str, level: Text) -> Text:
        """An input and its value."""
        key = "heat.option" if self.inputs[name]["kind"] == "option" else "heat.level"
        return self.page.say(key, input=self.input(name), value=level)

    def moving(self, output: str) -> list[str]:
        """Inputs that move an output, in the order of the file."""
        still = set(self.still(output))
        return [name for name, row in self.inputs.items()
                if row["kind"] != "draw" and name not in still]  # fmt: skip

    def still(self, output: str) -> list[str]:
        """Inputs that leave an output as it is, everywhere in the sweep's picture."""
        rows = self.page.rows("sweep_tornado", name=output)
        return [row["input"] for row in rows if not row["moves"]]

    def listed(self, names: Iterable[str]) -> Text:
        """Inputs one after another."""
        return joined(", ", (self.input(name) for name in names))


def sweep_page(page: Page) -> SweepPage:
    """The tables of a sweep, read together."""
    return SweepPage(
        page=page,
        head=page.rows("sweep")[0],
        inputs={row["name"]: row for row in page.rows("sweep_inputs")},
        outputs={row["name"]: row for row in page.rows("sweep_outputs")},
    )


def per_cent(unit: str) -> bool:
    """Whether a unit is a fraction, which is told as per cent."""
    return unit.split(" ")[0] in PER_CENT


def form_of(unit: str) -> str:
    """The form of an output by its unit."""
    if per_cent(unit):
        return "percent"
    if unit.startswith("USD"):
        return "usd"
    return "count" if unit == "persons" or unit.endswith(" a year") else "number"
