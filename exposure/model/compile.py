"""World and scenarios become frozen arrays with labels, once per law state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError, Problems
from exposure.facts.documents import Scenario
from exposure.facts.scenario import LAW_TABLES, apply
from exposure.facts.world import World
from exposure.frames import records
from exposure.law.base import Tag
from exposure.law.book import LawBook
from exposure.law.lines import DutyLines, duty_lines
from exposure.law.question import Crossings, ask
from exposure.law.select import Shipments
from exposure.law.stack import duty_shares, extra_rate
from exposure.law.state import LawState, law_state
from exposure.model.draws import LONG
from exposure.model.labels import Labels, labels, together
from exposure.routes.graph import MARKET, Network, build_network
from exposure.routes.landed import Given, Graph

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Values = Mapping[str, Floats]
"""Inputs by name, each (scenario,)."""
WORLD_BOOK = (
    "lines",
    "statistical",
    "coverage",
    "utilisation",
    "gaps",
    "groups",
    "countries",
    "attributes",
)


@dataclass(frozen=True)
class LevelLines:
    """Duty lines of the crossings that arrive at one level of the graph.

    Attributes
    ----------
    edges (crossing,)
        Edge of each crossing.
    lines
        Duty lines of these crossings.
    us_content (open crossing,) [fraction]
        Stated US content where a shipment states it, else NaN: then the graph's is taken.
    clause_keys (line,)
        ``action/clause`` of each line.
    share (line,) [fraction]
        Part of the value on which a line is charged where it is known beforehand, else NaN: then
        it is worked out from content.
    rate (crossing,) [fraction]
        Duty where it is known beforehand, else NaN.
    open (open crossing,)
        Crossings where it is not: ``lines``, ``us_content`` and what follows are of these.
    """

    edges: Ints
    lines: DutyLines
    us_content: Floats
    clause_keys: NDArray[np.str_]
    share: Floats
    rate: Floats
    open: Ints

    @cached_property
    def lines_of(self) -> Mapping[str, Ints]:
        """Numbers of the lines of each clause, by ``action/clause``."""
        keys = self.clause_keys
        return {str(key): np.flatnonzero(keys == key) for key in np.unique(keys)}


@dataclass(frozen=True)
class CompiledLaw:
    """One law: a day in both clocks with a scenario's rows, matched with all crossings.

    ``law`` is absent where nothing crosses a border.
    """

    name: str
    effective_on: str
    known_on: str
    law: LawState | None
    levels: Mapping[int, LevelLines]


@dataclass(frozen=True)
class Work:
    """At whose work jobs are counted: the nodes, or groups of them.

    Attributes
    ----------
    route, market (worker,)
        Numbers of the route and the product that they work for.
    country (worker,)
        ISO 3166-1 alpha-3.
    node (worker,)
        Number of the node, or -1 for a group whose work is known beforehand.
    per_unit (1, worker) [persons per finished product a year]
        Of such groups; NaN for a node: it is worked out from what is made there.
    """

    route: Ints
    market: Ints
    country: NDArray[np.str_]
    node: Ints
    per_unit: Floats

    @cached_property
    def countries(self) -> list[str]:
        """Countries in which someone works, each once."""
        return sorted(set(self.country.tolist()))

    @cached_property
    def place(self) -> Ints:
        """Number (worker,) of the country of each among `countries`."""
        return np.searchsorted(self.countries, self.country)


@dataclass(frozen=True)
class AtMarket:
    """What comes to market on each route, all (scenario, route).

    Attributes
    ----------
    cost, duty [USD per product]
        Landed cost, and the duties of all borders in it.
    gate [USD per product], last_rate [fraction]
        Value as the product leaves its last plant, and the duty at the border after it; 0 where it
        crosses none.
    """

    cost: Floats
    duty: Floats
    gate: Floats
    last_rate: Floats


@dataclass(frozen=True)
class Compiled:
    """Everything that evaluation needs, as arrays with labels.

    Attributes
    ----------
    network, graph
        Labels, and the arrays that the kernel takes.
    states
        Law states; a row of an evaluation names one by its number.
    unclaimed
        The same where no preference is claimed and no regime is used, in the same order; empty
        unless it was asked for. What is not known there stops nothing.
    tags
        Tracked content.
    full
        The network with every material, country and maker kept apart.
    products, routes
        Labels; ``routes`` has ``product, route, title, node`` (its market node), ``market`` (number
        of its product), ``country`` and ``site`` (of assembly) and ``pool`` (number of the capacity
        it shares).
    plants
        Plants at which the products are assembled, as in the table of plants.
    ranges
        Every uncertain number: index is its name; ``low, central, high``.
    sectors (market,)
        Sector of each product.
    correlations
        How they move together: ``first, second, correlation``.
    labels
        Names of the inputs that nodes, edges and routes read.
    work
        At whose work jobs are counted.
    given
        By number of a state, nodes whose value is known beforehand; see `exposure.model.fold`.
    own (1, node) [USD per unit of the part]
        Value added where it is known beforehand; else it is worked out from the inputs.
    freight (1, edge) [fraction of the value carried]
        Cost of carriage, likewise.
    known
        By number of a state, what comes to market where nothing on the way is moved.
    """

    network: Network
    graph: Graph
    states: tuple[CompiledLaw, ...]
    unclaimed: tuple[CompiledLaw, ...]
    tags: tuple[Tag, ...]
    full: Network
    products: pd.DataFrame
    routes: pd.DataFrame
    plants: pd.DataFrame
    ranges: pd.DataFrame
    sectors: tuple[str, ...]
    correlations: pd.DataFrame
    labels: Labels
    work: Work
    given: Mapping[int, Given]
    own: Floats | None
    freight: Floats | None
    known: Mapping[int, AtMarket]


def law_book(world: World, scenario: Scenario | None = None) -> LawBook:
    """The world's law, with a scenario's rows if one is given."""
    if "law" not in world.kept:
        world.kept["law"] = LawBook(
            **{name: world.tables[name] for name in (*LAW_TABLES, *WORLD_BOOK)}  # type: ignore[arg-type]
        )
    kept = world.kept["law"]
    assert isinstance(kept, LawBook)
    if scenario is None or not (scenario.law or scenario.rates):
        return kept
    return kept.with_rows(**apply(world, scenario.law, scenario.rates))


def compile_scenarios(
    world: World,
    scenarios: Sequence[Scenario],
    products: Sequence[str] = (),
    *,
    unclaimed: bool = False,
) -> tuple[Compiled, list[tuple[int, int]]]:
    """Compile scenarios; gives the pairs (baseline state, scenario state) beside the arrays.

    ``unclaimed`` asks for the law without preferences and regimes as well.

    Raises
    ------
    Problems
        Crossings without a known rate, a line each.
    """
    names = list(products) or _wanted(world, scenarios)
    network = full = _network(world, names)
    keys: dict[str, int] = {}
    states: list[CompiledLaw] = []
    bare: list[CompiledLaw] = []
    pairs: list[tuple[int, int]] = []
    books = [law_book(world), *(law_book(world, scenario) for scenario in scenarios)]
    tags, network = _tags(network, books)
    for scenario, book in zip(scenarios, books[1:], strict=True):
        day = scenario.law_on or scenario.baseline
        changed = bool(scenario.law or scenario.crossings or scenario.rates)
        wanted = (
            ("", books[0], scenario.baseline, None),
            (scenario.id if changed else "", book if changed else books[0], day, scenario),
        )
        numbers = []
        for owner, law, date, source in wanted:
            on = date.effective_on.isoformat()
            known = date.known_on.isoformat() if date.known_on else ""
            key = f"{owner} {on} {known}"
            if key not in keys:
                keys[key] = len(states)
                edges = changed_edges(network.edges, source)
                states.append(compiled_law(key.strip(), law, edges, tags, on, known))
                if unclaimed:
                    plain = _unclaimed(edges)
                    bare.append(
                        compiled_law(key.strip(), law, plain, tags, on, known, strict=False)
                    )
            numbers.append(keys[key])
        pairs.append((numbers[0], numbers[1]))
    routes = _routes(world, network, names)
    named = labels(network, routes)
    plants = world.tables["plants"]
    chosen = world.tables["products"].set_index("product").loc[names].reset_index()
    return Compiled(
        network=network,
        graph=_graph(world, network),
        states=tuple(states),
        unclaimed=tuple(bare),
        tags=tuple(tags),
        full=full,
        products=chosen,
        routes=routes,
        plants=plants[plants["site"].isin(routes["site"])].reset_index(drop=True),
        ranges=_ranges(world, network, names),
        sectors=tuple(chosen["sector"].astype(str)),
        correlations=world.tables["correlations"],
        labels=named,
        work=Work(
            route=named.route_of_node,
            market=named.market_of_node,
            country=network.nodes["country"].to_numpy(dtype=str),
            node=np.arange(len(network.nodes)),
            per_unit=np.full((1, len(network.nodes)), np.nan),
        ),
        given={},
        own=None,
        freight=None,
        known={},
    ), pairs


def _network(world: World, names: list[str]) -> Network:
    """Graph of products; kept with the world, since every way of a sweep asks for the same."""
    key = ("network", *names)
    if key not in world.kept:
        world.kept[key] = build_network(world.tables, names)
    kept = world.kept[key]
    assert isinstance(kept, Network)
    return kept


def _wanted(world: World, scenarios: Sequence[Scenario]) -> list[str]:
    """Products of the scenarios in the world's order; all where a scenario names none."""
    every = [str(name) for name in world.tables["products"]["product"]]
    if any(not scenario.products for scenario in scenarios):
        return every
    named = {name for scenario in scenarios for name in scenario.products}
    return [name for name in every if name in named]


