"""Pydantic models of the YAML documents: action, firm, scenario, sweep, parameters.

A typo is named with its path because every model forbids extra fields. Rates and shares are
fractions (0.25 is 25 per cent), dates are ISO dates, countries ISO 3166-1 alpha-3, HTS codes
quoted strings with or without dots.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from exposure.axes import COMPONENTS

Grade = Literal["A", "B", "C", "D"]
"""A disclosed, B derived from disclosed, C estimated, D illustrative."""

Status = Literal["threatened", "announced", "in_force", "suspended", "void", "ended"]


def _hts(code: Any) -> str:
    """Digits of an HTS code; dots are dropped."""
    if not isinstance(code, str):
        msg = f"HTS code {code!r} must be a quoted string"
        raise ValueError(msg)
    digits = code.replace(".", "")
    if not re.fullmatch(r"\d{2,10}", digits) or len(digits) % 2:
        msg = f"HTS code {code!r} must have 2, 4, 6, 8 or 10 digits"
        raise ValueError(msg)
    return digits


def _iso3(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        msg = f"country {code!r} must be an ISO 3166-1 alpha-3 code"
        raise ValueError(msg)
    return code


def _slug(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        msg = f"id {name!r} may hold lower-case letters, digits, '-' and '_' only"
        raise ValueError(msg)
    return name


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _component(name: str) -> str:
    if name not in COMPONENTS:
        msg = f"component {name!r} is none of {', '.join(COMPONENTS)}"
        raise ValueError(msg)
    return name


Hts = Annotated[str, BeforeValidator(_hts)]
Iso3 = Annotated[str, AfterValidator(_iso3)]
Slug = Annotated[str, AfterValidator(_slug)]
Component = Annotated[str, AfterValidator(_component)]
Text = Annotated[str, Field(min_length=1)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=10)]
Origins = Annotated[list[str], BeforeValidator(_as_list)]
AttributeValue = bool | float | str


class Document(BaseModel):
    """Base of all documents: frozen, and a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Document):
    """A number with its range, its grade and its source.

    ``low <= central <= high``. ``source`` names a row of ``data/raw/sources.csv``; ``note`` says
    in our words what was assumed or derived.
    """

    low: float
    central: float
    high: float
    grade: Grade
    source: Slug
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Figure:
        if not self.low <= self.central <= self.high:
            msg = f"low {self.low} <= central {self.central} <= high {self.high} does not hold"
            raise ValueError(msg)
        return self


# --- law -----------------------------------------------------------------------------------


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
    from_: dt.date = Field(alias="from")
    until: dt.date | None = None
    known: dt.date
    until_known: dt.date | None = None
    withdrawn: dt.date | None = None
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
    specific_usd_per_unit: Annotated[float, Field(ge=0)] | None = None
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


class Exemption(Clause):
    """A clause that takes a good out of its action; it beats every measure of the action."""


class Ending(Document):
    """The end of a whole action from a date on."""

    from_: dt.date = Field(alias="from")
    known: dt.date
    status: Literal["suspended", "void", "ended"] = "ended"
    when: dict[Slug, AttributeValue] = {}
    source: Text
    note: str = ""


class Action(Document):
    """One action: a family of legal instruments with one scope, one authority, one component.

    ``authority`` is what other actions name in ``displaces``; ``component`` is the column in which
    the duty is shown. An importer other than the United States gives its ordinary rate as an
    action of authority ``mfn``.
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
    from_: dt.date = Field(alias="from")
    until: dt.date | None = None
    alternatives: list[list[OriginTest]]
    source: Text
    grade: Grade
    note: str = ""


class RulesOfOrigin(Document):
    """The register of agreements and of their rules of origin."""

    agreements: list[Agreement]
    rules: list[OriginRule]


# --- firms ---------------------------------------------------------------------------------


class Site(Document):
    """A place where work is done. ``maker`` is the country of the owner's headquarters.

    Without ``lat`` and ``lon`` a map shows it in the middle of its country.
    """

    id: Slug
    title: Text
    country: Iso3
    maker: Iso3
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None


class MadeAt(Document):
    """Which share of a part's units one site makes; the splits of a part add up to 1."""

    site: Slug
    split: Fraction


class Making(Document):
    """Where a part is made, on one route or on all."""

    made_at: list[MadeAt]
    grade: Grade
    source: Slug
    note: str = ""


