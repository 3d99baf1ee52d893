"""Bad data and scenario files: one clear line that names file and field."""

import pytest

import exposure as ex
from exposure.errors import ExposureError
from tests import tiny

CHANGES = [
    # file, old text, new text, what the line must say
    ("law/us/cars.yaml", "rate: 0.25, source", "ratte: 0.25, source", "ratte: unknown field"),
    ("law/us/cars.yaml", 'rate: 0.25, source: "Proc 1"', "rate: 0.25", "source: is missing"),
    ("law/us/cars.yaml", "rate: 0.25, source", "rate: 25, source", "is 2500%; a rate is a fraction"),
    ("law/us/cars.yaml", "rate: 0.25, source", "source", "exactly one of `rate`"),
    ("law/us/cars.yaml", '"8703.23"', "8703.23", "must be a quoted string"),
    ("law/us/cars.yaml", "origin: KOR", "origin: KOREA", "'KOREA' is no country or group"),
    ("law/us/cars.yaml", "claim: usmca", "claims: usmca", "attribute 'claims' is not known"),
    ("law/us/cars.yaml", "[reciprocal, steel]", "[reciprocal, iron]", "displaces 'iron'"),
    ("law/us/cars.yaml", "id: us-cars", "id: us-cars\nid: us-cars", "stands twice"),
    ("law/us/cars.yaml", "title: Cars", "title: [Cars", "cars.yaml:"),
    ("law/us/reciprocal.yaml", "lists: [exempt]", "lists: [exmpt]", "exmpt.csv: no such file"),
    ("law/us/reciprocal.yaml", "use: [unconditional]", "use: [never]", "no row of class"),
    ("law/us/lists/exempt.csv", "851713,", "85171,", "row 2: hts '85171'"),
    ("law/us/lines.csv", "0.025,,0,,0", "2.5%,,0,,0", "mfn_rate '2.5%' is not a number"),
    ("firms/car.yaml", "central: 0.3, high: 0.4", "central: 0.2, high: 0.4", "shares add up to 0.9"),
    ("firms/car.yaml", "split: 0.5}, {site: us", "split: 0.4}, {site: us", "splits add up to 0.9"),
    ("firms/car.yaml", "{site: us, split: 1}", "{site: usa, split: 1}", "'usa' is no site"),
    (
        "firms/car.yaml",
        'id: body, title: Body, hts: "8708.29.51", into: assembly',
        'id: body, title: Body, hts: "8708.29.51", into: body',
        "circle: body -> body",
    ),
    ("firms/car.yaml", "low: 9000, central: 10000", "low: 11000, central: 10000", "does not hold"),
    ("firms/car.yaml", "grade: C, source: s}", "grade: E, source: s}", "grade"),
    ("firms/car.yaml", "grade: C, source: s}", "grade: C, source: t}", "'t' is not in sources.csv"),
    ("economy/labour.csv", "MEX,cars,20", "MEX,trucks,20", "no jobs per value added for cars in MEX"),
    ("parameters.yaml", "id: route_elasticity", "id: pass_through", "parameters, row pass_through//: stands twice"),
    ("parameters.yaml", "distribution: lognormal", "distribution: bell", "distribution"),
    ("parameters.yaml", "low: 2, central: 8, high: 32, distribution", "low: -2, central: 8, high: 32, distribution", "a lognormal number has one sign"),
    ("parameters.yaml", "{id: adjustment_years,", "{id: adjustment_years, horizon: later,", "horizon"),
    ("parameters.yaml", "{id: employment_elasticity,", "{id: employment_elasticity, horizon: long,", "a row of the long run without one of the first year"),
    ("economy/correlations.csv", "note\n", "note\npass_through*,demand*,1.5,D,s,\n", "-1 to 1"),
    ("economy/correlations.csv", "note\n", "note\npass_thru*,demand*,0.5,D,s,\n", "'pass_thru*' is the name of no uncertain number"),
    ("economy/categories.csv", "900000,1000000", "1100000,1000000", "categories"),
    ("economy/market_flows.csv", "cars,KOR,USA,80,2022,B,s\n", "trucks,KOR,USA,80,2022,B,s\n", "market 'trucks' is not in markets.csv"),
    ("economy/markets.csv", "cars,Cars,cars", "cars,Cars,boats", "sector of 0 industries"),
    ("economy/mrio/flows.csv", "MEX,cars,20,", "MEX,cars,25,", "output is not what is sold: -5.0 million USD"),
    ("economy/mrio/flows.csv", "MEX,cars,20,", "MEX,cars,x,", "holds what is no number"),
    ("economy/mrio/flows.csv", "USA.final", "USA", "column 8"),
    ("economy/mrio/flows.csv", "USA,cars", "USA,boats", "'boats' is not known"),
    ("economy/mrio/accounts.csv", "USA,cars,200,100", "USA,cars,200,110", "value added is not output less inputs: -10.0 million USD"),
    ("economy/mrio/accounts.csv", "USA,cars,200,100,400,500,600,B,s,\n", "", "no account of USA cars"),
    ("economy/mrio/accounts.csv", "800,1000,1200", "1100,1000,1200", "at most `jobs_central`"),
    ("economy/mrio/industries.csv", "C29,1", "C29,yes", "0 or 1"),
    ("economy/mrio/hts.csv", "87,cars", "87,trucks", "'trucks' is not known"),
    ("economy/mrio/us_imports.csv", "45000", "60000", "more than all its imports"),
    ("economy/mrio/us_imports.csv", "2024,s", "2024,t", "source 't' is not in sources.csv"),
    ("economy/mrio/shipment_facts.csv", "MEX,approved", "MEX,aproved", "attribute 'aproved' is not known"),
    ("economy/mrio/shipment_facts.csv", "true", "yes", "value 'yes'"),
    ("economy/mrio/boards.csv", "8703", "870", "prefixes"),
    ("economy/plants.csv", "plant,Plant", "plnt,Plant", "no site 'plnt'"),
    ("economy/plants.csv", "0.5,0.6,0.7", "0.5,0.6,1.7", "0 to 1"),
    ("firms/car.yaml", "sector: cars", "sector: cars\ncategory: us-boats", "category 'us-boats' is not known"),
    ("firms/car.yaml", "sector: cars", "sector: cars\nimporter: someone", "importer"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), CHANGES)
