"""Whose doing a change is: the change of a headline number split among measures, origins, parts.

Shapley's split (`exposure.model.attribute`) over coalitions that the model itself evaluates: a
coalition of measures is a law (`exposure.model.blend`), one of origins, borders, parts or firms is
a row in which the crossings of its members follow the new law and all others the old. The parts,
with what lists and ordinary rates change by themselves, add up to the change; beside them stands
the sequential bridge, whose parts hang on its order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import COMPONENTS, rows_of
from exposure.errors import QueryError
from exposure.facts.documents import LawDate, Scenario
from exposure.facts.world import World
from exposure.law.book import LawBook
from exposure.model.attribute import EXACT_UP_TO, shapley
from exposure.model.blend import Blend, Version, blend
from exposure.model.cases import three
from exposure.model.compile import changed_edges, compile_scenarios, law_book
from exposure.model.compiled import Compiled, CompiledLaw
from exposure.model.headline import METRICS, headline
from exposure.model.inputs import draws_of
from exposure.model.rows import Rows, joined, side_rows
from exposure.model.run import ARRAYS, Engine, Priced, ReadOff, level_duty, own_values
from exposure.routes.landed import accumulate

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
COLUMNS = (
    "old", "new", "by", "product", "metric", "unit", "factor", "title", "part_low",
    "part_central", "part_high", "standard_error", "sequential", "total",
)  # fmt: skip
REST = "lists and ordinary rates"
"""Factor that is no measure: what changes by itself between the two days."""
ORDERS = 256
"""Orders drawn where factors are too many for all of them."""
ROWS = 6_000
"""Rows of a game that are worth their time: draws are cut to it."""


@dataclass(frozen=True)
class Game:
    """Who plays, and what a coalition is worth.

    Attributes
    ----------
    names, titles (factor,)
    value
        ``force (coalition, factor) -> (coalition, draw, metric, market)``.
    before (draw, metric, market)
        Under the old law as it was, on its own day; None where no coalition is just that.
    """

    names: Sequence[str]
    titles: Sequence[str]
    value: Callable[[Bools], Floats]
    before: Floats | None = None


@dataclass(frozen=True)
class Setting:
    """Two laws over the same products and inputs."""

    compiled: Compiled
    scenario: Scenario
    old: Version
    new: Version
    values: Mapping[str, Floats]
    engine: Engine

    @property
    def draws(self) -> int:
        """Rows of inputs, the central one included."""
        return len(next(iter(self.values.values())))

    def worth(self, states: Sequence[int], price: Callable[[Rows], Priced]) -> Floats:
        """Metrics (state, draw, metric, market) of rows of states beside their baseline."""
        size, count = self.draws, len(states)
        values = {name: np.tile(column, count) for name, column in self.values.items()}
        first = np.arange(size * count, dtype=np.int64)
        sides = [
            side_rows(self.compiled, source, 0, first, values) for source in (None, self.scenario)
        ]
        rows = joined(sides, [0, 0])
        state = np.concatenate([np.zeros(len(first), np.int64), np.repeat(states, size)])
        rows = replace(rows, state=state)
        done = self.engine.respond(self.compiled, rows, price(rows))
        old, new = slice(0, len(first)), slice(len(first), 2 * len(first))
        metrics = headline(self.compiled, done, rows.values, old, new)
        found = np.stack([metric.values for metric in metrics], axis=1)
        return found.reshape(count, size, *found.shape[1:])


def attribution(
    world: World,
    scenarios: Sequence[Scenario],
    by: str,
    products: Sequence[str] = (),
    draws: int = 0,
    seed: int = 0,
    engine: Engine = ARRAYS,
) -> pd.DataFrame:
    """Split the change from one law to another.

    Parameters
    ----------
    world
        From `load`.
    scenarios
        One: from its baseline to itself. Two: from the first to the second, both over the first
        one's baseline and by the second one's behaviour.
    by
        ``measure``, ``component``, ``exemption``; ``origin``, ``border`` (the importing country),
        ``part``, ``firm``.
    products
        Those of the last scenario if none is named.
    draws, seed
        Of the ranges; fewer where coalitions are many.
    engine
        Who evaluates.

    Returns
    -------
    DataFrame
        ``COLUMNS``; a row a factor, product and metric. ``part`` [unit of the metric] with the
        range of the draws; ``standard_error`` of the drawing of orders, 0 up to twelve factors;
        ``sequential`` puts the factors into force in the order of the rows. The parts of a product
        and metric add up to ``total``. A change without factor has no rows.

    Raises
    ------
    QueryError
        If there is no such way to split.
    """
    if by not in GAMES:
        raise QueryError(f"no way {by!r} to split a change", "by", ", ".join(GAMES))
    setting = _setting(world, scenarios, products, draws, seed, engine)
    game = GAMES[by](setting)
    if not game.names:
        return pd.DataFrame(columns=list(COLUMNS))
    names = [scenarios[0].id if len(scenarios) > 1 else "baseline", scenarios[-1].id]
    return _table(setting, game, names, by, seed)


def _setting(
    world: World, scenarios: Sequence[Scenario], products: Sequence[str], draws: int, seed: int,
    engine: Engine,
) -> Setting:  # fmt: skip
    last = scenarios[-1]
    if len(scenarios) > 1:
        last = last.model_copy(update={"baseline": scenarios[0].baseline,
                                       "law_on": last.law_on or last.baseline})  # fmt: skip
    first = scenarios[0]
    names = list(products) or last.products
    # Content that either law asks about is kept apart.
    both = [item.model_copy(update={"products": names}) for item in (first, last)]
    compiled, pairs = compile_scenarios(world, both, products)
    start = compiled.states[pairs[1][0]]
    compiled = replace(compiled, states=(start,))
    day = (first.law_on or first.baseline) if len(scenarios) > 1 else first.baseline
    old = _version(law_book(world, first if len(scenarios) > 1 else None), day)
    new = _version(law_book(world, last), last.law_on or last.baseline)
    return Setting(compiled, last, old, new, draws_of(compiled, last, draws, seed), engine)


def _version(book: LawBook, day: LawDate) -> Version:
    return Version(
        book, day.effective_on.isoformat(), day.known_on.isoformat() if day.known_on else ""
    )


def _fewer(setting: Setting, coalitions: int) -> Setting:
    """The same with no more draws than the coalitions leave time for."""
    size = max(1, min(setting.draws, ROWS // max(1, coalitions)))
    return replace(setting, values={name: column[:size] for name, column in setting.values.items()})


def _coalitions(factors: int) -> int:
    return 2**factors if factors <= EXACT_UP_TO else ORDERS * (factors + 1)


# --- games of measures: a coalition is a law -------------------------------------------------


def _measures(setting: Setting) -> Game:
    mixed = _blend(setting)
    found = mixed.changed()
    return _of_laws(setting, mixed, {name: [name] for name in found}, _titles(mixed, found))


def _components(setting: Setting) -> Game:
    mixed = _blend(setting)
    clauses = mixed.book.clauses.drop_duplicates("action").set_index("action")["component"]
    groups: dict[str, list[str]] = {}
    for name in mixed.changed():
        groups.setdefault(str(clauses[name]), []).append(name)
    return _of_laws(setting, mixed, groups, {name: name for name in groups})


def _exemptions(setting: Setting) -> Game:
    """Each exemption that acts under the new law, against a law without any of them."""
    mixed = _blend(setting)
    law = mixed.law(mixed.book.arrays.actions)
    arrays = mixed.book.arrays
    keys: dict[str, str] = {}
    for level in law.levels.values():
        for clause, key in zip(level.lines.clause.tolist(), level.clause_keys, strict=True):
            if arrays.exempt[clause]:
                keys[str(key)] = str(mixed.book.clauses["title"].iloc[clause])
    every = mixed.book.arrays.actions
    names = list(keys)

    def laws(force: Bools) -> list[CompiledLaw]:
        return [
            mixed.law(every, [name for name, on in zip(names, row, strict=True) if not on])
            for row in force
        ]

    return _game(setting, names, [f"{keys[n]} ({n.split('/')[1]})" for n in names], laws)


def _blend(setting: Setting) -> Blend:
    edges = changed_edges(setting.compiled.network.edges, setting.scenario)
    return blend(setting.old, setting.new, edges, setting.compiled.tags)


def _whole(setting: Setting, mixed: Blend) -> CompiledLaw:
    """The old law as it was, on its own day."""
    old = setting.old
    return replace(mixed, new=old, book=old.book).law(old.book.arrays.actions)


def _titles(mixed: Blend, names: Sequence[str]) -> dict[str, str]:
    table = mixed.book.clauses.drop_duplicates("action").set_index("action")["title"]
    return {name: str(table[name]) for name in names}


def _of_laws(
    setting: Setting, mixed: Blend, groups: Mapping[str, Sequence[str]], titles: Mapping[str, str]
) -> Game:
    """Groups of actions in their legal order."""
    table = mixed.book.clauses.drop_duplicates("action").set_index("action")["component"]
    names = sorted(groups, key=lambda name: COMPONENTS.index(str(table[groups[name][0]])))
    # Actions that change no crossing stand as in the new law.
    fixed = set(mixed.book.arrays.actions) - {a for group in groups.values() for a in group}

    def laws(force: Bools) -> list[CompiledLaw]:
        return [
            mixed.law(fixed | {a for n, on in zip(names, row, strict=True) if on
                               for a in groups[n]})
            for row in force
        ]  # fmt: skip

    return _game(setting, names, [titles[name] for name in names], laws, before=True)


def _game(
    setting: Setting, names: Sequence[str], titles: Sequence[str],
    laws: Callable[[Bools], list[CompiledLaw]], *, before: bool = False,
) -> Game:  # fmt: skip
    start = setting.compiled.states[0]
    small = _fewer(setting, _coalitions(len(names)))

    def asked(of: Setting, states: list[CompiledLaw]) -> Floats:
        compiled = replace(of.compiled, states=(start, *states))
        here = replace(of, compiled=compiled)
        return here.worth(
            list(range(1, len(states) + 1)), lambda rows: here.engine.price(compiled, rows, False)
        )

    then = None
    if before:
        then = asked(small, [_whole(setting, _blend(setting))])[0]
    return Game(names, titles, lambda force: asked(small, laws(force)), then)


# --- games of crossings: a coalition is a row ------------------------------------------------


def _crossings(setting: Setting, names_of_edges: Sequence[str]) -> Game:
    """Who changes: crossings of a name follow the new law if it plays, else the old."""
    mixed = _blend(setting)
    old = replace(mixed, new=setting.old, book=setting.old.book).law(
        setting.old.book.arrays.actions
    )
    new = mixed.law(mixed.book.arrays.actions)
    edges = np.array(names_of_edges, dtype=str)
    moved = _moved(setting, (old, new))
    names = [str(name) for name in dict.fromkeys(edges[moved].tolist())]
    start = setting.compiled.states[0]
    compiled = replace(setting.compiled, states=(start, old, new))
    small = _fewer(replace(setting, compiled=compiled), _coalitions(len(names)))

    def value(force: Bools) -> Floats:
        plays = edges[None, :] == np.array(names, dtype=str)[:, None]
        mask = (force[:, :, None] & plays[None]).any(axis=1)
        follows = np.repeat(mask, small.draws, axis=0)
        none = np.zeros_like(follows)
        return small.worth(
            [1] * len(force),
            lambda rows: _priced(compiled, rows, np.concatenate([none, follows])),
        )

    return Game(names, names, value)


def _moved(setting: Setting, laws: Sequence[CompiledLaw]) -> NDArray[np.int64]:
    """Edges that the two laws charge otherwise at central inputs."""
    compiled = replace(setting.compiled, states=tuple(laws))
    central = {name: column[:1] for name, column in setting.values.items()}
    rows = [side_rows(compiled, None, n, np.zeros(1, np.int64), central) for n in (0, 1)]
    both = joined(rows, [0, 0])
    rate = ARRAYS.price(compiled, both, False).landed.rate
    return np.flatnonzero(~np.isclose(rate[0], rate[1], rtol=1e-12, atol=1e-15, equal_nan=True))


def _priced(compiled: Compiled, rows: Rows, follows: Bools) -> Priced:
    """Landed costs where an edge follows state 2 where ``follows`` (row, edge), else state 1.

    Rows of state 0 are baselines.
    """
    every = slice(0, len(rows))
    own = np.broadcast_to(
        own_values(compiled, rows.values), (len(rows), len(compiled.network.nodes))
    )
    freight = compiled.labels.freight.of(rows.values, 0.0)
    still = rows.state == 0

    def duty_rate(level: int, content: Floats) -> Floats:
        base, old, new = (
            level_duty(compiled, state.levels[level], content, rows, every)[0]
            for state in compiled.states
        )
        edges = compiled.states[0].levels[level].edges
        mixed = np.where(follows[:, edges], new, old)
        return np.where(still[:, None], base, mixed)

    landed = accumulate(compiled.graph, own, rows_of(freight, slice(None)), duty_rate)
    return Priced(own, [(every, landed)], [(every, ReadOff(compiled.labels, landed))], {})


def _of_edges(column: str) -> Callable[[Setting], Game]:
    def game(setting: Setting) -> Game:
        return _crossings(setting, [str(x) for x in setting.compiled.network.edges[column]])

    return game


def _parts(setting: Setting) -> Game:
    edges, nodes = setting.compiled.network.edges, setting.compiled.network.nodes
    titles = nodes["part_title"].to_numpy(dtype=str)[edges["from"].to_numpy(dtype=int)]
    return _crossings(setting, [str(title) for title in titles])


def _firms(setting: Setting) -> Game:
    firm = setting.compiled.products.set_index("product")["firm"]
    return _crossings(setting, [str(firm[p]) for p in setting.compiled.network.edges["product"]])


GAMES: Final[Mapping[str, Callable[[Setting], Game]]] = {
    "measure": _measures,
    "component": _components,
    "exemption": _exemptions,
    "origin": _of_edges("origin"),
    "border": _of_edges("importer"),
    "part": _parts,
    "firm": _firms,
}
"""Ways to split a change."""


# --- the table ---------------------------------------------------------------------------------


def _table(setting: Setting, game: Game, names: Sequence[str], by: str, seed: int) -> pd.DataFrame:
    count = len(game.names)
    split = shapley(game.value, count, orders=ORDERS, seed=seed)
    ladder = np.tril(np.ones((count + 1, count), dtype=bool), -1)
    steps = game.value(ladder)
    bridge = np.diff(steps, axis=0)
    factors = list(zip(game.names, game.titles, strict=True))
    parts, errors = split.parts, split.standard_error
    total = split.total
    if game.before is not None:
        # What changes although no measure does: it stands outside of the game.
        rest = (steps[0] - game.before)[None]
        factors.append((REST, REST))
        parts, bridge = (np.concatenate([found, rest]) for found in (parts, bridge))
        errors = np.concatenate([errors, np.zeros_like(rest)])
        total = total + rest[0]
    rows = []
    products = setting.compiled.products["product"].tolist()
    for m, (metric, (unit, _, _)) in enumerate(METRICS.items()):
        for market, product in enumerate(products):
            for f, (name, title) in enumerate(factors):
                low, central, high = (float(x[0]) for x in three(parts[f, :, m, market][:, None]))
                rows.append((
                    *names, by, product, metric, unit, name, title, low, central, high,
                    float(errors[f, 0, m, market]), float(bridge[f, 0, m, market]),
                    float(total[0, m, market]),
                ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
