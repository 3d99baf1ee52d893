"""A grammar of mutations: well-formed YAML and CSV becomes what people and machines really write.

A document is parsed to nodes, some nodes are changed, and the text is changed once more. Payloads
go in as raw text, so that a tag, an alias or an odd number reaches the reader as it is written.
"""

import copy
import re
from decimal import Decimal, InvalidOperation

import yaml
from hypothesis import strategies as st

SCALARS = [
    "", "null", "~", "true", "false", "no", "off", "0", "-1", "1", "-0.0", "1e999", "-1e999", "1e-400",
    "1.0e-999", ".inf", "-.inf", ".nan", "nan", "inf", "Infinity", "010", "0x10", "0b11", "1:30", "1:30.5",
    "8_500", "1,5", "+.5", "5.", "1e3", "1e-3", "2025", "20250403", "9" * 30, "9" * 500, "9" * 5000,
    "2025-01-01", "2025-13-45", "2025-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "2025-1-5",
    "2025-01-01 10:00:00", "2025-01-01T00:00:00Z", "12:30:45", "1735689600", "86400",
    "''", '" "', "'0.5'", "'2025-01-01'", '"\\u0000"', '"a\\nb"', '"\\e[2J"', "é", "한국", "\U0001f600", '"\\ud800"',
    "\u202eabc", "''''", "x" * 5000, "../../etc/passwd", "/etc/passwd", "a/b", "=cmd()", "{}", "[]", "[1]", "[[]]",
    "{a: 1}", "{a: {b: {c: 1}}}", "[" * 60 + "]" * 60, "{a: " * 60 + "}" * 60,
    "!!python/object:os.system x", "!!python/object/apply:os.system [ls]", "!!binary aGk=", "!!float '1'",
    "!!set {a}", "!!omap []", "! x", "!local x", "&a x", "*a", "&a [*a]", "&a {b: *a}", "<<: 1", "{<<: 3}",
    "{<<: {a: 1}}", "? x", "{? [a, b] : 1}", "{[a]: 1}", "{1: 1, 1: 2}", "{null: 1}", "{true: 1}", "{0.5: 1}",
    "|\n", ">-", "%TAG", "@x", "`x", "- x", ": x", "# x", "---", "...", "'open", '"open', "[open", "{open",
    "USA", "KOR", "XXX", "usa", "NA", "8703.23", "'8703.23'", "'870'", "'87032'", "'٨٧'", "[87]", "['']",
]  # fmt: skip
"""What may stand in the place of a value."""
NUMBERS = [
    "0", "-1", "0.1", "1", "1e999", "1e-400", "1.0e-999", ".inf", ".nan", "'nan'", "010", "0x1", "0b1", "0:1", "1:30",
    "0_1", "8_500", "+.5", "5.", "1e-3", "'0.5'", "'1e-400'", "true", "false", "no", "null", "''", "' 0.5 '", "'\u0660'", "2030",
    "20250403", "0.30000000000000004", "123456789012345678901", "-0.0", "0.1e", "1,5", "50%", "2025-06-01", "2025-6-1",
    "2025-06-31", "'2025-06-01'", "'20250601'", "0", "86400", "2025-06-01 00:00:00", "2025-W01-1",
]  # fmt: skip
"""What may stand in the place of a number, a day or a truth value."""
KEYS = [
    "",
    "id",
    "rate",
    "from",
    "<<",
    "x" * 300,
    "한국",
    "null",
    "1",
    "true",
    "? ",
    "a b",
    "__class__",
    "model_config",
    "self",
]


def _bomb(text):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return text + "\n" + "\n".join(lines) + "\n"


