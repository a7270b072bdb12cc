"""From encoded rows to a trained network: the one call of `engine.fit`."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import engine
from chainrule.estimators.metrics import EngineMetric
from chainrule.estimators.rows import Rows
from chainrule.progress import Progress
from chainrule.spec import History, NetworkSpec, TrainingSpec


def optimize(
    spec: NetworkSpec,
    training: TrainingSpec,
    init: str,
    rows: Rows,
    validation: Rows | tuple[np.ndarray, np.ndarray] | None,
    metric: EngineMetric,
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
