"""Nested validation: what scores a row was chosen without it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from chainrule import TabularClassifier, TabularRegressor
from chainrule.estimators.tabular.calibration import Temperature, sigmoid, softmax
from chainrule.estimators.tabular.epoch_values import best_epoch, epoch_values
from chainrule.estimators.tabular.nested import (
    Recorded,
    nested_outputs,
    parts_of_rows,
)
from chainrule.estimators.tabular.rows import Rows
from chainrule.estimators.tabular.unseen import as_if_unseen
from chainrule.spec import Loss

FEW = {"hidden_layer_sizes": 8, "epochs": 6, "random_state": 0}
NUMBERS = Loss("squared_error")


def rows_of(y, weights=None):
    return Rows(np.empty((0, 1)), y, y, weights)


def test_the_values_of_epochs_are_those_that_the_engine_recorded():
    random = np.random.default_rng(0)
    X = random.normal(size=(90, 3))
    y = np.where(X[:, 0] + random.normal(size=90) > 0, "b", "a")
    for metric, computed in (("log_loss", "refined"), ("accuracy", "error")):
        outputs = []
        model = TabularClassifier(preset="fast", metric=metric, **FEW)
        model._recipe = {"label_smoothing": 0.0}
        model.fit(X[:60], y[:60], eval_set=(X[60:], y[60:]))
        for epoch in range(6):
            again = TabularClassifier(preset="fast", metric=metric, **FEW)
            again._recipe = {"label_smoothing": 0.0}
            # The metric of one epoch is the least where no other is given.
            again.set_params(metric=_only(epoch), greater_is_better=False, calibrate=False)
            again.fit(X[:60], y[:60], eval_set=(X[60:], y[60:]))
            outputs.append(again.predict_proba(X[60:]))
        codes = (y[60:] == "b").astype(int)
        found = epoch_values(computed, Loss("cross_entropy"), np.array(outputs), rows_of(codes))
        expected = model.history_.validation_metric
        np.testing.assert_allclose(found, expected, atol=2e-4)
        assert best_epoch(found) == best_epoch(np.array(expected))


def _only(wanted):
    calls = []

    def metric(y, proba):
        calls.append(1)
        return 0.0 if len(calls) - 1 == wanted else 1.0

    return metric


def test_a_row_has_no_part_in_what_answers_it():
    random = np.random.default_rng(1)
    y = random.normal(size=(40, 1))
    recorded = random.normal(size=(7, 40, 1))
    parts = parts_of_rows(40, seed=3)
    assert sorted(np.bincount(parts)) == [4] * 10

    def answers(truth):
        return nested_outputs(
            recorded, rows_of(truth), parts, lambda rows: "loss", NUMBERS, lambda c, r, o: o
        )

    before = answers(y)
    for part in range(10):
        own = parts == part
        other = y.copy()
        other[own] += 100.0  # whatever these rows hold, their own answers stay
        np.testing.assert_array_equal(answers(other)[own], before[own])
    losses = ((recorded - y) ** 2)[:, parts != 2].sum(axis=(1, 2))
    np.testing.assert_array_equal(before[parts == 2], recorded[np.argmin(losses)][parts == 2])


def test_the_score_of_pure_chance_is_not_better_than_chance():
    """Of many random epochs the best looks good on the rows that chose it; nested it does not."""
    random = np.random.default_rng(2)
    naive, nested = [], []
    for _ in range(60):
        y, recorded = random.normal(size=(50, 1)), random.normal(size=(64, 50, 1))
        rows, parts = rows_of(y), parts_of_rows(50, seed=0)
        values = epoch_values("loss", NUMBERS, recorded, rows)
        naive.append(2 * values.min())
        found = nested_outputs(
            recorded, rows, parts, lambda rows: "loss", NUMBERS, lambda c, r, o: o
        )
        nested.append(((found - y) ** 2).mean())
    assert np.mean(naive) < 1.6  # the truth is 2
    assert np.mean(nested) == pytest.approx(2.0, abs=0.15)


def test_parts_share_classes_and_keep_groups_and_time_together():
    codes = np.array([0] * 30 + [1] * 10)
    parts = parts_of_rows(40, 0, strata=codes)
    assert np.bincount(parts[codes == 1]).tolist() == [1] * 10
    groups = np.repeat(np.arange(10), 4)
    parts = parts_of_rows(40, 0, groups=groups)
    assert all(len(set(parts[groups == group])) == 1 for group in range(10))
    when = np.random.default_rng(0).permutation(40)
    parts = parts_of_rows(40, 0, order=when)
    assert (np.diff(parts[np.argsort(when)]) >= 0).all()


def test_too_many_numbers_are_recorded_of_some_rows_only():
    assert len(Recorded.of(500, 3, 64, 4).places) == 500
    places = Recorded.of(1_000_000, 10, 16, 4).places
    assert len(places) == 20_000
    assert len(Recorded.of(300_000, 1000, 64, 8).places) == 100


def test_the_bag_is_judged_as_a_bag():
    """Members that share the noise of a row they trained on are moved back to honest answers."""
    random = np.random.default_rng(3)
    n, leverage = 4_000, 0.3
    signal = random.normal(size=n)
    truth = (signal + random.normal(size=n))[:, None]
    unseen = signal[None, :, None] + 0.5 * random.normal(size=(4, n, 1))
    honest = np.zeros((4, n), bool)
    honest[np.arange(n) % 4, np.arange(n)] = True
    seen = unseen + leverage * (truth - unseen)
    answers = np.where(honest[:, :, None], unseen, seen)
    found = as_if_unseen(
        answers, honest, truth, lambda a: a, lambda a: ((a - truth) ** 2)[..., 0], None
    )
    bag = ((unseen.mean(axis=0) - truth) ** 2).mean()
    one = ((unseen - truth) ** 2).mean()
    dishonest = ((answers.mean(axis=0) - truth) ** 2).mean()
    estimate = ((found.answers.mean(axis=0) - truth) ** 2).mean()
    assert dishonest < 0.8 * bag < bag < one
    # On the safe side: moved back along what all say, answers stay a little alike.
    assert bag < estimate < 0.5 * (bag + one)


def test_temperatures_of_other_rows():
    random = np.random.default_rng(4)
    X = random.normal(size=(80, 3))
    y = (X[:, 0] + random.normal(size=80) > 0).astype(int)
    model = TabularClassifier(preset="fast", **FEW).fit(X, y)
    known = model.validation_
    assert known.n_rows == 16
    np.testing.assert_array_equal(known.rows, model.members_[0].eval_rows)
    np.testing.assert_array_equal(model.oof_predict_proba_[known.rows], known.answers)
    assert np.isnan(np.delete(model.oof_predict_proba_, known.rows, axis=0)).all()
    expected = log_loss(y[known.rows], known.answers)
    assert model.scores_["log_loss"].value == pytest.approx(expected)
    z = random.normal(size=(9, 3))
    np.testing.assert_allclose(softmax(z), Temperature().probabilities(z, False))


def test_every_row_of_a_bag_has_an_answer_out_of_fold():
    random = np.random.default_rng(5)
    X = random.normal(size=(60, 3))
    y = X[:, 0] + random.normal(size=60)
    weights = np.where(np.arange(60) % 7 == 0, 0.0, 1.0)
    model = TabularRegressor(**FEW).fit(X, y, weights)
    assert model.oof_predict_.shape == (60,)
    np.testing.assert_array_equal(np.isnan(model.oof_predict_), weights == 0)
    with pytest.raises(AttributeError, match="no out-of-fold predictions"):
        _ = TabularRegressor(**FEW, validation_fraction=0).fit(X, y).oof_predict_
    assert TabularRegressor(**FEW, validation_fraction=0).fit(X, y).scores_ == {}


def test_rows_near_in_time_do_not_choose():
    random = np.random.default_rng(6)
    y, when = random.normal(size=(80, 1)), random.permutation(80)
    recorded = random.normal(size=(9, 80, 1))
    parts = parts_of_rows(80, 0, order=when)

    def answers(truth):
        return nested_outputs(
            recorded, rows_of(truth), parts, lambda rows: "loss", NUMBERS, lambda c, r, o: o, when
        )

    before = answers(y)
    for part in range(10):
        first, last = 8 * part - 20, 8 * part + 7 + 20
        near = (when >= first) & (when <= last)
        other = np.where(near[:, None], y + 100.0 * random.normal(size=y.shape), y)
        np.testing.assert_array_equal(answers(other)[parts == part], before[parts == part])
    assert (answers(y + 3.0 * random.normal(size=y.shape)) != before).any()


def test_a_level_that_wanders_is_not_met_by_choosing_among_its_neighbours():
    """Epochs answer with one level each; nothing tells which is that of a stretch, but neighbours.

    The truth is the mean loss of all epochs: for rows far away one is as good as another.
    """
    random = np.random.default_rng(7)
    near, apart, truth = [], [], []
    for _ in range(60):
        level = np.zeros(120)
        for row in range(1, 120):
            level[row] = 0.95 * level[row - 1] + 0.31 * random.normal()
        y = level[:, None] + 0.1 * random.normal(size=(120, 1))
        recorded = np.repeat(random.normal(size=(40, 1, 1)), 120, axis=1)
        truth.append(((recorded - y) ** 2).mean())
        parts = parts_of_rows(120, 0, order=np.arange(120))
        for found, order in ((near, None), (apart, np.arange(120))):
            answers = nested_outputs(
                recorded, rows_of(y), parts, lambda rows: "loss", NUMBERS, lambda c, r, o: o, order
            )
            found.append(((answers - y) ** 2).mean())
    assert np.mean(near) < 0.8 * np.mean(apart)
    assert np.mean(apart) < np.mean(truth)
    assert np.mean(apart) > 0.9  # the variance of the level, which an answer of 0 would have


def test_an_interval_knows_that_moved_answers_hang_on_the_rows():
    """Networks that know their rows by heart: what they are moved by varies with the rows drawn."""
    random = np.random.default_rng(8)
    n = 300
    honest = np.zeros((4, n), bool)
    honest[np.arange(n) % 4, np.arange(n)] = True
    values, plain, known = [], [], []
    for _ in range(200):
        sign = random.choice([-1.0, 1.0], size=n)
        truth = np.where(sign > 0, 1.0, 0.0)[:, None]
        told = 0.5 * sign + 1.5 * random.normal(size=n)
        unseen = (told + 0.2 * random.normal(size=(4, n)))[..., None]
        by_heart = (1.5 * sign + 0.2 * random.normal(size=(4, n)))[..., None]
        answers = np.where(honest[:, :, None], unseen, by_heart)

        def losses(z, truth=truth):
            return (np.logaddexp(0.0, z) - truth * z)[..., 0]

        moved = as_if_unseen(answers, honest, truth, sigmoid, losses, None)
        assert moved.pull.mean() == pytest.approx(0.0, abs=1e-9)
        bag = moved.answers.mean(axis=0)
        of_row = losses(bag)
        slope = (losses(bag + 1e-5 * moved.slope.mean(axis=0)) - of_row).mean() / 1e-5
        values.append(of_row.mean())
        plain.append(of_row.std() / np.sqrt(n))
        known.append((of_row + slope * moved.pull).std() / np.sqrt(n))
    assert np.mean(known) == pytest.approx(np.std(values), rel=0.15)
    assert np.mean(plain) < 0.7 * np.std(values)


def test_networks_that_know_rows_by_heart_do_not_score_them():
    random = np.random.default_rng(9)
    truth = random.integers(0, 2, size=(60, 1)).astype(float)
    unseen, by_heart = random.normal(size=(4, 60, 1)), 60.0 * (truth - 0.5)
    honest = np.zeros((4, 60), bool)
    honest[np.arange(60) % 4, np.arange(60)] = True
    answers = np.where(honest[:, :, None], unseen, by_heart)

    def losses(z):
        return (np.logaddexp(0.0, z) - truth * z)[..., 0]

    moved = as_if_unseen(answers, honest, truth, sigmoid, losses, None)
    alone = unseen[np.arange(60) % 4, np.arange(60)]
    np.testing.assert_allclose(moved.answers.mean(axis=0), alone)
    assert moved.slope is None
