"""Small files that ask for much time or memory; each is to be refused within a second."""

from __future__ import annotations

import copy
import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from fuzz.sealed import Change, Tensors, opened, sealed

Description = dict[str, Any]
_HEADER = (16 << 20) - 4096  # bytes that a header may have


def bombs(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """(what it is, the file) of each, made of the files of `fuzz.models`."""
    for name, (model, change) in _CHANGES.items():
        description, tensors = copy.deepcopy(opened(files[model]))
        change(description, tensors)
        yield name, sealed(description, tensors)
    for name, header in _HEADERS.items():
        text = header()
        yield name, struct.pack("<Q", len(text)) + text


def _layers(count: int, layer: Any) -> Callable[[Description, Tensors], None]:
    def change(d: Description, t: Tensors) -> None:
        d["network"]["layers"] = [layer] * count + d["network"]["layers"]

    return change


def _many_networks(d: Description, t: Tensors) -> None:
    d["network"] = {
        "n_features": 2,
        "layers": [{"kind": "dense", "units": 2}] * 1000,
        "loss": {"name": "squared_error"},
    }
    d.update(state=None, others=[d["history"]] * 3000)


def _wide_input(count: int) -> Change:
    def change(d: Description, t: Tensors) -> None:
        d["network"]["n_features"] = count
        t["W1"] = np.zeros((t["W1"].shape[0], count), t["W1"].dtype)
        for name in [name for name in t if name.startswith("opt.")]:
            del t[name]
        d["state"] = None
        d["extra"]["feature_names"] = [str(k) for k in range(count)]

    return change


def _encoder(change: Callable[[list[Any]], object]) -> Change:
    return lambda d, t: change(d["extra"]["encoder"]["columns"])


def _mixed_levels(columns: list[Any]) -> None:
    levels = [*range(5000), *map(str, range(5000))]
    first = {"code": "embedding", "kind": "category", "levels": levels}
    columns.extend({**first, "name": f"c{k}"} for k in range(20))


def _deep(d: Description, t: Tensors) -> None:
    layer: Any = {"kind": "dense", "units": 3}
    for _ in range(5):
        layer = {"kind": "residual", "layers": [layer] * 12}
    d["network"]["layers"].insert(0, layer)


_UNUSED = {"code": "none", "kind": "numeric"}
_CHANGES: dict[str, tuple[str, Change]] = {
    "400,000 optional entries": (
        "network", lambda d, t: d.update({f"x-{k}": 0 for k in range(400_000)})
    ),
    "an optional entry of empty lists": (
        "network", lambda d, t: d.update({"x-a": [[]] * 4_000_000})
    ),
    "an optional entry of empty objects": (
        "network", lambda d, t: d.update({"x-a": [{}] * 4_000_000})
    ),
    "an optional entry of small objects": (
        "network", lambda d, t: d.update({"x-a": [{"a": 0}] * 1_000_000})
    ),
    "an optional entry of numbers": ("network", lambda d, t: d.update({"x-a": [1.5] * 3_000_000})),
    "an optional entry of many keys": (
        "network", lambda d, t: d.update({"x-a": {f"{k}": 0 for k in range(1_000_000)}})
    ),
    "1,000 layers of 3,001 networks": ("network", _many_networks),
    "300,000 layers": ("network", _layers(300_000, {"kind": "dense", "units": 2})),
    "999 layers": ("network", _layers(996, {"kind": "dense", "units": 2})),
    "a residual block of 200,000 layers": (
        "network",
        _layers(1, {"kind": "residual", "layers": [{"kind": "dense", "units": 3}] * 200_000}),
    ),
    "residual blocks in residual blocks": ("network", _deep),
    "a residual block of 20,000 layers": (
        "network",
        _layers(1, {"kind": "residual", "layers": [{"kind": "dense", "units": 3}] * 20_000}),
    ),
    "60,000 layers": ("network", _layers(60_000, {"kind": "dense", "units": 2})),
    "40,000 parts of columns": (
        "network", _layers(1, {"kind": "columns", "parts": [{"columns": 1}] * 40_000})
    ),
    "100,000 factors of the rate": (
        "network",
        lambda d, t: d["training"].update(
            learning_rate_factors={f"W{k}": 1.0 for k in range(100_000)}
        ),
    ),
    "100,000 optional entries": (
        "network", lambda d, t: d.update({f"x-{k}": 0 for k in range(100_000)})
    ),
    "400,000 parts of columns": (
        "network", _layers(1, {"kind": "columns", "parts": [{"columns": 1}] * 400_000})
    ),
    "an embedding of 10^6 columns": (
        "network",
        lambda d, t: d["network"].update(
            n_features=1_000_000,
            layers=[{"kind": "embedding", "levels": [1] * 1_000_000}, *d["network"]["layers"]],
        ),
    ),
    "10^6 quantiles": (
        "quantiles",
        lambda d, t: d["network"]["loss"].update(
            quantiles=(np.arange(1, 1_000_001) / 1_000_002).tolist()
        ),
    ),
    "10^6 factors of the rate": (
        "network",
        lambda d, t: d["training"].update(
            learning_rate_factors={f"W{k}": 1.0 for k in range(800_000)}
        ),
    ),
    "10^6 names": ("drop-in regressor", _wide_input(1_000_000)),
    "10^6 names of no columns": (
        "regressor", lambda d, t: d["extra"].update(feature_names=[str(k) for k in range(10**6)])
    ),
    "200,000 columns": (
        "regressor",
        _encoder(lambda c: c.extend({**_UNUSED, "name": f"c{k}"} for k in range(200_000))),
    ),
    "40,000 columns": (
        "regressor",
        _encoder(lambda c: c.extend({**_UNUSED, "name": f"c{k}"} for k in range(40_000))),
    ),
    "20 columns of 10,000 mixed levels": ("regressor", _encoder(_mixed_levels)),
    "a long name before 10,000 levels": (
        "classifier",
        _encoder(
            lambda c: c[1].update(
                name="n" * 60_000,
                levels=[str(k) for k in range(10_000)],
                medians=[0.0] * 10_000,
                factors=[1.0] * 10_000,
            )
        ),
    ),
    "classes of one long name": (
        "classifier",
        lambda d, t: d["extra"]["target"]["labels"].update(
            values=["a" * 65_000, *(str(k) for k in range(10_000, 70_000))]
        ),
    ),
    "a type of 10^8 characters": (
        "classifier", lambda d, t: d["extra"]["target"]["labels"].update(dtype="U100000000")
    ),
    "500,000 errors": (
        "regressor", lambda d, t: d["extra"]["target"].update(errors=[[[0.0]] * 500_000])
    ),
    "20,000 threads": (
        "regressor", lambda d, t: d["extra"]["arguments"].update(n_threads=20_000)
    ),
    "a vast layer": ("network", lambda d, t: d["network"]["layers"][0].update(units=1 << 24)),
    "a vast history": ("network", lambda d, t: d["history"]["lengths"].update(loss=10**12)),
}  # fmt: skip


_HEADERS: dict[str, Callable[[], bytes]] = {
    "a header of brackets": lambda: b"{" + b"[" * _HEADER,
    "a header of one text": lambda: b'{"' + b"a" * _HEADER + b'":0}',
    "a header of escapes": lambda: b'{"' + b"\\" * (_HEADER // 2 * 2) + b'":0}',
    "a header of 10^6 keys": lambda: json.dumps({f"k{k}": 0 for k in range(10**6)}).encode(),
    "a header with a key twice": lambda: (
        b"{" + b",".join(b'"k%d":0' % k for k in range(400_000)) + b',"k0":0}'
    ),
    "a header of a long number": lambda: b'{"a":' + b"9" * _HEADER + b"}",
    "a header of empty lists": lambda: b'{"a":[' + b"[]," * (_HEADER // 3) + b"[]]}",
}
