"""Where the data lies; imports nothing heavy, so that a shell can ask for names at once."""

from __future__ import annotations

import os
from pathlib import Path

from exposure.errors import DataError

PACKAGE = Path(__file__).resolve().parent.parent
BUNDLE = "_data"
"""Folder inside the installed package that holds a copy of the data."""
VARIABLE = "EXPOSURE_DATA"
"""Environment variable that names a data folder (the one that holds ``raw/``)."""


def data_places(argument: str | Path | None = None) -> list[tuple[str, Path]]:
    """Steps of the search for the data folder, in order: what names the place, and the place.

    A place that is named, by the argument or by ``EXPOSURE_DATA``, is the only one.
    """
    if argument:
        return [("argument", Path(argument))]
    if os.environ.get(VARIABLE):
        return [(VARIABLE, Path(os.environ[VARIABLE]))]
    return [("checkout", PACKAGE.parent / "data"), ("installed package", PACKAGE / BUNDLE)]


def find_data(argument: str | Path | None = None) -> tuple[str, Path]:
    """The step of the search that found the data folder, and the folder.

    Raises
    ------
    DataError
        If no place holds ``raw/``.
    """
    places = data_places(argument)
    for step, place in places:
        if (place / "raw").is_dir():
            return step, place
    where = ", ".join(str(place) for _, place in places)
    raise DataError("no data folder", where, f"it must hold raw/; set {VARIABLE}")


def data_root(argument: str | Path | None = None) -> Path:
    """Folder that holds ``raw/``.

    Searched in this order: the argument, the environment variable ``EXPOSURE_DATA``, the checkout
    around the package, the copy inside the installed package.

    Raises
    ------
    DataError
        If none of them holds ``raw/``.
    """
    return find_data(argument)[1]


def is_bundled(root: Path) -> bool:
    """Whether a data folder is the copy inside the installed package, which is not written to."""
    return root.resolve() == (PACKAGE / BUNDLE).resolve()
