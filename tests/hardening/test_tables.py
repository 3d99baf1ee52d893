"""Spoilt tables of users end well or in plain lines; no cell that cannot be read becomes a nought."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exposure as ex
from exposure.errors import ExposureError
from exposure.facts.files import parquet_bytes, read_parquet
from exposure.facts.parts_list import Head, write_from_parts
from exposure.facts.place import data_root
from exposure.facts.read_estimation import read_estimation
from exposure.facts.user_tables import read_crossings, read_flows
from exposure.validate.answers import find_bench, read_answers, read_bench, score
from tests import tiny
from tests.hardening import mutations
from tests.hardening.test_documents import ESTIMATION, SURE, plain_lines
from tests.night import NIGHT

COUNT = 500 if NIGHT else 60
"""Tables of each kind."""
CROSSINGS = [
    ["hts", "origin", "on", "importer", "known_on", "value_usd", "quantity", "attributes", "mine"],
    ["8703.23.01", "KOR", "2025-12-05", "USA", "", "20000", "1", '{"claim": "korus"}', "a"],
    ["27101215", "DEU", "2025-11-01", "", "2025-11-01", "70.5", "1", "", "b"],
    ["8708.29.51", "VNM", "2025-07-15", "USA", "", "100", "", '{"steel_share": 0.5}', "c"],
]
FLOWS = [
    ["month", "entries", "sales", "stock"],
    *[[f"2025-{month:02d}", str(8000 + month), "8000.5", "9000" if month == 1 else ""] for month in range(1, 13)],
]  # fmt: skip
PARTS = [
    ["part", "title", "hts", "country", "into", "price_usd", "quantity", "split", "lat", "steel", "site", "maker"],
    ["car", "Car", "8703.23.01", "MEX", "", "10000", "1", "", "25.5", "0.25", "", "KOR"],
    ["body", "Body", "8708.29.51", "KOR", "car", "3000", "1", "0.5", "", "0.75", "", ""],
    ["body", "Body", "8708.29.51", "USA", "car", "3000", "1", "0.5", "", "", "", ""],
    ["bolt", "Bolt", "7318.15.00", "VNM", "body", "2.5", "100", "", "", "1", "", ""],
]  # fmt: skip
ESTIMATED = [
    ["origin", "month", "rate", "price", "kept"],
    *[[f"o{o}", f"2025-{m:02d}", str(0.25 * (o % 2) * (m > 3)),
       f"{10 + o - 0.4 * 0.25 * (o % 2) * (m > 3) + (o * m) % 3 / 100:.4f}", "1" if o else "yes"]
      for o in range(6) for m in range(1, 7)],
]  # fmt: skip


def fuzz(strategy, ask, count=None):
    """Ask of every example; what is told is how many were refused."""
    count = count or COUNT
    seen = {"refused": 0, "answered": 0}

    @settings(max_examples=count, **SURE)
    @given(strategy)
    def one(made):
        try:
            ask(made)
        except ExposureError as error:
            seen["refused"] += 1
            plain_lines(error, "")
        else:
            seen["answered"] += 1

    one()
    print(f"\n{sum(seen.values()):,} tables: {seen}")
    assert sum(seen.values()) >= count
    assert min(seen.values()) > count / 20
    return seen


def written_cells(content, column):
    """Cells of a column as another reader has them, row by row; None where it has no such head."""
    import csv

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    rows = [row for row in rows if row]
    at = rows[0].index(column)
    return [row[at] if at < len(row) else "" for row in rows[1:]]


def numbers_as_written(values, cells):
    """Numbers are those of the cells; an empty cell is unknown."""
    assert len(values) == len(cells)
    for value, cell in zip(values, cells, strict=True):
        if np.isnan(value):
            assert cell == "", cell
        else:
            assert mutations.as_number(cell) == value, (cell, value)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def test_crossings(world, place):
    def ask(content):
        path = place / "in.csv"
        path.write_bytes(content)
        shown, crossings = read_crossings(path)
        for name in ("value_usd", "quantity"):
            if name in crossings:
                numbers_as_written(crossings[name], written_cells(content, name))
        assert list(shown["hts"]) == written_cells(content, "hts")
        made = ex.rates(world, crossings).table
        assert len(made) == len(shown)
        # A duty is a number where it is known, and none where it is not.
        assert (made["total"].isna() == (made["status"] == "unknown")).all()

    fuzz(mutations.tables(CROSSINGS), ask)


def test_flows(world, place):
    def ask(content):
        path = place / "flows.csv"
        path.write_bytes(content)
        flows = read_flows(path)
        for name in ("entries", "sales", "stock"):
            numbers_as_written(flows[name], written_cells(content, name))
        ex.timing(world, "car", "mexico", "2025-01-01", "2025-06-30", flows)

    fuzz(mutations.tables(FLOWS), ask)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["2025-01,1,1,9", "2025-01,1,1,9", "2025-02,1,1,"], "month stands twice: 2025-01"),
        (["2025-02,1,1,9", "2025-01,1,1,"], "no stock before 2025-01"),
    ],
)
def test_months_of_flows(world, place, rows, says):
    path = place / "flows.csv"
    path.write_text("month,entries,sales,stock\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(ExposureError, match=says):
        ex.timing(world, "car", "mexico", "2025-01-01", "2025-02-28", read_flows(path))


def test_a_list_of_parts_with_a_wrong_country(world, place):
    """What the form of a product refuses is a line that names the list."""
    import datetime as dt

    economy = data_root() / "raw" / "economy"
    path = place / "wrong.csv"
    rows = [row.copy() for row in PARTS]
    rows[3][3] = "1,5"
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), "utf-8")
    head = Head("mine", "Mine", "Firm", "USA", "cars", "car", 1000.0, None)
    with pytest.raises(ExposureError, match="wrong.csv: sites.2.country: country '1,5' must be"):
        write_from_parts(head, path, economy, place / "none.yaml", dt.date(2026, 1, 1))
    assert not (place / "none.yaml").exists()


def test_lists_of_parts(world, place):
    import datetime as dt

    economy = world.root / "raw" / "economy"
    (economy / "industries.csv").write_text("prefix,industry,note\n,cars,all\n", "utf-8")
    shipped = data_root() / "raw" / "economy" / "list_defaults.csv"
    (economy / "list_defaults.csv").write_bytes(shipped.read_bytes())
    head = Head("mine", "Mine", "Firm", "USA", "cars", "car", 1000.0, None)
    out = place / "mine.yaml"

    def ask(content, ending=".csv"):
        path = place / f"parts{ending}"
        path.write_bytes(content)
        out.unlink(missing_ok=True)
        try:
            product = write_from_parts(head, path, economy, out, dt.date(2026, 1, 1))
        except ExposureError:
            assert not out.exists()
            raise
        assert abs(sum(part.share.central for part in product.parts) - 1) < 1e-6
        if ending == ".csv":
            given_ = written_cells(content, "price_usd") if b"price_usd" in content else []
            price = product.customs_value_usd.central
            assert not given_ or any(
                (mutations.as_number(cell.strip()) or -1) * 0.999999 <= price for cell in given_
            )

    fuzz(mutations.tables(PARTS), ask)
    fuzz(_workbooks(PARTS), lambda content: ask(content, ".xlsx"), COUNT // 4)


@st.composite
def _workbooks(draw, rows):
    """An Excel file with cells of every type, cut off now and then."""
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = Workbook()
    sheet = book.active
    odd = [
        None,
        True,
        0,
        -1,
        1e308,
        "=1+1",
        "#N/A",
        "x" * 5000,
        "한국",
        " ",
        "2025-01-01",
        float("1e-300"),
        "0.5",
        0.1 + 0.2,
    ]
    changed = {draw(st.integers(0, 59)): draw(st.sampled_from(odd)) for _ in range(draw(st.integers(0, 2)))}  # fmt: skip
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            number = mutations.as_number(cell)
            value = changed.get(r * len(row) + c, cell if number is None else number)
            try:
                sheet.cell(r + 1, c + 1, value)
            except IllegalCharacterError:
                continue
    stream = io.BytesIO()
    book.save(stream)
    content = stream.getvalue()
    cut = draw(st.sampled_from([None, None, None, None, 0, 3, 100, len(content) // 2, -1]))
    return content if cut is None else content[:cut]


def test_answers_of_another_engine(place):
    bench = read_bench(find_bench())
    few = bench[bench["case_id"].isin(sorted(set(bench["case_id"]))[:4])]
    rows = [["case_id", "component", "amount_usd"]]
    rows += few[rows[0]].to_numpy().tolist()[:12]

    def ask(content):
        path = place / "answers.csv"
        path.write_bytes(content)
        made = score(few, read_answers(path, few))
        cells = set(written_cells(content, "amount_usd"))
        known = {mutations.as_number(cell) for cell in cells} - {None}
        for text in set(made.lines["given"]) - {"", "unknown", "0.00"}:
            assert (
                any(abs(float(text) - value) <= 0.0051 for value in known)
                or "total" in content.decode()
            )

    fuzz(mutations.tables(rows), ask)


def test_tables_of_an_estimation(world, place):
    import textwrap

    document = place / "asked.yaml"
    document.write_text(textwrap.dedent(ESTIMATION), encoding="utf-8")
    path = place / "table.csv"

    def ask(content):
        path.write_bytes(content)
        _, table = read_estimation(document)
        if "price" in table and table["price"].dtype.kind == "f":
            known = {mutations.as_number(cell) for cell in written_cells(content, "price")}
            assert set(table["price"].dropna()) <= known
        made = ex.estimate(document, world)
        # What cannot be told apart has no number.
        assert np.isfinite(made.estimate.headline.value) or made.verdict == "not identified"

    fuzz(mutations.tables(ESTIMATED), ask)


@st.composite
def _spoilt(draw, whole):
    """A Parquet file that is cut off, or in which bytes have changed."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(0, 3))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    cut = draw(st.sampled_from([None, None, "end", "middle", "start"]))
    if cut == "end":
        return bytes(content[: -draw(st.integers(1, 12))])
    if cut == "middle":
        return bytes(content[: draw(st.integers(0, len(content)))])
    if cut == "start":
        return bytes(content[draw(st.integers(1, 8)) :])
    return bytes(content)


