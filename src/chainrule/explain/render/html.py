"""Explanations as HTML: blocks of sentences, MathML and bars; the full form's blocks are folded.

Every number, symbol, row, unit and path carries `data-ref`, its home in the trace; a number that
lives nowhere says "constant" or "rest". No script, no style attribute, nothing loaded.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from chainrule.explain.notation.blocks import Block, Item, Sentence, Share, Shares
from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.symbols import LAYERS_ARE_RAISED
from chainrule.explain.notation.tree import Equation
from chainrule.explain.render.mathml import BREAK, MathWriter, parts
from chainrule.explain.render.style import PAGE_STYLE, STYLE

_LONG = 12  # characters of a number that leaves less room for bars
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>"""


def render_html(explanation: Contents) -> str:
    """One self-contained `div` with its style."""
    return f"<style>\n{STYLE}</style>\n{fragment(explanation)}"


def html_document(explanations: Sequence[Contents]) -> str:
    """A page of its own, in ASCII."""
    title = html.escape(", ".join(each.quantity for each in explanations[:3]))
    body = "\n".join(map(fragment, explanations))
    page = _PAGE.format(title=title, style=PAGE_STYLE + STYLE, body=body)
    return page.encode("ascii", "xmlcharrefreplace").decode()


def fragment(explanation: Contents, *, folded: bool = True) -> str:
    """The `div` alone, for pages that bring the style (and a policy against inline ones); without
    what is `folded`, where many stand on a page."""
    e, draw = explanation, _Drawing(MathWriter(explanation.digits))
    value = draw.number(e.value, e.quantity)
    quantity, what = html.escape(e.quantity), html.escape(e.what)
    lines = ['<div class="chainrule-explanation">']
    if e.notice:
        lines.append(f'<p class="notice">{html.escape(e.notice)}</p>')
    lines.append(f"<p><strong>{quantity}</strong> = {value} {what}</p>")
    lines += [line for block in e.shown for line in draw.block(block)]
    if folded:
        lines += [line for block in e.folded for line in draw.folded(block)]
    return "\n".join([*lines, f"<p><small>{LAYERS_ARE_RAISED}</small></p>", "</div>"])


class _Drawing:
    """Draws blocks."""

    def __init__(self, writer: MathWriter) -> None:
        self.writer = writer

    def number(self, value: float, ref: str) -> str:
        return _data(value, self.writer.written(value), ref)

    def block(self, block: Block) -> list[str]:
        title = [f"<h4>{html.escape(block.title)}</h4>"] if block.title else []
        return [*title, *self.items(block)]

    def folded(self, block: Block) -> list[str]:
        if not block.title:
            return self.items(block)
        summary = f"<details><summary>{html.escape(block.title)}</summary>"
        return [summary, *self.items(block), "</details>"]

    def items(self, block: Block) -> list[str]:
        place = block.title or "facts"
        return [self._item(item, f"{place}/{k}") for k, item in enumerate(block.items)]

    def _item(self, item: Item, ref: str) -> str:
        if isinstance(item, Equation):
            return self.equation(item)
        return self.shares(item) if isinstance(item, Shares) else self.sentence(item, ref)

    def sentence(self, sentence: Sentence, ref: str) -> str:
        words = (
            html.escape(part) if isinstance(part, str) else self.number(part, f"{ref}/{k}")
            for k, part in enumerate(sentence.parts)
        )
        return f"<p>{''.join(words)}</p>"

    def equation(self, equation: Equation) -> str:
        """The left side, and a line for each right side; the value behind the last."""
        *forms, value = [f"<mo>{sign}</mo>{side}" for sign, side in self.writer.related(equation)]
        lines = [*forms[:-1], f"{forms[-1]}{BREAK}{value}"] if forms else [value]
        left = self.formula(self.writer.symbol(equation.left))
        note = f'<div class="note">({html.escape(equation.note)})</div>' if equation.note else ""
        return (
            f'<div class="equation"><span class="left">{left}</span>'
            f'<div class="sides">{self.sides(lines)}{note}</div></div>'
        )

    def sides(self, forms: Iterable[str]) -> str:
        return "".join(f'<div class="side">{self.formula(form)}</div>' for form in forms)

    def formula(self, mathml: str) -> str:
        return "<wbr/>".join(parts(mathml))

    def shares(self, shares: Shares) -> str:
        """A row for each part: its label, its value and a bar from where the last one ended."""
        texts, whole = self.writer.parts(shares)
        *spans, of_total = shares.spans
        rows = "\n".join(
            self._share(part, text, span)
            for part, text, span in zip(shares.parts, texts, spans, strict=True)
        )
        label = html.escape(f"sum = {shares.of}" if shares.of else "sum")
        total = _data(shares.total, whole, shares.of or "sum")
        last = (
            f'<th scope="row">{label}</th><td class="value">{total}</td><td>{_bar(*of_total)}</td>'
        )
        is_long = max(map(len, map(_bare, texts)), default=0) > _LONG
        table = '<table class="long">' if is_long else "<table>"
        return f'{table}\n{rows}\n<tr class="total">{last}</tr>\n</table>'

    def _share(self, part: Share, text: str, span: tuple[float, float]) -> str:
        ref = part.ref or "rest"
        cells = (
            f'<tr data-ref="{html.escape(ref)}"><th scope="row">{html.escape(part.label)}</th>'
            f'<td class="value">{_data(part.value, text, ref)}</td>'
            f"<td>{_bar(*span)}</td></tr>"
        )
        if part.product is None:
            return cells
        written = (self.writer.node(part.product, numbers) for numbers in (False, True))
        forms = [f"<mo>=</mo>{form}" for form in written]
        return f'{cells}<tr><td colspan="3">{self.sides(forms)}</td></tr>'


def _data(value: float, text: str, ref: str) -> str:
    """A number outside of formulas, from its text or its element."""
    return f'<data value="{value!r}" data-ref="{html.escape(ref)}">{_bare(text)}</data>'


def _bare(text: str) -> str:
    return re.sub("<[^>]*>", "", text)


def _bar(start: float, end: float) -> str:
    """To the right where it adds, to the left where it takes away; the axis is in the middle."""
    side, left = ("less", end) if end < start else ("more", start)
    place = f'x="{100 * left:.1f}" y="1" width="{100 * abs(end - start):.1f}" height="8"'
    return (
        '<svg viewBox="-100 0 200 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="axis" x="-0.5" y="0" width="1" height="10"/>'
        f'<rect class="{side}" {place}/></svg>'
    )
