"""Imports run one way. Reads the files as text; nothing of the package is imported."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "exposure"
SIBLINGS = ("facts", "law", "routes", "economy")
UPPER = ("reports", "sweeps", "validate", "cli", "api", "plots")
UP = {("model/results.py", "exposure.plots")}
"""Arrows that may go up: `Result.plot` hands a result to its pictures, which stand at the rim and
bring matplotlib. It is imported when a picture is asked for, and for types; nothing of it is used
below."""
LATE = "exposure.facts.tables"
"""Loads pandera, so it is imported inside functions only."""
HEAVY = ("matplotlib", "jinja2", "typst", "click")
KERNELS = (
    "law/stack.py",
    "law/base.py",
    "routes/landed.py",
    "routes/trace.py",
    "routes/choice.py",
    "economy/sectors.py",
    "economy/one_importer.py",
    "economy/embodied.py",
    "economy/demand.py",
    "economy/incidence.py",
    "economy/stock.py",
    "economy/sourcing.py",
    "economy/gsim.py",
    "economy/smart.py",
    "economy/quota.py",
    "economy/border_tax.py",
    "economy/protection.py",
    "economy/closure.py",
    "economy/relocation.py",
    "economy/jobs.py",
    "economy/absorb.py",
    "economy/derived.py",
    "economy/deals.py",
)
ALLOWED_IN_KERNELS = {
    "numpy", "scipy", "exposure.axes", "exposure.errors", "dataclasses", "typing",
    "collections.abc", "__future__",
}  # fmt: skip
OPENING = {"open", "read_text", "read_bytes", "read_csv", "read_parquet", "read_json"}


def imports(path):
    """Pairs (module, line, at module level)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            top -= {id(child) for child in node.body}
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno, id(node) in top


def files(root):
    return {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*.py"))}


def room(name):
    """Room of a file or module: ``law`` of ``law/stack.py`` and of ``exposure.law.stack``."""
    return name.removeprefix("exposure.").replace(".py", "").replace(".", "/").split("/")[0]


def sibling_imports(root):
    return [
        f"{name}:{line}: {module}"
        for name, path in files(root).items()
        for module, line, _ in imports(path)
        if room(name) in SIBLINGS
        and module.startswith("exposure.")
        and room(module) in SIBLINGS
        and room(module) != room(name)
    ]


def kernel_imports(root):
    # A kernel may stand on another kernel of its room.
    others = {"exposure." + name.removesuffix(".py").replace("/", ".") for name in KERNELS}
    return [
        f"{name}:{line}: {module}"
        for name, path in files(root).items()
        if name in KERNELS
        for module, line, _ in imports(path)
        if module not in ALLOWED_IN_KERNELS | others
        and module.split(".")[0] not in {"numpy", "scipy"}
    ]


def upward_imports(root):
    below = (*SIBLINGS, "model", "errors", "axes", "frames", "html_view")
    return [
        f"{name}:{line}: {module}"
        for name, path in files(root).items()
        if room(name) in below
        for module, line, top in imports(path)
        if module.split(".")[0] in HEAVY
        or (
            module.startswith("exposure.")
            and room(module) in UPPER
            and (top or (name, module) not in UP)
        )
        or (module.startswith("exposure.model") and room(name) != "model")
    ]


def ground_imports(root):
    """The small views stand on the standard library alone."""
    return [
        f"{name}:{line}: {module}"
        for name, path in files(root).items()
        if name == "html_view.py"
        for module, line, _ in imports(path)
        if module.split(".")[0] not in sys.stdlib_module_names
    ]


def early_imports(root):
    slow = ("networkx", "statsmodels", "pandera", *HEAVY[:3])
    return [
        f"{name}:{line}: {module}"
        for name, path in files(root).items()
        for module, line, top in imports(path)
        if top
        and (module.split(".")[0] in slow or module.startswith(LATE))
        and not name.startswith("facts/tables/")
    ]


def opened_files(root):
    found = []
    for name, path in files(root).items():
        if room(name) not in ("law", "routes", "economy", "model"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in OPENING:
                    found.append(f"{name}:{node.lineno}: {called}")
    return found


def circles(root):
    """Modules that reach themselves by imports at module level."""
    graph = {}
    for name, path in files(root).items():
        own = "exposure." + name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        graph[own] = {m for m, _, top in imports(path) if top and m.startswith("exposure.")}
    found = []
    for start in graph:
        seen, waiting = set(), list(graph[start])
        while waiting:
            module = waiting.pop()
            if module == start:
                found.append(start)
                break
            if module not in seen:
                seen.add(module)
                waiting.extend(graph.get(module, ()))
    return found


RULES = (
    sibling_imports, kernel_imports, upward_imports, ground_imports, early_imports, opened_files,
    circles,
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rule_holds(rule):
    assert rule(PACKAGE) == []


BROKEN = {
    sibling_imports: ("law/a.py", "from exposure.facts.world import load\n"),
    kernel_imports: ("law/stack.py", "import pandas\n"),
    upward_imports: ("model/a.py", "from exposure.reports import build\n"),
    ground_imports: ("html_view.py", "from exposure.errors import QueryError\n"),
    early_imports: ("economy/a.py", "import statsmodels.api as sm\n"),
    opened_files: ("routes/a.py", "def f(p):\n    return p.read_text()\n"),
    circles: ("model/a.py", "import exposure.model.a\n"),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_catches_a_breach(rule, tmp_path):
    name, text = BROKEN[rule]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    assert len(rule(tmp_path)) == 1


def test_the_arrow_up_is_allowed_within_a_function_only(tmp_path):
    name, module = next(iter(UP))
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(f"def f():\n    import {module}\n", encoding="utf-8")
    assert upward_imports(tmp_path) == []
    path.write_text(f"import {module}\n", encoding="utf-8")
    assert len(upward_imports(tmp_path)) == 1
    path.rename(path.with_name("other.py"))
    assert len(upward_imports(tmp_path)) == 1
