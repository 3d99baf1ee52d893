"""Predictions for the back-test: bills of firms, changes of exports, rates by country.

Every prediction knows the law as it was known on the last day before its outcome was published.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.incidence import price_cut
from exposure.facts.documents import CrossingChange, Scenario
from exposure.facts.world import World
from exposure.frames import records
from exposure.law.timeline import days, iso
from exposure.model.compile import compile_scenarios, law_book
from exposure.model.compiled import Compiled
from exposure.model.inputs import draws_of
from exposure.model.rows import Rows, joined, side_rows
from exposure.model.run import ARRAYS, Evaluated, Priced
from exposure.model.trade_rates import EUROPE, line_rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BEFORE = dt.date(2025, 1, 1)
"""Law without the duties that the outcomes are about; bills are of what was added since."""
ONE_DAY = dt.timedelta(days=1)
OFFSET = "parts_offset_usd"
"""Name of a route's credit against the duty on parts (Proclamation 10925)."""


def period_days(period: str) -> tuple[dt.date, dt.date]:
    """First and last day of 2025Q2, 2025FY, 2025-06 or 2025-04/2025-12.

    Examples
    --------
    >>> [str(day) for day in period_days("2025-04/2025-12")]
    ['2025-04-01', '2025-12-31']
    """
    if "Q" in period or period.endswith("FY"):
        year, quarter = int(period[:4]), period[5:]
        months = (1, 12) if period.endswith("FY") else (3 * int(quarter) - 2, 3 * int(quarter))
        ends = [(year, month) for month in months]
    else:
        parts = (period.split("/") * 2)[:2] if "/" not in period else period.split("/")
        ends = [(int(part[:4]), int(part[5:7])) for part in parts]
    (first, month), (last, end) = ends
    return dt.date(first, month, 1), dt.date(last, end, calendar.monthrange(last, end)[1])


@dataclass(frozen=True)
class Course:
    """The law of a stretch of days for some products, in every draw.

    Attributes
    ----------
    compiled, values
        Arrays and inputs by name (1 + draw,); the first is central.
    known_on
        What was published later does not enter.
    first
        First day.
    state (day,)
        Law state of each day.
    priced
        Rows (state, 1 + draw) one after another.
    duty (state, 1 + draw, route) [USD per unit]
        Of all borders, less what an offset for vehicles assembled in the market meets: at most the
        duty that it can meet, at most what a vehicle earns.
    """

    compiled: Compiled
    values: dict[str, Floats]
    known_on: dt.date
    first: dt.date
    state: Ints
    priced: Priced
    duty: Floats

    def of(self, name: str) -> Floats:
        """A column of ``priced`` as (state, 1 + draw, route)."""
        table: Floats = getattr(self.priced, name)
        return table.reshape(-1, self.size, table.shape[1])

    @property
    def size(self) -> int:
        """Rows of a state."""
        return len(next(iter(self.values.values())))


def _turns(world: World, first: dt.date, last: dt.date) -> list[dt.date]:
    """Days from ``first`` to ``last`` on which the law changes, the first among them."""
    start, end = (int(day) for day in days([first.isoformat(), last.isoformat()]))
    changes = [int(day) for day in law_book(world).changes.tolist() if start < day <= end]
    return [dt.date.fromisoformat(iso(day)) for day in (start, *changes)]


def _longest_stock(world: World, products: Sequence[str]) -> int:
    """Days in stock of the product that lies longest, high end; whole days, and one more."""
    figures = world.tables["figures"].set_index("id")["high"].astype(float)
    held = [figures.get(f"{product}/stock_days", 0.0) for product in products]
    return int(max(held)) + 2


def _asked(
    turns: Sequence[dt.date], known_on: dt.date, crossings: Sequence[CrossingChange] = ()
) -> list[Scenario]:
    return [
        Scenario.model_validate(
            {
                "id": f"on-{turn}", "title": "day", "question": "day",
                "baseline": {"effective_on": BEFORE, "known_on": known_on},
                "law_on": {"effective_on": turn, "known_on": known_on},
                "crossings": list(crossings),
            }
        )
        for turn in turns
    ]  # fmt: skip


