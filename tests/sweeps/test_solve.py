"""The value at which something holds: by hand on a tiny world, and shipped answers run again."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import DataError, QueryError
from exposure.facts.documents import Solve
from exposure.facts.scenario import read_scenario, read_solve
from exposure.reports.figures.solve_curve import draw
from exposure.reports.solve_text import sentences, solve_text, value_text
from exposure.sweeps import curves
from tests import tiny
from tests.night import part
from tests.sweeps.test_engine import SECOND_ROUTE

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(path.stem for path in (ROOT / "data/raw/solves").glob("*.yaml"))
PAGE = (ROOT / "docs" / "parity.md").read_text(encoding="utf-8")
RATE = {"action": "us-cars", "clause": "usmca", "between": [0, 1]}
LANDED = ["car/mexico/landed_usd_per_unit", "car/home/landed_usd_per_unit"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tiny.write(tmp_path_factory.mktemp("data"))
    car = root / "raw" / "firms" / "car.yaml"
    text = car.read_text(encoding="utf-8")
    indent = "\n".join(line[8:] for line in SECOND_ROUTE.splitlines()) + "\n"
    car.write_text(text.rstrip("\n") + "\n" + indent, encoding="utf-8")
    solve = root / "raw" / "solves" / "mexico.yaml"
    solve.parent.mkdir()
    solve.write_text(
        "id: mexico\ntitle: The car leaves Mexico\nquestion: At which rate?\nscenario: tariff\n"
        "vary: {action: us-cars, clause: usmca, between: [0, 1]}\nfind: {switch: car}\n",
        encoding="utf-8",
    )
    return root


@pytest.fixture(scope="module")
def world(folder):
    return ex.load(folder)


def spec_of(vary=RATE, *, find, **more):
    given = {"id": "s", "title": "S", "question": "Q", "scenario": "tariff", "draws": 0}
    return Solve.model_validate({**given, "vary": vary, "find": find, **more})


RUNS = {}
"""Runs of this module by world and what was asked: several numbers are read off each."""


def values(world, column, *, scenario="tariff", products=None, **changes):
    """A quantity of a whole run: of a route's cost, a product's headline or a plant's coverage."""
    key = json.dumps([id(world), scenario, products, changes])
    if key not in RUNS:
        read = read_scenario(world, scenario)
        changes = {name: {**getattr(read, name), **change} for name, change in changes.items()}
        if products is not None:
            changes["products"] = products
        read = read.model_copy(update=changes)
        RUNS[key] = ex.run(world, read, draws=0, by_sector=False, by_quarter=False)
    made = RUNS[key]
    key, _, what = column.rpartition("/")
    if what == "coverage":
        return float(made.table("plants").set_index("plant").loc[key, "coverage_central"])
    if "/" not in key:
        lines = made.table("headline").set_index(["product", "metric"])
        return float(lines.loc[(key, what), "central"])
    cost = made.table("landed_cost").set_index(["product", "route", "case"])
    now, before = (cost.loc[(*key.split("/"), case)] for case in ("scenario", "baseline"))
    return {
        "landed_usd_per_unit": float(now["landed_central"]),
        "cost_change_share": float(now["landed_central"] / before["landed_central"] - 1.0),
    }[what]


# --- by hand ----------------------------------------------------------------------------------


def test_where_two_routes_cost_the_same(world):
    """Mexico's cost is a line in the rate from just above 0; home does not pay it."""
    made = ex.solve(world, spec_of(find={"equal": LANDED}))
    found = made.table("solutions").set_index("kind").loc["crossing"]
    at = [values(world, LANDED[0], rates={"us-cars/usmca": rate}) for rate in (0.1, 0.2)]
    home = values(world, LANDED[1], rates={"us-cars/usmca": 0.1})
    by_hand = 0.1 + 0.1 * (home - at[0]) / (at[1] - at[0])
    assert found["value"] == pytest.approx(by_hand, abs=1e-12)
    assert (found["left"], found["right"]) == (f"{LANDED[1]} higher", f"{LANDED[0]} higher")
    assert found["quantity"] == pytest.approx(home, rel=1e-12)
    same = values(world, LANDED[0], rates={"us-cars/usmca": found["value"]})
    assert same == pytest.approx(home, rel=1e-9)
    assert (made.table("pieces")["form"] != "smooth").all()


