"""The parameters before the first step: random weights of the right size, biases 0."""

from __future__ import annotations

import math

import numpy as np

from chainrule.reference.arrays import Array, Params
from chainrule.reference.random import words
from chainrule.spec import NetworkSpec, Parameter


def initialize(spec: NetworkSpec, init: str, seed: int = 0) -> Params:
    """Every parameter as its `start` says, the weights W by one scheme of `INITIALIZATIONS`.

    Uniform schemes draw from (-sqrt(3 v), sqrt(3 v)), normal ones and ntk from N(0, v), where the
    variance v is 2 / (n_in + n_out) for glorot, 2 / n_in for he, 1 / n_in for lecun, 1 for ntk.
    """
    return {
        name: start(parameter, init, seed, at.number)
        for at in spec.walk
        for name, parameter in at.parameters.items()
    }


def start(parameter: Parameter, init: str, seed: int, number: int) -> Array:
    """The first value of one parameter of layer `number`."""
    shape, size = parameter.shape, parameter.start.size
    layer = parameter.start.counter or number
    match parameter.start.distribution:
        case "zeros":
            return np.zeros(shape)
        case "ones":
            return np.ones(shape)
        case "uniform":
            return size * symmetric(seed, layer, shape)
        case "normal":
            return size * normal(seed, layer, shape)
        case _:
            return weights(init, seed, layer, shape)


def weights(init: str, seed: int, layer: int, shape: tuple[int, ...]) -> Array:
    """W(l) by the scheme."""
    if init == "zeros":
        return np.zeros(shape)
    n_out, n_in = shape
    scheme, _, distribution = init.partition("_")
    variance = {
        "glorot": 2.0 / (n_in + n_out),
        "he": 2.0 / n_in,
        "lecun": 1.0 / n_in,
        "ntk": 1.0,
    }[scheme]
    if distribution == "uniform":
        return math.sqrt(3.0 * variance) * symmetric(seed, layer, shape)
    return math.sqrt(variance) * normal(seed, layer, shape)


def symmetric(seed: int, layer: int, shape: tuple[int, ...]) -> Array:
    """Uniform numbers in [-1, 1)."""
    return 2.0 * uniforms(seed, layer, shape)[0] - 1.0


def normal(seed: int, layer: int, shape: tuple[int, ...]) -> Array:
    """Standard normal numbers by Box and Muller, who make one of two uniform numbers."""
    u1, u2 = uniforms(seed, layer, shape)
    value: Array = np.sqrt(-2.0 * np.log1p(-u1)) * np.cos(2.0 * math.pi * u2)
    return value


def uniforms(seed: int, layer: int, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Two uniform numbers in [0, 1) of 53 bits for every weight; each (n_out, n_in)."""
    n_out, n_in = shape
    w = words(seed, "init", np.arange(n_in), np.arange(n_out)[:, np.newaxis], layer, 0)
    w0, w1, w2, w3 = np.moveaxis(w.astype(np.int64), -1, 0)
    return (
        ((w0 >> 5) * 2.0**26 + (w1 >> 6)) / 2.0**53,
        ((w2 >> 5) * 2.0**26 + (w3 >> 6)) / 2.0**53,
    )
