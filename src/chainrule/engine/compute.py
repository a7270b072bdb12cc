"""Starting weights, forward passes and losses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from chainrule import _core
from chainrule.engine.forms import network_form
from chainrule.engine.rows import Array, Params, matrix, parameter_list
from chainrule.engine.trace import trace
from chainrule.errors import DataError, SpecError
from chainrule.spec import INITIALIZATIONS, NetworkSpec, TrainingSpec

_RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "silu", "mish", "softplus")
_STREAMS = {"init": 0, "shuffle": 1, "split": 2, "dropout": 3}


def initialize(
    spec: NetworkSpec, *, init: str | None = None, seed: int = 0, dtype: Any = "float32"
) -> Params:
    """Starting parameters: W drawn by (seed, layer, input, unit), b zero.

    Parameters
    ----------
    init : str or None
        One of `INITIALIZATIONS`. Uniform schemes draw from (-sqrt(3 v), sqrt(3 v)), normal ones
        from N(0, v); v = 2 / (n_in + n_out) for glorot (Glorot and Bengio 2010), 2 / n_in for he
        (He et al. 2015), 1 / n_in for lecun, 1 for ntk. None takes he_uniform for rectifiers,
        lecun_normal for selu, ntk for layers in that parametrisation, else glorot_uniform.
    seed : int
        64 bits.
    dtype : "float32" or "float64"
    """
    if init is not None and init not in INITIALIZATIONS:
        raise SpecError(f"unknown init {init!r}; it is one of {', '.join(INITIALIZATIONS)}.")
    params: Params = {}
    for number, layer in enumerate(spec.dense, start=1):
        n_out, n_in = spec.parameter_shapes[f"W{number}"]
        scheme = init or _scheme_for(layer.activation, layer.ntk)
        family, _, distribution = scheme.partition("_")
        variance = {
            "glorot": 2.0 / (n_in + n_out),
            "he": 2.0 / n_in,
            "lecun": 1.0 / n_in,
            "ntk": 1.0,
            "zeros": 0.0,
        }[family]
        weights = np.zeros((n_out, n_in), dtype)
        if distribution == "uniform":
            _core.initialize(1, math.sqrt(3.0 * variance), seed, number, weights)
        elif variance > 0:
            _core.initialize(2, math.sqrt(variance), seed, number, weights)
        params[f"W{number}"] = weights
        params[f"b{number}"] = np.zeros(n_out, dtype)
    return params


def _scheme_for(activation: str, ntk: bool) -> str:
    if ntk:
        return "ntk"
    if activation in _RECTIFIERS:
        return "he_uniform"
    return "lecun_normal" if activation == "selu" else "glorot_uniform"


class Predictor:
    """A network packed once for many predictions.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        Copied; later changes do not show.
    """

    def __init__(self, spec: NetworkSpec, params: Params) -> None:
        arrays = parameter_list(spec, params)
        self._n_features = spec.n_features
        self._dtype = arrays[0].dtype
        pack = _core.PackedFloat32 if self._dtype == np.float32 else _core.PackedFloat64
        self._packed = pack(network_form(spec), arrays)

    def __call__(self, X: Any, *, logits: bool = False, n_threads: int | None = None) -> Array:
        """a(L), or z(L) with `logits`, of every row: (n_samples, n_outputs).

        A row's numbers do not depend on the other rows, nor on the number of threads.
        """
        try:
            out = self._packed.predict(X, logits, n_threads or 0)
        except TypeError:  # not an array of the network's number type
            out = None
        if out is None:
            x = matrix(X, self._n_features, self._dtype, "X")
            out = self._packed.predict(x, logits, n_threads or 0)
        assert out is not None
        return out


def predict(
    spec: NetworkSpec,
    params: Params,
    X: Any,
    *,
    logits: bool = False,
    n_threads: int | None = None,
) -> Array:
    """a(L), or z(L) with `logits`, of every row; see `Predictor`."""
    return Predictor(spec, params)(X, logits=logits, n_threads=n_threads)


def forward(spec: NetworkSpec, params: Params, X: Any) -> tuple[list[Array | None], list[Array]]:
    """Every z and a: lists of length L + 1 indexed by layer; z[0] is None, a[0] is X."""
    x = np.asarray(X)
    placeholder = np.zeros((len(x), spec.n_outputs)) if x.ndim == 2 else np.zeros((0, 1))
    if spec.loss.name == "cross_entropy":
        placeholder[:, :1] = 1.0
    seen = trace(spec, params, X, placeholder)
    return seen.z, seen.a


def loss(
    spec: NetworkSpec,
    params: Params,
    X: Any,
    y: Any,
    training: TrainingSpec | None = None,
    *,
    sample_weight: Any = None,
) -> float:
    """The total loss of all rows: data loss by `training.reduction`, plus penalties."""
    return trace(spec, params, X, y, training, sample_weight=sample_weight).loss


def permutation(n: int, seed: int, stream: str = "split", epoch: int = 0) -> Array:
    """A random order of 0..n-1 (int64), a function of its arguments alone."""
    if not 0 <= n < 1 << 32:
        raise DataError(f"a permutation has at most 2^32 - 1 elements, found {n}.")
    out: Array = _core.permutation(n, seed, _STREAMS[stream], epoch)
    return out
