"""What holds for every kind of layer: its derivative is that of its value, in any stack."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.reference.forward import record_forward
from chainrule.reference.gradients import complex_step, frozen_masks, gradients
from chainrule.reference.layers import KINDS
from chainrule.spec import KINDS as CLOSED_SET
from chainrule.spec import Layer, NetworkSpec, TrainingSpec
from kinds import examples, network_with
from strategies import random_params, random_rows, verdict

TRAINING = TrainingSpec(l1=0.1, l2=0.2, seed=3)


def problem(spec: NetworkSpec, n: int):
    rng = np.random.default_rng(n)
    params, X = random_params(rng, spec), random_rows(rng, spec, n)
    return spec, params, X, rng.normal(size=(n, 2)), rng.uniform(0.5, 2.0, size=n)


def test_every_kind_of_the_closed_set_has_its_file() -> None:
    assert list(KINDS) == list(CLOSED_SET)
    for name, kind in KINDS.items():
        assert callable(kind.forward) and callable(kind.vjp), name
        assert kind.forward.__doc__ and kind.vjp.__doc__, f"{name} lacks its formulas"


@pytest.mark.parametrize("kind", CLOSED_SET)
@pytest.mark.parametrize("n", [1, 2, 9])
def test_vjp_is_the_derivative_of_forward(kind: str, n: int) -> None:
    for layer in examples(kind):
        spec, params, X, y, weight = problem(network_with(layer), n)
        options = {"sample_weight": weight, "dropout_epoch": 5}
        _, grads = gradients(spec, params, X, y, TRAINING, **options)
        assert list(grads) == list(spec.parameter_shapes)
        expected = complex_step(spec, params, X, y, TRAINING, **options)
        assert verdict(grads, expected) <= 1e-13, layer


@pytest.mark.parametrize("kind", CLOSED_SET)
def test_a_stack_of_parameters_gives_a_stack_of_outputs(kind: str) -> None:
    for layer in examples(kind):
        spec, params, X, _, _ = problem(network_with(layer), 3)
        masks = frozen_masks(spec, 3, TRAINING, 0)
        for name, w in params.items():
            both = {**params, name: np.stack([w, 2.0 * w])}
            stack = record_forward(spec, both, X, masks).a[-1]
            for found, factor in zip(stack, (1.0, 2.0), strict=True):
                alone = record_forward(spec, {**params, name: factor * w}, X, masks).a[-1]
                np.testing.assert_allclose(found, alone, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("kind", CLOSED_SET)
def test_the_penalty_takes_weights_alone(kind: str) -> None:
    for layer in examples(kind):
        spec, params, X, y, _ = problem(network_with(layer), 4)
        _, bare = gradients(spec, params, X, y, TrainingSpec())
        _, penalised = gradients(spec, params, X, y, TrainingSpec(l1=1.0, l2=1.0))
        for name, parameter in spec.parameters.items():
            changed = not np.array_equal(bare[name], penalised[name])
            assert changed == parameter.is_weight, name


@pytest.mark.parametrize("kind", CLOSED_SET)
def test_no_rows_give_no_outputs(kind: str) -> None:
    def width(layer: Layer) -> tuple[int, ...]:
        spec = network_with(layer)
        params = random_params(np.random.default_rng(0), spec)
        record = record_forward(spec, params, np.zeros((0, 4)))
        return tuple(record.outputs[at.index].shape == (0, at.n_out) for at in spec.walk)

    assert all(all(width(layer)) for layer in examples(kind))