def _tags(network: Network, books: Sequence[LawBook]) -> tuple[list[Tag], Network]:
    """Keep apart only what some clause asks about; countries always."""
    asked = pd.concat([book.clauses[["material", "maker", "not_maker"]] for book in books])
    materials = set(asked["material"]) - {""}
    by_maker = bool((asked["maker"] != "").any() or (asked["not_maker"] != "").any())
    keys = [
        Tag(
            str(row.material) if row.material in materials else "other",
            str(row.country),
            str(row.maker) if by_maker and row.material in materials else "",
        )
        for row in network.tags.itertuples()
    ]
    distinct = sorted(set(keys), key=lambda tag: (tag.material, tag.country, tag.maker))
    place = {tag: number for number, tag in enumerate(distinct)}
    own = np.zeros((len(network.own_content), len(distinct)))
    for column, key in enumerate(keys):
        own[:, place[key]] += network.own_content[:, column]
    frame = pd.DataFrame([vars(tag) for tag in distinct])
    return distinct, Network(network.nodes, network.edges, frame, own)


def changed_edges(edges: pd.DataFrame, scenario: Scenario | None) -> pd.DataFrame:
    """Edges with the facts that a scenario sets on its crossings.

    Raises
    ------
    DataError
        If a change meets no crossing.
    """
    if scenario is None or not scenario.crossings:
        return edges
    facts = list(edges["facts"])
    for change in scenario.crossings:
        hit = (edges["product"] == change.product) & (edges["part"] == change.part)
        if change.route is not None:
            hit &= edges["route"] == change.route
        if not (hit & edges["crosses"]).any():
            raise DataError(
                f"{change.product}/{change.part} crosses no border on that route",
                f"scenario {scenario.id}: crossings",
            )
        for row in np.flatnonzero(hit):
            facts[row] = {**facts[row], **change.attributes}
    return edges.assign(facts=facts)


