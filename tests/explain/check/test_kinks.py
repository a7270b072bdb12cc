"""Rows on a kink are reported and not failed."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.check.verify import check_gradients
from chainrule.reference.forward import forward
from chainrule.spec import Dense, Loss, NetworkSpec


def test_rows_on_a_kink_are_reported_and_not_failed():
    spec = NetworkSpec(2, (Dense(3, "relu"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, seed=0, dtype="float64")
    X = np.random.default_rng(0).standard_normal((6, 2))
    # Unit 2 of row 4 stands 1e-9 above its kink: within every central difference's reach.
    params["b1"][1] = 1e-9 - float(X[4] @ params["W1"][1])
    report = check_gradients(spec, params, X, np.ones(6))
    assert report.ok
    assert report.n_kinks >= 1
    assert "cross a kink" in str(report)


def test_float32_on_the_other_side_of_a_kink_is_reported():
    spec = NetworkSpec(2, (Dense(3, "relu"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, seed=0, dtype="float32")
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 2)).astype(np.float32)
    params["b1"][1] = -np.float32(X[7] @ params["W1"][1])
    full = {name: w.astype(np.float64) for name, w in params.items()}
    z = forward(spec, full, X.astype(float))[0][1][7, 1]
    report = check_gradients(spec, params, X, np.ones(50))
    assert report.ok, str(report)
    if z > 0:  # else both number types stand on the same side
        assert report.kinks
        assert "row 7" in str(report)


@pytest.mark.parametrize("loss", ["absolute_error", "pinball"])
def test_predictions_that_meet_their_target_are_left_out(loss):
    quantiles = (0.3,) if loss == "pinball" else ()
    spec = NetworkSpec(2, (Dense(1),), Loss(loss, quantiles=quantiles))
    params = engine.initialize(spec, seed=0, dtype="float64", init="zeros")
    X = np.random.default_rng(0).standard_normal((5, 2))
    report = check_gradients(spec, params, X, np.array([0.0, 1.0, 0.0, -1.0, 2.0]))
    assert report.ok, str(report)
    assert {kink.row for kink in report.kinks} == {0, 2}
