"""Notebooks as text: `notebooks/NAME.py` is written by hand, `NAME.ipynb` beside it is made of it.

`python -m tests.notebooks` makes all of them. The text is in the form that jupytext calls
``py:percent``: a line ``# %% [markdown]`` begins a cell of commented text, ``# %%`` one of code.
"""

import hashlib
import json
from pathlib import Path

from exposure.facts.writing import replace_file

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
MARKS = {"# %% [markdown]": "markdown", "# %%": "code"}


def cells(text):
    """Kind and source of every cell of a text."""
    found = []
    for line in text.splitlines():
        if line in MARKS:
            found.append((MARKS[line], []))
        elif found:
            kind, lines = found[-1]
            lines.append(line.removeprefix("#").removeprefix(" ") if kind == "markdown" else line)
        elif line.strip():
            msg = f"{line!r} stands before the first cell"
            raise ValueError(msg)
    return [(kind, "\n".join(lines).strip("\n")) for kind, lines in found]


def notebook(text):
    """The notebook of a text: without outputs, each cell named by what stands in it."""
    made, taken = [], set()
    for kind, source in cells(text):
        name = hashlib.sha256(source.encode()).hexdigest()
        # Two cells of the same words are told apart by what the first one is called.
        while name[:8] in taken:
            name = hashlib.sha256(name.encode()).hexdigest()
        taken.add(name[:8])
        cell = {"cell_type": kind, "id": name[:8], "metadata": {}}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        made.append(cell | {"source": source.splitlines(keepends=True)})
    return {
        "cells": made, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip


def written(text):
    """The notebook of a text as it stands in its file."""
    return json.dumps(notebook(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main():
    """Make the notebook of every text."""
    for path in sorted(FOLDER.glob("*.py")):
        made = written(path.read_text(encoding="utf-8"))
        replace_file(path.with_suffix(".ipynb"), made.encode())


if __name__ == "__main__":
    main()
