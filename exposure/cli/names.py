"""Names of what is shipped, completed in a shell: names of files only, nothing is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from exposure.errors import ExposureError
from exposure.facts.place import data_root

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

PRODUCTS = "firms"
"""Folder of the products; a file is named by its product."""


def shipped(kind: str) -> list[str]:
    """Names in a folder of ``raw/``, sorted: scenarios, sweeps, solves, deals, estimations, firms.

    Examples
    --------
    >>> "law-today" in shipped("scenarios")
    True
    """
    return sorted(path.stem for path in (data_root() / "raw" / kind).glob("*.yaml"))


class ShippedName(click.types.StringParamType):
    """A shipped name of one of ``kinds``, or a file; what it names is checked where it is read.

    Parameters
    ----------
    kinds
        Folders of ``raw/``.
    more
        Names that the command knows besides.
    ending
        What a shell puts behind a name.
    """

    def __init__(self, *kinds: str, more: tuple[str, ...] = (), ending: str = "") -> None:
        self.kinds = kinds
        self.more = more
        self.ending = ending

    def names(self) -> list[str]:
        """All that can stand there by name."""
        return sorted({*self.more, *(name for kind in self.kinds for name in shipped(kind))})

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names that begin as what is typed; files where none does."""
        from click.shell_completion import CompletionItem

        try:
            found = [name for name in self.names() if name.startswith(incomplete)]
        except ExposureError:
            # There is no data, and a shell that waits for names is no place to say so.
            found = []
        if not found:
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(name + self.ending) for name in found]
