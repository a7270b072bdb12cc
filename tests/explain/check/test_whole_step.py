"""The verdicts on the whole step, and what a check was not given."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule import engine
from chainrule.explain.check import whole_step
from chainrule.explain.check.verify import check_gradients
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec

X = np.random.default_rng(0).standard_normal((9, 2))
Y = X[:, 0] * X[:, 1]


def dropped(**options):
    layers = (Dense(8, "tanh"), Dropout(0.4), Dense(1))
    spec = NetworkSpec(2, layers, Loss("squared_error"))
    return check_gradients(spec, engine.initialize(spec, seed=0, dtype="float64"), X, Y, **options)


def verdicts(report):
    return {v.subject: v.verdict for v in report.verdicts}


def test_the_step_and_the_update_are_checked():
    net = chainrule.Network([2, 3, 1], random_state=0)
    net.fit(X, Y, epochs=2)
    report = net.check_gradients(X, Y)
    assert verdicts(report) == {"step of fit": "ok", "update": "ok"}
    assert str(report).splitlines()[-1] == "ok: gradients, step of fit, update"
    assert {v["subject"] for v in report.to_json()["verdicts"]} == {"step of fit", "update"}
    assert not report.notes


def test_dropout_is_off_in_the_table_and_has_a_verdict_of_its_own():
    report = dropped()
    assert verdicts(report)["dropout"] == "ok"
    assert "dropout is off" in str(report)
    frozen = dropped(dropout_epoch=3)
    assert "dropout" not in verdicts(frozen)
    assert "dropout is off" not in str(frozen)


def test_gradients_that_are_wrong_under_dropout_alone_are_wrong(monkeypatch):
    right = whole_step.engine.gradients

    def wrong(*arguments, **options):
        loss, grads = right(*arguments, **options)
        if options["dropout_epoch"] is not None:
            grads["W1"][3, 1] *= 0.6
        return loss, grads

    monkeypatch.setattr(whole_step.engine, "gradients", wrong)
    report = dropped()
    assert report.verdict == verdicts(report)["dropout"] == "wrong"
    assert "W1[3,1]" in str(report)
    assert str(report).splitlines()[-1] == "WRONG: dropout"


def test_what_the_last_fit_had_and_the_check_has_not_is_said():
    net = chainrule.Network([2, 3, 1], random_state=0)
    assert "no training is known" in str(net.check_gradients(X, Y))
    net.fit(X, Y, epochs=1, l2=0.1, sample_weight=np.ones(9))
    assert "had sample weights; none are given" in str(net.check_gradients(X, Y))
    assert not net.check_gradients(X, Y, sample_weight=np.ones(9)).notes
    found = str(net.check_gradients(X, Y, sample_weight=np.ones(9), l2=0))
    assert "those of the last fit were l1 0, l2 0.1" in found
    net.fit(X, Y, epochs=1)
    assert not net.check_gradients(X, Y).notes


def test_the_drop_in_says_that_weights_are_missing():
    model = chainrule.MLPRegressor(hidden_layer_sizes=4, max_iter=3, early_stopping=False)
    with pytest.warns(Warning, match="converged"):
        model.fit(X, Y, sample_weight=np.ones(9))
    assert "had sample weights" in str(model.check_gradients(X, Y))
    assert "had sample weights" not in str(model.check_gradients(X, Y, np.ones(9)))
