"""Starting weights, forward passes and losses."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from chainrule import _core
from chainrule.engine.plans import network_plan, thread_count
from chainrule.engine.rows import Array, Params, TrainingRows, features, parameter_list
from chainrule.engine.state import named_arrays
from chainrule.engine.trace import trace
from chainrule.errors import DataError, SpecError
from chainrule.pins import pins
from chainrule.spec import (
    ACTIVATION_ROWS,
    INITIALIZATIONS,
    Dense,
    NetworkSpec,
    Parameter,
    Placed,
    TrainingSpec,
)

DATA_DRIVEN = "data_driven"


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
    spec : NetworkSpec
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

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    SpecError
        For an unknown scheme, or "data_driven" without rows.

    Notes
    -----
    Every other parameter starts as its layer kind says: see `spec.Start`.
    """
    if init not in (None, DATA_DRIVEN, *INITIALIZATIONS):
        known = ", ".join((*INITIALIZATIONS, DATA_DRIVEN))
        raise SpecError(f"unknown init {init!r}; it is one of {known}.")
    params = {
        name: _draw(spec, placed, parameter, init, seed, np.dtype(dtype))
        for placed in spec.walk
        for name, parameter in placed.parameters.items()
    }
    if init != DATA_DRIVEN:
        return params
    if X is None:
        raise SpecError("init 'data_driven' needs the training rows; pass X.")
    arrays = parameter_list(spec, params)
    table = TrainingRows.of_inputs(spec, arrays[0].dtype, X, sample_weight, rows)
    fitted = _core.fit_start_to_data(network_plan(spec), arrays, table.arrays(), seed)
    return named_arrays(spec, fitted)


def _draw(
    spec: NetworkSpec,
    placed: Placed,
    parameter: Parameter,
    init: str | None,
    seed: int,
    dtype: np.dtype[Any],
) -> Array:
    """One parameter's starting values."""
    start, number = parameter.start, placed.number
    values = np.full(parameter.shape, 1.0 if start.distribution == "ones" else 0.0, dtype)
    if start.distribution == "scheme":
        ntk = isinstance(placed.layer, Dense) and placed.layer.ntk
        _draw_weights(init or _scheme_for(spec.activations[number], ntk), seed, number, values)
    elif start.distribution in ("uniform", "normal"):
        _core.initialize(start.distribution, start.size, seed, start.counter or number, values)
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
        _core.initialize("uniform", math.sqrt(3.0 * variance), seed, number, weights)
    elif variance > 0:
        _core.initialize("normal", math.sqrt(variance), seed, number, weights)


def _scheme_for(activation: str, ntk: bool) -> str:
    if ntk:
        return "ntk"
    if ACTIVATION_ROWS[activation].is_rectifier:
        return "he_uniform"
    return "lecun_normal" if activation == "selu" else "glorot_uniform"


class Predictor:
    """A network packed once for many predictions.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        Copied; later changes do not show.

    Attributes
    ----------
    params : dict of str to ndarray
        The mapping that was packed.
    """

    def __init__(self, spec: NetworkSpec, params: Params) -> None:
        arrays = parameter_list(spec, params)
        self.params = params
        self._spec = spec
        self._dtype = arrays[0].dtype
        self._packed = _core.packed(network_plan(spec), arrays)

    def __call__(self, X: Any, *, logits: bool = False, n_threads: int | None = None) -> Array:
        """a(L), or z(L) with `logits`, of every row: (n_samples, n_outputs).

        A row's numbers do not depend on the other rows, nor on the number of threads. Raises
        `DataError` for rows that cannot be used, and where X changes while it is read.
        """
        threads, found = thread_count(n_threads), None
        held = pins(X)
        if type(X) is np.ndarray:  # others may hide values behind a mask
            with suppress(TypeError):  # another number type than the network's
                found = self._packed.predict(X, logits, threads)
        if found is None:
            x = features(self._spec, X, self._dtype, "X")
            held += pins(x)
            found = self._packed.predict(x, logits, threads)
        del held
        if found is None:  # what was finite a moment ago
            raise DataError("X has changed while it was read; pass a copy.")
        out, _ = found
        return out


def predict(
    spec: NetworkSpec,
    params: Params,
    X: Any,
    *,
    logits: bool = False,
    n_threads: int | None = None,
) -> Array:
    """a(L), or z(L) with `logits`, of every row; see `Predictor`.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        By name: W1, b1, ...
    X : array (n_samples, n_features)
    logits : bool, default False
        Whether z(L) is wanted.
    n_threads : int, optional
        Default: the machine's. Never changes a result.

    Returns
    -------
    ndarray (n_samples, n_outputs)

    Raises
    ------
    DataError
        Naming the rows and what is wrong with them.
    """
    return Predictor(spec, params)(X, logits=logits, n_threads=n_threads)


def forward(spec: NetworkSpec, params: Params, X: Any) -> tuple[list[Array | None], list[Array]]:
    """Every z and a: lists of length L + 1 indexed by layer; z[0] is None, a[0] is X.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        By name: W1, b1, ...
    X : array (n_samples, n_features)

    Returns
    -------
    z, a : lists of ndarray (n_samples, n_l)

    Raises
    ------
    DataError
        Naming the rows and what is wrong with them.
    """
    x = features(spec, X, parameter_list(spec, params)[0].dtype, "X")
    y = np.zeros((len(x), spec.n_outputs))  # of which z and a know nothing
    if spec.loss.name == "cross_entropy":
        y[:, :1] = 1.0
    seen = trace(replace(spec, bfloat16=False), params, x, y)
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
    """The total loss of all rows: data loss by `training.reduction`, plus penalties.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        By name: W1, b1, ...
    X : array (n_samples, n_features)
    y : array (n_samples, n_outputs)
        For cross_entropy class numbers or rows of probabilities.
    training : TrainingSpec, optional
        Default: `TrainingSpec()`.
    sample_weight : array (n_samples,), optional
        At least 0. Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError, SpecError
        Naming the rows or the setting that cannot be.
    """
    spec = replace(spec, bfloat16=False)
    return trace(spec, params, X, y, training, sample_weight=sample_weight).loss


def permutation(n: int, seed: int, stream: str = "split", epoch: int = 0) -> Array:
    """A random order of 0..n-1 (int64), a function of its arguments alone; n is below 2**32, else
    `DataError`.

    Parameters
    ----------
    n : int
    seed : int
        64 bits.
    stream : str, default "split"
        What the order is for; another stream is another order.
    epoch : int, default 0

    Returns
    -------
    ndarray of int64 (n,)

    Raises
    ------
    DataError
        For an `n` of 2**32 or more.
    """
    if not 0 <= n < 1 << 32:
        raise DataError(f"a permutation has at most 2^32 - 1 elements, found {n}.")
    out: Array = _core.permutation(n, seed, stream, epoch)
    return out
