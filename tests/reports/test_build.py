"""Reports on a tiny world: nothing from outside, nothing computed twice, the same bytes."""

import re

import pandas as pd
import pytest

import exposure as ex
from exposure.reports import build as build_module
from exposure.reports.style import count, percent, span, usd
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
