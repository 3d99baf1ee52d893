"""Forms of the law: actions with their clauses, attributes, rules of origin."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from exposure.facts.documents.base import (
    AttributeValue,
    Component,
    Day,
    Document,
    Fraction,
    Grade,
    Hts,
    Iso3,
    Number,
    Origins,
    Rate,
    Slug,
    Status,
    Text,
)


class Scope(Document):
    """Which goods: HTS prefixes given here, and files of ``lists/``; ``all`` for every good.

    ``use`` picks classes of a list file (its column ``class``); empty takes every row.
    """

    all: bool = False
    hts: list[Hts] = []
    lists: list[Slug] = []
    use: list[Slug] = []
    except_hts: list[Hts] = []
    except_lists: list[Slug] = []

    @model_validator(mode="after")
    def _not_empty(self) -> Scope:
        if not (self.all or self.hts or self.lists):
            msg = "scope is empty: give `all: true`, `hts` or `lists`"
            raise ValueError(msg)
        return self


class Base(Document):
    """The part of the customs value on which a duty is charged.

    ``part``: ``full``; ``outside_us_content``; ``outside_us_content_if_20`` (less US content where
    that is at least 20 % of value, else full); ``content`` (the value share of ``material``,
    limited to content made in, or by makers of, the named countries; an unknown share is charged
    in full).
    """

    part: Literal["full", "outside_us_content", "outside_us_content_if_20", "content"] = "full"
    material: Slug | None = None
    made_in: list[str] = []
    not_made_in: list[str] = []
    maker: list[str] = []
    not_maker: list[str] = []

    @model_validator(mode="after")
    def _material(self) -> Base:
        if (self.part == "content") != (self.material is not None):
            msg = "`material` goes with `part: content`, and only with it"
            raise ValueError(msg)
        if self.part != "content" and (
            self.made_in or self.not_made_in or self.maker or self.not_maker
        ):
            msg = "`made_in`, `not_made_in`, `maker`, `not_maker` go with `part: content`"
            raise ValueError(msg)
        return self


class Clause(Document):
    """What a measure and an exemption have in common: when, for whom, on what, since when known.

    A clause holds on dates ``from <= date <= until`` once ``known`` (the day on which the public
    could know it) has come. ``until_known`` is the day on which its end became public; where it is
    absent, the end was public from the start. ``withdrawn`` is the day on which it became public
    that it would not come into force: seen from that day on, it never acts. ``provisional`` marks a
    clause that rests on a list known from a proposal only.
    """

    id: Slug
    from_: Day = Field(alias="from")
    until: Day | None = None
    known: Day
    until_known: Day | None = None
    withdrawn: Day | None = None
    provisional: bool = False
    status: Status = "in_force"
    origin: Origins = ["*"]
    not_origin: list[str] = []
    when: dict[Slug, AttributeValue] = {}
    scope: Scope | None = None
    heading: str = ""
    source: Text
    note: str = ""

    @model_validator(mode="after")
    def _dates(self) -> Clause:
        if self.until is not None and self.until < self.from_:
            msg = f"until {self.until} lies before from {self.from_}"
            raise ValueError(msg)
        if self.until_known is not None and self.until is None:
            msg = "`until_known` goes with `until`"
            raise ValueError(msg)
        if self.until_known is not None and self.until_known < self.known:
            msg = f"until_known {self.until_known} lies before known {self.known}"
            raise ValueError(msg)
        return self


class Measure(Clause):
    """A rate of an action: exactly one of ``rate``, ``all_in`` and ``specific_usd_per_unit``.

    ``rate`` is additional to column 1; with ``cap``, column 1 and this together stay at or below
    ``cap``. ``all_in`` brings the total with column 1 up to that fraction. ``covers`` says which
    part of value this measure takes out of the authorities that it displaces: ``base`` (the part
    on which it is charged) or ``full``; by default ``base`` for a content base, else ``full``.
    """

    rate: Rate | None = None
    all_in: Rate | None = None
    cap: Rate | None = None
    specific_usd_per_unit: Annotated[Number, Field(ge=0)] | None = None
    base: Base = Base()
    covers: Literal["base", "full"] | None = None
    displaces: list[Slug] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Measure:
        given = [
            name
            for name in ("rate", "all_in", "specific_usd_per_unit")
            if getattr(self, name) is not None
        ]
        if len(given) != 1:
            msg = "give exactly one of `rate`, `all_in`, `specific_usd_per_unit`"
            raise ValueError(msg)
        if self.cap is not None and self.rate is None:
            msg = "`cap` goes with `rate`"
            raise ValueError(msg)
        return self

    @property
    def charged(self) -> str:
        """What it charges, in a few words."""
        if self.all_in is not None:
            return f"{self.all_in:.6g} all in"
        if self.specific_usd_per_unit is not None:
            return f"{self.specific_usd_per_unit:.6g} USD per unit"
        return f"{self.rate:.6g}" + (f", at most {self.cap:.6g} in all" if self.cap else "")


class Exemption(Clause):
    """A clause that takes a good out of its action; it beats every measure of the action."""


class Ending(Document):
    """The end of a whole action from a date on."""

    from_: Day = Field(alias="from")
    known: Day
    status: Literal["suspended", "void", "ended"] = "ended"
    when: dict[Slug, AttributeValue] = {}
    source: Text
    note: str = ""


class Action(Document):
    """One action: a family of legal instruments with one scope, one authority, one component.

    ``authority`` is what other actions name in ``displaces``; ``component`` is the column in which
    the duty is shown. An importer other than the United States gives its ordinary rate as an
    action of authority ``mfn``. A duty that is only asked has ``hypothesis`` for both, and no file
    of ``data/raw/law`` may.
    """

    id: Slug
    importer: Iso3
    authority: Slug
    component: Component
    title: Text
    instrument: Text
    scope: Scope
    displaces: list[Slug] = []
    measures: list[Measure]
    exemptions: list[Exemption] = []
    ends: list[Ending] = []

    @property
    def beside(self) -> str:
        """How it stands to the duties of other authorities, in a few words."""
        said = {
            tuple(self.displaces if item.displaces is None else item.displaces)
            for item in self.measures
        }
        named = ", ".join(sorted({name for names in said for name in names}))
        if self.authority == "mfn":
            return "an ordinary rate"
        if not named:
            return "on top of the others"
        # Measures of one action may differ: some displace, or each another duty.
        return f"in the place of {named}" + (" in part of its measures" if len(said) > 1 else "")

    @model_validator(mode="after")
    def _unique(self) -> Action:
        ids = [clause.id for clause in [*self.measures, *self.exemptions]]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            msg = f"clause id used twice: {', '.join(twice)}"
            raise ValueError(msg)
        return self


class Attribute(Document):
    """A fact that a legal condition may ask of a shipment.

    ``default`` is taken when a shipment says nothing; a null default means *not known*, and a
    clause that hangs on it makes the component unknown.
    """

    id: Slug
    kind: Literal["bool", "number", "choice"]
    choices: list[str] = []
    default: AttributeValue | None
    title: Text
    source: Text


class Attributes(Document):
    """The register of legal attributes."""

    attributes: list[Attribute]


class Agreement(Document):
    """A trade agreement: its members, those that count as high-wage, its de minimis share."""

    id: Slug
    title: Text
    members: list[Iso3]
    high_wage: list[Iso3] = []
    de_minimis: Fraction = 0.0
    source: Text


class OriginTest(Document):
    """One test of a rule of origin.

    ``regional_value`` (by ``method``), ``core_parts`` (the same over the parts under ``hts`` as one
    group), ``labour_value`` (share that high-wage members add) and ``material_share`` (share of a
    ``material`` made in the area) ask for a ``threshold``; ``tariff_shift`` asks that no foreign
    material stands in the same chapter (``level`` 2), heading (4) or subheading (6) as the good.
    """

    kind: Literal["regional_value", "core_parts", "labour_value", "material_share", "tariff_shift"]
    method: Literal["net_cost", "transaction_value", "build_down", "build_up"] | None = None
    threshold: Fraction | None = None
    level: Literal[2, 4, 6] | None = None
    material: Slug | None = None
    hts: list[Hts] = []

    @model_validator(mode="after")
    def _complete(self) -> OriginTest:
        wanted = {
            "regional_value": ("method", "threshold"),
            "core_parts": ("method", "threshold", "hts"),
            "labour_value": ("threshold",),
            "material_share": ("threshold", "material"),
            "tariff_shift": ("level",),
        }[self.kind]
        for name in ("method", "threshold", "level", "material", "hts"):
            if (name in wanted) != bool(getattr(self, name) not in (None, [])):
                msg = f"a test of kind {self.kind} takes {', '.join(wanted)}"
                raise ValueError(msg)
        return self


class OriginRule(Document):
    """A rule of origin: a good originates if all tests of one alternative hold."""

    id: Slug
    agreement: Slug
    title: Text
    scope: list[Hts | Literal[""]]
    from_: Day = Field(alias="from")
    until: Day | None = None
    alternatives: list[list[OriginTest]]
    source: Text
    grade: Grade
    note: str = ""


class RulesOfOrigin(Document):
    """The register of agreements and of their rules of origin."""

    agreements: list[Agreement]
    rules: list[OriginRule]
