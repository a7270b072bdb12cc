"""Pictures of a network too wide to be seen at once: around one unit, or along a weight's ways.

What is left out is never forgotten: "251 more" stands with its sum, so that the numbers shown add
up to the unit's z (or to dl/da of the unit, where gradients are shown).
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.trace import StepTrace
from chainrule.plots.network.picture import (
    Key,
    Line,
    Node,
    Picture,
    column_heights,
    number,
    placed,
    product_of,
    short,
    signed,
)
from chainrule.plots.network.ways import Ways

PARTNERS = 6
_DISTANCE = 0.62
_FAR = 2.5  # inches between columns, for the products on the lines
_APART = 0.95  # inches between the units on ways
_STEEP = 0.62  # of the height of the steepest line between them
_ROUNDING = 1e-9  # relative; less is no other way
_ENDS = 3  # layers shown at both ends of long ways


def default_focus(trace: StepTrace, row: int) -> Asked:
    """The output that is most wrong in a row: the one of the largest delta."""
    L = trace.spec.n_layers
    return Asked("a", L, int(np.abs(trace.delta[L][row]).argmax()))


class Focus:
    """Builds the pictures.

    Parameters
    ----------
    trace : StepTrace
    row : int
    is_gradient : bool
    """

    def __init__(self, trace: StepTrace, row: int, is_gradient: bool) -> None:
        self.trace, self.row, self.is_gradient = trace, row, is_gradient
        self.L = trace.spec.n_layers

    # Around a unit.

    def around(self, l: int, j: int) -> Picture:
        """A unit of layer l, its strongest inputs on the left and readers on the right."""
        what = "product w·δ" if self.is_gradient else "product w·a"
        self.picture = picture = Picture(what, self.is_gradient)
        centre = self._centre(l, j)
        inputs = self._inputs(l, j)
        readers = self._readers(l, j) if l < self.L else self._target(j)
        left = max(node.width for node in inputs.values()) / 2
        right = max(node.width for node in readers.values()) / 2
        x = _FAR + left + centre.width / 2
        far = x + centre.width / 2 + (_FAR if l < self.L else 0.5) + right
        picture.nodes |= placed(inputs, 0.0) | placed({(l, j): centre}, x) | placed(readers, far)
        top = max(node.y + node.height / 2 for node in picture.nodes.values()) + 0.1
        names = ["input" if l == 1 else f"layer {l - 1}", f"layer {l}"]
        names.append(f"layer {l + 1}" if l < self.L else "target")
        activation = self.trace.spec.activations[l]
        for place, (name, at) in enumerate(zip(names, (0.0, x, far), strict=True)):
            text = f"{name}\n{activation}" if place == 1 else name
            picture.headings.append((at, top, text))
        return picture

    def _centre(self, l: int, j: int) -> Node:
        trace, r = self.trace, self.row
        lines = [
            ("b", number(float(trace.b[l][j]))),
            (f"z{l}[{j}]", number(float(trace.z[l][r, j]))),
            (f"a{l}[{j}]", number(float(trace.a[l][r, j]))),
        ]
        slope = trace.slope[l]
        if slope is not None:
            lines.append(("σ′", number(float(slope[r, j]))))
        lines.append((f"δ{l}[{j}]", number(float(trace.delta[l][r, j]))))
        value = float((trace.delta if self.is_gradient else trace.a)[l][r, j])
        name = trace.names.of_unit(l, j)
        return Node(0.0, 0.0, tuple(lines), value, short(name))

    def _inputs(self, l: int, j: int) -> dict[Key, Node]:
        """The strongest inputs by |w a|, and lines to the unit."""
        trace, r = self.trace, self.row
        mask = trace.masks[l - 1]
        a = np.asarray(trace.a[l - 1][r], np.float64) * (1.0 if mask is None else mask[r])
        scale = 1 / math.sqrt(len(a)) if trace.spec.dense[l - 1].ntk else 1.0
        w = np.asarray(trace.W[l][j], np.float64) * scale
        parts = w * a
        order = np.argsort(-np.abs(parts), kind="stable")
        shown, others = order[:PARTNERS], order[PARTNERS:]
        heights = column_heights(len(shown) + bool(len(others)), _DISTANCE)
        nodes: dict[Key, Node] = {}
        delta = float(trace.delta[l][r, j])
        for i, y in zip(shown.tolist(), heights, strict=False):
            name = short(trace.names.of_unit(l - 1, i))
            lines = ((f"a{l - 1}[{i}]", number(float(a[i]))),)
            nodes[l - 1, i] = Node(0.0, y, lines, float(a[i]), name)
            product = f"{product_of((w[i], a[i]), parts[i], 3)} = {signed(parts[i], 3)}"
            value: float | None = float(parts[i])
            if self.is_gradient:
                product, value = f"δ·a = {signed(delta * a[i], 3)}", None
            self.picture.lines.append(Line((l - 1, i), (l, j), value, product, 0.42))
        if len(others):
            rest = float(parts[others].sum())
            text = (f"{len(others)} more", "" if self.is_gradient else signed(rest, 3))
            nodes["more", l - 1] = Node(0.0, heights[-1], (text,), style="more")
            self.picture.lines.append(Line(("more", l - 1), (l, j)))
        return nodes

    def _readers(self, l: int, j: int) -> dict[Key, Node]:
        """The units that read it, the strongest by |w delta|, and lines from it."""
        trace, r = self.trace, self.row
        scale = 1 / math.sqrt(trace.W[l + 1].shape[1]) if trace.spec.dense[l].ntk else 1.0
        mask = trace.masks[l]
        kept = 1.0 if mask is None else float(mask[r, j])
        w = np.asarray(trace.W[l + 1][:, j], np.float64) * scale * kept
        delta = np.asarray(trace.delta[l + 1][r], np.float64)
        parts = w * delta
        order = np.argsort(-np.abs(parts), kind="stable")
        shown, others = order[:PARTNERS], order[PARTNERS:]
        pills = self._left_out(l, j, parts, others)
        heights = column_heights(len(shown) + len(pills), _DISTANCE)
        nodes: dict[Key, Node] = {}
        for k, y in zip(shown.tolist(), heights, strict=False):
            name = short(trace.names.of_unit(l + 1, k))
            nodes[l + 1, k] = Node(
                0.0, y, ((f"δ{l + 1}[{k}]", number(float(delta[k]))),), float(delta[k]), name
            )
            product = f"{product_of((w[k], delta[k]), parts[k], 3)} = {signed(parts[k], 3)}"
            value = float(parts[k]) if self.is_gradient else None
            if not self.is_gradient:
                product = f"w = {signed(w[k], 3)}"
            self.picture.lines.append(Line((l, j), (l + 1, k), value, product, 0.58))
        for (key, text), y in zip(pills.items(), heights[len(shown) :], strict=True):
            nodes[key] = Node(0.0, y, (text,), style="more")
            self.picture.lines.append(Line((l, j), key))
        return nodes

    def _left_out(
        self, l: int, j: int, parts: np.ndarray, others: np.ndarray
    ) -> dict[Key, tuple[str, str]]:
        """What comes back to the unit beside the parts that are shown: the other readers, and what
        goes around them, as over a residual block."""
        pills: dict[Key, tuple[str, str]] = {}
        if len(others):
            rest = signed(float(parts[others].sum()), 3) if self.is_gradient else ""
            pills["more", l + 1] = (f"{len(others)} more", rest)
        whole = self.trace.dl_da(l)
        if whole is not None and self.is_gradient:
            around = float(whole[self.row, j] - parts.sum())
            if abs(around) > _ROUNDING * float(np.abs(parts).sum() + abs(whole[self.row, j])):
                pills["around", l] = ("other ways", signed(around, 3))
        return pills

    def _target(self, j: int) -> dict[Key, Node]:
        trace, r = self.trace, self.row
        target = float(trace.targets[r, min(j, trace.targets.shape[1] - 1)])
        self.picture.lines.append(Line((self.L, j), "y"))
        lines = ((f"y[{j}]", number(target, 3)), ("loss ℓ", number(float(trace.losses[r]))))
        return {"y": Node(0.0, 0.0, lines)}

    # Along the ways of a parameter.

    def along(self, ways: Ways) -> Picture:
        """The units on the largest ways of a parameter, from its input to the outputs; of a deep
        network the first and the last layers."""
        self.picture = picture = Picture("weight")
        layers = sorted({l for l, _ in ways.units})
        hidden = layers[_ENDS:-_ENDS] if len(layers) > 2 * _ENDS + 1 else []
        columns = [self._units_on_ways(l, ways) for l in layers if l not in hidden]
        numbers: list[int | None] = [l for l in layers if l not in hidden]
        if hidden:
            pill = Node(0.0, 0.0, ((f"{len(hidden)} layers between", ""),), style="more")
            columns.insert(_ENDS, {"between": pill})
            numbers.insert(_ENDS, None)
        x = -max(node.width for node in columns[0].values()) / 2
        for k, (l, nodes) in enumerate(zip(numbers, columns, strict=True)):
            half = max(node.width for node in nodes.values()) / 2
            picture.nodes |= placed(nodes, x + half)
            if l is not None:
                picture.headings.append((x + half, 0.0, self._heading(l, nodes)))
            longest = max(len(nodes), len(columns[min(k + 1, len(columns) - 1)]))
            x += 2 * half + max(1.6, _STEEP * _APART * (longest - 1) / 2)
        top = max(node.y + node.height / 2 for node in picture.nodes.values()) + 0.1
        picture.headings = [(at, top, text) for at, _, text in picture.headings]
        self._lines_on_ways(ways, set(hidden))
        picture.footer = ways.lines(self.trace)
        return picture

    def _units_on_ways(self, l: int, ways: Ways) -> dict[Key, Node]:
        units = sorted(j for at, j in ways.units if at == l)
        more = l == self.L and ways.n_others > 0
        heights = column_heights(len(units) + more, _APART)
        nodes: dict[Key, Node] = {
            (l, j): self._on_way(l, j, y, ways) for j, y in zip(units, heights, strict=False)
        }
        if more:
            text = (f"{ways.n_others:,} more ways", signed(ways.others, 3))
            nodes["more", l] = Node(0.0, heights[-1], (text,), style="more")
        return nodes

    def _heading(self, l: int, nodes: dict[Key, Node]) -> str:
        n_all, n = (
            self.trace.spec.layer_sizes[l],
            sum(node.style == "unit" for node in nodes.values()),
        )
        counted = [f"{n} of {n_all} units"] if n_all > n else []
        return "\n".join(["input" if l == 0 else f"layer {l}", *counted])

    def _lines_on_ways(self, ways: Ways, hidden: set[int]) -> None:
        for l, j, i in sorted(ways.links):
            start: Key = "between" if l - 1 in hidden else (l - 1, i)
            end: Key = "between" if l in hidden else (l, j)
            if start == end:
                continue
            if "between" in (start, end):
                self.picture.lines.append(Line(start, end))
                continue
            w = float(self.trace.W[l][j, i])
            n = sum(1 for at, k, _ in ways.links if at == l and k == j)
            self.picture.lines.append(Line(start, end, w, number(w), 0.3 if n == 1 else 0.7))

    def _on_way(self, l: int, j: int, y: float, ways: Ways) -> Node:
        trace, r = self.trace, self.row
        a = float(trace.a[l][r, j])
        lines = [(f"a{l}[{j}]", number(a))]
        if l:
            slope = trace.slope[l]
            if slope is not None:
                lines.append(("σ′", number(float(slope[r, j]))))
            lines.append((f"δ{l}[{j}]", number(float(trace.delta[l][r, j]))))
        if ways.asked.identifier == f"b{l}[{j}]":
            lines.insert(0, (ways.asked.identifier, number(float(trace.b[l][j]))))
        return Node(0.0, y, tuple(lines), a, short(trace.names.of_unit(l, j)))
