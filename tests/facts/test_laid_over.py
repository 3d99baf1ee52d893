"""Documents laid over a world: what is new in it, and the same again from what a run kept."""

import pandas as pd
import pytest

from exposure.errors import DataError, Problems
from exposure.facts.added import add_action, add_product, lay_again

MORNING = """
id: us-robots
importer: USA
authority: s232_robots
component: s232
title: Robots
instrument: P
scope: {hts: ["8517.13"]}
measures: [{id: all, from: 2025-12-01, known: 2025-11-23, rate: 0.25, source: "cl. 2"}]
"""


@pytest.fixture
def world(example_small):
    return example_small


@pytest.fixture
def morning(tmp_path):
    path = tmp_path / "morning.yaml"
    path.write_text(MORNING, encoding="utf-8")
    return path


def test_a_document_is_laid_over_and_the_world_stays(world, morning):
    before = {name: len(table) for name, table in world.tables.items()}
    new, action = add_action(world, morning)
    assert {name: len(new.tables[name]) - count for name, count in before.items()
            if len(new.tables[name]) != count} == {"clauses": 1, "scopes": 1}  # fmt: skip
    assert (action.id, [kind for kind, _ in new.added]) == ("us-robots", ["action"])
    assert {name: len(table) for name, table in world.tables.items()} == before
    assert world.added == () and new.fingerprint != world.fingerprint


def test_what_another_world_had_is_laid_over_again(world, morning, tmp_path):
    path = tmp_path / "own.yaml"
    text = (world.root / "raw" / "firms" / "car.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("id: car", "id: own", 1), encoding="utf-8")
    new, _ = add_product(add_action(world, morning)[0], path)
    again = lay_again(world, new.added)
    assert (again.fingerprint, again.added) == (new.fingerprint, new.added)
    for name, table in new.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


@pytest.mark.parametrize(
    ("added", "says"),
    [
        (("scenario", "{}"), "scenario of the run: not a document: 'scenario'"),
        (("action", "{"), "action of the run: not a document: 1 validation error for Action"),
        (("product", "{}"), "product of the run: not a document: "),
    ],
)
def test_what_is_no_document_of_a_run_is_one_line(world, added, says):
    with pytest.raises(DataError) as caught:
        lay_again(world, [added])
    line = str(caught.value)
    assert line.startswith(says) and line.endswith("(as the run wrote it)") and "\n" not in line


def test_the_file_is_named_in_every_line_of_what_is_wrong_with_it(world, morning):
    text = MORNING.replace("8517.13", "8517.99").replace("rate: 0.25", "origin: KRO, rate: 0.25")
    morning.write_text(text)
    with pytest.raises(Problems) as caught:
        add_action(world, morning)
    assert str(caught.value).split("\n") == [
        f"{morning}: action us-robots, clause all, origin: 'KRO' is no country or group",
        f"{morning}: goods of us-robots: hts '851799' begins no line of any edition of the "
        "schedule (a prefix of a line of 8 or 10 digits)",
    ]
