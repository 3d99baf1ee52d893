"""Scenarios: found by name or path, checked, and merged as rows over the law of the world."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from exposure.errors import DataError, QueryError
from exposure.facts.check_changes import check_changes
from exposure.facts.documents import Action, Delta, Scenario, Scope, Solve, Sweep
from exposure.facts.kinds import read_as
from exposure.facts.read_law import action_tables
from exposure.facts.world import World
from exposure.near import matching, nearest, some


def find(world: World, kind: str, name: str | Path) -> Path:
    """Path of a scenario, sweep or solve: a file as it is, or a name in the shipped folder.

    Raises
    ------
    QueryError
        If there is neither; the shipped names are listed.
    """
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        return path
    folder = world.root / "raw" / kind
    shipped = folder / f"{name}.yaml"
    if path.name != str(name) or not shipped.is_file():
        known = ", ".join(sorted(item.stem for item in folder.glob("*.yaml")))
        raise QueryError(f"no {kind.rstrip('s')} {str(name)!r}", "", f"a .yaml file or: {known}")
    return shipped


def read_scenario(world: World, name: str | Path) -> Scenario:
    """A scenario, its products checked against the world.

    Raises
    ------
    Problems, QueryError
        If the document is not well formed or names an unknown product, action or parameter.
    """
    path = find(world, "scenarios", name)
    scenario = read_as("scenario", Scenario, path)
    check_scenario(world, scenario, str(path))
    return scenario


def check_scenario(world: World, scenario: Scenario, where: str) -> None:
    """Every name in a scenario is known.

    Raises
    ------
    QueryError, Problems
        Naming what is not, and those that are near it.
    """
    check_names(world, scenario.products, scenario.parameters, where)
    for change in scenario.crossings:
        _known(world.tables["products"]["product"], change.product, f"{where}: crossings")
    for name in scenario.figures:
        _known_figure(world, name, f"{where}: figures")
    for name in scenario.currencies:
        _known(world.tables["countries"]["iso3"], name, f"{where}: currencies")
    for limit in scenario.limits:
        routes = world.tables["routes"]
        _known(routes["product"], limit.product, f"{where}: limits")
        mine = routes.loc[routes["product"] == limit.product, "route"]
        _known(mine, limit.route, f"{where}: limits")
    check_changes(world, scenario, where)


def _known_figure(world: World, name: str, where: str) -> None:
    figures = world.tables["figures"]
    near = figures[figures["id"].str.startswith(name.split("/")[0] + "/")]
    _known((near if len(near) else figures)["id"], name, where)


def read_sweep(world: World, name: str | Path) -> Sweep:
    """A sweep file, its names checked.

    Raises
    ------
    Problems, QueryError
        If the document is not well formed or names what is not known.
    """
    path = find(world, "sweeps", name)
    sweep = read_as("sweep", Sweep, path)
    check_sweep(world, sweep, str(path))
    return sweep


def check_sweep(world: World, sweep: Sweep, where: str) -> None:
    """Every name in a sweep is known.

    Raises
    ------
    QueryError
        Naming the first that is not, and those that are near it.
    """
    check_names(world, sweep.products, {}, where)
    clauses = world.tables["clauses"]
    for item in sweep.dimensions:
        at = f"{where}: dimensions"
        if item.parameter is not None:
            _known(world.tables["parameters"]["id"], item.parameter, at)
        if item.figure is not None:
            _known_figure(world, item.figure, at)
        if item.currency is not None:
            _known(world.tables["countries"]["iso3"], item.currency, at)
        own = {option.new.id for option in _deltas(world, sweep) if option.new is not None}
        if item.action is not None and item.action not in own:
            _known(clauses["action"], item.action, at)


def read_solve(world: World, name: str | Path) -> Solve:
    """A solve file, its names checked.

    Raises
    ------
    Problems, QueryError
        If the document is not well formed or names what is not known.
    """
    path = find(world, "solves", name)
    solve = read_as("solve", Solve, path)
    check_solve(world, solve, str(path))
    return solve


def check_solve(world: World, solve: Solve, where: str) -> None:
    """Every name in a solve is known, but for quantities: these hang on what is compiled.

    Raises
    ------
    QueryError
        Naming the first that is not, and those that are near it.
    """
    mix, switch = solve.vary.mix, solve.find.switch
    scenarios = [solve.scenario, *(side.scenario for side in solve.find.sides if side.scenario)]
    for name in scenarios:
        find(world, "scenarios", name)
    check_names(world, solve.products, {}, where)
    if mix is None:
        # Checked as the sweep of one dimension that it is.
        given = {"id": solve.id, "title": solve.title, "scenario": solve.scenario, "design": "list"}
        sweep = Sweep.model_validate({**given, "dimensions": [solve.vary.dimension()]})
        check_sweep(world, sweep, where)
    else:
        check_names(world, [mix.product], {}, f"{where}: vary")
        routes = world.tables["routes"]
        mine = routes.loc[routes["product"] == mix.product, "route"]
        for name in mix.routes:
            _known(mine, name, f"{where}: vary")
    if switch is not None:
        check_names(world, [switch], {}, f"{where}: find")


def _deltas(world: World, sweep: Sweep) -> list[Delta]:
    """Changes of the law in a sweep: its scenario's, and those of its options."""
    found = list(read_scenario(world, sweep.scenario).law)
    for item in sweep.dimensions:
        for option in (item.options or {}).values():
            found += option.law
    return found


