"""Faults in the course of the losses are found, and only where they are clear."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from chainrule import Network, engine
from chainrule.explain.diagnosis.course import clear_fault
from chainrule.explain.diagnosis.diagnose import diagnose
from chainrule.spec import Dense, History, Loss, NetworkSpec, Schedule, TrainingSpec
from diagnosed import fitted, rows


def test_a_rate_that_is_too_high_and_one_that_is_too_low():
    for rate, code in ((3.0, "rate-too-high"), (1e-7, "rate-too-low")):
        net, X, y = fitted(learning_rate=rate)
        (one,) = [f for f in net.diagnose(X, y) if f.code == code]
        rate = float(one.fix.removeprefix("fit(..., learning_rate=").removesuffix(")"))
        mended, X, y = fitted(learning_rate=rate, epochs=120)
        assert mended.diagnose(X, y).ok, code


def test_a_converged_training_is_not_called_slow():
    net, X, y = fitted([4, 1], optimizer="sgd", learning_rate=0.3, epochs=200, batch_size=None)
    again = net.fit(X, y, optimizer="sgd", learning_rate=0.3, epochs=30, batch_size=None)
    assert np.ptp(again.loss) < 1e-6
    assert "rate-too-low" not in net.diagnose(X, y).codes


def test_stuck():
    def kill(net):
        net.biases[0] = np.full(16, -100.0)

    net, X, y = fitted(change=kill, optimizer="sgd", learning_rate=0.1, batch_size=None, epochs=150)
    assert {"stuck", "dead-units"} <= set(net.diagnose(X, y).codes)


def history_of(spec, loss, validation=(), y=None, **training):
    X, known = rows(n=64)
    y = known if y is None else y
    params = engine.initialize(spec, seed=0)
    history = History(
        loss=list(loss), validation_loss=list(validation), n_steps=2 * len(loss),
        stop_reason="epochs",
    )  # fmt: skip
    return diagnose(spec, params, X, y, TrainingSpec(**training), history)


SMALL = NetworkSpec(4, (Dense(8, "tanh"), Dense(1)), Loss("squared_error"))


def test_oscillating():
    swinging = [0.4 + 0.15 * (-1) ** k for k in range(30)]
    assert "oscillating" in history_of(SMALL, swinging).codes
    assert "oscillating" not in history_of(SMALL, np.linspace(0.5, 0.1, 30)).codes
    small = [0.4 + 0.01 * (-1) ** k for k in range(30)]
    assert "oscillating" not in history_of(SMALL, small).codes


def test_still_falling():
    falling = np.linspace(0.5, 0.2, 30)
    (one,) = [f for f in history_of(SMALL, falling).causes if f.code == "still-falling"]
    assert one.steps == ("fit(..., epochs=500)",)  # a thousand steps of two an epoch
    rests = np.concatenate([falling, np.full(30, 0.2)])
    assert "still-falling" not in history_of(SMALL, rests).codes
    noise = np.random.default_rng(0).normal(size=64)
    assert "still-falling" in history_of(SMALL, falling, y=noise).codes
    # Validation had its best epoch long ago: more epochs would not help.
    held = np.concatenate([falling[:10], np.full(20, 0.6)])
    assert "still-falling" not in history_of(SMALL, falling, held, y=noise).codes
    # A rate that goes to 0 makes the loss fall at the end.
    cosine = history_of(SMALL, falling, y=noise, schedule=Schedule("cosine"))
    assert "still-falling" not in cosine.codes


def test_a_local_minimum_of_xor_and_its_global_one():
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
    y = np.array([0, 1, 1, 0.0])
    step = {"optimizer": "sgd", "learning_rate": 0.5, "epochs": 6000, "batch_size": None}
    for hidden, seed, codes in ((2, 6, ("plateau",)), (8, 1, ())):
        net = Network([2, hidden, 1], activation="sigmoid", output_activation="sigmoid",
                      dtype="float64", random_state=seed)  # fmt: skip
        net.fit(X, y, reduction="sum", **step)
        found = net.diagnose(X, y)
        assert found.codes == codes
        if codes:  # literally what the next turn of the loop does
            assert found[0].steps == ("Network([2, 8, 1], ..., random_state=1)",)
            assert "9 weights could fit 4 rows without error" in found[0].sentence


def test_worse_than_the_best_constant():
    X, y = rows(n=64)
    net = Network([4, 8, 1], random_state=1)
    net.fit(X, y, learning_rate=0.01, epochs=200)
    net.biases = [net.biases[0], net.biases[1] + 2.0]
    found = net.diagnose(X, y)
    assert found.codes == ("worse-than-constant",)
    loss = engine.loss(net.spec, net.params, X, y)
    assert found.loss == pytest.approx(loss, rel=1e-5)
    assert found.baseline == pytest.approx(np.var(y) / 2)


def test_a_warning_needs_a_clear_fault():
    training = TrainingSpec(learning_rate=2.0)
    rising = clear_fault(History(loss=[1.0, 0.5, 0.7, 2.0, 4.0, 4.0]), training)
    assert rising is not None
    assert "learning_rate=2 is too high" in rising
    for quiet in ([1.0, 0.5, 0.4, 0.3, 0.31], [1.0, 0.1, 0.3, 0.3, 0.3], [1.0, 9.0], []):
        assert clear_fault(History(loss=quiet), training) is None


def test_fit_warns_of_a_clear_fault_alone():
    X, y = rows()
    line = Network([4, 1], random_state=1)
    step = {"optimizer": "sgd", "batch_size": None, "epochs": 20}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        line.fit(X, y, learning_rate=0.5, **step)
    with pytest.warns(RuntimeWarning, match=r"learning_rate=2.5 is too high") as told:
        line = Network([4, 1], random_state=1)
        line.fit(X, y, learning_rate=2.5, **step)  # more than 2 over the largest curvature
    assert told[0].filename == __file__
    assert "rate-too-high" in line.diagnose(X, y).codes
