"""The number of threads changes no bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.fit import fit as reference_fit
from chainrule.spec import OPTIMIZERS, Dense, Dropout, Loss, NetworkSpec, TrainingSpec
from comparing import normwise, same_bits, same_state

COUNTS = (1, 2, 3, 4, 8)
SHAPES = {
    "narrow": (2, 2, 1),
    "odd": (13, 37, 19, 3),
    "wide": (40, 130, 129, 10),
    "deep": (5, 9, 9, 9, 9, 9, 2),
    "long": (600, 33, 2),
}


def network(sizes: tuple[int, ...], dropout: float = 0.0) -> NetworkSpec:
    layers: list[Any] = []
    for units in sizes[1:-1]:
        layers.append(Dense(units, "gelu"))
        if dropout:
            layers.append(Dropout(dropout))
    return NetworkSpec(sizes[0], (*layers, Dense(sizes[-1])), Loss("huber"))


def rows(spec: NetworkSpec, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n)
    weights = rng.uniform(size=n) * (rng.random(n) < 0.9)
    return rng.normal(size=(n, spec.n_features)), rng.normal(size=(n, spec.n_outputs)), weights


def fits(spec: NetworkSpec, training: TrainingSpec, n: int, dtype: str, **options: Any) -> None:
    """Fit with every number of threads and compare all that comes back."""
    X, y, weights = rows(spec, n)
    params = engine.initialize(spec, seed=1, dtype=dtype)
    first = None
    for n_threads in COUNTS:
        result = engine.fit(
            spec,
            params,
            X,
            y,
            replace(training, n_threads=n_threads),
            sample_weight=weights,
            **options,
        )
        first = first or result
        assert same_bits(result.params, first.params), n_threads
        assert same_state(result.state, first.state), n_threads
        assert result.history.loss == first.history.loss
        assert result.history.validation_loss == first.history.validation_loss
    chosen = engine.fit(spec, params, X, y, training, sample_weight=weights, **options)
    assert first is not None
    assert same_bits(chosen.params, first.params)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("batch_size", [7, 64, None])
def test_shapes_and_batches(shape: str, batch_size: int | None, dtype: str) -> None:
    training = TrainingSpec(epochs=2, batch_size=batch_size, l1=1e-3, weight_decay=0.1, seed=4)
    fits(network(SHAPES[shape]), training, 45 if batch_size == 7 else 150, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("clip_norm", [None, 1e-2])
def test_optimizers_with_clipping_and_dropout(
    optimizer: str, clip_norm: float | None, dtype: str
) -> None:
    training = TrainingSpec(
        optimizer=optimizer, epochs=2, batch_size=50, clip_norm=clip_norm, schedule="cosine"
    )
    fits(network((11, 40, 20, 3), dropout=0.3), training, 130, dtype)


@pytest.mark.parametrize(("n", "dropout"), [(265, 0.3), (1201, 0.0)])
def test_several_blocks_of_rows_a_thread(n: int, dropout: float) -> None:
    """At most 264 rows go through all layers at once; every block has rows of its own."""
    spec = network((3, 5, 2), dropout)
    training = TrainingSpec(epochs=2, batch_size=None, shuffle=False)
    fits(spec, training, n, "float64")
    X, y, _ = rows(spec, n)
    params = engine.initialize(spec, dtype="float64")
    expected, _, history = reference_fit(spec, params, X, y, training)
    for n_threads in (1, 2, 3):
        found = engine.fit(spec, params, X, y, replace(training, n_threads=n_threads))
        assert normwise(found.params, expected) <= 1e-12
        np.testing.assert_allclose(found.history.loss, history.loss, rtol=1e-12)


@pytest.mark.parametrize(("dtype", "n_classes"), [("float32", 16), ("float64", 8)])
def test_classes_that_fill_whole_panels(dtype: str, n_classes: int) -> None:
    """Clearing a row's targets leaves alone the next row, which is another thread's."""
    spec = NetworkSpec(2, (Dense(n_classes, "softmax"),), Loss("cross_entropy"))
    X, _, _ = rows(spec, 40)
    y, params = np.arange(40) % n_classes, engine.initialize(spec, dtype=dtype)
    training = TrainingSpec(epochs=60, batch_size=4, n_threads=1)
    one = engine.fit(spec, params, X, y, training)
    two = engine.fit(spec, params, X, y, replace(training, n_threads=2))
    assert one.history.loss == two.history.loss


@pytest.mark.parametrize("metric", ["loss", "mae", "rmse"])
def test_validation(metric: str) -> None:
    spec = network((6, 20, 2))
    X, y, _ = rows(spec, 400)
    fits(
        spec,
        TrainingSpec(epochs=6, batch_size=30),
        130,
        "float32",
        eval_set=(X, y),
        metric=metric,
    )


def test_numeric_gradients() -> None:
    spec = network((5, 9, 3))
    X, y, weights = rows(spec, 20)
    params = engine.initialize(spec, dtype="float64")
    results = [
        engine.numeric_gradients(
            spec, params, X, y, TrainingSpec(n_threads=n), sample_weight=weights
        )
        for n in COUNTS
    ]
    assert all(same_bits(result, results[0]) for result in results)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_predict(dtype: str) -> None:
    spec = network((20, 65, 3))
    X, _, _ = rows(spec, 1000)
    params = engine.initialize(spec, dtype=dtype)
    one = engine.predict(spec, params, X, n_threads=1)
    for n_threads in (*COUNTS, None):
        assert engine.predict(spec, params, X, n_threads=n_threads).tobytes() == one.tobytes()
    for n in (1, 120, 121, 240):  # whole blocks, and one row more
        for n_threads in (1, 2):
            some = engine.predict(spec, params, X[:n], n_threads=n_threads)
            assert some.tobytes() == one[:n].tobytes()


def test_more_threads_than_any_machine_has() -> None:
    spec = network((3, 5, 1))
    X, y, _ = rows(spec, 20)
    params = engine.initialize(spec, dtype="float64")
    training = TrainingSpec(epochs=2, n_threads=1)
    expected = engine.fit(spec, params, X, y, training)
    result = engine.fit(spec, params, X, y, replace(training, n_threads=10**9))
    assert same_bits(result.params, expected.params)
    assert engine.predict(spec, params, X, n_threads=10**9).shape == (20, 1)


def test_eight_threads_predict_and_fit_at_once() -> None:
    spec = network((20, 65, 3))
    X, y, _ = rows(spec, 500)
    params = engine.initialize(spec)
    expected = engine.predict(spec, params, X)
    training = TrainingSpec(epochs=3, n_threads=2)
    fitted = engine.fit(spec, params, X, y, training).params
    with ThreadPoolExecutor(8) as pool:
        predictions = list(pool.map(lambda _: engine.predict(spec, params, X), range(40)))
        results = list(pool.map(lambda _: engine.fit(spec, params, X, y, training), range(8)))
    assert all(p.tobytes() == expected.tobytes() for p in predictions)
    assert all(same_bits(result.params, fitted) for result in results)


@pytest.mark.slow
def test_a_hundred_fits_are_one() -> None:
    spec = network((30, 100, 70, 4), dropout=0.2)
    X, y, _ = rows(spec, 300)
    params = engine.initialize(spec)
    seen = set()
    for k in range(100):
        training = TrainingSpec(epochs=3, batch_size=77, n_threads=COUNTS[k % len(COUNTS)])
        result = engine.fit(spec, params, X, y, training)
        seen.add(b"".join(w.tobytes() for w in result.params.values()))
    assert len(seen) == 1
