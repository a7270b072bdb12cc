"""A small network in the terminal: boxes with values, signs on edges; larger ones as matrices."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np

from chainrule.explain.notation.numbers import Digits, format_number
from chainrule.explain.notation.tables import text_table
from chainrule.explain.trace.step import StepTrace

MAX_UNITS = 6  # a layer that is wider is not drawn
MAX_CELLS = 8  # rows and columns shown of a matrix


def draw(trace: StepTrace, row: int = 0, *, digits: Digits = 4, unicode: bool = True) -> str:
    """A row's values on the network.

    Parameters
    ----------
    trace : StepTrace
    row : int
    digits : int or "full"
    unicode : bool
        False draws with ASCII characters.

    Returns
    -------
    str
        A box per unit with its activation and its delta, and left of it the signs of the weights
        that lead into it; beyond six units a layer, the weights of each layer as a matrix.
    """
    if max(trace.spec.layer_sizes) > MAX_UNITS:
        return _matrices(trace, digits)
    art = "┌─┐│└┘" if unicode else "+-+|++"
    columns = [_boxes(trace, l, row, digits, art, unicode) for l in range(trace.spec.n_layers + 1)]
    lines = zip_longest(*columns, fillvalue="")
    widths = [max(map(len, column)) for column in columns]
    return "\n".join(
        " ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _boxes(
    trace: StepTrace, l: int, row: int, digits: Digits, art: str, unicode: bool
) -> list[str]:
    """The lines of one layer: a title, then a box per unit behind the signs of its weights."""
    values = [format_number(float(value), digits) for value in trace.a[l][row]]
    contents = [[value] for value in values]
    if l > 0:
        deltas = [format_number(float(value), digits) for value in trace.delta[l][row]]
        letter = "δ" if unicode else "d"
        contents = [[f"a {a}", f"{letter} {d}"] for a, d in zip(values, deltas, strict=True)]
    names = [trace.names.of_unit(l, k) for k in range(len(values))]
    contents = [
        [name, *lines] if name else lines for name, lines in zip(names, contents, strict=True)
    ]
    width = max(len(text) for lines in contents for text in lines)
    signs = [""] * len(values) if l == 0 else [_signs(w, unicode) for w in trace.params[f"W{l}"]]
    margin = " " * len(signs[0])
    top, across, corner, side, low, end = tuple(art)
    out = [f"{margin} {_title(trace, l)}"]
    for sign, lines in zip(signs, contents, strict=True):
        out.append(f"{margin} {top}{across * (width + 2)}{corner}")
        for k, text in enumerate(lines):
            out.append(f"{sign if k == 0 else margin} {side} {text.ljust(width)} {side}")
        out.append(f"{margin} {low}{across * (width + 2)}{end}")
    return out


def _title(trace: StepTrace, l: int) -> str:
    if l == 0:
        return "input"
    place = "output" if l == trace.spec.n_layers else f"layer {l}"
    return f"{place}, {trace.spec.activations[l]}"


def _signs(weights: np.ndarray, unicode: bool) -> str:
    minus = "−" if unicode else "-"
    return "".join("+" if w > 0 else minus if w < 0 else "0" for w in weights)


def _matrices(trace: StepTrace, digits: Digits) -> str:
    blocks = []
    for l in range(1, trace.spec.n_layers + 1):
        W, b = trace.params[f"W{l}"], trace.params[f"b{l}"]
        n_out, n_in = W.shape
        shown = min(n_in, MAX_CELLS)
        more = ["..."] if n_in > shown else []
        table = [["into", *(str(i) for i in range(shown)), *more, "b"]]
        for j in range(min(n_out, MAX_CELLS)):
            cells = [format_number(float(w), digits) for w in W[j, :shown]]
            table.append([str(j), *cells, *more, format_number(float(b[j]), digits)])
        title = f"W{l} ({n_out} x {n_in}), {_title(trace, l)}"
        rest = [f"... {n_out - MAX_CELLS} more units"] if n_out > MAX_CELLS else []
        blocks.append("\n".join([title, text_table(table), *rest]))
    return "\n\n".join(blocks)
