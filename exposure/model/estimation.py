"""An estimation document joined with the kernels: estimate, what follows from it, its files."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from exposure.economy.derived import percent_effect
from exposure.economy.design import Design, Event, Regressor
from exposure.economy.estimate import Estimate, estimate
from exposure.errors import QueryError
from exposure.facts.documents.estimations import Estimation


@dataclass(frozen=True)
class Estimated:
    """A document and its estimate."""

    document: Estimation
    estimate: Estimate

    @property
    def verdict(self) -> str:
        """``identified``, ``weak`` or ``not identified``."""
        return self.estimate.verdict

    def table(self) -> pd.DataFrame:
        """Coefficients with errors and 95 % intervals."""
        return self.estimate.table()

    def percent(self) -> tuple[float, float, float, float] | None:
        """Effect, error and 95 % interval [fraction] of the asked rate, or of the event."""
        found = self.estimate.headline
        if self.estimate.event_time:
            # exp(b) - 1 is the change by a duty of e - 1 per cent in the same formula.
            return percent_effect(found.value, found.error, 1.718281828459045,
                                  self.estimate.critical)  # fmt: skip
        if self.document.percent_at is None:
            return None
        return percent_effect(
            found.value, found.error, self.document.percent_at, self.estimate.critical
        )

    def parameter_row(self) -> dict[str, Any]:
        """Row for ``parameters.yaml``; see `Estimate.parameter_row`."""
        document = self.document
        return self.estimate.parameter_row(
            document.informs, document.title, document.source, sector=document.sector,
            unit=document.unit_of_parameter, pass_through=document.pass_through,
        )  # fmt: skip

    def summary(self) -> pd.DataFrame:
        """One row: the number, its interval, all diagnostics, the verdict and its reasons."""
        made = self.estimate
        row: dict[str, Any] = {"id": self.document.id, "quantity": made.quantity}
        row |= {
            "estimate": made.headline.value, "standard_error": made.headline.error,
            "low": made.headline.low, "high": made.headline.high,
            "verdict": made.verdict, "reasons": "; ".join(made.reasons),
            "notes": "; ".join(made.notes), "route": made.route, "critical_value": made.critical,
        }  # fmt: skip
        if made.diagnostics:
            facts = asdict(made.diagnostics)
            row |= facts | {"clusters": " ".join(map(str, facts["clusters"]))}
        return pd.DataFrame([row])


def run_estimation(document: Estimation, table: pd.DataFrame) -> Estimated:
    """Estimate what a document asks of a table.

    Raises
    ------
    DataError
        If the table does not fit; see `exposure.economy.estimate.estimate`.
    """
    return Estimated(document, estimate(table, design_of(document)))


def design_of(document: Estimation) -> Design:
    """The design of a document.

    Raises
    ------
    QueryError
        If ``pass_through`` is asked of a regressor that is no ``ln(1 + t)``.
    """
    regressors = tuple(Regressor(item.column, item.transform) for item in document.regressors)
    if document.pass_through and regressors[0].transform != "log1p":
        raise QueryError("pass_through needs a slope on log1p of a rate", document.id)
    event = document.event
    return Design(
        outcome=document.outcome,
        regressors=regressors,
        effects=tuple(document.effects),
        cluster=tuple(document.cluster),
        model=document.model,
        event=Event(event.time, event.treated, event.on, event.window) if event else None,
        weights=document.weights,
        errors=document.errors,
        factor=document.factor,
        unit=document.unit,
        expect=document.expect,
    )
