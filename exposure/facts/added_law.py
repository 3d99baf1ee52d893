"""A rule file laid over the law of a world: an action announced this morning, asked at once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from exposure.errors import ExposureError, Problems
from exposure.facts.checks import check_tables
from exposure.facts.documents import Action
from exposure.facts.files import read_document
from exposure.facts.read_law import action_tables
from exposure.facts.world import World


def add_action(world: World, path: Path) -> tuple[World, Action]:
    """A world in which the action of a rule file stands, and the action.

    An action of the same id is replaced. Lists are those of the world's own folder.

    Raises
    ------
    Problems
        Everything that is wrong with the file, by itself and beside the rest of the law.
    """
    # Pandera is slow to import.
    from exposure.facts.tables import check_forms, with_columns

    action = read_document(Action, path)
    try:
        made = action_tables(action, world.root / "raw" / "law", {})
        tables = dict(world.tables)
        for name, rows in made.items():
            key = "scope_id" if name == "scopes" else "action"
            old = tables[name]
            others = old[old[key].str.split("/").str[0] != action.id]
            fresh = with_columns(name, rows)
            both = pd.concat([others, fresh], ignore_index=True).drop_duplicates(ignore_index=True)
            tables[name] = both.astype(old.dtypes.to_dict())
        check_forms({name: tables[name] for name in made})
        check_tables(tables)
    except Problems as error:
        raise Problems(_in_file(item, path) for item in error.problems) from error
    mark = hashlib.sha256((world.fingerprint + action.model_dump_json()).encode()).hexdigest()
    return replace(world, tables=MappingProxyType(tables), fingerprint=mark, kept={}), action


def _in_file(problem: ExposureError, path: Path) -> ExposureError:
    if str(path) in problem.where:
        return problem
    where = f"{path}: {problem.where}" if problem.where else str(path)
    return type(problem)(problem.what, where, problem.mend)
