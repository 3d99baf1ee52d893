"""What a document may not be, each with its line: tags, bombs, depth, size, odd numbers, odd files."""

import pytest
from pydantic import BaseModel

from exposure.errors import DataError, ExposureError
from exposure.facts import strict_yaml
from exposure.facts.documents.base import Day, Document, Figure, Number, Whole
from exposure.facts.files import numbers, read_csv, read_typed_table
from exposure.facts.strict_yaml import read_document, read_yaml
from exposure.facts.user_tables import read_crossings

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)
DOCUMENTS = {
    "tag": (b"a: !!python/object/apply:os.system [ls]", r"x.yaml:1: tag 'tag:yaml.org,2002:python"),
    "own tag": (b"a: 1\nb: !mine x", r"x.yaml:2: tag '!mine': a document has no tags"),
    "plain tag": (b"a: ! x", "a document has no tags"),
    "number by tag": (b"a: !!float '1'", "a document has no tags"),
    "bomb": (BOMB.encode(), "x.yaml:6: more than 200,000 values"),
    "many": (b"a: [" + b"1," * 200_001 + b"]", "more than 200,000 values"),
    "circle": (b"a: &a [*a]", r"\*a stands for nothing, or for itself"),
    "no anchor": (b"a: *b", r"\*b stands for nothing"),
    "deep list": (b"a: " + b"[" * 50_000, "x.yaml:1: more than 40 levels deep"),
    "deep mapping": (b"{a: " * 50_000, "more than 40 levels deep"),
    "deep indent": (b"- " * 1_000 + b"a", "more than 40 levels deep"),
    "large": (b"a: '" + b"x" * 4_000_000 + b"'", r"x.yaml: has 4,000,005 bytes \(4 MB at most\)"),
    "list as key": (b"[a, b]: 1", "x.yaml:1: a key is a list or a mapping"),
    "key twice": (b"a: 1\na: 2", "x.yaml:2: key 'a' stands twice"),
    "no day": (b"a: 1\nb: 2025-13-45", "x.yaml:2: '2025-13-45' is no date"),
    "digits": (b"a: " + b"9" * 5000, r"x.yaml:1: '9+\.\.\. has more than 400 digits"),
    "too large": (b"a: 1.0e+999", "x.yaml:1: '1.0e\\+999' does not fit a number"),
    "too small": (b"a: 1.0e-999", "x.yaml:1: '1.0e-999' does not fit a number"),
    "NUL": (b"a: \0", "x.yaml"),
    "UTF-16": ("a: é".encode("utf-16"), "x.yaml:1: not UTF-8"),
    "Latin-1": ("a: 1\nb: é".encode("latin-1"), "x.yaml:2: not UTF-8"),
    "tab": (b"a:\n\tb: 1", "x.yaml:2"),
    "two": (b"a: 1\n---\na: 2", "x.yaml"),
    "open": (b"a: [1", "x.yaml"),
    "merge": (b"<<: 3", "x.yaml:1"),
}


