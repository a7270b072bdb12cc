"""The path view: a gradient as the sum of products along every way from the loss to a weight.

    dl/dw_ji(l) = a_i(l-1) * sum over k, m, ... of  s'(z_j) w_kj s'(z_k) w_mk ... delta_m(L)

There are n_(l+1) n_(l+2) ... n_L ways. Up to `LIMIT` they are all multiplied out, independently of
the engine's deltas below L. Above, the k largest are found by keeping, per unit, the k largest
products from the output down to it: absolute values multiply along a way, so the k largest ways
consist of k largest parts. What remains is then known by difference only, and says so. Where a
layer mixes the units of a row there are no ways to tell apart.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.layer import Elementwise, Layer
from chainrule.explain.notation.contents import Path, Paths
from chainrule.explain.notation.exact_sum import exact_sum
from chainrule.explain.notation.tree import Node, Rest, times
from chainrule.reference.arrays import Array

LIMIT = 10_000

Way = tuple[int, ...]  # units of layers l, l + 1, ..., L


class Stretch(NamedTuple):
    """The way from the units of a numbered layer to those of the next."""

    between: tuple[Elementwise, ...]
    into: Layer

    def factors(self, j: int, k: int, row: int) -> list[Node]:
        """From unit j of the one to unit k of the other: s'(z_j) m_j w_kj."""
        passed = [factor for layer in self.between for factor in layer.slope(j, row)]
        return [*passed, *self.into.link(k, j)]

    def matrix(self, row: int) -> Array:
        """The products of all of them (k, j)."""
        passed = [
            math.prod(f.value for layer in self.between for f in layer.slope(j, row))
            for j in range(self.into.at.n_in)
        ]
        return np.asarray(self.into.links() * np.array(passed))


def stretches(build: Derivation, layer: int) -> list[Stretch] | None:
    """From layer to layer up to L; None where one in between mixes units or runs others."""
    found = []
    for l in range(layer, build.spec.n_layers):
        between = []
        above = build.layers[build.spec.dense_places[l - 1].index].above
        while isinstance(above, Elementwise):
            between.append(above)
            above = above.above
        into = build.layers[build.spec.dense_places[l].index]
        if above is not into or any(part.wire.is_part for part in (*between, into)):
            return None
        found.append(Stretch(tuple(between), into))
    return found


def find_paths(
    build: Derivation, layer: int, unit: int, row: int, head: list[Node]
) -> Paths | None:
    """The ways from the loss to z_j(layer) of a row, times the factors `head` (a_i, or nothing)."""
    way_up = stretches(build, layer)
    if not way_up:
        return None
    steps = [stretch.matrix(row) for stretch in way_up]
    last = np.asarray(build.last.derivatives[row], np.float64)
    n_paths = math.prod(len(step) for step in steps)
    first = math.prod(node.value for node in head)
    total = build.of_unit("delta", layer, unit, row).value * first
    top = build.sums.top

    def path(way: Way) -> Path:
        factors = list(head)
        for stretch, (j, k) in zip(way_up, pairwise(way), strict=True):
            factors += stretch.factors(j, k, row)
        factors.append(build.last.derivative(way[-1], row))
        return Path(way, times(*factors))

    if n_paths <= LIMIT:
        units, values = _all(steps, last, unit)
        values = values * first
        order = np.argsort(-np.abs(values), kind="stable")
        kept = order if top is None else order[:top]
        others = np.setdiff1d(np.arange(len(values)), kept)
        rest = Rest(exact_sum(values[others].tolist()), len(others)) if len(others) else None
        absolute = exact_sum(np.abs(values).tolist())
        shown = tuple(path(units[k]) for k in kept)
        return Paths(layer, row, total, n_paths, shown, rest, True, absolute)
    shown = tuple(path(way) for way in _largest(steps, last, unit, top or LIMIT))
    by_difference = total - exact_sum(each.value for each in shown)
    return Paths(
        layer, row, total, n_paths, shown, Rest(by_difference, n_paths - len(shown)), False, None
    )


def _all(steps: list[Array], last: Array, unit: int) -> tuple[list[Way], Array]:
    """Every way and its product, without the head."""
    ways: list[Way] = [(unit,)]
    values = np.ones(1)
    for step in steps:
        ends = [way[-1] for way in ways]
        values = (values[:, np.newaxis] * step[:, ends].T).reshape(-1)
        ways = [(*way, k) for way in ways for k in range(len(step))]
    return ways, values * last[[way[-1] for way in ways]]


def _largest(steps: list[Array], last: Array, unit: int, k: int) -> list[Way]:
    """The k ways of largest absolute product, by the k best suffixes of each unit."""
    # best (n_l, k): largest |suffix products| of each unit; onward (n_l, k, 2): where each goes.
    best = np.abs(last)[:, np.newaxis]
    onward: list[Array] = []
    for place, matrix in reversed(list(enumerate(steps))):
        step = np.abs(matrix)  # (n_{l+1}, n_l)
        if place == 0:
            step = step[:, unit : unit + 1]
        candidates = (step.T[:, :, np.newaxis] * best).reshape(step.shape[1], -1)
        keep = min(k, candidates.shape[1])
        places = np.argpartition(-candidates, keep - 1, axis=1)[:, :keep]
        ranked = np.take_along_axis(candidates, places, axis=1).argsort(axis=1)[:, ::-1]
        places = np.take_along_axis(places, ranked, axis=1)
        onward.append(np.stack([places // best.shape[1], places % best.shape[1]], axis=-1))
        best = np.take_along_axis(candidates, places, axis=1)
    ways = []
    for start in range(best.shape[1]):
        way, at, slot = [unit], 0, start
        for table in reversed(onward):
            at, slot = (int(x) for x in table[at, slot])
            way.append(at)
        ways.append(tuple(way))
    return ways
