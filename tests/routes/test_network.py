"""A small product as a graph, by hand: nodes, edges, levels, units, origin and own content."""

import json

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.routes.graph import MARKET, build_network

TABLES = {
    "products": [{"product": "car", "market": "USA", "title": "Car"}],
    "sites": [
        {"site": "mex", "title": "M", "country": "MEX", "maker": "KOR"},
        {"site": "kor", "title": "K", "country": "KOR", "maker": "KOR"},
        {"site": "usa", "title": "U", "country": "USA", "maker": "USA"},
    ],
    "parts": [
        {"part": "assembly", "into": "", "hts": "870323", "materials": {}},
        {"part": "body", "into": "assembly", "hts": "870829", "materials": {"steel": 0.6}},
        {"part": "coil", "into": "body", "hts": "720839", "materials": {"steel": 1.0}},
    ],
    # Bodies from Korea and the United States, one to three; on the second route from Mexico.
    "makings": [
        {"route": "", "part": "body", "site": "kor", "split": 0.25},
        {"route": "", "part": "body", "site": "usa", "split": 0.75},
        {"route": "", "part": "coil", "site": "kor", "split": 2.0},
        {"route": "north", "part": "body", "site": "mex", "split": 1.0},
        {"route": "other", "part": "coil", "site": "usa", "split": 1.0},
    ],
    "routes": [{"route": "south", "assembly": "mex"}, {"route": "north", "assembly": "usa"}],
    "transformations": [],
    "crossing_rules": [
        {"route": "south", "part": "body", "into_country": "MEX", "from_country": "",
         "attributes": {"claim": "all"}, "drawback": 0.0},
        {"route": "south", "part": "body", "into_country": "MEX", "from_country": "KOR",
         "attributes": {"claim": "korea"}, "drawback": 0.5},
        {"route": "north", "part": "assembly", "into_country": "USA", "from_country": "",
         "attributes": {"claim": "none"}, "drawback": 0.0},
    ],
}  # fmt: skip


def network(transformations=(), products=("car",)):
    made = {}
    for name, rows in (TABLES | {"transformations": list(transformations)}).items():
        rows = [
            {"product": "car", "industry": "i", "title": "T", "lat": 0.0, "lon": 0.0} | row
            for row in rows
        ]
        for row in rows:
            for key in {"materials", "attributes"} & set(row):
                row[key] = json.dumps(row[key])
        columns = ["product", "route", "part", "done", "keeps", "reason"]
        made[name] = pd.DataFrame(rows, columns=None if rows else columns)
    return build_network(made, list(products))


def keeps(route, part, whose, done=False):
    return {"route": route, "part": part, "done": done, "keeps": whose, "reason": "painted only"}


def test_nodes_of_both_routes():
    nodes = network().nodes
    found = list(nodes[["route", "part", "site", "country", "maker"]].itertuples(False, None))
    market = (MARKET, MARKET, "USA", "USA")
    assert found == [
        ("south", "coil", "kor", "KOR", "KOR"),
        ("south", "body", "kor", "KOR", "KOR"),
        ("south", "body", "usa", "USA", "USA"),
        ("south", "assembly", "mex", "MEX", "KOR"),
        ("south", *market),
        ("north", "coil", "kor", "KOR", "KOR"),
        ("north", "body", "mex", "MEX", "KOR"),
        ("north", "assembly", "usa", "USA", "USA"),
        ("north", *market),
    ]
    # The route's cost index is that of the country of assembly.
    assert nodes["indexed"].tolist() == [False] * 3 + [True, False] + [False] * 2 + [True, False]
    assert nodes["level"].tolist() == [0, 1, 1, 2, 3, 0, 1, 2, 3]
    # Two coils in a body, wherever it is made.
    assert nodes["units"].tolist() == [2.0, 0.25, 0.75, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]
    row = nodes.iloc[4]
    assert (row["part_title"], row["site_title"], row["hts"], row["industry"]) == (
        "Car", "Market", "", "",
    )  # fmt: skip
    assert np.isnan(row["lat"])
    assert np.isnan(row["lon"])


def test_edges_of_both_routes():
    edges = network().edges
    columns = ["from", "to", "weight", "crosses", "dispatch", "importer", "last", "level"]
    assert list(edges[columns].itertuples(False, None)) == [
        (3, 4, 1.0, True, "MEX", "USA", True, 3),
        (1, 3, 0.25, True, "KOR", "MEX", False, 2),
        (2, 3, 0.75, True, "USA", "MEX", False, 2),
        (0, 1, 2.0, False, "KOR", "KOR", False, 1),
        (0, 2, 2.0, True, "KOR", "USA", False, 1),
        (7, 8, 1.0, False, "USA", "USA", True, 3),
        (6, 7, 1.0, True, "MEX", "USA", False, 2),
        (5, 6, 2.0, True, "KOR", "MEX", False, 1),
    ]
    # A rule of its own route; that for one country of dispatch before that for all.
    claims = [facts.get("claim") for facts in edges["facts"]]
    assert claims == [None, "korea", "all", None, None, "none", None, None]
    assert edges["drawback"].tolist() == [0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert edges["hts"].tolist()[:3] == ["870323", "870829", "870829"]


def test_own_content_by_material_country_and_maker():
    made = network()
    tags = list(made.tags.itertuples(False, None))
    assert tags == sorted(tags)
    content = [
        {tag[0] + " " + tag[1] + " " + tag[2]: share for tag, share in zip(tags, row, strict=True) if share}
        for row in made.own_content.round(12).tolist()
    ]  # fmt: skip
    assert content[:5] == [
        {"steel KOR KOR": 1.0},
        {"steel KOR KOR": 0.6, "other KOR KOR": 0.4},
        {"steel USA USA": 0.6, "other USA USA": 0.4},
        {"other MEX KOR": 1.0},
        {},
    ]
    # A tag that nothing holds is none: all of a coil is steel.
    assert {tag for row in content for tag in row} == {" ".join(tag) for tag in tags}


def test_origin_is_where_a_stage_makes_a_new_article():
    assert network().nodes["origin"].tolist()[:4] == ["KOR", "KOR", "USA", "MEX"]
    # On the second route painting in the United States makes no new article of a Mexican body.
    nodes = network([keeps("north", "assembly", "body")]).nodes
    assert nodes["origin"].tolist()[3] == "MEX"
    row = nodes.iloc[7]
    assert (row["origin"], row["origin_part"], row["origin_reason"]) == (
        "MEX",
        "body",
        "painted only",
    )
    # Nor does the body of its coil: the origin goes on through both.
    row = network([keeps("north", "assembly", "body"), keeps("", "body", "coil")]).nodes.iloc[7]
    assert (row["origin"], row["origin_part"]) == ("KOR", "coil")


def test_what_a_route_says_of_a_stage_replaces_what_holds_on_all():
    said = [keeps("", "body", "coil"), keeps("north", "body", "coil", done=True)]
    nodes = network(said).nodes
    assert nodes["origin"].tolist()[1:3] == ["KOR", "KOR"]
    assert nodes["origin"].tolist()[6] == "MEX"


def test_an_origin_of_two_countries_is_refused():
    with pytest.raises(DataError, match=r"assembly keeps the origin of body.*KOR, USA"):
        network([keeps("south", "assembly", "body")])
    with pytest.raises(DataError, match=r"coil keeps the origin of body.*nowhere"):
        network([keeps("", "coil", "body")])
