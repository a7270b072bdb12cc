"""Every entry of a model file's description in turn with every hostile value, signed again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from fuzz.sealed import Tensors, opened, sealed

Path = tuple[str | int, ...]

HOSTILE: dict[str, Any] = {
    "nothing": None,
    "true": True,
    "false": False,
    "zero": 0,
    "one": 1,
    "minus one": -1,
    "a half": 0.5,
    "a whole float": 3.0,
    "huge": 2**52,
    "beyond 64 bits": 2**70,
    "1e308": 1e308,
    "-1e308": -1e308,
    "a subnormal": 5e-324,
    "nan": float("nan"),
    "infinity": float("inf"),
    "no text": "",
    "text": "forged",
    "text of a number": "1",
    "text of nan": "nan",
    "escapes": "\x1b]0;owned\x07\u202e\r\n",
    "a surrogate": "\ud800",
    "long text": "U100000000" * 3000,
    "no list": [],
    "list of nothing": [None],
    "list of text": ["a", "b"],
    "nested": [[1.0, 2.0], [3.0]],
    "no entries": {},
    "entries": {"name": "forged", "dtype": "f8"},
}
_MOST = 3  # entries of a list that are changed one by one: the first two and the last


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The places of a description, outer ones first."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        chosen = range(len(value)) if len(value) <= _MOST else (0, 1, len(value) - 1)
        for index in chosen:
            yield from paths(value[index], (*path, index))


def forgeries(data: bytes) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """(what is done, a function that makes the file) of every change to a file."""
    description, tensors = opened(data)
    for path in paths(description):
        shown = ".".join(map(str, path))
        for word, change in _changes(at(description, path)).items():
            yield f"{shown} becomes {word}", partial(_with, description, tensors, path, change)
        yield f"{shown} is left out", partial(_with, description, tensors, path, _GONE)
    for name in tensors:
        for value in (0.0, -1.0, 1e-40, 3e38, -3e38, np.inf, np.nan):
            for only_last in (False, True):
                what = f"{'the last of ' * only_last}{name} becomes {value}"
                yield what, partial(_filled, description, tensors, name, value, only_last)


_GONE = object()


def _with(description: Any, tensors: Tensors, path: Path, change: Any) -> bytes:
    forged = copy.deepcopy(description)
    if change is _GONE:
        del at(forged, path[:-1])[path[-1]]
    else:
        at(forged, path[:-1])[path[-1]] = change
    return sealed(forged, tensors)


def _filled(description: Any, tensors: Tensors, name: str, value: float, last: bool) -> bytes:
    array = tensors[name].copy()
    array.reshape(-1)[-1 if last else slice(None)] = value
    return sealed(description, {**tensors, name: array})


def _changes(value: Any) -> dict[str, Any]:
    """The hostile values, and those that this one suggests."""
    own: dict[str, Any] = {}
    if isinstance(value, list):
        own["longer"] = [*value, value[-1] if value else 0.0]
        own["shorter"] = value[:-1]
        own["turned round"] = value[::-1]
        own["all alike"] = value[:1] * len(value)
        own["much longer"] = value * 50
        own["nested"] = [value]
    elif isinstance(value, dict):
        own["with another entry"] = {**value, "surprise": 1}
    elif isinstance(value, bool):
        own["the contrary"] = not value
    elif isinstance(value, int | float):
        own |= {"negative": -value, "its text": str(value), "one more": value + 1}
        own |= {"a thousandfold": value * 1000, "in a list": [value]}
    elif isinstance(value, str):
        own |= {"in capitals": value.upper(), "doubled": value * 2, "in a list": [value]}
    return {word: new for word, new in {**HOSTILE, **own}.items() if not _same(new, value)}


def _same(new: Any, old: Any) -> bool:
    return type(new) is type(old) and new == old


def at(value: Any, path: Path) -> Any:
    """What stands at a place."""
    for part in path:
        value = value[part]
    return value
