"""Tables of industries: a wide table read as rows, sums that balance, names that meet."""

import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.facts import sector_checks as checks
from exposure.facts.read_sectors import FILES, read_flows, read_sectors


def frame(columns, *rows):
    return pd.DataFrame(list(rows), columns=columns.split())


def told(check, tables):
    return [str(problem) for problem in check(tables)]


# --- flows -----------------------------------------------------------------------------------

HEAD = "country,industry,KOR.cars,USA.cars,KOR.final,USA.final\n"


@pytest.fixture
def flows(tmp_path):
    def read(text, head=HEAD):
        path = tmp_path / "flows.csv"
        path.write_text(head + text, encoding="utf-8")
        return read_flows(path)

    return read


def test_a_cell_is_a_row_and_a_nought_is_none(flows):
    table = flows("KOR,cars,20,,0,1.5\nUSA,cars,,3,-2,0.0\n")
    assert [tuple(row) for row in table.to_numpy()] == [
        ("KOR", "cars", "KOR", "cars", 20.0),
        ("KOR", "cars", "USA", "final", 1.5),
        ("USA", "cars", "USA", "cars", 3.0),
        ("USA", "cars", "KOR", "final", -2.0),  # stocks that fall
    ]
    assert table["value_musd"].sum() == 22.5


def test_a_table_of_noughts_or_without_rows_has_no_flow(flows):
    columns = ["country", "industry", "user_country", "user", "value_musd"]
    for text in ("KOR,cars,0,,0,\n", ""):
        table = flows(text)
        assert (list(table), len(table)) == (columns, 0)


def test_names_of_industries_stay_as_they_are_written(flows):
    table = flows("KOR,01,20,,,\n")
    assert table["industry"].tolist() == ["01"]


@pytest.mark.parametrize("cell", ["n/a", "NA", "nan", "null", "-", "1,5", "5%"])
def test_a_word_in_the_place_of_a_number_is_no_nought(flows, cell):
    with pytest.raises(DataError) as caught:
        flows(f'KOR,cars,20,"{cell}",,\nUSA,cars,1,2,3,4\n')
    assert str(caught.value).endswith("flows.csv, column USA.cars: holds what is no number")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("industry,country,KOR.cars\n", "the first columns differ (country,industry)"),
        ("country,industry,KOR\n", "column 3 (COUNTRY.industry or COUNTRY.final)"),
        ("country,industry,KOR.cars,.cars\n", "column 4 (COUNTRY.industry or COUNTRY.final)"),
        ("country,industry,KOR.\n", "column 3 (COUNTRY.industry or COUNTRY.final)"),
        ("country,industry,KOR.cars,KOR.cars\n", "column 'KOR.cars' stands twice (each once)"),
    ],
)
def test_a_column_that_is_named_otherwise_is_told(flows, head, says):
    with pytest.raises(DataError) as caught:
        flows("", head)
    assert str(caught.value).endswith(f"flows.csv: {says}")


def test_industries_without_files_have_no_rows(tmp_path):
    made = read_sectors(tmp_path)
    assert set(made) == {*FILES, "mrio_flows"}
    assert all(table.empty for table in made.values())


@pytest.mark.parametrize(
    ("year", "says"),
    [("", "row 3: year '' is not a whole number"),
     ("2024.5", "row 3: year '2024.5' is not a whole number"),
     ("last", "row 3: year 'last' is not a number")],
)  # fmt: skip
def test_a_year_is_a_whole_number_and_known(tmp_path, year, says):
    path = tmp_path / FILES["us_imports"]
    path.parent.mkdir()
    head = "hts,origin,imports_kusd,year,source\n87032301,MEX,1,2024.0,s\n"
    path.write_text(head)
    assert read_sectors(tmp_path)["us_imports"]["year"].tolist() == [2024]
    path.write_text(f"{head}87032301,KOR,2,{year},s\n")
    with pytest.raises(DataError) as caught:
        read_sectors(tmp_path)
    assert str(caught.value) == f"{path}: {says}"


# --- sums ------------------------------------------------------------------------------------

# Two countries, one industry. Inputs: KOR of itself 20, USA of KOR 10; final demand: KOR sells 30
# at home and 40 to the USA, the USA sell 50 at home. Output 100 and 50; value added 80 and 40;
# 80 + 40 is 30 + 40 + 50.
FLOWS = frame(
    "country industry user_country user value_musd",
    ("KOR", "cars", "KOR", "cars", 20.0), ("KOR", "cars", "USA", "cars", 10.0),
    ("KOR", "cars", "KOR", "final", 30.0), ("KOR", "cars", "USA", "final", 40.0),
    ("USA", "cars", "USA", "final", 50.0),
)  # fmt: skip


def balance(kor=(100.0, 80.0), usa=(50.0, 40.0)):
    rows = [("KOR", "cars", *kor), ("USA", "cars", *usa)]
    accounts = frame("country industry output_musd value_added_musd", *rows)
    return told(checks.flows_balance, {"mrio_flows": FLOWS, "mrio_accounts": accounts})


WHERE = "economy/mrio/flows.csv and accounts.csv"


def test_output_is_what_is_sold_and_value_added_what_is_left():
    assert balance() == []
    assert balance(kor=(100.05, 80.05)) == []  # half of the last digit
    assert balance(kor=(105.0, 85.0)) == [
        f"{WHERE}: KOR cars: output is not what is sold: 5.0 million USD",
        f"{WHERE}: value added 125.0 is not final demand 120.0",
    ]
    assert balance(usa=(50.0, 43.0)) == [
        f"{WHERE}: USA cars: value added is not output less inputs: -3.0 million USD",
        f"{WHERE}: value added 123.0 is not final demand 120.0",
    ]
    # 0.11 too much in all is more than 0.051 a row, though each row is within it.
    assert balance((100.05, 80.06), (50.05, 40.05)) == [
        f"{WHERE}: value added 120.1 is not final demand 120.0"
    ]