TEXTS = {
    "as it is": lambda t: t,
    "BOM": lambda t: "\ufeff" + t,
    "CRLF": lambda t: t.replace("\n", "\r\n"),
    "CR": lambda t: t.replace("\n", "\r"),
    "tabs": lambda t: t.replace("  ", "\t"),
    "NUL": lambda t: t[: len(t) // 2] + "\0" + t[len(t) // 2 :],
    "escape": lambda t: t[: len(t) // 2] + "\x1b[31m" + t[len(t) // 2 :],
    "cut off": lambda t: t[: len(t) // 2],
    "twice": lambda t: t + t,
    "two documents": lambda t: t + "\n---\n" + t,
    "empty": lambda t: "",
    "comment": lambda t: "# nothing\n",
    "a list": lambda t: "- " + t.replace("\n", "\n  "),
    "a word": lambda t: "word",
    "a number": lambda t: "1",
    "bomb": _bomb,
    "deep": lambda t: t + "\nx: " + "[" * 20000,
    "deeper": lambda t: t + "\nx: " + "{a: " * 20000 + "1" + "}" * 20000,
    "indented": lambda t: "\n".join("- " * 200 + line for line in t.splitlines()),
    "circle": lambda t: "&a [*a]",
    "circle of keys": lambda t: "&a {? *a : 1}",
    "directive": lambda t: "%YAML 9.9\n---\n" + t,
    "tagged": lambda t: "!!python/object/new:os.system\n" + t,
}  # fmt: skip
ENCODINGS = [
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-16",
    "utf-32",
    "latin-1",
    "cp949",
    "shift_jis",
]


def _all(node, found=None, keys=True):
    found = [] if found is None else found
    if isinstance(node, yaml.MappingNode):
        found.append(node)
        for _, value in node.value:
            _all(value, found)
    elif isinstance(node, yaml.SequenceNode):
        found.append(node)
        for item in node.value:
            _all(item, found)
    else:
        found.append(node)
    return found


def _parts(node):
    """Lists in which something can be dropped, doubled or moved."""
    return [item for item in _all(node) if not isinstance(item, yaml.ScalarNode) and item.value]


def _placeholder(number):
    return yaml.ScalarNode("tag:yaml.org,2002:str", f"@{number}@", style=None)


def _mutate(root, kind, where, raw, number):
    if kind == "number":
        figures = [item for item in _all(root) if item.tag in NUMERIC]
        if figures:
            figure = figures[where % len(figures)]
            figure.tag, figure.value = "tag:yaml.org,2002:str", f"@{number}@"
        return
    parts = _parts(root)
    if not parts:
        return
    part = parts[where % len(parts)]
    at = where % len(part.value)
    mapping = isinstance(part, yaml.MappingNode)
    if kind == "drop":
        del part.value[at]
    elif kind == "double":
        part.value.insert(at, part.value[at])
    elif kind == "swap":
        part.value[at], part.value[-1] = part.value[-1], part.value[at]
    elif kind == "empty":
        part.value.clear()
    elif kind == "key" and mapping:
        part.value[at] = (_placeholder(number), part.value[at][1])
    elif kind == "more" and mapping:
        part.value.append((_placeholder(number), part.value[at][1]))
    elif kind == "nest":
        old = part.value[at][1] if mapping else part.value[at]
        new = yaml.SequenceNode("tag:yaml.org,2002:seq", [old])
        part.value[at] = (part.value[at][0], new) if mapping else new
    elif mapping:
        part.value[at] = (part.value[at][0], _placeholder(number))
    else:
        part.value[at] = _placeholder(number)


NUMERIC = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "timestamp", "bool"))
KINDS = (
    ["number"] * 6
    + ["value"] * 6
    + ["drop", "drop", "double", "swap", "empty", "key", "more", "nest"]
)


@st.composite
def documents(draw, seeds, most=2):
    """Name of a seed and bytes of what became of it."""
    name = draw(st.sampled_from(sorted(seeds)))
    root = copy.deepcopy(seeds[name])
    raws = []
    for number in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(KINDS))
        raws_of = {"key": KEYS, "more": KEYS, "number": NUMBERS}
        raw = draw(st.sampled_from(raws_of.get(kind, SCALARS)))
        _mutate(root, kind, draw(st.integers(0, 400)), raw, number)
        raws.append(raw)
    text = yaml.serialize(root, Dumper=yaml.CSafeDumper, allow_unicode=True)
    for number, raw in enumerate(raws):
        text = text.replace(f"'@{number}@'", raw).replace(f'"@{number}@"', raw)
    odd = draw(st.sampled_from([*["as it is"] * len(TEXTS) * 3, *TEXTS]))
    text = TEXTS[odd](text)
    encoding = draw(st.sampled_from([*["utf-8"] * 40, *ENCODINGS]))
    return name, text.encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")


def composed(text):
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def scalars_of(content):
    """What is written in a document: every scalar as text, and the numbers among them."""
    text = content.decode("utf-8-sig")
    written = {
        event.value
        for event in yaml.parse(text, Loader=yaml.CSafeLoader)
        if isinstance(event, yaml.ScalarEvent)
    }
    found = set()
    for scalar in written:
        number = as_number(scalar)
        if number is not None:
            found.add(number)
    return written, found


def as_number(text):
    """A decimal number as it is written, rounded to the nearest that a float holds."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    held = float(number)
    return None if held == 0 and number != 0 else held


def leaves(value):
    """Every value of plain data that is no list and no mapping; keys are values as well."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from leaves(item)
    elif isinstance(value, list | tuple | set):
        for item in value:
            yield from leaves(item)
    else:
        yield value


