"""Explanations as LaTeX that needs amsmath alone and fits a text width of 16 cm at 10 pt.

`render_latex` writes a part of a document, `latex_document` one that pdflatex compiles. Equations
are lines of `align*` that may be parted by a page; a factor that cancels is struck through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from chainrule.explain.notation.blocks import Block, Item, Sentence, Share, Shares
from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS, LAYERS_ARE_RAISED
from chainrule.explain.notation.tree import Equation, Quantity, Rest
from chainrule.explain.render.latex_lines import broken, is_joined
from chainrule.explain.render.latex_text import escape
from chainrule.explain.render.latex_width import latex_width
from chainrule.explain.render.writer import Writer

Side = tuple[str, str]  # its sign, "=" or "≈", and what stands behind it
_RELATIONS = {"=": "=", "≈": r"\approx"}
TEXT_WIDTH = 455.0  # points: 16 cm
_EQUALS, _INDENT = 14.0, 20.0
_STACKED = 210.0  # the widest numerator, denominator or root; a wider one is written in a line
_BAR = 70.0  # the longest bar on either side

NEEDS = r"""% Needs \usepackage{amsmath}; lines fit a text width of 16 cm at 10 pt.
\providecommand{\chainrulecancel}[1]{%
  {\ooalign{$#1$\cr\leaders\hrule height.7ex depth-.6ex\hfill\cr}}}
"""
_BEGIN = r"""\begingroup\allowdisplaybreaks\sloppy\raggedright\setlength{\parindent}{0pt}
\abovedisplayskip 4pt plus 2pt\abovedisplayshortskip\abovedisplayskip
\belowdisplayskip\abovedisplayskip\belowdisplayshortskip\abovedisplayskip"""
_DOCUMENT = r"""\documentclass[10pt,a4paper]{article}
\usepackage{amsmath}
\setlength{\textwidth}{16cm}
\setlength{\textheight}{24cm}
\setlength{\oddsidemargin}{-0.04cm}
\setlength{\topmargin}{-1.5cm}
\begin{document}
%s
\end{document}
"""


class LatexWriter(Writer):
    plus, minus, dot = " + ", " - ", r" \cdot "
    stacked_fractions = True

    def symbol(self, q: Quantity) -> str:
        symbol = q.written
        text = symbol.latex
        if q.indices:
            text += f"_{{{q.indices}}}"
        if q.shown_layer is not None:
            text += f"^{{({q.shown_layer})}}"
        if symbol.after[2] == "'":  # a prime is a superscript too, and there may be one
            text = f"{{{text}}}"
        text = f"{symbol.before[2]}{text}{symbol.after[2]}"
        return f"{text}@{q.row}" if q.over_rows else text

    def value(self, number: float, q: Quantity | None = None) -> str:
        return _latex_number(self.rounded(number, q))

    def constant(self, number: float) -> str:
        return _latex_number(format_number(number, "full"))

    def bracket(self, text: str) -> str:
        big = r"\Big" if r"\frac" in text else r"\big" if "^{" in text else ""
        return f"{big}l({text}{big}r)" if big else f"({text})"

    def fraction(self, top: str, bottom: str) -> str:
        if max(latex_width(top), latex_width(bottom)) <= _STACKED:
            return rf"\frac{{{top}}}{{{bottom}}}"
        top = self.bracket(top) if is_joined(top, "+-") else top
        return f"{top}/{self.bracket(bottom) if is_joined(bottom) else bottom}"

    def raised(self, base: str, exponent: int) -> str:
        if r"\times" in base and not base.endswith(")"):
            base = self.bracket(base)
        in_brackets = base.endswith(")")  # which may be broken
        return f"{base}^{{{exponent}}}" if in_brackets else f"{{{base}}}^{{{exponent}}}"

    def function(self, name: str, argument: str) -> str:
        if name == "sqrt" and latex_width(argument) > _STACKED:
            return self.bracket(argument) + "^{1/2}"
        before, after = FUNCTION_SYMBOLS[name][2]
        if r"\frac" in argument:
            before, after = _sized(before, "l"), _sized(after, "r")
        return f"{before}{argument}{after}"

    def total(self, index: str, term: str) -> str:
        return rf"{{\textstyle\sum_{{{index}}}}}\,{term}"

    def crossed(self, text: str) -> str:
        return rf"\chainrulecancel{{{text}}}"

    def more(self, rest: Rest, numbers: bool) -> str:
        dots = self.value(abs(rest.value)) if numbers else r"\cdots"
        return rf"{dots}\ \text{{({rest.count} more)}}"

    def text(self, parts: Iterable[str | float]) -> str:
        """A sentence: its words escaped, its numbers as formulas."""
        return "".join(escape(p) if isinstance(p, str) else f"${self.value(p)}$" for p in parts)


def _sized(fence: str, side: str) -> str:
    """A fence that is as high as a fraction."""
    for sign in ("(", ")", "[", "]", r"\lvert", r"\rvert"):
        fence = fence.replace(sign, rf"\Big{side}{sign}")
    return fence


def _latex_number(text: str) -> str:
    if text.lstrip("-") == "inf":
        return text.replace("inf", r"\infty")
    if text == "NaN":
        return r"\mathrm{NaN}"
    mantissa, exponent, power = text.partition("e")
    return rf"{mantissa} \times 10^{{{int(power)}}}" if exponent else text


def latex_document(explanations: Sequence[Contents]) -> str:
    """A document of its own, for pdflatex."""
    parts = "\n\\bigskip\\hrule\\bigskip\n".join(_body(each) for each in explanations)
    return _DOCUMENT % (NEEDS + parts)


def render_latex(explanation: Contents) -> str:
    """A part of a document; its first line says what that document must load."""
    return NEEDS + _body(explanation)


def _body(explanation: Contents) -> str:
    e, page = explanation, _Page(LatexWriter(explanation.digits))
    lines = [_BEGIN]
    if e.notice:
        lines.append(page.paragraph([e.notice]))
    head = rf"\textbf{{{escape(e.quantity)}}} ${{}} = {page.writer.value(e.value)}$\quad "
    lines.append(head + escape(e.what) + r"\par")
    lines += [line for block in e.shown for line in page.block(block)]
    return "\n".join([*lines, page.paragraph([LAYERS_ARE_RAISED]), r"\endgroup"])


class _Page:
    """Draws blocks; every equation of a run is aligned with the others."""

    def __init__(self, writer: LatexWriter) -> None:
        self.writer = writer

    def block(self, block: Block) -> list[str]:
        ending = "" if isinstance(block.items[0], Equation) else r"\nopagebreak\par"
        title = rf"\medskip\textbf{{{escape(block.title)}}}{ending}"
        lines = [title] if block.title else []
        for kind, run in groupby(block.items, type):
            lines += self._run(kind, list(run))
        return lines

    def _run(self, kind: type, items: list[Item]) -> list[str]:
        if kind is Equation:
            return [self.equations([each for each in items if isinstance(each, Equation)])]
        return [line for each in items for line in self._item(each)]

    def _item(self, item: Item) -> list[str]:
        if isinstance(item, Shares):
            return self.shares(item)
        assert isinstance(item, Sentence)
        return [self.paragraph(item.parts)]

    def paragraph(self, parts: Iterable[str | float]) -> str:
        return self.writer.text(parts) + r"\par"

    def equations(self, equations: Sequence[Equation]) -> str:
        lefts = [self.writer.symbol(each.left) for each in equations]
        room = TEXT_WIDTH - _EQUALS - max(map(latex_width, lefts))
        lines = [
            line
            for left, each in zip(lefts, equations, strict=True)
            for line in self._lines(left, self.writer.related(each), each.note, room)
        ]
        return _align(lines)

    def _lines(self, left: str, sides: Sequence[Side], note: str, room: float) -> list[str]:
        """One side after the other, the value behind the last where it fits."""
        *forms, (sign, value) = sides
        lines = ["&" + line for line in self._forms(forms, room)]
        ending = f" {_RELATIONS[sign]} {value}"
        used = latex_width(lines[-1]) + (_INDENT if len(lines) > 1 else 0) if lines else room
        if lines and used + latex_width("1" + ending) <= room:
            lines[-1] += ending
        else:
            lines.append(f"&{ending.lstrip()}")
        lines += [rf"&\quad\ \text{{{line}}}" for line in _wrapped(note, room - _INDENT)]
        return [left + " " + lines[0], *lines[1:]]

    def _forms(self, forms: Iterable[Side], room: float) -> list[str]:
        """Lines that begin with a sign, and those that go on below them."""
        lines = []
        for sign, form in forms:
            first, *others = broken(form, room, room - _INDENT)
            lines += [f"{_RELATIONS[sign]} {first}", *(rf"\quad\ {line}" for line in others)]
        return lines

    def shares(self, shares: Shares) -> list[str]:
        """A line for each part: its label, its value, and a bar on the side of its sign."""
        texts, total = self.writer.parts(shares)
        lines = [
            line
            for part, text, length in zip(shares.parts, texts, shares.lengths, strict=True)
            for line in self._share(part, text, _BAR * length)
        ]
        return [*lines, self._columns(f"sum = {shares.of}" if shares.of else "sum", total)]

    def _share(self, part: Share, value: str, length: float) -> list[str]:
        bar = rf"\rule{{{length:.1f}pt}}{{1.2ex}}"
        shift = _BAR - length if part.value < 0 else _BAR + 1
        lines = [self._columns(part.label, value, rf"\hspace{{{shift:.1f}pt}}{bar}")]
        if part.product is not None:
            sides = [("=", self.writer.node(part.product, numbers)) for numbers in (False, True)]
            room = TEXT_WIDTH - _EQUALS - _INDENT
            lines += [rf"\hspace*{{20pt}}${line}$\par" for line in self._forms(sides, room)]
        return lines

    def _columns(self, label: str, value: str, bar: str = "") -> str:
        text = rf"\parbox[t]{{180pt}}{{\raggedright {escape(label)}}}"
        return rf"{text}\makebox[90pt][r]{{${value}$}}\quad {bar}\par"


def _align(lines: Sequence[str]) -> str:
    body = " \\\\\n".join(lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _wrapped(note: str, room: float) -> list[str]:
    """A note in brackets as lines of escaped words."""
    lines: list[str] = []
    for word in escape(f"({note})" if note else "").split():
        if lines and latex_width(rf"\text{{{lines[-1]} {word}}}") <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
