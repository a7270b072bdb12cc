"""Metrics given as functions: which way they go, and what they want to see.

scikit-learn's scorers, and the functions behind them, say both themselves. Of any other function it
is tried: the truth as an answer must do better than one answer for all rows. Where it does worse in
the direction that is assumed, the function is questioned and not used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.metrics.given import Array

# Endings of scikit-learn's names, by its own convention.
_GREATER, _LOWER = ("_score",), ("_error", "_loss", "_deviance")


@dataclass(frozen=True)
class FunctionMetric:
    """A metric function that knows its direction.

    Attributes
    ----------
    function : callable
        (truth, answers) -> number.
    greater_is_better : bool
    name : str
    labels : bool
        Whether it wants answered labels and not probabilities.
    one_column : bool
        Whether of two classes it wants the probability of the second.
    """

    function: Callable[[Array, Array], Any]
    greater_is_better: bool
    name: str
    labels: bool = False
    one_column: bool = False

    def error(self, truth: Array, answers: Array, classes: Array | None = None) -> float:
        """The metric such that lower is better; `classes` of probabilities."""
        value = self.value(truth, answers, classes)
        return -value if self.greater_is_better else value

    def value(self, truth: Array, answers: Array, classes: Array | None = None) -> float:
        """The metric itself; `SpecError` where it is no number."""
        if classes is not None and answers.ndim == 2:
            if self.labels:
                answers = classes[np.argmax(answers, axis=1)]
            elif self.one_column and answers.shape[1] == 2:
                answers = answers[:, 1]
        found = self.function(truth, answers)
        try:
            return float(found)
        except (TypeError, ValueError):
            raise SpecError(f"metric {self.name} must return a number, found {found!r}.") from None


def function_metric(
    metric: Callable[..., Any],
    greater_is_better: bool | None,
    *,
    assumed: bool,
    trial: Callable[[], tuple[Array, Array, Array, Array | None]] | None = None,
    name: str | None = None,
) -> FunctionMetric:
    """What a function means.

    Parameters
    ----------
    metric : callable
        A scorer of scikit-learn, one of its metric functions, or any (truth, answers) -> number.
    greater_is_better : bool or None
        None asks scikit-learn, else assumes `assumed` and tries.
    assumed : bool
        What is taken for the direction of an unknown function.
    trial : callable, optional
        Gives (truth, the truth as answers, one answer for all rows, classes or None).
    name : str, optional
        What messages call it. Default: the function's own name.

    Raises
    ------
    SpecError
        Where greater_is_better contradicts scikit-learn, or where the trial does.
    """
    name = name or str(getattr(metric, "__name__", type(metric).__name__))
    known = _of_scikit_learn(metric, name)
    if known is not None:
        if greater_is_better not in (None, known.greater_is_better):
            raise SpecError(
                f"greater_is_better={greater_is_better} contradicts metric {known.name} of "
                f"scikit-learn, of which {_better(known.greater_is_better)}."
            )
        return known
    if greater_is_better is not None:
        return FunctionMetric(metric, greater_is_better, name)
    found = FunctionMetric(metric, assumed, name)
    if trial is None:
        return found
    truth, perfect, constant, classes = trial()
    best, plain = found.value(truth, perfect, classes), found.value(truth, constant, classes)
    if math.isnan(best) or math.isnan(plain) or best == plain or (best > plain) == assumed:
        return found
    raise SpecError(
        f"metric {name} gives {best:.6g} to the true answers and {plain:.6g} to one answer for all "
        f"rows, yet without greater_is_better it is taken for one of which {_better(assumed)}.",
        f"Pass greater_is_better={not assumed}, or {assumed} if you mean it.",
    )


def is_of_scikit_learn(metric: Any) -> bool:
    """Whether it is a scorer or a metric function of scikit-learn."""
    return _is_scorer(metric) or _module(metric).startswith("sklearn.metrics")


def _module(metric: Any) -> str:
    return str(getattr(metric, "__module__", ""))


def _better(greater: bool) -> str:
    return "greater is better" if greater else "lower is better"


def _of_scikit_learn(metric: Any, name: str) -> FunctionMetric | None:
    """A scorer, or a function that one of its scorers is made of, or that its name tells of."""
    scorer = metric if _is_scorer(metric) else None
    if scorer is None:
        if not _module(metric).startswith("sklearn.metrics"):
            return None
        scorer = _scorer_of(metric)
    if scorer is None:
        if name.endswith(_GREATER) or name.endswith(_LOWER):
            return FunctionMetric(metric, name.endswith(_GREATER), name)
        return None
    function, keywords = scorer._score_func, dict(scorer._kwargs)
    if scorer is not metric:
        keywords = {}
    response = scorer._response_method
    return FunctionMetric(
        lambda truth, answers: function(truth, answers, **keywords),
        scorer._sign > 0,
        str(getattr(function, "__name__", name)),
        labels=response == "predict",
        one_column=response != "predict" and getattr(function, "__name__", "") != "log_loss",
    )


def _is_scorer(metric: Any) -> bool:
    return all(hasattr(metric, part) for part in ("_score_func", "_sign", "_response_method"))


def _scorer_of(function: Any) -> Any:
    from sklearn.metrics import get_scorer, get_scorer_names

    for name in get_scorer_names():
        scorer = get_scorer(name)
        if getattr(scorer, "_score_func", None) is function:
            return scorer
    return None
