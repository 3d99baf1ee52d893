"""The schemas of the World's tables: the shipped world fits them, and one broken cell is named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.errors import Problems
from exposure.facts.tables import SCHEMAS, check_forms, fits, reference
from tests import tiny
from tests.night import part

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tables():
    return dict(ex.load(anew=True).tables)


def told(tables, name, table):
    with pytest.raises(Problems) as caught:
        check_forms({**tables, name: table})
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_world_fits_and_every_table_has_a_schema(tables):
    check_forms(tables)
    assert set(SCHEMAS) == set(tables)


def test_built_tables_come_back_as_they_were_checked(tmp_path):
    from exposure.facts.build import build, read_built

    root = tiny.write(tmp_path)
    build(root)
    check_forms(read_built(root / "processed"))


BROKEN = [
    # table, column, value, what the line must say
    ("clauses", "rate", 11.0, "0 to 10 unless specific"),
    ("clauses", "rate", -0.1, "0 or more"),
    ("clauses", "status", "in force", "threatened, announced, in_force"),
    ("clauses", "importer", "US", "ISO 3166-1 alpha-3"),
    ("clauses", "known", "2025-4-2", "a date YYYY-MM-DD"),
    ("clauses", "until", "2000-01-01", "not before `from`"),
    ("clauses", "source", "", "a text, not empty"),
    ("clauses", "material", "steel", "given with base `content`"),
    ("scopes", "prefix", "870", "2, 4, 6, 8 or 10 digits"),
    ("ends", "status", "over", "suspended, void, ended"),
    ("lines", "mfn_rate", 25.0, "0 to 10"),
    ("lines", "mfn_text", "1 cent", "given where `mfn_rate` is empty"),
    ("lines", "hts8", "870323", "8 digits"),
    ("statistical", "until", "31 December 2025", "a date YYYY-MM-DD or empty"),
    ("countries", "valuation", "cif", "CIF, FOB"),
    ("attributes", "choices", "", "given for a choice"),
    ("products", "year", 25, "1990 to 2100"),
    ("sites", "lat", 125.0, "-90 to 90"),
    ("parts", "materials", "steel", "a JSON object"),
    ("makings", "split", 1.5, "0 to 1"),
    ("routes", "assembly", "Kia Mexico", "lower-case letters"),
    ("crossing_rules", "into_country", "", "ISO 3166-1 alpha-3"),
    ("figures", "high", np.inf, "0 or more"),
    ("figures", "low", 1e9, "at most `central`"),
    ("parameters", "grade", "E", "A, B, C, D"),
    ("parameters", "high", 1.5, "0 to 1 where the unit is a share"),
    ("labour", "jobs_low", np.nan, "0 to 10,000"),
    ("sources", "date", "May 2025", "YYYY, YYYY-MM or YYYY-MM-DD"),
    ("sources", "address", "see the report", "an address or empty"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "column", "value", "allowed"), BROKEN)
def test_a_broken_cell_is_named_with_table_row_and_column(tables, name, column, value, allowed):
    table = tables[name].copy()
    table.loc[0, column] = value
    key = "/".join(str(part) for part in table.loc[0, SCHEMAS[name].unique])
    lines = told(tables, name, table)
    where = f"table {name}, row {key}, column {column}: "
    assert [line for line in lines if where in line and allowed in line], lines
    assert len(lines) <= 2, "one cell, one line; two where it breaks a rule with another"


def test_what_is_wrong_with_whole_columns_is_named(tables):
    table = tables["labour"]
    (line,) = told(tables, "labour", table.drop(columns="grade"))
    assert "table labour: column grade is missing" in line
    (line,) = told(tables, "labour", table.assign(gradee="A"))
    assert "column gradee is not known (known: country, industry" in line
    (line,) = told(tables, "labour", table.assign(jobs_high=table["jobs_high"].astype(str)))
    assert "column jobs_high: holds text (must hold number)" in line
    # What happened to the flag of exceptions once: text that reads "False" is true.
    (line,) = told(tables, "scopes", tables["scopes"].astype({"include": str}))
    assert "column include: holds text (must hold true or false)" in line


def test_a_row_that_stands_twice_is_named(tables):
    table = pd.concat([tables["labour"], tables["labour"].iloc[[3]]], ignore_index=True)
    (line,) = told(tables, "labour", table)
    key = "/".join(tables["labour"].iloc[3][["country", "industry"]])
    assert f"row {key}: stands twice (key: country, industry)" in line


def test_windows_of_a_line_that_overlap_are_named(tables):
    first = tables["lines"].iloc[[0]].assign(**{"from": "2020-01-01"})
    (line,) = told(tables, "lines", pd.concat([tables["lines"], first], ignore_index=True))
    assert "row 01012100/2020-01-01, column from: '2020-01-01' is not allowed" in line


def test_all_offenders_of_all_tables_are_told_at_once_and_by_their_file(tmp_path):
    root = tiny.write(
        tmp_path,
        economy__labour__csv=("KOR,cars,8,", "KOR,cars,80,"),
        law__groups__csv=("EU,DEU,,", "EU,DE,2025,"),
        sources__csv=("2026", "26"),
    )
    with pytest.raises(Problems) as caught:
        ex.load(root)
    assert [str(problem).split(":")[0] for problem in caught.value.problems] == [
        "law/groups.csv", "law/groups.csv", "economy/labour.csv", "sources.csv",
    ]  # fmt: skip


def test_a_world_without_a_single_crossing_rule_loads(tmp_path):
    rule = "crossings:\n              - {part: assembly, into_country: USA, attributes: {claim: usmca, approved: true}, source: s}"
    text = "crossings: []"
    change = tuple(part.replace("\n              ", "\n      ") for part in (rule, text))
    table = ex.load(tiny.write(tmp_path, firms__car__yaml=change)).table("crossing_rules")
    assert table.empty
    assert list(table) == list(SCHEMAS["crossing_rules"].columns)


def test_the_column_reference_is_current():
    written = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert written == reference(), "python -m exposure.facts.tables > docs/tables.md"


# --- the short way to a yes ------------------------------------------------------------------


def test_what_fits_at_a_glance_fits(tmp_path):
    """Every table of a sound world fits; a table that still does after a change has no offender."""
    sound = ex.load(tiny.write(tmp_path)).tables
    odd = {"str": ("", "x y", "2025-13-01", "ZZ"), "float64": (np.nan, -1.0, np.inf, 1e12),
           "int64": (-1, 10**9), "bool": ()}  # fmt: skip
    odd = {kind: part(values, 3) for kind, values in odd.items()}
    changed = kept = 0
    for name, table in sound.items():
        schema = SCHEMAS[name]
        assert fits(schema, table), name
        if table.empty:
            continue
        assert not fits(schema, pd.concat([table, table.head(1)], ignore_index=True)), name
        assert not fits(schema, table.drop(columns=table.columns[0])), name
        for column in part(table, 2):
            for value in odd[str(table[column].dtype)]:
                other = table.copy()
                other.loc[other.index[0], column] = value
                changed += 1
                if fits(schema, other):
                    kept += 1
                    schema.validate(other, lazy=True)  # raises where pandera finds an offender
    assert 0 < kept < changed / 2
