"""What the three written forms share: where brackets and signs go. Nothing here computes.

A node is written twice, with symbols and with numbers; subclasses say how each piece looks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from chainrule.explain.notation.blocks import Shares
from chainrule.explain.notation.digits import figures_of, is_setting, shown
from chainrule.explain.notation.numbers import Digits, format_number
from chainrule.explain.notation.tree import (
    Apply,
    Crossed,
    Equation,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Rest,
    Sum,
    Total,
)

SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly a written node holds together


class Writer(ABC):
    """Turns nodes into text of one kind."""

    plus, minus, dot = " + ", " - ", "*"
    stacked_fractions = False  # whether a fraction needs no brackets around its parts
    signs_stand_apart = True  # whether "+ -3" becomes "- 3"
    layers_are_raised = True  # whether a layer stands where an exponent would

    def __init__(self, digits: Digits) -> None:
        self.digits = digits
        self.figures: Mapping[float, Digits] = {}  # by size, in the equation that is written

    # Pieces, different in each form.

    @abstractmethod
    def symbol(self, q: Quantity) -> str:
        """A name with its indices."""

    def value(self, number: float, q: Quantity | None = None) -> str:
        """A number, where it stands in the trace given by `q`."""
        return self.rounded(number, q)

    def rounded(self, number: float, q: Quantity | None) -> str:
        """Its digits: as many as its equation needs, or all of a setting that has few."""
        return shown(number, self.figures.get(abs(number), self.digits), is_setting(q))

    def constant(self, number: float) -> str:
        """An exact constant of a formula."""
        return format_number(number, "full")

    def bracket(self, text: str) -> str:
        return f"({text})"

    def fraction(self, top: str, bottom: str) -> str:
        return f"{top}/{bottom}"

    def raised(self, base: str, exponent: int) -> str:
        return f"{base}^{exponent}"

    @abstractmethod
    def function(self, name: str, argument: str) -> str:
        """A function of something already written."""

    @abstractmethod
    def crossed(self, text: str) -> str:
        """What cancels, struck out."""

    @abstractmethod
    def more(self, rest: Rest, numbers: bool) -> str:
        """The terms that are not shown, without their sign."""

    @abstractmethod
    def total(self, index: str, term: str) -> str:
        """The sum of a term over an index."""

    def row(self, pieces: list[str]) -> str:
        return "".join(pieces)

    def operator(self, text: str) -> str:
        return text

    # Structure, the same in each form.

    def is_long(self, q: Quantity) -> bool:
        """Whether a power of its symbol needs brackets."""
        raised = self.layers_are_raised and q.layer is not None
        return raised or q.kind.startswith("dL_d")

    def node(self, node: Node, numbers: bool) -> str:
        """A node with symbols or with numbers; any other object raises `AssertionError`."""
        match node:
            case Quantity():
                return self.value(node.value, node) if numbers else self.symbol(node)
            case Number():
                return self.constant(node.value)
            case Negative():
                inner = self.part(node.child, numbers, PRODUCT)
                return self.row([self.operator(self.minus.strip()), inner])
            case Sum():
                return self.sum(node, numbers)
            case Total():
                if numbers:
                    return self.value(node.value)
                return self.total(node.index, self.part(node.term, False, PRODUCT))
            case Product():
                parts = [
                    self.part(factor, numbers, PRODUCT, first=k == 0)
                    for k, factor in enumerate(node.factors)
                ]
                return self.joined(parts, self.dot)
            case Quotient():
                return self.quotient(node.top, node.bottom, numbers)
            case Power():
                base = self.part(node.base, numbers, ATOM)
                if not numbers and isinstance(node.base, Quantity) and self.is_long(node.base):
                    base = self.bracket(base)
                return self.raised(base, node.exponent)
            case Apply():
                return self.function(node.function, self.node(node.argument, numbers))
            case Crossed():
                return self.crossed(self.part(node.child, numbers, ATOM))
        raise AssertionError(node)  # the kinds of nodes are closed

    def joined(self, parts: list[str], operator: str) -> str:
        pieces: list[str] = []
        for part in parts:
            pieces += [self.operator(operator), part] if pieces else [part]
        return self.row(pieces)

    def sum(self, node: Sum, numbers: bool) -> str:
        pieces: list[str] = []
        for term in node.terms:
            if isinstance(term, Negative):
                sign, text = self.minus, self.part(term.child, numbers, PRODUCT)
            elif pieces and self.signs_stand_apart and self._starts_negative(term, numbers):
                sign, text = self.minus, self.without_sign(term, numbers)
            else:
                sign, text = self.plus, self.part(term, numbers, SUM, first=not pieces)
            if pieces:
                pieces += [self.operator(sign), text]
            elif sign == self.minus:
                pieces += [self.operator(sign.strip()), text]
            else:
                pieces.append(text)
        if node.rest is not None:
            sign = self.minus if numbers and node.rest.value < 0 else self.plus
            pieces += [self.operator(sign), self.more(node.rest, numbers)]
        return self.row(pieces)

    def without_sign(self, node: Node, numbers: bool) -> str:
        """A node that starts with a negative number, its minus taken out."""
        if isinstance(node, Product):
            first, *others = node.factors
            parts = [self.part(factor, numbers, PRODUCT) for factor in others]
            return self.joined([self.without_sign(first, numbers), *parts], self.dot)
        if isinstance(node, Quotient):
            top = self.without_sign(node.top, numbers)
            return self.fraction(top, self.part(node.bottom, numbers, POWER))
        if isinstance(node, Negative):
            return self.part(node.child, numbers, PRODUCT)
        if isinstance(node, Quantity | Total):
            return self.value(-node.value, node if isinstance(node, Quantity) else None)
        return self.constant(-node.value)

    def quotient(self, top: Node, bottom: Node, numbers: bool) -> str:
        if self.stacked_fractions:
            return self.fraction(self.node(top, numbers), self.node(bottom, numbers))
        above = self.part(top, numbers, PRODUCT, first=True)
        return self.fraction(above, self.part(bottom, numbers, POWER))

    def part(self, node: Node, numbers: bool, within: int, first: bool = False) -> str:
        """A node inside a larger one, in brackets where it holds together less tightly."""
        text = self.node(node, numbers)
        tight = self.tightness(node)
        negative = not first and self._starts_negative(node, numbers)
        return self.bracket(text) if tight < within or negative else text

    def tightness(self, node: Node) -> int:
        if isinstance(node, Sum):
            return SUM
        if isinstance(node, Product | Negative | Total):
            return PRODUCT
        if isinstance(node, Quotient):
            return POWER if self.stacked_fractions else PRODUCT
        return POWER if isinstance(node, Power) else ATOM

    def is_negative(self, node: Node, numbers: bool) -> bool:
        """Whether it is written as a bare number with a minus sign."""
        bare = isinstance(node, Number) or (numbers and isinstance(node, Quantity | Total))
        return bare and node.value < 0

    def _starts_negative(self, node: Node, numbers: bool) -> bool:
        if isinstance(node, Product):
            return self._starts_negative(node.factors[0], numbers)
        if isinstance(node, Quotient) and not self.stacked_fractions:
            return self._starts_negative(node.top, numbers)
        return isinstance(node, Negative) or self.is_negative(node, numbers)

    def sides(self, equation: Equation) -> list[str]:
        """The right sides of an equation in order: symbols, then numbers, then the value, with
        digits by which what is shown holds."""
        return [text for _, text in self.related(equation)]

    def related(self, equation: Equation) -> list[tuple[str, str]]:
        """The same, each behind its sign: "=", or "≈" where rounding is all that is left of the
        terms, so that no digits of theirs give the value."""
        forms = [("=", self.node(form, False)) for form in equation.right]
        found = figures_of(equation, self.digits)
        self.figures = found.operands
        numbers = ("=", self.node(equation.right[-1], True))
        self.figures = {abs(equation.left.value): found.result}
        value = self.value(equation.left.value, equation.left)
        self.figures = {}
        forms += [numbers] if numbers[1] not in (value, *(text for _, text in forms)) else []
        return [*forms, ("=" if found.holds else "≈", value)]

    def parts(self, shares: Shares) -> tuple[list[str], str]:
        """The shares and their total, with digits by which the shares add up to it."""
        quantities = tuple(Quantity("share", share.value) for share in shares.parts)
        total = Quantity("total", shares.total)
        found = figures_of(Equation(total, (Sum(quantities, shares.total),)), self.digits)
        self.figures = found.operands
        texts = [self.value(share.value) for share in shares.parts]
        self.figures = {abs(shares.total): found.result}
        written = self.value(shares.total)
        self.figures = {}
        return texts, written
