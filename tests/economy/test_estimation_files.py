"""Estimations as documents: shipped ones, a user's own, files that come out, bad input."""

import math

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import ExposureError, Problems
from exposure.facts.documents.estimations import Estimation
from exposure.facts.documents.parameters import Parameter
from exposure.facts.files import read_csv
from exposure.facts.place import data_root
from exposure.facts.read_estimation import read_estimation

RAW = data_root() / "raw"
SHIPPED = sorted(path.stem for path in (RAW / "estimations").glob("*.yaml"))


@pytest.fixture(scope="module")
def made():
    return {name: ex.estimate(name) for name in SHIPPED}


NUMBERS = [
    # name, estimate, standard error, verdict, a reason
    ("korean-cars-2025", -0.3142, 0.3569, "not identified", "only one unit"),
    ("usmca-claims-all-groups", 2.2286, 0.8208, "weak", "one lead only"),
    ("usmca-claims-event", 0.5300, 0.1365, "weak", "one lead only"),
    ("usmca-claims-rate", -2.4342, 0.9148, "weak", "as if there were 2.2"),
]


def test_numbers_of_the_page(made):
    """As docs/estimation.md tells them."""
    assert [name for name, *_ in NUMBERS] == SHIPPED
    page = (data_root().parent / "docs" / "estimation.md").read_text(encoding="utf-8")
    for name, value, error, verdict, reason in NUMBERS:
        found = made[name].estimate
        assert found.headline.value == pytest.approx(value, abs=5e-5), name
        assert found.headline.error == pytest.approx(error, abs=5e-5), name
        assert found.verdict == verdict
        assert reason in " | ".join(found.reasons)
        row = next(line for line in page.splitlines() if f"`{name}`" in line)
        assert f"{value:.3f} ({error:.3f})" in row
        assert verdict in row


def test_the_break_in_the_record_shows_in_the_lags(made):
    table = made["usmca-claims-all-groups"].table().set_index("event_time")["estimate"]
    assert table.loc[0:3].max() < 0.5
    assert table.loc[4:11].min() > 2.5


def test_claims_by_least_squares_on_the_log_ratio(made):
    """The same event with other arithmetic: per cell the log of claimed over other imports, months
    less February, averaged. PPML weighs by value and this does not: the sign and size agree."""
    _, table = read_estimation(RAW / "estimations" / "usmca-claims-event.yaml")
    wide = table.pivot_table(
        index=["group", "iso3", "month"], columns="claimed", values="imports_usd"
    )
    ratio = np.log(wide[1] / wide[0]).unstack("month")
    lags = ratio.drop(columns=["2025-01", "2025-02"]).sub(ratio["2025-02"], axis=0)
    mean = float(lags.to_numpy().mean())
    document, _ = read_estimation(RAW / "estimations" / "usmca-claims-event.yaml")
    from exposure.model.estimation import run_estimation

    by_logs = run_estimation(document.model_copy(update={"model": "ols"}), table)
    assert by_logs.estimate.headline.value == pytest.approx(mean, abs=1e-9)
    assert 0 < mean < 2


@pytest.mark.parametrize("name", ["usmca_claims", "korean_cars"])
def test_tables_of_outcomes(name):
    table = pd.read_csv(RAW / "outcomes" / f"{name}.csv")
    assert table.notna().all(axis=None)
    assert table["month"].str.fullmatch(r"202[56]-\d\d").all()
    assert table["rate"].between(0, 1).all()
    key = [
        column for column in ("group", "iso3", "claimed", "exporter", "month") if column in table
    ]
    assert not table.duplicated(key).any()
    known = set(read_csv(RAW / "sources.csv", ["source_id"])["source_id"])
    assert set(table["source"]) <= known


def test_rates_of_the_tables_are_those_of_the_law():
    """Phones are one line, and nothing that a shipment states moves their duty: the mean is it."""
    world = ex.load()
    claims = pd.read_csv(RAW / "outcomes" / "usmca_claims.csv")
    phones = claims[(claims["group"] == "phones_851713") & (claims["iso3"] == "CAN")]
    for row in phones[phones["month"].isin(["2025-02", "2025-08"])].itertuples():
        claim = {"claim": "usmca"} if row.claimed else {}
        rate = ex.rate(world, "8517.13.00", "CAN", f"{row.month}-15", **claim)
        assert rate.table["total"][0] == pytest.approx(row.rate, abs=1e-4)
    for row in pd.read_csv(RAW / "outcomes" / "korean_cars.csv").itertuples():
        rate = ex.rate(world, "8703.23.01", "KOR", f"{row.month}-15", claim="korus")
        assert rate.table["total"][0] == pytest.approx(row.rate, abs=1e-4)


def test_parameter_rows_fit_the_register(made):
    for name, item in made.items():
        row = item.parameter_row()
        assert row["distribution"] == "normal"
        row = Parameter.model_validate(row)
        assert row.grade == {"identified": "B", "weak": "C", "not identified": "D"}[item.verdict], (
            name
        )


def border(tmp_path, **changes):
    """A user's table: border prices fall by 0.4 log points for each of ln(1 + t)."""
    random = np.random.default_rng(11)
    unit, month = np.divmod(np.arange(40 * 8), 8)
    rate = random.choice([0.0, 0.1, 0.25], len(unit)) * (month >= 4)
    price = np.exp(3 + unit / 10 - 0.4 * np.log1p(rate) + random.normal(0, 0.02, len(unit)))
    table = pd.DataFrame({"product": unit, "month": month, "rate": rate, "price": price})
    table.to_csv(tmp_path / "prices.csv", index=False)
    document = {
        "id": "border", "title": "Border prices", "question": "Who bears the duty?",
        "table": "prices.csv", "outcome": "price", "model": "ols",
        "regressors": [{"column": "rate", "transform": "log1p"}],
        "effects": ["product", "month"], "cluster": "product", "expect": "negative",
        "informs": "pass_through", "unit_of_parameter": "share", "pass_through": True,
        "source": "my-customs-data",
    }  # fmt: skip
    document |= changes
    path = tmp_path / "border.yaml"
    path.write_text(yaml.safe_dump({k: v for k, v in document.items() if v is not None}))
    return path


