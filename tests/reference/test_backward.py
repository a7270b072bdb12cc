"""Backward: the worked examples, then every kind of network against the complex step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from chainrule.reference.backward import backward, record_backward
from chainrule.reference.forward import record_forward
from chainrule.reference.gradients import complex_step, frozen_masks, gradients
from chainrule.reference.losses import row_losses, targets
from strategies import COMBINATIONS, Problem, problems, random_problem, verdict


def analytic(problem: Problem) -> dict[str, np.ndarray]:
    _, grads = gradients(
        problem.spec, problem.params, problem.X, problem.y, problem.training, **problem.options
    )
    return grads


def stepped(problem: Problem) -> dict[str, np.ndarray]:
    return complex_step(
        problem.spec, problem.params, problem.X, problem.y, problem.training, **problem.options
    )


def test_xor_first_step(xor: Problem) -> None:
    record = record_forward(xor.spec, xor.params, xor.X)
    delta, grads = backward(xor.spec, xor.params, record, xor.y, reduction="sum")
    assert delta[0] is None
    expected = [[0.147679390], [-0.063845086], [-0.064209352], [0.146754248]]
    np.testing.assert_allclose(delta[2], expected, atol=5e-10)
    np.testing.assert_allclose(
        grads["W1"],
        [[0.001759510930, 0.002011587250], [0.000518606715, 0.000204490867]],
        atol=5e-13,
    )
    np.testing.assert_allclose(grads["W2"], [[0.104976640, 0.131588080]], atol=5e-10)
    np.testing.assert_allclose(grads["b1"], [0.005376077, 0.003800971], atol=5e-10)
    np.testing.assert_allclose(grads["b2"], [0.166379199], atol=5e-10)


def test_mazur_first_step(mazur: Problem) -> None:
    record = record_forward(mazur.spec, mazur.params, mazur.X)
    delta, grads = backward(mazur.spec, mazur.params, record, mazur.y)
    np.testing.assert_allclose(delta[2], [[0.138498562, -0.038098237]], atol=5e-10)
    np.testing.assert_allclose(delta[1], [[0.008771355, 0.009954255]], atol=5e-10)
    np.testing.assert_allclose(
        grads["W2"],
        [[0.082167041, 0.082667628], [-0.022602540, -0.022740242]],
        atol=5e-10,
    )
    np.testing.assert_allclose(
        grads["W1"],
        [[0.000438568, 0.000877135], [0.000497713, 0.000995425]],
        atol=5e-10,
    )


def test_every_activation_with_every_loss_against_the_complex_step() -> None:
    errors = {}
    for seed in range(len(COMBINATIONS)):
        problem = random_problem(seed)
        errors[seed] = verdict(analytic(problem), stepped(problem))
    worst = max(errors, key=lambda seed: errors[seed])
    assert errors[worst] <= 1e-12, f"seed {worst}: {random_problem(worst).spec}"


@given(problems())
@hypothesis_settings(max_examples=50)
def test_any_network_against_the_complex_step(problem: Problem) -> None:
    assert verdict(analytic(problem), stepped(problem)) <= 1e-12


@pytest.mark.parametrize("seed", range(0, 407, 29))
def test_the_derivative_by_every_layers_output_is_that_of_the_complex_step(seed: int) -> None:
    problem = random_problem(seed)
    spec, params, n = problem.spec, problem.params, len(problem.X)
    masks = frozen_masks(spec, n, problem.training, problem.dropout_epoch)
    record = record_forward(spec, params, problem.X, masks)
    found, _ = record_backward(spec, params, record, problem.y, np.ones(n), masks)
    y = targets(spec, problem.y)
    for first, at in enumerate(spec.placed[1:], start=1):
        before = spec.placed[first - 1].index
        if at.index > spec.dense_places[-1].index:
            continue  # the loss begins at z(L)
        moved = record.outputs[before] + 1e-30j * np.eye(at.n_in)[:, np.newaxis]  # unit after unit
        end = record_forward(spec, params, moved, masks, first)
        derivative = row_losses(spec, end.z[-1], end.a[-1], y).imag.T / 1e-30
        assert verdict({"out": found[before]}, {"out": derivative}) <= 1e-12, at


@pytest.mark.slow
def test_many_networks_against_the_complex_step() -> None:
    for seed in range(10_000, 10_400):  # the engine meets the same derivatives on 2,000 others
        problem = random_problem(seed)
        assert verdict(analytic(problem), stepped(problem)) <= 1e-12, seed


@pytest.mark.parametrize("seed", range(0, 407, 37))
def test_central_differences(seed: int) -> None:
    problem = random_problem(seed)
    grads = analytic(problem)
    numeric = {name: np.zeros_like(w) for name, w in problem.params.items()}
    for name, w in problem.params.items():
        for index in list(np.ndindex(w.shape))[:40]:
            h = 6.06e-6 * max(1.0, abs(w[index]))
            sides = []
            for moved in (w[index] + h, w[index] - h):
                params = {**problem.params, name: w.copy()}
                params[name][index] = moved
                sides.append(
                    gradients(
                        problem.spec,
                        params,
                        problem.X,
                        problem.y,
                        problem.training,
                        **problem.options,
                    )[0]
                )
            numeric[name][index] = (sides[0] - sides[1]) / (2.0 * h)
    for name in grads:  # elements beyond the 40 are not compared
        skipped = np.ones(grads[name].size, dtype=bool)
        skipped[:40] = False
        numeric[name].ravel()[skipped] = grads[name].ravel()[skipped]
    assert verdict(numeric, grads) <= 1e-6


def test_a_mean_is_the_sum_over_the_rows_divided_by_their_weight() -> None:
    problem = random_problem(5)
    bare = replace(problem.training, l1=0.0, l2=0.0)
    weight = np.arange(1.0, len(problem.X) + 1.0)
    grads = {}
    for reduction in ("mean", "sum"):
        training = replace(bare, reduction=reduction)
        grads[reduction] = analytic(replace(problem, training=training, sample_weight=weight))
    for name, mean in grads["mean"].items():
        np.testing.assert_allclose(mean * weight.sum(), grads["sum"][name], rtol=1e-12, atol=1e-15)


def test_weight_two_is_the_row_twice() -> None:
    problem = replace(random_problem(11), dropout_epoch=None)
    n = len(problem.X)
    twice = np.r_[np.arange(n), 0]
    weight = np.ones(n)
    weight[0] = 2.0
    weighted = analytic(replace(problem, sample_weight=weight))
    repeated = analytic(
        replace(problem, X=problem.X[twice], y=problem.y[twice], sample_weight=None)
    )
    assert verdict(weighted, repeated) <= 1e-13


def test_permuted_hidden_units_permute_the_gradients() -> None:
    problem = next(
        p
        for p in (random_problem(seed) for seed in range(200))
        if p.spec.n_layers >= 3 and "activation_weight1" in p.params and p.spec.layer_sizes[1] > 3
        if p.dropout_epoch is None
    )
    order = np.random.default_rng(0).permutation(problem.spec.layer_sizes[1])
    params = dict(problem.params)
    for name in ("W1", "b1", "activation_weight1"):
        params[name] = params[name][order]
    params["W2"] = params["W2"][:, order]
    grads, permuted = analytic(problem), analytic(replace(problem, params=params))
    expected = dict(grads)
    for name in ("W1", "b1", "activation_weight1"):
        expected[name] = grads[name][order]
    expected["W2"] = grads["W2"][:, order]
    assert verdict(permuted, expected) <= 1e-14


def test_penalty_enters_once_and_only_for_weights() -> None:
    problem = random_problem(3)
    bare = replace(problem, training=replace(problem.training, l1=0.0, l2=0.0))
    penalised = replace(problem, training=replace(problem.training, l1=0.3, l2=0.7))
    before, after = analytic(bare), analytic(penalised)
    for name, w in problem.params.items():
        added = 0.3 * np.sign(w) + 0.7 * w if name[0] == "W" else np.zeros_like(w)
        np.testing.assert_allclose(after[name], before[name] + added, rtol=1e-13, atol=1e-15)


def test_a_weight_of_zero_has_no_l1_gradient(mazur: Problem) -> None:
    mazur.params["W1"][0, 0] = 0.0
    grads = [
        analytic(replace(mazur, training=replace(mazur.training, l1=l1)))["W1"][0, 0]
        for l1 in (0.0, 5.0)
    ]
    assert grads[0] == grads[1]


@pytest.mark.parametrize("spoil", ["transpose", "sign", "batch", "layer", "one element"])
def test_the_verdict_finds_wrong_gradients(spoil: str) -> None:
    problem = random_problem(17)
    right = stepped(problem)
    wrong = {name: g.copy() for name, g in right.items()}
    last = problem.spec.n_layers
    match spoil:
        case "transpose":
            wrong[f"W{last}"] = wrong[f"W{last}"].T.reshape(wrong[f"W{last}"].shape)
        case "sign":
            wrong["b1"] = -wrong["b1"]
        case "batch":
            wrong = {name: g / len(problem.X) for name, g in wrong.items()}
        case "layer":
            wrong[f"b{last}"][:] = 0.0
        case "one element":
            element = np.unravel_index(np.abs(wrong["W1"]).argmax(), wrong["W1"].shape)
            wrong["W1"][element] *= 1.0 + 1e-9
    assert verdict(right, right) == 0.0
    assert verdict(wrong, right) > 1e-10
