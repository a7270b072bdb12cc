"""What an explanation says of itself beside the check of its number.

equations   the shown equations, multiplied out again
update      the shown update, multiplied out again, and the rule applied by the reference
step        real steps of fit, which end in the bits of the step shown
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from chainrule.explain.check.equations import multiplied_again
from chainrule.explain.check.step import steps_of_fit
from chainrule.explain.check.update_rule import follows_its_rule
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.notation.tree import Equation
from chainrule.explain.notation.verdicts import Verdict
from chainrule.explain.trace import StepTrace


def verdicts_on(
    trace: StepTrace, asked: Asked, shown: Sequence[Equation], update: Sequence[Equation]
) -> tuple[Verdict, ...]:
    """The verdicts on the equations of one quantity of a float64 step; those on update and step
    where the quantity is a parameter's gradient."""
    found = multiplied_again(shown)
    verdicts = [] if found is None else [found]
    if asked.is_parameter:
        verdicts += [_of_update(trace, update), _of_step(trace)]
    return tuple(verdicts)


def _of_update(trace: StepTrace, update: Sequence[Equation]) -> Verdict:
    found = multiplied_again(update)
    if found is not None and not found.ok:
        return replace(found, subject="update")
    return follows_its_rule(trace.recorded, trace.training, trace.names.parameter)


_STEPS: WeakKeyDictionary[StepTrace, Verdict] = WeakKeyDictionary()


def _of_step(trace: StepTrace) -> Verdict:
    """The same for all quantities of a trace, so found once."""
    if trace not in _STEPS:
        _STEPS[trace] = _steps(trace)
    return _STEPS[trace]


def _steps(trace: StepTrace) -> Verdict:
    """With dropout on, as fit has it, even where the step shown leaves it off."""
    state = trace.state_before
    if trace.dropout_epoch is not None:
        state = replace(state, epoch=trace.dropout_epoch)
    verdict = steps_of_fit(
        trace.spec, trace.params, trace.X, trace.y, trace.training,
        sample_weight=trace.sample_weight, state=state,
    )  # fmt: skip
    if trace.dropout_epoch is None and any(trace.spec.dropout_rates):
        told = f"{verdict.sentence}, with dropout on, which is off here"
        return replace(verdict, sentence=told)
    return verdict