def test_pass_through_of_a_users_table(tmp_path):
    found = ex.estimate(border(tmp_path))
    assert found.verdict == "identified"
    assert found.estimate.headline.value == pytest.approx(-0.4, abs=0.05)
    row = found.parameter_row()
    assert row["central"] == pytest.approx(0.6, abs=0.05)
    assert row["low"] < 0.6 < row["high"]


def test_parquet_says_the_same(tmp_path):
    path = border(tmp_path)
    pd.read_csv(tmp_path / "prices.csv").to_parquet(tmp_path / "prices.parquet")
    one = ex.estimate(path).estimate.headline
    assert ex.estimate(border(tmp_path, table="prices.parquet")).estimate.headline == one


def test_where_keeps_rows(tmp_path):
    found = ex.estimate(border(tmp_path, where={"product": list(range(20))}))
    assert found.estimate.diagnostics.observations == 160
    assert found.estimate.diagnostics.given == 160


def call(*arguments):
    return CliRunner().invoke(main, [str(item) for item in arguments])


def test_command_writes_all_files_and_the_same_bytes_again(tmp_path):
    out = tmp_path / "out"
    done = call("estimate", border(tmp_path), "-o", out)
    assert done.exit_code == 0, done.output
    assert "VERDICT: identified" in done.output
    assert "pass-through" in done.output
    assert len(done.output.splitlines()) <= 32
    names = {path.name for path in out.iterdir()}
    assert names == {"estimate.csv", "coefficients.csv", "parameter.yaml", "plot.svg", "plot.png"}
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert call("estimate", border(tmp_path), "-o", out).exit_code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    row = yaml.safe_load(first["parameter.yaml"])["parameters"][0]
    assert row["distribution"] == "normal"
    told = pd.read_csv(out / "estimate.csv")
    assert told["estimate"][0] == pytest.approx(row["central"] - 1, abs=1e-5)
    assert first["plot.png"].startswith(b"\x89PNG")
    assert first["plot.svg"].startswith(b"<svg")


def test_command_without_an_estimate_leaves_no_old_parameter(tmp_path):
    out = tmp_path / "out"
    assert call("estimate", border(tmp_path), "-o", out).exit_code == 0
    done = call("estimate", border(tmp_path, effects=["product^month"]), "-o", out)
    assert done.exit_code == 2
    assert "no row is left" in done.output + str(done.stderr)
    done = call("estimate", border(tmp_path, effects=["product^rate"]), "-o", out)
    assert done.exit_code == 0, done.output
    assert "VERDICT: not identified" in done.output
    assert not (out / "parameter.yaml").exists()
    assert math.isnan(pd.read_csv(out / "estimate.csv")["estimate"][0])


def test_every_shipped_one_is_drawn(made):
    from exposure.reports.figures.estimate_plot import draw

    for name, item in made.items():
        figure = draw(item)
        assert item.verdict in figure.title[0], name
        assert len(figure.table.rows) == len(item.table())


WRONG = [
    ({"modell": "ols"}, "modell: unknown field"),
    ({"outcome": None}, "outcome: is missing"),
    ({"model": "poisson"}, "model: .*'poisson'"),
    ({"regressors": []}, "`regressors` or an `event`"),
    ({"regressors": [{"column": "rate", "transform": "log2"}]}, "transform"),
    ({"regressors": ["rate", "rate"]}, "a regressor stands twice"),
    ({"effects": ["product^"]}, "no column or interaction"),
    ({"cluster": None}, "`cluster` is missing"),
    ({"cluster": ["a", "b", "c"]}, "cluster: .*at most 2"),
    ({"event": {"time": "month", "treated": "t", "on": 4, "window": [0, 2]}, "pass_through": False}, "window"),
    ({"percent_at": 0.25}, "`percent_at` needs"),
    ({"regressors": ["rate"]}, "pass_through needs a slope on log1p"),
    ({"where": {"colour": ["red"]}}, "no column 'colour'"),
    ({"where": {"month": [99]}}, "month '99' does not occur"),
    ({"table": "none.csv"}, "none.csv: no such file"),
    ({"table": "border.yaml"}, r"ending '.yaml'.*\.csv or \.parquet"),
    ({"outcome": "value"}, r"column missing: value \(outcome\)"),
    ({"informs": "Pass Through"}, "lower-case"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), WRONG)
def test_what_is_wrong_is_one_line(tmp_path, changes, said):
    path = border(tmp_path, **changes)
    with pytest.raises(ExposureError, match=said):
        ex.estimate(path)
    done = call("estimate", path)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_all_problems_at_once(tmp_path):
    with pytest.raises(Problems) as caught:
        ex.estimate(border(tmp_path, modell="ols", id="No id"))
    assert len(str(caught.value).splitlines()) == 2


def test_unknown_names_list_those_that_are_shipped():
    with pytest.raises(ExposureError, match="korean-cars-2025"):
        ex.estimate("nothing")
    assert "a .yaml file" in call("estimate", "nothing").output


def test_documents_are_frozen_and_strict():
    assert Estimation.model_config["extra"] == "forbid"
