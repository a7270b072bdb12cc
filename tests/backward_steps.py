"""A right backward pass in NumPy, every step of it replaceable, and problems to try it on."""

from __future__ import annotations

import numpy as np

from chainrule import engine
from chainrule.spec import (
    ACTIVATIONS,
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
    TrainingSpec,
)
from strategies import keep_clear_of_kinks, random_params, random_rows

N = 11


class Problem:
    """A network with parameters, rows and options, the same at every call."""

    def __init__(self, layers, loss="squared_error", n_features=5, n=N, weighted=False,
                 epoch=None, loss_options=None, **training):  # fmt: skip
        rng = np.random.default_rng(7)
        self.spec = NetworkSpec(n_features, tuple(layers), Loss(loss, **(loss_options or {})))
        self.params = random_params(rng, self.spec)
        self.X = random_rows(rng, self.spec, n)
        keep_clear_of_kinks(self.spec, self.params, self.X, None)
        k = self.spec.n_outputs
        self.y = {
            "cross_entropy": rng.integers(k, size=n),
            "binary_cross_entropy": rng.integers(2, size=(n, k)).astype(float),
            "poisson": rng.poisson(2.0, size=(n, k)).astype(float),
            "pinball": rng.normal(size=(n, 1)),
        }.get(loss, rng.normal(size=(n, k)))
        self.training = TrainingSpec(seed=3, **training)
        self.options = {
            "sample_weight": rng.uniform(0.5, 2.0, size=n) if weighted else None,
            "dropout_epoch": epoch,
        }

    def arguments(self):
        return self.spec, self.params, self.X, self.y, self.training


PROBLEMS = {
    "deep": lambda: Problem(
        [Dense(7, "tanh"), Dense(6, "sigmoid"), Dense(4, "silu"), Dense(2, "identity")]
    ),
    "square": lambda: Problem([Dense(5, "tanh"), Dense(5, "sigmoid"), Dense(5, "identity")], n=5),
    "classes": lambda: Problem([Dense(7, "tanh"), Dense(3, "softmax")], "cross_entropy"),
    "binary": lambda: Problem([Dense(7, "tanh"), Dense(2, "sigmoid")], "binary_cross_entropy"),
    "sigmoid output": lambda: Problem([Dense(7, "tanh"), Dense(2, "sigmoid")]),
    "counts": lambda: Problem([Dense(7, "tanh"), Dense(2, "exp")], "poisson"),
    "huber": lambda: Problem(
        [Dense(7, "tanh"), Dense(3)], "huber", loss_options={"huber_delta": 0.5}
    ),
    "absolute": lambda: Problem([Dense(7, "tanh"), Dense(3)], "absolute_error"),
    "quantiles": lambda: Problem(
        [Dense(7, "tanh"), Dense(2)], "pinball", loss_options={"quantiles": (0.2, 0.7)}
    ),
    "weighted": lambda: Problem([Dense(7, "tanh"), Dense(2)], weighted=True),
    "weighted sum": lambda: Problem([Dense(7, "tanh"), Dense(2)], weighted=True, reduction="sum"),
    "penalised": lambda: Problem([Dense(7, "tanh"), Dense(2)], l1=0.03, l2=0.1),
    "dropped": lambda: Problem(
        [Dropout(0.2), Dense(8, "tanh"), Dropout(0.4), Dense(6, "gelu"), Dropout(0.3), Dense(2)],
        epoch=5,
    ),
    "tangent": lambda: Problem(
        [Dense(7, "tanh", True), Dense(6, "silu", True), Dense(2, ntk=True)]
    ),
    "inputs": lambda: Problem(
        [
            Columns(((2, PeriodicEmbedding(5, 3)), (1, None), (2, CategoryEmbedding((2, 3), 2)))),
            Scale(),
            Dense(7, Activation("tanh", parametric=True)),
            Dense(6, Activation("gelu", parametric=True)),
            Dense(2),
        ],
        weighted=True,
    ),
    **{
        name: lambda name=name: Problem([Dense(8, name), Dense(6, name), Dense(2)])
        for name in ACTIVATIONS
    },
}


