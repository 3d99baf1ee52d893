"""Quantities by their names: which outputs hold one, how it reads, and what a sweep writes down."""

from types import SimpleNamespace

import pandas as pd
import pytest

from exposure.errors import QueryError
from exposure.reports.words import LANGUAGES, Words
from exposure.sweeps.curves import _label, _one, _outputs, _routes
from exposure.sweeps.outputs import DEFAULT, OUTPUTS, columns_of, kind_of, values_of, wanted
from exposure.sweeps.reading import Column

# --- of a solve ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "side", "said"),
    [
        ("car/a/duty_usd_per_unit", {}, "Duty, Car (a)"), ("car/units", {}, "Duty, Car"),
        ("car/units", {"times": 2.0, "plus": -5.0}, "2 times Duty, Car - 5"),
        ("car/units", {"plus": 0.25, "scenario": "today"}, "Duty, Car in today + 0.25"),
        ("car/units", {"today": True}, "Duty, Car today"),
    ],
)  # fmt: skip
def test_a_quantity_in_few_words(name, side, said):
    made = SimpleNamespace(**{"times": 1.0, "plus": 0.0, "scenario": "", "today": False, **side})
    assert _label(Column(name, "output", "USD", "Duty: Car, by sea"), made) == said


def test_quantities_are_found_by_the_last_part_of_their_names():
    assert _outputs(["car/a/landed_usd_per_unit", "car/b/landed_usd_per_unit"], "s") == [
        "route_landed_usd_per_unit"
    ]
    # Of a route and of a product: both are asked for.
    assert _outputs(["car/duty_usd_per_unit"], "s") == [
        "route_duty_usd_per_unit",
        "duty_usd_per_unit",
    ]


def test_what_is_no_quantity_is_refused_with_what_is_near():
    with pytest.raises(QueryError, match=r"^solve s: find: 'landed' is no quantity \(") as caught:
        _outputs(["car/a/landed"], "solve s")
    assert "landed_usd_per_unit" in str(caught.value)
    with pytest.raises(QueryError, match=r"^solve s: find: 'car/c/x' is no quantity \("):
        _one({"car/a/x": Column("car/a/x", "output", "", "")}, "car/c/x", "solve s")


def test_routes_of_a_product_are_two_at_least():
    spec = SimpleNamespace(find=SimpleNamespace(switch="car"))
    names = ["car/a/x", "van/b/x", "car/c/x"]
    assert [side.of for side in _routes(spec, names, "solve s")] == ["car/a/x", "car/c/x"]
    with pytest.raises(QueryError, match="no two routes") as caught:
        _routes(spec, names[:2], "solve s")
    assert str(caught.value) == "solve s: find: 'car' has no two routes here (products: car, van)"


# --- of a sweep ------------------------------------------------------------------------------


@pytest.fixture
def compiled():
    return SimpleNamespace(
        products=pd.DataFrame({"product": ["car", "van"], "title": ["Car: new", "Van"]}),
        routes=pd.DataFrame({"product": ["car", "car"], "route": ["a", "b"], "title": ["By sea", "By air"]}),
        plants=pd.DataFrame({"site": ["plant"], "title": ["Plant"]}),
        work=SimpleNamespace(countries=["KOR", "USA"]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("output", "names"),
    [
        # Words of the level are left out of a column: its key says them.
        ("route_landed_usd_per_unit", ["car/a/landed_usd_per_unit", "car/b/landed_usd_per_unit"]),
        ("duty_bill_usd", ["car/duty_bill_usd", "van/duty_bill_usd"]),
        ("country_jobs_exposed_fte", ["KOR/jobs_exposed_fte", "USA/jobs_exposed_fte"]),
        ("jobs_exposed_fte", ["car/jobs_exposed_fte", "van/jobs_exposed_fte"]),
        ("plant_coverage", ["plant/coverage"]),
    ],
)
def test_columns_are_named_by_thing_and_output(compiled, output, names):
    columns = columns_of(compiled, [output])
    assert [column.name for column in columns] == names
    assert {column.unit for column in columns} == {OUTPUTS[output].unit}


def test_no_two_outputs_share_a_column(compiled):
    names = [column.name for column in columns_of(compiled, list(OUTPUTS))]
    assert len(names) == len(set(names))


def test_the_kind_of_a_column_is_read_back_from_name_and_title(compiled):
    for output in OUTPUTS:
        for column in columns_of(compiled, [output]):
            kind, thing = kind_of(column)
            assert kind == output, column
            assert column.title == f"{OUTPUTS[output].title}: {thing}"


@pytest.mark.parametrize(
    "column",
    [
        Column("car/unheard_of", "output", "", "Duty: Car"),
        Column("car/duty_bill_usd", "output", "USD", "A title of my own"),
        # Of a country the name is the thing; here they differ, and there is no such product.
        Column("duty_bill_usd", "output", "USD", "Duties of all borders: Car"),
    ],
)
def test_a_column_of_another_is_of_no_kind(column):
    assert kind_of(column) == ("", "")


def test_every_output_of_a_sweep_has_its_words_in_every_language():
    for language in LANGUAGES:
        said = Words(language)
        for output in OUTPUTS:
            assert said.label(f"sweep_output.{output}")
        assert not said.missing


def test_values_stand_in_the_order_of_the_columns(monkeypatch):
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}).to_numpy()
    made = {name: SimpleNamespace(of=lambda sides, k=k: sides * k) for k, name in enumerate("xyz")}
    monkeypatch.setattr("exposure.sweeps.outputs.OUTPUTS", made)
    found = values_of(table, ["z", "y"])
    assert [column.tolist() for column in found] == [[2, 4], [6, 8], [1, 2], [3, 4]]


def test_outputs_that_are_wanted_stand_once_and_none_means_the_usual():
    assert wanted(["duty_bill_usd", "route_units", "duty_bill_usd"], "s") == (
        "duty_bill_usd", "route_units",
    )  # fmt: skip
    assert wanted([], "s") == DEFAULT
    assert set(DEFAULT) <= set(OUTPUTS)
    with pytest.raises(QueryError) as caught:
        wanted(["duty_bill"], "sweep s: outputs")
    assert str(caught.value).startswith("sweep s: outputs: 'duty_bill' is no output (")
    assert "duty_bill_usd" in str(caught.value)
