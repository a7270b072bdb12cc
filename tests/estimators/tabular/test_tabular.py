"""The estimators on real and awkward tables."""

from __future__ import annotations

import pickle
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, load_digits, load_iris, make_multilabel_classification
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import chainrule
from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import DataError, DataNotice, DivergedError
from chainrule.table import as_table

QUICK = {"hidden_layer_sizes": 16, "epochs": 12, "batch_size": 32, "random_state": 0}
PENGUINS = pd.read_csv(Path(__file__).parents[3] / "examples" / "penguins.csv")


def classifier(**given):
    return TabularClassifier(**QUICK | given)


def regressor(**given):
    return TabularRegressor(**QUICK | given)


@pytest.fixture(scope="module")
def penguins():
    return PENGUINS.drop(columns="species"), PENGUINS["species"]


def test_a_real_table(penguins):
    X, y = penguins
    model = classifier().fit(X, y)
    assert model.score(X, y) > 0.95
    assert model.classes_.tolist() == ["Adelie", "Chinstrap", "Gentoo"]
    assert model.feature_names_in_.tolist() == list(X.columns)
    assert model.n_features_in_ == X.shape[1]
    assert "island=Dream" in model.input_names_
    assert len(model.loss_curve_) == len(model.validation_curve_) == model.n_epochs_ == 12
    scores = model.history_.validation_metric
    assert scores[model.best_epoch_] == min(scores)
    assert not model.interrupted_


def digits_accuracy(seed):
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.25, random_state=seed, stratify=y)
    return TabularClassifier(random_state=seed).fit(X, y).score(X_test, y_test)


def test_digits_with_the_defaults():
    assert digits_accuracy(0) >= 0.965


@pytest.mark.slow
def test_digits_over_ten_splits():
    scores = [digits_accuracy(seed) for seed in range(10)]
    assert np.mean(scores) >= 0.97, scores


def test_regression_with_the_scale_of_y_inside():
    X, y = load_diabetes(return_X_y=True)
    model = regressor().fit(X, 1e6 + 1e-3 * y)
    assert model.score(X, 1e6 + 1e-3 * y) > 0.4
    assert model.predict(X).dtype == np.float64
    assert model.predict(X).shape == y.shape
    assert model.target_scale_.mean[0] == pytest.approx(1e6 + 1e-3 * y.mean())


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber"])
@pytest.mark.parametrize("metric", ["rmse", "mae", "r2"])
def test_losses_and_metrics_of_regression(loss, metric):
    X, y = load_diabetes(return_X_y=True)
    assert regressor(loss=loss, metric=metric).fit(X, y).score(X, y) > 0.35


def test_several_targets():
    X, y = load_diabetes(return_X_y=True)
    Y = np.column_stack([y, -5.0 * y])
    model = regressor().fit(X, Y)
    assert model.predict(X).shape == Y.shape
    assert model.score(X, Y) > 0.4


def test_several_labels():
    X, Y = make_multilabel_classification(200, 8, n_classes=3, random_state=0)
    model = classifier().fit(X, Y)
    assert model.predict_proba(X).shape == Y.shape
    np.testing.assert_array_equal(model.predict(X), model.predict_proba(X) > 0.5)
    assert (model.predict(X) == Y).mean() > 0.8


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("make", [classifier, regressor])
def test_a_row_predicts_the_same_alone(make, dtype):
    X, y = load_iris(return_X_y=True)
    model = make(dtype=dtype, epochs=2).fit(X, y)
    method = getattr(model, "predict_proba", model.predict)
    together = method(X)
    for row in (0, 77, 149):
        assert method(X[row : row + 1]).tobytes() == together[row : row + 1].tobytes()
    sparse = method(sp.csr_matrix(X))
    assert sparse.tobytes() == together.tobytes()


def test_unseen_categories_and_first_missing_values(penguins):
    X, y = penguins
    model = classifier().fit(X.dropna(subset="bill_length_mm"), y[X["bill_length_mm"].notna()])
    new = X.head(4).assign(island=["Atlantis", "Dream", None, "Atlantis"])
    with pytest.warns(DataNotice) as caught:
        proba = model.predict_proba(new)
    told = [str(w.message) for w in caught]
    assert np.isfinite(proba).all()
    assert any(
        "'island' has 2 rows with 1 category not met in training ('Atlantis')" in t for t in told
    )
    assert any("'bill_length_mm' has 1 missing value" in t for t in told)


def test_reordered_extra_and_missing_columns(penguins):
    X, y = penguins
    model = classifier().fit(X, y)
    expected = model.predict_proba(X)
    with pytest.warns(DataNotice, match="1 column \\('note'\\) that training did not have"):
        shuffled = model.predict_proba(X[X.columns[::-1]].assign(note="x"))
    np.testing.assert_array_equal(shuffled, expected)
    with pytest.raises(DataError, match=r"lacks the column 'island'.*Did you mean 'Island'"):
        model.predict(X.rename(columns={"island": "Island"}))
    with pytest.warns(DataNotice, match="does not have valid feature names"):
        model.predict(X.to_numpy(dtype=object))


