"""A product file: what does not add up or match, what is taken where nothing is stated, its rows."""

import copy
import json
import math
from pathlib import Path

import pytest

from exposure.facts.documents import Product, Site, Transformation
from exposure.facts.read_firms import product_hints, product_problems, product_rows
from exposure.facts.strict_yaml import parse
from tests.facts.test_fields import refusal

PATH = Path("own.yaml")


def figure(low, central=None, high=None, grade="C"):
    central = low if central is None else central
    return {"low": low, "central": central, "high": central if high is None else high,
            "grade": grade, "source": "s"}  # fmt: skip


MADE = {"made_at": [{"site": "korea", "split": 0.75}, {"site": "us", "split": 0.25}],
        "grade": "B", "source": "s", "note": "n"}  # fmt: skip
CAR = {
    "id": "car", "title": "Car", "firm": "Firm", "market": "USA", "unit": "vehicle", "year": 2025,
    "sector": "cars", "customs_value_usd": figure(9000, 10000, 11000),
    "parts_freight_share": figure(0.02), "stock_days": figure(30), "reference_route": "home",
    "sites": [
        {"id": "korea", "title": "Korea", "country": "KOR", "maker": "KOR", "lat": 37, "lon": 127},
        {"id": "us", "title": "US", "country": "USA", "maker": "KOR"},
    ],
    "parts": [
        {"id": "final", "title": "Final", "hts": "8703.23.01", "industry": "cars",
         "share": figure(0.4)},
        {"id": "body", "title": "Body", "hts": "8708.29.51", "into": "final", "industry": "cars",
         "share": figure(0.35), "materials": {"steel": 0.6, "aluminum": 0.1}, "making": MADE},
        {"id": "door", "title": "Door", "hts": "8708.29.51", "into": "body", "industry": "cars",
         "share": figure(0.25), "making": MADE},
    ],
    "routes": [
        {"id": "home", "title": "Home", "assembly": "korea", "volume": figure(900, 1000, 1100),
         "cost_index": figure(1), "freight_share": figure(0.05), "arrives_by": "sea",
         "capacity": figure(1000, 1500, 2000), "switching_cost_usd": figure(0),
         "transit_days": figure(30)},
    ],
}  # fmt: skip


def car(*changes):
    """The product with changes, each (where, ..., value); a value of None takes the field away."""
    given = copy.deepcopy(CAR)
    for *way, name, value in changes:
        place = given
        for step in way:
            place = place[step]
        if value is None:
            del place[name]
        else:
            place[name] = value
    return parse(Product, given, PATH)


def told(*changes):
    return [str(problem) for problem in product_problems(car(*changes), PATH)]


# --- what does not add up or match -----------------------------------------------------------


def test_a_whole_product_has_nothing_wrong():
    assert told() == []