def check_names(
    world: World, products: Iterable[str], parameters: Mapping[str, float], where: str
) -> None:
    """Products and parameters are known.

    Raises
    ------
    QueryError
        Naming the first that is not, and what is known.
    """
    for product in products:
        known_product(world, product, f"{where}: products")
    for name in parameters:
        _known(world.tables["parameters"]["id"], name, f"{where}: parameters")


MOST_PRODUCTS = 6
"""Products that a line names with their titles."""


def known_product(world: World, name: str, where: str = "") -> None:
    """See that a product is known.

    Raises
    ------
    QueryError
        Naming those whose id, title, firm, sector or tariff code has the words of ``name``, else
        those whose ids look like it.
    """
    heads, parts = world.tables["products"], world.tables["parts"]
    if name in set(heads["product"]):
        return
    codes = parts[parts["into"] == ""].groupby("product")["hts"].agg(" ".join)
    texts = heads.set_index("product")[["title", "firm", "sector"]].agg(" ".join, axis=1)
    said = {str(p): f"{p} {text} {codes.get(p, '')}" for p, text in texts.items()}
    found = matching(name, said)
    titles = heads.set_index("product")["title"]
    mend = some([f"{p}: {titles[p]}" for p in found], MOST_PRODUCTS, "; ")
    ids = sorted(said)
    raise QueryError(f"{name!r} is not known", where, mend or nearest(name, ids))


def _known(column: pd.Series[str], name: str, where: str) -> None:
    values = sorted(set(column))
    if name not in values:
        raise QueryError(f"{name!r} is not known", where, nearest(name, values))


LAW_TABLES = ("clauses", "scopes", "ends")


def apply(
    world: World, deltas: Iterable[Delta], rates: Mapping[str, float] | None = None
) -> dict[str, pd.DataFrame]:
    """Tables ``clauses``, ``scopes`` and ``ends`` with a scenario's rows laid over the world's.

    Rows that a scenario adds beat the law's own for the same goods and origins; they keep the
    dates that are written on them. ``rates`` sets what clauses charge, by ``action/clause``
    [fraction, or USD per unit of a specific rate].

    Raises
    ------
    DataError
        If a change names an action or a clause that does not exist.
    """
    tables = {name: world.tables[name] for name in LAW_TABLES}
    lists: dict[str, pd.DataFrame] = {}
    for delta in deltas:
        if delta.suspend:
            tables["clauses"] = _suspend(tables["clauses"], delta)
        document = delta.new or _extension(tables["clauses"], delta)
        if document is not None:
            added = action_tables(document, world.root / "raw" / "law", lists, added=True)
            if delta.new is None:
                # The action's own scope stands already.
                own = added["scopes"]["scope_id"] != document.id
                added["scopes"] = added["scopes"][own]
            tables = {
                name: pd.concat([tables[name], added[name]], ignore_index=True)
                for name in LAW_TABLES
            }
    for key, rate in (rates or {}).items():
        tables["clauses"] = _set_rate(tables["clauses"], key, rate)
    return tables


def _set_rate(clauses: pd.DataFrame, key: str, rate: float) -> pd.DataFrame:
    action, _, clause = key.partition("/")
    mine = (clauses["action"] == action) & (clauses["clause"] == clause) & ~clauses["exempt"]
    if not mine.any():
        measures = clauses[~clauses["exempt"]]
        known = sorted(set(measures["action"] + "/" + measures["clause"]))
        raise DataError(f"no clause {key!r}", "scenario, rates", nearest(key, known))
    return clauses.assign(rate=clauses["rate"].where(~mine, rate))


def _suspend(clauses: pd.DataFrame, delta: Delta) -> pd.DataFrame:
    mine = clauses["action"] == delta.action
    _must_exist(mine, f"action {delta.action!r} does not exist")
    for name in delta.clause:
        _must_exist(mine & (clauses["clause"] == name), f"{delta.action} has no clause {name!r}")
    if delta.clause:
        mine &= clauses["clause"].isin(delta.clause)
    if delta.origin:
        wanted = set(delta.origin)
        mine &= clauses["origin"].map(lambda text: bool(wanted & set(str(text).split())))
        _must_exist(mine, f"{delta.action} has no clause for {sorted(wanted)}")
    return clauses.assign(status=clauses["status"].where(~mine, "suspended"))


def _must_exist(mask: pd.Series[bool], what: str) -> None:
    if not mask.any():
        raise DataError(what, "scenario, law")


def _extension(clauses: pd.DataFrame, delta: Delta) -> Action | None:
    """New clauses of an action that exists, as an action of their own rows."""
    if not (delta.measures or delta.exemptions):
        return None
    mine = clauses[clauses["action"] == delta.action]
    _must_exist(clauses["action"] == delta.action, f"action {delta.action!r} does not exist")
    head = mine.iloc[0]
    # The order of precedence changed over time: the newest clause says what holds now.
    measures = mine[~mine["exempt"]].sort_values("from", kind="stable")
    newest = str(measures["displaces"].iloc[-1]) if len(measures) else ""
    return Action.model_construct(
        id=str(delta.action),
        importer=head["importer"],
        authority=head["authority"],
        component=head["component"],
        title=head["title"],
        instrument=f"{head['instrument']} (scenario)",
        scope=Scope(all=True),
        displaces=newest.split(),
        measures=delta.measures,
        exemptions=delta.exemptions,
        ends=[],
    )


def fingerprint(document: Scenario | Solve | Sweep) -> str:
    """Hash of what a document says, whatever its layout."""
    text = json.dumps(document.model_dump(mode="json", by_alias=True), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
