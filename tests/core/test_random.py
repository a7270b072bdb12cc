"""Random numbers of the core against published words and against the reference's."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import _core, engine
from chainrule.reference import initialize as reference_initialize
from chainrule.reference.random import dropout_masks, permutation, words
from chainrule.spec import INITIALIZATIONS, Dense, Dropout, Loss, NetworkSpec, TrainingSpec
from comparing import FUSED, instruction_set

SEEDS = (0, 1, 2**31, 2**64 - 1, 0x299F31D0A4093822)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [  # kat_vectors of Random123, philox4x32 with 10 rounds
        ([0] * 4, 0, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([2**32 - 1] * 4, 2**64 - 1, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            0x299F31D0A4093822,
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_philox_gives_the_published_words(
    counter: list[int], key: int, expected: list[int]
) -> None:
    assert _core.philox(counter, key) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_words_are_the_references(seed: int) -> None:
    expected = words(seed, "dropout", np.arange(50), np.array([3]), 2, 7)
    got = [_core.philox([row, 3, 3 * 2**16 + 2, 7], seed) for row in range(50)]
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("stream", ["init", "shuffle", "split", "dropout"])
def test_orders_are_the_references(seed: int, stream: str) -> None:
    for n in (0, 1, 2, 3, 4, 5, 17, 1000):
        for epoch in (0, 3):
            got = engine.permutation(n, seed, stream, epoch)
            np.testing.assert_array_equal(got, permutation(n, seed, stream, epoch))
            assert got.dtype == np.int64
            np.testing.assert_array_equal(np.sort(got), np.arange(n))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("init", INITIALIZATIONS)
def test_starting_weights_are_the_references(seed: int, init: str) -> None:
    spec = NetworkSpec(7, (Dense(33, "tanh"), Dense(5)), Loss("squared_error"))
    expected = reference_initialize.initialize(spec, init, seed)
    got = engine.initialize(spec, init=init, seed=seed, dtype="float64")
    single = engine.initialize(spec, init=init, seed=seed)
    for name, weights in expected.items():
        np.testing.assert_allclose(got[name], weights, rtol=1e-13, atol=4e-15)
        np.testing.assert_array_equal(single[name], got[name].astype(np.float32))


def test_starting_weights_have_the_same_bits_with_every_fused_set() -> None:
    spec = NetworkSpec(40, (Dense(40),), Loss("squared_error"))
    seen = set()
    for name in FUSED:
        with instruction_set(name):
            seen.add(engine.initialize(spec, init="he_normal", seed=3)["W1"].tobytes())
    assert len(seen) <= 1


@pytest.mark.parametrize("rate", [1e-9, 0.1, 0.5, 1 / 3, 0.999])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_masks_are_the_references(rate: float, dtype: str) -> None:
    layers = (Dropout(rate), Dense(150, "tanh"), Dropout(rate), Dense(3))  # beyond 64 units a word
    spec = NetworkSpec(6, layers, Loss("squared_error"))
    params = engine.initialize(spec, dtype=dtype)
    for seed in SEEDS:
        for epoch in (0, 5, 2**31):
            seen = engine.trace(
                spec,
                params,
                np.ones((9, 6)),
                np.ones((9, 3)),
                TrainingSpec(seed=seed),
                dropout_epoch=epoch,
            )
            expected = dropout_masks(spec, np.arange(9), seed, epoch)
            assert [mask is None for mask in seen.masks] == [False, False, True]
            for got, mask in zip(seen.masks[:2], expected[:2], strict=True):
                assert got is not None
                np.testing.assert_array_equal(got, mask.astype(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_unit_is_dropped_below_its_word_and_kept_from_there_on(dtype: str) -> None:
    """At every rate w / 2^32, of the first unit's word w and of the numbers beside it."""
    for seed in range(6):
        word = int(words(seed, "dropout", np.array([0]), np.array([0]), 0, 0)[0, 0])
        for above, kept in ((-1.0, True), (0.0, True), (0.5, True), (1.0, False), (1.5, False)):
            rate = (word + above) / 2**32
            spec = NetworkSpec(1, (Dropout(rate), Dense(1)), Loss("squared_error"))
            params = engine.initialize(spec, dtype=dtype)
            seen = engine.trace(spec, params, np.ones((1, 1)), np.ones(1), TrainingSpec(seed=seed),
                                dropout_epoch=0)  # fmt: skip
            mask = seen.masks[0]
            assert mask is not None
            assert bool(mask[0, 0]) is kept, (seed, above)


def test_fit_shuffles_by_the_epoch_of_the_state() -> None:
    """Plain descent on rows that each pull one weight of their own shows their order."""
    n = 8
    spec = NetworkSpec(n, (Dense(1),), Loss("squared_error"))
    params = {"W1": np.zeros((1, n)), "b1": np.zeros(1)}
    training = TrainingSpec(
        optimizer="sgd", learning_rate=0.5, epochs=1, batch_size=1, seed=11, momentum=None
    )
    X, y = np.eye(n), np.ones(n)
    first = engine.fit(spec, params, X, y, training)
    second = engine.fit(spec, params, X, y, training, state=first.state)
    for result, epoch in ((first, 0), (second, 1)):
        order = permutation(n, 11, "shuffle", epoch)
        w, b = np.zeros(n), 0.0
        for row in order:
            delta = w[row] + b - 1.0
            w[row] -= 0.5 * delta
            b -= 0.5 * delta
        np.testing.assert_allclose(result.params["W1"][0], w, rtol=1e-14)
