"""Completion in a shell: commands, options, and names of what is shipped."""

import os
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.cli.completion import PROGRAM, SHELLS, VARIABLE
from exposure.cli.names import PRODUCTS, shipped
from exposure.facts.place import data_root


def complete(*words):
    """Pairs (type, value) for the last word."""
    shell = ShellComplete(main, {}, PROGRAM, VARIABLE)
    return [(item.type, item.value) for item in shell.get_completions(list(words[:-1]), words[-1])]


def values(*words):
    return [value for _, value in complete(*words)]


def test_commands_and_options():
    assert values("ra") == ["rate", "rates"]
    assert values("data", "") == ["list", "get"] or values("data", "") == ["get", "list"]
    assert set(values("rate", "--")) >= {"--origin", "--json", "--quiet"}
    assert values("completion", "") == list(SHELLS)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("run",), "scenarios"),
        (("compare", "law-today"), "scenarios"),
        (("market",), "scenarios"),
        (("sweep",), "sweeps"),
        (("solve",), "solves"),
        (("estimate",), "estimations"),
        (("run", "--product"), "firms"),
    ],
)
def test_shipped_names(words, kind):
    files = sorted(path.stem for path in (data_root() / "raw" / kind).glob("*.yaml"))
    assert len(files) > 1
    assert values(*words, "") == files
    some = files[-1]
    assert values(*words, some[:4]) == [name for name in files if name.startswith(some[:4])]


def test_deals_have_the_formula_and_routes_begin_with_a_product():
    assert values("deal", "") == sorted([*shipped("deals"), "formula"])
    assert values("timing", "kia-c") == ["kia-cars/"]


def test_a_file_is_completed_where_no_name_begins_so():
    assert complete("run", "./my") == [("file", "./my")]
    assert complete("check", "da") == [("file", "da")]


def test_files_of_products_are_named_by_their_product():
    assert shipped(PRODUCTS) == sorted(ex.load().tables["products"]["product"])


def test_without_data_nothing_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPOSURE_DATA", str(tmp_path))
    assert complete("run", "law") == [("file", "law")]


def asked_by_bash(words, at):
    code = (
        "import sys\n"
        "from exposure.cli import main\n"
        "try:\n"
        "    main(prog_name='exposure')\n"
        "finally:\n"
        "    heavy = {'pandas', 'numpy', 'yaml', 'pydantic', 'matplotlib'} & set(sys.modules)\n"
        "    print(sorted(heavy), file=sys.stderr)\n"
    )
    told = {"COMP_WORDS": words, "COMP_CWORD": str(at), VARIABLE: "bash_complete"}
    return subprocess.run([sys.executable, "-c", code], env={**os.environ, **told},
                          capture_output=True, text=True, check=True)  # fmt: skip


def test_a_shell_that_asks_is_answered_without_loading_anything_heavy():
    done = asked_by_bash("exposure solve k4-leaves", 2)
    assert done.stdout.split() == ["plain,k4-leaves-mexico", "plain,k4-leaves-mexico-full-value"]
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell(shell):
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert f"{VARIABLE}={shell}_complete" in done.stdout
    assert {"bash": "complete -o nosort", "zsh": "compdef", "fish": "complete --no-files"}[
        shell
    ] in done.stdout
    program = shutil.which(shell)
    if program:
        subprocess.run([program, "-n"], input=done.stdout, text=True, check=True)


def test_another_shell_is_refused():
    done = CliRunner().invoke(main, ["completion", "tcsh"])
    assert done.exit_code == 2
    assert "bash" in done.stderr
