"""The facts that the law asks of a shipment, and whether conditions on them hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.law.scope import NO, UNKNOWN, YES

Facts = Mapping[str, object]


@dataclass(frozen=True)
class Register:
    """Attributes with their defaults; None is *not known*."""

    defaults: Mapping[str, object]

    def fact(self, facts: Facts, name: str) -> object:
        """Value that a shipment states, or the default; None is not known."""
        return facts.get(name, self.defaults.get(name))

    def numbers(self, shipments: Sequence[Facts], name: str) -> NDArray[np.float64]:
        """A numeric attribute (shipment,); NaN where not known."""
        values = [self.fact(facts, name) for facts in shipments]
        return np.array([np.nan if v is None else float(str(v)) for v in values], dtype=float)

    def holds(self, wanted: Mapping[str, object], facts: Facts) -> int:
        """Whether conditions hold: a number is a minimum, a word or truth value must be equal."""
        state = YES
        for name, value in wanted.items():
            given = self.fact(facts, name)
            if given is None:
                state = UNKNOWN
            elif isinstance(value, bool | str):
                if given != value:
                    return NO
            elif float(str(given)) < float(str(value)):
                return NO
        return state

    def missing(self, wanted: Mapping[str, object], facts: Facts) -> list[str]:
        """Names of the conditions on which a shipment and the defaults are silent."""
        return [name for name in wanted if self.fact(facts, name) is None]


def register(attributes: pd.DataFrame) -> Register:
    """Register of rows ``id, default`` (JSON text)."""
    texts = zip(attributes["id"], attributes["default"], strict=True)
    return Register({str(name): json.loads(str(text)) for name, text in texts})
