"""A product of one's own in one file: the template runs, mistakes are named, results are alike."""

import textwrap

import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import Problems
from tests import tiny

CAR = textwrap.dedent(tiny.FILES["firms/car.yaml"])


@pytest.fixture
def world(tmp_path):
    return ex.load(tiny.write(tmp_path / "data"))


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_template_is_well_formed_and_runs_on_the_shipped_law(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("new", "product", "my-heater").exit_code == 0
    done = call("check", "my-heater.yaml")
    assert done.exit_code == 0, done.output
    assert "product my-heater, 3 parts" in done.output
    assert "mexico: landed USD" in done.output
    done = call("run", "--product", "my-heater.yaml", "--draws", 5, "--out", "out")
    assert done.exit_code == 0, done.output
    assert "my-heater" in done.output
    assert (tmp_path / "out" / "report.html").is_file()


def test_the_template_does_not_write_over_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("kept", encoding="utf-8")
    done = call("new", "product", "mine")
    assert done.exit_code == 2
    assert "stands already" in done.output
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "kept"
    assert call("new", "product", "My Heater").exit_code == 2


def test_a_product_from_a_file_is_the_product_of_the_library(world, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(CAR.replace("id: car", "id: own", 1), encoding="utf-8")
    both = ex.add_product(world, path)
    result = ex.run(both, "tariff", draws=10)
    for name in ("landed_cost", "headline", "duty_lines", "jobs"):
        # Draws of the two are independent, so that ranges differ by chance.
        table = result.table(name)
        table = table[[n for n in table if n.split("_")[-1] not in {"low", "median", "high"}]]
        parts = [table[table["product"] == product] for product in ("car", "own")]
        own = parts[1].assign(product="car")
        pd.testing.assert_frame_equal(parts[0].reset_index(drop=True), own.reset_index(drop=True))
    assert both.fingerprint != world.fingerprint
    assert len(ex.add_product(both, path).tables["products"]) == 2


def test_a_product_of_the_same_name_is_replaced(world, tmp_path):
    path = tmp_path / "car.yaml"
    path.write_text(CAR.replace("central: 10000", "central: 10500"), encoding="utf-8")
    found = ex.add_product(world, path).tables["figures"].set_index("id")
    assert found.loc["car/customs_value_usd", "central"] == 10500
    assert len(found) == len(world.tables["figures"])


def test_its_own_sources_count(world, tmp_path):
    path = tmp_path / "own.yaml"
    text = CAR.replace("id: car", "id: own", 1).replace("source: s", "source: mine")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problems, match="'mine' is not in sources"):
        ex.add_product(world, path)
    block = "sources:\n  - {id: mine, title: Ours, publisher: Us, date: '2026'}\n"
    path.write_text(text + block, encoding="utf-8")
    assert "mine" in set(ex.add_product(world, path).tables["sources"]["source_id"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("approved: true", "approved: maybe", "attribute approved = 'maybe'"),
        ("claim: usmca", "claim: usmcaa", "attribute claim = 'usmcaa'"),
        ("claim: usmca", "claims: usmca", "attribute 'claims' is not known"),
        ("country: KOR", "country: KOX", "country 'KOX' is not known"),
        ("industry: cars,\n", "industry: carts,\n", "no jobs per value added for carts"),
        ("central: 0.3, high: 0.4", "central: 0.2, high: 0.4", "shares add up to 0.9"),
        ("reference_route: mexico", "reference_route: peru", "'peru' is no route"),
        ("{site: us, split: 1}", "{site: usa, split: 1}", "'usa' is no site"),
        ("unit: vehicle", "", "unit: is missing"),
    ],
)
def test_each_mistake_is_named_with_the_file(world, tmp_path, monkeypatch, old, new, said):
    assert old in CAR
    path = tmp_path / "own.yaml"
    path.write_text(CAR.replace(old, new).replace("id: car", "id: own", 1), encoding="utf-8")
    monkeypatch.setenv("EXPOSURE_DATA", str(world.root))
    done = call("check", path)
    assert done.exit_code == 2
    lines = done.output.splitlines()
    assert any(said in line for line in lines), lines
    assert all("own.yaml" in line for line in lines), lines
    assert "Traceback" not in done.output


def test_mistakes_are_told_at_once(world, tmp_path):
    path = tmp_path / "own.yaml"
    text = CAR.replace("claim: usmca", "claim: usmcaa").replace("country: KOR", "country: KOX")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problems) as caught:
        ex.add_product(world, path)
    assert len(caught.value.problems) >= 2
