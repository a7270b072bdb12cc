"""Pullback: the compiled way back from the outputs alone, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import _core
from chainrule.engine.plans import network_plan, thread_count
from chainrule.engine.rows import Array, Params, TrainingRows, matrix, parameter_list
from chainrule.errors import DataError
from chainrule.spec import NetworkSpec


def pullback(
    spec: NetworkSpec, params: Params, X: Any, seeds: Any, *, n_threads: int | None = None
) -> Array:
    """Derivatives of sum_k seeds_k z_k(L), for every row its own, by the lowest layer's rows.

    With a `Scale` as the first layer these are, times its factors, the derivatives by X.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
    X : array (n_samples, n_features)
    seeds : array (n_samples, n_outputs)
        Factors of the outputs before their activation.
    n_threads : int, optional
        Default: as many as are worth it. The bits do not depend on it.

    Returns
    -------
    ndarray (n_samples, n_out)
        Of the first layer that has parameters; for a dense layer by its z.

    Raises
    ------
    DataError
        Naming the argument, row or column that cannot be used.
    """
    arrays = parameter_list(spec, params)
    dtype = arrays[0].dtype
    rows = TrainingRows.of_inputs(spec, dtype, X, None, None)
    factors = matrix(seeds, spec.n_outputs, dtype, "seeds")
    if len(factors) != rows.n:
        raise DataError(f"seeds has {len(factors)} rows, but X has {rows.n}.")
    return np.asarray(
        _core.pullback(
            network=network_plan(spec),
            values=arrays,
            rows=rows.arrays(),
            seeds=factors,
            n_threads=thread_count(n_threads),
        )
    )
