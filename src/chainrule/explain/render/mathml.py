"""Formulas as native MathML. Every number and symbol carries `data-ref`, its home in the trace.

Names from the data are escaped text. Browsers break no line inside a formula: where one may be
broken, a `BREAK` stands, and a page puts the parts into `math` elements of their own.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from chainrule.explain.notation.numbers import format_number
from chainrule.explain.notation.roles import role_of
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS
from chainrule.explain.notation.tree import Quantity, Rest
from chainrule.explain.render.mathml_symbols import symbol_mathml
from chainrule.explain.render.writer import Writer

BREAK = "\n"
_STACKED = 30  # letters of the widest numerator, denominator or root; wider ones stand in a line
_OPEN, _CLOSE = (f'<mo stretchy="false">{fence}</mo>' for fence in "()")
_MATH = '<math displaystyle="true">'
_LEADING = '<mo form="infix">'  # an operator at the start of a part still has two sides


class MathWriter(Writer):
    plus, minus, dot = "+", "−", "·"
    stacked_fractions = True
    signs_stand_apart = False  # a number that the browser rewrites keeps its sign

    def symbol(self, q: Quantity) -> str:
        symbol = q.written
        letter = _one(symbol_mathml(symbol.latex))
        low = _indices(q.indices) if q.indices else ""
        high = "" if q.shown_layer is None else f"<mtext>({q.shown_layer})</mtext>"
        tag = "msubsup" if low and high else "msub" if low else "msup"
        if low or high:
            letter = f"<{tag}>{letter}{low}{high}</{tag}>"
        before, after = (symbol_mathml(each[2]) for each in (symbol.before, symbol.after))
        row = f"<mtext>@{q.row}</mtext>" if q.over_rows else ""
        return f"<mrow{_home(q)}>{before}{letter}{after}{row}</mrow>"

    def value(self, number: float, q: Quantity | None = None) -> str:
        home = ' data-ref="sum"' if q is None else _home(q)
        return f"<mn{home}>{self.written(number, q)}</mn>"

    def written(self, number: float, q: Quantity | None = None) -> str:
        """A number as text, with a minus sign."""
        return self.rounded(number, q).replace("-", "−", 1 if number < 0 else 0)

    def constant(self, number: float) -> str:
        text = format_number(number, "full").replace("-", "−", 1 if number < 0 else 0)
        return f'<mn data-ref="constant">{text}</mn>'

    def bracket(self, text: str) -> str:
        return f"{_OPEN}{text.removeprefix(BREAK)}{_CLOSE}"

    def fraction(self, top: str, bottom: str) -> str:
        if _fits(top) and _fits(bottom):
            return f"<mfrac>{_one(top)}{_one(bottom)}</mfrac>"
        top, bottom = (self.bracket(t) if BREAK in t else t for t in (top, bottom))
        return f"{top}{self.operator('/')}{bottom}"

    def raised(self, base: str, exponent: int) -> str:
        power = f'<mn data-ref="constant">{exponent}</mn>'
        if base.endswith(_CLOSE):  # in brackets, which may be broken
            return f"{base.removesuffix(_CLOSE)}<msup>{_CLOSE}{power}</msup>"
        return f"<msup>{_one(base)}{power}</msup>"

    def function(self, name: str, argument: str) -> str:
        if name == "sqrt" and _fits(argument):
            return f"<msqrt>{_whole(argument)}</msqrt>"
        if name == "sqrt":
            return f"{_OPEN}{argument}<msup>{_CLOSE}<mtext>1/2</mtext></msup>"
        before, after = map(symbol_mathml, FUNCTION_SYMBOLS[name][2])
        return f"{before}{argument.removeprefix(BREAK)}{after}"

    def total(self, index: str, term: str) -> str:
        return f'<msub><mo largeop="false">∑</mo><mi>{index}</mi></msub>{term}'

    def crossed(self, text: str) -> str:
        return f'<mrow class="crossed">{_whole(text)}</mrow>'

    def more(self, rest: Rest, numbers: bool) -> str:
        value = self.written(abs(rest.value))
        dots = f'<mn data-ref="rest">{value}</mn>' if numbers else "<mi>…</mi>"
        return f"<mrow>{dots}<mtext>\u00a0({rest.count} more)</mtext></mrow>"

    def row(self, pieces: Sequence[str]) -> str:
        return "".join(pieces)

    def operator(self, text: str) -> str:
        return f"{BREAK}<mo>{text}</mo>"


def parts(formula: str) -> list[str]:
    """A formula as `math` elements, between which a line may be broken."""
    pieces = [piece for piece in formula.split(BREAK) if piece]
    return [f"{_MATH}{re.sub('^<mo>', _LEADING, piece)}</math>" for piece in pieces]


def _indices(text: str) -> str:
    """ "3,7", and the letter k of a sum in italics."""
    if text.replace(",", "").isdigit():
        return f"<mtext>{text}</mtext>"
    pieces = re.split("(,)", text)
    found = (f"<mi>{t}</mi>" if t.isalpha() else f"<mtext>{t}</mtext>" for t in pieces)
    return f"<mrow>{''.join(found)}</mrow>"


def _home(q: Quantity) -> str:
    """Attributes of a quantity: its role, and where it lives in the trace."""
    role = role_of(q)
    marked = f' class="{role}"' if role else ""
    return f'{marked} data-ref="{html.escape(q.ref)}"'


def _whole(formula: str) -> str:
    return formula.replace(BREAK, "")


def _one(formula: str) -> str:
    """One element, for a place that takes no more."""
    return f"<mrow>{_whole(formula)}</mrow>"


def _fits(formula: str) -> bool:
    """Whether it is short enough to stay in one piece on the narrowest page."""
    return len(re.sub(r"<[^>]*>|\s", "", formula)) <= _STACKED
