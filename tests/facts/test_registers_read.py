"""Registers and outcomes as tables: numbers that are not known stay so, years are whole."""

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError, Problems
from exposure.facts import read_economy as economy
from exposure.facts.files import read_csv, whole_numbers
from exposure.facts.read_law import read_law
from exposure.facts.read_outcomes import BANDS, FILES, SCORES, outcome_files, read_outcomes


@pytest.fixture
def write(tmp_path):
    def written(name, *lines):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


# --- whole numbers ---------------------------------------------------------------------------


def test_whole_numbers_may_be_written_as_others_are(write):
    path = write("t.csv", "n,m", "2024,a", "2024.0,b", "2.024e3,c", "-0,d")
    found = whole_numbers(read_csv(path, ["n"]), "n", path)
    assert (found.tolist(), found.dtype) == ([2024, 2024, 2024, 0], np.int64)
    assert whole_numbers(read_csv(path, ["n"]).head(0), "n", path).dtype == np.int64


@pytest.mark.parametrize("cell", ["", "0.5", "-1.25"])
def test_a_fraction_and_an_empty_cell_are_no_whole_number(write, cell):
    path = write("t.csv", "n,m", "1,a", f"{cell},b", "3.5,c")
    with pytest.raises(DataError) as caught:
        whole_numbers(read_csv(path, ["n"]), "n", path)
    assert str(caught.value) == f"{path}: row 3: n {cell!r} is not a whole number"


# --- registers of the economy ----------------------------------------------------------------


def test_parameters_are_rows_with_their_defaults(write):
    path = write(
        "parameters.yaml",
        "parameters:",
        "  - {id: p, title: P, unit: share, low: 0, central: 0.5, high: 1, grade: C, source: s}",
        "  - {id: p, sector: cars, horizon: long, title: P, short: the p, unit: share, low: 0,",
        "     central: 0.25, high: 1, grade: D, source: s, distribution: uniform, note: n}",
    )
    table = economy.read_parameters(path)
    assert table[["id", "sector", "horizon"]].to_numpy().tolist() == [
        ["p", "", ""], ["p", "cars", "long"],
    ]  # fmt: skip
    assert table["distribution"].tolist() == ["triangle", "uniform"]
    assert table["central"].tolist() == [0.5, 0.25]
    path.write_text(path.read_text().replace("horizon: long", "horizon: later"))
    with pytest.raises(Problems, match="parameters.1.horizon: Input should be '' or 'long'"):
        economy.read_parameters(path)


LABOUR = "country,industry,jobs_low,jobs_central,jobs_high,grade,source,note"


def test_an_empty_number_is_not_known_and_no_nought(write):
    table = economy.read_labour(write("labour.csv", LABOUR, "KOR,cars,0,9,,C,s,"))
    np.testing.assert_array_equal(
        table[["jobs_low", "jobs_central", "jobs_high"]].iloc[0], [0, 9, np.nan]
    )
    head = "first,second,correlation,grade,source,note"
    table = economy.read_correlations(write("correlations.csv", head, "a,b,,D,s,", "a,c,0,D,s,"))
    np.testing.assert_array_equal(table["correlation"], [np.nan, 0.0])


def test_a_column_of_numbers_with_a_word_in_it_is_named(write):
    path = write("labour.csv", LABOUR, "KOR,cars,8,9,10,C,s,", "MEX,cars,8,nine,10,C,s,")
    with pytest.raises(DataError) as caught:
        economy.read_labour(path)
    assert str(caught.value) == f"{path}: row 3: jobs_central 'nine' is not a number"


def markets(write, flow="600,2022"):
    write("markets.csv", "market,title,sector,importer,note", "cars,Cars,cars,USA,")
    path = write("market_flows.csv", "market,exporter,importer,value_musd,year,grade,source",
                 f"cars,USA,USA,{flow},B,s")  # fmt: skip
    return economy.read_markets(path.parent)


