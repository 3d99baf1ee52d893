"""Official inter-country tables: small ones in the layout of their publishers, made here."""

import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.errors import DataError, QueryError
from exposure.facts import official_tables
from exposure.facts.downloads import get_table
from exposure.facts.inter_country import aggregated, concordance, write_tables
from exposure.facts.official_tables import read_official
from exposure.facts.place import data_root
from tests import tiny

FINALS = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
CONCORDANCES = data_root() / "raw" / "economy" / "concordances"


def icio(industries, regions=("KOR", "CHN", "USA", "CN1", "CN2"), buyers=("KOR", "CHN", "USA")):
    """A balanced table; where China is split, its own rows and columns are nought, as published.

    Flow from row i to column j: 0.5 (i + 1) + j + 0.03; final demand: 40 + i + 2 k, k counting the
    columns of final demand, less 45 + i in inventories.
    """
    sectors = [f"{region}_{industry}" for region in regions for industry in industries]
    finals = [f"{buyer}_{use}" for buyer in buyers for use in FINALS]
    n, m = len(sectors), len(finals)
    flows = 0.5 * (np.arange(n)[:, None] + 1) + np.arange(n) + 0.03
    final = 40.0 + np.arange(n)[:, None] + 2 * np.arange(m)
    final[:, [name.endswith("INVNT") for name in finals]] = -5.0
    if "CN1" in regions:
        empty = [label.startswith("CHN_") for label in sectors]
        flows[empty, :] = 0.0
        flows[:, empty] = 0.0
        final[empty, :] = 0.0
    out = flows.sum(axis=1) + final.sum(axis=1)
    taxes = 0.1 * flows.sum(axis=0)
    table = pd.DataFrame(np.hstack([flows, final]), sectors, [*sectors, *finals])
    table["OUT"] = out
    table.loc["TLS"] = [*taxes, *(0.5 * np.ones(m)), np.nan]
    table.loc["VA"] = [*(out - flows.sum(axis=0) - taxes), *np.zeros(m), np.nan]
    table.loc["OUT"] = [*out, *final.sum(axis=0), np.nan]
    table.index.name = "V1"
    return table


def edition_2021(table):
    """Same figures under the labels of the edition of 2021: net taxes stand by country there."""
    made = table.rename(columns={"OUT": "TOTAL"}, index={"VA": "VALU", "OUT": "OUTPUT"})
    made = made.rename(index={"TLS": "KOR_TAXSUB"})
    made.loc["USA_TAXSUB"] = 0.0
    return made


def write(folder, name, table):
    path = folder / name
    table.to_csv(path)
    return path


NEW = ("A01", "C24A", "C29")
OLD = ("A01_02", "C24", "C29")


@pytest.fixture
def new(tmp_path):
    return write(tmp_path, "2022.csv", icio(NEW))


@pytest.fixture
def read(new):
    return read_official(new, "icio", 2022)


def test_parts_of_china_are_summed_and_totals_stay(read):
    table = icio(NEW)
    rows = [label for label in table.index if "_" in label]
    finals = [f"{c}_{use}" for c in ("KOR", "CHN", "USA") for use in FINALS]
    assert list(read.country) == ["KOR"] * 3 + ["CHN"] * 3 + ["USA"] * 3
    assert list(read.industry) == [*NEW] * 3
    assert list(read.final_country) == ["KOR", "CHN", "USA"]
    assert read.flows.sum() == pytest.approx(table.loc[rows, rows].to_numpy().sum(), abs=1e-9)
    assert read.final.sum() == pytest.approx(table.loc[rows, finals].to_numpy().sum(), abs=1e-9)
    assert read.output.sum() == pytest.approx(table.loc[rows, "OUT"].sum(), abs=1e-9)
    assert (read.year, read.title) == (2022, "OECD ICIO, edition 2025")


def test_rows_and_columns_balance(read):
    np.testing.assert_allclose(read.flows.sum(axis=1) + read.final.sum(axis=1), read.output)
    np.testing.assert_allclose(read.flows.sum(axis=0) + read.value_added, read.output)
    assert read.value_added.sum() == pytest.approx(read.final.sum())


