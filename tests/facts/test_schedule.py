"""The schedule, edition by edition: rows of an export, days of lines and codes, what is refused."""

import gzip
import json
import urllib.error
import urllib.request

import pytest

from exposure.errors import DataError, ExposureError, QueryError
from exposure.facts.downloads import get_hts, sources
from exposure.facts.usitc import (
    CODE_COLUMNS,
    EDITION_COLUMNS,
    LINE_COLUMNS,
    Edition,
    Tables,
    ad_valorem,
    read_export,
    read_rows,
    read_tables,
    write_tables,
)


def row(code, general="", special="", other="", units=()):
    return {"htsno": code, "general": general, "special": special, "other": other,
            "units": list(units)}  # fmt: skip


def line(*rows):
    """The first line of an export of these rows."""
    (found,) = read_rows(list(rows), "x.json").lines.values()
    return found


# --- rates in words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("Free", "0"),
        ("free", "0"),
        ("0%", "0"),
        ("2.5%", "0.025"),
        ("  2.5 % ", "0.025"),
        ("3 3/4%", "0.0375"),  # 3.75 per cent
        ("100%", "1"),
        ("2.5% 1/", "0.025"),  # a footnote
        ("Free 12/", "0"),
        ("1¢/kg", ""),
        ("2.5% + 1¢/kg", ""),
        ("The rate applicable to the article", ""),
        ("-2.5%", ""),
        ("2.5", ""),
        ("", ""),
    ],
)
def test_a_plain_rate_is_a_fraction_and_no_other_is(text, rate):
    assert ad_valorem(text) == rate


@pytest.mark.parametrize(
    ("special", "korus", "usmca", "japan"),
    [
        ("Free (A+,AU,KR,S)", "0", "0", ""),
        ("Free (S+)", "", "0", ""),
        ("Free (AU) 1% (KR) 2% (JP)", "0.01", "", "0.02"),
        ("2% (S+) Free (S)", "", "0", ""),  # the first symbol of a program counts
        ("Free (KRX)", "", "", ""),
        ("Free", "", "", ""),  # for nobody by name
        ("", "", "", ""),
    ],
)
def test_a_preference_is_that_of_its_symbol(special, korus, usmca, japan):
    found = line(row("8703.23.01", "2.5%", special, "10%"))
    assert (found["korus_rate"], found["usmca_rate"], found["japan_rate"]) == (korus, usmca, japan)
    assert (found["mfn_rate"], found["column2_rate"]) == ("0.025", "0.1")


def test_a_rate_in_words_is_kept_beside_an_empty_number():
    found = line(row("8703.23.01", " 52.5¢/bbl\n 1/ ", "See 9902.85.44 (KR)", "$1.05/bbl"))
    assert (found["mfn_rate"], found["mfn_text"]) == ("", "52.5¢/bbl 1/")
    assert (found["korus_rate"], found["korus_text"]) == ("", "See 9902.85.44")
    assert (found["japan_rate"], found["japan_text"]) == ("", "")


# --- rows of an export -----------------------------------------------------------------------


def test_rates_of_a_line_stand_on_its_first_row_that_has_some():
    edition = read_rows(
        [
            row("8703"),
            row("8703.23.01", units=["No."]),
            row("8703.23.01.10", "2.5%", units=["No.", " kg "]),
            row("8703.23.01.90", "9%", units=["kg", ""]),
        ],
        "x.json",
    )
    assert list(edition.lines) == ["87032301"]
    assert edition.lines["87032301"]["mfn_rate"] == "0.025"
    assert edition.lines["87032301"]["unit"] == "No. kg"
    assert edition.codes == {"8703230110", "8703230190"}


def test_fields_may_be_null_and_chapters_of_other_law_are_left_out():
    rows = [row("9903.88.03", "25%"), row("9802.00.80", "Free"), {**row(None), "units": None},
            {**row("8703.23.01", None, None, "10%"), "units": None}]  # fmt: skip
    edition = read_rows(rows, "x.json")
    assert list(edition.lines) == ["87032301"]
    found = edition.lines["87032301"]
    assert (found["mfn_rate"], found["column2_rate"], found["unit"]) == ("", "0.1", "")


