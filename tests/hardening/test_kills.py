"""Killed with no warning while it writes, a command leaves the old output whole, or none."""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

import pandas as pd
import pytest

import exposure as ex
from exposure.facts import build, writing
from exposure.reports import build as reports
from tests import tiny
from tests.night import count

EVENTS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "shutil.rmtree",
    "tempfile.mkdtemp",
    "half",
}
"""What a process does to files; before each of them it may be killed, and in the middle of a file."""
MOMENTS = count(20, 1000)


def recorded(monkeypatch, module, name, work):
    """What work hands to the one function that writes."""
    calls = []
    with monkeypatch.context() as patch:
        patch.setattr(module, name, lambda *given, **named: calls.append((given, named)))
        work()
    assert len(calls) == 1
    return calls[0]


def killed(work, moment):
    """Do the work in a process that is killed at its moment-th touch of a file; whether it was."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    try:
        left = [moment]

        def touch(event, *_):
            if event in EVENTS:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        def write_bytes(path, content):
            with path.open("wb") as stream:
                stream.write(content[: len(content) // 2])
                stream.flush()
                touch("half")
                stream.write(content[len(content) // 2 :])

        Path.write_bytes = write_bytes
        sys.addaudithook(touch)
        work()
    finally:
        os._exit(0)


def moments(work):
    """How often the work touches a file, found by doubling and halving."""
    high = 1
    while killed(work, high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if killed(work, middle) else (low, middle)
    return high


def spread(count):
    step = max(1, count // MOMENTS)
    return [*range(0, count, step), *range(max(0, count - 8), count)]


def digest(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_build_that_is_killed_leaves_the_old_tables_or_none(tmp_path, monkeypatch):
    root = tiny.write(tmp_path)
    build.build(root)
    folder = root / build.BUILT
    old = digest(folder)
    rule = root / "raw" / "law" / "us" / "cars.yaml"
    rule.write_text(
        rule.read_text("utf-8").replace("rate: 0.25, source", "rate: 0.2, source"), "utf-8"
    )
    given, named = recorded(monkeypatch, build, "replace_files", lambda: build.build(root))
    assert digest(folder) == old
    before = {name: (folder / name).read_bytes() for name in old}
    contents = given[1]
    new = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    assert new != old

    def restore():
        for path in folder.iterdir():
            path.unlink()
        for name, content in before.items():
            (folder / name).write_bytes(content)

    seen = set()
    count = moments(lambda: (restore(), writing.replace_files(*given, **named)))
    restore()
    for moment in spread(count):
        restore()
        assert killed(lambda: writing.replace_files(*given, **named), moment) or moment > count // 3
        found = {name: mark for name, mark in digest(folder).items() if not name.endswith(".tmp")}
        if build.MANIFEST in found:
            assert found in (old, new)
            seen.add("old" if found == old else "new")
        else:
            seen.add("none")
            assert not build.manifest_matches(root, json.loads(before[build.MANIFEST])["raw"])
    assert seen >= {"old", "none"}
    writing.replace_files(*given, **named)
    # The next build that comes to its end leaves nothing of those that did not.
    assert digest(folder) == new
    assert ex.load(root).table("clauses").equals(ex.load(root, anew=True).table("clauses"))


def test_a_report_that_is_killed_leaves_the_old_one_or_none(tmp_path, monkeypatch):
    world = ex.load(tiny.write(tmp_path / "data"))
    out = tmp_path / "reports" / "mine"
    result = ex.run(world, "tariff", draws=0, by_sector=False, by_quarter=False)
    ex.report(result, out)
    old = digest(out)
    given, named = recorded(
        monkeypatch, reports, "replace_folder", lambda: ex.report(result, out, kind="brief")
    )
    new = {name: hashlib.sha256(content).hexdigest() for name, content in given[1].items()}
    assert new != old
    before = {name: (out / name).read_bytes() for name in old}
    seen = set()
    count = moments(lambda: writing.replace_folder(*given, **named))
    for moment in spread(count):
        writing.replace_folder(out, before)
        killed(lambda: writing.replace_folder(*given, **named), moment)
        found = digest(out)
        assert found in (old, new, {})
        assert out.exists() == bool(found)
        seen.add("old" if found == old else "new" if found == new else "none")
    assert seen >= {"old", "new"}
    writing.replace_folder(*given, **named)
    assert digest(out) == new
    assert {path.name for path in out.parent.iterdir()} == {"mine"}


def test_only_what_dead_processes_of_ours_left_for_the_same_place_is_removed(tmp_path):
    path = tmp_path / "out.csv"
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    ours = writing._machine()
    kept = [
        f".out.csv.{os.getpid()}-{ours}.tmp.bak",
        f".out.csv.{os.getppid()}-{ours}.tmp",
        f".out.csv.{child}-{'0' * 8}.tmp",
        f".out.csv.{child}.tmp",
        f".other.csv.{child}-{ours}.tmp",
        f"out.csv.{child}-{ours}.tmp",
        f".out.csv.0-{ours}.tmp",
    ]
    gone = [f".out.csv.{child}-{ours}.tmp", f".out.csv.{child}-{ours}.a1.tmp"]
    for name in [*kept, gone[0]]:
        (tmp_path / name).write_text("half")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("whole")
    (tmp_path / gone[1]).mkdir()
    # A link goes, not what it names.
    (tmp_path / gone[1] / "link").symlink_to(elsewhere)
    (tmp_path / f".out.csv.{child}-{ours}.link.tmp").symlink_to(elsewhere)
    writing.replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert (elsewhere / "mine").read_text() == "whole"
    assert {item.name for item in tmp_path.iterdir()} == {*kept, "out.csv", "elsewhere"}


def test_a_piece_that_fails_leaves_the_old_table(tmp_path):
    from exposure.facts.user_tables import write_pieces

    path = tmp_path / "out.parquet"

    def pieces():
        yield pd.DataFrame({"a": [1]})
        msg = "no more"
        raise ValueError(msg)

    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="no more"):
        write_pieces(pieces(), path)
    assert [(item.name, item.read_bytes()) for item in tmp_path.iterdir()] == [
        ("out.parquet", b"old")
    ]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_the_hook_kills(tmp_path, what):
    """Without a rename at the end, half a file would be seen."""
    path = tmp_path / "x"
    work = (lambda: path.write_bytes(b"abcd")) if what == "file" else path.mkdir
    assert killed(work, 0)
    assert not path.exists()
    assert killed(lambda: path.write_bytes(b"abcd"), 1)
    assert path.read_bytes() == b"ab"
