"""A list of parts becomes a product file that runs; what is wrong with a list is named by row."""

import pandas as pd
import pytest
from click.testing import CliRunner

from exposure.cli import main
from exposure.facts.documents import Product
from exposure.facts.strict_yaml import read_document

ROWS = [
    {"part": "final", "hts": "8516.29.00", "country": "VNM", "into": "", "price_usd": "50", "site": "hanoi"},
    {"part": "body", "hts": "8516.90.90", "country": "CHN", "into": "final", "price_usd": "15", "steel": "0.6"},
    {"part": "element", "hts": "8516.80.80", "country": "VNM", "into": "final", "price_usd": "20", "split": "0.5"},
    {"part": "element", "hts": "8516.80.80", "country": "CHN", "into": "final", "price_usd": "20", "split": "0.5"},
    {"part": "wire", "hts": "8544.49.30", "country": "CHN", "into": "element", "price_usd": "2", "quantity": "2"},
]  # fmt: skip


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def make(tmp_path, rows, name="list.csv", **more):
    path = tmp_path / name
    table = pd.DataFrame(rows)
    if path.suffix == ".xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_csv(path, index=False)
    out = tmp_path / "own.yaml"
    options = [item for key, value in more.items() for item in (f"--{key}", value)]
    return call("new", "product", "own", "--parts", path, "-o", out, *options), out


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_prices_become_shares_of_own_value(tmp_path, name):
    done, out = make(tmp_path, ROWS, name)
    assert done.exit_code == 0, done.output
    product = read_document(Product, out)
    share = {part.id: part.share.central for part in product.parts}
    # 50 in all: wire 2 x 2; the element 20 less its wire; assembly what is left.
    assert share == {
        "final": pytest.approx(15 / 50),
        "body": pytest.approx(15 / 50),
        "element": pytest.approx(16 / 50),
        "wire": pytest.approx(4 / 50),
    }
    assert product.customs_value_usd.central == 50
    parts = {part.id: part for part in product.parts}
    assert parts["body"].materials == {"steel": 0.6}
    assert parts["wire"].industry == "electrical"
    assert [item.split for item in parts["element"].making.made_at] == [0.5, 0.5]


def test_the_file_is_checked_priced_and_run(tmp_path):
    _, out = make(tmp_path, ROWS)
    done = call("check", out)
    assert done.exit_code == 0, done.output
    assert "product own, 4 parts" in done.output
    assert "note: routes.current.capacity is not stated: no limit" in done.output
    assert "note: parts.wire.materials is not stated: no metal or chip content" in done.output
    done = call("run", "--product", out, "--draws", 0, "--out", tmp_path / "r")
    assert done.exit_code == 0, done.output


def test_shares_need_a_price(tmp_path):
    rows = [
        {"part": "final", "hts": "8516.29.00", "country": "VNM", "into": "", "share": "0.4"},
        {"part": "body", "hts": "8516.90.90", "country": "CHN", "into": "final", "share": "0.6"},
    ]
    done, _ = make(tmp_path, rows)
    assert done.exit_code == 2
    assert "give --price" in done.output
    done, out = make(tmp_path, rows, price=80)
    assert done.exit_code == 0, done.output
    assert read_document(Product, out).customs_value_usd.central == 80


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({1: {"into": "nothing"}}, "row 3: into 'nothing' is no part (final, body, element, wire)"),
        ({1: {"into": ""}}, "2 parts have no `into`: final, body"),
        ({1: {"price_usd": "-1"}}, "row 3: price_usd is -1.0 (a number of 0 or more)"),
        ({1: {"price_usd": "dear"}}, "row 3: price_usd 'dear' is not a number"),
        ({4: {"price_usd": "20"}}, "element costs less than what goes into it, by 20.00 USD"),
        ({3: {"split": "0.4"}}, "splits of element add up to 0.900000"),
        ({1: {"share": "0.3"}}, "one of price_usd and share is given, not both"),
        ({1: {"site": "hanoi"}}, "site 'hanoi' stands in two countries"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, said):
    rows = [{**row, **change.get(number, {})} for number, row in enumerate(ROWS)]
    done, out = make(tmp_path, rows)
    assert done.exit_code == 2
    assert said in done.output
    assert not out.exists()


def test_columns_and_endings_are_named(tmp_path):
    done, _ = make(tmp_path, [{"part": "a", "hts": "8516.29.00"}])
    assert "column missing: country" in done.output
    done, _ = make(tmp_path, [{**row, "colour": "red"} for row in ROWS])
    assert "unknown column: colour" in done.output
    done = call("new", "product", "own", "--parts", tmp_path / "list.ods")
    assert "ending '.ods' (.csv or .xlsx)" in done.output
    done = call("new", "product", "own", "--parts", tmp_path / "absent.csv")
    assert done.exit_code == 2
    assert "no such file" in done.output


def test_names_become_ids_and_stay_as_titles(tmp_path):
    rows = [
        {"part": "Face mask", "hts": "6307.90.98", "country": "VNM", "into": "", "price_usd": "1",
         "site": "Hà Nội", "title": ""},
        {"part": "Fabric_A", "hts": "5603.11.00", "country": "KOR", "into": "Face mask",
         "price_usd": "0.4", "site": "", "title": "Non-woven"},
    ]  # fmt: skip
    done, out = make(tmp_path, rows)
    assert done.exit_code == 0, done.output
    product = read_document(Product, out)
    assert [(part.id, part.title, part.into) for part in product.parts] == [
        ("face-mask", "Face mask", None), ("fabric_a", "Non-woven", "face-mask"),
    ]  # fmt: skip
    assert [(site.id, site.title) for site in product.sites] == [
        ("ha-noi", "Hà Nội"), ("plant-kor", "Plant in KOR"),
    ]  # fmt: skip
    assert [part.industry for part in product.parts] == ["textiles", "textiles"]
    assert product.routes[0].assembly == "ha-noi"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({1: {"site": "하노이"}}, "site '하노이' leaves no id (latin letters or digits)"),
        ({1: {"part": "Element"}}, "part 'element' and 'Element' have the same id 'element'"),
    ],
)
def test_names_that_make_no_id_of_their_own_are_refused(tmp_path, change, said):
    rows = [{**row, **change.get(number, {})} for number, row in enumerate(ROWS)]
    done, out = make(tmp_path, rows)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr and not out.exists()
