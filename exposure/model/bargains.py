"""Bargains of every kind: from their names to their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from exposure.errors import QueryError
from exposure.facts.documents.deals import Bargain, Deal, Frontier, Stance, Wait
from exposure.facts.read_deals import read_bargain
from exposure.facts.world import World
from exposure.model.deals import deal_tables
from exposure.model.frontier import frontier_tables
from exposure.model.stance import stance_tables
from exposure.model.wait import wait_tables

DRAWS = 200
SEED = 20250204
"""Seed of the draws: that of a run."""


def bargain(
    world: World,
    *names: str | Path | Deal | Frontier | Wait | Stance,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Mapping[str, pd.DataFrame]:
    """Tables of one bargain, or of several deals side by side.

    Parameters
    ----------
    world
        From `load`.
    names
        Shipped bargains, paths or documents: deals together, or one frontier, wait or stance.
    draws
        How many draws give the ranges; 0 gives central values only.
    seed
        Seed of the draws.

    Returns
    -------
    Mapping
        ``bargains`` (a row each) and the tables of their kind; see ``docs/deals.md``.

    Raises
    ------
    Problems, QueryError
        If a document is not well formed, or kinds are mixed.

    Examples
    --------
    >>> found = ex.deal(small, "pact", draws=0)["deal_summary"].set_index("metric")["central"]
    >>> found[["rate_instead", "rate_under"]].round(4).to_dict()
    {'rate_instead': 0.15, 'rate_under': 0.06}
    """
    if not names:
        raise QueryError("no deal given", "", "for example korea-350")
    if draws < 0:
        raise QueryError(f"draws {draws}", "", "0 or more")
    read = [read_bargain(world, n) if isinstance(n, str | Path) else n for n in names]
    ids = [item.id for item in read]
    if len(set(ids)) < len(ids):
        raise QueryError(f"{', '.join(ids)}: one stands twice", "", "each once")
    made = _made(world, read, draws, seed)
    rows = [
        {
            "bargain": item.id,
            "kind": type(item).__name__.lower(),
            "title": item.title,
            "question": item.question,
            "note": item.note,
            "draws": draws,
            "seed": seed,
        }
        for item in read
    ]
    return MappingProxyType({"bargains": pd.DataFrame(rows), **made})


def _made(
    world: World, read: Sequence[Bargain], draws: int, seed: int
) -> Mapping[str, pd.DataFrame]:
    deals = [item for item in read if isinstance(item, Deal)]
    if len(deals) == len(read):
        return deal_tables(world, deals, draws, seed)
    if len(read) > 1:
        named = ", ".join(item.id for item in read if not isinstance(item, Deal))
        raise QueryError(f"{named} stands alone", "", "only deals are laid side by side")
    one = read[0]
    if isinstance(one, Frontier):
        return frontier_tables(world, one, draws, seed)
    if isinstance(one, Wait):
        return wait_tables(world, one, draws, seed)
    if isinstance(one, Stance):
        return stance_tables(world, one, draws, seed)
    raise QueryError(f"{one.id} is no bargain", "", "a deal, frontier, wait or stance")