CELLS = [
    "", " ", "0", "-1", "1e999", "1e-400", "nan", "NaN", "NA", "null", "None", "inf", "-inf", "0x10", "1_000",
    "1,5", "1.5.5", "$5", "5%", "\uff15", "true", "TRUE", "2025-01-01", "2025-13-45", "2025-02-30", "1/2/2025",
    "0001-01-01", "9999-12-31", "20250101", "=1+1", "+cmd|' /C calc'!A0", "x" * 5000, "한국", "\u202e", "a\x1b[2J",
    '"', '"open', "a\nb", "a\rb", "{}", '{"claim": "korus"}', '{"claim": 1}', '{"claim": null}', '{"us_content": NaN}',
    '{"us_content": 1e999}', '{"us_content": 2}', '{"us_content": -1}', '{"claim": "korus", "claim": "usmca"}',
    "[1]", "1", "{", '{"' + "a" * 300 + '": 1}', "[" * 3000, '{"a": ' * 3000, "KOR", "XXX", "usa", "8703.23.01", "8703",
    "87", "870323011", "99999999", "../x", "/etc/passwd", "-0", "+1", "1e3", "9" * 400, "\0", "\ufeff",
]  # fmt: skip
TABLE_KINDS = ["cell"] * 8 + ["quoted"] * 3 + [
    "drop column", "double column", "rename column", "drop cell", "more cells", "drop row", "double row", "blank row",
    "no rows", "no head", "semicolons", "tabs", "CRLF", "BOM", "latin-1", "utf-16", "NUL", "cut", "empty", "open quote",
    "extra column", "all longer", "shuffle",
]  # fmt: skip


@st.composite
def tables(draw, rows, most=2):
    """Bytes of a CSV that was made of these rows (the first is the head) and then spoilt."""
    grid = [list(row) for row in rows]
    raw = set()
    after = []
    for _ in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(TABLE_KINDS))
        row, column = draw(st.integers(0, 30)), draw(st.integers(0, 30))
        row, column = row % max(len(grid), 1), column % max(len(grid[0]) if grid else 1, 1)
        cell = draw(st.sampled_from(CELLS))
        _spoil(grid, kind, row, column, cell, raw, after)
    lines = []
    for row in grid:
        cells = [c if (isinstance(c, _Raw)) else _quoted(c) for c in row]
        lines.append(",".join(cells))
    text = "\n".join(lines) + "\n"
    content = None
    for kind in after:
        if kind == "semicolons":
            text = text.replace(",", ";")
        elif kind == "tabs":
            text = text.replace(",", "\t")
        elif kind == "CRLF":
            text = text.replace("\n", "\r\n")
        elif kind == "BOM":
            text = "\ufeff" + text
        elif kind == "NUL":
            text = text[: len(text) // 2] + "\0" + text[len(text) // 2 :]
        elif kind == "cut":
            text = text[: len(text) * 2 // 3]
        elif kind == "empty":
            text = ""
        elif kind == "open quote":
            text = text + '"open\n'
        elif kind in ("latin-1", "utf-16"):
            content = text.encode(kind, "replace")
    return text.encode() if content is None else content


class _Raw(str):
    """A cell that goes in without quotes."""

    __slots__ = ()


def _quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if re.search(r'[,"\n\r]', cell) else cell


def _spoil(grid, kind, row, column, cell, raw, after):
    if not grid or not grid[0]:
        after.append(kind)
        return
    if kind in ("cell", "quoted"):
        line = grid[row]
        if line:
            line[column % len(line)] = _Raw(cell) if kind == "cell" else cell
    elif kind == "drop column":
        for line in grid:
            del line[column : column + 1]
    elif kind == "double column":
        for line in grid:
            line += line[column : column + 1]
    elif kind == "rename column":
        grid[0][column % len(grid[0])] = cell[:40]
    elif kind == "drop cell":
        del grid[row][column : column + 1]
    elif kind == "more cells":
        grid[row].append(cell)
    elif kind == "all longer":
        for line in grid[1:]:
            line.append("1")
    elif kind == "extra column":
        for number, line in enumerate(grid):
            line.insert(column, cell if number else "extra")
    elif kind == "drop row":
        del grid[row]
    elif kind == "double row":
        grid.insert(row, list(grid[row]))
    elif kind == "blank row":
        grid.insert(row, [""])
    elif kind == "no rows":
        del grid[1:]
    elif kind == "no head":
        del grid[0]
    elif kind == "shuffle":
        for line in grid:
            line.reverse()
    else:
        after.append(kind)