def test_the_switch_of_routes_is_where_they_cost_the_same(world):
    equal = ex.solve(world, spec_of(find={"equal": LANDED})).table("solutions")
    made = ex.solve(world, "mexico", draws=0)
    switch = made.table("solutions")
    assert set(switch["kind"]) <= {"switch", "jump"}
    crossing = equal.loc[equal["kind"] == "crossing", "value"].iloc[0]
    row = switch[switch["kind"] == "switch"].iloc[0]
    assert row["value"] == pytest.approx(crossing, abs=1e-13)
    assert (row["left"], row["right"]) == ("mexico", "home")
    pieces = made.table("pieces")
    assert pieces["from"].iloc[0] == 0.0
    assert pieces["to"].iloc[-1] == 1.0
    assert (pieces["to"].to_numpy()[:-1] <= pieces["from"].to_numpy()[1:]).all()
    assert (np.diff(pieces["from"].to_numpy()[1:] - pieces["to"].to_numpy()[:-1]) < 1e-14).all()


def test_a_duty_that_displaces_another_jumps_above_nothing(world):
    """At 0 % the car duty is not owed, and the duty on its steel comes in; above, it gives way."""
    made = ex.solve(world, spec_of(find={"level": {"of": LANDED[0], "is": 0.0}}))
    pieces = made.table("pieces")
    assert pieces["form"].tolist()[:2] == ["point", "linear"]
    assert pieces["begins"].tolist()[:2] == ["end", "jump"]
    curve = made.table("curve")[LANDED[0]].to_numpy()
    assert curve[0] == pytest.approx(values(world, LANDED[0], rates={"us-cars/usmca": 0.0}))
    assert curve[1] < curve[0] - 1.0
    row = made.table("solutions").iloc[0]
    assert (row["kind"], row["left"], row["number"]) == ("none", "above", 0)
    assert np.isnan(row["value"])


def test_level_and_sides_times_and_plus(world):
    """Half of today's bill by a constant, and the same as a level."""
    bill = values(world, "car/duty_bill_usd")
    level = spec_of(find={"level": {"of": "car/duty_bill_usd", "is": bill / 2}})
    today = {"of": "car/duty_bill_usd", "today": True, "times": 0.5}
    sides = spec_of(find={"equal": ["car/duty_bill_usd", today]})
    elsewhere = {"of": "car/duty_bill_usd", "scenario": "tariff", "times": 0.25, "plus": bill / 4}
    other = spec_of(find={"equal": [elsewhere, "car/duty_bill_usd"]})
    found = [ex.solve(world, spec).table("solutions") for spec in (level, sides, other)]
    roots = [table.loc[table["kind"] == "crossing", "value"].to_numpy() for table in found]
    assert len(roots[0]) >= 1
    for root in roots[1:]:
        np.testing.assert_allclose(root, roots[0], rtol=0, atol=1e-12)
    again = values(world, "car/duty_bill_usd", rates={"us-cars/usmca": roots[0][-1]})
    assert again == pytest.approx(bill / 2, rel=1e-9)


def test_a_parameter_a_figure_and_a_currency(world):
    vary = {
        "parameter": ({"parameter": "pass_through", "between": [0, 1]}, "car/volume_change_share"),
        "figure": ({"figure": "car/customs_value_usd", "between": [8000, 12000]}, LANDED[0]),
        "currency": ({"currency": "KOR", "between": [-0.2, 0.2]}, LANDED[0]),
    }
    for name, (what, column) in vary.items():
        low, high = (
            values(world, column, **changed(spec_of(what, find={"switch": "car"}), end))
            for end in what["between"]
        )
        spec = spec_of(what, find={"level": {"of": column, "is": (low + high) / 2}})
        rows = ex.solve(world, spec).table("solutions")
        assert rows["kind"].tolist() == ["crossing"], name
        again = values(world, column, **changed(spec, rows["value"].iloc[0]))
        assert again == pytest.approx((low + high) / 2, rel=1e-9), name


def test_a_mix_keeps_the_total_and_the_proportions(world):
    """30,000 of 130,000 come from home today; the share that brings half as many duties."""
    vary = {"mix": {"product": "car", "routes": ["home"]}, "between": [0, 1]}
    half = {"of": "car/duty_bill_usd", "today": True, "times": 0.5}
    spec = spec_of(vary, find={"equal": ["car/duty_bill_usd", half]})
    made = ex.solve(world, spec)
    assert made.today == pytest.approx(30 / 130)
    [share] = made.table("solutions")["value"]
    figures = {"car/route/home/volume": 130000 * share,
               "car/route/mexico/volume": 130000 * (1 - share)}  # fmt: skip
    again = values(world, "car/duty_bill_usd", figures=figures)
    assert again == pytest.approx(values(world, "car/duty_bill_usd") / 2, rel=1e-9)


