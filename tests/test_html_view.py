"""What a notebook shows of a result, a derivation and a scenario: plain, escaped, of no colour."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure import html_view
from exposure.facts.documents import Scenario, Solve
from exposure.facts.scenario import read_scenario
from tests import tiny

HOSTILE = '<script>alert(\'x\')</script><img src="http://a.b/c" onerror=x> & "quoted"'
TAGS = {"div", "strong", "table", "thead", "tbody", "tr", "th", "td"}
COLOURS = re.compile(r"(?:color|background|border[\w-]*|fill|stroke):([^;]*)")


class Reader(HTMLParser):
    """Tags, attributes and texts; tags that were not closed remain in ``open``."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.styles, self.texts, self.open = set(), [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        assert {name for name, _ in attrs} <= {"style"}
        self.styles += [value for _, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return "\n".join(self.texts)


def read(html):
    """The view, if it holds nothing that a page of unknown colours could not show."""
    seen = Reader(html)
    assert not seen.open
    assert seen.tags <= TAGS
    for style in seen.styles:
        assert "url(" not in style
        for value in COLOURS.findall(style):
            known = {"inherit", "transparent", "collapse", "currentColor", "1px", "4px", "solid"}
            assert set(value.split()) <= known, style
    assert "max-height:32em;overflow:auto" in seen.styles[0]
    return seen


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def result(world):
    return ex.run(world, "tariff", draws=3, by_quarter=False, by_sector=False)


def changed(result, table, **columns):
    return replace(
        result,
        tables=MappingProxyType({**result.tables, table: result.tables[table].assign(**columns)}),
    )


def test_a_result_shows_what_was_asked_its_headlines_and_its_tables(result):
    seen = read(result._repr_html_())
    assert "tariff: A tariff (law of 2025-12-15 against 2025-01-15, 3 draws)" in seen.texts
    head = result.table("headline")
    for metric, median in zip(head["metric"], head["median"], strict=True):
        assert metric in seen.texts
        assert html_view.number(median) in seen.texts
    assert all(name in seen.text for name in result.tables)


def test_hostile_names_are_text(result):
    seen = read(changed(result, "scenarios", title=HOSTILE)._repr_html_())
    assert HOSTILE in seen.text
    seen = read(changed(result, "headline", product=HOSTILE, unit=HOSTILE)._repr_html_())
    assert HOSTILE in seen.texts


@pytest.mark.parametrize("value", [np.nan, None])
def test_what_is_not_known_is_said_and_is_no_number(result, value):
    seen = read(changed(result, "headline", low=value, median=value, high=value)._repr_html_())
    rows = len(result.tables["headline"])
    assert seen.texts.count("not known") == 3 * rows
    assert "0" not in seen.texts and "nan" not in seen.text.lower().split()


def test_many_rows_are_counted():
    seen = Reader(html_view.table(["n"], [[n] for n in range(html_view.MOST + 7)]))
    assert "… and 7 more" in seen.texts
    assert len([text for text in seen.texts if text.isdigit()]) == html_view.MOST
    seen = Reader(html_view.lines((0, f"line {n}") for n in range(html_view.MOST)))
    assert "more" not in seen.text


def test_a_long_text_is_cut():
    seen = Reader(html_view.line("x" * 5000))
    assert len(seen.text) == html_view.LONGEST
    assert seen.text.endswith("…")


def test_a_trace_shows_the_lines_of_its_text(result):
    trace = ex.explain(result, "duty", product="car", route="mexico")
    seen = read(trace._repr_html_())
    lines = str(trace).splitlines()
    cell, _, value = lines[0].partition(" = ")
    assert seen.texts == [cell, value, *(line.strip() for line in lines[1:])]
    deep = [style for style in seen.styles if style.startswith("padding-left")]
    assert set(deep) == {"padding-left:0em", "padding-left:1.2em"}


def test_a_trace_of_an_origin_shows_its_answer_and_of_nothing_known_says_so(result):
    trace = ex.explain(result, "origin", product="car", route="mexico")
    assert trace.answer in read(trace._repr_html_()).texts
    unknown = replace(trace, answer="")
    assert "not known" in read(unknown._repr_html_()).texts
    assert str(unknown).splitlines()[0].endswith(" = not known")
    assert HOSTILE in read(replace(trace, cell=HOSTILE)._repr_html_()).text


CHANGES = {
    "law": [
        {"action": "us-cars", "suspend": True, "clause": ["kor"], "origin": ["KOR"]},
        {"action": "us-steel", "suspend": True},
        {
            "action": "us-cars",
            "measures": [
                {"id": "all-in", "from": "2025-01-01", "known": "2025-01-01", "all_in": 0.15,
                 "source": "s"},
                {"id": "capped", "from": "2025-01-01", "known": "2025-01-01", "rate": 0.1,
                 "cap": 0.25, "source": "s"},
                {"id": "by-weight", "from": "2025-01-01", "known": "2025-01-01",
                 "specific_usd_per_unit": 2, "source": "s"},
            ],
            "exemptions": [{"id": "free", "from": "2025-01-01", "known": "2025-01-01",
                            "source": "s"}],
        },
    ],
    "rates": {"us-cars/all": 0.2},
    "crossings": [{"product": "car", "part": "body", "attributes": {"use": "car"}}],
    "parameters": {"pass_through": 1.0},
    "figures": {"car/route/mexico/volume": 5e4},
    "currencies": {"KOR": -0.1},
    "limits": [{"product": "car", "route": "mexico", "units": 90000}],
    "demand": "logit",
    "years": 7,
}  # fmt: skip


def test_a_scenario_shows_its_days_and_all_that_it_changes():
    days = {"effective_on": "2025-01-15"}
    base = {"id": "a", "title": HOSTILE, "question": "Why?", "baseline": days}
    later = {"effective_on": "2025-12-15", "known_on": "2025-11-01"}
    seen = read(Scenario.model_validate({**base, **CHANGES, "law_on": later})._repr_html_())
    assert HOSTILE in seen.texts
    assert "law of 2025-12-15 as known on 2025-11-01 against 2025-01-15" in seen.texts
    for line in (
        "us-cars: suspend kor for KOR",
        "us-steel: suspend all",
        "us-cars: measure all-in (0.15 all in); measure capped (0.1, at most 0.25 in all); "
        "measure by-weight (2 USD per unit); exemption free",
        "us-cars/all charges 0.2",
        "car/every route, body: use = car",
        "pass_through = 1",
        "car/route/mexico/volume = 50000",
        "currency of KOR: -0.1 of its value in dollars",
        "car/mexico: at most 90,000 units a year, held by the exporter",
        "demand = logit",
        "years = 7.0",
    ):
        assert line in seen.texts
    assert "route_choice" not in seen.text
    # Each field of the form that can change something is shown.
    shown = {"law", *CHANGES, "route_choice", "incidence"}
    told = {"id", "title", "question", "answers", "note", "baseline", "law_on", "products"}
    assert set(Scenario.model_fields) == shown | told


def test_a_scenario_without_changes_says_so(world):
    seen = read(read_scenario(world, "tariff")._repr_html_())
    assert "nothing but the day" in seen.texts
    assert "products: all" in seen.texts


def test_a_run_without_draws_shows_no_empty_range(world):
    seen = read(ex.run(world, "tariff", draws=0, by_quarter=False, by_sector=False)._repr_html_())
    assert "median" in seen.texts
    assert not {"low", "high"} & set(seen.texts)


def test_rates_show_a_row_a_crossing_and_what_is_not_known(world):
    crossings = pd.DataFrame(
        {
            "hts": ["8703.23.01", "8703.23.01"],
            "origin": ["MEX", "MEX"],
            "importer": ["USA", "USA"],
            "on": ["2025-01-15", "2025-12-15"],
        }
    )
    rates = ex.rates(world, crossings)
    assert repr(rates) == f"Rates(2 crossings, {rates.table['total'].notna().sum()} known)"
    seen = read(rates._repr_html_())
    assert repr(rates) in seen.texts
    for total in rates.total:
        assert html_view.number(total) in seen.texts
    unknown = replace(rates, total=np.array([np.nan, np.nan]))
    assert "Rates(2 crossings, 0 known)" in read(unknown._repr_html_()).texts
    assert read(unknown._repr_html_()).texts.count("not known") >= 2


def test_a_solve_shows_what_was_asked_and_each_value(world):
    asked = {
        "id": "even", "title": HOSTILE, "question": "When?", "scenario": "tariff",
        "vary": {"action": "us-cars", "clause": "usmca", "between": [0, 0.5]},
        "find": {"level": {"of": "car/mexico/duty_usd_per_unit", "is": 900}},
    }  # fmt: skip
    spec = Solve.model_validate(asked)
    found = ex.solve(world, spec, draws=0)
    seen = read(found._repr_html_())
    assert "Solve even" in seen.texts and HOSTILE in seen.texts and "When?" in seen.texts
    answers = found.table("solutions")
    assert len(answers) and (answers["kind"] != "none").all()
    for value in answers["value"]:
        assert html_view.number(value) in seen.texts
    assert html_view.number(found.today) in seen.text
    assert not {"low", "high"} & set(seen.texts)
    assert repr(found) == f"Solved(even: {len(answers)} values)"
    drawn = read(ex.solve(world, spec, draws=3)._repr_html_())
    assert {"low", "median", "high"} <= set(drawn.texts)