def _unclaimed(edges: pd.DataFrame) -> pd.DataFrame:
    """Edges that claim no preference and use no regime."""
    plain = [
        {name: value for name, value in facts.items() if name not in ("claim", "regime")}
        for facts in edges["facts"]
    ]
    return edges.assign(facts=pd.Series(plain, index=edges.index, dtype=object))


def compiled_law(
    name: str,
    book: LawBook,
    edges: pd.DataFrame,
    tags: Sequence[Tag],
    on: str,
    known: str,
    *,
    state: LawState | None = None,
    strict: bool = True,
) -> CompiledLaw:
    """A law matched with all crossings of edges.

    Parameters
    ----------
    name, book, on, known
        The law of a day as known on a day (ISO dates; known empty: hindsight).
    edges, tags
        Of a network.
    state
        The clauses that act, if they are not those of the book on that day.
    strict
        Whether a crossing without a known rate stops it.

    Raises
    ------
    Problems
        Crossings without a known rate, a line each.
    """
    levels: dict[int, LevelLines] = {}
    problems: list[DataError] = []
    border = edges[edges["crosses"]]
    for level, rows in border.groupby("level"):
        asked = ask(book, crossings(rows, on, known))
        state = state or law_state(book, int(asked.on[0]), int(asked.known[0]))
        lines = duty_lines(state, asked.ships, tuple(tags))
        if strict:
            problems.extend(_unknown(rows, asked.ships, lines, state, on))
        stated = book.register.numbers(asked.ships.facts, "us_content")
        clauses = book.clauses.iloc[lines.clause]
        levels[int(str(level))] = LevelLines(
            edges=rows.index.to_numpy(dtype=np.int64),
            lines=lines,
            us_content=stated[asked.ships.facts_of],
            clause_keys=(clauses["action"] + "/" + clauses["clause"]).to_numpy(dtype=str),
            share=np.full(len(lines.clause), np.nan),
            rate=np.full(len(rows), np.nan),
            open=np.arange(len(rows)),
        )
    if problems:
        raise Problems(problems)
    return CompiledLaw(name, on, known, state, levels)


