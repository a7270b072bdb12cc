"""What adds up to a number: the rows of a gradient, the units and outputs that a row goes through.

The largest parts are named; the others stand together, those above 0 apart from those below, so
that what is shown carries the whole sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.flow import Flow
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.derivation.names import Asked, Names
from chainrule.explain.notation.blocks import Block, Share, Shares
from chainrule.reference.arrays import Array

ROWS, UNITS = 4, 2  # named in the short form


def row_shares(gradient: Gradient, shares: Array, named: int | None) -> Shares:
    """Of every row, and of the penalty, which comes once: together the gradient."""
    values = gradient.row_parts * shares
    parts = _parts(values, named, lambda r: f"row {r}", lambda r: f"row/{r}")
    penalties = [Share("penalty", node.value, node) for node in gradient.penalties()]
    return Shares((*parts, *penalties), gradient.quantity().value, "gradient")


def loss_shares(values: Array, total: float, penalty: float, named: int | None) -> Shares:
    """Of every row in the loss, and of the penalty."""
    parts = _parts(values, named, lambda r: f"row {r}", lambda r: f"row/{r}")
    penalties = [Share("penalty", penalty)] if penalty else []
    return Shares((*parts, *penalties), total, "loss")


def unit_blocks(
    build: Derivation, names: Names, asked: Asked, row: int, total: float
) -> list[Block]:
    """What a row's derivative is made of: by the units of a layer, and by the outputs."""
    L = build.spec.n_layers
    lowest = max(asked.layer, 1)
    if lowest == L and asked.kind in ("W", "b", "delta"):
        return []  # one output alone
    passing = Flow(build, asked, row).through()
    mixed = [m for m in passing if np.count_nonzero(passing[m]) > 1]
    blocks = []
    inner = [m for m in mixed if m < L]
    if inner:
        m = max(
            inner, key=lambda m: (_carried(passing[m]) > 0.5, m == inner[0], _carried(passing[m]))
        )
        blocks.append(_block(f"layer {m}", f"unit/{m}", passing[m], total, lambda k: f"unit {k}"))
    if L in mixed:
        blocks.append(
            _block("outputs", f"unit/{L}", passing[L], total, lambda k: _output(names, k))
        )
    return blocks


def _block(title: str, ref: str, values: Array, total: float, label: Callable[[int], str]) -> Block:
    parts = _parts(values, UNITS, label, lambda k: f"{ref}/{k}")
    around = total - math.fsum(values)
    if abs(around) > 1e-9 * np.abs(values).sum():  # a residual block leads past the layer
        parts = (*parts, Share("past it", around))
    return Block(title, (Shares(parts, total, "row"),), "brief")


def _output(names: Names, k: int) -> str:
    name = names.outputs[k] if names.outputs else ""
    return f"{k} ({name})" if name else f"output {k}"


def _carried(values: Array) -> float:
    """The part of all that passes which the named units carry."""
    sizes = np.sort(np.abs(values))
    return float(sizes[-UNITS:].sum() / (sizes.sum() or 1.0))


def _parts(
    values: Array, named: int | None, label: Callable[[int], str], ref: Callable[[int], str]
) -> tuple[Share, ...]:
    """The largest by name, the others by their sign."""
    order = np.argsort(-np.abs(values), kind="stable")
    if named is None or len(values) <= named + 1:
        named = len(values)
    shown = [Share(label(int(k)), float(values[k]), ref=ref(int(k))) for k in order[:named]]
    others = values[order[named:]]
    for side, word in ((others[others > 0], "up"), (others[others < 0], "down")):
        if len(side):
            shown.append(Share(f"{len(side)} more {word}", math.fsum(side)))
    if n_zero := int((others == 0).sum()):
        shown.append(Share(f"{n_zero} more", 0.0))
    return tuple(shown)
