"""Mutated YAML documents end well or in plain lines; what is accepted is read as it is written."""

import datetime as dt
import textwrap
import warnings

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

import exposure as ex
from exposure.cli.files import _check_file
from exposure.errors import ExposureError
from exposure.facts import documents as forms
from exposure.facts.added import add_product
from exposure.facts.documents.deals import Deal, Frontier, Stance, Wait
from exposure.facts.documents.estimations import Estimation
from exposure.facts.place import data_root
from exposure.facts.strict_yaml import read_document
from tests import tiny
from tests.bad_inputs.test_bargains import DEAL, FRONTIER, STANCE, WAIT
from tests.hardening import mutations
from tests.night import NIGHT

READ, LAID = (6000, 400) if NIGHT else (500, 50)
"""How many documents are read by themselves, and how many are laid over a world and asked."""
SURE = {"derandomize": True, "database": None, "deadline": None,
        "suppress_health_check": list(HealthCheck)}  # fmt: skip
SOLVE = """
    id: turn
    title: Turn
    question: When?
    scenario: tariff
    vary: {action: us-cars, clause: usmca, between: [0, 0.5]}
    find: {level: {of: car/mexico/duty_usd_per_unit, is: 500.0}}
    draws: 0
"""
ESTIMATION = """
    id: pass
    title: Pass
    question: How much?
    table: table.csv
    outcome: price
    regressors: [{column: rate, transform: log1p}]
    effects: [origin, month]
    cluster: origin
    model: ols
    where: {kept: [1, yes]}
    informs: pass_through
    pass_through: true
    source: own
"""
SHIPPED = {
    "law/us/s232-autos": forms.Action,
    "law/attributes": forms.Attributes,
    "law/origin": forms.RulesOfOrigin,
    "firms/samsung-washer": forms.Product,
    "scenarios/korea-25-japan-15": forms.Scenario,
    "sweeps/phones-vietnam-chips": forms.Sweep,
    "solves/k4-leaves-mexico": forms.Solve,
    "deals/korea-350": Deal,
    "deals/korea-frontier": Frontier,
    "deals/korea-wait": Wait,
    "deals/korea-japan-stance": Stance,
    "estimations/usmca-claims-event": Estimation,
    "parameters": forms.Parameters,
}
SMALL = {
    "law/us/cars.yaml": forms.Action,
    "law/us/reciprocal.yaml": forms.Action,
    "law/origin.yaml": forms.RulesOfOrigin,
    "firms/car.yaml": forms.Product,
    "scenarios/tariff.yaml": forms.Scenario,
    "sweeps/grid.yaml": forms.Sweep,
    "parameters.yaml": forms.Parameters,
}
OWN = {"deal": (DEAL, Deal), "frontier": (FRONTIER, Frontier), "wait": (WAIT, Wait), "stance": (STANCE, Stance),
       "solve": (SOLVE, forms.Solve), "estimation": (ESTIMATION, Estimation)}  # fmt: skip


def _seeds():
    root = data_root() / "raw"
    found = {}
    for name, form in SHIPPED.items():
        found[name] = ((root / f"{name}.yaml").read_text(encoding="utf-8"), form)
    for name, form in SMALL.items():
        found[name] = (textwrap.dedent(tiny.FILES[name]), form)
    for name, (text, form) in OWN.items():
        found[name] = (textwrap.dedent(text).replace("party: KOR", "party: MEX"), form)
    return found


SEEDS = _seeds()
NODES = {name: mutations.composed(text) for name, (text, _) in SEEDS.items()}
FORMS = {name: form for name, (_, form) in SEEDS.items()}


def plain_lines(error, path):
    """An error is lines for a person: they name the file, and nothing in them moves a cursor."""
    lines = str(error).split("\n")
    assert all(line.strip() and line.isprintable() and len(line) < 1500 for line in lines), lines
    assert path in str(error), lines


def as_written(model, content):
    """Every number and day of a document stands in its file, as the file has it."""
    words, numbers = mutations.scalars_of(content)
    for leaf in mutations.leaves(model.model_dump(exclude_unset=True, by_alias=True)):
        if isinstance(leaf, int | float) and not isinstance(leaf, bool):
            assert float(leaf) in numbers, (leaf, sorted(numbers))
        elif isinstance(leaf, dt.date):
            assert leaf.isoformat() in words | {_padded(word) for word in words}, leaf


def _padded(word):
    """2025-1-5 is the same day."""
    return "-".join(part.zfill(2) for part in word.split("-"))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("documents") / "given.yaml"