def test_values_by_hand(read):
    # Rows: KOR 0-2, CHN 3-5, USA 6-8, CN1 9-11, CN2 12-14.
    # CN1_C29 and CN2_C29 to KOR_C29: 0.5 * 12 + 2 + 0.03 and 0.5 * 15 + 2 + 0.03.
    assert read.flows[5, 2] == pytest.approx(8.03 + 9.53)
    # KOR_A01 to CN1_A01 and CN2_A01: 0.5 + 9 + 0.03 and 0.5 + 12 + 0.03.
    assert read.flows[0, 3] == pytest.approx(9.53 + 12.53)
    # Within China, A01 to A01: rows 9 and 12, columns 9 and 12.
    assert read.flows[3, 3] == pytest.approx(14.03 + 17.03 + 15.53 + 18.53)
    # KOR_A01 to final demand in Korea: 40, 42, 44, 46, inventories, 50.
    assert read.final[0, 0] == pytest.approx(40 + 42 + 44 + 46 - 5 + 50)


def test_value_added_holds_net_taxes(read):
    table = icio(NEW)
    made = table.loc["VA", "USA_C29"] + table.loc["TLS", "USA_C29"]
    assert read.value_added[8] == pytest.approx(made)


def test_regular_table_of_2025_and_its_archive(tmp_path):
    table = icio(NEW, ("KOR", "CHN", "USA"))
    path = write(tmp_path, "2022_SML.csv", table)
    packed = tmp_path / "2016-2022_SML.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, "2022_SML.csv")
        archive.writestr("2021_SML.csv", "V1,OUT\n")
    one, other = (read_official(p, "icio", 2022) for p in (path, packed))
    np.testing.assert_array_equal(one.flows, table.iloc[:9, :9])
    np.testing.assert_array_equal(one.flows, other.flows)
    with pytest.raises(DataError, match="no one file of 2019 .it holds 2022_SML.csv"):
        read_official(packed, "icio", 2019)


@pytest.mark.parametrize(
    ("name", "table", "edition"),
    [
        ("ICIO2023_2020.csv", icio(OLD), "2023"),
        ("ICIO2021_2020.csv", edition_2021(icio(("01T02", "24", "29"))), "2021"),
    ],
)
def test_older_editions_hold_the_same(tmp_path, read, name, table, edition):
    older = read_official(write(tmp_path, name, table), "icio", 2020)
    np.testing.assert_array_equal(older.flows, read.flows)
    np.testing.assert_array_equal(older.value_added, read.value_added)
    assert (older.year, older.title) == (2020, f"OECD ICIO, edition {edition}")


def test_pymrio_reads_the_same_figures(tmp_path):
    pymrio = pytest.importorskip("pymrio")
    path = write(tmp_path, "ICIO2023_2020.csv", icio(OLD))
    ours, theirs = read_official(path, "icio", 2020), pymrio.parse_oecd(path)
    keys = list(zip(ours.country, ours.industry, strict=True))
    np.testing.assert_allclose(theirs.Z.loc[keys, keys], ours.flows)
    final = theirs.Y.T.groupby(level=0).sum().T
    np.testing.assert_allclose(final.loc[keys, list(ours.final_country)], ours.final)


def test_small_differences_of_rounding_are_absorbed(tmp_path):
    table = icio(NEW)
    table.loc["KOR_A01", "OUT"] *= 1.0009
    table.loc["USA_C29", "OUT"] += 0.9
    read = read_official(write(tmp_path, "2022.csv", table), "icio", 2022)
    assert read.output[0] == pytest.approx(table.loc["KOR_A01", "OUT"] / 1.0009)


