"""A trace for every activation, loss and optimizer that explanations are written of."""

from __future__ import annotations

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.names import Names
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
    LOSSES,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    TrainingSpec,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "</math><img src=x onerror=alert(1)>",
    r"\input{/etc/passwd} $x$ & 5% #1 _^~{}",
    "\"]}' `x`",
]


def trace_of(activation="tanh", loss="squared_error", optimizer="sgd", names=(), seed=0):
    output = LOSSES[loss].output_activation
    n_out = 3
    quantiles = (0.1, 0.5, 0.9) if loss == "pinball" else ()
    spec = NetworkSpec(
        4,
        (Dropout(0.1), Dense(12, activation, True), Dense(5, activation), Dense(n_out, output)),
        Loss(loss, quantiles=quantiles),
    )
    rng = np.random.default_rng(seed)
    n = 7
    y = rng.integers(0, 2, n) if loss == "cross_entropy" else rng.integers(0, 2, (n, n_out)) * 1.0
    if loss == "pinball":
        y = y[:, :1]
    training = TrainingSpec(optimizer=optimizer, l1=0.01, l2=0.1, weight_decay=0.1, clip_norm=0.01)
    params = engine.initialize(spec, seed=seed, dtype="float64")
    return StepTrace(
        spec, params, rng.standard_normal((n, 4)), y, training,
        sample_weight=rng.uniform(0.5, 1, n), dropout_epoch=0, names=Names(spec, names),
    )  # fmt: skip
