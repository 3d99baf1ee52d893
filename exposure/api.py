"""The verbs of the package in one place; each hands on to the room that does the work.

In the examples ``ex`` is the package (``import exposure as ex``), ``world`` is ``ex.load()``,
``small`` is the world of one invented car that the tests have, ``made`` is
``ex.run(small, "tariff", draws=0, by_quarter=False, by_sector=False)``, and ``folder`` is a new
folder.
"""

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

    Returns
    -------
    Rates
        One row: components, ``total`` and ``at_least`` [fraction of customs value]; NaN is not
        known.

    Raises
    ------
    QueryError, Problems
        If something named does not exist, or an amount is below 0, without an end or no number.

    Examples
    --------
    >>> owed = ex.rate(world, "8703.23.01", origin="KOR", on="2025-12-05")
    >>> round(float(owed.total[0]), 4)
    0.15
    """
    for name, amount in (("value_usd", value_usd), ("quantity", quantity)):
        # Within a table NaN is an empty cell; here nothing is said by leaving it out.
        if amount is not None and np.isnan(amount):
            raise QueryError(f"{name} {amount}", "", "0 or more")
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
        If a column is missing, or a row names what does not exist or states an amount that is none.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"hts": "8703.23.01", "origin": ["KOR", "JPN"], "on": "2025-08-01"})
    >>> ex.rates(world, asked).total.round(4).tolist()
    [0.275, 0.275]
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
        file=str(crossings.attrs.get("file", "")),
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

    Returns
    -------
    Panel
        Lines by countries, in classes; `Panel.frame` gives a row each.

    Raises
    ------
    QueryError
        If a date, a fact or the word for preferences is not known.

    Examples
    --------
    >>> frame = ex.panel(small, "2025-12-05").frame()
    >>> frame.query("hts == '8703230110' and origin == 'KOR'")["total"].tolist()
    [0.15]
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

    Parameters
    ----------
    world
        From `load`.
    first, last
        First and last day of entry; both count.
    known
        The day from which we look (hindsight if left out).

    Returns
    -------
    History
        Intervals within which nothing changes; `History.on` gives the panel of a day.

    Raises
    ------
    QueryError
        If a date is none, or ``last`` lies before ``first``.

    Examples
    --------
    >>> found = ex.history(small, "2025-10-01", "2025-12-31")
    >>> for day in (20251031, 20251101):
    ...     frame = found.on(day).frame()
    ...     print(frame.query("hts == '8703230110' and origin == 'KOR'")["total"].round(4).tolist())
    [0.275]
    [0.15]
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
    """When duty at the border reaches profit and loss, month by month: first in, first out.

    Parameters
    ----------
    world
        From `load`.
    product, route
        Which.
    first, last
        First and last day.
    flows
        Units that enter and are sold by month: see `exposure.model.timing.timing`.

    Returns
    -------
    DataFrame
        A row a month: ``border_usd_per_unit``, ``sold_low``, ``sold_central``, ``sold_high``
        [USD per unit], ``entries`` [units] and ``bill_usd``.

    Raises
    ------
    QueryError
        If the product, route, days or flows do not fit.

    Examples
    --------
    >>> table = ex.timing(world, "kia-k4", "pesqueria", "2025-03-20", "2025-05-10")
    >>> table[["month", "border_usd_per_unit"]].round().values.tolist()
    [['2025-03', 0.0], ['2025-04', 2491.0], ['2025-05', 2668.0]]
    """
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

    Returns
    -------
    Estimated
        Coefficients (`Estimated.table`) with clustered errors, diagnoses, and what follows.

    Raises
    ------
    Problems, DataError, QueryError
        Everything that is wrong with the document or the table.

    Examples
    --------
    >>> made = ex.estimate("usmca-claims-event")
    >>> made.table()[["term", "estimate"]].round(2).values.tolist()[:2]
    [['event -2', -0.12], ['event +0', 0.48]]
    """
    # Regressions are asked for seldom; nobody else waits for their imports.
    from exposure.model.estimation import run_estimation

    root = world.root if world is not None else None
    return run_estimation(*read_estimation(find_estimation(question, root), root))


def read_history(folder: str | Path) -> History:
    """A history that `exposure panel --until` wrote.

    Parameters
    ----------
    folder
        Which it wrote.

    Returns
    -------
    History
        As `history` gives it.

    Raises
    ------
    DataError
        If a table is missing.

    Examples
    --------
    >>> from exposure.facts.user_tables import write_tables
    >>> _ = write_tables(ex.history(small, "2025-10-01", "2025-12-31").tables(), folder)
    >>> len(ex.read_history(folder).on(20251231))
    36
    """
    from exposure.facts.user_tables import read_tables

    return History.of(read_tables(Path(folder), ("lines", "origins", "intervals", "stacks")))


