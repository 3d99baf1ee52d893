"""A scenario's new measures: what they name exists, and they can act on the day that is asked."""

import pytest
import yaml

import exposure as ex
from exposure.errors import ExposureError, Problems
from exposure.facts.scenario import read_scenario
from tests import tiny

ACTION = {
    "id": "skin-care",
    "importer": "USA",
    "authority": "hypothesis",
    "component": "hypothesis",
    "title": "Ten more",
    "instrument": "Hypothesis",
    "scope": {"hts": ["8703"]},
    "displaces": [],
    "measures": [{"id": "ten", "from": "2025-12-15", "known": "2025-12-15", "origin": ["MEX"],
                  "rate": 0.1, "source": "Hypothesis"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


def asked(tmp_path, action=None, measure=None):
    made = {**ACTION, **(action or {})}
    made["measures"] = [{**ACTION["measures"][0], **(measure or {})}]
    day = {"effective_on": "2025-12-15", "known_on": "2025-12-20"}
    document = {"id": "more", "title": "More", "question": "What if?", "baseline": day,
                "law_on": day, "law": [{"new": made}]}  # fmt: skip
    path = tmp_path / "more.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def test_a_measure_that_can_act_does(world, tmp_path):
    headline = ex.run(world, asked(tmp_path), draws=0).table("headline").set_index("metric")
    assert headline.loc["duty_change_usd_per_unit", "central"] > 0


@pytest.mark.parametrize(
    ("action", "measure", "says"),
    [
        ({}, {"origin": ["MEXICO"]}, "skin-care/ten: origin 'MEXICO' is not known .*MEX"),
        ({"displaces": ["us-card"]}, {}, "skin-care displaces 'us-card', which no action has"),
        ({}, {"displaces": ["us-card"]}, "skin-care displaces 'us-card', which no action has"),
        ({"scope": {"hts": ["3394"]}}, {}, "skin-care: hts '3394' is in no schedule"),
        ({}, {"scope": {"hts": ["3394"]}}, "skin-care: hts '3394' is in no schedule"),
        ({}, {"from": "2025-12-16"}, "begins on 2025-12-16, after the day .*2025-12-15 or earlier"),
        ({}, {"known": "2025-12-21"}, "is known from 2025-12-21 on, after the day from which we"),
        ({}, {"rate": 10}, "is 1000%; a rate is a fraction, 0.10 for 10 %"),
    ],
)
def test_one_that_could_not_is_refused_and_not_a_zero(world, tmp_path, action, measure, says):
    with pytest.raises(ExposureError, match=says):
        ex.run(world, asked(tmp_path, action, measure), draws=0)


def test_all_that_is_wrong_is_told_at_once(world, tmp_path):
    wrong = asked(tmp_path, {"displaces": ["x"], "scope": {"hts": ["99"]}}, {"origin": ["XX"]})
    with pytest.raises(Problems) as caught:
        ex.run(world, wrong)
    assert len(caught.value.problems) == 3
    assert all("more.yaml: law" in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        (
            {"us-cars/usmac": 0.2},
            r"more.yaml: rates: no clause 'us-cars/usmac' .*us-cars/usmca",
        ),
        ({"skin-care/tan": 0.2}, r"more.yaml: rates: no clause 'skin-care/tan' .*skin-care/ten"),
        ({"skin-care/ten": 0.2}, None),
    ],
)
def test_a_rate_of_a_clause_that_there_is_not_names_the_file(world, tmp_path, rates, says):
    path = asked(tmp_path)
    document = {**yaml.safe_load(path.read_text(encoding="utf-8")), "rates": rates}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    if says is None:
        assert read_scenario(world, path).rates == rates
        return
    with pytest.raises(ExposureError, match=says):
        read_scenario(world, path)
