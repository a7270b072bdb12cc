"""Whether the update follows its rule: `reference/update.py`, from the same gradients and moments.

A rule errs by a few roundings of its absolute terms. It has these itself, where every gradient and
moment is taken with the sign that makes its terms add up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from chainrule import engine
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.notation.verdicts import OK, WRONG, Verdict
from chainrule.reference.arrays import Array, Params
from chainrule.reference.update import init, update
from chainrule.spec import OPTIMIZERS, TrainingSpec, TrainingState

FEW = 16.0  # roundings
SIGNED = ("velocity", "first_moment")  # moments that may have either sign


def follows_its_rule(
    seen: engine.Trace,
    training: TrainingSpec,
    called: Callable[[str, int], str] = "{}[{}]".format,
) -> Verdict:
    """The verdict on the step of a trace: on its parameters, and on the moments that it leaves.

    Parameters
    ----------
    seen : Trace
    training : TrainingSpec
    called : callable
        What a parameter is called, from its tensor and its place there.
    """
    dtype = next(iter(seen.grads.values())).dtype
    params, grads = _doubles(seen.params_before), _doubles(seen.grads)
    state = _start(seen.state_before, training, params)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # epsilon may be 0
        updates, after = update(training, params, grads, state)
        sizes, moment_sizes = _absolute_terms(training, params, grads, state)
    eps, tiny = float(np.finfo(dtype).eps), float(np.finfo(dtype).tiny)
    few = eps * (FEW + _in_one_minus_beta(training))
    squares = [kind for kind in OPTIMIZERS[training.optimizer].moments if kind not in SIGNED]
    for name, w in params.items():
        expected = w + updates[name]
        bound = FEW * eps * np.abs(w) + few * sizes[name]
        if squares:  # a square that is no normal number is 0 in the engine
            bound[np.square(grads[name]) < tiny / eps] = np.inf
        place = _outside(seen.params_after[name], expected, bound)
        if place is not None:
            numbers = expected.flat[place], seen.params_after[name].flat[place]
            right, found = (format_number(float(number), 8) for number in numbers)
            told = f"{called(name, place)} should become {right}, not {found}"
            return Verdict("update", WRONG, f"by the rule of {training.optimizer} {told}")
        for kind in OPTIMIZERS[training.optimizer].moments:
            key = f"{kind}.{name}"
            bound = few * moment_sizes[key] + tiny
            if _outside(seen.state_after.moments[key], after.moments[key], bound) is not None:
                told = f"the {kind.replace('_', ' ')} of {name} should be another"
                return Verdict("update", WRONG, f"by the rule of {training.optimizer} {told}")
    return Verdict("update", OK, f"the rule of {training.optimizer}, applied again, gives the same")


def _doubles(arrays: Params) -> Params:
    return {name: array.astype(np.float64) for name, array in arrays.items()}


def _start(state: TrainingState, training: TrainingSpec, params: Params) -> TrainingState:
    """The state in float64, with zeros for moments that are not there yet."""
    zeros = init(training, params).moments
    return replace(state, moments={**zeros, **_doubles(state.moments)})


def _absolute_terms(
    training: TrainingSpec, params: Params, grads: Params, state: TrainingState
) -> tuple[Params, Params]:
    """The sums of absolute terms of the updates, and of the new moments."""
    sizes: Params = {}
    moment_sizes: Params = {}
    for sign in (1.0, -1.0):
        moments = {
            name: sign * np.abs(m) if name.startswith(SIGNED) else m
            for name, m in state.moments.items()
        }
        shrinking = {name: np.abs(w) for name, w in params.items()}
        growing = {name: np.abs(g) for name, g in grads.items()}
        found = update(training, shrinking, growing, replace(state, moments=moments))
        for collected, arrays in ((sizes, found[0]), (moment_sizes, found[1].moments)):
            for name, array in arrays.items():
                collected[name] = np.fmax(collected.get(name, 0.0), np.abs(array))
    return sizes, moment_sizes


def _in_one_minus_beta(training: TrainingSpec) -> float:
    """Roundings in 1 - beta, whose digits were lost where beta was rounded."""
    rests = [1.0 - training.constant(beta) for beta in ("beta1", "beta2", "rho")]
    return max(1.0 / rest for rest in rests if rest > 0)


def _outside(found: Array, expected: Array, bound: Array) -> int | None:
    """The place that is furthest beyond its bound; a rule that gives no number says nothing."""
    excess = np.abs(found - expected) - bound
    excess = np.where(np.isnan(expected), -np.inf, np.nan_to_num(excess, nan=np.inf))
    worst = int(np.argmax(excess))
    return worst if excess.flat[worst] > 0 else None
