"""The law as tables: what the engine is given, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from exposure.law.scope import Matcher


@dataclass(frozen=True)
class LawBook:
    """All law rows of one world or scenario.

    Attributes
    ----------
    clauses
        One row per measure or exemption of an action.
    scopes
        One row per HTS prefix of a scope: ``scope_id, prefix, include, from, until``.
    ends
        One row per ending of an action.
    lines
        Column 1 of the United States by 8-digit line, with dates.
    statistical
        The 10-digit codes that exist.
    coverage
        Prefixes for which an authority exists in the law and is not encoded: answers are unknown.
    groups, countries, attributes
        Groups of countries; countries with their basis of customs value; legal attributes.
    """

    clauses: pd.DataFrame
    scopes: pd.DataFrame
    ends: pd.DataFrame
    lines: pd.DataFrame
    statistical: pd.DataFrame
    coverage: pd.DataFrame
    groups: pd.DataFrame
    countries: pd.DataFrame
    attributes: pd.DataFrame

    @property
    def matcher(self) -> Matcher:
        """What matches crossings with the scopes of this book."""
        return Matcher(self.scopes, self.groups, self.attributes)
