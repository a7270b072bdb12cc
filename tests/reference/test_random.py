"""Random numbers against the paper's vectors, and what is built of them against plain integers."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.reference.random import (
    STREAMS,
    dropout_mask,
    dropout_masks,
    permutation,
    philox,
    words,
)
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec

# kat_vectors of the Random123 distribution, "philox4x32 10": counter, key, words.
KNOWN_ANSWERS = [
    (
        (0x00000000, 0x00000000, 0x00000000, 0x00000000),
        (0x00000000, 0x00000000),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def plain_philox(counter: tuple[int, ...], seed: int) -> list[int]:
    """The same function on Python's integers."""
    c, k = list(counter), [seed % 2**32, seed // 2**32]
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c[0], 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c[2], 2**32)
        c = [high1 ^ c[1] ^ k[0], low1, high0 ^ c[3] ^ k[1], low0]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return c


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, int], expected: object) -> None:
    found = philox(tuple(np.array([c], np.uint64) for c in counter), key)
    assert tuple(int(word[0]) for word in found) == expected


def test_words_are_found_at_their_own_counter() -> None:
    seed, epoch, layer = 0x0123456789ABCDEF, 7, 3
    rows, units = np.array([0, 5, 2**32 - 1]), np.array([0, 1])
    found = words(seed, "dropout", rows[:, np.newaxis], units, layer, epoch)
    assert found.shape == (3, 2, 4)
    for i, row in enumerate(rows):
        for j, unit in enumerate(units):
            counter = (int(row), int(unit), 3 * 2**16 + layer, epoch)
            assert found[i, j].tolist() == plain_philox(counter, seed)


def test_streams_and_numbers_never_change() -> None:
    # Models trained with one release must be trainable again with the next.
    assert STREAMS == {"init": 0, "shuffle": 1, "split": 2, "dropout": 3}
    assert permutation(10, seed=0).tolist() == permutation(10, 0, "split", 0).tolist()
    assert permutation(10, 0, "split").tolist() != permutation(10, 0, "shuffle").tolist()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 8, 97])
@pytest.mark.parametrize("stream", ["shuffle", "split"])
def test_permutation_is_fisher_yates_on_the_words(n: int, stream: str) -> None:
    seed, epoch = 2**40 + 17, 5
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        word = plain_philox((i // 4, 0, STREAMS[stream] * 2**16, epoch), seed)[i % 4]
        j = word * (i + 1) // 2**32
        order[i], order[j] = order[j], order[i]
    assert permutation(n, seed, stream, epoch).tolist() == order
    assert sorted(order) == list(range(n))


def test_permutations_are_fair_to_every_place() -> None:
    counts = np.zeros((6, 6))
    for seed in range(3000):
        counts[np.arange(6), permutation(6, seed)] += 1
    # 500 expected, standard deviation sqrt(3000 * 5/36) = 20
    assert np.abs(counts - 500).max() < 100


def test_mask_follows_the_words_of_row_and_unit() -> None:
    rate, rows, seed, layer, epoch = 0.3, np.array([12, 4, 4]), 99, 2, 6
    mask = dropout_mask(rate, rows, 70, layer, seed, epoch)
    for i, row in enumerate(rows):
        for unit in range(70):
            counter = (int(row), unit // 64 * 16 + unit % 16, 3 * 2**16 + layer, epoch)
            word = plain_philox(counter, seed)[unit // 16 % 4]
            assert mask[i, unit] == (1.0 / (1.0 - rate) if word >= int(rate * 2**32) else 0.0)


def test_a_word_on_the_threshold_is_kept() -> None:
    word = plain_philox((0, 0, 3 * 2**16 + 1, 0), 8)[0]
    assert dropout_mask(word / 2**32, np.array([0]), 1, 1, 8, 0)[0, 0] > 0.0
    assert dropout_mask((word + 1) / 2**32, np.array([0]), 1, 1, 8, 0)[0, 0] == 0.0


def test_mask_drops_the_rate_and_keeps_the_mean() -> None:
    mask = dropout_mask(0.25, np.arange(2000), 50, 1, 3, 0)
    assert (mask == 0.0).mean() == pytest.approx(0.25, abs=0.01)
    assert mask.mean() == pytest.approx(1.0, abs=0.01)
    assert (dropout_mask(0.0, np.arange(10), 5, 1, 3, 0) == 1.0).all()


def test_a_row_has_the_same_mask_in_every_batch_and_another_in_every_layer_and_epoch() -> None:
    layers = (Dropout(0.5), Dense(40), Dropout(0.5), Dense(40), Dense(1))
    spec = NetworkSpec(40, layers, Loss("squared_error"))
    whole = dropout_masks(spec, np.arange(8), 1, 0)
    part = dropout_masks(spec, np.array([6, 2]), 1, 0)
    assert whole[2] is None and whole[3] is None
    for l in (0, 1):
        np.testing.assert_array_equal(part[l], whole[l][[6, 2]])
    others = [
        whole[1],
        dropout_masks(spec, np.arange(8), 1, 1)[0],
        dropout_masks(spec, np.arange(8), 2, 0)[0],
    ]
    for other in others:  # by chance, half of the units agree
        assert 0.4 < (whole[0] == other).mean() < 0.6


def test_a_schedules_factor_changes_the_rate_and_not_the_words() -> None:
    spec = NetworkSpec(4, (Dense(40), Dropout(0.5), Dense(1)), Loss("squared_error"))
    whole, half = (dropout_masks(spec, np.arange(8), 1, 0, factor)[1] for factor in (1.0, 0.5))
    np.testing.assert_array_equal(half, dropout_mask(0.25, np.arange(8), 40, 1, 1, 0))
    assert (half[whole > 0.0] > 0.0).all()  # who is kept at the larger rate is kept at the smaller
    assert dropout_masks(spec, np.arange(8), 1, 0, 0.0) == [None, None, None]
