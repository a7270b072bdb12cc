"""Every kind of layer against 60 digits, on inputs and parameters that are 0, tiny, or large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import exact
from chainrule.reference.forward import record_forward, with_masks
from chainrule.reference.gradients import H, frozen_masks
from chainrule.reference.layers import KINDS, own
from chainrule.reference.layers.periodic import TURN
from chainrule.spec import KINDS as CLOSED_SET
from chainrule.spec import Layer, NetworkSpec, TrainingSpec
from exact import SEEN, numbers
from kinds import examples, network_with
from strategies import random_rows

EPS = float(np.finfo(float).eps)

ROWS = 6
FILLS = {  # of inputs and of parameters
    "zeros": (0.0, -0.0),
    "tiny": (5e-324, -1e-300, 1e-30, -0.0),
    "saturated": (40.0, -40.0, 0.0, 0.3, 7.0),
    "large": (700.0, -0.0, -300.0, 1e3, 0.1),
}
Rows = list[list[Any]]  # numbers in many digits
Arrays = dict[str, np.ndarray]


@pytest.fixture(autouse=True)
def many_digits() -> Iterator[None]:
    with mp.workdps(exact.DIGITS):
        yield


def matrix(values: np.ndarray) -> Rows:
    return [numbers(row) for row in values]


def dense(layer: Any, own: Arrays, a: Rows) -> tuple[Rows, Rows]:
    W, b = matrix(own["W"]), numbers(own["b"])
    scale = 1 / mpmath.sqrt(len(a[0])) if layer.ntk else mpf(1)
    parts = [
        [[scale * w * v for w, v in zip(W[j], row, strict=True)] + [b[j]] for j in range(len(b))]
        for row in a
    ]
    return summed(parts)


def activation(layer: Any, own: Arrays, z: Rows) -> tuple[Rows, Rows]:
    sigma, _ = exact.ACTIVATIONS[layer.function]
    if not layer.parametric:
        return summed([[[sigma(v)] for v in row] for row in z])
    w = numbers(own["activation_weight"])
    return summed([[[v, w[j] * sigma(v), -w[j] * v] for j, v in enumerate(row)] for row in z])


def dropout(layer: Any, own: Arrays, a: Rows) -> tuple[Rows, Rows]:
    mask = matrix(own["mask"])
    return summed(
        [[[v * m] for v, m in zip(*rows, strict=True)] for rows in zip(a, mask, strict=True)]
    )


def scale(layer: Any, own: Arrays, a: Rows) -> tuple[Rows, Rows]:
    factors = numbers(own["scale"])
    return summed([[[v * s] for v, s in zip(row, factors, strict=True)] for row in a])


def embedding(layer: Any, own: Arrays, codes: Rows) -> tuple[Rows, Rows]:
    starts = np.cumsum([0, *(known + 1 for known in layer.levels)])
    rows = [[int(starts[c] + code) for c, code in enumerate(row)] for row in codes]
    table = matrix(own["embedding"])
    return summed([[[v] for r in row for v in table[r]] for row in rows])


def periodic(layer: Any, own: Arrays, x: Rows) -> tuple[Rows, Rows]:
    """The rounding of an angle u costs up to 2 |u| roundings of the cosine's factor."""
    frequency, phase, bias = (matrix(own[name]) for name in ("frequency", "phase", "bias"))
    weight = matrix(own["weight"])
    values: Rows = [[] for _ in x]
    terms: Rows = [[] for _ in x]
    for value, term, row in zip(values, terms, x, strict=True):
        for c, v in enumerate(row):
            turns = [mpf(TURN) * f * v for f in frequency[c]]
            for o, constant in enumerate(bias[c]):
                w = weight[c * len(bias[c]) + o]
                waves = [mpmath.cos(t + p) for t, p in zip(turns, phase[c], strict=True)]
                value.append(sum(map(mp.fmul, w, waves)) + constant)
                sizes = [1 + 2 * abs(t) + 2 * abs(p) for t, p in zip(turns, phase[c], strict=True)]
                term.append(sum(map(mp.fmul, map(abs, w), sizes)) + abs(constant))
            value.append(v)
            term.append(abs(v))
    return values, terms


