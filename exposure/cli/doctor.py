"""The command that looks whether all is there: packages, data, fonts, a place to write."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exposure.cli.commands import FELL_SHORT, command
from exposure.cli.common import Say, answers
from exposure.errors import ExposureError, Problems
from exposure.facts.place import find_data
from exposure.version import __version__

if TYPE_CHECKING:
    from packaging.requirements import Requirement

NAME = "exposure"
PACKAGE = Path(__file__).resolve().parent.parent
LOST = {
    "dask": "no sweeps over more processes than one machine has",
    "duckdb": "no SQL over a sweep's files",
    "tables": "the World Input-Output Database cannot be read (the OECD tables can)",
    "notebook": "the notebooks cannot be opened",
    "docs": "the site of documentation cannot be built",
}
"""What one does without by optional packages, by their name in ``pyproject.toml``."""
DEVELOPERS = "dev"
SHOWN = 5
"""Problems of the data that are told; `exposure check` tells all."""
COLOURS = {"ok": "green", "note": "yellow", "bad": "red"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    part
        software, optional, data, output or fonts.
    name
        What was looked at.
    found
        What is there.
    state
        ``ok``; ``note``: one can do without it; ``bad``: something needed is missing or wrong.
    mend
        What to do; empty where all is well.
    """

    part: str
    name: str
    found: str
    state: str = "ok"
    mend: str = ""


@command(
    examples={
        "exposure doctor": "what is here, what is missing, and how to mend it",
        "exposure doctor --json": "the same, to be put into a report of a fault",
    }
)
@answers
def doctor(say: Say) -> None:
    """Look whether this installation is whole: packages, data, fonts, a place to write.

    Code 1 if something needed is missing or the data fails its checks.
    """
    found = [*software(), *data(), *fonts(), *output()]
    bad = [item for item in found if item.state == "bad"]
    say.json({"ok": not bad, "findings": [asdict(item) for item in found]})
    part = ""
    for item in found:
        if item.part != part:
            part = item.part
            say.text(part)
        line = f"  {item.state:<5} {item.name}: {item.found}"
        say.text(line + (f"; {item.mend}" if item.mend else ""), COLOURS[item.state])
    told = "1 thing is" if len(bad) == 1 else f"{len(bad)} things are"
    say.text(f"{told} missing or wrong" if bad else "all that is needed is there")
    if bad:
        sys.exit(FELL_SHORT)


# --- packages --------------------------------------------------------------------------------


def software() -> Iterator[Finding]:
    """Python, exposure and every package, with the versions that are asked for."""
    import platform

    try:
        python, asked = requirements()
    except ImportError:
        mend = _install("run", "packaging")
        yield Finding("software", "packaging", "missing, so no version can be judged", "bad", mend)
        return
    yield _versioned("software", python, platform.python_version())
    yield Finding("software", NAME, f"{__version__} in {PACKAGE}")
    for need in asked.pop("", []):
        yield _versioned("software", need, _installed(need.name))
    for extra, needs in asked.items():
        if extra == DEVELOPERS:
            continue
        missing = [need.name for need in needs if not _fits(need, _installed(need.name))]
        if missing:
            lost = LOST.get(extra, "what it is for is not said")
            mend = _extra(extra, missing, asked)
            yield Finding("optional", ", ".join(missing), f"missing: {lost}", "note", mend)
        else:
            found = ", ".join(f"{need.name} {_installed(need.name)}" for need in needs)
            yield Finding("optional", extra, found)


def _extra(extra: str, missing: list[str], asked: Mapping[str, list[Requirement]]) -> str:
    """How the packages of an extra come in."""
    if not in_checkout():
        return _install("", f"{NAME}[{extra}]")
    if {need.name for need in asked.get(DEVELOPERS, ())}.issuperset(missing):
        return "make docs" if extra == "docs" else _install("dev")
    return _install("", *(str(need) for need in asked[extra] if need.name in missing))


def in_checkout() -> bool:
    """Whether this Python is the one that the Makefile of a checkout sets up, from its lock."""
    own = PACKAGE.parent / ".venv"
    made = (PACKAGE.parent / "Makefile").is_file() and own.is_dir()
    return made and Path(sys.prefix).resolve() == own.resolve()


def _install(stamp: str, *needs: str) -> str:
    """How packages come in; ``stamp`` names what sets them up in a checkout, from its lock."""
    if stamp and in_checkout():
        return f"make -B .venv/{stamp}.stamp"
    python = ".venv/bin/python -m pip" if in_checkout() else "pip"
    return " ".join([python, "install", *(f'"{need}"' for need in needs)])


