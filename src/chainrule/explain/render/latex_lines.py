"""A long formula in lines that fit: broken before plus, minus and times, outside brackets first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chainrule.explain.render.latex_width import latex_width

_PART = re.compile(
    r"(?P<open>\\[bB]igl[(\[]|\\[bB]igl\\lvert|\\lvert|[(\[])"
    r"|(?P<close>\\[bB]igr[)\]]|\\[bB]igr\\rvert|\\rvert|[)\]])"
    r"|(?P<operator> (?:\+|-|\\cdot) )"
    r"|\\[A-Za-z]+|\\.|(?P<brace>[{}])|.",
    re.DOTALL,
)
_FULL = 0.45  # of a line, before a better place to break it is preferred


@dataclass(frozen=True)
class _Piece:
    """What stands between two places for a break, with the operator that leads it.

    `depth` counts twice the brackets around its operator, and one more for a product.
    """

    text: str
    depth: int
    width: float


def broken(text: str, first: float, others: float) -> list[str]:
    """A formula as lines.

    Parameters
    ----------
    text : str
        LaTeX as `LatexWriter` makes it, with spaces around its operators.
    first, others : float
        Room in the first line and in the others, in points.
    """
    pieces = _pieces(text)
    lines: list[str] = []
    while pieces:
        n = _fitting(pieces, others if lines else first)
        line = "".join(piece.text for piece in pieces[:n]).strip()
        lines.append("{}" + line if lines else line)  # so that "+ 3" stays a sum
        pieces = pieces[n:]
    return lines


def _fitting(pieces: list[_Piece], room: float) -> int:
    """How many pieces go into a line: all, or up to the best place for a break."""
    used, best, rank = 0.0, 1, None
    for n, piece in enumerate(pieces):
        if n and used + piece.width > room:
            return best
        used += piece.width
        if n + 1 < len(pieces) and used <= room:
            after = (used < _FULL * room, pieces[n + 1].depth)
            if rank is None or after <= rank:
                best, rank = n + 1, after
    return len(pieces)


def _pieces(text: str) -> list[_Piece]:
    """The parts between operators outside braces."""
    starts, braces, brackets = [(0, 0)], 0, 0
    for part in _PART.finditer(text):
        if part["brace"]:
            braces += 1 if part["brace"] == "{" else -1
        elif part["open"]:
            brackets += 1
        elif part["close"]:
            brackets -= 1
        elif part["operator"] and not braces:
            starts.append((part.start(), 2 * brackets + ("cdot" in part["operator"])))
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return [
        _Piece(text[start:end], depth, latex_width(("1" if start else "") + text[start:end]))
        for (start, depth), end in zip(starts, ends, strict=True)
    ]


def is_joined(text: str, by: str = "+-c") -> bool:
    """Whether an operator stands outside all brackets: + or -, or c for a dot."""
    return any(piece.depth in (0, 1) and _sign(piece) in by for piece in _pieces(text)[1:])


def _sign(piece: _Piece) -> str:
    return piece.text.lstrip(" \\")[0]
