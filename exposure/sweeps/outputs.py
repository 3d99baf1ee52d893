"""What a sweep writes down of each scenario: name, level, unit, and how it is read off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exposure.errors import QueryError
from exposure.model.compiled import Compiled
from exposure.model.headline import METRICS, Sides
from exposure.model.plants import coverage
from exposure.near import nearest
from exposure.sweeps.reading import Column

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PERSONS = "persons"


@dataclass(frozen=True)
class Output:
    """One number for each thing of a level: ``of(sides)`` gives (scenario, thing)."""

    level: str
    unit: str
    title: str
    of: Callable[[Sides], Floats]


def _countries(sides: Sides) -> tuple[Ints, int]:
    work = sides.compiled.work
    return work.place, len(work.countries)


def _cost_change(sides: Sides) -> Floats:
    done = sides.done
    change: Floats = done.cost[sides.new] / done.cost[sides.old] - 1.0
    return change


def _coverage(sides: Sides) -> Floats:
    """What each plant earns per dollar that closing would save; not known where none is used."""
    found = [coverage(sides, site) for site in plants(sides.compiled)]
    columns = [np.where(one.used, one.after, np.nan) for one in found]
    none = np.empty((sides.new.stop - sides.new.start, 0))
    return np.stack(columns, axis=1) if columns else none


def plants(compiled: Compiled) -> list[str]:
    """Plants at which the products are assembled, as far as they are known."""
    return compiled.plants["site"].astype(str).tolist()


TITLES: Final[Mapping[str, str]] = {
    "duty_bill_usd": "Duties of all borders",
    "duty_bill_change_usd": "Change of the duties of all borders",
    "duty_usd_per_unit": "Duty a unit, mean of the routes of the baseline",
    "duty_change_usd_per_unit": "Change of the duty a unit",
    "cost_change_share": "Change of the landed cost",
    "buyer_price_change_share": "Change of the buyer's price",
    "volume_change_share": "Change of the volume sold",
    "buyer_pays_usd": "What buyers bear of the change of duty",
    "importer_pays_usd": "What importers bear of the change of duty",
    "exporter_pays_usd": "What exporters bear of the change of duty",
    "operating_profit_change_usd": "Change of the firm's operating profit",
    "jobs_exposed": "Jobs exposed",
    "jobs_predicted": "Jobs predicted, a change",
}
OUTPUTS: Final[Mapping[str, Output]] = {
    "route_landed_usd_per_unit": Output(
        "route", "USD per unit", "Landed cost", lambda sides: sides.done.cost[sides.new]
    ),
    "route_duty_usd_per_unit": Output(
        "route", "USD per unit", "Duties of all borders", lambda sides: sides.done.duty[sides.new]
    ),
    "route_units": Output(
        "route", "units a year", "Units brought", lambda sides: sides.done.units_after[sides.new]
    ),
    "route_border_rate": Output(
        "route", "fraction", "Duty of the finished product at the market's border",
        lambda sides: sides.done.last_rate[sides.new],
    ),
    "route_cost_change_share": Output("route", "share", "Change of the landed cost", _cost_change),
    **{
        name + ("_fte" if unit == PERSONS else ""): Output("product", unit, TITLES[name], of)
        for name, (unit, _, of) in METRICS.items()
    },
    "country_jobs_exposed_fte": Output(
        "country", PERSONS, "Jobs exposed", lambda sides: sides.exposed(*_countries(sides))
    ),
    "country_jobs_predicted_fte": Output(
        "country", PERSONS, "Jobs predicted, a change",
        lambda sides: sides.predicted(*_countries(sides)),
    ),
    "plant_coverage": Output(
        "plant", "ratio", "Coverage (earned over variable cost, per dollar that closing saves)",
        _coverage,
    ),
}  # fmt: skip
"""Every output; those of a route, a country or a plant lose that word in their columns' names."""
DEFAULT: Final = (
    "route_landed_usd_per_unit", "route_duty_usd_per_unit", "route_units",
    "volume_change_share", "jobs_predicted_fte",
)  # fmt: skip


def wanted(names: Sequence[str], where: str) -> tuple[str, ...]:
    """Names of outputs, or the default ones where none is named.

    Raises
    ------
    QueryError
        If one is not known.
    """
    for name in names:
        if name not in OUTPUTS:
            raise QueryError(f"{name!r} is no output", where, nearest(name, sorted(OUTPUTS)))
    return tuple(dict.fromkeys(names)) or DEFAULT


def columns_of(compiled: Compiled, names: Sequence[str]) -> list[Column]:
    """Columns of outputs, in the order in which `values_of` gives them."""
    products = dict(zip(compiled.products["product"], compiled.products["title"], strict=True))
    things = {
        "route": [
            (f"{row.product}/{row.route}", f"{products[row.product]}, {row.title}")
            for row in compiled.routes.itertuples()
        ],
        "product": [(str(key), str(title)) for key, title in products.items()],
        "country": [(name, name) for name in compiled.work.countries],
        "plant": list(zip(plants(compiled), compiled.plants["title"].astype(str), strict=True)),
    }
    return [
        Column(f"{key}/{name.removeprefix(f'{OUTPUTS[name].level}_')}", "output",
               OUTPUTS[name].unit, f"{OUTPUTS[name].title}: {title}")
        for name in names
        for key, title in things[OUTPUTS[name].level]
    ]  # fmt: skip


def kind_of(column: Column) -> tuple[str, str]:
    """Name of an output among `OUTPUTS`, and the title of the thing that it is of.

    Two empty texts for a column that no sweep of ours has written.

    Examples
    --------
    >>> kind_of(Column("KOR/jobs_exposed_fte", "output", "persons", "Jobs exposed: KOR"))
    ('country_jobs_exposed_fte', 'KOR')
    """
    key, _, stem = column.name.rpartition("/")
    for name in (f"country_{stem}", f"route_{stem}", f"plant_{stem}", stem):
        output = OUTPUTS.get(name)
        if output is None or not column.title.startswith(f"{output.title}: "):
            continue
        thing = column.title.removeprefix(f"{output.title}: ")
        # A route goes by its product and its own name, all else by one word.
        fits = (
            key == thing if output.level == "country" else (output.level == "route") == ("/" in key)
        )
        if key and fits:
            return name, thing
    return "", ""


def values_of(sides: Sides, names: Sequence[str]) -> list[Floats]:
    """Columns (scenario,) of outputs."""
    tables = (OUTPUTS[name].of(sides) for name in names)
    return [table[:, column] for table in tables for column in range(table.shape[1])]