def course(
    world: World,
    products: Sequence[str],
    last: dt.date,
    known_on: dt.date,
    draws: int,
    seed: int,
    first: dt.date = BEFORE,
) -> Course:
    """Law from `BEFORE` to ``last`` as it was known on a day.

    Days on which nothing entered that is sold from ``first`` on, by the longest stock, are not
    asked for: they have the law of `BEFORE`.
    """
    start = max(BEFORE, first - dt.timedelta(days=_longest_stock(world, products)))
    turns = [BEFORE, *(turn for turn in _turns(world, start, last) if turn > BEFORE)]
    met = _met_from_offsets(world, products)
    asked = _asked(turns, known_on)
    if met:
        asked += _asked(turns, known_on, met)
    compiled, pairs = compile_scenarios(world, asked, products)
    values = draws_of(compiled, asked[0], draws, seed)
    size = 1 + draws
    parts: list[Rows] = [
        side_rows(compiled, None, pair[1], np.arange(size, dtype=np.int64), values)
        for pair in pairs
    ]
    rows = joined(parts, [size * number for number in range(len(parts))])
    state = np.searchsorted(
        np.array([turn.toordinal() for turn in turns]),
        np.arange(BEFORE.toordinal(), last.toordinal() + 1),
        side="right",
    )
    priced = ARRAYS.price(compiled, rows, False)
    duty = priced.duty.reshape(len(asked), size, -1)
    if met:
        full, free = np.split(duty, 2)
        duty = full - np.minimum(full - free, _offsets(compiled, values))
    return Course(compiled, values, known_on, BEFORE, state.astype(np.int64) - 1, priced, duty)


def _met_from_offsets(world: World, products: Sequence[str]) -> list[CrossingChange]:
    """Crossings of parts to plants that earn an offset, as if it met all of their duty."""
    figures = world.tables["figures"]
    earned = set(figures.loc[figures["id"].str.endswith(f"/{OFFSET}"), "id"])
    rules = world.tables["crossing_rules"]
    crossed = rules.loc[rules["product"].isin(products), ["product", "route", "part"]]
    return [
        CrossingChange.model_validate({**row, "attributes": {"parts_offset": True}})
        for row in records(crossed.drop_duplicates())
        if f"{row['product']}/route/{row['route']}/{OFFSET}" in earned
    ]


def _offsets(compiled: Compiled, values: Mapping[str, Floats]) -> Floats:
    """Credit against the duty on parts (1 + draw, route) [USD per unit]; 0 where none is earned."""
    nothing = np.zeros(len(next(iter(values.values()))))
    names = (f"{row.product}/route/{row.route}/{OFFSET}" for row in compiled.routes.itertuples())
    return np.stack([values.get(name, nothing) for name in names], axis=1)


def mean_sold(added: Floats, start: int, held: float) -> float:
    """Mean duty in what is sold from day ``start`` on, first in first out, steady entries.

    ``added`` (day,) [USD per unit] is paid at entry from the first day on, nothing before; goods
    are ``held`` days. The mean of `exposure.economy.stock.lagged` over the days asked for.

    Examples
    --------
    A duty of 10 from the third day on, sold a day later: of days three and four one has it.

    >>> mean_sold(np.array([0., 0., 10., 10.]), 2, 1.0)
    5.0
    """
    paid = np.concatenate([[0.0], np.cumsum(added)])
    ends = np.array([start, len(added)], dtype=np.float64) - held
    first, last = np.interp(ends, np.arange(len(paid)), paid)
    return float((last - first) / (len(added) - start))


