"""Map and bands of a route: what they draw adds up to the tables."""

import numpy as np
import pytest

import exposure as ex
from exposure.model.summaries import summaries
from exposure.reports.description import plain
from exposure.reports.figures import land, route_map, value_sankey
from exposure.reports.page import Page
from exposure.reports.style import count
from exposure.reports.words import words

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


def stages(tables, product, route):
    """Sums of a route by what joins: rows of ``value_flows`` without the single bands."""
    mine = of(tables["value_flows"], product, route)
    return mine[mine["stage"] != "added"]


def drawn(module, tables, product, route):
    return module.draw(Page(tables, words()), SCENARIO, product, route)


def with_duty(tables, product, route, value):
    """The same tables with one duty of the finished product replaced."""
    legs = tables["legs"].copy()
    mine = (legs["product"] == product) & (legs["route"] == route) & (legs["to_part"] == "market")
    legs.loc[mine, "duty_usd_per_unit"] = value
    return with_summaries({**tables, "legs": legs})


def with_summaries(tables):
    return {**tables, **summaries(tables)}


def test_what_enters_the_bands_is_the_landed_cost(tables, routes):
    for product, route in routes:
        found = stages(tables, product, route)
        value = found[found["part"] != ""].set_index("part")["usd_per_unit"]
        row = of(tables["landed_cost"], product, route).iloc[0]
        assert value["landed"] == pytest.approx(row["landed_central"], abs=1e-6)
        duty = value["duty_upstream"] + value["duty_last"]
        assert duty == pytest.approx(row["duty_usd_per_unit"], abs=1e-6)
        freight = value["freight_upstream"] + value["freight_last"]
        assert freight == pytest.approx(row["freight_usd_per_unit"], abs=1e-6)
        bands = of(tables["value_flows"], product, route)
        for stage in ("added", "country", "part"):
            total = bands.loc[bands["stage"] == stage, "usd_per_unit"].sum()
            assert total == pytest.approx(row["value_added_usd_per_unit"], abs=1e-6)


def test_what_leaves_the_assembly_is_what_the_last_leg_carries(tables, routes):
    for product, route in routes:
        gate = stages(tables, product, route).set_index("part").at["gate", "usd_per_unit"]
        last = of(tables["legs"], product, route).query("to_part == 'market'")
        assert gate == pytest.approx(last["value_usd_per_unit"].sum(), abs=1e-6)


def test_duty_of_the_last_border_stands_apart_from_duty_upstream(tables):
    mexico, georgia = (
        stages(tables, "kia-k4", route).set_index("part")["usd_per_unit"]
        for route in ("pesqueria", "west-point")
    )
    assert mexico["duty_upstream"] == 0 < mexico["duty_last"]
    assert georgia["duty_last"] == 0 < georgia["duty_upstream"]
    figure = drawn(value_sankey, tables, "kia-k4", "west-point")
    assert "the finished product crosses no border" in plain(figure.title)


def test_the_map_counts_what_the_crossings_table_holds(tables, routes):
    for product, route in routes:
        figure = drawn(route_map, tables, product, route)
        held = of(tables["crossings"], product, route)
        paid = int((held["duty_usd_per_unit_central"] > 0).sum())
        rows = [[plain(cell) for cell in row] for row in figure.table.rows]
        assert sum(int(row[2]) for row in rows) == len(held)
        assert sum(int(row[3]) for row in rows) == paid
        title = plain(figure.title)
        if not len(held):
            assert "cross no border" in title
            continue
        assert f" cross {count(len(held))} borders " in title
        assert f"{count(paid)} of the crossings" in title


def test_a_duty_that_is_not_known_is_no_duty_of_zero(tables):
    changed = with_duty(tables, "kia-k4", "pesqueria", float("nan"))
    title = plain(drawn(route_map, changed, "kia-k4", "pesqueria").title)
    assert "0 of the crossings cost a duty, 1 not known" in title
    assert "not known" in plain(drawn(value_sankey, changed, "kia-k4", "pesqueria").title)


def test_pictures_are_the_same_twice_and_have_words(tables):
    for module in (route_map, value_sankey):
        first, second = (drawn(module, tables, "kia-k4", "west-point") for _ in range(2))
        assert first == second
        for _, svg in first.views:
            assert "nan" not in svg.lower()
        assert len(plain(first.alt)) > 100


def test_a_route_has_a_view_of_each_law(tables):
    for module in (route_map, value_sankey):
        views = drawn(module, tables, "kia-k4", "pesqueria").views
        assert [name for name, _ in views] == ["Scenario", "Baseline"]
        assert views[0][1] != views[1][1]


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
    changed = with_summaries({**tables, "legs": tables["legs"].assign(crosses=False)})
    figure = drawn(route_map, changed, "kia-k4", "west-point")
    assert "cross no border on the way" in plain(figure.title)
    assert figure.table.rows == ()


def test_a_market_without_a_place_and_one_site_alone_have_a_map(tables):
    changed = with_summaries(
        {
            **tables,
            "nodes": tables["nodes"].query("part == 'assembly'").reset_index(drop=True),
            "legs": tables["legs"].query("part == 'assembly'").reset_index(drop=True),
            "products": tables["products"].assign(market="XXX"),
        }
    )
    figure = drawn(route_map, changed, "kia-k4", "hwaseong")
    assert "cross 1 borders on the way, and 1 of the crossings" in plain(figure.title)
