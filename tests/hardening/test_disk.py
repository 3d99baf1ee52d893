"""A full disk, a file where a folder should be, a folder of someone else's: one line, code 2."""

import errno
import os
import resource
import textwrap
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.facts import build
from exposure.facts.place import VARIABLE
from tests import tiny
from tests.economy.test_estimation_files import border
from tests.hardening.test_documents import DEAL, SOLVE

LEFT = 300
"""Bytes that a file may have on the full disk."""
COMMANDS = {
    "run": ["run", "tariff", "--draws", "0", "--out"],
    "report": ["report", "done", "--out"],
    "market": ["market", "tariff", "--market", "cars", "--draws", "2", "-o"],
    "rates": ["rates", "in.csv", "-o"],
    "panel": ["panel", "--on", "2025-12-05", "-o"],
    "history": ["panel", "--on", "2025-12-05", "--until", "2025-12-07", "-o"],
    "timing": ["timing", "car/mexico", "--until", "2025-12-31", "--flows", "flows.csv", "-o"],
    "sweep": ["sweep", "grid", "--workers", "1", "-o"],
    "solve": ["solve", "turn.yaml", "--draws", "0", "-o"],
    "estimate": ["estimate", "border.yaml", "-o"],
    "deal": ["deal", "bargain", "--draws", "0", "-o"],
    "conflicts": ["conflicts", "--draws", "0", "-o"],
    "new": ["new", "product", "heater", "-o"],
}
FILES = {"rates": ".csv", "panel": ".parquet", "timing": ".parquet", "new": ".yaml"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root = tiny.write(tmp_path_factory.mktemp("data"))
    (root / "raw" / "deals").mkdir()
    text = textwrap.dedent(DEAL).replace("party: KOR", "party: MEX")
    (root / "raw" / "deals" / "bargain.yaml").write_text(text, encoding="utf-8")
    build.build(root)
    folder = tmp_path_factory.mktemp("work")
    world = ex.load(root)
    ex.report(ex.run(world, "tariff", draws=0, by_sector=False, by_quarter=False), folder / "done")
    rows = "".join(f"87032301,KOR,2025-12-05,{'x' * 80}\n" for _ in range(20))
    (folder / "in.csv").write_text(f"hts,origin,on,mine\n{rows}", encoding="utf-8")
    (folder / "turn.yaml").write_text(textwrap.dedent(SOLVE), encoding="utf-8")
    rows = "".join(f"2025-{month:02d},8000,8000,9000\n" for month in range(1, 13))
    (folder / "flows.csv").write_text(f"month,entries,sales,stock\n{rows}", encoding="utf-8")
    border(folder)
    return root, folder


@pytest.fixture
def call(place, monkeypatch):
    root, folder = place
    monkeypatch.setenv(VARIABLE, str(root))
    monkeypatch.chdir(folder)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@contextmanager
def full_disk():
    """No file of this process may grow any more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LEFT, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def seen(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def one_line(done, *says):
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.strip().splitlines()
    assert any(word in line for word in says), line


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_is_one_line_and_leaves_nothing(call, tmp_path, name):
    out = tmp_path / "mine" / f"out{FILES.get(name, '')}"
    with full_disk():
        done = call(*COMMANDS[name], out)
    # A report is set in a temporary folder first.
    one_line(done, f"out{FILES.get(name, '')}: cannot be written", f"{gettempdir()}/")
    assert os.strerror(errno.EFBIG) in done.stderr
    held = [path for path in seen(tmp_path) if (tmp_path / path).is_file()]
    # A sweep says what it began; it goes on with --resume.
    assert held in ([], ["mine/out/plan.json"] if name == "sweep" else [])


def test_a_full_disk_leaves_the_old_output(call, tmp_path):
    out = tmp_path / "out"
    assert call(*COMMANDS["history"], out).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with full_disk():
        one_line(call(*COMMANDS["history"], out), "too large")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert seen(tmp_path) == ["out", *sorted(f"out/{name}" for name in before)]


def test_a_full_disk_leaves_the_old_tables(call, place):
    folder = place[0] / build.BUILT
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with full_disk():
        one_line(call("build"), "too large")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_in_the_place_of_a_folder(call, tmp_path, name):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    out = tmp_path / "mine" / f"out{FILES.get(name, '')}"
    one_line(call(*COMMANDS[name], out), "mine")
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
    assert seen(tmp_path) == ["mine"]


@pytest.mark.parametrize("name", ["run", "rates", "panel", "sweep", "solve"])
def test_a_folder_that_may_not_be_written(call, tmp_path, monkeypatch, name):
    """Root may write everywhere, so the system's answer is put in its place."""

    def refuse(path, *_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    out = tmp_path / "mine" / f"out{FILES.get(name, '')}"
    one_line(call(*COMMANDS[name], out), "Permission denied")
    assert seen(tmp_path) == ["mine"]


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(FILES)))
def test_a_folder_of_someone_else_is_not_replaced(call, tmp_path, name):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    one_line(call(*COMMANDS[name], tmp_path), "mine.txt", "something other", "not empty")
    assert seen(tmp_path) == ["mine.txt"]


@pytest.mark.parametrize("name", FILES)
def test_a_folder_is_no_file(call, tmp_path, name):
    out = tmp_path / f"out{FILES[name]}"
    out.mkdir()
    one_line(call(*COMMANDS[name], out), str(out))
    assert seen(tmp_path) == [out.name]


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"new", "sweep"}))
def test_what_the_same_command_wrote_is_replaced(call, tmp_path, name):
    out = tmp_path / f"out{FILES.get(name, '')}"
    for _ in range(2):
        done = call(*COMMANDS[name], out)
        assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_an_output_through_a_link_goes_where_it_points(call, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for _ in range(2):
        assert call(*COMMANDS["history"], tmp_path / "link").exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "lines.parquet").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]
