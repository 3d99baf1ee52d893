"""Numbers that a user asks with: amounts, shares, draws and seeds that cannot be meant are refused."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.cli.common import share
from exposure.errors import Problems, QueryError

CAR = ("rate", "8703.23.01", "--origin", "KOR", "--on", "2025-12-05")
STEEL = ("rate", "7208.39.00", "--origin", "KOR", "--on", "2025-12-05")


@pytest.fixture
def world(example_small):
    return example_small


@pytest.fixture
def call(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("exposure.api.load", lambda *_, **__: world)
    return lambda *words: CliRunner().invoke(main, [str(w) for w in words], prog_name="exposure")


# --- amounts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--value", "-5"), "value_usd -5 (0 or more)"),
        (("--value", "inf"), "value_usd inf (0 or more)"),
        (("--value", "nan"), "value_usd nan (0 or more)"),
        (("--quantity", "-0.5"), "quantity -0.5 (0 or more)"),
        (("--value", "100", "--quantity", "inf"), "quantity inf (0 or more)"),
        (("--quantity", "nan"), "quantity nan (0 or more)"),
        (("--value", "-1", "--quantity", "-2"),
         "value_usd -1 (0 or more)\nquantity -2 (0 or more)"),
    ],
)  # fmt: skip
def test_an_amount_is_a_number_of_0_or_more(call, options, says):
    done = call(*STEEL, *options)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{says}\n")


def test_amounts_that_can_be_meant_are_answered(call):
    # Half of 100 USD, and 0.1 USD for each of 5 kg.
    assert "50.50" in call(*STEEL, "--value", "100", "--quantity", "5").stdout
    for value in ("0", "0.01", "1e9"):
        done = call(*CAR, "--value", value)
        assert done.exit_code == 0, done.output
        assert "nan" not in done.stdout and "inf " not in done.stdout


def test_amounts_of_a_table_are_named_by_their_row_and_empty_ones_are_not_stated(world):
    rows = pd.DataFrame({"hts": "72083900", "origin": "KOR", "on": "2025-12-05",
                         "value_usd": [100.0, np.nan, -1.0], "quantity": [-2.0, np.nan, 5.0]})  # fmt: skip
    with pytest.raises(Problems) as caught:
        ex.rates(world, rows)
    assert str(caught.value).split("\n") == [
        "row 1: quantity -2 (0 or more)", "row 3: value_usd -1 (0 or more)",
    ]  # fmt: skip
    found = ex.rates(world, rows.assign(value_usd=[100.0, np.nan, 0.5], quantity=[2.0, np.nan, 0]))
    assert found.table["status"].tolist() == ["known", "unknown", "known"]
    # Steel owes half of its value, and 0.1 USD a kg: 2 kg on 100 USD; not known; no kg.
    np.testing.assert_allclose(found.table["total"], [0.502, np.nan, 0.5])


# --- shares ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0, "much", True])
def test_a_share_is_passed_on_and_a_word_left_to_the_law(value):
    assert share("steel", value) is value


@pytest.mark.parametrize(
    ("text", "said"), [("30", "30"), ("1.0001", "1.0001"), ("-0.1", "-0.1"), ("nan", "nan"),
                       ("inf", "inf")]
)  # fmt: skip
def test_a_share_in_per_cent_is_refused(call, text, said):
    done = call(*CAR, "--content", f"steel={text}")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"steel={said} (a share of value, 0 to 1)\n"


# --- draws, seeds, scenarios -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "tariff", "--draws", "-1"), "draws -1 (0 or more)"),
        (("compare", "tariff", "--draws", "-1"), "draws -1 (0 or more)"),
        (("market", "tariff", "--market", "cars", "--draws", "-1"), "draws -1 (0 or more)"),
        (("backtest", "--draws", "-1"), "draws -1 (0 or more)"),
        (("deal", "pact", "--draws", "-1"), "draws -1 (0 or more)"),
        (("run", "tariff", "--seed", "-1"),
         "exposure run: invalid value for '--seed': -1 is not in the range x>=0 "
         "(see exposure run --help)"),
        (("run", "tariff", "relief", "tariff"), "tariff, relief, tariff: one stands twice "
         "(each once)"),
        (("compare", "tariff", "tariff"), "tariff, tariff: one stands twice (each once)"),
        (("deal", "pact", "pact"), "pact, pact: one stands twice (each once)"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_or_set_side_by_side_is_one_line(call, tmp_path, words, says):
    done = call(*words)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{says}\n")
    assert list(tmp_path.iterdir()) == []


def test_the_same_scenario_in_another_file_stands_twice(world, tmp_path):
    path = tmp_path / "mine.yaml"
    shipped = world.root / "raw" / "scenarios" / "tariff.yaml"
    path.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(QueryError, match="^tariff, tariff: one stands twice"):
        ex.run(world, "tariff", path, draws=0)