def bill(world: World, path: Course, first: dt.date, *, sold: bool) -> Floats:
    """Duty that was added since `BEFORE` (1 + draw,) [USD], from ``first`` to the path's last day.

    On what is sold, after the days in stock, or on what enters. All routes of all products, with
    the parts that cross the border for plants in the market. Not known where days in stock are not.
    """
    start = (first - path.first).days
    total = np.zeros(path.size)
    duty = path.duty
    for number, route in enumerate(path.compiled.routes.itertuples()):
        units = units_a_day(world, path, str(route.product), str(route.route), first.year)
        if not (units > 0).any():
            continue
        held = path.values.get(f"{route.product}/stock_days", np.full(path.size, np.nan))
        added = (duty[:, :, number] - duty[0, :, number])[path.state]
        for at in range(path.size):
            days_held = float(held[at]) if sold else 0.0
            mean = np.nan if np.isnan(days_held) else mean_sold(added[:, at], start, days_held)
            total[at] += units[at] * (len(added) - start) * mean
    return total


def volume_known(
    world: World, product: str, route: str, year: int, known_on: dt.date
) -> tuple[int, float] | None:
    """Year and units of the last calendar year up to ``year`` that was known on a day; or None."""
    table = world.tables["volumes_by_year"]
    mine = table[(table["product"] == product) & (table["route"] == route)]
    dates = _published(world)
    known = [
        (int(row["year"]), float(row["units"]))
        for row in records(mine)
        if int(row["year"]) <= year and dates[row["source"]] <= known_on.isoformat()
    ]
    return max(known, default=None)


def units_a_day(world: World, path: Course, product: str, route: str, year: int) -> Floats:
    """Units a day (1 + draw,): of the last year that was known, with the range of the volume.

    What was published after ``path.known_on`` does not enter, except the file's own volume where
    no year of it was known (`hindsight` names that).
    """
    drawn = path.values[f"{product}/route/{route}/volume"]
    known = volume_known(world, product, route, year, path.known_on)
    length = 366.0 if calendar.isleap(year) else 365.0
    if known is not None and drawn[0] > 0:
        drawn = known[1] * drawn / drawn[0]
    units: Floats = drawn / length
    return units


def statutory_bill(world: World, path: Course, first: dt.date) -> float:
    """The naive rule [USD]: rate of each day times the year before's units times customs value.

    Of finished goods at the last border; no stock, no parts, nothing that answers.
    """
    start = (first - path.first).days
    rate, gate = path.of("last_rate")[:, 0], path.of("gate")[0, 0]
    total = 0.0
    for number, route in enumerate(path.compiled.routes.itertuples()):
        units = units_a_day(world, path, str(route.product), str(route.route), first.year - 1)[0]
        if units > 0:
            added = (rate[:, number] - rate[0, number])[path.state][start:]
            total += float(units * gate[number] * added.sum())
    return total


def exports_change(
    world: World, outcome: Mapping[str, str], known_on: dt.date, draws: int, seed: int
) -> Floats:
    """Change of exports against `BEFORE` (1 + draw,) [fraction], mean over the period's days.

    In value, units or price as the outcome asks: units from the model's volumes, price from what
    its exporters cut. The first year's response, without stock or what is shipped ahead.
    """
    first, last = period_days(outcome["period"])
    products = outcome["products"].split()
    turns, weight = _distinct(world, products, _turns(world, first, last), last, known_on)
    asked = _asked(turns, known_on)
    compiled, pairs = compile_scenarios(world, asked, products)
    values = draws_of(compiled, asked[0], draws, seed)
    size = 1 + draws
    baseline = np.arange(size, dtype=np.int64)
    sides = [(None, pairs[0][0]), *((one, pair[1]) for one, pair in zip(asked, pairs, strict=True))]
    parts = [side_rows(compiled, one, state, baseline, values) for one, state in sides]
    rows = joined(parts, [0] * len(parts))
    done = ARRAYS.respond(compiled, rows, ARRAYS.price(compiled, rows, False))
    blocks = [slice(size * number, size * (number + 1)) for number in range(len(parts))]
    made = [_ratio(compiled, done, blocks[0], new, outcome) for new in blocks[1:]]
    mean: Floats = np.average(made, axis=0, weights=weight) - 1.0
    return mean


