"""`explain`: any number of backpropagation, with its formula, its numbers and where they come from.

explain(trace, "W2[1,3]")     also "b1[2]", "delta1[4]", "z2[0]", "a1[3]", "loss", "W1[3,age]"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.explain.derivation import Derivation
from chainrule.explain.explanation import (
    CONVENTIONS,
    Explanation,
    Prediction,
    RowPart,
    Rows,
    Section,
)
from chainrule.explain.names import Asked
from chainrule.explain.nudge import check_one
from chainrule.explain.numbers import Digits, format_number
from chainrule.explain.paths import Paths, find_paths
from chainrule.explain.trace import StepTrace
from chainrule.explain.tree import Equation, Node, rest_of
from chainrule.explain.update_rules import Update


def explain(
    trace: StepTrace,
    quantity: str,
    *,
    row: int | None = None,
    top: int | None = 5,
    digits: Digits = 4,
    check: str = "central",
) -> Explanation:
    """Derive one quantity of a traced step.

    Parameters
    ----------
    trace : StepTrace
    quantity : str
        "W2[1,3]" (into before from), "b1[2]", "delta1[4]", "z2[0]", "a1[3]" or "loss"; inputs and
        outputs also by name. "delta1[4]@17" names the row as well.
    row : int, optional
        Row of the one-row equations; the row that adds most to the quantity otherwise.
    top : int or None
        Terms shown of sums, rows and paths, the rest stated; None shows all.
    digits : int or "full"
        Significant digits in text.
    check : "central", "complex" or "none"
        How the value is verified. "complex" is exact to rounding, and for smooth networks.

    Returns
    -------
    Explanation

    Raises
    ------
    SpecError, DataError
        When the quantity cannot be read or the row does not exist; the message says what there is.
    """
    if top is not None and (not isinstance(top, int) or top < 1):
        raise SpecError(f"top must be a whole number above 0 or None, found {top!r}.")
    if trace.dtype != np.float64:
        raise SpecError("explanations are drawn from a float64 trace; leave out dtype='train'.")
    asked = trace.names.parse(quantity)
    return _Explainer(trace, asked, _row(trace, asked, row), top).explanation(digits, check)


def _row(trace: StepTrace, asked: Asked, row: int | None) -> int:
    row = asked.row if row is None else row
    if row is not None:
        if not isinstance(row, int | np.integer) or not 0 <= row < trace.n_rows:
            raise DataError(f"row {row} does not exist; the rows are 0 to {trace.n_rows - 1}.")
        return int(row)
    if asked.kind in ("W", "b"):
        parts = Derivation(trace).row_parts(asked) * trace.shares
    elif asked.kind == "loss":
        parts = np.asarray(trace.losses) * trace.shares
    else:
        return 0
    return int(np.argmax(np.abs(parts)))


class _Explainer:
    """Collects the parts of one explanation."""

    def __init__(self, trace: StepTrace, asked: Asked, row: int, top: int | None) -> None:
        self.trace, self.asked, self.row, self.top = trace, asked, row, top
        self.build = Derivation(trace, top)

    def explanation(self, digits: Digits, check: str) -> Explanation:
        asked, row = self.asked, self.row
        parameter = asked.kind in ("W", "b")
        derive = {
            "W": self._gradient,
            "b": self._gradient,
            "delta": self._delta,
            "z": self._forward,
            "a": self._forward,
            "loss": self._loss,
        }
        sections = derive[asked.kind]()
        value = sections[0].equations[0].left.value if sections else self._input_value()
        return Explanation(
            quantity=asked.identifier,
            what=self._what(),
            value=value,
            row=row,
            header=self._header(),
            sections=tuple(sections),
            rows=self._rows(),
            paths=self._paths(),
            update=tuple(Update(self.trace, asked).equations()) if parameter else (),
            prediction=(
                Prediction(self.trace.predicted_change, self.trace.real_change)
                if parameter
                else None
            ),
            check=check_one(self.trace, asked, row, value, check),
            remarks=tuple(self._remarks()),
            digits=digits,
        )

    def _input_value(self) -> float:
        return float(self.trace.a[0][self.row, self.asked.unit])

    def _what(self) -> str:
        asked, names = self.asked, self.trace.names
        l, j = asked.layer, asked.unit

        def unit(layer: int, k: int) -> str:
            name = names.of_unit(layer, k)
            what = f"input {k + 1}" if layer == 0 else f"unit {k + 1} of layer {layer}"
            if layer == self.trace.spec.n_layers:
                what = f"output {k + 1}"
            return f"{what} ({name})" if name else what

        if asked.kind == "W":
            source = unit(l - 1, asked.source or 0)
            return f"gradient of the loss by the weight into {unit(l, j)} from {source}"
        if asked.kind == "b":
            return f"gradient of the loss by the bias of {unit(l, j)}"
        if asked.kind == "delta":
            return f"derivative of the loss of row {self.row} by the pre-activation of {unit(l, j)}"
        if asked.kind == "loss":
            n = self.trace.n_rows
            return f"the loss of {n} row{'s' if n != 1 else ''}"
        kind = {"z": "pre-activation", "a": "activation" if l else "value"}[asked.kind]
        return f"{kind} of {unit(l, j)} for row {self.row}"

    def _header(self) -> dict[str, Any]:
        header = self.trace.header()
        header["conventions"] = CONVENTIONS
        header["row_id"] = str(self.trace.row_id(self.row))
        names = self.trace.names
        header["inputs"], header["outputs"] = list(names.inputs), list(names.outputs)
        if self.trace.raw is not None:
            header["raw"] = {str(k): str(v) for k, v in self.trace.raw[self.row].items()}
        return header

    def _remarks(self) -> list[str]:
        asked, training = self.asked, self.trace.training
        remarks = []
        place = asked.source if asked.kind == "W" and asked.layer == 1 else None
        place = asked.unit if asked.kind == "a" and asked.layer == 0 else place
        name = "" if place is None else self.trace.names.of_unit(0, place)
        if name and place is not None:
            encoded = format_number(float(self.trace.a[0][self.row, place]))
            column = re.split(r"[=~?#]", name)[0]
            cells = {} if self.trace.raw is None else self.trace.raw[self.row]
            cell = f", from the cell {cells[column]!r} of {column}" if column in cells else ""
            remarks.append(f"input {place + 1} is {name}: {encoded} in row {self.row}{cell}")
        if asked.kind == "W" and (training.l1 or training.l2):
            remarks.append("the penalty's gradient is part of the gradient, once for all rows")
        if asked.kind in ("W", "b") and training.weight_decay:
            remarks.append("weight decay stands in the update, not in the gradient")
        return remarks

    def _gradient(self) -> list[Section]:
        asked, build, r = self.asked, self.build, self.row
        sections = [Section("gradient", (build.gradient(asked),))]
        sections += self._backward(asked.layer, [asked.unit])
        if asked.source is not None and asked.layer > 1:
            below = asked.layer - 1
            source = build.activation(below, asked.source, r)
            sections.append(
                Section("activation", (source, build.pre_activation(below, asked.source, r)))
            )
        return sections

    def _delta(self) -> list[Section]:
        return self._backward(self.asked.layer, [self.asked.unit])

    def _backward(self, layer: int, focus: list[int]) -> list[Section]:
        """Deltas from a unit up to the output, at each layer those of most influence on it."""
        build, r, L = self.build, self.row, self.trace.spec.n_layers
        sections = []
        influence = np.ones(len(focus))
        for l in range(layer, L + 1):
            equations = [build.delta(l, j, r) for j in focus]
            shown = focus if self.top is None else focus[:1]
            slopes = [build.slope(l, j, r) for j in shown] if not self._fused(l) else []
            title = "delta of the output" if l == L else f"delta of layer {l}"
            found = [*equations, *(slope for slope in slopes if slope is not None)]
            sections.append(Section(title, tuple(_without_repeats(found))))
            if l < L:
                W = np.abs(self.trace.params[f"W{l + 1}"][:, focus])
                reach = W @ (influence * np.abs(self.trace.slope[l][r, focus]))
                weight = reach * np.abs(self.trace.delta[l + 1][r])
                focus = sorted(build.shown(weight))
                influence = reach[focus]
        return sections

    def _fused(self, l: int) -> bool:
        return l == self.trace.spec.n_layers and self.trace.spec.loss.name in (
            "cross_entropy", "binary_cross_entropy", "poisson",
        )  # fmt: skip

    def _forward(self) -> list[Section]:
        """z or a of a unit, and below it what it is made of, down to the inputs."""
        build, r = self.build, self.row
        focus, sections = [self.asked.unit], []
        reach = np.ones(1)
        for l in range(self.asked.layer, 0, -1):
            equations = []
            for j in focus:
                if l < self.asked.layer or self.asked.kind == "a":
                    equations.append(build.activation(l, j, r))
                equations.append(build.pre_activation(l, j, r))
            sections.append(Section(f"layer {l}", tuple(equations)))
            W = np.abs(self.trace.params[f"W{l}"][focus])
            below = reach @ W
            focus = sorted(build.shown(below * np.abs(self.trace.a[l - 1][r])))
            reach = below[focus]
        return sections

    def _loss(self) -> list[Section]:
        build = self.build
        penalty = build.penalty()
        total = [build.total_loss(), *([penalty] if penalty else [])]
        return [
            Section("loss", tuple(total)),
            Section(f"loss of row {self.row}", tuple(build.row_loss(self.row))),
        ]

    def _rows(self) -> Rows | None:
        trace, asked = self.trace, self.asked
        if asked.kind in ("W", "b"):
            parts = self.build.row_parts(asked)
        elif asked.kind == "loss":
            parts = np.asarray(trace.losses, np.float64)
        else:
            return None
        values = parts * trace.shares
        order = [int(r) for r in np.argsort(-np.abs(values), kind="stable")]
        shown = order if self.top is None else order[: self.top]
        listed = tuple(
            RowPart(r, float(trace.shares[r]), float(parts[r]), float(values[r])) for r in shown
        )
        return Rows(listed, rest_of(values.tolist(), shown), float(values.sum()))

    def _paths(self) -> Paths | None:
        asked, r = self.asked, self.row
        if asked.kind not in ("W", "b", "delta") or asked.layer == self.trace.spec.n_layers:
            return None
        head: list[Node] = []
        if asked.source is not None:
            below = asked.layer - 1
            head = [self.build.of_row("a", below, asked.source, r)]
            head += [*self.build.passing(below, asked.source, r), *self.build.scaling(asked.layer)]
        return find_paths(self.build, asked.layer, asked.unit, r, head)


def _without_repeats(equations: list[Equation]) -> list[Equation]:
    """The same, each note at its first equation only."""
    seen: set[str] = set()
    out = []
    for equation in equations:
        out.append(replace(equation, note="") if equation.note in seen else equation)
        seen.add(equation.note)
    return out


def explain_all(
    trace: StepTrace, *, top: int | None = 5, digits: Digits = 4, check: str = "none"
) -> Sequence[Explanation]:
    """One explanation per parameter, in storage order; for small networks."""
    found = []
    for name, shape in trace.spec.parameter_shapes.items():
        for place in np.ndindex(*shape):
            inside = ",".join(str(k) for k in place)
            quantity = f"{name}[{inside}]"
            found.append(explain(trace, quantity, top=top, digits=digits, check=check))
    return found


__all__ = ["Explanation", "explain", "explain_all"]
