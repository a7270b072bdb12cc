"""Damaged copies of a model file: cut, flipped, spliced, with other numbers, words and entries."""

from __future__ import annotations

import copy
import json
import random
import re
import struct
from collections.abc import Callable

from fuzz.forgeries import at, paths
from fuzz.sealed import opened, sealed

_NUMBERS = re.compile(rb"[0-9]+")

Mutation = Callable[[bytes, random.Random], bytes]


def truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def extend(data: bytes, rng: random.Random) -> bytes:
    return data + bytes(rng.randrange(1, 64))


def flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def flip_header(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    length = struct.unpack("<Q", data[:8])[0]
    out[8 + rng.randrange(length)] = rng.choice(b'[]{}",:\\0123456789-eE.truefalsn\x00\xff\xc3 ')
    return bytes(out)


def length_field(data: bytes, rng: random.Random) -> bytes:
    value = rng.choice(
        [0, 1, 2, 7, len(data), len(data) - 8, 2**24, 2**31, 2**63, 2**64 - 1, rng.randrange(5000)]
    )
    return struct.pack("<Q", value) + data[8:]


def numbers(data: bytes, rng: random.Random) -> bytes:
    """Another number where the header has one: an offset, a size, a count."""
    header, rest = split(data)
    found = rng.choice(list(_NUMBERS.finditer(header)))
    new = rng.choice(
        ["0", "1", "-1", "3.0", "1e3", str(2**31), str(2**63), str(2**64 - 1), "9" * 400, "01"]
    )
    return join(header[: found.start()] + new.encode() + header[found.end() :], rest)


def insert(data: bytes, rng: random.Random) -> bytes:
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


def words(data: bytes, rng: random.Random) -> bytes:
    header, rest = split(data)
    old = rng.choice([b"F32", b"F64", b"relu", b"softmax", b"adam", b"network", b"dense"])
    new = rng.choice([b"F16", b"BF16", b"F8_E4M3", b"BOOL", b"C64", b"I64", b"lambda", b""])
    return join(header.replace(old, new, rng.choice([1, -1])), rest)


def shuffle_pieces(data: bytes, rng: random.Random) -> bytes:
    a, b = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:a] + data[b:] + data[a:b]


def swap_entries(data: bytes, rng: random.Random) -> bytes:
    header, rest = split(data)
    names = [b'"W1":', b'"b1":', b'"W2":', b'"b2":', b'"opt.first_moment.W1":', b'"history.loss":']
    a, b = rng.sample(names, 2)
    return join(header.replace(a, b"?").replace(b, a).replace(b"?", b), rest)


def split(data: bytes) -> tuple[bytes, bytes]:
    length = struct.unpack("<Q", data[:8])[0]
    return data[8 : 8 + length], data[8 + length :]


def join(header: bytes, rest: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header + rest


def sign_again(data: bytes, rng: random.Random) -> bytes:
    """A change of one character of the description, whose checksum is then put right."""
    description, tensors = opened(data)
    text = bytearray(json.dumps(description, ensure_ascii=False).encode())
    text[rng.randrange(len(text))] = rng.choice(b'[]{}",:0123456789-eE.tfn\x00 ')
    try:
        changed = json.loads(text)
    except ValueError:
        return flip_header(data, rng)
    return sealed(changed, tensors) if isinstance(changed, dict) else flip(data, rng)


def swap_values(data: bytes, rng: random.Random) -> bytes:
    """One entry of the description in the place of another, signed again."""
    description, tensors = opened(data)
    places = list(paths(description))
    here, there = rng.choice(places), rng.choice(places)
    value = copy.deepcopy(at(description, there))
    at(description, here[:-1])[here[-1]] = value
    return sealed(description, tensors)


def splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


MUTATIONS: list[Mutation] = [
    truncate, extend, flip, flip, flip_header, flip_header, length_field, numbers, insert, words,
    shuffle_pieces, swap_entries,
]  # fmt: skip
SIGNED: list[Mutation] = [sign_again, swap_values]
