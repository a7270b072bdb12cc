"""The loss as a function of one parameter, and the slopes on both sides of a kink."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.check.kinks import Kink
from chainrule.explain.check.probe import of_parameter, of_unit, with_slopes
from chainrule.explain.check.verify import check_gradients
from chainrule.reference.gradients import complex_step
from chainrule.spec import Dense, LayerNorm, Loss, NetworkSpec


def test_the_engines_loss_and_the_references_slope(traced):
    probe = of_parameter(traced, "W2", (3, 4))
    assert probe.loss(0.0)[0] == pytest.approx(traced.loss, rel=1e-14)
    assert probe.complex_step() == pytest.approx(traced.grads["W2"][3, 4], rel=1e-10)
    found = complex_step(
        traced.spec, traced.params, traced.X, traced.y, traced.training,
        sample_weight=traced.sample_weight, dropout_epoch=traced.dropout_epoch,
    )  # fmt: skip
    assert probe.complex_step() == pytest.approx(found["W2"][3, 4], rel=1e-10)


def test_a_unit_moves_with_its_bias_in_its_row_alone(traced):
    probe = of_unit(traced, 2, 5, 7)
    assert probe.loss(0.0)[0] == pytest.approx(traced.losses[7], rel=1e-12)
    assert probe.complex_step() == pytest.approx(traced.delta[2][7, 5], rel=1e-10)


SLOPES = {"absolute_error": (-1.0, 1.0), "pinball": (-0.3, 0.7)}


@pytest.mark.parametrize("loss", SLOPES)
def test_a_kink_of_a_loss_has_two_slopes(loss):
    quantiles = (0.3,) if loss == "pinball" else ()
    spec = NetworkSpec(2, (Dense(1),), Loss(loss, quantiles=quantiles))
    params = engine.initialize(spec, seed=0, dtype="float64", init="zeros")
    X = np.random.default_rng(0).standard_normal((5, 2))
    report = check_gradients(spec, params, X, np.array([1.0, 0.0, 2.0, -1.0, 2.0]))
    (kink,) = report.kinks
    assert (kink.row, kink.of_loss) == (1, True)
    assert kink.slopes == pytest.approx(SLOPES[loss], rel=1e-6)
    told = " ".join(str(report).split())
    assert "1 row lies on a kink" in told
    assert f"loss at output 0, row 1 (slope {kink.slopes[0]:.2f}" in told


def test_a_kink_that_differences_cross_has_two_slopes():
    spec = NetworkSpec(1, (Dense(1, "relu"), Dense(1)), Loss("squared_error"))
    params = {"W1": np.ones((1, 1)), "b1": np.array([-1.0]),
              "W2": np.ones((1, 1)), "b2": np.zeros(1)}  # fmt: skip
    report = check_gradients(spec, params, np.array([[1.0], [3.0]]), np.ones(2))
    assert report.verdict == "ok"
    (kink,) = report.crossed
    assert kink.slopes == pytest.approx((0.0, -1.0), abs=1e-4)
    assert "differences cross a kink; the first: z1 of unit 0, row 0" in str(report)


def test_a_unit_that_no_bias_moves_has_no_slopes():
    spec = NetworkSpec(2, (Dense(3), LayerNorm(), Dense(1, "relu")), Loss("squared_error"))
    params = engine.initialize(spec, seed=0, dtype="float64")
    kink = Kink(1, 0, 0)
    X, y = np.ones((1, 2)), np.ones((1, 1))
    assert with_slopes(kink, spec, params, X, y, None).slopes is None