def test_negative_value_added_is_kept(tmp_path):
    table = icio(NEW)
    finals = [name for name in table.columns if name.startswith(("KOR_H", "CHN_G", "USA_"))]
    finals = [name for name in finals if name.partition("_")[2] in FINALS]
    finals += [f"{c}_{use}" for c in ("KOR", "CHN") for use in FINALS]
    table.loc["KOR_A01", list(dict.fromkeys(finals))] = 0.0
    sectors = [name for name in table.index if "_" in name]
    table.loc["KOR_A01", "OUT"] = table.loc["KOR_A01", sectors].sum()
    table.loc["KOR_C29", "KOR_A01"] += 500.0
    table.loc["KOR_C29", "OUT"] += 500.0
    read = read_official(write(tmp_path, "2022.csv", table), "icio", 2022)
    assert read.value_added[0] < -0.01 * read.output[0]


def without(what):
    def change(table):
        return table.drop(index=what, errors="ignore").drop(columns=what, errors="ignore")

    return change


def cell(row, column, value):
    def change(table):
        table = table.astype(object) if isinstance(value, str) else table
        table.loc[row, column] = value
        return table

    return change


def twice(table):
    return pd.concat([table, table.loc[["USA_A01"]]])


BAD = [
    (lambda t: t.drop(columns="OUT"), "column OUT is missing"),
    (lambda t: t.drop(index="OUT"), "row OUT is missing"),
    (lambda t: t.drop(index="VA"), "row VA is missing"),
    (lambda t: t.drop(index="TLS"), "row TLS is missing"),
    (lambda t: t.drop(index="USA_C29"), "not square: column USA_C29 has no row of its own"),
    (lambda t: t.drop(columns="USA_C29"), "not square: row USA_C29 has no column of its own"),
    (lambda t: t.rename(columns={"KOR_HFCE": "KOR_XYZ"}), "column KOR_XYZ has no row"),
    (lambda t: t[[n for n in t if n == "OUT" or n in t.index]], "column COUNTRY_HFCE is missing"),
    (lambda t: t.loc[["TLS", "VA", "OUT"]], "no row COUNTRY_INDUSTRY"),
    (lambda t: t.rename(index={"OUT": "SUM"}), "row OUT is missing"),
    (lambda t: pd.concat([t, t.loc[["VA"]].rename(index={"VA": "GOS"})]), "row GOS is not known"),
    (twice, "row USA_A01 stands twice"),
    (cell("KOR_A01", "USA_C29", np.nan), "row KOR_A01, column USA_C29: 'nan' is no finite number"),
    (cell("KOR_A01", "USA_C29", np.inf), "row KOR_A01, column USA_C29: 'inf' is no finite number"),
    (cell("KOR_A01", "USA_HFCE", "n.a.?"), "row KOR_A01, column USA_HFCE: 'n.a.?' is no finite"),
    (cell("CN2_C29", "OUT", 2000.0), "CN2_C29: the row sums to 1224.4, OUT 2000.0, -775.6 apart"),
]


@pytest.mark.parametrize(("change", "said"), BAD)
def test_a_bad_table_gives_one_clear_line(tmp_path, change, said):
    path = write(tmp_path, "2022.csv", change(icio(NEW)))
    with pytest.raises(DataError) as caught:
        read_official(path, "icio", 2022)
    line = str(caught.value)
    assert said in line
    assert str(path) in line
    assert "\n" not in line


def test_the_sector_that_misses_most_is_named(tmp_path):
    table = icio(NEW)
    table.loc["KOR_A01", "OUT"] += 5.0
    table.loc["USA_A01", "OUT"] += 50.0
    with pytest.raises(DataError, match=r"USA_A01: .*, -50\.0 apart \(0\.1% or 1 million USD"):
        read_official(write(tmp_path, "2022.csv", table), "icio", 2022)


