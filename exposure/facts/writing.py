"""Files and folders are written whole or not at all, and only where they may be.

A temporary name comes first, then a rename; what the system refuses is named with its place.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
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
    temporary = _temporary(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name[:HIDDEN]}.{os.getpid()}.tmp")


def replace_files(folder: Path, files: Mapping[str, bytes], seal: str) -> None:
    """Write files of a folder among others; without the one named ``seal`` they do not count.

    All are written beside their places first. Then the old seal goes, the files take their places,
    and the new seal comes last: whoever is interrupted leaves the old files, or no seal.
    """
    names = sorted(files, key=lambda name: name == seal)
    waiting = {name: _temporary(folder / name) for name in names}
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for name, temporary in waiting.items():
                temporary.write_bytes(files[name])
            (folder / seal).unlink(missing_ok=True)
            for name, temporary in waiting.items():
                temporary.replace(folder / name)
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
        work = Path(tempfile.mkdtemp(prefix=f".{place.name[:HIDDEN]}.", dir=place.parent))
        try:
            _put(files, work, place)
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
