"""Starting weights, forward passes and losses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from chainrule import _core
from chainrule.engine.forms import network_form
from chainrule.engine.rows import Array, Params, TrainingRows, features, parameter_list
from chainrule.engine.trace import trace
from chainrule.errors import DataError, SpecError
from chainrule.spec import INITIALIZATIONS, NetworkSpec, TrainingSpec

DATA_DRIVEN = "data_driven"
_RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "silu", "mish", "softplus")
_LETTERS = "abcdefghijklmnopqrstuvwxyzW"
_UNIFORM, _NORMAL = 1, 2
# Of a parameter before layer 1: the layer word of its draws, their distribution and its spread.
_STEM_DRAWS = {
    "freq": (0x8001, _NORMAL, 0.1),
    "phase": (0x8002, _UNIFORM, math.pi),
    "mix": (0x8003, _UNIFORM, 1.0),  # over sqrt(frequencies), as shift
    "shift": (0x8004, _UNIFORM, 1.0),
    "levels": (0x8005, _NORMAL, 1.0),
}
_STREAMS = {"init": 0, "shuffle": 1, "split": 2, "dropout": 3}


def initialize(
    spec: NetworkSpec,
    *,
    init: str | None = None,
    seed: int = 0,
    dtype: Any = "float32",
    X: Any = None,
    rows: Any = None,
    sample_weight: Any = None,
) -> Params:
    """Starting parameters: W drawn by (seed, layer, input, unit), b zero.

    Parameters
    ----------
    init : str or None
        One of `INITIALIZATIONS`. Uniform schemes draw from (-sqrt(3 v), sqrt(3 v)), normal ones
        from N(0, v); v = 2 / (n_in + n_out) for glorot (Glorot and Bengio 2010), 2 / n_in for he
        (He et al. 2015), 1 / n_in for lecun, 1 for ntk. None takes he_uniform for rectifiers,
        lecun_normal for selu, ntk for layers in that parametrisation, else glorot_uniform.
        "data_driven" draws as ntk does and then, layer by layer on at most 16,384 training rows,
        scales each unit's weights so that its z has standard deviation 1, and sets its bias to
        minus a random mean of z over five random rows (Holzmüller et al., arXiv 2407.04491).
    seed : int
        64 bits.
    dtype : "float32" or "float64"
    X, rows, sample_weight
        Of "data_driven": the training rows, as `fit` takes them.

    Notes
    -----
    Before layer 1: freq from N(0, 0.1^2), phase uniform in (-pi, pi), mix and shift in
    (-1, 1) / sqrt(frequencies), levels from N(0, 1), scale 1; blend is 1.
    """
    if init not in (None, DATA_DRIVEN, *INITIALIZATIONS):
        known = ", ".join((*INITIALIZATIONS, DATA_DRIVEN))
        raise SpecError(f"unknown init {init!r}; it is one of {known}.")
    params = {
        name: _draw(spec, name, init, seed, np.dtype(dtype)) for name in spec.parameter_shapes
    }
    if init != DATA_DRIVEN:
        return params
    if X is None:
        raise SpecError("init 'data_driven' needs the training rows; pass X.")
    table = TrainingRows.of_inputs(spec, np.dtype(dtype), X, sample_weight, rows)
    arrays = parameter_list(spec, params)
    fitted = [np.zeros_like(array) for array in arrays]
    single = arrays[0].dtype == np.float32
    call = _core.fit_start_to_data_float32 if single else _core.fit_start_to_data_float64
    call(network_form(spec), arrays, table.form(), seed, fitted)
    return dict(zip(params, fitted, strict=True))


def _draw(spec: NetworkSpec, name: str, init: str | None, seed: int, dtype: np.dtype[Any]) -> Array:
    """One parameter's starting values."""
    shape = spec.parameter_shapes[name]
    family, number = name.rstrip("0123456789"), name.lstrip(_LETTERS)
    values = np.zeros(shape, dtype)
    if family in ("scale", "blend"):
        values[:] = 1
    elif family == "W":
        layer = spec.dense[int(number) - 1]
        scheme = init or _scheme_for(layer.activation, layer.ntk)
        _draw_weights(scheme, seed, int(number), values)
    elif family in _STEM_DRAWS:
        counter, distribution, spread = _STEM_DRAWS[family]
        waves = spec.periodic.frequencies if spec.periodic else 1
        if family in ("mix", "shift"):
            spread = 1.0 / math.sqrt(waves)
        _core.initialize(distribution, spread, seed, counter, values)
    return values


def _draw_weights(scheme: str, seed: int, number: int, weights: Array) -> None:
    n_out, n_in = weights.shape
    family, _, distribution = scheme.partition("_")
    variance = {
        "glorot": 2.0 / (n_in + n_out),
        "he": 2.0 / n_in,
        "lecun": 1.0 / n_in,
        "ntk": 1.0,
        "data": 1.0,
        "zeros": 0.0,
    }[family]
    if distribution == "uniform":
        _core.initialize(_UNIFORM, math.sqrt(3.0 * variance), seed, number, weights)
    elif variance > 0:
        _core.initialize(_NORMAL, math.sqrt(variance), seed, number, weights)


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
        self._spec = spec
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
            x = features(self._spec, X, self._dtype, "X")
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