def test_other_bad_questions(tmp_path, new):
    with pytest.raises(DataError, match="no such file"):
        read_official(tmp_path / "2021.csv", "icio", 2021)
    with pytest.raises(DataError, match=r"2022\.csv: not the year 2021 \(it is of 2022\)"):
        read_official(new, "icio", 2021)
    edition = write(tmp_path, "ICIO2023_2020.csv", icio(OLD))
    with pytest.raises(DataError, match=r"not the year 2023 \(it is of 2020\)"):
        read_official(edition, "icio", 2023)
    with pytest.raises(QueryError, match=r"kind 'gtap' is not known \(one of icio, wiod\)"):
        read_official(new, "gtap", 2022)
    empty = tmp_path / "2020.csv"
    empty.write_text("")
    with pytest.raises(DataError, match="not a table"):
        read_official(empty, "icio", 2020)
    wrong = tmp_path / "2020.zip"
    wrong.write_text("no archive")
    with pytest.raises(DataError, match="not a table"):
        read_official(wrong, "icio", 2020)
    free = write(tmp_path, "table.csv", icio(NEW))
    assert read_official(free, "icio", 1999).year == 1999, "a name without a year is believed"


COUNTRY = {"USA": "NAM", "KOR": "ASI", "CHN": "ASI", "ZZZ": "EMPTY"}
INDUSTRY = {"C29": "goods", "A01": "food", "C24A": "goods"}


def test_aggregation_equals_sums_by_hand(read):
    made = aggregated(read, COUNTRY, INDUSTRY)
    assert list(made.country) == ["NAM", "NAM", "ASI", "ASI"], "in the order of the mapping"
    assert list(made.industry) == ["goods", "food", "goods", "food"]
    assert list(made.final_country) == ["NAM", "ASI"]
    # Old rows: KOR A01 C24A C29 (0-2), CHN (3-5), USA (6-8).
    old = {0: [7, 8], 1: [6], 2: [1, 2, 4, 5], 3: [0, 3]}
    for row, rows in old.items():
        for column, columns in old.items():
            by_hand = sum(read.flows[r, c] for r in rows for c in columns)
            assert made.flows[row, column] == pytest.approx(by_hand, abs=1e-9)
        assert made.final[row, 0] == pytest.approx(sum(read.final[r, 2] for r in rows))
        assert made.final[row, 1] == pytest.approx(sum(read.final[r, :2].sum() for r in rows))
        assert made.output[row] == pytest.approx(sum(read.output[r] for r in rows))
        assert made.value_added[row] == pytest.approx(sum(read.value_added[r] for r in rows))


@pytest.mark.parametrize("name", ["flows", "final", "output", "value_added"])
def test_aggregation_keeps_totals(read, name):
    made = aggregated(read, COUNTRY, INDUSTRY)
    assert getattr(made, name).sum() == pytest.approx(getattr(read, name).sum(), rel=1e-12)
    np.testing.assert_allclose(made.flows.sum(axis=0) + made.value_added, made.output)


def test_codes_that_are_not_mapped(tmp_path, read):
    with pytest.raises(DataError, match=r"country not mapped: KOR, CHN \(each code"):
        aggregated(read, {"USA": "A"}, INDUSTRY)
    many = ("A", "B", "D", "E", "F", "G", "H")
    path = write(tmp_path, "2021.csv", icio(many, ("KOR", "USA"), ("KOR", "USA")))
    table = read_official(path, "icio", 2021)
    with pytest.raises(DataError, match=r"industry not mapped: B, D, E, F, G, \.\.\. \("):
        aggregated(table, {"KOR": "KOR", "USA": "USA"}, {"A": "a"})


