"""The command that writes the report of a folder: of a finished sweep, or of a run anew."""

from __future__ import annotations

from pathlib import Path

import click

from exposure.cli.commands import command
from exposure.cli.common import Say, answers, kind_option, language_option, out_option


@command(
    examples={
        "exposure report autos": "the report of a finished sweep, to autos/report",
        "exposure report reports/law-today --kind brief --language ko": "a run's, short, in Korean",
    }
)
@click.argument("folder", type=click.Path(path_type=Path))
@out_option("Folder; default: see above.")
@kind_option(None, "Of a run's report; default: as it is. A sweep has one kind.")
@language_option
@answers
def report(folder: Path, out: Path | None, kind: str | None, language: str, say: Say) -> None:
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
    say.json({"files": paths})
    say.text(f"{len(paths)} files in {paths[0].parent}; open {paths[0]}")
