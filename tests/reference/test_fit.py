"""The whole loop: the worked examples to their end, then batches, weights, masks, continuing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule.reference.backward import backward
from chainrule.reference.fit import fit
from chainrule.reference.forward import forward, record_forward
from chainrule.reference.gradients import gradients
from chainrule.reference.random import dropout_mask, permutation
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
    Schedule,
    TrainingSpec,
)
from strategies import Problem, random_params, random_problem


def run(problem: Problem, **changes: object):
    training = replace(problem.training, **changes)  # type: ignore[arg-type]
    return fit(
        problem.spec,
        problem.params,
        problem.X,
        problem.y,
        training,
        sample_weight=problem.sample_weight,
    )


def predictions(problem: Problem, params: dict[str, np.ndarray]) -> np.ndarray:
    return forward(problem.spec, params, problem.X)[1][-1]


def total_loss(problem: Problem, params: dict[str, np.ndarray]) -> float:
    return gradients(problem.spec, params, problem.X, problem.y, problem.training)[0]


def test_xor_to_the_last_digit(xor: Problem) -> None:
    before, state, history = run(xor, epochs=9_999)
    printed = [0.0602901230512367, 0.9444722199003842, 0.9443669994791755, 0.05997169269714796]
    np.testing.assert_allclose(predictions(xor, before).ravel(), printed, rtol=0, atol=1e-12)

    last = replace(xor.training, epochs=1)
    params, state, _ = fit(xor.spec, before, xor.X, xor.y, last, state=state)
    assert state.n_steps == state.epoch == 10_000
    end = [0.06028403490133595, 0.9444784005976045, 0.9443731977856975, 0.05996464530429643]
    np.testing.assert_allclose(predictions(xor, params).ravel(), end, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        params["W2"], [[-8.026635365285362, 7.4211608201554755]], rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(params["b2"], [-3.350009770053441], rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        params["W1"], [[3.699130305, 3.705796794], [5.699085997, 5.730695039]], atol=5e-10
    )
    np.testing.assert_allclose(params["b1"], [-5.670515883, -2.375811631], atol=5e-10)

    # history.loss[k] is the loss after k updates
    losses = {
        0: 0.575949643,
        1: 0.570412290,
        10: 0.533097813,
        100: 0.501059649,
        1000: 0.498866595,
        2000: 0.491350743,
        5000: 0.105417752,
    }
    for k, loss in losses.items():
        assert history.loss[k] == pytest.approx(loss, abs=5e-10)
    assert total_loss(xor, params) == pytest.approx(0.006703456338, abs=5e-13)
    assert sum(loss >= 0.05 for loss in history.loss) == 5583


def test_mazur_with_frozen_biases(mazur: Problem) -> None:
    params, _, _ = run(mazur, epochs=1)
    assert total_loss(mazur, params) == pytest.approx(0.291027773694, abs=5e-13)
    np.testing.assert_allclose(
        params["W2"], [[0.358916480, 0.408666186], [0.511301270, 0.561370121]], atol=5e-10
    )
    np.testing.assert_allclose(
        params["W1"], [[0.149780716, 0.199561432], [0.249751144, 0.299502287]], atol=5e-10
    )
    params, _, history = run(mazur)
    assert history.n_epochs == history.n_steps == 10_000
    assert total_loss(mazur, params) == pytest.approx(3.510188e-05, abs=5e-12)
    np.testing.assert_allclose(predictions(mazur, params), [[0.015913620, 0.984064274]], atol=5e-10)
    np.testing.assert_array_equal(params["b1"], mazur.params["b1"])


def test_mazur_with_trained_biases(mazur: Problem) -> None:
    params, _, _ = run(mazur, epochs=1, learning_rate_factors={})
    assert total_loss(mazur, params) == pytest.approx(0.280471446791, abs=5e-13)
    np.testing.assert_allclose(params["b1"], [0.345614323, 0.345022873], atol=5e-10)
    np.testing.assert_allclose(params["b2"], [0.530750719, 0.619049118], atol=5e-10)
    params, _, _ = run(mazur, learning_rate_factors={})
    assert total_loss(mazur, params) == pytest.approx(2.447562e-06, abs=5e-13)
    np.testing.assert_allclose(predictions(mazur, params), [[0.011587527, 0.988458935]], atol=5e-10)


def test_mazur_prints_what_the_wrong_order_gives(mazur: Problem) -> None:
    """His text says that all deltas are taken first; his later numbers took W2 after its update."""
    params = {name: w.copy() for name, w in mazur.params.items()}
    printed = {1: 0.291027924}
    for step in range(1, 10_001):
        record = record_forward(mazur.spec, params, mazur.X)
        _, grads = backward(mazur.spec, params, record, mazur.y)
        moved_first = {**params, "W2": params["W2"] - 0.5 * grads["W2"]}
        _, grads = backward(mazur.spec, moved_first, record, mazur.y)
        params = {**moved_first, "W1": params["W1"] - 0.5 * grads["W1"]}
        if step in printed:
            assert total_loss(mazur, params) == pytest.approx(printed[step], abs=5e-10)
    np.testing.assert_allclose(predictions(mazur, params), [[0.015912196, 0.984065734]], atol=5e-10)


def line(n: int, **training: object) -> Problem:
    """y = 2x + 1 on n rows, one linear unit from 0."""
    X = np.linspace(-1.0, 1.0, n)[:, np.newaxis]
    settings = {"optimizer": "sgd", "learning_rate": 0.1, "epochs": 1, **training}
    return Problem(
        NetworkSpec(1, (Dense(1),), Loss("squared_error")),
        {"W1": np.zeros((1, 1)), "b1": np.zeros(1)},
        X,
        2.0 * X + 1.0,
        TrainingSpec(**settings),  # type: ignore[arg-type]
    )


def test_an_epoch_by_hand_with_a_short_last_batch() -> None:
    problem = line(5, batch_size=2, shuffle=False)
    w = b = 0.0
    loss = 0.0
    for rows in ([0, 1], [2, 3], [4]):
        x, y = problem.X[rows, 0], problem.y[rows, 0]
        r = w * x + b - y
        loss += 0.5 * (r**2).sum()
        w, b = w - 0.1 * (r * x).mean(), b - 0.1 * r.mean()
    params, state, history = run(problem)
    assert params["W1"][0, 0] == pytest.approx(w, rel=1e-14)
    assert params["b1"][0] == pytest.approx(b, rel=1e-14)
    assert history.loss == pytest.approx([loss / 5], rel=1e-14)
    assert history.n_steps == state.n_steps == 3


def test_batches_are_slices_of_the_epochs_permutation() -> None:
    shuffled = line(7, batch_size=3, epochs=3, seed=12)
    params, _, _ = run(shuffled)
    by_hand, state = shuffled.params, None
    for epoch in range(3):
        order = permutation(7, 12, "shuffle", epoch)
        by_hand, state, _ = fit(
            shuffled.spec,
            by_hand,
            shuffled.X[order],
            shuffled.y[order],
            replace(shuffled.training, epochs=1, shuffle=False),
            state=state,
        )
    for name in params:
        np.testing.assert_allclose(params[name], by_hand[name], rtol=1e-13)


def test_a_full_batch_is_not_shuffled() -> None:
    for batch_size in (None, 7, 100):
        problem = line(7, batch_size=batch_size, epochs=3)
        shuffled, still = run(problem, shuffle=True)[0], run(problem, shuffle=False)[0]
        np.testing.assert_array_equal(shuffled["W1"], still["W1"])


def test_training_reaches_the_line() -> None:
    params, _, history = run(line(9, epochs=400, batch_size=4, learning_rate=0.2))
    assert params["W1"][0, 0] == pytest.approx(2.0, abs=1e-6)
    assert params["b1"][0] == pytest.approx(1.0, abs=1e-6)
    assert history.loss[-1] < 1e-12 < history.loss[0]


def test_history_of_a_sum_is_a_sum_and_leaves_out_the_penalty() -> None:
    mean = run(line(4, batch_size=None, l1=3.0, l2=5.0))[2]
    total = run(line(4, batch_size=None, reduction="sum"))[2]
    assert total.loss == pytest.approx([4.0 * mean.loss[0]])
    assert mean.loss == pytest.approx([0.5 * float((line(4).y ** 2).mean())])


def test_two_calls_continue_one() -> None:
    problem = random_problem(31)
    settings = {"optimizer": "adam", "batch_size": 2, "learning_rate": 0.01, "weight_decay": 0.1}
    whole, whole_state, whole_history = run(problem, epochs=6, **settings)
    training = replace(problem.training, epochs=2, **settings)  # type: ignore[arg-type]
    params, state, losses = problem.params, None, []
    for _ in range(3):
        params, state, history = fit(
            problem.spec,
            params,
            problem.X,
            problem.y,
            training,
            sample_weight=problem.sample_weight,
            state=state,
        )
        losses += history.loss
    assert losses == whole_history.loss
    assert state is not None and state.n_steps == whole_state.n_steps
    for name in whole:
        np.testing.assert_array_equal(params[name], whole[name])


def test_schedule_counts_the_steps_of_this_call() -> None:
    problem = line(4, batch_size=2, epochs=2, schedule="cosine", shuffle=False)
    params = problem.params
    for step, rows in enumerate([[0, 1], [2, 3]] * 2):
        factor = 0.5 * (1.0 + np.cos(np.pi * step / 4.0))
        params, _, _ = fit(
            problem.spec,
            params,
            problem.X[rows],
            problem.y[rows],
            TrainingSpec("sgd", 0.1 * factor, epochs=1, batch_size=None),
        )
    np.testing.assert_allclose(run(problem)[0]["W1"], params["W1"], rtol=1e-14)


def test_plateau_reads_the_history() -> None:
    schedule = Schedule("plateau", {"factor": 0.5, "patience": 1, "floor": 0.01})
    history = run(line(4, batch_size=None, epochs=60, learning_rate=3.0, schedule=schedule))[2]
    assert max(history.loss) > history.loss[0]  # the rate is too large at first
    assert history.loss[-1] < 1e-3 * history.loss[0]


def test_a_row_of_weight_zero_is_as_good_as_absent() -> None:
    problem = line(5, batch_size=None, epochs=5)
    weighted = run(replace(problem, sample_weight=np.array([1.0, 1.0, 0.0, 1.0, 0.0])))[0]
    kept = replace(problem, X=problem.X[[0, 1, 3]], y=problem.y[[0, 1, 3]])
    np.testing.assert_allclose(weighted["W1"], run(kept)[0]["W1"], rtol=1e-14)


def test_the_steps_of_an_epoch_are_the_full_batchs_on_average() -> None:
    """With every gradient at the same point, their mean is the weighted mean over all rows."""
    problem = line(6, batch_size=2, shuffle=False, optimizer="sgd", learning_rate=1e-9)
    weight = np.array([9.0, 1.0, 0.0, 0.0, 2.0, 5.0])

    def moved(**changes: object) -> np.ndarray:
        params = run(replace(problem, sample_weight=weight), **changes)[0]
        return (params["W1"] - problem.params["W1"]) / problem.training.learning_rate

    np.testing.assert_allclose(moved() / 3, moved(batch_size=None), rtol=1e-6)
    one_by_one = moved(batch_size=1) / 6
    np.testing.assert_allclose(one_by_one, moved(batch_size=None), rtol=1e-6)
    assert np.abs(moved(penalty_per_batch=True) / 3 / one_by_one - 1).max() > 0.01


@pytest.mark.parametrize("law", ["mean", "sum"])
def test_a_batch_without_weight_is_a_step_of_the_penalty_alone(law: str) -> None:
    problem = line(4, batch_size=2, shuffle=False, l2=1.0, optimizer="sgd", reduction=law)
    first = np.array([0.0, 0.0, 1.0, 3.0])
    params, state, history = run(replace(problem, sample_weight=first))
    assert history.n_steps == state.n_steps == 2
    rate = problem.training.learning_rate
    shrunk = {"W1": problem.params["W1"] * (1 - rate), "b1": problem.params["b1"]}
    alone = replace(problem, params=shrunk, X=problem.X[2:], y=problem.y[2:])
    weight = first[2:] / first.mean() / (2 if law == "mean" else 1 / first.mean())
    expected = run(replace(alone, sample_weight=weight), reduction="sum")[0]
    np.testing.assert_allclose(params["W1"], expected["W1"], rtol=1e-13)


def test_as_in_scikit_learn_a_batch_without_weight_makes_no_step() -> None:
    problem = line(4, batch_size=2, shuffle=False, l2=1.0, penalty_per_batch=True)
    weight = np.array([0.0, 0.0, 1.0, 3.0])
    params, state, history = run(replace(problem, sample_weight=weight))
    assert history.n_steps == state.n_steps == 1
    alone = replace(problem, X=problem.X[2:], y=problem.y[2:], sample_weight=weight[2:])
    np.testing.assert_array_equal(params["W1"], run(alone)[0]["W1"])
    nothing = run(replace(problem, sample_weight=np.zeros(4)))
    assert nothing[2].n_steps == 0 and nothing[2].loss == [0.0]


def test_dropout_masks_belong_to_the_row_whatever_its_batch() -> None:
    spec = NetworkSpec(3, (Dropout(0.5), Dense(16), Dropout(0.5), Dense(1)), Loss("squared_error"))
    rng = np.random.default_rng(0)
    params = {name: rng.normal(size=shape) for name, shape in spec.parameter_shapes.items()}
    X, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 1))
    still = {"optimizer": "sgd", "learning_rate": 0.0, "epochs": 3, "seed": 5}
    losses = [
        fit(spec, params, X, y, TrainingSpec(**still, batch_size=size))[2].loss  # type: ignore[arg-type]
        for size in (None, 1, 4)
    ]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-13)
    np.testing.assert_allclose(losses[0], losses[2], rtol=1e-13)
    assert len(set(losses[0])) == 3  # another mask in every epoch


def test_nothing_given_is_changed(xor: Problem) -> None:
    before = {name: w.copy() for name, w in xor.params.items()}
    run(xor, epochs=3, optimizer="adam")
    for name, w in xor.params.items():
        np.testing.assert_array_equal(w, before[name])
    params, state, history = run(xor, epochs=0)
    assert params is xor.params and state.n_steps == 0 and history.loss == []


def test_schedules_of_decay_and_dropout_count_the_steps_of_this_call() -> None:
    """Step by step, each rate times its schedule's factor, gives the same parameters."""
    layers = (Scale(), Dense(6, Activation("tanh", True)), Dropout(0.4), Dense(1))
    spec = NetworkSpec(3, layers, Loss("squared_error"))
    rng = np.random.default_rng(3)
    params, X = random_params(rng, spec), rng.normal(size=(6, 3))
    y = X[:, :1] ** 2
    training = TrainingSpec(
        optimizer="sgd",
        learning_rate=0.1,
        epochs=2,
        batch_size=3,
        shuffle=False,
        seed=4,
        weight_decay=0.3,
        weight_decay_schedule="flat_cos",
        dropout_schedule="cosine",
        weight_decay_factors={"scale": 2.0},
    )
    found, _, _ = fit(spec, params, X, y, training)

    for step in range(4):
        epoch, rows = step // 2, slice(3 * (step % 2), 3 * (step % 2) + 3)
        decay = 0.3 * [1.0, 1.0, 1.0, 0.5][step]
        rate = 0.4 * 0.5 * (1.0 + np.cos(np.pi * step / 4.0))
        mask = dropout_mask(rate, np.arange(6)[rows], 6, 1, 4, epoch)
        masks = [None, mask, None]
        record = record_forward(spec, params, X[rows], masks)
        _, grads = backward(spec, params, record, y[rows], masks=masks)
        shrink = {"W1": decay, "W2": decay, "scale": 2.0 * decay}
        params = {
            name: w * (1.0 - 0.1 * shrink.get(name, 0.0)) - 0.1 * grads[name]
            for name, w in params.items()
        }
    for name, w in params.items():
        np.testing.assert_allclose(found[name], w, rtol=1e-13, atol=1e-15)


def test_every_part_learns() -> None:
    """A wave of one number and a step by category, which a line cannot follow."""
    side_by_side = Columns(((1, PeriodicEmbedding(8)), (1, CategoryEmbedding((2,), 2))))
    layers = (side_by_side, Scale(), Dense(1))
    spec = NetworkSpec(2, layers, Loss("squared_error"))
    rng = np.random.default_rng(0)
    X = np.column_stack([np.linspace(-1.0, 1.0, 30), np.arange(30) % 3])
    y = np.sin(4.0 * X[:, 0]) + (X[:, 1] == 1.0)
    training = TrainingSpec(learning_rate=0.03, epochs=300, batch_size=None)
    start = random_params(rng, spec)
    params, _, history = fit(spec, start, X, y, training)
    line = np.column_stack([X, np.ones(30)])
    residual = y - line @ np.linalg.lstsq(line, y, rcond=None)[0]
    assert history.loss[-1] < 0.02 * (0.5 * residual**2).mean()
    assert all((params[name] != start[name]).any() for name in params)
