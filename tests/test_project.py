"""The project itself: commands of the README, lock files, sources, and what no file may name."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from exposure.facts.files import read_csv
from exposure.facts.read_economy import SOURCE_COLUMNS
from exposure.version import __version__

ROOT = Path(__file__).resolve().parent.parent
RAW = ROOT / "data" / "raw"
LOCKS = ("requirements.lock", "requirements-dev.lock")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_begins_with_the_two_commands_and_make_knows_them():
    blocks = re.findall(r"^```sh\n(.*?)^```$", text("README.md"), flags=re.M | re.S)
    assert blocks[:2] == ["make run\n", "make test\n"]
    rules = dict(re.findall(r"^([\w./]+):(.*)$", text("Makefile"), flags=re.M))
    for target in ("run", "test"):
        needed = rules[target].split()
        assert [name for name in needed if name in rules], f"{target} sets nothing up"
        assert re.search(rf"^\.PHONY:.*\b{target}\b", text("Makefile"), flags=re.M)


# The words are put together here, so that this file does not hold what it forbids.
HOSTS = (
    "pypi" + ".org", "python" + "hosted", "ana" + "conda", "conda" + ".io", "conda" + "-forge",
    "npm" + "js", "yarn" + "pkg", "crates" + ".io", "ruby" + "gems.org", "proxy." + "golang",
    "index" + "-url", "find" + "-links", "trusted" + "-host",
)  # fmt: skip
FOLDERS = ("home", "work", "tmp", "Users", "root", "private", "mnt")
FORBIDDEN = re.compile(
    "|".join(re.escape(host) for host in HOSTS)
    # An absolute path: its first slash ends no word, as in an address or in an encoded picture.
    + rf"|(?<![\w.+=-])/(?:{'|'.join(FOLDERS)})/"
    + r"|(?<![\w\\])[A-Za-z]:\\{1,2}(?:Users|Windows|Program|Temp)",
    flags=re.I,
)


def committed():
    """Committed text files by name; skips where there is no checkout to ask."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a checkout to know which files are committed")
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in done.stdout.decode().split("\0"):
        path = ROOT / name
        content = path.read_bytes() if name and path.is_file() else b""
        if content and b"\0" not in content:
            yield name, content.decode("utf-8")


def test_no_committed_file_names_a_registry_or_a_place_of_one_machine():
    found = [
        f"{name}:{number}: {hit.group()}"
        for name, content in committed()
        for number, line in enumerate(content.splitlines(), 1)
        if (hit := FORBIDDEN.search(line))
    ]
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "see https://" + "pypi" + ".org/simple",
        "--extra-" + "index" + "-url x",
        "open('" + "/ho" + "me/me/x')",
        '"/t' + 'mp/x"',
        "file:///" + "wo" + "rk/main/x",
        "C:" + "\\Users\\me",
    ],
)
def test_the_rule_catches_a_breach(line):
    assert FORBIDDEN.search(line)


@pytest.mark.parametrize(
    "line",
    [
        'xmlns="http://www.w3.org/2000/svg"',
        "#!/usr/bin/env bash",
        "https://example.org/en/home/work/page",
        "data/tmp/x, ./work/y",
        'png": "iVBORw0KGgo/t' + 'mp/AAA"',
        r"Scenario A:\n",
    ],
)
def test_the_rule_leaves_what_is_fine(line):
    assert not FORBIDDEN.search(line)


MARKER = r"[a-z_]+ (?:==|!=|<=|>=|<|>) '[\w.]+'"
PINNED = re.compile(rf"([a-z0-9][a-z0-9.-]*)==[\w.!+]+(?: ; {MARKER}(?: (?:and|or) {MARKER})*)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def locked(name):
    return {match[1] for line in text(name).splitlines() if (match := PINNED.fullmatch(line))}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(name):
    lines = text(name).splitlines()
    strange = [line for line in lines if not (PINNED.fullmatch(line) or HASH.fullmatch(line))]
    assert not strange
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert line.endswith("\\") == bool(HASH.fullmatch(following)), f"{line} -> {following}"


def names(requirements):
    found = [re.match(r"[A-Za-z0-9._-]+", item) for item in requirements]
    return {re.sub(r"[-_.]+", "-", match.group()).lower() for match in found if match}


def test_every_dependency_is_locked():
    document = tomllib.loads(text("pyproject.toml"))
    needed = names(document["project"]["dependencies"]) | names(
        document["build-system"]["requires"]
    )
    assert needed <= locked("requirements.lock")
    developing = names(document["project"]["optional-dependencies"]["dev"])
    assert developing | locked("requirements.lock") <= locked("requirements-dev.lock")


def test_every_source_is_known_and_every_row_of_sources_is_used():
    table = read_csv(RAW / "sources.csv", SOURCE_COLUMNS)
    known = set(table["source_id"])
    assert len(known) == len(table)
    paths = [*RAW.glob("firms/*.yaml"), *RAW.glob("economy/**/*.*"), RAW / "parameters.yaml"]
    paths += [*RAW.glob("estimations/*.yaml"), *RAW.glob("deals/*.yaml"), RAW / "conflicts.csv"]
    said = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    cited = set(re.findall(r"\bsource: ([\w-]+)", said))
    sourced = [RAW / "economy/labour.csv", RAW / "law/us/utilisation.csv"]
    # What we say of our own errors, and their scores, cite nothing.
    ours = {"diagnoses.csv", "revisions.csv", "scores.csv"}
    outcomes = [path for path in RAW.glob("outcomes/*.csv") if path.name not in ours]
    for path in (*sourced, *outcomes):
        cited |= set(read_csv(path, ["source"])["source"])
    assert cited - known == set(), "cited and not in sources.csv"
    words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", said))
    assert known - words - cited == set(), "in sources.csv and nowhere cited, not even in a note"


def test_the_changelog_knows_the_version():
    heads = re.findall(r"^## (.+)$", text("CHANGELOG.md"), flags=re.M)
    assert any(__version__ in head for head in heads), f"{__version__} in none of {heads}"
    assert tomllib.loads(text("pyproject.toml"))["project"]["dynamic"] == ["version"]
