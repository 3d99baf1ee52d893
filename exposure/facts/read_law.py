"""Reads ``data/raw/law``: rule files and lists become four tables.

``clauses`` one row per measure or exemption, ``scopes`` one row per listed prefix, ``ends`` one
row per ending of an action, ``lines`` column 1 of the United States; beside them the groups of
countries, the countries and the register of attributes.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from exposure.axes import HYPOTHESIS
from exposure.errors import DataError, ExposureError, Problems
from exposure.facts.documents import (
    Action,
    Attributes,
    Clause,
    Exemption,
    Measure,
    RulesOfOrigin,
    Scope,
)
from exposure.facts.files import numbers, read_csv
from exposure.facts.strict_yaml import read_document

FAR = "9999-12-31"
"""Date that stands for "no end"."""

CLAUSE_COLUMNS = (
    "action", "clause", "exempt", "importer", "authority", "component", "title", "instrument",
    "heading", "from", "until", "known", "until_known", "withdrawn", "status", "origin",
    "not_origin", "when", "scope_id", "kind", "rate", "cap", "base", "material", "made_in",
    "not_made_in", "maker", "not_maker", "covers", "displaces", "source", "note", "provisional",
    "added",
)  # fmt: skip
CLAUSE_TYPES = {"exempt": bool, "rate": float, "cap": float, "added": bool, "provisional": bool}
"""Types of the columns that hold no text; a table without rows would lose them."""

SCOPE_COLUMNS = ("scope_id", "prefix", "include", "from", "until")
ScopeRow = tuple[str, str, bool, str, str]
"""A row of ``scopes``: its columns in their order."""
END_COLUMNS = ("action", "from", "known", "status", "when", "source", "note")
GAP_COLUMNS = ("importer", "action", "gap", "bias", "as_of", "source")
LINE_RATES = ("mfn", "korus", "usmca", "japan", "column2")


def read_law(root: Path) -> dict[str, pd.DataFrame]:
    """Tables of all law under ``root`` (``data/raw/law``).

    Raises
    ------
    Problems, DataError
        All files that are not well formed, a line each; or that there is none.
    """
    problems: list[ExposureError] = []
    actions: list[Action] = []
    for path in sorted(root.glob("*/*.yaml")):
        try:
            action = read_document(Action, path)
            if action.importer.lower()[:2] != path.parent.name[:2]:
                raise DataError(
                    f"importer {action.importer} in folder {path.parent.name}", str(path)
                )
            if HYPOTHESIS in (action.component, action.authority):
                mend = "a law names its own; ask by --law, or as `new` in a scenario"
                raise DataError(f"{action.id} is a {HYPOTHESIS}, and no law", str(path), mend)
            actions.append(action)
        except Problems as error:
            problems.extend(error.problems)
        except ExposureError as error:
            problems.append(error)
    lists: dict[str, pd.DataFrame] = {}
    parts = []
    for action in actions:
        try:
            parts.append(action_tables(action, root, lists))
        except ExposureError as error:
            problems.append(error)
    if problems:
        raise Problems(problems)
    if not parts:
        raise DataError("no rule file", str(root), "one of a country's folder, as us/cars.yaml")
    law = {
        name: pd.concat([part[name] for part in parts], ignore_index=True)
        for name in ("clauses", "scopes", "ends")
    }
    # A line may stand under two classes of a list, and in two lists: one row says it.
    law["scopes"] = law["scopes"].drop_duplicates(ignore_index=True)
    return {
        **law,
        "lines": _read_lines(root / "us" / "lines.csv"),
        "statistical": read_csv(root / "us" / "statistical.csv", ["hts10", "from", "until"]),
        "coverage": read_csv(root / "us" / "coverage.csv", ["authority", "hts_prefix", "note"]),
        "utilisation": _read_utilisation(root / "us" / "utilisation.csv"),
        "fees": _read_fees(root / "us" / "fees.csv"),
        "gaps": read_csv(root / "gaps.csv", GAP_COLUMNS),
        "groups": read_csv(root / "groups.csv", ["group", "country", "from", "until", "source"]),
        "countries": read_csv(root / "countries.csv", ["iso3", "name", "also", "valuation"]),
        "attributes": read_attributes(root / "attributes.yaml"),
        **read_origin(root / "origin.yaml"),
    }


def read_attributes(path: Path) -> pd.DataFrame:
    """Register of attributes: ``id, kind, choices, default`` (JSON text), ``title, source``."""
    register = read_document(Attributes, path)
    return pd.DataFrame(
        [
            {
                "id": item.id,
                "kind": item.kind,
                "choices": " ".join(item.choices),
                "default": json.dumps(item.default),
                "title": item.title,
                "source": item.source,
            }
            for item in register.attributes
        ]
    )


def read_origin(path: Path) -> dict[str, pd.DataFrame]:
    """Trade agreements, and their rules of origin with one row a prefix of their scope.

    Raises
    ------
    Problems, DataError
        If the file is not well formed, or a rule names an agreement that it does not hold.
    """
    register = read_document(RulesOfOrigin, path)
    known = {item.id for item in register.agreements}
    for rule in register.rules:
        if rule.agreement not in known:
            raise DataError(
                f"agreement {rule.agreement!r} is not in the file",
                f"{path}: rule {rule.id}",
                ", ".join(sorted(known)),
            )
    agreements = [
        {
            "agreement": item.id,
            "title": item.title,
            "members": " ".join(item.members),
            "high_wage": " ".join(item.high_wage),
            "de_minimis": item.de_minimis,
            "source": item.source,
        }
        for item in register.agreements
    ]
    rules = [
        {
            "rule": rule.id,
            "agreement": rule.agreement,
            "title": rule.title,
            "prefix": prefix,
            "from": rule.from_.isoformat(),
            "until": rule.until.isoformat() if rule.until else FAR,
            "alternatives": json.dumps(
                [[t.model_dump(exclude_defaults=True) for t in tests]
                 for tests in rule.alternatives],
                sort_keys=True,
            ),
            "grade": rule.grade,
            "source": rule.source,
            "note": rule.note,
        }
        for rule in register.rules
        for prefix in rule.scope
    ]  # fmt: skip
    return {"agreements": pd.DataFrame(agreements), "origin_rules": pd.DataFrame(rules)}


def action_tables(
    action: Action, root: Path, lists: dict[str, pd.DataFrame], *, added: bool = False
) -> dict[str, pd.DataFrame]:
    """Tables ``clauses``, ``scopes`` and ``ends`` of one action.

    ``lists`` keeps list files that were read; ``added`` marks a scenario's own rows, which beat
    the law's.

    Raises
    ------
    Problems
        Every list that is missing or not well formed.
    """
    wanted = {action.id: action.scope}
    rows = []
    for clause in [*action.measures, *action.exemptions]:
        scope_id = action.id
        if clause.scope is not None:
            scope_id = f"{action.id}/{clause.id}" + ("+" if added else "")
            wanted[scope_id] = clause.scope
        rows.append(_clause_row(action, clause, scope_id, added=added))
    scopes: list[ScopeRow] = []
    problems = []
    for scope_id, scope in wanted.items():
        try:
            scopes += _scope_rows(scope, scope_id, root, lists)
        except ExposureError as error:
            problems.append(error)
    if problems:
        raise Problems(problems)
    ends = [
        {
            "action": action.id,
            "from": end.from_.isoformat(),
            "known": end.known.isoformat(),
            "status": end.status,
            "when": json.dumps(end.when, sort_keys=True),
            "source": end.source,
            "note": end.note,
        }
        for end in action.ends
    ]
    return {
        "clauses": pd.DataFrame(rows, columns=list(CLAUSE_COLUMNS)).astype(CLAUSE_TYPES),
        "scopes": pd.DataFrame(scopes, columns=list(SCOPE_COLUMNS)).astype({"include": bool}),
        "ends": pd.DataFrame(ends, columns=list(END_COLUMNS)),
    }


def _clause_row(action: Action, clause: Clause, scope_id: str, *, added: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "action": action.id,
        "clause": clause.id,
        "exempt": isinstance(clause, Exemption),
        "importer": action.importer,
        "authority": action.authority,
        "component": action.component,
        "title": action.title,
        "instrument": action.instrument,
        "heading": clause.heading,
        "from": clause.from_.isoformat(),
        "until": clause.until.isoformat() if clause.until else FAR,
        "known": clause.known.isoformat(),
        "until_known": clause.until_known.isoformat() if clause.until_known else "",
        "withdrawn": clause.withdrawn.isoformat() if clause.withdrawn else "",
        "status": clause.status,
        "origin": " ".join(clause.origin),
        "not_origin": " ".join(clause.not_origin),
        "when": json.dumps(clause.when, sort_keys=True),
        "scope_id": scope_id,
        "kind": "exempt",
        "rate": 0.0,
        "cap": float("nan"),
        "base": "full",
        "material": "",
        "made_in": "",
        "not_made_in": "",
        "maker": "",
        "not_maker": "",
        "covers": "full",
        "displaces": "",
        "source": clause.source,
        "note": clause.note,
        "provisional": clause.provisional,
        "added": added,
    }
    if isinstance(clause, Measure):
        row |= _rate_columns(action, clause)
    return row


def _rate_columns(action: Action, measure: Measure) -> dict[str, object]:
    kind, rate = "specific", measure.specific_usd_per_unit
    if measure.rate is not None:
        kind, rate = "rate", measure.rate
    if measure.all_in is not None:
        kind, rate = "all_in", measure.all_in
    content = measure.base.part == "content"
    displaces = action.displaces if measure.displaces is None else measure.displaces
    return {
        "kind": kind,
        "rate": rate,
        "cap": float("nan") if measure.cap is None else measure.cap,
        "base": measure.base.part,
        "material": measure.base.material or "",
        "made_in": " ".join(measure.base.made_in),
        "not_made_in": " ".join(measure.base.not_made_in),
        "maker": " ".join(measure.base.maker),
        "not_maker": " ".join(measure.base.not_maker),
        "covers": measure.covers or ("base" if content else "full"),
        "displaces": " ".join(displaces),
    }


def _scope_rows(
    scope: Scope, scope_id: str, root: Path, lists: dict[str, pd.DataFrame]
) -> list[ScopeRow]:
    rows = [(scope_id, code, True, "", FAR) for code in ([""] if scope.all else []) + scope.hts]
    rows += [(scope_id, code, False, "", FAR) for code in scope.except_hts]
    named = [(name, True) for name in scope.lists] + [(n, False) for n in scope.except_lists]
    for name, include in named:
        if name not in lists:
            lists[name] = _read_list(root / "us" / "lists" / f"{name}.csv")
        table = lists[name]
        if scope.use and include:
            table = table[table["class"].isin(scope.use)]
            if table.empty:
                raise DataError(f"no row of class {scope.use}", f"{scope_id}: list {name}")
        columns = (table[column].tolist() for column in ("prefix", "from", "until"))
        rows += [
            (scope_id, prefix, include, first, last)
            for prefix, first, last in zip(*columns, strict=True)
        ]
    return rows


def _read_list(path: Path) -> pd.DataFrame:
    table = read_csv(path, ["hts", "class", "from", "until", "source"])
    wrong = ~table["hts"].str.fullmatch(r"(\d\d){1,5}")
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise DataError(
            f"hts {table['hts'].iloc[row]!r} is not 2, 4, 6, 8 or 10 digits",
            f"{path}: row {row + 2}",
        )
    return table.assign(prefix=table["hts"], until=table["until"].replace("", FAR))


def _read_utilisation(path: Path) -> pd.DataFrame:
    """Shares of imports for which a preference is claimed, by country and prefix."""
    columns = ["origin", "program", "prefix", "share", "period", "grade", "source", "note"]
    table = read_csv(path, columns)
    return table.assign(share=numbers(table, "share", path))


def _read_fees(path: Path) -> pd.DataFrame:
    """Fees on entries, beside the duties."""
    columns = ["fee", "rate", "min_usd", "max_usd", "from", "until", "free_claims", "arrives_by"]
    table = read_csv(path, [*columns, "source", "note"])
    return table.assign(**{name: numbers(table, name, path) for name in columns[1:4]})


def _read_lines(path: Path) -> pd.DataFrame:
    columns = ["hts8", "from", "until", "unit", "revision"]
    columns += [f"{name}_{what}" for name in LINE_RATES for what in ("rate", "text")]
    table = read_csv(path, columns)
    for name in LINE_RATES:
        table[f"{name}_rate"] = numbers(table, f"{name}_rate", path)
    return table.assign(until=table["until"].replace("", FAR))