class Backward:
    """The chain rule from the output back, one overridable step for each of its parts."""

    def __init__(self, problem):
        self.spec, self.params, self.X, self.y, self.training = problem.arguments()
        self.weight = problem.options["sample_weight"]
        self.seen = engine.trace(*problem.arguments(), **problem.options)
        self.z, self.a, self.masks = self.seen.z, self.seen.a, self.seen.masks
        self.L, self.n = self.spec.n_layers, len(self.X)
        index = self.spec.loss.name == "cross_entropy"
        self.target = np.eye(self.spec.n_outputs)[self.y] if index else self.y
        self.grads = {}

    def share(self):
        """The part of each row in the loss, (n, 1)."""
        s = np.ones(self.n) if self.weight is None else self.weight
        return (s / s.sum() if self.training.reduction == "mean" else s)[:, np.newaxis]

    def residual(self):
        return self.a[self.L] - self.target

    def output(self):
        """delta(L)."""
        loss, r = self.spec.loss, self.residual()
        if loss.name in ("cross_entropy", "binary_cross_entropy", "poisson"):
            return r
        if loss.name == "huber":
            r = np.clip(r, -loss.huber_delta, loss.huber_delta)
        elif loss.name == "absolute_error":
            r = np.sign(r)
        elif loss.name == "pinball":
            r = np.where(r < 0, -np.array(loss.quantiles), 1.0 - np.array(loss.quantiles))
        return r * self.slope(self.L)

    def slope(self, l):
        return self.seen.slope[l]

    def scale(self, l):
        """1 / sqrt(n_in) in the neural-tangent parametrisation."""
        return 1.0 / np.sqrt(self.spec.layer_sizes[l - 1]) if self.spec.dense[l - 1].ntk else 1.0

    def mask(self, l):
        return 1.0 if self.masks[l] is None else self.masks[l]

    def source(self, l):
        """What layer l received."""
        return self.a[l - 1] * self.mask(l - 1)

    def back(self, l, delta):
        """dl/da(l - 1) from delta(l)."""
        return delta @ self.params[f"W{l}"] * self.scale(l) * self.mask(l - 1)

    def weights(self, l, delta):
        return (self.share() * delta).T @ self.source(l) * self.scale(l)

    def biases(self, l, delta):
        return (self.share() * delta).sum(axis=0)

    def penalty(self, l):
        W = self.params[f"W{l}"]
        return self.training.l1 * np.sign(W) + self.training.l2 * W

    def bias_penalty(self, l):
        return 0.0

    def activation_weight(self, l, dl_da):
        return (self.share() * dl_da * self.beyond(l)).sum(axis=0)

    def beyond(self, l):
        """sigma(z) - z."""
        return (self.a[l] - self.z[l]) / self.params[f"activation_weight{l}"]

    # Before layer 1: a(0) = scale h, and in h periodic outputs weight cos u + bias.

    def inputs(self, dl_da):
        self.grads["scale"] = (self.share() * dl_da * self.embedded()).sum(axis=0)
        dl_dh = self.share() * self.down(dl_da)
        columns, outputs = self.params["bias"].shape
        periodic = dl_dh[:, : columns * (outputs + 1)].reshape(self.n, columns, -1)[..., :-1]
        weight, u = self.params["weight"].reshape(columns, outputs, -1), self.angles()
        dl_du = self.turned(np.einsum("nco,cok->nck", periodic, weight), u)
        self.grads["frequency"] = (self.stretch() * dl_du).sum(axis=0)
        self.grads["phase"] = dl_du.sum(axis=0)
        by_weight = np.einsum("nco,nck->cok", periodic, self.cosine(u))
        self.grads["weight"] = by_weight.reshape(self.params["weight"].shape)
        self.grads["bias"] = periodic.sum(axis=0)
        self.grads["embedding"] = self.gathered(dl_dh[:, -4:])

    def embedded(self):
        return self.seen.layers[2].out  # of the columns

    def down(self, dl_da):
        return dl_da * self.params["scale"]

    def angles(self):
        """u (n, columns, frequencies)."""
        return self.stretch() * self.params["frequency"] + self.params["phase"]

    def stretch(self):
        return 2.0 * np.pi * self.X[:, :2, np.newaxis]

    def turned(self, g, u):
        return -g * np.sin(u)

    def cosine(self, u):
        return np.cos(u)

    def gathered(self, dl_de):
        """Rows 0 to 2 of `embedding` belong to the first code, rows 3 to 6 to the second."""
        out = np.zeros_like(self.params["embedding"])
        for row, d in zip(self.X[:, -2:].astype(int), dl_de, strict=True):
            out[row[0]] += d[:2]
            out[3 + row[1]] += d[2:]
        return out

    def run(self):
        delta = self.output()
        for l in range(self.L, 0, -1):
            self.grads[f"W{l}"] = self.weights(l, delta) + self.penalty(l)
            self.grads[f"b{l}"] = self.biases(l, delta) + self.bias_penalty(l)
            if l > 1:
                dl_da = self.back(l, delta)
                if f"activation_weight{l - 1}" in self.params:
                    self.grads[f"activation_weight{l - 1}"] = self.activation_weight(l - 1, dl_da)
                delta = dl_da * self.slope(l - 1)
            elif "scale" in self.params:
                self.inputs(self.back(l, delta))
        return {name: np.ascontiguousarray(self.grads[name]) for name in self.params}
