"""The fast engine against the slow exact one on random crossings of the shipped law."""

import csv
import datetime as dt
import os
import random
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

import exposure as ex
from exposure.axes import COMPONENTS
from tests.night import count
from tests.reference.law import Crossing, Law, duty, load_law

ROOT = Path(__file__).resolve().parents[2] / "data" / "raw" / "law"
# All of them by `make nightly`.
COUNT = count(5_000, 100_000)
SEED = 20250402
ORIGINS = ["KOR", "JPN", "CHN", "MEX", "CAN", "VNM", "TWN", "DEU", "GBR", "IND", "BRA", "CHE",
           "RUS", "THA", "ZAF"]  # fmt: skip
BUSY = {"72", "73", "76", "74", "84", "85", "87", "44", "94"}
NUMBERS = ["0", "0.05", "0.2", "0.3", "0.4", "0.95", "1"]


def registered_facts() -> dict[str, list[object]]:
    """Values to state for every attribute of the register."""
    register = yaml.safe_load((ROOT / "attributes.yaml").read_text(encoding="utf-8"))["attributes"]
    truth: list[object] = [True, False]
    return {
        item["id"]: {"bool": truth, "number": list(NUMBERS), "choice": item.get("choices")}[
            item["kind"]
        ]
        for item in register
    }


def turning_days(law: Law) -> list[dt.date]:
    """Every day on which a clause begins, ends or becomes known, and its neighbours."""
    days = {dt.date(2018, 1, 1)}
    for action in law.actions:
        for part in (*action.clauses, *action.ends):
            for name in ("from_", "until", "known", "until_known"):
                day = getattr(part, name, None)
                if day is not None:
                    days |= {day + dt.timedelta(step) for step in (-1, 0, 1)}
    return sorted(day for day in days if day >= dt.date(2018, 1, 1))


def random_crossings(law: Law) -> list[Crossing]:
    """Two thirds cars, phones, metals and their kin; one third any line; facts stated at random."""
    chance = random.Random(SEED)
    with (ROOT / "us" / "statistical.csv").open(encoding="utf-8") as file:
        statistical = [row["hts10"] for row in csv.DictReader(file)]
    codes = sorted(code for code in law.lines if len(code) == 8) + statistical
    busy = [code for code in codes if code[:2] in BUSY]
    days = turning_days(law)
    facts = registered_facts()
    with (ROOT / "countries.csv").open(encoding="utf-8") as file:
        countries = [row["iso3"] for row in csv.DictReader(file)]
    crossings = []
    for _ in range(COUNT):
        attributes = {}
        for name, values in facts.items():
            if chance.random() < 0.3:
                value = chance.choice(values)
                attributes[name] = float(value) if values == NUMBERS else value
        weighed = chance.random() < 0.3
        crossings.append(
            Crossing(
                hts=chance.choice(busy if chance.random() < 0.67 else codes),
                origin=chance.choice(ORIGINS if chance.random() < 0.8 else countries),
                importer="USA",
                on=chance.choice(days),
                known=chance.choice(days) if chance.random() < 0.2 else None,
                attributes=attributes,
                value=1000 if weighed else None,
                quantity=chance.choice([1, 40, 250]) if weighed else None,
            )
        )
    return crossings


def slow_share(part: int, parts: int) -> list[tuple[float | None, dict[str, float | None]]]:
    """Total and components of every ``parts``-th crossing, by the slow engine."""
    law = load_law(ROOT)
    found = []
    for crossing in random_crossings(law)[part::parts]:
        exact = duty(law, crossing)
        components = {
            name: None if value is None else float(value)
            for name, value in exact.components.items()
        }
        found.append((None if exact.total is None else float(exact.total), components))
    return found


def fast(crossings: list[Crossing]):
    """Rates by the fast engine, in one call."""
    return ex.rates(
        ex.load(),
        pd.DataFrame(
            {
                "hts": [c.hts for c in crossings],
                "origin": [c.origin for c in crossings],
                "on": [c.on.isoformat() for c in crossings],
                "known_on": ["" if c.known is None else c.known.isoformat() for c in crossings],
                "value_usd": [np.nan if c.value is None else c.value for c in crossings],
                "quantity": [np.nan if c.quantity is None else c.quantity for c in crossings],
                "facts": [c.attributes for c in crossings],
            }
        ),
    )


def agree(given: float, exact: float | None) -> bool:
    """Both not known, or equal to 1e-12."""
    if exact is None:
        return bool(np.isnan(given))
    return abs(given - exact) < 1e-12


def test_fast_and_slow_engine_agree_on_random_crossings():
    parts = os.cpu_count() or 1
    crossings = random_crossings(load_law(ROOT))
    with ProcessPoolExecutor(parts) as pool:
        shares = list(pool.map(slow_share, range(parts), [parts] * parts))
    found = fast(crossings)
    wrong = []
    for row, crossing in enumerate(crossings):
        total, components = shares[row % parts][row // parts]
        good = agree(found.total[row], total)
        for name, value in zip(COMPONENTS, found.components[row].tolist(), strict=True):
            exact = components.get(name, 0.0)
            # A component about which no measure speaks is absent on one side, empty on the other.
            spoken = name in components
            good &= agree(value, exact) if spoken and exact != 0 else not value > 0
        if not good:
            wrong.append((crossing, found.total[row], total))
    assert not wrong, f"{len(wrong)} differ, first: {wrong[:5]}"
    assert 0.5 < np.isfinite(found.total).mean() < 0.99
    assert len(found.stacks) > 1000
