"""A checkout of one's own for each page, and the site, built once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import browser  # noqa: F401 (a fixture)

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "exposure", "data", "bench", "tests", "pyproject.toml", "Makefile", "requirements.lock",
    "requirements-dev.lock",
)  # fmt: skip


@pytest.fixture
def checkout(tmp_path):
    """A copy of the project in which a page may do what it says.

    Its environment stands already: `make` finds the command there and sets nothing up.
    """
    place = tmp_path / "exposure"
    place.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            # With compiled modules, so that five copies are not compiled five times; one that is
            # being written has a longer ending.
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(ROOT / name, place / name)
    commands = place / ".venv" / "bin"
    commands.mkdir(parents=True)
    command = commands / "exposure"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m exposure.cli "$@"\n')
    command.chmod(0o755)
    for name in ("run.stamp", "dev.stamp"):
        (place / ".venv" / name).touch()
    return place


@pytest.fixture
def perform(checkout):
    """Carries out a page in the copy; gives the exit code and what was printed."""

    def run(page):
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        environment.pop("EXPOSURE_DATA", None)
        done = subprocess.run(
            [sys.executable, "-m", "tests.docs.perform", str(page), str(checkout)],
            cwd=checkout, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The built site; a warning is an error."""
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html",
         "-d", str(out / "doctrees"), str(ROOT / "docs"), str(out / "html")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "html"
