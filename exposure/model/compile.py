"""World and scenarios become frozen arrays with labels, once per law state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError, Problems
from exposure.facts.documents import Scenario
from exposure.facts.scenario import LAW_TABLES, apply
from exposure.facts.world import World
from exposure.law.base import Tag
from exposure.law.book import LawBook
from exposure.law.lines import NONE_HELD, DutyLines, duty_lines
from exposure.law.question import Crossings, ask
from exposure.law.select import Shipments
from exposure.law.stack import duty_shares, extra_rate
from exposure.law.state import LawState, law_state
from exposure.model.compiled import Compiled, CompiledLaw, LevelLines, Work
from exposure.model.labels import labels
from exposure.model.ranges import ranges_of
from exposure.routes.graph import MARKET, Network, build_network
from exposure.routes.landed import Graph

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
OWN_RATE = (
    "state what frees it in the attributes of the crossing: a regime, or a claim with "
    "agreement_free; or lay a rule file with `authority: mfn` over the law by --law, "
    "see docs/how-to/add-a-product.md"
)
"""The mend where an importer's own rules hold no rate for a good."""
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
    met: dict[tuple[str, ...], tuple[Sequence[Border], Sequence[Border]]] = {}
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
                changes = tuple(map(repr, source.crossings)) if source else ()
                if changes not in met:
                    edges = changed_edges(network.edges, source)
                    met[changes] = borders(edges), borders(_unclaimed(edges)) if unclaimed else ()
                claimed, plain = met[changes]
                states.append(compiled_law(key.strip(), law, claimed, tags, on, known))
                if unclaimed:
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
        ranges=ranges_of(world, network, names),
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
    distinct_books = {id(book): book for book in books}.values()
    asked = pd.concat([book.clauses[["material", "maker", "not_maker"]] for book in distinct_books])
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
    legs: dict[tuple[str, str], list[tuple[int, str, bool]]] = {}
    columns = (edges[name].tolist() for name in ("product", "part", "route", "crosses"))
    for row, (product, part, route, crosses) in enumerate(zip(*columns, strict=True)):
        legs.setdefault((product, part), []).append((row, route, crosses))
    for change in scenario.crossings:
        found = legs.get((change.product, change.part), [])
        hit = [leg for leg in found if change.route in (None, leg[1])]
        if not any(crosses for *_, crosses in hit):
            raise DataError(
                f"{change.product}/{change.part} crosses no border on that route",
                f"scenario {scenario.id}: crossings",
            )
        for row, *_ in hit:
            facts[row] = {**facts[row], **change.attributes}
    return edges.assign(facts=facts)


def _unclaimed(edges: pd.DataFrame) -> pd.DataFrame:
    """Edges that claim no preference and use no regime."""
    plain = [
        {name: value for name, value in facts.items() if name not in ("claim", "regime")}
        for facts in edges["facts"]
    ]
    return edges.assign(facts=pd.Series(plain, index=edges.index, dtype=object))


@dataclass(frozen=True)
class Border:
    """Legs that cross a border and arrive at one level of the graph.

    Attributes
    ----------
    level
        Of the nodes at which they arrive.
    rows
        Their edges; the index numbers them.
    asked
        What the law is asked about them, but for the days.
    """

    level: int
    rows: pd.DataFrame
    asked: Crossings


def borders(edges: pd.DataFrame) -> tuple[Border, ...]:
    """Crossings of a network by level, which are the same on every day."""
    by = edges[edges["crosses"]].groupby("level")
    return tuple(Border(int(str(level)), rows, crossings(rows, "", "")) for level, rows in by)


def compiled_law(
    name: str,
    book: LawBook,
    borders: Sequence[Border],
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
    borders, tags
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
    for border in borders:
        rows = border.rows
        days, seen = [on] * len(rows), [known] * len(rows)
        asked = ask(book, replace(border.asked, on=days, known_on=seen))
        state = state or law_state(book, int(asked.on[0]), int(asked.known[0]))
        lines = duty_lines(state, asked.ships, tuple(tags))
        if strict:
            problems.extend(_unknown(rows, asked.ships, lines, state, on))
        stated = book.register.numbers(asked.ships.facts, "us_content")
        levels[border.level] = LevelLines(
            edges=rows.index.to_numpy(dtype=np.int64),
            lines=lines,
            us_content=stated[asked.ships.facts_of],
            clause_keys=book.clause_keys[lines.clause],
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
        hts=edges["hts"].tolist(),
        origin=edges["origin"].tolist(),
        importer=edges["importer"].tolist(),
        on=[on] * len(edges),
        known_on=[known] * len(edges),
        value_usd=none,
        quantity=none,
        facts=edges["facts"].tolist(),
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
    for number in open_:
        what, mend = "", "add a rule, or an attribute of the crossing"
        mine = np.flatnonzero(hazy & (lines.crossing == number) & ~lines.known)
        if np.isnan(ordinary[number]):
            what = str(lines.column1.text[number])
            if lines.column1_clause[number] == NONE_HELD:
                mend = OWN_RATE
            else:
                what = f"no ordinary rate: {what}"
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
            row = rows.iloc[number]
            where = (
                f"{row['product']}/{row['route']}: {row['part']} {row['hts']} "
                f"{row['origin']} -> {row['importer']} on {on}"
            )
            found.append(DataError(what, where, mend))
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
