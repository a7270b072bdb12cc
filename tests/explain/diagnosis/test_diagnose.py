"""`diagnose` says what it checked, and leaves the healthy alone."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import Network, engine
from chainrule.errors import DataError
from chainrule.explain.diagnosis.diagnose import Context, diagnose
from chainrule.explain.diagnosis.table import TABLE
from chainrule.reference.fit import fit
from chainrule.spec import (
    TrainingSpec,
)
from diagnosed import fitted, rows


def test_a_healthy_training_lists_what_was_checked():
    net, X, y = fitted()
    found = net.diagnose(X, y)
    assert found.ok
    assert not found
    assert len(found) == 0
    assert set(found.checked) | set(found.skipped) == set(TABLE)
    held = "no validation rows were given (eval_set)"
    assert found.skipped == {
        "overfitting": "there were no validation rows",
        **dict.fromkeys(["validation-scale", "sorted-split", "shared-rows"], held),
    }
    assert "No fault found in 30 epochs and a step over 300 rows." in str(found)
    assert "checked and clean: constant-target" in str(found)


def test_at_most_1024_rows_are_traced():
    X, y = rows(n=3000)
    net, X, y = fitted(X=X, y=y, epochs=3)
    found = net.diagnose(X, y)
    assert (found.n_rows, found.n_seen) == (3000, 1024)


def test_a_network_without_a_history():
    X, y = rows()
    net = Network([4, 16, 1])
    found = net.diagnose(X, y)
    assert found.skipped["stuck"] == "no epoch has been completed"
    with pytest.raises(DataError, match="X"):
        net.diagnose(X[:, :2], y)


def test_diagnosis_of_a_trained_network(trace):
    training = TrainingSpec(epochs=30, learning_rate=0.01, batch_size=4)
    X = np.random.default_rng(2).normal(size=(80, 4))
    X[:, 3] = np.arange(80) % 4
    y = (np.sin(3.0 * X[:, 0]) > 0).astype(int) + (X[:, 3] == 1)
    result = engine.fit(trace.spec, engine.initialize(trace.spec), X, y, training)
    found = diagnose(
        trace.spec,
        result.params,
        X,
        y,
        training,
        result.history,
        context=Context(names=trace.names),
    )
    assert "unscaled-inputs" not in {finding.code for finding in found}
    params, _, _ = fit(trace.spec, engine.initialize(trace.spec, dtype="float64"), X, y, training)
    assert max(np.abs(params[n] - result.params[n]).max() for n in params) < 1e-2
    bad = {**result.params, "scale": np.full_like(result.params["scale"], np.inf)}
    assert "non-finite" in {finding.code for finding in diagnose(trace.spec, bad, X, y, training)}
