"""The picture of a whole network, with every unit; for networks of few units a layer.

Only what a layer says of itself is used, so that every kind is drawn: dense layers are columns and
lines; an activation, a dropout or a factor is named above its column; a layer that mixes the units
of a row has a band behind them; one that makes inputs from features has a funnel; a residual block
has a bridge from where it reads to where it adds.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.layer import Elementwise
from chainrule.explain.trace import StepTrace
from chainrule.plots.network.picture import (
    LINE,
    Bridge,
    Funnel,
    Key,
    Line,
    Node,
    Picture,
    column_heights,
    label_place,
    number,
    placed,
    short,
)
from chainrule.plots.network.ways import Ways
from chainrule.spec import Placed

MAX_LINES = 40  # into one layer
_APART = 0.17  # inches between the numbers on lines, at least
_CLOSE, _FAR = 1.3, 1.55  # inches between columns without and with numbers on the lines, at least
_STEEP = 0.62  # of the height of the steepest line


class Whole:
    """Builds the picture.

    Parameters
    ----------
    trace : StepTrace
    row : int
    is_gradient : bool
        Draw gradients and delta instead of weights and activations.
    ways : Ways or None
        Lights the ways of one parameter.
    """

    def __init__(self, trace: StepTrace, row: int, is_gradient: bool, ways: Ways | None) -> None:
        self.trace, self.row, self.is_gradient, self.ways = trace, row, is_gradient, ways
        self.spec = trace.spec
        what = "gradient ∂L/∂W" if is_gradient else "weight"
        self.picture = Picture(what, is_gradient)
        sizes = list(self.spec.layer_sizes)
        pairs = list(pairwise(sizes))
        self.is_detailed = max(sizes) <= 8 and max(min(pair) for pair in pairs) <= 4
        self.picture.is_dense = not self.is_detailed
        lines_of_box = 4 if self.is_detailed else 1
        self.distance = 0.17 * lines_of_box + 0.32
        if self.is_detailed:
            need = max(_APART * (1 + min(pair)) for pair in pairs)
            self.distance = max(self.distance, need)

    def build(self) -> Picture:
        n = self.spec.n_layers
        x, right = 0.0, 0.0
        if self.spec.a_places[0] is not None:
            right = self._features()
            x = right + 1.7
        self.x: list[float] = []
        for l in range(n + 1):
            column = self._column(l)
            half = max(node.width for node in column.values()) / 2
            x += half if self.x or right else 0.0
            self.x.append(x)
            self.picture.nodes |= placed(column, x)
            x += half + (self._gap(l) if l < n else 0.5)
        self._loss(x)
        for l in range(1, n + 1):
            self._lines(l)
        if self.spec.a_places[0] is not None:
            self._before()
        self._bridges()
        self._headings()
        if self.ways is not None:
            self.picture.footer = self.ways.lines(self.trace)
        return self.picture

    def _gap(self, l: int) -> float:
        """Inches between the columns of layers l and l + 1: no line is steep."""
        sizes = self.spec.layer_sizes
        steepest = self.distance * (sizes[l] + sizes[l + 1] - 2) / 2
        return max(_FAR if self.is_detailed else _CLOSE, _STEEP * steepest)

    # Columns.

    def _column(self, l: int) -> dict[Key, Node]:
        heights = column_heights(self.spec.layer_sizes[l], self.distance)
        return {(l, j): self._unit(l, j, y) for j, y in enumerate(heights)}

    def _unit(self, l: int, j: int, y: float) -> Node:
        trace, r = self.trace, self.row
        is_lit = self.ways is None or (l, j) in self.ways.units
        value = float((trace.delta if self.is_gradient and l else trace.a)[l][r, j])
        if self.is_detailed:
            lines = self._numbers(l, j, is_lit)
        else:
            lines = [("δ" if self.is_gradient and l else "", number(value, 3))]
        name = short(trace.names.of_unit(l, j))
        return Node(0.0, y, tuple(lines), value, name, is_lit=is_lit)

    def _numbers(self, l: int, j: int, is_lit: bool) -> list[tuple[str, str]]:
        """The lines in the box of a unit: what the view, or a way that leads through it, needs."""
        trace, r = self.trace, self.row
        lines = [(f"a{l}[{j}]", number(float(trace.a[l][r, j])))]
        if l:
            is_on_way = self.ways is not None and is_lit
            delta = (f"δ{l}[{j}]", number(float(trace.delta[l][r, j])))
            slope = trace.slope[l]
            sigma = [] if slope is None else [("σ′", number(float(slope[r, j])))]
            if self.is_gradient:
                lines = [("∂L/∂b", number(float(trace.dL_db[l][j]))), *sigma, delta]
            elif is_on_way:
                lines = [*lines, *sigma, delta]
            else:
                z = (f"z{l}[{j}]", number(float(trace.z[l][r, j])))
                lines = [("b", number(float(trace.b[l][j]))), z, *lines]
        mask = trace.masks[l]
        if mask is not None:
            lines.append(("dropout", f"×{number(float(mask[r, j]), 3)}"))
        return lines

    def _features(self) -> float:
        """The columns of the table, where layers stand before layer 1; their right border."""
        heights = column_heights(self.spec.n_features, max(self.distance * 0.8, 0.5))
        names = self.trace.names.inputs
        column: dict[Key, Node] = {}
        for i, y in enumerate(heights):
            value = float(self.trace.X[self.row, i])
            lines = ((f"x[{i}]", number(value, 3)),)
            column["x", i] = Node(0.0, y, lines, value, short(names[i]) if names else "")
        self.picture.nodes |= placed(column, 0.0)
        return self.picture.nodes["x", 0].width / 2

    def _loss(self, left: float) -> None:
        trace, r = self.trace, self.row
        L = self.spec.n_layers
        for j, y in enumerate(column_heights(self.spec.n_outputs, self.distance)):
            target = float(trace.targets[r, min(j, trace.targets.shape[1] - 1)])
            node = Node(0.0, y, ((f"y[{j}]", number(target, 3)),), style="plain")
            self.picture.nodes["y", j] = replace(node, x=left + node.width / 2)
            self.picture.lines.append(Line((L, j), ("y", j)))
        loss = float(trace.losses[r])
        lines = [("loss ℓ", number(loss))]
        if trace.n_rows > 1 or trace.penalty or trace.shares[r] != 1:
            lines.append(("total L", number(trace.loss)))
        node = Node(0.0, 0.0, tuple(lines), style="unit")
        x = max(n.x + n.width / 2 for k, n in self.picture.nodes.items() if k[0] == "y")  # type: ignore[index]
        self.picture.nodes["loss"] = replace(node, x=x + 0.45 + node.width / 2)
        for j in range(self.spec.n_outputs):
            self.picture.lines.append(Line(("y", j), "loss"))

    # Lines.

    def _lines(self, l: int) -> None:
        values = np.asarray((self.trace.dL_dW if self.is_gradient else self.trace.W)[l])
        n_out, n_in = values.shape
        lit = None if self.ways is None else self.ways.links
        order = np.argsort(-np.abs(values), axis=None, kind="stable")[:MAX_LINES]
        for j, i in zip(*np.unravel_index(order, values.shape), strict=True):
            at = label_place(n_in, n_out)
            is_lit = lit is None or (l, int(j), int(i)) in lit
            digits = 4 if min(n_in, n_out) <= 2 else 3
            text = number(float(values[j, i]), digits) if self.is_detailed else ""
            if self.ways is not None and self.ways.is_about(l, int(j), int(i)):
                at, text = 0.5, f"{self.ways.asked.identifier} = {number(float(values[j, i]))}"
            self.picture.lines.append(
                Line(
                    (l - 1, int(i)), (l, int(j)), float(values[j, i]),
                    text, at, is_lit,
                )
            )  # fmt: skip
        if values.size > MAX_LINES:
            rest = np.sort(np.abs(values), axis=None)[-MAX_LINES]
            self.picture.footer.append(
                f"into layer {l}: the {MAX_LINES} largest of {values.size} lines, "
                f"the others are below {number(float(rest), 3)}"
            )

    def _before(self) -> None:
        """What makes the inputs of layer 1 from the features."""
        features, inputs = self.spec.n_features, self.spec.n_inputs
        read, made = set[int](), set[int]()
        for at in self.spec.segments[0]:
            if not at.layer.reads_features or at.inside:
                continue
            wire = self.trace.names.wires[at.index]
            start = range(wire.first, wire.first + at.n_in)
            end = range(wire.position, wire.position + at.n_out)
            read |= set(start)
            made |= set(end)
            self.picture.funnels.append(
                Funnel(tuple(("x", i) for i in start), tuple((0, k) for k in end), at.layer.kind)
            )
        passed = [i for i in range(features) if i not in read]
        into = [k for k in range(inputs) if k not in made]
        self.picture.lines += [Line(("x", i), (0, k)) for i, k in zip(passed, into, strict=False)]

    def _bridges(self) -> None:
        """One for each block whose layers stand one behind the other."""
        top = max(node.y + node.height / 2 for node in self.picture.nodes.values())
        level = 0
        for at in self.spec.walk:
            if not at.inside or any(part.columns is not None for part in at.layer.inside):
                continue
            source = self.trace.names.wires[at.index].source
            start = self.x[source.number] if source else self.picture.nodes["x", 0].x
            level += 1
            height = top + LINE * 3.2 + 0.32 * level
            self.picture.bridges.append(Bridge(start, self.x[at.number], height, at.layer.kind))

    def _headings(self) -> None:
        top = max(node.y + node.height / 2 for node in self.picture.nodes.values()) + 0.1
        for l, x in enumerate(self.x):
            kinds = [p for p in self.spec.segments[l] if _is_named(p)]
            words = [p.layer.label() if l else p.layer.kind for p in kinds]
            for p in kinds:
                if not issubclass(kind_of(p), Elementwise) and not p.layer.reads_features:
                    self.picture.bands.append(tuple((l, j) for j in range(p.n_out)))
            if l and self.trace.masks[l] is None:
                words = [f"{w} (off)" if p.layer.draws else w
                         for p, w in zip(kinds, words, strict=True)]  # fmt: skip
            self.picture.headings.append((x, top, "\n".join([_place(l, self.spec.n_layers),
                                                             *words])))  # fmt: skip
        if self.spec.a_places[0] is not None:
            self.picture.headings.append((0.0, top, "features"))


def _is_named(at: Placed) -> bool:
    """Whether a heading names it: not where a bridge or a funnel does."""
    return not at.inside and not at.layer.reads_features and bool(at.layer.label())


def _place(l: int, last: int) -> str:
    return "input" if l == 0 else f"layer {l}, output" if l == last else f"layer {l}"
