"""Questions from the equations of an explanation."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from chainrule.explain.explanation import Explanation
from chainrule.explain.notation.evaluate import evaluate, parts, quantities
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.notation.tree import (
    Crossed,
    Equation,
    Node,
    Number,
    Product,
    Quantity,
    Sum,
    Total,
)
from chainrule.explain.quiz.question import Mistake, Question
from chainrule.explain.render.text import TextWriter


def questions(
    explanation: Explanation, *, n: int | None = None, seed: int | None = None, unicode: bool = True
) -> list[Question]:
    """A question for every number that can be worked out, or `n` of them drawn by `seed`.

    They stand from the loss down to the update: whatever one gives, none that follows asks for.
    Equations that show only a part of a long sum, or have nothing to compute, ask nothing.

    Parameters
    ----------
    explanation : Explanation
    n : int, optional
        How many; with `seed` drawn, else the first.
    seed : int, optional
    unicode : bool, default True
        Whether symbols are written as Greek letters.

    Returns
    -------
    list of Question
    """
    found = in_order(
        [make_question(each, unicode) for each in explanation.equations if can_be_asked(each)]
    )
    if n is None or n >= len(found):
        return found
    if seed is None:
        return found[:n]
    drawn = sorted(random.Random(seed).sample(range(len(found)), n))
    return [found[place] for place in drawn]


def in_order(asked: Sequence[Question]) -> list[Question]:
    """Each question once, and before all that give its answer away; else the last ones first, as
    the derivation goes from its number down to the output."""
    left, ordered = list({q.ref: q for q in reversed(asked)}.values()), list[Question]()
    while left:
        answers = {q.ref for q in left}
        ready = next((q for q in left if not answers & (set(q.needs) - {q.ref})), left[0])
        left.remove(ready)
        ordered.append(ready)
    return ordered


def can_be_asked(equation: Equation) -> bool:
    """Whether the whole right side is shown and there is something to compute."""
    right = equation.right[-1]
    found = quantities(right)
    if isinstance(right, Quantity) or not found or not math.isfinite(equation.left.value):
        return False
    if any(isinstance(q, Total) for q in parts(right)):
        return False
    return all(not isinstance(node, Sum) or node.rest is None for node in parts(right))


def make_question(equation: Equation, unicode: bool = True) -> Question:
    """The number on the left, from those on the right.

    What is given has as many digits as it takes for the shown numbers to give the shown answer: at
    least four, and more where numbers cancel or where a parameter changes by little.
    """
    left, right = equation.left, equation.right[-1]
    old = _before(equation)
    scale = abs(left.value - old.value) if old else abs(left.value)
    value = _Exact(_digits_of(left.value, scale), unicode)
    writer = next(
        _Exact(digits, unicode)
        for digits in range(4, 18)
        if digits == 17 or value.value(_worked(right, digits)) == value.value(left.value)
    )
    asked, leaves = writer.symbol(left), quantities(right)
    return Question(
        given=tuple(f"{writer.symbol(q)} = {writer.value(q.value, q)}" for q in leaves),
        asked=asked,
        hint=f"{asked} = {writer.node(right, False)}",
        worked=f"{asked} = {writer.node(right, True)} = {value.value(left.value)}",
        answer=left.value,
        scale=scale,
        mistakes=tuple(_mistakes(equation, old)),
        ref=left.ref,
        needs=tuple(q.ref for q in leaves),
    )


class _Exact(TextWriter):
    """Numbers with the digits that a question needs, and all of them where these are few."""

    def rounded(self, number: float, q: Quantity | None) -> str:
        text, full = format_number(number, self.digits), format_number(number, "full")
        return full if len(full) <= len(text) else text


def _digits_of(answer: float, scale: float) -> int:
    """So many that a change of 1 % of `scale` shows in the answer, at least four."""
    if not answer or not scale:
        return 4
    return min(max(4, math.ceil(math.log10(abs(answer) / scale)) + 4), 17)


def _worked(right: Node, digits: int) -> float:
    """What the numbers give as they are shown."""
    return evaluate(right, lambda leaf: float(format_number(leaf.value, digits)))


def _before(equation: Equation) -> Quantity | None:
    """The parameter before the step, in the equation of a parameter after it."""
    if not equation.left.kind.startswith("new_"):
        return None
    kind = equation.left.kind.removeprefix("new_")
    same = (equation.left.layer, equation.left.unit, equation.left.source)
    for q in quantities(equation.right[-1]):
        if q.kind == kind and (q.layer, q.unit, q.source) == same and q.unit is not None:
            return q
    return None


def _mistakes(equation: Equation, old: Quantity | None) -> list[Mistake]:
    """Wrong answers that many give, with their values."""
    right, answer = equation.right[-1], equation.left.value

    def without(name: str, sentence: str, *kinds: str, instead: float = 1.0) -> list[Mistake]:
        out = {q for q in quantities(right) if q.kind in kinds}
        if not out:
            return []
        value = evaluate(right, lambda leaf: instead if leaf in out else leaf.value)
        return [Mistake(name, value, sentence)]

    if old is not None:
        w, step = old.value, answer - old.value
        rates = ("learning_rate", "corrected_rate")
        return [
            Mistake("unchanged", w, "that is the parameter before the step; a step changes it."),
            Mistake("uphill", w - step, "the step goes against the gradient, not along it."),
            Mistake("step only", step, "that is the step; add it to the parameter."),
            Mistake("step only", -step, "that is the size of the step; take it off."),
            *without("missing rate", "the learning rate is missing.", *rates),
        ]
    found = [Mistake("wrong sign", -answer, "the size is right, the sign is not.")]
    found += without("missing slope", "the slope σ′ is missing.", "slope")
    found += without("missing bias", "the bias is missing.", "b", instead=0.0)
    if equation.left.kind == "slope":
        found += [
            Mistake("not the slope", q.value, "that is the activation itself, not its slope.")
            for q in quantities(right)
            if q.kind == "a"
        ]
    found += [
        Mistake("one term only", value, "that is one term of the sum; add the others.")
        for value in _single_terms(right)
    ]
    return found


def _single_terms(right: Node) -> list[float]:
    """What comes out when only one term of the sum is taken."""
    factors = right.factors if isinstance(right, Product) else (right,)
    sums = [k for k, factor in enumerate(factors) if isinstance(factor, Sum)]
    if len(sums) != 1 or any(isinstance(part, Crossed) for part in parts(right)):
        return []
    total = factors[sums[0]]
    assert isinstance(total, Sum)
    if any(isinstance(term, Number) for term in total.terms):
        return []
    others = math.prod(f.value for k, f in enumerate(factors) if k != sums[0])
    return [term.value * others for term in total.terms]