def test_parquet(place):
    """A file of ours that is spoilt is read as it was written, or refused: no value changes."""
    frame = pd.DataFrame(ESTIMATED[1:], columns=ESTIMATED[0])
    frame["price"] = frame["price"].astype(float)
    path = place / "table.parquet"

    def ask(content):
        path.write_bytes(content)
        pd.testing.assert_frame_equal(read_parquet(path), frame, check_exact=True)

    fuzz(_spoilt(parquet_bytes(frame)), ask)


@pytest.mark.parametrize("mask", [0x01, 0x10, 0x41, 0xFF])
def test_no_byte_of_a_parquet_file_changes_a_value_unseen(place, mask):
    frame = pd.DataFrame({"origin": ["KOR", "JPN"], "rate": [0.15, 0.25], "count": [1, 2]})
    whole = parquet_bytes(frame)
    path = place / "short.parquet"
    refused = 0
    for at in range(len(whole)):
        path.write_bytes(bytes([*whole[:at], whole[at] ^ mask, *whole[at + 1 :]]))
        try:
            read = read_parquet(path)
        except ExposureError as error:
            plain_lines(error, "")
            refused += 1
        else:
            pd.testing.assert_frame_equal(read, frame, check_exact=True)
    assert refused > len(whole) / 2


def test_parquet_of_others(place):
    """Without checksums and a seal, a spoilt file is read or refused in a line."""
    frame = pd.DataFrame(ESTIMATED[1:], columns=ESTIMATED[0])
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False, compression="zstd")
    path = place / "others.parquet"

    def ask(content):
        path.write_bytes(content)
        read_parquet(path)

    fuzz(_spoilt(stream.getvalue()), ask)
