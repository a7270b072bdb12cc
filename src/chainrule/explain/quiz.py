"""Questions from an explanation: one number blanked, its formula as the hint."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from chainrule.explain.explanation import Explanation
from chainrule.explain.notation.tree import (
    Apply,
    Cancel,
    Equation,
    Negative,
    Node,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from chainrule.explain.render.text import TextWriter

TOLERANCE = 0.01


@dataclass(frozen=True)
class Question:
    """One blank.

    Attributes
    ----------
    given : tuple of str
        The numbers that the answer is made of: "a2[0] = 0.7514", ...
    asked : str
        The symbol of the blanked number.
    hint : str
        Its formula.
    worked : str
        The formula with its numbers and the answer.
    answer : float
    """

    given: tuple[str, ...]
    asked: str
    hint: str
    worked: str
    answer: float

    def accepts(self, text: str, tolerance: float = TOLERANCE) -> bool:
        """Whether a typed number is the answer to within 1 %."""
        try:
            number = float(text.strip().replace("−", "-"))
        except ValueError:
            return False
        return abs(number - self.answer) <= tolerance * abs(self.answer)


def questions(
    explanation: Explanation, *, n: int | None = None, seed: int | None = None, unicode: bool = True
) -> list[Question]:
    """Questions in the order of the derivation, or `n` of them drawn by `seed`.

    Equations that show only a part of a long sum, or have nothing to compute, ask nothing.
    """
    writer = TextWriter(explanation.digits, unicode)
    found = [
        _question(equation, writer) for equation in explanation.equations if _can_be_asked(equation)
    ]
    if seed is not None:
        random.Random(seed).shuffle(found)
    return found if n is None else found[:n]


def _question(equation: Equation, writer: TextWriter) -> Question:
    left, right = writer.symbol(equation.left), equation.right[-1]
    given = dict.fromkeys(
        f"{writer.symbol(leaf)} = {writer.value(leaf.value, leaf)}" for leaf in _quantities(right)
    )
    value = writer.value(equation.left.value, equation.left)
    return Question(
        given=tuple(given),
        asked=left,
        hint=f"{left} = {writer.node(right, False)}",
        worked=f"{left} = {writer.node(right, True)} = {value}",
        answer=equation.left.value,
    )


def _can_be_asked(equation: Equation) -> bool:
    right = equation.right[-1]
    if isinstance(right, Quantity) or not list(_quantities(right)):
        return False
    return all(not isinstance(node, Sum) or node.rest is None for node in _nodes(right))


def _quantities(node: Node) -> Iterator[Quantity]:
    return (part for part in _nodes(node) if isinstance(part, Quantity))


def _nodes(node: Node) -> Iterator[Node]:
    """A node and everything in it."""
    yield node
    match node:
        case Negative():
            parts: tuple[Node, ...] = (node.child,)
        case Sum():
            parts = node.terms
        case Product():
            parts = node.factors
        case Quotient():
            parts = (node.top, node.bottom)
        case Power():
            parts = (node.base,)
        case Apply():
            parts = (node.argument,)
        case Cancel():
            parts = (node.kept, node.crossed)
        case _:
            parts = ()
    for part in parts:
        yield from _nodes(part)
