"""Mutants of a module: small changes of its source, found on its syntax tree."""

import ast
import re
from dataclasses import dataclass

SWAPS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "in": "not in", "not in": "in", "is": "is not", "is not": "is",
    "+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "%": "//", "**": "*", "&": "|", "|": "&",
    "and": "or", "or": "and",
}  # fmt: skip
SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|", ast.And: "and", ast.Or: "or",
}  # fmt: skip
NAMES = {
    "minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min", "any": "all",
    "all": "any", "argmin": "argmax", "argmax": "argmin", "floor": "ceil", "ceil": "floor",
    "fmin": "fmax", "fmax": "fmin", "expm1": "exp", "log1p": "log",
}  # fmt: skip
AXES = {0: "1", 1: "0", 2: "1", -1: "0", -2: "-1"}
SIDES = {"left": '"right"', "right": '"left"'}


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes
    ----------
    module
        Name as ``law/stack``.
    owner
        Function that holds it: ``f``, ``Class.f``, or ``<module>`` outside all functions.
    line
        Line number in the source.
    operator
        Kind of change.
    before, after
        The lines it touches, on one line, as they are and as it makes them.
    source
        The whole module, changed.
    """

    module: str
    owner: str
    line: int
    operator: str
    before: str
    after: str
    source: str


def mutants(module, text, chance):
    """Yield the mutants of a module's source in an order of ``chance``; each of them compiles."""
    found = _Finder(text)
    found.visit(ast.parse(text))
    whole = ast.dump(ast.parse(text))
    edits = sorted(set(found.edits), key=lambda edit: (edit[2:], edit[:2]))
    chance.shuffle(edits)
    seen = set()
    for owner, operator, start, end, new in edits:
        changed = found.raw[:start] + new.encode() + found.raw[end:]
        try:
            same = changed in seen or ast.dump(ast.parse(changed)) == whole
        except SyntaxError:
            continue
        seen.add(changed)
        if same:
            continue
        first = found.raw.rfind(b"\n", 0, start) + 1
        last = found.raw.find(b"\n", end)
        line = found.raw[:start].count(b"\n") + 1
        before = _flat(found.raw[first:last])
        after = _flat(found.raw[first:start] + new.encode() + found.raw[end:last])
        yield Mutant(module, owner, line, operator, before, after, changed.decode())


def code_lines(text):
    """How many lines hold code: no comments, docstrings or empty lines."""
    lines = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and not _is_text(node):
            lines.add(node.lineno)
        elif isinstance(node, ast.expr) and not isinstance(getattr(node, "value", None), str):
            lines |= {node.lineno, node.end_lineno}
    return len(lines)


