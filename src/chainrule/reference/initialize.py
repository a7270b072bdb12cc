"""The parameters before the first step: random weights of the right size, biases 0."""

from __future__ import annotations

import math

import numpy as np

from chainrule.reference.arrays import Array, Params
from chainrule.reference.random import words
from chainrule.spec import NetworkSpec


def initialize(spec: NetworkSpec, init: str, seed: int = 0) -> Params:
    """All W by one scheme of `INITIALIZATIONS`, all b zero.

    Uniform schemes draw from (-sqrt(3 v), sqrt(3 v)), normal ones and ntk from N(0, v), where the
    variance v is 2 / (n_in + n_out) for glorot, 2 / n_in for he, 1 / n_in for lecun, 1 for ntk.
    """
    params: Params = {}
    for name, shape in spec.parameter_shapes.items():
        if name.startswith("b") or init == "zeros":
            params[name] = np.zeros(shape)
            continue
        n_out, n_in = shape
        family, _, distribution = init.partition("_")
        variance = {
            "glorot": 2.0 / (n_in + n_out),
            "he": 2.0 / n_in,
            "lecun": 1.0 / n_in,
            "ntk": 1.0,
        }[family]
        u1, u2 = uniforms(seed, int(name[1:]), n_out, n_in)
        if distribution == "uniform":
            params[name] = math.sqrt(3.0 * variance) * (2.0 * u1 - 1.0)
        else:  # Box and Muller: two uniform numbers make one normal number
            normal = np.sqrt(-2.0 * np.log1p(-u1)) * np.cos(2.0 * math.pi * u2)
            params[name] = math.sqrt(variance) * normal
    return params


def uniforms(seed: int, layer: int, n_out: int, n_in: int) -> tuple[Array, Array]:
    """Two uniform numbers in [0, 1) of 53 bits for every weight; each (n_out, n_in)."""
    w = words(seed, "init", np.arange(n_in), np.arange(n_out)[:, np.newaxis], layer, 0)
    w0, w1, w2, w3 = np.moveaxis(w.astype(np.int64), -1, 0)
    return (
        ((w0 >> 5) * 2.0**26 + (w1 >> 6)) / 2.0**53,
        ((w2 >> 5) * 2.0**26 + (w3 >> 6)) / 2.0**53,
    )
