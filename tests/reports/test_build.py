"""Reports on a tiny world: nothing from outside, nothing computed twice, the same bytes."""

import csv
import io
import json
import re

import pandas as pd
import pytest
import yaml

import exposure as ex
from exposure.errors import Problems
from exposure.model.headline import METRICS
from exposure.reports import build as build_module
from exposure.reports.claims import check
from exposure.reports.description import ALL_ROWS
from exposure.reports.style import count, percent, span, usd
from exposure.reports.words import LANGUAGES, words
from tests import tiny


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    root = tiny.write(
        tmp_path_factory.mktemp("data"),
        scenarios__tariff__yaml=("A tariff", '"A <b>tariff</b> of $5 & #1_*x*"'),
    )
    return ex.run(ex.load(root), "tariff", draws=20)


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "report"
    ex.report(result, out)
    return out


def test_html_asks_for_nothing_from_outside(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert not re.search(r"<script[^>]* src|@import|url\((?!#)", page)
    assert len(page) < 1_500_000


def test_every_picture_has_words_and_a_table(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    pictures = page.count("<figure ")
    assert pictures >= 3
    assert len(re.findall(r'class="art" role="img" aria-label="[^"]{10,}"', page)) >= pictures
    assert page.count("The numbers behind the picture") == pictures


def test_titles_survive_in_both_forms(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "A &lt;b&gt;tariff&lt;/b&gt; of $5 &amp; #1_*x*" in page
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_answer_is_in_the_tables(folder, result):
    page = (folder / "report.html").read_text(encoding="utf-8")
    row = result.table("headline").set_index("metric").loc["duty_usd_per_unit"]
    text = re.sub(r"<[^>]*>", "", page).replace("\u00a0", " ")
    assert span(usd, row["low"], row["median"], row["high"]) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_on_a_page_has_a_meaning(result, tmp_path, monkeypatch, language):
    monkeypatch.setattr(build_module.pdf, "render", lambda *_: b"%PDF")
    ex.report(result, tmp_path / "report", language=language)
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    facts = json.loads(
        re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page)[1]
    )
    own, metrics = words(language).own_keys(), set()
    for table, row, column, exact in facts["cells"]:
        name, end = facts["tables"][table], facts["columns"][column]
        if exact is not None and row != ALL_ROWS:
            assert any(key.startswith(f"{name}.{end}") for key in facts["defined"]), (name, end)
        if name not in ("headline", "country_results", "firm_results"):
            continue
        metric = facts["rows"][name][str(row)].split("metric ")[1].split(" ")[0]
        metrics.add((name, metric))
        meaning = facts["defined"][f"{name}.{end}.{metric}"]
        key = next(k for k in (f"{name}.{metric}", f"metric.{metric}") if f"defined.{k}" in own)
        said = [words(language).label(f"defined.{k}") for k in (key, f"end.{end}")]
        assert meaning == " ".join(said)
    # All thirteen, among them those of the answer at the top.
    assert {metric for name, metric in metrics if name == "headline"} == set(METRICS)
    for printed in ("landed_cost.landed_central", "ledger.customs_value_usd",
                    "jobs.exposed_high", "plants.tail_plant_central", "assumptions.low"):  # fmt: skip
        assert facts["defined"][printed], printed


def test_same_result_same_bytes(folder, result, tmp_path):
    ex.report(result, tmp_path / "again")
    for path in folder.rglob("*"):
        if path.is_file():
            other = tmp_path / "again" / path.relative_to(folder)
            assert other.read_bytes() == path.read_bytes(), path.name


def test_tables_stand_beside_the_report(folder, result):
    for name, table in result.tables.items():
        read = pd.read_parquet(folder / "tables" / f"{name}.parquet")
        assert len(read) == len(table)
        assert (folder / "tables" / f"{name}.csv").is_file()


def test_a_failure_leaves_the_old_report_and_nothing_else(result, tmp_path, monkeypatch):
    out = tmp_path / "report"
    ex.report(result, out)
    before = (out / "report.html").read_bytes()

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(build_module.pdf, "render", broken)
    with pytest.raises(RuntimeError):
        ex.report(result, out)
    assert (out / "report.html").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_numbers_in_words():
    nan = float("nan")
    assert usd(nan) == percent(nan) == count(nan) == span(usd, nan, nan, nan) == "not known"
    assert usd(2668.4) == "USD 2,668"
    assert usd(3.5) == "USD 3.50"
    assert usd(-1e-13) == "USD 0"
    assert usd(313e6) == "USD 313.0 m"
    assert usd(2.5e9) == "USD 2.50 bn"
    assert percent(-0.00001) == "0.0 %"
    assert percent(0.125) == "12.5 %"
    assert count(-0.2) == "0"
    assert span(percent, 0.1, 0.1, 0.2) == "10.0 % (10.0 % to 20.0 %)"


HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x","y")',
    '#eval("1+1") #import "x" @cite <label> $x^2$',
    "{{ 7*7 }} {% raw %}",
    "abc\u202egnp.exe\u2066\u200f",
    "'; DROP TABLE x; --",
    "&lt;b&gt; &amp; \\u003c \\n",
    "W" * 10_000,
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A world whose product, firm, part, route, scenario and source names are hostile."""
    root = tiny.write(tmp_path_factory.mktemp("hostile"))
    raw = root / "raw"
    names = iter(HOSTILE * 3)

    def renamed(path, keys):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for found, key in keys(document):
            found[key] = next(names)
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")

    def of_product(document):
        yield document, "title"
        yield document, "firm"
        yield document, "unit"
        for group in ("parts", "routes", "sites"):
            for item in document[group]:
                if "title" in item:
                    yield item, "title"

    renamed(raw / "firms" / "car.yaml", of_product)
    renamed(
        raw / "scenarios" / "tariff.yaml",
        lambda document: [(document, key) for key in ("title", "question", "note")],
    )
    for path in raw.glob("sources.csv"):
        table = pd.read_csv(path, keep_default_na=False)
        table["title"] = [next(names) for _ in range(len(table))]
        table.to_csv(path, index=False)
    return ex.run(ex.load(root), "tariff", draws=10)


@pytest.mark.parametrize("kind", ["full", "brief"])
def test_hostile_names_are_inert(hostile, kind, tmp_path):
    out = tmp_path / "report"
    ex.report(hostile, out, kind=kind)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("<script") == 2  # the page's own, and its data
    assert "<img" not in page
    assert len(re.findall(r"<(?:b|img|iframe|object|embed)\b", page)) == 0
    assert "49" not in re.sub(r"\d+[\d.,]*", "", page)
    facts = re.search(r'id="facts">(.*?)</script>', page, re.DOTALL)[1]
    assert "<" not in facts
    json.loads(facts)
    # As letters they stand in both forms.
    listed = pd.read_parquet(out / "claims.parquet")
    document = (out / "report.pdf").read_bytes()
    faults = check(listed, hostile.tables, "en", page, document, numbered=kind != "brief")
    assert [str(fault)[:200] for fault in faults] == []
    for path in (out / "tables").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            for cell in row:
                assert cell[:1] not in ("=", "@", "+") or cell in ("=", "@", "+"), (path, cell)
    assert {path.name for path in out.iterdir()} <= {
        "report.html", "report.pdf", "claims.parquet", "manifest.json", "asked.json", "tables",
    }  # fmt: skip


def test_names_that_would_be_paths_are_refused(tmp_path):
    """What becomes a file name is an id, of letters, digits and hyphens."""
    for name in ("../escape", "a/b", "CON.", "x" * 300, "\u202ex"):
        with pytest.raises(Problems):
            root = tiny.write(tmp_path / "data")
            path = root / "raw" / "scenarios" / "tariff.yaml"
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("id: tariff", f"id: {json.dumps(name)}", 1), "utf-8")
            ex.run(ex.load(root), path, draws=0)
