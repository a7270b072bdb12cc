"""Nodes as terminal text, in Unicode or ASCII; symbols are the names that can be typed."""

from __future__ import annotations

from chainrule.explain.notation.numbers import Digits, format_number
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS
from chainrule.explain.notation.tree import Quantity, Rest
from chainrule.explain.render.writer import Writer

_HIGH = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOW = {"k": "ₖ", "r": "ᵣ"}


class TextWriter(Writer):
    """Terminal text: symbols are the names that can be typed."""

    layers_are_raised = False

    def __init__(self, digits: Digits, unicode: bool) -> None:
        super().__init__(digits)
        self.unicode = unicode
        self.style = 0 if unicode else 1
        self.plus, self.minus = " + ", " − " if unicode else " - "
        self.dot = "·" if unicode else "*"

    def symbol(self, q: Quantity) -> str:
        symbol = q.written
        low = f"[{q.indices}]" if q.indices else ""
        layer = "" if q.shown_layer is None else str(q.shown_layer)
        letter = symbol.unicode if self.unicode else symbol.ascii
        text = f"{symbol.before[self.style]}{letter}{layer}{low}{symbol.after[self.style]}"
        return f"{text}@{q.row}" if q.over_rows else text

    def value(self, number: float, q: Quantity | None = None) -> str:
        text = self.rounded(number, q)
        return text.replace("-", "−", 1) if self.unicode and number < 0 else text

    def constant(self, number: float) -> str:
        text = format_number(number, "full")
        return text.replace("-", "−", 1) if self.unicode and number < 0 else text

    def raised(self, base: str, exponent: int) -> str:
        return f"{base}{str(exponent).translate(_HIGH)}" if self.unicode else f"{base}^{exponent}"

    def function(self, name: str, argument: str) -> str:
        before, after = FUNCTION_SYMBOLS[name][self.style]
        return f"{before}{argument}{after}"

    def total(self, index: str, term: str) -> str:
        return f"Σ{_LOW[index]} {term}" if self.unicode else f"sum_{index} {term}"

    def crossed(self, text: str) -> str:
        return f"~{text}~"

    def more(self, rest: Rest, numbers: bool) -> str:
        dots = "…" if self.unicode else "..."
        return f"{self.value(abs(rest.value)) if numbers else dots} ({rest.count} more)"
