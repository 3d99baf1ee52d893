"""Rule files become rows: what a clause charges, which goods it names, when it holds."""

import json

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError, Problems
from exposure.facts.documents import Action
from exposure.facts.read_law import (
    CLAUSE_COLUMNS,
    action_tables,
    read_attributes,
    read_law,
    read_origin,
)
from exposure.facts.strict_yaml import parse
from tests import tiny

MEASURE = {"id": "all", "from": "2025-04-03", "known": "2025-03-26", "rate": 0.25, "source": "cl"}
ACTION = {
    "id": "us-cars",
    "importer": "USA",
    "authority": "s232",
    "component": "s232",
    "title": "Cars",
    "instrument": "Proc",
    "scope": {"hts": ["8703"]},
    "displaces": ["reciprocal", "steel"],
    "measures": [MEASURE],
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Folder of the law with one list: a heading, one line for some days, one of another class."""
    folder = tmp_path_factory.mktemp("law") / "us" / "lists"
    folder.mkdir(parents=True)
    (folder / "metal.csv").write_text(
        "hts,class,from,until,source\n"
        "7208,steel,,,memo\n73181500,steel,2025-03-12,2025-12-31,memo\n7601,aluminum,,,memo\n"
    )
    return folder.parents[1]


def tables(root, *, added=False, lists=None, **change):
    action = parse(Action, {**ACTION, **change}, "rule.yaml")
    return action_tables(action, root, {} if lists is None else lists, added=added)


def clause(root, **change):
    return tables(root, measures=[{**MEASURE, **change}])["clauses"].iloc[0]


# --- clauses ---------------------------------------------------------------------------------


def charge(root, given):
    measure = {name: value for name, value in MEASURE.items() if name != "rate"}
    return tables(root, measures=[{**measure, **given}])["clauses"].iloc[0]


@pytest.mark.parametrize(
    ("given", "kind", "rate", "cap"),
    [
        ({"rate": 0.25}, "rate", 0.25, np.nan),
        ({"rate": 0.0}, "rate", 0.0, np.nan),
        ({"rate": 0.1, "cap": 0.15}, "rate", 0.1, 0.15),
        ({"rate": 0.1, "cap": 0}, "rate", 0.1, 0.0),  # a cap of nought is one
        ({"all_in": 0.15}, "all_in", 0.15, np.nan),
        ({"specific_usd_per_unit": 7.5}, "specific", 7.5, np.nan),
    ],
)
def test_what_a_clause_charges_and_how(root, given, kind, rate, cap):
    row = charge(root, given)
    assert (row["kind"], row["rate"]) == (kind, rate)
    np.testing.assert_equal(row["cap"], cap)


def test_an_exemption_charges_nothing_and_displaces_nothing(root):
    exemption = {"id": "use", "from": "2025-04-03", "known": "2025-03-26", "source": "cl",
                 "when": {"use": "car", "claim": "usmca"}}  # fmt: skip
    made = tables(root, exemptions=[exemption])["clauses"].set_index("clause")
    row = made.loc["use"]
    assert (row["kind"], row["rate"], row["displaces"]) == ("exempt", 0.0, "")
    assert bool(row["exempt"]) and not made.loc["all", "exempt"]
    assert row["when"] == '{"claim": "usmca", "use": "car"}'  # in one order, whatever the file's


def test_days_without_an_end_reach_far_and_others_are_empty(root):
    row = clause(root)
    assert (row["from"], row["until"], row["known"]) == ("2025-04-03", "9999-12-31", "2025-03-26")
    assert (row["until_known"], row["withdrawn"]) == ("", "")
    row = clause(root, until="2025-12-31", until_known="2025-11-01", withdrawn="2025-11-02")
    assert (row["until"], row["until_known"], row["withdrawn"]) == (
        "2025-12-31", "2025-11-01", "2025-11-02",
    )  # fmt: skip


CONTENT = {"part": "content", "material": "steel", "made_in": ["USA", "MEX"], "maker": ["KOR"]}


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({}, "covers", "full"),
        ({"base": CONTENT}, "covers", "base"),
        ({"base": CONTENT, "covers": "full"}, "covers", "full"),
        ({"base": {"part": "outside_us_content"}}, "covers", "full"),
        ({}, "displaces", "reciprocal steel"),
        ({"displaces": ["reciprocal"]}, "displaces", "reciprocal"),
        ({"displaces": []}, "displaces", ""),  # none is said, and is not the action's
        ({"base": CONTENT}, "made_in", "USA MEX"),
        ({"base": CONTENT}, "maker", "KOR"),
        ({}, "material", ""),
        ({"origin": ["KOR", "EU"], "not_origin": ["DEU"]}, "origin", "KOR EU"),
        ({"origin": "KOR"}, "origin", "KOR"),
        ({}, "origin", "*"),
    ],
)
def test_what_a_clause_says_else_stands_in_its_column(root, change, column, value):
    assert clause(root, **change)[column] == value


def test_an_action_without_clauses_has_all_columns_with_their_types(root):
    made = tables(root, measures=[])["clauses"]
    assert list(made) == list(CLAUSE_COLUMNS)
    assert [str(made[name].dtype) for name in ("exempt", "rate", "cap", "added", "provisional")] == [
        "bool", "float64", "float64", "bool", "bool",
    ]  # fmt: skip


# --- goods -----------------------------------------------------------------------------------


def scope(root, **given):
    rows = tables(root, scope=given)["scopes"]
    return [tuple(row) for row in rows[["prefix", "include", "from", "until"]].to_numpy()]


FAR = "9999-12-31"


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ({"all": True}, [("", True, "", FAR)]),
        (
            {"hts": ["8703", "87.04"], "except_hts": ["8703.10"]},
            [("8703", True, "", FAR), ("8704", True, "", FAR), ("870310", False, "", FAR)],
        ),
        (
            {"lists": ["metal"]},
            [("7208", True, "", FAR), ("73181500", True, "2025-03-12", "2025-12-31"),
             ("7601", True, "", FAR)],
        ),
        ({"lists": ["metal"], "use": ["aluminum"]}, [("7601", True, "", FAR)]),
        # Classes choose what is meant; what is excepted is the whole list.
        (
            {"all": True, "except_lists": ["metal"], "use": ["aluminum"]},
            [("", True, "", FAR), ("7208", False, "", FAR),
             ("73181500", False, "2025-03-12", "2025-12-31"), ("7601", False, "", FAR)],
        ),
    ],
)  # fmt: skip
def test_goods_are_meant_or_excepted_with_their_days(root, given, rows):
    assert scope(root, **given) == rows


def test_goods_of_a_clause_stand_beside_those_of_its_action(root):
    own = {**MEASURE, "scope": {"hts": ["8704"]}}
    made = tables(root, measures=[own, {**MEASURE, "id": "rest"}])
    assert made["clauses"]["scope_id"].tolist() == ["us-cars/all", "us-cars"]
    assert dict(zip(made["scopes"]["scope_id"], made["scopes"]["prefix"], strict=True)) == {
        "us-cars": "8703", "us-cars/all": "8704",
    }  # fmt: skip
    # A scenario may bring a clause of the same name: its goods are not those of the law's.
    added = tables(root, added=True, measures=[own])
    assert added["clauses"]["scope_id"].tolist() == ["us-cars/all+"]
    assert added["clauses"]["added"].all()


def test_a_list_is_read_once(root, monkeypatch):
    lists = {}
    tables(root, scope={"lists": ["metal"]}, lists=lists)
    monkeypatch.setattr("exposure.facts.read_law.read_csv", None)
    tables(root, scope={"lists": ["metal"]}, lists=lists)
    assert list(lists) == ["metal"]


def test_every_list_that_is_wrong_is_told(root):
    wrong = {"lists": ["metal"], "use": ["copper"]}
    with pytest.raises(Problems) as caught:
        tables(root, scope={"lists": ["none"]}, measures=[{**MEASURE, "scope": wrong}])
    assert str(caught.value).split("\n") == [
        f"{root / 'us' / 'lists' / 'none.csv'}: no such file",
        "us-cars/all: list metal: no row of class ['copper']",
    ]


def test_endings_of_an_action_are_rows(root):
    ends = [{"from": "2026-02-24", "known": "2026-02-20", "status": "void", "source": "ruling",
             "when": {"claim": "none"}}]  # fmt: skip
    (row,) = tables(root, ends=ends)["ends"].to_dict("records")
    assert row == {
        "action": "us-cars", "from": "2026-02-24", "known": "2026-02-20", "status": "void",
        "when": '{"claim": "none"}', "source": "ruling", "note": "",
    }  # fmt: skip
    assert tables(root)["ends"].empty


# --- the folder of the law -------------------------------------------------------------------


def law(tmp_path, **changes):
    return read_law(tiny.write(tmp_path, **changes) / "raw" / "law")


def test_an_importer_stands_in_its_own_folder(tmp_path):
    with pytest.raises(Problems, match="importer MEX in folder us"):
        law(tmp_path, law__us__steel__yaml=("importer: USA", "importer: MEX"))


def test_goods_that_two_lists_name_alike_are_one_row(tmp_path):
    row = "851713,unconditional,2025-04-05,,memo\n"
    scopes = law(tmp_path, law__us__lists__exempt__csv=(row, row + row))["scopes"]
    assert (scopes["prefix"] == "851713").sum() == 1


def test_an_open_line_reaches_far_and_a_rate_in_words_is_not_known(tmp_path):
    lines = law(tmp_path)["lines"].set_index(["hts8", "from"])
    assert lines.loc[("87032301", "2018-01-01"), "until"] == "2025-12-31"
    assert lines.loc[("87032301", "2026-01-01"), "until"] == "9999-12-31"
    oil = lines.loc[("27101215", "2018-01-01")]
    assert pd.isna(oil["mfn_rate"]) and oil["mfn_text"] == "52.5c/bbl"
    assert oil["korus_rate"] == 0  # free is a rate


def test_a_default_keeps_its_kind_as_json(tmp_path):
    path = tiny.write(tmp_path) / "raw" / "law" / "attributes.yaml"
    found = read_attributes(path).set_index("id")
    told = {name: json.loads(text) for name, text in found["default"].items()}
    assert told == {"claim": "none", "approved": False, "use": None, "us_content": None,
                    "steel_share": None, "aluminum_share": None, "melt": 0.0}  # fmt: skip
    assert found.loc["claim", "choices"] == "none usmca korus"


def test_a_rule_of_origin_has_a_row_a_prefix_and_an_agreement_that_is_there(tmp_path):
    path = tiny.write(tmp_path) / "raw" / "law" / "origin.yaml"
    text = path.read_text().replace('scope: ["8703"]', 'scope: ["8703", "8704"]')
    path.write_text(text)
    found = read_origin(path)
    assert found["origin_rules"]["prefix"].tolist() == ["8703", "8704", ""]
    assert found["agreements"].loc[0, "members"] == "USA MEX"
    first = json.loads(found["origin_rules"].loc[0, "alternatives"])
    assert first == [[{"kind": "regional_value", "method": "net_cost", "threshold": 0.75}]]
    path.write_text(text.replace("agreement: usmca", "agreement: nafta", 1))
    with pytest.raises(DataError) as caught:
        read_origin(path)
    said = f"{path}: rule cars: agreement 'nafta' is not in the file (usmca)"
    assert str(caught.value) == said
