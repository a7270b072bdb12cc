"""Columns: layers side by side, each over a range of the table's columns."""

from __future__ import annotations

import numpy as np

from chainrule.reference.arrays import Array, Backward, Forward, Params
from chainrule.spec import Columns


def forward(layer: Columns, own: Params, x: Array, *inside: Forward) -> Array:
    """out = [part 1 ; part 2 ; ...], each made of its own columns of x (n, columns)."""
    made = split(x, [part.columns for part in layer.parts])
    for k, run in zip(parts_with_a_layer(layer), inside, strict=True):
        made[k] = run(made[k])
    stack = max((part.shape[:-2] for part in made), key=len)
    return np.concatenate(
        [np.broadcast_to(part, (*stack, *part.shape[-2:])) for part in made], axis=-1
    )


def vjp(
    layer: Columns, own: Params, x: Array, dl_dout: Array, share: Array, *inside: Backward
) -> tuple[None, Params]:
    """Each part gets its own columns of dl/dout; what lies before them is data."""
    widths = [p.columns if p.layer is None else p.layer.n_out(p.columns, "") for p in layer.parts]
    dl_dparts = split(dl_dout, widths)
    for k, run in zip(parts_with_a_layer(layer), inside, strict=True):
        run(dl_dparts[k])
    return None, {}


def parts_with_a_layer(layer: Columns) -> list[int]:
    """The parts that are more than their columns, from left to right."""
    return [k for k, part in enumerate(layer.parts) if part.layer is not None]


def split(x: Array, widths: list[int]) -> list[Array]:
    """Consecutive columns of x, so many for each."""
    return np.split(x, np.cumsum(widths)[:-1], axis=-1)
