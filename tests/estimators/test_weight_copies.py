"""A row of weight 2 is that row twice, a row of weight 0 is not there: in all that is fitted.

In full-batch mode and in float64; in mini-batches a row drawn twice is two draws.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from chainrule import MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor
from chainrule.estimators.metrics import CLASSIFIER_METRICS, REGRESSOR_METRICS
from chainrule.estimators.mlp_scores import CLASSIFIER_SCORES, REGRESSOR_SCORES

FULL_BATCH = {
    "n_members": 1,
    "batch_size": None,
    "validation_fraction": 0,
    "dropout": 0,
    "init": "ntk",
    "epochs": 20,
    "dtype": "float64",
    "hidden_layer_sizes": 8,
    "learning_rate": 0.05,
    "random_state": 0,
}
# scikit-learn's alpha is divided by the sum of weights, which copies of rows keep.
DROP_IN = {
    "hidden_layer_sizes": 8,
    "batch_size": 1000,
    "max_iter": 20,
    "learning_rate_init": 0.05,
    "random_state": 0,
}
WORDS = np.array(list("xyz"))


CASES = [
    *[(TabularClassifier, FULL_BATCH | {"metric": m}) for m in (None, *CLASSIFIER_METRICS)],
    (TabularClassifier, FULL_BATCH | {"class_weight": "balanced"}),
    (TabularClassifier, FULL_BATCH | {"class_weight": {0: 5.0}, "patience": 3}),
    *[(TabularRegressor, FULL_BATCH | {"metric": m}) for m in (None, *REGRESSOR_METRICS)],
    *[(TabularRegressor, FULL_BATCH | {"loss": loss}) for loss in ("absolute_error", "huber")],
    *[(MLPClassifier, DROP_IN | {"metric": m}) for m in CLASSIFIER_SCORES],
    (MLPClassifier, DROP_IN | {"class_weight": "balanced"}),
    (MLPClassifier, DROP_IN | {"solver": "sgd"}),
    (MLPClassifier, DROP_IN | {"solver": "lbfgs"}),
    *[(MLPRegressor, DROP_IN | {"metric": m}) for m in REGRESSOR_SCORES],
    (MLPRegressor, DROP_IN | {"solver": "lbfgs"}),
    (MLPRegressor, DROP_IN | {"loss": "poisson"}),
]


def tables(make, n, seed):
    """Rows with gaps and words where the estimator takes them, y, and weights 0, 1, 2, 3."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, n)
    X = rng.normal(size=(n, 3)) + codes[:, None] * [1.0, -1.0, 0.0]
    weights = rng.integers(0, 4, n).astype(float)
    y = codes if make in (TabularClassifier, MLPClassifier) else codes + 0.1 * X[:, 0] ** 2
    if make in (MLPClassifier, MLPRegressor):
        return X, y, weights
    frame = pd.DataFrame(X, columns=list("abc"))
    frame["b"] = frame["b"].where(rng.random(n) > 0.2)
    frame["word"] = WORDS[rng.integers(0, 3, n)]
    return frame, y, weights


def copies(X, y, weights):
    rows = np.repeat(np.arange(len(y)), weights.astype(int))
    return (X.iloc[rows] if hasattr(X, "iloc") else X[rows]), y[rows]


def outputs(model, X):
    return model.predict_proba(X) if hasattr(model, "classes_") else model.predict(X)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore:Got `batch")
@pytest.mark.parametrize(
    ("make", "given"),
    CASES,
    ids=[f"{make.__name__}-{'-'.join(map(str, list(given.items())[-1]))}" for make, given in CASES],
)
def test_weights_are_copies(make, given):
    X, y, weights = tables(make, 60, 0)
    X_val, y_val, val_weights = tables(make, 40, 1)
    first = {} if given.get("solver") == "lbfgs" else {
        "eval_set": (X_val, y_val), "eval_sample_weight": val_weights,
    }  # fmt: skip
    again = {"eval_set": copies(X_val, y_val, val_weights)} if first else {}
    weighted = make(**given).fit(X, y, sample_weight=weights, **first)
    repeated = make(**given).fit(*copies(X, y, weights), **again)
    np.testing.assert_allclose(outputs(weighted, X_val), outputs(repeated, X_val), rtol=1e-7)
    for curve in ("loss_curve_", "validation_curve_", "validation_scores_"):
        if getattr(weighted, curve, None) is not None:
            np.testing.assert_allclose(
                getattr(weighted, curve), getattr(repeated, curve), rtol=1e-7, err_msg=curve
            )
    assert getattr(weighted, "best_epoch_", None) == getattr(repeated, "best_epoch_", None)
    score = weighted.score(X_val, y_val, sample_weight=val_weights)
    assert score == pytest.approx(repeated.score(*copies(X_val, y_val, val_weights)), rel=1e-7)