def test_documents_are_read_as_written_or_refused(place):
    seen = {"refused": 0, "accepted": 0}

    @settings(max_examples=READ, **SURE)
    @given(mutations.documents(NODES))
    def ask(made):
        name, content = made
        place.write_bytes(content)
        try:
            model = read_document(FORMS[name], place)
        except ExposureError as error:
            seen["refused"] += 1
            plain_lines(error, str(place))
        else:
            seen["accepted"] += 1
            as_written(model, content)

    ask()
    print(f"\n{sum(seen.values()):,} documents: {seen}")
    assert sum(seen.values()) >= READ
    assert min(seen.values()) > READ / 20


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tiny.write(tmp_path_factory.mktemp("data"))
    (root / "raw" / "deals").mkdir()
    (root / "raw" / "deals" / "bargain.yaml").write_text(SEEDS["deal"][0], encoding="utf-8")
    return ex.load(root)


def _priced(world):
    ex.rate(world, "8703.23.01", "KOR", "2025-12-05", value_usd=20000)


def _run(world, scenario, products=()):
    ex.run(world, scenario, products=products, draws=0, by_sector=False, by_quarter=False)


def _product(world, path):
    with_it, product = add_product(world, path)
    _run(with_it, "tariff", [product.id])


ASKED = {
    "law/us/cars.yaml": lambda world, path: _priced(ex.add_action(world, path)),
    "law/us/reciprocal.yaml": lambda world, path: _priced(ex.add_action(world, path)),
    "firms/car.yaml": _product,
    "scenarios/tariff.yaml": _run,
    "rich scenario": _run,
    "sweeps/grid.yaml": _check_file,
    "solve": lambda world, path: ex.solve(world, path, draws=0),
    "estimation": lambda world, path: ex.estimate(path, world),
    "deal": lambda world, path: ex.deal(world, path, draws=0),
    "frontier": lambda world, path: ex.deal(world, path, draws=0),
    "wait": lambda world, path: ex.deal(world, path, draws=0),
}
RICH = """
    id: rich
    title: Rich
    question: What?
    baseline: {effective_on: 2025-01-15, known_on: 2025-01-15}
    law_on: {effective_on: 2025-12-15, known_on: 2026-01-01}
    products: [car]
    parameters: {pass_through: 0.6, demand_elasticity: -1.5}
    figures: {car/customs_value_usd: 9500}
    rates: {us-cars/usmca: 0.1}
    currencies: {KOR: -0.1}
    limits: [{product: car, route: mexico, units: 80000, holder: importer}]
    crossings: [{product: car, part: assembly, attributes: {claim: none}}]
    law:
      - {action: us-steel, suspend: true, clause: [content]}
      - action: us-cars
        measures: [{id: more, from: 2025-06-01, known: 2025-06-01, rate: 0.3, origin: KOR, source: x}]
    years: 3
    demand: linear
    incidence: supply_and_demand
"""


def test_documents_laid_over_a_world_are_answered_or_refused(world, tmp_path_factory):
    place = tmp_path_factory.mktemp("laid") / "given.yaml"
    rows = [(o, m, r, 10 + o - 0.4 * r + (o * m) % 3 / 100, k)
            for o in range(8) for m in range(6)
            for r, k in [(0.25 * (o % 2) * (m > 2), 1 if o else "yes")]]  # fmt: skip
    text = "\n".join(",".join(map(str, row)) for row in rows)
    (place.parent / "table.csv").write_text(f"origin,month,rate,price,kept\n{text}\n", "utf-8")
    seeds = {name: NODES[name] for name in ASKED if name in NODES}
    seeds["rich scenario"] = mutations.composed(textwrap.dedent(RICH))
    for name, node in seeds.items():
        place.write_text(yaml.serialize(node, Dumper=yaml.CSafeDumper), encoding="utf-8")
        ASKED[name](world, place)  # what is not mutated has an answer
    seen = {"refused": 0, "answered": 0}

    @settings(max_examples=LAID, **SURE)
    @given(mutations.documents(seeds, most=1))
    def ask(made):
        name, content = made
        place.write_bytes(content)
        try:
            with warnings.catch_warnings():
                # Numbers beyond all bounds of the world overflow; they must not be nought.
                warnings.simplefilter("ignore", RuntimeWarning)
                ASKED[name](world, place)
        except ExposureError as error:
            seen["refused"] += 1
            plain_lines(error, "")
        else:
            seen["answered"] += 1

    ask()
    print(f"\n{sum(seen.values()):,} documents over a world: {seen}")
    assert sum(seen.values()) >= LAID
    assert min(seen.values()) > LAID / 10
