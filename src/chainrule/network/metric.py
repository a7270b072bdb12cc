"""The metric of `Network.fit`: a function of the outputs, or one of scikit-learn's of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.metrics.functions import function_metric, is_of_scikit_learn
from chainrule.spec import NetworkSpec

Array = np.ndarray


def outputs_metric(
    metric: Any, greater_is_better: bool | None, spec: NetworkSpec, eval_set: Any
) -> str | Callable[[Array], float]:
    """What `engine.fit` is told: a name, or a function of the outputs of which lower is better.

    Parameters
    ----------
    metric : str or callable
        A function of the validation rows' outputs (n, n_outputs), or a metric or scorer of
        scikit-learn, which gets (y, answers).
    greater_is_better : bool or None
        None asks scikit-learn, and tries any other function.

    Raises
    ------
    SpecError
        Where the direction is in doubt.
    """
    if not callable(metric) or not isinstance(eval_set, tuple | list) or len(eval_set) != 2:
        name: str | Callable[[Array], float] = metric
        return name
    y = np.asarray(eval_set[1])
    if is_of_scikit_learn(metric):
        known = function_metric(metric, greater_is_better, assumed=False)
        classes = np.arange(spec.n_outputs) if spec.n_outputs > 1 and y.ndim == 1 else None

        def of_both(outputs: Array) -> float:
            answers = outputs.reshape(-1) if outputs.shape[1] == 1 else outputs
            if known.labels and classes is None and spec.loss.name == "binary_cross_entropy":
                answers = np.asarray(answers > 0.5, y.dtype)
            return known.error(y.reshape(answers.shape) if classes is None else y, answers, classes)

        return of_both

    def trial() -> tuple[Array, Array, Array, None]:
        one_hot = spec.loss.name == "cross_entropy" and y.ndim == 1
        right = np.eye(spec.n_outputs)[y] if one_hot else y.reshape(len(y), -1).astype(float)
        right = np.broadcast_to(right, (len(y), spec.n_outputs)).copy()
        return y, right, np.broadcast_to(right.mean(axis=0), right.shape).copy(), None

    found = function_metric(
        lambda truth, outputs: metric(outputs), greater_is_better, assumed=False, trial=trial,
        name=getattr(metric, "__name__", "metric"),
    )  # fmt: skip
    return lambda outputs: found.error(outputs, outputs)
