"""The system grants tiles of AMX: when it is asked, and what multiplies where it refuses."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from chainrule import _core

pytestmark = pytest.mark.skipif(
    "amx" not in _core.instruction_sets(), reason="this processor has no AMX"
)
# 0x1022 of arch_prctl(2) says which states a process may use, of which 18 is that of the tiles.
GRANTED = """
import ctypes, numpy as np
from chainrule import Network
libc = ctypes.CDLL(None, use_errno=True)

def granted():
    states = ctypes.c_uint64()
    assert libc.syscall(158, 0x1022, ctypes.byref(states)) == 0
    return bool(states.value >> 18 & 1)

def fitted(dtype):
    net = Network([64, 64, 64, 1], dtype=dtype)
    X = np.random.default_rng(0).normal(size=(50, 64))
    return net.fit(X, X[:, 0], epochs=2).loss[-1].hex()
"""
SMALL_STACK = """
class Stack(ctypes.Structure):
    _fields_ = [("at", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]

memory = ctypes.create_string_buffer(4096)
stack = Stack(ctypes.cast(memory, ctypes.c_void_p), 0, len(memory))
assert libc.sigaltstack(ctypes.byref(stack), None) == 0
"""


def said_by(code: str, isa: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", GRANTED + code],
        capture_output=True,
        text=True,
        env={**os.environ, "CHAINRULE_ISA": isa},
        check=True,
    )
    return done.stdout.split()


def test_tiles_are_asked_for_when_they_are_wanted() -> None:
    code = "a = granted(); fitted('float32'); b = granted(); fitted('bfloat16'); "
    assert said_by(code + "print(a, b, granted())", "amx") == ["False", "False", "True"]


def test_where_tiles_are_refused_vectors_multiply() -> None:
    """The system refuses them to a process with a signal stack that is too small for them."""
    code = "print(fitted('bfloat16'), granted())"
    refused, vectors = said_by(SMALL_STACK + code, "amx"), said_by(code, "avx512")
    assert refused == vectors == [vectors[0], "False"]
    assert said_by(code, "amx")[0] != vectors[0]
