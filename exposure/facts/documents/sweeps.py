"""Forms of what is asked: sweeps, many scenarios in one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from exposure.facts.documents.base import Asked, Day, Document, Number, Slug, Text, Whole
from exposure.facts.documents.scenarios import CrossingChange, Delta, LawDate, RouteLimit


class Range(Document):
    """Evenly spaced values from ``from`` to ``to``, both ends included."""

    start: Number = Field(alias="from")
    to: Number
    steps: Annotated[Whole, Field(ge=2, le=100_000_000)]

    @model_validator(mode="after")
    def _upright(self) -> Range:
        if self.start >= self.to:
            msg = f"a range goes upwards; {self.start} to {self.to} does not"
            raise ValueError(msg)
        return self


class Option(Document):
    """One way of a dimension: what it lays over the scenario; nothing leaves it as it is.

    ``law``, ``crossings`` and ``limits`` come on top of the scenario's own, all else takes their
    place.
    """

    law: list[Delta] = []
    crossings: list[CrossingChange] = []
    limits: list[RouteLimit] = []
    law_on: LawDate | None = None
    baseline: LawDate | None = None
    route_choice: Literal["ces", "cheapest"] | None = None
    demand: Literal["constant_elasticity", "linear", "logit", "nested_logit"] | None = None
    incidence: Literal["stated", "complete", "supply_and_demand", "linear_monopoly"] | None = None
    years: Annotated[Number, Field(ge=1, le=30)] | None = None


TARGETS = ("clause", "parameter", "figure", "currency", "options", "law_on")


def one_target(item: Any, targets: Sequence[str], what: str) -> str:
    """The one of ``targets`` that ``item`` names; a clause comes with its action.

    Raises
    ------
    ValueError
        If it names none or several, or a clause or an action alone.
    """
    named = [name for name in targets if getattr(item, name) is not None]
    if len(named) != 1 or (item.action is None) != (item.clause is None):
        others = ", ".join(f"`{name}`" for name in targets[1:])
        msg = f"{what} names one of: `action` with `clause`, {others}"
        raise ValueError(msg)
    return named[0]


class Dimension(Document):
    """One axis of a sweep: what is moved, and over what.

    Moved is one of: the rate of a ``clause`` of an ``action`` [fraction], a ``parameter`` in all
    sectors, a ``figure`` of the register of assumptions (content shares, capacities, volumes), a
    ``currency`` [change of its value in dollars], named ``options`` laid over the scenario, or the
    day of the law, ``law_on``. A grid takes listed ``values`` or a ``range``; a sampled design
    takes a ``range`` without steps as ``between``, or nothing: then the register's own law.
    ``name`` is the column in the output.
    """

    name: Text | None = None
    action: Slug | None = None
    clause: Slug | None = None
    parameter: Slug | None = None
    figure: Text | None = None
    currency: Text | None = None
    options: dict[Text, Option] | None = None
    law_on: Annotated[list[Day], Field(min_length=1)] | None = None
    values: Annotated[list[Number], Field(min_length=1)] | None = None
    range: Range | None = None
    between: tuple[Number, Number] | None = None

    @model_validator(mode="after")
    def _target(self) -> Dimension:
        named = one_target(self, TARGETS, "a dimension")
        given = [n for n in ("values", "range", "between") if getattr(self, n) is not None]
        if self.categorical and given:
            msg = f"`{named}` lists its values itself; leave out `{given[0]}`"
            raise ValueError(msg)
        if len(given) > 1:
            msg = f"`{given[0]}` or `{given[1]}`, not both"
            raise ValueError(msg)
        if self.between is not None and self.between[0] >= self.between[1]:
            msg = f"a range goes upwards; {self.between[0]} to {self.between[1]} does not"
            raise ValueError(msg)
        if self.options is not None and not self.options:
            msg = "`options` names at least one"
            raise ValueError(msg)
        return self

    @property
    def categorical(self) -> bool:
        """Whether it chooses among ways and does not move a number."""
        return self.options is not None or self.law_on is not None

    @property
    def law_days(self) -> list[LawDate]:
        """Days of the law that it asks of, in place of the scenario's own."""
        days = [LawDate(effective_on=day) for day in self.law_on or ()]
        ways = (self.options or {}).values()
        return [*days, *(day for way in ways for day in (way.baseline, way.law_on) if day)]

    @property
    def column(self) -> str:
        """Name of its column in the output."""
        if self.name is not None:
            return self.name
        if self.clause is not None:
            return f"{self.action}/{self.clause}"
        if self.currency is not None:
            return f"currency/{self.currency}"
        return self.parameter or self.figure or ("law_on" if self.law_on else "option")


Design = Literal["grid", "list", "latin_hypercube", "sobol", "saltelli"]


class Sweep(Asked):
    """Many scenarios of one: its dimensions, how points are laid among them, and what is kept.

    ``design`` is ``grid`` (every value with every other), ``list`` (the first value of each
    dimension together, then the second ...), ``latin_hypercube``, ``sobol`` (Owen-scrambled), or
    ``saltelli`` (the samples that Sobol indices need). Sampled designs have ``size`` points;
    ``saltelli`` that many for each of its 2 + dimensions samples. ``draws`` evaluates each point
    at so many draws of everything uncertain, correlated as the register says, beside its central
    values. ``outputs`` are those of `exposure.sweeps.outputs`; ``answers`` as in a scenario.
    """

    question: str = ""
    scenario: Slug
    design: Design = "grid"
    size: Annotated[Whole, Field(ge=1, le=1_000_000_000)] | None = None
    seed: Annotated[Whole, Field(ge=0)] = 20250204
    draws: Annotated[Whole, Field(ge=0, le=1_000_000)] = 0
    dimensions: list[Dimension] = []
    products: list[Slug] = []
    outputs: list[Text] = []

    @model_validator(mode="after")
    def _fits(self) -> Sweep:
        for problem in self._misfits():
            raise ValueError(problem)
        return self

    def _misfits(self) -> Iterator[str]:
        if not self.dimensions and not self.draws:
            yield "a sweep has `dimensions`, or `draws`, or both"
        names = [item.column for item in self.dimensions]
        for name in names:
            if names.count(name) > 1 or name in ("scenario_id", "draw"):
                yield f"column {name!r} stands twice; give one of the dimensions another `name`"
        sampled = self.design in ("latin_hypercube", "sobol", "saltelli")
        if sampled != (self.size is not None):
            says = "needs" if sampled else "takes no"
            yield f"design `{self.design}` {says} `size`"
        if self.design in ("sobol", "saltelli") and self.size and self.size & (self.size - 1):
            yield f"design `{self.design}` takes a `size` that is a power of 2, as 1024 or 65536"
        if self.design == "saltelli" and self.draws:
            yield "design `saltelli` takes no `draws`: let its dimensions follow the register"
        if self.design == "list" and len({self._length(item) for item in self.dimensions}) > 1:
            yield "in a `list` all dimensions have as many values"
        for item in self.dimensions:
            listed = item.values is not None or item.range is not None
            if item.categorical:
                if self.design == "saltelli":
                    yield f"{item.column}: `saltelli` moves numbers, not options or days"
            elif sampled and listed:
                yield f"{item.column}: a sampled design takes `between: [low, high]`"
            elif not sampled and not listed:
                yield f"{item.column}: design `{self.design}` takes `values` or `range`"
            elif sampled and item.between is None and not (item.parameter or item.figure):
                yield f"{item.column}: give `between: [low, high]`"

    def _length(self, item: Dimension) -> int:
        ways = item.options or item.law_on or item.values
        return item.range.steps if item.range is not None else len(ways or ())
