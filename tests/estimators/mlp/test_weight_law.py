"""Of the drop-in too, a row of weight k is k rows: with validation rows, metrics and class weights.

In one batch and in float64; alpha is divided by the sum of weights, which copies of rows keep.
"""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import MLPClassifier, MLPRegressor
from chainrule.estimators.mlp.scores import CLASSIFIER_SCORES, REGRESSOR_SCORES

GIVEN = {
    "hidden_layer_sizes": 8,
    "batch_size": 1000,
    "max_iter": 20,
    "learning_rate_init": 0.05,
    "random_state": 0,
}
CASES = [
    *[(MLPClassifier, {"metric": metric}) for metric in CLASSIFIER_SCORES],
    (MLPClassifier, {"class_weight": "balanced"}),
    (MLPClassifier, {"class_weight": {0: 5.0}}),
    (MLPClassifier, {"early_stopping": True}),
    *[(MLPRegressor, {"metric": metric}) for metric in REGRESSOR_SCORES],
    *[(MLPRegressor, {"loss": loss}) for loss in ("poisson", "absolute_error", "huber")],
    (MLPRegressor, {"early_stopping": True}),
]


def rows(make, n, seed):
    """X, y, and weights of 0 to 3."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, n)
    X = rng.normal(size=(n, 3)) + codes[:, None] * [1.0, -1.0, 0.0]
    y = codes if make is MLPClassifier else codes + 0.1 * X[:, 0] ** 2
    return X, y, rng.integers(0, 4, n).astype(float)


def copies(X, y, weights):
    chosen = np.repeat(np.arange(len(y)), weights.astype(int))
    return X[chosen], y[chosen]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore:Got `batch")
@pytest.mark.parametrize(
    ("make", "given"),
    CASES,
    ids=[f"{make.__name__}-{given}" for make, given in CASES],
)
def test_weights_are_copies(make, given):
    X, y, weights = rows(make, 60, 0)
    new = rows(make, 40, 1)
    weighted = make(**GIVEN | given).fit(
        X, y, sample_weight=weights, eval_set=new[:2], eval_sample_weight=new[2]
    )
    repeated = make(**GIVEN | given).fit(*copies(X, y, weights), eval_set=copies(*new))
    if make is MLPClassifier:
        outputs = weighted.predict_proba(X), repeated.predict_proba(X)
    else:
        outputs = weighted.predict(X), repeated.predict(X)
    np.testing.assert_allclose(*outputs, rtol=1e-7)
    for curve in ("loss_curve_", "validation_loss_curve_", "validation_scores_"):
        np.testing.assert_allclose(
            getattr(weighted, curve), getattr(repeated, curve), rtol=1e-7, err_msg=curve
        )
    score = weighted.score(*new[:2], sample_weight=new[2])
    assert score == pytest.approx(repeated.score(*copies(*new)), rel=1e-7)
