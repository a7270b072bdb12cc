"""Explanations as lines for terminals: the full form, and what the short one shares with it.

Nothing here computes.
"""

from __future__ import annotations

import textwrap

from chainrule.explain.notation.blocks import Block, Sentence, Shares
from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.tree import Equation
from chainrule.explain.render.text import TextWriter

BAR = 10  # cells of the longest bar


class Lines:
    """The lines of an explanation, of at most `width` characters where its terms allow it."""

    def __init__(self, explanation: Contents, unicode: bool, width: int) -> None:
        self.e, self.width = explanation, width
        self.writer = TextWriter(explanation.digits, unicode)
        self.bars = ("█", "░") if unicode else ("#", "-")

    def heading(self) -> list[str]:
        e = self.e
        value = self.writer.value(e.value)
        return [
            *self.wrapped("", e.notice, 2),
            *self.wrapped(f"{e.quantity} = {value}   ", e.what, 2),
        ]

    def sentence(self, sentence: Sentence) -> str:
        return "".join(
            self.writer.value(part) if isinstance(part, float) else part for part in sentence.parts
        )

    def sides(self, equation: Equation) -> list[str]:
        """Each with its sign before it."""
        about = "≈" if self.writer.unicode else "~"
        return [
            f"{sign.replace('≈', about)} {text}" for sign, text in self.writer.related(equation)
        ]

    def listed(self, shares: Shares, cells: int) -> tuple[list[str], str]:
        """Labels, numbers and bars below each other, and the total."""
        texts, total = self.writer.parts(shares)
        labels, values = [s.label for s in shares.parts], [s.value for s in shares.parts]
        texts = [f"+{t}" if value > 0 else t for t, value in zip(texts, values, strict=True)]
        name, number = max(map(len, labels), default=0), max(map(len, texts), default=0)
        lines = [
            f"{label.ljust(name)}  {text.rjust(number)}  {self.bar(value, length, cells)}".rstrip()
            for label, text, value, length in zip(
                labels, texts, values, shares.lengths, strict=True
            )
        ]
        return lines, total

    def bar(self, value: float, length: float, cells: int) -> str:
        return self.bars[0 if value >= 0 else 1] * round(cells * length)

    def wrapped(self, start: str, text: str, indent: int, width: int | None = None) -> list[str]:
        return textwrap.wrap(
            start + text,
            width or self.width,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )


class Full(Lines):
    """Every equation, each block under its heading."""

    def lines(self) -> list[str]:
        return self.heading() + [line for block in self.e.shown for line in self.block(block)]

    def block(self, block: Block) -> list[str]:
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

    def shares(self, shares: Shares) -> list[str]:
        cells, total = self.listed(shares, BAR)
        return [*(f"  {cell}" for cell in cells), f"  sum = {shares.of} = {total}"]
