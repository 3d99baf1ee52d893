"""What is public is documented, and each verb of the package says all that a caller must know."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import exposure

PACKAGE = Path(exposure.__file__).resolve().parent
SECTIONS = ("Parameters", "Returns", "Raises", "Examples")
VERBS = [name for name in exposure.__all__ if not name.startswith("_")]


def public(tree, before=""):
    """Names and nodes of a module's functions and classes, and of the methods of classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            yield f"{before}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{node.name}.")


def undocumented(root):
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, node in [("module", tree), *public(tree)]:
            if not (ast.get_docstring(node) or "").strip():
                yield f"{path.relative_to(root).as_posix()}: {name}"


def test_everything_public_is_documented():
    assert list(undocumented(PACKAGE)) == []


def test_the_walk_finds_what_is_not_documented(tmp_path):
    (tmp_path / "a.py").write_text(
        '"""A."""\ndef f():\n    pass\nclass C:\n    """C."""\n    def m(self):\n        pass\n'
        "    def _p(self):\n        pass\ndef _g():\n    pass\n",
        encoding="utf-8",
    )
    assert list(undocumented(tmp_path)) == ["a.py: f", "a.py: C.m"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_all_sections_and_names_its_parameters(verb):
    function = getattr(exposure, verb)
    text = inspect.getdoc(function)
    heads = [line for line, under in re.findall(r"^(\w+)\n(-+)$", text, re.M)
             if len(line) == len(under)]  # fmt: skip
    assert [head for head in heads if head in SECTIONS] == list(SECTIONS)
    told = text.split("Parameters\n----------\n")[1].split("\nReturns\n")[0]
    named = {name for line in told.splitlines() if line[:1].strip() for name in line.split(", ")}
    assert named == set(inspect.signature(function).parameters)


@pytest.mark.parametrize("verb", VERBS)
def test_the_example_of_a_verb_calls_it(verb):
    examples = inspect.getdoc(getattr(exposure, verb)).split("Examples\n--------\n")[1]
    assert re.search(rf"^(>>>|\.\.\.) .*\bex\.{verb}\(", examples, re.M)
