"""Figures that sources state differently: each one laid into what it is about, and what is refused."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.facts.world import World
from exposure.model.conflicts import COLUMNS, _number, _of_formula, _variant, conflicts, stated

NAN = np.nan
BASE = Scenario.model_validate({
    "id": "base", "title": "B", "question": "Q", "baseline": {"effective_on": "2025-01-15"},
    "rates": {"us-cars/all": 0.25}, "figures": {"car/route/sea/volume": 5.0},
})  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(271000.0, "271,000 cars"), (12345678901.0, "12,345,678,901 cars"), (55.9, "55.9 cars"), (-1234.5, "-1,234.5 cars"), (0.0, "0 cars"),
     (NAN, "It was said.")],
)  # fmt: skip
def test_a_statement_is_its_figure_or_its_words(value, text):
    assert stated({"value": value, "unit": "cars", "statement": "It was said."}) == text


@pytest.mark.parametrize(
    ("kind", "rates", "figures"),
    [
        ("rate", {"us-cars/all": 0.25, "key": 0.4}, BASE.figures),
        ("figure", BASE.rates, {"car/route/sea/volume": 5.0, "key": 0.4}),
        ("scenario", BASE.rates, BASE.figures),
    ],
)
def test_a_statement_is_laid_over_the_scenario_and_nothing_else(kind, rates, figures):
    made = _variant(BASE, {"id": "k4", "kind": kind, "key": "key", "set_to": "0.4"})
    assert (made.rates, made.figures) == (rates, figures)
    assert made.id == "k4"
    assert made.model_copy(update={"id": "base", "rates": BASE.rates, "figures": BASE.figures}) == (
        BASE
    )


def test_a_statement_takes_the_place_of_what_the_scenario_set():
    made = _variant(BASE, {"id": "k4", "kind": "rate", "key": "us-cars/all", "set_to": 0.1})
    assert made.rates == {"us-cars/all": 0.1}


def result(**tables):
    return SimpleNamespace(table=lambda name: tables[name])


HEADLINE = pd.DataFrame(
    [
        ("k4", "car", "volume_change_share", 1.0, 2.0, 3.0),
        ("k5", "car", "jobs_exposed", 4.0, 5.0, 6.0),
    ],
    columns=["scenario", "product", "metric", "low", "central", "high"],
)


def row(metric, **more):
    return {"id": "k4", "subject": "car", "metric": metric} | more


def test_the_number_of_a_statement_is_that_of_its_own_variant():
    found = _number(result(headline=HEADLINE), row("volume_change_share"), country=False)
    assert found == (1.0, 2.0, 3.0)


def test_a_number_of_a_country_stands_in_the_table_of_countries():
    table = HEADLINE.rename(columns={"product": "country"}).assign(country="KOR")
    asked = row("volume_change_share", subject="KOR")
    assert _number(result(country_results=table), asked, country=True) == (1.0, 2.0, 3.0)


def test_a_number_that_there_is_not_is_told_with_the_nearest():
    with pytest.raises(QueryError) as caught:
        _number(result(headline=HEADLINE), row("volume_change"), country=False)
    told = str(caught.value)
    assert told.startswith("conflicts.csv: k4: car has no volume_change")
    assert "volume_change_share" in told
    assert "jobs_exposed" not in told


APRIL = pd.DataFrame(
    [("KOR", 50.0, 100.0, 0.5, 0.1)],
    columns=["country", "exports_usd", "imports_usd", "part", "floor"],
)


def world(*rows):
    table = pd.DataFrame([dict.fromkeys(COLUMNS, "") | one for one in rows], columns=list(COLUMNS))
    table = table.drop(columns=["stated", "low", "central", "high"])
    empty = pd.DataFrame({"product": []})
    return World({"conflicts": table, "reciprocal_formula": APRIL, "products": empty}, "mark",
                 Path("data"))  # fmt: skip


DEFICIT = {"id": "d", "topic": "deficit", "kind": "formula", "key": "KOR", "value": 66.0,
           "unit": "bn USD"}  # fmt: skip


@pytest.mark.parametrize(
    ("deficit", "rate"), [(50.0, 0.25), (66.0, 0.33), (10.0, 0.1), (-5.0, 0.1)]
)
def test_the_formula_with_another_deficit(deficit, rate):
    assert _of_formula(world(), DEFICIT | {"set_to": deficit}) == pytest.approx(rate)


def test_a_ledger_of_statements_has_a_range_of_one_number_or_none():
    made = conflicts(world(DEFICIT | {"set_to": 66.0}, {"id": "n", "topic": "other", "kind": "nothing",
                                                        "value": NAN, "statement": "So."}))  # fmt: skip
    assert made.columns.tolist() == list(COLUMNS)
    assert made.loc[0, ["low", "central", "high"]].tolist() == pytest.approx([0.33] * 3)
    assert made.loc[1, ["low", "central", "high"]].isna().all()
    assert made["stated"].tolist() == ["66 bn USD", "So."]


def test_a_dispute_is_asked_by_its_name():
    both = world(
        DEFICIT | {"set_to": 66.0}, DEFICIT | {"id": "e", "topic": "deficits", "set_to": 1.0}
    )
    assert conflicts(both, "deficit")["id"].tolist() == ["d"]
    with pytest.raises(QueryError) as caught:
        conflicts(both, "deficitt")
    assert str(caught.value).startswith("no dispute 'deficitt' (")
    assert "deficit" in str(caught.value)
