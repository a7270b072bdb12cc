"""How a row's loss and delta(L) come about: one line per loss.

These lines say in symbols what `reference/losses.py` computes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from chainrule.explain.notation.tree import (
    HALF,
    ONE,
    Node,
    Number,
    Quantity,
    add,
    apply,
    cancel,
    crossed,
    minus,
    over,
    power,
    times,
)

SMALLEST = 1e-300  # a probability below it has no number for its inverse


@dataclass(frozen=True)
class Output:
    """One output of one row, as the loss sees it."""

    a: Quantity
    z: Quantity
    y: Quantity
    slope: Quantity | None  # None where it mixes the outputs
    target_sum: Quantity  # sum of the row's targets, 1 for a class
    log_sum: Quantity  # ln of the sum of e^z over the outputs, for softmax
    true_class: Quantity | None  # a of the one class whose target is 1
    constant: Quantity | None  # huber_delta, or the output's quantile


class LossRule(NamedTuple):
    """The part of one output in a row's loss, and the forms of delta(L), the last with numbers."""

    value: Callable[[Output], Node]
    delta: Callable[[Output], tuple[Node, ...]]
    note: str


def _residual(o: Output) -> Node:
    return add(o.a, minus(o.y))


def _huber(o: Output) -> Node:
    d = _given(o)
    size = apply("abs", _residual(o))
    if size.value <= d.value:
        return times(HALF, power(_residual(o), 2))
    return times(d, add(size, minus(times(HALF, d))))


def _huber_error(o: Output) -> Node:
    if abs(o.a.value - o.y.value) <= _given(o).value:
        return _residual(o)
    return times(_given(o), apply("sign", _residual(o)))


def _pinball(o: Output) -> Node:
    q, short = _given(o), add(o.y, minus(o.a))
    return times(q, short) if short.value > 0 else times(add(q, minus(ONE)), short)


def _pinball_error(o: Output) -> Node:
    q, short = _given(o), o.y.value - o.a.value
    if short == 0:
        return Number(0.0)
    return minus(q) if short > 0 else add(ONE, minus(q))


def _given(o: Output) -> Quantity:
    assert o.constant is not None
    return o.constant


def _times_slope(error: Callable[[Output], Node]) -> Callable[[Output], tuple[Node, ...]]:
    def delta(o: Output) -> tuple[Node, ...]:
        assert o.slope is not None
        return (times(error(o), o.slope),)

    return delta


def _softmax_delta(o: Output) -> tuple[Node, ...]:
    """-1/a_c of the loss, c the true class, times da_c/dz_j = -a_c a_j, or a_c (1 - a_c) for c."""
    if o.true_class is not None and o.true_class.value > SMALLEST:
        a_c = crossed(o.true_class)
        by_true_class = minus(over(ONE, a_c))
        if o.y.value:
            return (times(by_true_class, a_c, add(ONE, minus(o.a))), _residual(o))
        return (times(by_true_class, minus(times(a_c, o.a))), _residual(o))
    if o.target_sum.value == 1.0:
        return (_residual(o),)
    return (add(times(o.a, o.target_sum), minus(o.y)),)


def _sigmoid_delta(o: Output) -> tuple[Node, ...]:
    slope = times(o.a, add(ONE, minus(o.a)))
    if slope.value == 0:  # saturated: a is 0 or 1 to the last bit, and the quotient has no number
        return (_residual(o),)
    return (cancel(_residual(o), slope), _residual(o))


def _exp_delta(o: Output) -> tuple[Node, ...]:
    return (_residual(o),) if o.a.value == 0 else (cancel(_residual(o), o.a), _residual(o))


def _log_loss(o: Output) -> Node:
    return add(apply("softplus", o.z), minus(times(o.y, o.z)))


ERROR = "error times slope"
LOSS_RULES: dict[str, LossRule] = {
    "squared_error": LossRule(
        lambda o: times(HALF, power(_residual(o), 2)), _times_slope(_residual), ERROR
    ),
    "absolute_error": LossRule(
        lambda o: apply("abs", _residual(o)),
        _times_slope(lambda o: apply("sign", _residual(o))),
        ERROR,
    ),
    "huber": LossRule(_huber, _times_slope(_huber_error), ERROR),
    "pinball": LossRule(_pinball, _times_slope(_pinball_error), ERROR),
    "poisson": LossRule(
        lambda o: add(apply("exp", o.z), minus(times(o.y, o.z))),
        _exp_delta,
        "error times slope, and the slope a cancels",
    ),
    "binary_cross_entropy": LossRule(
        _log_loss, _sigmoid_delta, "error times slope, and the slope a(1 - a) cancels"
    ),
    "cross_entropy": LossRule(
        lambda o: times(o.y, add(o.log_sum, minus(o.z))),
        _softmax_delta,
        "-1/a of the loss times the slope of softmax: a of the true class cancels",
    ),
}
