"""Sweeps in words for the terminal: what one will take, and what a finished one holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exposure.sweeps.engine import Estimate
    from exposure.sweeps.reading import Column, SweepTable

SHOWN = 5
"""Reasons of failures that are told."""


def estimate_text(name: str, said: Estimate, columns: Sequence[Column]) -> str:
    """What a sweep will take."""
    inputs = [column.name for column in columns if column.role == "input"]
    outputs = [column.name for column in columns if column.role == "output"]
    size = f"{said.bytes / 1e9:,.1f} GB" if said.bytes >= 1e9 else f"{said.bytes / 1e6:,.1f} MB"
    processes = f"{said.workers} process" + ("es" if said.workers > 1 else "")
    return (
        f"sweep {name}, {said.rows:,} scenarios over {', '.join(inputs) or 'draws'}\n"
        f"  {said.ways:,} combinations of options and days, {said.states:,} law states\n"
        f"  {_outputs(outputs)} a scenario, about {size} of files\n"
        f"  about {_time(said.seconds)} on {processes} of this machine"
    )


def sweep_text(table: SweepTable) -> str:
    """What a finished sweep holds; scenarios that failed are told with their reasons."""
    failed = table.quarantine
    lines = [
        f"{table.title}: {table.rows:,} scenarios in {table.folder}, "
        f"{_outputs(table.outputs)} over {', '.join(table.inputs) or 'draws'}"
    ]
    if len(failed):
        lines.append(f"{len(failed):,} failed and stand in quarantine.parquet:")
        counts = failed["reason"].value_counts()
        lines += [f"  {count:,}: {reason}" for reason, count in counts.head(SHOWN).items()]
        if len(counts) > SHOWN:
            lines.append(f"  and {len(counts) - SHOWN:,} other reasons")
    return "\n".join(lines)


def _outputs(names: Sequence[str]) -> str:
    return f"{len(names)} output" + ("s" if len(names) != 1 else "")


def _time(seconds: float) -> str:
    if seconds < 1.5:
        return "a second"
    for unit, length in (("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,.0f} seconds"
