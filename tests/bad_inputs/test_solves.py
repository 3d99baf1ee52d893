"""Bad solve files: one clear line that names file and field."""

import pytest

from exposure.errors import DataError, Problems
from exposure.facts.documents import Solve
from exposure.facts.strict_yaml import read_document

MISFITS = {
    "upside down": ("vary: {parameter: p, between: [1, 0]}", "upwards; 1.0 to 0.0"),
    "no ends": ("vary: {parameter: p}", "between"),
    "two targets": ("vary: {parameter: p, figure: f, between: [0, 1]}", "names one of"),
    "no clause": ("vary: {action: a, between: [0, 1]}", "names one of"),
    "negative rate": ("vary: {action: a, clause: c, between: [-1, 1]}", "0 or more"),
    "share above 1": (
        "vary: {mix: {product: car, routes: [home]}, between: [0, 2]}", "between 0 and 1",
    ),
    "nothing asked": ("find: {}", "`find` is one of"),
    "two questions": ("find: {switch: car, level: {of: a, is: 1}}", "`find` is one of"),
    "nothing varies": ("find: {level: {of: {of: a, today: true}, is: 1}}", "nothing varies"),
    "one side": ("find: {equal: [a]}", "find.equal"),
    "not finite": ("find: {level: {of: a, is: .inf}}", "finite"),
    "unknown field": ("find: {levle: {of: a, is: 1}}", "levle"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISFITS)
def test_a_document_that_is_none_is_one_line(tmp_path, name):
    row, says = MISFITS[name]
    lines = {"vary": "vary: {parameter: p, between: [0, 1]}", "find": "find: {switch: car}"}
    lines[row.split(":")[0]] = row
    path = tmp_path / "s.yaml"
    head = "id: s\ntitle: S\nquestion: Q\nscenario: tariff\n"
    path.write_text(head + "\n".join(lines.values()) + "\n", encoding="utf-8")
    with pytest.raises((Problems, DataError), match=says) as caught:
        read_document(Solve, path)
    assert "s.yaml" in str(caught.value)
