"""Files and folders are written whole or not at all, and only where they may be.

A temporary name comes first, then a rename; what the system refuses is named with its place.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from exposure.errors import DataError, QueryError
from exposure.facts.files import reason, shown

HIDDEN = 60
"""Letters of a name that a temporary name repeats: names of files have an end."""


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Name the file or folder that could not be written, whatever its temporary name was.

    Raises
    ------
    DataError
        If the system refuses: a full disk, a folder that may not be written, a file in its place.
    """
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be written: {reason(error)}", str(place)) from error


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary name first, then a rename."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name to write a file to; it takes its place at the end, if it is there.

    What a killed process left beside the place is removed then.

    Raises
    ------
    DataError
        If the system refuses.
    """
    temporary = path.with_name(_temporary(path.name))
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            if temporary.exists():
                temporary.replace(path)
                _sweep_up(path.parent, [path.name])
        finally:
            temporary.unlink(missing_ok=True)


def _temporary(name: str, more: str = "") -> str:
    """Hidden name beside a place, by which a later process knows whose it is."""
    return f".{name[:HIDDEN]}.{os.getpid()}-{_machine()}{more}.tmp"


@cache
def _machine() -> str:
    """A mark of this machine: numbers of processes say nothing of those of another."""
    import platform

    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _sweep_up(folder: Path, names: Collection[str]) -> None:
    """Remove what processes of this machine and user that live no more left beside these names.

    Called when the new output stands: until then, what was left may hold the only old one.
    """
    if os.name != "posix":
        # Elsewhere there is no harmless way to ask whether a process lives.
        return
    places = {re.escape(name[:HIDDEN]) for name in names}
    left = re.compile(rf"\.(?:{'|'.join(places)})\.([1-9]\d{{0,8}})-{_machine()}(?:\.\w+)?\.tmp")
    for path in list(folder.iterdir()):
        found = left.fullmatch(path.name)
        if found is None or _lives(int(found[1])):
            continue
        with suppress(OSError):
            mode = path.lstat()
            if mode.st_uid != os.getuid():
                continue
            if stat.S_ISDIR(mode.st_mode):
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _lives(process: int) -> bool:
    """Whether a process of this number is there, whosever it is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def replace_files(folder: Path, files: Mapping[str, bytes], seal: str) -> None:
    """Write files of a folder among others; without the one named ``seal`` they do not count.

    All are written beside their places first. Then the old seal goes, the files take their places,
    and the new seal comes last: whoever is interrupted leaves the old files, or no seal.
    """
    names = sorted(files, key=lambda name: name == seal)
    waiting = {name: folder / _temporary(name) for name in names}
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for name, temporary in waiting.items():
                temporary.write_bytes(files[name])
            (folder / seal).unlink(missing_ok=True)
            for name, temporary in waiting.items():
                temporary.replace(folder / name)
            _sweep_up(folder, names)
        finally:
            for temporary in waiting.values():
                temporary.unlink(missing_ok=True)


def replace_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """A folder with these files and no others, whole or not at all; one that is there goes.

    Whoever is interrupted leaves the old folder or the new one, or, between two renames, none.
    """
    with writing(out):
        place = out.resolve()
        place.parent.mkdir(parents=True, exist_ok=True)
        work = place.with_name(_temporary(place.name, f".{secrets.token_hex(4)}"))
        work.mkdir(mode=0o700)
        try:
            _put(files, work, place)
            _sweep_up(place.parent, [place.name])
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _put(files: Mapping[str, bytes], work: Path, place: Path) -> None:
    """Write files to a folder inside ``work``, and let it change places with ``place``."""
    made, old = work / "new", work / "old"
    for name, content in files.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if place.exists():
        place.rename(old)
    try:
        made.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise


def must_be_ours(folder: Path, names: Collection[str]) -> None:
    """See that a folder may be replaced: it is not there, is empty, or holds files of these names.

    Raises
    ------
    QueryError
        If it holds another file, or is no folder.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise QueryError("is no folder", str(folder), "another place")
    strange = sorted(path.name for path in folder.iterdir() if path.name not in names)
    if strange:
        mend = "an empty folder, or one that the same command wrote"
        raise QueryError(f"holds {shown(strange[0])}", str(folder), mend)
