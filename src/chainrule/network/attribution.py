"""Attributions of a network: its outputs, shared out among the columns of X."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.engine import TrainingRows
from chainrule.errors import SpecError
from chainrule.explain.attribution import (
    Attributions,
    MeanAnswer,
    answer_of,
    attributed,
    samples_of,
)
from chainrule.spec.shorthand import whole

if TYPE_CHECKING:
    from chainrule.explain.derivation.names import Names
    from chainrule.spec import NetworkSpec

_SEEDS = 1 << 32  # of NumPy's generator


def attribute(
    spec: NetworkSpec,
    params: dict[str, np.ndarray],
    X: Any,
    background: Any,
    method: Any,
    n_samples: Any,
    random_state: Any,
    names: Names | None,
    n_threads: int | None,
) -> Attributions:
    """See `Network.attribute`; raises `DataError` and `SpecError` as it does."""
    n_samples = samples_of(method, n_samples)
    seed = whole("random_state", random_state)
    if not 0 <= seed < _SEEDS:
        raise SpecError(f"random_state must be from 0 to 2**32 - 1, found {random_state!r}.")
    dtype = next(iter(params.values())).dtype
    rows = TrainingRows.of_inputs(spec, dtype, X).x
    start = rows
    if background is not None:
        start = TrainingRows.of_inputs(spec, dtype, background, name="background").x
    answer, unit, answer_names = answer_of(spec, () if names is None else names.outputs)
    inputs = () if names is None else names.inputs
    n = spec.n_features
    return attributed(
        MeanAnswer(spec, [params], [answer], np.arange(n), n, n_threads),
        rows,
        start,
        method,
        n_samples,
        np.random.RandomState(seed),
        names=inputs or tuple(f"x{k}" for k in range(n)),
        data=rows.astype(object),
        unit=unit,
        answer_names=answer_names,
    )
