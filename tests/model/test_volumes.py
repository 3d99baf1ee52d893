"""Volumes in the pipeline: capacity, a planner, caps of a scenario, and capacity that is shared."""

import textwrap

import pytest

import exposure as ex
from exposure.errors import Problems, QueryError
from exposure.facts.scenario import read_scenario
from tests import tiny

GERMANY = """
          - id: germany
            title: Germany
            assembly: rhine
            volume: {low: 20000, central: 20000, high: 20000, grade: B, source: s}
            cost_index: {low: 1, central: 1, high: 1, grade: D, source: s}
            freight_share: {low: 0.02, central: 0.02, high: 0.02, grade: D, source: s}
            capacity: {low: 25000, central: 25000, high: 25000, grade: D, source: s}
            switching_cost_usd: {low: 100, central: 100, high: 100, grade: D, source: s}
            makings:
              body: {made_at: [{site: rhine, split: 1}], grade: D, source: s}
              engine: {made_at: [{site: rhine, split: 1}], grade: D, source: s}
"""
LABOUR = ("MEX,cars,20,25,30,C,s,\n", "MEX,cars,20,25,30,C,s,\nDEU,cars,5,6,7,C,s,\n")


def write(folder, route=GERMANY, **changes):
    root = tiny.write(folder, economy__labour__csv=LABOUR, **changes)
    path = root / "raw" / "firms" / "car.yaml"
    site = "  - {id: rhine, title: Rhine, country: DEU, maker: DEU, lat: 50, lon: 7}\n"
    text = path.read_text(encoding="utf-8").replace("parts:\n", site + "parts:\n", 1)
    path.write_text(text + textwrap.dedent(route).replace("\n", "\n  "), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(write(tmp_path_factory.mktemp("data")))


def volumes(world, draws=0, **changes):
    scenario = read_scenario(world, "tariff").model_copy(update=changes)
    return ex.run(world, scenario, draws=draws)


def test_a_planner_fills_the_cheaper_route_by_hand(world):
    """Germany: 10,000 and 2 % of freight, 25 % and 2.5 % of duty: 12,950. Mexico: 12,156 as in the
    pipeline's test. All 20,000 German cars move; Mexico has no limit and nothing to switch."""
    result = volumes(world, route_choice="cheapest")
    cost = result.table("landed_cost").query("case == 'scenario'").set_index("route")
    assert cost.loc["germany", "landed_central"] == pytest.approx(10_000 * 1.295)
    assert cost.loc["mexico", "landed_central"] < cost.loc["germany", "landed_central"]
    units = result.table("volumes").set_index("route")
    change = result.table("headline").set_index("metric").loc["volume_change_share", "central"]
    assert units.loc["germany", "units_central"] == 0
    assert units.loc["mexico", "units_central"] == pytest.approx(120_000 * (1 + change))
    # The index is what is spent over what was spent.
    old = result.table("landed_cost").query("case == 'baseline'").set_index("route")
    before = (old["landed_central"] * units["units_baseline"]).sum() / 120_000
    index = result.table("headline").set_index("metric").loc["cost_change_share", "central"]
    assert index == pytest.approx(cost.loc["mexico", "landed_central"] / before - 1)


def test_a_cap_moves_volume_and_shows_its_worth(world):
    limit = {"product": "car", "route": "mexico", "units": 60_000.0}
    scenario = read_scenario(world, "tariff").model_dump(by_alias=True, mode="json")
    capped = ex.run(world, type(read_scenario(world, "tariff")).model_validate(
        {**scenario, "limits": [limit]}), draws=0)  # fmt: skip
    units = capped.table("volumes").set_index("route")
    assert units.loc["mexico", "units_central"] <= 60_000 * (1 + 1e-9)
    assert units.loc["germany", "units_central"] <= 25_000 * (1 + 1e-9)
    assert units.loc["mexico", "units_central"] == pytest.approx(60_000)
    assert 60_000 < units["units_central"].sum() < 85_000
    # As much is wanted at the buyers' price as is sold.
    price = capped.table("headline").set_index("metric").loc["buyer_price_change_share", "central"]
    assert (1 + price) ** -2.0 == pytest.approx(units["units_central"].sum() / 120_000)
    assert units.loc["mexico", "capacity_worth_central"] > 0
    assert units.loc["germany", "capacity_worth_central"] == 0
    # Both capped: all is sold that there is, and the price is the one that clears the market.
    limits = [limit, {"product": "car", "route": "germany", "units": 5_000.0}]
    both = ex.run(world, type(read_scenario(world, "tariff")).model_validate(
        {**scenario, "limits": limits}), draws=0)  # fmt: skip
    units = both.table("volumes").set_index("route")
    assert units["units_central"].sum() == pytest.approx(65_000)
    price = both.table("headline").set_index("metric").loc["buyer_price_change_share", "central"]
    assert (1 + price) ** -2.0 == pytest.approx(65_000 / 120_000)
    assert (units["capacity_worth_central"] > 0).all()
    free = volumes(world).table("volumes").set_index("route")
    assert free.loc["mexico", "units_central"] > 60_000


def test_units_keep_to_capacity_and_add_up_to_the_market_in_every_draw(world):
    for choice in ("ces", "cheapest"):
        result = volumes(world, draws=50, route_choice=choice)
        table = result.table("volumes")
        assert (table["units_high"] <= table["capacity_units"] * (1 + 1e-9)).all()
        change = result.table("headline").set_index("metric").loc["volume_change_share", "central"]
        total = table["units_central"].sum()
        assert total == pytest.approx(120_000 * (1 + change), rel=1e-9)


def test_capacity_that_is_shared_binds_the_sum(tmp_path):
    """Two German routes of one pool of 25,000 ship 20,000 between them; if Mexico is capped at
    60,000, the planner has 85,000 in all, however it divides the pool."""
    half = GERMANY.replace("20000", "10000").replace(
        "    capacity", "    pool: rhine\n            capacity"
    )
    second = half.replace("id: germany", "id: germany-two").replace("title: Germany", "title: Two")
    world = ex.load(write(tmp_path, half + second))
    scenario = read_scenario(world, "tariff").model_dump(by_alias=True, mode="json")
    limits = [{"product": "car", "route": "mexico", "units": 60_000.0}]
    for choice in ("ces", "cheapest"):
        document = {**scenario, "limits": limits, "route_choice": choice}
        result = ex.run(
            world, type(read_scenario(world, "tariff")).model_validate(document), draws=0
        )
        units = result.table("volumes").set_index("route")["units_central"]
        assert units["germany"] + units["germany-two"] <= 25_000 * (1 + 1e-9), choice
        assert units.sum() <= 85_000 * (1 + 1e-9)


def test_new_work_counts_where_nothing_was_made(tmp_path):
    """Nothing comes from Germany today; with Mexico capped at 60,000 the planner sends what is
    wanted beyond from there: 10,000 USD of German work a car at 6 persons a million."""
    idle = GERMANY.replace("low: 20000, central: 20000, high: 20000", "low: 0, central: 0, high: 0")
    world = ex.load(write(tmp_path, idle))
    scenario = read_scenario(world, "tariff")
    document = scenario.model_dump(by_alias=True, mode="json")
    limits = [{"product": "car", "route": "mexico", "units": 60_000.0}]
    result = ex.run(
        world,
        type(scenario).model_validate({**document, "limits": limits, "route_choice": "cheapest"}),
        draws=0,
    )
    units = result.table("volumes").set_index("route")["units_central"]
    assert units["mexico"] == pytest.approx(60_000)
    assert units["germany"] > 5_000
    jobs = result.table("jobs").groupby("country")["predicted_central"].sum()
    assert jobs["DEU"] == pytest.approx(10_000 * units["germany"] / 1e6 * 6)


def test_what_does_not_fit_is_named(tmp_path, world):
    with pytest.raises(Problems, match="volume 20,000 lies above it: 5,000"):
        ex.load(write(tmp_path, GERMANY.replace("25000", "5000")))
    path = tmp_path / "own.yaml"
    head = "id: own\ntitle: T\nquestion: Q\nbaseline: {effective_on: 2025-01-15}\n"
    for text, said in (
        ("limits: [{product: car, route: moon, units: 1}]", "'moon' is not known"),
        ("figures: {car/route/moon/volume: 1}", "'car/route/moon/volume' is not known"),
        ("route_choice: dearest", "route_choice"),
    ):
        path.write_text(head + text + "\n", encoding="utf-8")
        with pytest.raises((QueryError, Problems), match=said):
            read_scenario(world, path)
