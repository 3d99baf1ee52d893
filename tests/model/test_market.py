"""What is bought instead: a market of three regions, whose rates the law gives."""

import numpy as np
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import DataError, QueryError
from exposure.facts.documents import Scenario
from exposure.facts.scenario import read_scenario
from tests import tiny


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def made(world):
    return ex.market(world, "tariff", "cars", draws=60)


def test_rates_are_those_of_the_law_weighted_by_imports(world, made):
    """Germany: 90 of cars and 10 of bodies; Korea: of cars, 80 % of which claim its agreement."""
    origins = made["market_origins"].set_index("exporter")

    def of(origin, on, code="87032301", **more):
        return ex.rate(world, hts=code, origin=origin, on=on, **more).table["total"].iloc[0]

    for on, column in (("2025-01-15", "rate_before"), ("2025-12-15", "rate_after")):
        german = 0.9 * of("DEU", on) + 0.1 * of("DEU", on, "87082951")
        assert origins.loc["DEU", column] == pytest.approx(german)
        korean = 0.8 * of("KOR", on, claim="korus") + 0.2 * of("KOR", on)
        assert origins.loc["KOR", column] == pytest.approx(korean)
    assert origins.loc["USA", ["rate_before", "rate_after"]].tolist() == [0, 0]


def test_what_the_rates_are_read_on_stands_beside_sales(made):
    """Of Korea's 80 m the lines list 75 m; American plants sell at home and import nothing."""
    origins = made["market_origins"].set_index("exporter")
    assert origins.loc["DEU", ["imports_usd", "rate_known_share"]].tolist() == [1e8, 1.0]
    assert origins.loc["KOR", ["imports_usd", "rate_known_share"]].tolist() == [8e7, 0.9375]
    assert origins.loc["USA", ["imports_usd", "rate_known_share"]].isna().all()


def test_who_pays_more_loses_and_plants_at_home_gain(made):
    origins = made["market_origins"].set_index("exporter")
    assert origins.loc["DEU", "rate_after"] > origins.loc["KOR", "rate_after"] > 0
    assert origins.loc["DEU", "change_usd_high"] < 0
    assert origins.loc["USA", "change_usd_low"] > 0
    assert origins.loc["USA", "producer_usd_central"] > 0
    # All buy less as the market grows dearer; diversion goes home.
    assert (origins["creation_usd"] < 0).all()
    assert origins.loc["USA", "diversion_usd"] > 0
    flows = made["market_rivals"].set_index(["from", "to"])["usd"]
    assert (flows > 0).all()
    assert ("DEU", "USA") in flows.index
    assert ("DEU", "KOR") in flows.index
    assert ("KOR", "DEU") not in flows.index
    # The check with flat supply has the same signs.
    signs = np.sign(origins["ces_change_usd"])
    assert (signs == np.sign(origins["change_usd_central"])).all()


def test_the_books_of_the_importer_add_up(made):
    home = made["market_countries"].set_index("country").loc["USA"]
    whole = home[["consumer_usd_central", "producer_usd_central", "revenue_usd_central"]].sum()
    assert home["welfare_usd_central"] == pytest.approx(whole)
    assert home["revenue_usd_central"] > 0
    assert home["consumer_usd_central"] < 0
    abroad = made["market_countries"].set_index("country").loc[["DEU", "KOR"]]
    assert abroad["revenue_usd_central"].isna().all()
    for name in ("consumer_usd", "producer_usd"):
        for table in made.values():
            if f"{name}_low" in table:
                assert (table[f"{name}_low"] <= table[f"{name}_high"]).all()


def test_what_does_not_change_moves_nothing(world):
    document = read_scenario(world, "tariff").model_dump(by_alias=True, mode="json")
    same = Scenario.model_validate({**document, "law_on": document["baseline"]})
    made = ex.market(world, same, "cars", draws=5)
    numbers = made["market_origins"][["change_usd_low", "change_usd_high", "ces_change_usd"]]
    np.testing.assert_allclose(numbers, 0.0, atol=1e-6)
    assert len(made["market_rivals"]) == 0


def test_a_scenarios_law_and_parameters_count(world):
    """Without the duties on cars, on steel and on all else, what is left is the ordinary rate; a
    fixed elasticity has no range."""
    document = read_scenario(world, "tariff").model_dump(by_alias=True, mode="json")
    free = Scenario.model_validate(
        {**document, "law": [{"action": name, "suspend": True}
                             for name in ("us-cars", "us-steel", "us-reciprocal")],
         "parameters": {"origin_elasticity": 3.0, "category_elasticity": -0.5,
                        "export_supply_elasticity": 8.0, "domestic_supply_elasticity": 3.0}}
    )  # fmt: skip
    made = ex.market(world, free, "cars", draws=20)["market_origins"]
    np.testing.assert_allclose(made["change_usd_low"], made["change_usd_high"])
    assert made.set_index("exporter").loc["DEU", "rate_after"] == pytest.approx(0.025)


def test_one_draw_is_that_draw_of_many(world):
    one, many = (ex.market(world, "tariff", "cars", draws=n)["market_origins"] for n in (0, 30))
    np.testing.assert_allclose(one["change_usd_central"], many["change_usd_central"], rtol=1e-12)


def test_what_is_not_known_is_said(world, tmp_path):
    with pytest.raises(QueryError, match="no market 'moon'"):
        ex.market(world, "tariff", "moon")
    listed = "87032301,KOR,75000"
    hazy = ex.load(
        tiny.write(tmp_path, economy__mrio__us_imports__csv=(listed, "87032301,KOR,30000"))
    )
    with pytest.raises(DataError, match="rates of KOR are known of 38% of its imports only"):
        ex.market(hazy, "tariff", "cars")


def test_a_world_without_industries_has_no_market(tmp_path):
    root = tiny.write(tmp_path)
    for path in (root / "raw" / "economy" / "mrio").iterdir():
        path.unlink()
    with pytest.raises(DataError, match="no industry of its sector"):
        ex.market(ex.load(root), "tariff", "cars")


def test_the_command_prints_and_writes(tmp_path):
    done = CliRunner().invoke(
        main, ["market", "law-today", "--market", "us-cars", "--draws", "20", "-o", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    assert "Diversion between rivals" in done.output
    assert "MEX" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {
        "market.svg", "market_origins.parquet", "market_rivals.parquet", "market_countries.parquet",
    }  # fmt: skip
    bad = CliRunner().invoke(main, ["market", "law-today", "--market", "x"])
    assert bad.exit_code == 2
    assert "us-steel" in bad.output


@pytest.mark.parametrize("name", ["us-cars", "us-electronics", "us-electrical", "us-steel", "us-chemicals"])  # fmt: skip
def test_every_shipped_market_runs(name):
    made = ex.market(ex.load(), "law-today", name, draws=10)
    origins = made["market_origins"].set_index("exporter")
    assert (origins["rate_known_share"].drop("USA") > 0.5).all()
    assert origins.loc["USA", "sales_before_usd"] == origins["sales_before_usd"].max()
