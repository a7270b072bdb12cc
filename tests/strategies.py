"""Random networks with their rows, for every comparison of two ways to one gradient.

`random_problem(seed)` draws one, the same for the same seed on every machine; `problems()` is the
hypothesis strategy over it. A drawn problem keeps clear of the places where a comparison of
derivatives means nothing: kinks, and probabilities so near to 1 that they cannot be told from it.
Instead of drawing again until that holds, it moves the offending numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from chainrule.reference.activations import sigmoid, softmax
from chainrule.reference.forward import forward, record_forward
from chainrule.reference.random import dropout_masks
from chainrule.spec import (
    ACTIVATION_ROWS,
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULES,
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Layer,
    Loss,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Scale,
    Schedule,
    TrainingSpec,
)

MAX_WIDTH = 33
MAX_BATCH = 17
KINK = 1e-3  # |z| is larger where an activation has a kink at 0
NEARLY_ONE = 1.0 - 1e-4  # no probability is larger

# (loss, output activation): every pair that a network may end with.
OUTPUTS = [(loss, activation) for loss, row in LOSSES.items() for activation in row.activations]
# (hidden activation, (loss, output activation)); 407 of them.
COMBINATIONS = list(product(ACTIVATIONS, OUTPUTS))


@dataclass
class Problem:
    """A network, its parameters in float64, rows, and how to train on them."""

    spec: NetworkSpec
    params: dict[str, np.ndarray]
    X: np.ndarray
    y: np.ndarray
    training: TrainingSpec
    sample_weight: np.ndarray | None = None
    dropout_epoch: int | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The keywords of `gradients`, `complex_step` and the engine's functions of those names."""
        return {"sample_weight": self.sample_weight, "dropout_epoch": self.dropout_epoch}


def random_problem(seed: int) -> Problem:
    """The problem of this seed; 407 seeds in a row meet every activation with every loss.

    Two of three networks have layers before layer 1, parametric activations, or both.
    """
    rng = np.random.default_rng(seed)
    # 149 and 407 have no common factor, so that neighbouring seeds differ in all three choices.
    hidden, (loss, output) = COMBINATIONS[seed * 149 % len(COMBINATIONS)]
    layers = random_layers(rng, hidden, loss, output)
    n_features = random_width(rng)
    # With this stream no seed of the tests draws gradients that cancel to rounding.
    layers = with_other_kinds(np.random.default_rng((seed, 3)), layers, n_features)
    spec = NetworkSpec(n_features, tuple(layers), random_loss(loss, layers[-1].units))
    n = int(rng.integers(1, MAX_BATCH + 1))
    X = random_rows(rng, spec, n)
    training = TrainingSpec(
        reduction=str(rng.choice(["mean", "sum"])),
        l1=float(rng.choice([0.0, 0.01])),
        l2=float(rng.choice([0.0, 0.1])),
        batch_size=None,
        seed=int(rng.integers(2**63)),
    )
    dropout_epoch = int(rng.integers(100)) if any(spec.dropout_rates) else None
    sample_weight = None
    if rng.random() < 0.5:
        sample_weight = rng.uniform(0.1, 3.0, size=n)
        sample_weight[1:][rng.random(n - 1) < 0.2] = 0.0

    params = random_params(rng, spec)
    masks = None
    if dropout_epoch is not None:
        masks = dropout_masks(spec, np.arange(n), training.seed, dropout_epoch)
    keep_clear_of_kinks(spec, params, X, masks)
    keep_clear_of_saturation(spec, params, X, masks)
    prediction = forward(spec, params, X, masks)[1][-1]
    y = random_targets(rng, spec, prediction)
    return Problem(spec, params, X, y, training, sample_weight, dropout_epoch)


def problems() -> st.SearchStrategy[Problem]:
    """Hypothesis strategy of random problems."""
    return st.integers(0, 2**32 - 1).map(random_problem)


def random_width(rng: np.random.Generator) -> int:
    """1 to 33, each octave as likely as the next."""
    return int(np.exp(rng.uniform(0.0, np.log(MAX_WIDTH + 1))))


def random_layers(rng: np.random.Generator, hidden: str, loss: str, output: str) -> list[Any]:
    """0 to 6 hidden layers, the first with the given activation, with and without dropout."""
    n_hidden = int(rng.integers(0, 7))
    activations = [hidden, *rng.choice(ACTIVATIONS, size=6)][:n_hidden]
    ntk = bool(rng.random() < 0.25)
    dropout = bool(rng.random() < 0.3)
    layers: list[Layer] = []
    for activation in activations:
        if dropout and rng.random() < 0.5:
            layers.append(Dropout(float(rng.choice([0.1, 0.25, 0.5]))))
        layers.append(Dense(random_width(rng), str(activation), ntk))
    if dropout:
        layers.append(Dropout(0.2))
    n_outputs = random_width(rng)
    if loss == "cross_entropy":
        n_outputs = max(2, n_outputs)
    return [*layers, Dense(n_outputs, output, ntk)]


