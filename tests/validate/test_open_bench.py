"""The open bench: its form, both engines on every case, and how answers are scored."""

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

import exposure as ex
from exposure.axes import ENACTED
from exposure.cli import main
from exposure.errors import ExposureError
from exposure.law.question import Crossings
from exposure.law.rates import rates
from exposure.model.compile import law_book
from exposure.validate.answers import find_bench, our_answers, read_answers, read_bench, score
from exposure.validate.cases import COLUMNS, cents, csv_text, read_cases, worked, yaml_text
from tests.reference.law import Crossing, duty, load_law

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "bench"
CASES = read_cases(BENCH)


@pytest.fixture(scope="module")
def bench():
    return read_bench(BENCH)


# --- the cases -----------------------------------------------------------------------------------


def test_there_are_enough_cases_of_every_kind():
    assert len(CASES) >= 300
    lines = Counter(line.component for case in CASES for line in case.lines)
    assert set(lines) == {*ENACTED, "total"}
    assert min(lines.values()) >= 5
    topics = Counter(topic for case in CASES for topic in case.topics)
    for topic in ("announced", "threatened", "suspended", "void", "preference", "in transit",
                  "quota", "content", "as known", "specific rate", "unknown"):  # fmt: skip
        assert topics[topic] >= 4, topic
    assert len({case.written.origin for case in CASES}) >= 40


def test_every_case_cites_and_says_where_it_comes_from():
    for case in CASES:
        assert len(case.written.source) >= 3
        assert set(case.written.derivation) & {"hand", "filed entry"}, case.id


def test_plain_forms_are_current():
    assert (BENCH / "cases.csv").read_text(encoding="utf-8") == csv_text(CASES)
    assert (BENCH / "cases.yaml").read_text(encoding="utf-8") == yaml_text(CASES)


def test_csv_and_yaml_say_the_same(bench):
    entries = yaml.safe_load((BENCH / "cases.yaml").read_text(encoding="utf-8"))
    rows = [{**entry, **line} for entry in entries for line in entry["lines"]]
    assert len(rows) == len(bench)
    for said, row in zip(rows, bench.to_dict("records"), strict=True):
        assert list(row) == list(COLUMNS)
        for name in ("rate", "amount_usd", "quantity", "value_usd"):
            assert (float(row[name]) if row[name] else None) == said[name]
        assert json.loads(row["facts"]) == said["facts"]
        for name in ("topics", "derivation"):
            assert row[name] == "; ".join(said[name])
        for name in ("case_id", "importer", "hts", "origin", "on", "known_on", "component",
                     "arithmetic", "source"):  # fmt: skip
            assert row[name] == said[name]


def test_reference_engine_gives_every_case():
    """Exactly, in fractions; every case says so."""
    law = load_law(ROOT / "data" / "raw" / "law")
    for case in CASES:
        given = case.written
        quantity = None if given.quantity is None else Fraction(str(given.quantity))
        made = duty(law, Crossing(given.hts.replace(".", ""), given.origin, given.importer,
                                  given.on, given.known, given.attributes, case.value_usd,
                                  quantity))  # fmt: skip
        *lines, total = case.lines
        assert made.total == total.rate, case.id
        for line in lines:
            assert made.components.get(line.component, Fraction(0)) == line.rate, case.id
        assert "reference" in given.derivation


def test_our_engine_gives_every_case_to_the_cent(bench):
    made = score(bench, our_answers(law_book(ex.load()), bench))
    assert made.failures.empty, made.failures[["case_id", "component", "amount_usd", "given"]]


def test_rounding_a_component_is_rounding_its_duty_lines(bench):
    """Two measures of one component may round apart; in no case of the bench do they."""
    asked = bench.drop_duplicates("case_id").reset_index(drop=True)
    made = rates(
        law_book(ex.load()),
        Crossings(
            list(asked["hts"]), list(asked["origin"]), list(asked["importer"]), list(asked["on"]),
            list(asked["known_on"]), asked["value_usd"].to_numpy(dtype=float),
            pd.to_numeric(asked["quantity"]).to_numpy(dtype=float),
            [json.loads(text) for text in asked["facts"]],
        ),
    )  # fmt: skip
    lines = made.lines[made.lines["duty_rate"].notna()]
    amounts: Counter = Counter()
    for line in lines.itertuples():
        value = Fraction(asked["value_usd"][line.row])
        amounts[asked["case_id"][line.row], line.component] += cents(
            value * Fraction(f"{line.duty_rate:.12f}")
        )
    for row in bench[(bench["component"] != "total") & (bench["rate"] != "")].itertuples():
        assert amounts[row.case_id, row.component] == Decimal(row.amount_usd), row.case_id


def test_the_filed_entry():
    case = next(case for case in CASES if "filed entry" in case.written.derivation)
    assert {line.component: str(line.amount) for line in case.lines} == {
        "mfn": "410.99",
        "s232": "7086.00",
        "s301": "3543.00",
        "total": "11039.99",
    }
    assert case.lines[-1].rate == Fraction("0.779")


def test_arithmetic_is_arithmetic():
    assert worked("max(0, 0.15 - 0.025) * (1 - 0.2)") == Fraction(1, 10)
    for text in ("0.1 +", "open", "__import__('os')", "2 ** 9", "1 / 0", "'a'"):
        with pytest.raises(ExposureError, match="not arithmetic"):
            worked(text)


