"""Explanations for terminals, in Unicode or ASCII. Nothing here computes."""

from __future__ import annotations

import textwrap

from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.numbers import Digits, format_number
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS
from chainrule.explain.notation.tree import Equation, Quantity, Rest
from chainrule.explain.render.writer import Writer

_HIGH = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BAR = 10  # cells of the longest bar


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
        low = ",".join(str(k) for k in (q.unit, q.source) if k is not None)
        low = f"[{low}]" if low else ""
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

    def crossed(self, text: str) -> str:
        return f"~{text}~"

    def more(self, rest: Rest, numbers: bool) -> str:
        dots = "…" if self.unicode else "..."
        return f"{self.value(abs(rest.value)) if numbers else dots} ({rest.count} more)"


def render_text(explanation: Contents, *, unicode: bool = True, width: int = 80) -> str:
    """An explanation as lines of at most `width` characters where its terms allow it."""
    return "\n".join(_Text(explanation, unicode, width).lines())


class _Text:
    def __init__(self, explanation: Contents, unicode: bool, width: int) -> None:
        self.e, self.width = explanation, width
        self.writer = TextWriter(explanation.digits, unicode)
        self.bars = ("█", "░") if unicode else ("#", "-")

    def lines(self) -> list[str]:
        e, header = self.e, self.e.header
        value = self.writer.value(e.value)
        out = self.wrapped(f"{e.quantity} = {value}   ", e.what, 2)
        rows = f"{header['n_rows']} row{'s' if header['n_rows'] != 1 else ''}"
        facts = f"{header['reduction']} over {rows}; one-row equations are for row {e.row}"
        if header["row_id"] != str(e.row):
            facts += f" (row {header['row_id']} of the table)"
        out += self.wrapped("", facts, 2)
        for note in [*header["notes"], *e.remarks]:
            out += self.wrapped("", note, 2)
        for section in e.sections:
            out += ["", section.title]
            out += [line for equation in section.equations for line in self.equation(equation)]
        out += self.row_lines() + self.path_lines() + self.update_lines() + self.check_lines()
        digits = "all digits" if e.digits == "full" else f"shown rounded to {e.digits} digits"
        return [*out, "", *self.wrapped("", f"{digits}; {header['conventions']}", 0)]

    def wrapped(self, start: str, text: str, indent: int) -> list[str]:
        return textwrap.wrap(
            start + text,
            self.width,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def equation(self, equation: Equation) -> list[str]:
        left = f"  {self.writer.symbol(equation.left)} = "
        pad = " " * (len(left) - 2) + "= "
        *forms, value = self.writer.sides(equation)
        lines = [f"{left if k == 0 else pad}{form}" for k, form in enumerate(forms)]
        if lines and len(lines[-1]) + len(value) + 4 <= self.width and forms[-1] != value:
            lines[-1] += f"  =  {value}"
        else:
            lines.append(f"{pad if lines else left}{value}")
        out = []
        for line in lines:
            out += textwrap.wrap(
                line,
                self.width,
                drop_whitespace=True,
                subsequent_indent=" " * (len(pad) + 2),
                break_long_words=False,
                break_on_hyphens=False,
            )
        return [*out, *([f"{' ' * len(pad)}({equation.note})"] if equation.note else [])]

    def signed(self, value: float) -> str:
        return ("+" if value > 0 else "") + self.writer.value(value)

    def bar(self, value: float, largest: float) -> str:
        cells = round(_BAR * abs(value) / largest) if largest else 0
        return self.bars[0 if value >= 0 else 1] * cells

    def listed(self, labels: list[str], values: list[float]) -> list[str]:
        texts = [self.signed(value) for value in values]
        largest = max((abs(value) for value in values), default=0.0)
        name, number = max(map(len, labels), default=0), max(map(len, texts), default=0)
        return [
            f"  {label.ljust(name)}  {text.rjust(number)}  {self.bar(value, largest)}".rstrip()
            for label, text, value in zip(labels, texts, values, strict=True)
        ]

    def row_lines(self) -> list[str]:
        rows = self.e.rows
        if rows is None or rows.total != rows.total or (len(rows.parts) == 1 and not rows.rest):
            return []
        labels = [f"row {part.row}" for part in rows.parts]
        values = [part.value for part in rows.parts]
        if rows.rest:
            labels.append(f"{rows.rest.count} more")
            values.append(rows.rest.value)
        total = f"  sum {self.writer.value(rows.total)}"
        return ["", "rows, largest first", *self.listed(labels, values), total]

    def path_lines(self) -> list[str]:
        paths = self.e.paths
        if paths is None or paths.n_paths == 1:
            return []
        arrow = " → " if self.writer.unicode else " > "
        labels = []
        for path in paths.shown:
            ways = [str(unit) for unit in path.units[1:]]
            labels.append(f"via {'output' if len(ways) == 1 else 'units'} {arrow.join(ways)}")
        values = [path.value for path in paths.shown]
        if paths.rest:
            how = "" if paths.enumerated else ", by difference"
            labels.append(f"{paths.rest.count} more{how}")
            values.append(paths.rest.value)
        return [
            "",
            f"{paths.n_paths} paths to the loss of row {paths.row}",
            *self.listed(labels, values),
            f"  sum {self.writer.value(paths.total)}",
        ]

    def update_lines(self) -> list[str]:
        if not self.e.update:
            return []
        header = self.e.header
        lines = ["", f"update by {header['optimizer']}, step {header['step'] + 1}"]
        lines += [line for equation in self.e.update for line in self.equation(equation)]
        prediction = self.e.prediction
        if prediction is not None:
            lines += self.wrapped(
                "  ",
                f"the whole step should change the loss by {self.signed(prediction.predicted)} "
                f"(gradient times update) and changes it by {self.signed(prediction.real)}",
                2,
            )
        return lines

    def check_lines(self) -> list[str]:
        check = self.e.check
        if check is None:
            return []
        text = f"{check.method} {self.writer.value(check.numeric)}, {check.outcome}"
        if check.left_slope is not None and check.right_slope is not None:
            left, right = map(self.writer.value, (check.left_slope, check.right_slope))
            text += f"; slope {left} on the left, {right} on the right"
        return ["", "check", *self.wrapped("  ", text, 2)]