def random_loss(name: str, n_outputs: int) -> Loss:
    """The loss of this name with constants that are not its defaults."""
    quantiles = tuple(float(k + 1) / (n_outputs + 1) for k in range(n_outputs))
    return Loss.of(name, {"huber_delta": 0.7, "quantiles": quantiles})


def with_other_kinds(rng: np.random.Generator, layers: list[Any], n_features: int) -> list[Any]:
    """The layers, some with a parametric activation, and at times others before layer 1."""
    if rng.random() < 0.4:
        layers[:-1] = [
            replace(layer, activation=Activation(layer.activation, bool(rng.random() < 0.7)))
            if isinstance(layer, Dense)
            else layer
            for layer in layers[:-1]
        ]
    if rng.random() < 0.55:
        if isinstance(layers[0], Dropout):
            del layers[0]
        columns = int(rng.integers(0, n_features + 1))
        coded = int(rng.integers(0, min(4, n_features - columns) + 1))
        periodic = categories = None
        if columns and rng.random() < 0.8:
            periodic = PeriodicEmbedding(int(rng.integers(1, 18)), int(rng.integers(1, 5)))
        if coded:
            known = tuple(int(k) for k in rng.integers(1, 12, size=coded))
            categories = CategoryEmbedding(known, int(rng.integers(1, 10)))
        before: list[Layer] = side_by_side(n_features, columns, periodic, categories)
        if rng.random() < 0.6 or not before:
            before.append(Scale())
        layers = [*before, *layers]
    return layers


def side_by_side(
    n_features: int,
    columns: int,
    periodic: PeriodicEmbedding | None,
    categories: CategoryEmbedding | None,
) -> list[Layer]:
    """One layer that embeds the first columns and the codes in the last ones, if there are any."""
    coded = len(categories.levels) if categories else 0
    embedded = columns if periodic else 0
    parts = [
        Part(embedded, periodic),
        Part(n_features - embedded - coded),
        Part(coded, categories),
    ]
    present = tuple(part for part in parts if part.columns)
    if not (periodic or categories):
        return []
    if len(present) == 1 and present[0].layer is not None:
        return [present[0].layer]
    return [Columns(present)]


def random_rows(rng: np.random.Generator, spec: NetworkSpec, n: int) -> np.ndarray:
    """Normal numbers, and codes in the columns where categories are embedded."""
    X = rng.normal(size=(n, spec.n_features))
    for at in spec.walk:
        if isinstance(at.layer, CategoryEmbedding):
            known = np.array(at.layer.levels)
            X[:, at.first : at.first + at.n_in] = rng.integers(0, known + 1, size=(n, len(known)))
    return X


def random_params(rng: np.random.Generator, spec: NetworkSpec) -> dict[str, np.ndarray]:
    """Weights that keep the size of a row about the same from layer to layer; no weight is 0."""
    size = {
        "b": 0.5,
        "frequency": 0.2,
        "phase": 2.0,
        "bias": 0.5,
        "embedding": 1.0,
        "scale": 0.3,
        "activation_weight": 0.5,
    }
    params = {}
    for at in spec.walk:
        for name, parameter in at.parameters.items():
            fallback = (
                1.0 if getattr(at.layer, "ntk", False) else 1.0 / np.sqrt(parameter.shape[-1])
            )
            value = rng.normal(size=parameter.shape) * size.get(parameter.family, fallback)
            if parameter.start.distribution == "ones":
                value += 1.0
            params[name] = value + np.copysign(1e-3, value)  # l1 has its kink at 0
    return params


def keep_clear_of_kinks(
    spec: NetworkSpec, params: dict[str, np.ndarray], X: np.ndarray, masks: Any
) -> None:
    """Move the bias of each unit with a kink until all its z are at least `KINK` away from 0."""
    for at in spec.walk:
        if isinstance(at.layer, Activation) and ACTIVATION_ROWS[at.layer.function].has_kink:
            z = record_forward(spec, params, X, masks).inputs[at.index]
            for unit in range(at.n_in):
                # n rows forbid n intervals of width 2.2 KINK; among 3n + 1 shifts, one is free.
                shifts = np.arange(3 * len(X) + 1) * 1.1 * KINK
                near = np.abs(z[:, unit, np.newaxis] + shifts).min(axis=0) < 1.1 * KINK
                params[f"b{at.number}"][unit] += shifts[np.argmin(near)]


def keep_clear_of_saturation(
    spec: NetworkSpec, params: dict[str, np.ndarray], X: np.ndarray, masks: Any
) -> None:
    """Halve the last layer until no probability is nearly 1, and no exponential large."""
    for _ in range(100):
        z = forward(spec, params, X, masks)[0][-1]
        if spec.loss.name == "cross_entropy":
            saturated = softmax(z).max() > NEARLY_ONE
        elif spec.loss.name == "binary_cross_entropy":
            saturated = sigmoid(np.abs(z)).max() > NEARLY_ONE
        else:
            saturated = spec.output_activation == "exp" and z.max() > 4.0
        if not saturated:
            return
        params[f"W{spec.n_layers}"] *= 0.5
        params[f"b{spec.n_layers}"] *= 0.5
    raise AssertionError("the output stays saturated")


