"""Losses by hand, at extremes, and their deltas against the complex step."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule.reference.activations import activation
from chainrule.reference.losses import (
    OF_ACTIVATION,
    OF_LOGITS,
    output_delta,
    penalty,
    row_losses,
    row_shares,
    targets,
)
from chainrule.spec import LOSSES, Dense, Loss, NetworkSpec
from strategies import OUTPUTS


def ending(loss: str, output: str | None = None, n_outputs: int = 3, **constants: object):
    """A network of one layer with this end."""
    if loss == "pinball":
        constants.setdefault(
            "quantiles", tuple((k + 1) / (n_outputs + 1) for k in range(n_outputs))
        )
    layer = Dense(n_outputs, output or LOSSES[loss].output_activation)
    return NetworkSpec(1, (layer,), Loss(loss, **constants))  # type: ignore[arg-type]


def loss_of(spec: NetworkSpec, z: object, y: object) -> np.ndarray:
    z = np.array(z, dtype=float)
    return row_losses(spec, z, activation(spec.output_activation, z), targets(spec, y))


def delta_of(spec: NetworkSpec, z: object, y: object) -> np.ndarray:
    z = np.array(z, dtype=float)
    return output_delta(spec, z, activation(spec.output_activation, z), targets(spec, y))


def test_every_loss_of_the_closed_set_has_its_row() -> None:
    assert set(OF_ACTIVATION) | set(OF_LOGITS) == set(LOSSES)
    assert not set(OF_ACTIVATION) & set(OF_LOGITS)


@pytest.mark.parametrize(
    ("spec", "z", "y", "expected"),
    [
        (ending("squared_error"), [[1.0, 2.0, 5.0]], [[1.0, 4.0, 4.0]], 2.5),
        (ending("absolute_error"), [[1.0, 2.0, 5.0]], [[1.0, 4.0, 4.0]], 3.0),
        (ending("huber"), [[1.0, 2.0, 5.0]], [[1.5, 4.0, 4.0]], 0.125 + 1.5 + 0.5),
        (ending("huber", n_outputs=1, huber_delta=3.0), [[0.0]], [5.0], 3.0 * 5.0 - 4.5),
        (ending("pinball", n_outputs=1, quantiles=(0.9,)), [[1.0]], [3.0], 1.8),
        (ending("pinball", n_outputs=1, quantiles=(0.9,)), [[3.0]], [1.0], 0.2),
        (ending("pinball", quantiles=(0.1, 0.5, 0.9)), [[0.0, 1.0, 3.0]], [2.0], 0.2 + 0.5 + 0.1),
        (ending("poisson", n_outputs=1), [[math.log(2.0)]], [3.0], 2.0 - 3.0 * math.log(2.0)),
        (ending("binary_cross_entropy", n_outputs=1), [[0.0]], [1.0], math.log(2.0)),
        (
            ending("binary_cross_entropy", n_outputs=2),
            [[math.log(3.0), 0.0]],
            [[1.0, 0.0]],
            math.log(4.0 / 3.0) + math.log(2.0),
        ),
        (ending("cross_entropy"), [np.log([1.0, 2.0, 5.0])], [2], -math.log(0.625)),
        (
            ending("cross_entropy"),
            [np.log([1.0, 2.0, 5.0])],
            [[0.5, 0.5, 0.0]],
            -0.5 * math.log(0.125) - 0.5 * math.log(0.25),
        ),
    ],
)
def test_loss_of_a_row_by_hand(spec: NetworkSpec, z: object, y: object, expected: float) -> None:
    np.testing.assert_allclose(loss_of(spec, z, y), [expected], rtol=1e-14)


@pytest.mark.parametrize(("loss", "output"), OUTPUTS)
def test_delta_is_the_derivative_by_z(loss: str, output: str) -> None:
    spec = ending(loss, output, huber_delta=0.7) if loss == "huber" else ending(loss, output)
    rng = np.random.default_rng(7)
    z = rng.normal(size=(40, 3))
    y = rng.normal(size=(40, 1) if loss == "pinball" else (40, 3))
    if loss in OF_LOGITS:
        y = np.abs(y)  # counts, and shares that need not sum to 1
    step = np.empty_like(z)
    for j in range(3):
        moved = z + 1e-30j * np.eye(3)[j]
        step[:, j] = row_losses(spec, moved, activation(output, moved), y).imag / 1e-30
    np.testing.assert_allclose(delta_of(spec, z, y), step, rtol=1e-12, atol=1e-14)


def test_the_three_fused_losses_begin_at_a_minus_y() -> None:
    z = np.array([[0.3, -1.2, 0.8]])
    for loss, y in [
        ("poisson", [[2.0, 0.0, 1.0]]),
        ("binary_cross_entropy", [[1.0, 0.0, 0.3]]),
        ("cross_entropy", [[0.2, 0.3, 0.5]]),
    ]:
        spec = ending(loss)
        expected = activation(spec.output_activation, z) - np.array(y)
        np.testing.assert_allclose(delta_of(spec, z, y), expected, rtol=1e-14, atol=1e-16)


def test_losses_from_logits_stay_finite_where_probabilities_round_to_0_and_1() -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert loss_of(ending("cross_entropy", n_outputs=2), [[1e3, -1e3]], [1]) == [2e3]
        assert loss_of(ending("cross_entropy", n_outputs=2), [[1e3, -1e3]], [0]) == [0.0]
        single = ending("binary_cross_entropy", n_outputs=1)
        assert loss_of(single, [[-1e3]], [1.0]) == [1e3]
        assert loss_of(single, [[1e3]], [1.0]) == [0.0]
        assert delta_of(single, [[-1e3]], [1.0]) == [[-1.0]]


def test_derivatives_at_kinks() -> None:
    on_target = [[0.5]], [0.5]
    for spec in (
        ending("absolute_error", n_outputs=1),
        ending("pinball", n_outputs=1),
        ending("huber", n_outputs=1),
    ):
        assert delta_of(spec, *on_target) == [[0.0]]
    spec = ending("huber", n_outputs=1, huber_delta=2.0)
    assert delta_of(spec, [[2.0]], [0.0]) == delta_of(spec, [[9.0]], [0.0]) == [[2.0]]
    assert delta_of(spec, [[-9.0]], [0.0]) == [[-2.0]]


def test_huber_joins_without_a_step() -> None:
    spec = ending("huber", n_outputs=1, huber_delta=1.3)
    inside, outside = loss_of(spec, [[1.3], [np.nextafter(1.3, 2.0)]], [0.0, 0.0])
    assert inside == pytest.approx(outside, rel=1e-15)


def test_pinball_of_one_half_is_half_the_absolute_error() -> None:
    z, y = [[0.3], [-2.0], [5.0]], [1.0, 1.0, 1.0]
    half = loss_of(ending("pinball", n_outputs=1, quantiles=(0.5,)), z, y)
    np.testing.assert_array_equal(2.0 * half, loss_of(ending("absolute_error", n_outputs=1), z, y))


def test_class_indices_are_rows_with_a_single_one() -> None:
    spec = ending("cross_entropy")
    np.testing.assert_array_equal(targets(spec, [2, 0]), [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    rows = [[0.2, 0.3, 0.5]]
    np.testing.assert_array_equal(targets(spec, rows), rows)
    assert targets(ending("squared_error", n_outputs=1), [1.0, 2.0]).shape == (2, 1)


def test_shares_of_rows() -> None:
    np.testing.assert_array_equal(row_shares(4), [0.25] * 4)
    np.testing.assert_array_equal(row_shares(2, None, "sum"), [1.0, 1.0])
    np.testing.assert_array_equal(row_shares(3, np.array([1.0, 0.0, 3.0])), [0.25, 0.0, 0.75])
    np.testing.assert_array_equal(row_shares(2, np.array([1.0, 3.0]), "sum"), [1.0, 3.0])
    np.testing.assert_array_equal(row_shares(2, np.zeros(2)), [0.0, 0.0])


def test_penalty_takes_weights_and_never_biases() -> None:
    spec = NetworkSpec(2, (Dense(1), Dense(1)), Loss("squared_error"))
    params = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([100.0]), "W2": np.array([[3.0]])}
    params["b2"] = np.array([-100.0])
    assert penalty(spec, params, 0.1, 0.0) == pytest.approx(0.6)
    assert penalty(spec, params, 0.0, 0.1) == pytest.approx(0.05 * (1.0 + 4.0 + 9.0))
