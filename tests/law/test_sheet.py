"""The sheet of one crossing: amounts to the cent, citations, and what does not apply and why."""

import json
import re

import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.law.codes import dotted
from exposure.law.considered import WHYS
from exposure.law.sheet import sheet
from exposure.reports.text import sheet_text
from tests import tiny


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def world():
    return ex.load()


def reasons(world, hts, origin, on, **more):
    table = sheet(ex.rate(world, hts, origin, on, **more)).considered
    assert set(table["why"]) <= set(WHYS)
    return {(row.action, row.clause): (row.why, row.reason) for row in table.itertuples()}


def test_an_entry_filed_in_september_2026(world):
    """7326.90.8688 from China, USD 14,172.00: 2.9 + 50 + 25 %, USD 11,039.99 to the cent."""
    made = sheet(ex.rate(world, "7326.90.8688", "CHN", "2026-09-15", value_usd=14172.00))
    owed = made.duties[made.duties["amount_usd"] > 0].set_index("heading")["amount_usd"]
    assert owed.to_dict() == {
        "7326.90.8688": 410.99,
        "9903.82.02": 7086.00,
        "9903.88.03, 9903.88.04": 3543.00,
    }
    assert made.amount_usd == 11039.99


def test_the_parts_of_a_sheet_add_up(world):
    made = sheet(ex.rate(world, "8708.29.51", "CHN", "2025-06-15", value_usd=1234.56))
    assert made.duties["duty_rate"].sum() == pytest.approx(made.total)
    assert made.duties["usd_per_100"].sum() == pytest.approx(100 * made.total)
    assert made.amount_usd == pytest.approx(made.duties["amount_usd"].sum())


def test_cents_are_rounded_half_up(small):
    # 0.2 of 0.025 is 0.005: half a cent goes up, for the addition as for column 1.
    made = sheet(ex.rate(small, "8708.29.51", "VNM", "2025-09-01", value_usd=0.2, use="other",
                         steel_share=0.0))  # fmt: skip
    assert made.duties.set_index("component")["amount_usd"]["mfn"] == 0.01


def test_a_duty_that_is_not_known_has_no_amount(small):
    made = sheet(ex.rate(small, "2710.12.15", "DEU", "2025-05-01", value_usd=100))
    assert pd.isna(made.amount_usd)
    assert pd.isna(made.total)
    assert "52.5c/bbl" in made.unknown


# --- considered ----------------------------------------------------------------------------------


def test_a_preference_that_is_not_claimed(small):
    assert reasons(small, "8703.23.01", "KOR", "2025-05-01")["column-1", "korus"][0] == "claim"
    claimed = reasons(small, "8703.23.01", "KOR", "2025-05-01", claim="korus")
    assert ("column-1", "korus") not in claimed
    assert ("column-1", "korus") not in reasons(small, "8703.23.01", "DEU", "2025-05-01")


def test_a_fact_that_is_otherwise(small):
    why, text = reasons(small, "8703.23.01", "MEX", "2025-05-01")["us-cars", "usmca"]
    assert why == "fact"
    assert "claim = usmca (assumed: none)" in text
    assert "approved = true (assumed: false)" in text
    stated = reasons(small, "8703.23.01", "MEX", "2025-05-01", claim="usmca")["us-cars", "usmca"]
    assert "claim" not in stated[1]


def test_a_number_that_is_too_small(small):
    text = reasons(small, "7208.39.00", "DEU", "2025-06-04", melt=0.9)["us-steel", "uk"][1]
    assert text == "asks for melt = 0.95 or more (stated: 0.9)"


def test_another_clause_goes_before(small):
    found = reasons(small, "8703.23.01", "KOR", "2025-11-05")
    assert found["us-cars", "all"] == ("beaten", "kor goes before it")


def test_not_in_force_and_later(small):
    found = reasons(small, "8517.13.00", "VNM", "2025-07-15")
    assert found["us-reciprocal", "vnm-threat"] == (
        "status", "announced since 2025-07-01, not in force",
    )  # fmt: skip
    assert found["us-reciprocal", "vnm"] == ("later", "begins on 2025-08-07")


def test_not_public_on_the_day(small):
    found = reasons(small, "8703.23.01", "KOR", "2025-11-05", known="2025-11-10")
    assert found["us-cars", "kor"] == ("not_known", "public since 2025-12-04 only")


def test_an_action_that_has_ended(small):
    found = reasons(small, "8517.13.00", "VNM", "2026-03-01")
    assert found["us-reciprocal", ""] == ("ended", "void since 2026-02-24")
    before = reasons(small, "8517.13.00", "VNM", "2026-02-23")
    assert ("us-reciprocal", "") not in before


