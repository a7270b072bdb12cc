"""LayerNorm: out_j = gain_j v_j + bias_j with v_j = (in_j - mean) / s over the units of a row.

dl/din_i = (g_i - mean of g - v_i mean of g v) / s      with g_j = gain_j dl/dout_j
"""

from __future__ import annotations

import numpy as np

from chainrule.explain.derivation.layer import Called, Layer
from chainrule.explain.notation.symbols import Symbol
from chainrule.explain.notation.tree import (
    Equation,
    Node,
    Number,
    Quantity,
    add,
    apply,
    minus,
    over,
    power,
    product,
    times,
)
from chainrule.reference.arrays import Array, Backward, Params
from chainrule.spec import LayerNorm as Spec
from chainrule.spec import Placed

NORMALIZED = Symbol("v", "v", "v")
MEAN = Symbol("mean", "mean", r"\overline{\mathrm{in}}")
DEVIATION = Symbol("sd", "sd", r"\mathrm{sd}")


class LayerNorm(Layer):
    @staticmethod
    def words(at: Placed, family: str, index: tuple[int, ...], called: Called) -> str:
        return f"the {family.removeprefix('norm_')} of the normalized {called.made(index[0])}"

    # Of a row: x its inputs, v the normalized ones, d their deviation.

    def _row(self, r: int) -> tuple[Array, Array, float, float]:
        x = np.asarray(self.inputs[r], np.float64)
        mean = float(x.mean())
        deviation = float(np.sqrt(((x - mean) ** 2).mean() + epsilon(self.at)))
        return x, (x - mean) / deviation, mean, deviation

    def normalized(self, j: int, r: int) -> Quantity:
        return self.own("normalized", self._row(r)[1][j], NORMALIZED, j, r=r)

    def mean(self, r: int) -> Quantity:
        return self.own("mean", self._row(r)[2], MEAN, r=r)

    def deviation(self, r: int) -> Quantity:
        return self.own("deviation", self._row(r)[3], DEVIATION, r=r)

    def forward(self, j: int, r: int) -> Equation:
        gain, bias = self.parameter("norm_gain", j), self.parameter("norm_bias", j)
        return Equation(self.out(j, r), (add(times(gain, self.normalized(j, r)), bias),))

    def own_equation(self, q: Quantity) -> Equation | None:
        assert q.row is not None
        r, (x, _, mean, _) = q.row, self._row(q.row)
        n = Number(float(self.at.n_in))
        if q.kind == "normalized":
            assert q.unit is not None
            centred = add(product(self.read(q.unit, r)), minus(self.mean(r)))
            return Equation(q, (over(centred, self.deviation(r)),))
        if q.kind == "mean":
            rows = self.sums.sum_of(x, lambda i: product(self.read(i, r)))
            return Equation(q, (over(rows, n),), "over the units")

        def square(i: int) -> Node:
            return power(add(product(self.read(i, r)), minus(self.mean(r))), 2)

        squares = self.sums.sum_of((x - mean) ** 2, square)
        return Equation(q, (apply("sqrt", add(over(squares, n), Number(epsilon(self.at)))),))

    def backward(self, i: int, r: int) -> list[Node]:
        gain, v, n = self.tensor("norm_gain"), self._row(r)[1], Number(float(self.at.n_in))
        g = gain * self.derivatives[r]

        def term(j: int) -> Node:
            return times(self.parameter("norm_gain", j), self.derivative(j, r))

        def turned(j: int) -> Node:
            return times(*term(j).factors, self.normalized(j, r))  # type: ignore[union-attr]

        mean = over(self.sums.sum_of(g, term), n)
        slope = times(self.normalized(i, r), over(self.sums.sum_of(g * v, turned), n))
        return [over(add(term(i), minus(mean), minus(slope)), self.deviation(r))]

    def gradient(self, family: str, index: tuple[int, ...], r: int) -> list[Node]:
        (j,) = index
        return [self.derivative(j, r), *([self.normalized(j, r)] if family == "norm_gain" else [])]

    @staticmethod
    def sizes(
        at: Placed, own: Params, a: Array, d: Array, share: Array, *inside: Backward
    ) -> tuple[Array, Params]:
        """The absolute values of the three terms of dl/din, and |v|."""
        centred = np.abs(a) + np.abs(a).mean(axis=-1, keepdims=True)
        deviation = np.sqrt(a.var(axis=-1, keepdims=True) + epsilon(at))
        v = centred / deviation
        g = d * np.abs(own["norm_gain"])
        back = g + g.mean(axis=-1, keepdims=True) + v * (g * v).mean(axis=-1, keepdims=True)
        shared = share[:, np.newaxis] * d
        bias = shared.sum(axis=0)
        return back / deviation, {"norm_gain": (shared * v).sum(axis=0), "norm_bias": bias}


def epsilon(at: Placed) -> float:
    """What keeps the deviation of a constant row above 0."""
    assert isinstance(at.layer, Spec)
    return at.layer.epsilon
