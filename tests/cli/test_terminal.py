"""A terminal and a pipe: progress, colours, a reader that goes away."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest
from click.testing import CliRunner

from exposure.cli import main
from exposure.facts.build import build
from tests import tiny

MARK = "::"
COLOUR = "\x1b["
CALLS = """
import sys
from exposure.cli import main

def call(*line):
    print("::", flush=True)
    try:
        main(line, prog_name="exposure")
    except SystemExit:
        sys.stdout.flush()

"""


@pytest.fixture
def data(tmp_path, monkeypatch):
    root = tiny.write(tmp_path / "data")
    build(root)
    monkeypatch.setenv("EXPOSURE_DATA", str(root))
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return root


def on_a_terminal(code):
    """What a person sees of each call."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-c", CALLS + code], stdin=theirs, stdout=theirs, stderr=theirs
    ) as running:
        os.close(theirs)
        seen = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        running.wait()
    os.close(ours)
    return seen.decode().split(MARK)[1:]


def test_a_terminal_shows_progress_and_colours_unless_told_otherwise(data):
    bar, silent, coloured, plain = on_a_terminal(
        "import os\n"
        "call('sweep', 'grid', '-o', 'a', '--workers', '1')\n"
        "call('sweep', 'grid', '-o', 'b', '--workers', '1', '--quiet')\n"
        "call('doctor')\n"
        "os.environ['NO_COLOR'] = '1'\n"
        "call('doctor')\n"
    )
    assert "6.00/6.00" in bar
    assert "Grid: 6 scenarios" in bar
    assert silent.strip() == ""
    assert f"{COLOUR}32m" in coloured
    assert COLOUR not in plain
    assert "all that is needed is there" in plain


def test_a_pipe_has_neither(data):
    done = subprocess.run(
        [sys.executable, "-c", CALLS + "call('sweep', 'grid', '-o', 'a', '--workers', '1')\n"
         "call('doctor')"], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert "Grid: 6 scenarios" in done.stdout
    assert COLOUR not in done.stdout


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
     ({"FORCE_COLOR": ""}, False)],
)  # fmt: skip
def test_colours_by_the_environment(data, variables, coloured):
    told = CliRunner().invoke(main, ["doctor"], env=variables)
    assert told.exit_code == 0
    assert (COLOUR in told.stdout) == coloured


@pytest.mark.parametrize("line", [["--help"], ["completion", "bash"], ["rate", "--help"]])
def test_a_reader_that_goes_away_is_no_traceback(line):
    running = subprocess.Popen([sys.executable, "-m", "exposure.cli", *line],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    running.stdout.close()
    said = running.stderr.read()
    running.stderr.close()
    assert (running.wait(), said) == (141, b"")
