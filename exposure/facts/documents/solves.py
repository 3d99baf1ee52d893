"""Forms of what is asked: solves, the value of one number at which something holds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from exposure.facts.documents.base import Asked, Document, Number, Slug, Text, Whole
from exposure.facts.documents.sweeps import Dimension, one_target

MOVES = ("clause", "parameter", "figure", "currency", "mix")


class Mix(Document):
    """How today's volume of a product is divided: the share that comes by these routes.

    Among themselves, and among all others, routes keep their proportions, and the total stays.
    """

    product: Slug
    routes: Annotated[list[Slug], Field(min_length=1)]


class Vary(Document):
    """The number that is looked for, and between what.

    One of: the rate of a ``clause`` of an ``action`` [fraction], a ``parameter`` in all sectors, a
    ``figure`` of the register of assumptions, a ``currency`` [change of its value in dollars], as
    in a sweep; or the ``mix`` of a product's routes [fraction of its units]. ``name`` is what it is
    called in the answer.
    """

    name: Text | None = None
    action: Slug | None = None
    clause: Slug | None = None
    parameter: Slug | None = None
    figure: Text | None = None
    currency: Text | None = None
    mix: Mix | None = None
    between: tuple[Number, Number]

    @model_validator(mode="after")
    def _target(self) -> Vary:
        one_target(self, MOVES, "`vary`")
        low, high = self.between
        if low >= high:
            msg = f"a range goes upwards; {low} to {high} does not"
            raise ValueError(msg)
        if self.clause is not None and low < 0:
            msg = f"a rate is 0 or more; {low} is not"
            raise ValueError(msg)
        if self.mix is not None and not (low >= 0 and high <= 1):
            msg = f"a share of routes lies between 0 and 1; {low} to {high} does not"
            raise ValueError(msg)
        return self

    @property
    def column(self) -> str:
        """Name of the number in tables."""
        if self.name is not None:
            return self.name
        if self.mix is not None:
            return f"{self.mix.product}/{'+'.join(self.mix.routes)}/share"
        return self.dimension().column

    def dimension(self) -> Dimension:
        """The same as a dimension of a sweep, at its two ends; not of a mix."""
        given = self.model_dump(exclude={"mix", "between"}, exclude_none=True)
        return Dimension.model_validate({**given, "values": list(self.between)})


class Side(Document):
    """A quantity, named as in a sweep's output: ``kia-k4/pesqueria/landed_usd_per_unit``.

    With ``scenario`` that of another scenario, with ``today`` that of this one as it stands: both
    are constants. ``times`` and ``plus`` make it ``times * quantity + plus``.
    """

    of: Text
    scenario: Slug | None = None
    today: bool = False
    times: Number = 1.0
    plus: Number = 0.0

    @property
    def constant(self) -> bool:
        """Whether it does not hang on the number that varies."""
        return self.today or self.scenario is not None


def _side(value: Any) -> Any:
    return {"of": value} if isinstance(value, str) else value


AnySide = Annotated[Side, BeforeValidator(_side)]


class Level(Document):
    """A quantity reaches a number, in the quantity's own unit."""

    of: AnySide
    value: Number = Field(alias="is")


class Find(Document):
    """What holds at the value that is looked for.

    One of: two quantities are ``equal``, one reaches a ``level``, or the route by which a product
    lands cheapest changes: ``switch``.
    """

    equal: tuple[AnySide, AnySide] | None = None
    level: Level | None = None
    switch: Slug | None = None

    @model_validator(mode="after")
    def _one(self) -> Find:
        named = [n for n in ("equal", "level", "switch") if getattr(self, n) is not None]
        if len(named) != 1:
            msg = "`find` is one of `equal`, `level`, `switch`"
            raise ValueError(msg)
        if named != ["switch"] and all(side.constant for side in self.sides):
            msg = "nothing varies: each side is `today` or of another scenario"
            raise ValueError(msg)
        return self

    @property
    def sides(self) -> tuple[Side, ...]:
        """Quantities that are compared; none where routes are."""
        if self.equal is not None:
            return self.equal
        return () if self.level is None else (self.level.of,)


class Solve(Asked):
    """The value of one number at which something holds under a scenario; all such values.

    ``products`` and ``answers`` are as in a scenario, ``draws`` and ``seed`` those of the range
    that is told beside the answer.
    """

    scenario: Slug
    products: list[Slug] = []
    vary: Vary
    find: Find
    draws: Annotated[Whole, Field(ge=0, le=100_000)] = 200
    seed: Annotated[Whole, Field(ge=0)] = 20250204