@pytest.fixture
def write(tmp_path):
    def written(content, name="x.yaml"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return written


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_a_small_tree_of_plain_values(write, name):
    content, says = DOCUMENTS[name]
    with pytest.raises(DataError, match=says) as caught:
        read_yaml(write(content))
    assert len(str(caught.value).splitlines()) == 1


def test_a_name_may_be_used_a_few_times(write):
    assert read_yaml(write(b"a: &a {b: 1}\nc: *a\nd: {<<: *a, e: 2}")) == {
        "a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1, "e": 2},
    }  # fmt: skip
    at_most = b"[" * (strict_yaml.DEEPEST - 1) + b"]" * (strict_yaml.DEEPEST - 1)
    assert read_yaml(write(at_most)) is not None


def test_a_mark_of_order_and_ends_of_lines_change_nothing(write):
    assert read_yaml(write("\ufeffa: 1\r\nb: é\r\n".encode())) == {"a": 1, "b": "é"}


@pytest.mark.parametrize("number", ["0x10", "0b11", "1:30", "1:30.5", "190:20:30"])
def test_numbers_of_old_yaml_are_words(write, number):
    class Form(Document):
        a: Number

    with pytest.raises(ExposureError, match="a: is no number"):
        read_document(Form, write(f"a: {number}".encode()))


def test_numbers_are_as_written(write):
    class Form(Document):
        a: Number

    for text, value in [
        ("010", 10),
        ("8_500", 8500),
        ("1e3", 1000),
        ("+.5", 0.5),
        ("'0.25'", 0.25),
    ]:
        assert read_document(Form, write(f"a: {text}".encode())).a == value


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("number: true", "number: a truth value is no number"),
        ("number: false", "number: a truth value is no number"),
        ("whole: false", "whole: a truth value is no number"),
        ("number: .nan", "finite"),
        ("number: -.inf", "finite"),
        ("number: '1e-400'", "number: is no number"),
        ("number: 'nan'", "finite"),
        ("day: 20250403", "day: must be a date, YYYY-MM-DD, given 20250403"),
        ("day: 0", "must be a date"),
        ("day: '1735689600'", "must be a date"),
        ("day: 2025-01-01 00:00:00", "must be a date"),
        ("'a\\nb': 1", "unknown field"),
        ("number: " + "x" * 9000, "x\\.\\.\\.$"),
    ],
)
def test_what_is_no_number_and_no_day(write, value, says):
    class Form(Document):
        number: Number = 1.0
        whole: Whole = 1
        day: Day | None = None

    with pytest.raises(ExposureError, match=says) as caught:
        read_document(Form, write(value.encode()))
    (line,) = str(caught.value).splitlines()
    assert len(line) < 1100
    assert line.isprintable()


def test_a_figure_has_no_infinite_end(write):
    text = b"{low: .inf, central: .inf, high: .inf, grade: A, source: s}"
    with pytest.raises(ExposureError, match="low: Input should be a finite number"):
        read_document(Figure, write(text))


def test_what_is_no_file(tmp_path):
    class Any(BaseModel):
        pass

    for path, says in [(tmp_path, "cannot be read"), (tmp_path / "no", "no such file")]:
        with pytest.raises(DataError, match=says):
            read_document(Any, path)
        with pytest.raises(DataError, match=says):
            read_csv(path, ["a"])
    with pytest.raises(DataError, match="cannot be read"):
        read_yaml(tmp_path / "a\0b")


TABLES = {
    "longer rows": (b"a,b\n1,2,3\n4,5,6\n", "a row has more cells than the head"),
    "a longer row": (b"a,b\n1,2\n4,5,6\n", "line 3"),
    "column twice": (b"a,b,a\n1,2,3\n", "column 'a' stands twice"),
    "open quote": (b'a,b\n1,"2\n', "not a CSV table"),
    "empty": (b"", "not a CSV table"),
    "Latin-1": ("a,b\n1,é\n".encode("latin-1"), "row 2: not UTF-8"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "not UTF-8"),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "read", [lambda p: read_csv(p, ["a", "b"]), read_typed_table, read_crossings]
)
def test_a_table_is_what_its_head_says(write, name, read):
    content, says = TABLES[name]
    with pytest.raises(DataError, match=says) as caught:
        read(write(content, "x.csv"))
    assert "x.csv" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "cell", ["nan", "inf", "1e999", "1e-400", "0x10", "1_000", "5%", "true", " "]
)
def test_a_cell_that_is_no_number(write, cell):
    path = write(f"a,b\n1,2\n{cell},2\n".encode(), "x.csv")
    with pytest.raises(DataError, match=r"x.csv: row 3: a '.*' is not a number"):
        numbers(read_csv(path, ["a"]), "a", path)


def test_an_empty_cell_is_unknown_and_a_nought_is_one(write):
    path = write(b"a,b\n,1\n0,1\n0.0e5,1\n", "x.csv")
    read = numbers(read_csv(path, ["a"]), "a", path)
    assert list(map(str, read)) == ["nan", "0.0", "0.0"]


@pytest.mark.parametrize(
    "text",
    ['{"us_content": NaN}', '{"us_content": 1e999}', '{"a": 1, "a": 2}', "[" * 9000, "1", "{"],
)
def test_facts_of_a_crossing_are_a_plain_object(write, text):
    cell = '"' + text.replace('"', '""') + '"'
    path = write(f"hts,origin,on,attributes\n1,KOR,2025-01-01,{cell}\n".encode(), "x.csv")
    with pytest.raises(ExposureError, match=r"x.csv: row 2: attributes"):
        read_crossings(path)
