"""Bags: which rows each network trains on, what each keeps, and how they answer together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris

import chainrule
from chainrule import TabularClassifier, TabularRegressor, engine
from chainrule.errors import SpecError
from chainrule.estimators.tabular.ensemble import training_of, with_all_levels
from chainrule.estimators.tabular.optimization import Optimization, smoothed
from chainrule.spec import CategoryEmbedding, Columns, Dense, Loss, NetworkSpec, TrainingSpec

QUICK = {"hidden_layer_sizes": 8, "epochs": 6, "random_state": 3}


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def bag(iris):
    return TabularClassifier(**QUICK).fit(*iris)


def test_members_answer_together(bag, iris):
    X, _ = iris
    assert len(bag.members_) == len(bag.temperatures_) == 4
    inputs, _ = bag.encoder_.transform(chainrule.table.as_table(X))
    products = np.ones((150, 3))
    for member, temperature in zip(bag.members_, bag.temperatures_, strict=True):
        z = temperature.beta * engine.predict(bag.spec_, member.params, inputs, logits=True)
        e = np.exp(z.astype(np.float64) - z.max(axis=1, keepdims=True))
        products *= e / e.sum(axis=1, keepdims=True)
    geometric = products ** (1 / 4)
    expected = geometric / geometric.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(bag.predict_proba(X), expected, rtol=1e-5)


def test_each_member_is_a_network_on_its_own_fold(bag, iris):
    X, y = iris
    held_out = [member.eval_rows for member in bag.members_]
    np.testing.assert_array_equal(np.sort(np.concatenate(held_out)), np.arange(150))
    for member in (0, 2):
        rows = np.setdiff1d(np.arange(150), held_out[member])
        training = training_of(bag.training_, member)
        inputs, _ = bag.encoder_.transform(chainrule.table.as_table(X))
        result = engine.fit(
            bag.spec_,
            engine.initialize(
                bag.spec_, init="data_driven", seed=training.seed, X=inputs, rows=rows
            ),
            inputs,
            y.to_numpy(),
            training,
            rows=rows,
        )
        expected = bag.members_[member].history.loss
        assert result.history.loss == expected
        assert bag.members_[member].history.best_epoch is not None


def test_no_result_depends_on_the_number_of_threads(bag, iris):
    X, y = iris
    for n_threads in (1, 3):
        again = clone(bag).set_params(n_threads=n_threads).fit(X, y)
        assert again.predict_proba(X).tobytes() == bag.predict_proba(X).tobytes()


def test_without_folds_members_differ_by_seed_only(iris):
    X, y = iris
    for given in ({"eval_set": (X[::3], y[::3])}, {}):
        model = TabularClassifier(
            n_members=3, validation_fraction=0.2 if given else 0.0, **QUICK
        ).fit(X, y, **given)
        assert [member.eval_rows for member in model.members_] == [None] * 3
        first, second, _ = (member.params["W1"] for member in model.members_)
        assert not np.array_equal(first, second)
        assert (model.members_[0].history.best_epoch is None) == (not given)


def test_one_member_is_the_fast_preset(iris):
    X, y = iris
    one = TabularClassifier(n_members=1, **QUICK).fit(X, y)
    fast = TabularClassifier(preset="fast", **QUICK).fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), fast.predict_proba(X))
    assert len(one.members_) == 1


@pytest.mark.parametrize("n_members", [2, 5, 12])
def test_any_number_of_members(iris, n_members):
    model = TabularClassifier(n_members=n_members, **QUICK).fit(*iris)
    assert len(model.members_) == n_members
    shares = [len(member.eval_rows) / 150 for member in model.members_]
    assert max(shares) <= 0.26
    assert len({member.params["W1"].tobytes() for member in model.members_}) == n_members


def test_classes_of_fewer_rows_than_folds_train_every_member():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), np.array(["a", "b"] * 28 + ["rare", "c", "c", "c"])
    model = TabularClassifier(**QUICK).fit(X, y)
    for member in model.members_:
        assert set(y[member.eval_rows]) <= {"a", "b"}
    assert np.isfinite(model.predict_proba(X)).all()


@pytest.mark.parametrize("n_rows", [2, 3, 4, 5, 9])
def test_few_rows(n_rows):
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(n_rows, 2)), np.arange(n_rows)
    for model in (
        TabularClassifier(**QUICK).fit(X, y % 2),
        TabularClassifier(**QUICK).fit(X, y),
        TabularRegressor(**QUICK).fit(X, y),
    ):
        assert len(model.members_) == 4
        assert np.isfinite(model.predict(X).astype(float)).all()


def test_members_come_back_from_a_file(tmp_path, iris):
    X, y = iris
    path = tmp_path / "model.safetensors"
    for model in (TabularClassifier(**QUICK), TabularRegressor(n_members=2, **QUICK)):
        model.fit(X, y)
        model.save(path)
        again = chainrule.load(path)
        method = "predict_proba" if hasattr(model, "predict_proba") else "predict"
        assert getattr(again, method)(X).tobytes() == getattr(model, method)(X).tobytes()
        assert [m.history.loss for m in again.members_] == [m.history.loss for m in model.members_]
        again.save(tmp_path / "again.safetensors")
        assert (tmp_path / "again.safetensors").read_bytes() == path.read_bytes()


def test_any_member_can_be_looked_at(bag, iris):
    X, y = iris
    rows = X.head(8), y.head(8)
    steps = [bag.trace(*rows, member=member) for member in range(4)]
    assert len({step.loss for step in steps}) == 4
    told = bag.explain("W1[0,0]", *rows, member=2)
    assert told.value == pytest.approx(steps[2].dL_dW[1][0, 0])
    assert bag.check_gradients(*rows).ok
    assert bag.network_.params["W1"].tobytes() == bag.members_[0].params["W1"].tobytes()
    assert bag.history_ is bag.members_[0].history


def test_refit_trains_again_on_all_rows(iris):
    X, y = iris
    fast = TabularClassifier(preset="fast", **QUICK | {"epochs": 12}).fit(X, y)
    again = clone(fast).set_params(refit=True).fit(X, y)
    assert again.loss_curve_ == fast.loss_curve_
    assert again.temperatures_[0].beta == min(fast.temperatures_[0].beta, 1.0)
    inputs, _ = fast.encoder_.transform(chainrule.table.as_table(X))
    training = fast.training_
    result = engine.fit(
        fast.spec_,
        engine.initialize(fast.spec_, init="data_driven", seed=training.seed, X=inputs),
        inputs,
        y.to_numpy(),
        training,
        callback=lambda epoch, history: epoch == fast.best_epoch_,
    )
    np.testing.assert_array_equal(again.members_[0].params["W1"], result.params["W1"])
    with pytest.raises(SpecError, match="4 members"):
        clone(again).set_params(preset="default").fit(X, y)


def test_a_time_limit_sets_the_epochs_and_the_epochs_repeat_the_run(monkeypatch):
    X, y = load_diabetes(return_X_y=True)
    counts = []
    whole = Optimization.epochs_within

    def within(self, seconds):
        counts.append((whole(self, seconds), whole(self, 1e-6), whole(self, 1e6)))
        return 5

    monkeypatch.setattr(Optimization, "epochs_within", within)
    limited = TabularRegressor(time_limit=60.0, random_state=0).fit(X, y)
    assert 1 <= counts[0][0] <= 64
    assert counts[0][1:] == (1, 64)
    assert limited.n_epochs_ == limited.training_.epochs == 5
    again = TabularRegressor(epochs=5, random_state=0).fit(X, y)
    np.testing.assert_array_equal(again.predict(X), limited.predict(X))
    stopped = TabularRegressor(epochs=10**6, time_limit=0.3, random_state=0).fit(X, y)
    assert stopped.history_.stop_reason == "time_limit"
    assert len(counts) == 1


def test_smoothed_targets_leave_a_share_to_every_class():
    rows = smoothed(np.array([2, 0]), 4, 0.1)
    np.testing.assert_allclose(rows, [[0.025, 0.025, 0.925, 0.025], [0.925, 0.025, 0.025, 0.025]])
    several = smoothed(np.array([[0.0, 1.0]]), 2, 0.1)
    np.testing.assert_allclose(several, [[0.05, 0.95]])
    same = np.array([1, 0])
    assert smoothed(same, 2, 0.0) is same


def test_accuracy_trains_on_smoothed_targets(iris):
    X, y = iris
    model = TabularClassifier(metric="accuracy", preset="fast", **QUICK).fit(X, y)
    inputs, _ = model.encoder_.transform(chainrule.table.as_table(X))
    rows = np.setdiff1d(np.arange(150), model.members_[0].eval_rows)
    result = engine.fit(
        model.spec_,
        engine.initialize(model.spec_, init="data_driven", seed=3, X=inputs, rows=rows),
        inputs,
        0.9 * np.eye(3)[y] + 0.1 / 3,
        model.training_,
        rows=rows,
    )
    np.testing.assert_allclose(model.loss_curve_, result.history.loss, rtol=1e-5)
    proba = model.network_.predict(inputs[model.members_[0].eval_rows])
    wrong = np.mean(proba.argmax(axis=1) != y.iloc[model.members_[0].eval_rows])
    assert min(model.history_.validation_metric) == pytest.approx(wrong)


def test_seeds_of_members():
    training = TrainingSpec(seed=2**64 - 1)
    seeds = [training_of(training, member).seed for member in range(50)]
    assert seeds[0] == 2**64 - 1
    assert len(set(seeds)) == 50
    assert training_of(training, 7).seed == seeds[7]


def test_levels_that_training_did_not_meet_take_the_mean_of_the_others():
    columns = Columns(((1, None), (2, CategoryEmbedding((2, 3), 2))))
    spec = NetworkSpec(3, (columns, Dense(1)), Loss("squared_error"))
    rng = np.random.default_rng(0)
    levels = rng.normal(size=(3 + 4, 2))
    # First column: levels 1, 2 met, 0 not; second: 0, 1 and 3 met, 2 not.
    inputs = np.array([[0.5, 1, 0], [0.5, 1, 3], [0.5, 2, 1], [0.5, 0, 2]])
    rows = np.array([0, 1, 2])
    out = with_all_levels(spec, {"embedding": levels}, inputs, rows, None)["embedding"]
    np.testing.assert_allclose(out[0], (2 * levels[1] + levels[2]) / 3)
    np.testing.assert_allclose(out[5], (levels[4] + levels[6]) / 2)
    np.testing.assert_array_equal(out[[1, 2, 3, 4, 6]], levels[[1, 2, 3, 4, 6]])
    weights = np.array([1.0, 3.0, 1.0, 9.0])
    out = with_all_levels(spec, {"embedding": levels}, inputs, rows, weights)["embedding"]
    np.testing.assert_allclose(out[0], (4 * levels[1] + levels[2]) / 5)
    all_rows = with_all_levels(spec, {"embedding": levels}, inputs, None, None)["embedding"]
    np.testing.assert_array_equal(all_rows[[0, 5]], levels[[0, 5]])


def test_experiments_can_replace_the_recipe(iris):
    model = TabularClassifier(**QUICK)
    model._recipe = {"activation": "tanh", "n_members": 2}
    model.fit(*iris)
    assert set(model.network_.spec.activations[1:]) == {"tanh", "softmax"}
    assert len(model.members_) == 2


def test_many_levels(iris):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=90), "town": [f"t{k % 30}" for k in range(90)]})
    model = TabularRegressor(**QUICK).fit(table, table["x"] + np.arange(90) % 30)
    assert np.isfinite(model.predict(table.assign(town="elsewhere"))).all()


def test_no_temperature_of_another_network_sharpens_the_refitted_one():
    """Classes that one column tells nearly: few epochs end before the network is sure of them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = (X[:, 0] > 0).astype(int)
    fast = TabularClassifier(preset="fast", **QUICK | {"epochs": 1}).fit(X, y)
    assert fast.temperatures_[0].beta > 1.5
    again = clone(fast).set_params(refit=True).fit(X, y)
    assert again.temperatures_[0].beta == 1.0
