"""Method pages: every kernel has one page, its example runs, its parameters and modules exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.test_import_direction import KERNELS

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "exposure"
FOLDER = ROOT / "docs" / "methods"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
INDEX = TEXTS.pop("index")
HEADINGS = ("Inputs and outputs", "Equations", "Special cases", "Assumptions and bias", "Example",
            "Sources")  # fmt: skip
PLAIN = {"aligned"}
"""Environments that converters to MathML know."""


def head(text, name):
    """Names in backticks of the line ``* **name.** ...`` at the top of a page."""
    found = re.findall(rf"^\* \*\*{name}\.\*\* (.*)$", text, flags=re.M)
    assert len(found) == 1, f"{len(found)} lines of {name}"
    return re.findall(r"`([^`]+)`", found[0])


def modules(text):
    return set(re.findall(r"exposure/([\w/]+\.py)", text))


def kernels():
    """The list, all of the room of economics, and whatever calls itself a kernel."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        own = name.startswith("economy/") and path.name != "__init__.py"
        if name in KERNELS or own or said.startswith("Kernel"):
            yield name


@cache
def register():
    document = yaml.safe_load((ROOT / "data/raw/parameters.yaml").read_text(encoding="utf-8"))
    return {row["id"] for row in document["parameters"]}


def table():
    """Rows of the index: page -> (modules, parameters)."""
    rows = {}
    for line in INDEX.splitlines():
        found = re.match(r"\| [^|]+ \| \[[^\]]+\]\(([\w-]+)\.md\) \| ([^|]+) \| ([^|]+) \|$", line)
        if found:
            rows[found[1]] = (modules(found[2]), set(re.findall(r"`(\w+)`", found[3])))
    return rows


@pytest.mark.parametrize("kernel", list(kernels()))
def test_a_kernel_is_named_in_exactly_one_page(kernel):
    pages = [page for page, text in TEXTS.items() if kernel in modules(text)]
    assert len(pages) == 1, pages


def test_the_index_has_each_page_with_its_modules_and_parameters():
    own = {
        page: (modules(text), set(head(text, "Parameters"))) for page, text in TEXTS.items()
    }  # fmt: skip
    assert table() == own


@pytest.mark.parametrize("page", TEXTS)
def test_a_page_has_its_parts_and_names_what_exists(page):
    text = TEXTS[page]
    assert re.findall(r"^## (.*)$", text, flags=re.M) == list(HEADINGS)
    assert {f"exposure/{name}" for name in modules(text)} == set(head(text, "Modules"))
    assert [name for name in modules(text) if not (PACKAGE / name).is_file()] == []
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (FOLDER / link).is_file()] == []


@pytest.mark.parametrize("page", TEXTS)
def test_parameters_of_a_page_are_in_the_register(page):
    assert set(head(TEXTS[page], "Parameters")) <= register()


def test_every_parameter_is_on_a_page_or_said_to_be_on_none():
    beside = INDEX.partition("No kernel reads")[2]
    used = set().union(*(head(text, "Parameters") for text in TEXTS.values()))
    assert used | set(re.findall(r"`(\w+)`", beside)) == register()


@pytest.mark.parametrize("page", TEXTS)
def test_the_example_of_a_page_holds(page):
    """Runs the page's blocks; each calls a kernel of the page and asserts what the page says."""
    blocks = re.findall(r"^```python\n(.*?)^```$", TEXTS[page], flags=re.M | re.S)
    assert blocks
    own = {name.removesuffix(".py").replace("/", ".") for name in modules(TEXTS[page])}
    code = "\n".join(blocks)
    tree = ast.parse(code)
    called = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    assert called & {f"exposure.{name}" for name in own}
    assert any(isinstance(node, ast.Assert) for node in tree.body)
    exec(compile(tree, f"{page}.md", "exec"), {"__name__": page})


@pytest.mark.parametrize("page", ["index", *TEXTS])
def test_formulas_are_plain(page):
    text = TEXTS.get(page, INDEX)
    blocks = re.findall(r"^```{math}\n(.*?)^```$", text, flags=re.M | re.S)
    rest = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    rest = re.sub(r"`[^`\n]*`", "", rest)
    lines = [line for line in rest.splitlines() if line.count("$") % 2]
    assert lines == []
    formulas = [*blocks, *re.findall(r"\$([^$\n]+)\$", rest)]
    for formula in formulas:
        assert formula.count("{") == formula.count("}"), formula
        assert set(re.findall(r"\\begin{(\w+\*?)}", formula)) <= PLAIN, formula
        assert not re.search(r"\\(newcommand|def|operatorname|tag|label|left\.|right\.)", formula)
