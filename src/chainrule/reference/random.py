"""Random numbers by counting: each is a function of what it is for, not of what came before.

Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") scrambles a
counter of four 32-bit words under a key of two. Here the key is the seed and the counter is

    (row, unit, stream * 2^16 + layer, epoch)

so that the order of computation, and the number of threads, cannot change a number.
"""

from __future__ import annotations

import numpy as np

from chainrule.reference.arrays import Array, Indices, PerLayer, Words
from chainrule.spec import Dropout, NetworkSpec

STREAMS = {"init": 0, "shuffle": 1, "split": 2, "dropout": 3}

LOW = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)  # golden ratio and sqrt(3) - 1: the key moves on by these


def philox(counter: tuple[Words, ...], key: tuple[int, int]) -> tuple[Words, ...]:
    """Four random words, uint64 arrays below 2^32, from four counter words of one shape."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0 = c0 * np.uint64(MULTIPLIERS[0])
        p1 = c2 * np.uint64(MULTIPLIERS[1])
        c0, c1, c2, c3 = (
            (p1 >> np.uint64(32)) ^ c1 ^ np.uint64(k0),
            p1 & np.uint64(LOW),
            (p0 >> np.uint64(32)) ^ c3 ^ np.uint64(k1),
            p0 & np.uint64(LOW),
        )
        k0, k1 = (k0 + WEYL[0]) & LOW, (k1 + WEYL[1]) & LOW
    return c0, c1, c2, c3


def words(seed: int, stream: str, row: Indices, unit: Indices, layer: int, epoch: int) -> Words:
    """The four words at every (row, unit), which broadcast: shape (..., 4)."""
    row_word, unit_word = np.broadcast_arrays(row.astype(np.uint64), unit.astype(np.uint64))
    counter = (
        row_word,
        unit_word,
        np.full(row_word.shape, STREAMS[stream] * 2**16 + layer, np.uint64),
        np.full(row_word.shape, epoch, np.uint64),
    )
    return np.stack(philox(counter, (seed & LOW, seed >> 32)), axis=-1)


def permutation(n: int, seed: int, stream: str = "split", epoch: int = 0) -> Indices:
    """0..n-1 in random order: Fisher and Yates, the place i trading with one of the places 0..i."""
    rows = np.arange((n + 3) // 4)
    word = words(seed, stream, rows, np.zeros_like(rows), 0, epoch).ravel()  # word i for place i
    order = np.arange(n)
    for i in range(n - 1, 0, -1):
        j = (int(word[i]) * (i + 1)) >> 32
        order[i], order[j] = order[j], order[i]
    return order


def dropout_mask(
    rate: float, rows: Indices, n_units: int, layer: int, seed: int, epoch: int
) -> Array:
    """0 for a dropped unit, 1 / (1 - rate) for a kept one; (n_rows, n_units).

    `rows` are indices into all training rows: a row meets the same mask in whatever batch it comes.
    """
    # Of each 64 units, word i of 16 counters belongs to units 16 i to 16 i + 15.
    counters = np.arange(16 * ((n_units + 63) // 64))
    word = words(seed, "dropout", np.asarray(rows)[:, np.newaxis], counters, layer, epoch)
    word = word.reshape(len(rows), -1, 16, 4).swapaxes(2, 3).reshape(len(rows), -1)[:, :n_units]
    return (word >= np.uint64(int(rate * 2**32))) / (1.0 - rate)


def dropout_masks(
    spec: NetworkSpec, rows: Indices, seed: int, epoch: int, factor: float = 1.0
) -> PerLayer:
    """The masks behind each layer l = 0..L for these rows, each rate times the schedule's factor;
    None where the network drops nothing."""
    masks: PerLayer = [None] * (spec.n_layers + 1)
    for at in spec.walk:
        if isinstance(at.layer, Dropout) and factor * at.layer.rate > 0:
            rate = factor * at.layer.rate
            masks[at.number] = dropout_mask(rate, rows, at.n_out, at.number, seed, epoch)
    return masks
