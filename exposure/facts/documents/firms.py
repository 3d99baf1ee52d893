"""Forms of a firm's product: sites, parts, routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from exposure.facts.documents.base import (
    AttributeValue,
    Document,
    Figure,
    Fraction,
    Grade,
    Hts,
    Iso3,
    Number,
    Slug,
    Text,
    Whole,
)


class Site(Document):
    """A place where work is done. ``maker`` is the country of the owner's headquarters.

    Without ``lat`` and ``lon`` a map shows it in the middle of its country.
    """

    id: Slug
    title: Text
    country: Iso3
    maker: Iso3
    lat: Annotated[Number, Field(ge=-90, le=90)] | None = None
    lon: Annotated[Number, Field(ge=-180, le=180)] | None = None


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

    year: Annotated[Whole, Field(ge=1990, le=2100)]
    units: Annotated[Number, Field(ge=0)]
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
    ``parts_offset_usd`` is the credit against the duty on parts that a unit assembled in the market
    earns (Proclamation 10925); `exposure backtest` takes it off a firm's bill.
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
    parts_offset_usd: Figure | None = None
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

    ``category`` names a row of ``data/raw/economy/categories.csv``: the market in which its buyers
    have a choice. ``importer`` says whether the company that enters it belongs to the firm, so that
    what it bears is the firm's. ``stock_days`` is how long a unit lies between customs entry and
    the sale by the company that entered it, so how much later a duty reaches its profit and loss
    account; what its dealers hold is sold already. ``sources`` are citations of
    its own, for a file that lies outside the data folder. ``composite`` says of what it is
    composed where it is not the product of one firm; it stands first in answers about it.
    """

    id: Slug
    title: Text
    firm: Text
    market: Iso3
    unit: Text
    year: Whole
    customs_value_usd: Figure
    parts_freight_share: Figure
    stock_days: Figure | None = None
    sector: Slug
    category: Slug | Literal[""] = ""
    importer: Literal["own", "independent"] = "own"
    sites: list[Site]
    parts: list[Part]
    reference_route: Slug
    routes: list[Route]
    sources: list[Citation] = []
    composite: str = ""
    note: str = ""