ADD = "(they must add up to 1)"
PARTS = "(body, door, final)"
CIRCLE = "(a part must lead to the final assembly)"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("reference_route", "sea")], ["reference_route: 'sea' is no route (home)"]),
        (
            [("parts", 0, "share", figure(0.5))],
            [f"parts: shares add up to 1.100000 {ADD}"],
        ),
        # Only central values add up: 0.3 + 0.35 + 0.25 at the low ends is no mistake.
        ([("parts", 0, "share", figure(0.3, 0.4, 0.5))], []),
        ([("parts", 1, "share", figure(0.3500005))], []),  # rounding is none either
        (
            [("parts", 2, "into", None)],
            ["parts: one part has no `into` (the final assembly), here 2"],
        ),
        (
            [("parts", 2, "into", "roof")],
            [f"parts.door.into: 'roof' is no part {PARTS}"],
        ),
        (
            [("parts", 1, "into", "door")],
            [f"parts: circle: body -> door -> body {CIRCLE}"],
        ),
        (
            [("parts", 1, "materials", {"steel": 0.6, "copper": 0.5})],
            ["parts.body.materials: shares add up to more than 1"],
        ),
        (
            [("routes", 0, "volume", figure(2000))],
            ["routes.home.capacity: volume 2,000 lies above it: 1,500 "
             "(at least the volume of today)"],
        ),
        ([("routes", 0, "volume", figure(1500))], []),  # full
        (
            [("routes", 0, "capacity", None), ("routes", 0, "pool", "line")],
            ["routes.home.pool: a pool has a `capacity`, which each route states"],
        ),
        (
            [("routes", 0, "assembly", "mexico")],
            ["routes.home.assembly: 'mexico' is no site"],
        ),
        (
            [("parts", 2, "making", None)],
            ["routes.home.makings.door: is made nowhere (give `making` on the part or the route)"],
        ),
        (
            [("parts", 2, "making", None), ("routes", 0, "makings", {"door": MADE})],
            [],  # the route says it
        ),
        (
            [("parts", 2, "making", {**MADE, "made_at": [{"site": "korea", "split": 0.5}]})],
            [f"routes.home.makings.door: splits add up to 0.500000 {ADD}"],
        ),
        (
            [("parts", 2, "making", {**MADE, "made_at": [{"site": "moon", "split": 1}]})],
            ["routes.home.makings.door: 'moon' is no site"],
        ),
        (
            [("routes", 0, "makings", {"roof": MADE})],
            [f"routes.home: 'roof' is no part {PARTS}"],
        ),
        (
            [("routes", 0, "crossings",
              [{"part": "roof", "into_country": "USA", "source": "s"}])],
            [f"routes.home: 'roof' is no part {PARTS}"],
        ),
    ],
)  # fmt: skip
def test_each_mistake_has_its_line_and_no_other(changes, says):
    assert told(*changes) == [f"own.yaml: {line}" for line in says]


def test_all_mistakes_are_told_together():
    lines = told(("reference_route", "sea"), ("routes", 0, "assembly", "mexico"),
                 ("parts", 0, "share", figure(0.5)))  # fmt: skip
    assert len(lines) == 3


KEEP = {"done": False, "keeps": "door", "reason": "r", "grade": "D", "source": "s"}


def test_a_stage_keeps_the_origin_of_a_part_that_goes_into_it():
    assert told(("parts", 1, "transformation", KEEP)) == []
    wrong = {**KEEP, "keeps": "body"}
    line = "'body' does not go into body (door)"
    assert told(("parts", 1, "transformation", wrong)) == [f"own.yaml: parts.body.keeps: {line}"]
    given = ("routes", 0, "transformations", {"body": wrong})
    assert told(given) == [f"own.yaml: routes.home.transformations.body.keeps: {line}"]


@pytest.mark.parametrize("given", [{**KEEP, "done": True}, {**KEEP, "keeps": None}])
def test_only_a_stage_that_makes_no_new_article_keeps_an_origin(given):
    says = "`keeps` names the part whose origin stays, and goes with `done: false` only"
    assert refusal(Transformation, given) == [f"own.yaml: document: {says}"]


@pytest.mark.parametrize(("field", "value"), [("lat", 90.5), ("lat", -91), ("lon", 181)])
def test_a_site_lies_on_the_globe(field, value):
    given = {**CAR["sites"][0], field: value}
    assert refusal(Site, given)[0].startswith(f"own.yaml: {field}: Input should be")


# --- what is not stated ----------------------------------------------------------------------


def test_what_is_not_stated_is_told_with_what_is_taken_instead():
    assert product_hints(car()) == [
        "parts.final.materials is not stated: no metal or chip content",
        "parts.door.materials is not stated: no metal or chip content",
        "sites.us has no place: the map shows the middle of USA",
    ]
    bare = [("routes", 0, name, None) for name in ("capacity", "switching_cost_usd",
                                                   "transit_days", "arrives_by")]  # fmt: skip
    more = [hint for hint in product_hints(car(("stock_days", None), *bare))
            if hint not in product_hints(car())]  # fmt: skip
    assert more == [
        "stock_days is not stated: `exposure timing` needs it, or flows",
        "routes.home.capacity is not stated: no limit",
        "routes.home.switching_cost_usd is not stated: moving costs nothing",
        "routes.home.transit_days is not stated: not shown",
        "routes.home.arrives_by is not stated: no harbor fee",
    ]