def add_action(world: World, path: str | Path) -> World:
    """A world in which the action of a rule file stands; one of the same id is replaced.

    Parameters
    ----------
    world
        From `load`; it stays as it is.
    path
        A ``.yaml`` file of an action, anywhere.

    Returns
    -------
    World
        With the action, which `World.added` keeps.

    Raises
    ------
    Problems
        Everything that is wrong with the file, by itself and beside the rest of the law.

    Examples
    --------
    >>> text = (small.root / "raw/law/us/cars.yaml").read_text(encoding="utf-8")
    >>> _ = (folder / "cars.yaml").write_text(text.replace("all_in: 0.15", "all_in: 0.20"))
    >>> changed = ex.add_action(small, folder / "cars.yaml")
    >>> [float(ex.rate(each, "8703.23.01", "KOR", "2025-12-05").total[0].round(4))
    ...  for each in (small, changed)]
    [0.15, 0.2]
    """
    return _add_action(world, Path(path))[0]


def add_product(world: World, path: str | Path) -> World:
    """A world in which the product of a file stands; one of the same id is replaced.

    Parameters
    ----------
    world
        From `load`; it stays as it is.
    path
        A ``.yaml`` file of a product, anywhere.

    Returns
    -------
    World
        With the product, which `World.added` keeps.

    Raises
    ------
    Problems
        Everything that is wrong with the file, by itself and beside the rest of the world.

    Examples
    --------
    >>> text = (small.root / "raw/firms/car.yaml").read_text(encoding="utf-8")
    >>> _ = (folder / "van.yaml").write_text(text.replace("id: car", "id: van", 1))
    >>> ex.add_product(small, folder / "van.yaml").table("products")["product"].tolist()
    ['car', 'van']
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
    by_sector: bool = True,
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
    by_sector
        Whether to ask industries as well, as `run` does.

    Returns
    -------
    Result
        With the tables ``differences``, ``rivals``, ``revenue`` and ``attribution``.

    Raises
    ------
    Problems, QueryError
        As `run`.

    Examples
    --------
    >>> found = ex.compare(small, "tariff", draws=0, by_sector=False)
    >>> len(found.table("country_results"))
    0
    >>> table = found.table("attribution").query("metric == 'duty_usd_per_unit'")
    >>> table[["title", "part_central"]].round(2).values.tolist()[:2]
    [['Cars', 874.25], ['Steel', 375.0]]
    """
    read = [s if isinstance(s, Scenario) else read_scenario(world, s) for s in scenarios]
    if len(read) > 1:
        read = over_one_baseline(read)
    return run(
        world, *read, products=products, draws=draws, seed=seed, attribute=by, by_quarter=False,
        by_sector=by_sector,
    )  # fmt: skip


def explain(
    result: Result,
    cell: str,
    *,
    product: str,
    route: str,
    scenario: str = "",
    case: str = "scenario",
) -> Trace:
    """Why a cell of a result is what it is: down to measure, clause, base, inputs and grades.

    Parameters
    ----------
    result
        From `run`.
    cell
        ``duty`` (all borders of the route), ``landed_cost`` or ``origin``.
    product, route
        Which.
    scenario
        Which; may be left out where the result holds one.
    case
        ``scenario`` or ``baseline``.

    Returns
    -------
    Trace
        The value and the lines of its derivation; as text, a line each.

    Raises
    ------
    QueryError
        If the cell, product, route or scenario is not in the result; what is there is listed.

    Examples
    --------
    >>> trace = ex.explain(made, "duty", product="car", route="mexico")
    >>> trace.cell, round(trace.value, 2)
    ('duty:car/mexico@tariff/scenario', 1606.25)
    >>> print(str(trace).splitlines()[1].strip()[:67])
    Assembly (87032301) crosses MEX -> USA: customs value 10,497.00 USD
    """
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

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    QueryError
        If there is no such kind or language.

    Examples
    --------
    >>> paths = ex.report(made, folder / "report", kind="brief")
    >>> [path.name for path in paths][:2]
    ['report.html', 'report.pdf']
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
    QueryError, DataError
        If draws are below 0, or the world has no outcomes.

    Examples
    --------
    >>> ex.backtest(small, draws=0)["backtest"]["outcome"].tolist()[:2]
    ['firm-q2', 'firm-q3']
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

    Returns
    -------
    Verification
        How many cells were made again, and all that differ; ``ok`` where none does.

    Raises
    ------
    DataError
        If it is no such folder.

    Examples
    --------
    >>> _ = ex.report(made, folder / "report", kind="brief")
    >>> ex.verify(folder / "report", small).ok
    True
    """
    from exposure.validate.verify import verify as _verify

    return _verify(Path(folder), world)
