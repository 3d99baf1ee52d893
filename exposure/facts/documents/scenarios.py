"""Forms of what is asked: scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from exposure import html_view
from exposure.facts.documents.base import Asked, AttributeValue, Day, Document, Number, Slug, Text
from exposure.facts.documents.law import Action, Exemption, Measure


class LawDate(Document):
    """A day in both clocks; without ``known_on`` everything known since counts (hindsight)."""

    effective_on: Day
    known_on: Day | None = None

    def __str__(self) -> str:
        """Return the day, and the day from which it is seen."""
        return f"{self.effective_on}" + (f" as known on {self.known_on}" if self.known_on else "")


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

    def __str__(self) -> str:
        """Return the change in a line."""
        if self.new is not None:
            return f"new action {self.new.id}: {self.new.title}, {self.new.beside}"
        said = []
        if self.suspend:
            chosen = [", ".join(names) for names in (self.clause, self.origin) if names]
            said.append(f"suspend {' for '.join(chosen) or 'all'}")
        said += [f"measure {item.id} ({item.charged})" for item in self.measures]
        said += [f"exemption {item.id}" for item in self.exemptions]
        return f"{self.action}: {'; '.join(said)}"


class CrossingChange(Document):
    """A changed claim or attribute of a product's crossings in a scenario."""

    product: Slug
    route: Slug | None = None
    part: Slug
    attributes: dict[Slug, AttributeValue]


class RouteLimit(Document):
    """The most units a year that a route may bring under a scenario: a quota, a cap, a closure.

    ``holder`` says who has the right to bring them, and so the rent on it: the exporter under a
    voluntary restraint, the importer, or the treasury where licences are auctioned.
    """

    product: Slug
    route: Slug
    units: Annotated[Number, Field(ge=0)]
    holder: Literal["exporter", "importer", "treasury"] = "exporter"


class Scenario(Asked):
    """A delta of rows over the law of a day, compared with a baseline day.

    ``law_on`` is the day whose law the delta changes; without it, the baseline's. ``route_choice``
    says how volume moves among routes: ``ces`` in proportion to relative cost, ``cheapest`` as a
    planner would fill them; both within capacity. ``figures`` fixes numbers of products by their
    name in the register of assumptions, in the baseline as well; ``limits`` caps routes, in the
    scenario alone. ``rates`` sets what clauses charge, by ``action/clause``, as a fraction;
    ``currencies`` changes the value of countries' currencies in dollars, -0.1 for a tenth less;
    both in the scenario alone. ``demand`` and ``incidence`` name models: how much is bought at a
    price, and which share of a duty reaches it. ``years`` is the time that buyers, routes and jobs
    have had to answer: 1 is the first year, 7 or more the long run. ``answers`` names the standing
    questions that the scenario is there for.
    """

    baseline: LawDate
    law_on: LawDate | None = None
    law: list[Delta] = []
    crossings: list[CrossingChange] = []
    parameters: dict[Slug, Number] = {}
    figures: dict[Text, Number] = {}
    limits: list[RouteLimit] = []
    rates: dict[Text, Annotated[Number, Field(ge=0, le=20)]] = {}
    currencies: dict[Text, Annotated[Number, Field(gt=-1, le=10)]] = {}
    products: list[Slug] = []
    route_choice: Literal["ces", "cheapest"] = "ces"
    demand: Literal["constant_elasticity", "linear", "logit", "nested_logit"] = (
        "constant_elasticity"
    )
    incidence: Literal["stated", "complete", "supply_and_demand", "linear_monopoly"] = "stated"
    years: Annotated[Number, Field(ge=1, le=30)] = 1.0

    def _repr_html_(self) -> str:
        """Return what is asked, the two days, and what the scenario changes."""
        days = f"law of {self.law_on or self.baseline} against {self.baseline}"
        changes = [(1, text) for text in self.changes()] or [(1, "nothing but the day")]
        return html_view.card(
            f"Scenario {self.id}",
            html_view.line(self.title),
            html_view.line(self.question),
            html_view.line(days),
            html_view.line("changes:"),
            html_view.lines(changes),
            html_view.line(f"products: {', '.join(self.products) or 'all'}"),
        )

    def changes(self) -> Iterator[str]:
        """What differs from the law of the day and from the usual numbers, a line each."""
        yield from map(str, self.law)
        for name, rate in self.rates.items():
            yield f"{name} charges {rate:.6g}"
        for item in self.crossings:
            stated = ", ".join(f"{name} = {value}" for name, value in item.attributes.items())
            yield f"{item.product}/{item.route or 'every route'}, {item.part}: {stated}"
        for name, value in {**self.parameters, **self.figures}.items():
            yield f"{name} = {value:.6g}"
        for name, change in self.currencies.items():
            yield f"currency of {name}: {change:+.6g} of its value in dollars"
        for limit in self.limits:
            units = f"at most {limit.units:,.6g} units a year"
            yield f"{limit.product}/{limit.route}: {units}, held by the {limit.holder}"
        for name in ("route_choice", "demand", "incidence", "years"):
            if getattr(self, name) != type(self).model_fields[name].default:
                yield f"{name} = {getattr(self, name)}"