def test_what_is_only_illustrative_is_said_to_be():
    changes = [("customs_value_usd", figure(9000, 10000, 11000, grade="D")),
               ("parts", 2, "share", figure(0.25, grade="D"))]  # fmt: skip
    assert product_hints(car(*changes))[-1] == (
        "grade D (illustrative): customs_value_usd, parts.door.share"
    )


# --- rows ------------------------------------------------------------------------------------


def test_rows_of_a_product_are_those_of_its_file():
    rows = product_rows(car())
    assert {name: len(found) for name, found in rows.items()} == {
        "products": 1, "sites": 2, "parts": 3, "makings": 4, "routes": 1, "volumes_by_year": 0,
        "transformations": 0, "crossing_rules": 0, "figures": 12,
    }  # fmt: skip
    assert {row["product"] for found in rows.values() for row in found} == {"car"}
    assert rows["sites"][0]["lat"] == 37
    assert math.isnan(rows["sites"][1]["lat"])  # not stated is not the equator
    assert [row["into"] for row in rows["parts"]] == ["", "final", "body"]
    assert json.loads(rows["parts"][1]["materials"]) == {"aluminum": 0.1, "steel": 0.6}
    assert [(row["route"], row["part"], row["site"], row["split"]) for row in rows["makings"]] == [
        ("", "body", "korea", 0.75), ("", "body", "us", 0.25),
        ("", "door", "korea", 0.75), ("", "door", "us", 0.25),
    ]  # fmt: skip


def test_rows_of_a_route_stand_beside_those_for_all():
    rows = product_rows(car(
        ("routes", 0, "makings", {"door": {**MADE, "made_at": [{"site": "us", "split": 1}]}}),
        ("routes", 0, "transformations", {"body": KEEP}),
        ("parts", 1, "transformation", {"done": True, "reason": "r", "grade": "D", "source": "s"}),
        ("routes", 0, "volumes_by_year", [{"year": 2024, "units": 7, "grade": "A", "source": "s"}]),
        ("routes", 0, "crossings", [{"part": "body", "into_country": "USA", "drawback": 0.99,
                                     "attributes": {"claim": "korus"}, "source": "s"}]),
    ))  # fmt: skip
    assert rows["makings"][-1] == {
        "product": "car", "route": "home", "part": "door", "site": "us", "split": 1.0,
        "grade": "B", "source": "s", "note": "n",
    }  # fmt: skip
    assert [(row["route"], row["done"], row["keeps"]) for row in rows["transformations"]] == [
        ("", True, ""), ("home", False, "door"),
    ]  # fmt: skip
    assert rows["volumes_by_year"][0]["units"] == 7
    (rule,) = rows["crossing_rules"]
    assert (rule["from_country"], rule["drawback"]) == ("", 0.99)
    assert rule["attributes"] == '{"claim": "korus"}'


def test_every_figure_has_a_name_a_unit_and_its_range():
    rows = {row["id"]: row for row in product_rows(car())["figures"]}
    assert {name: row["unit"] for name, row in rows.items()} == {
        "car/customs_value_usd": "USD per vehicle",
        "car/parts_freight_share": "share of value",
        "car/stock_days": "days",
        "car/part/final": "share of customs value",
        "car/part/body": "share of customs value",
        "car/part/door": "share of customs value",
        "car/route/home/volume": "vehicle a year",
        "car/route/home/cost_index": "reference route = 1",
        "car/route/home/freight_share": "share of value",
        "car/route/home/capacity": "vehicle a year",
        "car/route/home/switching_cost_usd": "USD per vehicle",
        "car/route/home/transit_days": "days",
    }
    row = rows["car/route/home/volume"]
    assert (row["low"], row["central"], row["high"], row["grade"]) == (900, 1000, 1100, "C")
    assert all(row["title"] and row["source"] == "s" for row in rows.values())
    # What is not stated is no figure of nought.
    bare = product_rows(car(("stock_days", None), ("routes", 0, "capacity", None)))["figures"]
    gone = set(rows) - {row["id"] for row in bare}
    assert gone == {"car/stock_days", "car/route/home/capacity"}
