"""What `exposure check` finds wrong with the law, and with a rule file laid over it: all at once."""

import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import ExposureError, Problems
from exposure.facts.place import data_root
from tests import tiny

MORNING = """
id: us-robots
importer: USA
authority: s232_robots
component: s232
title: Robots
instrument: Proclamation of this morning
scope: {hts: ["8517.13"]}
displaces: [reciprocal]
measures:
  - {id: general, from: 2025-12-01, known: 2025-11-23, rate: 0.25, source: "cl. 2"}
  - {id: deals, from: 2025-12-01, known: 2025-11-23, origin: [KOR, EU], all_in: 0.15, source: "cl. 3"}
"""


@pytest.fixture
def world(tmp_path):
    return ex.load(tiny.write(tmp_path / "data"))


def problems(world, tmp_path, *changes):
    text = MORNING
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "morning.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExposureError) as caught:
        ex.add_action(world, path)
    lines = str(caught.value).splitlines()
    assert all("morning.yaml" in line for line in lines)
    return lines


def test_a_rule_file_is_law_at_once(world, tmp_path):
    path = tmp_path / "morning.yaml"
    path.write_text(MORNING, encoding="utf-8")
    new = ex.add_action(world, path)
    for origin, on, before, after in [
        ("VNM", "2025-12-01", 0.0, 0.25),  # exempt from the reciprocal duty
        ("KOR", "2025-12-01", 0.0, 0.15),
        ("DEU", "2025-12-01", 0.0, 0.15),
        ("VNM", "2025-11-30", 0.0, 0.0),
    ]:
        assert ex.rate(world, "8517.13.00", origin, on).total[0] == pytest.approx(before)
        assert ex.rate(new, "8517.13.00", origin, on).total[0] == pytest.approx(after)
    assert new.fingerprint != world.fingerprint
    # An action of the same id is replaced, not doubled.
    path.write_text(MORNING.replace("0.25", "0.35"), encoding="utf-8")
    again = ex.add_action(new, path)
    assert ex.rate(again, "8517.13.00", "VNM", "2025-12-01").total[0] == pytest.approx(0.35)
    assert len(again.tables["clauses"]) == len(new.tables["clauses"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("8517.13", "8517.99", "hts '851799' begins no line"),
        ("importer: USA", "importer: USB", "importer 'USB' is not known"),
        ("[KOR, EU]", "[KOR, EUU]", "'EUU' is no country or group"),
        ("[reciprocal]", "[reciprocol]", "displaces 'reciprocol', which no action has"),
        ("component: s232", "component: s233", "component 's233' is none of mfn"),
        ("all_in: 0.15, source", "all_in: 0.15, when: {colour: red}, source", "attribute 'colour'"),
        ("all_in: 0.15,", "all_in: 0.15, until_known: 2026-01-01,", "goes with `until`"),
        ("from: 2025-12-01", "from: 1 December", "from"),
        ("{hts: [", "{lists: [robots], hts: [", "robots.csv: no such file"),
        (
            "origin: [KOR, EU], all_in: 0.15",
            "all_in: 0.15",
            "clauses general and deals overlap from 2025-12-01",
        ),
    ],
)
def test_each_mistake_is_named(world, tmp_path, old, new, said):
    assert any(said in line for line in problems(world, tmp_path, (old, new)))


def test_a_hypothesis_is_asked_and_never_law(world, tmp_path):
    asked = MORNING.replace("s232_robots", "hypothesis").replace("s232", "hypothesis")
    path = tmp_path / "asked.yaml"
    path.write_text(asked.replace("displaces: [reciprocal]\n", ""), encoding="utf-8")
    before, after = (
        ex.rate(each, "8703.23.01", "KOR", "2025-12-01").table.iloc[0]
        for each in (world, ex.add_action(world, _on_cars(path)))
    )
    # It stands in a column of its own, on top of all that was owed before.
    assert after["hypothesis"] == pytest.approx(after["total"] - before["total"])
    assert after["hypothesis"] > 0
    assert after["s232"] == before["s232"] > 0
    for wrong in (asked, asked.replace("component: hypothesis", "component: s232")):
        (world.root / "raw/law/us/asked.yaml").write_text(wrong, encoding="utf-8")
        with pytest.raises(Problems, match="asked.yaml: us-robots is a hypothesis, and no law"):
            ex.load(world.root, anew=True)