def test_coverage_of_a_plant_is_that_of_the_run(world):
    made = ex.solve(world, spec_of(find={"level": {"of": "plant/coverage", "is": 1}}))
    curve = made.table("curve")
    for row in (1, 40, 120):
        rate = float(curve["us-cars/usmca"].iloc[row])
        again = values(world, "plant/coverage", rates={"us-cars/usmca": rate})
        assert curve["plant/coverage"].iloc[row] == pytest.approx(again, rel=1e-12)


# --- draws ------------------------------------------------------------------------------------


def test_the_range_is_that_of_the_same_root_draw_by_draw(world):
    spec = spec_of(find={"equal": LANDED})
    row = ex.solve(world, spec, draws=40).table("solutions").set_index("kind").loc["crossing"]
    asked = curves.curves_of(world, spec, 40)
    roots = []
    for draw_ in range(1, 41):
        points = np.linspace(1e-12, 1.0, 2001)
        off = asked.at(points, np.full(len(points), draw_)) @ np.array([1.0, -1.0])
        place = np.flatnonzero((off[:-1] < 0) & (off[1:] >= 0))
        for at in place[:1]:
            # Straight above 0: the line between two points is exact.
            roots.append(points[at] - off[at] * (points[1] - points[0]) / (off[at + 1] - off[at]))
    assert row["draws"] == 40
    assert row["root_share"] == pytest.approx(len(roots) / 40)
    wanted = np.quantile(roots, [0.1, 0.5, 0.9])
    np.testing.assert_allclose(row[["low", "median", "high"]].astype(float), wanted, rtol=1e-9)


def test_draws_without_a_root_are_told(world):
    spec = spec_of({**RATE, "between": [0.01, 0.06]}, find={"equal": LANDED}, draws=60)
    made = ex.solve(world, spec)
    row = made.table("solutions").iloc[0]
    assert 0 <= row["root_share"] < 1
    said = " ".join(sentences(made))
    assert ("none in" in said) or ("there is one" in said) or ("draws has one" in said)


# --- the shipped ones --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole():
    return ex.load()


def changed(spec, value):
    """What a scenario sets for the number to have a value."""
    vary = spec.vary
    if vary.clause is not None:
        return {"rates": {f"{vary.action}/{vary.clause}": value}}
    if vary.parameter is not None:
        return {"parameters": {vary.parameter: value}}
    if vary.currency is not None:
        return {"currencies": {vary.currency: value}}
    return {"figures": {vary.figure: value}}


@pytest.mark.parametrize("name", part(SHIPPED, 3))
def test_a_run_at_the_answer_gives_equality(whole, name):
    """Every crossing and switch of the shipped questions, run again from end to end."""
    spec = read_solve(whole, name)
    assert spec.answers
    made = ex.solve(whole, spec, draws=0)
    [told] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    assert spec.title in told
    for row in made.table("solutions").to_dict("records"):
        if row["kind"] != "jump" and row["kind"] != "end":
            said = "none" if row["kind"] == "none" else value_text(row["value"], row["unit"])
            assert f"| {said}" in told
    for row in made.table("solutions").to_dict("records"):
        if row["kind"] not in ("crossing", "switch"):
            continue
        if spec.vary.mix is not None:
            asked = curves.curves_of(whole, spec, 0)
            numbers = curves._numbers(asked, np.array([row["value"]]), np.zeros(1, dtype=int))[0]
            names = [names[0] for names in asked.prepared.moved]
            set_to = {"figures": dict(zip(names, numbers.tolist(), strict=True))}
        else:
            set_to = changed(spec, row["value"])
        products = list(spec.products)
        if spec.find.switch is not None:
            names = [f"{spec.find.switch}/{row[side]}/landed_usd_per_unit"
                     for side in ("left", "right")]  # fmt: skip
            sides = [
                values(whole, name, scenario=spec.scenario, products=products, **set_to)
                for name in names
            ]
        elif name == "korea-japan-level":
            # Both are all-in rates: what is solved for is the other's rate itself.
            assert row["value"] == pytest.approx(0.15, abs=1e-12)
            continue
        else:
            sides = [
                side.plus + side.times * values(
                    whole, side.of, scenario=side.scenario or spec.scenario, products=products,
                    **({} if side.constant else set_to),
                )
                for side in spec.find.sides
            ]  # fmt: skip
            if spec.find.level is not None:
                sides.append(spec.find.level.value)
        assert sides[0] == pytest.approx(sides[1], rel=1e-9, abs=1e-12)


