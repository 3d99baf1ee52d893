"""The fast engine against the slow exact one on random crossings of the shipped law."""

import datetime as dt
import random
from pathlib import Path

import pandas as pd

import exposure as ex
from tests.reference.law import Crossing, Law, duty, load_law

ROOT = Path(__file__).resolve().parents[2] / "data" / "raw" / "law"
COUNT = 20_000
ORIGINS = ["KOR", "JPN", "CHN", "MEX", "CAN", "VNM", "TWN", "DEU", "GBR", "IND", "BRA", "CHE",
           "RUS", "THA", "ZAF"]  # fmt: skip
DAYS = ["2018-07-01", "2019-06-01", "2023-01-15", "2025-01-15", "2025-02-10", "2025-03-05",
        "2025-03-20", "2025-04-03", "2025-04-09", "2025-05-01", "2025-06-10", "2025-08-01",
        "2025-08-20", "2025-09-16", "2025-11-01", "2025-11-20", "2026-01-20", "2026-02-21",
        "2026-03-15", "2026-04-10", "2026-07-23", "2026-08-20", "2026-10-15"]  # fmt: skip
NUMBERS = ["0", "0.05", "0.2", "0.3", "0.4", "0.95", "1"]


def random_crossings(law: Law):
    """Two thirds cars, phones, metals and their kin; one third any line; facts stated at random."""
    chance = random.Random(20250402)
    lines = sorted(code for code in law.lines if len(code) == 8)
    busy = [c for c in lines if c[:2] in {"72", "73", "76", "74", "84", "85", "87", "44", "94"}]
    facts = {
        "claim": ["usmca", "korus", "japan", "none"],
        "commerce_approved": [True, False],
        "auto_part": [True, False],
        "tech_gate": [True, False],
        "in_transit": [True, False],
        "certified_us_production": [True, False],
        "not_auto_part": [True, False],
        "mhd_part": [True, False],
        "ieepa_view": ["legal", "collected"],
        "patented": [True, False],
        "quota": ["in", "out"],
        "us_content": NUMBERS,
        "steel_share": NUMBERS,
        "aluminum_share": NUMBERS,
        "metal_weight_share": NUMBERS,
    }
    for _ in range(COUNT):
        code = chance.choice(busy if chance.random() < 0.67 else lines)
        attributes = {}
        for name, values in facts.items():
            if chance.random() < 0.4:
                value = chance.choice(values)
                attributes[name] = float(value) if values is NUMBERS else value
        known = dt.date.fromisoformat(chance.choice(DAYS)) if chance.random() < 0.2 else None
        day = dt.date.fromisoformat(chance.choice(DAYS))
        yield Crossing(code, chance.choice(ORIGINS), "USA", day, known, attributes)


def test_fast_and_slow_engine_agree_on_random_crossings():
    law = load_law(ROOT)
    crossings = list(random_crossings(law))
    table = pd.DataFrame(
        {
            "hts": [c.hts for c in crossings],
            "origin": [c.origin for c in crossings],
            "on": [c.on.isoformat() for c in crossings],
            "known_on": ["" if c.known is None else c.known.isoformat() for c in crossings],
            "facts": [c.attributes for c in crossings],
        }
    )
    fast = ex.rates(ex.load(), table).table["total"].tolist()
    wrong = []
    known = 0
    for crossing, given in zip(crossings, fast, strict=True):
        exact = duty(law, crossing).total
        known += exact is not None
        if exact is None:
            agrees = pd.isna(given)
        else:
            agrees = not pd.isna(given) and abs(given - float(exact)) < 1e-12
        if not agrees:
            wrong.append((crossing, given, exact and float(exact)))
    assert known > COUNT / 2
    assert not wrong, f"{len(wrong)} differ, first: {wrong[:5]}"
