"""Official tables on their way: summed by hand, written to one decimal, years and codes of files."""

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.facts.inter_country import OfficialTable, aggregated, concordance, write_tables
from exposure.facts.official_tables import (
    _check_sums,
    _check_year,
    _finite,
    _own_labels,
    _whole,
    _years,
)

# Two countries with two industries. Flows are 1, 2, ... 16 by rows, final demand tens.
FLOWS = np.arange(1.0, 17.0).reshape(4, 4)
FINAL = np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0], [70.0, 80.0]])


def official(flows=FLOWS, final=FINAL):
    output = flows.sum(axis=1) + final.sum(axis=1)
    return OfficialTable(
        np.array(["KOR", "KOR", "USA", "USA"]), np.array(["A", "B", "A", "B"]), flows, final,
        np.array(["KOR", "USA"]), output - flows.sum(axis=0), output, "Table", 2022,
    )  # fmt: skip


SAME = {"KOR": "KOR", "USA": "USA"}


# --- sums ------------------------------------------------------------------------------------


def test_industries_are_summed_over_rows_and_columns():
    made = aggregated(official(), SAME, {"A": "all", "B": "all"})
    # KOR to KOR: 1 + 2 + 5 + 6; KOR to USA: 3 + 4 + 7 + 8; and so on.
    np.testing.assert_array_equal(made.flows, [[14, 22], [46, 54]])
    np.testing.assert_array_equal(made.final, [[40, 60], [120, 140]])
    # Output of KOR: 10 + 26 of flows, 30 + 70 of final demand.
    np.testing.assert_array_equal(made.output, [136, 360])
    np.testing.assert_array_equal(made.value_added, [136 - 60, 360 - 76])


def test_mapped_to_itself_a_table_is_the_same():
    made = aggregated(official(), SAME, {"A": "A", "B": "B"})
    for name in ("country", "industry", "flows", "final", "final_country", "output", "value_added"):
        np.testing.assert_array_equal(getattr(made, name), getattr(official(), name))


def test_the_mapping_says_the_order_and_two_steps_are_one():
    turned = aggregated(official(), {"USA": "USA", "KOR": "KOR"}, {"B": "b", "A": "a"})
    assert list(turned.country) == ["USA", "USA", "KOR", "KOR"]
    assert list(turned.industry) == ["b", "a", "b", "a"]
    np.testing.assert_array_equal(turned.flows, FLOWS[np.ix_([3, 2, 1, 0], [3, 2, 1, 0])])
    np.testing.assert_array_equal(turned.final, FINAL[np.ix_([3, 2, 1, 0], [1, 0])])
    world = {"KOR": "W", "USA": "W"}
    once = aggregated(official(), world, {"A": "x", "B": "y"})
    twice = aggregated(turned, world, {"a": "x", "b": "y"})
    np.testing.assert_array_equal(once.flows, twice.flows)
    np.testing.assert_array_equal(once.flows, [[1 + 3 + 9 + 11, 2 + 4 + 10 + 12],
                                               [5 + 7 + 13 + 15, 6 + 8 + 14 + 16]])  # fmt: skip


def test_parts_of_a_country_and_kinds_of_demand_become_one():
    made = _own_labels(
        ["CN1", "CN2", "KOR"], ["A", "A", "A"], ["CHN", "KOR", "CHN"], np.ones((3, 3)),
        np.array([[1.0, 2.0, 3.0]] * 3), "Table", 2022,
    )  # fmt: skip
    assert list(made.country) == ["CHN", "KOR"] and list(made.final_country) == ["CHN", "KOR"]
    np.testing.assert_array_equal(made.flows, [[4, 2], [2, 1]])
    np.testing.assert_array_equal(made.final, [[8, 4], [4, 2]])
    np.testing.assert_array_equal(made.output, [18, 9])
    np.testing.assert_array_equal(made.value_added, [12, 6])


@pytest.mark.parametrize(
    ("code", "country"),
    [("CN1", "CHN"), ("CN2", "CHN"), ("MX2", "MEX"), ("CHN", "CHN"), ("CN", "CN"), ("CN12", "CN12"),
     ("KOR", "KOR")],
)  # fmt: skip
def test_a_part_of_a_country_is_told_by_its_digit(code, country):
    assert _whole(code) == country


# --- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "years"),
    [
        ("2022", [2022]),
        ("2022_SML", [2022]),
        ("ICIO2023_2020", [2020]),  # the first is the edition's
        ("icio2021_1995", [1995]),
        ("table", []),
        ("x12022", []),  # a longer number is no year
        ("2016-2022", [2016, 2022]),
        ("1899", []),
    ],
)
def test_a_year_is_read_from_the_name_of_a_file(stem, years):
    assert _years(stem) == years