class Transformation(Document):
    """Whether a stage makes a new article, so that origin is where it is done (19 CFR 134.1(b)).

    Where ``done`` is false, the article keeps the origin of its part ``keeps``. ``reason`` says
    why in our words: name, character and use before and after, and the ruling that is followed.
    """

    done: bool
    keeps: Slug | None = None
    reason: Text
    grade: Grade
    source: Slug

    @model_validator(mode="after")
    def _keeps(self) -> Transformation:
        if self.done == (self.keeps is not None):
            msg = "`keeps` names the part whose origin stays, and goes with `done: false` only"
            raise ValueError(msg)
        return self


class Part(Document):
    """A stage of a product: a bought or made part, or the final assembly (``into`` is absent).

    ``share`` is the part's own value added as a fraction of the reference route's customs value:
    parts that go into it are not counted in it, so the shares of all parts of a product add up
    to 1. ``industry`` names a row of ``data/raw/economy/labour.csv``. ``materials`` are fractions
    of the part's own value (steel, aluminum, copper, semiconductor ...). ``transformation`` says
    whether the stage confers origin; where it is absent, it does.
    """

    id: Slug
    title: Text
    hts: Hts
    into: Slug | None = None
    share: Figure
    industry: Slug
    materials: dict[Slug, Fraction] = {}
    making: Making | None = None
    transformation: Transformation | None = None


class Crossing(Document):
    """What a shipment of a part across a border claims and under which regime it enters.

    ``drawback`` is the fraction of the duty paid that is given back once the finished product has
    left the country; absent is none.
    """

    part: Slug
    into_country: Iso3
    from_country: Iso3 | None = None
    attributes: dict[Slug, AttributeValue] = {}
    drawback: Fraction = 0.0
    source: Slug
    note: str = ""


class YearVolume(Document):
    """Units that a route brought to the market in a calendar year."""

    year: Annotated[int, Field(ge=1990, le=2100)]
    units: Annotated[float, Field(ge=0)]
    grade: Grade
    source: Slug
    note: str = ""


class Route(Document):
    """One way to make the product and bring it to the market.

    ``volume`` is units per year that arrive in the market on this route today; a route with
    ``volume`` 0 is an alternative that is priced and not used; ``volumes_by_year`` are calendar
    years that are known. ``cost_index`` multiplies the value
    added of the final assembly and of the parts made in the assembly country, relative to the
    reference route. ``freight_share`` is the cost of bringing the finished product to the market,
    as a fraction of its customs value. ``capacity`` is the most units a year that the route can
    bring to the market; absent is no limit; routes of one ``pool``, of one product or several,
    share it, and each states it. ``switching_cost_usd`` is what it costs to bring one
    more unit a year onto the route (tools, approval, hiring), spread over the years of use.
    ``transit_days`` pass between loading and the customs entry of the finished product.
    ``arrives_by`` says how the finished product reaches the market's border, for fees.
    ``transformations`` replaces that of a part on this route.
    """

    id: Slug
    title: Text
    assembly: Slug
    volume: Figure
    volumes_by_year: list[YearVolume] = []
    cost_index: Figure
    freight_share: Figure
    capacity: Figure | None = None
    pool: Slug | None = None
    switching_cost_usd: Figure | None = None
    transit_days: Figure | None = None
    arrives_by: Literal["sea", "air", "land"] | None = None
    makings: dict[Slug, Making] = {}
    transformations: dict[Slug, Transformation] = {}
    crossings: list[Crossing] = []


class Citation(Document):
    """A source that a product file brings along; the shipped files share ``sources.csv``."""

    id: Slug
    title: Text
    publisher: Text
    date: str
    address: str = ""
    note: str = ""


class Product(Document):
    """A named product of a firm, its parts, sites and routes to a market.

    ``stock_days`` is how long a unit lies between customs entry and sale, so how much later a duty
    reaches the profit and loss account. ``sources`` are citations of its own, for a file that lies
    outside the data folder.
    """

    id: Slug
    title: Text
    firm: Text
    market: Iso3
    unit: Text
    year: int
    customs_value_usd: Figure
    parts_freight_share: Figure
    stock_days: Figure | None = None
    sector: Slug
    sites: list[Site]
    parts: list[Part]
    reference_route: Slug
    routes: list[Route]
    sources: list[Citation] = []
    note: str = ""


# --- scenarios -----------------------------------------------------------------------------


