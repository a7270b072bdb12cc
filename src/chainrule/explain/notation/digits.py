"""How many digits each number of an equation is shown with, so that what is shown holds.

Whoever works out the right side from the numbers that are shown gets the result that is shown, to
its last digit. So `0.5933·(1 − 0.5933) = 0.2413` has four digits throughout, and near a difference
of almost equal numbers the operands have more and the result fewer: `1 − 0.99999999999950 =
5.0e-13`.

With operands x_i shown as x_i + e_i the right side moves by about sum_i |df/dx_i| |e_i|. Digits are
added where this part is the largest, one at a time, until the moved right side rounds to the result
that is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from chainrule.explain.notation.evaluate import Leaf, evaluate
from chainrule.explain.notation.numbers import Digits, format_number
from chainrule.explain.notation.slopes import slopes
from chainrule.explain.notation.symbols import SETTINGS
from chainrule.explain.notation.tree import (
    Equation,
    Node,
    Number,
    Quantity,
    Sum,
    Total,
)

FEWEST = 2  # digits of a result before its operands get all of theirs
LONG = 10  # digits more than asked for that an operand may have for a result of FEWEST or more
ALL = 17  # tell every float64 from every other
EPSILON = 2.0**-52


@dataclass(frozen=True)
class Figures:
    """Numbers of digits.

    Attributes
    ----------
    operands : mapping of float to int
        By size, of the numbers on the right side that have more than asked for.
    result : int or "full"
    holds : bool
        False where rounding in the engine is all that is left of the terms, so that no digits of
        them give the result.
    """

    operands: Mapping[float, int] = field(default_factory=dict)
    result: Digits = 4
    holds: bool = True


def shown(value: float, digits: Digits, setting: bool = False) -> str:
    """A number with that many digits, or all of them where those are no more text."""
    text = format_number(value, digits)
    if setting or (digits != "full" and int(digits) > FEWEST + LONG):
        full = format_number(value, "full")
        return full if len(full) <= len(text) else text
    return text


def is_setting(node: object) -> bool:
    """Whether a quantity is a setting or a target, which is shown as it was given."""
    return isinstance(node, Quantity) and node.kind in SETTINGS


def figures_of(equation: Equation, digits: Digits) -> Figures:
    """The digits of an equation of which about `digits` are asked for."""
    right, value = equation.right[-1], equation.left.value
    if digits == "full" or isinstance(right, Quantity | Number | Total):
        return Figures(result=digits)
    search = _Search(right, value, int(digits))
    if not math.isfinite(search.exact) or not math.isfinite(value):
        return Figures(result=digits)
    asked = _apart(equation, int(digits))
    most = max(asked, int(digits) + LONG)
    tries = [(asked, most), (asked + 1, most), (asked + 2, most)]
    tries += [(fewer, most) for fewer in range(asked - 1, FEWEST - 1, -1)]
    tries += [(fewer, ALL) for fewer in range(min(asked, FEWEST), 0, -1)]
    for result, limit in tries:
        found = search.operands(result, limit)
        if found is not None:
            return Figures(found, result)
    return Figures(result=digits, holds=False)


def _apart(equation: Equation, digits: int) -> int:
    """Digits by which a new parameter is told from the old one, though little was added to it."""
    left, right = equation.left, equation.right[-1]
    if not (left.kind.startswith("new_") and isinstance(right, Sum)):
        return digits
    old = right.terms[0]
    if not isinstance(old, Quantity) or old.value == left.value:
        return digits
    enough = range(digits, digits + LONG)
    return next(
        (n for n in enough if format_number(old.value, n) != format_number(left.value, n)), digits
    )


class _Search:
    """Digits of the operands of one right side."""

    def __init__(self, right: Node, value: float, digits: int) -> None:
        self.right, self.value, self.digits = right, value, digits
        self.slopes: dict[float, float] = {}
        self.settings: set[float] = set()
        for leaf, slope in slopes(right):
            size = abs(leaf.value)
            self.slopes[size] = self.slopes.get(size, 0.0) + slope
            if is_setting(leaf):
                self.settings.add(size)
        self.exact = self._worked({})
        noise = sum(slope * size for size, slope in self.slopes.items() if slope < math.inf)
        self.noise = EPSILON * noise  # of the evaluation itself

    def operands(self, result: int, limit: int) -> dict[float, int] | None:
        """Digits that give a result of `result` digits; None where more than `limit` are needed."""
        text = format_number(self.value, result)
        target = float(text)
        room = half_unit(text) - self.noise if target else 0.0
        if abs(self.exact - target) > room:
            return None
        n = dict.fromkeys(self.slopes, self.digits)
        while True:
            read = {size: float(self._text(size, n[size])) for size in n}
            if abs(self._worked(read) - target) <= room:
                return {size: k for size, k in n.items() if k > self.digits}
            open_ones = [size for size in n if n[size] < limit and read[size] != size]
            if not open_ones:
                return None
            errors = {size: self.slopes[size] * abs(read[size] - size) for size in open_ones}
            worst = max(open_ones, key=errors.__getitem__)
            for size in open_ones if not errors[worst] > 0 else [worst]:
                n[size] += 1

    def _worked(self, read: Mapping[float, float]) -> float:
        """The right side of numbers that were rounded: size -> what is shown of it."""

        def rounded(leaf: Leaf) -> float:
            size = abs(leaf.value)
            return math.copysign(read.get(size, size), leaf.value)

        return evaluate(self.right, rounded)

    def _text(self, size: float, digits: int) -> str:
        return shown(size, digits, size in self.settings)


def half_unit(text: str) -> float:
    """Half of what the last digit of a number counts."""
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 0.5 * 10.0 ** (int(exponent or 0) - decimals)
