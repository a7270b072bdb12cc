"""Random networks that stand on zeros and kinks on purpose, where `strategies` keeps clear of them.

They begin as those of `random_problem`; then rows, biases, weights, whole layers, or predictions
less targets are made exactly 0. At a kink the engine, the reference and the complex step give the
same subgradient (`reference.gradients` lists them), so their comparison means something there too.

What cannot be compared is a kink met but for a rounding: residuals of a loss with a kink are
exactly 0 where the prediction is exactly 0, and clear of 0 elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from chainrule.reference.forward import forward
from chainrule.reference.gradients import frozen_masks
from chainrule.spec import (
    LOSSES,
    Activation,
    Dense,
    NetworkSpec,
)
from strategies import (
    Problem,
    keep_clear_of_saturation,
    random_loss,
    random_params,
    random_problem,
    random_rows,
    random_targets,
)

Params = dict[str, np.ndarray]
DEAD = -1e3  # the bias of a unit that no row wakes


def problem_on_zeros(seed: int) -> Problem:
    """The problem of this seed with some of its numbers made 0, the same on every machine."""
    rng = np.random.default_rng((seed, 5))
    before = random_problem(seed)
    n = len(before.X)
    dead = None
    spec = with_narrow_layers(rng, before.spec) if rng.random() < 0.4 else before.spec
    if rng.random() < 0.4:
        spec, dead = with_a_dead_layer(rng, spec)
    params, X = random_params(rng, spec), random_rows(rng, spec, n)
    chosen = [make for make in ZEROS if rng.random() < 0.35] or [ZEROS[seed % len(ZEROS)]]
    for make in chosen:
        make(rng, spec, params, X)
    if dead is not None:
        params[f"b{dead}"][:] = DEAD
    masks = frozen_masks(spec, n, before.training, before.dropout_epoch)
    keep_clear_of_saturation(spec, params, X, masks)
    y = targets_met(rng, spec, forward(spec, params, X, masks)[1][-1])
    return replace(before, spec=spec, params=params, X=X, y=y)


def with_narrow_layers(rng: np.random.Generator, spec: NetworkSpec) -> NetworkSpec:
    """Half of the hidden dense layers with one unit, the last one with as few as its loss takes."""
    layers = list(spec.layers)
    *hidden, last = [k for k, layer in enumerate(layers) if isinstance(layer, Dense)]
    for k in hidden:
        if rng.random() < 0.5:
            layers[k] = replace(layers[k], units=1)
    fewest = 2 if spec.loss.name == "cross_entropy" else 1
    layers[last] = replace(layers[last], units=fewest)
    return replace(spec, layers=tuple(layers), loss=random_loss(spec.loss.name, fewest))


def with_a_dead_layer(
    rng: np.random.Generator, spec: NetworkSpec
) -> tuple[NetworkSpec, int | None]:
    """One of the hidden activations as relu, and the number of its layer, if there is one."""
    places = [
        k
        for k, at in enumerate(spec.placed)
        if isinstance(at.layer, Activation) and at.number < spec.n_layers
    ]
    if not places:
        return spec, None
    k = int(rng.choice(places))
    layers = (*spec.layers[:k], Activation("relu"), *spec.layers[k + 1 :])
    return replace(spec, layers=layers), spec.placed[k].number


def zero_rows(rng: np.random.Generator, spec: NetworkSpec, params: Params, X: np.ndarray) -> None:
    """Rows of zeros of either sign; a code of 0 is a category that training did not see."""
    rows = rng.random(len(X)) < 0.5
    rows[0] = True
    X[rows] = np.copysign(0.0, X[rows])


def zero_biases(rng: np.random.Generator, spec: NetworkSpec, params: Params, X: np.ndarray) -> None:
    """As they are before training."""
    for name, parameter in spec.parameters.items():
        if parameter.family in ("b", "bias", "phase"):
            params[name][:] = np.copysign(0.0, params[name])


def zero_weights(
    rng: np.random.Generator, spec: NetworkSpec, params: Params, X: np.ndarray
) -> None:
    """All of one layer, or of every layer."""
    for l in range(1, spec.n_layers + 1) if rng.random() < 0.3 else [last_or_any(rng, spec)]:
        params[f"W{l}"][:] = 0.0


def zero_units(rng: np.random.Generator, spec: NetworkSpec, params: Params, X: np.ndarray) -> None:
    """Some units of every layer: their z is exactly 0 in every row."""
    for l in range(1, spec.n_layers + 1):
        units = rng.random(len(params[f"b{l}"])) < 0.3
        params[f"W{l}"][units] = 0.0
        params[f"b{l}"][units] = 0.0


def zero_output(rng: np.random.Generator, spec: NetworkSpec, params: Params, X: np.ndarray) -> None:
    """z(L) = 0 in every row: two classes have probability 0.5 exactly."""
    params[f"W{spec.n_layers}"][:] = 0.0
    params[f"b{spec.n_layers}"][:] = 0.0


def zero_others(rng: np.random.Generator, spec: NetworkSpec, params: Params, X: np.ndarray) -> None:
    """Half of every tensor of the other kinds: vectors of categories, frequencies, factors."""
    for name, parameter in spec.parameters.items():
        if parameter.family not in ("W", "b"):
            params[name][rng.random(parameter.shape) < 0.5] = 0.0


ZEROS: list[Callable[[np.random.Generator, NetworkSpec, Params, np.ndarray], None]] = [
    zero_rows,
    zero_biases,
    zero_weights,
    zero_units,
    zero_output,
    zero_others,
]


def last_or_any(rng: np.random.Generator, spec: NetworkSpec) -> int:
    """The number of a dense layer."""
    return int(rng.integers(1, spec.n_layers + 1))


def targets_met(rng: np.random.Generator, spec: NetworkSpec, prediction: np.ndarray) -> np.ndarray:
    """Random targets, some of which are the prediction."""
    y = random_targets(rng, spec, prediction)
    if spec.loss.name == "poisson" or y.ndim < 2:  # counts, and indices of classes
        return y
    if LOSSES[spec.loss.name].has_kink:
        y[(prediction == 0.0).any(axis=1) if y.shape[1] == 1 else prediction == 0.0] = 0.0
        return y
    rows = rng.random(len(y)) < 0.3
    y[rows] = prediction[rows]
    return y
