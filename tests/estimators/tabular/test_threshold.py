"""Thresholds: found where brute force finds them, and worth what other rows say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import TabularClassifier
from chainrule.errors import DataError, SpecError
from chainrule.estimators.tabular.evaluation import Evaluation, at_threshold
from chainrule.estimators.tabular.threshold import METRICS, best_threshold, threshold_of_cost
from chainrule.metrics import OF_CLASSES

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    X = RNG.normal(size=(160, 2))
    y = np.where(X[:, 0] + RNG.normal(size=160) > 1, "yes", "no")
    model = TabularClassifier(preset="fast", epochs=5, hidden_layer_sizes=(4,)).fit(X, y)
    return model.evaluate(X, y, RNG.uniform(0.5, 2, 160))


@pytest.mark.parametrize("metric", METRICS)
def test_no_other_threshold_is_better(evaluation: Evaluation, metric: str) -> None:
    found = best_threshold(evaluation, metric)
    truth, of = evaluation.scored_truth, OF_CLASSES[metric].of

    def worth(value: float) -> float:
        return of(truth, at_threshold(evaluation.answers, value), evaluation.weights)

    tried = [worth(value) for value in (*evaluation.answers[:, 1], *np.linspace(0, 1, 400))]
    assert found.score == worth(found.value) and found.score >= max(tried) - 1e-12
    assert 0 < found.value < 1 and found.crossed <= found.score + 0.05


def test_costs_need_no_rows() -> None:
    """Expected costs p r and 1 - p are equal there."""
    for ratio in (0.2, 1.0, 5.0):
        p = threshold_of_cost(ratio)
        assert p * ratio == pytest.approx(1 - p)
    with pytest.raises(SpecError, match="above 0"):
        threshold_of_cost(0.0)


def test_what_has_no_threshold(evaluation: Evaluation) -> None:
    with pytest.raises(SpecError, match="metric must be one of f1"):
        best_threshold(evaluation, "auc")
    one: Any = evaluation.__class__(**{**vars(evaluation), "truth": np.array(["no"] * 160)})
    with pytest.raises(DataError, match="one class"):
        best_threshold(one)
