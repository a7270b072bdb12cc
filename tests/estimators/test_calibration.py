"""Temperature against a search by scikit-learn's log-loss."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss

from chainrule.estimators.calibration import Temperature, sigmoid, softmax


@pytest.mark.parametrize("weighted", [False, True])
def test_beta_minimises_the_log_loss(weighted):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(400, 3))
    y = np.array([rng.choice(3, p=p) for p in softmax(2.5 * z)])
    weights = rng.integers(1, 4, 400).astype(float) if weighted else None
    found = Temperature.fit(z, y, weights, multilabel=False)

    def loss(u):
        return log_loss(y, softmax(np.exp(u) * z), sample_weight=weights)

    best = minimize_scalar(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-9})
    assert np.log(found.beta) == pytest.approx(best.x, abs=1e-5)
    assert found.mix == 1 / 401


def test_several_labels():
    rng = np.random.default_rng(1)
    z = rng.normal(size=(300, 4))
    y = (rng.random((300, 4)) < sigmoid(0.4 * z)).astype(float)
    found = Temperature.fit(z, y, None, multilabel=True)

    def loss(u):
        p = sigmoid(np.exp(u) * z)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    best = minimize_scalar(loss, bounds=(-4, 4), method="bounded", options={"xatol": 1e-9})
    assert np.log(found.beta) == pytest.approx(best.x, abs=1e-5)


def test_probabilities_keep_the_class_and_stay_off_zero():
    z = np.array([[5.0, 1.0, -3.0], [0.0, 2000.0, -2000.0]])
    p = Temperature(beta=50.0, mix=0.01).probabilities(z, multilabel=False)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    np.testing.assert_array_equal(p.argmax(axis=1), z.argmax(axis=1))
    assert p.min() == pytest.approx(0.01 / 3)
    q = Temperature(1.0, 0.0).probabilities(np.array([[-800.0, 800.0, 0.0]]), multilabel=True)
    np.testing.assert_array_equal(q, [[0.0, 1.0, 0.5]])


def test_one_row_has_the_same_bits_alone():
    z = np.random.default_rng(2).normal(size=(37, 5)) * 10
    temperature = Temperature(1.7, 0.02)
    together = temperature.probabilities(z, multilabel=False)
    for row in range(37):
        alone = temperature.probabilities(z[row : row + 1], multilabel=False)
        assert alone.tobytes() == together[row : row + 1].tobytes()
