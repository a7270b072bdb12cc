"""How wide a formula is in LaTeX: the advance widths of Computer Modern at 10 pt.

TeX breaks no line of an alignment, so lines are broken before it sees them. The formulas that are
measured are those that `LatexWriter` writes: letters, digits, scripts, fractions, roots, functions.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_SCRIPT = 0.8  # a digit of an index, relative to one on the line: cmr7 beside cmr10
_BINARY, _RELATION, _THIN = 4.45, 5.56, 1.67  # the spaces around and after, in points


def _spread(text: str) -> dict[str, float]:
    """{"a": 5.3, "b": 5.3, "c": 4.4} of "ab 5.3; c 4.4"."""
    found: dict[str, float] = {}
    for part in text.split("; "):
        letters, width = part.rsplit(" ", 1)
        found |= dict.fromkeys(letters.split() if "\\" in letters else letters, float(width))
    return found


_DIGITS = _spread("0123456789/ 5.0; ()[].,:;!|' 3.9; +-=<>?@ 7.8")
_ITALIC = _DIGITS | _spread(
    "beprvzqo 5.3; acdghsuy 5.8; fkxn 6.1; ijlt 4.7; w 7.5; m 8.8; "
    "IST 7.3; ALRPZJ 8.0; BCDEFGOQUVY 8.6; HKNX 9.3; MW 10.9; "
    r"\alpha \beta \gamma \delta \eta \theta \lambda \mu \nu \rho \sigma \tau \phi \ell \partial "
    r"\pi \zeta \xi \epsilon \varepsilon 6.5; \varphi \chi \psi \omega 6.9; "
    r"\Sigma \Phi \Delta \Gamma 7.3; \infty 10.0; \cdots 13.4; \lVert \rVert 5.0; "
    r"\lvert \rvert 2.8; \cdot 2.8; \times \approx 7.8; \quad 10.0; \, 1.7; \sum 10.6"
)
_ROMAN = _DIGITS | _spread(
    "abcdeghknopquvxyz_$ 5.6; fijlrst 4.0; mw 8.4; "
    "IJLSZ 6.3; ABCDEFGHKNOPQRTUVXY 7.9; MW 10.3; -'`.,: 3.4; #%& 8.4"
)
_FENCES = {"big": 4.6, "Big": 6.0}
_NAMES = {r"\exp", r"\ln", r"\cos", r"\sin", r"\tanh", r"\max"}
_ROMANS = {r"\mathrm", r"\operatorname", r"\text", r"\textbf", r"\texttt"}
_AROUND = {r"\hat", r"\overline", r"\chainrulecancel"}
_OPEN = {"(", "[", r"\lvert"}
_RELATIONS, _OPERATORS = {"=", "<", ">", r"\approx"}, {"+", "-", r"\cdot", r"\times"}


def latex_width(text: str) -> float:
    """The width of a formula in points, at most a little too large."""
    return _Ruler(text).measure()


class _Ruler:
    """Reads a formula from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(text)
        self.next = 0

    def measure(self, size: float = 1.0, roman: bool = False) -> float:
        """The width up to the end, or to the brace that closes what was opened."""
        width, scripts, operand = 0.0, [0.0, 0.0], False
        while self.next < len(self.tokens):
            token = self._take()
            if token == "}":
                break
            if token in "_^" and not roman:
                which = "_^".index(token)
                scripts[which] = 0.5 + self._argument(size * _SCRIPT, roman)
                continue
            width, scripts = width + max(scripts), [0.0, 0.0]
            operator = not roman and token in _RELATIONS | _OPERATORS
            if operator and operand and size == 1.0:
                width += _RELATION if token in _RELATIONS else _BINARY
            width += self._one(token, size, roman)
            operand = not operator and token not in _OPEN and (operand or token != " ")
        return width + max(scripts)

    def _take(self) -> str:
        self.next += 1
        return self.tokens[self.next - 1]

    def _argument(self, size: float, roman: bool) -> float:
        """What follows: a group in braces, or one token."""
        token = self._take()
        return self.measure(size, roman) if token == "{" else self._one(token, size, roman)

    def _one(self, token: str, size: float, roman: bool) -> float:
        if token == "{":
            return self.measure(size, roman)
        if token == " ":
            return 3.4 * size if roman else 0.0
        if token == r"\frac":
            return 2.5 + max(self._argument(size, roman), self._argument(size, roman))
        if token == r"\sqrt":
            return 12.5 * size + self._argument(size, roman)
        if token in _ROMANS:
            return self._argument(size, True)
        if token in _AROUND:
            return self._argument(size, roman)
        if token in _NAMES:
            return _THIN + size * sum(_ROMAN[letter] for letter in token[1:])
        if token[1:-1] in _FENCES:  # \bigl, \bigr, \Bigl, \Bigr
            self._take()
            return _FENCES[token[1:-1]]
        if token == "," and not roman and size == 1.0:
            return 2.8 + _THIN
        letters = _ROMAN if roman else _ITALIC
        return size * letters.get(token.removeprefix("\\") if roman else token, 8.4)
