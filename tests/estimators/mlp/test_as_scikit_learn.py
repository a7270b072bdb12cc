"""`to_sklearn` and `from_sklearn`: the same predictions on both sides."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.exceptions import NotFittedError

import chainrule
from chainrule import MLPClassifier, MLPRegressor
from chainrule.errors import DataError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(40, 3))
LABELS = np.array(["no", "yes", "ü"])
TARGETS = {
    "two classes": LABELS[np.arange(40) % 2],
    "three classes": LABELS[np.arange(40) % 3],
    "several labels": (X > 0).astype(int),
    "number": X[:, 0],
    "two numbers": X[:, :2],
}


def kind_of(target):
    return "MLPRegressor" if "number" in target else "MLPClassifier"


@pytest.mark.parametrize("activation", ["logistic", "relu"])
@pytest.mark.parametrize("target", TARGETS)
def test_there_and_back(target, activation):
    arguments = {"hidden_layer_sizes": (5, 4), "max_iter": 3, "activation": activation}
    ours = getattr(chainrule, kind_of(target))(**arguments).fit(X, TARGETS[target])
    theirs = ours.to_sklearn()
    assert type(theirs) is getattr(neural_network, kind_of(target))
    again = chainrule.from_sklearn(theirs)
    assert type(again) is type(ours) and again.activation == activation
    for method in ("predict", "predict_proba")[: 1 + hasattr(ours, "classes_")]:
        found = getattr(theirs, method)(X)
        right = getattr(ours, method)(X)
        if right.dtype.kind == "f":
            np.testing.assert_allclose(found, right, rtol=1e-6, atol=1e-9)
        else:
            np.testing.assert_array_equal(found, right)
        np.testing.assert_array_equal(getattr(again, method)(X), right)


def test_a_model_that_scikit_learn_fitted(tmp_path):
    theirs = neural_network.MLPClassifier((6,), max_iter=5, solver="lbfgs").fit(
        X, LABELS[:2][(X[:, 0] > 0).astype(int)]
    )
    ours = chainrule.from_sklearn(theirs)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-6)
    ours.save(tmp_path / "m.safetensors")
    loaded = chainrule.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(loaded.predict_proba(X), ours.predict_proba(X))
    ours.coefs_[0][:] = 0.0  # arrays of its own
    assert np.any(theirs.coefs_[0])


def test_what_scikit_learn_has_not():
    for options, words in (
        ({"activation": "gelu"}, "no activation 'gelu'"),
        ({"activation": ["relu", "tanh"]}, "one activation for all hidden layers"),
    ):
        sizes = (4,) * (2 if isinstance(options["activation"], list) else 1)
        model = MLPRegressor(hidden_layer_sizes=sizes, max_iter=2, **options).fit(X, X[:, 0])
        with pytest.raises(DataError, match=words):
            model.to_sklearn()
    with pytest.raises(NotFittedError):
        MLPClassifier().to_sklearn()
    with pytest.raises(NotFittedError):
        chainrule.from_sklearn(neural_network.MLPClassifier())
    with pytest.raises(DataError, match="MLPClassifier or MLPRegressor, found str"):
        chainrule.from_sklearn("a model")
