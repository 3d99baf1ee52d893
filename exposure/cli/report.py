"""The command that writes the report of a folder: of a finished sweep, or of a run anew."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.common import kind_option, language_option, plain_errors


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default: see above.")
@kind_option(None, "Of a run's report; default: as it is. A sweep has one kind.")
@language_option
@plain_errors
def report(folder: Path, out: Path | None, kind: str | None, language: str) -> None:
    """Write the report of FOLDER: of a finished sweep, or of a run in another kind or language.

    A sweep's goes to FOLDER/report, a run's to FOLDER-KIND-LANGUAGE beside it, from the tables that
    lie there; nothing is computed anew.
    """
    from exposure.reports.build import build_sweep, one_kind, rebuild
    from exposure.sweeps.reading import is_sweep, open_sweep

    if is_sweep(folder):
        one_kind(kind or "")
        paths = build_sweep(open_sweep(folder), out or folder / "report", language)
    else:
        paths = rebuild(folder, out, kind or "", language)
    place = paths[0].parent
    click.echo(f"{len(paths)} files in {place}; open {paths[0]}")
