"""Results: arrays with labels become the tidy tables of ``docs/result-tables.md``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure import html_view
from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.frames import records, units_of
from exposure.law.words import line_table
from exposure.model.cases import Case, median, three
from exposure.model.compiled import Compiled
from exposure.model.firms import firm_results
from exposure.model.headline import headline
from exposure.model.run import Evaluated, edge_units
from exposure.routes.graph import MARKET, to_networkx

if TYPE_CHECKING:
    import networkx as nx

    from exposure.plots import ResultPlots

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """Tables of a run.

    Attributes
    ----------
    tables
        By name, see ``docs/result-tables.md``.
    fingerprints
        Hashes of what made it: data, scenarios, version, draws and seed.
    asked
        All that `exposure.model.pipeline.run` was given, as plain values for JSON, so that it can
        be asked again: ``scenarios`` and ``added`` (documents), ``products, draws, seed,
        by_quarter, by_sector``.
    """

    tables: Mapping[str, pd.DataFrame]
    fingerprints: Mapping[str, str]
    asked: Mapping[str, object] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> pd.DataFrame:
        """A copy of a table; ``attrs["units"]`` maps its columns to their units.

        Columns of rows with different units have none there: such a table has a column ``unit``.

        Raises
        ------
        QueryError
            If there is none of that name; the names are listed.
        """
        if name not in self.tables:
            raise QueryError(f"no table {name!r}", "", f"known: {', '.join(sorted(self.tables))}")
        table = self.tables[name].copy()
        # On the copy alone: what is written to files is made of `tables`.
        table.attrs["units"] = units_of(table, name)
        return table

    @property
    def plot(self) -> ResultPlots:
        """Pictures of the result, each on axes of matplotlib: see `exposure.plots.ResultPlots`."""
        # Pictures stand above the model, and bring matplotlib: nobody else waits for it.
        from exposure.plots import ResultPlots

        return ResultPlots(self)

    def network(self, product: str, route: str) -> nx.DiGraph[tuple[str, str]]:
        """One route as a networkx graph: see `exposure.routes.graph.to_networkx`.

        Value added [USD per finished product] is central; scenarios do not change it.

        Raises
        ------
        QueryError
            If there is no such route; those that there are, are listed.
        """
        legs = self.tables["legs"].drop_duplicates(
            ["product", "route", "part", "from_site", "to_part", "to_site"]
        )
        mine = [t[(t["product"] == product) & (t["route"] == route)]
                for t in (self.tables["nodes"], legs)]  # fmt: skip
        if mine[0].empty:
            nodes = self.tables["nodes"]
            mine = [nodes[nodes["product"] == product], nodes]
            pairs = next(t for t in mine if len(t))[["product", "route"]].drop_duplicates()
            known = ", ".join("/".join(map(str, pair)) for pair in pairs.to_numpy())
            raise QueryError(f"no route {product}/{route}", "", f"known: {known}")
        return to_networkx(*mine)

    def __repr__(self) -> str:
        """Return scenarios and tables in a line."""
        names = ", ".join(self.tables["scenarios"]["scenario"])
        return f"Result({names}: {len(self.tables)} tables)"

    def _repr_html_(self) -> str:
        """Return what was asked, the headline numbers with their ranges, and names of tables."""
        asked = [
            f"{row['scenario']}: {row['title']} (law of {row['law_on']} "
            f"against {row['baseline_on']}, {row['draws']} draws)"
            for row in records(self.tables["scenarios"])
        ]
        columns = ["scenario", "product", "metric", "unit", "low", "median", "high"]
        if not self.tables["scenarios"]["draws"].any():
            columns = [name for name in columns if name not in ("low", "high")]
        rows = records(self.tables["headline"])
        return html_view.card(
            "Result",
            *map(html_view.line, asked),
            html_view.table(columns, ([row[name] for name in columns] for row in rows)),
            html_view.line(f"{len(self.tables)} tables: {', '.join(sorted(self.tables))}"),
        )


def tables(
    compiled: Compiled,
    scenarios: Sequence[Scenario],
    cases: Sequence[Case],
    done: Evaluated,
    values: Mapping[str, Floats],
    sources: pd.DataFrame,
) -> Mapping[str, pd.DataFrame]:
    """All tables of an evaluation."""
    of = {(case.scenario, case.case): case for case in cases}
    pairs = [(of[s.id, "baseline"], of[s.id, "scenario"]) for s in scenarios]
    made = {
        "scenarios": _scenarios(scenarios, done, cases),
        "headline": pd.concat([_headline(compiled, done, values, *p) for p in pairs]),
        "landed_cost": pd.concat([_landed_cost(compiled, done, case) for case in cases]),
        "crossings": pd.concat([_crossings(compiled, done, case) for case in cases]),
        "duty_lines": pd.concat([_duty_lines(compiled, done, case) for case in cases]),
        "nodes": _nodes(compiled, done, cases[0]),
        "legs": pd.concat([_legs(compiled, done, case) for case in cases]),
        "content": pd.concat([_content(compiled, done, case) for case in cases]),
        "volumes": pd.concat([_volumes(compiled, done, case) for _, case in pairs]),
        "jobs": pd.concat([_jobs(compiled, done, case) for _, case in pairs]),
        "quotas": pd.concat(
            [_quotas(compiled, done, s, b) for s, (_, b) in zip(scenarios, pairs, strict=True)]
        ),
        "firm_results": pd.concat([firm_results(compiled, done, values, *p) for p in pairs]),
        "products": _products(compiled),
        "assumptions": _assumptions(compiled, values),
        "sources": sources,
    }
    return MappingProxyType({n: table.reset_index(drop=True) for n, table in made.items()})


def _scenarios(
    scenarios: Sequence[Scenario], done: Evaluated, cases: Sequence[Case]
) -> pd.DataFrame:
    draws = cases[0].rows.stop - cases[0].rows.start - 1
    rows = []
    for scenario in scenarios:
        law = scenario.law_on or scenario.baseline
        rows.append(
            {
                "scenario": scenario.id,
                "title": scenario.title,
                "question": scenario.question,
                "note": scenario.note,
                "baseline_on": scenario.baseline.effective_on.isoformat(),
                "baseline_known_on": str(scenario.baseline.known_on or ""),
                "law_on": law.effective_on.isoformat(),
                "law_known_on": str(law.known_on or ""),
                "draws": draws,
            }
        )
    return pd.DataFrame(rows)


def _headline(
    compiled: Compiled, done: Evaluated, values: Mapping[str, Floats], old: Case, new: Case
) -> pd.DataFrame:
    """Headline numbers by product, with their ranges."""
    frames = []
    for metric in headline(compiled, done, values, old.rows, new.rows):
        low, central, high = three(metric.values)
        columns = {
            "scenario": new.scenario,
            "product": compiled.products["product"],
            "metric": metric.name,
            "unit": metric.unit,
            "low": low,
            "median": median(metric.values),
            "high": high,
            "central": central,
        }
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames)


def _key(case: Case) -> dict[str, str]:
    return {"scenario": case.scenario, "case": case.case}


def _ordered(frame: pd.DataFrame, case: Case) -> pd.DataFrame:
    for place, (name, value) in enumerate(_key(case).items()):
        frame.insert(place, name, value)
    return frame


def _landed_cost(compiled: Compiled, done: Evaluated, case: Case) -> pd.DataFrame:
    routes = compiled.routes
    first = case.rows.start
    low, central, high = three(done.cost[case.rows])
    freight = _per_route(compiled, done.landed.freight[first] * edge_units(compiled))
    duty = done.duty[first]
    return _ordered(
        pd.DataFrame(
            {
                "product": routes["product"],
                "route": routes["route"],
                "route_title": routes["title"],
                "assembly_country": routes["country"],
                "value_added_usd_per_unit": _value_added(compiled, done, first),
                "freight_usd_per_unit": freight,
                "duty_usd_per_unit": duty,
                "landed_low": low,
                "landed_central": central,
                "landed_high": high,
            }
        ),
        case,
    )


def _route_of(compiled: Compiled, table: pd.DataFrame) -> NDArray[np.int64]:
    keys = list(zip(compiled.routes["product"], compiled.routes["route"], strict=True))
    place = {key: number for number, key in enumerate(keys)}
    pairs = zip(table["product"], table["route"], strict=True)
    return np.array([place[pair] for pair in pairs], dtype=np.int64)


def _per_route(compiled: Compiled, values: Floats) -> Floats:
    total = np.zeros(len(compiled.routes))
    np.add.at(total, _route_of(compiled, compiled.network.edges), values)
    return total


def _value_added(compiled: Compiled, done: Evaluated, row: int) -> Floats:
    nodes = compiled.network.nodes
    total = np.zeros(len(compiled.routes))
    np.add.at(total, _route_of(compiled, nodes), done.own[row] * nodes["units"].to_numpy(float))
    return total


def _part_titles(compiled: Compiled) -> pd.Series[str]:
    nodes = compiled.network.nodes
    return nodes.iloc[compiled.graph.source]["part_title"].reset_index(drop=True)


def _crossings(compiled: Compiled, done: Evaluated, case: Case) -> pd.DataFrame:
    edges = compiled.network.edges
    border = np.flatnonzero(compiled.graph.crosses)
    units = edge_units(compiled)
    rate = three(done.landed.rate[case.rows][:, border])
    duty = three((done.landed.duty[case.rows] * units)[:, border])
    frame = edges.iloc[border][["product", "route", "part", "hts", "origin", "importer"]]
    frame = frame.reset_index(drop=True)
    frame.insert(3, "part_title", _part_titles(compiled).iloc[border].to_numpy())
    frame["units"] = units[border]
    value = done.landed.customs_value[case.rows.start] * units
    frame["customs_value_usd_per_unit"] = value[border]
    for name, triple in (("duty_rate", rate), ("duty_usd_per_unit", duty)):
        for suffix, column in zip(("low", "central", "high"), triple, strict=True):
            frame[f"{name}_{suffix}"] = column
    return _ordered(frame, case)


def _duty_lines(compiled: Compiled, done: Evaluated, case: Case) -> pd.DataFrame:
    """Lines of the central row of a case, in words."""
    state = compiled.states[case.state]
    units = edge_units(compiled)
    edges = compiled.network.edges
    frames = []
    for level, found in state.levels.items():
        kept = done.lines[case.state, level]
        row = int(np.searchsorted(kept.rows, case.rows.start))
        assert state.law is not None
        lines = line_table(state.law, found.lines, kept.duty[row], kept.share[row], kept.left[row])
        edge = found.edges[lines.pop("row").to_numpy(dtype=int)]
        value = done.landed.customs_value[case.rows.start, edge] * units[edge]
        labels = edges.iloc[edge][["product", "route", "part", "hts", "origin", "importer"]]
        frame = pd.concat([labels.reset_index(drop=True), lines], axis=1)
        frame.insert(17, "duty_usd_per_unit", value * frame["duty_rate"])
        frame["edge"] = edge
        frames.append(frame)
    whole = pd.concat(frames).sort_values("edge", kind="stable").drop(columns="edge")
    return _ordered(whole.reset_index(drop=True), case)


def _nodes(compiled: Compiled, done: Evaluated, case: Case) -> pd.DataFrame:
    nodes = compiled.network.nodes
    work = (nodes["part"] != MARKET).to_numpy(dtype=bool)
    names = ["product", "route", "part", "part_title", "site", "site_title", "country", "maker"]
    frame = nodes[[*names, "lat", "lon", "origin", "origin_part", "origin_reason", "units"]].copy()
    units = nodes["units"].to_numpy(dtype=float)
    triple = three(done.own[case.rows] * units)
    for suffix, column in zip(("low", "central", "high"), triple, strict=True):
        frame[f"value_added_{suffix}"] = column
    keys = [f"{row.product}/part/{row.part}" for row in nodes.itertuples()]
    for name in ("grade", "source"):
        frame[name] = [str(compiled.ranges[name].get(key, "")) for key in keys]
    return frame[work]


def _legs(compiled: Compiled, done: Evaluated, case: Case) -> pd.DataFrame:
    edges, nodes = compiled.network.edges, compiled.network.nodes
    units = edge_units(compiled)
    first = case.rows.start
    source, target = compiled.graph.source, compiled.graph.target
    frame = edges[["product", "route", "part"]].copy()
    frame["part_title"] = _part_titles(compiled)
    frame["to_part"] = nodes["part"].to_numpy()[target]
    for end, which in (("from", source), ("to", target)):
        frame[f"{end}_site"] = nodes["site"].to_numpy()[which]
    for end, which in (("from", source), ("to", target)):
        frame[f"{end}_country"] = nodes["country"].to_numpy()[which]
    frame["value_usd_per_unit"] = done.landed.value[first, source] * units
    frame["freight_usd_per_unit"] = done.landed.freight[first] * units
    frame["duty_usd_per_unit"] = done.landed.duty[first] * units
    frame["crosses"] = compiled.graph.crosses
    return _ordered(frame, case)


def _content(compiled: Compiled, done: Evaluated, case: Case) -> pd.DataFrame:
    """Content of the product as it leaves the assembly, by country; the rest is ``---``."""
    last = np.flatnonzero(compiled.network.edges["last"].to_numpy(dtype=bool))
    node = compiled.graph.source[last]
    countries = sorted({tag.country for tag in compiled.tags})
    of = np.array([countries.index(tag.country) for tag in compiled.tags])
    content = done.landed.content[case.rows][:, node]
    value = done.landed.value[case.rows][:, node]
    shares = np.zeros((*value.shape, len(countries) + 1))
    for place in range(len(countries)):
        shares[..., place] = content[..., of == place].sum(axis=-1) / value
    shares[..., -1] = 1.0 - shares.sum(axis=-1)
    ends = [end.ravel() for end in three(shares)]
    routes = compiled.network.edges.iloc[np.repeat(last, len(countries) + 1)]
    frame = pd.DataFrame(
        {
            "product": routes["product"].to_numpy(),
            "route": routes["route"].to_numpy(),
            "country": [*countries, "---"] * len(last),
            **dict(zip(("share_low", "share_central", "share_high"), ends, strict=True)),
        }
    )
    # Without draws there is no high end: what is there centrally is shown.
    most = frame["share_high"].fillna(frame["share_central"])
    return _ordered(frame[most.abs() > 1e-12].reset_index(drop=True), case)


def _volumes(compiled: Compiled, done: Evaluated, case: Case) -> pd.DataFrame:
    routes = compiled.routes
    first = case.rows.start
    low, central, high = three(done.units_after[case.rows])
    worth = three(done.capacity_worth[case.rows])
    return pd.DataFrame(
        {
            "scenario": case.scenario,
            "product": routes["product"],
            "route": routes["route"],
            "route_title": routes["title"],
            "units_baseline": done.units_before[first],
            "units_low": low,
            "units_central": central,
            "units_high": high,
            "share_baseline": done.share_before[first],
            "share_central": done.share_after[first],
            "capacity_units": done.capacity[first],
            "capacity_worth_low": worth[0],
            "capacity_worth_central": worth[1],
            "capacity_worth_high": worth[2],
        }
    )


QUOTAS = (
    "scenario", "product", "route", "route_title", "holder", "limit_units", "units_baseline",
    "units_central", "binding_share", "rent_usd_per_unit_low", "rent_usd_per_unit_central",
    "rent_usd_per_unit_high", "rent_usd_low", "rent_usd_central", "rent_usd_high",
    "equivalent_rate_low", "equivalent_rate_central", "equivalent_rate_high",
)  # fmt: skip


def _quotas(compiled: Compiled, done: Evaluated, scenario: Scenario, case: Case) -> pd.DataFrame:
    """Limits of a scenario, what a unit of each would fetch, and the duty that would do the same.

    A duty on the route of the rent a unit, on top of those that are owed, brings the same volume:
    the equivalent rate is the rent over the customs value of the finished product.
    """
    edges = compiled.network.edges
    place = {
        key: number
        for number, key in enumerate(
            zip(compiled.routes["product"], compiled.routes["route"], strict=True)
        )
    }
    rows = []
    for limit in scenario.limits:
        route = place.get((limit.product, limit.route))
        if route is None:
            continue
        mine = edges["last"] & (edges["product"] == limit.product) & (edges["route"] == limit.route)
        edge = int(np.flatnonzero(mine)[0])
        worth, units = done.capacity_worth[case.rows, route], done.units_after[case.rows, route]
        value = done.landed.customs_value[case.rows, edge]
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(value > 0, worth / value, np.nan)
        binds = worth[1:] > 0 if len(worth) > 1 else worth > 0
        row: dict[str, object] = {
            "scenario": scenario.id,
            "product": limit.product,
            "route": limit.route,
            "route_title": compiled.routes["title"].iloc[route],
            "holder": limit.holder,
            "limit_units": limit.units,
            "units_baseline": done.units_before[case.rows.start, route],
            "units_central": units[0],
            "binding_share": float(binds.mean()),
        }
        for name, values in (
            ("rent_usd_per_unit", worth),
            ("rent_usd", worth * units),
            ("equivalent_rate", rate),
        ):
            triple = three(values[:, None])
            for suffix, number in zip(("low", "central", "high"), triple, strict=True):
                row[f"{name}_{suffix}"] = float(number[0])
        rows.append(row)
    return pd.DataFrame(rows, columns=list(QUOTAS))


def _jobs(compiled: Compiled, done: Evaluated, case: Case) -> pd.DataFrame:
    nodes = compiled.network.nodes
    keys = ["product", "country", "part", "part_title"]
    work = nodes[nodes["part"] != MARKET]
    place = work.groupby(keys, sort=False).ngroup().to_numpy()
    frame = work[keys].drop_duplicates().reset_index(drop=True)
    frame.insert(0, "scenario", case.scenario)
    for name, array in (("exposed", done.exposed), ("predicted", done.predicted)):
        jobs = array[case.rows][:, work.index.to_numpy(dtype=int)]
        sums = np.zeros((len(jobs), len(frame)))
        np.add.at(sums.T, place, jobs.T)
        for suffix, column in zip(("low", "central", "high"), three(sums), strict=True):
            frame[f"{name}_{suffix}"] = column
    # Work that begins under the scenario has no jobs exposed, and still counts.
    exposed, predicted = (
        frame[f"{name}_high"].fillna(frame[f"{name}_central"]) for name in ("exposed", "predicted")
    )
    return frame[(exposed > 0) | (predicted > 0)]


def _products(compiled: Compiled) -> pd.DataFrame:
    frame = compiled.products[["product", "title", "firm", "market", "unit", "year"]].copy()
    for name in ("low", "central", "high"):
        keys = [f"{product}/customs_value_usd" for product in frame["product"]]
        frame[f"customs_value_{name}"] = compiled.ranges.loc[keys, name].to_numpy(dtype=float)
    for name in ("composite", "note"):
        frame[name] = compiled.products[name]
    return frame


def _assumptions(compiled: Compiled, values: Mapping[str, Floats]) -> pd.DataFrame:
    """Every uncertain number that was used; what a scenario fixed is shown as fixed."""
    frame = compiled.ranges.reset_index()
    frame = frame[frame["id"].isin(list(values))].reset_index(drop=True)
    first = np.array([values[name][0] for name in frame["id"]])
    fixed = np.array([bool((values[name] == values[name][0]).all()) for name in frame["id"]])
    for end in ("low", "central", "high"):
        frame[end] = np.where(fixed, first, frame[end])
    names = ["kind", "id", "title", "unit", "low", "central", "high", "distribution",
             "grade", "source", "note"]  # fmt: skip
    return frame[names]
