"""Recorded steps of random networks, and sixty kinds of falsified ones, for `proofs/checker.py`."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from chainrule.engine import fit, initialize
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
    ACTIVATIONS,
    Dense,
    Dropout,
    Layer,
    Loss,
    NetworkSpec,
    TrainingSpec,
)

Form = dict[str, Any]
_LOSSES = {
    "squared_error": "identity",
    "absolute_error": "tanh",
    "huber": "identity",
    "pinball": "identity",
    "poisson": "exp",
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
}
_OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam", "adamw")


def recorded(seed: int) -> Form:
    """A step of a random network: its depth, widths, loss, rows, weights and training."""
    rng = random.Random(seed)
    draw = np.random.default_rng(seed)
    name = rng.choice(list(_LOSSES))
    n, n_features, n_out = rng.randint(1, 7), rng.randint(1, 5), rng.randint(1, 3)
    n_out += name == "cross_entropy"
    layers: list[Layer] = []
    for _ in range(rng.randint(0, 4)):
        layers.append(Dense(rng.randint(1, 6), rng.choice(ACTIVATIONS), rng.random() < 0.2))
        if rng.random() < 0.2:
            layers.append(Dropout(0.4))
    layers.append(Dense(n_out, _LOSSES[name], rng.random() < 0.2))
    quantiles = tuple((k + 1) / (n_out + 1) for k in range(n_out)) if name == "pinball" else ()
    loss = Loss(name, 0.7 if name == "huber" else 1.0, quantiles)
    spec = NetworkSpec(n_features, tuple(layers), loss)
    training = TrainingSpec(
        optimizer=rng.choice(_OPTIMIZERS),
        learning_rate=rng.choice([0.3, 0.01]),
        reduction=rng.choice(["mean", "sum"]),
        l1=rng.choice([0.0, 0.01]),
        l2=rng.choice([0.0, 0.02]),
        weight_decay=rng.choice([0.0, 0.05]),
        clip_norm=rng.choice([None, 0.1]),
        learning_rate_factors=rng.choice([{}, {"b": 0.5, "W1": 0.0}]),
        batch_size=None,
        epochs=rng.randint(0, 3),
        seed=seed,
    )
    X = draw.standard_normal((n, n_features))
    y = _targets(name, n, n_out, draw)
    weights = draw.random(n) + 0.1 if rng.random() < 0.4 else None
    params = initialize(spec, seed=seed, dtype="float64")
    params = {k: w + 0.3 * draw.standard_normal(w.shape) for k, w in params.items()}
    before = fit(spec, params, X, y, training, sample_weight=weights)  # gives moments
    dropout = 3 if any(isinstance(layer, Dropout) for layer in layers) else None
    trace = StepTrace(
        spec, before.params, X, y, training,
        sample_weight=weights, state=before.state, dropout_epoch=dropout,
    )  # fmt: skip
    if not trace.loss < 1e6:  # a run that diverges has no step to check
        return recorded(seed + 1_000_003)
    form: Form = trace.to_json()
    return form


def _targets(loss: str, n: int, n_out: int, draw: np.random.Generator) -> np.ndarray:
    if loss == "cross_entropy":
        return draw.integers(0, n_out, n)
    if loss == "binary_cross_entropy":
        return draw.integers(0, 2, (n, n_out)).astype(float)
    if loss == "poisson":
        return draw.integers(0, 5, (n, n_out)).astype(float)
    return draw.standard_normal(n) if loss == "pinball" else draw.standard_normal((n, n_out))


Falsify = Callable[[Form, random.Random], bool]


def falsified(form: Form, kind: str, rng: random.Random) -> Form | None:
    """The step with one thing falsified; None where it has nothing of this kind."""
    changed = copy.deepcopy(form)
    return changed if KINDS[kind](changed, rng) else None


def _names(form: Form, start: str) -> list[str]:
    return [
        name
        for name in form["arrays"]
        if name.startswith(start) and name.removeprefix(start).isdigit() and name != "a0"
    ]


def _entry(array: list[Any], rng: random.Random) -> tuple[list[Any], int]:
    while isinstance(array[0], list):
        array = rng.choice(array)
    return array, rng.randrange(len(array))


def _number(start: str, change: Callable[[float], float]) -> Falsify:
    """One number of the arrays of a kind."""

    def falsify(form: Form, rng: random.Random) -> bool:
        names = _names(form, start) if start not in form["arrays"] else [start]
        if not names:
            return False
        row, place = _entry(form["arrays"][rng.choice(names)], rng)
        before = row[place]
        row[place] = change(before)
        return not abs(row[place] - before) <= 1e-5 * max(abs(before), 1.0)

    return falsify


def _whole(start: str, change: Callable[[np.ndarray], np.ndarray]) -> Falsify:
    """A whole array of a kind."""

    def falsify(form: Form, rng: random.Random) -> bool:
        names = _names(form, start)
        if not names:
            return False
        name = rng.choice(names)
        before = np.array(form["arrays"][name])
        after = change(before)
        form["arrays"][name] = after.tolist()
        return before.shape != after.shape or float(np.abs(after - before).max()) > 1e-5

    return falsify


def _swapped(one: str, other: str) -> Falsify:
    def falsify(form: Form, rng: random.Random) -> bool:
        arrays = form["arrays"]
        pairs = [
            (f"{one}{k}", f"{other}{k}")
            for k in range(9)
            if f"{one}{k}" in arrays and f"{other}{k}" in arrays
        ]
        pairs = [p for p in pairs if np.abs(_difference(arrays[p[0]], arrays[p[1]])).max() > 1e-5]
        if not pairs:
            return False
        a, b = rng.choice(pairs)
        arrays[a], arrays[b] = arrays[b], arrays[a]
        return True

    return falsify


def _difference(a: Any, b: Any) -> np.ndarray:
    x, y = np.array(a), np.array(b)
    return x - y if x.shape == y.shape else np.ones(1)


def _header(entry: str, change: Callable[[Any], Any], part: str = "header") -> Falsify:
    def falsify(form: Form, rng: random.Random) -> bool:
        before = form[part][entry]
        form[part][entry] = change(before)
        after = form[part][entry]
        if isinstance(before, float) and isinstance(after, float):
            return abs(after - before) > 1e-5
        return bool(after != before)

    return falsify


def _lost(start: str) -> Falsify:
    def falsify(form: Form, rng: random.Random) -> bool:
        names = _names(form, start) if start not in form["arrays"] else [start]
        if not names:
            return False
        del form["arrays"][rng.choice(names)]
        return True

    return falsify


def _row_lost(start: str) -> Falsify:
    def falsify(form: Form, rng: random.Random) -> bool:
        names = _names(form, start) if start not in form["arrays"] else [start]
        if not names:
            return False
        form["arrays"][rng.choice(names)].pop()
        return True

    return falsify


def _activation(form: Form, rng: random.Random) -> bool:
    layers = [p for p in form["header"]["network"]["layers"] if p["kind"] == "activation"]
    layers = [p for p in layers if p["function"] == "tanh"]
    if not layers:
        return False
    layers[0]["function"] = "sigmoid"
    return True


def _optimizer(form: Form, rng: random.Random) -> bool:
    if not form["training"]["optimizer"].startswith("adam"):  # others may begin with equal steps
        return False
    form["training"]["optimizer"] = "sgd"
    return True


def _gradient_without(part: str) -> Falsify:
    """The gradient of the weights as a usual mistake leaves it."""

    def falsify(form: Form, rng: random.Random) -> bool:
        arrays, last = form["arrays"], len(_names(form, "W"))
        l = rng.randint(1, last)
        d, W = np.array(arrays[f"delta{l}"]), np.array(arrays[f"W{l}"])
        s = np.array(arrays["shares"])[:, None]
        grad = np.array(arrays[f"dL_dW{l}"])
        penalty = form["training"]["l1"] * np.sign(W) + form["training"]["l2"] * W
        data = grad - penalty
        wrong = {
            "penalty": data,
            "share": data / s.max() + penalty,
            "slope": data * 0.5 + penalty,
            "a row": data - (s * d)[-1][:, None] * np.array(arrays[f"a{l - 1}"])[-1] + penalty,
        }[part]
        arrays[f"dL_dW{l}"] = wrong.tolist()
        return float(np.abs(wrong - grad).max()) > 1e-5

    return falsify


def _more(x: float) -> float:
    return x + 1e-3 * (abs(x) + 1.0)


_CHANGES: dict[str, Callable[[float], float]] = {
    "more": _more,
    "the other sign": lambda x: -x,
    "zero": lambda x: 0.0,
    "not a number": lambda x: float("nan"),
    "infinite": lambda x: float("inf"),
}
_ARRAYS = ("z", "a", "slope", "delta", "dL_dW", "dL_db", "update_W", "update_b")
KINDS: dict[str, Falsify] = {
    **{
        f"a number of {array} becomes {word}": _number(array, change)
        for array in _ARRAYS
        for word, change in _CHANGES.items()
        if word != "not a number" or array in ("z", "delta", "dL_dW")
    },
    "a loss": _number("losses", _more),
    "a target": _number("targets", lambda x: 1.0 - x if x in (0.0, 1.0) else x + 0.5),
    "a share": _number("shares", lambda x: 0.9 * x),
    "a weight": _number("W1", lambda x: x + 0.5),
    "a bias": _number("b", lambda x: x + 0.5),
    "an input": _number("a0", lambda x: x + 0.5),
    "the total loss": _header("loss", _more),
    "the number of rows": _header("n_rows", lambda n: n + 1),
    "the rate": _header("learning_rate", lambda x: 1.1 * x, "training"),
    "the optimizer": _optimizer,
    "the activation": _activation,
    "z and a swapped": _swapped("z", "a"),
    "delta and a swapped": _swapped("delta", "a"),
    "gradient and update swapped": _swapped("dL_dW", "update_W"),
    "a gradient transposed": _whole("dL_dW", lambda g: g.T),
    "a gradient doubled": _whole("dL_dW", lambda g: 2.0 * g),
    "a bias gradient averaged": _whole("dL_db", lambda g: np.full_like(g, g.mean() + 0.01)),
    "deltas of rows turned round": _whole("delta", lambda d: d[::-1].copy()),
    "no penalty": _gradient_without("penalty"),
    "no share": _gradient_without("share"),
    "half a slope": _gradient_without("slope"),
    "a row left out": _gradient_without("a row"),
    "no z": _lost("z"),
    "no delta": _lost("delta"),
    "no gradient": _lost("dL_dW"),
    "no losses": _lost("losses"),
    "fewer rows of delta": _row_lost("delta"),
    "fewer rows of targets": _row_lost("targets"),
    "fewer units of W": _row_lost("W"),
    "fewer updates": _row_lost("update_W"),
}  # fmt: skip


def falsifications(form: Form, seed: int) -> Iterator[tuple[str, Form]]:
    """(kind, the step) of every kind that this step can be falsified in."""
    rng = random.Random(seed)
    for kind in KINDS:
        changed = falsified(form, kind, rng)
        if changed is not None:
            yield kind, changed