def test_constant_columns_are_told_and_not_used():
    X = np.column_stack([np.arange(20.0), np.ones(20)])
    with pytest.warns(DataNotice, match=r"X has 1 column \('x1'\) without any change"):
        model = classifier().fit(X, np.arange(20) % 2)
    assert model.input_names_ == ("x0~0", "x0~1", "x0~2", "x0")
    with pytest.warns(DataNotice, match="without any change"):
        model.fit(np.ones((20, 1)), np.arange(20) % 4 == 0)
    np.testing.assert_array_equal(model.predict(np.zeros((3, 1))), False)


def test_an_evaluation_set_of_its_own(penguins):
    X, y = penguins
    X, X_eval, y, y_eval = train_test_split(X, y, random_state=0, stratify=y)
    weights = np.linspace(0, 2, len(y_eval))
    model = classifier(preset="fast")
    model.fit(X, y, eval_set=(X_eval, y_eval), eval_sample_weight=weights)
    assert len(model.validation_curve_) == 12
    raw = clone(model).set_params(calibrate=False)
    raw.fit(X, y, eval_set=(X_eval, y_eval), eval_sample_weight=weights)
    expected = log_loss(y_eval, raw.predict_proba(X_eval), sample_weight=weights)
    assert min(raw.validation_curve_) == pytest.approx(expected, rel=1e-4)
    with pytest.raises(DataError, match="eval_y holds the class 'Emperor'"):
        model.fit(X, y, eval_set=(X_eval, ["Emperor"] * len(y_eval)))
    with pytest.raises(DataError, match="eval_set must be a pair"):
        model.fit(X, y, eval_set=X_eval)
    with pytest.raises(DataError, match="goes with eval_set"):
        model.fit(X, y, eval_sample_weight=weights)
    with pytest.raises(DataError, match="lacks the column 'island'"):
        model.fit(X, y, eval_set=(X_eval.drop(columns="island"), y_eval))


def test_metrics_choose_the_epoch(penguins):
    X, y = penguins
    seen = []

    def brier(y_true, proba):
        seen.append((y_true.shape, proba.shape))
        return float(((proba - (y_true[:, None] == np.unique(y))) ** 2).mean())

    model = classifier(metric=brier, preset="fast").fit(X, y)
    assert seen[:2] == [((344,), (344, 3))] * 2  # the truth, and one answer for all rows
    seen = seen[2:]
    assert seen[:12] == [((69,), (69, 3))] * 12
    # Then for each tenth of these rows, which epoch the others would have chosen.
    assert sorted({rows for rows, _ in seen[12:]}) == [(62,), (63,)]
    assert len(seen) == 12 + 10 * 12
    assert model.history_.validation_metric[model.best_epoch_] == min(
        model.history_.validation_metric
    )
    accuracy = classifier(metric="accuracy").fit(X, y)
    history = accuracy.history_
    by_loss = zip(history.validation_metric, history.validation_loss, strict=True)
    best = min(by_loss)  # of ties the lower loss
    assert (
        history.validation_metric[history.best_epoch],
        history.validation_loss[history.best_epoch],
    ) == best


def test_class_weight_moves_the_classes():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = np.where(rng.random(300) < 0.1, "rare", "common")
    X[y == "rare"] += 1.0
    plain = classifier().fit(X, y).predict(X)
    balanced = classifier(class_weight="balanced").fit(X, y).predict(X)
    heavy = classifier(class_weight={"rare": 50.0}).fit(X, y).predict(X)
    counts = [np.count_nonzero(p == "rare") for p in (plain, balanced, heavy)]
    assert counts[0] < counts[1] <= counts[2]


def test_rows_of_weight_zero_are_as_if_not_there():
    X, y = load_iris(return_X_y=True)
    weights = np.ones(150)
    weights[::3] = 0.0
    kept = weights > 0
    weighted = classifier().fit(X, y, weights)
    removed = classifier().fit(X[kept], y[kept])
    np.testing.assert_array_equal(weighted.predict_proba(X), removed.predict_proba(X))


def test_calibration_can_be_left_out():
    X, y = load_iris(return_X_y=True)
    same = {"preset": "fast", "metric": "auc"}  # the plain log-loss chooses the epoch
    calibrated = classifier(**same).fit(X, y)
    raw = classifier(calibrate=False, **same).fit(X, y)
    assert raw.temperatures_[0].beta == 1.0
    assert calibrated.temperatures_[0].beta != 1.0
    np.testing.assert_array_equal(raw.predict(X), calibrated.predict(X))


