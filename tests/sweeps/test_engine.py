"""A row of a sweep is the run of its scenario, to the last bit, whoever evaluates it and how."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.errors import DataError, Problems, QueryError
from exposure.facts.documents import Sweep
from exposure.facts.scenario import read_sweep
from exposure.facts.strict_yaml import read_document
from exposure.model.compile import compile_scenarios
from exposure.model.headline import Sides
from exposure.model.inputs import draws_of
from exposure.model.rows import paired_rows
from exposure.model.run import evaluate
from exposure.sweeps import engine, prepare
from exposure.sweeps.layout import layout
from exposure.sweeps.outputs import OUTPUTS, columns_of, values_of
from exposure.sweeps.prepare import scenario_of
from tests import tiny

SECOND_ROUTE = """\
          - id: home
            title: Home
            assembly: us
            volume: {low: 20000, central: 30000, high: 40000, grade: B, source: s}
            capacity: {low: 30000, central: 45000, high: 50000, grade: D, source: s}
            cost_index: {low: 1.0, central: 1.1, high: 1.2, grade: D, source: s}
            freight_share: {low: 0, central: 0, high: 0, grade: D, source: s}
            switching_cost_usd: {low: 0, central: 100, high: 300, grade: D, source: s}
            crossings:
              - {part: body, into_country: USA, attributes: {use: car}, source: s}
