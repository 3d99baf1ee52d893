"""What the market's border charged the products of a run, from the baseline's day on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from exposure.facts.documents import Scenario
from exposure.facts.world import World
from exposure.law.spans import crossing_spans
from exposure.model.compile import changed_edges, crossings, law_book

COLUMNS = (
    "scenario", "product", "hts", "origin", "action", "title", "component", "status", "from",
    "until", "low", "high", "kind",
)  # fmt: skip


def law_timeline(world: World, scenarios: Sequence[Scenario], edges: pd.DataFrame) -> pd.DataFrame:
    """Spans of duties at the market's border by scenario, good and origin.

    From the earlier to the later of the scenario's two days; ``low`` and ``high`` are the rate as
    written [fraction], ``status`` is ``in_force``, ``unknown``, or that of a measure that did not
    act.
    """
    frames = []
    for scenario in scenarios:
        book = law_book(world, scenario)
        last = changed_edges(edges, scenario)
        last = last[last["last"] & last["crosses"]]
        texts = last["facts"].map(lambda facts: repr(sorted(facts.items())))
        last = last[~last.assign(facts=texts).duplicated(["product", "hts", "origin", "facts"])]
        dates = [scenario.baseline, scenario.law_on or scenario.baseline]
        ends = sorted(date.effective_on.isoformat() for date in dates)
        seen = dates[-1].known_on.isoformat() if dates[-1].known_on else ""
        spans = crossing_spans(book, crossings(last, ends[-1], seen), ends[0], ends[-1])
        labels = last[["product", "hts"]].iloc[spans["row"].to_numpy(dtype=np.int64)]
        frames.append(
            spans.drop(columns="row").assign(
                scenario=scenario.id,
                product=labels["product"].to_numpy(),
                hts=labels["hts"].to_numpy(),
            )
        )
    return pd.concat(frames)[list(COLUMNS)].drop_duplicates().reset_index(drop=True)
