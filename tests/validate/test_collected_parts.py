"""Duties collected beside ours: the file, the part of composition, and the lines of the page."""

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.validate.collected import COLUMNS, _mean, composition, read_collected, section

NAN = np.nan
HEAD = "country,period,imports_musd,duties_musd,rate_printed,source\n"
HTS = np.array(["87032301", "84073400", "61091000", "61099010"])
USD = np.array([20.0, 10.0, 50.0, 20.0])
RATE = np.array([0.25, 0.10, 0.05, 0.05])


def groups(**usd):
    return pd.DataFrame({"group": list(usd), "imports_usd": list(usd.values())})


# --- the file ------------------------------------------------------------------------------------


def write(tmp_path, *rows):
    path = tmp_path / "c.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return path


def test_a_rate_collected_is_duties_over_imports(tmp_path):
    """12.44 of 100 is printed as 0.124; a month of another country may have the same numbers."""
    path = write(tmp_path, "KOR,2025-06,100,12.44,0.124,s", "JPN,2025-06,100,12.44,0.124,s",
                 "KOR,2025-07,200,0,0,s")  # fmt: skip
    table = read_collected(path)
    assert table["collected"].tolist() == pytest.approx([0.1244, 0.1244, 0.0])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["KOR,2025-06,100,12.46,0.124,s"], "KOR 2025-06: twice, or not the rate printed"),
        (["KOR,2025-06,100,12,0.12,s", "KOR,2025-06,50,6,0.12,s"], "KOR 2025-06: twice"),
        (["KOR,2025-06,0,12,0.12,s"], "KOR 2025-06: twice, or not"),
        (["KOR,2025-06,many,12,0.12,s"], "row 2: imports_musd 'many' is not a number"),
    ],
)
def test_a_file_that_does_not_hold_together_is_told(tmp_path, rows, told):
    path = write(tmp_path, *rows)
    with pytest.raises(DataError) as caught:
        read_collected(path)
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)


def test_a_missing_column_is_told(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("country,period\n")
    with pytest.raises(DataError, match="column missing: imports_musd, duties_musd"):
        read_collected(path)


# --- composition ---------------------------------------------------------------------------------


def test_imports_as_in_the_year_move_nothing():
    assert composition(HTS, USD, RATE, groups(cars_8703=2.0), 10.0) == pytest.approx(0.0)


def test_composition_of_two_groups_by_hand():
    """Cars 20 -> 30 %, engines 10 -> 5 %, the rest 70 -> 65 %:
    0.1 * 0.25 - 0.05 * 0.1 - 0.05 * 0.05."""
    found = composition(HTS, USD, RATE, groups(cars_8703=3.0, engines_8407_8408=0.5), 10.0)
    assert found == pytest.approx(0.0175)


def test_a_group_of_several_headings_takes_all_of_them():
    """8703 and 8407 together are 30 of 100 at a mean of 0.2."""
    found = composition(HTS, USD, RATE, groups(vehicles_8703_8407=5.0), 10.0)
    assert found == pytest.approx(0.2 * (0.2 - 0.05))


def test_all_goods_at_one_rate_cannot_be_moved_by_composition():
    flat = np.full(len(RATE), 0.1)
    assert composition(HTS, USD, flat, groups(cars_8703=9.0), 10.0) == pytest.approx(0.0)


@pytest.mark.parametrize("scale", [1e-3, 1e6])
def test_composition_does_not_hang_on_the_unit_of_money(scale):
    one = composition(HTS, USD, RATE, groups(cars_8703=3.0), 10.0)
    assert composition(HTS, USD * scale, RATE, groups(cars_8703=3.0), 10.0) == pytest.approx(one)
    assert composition(HTS, USD, RATE, groups(cars_8703=3.0 * scale), 10.0 * scale) == (
        pytest.approx(one)
    )


def test_rows_of_a_group_may_come_in_any_number_and_order():
    rows = groups(cars_8703=1.0, engines_8407_8408=0.5)
    split = pd.concat([rows.iloc[[1, 0]], groups(cars_8703=2.0)])
    assert composition(HTS, USD, RATE, split, 10.0) == pytest.approx(0.0175)


def test_an_unknown_line_is_left_out_of_the_mean_of_its_group_and_a_group_without_any_is_unknown():
    part = np.array([0.25, 0.10, NAN, 0.05])
    assert composition(HTS, USD, part, groups(cars_8703=3.0), 10.0) == pytest.approx(
        0.1 * (0.25 - (10 * 0.10 + 20 * 0.05) / 30)
    )
    none = np.array([NAN, 0.10, 0.05, 0.05])
    assert np.isnan(composition(HTS, USD, none, groups(cars_8703=3.0), 10.0))


def test_no_groups_say_nothing():
    assert np.isnan(composition(HTS, USD, RATE, groups(), 10.0))


def test_a_mean_is_of_what_is_known_and_of_nothing_unknown():
    assert _mean(np.array([0.1, NAN, 0.4]), np.array([1.0, 99.0, 2.0])) == pytest.approx(0.3)
    assert np.isnan(_mean(np.array([NAN]), np.array([1.0])))
    assert np.isnan(_mean(np.array([0.1]), np.array([0.0])))


# --- the page ------------------------------------------------------------------------------------


def test_a_row_of_the_page_is_in_per_cent_and_shows_a_dash_for_what_is_not_known():
    row = ["KOR", "2025-06", 0.25, 0.151, 0.1494, 0.124, -0.099, -0.0016, NAN, -0.0254, -0.00001,
           0.98]  # fmt: skip
    lines = section(pd.DataFrame([row], columns=list(COLUMNS)))
    assert lines[-2] == (
        "| KOR | 2025-06 | 25.0 | 15.1 | 14.9 | 12.4 | -9.9 | -0.2 | – | -2.5 | 0.0 | 98.0 |"
    )
    assert lines[-3].count("|") == lines[-2].count("|") == lines[-4].count("|")
    assert not {"nan", "None", "inf"} & set(" ".join(lines).split())


def test_without_months_the_page_has_a_head_alone():
    lines = section(pd.DataFrame(columns=list(COLUMNS)))
    assert lines[-2].startswith("|---|---|")
