"""Traces that several tests of explanations look at."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.derivation.names import Names
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
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


@pytest.fixture
def traced():
    rng = np.random.default_rng(0)
    layers = (Dropout(0.2), Dense(9, "relu"), Dense(8, "tanh", True), Dense(3, "softmax"))
    spec = NetworkSpec(4, layers, Loss("cross_entropy"))
    params = engine.initialize(spec, seed=1, dtype="float64")
    return StepTrace(
        spec, params, rng.standard_normal((12, 4)), rng.integers(0, 3, 12),
        TrainingSpec(optimizer="adamw", weight_decay=0.1, l1=0.01, l2=0.02, clip_norm=0.1),
        sample_weight=rng.uniform(0.5, 2.0, 12), dropout_epoch=3,
        names=Names(spec, ("bill", "mass", "island=Dream", "sex?"), ("A", "B", "C")),
        raw=[{"island": f"cell {r}"} for r in range(12)], notes=["member 0 of 3"],
    )  # fmt: skip


ROOT3 = math.sqrt(3.0)


@pytest.fixture
def one_cosine():
    """One row whose angle is pi/3, one cosine, one linear unit."""
    layers = (PeriodicEmbedding(frequencies=1, outputs=1), Scale(), Dense(1))
    spec = NetworkSpec(1, layers, Loss("squared_error"))
    params = {
        "frequency": np.array([[0.25]]),
        "phase": np.array([[0.0]]),
        "weight": np.array([[2.0]]),
        "bias": np.array([[0.5]]),
        "scale": np.array([2.0, 3.0]),
        "W1": np.array([[1.0, -1.0]]),
        "b1": np.array([0.5]),
    }
    training = TrainingSpec(optimizer="sgd", learning_rate=0.1)
    X, y = np.array([[2.0 / 3.0]]), np.array([[1.0]])
    return StepTrace(spec, params, X, y, training, names=Names(spec, ("x",)))


@pytest.fixture
def trace():
    """Every part at once: twelve rows, masks of an epoch, factors and decay by family."""
    layers = (
        Columns(((2, PeriodicEmbedding(6, 3)), (1, None), (1, CategoryEmbedding((3,), 4)))),
        Scale(),
        Dense(5, Activation("selu", parametric=True), ntk=True),
        Dropout(0.2),
        Dense(4, Activation("tanh", parametric=True), ntk=True),
        Dense(3, "softmax", ntk=True),
    )
    spec = NetworkSpec(4, layers, Loss("cross_entropy"))
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=(12, 3)), rng.integers(0, 4, 12)])
    training = TrainingSpec(
        learning_rate_factors={"frequency": 0.1, "scale": 6.0},
        weight_decay=0.02,
        weight_decay_factors={"scale": 36.0, "activation_weight": 0.01},
    )
    return StepTrace(
        spec,
        engine.initialize(spec, seed=1),
        X,
        rng.integers(0, 3, 12),
        training,
        sample_weight=rng.uniform(0.5, 2.0, 12),
        names=Names(spec, ("bill", "flip", "sex?", "island"), ("A", "B", "C")),
        dropout_epoch=3,
    )
