"""Faults in the course of the losses are found, and only where they are clear."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from chainrule import Network, engine
from chainrule.explain.diagnosis.course import clear_fault
from chainrule.explain.diagnosis.diagnose import diagnose
from chainrule.spec import Dense, History, Loss, NetworkSpec, TrainingSpec
from diagnosed import fitted, rows


def test_a_rate_that_is_too_high_and_one_that_is_too_low():
    for rate, code in ((3.0, "rate-too-high"), (1e-7, "rate-too-low")):
        net, X, y = fitted(learning_rate=rate)
        (one,) = [f for f in net.diagnose(X, y) if f.code == code]
        mended, X, y = fitted(learning_rate=float(one.fix.split("=")[1]), epochs=60)
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


def history_of(spec, loss, validation=(), **training):
    X, y = rows(n=64)
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


def test_overfitting():
    train = 0.4 * 0.9 ** np.arange(40)
    worse = np.concatenate([np.linspace(0.45, 0.35, 10), np.linspace(0.36, 0.6, 30)])
    (one,) = [f for f in history_of(SMALL, train, worse) if f.code == "overfitting"]
    assert one.evidence["best"] == 9
    assert "overfitting" not in history_of(SMALL, train, train + 0.05).codes


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
