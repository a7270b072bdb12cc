"""Faults of how a network was built and trained, and only where they do harm."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import MLPRegressor, Network
from diagnosed import fitted, rows

BENT = rows(n=400)[0]
SQUARE = np.abs(BENT[:, 0]) - np.abs(BENT[:, 1])


@pytest.mark.parametrize(
    ("code", "made", "fit", "steps"),
    [
        ("strong-dropout", {"dropout": 0.95}, {}, ("Network(..., dropout=0.1)",)),
        ("strong-penalty", {}, {"l2": 3.0}, ("fit(..., l2=0)",)),
        (
            "strong-clipping", {},
            {"optimizer": "sgd", "learning_rate": 0.05, "clip_norm": 1e-5},
            ("fit(..., clip_norm=None)",),
        ),
        ("linear-network", {"activation": "identity"}, {}, ('Network(..., activation="relu")',)),
        (
            "frozen-weights", {}, {"learning_rate_factors": {"W": 0.0}},
            ("fit(..., learning_rate_factors={})",),
        ),
        (
            "dying-schedule", {},
            {"schedule": {"name": "exponential", "factor": 0.1}, "learning_rate": 1e-3},
            ('fit(..., schedule="constant")',),
        ),
        ("rate-too-low", {}, {"learning_rate": 3e-6}, ("fit(..., learning_rate=0.001)",)),
    ],
)  # fmt: skip
def test_a_setting_to_blame_and_its_fix(code, made, fit, steps):
    net, X, y = fitted([4, 16, 1], BENT, SQUARE, keywords=made, **fit)
    first = net.diagnose(X, y)[0]
    assert (first.code, first.steps) == (code, steps)


def test_a_line_is_enough_where_the_problem_is_one():
    y = BENT @ [1.0, 2.0, -1.0, 0.5]
    net, X, y = fitted([4, 1], BENT, y, optimizer="sgd", learning_rate=0.1, epochs=60)
    assert net.diagnose(X, y).ok
    net, X, y = fitted([4, 1], BENT, SQUARE, optimizer="sgd", learning_rate=0.1, epochs=60)
    assert net.diagnose(X, y)[0].steps == ('Network([4, 32, 1], ..., activation="relu")',)


def test_one_row_a_step():
    net, X, y = fitted([4, 16, 1], BENT[:150], SQUARE[:150], batch_size=1, learning_rate=0.2)
    first = net.diagnose(X, y)[0]
    assert first.code == "small-batch"
    assert first.steps == ("fit(..., batch_size=32, learning_rate=0.001, epochs=214)",)


def test_sorted_rows_without_shuffling():
    order = np.argsort(SQUARE)
    X, classes = BENT[order], (SQUARE[order] > 0.2).astype(int)
    made = {"loss": "cross_entropy"}
    fit = {"shuffle": False, "batch_size": 4, "learning_rate": 0.02, "epochs": 10}
    net, _, _ = fitted([4, 16, 2], X, classes, keywords=made, **fit)
    assert net.diagnose(X, classes)[0].code == "unshuffled-rows"


def test_no_penalty_is_blamed_that_the_object_cannot_be_told():
    model = MLPRegressor(hidden_layer_sizes=(16,), alpha=500.0, max_iter=50, random_state=0).fit(
        BENT, SQUARE
    )
    first = model.diagnose(BENT, SQUARE)[0]
    assert (first.code, first.steps) == ("strong-penalty", ("MLPRegressor(..., alpha=0)",))


def test_weights_that_pass_no_signal():
    net = Network([4, 16, 16, 16, 1], random_state=0)
    net.weights = [0.02 * W for W in net.weights]
    net.fit(BENT, SQUARE, optimizer="sgd", learning_rate=0.05, epochs=30)
    codes = net.diagnose(BENT, SQUARE).codes
    assert codes[0] in ("small-weights", "vanishing")
