"""Where the points of a sweep lie among its dimensions; any stretch of them at a time."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from exposure.facts.documents import Dimension, Sweep
from exposure.model.sensitivity import base_samples

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Stretch:
    """Scenarios that follow one another.

    Attributes
    ----------
    id (scenario,)
        Numbers, from 0.
    way (scenario,)
        Number of the combination of options and days, in `Layout.ways`.
    number (scenario, dimension)
        Place of each numeric dimension: its value in a grid or a list; between 0 and 1 in a sampled
        design.
    draw (scenario,)
        Number of the draw; 0 is central.
    """

    id: Ints
    way: Ints
    number: Floats
    draw: Ints


@dataclass(frozen=True)
class Layout:
    """The points of a sweep.

    Attributes
    ----------
    spec
        The sweep.
    choices, numbers
        Its dimensions that choose among ways, and those that move a number.
    ways
        Every combination of the choices, the last fastest: a name for each.
    samples (point, dimension)
        Between 0 and 1, choices first; empty where points are worked out from their number.

    Notes
    -----
    Scenarios count the ways slowest, so that the scenarios of one law lie together; then the
    numbers in the order of the file, the last fastest; then the draws.
    """

    spec: Sweep
    choices: tuple[Dimension, ...]
    numbers: tuple[Dimension, ...]
    ways: tuple[tuple[str, ...], ...]
    samples: Floats

    @property
    def points(self) -> int:
        """How many there are, draws not counted."""
        spec = self.spec
        if spec.design == "saltelli":
            return int(spec.size or 0) * (2 + len(self.numbers))
        if spec.size is not None:
            return spec.size
        if spec.design == "list":
            # All dimensions of a list are as long as the first: one that chooses, or a number.
            first = spec.dimensions[:1]
            return len(labels_of(first[0]) or values_of(first[0])) if first else 1
        return len(self.ways) * int(np.prod([len(values_of(d)) for d in self.numbers], dtype=int))

    def __len__(self) -> int:
        """Count the scenarios."""
        return self.points * (1 + self.spec.draws)

    def stretch(self, start: int, stop: int) -> Stretch:
        """Scenarios ``start`` up to but not including ``stop``."""
        number = np.arange(start, min(stop, len(self)), dtype=np.int64)
        point, draw = np.divmod(number, 1 + self.spec.draws)
        if self.spec.design == "grid":
            way, at = self._grid(point)
        elif self.spec.design == "list":
            way, at = self._list(point)
        else:
            way, at = self._sampled(point)
        return Stretch(number, way, at, draw)

    def _grid(self, point: Ints) -> tuple[Ints, Floats]:
        lengths = [len(values_of(item)) for item in self.numbers]
        way, rest = np.divmod(point, int(np.prod(lengths, dtype=int)))
        found = np.empty((len(point), len(lengths)))
        for column in range(len(lengths) - 1, -1, -1):
            rest, place = np.divmod(rest, lengths[column])
            found[:, column] = values_of(self.numbers[column])[place]
        return way, found

    def _list(self, point: Ints) -> tuple[Ints, Floats]:
        names = list(zip(*(labels_of(item) for item in self.choices), strict=True)) or [()]
        of_point = np.array([self.ways.index(name) for name in names], dtype=np.int64)
        way = of_point[point] if self.choices else np.zeros(len(point), dtype=np.int64)
        columns = [values_of(item)[point] for item in self.numbers]
        return way, np.stack(columns, axis=1) if columns else np.empty((len(point), 0))

    def _sampled(self, point: Ints) -> tuple[Ints, Floats]:
        if self.spec.design == "saltelli":
            return np.zeros(len(point), dtype=np.int64), self._saltelli(point)
        chosen = self._even(point)
        way = np.zeros(len(point), dtype=np.int64)
        for place, item in enumerate(self.choices):
            count = len(labels_of(item))
            way = way * count + np.minimum((chosen[:, place] * count).astype(np.int64), count - 1)
        return way, chosen[:, len(self.choices) :]

    def _even(self, point: Ints) -> Floats:
        """Even numbers between 0 and 1 (point, dimension)."""
        if len(self.samples):
            return self.samples[point]
        if not len(point):
            return np.empty((0, len(self.spec.dimensions)))
        from scipy.stats import qmc

        first, last = int(point[0]), int(point[-1])
        stream = qmc.Sobol(len(self.choices) + len(self.numbers), rng=self.spec.seed)
        if first:
            stream.fast_forward(first)
        with warnings.catch_warnings():
            # The size is a power of 2; a stretch of it need not be.
            warnings.simplefilter("ignore", UserWarning)
            found = np.asarray(stream.random(last - first + 1), dtype=np.float64)
        # The ends of a law that is not bounded lie at infinity.
        inside: Floats = np.clip(found[point - first], 1e-9, 1.0 - 1e-9)
        return inside

    def _saltelli(self, point: Ints) -> Floats:
        """Rows of A, of B, and of A with each column in turn from B."""
        size, names = int(self.spec.size or 0), len(self.numbers)
        block, row = np.divmod(point, size)
        first, second = self.samples[:, :names], self.samples[:, names:]
        found = np.where((block == 1)[:, None], second[row], first[row])
        for column in range(names):
            mine = block == 2 + column
            found[mine, column] = second[row[mine], column]
        return found


def layout(spec: Sweep) -> Layout:
    """Lay out a sweep."""
    choices = tuple(item for item in spec.dimensions if item.categorical)
    numbers = tuple(item for item in spec.dimensions if not item.categorical)
    samples = np.empty((0, 0))
    if spec.design == "latin_hypercube":
        from scipy.stats import qmc

        samples = qmc.LatinHypercube(len(spec.dimensions), rng=spec.seed).random(spec.size or 0)
    elif spec.design == "saltelli":
        samples = np.concatenate(base_samples(spec.size or 0, len(numbers), spec.seed), axis=1)
    ways = tuple(product(*(labels_of(item) for item in choices)))
    return Layout(spec, choices, numbers, ways, samples)


def values_of(item: Dimension) -> Floats:
    """Values of a numeric dimension of a grid or a list (value,)."""
    if item.range is not None:
        return np.linspace(item.range.start, item.range.to, item.range.steps)
    return np.array(item.values or [], dtype=np.float64)


def labels_of(item: Dimension) -> Sequence[str]:
    """Names of the ways of a dimension that chooses: its options, or days as written."""
    if item.options is not None:
        return tuple(item.options)
    return tuple(day.isoformat() for day in item.law_on or ())