"""
RATE = {"action": "us-cars", "clause": "usmca", "values": [0.0, 0.1, 0.25, 0.6]}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tiny.write(tmp_path_factory.mktemp("data"))
    car = root / "raw" / "firms" / "car.yaml"
    text = car.read_text(encoding="utf-8")
    indent = "\n".join(line[8:] for line in SECOND_ROUTE.splitlines()) + "\n"
    car.write_text(text.rstrip("\n") + "\n" + indent, encoding="utf-8")
    return ex.load(root)


def spec_of(*dimensions, **more):
    given = {"id": "s", "title": "S", "scenario": "tariff", "outputs": list(OUTPUTS)}
    return Sweep.model_validate({**given, "dimensions": list(dimensions), **more})


def direct(world, scenario, draws=0, draw=0, seed=20250204):
    """Outputs of one scenario on the whole graph: compiled, paired and evaluated as a run is."""
    compiled, [pair] = compile_scenarios(world, [scenario])
    rows = paired_rows(compiled, scenario, pair, draws_of(compiled, scenario, draws, seed))
    done = evaluate(compiled, rows)
    size = 1 + draws
    old, new = slice(draw, draw + 1), slice(size + draw, size + draw + 1)
    values = values_of(Sides(compiled, done, rows.values, old, new), tuple(OUTPUTS))
    names = [column.name for column in columns_of(compiled, tuple(OUTPUTS))]
    return {name: float(value[0]) for name, value in zip(names, values, strict=True)}


def assert_same(row, wanted):
    for name, value in wanted.items():
        found = row[name]
        if "jobs" in name:
            # Summed by groups of nodes here, by nodes there.
            np.testing.assert_allclose(found, value, rtol=1e-12, atol=1e-9, err_msg=name)
        else:
            assert found == value or (np.isnan(found) and np.isnan(value)), (name, found, value)


PATCHES = {
    "as it is": {},
    "no steel": {"law": [{"action": "us-steel", "suspend": True}]},
    "no claim": {
        "crossings": [{"product": "car", "part": "assembly", "attributes": {"claim": "none"}}]
    },
    "capped": {"limits": [{"product": "car", "route": "mexico", "units": 60000}]},
    "planned": {"route_choice": "cheapest"},
    "straight": {"demand": "linear", "incidence": "complete"},
    "later": {"years": 5},
    "earlier": {"law_on": {"effective_on": "2025-05-01"}},
}
SWEEPS = {
    "rate": spec_of(RATE),
    "parameter": spec_of({"parameter": "pass_through", "values": [0.0, 0.3, 1.0]}),
    "share": spec_of({"figure": "car/part/engine", "values": [0.1, 0.4, 0.7]}, RATE),
    "value": spec_of({"figure": "car/customs_value_usd", "values": [8000, 12000]}),
    "volume": spec_of({"figure": "car/route/mexico/volume", "values": [0, 50000, 1e6]}),
    "capacity": spec_of(
        {"figure": "car/route/home/capacity", "values": [30000, 31000, 1e6]}, RATE
    ),
    "freight": spec_of({"figure": "car/route/mexico/freight_share", "values": [0.0, 0.1]}, RATE),
    "cost": spec_of({"figure": "car/route/home/cost_index", "values": [0.9, 1.3]}),
    "currency": spec_of({"currency": "MEX", "values": [-0.2, 0.0, 0.1]}, RATE),
    "reach": spec_of(
        {"currency": "KOR", "values": [-0.2, 0.1]},
        {"parameter": "exchange_pass_through", "values": [0.0, 0.5, 1.0]},
    ),
    "options": spec_of({"name": "way", "options": PATCHES}, RATE),
    "days": spec_of({"law_on": ["2025-01-15", "2025-04-10", "2026-03-01"]}, RATE),
    "list": spec_of(
        {"parameter": "route_elasticity", "values": [0.5, 1.0, 4.0]},
        {"name": "way", "options": {k: PATCHES[k] for k in ("as it is", "no steel", "planned")}},
        {**RATE, "values": [0.3, 0.2, 0.1]},
        design="list",
    ),
    "even": spec_of(
        {**{k: RATE[k] for k in ("action", "clause")}, "between": [0, 0.5]},
        {"parameter": "demand_elasticity"},
        {"figure": "car/part/assembly"},
        {"name": "way", "options": {k: PATCHES[k] for k in ("as it is", "straight")}},
        design="sobol", size=16,
    ),
    "hypercube": spec_of(
        {"currency": "MEX", "between": [-0.3, 0.3]},
        {"figure": "car/route/home/volume"},
        design="latin_hypercube", size=10,
    ),
    "saltelli": spec_of(
        {"parameter": "pass_through"}, {"currency": "USA", "between": [-0.1, 0.1]},
        design="saltelli", size=4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SWEEPS)
def test_a_row_is_the_run_of_its_scenario(world, tmp_path, name):
    spec = SWEEPS[name]
    table = ex.sweep(world, spec, tmp_path / "out", workers=1).frame().set_index("scenario_id")
    prepared = prepare.prepare(world, spec)
    assert len(table) == len(prepared.layout) > 1
    for number, row in table.iterrows():
        assert_same(row, direct(world, scenario_of(prepared, int(number))))


def test_a_row_is_a_draw_of_the_run(world, tmp_path):
    spec = spec_of(RATE, {"parameter": "pass_through", "values": [0.2, 0.9]}, draws=5)
    table = ex.sweep(world, spec, tmp_path / "out", workers=1).frame().set_index("scenario_id")
    assert len(table) == 8 * 6
    prepared = prepare.prepare(world, spec)
    for number, row in table.iterrows():
        draw = int(row["draw"])
        assert_same(row, direct(world, scenario_of(prepared, int(number)), 5, draw))
    alone = spec_of(draws=5)
    drawn = ex.sweep(world, alone, tmp_path / "drawn", workers=1).frame()
    assert drawn["car/mexico/landed_usd_per_unit"].nunique() == 6


def test_the_tables_of_a_run_say_the_same(world, tmp_path):
    spec = spec_of(RATE)
    table = ex.sweep(world, spec, tmp_path / "out", workers=1).frame()
    prepared = prepare.prepare(world, spec)
    for number, row in table.iterrows():
        scenario = scenario_of(prepared, number)
        assert scenario.rates == {"us-cars/usmca": row["us-cars/usmca"]}
        made = ex.run(world, scenario, draws=0, by_sector=False)
        cost = made.table("landed_cost").set_index(["case", "route"])
        for route in ("mexico", "home"):
            at = cost.loc[("scenario", route)]
            assert row[f"car/{route}/landed_usd_per_unit"] == at["landed_central"]
            assert row[f"car/{route}/duty_usd_per_unit"] == at["duty_usd_per_unit"]
        lines = made.table("headline").set_index("metric")
        for metric in ("duty_bill_usd", "volume_change_share", "buyer_price_change_share"):
            assert row[f"car/{metric}"] == lines.loc[metric, "central"]


def test_currencies_make_work_cheaper_and_leave_jobs(world):
    """Half of 0.3 x 10,000 of Korean body is 1,500; a fifth of a fall of 10 % reaches dollars."""
    scenario = prepare.read_scenario(world, "tariff")
    moved = scenario.model_copy(update={"currencies": {"KOR": -0.1}})
    before, after = direct(world, scenario), direct(world, moved)
    # Freight of 2 % and Mexico's duty of 5 % on the body, freight of 2 % of the car; steel content
    # of the body is charged at 50 %.
    cut = 1500 * 0.1 * 0.2
    saved = before["car/mexico/landed_usd_per_unit"] - after["car/mexico/landed_usd_per_unit"]
    assert cut < saved < 1.5 * cut
    same = "KOR/jobs_exposed_fte"
    assert after[same] == before[same] > 0


# --- whatever the chunks, the workers and the engine ------------------------------------------


@pytest.fixture(scope="module")
def whole(world, tmp_path_factory):
    return ex.sweep(world, SWEEPS["options"], tmp_path_factory.mktemp("whole") / "out", workers=1)


@pytest.mark.parametrize(("chunk", "block", "workers"), [(5, 3, 1), (7, 100, 2), (32, 1, 2)])
def test_chunks_blocks_and_workers_change_nothing(
    world, whole, tmp_path, monkeypatch, chunk, block, workers
):
    monkeypatch.setattr(prepare, "BLOCK", block)
    out = tmp_path / "out"
    table = ex.sweep(world, SWEEPS["options"], out, workers=workers, chunk=chunk)
    assert len(list((out / "chunks").iterdir())) == -(-32 // chunk)
    pd.testing.assert_frame_equal(table.frame(), whole.frame(), check_exact=True)


def test_files_are_the_same_bytes_with_one_worker_and_with_two(world, tmp_path):
    for workers in (1, 2):
        ex.sweep(world, SWEEPS["days"], tmp_path / str(workers), workers=workers, chunk=4)
    first, second = (
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.*")}
        for n in ("1", "2")
    )
    assert first == second
    assert len(first) == 3 + len(("plan", "manifest", "quarantine"))


# --- failures ---------------------------------------------------------------------------------


def failing():
    """Too little capacity for a planner below 50,000 cars, and a law that cannot be applied."""
    options = {
        "planned": {"route_choice": "cheapest"},
        "blind": {
            "crossings": [{"product": "car", "part": "assembly", "attributes": {"claim": "none"}}],
            "law": [{"action": "us-cars", "measures": [
                {"id": "asks", "from": "2025-04-03", "known": "2025-04-03", "rate": 0.1, "when": {"use": "car"},
                 "source": "x"}]}],
        },
    }  # fmt: skip
    return spec_of({"name": "way", "options": options}, RATE)


def test_failures_are_set_aside_with_their_reason(world, tmp_path):
    table = ex.sweep(world, failing(), tmp_path / "out", workers=1, chunk=3)
    failed = table.quarantine
    assert failed["scenario_id"].tolist() == [4, 5, 6, 7]
    assert set(failed["way"]) == {"blind"}
    assert failed["reason"].str.contains("us-cars/asks asks for: use").all()
    assert table.frame()["scenario_id"].tolist() == [0, 1, 2, 3]
    assert table.rows == 8
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["failed"] == 4


def test_one_bad_row_does_not_take_its_block_along(world, tmp_path, monkeypatch):
    real = prepare.evaluate

    def picky(compiled, rows, known):
        if (rows.rates["us-cars/usmca"] == 0.25).any():
            raise DataError("a quarter is not to be had", "here")
        return real(compiled, rows, known=known)

    monkeypatch.setattr(prepare, "evaluate", picky)
    table = ex.sweep(world, spec_of(RATE), tmp_path / "out", workers=1)
    assert table.quarantine["scenario_id"].tolist() == [2]
    assert table.quarantine["reason"].tolist() == ["here: a quarter is not to be had"]
    assert table.frame()["scenario_id"].tolist() == [0, 1, 3]


def test_a_sweep_of_which_nothing_can_be_evaluated_says_why(world, tmp_path):
    spec = failing()
    only = {"blind": spec.dimensions[0].options["blind"].model_dump(mode="json", by_alias=True)}
    with pytest.raises((DataError, Problems), match="asks for: use"):
        ex.sweep(world, spec_of({"name": "way", "options": only}), tmp_path / "out")
    assert not (tmp_path / "out").exists()


# --- resume -----------------------------------------------------------------------------------


def test_resume_redoes_only_what_is_missing(world, tmp_path, monkeypatch):
    out = tmp_path / "out"
    ex.sweep(world, SWEEPS["options"], out, workers=1, chunk=4)
    before = {path.name: path.read_bytes() for path in (out / "chunks").iterdir()}
    for name in ("part-00002.parquet", "part-00005.parquet"):
        (out / "chunks" / name).unlink()
    (out / "chunks" / "part-00006.parquet").write_bytes(b"PAR1 torn")
    (out / "chunks" / ".part-00007.parquet.99.tmp").write_bytes(b"half")
    (out / "manifest.json").unlink()
    with pytest.raises(DataError, match="manifest"):
        ex.open_sweep(out)
    done = []
    real = engine.run_chunks
    monkeypatch.setattr(
        engine, "run_chunks", lambda p, numbers, *rest: done.extend(numbers) or real(p, numbers, *rest)
    )  # fmt: skip
    with pytest.raises(QueryError, match="--resume"):
        ex.sweep(world, SWEEPS["options"], out, workers=1, chunk=4)
    ex.sweep(world, SWEEPS["options"], out, workers=1, chunk=4, resume=True)
    assert done == [2, 5, 6]
    assert {path.name: path.read_bytes() for path in (out / "chunks").iterdir()} == before
    assert ex.sweep(world, SWEEPS["options"], out, chunk=4, resume=True).rows == 32
    assert done == [2, 5, 6]


@pytest.mark.parametrize("change", ["document", "scenario", "data", "chunk"])
def test_a_changed_file_or_world_never_reuses_old_chunks(tmp_path, change):
    root, out = tiny.write(tmp_path), tmp_path / "out"
    ex.sweep(ex.load(root), "grid", out, workers=1)
    chunk = 50_000
    names = {
        "document": ("sweeps/grid.yaml", "0.25", "0.26"),
        "scenario": ("scenarios/tariff.yaml", "2025-12-15", "2025-12-16"),
        "data": ("parameters.yaml", "central: 0.5", "central: 0.6"),
    }
    if change == "chunk":
        chunk = 3
    else:
        name, old, new = names[change]
        path = root / "raw" / name
        path.write_text(path.read_text().replace(old, new), encoding="utf-8")
    kept = (out / "chunks" / "part-00000.parquet").read_bytes()
    for resume in (False, True):
        with pytest.raises(QueryError, match="holds another sweep"):
            ex.sweep(ex.load(root), "grid", out, resume=resume, chunk=chunk)
    assert (out / "chunks" / "part-00000.parquet").read_bytes() == kept


def test_a_folder_of_something_else_is_left_alone(world, tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(QueryError, match="not empty"):
        ex.sweep(world, SWEEPS["rate"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# --- what is refused --------------------------------------------------------------------------

REFUSED = {
    "parameter": (spec_of({"parameter": "pass_trough", "values": [0]}), "near.*pass_through"),
    "figure": (spec_of({"figure": "car/part/engin", "values": [0]}), "car/part/engine"),
    "action": (spec_of({**RATE, "action": "us-car"}), "us-cars"),
    "clause": (spec_of({**RATE, "clause": "kor"}), "acts on no crossing.*us-cars/usmca"),
    "currency": (spec_of({"currency": "KRO", "values": [0]}), "KOR"),
    "idle currency": (spec_of({"currency": "VNM", "values": [0]}), "no work.*VNM.*KOR"),
    "unread": (spec_of({"figure": "car/route/mexico/capacity", "values": [1]}), "not known"),
    "output": (spec_of(RATE, outputs=["duty_bill"]), "duty_bill_usd"),
    "product": (spec_of(RATE, products=["cart"]), "car"),
    "option": (
        spec_of({"options": {"x": {"limits": [{"product": "cat", "route": "r", "units": 1}]}}}),
        "'cat' is not known",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_known_is_refused_with_what_is_near(world, tmp_path, name):
    spec, says = REFUSED[name]
    with pytest.raises((QueryError, DataError), match=says):
        ex.sweep(world, spec, tmp_path / "out")
    assert not (tmp_path / "out").exists()


MISFITS = {
    "upside down": ("{parameter: pass_through, range: {from: 1, to: 0, steps: 3}}", "upwards; 1.0 to 0.0"),
    "between upside down": ("{parameter: pass_through, between: [1, 0]}", "upwards"),
    "two targets": ("{parameter: pass_through, figure: a, values: [0]}", "names one of"),
    "no target": ("{values: [0]}", "names one of"),
    "no clause": ("{action: us-cars, values: [0]}", "names one of"),
    "no values": ("{parameter: pass_through}", "takes `values` or `range`"),
    "not finite": ("{parameter: pass_through, values: [.inf]}", "finite"),
    "both": ("{parameter: pass_through, values: [0], between: [0, 1]}", "not both"),
    "values of days": ("{law_on: [2025-01-01], values: [0]}", "lists its values itself"),
    "unknown field": ("{parametr: pass_through, values: [0]}", "parametr"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISFITS)
def test_a_dimension_that_is_not_one_is_one_line(tmp_path, name):
    row, says = MISFITS[name]
    path = tmp_path / "s.yaml"
    path.write_text(f"id: s\ntitle: S\nscenario: tariff\ndimensions:\n  - {row}\n")
    with pytest.raises((Problems, DataError), match=says) as caught:
        read_document(Sweep, path)
    assert "s.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"design": "sobol"}, "needs `size`"),
        ({"size": 8}, "takes no `size`"),
        ({"design": "sobol", "size": 12}, "power of 2"),
        ({"design": "latin_hypercube", "size": 12}, "between"),
        ({"dimensions": [RATE, RATE]}, "stands twice"),
        ({"dimensions": []}, "`dimensions`, or `draws`"),
        ({"design": "list", "dimensions": [RATE, {"law_on": ["2025-01-01"]}]}, "as many values"),
    ],
)
def test_a_sweep_that_does_not_fit_together(more, says):
    with pytest.raises(ValueError, match=says):
        spec_of(*more.pop("dimensions", [RATE]), **more)


def test_a_sweep_larger_than_the_disk_is_refused_before_the_first_row(world, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(engine.shutil, "disk_usage", lambda path: usage._replace(free=100))
    with pytest.raises(QueryError, match=r"4 scenarios need about.*GB are free"):
        ex.sweep(world, spec_of(RATE), tmp_path / "out")
    assert not (tmp_path / "out").exists()


# --- layout -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SWEEPS)
def test_a_stretch_is_the_same_whatever_was_asked_before(name):
    laid = layout(SWEEPS[name])
    every = laid.stretch(0, len(laid))
    for start in range(len(laid)):
        part = laid.stretch(start, start + 3)
        for field in ("id", "way", "number", "draw"):
            wanted = getattr(every, field)[start : start + 3]
            np.testing.assert_array_equal(getattr(part, field), wanted)


def test_a_grid_counts_ways_first_and_the_last_number_fastest():
    spec = spec_of(
        {"parameter": "pass_through", "values": [0.1, 0.2]},
        {"law_on": ["2025-01-15", "2025-12-15"]},
        {"figure": "car/part/engine", "range": {"from": 0, "to": 1, "steps": 3}},
    )
    laid = layout(spec)
    found = laid.stretch(0, 100)
    assert found.way.tolist() == [0] * 6 + [1] * 6
    assert found.number[:, 0].tolist() == [0.1, 0.1, 0.1, 0.2, 0.2, 0.2] * 2
    assert found.number[:, 1].tolist() == [0.0, 0.5, 1.0] * 4


def test_even_points_cover_each_stretch_once():
    found = layout(SWEEPS["even"]).stretch(0, 16)
    assert sorted(np.floor(found.number[:, 0] * 16).astype(int)) == list(range(16))
    cube = layout(SWEEPS["hypercube"]).stretch(0, 10)
    assert sorted(np.floor(cube.number[:, 1] * 10).astype(int)) == list(range(10))


def test_estimate_counts_rows_ways_and_laws(world):
    said = engine.estimate(prepare.prepare(world, SWEEPS["options"]), 2)
    assert (said.rows, said.ways) == (32, 8)
    # The baseline's law, the scenario's, without steel, without the claim, and of another day.
    assert said.states == 5
    assert said.seconds > 0
    assert said.bytes > 0


def test_shipped_sweeps_are_well_formed(monkeypatch):
    world = ex.load()
    for path in sorted((world.root / "raw" / "sweeps").glob("*.yaml")):
        assert read_sweep(world, path).id == path.stem
