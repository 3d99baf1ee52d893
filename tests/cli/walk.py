"""All commands of the command line, as the tests of this folder walk them."""

import click

from exposure.cli import main


def commands(group=main, path=()):
    """Pairs (words that name it, command), groups with them."""
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


LEAVES = {" ".join(path): command for path, command in commands() if path
          and not isinstance(command, click.Group)}  # fmt: skip
"""Commands that do something, by their words."""


def options(command):
    return {name for item in command.params for name in item.opts}
