"""Temperature against a search by scikit-learn's log-loss."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from chainrule.estimators.tabular.calibration import Temperature, sigmoid, softmax
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.rows import Rows
from chainrule.estimators.tabular.targets import Labels


def smoothed(y, n_classes, n_rows):
    """Targets with 1 / (n + 1) of every row spread over the classes."""
    share = 1 / (n_rows + 1)
    return (1 - share) * np.eye(n_classes)[y] + share / n_classes


def search(loss):
    found = minimize_scalar(loss, bounds=(-6, 6), method="bounded", options={"xatol": 1e-10})
    return found.x


@pytest.mark.parametrize("weighted", [False, True])
def test_beta_minimises_the_log_loss(weighted):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(400, 3))
    y = np.array([rng.choice(3, p=p) for p in softmax(2.5 * z)])
    weights = rng.integers(1, 4, 400).astype(float) if weighted else None
    found = Temperature.fit(z, y, weights, multilabel=False)
    # Weights claim no more rows than there are, whatever their unit.
    n_rows = 400 if weights is None else weights.sum() ** 2 / (weights @ weights)

    def loss(u):
        losses = -(smoothed(y, 3, n_rows) * np.log(softmax(np.exp(u) * z))).sum(axis=1)
        return np.average(losses, weights=weights)

    assert np.log(found.beta) == pytest.approx(search(loss), abs=1e-5)
    assert found.beta == pytest.approx(2.5, rel=0.2)


def test_several_labels():
    rng = np.random.default_rng(1)
    z = rng.normal(size=(300, 4))
    y = (rng.random((300, 4)) < sigmoid(0.4 * z)).astype(float)
    soft = y * (1 - 1 / 301) + 0.5 / 301

    def loss(u):
        p = sigmoid(np.exp(u) * z)
        return -np.mean(soft * np.log(p) + (1 - soft) * np.log(1 - p))

    found = Temperature.fit(z, y, None, multilabel=True)
    assert np.log(found.beta) == pytest.approx(search(loss), abs=1e-5)


def test_beta_stays_finite_where_every_row_is_right():
    z = np.array([[2.0, -1.0, 0.0], [0.0, 3.0, 1.0], [-1.0, 0.0, 1.5]])
    p = Temperature.fit(z, np.array([0, 1, 2]), None, multilabel=False).probabilities(z, False)
    np.testing.assert_array_equal(p.argmax(axis=1), [0, 1, 2])
    assert 0.5 < p.max(axis=1).min() < p.max() < 1.0


def test_probabilities():
    z = np.array([[5.0, 1.0, -3.0], [0.0, 2000.0, -2000.0]])
    p = Temperature(50.0).probabilities(z, multilabel=False)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    np.testing.assert_array_equal(p.argmax(axis=1), z.argmax(axis=1))
    q = Temperature().probabilities(np.array([[-800.0, 800.0, 0.0]]), multilabel=True)
    np.testing.assert_array_equal(q, [[0.0, 1.0, 0.5]])


def test_one_row_has_the_same_bits_alone():
    z = np.random.default_rng(2).normal(size=(37, 5)) * 10
    together = Temperature(1.7).probabilities(z, multilabel=False)
    for row in range(37):
        alone = Temperature(1.7).probabilities(z[row : row + 1], multilabel=False)
        assert alone.tobytes() == together[row : row + 1].tobytes()


def test_members_smooth_by_all_their_rows():
    z, y = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), np.array([0, 1, 0])
    rows = [Rows(z[:0], y, y, None) for _ in range(2)]
    target = ClassTarget.fit(y, None, {"loss": None, "class_weight": None})
    alone = target.adjusted([z], rows[:1], {"calibrate": True})
    apart = target.adjusted([z, 2 * z], rows, {"calibrate": True})
    shared = target.adjusted([z, 2 * z], [rows[0]] * 2, {"calibrate": True})
    one = alone.temperatures[0].beta
    assert [t.beta for t in shared.temperatures] == pytest.approx([one, one / 2])
    assert apart.temperatures[0].beta == Temperature.fit(z, y, None, False, n_rows=6).beta > one
    assert target.adjusted([z], rows[:1], {"calibrate": False}) is target
    np.testing.assert_allclose(shared.decode([z, 2 * z]), softmax(one * z), rtol=1e-7)


def test_a_bag_answers_by_the_geometric_mean():
    rng = np.random.default_rng(5)
    z = list(rng.normal(size=(9, 20, 3)).astype("f4"))
    temperatures = tuple(Temperature(beta) for beta in rng.uniform(0.5, 2, 9))
    found = ClassTarget(Labels(np.arange(3)), None, temperatures).decode(z)
    members = [t.probabilities(m, False) for t, m in zip(temperatures, z, strict=True)]
    products = np.prod(members, axis=0) ** (1 / 9)
    np.testing.assert_allclose(found, products / products.sum(axis=1, keepdims=True), rtol=1e-12)
    for row in range(20):
        alone = ClassTarget(Labels(np.arange(3)), None, temperatures).decode([m[[row]] for m in z])
        np.testing.assert_array_equal(alone[0], found[row])
    labels = ClassTarget(Labels(np.arange(3), multilabel=True), None, temperatures).decode(z)
    odds = np.prod(
        [np.exp(t.beta * m.astype(float)) for t, m in zip(temperatures, z, strict=True)], axis=0
    )
    np.testing.assert_allclose(labels / (1 - labels), odds ** (1 / 9), rtol=1e-12)


def test_a_temperature_is_known_from_groups_not_from_their_rows():
    """Copies of rows that are said to be of one group leave the temperature as it was."""
    y = np.arange(30) % 2
    logits = np.column_stack([np.zeros(30), np.where(y == 1, 3.0, -3.0)])
    target = ClassTarget.fit(y, None, {"loss": None, "class_weight": None})
    copies, groups = np.repeat(np.arange(30), 8), np.repeat(np.arange(30), 8)
    found = {}
    for name, rows, of in (
        ("alone", np.arange(30), None),
        ("groups", copies, groups),
        ("rows", copies, None),
    ):
        held = Rows(logits[rows][:0], y[rows], y[rows], None, of)
        (found[name],) = target.adjusted([logits[rows]], [held], {"calibrate": True}).temperatures
    assert found["groups"].beta == pytest.approx(found["alone"].beta)
    assert found["rows"].beta > 1.3 * found["alone"].beta
    weights = np.full(240, 0.5)
    held = Rows(logits[copies][:0], y[copies], y[copies], weights, groups)
    assert held.count == pytest.approx(30)
    assert held.targets(np.arange(16)).count == pytest.approx(2)