def test_world(tmp_path, name, old, new, said):
    key = name.replace("/", "__").replace(".", "__")
    with pytest.raises(ExposureError) as caught:
        ex.load(tiny.write(tmp_path, **{key: (old, new)}))
    lines = str(caught.value).splitlines()
    assert any(said in line for line in lines), lines
    assert name.split("/")[-1].split(".")[0] in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: tariff", "id: tariff\nproducts: [cart]", "'cart' is not known"),
        ("id: tariff", "id: tariff\nparameters: {passthrough: 1}", "'passthrough' is not known"),
        ("id: tariff", "id: tariff\nlaw: [{action: us-carz, suspend: true}]", "'us-carz' does not"),
        (
            "id: tariff",
            "id: tariff\nlaw: [{action: us-cars, clause: [jpn], suspend: true}]",
            "no clause 'jpn'",
        ),
        ("2025-01-15", "15 January", "baseline.effective_on"),
        ("title: A tariff", "titel: A tariff", "titel: unknown field"),
    ],
)
def test_scenario(tmp_path, old, new, said):
    world = ex.load(tiny.write(tmp_path, scenarios__tariff__yaml=(old, new)))
    with pytest.raises(ExposureError, match=said):
        ex.run(world, "tariff")


def test_names_that_do_not_exist_list_those_that_do(tmp_path):
    world = ex.load(tiny.write(tmp_path))
    with pytest.raises(ExposureError, match="no scenario 'none'.*tariff"):
        ex.run(world, "none")
    with pytest.raises(ExposureError, match="no data folder"):
        ex.load(tmp_path / "nowhere")


def test_a_crossing_without_a_known_rate_stops_the_run_and_is_named(tmp_path):
    root = tiny.write(tmp_path, law__mex__mfn__yaml=("scope: {all: true}", 'scope: {hts: ["01"]}'))
    with pytest.raises(ExposureError, match=r"car/mexico: body 87082951 KOR -> MEX.*no ordinary"):
        ex.run(ex.load(root), "tariff")


def test_several_problems_are_told_at_once(tmp_path):
    root = tiny.write(
        tmp_path,
        law__us__cars__yaml=("title: Cars", "titel: Cars"),
        law__us__steel__yaml=("title: Steel", "titel: Steel"),
    )
    with pytest.raises(ExposureError) as caught:
        ex.load(root)
    assert len(str(caught.value).splitlines()) == 4
