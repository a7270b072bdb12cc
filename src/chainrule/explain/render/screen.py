"""Explanations for terminals: the short form, which is one screen, or the full one.

Nothing here computes.
"""

from __future__ import annotations

from chainrule.explain.notation.blocks import Block, Item, Sentence, Shares
from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.tree import Equation
from chainrule.explain.render.lines import Full, Lines
from chainrule.visible import visible

MARGIN = 9  # characters of the headings
BAR = 5  # cells of the longest bar
SCREEN = 23  # lines: a screen of 25 has two more for what a command says behind it


def render_text(explanation: Contents, *, unicode: bool = True, width: int = 80) -> str:
    """An explanation as lines of at most `width` characters where its terms allow it."""
    form = Full if explanation.full else Screen
    return "\n".join(visible(line) for line in form(explanation, unicode, width).lines())


class Screen(Lines):
    """Headings in the margin, an equation on a line where it fits, two shares on a line.

    A crowded screen leaves out, one after the other: the update in symbols, the shares of a layer's
    units, the empty line, all symbols of equations that take more than a line, and the shares of
    the outputs.
    """

    def __init__(self, explanation: Contents, unicode: bool, width: int) -> None:
        super().__init__(explanation, unicode, width)
        self.spaced = True  # whether a line stays empty before the chain
        self.plain: set[str] = set()  # titles of blocks whose long equations show numbers alone

    def lines(self) -> list[str]:
        blocks = self.e.shown
        narrow = [block for block in blocks if not block.title.startswith("layer ")]
        least = [block for block in narrow if block.title != "outputs"]
        for plain, kept, spaced in (
            (set(), blocks, True),
            ({"update"}, blocks, True),
            ({"update"}, narrow, True),
            ({"update"}, narrow, False),
            ({"update", "chain"}, narrow, False),
            ({"update", "chain"}, least, False),
        ):
            self.plain, self.spaced = plain, spaced
            margin = max(MARGIN, *(len(block.title) + 1 for block in kept))
            lines = self.heading() + [line for b in kept for line in self.block(b, margin)]
            if len(lines) <= SCREEN:
                break
        return lines

    def block(self, block: Block, margin: int) -> list[str]:
        """Behind its heading in the margin."""
        outside = block.title in ("", "chain")
        room = self.width - (0 if outside else margin)
        lines = [line for item in block.items for line in self.item(block, item, room)]
        if outside:
            return ["", *lines] if block.title and self.spaced else lines
        heads = [block.title, *([""] * (len(lines) - 1))]
        return [f"{head.ljust(margin)}{line}" for head, line in zip(heads, lines, strict=True)]

    def item(self, block: Block, item: Item, room: int) -> list[str]:
        match item:
            case Sentence():
                return self.wrapped("", self.sentence(item), 2, room)
            case Equation():
                return self.equation(item, room, block.title not in self.plain)
            case Shares():
                return self.shares(item, room)

    def equation(self, equation: Equation, room: int, symbols: bool) -> list[str]:
        """left = symbols = numbers = value, on two lines where one is too short."""
        left = self.writer.symbol(equation.left)
        sides = self.sides(equation)
        line = " ".join([left, *sides])
        if len(line) <= room:
            return [line]
        indent = len(left) if len(left) < 14 else 10
        *forms, numbers, value = sides
        lines = [f"{left} {numbers} {value}"]
        if symbols and forms:
            lines = [f"{left} {forms[-1]}", f"{' ' * indent} {numbers} {value}"]
        return [part for line in lines for part in self.wrapped("", line, indent + 3, room)]

    def shares(self, shares: Shares, room: int) -> list[str]:
        """Two parts a line, each with its bar."""
        cells, _ = self.listed(shares, BAR)
        width = max(map(len, cells))
        if 2 * width + 2 > room:
            return cells
        pairs = [cells[k : k + 2] for k in range(0, len(cells), 2)]
        return ["  ".join(cell.ljust(width) for cell in pair).rstrip() for pair in pairs]
