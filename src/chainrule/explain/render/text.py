"""Explanations for terminals, in Unicode or ASCII. Nothing here computes."""

from __future__ import annotations

import math
import textwrap

from chainrule.explain.notation.blocks import Block, Item, Sentence, Shares
from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.numbers import Digits, format_number
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS
from chainrule.explain.notation.tree import Equation, Quantity, Rest
from chainrule.explain.render.writer import Writer
from chainrule.visible import visible

_HIGH = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOW = {"k": "ₖ", "r": "ᵣ"}
_MARGIN = 9  # characters of the headings in the short form
_SCREEN = 23  # lines of the short form: a screen of 25 has two more for what follows
_BAR, _SHORT_BAR = 10, 5  # cells of the longest bar


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


def render_text(explanation: Contents, *, unicode: bool = True, width: int = 80) -> str:
    """An explanation as lines of at most `width` characters where its terms allow it."""
    return "\n".join(visible(line) for line in _Text(explanation, unicode, width).lines())


class _Text:
    def __init__(self, explanation: Contents, unicode: bool, width: int) -> None:
        self.e, self.width = explanation, width
        self.writer = TextWriter(explanation.digits, unicode)
        self.symbols = True
        self.bars = ("█", "░") if unicode else ("#", "-")

    def lines(self) -> list[str]:
        """All of the full form; of the short one as much as a screen takes."""
        if self.e.full:
            return self.heading() + [line for b in self.e.shown for line in self.full_block(b)]
        blocks = self.e.shown
        for symbols, groups in ((True, True), (False, True), (False, False)):
            self.symbols = symbols
            kept = [block for block in blocks if groups or not block.title.startswith("layer ")]
            margin = max([_MARGIN, *(len(b.title) + 1 for b in kept)])
            lines = self.heading() + [line for b in kept for line in self.short_block(b, margin)]
            if len(lines) <= _SCREEN:
                break
        return lines

    def heading(self) -> list[str]:
        e = self.e
        value = self.writer.value(e.value)
        return [
            *self.wrapped("", e.notice, 2),
            *self.wrapped(f"{e.quantity} = {value}   ", e.what, 2),
        ]

    def full_block(self, block: Block) -> list[str]:
        """Under a heading, with bars beside shares."""
        indent = "  " if block.title else ""
        lines = [] if block.title == "" and block.level == "always" else [""]
        lines += [block.title] if block.title else []
        for item in block.items:
            match item:
                case Sentence():
                    lines += self.wrapped(indent, self.sentence(item), 2)
                case Equation():
                    lines += self.equation(item)
                case Shares():
                    lines += self.shares(item)
        return lines

    def short_block(self, block: Block, margin: int) -> list[str]:
        """Behind its heading in the margin."""
        if not block.title:
            return [line for item in block.items for line in self.short(item, self.width)]
        if block.title == "chain":
            return ["", *(line for item in block.items for line in self.short(item, self.width))]
        room = self.width - margin
        lines = [line for item in block.items for line in self.short(item, room)]
        heads = [block.title, *([""] * (len(lines) - 1))]
        return [f"{head.ljust(margin)}{line}" for head, line in zip(heads, lines, strict=True)]

    def short(self, item: Item, room: int) -> list[str]:
        match item:
            case Sentence():
                return self.wrapped("", self.sentence(item), 2, room)
            case Equation():
                return self.one_line(item, room)
            case Shares():
                return self.in_columns(item, room)

    def sentence(self, sentence: Sentence) -> str:
        return "".join(
            self.writer.value(part) if isinstance(part, float) else part for part in sentence.parts
        )

    def one_line(self, equation: Equation, room: int) -> list[str]:
        """left = symbols = numbers = value, on two lines where one is too short."""
        left = self.writer.symbol(equation.left)
        sides = self.sides(equation)
        line = " ".join([left, *sides])
        if len(line) <= room:
            return [line]
        pad = " " * (len(left) if len(left) < 14 else 10)
        *forms, numbers, value = ["", *sides]
        given = f"{numbers} {value}"
        lines = [f"{pad} {given}"] if self.symbols and forms[1:] else [f"{left} {given}"]
        if self.symbols and forms[1:]:
            lines.insert(0, f"{left} {forms[-1]}")
        return [part for line in lines for part in self.wrapped("", line, len(pad) + 3, room)]

    def sides(self, equation: Equation) -> list[str]:
        """Each with its sign before it."""
        about = "≈" if self.writer.unicode else "~"
        return [
            f"{sign.replace('≈', about)} {text}" for sign, text in self.writer.related(equation)
        ]

    def in_columns(self, shares: Shares, room: int) -> list[str]:
        """Two parts a line, each with its bar."""
        cells, _ = self.listed(shares, _SHORT_BAR)
        width = max(map(len, cells))
        if 2 * width + 2 > room:
            return cells
        pairs = [cells[k : k + 2] for k in range(0, len(cells), 2)]
        return ["  ".join(cell.ljust(width) for cell in pair).rstrip() for pair in pairs]

    def shares(self, shares: Shares) -> list[str]:
        cells, total = self.listed(shares, _BAR)
        return [*(f"  {cell}" for cell in cells), f"  {shares.of} {total}"]

    def listed(self, shares: Shares, cells: int) -> tuple[list[str], str]:
        """Labels, numbers and bars below each other, and the total."""
        texts, total = self.writer.parts(shares)
        labels, values = [s.label for s in shares.parts], [s.value for s in shares.parts]
        texts = [f"+{t}" if value > 0 else t for t, value in zip(texts, values, strict=True)]
        largest = max(map(abs, values), default=0.0)
        name, number = max(map(len, labels), default=0), max(map(len, texts), default=0)
        lines = [
            f"{label.ljust(name)}  {text.rjust(number)}  {self.bar(value, largest, cells)}".rstrip()
            for label, text, value in zip(labels, texts, values, strict=True)
        ]
        return lines, total

    def bar(self, value: float, largest: float, cells: int) -> str:
        n = round(cells * abs(value) / largest) if 0 < largest < math.inf else 0
        return self.bars[0 if value >= 0 else 1] * n

    def wrapped(self, start: str, text: str, indent: int, width: int | None = None) -> list[str]:
        return textwrap.wrap(
            start + text,
            width or self.width,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def equation(self, equation: Equation) -> list[str]:
        left = f"  {self.writer.symbol(equation.left)} "
        pad = " " * len(left)
        *forms, value = self.sides(equation)
        lines = [f"{left if k == 0 else pad}{form}" for k, form in enumerate(forms)]
        if lines and len(lines[-1]) + len(value) + 2 <= self.width and forms[-1][2:] != value[2:]:
            lines[-1] += f"  {value[:2]} {value[2:]}"
        else:
            lines.append(f"{pad if lines else left}{value}")
        out = []
        for line in lines:
            out += self.wrapped("", line, len(pad) + 4)
        return [*out, *([f"{pad}  ({equation.note})"] if equation.note else [])]
