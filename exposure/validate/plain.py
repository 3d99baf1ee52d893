"""The slow second way through the model: one row, one market, one leg after another."""

from __future__ import annotations

from exposure.model.compiled import Compiled
from exposure.model.rows import Rows
from exposure.model.run import Engine, Evaluated, Priced
from exposure.validate.plain_price import PlainPrices
from exposure.validate.plain_response import PlainResponse


def plain_engine() -> Engine:
    """An engine for `exposure.model.pipeline.run` that shares no arithmetic with the usual one."""
    made: dict[int, tuple[PlainPrices, PlainResponse]] = {}

    def of(compiled: Compiled) -> tuple[PlainPrices, PlainResponse]:
        if id(compiled) not in made:
            prices = PlainPrices(compiled)
            made[id(compiled)] = prices, PlainResponse(compiled, prices)
        return made[id(compiled)]

    def price(compiled: Compiled, rows: Rows, keep_lines: bool) -> Priced:
        return of(compiled)[0].price(rows, keep_lines=keep_lines)

    def respond(compiled: Compiled, rows: Rows, priced: Priced) -> Evaluated:
        return of(compiled)[1].respond(rows, priced)

    return Engine(price, respond)
