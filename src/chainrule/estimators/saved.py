"""An estimator's arguments and classes in a model file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule.errors import ModelFileError
from chainrule.estimators.arguments import plain

# JSON readers round larger whole numbers.
_MAX_INT = 1 << 53
# Number types of classes, as NumPy calls them.
CLASS_TYPES = (
    *("str", "object", "bool", "float16", "float32", "float64"),
    *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)),
)
# Sequences whose defaults are tuples.
_TUPLES = ("hidden_layer_sizes", "quantiles")


def arguments_to_json(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Those arguments that are plain values; functions and generators are left out."""
    form: dict[str, Any] = {}
    for name, value in arguments.items():
        if isinstance(value, Mapping):  # class_weight, whose keys may be of any type
            pairs = [[plain(key), plain(factor)] for key, factor in value.items()]
            if all(_is_plain(entry) for pair in pairs for entry in pair):
                form[name] = {"pairs": pairs}
        elif isinstance(value, type):
            form[name] = np.dtype(value).name
        elif isinstance(value, list | tuple | np.ndarray):
            entries = [plain(entry) for entry in value]
            if all(_is_plain(entry) for entry in entries):
                form[name] = entries
        elif _is_plain(plain(value)):
            form[name] = plain(value)
        elif value == math.inf:  # which JSON has no number for
            form[name] = {"number": "inf"}
    return form


def arguments_from_json(form: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of `arguments_to_json`; `ModelFileError` names one it cannot be."""
    arguments: dict[str, Any] = {}
    for name, value in form.items():
        if isinstance(value, Mapping):
            if value == {"number": "inf"}:
                arguments[name] = math.inf
            elif set(value) == {"pairs"}:
                arguments[name] = dict(value["pairs"])
            else:
                raise ModelFileError(f"the model's argument '{name}' is not a mapping of pairs.")
        elif name in _TUPLES and isinstance(value, list):
            arguments[name] = tuple(value)
        else:
            arguments[name] = value
    return arguments


def classes_to_json(classes: np.ndarray) -> dict[str, Any]:
    """Plain values; whole numbers too large for JSON readers are written as text."""
    values = classes.tolist()
    if classes.dtype.kind in "iu":
        values = [v if abs(v) < _MAX_INT else str(v) for v in values]
    return {"dtype": "str" if classes.dtype.kind == "U" else classes.dtype.name, "values": values}


def classes_from_json(form: Mapping[str, Any]) -> np.ndarray:
    """The classes of `classes_to_json`; `ModelFileError` for numbers beyond their type."""
    dtype, values = np.dtype(form["dtype"]), form["values"]
    if dtype.kind in "iu":
        values = [int(v) for v in values]
    try:
        return np.array(values, dtype)
    except OverflowError:
        raise ModelFileError(f"the file's classes are beyond what {dtype.name} holds.") from None


def _is_plain(value: Any) -> bool:
    if value is None or isinstance(value, bool | str):
        return True
    if isinstance(value, int):
        return abs(value) < _MAX_INT
    return isinstance(value, float) and math.isfinite(value)
