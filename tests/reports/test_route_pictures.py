"""Map and bands of a route: what they draw adds up to the tables."""

import re

import numpy as np
import pytest

import exposure as ex
from exposure.reports.figures import land, route_map, value_sankey
from exposure.reports.style import count

SCENARIO = "law-today"


@pytest.fixture(scope="module")
def tables():
    return ex.run(ex.load(), SCENARIO, draws=0).tables


@pytest.fixture(scope="module")
def routes(tables):
    pairs = tables["landed_cost"][["product", "route"]].drop_duplicates()
    return list(pairs.itertuples(index=False, name=None))


def of(table, product, route):
    mine = table[(table["product"] == product) & (table["route"] == route)]
    return mine.query(f"scenario == {SCENARIO!r} and case == 'scenario'")


def with_duty(tables, product, route, value):
    """The same tables with one duty of the finished product replaced."""
    legs = tables["legs"].copy()
    mine = (legs["product"] == product) & (legs["route"] == route) & (legs["to_part"] == "market")
    legs.loc[mine, "duty_usd_per_unit"] = value
    return {**tables, "legs": legs}


def test_what_enters_the_bands_is_the_landed_cost(tables, routes):
    for product, route in routes:
        found = value_sankey.flows(tables, SCENARIO, product, route)
        row = of(tables["landed_cost"], product, route).iloc[0]
        assert found.landed == pytest.approx(row["landed_central"], abs=1e-6)
        assert found.parts_duty + found.last_duty == pytest.approx(
            row["duty_usd_per_unit"], abs=1e-6
        )
        freight = found.parts_freight + found.last_freight
        assert freight == pytest.approx(row["freight_usd_per_unit"], abs=1e-6)
        for place in (0, 1):
            total = sum(found.by(place).values())
            assert total == pytest.approx(row["value_added_usd_per_unit"], abs=1e-6)


def test_what_leaves_the_assembly_is_what_the_last_leg_carries(tables, routes):
    for product, route in routes:
        found = value_sankey.flows(tables, SCENARIO, product, route)
        last = of(tables["legs"], product, route).query("to_part == 'market'")
        assert found.gate == pytest.approx(last["value_usd_per_unit"].sum(), abs=1e-6)


def test_duty_of_the_last_border_stands_apart_from_duty_upstream(tables):
    mexico = value_sankey.flows(tables, SCENARIO, "kia-k4", "pesqueria")
    georgia = value_sankey.flows(tables, SCENARIO, "kia-k4", "west-point")
    assert mexico.crosses
    assert mexico.parts_duty == 0 < mexico.last_duty
    assert not georgia.crosses
    assert georgia.last_duty == 0 < georgia.parts_duty


def test_the_map_counts_what_the_crossings_table_holds(tables, routes):
    for product, route in routes:
        figure = route_map.draw(tables, SCENARIO, product, route)
        held = of(tables["crossings"], product, route)
        paid = int((held["duty_usd_per_unit_central"] > 0).sum())
        rows = figure.table.rows
        assert sum(int(row[2]) for row in rows) == len(held)
        assert sum(int(row[3]) for row in rows) == paid
        word = {1: "once", 2: "twice"}.get(len(held), f"{len(held)} times")
        if not len(held):
            assert "cross no border" in figure.title
            continue
        assert f" cross a border {word} " in figure.title
        assert f"{count(paid) if paid else 'none'} of the crossings" in figure.title


def test_a_duty_that_is_not_known_is_no_duty_of_zero(tables):
    changed = with_duty(tables, "kia-k4", "pesqueria", float("nan"))
    figure = route_map.draw(changed, SCENARIO, "kia-k4", "pesqueria")
    assert "none of the crossings cost a duty, 1 not known" in figure.title
    assert "not known" in value_sankey.draw(changed, SCENARIO, "kia-k4", "pesqueria").title


def test_pictures_are_the_same_twice_and_have_words(tables):
    for module in (route_map, value_sankey):
        first, second = (module.draw(tables, SCENARIO, "kia-k4", "west-point") for _ in range(2))
        assert first == second
        assert "nan" not in re.sub(r"<path[^>]*>", "", first.svg).lower()
        assert len(first.alt) > 100


def test_land_is_well_formed():
    rings = land.rings()
    assert len(rings) > 100
    for ring in rings:
        assert len(ring) >= 5
        np.testing.assert_array_equal(ring[0], ring[-1])
        assert (np.abs(np.diff(ring, axis=0)) < 30).all(), "no ring jumps over the date line"
        assert ring[:, 0].min() >= -180
        assert ring[:, 0].max() <= 200
        assert ring[:, 1].min() >= -60
        assert ring[:, 1].max() <= 84
    sizes = sum((land.ASSETS / name).stat().st_size for name in ("land.txt", "middles.csv"))
    assert sizes < 150_000
    for name in ("land.txt", "middles.csv"):
        head = (land.ASSETS / name).read_text(encoding="utf-8")[:600]
        assert "Natural Earth 5.1, 1:110m" in head
        assert "public domain" in head


def test_every_site_and_market_has_its_middle(tables):
    codes = {*tables["nodes"]["country"], *tables["products"]["market"]}
    assert codes <= set(land.middles())


def test_the_map_is_cut_where_nothing_lies():
    assert route_map._seam([120.0, 140.0, -100.0, -85.0]) == pytest.approx(17.5)
    assert route_map._seam([10.0, -80.0]) == pytest.approx(145.0)
    assert route_map._east((-100.0, 25.0), 17.5) == (260.0, 25.0)


def test_a_route_without_a_border_has_a_map(tables):
    legs = tables["legs"].assign(crosses=False)
    figure = route_map.draw({**tables, "legs": legs}, SCENARIO, "kia-k4", "west-point")
    assert "cross no border on the way to the United States" in figure.title
    assert figure.table.rows == ()


def test_a_market_without_a_place_and_one_site_alone_have_a_map(tables):
    nodes = tables["nodes"].query("part == 'assembly'")
    legs = tables["legs"].query("part == 'assembly'")
    products = tables["products"].assign(market="XXX")
    changed = {**tables, "nodes": nodes, "legs": legs, "products": products}
    figure = route_map.draw(changed, SCENARIO, "kia-k4", "hwaseong")
    assert "cross a border once on the way to XXX; 1 of the crossings costs" in figure.title
