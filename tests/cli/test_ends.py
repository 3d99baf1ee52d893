"""How a command ends early: one line a problem and a code; near names, sections, examples."""

import errno
import os

import click
import pytest
from click.testing import CliRunner

from exposure.cli.commands import Group, colours, command, plain_ends
from exposure.errors import DataError, Problems, QueryError


def ends(error):
    """Exit code of an error that a command meets."""
    with pytest.raises(SystemExit) as caught, plain_ends():
        raise error
    return caught.value.code


def told(capsys):
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


# --- errors ----------------------------------------------------------------------------------

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out.csv")
MOVED = OSError(errno.EXDEV, os.strerror(errno.EXDEV), "a", None, "b")
MEMORY = "more memory is needed than there is (fewer draws or scenarios)"


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (QueryError("no scenario 'x'", "", "known: y"), 2, "no scenario 'x' (known: y)"),
        (DataError("no such file", "a.csv"), 2, "a.csv: no such file"),
        (Problems([DataError("one", "a"), QueryError("two")]), 2, "a: one\ntwo"),
        (FULL, 2, "out.csv: No space left on device"),
        (MOVED, 2, "b: Invalid cross-device link"),
        (OSError("odd"), 2, "odd"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "a\nb"), 2,
         r"a\nb: Permission denied"),
        (MemoryError(), 2, MEMORY),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.UsageError("Missing option '--origin'."), 2,
         "exposure: missing option '--origin' (see exposure --help)"),
        (click.BadParameter("Not\n  a number.", param_hint="'--draws'"), 2,
         "exposure: invalid value for '--draws': Not a number (see exposure --help)"),
    ],
)  # fmt: skip
def test_an_error_that_is_no_fault_of_ours_is_told_and_coded(capsys, error, code, says):
    assert ends(error) == code
    assert told(capsys) == f"{says}\n"


def test_a_reader_that_went_away_is_told_nothing(capsys):
    assert ends(BrokenPipeError()) == 141
    assert told(capsys) == ""


def test_ctrl_c_at_a_terminal_begins_a_line_of_its_own(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert ends(KeyboardInterrupt()) == 130
    assert told(capsys) == "\ninterrupted\n"


@pytest.mark.parametrize("error", [FileNotFoundError(2, "gone", "x"), ValueError("x"), KeyError(1)])
def test_a_fault_of_ours_is_left_to_be_seen(error):
    with pytest.raises(type(error)), plain_ends():
        raise error


def test_what_ends_well_says_nothing(capsys):
    with plain_ends():
        pass
    assert told(capsys) == ""


# --- a group of commands ---------------------------------------------------------------------


@pytest.fixture
def group():
    @click.group(cls=Group, examples={"tool add 1": "one more"})
    def tool():
        """Count."""

    @command(examples={"tool add 1": "one more", "tool add 2": "two more"})
    @click.argument("number", type=int)
    def add(number):
        """Add a NUMBER. A second sentence."""
        click.echo(number)

    @command(examples={})
    def subtract():
        """Take one away."""
        raise QueryError("nothing is left")

    @command(examples={})
    def loose():
        """In no section."""

    tool.add_section("Less", subtract)
    tool.add_section("More", add)
    tool.add_command(loose)
    return tool


def call(group, *words):
    return CliRunner().invoke(group, words, prog_name="tool")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ad",), "tool: no command 'ad', did you mean add? (see tool --help)"),
        (("xyzzy",), "tool: no command 'xyzzy' (see tool --help)"),
        (("add", "many"), "tool add: invalid value for 'NUMBER': 'many' is not a valid integer "
         "(see tool add --help)"),
        (("add",), "tool add: missing argument 'NUMBER' (see tool add --help)"),
        (("subtract",), "nothing is left"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line_with_the_way_to_help(group, words, says):
    done = call(group, *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"{says}\n"


def test_right_use_is_answered(group):
    done = call(group, "add", "7")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "7\n", "")


def test_help_has_sections_in_order_and_ends_with_examples(group):
    text = call(group, "--help").stdout
    places = [text.index(word) for word in ("Less:", "subtract", "More:", "add", "Examples:")]
    assert places == sorted(places)
    assert text.endswith("Examples:\n  # one more\n  tool add 1\n")
    # Names stand in one column, with the first sentence of what they do.
    assert "  subtract  Take one away." in text
    assert "  add       Add a NUMBER." in text
    assert "loose" not in text  # a section is a choice
    own = call(group, "add", "--help").stdout
    assert own.endswith("  # one more\n  tool add 1\n  # two more\n  tool add 2\n")
    assert "Examples" not in call(group, "subtract", "--help").stdout


def test_commands_stand_in_the_order_of_the_sections(group):
    assert group.list_commands(None) == ["subtract", "add", "loose"]


def test_without_a_command_the_help_is_an_error(group):
    done = call(group)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == call(group, "--help").stdout


# --- colours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("no", "force", "coloured"),
    [(None, None, None), ("1", None, False), (None, "1", True), ("1", "1", False),
     ("", "1", True), ("0", None, False), (None, "", None)],
)  # fmt: skip
def test_colours_are_as_the_environment_says(monkeypatch, no, force, coloured):
    for name, value in (("NO_COLOR", no), ("FORCE_COLOR", force)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert colours() is coloured