def test_a_row_that_lacks_a_field_is_named():
    rows = [row("8703.23.01", "2.5%"), {"htsno": "8703.23.02", "general": "1%"}]
    with pytest.raises(DataError) as caught:
        read_rows(rows, "x.json")
    assert str(caught.value).startswith("x.json: row 2: a field is missing (")


def test_an_export_is_read_plain_or_packed(tmp_path):
    content = json.dumps([row("8703.23.01", "2.5%")]).encode()
    for name, held in (("a.json", content), ("a.json.gz", gzip.compress(content))):
        (tmp_path / name).write_bytes(held)
        assert list(read_export(tmp_path / name).lines) == ["87032301"]
    broken = gzip.compress(content)[:10] + b"\xff" * 20  # a whole head, and no stream behind it
    for name, held in (("b.json", b"[1"), ("b.json.gz", content), ("c.json.gz", b"\x1f\x8b"),
                       ("d.json.gz", broken), ("e.json", b"\xff")):  # fmt: skip
        (tmp_path / name).write_bytes(held)
        with pytest.raises(DataError, match=f"{name}: not JSON: ") as caught:
            read_export(tmp_path / name)
        assert "\n" not in str(caught.value)


# --- days ------------------------------------------------------------------------------------


def edition(lines, codes=()):
    rates = {name: "" for name in LINE_COLUMNS if name.endswith(("_rate", "_text"))}
    return Edition(
        {code: {**rates, "mfn_rate": rate, "unit": unit} for code, rate, unit in lines},
        frozenset(codes),
    )


A, B = "01012100", "87032301"


def spans(made):
    return [(item["hts8"], item["from"], item["until"], item["mfn_rate"]) for item in made.lines]


def test_a_line_that_comes_back_begins_anew():
    made = Tables()
    days = ("2024-01-01", "2025-01-01", "2026-01-01")
    counts = [
        made.add(edition(lines), str(n), day, day, {})
        for n, (day, lines) in enumerate(
            zip(days, ([(A, "0", "")], [], [(A, "0", "")]), strict=True)
        )
    ]
    assert spans(made) == [(A, "2024-01-01", "2024-12-31", "0"), (A, "2026-01-01", "", "0")]
    assert [count["lines new"] for count in counts] == [1, 0, 1]
    assert [count["lines gone"] for count in counts] == [0, 1, 0]


def test_another_unit_is_no_other_rate():
    made = Tables()
    made.add(edition([(A, "0", "No.")]), "one", "2024-01-01", "2024-01-01", {})
    count = made.add(edition([(A, "0", "kg")]), "two", "2025-01-01", "2025-01-01", {})
    assert not any(count.values())
    assert spans(made) == [(A, "2024-01-01", "", "0")]


def test_a_line_may_have_a_day_of_its_own():
    made = Tables()
    both = [(A, "0", ""), (B, "0.025", "")]
    made.add(edition(both, [f"{B}10"]), "one", "2024-01-01", "2024-02-01", {B: "2024-03-01"})
    assert spans(made) == [(A, "2024-01-01", "", "0"), (B, "2024-03-01", "", "0.025")]
    assert made.codes == {f"{B}10": ("2024-03-01", "")}
    made.add(edition(both[:1]), "two", "2025-03-01", "2025-03-01", {})
    # The eve of the first of March, in a year without a leap day.
    assert spans(made)[1] == (B, "2024-03-01", "2025-02-28", "0.025")
    assert made.codes == {f"{B}10": ("2024-03-01", "2025-02-28")}


def test_codes_that_only_repeat_their_line_are_left_out():
    made = Tables()
    codes = [f"{A}00", f"{B}10", f"{B}00"]
    made.add(edition([(A, "0", ""), (B, "0", "")], codes), "one", "2024-01-01", "2024-01-01", {})
    assert made.frames()["statistical"]["hts10"].tolist() == [f"{B}00", f"{B}10"]


