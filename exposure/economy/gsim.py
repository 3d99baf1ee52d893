"""Kernel: GSIM, the global simulation model of one industry (Francois and Hall 2003).

Every country buys the varieties of all exporters, its own among them, and every exporter has one
world price. Changes are logarithmic and linear, so that prices solve one linear system a scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exposure.errors import QueryError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """An industry's trade.

    Attributes
    ----------
    trade (exporter, importer) or (scenario, exporter, importer) [USD]
        At world prices; own sales on the diagonal.
    rate_before, rate_after (scenario, exporter, importer) [fraction]
    demand (scenario, importer)
        Elasticity of the composite good's demand; negative.
    supply (scenario, exporter)
        Elasticity of export supply; positive.
    substitution (scenario, importer)
        Elasticity of substitution between exporters; positive.
    """

    trade: Floats
    rate_before: Floats
    rate_after: Floats
    demand: Floats
    supply: Floats
    substitution: Floats


@dataclass(frozen=True)
class Change:
    """What a change of duties does; (scenario, exporter, importer) unless said.

    Attributes
    ----------
    price (scenario, exporter) [fraction]
        Of the exporter's world price.
    output (scenario, exporter) [fraction]
    quantity [fraction]
        Of what each importer buys of each exporter.
    creation, diversion [USD]
        Parts of the change of quantity, at old world prices: what the composite price does, and
        what relative prices do.
    composite (scenario, importer) [fraction]
        Change of the composite price.
    producer (scenario, exporter), consumer (scenario, importer), revenue (scenario, importer) [USD]
        Surplus and duty revenue; ``consumer`` by the trapezoid under the demand curve.
    trade [USD]
        At the new world prices.
    """

    price: Floats
    output: Floats
    quantity: Floats
    creation: Floats
    diversion: Floats
    composite: Floats
    producer: Floats
    consumer: Floats
    revenue: Floats
    trade: Floats

    @property
    def welfare(self) -> Floats:
        """Producer and consumer surplus and revenue (scenario, country) [USD]."""
        return self.producer + self.consumer + self.revenue


def solve(world: World) -> Change:
    """Prices that clear every exporter's market, and what follows.

    With ``p = P_exporter + T1/T0 - 1`` and spending shares theta, an importer's demand changes by
    ``Em * sum(theta p) + Es * (sum(theta p) - p)``: creation and diversion. Supply by ``Ex * P``.

    Raises
    ------
    QueryError
        If the arrays do not fit, an elasticity has the wrong sign, or a country buys or sells
        nothing at all.
    """
    _check(world)
    trade = np.broadcast_to(world.trade, world.rate_before.shape)
    power = 1.0 + world.rate_before
    wedge = (1.0 + world.rate_after) / power - 1.0
    spent = trade * power
    theta = spent / spent.sum(axis=1, keepdims=True)
    phi = trade / trade.sum(axis=2, keepdims=True)
    em, es = world.demand[:, None, :], world.substitution[:, None, :]
    # Ex P = sum over importers of phi * demand, linear in P.
    cross = np.einsum("siv,skv->sik", phi, theta * (em + es))
    own = world.supply + (phi * es).sum(axis=2)
    system = np.eye(trade.shape[1]) * own[:, :, None] - cross
    mean_wedge = (theta * wedge).sum(axis=1, keepdims=True)
    pull = (phi * ((em + es) * mean_wedge - es * wedge)).sum(axis=2)
    price = np.linalg.solve(system, pull[..., None])[..., 0]
    paid = price[:, :, None] + wedge
    composite = (theta * paid).sum(axis=1)
    created = np.broadcast_to(em * composite[:, None, :], paid.shape)
    diverted = es * (composite[:, None, :] - paid)
    quantity = created + diverted
    output = world.supply * price
    sold, bought = trade.sum(axis=2), spent.sum(axis=1)
    new = trade * (1.0 + price[:, :, None]) * (1.0 + quantity)
    revenue = (new * world.rate_after - trade * world.rate_before).sum(axis=1)
    return Change(
        price=price,
        output=output,
        quantity=quantity,
        creation=trade * created,
        diversion=trade * diverted,
        composite=composite,
        producer=sold * price * (1.0 + output / 2.0),
        consumer=-bought * composite * (1.0 + world.demand * composite / 2.0),
        revenue=revenue,
        trade=new,
    )


def paper_consumer_surplus(world: World, change: Change) -> Floats:
    """Consumer surplus (scenario, importer) [USD] as the authors' table has it.

    ``spending * (Em c**2 sign(c) / 2 - c)`` with the composite price c of prices that are
    multiplied out, ``sum theta ((1 + P) T1/T0 - 1)``. For a rise of the price its triangle has the
    other sign than the trapezoid of `Change.consumer`.
    """
    power = 1.0 + world.rate_before
    spent = world.trade * power
    paid = (1.0 + change.price[:, :, None]) * (1.0 + world.rate_after) / power - 1.0
    bought = spent.sum(axis=1)
    composite = (spent * paid).sum(axis=1) / bought
    printed: Floats = bought * (world.demand * composite**2 * np.sign(composite) / 2.0 - composite)
    return printed


def between_rivals(world: World, change: Change, importer: int) -> Floats:
    """Diversion in one importer's market from exporter to exporter (scenario, from, to) [USD].

    At duty-inclusive prices, where it adds up: ``spending Es theta_i theta_k (p_i - p_k)`` goes
    from i to k, and what i loses to k, k gains from i.
    """
    power = 1.0 + world.rate_before[:, :, importer]
    wedge = (1.0 + world.rate_after[:, :, importer]) / power - 1.0
    paid = change.price + wedge
    spent = world.trade[..., importer] * power
    whole = spent.sum(axis=1)[:, None, None]
    theta = spent / spent.sum(axis=1, keepdims=True)
    gap = paid[:, :, None] - paid[:, None, :]
    share = theta[:, :, None] * theta[:, None, :]
    flows: Floats = whole * world.substitution[:, importer, None, None] * share * gap
    return flows


def in_steps(world: World, steps: int) -> Change:
    """The same for large changes: many small ones, with trade and shares carried along.

    The linear form errs with the square of the change of duty; beyond about 25 points of per cent
    take steps. Duties move evenly in their logarithm.
    """
    done = [change for _, change in _each_step(world, steps)]
    return Change(
        **{
            name: np.expm1(sum(np.log1p(getattr(change, name)) for change in done))
            for name in ("price", "output", "quantity", "composite")
        },
        **{
            name: np.sum([getattr(change, name) for change in done], axis=0)
            for name in ("creation", "diversion", "producer", "consumer", "revenue")
        },
        trade=done[-1].trade,
    )


def rivals_in_steps(world: World, steps: int, importer: int) -> Floats:
    """`between_rivals` summed over the steps of `in_steps` (scenario, from, to) [USD]."""
    flows: Floats = np.sum(
        [between_rivals(part, change, importer) for part, change in _each_step(world, steps)],
        axis=0,
    )
    return flows


def _each_step(world: World, steps: int) -> Iterator[tuple[World, Change]]:
    """Duties move evenly in their logarithm; trade is carried along."""
    before = np.log1p(world.rate_before)
    step = (np.log1p(world.rate_after) - before) / steps
    trade = np.broadcast_to(world.trade, world.rate_before.shape)
    for number in range(steps):
        part = replace(
            world,
            trade=trade,
            rate_before=np.expm1(before + number * step),
            rate_after=np.expm1(before + (number + 1) * step),
        )
        change = solve(part)
        yield part, change
        trade = change.trade


def _check(world: World) -> None:
    rows, count, importers = world.rate_before.shape
    shapes: dict[str, tuple[int, ...]] = {
        "trade": (rows, count, importers)[-world.trade.ndim :],
        "rate_after": (rows, count, importers),
        "demand": (rows, importers),
        "supply": (rows, count),
        "substitution": (rows, importers),
    }
    for name, shape in shapes.items():
        if getattr(world, name).shape != shape:
            found = getattr(world, name).shape
            raise QueryError(f"{name} has shape {found}", "GSIM", f"expected {shape}")
    for name, good in (
        ("demand", world.demand <= 0),
        ("supply", world.supply > 0),
        ("substitution", world.substitution > 0),
        ("trade", world.trade >= 0),
    ):
        if not good.all():
            raise QueryError(
                f"{name} has the wrong sign", "GSIM", "see exposure.economy.gsim.World"
            )
    if not all((world.trade.sum(axis=axis) > 0).all() for axis in (-1, -2)):
        raise QueryError("a country buys or sells nothing at all", "GSIM", "leave it out")