ANSWERS = {
    # Value, and by which way it is known.
    "korea-japan-level": 0.15,  # both all in
    "korea-japan-change": (1.15 + 0.032) / (1.025 + 0.032) * 1.035 - 0.035 - 1.0,  # with freight
    "korea-rise-3": 0.03 * 1.035,
    "k4-leaves-mexico": 0.184,
    "k4-leaves-mexico-full-value": 0.1105,
    "k4-mexico-or-korea": 0.363,
    "phone-or-chips": 0.336,
    "rav4-leaves-japan": 0.0934,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers(whole, name):
    rows = ex.solve(whole, name, draws=0).table("solutions")
    found = rows.loc[rows["kind"].isin(["crossing", "switch"]), "value"].to_numpy()
    exact = 1e-12 if name.startswith("korea") else 5e-4
    assert np.abs(found - ANSWERS[name]).min() < exact, found


def test_content_and_full_value_differ_by_the_american_share(whole):
    """At 40 % American a rate on full value weighs 1 / 0.6 of one on what is not American."""
    content, full = (
        ex.solve(whole, name, draws=0).table("solutions")["value"].iloc[0]
        for name in ("k4-leaves-mexico", "k4-leaves-mexico-full-value")
    )
    assert full / content == pytest.approx(0.6, abs=0.005)


# --- words, files, command ---------------------------------------------------------------------


def test_command_prints_a_sentence_and_writes_files(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(folder))
    run = CliRunner().invoke
    done = run(main, ["solve", "mexico", "--draws", "20", "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "The car leaves Mexico" in done.output
    assert "the cheapest route changes" in done.output
    assert "In 80 % of draws" in done.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    tables = {f"{name}.{end}" for name in ("solutions", "pieces", "curve") for end in ("csv", "parquet")}  # fmt: skip
    assert names == tables | {"curve.svg"}
    told = json.loads(run(main, ["solve", "mexico", "--draws", "0", "--json"]).output)
    assert told["solutions"][-1]["kind"] == "switch"
    said = run(main, ["check", str(folder / "raw/solves/mexico.yaml")])
    assert "solve mexico on us-cars/usmca, 0 to 1" in said.output
    assert run(main, ["check"]).exit_code == 0


def test_the_picture_names_curves_axes_and_bands(world):
    made = ex.solve(world, "mexico", draws=10)
    figure = draw(made)
    picture = figure.views[0][1]
    for text in ("USD per unit", "Rate of us-cars, usmca [%]", "mexico", "home", "80 % of draws"):
        assert text in picture
    assert draw(made) == figure
    assert "lands cheapest" in solve_text(made)


BAD = {
    "quantity": ({"find": {"level": {"of": "car/mexico/landed", "is": 1}}}, "landed_usd_per_unit"),
    "thing": ({"find": {"level": {"of": "car/canada/units", "is": 1}}}, "car/mexico/units"),
    "clause": ({"vary": {**RATE, "clause": "kor"}}, "acts on no crossing.*us-cars/usmca"),
    "action": ({"vary": {**RATE, "action": "us-car"}}, "us-cars"),
    "product": ({"find": {"switch": "cart"}}, "'cart' is not known"),
    "scenario": ({"scenario": "tarif"}, "no scenario 'tarif'"),
    "route": ({"vary": {"mix": {"product": "car", "routes": ["hom"]}, "between": [0, 1]}}, "home"),
    "parameter": ({"vary": {"parameter": "pass", "between": [0, 1]}}, "pass_through"),
    "all routes": (
        {"vary": {"mix": {"product": "car", "routes": ["home", "mexico"]}, "between": [0, 1]}},
        "the other routes of car bring nothing",
    ),
    "units": ({"find": {"equal": [LANDED[0], "car/mexico/units"]}}, "one unit"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_known_is_refused_in_one_line(world, folder, tmp_path, monkeypatch, name):
    change, says = BAD[name]
    given = {"vary": RATE, "find": {"switch": "car"}, **change}
    spec = Solve.model_validate(
        {"id": "s", "title": "S", "question": "Q", "scenario": "tariff", **given}
    )
    with pytest.raises((QueryError, DataError), match=says) as caught:
        ex.solve(world, spec)
    assert len(str(caught.value).splitlines()) == 1
    if name not in ("clause", "quantity"):
        return
    path = tmp_path / "s.yaml"
    path.write_text(spec.model_dump_json(by_alias=True, exclude_none=True), encoding="utf-8")
    monkeypatch.setenv("EXPOSURE_DATA", str(folder))
    done = CliRunner().invoke(main, ["solve", str(path)])
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
