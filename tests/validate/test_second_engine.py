"""Our rates beside a sample of another engine: equal, or explained by a ledger that holds."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import exposure as ex
from exposure.errors import ExposureError
from exposure.model.compile import law_book
from exposure.validate.bench import Cluster, Ledger, compare, import_weights, page, read_ledger
from exposure.validate.collected import collected, section
from tests import tiny

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("EXPOSURE_SHARED", ROOT.parent / "shared" / "data"))
SAMPLE = SHARED / "rates" / "second_engine_sample.parquet"
LEDGER = ROOT / "data" / "raw" / "validate" / "second-engine.yaml"


@pytest.fixture(scope="module")
def sample():
    if not SAMPLE.is_file():
        pytest.skip("the sample of the second engine is not on this machine")
    return pd.read_parquet(SAMPLE)


@pytest.fixture(scope="module")
def ledger():
    return read_ledger(LEDGER)


@pytest.fixture(scope="module")
def made(sample, ledger):
    return compare(law_book(ex.load()), sample, ledger)


def test_equal_plus_explained_in_every_country_on_every_day(made):
    shares = made.shares()
    assert len(shares) == 130
    assert (shares["explained"] >= 0.995).all()
    assert made.rows["equal"].mean() >= 0.95
    # Where both answer the same question, and by the law, 98 % are equal outright.
    fair = shares["equal"] / (1 - shares["theirs"] - shares["assumption"] - shares["unknown"])
    assert (fair >= 0.98).all()


def test_every_cluster_has_rows(made):
    table = made.clusters()
    assert (table["rows"] > 0).all(), table[table["rows"] == 0]
    assert table["rows"].sum() + made.rows["equal"].sum() + len(made.open_rows) == len(made.rows)


def test_page_is_what_the_sample_gives(made):
    world = ex.load()
    text = page(made, import_weights(world), section(collected(world)))
    assert text == (ROOT / "docs" / "second-engine.md").read_text(encoding="utf-8")


def test_import_weighted_difference_is_within_bounds(made):
    """Whole sample, weighted by trade: small on average, and never beyond what clusters explain."""
    table = made.weighted(import_weights(ex.load()))
    assert len(table) == 130
    assert (table["absolute"] >= table["difference"].abs() - 1e-12).all()
    assert np.average(table["absolute"], weights=table["imports_usd"]) < 0.01


def test_every_cluster_names_authority_countries_and_days(made):
    spans = made.spans()
    assert (spans[["components", "countries", "first", "last"]] != "").all(axis=None)


def test_a_wrong_rate_is_not_explained_away(sample, ledger):
    """The ledger explains causes, not any difference: figures that are off stay open."""
    part = sample.sample(4000, random_state=7).reset_index(drop=True)
    wrong = part.assign(s122=part["s122"] + 0.01, total=part["total"] + 0.01)
    wrong = wrong[wrong["date"] >= "2026-02-24"].reset_index(drop=True)
    found = compare(law_book(ex.load()), wrong, ledger)
    assert len(found.open_rows) > 0.9 * len(wrong)


# --- the comparison itself, by hand on the tiny rulebook -----------------------------------------

COLUMNS = ["hts10", "iso3", "date", "column1_general", "s232", "ieepa_reciprocal", "total"]
ROWS = pd.DataFrame(
    [
        # Equal: the car of Germany.
        ("8703230190", "DEU", "2025-12-15", 0.025, 0.25, 0.0, 0.275),
        # Theirs adds the reciprocal duty that ours displaces.
        ("8703230190", "VNM", "2025-12-15", 0.025, 0.25, 0.2, 0.475),
        # Theirs takes steel melted in Germany for granted.
        ("7208390000", "DEU", "2025-12-15", 0.0, 0.25, 0.0, 0.25),
    ],
    columns=COLUMNS,
)
WORDS = {"reason": "a reason of some length", "source": "note"}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    old = "specific_usd_per_unit: 0.1"
    root = tmp_path_factory.mktemp("data")
    return law_book(ex.load(tiny.write(root, law__us__fee__yaml=(old, "rate: 0.0"))))


def clusters(small, *items):
    ledger = Ledger(title="t", clusters=[Cluster.model_validate(WORDS | item) for item in items])
    return list(compare(small, ROWS, ledger).rows["cluster"])


def test_rows_are_equal_or_open(small):
    found = compare(small, ROWS, Ledger(title="t", clusters=[]))
    assert list(found.rows["equal"]) == [True, False, False]
    assert len(found.open_rows) == 2


def test_import_weighted_difference_by_hand(small):
    """Cars of Vietnam, 300 of 400: ours is 0.2 lower; what is not weighed or not known is out."""
    found = compare(small, ROWS, Ledger(title="t", clusters=[]))
    imports = pd.DataFrame(
        [("87032301", "DEU", 100.0), ("87032301", "VNM", 300.0), ("87032301", "KOR", 5.0)],
        columns=["hts", "iso3", "usd"],
    )
    table = found.weighted(imports).set_index("iso3")
    assert table.loc["VNM", ["difference", "absolute"]].to_list() == pytest.approx([-0.2, 0.2])
    assert table.loc["DEU", "difference"] == pytest.approx(0.0)
    assert table["imports_usd"].to_dict() == {"DEU": 100.0, "VNM": 300.0}


ADDED = {"id": "added", "verdict": "theirs", "components": "ieepa_reciprocal"}
MELT = {"id": "melt", "verdict": "assumption", "components": "s232", "facts": {"melt": 1.0}}


def test_a_cluster_takes_rows_that_differ_in_its_components_only(small):
    assert clusters(small, ADDED) == ["", "added", ""]
    assert clusters(small, ADDED | {"components": "s122"}) == ["", "", ""]


@pytest.mark.parametrize(
    ("narrower", "fits"),
    [
        ({"from": "2025-12-15", "until": "2025-12-15"}, True),
        ({"from": "2025-12-16"}, False),
        ({"until": "2025-12-14"}, False),
        ({"origins": "VNM"}, True),
        ({"origins": "DEU"}, False),
        ({"hts": "8703"}, True),
        ({"hts": "8704"}, False),
        ({"clauses": "us-cars/all"}, True),
        ({"clauses": "us-cars/kor"}, False),
        ({"theirs": {"ieepa_reciprocal": 0.2}}, True),
        ({"theirs": {"ieepa_reciprocal": 0.1}}, False),
        ({"column1_too_low": True}, False),
        ({"verdict": "unknown"}, False),
    ],
)
def test_each_selector_narrows(small, narrower, fits):
    assert clusters(small, ADDED | narrower)[1] == ("added" if fits else "")


def test_an_assumption_must_prove_itself(small):
    assert clusters(small, MELT) == ["", "", "melt"]
    assert clusters(small, MELT | {"facts": {"melt": 0.5}}) == ["", "", ""]


def test_the_first_cluster_that_fits_counts(small):
    assert clusters(small, ADDED, ADDED | {"id": "again"})[1] == "added"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"components": "s999"}, "s999"),
        ({"verdict": "mine"}, "verdict"),
        ({"hts": 8703}, "quoted"),
        ({"reason": "short"}, "reason"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_cluster_that_is_not_well_formed(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Cluster.model_validate(WORDS | ADDED | wrong)


def test_a_cluster_that_stands_twice(tmp_path):
    path = tmp_path / "ledger.yaml"
    cluster = (
        "{id: a, verdict: theirs, components: s122, reason: a reason of some length, source: n}"
    )
    path.write_text(f"title: t\nclusters:\n  - {cluster}\n  - {cluster}\n".replace("n}", "note}"))
    with pytest.raises(ExposureError, match="stands twice"):
        read_ledger(path)
