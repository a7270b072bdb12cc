"""What adds up to a number: the rows of a gradient, the units and outputs that a row goes through.

The largest parts are named; the others stand together, those above 0 apart from those below, so
that what is shown carries the whole sum.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.flow import Flow
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.derivation.names import Names
from chainrule.explain.notation.blocks import Block, Share, Shares
from chainrule.explain.notation.exact_sum import exact_sum
from chainrule.reference.arrays import Array

ROWS, UNITS = 6, 4  # parts of the short form, the rests and penalties among them


def row_shares(gradient: Gradient, shares: Array, parts: int | None) -> Shares:
    """Of every row, and of the penalty, which comes once: together the gradient."""
    values = gradient.row_parts * shares
    penalties = tuple(
        Share(f"penalty {kind}", node.value, node) for kind, node in gradient.penalties()
    )
    left = None if parts is None else parts - len(penalties)
    named = _parts(values, left, lambda r: f"row {r}", lambda r: f"row/{r}")
    return Shares((*named, *penalties), gradient.quantity().value, "gradient")


def loss_shares(values: Array, total: float, penalty: float, parts: int | None) -> Shares:
    """Of every row in the loss, and of the penalty."""
    penalties = (Share("penalty", penalty),) if penalty else ()
    left = None if parts is None else parts - len(penalties)
    named = _parts(values, left, lambda r: f"row {r}", lambda r: f"row/{r}")
    return Shares((*named, *penalties), total, "loss")


def unit_blocks(
    build: Derivation, names: Names, asked: Asked, row: int, value: float
) -> list[Block]:
    """What a row's derivative is made of: by the units of a layer, and by the outputs."""
    total = Share(f"row {row}", value)
    L = build.spec.n_layers
    lowest = max(asked.layer, 1)
    if lowest == L and asked.kind in ("W", "b", "delta"):
        return []  # one output alone
    passing = Flow(build, asked, row).through()
    mixed = [m for m in passing if np.count_nonzero(passing[m]) > 1]
    blocks = []
    inner = [m for m in mixed if m < L]
    if inner:
        m = max(inner, key=lambda m: _preference(passing[m], m == inner[0]))
        blocks.append(_block(f"layer {m}", f"unit/{m}", passing[m], total, lambda k: f"unit {k}"))
    if L in mixed:
        blocks.append(
            _block("outputs", f"unit/{L}", passing[L], total, lambda k: _output(names, k))
        )
    return blocks


def _block(title: str, ref: str, values: Array, total: Share, label: Callable[[int], str]) -> Block:
    parts = _parts(values, UNITS, label, lambda k: f"{ref}/{k}")
    around = total.value - exact_sum(values)
    if abs(around) > 1e-9 * np.abs(values).sum():  # a residual block leads past the layer
        parts = (*parts, Share("past it", around))
    return Block(title, (Shares(parts, total.value, total.label),), "brief")


def _output(names: Names, k: int) -> str:
    name = names.outputs[k] if names.outputs else ""
    return f"{k} ({name})" if name else f"output {k}"


def _preference(values: Array, is_next: bool) -> tuple[bool, bool, float]:
    """A layer of which few units carry most, of those the next one, else the one that is nearest
    to it."""
    carried = _carried(values)
    return carried > 0.5, is_next, carried


def _carried(values: Array) -> float:
    """The part of all that passes which two units carry."""
    sizes = np.sort(np.abs(values))
    return float(sizes[-2:].sum() / (sizes.sum() or 1.0))


def _parts(
    values: Array, parts: int | None, label: Callable[[int], str], ref: Callable[[int], str]
) -> tuple[Share, ...]:
    """At most so many: the largest by name, the others by their sign; None names all."""
    order = np.argsort(-np.abs(values), kind="stable")
    named = len(values) if parts is None or len(values) <= parts else max(parts - 1, 1)
    rests = _rests(values[order[named:]])
    if parts is not None and named < len(values):
        named = max(parts - len(rests), 1)
        rests = _rests(values[order[named:]])
    return (
        *(Share(label(int(k)), float(values[k]), ref=ref(int(k))) for k in order[:named]),
        *rests,
    )


def _rests(others: Array) -> tuple[Share, ...]:
    """Those above 0, those below, and those that add nothing."""
    sides = ((others > 0, " up"), (others < 0, " down"), (others == 0, ""))
    return tuple(
        Share(f"{int(side.sum())} more{word}", exact_sum(others[side]))
        for side, word in sides
        if side.any()
    )