def test_written_files_balance_to_the_decimal(tmp_path, read):
    folder = tmp_path / "made"
    write_tables(read, folder, "oecd-icio-2022")
    flows = pd.read_csv(folder / "flows.csv", dtype=str)
    accounts = pd.read_csv(folder / "accounts.csv", dtype=str, keep_default_na=False)
    assert list(accounts.columns) == [
        *("country", "industry", "output_musd", "value_added_musd"),
        *("jobs_low", "jobs_central", "jobs_high", "jobs_grade", "source", "note"),
    ]
    pairs = list(zip(flows["country"], flows["industry"], strict=True))
    users = [f"{country}.{industry}" for country, industry in pairs]
    finals = ["KOR.final", "CHN.final", "USA.final"]
    assert list(flows.columns) == ["country", "industry", *users, *finals]
    figures = flows[[*users, *finals]]
    assert figures.map(lambda text: text[::-1].index(".") == 1 and text != "-0.0").all(axis=None)
    # Tenths are whole numbers, so that equality is exact.
    tenths = figures.map(lambda text: int(text.replace(".", ""))).to_numpy()
    output = accounts["output_musd"].map(lambda text: int(text.replace(".", ""))).to_numpy()
    added = accounts["value_added_musd"].map(lambda text: int(text.replace(".", ""))).to_numpy()
    np.testing.assert_array_equal(tenths.sum(axis=1), output)
    np.testing.assert_array_equal(tenths[:, :9].sum(axis=0) + added, output)
    np.testing.assert_allclose(tenths[:, :9] / 10, read.flows, atol=0.05 + 1e-9)
    np.testing.assert_allclose(output / 10, read.output, atol=0.05 * 12)
    assert set(accounts["jobs_central"]) == {""}
    assert set(accounts["source"]) == {"oecd-icio-2022"}
    assert set(accounts["note"]) == {"OECD ICIO, edition 2025, 2022"}


REGIONS = ["KOR", "JPN", "CHN", "TWN", "VNM", "MEX", "CAN", "USA", "DEU", "EUX", "GBR", "IND"]
REGIONS += ["THA", "IDN", "MYS", "ROW"]


def test_shipped_concordance_of_the_icio(read):
    country_of, industry_of = concordance(CONCORDANCES / "icio.csv")
    assert list(dict.fromkeys(country_of.values())) == REGIONS
    assert len(set(country_of) - {"CN1", "CN2", "MX1", "MX2"}) == 81
    assert sum(region == "EUX" for region in country_of.values()) == 26
    assert len(set(industry_of.values())) == 26
    made = aggregated(read, country_of, industry_of)
    assert list(made.country) == ["KOR"] * 3 + ["CHN"] * 3 + ["USA"] * 3
    assert list(made.industry[:3]) == ["agriculture", "iron_steel", "motor_vehicles"]


def test_shipped_concordance_of_wiod():
    country_of, industry_of = concordance(CONCORDANCES / "wiod.csv")
    assert set(REGIONS) - set(country_of.values()) == {"VNM", "THA", "MYS"}
    assert set(country_of) >= {"RoW", "AUS", "KOR"}
    assert set(industry_of) == {f"c{number}" for number in range(1, 36)}
    assert set(industry_of.values()) <= set(concordance(CONCORDANCES / "icio.csv")[1].values())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("region,KOR,KOR,", "row 3: kind 'region' is not known"),
        ("country,USA,ROW,", "row 3: country USA stands twice"),
        ("country,KOR,,", "row 3: country KOR goes nowhere"),
    ],
)
def test_bad_concordances(tmp_path, row, said):
    path = tmp_path / "own.csv"
    path.write_text(f"kind,code,to,note\ncountry,USA,USA,\n{row}\n")
    with pytest.raises(DataError, match=said):
        concordance(path)


WIOD_INPUTS = {
    "r60": "Total intermediate consumption",
    "r61": "taxes less subsidies on products",
    "r62": "Cif/ fob adjustments on exports",
    "r63": "Direct purchases abroad by residents",
    "r64": "Purchases on the domestic territory by non-residents",
    "r65": "Value added at basic prices",
    "r66": "International Transport Margins",
    "r69": "Output at basic prices",
}
WIOD_CODES = {"c1": "AtB", "c12": "27t28", "c35": "P"}