def crossings(edges: pd.DataFrame, on: str, known: str) -> Crossings:
    """The legs that cross a border, as the law is asked about them."""
    none = np.full(len(edges), np.nan)
    return Crossings(
        hts=list(edges["hts"]),
        origin=list(edges["origin"]),
        importer=list(edges["importer"]),
        on=[on] * len(edges),
        known_on=[known] * len(edges),
        value_usd=none,
        quantity=none,
        facts=list(edges["facts"]),
    )


def _unknown(
    rows: pd.DataFrame, ships: Shipments, lines: DutyLines, state: LawState, on: str
) -> list[DataError]:
    """Crossings whose duty cannot be known: they stop a run.

    Content is known along a graph, so a line is tried with nothing displaced in part: what is
    still not known hangs on a fact that the crossing does not state.
    """
    ordinary = lines.column1.rate
    at = lines.crossing
    rate = extra_rate(lines.structure.kind, lines.rate[None], lines.cap, ordinary[at])
    duty, _ = duty_shares(lines.structure, rate, np.ones(rate.shape))
    hazy = np.isnan(duty[0])
    asking = set(lines.crossing[hazy & ~lines.known].tolist())
    open_ = [
        number
        for number in range(len(rows))
        if np.isnan(ordinary[number]) or lines.uncovered[number] or number in asking
    ]
    found = []
    for number, row in zip(open_, records(rows.iloc[open_]), strict=True):
        what = ""
        mine = np.flatnonzero(hazy & (lines.crossing == number) & ~lines.known)
        if np.isnan(ordinary[number]):
            what = f"no ordinary rate: {lines.column1.text[number]}"
        elif lines.uncovered[number]:
            what = f"law not encoded yet: {lines.uncovered[number]}"
        elif len(mine):
            clause = int(lines.clause[mine[0]])
            name = state.book.clauses[["action", "clause"]].iloc[clause]
            when = state.clauses.whens[state.clauses.when[clause]]
            facts = ships.facts[ships.facts_of[number]]
            missing = ", ".join(state.register.missing(when, facts)) or "10-digit code"
            what = f"{name['action']}/{name['clause']} asks for: {missing}"
        if what:
            where = (
                f"{row['product']}/{row['route']}: {row['part']} {row['hts']} "
                f"{row['origin']} -> {row['importer']} on {on}"
            )
            found.append(DataError(what, where, "add a rule, or an attribute of the crossing"))
    return found


def _graph(world: World, network: Network) -> Graph:
    nodes, edges = network.nodes, network.edges
    basis = world.tables["countries"].set_index("iso3")["valuation"]
    return Graph(
        source=edges["from"].to_numpy(dtype=np.int64),
        target=edges["to"].to_numpy(dtype=np.int64),
        weight=edges["weight"].to_numpy(dtype=float),
        level=nodes["level"].to_numpy(dtype=np.int64),
        crosses=edges["crosses"].to_numpy(dtype=bool),
        cif=(edges["importer"].map(basis) == "CIF").to_numpy(dtype=bool),
        own_content=network.own_content,
        drawback=edges["drawback"].to_numpy(dtype=float),
    )


