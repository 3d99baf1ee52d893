"""Ranges of all uncertain inputs of an evaluation, by name: figures, jobs, parameters."""

from __future__ import annotations

import pandas as pd

from exposure.facts.world import World
from exposure.model.draws import LONG
from exposure.routes.graph import Network

OF_DEALS = "deal_"
"""Beginning of the names of parameters that deals read, and nothing else."""


def ranges_of(world: World, network: Network, names: list[str]) -> pd.DataFrame:
    """Range of every number that evaluation takes: index is its name; ``low, central, high``."""
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