CASE = (
    '- {case: "a b", hts: "8703.23.01", origin: DEU, "on": 2025-11-01, derivation: [hand], '
    "source: note, components: {mfn: 0.025, s232: 0.125}, total: 0.15}\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CASE * 2, "stands twice"),
        (CASE.replace("total: 0.15", "total: 0.16"), "add up"),
        (CASE.replace("source: note, ", ""), "source"),
        (CASE.replace("[hand]", "[]"), "derivation"),
        (CASE.replace("s232", "s999"), "s999"),
        (CASE.replace("s232", "hypothesis"), "component 'hypothesis' is in no law"),
    ],
)
def test_a_case_that_is_not_well_formed(tmp_path, text, said):
    (tmp_path / "cases").mkdir()
    (tmp_path / "bench.yaml").write_text("value_usd: 100\n")
    (tmp_path / "cases" / "one.yaml").write_text(text)
    with pytest.raises(ExposureError, match=said):
        read_cases(tmp_path)


# --- scores, by hand -----------------------------------------------------------------------------


def small(*rows):
    """A bench of rows (case, line, amount)."""
    table = pd.DataFrame(rows, columns=["case_id", "component", "amount_usd"])
    return table.reindex(columns=list(COLUMNS), fill_value="")


HAND = small(
    ("car", "mfn", "25.00"), ("car", "s232", "125.00"), ("car", "total", "150.00"),
    ("wire", "mfn", "50.00"), ("wire", "total", ""),
)  # fmt: skip


def outcomes(*answers):
    given = pd.DataFrame(answers, columns=["case_id", "component", "amount_usd"])
    return list(score(HAND, given).lines["outcome"])


def test_scores_by_hand():
    # Half a cent goes up; the total of a case without one is the sum of its lines.
    assert outcomes(("car", "mfn", "24.995"), ("car", "s232", "125")) == [
        "right", "right", "right", "missing", "missing"]  # fmt: skip
    # A line left out is nought; the total then lacks it.
    assert outcomes(("car", "s232", "125.00")) == ["wrong", "right", "wrong", "missing", "missing"]
    # A total alone is scored alone.
    assert outcomes(("car", "total", "150.00"), ("wire", "total", "unknown")) == [
        "missing", "missing", "right", "missing", "right"]  # fmt: skip
    assert outcomes(("car", "total", ""), ("wire", "total", "50")) == [
        "missing", "missing", "abstained", "missing", "guessed"]  # fmt: skip
    assert outcomes(("wire", "mfn", "50"), ("wire", "s232", ""))[3:] == ["right", "right"]


def test_table_of_scores():
    given = pd.DataFrame(
        [("car", "mfn", "25"), ("car", "s232", "1"), ("wire", "total", "50")],
        columns=["case_id", "component", "amount_usd"],
    )
    table = score(HAND, given).by().set_index("component")
    assert list(table.index) == ["mfn", "s232", "total"]
    assert table["right"].to_dict() == {"mfn": 1, "s232": 0, "total": 0}
    assert table["share"].to_dict() == {"mfn": 0.5, "s232": 0.0, "total": 0.0}
    assert table.loc["total", ["wrong", "guessed"]].to_list() == [1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("case_id,component\ncar,mfn\n", "amount_usd"),
        ("case_id,component,amount_usd\n", "no answers"),
        ("case_id,component,amount_usd\nbus,mfn,1\n", "'bus' is not in the bench"),
        ("case_id,component,amount_usd\ncar,vat,1\n", "'vat'"),
        ("case_id,component,amount_usd\ncar,mfn,much\n", "'much'"),
        ("case_id,component,amount_usd\ncar,mfn,nan\n", "'nan'"),
        ("case_id,component,amount_usd\ncar,mfn,1\ncar,mfn,2\n", "stands twice"),
    ],
)
def test_bad_answers_are_one_line(tmp_path, text, said):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ExposureError, match=said) as caught:
        read_answers(tmp_path / "a.csv", HAND)
    assert len(str(caught.value).splitlines()) == 1


# --- the command ---------------------------------------------------------------------------------


def call(*arguments):
    return CliRunner().invoke(main, ["bench", *map(str, arguments)])


def plain_folder(tmp_path, rows):
    rows.to_csv(tmp_path / "cases.csv", index=False)
    return tmp_path


def test_command_runs_ours_from_a_plain_file(tmp_path, bench):
    part = bench[bench["case_id"].str.startswith("s122/")]
    done = call("--bench", plain_folder(tmp_path, part))
    assert done.exit_code == 0, done.output
    assert "100.0%" in done.output
    wrong = part.assign(amount_usd=part["amount_usd"].replace("1000.00", "1000.01"))
    done = call("--bench", plain_folder(tmp_path, wrong))
    assert done.exit_code == 1
    assert "s122/first-day s122: 1000.00, expected 1000.01, wrong (Proc 11012)" in done.output


def test_command_scores_another_engine(tmp_path):
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "case_id,component,amount_usd\ns232-autos/kr02-car-from-korea,total,2500.00\n"
    )
    done = call("--answers", answers, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    total = next(row for row in found["by_component"] if row["component"] == "total")
    assert (total["right"], total["missing"]) == (1, len(CASES) - 1)


def test_command_refuses_bad_files(tmp_path):
    (tmp_path / "a.csv").write_text("case_id,component,amount_usd\nbus,mfn,1\n")
    done = call("--answers", tmp_path / "a.csv")
    assert done.exit_code == 2
    assert len(done.output.splitlines()) == 1
    done = call("--bench", tmp_path)
    assert done.exit_code == 2
    assert "no cases.csv" in done.output


def test_the_checkout_is_found():
    assert find_bench() == BENCH
