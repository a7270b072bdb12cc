"""Damaged copies of a file give an equal model or `ModelFileError`, never anything else."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from chainrule.errors import ModelFileError
from chainrule.files import ModelRecord, from_bytes, to_bytes


def truncate(data, rng):
    return data[: rng.randrange(len(data))]


def extend(data, rng):
    return data + bytes(rng.randrange(1, 64))


def flip(data, rng):
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def flip_header(data, rng):
    out = bytearray(data)
    length = struct.unpack("<Q", data[:8])[0]
    out[8 + rng.randrange(length)] = rng.choice(b'[]{}",:\\0123456789-eE.truefalsn\x00\xff\xc3 ')
    return bytes(out)


def length_field(data, rng):
    value = rng.choice(
        [0, 1, 2, 7, len(data), len(data) - 8, 2**24, 2**31, 2**63, 2**64 - 1, rng.randrange(5000)]
    )
    return struct.pack("<Q", value) + data[8:]


def numbers(data, rng):
    """Another number where the header has one: an offset, a size, a count."""
    header, rest = split(data)
    places = [i for i, c in enumerate(header) if chr(c).isdigit()]
    start = rng.choice(places)
    end = start
    while end < len(header) and chr(header[end]).isdigit():
        end += 1
    new = rng.choice(
        ["0", "1", "-1", "3.0", "1e3", str(2**31), str(2**63), str(2**64 - 1), "9" * 400, "01"]
    )
    return join(header[:start] + new.encode() + header[end:], rest)


def insert(data, rng):
    header, rest = split(data)
    piece = rng.choice(
        [
            b"[" * 100,
            b"{" * 100_000,
            b'{"a":' * 50 + b"1" + b"}" * 50,
            b'"x":1,',
            b'"__metadata__":{"chainrule":"{}"},',
            b"NaN",
            b"Infinity",
            rb"\ud800",
            b"\xed\xa0\x80",
            b'"' + b"y" * 70_000 + b'":0,',
            b"\0",
            b" ",
        ]
    )
    place = rng.choice([1, rng.randrange(len(header)), header.find(b'"data_offsets"')])
    return join(header[:place] + piece + header[place:], rest)


def words(data, rng):
    header, rest = split(data)
    old = rng.choice([b"F32", b"F64", b"relu", b"softmax", b"adam", b"network", b"dense"])
    new = rng.choice([b"F16", b"BF16", b"F8_E4M3", b"BOOL", b"C64", b"I64", b"lambda", b""])
    return join(header.replace(old, new, rng.choice([1, -1])), rest)


def shuffle_pieces(data, rng):
    a, b = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:a] + data[b:] + data[a:b]


def swap_entries(data, rng):
    header, rest = split(data)
    names = [b'"W1":', b'"b1":', b'"W2":', b'"b2":', b'"opt.first_moment.W1":', b'"history.loss":']
    a, b = rng.sample(names, 2)
    return join(header.replace(a, b"?").replace(b, a).replace(b"?", b), rest)


def split(data):
    length = struct.unpack("<Q", data[:8])[0]
    return data[8 : 8 + length], data[8 + length :]


def join(header, rest):
    return struct.pack("<Q", len(header)) + header + rest


MUTATIONS = [
    truncate, extend, flip, flip, flip_header, flip_header, length_field, numbers, insert, words,
    shuffle_pieces, swap_entries,
]  # fmt: skip


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
