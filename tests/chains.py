"""A chain of stages with a border after each, for tests through `exposure.routes.landed`."""

import numpy as np

from exposure.routes.landed import Graph, accumulate


def chain(own, rates, *, freight=None, cif=False, drawback=None, exempt_home=False):
    """Stages one after another and the market at the end.

    ``own`` (stage,) [USD]; ``rates`` (stage,) or (scenario, stage); ``freight`` (stage,) [fraction
    of the value carried]; ``drawback`` (stage,). With ``exempt_home`` what the first stage adds
    pays no duty anywhere. Gives `Landed`, whose last node is the market.
    """
    count = len(own)
    rates = np.atleast_2d(np.asarray(rates, dtype=float))
    tags = np.zeros((count + 1, 2))
    tags[0, 0] = 1.0
    tags[1:count, 1] = 1.0
    graph = Graph(
        source=np.arange(count),
        target=np.arange(1, count + 1),
        weight=np.ones(count),
        level=np.arange(count + 1),
        crosses=np.ones(count, dtype=bool),
        cif=np.full(count, cif),
        own_content=tags,
        drawback=np.zeros(count) if drawback is None else np.asarray(drawback, dtype=float),
    )

    def duty_rate(level, content):
        taxed = 1.0 - content[:, :, 0] if exempt_home else 1.0
        return rates[:, [level - 1]] * taxed

    rows = len(rates)
    carriage = np.zeros(count) if freight is None else np.asarray(freight, dtype=float)
    return accumulate(
        graph,
        np.tile(np.append(np.asarray(own, dtype=float), 0.0), (rows, 1)),
        np.tile(carriage, (rows, 1)),
        duty_rate,
    )