def test_same_seed_same_bits():
    X, y = load_iris(return_X_y=True)
    first = classifier().fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(classifier().fit(X, y).predict_proba(X), first)
    np.testing.assert_array_equal(classifier(n_threads=2).fit(X, y).predict_proba(X), first)
    assert not np.array_equal(classifier(random_state=1).fit(X, y).predict_proba(X), first)
    drawn = classifier(random_state=np.random.RandomState(3)).fit(X, y).predict_proba(X)
    again = classifier(random_state=np.random.RandomState(3)).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(drawn, again)


def test_saved_models_are_the_same_models(penguins, tmp_path):
    X, y = penguins
    rows = X["body_mass_g"].notna()
    models = [
        (classifier(class_weight={"Gentoo": 2.0}), X, y),
        (
            classifier(dtype="float64"),
            X.to_numpy(dtype=object),
            y.cat.codes if hasattr(y, "cat") else y,
        ),
        (
            regressor(categorical_features=["year"]),
            X[rows].drop(columns="body_mass_g"),
            X["body_mass_g"][rows],
        ),
    ]
    for model, features, target in models:
        model.fit(features, target)
        model.save(tmp_path / "model.safetensors")
        again = chainrule.load(tmp_path / "model.safetensors")
        assert type(again) is type(model)
        assert again.get_params() == model.get_params()
        method = "predict_proba" if hasattr(model, "predict_proba") else "predict"
        assert (
            getattr(again, method)(features).tobytes() == getattr(model, method)(features).tobytes()
        )
        again.save(tmp_path / "again.safetensors")
        first, second = (tmp_path / f"{n}.safetensors" for n in ("model", "again"))
        assert first.read_bytes() == second.read_bytes()
        assert again.loss_curve_ == model.loss_curve_


def test_gradients_can_be_checked_on_own_rows(penguins):
    X, y = penguins
    model = classifier(hidden_layer_sizes=4, epochs=1, preset="fast").fit(X, y)
    report = model.check_gradients(X.head(10), y.head(10), sample_weight=np.arange(10.0))
    assert report.ok, report
    assert model.network_.spec.n_inputs == len(model.input_names_)
    inputs, _ = model.encoder_.transform(as_table(X))
    np.testing.assert_array_equal(
        model.network_.predict(inputs).argmax(axis=1), model.classes_.searchsorted(model.predict(X))
    )


def test_life_in_scikit_learn(penguins):
    X, y = penguins
    model = classifier()
    fitted = clone(model).fit(X, y)
    copy = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copy.predict_proba(X), fitted.predict_proba(X))
    search = GridSearchCV(
        model, {"epochs": [2, np.int64(6)], "dropout": [None, 0.1]}, cv=2, n_jobs=1
    )
    assert search.fit(X, y).best_score_ > 0.6
    assert (
        cross_val_score(
            make_pipeline(StandardScaler(), model), *load_iris(return_X_y=True), cv=3
        ).mean()
        > 0.7
    )
    chosen = ColumnTransformer([("keep", "passthrough", ["island", "bill_length_mm"])])
    chosen.set_output(transform="pandas")
    assert make_pipeline(chosen, model).fit(X, y).score(X, y) > 0.7


def test_the_progress_line(penguins, capsys):
    X, y = penguins
    for preset, line in (("fast", "3/3 epochs  loss"), ("default", "12/12 epochs  mean")):
        classifier(epochs=3, verbose=1, preset=preset).fit(X, y)
        told = capsys.readouterr()
        assert told.out == ""
        assert line in told.err
        assert told.err.count("\n") == 1


@pytest.mark.parametrize("preset", ["fast", "default"])
def test_ctrl_c_keeps_the_best_epoch(preset):
    X, y = load_iris(return_X_y=True)
    calls = []

    def metric(y_true, proba):
        calls.append(log_loss(y_true, proba))
        if len(calls) == 5:
            signal.raise_signal(signal.SIGINT)
        return calls[-1]

    # A process started in the background may ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.warns(UserWarning, match="interrupted"):
            model = classifier(metric=metric, preset=preset, epochs=2000).fit(X, y)
    finally:
        signal.signal(signal.SIGINT, before)
    assert model.interrupted_
    with pytest.raises(KeyboardInterrupt):  # a loop of fits ends
        model.fit(X, y)
    assert 1 <= model.n_epochs_ < 2000
    assert np.isfinite(model.predict_proba(X)).all()


def test_a_diverged_fit_says_so():
    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(DivergedError):
        regressor(learning_rate=1e30).fit(X, y)


def test_patience_stops():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 3)), rng.integers(0, 2, 80)
    model = classifier(patience=2, epochs=60).fit(X, y)
    assert model.n_epochs_ < 60
    assert model.history_.stop_reason == "patience"


def test_inputs_are_never_written(penguins):
    X, y = penguins
    before_X, before_y = X.copy(deep=True), y.copy(deep=True)
    weights = np.ones(len(y))
    classifier(epochs=1).fit(X, y, weights).predict(X)
    pd.testing.assert_frame_equal(X, before_X)
    pd.testing.assert_series_equal(y, before_y)
    np.testing.assert_array_equal(weights, 1.0)