def _routes(world: World, network: Network, names: list[str]) -> pd.DataFrame:
    last = network.nodes[network.nodes["part"] == MARKET].reset_index(names="node")
    titles = world.tables["routes"].set_index(["product", "route"])
    root = network.edges[network.edges["last"]].set_index(["product", "route"])["dispatch"]
    table = last[["product", "route", "node"]].copy()
    keys = list(zip(table["product"], table["route"], strict=True))
    table["title"] = [titles.loc[key, "title"] for key in keys]
    table["country"] = [root.loc[key] for key in keys]
    table["site"] = [str(titles.loc[key, "assembly"]) for key in keys]
    # A route without a pool is a pool of its own.
    pools = [str(titles.loc[key, "pool"]) or "/".join(map(str, key)) for key in keys]
    table["pool"] = pd.factorize(np.array(pools))[0]
    table["market"] = [names.index(str(product)) for product in table["product"]]
    return table


def _ranges(world: World, network: Network, names: list[str]) -> pd.DataFrame:
    """Range of every number that evaluation takes, by name."""
    figures = world.tables["figures"]
    products = world.tables["products"]
    products = products[products["product"].isin(names)]
    figures = figures[figures["product"].isin(names)].assign(kind="fact")
    parameters = parameter_ranges(world)
    labour = world.tables["labour"]
    made = set(zip(network.nodes["country"], network.nodes["industry"], strict=True))
    used = [pair in made for pair in zip(labour["country"], labour["industry"], strict=True)]
    labour = labour[used].rename(
        columns={"jobs_low": "low", "jobs_central": "central", "jobs_high": "high"}
    )
    labour = labour.assign(
        id="labour/" + labour["country"] + "/" + labour["industry"],
        kind="fact",
        title="Jobs, " + labour["industry"] + " in " + labour["country"],
        unit="persons per million USD of value made",
        distribution="triangle",
    )
    categories = world.tables["categories"].rename(
        columns={"units_low": "low", "units_central": "central", "units_high": "high"}
    )
    chosen = set(products["category"]) - {""}
    categories = categories[categories["category"].isin(chosen)].assign(
        id=lambda table: "category/" + table["category"],
        kind="fact",
        distribution="triangle",
        unit=lambda table: table["unit"] + " a year",
    )
    columns = [
        "id", "kind", "title", "unit", "low", "central", "high", "distribution", "grade", "source",
        "note", "short",
    ]  # fmt: skip
    parts = (parameters, figures.assign(short=""), labour.assign(short=""))
    table = pd.concat([part[columns] for part in (*parts, categories.assign(short=""))])
    return table.set_index("id")


OF_DEALS = "deal_"
"""Beginning of the names of parameters that deals read, and nothing else."""


def parameter_ranges(world: World) -> pd.DataFrame:
    """Ranges of the behavioural parameters; the long run under names of its own."""
    table = world.tables["parameters"]
    parameters = table[~table["id"].str.startswith(OF_DEALS)].assign(kind="parameter")
    parameters["id"] = [
        parameter_name(str(row.id), str(row.sector)) + (LONG if row.horizon else "")
        for row in parameters.itertuples()
    ]
    return parameters


def parameter_name(name: str, sector: str) -> str:
    """Name of a parameter of one sector in `Compiled.ranges`; no sector is all sectors."""
    return f"{name}@{sector}" if sector else name


def parameter(compiled: Compiled, values: Values, name: str) -> Floats:
    """A parameter by market: its sector's value, or that for all sectors.

    Shape (scenario, market); one row where it is the same in all scenarios.
    """
    columns = []
    for sector in compiled.sectors:
        own = parameter_name(name, sector)
        columns.append(values[own if own in values else name])
    return together(columns)


def route_limits(compiled: Compiled, scenario: Scenario | None) -> Floats:
    """Caps of a scenario by route (route,) [units a year]; infinite where there is none."""
    limits = np.full(len(compiled.routes), np.inf)
    for limit in scenario.limits if scenario else []:
        mine = (compiled.routes["product"] == limit.product) & (
            compiled.routes["route"] == limit.route
        )
        limits[mine.to_numpy(dtype=bool)] = limit.units
    return limits