def test_goods_and_origins_that_are_not_meant(small):
    found = reasons(small, "7208.39.00", "MEX", "2025-05-01")
    assert found["us-cars", ""] == ("goods", "the code is not among its goods")
    assert found["us-reciprocal", ""] == ("origin", "goods of MEX are not meant")


def test_every_action_is_either_charged_or_considered(world):
    """Nothing that acts on the day is passed over in silence."""
    for hts, origin in [("8703.23.01", "KOR"), ("8517.13.00", "CHN"), ("7208.39.00", "GBR")]:
        for on in ("2025-02-10", "2025-06-15", "2026-01-15", "2026-09-01"):
            found = ex.rate(world, hts, origin, on)
            made, state = sheet(found), found.stacks[0][1].state
            us = state.clauses.importer[state.live] == state.book.country(["USA"])[0]
            live = {state.clauses.actions[a] for a in state.clauses.action[state.live[us]]}
            said = set(made.duties["action"]) | set(made.considered["action"])
            assert live - said == set(), (hts, origin, on)


@pytest.mark.parametrize(("code", "printed"), [("87032301", "8703.23.01"), ("8703", "8703")])
def test_dotted(code, printed):
    assert dotted(code) == printed


def test_text_and_json_say_the_same(small, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(small.root))
    line = ["rate", "8703.23.01", "--origin", "KOR", "--on", "2025-11-05", "--value", "20000"]
    text = CliRunner().invoke(main, [*line, "--all"]).output
    found = json.loads(CliRunner().invoke(main, [*line, "--json"]).output)
    assert found["amount_usd"] == 3000.00
    assert "3,000.00" in text
    for row in found["lines"]:
        assert row["action"] in text
        assert row["source"] in text
    for row in found["considered"]:
        assert row["action"] in text
        assert row["reason"][1:] in text


def test_the_answer_comes_first_and_the_rest_is_short(small, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(small.root))
    line = ["rate", "8703.23.01", "--origin", "KOR", "--on", "2025-11-05", "--value", "20000"]
    whole = CliRunner().invoke(main, [*line, "--all"]).output.splitlines()
    short = CliRunner().invoke(main, line).output.splitlines()
    found = json.loads(CliRunner().invoke(main, [*line, "--json"]).output)
    answer = "Duty 15 % of customs value, USD 3,000.00: Section 232 12.5 %, Column 1"
    assert short[1].startswith(answer)
    assert short[:6] == whole[:6]
    # Every action that does not apply is named, by kind of reason; its clauses are not.
    start = short.index("Considered, and does not apply")
    told = "\n".join(short[start:])
    actions = {row["action"] for row in found["considered"]} - {"column-1"}
    assert actions <= set(re.findall(r"[a-z0-9-]+", told))
    assert "  Preference not claimed: korus 0 %" in short
    assert "  Another clause goes before it: us-cars" in short
    assert "us-cars/usmca" not in told
    assert "Known limits of the rules: us-cars (1)" in short
    assert "Vans" in "\n".join(whole)
    assert "Vans" not in told
    # Sources are those of the duties.
    sources = short[short.index("Sources") + 1 : short.index("", short.index("Sources"))]
    assert len(sources) == len({row["source"] for row in found["lines"]})


def test_what_is_ahead_and_not_public_has_not_ended(world):
    found = sheet(ex.rate(world, "8517.13.00", "VNM", "2025-04-09", known="2025-04-09"))
    lines = sheet_text(found, "head", whole=False).splitlines()
    (ahead,) = [line for line in lines if line.startswith("  Not in force on the day: ")]
    assert "s122" in ahead
    assert not [line for line in lines if line.startswith("  Ended: ")]


def test_a_duty_that_is_not_known_says_so_first(small):
    found = sheet(ex.rate(small, "2710.12.15", "DEU", "2025-11-01"))
    lines = sheet_text(found, "head", whole=False).splitlines()
    assert lines[1].startswith("Duty not known, ")
    assert lines[2].startswith("Not known: ")


def test_an_importer_without_the_rate_is_not_answered_from_the_american_schedule(world):
    made = sheet(ex.rate(world, "5603.11.00", "KOR", "2026-10-01", importer="VNM"))
    assert made.unknown.startswith("no ordinary rate of VNM is encoded for this code, only for")
    assert "column 1" not in made.unknown
    (row,) = made.duties.to_dict("records")
    assert (row["status"], row["effective_from"]) == ("unknown", "")
    assert "HTSUS" not in row["source"]
    free = sheet(ex.rate(world, "5603.11.00", "KOR", "2026-10-01", importer="VNM", regime="epe"))
    assert (free.total, free.unknown) == (0.0, "")
