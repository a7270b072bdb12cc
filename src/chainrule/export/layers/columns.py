"""Columns: layers side by side, each over a range of the table's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chainrule.export.values import Value, concatenate
from chainrule.spec import Columns


def forward(
    layer: Columns, own: Mapping[str, Value], x: Value, *inside: Callable[[Value], Value]
) -> Value:
    """out = [part 1 ; part 2 ; ...], each made of its own columns of x."""
    runs = iter(inside)
    made, first = [], 0
    for part in layer.parts:
        own_columns = x.columns(range(first, first + part.columns))
        made.append(own_columns if part.layer is None else next(runs)(own_columns))
        first += part.columns
    return concatenate(made)
