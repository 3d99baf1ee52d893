"""Help: every command ends with examples, and every example is true."""

import shlex
import shutil

import click
import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.cli.names import ShippedName
from tests.cli.walk import LEAVES, commands

ALL = list(commands())
EXAMPLES = [(path, line) for path, command in ALL for line in command.examples]
CHEAP = {"rate", "rates", "timing", "data list", "new product", "completion", "doctor"}
"""Commands of which every example is executed; the others take seconds or the network."""
CHEAP_TOO = ("exposure deal formula",)


def words(line):
    return shlex.split(line)[1:]


@pytest.mark.parametrize(("path", "command"), ALL, ids=lambda item: " ".join(item) if isinstance(item, tuple) else "")  # fmt: skip
def test_help_ends_with_examples_that_begin_with_the_command(path, command):
    told = CliRunner().invoke(main, [*path, "--help"], prog_name="exposure")
    assert told.exit_code == 0
    assert command.examples, f"{' '.join(path)} has no example"
    shown = [line.strip() for line in told.output.split("Examples:\n")[1].splitlines()]
    expected = [text for line, says in command.examples.items() for text in (f"# {says}", line)]
    assert shown == expected
    for line in command.examples:
        assert words(line)[: len(path)] == list(path)
        assert line.startswith("exposure")


def shipped_names(line):
    """Pairs (type, text) of all that an example names as shipped; the command is parsed."""
    found = []
    ctx = main.make_context("exposure", words(line))
    rest = [*ctx._protected_args, *ctx.args]
    group = main
    while True:
        _, command, rest = group.resolve_command(ctx, rest)
        ctx = command.make_context(command.name, rest, parent=ctx)
        if not isinstance(command, click.Group):
            break
        group, rest = command, [*ctx._protected_args, *ctx.args]
    for item in command.params:
        if isinstance(item.type, ShippedName):
            value = ctx.params[item.name]
            found += [
                (item.type, text) for text in (value if isinstance(value, tuple) else [value])
            ]
    return found


@pytest.mark.parametrize(("path", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_every_example_parses_and_names_what_is_shipped(path, line):
    for kind, text in shipped_names(line):
        name = text.partition("/")[0] if kind.ending else text
        assert name in kind.names() or text.endswith(".yaml"), f"{text} is not shipped"


def test_an_example_that_does_not_parse_is_found():
    for line in ("exposure rate 8703.23.01", "exposure deal --nothing x", "exposure completion sh"):
        with pytest.raises((click.UsageError, SystemExit)):
            shipped_names(line)
    assert shipped_names("exposure run nothing")[0][1] not in ShippedName("scenarios").names()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the files that examples speak of, and the shipped world, loaded once."""
    folder = tmp_path_factory.mktemp("examples")
    world = ex.load()
    (folder / "shipments.csv").write_text("hts,origin,on\n8703.23.01,KOR,2025-11-01\n")
    (folder / "list.csv").write_text(
        "part,hts,country,price_usd,into\nheater,8516.29.00,KOR,100,\nfan,8414.51.90,VNM,30,heater\n"
    )
    pd.read_csv(folder / "list.csv").to_excel(folder / "list.xlsx", index=False)
    return folder, world


CHEAP_LINES = [
    line for path, line in EXAMPLES
    if (" ".join(path) in CHEAP or line in CHEAP_TOO) and "--law" not in line
]  # fmt: skip


def test_the_cheap_commands_exist():
    assert set(LEAVES) >= CHEAP
    assert set(CHEAP_TOO) <= {line for _, line in EXAMPLES}


@pytest.mark.parametrize("line", CHEAP_LINES)
def test_cheap_examples_work(place, tmp_path, monkeypatch, line):
    folder, world = place
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("exposure.api.load", lambda *_, **__: world)
    done = CliRunner().invoke(main, words(line))
    assert done.exit_code == 0, done.output
    assert done.stdout
