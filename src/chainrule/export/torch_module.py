"""Described networks as PyTorch modules, whose parameters PyTorch may train on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.export.description import Description
from chainrule.export.values import Value, walk


def to_torch(description: Description) -> Any:
    """A `torch.nn.Module` that makes the first output of rows (n, inputs) of one network.

    Raises
    ------
    DataError
        Where PyTorch is not installed.
    """
    try:
        import torch
    except ModuleNotFoundError:
        raise DataError(
            "a PyTorch module needs PyTorch, which is not installed.", "pip install torch"
        ) from None

    class Module(torch.nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        """A network that chainrule described; its parameters have chainrule's names."""

        def __init__(self) -> None:
            super().__init__()
            for name, array in description.members[0].items():
                self.register_parameter(name, torch.nn.Parameter(torch.tensor(array)))

        def forward(self, x: Any) -> Any:
            """The outputs of rows x."""
            own = dict(self.named_parameters())
            inputs = {description.columns[0].name: x.to(getattr(torch, description.dtype))}
            inputs["x"] = _run(torch, description.encoded, inputs, own)
            inputs["outputs 0"] = _run(torch, description.network, inputs, own)
            return _run(torch, description.outputs[-1].value, inputs, own)

    return Module()


def _run(torch: Any, value: Value, given: dict[str, Any], own: dict[str, Any]) -> Any:
    """What an operation makes, after all that it needs."""
    found: dict[int, Any] = {}
    for part in walk(value):
        inputs = [found[id(source)] for source in part.inputs]
        if part.op == "input":
            made = given[part.data]
        elif part.op == "parameter":
            made = own[part.data[0]]
            made = made if made.ndim == 2 else made[None]
        elif part.op == "call":
            made = _run(torch, part.data.value, dict(zip(part.data.arguments, inputs)), own)  # noqa: B905
        else:
            made = OPERATIONS[part.op](torch, part, *inputs)
        found[id(part)] = made
    return found[id(value)]


def _matmul_groups(torch: Any, value: Value, a: Any, weights: Any) -> Any:
    groups = value.data
    split = a.reshape(len(a), groups, -1).transpose(0, 1)
    own = weights.reshape(groups, -1, weights.shape[1]).transpose(1, 2)
    return (split @ own).transpose(0, 1).reshape(len(a), -1)


def _constant(torch: Any, value: Value) -> Any:
    return torch.tensor(np.ascontiguousarray(value.data))


# Operations of numbers; texts do not come into tensors.
OPERATIONS: dict[str, Callable[..., Any]] = {
    "constant": _constant,
    "exp": lambda t, v, a: t.exp(a),
    "sqrt": lambda t, v, a: t.sqrt(a),
    "tanh": lambda t, v, a: t.tanh(a),
    "sigmoid": lambda t, v, a: t.sigmoid(a),
    "softplus": lambda t, v, a: t.logaddexp(a, t.zeros_like(a)),
    "normal_cdf": lambda t, v, a: 0.5 * t.special.erfc(a * -(0.5**0.5)),
    "sin": lambda t, v, a: t.sin(a),
    "cos": lambda t, v, a: t.cos(a),
    "floor": lambda t, v, a: t.floor(a),
    "round": lambda t, v, a: t.round(a),
    "is_missing": lambda t, v, a: t.isnan(a),
    "add": lambda t, v, a, b: a + b,
    "subtract": lambda t, v, a, b: a - b,
    "multiply": lambda t, v, a, b: a * b,
    "divide": lambda t, v, a, b: a / b,
    "minimum": lambda t, v, a, b: t.minimum(a, b),
    "maximum": lambda t, v, a, b: t.maximum(a, b),
    "greater": lambda t, v, a, b: a > b,
    "equal": lambda t, v, a, b: a == b,
    "where": lambda t, v, a, b, c: t.where(a, b, c),
    "matmul": lambda t, v, a, b: a @ b,
    "matmul_groups": _matmul_groups,
    "transpose": lambda t, v, a: a.T,
    "flat": lambda t, v, a: a.reshape(1, -1),
    "row_sum": lambda t, v, a: a.sum(1, keepdim=True),
    "row_mean": lambda t, v, a: a.mean(1, keepdim=True),
    "row_max": lambda t, v, a: a.max(1, keepdim=True).values,
    "row_argmax": lambda t, v, a: a.argmax(1, keepdim=True),
    "row_sort": lambda t, v, a: a.sort(1).values,
    "concatenate": lambda t, v, *parts: t.cat(parts, 1),
    "columns": lambda t, v, a: a[:, list(v.data)],
    "rows": lambda t, v, a, b: b[a].reshape(len(a), -1),
    "cast": lambda t, v, a: a.to(getattr(t, v.dtype)),
}