def test_markets_have_values_and_whole_years(write):
    made = markets(write)
    assert made["market_flows"].loc[0, ["value_musd", "year"]].tolist() == [600.0, 2022]
    assert made["markets"].loc[0, ["market", "sector", "importer"]].tolist() == [
        "cars", "cars", "USA",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"flow": "600,"}, "market_flows.csv: row 2: year '' is not a whole number"),
        ({"flow": "600,2022.5"}, "market_flows.csv: row 2: year '2022.5' is not a whole number"),
        ({"flow": "much,2022"}, "market_flows.csv: row 2: value_musd 'much' is not a number"),
    ],
)
def test_a_year_that_is_not_known_is_named_with_its_file(write, tmp_path, change, says):
    with pytest.raises(DataError) as caught:
        markets(write, **change)
    assert str(caught.value) == f"{tmp_path}/{says}"


def test_the_trade_behind_the_formula_has_its_year(write):
    head = "country,exports_usd,imports_usd,announced_rate,part,floor,year,grade,source,note"
    table = economy.read_formula(write("formula.csv", head, "KOR,50,100,0.25,0.5,0.1,2024,B,s,"))
    assert table.loc[0, "year"] == 2024 and table.loc[0, "floor"] == 0.1
    with pytest.raises(DataError, match="row 2: year '' is not a whole number"):
        economy.read_formula(write("formula.csv", head, "KOR,50,100,0.25,0.5,0.1,,B,s,"))


def test_a_statement_without_a_figure_has_none(write):
    names = ("id,topic,title,statement,value,unit,stated_by,stated_on,source,kind,scenario,key,"
             "set_to,subject,metric,note")  # fmt: skip
    path = write("conflicts.csv", names, "a,t,T,S,,text,who,2025,s,nothing,,,,,,",
                 "b,t,T,S,0,USD,who,2025,s,nothing,,,,,,")  # fmt: skip
    np.testing.assert_array_equal(economy.read_conflicts(path)["value"], [np.nan, 0.0])


# --- outcomes --------------------------------------------------------------------------------


def test_a_folder_without_outcomes_gives_tables_without_rows(tmp_path):
    made = read_outcomes(tmp_path)
    assert set(made) == {*FILES, "backtest_bands"}
    assert all(table.empty for table in made.values())
    assert outcome_files(tmp_path) == []


def test_only_files_that_make_the_world_count(write, tmp_path):
    write(SCORES, "kind")
    write("own.csv", "a")
    write(BANDS, "written: 2026-01-01")
    assert [path.name for path in outcome_files(tmp_path)] == [BANDS, SCORES]


def scores(write, n="12", met="true", least="5"):
    names = FILES["backtest_scores"][1].split()
    row = dict.fromkeys(names, "") | {"kind": "k", "title": "K", "n": n, "least": least,
                                      "coverage": "0.5", "judged": "false", "met": met}  # fmt: skip
    path = write(SCORES, ",".join(names), ",".join(row[name] for name in names))
    return read_outcomes(path.parent)["backtest_scores"]


@pytest.mark.parametrize(("word", "met"), [("true", True), ("false", False), ("", False)])
def test_flags_and_counts_of_scores_are_no_text(write, word, met):
    table = scores(write, met=word)
    assert (table["n"].dtype, table.loc[0, "n"]) == (np.int64, 12)
    assert (table["met"].dtype, bool(table.loc[0, "met"])) == (bool, met)
    assert pd.isna(table.loc[0, "bias"]) and table.loc[0, "coverage"] == 0.5


def test_a_count_that_is_not_whole_is_refused(write, tmp_path):
    for n in ("", "1.5"):
        with pytest.raises(DataError) as caught:
            scores(write, n=n)
        assert str(caught.value) == f"{tmp_path / SCORES}: row 2: n {n!r} is not a whole number"


