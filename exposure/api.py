"""The verbs of the package in one place; each hands on to the room that does the work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exposure.errors import QueryError
from exposure.facts.added import add_action as _add_action
from exposure.facts.added import add_product as _add_product
from exposure.facts.documents import Scenario
from exposure.facts.read_estimation import find_estimation, read_estimation
from exposure.facts.scenario import read_scenario
from exposure.facts.world import World, load
from exposure.law.history import History
from exposure.law.history import history as _history
from exposure.law.panel import Panel, schedule_codes
from exposure.law.panel import panel as _panel
from exposure.law.panel import preferences as preference_shares
from exposure.law.question import Crossings, check_day, check_facts
from exposure.law.rates import Rates
from exposure.law.rates import rates as _rates
from exposure.law.timeline import HINDSIGHT, iso
from exposure.model.bargains import bargain as deal
from exposure.model.compare import over_one_baseline
from exposure.model.compile import law_book
from exposure.model.conflicts import conflicts
from exposure.model.explain import Trace
from exposure.model.explain import explain as _explain
from exposure.model.market import market
from exposure.model.pipeline import SEED, run
from exposure.model.results import Result
from exposure.model.timing import timing as _timing
from exposure.sweeps.engine import sweep
from exposure.sweeps.reading import SweepTable, open_sweep
from exposure.sweeps.solve import solve

if TYPE_CHECKING:
    from exposure.model.estimation import Estimated
    from exposure.validate.verify import Verification

__all__ = [
    "History", "Panel", "Rates", "Trace", "add_action", "add_product", "compare", "conflicts",
    "deal", "estimate", "explain", "history", "load", "market", "open_sweep", "panel", "rate",
    "rates", "read_history", "report", "run", "solve", "sweep", "timing", "verify",
]  # fmt: skip


def rate(
    world: World,
    hts: str,
    origin: str,
    on: str | dt.date,
    importer: str = "USA",
    known: str | dt.date | None = None,
    value_usd: float | None = None,
    quantity: float | None = None,
    **facts: bool | float | str,
) -> Rates:
    """Duty stack of one tariff line.

    Parameters
    ----------
    world
        From `load`.
    hts
        Code of 6 to 10 digits, dotted or not.
    origin, importer
        ISO 3166-1 alpha-3.
    on, known
        Date of entry, and the day from which we look (hindsight if left out).
    value_usd, quantity
        Needed for specific rates only.
    facts
        What the law asks for: ``claim="usmca"``, ``us_content=0.4``, ``steel_share=0.3`` ...

    Raises
    ------
    Problems
        If something named does not exist.
    """
    one = Crossings(
        hts=[hts.replace(".", "")],
        origin=[origin],
        importer=[importer],
        on=[str(on)],
        known_on=[str(known or "")],
        value_usd=np.array([np.nan if value_usd is None else value_usd], dtype=float),
        quantity=np.array([np.nan if quantity is None else quantity], dtype=float),
        facts=[facts],
    )
    return _rates(law_book(world), one)


def rates(world: World, crossings: pd.DataFrame) -> Rates:
    """Duty stacks of a table of crossings.

    Parameters
    ----------
    world
        From `load`.
    crossings
        Columns ``hts, origin, on``; optional ``importer`` (USA), ``known_on`` (hindsight),
        ``value_usd``, ``quantity`` and ``facts`` (a dict a row). Other columns are left aside.

    Returns
    -------
    Rates
        In the order of the rows; fractions of customs value.

    Raises
    ------
    QueryError, Problems
        If a column is missing or a row names what does not exist.
    """
    missing = [name for name in ("hts", "origin", "on") if name not in crossings]
    if missing:
        raise QueryError(f"column missing: {', '.join(missing)}", "crossings", "hts, origin, on")
    count = len(crossings)
    nothing = np.full(count, np.nan)
    value, quantity = (
        crossings[name].to_numpy(dtype=float) if name in crossings else nothing
        for name in ("value_usd", "quantity")
    )
    asked = Crossings(
        hts=list(crossings["hts"].astype(str).str.replace(".", "", regex=False)),
        origin=list(crossings["origin"].astype(str)),
        importer=_text(crossings, "importer", "USA"),
        on=list(crossings["on"].astype(str)),
        known_on=_text(crossings, "known_on", ""),
        value_usd=value,
        quantity=quantity,
        facts=list(crossings["facts"]) if "facts" in crossings else [{}] * count,
    )
    return _rates(law_book(world), asked)


def panel(
    world: World,
    on: str | dt.date,
    known: str | dt.date | None = None,
    preferences: str = "none",
    **facts: bool | float | str,
) -> Panel:
    """Duty stacks of every line of the US schedule from every country on a day.

    Parameters
    ----------
    world
        From `load`.
    on, known
        Date of entry, and the day from which we look (hindsight if left out).
    preferences
        ``none`` are claimed, ``claimed`` wherever a country has a program, or ``weighted`` by the
        shares of imports that claimed them.
    facts
        What all shipments state, see `rate`.

    Raises
    ------
    QueryError
        If a date, a fact or the word for preferences is not known.
    """
    book = law_book(world)
    day, seen = check_day(on), check_day(known, "known_on") if known else HINDSIGHT
    check_facts(book, facts)
    codes = schedule_codes(book, iso(day))
    shares = preference_shares(book, preferences, codes)
    return _panel(book, day, seen, codes, facts=facts, claimed=shares)


def history(
    world: World, first: str | dt.date, last: str | dt.date, known: str | dt.date | None = None
) -> History:
    """`panel` of every day from ``first`` to ``last``, by interval; preferences are not claimed.

    Raises
    ------
    QueryError
        If a date is none, or ``last`` lies before ``first``.
    """
    book = law_book(world)
    start, end = check_day(first), check_day(last)
    seen = check_day(known, "known_on") if known else HINDSIGHT
    if end < start:
        raise QueryError(f"{last} lies before {first}", "", "first day, then last day")
    days = [start, *(day for day in book.changes.tolist() if start < day <= end)]
    codes = sorted({code for day in days for code in schedule_codes(book, iso(day))})
    return _history(book, start, end, seen, codes)


def timing(
    world: World,
    product: str,
    route: str,
    first: str | dt.date,
    last: str | dt.date,
    flows: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """When duty at the border reaches profit and loss: see `exposure.model.timing.timing`."""
    days = [iso(check_day(day, name)) for day, name in ((first, "first"), (last, "last"))]
    start, end = (dt.date.fromisoformat(day) for day in days)
    return _timing(world, product, route, start, end, flows)


def estimate(question: str | Path, world: World | None = None) -> Estimated:
    """Estimate what a document asks of its table; see ``docs/estimation.md``.

    Parameters
    ----------
    question
        A ``.yaml`` file, or the name of a shipped estimation.
    world
        Whose estimations are looked up by name; by default the shipped ones. Not needed otherwise.

    Raises
    ------
    Problems, DataError, QueryError
        Everything that is wrong with the document or the table.
    """
    # Regressions are asked for seldom; nobody else waits for their imports.
    from exposure.model.estimation import run_estimation

    root = world.root if world is not None else None
    return run_estimation(*read_estimation(find_estimation(question, root), root))


def read_history(folder: str | Path) -> History:
    """A history that `exposure panel --until` wrote."""
    from exposure.facts.user_tables import read_tables

    return History.of(read_tables(Path(folder), ("lines", "origins", "intervals", "stacks")))


def add_action(world: World, path: str | Path) -> World:
    """A world in which the action of a rule file stands; one of the same id is replaced.

    Raises
    ------
    Problems
        Everything that is wrong with the file, by itself and beside the rest of the law.
    """
    return _add_action(world, Path(path))[0]


def add_product(world: World, path: str | Path) -> World:
    """A world in which the product of a file stands; one of the same id is replaced.

    Raises
    ------
    Problems
        Everything that is wrong with the file, by itself and beside the rest of the world.
    """
    return _add_product(world, Path(path))[0]


def _text(table: pd.DataFrame, name: str, default: str) -> list[str]:
    if name not in table:
        return [default] * len(table)
    return [default if pd.isna(value) or value == "" else str(value) for value in table[name]]


def compare(
    world: World,
    *scenarios: str | Path | Scenario,
    by: Sequence[str] = ("measure",),
    products: Sequence[str] = (),
    draws: int = 200,
    seed: int = SEED,
) -> Result:
    """Scenarios side by side over the first one's baseline, and whose doing the change is.

    Parameters
    ----------
    world
        From `load`.
    scenarios
        Names of shipped scenarios, paths, or documents; one alone is compared with its baseline.
    by
        Ways to split the change: see `exposure.model.attribution.attribution`.
    products
        Which; by default those of the scenarios.
    draws, seed
        Of the ranges.

    Returns
    -------
    Result
        With the tables ``differences``, ``rivals``, ``revenue`` and ``attribution``.

    Raises
    ------
    Problems, QueryError
        As `run`.
    """
    read = [s if isinstance(s, Scenario) else read_scenario(world, s) for s in scenarios]
    if len(read) > 1:
        read = over_one_baseline(read)
    return run(
        world, *read, products=products, draws=draws, seed=seed, attribute=by, by_quarter=False
    )


def explain(
    result: Result,
    cell: str,
    *,
    product: str,
    route: str,
    scenario: str = "",
    case: str = "scenario",
) -> Trace:
    """Why a cell of a result is what it is: see `exposure.model.explain.explain`."""
    return _explain(result.tables, cell, product, route, scenario, case)


def report(
    result: Result | SweepTable, out: str | Path, *, kind: str = "full", language: str = "en"
) -> list[Path]:
    """Write ``report.html``, ``report.pdf``, ``tables/`` and ``manifest.json`` to a folder.

    Parameters
    ----------
    result
        From `run`, or a finished sweep from `sweep` or `open_sweep`.
    out
        Folder; one that is there is replaced whole.
    kind
        ``full``, or ``brief``: two to six pages. The report of a sweep has no brief.
    language
        ``en``, ``ko`` or ``ja``.

    Raises
    ------
    QueryError
        If there is no such kind or language.
    """
    from exposure.reports.build import build, build_sweep, one_kind

    if isinstance(result, SweepTable):
        one_kind(kind)
        return build_sweep(result, Path(out), language)
    return build(result.tables, result.fingerprints, Path(out), kind, language, result.asked)


def backtest(world: World, *, draws: int = 400, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Ask the model for every bill, export and rate that is known, and score it.

    Parameters
    ----------
    world
        From `load`.
    draws
        Draws behind the intervals; 0 gives central values and no coverage.
    seed
        Seed of the draws.

    Returns
    -------
    dict of DataFrame
        ``backtest`` (a row an outcome), ``backtest_scores`` (a row a kind, beside what was
        promised), ``backtest_forecasts`` (what others said), ``backtest_arithmetic`` and
        ``backtest_revisions`` (what was changed after a comparison).

    Raises
    ------
    QueryError
        If draws are below 0.
    """
    from exposure.validate.backtest import backtest as _backtest

    if draws < 0:
        raise QueryError(f"draws {draws}", "", "0 or more")
    return _backtest(world, draws, seed)


def verify(folder: str | Path, world: World | None = None) -> Verification:
    """Make every cell of a report's folder again, the slow way, and say what differs.

    Parameters
    ----------
    folder
        Written by `report`.
    world
        Whose facts are taken; by default the shipped ones, read anew from the raw files.

    Raises
    ------
    DataError
        If it is no such folder.
    """
    from exposure.validate.verify import verify as _verify

    return _verify(Path(folder), world)
