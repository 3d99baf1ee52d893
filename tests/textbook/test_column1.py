"""Printed rates and ordinary duties by hand."""

import numpy as np
import pandas as pd
import pytest

from exposure.law.codes import pack
from exposure.law.column1 import PROGRAMS, column1_rates, programs, read_rate, schedule


@pytest.mark.parametrize(
    ("text", "share", "money"),
    [
        ("4.4%", 0.044, 0.0),
        ("52.5¢/bbl", 0.0, 0.525),
        ("$1.05/bbl", 0.0, 1.05),
        ("$1.61 each + 4.4%", 0.044, 1.61),
        ("36¢/kg + 16.3%", 0.163, 0.36),
        # Terms of one unit add up; of two, no quantity fits both.
        ("2¢/kg + $0.10/kg + 1% + 2%", 0.03, 0.12),
        ("2¢/kg + $0.10 each", np.nan, np.nan),
        ("4.4% on the case", np.nan, np.nan),
        ("", np.nan, np.nan),
    ],
)
def test_printed_rates(text, share, money):
    np.testing.assert_allclose(read_rate(text), (share, money), rtol=1e-12)


ROWS = {
    # line: general rate and text, KORUS rate and text, column 2 rate and text, until
    "01010101": (0.05, "", np.nan, "", 0.2, "", "2025-12-31"),
    "01010102": (0.05, "", 0.0, "", 0.2, "", "2025-06-30"),
    "01010103": (0.05, "", 0.0, "", 0.4, "", "2025-12-31"),
    "01020101": (np.nan, "10¢/kg + 2%", np.nan, "5¢/kg", np.nan, "odd", "2025-12-31"),
    "01030101": (np.nan, "", np.nan, "", 0.3, "", "2025-12-31"),
}


def table():
    rows = []
    for line, (general, text, korus, worded, column2, printed, until) in ROWS.items():
        row = {"hts8": line, "from": "2025-01-01", "until": until}
        row |= {f"{name}_rate": np.nan for name in PROGRAMS}
        row |= {f"{name}_text": "" for name in PROGRAMS}
        row |= {f"{PROGRAMS[0]}_rate": general, f"{PROGRAMS[0]}_text": text}
        row |= {"korus_rate": korus, "korus_text": worded}
        row |= {"column2_rate": column2, "column2_text": printed}
        rows.append(row)
    # The order of the table does not matter.
    return pd.DataFrame(rows[::-1])


def ask(code, program="", day=20250301, value=500.0, quantity=1000.0):
    place = PROGRAMS.index(program) if program else 0
    found = column1_rates(
        schedule(table()).on(day), *pack([code]), np.array([place]), np.array([value]),
        np.array([quantity]),
    )  # fmt: skip
    return float(found.rate[0]), float(found.known_part[0]), str(found.text[0])


CASES = [
    ("01010101", {}, 0.05, 0.05, ""),
    ("0101010110", {}, 0.05, 0.05, ""),
    # A program without a rate of its own has the general one.
    ("01010101", {"program": "korus"}, 0.05, 0.05, ""),
    ("01010102", {"program": "korus"}, 0.0, 0.0, ""),
    ("01010103", {"program": "column2"}, 0.4, 0.4, ""),
    # A short code answers where all its lines of the day agree.
    ("010101", {}, 0.05, 0.05, ""),
    ("010101", {"program": "korus"}, np.nan, 0.0, "its lines differ; give 8 digits"),
    ("010101", {"program": "column2"}, np.nan, 0.0, "its lines differ; give 8 digits"),
    ("0101", {}, 0.05, 0.05, ""),
    ("01", {}, np.nan, 0.0, "its lines differ; give 8 digits"),
    # 1,000 kg at 10 cents on 500 USD are 20 %, and 2 % of value.
    ("01020101", {}, 0.22, 0.22, ""),
    ("01020101", {"program": "korus"}, 0.1, 0.1, ""),
    # Without a rate of its own, the general one with both its parts.
    ("01020101", {"program": "usmca"}, 0.22, 0.22, ""),
    ("01020101", {"quantity": np.nan}, np.nan, 0.02, "10¢/kg + 2%"),
    ("01020101", {"program": "column2"}, np.nan, 0.0, "odd"),
    ("01030101", {}, np.nan, 0.0, "no rate"),
    ("01030101", {"program": "column2"}, 0.3, 0.3, ""),
    # Lines that have ended, or never were.
    ("01010102", {"day": 20250630}, 0.05, 0.05, ""),
    ("01010102", {"day": 20250701}, np.nan, 0.0, "no such line on this day"),
    ("99", {}, np.nan, 0.0, "no such line on this day"),
    ("01010101", {"day": 20241231}, np.nan, 0.0, "no schedule on this day"),
]


@pytest.mark.parametrize(("code", "more", "rate", "part", "text"), CASES)
def test_ordinary_rates(code, more, rate, part, text):
    found = ask(code, **more)
    np.testing.assert_allclose(found[:2], (rate, part), rtol=1e-12)
    assert found[2] == text


def test_a_claim_counts_for_goods_of_its_countries_and_column_2_for_all_claims():
    claims = np.array(["none", "korus", "korus", "korus"])
    origins = np.array(["KOR", "KOR", "DEU", "KOR"])
    column2 = np.array([False, False, False, True])
    found = [PROGRAMS[place] for place in programs(claims, origins, column2)]
    assert found == [PROGRAMS[0], "korus", PROGRAMS[0], "column2"]
