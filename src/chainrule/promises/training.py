"""Promises about gradients, steps and whole trainings. Each returns what was seen, or raises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule import engine
from chainrule.promises.broken import BrokenPromise
from chainrule.promises.networks import cases, same_bits
from chainrule.reference.gradients import complex_step
from chainrule.reference.gradients import gradients as reference_gradients
from chainrule.reference.update import init, update
from chainrule.spec import Dense, Layer

N_NETWORKS = 100
GRADIENT_LIMIT = 1e-11  # of the largest gradient of a tensor's network
UPDATE_LIMIT = 1e-11  # of the largest update


def gradients() -> str:
    """Every gradient against the complex step, which knows no chain rule.

    Raises `BrokenPromise` otherwise.
    """
    worst, count = 0.0, 0
    for case in cases(N_NETWORKS):
        batch = (case.X, case.y, case.training)
        weights = np.linspace(0.5, 1.5, len(case.X))
        _, found = engine.gradients(case.spec, case.params, *batch, sample_weight=weights)
        right = complex_step(case.spec, case.params, *batch, sample_weight=weights)
        largest = max(float(np.abs(g).max()) for g in right.values())
        for name, gradient in right.items():
            size = max(float(np.abs(gradient).max()), 1e-3 * largest)
            error = float(np.abs(found[name] - gradient).max()) / size
            worst, count = max(worst, error), count + gradient.size
            if error > GRADIENT_LIMIT:
                raise BrokenPromise(
                    f"dL/d{name} of a {case.spec.layer_sizes} network is off by {error:.1g}"
                )
    return f"{count:,} gradients of {N_NETWORKS} networks, worst error {worst:.0e}"


def shown_step() -> str:
    """The step that a trace shows is the step that `fit` takes.

    Raises `BrokenPromise` otherwise.
    """
    for case in cases(N_NETWORKS, seed=1):
        one_step = replace(case.training, epochs=1, batch_size=None)
        seen = engine.trace(case.spec, case.params, case.X, case.y, one_step)
        fitted = engine.fit(case.spec, case.params, case.X, case.y, one_step)
        if not same_bits(seen.params_after, fitted.params):
            raise BrokenPromise(f"{one_step.optimizer} steps to another place than its trace says")
    return f"the same bits in {N_NETWORKS} networks"


def update_rule() -> str:
    """Two updates of every optimizer against its rule in NumPy.

    Raises `BrokenPromise` otherwise.
    """
    worst = 0.0
    for case in cases(N_NETWORKS, seed=2):
        training = replace(case.training, epochs=1, batch_size=None)
        params, state = case.params, init(training, case.params)
        at, engine_state = case.params, None
        for _ in range(2):
            _, grads = reference_gradients(case.spec, params, case.X, case.y, training)
            change, state = update(training, params, grads, state)
            params = {name: w + change[name] for name, w in params.items()}
            done = engine.fit(case.spec, at, case.X, case.y, training, state=engine_state)
            at, engine_state = done.params, done.state
        size = max(float(np.abs(params[n] - case.params[n]).max()) for n in params)
        error = max(float(np.abs(params[n] - at[n]).max()) for n in params) / size
        worst = max(worst, error)
        if error > UPDATE_LIMIT:
            raise BrokenPromise(f"{training.optimizer} is off its rule by {error:.1g}")
    return f"{N_NETWORKS} networks, worst error {worst:.0e}"


def threads() -> str:
    """The same bits for any number of threads.

    Raises `BrokenPromise` otherwise.
    """
    counts = (1, 2, 3, 4)
    for dtype in ("float32", "float64"):
        case = cases(8, seed=3)[7]
        draw = np.random.default_rng(3)
        wide = replace(case.spec, layers=tuple(_widened(case.spec.layers)))
        params = engine.initialize(wide, seed=3, dtype=dtype)
        X = draw.standard_normal((600, wide.n_features)).astype(dtype)
        y = np.tile(case.y, (600 // len(case.y) + 1,) + (1,) * (case.y.ndim - 1))[:600]
        results = []
        for n_threads in counts:
            training = replace(case.training, epochs=2, batch_size=256, n_threads=n_threads)
            results.append(engine.fit(wide, params, X, y, training).params)
        if not all(same_bits(results[0], other) for other in results[1:]):
            raise BrokenPromise(f"{dtype} training depends on the number of threads")
    return f"the same bits for {counts[0]} to {counts[-1]} threads, both number types"


def _widened(layers: tuple[Layer, ...]) -> list[Layer]:
    """Hidden layers wide enough that several threads share them."""
    last = max(k for k, layer in enumerate(layers) if isinstance(layer, Dense))
    return [
        replace(layer, units=160) if isinstance(layer, Dense) and k < last else layer
        for k, layer in enumerate(layers)
    ]


def same_seed() -> str:
    """The same seed gives the same bits, another seed another network.

    Raises `BrokenPromise` otherwise.
    """
    for case in cases(8, seed=4):
        batch = (case.X, case.y)
        first, again = (engine.fit(case.spec, case.params, *batch, case.training) for _ in range(2))
        if not same_bits(first.params, again.params):
            raise BrokenPromise("a second training with the same seed ends elsewhere")
        other = replace(case.training, seed=case.training.seed + 1)
        if same_bits(first.params, engine.fit(case.spec, case.params, *batch, other).params):
            raise BrokenPromise("another seed changes nothing")
    return "the same bits twice, in 8 networks"


def rows_alone() -> str:
    """A row's prediction does not depend on the rows beside it.

    Raises `BrokenPromise` otherwise.
    """
    for case in cases(N_NETWORKS, seed=5):
        together = engine.predict(case.spec, case.params, case.X)
        for row in range(len(case.X)):
            alone = engine.predict(case.spec, case.params, case.X[row : row + 1])
            if alone.tobytes() != together[row : row + 1].tobytes():
                raise BrokenPromise("a row alone is answered otherwise than among others")
    return f"the same bits alone and together, in {N_NETWORKS} networks"


def going_on() -> str:
    """Two calls of `fit` are one of as many epochs.

    Raises `BrokenPromise` otherwise.
    """
    for case in cases(N_NETWORKS, seed=6):
        whole = engine.fit(case.spec, case.params, case.X, case.y, replace(case.training, epochs=5))
        part = engine.fit(case.spec, case.params, case.X, case.y, replace(case.training, epochs=2))
        rest = engine.fit(
            case.spec,
            part.params,
            case.X,
            case.y,
            replace(case.training, epochs=3),
            state=part.state,
        )
        if not same_bits(whole.params, rest.params):
            raise BrokenPromise(f"2 and 3 epochs of {case.training.optimizer} are not 5")
    return f"2 and 3 epochs are 5, bit for bit, in {N_NETWORKS} networks"
