"""scikit-learn's own checks of its estimator contract."""

from __future__ import annotations

import pytest
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from chainrule import TabularClassifier, TabularRegressor

# A mini-batch of rows is not the same as a mini-batch of weights; the full batch below is.
WEIGHTS = dict.fromkeys(
    [
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weight_equivalence_on_sparse_data",
    ],
    "mini-batches are drawn by row",
)
FULL_BATCH = {
    "n_members": 1,
    "batch_size": None,
    "validation_fraction": 0,
    "dropout": 0,
    "init": "ntk",
    "epochs": 20,
    "dtype": "float64",
}


@parametrize_with_checks(
    [TabularClassifier(), TabularRegressor()],
    expected_failed_checks=lambda estimator: WEIGHTS,
    xfail_strict=True,
)
def test_defaults(estimator, check):
    check(estimator)


@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize(
    "estimator",
    [
        TabularClassifier(**FULL_BATCH),
        TabularClassifier(class_weight="balanced", **FULL_BATCH),
        TabularRegressor(**FULL_BATCH),
    ],
    ids=["classifier", "balanced", "regressor"],
)
def test_weights_are_copies_of_rows(estimator, name):
    getattr(estimator_checks, name)(type(estimator).__name__, estimator)