def test_written_tables_are_gone_on_with(tmp_path):
    made = Tables()
    lines = [(A, "0", "No."), (B, "0.025", "")]
    made.add(edition(lines, [f"{A}00", f"{B}10"]), "one", "2024-01-01", "2024-01-01", {})
    made.add(edition(lines[:1], [f"{A}00"]), "two", "2025-01-01", "2025-01-01", {})
    write_tables(made, tmp_path)
    back = read_tables(tmp_path)
    assert spans(back) == spans(made)
    # The code that was left out is there again, from the line's own first day.
    assert back.codes == made.codes
    write_tables(back, tmp_path / "again")
    for name in ("lines.csv", "statistical.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes()


# --- an edition that is asked for ------------------------------------------------------------


@pytest.fixture
def root(tmp_path):
    us = tmp_path / "raw" / "law" / "us"
    us.mkdir(parents=True)
    head = ",".join(EDITION_COLUMNS)
    (us / "editions.csv").write_text(
        f"{head}\n2026_rev_1,,2026-01-01,2026-02-01,s\n2026_rev_1,{A},2026-01-15,,s\n"
    )
    (us / "lines.csv").write_text(",".join(LINE_COLUMNS) + "\n")
    (us / "statistical.csv").write_text(",".join(CODE_COLUMNS) + "\n")
    (tmp_path / "raw" / "downloads.csv").write_text(
        "name,title,publisher,address,makes\nhts,Schedule,Us,https://example.org/hts,lines\n"
    )
    (tmp_path / "new.json").write_text(json.dumps([row("8703.23.01", "2.5%")]))
    return tmp_path


@pytest.mark.parametrize(
    ("revision", "days", "says"),
    [
        ("", ("2026-07-01", ""), "--revision '' (form: 2026_rev_11)"),
        ("2026 rev", ("2026-07-01", ""), "--revision '2026 rev' (form: 2026_rev_11)"),
        ("two_", ("2026-07-01", ""), "--revision 'two_' (form: 2026_rev_11)"),
        ("2026_rev_1", ("2026-07-01", ""),
         "edition 2026_rev_1 stands already (known: 2026_rev_1)"),
        ("two", ("July", ""), "'July' is no date (YYYY-MM-DD)"),
        ("two", ("2026-02-30", ""), "'2026-02-30' is no date (YYYY-MM-DD)"),
        ("two", ("20260701", ""), "'20260701' is no date (YYYY-MM-DD)"),
        ("two", ("2026-W27-3", ""), "'2026-W27-3' is no date (YYYY-MM-DD)"),
        ("two", ("2026-01-15", ""), "2026-01-15 is not after 2026-01-15 "
         "(editions follow one another)"),
        ("two", ("2026-01-16", "2026-02-01"), "2026-02-01 is not after 2026-02-01 "
         "(editions follow one another)"),
        ("two", ("2026-01-16", ""), "2026-01-16 is not after 2026-02-01 "
         "(editions follow one another)"),  # its codes begin with its rates, unless it says so
    ],
)  # fmt: skip
def test_an_edition_follows_those_that_stand(root, revision, days, says):
    before = {path: path.read_bytes() for path in root.rglob("*.csv")}
    with pytest.raises(QueryError) as caught:
        get_hts(root, revision, *days, root / "new.json")
    assert str(caught.value) == says
    assert {path: path.read_bytes() for path in root.rglob("*.csv")} == before


def test_an_edition_is_laid_over_and_noted(root):
    count = get_hts(root, "two", "2026-03-01", "", root / "new.json")
    assert count["lines new"] == 1
    us = root / "raw" / "law" / "us"
    assert (us / "lines.csv").read_text().splitlines()[1].startswith(f"{B},2026-03-01,,0.025,")
    noted = (us / "editions.csv").read_text().splitlines()[-1]
    assert noted.startswith("two,,2026-03-01,2026-03-01,")


def test_a_source_out_of_reach_is_a_line_with_what_to_do(root, monkeypatch):
    def gone(address, timeout):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", gone)
    with pytest.raises(ExposureError) as caught:
        get_hts(root, "two", "2026-03-01")
    assert str(caught.value) == (
        "https://example.org/hts: out of reach: <urlopen error no route to host> "
        "(fetch it by hand and give it by --file)"
    )
    path = root / "raw" / "downloads.csv"
    path.write_text(path.read_text().replace("\nhts,", "\nother,"))
    assert sources(root)["name"].tolist() == ["other"]
    with pytest.raises(DataError) as caught:
        get_hts(root, "two", "2026-03-01")
    assert str(caught.value) == f"{path}: no source 'hts' (give --file)"
