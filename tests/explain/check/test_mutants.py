"""`check_gradients` catches faults that people make in a backward pass: every seeded one.

`Backward` is a right backward pass in NumPy over the engine's own forward numbers. A mutant
replaces one of its steps, and takes the place of the engine's gradients.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from backward_steps import PROBLEMS, Backward, N
from chainrule import engine
from chainrule.explain.check.verify import check_gradients
from chainrule.reference.activations import normal_cdf, normal_density, softplus
from chainrule.spec import ACTIVATIONS
from strategies import verdict


def only(number, wrong, right):
    """`wrong` in one layer and `right`, the inherited step, in the others."""
    return lambda self, l, *rest: (wrong if l == number else right)(self, l, *rest)


def fused(self):
    return self.residual()


def kept_rows(self, rows):
    share = Backward.share(self)
    out = np.zeros_like(share)
    out[rows] = share[rows]
    return out


# (problem, what went wrong) -> the steps that do it.
MUTANTS = {
    # Transposes, order, indices
    ("square", "W not transposed on the way back"): {
        "back": lambda self, l, d: d @ self.params[f"W{l}"].T
    },
    ("square", "gradient transposed"): {
        "weights": lambda self, l, d: Backward.weights(self, l, d).T
    },
    ("square", "delta and a swapped"): {
        "weights": lambda self, l, d: self.source(l).T @ (self.share() * d)
    },
    ("square", "rows and units swapped"): {
        "weights": lambda self, l, d: (self.share() * d) @ self.source(l)
    },
    ("square", "bias summed over units"): {
        "biases": lambda self, l, d: (self.share() * d).sum(axis=1)
    },
    ("square", "W of the layer before on the way back"): {
        "back": lambda self, l, d: d @ self.params[f"W{l - 1}"]
    },
    ("square", "activation of the layer itself"): {
        "weights": lambda self, l, d: (self.share() * d).T @ self.a[l]
    },
    ("square", "slope of the next layer"): {
        "slope": lambda self, l: self.seen.slope[min(l + 1, self.L)]
    },
    ("deep", "z for a in the gradient"): {
        "source": lambda self, l: self.X if l == 1 else self.z[l - 1]
    },
    ("deep", "absolute weights on the way back"): {
        "back": lambda self, l, d: d @ np.abs(self.params[f"W{l}"])
    },
    ("deep", "features shifted by one"): {
        "source": only(1, lambda self, l: np.roll(self.X, 1, axis=1), Backward.source)
    },
    ("deep", "rows of a and delta out of step"): {
        "source": only(2, lambda self, l: np.roll(self.a[1], 1, axis=0), Backward.source)
    },
    # Sums, means, tails
    ("deep", "1/n dropped"): {"share": lambda self: np.ones((self.n, 1))},
    ("deep", "n - 1 for n"): {"share": lambda self: np.full((self.n, 1), 1 / (self.n - 1))},
    ("deep", "1/n twice"): {"share": lambda self: np.full((self.n, 1), 1 / self.n**2)},
    ("deep", "divided by the outputs too"): {
        "share": lambda self: np.full((self.n, 1), 1 / (self.n * self.spec.n_outputs))
    },
    ("deep", "last row forgotten"): {"share": lambda self: kept_rows(self, slice(0, -1))},
    ("deep", "first row forgotten"): {"share": lambda self: kept_rows(self, slice(1, None))},
    ("deep", "tail after eight rows forgotten"): {
        "share": lambda self: kept_rows(self, slice(0, 8))
    },
    ("deep", "tail row counted twice"): {
        "share": lambda self: Backward.share(self) * np.append(np.ones(N - 1), 2.0)[:, np.newaxis]
    },
    ("deep", "bias without 1/n"): {"biases": lambda self, l, d: d.sum(axis=0)},
    ("deep", "bias of one row only"): {"biases": lambda self, l, d: (self.share() * d)[-1]},
    ("deep", "bias never set"): {"biases": lambda self, l, d: np.zeros(d.shape[1])},
    ("deep", "bias multiplied by a"): {
        "biases": lambda self, l, d: (self.share() * d * self.source(l).mean()).sum(axis=0)
    },
    ("deep", "last unit's tail forgotten on the way back"): {
        "back": lambda self, l, d: d[:, :-1] @ self.params[f"W{l}"][:-1]
    },
    ("deep", "last input's tail forgotten"): {
        "weights": only(
            1, lambda self, l, d: Backward.weights(self, l, d) * [1, 1, 1, 1, 0], Backward.weights
        )
    },
    # Missing and repeated factors
    ("deep", "no slope in any hidden layer"): {"slope": lambda self, l: np.ones_like(self.z[l])},
    ("deep", "no slope in layer 2"): {
        "slope": only(2, lambda self, l: np.ones_like(self.z[l]), Backward.slope)
    },
    ("deep", "slope squared in layer 1"): {
        "slope": only(1, lambda self, l: self.seen.slope[l] ** 2, Backward.slope)
    },
    ("deep", "slope of the mean row"): {
        "slope": only(
            1, lambda self, l: np.tile(self.seen.slope[l].mean(axis=0), (self.n, 1)), Backward.slope
        )
    },
    ("deep", "y - a"): {"residual": lambda self: self.target - self.a[self.L]},
    ("deep", "2 (a - y) for half the square"): {
        "residual": lambda self: 2 * (self.a[self.L] - self.target)
    },
    ("deep", "targets of the neighbouring row"): {
        "residual": lambda self: self.a[self.L] - np.roll(self.target, 1, axis=0)
    },
    ("deep", "delta clipped"): {
        "back": lambda self, l, d: np.clip(Backward.back(self, l, d), -0.2, 0.2)
    },
    ("deep", "off by 1e-7 in one place"): {
        "weights": only(
            2,
            lambda self, l, d: Backward.weights(self, l, d) * (1 + 1e-7 * (np.arange(7) == 3)),
            Backward.weights,
        )
    },
    ("deep", "kept in float16 on the way"): {
        "back": lambda self, l, d: Backward.back(self, l, d).astype(np.float16).astype(float)
    },
    ("deep", "kept in float32 on the way"): {
        "back": lambda self, l, d: Backward.back(self, l, d).astype(np.float32).astype(float)
    },
    # Stale buffers
    ("deep", "gradient added to the last batch's"): {
        "weights": lambda self, l, d: 2 * Backward.weights(self, l, d)
    },
    ("deep", "gradient of another layer's buffer"): {
        "biases": only(1, lambda self, l, d: np.resize(self.grads["b2"], 7), Backward.biases)
    },
    ("deep", "delta of the layer above left in place"): {
        "back": only(
            2,
            lambda self, l, d: np.resize(self.a[3] @ self.params["W3"], (self.n, 7)),
            Backward.back,
        )
    },
    ("deep", "weights updated before the deltas are taken"): {
        "back": lambda self, l, d: d @ (self.params[f"W{l}"] - 0.5 * self.grads[f"W{l}"])
    },
    # Output and loss
    ("classes", "slope of sigmoid after the fused softmax"): {
        "output": lambda self: fused(self) * self.a[self.L] * (1 - self.a[self.L])
    },
    ("classes", "softmax without its cross terms"): {
        "output": lambda self: -self.target * (1 - self.a[self.L])
    },
    ("classes", "logits for probabilities"): {"output": lambda self: self.z[self.L] - self.target},
    ("classes", "classes off by one"): {
        "output": lambda self: self.a[self.L] - np.roll(self.target, 1, axis=1)
    },
    ("classes", "exponentials without their sum"): {
        "output": lambda self: np.exp(self.z[self.L]) - self.target
    },
    ("classes", "only the true class's output"): {"output": lambda self: fused(self) * self.target},
    ("binary", "slope after the fused sigmoid"): {
        "output": lambda self: fused(self) * self.seen.slope[self.L]
    },
    ("binary", "mean over the outputs"): {"output": lambda self: fused(self) / 2},
    ("sigmoid output", "fused although the loss is squared"): {"output": fused},
    ("counts", "slope after the fused exponential"): {
        "output": lambda self: fused(self) * self.a[self.L]
    },
    ("counts", "log of the rate for the rate"): {
        "output": lambda self: self.z[self.L] - self.target
    },
    ("huber", "never turns linear"): {"output": fused},
    ("huber", "turns at 1 for delta"): {"output": lambda self: np.clip(fused(self), -1, 1)},
    ("huber", "sign without delta"): {
        "output": lambda self: np.where(
            np.abs(fused(self)) <= 0.5, fused(self), np.sign(fused(self))
        )
    },
    ("absolute", "residual for its sign"): {"output": fused},
    ("quantiles", "q and 1 - q swapped"): {
        "output": lambda self: np.where(fused(self) < 0, [-0.8, -0.3], [0.2, 0.7])
    },
    ("quantiles", "one quantile for all outputs"): {
        "output": lambda self: np.where(fused(self) < 0, -0.2, 0.8)
    },
    # Row weights
    ("weighted", "row weights ignored"): {"share": lambda self: np.full((self.n, 1), 1 / self.n)},
    ("weighted", "row weights twice"): {
        "share": lambda self: Backward.share(self) * self.weight[:, np.newaxis]
    },
    ("weighted", "divided by n for the sum of weights"): {
        "share": lambda self: self.weight[:, np.newaxis] / self.n
    },
    ("weighted", "row weights missing in the bias"): {"biases": lambda self, l, d: d.mean(axis=0)},
    ("weighted sum", "mean for the sum"): {
        "share": lambda self: (self.weight / self.weight.sum())[:, np.newaxis]
    },
    # Penalties
    ("penalised", "l2 forgotten"): {
        "penalty": lambda self, l: self.training.l1 * np.sign(self.params[f"W{l}"])
    },
    ("penalised", "l1 forgotten"): {
        "penalty": lambda self, l: self.training.l2 * self.params[f"W{l}"]
    },
    ("penalised", "l2 doubled"): {
        "penalty": lambda self, l: Backward.penalty(self, l) + 0.1 * self.params[f"W{l}"]
    },
    ("penalised", "l2 divided by n"): {
        "penalty": lambda self, l: (
            Backward.penalty(self, l) - 0.1 * self.params[f"W{l}"] * (1 - 1 / N)
        )
    },
    ("penalised", "l1 without the sign"): {
        "penalty": lambda self, l: 0.03 + 0.1 * self.params[f"W{l}"]
    },
    ("penalised", "penalty on the last layer alone"): {
        "penalty": lambda self, l: Backward.penalty(self, l) * (l == self.L)
    },
    ("penalised", "biases penalised"): {"bias_penalty": lambda self, l: 0.1 * self.params[f"b{l}"]},
    # Dropout
    ("dropped", "no mask on the way back"): {"back": lambda self, l, d: d @ self.params[f"W{l}"]},
    ("dropped", "no mask in the gradient"): {"source": lambda self, l: self.a[l - 1]},
    ("dropped", "mask without 1 / (1 - rate)"): {
        "mask": lambda self, l: (Backward.mask(self, l) > 0) * 1.0
    },
    ("dropped", "mask twice on the way back"): {
        "back": lambda self, l, d: Backward.back(self, l, d) * self.mask(l - 1)
    },
    ("dropped", "mask of another row"): {
        "mask": lambda self, l: np.roll(
            np.broadcast_to(Backward.mask(self, l), self.a[l].shape), 1, 0
        )
    },
    ("dropped", "input dropped out forwards alone"): {
        "source": only(1, lambda self, l: self.X, Backward.source)
    },
    # Layers before layer 1, and parametric activations
    ("inputs", "sine without its sign"): {"turned": lambda self, g, u: g * np.sin(u)},
    ("inputs", "cosine for sine"): {"turned": lambda self, g, u: -g * np.cos(u)},
    ("inputs", "sine in the gradient of weight"): {"cosine": lambda self, u: np.sin(u)},
    ("inputs", "2 pi forgotten"): {
        "stretch": lambda self: self.X[:, :2, np.newaxis],
        "angles": lambda self: (
            2 * np.pi * self.X[:, :2, np.newaxis] * self.params["frequency"] + self.params["phase"]
        ),
    },
    ("inputs", "phase forgotten"): {
        "angles": lambda self: self.stretch() * self.params["frequency"]
    },
    ("inputs", "scale forgotten on the way down"): {"down": lambda self, d: d},
    ("inputs", "scaled inputs for embedded ones"): {"embedded": lambda self: self.a[0]},
    ("inputs", "mean over the rows of a level"): {
        "gathered": lambda self, d: (
            Backward.gathered(self, d) / np.maximum(Backward.gathered(self, np.ones_like(d)), 1.0)
        )
    },
    ("inputs", "row of the level before"): {
        "gathered": lambda self, d: np.roll(Backward.gathered(self, d), 1, axis=0)
    },
    ("inputs", "missing levels left out"): {
        "gathered": lambda self, d: (
            Backward.gathered(self, d) * (np.arange(7) % 3 > 0)[:, np.newaxis]
        )
    },
    ("inputs", "sigma(z) without z"): {
        "beyond": lambda self, l: Backward.beyond(self, l) + self.z[l]
    },
    ("inputs", "the factor in its own gradient"): {"beyond": lambda self, l: self.a[l] - self.z[l]},
    ("inputs", "delta for dl/da in the gradient of the factor"): {
        "activation_weight": lambda self, l, d: Backward.activation_weight(
            self, l, d * self.slope(l)
        )
    },
    ("inputs", "slope as if the factor were 1"): {
        "slope": only(1, lambda self, l: 1 - np.tanh(self.z[1]) ** 2, Backward.slope)
    },
    # Neural-tangent factor
    ("tangent", "factor forgotten"): {"scale": lambda self, l: 1.0},
    ("tangent", "factor missing on the way back"): {
        "back": lambda self, l, d: d @ self.params[f"W{l}"]
    },
    ("tangent", "factor missing in the gradient"): {
        "weights": lambda self, l, d: (self.share() * d).T @ self.source(l)
    },
    ("tangent", "1 / n_in for its root"): {
        "scale": lambda self, l: 1.0 / self.spec.layer_sizes[l - 1]
    },
    ("tangent", "factor of the layer's own width"): {
        "scale": lambda self, l: 1.0 / np.sqrt(self.spec.layer_sizes[l])
    },
}

# activation -> {what went wrong: its slope as a function of z and a}; hidden layers only.
SLOPES = {
    "identity": {"slope 0.99": lambda z, a: np.full_like(z, 0.99)},
    "sigmoid": {
        "taken at a": lambda z, a: expit(a) * (1 - expit(a)),
        "a (1 + a)": lambda z, a: a * (1 + a),
        "a for a (1 - a)": lambda z, a: a,
        "1 - a^2 of tanh": lambda z, a: 1 - a * a,
    },
    "tanh": {
        "taken at a": lambda z, a: 1 - np.tanh(a) ** 2,
        "1 - a": lambda z, a: 1 - a,
        "a (1 - a) of sigmoid": lambda z, a: a * (1 - a),
        "1 - z^2": lambda z, a: 1 - z * z,
    },
    "relu": {
        "always 1": lambda z, a: np.ones_like(z),
        "z < 0": lambda z, a: (z < 0) * 1.0,
        "z for 1": lambda z, a: a,
        "leaky": lambda z, a: np.where(z > 0, 1.0, 0.01),
    },
    "leaky_relu": {
        "0 below zero": lambda z, a: (z > 0) * 1.0,
        "0.1 below zero": lambda z, a: np.where(z > 0, 1.0, 0.1),
    },
    "elu": {
        "a for a + alpha": lambda z, a: np.where(z > 0, 1.0, a),
        "e^z on both sides": lambda z, a: np.exp(z),
    },
    "selu": {
        "without lambda": lambda z, a: np.where(z > 0, 1.0, 1.6732632423543772 * np.exp(z)),
        "without alpha": lambda z, a: 1.0507009873554805 * np.where(z > 0, 1.0, np.exp(z)),
    },
    "gelu": {
        "without its second term": lambda z, a: normal_cdf(z),
        "density for its product with z": lambda z, a: normal_cdf(z) + normal_density(z),
        "of the sigmoid approximation": lambda z, a: (
            expit(1.702 * z) * (1 + 1.702 * z * expit(-1.702 * z))
        ),
    },
    "silu": {
        "sigmoid alone": lambda z, a: expit(z),
        "a (1 - a)": lambda z, a: a * (1 - a),
        "sign of the second term": lambda z, a: expit(z) * (1 - z * expit(-z)),
    },
    "mish": {
        "tanh(softplus) alone": lambda z, a: np.tanh(softplus(z)),
        "without sigmoid": lambda z, a: np.tanh(softplus(z)) + z * (1 - np.tanh(softplus(z)) ** 2),
    },
    "softplus": {
        "1 - sigmoid": lambda z, a: expit(-z),
        "taken at a": lambda z, a: expit(a),
        "z > 0": lambda z, a: (z > 0) * 1.0,
    },
}


def of_slope(formula):
    def slope(self, l):
        right = Backward.slope(self, l)
        return right if l == self.L else formula(self.z[l], self.a[l])

    return {"slope": slope}


MUTANTS |= {
    (name, f"slope: {what}"): of_slope(formula)
    for name, wrong in SLOPES.items()
    for what, formula in wrong.items()
}


def test_at_least_sixty_faults_are_seeded():
    assert len(MUTANTS) >= 60
    assert set(SLOPES) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", PROBLEMS)
def test_without_a_fault_this_backward_pass_is_the_engines(name):
    problem = PROBLEMS[name]()
    _, grads = engine.gradients(*problem.arguments(), **problem.options)
    assert verdict(Backward(problem).run(), grads) < 1e-12
    report = check_gradients(*problem.arguments(), **problem.options)
    assert report.ok, str(report)


@pytest.mark.parametrize(("name", "what"), MUTANTS)
def test_every_fault_is_caught(monkeypatch, name, what):
    problem = PROBLEMS[name]()
    Mutant = type("Mutant", (Backward,), MUTANTS[name, what])
    loss, _ = engine.gradients(*problem.arguments(), **problem.options)
    wrong = Mutant(problem).run()
    monkeypatch.setattr(engine, "gradients", lambda *_, **__: (loss, wrong))
    report = check_gradients(*problem.arguments(), **problem.options)
    assert not report.ok, str(report)
    assert "WRONG: gradients" in str(report)