def wiod(path, unit="(millions of US$)", year=2009, change=None):
    """A workbook as ``wiot09_row_apr12.xlsx``, of three regions and three industries."""
    regions, uses = ("KOR", "USA", "RoW"), ("c37", "c38", "c39", "c41", "c42")
    sectors = [(region, code) for region in regions for code in WIOD_CODES]
    finals = [(region, use) for region in regions for use in uses]
    n, m = len(sectors), len(finals)
    flows = 1.0 + np.arange(n)[:, None] + 2 * np.arange(n)
    final = 30.0 + np.arange(n)[:, None] + np.arange(m)
    output = flows.sum(axis=1) + final.sum(axis=1)
    if change:
        change(flows, final)
    body = np.hstack([flows, final, output[:, None]])
    inputs = dict.fromkeys(WIOD_INPUTS, np.zeros(n))
    inputs |= {"r60": flows.sum(axis=0), "r61": np.full(n, 2.0), "r66": np.full(n, 3.0)}
    inputs |= {"r65": output - flows.sum(axis=0) - 5.0, "r69": output}
    heads = [(WIOD_CODES[code], f"Industry {code}", region, code) for region, code in sectors]
    tops = [*heads, *(("", f"Use {use}", region, use) for region, use in finals)]
    tops.append(("GO", "Total output", "TOT", "c60"))
    rows = [[None] * (4 + len(tops)) for _ in range(6)]
    for line, text in enumerate([f"WIOT {year}", "", "(industry-by-industry)", unit]):
        rows[line][0] = text
    for line in range(4):
        rows[2 + line][4:] = [top[line] or None for top in tops]
    rows += [[*head, *figures] for head, figures in zip(heads, body.tolist(), strict=True)]
    for code, name in WIOD_INPUTS.items():
        rows.append([code, name, "TOT", code, *inputs[code].tolist(), *([0.0] * (m + 1))])
    pd.DataFrame(rows).to_excel(path, header=False, index=False, sheet_name=f"WIOT_{year}")
    return path


def test_wiod(tmp_path):
    pytest.importorskip("pymrio")
    read = read_official(wiod(tmp_path / "wiot09_row_apr12.xlsx"), "wiod", 2009)
    assert list(read.country) == ["KOR"] * 3 + ["USA"] * 3 + ["RoW"] * 3
    assert list(read.industry) == ["c1", "c12", "c35"] * 3
    assert list(read.final_country) == ["KOR", "USA", "RoW"]
    # USA c12 (row 4) to RoW c1 (column 6), and KOR c1 to final demand in the US.
    assert read.flows[4, 6] == 1 + 4 + 12
    assert read.final[0, 1] == sum(30 + k for k in range(5, 10))
    np.testing.assert_allclose(read.flows.sum(axis=0) + read.value_added, read.output)
    made = aggregated(read, *concordance(CONCORDANCES / "wiod.csv"))
    assert list(made.country) == ["KOR"] * 3 + ["USA"] * 3 + ["ROW"] * 3
    assert list(made.industry[:3]) == ["agriculture", "iron_steel", "other_services"]
    assert made.output.sum() == pytest.approx(read.output.sum())


def test_what_stands_beside_a_workbook_is_not_read(tmp_path):
    pytest.importorskip("pymrio")
    path = wiod(tmp_path / "wiot09_row_apr12.xlsx")
    before = read_official(path, "wiod", 2009)
    for name in ("AIR_may12", "AIR_july14", "SEA"):
        (tmp_path / name).mkdir()
    (tmp_path / "WIOD_SEA_July14.xlsx").write_text("no workbook")
    after = read_official(path, "wiod", 2009)
    np.testing.assert_array_equal(after.flows, before.flows)


def test_bad_tables_of_wiod(tmp_path):
    pytest.importorskip("pymrio")
    path = tmp_path / "wiot09_row_apr12.xlsx"
    with pytest.raises(DataError, match=r"not the year 2008 \(it is of 2009\)"):
        read_official(wiod(path), "wiod", 2008)
    with pytest.raises(DataError, match=r"not the year 2009 \(it is of 2011\)"):
        read_official(wiod(path, year=2011), "wiod", 2009)
    with pytest.raises(DataError, match="figures are in 'millions of euro'"):
        read_official(wiod(path, unit="(millions of euro)"), "wiod", 2009)

    def hole(flows, final):
        flows[1, 2] = np.nan

    with pytest.raises(DataError, match="row KOR_c12, column KOR_c35: 'nan' is no finite number"):
        read_official(wiod(path, change=hole), "wiod", 2009)

    def more(flows, final):
        final[5, 0] += 500.0

    with pytest.raises(DataError, match="USA_c35: the row sums to .*, the column to .* apart"):
        read_official(wiod(path, change=more), "wiod", 2009)
    path.write_text("no workbook")
    with pytest.raises(DataError, match="not read: .*release of 2013"):
        read_official(path, "wiod", 2009)


