"""Explanations as LaTeX: aligned equations for amsmath, `cancel` for crossed-out factors."""

from __future__ import annotations

from collections.abc import Iterable

from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS
from chainrule.explain.notation.tree import Equation, Quantity, Rest
from chainrule.explain.render.writer import Writer

_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "\n": " ",
}  # fmt: skip


class LatexWriter(Writer):
    plus, minus, dot = " + ", " - ", r" \cdot "
    stacked_fractions = True

    def symbol(self, q: Quantity) -> str:
        symbol = q.written
        low = q.indices
        text = symbol.latex
        if low:
            text += f"_{{{low}}}"
        if q.shown_layer is not None:
            text += f"^{{({q.shown_layer})}}"
        if symbol.after[2] == "'":  # a prime is a superscript too, and there may be one
            text = f"{{{text}}}"
        text = f"{symbol.before[2]}{text}{symbol.after[2]}"
        return rf"{text}\,[{q.row}]" if q.over_rows else text

    def value(self, number: float, q: Quantity | None = None) -> str:
        return _latex_number(self.rounded(number, q))

    def constant(self, number: float) -> str:
        return _latex_number(format_number(number, "full"))

    def bracket(self, text: str) -> str:
        return rf"\left({text}\right)"

    def fraction(self, top: str, bottom: str) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"

    def raised(self, base: str, exponent: int) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    def function(self, name: str, argument: str) -> str:
        before, after = FUNCTION_SYMBOLS[name][2]
        return f"{before}{argument}{after}"

    def total(self, index: str, term: str) -> str:
        return rf"\textstyle\sum_{{{index}}} {term}"

    def crossed(self, text: str) -> str:
        return rf"\cancel{{{text}}}"

    def more(self, rest: Rest, numbers: bool) -> str:
        dots = self.value(abs(rest.value)) if numbers else r"\cdots"
        return rf"{dots}\ \text{{({rest.count} more)}}"


def _latex_number(text: str) -> str:
    mantissa, exponent, power = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else text


def escape(text: str) -> str:
    """Text that LaTeX shows as it is."""
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def render_latex(explanation: Contents) -> str:
    """Headings and align* blocks, for documents that load amsmath and cancel."""
    writer = LatexWriter(explanation.digits)
    value = writer.value(explanation.value)
    out = [
        rf"\noindent\textbf{{{escape(explanation.quantity)}}} ${{}}= {value}$: "
        rf"{escape(explanation.what)} (row {explanation.row})."
    ]
    for section in explanation.sections:
        out += [rf"\paragraph{{{escape(section.title)}}}", _block(writer, section.equations)]
    paths = explanation.paths
    if paths is not None and paths.n_paths > 1:
        out.append(rf"\paragraph{{{paths.n_paths} paths to the loss}}")
        lines = [
            f"&{writer.node(path.product, False)} = {writer.node(path.product, True)} "
            f"= {writer.value(path.value)}"
            for path in paths.shown
        ]
        if paths.rest:
            how = "" if paths.enumerated else ", by difference"
            rest = rf"\text{{({paths.rest.count} more{how})}}"
            lines.append(f"&{rest}\\ {writer.value(paths.rest.value)}")
        lines.append(rf"&\text{{sum}} = {writer.value(paths.total)}")
        out.append(_align(lines))
    if explanation.update:
        optimizer = escape(explanation.header["optimizer"])
        out += [rf"\paragraph{{update by {optimizer}}}", _block(writer, explanation.update)]
    check = explanation.check
    if check is not None:
        number = writer.value(check.numeric)
        outcome = escape(check.outcome)
        out.append(rf"\paragraph{{check}} {escape(check.method)} ${number}$, {outcome}.")
    return "\n".join(out)


def _block(writer: LatexWriter, equations: Iterable[Equation]) -> str:
    lines = []
    for equation in equations:
        left = writer.symbol(equation.left)
        for k, side in enumerate(writer.sides(equation)):
            note = rf" && \text{{{escape(equation.note)}}}" if equation.note and k == 0 else ""
            lines.append(f"{left if k == 0 else ''} &= {side}{note}")
    return _align(lines)


def _align(lines: list[str]) -> str:
    body = " \\\\\n".join(lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"
