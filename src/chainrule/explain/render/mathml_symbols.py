"""The letters of a symbol as MathML, read from their LaTeX: each symbol is defined once.

Single letters are italic, words upright, roots whole: `1/\\sqrt{n}` becomes a root over n.
"""

from __future__ import annotations

import html
import re
from functools import cache

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_LETTERS = {
    r"\delta": "δ", r"\sigma": "σ", r"\ell": "ℓ", r"\lambda": "λ", r"\eta": "η", r"\mu": "μ",
    r"\rho": "ρ", r"\beta": "β", r"\varepsilon": "ε", r"\alpha": "α", r"\pi": "π", r"\Phi": "Φ",
    r"\varphi": "φ",
}  # fmt: skip
_SIGNS = {
    r"\Sigma": "Σ", r"\partial": "∂", r"\lVert": "‖", r"\rVert": "‖", r"\lvert": "|",
    r"\rvert": "|", "'": "′",
}  # fmt: skip
NO_BREAK = "\u00a0"  # a space that MathML keeps at the end of a word
_OVER = {r"\hat": "^", r"\overline": "¯"}
_WORDS = {r"\mathrm": "mi", r"\operatorname": "mi", r"\text": "mtext"}


@cache
def symbol_mathml(latex: str) -> str:
    """MathML elements, one after the other, of a symbol's LaTeX."""
    return "".join(_Reader(latex).elements())


class _Reader:
    """Reads from left to right, element by element."""

    def __init__(self, latex: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(latex)
        self.next = 0

    def elements(self) -> list[str]:
        """Up to the end, or to the brace that closes what was opened."""
        found: list[str] = []
        while self.next < len(self.tokens):
            token = self._take()
            if token == "}":
                break
            if token == " ":
                continue
            if token in "_^":
                tag = "msub" if token == "_" else "msup"
                found.append(f"<{tag}>{found.pop()}{self._argument()}</{tag}>")
            else:
                found.append(self._one(token))
        return found

    def _take(self) -> str:
        self.next += 1
        return self.tokens[self.next - 1]

    def _argument(self) -> str:
        """A group in braces as one element, or one token."""
        token = self._take()
        while token == " ":
            token = self._take()
        if token != "{":
            return self._one(token)
        inner = self.elements()
        return inner[0] if len(inner) == 1 else f"<mrow>{''.join(inner)}</mrow>"

    def _word(self, tag: str) -> str:
        self._take()
        end = self.tokens.index("}", self.next)
        word = "".join(token.removeprefix("\\") for token in self.tokens[self.next : end])
        self.next = end + 1
        return f"<{tag}>{html.escape(word.replace(' ', NO_BREAK))}</{tag}>"

    def _one(self, token: str) -> str:
        if token in _WORDS:
            return self._word(_WORDS[token])
        if token == r"\sqrt":
            return f"<msqrt>{self._argument()}</msqrt>"
        if token in _OVER:
            return f'<mover>{self._argument()}<mo stretchy="false">{_OVER[token]}</mo></mover>'
        if token.isdigit():
            return f"<mtext>{token}</mtext>"
        if token.isalpha() or token in _LETTERS:
            return f"<mi>{_LETTERS.get(token, token)}</mi>"
        if token in _SIGNS or len(token) == 1:
            sign = html.escape(_SIGNS.get(token, token))
            return f'<mo stretchy="false" lspace="0" rspace="0">{sign}</mo>'
        return f"<mi>{token.removeprefix(chr(92))}</mi>"  # \ln, \exp