def test_a_band_without_coverage_promises_none(write, tmp_path):
    band = "{kind: price_index, title: T, coverage: %s, bias: 0.1, beats: %s, least: 3, reason: r}"
    write(BANDS, "written: 2026-01-01", "interval: 0.9", "bands:",
          f"  - {band % ('null', '[]')}", f"  - {band % ('[0.8, 1]', '[statutory, unchanged]')}")  # fmt: skip
    table = read_outcomes(tmp_path)["backtest_bands"]
    np.testing.assert_array_equal(table["coverage_low"], [np.nan, 0.8])
    np.testing.assert_array_equal(table["coverage_high"], [np.nan, 1.0])
    assert table["beats"].tolist() == ["", "statutory unchanged"]
    assert table["written"].tolist() == ["2026-01-01"] * 2


# --- the law ---------------------------------------------------------------------------------


def test_a_folder_without_a_rule_file_is_no_law(tmp_path):
    with pytest.raises(DataError) as caught:
        read_law(tmp_path)
    said = f"{tmp_path}: no rule file (one of a country's folder, as us/cars.yaml)"
    assert str(caught.value) == said


def sectors():
    """Cloth of Korea sells 100, buys 20 of cloth and 30 of food, and 10 of trade; 50 of value."""
    flows = [("KOR", "cloth", "KOR", "cloth", 20.0), ("JPN", "food", "KOR", "cloth", 30.0),
             ("KOR", "trade", "KOR", "cloth", 10.0), ("KOR", "cloth", "JPN", "food", 7.0)]  # fmt: skip
    accounts = [("KOR", "cloth", 100.0, 400.0, "s"), ("KOR", "trade", 50.0, np.nan, "s"),
                ("KOR", "food", 10.0, 40.0, "s"), ("ROW", "cloth", 100.0, 400.0, "s")]  # fmt: skip
    return {
        "mrio_flows": pd.DataFrame(
            flows, columns=["country", "industry", "user_country", "user", "value_musd"]
        ),
        "mrio_accounts": pd.DataFrame(
            accounts, columns=["country", "industry", "output_musd", "jobs_central", "source"]
        ),
        "mrio_industries": pd.DataFrame(
            {"industry": ["cloth", "food", "trade"], "goods": [True, True, False]}
        ),
        "mrio_regions": pd.DataFrame({"region": ["KOR", "ROW"], "members": ["KOR", ""]}),
    }


WIDTH = pd.DataFrame(
    [("width", 0.5, 1.0, 2.0, "s", "derived")],
    columns=["figure", "low", "central", "high", "source", "note"],
)


def test_jobs_that_no_row_gives_are_taken_over_the_value_made_of_the_industry(write):
    own = economy.read_labour(write("labour.csv", LABOUR, "KOR,food,8,9,10,C,s,"))
    made = economy.filled_labour(own, sectors(), WIDTH)
    assert made[["country", "industry"]].to_numpy().tolist() == [["KOR", "food"], ["KOR", "cloth"]]
    assert made.loc[0].to_dict() == own.loc[0].to_dict()
    row = made.loc[1]
    # 400 persons over 100 - 20, and over 100 - 20 - 30; services stay in the value made.
    assert row[["jobs_low", "jobs_central", "jobs_high"]].tolist() == [2.5, 6.5, 16.0]
    assert row[["grade", "source", "note"]].tolist() == ["D", "s", "derived"]


def test_without_a_stated_range_or_a_table_of_industries_nothing_is_filled_in(write, tmp_path):
    own = economy.read_labour(write("labour.csv", LABOUR, "KOR,food,8,9,10,C,s,"))
    none = economy.read_labour_defaults(tmp_path / "absent.csv")
    empty = dict.fromkeys(economy.SECTORS, pd.DataFrame())
    for made in (
        economy.filled_labour(own, sectors(), none),
        economy.filled_labour(own, empty, WIDTH),
    ):
        pd.testing.assert_frame_equal(made, own)