def requirements() -> tuple[Requirement, dict[str, list[Requirement]]]:
    """What exposure asks of Python, and of packages by extra; those that it needs have none.

    The file of a checkout says it, else what was installed.
    """
    from importlib import metadata

    from packaging.requirements import Requirement

    project = PACKAGE.parent / "pyproject.toml"
    if project.is_file():
        import tomllib

        stated = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
        lists = {"": stated["dependencies"], **stated.get("optional-dependencies", {})}
        found = {extra: [Requirement(line) for line in lines] for extra, lines in lists.items()}
        return Requirement(f"Python{stated['requires-python']}"), found
    about = metadata.metadata(NAME)
    lines = [Requirement(line) for line in metadata.requires(NAME) or []]
    found = {"": [item for item in lines if item.marker is None or item.marker.evaluate()]}
    for extra in about.get_all("Provides-Extra") or []:
        found[extra] = [
            item for item in lines
            if item.marker is not None and item.marker.evaluate({"extra": extra})
            and not item.marker.evaluate()
        ]  # fmt: skip
    return Requirement(f"Python{about['Requires-Python'] or ''}"), found


def _installed(name: str) -> str:
    """Version of a package; empty if it is not there."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _fits(need: Requirement, version: str) -> bool:
    return bool(version) and need.specifier.contains(version, prereleases=True)


def _versioned(part: str, need: Requirement, version: str) -> Finding:
    found = f"{version or 'missing'} (needs {need.specifier})"
    if _fits(need, version):
        return Finding(part, need.name, found)
    mend = _install("run", f"{need.name}{need.specifier}")
    return Finding(part, need.name, found, "bad", "install it" if need.name == "Python" else mend)


# --- data ------------------------------------------------------------------------------------


def data() -> Iterator[Finding]:
    """Where the data is, what marks it, whether built tables are current, and what is wrong."""
    try:
        step, root = find_data()
    except ExposureError as error:
        yield Finding("data", "folder", error.what, "bad", f"{error.where}: {error.mend}")
        return
    yield Finding("data", "folder", f"{root}, by {step}")
    try:
        from exposure.facts.build import raw_fingerprint, raw_tables
    except ImportError as error:
        mend = _install("run", str(error.name))
        yield Finding("data", "checks", f"not made: {error.name} is missing", "bad", mend)
        return
    mark = raw_fingerprint(root)
    yield Finding("data", "fingerprint", mark)
    built = _built(root, mark)
    yield built
    if built.state == "ok":
        yield Finding("data", "checks", "passed when the tables were built")
        return
    try:
        tables = raw_tables(root)
    except Problems as error:
        for problem in error.problems[:SHOWN]:
            yield Finding("data", "checks", str(problem), "bad", "mend the file")
        if len(error.problems) > SHOWN:
            more = f"{len(error.problems) - SHOWN} more problems"
            yield Finding("data", "checks", more, "bad", "`exposure check` tells all")
    except (ExposureError, OSError) as error:
        yield Finding("data", "checks", str(error), "bad", "mend the file, or install anew")
    else:
        yield Finding("data", "checks", f"{len(tables)} tables passed")


def _built(root: Path, mark: str) -> Finding:
    """Whether the built tables are there, whole, and of these raw files."""
    from exposure.facts.build import BUILT, damaged, manifest_matches

    folder = root / BUILT
    slow = "each command checks the raw files first, for some seconds"
    if not manifest_matches(root, mark):
        was = "stale" if any(folder.glob("*.parquet")) else "none"
        return Finding("data", "built tables", f"{was}: {slow}", "note", "`exposure build`")
    harmed = damaged(root)
    if harmed:
        what = f"damaged: {', '.join(harmed)}"
        return Finding("data", "built tables", what, "bad", "`exposure build`")
    return Finding("data", "built tables", f"current, in {folder}")


# --- what reports need -----------------------------------------------------------------------


def fonts() -> Iterator[Finding]:
    """Fonts of the PDF: the shipped ones, and no others."""
    try:
        from exposure.reports.pdf import FONTS
    except ImportError:
        # The package that is missing is told already.
        return
    names = sorted(path.stem for path in FONTS.glob("*.otf"))
    if names:
        yield Finding("fonts", "PDF", ", ".join(names))
    else:
        mend = f"install {NAME} anew"
        yield Finding("fonts", "PDF", f"none in {FONTS}", "bad", mend)


def output() -> Iterator[Finding]:
    """Whether reports can be written where they go by default."""
    import tempfile

    folder = Path("reports")
    place = folder if folder.exists() else Path()
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        mend = "go to another folder, or name one with --out"
        yield Finding("output", str(folder.absolute()), why, "bad", mend)
    else:
        yield Finding("output", str(folder.absolute()), "can be written")
