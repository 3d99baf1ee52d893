"""A report is made again, the slow way: an honest one has no mismatch, a changed one has."""

import json
import shutil
import textwrap

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.model.pipeline import run
from exposure.validate.arithmetic import CHECKS, rows_of
from exposure.validate.plain import plain_engine
from exposure.validate.verify import _cells, _sums, alike
from tests import tiny
from tests.night import count


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "report"
    ex.report(ex.run(world, "tariff", draws=20), out)
    return out


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


@pytest.fixture(scope="module")
def shipped():
    """Limits, rivals that answer one another, a planner, and two scenarios at once."""
    names = ("japan-quota", "korea-25-japan-15", "k4-filled-by-cost")
    products = ["toyota-rav4", "nissan-rogue", "kia-k4"]
    world = ex.load()
    return tuple(
        run(
            world,
            *names,
            products=products,
            draws=count(2, 12),
            by_sector=False,
            by_quarter=False,
            **more,
        )
        for more in ({}, {"engine": plain_engine()})
    )


def test_an_honest_report_has_no_mismatch(world, folder):
    found = ex.verify(folder, world)
    assert [str(item) for item in found.mismatches] == []
    assert found.ok
    tables = {path.stem: pd.read_parquet(path) for path in (folder / "tables").glob("*.parquet")}
    # Every cell of every table.
    assert found.counts["cells"].sum() == sum(table.size for table in tables.values())
    assert set(found.counts["table"]) == set(tables)
    assert found.counts["sums"].sum() > 20


def test_the_slow_way_gives_the_tables_of_the_usual_one(shipped):
    fast, slow = shipped
    wrong = [
        str(item)
        for name, table in fast.tables.items()
        for item in _cells(name, table, slow.tables[name])
    ]
    assert wrong == []
    assert (fast.table("quotas")["rent_usd_central"] > 0).any()


def test_the_slow_way_evaluates_by_itself(world):
    """Its numbers are its own: they are near, and not to the last bit those of the usual way."""
    fast, slow = ex.run(world, "tariff", draws=50), run(
        world, "tariff", draws=50, engine=plain_engine()
    )  # fmt: skip
    a, b = (r.table("landed_cost")[["landed_low", "landed_high"]] for r in (fast, slow))
    assert a.to_numpy() == pytest.approx(b.to_numpy(), rel=1e-12)


def test_sums_hold_on_several_scenarios(shipped):
    wrong, count = _sums(shipped[0].tables)
    assert [str(item) for items in wrong.values() for item in items] == []
    asked = [name for name, number in count.items() if number]
    assert len(asked) >= len(CHECKS) - 5  # industries were not asked


def changed(table, row, column):
    """The table with another value in a cell."""
    other = table.copy()
    value = other[column].iloc[row]
    if pd.api.types.is_bool_dtype(other[column]):
        new = not value
    elif isinstance(value, str):
        new = value + "x"
    elif value is None or pd.isna(value) or np.isinf(value):
        new = 1.0
    else:
        other[column] = other[column].astype(float)
        largest = np.nanmax(np.abs(other[column].replace([np.inf, -np.inf], np.nan)))
        new = float(value) * 1.0001 + 1e-6 * max(1.0, largest)
    cells = list(other[column])
    cells[row] = new
    other[column] = pd.Series(cells, index=other.index)
    return other


def test_a_change_of_any_column_is_found(shipped):
    """Each column of each table, in its first and its last row."""
    fast, slow = shipped
    missed, tried = [], 0
    for name, table in fast.tables.items():
        for column in table:
            for row in {0, len(table) - 1} if len(table) else ():
                tried += 1
                found = list(_cells(name, changed(table, row, column), slow.tables[name]))
                if len(found) != 1:
                    missed.append((name, column, row, len(found)))
    assert tried > 500
    assert missed == []


