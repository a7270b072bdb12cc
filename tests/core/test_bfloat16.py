"""Training in bfloat16 against NumPy's products of the same rounded numbers, and what must hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

import chainrule
from chainrule import Network, TabularRegressor, _core, engine
from chainrule.errors import SpecError
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec, Residual, TrainingSpec
from comparing import instruction_set, same_bits, same_state


def with_bfloat16() -> Iterator[str]:
    """The instruction sets that have products of pairs here."""
    for name in _core.instruction_sets():
        with instruction_set(name):
            if _core.has_bfloat16():
                yield name


SETS = list(with_bfloat16())
needs_it = pytest.mark.skipif(not SETS, reason="this processor has no AVX512_BF16")
# Of the sum of the sizes of the terms: float32 sums of a thousand terms and their last rounding.
BOUND = 1e-6
SHAPES = [[64, 64, 3], [65, 67, 64, 2], [127, 96, 130, 5], [600, 80, 1030, 1]]


@pytest.fixture(params=SETS or [None], autouse=True)
def each_set(request: pytest.FixtureRequest) -> Iterator[None]:
    with instruction_set(request.param or _core.instruction_set()):
        yield


def rounded(x: np.ndarray) -> np.ndarray:
    """The nearest number with 8 significant bits, of two the one that ends in 0."""
    bits = np.ascontiguousarray(x, np.float32).view(np.uint32).astype(np.uint64)
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return bits.astype(np.uint32).view(np.float32).astype(np.float64)


def spec_of(sizes: list[int], activation: str = "tanh") -> NetworkSpec:
    layers = [Dense(units, activation) for units in sizes[1:-1]]
    return NetworkSpec(sizes[0], (*layers, Dense(sizes[-1])), Loss("squared_error"), bfloat16=True)


def drawn(spec: NetworkSpec, n: int) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n)
    params = engine.initialize(spec, seed=n)
    shape = (n, spec.n_outputs)
    return params, rng.normal(size=(n, spec.n_features)), rng.normal(size=shape)


def near(got: np.ndarray, left: np.ndarray, right: np.ndarray, other: np.ndarray | float) -> bool:
    """Whether `got` is left @ right times or plus what is small beside the product."""
    return bool(
        (np.abs(got - (left @ right + other)) <= BOUND * (abs(left) @ abs(right) + 1)).all()
    )


@needs_it
@pytest.mark.parametrize(
    ("sizes", "n"),
    [*product(SHAPES, [1, 2, 3, 11, 13, 25, 129, 400]), ([64, 64, 3], 2111), ([64, 64, 3], 5000)],
)
def test_every_product_is_that_of_rounded_numbers(sizes: list[int], n: int) -> None:
    spec = spec_of(sizes)
    params, X, y = drawn(spec, n)
    weights = np.random.default_rng(0).uniform(0.5, 2.0, n).astype(np.float32)
    seen = engine.trace(spec, params, X, y, sample_weight=weights)
    shares = (weights / weights.sum(dtype=np.float64))[:, None]
    for l, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        W, a = params[f"W{l}"], seen.a[l - 1]
        is_wide = min(n_in, n_out) >= 64
        cut = rounded if is_wide else np.float64
        assert near(seen.z[l], cut(a), cut(W).T, params[f"b{l}"])
        if is_wide:  # not those of the numbers themselves
            assert not near(seen.z[l], a.astype(np.float64), W.astype(np.float64).T, 0.0)
        if l > 1:
            back = seen.delta[l - 1].astype(np.float64)
            slope = seen.slope[l - 1].astype(np.float64)
            expected = cut(seen.delta[l]) @ cut(W)
            size = np.abs(cut(seen.delta[l])) @ np.abs(cut(W))
            assert (np.abs(back - expected * slope) <= BOUND * size).all()
        delta = seen.delta[l] * weights[:, None]
        terms = np.abs(cut(delta)).T @ np.abs(cut(a)) / weights.sum()
        grad = cut(delta).T @ cut(a) / weights.sum(dtype=np.float64)
        assert (np.abs(seen.grads[f"W{l}"] - grad) <= BOUND * terms + 1e-12).all()
        np.testing.assert_allclose(
            seen.grads[f"b{l}"], (seen.delta[l] * shares).sum(axis=0), rtol=1e-4, atol=1e-6
        )


@needs_it
def test_numbers_are_rounded_to_the_nearest_and_then_to_the_even() -> None:
    spec = spec_of([64, 64, 1], "identity")
    params = {name: np.zeros(shape, np.float32) for name, shape in spec.parameter_shapes.items()}
    values = np.array([1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-20, 255.5, -3e-30, 3e38], "f4")
    X = np.zeros((len(values), 64), np.float32)
    X[:, 5] = values
    params["W1"][7, 5] = 1.0
    seen = engine.trace(spec, params, X, np.zeros((len(X), 1)))
    np.testing.assert_array_equal(seen.z[1][:, 7], rounded(values).astype(np.float32))
    assert seen.z[1][:3, 7].tolist() == [1.0, 1 + 2**-6, 1 + 2**-7]


TRAININGS = [
    TrainingSpec(epochs=2, batch_size=37, n_threads=1),
    TrainingSpec(optimizer="sgd", epochs=2, batch_size=None, clip_norm=0.1, n_threads=1),
    TrainingSpec(optimizer="momentum", epochs=1, batch_size=5, l2=0.01, n_threads=1),
]


@needs_it
@pytest.mark.parametrize("training", TRAININGS)
def test_threads_change_no_bit(training: TrainingSpec) -> None:
    layers = (Dense(70, "mish"), Dropout(0.2), Residual((Dense(70, "relu"),)), Dense(64), Dense(3))
    spec = NetworkSpec(66, layers, Loss("squared_error"), bfloat16=True)
    params, X, y = drawn(spec, 151)
    weights = np.random.default_rng(1).uniform(size=151)
    first = engine.fit(spec, params, X, y, training, sample_weight=weights)
    for n_threads in (2, 3, 5):
        other = engine.fit(
            spec, params, X, y, replace(training, n_threads=n_threads), sample_weight=weights
        )
        assert same_bits(other.params, first.params)
        assert same_state(other.state, first.state)
        assert other.history.loss == first.history.loss


@needs_it
def test_a_row_does_not_depend_on_those_beside_it() -> None:
    spec = spec_of([97, 80, 64, 2])
    params, X, y = drawn(spec, 75)
    whole = engine.trace(spec, params, X, y)
    for n in (1, 2, 15, 17, 33, 74):
        part = engine.trace(spec, params, X[:n], y[:n])
        for l in (1, 2):
            np.testing.assert_array_equal(part.z[l], whole.z[l][:n])
            np.testing.assert_array_equal(part.delta[l], whole.delta[l][:n])


@needs_it
@pytest.mark.parametrize("n", [1, 40, 301])
def test_a_trace_makes_the_steps_of_fit(n: int) -> None:
    spec = spec_of([64, 130, 72, 3], "relu")  # 130 inputs are two tasks, each with its copies
    params, X, y = drawn(spec, n)
    training = TrainingSpec(epochs=1, batch_size=None)
    at_once = engine.fit(spec, params, X, y, replace(training, epochs=2))
    state = None
    for _ in range(2):
        fitted = engine.fit(spec, params, X, y, training, state=state)
        traced = engine.trace(spec, params, X, y, training, state=state)
        assert same_bits(fitted.params, traced.params_after)
        params, state = fitted.params, fitted.state
    assert same_bits(at_once.params, params)


@needs_it
def test_narrow_layers_and_float64_stay_as_they_are() -> None:
    for sizes, dtype in ([63, 200, 60, 10], "float32"), ([64, 64, 1], "float64"):
        spec = spec_of(sizes)
        _, X, y = drawn(spec, 30)
        params = engine.initialize(spec, dtype=dtype)
        found = [
            engine.fit(s, params, X, y, TrainingSpec(epochs=2))
            for s in (spec, replace(spec, bfloat16=False))
        ]
        assert same_bits(found[0].params, found[1].params)


@needs_it
def test_what_is_not_training_is_float32(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 64)), rng.normal(size=90)
    net = Network([64, 64, 64, 1], dtype="bfloat16")
    history = net.fit(X, y, epochs=3, eval_set=(X, y))
    assert "float32 trained in bfloat16" in repr(net)
    plain = Network([64, 64, 64, 1])
    plain.params = net.params
    out = net.predict(X)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, plain.predict(X))
    np.testing.assert_array_equal(out[7:8], net.predict(X[7:8]))
    np.testing.assert_array_equal(net.forward(X)[1][-1], out)
    assert net.loss(X, y) == plain.loss(X, y)
    assert net.loss(X, y) == pytest.approx(min(history.validation_loss), rel=1e-6)
    assert not np.array_equal(net.gradients(X, y)[0][0], plain.gradients(X, y)[0][0])
    net.save(tmp_path / "net")
    again = chainrule.load(tmp_path / "net")
    assert again.spec == net.spec and again.spec.bfloat16
    net.fit(X, y, epochs=2)
    again.fit(X, y, epochs=2)
    assert same_bits(dict(again.params), dict(net.params))


@needs_it
def test_tabular_models_train_in_it_and_keep_the_word(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    found = {}
    for dtype in ("float32", "bfloat16"):
        model = TabularRegressor(dtype=dtype, n_members=1, epochs=2).fit(X, X[:, 0] - X[:, 1])
        assert model.spec_.bfloat16 == (dtype == "bfloat16")
        model.save(tmp_path / dtype)
        again = chainrule.load(tmp_path / dtype)
        assert (again.dtype, again.spec_) == (dtype, model.spec_)
        found[dtype] = model.predict(X)
        np.testing.assert_array_equal(again.predict(X), found[dtype])
    assert not np.array_equal(found["float32"], found["bfloat16"])
    with instruction_set("avx2"), pytest.raises(SpecError, match="AVX512_BF16"):
        TabularRegressor(dtype="bfloat16").fit(X, X[:, 0])


@needs_it
def test_where_it_is_not_it_is_refused() -> None:
    X, y = np.zeros((5, 64)), np.zeros(5)
    net = Network([64, 64, 1], dtype="bfloat16")
    with instruction_set("avx2"):
        with pytest.raises(SpecError, match=r"needs a processor with AVX512_BF16.* runs avx2"):
            Network([64, 64, 1], dtype="bfloat16")
        with pytest.raises(SpecError, match="AVX512_BF16"):
            net.fit(X, y)
        assert net.predict(X).shape == (5, 1)
        assert net.loss(X, y) >= 0
        assert net.trace(X, y).loss >= 0  # in float64


@pytest.mark.skipif(bool(SETS), reason="this processor has AVX512_BF16")
def test_a_machine_without_it_says_so() -> None:
    with pytest.raises(SpecError, match="needs a processor with AVX512_BF16"):
        Network([64, 64, 1], dtype="bfloat16")


def test_other_types_are_refused() -> None:
    for dtype in ("float16", "bf16", None, 3):
        with pytest.raises(SpecError, match="'float32', 'float64' or 'bfloat16'"):
            Network([2, 1], dtype=dtype)


def _tables() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    from sklearn import datasets

    return {
        "breast cancer": datasets.load_breast_cancer(return_X_y=True),
        "digits": datasets.load_digits(return_X_y=True),
        "wine": datasets.load_wine(return_X_y=True),
        "diabetes": datasets.load_diabetes(return_X_y=True),
        "friedman": datasets.make_friedman1(2000, 30, noise=0.5, random_state=0),
    }


@needs_it
@pytest.mark.slow
@pytest.mark.parametrize("name", _tables())
def test_the_loss_is_that_of_float32(name: str) -> None:
    X, y = _tables()[name]
    X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-9)
    of_classes = y.dtype.kind == "i"
    y = y if of_classes else (y - y.mean()) / y.std()
    order = np.random.default_rng(0).permutation(len(X))
    rows, held_out = np.split(order, [3 * len(X) // 4])
    sizes = [X.shape[1], 256, 256, len(set(y)) if of_classes else 1]
    loss = "cross_entropy" if of_classes else "squared_error"
    found = []
    for dtype in ("float32", "bfloat16"):
        net = Network(sizes, loss=loss, dtype=dtype)
        history = net.fit(
            X[rows], y[rows], epochs=10, batch_size=64, learning_rate=3e-4,
            eval_set=(X[held_out], y[held_out]),
        )  # fmt: skip
        found.append([history.loss[-1], min(history.validation_loss)])
    assert found[0] != found[1]
    np.testing.assert_allclose(found[1], found[0], rtol=0, atol=1e-3)
