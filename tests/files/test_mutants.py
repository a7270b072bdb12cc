"""Damaged copies of a file give an equal model or `ModelFileError`, never anything else."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest
from fuzz.mutations import MUTATIONS

from chainrule.errors import ModelFileError
from chainrule.files import ModelRecord, from_bytes, to_bytes


def survey(seed_record, assert_same, n, seed):
    data = to_bytes(seed_record)
    rng = random.Random(seed)
    opened = 0
    for k in range(n):
        mutant = rng.choice(MUTATIONS)(data, rng)
        if k % 4 == 0 and mutant[:8] == data[:8] and len(mutant) == len(data):
            mutant = rng.choice(MUTATIONS)(mutant, rng)
        try:
            found = from_bytes(mutant)
        except ModelFileError as error:
            assert "\n" not in error.message[:80], k
            continue
        assert isinstance(found, ModelRecord)
        assert_same(found, seed_record)
        opened += 1
    return opened


def test_mutants(make_record, assert_same):
    opened = survey(make_record("adam"), assert_same, 4000, seed=1)
    opened += survey(make_record("sgd", "float64"), assert_same, 1000, seed=2)
    assert opened < 500  # the mutations really damage


@pytest.mark.slow
def test_many_mutants(make_record, assert_same):
    for seed in range(10):
        survey(make_record("adam", seed=seed), assert_same, 9500, seed=100 + seed)


def test_every_truncation(make_record):
    data = to_bytes(make_record("sgd", history=False))
    for size in range(len(data)):
        with pytest.raises(ModelFileError):
            from_bytes(data[:size])


def test_every_flipped_weight_bit_is_found(make_record):
    data = to_bytes(make_record("sgd", history=False))
    start = 8 + struct.unpack("<Q", data[:8])[0]
    rng = np.random.default_rng(0)
    for place in rng.integers(start * 8, len(data) * 8, 1000):
        mutant = bytearray(data)
        mutant[place // 8] ^= 1 << (place % 8)
        with pytest.raises(ModelFileError):
            from_bytes(bytes(mutant))
