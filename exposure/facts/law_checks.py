"""Checks of the law as a whole: its goods exist, its clauses agree, its time has no holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from exposure.axes import USA
from exposure.errors import DataError, ExposureError
from exposure.facts.read_law import FAR
from exposure.frames import records

Tables = Mapping[str, pd.DataFrame]
SAME_GOODS = ["action", "exempt", "origin", "not_origin", "when", "scope_id"]
"""Clauses alike in these speak of the same shipments."""


def goods_exist(tables: Tables) -> Iterator[ExposureError]:
    """Every prefix of American law begins a line of some edition of the schedule."""
    clauses = tables["clauses"]
    american = set(clauses.loc[clauses["importer"] == USA, "scope_id"])
    scopes = tables["scopes"]
    listed = scopes[scopes["scope_id"].isin(american) & (scopes["prefix"] != "")]
    lines = set(tables["lines"]["hts8"])
    # No code begins like the last, so that every prefix has its place, in an empty schedule too.
    known = np.array([*sorted(lines | {f"{code}00" for code in lines}
                              | set(tables["statistical"]["hts10"])), "~"])  # fmt: skip
    prefixes = listed["prefix"].unique().astype(str)
    place = np.searchsorted(known, prefixes)
    for prefix, line in zip(prefixes, known[place], strict=True):
        if not line.startswith(prefix):
            users = listed.loc[listed["prefix"] == prefix, "scope_id"].unique()
            where = f"goods of {', '.join(users[:3])}" + (" ..." if len(users) > 3 else "")
            yield DataError(
                f"hts {prefix!r} begins no line of any edition of the schedule", where,
                "a prefix of a line of 8 or 10 digits",
            )  # fmt: skip


def importers_exist(tables: Tables) -> Iterator[ExposureError]:
    """An importer is a country."""
    known = set(tables["countries"]["iso3"])
    for row in records(tables["clauses"][["action", "importer"]].drop_duplicates()):
        if row["importer"] not in known:
            yield DataError(f"importer {row['importer']!r} is not known", f"action {row['action']}")


def groups_have_members(tables: Tables) -> Iterator[ExposureError]:
    """A group that a clause names has members while the clause stands."""
    members = {name: records(rows) for name, rows in tables["groups"].groupby("group")}
    for row in records(tables["clauses"]):
        for name in str(row["origin"]).split():
            spells = members.get(name)
            if spells is None or any(_meets(row, spell) for spell in spells):
                continue
            where = f"action {row['action']}, clause {row['clause']}"
            yield DataError(f"group {name!r} has no member from {row['from']} on", where)


def _meets(clause: dict[str, Any], spell: dict[str, Any]) -> bool:
    return bool(spell["from"] <= clause["until"] and (spell["until"] or FAR) >= clause["from"])


def measures_agree(tables: Tables) -> Iterator[ExposureError]:
    """No two clauses say something about the same shipments and days, made known on one day.

    A clause that became known later amends an older one, also for days past.
    """
    for group in _by_goods(tables):
        for place, first in enumerate(group):
            for second in group[place + 1 :]:
                if second["from"] <= first["until"] and first["known"] == second["known"]:
                    yield DataError(
                        f"clauses {first['clause']} and {second['clause']} overlap from "
                        f"{second['from']} on",
                        f"action {first['action']}",
                        "end one before the other begins, or tell their goods or origins apart",
                    )


def no_holes(tables: Tables) -> Iterator[ExposureError]:
    """Between two measures for the same shipments, something says what holds."""
    clauses = tables["clauses"]
    spans = {
        name: list(zip(rows["from"], rows["until"], rows["exempt"], strict=True))
        for name, rows in clauses.groupby("action")
    }
    for group in _by_goods(tables):
        for first, second in pairwise(group):
            if first["exempt"] or first["until"] >= second["from"]:
                continue
            day = (pd.Timestamp(first["until"]) + pd.Timedelta(days=1)).date().isoformat()
            said = any(a <= day <= b for a, b, exempt in spans[first["action"]] if not exempt)
            if day < second["from"] and not said:
                yield DataError(
                    f"nothing is said from {day} until {second['clause']} begins on "
                    f"{second['from']}",
                    f"action {first['action']}, clause {first['clause']}",
                    "close the gap, or add a row with status: suspended",
                )


def _by_goods(tables: Tables) -> Iterator[list[dict[str, Any]]]:
    """Clauses in force that speak of the same shipments, by first day."""
    clauses = tables["clauses"]
    live = clauses[(clauses["status"] == "in_force") & ~clauses["added"]]
    several = live[live.duplicated(SAME_GOODS, keep=False)].sort_values("from", kind="stable")
    groups: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for row in records(several):
        groups.setdefault(tuple(row[name] for name in SAME_GOODS), []).append(row)
    yield from groups.values()


LAW_CHECKS = (goods_exist, importers_exist, groups_have_members, measures_agree, no_holes)
