"""Routes as graphs: the networkx view of the shipped products, and circles named as they are."""

import networkx as nx
import pytest

import exposure as ex
from exposure.errors import DataError, QueryError
from exposure.facts.documents import Product
from exposure.facts.place import data_root
from exposure.facts.strict_yaml import read_document
from exposure.routes.graph import MARKET, build_network

FOLDER = data_root(None) / "raw" / "firms"
ROUTES = [
    (product.id, route.id)
    for product in (read_document(Product, path) for path in sorted(FOLDER.glob("*.yaml")))
    for route in product.routes
]


@pytest.fixture(scope="module")
def world():
    return ex.load()


@pytest.fixture(scope="module")
def result(world):
    return ex.run(world, "law-today", draws=0)


def of(table, product, route):
    return table[(table["product"] == product) & (table["route"] == route)]


def test_every_route_of_every_file_is_in_the_world(world):
    assert list(world.table("routes")[["product", "route"]].itertuples(False, None)) == ROUTES
    assert len({product for product, _ in ROUTES}) >= 12


@pytest.mark.parametrize(("product", "route"), ROUTES)
def test_the_view_of_a_route_is_its_tables(result, product, route):
    view = result.network(product, route)
    nodes = of(result.table("nodes"), product, route)
    assert set(view) - {(MARKET, MARKET)} == set(zip(nodes["part"], nodes["site"], strict=True))
    assert len(view) == len(nodes) + 1
    assert nx.is_directed_acyclic_graph(view)
    assert [node for node in view if view.out_degree(node) == 0] == [(MARKET, MARKET)]
    assert all(nx.has_path(view, node, (MARKET, MARKET)) for node in view)
    legs = of(
        result.table("legs").query("scenario == 'law-today' and case == 'scenario'"), product, route
    )
    assert view.number_of_edges() == len(legs)
    assert sum(view.edges[edge]["crosses"] for edge in view.edges) == legs["crosses"].sum()
    cost = of(result.table("landed_cost"), product, route)["value_added_usd_per_unit"].iloc[0]
    assert sum(value for _, value in view.nodes(data="value_added_usd")) == pytest.approx(cost)


def test_ends_of_an_edge_are_the_countries_of_its_nodes(result):
    view = result.network("kia-k4", "pesqueria")
    for source, target, facts in view.edges(data=True):
        assert facts["from_country"] == view.nodes[source]["country"]
        assert facts["to_country"] == view.nodes[target]["country"]
        assert facts["crosses"] == (facts["from_country"] != facts["to_country"])
    assembly = ("assembly", "kia-pesqueria")
    assert view.edges[assembly, (MARKET, MARKET)]["crosses"]
    assert view.nodes[assembly]["maker"] == "KOR"


def test_a_route_that_is_not_there_lists_those_that_are(result):
    with pytest.raises(QueryError, match=r"no route kia-k4/vietnam .*kia-k4/pesqueria"):
        result.network("kia-k4", "vietnam")


def test_a_circle_of_parts_is_named_without_the_parts_that_only_lead_to_it(world):
    tables = dict(world.tables)
    parts = world.table("parts").set_index(["product", "part"])
    parts.loc[("kia-k4", "electronics"), "into"] = "engine"
    parts.loc[("kia-k4", "engine"), "into"] = "electronics"
    tables["parts"] = parts.reset_index()
    with pytest.raises(DataError) as caught:
        build_network(tables, ["kia-k4"])
    circle = str(caught.value).split("circle: ")[1]
    assert circle in {"engine -> electronics -> engine", "electronics -> engine -> electronics"}
