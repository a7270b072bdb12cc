"""The path view: a gradient as the sum of products along every way from the loss to a weight.

    dl/dw_ji(l) = a_i(l-1) * sum over k, m, ... of  s'(z_j) w_kj s'(z_k) w_mk ... delta_m(L)

There are n_(l+1) n_(l+2) ... n_L ways. Up to `LIMIT` they are all multiplied out, independently of
the engine's deltas below L. Above, the k largest are found by keeping, per unit, the k largest
products from the output down to it: absolute values multiply along a way, so the k largest ways
consist of k largest parts. What remains is then known by difference only, and says so.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.notation.contents import Path, Paths
from chainrule.explain.notation.tree import Node, Rest, times

LIMIT = 10_000

Way = tuple[int, ...]  # units of layers l, l + 1, ..., L


def find_paths(build: Derivation, layer: int, unit: int, row: int, head: list[Node]) -> Paths:
    """The ways from the loss to z_j(layer) of a row, times the factors `head` (a_i, or nothing)."""
    sizes = build.spec.layer_sizes
    n_paths = math.prod(sizes[layer + 1 :])
    first = math.prod(node.value for node in head)
    total = float(build.trace.delta[layer][row, unit]) * first
    if n_paths <= LIMIT:
        units, values = _all(build, layer, unit, row)
        values = values * first
        order = np.argsort(-np.abs(values), kind="stable")
        kept = order if build.top is None else order[: build.top]
        others = np.setdiff1d(np.arange(len(values)), kept)
        rest = Rest(math.fsum(values[others].tolist()), len(others)) if len(others) else None
        chosen = [units[k] for k in kept]
        absolute = math.fsum(np.abs(values).tolist())
        shown = tuple(_path(build, layer, way, row, head) for way in chosen)
        return Paths(layer, row, total, n_paths, shown, rest, True, absolute)
    ways = _largest(build, layer, unit, row, build.top or LIMIT)
    shown = tuple(_path(build, layer, way, row, head) for way in ways)
    by_difference = total - math.fsum(path.value for path in shown)
    rest = Rest(by_difference, n_paths - len(shown))
    return Paths(layer, row, total, n_paths, shown, rest, False, None)


def _step(build: Derivation, l: int, row: int) -> np.ndarray:
    """Factor of going from unit j of layer l to unit k of layer l + 1: s'(z_j) m_j w_kj; (k, j)."""
    trace = build.trace
    factor = np.asarray(trace.slope[l][row], np.float64)
    if trace.masks and trace.masks[l] is not None:
        factor = factor * trace.masks[l][row]
    for scale in build.scaling(l + 1):
        factor = factor * scale.value
    return np.asarray(trace.params[f"W{l + 1}"], np.float64) * factor


def _all(build: Derivation, layer: int, unit: int, row: int) -> tuple[list[Way], np.ndarray]:
    """Every way and its product, without the head."""
    ways: list[Way] = [(unit,)]
    values = np.ones(1)
    for l in range(layer, build.spec.n_layers):
        step = _step(build, l, row)
        ends = [way[-1] for way in ways]
        values = (values[:, np.newaxis] * step[:, ends].T).reshape(-1)
        ways = [(*way, k) for way in ways for k in range(step.shape[0])]
    last = np.asarray(build.trace.delta[build.spec.n_layers][row], np.float64)
    return ways, values * last[[way[-1] for way in ways]]


def _largest(build: Derivation, layer: int, unit: int, row: int, k: int) -> list[Way]:
    """The k ways of largest absolute product, by the k best suffixes of each unit."""
    L = build.spec.n_layers
    # best (n_l, k): largest |suffix products| of each unit; come (n_l, k, 2): where each goes on.
    best = np.abs(np.asarray(build.trace.delta[L][row], np.float64))[:, np.newaxis]
    onward: list[np.ndarray] = []
    for l in range(L - 1, layer - 1, -1):
        step = np.abs(_step(build, l, row))  # (n_{l+1}, n_l)
        if l == layer:
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


def _path(build: Derivation, layer: int, way: Way, row: int, head: list[Node]) -> Path:
    factors: list[Node] = list(head)
    for step, (j, k) in enumerate(pairwise(way)):
        l = layer + step
        factors += [build.slope(l, j, row), *build.passing(l, j, row)]
        factors += [*build.scaling(l + 1), build.w(l + 1, k, j)]
    factors.append(build.of_row("delta", build.spec.n_layers, way[-1], row))
    return Path(way, times(*factors))
