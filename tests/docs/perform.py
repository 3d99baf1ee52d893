"""Carries out what a page of the documentation says, block by block, in a folder of its own.

What a page's fenced blocks mean:

* a block with a caption is a file of that name, written as it stands; ``NAME, at the end`` adds to
  a file that is there; a ``diff`` changes one (its lines without ``+`` must stand there once);
* ``sh`` is commands, a line each; ``python`` is run, all of a page in one session; a block of
  class ``nightly`` takes long and is left to the nightly tests;
* ``text`` right after a run must be found in its output, line by line in this order; ``...`` stands
  for whatever is left out.

Any other block is refused, so that nothing on such a page is unproven.

    python -m tests.docs.perform PAGE FOLDER
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(?P<ticks>```+)(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=ticks)$", re.M | re.S)
OPTION = re.compile(r"^:(\w+): *(.*)\n", re.M)
ADDED = ", at the end"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, caption and class, text, and the line on which it begins."""

    language: str
    caption: str
    kind: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    """The blocks of a page in their order; directives that hold no code are left aside."""
    found = []
    for match in FENCE.finditer(page):
        info, body = match["info"].strip(), match["body"]
        options: dict[str, str] = {}
        if info.startswith("{"):
            directive, _, info = info[1:].partition("}")
            if directive != "code-block":
                continue
            while option := OPTION.match(body):
                options[option[1]] = option[2].strip()
                body = body[option.end() :]
            body = body.removeprefix("\n")
        line = page.count("\n", 0, match.start()) + 1
        found.append(
            Block(info.strip(), options.get("caption", ""), options.get("class", ""), body, line)
        )
    return found


def changed(text: str, diff: str) -> str:
    """``text`` after a diff without line numbers: what it keeps and takes away must stand once.

    Raises
    ------
    ValueError
        If it stands nowhere, or more than once.
    """
    for piece in re.split(r"^@@.*\n", diff, flags=re.M):
        if not piece.strip():
            continue
        lines = [line or " " for line in piece.splitlines()]
        old = "".join(line[1:] + "\n" for line in lines if line[0] != "+")
        new = "".join(line[1:] + "\n" for line in lines if line[0] != "-")
        there = [match.start() for match in re.finditer(f"(?=^{re.escape(old)})", text, re.M)]
        if len(there) != 1:
            msg = f"these lines stand {len(there)} times:\n{old}"
            raise ValueError(msg)
        text = text[: there[0]] + new + text[there[0] + len(old) :]
    return text


def missing(expected: str, output: str) -> str:
    """The first line of ``expected`` that ``output`` does not hold in its place; empty if all do."""
    lines = iter(" ".join(line.split()) for line in output.splitlines())
    for line in expected.splitlines():
        wanted = " ".join(line.split())
        if wanted in {"", "..."}:
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.split("...")))
        if not any(pattern.fullmatch(given) for given in lines):
            return line
    return ""


class Performance:
    """One page being carried out in the folder in which we are."""

    def __init__(self, *, nightly: bool) -> None:
        self.nightly = nightly
        self.session: dict[str, object] = {"__name__": "page"}
        self.output: str | None = None
        self.done: list[str] = []

    def perform(self, block: Block) -> None:
        """Carry out a block.

        Raises
        ------
        AssertionError, ValueError
            If it does not do what the page says.
        """
        long = block.kind == "nightly" and not self.nightly
        if block.caption:
            self._write(block)
            self.output = None
        elif block.language == "text":
            if self.output is not None and not long:
                line = missing(block.text, self.output)
                assert not line, f"not in the output: {line!r}\n{self.output}"
        elif long:
            self.output = None
        elif block.language == "sh":
            self.output = "".join(self._command(line) for line in block.text.splitlines() if line)
        elif block.language == "python":
            self.output = self._python(block.text)
        else:
            msg = f"a block of {block.language!r} without a caption proves nothing"
            raise AssertionError(msg)
        self.done.append(block.language)

    def _write(self, block: Block) -> None:
        path = Path(block.caption.removesuffix(ADDED))
        if block.language == "diff":
            text = changed(path.read_text(encoding="utf-8"), block.text)
        elif block.caption.endswith(ADDED):
            text = path.read_text(encoding="utf-8") + block.text
        else:
            text = block.text
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _command(self, line: str) -> str:
        words = shlex.split(line, comments=True)
        if words[0] == "exposure":
            # In this process: the imports are paid once a page.
            from exposure.cli import main

            return self._caught(lambda: main(words[1:], standalone_mode=False))
        if words[0] == "python":
            words[0] = sys.executable
        given = subprocess.run(words, capture_output=True, text=True, check=False)
        output = given.stdout + given.stderr
        assert given.returncode == 0, f"{line}: exit code {given.returncode}\n{output}"
        return output

    def _python(self, text: str) -> str:
        return self._caught(lambda: exec(compile(text, "page", "exec"), self.session))

    @staticmethod
    def _caught(act: object) -> str:
        stream = io.StringIO()
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            try:
                act()  # type: ignore[operator]
            except SystemExit as left:
                assert not left.code, f"exit code {left.code}\n{stream.getvalue()}"
        return stream.getvalue()


def main(page: Path, folder: Path) -> int:
    """Carry out a page; the exit code is 1 and the place is said if something does not hold."""
    os.chdir(folder)
    performance = Performance(nightly=bool(os.environ.get("EXPOSURE_NIGHTLY")))
    for block in blocks(page.read_text(encoding="utf-8")):
        try:
            performance.perform(block)
        except Exception:
            traceback.print_exc()
            print(f"{page.name}:{block.line}: this block does not do what the page says")
            return 1
    print(f"{len(performance.done)} blocks: {' '.join(performance.done)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