@pytest.mark.parametrize(
    ("table", "column"),
    [("landed_cost", "landed_central"), ("headline", "central"), ("duty_steps", "to_usd_per_unit"),
     ("firm_results", "central"), ("border_counts", "crossings"), ("volumes", "share_central"),
     ("crossings", "duty_rate_central"), ("ledger", "duty_usd"), ("product_duty", "scenario_share"),
     ("value_countries", "share"), ("product_jobs", "exposed_central")],
)  # fmt: skip
def test_sums_alone_find_a_changed_cell(shipped, table, column):
    tables = dict(shipped[0].tables)
    place = int(np.flatnonzero(tables[table][column].to_numpy(dtype=float) != 0)[0])
    tables[table] = changed(tables[table], place, column)
    wrong, _ = _sums(tables)
    assert any(wrong.values())


def test_numbers_are_alike_but_for_rounding():
    inf, nan = np.inf, np.nan
    left = pd.Series([1.0, 1.0, nan, inf, inf, 0.0, 1e9])
    right = pd.Series([1.0 + 1e-12, 1.001, nan, inf, 5.0, 1e-5, 1e9])
    assert alike(left, right).tolist() == [True, False, True, True, False, True, True]
    assert alike(pd.Series(["a", "b"]), pd.Series(["a", "c"])).tolist() == [True, False]
    assert alike(pd.Series([True, False]), pd.Series([True, True])).tolist() == [True, False]


def test_a_change_of_a_page_or_a_table_shows(world, copy):
    page = copy / "report.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("USD", "EUR", 1), encoding="utf-8")
    cost = pd.read_parquet(copy / "tables" / "landed_cost.parquet")
    cost.loc[0, "landed_central"] += 1.0
    cost.to_parquet(copy / "tables" / "landed_cost.parquet")
    (copy / "tables" / "jobs.csv").unlink()
    found = ex.verify(copy, world)
    told = "\n".join(map(str, found.mismatches))
    assert "file: report.html: is not what the manifest names" in told
    assert "file: tables/jobs.csv: is missing" in told
    assert "words:" in told
    assert "cells: landed_cost[" in told
    assert "sums: landed_cost[" in told


def test_other_data_are_told(folder, tmp_path):
    other = ex.load(tiny.write(tmp_path / "data", law__us__cars__yaml=("0.25", "0.26")))
    told = "\n".join(map(str, ex.verify(folder, other).mismatches))
    assert "data: data: the report was made of" in told
    assert "cells: duty_lines[" in told


def test_what_a_user_brings_is_asked_again(world, tmp_path):
    car = textwrap.dedent(tiny.FILES["firms/car.yaml"]).replace("id: car", "id: own", 1)
    path = tmp_path / "own.yaml"
    path.write_text(car, encoding="utf-8")
    scenario = tmp_path / "mine.yaml"
    text = textwrap.dedent(tiny.FILES["scenarios/tariff.yaml"])
    scenario.write_text(text.replace("id: tariff", "id: mine", 1), encoding="utf-8")
    both = ex.add_product(world, path)
    out = tmp_path / "out"
    ex.report(ex.run(both, scenario, products=["own"], draws=10), out)
    path.unlink()
    scenario.unlink()
    assert ex.verify(out, world).ok


def test_the_command(world, folder, copy, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(world.root))
    done = call("verify", folder)
    assert done.exit_code == 0, done.output
    assert "0 mismatches" in done.output
    told = json.loads(call("verify", folder, "--json").output)
    assert told["mismatches"] == []
    assert {row["table"] for row in told["tables"]} >= {"headline", "ledger"}
    (copy / "report.pdf").write_bytes(b"%PDF-1.7 nothing")
    done = call("verify", copy)
    assert done.exit_code == 1
    assert "report.pdf" in done.output


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("manifest.json", None, "no such file"),
        ("manifest.json", "{", "not JSON"),
        ("manifest.json", "[]", "not a manifest"),
        ("asked.json", "{}", "not what was asked"),
        ("asked.json", '{"scenarios": [3]}', "not what was asked"),
    ],
)
def test_bad_folders_get_one_line(copy, name, content, says):
    if content is None:
        (copy / name).unlink()
    else:
        (copy / name).write_text(content, encoding="utf-8")
    done = call("verify", copy)
    assert done.exit_code == 2
    assert says in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert "Traceback" not in done.output


def test_rows_of_gives_plain_rows(shipped):
    rows = rows_of(shipped[0].tables)
    assert isinstance(rows["headline"][0]["central"], float)
