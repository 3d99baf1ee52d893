"""Forms of bargains: a deal, a choice of concessions, settling or waiting, a stance of two."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from exposure.facts.documents.base import (
    Asked,
    Day,
    Document,
    Figure,
    Iso3,
    Number,
    Slug,
    Text,
    Whole,
)
from exposure.facts.documents.sweeps import Option

Year = Annotated[Whole, Field(ge=2000, le=2100)]
MOST = 6
"""Concessions of a frontier: all their combinations are run, 64 at most."""
WHOLE = 1e-9
"""How near to 1 shares of a whole must add up."""


def _within(figure: Figure, low: float, high: float, what: str) -> None:
    """Raise where the ends of a figure lie outside of ``low`` and ``high``."""
    if not low <= figure.low <= figure.high <= high:
        msg = f"{what} lies between {low:g} and {high:g}, not {figure.low:g} to {figure.high:g}"
        raise ValueError(msg)


INF = float("inf")


class Purchase(Document):
    """Goods of the importer that a party promises to buy, evenly over some years.

    ``usd`` is the whole sum; ``extra_share`` which part would not have been bought anyway.
    """

    title: Text
    usd: Figure
    first: Year = Field(alias="from")
    last: Year = Field(alias="to")
    extra_share: Figure

    @model_validator(mode="after")
    def _fits(self) -> Purchase:
        _within(self.usd, 0, INF, "usd")
        _within(self.extra_share, 0, 1, "extra_share")
        if self.first > self.last:
            msg = f"`from` {self.first} lies after `to` {self.last}"
            raise ValueError(msg)
        return self


class Investment(Document):
    """Money that a party promises to put into the importer's economy.

    ``schedule`` gives the share of ``total_usd`` that falls due by year. Without it the money falls
    due evenly from ``from`` to ``until``, or, without ``until``, at once. What exceeds
    ``ceiling_usd_a_year`` waits for the next year. ``paid_share`` is which part of the promise is
    really paid; ``return_share`` what comes back in all of a dollar paid, in dollars of the same
    worth, evenly over ``return_years`` after ``return_delay_years`` (rounded to whole years).
    """

    id: Slug
    title: Text
    kind: Literal["cash", "equity", "loan", "guarantee", "private"]
    total_usd: Figure
    first: Year = Field(alias="from")
    last: Year | None = Field(default=None, alias="until")
    schedule: dict[Year, Annotated[Number, Field(ge=0, le=1)]] = {}
    ceiling_usd_a_year: Figure | None = None
    paid_share: Figure
    return_share: Figure
    return_delay_years: Figure
    return_years: Figure

    @model_validator(mode="after")
    def _fits(self) -> Investment:
        _within(self.total_usd, 0, INF, "total_usd")
        _within(self.paid_share, 0, 1, "paid_share")
        _within(self.return_share, 0, 10, "return_share")
        _within(self.return_delay_years, 0, 50, "return_delay_years")
        _within(self.return_years, 1, 50, "return_years")
        if self.ceiling_usd_a_year is not None and self.ceiling_usd_a_year.low <= 0:
            msg = "a ceiling_usd_a_year of 0 pays nothing; leave it out where there is none"
            raise ValueError(msg)
        if self.schedule and self.last is not None:
            msg = "give `schedule` or `until`, not both"
            raise ValueError(msg)
        if self.schedule and abs(sum(self.schedule.values()) - 1) > WHOLE:
            msg = f"shares of schedule add up to {sum(self.schedule.values()):g}, not to 1"
            raise ValueError(msg)
        if min(self.schedule, default=self.first) < self.first or (self.last or 9999) < self.first:
            msg = f"nothing falls due before `from` {self.first}"
            raise ValueError(msg)
        return self


class Deal(Asked):
    """What a party promises for lower duties.

    ``instead`` and ``under`` name scenarios with the same baseline: the law without the deal, and
    with it. ``probability`` is the chance, year by year, that a deal which held the year before
    still holds; relief and payments end together, returns on what was paid go on. Relief is counted
    for ``horizon_years`` from ``first_year``. ``products`` of the table of firms; by default all.
    """

    party: Iso3
    instead: Slug
    under: Slug
    purchases: list[Purchase] = []
    investments: list[Investment]
    probability: Figure
    first_year: Year
    horizon_years: Annotated[Whole, Field(ge=1, le=60)]
    products: list[Slug] = []

    @model_validator(mode="after")
    def _fits(self) -> Deal:
        _within(self.probability, 0, 1, "probability")
        names = [item.id for item in self.investments]
        if len(set(names)) < len(names):
            msg = f"ids of investments stand twice: {', '.join(names)}"
            raise ValueError(msg)
        starts = [item.first for item in self.investments] + [p.first for p in self.purchases]
        if min(starts, default=self.first_year) < self.first_year:
            msg = f"a payment begins before first_year {self.first_year}"
            raise ValueError(msg)
        return self


class Concession(Document):
    """One clause that may be granted: what it lays over the base, as an option of a sweep."""

    id: Slug
    title: Text
    option: Option


class Frontier(Asked):
    """Concessions by themselves and in every combination, over the law of ``base``."""

    party: Iso3
    base: Slug
    concessions: Annotated[list[Concession], Field(min_length=1, max_length=MOST)]
    products: list[Slug] = []

    @model_validator(mode="after")
    def _distinct(self) -> Frontier:
        names = [item.id for item in self.concessions]
        if len(set(names)) < len(names):
            msg = f"ids of concessions stand twice: {', '.join(names)}"
            raise ValueError(msg)
        return self


class Branch(Document):
    """One turn of events: the law that then holds, for who waited and for who had settled.

    ``scenario`` holds from a day on for who waited, and ``deal`` is what it is paid with, if it is;
    ``settled`` holds from that day on for who had settled, by default what the deal brings.
    ``probability_if`` is its chance once the rival has settled, ``probability`` then that without.
    """

    id: Slug
    title: Text
    probability: Figure
    probability_if: Figure | None = None
    scenario: Slug
    deal: Slug | None = None
    settled: Slug | None = None
    start: Day = Field(alias="from")

    @model_validator(mode="after")
    def _chances(self) -> Branch:
        for name in ("probability", "probability_if"):
            figure = getattr(self, name)
            if figure is not None:
                _within(figure, 0, 1, name)
        return self


class Rival(Document):
    """Another country whose deal may come first, and the chance that it does."""

    country: Iso3
    title: Text
    probability: Figure

    @model_validator(mode="after")
    def _chance(self) -> Rival:
        _within(self.probability, 0, 1, "probability")
        return self


class Wait(Asked):
    """Settling now against waiting: turns of events with chances, scaled to add up to 1.

    ``settle`` is a deal, whose law holds and whose money is paid from its ``first_year``; who waits
    is under the law of ``meanwhile`` until a branch begins. The switch probability is that of the
    first branch, the others keeping their odds.
    """

    party: Iso3
    settle: Slug
    meanwhile: Slug
    rival: Rival | None = None
    branches: Annotated[list[Branch], Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _fits(self) -> Wait:
        names = [item.id for item in self.branches]
        if len(set(names)) < len(names):
            msg = f"ids of branches stand twice: {', '.join(names)}"
            raise ValueError(msg)
        if any(item.probability.low <= 0 for item in self.branches):
            msg = "every branch has a chance above 0; leave out one that has none"
            raise ValueError(msg)
        if any((item.probability_if is None) != (self.rival is None) for item in self.branches):
            msg = "`probability_if` stands in every branch beside a `rival`, and in none without"
            raise ValueError(msg)
        return self


class Outcome(Document):
    """A law that may follow from two actions, with its chance; chances are scaled to add to 1."""

    scenario: Slug
    probability: Figure


class Cell(Document):
    """What follows when the first player does ``actions[0]`` and the second ``actions[1]``."""

    actions: tuple[Slug, Slug]
    outcomes: Annotated[list[Outcome], Field(min_length=1)]
    deals: list[Slug] = []


class Stance(Asked):
    """Two countries that act jointly or alone: a law, and deals that are paid, by cell."""

    players: tuple[Iso3, Iso3]
    actions: tuple[Slug, Slug]
    base: Slug
    cells: list[Cell]

    @model_validator(mode="after")
    def _whole(self) -> Stance:
        wanted = {(a, b) for a in self.actions for b in self.actions}
        given = [cell.actions for cell in self.cells]
        if set(given) != wanted or len(given) != len(wanted):
            shown = ", ".join("/".join(pair) for pair in sorted(wanted))
            msg = f"one cell for each of {shown}"
            raise ValueError(msg)
        return self


Bargain = Deal | Frontier | Wait | Stance

FORMS: dict[str, type[Bargain]] = {
    "investments": Deal,
    "concessions": Frontier,
    "branches": Wait,
    "cells": Stance,
}
"""Form of a document by the field that only it has."""
