"""Notebooks: made of their text and nothing else; each asks, says what to distrust, and is listed.

That they run is tested by nbmake (`make test`).
"""

import json
import re

import nbformat
import pytest

from tests.notebooks import FOLDER, KERNEL, cells, notebook, written

TEXTS = sorted(FOLDER.glob("*.py"))
NAMES = [path.stem for path in TEXTS]
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")
LINK = re.compile(r"\[[^\]]+\]\(([^)]+)\)")
ROW = re.compile(r"^\| \[`(\w+)`\]\((\w+)\.ipynb\) \| (.+) \| (\d+) \|$", flags=re.M)
MOST_SECONDS = 60


def text(name):
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def sources(name, kind):
    return [source for found, source in cells(text(name)) if found == kind]


def question(name):
    """What a notebook asks, in one line."""
    first = sources(name, "markdown")[0]
    asked = re.search(r"\*\*Question\.\*\*(.*?\?)(?:\n\n|$)", first, flags=re.S)
    assert asked, f"{name}: no question in the first cell"
    return " ".join(asked[1].split())


def test_each_notebook_has_its_text_and_each_text_its_notebook():
    assert NAMES
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_what_its_text_makes(name):
    stands = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert stands == written(text(name)), "run python -m tests.notebooks"


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_holds_no_outputs_and_no_metadata_but_the_kernel(name):
    found = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbformat.validate(found)
    assert found.metadata == {"kernelspec": KERNEL}
    assert len({cell.id for cell in found.cells}) == len(found.cells)
    for cell in found.cells:
        assert cell.metadata == {}
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_begins_with_a_question_and_ends_with_what_to_distrust(name):
    kinds = [kind for kind, _ in cells(text(name))]
    assert kinds[0] == kinds[-1] == "markdown"
    first, *_, last = sources(name, "markdown")
    assert first.startswith("# ")
    assert question(name).count("?") == 1
    assert "## What to distrust\n" in last
    assert last.index("## What to distrust") < last.index("## Read on")
    assert LINK.search(last[last.index("## Read on") :])


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name):
    links = [link for source in sources(name, "markdown") for link in LINK.findall(source)]
    assert not [link for link in links if not (FOLDER / link).is_file()]


@pytest.mark.parametrize("name", NAMES)
def test_every_number_in_words_stands_in_the_code_too(name):
    code = "\n".join(sources(name, "code"))
    told = [n for source in sources(name, "markdown") for n in NUMBER.findall(source)]
    assert not [number for number in told if number not in code]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_writes_to_a_folder_that_is_thrown_away_only(name):
    code = "\n".join(sources(name, "code"))
    if re.search(r"write_|ex\.sweep|ex\.report|savefig|\bto_(csv|parquet|excel)\b", code):
        assert "TemporaryDirectory()" in code
        assert "folder.cleanup()" in code


def test_the_list_has_every_notebook_with_its_question():
    rows = ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8"))
    assert sorted(name for name, *_ in rows) == NAMES
    assert rows[0][0] == "first_steps"
    for name, file, asked, seconds in rows:
        assert file == name
        assert asked == question(name)
        assert 0 < int(seconds) <= MOST_SECONDS


def test_a_text_becomes_cells():
    told = "# %% [markdown]\n# # Title\n#\n# Words.\n\n# %%\nx = 1  # one\n\n# A comment.\nx\n"
    assert cells(told) == [
        ("markdown", "# Title\n\nWords."),
        ("code", "x = 1  # one\n\n# A comment.\nx"),
    ]
    assert json.loads(written(told)) == notebook(told)
    with pytest.raises(ValueError, match="before the first cell"):
        cells("x = 1\n# %%\n")


def test_a_cell_keeps_its_name_while_its_words_stay():
    one, two = "# %%\nx = 1\n", "# %%\ny = 2\n"
    ids = {cell["id"]: "".join(cell["source"]) for cell in notebook(one + two)["cells"]}
    later = [cell["id"] for cell in notebook("# %%\nz = 3\n" + one + two)["cells"]]
    assert list(ids) == later[1:]
    twice = [cell["id"] for cell in notebook(one + one)["cells"]]
    assert len(set(twice)) == 2
    assert twice[0] in ids
