"""A drop-in estimator comes back from its file: the same predictions, and training goes on."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import chainrule
from chainrule import MLPClassifier, MLPRegressor
from chainrule.errors import ModelFileError
from chainrule.estimators.load import from_record

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 4))
SIGNAL = X[:, 0] + X[:, 1] ** 2
WORDS = np.array(["low", "mid", "high"])[np.digitize(SIGNAL, [0, 1])]
QUICK = {"hidden_layer_sizes": (7, 5), "max_iter": 6, "random_state": 1}
CASES = {
    "words": (MLPClassifier(**QUICK), X, WORDS),
    "objects": (MLPClassifier(**QUICK), X, WORDS.astype(object)),
    "two": (
        MLPClassifier(**QUICK, solver="sgd", class_weight={0: 2.0}),
        X,
        (SIGNAL > 0).astype(int),
    ),
    "flags": (MLPClassifier(**QUICK, early_stopping=True), X, SIGNAL > 0),
    "several labels": (MLPClassifier(**QUICK), X, 1 * np.column_stack([SIGNAL > 0, X > 1])),
    "lbfgs": (MLPClassifier(**QUICK, solver="lbfgs"), X, WORDS),
    "float32": (MLPRegressor(**QUICK, dropout=[0.1, 0.2]), X.astype("f4"), SIGNAL),
    "outputs": (MLPRegressor(**QUICK, n_iter_no_change=np.inf), X, np.column_stack([SIGNAL, X])),
    "counts": (
        MLPRegressor("poisson", **QUICK, activation=["tanh", "relu"]),
        X,
        np.round(SIGNAL**2),
    ),
    "adaptive": (MLPRegressor(**QUICK, solver="sgd", learning_rate="adaptive"), X, SIGNAL),
}


def through_a_file(model, folder):
    model.save(folder / "model.safetensors")
    return chainrule.load(folder / "model.safetensors")


@pytest.fixture(params=CASES)
def fitted(request):
    made, rows, y = CASES[request.param]
    return copy.deepcopy(made).fit(rows, y), rows, y


def answers(model, rows):
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else model.predict(rows)


def fitted_attributes(model):
    """What fit has left, without what every call of fit makes anew."""
    kept = {k: v for k, v in vars(model).items() if k not in model.get_params()}
    for name in ("_random_state", "_label_binarizer", "_factors", "_optimizer", "_weighted"):
        kept.pop(name, None)
    return kept


def test_everything_comes_back(fitted, tmp_path):
    model, rows, _ = fitted
    again = through_a_file(model, tmp_path)
    assert type(again) is type(model) and again.get_params() == model.get_params()
    assert answers(again, rows).tobytes() == answers(model, rows).tobytes()
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))
    expected, found = fitted_attributes(model), fitted_attributes(again)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_equal(found[name], value, err_msg=name)
    assert (again.spec_, again.training_) == (model.spec_, model.training_)
    assert again.score(rows, model.predict(rows)) == 1.0


@pytest.mark.parametrize("case", ["words", "two", "float32", "adaptive"])
def test_training_goes_on_as_if_nothing_had_been(case, tmp_path):
    made, rows, y = CASES[case]
    model = copy.deepcopy(made).fit(rows, y)
    again = through_a_file(model, tmp_path)
    for one in (model, again):
        one.partial_fit(rows, y).partial_fit(rows[:40], y[:40])
        one.set_params(warm_start=True, max_iter=3).fit(rows, y)
    assert answers(again, rows).tobytes() == answers(model, rows).tobytes()
    assert again.loss_curve_ == model.loss_curve_


def test_a_first_partial_fit_is_kept(tmp_path):
    model = MLPClassifier(**QUICK).partial_fit(X[:20], WORDS[:20], classes=np.unique(WORDS))
    again = through_a_file(model, tmp_path)
    for one in (model, again):
        one.partial_fit(X, WORDS)
    assert answers(again, X).tobytes() == answers(model, X).tobytes()


def test_names_of_columns_come_back(tmp_path):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=list("abcd"))
    again = through_a_file(MLPClassifier(**QUICK).fit(table, WORDS), tmp_path)
    assert again.feature_names_in_.tolist() == list("abcd")
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        again.predict(X)


def test_what_is_not_fitted_is_not_saved(tmp_path):
    with pytest.raises(NotFittedError):
        MLPClassifier().save(tmp_path / "model.safetensors")


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("counts", {"n_iter_": 3}),
        ("counts", {"n_iter_": 3, "t_": -1}),
        ("counts", {"n_iter_": 3, "t_": 4, "coefs_": 1}),
        ("numbers", {"loss_": "nought"}),
        ("series", ["coefs_"]),
        ("feature_names", [1, 2, 3, 4]),
        ("learning_rate", 0.0),
        ("target", {"n_targets": 2}),
        ("arguments", {"loss": "huber", "hidden_layer_sizes": [7]}),
        ("more", 1),
    ],
)
def test_other_entries_are_refused(entry, value):
    record = MLPRegressor(**QUICK).fit(X, SIGNAL).to_record()
    record.extra[entry] = value
    with pytest.raises(ModelFileError):
        from_record(record)
