"""The kinds of layers as array operations, one file each, with the file names of `spec/layers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, cast

from chainrule import spec
from chainrule.export.values import Value

Run = Callable[[Value], Value]


class Kind(Protocol):
    """What the file of a kind holds: its forward pass, as in `reference/layers`."""

    def forward(self, layer: Any, own: Mapping[str, Value], a: Value, *inside: Run) -> Value:
        """What it makes of a; `own` are its arrays by family, `inside` the layers that it runs."""


KINDS = {name: cast(Kind, import_module(f"{__name__}.{name}")) for name in spec.KINDS}
