"""What a verification compares: cells but for rounding, files by their bytes, marks by their name."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.validate.verify import (
    DUST,
    Mismatch,
    Verification,
    _address,
    _cells,
    _files,
    _json,
    _manifest,
    _marks,
    _numbers,
    _sums,
    alike,
)

INF, NAN = np.inf, np.nan


# --- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "again", "same"),
    [
        (0.0, -0.0, True),
        (NAN, NAN, True),
        (0.0, NAN, False),  # unknown is not nought
        (NAN, 0.0, False),
        (INF, INF, True),
        (INF, -INF, False),
        (INF, 1e300, False),
        (INF, NAN, False),
        (1.0, 1.0 + 9e-10, True),  # within a billionth
        (1.0, 1.0 + 2e-9, False),
        (-1.0, 1.0, False),
        (1e-30, 2e-30, False),  # small alone is not dust
    ],
)
def test_two_numbers(stored, again, same):
    assert alike(pd.Series([stored]), pd.Series([again])).tolist() == [same]
    assert alike(pd.Series([again]), pd.Series([stored])).tolist() == [same]


def test_dust_beside_large_numbers_is_rounding():
    """A difference of large numbers leaves DUST of the largest, however small it is itself."""
    large = 1e9
    column = pd.Series([large, DUST * large * 0.9, DUST * large * 1.1])
    assert alike(column, pd.Series([large, 0.0, 0.0])).tolist() == [True, True, False]


def test_infinite_cells_make_no_dust_of_others():
    assert alike(pd.Series([INF, 1e-3]), pd.Series([INF, 0.0])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("stored", "again", "same"),
    [
        (["a", None], ["a", None], [True, True]),
        (["a", ""], ["a", None], [True, False]),  # nothing said is not an empty word
        (["1.0"], ["1.00"], [False]),  # text is text
        ([True, False], [True, True], [True, False]),
        ([1, "a"], [1, "b"], [True, False]),
    ],
)
def test_words_are_compared_to_the_letter(stored, again, same):
    columns = (pd.Series(values, dtype=object) for values in (stored, again))
    assert alike(*columns).tolist() == same


def test_whole_numbers_and_floats_are_compared_as_numbers():
    assert alike(pd.Series([1, 2]), pd.Series([1.0, 2.0])).tolist() == [True, True]
    assert _numbers(pd.Series([True, False])) is None
    assert _numbers(pd.Series(["1"])) is None
    assert _numbers(pd.Series([1, None], dtype=object)).tolist() == pytest.approx(
        [1.0, NAN], nan_ok=True
    )


def test_an_empty_column_is_alike():
    assert alike(pd.Series([], dtype=float), pd.Series([], dtype=float)).tolist() == []


TABLE = pd.DataFrame({"scenario": ["s", "s"], "product": ["car", "van"], "usd": [1.0, NAN]})


def told(found):
    return [str(item) for item in found]


def test_a_cell_is_told_by_the_keys_of_its_row():
    other = TABLE.assign(usd=[1.0, 3.0])
    assert told(_cells("cost", other, TABLE)) == [
        "cells: cost[s, van].usd: 3.0; made again it is nan"
    ]
    assert told(_cells("cost", TABLE, TABLE)) == []


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        (None, "cells: cost: the table is missing"),
        (TABLE[["scenario", "usd"]], "cells: cost: columns scenario, usd"),
        (TABLE[["usd", "product", "scenario"]], "cells: cost: columns usd, product, scenario"),
        (TABLE.iloc[:1], "cells: cost: 1 rows; there should be 2"),
    ],
)
def test_a_table_of_another_form_is_told_once(stored, says):
    assert told(_cells("cost", stored, TABLE)) == [says]


def test_keys_that_are_empty_are_left_out_of_an_address():
    table = pd.DataFrame({"product": [""], "firm": ["F"], "usd": [1.0]})
    assert _address("t", table, 0, "usd") == "t[F].usd"
    assert _address("t", table[["usd"]], 0, "usd") == "t[].usd"


# --- sums ------------------------------------------------------------------------------------------


def ledgers(duty):
    frame = pd.DataFrame(
        {"product": ["car", "van"], "duty_charged_usd": [10.0, 5.0], "drawn_back_usd": [8.0, 0.0],
         "duty_usd": duty}
    )  # fmt: skip
    return {"ledger": frame}


def test_a_sum_that_does_not_hold_is_told_with_both_numbers():
    wrong, count = _sums(ledgers([2.0, 5.5]))
    assert told(wrong["ledger"]) == ["sums: ledger[van].duty_usd: 5.5; added up it is 5.0"]
    assert count["ledger"] == 2
    wrong, _ = _sums(ledgers([2.0, 5.0 + 1e-12]))
    assert wrong["ledger"] == []


def test_an_unknown_cell_is_no_sum_of_known_ones():
    wrong, _ = _sums(ledgers([2.0, NAN]))
    assert told(wrong["ledger"]) == ["sums: ledger[van].duty_usd: nan; added up it is 5.0"]


def test_a_sum_without_its_parts_is_told_and_the_others_go_on():
    wrong, count = _sums(ledgers([2.0, 5.0]))
    assert told(wrong["quotas"]) == ["sums: quotas: 'quotas' has nothing to be added up from"]
    assert count["quotas"] == 0
    assert wrong["ledger"] == []


# --- files -----------------------------------------------------------------------------------------


def test_files_are_those_of_the_manifest_byte_for_byte(tmp_path):
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(b"two")
    marks = {name: hashlib.sha256(b"one").hexdigest() for name in ("a", "b", "c")}
    assert told(_files(tmp_path, {"sha256": marks})) == [
        "file: b: is not what the manifest names",
        "file: c: is missing",
    ]


def test_a_manifest_that_points_outside_of_its_folder_is_not_followed(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_bytes(b"one")
    mark = hashlib.sha256(b"one").hexdigest()
    found = told(_files(tmp_path / "in", {"sha256": {"../secret": mark}}))
    assert found == ["file: ../secret: lies outside"]


WHOLE = {"report": {"kind": "full", "language": "en"}, "fingerprints": {"data": "x"}, "sha256": {}}


@pytest.mark.parametrize(
    "broken",
    [
        {"report": None},
        {"report": {"kind": "full"}},
        {"report": {"kind": 1, "language": "en"}},
        {"fingerprints": ["x"]},
        {"fingerprints": {"data": 3}},
        {"sha256": {"a": None}},
    ],
)
def test_a_manifest_of_another_form_is_refused(tmp_path, broken):
    (tmp_path / "manifest.json").write_text(json.dumps(WHOLE | broken))
    with pytest.raises(DataError) as caught:
        _manifest(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'manifest.json'}: not a manifest (of a report)"


def test_a_whole_manifest_is_read(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps(WHOLE))
    assert _manifest(tmp_path) == WHOLE


def test_a_missing_file_is_told_with_what_it_should_be(tmp_path):
    with pytest.raises(DataError) as caught:
        _json(tmp_path / "asked.json")
    place = tmp_path / "asked.json"
    assert str(caught.value) == f"{place}: no such file (a folder that `exposure run` wrote)"
    place.write_bytes(b"\xff")
    with pytest.raises(DataError, match=r"asked\.json: not JSON: .*as the run wrote it"):
        _json(place)


# --- marks and the whole ---------------------------------------------------------------------------


def test_fingerprints_are_compared_by_name_in_order():
    old = {"data": "a" * 64, "version": "1", "scenario": "s"}
    new = {"data": "b" * 64, "version": "1", "law": "c" * 64}
    assert told(_marks({"fingerprints": old}, new)) == [
        f"data: data: the report was made of {'a' * 12}, here is {'b' * 12}",
        f"data: law: the report was made of none, here is {'c' * 12}",
        "data: scenario: the report was made of s, here is none",
    ]


def test_only_a_verification_without_mismatches_is_well():
    empty = pd.DataFrame()
    assert Verification(empty, 1, 1, ()).ok
    assert not Verification(empty, 1, 1, (Mismatch("file", "a", "is missing"),)).ok
