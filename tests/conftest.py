"""Settings and fixtures of the whole suite."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # so that every folder finds `strategies`
sys.path.append(str(Path(__file__).parents[1]))  # and `benchmarks`, which is not installed

from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec
from strategies import Problem

# The same examples in every run, and no deadline: a busy machine is not a failure.
settings.register_profile("chainrule", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("chainrule")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless chromium for all pages."""
    from benchmarks.playground.driving import launched

    with launched() as one:
        yield one


@pytest.fixture
def xor() -> Problem:
    """XOR, the example that the project started from: 2-2-1 sigmoid, summed loss, full batch."""
    draw = np.random.RandomState(42)  # weights are drawn as inputs x outputs
    W1, W2 = draw.rand(2, 2).T.copy(), draw.rand(2, 1).T.copy()
    b1, b2 = draw.rand(1, 2)[0], draw.rand(1, 1)[0]
    return Problem(
        NetworkSpec(2, (Dense(2, "sigmoid"), Dense(1, "sigmoid")), Loss("squared_error")),
        {"W1": W1, "b1": b1, "W2": W2, "b2": b2},
        np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        np.array([[0.0], [1.0], [1.0], [0.0]]),
        TrainingSpec(
            optimizer="sgd",
            learning_rate=0.1,
            epochs=10_000,
            batch_size=None,
            reduction="sum",
            shuffle=False,
        ),
    )


@pytest.fixture
def mazur() -> Problem:
    """Mazur's step by step example (2015): 2-2-2 sigmoid, one row; there the biases stay frozen."""
    return Problem(
        NetworkSpec(2, (Dense(2, "sigmoid"), Dense(2, "sigmoid")), Loss("squared_error")),
        {
            "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
            "b1": np.array([0.35, 0.35]),
            "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
            "b2": np.array([0.60, 0.60]),
        },
        np.array([[0.05, 0.10]]),
        np.array([[0.01, 0.99]]),
        TrainingSpec(
            optimizer="sgd",
            learning_rate=0.5,
            epochs=10_000,
            batch_size=None,
            learning_rate_factors={"b": 0.0},
        ),
    )
