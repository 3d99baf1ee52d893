"""The command that prints what a shell needs to complete ours."""

from __future__ import annotations

import click

from exposure.cli.commands import command

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "exposure"
VARIABLE = "_EXPOSURE_COMPLETE"
"""Set by the shell's script when it asks for what can stand at the cursor; click's own name."""


@command(
    examples={
        "exposure completion bash": "the script for bash",
        "exposure completion zsh": "the script for zsh",
        "exposure completion fish": "the script for fish",
    }
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    r"""Print the script by which a SHELL completes commands, options and shipped names.

    \b
    bash: put it in ~/.local/share/bash-completion/completions/exposure
    zsh: put it in a file _exposure of a folder in $fpath, above compinit
    fish: put it in ~/.config/fish/completions/exposure.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this version of click does not complete {shell}", ctx)
    made = kind(ctx.find_root().command, {}, PROGRAM, VARIABLE)
    # Bash's own `source` starts a bash first, to ask for its version.
    click.echo(made.source_template % made.source_vars())