def random_targets(
    rng: np.random.Generator, spec: NetworkSpec, prediction: np.ndarray
) -> np.ndarray:
    """Targets of the kind that the loss takes, at least 10 `KINK` away from any kink of it."""
    n, n_outputs = prediction.shape
    match spec.loss.name:
        case "cross_entropy":
            if rng.random() < 0.5:
                return rng.integers(n_outputs, size=n)
            return rng.dirichlet(np.ones(n_outputs), size=n)
        case "binary_cross_entropy":
            if rng.random() < 0.5:
                return rng.integers(2, size=prediction.shape).astype(float)
            return rng.random(prediction.shape)
        case "poisson":
            return rng.poisson(2.0, size=prediction.shape).astype(float)
        case "pinball":  # one target for all quantiles
            return np.array([[_free_target(rng, row, [0.0])] for row in prediction])
    kinks = {"absolute_error": [0.0], "huber": [-spec.loss.huber_delta, spec.loss.huber_delta]}
    places = kinks.get(spec.loss.name, [])
    return np.array([[_free_target(rng, np.array([p]), places) for p in row] for row in prediction])


def _free_target(rng: np.random.Generator, predictions: np.ndarray, kinks: list[float]) -> float:
    """A target near the predictions whose residuals all keep away from the kinks."""
    y = float(predictions[0] + rng.normal())
    while any(np.abs(predictions - y - kink).min() < 10 * KINK for kink in kinks):
        y += 7 * KINK
    return y


def verdict(
    grads: Mapping[str, np.ndarray], reference_grads: Mapping[str, np.ndarray], floor: float = 0.0
) -> float:
    """The largest error of a tensor: max |g - g_ref| / max(max |g_ref|, 1e-3 times the net's).

    No denominator is below `floor`.
    """
    assert grads.keys() == reference_grads.keys()
    largest = max(np.abs(g).max() for g in reference_grads.values())
    worst = 0.0
    for name, expected in reference_grads.items():
        assert grads[name].shape == expected.shape, name
        error = np.abs(np.asarray(grads[name], dtype=float) - expected).max()
        scale = max(np.abs(expected).max(), 1e-3 * largest, floor)
        worst = max(worst, error / scale if scale > 0 else 0.0 if error == 0 else np.inf)
        assert not np.isnan(error), name
    return float(worst)


def network_specs() -> st.SearchStrategy[NetworkSpec]:
    """Hypothesis strategy of networks of every kind."""
    return problems().map(lambda problem: problem.spec)


@st.composite
def training_specs(draw: st.DrawFn) -> TrainingSpec:
    """Hypothesis strategy of valid training descriptions."""
    share = st.floats(0.0, 0.999)
    size = st.floats(0.0, 1e6)
    steady = sorted(set(SCHEDULES) - {"plateau"})
    families = ["W", "b", "W1", "b2", "scale", "activation_weight", "activation_weight1"]
    factors = st.dictionaries(st.sampled_from(families), size)

    def schedule(names: list[str]) -> Schedule:
        name = draw(st.sampled_from(names))
        constants = {key: draw(st.floats(1.0, 32.0)) for key in SCHEDULES[name] if key != "warmup"}
        if name == "cosine":
            constants["warmup"] = draw(share)
        return Schedule(name, constants)

    return TrainingSpec(
        optimizer=draw(st.sampled_from(sorted(OPTIMIZERS))),
        learning_rate=draw(size),
        schedule=schedule(sorted(SCHEDULES)),
        epochs=draw(st.integers(0, 10**9)),
        batch_size=draw(st.none() | st.integers(1, 10**9)),
        reduction=draw(st.sampled_from(["mean", "sum"])),
        l1=draw(size),
        l2=draw(size),
        weight_decay=draw(size),
        weight_decay_schedule=schedule(steady),
        dropout_schedule=schedule(steady),
        clip_norm=draw(st.none() | st.floats(1e-6, 1e6)),
        patience=draw(st.none() | st.integers(1, 1000)),
        tol=draw(size),
        time_limit=draw(st.none() | st.floats(1e-3, 1e6)),
        shuffle=draw(st.booleans()),
        seed=draw(st.integers(0, 2**64 - 1)),
        n_threads=draw(st.none() | st.integers(1, 64)),
        momentum=draw(st.none() | share),
        rho=draw(st.none() | share),
        beta1=draw(st.none() | share),
        beta2=draw(st.none() | share),
        epsilon=draw(st.none() | size),
        learning_rate_factors=draw(factors),
        weight_decay_factors=draw(factors),
    )
