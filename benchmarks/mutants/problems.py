"""Small networks with rows, one for each way in which a mutant may be met."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Residual,
    Scale,
    Schedule,
    TrainingSpec,
    TrainingState,
)

Array = np.ndarray
Arguments = tuple[NetworkSpec, dict[str, Array], Array, Array, TrainingSpec]

PLAIN = (Dense(7, "tanh"), Dense(6, "sigmoid"), Dense(5, "gelu"), Dense(2))


@dataclass(frozen=True)
class Problem:
    """A network, its loss, and how it is trained."""

    layers: tuple[Layer, ...] = PLAIN
    loss: Loss = field(default_factory=lambda: Loss("squared_error"))
    training: dict[str, Any] = field(default_factory=dict)
    weighted: bool = False
    n_rows: int = 11
    n_features: int = 5

    def arguments(self) -> Arguments:
        """The arguments of `check_gradients`, the same at every call."""
        rng = np.random.default_rng(7)
        spec = NetworkSpec(self.n_features, self.layers, self.loss)
        params = engine.initialize(spec, seed=1, dtype="float64")
        params = {name: w + 0.1 * rng.standard_normal(w.shape) for name, w in params.items()}
        X = rng.standard_normal((self.n_rows, self.n_features))
        if any(isinstance(layer, Columns) for layer in self.layers):
            X[:, 3:] = rng.integers(0, 3, (self.n_rows, 2))
        y = rng.standard_normal((self.n_rows, spec.n_outputs))
        if self.loss.name == "cross_entropy":
            y = rng.integers(0, spec.n_outputs, self.n_rows)
        if self.loss.name == "pinball":
            y = y[:, :1]
        given = {"optimizer": "sgd", "learning_rate": 0.05, "batch_size": None, **self.training}
        return spec, params, X, y, TrainingSpec(seed=3, **given)

    def options(self) -> dict[str, Any]:
        """Its keywords: weights, and a state with moments."""
        rng = np.random.default_rng(9)
        spec, params, *_, training = self.arguments()
        state = None
        if training.optimizer != "sgd":
            X, y = self.arguments()[2:4]
            state = TrainingState(training.optimizer)
            for _ in range(2):  # so that there are moments
                state = engine.trace(spec, params, X, y, training, state=state).state_after
        weight = rng.uniform(0.5, 2.0, self.n_rows) if self.weighted else None
        return {"sample_weight": weight, "state": state}


def _trained(optimizer: str, **more: Any) -> Problem:
    return Problem(training={"optimizer": optimizer, **more})


PROBLEMS = {
    "plain": Problem(),
    "sgd": Problem(),
    "kinked": Problem((Dense(7, "relu"), Dense(6, "relu"), Dense(2))),
    "block": Problem((Dense(40, "tanh"), Dense(40, "tanh"), Dense(20)), n_rows=25),
    "skinny": Problem((Dense(20, "sigmoid"), Dense(2))),
    "tangent": Problem((Dense(7, "tanh", True), Dense(6, "silu", True), Dense(2, ntk=True))),
    "weighted": Problem(weighted=True),
    "sigmoid output": Problem((Dense(7, "tanh"), Dense(2, "sigmoid"))),
    "huber": Problem(loss=Loss("huber", huber_delta=0.5)),
    "quantiles": Problem(loss=Loss("pinball", quantiles=(0.2, 0.7))),
    "classes": Problem((Dense(7, "tanh"), Dense(3, "softmax")), Loss("cross_entropy")),
    "dropped": Problem((Dense(12, "tanh"), Dropout(0.4), Dense(6, "gelu"), Dropout(0.3), Dense(2))),
    "inputs": Problem(
        (
            Columns(((2, PeriodicEmbedding(5, 3)), (1, None), (2, CategoryEmbedding((2, 3), 2)))),
            Scale(),
            Dense(7, Activation("tanh", parametric=True)),
            Dense(2),
        ),
        weighted=True,
    ),
    "normalized": Problem(
        (Dense(6, "tanh"), Residual((LayerNorm(), Dense(5, "gelu"), Dense(6))), Dense(2))
    ),
    "penalised": Problem(training={"l1": 0.03, "l2": 0.1}),
    "per batch": Problem(training={"l2": 0.1, "penalty_per_batch": True}),
    "momentum": _trained("momentum"),
    "nesterov": _trained("nesterov"),
    "adagrad": _trained("adagrad"),
    "rmsprop": _trained("rmsprop"),
    "adam": _trained("adam"),
    "adamw": _trained("adamw", weight_decay=0.1),
    "epsilon hat": _trained("adam", epsilon_hat=True, epsilon=0.1),
    "factors": Problem(training={"learning_rate_factors": {"b": 0.5}}),
    "clipped": Problem(training={"clip_norm": 0.1}),
    "batches": Problem(training={"batch_size": 4}),
    "weighted batches": Problem(training={"batch_size": 4}, weighted=True),
    "scheduled": Problem(training={"schedule": Schedule("exponential", {"factor": 0.5})}),
    "decay scheduled": Problem(
        training={
            "weight_decay": 0.5,
            "schedule": Schedule("exponential", {"factor": 0.5}),
            "weight_decay_schedule": Schedule("step", {"every": 2, "factor": 0.1}),
        }
    ),
}
