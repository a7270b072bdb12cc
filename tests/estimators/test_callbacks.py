"""scikit-learn's callbacks on all four estimators."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from chainrule import MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor

callbacks = pytest.importorskip("sklearn.callback", reason="scikit-learn 1.9 has callbacks")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_iris(return_X_y=True)
QUICK = {"hidden_layer_sizes": 4, "random_state": 0}
MODELS = [
    MLPClassifier(max_iter=5, **QUICK),
    MLPRegressor(max_iter=5, **QUICK),
    MLPClassifier(max_iter=5, solver="lbfgs", **QUICK),
    TabularClassifier(epochs=2, **QUICK),
    TabularRegressor(epochs=2, **QUICK),
]


class Recorder:
    """Notes what happens, and stops a level of tasks at its task `last`."""

    def __init__(self, last=None):
        self.seen = []
        self.last = last

    def setup(self, estimator, context):
        self.seen.append("setup")

    def teardown(self, estimator, context):
        self.seen.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.seen.append(f"{context.task_name} begins")

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None, metadata=None):
        self.seen.append(f"{context.task_name} ends")
        if context.task_name == "fit":
            self.fitted, self.metadata = fitted_estimator, metadata
        return context.task_name == "epoch" and context.task_id == self.last


def score_name(model):
    return "accuracy" if hasattr(model, "predict_proba") else "r2"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_tasks_of_a_fit(model):
    recorder = Recorder()
    model = clone(model).set_callbacks(recorder)
    weights = np.ones(len(Y))
    model.fit(X, Y, sample_weight=weights)
    stochastic = hasattr(model, "solver") and model.solver != "lbfgs"
    epochs = ["epoch begins", "epoch ends"] * (5 if stochastic else 0)
    assert recorder.seen == ["setup", "fit begins", *epochs, "fit ends", "teardown"]
    assert recorder.metadata["sample_weight"] is weights
    np.testing.assert_array_equal(recorder.fitted.predict(X), model.predict(X))
    assert clone(model).set_callbacks().fit(X, Y) is not None
    assert pickle.loads(pickle.dumps(model)).n_features_in_ == 4


def test_a_callback_stops_training():
    model = MLPClassifier(max_iter=50, **QUICK).set_callbacks(Recorder(last=2)).fit(X, Y)
    assert model.n_iter_ == 3


def test_a_fit_that_fails_takes_its_callbacks_down():
    recorder = Recorder()
    with pytest.raises(ValueError, match="rows"):
        TabularClassifier().set_callbacks(recorder).fit(X, Y[:-1])
    assert recorder.seen == ["setup", "fit begins", "teardown"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_scores_are_monitored_in_a_search(model):
    name = score_name(model)
    monitor = callbacks.ScoringMonitor(scoring=name)
    model = clone(model).set_callbacks(monitor)
    search = GridSearchCV(model, {"random_state": [0, 1]}, cv=2).fit(X, Y)
    rows = monitor.get_logs().data
    assert len(rows) == 5  # two candidates on two splits, and the refit
    final = search.score(X, Y)
    assert any(row[name] == pytest.approx(final) for row in rows)


def test_nothing_happens_without_callbacks():
    model = MLPClassifier(max_iter=2, **QUICK).fit(X, Y)
    assert not [name for name in model.__dict__ if "callback" in name]