def _on_cars(path):
    text = path.read_text(encoding="utf-8").replace('"8517.13"', '"8703"')
    path.write_text(text, encoding="utf-8")
    return path


def test_a_gap_is_named_unless_it_is_said_to_be_one(world, tmp_path):
    later = "  - {id: later, from: 2026-02-01, known: 2025-11-23, rate: 0.3, source: cl. 4}\n"
    first = ("from: 2025-12-01, known: 2025-11-23, rate", "from: 2025-12-01, until: 2025-12-31, "
             "known: 2025-11-23, rate")  # fmt: skip
    korea = (
        "origin: [KOR, EU], all_in: 0.15",
        f"origin: [KOR, EU], all_in: 0.15, {'until: 2025-12-31'}",
    )
    last = ('source: "cl. 3"}\n', f'source: "cl. 3"}}\n{later}')
    lines = problems(world, tmp_path, first, korea, last)
    assert any(
        "nothing is said from 2026-01-01 until later begins on 2026-02-01" in x for x in lines
    )
    pause = last[1] + (
        "  - {id: pause, from: 2026-01-01, until: 2026-01-31, known: 2025-11-23, rate: 0.25, "
        "status: suspended, source: cl. 5}\n"
    )
    path = tmp_path / "morning.yaml"
    text = MORNING.replace(*first).replace(*korea).replace(last[0], pause)
    path.write_text(text, encoding="utf-8")
    ex.add_action(world, path)


def test_all_mistakes_are_told_at_once(world, tmp_path):
    lines = problems(
        world,
        tmp_path,
        ("8517.13", "8517.99"),
        ("[KOR, EU]", "[KOR, EUU]"),
        ("[reciprocal]", "[reciprocol]"),
    )
    assert len(lines) == 3


def test_a_group_without_members_in_the_time_of_its_clause(tmp_path):
    old = "EU,DEU,,,treaty"
    root = tiny.write(tmp_path, law__groups__csv=(old, "EU,DEU,,2020-01-31,treaty"))
    with pytest.raises(Problems, match="group 'EU' has no member from 2025-08-07 on"):
        ex.load(root)


def test_authorities_that_displace_one_another_in_a_circle(world, tmp_path, monkeypatch):
    path = tmp_path / "morning.yaml"
    text = MORNING.replace("[reciprocal]", "[steel]").replace("8517.13", "7208.39")
    path.write_text(text.replace("s232_robots", "reciprocal"), encoding="utf-8")
    monkeypatch.setenv("EXPOSURE_DATA", str(world.root))
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 2
    assert "displace one another in a circle" in done.output


def test_check_tells_what_a_rule_file_changes(world, tmp_path, monkeypatch):
    path = tmp_path / "morning.yaml"
    path.write_text(MORNING, encoding="utf-8")
    monkeypatch.setenv("EXPOSURE_DATA", str(world.root))
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 0, done.output
    assert "on 2025-12-01: 1 lines, 6 duties changed" in done.output
    assert "8517130000 from MEX: 0 % -> 25 %" in done.output
    asked = ["rate", "8517.13", "--origin", "VNM", "--on", "2025-12-01", "--law", str(path)]
    assert "us-robots/general" in CliRunner().invoke(main, asked).output


def test_check_reads_all_files_and_tells_all_mistakes(world, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(world.root))
    bad = tmp_path / "bad.yaml"
    bad.write_text(MORNING.replace("8517.13", "8517.99"), encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text("id: other\ntitle: T\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(bad), str(other)])
    assert done.exit_code == 2
    assert "bad.yaml" in done.output
    assert "other.yaml" in done.output


def test_the_shipped_rules_stand_each_by_itself():
    """Every shipped rule file can be laid over the law in its own place, and changes nothing."""
    world = ex.load()
    root = data_root() / "raw" / "law"
    for path in sorted(root.glob("us/*.yaml"))[::6]:
        again = ex.add_action(world, path)
        assert len(again.tables["clauses"]) == len(world.tables["clauses"])
        assert len(again.tables["scopes"]) == len(world.tables["scopes"])


def test_goods_of_a_list_that_match_no_line(tmp_path):
    root = tiny.write(tmp_path, law__us__lists__exempt__csv=("851713,", "851799,"))
    with pytest.raises(Problems, match="'851799' begins no line"):
        ex.load(root)
