"""The stem on a straight path: what stands before layer 1, and how it moves between two rows.

A column of numbers moves in a straight line, x = x' + alpha (x - x'); an embedded category moves in
a straight line between the vectors of its two levels, as its one-hot inputs would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chainrule.reference.layers import embedding, own, periodic
from chainrule.spec import (
    CategoryEmbedding,
    Columns,
    Dense,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Placed,
    Scale,
)

Array = np.ndarray
Params = dict[str, Array]
Point = tuple[Array, Array]  # a (n, width), and da/dalpha
Curve = Callable[[Array, Array, Array], Point]  # of rows x', x and alpha (n, 1)


@dataclass(frozen=True)
class Stem:
    """A network cut behind the layer that reads the table.

    Attributes
    ----------
    head : NetworkSpec
        The layers behind it, a `Scale` first, or a dense layer of the identity.
    params : dict of str to ndarray
        Those of the head.
    scale : ndarray (width,)
        The factors of that `Scale`; else ones.
    inputs : ndarray of int (width,)
        The column of the network's features that each input of the head is made of.
    """

    head: NetworkSpec
    params: Params
    scale: Array
    inputs: Array
    _parts: tuple[tuple[slice, Curve], ...]

    @classmethod
    def cut(cls, spec: NetworkSpec, params: Params) -> Stem:
        """From a whole network."""
        first = spec.placed[0]
        parts = _parts(first)
        read = {name for at in first.walk() for name in at.parameters} if parts else set()
        layers = spec.layers[1:] if parts else spec.layers
        parts = parts or [(Part(spec.n_features), None)]
        curves, inputs, at = [], [], 0
        for part, placed in parts:
            width = part.columns if part.layer is None else part.layer.n_out(part.columns, "")
            curves.append((slice(at, at + part.columns), _curve(placed, params)))
            inputs.append(np.repeat(np.arange(at, at + part.columns), width // part.columns))
            at += part.columns
        columns = np.concatenate(inputs)
        n, dtype = len(columns), params["W1"].dtype
        scale = np.ones(n, dtype)
        values = [params[name] for name in spec.parameters if name not in read]
        if layers and isinstance(layers[0], Scale):
            scale = values[0].reshape(-1)
        elif any(isinstance(at.layer, Scale) for at in spec.segments[0]):  # there is one at most
            layers, values = (
                (Dense(n), *layers),
                [np.eye(n, dtype=dtype), np.zeros(n, dtype), *values],
            )
        else:
            layers, values = (Scale(), *layers), [scale, *values]
        head = NetworkSpec(n, tuple(layers), spec.loss)
        named = dict(zip(head.parameters, values, strict=True))
        return cls(head, named, scale, columns, tuple(curves))

    def at(self, start: Array, end: Array, alpha: Array) -> Point:
        """a(0) and da(0)/dalpha on the way from rows `start` to rows `end`, (n, width) each."""
        points = [curve(start[:, part], end[:, part], alpha) for part, curve in self._parts]
        a, slope = zip(*points, strict=True)
        return np.concatenate(a, axis=1), np.concatenate(slope, axis=1)


def _parts(first: Placed) -> list[tuple[Part, Placed | None]]:
    """What the layer that reads the table makes side by side; none where it is an ordinary one."""
    layer = first.layer
    if isinstance(layer, Columns):
        inside = iter(first.inside)
        return [(part, next(inside) if part.layer else None) for part in layer.parts]
    if isinstance(layer, CategoryEmbedding | PeriodicEmbedding):
        return [(Part(first.n_in, layer), first)]
    return []


def _curve(placed: Placed | None, params: Params) -> Curve:
    if placed is None:
        return _straight
    layer, values = placed.layer, own(placed, params)
    if isinstance(layer, PeriodicEmbedding):
        return _periodic(values)
    if isinstance(layer, CategoryEmbedding):
        return lambda start, end, alpha: _straight(
            embedding.forward(layer, values, start), embedding.forward(layer, values, end), alpha
        )
    return _straight


def _straight(start: Array, end: Array, alpha: Array) -> Point:
    way = end - start
    return start + alpha * way, way


def _periodic(values: Params) -> Curve:
    """e = W cos u + b beside x, with u = 2 pi f x + phase: de/dx = -W (2 pi f sin u)."""
    frequency, phase = values["frequency"][:, None], values["phase"][:, None]  # (columns, 1, k)
    weight = periodic.per_column(values["weight"], values["bias"]).swapaxes(1, 2)
    turns = (periodic.TURN * frequency).astype(frequency.dtype)

    def curve(start: Array, end: Array, alpha: Array) -> Point:
        x, way = _straight(start, end, alpha)
        u = turns * x.T[..., None] + phase  # (columns, n, k)
        e = np.cos(u) @ weight + values["bias"][:, None]
        de = -(np.sin(u) * turns) @ weight * way.T[..., None]
        return _beside(e, x), _beside(de, way)

    return curve


def _beside(e: Array, x: Array) -> Array:
    """Rows (n, columns (outputs + 1)): of each column its e, then itself."""
    both = np.concatenate([e, x.T[..., None]], axis=2).swapaxes(0, 1)
    return np.ascontiguousarray(both).reshape(len(x), -1)
