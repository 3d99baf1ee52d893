"""Classes of the panel and the mean with and without a claim, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.law.codes import pack
from exposure.law.column1 import PROGRAMS, schedule
from exposure.law.panel import VALUES, _mix, classes, ordinary_signs, scope_signs
from exposure.law.scope import in_days, scopes

NAN = np.nan


def test_rows_alike_in_all_columns_share_a_class():
    columns = [
        np.array([5, 5, 7, 5, 7, 7, 5]),
        np.array(["a", "b", "a", "a", "b", "a", "c"]),
        np.array([1.0, 1.0, NAN, 1.0, 1.0, NAN, 1.0]),
    ]
    key, first = classes(columns)
    assert key.tolist() == [0, 1, 2, 0, 3, 2, 4]
    assert first.tolist() == [0, 1, 2, 4, 6]


def test_classes_of_random_columns_are_those_of_their_rows():
    random = np.random.default_rng(5)
    columns = [random.integers(0, most, 400) for most in (3, 7, 2, 5)]
    key, first = classes(columns)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    names = {}
    assert key.tolist() == [names.setdefault(row, len(names)) for row in rows]
    assert [rows[place] for place in first] == list(names)


def values(mfn, total, at_least):
    """One cell with a single component."""
    cell = np.full((1, 1, len(VALUES)), NAN)
    cell[..., 0] = mfn
    cell[..., VALUES.index("total")] = total
    cell[..., VALUES.index("at_least")] = at_least
    return cell


MEANS = [
    # without the claim, with it, share that claims, their mean: column 1, total, known part
    ((0.1, 0.1, 0.1), (0.02, 0.02, 0.02), 0.25, (0.08, 0.08, 0.08)),
    # A side that is silent counts as 0.
    ((0.1, 0.1, 0.1), (NAN, 0.0, 0.0), 0.25, (0.075, 0.075, 0.075)),
    ((NAN, 0.3, 0.3), (NAN, 0.1, 0.1), 0.5, (NAN, 0.2, 0.2)),
    # One that is not known leaves the mean not known, unless nobody ships so.
    ((NAN, NAN, 0.05), (0.02, 0.02, 0.02), 0.5, (NAN, NAN, 0.035)),
    ((NAN, NAN, 0.05), (0.02, 0.02, 0.02), 1.0, (0.02, 0.02, 0.02)),
    ((0.1, 0.1, 0.1), (NAN, NAN, 0.05), 0.0, (0.1, 0.1, 0.1)),
    # A share that is not known: the same on both sides stays, else the lesser known part.
    ((0.1, 0.1, 0.1), (0.1, 0.1, 0.1), NAN, (0.1, 0.1, 0.1)),
    ((0.1, 0.1, 0.1), (0.02, 0.02, 0.02), NAN, (NAN, NAN, 0.02)),
    ((0.02, 0.02, 0.02), (0.1, 0.1, 0.1), NAN, (NAN, NAN, 0.02)),
]


@pytest.mark.parametrize(("without", "claimed", "share", "mean"), MEANS)
def test_mean_with_and_without_a_claim(without, claimed, share, mean):
    found = _mix(values(*without), values(*claimed), np.full((1, 1, 1), share))
    places = [0, VALUES.index("total"), VALUES.index("at_least")]
    np.testing.assert_allclose(found[0, 0, places], mean, rtol=1e-12)


def test_codes_have_one_sign_where_scopes_see_them_alike():
    """By state and by the length of the prefix that counts; one sign for all that is not meant."""
    rows = [("a", "87"), ("a", "870899"), ("b", "8703"), ("b", "87089910")]
    table = pd.DataFrame(rows, columns=["scope_id", "prefix"])
    table = table.assign(**{"include": True, "from": "2025-01-01", "until": "2025-12-31"})
    state = SimpleNamespace(scopes=in_days(scopes(table), 20250401))
    codes = ["8701000000", "8703000000", "8708990000", "8708991000", "8501000000", "870899"]
    signs = scope_signs(state, *pack(codes), np.array([0, 1]))
    first, second = signs.T.tolist()
    # The chapter; the line under it; nothing.
    assert first[0] == first[1] != first[2] == first[3]
    assert first[4] not in first[:4]
    # Only 8703 and 8708.99.10 are listed; six digits may be that line.
    assert second[0] == second[2] == second[4]
    assert len({second[0], second[1], second[3], second[5]}) == 4
    assert scope_signs(state, *pack(codes), np.array([1])).T.tolist() == [second]


def test_codes_have_one_sign_where_their_ordinary_rates_are_alike():
    """Three lines, two of one general rate; KORUS tells them apart; what is no line is by itself."""
    general, korus = {"01010101": 0.1, "01010102": 0.2, "01010103": 0.2}, [np.nan, np.nan, 0.0]
    table = pd.DataFrame({"hts8": list(general), "from": "2025-01-01", "until": "2025-12-31"})
    for name in PROGRAMS:
        table[f"{name}_rate"], table[f"{name}_text"] = np.nan, ""
    table["mfn_rate"], table["korus_rate"] = list(general.values()), korus
    state = SimpleNamespace(schedule=schedule(table).on(20250401))
    number, _ = pack(["0101010100", "0101010210", "0101010300", "0101010400", "9901010100"])
    ordinary = ordinary_signs(state, number)
    assert ordinary.shape == (5, 2)
    assert len({tuple(row) for row in ordinary[:2].tolist()}) == 2
    assert ordinary[1].tolist() == ordinary[2].tolist()
    assert ordinary[3:].tolist() == [[-1, -1]] * 2
    assert (ordinary[:3] >= 0).all()
    claimed = ordinary_signs(state, number, claimed=True)
    assert claimed.shape == (5, len(PROGRAMS))
    assert claimed[1].tolist() != claimed[2].tolist()
