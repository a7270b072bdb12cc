"""From encoded rows to a trained network: the one call of `engine.fit`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.estimators.metrics import EngineMetric
from chainrule.estimators.progress import Progress
from chainrule.spec import History, NetworkSpec, TrainingSpec


@dataclass(frozen=True)
class Rows:
    """Encoded rows.

    Attributes
    ----------
    inputs : ndarray, shape (n, n_inputs)
    target : ndarray
        As the engine takes it.
    raw : ndarray
        The target as the user knows it.
    weights : ndarray, shape (n,), or None
    """

    inputs: np.ndarray
    target: np.ndarray
    raw: np.ndarray
    weights: np.ndarray | None

    def take(self, rows: np.ndarray) -> Rows:
        """Copies of some of the rows."""
        weights = None if self.weights is None else self.weights[rows]
        return Rows(self.inputs[rows], self.target[rows], self.raw[rows], weights)


def optimize(
    spec: NetworkSpec,
    training: TrainingSpec,
    init: str,
    rows: Rows,
    validation: Rows | tuple[np.ndarray, np.ndarray] | None,
    metric: EngineMetric | Callable[[np.ndarray], float],
    verbose: int,
) -> tuple[dict[str, np.ndarray], History]:
    """Parameters of the best epoch (of the last one without validation), and the history.

    Parameters
    ----------
    validation : Rows, pair of index arrays (training rows, validation rows) into `rows`, or None
    """
    keywords: dict[str, Any] = {}
    if isinstance(validation, Rows):
        keywords["eval_set"] = (validation.inputs, validation.target)
        keywords["eval_sample_weight"] = validation.weights
    elif validation is not None:
        keywords["rows"], keywords["eval_rows"] = validation
    progress = Progress(verbose, training.epochs)
    params = engine.initialize(spec, init=init, seed=training.seed, dtype=rows.inputs.dtype.name)
    result = engine.fit(
        spec,
        params,
        rows.inputs,
        rows.target,
        training,
        sample_weight=rows.weights,
        metric=metric,
        callback=progress if verbose else None,
        **keywords,
    )
    progress.close(result.history)
    return result.params, result.history
