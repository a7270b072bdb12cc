"""A trace for every activation, loss and optimizer that explanations are written of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from chainrule import engine, spec
from chainrule.explain.derivation.names import Names
from chainrule.explain.explain import explain
from chainrule.explain.explanation import Explanation
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    TrainingSpec,
)
from kinds import examples, network_with
from strategies import random_params, random_rows

HOSTILE = [
    "<script>alert(1)</script>",
    "</math><img src=x onerror=alert(1)>",
    r"\input{/etc/passwd} $x$ & 5% #1 _^~{}",
    "\"]}' `x`",
]


def trace_of(activation="tanh", loss="squared_error", optimizer="sgd", names=(), seed=0, scale=1.0):
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
        spec, params, scale * rng.standard_normal((n, 4)), y, training,
        sample_weight=rng.uniform(0.5, 1, n), dropout_epoch=0, names=Names(spec, names),
    )  # fmt: skip


def of_layer(layer, n_rows=6):
    """A trace of a network with this layer in it."""
    network = network_with(layer)
    rng = np.random.default_rng(5)
    return StepTrace(
        network, random_params(rng, network), random_rows(rng, network, n_rows),
        rng.normal(size=(n_rows, network.n_outputs)), TrainingSpec(optimizer="adam", l2=0.1),
        dropout_epoch=2 if any(network.dropout_rates) else None,
    )  # fmt: skip


def deep_trace(n_layers=30, n_rows=200):
    """Many narrow layers, and a whole batch of rows."""
    layers = (*(Dense(6, "relu") for _ in range(n_layers - 1)), Dense(2, "softmax"))
    network = NetworkSpec(5, layers, Loss("cross_entropy"))
    rng = np.random.default_rng(1)
    return StepTrace(
        network, engine.initialize(network, seed=3, dtype="float64"),
        rng.normal(size=(n_rows, 5)), rng.integers(0, 2, n_rows),
        names=Names(network, (*HOSTILE, "x" * 90)),
    )  # fmt: skip


def all_kinds(full: bool, step: int = 1) -> Iterator[tuple[str, Explanation]]:
    """Explanations of every layer kind, activation, loss and optimizer, named; or every nth."""
    for name, make in list(_all_kinds(full).items())[::step]:
        yield name, make()


def _all_kinds(full: bool) -> dict[str, Callable[[], Explanation]]:
    def asked(trace: StepTrace, quantity: str, **options: Any) -> Callable[[], Explanation]:
        return lambda: explain(trace, quantity, full=full, **options)

    found = {}
    for kind in spec.KINDS:
        for k, layer in enumerate(examples(kind)):
            trace = of_layer(layer)
            name, shape = next(iter(trace.spec.parameter_shapes.items()))
            found[f"{kind} {k}"] = asked(trace, f"{name}[{','.join('0' for _ in shape)}]")
    for activation in ACTIVATIONS:
        found[activation] = asked(trace_of(activation), "W1[10,2]")
    for loss in LOSSES:
        found[loss] = asked(trace_of(loss=loss), "loss")
        found[f"delta of {loss}"] = asked(trace_of(loss=loss), "delta1[3]", row=2)
    for optimizer in OPTIMIZERS:
        found[optimizer] = asked(trace_of(optimizer=optimizer), "b2[3]")
    deep = deep_trace()
    for quantity in ("W1[0,4]", "b30[0]", "delta17[2]", "loss"):
        found[f"30 layers, {quantity}"] = asked(deep, quantity)
    found["all rows"] = asked(deep_trace(3), "W1[0,0]", top=None)
    for digits in (1, 17, "full"):
        found[f"{digits} digits"] = asked(trace_of("gelu"), "W1[1,1]", digits=digits, top=None)
    for name in HOSTILE:
        names = (name, "größe m² · ½", "δ₁ 身長", "d")
        found[name] = asked(trace_of(names=names), "W1[0,0]")
    return found
