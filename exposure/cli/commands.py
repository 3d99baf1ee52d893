"""What every command is: help that ends with examples, near names, and plain ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from exposure.errors import ExposureError, visible

FELL_SHORT = 1
BAD_INPUT = 2
INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended."""
READER_GONE = 141
"""What a shell says of a program whose reader went away, as ``head`` does."""
SAID = 200
"""Letters of what is said of a command in the help of its group: a whole sentence."""

Examples = Mapping[str, str]
"""Lines of a shell, and what each answers."""


class WithExamples(click.Command):
    """A command whose help ends with examples."""

    def __init__(self, *args: Any, examples: Examples | None = None, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples: Examples = examples or {}

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each as it is typed below what it answers."""
        if self.examples:
            with formatter.section("Examples"):
                for line, answer in self.examples.items():
                    formatter.write(f"  # {answer}\n  {line}\n")
        super().format_epilog(ctx, formatter)


class Group(WithExamples, click.Group):
    """Commands in sections; what ends them early is told in one line and an exit code."""

    command_class = WithExamples

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, no_args_is_help=False, invoke_without_command=True, **settings)
        self.sections: dict[str, list[str]] = {}

    def add_section(self, title: str, *commands: click.Command) -> None:
        """Add commands under a title of the help."""
        for command in commands:
            self.add_command(command)
            self.sections.setdefault(title, []).append(str(command.name))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of commands in the order of the help."""
        placed = [name for names in self.sections.values() for name in names]
        return [*placed, *(name for name in super().list_commands(ctx) if name not in placed)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, their names in one column."""
        longest = max(map(len, self.commands))
        for title, names in (self.sections or {"Commands": self.list_commands(ctx)}).items():
            with formatter.section(title):
                formatter.write_dl(
                    [(f"{n:<{longest}}", self.commands[n].get_short_help_str(SAID)) for n in names]
                )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; near names if there is none."""
        name = args[0]
        if name in self.commands or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        near = get_close_matches(name, self.commands, n=3, cutoff=0.5)
        hint = f", did you mean {' or '.join(near)}?" if near else ""
        raise click.UsageError(f"no command {name!r}{hint}", ctx)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the options of the group; see `plain_ends`."""
        with plain_ends():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Invoke what is named, help if nothing is; see `plain_ends`."""
        with plain_ends():
            ctx.color = colours()
            made = super().invoke(ctx)
            if ctx.invoked_subcommand is None:
                click.echo(ctx.get_help(), err=True)
                raise SystemExit(BAD_INPUT)
            return made


def command(
    *, name: str | None = None, examples: Examples
) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of a function; ``examples`` stand at the end of its help."""
    return click.command(name=name, cls=WithExamples, examples=examples)


def colours() -> bool | None:
    """Whether to colour: NO_COLOR and FORCE_COLOR say so; else only a terminal has colours."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


@contextmanager
def plain_ends() -> Iterator[None]:
    """Ends that are no fault of the program: a line on standard error, and an exit code.

    Bad input, and what the system says of files and memory, are 2, Ctrl-C is 130; a reader that
    went away, as ``head`` does, is no error to speak of: 141 without a line.
    """
    try:
        yield
    except ExposureError as error:
        _end(BAD_INPUT, str(error))
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "exposure"
        _end(BAD_INPUT, f"{path}: {_sentence(error.format_message())} (see {path} --help)")
    except KeyboardInterrupt:
        # A terminal has shown ^C on the line.
        _end(INTERRUPTED, "\ninterrupted" if sys.stderr.isatty() else "interrupted")
    except BrokenPipeError:
        raise SystemExit(READER_GONE) from None
    except FileNotFoundError:
        # What a user names is looked for where it is read; this is a fault of ours.
        raise
    except OSError as error:
        said = error.strerror or str(error) or type(error).__name__
        place = error.filename2 or error.filename
        _end(BAD_INPUT, visible(f"{place}: {said}" if place else said))
    except MemoryError:
        _end(BAD_INPUT, "more memory is needed than there is (fewer draws or scenarios)")


def _end(code: int, line: str) -> None:
    click.echo(line, err=True)
    raise SystemExit(code) from None


def _sentence(message: str) -> str:
    """Click's messages in one line, begun small like ours."""
    flat = " ".join(message.split()).rstrip(".")
    return flat[:1].lower() + flat[1:]