class LawDate(Document):
    """A day in both clocks; without ``known_on`` everything known since counts (hindsight)."""

    effective_on: dt.date
    known_on: dt.date | None = None


class Delta(Document):
    """One change of the law in a scenario.

    ``suspend`` switches clauses of ``action`` off: those named by ``clause``, those for ``origin``,
    or all. ``add`` puts measures or exemptions into an action that exists, and beats what stands
    there for the same goods and origins; ``new`` brings a whole action.
    """

    action: Slug | None = None
    clause: list[Slug] = []
    origin: list[str] = []
    suspend: bool = False
    measures: list[Measure] = []
    exemptions: list[Exemption] = []
    new: Action | None = None

    @model_validator(mode="after")
    def _one_change(self) -> Delta:
        if (self.action is None) == (self.new is None):
            msg = "give either `action` (an existing one) or `new` (a whole action)"
            raise ValueError(msg)
        if self.new is not None and (self.suspend or self.measures or self.exemptions):
            msg = "`new` stands alone"
            raise ValueError(msg)
        if self.action is not None and not (self.suspend or self.measures or self.exemptions):
            msg = "a change of an action says `suspend: true`, `measures` or `exemptions`"
            raise ValueError(msg)
        if (self.clause or self.origin) and not self.suspend:
            msg = "`clause` and `origin` choose what `suspend: true` switches off"
            raise ValueError(msg)
        return self


class CrossingChange(Document):
    """A changed claim or attribute of a product's crossings in a scenario."""

    product: Slug
    route: Slug | None = None
    part: Slug
    attributes: dict[Slug, AttributeValue]


class RouteLimit(Document):
    """The most units a year that a route may bring under a scenario: a quota, a cap, a closure."""

    product: Slug
    route: Slug
    units: Annotated[float, Field(ge=0)]


class Scenario(Document):
    """A delta of rows over the law of a day, compared with a baseline day.

    ``law_on`` is the day whose law the delta changes; without it, the baseline's. ``route_choice``
    says how volume moves among routes: ``ces`` in proportion to relative cost, ``cheapest`` as a
    planner would fill them; both within capacity. ``figures`` fixes numbers of products by their
    name in the register of assumptions, in the baseline as well; ``limits`` caps routes, in the
    scenario alone. ``answers`` names the standing questions that the scenario is there for.
    """

    id: Slug
    title: Text
    question: Text
    baseline: LawDate
    law_on: LawDate | None = None
    law: list[Delta] = []
    crossings: list[CrossingChange] = []
    parameters: dict[Slug, float] = {}
    figures: dict[Text, float] = {}
    limits: list[RouteLimit] = []
    products: list[Slug] = []
    route_choice: Literal["ces", "cheapest"] = "ces"
    answers: list[Slug] = []
    note: str = ""


class Dimension(Document):
    """One axis of a sweep: a clause's rate, or a parameter, over listed values."""

    action: Slug | None = None
    clause: Slug | None = None
    parameter: Slug | None = None
    values: Annotated[list[float], Field(min_length=1)]

    @model_validator(mode="after")
    def _target(self) -> Dimension:
        clause = self.action is not None and self.clause is not None
        if clause == (self.parameter is not None) or (self.action is None) != (self.clause is None):
            msg = "a dimension names `action` and `clause`, or `parameter`"
            raise ValueError(msg)
        return self

    @property
    def name(self) -> str:
        """Column name of the dimension in the output."""
        return self.parameter or f"{self.action}/{self.clause}"


class Sweep(Document):
    """A grid over dimensions of one scenario; ``answers`` as there."""

    id: Slug
    title: Text
    question: str = ""
    answers: list[Slug] = []
    note: str = ""
    scenario: Slug
    dimensions: Annotated[list[Dimension], Field(min_length=1)]
    products: list[Slug] = []


# --- parameters ----------------------------------------------------------------------------


class Parameter(Document):
    """A behavioural number with range, grade and source; ``sector`` empty holds for all."""

    id: Slug
    sector: Slug | Literal[""] = ""
    title: Text
    unit: Text
    low: float
    central: float
    high: float
    grade: Grade
    source: Slug
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Parameter:
        if not self.low <= self.central <= self.high:
            msg = f"low {self.low} <= central {self.central} <= high {self.high} does not hold"
            raise ValueError(msg)
        return self


class Parameters(Document):
    """The register of behavioural parameters."""

    parameters: list[Parameter]