def _distinct(
    world: World, products: Sequence[str], turns: list[dt.date], last: dt.date, known_on: dt.date
) -> tuple[list[dt.date], Floats]:
    """Turns with different duties on these products, and how many days have those of each."""
    asked = _asked(turns, known_on)
    compiled, pairs = compile_scenarios(world, asked, products)
    values = draws_of(compiled, asked[0], 0, 0)
    one = np.zeros(1, dtype=np.int64)
    parts = [side_rows(compiled, None, pair[1], one, values) for pair in pairs]
    priced = ARRAYS.price(compiled, joined(parts, [0] * len(parts)), False)
    ends = [*turns[1:], last + ONE_DAY]
    found: dict[bytes, tuple[dt.date, int]] = {}
    for number, (turn, end) in enumerate(zip(turns, ends, strict=True)):
        key = np.concatenate([priced.duty[number], priced.last_rate[number]]).tobytes()
        day, held = found.get(key, (turn, 0))
        found[key] = (day, held + (end - turn).days)
    days_of = np.array([held for _, held in found.values()], dtype=np.float64)
    return [day for day, _ in found.values()], days_of


def _ratio(
    compiled: Compiled, done: Evaluated, old: slice, new: slice, outcome: Mapping[str, str]
) -> Floats:
    """Exports of the rows ``new`` over those of ``old``, in what the outcome is about."""
    mine = (compiled.routes["country"] == outcome["exporter"]).to_numpy()
    market = compiled.routes["market"].to_numpy(dtype=np.int64)[mine]
    who = (done.burden.exporter + done.burden.currency)[new][:, market]
    change = (done.duty[new] - done.duty[old])[:, mine]
    gate = done.gate[old][:, mine]
    price = gate - price_cut(change, who, done.last_rate[new][:, mine])
    before, after = done.units_before[new][:, mine], done.units_after[new][:, mine]
    over = {
        "exports_units": (after, before),
        "exports_value": (after * price, before * gate),
        "price_index": (before * price, before * gate),  # an index holds the basket of before
    }
    top, bottom = over[outcome["kind"]]
    ratio: Floats = top.sum(axis=1) / bottom.sum(axis=1)
    return ratio


def collected_rate(world: World, country: str, period: str, known_on: dt.date) -> float:
    """Our mean rate on a country's goods, imports of one year as weights: mean over the 15ths."""
    first, last = period_days(period)
    months = pd.period_range(first, last, freq="M")
    means = []
    for month in months:
        day = dt.date(month.year, month.month, 15)
        lines = line_rates(world, _asked([day], known_on)[0])
        mine = lines.origin == (EUROPE if country == "EUU" else country)
        means.append(lines.mean(mine, float(lines.imports_usd[mine].sum()))[1])
    return float(np.mean(means))


def _published(world: World) -> dict[str, str]:
    """Day of each source; one without its day or month counts as its last day."""
    sources = world.tables["sources"]
    last = {4: "-12-31", 7: "-31", 10: ""}
    dates = sources["date"].astype(str)
    whole = [date + last[len(date)] for date in dates]
    return dict(zip(sources["source_id"], whole, strict=True))


def hindsight(
    world: World, products: Sequence[str], year: int, known_on: dt.date, *, sold: bool
) -> list[str]:
    """Facts behind a prediction that were published later than a day: values, volumes, stock.

    A volume counts where no year of it up to ``year`` was known; days in stock where a prediction
    is of what is ``sold``.
    """
    dates = _published(world)
    figures = world.tables["figures"]
    ends = ("/volume", "/customs_value_usd", *(("/stock_days",) if sold else ()))
    mine = figures[figures["product"].isin(products) & figures["id"].str.endswith(ends)]
    late = []
    for row in records(mine[mine["central"] > 0]):
        name, product = str(row["id"]), str(row["product"])
        route = name.split("/")[-2]
        dated = name.endswith("/volume") and volume_known(world, product, route, year, known_on)
        if not dated and dates[row["source"]] > known_on.isoformat():
            late.append(name)
    return sorted(late)