def layer_norm(layer: Any, own: Arrays, a: Rows) -> tuple[Rows, Rows]:
    """The rounding of a centred number goes by what was subtracted."""
    gain, bias = numbers(own["norm_gain"]), numbers(own["norm_bias"])
    values: Rows = []
    terms: Rows = []
    for row in a:
        mean, size = sum(row) / len(row), sum(map(abs, row)) / len(row)
        deviation = mpmath.sqrt(sum((v - mean) ** 2 for v in row) / len(row) + layer.epsilon)
        values.append(
            [g * (v - mean) / deviation + b for g, v, b in zip(gain, row, bias, strict=True)]
        )
        terms.append(
            [
                4 * abs(g) * (abs(v) + size) / deviation + abs(b)
                for g, v, b in zip(gain, row, bias, strict=True)
            ]
        )
    return values, terms


def summed(parts: list[list[list[Any]]]) -> tuple[Rows, Rows]:
    """Of the terms of every number: their sum, and the sum of their sizes."""
    return (
        [[sum(terms) for terms in row] for row in parts],
        [[sum(map(abs, terms)) for terms in row] for row in parts],
    )


EXACT: dict[str, Callable[[Any, Arrays, Rows], tuple[Rows, Rows]]] = {
    "dense": dense,
    "activation": activation,
    "dropout": dropout,
    "scale": scale,
    "embedding": embedding,
    "periodic": periodic,
    "layer_norm": layer_norm,
}
CONTAINERS = {"columns", "residual"}


def filled(layer: Layer, fill: str) -> tuple[NetworkSpec, Arrays, np.ndarray]:
    """A network around the layer, its parameters and rows, of the numbers of `fill` at random."""
    spec = network_with(layer)
    rng = np.random.default_rng(len(fill))
    params = {
        name: rng.choice(FILLS[fill], size=shape) for name, shape in spec.parameter_shapes.items()
    }
    if not layer.reads_features:
        params["W1"], params["b1"] = np.eye(4), np.zeros(4)  # hands the rows on
    codes = random_rows(rng, spec, ROWS)
    X = rng.choice(FILLS[fill], size=codes.shape)
    for at in spec.walk:
        if at.layer.kind == "embedding":
            X[:, at.first : at.first + at.n_in] = codes[:, at.first : at.first + at.n_in]
    return spec, params, X


def test_every_kind_is_written_once_more() -> None:
    assert EXACT.keys() | CONTAINERS == set(CLOSED_SET)


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("kind", CLOSED_SET)
def test_forward(kind: str, fill: str) -> None:
    for layer in examples(kind):
        spec, params, X = filled(layer, fill)
        masks = frozen_masks(spec, ROWS, TrainingSpec(), 1)
        record, values = record_forward(spec, params, X, masks), with_masks(params, masks)
        for at in spec.walk:
            if at.layer.kind in CONTAINERS:  # each part is tested on its own
                continue
            a, out = record.inputs[at.index], record.outputs[at.index]
            expected, terms = EXACT[at.layer.kind](at.layer, own(at, values), matrix(a))
            for found, value, size in zip(out, expected, terms, strict=True):
                for f, v, t in zip(found, value, size, strict=True):
                    # A product below the normal numbers is rounded to a multiple of 5e-324.
                    assert abs(f - v) <= (len(a[0]) + 4) * EPS * t + mpf(1e-322), at


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("kind", CLOSED_SET)
def test_the_vjp_is_the_complex_step(kind: str, fill: str) -> None:
    for layer in examples(kind):
        spec, params, X = filled(layer, fill)
        masks = frozen_masks(spec, ROWS, TrainingSpec(), 1)
        record, values = record_forward(spec, params, X, masks), with_masks(params, masks)
        for at in spec.walk:
            if at.layer.kind in CONTAINERS:
                continue
            a, out, mine = record.inputs[at.index], record.outputs[at.index], own(at, values)
            G = np.random.default_rng(0).normal(size=out.shape)
            of = KINDS[at.layer.kind]
            dl_da, grads = of.vjp(at.layer, mine, a, G, np.ones(ROWS))
            for family, found in grads.items():
                w = mine[family]
                moved = w + 1j * H * np.eye(w.size).reshape(-1, *w.shape)
                stack = of.forward(at.layer, {**mine, family: moved}, a)
                assert near(found, ((G * stack.imag).sum(axis=(-2, -1)) / H).reshape(w.shape)), at
            if dl_da is not None:
                moved = a + 1j * H * np.eye(a.shape[-1])[:, np.newaxis]
                stack = of.forward(at.layer, mine, moved)
                assert near(dl_da, (G * stack.imag).sum(axis=-1).T / H), at


def near(found: np.ndarray, expected: np.ndarray) -> bool:
    """Equal but for roundings of the largest number, and for what h makes too small to be seen."""
    size = float(np.abs(expected).max())
    return bool(np.abs(found - expected).max() <= 1e-12 * size + SEEN)
