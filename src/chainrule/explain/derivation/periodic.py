"""The periodic embedding, for each column x:

    u_k = 2 pi frequency_k x + phase_k       e_o = sum_k weight_ok cos u_k + bias_o, and x itself

and back dl/du_k = -(sum_o weight_ok dl/de_o) sin u_k.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from chainrule.explain.derivation.layer import Axis, Called, Layer
from chainrule.explain.notation.symbols import Symbol
from chainrule.explain.notation.tree import (
    Equation,
    Node,
    Quantity,
    add,
    apply,
    minus,
    product,
    times,
)
from chainrule.reference.arrays import Array, Backward, Params
from chainrule.reference.layers.periodic import TURN, angles, per_column
from chainrule.spec import Placed

TWO_PI = Quantity("turn", TURN, symbol=Symbol("2π", "2pi", r"2\pi"))
ANGLE = Symbol("u", "u", "u")
BY_ANGLE = Symbol("u", "u", "u", ("∂ℓ/∂", "dl/d", r"\partial\ell/\partial "))


class PeriodicEmbedding(Layer):
    """Output o of column c is out[c (outputs + 1) + o]; the last of a column is x itself."""

    @staticmethod
    def axes(
        at: Placed, family: str, reads: Sequence[str], makes: Sequence[str]
    ) -> tuple[Axis, ...]:
        tensor, outputs = at.name(family), at.n_out // at.n_in - 1
        shape = at.parameters[tensor].shape
        column = Axis("column", tensor, at.n_in, reads)
        if family == "weight":
            itself = outputs + 1
            names = [name for j, name in enumerate(makes) if (j + 1) % itself]
            return Axis("output", tensor, shape[0], names), Axis("frequency", tensor, shape[1])
        return column, Axis("output" if family == "bias" else "frequency", tensor, shape[1])

    @staticmethod
    def words(at: Placed, family: str, index: tuple[int, ...], called: Called) -> str:
        first, k = index
        if family == "weight":
            column, output = divmod(first, at.n_out // at.n_in - 1)
            return f"the weight of frequency {k} in output {output} of {called.read(column)}"
        if family == "bias":
            return f"the bias of output {k} of {called.read(first)}"
        return f"{family} {k} of {called.read(first)}"

    @staticmethod
    def meets(at: Placed, family: str, index: tuple[int, ...]) -> int | None:
        return index[0] // (at.n_out // at.n_in - 1) if family == "weight" else index[0]

    @staticmethod
    def makes(at: Placed, reads: Sequence[str], parts: list[Sequence[str]]) -> Sequence[str]:
        outputs = at.n_out // at.n_in - 1
        return [made for x in reads for made in (*(f"{x}~{o}" for o in range(outputs)), x)]

    @cached_property
    def u(self) -> Array:
        """(n, columns, frequencies)."""
        return angles(self.tensor("frequency"), self.tensor("phase"), self.inputs)

    @cached_property
    def by_u(self) -> Array:
        """dl/du (n, columns, frequencies)."""
        weight = per_column(self.tensor("weight"), self.tensor("bias"))
        by_e = self.derivatives.reshape(*self.inputs.shape, -1)[..., :-1]
        back: Array = -np.einsum("nco,cok->nck", by_e, weight) * np.sin(self.u)
        return back

    def angle(self, c: int, k: int, r: int) -> Quantity:
        return self.own("angle", self.u[r, c, k], ANGLE, c, k, r=r)

    def by_angle(self, c: int, k: int, r: int) -> Quantity:
        return self.own("dl_du", self.by_u[r, c, k], BY_ANGLE, c, k, r=r)

    def forward(self, j: int, r: int) -> Equation:
        c, o = divmod(j, self.layer.outputs + 1)
        if o == self.layer.outputs:
            return Equation(self.out(j, r), (product(self.read(c, r)),))
        row = c * self.layer.outputs + o
        values = self.tensor("weight")[row] * np.cos(self.u[r, c])

        def term(k: int) -> Node:
            return times(self.parameter("weight", row, k), apply("cos", self.angle(c, k, r)))

        return Equation(
            self.out(j, r), (self.sums.sum_of(values, term, self.parameter("bias", c, o)),)
        )

    def gradient(self, family: str, index: tuple[int, ...], r: int) -> list[Node]:
        first, k = index
        outputs = self.layer.outputs
        if family == "weight":
            c, o = divmod(first, outputs)
            by_e = self.derivative(c * (outputs + 1) + o, r)
            return [by_e, apply("cos", self.angle(c, k, r))]
        if family == "bias":
            return [self.derivative(first * (outputs + 1) + k, r)]
        by_angle = self.by_angle(first, k, r)
        return [by_angle] if family == "phase" else [by_angle, TWO_PI, *self.read(first, r)]

    def own_equation(self, q: Quantity) -> Equation | None:
        assert q.unit is not None and q.source is not None and q.row is not None
        c, k, r = q.unit, q.source, q.row
        if q.kind == "angle":
            turns = times(TWO_PI, self.parameter("frequency", c, k), *self.read(c, r))
            return Equation(q, (add(turns, self.parameter("phase", c, k)),))
        rows = [c * self.layer.outputs + o for o in range(self.layer.outputs)]
        made = [c * (self.layer.outputs + 1) + o for o in range(self.layer.outputs)]
        values = self.tensor("weight")[rows, k] * self.derivatives[r, made]

        def term(o: int) -> Node:
            return times(self.parameter("weight", rows[o], k), self.derivative(made[o], r))

        back = self.sums.sum_of(values, term)
        return Equation(q, (minus(times(back, apply("sin", self.angle(c, k, r)))),))

    @staticmethod
    def sizes(
        at: Placed, own: Params, a: Array, d: Array, share: Array, *inside: Backward
    ) -> tuple[None, Params]:
        """|cos u| and |sin u| are taken for 1."""
        by_e = (share[:, np.newaxis] * d).reshape(*a.shape, -1)[..., :-1]
        weight = np.abs(per_column(own["weight"], own["bias"]))
        by_u = np.einsum("nco,cok->nck", by_e, weight)
        bias = by_e.sum(axis=0)
        return None, {
            "frequency": (TURN * np.abs(a[..., np.newaxis]) * by_u).sum(axis=0),
            "phase": by_u.sum(axis=0),
            "weight": np.repeat(bias.reshape(-1, 1), weight.shape[-1], axis=1),
            "bias": bias,
        }
