"""What a check says of the whole step: that of fit, the update, and the gradients under dropout."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule import engine
from chainrule.explain.check.checked import Checked
from chainrule.explain.check.compare import compare
from chainrule.explain.check.entries import COMPLEX
from chainrule.explain.check.step import steps_of_fit
from chainrule.explain.check.update_rule import follows_its_rule
from chainrule.explain.derivation.names import Names
from chainrule.explain.notation.verdicts import OK, UNCHECKED, WRONG, Verdict
from chainrule.reference.gradients import gradients
from chainrule.spec import TrainingSpec, TrainingState

NO_WEIGHTS = "the last fit had sample weights; none are given here"


def of_the_step(
    step: Checked, rows: engine.TrainingRows, state: TrainingState | None, names: Names
) -> list[Verdict]:
    """The verdicts on the step of fit, on the update, and on the gradients under dropout."""
    y = rows.classes if rows.y is None else rows.y
    arguments = step.spec, step.own, rows.x, y, step.training
    verdicts = [steps_of_fit(*arguments, sample_weight=rows.weights, state=state)]
    seen = engine.trace(
        *arguments, sample_weight=rows.weights, state=state, dropout_epoch=step.dropout_epoch
    )
    verdicts.append(follows_its_rule(seen, step.training, names.parameter))
    if any(step.spec.dropout_rates) and step.dropout_epoch is None:
        epoch = 0 if state is None else state.epoch
        verdicts.append(_under_dropout(replace(step, dropout_epoch=epoch), names))
    return verdicts


def _under_dropout(step: Checked, names: Names) -> Verdict:
    """The gradients with the masks that fit would draw, against the reference's chain rule."""
    epoch = step.dropout_epoch
    clear = step.without(step.kinks()[0])
    if clear is None:
        return Verdict(
            "dropout", UNCHECKED, f"with the masks of epoch {epoch} every row is on a kink"
        )
    step = clear
    arguments = step.spec, step.params, step.X, step.y, step.training
    _, grads = engine.gradients(*arguments, **step.options)
    _, expected = gradients(*arguments, **step.options)
    shaken = step.shaken()
    for name, g in grads.items():
        places = np.arange(g.size)
        bound = shaken.of(name, np.float64)
        entry = compare(name, COMPLEX, g.reshape(-1), expected[name].reshape(-1), bound, places)
        if not entry.ok:
            where = names.parameter(name, entry.place)
            return Verdict("dropout", WRONG, f"with its masks {where} is not the reference's")
    return Verdict("dropout", OK, f"right with the masks of epoch {epoch}, too")


def not_given(last: TrainingSpec | None, chosen: TrainingSpec, lacks_weights: bool) -> list[str]:
    """Notes on what the last fit had and a check does not.

    Parameters
    ----------
    last, chosen : TrainingSpec
        Of the last fit, None where none is known, and of the check.
    lacks_weights : bool
        Whether the last fit had sample weights, and the check has none.
    """
    notes = []
    if last is None:
        notes.append("no training is known: the loss and the step are those of fit's defaults")
    elif (last.l1, last.l2) != (chosen.l1, chosen.l2):
        given, had = ((f"l1 {t.l1:g}, l2 {t.l2:g}") for t in (chosen, last))
        notes.append(f"the penalties are {given}; those of the last fit were {had}")
    if lacks_weights:
        notes.append(NO_WEIGHTS)
    return notes


def of_bfloat16(step: Checked) -> list[str]:
    """A note on products of bfloat16: eight bits would hide a fault of the size that is looked
    for."""
    if not (step.single and step.spec.bfloat16):
        return []
    return ["the table is of float32 products; those of bfloat16 are in the step of fit"]


def of_dropout(step: Checked) -> list[str]:
    if not any(step.spec.dropout_rates) or step.dropout_epoch is not None:
        return []
    return ["dropout is off in the table, as in predictions"]
