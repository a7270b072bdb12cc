"""The core reads nothing outside of the caller's arrays: behind them lies memory without access."""

from __future__ import annotations

import ctypes
import mmap
import sys

import numpy as np
import pytest

from chainrule import engine
from chainrule.spec import KINDS, Layer, TrainingSpec
from kinds import examples, network_with
from strategies import random_params, random_rows

PAGE = mmap.PAGESIZE
KEPT: list[mmap.mmap] = []  # a page that is given back may belong to others the next time


def before_a_wall(array: np.ndarray) -> np.ndarray:
    """A copy that ends where a page begins that nobody may touch."""
    n_pages = -(-array.nbytes // PAGE)
    memory = mmap.mmap(-1, (n_pages + 1) * PAGE)
    KEPT.append(memory)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    wall = ctypes.c_void_p(start + n_pages * PAGE)
    assert ctypes.CDLL(None).mprotect(wall, ctypes.c_size_t(PAGE), 0) == 0
    copy = np.frombuffer(memory, array.dtype, array.size, n_pages * PAGE - array.nbytes)
    copy[:] = array.ravel()
    return copy.reshape(array.shape)


@pytest.mark.skipif(sys.platform != "linux", reason="pages are guarded by mprotect")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", KINDS)
def test_rows_before_a_wall(kind: str, dtype: str) -> None:
    """Of any number, in their order and shuffled, on one thread and on two."""
    rng = np.random.default_rng(0)
    layers: tuple[Layer, ...] = examples(kind)
    for layer, n in [(layer, n) for layer in layers for n in (1, 6, 40)]:
        spec = network_with(layer)
        params = {name: w.astype(dtype) for name, w in random_params(rng, spec).items()}
        X = before_a_wall(random_rows(rng, spec, n).astype(dtype))
        y = before_a_wall(rng.normal(size=(n, spec.n_outputs)).astype(dtype))
        weight = before_a_wall(np.ones(n, dtype))
        for n_threads in (1, 2):
            assert engine.predict(spec, params, X, n_threads=n_threads).shape == y.shape
            for shuffle in (False, True):
                training = TrainingSpec(
                    epochs=1, batch_size=[None, 5][shuffle], shuffle=shuffle, n_threads=n_threads
                )
                engine.fit(spec, params, X, y, training, sample_weight=weight)
