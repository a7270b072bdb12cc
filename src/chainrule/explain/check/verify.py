"""`check_gradients`: every gradient of the engine against derivatives that know no chain rule.

Three comparisons. In float64 the engine's gradient against the complex step of `reference/` (exact
to rounding) and against central differences of the engine's own loss; for a float32 network its
float32 gradient against the float64 one. Each element is held to what truncation and rounding of
that one number amount to: nothing is measured by the largest gradient of the network.

Then the step: a few steps of `fit` against those that a trace shows, and the update against its
rule.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.explain.check.central_difference import truncated
from chainrule.explain.check.checked import Checked
from chainrule.explain.check.compare import Look, compare
from chainrule.explain.check.entries import CENTRAL, COMPLEX, SINGLE, TensorCheck
from chainrule.explain.check.gradient_check import GradientCheck
from chainrule.explain.check.kinks import STEP, Kink, KinkSearch
from chainrule.explain.check.probe import EngineProbe
from chainrule.explain.check.whole_step import of_bfloat16, of_dropout, of_the_step
from chainrule.explain.derivation.names import Names
from chainrule.reference.arrays import Array, Params
from chainrule.reference.gradients import complex_step
from chainrule.reference.losses import targets
from chainrule.spec import NetworkSpec, TrainingSpec, TrainingState

__all__ = ["GradientCheck", "check_gradients"]

MAX_ALL = 10_000  # parameters; larger networks are sampled
SAMPLE = 500  # parameters of each tensor in a sample
COMPLEX_BUDGET = 5e8  # multiply-adds that the complex steps may take


Places = dict[str, Any]  # flat indices by tensor


def check_gradients(
    spec: NetworkSpec,
    params: Params,
    X: Any,
    y: Any,
    training: TrainingSpec | None = None,
    *,
    sample_weight: Any = None,
    dropout_epoch: int | None = None,
    parameters: str | Sequence[str] | None = None,
    state: TrainingState | None = None,
    seed: int = 0,
    names: Names | None = None,
    notes: Sequence[str] = (),
) -> GradientCheck:
    """Check the engine's gradients of the total loss on these rows, and the step that they make.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        The network's parameters; float32 ones are checked in float64 and in float32.
    X : ndarray (n, n_features)
    y : ndarray
        Targets as `engine.fit` takes them.
    training : TrainingSpec, optional
        Reduction, penalties and optimizer; the defaults of `fit` otherwise.
    sample_weight : ndarray (n,), optional
    dropout_epoch : int, optional
        Freezes the dropout masks of that epoch; None switches dropout off in the gradients, and on
        in the step.
    parameters : str or sequence of str, optional
        Tensors to check ("W1", "b2"); all by default.
    state : TrainingState, optional
        From which the step starts; zero moments otherwise.
    seed : int
        Chooses the sample: every parameter of networks up to 10,000, else 500 of each tensor. The
        complex step takes a part of those where it would take more than about a second.
    names : Names, optional
        Names of inputs and outputs, shown beside indices.
    notes : sequence of str
        What was not given; shown with the verdict.

    Returns
    -------
    GradientCheck
        `.ok`, `.verdict`, `.worst`, `.tensors` ranked from the largest error; prints as a table.
        Rows on a kink and central differences across one are counted and reported, not failed.

    Raises
    ------
    SpecError, DataError
        Naming the parameter, or the rows, that cannot be.
    """
    started = time.perf_counter()
    training = TrainingSpec() if training is None else training
    wanted = _wanted(spec, parameters)
    rows = engine.TrainingRows.of(spec, next(iter(params.values())).dtype, X, y, sample_weight)
    step = Checked.of(spec, params, rows, training, dropout_epoch)
    comparison = _Comparison(step, _choose(params, wanted, seed))
    names = names or Names(spec)
    return GradientCheck(
        tensors=tuple(sorted(comparison.tensors(wanted), key=lambda tensor: -tensor.severity)),
        verdicts=tuple(of_the_step(step, rows, state, names)),
        n_parameters=spec.n_parameters,
        n_rows=rows.n,
        dtype="float32" if step.single else "float64",
        loss=comparison.loss,
        kinks=tuple(comparison.kinks),
        crossed=tuple(comparison.crossed),
        notes=(*notes, *of_dropout(step), *of_bfloat16(step)),
        seed=seed,
        seconds=time.perf_counter() - started,
        names=names,
    )


class _Comparison:
    """The gradients of a step beside those found in other ways."""

    def __init__(self, step: Checked, chosen: Places) -> None:
        apart, beside = step.kinks()
        found = list(dict.fromkeys([*apart, *beside]))
        self.kinks = [step.slopes(kink) for kink in found[:1]] + found[1:]
        self.crossed: list[Kink] = []
        # Without a row that is clear of all kinks, float32 cannot be compared; without one on which
        # engine and reference stand on the same side, nothing can.
        clear, same = step.without(found), step.without(apart)
        self.same, self.clear = same is not None, clear is not None
        self.step = step = clear or same or step
        self.chosen, self.exact_at = chosen, _thin(step.spec, chosen, len(step.X))
        arguments = step.spec, step.params, step.X, step.y, step.training
        self.loss, self.grads = engine.gradients(*arguments, **step.options)
        if not np.isfinite(self.loss):
            raise DataError(
                f"the loss on these rows is {self.loss}: there is no gradient to check."
            )
        self.exact = complex_step(*arguments, indices=self.exact_at, **step.options)
        self.central = engine.numeric_gradients(*arguments, indices=chosen, **step.options)
        self.shaken = step.shaken()
        self.search = KinkSearch(step.spec, step.params, step.X, step.y, step.masks)
        if step.single:
            self.low, self.shaken_low = step.traced_single().grads, step.shaken(np.float32)

    def tensors(self, wanted: Sequence[str]) -> list[TensorCheck]:
        return [self._tensor(name) for name in wanted]

    def _tensor(self, name: str) -> TensorCheck:
        step = self.step
        g, bound = self.grads[name].reshape(-1), self.shaken.of(name, np.float64)
        at, exact_at = self.chosen[name], self.exact_at[name]
        w = step.params[name].reshape(-1)
        h = STEP * np.maximum(1.0, np.abs(w))
        from_kink = np.full(w.shape, np.inf)  # of l1 |w|, at 0
        if step.training.l1 and step.spec.parameters[name].is_weight:
            from_kink = np.abs(w)
        noise = bound + self.shaken.of_loss / h
        exact_aside = (from_kink[exact_at] == 0) | (not self.same)
        entries = [
            compare(
                name, COMPLEX, g, self.exact[name], bound[exact_at], exact_at, aside=exact_aside
            ),
            compare(
                name, CENTRAL, g, self.central[name], noise[at], at,
                aside=from_kink[at] < h[at], look=self._look(name, noise, h),
            ),
        ]  # fmt: skip
        if step.single:
            low, places = self.low[name].reshape(-1), np.arange(g.size)
            bound_low = self.shaken_low.of(name, np.float32)
            aside = np.full(g.size, not self.clear)
            entries.append(compare(name, SINGLE, low, g, bound_low, places, aside=aside))
        largest = float(np.abs(g).max())
        return TensorCheck(name, step.params[name].shape, largest, tuple(entries))

    def _look(self, name: str, noise: Array, h: Array) -> Look:
        """A second look at a central difference: is there a kink, and how much is truncated?"""
        narrow: dict[int, float] = dict(
            zip(self.chosen[name].tolist(), self.central[name].tolist(), strict=True)
        )
        step, shape = self.step, self.step.params[name].shape
        of_loss = self.shaken.of_loss

        def look(place: int) -> float | None:
            kinks = self.search(name, place)
            if kinks:
                if not any(kink.slopes for kink in self.crossed):
                    self.crossed.append(step.slopes(kinks[0]))
                return None
            at = tuple(int(k) for k in np.unravel_index(place, shape))
            probe = EngineProbe(
                step.spec, step.params, step.X, targets(step.spec, step.y), step.training,
                step.weight, step.masks, name, at, step.dropout_epoch,
            )  # fmt: skip
            return float(noise[place] + truncated(probe, narrow[place], float(h[place]), of_loss))

        return look


def _wanted(spec: NetworkSpec, parameters: str | Sequence[str] | None) -> list[str]:
    known = list(spec.parameter_shapes)
    if parameters is None:
        return known
    asked = [parameters] if isinstance(parameters, str) else list(parameters)
    for name in asked:
        if name not in known:
            raise SpecError(f"unknown parameter {name!r}; the parameters are {', '.join(known)}.")
    return asked


def _choose(params: Params, wanted: Sequence[str], seed: int) -> Places:
    """Flat places to check in each tensor."""
    total = sum(params[name].size for name in wanted)
    chosen = {}
    for place, name in enumerate(wanted):
        size = params[name].size
        if total <= MAX_ALL or size <= SAMPLE:
            chosen[name] = np.arange(size)
        else:
            rng = np.random.default_rng([seed, place])
            chosen[name] = np.sort(rng.choice(size, SAMPLE, replace=False))
    return chosen


def _thin(spec: NetworkSpec, chosen: Places, n_rows: int) -> Places:
    """Evenly fewer places where all complex steps together would take too long."""
    cost = 8.0 * n_rows * sum(a * b for a, b in pairwise(spec.layer_sizes))
    affordable = max(int(COMPLEX_BUDGET / cost / len(chosen)), 8)
    thinned = {}
    for name, places in chosen.items():
        keep = np.unique(np.linspace(0, len(places) - 1, min(affordable, len(places))).astype(int))
        thinned[name] = places[keep]
    return thinned
