"""Explanations as HTML with native MathML. Every number carries `data-ref`, its home in the trace.

Names from the data are escaped text. Nothing here computes, loads or runs anything.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS
from chainrule.explain.notation.tree import Equation, Quantity, Rest
from chainrule.explain.render.writer import Writer

STYLE = """\
.chainrule-explanation math { font-variant-numeric: tabular-nums; }
.chainrule-explanation .crossed {
  background: linear-gradient(to top right, transparent 48%, currentColor 49%, currentColor 51%,
    transparent 52%);
}
.chainrule-explanation mtd { text-align: left; padding: 0.15em 0.2em; }
.chainrule-explanation td { text-align: right; padding: 0 0.6em; }
"""


class MathWriter(Writer):
    plus, minus, dot = "+", "−", "·"
    stacked_fractions = True
    signs_stand_apart = False  # a number that the browser rewrites keeps its sign

    def symbol(self, q: Quantity) -> str:
        symbol = q.written
        low = q.indices
        letter = f"<mi>{html.escape(symbol.unicode)}</mi>"
        high = "" if q.shown_layer is None else f"<mtext>({q.shown_layer})</mtext>"
        if low and high:
            letter = f"<msubsup>{letter}<mtext>{low}</mtext>{high}</msubsup>"
        elif low:
            letter = f"<msub>{letter}<mtext>{low}</mtext></msub>"
        elif high:
            letter = f"<msup>{letter}{high}</msup>"
        before, after = (f"<mi>{t}</mi>" if t else "" for t in (symbol.before[0], symbol.after[0]))
        row = f"<mtext>@{q.row}</mtext>" if q.over_rows else ""
        return self.row([before, letter, after, row])

    def value(self, number: float, q: Quantity | None = None) -> str:
        text = self.rounded(number, q).replace("-", "−", 1 if number < 0 else 0)
        ref = f' data-ref="{html.escape(q.ref)}"' if q is not None else ""
        return f"<mn{ref}>{text}</mn>"

    def constant(self, number: float) -> str:
        text = format_number(number, "full").replace("-", "−", 1 if number < 0 else 0)
        return f"<mn>{text}</mn>"

    def bracket(self, text: str) -> str:
        return f"<mrow>{_FENCE.format('(')}{text}{_FENCE.format(')')}</mrow>"

    def fraction(self, top: str, bottom: str) -> str:
        return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>"

    def raised(self, base: str, exponent: int) -> str:
        return f"<msup><mrow>{base}</mrow><mn>{exponent}</mn></msup>"

    def function(self, name: str, argument: str) -> str:
        if name == "sqrt":
            return f"<msqrt>{argument}</msqrt>"
        before, after = (html.escape(text) for text in FUNCTION_SYMBOLS[name][0])
        return f"<mrow><mtext>{before}</mtext>{argument}<mtext>{after}</mtext></mrow>"

    def total(self, index: str, term: str) -> str:
        return f"<mrow><msub><mo>∑</mo><mi>{index}</mi></msub>{term}</mrow>"

    def crossed(self, text: str) -> str:
        return f'<mrow class="crossed">{text}</mrow>'

    def more(self, rest: Rest, numbers: bool) -> str:
        dots = self.value(abs(rest.value)) if numbers else "<mi>…</mi>"
        return f"<mrow>{dots}<mtext> ({rest.count} more)</mtext></mrow>"

    def row(self, pieces: list[str]) -> str:
        return pieces[0] if len(pieces) == 1 else f"<mrow>{''.join(pieces)}</mrow>"

    def operator(self, text: str) -> str:
        return f"<mo>{text}</mo>"


_FENCE = '<mo stretchy="false">{}</mo>'


def render_mathml(explanation: Contents) -> str:
    """One self-contained `div` with its style."""
    return f"<style>\n{STYLE}</style>\n{fragment(explanation)}"


def fragment(explanation: Contents) -> str:
    """The `div` alone, for pages that bring the style (and a policy against inline ones)."""
    e = explanation
    writer = MathWriter(e.digits)
    what = html.escape(e.what)
    value = format_number(e.value, e.digits)
    out = [
        '<div class="chainrule-explanation">',
        f"<p><strong>{html.escape(e.quantity)}</strong> = {value}: {what} (row {e.row})</p>",
    ]
    out += [f"<p>{html.escape(note)}</p>" for note in (*e.header["notes"], e.origin, *e.remarks)]
    for section in e.sections:
        out += [f"<h4>{html.escape(section.title)}</h4>", _block(writer, section.equations)]
    if e.rows is not None and len(e.rows.parts) > 1:
        cells = [(f"row {part.row}", part.value) for part in e.rows.parts]
        out += ["<h4>rows, largest first</h4>", _table(writer, cells, e.rows.rest, "")]
    if e.paths is not None and e.paths.n_paths > 1:
        how = "" if e.paths.enumerated else ", by difference"
        cells = [
            ("via " + " → ".join(str(unit) for unit in path.units[1:]), path.value)
            for path in e.paths.shown
        ]
        title = f"<h4>{e.paths.n_paths} paths to the loss of row {e.paths.row}</h4>"
        out += [title, _table(writer, cells, e.paths.rest, how)]
    if e.update:
        optimizer = html.escape(e.header["optimizer"])
        out += [f"<h4>update by {optimizer}</h4>", _block(writer, e.update)]
    if e.prediction is not None:
        predicted, real = (
            format_number(x, e.digits) for x in (e.prediction.predicted, e.prediction.real)
        )
        out.append(f"<p>predicted change of the loss {predicted}, real {real}</p>")
    if e.check is not None:
        number = format_number(e.check.numeric, e.digits)
        out.append(f"<p>check: {e.check.method} {number}, {html.escape(e.check.outcome)}</p>")
    conventions = f"{e.header['conventions']}; (2) above a letter is its layer, not a power"
    out.append(f"<p><small>{html.escape(conventions)}</small></p></div>")
    return "\n".join(out)


def _block(writer: MathWriter, equations: Iterable[Equation]) -> str:
    rows = []
    for equation in equations:
        left = writer.symbol(equation.left)
        for k, side in enumerate(writer.sides(equation)):
            note = f"<mtext>{html.escape(equation.note)}</mtext>" if k == 0 else ""
            rows.append(
                f"<mtr><mtd>{left if k == 0 else ''}</mtd><mtd><mo>=</mo>{side}</mtd>"
                f"<mtd>{note}</mtd></mtr>"
            )
    return f'<math display="block"><mtable>{"".join(rows)}</mtable></math>'


def _table(writer: MathWriter, cells: list[tuple[str, float]], rest: Rest | None, how: str) -> str:
    if rest is not None:
        cells = [*cells, (f"{rest.count} more{how}", rest.value)]
    rows = "".join(
        f"<tr><th>{html.escape(label)}</th><td>{format_number(value, writer.digits)}</td></tr>"
        for label, value in cells
    )
    return f"<table>{rows}</table>"