def test_a_name_of_several_years_may_hold_the_one_that_is_asked():
    _check_year([2016, 2022], 2022, "f.zip")
    _check_year([], 2022, "f.csv")
    with pytest.raises(DataError) as caught:
        _check_year([2016, 2022], 2020, "f.zip")
    assert str(caught.value) == "f.zip: not the year 2020 (it is of 2016, 2022)"


@pytest.mark.parametrize(
    ("summed", "given", "fits"),
    [
        (1000.0, 1001.0, True),  # a thousandth
        (1000.0, 998.9, False),
        (5.0, 6.0, True),  # a million at least
        (5.0, 6.1, False),
        (0.0, 0.0, True),
        (-1000.0, -1001.0, True),
    ],
)
def test_a_row_may_miss_its_output_by_rounding(summed, given, fits):
    ask = (["KOR_A", "KOR_B"], np.array([1.0, summed]), np.array([1.0, given]), "f", "row", "OUT")
    if fits:
        _check_sums(*ask)
        return
    with pytest.raises(DataError) as caught:
        _check_sums(*ask)
    apart = summed - given
    assert str(caught.value) == (
        f"f: KOR_B: row {summed:.1f}, OUT {given:.1f}, {apart:+.1f} apart "
        "(0.1% or 1 million USD is allowed)"
    )


@pytest.mark.parametrize("cell", ["n.a.", np.nan, np.inf, ""])
def test_the_first_figure_that_is_none_is_named(cell):
    table = pd.DataFrame([[1, 2], [3, cell]], ["r1", "r2"], ["c1", "c2"], dtype=object)
    with pytest.raises(DataError) as caught:
        _finite(table, "f")
    assert str(caught.value) == f"f: row r2, column c2: {str(cell)!r} is no finite number"
    np.testing.assert_array_equal(_finite(table.head(1), "f"), [[1.0, 2.0]])


# --- written ---------------------------------------------------------------------------------


def written(folder):
    flows = pd.read_csv(folder / "flows.csv", index_col=[0, 1])
    accounts = pd.read_csv(folder / "accounts.csv", index_col=[0, 1], keep_default_na=False)
    return flows, accounts


def test_figures_are_rounded_first_and_sums_follow(tmp_path):
    flows = np.zeros((4, 4))
    flows[0] = [0.04, 0.04, 0.04, 0.06]  # 0.0 + 0.0 + 0.0 + 0.1, though their sum is 0.18
    final = np.zeros((4, 2))
    final[0, 0] = 1.26
    write_tables(official(flows, final), tmp_path, "src")
    table, accounts = written(tmp_path)
    row = table.loc[("KOR", "A")]
    assert row.to_dict() == {"KOR.A": 0.0, "KOR.B": 0.0, "USA.A": 0.0, "USA.B": 0.1,
                             "KOR.final": 1.3, "USA.final": 0.0}  # fmt: skip
    assert accounts.loc[("KOR", "A"), "output_musd"] == 1.4
    # What USA B bought is more than it made.
    assert accounts.loc[("USA", "B"), "value_added_musd"] == -0.1


def test_pairs_that_a_table_lacks_make_nothing_and_keep_their_place(tmp_path):
    pairs = [("JPN", "A"), ("KOR", "A"), ("KOR", "B"), ("USA", "A"), ("USA", "B"), ("USA", "C")]
    jobs = pd.DataFrame({"country": ["USA", "JPN"], "industry": ["B", "A"],
                         "jobs_low": ["1", "7"], "jobs_central": ["2", "8"],
                         "jobs_high": ["3", "9"], "jobs_grade": ["B", ""]})  # fmt: skip
    write_tables(official(), tmp_path, "src", pairs, jobs)
    flows, accounts = written(tmp_path)
    assert list(flows.index) == list(accounts.index) == pairs
    assert list(flows)[-3:] == ["JPN.final", "KOR.final", "USA.final"]
    assert flows.to_numpy().sum() == FLOWS.sum() + FINAL.sum()
    assert (flows.loc[("JPN", "A")] == 0).all() and (flows["USA.C"] == 0).all()
    assert accounts.loc[("JPN", "A"), "output_musd"] == 0
    # Jobs come along; where there are none they are not known, and graded as a guess.
    assert accounts.loc[("USA", "B"), ["jobs_central", "jobs_grade"]].tolist() == ["2", "B"]
    assert accounts.loc[("JPN", "A"), ["jobs_central", "jobs_grade"]].tolist() == ["8", "D"]
    assert accounts.loc[("KOR", "A"), ["jobs_central", "jobs_grade"]].tolist() == ["", "D"]


def test_a_concordance_maps_countries_and_industries_apart(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("kind,code,to,note\ncountry,A,X,\nindustry,A,y,\ncountry,B,X,\n")
    assert concordance(path) == ({"A": "X", "B": "X"}, {"A": "y"})
