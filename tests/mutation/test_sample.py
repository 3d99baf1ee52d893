"""The tool itself, and that its page says what its last run found."""

import ast
import random
from itertools import islice

import pytest

from tests.mutation.operators import mutants
from tests.mutation.sample import (
    COLUMNS,
    KEY,
    PAGE,
    RESULT,
    counts,
    equivalent,
    page,
    quotas,
    rate,
    survivors,
    table,
)

CASES = [
    # source of a function, changes that must be among its mutants
    ("return a < b", {"return a <= b"}),
    ("return a + b", {"return a - b", "return a"}),
    ("return x[1:n]", {"return x[:n]", "return x[1:]", "return x[0:n]", "return x[(-1):n]"}),
    ("return not a and b", {"return a and b", "return not a or b"}),
    ("return np.minimum(a, 0.0)", {"return np.maximum(a, 0.0)", "return np.minimum(a, 1.0)"}),
    ("return x.any(axis=1)", {"return x.all(axis=1)", "return x.any(axis=0)"}),
    ("return np.where(a, b, c)", {"return np.where(a, c, b)"}),
    ("return b if a else c", {"return b if True else c", "return b if False else c"}),
    ("a += b", {"a -= b", "pass"}),
    ("x[a] = b", {"pass"}),
    # A first assignment is not left out: everything would notice.
    ("y = a", set()),
    # What only speaks is left alone.
    ('raise ValueError(f"{a + 1}")', set()),
    ("z: Annotated[int, 1] = a", set()),
]


def changes(body):
    text = f"def f(a, b, c, n, x):\n    {body}\n"
    return list(mutants("m", text, random.Random(0)))


@pytest.mark.parametrize(("body", "expected"), CASES)
def test_changes_of_a_line(body, expected):
    made = {mutant.after for mutant in changes(body)}
    assert made >= expected
    assert bool(made) == bool(expected)


@pytest.mark.parametrize("body", [body for body, _ in CASES])
def test_a_mutant_compiles_differs_and_knows_its_place(body):
    for mutant in changes(body):
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(
            ast.parse(f"def f(a, b, c, n, x):\n    {body}\n")
        )
        assert (mutant.owner, mutant.line, mutant.before) == ("f", 2, body)


def test_a_seed_draws_the_same_mutants():
    text = "def f(a):\n    return a + 1 < 2 * a\n\n\nclass C:\n    x = 3\n\n    def g(self):\n        return 4\n"
    first, second = (list(mutants("m", text, random.Random(7))) for _ in range(2))
    assert first == second
    assert {mutant.owner for mutant in first} == {"f", "<module>", "C.g"}
    other = list(islice(mutants("m", text, random.Random(8)), len(first)))
    assert other != first


def test_shares_of_modules_add_up():
    assert quotas({"a": 50, "b": 30, "c": 20}, 10) == {"a": 5, "b": 3, "c": 2}
    assert quotas({"a": 97, "b": 2, "c": 1}, 10) == {"a": 8, "b": 1, "c": 1}


def test_an_equivalent_mutant_is_never_killed():
    row = dict.fromkeys(COLUMNS, "x")
    rows = [row | {"fate": "killed"}, row | {"fate": "survived", "before": "y"}]
    numbers = counts(rows, {("x", "x", "y", "x"): "no difference"})
    assert numbers == (2, 1, 0, 1, 0)
    assert rate(numbers) == 100.0
    assert rate(counts(rows, {})) == 50.0


def test_the_page_is_that_of_the_last_run():
    rows, reasons = table(RESULT, COLUMNS), equivalent()
    assert PAGE.read_text(encoding="utf-8") == page(rows, reasons, survivors())
    assert len(rows) >= 300
    assert rate(counts(rows, reasons)) >= 85
    survived = {tuple(row[name] for name in KEY) for row in rows if row["fate"] == "survived"}
    assert set(reasons) <= survived, "called equivalent, but a test tells it from the source"
    assert set(survivors()) == survived - set(reasons), "what each survivor would change"
