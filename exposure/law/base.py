"""The part of customs value on which a duty line is charged.

Content is tracked by tags: material, country of making, nationality of the maker. An empty country
or maker is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.axes import row_sums

Floats = NDArray[np.float64]

FULL, OUTSIDE_US, OUTSIDE_US_IF_20, CONTENT = 0, 1, 2, 3
PARTS = {
    "full": FULL,
    "outside_us_content": OUTSIDE_US,
    "outside_us_content_if_20": OUTSIDE_US_IF_20,
    "content": CONTENT,
}
METALS = ("steel", "aluminum", "copper")
"""Materials that are declared together: one that is not named is 0 where another is."""
US_CONTENT_MINIMUM = 0.2
"""E.O. 14257 sec. 3(f): US content counts where it is at least 20 per cent of value."""


@dataclass(frozen=True)
class Tag:
    """One kind of tracked content."""

    material: str
    country: str = ""
    maker: str = ""


@dataclass(frozen=True)
class Bases:
    """Bases of duty lines.

    Attributes
    ----------
    part (line,)
        ``FULL``, ``OUTSIDE_US``, ``OUTSIDE_US_IF_20`` or ``CONTENT``.
    weights (line, tag)
        1 where content of the tag is charged, NaN where that depends on what is not known.
    """

    part: NDArray[np.int64]
    weights: Floats


def bases(clauses: Sequence[dict[str, object]], tags: Sequence[Tag]) -> Bases:
    """Bases of lines, given the clause of each and the tags that are tracked."""
    part = np.array([PARTS[str(row["base"])] for row in clauses], dtype=np.int64)
    made: dict[tuple[str, ...], list[float]] = {}
    names = ("material", "made_in", "not_made_in", "maker", "not_maker")
    rows = []
    for row in clauses:
        key = tuple(str(row[name]) for name in names)
        if key not in made:
            made[key] = [_weight(key, tag) for tag in tags]
        rows.append(made[key])
    return Bases(part, np.array(rows, dtype=float).reshape(len(clauses), len(tags)))


def _weight(key: tuple[str, ...], tag: Tag) -> float:
    material, made_in, not_made_in, maker, not_maker = key
    if not material or tag.material != material:
        return 0.0
    weight = 1.0
    for value, wanted, unwanted in (
        (tag.country, made_in.split(), not_made_in.split()),
        (tag.maker, maker.split(), not_maker.split()),
    ):
        if not (wanted or unwanted):
            continue
        if not value:
            weight = float("nan")
        elif (wanted and value not in wanted) or value in unwanted:
            return 0.0
    return weight


def base_shares(base: Bases, content: Floats, us_content: Floats) -> Floats:
    """Share of value charged before displacement (scenario, line).

    Parameters
    ----------
    base
        Bases of the lines.
    content (scenario, line, tag) [fraction]
        Content of the crossing of each line; NaN where not known.
    us_content (scenario, line) [fraction]
        US content; NaN where not known.

    Notes
    -----
    A material's share that is not known is charged in full, as the customs service does. US
    content that is not known leaves the non-US part not known, except under the 20 per cent rule,
    where the importer must prove it to have it.
    """
    with np.errstate(invalid="ignore"):
        # Nothing of a tag is charged nothing, whatever is not known of its making.
        wanted = (base.weights != 0) & (content != 0)
        charged = row_sums(np.where(wanted, content * base.weights, 0.0).transpose(0, 2, 1))
    unknown_material = (np.isnan(content) & wanted).any(axis=2)
    charged = np.where(unknown_material, 1.0, charged)
    outside = 1.0 - us_content
    counts = us_content >= US_CONTENT_MINIMUM
    return np.select(
        [base.part == FULL, base.part == OUTSIDE_US, base.part == OUTSIDE_US_IF_20],
        [np.ones_like(outside), outside, np.where(counts, outside, 1.0)],
        default=np.minimum(charged, 1.0),
    )
