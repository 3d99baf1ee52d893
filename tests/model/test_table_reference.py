"""The reference of result tables names every table and every column that a run makes."""

import re
from pathlib import Path

import pytest

import exposure as ex
from tests import tiny

PAGE = Path(__file__).parents[2] / "docs" / "result-tables.md"


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    world = ex.load(tiny.write(tmp_path_factory.mktemp("data")))
    return ex.run(world, "tariff", draws=2).tables


def test_every_table_and_column_is_named_and_no_other(tables):
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.M))
    assert set(rows) == set(tables)
    for name, table in tables.items():
        words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", rows[name]))))
        assert set(map(str, table.columns)) - words == set(), name