def test_wiod_without_its_library(tmp_path, monkeypatch):
    path = tmp_path / "wiot09_row_apr12.xlsx"
    path.write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pymrio", None)
    with pytest.raises(QueryError, match=r'pymrio, which is missing \(pip install "exposure\[tab'):
        read_official(path, "wiod", 2009)


def test_the_icio_needs_no_library_beside_ours(monkeypatch, new):
    monkeypatch.setitem(sys.modules, "pymrio", None)
    assert read_official(new, "icio", 2022).flows.shape == (9, 9)
    assert Path(official_tables.__file__).exists()


def official_folder(tmp_path):
    """A tiny data folder with a concordance, and an ICIO file of its two countries."""
    root = tiny.write(tmp_path / "data")
    folder = root / "raw" / "economy" / "concordances"
    folder.mkdir()
    (folder / "icio.csv").write_text(
        "kind,code,to,note\ncountry,MEX,MEX,\ncountry,CHN,MEX,\ncountry,USA,USA,\n"
        "industry,A01,services,\nindustry,C24A,services,\nindustry,C29,cars,\n",
        encoding="utf-8",
    )
    path = root / "raw" / "sources.csv"
    path.write_text(path.read_text() + "oecd-icio,ICIO,OECD,2025,,\n", encoding="utf-8")
    given = icio(NEW, regions=("MEX", "CHN", "USA", "CN1", "CN2"), buyers=("MEX", "CHN", "USA"))
    return root, write(tmp_path, "2022.csv", given), given


def test_an_official_table_takes_the_place_of_ours(tmp_path):
    root, file, given = official_folder(tmp_path)
    get_table(root, "icio", 2022, file)
    world = ex.load(root)
    flows, accounts = world.tables["mrio_flows"], world.tables["mrio_accounts"]
    rows = [label for label in given.index if "_" in label]
    bought = [name for name in given.columns if name.rpartition("_")[2] in FINALS]
    mexican = [label for label in rows if label[:3] in ("MEX", "CHN", "CN1", "CN2")]
    cars = [label for label in mexican if label.endswith("C29")]
    american = [name for name in bought if name.startswith("USA")]
    final = flows.query("industry == 'cars' and country == 'MEX' and user == 'final'")
    found = final.set_index("user_country").at["USA", "value_musd"]
    assert found == pytest.approx(given.loc[cars, american].to_numpy().sum(), abs=0.06)
    output = accounts.set_index(["country", "industry"])["output_musd"]
    assert output["MEX", "cars"] == pytest.approx(given.loc[cars, "OUT"].sum(), abs=1.0)
    # Jobs stay those of the folder.
    assert accounts.set_index(["country", "industry"]).at[("MEX", "cars"), "jobs_central"] == 1000
    assert ex.run(world, "tariff", draws=0).table("country_results")["central"].notna().any()


def test_a_table_without_a_place_changes_nothing(tmp_path):
    root, file, _ = official_folder(tmp_path)
    path = root / "raw" / "economy" / "concordances" / "icio.csv"
    path.write_text(path.read_text().replace("C29,cars", "C29,boats"), encoding="utf-8")
    flows = root / "raw" / "economy" / "mrio" / "flows.csv"
    before = flows.read_bytes()
    with pytest.raises(DataError, match="MEX boats has no place"):
        get_table(root, "icio", 2022, file)
    with pytest.raises(DataError, match="not the year 2021"):
        get_table(root, "icio", 2021, file)
    assert flows.read_bytes() == before