def test_an_account_that_sells_nothing_has_an_output_of_nought():
    accounts = frame("country industry output_musd value_added_musd", ("KOR", "cars", 100.0, 80.0),
                     ("USA", "cars", 50.0, 40.0), ("USA", "ships", 7.0, 7.0))  # fmt: skip
    lines = told(checks.flows_balance, {"mrio_flows": FLOWS, "mrio_accounts": accounts})
    assert f"{WHERE}: USA ships: output is not what is sold: 7.0 million USD" in lines


@pytest.mark.parametrize(
    ("listed", "total", "fits"),
    [
        (900.0, 1000.0, True),
        (1000.0, 1000.0, True),
        (1001.9, 1000.0, True),  # a thousandth and a thousand dollars are rounding
        (1002.1, 1000.0, False),
        (1.0, None, True),
        (1.1, None, False),  # an origin without any imports
    ],
)
def test_lines_do_not_add_up_to_more_than_all_imports(listed, total, fits):
    half = listed / 2
    tables = {
        "us_imports": frame("origin imports_kusd", ("MEX", half), ("MEX", half)),
        "us_import_totals": frame(
            "origin imports_kusd", *([("MEX", total)] if total else []), ("KOR", 1e9)
        ),
    }
    says = (
        "economy/mrio/us_imports.csv: lines of MEX add up to more than all its imports "
        "(see us_import_totals.csv)"
    )
    assert told(checks.listed_imports_within_totals, tables) == ([] if fits else [says])


# --- names -----------------------------------------------------------------------------------


def named(**change):
    empty = frame("country industry")
    accounts = frame("country industry", ("KOR", "cars"), ("USA", "cars"))
    tables = {
        "mrio_flows": FLOWS, "mrio_regions": frame("region", ("KOR",), ("USA",)),
        "mrio_industries": frame("industry", ("cars",)), "mrio_accounts": accounts,
        "mrio_hts": frame("industry", ("cars",)),
        "us_import_totals": frame("industry", ("cars",), ("unassigned",)),
        "boards": empty, "plants": empty,
    }  # fmt: skip
    return told(checks.sector_names_meet, tables | change)


MEND = "(name it in mrio/regions.csv or mrio/industries.csv)"


def test_regions_and_industries_are_those_of_their_tables():
    assert named() == []
    assert named(mrio_hts=frame("industry", ("boats",))) == [
        f"economy/mrio/hts.csv, column industry: 'boats' is not known {MEND}"
    ]
    # Only imports may belong to no industry.
    assert named(mrio_hts=frame("industry", ("unassigned",))) != []
    assert named(plants=frame("country industry", ("MEX", "cars"))) == [
        f"economy/plants.csv, column country: 'MEX' is not known {MEND}"
    ]


def test_every_industry_of_every_region_has_its_account():
    lines = named(mrio_accounts=frame("country industry", ("KOR", "cars")))
    assert lines == ["economy/mrio/accounts.csv: no account of USA cars"]


def test_the_importer_whose_duties_change_is_a_region():
    lines = named(mrio_regions=frame("region", ("KOR",)), mrio_flows=FLOWS[:1],
                  mrio_accounts=frame("country industry", ("KOR", "cars")))  # fmt: skip
    assert lines == ["economy/mrio/regions.csv: no region USA (its duties change)"]


@pytest.mark.parametrize(
    ("value", "fits"),
    [("true", True), ("0.4", True), ('"usmca"', True), ("null", True), ("usmca", False),
     ("", False), ("True", False), ("NaN", False), ("-Infinity", False)],
)  # fmt: skip
def test_a_stated_fact_is_a_value_of_json(value, fits):
    tables = {
        "attributes": frame("id", ("us_content",)),
        "shipment_facts": frame("origin attribute value", ("MEX", "us_content", value)),
    }
    where = "economy/mrio/shipment_facts.csv: MEX us_content"
    says = f"{where}: value {value!r} (a number, true, false or a text in quotes)"
    assert told(checks.stated_facts_exist, tables) == ([] if fits else [says])


def test_prefixes_of_a_country_stand_on_one_board():
    rows = [("KOR", "cars", "8703 8704"), ("KOR", "vans", "8704 870"), ("MEX", "cars", "8703")]
    where = "economy/mrio/boards.csv: KOR vans, prefixes"
    assert told(checks.boards_name_codes, {"boards": frame("country board prefixes", *rows)}) == [
        f"{where}: 8704 stands twice",
        f"{where}: '870' (2, 4, 6 or 8 digits)",
    ]


def test_a_plant_is_a_site_and_a_source_is_cited():
    tables = {"sites": frame("site", ("ulsan",)), "plants": frame("site", ("ulsan",), ("asan",))}
    line = "economy/plants.csv: no site 'asan' (name a site of a product)"
    assert told(checks.plants_are_sites, tables) == [line]
    cited = dict.fromkeys(FILES, frame("source", ("s",))) | {"mrio_regions": frame("region")}
    lines = told(checks.sector_sources_exist, {**cited, "sources": frame("source_id")})
    assert lines == [f"economy/{file}: source 's' is not in sources.csv"
                     for name, file in FILES.items() if name != "mrio_regions"]  # fmt: skip


def test_a_world_without_industries_has_nothing_to_balance():
    none = {"mrio_flows": pd.DataFrame(), "mrio_accounts": pd.DataFrame()}
    assert told(checks.sector_names_meet, none) == told(checks.flows_balance, none) == []