def _flat(raw):
    return " ".join(raw.decode().split())


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class _Finder(ast.NodeVisitor):
    """Collects edits (owner, operator, start, end, new text) of bytes of the source."""

    def __init__(self, text):
        self.raw = text.encode()
        starts = [0]
        for line in self.raw.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self.starts = starts
        self.owner, self.known, self.edits = "<module>", set(), []

    def start(self, node):
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node):
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node):
        return self.raw[self.start(node) : self.end(node)].decode()

    def add(self, operator, node, new):
        self.edits.append((self.owner, operator, self.start(node), self.end(node), new))

    def swap(self, operator, left, op, right):
        """Change the sign between two operands."""
        sign = SIGNS.get(type(op))
        if sign is None:
            return
        start, end = self.end(left), self.start(right)
        word = re.escape(sign).replace("\\ ", r"\s+")
        place = re.search(
            rf"\b{word}\b" if sign[0].isalpha() else word, self.raw[start:end].decode()
        )
        if place:
            at = (start + place.start(), start + place.end())
            self.edits.append((self.owner, operator, *at, SWAPS[sign]))

    # What is not looked at: messages, types, decorators, how a thing prints.
    def visit_Raise(self, node):
        pass

    def visit_JoinedStr(self, node):
        pass

    def visit_Expr(self, node):
        if not _is_text(node):
            self.generic_visit(node)

    def visit_FunctionDef(self, node):
        if node.name in ("__repr__", "__str__"):
            return
        outer, known = self.owner, self.known
        if outer == "<module>" or outer.endswith("."):
            self.owner, self.known = outer.removeprefix("<module>") + node.name, set()
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                before = len(self.edits)
                self.visit(default)
                self.edits[before:] = [(e[0], "default", *e[2:]) for e in self.edits[before:]]
        for child in node.body:
            self.visit(child)
        self.owner, self.known = outer, known

    def visit_ClassDef(self, node):
        outer = self.owner
        for child in node.body:
            self.owner = f"{node.name}." if isinstance(child, ast.FunctionDef) else "<module>"
            self.visit(child)
        self.owner = outer

    def visit_If(self, node):
        if "TYPE_CHECKING" in ast.unparse(node.test):
            return
        self.force(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node):
        self.force(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node):
        for test in node.ifs:
            self.force(test)
        self.generic_visit(node)

    def force(self, test):
        for value in ("True", "False"):
            self.add("condition", test, value)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.visit(node.value)
            self.known.add(ast.unparse(node.target))

    def visit_Assign(self, node):
        (target, *_) = node.targets
        name = ast.unparse(target)
        if (
            self.owner == "<module>"
            and isinstance(target, ast.Name)
            and re.match("[A-Z].*[a-z]", name)
        ):
            return  # A name of a type.
        if not isinstance(target, ast.Name | ast.Tuple) or name in self.known:
            self.add("statement", node, "pass")
        self.known.add(name)
        self.generic_visit(node)

    def visit_AugAssign(self, node):
        self.add("statement", node, "pass")
        sign = SIGNS.get(type(node.op))
        if sign:
            start = self.end(node.target)
            place = self.raw.index(f"{sign}=".encode(), start)
            self.edits.append(
                (self.owner, "arithmetic", place, place + len(sign) + 1, SWAPS[sign] + "=")
            )
        self.generic_visit(node)

    def visit_Compare(self, node):
        operands = [node.left, *node.comparators]
        for left, op, right in zip(operands[:-1], node.ops, operands[1:], strict=True):
            self.swap("comparison", left, op, right)
        self.generic_visit(node)

    def visit_BoolOp(self, node):
        for left, right in zip(node.values[:-1], node.values[1:], strict=True):
            self.swap("boolean", left, node.op, right)
        self.generic_visit(node)

    def visit_BinOp(self, node):
        self.swap("arithmetic", node.left, node.op, node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            self.add("term dropped", node, self.text(node.left))
        self.generic_visit(node)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not | ast.Invert):
            self.add("not dropped", node, self.text(node.operand))
        elif isinstance(node.op, ast.USub):
            self.add("sign", node, self.text(node.operand))
        self.generic_visit(node)

    def visit_Constant(self, node):
        value = node.value
        if isinstance(value, bool):
            self.add("constant", node, str(not value))
        elif isinstance(value, int | float):
            near = {0: 1, 1: 0}.get(value, value + 1)
            self.add("constant", node, repr(type(value)(near)))
            if value:
                self.add("sign", node, f"(-{self.text(node)})")

    def visit_Subscript(self, node):
        part = node.slice
        if isinstance(part, ast.Slice):
            for end in (part.lower, part.upper):
                if end is not None:
                    self.add("slice", end, "")
        self.generic_visit(node)

    def visit_Call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("cast", "TypeVar", "Literal"):
            return
        if name in NAMES:
            text = self.text(node.func)
            self.add("function", node.func, text[: len(text) - len(name)] + NAMES[name])
        if name == "where" and len(node.args) == 3:
            yes, no = node.args[1:]
            self.edits.append(
                (self.owner, "branches", self.start(yes), self.end(no),
                 f"{self.text(no)}, {self.text(yes)}")
            )  # fmt: skip
        for word in node.keywords:
            value = getattr(word.value, "value", None)
            if isinstance(word.value, ast.UnaryOp):
                value = -word.value.operand.value if word.arg == "axis" else None
            if word.arg == "axis" and value in AXES:
                self.add("axis", word.value, AXES[value])
            elif word.arg != "repr":
                self.visit(word.value)
        for value in node.args:
            if isinstance(value, ast.Constant) and value.value in SIDES:
                self.add("side", value, SIDES[value.value])
        self.visit(node.func)
        for value in node.args:
            self.visit(value)
