"""Dropout: beyond training it does nothing."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.export.values import Value
from chainrule.spec import Dropout


def forward(layer: Dropout, own: Mapping[str, Value], a: Value) -> Value:
    """What it reads."""
    return a
