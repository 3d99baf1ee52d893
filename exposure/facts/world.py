"""The World: all facts, checked and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from exposure.facts.build import BUILT, manifest_matches, raw_fingerprint, raw_tables, read_built
from exposure.facts.place import data_root


@dataclass(frozen=True)
class World:
    """All facts.

    Attributes
    ----------
    tables
        Tables by name; see ``docs/tables.md``.
    fingerprint
        Hash of the raw files that made them.
    root
        Folder that holds ``raw/``; scenarios and sweeps are looked up there by name.
    added
        Documents from elsewhere that were laid over the shipped data, in their order: pairs
        (``action`` or ``product``, its JSON).
    kept
        What others made of the tables on the way, by key.
    """

    tables: Mapping[str, pd.DataFrame]
    fingerprint: str
    root: Path
    added: tuple[tuple[str, str], ...] = ()
    kept: dict[object, object] = field(default_factory=dict, repr=False, compare=False)

    def table(self, name: str) -> pd.DataFrame:
        """A copy of one table."""
        return self.tables[name].copy()

    def __repr__(self) -> str:
        """Return name, size and fingerprint."""
        return f"World({len(self.tables)} tables, {self.fingerprint[:12]})"


def load(data: str | Path | None = None, *, anew: bool = False) -> World:
    """The shipped world, or that of another data folder (the one that holds ``raw/``).

    Tables that `exposure build` made are used where they match the raw files; else they are made
    anew in memory, with every check.

    Parameters
    ----------
    data
        The folder; by default that of the checkout or of the installed package.
    anew
        Make the tables from the raw files even where built ones match.

    Returns
    -------
    World
        Checked tables, with the hash of the files that made them.

    Raises
    ------
    Problems, DataError
        Everything that is wrong with the data, a line each; or that there is none.

    Examples
    --------
    >>> world = ex.load()
    >>> "kia-k4" in set(world.table("products")["product"])
    True
    """
    root = data_root(data)
    mark = raw_fingerprint(root)
    built = not anew and manifest_matches(root, mark)
    tables = read_built(root / BUILT) if built else raw_tables(root)
    return World(MappingProxyType(tables), mark, root)
