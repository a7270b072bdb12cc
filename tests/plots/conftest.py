"""Small models to draw, and a backend without windows."""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd
import pytest

import chainrule

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture(scope="session")
def table():
    """Two columns of numbers, one of text, and three classes."""
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "length": random.normal(40, 5, 80),
            "place": random.choice(["here", "there", "far $away$"], 80),
            "depth": random.normal(17, 2, 80),
        }
    )
    classes = np.array(["low", "mid", "high"])[np.digitize(table["length"], [37, 43])]
    return table, classes


@pytest.fixture(scope="session")
def classifier(table):
    return chainrule.TabularClassifier(
        hidden_layer_sizes=(16, 5), epochs=8, random_state=0
    ).fit(*table)  # fmt: skip


@pytest.fixture(scope="session")
def network():
    """XOR, learned."""
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0, 1, 1, 0])
    net = chainrule.Network([2, 8, 1], activation="tanh", loss="binary_cross_entropy")
    net.fit(X, y, learning_rate=0.05, epochs=200)
    return net, X, y
