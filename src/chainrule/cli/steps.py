"""One training step, stage by stage: forward, loss, backward, update."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from chainrule.cli.output import Output, speaks_unicode, width
from chainrule.cli.showing import Showing

if TYPE_CHECKING:
    from chainrule.explain.derivation.equations import Derivation
    from chainrule.explain.examples import Example
    from chainrule.explain.notation.tree import Equation
    from chainrule.explain.render.text import TextWriter
    from chainrule.explain.trace import StepTrace


def show_steps(out: Output, known: Example, row: int | None, showing: Showing) -> None:
    """Print the four stages of the first step; on a terminal, Enter leads from one to the next."""
    from chainrule.explain.derivation.equations import Derivation
    from chainrule.explain.explain import explain
    from chainrule.explain.render.text import TextWriter

    trace = known.trace()
    settings = showing.settings()
    r = explain(trace, known.quantity, row=row, check="none").row
    build = Derivation(trace, settings["top"])
    writer = TextWriter(settings["digits"], speaks_unicode())
    stages = {
        f"forward: from the inputs of row {r} to the prediction": _forward(build, r),
        "loss: how wrong the prediction is": _loss(build, r),
        f"backward: the deltas of row {r}, then the gradients of all rows": _backward(build, r),
        "update: every parameter at once, with the gradients from before": _update(trace),
    }
    out.heading(known.title)
    out.say("")
    if showing.draw:
        showing.drawing(out, trace, r)
        out.say("")
    for number, (title, equations) in enumerate(stages.items(), start=1):
        out.heading(f"{number} {title}")
        for equation in equations:
            out.result(*_lines(writer, equation))
        _pause(out, last=number == len(stages))
    out.result(
        f"loss {trace.loss:.9f} before the step, {trace.loss + trace.real_change:.9f} after it;"
    )
    out.result(f"gradient times update foretold a change of {trace.predicted_change:+.9f},")
    out.result(f"and it is {trace.real_change:+.9f}. Then forward again: that is training.")
    out.next("chainrule", "demo", known.name, "--quiz")


def _forward(build: Derivation, r: int) -> Iterator[Equation]:
    for l in range(1, build.spec.n_layers + 1):
        for j in range(build.spec.layer_sizes[l]):
            yield build.of("z", l, j, r)
            yield build.of("a", l, j, r)


def _loss(build: Derivation, r: int) -> Iterator[Equation]:
    whole, *parts = build.loss.of_row(r)
    yield from (*parts, whole)
    yield build.loss.total()


def _backward(build: Derivation, r: int) -> Iterator[Equation]:
    from chainrule.explain.derivation.asked import Asked
    from chainrule.explain.derivation.gradient import Gradient

    for l in range(build.spec.n_layers, 0, -1):
        for j in range(build.spec.layer_sizes[l]):
            delta = build.of("delta", l, j, r)
            yield from (*build.slopes(delta), delta)
    for l in range(build.spec.n_layers, 0, -1):
        for j in range(build.spec.layer_sizes[l]):
            for i in range(build.spec.layer_sizes[l - 1]):
                yield Gradient(build, Asked("W", l, j, i)).equation()
            yield Gradient(build, Asked("b", l, j)).equation()


def _update(trace: StepTrace) -> Iterator[Equation]:
    from chainrule.explain.derivation.asked import Asked
    from chainrule.explain.derivation.update import Update

    sizes = trace.spec.layer_sizes
    for l in range(1, trace.spec.n_layers + 1):
        for j in range(sizes[l]):
            for i in range(sizes[l - 1]):
                yield from Update(trace, Asked("W", l, j, i)).equations()
            yield from Update(trace, Asked("b", l, j)).equations()


def _lines(writer: TextWriter, equation: Equation) -> Iterable[str]:
    """left = symbols, = numbers, = value, below each other."""
    left = f"  {writer.symbol(equation.left)} "
    *forms, value = writer.sides(equation)
    texts = [f"{left if k == 0 else ' ' * len(left)}= {form}" for k, form in enumerate(forms)]
    limit = width()
    if texts and len(texts[-1]) + len(value) + 3 <= limit:
        texts[-1] += f" = {value}"
    else:
        texts.append(f"{' ' * len(left) if texts else left}= {value}")
    for text in texts:
        yield from textwrap.wrap(
            text,
            limit,
            subsequent_indent=" " * (len(left) + 4),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _pause(out: Output, *, last: bool) -> None:
    """Wait for Enter where a person sits."""
    if not last and not out.quiet and sys.stdin.isatty() and sys.stdout.isatty():
        input("  Enter goes on ")
    out.say("")
